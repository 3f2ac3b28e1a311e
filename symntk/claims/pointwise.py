"""What balls say about a relation at one exact point."""

from __future__ import annotations

from dataclasses import dataclass

import flint
import sympy
from sympy import Expr

from symntk.claims.domain import Point
from symntk.claims.statement import Implies, Relation
from symntk.claims.verdict import Witness
from symntk.numbers.ball import enclose
from symntk.numbers.identity import prove_zero

BITS = 48
"""Default accuracy at a point: lhs − rhs is enclosed to a radius of 2^(−2·BITS) before it counts as zero."""


@dataclass(frozen=True, kw_only=True)
class PointResult:
    """Whether a relation holds at a point: `certain` when balls or exact algebra exclude the opposite."""

    result: bool | None
    certain: bool
    gap: flint.arb


def at_point(statement: Relation | Implies, point: Point, bits: int = BITS) -> PointResult:
    """Decide the relation (or the implication) at an exact point by a ball of lhs − rhs.

    A ball around zero of radius below 2^(−2·bits) counts as agreement with =, which is not certain.
    Raises DomainError and UndecidedError of `enclose`.

    >>> from sympy import Symbol, sqrt, Integer
    >>> from symntk.claims.statement import LessThan
    >>> at_point(LessThan(sqrt(Integer(2)), Integer(2)), {}).result
    True
    """
    if isinstance(statement, Implies):
        return _implication(statement, point, bits)
    gap = gap_at(statement, point, bits)
    if gap.contains(0):
        return _near_zero(statement, point, gap)
    holds = {"==": False, "!=": True, "<=": gap < 0, "<": gap < 0}[statement.symbol]
    return PointResult(result=bool(holds), certain=True, gap=gap)


def gap_at(relation: Relation, point: Point, bits: int = BITS) -> flint.arb:
    """A ball of lhs − rhs at the point."""
    return enclose(written_out(relation.lhs - relation.rhs), dict(point), bits=bits)


def written_out(expression: Expr) -> Expr:
    """The expression with its derivatives and substitutions carried out, sums and expectations left as they stand."""
    if expression.has(sympy.Derivative, sympy.Subs, sympy.Limit):
        return expression.doit()
    return expression


def witness_at(point: Point, gap: flint.arb) -> Witness:
    """The point and the gap as text."""
    named = tuple((str(symbol), str(value)) for symbol, value in sorted(point.items(), key=lambda pair: str(pair[0])))
    return Witness(point=named, gap=gap.str(12))


def _near_zero(relation: Relation, point: Point, gap: flint.arb) -> PointResult:
    if relation.symbol == "==":
        return PointResult(result=True, certain=gap.is_exact(), gap=gap)
    is_zero = gap.is_exact() or prove_zero((relation.lhs - relation.rhs).subs(dict(point)))
    if relation.symbol == "<=":
        return PointResult(result=True, certain=is_zero, gap=gap)
    return PointResult(result=False if is_zero else None, certain=is_zero, gap=flint.arb(0) if is_zero else gap)


def _implication(statement: Implies, point: Point, bits: int) -> PointResult:
    used = statement.condition.lhs.free_symbols | statement.condition.rhs.free_symbols
    condition = at_point(statement.condition, {s: v for s, v in point.items() if s in used}, bits)
    if condition.result is False and condition.certain:
        return PointResult(result=True, certain=True, gap=flint.arb(0))
    conclusion = at_point(statement.conclusion, point, bits)
    if condition.result is True and condition.certain:
        return conclusion
    if conclusion.result is True:
        return conclusion
    return PointResult(result=None, certain=False, gap=conclusion.gap)


def is_vacuous(statement: Relation | Implies, point: Point, bits: int = BITS) -> bool:
    """Whether an implication says nothing at the point, because its condition certainly fails there."""
    if not isinstance(statement, Implies):
        return False
    condition = at_point(statement.condition, point, bits)
    return condition.result is False and condition.certain
