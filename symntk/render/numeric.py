"""Certified numbers and formulas as the plain dictionaries of the command line's JSON."""

from __future__ import annotations

from math import ceil, log2

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


def number(ball: arb, digits: int) -> dict[str, str]:
    """NUM: a decimal value and an upper bound of its distance to everything in the ball.

    >>> number(arb(1) / 4, 3)
    {'value': '0.250', 'radius': '0'}
    """
    value, radius = to_decimal(ball, digits)
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
