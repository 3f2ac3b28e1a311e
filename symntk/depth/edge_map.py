"""The correlation map on an edge of chaos with bias, its Taylor coefficients kept as letters with certified values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sympy
from flint import arb, fmpq_mpoly
from sympy import Expr, S, Symbol, sqrt

from symntk.activations.activation import Activation, dilated
from symntk.depth.transseries import presented_coefficient
from symntk.errors import DomainError, UndecidedError
from symntk.expansions.constants import ConstantRing, vanishes
from symntk.expansions.endpoint import W, map_series
from symntk.expansions.local import expand_expression
from symntk.expansions.puiseux import Series
from symntk.gaussian.dual import dual
from symntk.notation import Q1, Q2, RHO
from symntk.numbers.ball import enclose, enclose_at
from symntk.numbers.exact import BallNumber

VARIANCE = Symbol("q", positive=True)
"""The variance of the pre-activations on the edge of chaos."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A coefficient of f(1 − γ) as a letter: sₖ is that of γ^{k/2}, fⱼ is (−1)ʲj! times that of γʲ.

    fⱼ = f⁽ʲ⁾(1) where that derivative exists, which is below the first half-integer power.
    """

    symbol: Symbol
    power: Expr
    """Its power of γ in f(1 − γ)."""
    value: Expr
    """Its value, exact in the variance."""

    @property
    def meaning(self) -> str:
        """What the letter is, in words."""
        if self.power.is_Integer:
            sign = "-" if self.power % 2 else ""
            return f"{sign}{self.power}! × the coefficient of γ^{self.power} in f(1 − γ)"
        return f"the coefficient of γ^({self.power}) in f(1 − γ)"

    @property
    def formula(self) -> Expr:
        """The value with the variance as the letter q."""
        return presented_coefficient(self.value.xreplace(dict.fromkeys(self.value.atoms(BallNumber), VARIANCE)))


class ParametricRing(ConstantRing):
    """A constant ring with letters that have certified values; what a ball cannot tell from 0 stays undecided."""

    def __init__(self, parameters: Iterable[Parameter], bits: int) -> None:
        super().__init__()
        self.parameters = {p.symbol: p for p in parameters}
        self.bits = bits
        self.balls: dict[Symbol, arb] = {}

    def ball(self, value: Expr) -> arb:
        """A certified ball of an expression in the letters."""
        letters = {s: self._letter(s) for s in sorted(value.atoms(Symbol), key=str)}
        return enclose_at(value, letters, precision=self.bits)

    def _letter(self, symbol: Symbol) -> arb:
        if symbol not in self.balls:
            self.balls[symbol] = enclose(self.parameters[symbol].value, bits=self.bits)
        return self.balls[symbol]

    def is_zero(self, value: fmpq_mpoly) -> bool:
        """Decides value = 0 by a ball, after cancelling in the fractions of the letters."""
        expression = sympy.cancel(self.expression(value))
        if expression == 0:
            return True
        if expression.is_number:
            return vanishes(expression)
        if 0 not in self.ball(expression):
            return False
        raise UndecidedError(
            f"whether a coefficient of a rate vanishes was asked, but {self.bits} bits left it open: "
            f"{str(expression)[:80]}; ask for more digits"
        )


def parametric_map(activation: Activation, q: Expr, order: int, bits: int) -> Series:
    """f(1 − w²) on the edge of chaos at variance q: 1 − w² + f₂w⁴/2 − f₃w⁶/6 + … + Σ sₖwᵏ to O(w^order).

    With χ₁ = 1 only the shape of the dual enters: f − 1 = (φ̂(ρ) − φ̂(1))/φ̂′(1) for the activation φ(√q·x).
    Domain: q > 0, exact or a ball leaf. Guarantee: exact letters, certified values to `bits`.
    Raises DomainError where φ jumps, for then f′(1) = ∞.

    >>> from symntk.activations.catalogue import activation
    >>> series = parametric_map(activation("sin"), S(1), 7, 64)
    >>> [str(series.ring.expression(c)) for c in series.coefficients]
    ['1', '0', '-1', '0', 'f_2/2', '0', '-f_3/6']
    """
    plain = ConstantRing()
    series = _dual_series(activation, q, order, plain)
    if not plain.is_zero(series.coefficient(1)):
        raise DomainError(f"the edge of chaos of {activation.name} was asked for, but φ jumps: f′(1) is infinite")
    slope = plain.expression(series.coefficient(2))
    found = [_parameter(k, plain.expression(series.coefficient(k)) / slope) for k in _nonzero(series)]
    ring = ParametricRing(found, bits)
    values = [ring.one, ring.zero, -ring.one, *[ring.zero] * (order - 3)]
    for parameter in found:
        k = int(2 * parameter.power)
        letter = ring.element(parameter.symbol)
        values[k] = letter if k % 2 else letter * ring.rational((-1) ** (k // 2), int(sympy.factorial(k // 2)))
    return Series(ring=ring, valuation=0, coefficients=tuple(values))


def _dual_series(activation: Activation, q: Expr, order: int, ring: ConstantRing) -> Series:
    """φ̂(1 − w²) at variance q, up to a factor and with a free constant term."""
    subject = dual(activation)
    if not subject.closed_form:
        return map_series(dilated(activation, sqrt(q)), S.One, order, ring)
    return expand_expression(subject.general.subs({Q1: q, Q2: q}), RHO, 1 - W**2, W, order, ring)


def _nonzero(series: Series) -> list[int]:
    return [k for k in range(3, series.precision) if not series.ring.is_zero(series.coefficient(k))]


def _parameter(k: int, ratio: Expr) -> Parameter:
    """The letter of w^k, from the ratio of its coefficient to that of w² (which is −1 after scaling)."""
    power = S(k) / 2
    if k % 2:
        return Parameter(symbol=Symbol(f"s_{k}", real=True), power=power, value=-ratio)
    scale = -((-1) ** (k // 2)) * sympy.factorial(k // 2)
    return Parameter(symbol=Symbol(f"f_{k // 2}", real=True), power=power, value=scale * ratio)
