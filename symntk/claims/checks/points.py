"""Routes that look at exact sample points: they refute with a certified witness, and otherwise give evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import flint
from mpmath import mp, mpf
from sympy import Symbol

from symntk.claims.checks.check import BasicCheck, Finding, certified, doubted, not_for, refuted, supported, unknown
from symntk.claims.derived import derived, is_gaussian
from symntk.claims.domain import Number, Point, contains, exact, is_finite, sample
from symntk.claims.pointwise import BITS, at_point, is_vacuous, witness_at, written_out
from symntk.claims.statement import Equal, Implies, NumericallyEquals, Relation, Statement
from symntk.claims.verdict import Method
from symntk.errors import DomainError
from symntk.numbers.ball import enclose
from symntk.numbers.multiprecision import evaluate


@dataclass(frozen=True)
class BallIdentityAtRandomPoints(BasicCheck):
    """Encloses lhs − rhs of a relation at the ends of its domain and at seeded rational points.

    False is certain, with the point as witness. True is evidence, and a certificate only for an inequality
    that is decided at every point of a finite (or empty) domain.
    """

    count: int = field(default=7, kw_only=True)
    seed: int = field(default=0, kw_only=True)
    bits: int = field(default=BITS, kw_only=True)

    @property
    def method(self) -> Method:
        """Balls at points."""
        return Method.BALL

    def examine(self, statement: Statement) -> Finding:
        """Look at every sample point."""
        if not isinstance(statement, Relation | Implies):
            return not_for(statement, "relations")
        on = statement.on if isinstance(statement, Relation) else statement.conclusion.on
        points = [p for p in sample(on, self.count, self.seed) if not is_vacuous(statement, p, self.bits)]
        if not points:
            return unknown("the condition held at no sample point")
        decisive = is_finite(on) and all(point in points for point in sample(on, self.count + 1, self.seed))
        for point in points:
            there = at_point(statement, point, self.bits)
            if there.result is False:
                return refuted("balls exclude it at a point", witness_at(point, there.gap))
            if there.result is None:
                return unknown(f"balls cannot tell at {_place(point)}")
            decisive = decisive and there.certain
        text = f"balls agree at {len(points)} points"
        return certified(text + ", which are all") if decisive else supported(text)


@dataclass(frozen=True)
class QuadratureAtPoints(BallIdentityAtRandomPoints):
    """The same for relations with Gaussian expectations, which are then integrated by certified quadrature."""

    @property
    def method(self) -> Method:
        """Certified integration."""
        return Method.QUADRATURE

    def examine(self, statement: Statement) -> Finding:
        """Look at every sample point, if there is anything to integrate."""
        relation = statement.conclusion if isinstance(statement, Implies) else statement
        if not isinstance(relation, Relation) or not is_gaussian(relation.lhs - relation.rhs):
            return not_for(statement, "relations with Gaussian expectations")
        return super().examine(statement)


@dataclass(frozen=True)
class CertifiedWitness(BasicCheck):
    """Refutes a relation at one exact point of its domain where the ball of lhs − rhs excludes what is printed."""

    point: Mapping[Symbol, Number] = field(default_factory=dict)
    bits: int = field(default=BITS, kw_only=True)

    @property
    def method(self) -> Method:
        """A ball at a point."""
        return Method.BALL

    def examine(self, statement: Statement) -> Finding:
        """Look at the point."""
        if not isinstance(statement, Relation | Implies):
            return not_for(statement, "relations")
        on = statement.on if isinstance(statement, Relation) else statement.conclusion.on
        point = {symbol: exact(value) for symbol, value in self.point.items()}
        if not contains(on, point):
            raise DomainError(
                f"a witness in the stated domain was expected, but {_place(point)} is not certainly in it"
            )
        there = at_point(statement, point, self.bits)
        if there.result is False and there.certain and not is_vacuous(statement, point, self.bits):
            return refuted("balls exclude it at the witness", witness_at(point, there.gap))
        return unknown(f"the statement is not refuted at {_place(point)}")


@dataclass(frozen=True)
class HighPrecisionAtPoints(BasicCheck):
    """Evaluates both sides, Gaussian expectations in closed form, by multiprecision arithmetic; evidence only."""

    count: int = field(default=5, kw_only=True)
    seed: int = field(default=1, kw_only=True)
    digits: int = field(default=40, kw_only=True)

    @property
    def method(self) -> Method:
        """Digits without promise."""
        return Method.HIGH_PRECISION

    def examine(self, statement: Statement) -> Finding:
        """Compare the digits at every sample point."""
        if isinstance(statement, NumericallyEquals):
            return self._decimal(statement)
        if not isinstance(statement, Relation | Implies):
            return not_for(statement, "relations and decimals")
        relation = statement if isinstance(statement, Relation) else statement.conclusion
        points = [p for p in sample(relation.on, self.count, self.seed) if not is_vacuous(statement, p)]
        if not points:
            return unknown("the condition held at no sample point")
        failing = [point for point in points if not self._holds(relation, point)]
        if failing:
            return doubted(f"{self.digits} digits contradict it at {_place(failing[0])}")
        return supported(f"{self.digits} digits agree at {len(points)} points")

    def _holds(self, relation: Relation, point: Point) -> bool:
        left, right = (
            evaluate(derived(side), dict(point), digits=self.digits) for side in (relation.lhs, relation.rhs)
        )
        with mp.workdps(self.digits):
            slack = mpf(10) ** (8 - self.digits) * (1 + abs(left) + abs(right))
            gap = left - right
            return {"==": abs(gap) <= slack, "!=": abs(gap) > slack, "<=": gap <= slack, "<": gap < 0}[relation.symbol]

    def _decimal(self, statement: NumericallyEquals) -> Finding:
        value = evaluate(derived(statement.value), digits=self.digits)
        with mp.workdps(self.digits):
            agrees = abs(value - mpf(statement.printed)) <= mpf(str(statement.half_unit))
            shown = mp.nstr(value, 12)
        return (
            supported(f"the value is {shown}") if agrees else doubted(f"the value is {shown}, not {statement.printed}")
        )


@dataclass(frozen=True)
class DecimalRounding(BasicCheck):
    """Encloses the value behind a printed decimal and compares it with the interval that rounds to the decimal."""

    bits: int = field(default=64, kw_only=True)

    @property
    def method(self) -> Method:
        """A ball of a closed expression."""
        return Method.BALL

    def examine(self, statement: Statement) -> Finding:
        """Locate the value."""
        if not isinstance(statement, NumericallyEquals):
            return not_for(statement, "NumericallyEquals")
        value = enclose(written_out(statement.value), bits=self.bits)
        gap = value - flint.arb(statement.printed)
        allowed = flint.arb(str(statement.half_unit))
        shown = value.str(12, radius=False)
        if abs(gap) <= allowed:
            return certified(f"the value is {shown}")
        if abs(gap) > allowed:
            return refuted(f"the value is {shown}, not {statement.printed}", witness_at({}, gap))
        return unknown(f"the value {shown} lies on the edge of what rounds to {statement.printed}")


@dataclass(frozen=True)
class Recomputed(BasicCheck):
    """Compares the right side of Equal with balls computed in another way, at seeded points of the domain.

    `value(point, bits)` returns a ball of the left side at the point. False is certain; True is evidence.
    """

    label: str
    via: Method
    value: Callable[[Point, int], flint.arb]
    count: int = field(default=5, kw_only=True)
    seed: int = field(default=2, kw_only=True)
    bits: int = field(default=BITS, kw_only=True)

    @property
    def name(self) -> str:
        """The label given to the route."""
        return self.label

    @property
    def method(self) -> Method:
        """The method given to the route."""
        return self.via

    def examine(self, statement: Statement) -> Finding:
        """Compare at every sample point."""
        if not isinstance(statement, Equal):
            return not_for(statement, "Equal")
        points = sample(statement.on, self.count, self.seed)
        for point in points:
            other = self.value(point, self.bits)
            gap = other - enclose(written_out(statement.rhs), dict(point), bits=self.bits)
            if not gap.contains(0):
                return refuted("the recomputed value differs", witness_at(point, gap))
            if gap.rad() > flint.arb(2) ** (-self.bits // 2):
                return unknown(f"the recomputed ball is too wide at {_place(point)}")
        return supported(f"recomputed balls agree at {len(points)} points")


def _place(point: Mapping[Any, Any]) -> str:
    return ", ".join(f"{symbol} = {value}" for symbol, value in point.items()) or "its value"
