"""Only exact real functions of x that are defined on the whole line and square-integrable become activations."""

from __future__ import annotations

import pytest
import sympy
from sympy import Abs, I, Max, Piecewise, Rational, cosh, exp, log, sin, sqrt, tanh

from symntk.activations.activation import Activation
from symntk.activations.growth import dominant_term, growth, reciprocal
from symntk.errors import DomainError
from symntk.notation import X


def make(expression: sympy.Expr) -> Activation:
    return Activation(name="test", expression=expression)


@pytest.mark.parametrize(
    "expression",
    [
        exp(X**2 / 5),
        exp(X**2 / 4 - Rational(1, 10**20) * X**2),
        exp(X**2 / 8) * exp(X**2 / 9),
        exp(-(X**4)) * X**10,
        exp(-exp(X)),
        exp(-(Abs(X) ** 3)),
        sin(exp(X**2)),
        exp(X**2 * tanh(X) / 5),
        exp(-sqrt(1 + X**4)),
        X / (1 + exp(-X)),
        X * tanh(log(1 + exp(X))),
        log(1 + X**2),
        log(2 + sin(X)),
        1 / (1 + X**2),
        1 / cosh(X),
        sqrt(Abs(X)),
        2**X,
        Piecewise((1 / X, X > 1), (X, True), evaluate=False),
        Piecewise((exp(X**3), X < 0), (1, True), evaluate=False),
    ],
)
def test_functions_below_the_critical_growth_are_admitted(expression: sympy.Expr) -> None:
    assert make(expression).square_integrable is True


@pytest.mark.parametrize(
    "expression",
    [exp(X**2), exp(X**2 / 4), exp(X**2 / 4) * exp(-X), X * exp(X**2 / 4), cosh(X**2 / 2), exp(X**3), exp(exp(X))],
)
def test_functions_of_critical_growth_or_more_are_refused(expression: sympy.Expr) -> None:
    with pytest.raises(DomainError, match="square-integrable"):
        make(expression)


@pytest.mark.parametrize(
    "expression",
    [
        sqrt(X),
        log(X),
        1 / X,
        1 / (X**2 - 1),
        exp(1 / X),
        X * log(Abs(X)),
        sympy.tan(X),
        Abs(X) ** Rational(-1, 8),
        X**X,
    ],
)
def test_functions_not_defined_on_the_line_are_refused(expression: sympy.Expr) -> None:
    with pytest.raises(DomainError):
        make(expression)


@pytest.mark.parametrize("expression", [log(-1 - X**2), log(sin(X) - 2), (-1 - exp(X)) ** X])
def test_logarithms_of_negative_functions_are_refused(expression: sympy.Expr) -> None:
    with pytest.raises(DomainError):
        make(expression)


def test_pole_at_the_end_of_a_piece_is_refused() -> None:
    with pytest.raises(DomainError, match="vanishes"):
        make(Piecewise((1 / X, X > 0), (0, True), evaluate=False))


@pytest.mark.parametrize("expression", [I * X, sqrt(-2) * X, X + sympy.zoo, sympy.nan * X])
def test_values_that_are_not_real_are_refused(expression: sympy.Expr) -> None:
    with pytest.raises(DomainError, match="real activation"):
        make(expression)


def test_floating_point_numbers_are_refused() -> None:
    with pytest.raises(DomainError, match="floating-point"):
        make(0.1 * X)


def test_other_symbols_are_refused() -> None:
    with pytest.raises(DomainError, match="symbol y"):
        make(sympy.Symbol("y") * X)


def test_a_symbol_named_x_that_is_not_the_real_x_is_refused() -> None:
    with pytest.raises(DomainError, match=r"notation\.X"):
        make(sympy.Symbol("x"))


def test_unknown_functions_are_refused() -> None:
    with pytest.raises(DomainError, match="gamma"):
        make(sympy.gamma(1 + X**2))


def test_positive_parameters_are_admitted_and_leave_open_what_depends_on_them() -> None:
    a = sympy.Symbol("a", positive=True)
    leaky = make(Piecewise((X, X > 0), (a * X, True), evaluate=False))
    assert (1, None) == (leaky.homogeneity_degree, leaky.smoothness)


def test_errors_are_one_line() -> None:
    with pytest.raises(DomainError) as caught:
        make(Max(0, X) * exp(X**2))
    assert "\n" not in str(caught.value)


def test_growth_keeps_the_exact_rate_and_side() -> None:
    assert Rational(1, 5) == growth(X**3 * exp(X**2 / 5 - X), 1).rate
    assert 1 == growth(exp(-(X**3)), -1).rate
    assert -1 == growth(exp(-(X**3)), 1).rate


def test_reciprocal_growth_is_set_by_the_dominant_term() -> None:
    assert -1 == reciprocal(1 + exp(-X), -1).rate
    assert -2 == reciprocal(X**2 + sin(X), 1).degree
    assert X == dominant_term(X - tanh(X), 1)[0]
