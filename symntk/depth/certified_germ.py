"""What the certified depth needs to know of a deficit map near γ = 0: Taylor coefficients and bounds on a disc."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flint import arb

REACH = arb(0.5)
"""The part of the radius up to which a germ is used."""


@dataclass(frozen=True, kw_only=True)
class Germ:
    """The deficit map g in a variable w with γ = scale·wᵏ, as w ↦ F(w) = w·v(w), and its slope λ = f′(1 − γ).

    v and λ are analytic on |w| ≤ radius with v(0) = λ(0) = 1, |v − 1| ≤ spread < 1 and |λ| ≤ slope there; the true
    map differs from F by at most error·wᴺ and its slope from λ by at most slope_error·wᴺ⁻¹, N = error_order, for real
    w ≤ reach·radius (error 0: F is the map itself).
    """

    power: int
    scale: arb
    order: int
    """The p of v(w) = 1 − a·wᵖ + O(wᵖ⁺¹), a > 0."""
    radius: arb
    spread: arb
    slope: arb
    series: Callable[[int], tuple[list[arb], list[arb]]]
    """The first n Taylor coefficients of v and of λ, at the precision in force."""
    error: arb = arb(0)
    slope_error: arb = arb(0)
    error_order: int = 1

    @property
    def reach(self) -> arb:
        """The w up to which the germ is used."""
        return self.radius * REACH

    def variable(self, gamma: arb) -> arb:
        """The w of a deficit."""
        return gamma / self.scale if self.power == 1 else (gamma / self.scale).root(self.power)

    def deficit(self, w: arb) -> arb:
        """The γ of a variable w."""
        return self.scale * w**self.power
