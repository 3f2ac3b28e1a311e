"""Appendix A of shrinkage2022: the properties of Gaussian covariances that eqs. 4.1–4.3 rest on."""

from __future__ import annotations

from sympy import (
    Derivative,
    Expr,
    Integer,
    Interval,
    Max,
    Mul,
    Rational,
    S,
    Symbol,
    Tuple,
    cos,
    erf,
    exp,
    factorial,
    hermite_prob,
    pi,
    sin,
    sqrt,
)

from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    AlgebraicIdentity,
    AtMost,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    Method,
    Route,
    Statement,
    Verdict,
    covariance,
    derived,
    expectation,
    sampled,
)
from symntk.claims.checks import Finding, refuted, supported
from symntk.claims.domain import sample
from symntk.claims.pointwise import witness_at
from symntk.notation import RHO, X
from symntk.numbers.ball import enclose

R = Symbol("r", real=True)
IDENTITY_FUNCTION = Mul(1, X, evaluate=False)
"""x, kept from becoming sympy's IdentityFunction, whose assumptions cannot be asked."""

CROPPED = {R: Interval.Ropen(0, 1)}
RELU = Max(X, 0)
STEP = activation("step").expression
LEAKY, LEAKY_SLOPE = X / 10 + Rational(9, 10) * RELU, Rational(1, 10) + Rational(9, 10) * STEP
ERF, ERF_SLOPE = erf(X), 2 / sqrt(pi) * exp(-(X**2))
QUARTIC = X**4 / 3 - X**3 + X**2 - 2 * X + 1
SECOND = (X**2 - 1) / sqrt(Integer(2))
PAIRS = (Tuple(LEAKY, LEAKY_SLOPE), Tuple(ERF, ERF_SLOPE), Tuple(sin(X), cos(X)), Tuple(QUARTIC, QUARTIC.diff(X)))


def hermite(k: int) -> Expr:
    """The orthonormal polynomial h_k."""
    return hermite_prob(k, X) / sqrt(factorial(k))


def linearisation(function: Expr) -> Expr:
    """φ̂₀ + φ̂₁x, in closed form."""
    return derived(expectation(function)) + derived(expectation(X * function)) * X


def stein(pair: Tuple) -> Statement:
    """The printed consequence of Stein's lemma for f and f′."""
    function, slope = pair
    return Equal(Derivative(covariance(function), RHO), covariance(slope), on={RHO: Interval.open(-1, 1)})


def closed_form_slope(statement: Statement) -> Finding:
    """The derivative of the closed form of C[f|ρ] against certified integration of the right side."""
    for point in sample(statement.on, 3):
        gap = enclose(derived(statement.lhs), point, bits=60) - enclose(statement.rhs, point, bits=60)
        if not gap.contains(0):
            return refuted("the derivative of the closed form differs", witness_at(point, gap))
    return supported("the derivative of the closed form agrees with the integral at 3 points")


def chord(slope_place: int) -> ForAll:
    """C[f|1] − C[f|r] ≤ (1 − r)·∂C/∂ρ at a place."""
    return ForAll(
        (ERF, LEAKY, SECOND),
        lambda f: AtMost(
            derived(covariance(f, rho=1)) - derived(covariance(f)).subs(RHO, R),
            (1 - R) * derived(Derivative(covariance(f), RHO)).subs(RHO, slope_place),
            on=CROPPED,
        ),
    )


CROSSING = 2 * (1 + R) / (3 + R + sqrt((3 + R) ** 2 - 4 * (1 - R**2)))
"""t with g(1 − t) = t for g(s) = (C[h₂|r + (1 − r)s] − C[h₂|r])/(1 − C[h₂|r]), C[h₂|ρ] = ρ²."""


def total_bound(norm: Expr) -> Statement:
    """(1 − ρ̃_max)/2·Σ_l ‖φ_l − φ̄_l‖²/norm_l ≤ e; φ_1(x) = x with a bias that makes ρ̃_1 = ρ̃_max = r, φ_2 = h₂."""
    error = expectation((SECOND - linearisation(SECOND)) ** 2)
    return AtMost((1 - R) / 2 * error / norm, 1 / CROSSING - 2, on=CROPPED)


CLAIMS = (
    Claim(
        id="shrinkage2022/appA/tail_sum",
        where="appendix A.3, property 7 (line 589)",
        printed=r"\sum_{k=2}^\infty \hat f_k^2 = \|f-\overline f\|_{\mathcal{N}}^2",
        statement=ForAll(
            (QUARTIC, hermite(3) - 2 * hermite(5) + X / 7),
            lambda f: Equal(
                sum((expectation(f * hermite(k)) ** 2 for k in range(2, 6)), S.Zero),
                expectation((f - linearisation(f)) ** 2),
            ),
        ),
        checks=IDENTITY,
        expected=Verdict.SUPPORTED,
        note="For two polynomials, whose sums end; the leaky ReLU and erf are claims of appendix B.",
    ),
    Claim(
        id="shrinkage2022/appA/stein",
        where="appendix A.3, property 7 (line 595)",
        printed=r"\frac{\partial}{\partial\rho}\mathfrak{C}[f|\rho] = \mathfrak{C}[f'|\rho]",
        statement=ForAll(PAIRS, stein),
        checks=(AlgebraicIdentity(), Route("closed form against integral", Method.QUADRATURE, closed_form_slope)),
        expected=Verdict.SUPPORTED,
        note="For absolutely continuous f; where f jumps, f′ has to be the distributional derivative.",
    ),
    Claim(
        id="shrinkage2022/appA/convexity_at_zero",
        where="appendix A.3, property 7 (line 593)",
        printed=(
            r"\mathfrak{C}[f|1]-\mathfrak{C}[f|r] \le "
            r"(1-r)\cdot\frac{\partial\mathfrak{C}[f|\rho]}{\partial\rho}\Big|_{\rho=0}"
        ),
        statement=chord(0),
        checks=(CertifiedWitness({R: 0}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="shrinkage2022/appA/convexity_at_zero/corrected",
            where="appendix A.3, property 7 (line 593)",
            printed=r"(1-r)\cdot\frac{\partial\mathfrak{C}[f|\rho]}{\partial\rho}\Big|_{\rho=1}",
            statement=chord(1),
            checks=INEQUALITY,
            expected=Verdict.SUPPORTED,
        ),
        note="The next line of the paper evaluates the derivative at ρ = 1.",
    ),
    Claim(
        id="shrinkage2022/appA/total_bound",
        where="appendix A.1 (line 344)",
        printed=(
            r"e(\tilde P_L\circ\dots\circ\tilde P_1) \ge \frac{1-\bar\rho_{\max}}{2}"
            r"\sum_{l=1}^L\frac{\|\phi_l-\bar\phi_l\|_{\mathcal{N}}^2}{\|\phi_l\|_{\mathcal{N}}^2}"
        ),
        statement=total_bound(expectation(SECOND**2)),
        checks=(CertifiedWitness({R: Rational(9, 10)}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="shrinkage2022/appA/total_bound/corrected",
            where="appendix A.1 (line 344)",
            printed=r"\|\phi_l'\|_{\mathcal{N}}^2 \text{ in the denominator, as in eq. A.6}",
            statement=total_bound(expectation(SECOND.diff(X) ** 2)),
            checks=sampled(*INEQUALITY),
            expected=Verdict.SUPPORTED,
        ),
        note="The prime may have been lost in the extraction; Theorem 2 on line 155 lacks it too, line 464 has it.",
    ),
)
