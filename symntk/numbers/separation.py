"""A lower bound for non-zero algebraic numbers, read off the formula: a number in a smaller ball around 0 is 0."""

from __future__ import annotations

from math import prod

import sympy
from flint import arb
from sympy import Expr

from symntk.numbers.precision import working_precision

Bounds = tuple[arb, arb]
"""u, l with E = U/L, algebraic integers U, L whose conjugates are at most u and l."""

_BITS = 64
_LARGEST_POWER = 1000


def separation_bits(expr: Expr) -> int | None:
    """An integer s with |E| ≥ 2^(−s) unless E = 0, for E of rationals by + − · / and rational powers; None for others.

    E = U/L with algebraic integers U, L in a field of degree at most D, the product of the degrees of the roots. If all
    conjugates of U are at most u and |L| ≤ l, then U ≠ 0 has a norm of at least 1, hence |E| ≥ u^{−(D−1)}/l.
    Guarantee: a true bound, rounded up; far from sharp.

    >>> separation_bits(sympy.sqrt(2) - 1)
    2
    """
    roots: set[tuple[Expr, int]] = set()
    with working_precision(_BITS):
        bounds = _bounds(expr, roots)
        if bounds is None:
            return None
        u, size = (bound.max(arb(1)) for bound in bounds)
        bits = (u.log() * (prod(degree for _, degree in roots) - 1) + size.log()) / arb(2).log()
        return int(bits.upper().ceil().fmpz()) if bits.is_finite() else None


def _bounds(expr: Expr, roots: set[tuple[Expr, int]]) -> Bounds | None:
    if isinstance(expr, sympy.Rational):
        return arb(abs(int(expr.p))), arb(int(expr.q))
    if expr is sympy.I:
        roots.add((expr, 2))
        return arb(1), arb(1)
    if isinstance(expr, sympy.Add | sympy.Mul):
        parts = [_bounds(part, roots) for part in expr.args]
        combine = _sum if isinstance(expr, sympy.Add) else _product
        return combine([part for part in parts if part is not None]) if None not in parts else None
    if isinstance(expr, sympy.Pow) and isinstance(expr.exp, sympy.Rational):
        return _power(expr.base, expr.exp, roots)
    return None


def _sum(parts: list[Bounds]) -> Bounds:
    u, size = arb(0), arb(1)
    for v, m in parts:
        u, size = u * m + size * v, size * m
    return u.upper(), size.upper()


def _product(parts: list[Bounds]) -> Bounds:
    u, size = arb(1), arb(1)
    for v, m in parts:
        u, size = u * v, size * m
    return u.upper(), size.upper()


def _power(base: Expr, exponent: sympy.Rational, roots: set[tuple[Expr, int]]) -> Bounds | None:
    """U/L to the power p/k as (U·L^{k−1})^{1/k}/L to the power p; a negative p exchanges U and L."""
    bounds, power, degree = _bounds(base, roots), abs(int(exponent.p)), int(exponent.q)
    if bounds is None or max(power, degree) > _LARGEST_POWER:
        return None
    u, size = bounds
    if degree > 1:
        roots.add((base, degree))
        u = (u * size ** (degree - 1)).root(degree)
    u, size = (u**power).upper(), (size**power).upper()
    return (size, u) if exponent.p < 0 else (u, size)
