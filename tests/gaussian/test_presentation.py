"""Writing a combination never changes its value."""

from __future__ import annotations

import pytest
import sympy
from sympy import Expr, I, Rational, S, asin, cos, cosh, exp, pi, sinh, sqrt

from symntk.gaussian.combination import UNIT, Combination, expression
from symntk.gaussian.presentation import presented
from symntk.notation import RHO
from symntk.numbers.ball import enclose
from symntk.numbers.normal_distribution import NormalCDF

SLOPE = RHO / (2 * pi)
POINT = Rational(3, 7)


@pytest.mark.parametrize("constant", [S.Zero, SLOPE * pi / 2, -SLOPE * pi / 2, S.One, RHO / 4 + 1, SLOPE * pi])
def test_arcsine_and_arccosine_forms_agree(constant: Expr) -> None:
    combination: Combination = {(S.Zero, asin(RHO)): SLOPE, UNIT: constant}
    difference = (presented(combination) - expression(combination)).subs(RHO, POINT)
    assert enclose(difference, bits=80).contains(0)


@pytest.mark.parametrize(
    ("combination", "written"),
    [
        ({(RHO - 1, S.One): Rational(1, 2), (-RHO - 1, S.One): Rational(1, 2)}, exp(-1) * cosh(RHO)),
        ({(RHO - 1, S.One): Rational(1, 2), (-RHO - 1, S.One): Rational(-1, 2)}, exp(-1) * sinh(RHO)),
        ({(-RHO - 1, S.One): Rational(1, 2), (RHO - 1, S.One): Rational(-1, 2)}, -exp(-1) * sinh(RHO)),
        ({(I * RHO, S.One): Rational(1, 2), (-I * RHO, S.One): Rational(1, 2)}, cos(RHO)),
        ({(S.Zero, asin(RHO)): SLOPE, UNIT: -SLOPE * pi / 2}, -RHO * sympy.acos(RHO) / (2 * pi)),
    ],
    ids=["cosh", "sinh", "minus sinh", "cos", "acos"],
)
def test_pairs_are_recognised(combination: Combination, written: Expr) -> None:
    assert sympy.expand(presented(combination) - written) == 0


def test_equal_exponents_in_different_spellings_are_added() -> None:
    spelled = {((1 - RHO) ** 2, S.One): S.One, (1 - 2 * RHO + RHO**2, S.One): S.One}
    assert enclose(presented(spelled).subs(RHO, POINT) - 2 * exp((1 - POINT) ** 2), bits=80).contains(0)


def test_radicals_and_probabilities_keep_their_value() -> None:
    root = sqrt(4 - RHO**2)
    combination: Combination = {
        UNIT: (RHO**2 - 1) / root**3 + RHO * (1 + root) ** 2 / 3,
        (RHO / 2, NormalCDF(RHO)): RHO**2 + 2 * RHO,
        (RHO / 2, S.One): 1 - RHO,
    }
    difference = (presented(combination) - expression(combination)).subs(RHO, POINT)
    assert enclose(difference, bits=80).contains(0)
