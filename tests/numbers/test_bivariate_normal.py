"""Φ₂ as balls: against other quadratures, at the ends of the correlation, in the tails and off the real axis."""

from __future__ import annotations

import mpmath
import pytest
import sympy
from flint import acb, arb
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal
from sympy import Rational

from symntk.notation import RHO
from symntk.numbers.ball import ball_function, enclose, working_precision
from symntk.numbers.bivariate_normal import enclose_bivariate_normal, enclose_complex_normal, enclose_normal
from symntk.numbers.multiprecision import evaluate
from symntk.numbers.normal_distribution import BivariateNormalCDF

_REALS = st.floats(-5, 5, allow_nan=False)
_CORRELATIONS = st.one_of(
    st.floats(-1, 1), st.floats(0, 7).map(lambda e: 1 - 10**-e), st.floats(0, 7).map(lambda e: 10**-e - 1)
)


@settings(max_examples=60, deadline=None)
@given(_REALS, _REALS, _CORRELATIONS)
def test_the_ball_agrees_with_scipy(h: float, k: float, r: float):
    ball = enclose_bivariate_normal(arb(h), arb(k), arb(r), 64)
    expected = multivariate_normal.cdf([h, k], cov=[[1, r], [r, 1]], allow_singular=True)
    assert abs(float(expected) - float(ball)) < 2e-7


@settings(max_examples=60, deadline=None)
@given(_REALS, _REALS, _CORRELATIONS)
def test_the_reflected_events_add_up(h: float, k: float, r: float):
    x, y, c = arb(h), arb(k), arb(r)
    total = enclose_bivariate_normal(x, y, c, 100) + enclose_bivariate_normal(-x, y, -c, 100)
    assert total.overlaps(enclose_normal(y))
    assert total.rel_accuracy_bits() > 40


@pytest.mark.parametrize(
    ("h", "k", "r"),
    [
        (1, Rational(1, 2), Rational(1, 3)), (1, sympy.sqrt(2), Rational(99, 100)),
        (Rational(1, 10), Rational(-1, 10), Rational(-9, 10)),
    ],
)  # fmt: skip
def test_twenty_digits_agree_with_another_quadrature(h: sympy.Expr, k: sympy.Expr, r: sympy.Expr):
    expr = BivariateNormalCDF(h, k, r)
    digits = mpmath.nstr(evaluate(expr, digits=22), 22)
    ball = enclose(expr, bits=128)
    with working_precision(200):
        assert (ball - arb(digits)).abs_upper() < arb("1e-20") * ball


@pytest.mark.parametrize("r", ["0.5", "-0.5", "0.9", "-0.9", "0.9999999", "-0.9999999"])
def test_at_the_origin_it_is_the_arc_sine_law(r: str):
    with working_precision(120):
        exact = arb(r).mid()
        assert enclose_bivariate_normal(arb(0), arb(0), exact, 100).overlaps(arb(1) / 4 + exact.asin() / (2 * arb.pi()))


def test_full_correlation_is_exact():
    assert enclose_bivariate_normal(arb(1), arb(2), arb(1), 64).overlaps(enclose_normal(arb(1)))
    assert enclose_bivariate_normal(arb(-1), arb(-2), arb(-1), 64) == 0
    assert enclose_bivariate_normal(arb(1), arb(2), arb(-1), 64).overlaps(
        enclose_normal(arb(1)) - enclose_normal(arb(-2))
    )


@pytest.mark.parametrize("r", [-0.5, 0.5, 0.99, -0.01])
@pytest.mark.parametrize("h", [-30, -60])
def test_the_far_tail_keeps_its_relative_accuracy(h: int, r: float):
    ball = enclose_bivariate_normal(arb(h), arb(h - 1), arb(r), 64)
    assert ball > 0
    assert ball.rel_accuracy_bits() > 60


def test_close_to_full_correlation_nothing_cancels():
    with working_precision(400):
        r = (1 - arb(2) ** -200).mid()
    ball = enclose_bivariate_normal(arb(1), arb(1), r, 128)
    with working_precision(400):
        lost = enclose_normal(arb(1)) - ball
        leading = (-arb(1) / 2).exp() * (2 * (1 - r)).sqrt() / (2 * arb.pi())
    assert abs(float(lost / leading) - 1) < 1e-6


def test_infinite_arguments_give_the_margins():
    assert enclose_bivariate_normal(arb.pos_inf(), arb(1), arb("0.3"), 64).overlaps(enclose_normal(arb(1)))
    assert enclose_bivariate_normal(arb(1), arb.neg_inf(), arb("0.3"), 64) == 0
    assert enclose_bivariate_normal(arb.pos_inf(), arb.pos_inf(), arb("0.3"), 64) == 1


@pytest.mark.parametrize("gap", ["1e-10", "0.01", "1"])
def test_close_to_full_negative_correlation_the_upper_tail_keeps_its_accuracy(gap: str):
    ball = enclose_bivariate_normal(arb(20), arb(gap).mid() - 20, arb("-0.9999").mid(), 64)
    assert ball.rel_accuracy_bits() > 25


def test_outside_the_domain_there_is_no_value():
    assert not enclose_bivariate_normal(arb(1), arb(1), arb("1.5"), 64).is_finite()
    assert not enclose_bivariate_normal(arb(1), arb.nan(), arb("0.5"), 64).is_finite()


@settings(max_examples=30, deadline=None)
@given(_REALS, _REALS, st.floats(-0.99, 0.99), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(-9, -0.5))
def test_a_wide_ball_contains_the_values_at_its_points(h, k, r, a, b, c, width):
    radius, inner = 10**width, 0.999 * 10**width  # rounding must not move the points out of the ball
    wide = enclose_bivariate_normal(arb(h, radius), arb(k, radius), arb(r, radius), 64)
    point = [arb(h + (2 * a - 1) * inner), arb(k + (2 * b - 1) * inner), arb(r + (2 * c - 1) * inner)]
    inside = enclose_bivariate_normal(*point, 64)
    assert not inside.is_finite() or wide.overlaps(inside)
    assert wide.rad() < 1.1 * radius + 10 * radius / (1 - min(abs(r) + radius, 0.999)) ** 0.5


@settings(max_examples=10, deadline=None)
@given(_REALS, _REALS, _REALS, _REALS, st.floats(-0.95, 0.95))
def test_off_the_real_axis_it_agrees_with_plain_quadrature(a: float, b: float, c: float, d: float, r: float):
    h, k = mpmath.mpc(a, b / 3), mpmath.mpc(c, d / 3)
    ball = enclose_bivariate_normal(acb(h.real, h.imag), acb(k.real, k.imag), acb(r), 64)
    with mpmath.workdps(25):
        product = mpmath.erfc(-h / mpmath.sqrt(2)) * mpmath.erfc(-k / mpmath.sqrt(2)) / 4
        integral = mpmath.quad(
            lambda t: mpmath.exp(-(h * h - 2 * h * k * mpmath.sin(t) + k * k) / (2 * mpmath.cos(t) ** 2)),
            mpmath.linspace(0, mpmath.asin(r), 5),
        )
        expected = product + integral / (2 * mpmath.pi)
    found = mpmath.mpc(float(ball.real), float(ball.imag))
    assert abs(found - expected) < 1e-12 * (1 + abs(expected)) + float(ball.real.rad()) + float(ball.imag.rad())


def test_a_complex_correlation_is_the_analytic_continuation():
    h, k = acb(1), acb("0.5")
    function = ball_function(BivariateNormalCDF(1, Rational(1, 2), RHO), RHO)
    with working_precision(53):
        circle = acb.integral(
            lambda t, analytic: function(acb("0.2") + acb("0.3") * t.exp_pi_i(), analytic=analytic),
            -1,
            1,
            abs_tol=1e-10,
        )
        centre = enclose_bivariate_normal(h, k, acb("0.2"), 53)
    assert (circle / 2).overlaps(centre)
    assert (circle / 2 - centre).abs_upper() < 1e-8


def test_the_complex_normal_distribution_function_restricts_to_the_real_one():
    assert enclose_complex_normal(acb(-3)).real.overlaps(enclose_normal(arb(-3)))
    assert enclose_normal(arb(-40)).rel_accuracy_bits() > 35
