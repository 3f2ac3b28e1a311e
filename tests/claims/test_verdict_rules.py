"""The one rule that turns outcomes into a verdict, row by row."""

from __future__ import annotations

import pytest

from symntk.claims import Method, Outcome, Strength, Verdict, Witness, combine
from symntk.errors import DomainError

WITNESS = Witness(point=(("rho", "1/2"),), gap="[0.1 +/- 1e-9]")


def outcome(method: Method, result: bool | None, strength: Strength = Strength.EVIDENCE) -> Outcome:
    certain = result is False and strength is not Strength.EVIDENCE
    return Outcome(
        route=str(method), method=method, result=result, strength=strength, witness=WITNESS if certain else None
    )


PROOF = outcome(Method.ALGEBRA, True, Strength.PROOF)
BALLS = outcome(Method.BALL, True)
DIGITS = outcome(Method.HIGH_PRECISION, True)
COVER = outcome(Method.BALL, True, Strength.CERTIFICATE)
SILENT = outcome(Method.QUADRATURE, None)
COUNTER = outcome(Method.BALL, False, Strength.CERTIFICATE)
DOUBT = outcome(Method.HIGH_PRECISION, False)


@pytest.mark.parametrize(
    ("outcomes", "corrected", "expected"),
    [
        ([PROOF, BALLS], None, Verdict.PROVED),
        ([PROOF, COVER], None, Verdict.PROVED),
        ([PROOF, DIGITS], None, Verdict.SUPPORTED),
        ([PROOF], None, Verdict.UNDECIDED),
        ([PROOF, SILENT], None, Verdict.UNDECIDED),
        ([COVER, DIGITS], None, Verdict.CERTIFIED),
        ([COVER], None, Verdict.UNDECIDED),
        ([COVER, BALLS], None, Verdict.UNDECIDED),
        ([BALLS, DIGITS], None, Verdict.SUPPORTED),
        ([BALLS, DIGITS, SILENT], None, Verdict.SUPPORTED),
        ([BALLS, BALLS], None, Verdict.UNDECIDED),
        ([DIGITS], None, Verdict.UNDECIDED),
        ([SILENT, SILENT], None, Verdict.UNDECIDED),
        ([], None, Verdict.UNDECIDED),
        ([COUNTER, DOUBT], Verdict.PROVED, Verdict.REFUTED),
        ([COUNTER, SILENT], Verdict.CERTIFIED, Verdict.REFUTED),
        ([COUNTER, DOUBT], Verdict.SUPPORTED, Verdict.REFUTED),
        ([COUNTER, DOUBT], None, Verdict.UNDECIDED),
        ([COUNTER, DOUBT], Verdict.UNDECIDED, Verdict.UNDECIDED),
        ([COUNTER, DOUBT], Verdict.REFUTED, Verdict.UNDECIDED),
        ([DOUBT, SILENT], Verdict.PROVED, Verdict.UNDECIDED),
        ([COUNTER, DIGITS], Verdict.PROVED, Verdict.UNDECIDED),
        ([PROOF, BALLS, DOUBT], None, Verdict.UNDECIDED),
    ],
)
def test_outcomes_carry_exactly_the_verdict_of_the_rules(
    outcomes: list[Outcome], corrected: Verdict | None, expected: Verdict
) -> None:
    verdict, reason = combine(outcomes, corrected)
    assert expected == verdict
    assert reason


def test_a_conflict_names_both_routes() -> None:
    _, reason = combine([PROOF, BALLS, DOUBT])
    assert "algebra" in reason
    assert "high precision" in reason


def test_a_certain_refutation_without_a_witness_is_refused() -> None:
    with pytest.raises(DomainError, match="witness"):
        Outcome(route="r", method=Method.BALL, result=False, strength=Strength.CERTIFICATE)


def test_not_knowing_cannot_be_a_proof() -> None:
    with pytest.raises(DomainError, match="could not tell"):
        Outcome(route="r", method=Method.BALL, result=None, strength=Strength.PROOF)
