"""What `symntk spectrum` prints: the certified eigenvalues of a network's kernel on the sphere."""

from __future__ import annotations

from typing import Any

from symntk.errors import UndecidedError
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision
from symntk.render.answers import Answer
from symntk.render.latex import MATHEMATICAL, latex_table
from symntk.render.numeric import bits_for, formula, number
from symntk.spectra.closed_eigenvalues import exact_network_eigenvalues
from symntk.spectra.eigenvalues import Eigenvalue, network_spectrum
from symntk.spectra.mercer import mercer_sum
from symntk.spectra.zonal_kernel import Network, network_kernel

_KERNELS = {"ntk": "K^L/q", "nngp": "c^L"}
_MERCER_DIGITS = 10

Row = dict[str, Any]


def spectrum_answer(net: Network, *, dim: int, degree: int, digits: int) -> Answer:
    """μ_0, …, μ_K with their multiplicities, exact where they have a closed form, and Mercer's sum at ρ = 1."""
    bits = bits_for(digits)
    found = network_spectrum(net, dim=dim, degree=degree, bits=bits)
    rows = _rows(net, found, dim, digits)
    record: Row = {
        "activation": net.activation.name,
        "kernel": net.kind,
        "layers": net.layers,
        "dim": dim,
        "eigenvalues": rows,
    }
    lines = [f"{net.activation.name}, fc, {_KERNELS[net.kind]}, L = {net.layers}, uniform measure on S^{dim - 1}"]
    lines += ["  k  N(d, k)  μ_k", *(f"  {row['degree']}  {row['multiplicity']}  {_plain(row)}" for row in rows)]
    mercer = _mercer(net, found, dim, bits)
    if mercer is not None:
        record["mercer"] = mercer
        top, partial, tail = (mercer[key] for key in ("kernel_at_1", "partial_sum", "tail_bound"))
        lines.append(f"Σ N·μ_k = {partial['value']}, the rest at most {tail['value']}, κ(1) = {top['value']}")
    table = latex_table(("$k$", "$N(d,k)$", f"${latex_mu()}$"), [_latex_row(row) for row in rows])
    return Answer(record=record, text="\n".join(lines), latex=table)


def latex_mu() -> str:
    """The name of an eigenvalue."""
    return f"{MATHEMATICAL['μ']}_{{k}}"


def _rows(net: Network, found: tuple[Eigenvalue, ...], dim: int, digits: int) -> list[Row]:
    exact = exact_network_eigenvalues(net, dim, len(found) - 1)
    rows: list[Row] = []
    for k, eigenvalue in enumerate(found):
        value = eigenvalue.value if exact is None else enclose(exact[k], bits=bits_for(digits))
        row: Row = {"degree": k, "multiplicity": eigenvalue.multiplicity, "value": number(value, digits)}
        if exact is not None:
            row["exact"] = formula(exact[k])
        rows.append(row)
    return rows


def _mercer(net: Network, found: tuple[Eigenvalue, ...], dim: int, bits: int) -> Row | None:
    """κ(1), the sum up to the last degree and the bound of the rest; None where no bound is found."""
    with working_precision(bits):
        try:
            mercer = mercer_sum(network_kernel(net, bits), found, dim)
        except UndecidedError:
            return None
    return {
        "kernel_at_1": number(mercer.top, _MERCER_DIGITS),
        "partial_sum": number(mercer.partial, _MERCER_DIGITS),
        "tail_bound": number(mercer.tail, _MERCER_DIGITS),
    }


def _plain(row: Row) -> str:
    value = row["value"]["value"] + ("" if row["value"]["radius"] == "0" else f" ± {row['value']['radius']}")
    if "exact" not in row:
        return value
    return row["exact"]["text"] + ("" if row["exact"]["text"] == "0" else f" = {value}")


def _latex_row(row: Row) -> tuple[str, str, str]:
    value = row["value"]
    parts = [_decimal(value["value"])] + [_decimal(value["radius"])] * (value["radius"] != "0")
    written = row["exact"]["latex"] if "exact" in row else MATHEMATICAL["±"].join(parts)
    return f"${row['degree']}$", f"${row['multiplicity']}$", f"${written}$"


def _decimal(written: str) -> str:
    mantissa, _, exponent = written.partition("e")
    return mantissa + (f"{MATHEMATICAL['·']} 10^{{{exponent}}}" if exponent else "")
