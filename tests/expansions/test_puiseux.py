"""Series arithmetic with exact coefficients."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational, pi, sqrt

from symntk.errors import DomainError
from symntk.expansions.constants import ConstantRing
from symntk.expansions.puiseux import Series

RING = ConstantRing()
W = sympy.Symbol("w")


def series(*values: sympy.Expr | int, valuation: int = 0) -> Series:
    return Series(ring=RING, valuation=valuation, coefficients=tuple(RING.element(sympy.S(v)) for v in values))


def written(s: Series) -> list[sympy.Expr]:
    return [RING.expression(c) for c in s.coefficients]


coefficients = st.lists(st.builds(Rational, st.integers(-5, 5), st.integers(1, 4)), min_size=5, max_size=5)


@settings(max_examples=30, deadline=None)
@given(coefficients)
def test_a_series_times_its_inverse_is_one(values: list[Rational]) -> None:
    unit = series(3, *values)
    assert written(unit * unit.power(Rational(-1))) == [1, 0, 0, 0, 0, 0]


@settings(max_examples=30, deadline=None)
@given(coefficients)
def test_the_square_of_a_root_is_the_series(values: list[Rational]) -> None:
    unit = series(2, *values)
    root = unit.power(Rational(1, 2))
    assert written(root * root) == [2, *values]


@settings(max_examples=20, deadline=None)
@given(coefficients, coefficients)
def test_composition_agrees_with_sympy(outer: list[Rational], inner: list[Rational]) -> None:
    composed = series(*outer).composed(series(*inner, valuation=1))
    polynomial = sum(c * W**k for k, c in enumerate(outer))
    argument = sum(c * W ** (k + 1) for k, c in enumerate(inner))
    expected = sympy.Poly(sympy.expand(polynomial.subs(W, argument)), W)
    assert written(composed)[:5] == [expected.coeff_monomial(W**k) for k in range(5)]


def test_the_derivative_of_an_exponential_is_the_slope_times_it() -> None:
    exponent = series(0, 1, sqrt(2), 0, pi, 0)
    result = exponent.exponential()
    assert written((result.derivative() - exponent.derivative() * result).truncated(4)) == [0, 0, 0, 0, 0]


def test_square_roots_are_reduced() -> None:
    assert written(series(sqrt(2)) * series(sqrt(2))) == [2]


def test_roots_of_pi_are_reduced() -> None:
    assert written(series(sqrt(pi)) * series(1 / sqrt(pi))) == [1]


def test_a_term_that_would_give_a_logarithm_is_refused() -> None:
    with pytest.raises(DomainError, match="logarithm"):
        series(1, 0, valuation=-1).integral()


def test_a_hidden_zero_is_found_before_division() -> None:
    hidden = 2 * sympy.log(2) - sympy.log(4, evaluate=False)
    assert series(hidden, 1).normal().valuation == 1


@settings(max_examples=20, deadline=None)
@given(coefficients)
def test_a_series_composed_with_its_inverse_is_the_variable(values: list[Rational]) -> None:
    step = series(2, *values, valuation=1)
    assert written(step.composed(step.reverted()))[:6] == [0, 1, 0, 0, 0, 0]


def test_only_series_that_start_with_the_first_power_are_inverted() -> None:
    with pytest.raises(DomainError, match="first power"):
        series(1, 1).reverted()
