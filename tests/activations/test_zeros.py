"""Zeros of analytic expressions are found exactly and completely, or refused."""

from __future__ import annotations

import pytest
import sympy
from sympy import Rational, cosh, erf, exp, log, oo, sqrt, tanh

from symntk.activations.ordering import is_less, point_between, sign_of
from symntk.activations.polynomial_zeros import polynomial_zeros
from symntk.activations.zeros import signs, zeros
from symntk.errors import DomainError, UndecidedError
from symntk.notation import X
from symntk.numbers.ball import enclose
from symntk.numbers.normal_distribution import NormalCDF


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (X**2 - 2, (-sqrt(2), sqrt(2))),
        (X**2 + 1, ()),
        ((X - 1) * exp(X), (1,)),
        (exp(2 * X) - 3 * exp(X) + 2, (0, log(2))),
        (exp(-X) - 3, (-log(3),)),
        (exp(X / 2) - 2, (2 * log(2),)),
        (exp(X / 2) + exp(X / 3) - 2, (0,)),
        (2**X - 8, (3,)),
        (cosh(X) - 1, (0,)),
        (tanh(X) - Rational(1, 2), (log(3) / 2,)),
        (tanh(X) - 2, ()),
        (NormalCDF(X) - Rational(1, 2), (0,)),
        (log(1 + X**2), (0,)),
        (sqrt(1 + X**2) - 2, (-sqrt(3), sqrt(3))),
        (sympy.atan(X) - 1, (sympy.tan(1),)),
        (X - tanh(X), (0,)),
        (exp(X) - X - 1, (0,)),
        (exp(X) - X, ()),
        (1 + exp(-X), ()),
        (X**3 * sqrt(2) - X * sqrt(2), (-1, 0, 1)),
    ],
)
def test_zeros_are_found(expression: sympy.Expr, expected: tuple[sympy.Expr, ...]) -> None:
    found = zeros(expression, -oo, oo)
    assert len(expected) == len(found)
    assert all(sign_of(a - b) == 0 for a, b in zip(expected, found, strict=True))


def test_zeros_outside_the_interval_are_dropped() -> None:
    assert (1,) == zeros(X**2 - 1, sympy.Integer(0), oo)


def test_zero_at_an_end_is_not_inside() -> None:
    assert () == zeros(X, sympy.Integer(0), oo)


@pytest.mark.parametrize("expression", [erf(X) - X / 2, sympy.cos(X), NormalCDF(X) - Rational(1, 3), erf(X) - X**2])
def test_zeros_without_rule_are_refused(expression: sympy.Expr) -> None:
    with pytest.raises(DomainError, match="zeros of"):
        zeros(expression, -oo, oo)


def test_degree_above_forty_is_refused() -> None:
    with pytest.raises(DomainError, match="degree at most 40"):
        polynomial_zeros(sympy.Poly(X**41 - X - 1, X))


def test_signs_alternate_between_simple_zeros() -> None:
    assert ((-1, 0, 1), (-1, 1, -1, 1)) == signs(X**3 - X, -oo, oo)


def test_sign_does_not_change_at_a_double_zero() -> None:
    assert ((1,), (1, 1)) == signs((X - 1) ** 2, -oo, oo)


def test_algebraic_number_has_a_ball() -> None:
    root = sympy.CRootOf(X**5 - X - 1, 0)
    assert enclose(root**5 - root - 1, bits=200).contains(0)
    assert enclose(root, bits=200).rad() < 1e-50


@pytest.mark.parametrize(
    ("constant", "expected"),
    [
        (log(4) - 2 * log(2), 0),
        (log(2 - sqrt(3)) + log(2 + sqrt(3)), 0),
        (sqrt(2) + sqrt(3) - sqrt(5 + 2 * sqrt(6)), 0),
        (sympy.pi - Rational(355, 113), -1),
        (oo, 1),
    ],
)
def test_sign_of_constants_is_exact(constant: sympy.Expr, expected: int) -> None:
    assert expected == sign_of(constant)


def test_sign_of_a_free_parameter_is_undecided() -> None:
    with pytest.raises(UndecidedError, match="depends on its parameters"):
        sign_of(sympy.Symbol("a", positive=True) - 1)


@pytest.mark.parametrize(
    ("left", "right"), [(-oo, oo), (-oo, sympy.pi), (sqrt(2), oo), (sqrt(2), sqrt(2) + Rational(1, 10**9))]
)
def test_point_between_lies_strictly_inside(left: sympy.Expr, right: sympy.Expr) -> None:
    point = point_between(left, right)
    assert is_less(left, point)
    assert is_less(point, right)
