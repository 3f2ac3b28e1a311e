"""Pairs with one function exponential-polynomial by pieces: its conditional mean is closed, one integral is left.

E f(u)g(v) = ∫ f(√q₁u) E[g(√q₂(ρu + σw))] φ(u) du, σ² = 1 − ρ², w standard normal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flint import acb, arb
from sympy import Expr

from symntk.gaussian.certified_inner import Effort, Line, Rotation, closed_line, integrated
from symntk.gaussian.certified_scalar import enclose_number, enclose_root
from symntk.gaussian.certified_segments import (
    NumericTerm,
    Segment,
    breakpoints,
    exponential_terms,
    growth_of,
    numeric,
    segments,
)
from symntk.gaussian.growth import (
    LOG_TWO,
    cutoff_for,
    dilated,
    gaussian_integral,
    gaussian_tail,
    logarithm,
    product,
    separated,
)
from symntk.gaussian.strip import ANALYSIS_BITS
from symntk.notation import X
from symntk.numbers.ball import ball_function
from symntk.numbers.elementary import COMPLEX_NAN
from symntk.numbers.precision import current_precision, working_precision

_GUARD_BITS = 32
_WIDTHS = (-6, -2, 0, 2, 6)
"""Where the range is split around a breakpoint of g, in units of σ; about speed only."""


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """ρ, σ and the standard deviations, enclosed at the precision in force."""

    rho: arb
    sigma: arb
    roots: tuple[arb, arb]


Integrand = Callable[[acb, bool], acb]


def is_conditional(f: Expr, g: Expr) -> bool:
    """Whether g is exponential-polynomial by pieces while f is not."""
    return not _closed(f) and _closed(g)


def _closed(f: Expr) -> bool:
    return all(exponential_terms(piece.expression) is not None for piece in segments(f))


def conditional_expectation(f: Expr, g: Expr, rho: Expr, variances: tuple[Expr, Expr], bits: int) -> arb:
    """E f(u)g(v) for |ρ| < 1 and g exponential-polynomial by pieces, with an error of about 2^−bits.

    Guarantee: certified. Raises UndecidedError where no growth bound is proved. Source: [Johansson2017].

    >>> import sympy
    >>> half = conditional_expectation(sympy.tanh(X), sympy.Max(0, X), sympy.Rational(1, 2), (sympy.S.One,) * 2, 40)
    >>> half.overlaps(conditional_expectation(sympy.tanh(X), X / 2, sympy.Rational(1, 2), (sympy.S.One,) * 2, 40))
    True
    """
    edge, error, size = _framed(f, g, _mixture(rho, variances, ANALYSIS_BITS), bits)
    effort = Effort()
    with working_precision(bits + _GUARD_BITS + size):
        mixture = _mixture(rho, variances, bits + _GUARD_BITS + size)
        mean = _conditional_mean(segments(g), mixture)
        pieces = segments(f)
        cuts = [enclose_number(x, bits + _GUARD_BITS + size) / mixture.roots[0] for x in breakpoints(pieces)]
        parts = [_integrand(piece.expression, mean, mixture.roots[0], effort) for piece in pieces]
        total = arb(0)
        ends = [-edge, *(_within(cut.mid(), edge) for cut in cuts), edge]
        for part, left, right in zip(parts, ends, ends[1:], strict=False):
            total += _integral(part, _split(left, right, segments(g), mixture), bits)
        for before, after, cut in zip(parts, parts[1:], cuts, strict=False):
            if cut.rad() > 0:
                total += ((before(acb(cut), False) - after(acb(cut), False)) * (cut - cut.mid())).real
        effort.check()
        return total + arb(0, error)


def _mixture(rho: Expr, variances: tuple[Expr, Expr], bits: int) -> Mixture:
    with working_precision(bits):
        sides = (enclose_number(side, bits).nonnegative_part().sqrt() for side in (1 - rho, 1 + rho))
        roots = enclose_root(variances[0], bits), enclose_root(variances[1], bits)
        return Mixture(rho=enclose_number(rho, bits), sigma=next(sides) * next(sides), roots=roots)


def _framed(f: Expr, g: Expr, mixture: Mixture, bits: int) -> tuple[arb, arb, int]:
    """A cutoff for u, a bound of what lies beyond it, and log₂ of a bound of the expectation."""
    with working_precision(ANALYSIS_BITS):
        spread = [(mixture.roots[1] * size).upper() for size in (abs(mixture.rho), mixture.sigma)]
        along, across = separated(growth_of(segments(g)), spread[0], spread[1])
        whole = product(dilated(growth_of(segments(f)), mixture.roots[0].upper()), along)
        mass = gaussian_integral(across)
        edge = arb(int(8 * cutoff_for(whole, max(1.0, bits + 3 + logarithm(mass) / LOG_TWO))) + 1) / 8
        error = (gaussian_tail(whole, edge) * mass).upper()
        return edge, error, max(0, round(logarithm(mass * gaussian_integral(whole)) / LOG_TWO))


def _conditional_mean(pieces: tuple[Segment, ...], mixture: Mixture) -> Callable[[acb], acb]:
    """u ↦ E g(√q₂(ρu + σw)), an entire function."""
    one = [NumericTerm(coefficients=[acb(1)], linear=acb(0), quadratic=acb(0))]
    slope, tilt = mixture.roots[1] * mixture.sigma, -mixture.roots[1] * mixture.rho
    rotation = Rotation(first=arb(0), first_tilt=arb(0), second=slope, second_tilt=tilt)
    ends = [None, *(enclose_number(y, current_precision()) for y in breakpoints(pieces)), None]
    lines: list[tuple[Line, arb | None, arb | None]] = [
        (closed_line(one, numeric(exponential_terms(piece.expression) or ()), rotation), left, right)
        for piece, left, right in zip(pieces, ends, ends[1:], strict=False)
    ]

    def mean(u: acb) -> acb:
        total = acb(0)
        for line, left, right in lines:
            low, high = (None if end is None else (end + tilt * u) / slope for end in (left, right))
            total += line(u, low, high, True)
        return total

    return mean


def _integrand(expression: Expr, mean: Callable[[acb], acb], root: arb, effort: Effort) -> Integrand:
    compute, scale = ball_function(expression, X), 1 / (2 * arb.pi()).sqrt()

    def integrand(u: acb, analytic: bool) -> acb:
        if effort.exhausted():
            return COMPLEX_NAN
        return compute(root * u, analytic=analytic) * mean(u) * (-u * u / 2).exp() * scale

    return integrand


def _within(point: arb, edge: arb) -> arb:
    """The point, or the nearer end of the range."""
    return point if abs(point) < edge else edge if point > 0 else -edge


def _split(left: arb, right: arb, pieces: tuple[Segment, ...], mixture: Mixture) -> list[arb]:
    """Exact points from left to right, denser where the conditional mean changes quickly."""
    points: list[arb] = []
    if abs(mixture.rho) > 0.5:
        for y in breakpoints(pieces):
            centre = enclose_number(y, ANALYSIS_BITS) / mixture.roots[1]
            points.extend(((centre + k * mixture.sigma) / mixture.rho).mid() for k in _WIDTHS)
    return [left, *sorted(p for p in points if left < p < right), right]


def _integral(part: Integrand, points: list[arb], bits: int) -> arb:
    tolerance = arb((1, -bits - 2 - len(points).bit_length()))
    total = arb(0)
    for left, right in zip(points, points[1:], strict=False):
        total += integrated(part, left, right, tolerance)
    return total
