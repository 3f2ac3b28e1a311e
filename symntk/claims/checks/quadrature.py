"""A route by certified integration: E f(u)g(v) as balls, with no use of Price's theorem."""

from __future__ import annotations

from dataclasses import dataclass, field

from flint import arb
from sympy import Expr

from symntk.claims.checks.check import BasicCheck, Finding
from symntk.claims.checks.points import Recomputed
from symntk.claims.domain import Number, Point, exact
from symntk.claims.statement import Statement
from symntk.claims.verdict import Method
from symntk.gaussian.quadrature import enclose_pair
from symntk.notation import RHO
from symntk.numbers.ball import enclose


@dataclass(frozen=True)
class IndependentQuadrature(BasicCheck):
    """Compares the right side of Equal with factor · E f(u)g(v), enclosed by certified quadrature at seeded points.

    f, g are expressions in x; rho, q1, q2 and the factor are expressions in the statement's symbols. False is certain.
    """

    first: Expr
    second: Expr | None = None
    rho: Number = field(default=RHO, kw_only=True)
    q1: Number = field(default=1, kw_only=True)
    q2: Number = field(default=1, kw_only=True)
    factor: Number = field(default=1, kw_only=True)
    count: int = field(default=5, kw_only=True)

    @property
    def method(self) -> Method:
        """Certified integration."""
        return Method.QUADRATURE

    def examine(self, statement: Statement) -> Finding:
        """Integrate at every sample point."""
        return Recomputed(self.name, self.method, self._value, count=self.count).examine(statement)

    def _value(self, point: Point, bits: int) -> arb:
        f, g = (e.subs(dict(point)) for e in (self.first, self.first if self.second is None else self.second))
        rho, q1, q2 = (exact(exact(e).subs(dict(point))) for e in (self.rho, self.q1, self.q2))
        factor = enclose(exact(self.factor), dict(point), bits=bits)
        return factor * enclose_pair(f, g, rho, q1, q2, bits=bits)
