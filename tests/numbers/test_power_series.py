"""Taylor coefficients by power series of balls: every rule against exact derivatives, wide balls, and refusals."""

from __future__ import annotations

from functools import lru_cache

import pytest
import sympy
from flint import arb, arb_series, ctx
from hypothesis import given, settings
from sympy import Expr, Rational, S, asinh, atan, cos, cosh, erf, erfc, exp, log, sech, sin, sinh, sqrt, tanh

from symntk.errors import DomainError
from symntk.notation import X
from symntk.numbers.ball import enclose
from symntk.numbers.normal_distribution import NormalCDF
from symntk.numbers.power_series import coefficients, series_length, taylor_coefficients
from symntk.numbers.precision import working_precision
from tests.numbers.formulas import formulas

COUNT = 6
ELEMENTARY = [exp(X), sin(X), cos(X), tanh(X), sinh(X), cosh(X), sech(X), atan(X), asinh(X), erf(X), erfc(X)]
RATIONAL = [X, X**5 - 3 * X + S.Half, 1 / (2 + X**2), (X - 7) ** -3, (1 + X) ** 2 / (5 + X)]
ROOTS = [log(3 + X), sqrt(1 + X**2), (4 + X) ** Rational(1, 3), (3 + X) ** Rational(-5, 2), (2 + X**2) ** sympy.pi]
POWERS = [2**X, sympy.pi ** (1 - X), (3 + X) ** X]
COMPOSITE = [
    NormalCDF(X),
    NormalCDF(1 - 2 * X),
    X * NormalCDF(sqrt(2) * X),
    tanh(-X),
    log(1 + exp(X)),
    X * tanh(log(1 + exp(X))),
    sech(X) * erf(X / 2) + sympy.pi * X**3,
    exp(-(X**2)) / (1 + cosh(X)),
]
FORMULAS = [*ELEMENTARY, *RATIONAL, *ROOTS, *POWERS, *COMPOSITE]


def exact(f: Expr, point: Expr, count: int) -> list[arb]:
    """f⁽ᵏ⁾(x₀)/k! from symbolic derivatives."""
    return [enclose(slope.subs(X, point) / sympy.factorial(k), bits=150) for k, slope in enumerate(slopes(f, count))]


@lru_cache
def slopes(f: Expr, count: int) -> list[Expr]:
    """f, f′, … as formulas."""
    before = slopes(f, count - 1) if count > 1 else []
    return [*before, before[-1].diff(X)] if before else [f]


@pytest.mark.parametrize("point", [Rational(-3, 2), S.Zero, Rational(2, 5)], ids=str)
@pytest.mark.parametrize("f", FORMULAS, ids=str)
def test_every_rule_gives_the_taylor_coefficients_of_symbolic_derivatives(f: Expr, point: Expr) -> None:
    with working_precision(150):
        found = taylor_coefficients(f, enclose(point, bits=150), COUNT)
    for value, truth in zip(found, exact(f, point, COUNT), strict=True):
        assert value.overlaps(truth)
        assert value.rad() < 2.0**-110


@pytest.mark.parametrize("point", [Rational(-40), Rational(-1, 3), Rational(1, 3), Rational(40)], ids=str)
@pytest.mark.parametrize("f", [tanh(X), tanh(X) + 1, erf(X), erfc(X), NormalCDF(X)], ids=str)
def test_saturated_functions_neither_overflow_nor_lose_their_digits_on_either_side(f: Expr, point: Expr) -> None:
    with working_precision(200):
        found = taylor_coefficients(f, enclose(point, bits=200), 5)
    for value, truth in zip(found, exact(f, point, 5), strict=True):
        assert value.overlaps(truth)
        assert value.rad() < 2.0**-170


def test_the_hyperbolic_tangent_is_finite_at_a_huge_argument_of_either_sign() -> None:
    for sign in (1, -1):
        value, *slopes = taylor_coefficients(tanh(X), arb(sign * 10**12), 4)
        assert value.overlaps(arb(sign))
        assert all(abs(s) < 1e-12 for s in slopes)


def test_the_series_of_the_hyperbolic_tangent_at_zero_is_that_of_the_bernoulli_numbers() -> None:
    found = taylor_coefficients(tanh(X), arb(0), 12)
    for n in range(1, 7):
        power, m = 2 * n - 1, 4**n
        assert enclose(m * (m - 1) * sympy.bernoulli(2 * n) / sympy.factorial(2 * n)).overlaps(found[power])
        assert found[power - 1].contains(0)


@settings(max_examples=40, deadline=None)
@given(formulas(4).filter(lambda f: not f.has(sympy.Abs)))
def test_random_formulas_have_the_coefficients_of_their_derivatives(f: Expr) -> None:
    with working_precision(150):
        found = taylor_coefficients(f, enclose(Rational(1, 7), bits=150), 3)
    for value, truth in zip(found, exact(f, Rational(1, 7), 3), strict=True):
        assert value.overlaps(truth)


@pytest.mark.parametrize("f", [tanh(X), sqrt(1 + X**2), X * NormalCDF(X), log(2 + X)], ids=str)
def test_a_ball_is_followed_at_all_of_its_points(f: Expr) -> None:
    wide = taylor_coefficients(f, arb(0.5, 0.01), COUNT)
    for shift in (-0.00999, 0, 0.004, 0.00999):
        for value, ball in zip(taylor_coefficients(f, arb(0.5 + shift), COUNT), wide, strict=True):
            assert value in ball
    assert all(ball.is_finite() and ball.rad() < 1 for ball in wide)


def test_the_number_of_coefficients_is_the_one_asked_for_zeros_included() -> None:
    assert [3, 1, 0, 0, 0] == taylor_coefficients(X + 1, arb(2), 5)
    assert [4, 0, 0] == taylor_coefficients(S(4), arb(2), 3)
    assert [2] == taylor_coefficients(X, arb(2), 1)
    with series_length(4):
        assert [0, 0, 0, 0] == coefficients(arb_series([]), 4)


@pytest.mark.parametrize(
    ("f", "point"),
    [(log(X), -1), (log(X), 0), (sqrt(X), 0), (sqrt(X), -1), (X ** Rational(1, 3), arb(0, 1)), (log(X), arb(0, 1)),
     (1 / X, 0), (X**-2, arb(0, 1)), (1 / sinh(X), arb(0, 1)), (sech(X), arb(0, 10**20))],
    ids=str,
)  # fmt: skip
def test_the_coefficients_are_not_finite_where_the_function_is_not_analytic(f: Expr, point: arb | int) -> None:
    found = taylor_coefficients(f, arb(point) if isinstance(point, int) else point, 3)
    assert not all(c.is_finite() for c in found)


@pytest.mark.parametrize("f", [sympy.Abs(X), sympy.Max(0, X), X * sympy.Heaviside(X), sympy.gamma(X)], ids=str)
def test_a_function_without_a_rule_is_refused_by_name(f: Expr) -> None:
    with pytest.raises(DomainError, match="no rule for"):
        taylor_coefficients(f, arb(1), 3)


def test_the_length_of_series_comes_back_after_an_error() -> None:
    before = ctx.cap
    with series_length(before + 7):
        assert before + 7 == ctx.cap
    with pytest.raises(ZeroDivisionError), series_length(before + 7):
        _ = 1 / 0
    assert before == ctx.cap
    with pytest.raises(DomainError):
        taylor_coefficients(sympy.Abs(X), arb(1), before + 3)
    assert before == ctx.cap
