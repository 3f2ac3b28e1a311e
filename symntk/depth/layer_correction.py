"""What the single layers of a scaled network add to its flow: invariants that count every layer exactly."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, factorial

from flint import fmpq_mpoly
from sympy import Expr, Rational

from symntk.depth.scaled import Flow, ScaledRate
from symntk.errors import DomainError
from symntk.expansions.puiseux import Series, constant


@dataclass(frozen=True, kw_only=True, eq=False)
class LayerCorrections:
    """hₙ and fₙ, n = 1, 2, …, as series in w."""

    time: tuple[Series, ...]
    """hₙ."""
    time_slopes: tuple[Series, ...]
    """dhₙ/dγ."""
    kernel: tuple[Series, ...]
    """fₙ."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Steps:
    """The layer γ ↦ γ − κ·x·G(γ), x = 1/m."""

    flow: Flow
    kappa: fmpq_mpoly
    fall: Series
    """G, with its leading power in front."""

    def slope(self, series: Series) -> Series:
        """d/dγ."""
        return _in_gamma(self.flow, series.derivative())

    def taylor(self, slope: Series, order: int) -> Series:
        """(−κ·G)^k/k! times the k-th derivative in γ, from the first derivative."""
        for _ in range(order - 1):
            slope = self.slope(slope)
        ring = slope.ring
        scale = ring.reduced((-self.kappa) ** order * ring.rational(1, factorial(order)))
        return slope * self.fall.power(Rational(order)).scaled(scale)

    def carried(self, found: list[Series], total: Series, n: int) -> Series:
        """The total plus what the earlier corrections leave at x^{n+1}."""
        for j, known in enumerate(found, 1):
            total = total + self.taylor(self.slope(known), n + 1 - j)
            total = total - known.scaled(known.ring.rational(comb(n, n + 1 - j)))
        return total

    def divided(self, series: Series, n: int) -> Series:
        """(n + κ·G·d/dγ)⁻¹, a geometric series of operators that raise the order in w."""
        ring = series.ring
        term = series.scaled(ring.rational(1, n))
        total = term
        while term.valuation < total.precision:
            term = (self.fall * self.slope(term)).scaled(self.kappa * ring.rational(-1, n))
            total = total + term
        return total


def layer_corrections(rate: ScaledRate, strength: Expr, count: int) -> LayerCorrections:
    """The invariants of the layers δ_ℓ = κ/m, m = ℓ + η: C and D to O(m^{−n−1}) from one layer, n = `count`.

    C = Φ(w_ℓ) + (b/p)·log(p·a) − κ·log m + Σ hⱼ(w_ℓ)·m^{−j} and D = k^ℓ·(Φ′ + Σ hⱼ′·m^{−j}) − Θ − Σ fⱼ·m^{−j}, primes
    for d/dγ. H(γ − κxG, x) = H(γ, x/(1 − x)) with x = 1/m, order by order: (n + κ·G·d/dγ)·hₙ is known from the earlier
    ones, and G·d/dγ raises the order in w; the factor of K is then ∂H/∂γ, and fₙ follows in the same way.
    Guarantee: exact coefficients. The series in w are asymptotic: their coefficients grow like n!·(κ·a)ⁿ.
    Raises DomainError for a count below 1.

    >>> from sympy import S
    >>> from symntk.activations.catalogue import activation
    >>> from symntk.depth.scaled import scaled_rate
    >>> rate = scaled_rate(activation("relu"), 3)
    >>> (first,) = layer_corrections(rate, S(1), 1).time
    >>> [rate.fatou.ring.expression(c) for c in first.coefficients[:2]]
    [-1/2, sqrt(2)/(2*pi)]
    """
    if count < 1:
        raise DomainError(f"{count} corrections of the layers were asked for; take at least 1")
    steps = _Steps(flow=rate.flow, kappa=rate.fatou.ring.element(strength), fall=rate.flow.fall.normal())
    slope = _in_gamma(rate.flow, rate.fatou.scaled.scaled(rate.fatou.step.inverse).derivative())
    time = _time(steps, slope, count)
    slopes = [steps.slope(h) for h in time]
    return LayerCorrections(
        time=tuple(time), time_slopes=tuple(slopes), kernel=tuple(_kernel(steps, slope, slopes, count))
    )


def _in_gamma(flow: Flow, slope: Series) -> Series:
    """A derivative in w as one in γ = w^m."""
    return slope.shifted(1 - flow.gamma_power).scaled(slope.ring.rational(1, flow.gamma_power))


def _time(steps: _Steps, slope: Series, count: int) -> list[Series]:
    found: list[Series] = []
    for n in range(1, count + 1):
        total = steps.taylor(slope, n + 1)
        total = total - constant(slope.ring, steps.kappa * slope.ring.rational(1, n + 1), total.precision)
        found.append(steps.divided(steps.carried(found, total, n), n))
    return found


def _kernel(steps: _Steps, slope: Series, slopes: list[Series], count: int) -> list[Series]:
    """F(γ − κxG, x) − F(γ, x/(1 − x)) = κ·x·f·E(γ, x/(1 − x))/(1 − κxG′) with E = ∂H/∂γ, F = Θ + Σ fₙxⁿ."""
    primitive = steps.flow.mapped * slope * slope  # Θ′ = f·Φ′²
    contraction = steps.slope(steps.fall).scaled(steps.kappa)
    layer, source = slope, steps.flow.mapped.scaled(-steps.kappa)
    found: list[Series] = []
    for n in range(1, count + 1):
        layer = layer * contraction
        for j, known in enumerate(slopes[:n], 1):
            layer = layer + known.scaled(slope.ring.rational(comb(n - 1, n - j)))
        total = steps.taylor(primitive, n + 1) + source * layer
        found.append(steps.divided(steps.carried(found, total, n), n))
    return found
