"""The interpolation lemma: two exact routes agree, and quadrature and slopes agree with them."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from sympy import Rational, S, cos, exp, symbols

from symntk.dynamics.gaussian_interpolation import PATH, along, gaussian_mean, interpolate, path_slope
from symntk.errors import DomainError
from symntk.numbers.identity import prove_zero

X, Y, Z = symbols("x y z", real=True)
A = tuple(symbols("a11 a12 a22", positive=True))
B = tuple(symbols("b11 b12 b22", positive=True))
FIRST, SECOND = (((c[0], c[1]), (c[1], c[2])) for c in (A, B))
POLYNOMIALS = (X**2, X * Y, X**2 * Y**2, X**3 * Y + Y**4, X**4 * Y**2 - 3 * X * Y**3 + 2)
NUMBERS = ((S(2), Rational(1, 3)), (Rational(1, 3), S(1))), ((S(1), Rational(-1, 2)), (Rational(-1, 2), S(3)))
EXPONENTIALS = (exp(X + Y / 2), X * exp(Y), X**2 * Y * exp(X / 3) + Y**2)


@pytest.mark.parametrize("function", POLYNOMIALS)
def test_both_sides_of_the_lemma_agree_for_every_covariance(function: sympy.Expr):
    found = interpolate(function, (X, Y), FIRST, SECOND)
    assert sympy.expand(found.difference - found.integral) == 0
    assert found.difference != 0


@pytest.mark.parametrize("function", EXPONENTIALS)
def test_both_sides_of_the_lemma_agree_for_exponentials(function: sympy.Expr):
    found = interpolate(function, (X, Y), *NUMBERS)
    assert prove_zero(found.difference - found.integral)
    assert not prove_zero(found.difference)


@pytest.mark.parametrize("function", POLYNOMIALS)
def test_the_slope_is_the_derivative_of_the_mean_along_the_path(function: sympy.Expr):
    direct = sympy.diff(gaussian_mean(function, (X, Y), along(FIRST, SECOND)), PATH)
    assert sympy.expand(direct - path_slope(function, (X, Y), FIRST, SECOND)) == 0


@pytest.mark.parametrize("function", [*POLYNOMIALS, *EXPONENTIALS])
def test_the_mean_is_what_quadrature_gives(function: sympy.Expr):
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    root = np.linalg.cholesky(np.array(NUMBERS[0], dtype=float))
    u, v = np.meshgrid(nodes, nodes, indexing="ij")
    mass = np.outer(weights, weights) / (2 * np.pi)
    values = sympy.lambdify((X, Y), function, "numpy")(root[0, 0] * u, root[1, 0] * u + root[1, 1] * v)
    assert abs(float((mass * values).sum()) - float(gaussian_mean(function, (X, Y), NUMBERS[0]))) < 1e-9


def test_only_the_covariances_that_differ_enter():
    same = ((S.One, A[1]), (A[1], S.One)), ((S.One, B[1]), (B[1], S.One))
    found = interpolate(X**2 * Y**2, (X, Y), *same)
    assert sympy.expand(found.slope - 4 * (A[1] - B[1]) * (PATH * A[1] + (1 - PATH) * B[1])) == 0


def test_three_coordinates_are_compared_like_two():
    unit = tuple(tuple(S(int(i == j)) for j in range(3)) for i in range(3))
    full = tuple(tuple(S.One if i == j else Rational(1, 2) for j in range(3)) for i in range(3))
    found = interpolate(X**2 * Y * Z, (X, Y, Z), full, unit)
    assert (S.One, S.One) == (found.difference, found.integral)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gaussian_mean(cos(X), (X,), ((S.One,),)), "expand it into such terms"),
        (lambda: gaussian_mean(exp(X**2), (X,), ((S.One,),)), "expand it into such terms"),
        (lambda: interpolate(X, (X,), FIRST, SECOND), "sizes differ"),
    ],
)
def test_functions_outside_the_class_are_refused_in_one_line(call, message: str):
    with pytest.raises(DomainError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
