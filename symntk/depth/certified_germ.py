"""What the certified depth needs to know of a deficit map near γ = 0: Taylor coefficients and bounds on a disc."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

from flint import arb, arb_series, ctx


@dataclass(frozen=True, kw_only=True)
class Germ:
    """The deficit map g in a variable w with γ = scale·wᵏ, as w ↦ F(w) = w·v(w), and its slope λ = f′(1 − γ).

    v and λ are analytic on |w| ≤ radius with v(0) = λ(0) = 1, |v − 1| ≤ spread < 1 and |λ| ≤ slope there.
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

    def variable(self, gamma: arb) -> arb:
        """The w of a deficit."""
        return gamma / self.scale if self.power == 1 else (gamma / self.scale).root(self.power)

    def deficit(self, w: arb) -> arb:
        """The γ of a variable w."""
        return self.scale * w**self.power


@contextmanager
def series_length(count: int) -> Generator[None]:
    """Compute power series to O(w^count) inside the block.

    >>> with series_length(3):
    ...     arb_series([0, 1]).exp().length()
    3
    """
    before = ctx.cap
    ctx.cap = count
    try:
        yield
    finally:
        ctx.cap = before


def coefficients(series: arb_series, count: int) -> list[arb]:
    """The first `count` coefficients, zeros included."""
    return [series[k] for k in range(count)]
