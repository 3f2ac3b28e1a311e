from __future__ import annotations

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, Mul, Rational, acos, erf, exp, pi, sqrt

from symntk.notation import GAMMA, Q1, Q2, RHO, X
from symntk.render.arrange import quotient, summands

ATOMS = [
    Integer(2), Integer(-3), Rational(2, 3), Rational(-1, 4), pi, 1 / pi, sqrt(2), 1 / sqrt(pi), sqrt(Q1), sqrt(Q2),
    1 / Q1, RHO, X**2, 1 / sqrt(1 - RHO**2), sqrt(1 - RHO**2), acos(RHO), exp(-X), 1 + X, X - RHO + erf(X),
    GAMMA ** Rational(3, 2),
]  # fmt: skip
POINT = {Q1: 1.3, Q2: 0.7, RHO: 0.37, X: 0.83, GAMMA: 0.63}


def _value(expression: sympy.Expr) -> complex:
    return complex(expression.subs(POINT))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(ATOMS), min_size=1, max_size=6))
def test_a_quotient_is_equal_to_the_product_it_arranges(chosen):
    product = Mul(*chosen)
    parts = quotient(product)
    above, below, beside = (Mul(*given) for given in (parts.numerator, parts.denominator, parts.beside))
    assert pytest.approx(_value(product)) == _value((-1 if parts.negative else 1) * above * beside / below)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(ATOMS), min_size=2, max_size=6, unique=True))
def test_the_summands_add_up_to_the_sum(chosen):
    total = sympy.Add(*chosen)
    assert pytest.approx(_value(total)) == sum(_value(term) for _, term in summands(total))


def test_a_positive_term_leads_a_sum():
    assert [(False, Integer(1)), (True, -(RHO**2))] == summands(1 - RHO**2)


def test_terms_rise_in_gamma_and_fall_in_other_symbols():
    assert [Integer(1), GAMMA, GAMMA**2] == [term for _, term in summands(GAMMA**2 + 1 + GAMMA)]
    assert [X**2, X, Integer(1)] == [term for _, term in summands(X**2 + 1 + X)]
