"""Balls contain the value, are as small as asked for, and say so when they cannot."""

from __future__ import annotations

from fractions import Fraction
from time import perf_counter

import mpmath
import pytest
import sympy
from flint import acb, arb, ctx, fmpq
from hypothesis import assume, given, settings
from sympy import Expr, Piecewise, Rational

from symntk.errors import DomainError, UndecidedError
from symntk.notation import GAMMA, RHO, N, X
from symntk.numbers.ball import BallNumber, ball_function, enclose, enclose_at, register, working_precision
from symntk.numbers.normal_distribution import NormalCDF
from tests.numbers.formulas import formulas, rationals

RELU = (sympy.sqrt(1 - RHO**2) + RHO * (sympy.pi - sympy.acos(RHO))) / (2 * sympy.pi)


def _holds(ball: arb, value: sympy.Float, digits: int) -> bool:
    """Whether the ball meets value ± 10^(−digits)·(1 + |value|)."""
    with working_precision(400):
        centre = arb(str(value))
        return ball.overlaps(centre + arb(0, (1 + abs(centre)) * arb(10) ** -digits))


@settings(max_examples=60, deadline=None)
@given(formulas(), rationals(-3, 3))
def test_a_ball_meets_the_value_found_by_plain_multiprecision(expr: Expr, point: Rational):
    number = sympy.N(expr.subs(X, point), 40)
    assume(number.is_Float and abs(number) < 1e30)
    ball = enclose(expr, {X: point}, bits=80)
    assert _holds(ball, number, 30)


@settings(max_examples=60, deadline=None)
@given(formulas(), rationals(-3, 3))
def test_the_accuracy_asked_for_is_reached(expr: Expr, point: Rational):
    ball = enclose(expr, {X: point}, bits=100)
    assert ball.rel_accuracy_bits() >= 100 or ball.abs_upper() <= arb(2) ** -200


@settings(max_examples=40, deadline=None)
@given(formulas(), rationals(-3, 3), rationals(0, 1))
def test_the_ball_of_a_ball_contains_the_ball_of_each_of_its_points(expr: Expr, point: Rational, step: Rational):
    width = Rational(1, 10)
    wide = enclose_at(expr, {X: arb(fmpq(point.p, point.q), fmpq(1, 10))}, precision=80)
    inside = enclose(expr, {X: point + (2 * step - 1) * width}, bits=60)
    assert not wide.is_finite() or wide.overlaps(inside)


def test_cancellation_is_met_with_more_precision():
    ball = enclose(sympy.exp(sympy.pi * sympy.sqrt(163)) - 262537412640768744, bits=100)
    assert ball.rel_accuracy_bits() >= 100
    assert ball < 0


def test_a_value_that_is_zero_has_a_radius_below_two_to_the_minus_twice_the_bits():
    ball = enclose(sympy.sin(1) ** 2 + sympy.cos(1) ** 2 - 1, bits=90)
    assert ball.contains(0)
    assert ball.abs_upper() <= arb(2) ** -180


def test_exact_arguments_meet_branch_points_exactly():
    assert enclose(sympy.acos(RHO), {RHO: 1}) == 0
    assert enclose(sympy.sqrt(1 - RHO**2), {RHO: -1}) == 0
    assert enclose(sympy.sqrt(1 - RHO**2), {RHO: arb(1)}) == 0
    assert enclose(RELU, {RHO: 1}).overlaps(arb(1) / 2)
    assert enclose(RELU, {RHO: -1}).contains(0)
    assert enclose(sympy.sqrt(GAMMA), {GAMMA: 0}) == 0


def test_an_irrational_argument_meets_a_branch_point_through_exact_substitution():
    root = sympy.sqrt(sympy.sqrt(2) * sympy.sqrt(Rational(1, 2)))
    assert enclose(sympy.acos(RHO), {RHO: root}) == 0


def test_numbers_proved_non_negative_are_clipped_at_zero():
    ball = enclose_at(sympy.sqrt(GAMMA), {GAMMA: arb("0.5", 1)}, precision=60)
    assert ball.contains(arb("1.2"))
    assert ball > -1e-6


def test_a_ball_argument_gives_the_accuracy_it_allows():
    ball = enclose(sympy.exp(X), {X: arb(1, "1e-12")}, bits=128)
    assert 30 <= ball.rel_accuracy_bits() <= 45
    assert ball.contains(arb.const_e())


def test_exact_irrational_arguments_are_enclosed_anew_at_each_precision():
    ball = enclose(X**2 - 2, {X: sympy.sqrt(2) + Rational(1, 10**60)}, bits=128)
    assert ball.rel_accuracy_bits() >= 128


@pytest.mark.parametrize(
    "expr",
    [sympy.log(X), 1 / X, sympy.acos(X + 2), sympy.sqrt(X - 1), sympy.atanh(X + 1), X ** (-sympy.sqrt(2)), sympy.I + X],
)
def test_a_value_that_is_not_a_finite_real_number_is_refused(expr: Expr):
    with pytest.raises(DomainError):
        enclose(expr, {X: 0})


@pytest.mark.parametrize("expr", [sympy.Float("0.1"), X, sympy.Integral(sympy.exp(-(X**2)), (X, 0, 1)), sympy.zoo])
def test_what_has_no_exact_value_or_no_rule_is_refused(expr: Expr):
    with pytest.raises(DomainError):
        enclose(expr)


def test_a_jump_that_balls_cannot_place_is_undecided():
    hidden_zero = sympy.sqrt(2) * NormalCDF(1) - sympy.sqrt(2) * (sympy.erf(1 / sympy.sqrt(2)) + 1) / 2
    with pytest.raises(UndecidedError):
        enclose(sympy.Heaviside(X), {X: hidden_zero})


def test_rounded_values_are_refused():
    with pytest.raises(DomainError):
        enclose(X, {X: 0.1})


def test_a_real_symbol_takes_no_complex_value():
    with pytest.raises(DomainError):
        enclose(sympy.Abs(X), {X: 1 + sympy.I})


def test_the_precision_comes_back_after_an_error():
    before = ctx.prec
    with pytest.raises(ZeroDivisionError), working_precision(999):
        raise ZeroDivisionError
    with pytest.raises(DomainError):
        enclose(sympy.log(X), {X: 0})
    assert before == ctx.prec


def test_the_modulus_of_a_complex_number_is_not_its_real_part():
    assert enclose(sympy.Abs(sympy.exp(sympy.I) + 1)).overlaps(2 * (arb(1) / 2).cos())


def test_complex_exponentials_that_are_real_together_give_a_real_ball():
    expr = sympy.exp(sympy.I * X) + sympy.exp(-sympy.I * X)
    assert enclose(expr, {X: Fraction(1, 3)}).overlaps(2 * (arb(1) / 3).cos())


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (Piecewise((X, X < 0), (X**2, True)), Rational(1, 9)),
        (Piecewise((1, (X > 0) & (X < Rational(1, 4))), (2, sympy.Or(X < 0, X > 1)), (3, True)), sympy.Integer(3)),
        (sympy.Max(X, X**2, 0), Rational(1, 3)),
        (sympy.Min(X, X**2, 1), Rational(1, 9)),
        (sympy.Heaviside(X - Rational(1, 3)), Rational(1, 2)),
        (sympy.sign(X - 1), sympy.Integer(-1)),
        (sympy.Abs(X - 1), Rational(2, 3)),
        (sympy.binomial(X, 3), Rational(5, 81)),
        (sympy.factorial(3 * X), sympy.Integer(1)),
        (sympy.Sum(N * X, (N, 1, 3)), sympy.Integer(2)),
        (sympy.Sum(X ** (N + RHO), (RHO, 0, N), (N, 0, 1)), 1 + X.subs(X, Rational(1, 3)) + Rational(1, 9)),
    ],
)
def test_branching_and_counting_functions_are_exact_at_rational_points(expr: Expr, expected: Rational):
    assert enclose(expr, {X: Fraction(1, 3)}).overlaps(enclose(expected))


@pytest.mark.parametrize(
    "expr",
    [
        sympy.zeta(3), sympy.polylog(2, Rational(1, 3)), sympy.gamma(Rational(1, 3)), sympy.EulerGamma, sympy.Catalan,
        sympy.GoldenRatio, sympy.E**sympy.sqrt(2), Rational(7, 3) ** Rational(2, 3), sympy.loggamma(sympy.pi),
        sympy.acosh(3), sympy.atanh(Rational(1, 3)), sympy.sec(1), sympy.coth(2), sympy.erfi(1),
        sympy.digamma(Rational(1, 3)),
        sympy.re(sympy.exp(1 + sympy.I)), sympy.zeta(3, Rational(1, 3)),
    ],
)  # fmt: skip
def test_special_functions_agree_with_plain_multiprecision(expr: Expr):
    assert _holds(enclose(expr, bits=100), sympy.N(expr, 40), 28)


@pytest.mark.parametrize(
    ("expr", "low", "high"),
    [
        (sympy.Abs(X) ** 3, -1, 2),
        (sympy.sqrt(X), 0, 2),
        (sympy.log(X + 1), 0, 3),
        (sympy.asin(X), -1, 1),
        (sympy.atan(5 * X), -2, 3),
        (X ** Rational(1, 3), 0, 1),
        (Piecewise((X, X > Rational(1, 3)), (sympy.exp(X), True)), -1, 1),
        (sympy.Max(X, 1 - X), -1, 1),
        (sympy.sign(X - 1) * X, 0, 3),
        (sympy.Heaviside(X) * sympy.cosh(X), -1, 1),
        (sympy.asinh(X) * sympy.acosh(X + 1), 0, 1),
    ],
)
def test_integrals_over_branch_points_and_kinks_are_right(expr: Expr, low: int, high: int):
    function = ball_function(expr, X)
    with working_precision(60):
        integral = acb.integral(lambda z, analytic: function(z, analytic=analytic), low, high, abs_tol=1e-9).real
    panels = sorted({low, high} | {p for p in (0, mpmath.mpf(1) / 3, 0.5, 1) if low < p < high})
    expected = mpmath.quad(sympy.lambdify(X, expr, "mpmath"), panels)
    assert integral.rad() < 1e-6
    assert abs(float(integral.mid()) - float(expected)) < 1e-6


def test_a_compiled_function_is_nan_where_it_is_not_analytic():
    box = acb(arb(0, 1), arb(0, 1))
    for expr in (sympy.sqrt(X), sympy.log(X), sympy.Abs(X), sympy.asin(X + 1), sympy.sign(X), sympy.Max(X, 0)):
        assert not ball_function(expr, X)(box, analytic=True).is_finite()
    assert ball_function(sympy.exp(X) * NormalCDF(X), X)(box, analytic=True).is_finite()


@pytest.mark.parametrize(
    ("function", "box"),
    [
        (sympy.asin, acb(arb(3, 1), arb(0, 1))), (sympy.acos, acb(arb(-3, 1), arb(0, 1))),
        (sympy.atanh, acb(arb(3, 1), arb(0, 1))), (sympy.atan, acb(arb(0, 1), arb(3, 1))),
        (sympy.asinh, acb(arb(0, 1), arb(-3, 1))), (sympy.acosh, acb(arb(-3, 1), arb(0, 1))),
        (sympy.log, acb(arb(-3, 1), arb(0, 1))), (sympy.sqrt, acb(arb(-3, 1), arb(0, 1))),
        (sympy.cbrt, acb(arb(-3, 1), arb(0, 1))),
    ],
)  # fmt: skip
def test_a_box_across_a_branch_cut_is_not_analytic(function: type, box: acb):
    compiled = ball_function(function(X), X)
    assert not compiled(box, analytic=True).is_finite()
    assert compiled(box + acb(5, 5), analytic=True).is_finite()


def test_the_continuation_of_the_absolute_value_follows_the_side_it_lies_on():
    function = ball_function(sympy.Abs(X), X)
    assert function(acb(-2, 1), analytic=True) == acb(2, -1)
    assert function(acb(2, 1), analytic=True) == acb(2, 1)


class _Twice(sympy.Function):
    nargs = 1


def test_a_registered_node_is_enclosed_through_its_handler():
    register(_Twice, lambda node, bits: 2 * enclose(node.args[0], bits=bits))
    assert enclose(1 + _Twice(X), {X: Fraction(1, 2)}) == 2
    assert enclose(_Twice(X), {X: arb(1, "1e-3")}).contains(2)
    assert enclose(_Twice(sympy.pi), bits=200).rel_accuracy_bits() >= 200


def test_a_ball_is_a_number_of_a_formula():
    assert BallNumber(arb(1, 1)) - BallNumber(arb(1, 1)) != 0
    assert enclose(2 * BallNumber(arb(3))) == 6


def test_enclosing_a_compiled_formula_takes_microseconds():
    enclose(RELU, {RHO: Fraction(3, 7)})
    start = perf_counter()
    for _ in range(200):
        enclose(RELU, {RHO: Fraction(3, 7)})
    assert (perf_counter() - start) / 200 < 1e-3
