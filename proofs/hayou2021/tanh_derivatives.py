"""Derivatives and expansions at 1 of the correlation function of tanh on the edge of chaos (facts 5 to 7)."""

from __future__ import annotations

from functools import reduce

from flint import arb
from sympy import Derivative, Expr, Integer, Interval, Rational, Symbol, diff, factorial, ff, oo, sqrt, tanh

from symntk.activations.activation import Activation
from symntk.claims import (
    IDENTITY,
    SERIES,
    AlgebraicIdentity,
    BallIdentityAtRandomPoints,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    LessThan,
    Method,
    Recomputed,
    Route,
    SeriesAt,
    SeriesCheck,
    Verdict,
    covariance,
    expectation,
)
from symntk.claims.checks import Finding, refuted, supported
from symntk.claims.domain import Point
from symntk.claims.verdict import Witness
from symntk.expansions.endpoint import expand
from symntk.gaussian.series import hermite_series
from symntk.notation import GAMMA, RHO, X
from symntk.numbers.ball import enclose

TANH = tanh(X)
UNIT = {RHO: Interval(-1, 1)}
HALF = Rational(1, 2)
VARIANCES = (HALF, Integer(1))
"""Stationary variances q: on the edge, σ_w² = 1/E φ′(√q Z)² and σ_b² = q − σ_w² E φ(√q Z)² ≥ 0 follow from q."""
ORDERS = (1, 2, 3)
CASES = tuple((q, j) for q in VARIANCES for j in ORDERS)
GAMMAS = (Rational(1, 4), Rational(1, 32), Rational(1, 256))


def slope(order: int) -> Expr:
    """φ⁽ʲ⁾(x)."""
    return diff(TANH, X, order)


def moment(q: Expr, order: int) -> Expr:
    """E φ⁽ʲ⁾(√q Z)²."""
    return expectation(diff(tanh(sqrt(q) * X), X, order) ** 2) / q**order


def weight(q: Expr) -> Expr:
    """σ_w² on the edge."""
    return 1 / moment(q, 1)


def pair(q: Expr, rho: Expr | int = RHO) -> Expr:
    """E φ(√q Z₁)φ(√q(ρZ₁ + √(1 − ρ²)Z₂))."""
    return covariance(TANH, rho=rho, q1=q, q2=q)


def correlation(q: Expr, rho: Expr | int = RHO) -> Expr:
    """f(ρ) of fact 5, with σ_b² = q − σ_w² E φ(√q Z)²."""
    bias = q - weight(q) * pair(q, 1)
    return (bias + weight(q) * pair(q, rho)) / q


def at_one(q: Expr, order: int) -> Expr:
    """f⁽ʲ⁾(1) = σ_w² q^{j−1} E φ⁽ʲ⁾(√q Z)²."""
    return weight(q) * q ** (order - 1) * moment(q, order)


ALPHA, ZETA = ((lambda q, k=k: at_one(q, k) / factorial(k)) for k in (2, 3))


def mehler(q: Expr, order: int, terms: int = 60) -> Recomputed:
    """f⁽ʲ⁾(ρ) from Hermite coefficients of φ(√q ·) and Mehler's formula, at |ρ| ≤ 1/2."""

    def value(point: Point, bits: int) -> arb:
        series = hermite_series(TANH, q, terms, 2 * bits)
        rho = enclose(point[RHO], bits=2 * bits)
        parts = [int(ff(n, order)) * a * a * rho ** (n - order) for n, a in enumerate(series.coefficients) if n >= order]
        total = reduce(lambda left, right: left + right, parts, arb(0))
        tail = series.remainder(terms) * terms**order * rho.abs_upper() ** (terms - order)
        return enclose(weight(q) / q, bits=2 * bits) * (total + arb(0, tail.upper()))

    return Recomputed("Mehler series", Method.HERMITE_SERIES, value)
