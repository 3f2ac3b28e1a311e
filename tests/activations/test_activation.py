"""The hypotheses of an activation are computed from its pieces, and operations act as they are named."""

from __future__ import annotations

import dataclasses
import pickle

import pytest
import sympy
from sympy import Abs, Heaviside, Max, Piecewise, Rational, S, exp, oo, pi, sqrt, tanh

from symntk.activations.activation import Activation, added, dilated, scaled, shifted
from symntk.activations.catalogue import activation
from symntk.notation import X


def make(expression: sympy.Expr) -> Activation:
    return Activation(name="test", expression=expression)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (Abs(X), "even"),
        (X * Heaviside(X) + X * Heaviside(-X), "odd"),
        (Max(-1, sympy.Min(1, X)), "odd"),
        (Abs(X - pi) - Abs(X + pi), "odd"),
        (X * sympy.erf(X), "even"),
        ((exp(X) - exp(-X)) / (exp(X) + exp(-X)), "odd"),
        (1 / (1 + exp(-X)) - Rational(1, 2), "odd"),
        (Abs(sympy.cosh(X) - 2), "even"),
        (S.Zero, "even"),
        (Max(0, X), None),
        (Abs(X - 1), None),
        (exp(X), None),
    ],
)
def test_parity_is_computed(expression: sympy.Expr, expected: str | None) -> None:
    assert expected == make(expression).parity


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (Max(0, X), 1),
        (Heaviside(X), 0),
        (Max(0, X) ** 3 - 2 * Abs(X) ** 3, 3),
        (sqrt(Abs(X)), Rational(1, 2)),
        (Abs(X) ** pi, pi),
        (pi * X**2, 2),
        (X * Abs(X) / 3, 2),
        (Max(0, X) + X**2, None),
        (Max(0, X - 1), None),
        (tanh(X), None),
        (Piecewise((X, X > 0), (X**2, True), evaluate=False), None),
    ],
)
def test_homogeneity_degree_is_computed(expression: sympy.Expr, expected: sympy.Expr | None) -> None:
    assert expected == make(expression).homogeneity_degree


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (sympy.sign(X), -1),
        (Max(0, X), 0),
        (Max(0, X) ** 2, 1),
        (Max(0, X) ** 200, 199),
        (Max(0, X - sqrt(2)) ** 3, 2),
        (Piecewise((X, X > 0), (exp(X) - 1, True), evaluate=False), 1),
        (Max(X, tanh(X)), 2),
        (Abs(X**5 - X - 1), 0),
        (sqrt(Abs(X)), 0),
        (Abs(X) ** Rational(7, 2), 3),
        (exp(X), oo),
        (Max(0, X) + sympy.sign(X - 1), -1),
    ],
)
def test_smoothness_is_computed(expression: sympy.Expr, expected: sympy.Expr) -> None:
    assert expected == make(expression).smoothness


def test_smoothness_that_cannot_be_found_is_none() -> None:
    assert make(sqrt(X**4 + X**2)).smoothness is None


def test_activation_is_frozen_and_compares_by_name_and_expression() -> None:
    relu = make(Max(0, X))
    assert relu == make(Max(0, X))
    assert hash(relu) == hash(make(Max(0, X)))
    assert relu != Activation(name="other", expression=Max(0, X))
    with pytest.raises(dataclasses.FrozenInstanceError):
        relu.name = "changed"  # pyright: ignore


def test_activation_survives_pickling() -> None:
    elu = activation("elu")
    assert elu == pickle.loads(pickle.dumps(elu))


def test_scaled_multiplies_the_value() -> None:
    assert (0, 3 * X) == tuple(p.expression for p in scaled(activation("relu"), 3).pieces)
    assert scaled(activation("relu"), 3) == 3 * activation("relu") == activation("relu") * 3


def test_dilated_by_a_positive_factor_moves_breakpoints_towards_zero() -> None:
    assert (Rational(-1, 2), Rational(1, 2)) == dilated(activation("hard_tanh"), 2).breakpoints


def test_dilated_by_minus_one_reflects() -> None:
    reflected = dilated(activation("elu"), -1)
    assert [-X, exp(-X) - 1] == [p.expression for p in reflected.pieces]


def test_shifted_moves_breakpoints_to_the_right() -> None:
    moved = shifted(activation("elu"), 2)
    assert (2,) == moved.breakpoints
    assert [exp(X - 2) - 1, X - 2] == [p.expression for p in moved.pieces]


def test_added_refines_the_pieces() -> None:
    total = added(activation("relu"), activation("shifted_relu"))
    assert (0, Rational(1, 2)) == total.breakpoints
    assert total == activation("relu") + activation("shifted_relu")


def test_relu_minus_its_reflection_is_the_identity() -> None:
    relu = activation("relu")
    assert [X] == [p.expression for p in (relu + scaled(dilated(relu, -1), -1)).pieces]
