"""The two formulas of Gaussian calculus that hayou2020 proves in appendix C: integration by parts and interpolation."""

from __future__ import annotations

from flint import arb
from sympy import Expr, Interval, Rational, S, Symbol, diff, erf, exp, gamma, oo, sin, sqrt

from symntk.claims import (
    IDENTITY,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    Method,
    Recomputed,
    Verdict,
    expectation,
)
from symntk.claims.domain import Point
from symntk.gaussian.quadrature import enclose_mean
from symntk.notation import X
from symntk.numbers.ball import enclose

SIDE = Symbol("s", positive=True)
FIRST, SECOND = Symbol("a", positive=True), Symbol("b", positive=True)
"""The variances of X and Y."""
JOINT = Symbol("r", real=True)
"""Their correlation."""
POSITIVE = Interval.open(0, oo)
HALF = Rational(1, 2)
BETA = gamma(Rational(3, 2)) ** 2 / gamma(3)
"""∫ √(u(1 − u)) du over [0, 1]."""


def coin(function: Expr) -> Expr:
    """E f(Z) for the coin Z = ±s."""
    return HALF * function.subs(X, SIDE) + HALF * function.subs(X, -SIDE)


CUBE = X**3
SMOOTH = (CUBE, sin(X), erf(X), exp(X / 2))

SECOND_MOMENT_ON_PATH = (FIRST + SECOND) / 2 + 2 * JOINT * sqrt(FIRST * SECOND) * BETA
"""∫ E (√(1−u) X + √u Y)² du."""
FOURTH = Equal(
    expectation(X**4) * (FIRST**2 - SECOND**2),
    HALF * (FIRST - SECOND) * 12 * SECOND_MOMENT_ON_PATH,
    on={FIRST: POSITIVE, SECOND: POSITIVE, JOINT: Interval(-1, 1)},
)


def fourth_moments(point: Point, bits: int) -> arb:
    """E X⁴ − E Y⁴, each integrated with its own variance."""
    means = [enclose_mean((sqrt(point[v]) * X) ** 4, bits=2 * bits) for v in (FIRST, SECOND)]
    return enclose(S.One, bits=bits) * (means[0] - means[1])


def even_power(k: int) -> Equal:
    """The formula for g = x^{2k} and independent X, Y, where E g″ on the path is a power of (1 − u)a + ub."""
    path = sum((FIRST**i * SECOND ** (k - 1 - i) for i in range(k)), S.Zero) / k
    left = expectation(X ** (2 * k)) * (FIRST**k - SECOND**k)
    right = HALF * (FIRST - SECOND) * expectation(diff(X ** (2 * k), X, 2)) * path
    return Equal(left, right, on={FIRST: POSITIVE, SECOND: POSITIVE})


CLAIMS = (
    Claim(
        id="hayou2020/lemma5/integration-by-parts",
        where="lemma 5, proof",
        printed=r"\text{for any random vector } Z \in \mathbb{R}^n, \ \mathbb{E}[Z_i g(Z)] = "
        r"\sum_{j=1}^n \mathrm{cov}(X_i, X_j) \mathbb{E}[\frac{\partial g}{\partial x_j}(Z)]",
        assumptions=("n = 1, g = z³, Z = ±s with probability 1/2 each; cov(X, X) is read as cov(Z, Z)",),
        statement=Equal(coin(X * CUBE), coin(X**2) * coin(diff(CUBE, X)), on={SIDE: POSITIVE}),
        checks=(CertifiedWitness({SIDE: 1}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="Stein's identity holds for centred Gaussian vectors, and characterises them.",
        corrected=Claim(
            id="hayou2020/lemma5/integration-by-parts/corrected",
            where="lemma 5, proof",
            printed=r"\text{for any centred Gaussian vector } Z, \ \mathbb{E}[Z_i g(Z)] = "
            r"\sum_{j=1}^n \mathrm{cov}(Z_i, Z_j) \mathbb{E}[\frac{\partial g}{\partial x_j}(Z)]",
            assumptions=("n = 1, unit variance, four functions g",),
            statement=ForAll(SMOOTH, lambda g: Equal(expectation(X * g), expectation(diff(g, X)))),
            checks=IDENTITY,
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2020/lemma5/interpolation",
        where="lemma 5, eq. 14",
        printed=r"\mathbb{E}[g(X)] - \mathbb{E}[g(Y)] = \frac{1}{2} \int_0^1 \sum_{1 \leq i,j \leq n} "
        r"(\mathbb{E}[X_i X_j] - \mathbb{E}[Y_i Y_j]) "
        r"\mathbb{E}[\frac{\partial^2 g}{\partial x_i \partial x_j}(\sqrt{1-u} X + \sqrt{u} Y)] du",
        assumptions=("n = 1, g = x⁴, X and Y of variances a and b, jointly Gaussian of correlation r",),
        statement=FOURTH,
        checks=(
            CertifiedWitness({FIRST: 4, SECOND: 1, JOINT: 1}),
            Recomputed("moments by quadrature", Method.QUADRATURE, fourth_moments),
        ),
        expected=Verdict.REFUTED,
        kind="error",
        note="X and Y must be independent, which the lemma does not say; the factor 1/2 is read from the proof.",
        corrected=Claim(
            id="hayou2020/lemma5/interpolation/corrected",
            where="lemma 5, eq. 14",
            printed=r"\text{Let } X, Y \text{ be two independent centered Gaussian vectors: eq. 14 holds}",
            assumptions=("n = 1, g = x², x⁴, x⁶, x⁸",),
            statement=ForAll((1, 2, 3, 4), even_power),
            checks=IDENTITY,
            expected=Verdict.SUPPORTED,
        ),
    ),
)
