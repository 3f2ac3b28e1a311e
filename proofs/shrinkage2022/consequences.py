"""What sections 3 and 5 of shrinkage2022 read off theorem 1 and the correlation maps."""

from __future__ import annotations

from sympy import Derivative, Expr, Interval, Max, Mul, Symbol, erf

from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    And,
    AtMost,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    Verdict,
    covariance,
    derived,
    sampled,
)
from symntk.notation import RHO, X

IDENTITY_FUNCTION = Mul(1, X, evaluate=False)
"""x, kept from becoming sympy's IdentityFunction, whose assumptions cannot be asked."""

RELU, ERF = Max(X, 0), erf(X)
WHOLE = {RHO: Interval(-1, 1)}
SIGMA_B, SIGMA_W = Symbol("sigma_b", nonnegative=True), Symbol("sigma_w", positive=True)
SIGMAS = {SIGMA_B: Interval(0, 3), SIGMA_W: Interval.Lopen(0, 3)}
MEAN, GAIN = Symbol("a", real=True), Symbol("c", real=True)
"""φ̂_0 and φ̂_1 of a linear φ."""
FLOOR, EXPONENT, PLACE = Symbol("f", nonnegative=True), Symbol("alpha", positive=True), Symbol("t", positive=True)
CROPPED, TOTAL = Symbol("d", positive=True), Symbol("S", positive=True)
"""1 − ρ̃_max, and the sum of ‖φ_l − φ̄_l‖²/‖φ_l′‖²."""
DEPTH, ERROR, SIZE, LIMIT = (Symbol(name, positive=True) for name in ("L", "A", "B", "M"))


def general_map(function: Expr) -> Expr:
    """Eq. 2.3 as printed."""
    return (SIGMA_B**2 + SIGMA_W**2 * covariance(function)) / (SIGMA_B**2 + SIGMA_W**2 * covariance(function, rho=1))


def correlation_map(function: Expr, bias: int) -> Expr:
    """Eq. 2.3 in closed form, with σ_w = 1 and σ_b² = bias."""
    return derived((bias + covariance(function)) / (bias + covariance(function, rho=1)))


AFFINE = (SIGMA_B**2 + SIGMA_W**2 * (MEAN**2 + GAIN**2 * RHO)) / (SIGMA_B**2 + SIGMA_W**2 * (MEAN**2 + GAIN**2))
BOUNDED_VARIANCE = LIMIT / (DEPTH * ERROR - LIMIT * SIZE)
"""The largest σ² for which L·σ²A/(1 + σ²B) ≤ M."""

CLAIMS = (
    Claim(
        id="shrinkage2022/section3/linear_network",
        where="section 3, item 3 (line 126)",
        printed=r"\text{At zero error the network is completely linear, so forward propagation perfectly preserves "
        r"norms, covariances and correlations of preactivations}",
        assumptions=("φ(x) = x, whose linearisation error is 0; biases as in eq. 2.1",),
        statement=Equal(general_map(IDENTITY_FUNCTION), RHO, on={**WHOLE, **SIGMAS}),
        checks=(CertifiedWitness({RHO: 0, SIGMA_B: 1, SIGMA_W: 1}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        corrected=Claim(
            id="shrinkage2022/section3/linear_network/corrected",
            where="section 3, item 3 (line 126)",
            printed=r"\text{At zero error [\ldots] preserves correlations if moreover } \sigma_b = 0 \text{ and } "
            r"\hat\phi_0 = 0 \text{, and in no other case}",
            statement=And(
                (
                    Equal(
                        covariance(MEAN + GAIN * X),
                        MEAN**2 + GAIN**2 * RHO,
                        on={**WHOLE, MEAN: Interval(-2, 2), GAIN: Interval(-2, 2)},
                    ),
                    Equal(
                        AFFINE - RHO,
                        (1 - RHO)
                        * (SIGMA_B**2 + SIGMA_W**2 * MEAN**2)
                        / (SIGMA_B**2 + SIGMA_W**2 * (MEAN**2 + GAIN**2)),
                        on={**WHOLE, **SIGMAS, MEAN: Interval(-2, 2), GAIN: Interval.Lopen(0, 2)},
                    ),
                )
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="For every φ = φ̂_0 + φ̂_1x, which are the φ of zero error: P(ρ) − ρ vanishes below 1 iff "
            "σ_b² + σ_w²φ̂_0² = 0.",
        ),
        note="A linear φ with a bias moves every correlation below 1: at σ_b = σ_w, P(0) = 1/2. With the same bias "
        "ρ_l → 1 exponentially. What theorem 1 says at zero error, nothing, is right.",
    ),
    Claim(
        id="shrinkage2022/section3/footnote6",
        where="footnote 6 (line 145)",
        printed=r"y = a + (1 - a)x^{\alpha} \text{ as } \alpha \text{ gets large: when } a \approx 1 \text{ these "
        r"functions have infimum close to 1, otherwise their slope (derivative) at 1 is big}",
        statement=And(
            (
                Equal(
                    Derivative(FLOOR + (1 - FLOOR) * PLACE**EXPONENT, PLACE).doit().subs(PLACE, 1),
                    (1 - FLOOR) * EXPONENT,
                    on={FLOOR: Interval(0, 1), EXPONENT: Interval(1, 50)},
                ),
                Equal(
                    FLOOR + (1 - FLOOR) * PLACE**EXPONENT - FLOOR,
                    (1 - FLOOR) * PLACE**EXPONENT,
                    on={FLOOR: Interval(0, 1), PLACE: Interval.Lopen(0, 1), EXPONENT: Interval(1, 50)},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The slope at 1 is (1 − a)α; the infimum on [0, 1] is a, approached as x → 0.",
    ),
    Claim(
        id="shrinkage2022/section3/footnote7",
        where="footnote 7 (line 145)",
        printed=r"\text{By observation 1, the infimum on } [0,1] \text{ is attained at } \rho = 0",
        statement=ForAll(
            ((RELU, 0), (RELU, 1), (ERF, 0), (ERF, 1), (X**3 - 3 * X, 0)),
            lambda case: AtMost(correlation_map(*case).subs(RHO, 0), correlation_map(*case), on={RHO: Interval(0, 1)}),
        ),
        checks=sampled(*INEQUALITY),
        expected=Verdict.SUPPORTED,
        note="For one layer of ReLU, erf (each without and with bias) and x³ − 3x; P being non-decreasing on [0, 1], "
        "compositions follow.",
    ),
    Claim(
        id="shrinkage2022/section3/pointwise_bound",
        where="section 3 (line 139), with remark 2",
        printed=r"\text{we can find an upper-bound (blue on figure 1) that tends to } P_L \circ \cdots \circ P_1(0) "
        r"\text{ pointwise on } [0,1) \text{ as } L \text{ grows}",
        assumptions=(
            "equal layers, so that ρ̃_L = ρ̃_max, and S = Σ‖φ_l − φ̄_l‖²/‖φ_l′‖² → ∞",
            "the bound is ρ̃_L + d·t/(1 + C) for t ≤ 1 − 1/(2 + C), and at most ρ̃_L + d beyond, d = 1 − ρ̃_L, C = dS/2",
        ),
        statement=And(
            (
                Equal(
                    2 * PLACE / TOTAL - CROPPED * PLACE / (1 + CROPPED * TOTAL / 2),
                    4 * PLACE / (TOTAL * (2 + CROPPED * TOTAL)),
                    on={PLACE: Interval.Lopen(0, 1), CROPPED: Interval.Lopen(0, 1), TOTAL: Interval.Lopen(0, 100)},
                ),
                Equal(
                    (2 / TOTAL) * (1 / (1 - PLACE) - 2),
                    2 / (TOTAL * (1 - PLACE)) - 4 / TOTAL,
                    on={PLACE: Interval.open(0, 1), TOTAL: Interval.Lopen(0, 100)},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="Below the corner the excess over ρ̃_L is at most 2t/S; beyond it C < 1/(1 − t) − 2, so d = 2C/S is below "
        "2/(S(1 − t)). Both vanish as S → ∞, for each t < 1.",
    ),
    Claim(
        id="shrinkage2022/section5/weight_variance",
        where="section 5.1 (line 214), with theorem 2",
        printed=r"\text{we can deduce that well-behavedness of deep ResNets requires scaling the weight "
        r"variance as } L^{-1}",
        assumptions=(
            "equal layers: the sum of theorem 2 is L·σ²A/(1 + σ²B), A and B the squared norms of φ − φ̄ and of what "
            "stands in the denominator; well-behaved: the sum stays below some M",
        ),
        statement=And(
            (
                Equal(
                    DEPTH * BOUNDED_VARIANCE * ERROR / (1 + BOUNDED_VARIANCE * SIZE),
                    LIMIT,
                    on={
                        DEPTH: Interval(3, 100),
                        ERROR: Interval(1, 2),
                        SIZE: Interval.Lopen(0, 1),
                        LIMIT: Interval.Lopen(0, 1),
                    },
                ),
                Equal(
                    BOUNDED_VARIANCE * DEPTH * (1 - LIMIT * SIZE / (DEPTH * ERROR)),
                    LIMIT / ERROR,
                    on={
                        DEPTH: Interval(3, 100),
                        ERROR: Interval(1, 2),
                        SIZE: Interval.Lopen(0, 1),
                        LIMIT: Interval.Lopen(0, 1),
                    },
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The sum increases with σ², so it is at most M iff σ² ≤ M/(LA − MB), which is M/(AL)·(1 + O(1/L)). It "
        "takes 1 − ρ_max bounded away from 0 and φ not linear.",
    ),
)
