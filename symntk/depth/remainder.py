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
    """|E(w)| ≤ height·(w/r)^order/(1 − w/r) + shift·w^shift_order for 0 < w ≤ reach."""

    height: arb
    radius: arb
    order: int
    shift: arb
    shift_order: int

    @property
    def least_order(self) -> int:
        """The power of w with which the bound vanishes."""
        return self.order if self.shift == 0 else min(self.order, self.shift_order)

    def bound(self, w: arb) -> arb:
        """The bound at one w in (0, reach]."""
        quotient = w / self.radius
        return self.height * quotient**self.order / (1 - quotient) + self.shift * w**self.shift_order

    def along_orbit(self, w: arb, drop: arb, order: int) -> arb:
        """Σ |E(wₗ)| over an orbit that starts at w and loses at least drop·wₗᵖ⁺¹ in a step, p = `order` < M.

        wₗᴹ ≤ (wₗ − wₗ₊₁)·wₗᴹ⁻ᵖ⁻¹/drop telescopes, so that the sum is at most bound(w)·w⁻ᵖ/drop; both orders exceed p.
        """
        return self.bound(w) / (drop * w**order)


def abel_residual(germ: Germ, solution: LaurentLog, right: LaurentLog, order: int) -> Residual:
    """The residual E = Ψ(F) − Ψ − S, whose Taylor coefficients below wᴹ (M = `order`) vanish exactly.

    Cauchy on |w| = r with |F/w − 1| ≤ σ: |Eₖ| ≤ B·r⁻ᵏ with
    B = Σ|uⱼ|rʲ((1 ± σ)ʲ + 1) − |κ|·log(1 − σ) + Σ|sⱼ|rʲ, the sign of σ that of j.
    Where the true map G differs from F, Ψ(G) − Ψ(F) = Ψ′(ξ)·(G − F).
    """
    height = stretched(germ, solution) + solution.majorant(germ.radius) + right.majorant(germ.radius)
    height -= abs(solution.logarithm) * (1 - germ.spread).log()
    slope, lowest = _nearby(germ, solution.derivative())
    return Residual(
        height=height,
        radius=germ.radius,
        order=order,
        shift=slope * germ.error,
        shift_order=lowest + germ.error_order,
    )


def slope_residual(germ: Germ, slope: LaurentLog, order: int) -> Residual:
    """The residual E = λ·P(F) − P of the equation P(g(γ))·g′(γ) = P(γ) that P = dΦ/dγ satisfies formally.

    Where the true slope μ and map G differ: μ·P(G) − λ·P(F) = (μ − λ)·P(G) + λ·P′(ξ)·(G − F).
    """
    value, lowest = _nearby(germ, slope)
    rate, _ = _nearby(germ, slope.derivative())
    return Residual(
        height=germ.slope * stretched(germ, slope) + slope.majorant(germ.radius),
        radius=germ.radius,
        order=order,
        shift=germ.slope_error * value + germ.slope * rate * germ.error,
        shift_order=lowest + germ.error_order - 1,
    )


def stretched(germ: Germ, series: LaurentLog) -> arb:
    """A bound of |Σ uⱼF(w)ʲ| on |w| = r."""
    r, spread = germ.radius, germ.spread
    terms = (abs(u) * (r * (1 + spread if j >= 0 else 1 - spread)) ** j for j, u in series.terms.items())
    return sum(terms, arb(0))


def _nearby(germ: Germ, series: LaurentLog) -> tuple[arb, int]:
    """(B, m) with |Σ uⱼξʲ| ≤ B·wᵐ for w/2 ≤ ξ ≤ 2w ≤ 2·reach, where F(w) and the true map lie; m the lowest power.

    Raises UndecidedError where they need not lie there.
    """
    lowest = min(j for j, u in series.terms.items() if u != 0)
    if germ.error == 0:
        return arb(0), lowest
    if not germ.spread + germ.error * germ.reach ** (germ.error_order - 1) < arb(0.5):
        raise UndecidedError("a germ with a small error was asked for, but the error is large; start nearer to 0")
    terms = (abs(u) * germ.reach ** (j - lowest) * arb(2) ** abs(j) for j, u in series.terms.items())
    return sum(terms, arb(0)), lowest


def certain_drop(germ: Germ, w: arb) -> arb:
    """A b > 0 with G(u) ≤ u − b·uᵖ⁺¹ for all 0 < u ≤ w, G the true map.

    Coefficients of v, then the Cauchy bound of its tail and the error of the germ.
    Raises UndecidedError when w is too large for that.
    """
    p, quotient = germ.order, w / germ.radius
    known = germ.series(p + _EXPLICIT)[0]
    others = sum((abs(known[n]) * w ** (n - p) for n in range(p + 1, p + _EXPLICIT)), arb(0))
    others += germ.error * w ** (germ.error_order - p - 1) if germ.error != 0 else 0
    drop = -known[p] - others - germ.spread * quotient**_EXPLICIT / (germ.radius**p * (1 - quotient))
    if not drop > 0:
        raise UndecidedError(f"a decreasing orbit from w = {w} was asked for, but it is not proved; start nearer to 0")
    return drop
