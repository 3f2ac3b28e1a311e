"""Certified correlation and NTK of a pair of inputs at any depth, 10¹⁰⁰ layers too."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from math import ceil

import sympy
from flint import arb
from sympy import Expr, S

from symntk.activations.activation import Activation
from symntk.depth.certified_erf import edge_shape, erf_germ, erf_map, is_erf
from symntk.depth.certified_germ import Germ
from symntk.depth.certified_kink import kink_germ, kink_map, kink_weight
from symntk.depth.certified_parabolic import coordinates, entrance, jumped
from symntk.depth.hyperbolic import contracted, contracted_map, diagonal, koenigs_error
from symntk.depth.validated import DeficitMap, Pair, orbit
from symntk.errors import DomainError, NoClosedFormError, ParseError, UndecidedError
from symntk.gaussian.moments import second_moment
from symntk.numbers.ball import enclose
from symntk.numbers.decide import decide
from symntk.numbers.precision import current_precision, working_precision

LONGEST_ORBIT = 200_000
"""Layers that are iterated one by one before a jump is given up."""
LONGEST_LAYERS = 10_000
"""Decimal digits of the largest number of layers that is read."""
_LAYERS = re.compile(r"(?P<digits>-?\d+(\.\d*)?)([eE]\+?(?P<exponent>\d{1,6}))?")
_GUARD_BITS = 64
_ENTRANCE = arb(0.25)
"""The part of the radius of the germ below which the orbit enters the Fatou coordinates."""
_NEARER = arb(0.875)
"""How much nearer to 0 the next attempt is made, where the proved error is too large."""
_TERMS_PER_BIT, _SPARE_TERMS = 0.17, 8
_BITS_PER_TERM = 6


@dataclass(frozen=True, kw_only=True)
class DepthValue:
    """A pair of inputs at equal norms after L layers: balls of γ_L = 1 − c^L and of K^L(x,x′)/K^L(x,x)."""

    activation: Activation
    layers: int
    gamma: arb
    ntk_ratio: arb


def parse_layers(text: str) -> int:
    """A number of layers: 1000, 1e100, 2.5e3.

    Raises ParseError for anything but a whole number of at most 10 000 digits, DomainError for less than 1.

    >>> parse_layers("1e3"), parse_layers("12")
    (1000, 12)
    """
    form = _LAYERS.fullmatch(text.strip())
    exponent = int(form["exponent"] or 0) if form else 0
    if not form or len(text) > LONGEST_LAYERS or exponent > LONGEST_LAYERS:
        raise ParseError(f"{text[:40]!r} layers were asked for; write a whole number from 1 on, as in 1000 or 1e100")
    value = Fraction(f"{form['digits']}") * 10**exponent
    if value.denominator != 1:
        raise DomainError(f"{text} layers were asked for, which is no whole number; take one from 1 on")
    return _positive(int(value))


def _positive(layers: int) -> int:
    if layers < 1:
        raise DomainError(f"a net of {layers} layers was asked for; take at least 1 layer")
    return layers


def certified_depth(
    activation: Activation,
    layers: int,
    rho: Expr | int | Fraction,
    *,
    sigma_w: Expr | None = None,
    sigma_b: Expr = S.Zero,
    bits: int = 128,
) -> DepthValue:
    """γ_L and K^L(x,x′)/K^L(x,x) of a fully connected net of αx + β|x| or erf, from the correlation c¹ = ρ.

    c^{ℓ+1} = f(c^ℓ), K^{ℓ+1} = σ_w²·E φ′φ′·K^ℓ + q^{ℓ+1}, K¹ = q¹; at σ_b = 0, the edge of chaos of such φ, neither
    value depends on σ_w; with σ_b > 0 it takes χ₁ < 1, and q is the fixed variance. For erf: its edge of chaos.
    Domain: L ≥ 1, −1 ≤ ρ < 1. Guarantee: certified, relative accuracy about 2^−bits, at a cost of about log L.
    Raises DomainError outside the domain, NoClosedFormError for another activation, UndecidedError where the orbit
    nears 0 too slowly. Source: [hayou2021]; the remainders are proved here.

    >>> from symntk.activations.catalogue import activation
    >>> value = certified_depth(activation("relu"), 10**100, Fraction(3, 10), bits=64)
    >>> value.gamma.str(10), value.ntk_ratio.str(10)
    ('[4.441321980e-199 +/- 4.91e-209]', '[0.2500000000 +/- 3e-15]')
    """
    weight, start, layers = kink_weight(activation), _checked(rho), _positive(layers)
    if weight is None:
        return _on_edge(activation, layers, start, sigma_w, sigma_b, bits)
    factor = contraction(activation, sigma_w, sigma_b)
    if start == -1 and weight == 1:
        return _opposite(activation, layers)
    if factor is None:
        pair = _pair(lambda p: _kink(weight, p), layers, start, bits)
    else:
        pair = _ordered(weight, factor, layers, start, bits)
    with working_precision(bits + _GUARD_BITS + layers.bit_length()):
        whole = diagonal(None if factor is None else enclose(factor, bits=current_precision()), layers)
        return DepthValue(activation=activation, layers=layers, gamma=pair.gamma, ntk_ratio=pair.kernel / whole)


def _kink(weight: Expr, precision: int) -> tuple[DeficitMap, Germ]:
    ball = enclose(weight, bits=precision)
    return kink_map(ball), kink_germ(ball)


def _on_edge(
    activation: Activation, layers: int, start: Expr, sigma_w: Expr | None, sigma_b: Expr, bits: int
) -> DepthValue:
    """The values on the edge of chaos of a smooth activation, erf so far."""
    if not is_erf(activation):
        raise NoClosedFormError(
            f"the depth of {activation.name} was asked for, but only erf and activations αx + β|x| with β ≠ 0 are "
            "certified (relu, leaky_relu(a), abs); use one of them"
        )
    if sigma_w is not None:
        raise DomainError(
            f"the depth of {activation.name} at σ_w = {sigma_w} was asked for, but only the edge of chaos is "
            "certified; leave --sigma-w out"
        )

    def parts(precision: int) -> tuple[DeficitMap, Germ]:
        u = edge_shape(activation, sigma_b, bits=precision)
        return erf_map(u), erf_germ(u)

    pair = _pair(parts, layers, start, bits)
    with working_precision(bits + _GUARD_BITS + layers.bit_length()):
        return DepthValue(activation=activation, layers=layers, gamma=pair.gamma, ntk_ratio=pair.kernel / layers)


def contraction(activation: Activation, sigma_w: Expr | None, sigma_b: Expr) -> Expr | None:
    """χ₁ = σ_w²·E φ′² of a homogeneous φ at σ_b > 0; None at σ_b = 0, where the correlation map has slope 1 at 1.

    Raises DomainError for σ_w ≤ 0, σ_b < 0 and where no variance is fixed.

    >>> from symntk.activations.catalogue import activation
    >>> contraction(activation("relu"), S.One, S.One)
    1/2
    """
    if not bool(sigma_b >= 0) or (sigma_w is not None and not bool(sigma_w > 0)):
        raise DomainError(f"σ_w = {sigma_w}, σ_b = {sigma_b} were asked for; take σ_w > 0 and σ_b ≥ 0")
    if sigma_b == 0:
        return None
    if sigma_w is None:
        raise DomainError(
            f"the edge of chaos of {activation.name} at σ_b = {sigma_b} was asked for, but it has one at σ_b = 0 "
            "only; take --sigma-b 0 or give --sigma-w"
        )
    factor = sympy.expand(sigma_w**2 * second_moment(activation))
    if not decide(factor, "<", S.One):
        raise DomainError(
            f"σ_w = {sigma_w}, σ_b = {sigma_b} were asked for, but χ₁ = {factor} is not below 1 and no variance is "
            "fixed; take a smaller σ_w"
        )
    return factor


def _opposite(activation: Activation, layers: int) -> DepthValue:
    """An even φ maps x and −x to the same values: c = 1 from layer 2 on, and k = 1 − 1·(−1)."""
    first = layers == 1
    return DepthValue(activation=activation, layers=layers, gamma=arb(2 * first), ntk_ratio=arb(-1 if first else 1))


def _checked(rho: Expr | int | Fraction) -> Expr:
    exact = rho if isinstance(rho, Expr) else sympy.Rational(rho.numerator, rho.denominator)
    if not exact.is_real or not bool(exact >= -1) or not bool(exact < 1):
        raise DomainError(f"a pair of inputs at correlation {rho} was asked for; take a correlation in [-1, 1)")
    return exact


def _pair(parts: Callable[[int], tuple[DeficitMap, Germ]], layers: int, start: Expr, bits: int) -> Pair:
    """Iterates to the entrance of the Fatou coordinates or to the last layer, then jumps."""
    last = ceil(_TERMS_PER_BIT * bits) + _SPARE_TERMS
    precision = bits + _BITS_PER_TERM * last + _GUARD_BITS + _lost_bits(start)
    with working_precision(precision):
        (step, germ), at = parts(precision), None
        gate = _ENTRANCE * germ.radius
        for pair in islice(orbit(step, enclose(1 - start, bits=precision)), LONGEST_ORBIT):
            if pair.layer == layers:
                return pair
            if germ.variable(pair.gamma) < gate:
                at = at or coordinates(germ, last)
                door = entrance(at, pair)
                if door.accurate(bits):
                    return jumped(door, layers - pair.layer, layers)
                gate = gate * _NEARER
    raise UndecidedError(
        f"layer {layers} was asked for, but {LONGEST_ORBIT} layers do not bring c near 1; take fewer layers"
    )


def _lost_bits(start: Expr) -> int:
    """Bits that evaluation loses at a correlation near ±1."""
    distances = [1 - start] + [1 + start] * (start != -1)
    return 4 * max(0, *(-int(float(enclose(distance, bits=32).log())) for distance in distances))


def _ordered(weight: Expr, factor: Expr, layers: int, start: Expr, bits: int) -> Pair:
    """Iterates until what remains of the Koenigs product is within 2^−bits of 1, then jumps."""
    precision = 4 * bits + _GUARD_BITS + _lost_bits(start) + layers.bit_length()
    with working_precision(precision):
        t, chi, gamma = (enclose(value, bits=precision) for value in (weight, factor, 1 - start))
        germ = kink_germ(t)
        for pair in islice(orbit(contracted_map(kink_map(t), chi), gamma), LONGEST_ORBIT):
            if pair.layer == layers:
                return pair
            near = germ.variable(pair.gamma) < _ENTRANCE and pair.kernel > 0
            if near and koenigs_error(germ, chi, pair.gamma) * (1 << bits) < 1:
                return contracted(germ, chi, pair, layers - pair.layer, layers)
    raise UndecidedError(
        f"layer {layers} was asked for, but {LONGEST_ORBIT} layers do not bring c near 1; take fewer layers"
    )
