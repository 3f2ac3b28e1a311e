"""Hermite coefficients, numbered and symbolic."""

from __future__ import annotations

import pytest
from flint import arb
from sympy import Integer, Rational, exp, factorial, factorial2, pi, sqrt

from symntk.activations.catalogue import activation
from symntk.activations.parse import parse_activation
from symntk.errors import DomainError, NoClosedFormError
from symntk.gaussian.hermite import enclosed_hermite_coefficients, hermite_coefficient, hermite_coefficients
from symntk.gaussian.hermite_formula import hermite_formula
from symntk.notation import N
from symntk.numbers.ball import enclose


def test_relu_of_even_order_is_a_double_factorial() -> None:
    even = hermite_formula(activation("relu"))[0]
    assert (even.parity, even.start) == ("even", 2)
    published = (-1) ** (N / 2 + 1) * factorial2(N - 3) / sqrt(2 * pi * factorial(N))
    assert enclose(even.expression.subs(N, 8).doit() - published.subs(N, 8).doit(), bits=80).contains(0)


def test_exponential_has_one_formula_for_all_orders() -> None:
    (case,) = hermite_formula(activation("exp"))
    assert (case.parity, case.expression) == (None, exp(Rational(1, 2)) / sqrt(factorial(N)))


def test_an_exponential_behind_a_step_has_no_symbolic_formula() -> None:
    with pytest.raises(NoClosedFormError, match="numbered"):
        hermite_formula(activation("elu"))


@pytest.mark.parametrize("name", ["relu", "elu", "gelu", "hard_tanh"])
def test_two_hundred_coefficients_sum_below_the_second_moment(name: str) -> None:
    from symntk.gaussian.moments import second_moment

    balls = enclosed_hermite_coefficients(activation(name), 201, bits=64)
    total = sum((a**2 for a in balls), arb(0))
    moment = enclose(second_moment(activation(name)), bits=64)
    assert not total > moment
    assert total > moment - arb("0.003")


def test_odd_activations_without_closed_form_have_exact_zeros() -> None:
    assert hermite_coefficients(activation("tanh"), 5)[::2] == (0, 0, 0)


def test_coefficients_without_closed_form_are_certified() -> None:
    first = enclosed_hermite_coefficients(activation("tanh"), 2, bits=60)[1]
    assert first.overlaps(arb("0.605705509602159 +/- 1e-14"))


def test_a_polynomial_times_an_exponential_equals_its_derivative_formula() -> None:
    phi = parse_activation("x*exp(x/2)")
    expected = exp(Rational(1, 8)) * (Rational(1, 2) ** 4 + 3 * Rational(1, 2) ** 2) / sqrt(6)
    assert enclose(hermite_coefficient(phi, 3) - expected, bits=60).contains(0)


@pytest.mark.parametrize("count", [0, -3, 10**6])
def test_senseless_counts_are_refused(count: int) -> None:
    with pytest.raises(DomainError, match="take a number"):
        hermite_coefficients(activation("relu"), count)


def test_negative_orders_are_refused() -> None:
    with pytest.raises(DomainError, match="order n ≥ 0"):
        hermite_coefficient(activation("relu"), -1)


def test_constant_function_has_one_coefficient() -> None:
    assert hermite_coefficients(activation("polynomial(3)"), 3) == (Integer(3), 0, 0)
