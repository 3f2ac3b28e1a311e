"""What `symntk depth` prints: the certified correlation and NTK of a pair of inputs after L layers."""

from __future__ import annotations

from flint import arb
from sympy import Expr, Function, Symbol

from symntk.depth.certified_depth import DepthValue
from symntk.render.answers import Answer
from symntk.render.latex import MATHEMATICAL, latex
from symntk.render.numeric import number
from symntk.render.text import text

_NTK, _X, _Y = Function("K_L"), Symbol("x"), Symbol("x_prime")
_LONG_LAYERS = 21
"""Decimal digits from which on a round number of layers is written with an exponent."""


def depth_answer(found: DepthValue, *, arch: str, rho: Expr, digits: int) -> Answer:
    """γ_L = 1 − c^L and K^L(x,x′)/K^L(x,x) as certified decimals."""
    rows: list[tuple[Expr, arb]] = [
        (Symbol("gamma_L"), found.gamma),
        (_NTK(_X, _Y) / _NTK(_X, _X), found.ntk_ratio),
    ]
    numbers = [number(ball, digits) for _, ball in rows]
    layers = layers_text(found.layers)
    head = f"{found.activation.name}, {arch}, L = {layers}, c¹ = {text(rho)}, γ_L = 1 − c_L"
    lines = [f"  {text(name)} = {_plain(value)}" for (name, _), value in zip(rows, numbers, strict=True)]
    formulas = [f"{latex(name)}={_latex_number(value)}" for (name, _), value in zip(rows, numbers, strict=True)]
    record = {
        "activation": found.activation.name,
        "arch": arch,
        "rho": str(rho),
        "layers": found.layers if len(layers) == len(str(found.layers)) else layers,
        "gamma": numbers[0],
        "ntk_ratio": numbers[1],
    }
    return Answer(record=record, text="\n".join([head, *lines]), latex="\n".join(formulas))


def layers_text(layers: int) -> str:
    """A number of layers as it is read: 1e100 for a long round one.

    >>> layers_text(10**100), layers_text(1000), layers_text(12 * 10**40)
    ('1e100', '1000', '12e40')
    """
    written = str(layers)
    short = written.rstrip("0")
    return written if len(written) < _LONG_LAYERS else f"{short}e{len(written) - len(short)}"


def _plain(value: dict[str, str]) -> str:
    return value["value"] + ("" if value["radius"] == "0" else f" ± {value['radius']}")


def _latex_number(value: dict[str, str]) -> str:
    parts = [latex_decimal(value["value"])] + [latex_decimal(value["radius"])] * (value["radius"] != "0")
    return f"{MATHEMATICAL['±']}".join(parts)


def latex_decimal(written: str) -> str:
    """A decimal number in LaTeX, its exponent as a power of ten."""
    mantissa, _, exponent = written.partition("e")
    return mantissa + (f"{MATHEMATICAL['·']} 10^{{{exponent}}}" if exponent else "")
