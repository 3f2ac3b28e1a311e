"""Certifies that an expression is positive on a box: balls over a subdivision, derivatives at ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import flint
import sympy
from sympy import Expr, S, Symbol

from symntk.claims.reach import positive_reach
from symntk.errors import SymntkError
from symntk.numbers.ball import ball_function, enclose
from symntk.numbers.identity import prove_zero
from symntk.numbers.precision import working_precision

CHAIN = 3
"""How many derivatives are taken at an end where the expression vanishes and no expansion is known."""

LEVELS = 2
"""How often an expression is taken apart into factors."""

BUDGET = 4000
"""Cells of a segment that are looked at."""

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


def positive_on_segment(expression: Expr, segment: Segment) -> bool:
    """Whether the expression is certainly positive on the segment, except that it may vanish at the free ends.

    Guarantee: True is a proof (the expression must be real there); False means that it was not certified.

    >>> x = Symbol("x", real=True)
    >>> unit = Segment(symbol=x, left=S.Zero, right=S.One, free_ends=frozenset({S.Zero}))
    >>> positive_on_segment(x - sympy.sin(x), unit), positive_on_segment(sympy.Rational(1, 2) - x, unit)
    (True, False)
    """
    return _positive(expression, segment, LEVELS)


def _positive(expression: Expr, segment: Segment, levels: int) -> bool:
    inner = _trimmed(expression, segment)
    if inner is None:
        return True
    if inner.free_ends and _positive_product(expression, segment, levels):
        return True
    return _covered((inner,), lambda cell: _sign(expression, cell, CHAIN), BUDGET)


def positive_on_box(expression: Expr, box: Sequence[Segment]) -> bool:
    """Whether the expression is certainly positive on a product of segments, by balls alone.

    Guarantee: True is a proof; False means that it was not certified.
    """
    return _covered(tuple(box), lambda cell: _ball_sign(expression, cell), 5 * BUDGET)


Box = tuple[Segment, ...]


def _covered(box: Box, sign: Callable[[Box], int], budget: int) -> bool:
    """Bisect until every cell is positive; stop at a negative one, at the budget, or at cells too narrow."""
    pending = [box]
    for _ in range(budget):
        if not pending:
            return True
        cell = pending.pop()
        found = sign(cell)
        if found > 0:
            continue
        widest = max(range(len(cell)), key=lambda i: _width(cell[i]) / _width(box[i]))
        if found < 0 or _width(cell[widest]) < SMALLEST * _width(box[widest]):
            return False
        pending.extend((*cell[:widest], half, *cell[widest + 1 :]) for half in cell[widest].halves())
    return False


def _width(segment: Segment) -> Expr:
    return segment.right - segment.left


def _trimmed(expression: Expr, segment: Segment) -> Segment | None:
    """What is left of the segment when the neighbourhoods of its free ends on which it is positive are taken off."""
    left, right = segment.left, segment.right
    for end in segment.free_ends if not expression.has(*_DISCONTINUOUS) else ():
        reach = positive_reach(expression, segment.symbol, end, 1 if end == segment.left else -1)
        if reach is not None:
            left, right = (end + reach, right) if end == segment.left else (left, end - reach)
    if bool(left >= right):
        return None
    return Segment(symbol=segment.symbol, left=left, right=right, free_ends=segment.free_ends & {left, right})


def _positive_product(expression: Expr, segment: Segment, levels: int) -> bool:
    """Over a common denominator, factor by factor: the signs multiply, and a power is positive where its base is."""
    combined = expression if isinstance(expression, sympy.Mul | sympy.Pow) else _combined(expression)
    if not isinstance(combined, sympy.Mul | sympy.Pow) or levels == 0:
        return False
    total = 1
    for factor in sympy.Mul.make_args(combined):
        power = isinstance(factor, sympy.Pow) and factor.exp.is_real and factor.base is not sympy.E
        base, exponent = factor.as_base_exp() if power else (factor, S.One)
        sign = _middle_sign(base, segment)
        if not sign or (sign < 0 and not exponent.is_integer):
            return False
        if not _positive(base if sign > 0 else -base, segment, levels - 1):
            return False
        total *= 1 if sign > 0 else (-1) ** int(exponent)
    return total > 0


def _middle_sign(expression: Expr, segment: Segment) -> int:
    middle = _ball((segment.left + segment.right) / 2)
    value = _value(expression, (segment.symbol,), [middle])
    return 0 if value is None else int(value > 0) - int(value < 0)


@lru_cache(maxsize=512)
def _combined(expression: Expr) -> Expr | None:
    """One fraction in factors, so that zeros and poles at an end stand alone; None for a long expression."""
    if sympy.count_ops(expression) > LONGEST:
        return None
    return sympy.factor(sympy.together(expression))


def _sign(expression: Expr, box: Box, depth: int) -> int:
    """The sign on the cell off its free ends, 0 where it is not seen."""
    found = _ball_sign(expression, box)
    (cell,) = box
    if found or depth == 0 or expression.has(*_DISCONTINUOUS):
        return found
    return int(any(_leaves(expression, cell, end, depth) for end in cell.free_ends))


def _leaves(expression: Expr, cell: Segment, end: Expr, depth: int) -> bool:
    """At a free end: the value is not negative there and the expression increases strictly away from it."""
    if not _not_negative(expression.subs(cell.symbol, end)):
        return False
    slope = _derivative(expression, cell.symbol)
    inward = slope if end == cell.left else -slope
    only_here = Segment(symbol=cell.symbol, left=cell.left, right=cell.right, free_ends=frozenset({end}))
    return _sign(inward, (only_here,), depth - 1) > 0


@lru_cache(maxsize=4096)
def _not_negative(value: Expr) -> bool:
    try:
        return bool(value.is_finite is not False and (prove_zero(value) or enclose(value, bits=32) > 0))
    except SymntkError:
        return False


def _ball_sign(expression: Expr, cells: Box) -> int:
    """The sign by balls over the cell, or about its middle with the slopes over the cell; 0 where it is not seen."""
    balls = [_ball(cell.left).union(_ball(cell.right)) for cell in cells]
    symbols = tuple(cell.symbol for cell in cells)
    value = _value(expression, symbols, balls)
    if value is None or value.contains(0):
        value = None if expression.has(*_DISCONTINUOUS) else _centred_value(expression, symbols, balls)
    if value is None:
        return 0
    return int(value > 0) - int(value < 0)


def _centred_value(expression: Expr, symbols: tuple[Symbol, ...], balls: Sequence[flint.arb]) -> flint.arb | None:
    middle = [ball.mid() for ball in balls]
    total = _value(expression, symbols, middle)
    for symbol, ball, centre in zip(symbols, balls, middle, strict=True):
        slope = None if total is None else _value(_derivative(expression, symbol), symbols, balls)
        if total is None or slope is None:
            return None
        with working_precision(PRECISION):
            total = total + slope * (ball - centre)
    return total


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
