"""Expressions near an end of their interval, in the root of the distance."""

from __future__ import annotations

import pytest
import sympy
from sympy import Integer, Rational, acos, asin, sqrt

from symntk.claims.endpoints import ROOT, at_end
from symntk.notation import RHO
from symntk.numbers.ball import enclose

SINGULAR = [
    acos(RHO),
    asin(RHO),
    sqrt(1 - RHO**2),
    (1 - RHO) ** Rational(3, 2) / (2 + RHO),
    RHO * asin(RHO) + sqrt(1 - RHO**2) * (1 + RHO) ** Rational(5, 2),
    acos(1 - (1 - RHO**2) / 3),
    1 / sqrt((1 - RHO) * (3 + RHO)) + 1 / sqrt(1 + RHO),
]


@pytest.mark.parametrize("expression", SINGULAR, ids=str)
@pytest.mark.parametrize(("end", "inward"), [(1, -1), (-1, 1)])
def test_the_rewritten_expression_has_the_same_values(expression, end: int, inward: int) -> None:
    rewritten = at_end(expression, RHO, Integer(end), inward)
    assert rewritten is not None
    for w in (Rational(1, 1000), Rational(1, 3), Rational(1)):
        gap = enclose(expression.subs(RHO, end + inward * w**2) - rewritten.subs(ROOT, w), bits=64)
        assert gap.contains(0)


def test_the_dual_of_relu_is_smooth_in_the_root() -> None:
    rewritten = at_end(acos(RHO) * RHO - sqrt(1 - RHO**2), RHO, Integer(1), -1)
    assert rewritten is not None
    assert all(sympy.diff(rewritten, ROOT, k).subs(ROOT, 0).is_finite for k in range(4))


def test_an_expression_that_is_smooth_already_is_left_alone() -> None:
    assert at_end(RHO**2 + sympy.exp(RHO), RHO, Integer(1), -1) is None
