"""Routes that cover a whole domain: inequalities and monotony by balls over a subdivision, roots by a sign change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from sympy import Expr, Interval, S, Set, Symbol, diff

from symntk.claims.checks.check import BasicCheck, Finding, certified, every, not_for, unknown
from symntk.claims.derived import derived
from symntk.claims.domain import is_finite, sample
from symntk.claims.pointwise import BITS, at_point
from symntk.claims.positivity import Segment, positive_on_box, positive_on_segment
from symntk.claims.statement import AtMost, Equal, Exists, LessThan, Monotone, NotEqual, Relation, Statement
from symntk.claims.verdict import Method
from symntk.errors import DomainError
from symntk.numbers.identity import prove_zero


@dataclass(frozen=True)
class BallOnDomain(BasicCheck):
    """Certifies AtMost, LessThan, NotEqual or Monotone on bounded intervals and finite sets.

    Equality at an end of the interval is settled by derivatives there. True is a certificate; it never refutes.
    """

    @property
    def method(self) -> Method:
        """Balls over the whole domain."""
        return Method.BALL

    def examine(self, statement: Statement) -> Finding:
        """Cover the domain."""
        if isinstance(statement, Monotone):
            slope = diff(statement.expression, statement.variable)
            rising = slope if statement.increasing else -slope
            return self._cover([rising], statement.on, ends_free=True, strict=True)
        if isinstance(statement, AtMost | LessThan):
            gap = derived(statement.rhs - statement.lhs)
            strict = isinstance(statement, LessThan)
            return self._cover([gap], statement.on, ends_free=not strict, strict=strict)
        if isinstance(statement, NotEqual):
            gap = derived(statement.rhs - statement.lhs)
            return self._cover([gap, -gap], statement.on, ends_free=False, strict=True)
        return not_for(statement, "inequalities and monotony")

    def _cover(self, gaps: list[Expr], on: Mapping[Symbol, Set], *, ends_free: bool, strict: bool) -> Finding:
        return every(
            (label, _cover_one([g.subs(row) for g in gaps], _segments(on, row, ends_free), strict))
            for label, row in _rows(on)
        )


@dataclass(frozen=True)
class SignChange(BasicCheck):
    """Certifies Exists: by a certified change of sign of lhs − rhs for =, by a sample point otherwise.

    The expressions must be continuous on the interval. It never refutes.
    """

    count: int = field(default=12, kw_only=True)

    @property
    def method(self) -> Method:
        """Balls at points and continuity."""
        return Method.BALL

    def examine(self, statement: Statement) -> Finding:
        """Look for a point, or for two points of opposite sign."""
        if not isinstance(statement, Exists):
            return not_for(statement, "Exists")
        relation = statement.relation
        points = sample(relation.on, self.count)
        if not isinstance(relation, Equal):
            found = next((p for p in points if _certainly(relation, p)), None)
            return unknown("no sample point works") if found is None else certified(f"it holds at {_shown(found)}")
        signs = [(point, at_point(relation, point, BITS).gap) for point in points]
        above = next((point for point, gap in signs if gap > 0), None)
        below = next((point for point, gap in signs if gap < 0), None)
        if above is None or below is None:
            return unknown("no change of sign among the sample points")
        return certified(f"lhs − rhs changes sign between {_shown(below)} and {_shown(above)}")


def _certainly(relation: Relation, point: Mapping[Symbol, Expr]) -> bool:
    there = at_point(relation, point, BITS)
    return there.result is True and there.certain


def _rows(on: Mapping[Symbol, Set]) -> Iterator[tuple[str, dict[Symbol, Expr]]]:
    """Every choice of the symbols that range over finite sets; the rest must be bounded intervals."""
    listed = {s: list(values) for s, values in on.items() if is_finite({s: values})}
    for symbol, values in on.items():
        if symbol not in listed and not (isinstance(values, Interval) and values.measure.is_finite):
            raise DomainError(f"a bounded interval or a finite set was expected, but {symbol} ranges over {values}")
    for row in product(*listed.values()):
        chosen = dict(zip(listed, row, strict=True))
        yield _shown(chosen) or "all", chosen


def _cover_one(gaps: list[Expr], segments: list[Segment], strict: bool) -> Finding:
    """Whether one of the gaps is certainly positive (or not negative, unless strict) on the product of the segments."""
    for gap in gaps:
        if not strict and prove_zero(gap):
            return certified("both sides are equal")
        if not segments and _certainly((LessThan if strict else AtMost)(-gap, S.Zero), {}):
            return certified("decided by a ball")
        if len(segments) == 1 and positive_on_segment(gap, segments[0]):
            return certified("balls cover the whole interval")
        if len(segments) > 1 and positive_on_box(gap, segments):
            return certified("balls cover the whole box")
    return unknown("balls over a subdivision do not settle it")


def _segments(on: Mapping[Symbol, Set], row: Mapping[Symbol, Expr], ends_free: bool) -> list[Segment]:
    return [_segment(symbol, values, ends_free) for symbol, values in on.items() if symbol not in row]


def _segment(symbol: Symbol, values: Any, ends_free: bool) -> Segment:
    ends = ((values.start, values.left_open), (values.end, values.right_open))
    free = frozenset(end for end, is_open in ends if ends_free or is_open)
    return Segment(symbol=symbol, left=values.start, right=values.end, free_ends=free)


def _shown(point: Mapping[Symbol, Expr]) -> str:
    return ", ".join(f"{s} = {v}" for s, v in point.items())
