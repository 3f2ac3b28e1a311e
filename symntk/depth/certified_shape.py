"""The correlation map of any activation at a fixed variance, as a ball function and as a germ at γ = 0.

With f(1) = 1 the map is g = χ₁·g₀, where g₀ depends on the variance alone: g₀ is the map on the edge of chaos.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil

from flint import arb, arb_poly
from sympy import Expr

from symntk.activations.activation import Activation
from symntk.depth.certified_germ import Germ
from symntk.depth.certified_kink import kink_germ, kink_map, kink_weight
from symntk.depth.certified_pieces import closed_map, kinked_germ
from symntk.depth.certified_smooth import is_analytic, smooth_germ, smooth_map
from symntk.depth.validated import DeficitMap, ball
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

_GUARD_BITS = 64
_BITS_PER_TERM, _SHORTEST = 6, 4
_TERMS = {"kink": (0.17, 8), "smooth": (0.3, 20), "pieces": (0.7, 20)}
"""Terms of the Fatou coordinate per bit, and spare ones."""
_DENSER = 2
"""More terms of a convergent germ take the place of the slower closed form."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """g₀ and its germ at a fixed variance, with the length of the Fatou coordinate that suits the wanted bits."""

    step: DeficitMap
    germ: Germ
    last: int
    precision: int
    """Working precision in bits."""
    kept: arb | None = None
    """The part of c that a layer does not make anew, None without skip connections."""


@dataclass(frozen=True, kw_only=True)
class ShapePlan:
    """What a shape will need, known before the variance is."""

    activation: Activation
    weight: Expr | None
    bits: int
    terms: int
    precision: int


def plan(activation: Activation, bits: int) -> ShapePlan:
    """How many terms and bits the shape of an activation takes for values of `bits` bits.

    >>> from symntk.activations.catalogue import activation
    >>> plan(activation("relu"), 128).terms
    30
    """
    weight = kink_weight(activation)
    kind = "kink" if weight is not None else "smooth" if is_analytic(activation) else "pieces"
    rate, spare = _TERMS[kind]
    terms = ceil(rate * bits) + spare
    precision = bits + _BITS_PER_TERM * terms + _GUARD_BITS
    return ShapePlan(activation=activation, weight=weight, bits=bits, terms=terms, precision=precision)


def without_jump(wanted: ShapePlan) -> ShapePlan:
    """The plan where no Fatou coordinate is needed: fewer bits do.

    >>> from symntk.activations.catalogue import activation
    >>> without_jump(plan(activation("relu"), 128)).precision
    192
    """
    return replace(wanted, precision=wanted.bits + _GUARD_BITS)


def shape(wanted: ShapePlan, q: arb, lost: int = 0) -> Shape:
    """The shape at a variance; `lost` bits may be lost where γ is evaluated near 2.

    Guarantee: certified. Raises NoClosedFormError for an activation that is neither analytic around the real line nor
    made of exponential polynomials.

    >>> from symntk.activations.catalogue import activation
    >>> found = shape(plan(activation("tanh"), 64), arb("0.5"))
    >>> with working_precision(128):
    ...     found.step.deficit(arb("0.5")).str(8)
    '[0.47486682 +/- 3.38e-9]'
    """
    phi, count, precision = wanted.activation, wanted.terms + 3, wanted.precision + lost
    with working_precision(precision):
        bits = wanted.bits + _GUARD_BITS + lost
        if wanted.weight is not None:
            weight = enclose(wanted.weight, bits=precision)
            germ, step = kink_germ(weight), kink_map(weight)
        elif is_analytic(phi):
            germ, step = smooth_germ(phi, q, count, wanted.precision), smooth_map(phi, q, bits)
        else:
            step, germ = closed_map(phi, q), kinked_germ(phi, q, count, wanted.precision)
        fine = near_map(germ, step, count if is_analytic(phi) else _DENSER * count, bits)
        return Shape(step=fine, germ=germ, last=wanted.terms, precision=precision)


def near_map(germ: Germ, step: DeficitMap, count: int, bits: int) -> DeficitMap:
    """The same map, computed from the first coefficients of the germ where their tail is below 2^−bits.

    Cauchy: the tails of v and λ are at most spread·(w/r)ⁿ/(1 − w/r) and slope·(w/r)ⁿ/(1 − w/r); n is at most `count`
    and falls with w. Guarantee: certified, of full relative accuracy as γ → 0.
    """
    near = germ.radius
    if germ.error != 0:
        worst = germ.error.max(germ.slope_error) * arb((1, bits))
        near = near.min(germ.reach).min((-worst.log() / (germ.error_order - 1)).exp())
    values, slopes = germ.series(count)
    lengths = sorted({max(count >> k, _SHORTEST) for k in range(count.bit_length())})
    levels = [
        (near.min(germ.radius * (-arb(2).log() * bits / n).exp()), n, arb_poly(values[:n]), arb_poly(slopes[:n]))
        for n in lengths
    ]

    def nearby(w: arb) -> tuple[arb, arb] | None:
        """v and λ from the shortest polynomials that suffice."""
        for limit, n, v, slope in levels:
            if w < limit:
                tail = (w / germ.radius) ** n / (1 - w / germ.radius)
                apart = w ** (germ.error_order - 1)
                return (
                    ball(v(w), germ.spread * tail + germ.error * apart),
                    ball(slope(w), germ.slope * tail + germ.slope_error * apart),
                )
        return None

    def deficit(gamma: arb) -> arb:
        w = germ.variable(gamma)
        found = nearby(w)
        if found:
            return germ.deficit(w * found[0])
        with working_precision(bits + _GUARD_BITS):
            return step.deficit(gamma)

    def slope(gamma: arb) -> arb:
        found = nearby(germ.variable(gamma))
        if found:
            return found[1]
        with working_precision(bits + _GUARD_BITS):
            return step.slope(gamma)

    return DeficitMap(deficit=deficit, slope=slope)
