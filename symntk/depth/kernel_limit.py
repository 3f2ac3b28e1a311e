"""The NTK of a deep network on the edge of chaos: its linear recursion solved as a series along the orbit."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Rational

from symntk.depth.fatou import FatouSeries, LogSeries, formal_sum
from symntk.depth.transseries import KERNEL_INITIAL, Orbit, Transseries
from symntk.expansions.puiseux import Series


@dataclass(frozen=True, kw_only=True, eq=False)
class KernelSeries:
    """K^ℓ(x, x′)/q = (Θ(w_ℓ) + D)/Φ′(γ_ℓ), both parts as series in w."""

    primitive: LogSeries
    """a²·Θ."""
    slope: Series
    """a·Φ′ as a derivative in γ."""


def kernel_series(fatou: FatouSeries, deficit_map: Series, gamma_power: int, source: Series) -> KernelSeries:
    """The general solution of the NTK recursion on an orbit w_{ℓ+1} = W(w_ℓ), γ = w^m, m = `gamma_power`.

    `source` is what a layer adds to K, as a series in w before the layer.
    1/Φ′(γ_ℓ) solves the recursion without its source, and Θ(W) − Θ = source·Φ′(γ(W)) by variation of constants.
    Φ′ after the step is taken from Φ′(W)·W′ = Φ′, which needs no composition.
    Domain: the factor of the recursion is the slope of the correlation map. Guarantee: exact.
    """
    ring = fatou.ring
    slope = fatou.scaled.derivative()
    scale = ring.rational(1, gamma_power)
    per_step = deficit_map.derivative() * deficit_map.power(Rational(gamma_power - 1))
    slope_after = (slope * per_step.power(Rational(-1))).scaled(scale)
    return KernelSeries(
        primitive=formal_sum(fatou.step, source * slope_after), slope=slope.shifted(1 - gamma_power).scaled(scale)
    )


def ntk_rate(orbit: Orbit, kernel: KernelSeries, order: int) -> Transseries:
    """K^ℓ(x, x′)/(ℓ·q) in ℓ, log ℓ, C and D, to `order` powers of ℓ^{−1/p}.

    Guarantee: exact. Source: derived here; the limits 1/4 and 1/3 are in [hayou2021].
    """
    ring, p = orbit.ring, orbit.fatou.p
    inverse = orbit.substituted(kernel.slope.power(Rational(-1))).shifted(p)
    particular = orbit.log_series(kernel.primitive) * inverse
    # 1/ℓ = p·a·z^p turns a²Θ/(aΦ′) into p·z^p·(…) and D/Φ′ into p·a²·z^p·D/(aΦ′).
    start = ring.times(ring.times(ring.element(KERNEL_INITIAL), orbit.fatou.a), orbit.fatou.a)
    total = particular + inverse.scaled(start)
    return orbit.expanded(total.scaled(ring.rational(p)).truncated(order))
