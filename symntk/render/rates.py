"""What the command `rate` answers: the expansions in the depth, in the three forms that a command can print."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from math import floor
from typing import Any

from flint import arb
from sympy import Expr, Symbol, log

from symntk.depth.edge_map import VARIANCE
from symntk.depth.edge_rate import EdgeRate
from symntk.depth.parabolic import Rate
from symntk.depth.rate_remainder import RateRemainders, RemainderBound
from symntk.depth.scaled import ScaledRate
from symntk.depth.transseries import DEPTH, INITIAL, KERNEL_INITIAL, Transseries, TransTerm
from symntk.render.answers import Answer
from symntk.render.latex import latex, latex_term
from symntk.render.numeric import bits_for, constant, formula, number
from symntk.render.text import text

_PLACE = (("σ_w", "sigma_w"), ("q", "q"))
_CONSTANT_DIGITS = 4
GAMMA_AT_DEPTH, KERNEL_AT_DEPTH = Symbol("gamma_ell"), Symbol("K_ell")

Balls = Callable[[Expr, int], arb]
"""A certified ball of a coefficient, to a number of bits."""


def rate_answer(found: EdgeRate, *, digits: int, start: RateRemainders | None = None) -> Answer:
    """The expansions of γ_ℓ and of K^ℓ/(ℓ·q), their constants and letters; with C, D and the remainders where known."""
    rate = found.rate
    record: dict[str, Any] = {
        "activation": rate.activation.name,
        "architecture": rate.architecture.name,
        "gamma": series_record(rate.gamma, rate.ball, digits),
        "ntk": {"normalisation": formula(DEPTH)} | series_record(rate.ntk, rate.ball, digits),
        "initial_constant": {str(symbol): {"meaning": meaning} for symbol, meaning in constants_used(rate).items()},
        "fatou": {
            "variable": rate.variable,
            "p": rate.fatou.p,
            "a": _constant(rate, rate.fatou.ring.expression(rate.fatou.a), digits),
            "b": _constant(rate, rate.fatou_log, digits),
        },
        "parameters": [
            {"symbol": str(p.symbol), "power": str(p.power), "meaning": p.meaning}
            | formula(p.formula)
            | number(rate.ball(p.symbol, bits_for(digits)), digits)
            for p in rate.parameters
        ],
        "remarks": remarks(rate),
    }
    if start is not None:
        record["gamma"]["remainder_bound"], record["ntk"]["remainder_bound"] = map(_remainder, (start.gamma, start.ntk))
        for symbol, value in ((INITIAL, start.constants.correlation), (KERNEL_INITIAL, start.constants.kernel)):
            known = record["initial_constant"].setdefault(str(symbol), {"meaning": rate.constants[symbol]})
            known.update(number(value, digits))
    record["sigma_w"] = number(found.point.sigma_w, digits)
    if not found.every_variance:
        record["q"] = number(found.point.q, digits)
    return Answer(record=record, text=_text(rate, record), latex=_latex(rate))


def _remainder(bound: RemainderBound) -> dict[str, Any]:
    """The remainder is at most constant·ℓ^power·(log ℓ)^log_power for ℓ ≥ from; the constant is rounded up."""
    exponent = floor(float(bound.constant.log() / arb(10).log())) - _CONSTANT_DIGITS + 1
    raised = floor(float((bound.constant / arb(10) ** exponent).upper())) + 1
    return {
        "constant": str(Decimal(raised).scaleb(exponent)),
        "power": str(bound.power),
        "log_power": str(bound.log_power),
        "from": bound.start,
    }


def constants_used(rate: Rate | ScaledRate) -> dict[Expr, str]:
    """The meanings of those constants that occur."""
    terms = (*rate.gamma.terms, *rate.ntk.terms)
    used = [any(t.constant_powers[i] for t in terms) for i in range(2)]
    return {s: rate.constants[s] for s, present in zip((INITIAL, KERNEL_INITIAL), used, strict=True) if present}


def remarks(rate: Rate) -> list[str]:
    """Where a leading correction is absent, so that the rate is another one."""
    found: list[str] = []
    if rate.fatou_log == 0:
        found.append("the logarithm drops out: b = 0, the first corrections are pure powers of ℓ")
    first = [t for t in rate.ntk.terms if t.power < 0]
    if first and first[0].power > -1:
        found.append(f"the correction of K^ℓ/(ℓq) is of order ℓ^({first[0].power}), slower than log ℓ/ℓ")
    return found


def series_record(series: Transseries, balls: Balls, digits: int) -> dict[str, Any]:
    """The terms of one expansion, and the power of its remainder."""
    return {
        "terms": [_term_record(term, balls, digits) for term in series.terms],
        "remainder": str(series.remainder),
    }


def _term_record(term: TransTerm, balls: Balls, digits: int) -> dict[str, Any]:
    first, second = term.constant_powers
    return {
        "power": str(term.power),
        "log_power": term.log_power,
        "constants": {name: power for name, power in (("C", first), ("D", second)) if power},
        "coefficient": constant(term.coefficient, digits, balls(term.coefficient, bits_for(digits))),
    }


def _constant(rate: Rate, value: Expr, digits: int) -> dict[str, str]:
    return constant(value, digits, rate.ball(value, bits_for(digits)))


def _text(rate: Rate, record: dict[str, Any]) -> str:
    lines = [f"{rate.activation.name} on the edge of chaos, {rate.architecture.name}; γ_ℓ = 1 − c^ℓ"]
    lines[0] += "".join(f"; {name} = {record[key]['value']}" for name, key in _PLACE if key in record)
    fatou = record["fatou"]
    lines.append(
        f"Φ = 1/(p·a·w^p) + … + b·log w, w = {rate.variable}: p = {fatou['p']}, "
        f"a = {fatou['a']['text']}, b = {fatou['b']['text']}"
    )
    for name, series, part in (("γ_ℓ", rate.gamma, "gamma"), ("K^ℓ/(ℓ·q)", rate.ntk, "ntk")):
        lines += series_lines(name, series, record[part])
    for symbol, known in record["initial_constant"].items():
        lines.append(f"{symbol}: {known['meaning']}" + (f" = {known['value']}" if "value" in known else ""))
    lines += [_parameter_line(p) for p in record["parameters"]]
    return "\n".join([*lines, *record["remarks"]])


def series_lines(name: str, series: Transseries, record: dict[str, Any], depth: Symbol = DEPTH) -> list[str]:
    """One expansion as lines of text, in the letter `depth`."""
    letter = text(depth)
    lines = [f"{name} to O({letter}^({series.remainder}) up to powers of log {letter}):"]
    for term, written in zip(series.terms, record["terms"], strict=True):
        lines.append(_line(text(term.monomial.xreplace({DEPTH: depth})), written["coefficient"]))
    if "remainder_bound" in record:
        rest = record["remainder_bound"]
        size = f"{rest['constant']}·{letter}^({rest['power']})·(log {letter})^({rest['log_power']})"
        lines.append(f"  proved for {letter} ≥ {rest['from']} and this c¹: |rest| ≤ {size}")
    return lines


def _line(monomial: str, value: dict[str, str]) -> str:
    return f"  {monomial:>18}   {value['text']}" + (f" = {value['value']}" if value["radius"] != "0" else "")


def _parameter_line(parameter: dict[str, Any]) -> str:
    return f"{parameter['symbol']} = {parameter['meaning']} = {parameter['text']} = {parameter['value']}"


def _latex(rate: Rate) -> str:
    rows = [
        latex(GAMMA_AT_DEPTH) + "=" + series_latex(rate.gamma),
        latex(KERNEL_AT_DEPTH / (DEPTH * VARIANCE)) + "=" + series_latex(rate.ntk),
    ]
    rows += [latex(p.symbol) + "=" + latex(p.formula) for p in rate.parameters]
    return "\n".join(rows)


def series_latex(series: Transseries, depth: Symbol = DEPTH) -> str:
    """The terms with their signs; every power of log ℓ is absorbed in the remainder by an arbitrary exponent."""
    result = ""
    for term in series.terms:
        written = latex_term(term.coefficient, term.monomial.xreplace({DEPTH: depth}))
        result += written if not result or written.startswith("-") else f"+{written}"
    remainder = latex(depth**series.remainder * log(depth) ** Symbol("n"))
    return f"{result}+O({remainder})"
