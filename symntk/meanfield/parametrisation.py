"""Converts between the two parametrisations (σ_w, σ_b) and β, and gives the characteristic value of the second."""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from sympy import Expr, S, sqrt

from symntk.activations.activation import Activation
from symntk.errors import DomainError
from symntk.gaussian.moments import second_moment
from symntk.meanfield.moments import slope_moment_of
from symntk.numbers.decide import decide


@dataclass(frozen=True, kw_only=True)
class Deviations:
    """The standard deviations of weights and biases."""

    sigma_w: Expr
    sigma_b: Expr


def deviations_of(beta: Expr) -> Deviations:
    """σ_w = √(1 − β²), σ_b = β: with E φ² = 1 the variance q = 1 is fixed.

    Domain: 0 ≤ β ≤ 1. Guarantee: exact. Raises DomainError outside. Source: [jacot2019].

    >>> deviations_of(sympy.Rational(3, 5)).sigma_w
    4/5
    """
    if not beta.is_number or decide(beta, ">=", 0) is not True or decide(beta, "<=", 1) is not True:
        raise DomainError(f"the parametrisation by beta = {beta} was asked for; take a beta in [0, 1]")
    return Deviations(sigma_w=sqrt(sympy.expand(1 - beta**2)), sigma_b=beta)


def beta_of(sigma_w: Expr, sigma_b: Expr) -> Expr:
    """β = σ_b, defined where σ_w² + σ_b² = 1.

    Guarantee: exact. Raises DomainError for other deviations. Source: [jacot2019].

    >>> beta_of(sympy.Rational(4, 5), sympy.Rational(3, 5))
    3/5
    """
    if decide(sigma_w**2 + sigma_b**2, "==", 1) is not True or decide(sigma_b, ">=", 0) is not True:
        raise DomainError(
            f"beta for sigma_w = {sigma_w}, sigma_b = {sigma_b} was asked for; it exists where their squares sum to 1"
        )
    return sigma_b


def characteristic_value(activation: Activation, beta: Expr) -> Expr:
    """r = (1 − β²) E φ′(u)²/E φ(u)², u ~ N(0, 1): χ₁ of the standardised activation at q = 1; ∞ where φ jumps.

    Domain: 0 ≤ β ≤ 1, φ not 0. Guarantee: exact. Raises DomainError outside. Source: [jacot2019].

    >>> from symntk.activations.catalogue import activation
    >>> characteristic_value(activation("relu"), sympy.Rational(3, 5))
    16/25
    """
    weight, slope = deviations_of(beta).sigma_w ** 2, slope_moment_of(activation)
    moment = second_moment(activation)
    if decide(moment, "==", 0) is True:
        raise DomainError(f"the characteristic value of {activation.name} was asked for, but it is 0; take another")
    return S.Infinity if slope is None else weight * slope.at(S.One) / moment
