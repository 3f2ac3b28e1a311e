"""The table of the catalogue that `symntk list` prints."""

from __future__ import annotations

from typing import Any

import sympy
from rich.console import Console
from rich.table import Table

from symntk.activations.activation import Activation
from symntk.activations.family import Family
from symntk.render.answers import Answer
from symntk.render.latex import latex_table
from symntk.render.numeric import formula
from symntk.render.text import text

_COLUMNS = ("activation", "formula", "parity", "degree", "class")


def catalogue_answer(families: list[Family]) -> Answer:
    """Every family at its default parameters, with the hypotheses that are computed from its formula."""
    members = [(family, family.make()) for family in families]
    records = [_record(family, member) for family, member in members]
    rows = [_row(family, record) for (family, _), record in zip(members, records, strict=True)]
    sources = [
        (name, f"${record['formula']['latex']}$", *rest) for (name, _, *rest), record in zip(rows, records, strict=True)
    ]
    return Answer(record={"activations": records}, text=_table(rows), latex=latex_table(_COLUMNS, sources))


def _record(family: Family, member: Activation) -> dict[str, Any]:
    return {
        "name": family.name,
        "parameters": {name: str(value) for name, value in family.parameters.items()},
        "summary": family.summary,
        "source": family.source,
        "formula": formula(member.expression),
        "breakpoints": [text(point) for point in member.breakpoints],
        "parity": member.parity,
        "homogeneity_degree": _or_none(member.homogeneity_degree),
        "smoothness": _or_none(member.smoothness),
    }


def _or_none(value: object) -> str | None:
    return None if value is None else str(value)


def _row(family: Family, record: dict[str, Any]) -> tuple[str, ...]:
    parameters = ", ".join(f"{name}={value}" for name, value in family.parameters.items())
    name = f"{family.name}({parameters})" if parameters else family.name
    return (name, record["formula"]["text"], record["parity"] or "", record["homogeneity_degree"] or "", _class(record))


def _class(record: dict[str, Any]) -> str:
    """Cᵏ, or "jump" for k = −1."""
    smoothness = record["smoothness"]
    return {None: "", "-1": "jump", str(sympy.oo): "C^∞"}.get(smoothness, f"C^{smoothness}")


def _table(rows: list[tuple[str, ...]]) -> str:
    """Columns for any width: as wide as they need to be where the output is not a terminal."""
    table = Table(box=None, pad_edge=False)
    for column in _COLUMNS:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(cell.replace("[", r"\[") for cell in row))
    console = Console(width=None if Console().is_terminal else 240, no_color=True, highlight=False)
    with console.capture() as capture:
        console.print(table)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())
