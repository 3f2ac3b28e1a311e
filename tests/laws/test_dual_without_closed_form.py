"""Law: certified duals without closed form agree with routes that do not use the trapezoidal rule in the plane."""

from __future__ import annotations

import pytest
from flint import arb
from sympy import Expr, Integer, Rational, S, diff

from symntk.activations.activation import Activation
from symntk.gaussian.certified_piecewise import piecewise_expectation
from symntk.gaussian.dual import derivative_dual, dual
from symntk.gaussian.hermite import enclosed_hermite_coefficients
from symntk.gaussian.quadrature import enclose_hermite_coefficients, enclose_mean
from symntk.notation import RHO, X
from symntk.numbers.ball import enclose, working_precision

COUNT = 120
UNIT = (S.One, S.One)


@pytest.mark.parametrize("rho", [Integer(-1), Integer(0), Integer(1)], ids=str)
def test_values_where_the_pair_degenerates_equal_adaptive_quadrature(open_member: Activation, rho: Expr) -> None:
    phi = open_member.expression
    if rho == 0:
        measured = piecewise_expectation(phi, S.One, S.Zero, UNIT, 40) ** 2
    else:
        measured = piecewise_expectation(phi, phi, rho, UNIT, 40)
    assert dual(open_member).enclose(rho, bits=44).overlaps(measured)
    assert measured.rad() < arb(2) ** -30


@pytest.mark.parametrize("rho", [Rational(-3, 5), Rational(1, 3), Rational(4, 5)], ids=str)
def test_values_inside_equal_the_hermite_series_with_its_tail(open_member: Activation, rho: Rational) -> None:
    with working_precision(120):
        squares = [a**2 for a in enclosed_hermite_coefficients(open_member, COUNT, bits=90)]
        point = arb(int(rho.p)) / int(rho.q)
        partial = sum((a * point**n for n, a in enumerate(squares)), arb(0))
        left = enclose_mean(open_member.expression**2, bits=90) - sum(squares, arb(0))
        tail = abs(point) ** COUNT * left.abs_upper()
        series = partial + arb(0, tail.abs_upper())
    assert dual(open_member).enclose(rho, bits=60).overlaps(series)
    assert series.rad() < arb(2) ** -30


def test_values_close_to_one_lie_between_the_bounds_that_convexity_gives(open_member: Activation) -> None:
    small = Rational(1, 2**20)
    slope, curvature = (enclose_mean(diff(open_member.expression, X, k) ** 2, bits=100) for k in (1, 2))
    gamma = arb(2) ** -20
    with working_precision(120):
        above_tangent = (
            dual(open_member).enclose(1 - small, bits=90) - dual(open_member).enclose(1, bits=90) + gamma * slope
        )
    assert 0 < above_tangent < gamma**2 * curvature / 2


@pytest.mark.parametrize("rho", [Rational(-3, 5), Rational(1, 3)], ids=str)
def test_dual_of_the_derivative_equals_its_own_hermite_series(open_member: Activation, rho: Rational) -> None:
    slope = Activation(name="slope", expression=diff(open_member.expression, X))
    with working_precision(120):
        squares = [a**2 for a in enclosed_hermite_coefficients(slope, COUNT, bits=90)]
        point = arb(int(rho.p)) / int(rho.q)
        partial = sum((a * point**n for n, a in enumerate(squares)), arb(0))
        left = enclose_mean(slope.expression**2, bits=90) - sum(squares, arb(0))
        series = partial + arb(0, (abs(point) ** COUNT * left.abs_upper()).abs_upper())
    assert enclose(derivative_dual(open_member).subs(RHO, rho), bits=60).overlaps(series)
    assert series.rad() < arb(2) ** -30


@pytest.mark.parametrize(("rho", "q1", "q2"), [(Rational(-2, 3), 1, 2), (Rational(1, 7), 2, 2)], ids=str)
def test_general_values_equal_the_hermite_series_of_the_dilated_functions(
    open_member: Activation, rho: Rational, q1: int, q2: int
) -> None:
    with working_precision(120):
        first, second = (enclose_hermite_coefficients(open_member.expression, COUNT, q, bits=90) for q in (q1, q2))
        point = arb(int(rho.p)) / int(rho.q)
        partial = sum((a * b * point**n for n, (a, b) in enumerate(zip(first, second, strict=True))), arb(0))
        left = [
            (enclose_mean(open_member.expression**2, q, bits=90) - sum((a**2 for a in found), arb(0))).abs_upper()
            for q, found in ((q1, first), (q2, second))
        ]
        series = partial + arb(0, (abs(point) ** COUNT * (left[0] * left[1]).sqrt()).abs_upper())
    assert dual(open_member).enclose(rho, q1, q2, bits=60).overlaps(series)
    assert series.rad() < arb(2) ** -24


@pytest.mark.parametrize("rho", [Integer(-1), Integer(1)], ids=str)
def test_general_values_where_the_pair_degenerates_equal_adaptive_quadrature(
    open_member: Activation, rho: Expr
) -> None:
    measured = piecewise_expectation(open_member.expression, open_member.expression, rho, (S(2), S(3)), 40)
    assert dual(open_member).enclose(rho, 2, 3, bits=44).overlaps(measured)
