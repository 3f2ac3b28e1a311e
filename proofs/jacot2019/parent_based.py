"""Proposition 2 of jacot2019: in the parent-based parametrisation no border effect is left."""

from __future__ import annotations

from sympy import Expr, Integer, Interval, Rational, S, Symbol, sqrt

from symntk.activations.catalogue import activation
from symntk.architectures.deconvolutional import ConvolutionalKernels, Parametrisation
from symntk.architectures.half_line import HalfLine
from symntk.architectures.positions import PositionNet, convolution, deconvolution
from symntk.claims import (
    IDENTITY,
    And,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    Verdict,
    sampled,
)
from symntk.gaussian.moments import standardized

BETA, RATIO = Symbol("beta", nonnegative=True), Symbol("r", positive=True)
DIMENSION = Symbol("n_0", integer=True, positive=True)
LAYER, DEPTH = Symbol("l", integer=True, positive=True), Symbol("L", integer=True, positive=True)
UNIT = {BETA: Interval(0, 1)}
RELU = standardized(activation("relu"))
EXAMPLE = HalfLine(stride=2, window=4)
"""Stride 2, windows {−3, …, 0}."""
BIAS = Rational(3, 5)


def geometric(depth: Expr) -> Expr:
    """(1 − r^L)/(1 − r)."""
    return (1 - RATIO**depth) / (1 - RATIO)


def pixels(first: object, second: object) -> Expr:
    """Orthogonal pixels of norm √n₀: x_pᵀx_p′/n₀."""
    return S.One if first == second else S.Zero


def patch(net: PositionNet, parametrisation: Parametrisation = "classical") -> ConvolutionalKernels:
    """The kernels of the standardised ReLU with β = 3/5 on a net of finitely many positions."""
    return ConvolutionalKernels(
        net=net, activation=RELU, beta_squared=BIAS**2, inputs=pixels, parametrisation=parametrisation
    )


NETS: tuple[PositionNet, ...] = (
    deconvolution((2,), (EXAMPLE,), 3),
    deconvolution((2, 2), (EXAMPLE, HalfLine(stride=3, window=5)), 2),
    convolution((4,), (3,), 3),
)
"""Deconvolutions on a line and in the plane, and a zero-padded convolution."""


CLAIMS = (
    Claim(
        id="jacot2019/proposition2/sigma",
        where="appendix G, proof of proposition 2 (lines 781 to 790) and section 6 (line 231)",
        printed=r"\Sigma_{pp}^{(L)}(x,x) = 1 \text{ for any General Convolutional Network, any } p \in I_L",
        assumptions=(
            "β = 3/5, the standardised ReLU; deconvolutions on a line and in the plane, a zero-padded convolution",
        ),
        statement=ForAll(
            NETS,
            lambda net: And(
                tuple(
                    Equal(patch(net, "parent").sigma(len(net.layers), p, p), S.One)
                    for p in sorted(net.positions(len(net.layers)))[:12]
                )
            ),
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="jacot2019/proposition2/ntk-induction",
        where="appendix G, proof of proposition 2 (lines 779 and 795)",
        printed=r"\Theta_{\infty,pp}^{(L)}(x,x) = \frac{1 - r^L}{1 - r}, \quad "
        r"\Theta_{\infty,pp}^{(L+1)}(x,x) = 1 + r\,\Theta_{\infty,qq}^{(L)}(x,x)",
        assumptions=("r ≠ 1, as the fraction needs; at r = 1 the value is L",),
        statement=And(
            (
                Equal(geometric(S.One), S.One, on={RATIO: Interval.open(0, 1)}),
                Equal(
                    1 + RATIO * geometric(DEPTH),
                    geometric(DEPTH + 1),
                    on={RATIO: Interval.open(0, 1), DEPTH: S.Naturals},
                ),
                Equal(
                    1 + RATIO * geometric(DEPTH),
                    geometric(DEPTH + 1),
                    on={RATIO: Interval.open(1, 3), DEPTH: S.Naturals},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="jacot2019/proposition2/ntk",
        where="appendix G, proof of proposition 2 (line 779) and section 6 (line 231)",
        printed=r"\Theta_{\infty,pp}^{(L)}(x,x) = \frac{1 - r^L}{1 - r}",
        assumptions=("β = 3/5, the standardised ReLU; the nets of the claim on Σ",),
        statement=ForAll(
            NETS,
            lambda net: And(
                tuple(
                    Equal(
                        patch(net, "parent").ntk(len(net.layers), p, p),
                        geometric(Integer(len(net.layers))).subs(RATIO, 1 - BIAS**2),
                    )
                    for p in sorted(net.positions(len(net.layers)))[:12]
                )
            ),
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="jacot2019/proposition2/first-layer",
        where="appendix G, proof of proposition 2 (lines 783 to 786), as in appendix F (line 584)",
        printed=r"\beta^2 + \frac{1-\beta^2}{|P(p)|} \sum_{q \in P(p)} x_q^T x_q = \beta^2 + (1-\beta^2)",
        assumptions=("‖x_q‖ = √n₀ for all q, as x ∈ 𝕊_{n₀}^{I₀}; |P(p)| terms",),
        statement=Equal(
            BETA**2 + (1 - BETA**2) * sqrt(DIMENSION) ** 2,
            BETA**2 + (1 - BETA**2),
            on={**UNIT, DIMENSION: S.Naturals},
        ),
        checks=(CertifiedWitness({BETA: 0, DIMENSION: 2}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/proposition2/first-layer/corrected",
            where="appendix G, proof of proposition 2 (lines 783 to 786), and appendix F (line 584)",
            printed=r"\beta^2 + \frac{1-\beta^2}{|P(p)| n_0} \sum_{q \in P(p)} x_q^T x_q = \beta^2 + (1-\beta^2)",
            statement=Equal(
                BETA**2 + (1 - BETA**2) * sqrt(DIMENSION) ** 2 / DIMENSION,
                BETA**2 + (1 - BETA**2),
                on={**UNIT, DIMENSION: S.Naturals},
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="Proposition 4 and appendix H have the n₀.",
        ),
        note="The n₀ of the first layer is missing; with n₀ = 2 and β = 0 the value is 2.",
    ),
)
