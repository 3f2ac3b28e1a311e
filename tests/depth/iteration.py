"""The slow twin of the depth series: the recursions themselves, layer by layer, in many digits."""

from __future__ import annotations

from collections.abc import Callable

import sympy
from mpmath import mp, mpf

from symntk.depth.kernel_limit import KernelSeries
from symntk.depth.parabolic import Rate
from symntk.depth.transseries import DEPTH, INITIAL, KERNEL_INITIAL, Transseries
from symntk.expansions.constants import ConstantRing
from symntk.numbers.multiprecision import evaluate

DIGITS = 45
Pair = Callable[[mpf], tuple[mpf, mpf]]


def relu_map(c: mpf) -> tuple[mpf, mpf]:
    """f(c) and f′(c) of ReLU [ChoSaul2009]."""
    angle = mp.acos(c)
    slope = 1 - angle / mp.pi
    return c * slope + mp.sqrt(1 - c * c) / mp.pi, slope


def erf_map(q: mpf) -> Pair:
    """f and f′ of erf on its edge of chaos at variance q: f = 1 + (arcsin(κc) − arcsin κ)·√(1 − κ²)/κ."""
    kappa = 2 * q / (1 + 2 * q)
    scale = mp.sqrt(1 - kappa**2) / kappa

    def step(c: mpf) -> tuple[mpf, mpf]:
        value = 1 + scale * (mp.asin(kappa * c) - mp.asin(kappa))
        return value, scale * kappa / mp.sqrt(1 - (kappa * c) ** 2)

    return step


def walk(step: Pair, c: mpf, layers: int) -> tuple[mpf, mpf]:
    """γ_ℓ and K^ℓ/q at the last layer, from c¹ and K¹ = c¹."""
    kernel = c
    for _ in range(layers - 1):
        c, slope = step(c)
        kernel = slope * kernel + c
    return 1 - c, kernel


def number(ring: ConstantRing, value: object) -> mpf:
    return evaluate(ring.expression(value), digits=DIGITS)


def constants(rate: Rate, gamma: mpf, kernel: mpf, layers: int) -> tuple[mpf, mpf]:
    """C and D read off far down the orbit."""
    ring, fatou, parts = rate.fatou.ring, rate.fatou, rate.kernel
    w = gamma ** (mpf(1) / rate.gamma_power)
    a = number(ring, fatou.a)
    shift = mp.log(fatou.p * a) / fatou.p
    phi = sum(number(ring, c) * w**k for k, c in fatou.powers.items())
    phi += number(ring, fatou.log_coefficient) * (mp.log(w) + shift)
    return phi - layers, kernel * slope_at(ring, parts, w) / a - primitive_at(ring, parts, w, shift) / a**2


def slope_at(ring: ConstantRing, parts: KernelSeries, w: mpf) -> mpf:
    return sum(number(ring, c) * w ** (parts.slope.valuation + i) for i, c in enumerate(parts.slope.coefficients))


def primitive_at(ring: ConstantRing, parts: KernelSeries, w: mpf, shift: mpf) -> mpf:
    total = sum(number(ring, c) * w**k for k, c in parts.primitive.powers.items())
    return total + number(ring, parts.primitive.log_coefficient) * (mp.log(w) + shift)


def value(series: Transseries, layers: int, first: mpf, second: mpf) -> mpf:
    """The sum of the listed terms at a depth, once C and D are known."""
    compiled = sympy.lambdify((DEPTH, INITIAL, KERNEL_INITIAL), series.expression, "mpmath")
    return compiled(mpf(layers), first, second)
