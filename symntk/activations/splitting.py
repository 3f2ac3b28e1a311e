"""Splits an expression with Abs, sign, Heaviside, Max, Min and Piecewise into analytic pieces at exact breakpoints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import sympy
from sympy import Expr, Heaviside, Max, Min, Piecewise, S
from sympy.core.relational import Relational

from symntk.activations.cases import Cases, pairs
from symntk.activations.equality import is_identically_zero
from symntk.activations.ordering import shown, sign_of
from symntk.activations.zeros import increasing, signs
from symntk.errors import DomainError
from symntk.notation import X


@dataclass(frozen=True, kw_only=True)
class Piece:
    """An analytic expression in x on the open interval (left, right)."""

    left: Expr
    right: Expr
    expression: Expr


Pieces = tuple[Piece, ...]
MAX_PIECES = 200
BREAKING = (sympy.Abs, sympy.sign, Heaviside, Max, Min, Piecewise, Cases)


def split(expression: Expr) -> Pieces:
    """The analytic pieces of an expression in x, ordered from −∞ to ∞; adjacent equal pieces are merged.

    Guarantee: the breakpoints are exact and all of them; values at the breakpoints themselves are not kept.
    Raises DomainError when a breakpoint has no closed form or a Piecewise leaves a gap.

    >>> [(p.left, p.right, p.expression) for p in split(sympy.Abs(sympy.Symbol("x", real=True) - 1))]
    [(-oo, 1, 1 - x), (1, oo, x - 1)]
    """
    return merged(_split(expression, S.NegativeInfinity, S.Infinity))


def merged(pieces: Pieces) -> Pieces:
    """The pieces with adjacent ones joined where they are provably the same function."""
    joined = [pieces[0]]
    for piece in pieces[1:]:
        last = joined[-1]
        same = is_identically_zero(last.expression - piece.expression)
        if same and not _has_branch_point(last.expression, last.right):
            joined[-1] = Piece(left=last.left, right=piece.right, expression=last.expression)
        else:
            joined.append(piece)
    return tuple(joined)


def piecewise_expression(pieces: Pieces) -> Expr:
    """The pieces as one expression: the only piece itself, or a Piecewise that is not evaluated.

    >>> piecewise_expression(split(Max(0, X)))
    Piecewise((0, x < 0), (x, True))
    """
    if len(pieces) == 1:
        return pieces[0].expression
    branches = [(p.expression, sympy.StrictLessThan(X, p.right, evaluate=False)) for p in pieces[:-1]]
    return Piecewise(*branches, (pieces[-1].expression, True), evaluate=False)


def resolved(expression: Expr) -> Expr:
    """The expression with its Cases written as a Piecewise: as they stand at the top, by the pieces when nested.

    >>> resolved(1 + Cases(X, X > 0, S.Zero, S.true))
    Piecewise((1, x < 0), (x + 1, True))
    """
    if not expression.has(Cases):
        return expression
    if isinstance(expression, Cases) and not any(part.has(Cases) for part in expression.args):
        return Piecewise(*pairs(expression), evaluate=False)
    return piecewise_expression(split(expression))


def _has_branch_point(expression: Expr, point: Expr) -> bool:
    """Whether a root in the expression has a radicand that vanishes at the point, as √(x⁴ + x²) has at 0."""
    roots = [power for power in expression.atoms(sympy.Pow) if _is_root(power)]
    return any(sign_of(root.base.subs(X, point)) == 0 for root in roots)


def _split(expression: Expr, left: Expr, right: Expr) -> Pieces:
    if not (expression.has(*BREAKING) or _has_root(expression)):
        return (Piece(left=left, right=right, expression=expression),)
    if isinstance(expression, Piecewise | Cases):
        return _split_piecewise(expression, left, right)
    common = _refined([_split(argument, left, right) for argument in expression.args])
    pieces = tuple(piece for a, b, arguments in common for piece in _apply(expression, arguments, a, b))
    if len(pieces) > MAX_PIECES:
        raise DomainError(
            f"at most {MAX_PIECES} pieces are allowed, but {shown(expression)} has more; use a simpler activation"
        )
    return pieces


def _has_root(expression: Expr) -> bool:
    return any(_is_root(power) for power in expression.atoms(sympy.Pow))


def _is_root(expression: Expr) -> bool:
    return bool(expression.is_Pow and expression.base.has(X) and not expression.exp.is_integer)


def _refined(columns: list[Pieces]) -> list[tuple[Expr, Expr, tuple[Expr, ...]]]:
    """The common refinement of several piecewise functions on the same interval."""
    left, right = columns[0][0].left, columns[0][-1].right
    points = increasing([piece.right for column in columns for piece in column[:-1]])
    ends = [left, *points, right]
    indices = [0] * len(columns)
    rows: list[tuple[Expr, Expr, tuple[Expr, ...]]] = []
    for a, b in pairwise(ends):
        current = [column[i] for column, i in zip(columns, indices, strict=True)]
        rows.append((a, b, tuple(piece.expression for piece in current)))
        indices = [i + (piece.right == b) for piece, i in zip(current, indices, strict=True)]
    return rows


def _apply(expression: Expr, arguments: tuple[Expr, ...], left: Expr, right: Expr) -> Pieces:
    """The function at the top of the expression, applied to analytic arguments on one interval."""
    first = arguments[0]
    if isinstance(expression, sympy.Abs):
        return _by_sign(first, left, right, lambda s: s * first)
    if isinstance(expression, sympy.sign):
        return _by_sign(first, left, right, lambda s: S(s))
    if isinstance(expression, Heaviside):
        return _by_sign(first, left, right, lambda s: (S.Zero, arguments[1], S.One)[s + 1])
    if isinstance(expression, Max | Min):
        return _extremum(arguments, left, right, 1 if isinstance(expression, Max) else -1)
    rebuilt = expression.func(*arguments)
    if _is_root(rebuilt):
        return _by_sign(rebuilt.base, left, right, lambda s: _root(rebuilt, s))
    return (Piece(left=left, right=right, expression=rebuilt),)


def _root(power: Expr, sign: int) -> Expr:
    if sign < 0:
        raise DomainError(
            f"a real activation was asked for, but {shown(power)} is not real where {shown(power.base)} < 0; "
            "use Abs(...) or Max(0, ...) inside the root"
        )
    return power


def _by_sign(expression: Expr, left: Expr, right: Expr, choose: Callable[[int], Expr]) -> Pieces:
    points, values = signs(expression, left, right)
    ends = (left, *points, right)
    intervals = zip(pairwise(ends), values, strict=True)
    return tuple(Piece(left=a, right=b, expression=choose(s)) for (a, b), s in intervals)


def _extremum(arguments: tuple[Expr, ...], left: Expr, right: Expr, direction: int) -> Pieces:
    pieces: Pieces = (Piece(left=left, right=right, expression=arguments[0]),)
    for other in arguments[1:]:
        pieces = tuple(part for piece in pieces for part in _larger(piece, other, direction))
    return merged(pieces)


def _larger(piece: Piece, other: Expr, direction: int) -> Pieces:
    difference = direction * (piece.expression - other)
    return _by_sign(difference, piece.left, piece.right, lambda s: piece.expression if s >= 0 else other)


def _split_piecewise(expression: Expr, left: Expr, right: Expr) -> Pieces:
    open_intervals = [(left, right)]
    found: list[Piece] = []
    for branch, condition in pairs(expression):
        remaining: list[tuple[Expr, Expr]] = []
        for a, b in open_intervals:
            for part in _truth(condition, a, b):
                if part.expression == 1:
                    found.extend(_split(branch, part.left, part.right))
                else:
                    remaining.append((part.left, part.right))
        open_intervals = remaining
    if open_intervals:
        a, b = open_intervals[0]
        raise DomainError(
            "an activation defined on the whole line was asked for, "
            f"but the Piecewise has no value between {a} and {b}; end it with (expression, True)"
        )
    ordered = increasing([piece.left for piece in found])
    return tuple(next(piece for piece in found if piece.left == start) for start in ordered)


def _truth(condition: Expr, left: Expr, right: Expr) -> Pieces:
    """The indicator (1 or 0) of a condition on x, as pieces."""
    if condition in (S.true, S.false):
        return (Piece(left=left, right=right, expression=S.One if condition == S.true else S.Zero),)
    if isinstance(condition, sympy.And | sympy.Or | sympy.Not):
        columns = [_truth(argument, left, right) for argument in condition.args]
        combine = {sympy.And: min, sympy.Or: max, sympy.Not: lambda values: 1 - values[0]}[type(condition)]
        rows = _refined(columns)
        return tuple(Piece(left=a, right=b, expression=S(combine(values))) for a, b, values in rows)
    if isinstance(condition, Relational):
        return _relation(condition, left, right)
    raise DomainError(
        f"a comparison was expected as a Piecewise condition, but {shown(condition)} was found; write e.g. x > 0"
    )


def _relation(condition: Relational, left: Expr, right: Expr) -> Pieces:
    accepted = {">": (1,), ">=": (0, 1), "<": (-1,), "<=": (-1, 0), "==": (0,), "!=": (-1, 1)}[condition.rel_op]
    parts = _split(condition.lhs - condition.rhs, left, right)
    return tuple(
        piece
        for part in parts
        for piece in _by_sign(part.expression, part.left, part.right, lambda s: S(int(s in accepted)))
    )
