"""Appendix B of shrinkage2022: duals, linearisations and critical constants of the leaky ReLU and of erf."""

from __future__ import annotations

import sympy
from sympy import Expr, Integer, Interval, Max, Rational, Symbol, acos, asin, atan, erf, exp, oo, pi, sqrt

from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    AlgebraicIdentity,
    And,
    BallIdentityAtRandomPoints,
    CertifiedWitness,
    Claim,
    DerivedQuantity,
    Equal,
    Verdict,
    covariance,
    derived,
    expectation,
)
from symntk.notation import RHO, X

A = Symbol("a", real=True)
T = Symbol("t", positive=True)
SIGMA_B = Symbol("sigma_b", nonnegative=True)
SIGMA_W = Symbol("sigma_w", positive=True)

SLOPES = {A: Interval(-oo, oo)}
CORRELATIONS = {RHO: Interval(-1, 1)}
EVERYWHERE = {X: Interval(-oo, oo)}

AT_FEW_POINTS = (AlgebraicIdentity(), BallIdentityAtRandomPoints(count=3))
"""As IDENTITY, with fewer integrals."""

LEAKY = A * X + (1 - A) * Max(X, 0)
LEAKY_LINEAR = (1 - A) / sqrt(2 * pi) + (1 + A) / 2 * X
STEP = activation("step").expression
LEAKY_SLOPE = A + (1 - A) * STEP
ERF = erf(X)
ERF_LINEAR = 2 / sqrt(3 * pi) * X
ERF_SLOPE = 2 / sqrt(pi) * exp(-(X**2))

PRINTED_LEAKY_DUAL = A * RHO + (1 - A) ** 2 * sqrt(1 - RHO**2 + RHO * (pi - acos(RHO))) / (2 * pi)
LEAKY_DUAL = A * RHO + (1 - A) ** 2 * (sqrt(1 - RHO**2) + RHO * (pi - acos(RHO))) / (2 * pi)


def linearisation(function: Expr) -> Expr:
    """φ̂₀ + φ̂₁x, with the coefficients as inert expectations."""
    return expectation(function) + expectation(X * function) * X


def linearisation_error(function: Expr) -> Expr:
    """‖φ − φ̄‖² = C[φ|1] − φ̂₀² − φ̂₁², by orthogonality."""
    return covariance(function, rho=1) - expectation(function) ** 2 - expectation(X * function) ** 2


def in_arctangents(expression: Expr) -> Expr:
    """asin z = atan(z/√(1 − z²)) for |z| < 1."""
    return derived(expression).replace(asin, lambda z: atan(z / sqrt(1 - z**2)))


def by_arctangents(expression: Expr) -> tuple[DerivedQuantity, BallIdentityAtRandomPoints]:
    """Two routes for an identity between an arcsine that we derive and an arctangent that is printed."""
    return DerivedQuantity(
        lambda: in_arctangents(expression), "derived, then asin z = atan(z/√(1 − z²))"
    ), BallIdentityAtRandomPoints(count=4)


LEAKY_CLAIMS = (
    Claim(
        id="shrinkage2022/appB/leaky_definition",
        where="appendix B, first sentence (line 619)",
        printed=r"\mathrm{LReLU}_a(x) = ax + (1-a)\cdot\mathrm{ReLU}(x) \text{ (negative slope } a)",
        statement=And(
            (
                Equal(LEAKY.subs(X, -T), -A * T, on={T: Interval.open(0, oo), **SLOPES}),
                Equal(LEAKY.subs(X, T), T, on={T: Interval.open(0, oo), **SLOPES}),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="Slope a on the left and 1 on the right; t = |x|.",
    ),
    Claim(
        id="shrinkage2022/appB/leaky_dual",
        where="appendix B (line 621)",
        printed=(
            r"\mathfrak{C}[\mathrm{LReLU}_a|\rho] = "
            r"a\rho + (1-a)^2\frac{\sqrt{1-\rho^2+\rho(\pi-\arccos\rho)}}{2\pi}"
        ),
        statement=Equal(covariance(LEAKY), PRINTED_LEAKY_DUAL, on=CORRELATIONS | SLOPES),
        checks=(CertifiedWitness({RHO: 1, A: 0}), DerivedQuantity(lambda: derived(covariance(LEAKY)))),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="shrinkage2022/appB/leaky_dual/corrected",
            where="appendix B (line 621)",
            printed=r"a\rho + (1-a)^2\frac{\sqrt{1-\rho^2}+\rho(\pi-\arccos\rho)}{2\pi}",
            statement=Equal(covariance(LEAKY), LEAKY_DUAL, on=CORRELATIONS | SLOPES),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
        note="In our text the bar of the root covers both summands; the bar may be the extraction's.",
    ),
    Claim(
        id="shrinkage2022/appB/leaky_linearisation",
        where="appendix B (line 622; the index a is missing on the left)",
        printed=r"\overline{\mathrm{LReLU}}(x) = \frac{1-a}{\sqrt{2\pi}} + \frac{1+a}{2}x",
        statement=Equal(linearisation(LEAKY), LEAKY_LINEAR, on=EVERYWHERE | SLOPES),
        checks=AT_FEW_POINTS,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="shrinkage2022/appB/leaky_error",
        where="appendix B (line 626)",
        printed=r"\|\mathrm{LReLU}_a - \overline{\mathrm{LReLU}_a}\|_{\mathcal{N}}^2 = \frac{\pi-2}{4\pi}(1-a)^2",
        statement=And(
            (
                Equal(linearisation_error(LEAKY), (pi - 2) / (4 * pi) * (1 - A) ** 2, on=SLOPES),
                Equal(expectation((LEAKY - LEAKY_LINEAR) ** 2), (pi - 2) / (4 * pi) * (1 - A) ** 2, on=SLOPES),
            )
        ),
        checks=AT_FEW_POINTS,
        expected=Verdict.PROVED,
        note="Stated twice: by the Hermite coefficients, and as the mean square of the difference.",
    ),
    Claim(
        id="shrinkage2022/appB/leaky_slope",
        where="appendix B (line 627)",
        printed=r"\|\mathrm{LReLU}_a'\|_{\mathcal{N}}^2 = \frac{1+a^2}{2}",
        statement=Equal(covariance(LEAKY_SLOPE, rho=1), (1 + A**2) / 2, on=SLOPES),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="shrinkage2022/appB/leaky_critical",
        where="appendix B (line 628)",
        printed=r"\text{the critical initialization requires } \sigma_b = 0",
        statement=Equal(
            1 - SIGMA_W**2 * covariance(LEAKY_SLOPE, rho=1) / (SIGMA_B**2 + SIGMA_W**2 * covariance(LEAKY, rho=1)),
            SIGMA_B**2 / (SIGMA_B**2 + SIGMA_W**2 * (1 + A**2) / 2),
            on={SIGMA_B: Interval(0, oo), SIGMA_W: Interval.open(0, oo), **SLOPES},
        ),
        checks=AT_FEW_POINTS,
        expected=Verdict.PROVED,
        note="1 − P′(1) is this multiple of σ_b², so that P′(1) = 1 exactly for σ_b = 0, and then for every σ_w and a.",
    ),
)

ERF_CLAIMS = (
    Claim(
        id="shrinkage2022/appB/erf_definition",
        where="appendix B (line 630) and footnote 8 (line 180)",
        printed=r"\mathrm{erf}(x) = \frac{2}{\sqrt\pi}\int_0^x e^{-y^2}dy",
        statement=And(
            (
                Equal(sympy.Derivative(ERF, X), ERF_SLOPE, on=EVERYWHERE),
                Equal(ERF.subs(X, 0), Integer(0)),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The derivative is the integrand and the value at 0 is 0.",
    ),
    Claim(
        id="shrinkage2022/appB/erf_dual",
        where="appendix B (line 632)",
        printed=r"\mathfrak{C}[\mathrm{erf}|\rho] = \frac{2}{\pi}\arctan\frac{2\rho}{\sqrt{9-4\rho^2}}",
        statement=Equal(covariance(ERF), 2 / pi * atan(2 * RHO / sqrt(9 - 4 * RHO**2)), on=CORRELATIONS),
        checks=by_arctangents(covariance(ERF)),
        expected=Verdict.PROVED,
    ),
    Claim(
        id="shrinkage2022/appB/erf_linearisation",
        where="appendix B (line 633)",
        printed=r"\overline{\mathrm{erf}}(x) = \frac{2}{\sqrt{3\pi}}x",
        statement=Equal(linearisation(ERF), ERF_LINEAR, on=EVERYWHERE),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="shrinkage2022/appB/erf_error",
        where="appendix B (line 637)",
        printed=(
            r"\|\mathrm{erf}-\overline{\mathrm{erf}}\|_{\mathcal{N}}^2 = "
            r"\frac{2}{\pi}\left(\arctan\frac{2}{\sqrt5}-\frac23\right)"
        ),
        statement=Equal(linearisation_error(ERF), 2 / pi * (atan(2 / sqrt(Integer(5))) - Rational(2, 3))),
        checks=by_arctangents(linearisation_error(ERF)),
        expected=Verdict.PROVED,
    ),
    Claim(
        id="shrinkage2022/appB/erf_slope",
        where="appendix B (line 638)",
        printed=r"\|\mathrm{erf}'\|_{\mathcal{N}}^2 = \frac{4}{\pi\sqrt5}",
        statement=Equal(expectation(ERF_SLOPE**2), 4 / (pi * sqrt(Integer(5)))),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
)

CLAIMS = LEAKY_CLAIMS + ERF_CLAIMS
