"""Routes of exact algebra: identities that a deciding normal form reduces to zero."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sympy import Expr

from symntk.claims.checks.check import BasicCheck, Finding, not_for, proved, refuted, supported, unknown
from symntk.claims.derived import derived
from symntk.claims.domain import sample
from symntk.claims.pointwise import BITS, at_point, witness_at
from symntk.claims.statement import Equal, Statement
from symntk.claims.verdict import Method
from symntk.numbers.identity import prove_zero


@dataclass(frozen=True)
class AlgebraicIdentity(BasicCheck):
    """Proves Equal: Gaussian expectations are derived by Price's theorem, then lhs − rhs is reduced to zero.

    Guarantee: True is a proof; a failure to reduce is None, never False.
    """

    @property
    def method(self) -> Method:
        """Exact algebra."""
        return Method.ALGEBRA

    def examine(self, statement: Statement) -> Finding:
        """Reduce lhs − rhs."""
        if not isinstance(statement, Equal):
            return not_for(statement, "Equal")
        if prove_zero(derived(statement.lhs - statement.rhs)):
            return proved("lhs − rhs reduces to 0")
        return unknown("lhs − rhs does not reduce to 0")


@dataclass(frozen=True)
class DerivedQuantity(BasicCheck):
    """Compares the printed right side with what symntk derives from the definition.

    `derive` returns the derived expression in the statement's own symbols. True is a proof when the difference
    reduces to zero, agreement of balls at `count` points otherwise; False shows the point where the two differ.
    """

    derive: Callable[[], Expr]
    label: str = "derived from the definition"
    count: int = field(default=5, kw_only=True)

    @property
    def name(self) -> str:
        """The label given to the route."""
        return self.label

    @property
    def method(self) -> Method:
        """Exact algebra."""
        return Method.ALGEBRA

    def examine(self, statement: Statement) -> Finding:
        """Compare the derived expression with the right side."""
        if not isinstance(statement, Equal):
            return not_for(statement, "Equal")
        found = Equal(self.derive(), statement.rhs, on=statement.on)
        if prove_zero(derived(found.lhs - found.rhs)):
            return proved("the derived expression equals the printed one")
        for point in sample(found.on, self.count):
            there = at_point(found, point, BITS)
            if there.result is False:
                return refuted("the derived expression differs from the printed one", witness_at(point, there.gap))
        return supported(f"the derived expression agrees at {self.count} points but does not reduce to the printed one")
