"""Compares two Gaussian vectors along a path of covariances: how an expectation changes with the covariance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import sympy
from sympy import Expr, S, Symbol

from symntk.errors import DomainError

Covariance = tuple[tuple[Expr, ...], ...]
PATH = Symbol("u", nonnegative=True)
"""The place on the path, 0 at Y and 1 at X."""


@dataclass(frozen=True, kw_only=True)
class Interpolation:
    """E g(X) − E g(Y) twice: as the difference of two moments, and as the integral of the lemma over the path."""

    difference: Expr
    integral: Expr
    slope: Expr
    """G′(u) in the symbol `PATH`."""


def gaussian_mean(function: Expr, variables: Sequence[Symbol], covariance: Covariance) -> Expr:
    """E g(Z) for centred Gaussian Z with covariance C and g a sum of monomials times e^{a·z}.

    E p(Z)·e^{a·Z} = e^{aᵀCa/2}·E p(Z + Ca), and Wick's formula for monomials, one factor at a time.
    Domain: p polynomial in the variables, a free of them; symbols may stand in C and in the coefficients.
    Guarantee: exact. Raises DomainError for other functions.

    >>> x, y, c = sympy.symbols("x y c")
    >>> gaussian_mean(x**2 * y**2, (x, y), ((S.One, c), (c, S.One)))
    2*c**2 + 1
    """
    total: Expr = S.Zero
    for term in sympy.Add.make_args(sympy.expand(function)):
        total += _term_mean(term, tuple(variables), covariance)
    return sympy.expand(total)


def _term_mean(term: Expr, variables: tuple[Symbol, ...], covariance: Covariance) -> Expr:
    exponent, rest = S.Zero, S.One
    for factor in sympy.Mul.make_args(term):
        inner = factor.exp if isinstance(factor, sympy.exp) else S.Zero
        grown = isinstance(factor, sympy.exp) and inner.has(*variables)
        exponent, rest = (exponent + inner, rest) if grown else (exponent, rest * factor)
    tilt = tuple(sympy.expand(exponent).coeff(z) for z in variables)
    constant = sympy.expand(exponent - sum((a * z for a, z in zip(tilt, variables, strict=True)), S.Zero))
    if constant.has(*variables) or any(a.has(*variables) for a in tilt) or not rest.is_polynomial(*variables):
        raise DomainError(
            f"a Gaussian mean of {term} was asked for, but it is no polynomial times e^(a·z); expand it into such terms"
        )
    shifts = [_dot(row, tilt) for row in covariance]
    moved = {z: z + shift for z, shift in zip(variables, shifts, strict=True)}
    polynomial = sympy.Poly(sympy.expand(rest.subs(moved, simultaneous=True)), *variables)
    value = sum((c * _moment(powers, covariance) for powers, c in polynomial.terms()), S.Zero)
    return value * sympy.exp(constant + _dot(tilt, tuple(shifts)) / 2)


def _dot(left: Sequence[Expr], right: Sequence[Expr]) -> Expr:
    return sum((a * b for a, b in zip(left, right, strict=True)), S.Zero)


@lru_cache(maxsize=4096)
def _moment(powers: tuple[int, ...], covariance: Covariance) -> Expr:
    """E Π z_iⁿⁱ: one factor z_i pairs with every other one."""
    if not any(powers):
        return S.One
    if sum(powers) % 2:
        return S.Zero
    first = next(i for i, n in enumerate(powers) if n)
    left = _lowered(powers, first)
    terms = (n * covariance[first][j] * _moment(_lowered(left, j), covariance) for j, n in enumerate(left) if n)
    return sympy.expand(sum(terms, S.Zero))


def _lowered(powers: tuple[int, ...], index: int) -> tuple[int, ...]:
    return (*powers[:index], powers[index] - 1, *powers[index + 1 :])


def along(first: Covariance, second: Covariance) -> Covariance:
    """u·C_X + (1 − u)·C_Y, the covariance of √u·X + √(1 − u)·Y for independent X and Y."""
    return tuple(
        tuple(PATH * a + (1 - PATH) * b for a, b in zip(row, other, strict=True))
        for row, other in zip(first, second, strict=True)
    )


def path_slope(function: Expr, variables: Sequence[Symbol], first: Covariance, second: Covariance) -> Expr:
    """G′(u) = ½·Σ_ij (C_X − C_Y)_ij·E ∂_i∂_j g(√u·X + √(1 − u)·Y), G(u) = E g(√u·X + √(1 − u)·Y).

    Domain and errors as for `gaussian_mean`. Guarantee: exact. Source: [hayou2020, lemma 5], with u = t².
    """
    between = along(first, second)
    total: Expr = S.Zero
    for i, z in enumerate(variables):
        for j, w in enumerate(variables):
            gap = first[i][j] - second[i][j]
            if gap != 0:
                total += gap * gaussian_mean(sympy.diff(function, z, w), variables, between) / 2
    return sympy.expand(total)


def interpolate(function: Expr, variables: Sequence[Symbol], first: Covariance, second: Covariance) -> Interpolation:
    """E g(X) − E g(Y) = ∫_0^1 G′(u) du for centred Gaussian vectors X, Y of covariances C_X, C_Y.

    Domain: as for `gaussian_mean`; the integral is done exactly for polynomial g and for e^{a·z}. Guarantee: exact, and
    the two sides are computed by different routes. Raises DomainError for other functions or sizes.
    Source: [hayou2020, lemma 5].

    >>> x, y, a, b = sympy.symbols("x y a b")
    >>> found = interpolate(x**2 * y**2, (x, y), ((S.One, a), (a, S.One)), ((S.One, b), (b, S.One)))
    >>> found.difference, sympy.expand(found.integral - found.difference)
    (2*a**2 - 2*b**2, 0)
    """
    sizes = {len(variables), len(first), len(second), *(len(row) for row in (*first, *second))}
    if len(sizes) != 1:
        raise DomainError(
            "a comparison of Gaussian vectors was asked for, but the sizes differ; give two n×n covariances"
        )
    slope = path_slope(function, variables, first, second)
    ends = (gaussian_mean(function, variables, covariance) for covariance in (first, second))
    left, right = ends
    return Interpolation(difference=sympy.expand(left - right), integral=_integrated(slope), slope=slope)


def _integrated(slope: Expr) -> Expr:
    """∫_0^1 of a sum of polynomials times e^{αu + β} in u, by parts."""
    total: Expr = S.Zero
    for term in sympy.Add.make_args(sympy.expand(slope, power_exp=False)):
        exponent, rest = S.Zero, S.One
        for factor in sympy.Mul.make_args(term):
            tied = isinstance(factor, sympy.exp) and factor.has(PATH)
            exponent, rest = (exponent + factor.exp, rest) if tied else (exponent, rest * factor)
        total += _integrated_term(sympy.Poly(rest, PATH), sympy.expand(exponent))
    return sympy.expand(total)


def _integrated_term(polynomial: sympy.Poly, exponent: Expr) -> Expr:
    rate = exponent.coeff(PATH)
    if rate == 0:
        return polynomial.integrate(PATH).as_expr().subs(PATH, 1) * sympy.exp(exponent)
    primitive, sign, power = S.Zero, S.One, rate
    while not polynomial.is_zero:
        primitive += sign * polynomial.as_expr() / power
        polynomial, sign, power = polynomial.diff(), -sign, power * rate
    whole = primitive * sympy.exp(exponent)
    return whole.subs(PATH, 1) - whole.subs(PATH, 0)
