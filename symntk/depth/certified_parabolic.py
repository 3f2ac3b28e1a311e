"""Jumps along an orbit of a parabolic map by Fatou coordinates with proved remainders, at a cost of about log L."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from symntk.depth.certified_fatou import LaurentLog, abel_solution
from symntk.depth.certified_germ import Germ
from symntk.depth.certified_skip import carried, carried_residual
from symntk.depth.remainder import Residual, abel_residual, certain_drop, slope_residual
from symntk.depth.validated import Pair, ball
from symntk.errors import UndecidedError
from symntk.numbers.precision import current_precision

_NEWTON_STEPS = 200
_MARGIN = 4


@dataclass(frozen=True, kw_only=True)
class Coordinates:
    """Truncated solutions of Φ∘g = Φ + 1 and U∘g = U + (c·Φ′)∘g at a precision, with the bounds of their residuals."""

    germ: Germ
    fatou: LaurentLog
    slope: LaurentLog
    """P = dΦ/dγ: formally P(g(γ))·g′(γ) = P(γ)."""
    sum: LaurentLog
    """V with V∘g = V + c·(P − kept·P∘g), c = 1 − γ."""
    summand: LaurentLog
    """c·P."""
    residuals: tuple[Residual, Residual, Residual]
    """Of Φ, of P and of V."""


def coordinates(germ: Germ, last: int, kept: arb | None = None) -> Coordinates:
    """The coordinates of a germ, Φ through w^last.

    V + c·P sums P times what the layers add to the NTK, c(g(γ)) − kept·c(γ); `kept` is None without skip connections.

    With dγ/dw = k·s·wᵏ⁻¹ and E = Φ∘F − Φ − 1 = O(wᴹ), M = last + p + 1: λ·P(F) − P = E′/(dγ/dw) = O(wᴹ⁻ᵏ).
    """
    k, p, one = germ.power, germ.order, {0: arb(1)}
    fatou = abel_solution(germ, one, last)
    slope = fatou.derivative().times({1 - k: 1 / (k * germ.scale)})
    summand = slope.times({0: arb(1), k: -germ.scale})
    right = summand.terms if kept is None else carried(germ, slope, kept, last)
    total = abel_solution(germ, right, last)
    sums = abel_residual(germ, total, summand, last + p + 1)
    residuals = (
        abel_residual(germ, fatou, LaurentLog(terms=one, logarithm=arb(0)), last + p + 1),
        slope_residual(germ, slope, last + p + 1 - k),
        sums if kept is None else carried_residual(germ, sums, slope, kept),
    )
    return Coordinates(germ=germ, fatou=fatou, slope=slope, sum=total, summand=summand, residuals=residuals)


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """A point of the orbit from which the coordinates carry on, with the summed errors of everything that follows."""

    at: Coordinates
    w: arb
    kernel: arb
    drop: arb
    lead: arb
    """A lower bound of |P(u)|·u^(p + k) for 0 < u ≤ w, positive: Φ is monotone there."""

    @property
    def errors(self) -> tuple[arb, arb, arb]:
        """Bounds of Σ|E_Φ|, Σ|E_P/P| and Σ|E_V| over the whole orbit from here on."""
        p, k = self.at.germ.order, self.at.germ.power
        phi, slope, total = (r.along_orbit(self.w, self.drop, p) for r in self.at.residuals)
        return phi, slope * self.w ** (p + k) / self.lead, total

    def accurate(self, bits: int) -> bool:
        """Whether the errors change Φ and the kernel by less than 2^−bits, relative to 1 and to the kernel's weight."""
        phi, slope, total = self.errors
        return (phi + slope + total / abs(self.at.slope(self.w))) * (1 << bits) < 1


def entrance(at: Coordinates, pair: Pair) -> Entrance:
    """Enters the coordinates at a layer of the orbit.

    Raises UndecidedError where the orbit is not yet near enough to 0 for the proofs.
    """
    germ = at.germ
    w = germ.variable(pair.gamma)
    if not w < germ.reach:
        raise UndecidedError(f"Fatou coordinates at w = {w} were asked for, but they hold for w < {germ.reach}")
    reach, first = w.abs_upper(), -germ.order - germ.power
    others = LaurentLog(terms={j - first: c for j, c in at.slope.terms.items() if j != first}, logarithm=arb(0))
    lead = (abs(at.slope.terms[first]) - others.majorant(reach)).abs_lower()
    if not abs(at.slope.terms[first]) > others.majorant(reach):
        raise UndecidedError(f"a monotone Fatou coordinate up to w = {w} was asked for; start nearer to 0")
    return Entrance(at=at, w=w, kernel=pair.kernel, drop=certain_drop(germ, reach), lead=lead)


def jumped(start: Entrance, steps: int, layer: int) -> Pair:
    """The pair `steps` layers after the entrance, at the given layer.

    Φ(w_L) = Φ(w_m) + steps + E_Φ; with hₗ = Π g′ = P(w_m)/P(wₗ)·(1 + η) the kernel is
    k_L = h_L·(k_m + Σ cⱼ/hⱼ) = ((1 + η)·P(w_m)·k_m + (1 + η′)·(U(w_L) − U(w_m) + E_V))/P(w_L), U = V + c·P, where
    |η|, |η′| ≤ exp(Σ|E_P/P|) − 1; the summands have one sign since cⱼ > 0.
    Guarantee: certified for any number of steps.
    """
    phi_error, slope_error, sum_error = start.errors
    at = start.at
    target = ball(at.fatou(start.w) + steps, phi_error)
    w = solved(start, target)
    drift = ball(arb(1), slope_error.exp() - 1)
    total = at.sum(w) + at.summand(w) - at.sum(start.w) - at.summand(start.w)
    kernel = (drift * at.slope(start.w) * start.kernel + drift * ball(total, sum_error)) / at.slope(w)
    return Pair(layer=layer, gamma=at.germ.deficit(w), kernel=kernel)


def solved(start: Entrance, target: arb) -> arb:
    """The w ≤ w_m with Φ(w) in the target, enclosed by monotony: Φ(lower) > target > Φ(upper).

    Raises UndecidedError when the enclosure is not proved.
    """
    phi, power = start.at.fatou, start.at.germ.order
    slope = phi.derivative()
    w = (phi.terms[-power] / target).root(power).mid()
    for _ in range(_NEWTON_STEPS):
        change = ((phi(w) - target) / slope(w)).mid()
        w = (w - change).mid()
        if abs(change) * (1 << current_precision() // 2) < w:
            break
    margin = (_MARGIN * (phi(w) - target) / slope(w)).abs_upper()
    lower, upper = (w - margin).mid(), (w + margin).mid()
    if lower > 0 and upper <= start.w.abs_lower() and phi(lower) > target and phi(upper) < target:
        return w + arb(0, margin) * 2
    raise UndecidedError("a point of the orbit was asked for, but the precision does not separate it; raise it")
