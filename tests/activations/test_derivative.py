"""Distributional derivatives obey ∫φ⁽ⁿ⁾g = (−1)ⁿ∫φ·g⁽ⁿ⁾ for a Gaussian test function g."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy
from sympy import Rational, exp

from symntk.activations.activation import Activation
from symntk.activations.catalogue import CATALOGUE, activation
from symntk.activations.derivative import PointMass, derivative
from symntk.activations.splitting import Piece
from symntk.errors import DomainError
from symntk.notation import X

TEST_FUNCTION = exp(-((X - Rational(1, 3)) ** 2))
NODES, WEIGHTS = np.polynomial.legendre.leggauss(200)
REACH = 7.0


def integral(pieces: tuple[Piece, ...], factor: sympy.Expr) -> float:
    return sum(piece_integral(piece, factor) for piece in pieces)


def piece_integral(piece: Piece, factor: sympy.Expr) -> float:
    left, right = max(-REACH, float(piece.left)), min(REACH, float(piece.right))
    points = (left + right) / 2 + (right - left) / 2 * NODES
    integrand = sympy.lambdify(X, (piece.expression * factor).rewrite(sympy.erf), ["scipy", "numpy"])
    return float((right - left) / 2 * np.sum(WEIGHTS * integrand(points) * np.ones_like(points)))


def pairing(phi: Activation, order: int) -> float:
    found = derivative(phi, order)
    masses = sum(
        mass.weight * (-1) ** mass.order * TEST_FUNCTION.diff(X, mass.order).subs(X, mass.point)
        for mass in found.masses
    )
    return integral(found.regular, TEST_FUNCTION) + float(masses)


@pytest.mark.parametrize("name", [*CATALOGUE, "abs(x**2-2)*exp(x)", "sign(x-1)*x", "leaky_relu(-2)"])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_derivative_is_dual_to_differentiation_of_test_functions(name: str, order: int) -> None:
    phi = activation(name)
    expected = (-1) ** order * integral(phi.pieces, TEST_FUNCTION.diff(X, order))
    assert math.isclose(expected, pairing(phi, order), rel_tol=1e-9, abs_tol=1e-9)


def test_second_derivative_of_relu_is_a_unit_mass_at_zero() -> None:
    second = derivative(activation("relu"), 2)
    assert (PointMass(point=sympy.Integer(0), weight=sympy.Integer(1)),) == second.masses
    assert 0 == second.expression


def test_jump_of_a_high_derivative_appears_in_the_order_above() -> None:
    cubic = activation("rectified_monomial(3)")
    assert () == derivative(cubic, 3).masses
    assert [(0, 6, 0)] == [(m.point, m.weight, m.order) for m in derivative(cubic, 4).masses]


def test_derivative_of_a_jump_raises_the_order_of_the_mass() -> None:
    assert [(0, 2, 2)] == [(m.point, m.weight, m.order) for m in derivative(activation("sign"), 3).masses]


def test_derivative_of_order_zero_is_the_activation() -> None:
    relu = activation("relu")
    assert (relu.pieces, ()) == (derivative(relu, 0).regular, derivative(relu, 0).masses)


def test_negative_order_is_refused() -> None:
    with pytest.raises(DomainError, match="order of at least 0"):
        derivative(activation("relu"), -1)


def test_derivative_that_is_not_locally_integrable_is_refused() -> None:
    root = activation("sqrt(abs(x))")
    assert () == derivative(root, 1).masses
    with pytest.raises(DomainError, match="no finite limit at x = 0"):
        derivative(root, 2)
