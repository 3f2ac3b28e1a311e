"""The excess convexity e(g) = 1/t − 2, g(1 − t) = t: how far a convex curve from (0, 0) to (1, 1) hangs down."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb

from symntk.bounds.normalised_layer import NormalisedLayer
from symntk.depth.validated import DeficitMap, mean_value_step
from symntk.errors import DomainError, UndecidedError
from symntk.numbers.precision import current_precision, working_precision

_GUARD_BITS = 32
_STEPS = 400
"""Newton steps towards t; they only choose where the signs are looked at."""


def composed(maps: Sequence[DeficitMap]) -> DeficitMap:
    """The deficit map of a network: γ ↦ 1 − P_L∘…∘P_1(1 − γ) from those of its layers, first to last.

    >>> half = DeficitMap(deficit=lambda x: x / 2, slope=lambda x: arb(0.5) + 0 * x)
    >>> composed([half, half]).deficit(arb(1))
    0.250000000000000
    """

    def walk(gamma: arb) -> tuple[arb, arb]:
        slope = arb(1)
        for layer in maps:
            gamma, rate = mean_value_step(layer, gamma)
            slope *= rate
        return gamma, slope

    return DeficitMap(deficit=lambda gamma: walk(gamma)[0], slope=lambda gamma: walk(gamma)[1])


def cropped(step: DeficitMap, deficit: arb) -> DeficitMap:
    """τ ↦ g(δτ)/g(δ) for g(γ) = 1 − P(1 − γ): the map of P cut to [1 − δ, 1] and stretched to the unit square.

    In τ = 1 − t it is 1 − P̃(1 − τ), P̃(t) = (P(r + (1 − r)t) − P(r))/(1 − P(r)), r = 1 − δ [shrinkage2022].
    """
    height = step.deficit(deficit)
    return DeficitMap(
        deficit=lambda tau: step.deficit(deficit * tau) / height,
        slope=lambda tau: step.slope(deficit * tau) * deficit / height,
    )


def excess_convexity(curve: DeficitMap, *, bits: int = 64) -> arb:
    """e(g) = 1/t − 2 where g(1 − t) = t, for g(s) = 1 − curve(1 − s).

    Domain: g convex, non-decreasing, continuous, g(0) = 0, g(1) = 1. Guarantee: certified; t is enclosed between two
    points at which curve(t) + t − 1 has certain signs. Raises UndecidedError where the curve is known too coarsely.
    Source: [shrinkage2022, appendix A.3].

    >>> square = DeficitMap(deficit=lambda x: x * (2 - x), slope=lambda x: 2 - 2 * x)
    >>> excess_convexity(square).str(10)
    '[0.6180339887 +/- 4.99e-11]'
    """
    with working_precision(bits + _GUARD_BITS):
        near, width = _approximate(curve), arb((1, -bits))
        for _ in range(bits):
            low, high = near * (1 - width), near * (1 + width)
            if _gap(curve, low) < 0 and (high >= arb(1) or _gap(curve, high) > 0):
                return 1 / low.union(high) - 2
            width *= 4
            if width > arb(0.25):
                break
    raise UndecidedError(
        f"an excess convexity of {bits} bits was asked for, but the curve is not known well enough; ask for more bits"
    )


def _gap(curve: DeficitMap, t: arb) -> arb:
    return curve.deficit(t) + t - 1


def _approximate(curve: DeficitMap) -> arb:
    """Newton's iteration for curve(t) + t = 1 in midpoints; the curve is concave, so that it settles from the left."""
    smallest, t = arb((1, -current_precision() // 2)), arb(0.5)
    for _ in range(_STEPS):
        after = (t - _gap(curve, t) / (1 + curve.slope(t))).mid()
        after = smallest if not after > smallest else after
        if abs(after - t) < t * arb((1, 8 - current_precision())):
            return after
        t = after
    return t


def network_excess(layers: Sequence[NormalisedLayer], *, bits: int = 64) -> arb:
    """e of the whole network P_L∘…∘P_1, cropped to [0, 1].

    Guarantee: certified. Raises DomainError for no layers.

    >>> from symntk.activations.catalogue import activation
    >>> from symntk.bounds.normalised_layer import critical
    >>> network_excess([critical(activation("relu"))] * 2).str(8)
    '[0.29048664 +/- 1.84e-9]'
    """
    if not layers:
        raise DomainError("the excess convexity of a network was asked for, but it has no layers; give at least one")
    precision = bits + _GUARD_BITS + 4 * len(layers)
    maps = {layer: layer.deficit_map(precision) for layer in set(layers)}
    with working_precision(precision + _GUARD_BITS):
        whole = composed([maps[layer] for layer in layers])
        return excess_convexity(cropped(whole, arb(1)), bits=bits)


def superadditive(first: arb, second: arb) -> arb:
    """e(g₂∘g₁) ≥ e(g₁) + e(g₂): the lower bound [shrinkage2022, property 5]."""
    return first + second


def upper_curve(excess: arb, t: arb) -> arb:
    """g(t) ≤ max(t/(1 + C), (1 + C)t − C) where e(g) ≥ C [shrinkage2022, property 1].

    >>> upper_curve(arb(1), arb(0.5))
    0.250000000000000
    """
    return (t / (1 + excess)).max((1 + excess) * t - excess)


def distance_bound(excess: arb) -> arb:
    """sup |g(t) − t| ≤ e/(1 + e) [shrinkage2022, property 3]."""
    return excess / (1 + excess)


def steepness_bound(excess: arb) -> arb:
    """g′(1) ≥ 1 + e [shrinkage2022, property 4]."""
    return 1 + excess


def mixed_bound(excess: arb, share: arb) -> arb:
    """e((1 − q)·id + q·g) ≥ q·e/(1 + (1 − q)·e) [shrinkage2022, property 8]."""
    return share * excess / (1 + (1 - share) * excess)


def printed_cropping_bound(weight: arb) -> arb:
    """e ≥ B/2 for B = δ²·Σ_{k≥2} cₖ/(P(1) − P(1 − δ)), P = Σ cₖρᵏ cropped to [1 − δ, 1] [shrinkage2022, property 7]."""
    return weight / 2


def cropping_bound(weight: arb) -> arb:
    """e ≥ (B − 2 + √(B² + 4))/2, what e(2 + e)/(1 + e) ≥ B says [shrinkage2022, property 6]; never below B/2.

    >>> cropping_bound(arb(1)) > printed_cropping_bound(arb(1))
    True
    """
    root = (weight**2 + 4).sqrt()
    return 2 * weight / (2 - weight + root) if weight < 1 else (weight - 2 + root) / 2
