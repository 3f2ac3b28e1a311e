"""The variance map and the correlation map of a layer, as formulas and as functions on balls."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flint import arb
from sympy import Expr, Rational

from symntk.activations.activation import Activation
from symntk.activations.derivative import derivative
from symntk.errors import DomainError
from symntk.gaussian.dual import derivative_dual, dual
from symntk.gaussian.quadrature import enclose_pair
from symntk.meanfield.isolation import Equation
from symntk.meanfield.moments import GaussianMoment, second_moment_of, slope_moment_of
from symntk.meanfield.taming import tamed
from symntk.notation import Q1, Q2, RHO
from symntk.numbers.ball import enclose
from symntk.numbers.decide import decide
from symntk.numbers.precision import working_precision

GUARD_BITS = 32


@dataclass(frozen=True, kw_only=True)
class MeanField:
    """A layer z ↦ W φ(z) + b of infinite width, W of variance σ_w²/width and b of variance σ_b²."""

    activation: Activation
    sigma_w: Expr
    sigma_b: Expr

    def __post_init__(self) -> None:
        for name, value in (("sigma_w", self.sigma_w), ("sigma_b", self.sigma_b)):
            checked_deviation(name, value)

    @cached_property
    def moment(self) -> GaussianMoment:
        """q ↦ E φ(√q u)²."""
        return second_moment_of(self.activation)

    @cached_property
    def slope(self) -> GaussianMoment | None:
        """q ↦ E φ′(√q u)², None where it is infinite."""
        return slope_moment_of(self.activation)

    @cached_property
    def variance_map(self) -> Expr:
        """V(q) = σ_b² + σ_w² E φ(√q u)² in the symbol q₁.

        >>> from symntk.activations.catalogue import activation
        >>> MeanField(activation=activation("relu"), sigma_w=Rational(1), sigma_b=Rational(1)).variance_map
        q_1/2 + 1
        """
        return self.sigma_b**2 + self.sigma_w**2 * self.moment.at(Q1)

    @cached_property
    def correlation_map(self) -> Expr:
        """f(ρ) = (σ_b² + σ_w² E φ(√q u)φ(√q v))/q in the symbols ρ and q₁; q₁ is the fixed variance."""
        general = dual(self.activation).general
        return (self.sigma_b**2 + self.sigma_w**2 * general.subs(Q2, Q1)) / Q1

    def correlation(self, rho: Rational, q: arb, bits: int) -> arb:
        """A ball around f(ρ) at every variance of the ball q, −1 < ρ < 1."""
        subject = dual(self.activation)
        if subject.closed_form:
            return enclose(self.correlation_map, {RHO: rho, Q1: q}, bits=bits)
        form = tamed(self.activation.expression)
        with working_precision(bits + GUARD_BITS):
            pair = enclose_pair(form, form, rho, q, q, bits=bits)
            return (self._square(self.sigma_b, bits) + self._weight(bits) * pair) / q

    def correlation_slope(self, rho: Rational, q: arb, bits: int) -> arb:
        """A ball around f′(ρ) = σ_w² E φ′(√q u)φ′(√q v), −1 < ρ < 1."""
        if dual(self.activation).closed_form:
            general = derivative_dual(self.activation, general=True).subs(Q2, Q1)
            return enclose(self.sigma_w**2 * general, {RHO: rho, Q1: q}, bits=bits)
        slope = tamed(derivative(self.activation).expression)
        with working_precision(bits + GUARD_BITS):
            return self._weight(bits) * enclose_pair(slope, slope, rho, q, q, bits=bits)

    @cached_property
    def fixed_variance(self) -> Equation:
        """The equation V(q) − q = 0."""

        def value(q: arb, bits: int) -> arb:
            return self._square(self.sigma_b, bits) + self._weight(bits) * self.moment.enclose(q, bits) - q

        def rate(q: arb, bits: int) -> arb:
            return self._weight(bits) * self.moment.slope.enclose(q, bits) - 1

        name = f"q = V(q) for {self.activation.name} at sigma_w = {self.sigma_w}, sigma_b = {self.sigma_b}"
        return Equation(name=name, value=value, slope=rate)

    def _weight(self, bits: int) -> arb:
        return self._square(self.sigma_w, bits)

    def _square(self, value: Expr, bits: int) -> arb:
        return enclose(value**2, bits=bits + GUARD_BITS)


def checked_deviation(name: str, value: Expr) -> Expr:
    """A deviation σ ≥ 0 as an exact number; DomainError for anything else.

    >>> checked_deviation("sigma_b", Rational(2))
    2
    """
    if not value.is_number or not value.is_finite or not value.is_real or decide(value, ">=", 0) is not True:
        raise DomainError(f"the mean field at {name} = {value} was asked for; take a finite number of at least 0")
    return value
