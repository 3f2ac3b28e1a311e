"""Law: the derivative of the dual in ρ is the dual of the derivative (Price's theorem)."""

from __future__ import annotations

import pytest
from sympy import Rational

from symntk.activations.activation import Activation
from symntk.gaussian.dual import derivative_dual, dual
from symntk.notation import Q1, Q2, RHO
from symntk.numbers.ball import enclose
from symntk.numbers.identity import prove_zero

POINTS = (Rational(-7, 9), Rational(2, 11), Rational(31, 32))


@pytest.mark.parametrize("rho", POINTS, ids=str)
def test_slope_of_the_dual_is_the_dual_of_the_slope(member: Activation, rho: Rational) -> None:
    slope = dual(member).expression.diff(RHO).subs(RHO, rho)
    other = derivative_dual(member).subs(RHO, rho)
    assert enclose(slope, bits=60).overlaps(enclose(other, bits=60))


def test_general_slope_carries_the_standard_deviations(closed_member: Activation) -> None:
    values = {Q1: Rational(9, 4), Q2: Rational(1, 4), RHO: Rational(2, 5)}
    slope = dual(closed_member).general.diff(RHO).subs(values)
    other = derivative_dual(closed_member, general=True).subs(values) * Rational(3, 4)
    assert enclose(slope, bits=60).overlaps(enclose(other, bits=60))


def test_the_law_is_proved_by_algebra(closed_member: Activation) -> None:
    assert prove_zero(dual(closed_member).expression.diff(RHO) - derivative_dual(closed_member))
