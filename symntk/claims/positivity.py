"""Certifies that an expression is positive on a box: balls over a subdivision, derivatives at ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import flint
import sympy
from sympy import Expr, Symbol

from symntk.errors import SymntkError
from symntk.numbers.ball import ball_function, enclose
from symntk.numbers.identity import prove_zero
from symntk.numbers.precision import working_precision

CHAIN = 4
"""How many derivatives are taken at an end where the expression vanishes."""

SMALLEST = sympy.Rational(1, 2**24)
"""Cells narrower than this share of the interval are given up."""

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
    >>> unit = Segment(symbol=x, left=sympy.Integer(0), right=sympy.Integer(1), free_ends=frozenset({sympy.Integer(0)}))
    >>> positive_on_segment(x - sympy.sin(x), unit), positive_on_segment(sympy.Rational(1, 2) - x, unit)
    (True, False)
    """
    pending = [segment]
    width = segment.right - segment.left
    for _ in range(budget):
        if not pending:
            return True
        cell = pending.pop()
        if _positive(expression, cell, CHAIN):
            continue
        if cell.right - cell.left < SMALLEST * width:
            return False
        pending.extend(cell.halves())
    return False


def positive_on_box(expression: Expr, box: Sequence[Segment], *, budget: int = 20000) -> bool:
    """Whether the expression is certainly positive on a product of segments, by balls alone.

    Guarantee: True is a proof; False means that it was not certified.
    """
    pending = [tuple(box)]
    for _ in range(budget):
        if not pending:
            return True
        cell = pending.pop()
        ball = _range(expression, cell)
        if ball is not None and ball > 0:
            continue
        widest = max(range(len(cell)), key=lambda i: cell[i].right - cell[i].left)
        if cell[widest].right - cell[widest].left < SMALLEST * (box[widest].right - box[widest].left):
            return False
        pending.extend((*cell[:widest], half, *cell[widest + 1 :]) for half in cell[widest].halves())
    return False


def _positive(expression: Expr, cell: Segment, depth: int) -> bool:
    ball = _range(expression, (cell,))
    if ball is not None and ball > 0:
        return True
    if depth == 0 or not cell.free_ends or expression.has(*_DISCONTINUOUS):
        return False
    return _positive_product(expression, cell, depth) or any(
        _leaves(expression, cell, end, depth) for end in cell.free_ends
    )


def _positive_product(expression: Expr, cell: Segment, depth: int) -> bool:
    """Factor by factor: an even number of negative ones; a power is positive where its base is."""
    factors = _factors(expression)
    if factors == (expression,):
        return False
    negative = 0
    for factor in factors:
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
    slope = sympy.diff(expression, cell.symbol)
    inward = slope if end == cell.left else -slope
    only_here = Segment(symbol=cell.symbol, left=cell.left, right=cell.right, free_ends=frozenset({end}))
    return _positive(inward, only_here, depth - 1)


@lru_cache(maxsize=4096)
def _not_negative(value: Expr) -> bool:
    try:
        return bool(value.is_finite is not False and (prove_zero(value) or enclose(value, bits=32) > 0))
    except SymntkError:
        return False


@lru_cache(maxsize=1024)
def _factors(expression: Expr) -> tuple[Expr, ...]:
    return sympy.Mul.make_args(sympy.factor(sympy.together(expression)))


def _range(expression: Expr, cells: Sequence[Segment]) -> flint.arb | None:
    """A ball of the values on the cell, or None where there is none."""
    function = _compiled(expression, tuple(cell.symbol for cell in cells))
    if function is None:
        return None
    with working_precision(96):
        value = function(*(flint.acb(_ball(cell.left).union(_ball(cell.right))) for cell in cells)).real
    return value if value.is_finite() else None


@lru_cache(maxsize=1024)
def _compiled(expression: Expr, symbols: tuple[Symbol, ...]):
    try:
        return ball_function(expression, symbols)
    except SymntkError:
        return None


@lru_cache(maxsize=8192)
def _ball(end: Expr) -> flint.arb:
    return enclose(end, bits=96)
