"""Depth asymptotics on the edge of chaos, where the correlation map touches the identity at 1."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flint import arb
from sympy import Expr, Rational, S, Symbol, oo

from symntk.activations.activation import Activation
from symntk.architectures.fully_connected import FullyConnected
from symntk.architectures.recursion import KernelRecursion
from symntk.depth.edge_map import Parameter, ParametricRing, parametric_map
from symntk.depth.fatou import FatouSeries, formal_fatou
from symntk.depth.kernel_limit import KernelSeries, kernel_series, ntk_rate
from symntk.depth.transseries import INITIAL, KERNEL_INITIAL, Transseries, orbit, presented_coefficient
from symntk.errors import DomainError
from symntk.expansions.constants import ConstantRing
from symntk.expansions.endpoint import map_series
from symntk.expansions.puiseux import Series, constant
from symntk.numbers.ball import enclose, enclose_at

MAXIMAL_ORDER = 30
ALLOWANCE, SMOOTH_ALLOWANCE = 4, 2
"""Orders of the map beyond the wanted ones: W = w − a·w^{p+1} − … is used from w^{p+1} on; p ≤ 3, p = 1 if smooth."""
GUARD_BITS = 48
FC = FullyConnected()


@dataclass(frozen=True, kw_only=True, eq=False)
class DeficitMap:
    """γ ↦ 1 − f(1 − γ) on the edge of chaos, as the map W of w = γ^{1/m}."""

    gamma_power: int
    """m: 1 where only whole powers of γ occur, 2 with half-integer powers."""
    series: Series


@dataclass(frozen=True, kw_only=True, eq=False)
class Rate:
    """How 1 − c^ℓ and K^ℓ(x, x′)/(ℓ·q) behave in the depth ℓ on the edge of chaos."""

    activation: Activation
    architecture: KernelRecursion
    gamma: Transseries
    ntk: Transseries
    fatou: FatouSeries
    kernel: KernelSeries
    gamma_power: int

    @property
    def variable(self) -> str:
        """w, the root of γ in which the map is a power series."""
        return "γ" if self.gamma_power == 1 else "√γ"

    @property
    def fatou_log(self) -> Expr:
        """b, the coefficient of log w in the Fatou coordinate; where it is 0 no log ℓ enters the first correction."""
        ring, b = self.fatou.ring, self.fatou.log_coefficient
        return S.Zero if ring.is_zero(b) else presented_coefficient(ring.expression(b))

    @property
    def constants(self) -> dict[Symbol, str]:
        """What C and D mean."""
        return {
            INITIAL: f"limit of Φ(w_ℓ) + (b/p)·log(p·a) − ℓ, w = {self.variable}, Φ the truncated Fatou coordinate",
            KERNEL_INITIAL: "limit of K^ℓ·Φ′(γ_ℓ)/q − Θ(w_ℓ), Θ the truncated particular solution",
        }

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The letters in the coefficients, none where these are numbers."""
        ring = self.fatou.ring
        if not isinstance(ring, ParametricRing):
            return ()
        terms = (*self.gamma.terms, *self.ntk.terms)
        used = set[Expr]().union(*(t.coefficient.free_symbols for t in terms))
        return tuple(p for s, p in ring.parameters.items() if s in used)

    def ball(self, value: Expr, bits: int) -> arb:
        """A certified ball of a coefficient."""
        ring = self.fatou.ring
        return ring.ball(value) if isinstance(ring, ParametricRing) else enclose(value, bits=bits)


@lru_cache(maxsize=64)
def correlation_rate(activation: Activation, order: int = 3, architecture: KernelRecursion = FC) -> Rate:
    """The expansions of γ_ℓ = 1 − c^ℓ and of K^ℓ(x, x′)/(ℓ·q) in ℓ and log ℓ, `order` powers of ℓ^{−1/p} each.

    γ ↦ γ − sγ^{3/2} − … (a kink) gives γ_ℓ ~ 4/(s²ℓ²) and K/(ℓq) → 1/4, γ ↦ γ − aγ² − … gives 1/(aℓ) and 1/3.
    Domain: on the edge of chaos at q = 1 without bias (every activation that is positively homogeneous of degree 1),
    1 ≤ order ≤ 30. Guarantee: exact coefficients; C and D are named. Raises DomainError outside the domain.
    Source: leading terms [hayou2021]; all others derived here.

    >>> from symntk.activations.catalogue import activation
    >>> rate = correlation_rate(activation("relu"), 2)
    >>> rate.gamma.coefficient(-2), rate.gamma.coefficient(-3, 1), rate.ntk.coefficient(0)
    (9*pi**2/2, -27*pi**2/2, 1/4)
    """
    _require_order(order)
    return rate_of_map(activation, deficit_map(activation, order + ALLOWANCE), order, architecture)


def edge_rate(
    activation: Activation, q: Expr, order: int = 3, architecture: KernelRecursion = FC, *, bits: int = 128
) -> Rate:
    """The same on the edge of chaos at variance q > 0, with the Taylor coefficients of f at 1 as letters.

    The variance fixes σ_w by χ₁ = 1 and then σ_b, and the shape of f near 1 depends on q alone.
    Domain: q exact or a ball leaf, 1 ≤ order ≤ 30. Guarantee: exact coefficients in the letters f₂, f₃, …, which have
    certified values. Raises DomainError where φ jumps or is linear, UndecidedError where `bits` do not show a ≠ 0.

    >>> from symntk.activations.catalogue import activation
    >>> rate = edge_rate(activation("tanh"), S(1), 2)
    >>> rate.gamma.coefficient(-1), rate.ntk.coefficient(0)
    (2/f_2, 1/3)
    """
    _require_order(order)
    wanted = 2 * (order + (SMOOTH_ALLOWANCE if activation.smoothness == oo else ALLOWANCE)) + 1
    step = _in_powers(parametric_map(activation, q, wanted, bits + GUARD_BITS))
    return rate_of_map(activation, step, order, architecture)


def _require_order(order: int) -> None:
    if not 1 <= order <= MAXIMAL_ORDER:
        raise DomainError(f"a rate to {order} orders was asked for; take a number from 1 to {MAXIMAL_ORDER}")


def rate_of_map(activation: Activation, step: DeficitMap, order: int, architecture: KernelRecursion) -> Rate:
    """The rate of the deficit map of an activation, known to enough orders, in an architecture.

    Raises DomainError where the map moves away from 1.
    """
    step, source = layer_map(step, architecture)
    ring = step.series.ring
    if all(ring.is_zero(c) for c in step.series.coefficients[1:]):
        raise DomainError(f"the rate of {activation.name} was asked for, but it keeps every correlation: f(c) = c")
    fatou = formal_fatou(step.series)
    _require_attraction(activation, fatou)
    path = orbit(fatou, order)
    monomial = Series(ring=ring, valuation=step.gamma_power, coefficients=(ring.one, *[ring.zero] * (order - 1)))
    kernel = kernel_series(fatou, step.series, step.gamma_power, source)
    return Rate(
        activation=activation,
        architecture=architecture,
        gamma=path.expanded(path.substituted(monomial)),
        ntk=ntk_rate(path, kernel, order),
        fatou=fatou,
        kernel=kernel,
        gamma_power=step.gamma_power,
    )


def layer_map(step: DeficitMap, architecture: KernelRecursion) -> tuple[DeficitMap, Series]:
    """The deficit map of a whole layer, and what the layer adds to the NTK as a series in w before it.

    >>> from symntk.activations.catalogue import activation
    >>> from symntk.architectures.residual import Residual
    >>> whole, source = layer_map(deficit_map(activation("abs"), 4), Residual(strength=S.One))
    >>> [whole.series.ring.expression(c) for c in whole.series.coefficients[:2]]
    [1, -sqrt(2)/(3*pi)]
    """
    m, ring = step.gamma_power, step.series.ring
    mapped = step.series.power(Rational(m))
    before = Series(ring=ring, valuation=m, coefficients=(ring.one, *[ring.zero] * mapped.precision))
    one = constant(ring, ring.one, mapped.precision)
    deficit = one - architecture.correlation(one - before, one - mapped)
    leading = Series(ring=ring, valuation=m, coefficients=deficit.coefficients[m:])
    source = architecture.ntk_source(one - before, one - mapped)
    return DeficitMap(gamma_power=m, series=leading.power(Rational(1, m))), source


def _require_attraction(activation: Activation, fatou: FatouSeries) -> None:
    ring, a = fatou.ring, fatou.ring.expression(fatou.a)
    ball = ring.ball(a) if isinstance(ring, ParametricRing) else enclose_at(a, precision=64)
    if not ball > 0:
        raise DomainError(f"the rate of {activation.name} was asked for, but correlations do not tend to 1 here")


def deficit_map(activation: Activation, order: int) -> DeficitMap:
    """The deficit map at q = 1 without bias to O(w^order), in w = γ where the powers are whole and in √γ otherwise.

    Domain: f′(1) = 1, f ≠ identity. Guarantee: exact. Raises DomainError where f does not start with 1 − γ.

    >>> from symntk.activations.catalogue import activation
    >>> step = deficit_map(activation("abs"), 4)
    >>> step.gamma_power, [step.series.ring.expression(c) for c in step.series.coefficients[:3]]
    (2, [1, -2*sqrt(2)/(3*pi), -4/(9*pi**2)])
    """
    series = map_series(activation, S.One, 2 * order + 1, ConstantRing())
    _require_edge(activation, series)
    return _in_powers(series)


def _in_powers(series: Series) -> DeficitMap:
    """The deficit map from f(1 − w²) = 1 − w² + …"""
    ring = series.ring
    deficits = [-c for c in series.coefficients]
    deficits[2] = ring.one
    if all(ring.is_zero(c) for c in deficits[1::2]):
        return DeficitMap(gamma_power=1, series=Series(ring=ring, valuation=1, coefficients=tuple(deficits[2::2])))
    root = Series(ring=ring, valuation=2, coefficients=tuple(deficits[2:])).power(Rational(1, 2))
    return DeficitMap(gamma_power=2, series=root)


def _require_edge(activation: Activation, series: Series) -> None:
    ring, name = series.ring, activation.name
    if not ring.is_zero(series.coefficient(1)):
        raise DomainError(f"the edge of chaos of {name} was asked for, but f′(1) is infinite: φ jumps; there is none")
    if not ring.is_zero(series.coefficient(2) + ring.one):
        raise DomainError(
            f"the rate of {name} on the edge of chaos at σ_b = 0 was asked for, but it is not there at q = 1; "
            "give --sigma-b"
        )
