"""How decisions are printed: a table for a terminal, plain lines for a pipe, one JSON object."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console
from sympy import Interval, acos, asin, pi

from symntk.claims import (
    IDENTITY,
    CertifiedWitness,
    Claim,
    Equal,
    HighPrecisionAtPoints,
    Prose,
    Verdict,
    decide_claim,
)
from symntk.notation import RHO
from symntk.render.verdicts import as_json, closing_line, plain_lines, print_decisions

RIGHT = Equal(acos(RHO), pi / 2 - asin(RHO), on={RHO: Interval(-1, 1)})
WRONG = Equal(acos(RHO), pi / 2 + asin(RHO), on={RHO: Interval(-1, 1)})


def claim(name: str, statement, expected: Verdict, **more) -> Claim:
    printed = more.pop("printed", r"\cos^{-1}\rho = [\pi/2] - \sin^{-1}\rho")
    more.setdefault("checks", IDENTITY)
    return Claim(
        id=f"jacot2019/B1/{name}", where="B.1", printed=printed, statement=statement, expected=expected, **more
    )


REFUTED = claim(
    "wrong",
    WRONG,
    Verdict.REFUTED,
    printed=r"\cos^{-1}\rho = \pi/2 + \sin^{-1}\rho",
    checks=(CertifiedWitness({RHO: 1}), HighPrecisionAtPoints()),
    kind="misprint",
    corrected=claim("wrong/corrected", RIGHT, Verdict.PROVED),
)
PROSE = claim("prose", Prose("It trains.", "an experiment"), Verdict.OUT_OF_SCOPE, checks=())
GOOD = [decide_claim(c) for c in (claim("right", RIGHT, Verdict.PROVED), REFUTED, PROSE)]
BAD = [decide_claim(claim("false", WRONG, Verdict.PROVED))]


def printed(decisions, *, terminal: bool) -> str:
    stream = io.StringIO()
    print_decisions(decisions, Console(file=stream, force_terminal=terminal, width=140, color_system=None))
    return stream.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
def test_every_claim_is_printed_with_its_place_and_verdict(terminal: bool) -> None:
    text = printed(GOOD, terminal=terminal)
    for decision in GOOD:
        assert decision.claim.id in text
        assert str(decision.verdict) in text
    assert "B.1" in text


@pytest.mark.parametrize("terminal", [True, False])
def test_a_refuted_claim_shows_the_printed_and_the_corrected_formula(terminal: bool) -> None:
    text = printed(GOOD, terminal=terminal)
    assert r"\pi/2 + \sin^{-1}" in text
    assert r"[\pi/2] - \sin^{-1}" in text
    assert "misprint" in text


def test_a_pipe_gets_no_colour_and_no_boxes() -> None:
    text = printed(GOOD, terminal=False)
    assert "\x1b" not in text
    assert not set(text) & set("│┃━─╇")


def test_the_summary_counts_by_paper_and_verdict() -> None:
    (row,) = [line.split() for line in plain_lines(GOOD) if line.startswith("all")]
    assert ["all", "1", "0", "0", "1", "0", "1"] == row


def test_the_closing_line_says_whether_all_is_in_order() -> None:
    assert "every verdict is the recorded one" in closing_line(GOOD)
    assert "jacot2019/B1/false is UNDECIDED, recorded PROVED" in closing_line(BAD)


def test_an_unexpected_verdict_is_explained() -> None:
    assert any("recorded as PROVED" in line and "rho" in line for line in plain_lines(BAD))


def test_the_json_object_has_the_keys_of_the_contract() -> None:
    found = json.loads(json.dumps(as_json(GOOD)))
    keys = {"id", "paper", "where", "verdict", "expected", "kind", "printed", "corrected", "checks", "seconds"}
    assert all(keys <= set(entry) for entry in found["claims"])
    assert ["PROVED", "REFUTED", "OUT_OF_SCOPE"] == [entry["verdict"] for entry in found["claims"]]
    assert "PROVED" == found["claims"][1]["corrected"]["verdict"]
    assert 2 == len(found["claims"][0]["checks"])
    assert {"jacot2019": {"PROVED": 1, "REFUTED": 1, "OUT_OF_SCOPE": 1}} == found["summary"]["papers"]
