"""Phases, stationary variances and slopes at 1 of ReLU and tanh networks in hayou2021 (facts 1, 8, 10, 11, 16, 17)."""

from __future__ import annotations

from collections.abc import Mapping

import mpmath
from sympy import Abs, Expr, Heaviside, Interval, Max, S, Symbol, asin, oo, pi, sqrt, tanh

from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    CertifiedWitness,
    Claim,
    DerivedQuantity,
    Equal,
    HighPrecisionAtPoints,
    LessThan,
    Method,
    NotEqual,
    Route,
    Statement,
    Verdict,
    Witness,
    covariance,
    derived,
    expectation,
)
from symntk.claims.checks import Check, Finding, doubted, refuted, supported, unknown
from symntk.notation import Q1, RHO, X
from symntk.numbers.identity import prove_zero

RELU, STEP, TANH = Max(X, 0), Heaviside(X), tanh(X)
UNIT = {RHO: Interval(-1, 1)}
VARIANCE = {Q1: Interval.open(0, oo)}
BIAS, WEIGHT = Symbol("sigma_b", nonnegative=True), Symbol("sigma_w", positive=True)
SOME_BIAS = Symbol("sigma_b", positive=True)
NORM = Symbol("r", nonnegative=True)
"""|x|²/d."""
ORDERED, CHAOTIC = Interval.open(0, sqrt(2)), Interval.open(sqrt(2), oo)
BIASES, WEIGHTS, NORMS = {BIAS: Interval(0, oo)}, {WEIGHT: Interval.open(0, oo)}, {NORM: Interval(0, oo)}

F = (RHO * asin(RHO) + sqrt(1 - RHO**2)) / pi + RHO / 2
CHI = WEIGHT**2 * covariance(STEP, rho=1, q1=Q1, q2=Q1)


def next_covariance(rho: Expr | int) -> Expr:
    """q^{l+1}(x, x') for two inputs of variance q and correlation ρ, for ReLU."""
    return BIAS**2 + WEIGHT**2 * covariance(RELU, rho=rho, q1=Q1, q2=Q1)


SLOPE = WEIGHT**2 * Q1 * covariance(STEP, q1=Q1, q2=Q1) / next_covariance(1)
"""The derivative of c^l → c^{l+1} for two inputs of variance q."""
SLOPE_AT_ONE = WEIGHT**2 * Q1 * covariance(STEP, rho=1, q1=Q1, q2=Q1) / next_covariance(1)
STATIONARY = BIAS**2 / (1 - WEIGHT**2 / 2)


def first_variance(norm: Expr) -> Expr:
    """q¹(x, x) = σ_b² + σ_w² |x|²/d."""
    return BIAS**2 + WEIGHT**2 * norm


def refuting(statement: Equal, point: Mapping[Symbol, Expr | int]) -> tuple[Check, ...]:
    """Two routes against an identity: quadrature at a point, and the left side in closed form by Price's theorem."""
    return CertifiedWitness(point), DerivedQuantity(lambda: derived(statement.lhs))


def excluding(point: Mapping[Symbol, Expr | int]) -> tuple[Check, ...]:
    """Two routes against an inequality without expectations: a ball at a point, and multiprecision digits."""
    return CertifiedWitness(point), HighPrecisionAtPoints(count=9)


EVERY_LAYER = {**BIASES, **WEIGHTS, **VARIANCE}
FAR_FROM_LIMIT = LessThan(Abs(first_variance(NORM) - STATIONARY), 1, on={**BIASES, WEIGHT: ORDERED, **NORMS})
CLOSER = Equal(
    next_covariance(1) - STATIONARY, WEIGHT**2 / 2 * (Q1 - STATIONARY), on={**BIASES, WEIGHT: ORDERED, **VARIANCE}
)
GROWTH = LessThan(0, first_variance(NORM).subs(BIAS, 0), on={WEIGHT: CHAOTIC, **NORMS})
ORDERED_SLOPE = LessThan(derived(SLOPE_AT_ONE), 1, on={**BIASES, WEIGHT: ORDERED, **VARIANCE})
CHAOTIC_SLOPE = LessThan(1, derived(SLOPE_AT_ONE), on={**BIASES, WEIGHT: CHAOTIC, **VARIANCE})
UNBIASED = Equal(
    SLOPE.subs(BIAS, 0), WEIGHT**2 / 2 * F.diff(RHO), on={RHO: Interval.open(-1, 1), WEIGHT: ORDERED, **VARIANCE}
)
BIASED = {SOME_BIAS: Interval.open(0, oo), WEIGHT: ORDERED}


def at_stationary(expression: Expr) -> Expr:
    """The expression at q = σ_b²/(1 − σ_w²/2), for σ_b > 0."""
    return expression.subs(Q1, STATIONARY).subs(BIAS, SOME_BIAS)


def tanh_map(value: Expr, bias: Expr) -> Expr:
    """f(ρ) of fact 5 from E φ(u)φ(v) = value, with the σ_w² that makes q = 1 the stationary variance."""
    weight = (1 - bias) / expectation(TANH**2)
    return bias + weight * value


MIRRORED = expectation(TANH * TANH.subs(X, -X))
THIRD_POINT = NotEqual(tanh_map(MIRRORED, S.Zero), -1)
CENTRE = derived(tanh_map(expectation(TANH) ** 2, BIAS**2))


def by_parity(statement: Statement) -> Finding:
    """An odd φ without bias has an odd f, so f(−1) = −f(1) = −1."""
    if not isinstance(statement, NotEqual) or activation("tanh").parity != "odd":
        return unknown("this route reads f(−1) ≠ −1 for an odd activation")
    gap = derived(statement.lhs - statement.rhs)
    if not prove_zero(gap):
        return unknown("f(−1) + 1 does not reduce to 0")
    return refuted("f(−1) = −f(1) = −1", Witness(point=(("rho", "-1"),), gap="0"))


def by_digits(statement: Statement) -> Finding:
    """f(−1) + 1 for σ_b = 0 and q = 1 by mpmath's quadrature."""
    if not isinstance(statement, NotEqual):
        return unknown("this route reads f(−1) ≠ −1")
    with mpmath.workdps(30):
        grid = mpmath.linspace(-12, 12, 9)
        mirrored, square = (
            mpmath.quad(lambda x, side=side: mpmath.tanh(x) * mpmath.tanh(side * x) * mpmath.npdf(x), grid)
            for side in (-1, 1)
        )
        gap = abs(mirrored / square + 1)
    return doubted("f(−1) + 1 is 0 to 20 digits") if gap < 1e-20 else supported("f(−1) is not −1")


CLAIMS = (
    Claim(
        id="hayou2021/fact8/ordered-phase",
        where="fact 8",
        printed=r"\text{Ord} = \{(\sigma_b, \sigma_w) \in (\mathbb{R}^+)^2 : \sigma_w < \sqrt{2}\}",
        assumptions=("the phase is ordered where χ = σ_w² E φ′(√q Z)² < 1",),
        statement=Equal(1 - CHI, (sqrt(2) - WEIGHT) * (sqrt(2) + WEIGHT) / 2, on={**WEIGHTS, **VARIANCE}),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="1 − χ has the sign of √2 − σ_w.",
    ),
    Claim(
        id="hayou2021/fact8/stationary-variance",
        where="fact 8",
        printed=r"q = \frac{\sigma_b^2}{1 - \sigma_w^2/2}",
        statement=Equal(at_stationary(next_covariance(1)), at_stationary(Q1), on=BIASED),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2021/fact8/uniform-rate",
        where="fact 8",
        printed=r"\text{there exist } \lambda \text{ such that for all } l \geq 1, "
        r"\sup_{x \in \mathbb{R}^d} |q^l(x, x) - q| \leq e^{-\lambda l}",
        assumptions=("read at l = 1 with λ > 0, where the right side is below 1; r = |x|²/d",),
        statement=FAR_FROM_LIMIT,
        checks=excluding({BIAS: 1, WEIGHT: 1, NORM: 10}),
        expected=Verdict.REFUTED,
        kind="error",
        note="q¹(x, x) = σ_b² + σ_w²|x|²/d is unbounded in x.",
        corrected=Claim(
            id="hayou2021/fact8/uniform-rate/corrected",
            where="fact 8",
            printed=r"q^{l+1}(x, x) - q = \frac{\sigma_w^2}{2} (q^l(x, x) - q)",
            statement=CLOSER,
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="So |q^l(x, x) − q| = |q¹(x, x) − q| (σ_w²/2)^{l−1}, uniformly on bounded sets of inputs.",
        ),
    ),
    Claim(
        id="hayou2021/fact10/chaotic-phase",
        where="fact 10",
        printed=r"\text{Ch} = \{(\sigma_b, \sigma_w) \in (\mathbb{R}^+)^2 : \sigma_w > \sqrt{2}\}",
        assumptions=("the phase is chaotic where χ = σ_w² E φ′(√q Z)² > 1",),
        statement=Equal(CHI - 1, (WEIGHT - sqrt(2)) * (WEIGHT + sqrt(2)) / 2, on={**WEIGHTS, **VARIANCE}),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="χ − 1 has the sign of σ_w − √2, at any q; the stationary variance is infinite there.",
    ),
    Claim(
        id="hayou2021/fact10/growth",
        where="fact 10",
        printed=r"\text{for any } (\sigma_b, \sigma_w) \in \text{Ch}, \text{ for all } l \geq 1, x \in \mathbb{R}^d, "
        r"q^l(x, x) \gtrsim (\sigma_w^2/2)^l",
        assumptions=("read at l = 1 and σ_b = 0, where it asks for q¹(x, x) > 0; r = |x|²/d",),
        statement=GROWTH,
        checks=excluding({WEIGHT: 2, NORM: 0}),
        expected=Verdict.REFUTED,
        kind="error",
        note="Without bias, x = 0 keeps the variance 0 in every layer.",
        corrected=Claim(
            id="hayou2021/fact10/growth/corrected",
            where="fact 10",
            printed=r"q^{l+1}(x, x) = \sigma_b^2 + \frac{\sigma_w^2}{2} q^l(x, x) \geq \frac{\sigma_w^2}{2} q^l(x, x)",
            statement=Equal(next_covariance(1) - WEIGHT**2 / 2 * Q1, BIAS**2, on=EVERY_LAYER),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="So q^l(x, x) ≥ q¹(x, x) (σ_w²/2)^{l−1}, which is the growth unless σ_b = 0 and x = 0.",
        ),
    ),
    Claim(
        id="hayou2021/fact11/variance",
        where="fact 11",
        printed=r"q^l(x, x) = \frac{\sigma_w^2}{d} \|x\|^2 \text{ for all } l \geq 1",
        assumptions=("ReLU on the EOC: σ_b = 0, σ_w² = 2, where q¹(x, x) = σ_w²|x|²/d",),
        statement=Equal(2 * covariance(RELU, rho=1, q1=Q1, q2=Q1), Q1, on=VARIANCE),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2021/fact16/ordered-slope",
        where="fact 16, second item, for ReLU",
        printed=r"\text{On the ordered phase } 0 < f'(1) < 1",
        assumptions=("f is the map c^l → c^{l+1}, at equal variances q",),
        statement=ORDERED_SLOPE,
        checks=excluding({BIAS: 0, WEIGHT: 1, Q1: 1}),
        expected=Verdict.REFUTED,
        kind="error",
        note="Fact 8 puts (0, σ_w) with σ_w < √2 in the ordered phase, but without bias f is the map of fact 12: f'(1) = 1.",
        corrected=Claim(
            id="hayou2021/fact16/ordered-slope/corrected",
            where="fact 16, second item, for ReLU",
            printed=r"f'(1) = \sigma_w^2/2 \in (0, 1) \text{ for } \sigma_b > 0, \sigma_w < \sqrt{2}",
            statement=Equal(at_stationary(SLOPE_AT_ONE), WEIGHT**2 / 2, on=BIASED),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/fact16/chaotic-slope",
        where="fact 16, third item, for ReLU",
        printed=r"\text{On the Chaotic phase } f'(1) > 1",
        assumptions=("f is the map c^l → c^{l+1}, at equal variances q",),
        statement=CHAOTIC_SLOPE,
        checks=excluding({BIAS: 0, WEIGHT: 2, Q1: 1}),
        expected=Verdict.REFUTED,
        kind="error",
        note="Without bias the ReLU map does not depend on σ_w and f'(1) = 1; the item holds for tanh.",
        corrected=Claim(
            id="hayou2021/fact16/chaotic-slope/corrected",
            where="fact 16, third item, for ReLU",
            printed=r"f'(1) = \frac{q \sigma_w^2/2}{\sigma_b^2 + q \sigma_w^2/2} \leq 1",
            statement=Equal(SLOPE_AT_ONE, Q1 * WEIGHT**2 / (2 * BIAS**2 + Q1 * WEIGHT**2), on=EVERY_LAYER),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/fact17/ordered-map",
        where="fact 17, proof",
        printed=r"\tilde{f}'(c) = \frac{\sigma_w^2}{2} f'(c)",
        assumptions=("ReLU on the ordered phase of fact 8, at a σ_b = 0 that it contains",),
        statement=UNBIASED,
        checks=refuting(UNBIASED, {RHO: 0, WEIGHT: 1, Q1: 1}),
        expected=Verdict.REFUTED,
        kind="error",
        note="Without bias the map is f itself; σ_b > 0 is needed.",
        corrected=Claim(
            id="hayou2021/fact17/ordered-map/corrected",
            where="fact 17, proof",
            printed=r"\tilde{f}'(c) = \frac{\sigma_w^2}{2} f'(c) \text{ for } \sigma_b > 0",
            statement=Equal(
                at_stationary(SLOPE), WEIGHT**2 / 2 * F.diff(RHO), on={RHO: Interval.open(-1, 1), **BIASED}
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/fact16/chaotic-fixed-points",
        where="fact 16, last item, for tanh",
        printed=r"\text{On the Chaotic phase, } f \text{ has two fixed points, 1 which is unstable, and } c < 1 "
        r"\text{ which is a stable fixed point}",
        assumptions=("tanh, σ_b = 0, σ_w with q = 1, which is chaotic; −1 has the slope of 1, so it is not c",),
        statement=THIRD_POINT,
        checks=(
            Route("parity", Method.ALGEBRA, by_parity),
            Route("mpmath quadrature", Method.HIGH_PRECISION, by_digits),
        ),
        expected=Verdict.REFUTED,
        kind="error",
        note="f is odd, so −1, 0 and 1 are fixed points.",
        corrected=Claim(
            id="hayou2021/fact16/chaotic-fixed-points/corrected",
            where="fact 16, last item, for tanh",
            printed=r"f(-1) = -1 + 2\sigma_b^2/q > -1 \text{ for } \sigma_b > 0",
            statement=Equal(tanh_map(MIRRORED, BIAS**2), -1 + 2 * BIAS**2, on={BIAS: Interval(0, 1)}),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="With σ_b > 0, f is σ_b²/q plus an odd function that is convex on [0, 1]: exactly 1 and one c in (0, 1).",
        ),
    ),
    Claim(
        id="hayou2021/appendix-lemma3/chaotic-limit",
        where="appendix lemma 3, second statement, and its proof",
        printed=r"c_1 \in (0, 1) \text{ which is the unique stable fixed point}",
        assumptions=("tanh, σ_w with q = 1; f is convex on [0, 1], so c₁ > 0 asks for f(0) > 0",),
        statement=LessThan(0, CENTRE, on={BIAS: Interval(0, 1)}),
        checks=excluding({BIAS: 0}),
        expected=Verdict.REFUTED,
        kind="error",
        note="For σ_b = 0 the stable fixed point is 0.",
        corrected=Claim(
            id="hayou2021/appendix-lemma3/chaotic-limit/corrected",
            where="appendix lemma 3, second statement, and its proof",
            printed=r"f(0) = \sigma_b^2/q > 0 \text{ for } \sigma_b > 0",
            statement=Equal(tanh_map(expectation(TANH) ** 2, BIAS**2), BIAS**2, on={BIAS: Interval(0, 1)}),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
)
