"""What `rate` and `depth` print of residual networks, whose variance grows from layer to layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy
from flint import arb
from sympy import Expr, S, Symbol

from symntk.activations.activation import Activation
from symntk.architectures.residual import Residual, residual
from symntk.depth.certified_kink import kink_weight
from symntk.depth.certified_residual import residual_constants, residual_depth
from symntk.depth.edge_map import VARIANCE
from symntk.depth.parabolic import Rate, correlation_rate
from symntk.depth.transseries import DEPTH, INITIAL, KERNEL_INITIAL
from symntk.derivation import Equation
from symntk.errors import DomainError
from symntk.gaussian.moments import second_moment
from symntk.numbers.ball import enclose
from symntk.render.answers import Answer
from symntk.render.depth import depth_answer
from symntk.render.latex import latex
from symntk.render.numeric import bits_for, constant, formula, number
from symntk.render.rates import (
    GAMMA_AT_DEPTH,
    KERNEL_AT_DEPTH,
    constants_used,
    series_latex,
    series_lines,
    series_record,
)
from symntk.render.text import text

RESNET = "resnet"
STRENGTH, NORMALISATION = Symbol("alpha", positive=True), Symbol("N_ell")
_WEIGHT, _UNIT = Symbol("sigma_w", positive=True), "q = √(q¹(x,x)·q¹(x′,x′))"
_MEANINGS = {
    INITIAL: "limit of Φ(w_ℓ) + (b/p)·log(p·a) − ℓ, w = √γ, Φ the truncated Fatou coordinate of γ",
    KERNEL_INITIAL: "limit of k^ℓ·Φ′(γ_ℓ) − Θ(w_ℓ), k^ℓ = ℓ·K^ℓ/(N_ℓ·q), Θ the truncated particular solution",
}


@dataclass(frozen=True, kw_only=True)
class ResidualNet:
    """An activation, σ_w and the network that they make."""

    activation: Activation
    sigma_w: Expr
    network: Residual


def residual_net(activation: Activation, sigma_w: Expr | None = None, sigma_b: Expr = S.Zero) -> ResidualNet:
    """The residual network of an activation; without σ_w the one with α = σ_w²·E φ(Z)² = 1.

    Domain: φ = αx + β|x| with β ≠ 0, σ_w > 0, σ_b = 0. Guarantee: exact. Raises DomainError outside of it.

    >>> from symntk.activations.catalogue import activation
    >>> residual_net(activation("relu")).sigma_w
    sqrt(2)
    """
    asked = f"a residual network with {activation.name}"
    if sigma_b != 0:
        raise DomainError(f"{asked} and σ_b = {sigma_b} was asked for, but its blocks have no bias; drop --sigma-b")
    network = residual(activation, sigma_w)
    if kink_weight(activation) is None:
        raise DomainError(
            f"{asked} was asked for, but φ is linear and keeps every correlation; take another activation"
        )
    weight = 1 / sympy.sqrt(second_moment(activation)) if sigma_w is None else sigma_w
    return ResidualNet(activation=activation, sigma_w=weight, network=network)


def residual_depth_answer(net: ResidualNet, layers: int, rho: Expr, *, digits: int) -> Answer:
    """γ_L and the NTK ratio."""
    found = residual_depth(net.activation, net.network, layers, rho, bits=bits_for(digits))
    answer = depth_answer(found, arch=RESNET, rho=rho, digits=digits)
    strength = Equation(lhs=STRENGTH, rhs=net.network.strength)
    head, *lines = answer.text.splitlines()
    return Answer(
        record=answer.record | {"sigma_w": _value(net.sigma_w, digits), "alpha": _value(net.network.strength, digits)},
        text="\n".join([f"{head}, {text(strength)}", *lines]),
        latex=f"{answer.latex}\n{latex(strength)}",
    )


def residual_rate_answer(net: ResidualNet, order: int, *, digits: int, rho: Expr | None = None) -> Answer:
    """The expansions of γ_ℓ and of the NTK in ℓ and log ℓ; with ρ, C and D are certified."""
    rate, network = correlation_rate(net.activation, order, net.network), net.network
    record: dict[str, Any] = {
        "activation": net.activation.name,
        "architecture": RESNET,
        "alpha": _value(network.strength, digits),
        "gamma": series_record(rate.gamma, _ball, digits),
        "ntk": {"normalisation": formula(network.normalisation(DEPTH)), "unit": _UNIT}
        | series_record(rate.ntk, _ball, digits),
        "initial_constant": {
            str(symbol): {"meaning": _MEANINGS[symbol]} for symbol in _MEANINGS if symbol in constants_used(rate)
        },
        "fatou": _fatou_record(rate, digits),
        "parameters": [],
        "remarks": [f"K^ℓ(x, x)/(N_ℓ·q) = 1 + {text((1 / network.weight - 1) / DEPTH)}"],
        "sigma_w": _value(net.sigma_w, digits),
    }
    if rho is not None:
        start = residual_constants(net.activation, network, rho, bits=bits_for(digits))
        for symbol, value in ((INITIAL, start.correlation), (KERNEL_INITIAL, start.kernel)):
            known = record["initial_constant"].setdefault(str(symbol), {"meaning": _MEANINGS[symbol]})
            known.update(number(value, digits))
    return Answer(record=record, text=_text(rate, net, record), latex=_latex(rate, net))


def _fatou_record(rate: Rate, digits: int) -> dict[str, Any]:
    ring, fatou = rate.fatou.ring, rate.fatou
    return {
        "variable": rate.variable,
        "p": fatou.p,
        "a": _value(ring.expression(fatou.a), digits),
        "b": _value(rate.fatou_log, digits),
    }


def _ball(value: Expr, bits: int) -> arb:
    return enclose(value, bits=bits)


def _value(value: Expr, digits: int) -> dict[str, str]:
    return constant(value, digits)


def _text(rate: Rate, net: ResidualNet, record: dict[str, Any]) -> str:
    fatou = record["fatou"]
    lines = [
        f"{net.activation.name}, {RESNET}, {text(Equation(lhs=_WEIGHT, rhs=net.sigma_w))}, "
        f"{text(Equation(lhs=STRENGTH, rhs=net.network.strength))}; γ_ℓ = 1 − c^ℓ",
        f"Φ = 1/(p·a·w^p) + … + b·log w, w = {fatou['variable']}: p = {fatou['p']}, "
        f"a = {fatou['a']['text']}, b = {fatou['b']['text']}",
        *series_lines("γ_ℓ", rate.gamma, record["gamma"]),
        *series_lines("K^ℓ/(N_ℓ·q)", rate.ntk, record["ntk"]),
        f"N_ℓ = {record['ntk']['normalisation']['text']}, {_UNIT}",
    ]
    for symbol, known in record["initial_constant"].items():
        value = f" = {known['value']} ± {known['radius']}" if "value" in known else ""
        lines.append(f"{symbol}: {known['meaning']}{value}")
    return "\n".join([*lines, *record["remarks"]])


def _latex(rate: Rate, net: ResidualNet) -> str:
    rows = [
        latex(GAMMA_AT_DEPTH) + "=" + series_latex(rate.gamma),
        latex(KERNEL_AT_DEPTH / (NORMALISATION * VARIANCE)) + "=" + series_latex(rate.ntk),
        latex(Equation(lhs=STRENGTH, rhs=net.network.strength)),
        latex(Equation(lhs=NORMALISATION, rhs=net.network.normalisation(DEPTH))),
    ]
    return "\n".join(rows)
