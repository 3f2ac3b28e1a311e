"""The orbit of a scaled residual network in balls: layers one by one, then whole blocks of them along the flow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from flint import arb

from symntk.depth.kink_flow import LARGEST_ANGLE, KinkFlow
from symntk.errors import UndecidedError

BLOCK = Fraction(17, 16)
"""Ratio of the ends of the first blocks of layers that are bounded together; later ones are longer."""


@dataclass(frozen=True, kw_only=True)
class ScaledOrbit:
    """γ ↦ γ − δ·G, k ↦ k + δ·(f − G′·k) with γ = 1 − cos θ, G = s·(sin θ − θ·cos θ), G′ = s·θ, f = cos θ + G."""

    side: arb
    """s."""
    strength: arb
    offset: arb
    flow: KinkFlow

    def weight(self, layer: int) -> arb:
        """δ_ℓ = κ/(ℓ + η)."""
        return self.strength / (layer + self.offset)

    def weights(self, first: int, last: int) -> arb:
        """Σ_{first < ℓ ≤ last} δ_ℓ = κ·(ψ(last + 1 + η) − ψ(first + 1 + η))."""
        ends = [(arb(n) + 1 + self.offset).digamma() for n in (first, last)]
        return self.strength * (ends[1] - ends[0])

    def squares(self, first: int, last: int | None) -> arb:
        """Σ δ_ℓ² over the same layers, over all later ones for None."""
        total = arb(2).zeta(arb(first) + 1 + self.offset)
        if last is not None:
            total = total - arb(2).zeta(arb(last) + 1 + self.offset)
        return self.strength**2 * total

    def fall(self, angle: arb) -> arb:
        """G."""
        return self.side * (angle.sin() - angle * angle.cos())

    def near_fall(self, angle: arb) -> arb:
        """G for θ ≤ 2, which loses nothing where θ is a ball close to 0."""
        return self.side * angle.sin() / self.flow.time.value(angle)

    def gathered(self, angle: arb) -> arb:
        """The integral of f/G over the time of the flow, up to a constant."""
        return (self.flow.source.integral(angle) / self.side + self.flow.time.integral(angle)) / self.side


@dataclass(frozen=True, kw_only=True)
class Place:
    """After some layers: the angle and k, and what the layers have added beyond the flow."""

    layer: int
    angle: arb
    kernel: arb
    excess: arb
    """To the time."""
    kernel_excess: arb
    """To k/G."""


def angle_of(gamma: arb) -> arb:
    """θ = acos(1 − γ), for γ up to 2."""
    return 2 * (gamma / 2).min(arb(1)).sqrt().asin()


def walked(orbit: ScaledOrbit, gamma: arb, layers: int) -> Place:
    """The first layers one by one; the radius of γ does not grow, for |1 − δG′| ≤ 1 (mean value theorem)."""
    kernel = 1 - gamma
    for layer in range(2, layers + 1):
        weight, angle, centre = orbit.weight(layer), angle_of(gamma), gamma.mid()
        slope = orbit.side * angle
        kernel = kernel * (1 - weight * slope) + weight * (1 - gamma + orbit.fall(angle))
        fallen = centre - weight * orbit.fall(angle_of(centre))
        gamma = fallen + (1 - weight * slope) * (gamma - centre)
    return Place(layer=layers, angle=angle_of(gamma), kernel=kernel, excess=arb(0), kernel_excess=arb(0))


def blocks(orbit: ScaledOrbit, origin: Place, layers: int) -> Iterator[Place]:
    """The ends of blocks of layers up to the last layer.

    G is convex, so that a layer takes the time −log(1 − δa)/a with a between G′ after it and G′ before it, that is
    between δ + δ²a/2 and δ + δ²a/(2(1 − δa)); a = s·θ falls along the orbit.
    Raises UndecidedError where the angle is larger than 2 or a layer too strong.
    """
    place = origin
    start = orbit.flow.time.integral(_small(place)) / orbit.side
    while place.layer < layers:
        longer = max(int(place.layer * BLOCK), place.layer * isqrt(place.layer // origin.layer), place.layer + 1)
        end = min(layers, longer)
        time = start + orbit.weights(origin.layer, end) + place.excess
        half, slope = orbit.squares(place.layer, end) / 2, orbit.side * place.angle
        most = half * slope / _room(orbit, place)
        least = half * orbit.side * orbit.flow.angle(orbit.side * (time + most.union(arb(0))))
        added = least.union(most)
        angle = orbit.flow.angle(orbit.side * (time + added))
        more = place.kernel_excess + kernel_excess(orbit, place, angle)
        whole = (
            origin.kernel / orbit.near_fall(origin.angle) + orbit.gathered(angle) - orbit.gathered(origin.angle) + more
        )
        place = Place(
            layer=end,
            angle=angle,
            kernel=orbit.near_fall(angle) * whole,
            excess=place.excess + added,
            kernel_excess=more,
        )
        yield place


def kernel_excess(orbit: ScaledOrbit, place: Place, angle: arb) -> arb:
    """What the layers of a block change in u = k/G beyond the integral of f/G over the time of the flow.

    A layer multiplies u by a factor from 1 − δ(a − a⁺)/(1 − δa) to 1, which telescopes over the block, and adds δf/G⁺.
    With f and f/G rising, that lies between (1 − δa)(1 − δG/f) and 1/(1 − δa) times the integral over its time.
    """
    room, weight = _room(orbit, place), orbit.weight(place.layer + 1)
    fall = orbit.near_fall(place.angle)
    mapped = place.angle.cos() + fall
    if not (mapped > 0 and orbit.side * place.angle < 1):
        raise UndecidedError(f"the kernel after {place.layer} layers was asked for, but f(c) does not yet rise with it")
    lost = (-weight * orbit.side * (place.angle - angle) / room).union(arb(0))
    gathered = orbit.gathered(angle) - orbit.gathered(place.angle)
    share = (room * (1 - weight * fall / mapped)).union(1 / room)
    return place.kernel / fall * lost + gathered * (share * (1 + lost) - 1)


def _room(orbit: ScaledOrbit, place: Place) -> arb:
    """1 − δa for the next layer."""
    room = 1 - orbit.weight(place.layer + 1) * orbit.side * place.angle
    if not room > 0:
        raise UndecidedError(f"a jump was asked for after {place.layer} layers, but κ is too large for it")
    return room


def _small(place: Place) -> arb:
    if not place.angle < LARGEST_ANGLE:
        raise UndecidedError(
            f"a jump over layers was asked for, but after {place.layer} layers the angle is still "
            f"{place.angle.str(5, radius=False)}; take a larger κ or fewer layers"
        )
    return place.angle
