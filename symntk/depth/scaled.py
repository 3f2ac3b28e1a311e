"""Depth asymptotics of scaled residual networks: the correlation follows a flow whose time is κ·log ℓ."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sympy
from flint import fmpq, fmpq_mpoly
from sympy import Expr, Rational

from symntk.activations.activation import Activation
from symntk.architectures.scaled_residual import ScaledResidual
from symntk.depth.edge_map import ParametricRing, parametric_map
from symntk.depth.fatou import FatouSeries, LogSeries, tangent_map
from symntk.depth.kernel_limit import KernelSeries, ntk_rate
from symntk.depth.parabolic import MAXIMAL_ORDER, DeficitMap, deficit_map
from symntk.depth.transseries import DEPTH, INITIAL, KERNEL_INITIAL, Transseries, orbit
from symntk.errors import DomainError
from symntk.expansions.puiseux import Series, constant, unit_power
from symntk.numbers.ball import enclose_at

ALLOWANCE = 4
"""Orders of the map beyond the wanted ones: the flow −a·w^{p+1} − … is used from w^{p+1} on, p ≤ 3."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Flow:
    """dγ/dτ = −G(γ), G(γ) = γ − g(γ) = f(c) − c, in w = γ^{1/m}."""

    gamma_power: int
    """m."""
    fall: Series
    """G as a series in w."""
    mapped: Series
    """f(1 − w^m)."""

    @property
    def velocity(self) -> Series:
        """dw/dτ = −G/(m·w^{m−1})."""
        m = self.gamma_power
        return self.fall.shifted(1 - m).scaled(self.fall.ring.rational(-1, m))


def flow_of_map(step: DeficitMap) -> Flow:
    """The flow whose Euler steps of length δ are the layers c ↦ (1 − δ)·c + δ·f(c)."""
    ring, m = step.series.ring, step.gamma_power
    after = step.series.power(Rational(m))
    before = Series(ring=ring, valuation=m, coefficients=(ring.one, *[ring.zero] * after.precision))
    return Flow(gamma_power=m, fall=before - after, mapped=constant(ring, ring.one, after.precision) - after)


def flow_of_correlation(series: Series) -> Flow:
    """The same from f(1 − w²) as a series in w, in whole powers of γ = w² where no other occurs."""
    ring = series.ring
    line = [ring.one, ring.zero, -ring.one, *[ring.zero] * series.precision][: series.precision]
    fall = series - Series(ring=ring, valuation=0, coefficients=tuple(line))
    if any(not ring.is_zero(c) for c in fall.coefficients[1::2]):
        return Flow(gamma_power=2, fall=fall, mapped=series)
    whole = (Series(ring=ring, valuation=0, coefficients=each.coefficients[::2]) for each in (fall, series))
    return Flow(gamma_power=1, fall=next(whole), mapped=next(whole))


def flow_fatou(flow: Flow) -> FatouSeries:
    """The time of the flow, Φ = ∫ dw/(dw/dτ) = 1/(p·a·w^p) + … + b·log w + Σ cₖwᵏ, integrated term by term.

    Domain: dw/dτ = −a·w^{p+1}·R(w), R(0) = 1. Guarantee: exact coefficients. Raises DomainError where the flow rests.

    >>> from symntk.activations.catalogue import activation
    >>> found = flow_fatou(flow_of_map(deficit_map(activation("relu"), 7)))
    >>> found.p, [found.ring.expression(found.powers[k]) for k in (-1, 1)], found.log_coefficient == 0
    (1, [3*sqrt(2)*pi/2, 3*sqrt(2)*pi/40], True)
    """
    velocity = flow.velocity
    ring = velocity.ring
    start = Series(ring=ring, valuation=1, coefficients=(ring.one, *[ring.zero] * velocity.precision))
    step = tangent_map(start + velocity)
    slope = [-c for c in unit_power(ring, list(step.unit), Rational(-1))]
    scaled = integrated(Series(ring=ring, valuation=-step.p - 1, coefficients=tuple(slope)))
    solution = scaled.scaled(step.inverse)
    return FatouSeries(
        ring=ring,
        p=step.p,
        a=step.a,
        powers=solution.powers,
        log_coefficient=solution.log_coefficient,
        precision=solution.precision,
        step=step,
        scaled=scaled,
    )


def integrated(series: Series) -> LogSeries:
    """∫ dw of a Laurent series, w⁻¹ giving log w, without constant."""
    powers: dict[int, fmpq_mpoly] = {}
    log = series.ring.zero
    for k, c in zip(range(series.valuation + 1, series.precision + 1), series.coefficients, strict=True):
        if k:
            powers[k] = c / fmpq(k)
        else:
            log = c
    start, precision = series.valuation + 1, series.precision + 1
    return LogSeries(ring=series.ring, start=start, precision=precision, powers=powers, log_coefficient=log)


def flow_kernel(flow: Flow, fatou: FatouSeries) -> KernelSeries:
    """k = (Θ + D)/Φ′(γ), the solution of dk/dτ = −(1 − f′(c))·k + f(c) along the flow: dΘ/dw = f·Φ′(γ)·Φ′(w).

    1/Φ′(γ) = −G solves the equation without f, for 1 − f′(c) = G′(γ). Guarantee: exact.
    """
    in_w = fatou.scaled.derivative()
    in_gamma = in_w.shifted(1 - flow.gamma_power).scaled(in_w.ring.rational(1, flow.gamma_power))
    return KernelSeries(primitive=integrated(flow.mapped * in_w * in_gamma), slope=in_gamma)


@dataclass(frozen=True, kw_only=True, eq=False)
class ScaledRate:
    """How 1 − c^ℓ and k^ℓ behave in T = κ·log ℓ; the letter ℓ of both expansions stands for T.

    They come from Φ(w_ℓ) + (b/p)·log(p·a) = T + C + O(1/ℓ): what single layers add is smaller than any power of 1/T.
    """

    flow: Flow
    fatou: FatouSeries
    kernel: KernelSeries
    gamma: Transseries
    ntk: Transseries
    """Of k^ℓ/T."""

    def in_depth(self, series: Transseries, network: ScaledResidual) -> Expr:
        """The expansion written in log ℓ and log log ℓ."""
        time = network.strength * sympy.log(DEPTH)
        logarithm = sympy.log(network.strength) + sympy.log(sympy.log(DEPTH))
        return series.expression.xreplace({sympy.log(DEPTH): logarithm, DEPTH: time})

    def normalisation(self, network: ScaledResidual) -> Expr:
        """ℓ^κ·κ·log ℓ/Γ(2 + κ): K^ℓ(x,x′) over this times √(q¹(x,x)·q¹(x′,x′)) has the limit of k^ℓ/T.

        Raises DomainError for a network of constant variance, where it is κ·log ℓ.
        """
        if network.shift is not None:
            raise DomainError(
                "a growing normalisation was asked for, but this network keeps its variance; κ·log ℓ is it"
            )
        k = network.strength
        return DEPTH**k * k * sympy.log(DEPTH) / sympy.gamma(2 + k)

    @property
    def constants(self) -> dict[Expr, str]:
        """What C and D mean."""
        return {
            INITIAL: "limit of Φ(w_ℓ) + (b/p)·log(p·a) − κ·log ℓ, Φ the time of the flow without constant term",
            KERNEL_INITIAL: "limit of k^ℓ·Φ′(γ_ℓ) − Θ(w_ℓ), Θ the particular solution without constant term",
        }


@lru_cache(maxsize=32)
def scaled_rate(activation: Activation, order: int = 3) -> ScaledRate:
    """The expansions of γ_ℓ = 1 − c^ℓ and k^ℓ/T for blocks of weight ∝ 1/ℓ, `order` powers of T^{−1/p} each.

    T = κ·log ℓ takes the place that ℓ has without scaling, and the flow dγ/dτ = −(f(c) − c) that of the map: a kink
    gives γ ~ 4/(s·T)² and k/T → 1/4, a smooth map 1/(a·T) and 1/3. Neither depends on κ otherwise.
    Domain: f′(1) = 1 at q = 1 without bias, 1 ≤ order ≤ 30. Guarantee: exact coefficients; remainder O(T^{−n/p}·logⁱ T)
    for the first one left out. Raises DomainError outside the domain. Source: two leading terms [hayou2021]; the rest
    derived here.

    >>> from symntk.activations.catalogue import activation
    >>> rate = scaled_rate(activation("relu"), 2)
    >>> rate.gamma.expression
    -9*pi**2*C/ell**3 + 9*pi**2/(2*ell**2)
    >>> rate.ntk.coefficient(0)
    1/4
    """
    _require_order(order)
    return scaled_rate_of_map(deficit_map(activation, order + ALLOWANCE), order)


def _require_order(order: int) -> None:
    if not 1 <= order <= MAXIMAL_ORDER:
        raise DomainError(f"a rate to {order} orders was asked for; take a number from 1 to {MAXIMAL_ORDER}")


def scaled_rate_of_map(step: DeficitMap, order: int) -> ScaledRate:
    """The same for any map γ ↦ g(γ) given as a series. Raises DomainError where γ does not fall to 0."""
    return rate_of_flow(flow_of_map(step), order)


def scaled_edge_rate(activation: Activation, q: Expr, order: int = 3, *, bits: int = 128) -> ScaledRate:
    """The same on the edge of chaos at variance q > 0, for a network of constant variance (shift = 0).

    Domain: q exact or a ball leaf, 1 ≤ order ≤ 30. Guarantee: exact coefficients in the Taylor coefficients f₂, f₃, …
    of f at 1, which have certified values. Raises DomainError where φ jumps or is linear.

    >>> from sympy import S
    >>> from symntk.activations.catalogue import activation
    >>> scaled_edge_rate(activation("tanh"), S(1), 2).gamma.coefficient(-1)
    2/f_2
    """
    _require_order(order)
    series = parametric_map(activation, q, 2 * (order + ALLOWANCE) + 1, bits)
    return rate_of_flow(flow_of_correlation(series), order)


def rate_of_flow(flow: Flow, order: int) -> ScaledRate:
    """The rate of a flow that is known to enough orders. Raises DomainError where it leaves or rests at γ = 0."""
    fatou = flow_fatou(flow)
    ring, a = fatou.ring, fatou.ring.expression(fatou.a)
    ball = ring.ball(a) if isinstance(ring, ParametricRing) else enclose_at(a, precision=64)
    if not ball > 0:
        raise DomainError("the rate of a scaled network was asked for, but correlations do not tend to 1 here")
    path, kernel = orbit(fatou, order), flow_kernel(flow, fatou)
    monomial = Series(ring=ring, valuation=flow.gamma_power, coefficients=(ring.one, *[ring.zero] * (order - 1)))
    return ScaledRate(
        flow=flow,
        fatou=fatou,
        kernel=kernel,
        gamma=path.expanded(path.substituted(monomial)),
        ntk=ntk_rate(path, kernel, order),
    )
