"""Gaussian moments as functions of the variance q, because mean-field theory solves equations in q."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import sympy
from flint import arb
from sympy import Expr, S, Symbol, sqrt

from symntk.activations.activation import Activation
from symntk.activations.derivative import PointMass, derivative
from symntk.errors import DomainError, NoClosedFormError, UndecidedError
from symntk.gaussian.binding import bound
from symntk.gaussian.expectation import GaussianExpectation
from symntk.gaussian.presentation import presented
from symntk.gaussian.price import pair_expectation
from symntk.gaussian.quadrature import enclose_mean
from symntk.gaussian.terms import Term, derivative_terms, elementary_terms
from symntk.meanfield.narrowing import narrowed, scaled_tail
from symntk.meanfield.taming import tamed
from symntk.notation import Q1, X
from symntk.numbers.ball import BallNumber, enclose
from symntk.numbers.precision import working_precision

_ROOT = sympy.Dummy("s", positive=True)
_GUARD_BITS = 16
_TAIL_BITS = 64
"""What the formulas with normal tails lose by cancellation."""


@dataclass(frozen=True, kw_only=True)
class GaussianMoment:
    """q ↦ E h(√q u) for u ~ N(0, 1), where h may hold point masses; with a formula in q where there is one.

    An integrand nan stands for a function of q that is known by its formula alone.
    """

    integrand: Expr
    masses: tuple[PointMass, ...] = ()
    formula: Expr | None = None

    def at(self, q: Expr) -> Expr:
        """The exact value at a variance q > 0; an inert expectation without closed form.

        >>> from symntk.activations.catalogue import activation
        >>> second_moment_of(activation("relu")).at(sympy.Integer(3))
        3/2
        """
        if self.formula is not None:
            return self.formula.subs(Q1, q)
        regular = GaussianExpectation(bound(self.integrand.subs(X, sqrt(q) * X)))
        return regular + sum((_mass_at(mass, q) for mass in self.masses), S.Zero)

    def enclose(self, q: arb, bits: int) -> arb:
        """A ball around the value at every variance of a ball q > 0; not finite where none is found.

        Guarantee: certified, as accurate as q allows.
        """
        try:
            if self.formula is not None:
                return self._enclose_formula(q, bits)
            regular = enclose_mean(self.integrand, q, bits=bits)
            return sum((enclose(_mass_at(mass, Q1), {Q1: q}, bits=bits) for mass in self.masses), regular)
        except (DomainError, UndecidedError):
            return arb.nan()

    def _enclose_formula(self, q: arb, bits: int) -> arb:
        rest, letters = self._narrow
        with working_precision(bits + _TAIL_BITS):
            values = {t: scaled_tail(enclose(u, {Q1: q}, bits=bits + _TAIL_BITS)) for t, u in letters.items()}
        return enclose(rest, {Q1: q, **values}, bits=bits)

    @cached_property
    def _narrow(self) -> tuple[Expr, dict[Symbol, Expr]]:
        return (S.NaN, {}) if self.formula is None else narrowed(self.formula)

    def enclose_small(self, largest: arb, bits: int) -> arb:
        """A ball around the values at all variances in [0, largest]; not finite where h is not smooth."""
        if self.masses:
            return arb.nan()
        with working_precision(bits + _GUARD_BITS):
            root = arb(0).union(largest.sqrt())
        try:
            return enclose_mean(self.integrand.subs(X, BallNumber(root) * X), bits=bits)
        except (DomainError, UndecidedError):
            return arb.nan()

    @cached_property
    def slope(self) -> GaussianMoment:
        """The derivative in q: ½ E h″(√q u), with the masses of h″ at kinks and jumps.

        Raises DomainError where h has point masses already and no formula.
        """
        formula = None if self.formula is None else self._slope_formula(self.formula)
        if self.masses or self.integrand is S.NaN:
            if formula is None:
                raise DomainError("the slope of a moment with point masses was asked for; use values of the moment")
            return GaussianMoment(integrand=S.NaN, formula=formula)
        second = derivative(Activation(name="h", expression=self.integrand), 2)
        halved = tuple(PointMass(point=m.point, weight=m.weight / 2, order=m.order) for m in second.masses)
        return GaussianMoment(integrand=second.expression / 2, masses=halved, formula=formula)

    def _slope_formula(self, formula: Expr) -> Expr:
        """The derivative of the narrow form where that holds no letters."""
        rest, letters = self._narrow
        return (formula if letters else rest).diff(Q1)


def _mass_at(mass: PointMass, q: Expr) -> Expr:
    """The weight times (−1)^order times the derivative of the N(0, q) density at the point."""
    density = sympy.exp(-(mass.point**2) / (2 * q)) / sqrt(2 * sympy.pi * q)
    return mass.weight * density * (mass.point / q if mass.order else 1)


@lru_cache(maxsize=256)
def second_moment_of(activation: Activation) -> GaussianMoment:
    """q ↦ E φ(√q u)².

    Guarantee: exact.

    >>> from symntk.activations.catalogue import activation
    >>> second_moment_of(activation("relu")).formula
    q_1/2
    """
    try:
        terms = elementary_terms(activation)
    except NoClosedFormError:
        return GaussianMoment(integrand=tamed(activation.expression) ** 2)
    return GaussianMoment(integrand=tamed(activation.expression) ** 2, formula=_squared(terms))


@lru_cache(maxsize=256)
def slope_moment_of(activation: Activation) -> GaussianMoment | None:
    """q ↦ E φ′(√q u)², None where it is infinite because φ jumps.

    Guarantee: exact.

    >>> from symntk.activations.catalogue import activation
    >>> slope_moment_of(activation("relu")).formula, slope_moment_of(activation("step"))
    (1/2, None)
    """
    slope = derivative(activation)
    if slope.masses:
        return None
    try:
        terms = derivative_terms(elementary_terms(activation))
    except NoClosedFormError:
        return GaussianMoment(integrand=tamed(slope.expression) ** 2)
    return GaussianMoment(integrand=tamed(slope.expression) ** 2, formula=_squared(terms))


def _squared(terms: tuple[Term, ...]) -> Expr:
    return presented(pair_expectation(terms, terms, S.One, (_ROOT, _ROOT))).subs(_ROOT, sqrt(Q1))
