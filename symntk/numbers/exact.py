"""Exact numbers and balls as leaves of formulas."""

from __future__ import annotations

from fractions import Fraction
from itertools import count

import sympy
from flint import arb, fmpq
from sympy import Expr

from symntk.errors import DomainError

_LARGEST_EXPONENT = 1 << 12
"""Exact balls of larger binary exponent stay balls: as rationals they would be too long."""


_serial_numbers = count()


class BallNumber(sympy.AtomicExpr):
    """A real number of which only a ball is known, as a leaf of a formula.

    Two of them are different numbers, even if their balls are the same.
    """

    is_extended_real = True
    is_commutative = True
    ball: arb
    serial_number: int

    def __new__(cls, ball: arb) -> BallNumber:
        node = super().__new__(cls)
        node.ball, node.serial_number = ball, next(_serial_numbers)
        return node

    def _hashable_content(self) -> tuple[int, ...]:
        return (self.serial_number,)


def as_exact_expression(value: Expr | int | Fraction | arb) -> Expr:
    """An exact number, or a ball, as an expression; DomainError for anything rounded.

    >>> as_exact_expression(Fraction(1, 3))
    1/3
    """
    if isinstance(value, Expr):
        return value
    if isinstance(value, int):
        return sympy.Integer(value)
    if isinstance(value, Fraction):
        return sympy.Rational(value.numerator, value.denominator)
    if isinstance(value, arb):
        return leaf(exact_if_short(value))
    raise DomainError(f"an exact number was asked for, but {value!r} was found; write it as a fraction")


def leaf(value: fmpq | arb) -> Expr:
    """A rational or a real ball as a leaf of a formula.

    >>> leaf(fmpq(1, 3))
    1/3
    """
    if isinstance(value, fmpq):
        return sympy.Rational(int(value.p), int(value.q))
    return BallNumber(value)


def exact_if_short(ball: arb) -> fmpq | arb:
    """An exact ball of moderate exponent as a rational, so that arithmetic on it stays exact; any other ball as it is.

    >>> exact_if_short(arb(1) / 4)
    1/4
    """
    if ball.is_finite() and ball.is_exact() and abs(ball.man_exp()[1]) < _LARGEST_EXPONENT:
        return ball.fmpq()
    return ball
