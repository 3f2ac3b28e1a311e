"""What a check found, and the one rule that turns the findings of several checks into a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from symntk.errors import DomainError


class Verdict(StrEnum):
    """The six verdicts on a printed claim; UNDECIDED is never counted with the passes."""

    PROVED = "PROVED"
    CERTIFIED = "CERTIFIED"
    SUPPORTED = "SUPPORTED"
    REFUTED = "REFUTED"
    UNDECIDED = "UNDECIDED"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"


POSITIVE = frozenset({Verdict.PROVED, Verdict.CERTIFIED, Verdict.SUPPORTED})
"""The verdicts that say the statement holds."""


class Method(StrEnum):
    """How a route works; two routes are independent when their methods differ."""

    ALGEBRA = "algebra"
    BALL = "ball"
    QUADRATURE = "quadrature"
    HERMITE_SERIES = "Hermite series"
    HIGH_PRECISION = "high precision"
    RECURSION = "recursion"
    ENUMERATION = "enumeration"
    SMALL_NETWORK = "small network"


class Strength(StrEnum):
    """What a finding is worth: exact algebra that decides, balls that exclude the opposite, or agreement at points."""

    PROOF = "proof"
    CERTIFICATE = "certificate"
    EVIDENCE = "evidence"


BALL_METHODS = frozenset({Method.BALL, Method.QUADRATURE})


@dataclass(frozen=True, kw_only=True)
class Witness:
    """An exact point of the stated domain (or a coefficient) at which the printed statement certainly fails.

    `point` pairs names with exact values as text; `gap` is a ball of lhs − rhs there that excludes what was printed.
    """

    point: tuple[tuple[str, str], ...]
    gap: str

    def __str__(self) -> str:
        place = ", ".join(f"{name} = {value}" for name, value in self.point)
        return f"lhs − rhs = {self.gap}" + (f" at {place}" if place else "")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one route found: True, False or None (could not tell), with its strength.

    A certain False needs a witness, and None is never more than evidence; DomainError otherwise.
    """

    route: str
    method: Method
    result: bool | None
    strength: Strength = Strength.EVIDENCE
    detail: str = ""
    witness: Witness | None = None

    def __post_init__(self) -> None:
        if self.result is False and self.strength is not Strength.EVIDENCE and self.witness is None:
            raise DomainError(
                f"the route {self.route!r} refutes with certainty but shows no witness; give the point and the gap"
            )
        if self.result is None and self.strength is not Strength.EVIDENCE:
            raise DomainError(
                f"the route {self.route!r} could not tell, yet calls that a {self.strength}; use EVIDENCE"
            )


def combine(outcomes: Sequence[Outcome], corrected: Verdict | None = None) -> tuple[Verdict, str]:
    """The verdict that the outcomes carry, and the reason in words.

    A positive verdict takes two routes of different methods that agree and none that disagrees:
    PROVED with an algebraic proof and a ball route, CERTIFIED with a certificate, SUPPORTED otherwise.
    REFUTED takes a certified witness and a correction that holds. Everything else is UNDECIDED.

    >>> combine([Outcome(route="identity", method=Method.ALGEBRA, result=True, strength=Strength.PROOF)])
    (<Verdict.UNDECIDED: 'UNDECIDED'>, 'only one method decided: algebra')
    """
    agreeing = [o for o in outcomes if o.result is True]
    refuting = [o for o in outcomes if o.result is False]
    if agreeing and refuting:
        return (
            Verdict.UNDECIDED,
            f"the routes contradict each other: {agreeing[0].route} holds, {refuting[0].route} fails",
        )
    if refuting:
        return _refuted(refuting, corrected)
    return _affirmed(agreeing, outcomes)


def _refuted(refuting: Sequence[Outcome], corrected: Verdict | None) -> tuple[Verdict, str]:
    certain = [o for o in refuting if o.strength is not Strength.EVIDENCE]
    if not certain:
        return Verdict.UNDECIDED, f"{refuting[0].route} disagrees, but no route has a certified witness"
    if corrected is None:
        return Verdict.UNDECIDED, f"a certified witness refutes it ({certain[0].witness}), but no correction is given"
    if corrected not in POSITIVE:
        return (
            Verdict.UNDECIDED,
            f"a certified witness refutes it ({certain[0].witness}), but the correction is {corrected}",
        )
    return Verdict.REFUTED, f"{certain[0].witness}"


def _affirmed(agreeing: Sequence[Outcome], outcomes: Sequence[Outcome]) -> tuple[Verdict, str]:
    methods = {o.method for o in agreeing}
    if not methods:
        details = "; ".join(f"{o.route}: {o.detail}" for o in outcomes if o.detail)
        return Verdict.UNDECIDED, f"no route could tell ({details})" if details else "no route could tell"
    if len(methods) < 2:
        return Verdict.UNDECIDED, f"only one method decided: {min(methods)}"
    if any(o.strength is Strength.PROOF for o in agreeing) and methods & BALL_METHODS:
        return Verdict.PROVED, "exact algebra proves it and balls agree"
    if any(o.strength is Strength.CERTIFICATE for o in agreeing):
        return Verdict.CERTIFIED, "balls exclude the opposite on the whole stated domain"
    return Verdict.SUPPORTED, "independent methods agree: " + ", ".join(sorted(methods))
