"""Univariate Gaussian moments of an activation, and the activation brought to mean 0 and second moment 1."""

from __future__ import annotations

from functools import lru_cache

import sympy
from sympy import Expr, S, sqrt

from symntk.activations.activation import Activation
from symntk.errors import DomainError, NoClosedFormError
from symntk.gaussian.binding import bound
from symntk.gaussian.expectation import GaussianExpectation
from symntk.gaussian.presentation import presented
from symntk.gaussian.price import pair_expectation
from symntk.gaussian.terms import Term, elementary_terms
from symntk.notation import X

CONSTANT: tuple[Term, ...] = (Term(coefficients=(S.One,)),)


@lru_cache(maxsize=1024)
def mean(activation: Activation, q: Expr = S.One) -> Expr:
    """E φ(u) for u ~ N(0, q).

    Domain: q > 0. Guarantee: exact; an inert expectation without closed form.

    >>> from symntk.activations.catalogue import activation
    >>> mean(activation("relu"))
    sqrt(2)/(2*sqrt(pi))
    """
    try:
        terms = elementary_terms(activation)
    except NoClosedFormError:
        if activation.parity == "odd":
            return S.Zero
        return GaussianExpectation(bound(_dilated(activation, q)))
    return presented(pair_expectation(terms, CONSTANT, S.Zero, (sqrt(q), S.One)))


@lru_cache(maxsize=1024)
def second_moment(activation: Activation, q: Expr = S.One) -> Expr:
    """E φ(u)² for u ~ N(0, q).

    Domain: q > 0. Guarantee: exact; an inert expectation without closed form.

    >>> from symntk.activations.catalogue import activation
    >>> second_moment(activation("gelu"))
    (sqrt(3)/pi + 2)/6
    """
    try:
        terms = elementary_terms(activation)
    except NoClosedFormError:
        return GaussianExpectation(bound(_dilated(activation, q) ** 2))
    return presented(pair_expectation(terms, terms, S.One, (sqrt(q), sqrt(q))))


def _dilated(activation: Activation, q: Expr) -> Expr:
    return activation.expression if q == 1 else activation.expression.subs(X, sqrt(q) * X)


def standardized(activation: Activation) -> Activation:
    """φ/√(E φ²), of second moment 1.

    Guarantee: exact. Raises DomainError for φ = 0 almost everywhere.

    >>> from symntk.activations.catalogue import activation
    >>> standardized(activation("relu")).expression.subs(X, 3)
    3*sqrt(2)
    """
    return _rescaled(activation, activation.expression, second_moment(activation), f"standardized({activation.name})")


def normalized(activation: Activation) -> Activation:
    """(φ − E φ)/√(Var φ), of mean 0 and second moment 1.

    Guarantee: exact. Raises DomainError for a constant φ.

    >>> from symntk.activations.catalogue import activation
    >>> normalized(activation("step")).expression.subs(X, 3)
    1
    """
    center = mean(activation)
    variance = second_moment(activation) - center**2
    return _rescaled(
        activation, activation.expression - center, sympy.expand(variance), f"normalized({activation.name})"
    )


def _rescaled(activation: Activation, expression: Expr, moment: Expr, name: str) -> Activation:
    if moment.is_zero:
        raise DomainError(f"{name} was asked for, but that moment of {activation.name} is 0; take another activation")
    return Activation(name=name, expression=expression / sqrt(moment))
