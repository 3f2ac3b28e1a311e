"""The slow twin of the scaled expansions: the layers themselves, and the series as functions in many digits."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import sympy
from flint import fmpq_mpoly
from mpmath import mp, mpf, workdps
from sympy import Rational, S

from symntk.activations.catalogue import activation
from symntk.architectures.scaled_residual import ScaledResidual
from symntk.depth.fatou import LogSeries
from symntk.depth.layer_correction import layer_corrections
from symntk.depth.parabolic import DeficitMap
from symntk.depth.scaled import ScaledRate, scaled_rate, scaled_rate_of_map
from symntk.depth.transseries import DEPTH, INITIAL, KERNEL_INITIAL, Transseries
from symntk.expansions.constants import ConstantRing
from symntk.expansions.puiseux import Series
from symntk.numbers.multiprecision import evaluate

DIGITS = 80
STRENGTH = 10
DEPTHS = (1000, 10_000, 100_000)
LONG, ORDER, SPARE = 16, 5, 4
KAPPA = Rational(2, 3)
Fall = Callable[[float], tuple[float, float]]
"""γ ↦ G(γ) = f(c) − c and G′(γ) = 1 − f′(c)."""


def relu_fall(gamma: float) -> tuple[float, float]:
    angle = 2 * math.asin(math.sqrt(gamma / 2))
    return (math.sin(angle) - angle * (1 - gamma)) / math.pi, angle / math.pi


def erf_fall(gamma: float) -> tuple[float, float]:
    """erf on its edge of chaos at q = 1, where κ = 2/3: f = 1 + (arcsin(κc) − arcsin κ)·√(1 − κ²)/κ."""
    kappa = 2 / 3
    scale = math.sqrt(1 - kappa**2)
    far = kappa * (1 - gamma)
    drop = math.asin(kappa * math.sqrt(1 - far**2) - far * scale)
    return gamma - drop * scale / kappa, 1 - scale / math.sqrt(1 - far**2)


def mixed_fall(gamma: float) -> tuple[float, float]:
    """A jump in φ″: G = γ²/3 + γ^{5/2}/5."""
    return gamma**2 / 3 + gamma**2.5 / 5, 2 * gamma / 3 + gamma**1.5 / 2


def relu_rate(order: int) -> ScaledRate:
    return scaled_rate(activation("relu"), order)


def erf_rate(order: int) -> ScaledRate:
    c, ring, values, factorial = sympy.Symbol("c"), ConstantRing(), [], 1
    slope = sympy.sqrt(1 - KAPPA**2) / sympy.sqrt(1 - KAPPA**2 * c**2)
    for j in range(1, order + 5):
        factorial *= j
        values.append(ring.element(sympy.radsimp((-1) ** (j + 1) * slope.subs(c, 1) / factorial)))
        slope = sympy.diff(slope, c)
    return scaled_rate_of_map(
        DeficitMap(gamma_power=1, series=Series(ring=ring, valuation=1, coefficients=tuple(values))), order
    )


def mixed_rate(order: int) -> ScaledRate:
    ring = ConstantRing()
    inner = [ring.zero] * (2 * order + 10)
    inner[0], inner[2], inner[3] = ring.one, ring.rational(-1, 3), ring.rational(-1, 5)
    root = Series(ring=ring, valuation=2, coefficients=tuple(inner)).power(Rational(1, 2))
    return scaled_rate_of_map(DeficitMap(gamma_power=2, series=root), order)


CASES: dict[str, tuple[Callable[[int], ScaledRate], Fall, int]] = {
    "relu": (relu_rate, relu_fall, LONG),
    "erf": (erf_rate, erf_fall, 9),
    "mixed": (mixed_rate, mixed_fall, LONG),
}


@lru_cache
def built(name: str, order: int) -> ScaledRate:
    return CASES[name][0](order)


@lru_cache
def walk(name: str, start: float = 0.7, layers: int = DEPTHS[-1]) -> dict[int, tuple[float, float]]:
    """γ_ℓ and k^ℓ of the recursion itself at powers of ten, from γ¹ and k¹ = c¹."""
    net, fall, found = ScaledResidual(strength=S(STRENGTH)), CASES[name][1], {}
    gamma, kernel = start, 1 - start
    for layer in range(2, layers + 1):
        weight, (drop, slope) = STRENGTH / (layer + STRENGTH), fall(gamma)
        c = 1 - gamma
        kernel = net.ntk(weight, kernel, 1 - slope, c + drop)  # type: ignore[type-var]
        gamma -= weight * drop
        if layer in (*DEPTHS, 10**6):
            found[layer] = (gamma, kernel)
    return found


@dataclass(frozen=True, kw_only=True)
class Numeric:
    """The series of a rate as functions of w in many digits."""

    phi: Callable[[mpf], mpf]
    slope: Callable[[mpf], mpf]
    theta: Callable[[mpf], mpf]


def number(rate: ScaledRate, value: fmpq_mpoly) -> mpf:
    return evaluate(rate.fatou.ring.expression(value), digits=DIGITS)


def laurent(rate: ScaledRate, series: Series, scale: mpf) -> Callable[[mpf], mpf]:
    values = [(series.valuation + i, number(rate, c) * scale) for i, c in enumerate(series.coefficients)]
    return lambda w: sum((c * w**k for k, c in values), mpf(0))


def log_laurent(rate: ScaledRate, series: LogSeries, scale: mpf) -> Callable[[mpf], mpf]:
    """With log w + log(p·a)/p in the place of log w."""
    values = [(k, number(rate, c) * scale) for k, c in series.powers.items()]
    log, p = number(rate, series.log_coefficient) * scale, rate.fatou.p
    shift = mp.log(p * number(rate, rate.fatou.a)) / p
    return lambda w: sum((c * w**k for k, c in values), log * (mp.log(w) + shift))


@lru_cache
def numeric(name: str) -> Numeric:
    rate = built(name, CASES[name][2])
    with workdps(DIGITS):
        a = number(rate, rate.fatou.a)
        return Numeric(
            phi=log_laurent(rate, rate.fatou.scaled, 1 / a),
            slope=laurent(rate, rate.kernel.slope, 1 / a),
            theta=log_laurent(rate, rate.kernel.primitive, 1 / a**2),
        )


def variable(name: str, gamma: mpf) -> mpf:
    return gamma ** (mpf(1) / built(name, ORDER).flow.gamma_power)


def constant_at(name: str, layer: int, corrections: int = 0, terms: int = 6) -> mpf:
    """C as far as one layer tells it."""
    w = variable(name, mpf(walk(name)[layer][0]))
    if not corrections:
        return numeric(name).phi(w) - STRENGTH * mp.log(layer)
    rate, m = built(name, CASES[name][2]), mpf(layer + STRENGTH)
    total = numeric(name).phi(w) - STRENGTH * mp.log(m)
    for n, h in enumerate(layer_corrections(rate, S(STRENGTH), corrections).time, 1):
        total += laurent(rate, h.truncated(terms), mpf(1))(w) / m**n
    return total


def kernel_constant(name: str, layer: int, corrections: int = 0, terms: int = 6) -> mpf:
    """D as far as one layer tells it."""
    gamma, kernel = walk(name)[layer]
    w = variable(name, mpf(gamma))
    total = kernel * numeric(name).slope(w) - numeric(name).theta(w)
    if corrections:
        rate, m = built(name, CASES[name][2]), mpf(layer + STRENGTH)
        found = layer_corrections(rate, S(STRENGTH), corrections)
        for n, (e, f) in enumerate(zip(found.time_slopes, found.kernel, strict=True), 1):
            total += kernel * laurent(rate, e.truncated(e.valuation + terms), mpf(1))(w) / m**n
            total -= laurent(rate, f.truncated(f.valuation + terms), mpf(1))(w) / m**n
    return total


def compiled(series: Transseries) -> Callable[..., mpf]:
    return sympy.lambdify((DEPTH, INITIAL, KERNEL_INITIAL), series.expression, "mpmath")
