"""Proved bounds of the residual of a truncated solution of Abel's equation, and of its sum along an orbit."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from symntk.depth.certified_fatou import LaurentLog
from symntk.depth.certified_germ import Germ
from symntk.errors import UndecidedError

_EXPLICIT = 10
"""Coefficients of v that are taken one by one."""


@dataclass(frozen=True, kw_only=True)
class Residual:
    """|E(w)| ≤ height·(w/r)^order/(1 − w/r) for 0 < w < r."""

    height: arb
    radius: arb
    order: int

    def bound(self, w: arb) -> arb:
        """The bound at one w in (0, r)."""
        quotient = w / self.radius
        return self.height * quotient**self.order / (1 - quotient)

    def along_orbit(self, w: arb, drop: arb, order: int) -> arb:
        """Σ |E(wₗ)| over an orbit that starts at w and loses at least drop·wₗᵖ⁺¹ in a step, p = `order` < M.

        wₗᴹ ≤ (wₗ − wₗ₊₁)·wₗᴹ⁻ᵖ⁻¹/drop telescopes, so that the sum is at most bound(w)·w⁻ᵖ/drop.
        """
        return self.bound(w) / (drop * w**order)


def abel_residual(germ: Germ, solution: LaurentLog, right: LaurentLog, order: int) -> Residual:
    """The residual E = Ψ(F) − Ψ − S, whose Taylor coefficients below wᴹ (M = `order`) vanish exactly.

    Cauchy on |w| = r with |F/w − 1| ≤ σ: |Eₖ| ≤ B·r⁻ᵏ with
    B = Σ|uⱼ|rʲ((1 ± σ)ʲ + 1) − |κ|·log(1 − σ) + Σ|sⱼ|rʲ, the sign of σ that of j.
    """
    r, spread = germ.radius, germ.spread
    stretched = sum(
        (abs(u) * (r * (1 + spread if j >= 0 else 1 - spread)) ** j for j, u in solution.terms.items()), arb(0)
    )
    height = stretched + solution.majorant(r) - abs(solution.logarithm) * (1 - spread).log() + right.majorant(r)
    return Residual(height=height, radius=r, order=order)


def slope_residual(germ: Germ, slope: LaurentLog, order: int) -> Residual:
    """The residual E = λ·P(F) − P of the equation P(g(γ))·g′(γ) = P(γ) that P = dΦ/dγ satisfies formally."""
    r, spread = germ.radius, germ.spread
    stretched = sum(
        (abs(u) * (r * (1 + spread if j >= 0 else 1 - spread)) ** j for j, u in slope.terms.items()), arb(0)
    )
    return Residual(height=germ.slope * stretched + slope.majorant(r), radius=r, order=order)


def certain_drop(germ: Germ, w: arb) -> arb:
    """A b > 0 with F(u) ≤ u − b·uᵖ⁺¹ for all 0 < u ≤ w: coefficients of v, then the Cauchy bound of its tail.

    Raises UndecidedError when w is too large for that.
    """
    p, quotient = germ.order, w / germ.radius
    known = germ.series(p + _EXPLICIT)[0]
    others = sum((abs(known[n]) * w ** (n - p) for n in range(p + 1, p + _EXPLICIT)), arb(0))
    drop = -known[p] - others - germ.spread * quotient**_EXPLICIT / (germ.radius**p * (1 - quotient))
    if not drop > 0:
        raise UndecidedError(f"a decreasing orbit from w = {w} was asked for, but it is not proved; start nearer to 0")
    return drop
