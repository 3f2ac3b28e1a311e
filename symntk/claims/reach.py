"""How far from an end an expression stays positive: its exact leading term there against a Cauchy bound of the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

import flint
from sympy import Expr, Integer, Rational, Symbol

from symntk.claims.endpoints import ROOT, at_end
from symntk.errors import SymntkError
from symntk.expansions.constants import ConstantRing
from symntk.expansions.local import expand_expression
from symntk.numbers.ball import ball_function, enclose
from symntk.numbers.precision import working_precision

Function = Callable[..., flint.acb]

_ORDER = 8
_RADII = (Rational(1, 2), Rational(1, 4), Rational(1, 16))
_GRID, _SPLITS = 6, 2
_PRECISION = 64


@lru_cache(maxsize=1024)
def positive_reach(expression: Expr, symbol: Symbol, end: Expr, inward: int) -> Expr | None:
    """A rational r > 0 such that the expression is positive for 0 < |symbol − end| ≤ r inward; None if unknown.

    With G(w) the expression at end ± w (at end ± w² where it has roots or arcs), analytic and bounded by M on a square
    around |w| ≤ R, and c·wᵐ its leading term: |G(w) − c·wᵐ| ≤ M(w/R)^{m+1}/(1 − w/R), so G > 0 where
    w/R < c·Rᵐ/(M + c·Rᵐ). Guarantee: certified.

    >>> from sympy import acos
    >>> from symntk.notation import RHO
    >>> positive_reach(acos(RHO), RHO, Integer(1), -1) is not None, positive_reach(-acos(RHO), RHO, Integer(1), -1)
    (True, None)
    """
    smooth, power = at_end(expression, symbol, end, inward), 2
    if smooth is None:
        smooth, power = expression.subs(symbol, end + inward * ROOT), 1
    try:
        leading = _leading_term(expression, symbol, end + inward * ROOT**power)
        reach = None if leading is None else _reach(smooth, *leading)
    except SymntkError:
        return None
    return None if reach is None else reach**power


def _leading_term(expression: Expr, symbol: Symbol, inner: Expr) -> tuple[int, flint.arb] | None:
    """The exponent and a ball of the first coefficient that is not zero, if that is positive and the exponent ≥ 0."""
    ring = ConstantRing()
    series = expand_expression(expression, symbol, inner, ROOT, _ORDER, ring).normal()
    if not series.coefficients or series.valuation < 0:
        return None
    ball = enclose(ring.expression(series.coefficients[0]), bits=_PRECISION)
    return (series.valuation, ball) if ball > 0 else None


def _reach(smooth: Expr, power: int, leading: flint.arb) -> Expr | None:
    function = ball_function(smooth, (ROOT,))
    with working_precision(_PRECISION):
        for radius in _RADII:
            bound = _largest(function, flint.arb(int(radius.p)) / int(radius.q))
            if bound is not None:
                scaled = leading * (flint.arb(int(radius.p)) / int(radius.q)) ** power
                return radius * _below(scaled / (bound + scaled) / 2)
    return None


def _largest(function: Function, radius: flint.arb) -> flint.arb | None:
    """An upper bound of the modulus on the square of half-width `radius`; None where it is not seen to be analytic."""
    largest = flint.arb(0)
    for box in _boxes(radius):
        size = _size(function, box, _SPLITS)
        if size is None:
            return None
        largest = largest.max(size)
    return largest


def _boxes(radius: flint.arb) -> Iterator[flint.acb]:
    step = radius / _GRID
    centres = [step * (2 * i + 1 - _GRID) for i in range(_GRID)]
    for x in centres:
        for y in centres:
            yield flint.acb(flint.arb(x.mid(), step.upper()), flint.arb(y.mid(), step.upper()))


def _size(function: Function, box: flint.acb, splits: int) -> flint.arb | None:
    value = function(box, analytic=True)
    if value.is_finite():
        return abs(value).upper()
    if splits == 0:
        return None
    sizes = [_size(function, quarter, splits - 1) for quarter in _quarters(box)]
    known = [size for size in sizes if size is not None]
    return max(known) if len(known) == len(sizes) else None


def _quarters(box: flint.acb) -> Iterator[flint.acb]:
    half = box.real.rad() / 2
    for dx in (-half, half):
        for dy in (-half, half):
            yield flint.acb(flint.arb(box.real.mid() + dx, half), flint.arb(box.imag.mid() + dy, half))


def _below(ball: flint.arb) -> Expr:
    """A rational number a little below a positive ball."""
    mantissa, exponent = flint.arb(ball.lower()).mid().man_exp()
    bits = int(mantissa).bit_length() - 8
    return Integer(int(mantissa) >> max(bits, 0)) * Integer(2) ** (int(exponent) + max(bits, 0))
