"""Iterates a correlation map and its NTK recursion directly, in balls on the deficit γ = 1 − c that do not blow up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flint import arb

Map = Callable[[arb], arb]


@dataclass(frozen=True, kw_only=True)
class DeficitMap:
    """g(γ) = 1 − f(1 − γ) and its slope g′(γ) = f′(1 − γ), as ball functions at the precision in force."""

    deficit: Map
    slope: Map


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One layer of the orbit of a pair at equal norms: γ = 1 − c and the kernel k = K(x, x′)/q."""

    layer: int
    gamma: arb
    kernel: arb


def ball(middle: arb, radius: arb) -> arb:
    """The ball with a centre and a radius, both enlarged to contain what the arguments contain."""
    return middle + arb(0, radius.abs_upper())


def mean_value_step(step: DeficitMap, gamma: arb) -> tuple[arb, arb]:
    """(g(γ), g′(γ)) with g(γ) = g(m) + g′(γ)·(γ − m), m the centre of the ball.

    Guarantee: certified; the radius is multiplied by at most sup |g′| over the ball, apart from rounding.
    """
    slope = step.slope(gamma)
    centre = gamma.mid()
    return step.deficit(centre) + slope * (gamma - centre), slope


def orbit(step: DeficitMap, gamma: arb, kept: arb | None = None) -> Iterator[Pair]:
    """Layers 1, 2, …: c¹ = 1 − γ, c^{ℓ+1} = f(c^ℓ), k¹ = c¹, k^{ℓ+1} = f′(c^ℓ)·k^ℓ + c^{ℓ+1} − kept·c^ℓ.

    `kept` is the part of c^ℓ that layer ℓ + 1 does not make anew: 0 without skip connections (None).
    Guarantee: certified balls.

    >>> from symntk.depth.certified_kink import kink_map
    >>> layers = orbit(kink_map(arb(0.5)), arb(1))
    >>> [round(float(next(layers).gamma), 6) for _ in range(3)]
    [1.0, 0.68169, 0.506269]
    """
    layer, kernel = 1, 1 - gamma
    while True:
        yield Pair(layer=layer, gamma=gamma, kernel=kernel)
        after, slope = mean_value_step(step, gamma)
        source = 1 - after if kept is None else 1 - after - kept * (1 - gamma)
        layer, gamma, kernel = layer + 1, after, slope * kernel + source
