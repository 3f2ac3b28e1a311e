from __future__ import annotations

import re
from decimal import Decimal

import pytest
import sympy
from sympy import Integer, pi, sqrt

from symntk.numbers.ball import enclose
from symntk.render.numeric import bits_for, constant, formula, number

DECIMAL = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")


@pytest.mark.parametrize("digits", [1, 7, 40, 300])
def test_a_constant_is_certified_to_the_digits_asked_for(digits):
    value = constant(2 * sqrt(2) / (3 * pi), digits)
    assert DECIMAL.match(value["value"])
    assert DECIMAL.match(value["radius"])
    assert digits == len(value["value"].replace("0.", "", 1).replace(".", ""))
    assert Decimal(value["radius"]) < abs(Decimal(value["value"])) * Decimal(10) ** (1 - digits)


def test_the_ball_of_a_number_contains_the_true_value():
    value = number(enclose(pi, bits=bits_for(10)), 10)
    difference = abs(sympy.Rational(value["value"]) - pi)
    assert difference < sympy.Rational(value["radius"])


def test_an_exact_zero_has_radius_zero():
    assert {"value": "0", "radius": "0"} == number(enclose(Integer(0)), 12)


def test_a_formula_is_latex_and_text():
    assert {"latex": r"\frac{2\sqrt{2}}{3\pi}", "text": "2√2/(3π)"} == formula(2 * sqrt(2) / (3 * pi))
