"""A claim: one checkable sentence of one paper, with the routes that check it and the verdict on record."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sympy import Expr

from symntk.claims.checks.check import Check
from symntk.claims.statement import Prose, Statement
from symntk.claims.verdict import POSITIVE, Verdict
from symntk.errors import DomainError
from symntk.literature import keys

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)+")
KINDS = (None, "misprint", "error")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A statement as a paper prints it, its assumptions, two or more independent checks, and the expected verdict.

    `id` is paper key/place/name, `where` the section, equation or line, `printed` the LaTeX text verbatim.
    A refuted claim carries its correction, a claim of its own, and says whether it is a "misprint" or an "error".
    `citation` names a paper that is not in literature.bib.
    Raises DomainError when a part is missing or contradicts another.

    >>> from symntk.claims import IDENTITY, Equal
    >>> from sympy import Interval, acos, asin, pi
    >>> from symntk.notation import RHO
    >>> Claim(
    ...     id="jacot2019/appB1/arc", where="appendix B.1", printed=r"\\cos^{-1}\\rho = \\pi/2 - \\arcsin\\rho",
    ...     statement=Equal(acos(RHO), pi / 2 - asin(RHO), on={RHO: Interval(-1, 1)}),
    ...     checks=IDENTITY, expected=Verdict.PROVED,
    ... ).paper
    'jacot2019'
    """

    id: str
    where: str
    printed: str
    statement: Statement
    checks: tuple[Check, ...] = ()
    expected: Verdict
    assumptions: tuple[str | Expr, ...] = ()
    kind: str | None = None
    corrected: Claim | None = None
    note: str = ""
    citation: str = ""

    def __post_init__(self) -> None:
        for problem in _problems(self):
            raise DomainError(f"the claim {self.id!r} {problem}")

    @property
    def paper(self) -> str:
        """The citation key that the id begins with."""
        return self.id.split("/")[0]


def _problems(claim: Claim) -> list[str]:
    return [
        message
        for wrong, message in (
            (not _ID.fullmatch(claim.id), "needs an id like jacot2019/prop8/sigma"),
            (not claim.where.strip(), "does not say where it is printed; fill in `where`"),
            (not claim.printed.strip(), "has no printed text; copy the LaTeX into `printed`"),
            (
                claim.paper not in keys() and not claim.citation,
                "cites an unknown paper; give `citation`, or add the key to literature.bib",
            ),
            (claim.kind not in KINDS, f"is of kind {claim.kind!r}; use 'misprint' or 'error'"),
            *_check_problems(claim),
            *_correction_problems(claim),
        )
        if wrong
    ]


def _check_problems(claim: Claim) -> list[tuple[bool, str]]:
    prose = isinstance(claim.statement, Prose)
    methods = {check.method for check in claim.checks}
    return [
        (prose != (claim.expected is Verdict.OUT_OF_SCOPE), "must be prose exactly when its verdict is OUT_OF_SCOPE"),
        (not prose and len(claim.checks) < 2, "has fewer than two checks; give two independent routes"),
        (not prose and len(methods) < 2, "has checks of one method only; give routes of two different methods"),
    ]


def _correction_problems(claim: Claim) -> list[tuple[bool, str]]:
    refuted = claim.expected is Verdict.REFUTED
    fixed = claim.corrected
    return [
        (refuted and (fixed is None or claim.kind is None), "is refuted; give `corrected` and `kind`"),
        (
            not refuted and (fixed is not None or claim.kind is not None),
            "is not refuted, so it has no correction and no kind",
        ),
        (fixed is not None and fixed.expected not in POSITIVE, "has a correction that is not expected to hold"),
        (fixed is not None and fixed.paper != claim.paper, "has a correction filed under another paper"),
        (fixed is not None and fixed.id == claim.id, "has a correction with its own id; add /corrected"),
    ]
