"""Jumps along an orbit that falls to γ = 0 at a geometric rate: the ordered phase of homogeneous activations."""

from __future__ import annotations

from flint import arb

from symntk.depth.certified_germ import Germ
from symntk.depth.validated import DeficitMap, Pair, ball


def contracted_map(step: DeficitMap, factor: arb) -> DeficitMap:
    """χ·g, the deficit map with biases: f(c) = 1 − χ + χ·f₀(c) at the fixed variance q = σ_b²/(1 − χ).

    >>> from symntk.depth.certified_kink import kink_map
    >>> contracted_map(kink_map(arb(0.5)), arb(0.5)).deficit(arb(1)).str(8)
    '[0.34084506 +/- 3.10e-9]'
    """
    return DeficitMap(
        deficit=lambda gamma: factor * step.deficit(gamma), slope=lambda gamma: factor * step.slope(gamma)
    )


def koenigs_error(germ: Germ, factor: arb, gamma: arb) -> arb:
    """A bound of −log of Π (1 − e(γₗ)) over the orbit from γ on, where g₀(γ) = γ·(1 − e(γ)).

    e = 1 − vᵏ is analytic on |w| ≤ r with |e| ≤ (1 + σ)ᵏ − 1 and e(0) = 0, so |e(w)| ≤ ((1 + σ)ᵏ − 1)·w/r (Schwarz);
    wₗ shrinks by χ^{1/k} at least, and −log(1 − e) ≤ e/(1 − e). Domain: 0 ≤ e, as for f convex.
    """
    w, k = germ.variable(gamma), germ.power
    first = ((1 + germ.spread) ** k - 1) * w / germ.radius
    return first / ((1 - first) * (1 - factor.root(k)))


def contracted(germ: Germ, factor: arb, pair: Pair, steps: int, layer: int) -> Pair:
    """The pair `steps` layers later: γ_L = γ_m·χⁿ·Π(1 − e), and K by comparison with constant coefficients.

    γ falls, so g′ lies between χ·λ(γ_m) and χ, and the sources between 1 − γ_m and 1: K lies between the solutions of
    k′ = a·k + b at those ends when k_m > 0. Guarantee: certified for any number of steps.
    """
    error = koenigs_error(germ, factor, pair.gamma).abs_upper()
    power = factor**steps
    shrunk = ball(arb(1), error)
    least = factor * (1 - (germ.slope - 1) * germ.variable(pair.gamma) / germ.radius)
    high = power * pair.kernel + (1 - power) / (1 - factor)
    low = least**steps * pair.kernel + (1 - pair.gamma) * (1 - least**steps) / (1 - least)
    return Pair(layer=layer, gamma=pair.gamma * power * shrunk, kernel=low.union(high))


def diagonal(factor: arb | None, layers: int) -> arb:
    """K^L(x,x)/q = 1 + χ + … + χ^{L−1}; χ = 1 for None.

    >>> diagonal(None, 5), diagonal(arb(0.5), 2)
    (5.00000000000000, 1.50000000000000)
    """
    return arb(layers) if factor is None else (1 - factor**layers) / (1 - factor)
