"""Claim files are collected with clear refusals, and decided with verdicts that are compared with the recorded ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from sympy import Interval, acos, asin, pi

from symntk.claims import (
    IDENTITY,
    BallIdentityAtRandomPoints,
    CertifiedWitness,
    Claim,
    ClaimError,
    Equal,
    HighPrecisionAtPoints,
    Ledger,
    Method,
    Prose,
    Route,
    Verdict,
    all_agree,
    collect,
    decide_claim,
    decide_ledger,
)
from symntk.errors import DomainError, ParseError
from symntk.notation import RHO

HEAD = """
from sympy import Interval, acos, asin, pi
from symntk.claims import IDENTITY, Claim, Equal, Verdict
from symntk.notation import RHO

def claim(name, rhs):
    return Claim(
        id=f"jacot2019/test/{name}", where="a test", printed="acos = ...", expected=Verdict.PROVED,
        statement=Equal(acos(RHO), rhs, on={RHO: Interval(-1, 1)}), checks=IDENTITY,
    )
"""
TRUE_FILE = HEAD + "CLAIMS = (claim('arc', pi / 2 - asin(RHO)), claim('double', (pi - 2 * asin(RHO)) / 2))\n"
FALSE_FILE = HEAD + "CLAIMS = (claim('arc', pi / 2 - asin(RHO)), claim('false', pi / 2 + asin(RHO)))\n"

RIGHT = Equal(acos(RHO), pi / 2 - asin(RHO), on={RHO: Interval(-1, 1)})
WRONG = Equal(acos(RHO), pi / 2 + asin(RHO), on={RHO: Interval(-1, 1)})


def written(folder: Path, text: str, name: str = "claims.py") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def made(name: str, statement, expected: Verdict, **more) -> Claim:
    more.setdefault("checks", IDENTITY)
    return Claim(
        id=f"jacot2019/test/{name}", where="a test", printed="...", statement=statement, expected=expected, **more
    )


def refuted(corrected: Claim, **more) -> Claim:
    checks = (CertifiedWitness({RHO: 1}), HighPrecisionAtPoints())
    return made("wrong", WRONG, Verdict.REFUTED, checks=checks, kind="misprint", corrected=corrected, **more)


def test_true_claims_agree_with_their_records(tmp_path: Path) -> None:
    decisions = decide_ledger(collect([written(tmp_path, TRUE_FILE)]))
    assert [d.verdict for d in decisions] == [Verdict.PROVED, Verdict.PROVED]
    assert all_agree(decisions)


def test_a_false_claim_disagrees_and_is_named(tmp_path: Path) -> None:
    decisions = decide_ledger(collect([written(tmp_path, FALSE_FILE)]))
    assert [d.claim.id for d in decisions if not d.agrees] == ["jacot2019/test/false"]
    assert not all_agree(decisions)


def test_a_folder_gives_the_claims_of_its_files_in_order(tmp_path: Path) -> None:
    written(tmp_path, TRUE_FILE.replace("/test/", "/b/"), "b.py")
    written(tmp_path, TRUE_FILE.replace("/test/", "/a/"), "a.py")
    written(tmp_path, "raise RuntimeError", "_helper.py")
    expected = [f"jacot2019/{f}/{n}" for f in "ab" for n in ("arc", "double")]
    assert expected == [claim.id for claim in collect([tmp_path]).claims]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CLAIMS = (", "SyntaxError"),
        ("x = 1", "none is defined"),
        ("CLAIMS = []", "it is a list"),
        ("CLAIMS = (1,)", "it is a tuple"),
        ("import no_such_module_at_all", "ModuleNotFoundError"),
        ("CLAIMS = (1 / 0,)", "ZeroDivisionError"),
        (HEAD + "CLAIMS = (claim('a b', pi),)", "needs an id"),
    ],
)
def test_a_broken_file_is_refused_in_one_line_that_names_it(tmp_path: Path, text: str, message: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ParseError, match=message) as refusal:
        collect([path])
    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_missing_path_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ParseError, match="no such file"):
        collect([tmp_path / "nowhere"])
    with pytest.raises(ParseError, match=r"no \.py files"):
        collect([tmp_path])


def test_an_undecodable_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe\x00CLAIMS")
    with pytest.raises(ParseError, match=r"bytes\.py"):
        collect([tmp_path])


def test_an_id_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    written(tmp_path, TRUE_FILE, "one.py")
    written(tmp_path, TRUE_FILE, "two.py")
    with pytest.raises(DomainError, match="occurs twice"):
        collect([tmp_path])


def test_only_selects_by_glob_over_the_id(tmp_path: Path) -> None:
    ledger = collect([written(tmp_path, TRUE_FILE)])
    assert [d.claim.id for d in decide_ledger(ledger, only="*arc")] == ["jacot2019/test/arc"]
    with pytest.raises(DomainError, match="none of the 2"):
        decide_ledger(ledger, only="nothing*")


def test_fewer_than_one_job_is_refused() -> None:
    with pytest.raises(DomainError, match="at least one job"):
        decide_ledger(Ledger(claims=()), jobs=0)


@pytest.mark.slow
def test_worker_processes_reach_the_same_decisions(tmp_path: Path) -> None:
    ledger = collect([written(tmp_path, FALSE_FILE)])
    alone, together = decide_ledger(ledger), decide_ledger(ledger, jobs=2)
    assert [(d.claim.id, d.verdict, d.outcomes) for d in alone] == [
        (d.claim.id, d.verdict, d.outcomes) for d in together
    ]


@pytest.mark.slow
def test_a_worker_that_cannot_collect_is_reported_in_one_line(tmp_path: Path) -> None:
    ledger = collect([written(tmp_path, TRUE_FILE)])
    written(tmp_path, "CLAIMS = (")
    with pytest.raises(ClaimError, match="worker processes") as refusal:
        decide_ledger(ledger, jobs=2)
    assert "\n" not in str(refusal.value)


def test_progress_hears_of_every_decision(tmp_path: Path) -> None:
    heard: list[str] = []
    decide_ledger(collect([written(tmp_path, TRUE_FILE)]), progress=lambda d: heard.append(d.claim.id))
    assert heard == ["jacot2019/test/arc", "jacot2019/test/double"]


def test_a_witness_and_a_proved_correction_refute() -> None:
    decision = decide_claim(refuted(made("wrong/corrected", RIGHT, Verdict.PROVED)))
    assert decision.verdict == Verdict.REFUTED
    assert decision.agrees
    assert "rho = 1" in decision.reason


def test_a_claim_whose_correction_is_false_is_undecided() -> None:
    decision = decide_claim(refuted(made("wrong/corrected", WRONG, Verdict.PROVED)))
    assert decision.verdict == Verdict.UNDECIDED
    assert not all_agree([decision])


def test_a_true_claim_recorded_as_refuted_is_undecided() -> None:
    corrected = made("wrong/corrected", RIGHT, Verdict.PROVED)
    checks = (CertifiedWitness({RHO: 1}), HighPrecisionAtPoints())
    claim = made("right", RIGHT, Verdict.REFUTED, checks=checks, kind="error", corrected=corrected)
    assert decide_claim(claim).verdict == Verdict.UNDECIDED


def test_an_undecided_claim_on_record_never_counts_as_in_order() -> None:
    silent = (BallIdentityAtRandomPoints(), Route("silent", Method.RECURSION, lambda _: _silence()))
    decision = decide_claim(made("open", RIGHT, Verdict.UNDECIDED, checks=silent))
    assert decision.agrees
    assert not all_agree([decision])


def _silence():
    from symntk.claims.checks import unknown

    return unknown("nothing known")


def test_prose_is_out_of_scope_with_its_reason() -> None:
    claim = made("prose", Prose("It trains.", "an experiment"), Verdict.OUT_OF_SCOPE, checks=())
    assert (decide_claim(claim).verdict, decide_claim(claim).reason) == (Verdict.OUT_OF_SCOPE, "an experiment")


def test_a_route_that_breaks_fails_with_the_name_of_the_claim() -> None:
    broken = Route("broken", Method.RECURSION, lambda statement: statement.nothing)
    claim = made("broken", RIGHT, Verdict.SUPPORTED, checks=(BallIdentityAtRandomPoints(), broken))
    with pytest.raises(ClaimError, match="jacot2019/test/broken.*AttributeError"):
        decide_claim(claim)
