"""A claim is validated when it is made."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy import Interval, acos, asin, pi

from symntk.claims import DECIMAL, IDENTITY, BallIdentityAtRandomPoints, Claim, Equal, Prose, Verdict
from symntk.errors import DomainError
from symntk.notation import RHO

TRUE = Equal(acos(RHO), pi / 2 - asin(RHO), on={RHO: Interval(-1, 1)})
GOOD = Claim(
    id="jacot2019/appB1/arc",
    where="B.1",
    printed=r"\cos^{-1}\rho = \pi/2 - \sin^{-1}\rho",
    statement=TRUE,
    checks=IDENTITY,
    expected=Verdict.PROVED,
)
FIXED = replace(GOOD, id="jacot2019/appB1/arc/corrected")


def test_the_paper_is_the_first_part_of_the_id() -> None:
    assert GOOD.paper == "jacot2019"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": "no slash"}, "needs an id"),
        ({"id": "jacot2019/"}, "needs an id"),
        ({"id": "nobody1999/eq1"}, "unknown paper"),
        ({"where": " "}, "where it is printed"),
        ({"printed": ""}, "no printed text"),
        ({"checks": IDENTITY[:1]}, "fewer than two checks"),
        ({"checks": (BallIdentityAtRandomPoints(), BallIdentityAtRandomPoints(seed=1))}, "one method only"),
        ({"expected": Verdict.REFUTED}, "is refuted"),
        ({"expected": Verdict.REFUTED, "corrected": FIXED}, "is refuted"),
        ({"expected": Verdict.REFUTED, "corrected": FIXED, "kind": "typo"}, "kind"),
        ({"corrected": FIXED, "kind": "misprint"}, "no correction"),
        ({"expected": Verdict.REFUTED, "corrected": GOOD, "kind": "error"}, "its own id"),
        (
            {"expected": Verdict.REFUTED, "corrected": replace(FIXED, expected=Verdict.UNDECIDED), "kind": "error"},
            "hold",
        ),
        ({"expected": Verdict.OUT_OF_SCOPE}, "prose"),
        ({"statement": Prose("A network trains.", "an experiment")}, "prose"),
    ],
)
def test_a_claim_with_a_missing_or_contradicting_part_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(DomainError, match=message) as refusal:
        replace(GOOD, **changes)
    assert "\n" not in str(refusal.value)


def test_an_unknown_paper_with_a_citation_is_accepted() -> None:
    claim = replace(GOOD, id="nobody1999/eq1", citation="N. Body (1999). On nothing.")
    assert claim.paper == "nobody1999"


def test_prose_needs_no_checks() -> None:
    claim = replace(GOOD, statement=Prose("It trains.", "an experiment"), checks=(), expected=Verdict.OUT_OF_SCOPE)
    assert claim.checks == ()


def test_the_shared_pairs_of_routes_use_two_methods() -> None:
    assert [len({check.method for check in pair}) for pair in (IDENTITY, DECIMAL)] == [2, 2]
