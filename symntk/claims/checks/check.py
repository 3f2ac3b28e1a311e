"""What a check is: a named route that looks at a statement and reports what it found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from symntk.claims.statement import And, ForAll, Prose, Statement
from symntk.claims.verdict import Method, Outcome, Strength, Witness
from symntk.errors import SymntkError


class Check(Protocol):
    """One route: it has a name and a method, and `run` reads the whole statement it is given."""

    @property
    def name(self) -> str:
        """What the route is called in reports."""
        ...

    @property
    def method(self) -> Method:
        """How the route works."""
        ...

    def run(self, statement: Statement) -> Outcome:
        """Look at the statement and report."""
        ...


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found about one statement: an outcome without the name of its route."""

    result: bool | None
    strength: Strength = Strength.EVIDENCE
    detail: str = ""
    witness: Witness | None = None


def proved(detail: str) -> Finding:
    """The statement holds, by an algorithm that decides."""
    return Finding(result=True, strength=Strength.PROOF, detail=detail)


def certified(detail: str) -> Finding:
    """The statement holds on the whole stated domain, by balls."""
    return Finding(result=True, strength=Strength.CERTIFICATE, detail=detail)


def supported(detail: str) -> Finding:
    """The statement was seen to hold, which is evidence only."""
    return Finding(result=True, detail=detail)


def doubted(detail: str) -> Finding:
    """The statement was seen to fail, without a certificate."""
    return Finding(result=False, detail=detail)


def refuted(detail: str, witness: Witness) -> Finding:
    """The statement certainly fails at the witness."""
    return Finding(result=False, strength=Strength.CERTIFICATE, detail=detail, witness=witness)


def unknown(detail: str) -> Finding:
    """The route could not tell."""
    return Finding(result=None, detail=detail)


@dataclass(frozen=True)
class BasicCheck:
    """Base of the checks: `examine` answers for one plain statement, `run` spreads over And and ForAll.

    An error that symntk raises on purpose becomes a None with its message; any other error goes through.
    """

    @property
    def name(self) -> str:
        """What the route is called in reports: its class, spelled as words."""
        words = "".join(" " + c.lower() if c.isupper() else c for c in type(self).__name__)
        return words.strip()

    @property
    def method(self) -> Method:
        """How the route works."""
        raise NotImplementedError

    def examine(self, statement: Statement) -> Finding:
        """Answer for one statement that is neither a conjunction nor a family."""
        raise NotImplementedError

    def run(self, statement: Statement) -> Outcome:
        """Look at the statement, member by member where it has several, and report."""
        return self.report(self._spread(statement))

    def report(self, found: Finding) -> Outcome:
        """The finding under the name of this route."""
        return Outcome(
            route=self.name,
            method=self.method,
            result=found.result,
            strength=found.strength,
            detail=found.detail,
            witness=found.witness,
        )

    def _spread(self, statement: Statement) -> Finding:
        if isinstance(statement, And):
            return every(((f"part {i}", self._spread(part)) for i, part in enumerate(statement.parts, 1)))
        if isinstance(statement, ForAll):
            found = every((_called(member), self._spread(statement.body(member))) for member in statement.family)
            return found if statement.exhaustive else as_sample(found)
        if isinstance(statement, Prose):
            return unknown("prose cannot be run")
        try:
            return self.examine(statement)
        except SymntkError as refusal:
            return unknown(str(refusal))


def _called(member: object) -> str:
    """The name of a family member where it has one."""
    return str(getattr(member, "name", member))


def every(findings: Iterable[tuple[str, Finding]]) -> Finding:
    """The finding on "all of these": the first failure, else the first doubt, else the weakest of the agreements."""
    seen: list[tuple[str, Finding]] = []
    for label, found in findings:
        if found.result is False:
            return Finding(
                result=False, strength=found.strength, detail=f"{label}: {found.detail}", witness=found.witness
            )
        seen.append((label, found))
    for label, found in seen:
        if found.result is None:
            return unknown(f"{label}: {found.detail}")
    order = [Strength.EVIDENCE, Strength.CERTIFICATE, Strength.PROOF]
    weakest = min((found.strength for _, found in seen), key=order.index)
    return Finding(result=True, strength=weakest, detail=f"{len(seen)} members; {seen[-1][1].detail}")


def as_sample(found: Finding) -> Finding:
    """Agreement on a sample of what a sentence speaks of: evidence, whatever the route could prove of the members."""
    return supported(f"{found.detail}; a sample") if found.result is True else found


def not_for(statement: Statement, wanted: str) -> Finding:
    """The finding of a route that was given a kind of statement it does not read."""
    return unknown(f"this route reads {wanted}, not {type(statement).__name__}")
