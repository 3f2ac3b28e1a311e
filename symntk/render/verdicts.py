"""Prints decisions on claims: the table and summary for a terminal, plain lines for a pipe, and the JSON object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from symntk.claims.decide import Decision
from symntk.claims.verdict import Outcome, Verdict

STYLES = {
    Verdict.PROVED: "bold green",
    Verdict.CERTIFIED: "green",
    Verdict.SUPPORTED: "cyan",
    Verdict.REFUTED: "magenta",
    Verdict.UNDECIDED: "bold yellow",
    Verdict.OUT_OF_SCOPE: "dim",
}


def print_decisions(decisions: Sequence[Decision], console: Console) -> None:
    """Print every claim with its place and verdict, printed and corrected formula where refuted, and the summary.

    A terminal gets tables; anything else gets plain lines of fixed columns without colour.
    """
    if console.is_terminal:
        console.print(_table(decisions, console.width))
        console.print(_summary_table(decisions))
    else:
        for line in plain_lines(decisions):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(closing_line(decisions), markup=False, highlight=False, soft_wrap=True)


def plain_lines(decisions: Sequence[Decision]) -> list[str]:
    """The claims and the summary as plain lines."""
    width = max((len(d.claim.id) for d in decisions), default=0)
    lines: list[str] = []
    for d in decisions:
        lines.append(f"{d.verdict:<12}  {d.claim.id:<{width}}  {d.claim.where}".rstrip())
        lines.extend("    " + line for line in _remarks(d))
    lines.append("")
    lines.extend(_summary_lines(decisions))
    return lines


def closing_line(decisions: Sequence[Decision]) -> str:
    """One sentence: how many claims were decided, and which verdicts are not the recorded ones or are undecided."""
    wrong = [d for d in decisions if not d.agrees]
    undecided = [d for d in decisions if d.verdict is Verdict.UNDECIDED and d.agrees]
    noun = "claim" if len(decisions) == 1 else "claims"
    text = f"{len(decisions)} {noun} decided in {sum(d.seconds for d in decisions):.1f} s of checking"
    if not wrong and not undecided:
        return f"{text}; every verdict is the recorded one."
    named = [f"{d.claim.id} is {d.verdict}, recorded {d.claim.expected}" for d in wrong]
    named += [f"{d.claim.id} is UNDECIDED" for d in undecided]
    return f"{text}; NOT in order: " + "; ".join(named) + "."


def as_json(decisions: Sequence[Decision]) -> dict[str, Any]:
    """The JSON object of `symntk verify --json`: claims[] and summary."""
    counts = Counter(str(d.verdict) for d in decisions)
    return {
        "claims": [_claim_json(d) for d in decisions],
        "summary": {
            "claims": len(decisions),
            "agree": sum(d.agrees for d in decisions),
            "verdicts": {str(v): counts[str(v)] for v in Verdict},
            "papers": {paper: dict(row) for paper, row in _by_paper(decisions).items()},
        },
    }


def _claim_json(decision: Decision) -> dict[str, Any]:
    claim, fixed = decision.claim, decision.corrected
    return {
        "id": claim.id,
        "paper": claim.paper,
        "where": claim.where,
        "verdict": str(decision.verdict),
        "expected": str(claim.expected),
        "agrees": decision.agrees,
        "kind": claim.kind,
        "printed": claim.printed,
        "corrected": None if fixed is None else _claim_json(fixed),
        "reason": decision.reason,
        "assumptions": [str(a) for a in claim.assumptions],
        "note": claim.note,
        "checks": [_outcome_json(o) for o in decision.outcomes],
        "seconds": round(decision.seconds, 3),
    }


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "route": outcome.route,
        "method": str(outcome.method),
        "result": outcome.result,
        "strength": str(outcome.strength),
        "detail": outcome.detail,
        "witness": None if outcome.witness is None else str(outcome.witness),
    }


def _remarks(decision: Decision) -> list[str]:
    """What a reader needs beyond the verdict: the formulas of a refuted claim, the reason of a surprising verdict."""
    claim, fixed = decision.claim, decision.corrected
    remarks: list[str] = []
    if decision.verdict is Verdict.REFUTED and fixed is not None:
        remarks += [
            f"printed:   {claim.printed}",
            f"witness:   {decision.reason}",
            f"corrected: {fixed.claim.printed}  [{fixed.verdict}, {claim.kind}]",
        ]
    if decision.verdict is not claim.expected:
        remarks.append(f"recorded as {claim.expected}, but computed: {decision.reason}")
    elif decision.verdict in (Verdict.UNDECIDED, Verdict.OUT_OF_SCOPE):
        remarks.append(decision.reason)
    return remarks


def _table(decisions: Sequence[Decision], width: int) -> Table:
    longest = max((len(d.claim.id) for d in decisions), default=0)
    table = Table(title="Claims", show_lines=False, expand=True)
    table.add_column("claim", overflow="fold", width=min(longest, width // 3))
    table.add_column("where", overflow="fold", ratio=3)
    table.add_column("verdict", no_wrap=True)
    table.add_column("printed and corrected, where they differ", overflow="fold", ratio=5)
    for d in decisions:
        mark = "" if d.agrees else " ≠"
        remarks = escape("\n".join(_remarks(d)))
        style = STYLES[d.verdict] if d.agrees else "bold red"
        table.add_row(escape(d.claim.id), escape(d.claim.where), f"[{style}]{d.verdict}{mark}[/]", remarks)
    return table


def _by_paper(decisions: Sequence[Decision]) -> dict[str, Counter[str]]:
    rows: dict[str, Counter[str]] = {}
    for d in decisions:
        rows.setdefault(d.claim.paper, Counter())[str(d.verdict)] += 1
    return rows


def _summary_table(decisions: Sequence[Decision]) -> Table:
    table = Table(title="Summary")
    table.add_column("paper")
    for verdict in Verdict:
        table.add_column(str(verdict), justify="right", style=STYLES[verdict])
    for paper, row in _with_total(decisions).items():
        table.add_row(escape(paper), *(str(row[str(v)] or "·") for v in Verdict))
    return table


def _summary_lines(decisions: Sequence[Decision]) -> list[str]:
    rows = _with_total(decisions)
    width = max(map(len, rows))
    head = f"{'paper':<{width}}" + "".join(f"  {v!s:>12}" for v in Verdict)
    return [head, *(f"{p:<{width}}" + "".join(f"  {row[str(v)]:>12}" for v in Verdict) for p, row in rows.items())]


def _with_total(decisions: Sequence[Decision]) -> dict[str, Counter[str]]:
    rows = _by_paper(decisions)
    return {**rows, "all": Counter(str(d.verdict) for d in decisions)}
