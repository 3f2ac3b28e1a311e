"""Decimal strings contain the ball, in the printed form that the command line promises."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from symntk.errors import DomainError
from symntk.numbers.ball import working_precision
from symntk.numbers.decimals import to_decimal

DECIMAL = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")


def _fraction(ball: arb) -> Fraction:
    mantissa, exponent = ball.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


@st.composite
def balls(draw: st.DrawFn) -> arb:
    mantissa, exponent = draw(st.integers(-(2**90), 2**90)), draw(st.integers(-400, 300))
    radius, size = draw(st.integers(0, 2**29)), draw(st.integers(-600, 300))
    return arb((mantissa, exponent), (radius, size))


@given(balls(), st.integers(1, 60))
def test_value_and_radius_contain_the_ball(ball: arb, digits: int):
    value, radius = (Fraction(text) for text in to_decimal(ball, digits))
    low, high = _fraction(ball.mid()) - _fraction(ball.rad()), _fraction(ball.mid()) + _fraction(ball.rad())
    assert value - radius <= low
    assert high <= value + radius


@given(balls(), st.integers(1, 60))
def test_the_strings_have_the_promised_form_and_length(ball: arb, digits: int):
    value, radius = to_decimal(ball, digits)
    assert DECIMAL.match(value)
    assert DECIMAL.match(radius)
    assert len(re.sub(r"\D", "", radius.split("e")[0]).lstrip("0")) <= 2
    significant = re.sub(r"\D", "", value.split("e")[0]).lstrip("0")
    assert value == "0" or len(significant) == digits or ball.rad() > 0


@given(st.integers(2, 10**30), st.integers(5, 40))
def test_the_radius_of_an_accurate_ball_is_below_one_unit_of_the_last_digit(n: int, digits: int):
    with working_precision(400):
        value, radius = to_decimal(arb(n).sqrt(), digits)
    mantissa, _, exponent = value.partition("e")
    unit = Fraction(10) ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    assert Fraction(radius) <= unit


@pytest.mark.parametrize(
    ("ball", "digits", "expected"),
    [
        (arb(0), 5, ("0", "0")),
        (arb(1) / 4, 5, ("0.25000", "0")),
        (arb(-3), 1, ("-3", "0")),
        (arb(1234567), 3, ("1.23e6", "4.6e3")),
        (arb((1, -20)), 4, ("9.537e-7", "2.6e-11")),
        (arb("999.96").mid(), 3, ("1.00e3", "0.041")),
    ],
)
def test_plain_numbers_are_written_plainly(ball: arb, digits: int, expected: tuple[str, str]):
    assert expected == to_decimal(ball, digits)


def test_exponents_beyond_any_machine_are_written_out():
    value, radius = to_decimal(arb((1, -(10**100))), 20)
    assert value.split("e")[1].startswith(
        "-30102999566398119521373889472449302676818988146210854131042746112710818927442450"
    )
    assert Fraction(value.split("e")[0]) < 10
    assert DECIMAL.match(radius)


def test_a_bad_request_is_refused():
    with pytest.raises(DomainError):
        to_decimal(arb(1), 0)
    with pytest.raises(DomainError):
        to_decimal(arb.nan(), 5)
