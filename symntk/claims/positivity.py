"""Certifies that an expression is positive on a box: balls over a subdivision, derivatives at ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import flint
import sympy
from sympy import Expr, S, Symbol

from symntk.claims.endpoints import ROOT, at_end
from symntk.claims.reach import positive_reach
from symntk.errors import SymntkError
from symntk.numbers.ball import ball_function, enclose
from symntk.numbers.identity import prove_zero
from symntk.numbers.precision import working_precision

CHAIN = 4
"""How many derivatives are taken at an end where the expression vanishes."""

SMALLEST = sympy.Rational(1, 2**24)
"""Cells narrower than this share of the interval are given up."""

LONGEST = 250
"""Operations in an expression that is still brought over a common denominator."""

PRECISION = 96

_DISCONTINUOUS = (sympy.Piecewise, sympy.sign, sympy.Heaviside, sympy.floor, sympy.ceiling)


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A closed interval of one symbol, and the ends at which the expression may vanish."""

    symbol: Symbol
    left: Expr
    right: Expr
    free_ends: frozenset[Expr] = frozenset()

    def halves(self) -> tuple[Segment, Segment]:
        """The two halves, each with the free end it keeps."""
        middle = (self.left + self.right) / 2
        return self._part(self.left, middle), self._part(middle, self.right)

    def _part(self, left: Expr, right: Expr) -> Segment:
        return Segment(symbol=self.symbol, left=left, right=right, free_ends=self.free_ends & {left, right})


def positive_on_segment(expression: Expr, segment: Segment, *, budget: int = 3000) -> bool:
    """Whether the expression is certainly positive on the segment, except that it may vanish at the free ends.

    Guarantee: True is a proof (the expression must be real there); False means that it was not certified.

    >>> x = Symbol("x", real=True)
    >>> unit = Segment(symbol=x, left=S.Zero, right=S.One, free_ends=frozenset({S.Zero}))
    >>> positive_on_segment(x - sympy.sin(x), unit), positive_on_segment(sympy.Rational(1, 2) - x, unit)
    (True, False)
    """
    inner = _trimmed(expression, segment)
    return inner is None or _covered((inner,), lambda cell: _settled(expression, cell[0]), budget)


def _trimmed(expression: Expr, segment: Segment) -> Segment | None:
    """What is left of the segment when the neighbourhoods of its free ends on which it is positive are taken off."""
    left, right = segment.left, segment.right
    if not expression.has(*_DISCONTINUOUS):
        for end in segment.free_ends:
            reach = positive_reach(expression, segment.symbol, end, 1 if end == segment.left else -1)
            if reach is None:
                continue
            if bool(reach >= _width(segment)):
                return None
            left, right = (end + reach, right) if end == segment.left else (left, end - reach)
    if bool(left >= right):
        return None
    return Segment(symbol=segment.symbol, left=left, right=right, free_ends=segment.free_ends & {left, right})


def _settled(expression: Expr, cell: Segment) -> bool:
    return _positive(expression, cell, CHAIN) or _from_end(expression, cell)


def positive_on_box(expression: Expr, box: Sequence[Segment], *, budget: int = 20000) -> bool:
    """Whether the expression is certainly positive on a product of segments, by balls alone.

    Guarantee: True is a proof; False means that it was not certified.
    """
    return _covered(tuple(box), lambda cell: _above_zero(expression, cell), budget)


Box = tuple[Segment, ...]


def _covered(box: Box, settled: Callable[[Box], bool], budget: int) -> bool:
    """Bisect until every cell is settled; give up at the budget or at cells that are too narrow."""
    pending = [box]
    for _ in range(budget):
        if not pending:
            return True
        cell = pending.pop()
        if settled(cell):
            continue
        widest = max(range(len(cell)), key=lambda i: _width(cell[i]) / _width(box[i]))
        if _width(cell[widest]) < SMALLEST * _width(box[widest]):
            return False
        pending.extend((*cell[:widest], half, *cell[widest + 1 :]) for half in cell[widest].halves())
    return False


def _width(segment: Segment) -> Expr:
    return segment.right - segment.left


def _positive(expression: Expr, cell: Segment, depth: int) -> bool:
    if _above_zero(expression, (cell,)):
        return True
    if depth == 0 or not cell.free_ends or expression.has(*_DISCONTINUOUS):
        return False
    if isinstance(expression, sympy.Mul):
        return _positive_product(expression, cell, depth)
    return any(_leaves(expression, cell, end, depth) for end in cell.free_ends)


def _positive_product(expression: sympy.Mul, cell: Segment, depth: int) -> bool:
    """Factor by factor: an even number of negative ones; a real power is positive where its base is."""
    negative = 0
    for factor in expression.args:
        base = factor.base if isinstance(factor, sympy.Pow) and factor.exp.is_real else factor
        if _positive(base, cell, depth - 1):
            continue
        if not _positive(-base, cell, depth - 1):
            return False
        if base is not factor and not factor.exp.is_integer:
            return False
        negative += 1 if base is factor else int(factor.exp) % 2
    return negative % 2 == 0


def _leaves(expression: Expr, cell: Segment, end: Expr, depth: int) -> bool:
    """At a free end: the value is not negative there and the expression increases strictly away from it."""
    if not _not_negative(expression.subs(cell.symbol, end)):
        return False
    slope = _derivative(expression, cell.symbol)
    inward = slope if end == cell.left else -slope
    only_here = Segment(symbol=cell.symbol, left=cell.left, right=cell.right, free_ends=frozenset({end}))
    return _positive(inward, only_here, depth - 1)


def _from_end(expression: Expr, cell: Segment) -> bool:
    """At a free end, over a common denominator, and in w, the root of the distance, where roots and arcs are smooth."""
    if not cell.free_ends or expression.has(*_DISCONTINUOUS):
        return False
    if _positive_combined(expression, cell):
        return True
    reach = _rational_above_root(_width(cell))
    away = Segment(symbol=ROOT, left=S.Zero, right=reach, free_ends=frozenset({S.Zero}))
    for end in cell.free_ends:
        smooth = at_end(expression, cell.symbol, end, inward=1 if end == cell.left else -1)
        if smooth is not None and (_positive(smooth, away, CHAIN + 2) or _positive_combined(smooth, away)):
            return True
    return False


def _positive_combined(expression: Expr, cell: Segment) -> bool:
    combined = _combined(expression)
    return isinstance(combined, sympy.Mul) and _positive_product(combined, cell, CHAIN)


@lru_cache(maxsize=512)
def _combined(expression: Expr) -> Expr | None:
    """One fraction in factors, so that zeros and poles at an end stand alone; None for a long expression."""
    if sympy.count_ops(expression) > LONGEST:
        return None
    return sympy.factor(sympy.together(expression))


def _rational_above_root(width: Expr) -> Expr:
    """A rational number a little above √width; covering a little more than the cell proves no less."""
    upper = enclose(sympy.sqrt(width), bits=24).upper()
    mantissa, exponent = upper.man_exp()
    return sympy.Integer(int(mantissa)) * sympy.Integer(2) ** int(exponent)


@lru_cache(maxsize=4096)
def _not_negative(value: Expr) -> bool:
    try:
        return bool(value.is_finite is not False and (prove_zero(value) or enclose(value, bits=32) > 0))
    except SymntkError:
        return False


def _above_zero(expression: Expr, cells: Box) -> bool:
    """Whether balls over the cell, or about its middle with the slope over the cell, exclude zero and below."""
    balls = [_ball(cell.left).union(_ball(cell.right)) for cell in cells]
    symbols = tuple(cell.symbol for cell in cells)
    value = _value(expression, symbols, balls)
    if value is None or value > 0 or value < 0:
        return value is not None and bool(value > 0)
    if expression.has(*_DISCONTINUOUS):
        return False
    middle = [ball.mid() for ball in balls]
    centred = _value(expression, symbols, middle)
    if centred is None or not centred > 0:
        return False
    with working_precision(PRECISION):
        for symbol, ball, centre in zip(symbols, balls, middle, strict=True):
            slope = _value(_derivative(expression, symbol), symbols, balls)
            if slope is None:
                return False
            centred = centred + slope * (ball - centre)
    return bool(centred > 0)


def _value(expression: Expr, symbols: tuple[Symbol, ...], balls: Sequence[flint.arb]) -> flint.arb | None:
    """A ball of the values of the expression, or None where there is none."""
    function = _compiled(expression, symbols)
    if function is None:
        return None
    with working_precision(PRECISION):
        value = function(*map(flint.acb, balls)).real
    return value if value.is_finite() else None


@lru_cache(maxsize=1024)
def _compiled(expression: Expr, symbols: tuple[Symbol, ...]) -> Callable[..., flint.acb] | None:
    try:
        return ball_function(expression, symbols)
    except SymntkError:
        return None


@lru_cache(maxsize=1024)
def _derivative(expression: Expr, symbol: Symbol) -> Expr:
    return sympy.diff(expression, symbol)


@lru_cache(maxsize=8192)
def _ball(end: Expr) -> flint.arb:
    return enclose(end, bits=PRECISION)
