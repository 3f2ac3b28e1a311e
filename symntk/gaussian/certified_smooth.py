"""Expectations of functions analytic in a strip: which of the certified rules answers a question most cheaply."""

from __future__ import annotations

import math

from flint import arb
from sympy import Expr

from symntk.errors import UndecidedError
from symntk.gaussian.certified_plane import Slopes, plane_expectation
from symntk.gaussian.certified_scalar import enclose_number, enclose_root
from symntk.gaussian.certified_trapezoid import Profile, expectation, multiplied, profile
from symntk.gaussian.growth import LOG_TWO
from symntk.gaussian.series import hermite_series, mehler_sum, mehler_tail
from symntk.gaussian.strip import strips
from symntk.numbers.precision import working_precision

_GUARD_BITS = 32
_SHORTEST, _LONGEST = 64, 2048
_SHARED_PRECISION = 32
"""Series are computed to multiples of this many bits, so that many correlations share one."""


def smooth_mean(f: Expr, g: Expr, sign: Expr, variances: tuple[Expr, Expr], bits: int) -> arb:
    """E f(√q₁ u) g(±√q₂ u), with an error of about 2^−bits; the sign is ρ = ±1.

    Guarantee: certified. Raises UndecidedError without strips of analyticity. Source: [TrefethenWeideman2014, Thm 5.1].
    """
    roots = [enclose_root(q, 2 * bits + _GUARD_BITS) for q in variances]
    with working_precision(2 * bits + _GUARD_BITS):
        signed = roots[1] * int(sign)
    first = _profile(f, roots[0])
    return expectation(first if g == 1 else multiplied(first, _profile(g, signed)), bits)


def _profile(f: Expr, root: arb) -> Profile:
    found = profile(f, root)
    if found is None:
        raise UndecidedError(f"a strip of analyticity of {f} was asked for, but none was proved; give it by pieces")
    return found


def smooth_pair(f: Expr, g: Expr, rho: Expr, variances: tuple[Expr, Expr], bits: int) -> arb:
    """E f(u)g(v) for |ρ| < 1, with an error of about 2^−bits: Mehler's series if it is short enough, else the plane.

    Guarantee: certified. Source: [Mehler1866], [TrefethenWeideman2014, Thm 5.1].
    """
    point = enclose_number(rho, bits + _GUARD_BITS)
    shared = -(-(bits + 8) // _SHARED_PRECISION) * _SHARED_PRECISION
    count = _proposed_length(f, g, variances, point, bits)
    while count <= _LONGEST:
        a, b = hermite_series(f, variances[0], count, shared), hermite_series(g, variances[1], count, shared)
        with working_precision(shared + _GUARD_BITS):
            if mehler_tail(a, b, point) <= arb((1, -bits)):
                return mehler_sum(a, b, point)
        count *= 2
    return plane_expectation(f, g, _slopes(rho, variances, bits), bits)


def _proposed_length(f: Expr, g: Expr, variances: tuple[Expr, Expr], point: arb, bits: int) -> int:
    """A power of two near the length the series needs, from |aₙ| ≈ e^{−d√n} in a strip of half-width d; a heuristic."""
    goal, size = bits * LOG_TWO, float(abs(point).mid())
    widths = [float(strips(h)[0].half_width / enclose_root(q, 64)) for h, q in zip((f, g), variances, strict=True)]
    by_strip = (goal / sum(widths)) ** 2
    by_correlation = goal / -math.log(size) if 0 < size < 1 else math.inf
    needed = max(min(by_strip, by_correlation), _SHORTEST)
    return 1 << math.ceil(math.log2(needed))


def _slopes(rho: Expr, variances: tuple[Expr, Expr], bits: int) -> Slopes:
    precision = 2 * bits + _GUARD_BITS
    with working_precision(precision):
        alpha, beta = ((enclose_number(side, precision) / 2).nonnegative_part().sqrt() for side in (1 + rho, 1 - rho))
        first, second = ((root * alpha, root * beta) for root in (enclose_root(q, precision) for q in variances))
        return Slopes(first=first, second=first if variances[0] == variances[1] else second)


def smooth_coefficients(f: Expr, variance: Expr, count: int, bits: int) -> tuple[arb, ...]:
    """aₙ = E f(√q u) hₙ(u) for n < count, each with an error of about 2^−bits."""
    return hermite_series(f, variance, count, bits).coefficients
