"""Hermite coefficients of piecewise functions, as integrals over their pieces."""

from __future__ import annotations

from collections.abc import Sequence

import sympy
from flint import acb, acb_poly, arb, fmpz_poly
from sympy import Expr, S

from symntk.gaussian.certified_moments import truncated_moments
from symntk.gaussian.certified_piecewise import piecewise_expectation
from symntk.gaussian.certified_scalar import enclose_number, enclose_root
from symntk.gaussian.certified_segments import (
    NumericTerm,
    Segment,
    exponential_terms,
    growth_of,
    numeric,
    segments,
)
from symntk.gaussian.growth import LOG_TWO, Growth, dilated, gaussian_integral, logarithm, product
from symntk.gaussian.strip import ANALYSIS_BITS
from symntk.notation import X
from symntk.numbers.precision import working_precision

_GUARD_BITS = 32


def piecewise_coefficients(f: Expr, variance: Expr, count: int, bits: int) -> list[arb]:
    """aₙ = E f(√q u) hₙ(u) for n < count, each with an error of about 2^−bits.

    Guarantee: certified. Raises UndecidedError where no growth bound is proved.

    >>> step = sympy.Heaviside(X)
    >>> [a.str(4) for a in piecewise_coefficients(step, S.One, 2, 40)]
    ['0.5000', '[0.3989 +/- 4.23e-5]']
    """
    pieces = segments(f)
    terms = [exponential_terms(piece.expression) for piece in pieces]
    if any(found is None for found in terms):
        return [piecewise_expectation(f, _hermite(n), S.One, (variance, S.One), bits) for n in range(count)]
    with working_precision(bits + _loss(pieces, variance, count)):
        root = enclose_root(variance, bits + _GUARD_BITS)
        totals = [arb(0)] * count
        for piece, found in zip(pieces, terms, strict=True):
            for term in numeric(found or ()):
                parts = _on_piece(term, piece, root, count, bits)
                totals = [total + part.real for total, part in zip(totals, parts, strict=True)]
        return [total / arb(n).fac().sqrt() for n, total in enumerate(totals)]


def _hermite(n: int) -> Expr:
    return sympy.hermite_prob_poly(n, X) / sympy.sqrt(sympy.factorial(n))


def _loss(pieces: Sequence[Segment], variance: Expr, count: int) -> int:
    """Bits by which the sum of moduli exceeds 1: |hₙ(ix)| ≤ 3^{n/2}(9/8)^{1/4} e^{x²/4} [Mehler1866]."""
    with working_precision(ANALYSIS_BITS):
        growth = dilated(growth_of(pieces), enclose_root(variance, ANALYSIS_BITS).upper())
        bare = Growth(scale=growth.scale, slope=growth.slope, degree=growth.degree, rate=growth.rate)
        mass = gaussian_integral(product(bare, Growth(scale=arb(2), curvature=arb(1) / 4)))
    return _GUARD_BITS + round(max(0.0, logarithm(mass) / LOG_TWO) + count)


def _on_piece(term: NumericTerm, piece: Segment, root: arb, count: int, bits: int) -> list[acb]:
    """∫ over the piece of term·Heₙ for n < count: moments of the term times the coefficients of Heₙ."""
    edges = (None if e.is_infinite else enclose_number(e, 2 * bits + count) for e in (piece.left, piece.right))
    ends = [None if e is None else acb(e / root) for e in edges]
    polynomial = acb_poly(term.coefficients)(acb_poly([acb(0), acb(root)])).coeffs()
    exponent = (acb(0), term.linear * root, term.quadratic * root * root)
    moments = truncated_moments(len(polynomial) + count - 1, exponent, ends[0], ends[1])
    weighted = [sum((c * moments[j + k] for k, c in enumerate(polynomial)), acb(0)) for j in range(count)]
    previous, current, found = fmpz_poly([0]), fmpz_poly([1]), list[acb]()
    shift = fmpz_poly([0, 1])
    for n in range(count):
        found.append(sum((int(c) * weighted[j] for j, c in enumerate(current.coeffs()) if c != 0), acb(0)))
        previous, current = current, shift * current - n * previous
    return found
