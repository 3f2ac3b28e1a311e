"""The dual activation φ̂(ρ) = E φ(u)φ(v) and its general form E φ(u)ψ(v) with variances q₁, q₂ and correlation ρ."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

import sympy
from flint import arb
from sympy import Expr, S, sqrt

from symntk.activations.activation import Activation
from symntk.derivation import Derivation
from symntk.errors import DomainError, NoClosedFormError
from symntk.gaussian.binding import bound
from symntk.gaussian.expectation import GaussianExpectation, GaussianPairExpectation
from symntk.gaussian.moments import mean
from symntk.gaussian.presentation import presented
from symntk.gaussian.price import pair_expectation
from symntk.gaussian.terms import Term, derivative_terms, elementary_terms
from symntk.notation import Q1, Q2, RHO, X
from symntk.numbers.ball import enclose

ROOTS = (sympy.Dummy("s_1", positive=True), sympy.Dummy("s_2", positive=True))
"""Standard deviations, the symbols the general form is computed in."""

Number = Expr | int | Fraction


@dataclass(frozen=True, kw_only=True)
class Dual:
    """E φ(u)ψ(v) for centred Gaussians u, v: a formula in ρ, a formula in (q₁, q₂, ρ), and certified values."""

    activation: Activation
    other: Activation

    @cached_property
    def terms(self) -> tuple[tuple[Term, ...], tuple[Term, ...]] | None:
        """The elementary terms of φ and ψ, or None when one of them leaves the class that has closed forms."""
        try:
            return elementary_terms(self.activation), elementary_terms(self.other)
        except NoClosedFormError:
            return None

    @property
    def closed_form(self) -> bool:
        return self.terms is not None

    @cached_property
    def expression(self) -> Expr:
        """φ̂(ρ), unit variances; an inert expectation when there is no closed form."""
        if self.terms is None:
            return self._inert(S.One, S.One)
        return presented(pair_expectation(*self.terms))

    @cached_property
    def general(self) -> Expr:
        """E φ(u)ψ(v) in q₁, q₂ and ρ; an inert expectation when there is no closed form."""
        if self.terms is None:
            return self._inert(Q1, Q2)
        form = presented(pair_expectation(*self.terms, RHO, ROOTS))
        return form.subs({ROOTS[0]: sqrt(Q1), ROOTS[1]: sqrt(Q2)})

    def _inert(self, q1: Expr, q2: Expr) -> Expr:
        first, second = (bound(phi.expression) for phi in (self.activation, self.other))
        return GaussianPairExpectation(first, second, q1, q2, RHO)

    def at(self, rho: Number, q1: Number = 1, q2: Number = 1) -> Expr:
        """The exact value at a correlation and two variances; ρ = ±1 is the univariate moment.

        Domain: −1 ≤ ρ ≤ 1, variances > 0. Guarantee: exact. Raises DomainError outside the domain.

        >>> from symntk.activations.catalogue import activation
        >>> dual(activation("relu")).at(1), dual(activation("relu")).at(0)
        (1/2, 1/(2*pi))
        """
        point, first, second = _checked(rho, q1, q2)
        if self.terms is None:
            return self._inert_at(point, first, second)
        if abs(point) == 1:
            return presented(pair_expectation(*self.terms, point, (sqrt(first), sqrt(second))))
        if first == second == 1:
            return self.expression.subs(RHO, point)
        return self.general.subs({Q1: first, Q2: second, RHO: point})

    def _inert_at(self, rho: Expr, q1: Expr, q2: Expr) -> Expr:
        """The inert value; univariate at ρ = ±1, a product of means at ρ = 0."""
        if rho == 0:
            return mean(self.activation, q1) * mean(self.other, q2)
        if abs(rho) != 1:
            return self._inert(q1, q2).subs(RHO, rho)
        left = self.activation.expression.subs(X, sqrt(q1) * X)
        return GaussianExpectation(bound(left * self.other.expression.subs(X, rho * sqrt(q2) * X)))

    def enclose(self, rho: Number, q1: Number = 1, q2: Number = 1, *, bits: int = 128) -> arb:
        """A ball around the value at exact ρ, q₁, q₂, of relative accuracy 2^−bits.

        Guarantee: certified. Raises DomainError outside −1 ≤ ρ ≤ 1, q > 0.

        >>> from symntk.activations.catalogue import activation
        >>> dual(activation("relu")).enclose(Fraction(1, 2), bits=53).str(10)
        '[0.3044988905 +/- 2.22e-11]'
        """
        return enclose(self.at(rho, q1, q2), bits=bits)

    @cached_property
    def derivation(self) -> Derivation:
        from symntk.gaussian.ladder import derive

        return derive(self)


def _checked(rho: Number, q1: Number, q2: Number) -> tuple[Expr, Expr, Expr]:
    point, first, second = (_exact(value) for value in (rho, q1, q2))
    if not bool(sympy.Abs(point) <= 1):
        raise DomainError(f"a dual was asked for at correlation {point}; take a correlation in [-1, 1]")
    for variance in (first, second):
        if not bool(variance > 0):
            raise DomainError(f"a dual was asked for at variance {variance}; take a positive variance")
    return point, first, second


def _exact(value: Number) -> Expr:
    if isinstance(value, Fraction):
        return sympy.Rational(value.numerator, value.denominator)
    return sympy.Integer(value) if isinstance(value, int) else value


@lru_cache(maxsize=1024)
def dual(activation: Activation, other: Activation | None = None) -> Dual:
    """The dual of φ, or of the pair φ, ψ: φ̂(ρ) = E φ(u)ψ(v), (u, v) standard normal with correlation ρ.

    Domain: φ, ψ square-integrable under N(0, 1). Guarantee: exact where `closed_form`, certified balls everywhere.
    Source: [Daniely2016], [ChoSaul2009]; derived here by Price's theorem [Price1958].

    >>> from symntk.activations.catalogue import activation
    >>> dual(activation("relu")).expression
    (1/(2*pi))*(rho*(pi - acos(rho)) + sqrt(1 - rho**2))
    """
    return Dual(activation=activation, other=activation if other is None else other)


@lru_cache(maxsize=1024)
def derivative_dual(activation: Activation, general: bool = False) -> Expr:
    """E φ′(u)φ′(v) with distributional derivatives: ∂φ̂/∂ρ at unit variances, by Price's theorem.

    Guarantee: exact; for |ρ| < 1 where φ has jumps. Source: [Price1958].

    >>> from symntk.activations.catalogue import activation
    >>> derivative_dual(activation("relu"))
    (pi - acos(rho))/(2*pi)
    """
    subject = dual(activation)
    if subject.terms is None:
        return _inert_derivative(subject.general if general else subject.expression, general)
    slopes = derivative_terms(subject.terms[0])
    if not general:
        return presented(pair_expectation(slopes, slopes))
    form = presented(pair_expectation(slopes, slopes, RHO, ROOTS))
    return form.subs({ROOTS[0]: sqrt(Q1), ROOTS[1]: sqrt(Q2)})


def _inert_derivative(form: Expr, general: bool) -> Expr:
    scale = sqrt(Q1 * Q2) if general else S.One
    return sympy.diff(form, RHO) / scale
