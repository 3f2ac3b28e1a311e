"""Certified means and pairs, against mpmath, numpy's Gauss–Hermite rule, exact values and each other."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import mpmath
import numpy
import pytest
import sympy
from flint import arb
from sympy import Expr, Rational, S, atan, cosh, erf, exp, log, pi, sin, sqrt, tanh

from symntk.errors import DomainError, SymntkError, UndecidedError
from symntk.gaussian import certified_rules, quadrature, series, strip
from symntk.gaussian.certified_plane import plane_expectation
from symntk.gaussian.certified_smooth import _slopes, smooth_pair
from symntk.gaussian.quadrature import enclose_mean, enclose_pair
from symntk.notation import X
from symntk.numbers.ball import enclose
from symntk.numbers.normal_distribution import NormalCDF
from symntk.numbers.precision import working_precision

SIGMOID = 1 / (1 + exp(-X))
SOFTPLUS = log(1 + exp(X))
MEANS = [
    tanh(X) ** 2,
    SIGMOID**2,
    SOFTPLUS,
    X * SIGMOID,
    atan(X) ** 2,
    X * tanh(X),
    log(cosh(X)),
    1 / (1 + X**2),
    sqrt(1 + X**2),
    tanh(2 * X - 1) * X**3,
    sympy.diff(tanh(X), X, 5) * X,
    sympy.diff(SOFTPLUS, X, 4),
    sympy.diff(atan(X), X, 3),
    exp(X**2 / 8),
    X * NormalCDF(X),
    sin(3 * X + 1),
    sympy.Max(0, X) ** 3,
    sympy.Piecewise((X, X > 0), (exp(X) - 1, True)),
    sympy.Abs(tanh(X)),
    X / (1 + sympy.Abs(X)),
    sqrt(sympy.Abs(X)),
]
SMOOTH = [tanh(X), SIGMOID, SOFTPLUS, X * SIGMOID, atan(X), erf(X), X * tanh(X), exp(X / 2), X**3 - X]
CORRELATIONS = [Rational(-99, 100), Rational(-1, 3), Rational(1, 2), 1 - Rational(1, 10**6)]


def forget() -> None:
    for cached in (strip.strips, series.hermite_series, quadrature._mean, quadrature._pair, quadrature._coefficients):
        cached.cache_clear()


@pytest.fixture
def fresh() -> Iterator[None]:
    forget()
    yield
    forget()


def by_mpmath(f: Expr, q: int) -> mpmath.mpf:
    function = sympy.lambdify(X, f, ["mpmath", {"NormalCDF": mpmath.ncdf}])
    root = mpmath.sqrt(q)
    ends = [-40, -15, -8, -4, -2, -1, -0.25, 0, 0.25, 1, 2, 4, 8, 15, 40]
    return mpmath.quad(lambda u: function(root * u) * mpmath.npdf(u), ends, maxdegree=9)


def by_gauss_hermite(f: Expr, g: Expr, rho: Expr, q1: float, q2: float) -> float:
    nodes, weights = numpy.polynomial.hermite_e.hermegauss(120)
    first, second = (sympy.lambdify(X, h, ["numpy", {"erf": numpy.vectorize(mpmath.erf, [float])}]) for h in (f, g))
    r = float(rho)
    u, w = numpy.meshgrid(nodes, nodes)
    v = r * u + numpy.sqrt(1 - r * r) * w
    grid = first(numpy.sqrt(q1) * u) * second(numpy.sqrt(q2) * v)
    return float(weights @ grid @ weights / (2 * numpy.pi))


@pytest.mark.parametrize("q", [1, 3])
@pytest.mark.parametrize("f", MEANS, ids=str)
def test_mean_agrees_with_mpmath_to_thirty_digits(f: Expr, q: int) -> None:
    certain = enclose_mean(f, q, bits=100)
    with mpmath.workdps(36):
        reference = by_mpmath(f, q)
        assert abs(mpmath.mpf(certain.mid().str(36, radius=False)) - reference) <= 1e-28 * (1 + abs(reference))
    assert certain.rel_accuracy_bits() >= 100


@pytest.mark.parametrize("rho", CORRELATIONS, ids=str)
@pytest.mark.parametrize("f", SMOOTH, ids=str)
def test_pair_agrees_with_gauss_hermite(f: Expr, rho: Expr) -> None:
    certain = enclose_pair(f, f, rho, 2, Rational(1, 2), bits=64)
    assert float(certain) == pytest.approx(by_gauss_hermite(f, f, rho, 2, 0.5), abs=2e-7)
    assert certain.rel_accuracy_bits() >= 64


@pytest.mark.parametrize("rho", [Rational(-1, 3), 1 - Rational(1, 10**30)], ids=str)
@pytest.mark.parametrize(
    ("f", "g", "variances"),
    [
        (tanh(X), atan(X), (S.One, Rational(3, 2))),
        (SOFTPLUS, X * tanh(X), (S.One, Rational(3, 2))),
        (SIGMOID, erf(X), (S(2), S(2))),
        (tanh(X), tanh(X), (Rational(3, 2), Rational(3, 2))),
        (SOFTPLUS, SOFTPLUS, (S(2), S(2))),
        (tanh(X), tanh(X), (S.One, S(2))),
    ],
    ids=str,
)
def test_series_and_plane_agree(f: Expr, g: Expr, variances: tuple[Expr, Expr], rho: Expr) -> None:
    of_series = smooth_pair(f, g, rho, variances, 80)
    of_plane = plane_expectation(f, g, _slopes(rho, variances, 80), 80)
    assert of_series.overlaps(of_plane)
    assert max(of_series.rad(), of_plane.rad()) < arb(2) ** -76


@pytest.mark.parametrize("rho", [Rational(-1, 2), Rational(9, 10), S.One, S.NegativeOne], ids=str)
def test_pair_of_error_functions_is_an_arcsine(rho: Expr) -> None:
    assert enclose_pair(erf(X), erf(X), rho, bits=80).overlaps(enclose(2 / pi * sympy.asin(2 * rho / 3), bits=90))


@pytest.mark.parametrize("q", [Rational(1, 50), S(30)], ids=str)
def test_pair_of_sines_at_small_and_large_variance_is_exact(q: Expr) -> None:
    exact = exp(-q) * sympy.sinh(q / 3)
    assert enclose_pair(sin(X), sin(X), Rational(1, 3), q, q, bits=70).overlaps(enclose(exact, bits=80))


@pytest.mark.parametrize(
    "f", [tanh(X), SOFTPLUS, sympy.Max(0, X), sympy.Piecewise((X, X > 0), (exp(X) - 1, True))], ids=str
)
@pytest.mark.parametrize("sign", [1, -1])
def test_pair_is_continuous_at_perfect_correlation(f: Expr, sign: int) -> None:
    near, at = (enclose_pair(f, f, sign * r, bits=100) for r in (1 - Rational(1, 10**40), S.One))
    with working_precision(200):
        assert abs(near - at) < arb(10) ** -29
    assert near.rad() < arb(10) ** -29


@pytest.mark.parametrize("f", [*SMOOTH, sympy.Max(-1, sympy.Min(1, X)), sympy.Abs(tanh(X))], ids=str)
def test_more_bits_lie_inside_fewer_bits(f: Expr) -> None:
    rough, fine, finest = (enclose_mean(f + 1, bits=bits) for bits in (20, 60, 120))
    assert rough.contains(fine)
    assert fine.contains(finest)
    rough, fine = (enclose_pair(f, sympy.Max(0, X), Rational(2, 3), bits=bits) for bits in (20, 70))
    assert rough.contains(fine)


def test_a_strip_wider_than_the_true_one_is_noticed(monkeypatch: pytest.MonkeyPatch, fresh: None) -> None:
    truth = enclose_mean(tanh(X) ** 2, bits=90), enclose_pair(tanh(X), tanh(X), Rational(1, 2), bits=90)
    forget()
    monkeypatch.setattr(certified_rules, "POLE_OF_TANH", arb(3))
    wrong = enclose_mean(tanh(X) ** 2, bits=60), enclose_pair(tanh(X), tanh(X), Rational(1, 2), bits=60)
    assert [False, False] == [a.overlaps(b) for a, b in zip(truth, wrong, strict=True)]


def test_functions_of_opposite_parity_are_exactly_uncorrelated() -> None:
    assert enclose_pair(tanh(X), X * tanh(X), Rational(1, 3)) == 0
    assert enclose_mean(sin(X)) == 0


def test_small_values_keep_their_relative_accuracy() -> None:
    tiny = Rational(1, 2**200)
    found = enclose_pair(tanh(X), tanh(X), tiny, bits=60)
    assert found.rel_accuracy_bits() >= 60
    with working_precision(100):
        assert abs(found / enclose_mean(X * tanh(X), bits=80) ** 2 * arb(2) ** 200 - 1) < arb(2) ** -55


def test_balls_in_give_a_ball_that_contains_all_values() -> None:
    rho, q = arb("0.4", "1e-6"), arb("1.5", "1e-6")
    wide = enclose_pair(tanh(X), sympy.Max(0, X), rho, q, 2, bits=60)
    for r, v in ((Fraction("0.4"), Fraction("1.5")), (Fraction("0.4000009"), Fraction("1.4999991"))):
        assert wide.contains(enclose_pair(tanh(X), sympy.Max(0, X), r, v, 2, bits=60))
    assert wide.rad() < 1e-5


def test_an_exact_ball_is_an_exact_number() -> None:
    assert enclose_pair(erf(X), erf(X), arb(1), bits=60).overlaps(enclose_mean(erf(X) ** 2, bits=60))


def test_lambdas_and_activations_are_accepted() -> None:
    t = sympy.Symbol("t")
    assert enclose_mean(sympy.Lambda(t, tanh(t) ** 2)).overlaps(enclose_mean(tanh(X) ** 2))


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (lambda: enclose_pair(X, X, Rational(11, 10)), DomainError),
        (lambda: enclose_pair(X, X, 1 + Rational(1, 10**50)), DomainError),
        (lambda: enclose_pair(X, X, 0, -1), DomainError),
        (lambda: enclose_mean(X, 0), DomainError),
        (lambda: enclose_mean(X + sympy.Symbol("y")), DomainError),
        (lambda: enclose_mean(sympy.Lambda((X, sympy.Symbol("y")), X)), DomainError),
        (lambda: enclose_mean(exp(X**2)), UndecidedError),
        (lambda: enclose_mean(1 / X), UndecidedError),
        (lambda: enclose_pair(1 / X, X**2, Rational(1, 2)), UndecidedError),
        (lambda: enclose_mean(sympy.gamma(X)), UndecidedError),
        (lambda: enclose_mean(sympy.DiracDelta(X)), UndecidedError),
    ],
)
def test_what_cannot_be_answered_is_refused_in_one_line(ask: object, error: type[SymntkError]) -> None:
    with pytest.raises(error) as refusal:
        ask()
    assert "\n" not in str(refusal.value)
    assert "asked for" in str(refusal.value)


@pytest.mark.slow
@pytest.mark.parametrize("q", [100, 400])
def test_large_variances_approach_the_sign_function(q: int) -> None:
    steep = enclose_pair(tanh(X), tanh(X), Rational(1, 2), q, q, bits=40)
    assert abs(steep - arb(1) / 3) < arb(q) ** -1 + arb(q) ** arb("-0.5")
    assert steep < arb(1) / 3
