"""How correlations and the NTK approach their limits off the edge of chaos: rates with certified prefactors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from flint import arb
from sympy import Expr

from symntk.activations.activation import Activation
from symntk.activations.derivative import derivative
from symntk.depth.certified_depth import LONGEST_ORBIT
from symntk.depth.certified_germ import Germ
from symntk.depth.certified_place import Place, lost_bits, place_of
from symntk.depth.certified_shape import plan, shape, without_jump
from symntk.depth.hyperbolic import Attractor, contracted_map, koenigs_error
from symntk.depth.validated import DeficitMap, Pair, ball, orbit
from symntk.errors import DomainError, UndecidedError
from symntk.gaussian.dual import derivative_dual, dual
from symntk.gaussian.quadrature import enclose_pair
from symntk.meanfield.taming import tamed
from symntk.notation import Q1, Q2, RHO
from symntk.numbers.ball import as_exact_expression, enclose
from symntk.numbers.decide import decide
from symntk.numbers.precision import working_precision

_SPARE_BITS = 32


@dataclass(frozen=True, kw_only=True)
class Approach:
    """value_ℓ = limit + prefactor·ℓ^power·rateˡ·(1 + o(1)), power 0 or 1."""

    limit: arb
    rate: arb
    power: int
    prefactor: arb


@dataclass(frozen=True, kw_only=True)
class HyperbolicRate:
    """The approach of c^ℓ and of K^ℓ(x, x′)/q in the ordered (χ₁ < 1) or the chaotic phase (χ₁ > 1)."""

    activation: Activation
    chi: arb
    correlation: Approach
    kernel: Approach


def hyperbolic_rate(
    activation: Activation, rho: Expr, sigma_w: Expr, sigma_b: Expr, *, bits: int = 128
) -> HyperbolicRate:
    """The exact rates and the prefactors of the orbit with c¹ = ρ, by Koenigs' linearisation.

    c^ℓ − c* ~ C·λˡ with λ = f′(c*), and k = K/q obeys k^{ℓ+1} = f′(c^ℓ)k^ℓ + c^{ℓ+1}: k* = c*/(1 − λ), and
    k^ℓ − k* ~ C(1 + f″(c*)k*/λ)·ℓ·λˡ, for the source resonates. At c* = 1 with a kink f′(1 − γ) = χ₁(1 − s√γ …), and
    k^ℓ − k* ~ −s·√C·χ₁k*/(√χ₁ − χ₁)·χ₁^{ℓ/2} is slower.
    Domain: −1 < ρ < 1 off the edge of chaos, ρ ≠ c*. Guarantee: certified. Raises DomainError outside of it,
    UndecidedError where the orbit settles too slowly. Source: [Koenigs1884].

    >>> from sympy import Rational, S
    >>> from symntk.activations.catalogue import activation
    >>> found = hyperbolic_rate(activation("erf"), Rational(3, 10), S(2), S(0), bits=64)
    >>> round(float(found.correlation.rate), 6), float(found.kernel.limit), found.kernel.power
    (0.845586, 0.0, 1)
    """
    if not (decide(rho, ">", -1) and decide(rho, "<", 1)):
        raise DomainError(f"an orbit from correlation {rho} was asked for; take a correlation in (-1, 1)")
    wanted, lost = plan(activation, bits), lost_bits(rho, activation) + bits // 2
    place = place_of(wanted, sigma_w, sigma_b, lost)
    if place.chi is None:
        raise DomainError(
            f"geometric rates of {activation.name} at σ_w = {sigma_w}, σ_b = {sigma_b} were asked for, but that is on "
            "the edge of chaos; leave --sigma-w out"
        )
    wanted = without_jump(wanted)
    with working_precision(wanted.precision + lost):
        found = shape(wanted, place.q, lost)
        path = orbit(contracted_map(found.step, place.chi), enclose(1 - rho, bits=found.precision))
        if place.attractor is None:
            return _ordered(activation, found.germ, place.chi, _settled(path, _Falling(found.germ, place.chi, bits)))
        near = _Closing(contracted_map(found.step, place.chi), place.attractor, place.chi, bits)
        pair, product = _settled(path, near)
        return _chaotic(activation, place, sigma_w, pair, product, bits)


class _Falling:
    """Accepts a layer of the ordered phase from which the rest of the Koenigs product is within 2^−bits of 1."""

    def __init__(self, germ: Germ, chi: arb, bits: int) -> None:
        self.germ, self.chi, self.small = germ, chi, arb((1, -bits))

    def product(self, pair: Pair) -> arb | None:
        if not self.germ.variable(pair.gamma) < self.germ.reach:
            return None
        error = koenigs_error(self.germ, self.chi, pair.gamma)
        return ball(arb(1), error) if error < self.small else None


class _Closing:
    """The same for c* in [0, 1): (f(c) − c*)/(c − c*) = λ(1 + e) with |e| ≤ κ|c − c*|, κ = sup f″/λ."""

    def __init__(self, step: DeficitMap, at: Attractor, top: arb, bits: int) -> None:
        self.step, self.at, self.top, self.small = step, at, top, arb((1, -bits))

    def product(self, pair: Pair) -> arb | None:
        apart = (pair.gamma - self.at.gamma).abs_upper()
        steep = self._steepness(apart)
        if steep is None:
            return None
        shrink = self.at.slope * (1 + steep * apart)
        error = 2 * steep * apart / (1 - shrink) if shrink < 1 and steep * apart < arb("0.5") else arb.pos_inf()
        return ball(arb(1), error.expm1()) if error < self.small else None

    def _steepness(self, apart: arb) -> arb | None:
        """f′ is odd or increasing and convex for c ≥ 0, so f″ ≤ (f′(t) − f′(c))/(t − c) at any t > c."""
        if self.at.gamma == 1:
            return (self.top - self.at.slope) / self.at.slope * apart
        if not apart * 4 < self.at.gamma.min(1 - self.at.gamma):
            return None
        beyond, edge = self.at.gamma / 2, self.at.gamma - apart
        return (self.step.slope(beyond) - self.step.slope(edge)) / (edge - beyond) / self.at.slope


def _settled(path: Iterator[Pair], near: _Falling | _Closing) -> tuple[Pair, arb]:
    for pair in islice(path, LONGEST_ORBIT):
        product = near.product(pair)
        if product is not None:
            return pair, product
    raise UndecidedError(
        f"a geometric rate was asked for, but {LONGEST_ORBIT} layers do not settle; move away from the edge of chaos"
    )


def _ordered(activation: Activation, germ: Germ, chi: arb, found: tuple[Pair, arb]) -> HyperbolicRate:
    """γ_ℓ ~ Cχˡ; with λ = 1 + λ_m·wᵐ + …, w = (γ/scale)^{1/k}, the NTK approaches at χ^{ℓm/k}, or at ℓχˡ if m = k."""
    pair, product = found
    prefactor = pair.gamma * product / chi**pair.layer
    limit = 1 / (1 - chi)
    slopes = germ.series(germ.power + 1)[1]
    order = germ.order if germ.power > 1 else 1
    if order < germ.power:
        rate = chi.root(germ.power)
        size = chi * slopes[order] * (prefactor / germ.scale).root(germ.power) * limit / (rate - chi)
        kernel = Approach(limit=limit, rate=rate, power=0, prefactor=size)
    else:
        size = prefactor * (slopes[order] / germ.scale * limit - 1)
        kernel = Approach(limit=limit, rate=chi, power=1, prefactor=size)
    correlation = Approach(limit=arb(1), rate=chi, power=0, prefactor=-prefactor)
    return HyperbolicRate(activation=activation, chi=chi, correlation=correlation, kernel=kernel)


def _chaotic(
    activation: Activation, place: Place, sigma_w: Expr, pair: Pair, product: arb, bits: int
) -> HyperbolicRate:
    """c^ℓ − c* ~ Cλˡ and k^ℓ − k* ~ C(1 + f″(c*)k*/λ)ℓλˡ."""
    assert place.attractor is not None
    assert place.chi is not None
    slope, c = place.attractor.slope, 1 - place.attractor.gamma
    prefactor = (place.attractor.gamma - pair.gamma) * product / slope**pair.layer
    limit = c / (1 - slope)
    curvature = arb(0) if c == 0 else _curvature(activation, place.q, c, sigma_w, bits)
    size = prefactor * (1 + curvature * limit / slope)
    return HyperbolicRate(
        activation=activation,
        chi=place.chi,
        correlation=Approach(limit=c, rate=slope, power=0, prefactor=prefactor),
        kernel=Approach(limit=limit, rate=slope, power=1, prefactor=size),
    )


def _curvature(activation: Activation, q: arb, c: arb, sigma_w: Expr, bits: int) -> arb:
    """f″(c) = σ_w²·q·E φ″φ″, from the closed form of E φ′φ′ where there is one."""
    weight = enclose(sigma_w**2, bits=bits + _SPARE_BITS)
    if dual(activation).closed_form:
        slope = derivative_dual(activation, general=True).subs(Q2, Q1).diff(RHO)
        return weight * enclose(slope, {RHO: c, Q1: q}, bits=bits)
    second = tamed(derivative(activation, 2).expression)
    return weight * q * enclose_pair(second, second, as_exact_expression(c), q, q, bits=bits)
