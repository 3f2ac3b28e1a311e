"""Upper bounds of how different two representations can stay: of 1 − ρ_max, the printed one and a sharp one.

With J_l = (P_l∘…∘P_1)′(1), J_0 = 1, and δ_l, R_l as for the Jacobian,

    printed      (1 − ρ_max)² ≤ 8·J_L/Σ R_l                     [shrinkage2022, theorem 1]
    sharp        1 − ρ_max ≤ 2·δ_l, δ_l ≤ J_l/(1 + Σ_{k≤l} J_{k−1}·R_k)

Proof. δ_l ≤ χ_l·δ_{l−1}·(1 − δ_{l−1}R_l) is the layerwise bound of the Jacobian. As 1/(1 − x) ≥ 1 + x,
J_l/δ_l ≥ (J_{l−1}/δ_{l−1})·(1 + δ_{l−1}R_l) = J_{l−1}/δ_{l−1} + J_{l−1}R_l, and J_0/δ_0 = 1.
At criticality J_l = 1: 1 − ρ_max is of the order 1/L, where the printed bound has 1/√L.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb

from symntk.bounds.correlation_range import GUARD_BITS, smallest, walked
from symntk.bounds.normalised_layer import NormalisedLayer
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision


@dataclass(frozen=True, kw_only=True)
class ShrinkageBounds:
    """1 − ρ_max of a network of infinite width and what lies above it; `deficit_bounds` are those of δ_1, …, δ_L."""

    spread: arb
    printed: arb
    sharp: arb
    deficits: tuple[arb, ...]
    deficit_bounds: tuple[arb, ...]

    def slack(self, bound: arb) -> arb:
        """A bound over 1 − ρ_max, at least 1."""
        return bound / self.spread


def shrinkage_bounds(layers: Sequence[NormalisedLayer], *, bits: int = 64) -> ShrinkageBounds:
    """1 − ρ_max of a network between 0 and its bounds.

    Domain: at least one layer, not all of them linear for a finite printed bound. Guarantee: certified balls, the
    bounds by the proof above. Raises DomainError for no layers. Source: [shrinkage2022]; the sharp one is proved here.

    >>> from symntk.activations.catalogue import activation
    >>> from symntk.bounds.normalised_layer import critical
    >>> found = shrinkage_bounds([critical(activation("erf"))] * 100)
    >>> [x.str(4) for x in (found.spread, found.sharp, found.printed)]
    ['[0.02704 +/- 3.78e-6]', '[0.2484 +/- 3.39e-5]', '[1.065 +/- 2.15e-4]']
    """
    walk = walked(layers, bits)
    with working_precision(bits + GUARD_BITS):
        ratios = {layer: enclose(layer.ratio, bits=bits + GUARD_BITS) for layer in set(layers)}
        slopes = {layer: enclose(layer.slope, bits=bits + GUARD_BITS) for layer in set(layers)}
        jacobian, total, bounds = arb(1), arb(1), list[arb]()
        for layer in layers:
            total, jacobian = total + jacobian * ratios[layer], jacobian * slopes[layer]
            bounds.append(jacobian / total)
        weights = sum((ratios[layer] for layer in layers), arb(0))
        return ShrinkageBounds(
            spread=walk.spread,
            printed=(8 * jacobian / weights).sqrt() if weights > 0 else arb.pos_inf(),
            sharp=2 * smallest(bounds),
            deficits=walk.deficits,
            deficit_bounds=tuple(bounds),
        )
