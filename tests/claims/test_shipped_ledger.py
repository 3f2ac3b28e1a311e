"""The ledger that ships: large enough, every claim with two methods, every verdict the recorded one."""

from __future__ import annotations

import pytest

from symntk.claims import Ledger, Verdict, all_agree, decide_ledger, shipped_ledger


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return shipped_ledger()


def test_the_ledger_has_sixty_claims_that_are_checked_by_two_methods_each(ledger: Ledger) -> None:
    checked = [claim for claim in ledger.claims if claim.expected is not Verdict.OUT_OF_SCOPE]
    assert len(checked) >= 60
    assert all(len({check.method for check in claim.checks}) >= 2 for claim in checked)


def test_no_claim_is_recorded_as_undecided(ledger: Ledger) -> None:
    assert [] == [claim.id for claim in ledger.claims if claim.expected is Verdict.UNDECIDED]


def test_the_relu_claims_of_hayou2021_are_decided_as_recorded(ledger: Ledger) -> None:
    decisions = decide_ledger(ledger, only="hayou2021/fact1[24]/*")
    assert len(decisions) >= 3
    assert all_agree(decisions)


@pytest.mark.slow
def test_every_verdict_is_the_recorded_one(ledger: Ledger) -> None:
    decisions = decide_ledger(ledger, jobs=2)
    assert [] == [f"{d.claim.id} is {d.verdict}: {d.reason}" for d in decisions if not d.agrees]
