"""Cuts the plane of a pair along its breakpoints: the order in which they come on each line, and where it changes.

With u = r₁(αs + βt), v = r₂(αs − βt), the breakpoint xᵢ of f lies at s = (Xᵢ − βt)/α and yⱼ of g at s = (Yⱼ + βt)/α,
Xᵢ = xᵢ/r₁, Yⱼ = yⱼ/r₂. They cross at t = (Xᵢ − Yⱼ)/(2β) and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy
from flint import arb
from sympy import Expr

from symntk.errors import UndecidedError
from symntk.gaussian.certified_scalar import enclose_number

_DECIDING_BITS = 512


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Between neighbouring breakpoints on a line: (owner, index) of each end, None at infinity, and the pieces."""

    left: tuple[int, int] | None
    right: tuple[int, int] | None
    first: int
    """Index of the piece of f."""
    second: int
    """Index of the piece of g."""


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """The breakpoints i of f and j of g meet at t = position; left of it, i comes after j."""

    i: int
    j: int
    gap: Expr
    """Xᵢ − Yⱼ, exactly."""
    position: arb


def gap(x: Expr, y: Expr, q1: Expr, q2: Expr) -> Expr:
    """x/√q₁ − y/√q₂, exactly 0 where that can be seen."""
    if q1 == q2:
        return sympy.expand(x - y) / sympy.sqrt(q1)
    numerator = sympy.expand(x * sympy.sqrt(q2) - y * sympy.sqrt(q1))
    return numerator / sympy.sqrt(q1 * q2)


def sign_of_gap(value: Expr) -> int:
    """The sign of the distance of two breakpoints; UndecidedError when balls cannot tell."""
    if value == 0:
        return 0
    ball = enclose_number(value, _DECIDING_BITS)
    if ball.contains(0):
        raise UndecidedError(
            f"the order of two breakpoints was asked for, but their distance {value} is not seen to be zero or not; "
            "give exact variances"
        )
    return 1 if ball > 0 else -1


def crossings(x: Sequence[Expr], y: Sequence[Expr], q1: Expr, q2: Expr, beta: arb, bits: int) -> list[Crossing]:
    """All crossings, enclosed at about `bits` bits."""
    found: list[Crossing] = []
    for i, first in enumerate(x):
        for j, second in enumerate(y):
            distance = gap(first, second, q1, q2)
            sign_of_gap(distance)
            position = arb(0) if distance == 0 else enclose_number(distance, bits) / (2 * beta)
            found.append(Crossing(i=i, j=j, gap=distance, position=position))
    return found


def positions(found: Sequence[Crossing]) -> list[arb]:
    """The distinct crossing points in increasing order."""
    distinct = {crossing.gap: crossing.position for crossing in found}
    return sorted(distinct.values(), key=lambda ball: ball.mid())


def intervals(counts: tuple[int, int], crossed: dict[tuple[int, int], bool]) -> list[Interval]:
    """The intervals of a line on which breakpoint i of f comes before breakpoint j of g exactly if crossed[i, j].

    >>> [(cell.first, cell.second) for cell in intervals((1, 1), {(0, 0): True})]
    [(0, 0), (1, 0), (1, 1)]
    """
    i, j, left = 0, 0, None
    found: list[Interval] = []
    while i < counts[0] or j < counts[1]:
        takes_first = j == counts[1] or (i < counts[0] and crossed[i, j])
        right = (0, i) if takes_first else (1, j)
        found.append(Interval(left=left, right=right, first=i, second=j))
        left = right
        i, j = (i + 1, j) if takes_first else (i, j + 1)
    return [*found, Interval(left=left, right=None, first=i, second=j)]


def order_at(t: arb, found: Sequence[Crossing]) -> dict[tuple[int, int], bool]:
    """Whether breakpoint i of f comes before j of g on the line t."""
    order: dict[tuple[int, int], bool] = {}
    for crossing in found:
        if not (t > crossing.position or t < crossing.position):
            raise UndecidedError(
                "the order of two breakpoints was asked for on a line that is not seen to miss their crossing; "
                "give exact variances and an exact correlation"
            )
        order[crossing.i, crossing.j] = bool(t > crossing.position)
    return order
