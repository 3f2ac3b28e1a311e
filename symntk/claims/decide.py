"""Decides one claim: runs its checks, decides its correction, and compares the verdict with the one on record."""

from __future__ import annotations

import time
from dataclasses import dataclass
from types import TracebackType

from symntk.claims.checks.check import Check
from symntk.claims.claim import Claim
from symntk.claims.statement import Prose
from symntk.claims.verdict import Outcome, Verdict, combine
from symntk.errors import SymntkError


class ClaimError(SymntkError):
    """A claim's own code (a route, a family, a derived quantity) broke; the message names the claim."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The computed verdict on a claim, with its reason, the outcomes behind it and the decision on its correction."""

    claim: Claim
    verdict: Verdict
    reason: str
    outcomes: tuple[Outcome, ...]
    corrected: Decision | None
    seconds: float

    @property
    def agrees(self) -> bool:
        """Whether the computed verdict is the one on record, here and in the correction."""
        own = self.verdict is self.claim.expected
        return own and (self.corrected is None or self.corrected.agrees)


def decide_claim(claim: Claim) -> Decision:
    """Run the checks of a claim and combine what they find.

    Raises ClaimError, naming the claim, when a check breaks for another reason than a symntk refusal.

    >>> from symntk.claims import IDENTITY, Equal
    >>> from sympy import Interval, acos, asin, pi
    >>> from symntk.notation import RHO
    >>> arc = Equal(acos(RHO), pi / 2 - asin(RHO), on={RHO: Interval(-1, 1)})
    >>> claim = Claim(
    ...     id="jacot2019/B1/arc", where="B.1", printed="...", statement=arc, checks=IDENTITY, expected=Verdict.PROVED
    ... )
    >>> decide_claim(claim).verdict
    <Verdict.PROVED: 'PROVED'>
    """
    begin = time.perf_counter()
    outcomes = tuple(_run(check, claim) for check in claim.checks)
    corrected = None if claim.corrected is None else decide_claim(claim.corrected)
    if isinstance(claim.statement, Prose):
        verdict, reason = Verdict.OUT_OF_SCOPE, claim.statement.reason
    else:
        verdict, reason = combine(outcomes, None if corrected is None else corrected.verdict)
    return Decision(
        claim=claim,
        verdict=verdict,
        reason=reason,
        outcomes=outcomes,
        corrected=corrected,
        seconds=time.perf_counter() - begin,
    )


def _run(check: Check, claim: Claim) -> Outcome:
    with Blamed(f"the claim {claim.id!r} could not be checked: its route {check.name!r}"):
        return check.run(claim.statement)


class Blamed:
    """A block whose unexpected exceptions come out as one ClaimError that says whose code broke."""

    def __init__(self, subject: str) -> None:
        self._subject = subject

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and not isinstance(error, SymntkError):
            message = " ".join(str(error).split())
            raise ClaimError(
                f"{self._subject} broke with {type(error).__name__}: {message}; mend the claim file"
            ) from error
