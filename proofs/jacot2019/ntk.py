"""Appendix B of jacot2019: the NTK on the diagonal, and the proof of theorem 2."""

from __future__ import annotations

from flint import arb
from sympy import Expr, Integer, Interval, Rational, S, Symbol, cos, diff, sin, sqrt, tanh

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    And,
    AtMost,
    BallIdentityAtRandomPoints,
    BallLimit,
    CertifiedWitness,
    Claim,
    ConvergesTo,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    HighPrecisionLimit,
    LessThan,
    Method,
    Route,
    Statement,
    Verdict,
    Witness,
    covariance,
    derived,
    expectation,
    iterated,
    sampled,
)
from symntk.claims.checks import Finding, refuted, unknown
from symntk.claims.statement import Sequence
from symntk.gaussian.dual import dual
from symntk.gaussian.moments import standardized
from symntk.notation import RHO, N, X
from symntk.numbers.ball import ball_function, enclose
from symntk.numbers.identity import prove_zero
from symntk.numbers.precision import working_precision

WHOLE = {RHO: Interval(-1, 1)}
RATIO = Symbol("r", positive=True)
DEPTH, LAYER = Symbol("L", integer=True, positive=True), Symbol("l", integer=True, positive=True)
BELOW_ONE, ABOVE_ONE = {RATIO: Interval.open(0, 1)}, {RATIO: Interval.open(1, 3)}
DEPTHS = tuple(range(1, 7))
SINE = standardized(activation("sin"))
FAST_SINE = standardized(Activation(name="sin(sqrt(2)*x)", expression=sin(sqrt(2) * X)))
COSINE = standardized(Activation(name="cos(sqrt(2)*x)", expression=cos(sqrt(2) * X)))
HALF = Rational(1, 2)
CRITICAL = (SINE, 1 - tanh(1))
BIAS = Rational(16, 25)
"""β² of the frozen network of the proof; sin x standardised has r = (1 − β²)·coth 1 = 0.47."""


def slopes(sigma: Activation, order: int = 1) -> Expr:
    """The dual of the derivative of σ, in closed form."""
    return derived(covariance(diff(sigma.expression, X, order)))


def step(sigma: Activation, bias: Expr) -> Expr:
    """B∘R."""
    return bias + (1 - bias) * dual(sigma).expression


def kernels(depth: int, sigma: Activation, bias: Expr) -> list[Expr]:
    """Σ⁽¹⁾, …, Σ⁽ᴸ⁾ as functions of ρ."""
    found = [bias + (1 - bias) * RHO]
    for _ in range(depth - 1):
        found.append(step(sigma, bias).subs(RHO, found[-1]))
    return found


def slope_kernels(depth: int, sigma: Activation, bias: Expr) -> list[Expr]:
    """Σ̇⁽²⁾, …, Σ̇⁽ᴸ⁾ as functions of ρ."""
    return [(1 - bias) * slopes(sigma).subs(RHO, kernel) for kernel in kernels(depth, sigma, bias)[:-1]]


def tangent_kernel(depth: int, sigma: Activation, bias: Expr) -> Expr:
    """Θ⁽ᴸ⁾ by theorem 1."""
    total = S.Zero
    rows = zip(kernels(depth, sigma, bias), (S.Zero, *slope_kernels(depth, sigma, bias)), strict=True)
    for kernel, slope in rows:
        total = kernel + slope * total
    return total


def characteristic(sigma: Activation, bias: Expr) -> Expr:
    """r = (1 − β²) E σ̇²."""
    return (1 - bias) * slopes(sigma).subs(RHO, 1)


def linearised(depth: int) -> Expr:
    """Σ rᴸ⁻ˡ − rᴸ⁻ˡε⁽ˡ⁾ − Σ rᴸ⁻ˡ⁻¹ε̇⁽ᵏ⁾ for the frozen network of the proof."""
    r = characteristic(SINE, BIAS)
    deficits = [1 - kernel for kernel in kernels(depth, SINE, BIAS)]
    slope_deficits = [S.Zero, *(r - slope for slope in slope_kernels(depth, SINE, BIAS))]
    return sum(
        (
            r ** (depth - n) * (1 - deficits[n - 1])
            - sum((r ** (depth - n - 1) * d for d in slope_deficits[n:]), S.Zero)
            for n in range(1, depth + 1)
        ),
        S.Zero,
    )


def ratio(sigma: Activation, rho: Expr, growth: Expr = S.One) -> Sequence:
    """growthᴸ·ϑ⁽ᴸ⁾ as balls, for β = 0 and inputs of correlation ρ ≠ ±1 or fixed by R."""
    kernel = iterated(dual(sigma).expression, RHO, rho)
    slope = ball_function(slopes(sigma), (RHO,))

    def term(index: int, bits: int) -> arb:
        precision = 2 * bits + 64
        with working_precision(precision):
            total, largest = kernel(1, precision), arb(1)
            r = enclose(characteristic(sigma, S.Zero), bits=precision)
            for layer in range(2, index + 1):
                total = kernel(layer, precision) + slope(kernel(layer - 1, precision)).real * total
                largest = 1 + r * largest
            return total / largest * enclose(growth, bits=precision) ** index

    return term


def constant_modulus(statement: Statement) -> Finding:
    """R(−1) = −1 and R_σ̇(−1) = R_σ̇(1): then Θ(x, −x) = −Θ(x, x) at every depth, and ϑ does not tend to the limit."""
    if not isinstance(statement, ConvergesTo):
        return unknown("this route reads ConvergesTo")
    odd = prove_zero(dual(SINE).expression.subs(RHO, -1) + 1)
    if not odd or not prove_zero(slopes(SINE).subs(RHO, -1) - slopes(SINE).subs(RHO, 1)):
        return unknown("the NTK at x = −y is not known to be minus the one at x = y")
    first, later = (statement.sequence(index, 64) - enclose(statement.limit, bits=64) for index in (1, 5))
    if not first.contains(0) and (first - later).contains(0):
        return refuted("ϑ(x, −x) = −1 at every depth", Witness(point=(("L", "5"),), gap=later.str(12)))
    return unknown("the normalised NTK moves")


def partial_sums_pass(statement: Statement) -> Finding:
    """The partial sums 1 + r + … increase, so one of them beyond the printed limit excludes it."""
    if not isinstance(statement, ConvergesTo) or not isinstance(statement.sequence, Expr):
        return unknown("this route reads ConvergesTo of a closed form")
    gap = enclose((statement.sequence - statement.limit).subs(N, 12), bits=64)
    steps = [enclose(statement.sequence.subs(N, k + 1) - statement.sequence.subs(N, k), bits=64) for k in range(1, 12)]
    if gap > 0 and all(s > 0 for s in steps):
        return refuted("the partial sums pass the limit", Witness(point=(("L", "12"),), gap=gap.str(12)))
    return unknown("the partial sums stay below")


def geometric(count: Expr) -> Expr:
    """(1 − rⁿ)/(1 − r)."""
    return (1 - RATIO**count) / (1 - RATIO)


THREE_QUARTERS = Rational(3, 4)
DIAGONAL = (1 - THREE_QUARTERS**N) / (1 - THREE_QUARTERS)
FROZEN_R = (1 - BIAS) * covariance(diff(SINE.expression, X), rho=1)
RHO_MIDDLE = {RHO: Interval(Rational(1, 4), Rational(1, 2))}


def printed_ratio_bound(depth: int) -> Expr:
    """v(1 − wᴸ)/(1 − rᴸ) for sin x, β = 0 and ρ > 0: a = 0, v = ρ, w = R_σ̇(ρ)."""
    w, r = slopes(SINE), characteristic(SINE, S.Zero)
    return RHO * (1 - w**depth) / (1 - r**depth)


def normalised_kernel(depth: int) -> Expr:
    """ϑ⁽ᴸ⁾ for sin x and β = 0."""
    return tangent_kernel(depth, SINE, S.Zero) / sum(characteristic(SINE, S.Zero) ** k for k in range(depth))


def slope_bound(second_moment: Expr) -> Statement:
    """Σ̇⁽ˡ⁾ ≥ r − ψε⁽ˡ⁻¹⁾ with ψ = (1 − β²)·second_moment, where ρ stands for Σ⁽ˡ⁻¹⁾."""
    psi = (1 - BIAS) * second_moment
    return AtMost(FROZEN_R - psi * (1 - RHO), (1 - BIAS) * covariance(diff(SINE.expression, X)), on=WHOLE)


def deficit_bound(relation: type[AtMost] | type[LessThan]) -> Statement:
    """ε⁽ˡ⁾ against 2(1 − β²)rˡ⁻¹ for ℓ ≤ 2."""
    r = characteristic(SINE, BIAS)
    return ForAll(
        (1, 2),
        lambda n: relation(1 - kernels(n, SINE, BIAS)[-1], 2 * (1 - BIAS) * r ** (n - 1), on=WHOLE),
    )


SAMPLE_IDENTITY = sampled(*IDENTITY)
SAMPLE_INEQUALITY = sampled(*INEQUALITY)

CLAIMS = (
    Claim(
        id="jacot2019/ntk/diagonal",
        where="appendix B (lines 396 to 398)",
        printed=r"\Theta_{\infty}^{(L)}(x,x) = \sum_{\ell=1}^{L} "
        r"\left((1-\beta^2)\mathbb{E}[\dot{\sigma}(x)^2]\right)^{L-\ell} "
        r"= \frac{1 - r_{\sigma,\beta}^L}{1 - r_{\sigma,\beta}}",
        statement=And(
            tuple(
                statement
                for on in (BELOW_ONE, ABOVE_ONE)
                for statement in (
                    Equal(S.One, geometric(S.One), on=on),
                    Equal(RATIO * geometric(N) + 1, geometric(N + 1), on={**on, N: S.Naturals}),
                )
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The start L = 1 and the step Θ⁽ᴸ⁺¹⁾ = rΘ⁽ᴸ⁾ + 1, for r < 1 and 1 < r < 3.",
    ),
    Claim(
        id="jacot2019/ntk/diagonal-limit",
        where="appendix B (line 400)",
        printed=r"\text{in the ``freeze'' regime, } \Theta_{\infty}^{(L)}(x,x) \to 1/1 - r_{\sigma,\beta}",
        statement=ConvergesTo(DIAGONAL, 1 / S.One - THREE_QUARTERS, index=N),
        checks=(Route("increasing partial sums", Method.BALL, partial_sums_pass), HighPrecisionLimit()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/ntk/diagonal-limit/corrected",
            where="appendix B (line 400)",
            printed=r"\text{in the ``freeze'' regime, } \Theta_{\infty}^{(L)}(x,x) \to 1/(1 - r_{\sigma,\beta})",
            statement=ConvergesTo(DIAGONAL, 1 / (1 - THREE_QUARTERS), index=N),
            checks=(BallLimit(), HighPrecisionLimit()),
            expected=Verdict.SUPPORTED,
            note="At r = 3/4.",
        ),
        note="The brackets are missing, perhaps lost in extraction: at r = 3/4 the print reads 1/4 and the limit is 4.",
    ),
    Claim(
        id="jacot2019/ntk/diagonal-critical",
        where="appendix B (line 400)",
        printed=r"\text{At the transition } r_{\sigma,\beta}=1 \text{ and thus } \Theta_{\infty}^{(L)}(x,x)=L",
        statement=ForAll(
            DEPTHS,
            lambda depth: Equal(tangent_kernel(depth, *CRITICAL).subs(RHO, 1), Integer(depth)),
        ),
        checks=SAMPLE_IDENTITY,
        expected=Verdict.SUPPORTED,
        note=f"For L ≤ {DEPTHS[-1]} and sin x standardised with 1 − β² = tanh 1, so that r = 1.",
    ),
    Claim(
        id="jacot2019/ntk/off-diagonal",
        where="appendix B (line 400)",
        printed=r"\Theta_{\infty}^{(L)}(x,y)\leq \Theta_{\infty}^{(L)}(x,x)",
        statement=ForAll(
            tuple((depth, sigma, bias) for depth in (1, 2) for sigma in (SINE, COSINE) for bias in (S.Zero, BIAS)),
            lambda case: AtMost(tangent_kernel(*case), tangent_kernel(*case).subs(RHO, 1), on=WHOLE),
        ),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note="For L ≤ 2, sin x and cos √2x standardised, β² = 0 and 16/25.",
    ),
    Claim(
        id="jacot2019/theorem2/deficit",
        where="appendix B, proof of theorem 2 (line 422)",
        printed=r"\epsilon^{(\ell)} < 2(1-\beta^2)r^{\ell-1}",
        statement=deficit_bound(LessThan),
        checks=(BallIdentityAtRandomPoints(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/theorem2/deficit/corrected",
            where="appendix B, proof of theorem 2 (line 422)",
            printed=r"\epsilon^{(\ell)} \leq 2(1-\beta^2)r^{\ell-1}",
            statement=deficit_bound(AtMost),
            checks=SAMPLE_INEQUALITY,
            expected=Verdict.SUPPORTED,
            note="For sin x standardised, β = 4/5 and ℓ ≤ 2.",
        ),
        note="Equality at ℓ = 1 and x = −y, for every σ and β. Lemma 2, from which it is taken, prints ≤.",
    ),
    Claim(
        id="jacot2019/theorem2/slope-bound",
        where="appendix B, proof of theorem 2 (line 422)",
        printed=r"\dot{\Sigma}^{(\ell)}(x,y) \geq r-\psi\epsilon^{(\ell-1)} \text{ for } "
        r"\psi=(1-\beta^2)\mathbb{E}_{z\sim\mathcal{N}(0,1)}\left[\ddot{\sigma}(z)\right]",
        statement=slope_bound(expectation(diff(SINE.expression, X, 2))),
        checks=(CertifiedWitness({RHO: Rational(-1, 2)}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/theorem2/slope-bound/corrected",
            where="appendix B, proof of theorem 2 (line 422)",
            printed=r"\dot{\Sigma}^{(\ell)}(x,y) \geq r-\psi\epsilon^{(\ell-1)} \text{ for } "
            r"\psi=(1-\beta^2)\mathbb{E}_{z\sim\mathcal{N}(0,1)}\left[\ddot{\sigma}(z)^2\right]",
            statement=slope_bound(covariance(diff(SINE.expression, X, 2), rho=1)),
            checks=SAMPLE_INEQUALITY,
            expected=Verdict.SUPPORTED,
            note="For sin x standardised and β = 4/5.",
        ),
        note="The square is missing. For an odd σ the printed ψ is 0, but Σ̇ < r off the diagonal.",
    ),
    Claim(
        id="jacot2019/theorem2/linearisation",
        where="appendix B, proof of theorem 2, display (line 420)",
        printed=r"\sum_{\ell=1}^L (1-\epsilon^{(\ell)}) \prod_{k=\ell+1}^L r - \dot{\epsilon}^{(\ell)} \leq "
        r"\sum_{\ell=1}^L r^{L-\ell} - r^{L-\ell} \epsilon^{(\ell)} "
        r"- \sum_{k=\ell+1}^L r^{L-\ell-1} \dot{\epsilon}^{(\ell)}",
        statement=ForAll((2, 3), lambda depth: AtMost(tangent_kernel(depth, SINE, BIAS), linearised(depth), on=WHOLE)),
        checks=(CertifiedWitness({RHO: 0}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/theorem2/linearisation/corrected",
            where="appendix B, proof of theorem 2, display (line 420)",
            printed=r"\sum_{\ell=1}^L (1-\epsilon^{(\ell)}) \prod_{k=\ell+1}^L (r - \dot{\epsilon}^{(k)}) \geq "
            r"\sum_{\ell=1}^L r^{L-\ell} - r^{L-\ell} \epsilon^{(\ell)} "
            r"- \sum_{k=\ell+1}^L r^{L-\ell-1} \dot{\epsilon}^{(k)}",
            statement=ForAll(
                (2, 3), lambda depth: AtMost(linearised(depth), tangent_kernel(depth, SINE, BIAS), on=WHOLE)
            ),
            checks=SAMPLE_INEQUALITY,
            expected=Verdict.SUPPORTED,
            note="For sin x standardised, β = 4/5 and L = 2, 3.",
        ),
        note="Read with ε̇⁽ᵏ⁾, as in the proof of theorem 3; for L = 2 the difference of the sides is ε⁽¹⁾ε̇⁽²⁾ ≥ 0.",
    ),
    Claim(
        id="jacot2019/theorem2/geometric-sums",
        where="appendix B, proof of theorem 2, display (line 424)",
        printed=r"\sum_{\ell=1}^{L} \sum_{k=\ell+1}^{L} r^{L-\ell+k-3} "
        r"= \sum_{\ell=1}^{L} \sum_{k=0}^{L-\ell-1} r^{L+k-2} = r^{L-2} \sum_{\ell=1}^{L} \frac{1-r^{L-\ell}}{1-r}",
        statement=And(
            (
                Equal(
                    RATIO ** (DEPTH - LAYER + (LAYER + 1 + N) - 3),
                    RATIO ** (DEPTH + N - 2),
                    on={**BELOW_ONE, DEPTH: S.Naturals, LAYER: S.Naturals, N: S.Naturals0},
                ),
                Equal(
                    RATIO ** (DEPTH - 2) * geometric(N) + RATIO ** (DEPTH + N - 2),
                    RATIO ** (DEPTH - 2) * geometric(N + 1),
                    on={**BELOW_ONE, DEPTH: S.Naturals, N: S.Naturals0},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The summands agree for k ↦ ℓ + 1 + k, and the inner sum gains one summand in the step from L − ℓ = n to n + 1.",
    ),
    Claim(
        id="jacot2019/theorem2/chaos-appendix",
        where="appendix B, theorem 2 (line 410)",
        printed=r"\text{If } r_{\sigma,\beta} > 1 [\ldots] \text{ for } x \neq y \text{ in } \mathbb{S}_{n_0} "
        r"\text{, there exist } s < 1 \text{ and } C_2 \text{, such that } |\vartheta^{(L)}(x,y)| \leq C_2 s^L",
        assumptions=("σ = sin x standardised, β = 0, x = −y; r = coth 1 > 1",),
        statement=ConvergesTo(ratio(SINE, S.NegativeOne), 0, index=N),
        checks=(Route("constant modulus", Method.BALL, constant_modulus), HighPrecisionLimit(reach=6)),
        expected=Verdict.REFUTED,
        kind="error",
        corrected=Claim(
            id="jacot2019/theorem2/chaos-appendix/corrected",
            where="section 4.1, theorem 2 (line 153)",
            printed=r"\text{If } r_{\sigma,\beta} > 1 [\ldots] \text{ for } x \neq \pm y \text{ in } \mathbb{S}_{n_0} "
            r"\text{, there exist } h < 1 \text{ and } C_2 \text{, such that } |\vartheta^{(L)}(x,y)| \leq C_2 h^L",
            statement=ForAll(
                ((FAST_SINE, HALF), (FAST_SINE, -HALF), (COSINE, HALF)),
                lambda case: ConvergesTo(ratio(*case, growth=Rational(6, 5)), 0, index=N),
            ),
            checks=(BallLimit(reach=10), HighPrecisionLimit(reach=10)),
            expected=Verdict.SUPPORTED,
            note="As section 4.1 prints it; with h = 5/6 at ρ = ±1/2, β = 0, for sin √2x and cos √2x standardised.",
        ),
        note="ϑ(x, −x) = −1 at every depth for an odd σ with β = 0, and 1 for an even one. Section 4.1 prints x ≠ ±y.",
    ),
    Claim(
        id="jacot2019/theorem2/ratio-bound",
        where="appendix B, end of the proof of theorem 2 (lines 430 and 431)",
        printed=r"|\vartheta_L(x,y)|\leq v\frac{1-w^L}{1-r^L}",
        assumptions=("σ = sin x standardised, β = 0: a = 0, v = ρ, w = R_σ̇(ρ)",),
        statement=ForAll(
            (2, 3), lambda depth: AtMost(normalised_kernel(depth), printed_ratio_bound(depth), on=RHO_MIDDLE)
        ),
        checks=(CertifiedWitness({RHO: Rational(1, 2)}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/theorem2/ratio-bound/corrected",
            where="appendix B, end of the proof of theorem 2 (lines 430 and 431)",
            printed=r"|\vartheta_L(x,y)|\leq v\frac{1-w^L}{1-w}\frac{1-r}{1-r^L}",
            statement=ForAll(
                (2, 3),
                lambda depth: AtMost(
                    normalised_kernel(depth),
                    printed_ratio_bound(depth) * (1 - characteristic(SINE, S.Zero)) / (1 - slopes(SINE)),
                    on=RHO_MIDDLE,
                ),
            ),
            checks=SAMPLE_INEQUALITY,
            expected=Verdict.SUPPORTED,
            note="For sin x standardised, β = 0, 1/4 ≤ ρ ≤ 1/2 and L = 2, 3, where w < 1.",
        ),
        note="The factor (1 − r)/(1 − w) is lost: for w < 1 < r the printed bound is negative. The sentence before it "
        "prints Θ(x, y) for Θ(x, x).",
    ),
)
