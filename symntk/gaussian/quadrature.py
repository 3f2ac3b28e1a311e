"""Certified quadrature of Gaussian expectations: one entry for means, pairs and Hermite coefficients, independent of Price's theorem."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import sympy
from flint import arb
from sympy import Expr, S, factorial, sqrt

from symntk.errors import DomainError
from symntk.gaussian.certified_piecewise import piecewise_expectation
from symntk.gaussian.certified_plane import Slopes, plane_expectation
from symntk.gaussian.certified_scalar import enclose_root
from symntk.gaussian.certified_trapezoid import expectation, profile
from symntk.gaussian.series import hermite_series
from symntk.gaussian.strip import strips
from symntk.notation import X

_GUARD_BITS = 32
Number = Expr | int | Fraction


@lru_cache(maxsize=4096)
def enclose_mean(f: Expr, *, bits: int = 128) -> arb:
    """E f(u), u ~ N(0, 1), with an error of about 2^−bits.

    Guarantee: certified. Raises UndecidedError where no growth bound of f is proved.
    Source: [TrefethenWeideman2014, Thm 5.1].

    >>> enclose_mean(X**4, bits=53).overlaps(arb(3))
    True
    """
    subject = profile(f, arb(1))
    if subject is not None:
        return expectation(subject, bits)
    return piecewise_expectation(f, S.One, S.Zero, (S.One, S.One), bits)


def enclose_pair(f: Expr, g: Expr, rho: Number, q1: Number = 1, q2: Number = 1, *, bits: int = 128) -> arb:
    """E f(u)g(v) for centred Gaussians of variances q₁, q₂ and correlation ρ, with an error of about 2^−bits.

    Domain: −1 ≤ ρ ≤ 1, variances > 0. Guarantee: certified; independent of Price's theorem.
    Raises DomainError outside the domain, UndecidedError where no growth bound is proved.
    Source: [TrefethenWeideman2014, Thm 5.1] for analytic functions, adaptive quadrature in complex balls [Johansson2017] else.

    >>> enclose_pair(X, X, Fraction(1, 3), bits=53).overlaps(arb(1) / 3)
    True
    """
    return _pair(f, g, _exact(rho), _exact(q1), _exact(q2), bits)


@lru_cache(maxsize=4096)
def _pair(f: Expr, g: Expr, rho: Expr, q1: Expr, q2: Expr, bits: int) -> arb:
    if not bool(sympy.Abs(rho) <= 1):
        raise DomainError(f"an expectation was asked for at correlation {rho}; take a correlation in [-1, 1]")
    if not (bool(q1 > 0) and bool(q2 > 0)):
        raise DomainError(f"an expectation was asked for at variances {q1} and {q2}; take positive variances")
    if not strips(f) or not strips(g):
        return piecewise_expectation(f, g, rho, (q1, q2), bits)
    if bool(rho < 0):
        g, rho = g.subs(X, -X), -rho
    wide = bits + _GUARD_BITS
    alpha, beta = enclose_root((1 + rho) / 2, wide), arb(0) if rho == 1 else enclose_root((1 - rho) / 2, wide)
    first, second = enclose_root(q1, wide), enclose_root(q2, wide)
    slopes = Slopes(first=(first * alpha, first * beta), second=(second * alpha, second * beta))
    return plane_expectation(f, g, slopes, bits)


def _exact(value: Number) -> Expr:
    return sympy.Rational(value) if isinstance(value, int | Fraction) else value


def enclose_hermite_coefficients(f: Expr, count: int, *, bits: int = 128) -> list[arb]:
    """a₀, …, a_{count−1} of f, each with an error of about 2^−bits.

    Guarantee: certified. Raises UndecidedError where no growth bound of f is proved.

    >>> enclose_hermite_coefficients(X, 2, bits=53)[1].overlaps(arb(1))
    True
    """
    if strips(f):
        return list(hermite_series(f, S.One, count, bits).coefficients)
    orders = (sympy.hermite_prob_poly(n, X) / sqrt(factorial(n)) for n in range(count))
    return [piecewise_expectation(f, polynomial, S.One, (S.One, S.One), bits) for polynomial in orders]


