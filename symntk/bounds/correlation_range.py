"""The least correlation that a network can give to any pair of inputs, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb

from symntk.bounds.normalised_layer import NormalisedLayer
from symntk.depth.validated import DeficitMap, mean_value_step
from symntk.errors import DomainError
from symntk.numbers.precision import working_precision

GUARD_BITS = 64
_PARTS = 64
"""Pieces of the correlations from −1 to 0 where a map is not known to increase."""


@dataclass(frozen=True, kw_only=True)
class Walk:
    """Layer by layer: δ_l = 1 − P_l∘…∘P_1(0), and 1 − min_ρ P_l∘…∘P_1(ρ) over ρ in [−1, 1], between δ_l and 2δ_l."""

    deficits: tuple[arb, ...]
    widest: tuple[arb, ...]

    @property
    def spread(self) -> arb:
        """1 − ρ_max, ρ_max = max_l min_ρ P_l∘…∘P_1(ρ)."""
        return smallest(self.widest)


def walked(layers: Sequence[NormalisedLayer], bits: int) -> Walk:
    """The orbit of ρ = 0 and of the least correlation through the layers.

    The correlations after a layer fill [m_l, 1], so that m_l is the least value of P_l on [m_{l−1}, 1]: P_l(m_{l−1})
    where P_l increases there, else it is enclosed piece by piece. P(ρ) + P(−ρ) ≥ 2P(0) gives 1 − m_l ≤ 2δ_l.
    Guarantee: certified. Raises DomainError for no layers. Source: [shrinkage2022, appendix A.1].

    >>> from symntk.activations.catalogue import activation
    >>> from symntk.bounds.normalised_layer import critical
    >>> [x.str(5) for x in walked([critical(activation("relu"))] * 2, 64).widest]
    ['[1.0000 +/- 1e-9]', '[0.68169 +/- 1.14e-7]']
    """
    if not layers:
        raise DomainError("bounds of a network were asked for, but it has no layers; give at least one")
    precision = bits + GUARD_BITS + 2 * len(layers)
    maps = {layer: layer.deficit_map(precision) for layer in set(layers)}
    deficits, widest = list[arb](), list[arb]()
    with working_precision(precision):
        middle, low = arb(1), arb(2)
        for layer in layers:
            step = maps[layer]
            low, middle = _lowest(step, low, increasing=layer.increasing), stepped(step, middle)
            low = low if low.is_finite() else middle.union(2 * middle)
            deficits.append(middle)
            widest.append(low)
    return Walk(deficits=tuple(deficits), widest=tuple(widest))


def stepped(step: DeficitMap, gamma: arb) -> arb:
    """One layer; at an exact point no slope is needed, which may be infinite at ρ = −1."""
    return step.deficit(gamma) if gamma.is_exact() else mean_value_step(step, gamma)[0]


def _lowest(step: DeficitMap, low: arb, *, increasing: bool) -> arb:
    """The largest deficit of the image of the deficits in [0, low]; P increases on [0, 1]."""
    if increasing or low <= 1:
        return stepped(step, low)
    end = low.upper()
    ends = [1 + (end - 1) * k / _PARTS for k in range(_PARTS + 1)]
    inner = [1 + (low.lower() - 1) * k / _PARTS for k in range(_PARTS + 1)]
    reached = largest([step.deficit(point.mid()) for point in inner])
    above = largest([mean_value_step(step, a.union(b))[0] for a, b in zip(ends, ends[1:], strict=False)])
    return reached.union(largest([reached, above]))


def largest(balls: Sequence[arb]) -> arb:
    """The greatest of several numbers.

    >>> largest([arb(1), arb(3), arb(2)])
    3.00000000000000
    """
    most = balls[0]
    for ball in balls[1:]:
        most = most.max(ball)
    return most


def smallest(balls: Sequence[arb]) -> arb:
    """The least of several numbers.

    >>> smallest([arb(2), arb(1)])
    1.00000000000000
    """
    return -largest([-ball for ball in balls])
