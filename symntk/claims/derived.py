"""Gaussian expectations inside a statement: written inertly, derived in closed form when algebra needs them."""

from __future__ import annotations

from functools import lru_cache

import sympy
from sympy import Expr, Lambda, Poly, S

from symntk.activations.activation import Activation
from symntk.claims.domain import Number, exact
from symntk.claims.pointwise import written_out
from symntk.errors import NoClosedFormError
from symntk.gaussian.binding import bound
from symntk.gaussian.dual import dual
from symntk.gaussian.expectation import GaussianExpectation, GaussianPairExpectation
from symntk.gaussian.moments import mean
from symntk.notation import Q1, Q2, RHO, X

Function = Expr | Activation


def expectation(function: Function) -> Expr:
    """E f(u) for u ~ N(0, 1), inert; f is an expression in x or an activation.

    >>> derived(expectation(X**2))
    1
    """
    return GaussianExpectation(_lambda(function))


def covariance(
    first: Function, second: Function | None = None, *, rho: Number = RHO, q1: Number = 1, q2: Number = 1
) -> Expr:
    """E f(u)g(v), inert, for centred Gaussians u, v of variances q₁, q₂ and correlation ρ; g is f unless given.

    >>> derived(covariance(sympy.Max(X, 0), rho=0))
    1/(2*pi)
    """
    other = first if second is None else second
    return GaussianPairExpectation(_lambda(first), _lambda(other), exact(q1), exact(q2), exact(rho))


@lru_cache(maxsize=4096)
def derived(expression: Expr) -> Expr:
    """The expression with every Gaussian expectation in closed form, by Price's theorem, and derivatives carried out.

    Parameters of f other than x are taken out by linearity, so f must be polynomial in them.
    Guarantee: exact. Raises NoClosedFormError when an expectation has none, DomainError when f is no activation.
    """
    closed = _closed(expression)
    carried_out = written_out(closed)
    return closed if carried_out == closed else _closed(carried_out)


def _closed(expression: Expr) -> Expr:
    return expression.replace(_is_pair, _derived_pair).replace(_is_single, _derived_single)


def is_gaussian(expression: Expr) -> bool:
    """Whether an inert Gaussian expectation occurs in the expression."""
    return expression.has(GaussianExpectation, GaussianPairExpectation)


def _lambda(function: Function) -> Lambda:
    return bound(function.expression if isinstance(function, Activation) else function)


def _is_pair(expression: Expr) -> bool:
    return isinstance(expression, GaussianPairExpectation)


def _is_single(expression: Expr) -> bool:
    return isinstance(expression, GaussianExpectation)


def _derived_pair(node: Expr) -> Expr:
    first, second, q1, q2, rho = node.args
    return sum(
        (c * d * _pair_value(f, g, q1, q2, rho) for f, c in _by_parameters(first) for g, d in _by_parameters(second)),
        S.Zero,
    )


def _pair_value(f: Expr, g: Expr, q1: Expr, q2: Expr, rho: Expr) -> Expr:
    pair = dual(_activation(f), _activation(g))
    if not pair.closed_form:
        (a, first), (b, second) = _normal(f), _normal(g)
        return a * b * GaussianPairExpectation(bound(first), bound(second), q1, q2, rho)
    if rho.is_number and q1.is_number and q2.is_number:
        return pair.at(rho, q1, q2)
    if q1 == q2 == 1:
        return pair.expression.subs(RHO, rho)
    return pair.general.subs({Q1: q1, Q2: q2, RHO: rho}, simultaneous=True)


def _derived_single(node: Expr) -> Expr:
    return sum((c * _mean_value(f) for f, c in _by_parameters(node.args[0])), S.Zero)


def _mean_value(f: Expr) -> Expr:
    value = mean(_activation(f))
    if not is_gaussian(value):
        return value
    factor, function = _normal(f)
    return factor * GaussianExpectation(bound(function))


def _normal(function: Expr) -> tuple[Expr, Expr]:
    """A constant and a function in expanded form, so that equal expectations without closed form look equal."""
    constant, expanded = sympy.expand(function).as_content_primitive()
    if expanded.could_extract_minus_sign():
        constant, expanded = -constant, -expanded
    return constant, expanded


def _by_parameters(function: Lambda) -> list[tuple[Expr, Expr]]:
    """The function as a sum of (function of x alone) × (constant or monomial in its parameters)."""
    factor, expression = function(X).as_independent(X, as_Add=False)
    parameters = sorted(expression.free_symbols - {X}, key=str)
    if not parameters:
        return [(expression, factor)]
    try:
        polynomial = Poly(sympy.expand(expression), *parameters)
    except sympy.PolynomialError as obstacle:
        raise NoClosedFormError(
            f"an expectation was asked for, but its function {expression} is no polynomial in {parameters}; "
            "give those symbols values"
        ) from obstacle
    return [
        (coefficient, factor * sympy.Mul(*(p**k for p, k in zip(parameters, powers, strict=True))))
        for powers, coefficient in polynomial.terms()
    ]


def _activation(expression: Expr) -> Activation:
    return Activation(name=str(expression), expression=expression)
