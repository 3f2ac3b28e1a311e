"""How fast correlations approach 1 at criticality in shrinkage2022, for every activation function."""

from __future__ import annotations

from fractions import Fraction

from flint import arb
from mpmath import mp
from sympy import Expr, Integer, Interval, Rational, S, Symbol, diff, erf, log, pi, sqrt

from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    And,
    AsymptoticTo,
    BallLimit,
    Claim,
    Equal,
    Method,
    Route,
    Statement,
    Verdict,
    Witness,
    covariance,
    derived,
)
from symntk.claims.checks import Finding, doubted, refuted, supported, unknown
from symntk.depth.certified_depth import certified_depth
from symntk.depth.parabolic import correlation_rate, edge_rate
from symntk.notation import RHO, N, X
from symntk.numbers.ball import enclose
from symntk.numbers.identity import prove_zero
from symntk.numbers.precision import working_precision

POSITIVE = {RHO: Interval(0, 1)}
POWERS = {N: S.Naturals}
GAMMA = Symbol("g", positive=True)
CONSTANT = Symbol("b", nonnegative=True)
"""P(0)."""
RATIO, DEPTH, BOUND = Symbol("R", positive=True), Symbol("L", positive=True), Symbol("d", positive=True)
BITS = 256

# The activation with φ̂_0² = log 2 and φ̂_k² = |G_{k−1}|/k, k ≥ 2, Gₙ the Gregory coefficients, and σ_b = 0. From
# 1 − t/(−log(1 − t)) = Σ_{n≥1} |Gₙ|tⁿ its correlation map is P(ρ) = log 2 + ∫₀^ρ (1 − t/(−log(1 − t))) dt, P(1) = 1 and
# P′(1) = 1, so that φ is square-integrable and critical. With γ = 1 − ρ = exp(−t),
# 1 − P = γ − ∫₀^γ (1 − s)/(−log s) ds = exp(−t) − E₁(t) + E₁(2t), and t_{l+1} = t_l − log(1 − exp(t)(E₁(t) − E₁(2t))).
# As −log(1 − x) ≥ x, exp(t)·E₁(t) ≥ 1/(t + 1) and E₁(2t) ≤ exp(−2t)/(2t), a step is at least (1 − exp(−t))/(t + 1) for
# t ≥ 1; from t ≥ 1 on (t + 1)² gains at least 2(1 − 1/e) at every layer: t_l ≥ √(1.26·l) − 1 at
# every layer, which exceeds any multiple of log l.


def step(t: arb) -> arb:
    """t_{l+1} − t_l."""
    return -(1 - t.exp() * (t.expint(1) - (2 * t).expint(1))).log()


def exponents(index: int, bits: int) -> arb:
    """t_l = −log(1 − ρ_l) from ρ_0 = 0, l ≥ 1, as balls; dt_{l+1}/dt_l = γP′(1 − γ)/(1 − P(1 − γ)) ≤ 1 by convexity."""
    with working_precision(bits + BITS):
        t = -(1 - arb(2).log()).log()
        for _ in range(index - 1):
            t = t.mid() + step(t.mid()) + arb(0, t.rad())
        return t


def gregory(count: int) -> tuple[Fraction, ...]:
    """|G_1|, …, |G_count|: t/(−log(1 − t)) = 1 − Σ |Gₙ|tⁿ, from its product with −log(1 − t)/t = Σ tᵏ/(k + 1)."""
    found: list[Fraction] = [Fraction(-1)]
    for n in range(1, count + 1):
        found.append(-sum((found[n - k] / (k + 1) for k in range(1, n + 1)), Fraction(0)))
    return tuple(found[1:])


def by_steps(statement: Statement) -> Finding:
    """The exponents keep above √(1.26·l) − 1, more than any multiple of log l, at every layer that is looked at."""
    if not isinstance(statement, AsymptoticTo) or isinstance(statement.lhs, Expr) or statement.order != log(N):
        return unknown("this route reads a sequence and the order log l")
    if not all(number > 0 for number in gregory(60)):
        return unknown("a coefficient of P is negative")
    layers = (4, 16, 64, 256)
    values = [statement.lhs(layer, 64) for layer in layers]
    if all(value > (arb(layer) * 1.26).sqrt() - 1 for value, layer in zip(values, layers, strict=True)):
        gap = values[-1] - enclose(statement.rhs, bits=64)
        return refuted("the exponents grow like √l", Witness(point=(("l", str(layers[-1])),), gap=gap.str(12)))
    return unknown("the exponents do not grow like √l")


def by_logarithmic_integral(statement: Statement) -> Finding:
    """1 − P(1 − γ) = γ + li γ − li γ², checked against the power series of P and iterated in 60 digits."""
    if not isinstance(statement, AsymptoticTo) or statement.order != log(N):
        return unknown("this route reads the order log l")
    with mp.workdps(60):
        half, quotients = mp.mpf(1) / 2, []
        terms = (mp.mpf(g.numerator) / g.denominator * half ** (n + 1) / (n + 1) for n, g in enumerate(gregory(150), 1))
        if abs(mp.log(2) + sum(terms) - (half - mp.li(half) + mp.li(half**2))) > mp.mpf(10) ** -40:
            return unknown("the closed form is not the sum of the series")
        gamma = 1 - mp.log(2)
        for layer in range(2, 401):
            gamma = gamma + mp.li(gamma) - mp.li(gamma**2)
            if layer in (25, 100, 400):
                quotients.append(-mp.log(gamma) / mp.log(layer))
        text = "the quotients are " + ", ".join(str(mp.nstr(value, 4)) for value in quotients)
    return doubted(text) if quotients[2] > 1.3 * quotients[1] > 1.69 * quotients[0] else supported(text)


def above_parabola(power: Expr) -> Expr:
    """n(1 − ρ) − (1 − ρⁿ) − (n − 1)(1 − ρ)², the n-th power's share of P(ρ) − ρ beyond P(0)(1 − ρ)²."""
    return power * (1 - RHO) - (1 - RHO**power) - (power - 1) * (1 - RHO) ** 2


ERF = erf(X)
ERF_BIAS = 1 - derived(covariance(ERF, rho=1) / covariance(diff(ERF, X), rho=1))
"""σ_b² at which erf is critical with σ_w²·E erf′² = 1: then the variance of y is 1."""


def relu_deficit(index: int, bits: int) -> arb:
    """1 − ρ_L of ReLU with σ_b = 0, from ρ_1 = 0."""
    return certified_depth(activation("relu"), index, Integer(0), bits=min(bits, 64)).gamma


def erf_deficit(index: int, bits: int) -> arb:
    """1 − ρ_L of critical erf, from ρ_1 = 0."""
    return certified_depth(activation("erf"), index, Integer(0), sigma_b=sqrt(ERF_BIAS), bits=min(bits, 64)).gamma


def leading_terms(statement: Statement) -> Finding:
    """The leading terms of the exact series in L; erf's carries 2/P″(1) with P″(1) = E erf″²/E erf′²."""
    relu = correlation_rate(activation("relu"), 1).gamma.expression
    curvature = derived(covariance(diff(ERF, X, 2), rho=1) / covariance(diff(ERF, X), rho=1))
    general = edge_rate(activation("erf"), Integer(1), 1).gamma.expression
    letters = [s for s in general.free_symbols if s.name != "ell"]
    ours = [relu, general.subs(dict.fromkeys(letters, curvature))]
    if not isinstance(statement, AsymptoticTo) or len(letters) != 1:
        return unknown("this route reads one asymptotic equivalence")
    matches = [prove_zero(term.subs(dict.fromkeys(term.free_symbols, N)) - statement.rhs) for term in ours]
    return (
        supported("it is the leading term of the series") if any(matches) else doubted(f"the series begin with {ours}")
    )


CLAIMS = (
    Claim(
        id="shrinkage2022/section2/critical_polynomial",
        where="section 2.2, critical initialization (line 104)",
        printed=r"\text{Critical initialization for } P'(1)=1 \text{. Then } [\ldots] \rho_l \to 1 "
        r"\text{ polynomially quickly with } l",
        assumptions=(
            "φ = Σ φ̂_k h_k with φ̂_0² = log 2 and φ̂_k² = |G_{k−1}|/k for k ≥ 2, G the Gregory coefficients; σ_b = 0",
            "footnote 1: an activation is any function that is square-integrable with respect to the Gaussian weight",
        ),
        statement=AsymptoticTo(exponents, S.Zero, variable=N, order=log(N)),
        checks=(
            Route("certified exponents", Method.BALL, by_steps),
            Route("logarithmic integrals", Method.HIGH_PRECISION, by_logarithmic_integral),
        ),
        expected=Verdict.REFUTED,
        kind="error",
        corrected=Claim(
            id="shrinkage2022/section2/critical_polynomial/corrected",
            where="section 2.2, critical initialization (line 104)",
            printed=r"\rho_l \to 1 \text{ at least polynomially quickly, unless } P(\rho) = \rho: "
            r"1 - \rho_l \leq \left(\tfrac{1}{1 - \rho_0} + P(0)\, l\right)^{-1} \text{ for } \rho_0 \in [0, 1)",
            statement=And(
                (
                    Equal(above_parabola(S.One), S.Zero, on=POSITIVE),
                    Equal(
                        above_parabola(N + 1),
                        above_parabola(N) + RHO * (1 - RHO) * (1 - RHO ** (N - 1)),
                        on={**POSITIVE, **POWERS},
                    ),
                    Equal(
                        1 / (GAMMA - CONSTANT * GAMMA**2),
                        1 / GAMMA + CONSTANT + CONSTANT**2 * GAMMA / (1 - CONSTANT * GAMMA),
                        on={GAMMA: Interval.open(0, 1), CONSTANT: Interval(0, 1)},
                    ),
                )
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="Every power n ≥ 1 has n(1 − ρ) − (1 − ρⁿ) ≥ (n − 1)(1 − ρ)² on [0, 1]. At P(1) = P′(1) = 1 the "
            "mean of n − 1 over n ≥ 1 is P(0), so γ = 1 − ρ obeys γ_{l+1} ≤ γ_l − P(0)γ_l², 1/γ_{l+1} ≥ 1/γ_l + P(0).",
        ),
        note="1 − ρ_l behaves like exp(−√(2l)): faster than every power. P has coefficients ≥ 0 and P(1) = P′(1) = 1. "
        "A polynomial rate, for which −log(1 − ρ_l) = O(log l), takes more, as P = 1 − γ + sγᵖ + … with s > 0, p > 1.",
    ),
    Claim(
        id="shrinkage2022/section3/remark1_rate",
        where="remark 1 (line 141)",
        printed=r"\text{representation shrinkage still happens at a polynomial rate (theorem 1 allows to deduce the "
        r"rate at least } 1-\rho_l = O(l^{-\frac{1}{2}}))",
        assumptions=("criticality: the Jacobian norm of theorem 1 is 1; R = ‖φ − φ̄‖²/‖φ′‖² > 0 in every layer",),
        statement=And(
            (
                Equal(
                    (BOUND**2 / 8 * DEPTH * RATIO).subs(BOUND, sqrt(8 / RATIO) * DEPTH ** Rational(-1, 2)),
                    S.One,
                    on={RATIO: Interval.open(0, 1), DEPTH: Interval(1, 100)},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="1 ≥ (1 − ρ_max)²LR/8 iff 1 − ρ_max ≤ √(8/R)·L^{−1/2}; at criticality P(ρ) ≥ ρ, so that ρ_max is the "
        "least correlation of the last layer. The true order is 1/l or less: see critical_polynomial.",
    ),
    Claim(
        id="shrinkage2022/section5/rates_exact",
        where="section 5.1 (line 218)",
        printed=r"\text{asymptotic } O(L^{-2}) \text{ for ReLU and } O(L^{-1}) \text{ for erf}",
        assumptions=("read as exact orders, with the constants 9π²/2 and 5/2",),
        statement=And(
            (
                AsymptoticTo(relu_deficit, 9 * pi**2 / (2 * N**2), variable=N),
                AsymptoticTo(erf_deficit, Rational(5, 2) / N, variable=N),
            )
        ),
        checks=(BallLimit(reach=9), Route("exact series", Method.ALGEBRA, leading_terms)),
        expected=Verdict.SUPPORTED,
        note="1 − ρ_L ~ 9π²/(2L²) and 5/(2L), independently of ρ_0 < 1: certified values up to L = 2⁹ from ρ_1 = 0.",
    ),
)
