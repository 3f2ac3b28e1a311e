"""Sections 2.1, 3.1 and 4 of jacot2019: the activation kernels, their start, and the characteristic value."""

from __future__ import annotations

from sympy import Expr, Integer, Interval, Rational, S, Symbol, acos, cos, diff, pi, sin, sqrt

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    SERIES,
    And,
    AtMost,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    SeriesAt,
    Verdict,
    covariance,
    sampled,
)
from symntk.gaussian.moments import normalized, standardized
from symntk.notation import RHO, X

BETA = Symbol("beta", nonnegative=True)
FIRST, SECOND = Symbol("theta", real=True), Symbol("phi", real=True)
CIRCLE = {FIRST: Interval(0, 2 * pi), SECOND: Interval(0, 2 * pi)}
UNIT = {BETA: Interval(0, 1)}
RELU = standardized(activation("relu"))
CAST = (
    RELU,
    normalized(activation("relu")),
    standardized(activation("sin")),
    standardized(Activation(name="cos(sqrt(2)*x)", expression=cos(sqrt(2) * X))),
)
RELU_DUAL = (sqrt(1 - RHO**2) + (pi - acos(RHO)) * RHO) / pi
BIASES = (Integer(0), Rational(1, 10), Rational(1, 2))


def coefficients(angle: Symbol) -> tuple[Expr, ...]:
    """α̃⁽¹⁾ as a linear form in W₁, W₂, b, for n₀ = 2 and the input √2(cos, sin) on the sphere."""
    point = (sqrt(2) * cos(angle), sqrt(2) * sin(angle))
    return (*(sqrt(1 - BETA**2) / sqrt(2) * entry for entry in point), BETA)


FIRST_COVARIANCE = sum((a * b for a, b in zip(coefficients(FIRST), coefficients(SECOND), strict=True)), S.Zero)
BIASED_PRODUCT = BETA**2 + (1 - BETA**2) * cos(FIRST - SECOND)


SAMPLE_IDENTITY = sampled(*IDENTITY)
SAMPLE_SERIES = sampled(*SERIES)

CLAIMS = (
    Claim(
        id="jacot2019/kernels/first",
        where="section 3.1 (lines 102 and 106)",
        printed=r"\Sigma^{(0)}(z_0,z_1)=\beta^2+\frac{1-\beta^2}{n_0}z_0^Tz_1, \quad "
        r"\Sigma^{(\ell+1)}=\beta^2+(1-\beta^2)\mathbb{L}_{\Sigma^{(\ell)}}^{\sigma}",
        assumptions=("Σ⁽¹⁾ is the covariance of α̃⁽¹⁾; n₀ = 2; σ is the standardised ReLU",),
        statement=Equal(
            FIRST_COVARIANCE, BETA**2 + (1 - BETA**2) * covariance(RELU, rho=BIASED_PRODUCT), on={**UNIT, **CIRCLE}
        ),
        checks=(CertifiedWitness({BETA: 0, FIRST: 0, SECOND: pi / 2}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/kernels/first/corrected",
            where="section 3.1 (line 106)",
            printed=r"\Sigma^{(1)}(z_0,z_1)=\beta^2+\frac{1-\beta^2}{n_0}z_0^Tz_1",
            statement=Equal(FIRST_COVARIANCE, BIASED_PRODUCT, on={**UNIT, **CIRCLE}),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
        note="Appendix B prints Σ⁽¹⁾; theorem 1 at L = 1 needs it. At β = 0 and x ⊥ y the covariance is 0, not 1/π.",
    ),
    Claim(
        id="jacot2019/kernels/composition",
        where="appendix B (line 345)",
        printed=r"\Sigma^{(\ell)}(x,y) = (B_{\beta} \circ R_{\sigma})^{\circ \ell - 1} \circ B_{\beta} (\rho_{x,y})",
        statement=ForAll(
            BIASES,
            lambda bias: Equal(
                bias + (1 - bias) * covariance(RELU, rho=bias + (1 - bias) * RHO),
                bias + (1 - bias) * RELU_DUAL.subs(RHO, bias + (1 - bias) * RHO),
                on={RHO: Interval(-1, 1)},
            ),
        ),
        checks=SAMPLE_IDENTITY,
        expected=Verdict.SUPPORTED,
        note="For ℓ = 2 and the standardised ReLU, R being the closed form of appendix B.1; β² = 0, 1/10, 1/2.",
    ),
    Claim(
        id="jacot2019/kernels/bias-map-range",
        where="appendix B (line 337)",
        printed=r"B_\beta: [-1,1] \to [-1,1],\ B_{\beta}(\rho) = \beta^2 + (1 - \beta^2)\rho",
        assumptions=("β ≤ 1, which the square root of 1 − β² in section 2.1 needs; only β ≥ 0 is printed",),
        statement=And(
            tuple(
                statement
                for rho in (Integer(-1), Integer(1))
                for value in [BETA**2 + (1 - BETA**2) * rho]
                for statement in (AtMost(value, 1, on=UNIT), AtMost(-1, value, on=UNIT))
            )
        ),
        checks=INEQUALITY,
        expected=Verdict.CERTIFIED,
        note="At the ends ρ = ±1; B is affine in ρ.",
    ),
    Claim(
        id="jacot2019/kernels/characteristic-value",
        where="definition 1 (line 126) and appendix B (line 359)",
        printed=r"(B_{\beta}\circ R_{\sigma})'(1) = r_{\sigma,\beta} = \left(1-\beta^2\right)"
        r"\mathbb{E}_{x\sim\mathcal{N}(0,1)}\left[\dot{\sigma}^2(x)\right]",
        statement=ForAll(
            tuple((sigma, bias) for sigma in CAST for bias in BIASES),
            lambda case: SeriesAt(
                case[1] + (1 - case[1]) * covariance(case[0]),
                1 - (1 - case[1]) * covariance(diff(case[0].expression, X), rho=1) * (1 - RHO),
                variable=RHO,
                order=Rational(3, 2),
            ),
        ),
        checks=SAMPLE_SERIES,
        expected=Verdict.SUPPORTED,
        note="For the standardised ReLU, the normalised ReLU, sin x and cos √2x standardised, and β² = 0, 1/10, 1/2.",
    ),
)
