"""Positivity on boxes, with zeros allowed at named ends only."""

from __future__ import annotations

import pytest
import sympy
from sympy import Integer, Rational, acos, asin, cos, exp, pi, sin, sqrt

from symntk.claims.positivity import Segment, positive_on_box, positive_on_segment
from symntk.notation import RHO, X

ZERO, ONE, MINUS = Integer(0), Integer(1), Integer(-1)
RELU_MAP = (RHO * asin(RHO) + sqrt(1 - RHO**2)) / pi + RHO / 2


def segment(left, right, *free) -> Segment:
    return Segment(symbol=RHO, left=left, right=right, free_ends=frozenset(free))


@pytest.mark.parametrize(
    ("expression", "where"),
    [
        (2 - RHO**2, segment(MINUS, ONE)),
        (RHO - sin(RHO), segment(ZERO, ONE, ZERO)),
        (1 - cos(RHO), segment(ZERO, ONE, ZERO)),
        (1 - RHO**2, segment(MINUS, ONE, MINUS, ONE)),
        (1 / sqrt(1 - RHO**2), segment(ZERO, ONE, ONE)),
        (RELU_MAP - RHO, segment(MINUS, ONE, ONE)),
        (acos(RHO), segment(ZERO, ONE, ONE)),
        (sqrt(1 - RHO) - acos(RHO) / pi, segment(MINUS, ONE, MINUS, ONE)),
        (acos(RHO) - sqrt(1 - RHO**2), segment(ZERO, ONE, ONE)),
        (exp(RHO) - 1 - RHO, segment(MINUS, ZERO, ZERO)),
        ((exp(RHO) - 1 - RHO) * (2 - RHO), segment(ZERO, ONE, ZERO)),
    ],
)
def test_positive_functions_are_certified_up_to_the_ends_where_they_vanish(expression, where) -> None:
    assert positive_on_segment(expression, where)


@pytest.mark.parametrize(
    ("expression", "where"),
    [
        (1 - RHO**2, segment(MINUS, ONE)),
        (1 - RHO**2, segment(MINUS, ONE, ONE)),
        ((RHO - Rational(1, 3)) ** 2, segment(ZERO, ONE, ZERO, ONE)),
        (RHO - Rational(1, 1000), segment(ZERO, ONE, ZERO)),
        (-RHO, segment(ZERO, ONE, ZERO)),
        (acos(RHO) - 2 * sqrt(1 - RHO), segment(ZERO, ONE, ONE)),
        (sqrt(2 - 2 * RHO) - acos(RHO), segment(ZERO, ONE, ONE)),
        (RHO * (RHO - Rational(1, 2)), segment(ZERO, ONE, ZERO)),
        (RHO**2 * (RHO - Rational(1, 100)), segment(ZERO, ONE, ZERO)),
        (sympy.Piecewise((RHO, RHO < 1), (-1, True)), segment(ZERO, ONE, ZERO, ONE)),
        (sympy.log(RHO), segment(ZERO, ONE, ZERO, ONE)),
    ],
)
def test_functions_that_vanish_elsewhere_or_are_negative_are_not_certified(expression, where) -> None:
    assert not positive_on_segment(expression, where)


def test_a_box_is_covered_only_where_the_expression_is_positive() -> None:
    box = [segment(ZERO, ONE), Segment(symbol=X, left=ZERO, right=ONE)]
    assert positive_on_box(exp(RHO) - X / 2, box)
    assert not positive_on_box(exp(RHO) - 2 * X, box)
