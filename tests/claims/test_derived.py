"""Gaussian expectations inside statements: inert as written, in closed form when derived."""

from __future__ import annotations

import sympy
from sympy import Derivative, Heaviside, Max, Rational, Symbol, exp, pi, tanh

from symntk.claims import covariance, derived, expectation
from symntk.claims.derived import is_gaussian
from symntk.notation import Q1, Q2, RHO, X
from symntk.numbers.identity import prove_zero

RELU = Max(X, 0)
A = Symbol("a", real=True)


def test_what_is_written_stays_inert() -> None:
    assert is_gaussian(covariance(RELU) + expectation(X**2))


def test_parameters_are_taken_out_by_linearity() -> None:
    leaky = derived(covariance(A * X + (1 - A) * RELU))
    expected = A * RHO + (1 - A) ** 2 * derived(covariance(RELU))
    assert prove_zero(leaky - expected)


def test_constant_factors_and_denominators_are_taken_out() -> None:
    assert prove_zero(derived(expectation(2 * sympy.cos(X) ** 2 / (1 - exp(-2)))) * (1 - exp(-2)) - 1 - exp(-2))


def test_variances_and_correlation_are_put_in_together() -> None:
    swapped = derived(covariance(RELU, X, q1=Q2, q2=Q1))
    assert prove_zero(swapped - sympy.sqrt(Q1 * Q2) * RHO / 2)


def test_the_derivative_of_a_dual_is_the_dual_of_the_derivative() -> None:
    assert prove_zero(derived(Derivative(covariance(RELU), RHO) - covariance(Heaviside(X))))


def test_equal_expectations_without_closed_form_look_equal() -> None:
    square = (1 - tanh(X) ** 2) ** 2
    assert 0 == derived(expectation(3 * square) - 3 * expectation(sympy.expand(square)))
    assert 0 == derived(covariance(-2 * tanh(X), tanh(X)) + 2 * covariance(tanh(X)))


def test_the_second_derivative_without_closed_form_is_carried_out() -> None:
    twice = derived(Derivative(covariance(tanh(X)), RHO, RHO))
    assert 0 == sympy.expand(twice - derived(covariance(sympy.diff(tanh(X), X, 2))))


def test_a_value_at_a_point_is_exact() -> None:
    assert Rational(1, 4) == derived(covariance(Heaviside(X), rho=0))
    assert 1 / (2 * pi) == derived(covariance(RELU, rho=0))
