"""What `rate` and `depth` print of scaled residual networks, whose depth counts by its logarithm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy
from flint import arb
from sympy import Expr, S, Symbol

from symntk.activations.activation import Activation
from symntk.architectures.scaled_residual import ScaledResidual, scaled_residual
from symntk.depth.certified_kink import kink_weight
from symntk.depth.certified_scaled import WALK, scaled_constant, scaled_depth
from symntk.depth.edge_map import VARIANCE
from symntk.depth.scaled import ScaledRate, scaled_rate
from symntk.depth.transseries import DEPTH, INITIAL, KERNEL_INITIAL
from symntk.derivation import Equation
from symntk.errors import DomainError
from symntk.gaussian.moments import second_moment
from symntk.numbers.ball import enclose
from symntk.render.answers import Answer
from symntk.render.depth import depth_answer
from symntk.render.latex import latex
from symntk.render.numeric import bits_for, certain_digits, constant, formula, number
from symntk.render.rates import (
    GAMMA_AT_DEPTH,
    KERNEL_AT_DEPTH,
    constants_used,
    series_latex,
    series_lines,
    series_record,
)
from symntk.render.text import text

SCALED = "scaled_resnet"
TIME, STRENGTH, NORMALISATION = Symbol("T", positive=True), Symbol("kappa", positive=True), Symbol("N_ell")
CLOCK = Equation(lhs=TIME, rhs=STRENGTH * sympy.log(DEPTH))
"""T = κ·log ℓ, the variable of the expansions."""
_USEFUL_BITS = 512
"""Beyond WALK layers the relative radius is about κ²/WALK: for κ > 10⁻⁶⁰ more bits than these only take time."""
_WEIGHT = Symbol("sigma_w", positive=True)
_UNIT = "q = √(q¹(x,x)·q¹(x′,x′))"


@dataclass(frozen=True, kw_only=True)
class ScaledNet:
    """An activation, σ_w and the network that they make."""

    activation: Activation
    sigma_w: Expr
    network: ScaledResidual


def scaled_net(activation: Activation, sigma_w: Expr | None = None, sigma_b: Expr = S.Zero) -> ScaledNet:
    """The scaled residual network of an activation; without σ_w the one with κ = σ_w²·E φ(Z)² = 1.

    Domain: φ = αx + β|x| with β ≠ 0, σ_w > 0, σ_b = 0. Guarantee: exact. Raises DomainError outside of it.

    >>> from symntk.activations.catalogue import activation
    >>> scaled_net(activation("relu")).sigma_w
    sqrt(2)
    """
    asked = f"a scaled residual network with {activation.name}"
    if sigma_b != 0:
        raise DomainError(f"{asked} and σ_b = {sigma_b} was asked for, but its blocks have no bias; drop --sigma-b")
    if sigma_w is not None and sigma_w.is_positive is not True:
        raise DomainError(f"{asked} and σ_w = {sigma_w} was asked for; take σ_w > 0")
    if activation.homogeneity_degree == 1 and kink_weight(activation) is None:
        raise DomainError(
            f"{asked} was asked for, but φ is linear and keeps every correlation; take another activation"
        )
    network = scaled_residual(activation, S.One if sigma_w is None else sigma_w)
    if sigma_w is not None:
        return ScaledNet(activation=activation, sigma_w=sigma_w, network=network)
    weight = 1 / sympy.sqrt(second_moment(activation))
    return ScaledNet(activation=activation, sigma_w=weight, network=ScaledResidual(strength=S.One))


def scaled_depth_answer(net: ScaledNet, layers: int, rho: Expr, *, digits: int) -> Answer:
    """γ_L and the NTK ratio, with a line on digits that are asked for and not certain."""
    found = scaled_depth(net.activation, net.network, layers, rho, bits=_useful_bits(digits, layers))
    answer = depth_answer(found, arch=SCALED, rho=rho, digits=digits)
    remarks = _shortfalls({"γ_L": found.gamma, "K_L(x, x′)/K_L(x, x)": found.ntk_ratio}, digits, layers)
    strength = Equation(lhs=STRENGTH, rhs=net.network.strength)
    more = {"sigma_w": _value(net.sigma_w, digits), "kappa": _value(net.network.strength, digits), "remarks": remarks}
    head, *lines = answer.text.splitlines()
    return Answer(
        record=answer.record | more,
        text="\n".join([f"{head}, {text(strength)}", *lines, *remarks]),
        latex=f"{answer.latex}\n{latex(strength)}",
    )


def _useful_bits(digits: int, layers: int = WALK + 1) -> int:
    return bits_for(digits) if layers <= WALK else min(bits_for(digits), _USEFUL_BITS)


def _shortfalls(values: dict[str, arb], digits: int, layers: int = WALK + 1) -> list[str]:
    """One line on the values of which fewer digits are certain than were asked for, if there are any."""
    known = {name: certain_digits(ball, digits) for name, ball in values.items()}
    short = [f"{name} to {count}" for name, count in known.items() if count < digits]
    if not short:
        return []
    reason = f"; the bounds for the layers after the first {WALK} allow no more" if layers > WALK else ""
    return [f"certain digits: {', '.join(short)}, of the {digits} asked for{reason}"]


def scaled_rate_answer(net: ScaledNet, order: int, *, digits: int, rho: Expr | None = None) -> Answer:
    """The expansions of γ_ℓ and of the NTK in T = κ·log ℓ; with ρ, C is certified."""
    rate, strength = scaled_rate(net.activation, order), net.network.strength
    record: dict[str, Any] = {
        "activation": net.activation.name,
        "architecture": SCALED,
        "variable": {"symbol": str(TIME)} | formula(CLOCK.rhs),
        "kappa": _value(strength, digits),
        "gamma": series_record(rate.gamma, _ball, digits),
        "ntk": {"normalisation": formula(rate.normalisation(net.network)), "unit": _UNIT}
        | series_record(rate.ntk, _ball, digits),
        "initial_constant": {str(symbol): {"meaning": meaning} for symbol, meaning in constants_used(rate).items()},
        "fatou": _fatou_record(rate, digits),
        "parameters": [],
        "remarks": ["single layers add corrections of order 1/ℓ, which are smaller than every power of 1/T"],
        "sigma_w": _value(net.sigma_w, digits),
    }
    if rho is not None:
        _certify_start(record, net, rate, rho, digits)
    return Answer(record=record, text=_text(rate, net, record), latex=_latex(rate, net))


def _certify_start(record: dict[str, Any], net: ScaledNet, rate: ScaledRate, rho: Expr, digits: int) -> None:
    """Puts the value of C for c¹ = ρ into the record."""
    start = scaled_constant(net.activation, net.network, rho, bits=_useful_bits(digits))
    known = record["initial_constant"].setdefault(str(INITIAL), {"meaning": rate.constants[INITIAL]})
    known.update(number(start, digits))
    record["remarks"] += _shortfalls({str(INITIAL): start}, digits)
    if str(KERNEL_INITIAL) in record["initial_constant"]:
        record["remarks"].append("D has no certified value in this architecture")


def _fatou_record(rate: ScaledRate, digits: int) -> dict[str, Any]:
    ring, fatou = rate.fatou.ring, rate.fatou
    return {
        "variable": "γ" if rate.flow.gamma_power == 1 else "√γ",
        "p": fatou.p,
        "a": _value(ring.expression(fatou.a), digits),
        "b": _value(ring.expression(fatou.log_coefficient), digits),
    }


def _ball(value: Expr, bits: int) -> arb:
    return enclose(value, bits=bits)


def _value(value: Expr, digits: int) -> dict[str, str]:
    return constant(value, digits)


def _text(rate: ScaledRate, net: ScaledNet, record: dict[str, Any]) -> str:
    fatou, kappa = record["fatou"], text(net.network.strength)
    lines = [
        f"{net.activation.name}, {SCALED}, {text(Equation(lhs=_WEIGHT, rhs=net.sigma_w))}; γ_ℓ = 1 − c^ℓ "
        f"in powers of {text(CLOCK)}, κ = {kappa}",
        f"Φ = 1/(p·a·w^p) + … + b·log w, w = {fatou['variable']}: p = {fatou['p']}, "
        f"a = {fatou['a']['text']}, b = {fatou['b']['text']}",
        *series_lines("γ_ℓ", rate.gamma, record["gamma"], TIME),
        *series_lines("K^ℓ/(N_ℓ·q)", rate.ntk, record["ntk"], TIME),
        f"N_ℓ = {record['ntk']['normalisation']['text']}, {_UNIT}",
    ]
    for symbol, known in record["initial_constant"].items():
        value = f" = {known['value']} ± {known['radius']}" if "value" in known else ""
        lines.append(f"{symbol}: {known['meaning']}{value}")
    return "\n".join([*lines, *record["remarks"]])


def _latex(rate: ScaledRate, net: ScaledNet) -> str:
    rows = [
        latex(GAMMA_AT_DEPTH) + "=" + series_latex(rate.gamma, TIME),
        latex(KERNEL_AT_DEPTH / (NORMALISATION * VARIANCE)) + "=" + series_latex(rate.ntk, TIME),
        latex(CLOCK),
        latex(Equation(lhs=STRENGTH, rhs=net.network.strength)),
        latex(Equation(lhs=NORMALISATION, rhs=rate.normalisation(net.network))),
    ]
    return "\n".join(rows)
