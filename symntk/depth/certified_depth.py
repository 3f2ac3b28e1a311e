"""Certified correlation and NTK of a pair of inputs at any depth, 10¹⁰⁰ layers too."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

import sympy
from flint import arb
from sympy import Expr, S

from symntk.activations.activation import Activation
from symntk.depth.certified_doorway import Doorway
from symntk.depth.certified_parabolic import jumped
from symntk.depth.certified_place import Place, leading_zeros, lost_bits, place_of
from symntk.depth.certified_shape import Shape, ShapePlan, plan, shape, without_jump
from symntk.depth.hyperbolic import contracted, contracted_map, diagonal, koenigs_error, settled, steepness, vanished
from symntk.depth.validated import Pair, orbit
from symntk.errors import DomainError, ParseError, UndecidedError
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

LONGEST_ORBIT = 200_000
"""Layers that are iterated one by one before a jump is given up."""
LONGEST_LAYERS = 10_000
"""Decimal digits of the largest number of layers that is read."""
_LAYERS = re.compile(r"(?P<digits>-?\d+(\.\d*)?)([eE]\+?(?P<exponent>\d{1,6}))?")
_GUARD_BITS = 64


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
    return checked_layers(int(value))


def checked_layers(layers: int) -> int:
    """A number of layers from 1 on. Raises DomainError for less."""
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
    """γ_L and K^L(x,x′)/K^L(x,x) of a fully connected net from the correlation c¹ = ρ, at the fixed variance.

    c^{ℓ+1} = f(c^ℓ), K^{ℓ+1} = f′(c^ℓ)·K^ℓ + q·c^{ℓ+1}, K¹ = q·c¹. Without σ_w: on the edge of chaos at σ_b.
    The orbit is iterated in balls until its tail is jumped over: by Fatou coordinates on the edge of chaos, by
    contraction in the ordered and the chaotic phase. Domain: L ≥ 1, −1 ≤ ρ < 1; φ analytic around the real line, or
    made of pieces of polynomials times exponentials. Guarantee: certified, relative accuracy about 2^−bits, at a cost
    of about log L. Raises DomainError outside the domain, NoClosedFormError for another activation, UndecidedError
    where the orbit settles too slowly. Source: [hayou2021]; the remainders are proved here.

    >>> from symntk.activations.catalogue import activation
    >>> value = certified_depth(activation("relu"), 10**100, Fraction(3, 10), bits=64)
    >>> value.gamma.str(10), value.ntk_ratio.str(10)
    ('[4.441321980e-199 +/- 4.91e-209]', '[0.2500000000 +/- 3e-15]')
    """
    start, layers = checked_correlation(rho), checked_layers(layers)
    # Half as many bits again keep the digits of c where it tends to 0.
    lost = lost_bits(start, activation) + (bits // 2 + leading_zeros(start) if sigma_b == 0 else 0)
    wanted = plan(activation, bits)
    place = place_of(wanted, sigma_w, sigma_b, lost + layers.bit_length())
    wanted = wanted if place.chi is None else without_jump(wanted)
    if start == -1 and place.reflection:
        return _opposite(activation, layers, place.reflection)
    if bool(start < 0) and place.reflection:
        mirrored = certified_depth(activation, layers, -start, sigma_w=sigma_w, sigma_b=sigma_b, bits=bits)
        return _reflected(mirrored, start, place.reflection, bits)
    with working_precision(wanted.precision + lost + layers.bit_length()):
        found = shape(wanted, place.q, lost)
        pair = followed(wanted, found, place, layers, enclose(1 - start, bits=found.precision))
        whole = diagonal(place.chi, layers)
    with working_precision(bits + _GUARD_BITS):
        value = DepthValue(activation=activation, layers=layers, gamma=+pair.gamma, ntk_ratio=pair.kernel / whole)
    return _finite(value, start)


def _finite(value: DepthValue, start: Expr) -> DepthValue:
    if not (value.gamma.is_finite() and value.ntk_ratio.is_finite()):
        raise UndecidedError(
            f"layer {value.layers} of {value.activation.name} from correlation {start} was asked for, but no finite "
            "value is proved; ask for more digits"
        )
    return value


def _opposite(activation: Activation, layers: int, parity: int) -> DepthValue:
    """φ(−x) = φ(x) gives f(−1) = 1 and K(x,−x) = K(x,x) from layer 2 on; φ(−x) = −φ(x) at σ_b = 0 gives f(−1) = −1."""
    same = parity > 0 and layers > 1
    return DepthValue(
        activation=activation, layers=layers, gamma=arb(0 if same else 2), ntk_ratio=arb(1 if same else -1)
    )


def _reflected(mirrored: DepthValue, start: Expr, parity: int, bits: int) -> DepthValue:
    """The pair with x′ for −x′: an even φ forgets the sign after layer 1, an odd one at σ_b = 0 keeps it."""
    with working_precision(bits + _GUARD_BITS):
        if parity < 0:
            return replace(mirrored, gamma=2 - mirrored.gamma, ntk_ratio=-mirrored.ntk_ratio)
        if mirrored.layers == 1:
            first = enclose(start, bits=bits + _GUARD_BITS)
            return replace(mirrored, gamma=1 - first, ntk_ratio=first)
        return mirrored


def checked_correlation(rho: Expr | int | Fraction) -> Expr:
    """A correlation in [−1, 1) as an exact number. Raises DomainError for another one."""
    exact = rho if isinstance(rho, Expr) else sympy.Rational(rho.numerator, rho.denominator)
    if not exact.is_real or not bool(exact >= -1) or not bool(exact < 1):
        raise DomainError(f"a pair of inputs at correlation {rho} was asked for; take a correlation in [-1, 1)")
    return exact


def followed(wanted: ShapePlan, found: Shape, place: Place, layers: int, gamma: arb) -> Pair:
    """The pair of the last layer: iterates to it, or until the rest can be jumped over.

    Guarantee: certified. Raises UndecidedError where the orbit settles too slowly.
    """
    step = found.step if place.chi is None else contracted_map(found.step, place.chi)
    jump = _EdgeJump(found, wanted.bits) if place.chi is None else _PhaseJump(found, place, wanted.bits)
    for pair in islice(orbit(step, gamma, found.kept), LONGEST_ORBIT):
        if pair.layer == layers:
            return pair
        after = jump.over(pair, layers)
        if after is not None:
            return after
    raise UndecidedError(
        f"layer {layers} of {wanted.activation.name} was asked for, but {LONGEST_ORBIT} layers do not settle; take "
        f"fewer layers or {'move away from the edge of chaos' if found.kept is None else 'a larger σ_w'}"
    )


class _EdgeJump:
    """Jumps by Fatou coordinates, from the first layer at which their proved errors are small."""

    def __init__(self, found: Shape, bits: int) -> None:
        self.doorway = Doorway(found, bits)

    def over(self, pair: Pair, layers: int) -> Pair | None:
        door = self.doorway.entered(pair)
        return None if door is None else jumped(door, layers - pair.layer, layers)


class _PhaseJump:
    """Jumps where what is left of the orbit changes the values by less than 2^−bits."""

    def __init__(self, found: Shape, place: Place, bits: int) -> None:
        self.found, self.place, self.bits = found, place, bits
        self.small = arb((1, -bits - _GUARD_BITS // 2))

    def over(self, pair: Pair, layers: int) -> Pair | None:
        chi, at, germ, steps = self.place.chi, self.place.attractor, self.found.germ, layers - pair.layer
        if chi is None:
            return None
        if at is None:
            w = germ.variable(pair.gamma)
            near = w < germ.reach and pair.kernel > 0 and steepness(germ)[1] * w < self.small * (1 - chi)
            if near and koenigs_error(germ, chi, pair.gamma) < self.small:
                return contracted(germ, chi, pair, steps, layers)
        elif at.gamma == 1:
            if pair.gamma == 1:
                return Pair(layer=layers, gamma=arb(1), kernel=arb(0))
            if (1 - pair.gamma) ** 2 < self.small * at.slope * (1 - at.slope):
                return vanished(at.slope, chi, pair, steps, layers)
        elif abs(pair.gamma - at.gamma) < self.small * at.gamma.min(1 - at.gamma):
            return settled(contracted_map(self.found.step, chi), at, pair, steps, layers)
        return None
