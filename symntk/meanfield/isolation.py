"""All roots of a function of a positive variance, each certified, where the function is known through balls only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from flint import arb

from symntk.errors import UndecidedError
from symntk.numbers.precision import working_precision

Curve = Callable[[arb, int], arb]
Coarse = Callable[[arb], tuple[arb, arb]]

ISOLATION_BITS = 40
_MOST_INTERVALS = 6_000
_NARROWEST = 2.0**-30
"""Relative width below which an interval is not split again."""
_SPLITS = ("0.5", "0.46875", "0.546875", "0.40625")
_GUARD_BITS = 16
_ROUNDS = 60
_PROGRESS = arb(0.75)
"""A step that leaves more of the radius than this is short of bits; halving leaves 1/2."""


@dataclass(frozen=True, kw_only=True)
class Equation:
    """The equation value(q) = 0 and the slope dvalue/dq, both certified on balls; named for messages.

    `coarse`: for wide balls, value times a positive function of q, and something with the sign of the slope of that.
    """

    name: str
    value: Curve
    slope: Curve
    coarse: Coarse | None = None


@dataclass(frozen=True, kw_only=True)
class _Interval:
    """An interval of variances and the signs at its ends."""

    left: arb
    right: arb
    sign_left: int
    sign_right: int

    @property
    def hull(self) -> arb:
        return self.left.union(self.right)


def sign_of(ball: arb) -> int:
    """1 or −1 where the ball excludes zero, else 0.

    >>> sign_of(arb(2)), sign_of(arb(0, 1))
    (1, 0)
    """
    return int(ball > 0) - int(ball < 0)


def isolate(equation: Equation, left: arb, right: arb, bits: int) -> list[arb]:
    """All roots in [left, right], 0 < left, as disjoint balls of `bits` relative bits in increasing order.

    Intervals are split geometrically until the mean value form excludes zero or the slope has one sign.
    Guarantee: each ball contains exactly one root and there is no other. Raises UndecidedError where roots cannot be
    told apart (a double root, for instance).

    >>> square = Equation(name="q² = 2", value=lambda q, bits: q * q - 2, slope=lambda q, bits: 2 * q)
    >>> [root.overlaps(arb(2).sqrt()) for root in isolate(square, arb(1), arb(4), 64)]
    [True]
    """
    with working_precision(ISOLATION_BITS + _GUARD_BITS):
        ends = [_certain_sign(equation, end) for end in (left, right)]
        whole = _Interval(left=left, right=right, sign_left=ends[0], sign_right=ends[1])
        found = _monotone(equation, whole)
    return sorted((_refined(equation, piece, bits) for piece in found), key=lambda root: root.mid())


def _monotone(equation: Equation, whole: _Interval) -> list[_Interval]:
    """The intervals on which the function is monotone and changes its sign; elsewhere there is no root."""
    waiting, found = [whole], list[_Interval]()
    for _ in range(_MOST_INTERVALS):
        if not waiting:
            return found
        piece = waiting.pop()
        far, rising = equation.coarse(piece.hull) if equation.coarse else (arb.nan(), arb.nan())
        if sign_of(far):
            continue
        slope = arb.nan() if sign_of(rising) else equation.slope(piece.hull, ISOLATION_BITS)
        if not sign_of(rising) and not sign_of(slope):
            if not sign_of(_centred(equation, piece, slope)):
                waiting.extend(_halves(equation, piece))
        elif piece.sign_left * piece.sign_right < 0:
            found.append(piece)
    raise _undecided(equation, whole, f"{_MOST_INTERVALS} intervals were not enough")


def _centred(equation: Equation, piece: _Interval, slope: arb) -> arb:
    """The mean value form, or the plain enclosure where the slope is unbounded."""
    if not slope.is_finite():
        return equation.value(piece.hull, ISOLATION_BITS)
    centre = piece.hull.mid()
    return equation.value(centre, ISOLATION_BITS) + slope * (piece.hull - centre)


def _halves(equation: Equation, piece: _Interval) -> tuple[_Interval, _Interval]:
    if float(piece.right / piece.left) - 1 > _NARROWEST:
        for fraction in _SPLITS:
            point = (piece.left.log() + (piece.right / piece.left).log() * arb(fraction)).exp().mid()
            between = sign_of(equation.value(point, ISOLATION_BITS))
            if between:
                return (
                    replace(piece, left=point, sign_left=between),
                    replace(piece, right=point, sign_right=between),
                )
    raise _undecided(equation, piece, "neither the function nor its slope is told from zero there")


def _certain_sign(equation: Equation, point: arb) -> int:
    bits = ISOLATION_BITS
    while bits <= 16 * ISOLATION_BITS:
        found = sign_of(equation.value(point, bits))
        if found:
            return found
        bits *= 2
    raise _undecided(equation, _Interval(left=point, right=point, sign_left=0, sign_right=0), "an end may be a root")


def _refined(equation: Equation, piece: _Interval, bits: int) -> arb:
    """The root of a monotone piece by interval Newton steps, with bisection where they do not contract."""
    root, goal = piece.hull, ISOLATION_BITS
    for _ in range(_ROUNDS + bits.bit_length()):
        if root.rel_accuracy_bits() >= bits:
            return root
        with working_precision(goal + _GUARD_BITS):
            smaller = _newton(equation, root, goal)
            if not smaller.rad() * 2 < root.rad():
                smaller = _cut(equation, root, piece.sign_left, goal)
        if not smaller.rad() < _PROGRESS * root.rad() or smaller.rel_accuracy_bits() > goal - _GUARD_BITS:
            goal = min(2 * goal, bits + 2 * ISOLATION_BITS) if goal < bits + 2 * ISOLATION_BITS else 2 * goal
        root = smaller
    raise _undecided(equation, piece, "Newton's method stalls there")


def _newton(equation: Equation, root: arb, goal: int) -> arb:
    centre = root.mid()
    step = centre - equation.value(centre, goal) / equation.slope(root, goal)
    return step.intersection(root) if step.is_finite() and step.overlaps(root) else root


def _cut(equation: Equation, root: arb, sign_left: int, goal: int) -> arb:
    low, high = root.lower(), root.upper()
    for fraction in _SPLITS:
        point = (low + (high - low) * arb(fraction)).mid()
        between = sign_of(equation.value(point, goal))
        if between:
            return point.union(high) if between == sign_left else low.union(point)
    return root


def _undecided(equation: Equation, piece: _Interval, found: str) -> UndecidedError:
    place = float(piece.left.mid())
    return UndecidedError(
        f"the solutions of {equation.name} were asked for, but near q = {place:.6g} {found}; change sigma a bit"
    )
