"""How far from an end an expression certainly stays positive."""

from __future__ import annotations

import pytest
import sympy
from sympy import Integer, Rational, acos, asin, cos, exp, pi, sin, sqrt

from symntk.claims.reach import positive_reach
from symntk.notation import RHO
from symntk.numbers.ball import enclose

RELU_MAP = (RHO * asin(RHO) + sqrt(1 - RHO**2)) / pi + RHO / 2


@pytest.mark.parametrize(
    ("expression", "end", "inward"),
    [
        (acos(RHO), 1, -1),
        (RELU_MAP - RHO, 1, -1),
        (RELU_MAP, -1, 1),
        (1 - cos(RHO), 0, 1),
        (exp(RHO) - 1 - RHO, 0, -1),
        (sqrt(1 - RHO) - acos(RHO) / pi, 1, -1),
        (RHO * (Rational(1, 100) - RHO), 0, 1),
    ],
)
def test_the_expression_is_positive_as_far_as_the_reach(expression, end: int, inward: int) -> None:
    reach = positive_reach(expression, RHO, Integer(end), inward)
    assert reach is not None
    for share in (1, Rational(1, 2), Rational(1, 1000)):
        assert enclose(expression, {RHO: end + inward * share * reach}, bits=64) > 0


@pytest.mark.parametrize(
    ("expression", "end", "inward"),
    [
        (-acos(RHO), 1, -1),
        (sin(RHO) - RHO, 0, 1),
        (acos(RHO) - 2 * sqrt(1 - RHO), 1, -1),
        (sympy.Integer(0) * RHO, 0, 1),
        (sympy.log(RHO), 0, 1),
        (1 / RHO, 0, 1),
    ],
)
def test_no_reach_is_claimed_for_negative_vanishing_or_singular_expressions(expression, end: int, inward: int) -> None:
    assert positive_reach(expression, RHO, Integer(end), inward) is None


def test_the_reach_stays_before_the_next_zero() -> None:
    reach = positive_reach(RHO * (Rational(1, 100) - RHO), RHO, Integer(0), 1)
    assert reach is not None
    assert reach < Rational(1, 100)
