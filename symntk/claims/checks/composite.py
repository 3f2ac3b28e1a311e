"""Routes made of others: a finite family of integers, one route for each part, and a route given as a function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product

from sympy import Expr, Symbol

from symntk.claims.checks.check import BasicCheck, Check, Finding, as_sample, every, not_for, unknown
from symntk.claims.domain import Number, contains, exact, is_finite
from symntk.claims.statement import And, Relation, Statement
from symntk.claims.verdict import Method, Outcome, Strength
from symntk.errors import DomainError


@dataclass(frozen=True)
class FiniteFamily(BasicCheck):
    """Runs another route with some symbols replaced by every value of a finite range: every n up to N.

    The strength of the inner route is kept only when the values exhaust the domain of those symbols;
    otherwise the finding is evidence.
    """

    values: Mapping[Symbol, Iterable[Number]]
    by: Check

    @property
    def name(self) -> str:
        """The inner route and the word family."""
        return f"{self.by.name}, member by member"

    @property
    def method(self) -> Method:
        """That of the inner route."""
        return self.by.method

    def examine(self, statement: Statement) -> Finding:
        """Run the inner route on every member."""
        if not isinstance(statement, Relation):
            return not_for(statement, "relations")
        symbols = list(self.values)
        columns = [[exact(v) for v in column] for column in self.values.values()]
        rows = [dict(zip(symbols, row, strict=True)) for row in product(*columns)]
        found = every((_label(row), _finding(self.by.run(_restricted(statement, row)))) for row in rows)
        exhausted = all(_is_listed(statement, s, column) for s, column in zip(symbols, columns, strict=True))
        if found.result is True and not exhausted:
            return replace(found, strength=Strength.EVIDENCE)
        return found


@dataclass(frozen=True)
class Sampled(BasicCheck):
    """Runs another route whose statement is one instance of what the sentence speaks of: agreement is evidence only."""

    by: Check

    @property
    def name(self) -> str:
        """The inner route and the words on a sample."""
        return f"{self.by.name} on a sample"

    @property
    def method(self) -> Method:
        """That of the inner route."""
        return self.by.method

    def run(self, statement: Statement) -> Outcome:
        """Run the inner route on the whole statement and weaken its agreement."""
        return self.report(as_sample(_finding(self.by.run(statement))))


def sampled(*checks: Check) -> tuple[Sampled, ...]:
    """The checks, each as evidence on a sample."""
    return tuple(Sampled(check) for check in checks)


@dataclass(frozen=True)
class Each(BasicCheck):
    """Runs one route for each part of a conjunction, in order; all routes must be of one method."""

    routes: tuple[Check, ...]

    @property
    def name(self) -> str:
        """The routes, one after another."""
        return "; ".join(dict.fromkeys(route.name for route in self.routes))

    @property
    def method(self) -> Method:
        """The method common to the routes."""
        methods = {route.method for route in self.routes}
        if len(methods) != 1:
            raise DomainError(f"routes of one method were expected for the parts, but {sorted(methods)} were given")
        return methods.pop()

    def run(self, statement: Statement) -> Outcome:
        """Give each part to its route."""
        if not isinstance(statement, And) or len(statement.parts) != len(self.routes):
            found = unknown(f"a conjunction of {len(self.routes)} parts was expected")
        else:
            pairs = zip(self.routes, statement.parts, strict=True)
            found = every((f"part {i}", _finding(route.run(part))) for i, (route, part) in enumerate(pairs, 1))
        return self.report(found)


@dataclass(frozen=True)
class Route(BasicCheck):
    """A route given as a function of the statement; it must read the statement it is given, and return a Finding.

    A finding that calls itself a proof is taken as evidence: only the routes of this library prove.
    """

    label: str
    via: Method
    function: Callable[[Statement], Finding]

    @property
    def name(self) -> str:
        """The label given to the route."""
        return self.label

    @property
    def method(self) -> Method:
        """The method given to the route."""
        return self.via

    def examine(self, statement: Statement) -> Finding:
        """Call the function."""
        found = self.function(statement)
        return replace(found, strength=Strength.EVIDENCE) if found.strength is Strength.PROOF else found


def _finding(outcome: Outcome) -> Finding:
    return Finding(result=outcome.result, strength=outcome.strength, detail=outcome.detail, witness=outcome.witness)


def _restricted(statement: Relation, row: Mapping[Symbol, Expr]) -> Relation:
    """The statement at fixed values of some symbols, which must lie in their sets."""
    part = {s: statement.on[s] for s in row if s in statement.on}
    if set(part) != set(row) or not contains(part, dict(row)):
        raise DomainError(f"a member of the stated domain was expected, but {_label(row)} is not certainly in it")
    on = {s: v for s, v in statement.on.items() if s not in row}
    return replace(statement, lhs=statement.lhs.subs(row), rhs=statement.rhs.subs(row), on=on)


def _is_listed(statement: Relation, symbol: Symbol, column: list[Expr]) -> bool:
    values = statement.on[symbol]
    return is_finite({symbol: values}) and set(values) <= set(column)


def _label(row: Mapping[Symbol, Expr]) -> str:
    return ", ".join(f"{s} = {v}" for s, v in row.items())
