"""Lemma 2 of jacot2019 for every nonlinearity and layer: the steps of its proof, power by power of ρ, and in ℓ."""

from __future__ import annotations

from flint import arb
from sympy import Expr, Integer, Interval, Rational, S, Symbol, cos, diff, sin, sqrt

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    And,
    AsymptoticTo,
    AtMost,
    BallLimit,
    Claim,
    Equal,
    ForAll,
    HighPrecisionLimit,
    Verdict,
    covariance,
    derived,
    iterated,
    sampled,
)
from symntk.gaussian.dual import dual
from symntk.gaussian.moments import standardized
from symntk.notation import RHO, N, X
from symntk.numbers.precision import working_precision

WHOLE = {RHO: Interval(-1, 1)}
POWERS = {N: S.Naturals0}
BETA = Symbol("beta", nonnegative=True)
MOMENT = Symbol("m", positive=True)
"""E σ̇²."""
RATE, LAYER = Symbol("r", positive=True), Symbol("l", integer=True, positive=True)
FIXED, PLACE = Symbol("a", nonnegative=True), Symbol("t", nonnegative=True)
QUOTIENT = Symbol("h", nonnegative=True)
START, REST = Symbol("b_0", nonnegative=True), Symbol("s", real=True)
UNIT = {BETA: Interval(0, 1)}
HALF = Rational(1, 2)

RELU = standardized(activation("relu"))
SINE = standardized(activation("sin"))
COSINE = standardized(Activation(name="cos(sqrt(2)*x)", expression=cos(sqrt(2) * X)))
FAST_SINE = standardized(Activation(name="sin(sqrt(2)*x)", expression=sin(sqrt(2) * X)))
SMOOTH = (SINE, FAST_SINE, COSINE)
FROZEN = ((RELU, Rational(1, 4)), (SINE, Rational(16, 25)))
"""σ and β² with r < 1."""

BY_POWERS = (
    "R is a mean of the powers ρⁿ with weights bₙ ≥ 0 (Mehler's formula, which the paper takes from [6]), "
    "so that what holds for every power holds for every nonlinearity."
)


def bias_map(rho: Expr) -> Expr:
    """B(ρ) = β² + (1 − β²)ρ."""
    return BETA**2 + (1 - BETA**2) * rho


def below_tangent(power: Expr) -> Expr:
    """ρⁿ − (1 − n(1 − ρ)): how far the power lies above its tangent at 1."""
    return RHO**power - 1 + power * (1 - RHO)


def kernel_limit(sigma: Activation, bias: Expr, rho: Expr) -> tuple[Expr, Expr, Expr]:
    """B∘R, the start B(ρ) and the rate r of a network."""
    slope = derived(covariance(diff(sigma.expression, X), rho=1))
    return bias + (1 - bias) * dual(sigma).expression, bias + (1 - bias) * rho, (1 - bias) * slope


def becomes_constant(case: tuple[Activation, Expr]) -> And:
    """Σ⁽ˡ⁾ = 1 + O(rˡ) as ℓ grows, from ρ = −1, 0, 1/2."""
    networks = (kernel_limit(*case, rho) for rho in (Integer(-1), Integer(0), HALF))
    return And(
        tuple(
            AsymptoticTo(iterated(image, RHO, start), S.One, variable=LAYER, order=rate**LAYER)
            for image, start, rate in networks
        )
    )


def shrinking(case: tuple[Activation, Expr]) -> AsymptoticTo:
    """(1 − Σ⁽ˡ⁺¹⁾)/(1 − Σ⁽ˡ⁾) → r from ρ = 0, with an error of the order √(1 − Σ⁽ˡ⁾) for a kink, 1 − Σ⁽ˡ⁾ without."""
    image, start, rate = kernel_limit(*case, Integer(0))
    kernels = iterated(image, RHO, start)

    def ratio(index: int, bits: int) -> arb:
        with working_precision(2 * index + bits):
            after, before = (1 - kernels(layer, 2 * index + bits) for layer in (index + 1, index))
            return after / before

    order = rate ** (LAYER / 2) if case[0] == RELU else rate**LAYER
    return AsymptoticTo(ratio, rate, variable=LAYER, order=order)


CLAIMS = (
    Claim(
        id="jacot2019/lemma2/tangent-of-every-power",
        where="appendix B, proof of lemma 2 (line 377)",
        printed=r"R_{\sigma}(\rho) \geq 1 - \mathbb{E}\left[\dot{\sigma}(v)^2\right](1-\rho)",
        statement=And(
            (
                Equal(below_tangent(S.Zero), S.Zero, on=WHOLE),
                Equal(below_tangent(N + 1), below_tangent(N) + (1 - RHO) * (1 - RHO**N), on={**WHOLE, **POWERS}),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="By induction ρⁿ ≥ 1 − n(1 − ρ) on [−1, 1] for every n, since (1 − ρ)(1 − ρⁿ) ≥ 0; the mean of n is "
        f"E σ̇². {BY_POWERS}",
    ),
    Claim(
        id="jacot2019/lemma2/display",
        where="appendix B, proof of lemma 2, display (lines 379 to 382)",
        printed=r"\beta^2 + (1 - \beta^2)(1 - \mathbb{E}[\dot{\sigma}(z)^2](1 - \rho)) "
        r"= 1 - (1 - \beta^2)\mathbb{E}[\dot{\sigma}(z)^2](1 - \rho) = 1 - r(1 - \rho)",
        statement=Equal(
            bias_map(1 - MOMENT * (1 - RHO)),
            1 - (1 - BETA**2) * MOMENT * (1 - RHO),
            on={**UNIT, **WHOLE, MOMENT: Interval.Lopen(0, 5)},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="For every β and every value m = E σ̇²; (1 − β²)m is r by definition 1.",
    ),
    Claim(
        id="jacot2019/lemma2/freeze-every-layer",
        where="appendix B, lemma 2 (line 371) and its proof (line 384)",
        printed=r"\Sigma^{(\ell)}(x,y) = (B_{\beta} \circ R_{\sigma})^{\circ \ell-1} \circ B_{\beta} "
        r"\left(\tfrac{1}{n_0} x^T y\right) \ge 1 - 2(1-\beta^2) r^{\ell-1}",
        statement=And(
            (
                Equal(bias_map(S.NegativeOne), 1 - 2 * (1 - BETA**2), on=UNIT),
                Equal(bias_map(RHO) - bias_map(S.NegativeOne), (1 - BETA**2) * (1 + RHO), on={**UNIT, **WHOLE}),
                Equal(
                    1 - RATE * (2 * (1 - BETA**2) * RATE ** (LAYER - 1)),
                    1 - 2 * (1 - BETA**2) * RATE**LAYER,
                    on={**UNIT, RATE: Interval.open(0, 1), LAYER: S.Naturals},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="Start and step of the induction on ℓ, for every ℓ: B∘R(ρ) ≥ 1 − r(1 − ρ) is decided for every σ in "
        "tangent-of-every-power. The bound is one for all pairs, and attained at ℓ = 1 by x = −y.",
    ),
    Claim(
        id="jacot2019/lemma2/composed-coefficients",
        where="appendix B, proof of lemma 2 (line 388)",
        printed=r"B_{\beta} \circ R_{\sigma}(\rho) = \sum_{i=0}^{\infty} c_{i} \rho^{i} \text{ for } "
        r"c_{0} = b_{0}(1 - \beta^{2}) + \beta^{2} \geq 0 \text{ and } c_{i} = b_{i}(1 - \beta^{2}) \geq 0 "
        r"\text{ when } i > 0",
        statement=And(
            (
                Equal(
                    bias_map(START + REST),
                    (START * (1 - BETA**2) + BETA**2) + (1 - BETA**2) * REST,
                    on={**UNIT, START: Interval(0, 1), REST: Interval(-1, 1)},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="s stands for the sum over i > 0; the signs are those of b_i and of 0 ≤ β² ≤ 1.",
    ),
    Claim(
        id="jacot2019/lemma2/positive-arguments",
        where="appendix B, proof of lemma 2 (line 386)",
        printed=r"\text{for any } \rho \text{ in } [a,1),\ a \leq B_{\beta} \circ R_{\sigma}(\rho) \leq \rho "
        r"\text{ and [\ldots] for all } \rho \in [0,a],\ 0 \leq B_{\beta} \circ R_{\sigma}(\rho) \leq a",
        statement=And(
            (
                Equal(
                    (PLACE - FIXED) * (PLACE * QUOTIENT + FIXED**N),
                    PLACE ** (N + 1) - FIXED ** (N + 1) + PLACE * ((PLACE - FIXED) * QUOTIENT - PLACE**N + FIXED**N),
                    on={
                        **POWERS,
                        PLACE: Interval(0, 1),
                        FIXED: Interval(0, 1),
                        QUOTIENT: Interval(0, 1),
                    },
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The step of hₙ₊₁ = t·hₙ + aⁿ, h₀ = 0: by induction tⁿ − aⁿ = (t − a)hₙ(t), where hₙ ≥ 0 increases in t. So "
        "B∘R(t) − a = (t − a)H(t) with H ≥ 0 increasing, and H(1) = 1 because 1 is fixed: for t ≥ a the image lies in "
        f"[a, t], for t ≤ a it is at most a. {BY_POWERS}",
    ),
    Claim(
        id="jacot2019/lemma2/increasing",
        where="appendix B, proof of lemma 2 (line 386), and of theorem 2 (line 426)",
        printed=r"R_{\sigma}(\rho) \text{ is increasing in } [0,1); \quad "
        r"\text{the monotonicity of } R_{\dot{\sigma}} \text{ in } [0,1]",
        statement=ForAll(
            SMOOTH,
            lambda s: And(
                tuple(
                    AtMost(S.Zero, derived(covariance(diff(s.expression, X, order))), on={RHO: Interval(0, 1)})
                    for order in (1, 2)
                )
            ),
        ),
        checks=sampled(*INEQUALITY),
        expected=Verdict.SUPPORTED,
        note="R′ and R_σ̇′ as the duals of σ̇ and σ̈, for sin x, sin √2x and cos √2x standardised; of every power the "
        "derivatives on [0, 1] are ≥ 0.",
    ),
    Claim(
        id="jacot2019/lemma2/rate",
        where="appendix B, item 1 (line 361)",
        printed=r"\text{the activation kernels become constant at an exponential rate}",
        statement=And((ForAll(FROZEN, becomes_constant), ForAll(FROZEN, shrinking))),
        checks=(BallLimit(reach=7), HighPrecisionLimit(reach=7)),
        expected=Verdict.SUPPORTED,
        note="For the standardised ReLU with β = 1/2 and sin x standardised with β = 4/5, from ρ = −1, 0, 1/2. The "
        "quotient of successive values of 1 − Σ⁽ˡ⁾ tends to r, so that r is the rate and none below it is.",
    ),
)
