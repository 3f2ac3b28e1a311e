"""Jumps along an orbit that tends to a fixed correlation at a geometric rate: the ordered and the chaotic phase."""

from __future__ import annotations

from dataclasses import dataclass

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

    |e| ≤ C·w (`steepness`), wₗ shrinks by χ^{1/k} at least, and −log(1 − e) ≤ e/(1 − e).
    Domain: 0 ≤ e, as for f convex; not finite where e is not seen to be below 1.
    """
    first = steepness(germ)[0] * germ.variable(gamma)
    return first / ((1 - first) * (1 - factor.root(germ.power))) if first < 1 else arb.pos_inf()


def steepness(germ: Germ) -> tuple[arb, arb]:
    """(C, D) with |1 − vᵏ| ≤ C·w and |1 − λ| ≤ D·w for 0 < w ≤ reach.

    Both are analytic on |w| ≤ r and vanish at 0, so that Schwarz's lemma bounds them there; the error of the germ adds
    to them.
    """
    k, order = germ.power, germ.error_order
    apart = germ.error * germ.reach ** max(order - 2, 0)
    values = ((1 + germ.spread) ** k - 1) / germ.radius + k * 2**k * apart
    slopes = (germ.slope + 1) / germ.radius + germ.slope_error * germ.reach ** max(order - 2, 0)
    return values, slopes


def contracted(germ: Germ, factor: arb, pair: Pair, steps: int, layer: int) -> Pair:
    """The pair `steps` layers later: γ_L = γ_m·χⁿ·Π(1 − e), and K by comparison with constant coefficients.

    γ falls, so g′ lies between χ·λ(γ_m) and χ, and the sources between 1 − γ_m and 1: K lies between the solutions of
    k′ = a·k + b at those ends when k_m > 0. Guarantee: certified for any number of steps.
    """
    error = koenigs_error(germ, factor, pair.gamma).abs_upper()
    power = factor**steps
    shrunk = ball(arb(1), error)
    least = factor * (1 - steepness(germ)[1] * germ.variable(pair.gamma))
    high = power * pair.kernel + (1 - power) / (1 - factor)
    low = least**steps * pair.kernel + (1 - pair.gamma) * (1 - least**steps) / (1 - least)
    return Pair(layer=layer, gamma=pair.gamma * power * shrunk, kernel=low.union(high))


@dataclass(frozen=True, kw_only=True)
class Attractor:
    """A fixed correlation c* = 1 − γ* inside (−1, 1) with the slope of f there; `gamma` is 1 where c* = 0."""

    gamma: arb
    slope: arb


def settled(step: DeficitMap, at: Attractor, pair: Pair, steps: int, layer: int) -> Pair | None:
    """The pair `steps` layers later, from a γ_m near γ* > 0; None where f is not seen to contract between them.

    |γ − γ*| shrinks by a = sup f′ over the interval J that |γ_m − γ*| spans around γ*, J is mapped into itself, and K
    lies between the solutions of k′ = f′·k + c with f′ and c at their ends over J.
    Guarantee: certified for any number of steps.
    """
    apart = pair.gamma - at.gamma
    around = ball(at.gamma, apart)
    slope = step.slope(around)
    if not (slope > 0 and slope < 1):
        return None
    power, c = slope**steps, 1 - around
    gamma = ball(at.gamma, apart * slope.upper() ** steps)
    low, high = ((1 - s**steps) / (1 - s) for s in (slope.lower(), slope.upper()))
    sums = low.union(high)
    return Pair(layer=layer, gamma=gamma, kernel=power * pair.kernel + c * sums)


def vanished(slope: arb, top: arb, pair: Pair, steps: int, layer: int) -> Pair:
    """The pair `steps` layers later where f is odd and c* = 0: c_L = c_m·λⁿ·Π(1 + e), k_L/c_L = k_m/c_m·Π(1 + d) + n….

    f has non-negative Taylor coefficients, λ the first and χ₁ their weighted sum, so that f(c) = λc(1 + e) and
    f′(c) = λ(1 + e + d) with 0 ≤ e ≤ (1 − λ)/λ·c² and 0 ≤ d ≤ (χ₁ − λ)/λ·c²; cₗ shrinks by λ(1 + e_m) at least.
    Domain: 0 < λ < 1, c_m ≠ 0. Guarantee: certified, of full relative accuracy.
    """
    c = 1 - pair.gamma
    first, second = ((x - slope) / slope * c**2 for x in (arb(1), top))
    shrink = 1 - (slope * (1 + first)) ** 2
    grown, tilted = ((1 + arb(0).union((e / shrink).expm1().abs_upper())) for e in (first, second))
    ratio = (pair.kernel / c * tilted) + arb(steps) * tilted
    after = c * slope**steps * grown
    return Pair(layer=layer, gamma=1 - after, kernel=ratio * after)


def diagonal(factor: arb | None, layers: int) -> arb:
    """K^L(x,x)/q = 1 + χ + … + χ^{L−1}; χ = 1 for None.

    >>> diagonal(None, 5), diagonal(arb(0.5), 2)
    (5.00000000000000, 1.50000000000000)
    """
    return arb(layers) if factor is None else (1 - factor**layers) / (1 - factor)
