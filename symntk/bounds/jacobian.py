"""Lower bounds of the Jacobian of a deep network by its correlation maps: the printed one, and sharp ones.

With δ_l = 1 − P_l∘…∘P_1(0), δ_0 = 1, and R_l of the layers, J = (P_L∘…∘P_1)′(1) is at least

    printed      (1 − ρ_max)²/8 · Σ R_l                         [shrinkage2022, theorem 1]
    uniform      d·Π 1/(1 − d·R_l), d = (1 − ρ_max)/2           from the same data
    layerwise    δ_L·Π 1/(1 − δ_{l−1}·R_l)                      with equality for polynomials φ of degree 2

Proof. P = Σ cₖρᵏ, cₖ ≥ 0, has P′(1) = Σ kcₖ = χ, P(1) − P(1 − δ) = Σ cₖ(1 − (1 − δ)ᵏ) and Σ_{k≥2} cₖ = χR. The numbers
bₖ = kδ − 1 + (1 − δ)ᵏ have b₁ = 0, b₂ = δ² and b_{k+1} − bₖ = δ(1 − (1 − δ)ᵏ) ≥ 0, so that
χδ − (P(1) − P(1 − δ)) = Σ cₖbₖ ≥ δ²·χR, that is χ_l ≥ (δ_l/δ_{l−1})/(1 − δ_{l−1}R_l), and R ≤ 1/2. The product over l
telescopes. x/(1 − xR) increases in x, δ_l ≥ 1 − ρ̃_max, and 1 − ρ̃_max ≥ (1 − ρ_max)/2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb

from symntk.bounds.correlation_range import GUARD_BITS, walked
from symntk.bounds.normalised_layer import NormalisedLayer
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision


@dataclass(frozen=True, kw_only=True)
class JacobianBounds:
    """J of an infinitely wide network and what lies below it, as balls.

    `deficits` are δ_1, …, δ_L; `spread` is 1 − ρ_max, ρ_max = max_l min_ρ P_l∘…∘P_1(ρ) over ρ in [−1, 1], a ball as
    wide as is known of it. A bound holds for every number of its ball.
    """

    value: arb
    printed: arb
    uniform: arb
    layerwise: arb
    deficits: tuple[arb, ...]
    spread: arb

    def slack(self, bound: arb) -> arb:
        """J over a bound: how much is given away, at least 1."""
        return self.value / bound


def jacobian_bounds(layers: Sequence[NormalisedLayer], *, bits: int = 64) -> JacobianBounds:
    """J = (P_L∘…∘P_1)′(1), the squared Jacobian norm of the network of infinite width, between its bounds.

    Domain: at least one layer. Guarantee: certified balls, the bounds by the proof above. Raises DomainError for no
    layers, NoClosedFormError where an activation has no certified map. Source: [shrinkage2022]; the sharper bounds are
    proved here.

    >>> from symntk.activations.catalogue import activation
    >>> from symntk.bounds.normalised_layer import critical
    >>> found = jacobian_bounds([critical(activation("erf"))] * 100)
    >>> [x.str(5) for x in (found.value, found.printed, found.uniform, found.layerwise)]
    ['1.0000', '[0.00064420 +/- 4.02e-9]', '[0.014871 +/- 4.23e-7]', '[0.059575 +/- 6.43e-8]']
    """
    walk = walked(layers, bits)
    with working_precision(bits + GUARD_BITS):
        ratios = {layer: enclose(layer.ratio, bits=bits + GUARD_BITS) for layer in set(layers)}
        weights = [ratios[layer] for layer in layers]
        slopes = {layer: enclose(layer.slope, bits=bits + GUARD_BITS) for layer in set(layers)}
        befores, spread = (arb(1), *walk.deficits[:-1]), walk.spread
        ends = [spread.lower(), spread.upper()]
        return JacobianBounds(
            value=product([slopes[layer] for layer in layers]),
            printed=ends[0].union(ends[1]) ** 2 / 8 * sum(weights, arb(0)),
            uniform=uniform_bound(ends[0] / 2, weights).union(uniform_bound(ends[1] / 2, weights)),
            layerwise=walk.deficits[-1] / product([1 - d * r for d, r in zip(befores, weights, strict=True)]),
            deficits=walk.deficits,
            spread=spread,
        )


def uniform_bound(deficit: arb, ratios: Sequence[arb]) -> arb:
    """d·Π 1/(1 − d·R_l), a bound of J for every d ≤ 1 − ρ̃_max; it increases in d.

    >>> uniform_bound(arb(0.5), [arb(0.5), arb(0.25)]).str(8)
    '[0.76190476 +/- 1.91e-9]'
    """
    return deficit / product([1 - deficit * ratio for ratio in ratios])


def product(factors: Sequence[arb]) -> arb:
    """The product of the factors; 1 for none."""
    total = arb(1)
    for factor in factors:
        total *= factor
    return total
