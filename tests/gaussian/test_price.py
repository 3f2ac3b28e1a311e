"""Closed forms of pair expectations."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, Rational, acos, asin, exp, pi, sinh, sqrt

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.activations.parse import parse_activation
from symntk.errors import DomainError
from symntk.gaussian.dual import derivative_dual, dual
from symntk.gaussian.quadrature import enclose_pair
from symntk.notation import Q1, Q2, RHO, X
from symntk.numbers.ball import enclose
from symntk.numbers.identity import prove_zero


def test_dual_of_relu_is_the_arc_cosine_kernel_of_degree_one() -> None:
    published = (sqrt(1 - RHO**2) + RHO * (pi - acos(RHO))) / (2 * pi)
    assert prove_zero(dual(activation("relu")).expression - published)


def test_general_dual_of_relu_is_homogeneous() -> None:
    subject = dual(activation("relu"))
    assert prove_zero(subject.general - sqrt(Q1) * sqrt(Q2) * subject.expression)


def test_general_dual_of_erf_is_the_arcsine_kernel() -> None:
    published = 2 / pi * asin(2 * RHO * sqrt(Q1) * sqrt(Q2) / (sqrt(1 + 2 * Q1) * sqrt(1 + 2 * Q2)))
    assert prove_zero(dual(activation("erf")).general - published)


def test_dual_of_sine_is_a_hyperbolic_sine() -> None:
    assert dual(activation("sin")).expression == exp(-1) * sinh(RHO)


def test_dual_of_a_pair_is_not_symmetric_in_the_functions_but_in_the_arguments() -> None:
    first, second = activation("relu"), activation("step")
    assert prove_zero(dual(first, second).expression - dual(second, first).expression)


def test_dual_of_a_hermite_polynomial_is_a_power() -> None:
    assert dual(activation("hermite(5)")).expression == RHO**5


def test_dual_of_different_hermite_polynomials_vanishes() -> None:
    assert dual(activation("hermite(2)"), activation("hermite(4)")).expression == 0


def test_dual_of_the_derivative_of_step_is_a_density() -> None:
    assert prove_zero(derivative_dual(activation("step")) - 1 / (2 * pi * sqrt(1 - RHO**2)))


@pytest.mark.parametrize("rho", [Rational(-4, 5), Rational(0), Rational(1, 3), Rational(9, 10)])
@pytest.mark.parametrize(
    "text", ["Piecewise((x + 1, x > 0), (exp(x)/2, True))", "Piecewise((x**2, x > 1/2), (exp(-x), x > -1), (2, True))"]
)
def test_point_masses_beside_functions_obey_prices_theorem(text: str, rho: Rational) -> None:
    phi = parse_activation(text)
    slope = dual(phi).expression.diff(RHO).subs(RHO, rho)
    assert enclose(slope, bits=60).overlaps(enclose(derivative_dual(phi).subs(RHO, rho), bits=60))


def test_value_at_one_is_the_second_moment_and_at_minus_one_the_mirrored_moment() -> None:
    subject = dual(activation("relu"))
    assert (subject.at(1), subject.at(-1)) == (Rational(1, 2), 0)


@pytest.mark.parametrize("rho", [Rational(3, 2), Integer(-7)])
def test_correlations_outside_the_interval_are_refused(rho: Rational) -> None:
    with pytest.raises(DomainError, match="take a correlation in"):
        dual(activation("relu")).at(rho)


def test_negative_variances_are_refused() -> None:
    with pytest.raises(DomainError, match="take a positive variance"):
        dual(activation("relu")).at(Rational(1, 2), -1)


def test_a_product_of_point_masses_at_correlation_one_is_refused() -> None:
    from symntk.gaussian.price import pair_expectation
    from symntk.gaussian.terms import derivative_terms, elementary_terms

    mass = derivative_terms(elementary_terms(activation("step")))
    with pytest.raises(DomainError, match="not integrable"):
        pair_expectation(mass, mass, Integer(1))


def test_a_users_piecewise_activation_gets_its_dual_by_the_same_code() -> None:
    phi = parse_activation("Piecewise((x, x>0), (x**3*exp(x), True))")
    assert dual(phi).closed_form
    measured = enclose_pair(phi.expression, phi.expression, Rational(-2, 7), bits=44)
    assert dual(phi).enclose(Rational(-2, 7), bits=44).overlaps(measured)


small = st.integers(-2, 2)
rationals = st.builds(Rational, st.integers(-3, 3), st.integers(1, 3))


@st.composite
def random_activations(draw: st.DrawFn) -> Activation:
    """A piecewise polynomial-exponential function with up to two breakpoints."""
    points = sorted(draw(st.lists(rationals, max_size=2, unique=True)))
    pieces = []
    for _ in range(len(points) + 1):
        polynomial = sum((draw(small) * X**k for k in range(draw(st.integers(1, 3)))), Integer(0))
        exponent = draw(rationals) * X + draw(st.sampled_from([0, 0, -1, Rational(1, 8)])) * X**2
        pieces.append(polynomial * sympy.exp(exponent))
    branches = [(piece, X < t) for piece, t in zip(pieces, points, strict=False)]
    return Activation(name="random", expression=sympy.Piecewise(*branches, (pieces[-1], True)))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    random_activations(), st.sampled_from([Integer(-1), Rational(-4, 5), Rational(1, 9), Rational(99, 100), Integer(1)])
)
def test_dual_of_a_random_piecewise_polynomial_exponential_equals_quadrature(phi: Activation, rho: Rational) -> None:
    measured = enclose_pair(phi.expression, phi.expression, rho, bits=40)
    assert dual(phi).enclose(rho, bits=60).overlaps(measured)
