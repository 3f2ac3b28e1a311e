"""Exact numbers as balls of the accuracy a quadrature wants, and the search for the accuracy a caller wants."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import sympy
from flint import arb
from sympy import Expr

from symntk.errors import DomainError, UndecidedError
from symntk.numbers.ball import BallNumber, enclose
from symntk.numbers.precision import working_precision

Number = Expr | int | Fraction | arb

_LARGEST_EXPONENT = 4096
_ROUNDS = 8
_SURPLUS = 4
"""Bits by which a result may be more accurate than the balls it depends on."""


def as_expression(value: Number) -> Expr:
    """An exact number or a ball as an expression."""
    if isinstance(value, Expr):
        return value
    if isinstance(value, Fraction):
        return sympy.Rational(value.numerator, value.denominator)
    if isinstance(value, int):
        return sympy.Integer(value)
    if value.is_exact() and abs(value.man_exp()[1]) < _LARGEST_EXPONENT:
        fraction = value.fmpq()
        return sympy.Rational(int(fraction.p), int(fraction.q))
    return BallNumber(value)


def attainable_bits(*values: Expr) -> int | None:
    """The accuracy of the least accurate ball among the numbers; None when all are exact."""
    balls = [node.ball for value in values for node in value.atoms(BallNumber)]
    return min((ball.rel_one_accuracy_bits() for ball in balls), default=None)


def enclose_number(value: Expr, bits: int) -> arb:
    """A ball of a number of relative accuracy 2^−bits, or as accurate as the balls in it allow."""
    return value.ball if isinstance(value, BallNumber) else enclose(value, bits=bits)


def enclose_root(variance: Expr, bits: int) -> arb:
    """√variance; DomainError unless the variance is non-negative."""
    ball = enclose_number(variance, bits)
    if ball < 0:
        raise DomainError(f"a Gaussian expectation at variance {variance} was asked for; take a variance > 0")
    with working_precision(bits):
        return ball.nonnegative_part().sqrt()


def refined(attempt: Callable[[int], arb], bits: int, inputs: tuple[Expr, ...]) -> arb:
    """Calls attempt(goal), which errs by about 2^−goal, with rising goals until `bits` relative bits are reached.

    A ball that contains 0 is accepted once it lies within 2^(−2·bits). Balls among the inputs lower the accuracy asked
    for, and end the search when the radius no longer falls. Raises UndecidedError otherwise.
    """
    limit = attainable_bits(*inputs)
    wanted = bits if limit is None else max(1, min(bits, limit + _SURPLUS))
    goal, previous = wanted + 6, None
    for _ in range(_ROUNDS):
        ball = attempt(goal)
        stalled = limit is not None and previous is not None and 2 * ball.rad() > previous.rad()
        if ball.is_finite() and (accurate(ball, wanted) or stalled):
            return ball
        goal = _next_goal(goal, ball, wanted)
        previous = ball if ball.is_finite() else None
    raise UndecidedError(
        f"{bits} certain bits of a Gaussian expectation of {inputs[0]} were asked for, "
        "but the balls did not become narrow enough; ask for fewer bits"
    )


def _next_goal(goal: int, ball: arb, bits: int) -> int:
    """The accuracy that the magnitude of the ball calls for; that of a number that may be 0 otherwise."""
    if not ball.is_finite() or ball.contains(0):
        return max(2 * bits + 4, goal + goal // 4)
    return goal + max(bits - ball.rel_accuracy_bits(), 4) + 2


def accurate(ball: arb, bits: int) -> bool:
    """Whether a ball has the relative accuracy, or contains 0 and lies within 2^(−2·bits)."""
    small = ball.contains(0) and ball.abs_upper() <= arb((1, -2 * bits))
    return ball.is_finite() and bool(small or ball.rel_accuracy_bits() >= bits)
