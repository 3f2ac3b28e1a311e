"""The straight lines that an activation approaches at ±∞, with bounds of what is left, for moments at large variances.

φ = a₊x + b₊ + r for x > 0 and φ = a₋x + b₋ + r for x < 0, where r and r′ decay exponentially.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import sympy
from flint import arb
from sympy import Expr, Rational, S

from symntk.activations.activation import Activation
from symntk.activations.derivative import derivative
from symntk.activations.splitting import Piece
from symntk.errors import DomainError, UndecidedError
from symntk.meanfield.behaviour import before
from symntk.meanfield.tails import NoTailError, Ray, integral, supremum, tail, times
from symntk.meanfield.taming import tamed
from symntk.notation import X
from symntk.numbers.ball import enclose, enclose_at
from symntk.numbers.decide import decide
from symntk.numbers.precision import working_precision

_RATES = (Rational(2), Rational(1), Rational(1, 2), Rational(1, 4), Rational(1, 16), Rational(1, 64))
_MARGIN, _BOXES, _BITS = 14, 256, 64


@dataclass(frozen=True, kw_only=True)
class Line:
    """The line a·|x| + b on one side, x = ±|x|, and bounds of what φ² and φ′² have beyond it on that side.

    `square`: ∫|φ² − (a|x| + b)²| dx, `weighted`: the same with x², `slope_weighted`: ∫|φ′² − a²| x² dx,
    `steepest`: sup |φ′|.
    """

    a: Expr
    b: Expr
    square: arb
    weighted: arb
    slope_weighted: arb
    steepest: arb


@lru_cache(maxsize=256)
def lines(activation: Activation) -> tuple[Line, Line] | None:
    """The lines on x < 0 and on x > 0; None where the rules find none, as for bounded oscillations or fast growth.

    Guarantee: certified bounds. Domain: φ without jumps.

    >>> from symntk.activations.catalogue import activation
    >>> [(line.a, line.b) for line in lines(activation("elu"))], lines(activation("sin"))
    ([(0, -1), (1, 0)], None)
    """
    if derivative(activation).masses:
        return None
    for rate in _RATES:
        try:
            with working_precision(_BITS):
                return _line(activation, -1, rate), _line(activation, 1, rate)
        except (NoTailError, DomainError, UndecidedError):
            continue
    return None


def _line(activation: Activation, side: int, rate: Rational) -> Line:
    """The line on one side, as a function of y = |x|."""
    pieces = pieces_on_side(activation, side)
    start = _MARGIN + max((sympy.ceiling(sympy.Abs(t)) for t in activation.breakpoints), default=S.Zero)
    ray = Ray(start=enclose(start, bits=_BITS), rate=enclose(rate, bits=_BITS))
    outer = pieces[-1].expression
    value, slope = tail(outer, ray), tail(tamed(outer.diff(X)), ray)
    b, a = value.main.coeff(X, 0), value.main.coeff(X, 1)
    if sympy.expand(value.main - a * X - b) != 0 or decide(slope.main, "==", a) is not True:
        raise NoTailError("a straight line was needed")
    near = _sums([_within(piece, start, (a, b)) for piece in pieces])
    rest, slope_rest = (replace(times(part, part), main=S.Zero) for part in (value, slope))
    return Line(
        a=a,
        b=b,
        square=(near.square + integral(rest, ray, 0)).upper(),
        weighted=(near.weighted + integral(rest, ray, 2)).upper(),
        slope_weighted=(near.slope_weighted + integral(slope_rest, ray, 2)).upper(),
        steepest=near.steepest.max(abs(enclose(a, bits=_BITS)) + supremum(slope, ray)).upper(),
    )


def pieces_on_side(activation: Activation, side: int) -> list[Piece]:
    """The pieces of φ(side·y) on y ≥ 0, in increasing y."""
    found = list[Piece]()
    for piece in activation.pieces[::side]:
        low, high = (piece.left, piece.right) if side > 0 else (-piece.right, -piece.left)
        if not before(S.Zero, high):
            continue
        form = tamed(piece.expression).subs(X, side * X)
        found.append(Piece(left=low if before(S.Zero, low) else S.Zero, right=high, expression=form))
    return found


@dataclass(frozen=True, kw_only=True)
class _Sums:
    """The bounds of a `Line` over a bounded interval."""

    square: arb
    weighted: arb
    slope_weighted: arb
    steepest: arb


def _sums(parts: list[_Sums]) -> _Sums:
    total = parts[0]
    for part in parts[1:]:
        total = _Sums(
            square=total.square + part.square,
            weighted=total.weighted + part.weighted,
            slope_weighted=total.slope_weighted + part.slope_weighted,
            steepest=total.steepest.max(part.steepest),
        )
    return total


def _within(piece: Piece, start: Expr, line: tuple[Expr, Expr]) -> _Sums:
    """The integrals over a piece up to `start`, and sup |φ′| there, by boxes."""
    end = piece.right if before(piece.right, start) else start
    low, width = enclose(piece.left, bits=_BITS), enclose(end - piece.left, bits=_BITS) / _BOXES
    edges = [low + k * width for k in range(_BOXES + 1)]
    rest = piece.expression - line[0] * X - line[1]
    slope = tamed(piece.expression.diff(X)) - line[0]
    # Some stay narrow on boxes as they are, some when factored, as x·(tanh x − 1).
    forms = [(rest, slope), (sympy.factor(rest), sympy.factor(slope))]
    boxes = [_box(left.union(right), width, forms, line) for left, right in pairwise(edges)]
    found = _sums(boxes)
    if not all(bound.is_finite() for bound in (found.square, found.slope_weighted, found.steepest)):
        raise NoTailError("φ or its slope is not bounded by boxes")
    return found


def _box(y: arb, width: arb, forms: list[tuple[Expr, Expr]], line: tuple[Expr, Expr]) -> _Sums:
    """The integrals over one box from the rests r of φ and of φ′; (l + r)² − l² = r(r + 2l)."""
    a, b = (enclose(c, bits=_BITS) for c in line)
    balls = [[enclose_at(form, {X: y}, precision=_BITS) for form in pair] for pair in forms]
    rest, slope = (first.intersection(second) for first, second in zip(*balls, strict=True))
    centre = y.mid()
    rest = rest.intersection(enclose_at(forms[0][0], {X: centre}, precision=_BITS) + slope * (y - centre))
    square = abs(rest * (rest + 2 * (a * y + b))).upper() * width
    return _Sums(
        square=square,
        weighted=(square * y**2).upper(),
        slope_weighted=abs(slope * (slope + 2 * a) * y**2).upper() * width,
        steepest=abs(slope + a).upper(),
    )
