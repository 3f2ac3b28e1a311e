"""What the command `rate` answers off the edge of chaos: limits, geometric rates and certified prefactors."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Symbol

from symntk.depth.edge_map import VARIANCE
from symntk.depth.hyperbolic_rate import Approach, HyperbolicRate
from symntk.depth.transseries import DEPTH
from symntk.render.answers import Answer
from symntk.render.depth import latex_decimal
from symntk.render.latex import MATHEMATICAL, latex
from symntk.render.numeric import number
from symntk.render.text import text

_NAMES = (("c", "c^ℓ", "correlation"), ("K", "K^ℓ/q", "ntk"))


def hyperbolic_answer(found: HyperbolicRate, *, rho: Expr, digits: int) -> Answer:
    """c^ℓ and K^ℓ(x, x′)/q as limit + prefactor·ℓᵖ·rateˡ(1 + o(1))."""
    parts = (found.correlation, found.kernel)
    record: dict[str, Any] = {
        "activation": found.activation.name,
        "phase": "ordered" if found.chi < 1 else "chaotic",
        "rho": str(rho),
        "chi1": number(found.chi, digits),
    }
    head = f"{found.activation.name}, {record['phase']} phase, fc, c¹ = {text(rho)}; χ₁ = {record['chi1']['value']}"
    lines, formulas = [head], list[str]()
    for (letter, name, key), part in zip(_NAMES, parts, strict=True):
        record[key] = _record(part, digits)
        lines.append(f"  {name} = {_text(record[key])}")
        formulas.append(_latex(letter, record[key]))
    record["gamma"] = {"limit": number(1 - found.correlation.limit, digits), "rate": record["correlation"]["rate"]}
    lines.append("  K^ℓ(x, x)/q = (χ₁ˡ − 1)/(χ₁ − 1)")
    return Answer(record=record, text="\n".join(lines), latex="\n".join(formulas))


def _record(part: Approach, digits: int) -> dict[str, Any]:
    return {
        "limit": number(part.limit, digits),
        "prefactor": number(part.prefactor, digits),
        "depth_power": part.power,
        "rate": number(part.rate, digits),
    }


def _text(record: dict[str, Any]) -> str:
    depth = "·ℓ" if record["depth_power"] else ""
    limit, prefactor, rate = (record[key]["value"] for key in ("limit", "prefactor", "rate"))
    return f"{limit} + ({prefactor}){depth}·({rate})ˡ·(1 + o(1))"


def _latex(letter: str, record: dict[str, Any]) -> str:
    """The asymptotic equivalence of the difference to the limit, in decimals."""
    limit, prefactor, rate = (latex_decimal(record[key]["value"]) for key in ("limit", "prefactor", "rate"))
    depth = [latex(DEPTH)] if record["depth_power"] else []
    times = MATHEMATICAL["·"] + " "
    right = times.join([prefactor, *depth, f"{rate}^{{{latex(DEPTH)}}}"])
    quotient = Symbol(f"{letter}_ell") / (VARIANCE if letter == "K" else 1)
    return f"{latex(quotient)}-{limit}{MATHEMATICAL['∼']} {right}"
