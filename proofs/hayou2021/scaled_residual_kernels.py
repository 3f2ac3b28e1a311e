"""Proposition 2 of hayou2021: what blocks divided by √l add to the variance and the NTK of a residual network."""

from __future__ import annotations

from sympy import Expr, Interval, Limit, Product, Rational, S, Symbol, gamma, log, oo, sqrt

from symntk.claims import (
    IDENTITY,
    And,
    CertifiedWitness,
    Claim,
    ConvergesTo,
    DerivedQuantity,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    LessThan,
    Method,
    Route,
    Statement,
    Verdict,
    Witness,
    covariance,
    derived,
)
from symntk.claims.checks import Check, Finding, doubted, refuted, supported, unknown
from symntk.notation import Q1, N, X
from symntk.numbers.ball import enclose

RELU = (X + abs(X)) / 2
W2, FIRST, KERNEL, LAYER = (Symbol(name, positive=True) for name in ("w", "q_0", "K", "l"))
DEPTH, INDEX = Symbol("L", integer=True, positive=True), Symbol("k", integer=True, positive=True)
POSITIVE, HALF = Interval.open(0, oo), Rational(1, 2)


def by_limit(statement: Statement) -> Finding:
    """c·n^p·Π Γ(n + aᵢ)^{eᵢ} with Σ eᵢ = 0 tends to c if p + Σ eᵢaᵢ = 0, since Γ(n + a)/Γ(n) ~ n^a."""
    if not isinstance(statement, ConvergesTo) or not isinstance(statement.sequence, Expr):
        return unknown("this route takes limits of quotients of gamma functions")
    n, left, power, degree = statement.index, S.One, S.Zero, S.Zero
    for base, exponent in statement.sequence.as_powers_dict().items():
        if base == n:
            power += exponent
        elif isinstance(base, gamma) and base.has(n):
            power, degree = power + exponent * (base.args[0] - n), degree + exponent
        else:
            left *= base**exponent
    if (power, degree) != (0, 0) or left.has(n):
        return unknown("the powers do not cancel")
    gap = enclose(left - statement.limit, bits=64) if left != statement.limit else None
    if gap is None:
        return supported("the limit is the printed one")
    return refuted("the limit is another one", Witness(point=(), gap=gap.str(10)))


def by_numbers(statement: Statement) -> Finding:
    """Whether the distance from the limit falls tenfold from 10⁶ to 10⁸."""
    if not isinstance(statement, ConvergesTo) or not isinstance(statement.sequence, Expr):
        return unknown("this route takes limits of formulas")
    gaps = [abs(enclose(statement.sequence - statement.limit, {statement.index: n}, bits=64)) for n in (10**6, 10**8)]
    seen = f"the distance goes {gaps[0].str(4)}, {gaps[1].str(4)}"
    return supported(seen) if gaps[1] < gaps[0] / 10 else doubted(seen)


QUOTIENT: tuple[Check, ...] = (
    Route("Stirling", Method.ALGEBRA, by_limit),
    Route("balls at two depths", Method.BALL, by_numbers),
)
BLOCK = W2 / LAYER * covariance(RELU, rho=1, q1=Q1, q2=Q1)
FACTOR = 1 + W2 / (2 * LAYER)
ON = {W2: POSITIVE, Q1: POSITIVE, KERNEL: POSITIVE, LAYER: Interval(2, oo)}
STEP = Equal(KERNEL * FACTOR + BLOCK, KERNEL * FACTOR + FACTOR * Q1, on=ON)


def growth(weight: Expr, depth: Expr) -> Expr:
    """Π_{k=1}^L (1 + κ/k)."""
    kappa = weight / 2
    return gamma(depth + 1 + kappa) / (gamma(depth + 1) * gamma(1 + kappa))


def witnessed(point: dict[Symbol, Expr | int]) -> tuple[Check, ...]:
    """A ball witness and numbers at points."""
    return CertifiedWitness(point), HighPrecisionAtPoints()


CLAIMS = (
    Claim(
        id="hayou2021/proposition2/diagonal-recursion",
        where="proposition 2, proof (line 1494)",
        printed=r"K_{res}^l(x, x) = K_{res}^{l-1}(x, x) (1 + \frac{\sigma_w^2}{2l}) + q^l(x, x)",
        assumptions=("σ_b = 0, q^{l−1}(x, x) = q_1, q^l(x, x) = (1 + σ_w²/(2l))·q_1 as in the line before",),
        statement=STEP,
        checks=(
            CertifiedWitness({W2: 1, Q1: 1, KERNEL: 1, LAYER: 2}),
            DerivedQuantity(lambda: derived(STEP.lhs)),
        ),
        expected=Verdict.REFUTED,
        kind="error",
        note="The block's own weights carry the factor 1/√l too: they add (σ_w²/l)·E φφ, not the whole variance.",
        corrected=Claim(
            id="hayou2021/proposition2/diagonal-recursion/corrected",
            where="proposition 2, proof (line 1494)",
            printed=r"K_{res}^l(x, x) = K_{res}^{l-1}(x, x) (1 + \frac{\sigma_w^2}{2l}) "
            r"+ \frac{\sigma_w^2}{2l} q^{l-1}(x, x)",
            statement=Equal(STEP.lhs, KERNEL * FACTOR + W2 / (2 * LAYER) * Q1, on=ON),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/proposition2/variance",
        where="proposition 2, proof (line 1492)",
        printed=r"q^l(x, x) = [\prod_{k=1}^l (1 + \sigma_w^2/2k)] \frac{\sigma_w^2}{d} \|x\|^2",
        assumptions=("σ_b = 0; l = 1, where q¹(x, x) = σ_w²‖x‖²/d = q_0: the blocks begin at l = 2 by eq. 22",),
        statement=Equal(FIRST, (1 + W2 / 2) * FIRST, on={W2: POSITIVE, FIRST: POSITIVE}),
        checks=witnessed({W2: 1, FIRST: 1}),
        expected=Verdict.REFUTED,
        kind="error",
        note="The product starts at k = 2; it is 1 + σ_w²/2 times too large, at every l.",
        corrected=Claim(
            id="hayou2021/proposition2/variance/corrected",
            where="proposition 2, proof (line 1492)",
            printed=r"q^l(x, x) = [\prod_{k=2}^l (1 + \sigma_w^2/2k)] \frac{\sigma_w^2}{d} \|x\|^2",
            assumptions=("l = 2, 3, 4 from q^l = (1 + σ_w²/(2l))·q^{l−1}",),
            statement=ForAll(
                (2, 3, 4),
                lambda last: Equal(
                    (1 + W2 / (2 * last)) * FIRST * Product(1 + W2 / (2 * INDEX), (INDEX, 2, last - 1)).doit(),
                    FIRST * Product(1 + W2 / (2 * INDEX), (INDEX, 2, last)).doit(),
                    on={W2: POSITIVE, FIRST: POSITIVE},
                ),
            ),
            checks=IDENTITY,
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2021/proposition2/scaling",
        where="proposition 2 (lines 233, 1488)",
        printed=r"\text{the scaling factor } \alpha_L \text{ in Theorem 2 becomes } \alpha_L = L^{1+\sigma_w^2/2}",
        assumptions=(
            "σ_w² = 2, σ_b = 0, q¹ = 1: K^L(x, x) = (L + 1)/2·(1 + Σ_{l=2}^L 1/(l + 1)) < (L + 1)/2·(1 + log L)",
            "read as: this bound over α_L = L² stays above 0",
        ),
        statement=LessThan(S.Zero, Limit((DEPTH + 1) / 2 * (1 + log(DEPTH)) / DEPTH**2, DEPTH, oo)),
        checks=(CertifiedWitness(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="K^L(x, x)/L^{1+σ_w²/2} tends to 0 since each block adds 1/l of the variance: a logarithm takes the place of L.",
        corrected=Claim(
            id="hayou2021/proposition2/scaling/corrected",
            where="proposition 2",
            printed=r"\frac{K^L(x, x)}{q^1(x, x)} \sim \frac{\kappa \log(L) L^\kappa}{\Gamma(2 + \kappa)}, "
            r"\quad \kappa = \frac{\sigma_w^2}{2}",
            assumptions=("κ = 1/2, 1, 2; K^L/q^L = 1 + Σ_{l=2}^L κ/(l + κ) solves the corrected recursion exactly",),
            statement=And(
                tuple(
                    ConvergesTo(growth(2 * kappa, N) / (1 + kappa) / (N**kappa / gamma(2 + kappa)), S.One, index=N)
                    for kappa in (HALF, S.One, S(2))
                )
            ),
            checks=QUOTIENT,
            expected=Verdict.SUPPORTED,
            note="This is the factor of the variance; Σ κ/(l + κ) ~ κ·log L is the harmonic sum.",
        ),
    ),
    Claim(
        id="hayou2021/proposition2/product",
        where="proposition 2, proof, last step (line 1540)",
        printed=r"\alpha_L = L \times \prod_{k=1}^L (1 + \sigma_w^2/2k) \sim L^{1+\frac{\sigma_w^2}{2}}",
        assumptions=("σ_w = 1",),
        statement=ConvergesTo(growth(S.One, N) / sqrt(N), S.One, index=N),
        checks=QUOTIENT,
        expected=Verdict.REFUTED,
        kind="error",
        note="It is Θ, not ∼: the ratio tends to 1/Γ(1 + σ_w²/2), which is 1 for σ_w² = 2 and between, and else not.",
        corrected=Claim(
            id="hayou2021/proposition2/product/corrected",
            where="proposition 2, proof, last step (line 1540)",
            printed=r"L \times \prod_{k=1}^L (1 + \sigma_w^2/2k) \sim \frac{L^{1+\sigma_w^2/2}}{\Gamma(1 + \sigma_w^2/2)}",
            assumptions=("σ_w² = 1, 3",),
            statement=And(
                tuple(ConvergesTo(growth(w, N) / N ** (w / 2), 1 / gamma(1 + w / 2), index=N) for w in (S.One, S(3)))
            ),
            checks=QUOTIENT,
            expected=Verdict.SUPPORTED,
        ),
    ),
)
