"""Certified numbers and formulas as the plain dictionaries of the command line's JSON."""

from __future__ import annotations

from math import ceil, floor, log2

from flint import arb
from sympy import Expr

from symntk.numbers.ball import enclose
from symntk.numbers.decimals import to_decimal
from symntk.render.latex import latex
from symntk.render.text import text

_GUARD_BITS = 16


def bits_for(digits: int) -> int:
    """The relative accuracy in bits that `digits` decimal digits need, with a guard.

    >>> bits_for(10)
    50
    """
    return ceil(digits * log2(10)) + _GUARD_BITS


def certain_digits(ball: arb, digits: int) -> int:
    """How many of the wanted significant digits the ball fixes: rounded to so many, none is off by more than one.

    n digits with 10ⁿ ≤ |midpoint|/(2·radius), for then the unit of the last of them is at least twice the radius.

    >>> certain_digits(arb(1) / 4, 20), certain_digits(arb("0.25 +/- 1e-6"), 20), certain_digits(arb(0, 1), 20)
    (20, 5, 0)
    """
    if ball.rad() == 0 or not ball.is_finite():
        return digits
    margin = abs(ball.mid()) / (2 * ball.rad())
    return min(digits, floor(float((margin.log() / arb(10).log()).mid()))) if margin > 1 else 0


def number(ball: arb, digits: int) -> dict[str, str]:
    """NUM: a decimal value and an upper bound of its distance to everything in the ball, in its certain digits.

    >>> number(arb(1) / 4, 3), number(arb("0.3333333333 +/- 1e-4"), 9)
    ({'value': '0.250', 'radius': '0'}, {'value': '0.333', 'radius': '0.00044'})
    """
    value, radius = to_decimal(ball, max(min(digits, 1), certain_digits(ball, digits)))
    return {"value": value, "radius": radius}


def formula(expression: Expr) -> dict[str, str]:
    """FORM: the formula as LaTeX and as text."""
    return {"latex": latex(expression), "text": text(expression)}


def constant(expression: Expr, digits: int, ball: arb | None = None) -> dict[str, str]:
    """FORM with NUM: a constant as a formula and as a certified number; `ball` where it is known already.

    >>> from sympy import Rational
    >>> constant(Rational(1, 4), 3)["value"]
    '0.250'
    """
    certain = enclose(expression, bits=bits_for(digits)) if ball is None else ball
    return formula(expression) | number(certain, digits)
