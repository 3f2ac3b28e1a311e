"""The L-fold iterate of a correlation map near its fixed point ρ = 1, as a series, by binary powering."""

from __future__ import annotations

from sympy import Rational

from symntk.errors import DomainError
from symntk.expansions.puiseux import Series, constant

HALF = Rational(1, 2)


def iterated(series: Series, depth: int) -> Series:
    """f_L in w = √γ, from the series of f in w with constant term 1.

    With 1 − f = w²·U(w) the map of w is W(w) = w·√U(w); W_L is composed in O(log L) steps and f_L = 1 − W_L².
    Domain: depth ≥ 1. Guarantee: exact. Raises DomainError where f − 1 does not start with the first power of γ.

    >>> from symntk.expansions.constants import ConstantRing
    >>> ring = ConstantRing()
    >>> half = Series(ring=ring, valuation=0, coefficients=tuple(ring.rational(n) for n in (1, 0, -2, 0, 0, 0)))
    >>> [str(c) for c in iterated(half, 3).coefficients]
    ['1', '0', '-8', '0', '0', '0']
    """
    if depth == 1:
        return series
    ring, order = series.ring, series.precision
    deficit = (constant(ring, ring.one, order) - series).normal()
    if all(c == 0 for c in series.coefficients[1::2]):
        return _iterated_in_gamma(series, depth)
    if deficit.valuation != 2:
        raise DomainError("an iterate was asked for, but 1 − f does not start with the first power of γ; take depth 1")
    result = composition_power(deficit.power(HALF).filled(order), depth)
    return (constant(ring, ring.one, order) - result * result).truncated(order)


def _iterated_in_gamma(series: Series, depth: int) -> Series:
    """The same for integer powers of γ, without roots."""
    ring, order = series.ring, series.precision
    count = (order + 1) // 2
    values = [ring.zero, *(-series.coefficient(2 * k) for k in range(1, count))]
    result = composition_power(Series(ring=ring, valuation=0, coefficients=tuple(values)), depth)
    spread = [ring.zero] * order
    spread[0] = ring.one
    for k in range(1, min(count, result.precision)):
        spread[2 * k] = -result.coefficient(k)
    return Series(ring=ring, valuation=0, coefficients=tuple(spread))


def composition_power(step: Series, depth: int) -> Series:
    """step∘…∘step, `depth` times."""
    result: Series | None = None
    order = step.precision
    while depth:
        if depth % 2:
            result = step if result is None else step.composed(result).filled(order)
        depth //= 2
        if depth:
            step = step.composed(step).filled(order)
    assert result is not None
    return result
