"""What the commands `phase` and `eoc` answer."""

from __future__ import annotations

from typing import Any

from flint import arb
from sympy import Expr, Symbol, oo

from symntk.derivation import Equation
from symntk.meanfield.edge_of_chaos import EdgeOfChaos, EdgePoint
from symntk.meanfield.phase import Phase
from symntk.render.answers import Answer
from symntk.render.latex import latex
from symntk.render.numeric import formula, number
from symntk.render.text import text

_EXISTS = {True: "yes", False: "no", None: "not decided"}
_STABLE = {True: "stable", False: "unstable", None: "neutral, or not told from it"}
_NAMES = {"ordered": "ordered phase", "edge_of_chaos": "edge of chaos", "chaotic": "chaotic phase"}

VANISHING = "the pre-activations vanish with depth (q* = 0): no limit of their correlation is stated"

Row = tuple[str, str]
"""A name and its value as text."""


def edge_answer(found: EdgeOfChaos, *, digits: int) -> Answer:
    """Whether an edge of chaos exists at σ_b, every solution found, and what is certain about others."""
    points = [_point_record(point, digits) for point in found.points]
    first = points[0] if points else {"sigma_w": None, "q": None}
    record = {
        "activation": found.activation.name,
        "sigma_b": str(found.sigma_b),
        "exists": found.exists,
        "sigma_w": first["sigma_w"],
        "q": first["q"],
        "solutions": points,
        "complete": found.complete,
        "every_variance": found.every_variance,
        "text": found.reason,
    }
    title = f"edge of chaos of {found.activation.name} at σ_b = {text(found.sigma_b)}: {_EXISTS[found.exists]}"
    lines = [title, *(_point_line(point, row) for point, row in zip(found.points, points, strict=True)), found.reason]
    shown = [
        f"{_latex_value('sigma_w', p.sigma_w_exact, row['sigma_w'])}, {_latex_value('q', p.q_exact, row['q'])}"
        for p, row in zip(found.points, points, strict=True)
    ]
    return Answer(record=record, text="\n".join(lines), latex="\n".join(shown) or _EXISTS[found.exists])


def _point_record(point: EdgePoint, digits: int) -> dict[str, Any]:
    return {
        "sigma_w": _number(point.sigma_w, point.sigma_w_exact, digits),
        "q": _number(point.q, point.q_exact, digits),
        "stable": point.stable,
    }


def _number(ball: arb, exact: Expr | None, digits: int) -> dict[str, str]:
    return number(ball, digits) | (formula(exact) if exact is not None else {})


def _point_line(point: EdgePoint, row: dict[str, Any]) -> str:
    return f"  σ_w = {_text_value(row['sigma_w'])}   q = {_text_value(row['q'])}   ({_STABLE[point.stable]})"


def _text_value(value: dict[str, str] | None) -> str:
    if value is None:
        return "∞"
    decimal = value["value"] + ("" if value["radius"] == "0" else f" ± {value['radius']}")
    if "text" not in value or value["radius"] == "0":
        return value.get("text", decimal)
    return f"{value['text']} = {decimal}"


def _latex_value(name: str, exact: Expr | None, value: dict[str, str] | None) -> str:
    """The exact value, else the certified decimal; the radius stands beside it in brackets."""
    if exact is None and value is not None:
        return f"{latex(Symbol(name))} = {value['value']} [{value['radius']}]"
    return latex(Equation(lhs=Symbol(name), rhs=oo if exact is None else exact))


def phase_answer(found: Phase, *, digits: int) -> Answer:
    """The phase, q*, χ₁, c* and the depth scales; an infinite number is null."""
    correlation, variance = found.correlation, found.variance
    chi1 = None if found.chi1 is None else _number(found.chi1, found.chi1_exact, digits)
    slope = None if correlation.slope is None else number(correlation.slope, digits)
    scales = {
        "correlation": None if found.correlation_depth is None else number(found.correlation_depth, digits),
        "gradient": None if found.gradient_depth is None else number(found.gradient_depth, digits),
    }
    q, c = _number(variance.q, variance.exact, digits), _number(correlation.c, correlation.exact, digits)
    vanishing = variance.exact == 0
    record = {
        "activation": found.layer.activation.name,
        "sigma_w": str(found.layer.sigma_w),
        "sigma_b": str(found.layer.sigma_b),
        "phase": found.name,
        "q": q,
        "chi1": chi1,
        "c": None if vanishing else c,
        "correlation_slope": None if vanishing else slope,
        "depth_scales": scales | {"correlation": None} if vanishing else scales,
        "remark": VANISHING if vanishing else "",
        "fixed_variances": [{"q": _number(p.q, p.exact, digits), "stable": p.stable} for p in found.variances.points],
        "complete": found.variances.complete,
        "every_variance": found.variances.every_variance,
    }
    rows = _rows(record)
    remarks = [f"  {VANISHING}"] if vanishing else []
    title = f"{found.layer.activation.name}: {_NAMES[found.name]}"
    return Answer(
        record=record,
        text="\n".join([title, *(f"  {name} = {value}" for name, value in rows), *remarks, *_others(found)]),
        latex=_latex_rows(found, (q, chi1) if vanishing else (q, chi1, c)),
    )


def _rows(record: dict[str, Any]) -> list[Row]:
    """The names and values that are shown; nothing on the correlation where the variances vanish."""
    scales = record["depth_scales"]
    rows: list[Row] = [
        ("q*", _text_value(record["q"]) + (" (every q is fixed)" if record["every_variance"] else "")),
        ("χ₁", _text_value(record["chi1"])),
    ]
    if not record["remark"]:
        rows += [
            ("c*", _text_value(record["c"])),
            ("f′(c*)", _text_value(record["correlation_slope"])),
            ("ξ_c = −1/log f′(c*)", _text_value(scales["correlation"])),
        ]
    return [*rows, ("ξ_∇ = −1/log χ₁", _text_value(scales["gradient"]))]


def _others(found: Phase) -> list[str]:
    """A line on the other fixed variances, and on how far they were looked for."""
    lines = [f"  {len(found.variances.points)} fixed variances, the smallest stable one is taken"]
    largest = found.variances.largest
    known = [] if largest is None else [f"  fixed variances beyond q = {float(largest):.6g} were not examined"]
    return (lines if len(found.variances.points) > 1 else []) + known


def _latex_rows(found: Phase, values: tuple[dict[str, str] | None, ...]) -> str:
    count = len(values)
    exact = (found.variance.exact, found.chi1_exact, found.correlation.exact)[:count]
    names = ("q", "chi_1", "c")[:count]
    return "\n".join(_latex_value(name, e, v) for name, e, v in zip(names, exact, values, strict=True))
