"""The flow of αx + β|x| in balls: how long the angle of two inputs takes to close, and what their kernel gathers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from flint import acb, arb, arb_poly, arb_series

from symntk.errors import UndecidedError
from symntk.numbers.power_series import coefficients, series_length
from symntk.numbers.precision import current_precision, working_precision

RADIUS, LARGEST_ANGLE = 4, 2
"""sin u − u·cos u has no root with 0 < |u| < 4.49; Laurent series converge there and are summed up to 2."""
ARCS = 256


@dataclass(frozen=True, kw_only=True)
class PoleSeries:
    """r(u) = Σ cₖ·u^{−k} + h(u) with h analytic on |u| ≤ 4, and −∫ r without constant."""

    poles: dict[int, arb]
    """cₖ, k ≥ 1."""
    regular: arb_poly
    """The Taylor polynomial of h."""
    primitive: arb_poly
    height: arb
    """sup |h| on |u| = 4."""

    def tail(self, angle: arb) -> arb:
        """|h − polynomial| by Cauchy's bound."""
        quotient = angle / RADIUS
        return arb(0, (self.height * quotient ** self.regular.length() / (1 - quotient)).abs_upper())

    def value(self, angle: arb) -> arb:
        """r(θ) for 0 < θ ≤ 2, without the cancellation of its closed form."""
        total = self.regular(angle) + self.tail(angle)
        return sum((c / angle**k for k, c in self.poles.items()), total)

    def integral(self, angle: arb) -> arb:
        """c₁·(−log θ) + Σ cₖ·θ^{1−k}/(k − 1) − ∫₀^θ h."""
        total = -self.primitive(angle) - angle * self.tail(angle)
        for k, c in self.poles.items():
            total = total - c * angle.log() if k == 1 else total + c / ((k - 1) * angle ** (k - 1))
        return total


@dataclass(frozen=True, kw_only=True)
class KinkFlow:
    """b = sin θ − θ·cos θ, the flow dθ/dτ = −b/sin θ, and what it gathers."""

    time: PoleSeries
    """sin/b: its integral J is the time to close."""
    source: PoleSeries
    """sin·cos/b²: the kernel's source over b, along the flow."""

    def angle(self, time: arb) -> arb:
        """The θ in (0, 2] with J(θ) = time, by an interval Newton step that proves itself.

        Raises UndecidedError where there is none or the precision does not show it.
        """
        centre = _newton(self.time, time.mid())
        miss = self.time.integral(centre) - time
        for inflation in (2, 16, 1 << 10, 1 << 20):
            trial = centre + arb(0, (inflation * miss / self.time.value(centre)).abs_upper())
            if not (trial > 0 and trial <= LARGEST_ANGLE):
                break
            found = centre + miss / self.time.value(trial)
            if found in trial:
                return found
        raise UndecidedError(
            f"the angle after the time {time.str(6)} was asked for, but it could not be enclosed; give more bits"
        )


def _newton(time: PoleSeries, target: arb) -> arb:
    """An approximate root of J(θ) = target; J is convex and falls like 3/θ."""
    centre = (3 / target).min(arb(LARGEST_ANGLE)).mid()
    for _ in range(2 * current_precision().bit_length() + 8):
        moved = (centre + (time.integral(centre) - target) / time.value(centre)).mid()
        centre = moved if 0 < moved < LARGEST_ANGLE else arb(LARGEST_ANGLE) / 2
    return centre


@lru_cache(maxsize=8)
def kink_flow(bits: int) -> KinkFlow:
    """The two Laurent series with coefficients of `bits` bits and proved tails for 0 < θ ≤ 2.

    b/u³ and sin u/u are entire and even; b = u²·j₁(u) has real roots only, of which 4.49 is the least positive one.
    Domain: `bits` ≥ 2. Guarantee: certified.

    >>> kink_flow(53).time.integral(arb(1)).str(8)
    '[3.2019574 +/- 3.18e-8]'
    """
    count = bits + 16
    with working_precision(bits), series_length(count + 3):
        sine, cosine = arb_series([0, 1]).sin_cos()
        bottom = arb_series(coefficients(sine - arb_series([0, 1]) * cosine, count + 3)[3:])
        top = arb_series(coefficients(sine, count + 1)[1:])
        time, source = top / bottom, top * cosine / (bottom * bottom)
        return KinkFlow(
            time=_pole_series(coefficients(time, count), 2, lambda u: u.sin() / _bracket(u)),
            source=_pole_series(coefficients(source, count), 5, lambda u: u.sin() * u.cos() / _bracket(u) ** 2),
        )


def _bracket(u: acb) -> acb:
    return u.sin() - u * u.cos()


def _pole_series(values: list[arb], order: int, closed: Callable[[acb], acb]) -> PoleSeries:
    """Σ values[n]·u^{n − order}, of which every other one is exactly 0."""
    poles = {order - n: values[n] for n in range(0, order, 2)}
    regular = arb_poly(values[order:])
    return PoleSeries(poles=poles, regular=regular, primitive=regular.integral(), height=_height(poles, closed))


def _height(poles: dict[int, arb], closed: Callable[[acb], acb]) -> arb:
    """sup |r − poles| on |u| = 4 over arcs of a quarter of it: r is odd or even, and real on the real axis."""
    highest = arb(0)
    for i in range(ARCS):
        u = RADIUS * acb(arb(2 * i + 1, 1) / (4 * ARCS)).exp_pi_i()
        rest = closed(u) - sum((c / u**k for k, c in poles.items()), acb(0))
        highest = highest.max(abs(rest).abs_upper())
    return highest
