"""The trapezoidal rule in the plane, for a pair of analytic functions at any correlation, with a proved error.

In the coordinates u = √q₁(αs + βt), v = √q₂(αs − βt), α² = (1 + ρ)/2, β² = (1 − ρ)/2, with s, t independent standard
normals, E f(u)g(v) is an integral over the plane whose strips of analyticity shrink for no ρ in [−1, 1].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flint import acb, arb
from sympy import Expr

from symntk.errors import UndecidedError
from symntk.gaussian.certified_inputs import parity
from symntk.gaussian.certified_trapezoid import (
    LADDER,
    Grid,
    covering,
    grid,
    weights,
    widest_step,
)
from symntk.gaussian.growth import (
    LOG_TWO,
    Growth,
    cutoff_for,
    gaussian_integral,
    gaussian_peak,
    gaussian_tail,
    logarithm,
    product,
    separated,
)
from symntk.gaussian.strip import ANALYSIS_BITS, WIDEST, Strip, real_growth, strips
from symntk.notation import X
from symntk.numbers.ball import ball_function
from symntk.numbers.precision import working_precision

LARGEST_PLANE = 3_000_000
"""Nodes beyond which a request is refused."""
_GUARD_BITS = 24
_SHRINK = 1 - 2.0**-30


@dataclass(frozen=True, kw_only=True)
class Slopes:
    """u = first[0]·s + first[1]·t and v = second[0]·s − second[1]·t, all four non-negative; one object if equal."""

    first: tuple[arb, arb]
    second: tuple[arb, arb]

    def swapped(self) -> Slopes:
        """The slopes with s and t exchanged."""
        (a, b), (c, d) = self.first, self.second
        return Slopes(first=(b, a), second=(d, c))


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """|f(u)g(v)| ≤ along(|Re s|)·across(|t|) for |Im s| ≤ half_width and real t."""

    half_width: arb
    along: Growth
    across: Growth


def sheets(f: tuple[Strip, ...], g: tuple[Strip, ...], slopes: Slopes) -> list[Sheet]:
    """The bounds of f(u)g(v) for complex s, from wide to narrow."""
    found: list[Sheet] = []
    for width in _widths(f, slopes.first[0]) | _widths(g, slopes.second[0]) | set(LADDER):
        of_f, of_g = covering(f, width * slopes.first[0]), covering(g, width * slopes.second[0])
        if width <= WIDEST and of_f is not None and of_g is not None:
            along, across = _separated(of_f.growth, of_g.growth, slopes)
            found.append(Sheet(half_width=arb(width), along=along, across=across))
    return found


def _widths(own: tuple[Strip, ...], slope: arb) -> set[float]:
    return {float(s.half_width / slope) * _SHRINK for s in own} if slope > 0 else set()


def _separated(f: Growth, g: Growth, slopes: Slopes) -> tuple[Growth, Growth]:
    along_f, across_f = separated(f, *slopes.first)
    along_g, across_g = separated(g, *slopes.second)
    return product(along_f, along_g), product(across_f, across_g)


def plane_expectation(f: Expr, g: Expr, slopes: Slopes, bits: int) -> arb:
    """E f(u)g(v) with an error of about 2^−bits.

    Guarantee: certified. Raises UndecidedError without strips or when it needs too many nodes.
    Source: [TrefethenWeideman2014, Thm 5.1], once in each direction.
    """
    strips_f, strips_g = strips(f), strips(g)
    with working_precision(ANALYSIS_BITS):
        along = sheets(strips_f, strips_g, slopes)
        across = sheets(strips_f, strips_g, slopes.swapped())
        if not along or not across:
            raise UndecidedError(
                f"a Gaussian expectation of ({f}, {g}) was asked for, but no strip of analyticity was proved; "
                "give them as piecewise activations"
            )
        real = _separated(real_growth(f), real_growth(g), slopes)
        grids = _planned(along, real[0], bits), _planned(across, real[1], bits)
        if grids[0].count * grids[1].count > LARGEST_PLANE / 4:
            raise UndecidedError(
                f"a Gaussian expectation of ({f}, {g}) was asked for that needs {4 * grids[0].count * grids[1].count} "
                "nodes; ask for fewer bits or smaller variances"
            )
        error = _error(along, across, real, grids)
        size = max(0.0, logarithm(gaussian_integral(real[0]) * gaussian_integral(real[1])))
    with working_precision(bits + _GUARD_BITS + round(size / LOG_TWO)):
        return _sum(f, g, slopes, grids) + arb(0, error)


def _planned(candidates: list[Sheet], real: Growth, bits: int) -> Grid:
    masses = ((s.half_width, _mass(s, arb(0))) for s in candidates)
    return grid(widest_step(masses, bits), cutoff_for(real, bits + 2))


def _mass(sheet: Sheet, step: arb) -> arb:
    """∫∫ of the modulus: over Re s as an integral, over t as an equidistant sum of the given step (0: an integral)."""
    return (gaussian_integral(sheet.along) * (sheet.half_width**2 / 2).exp() * _summed(sheet.across, step)).upper()


def _summed(g: Growth, step: arb) -> arb:
    """An upper value of h Σ g(kh) φ(kh): the integral plus two steps of the peak, as g·φ falls once a side."""
    return (gaussian_integral(g) + 2 * step * gaussian_peak(g)).upper()


def _error(along: list[Sheet], across: list[Sheet], real: tuple[Growth, Growth], grids: tuple[Grid, Grid]) -> arb:
    """Aliasing in s under the sum over t, aliasing in t under the integral over s, and the nodes left out."""
    step_s, step_t = grids[0].step, grids[1].step
    total = _aliasing(along, step_s, step_t) + _aliasing(across, step_t, arb(0))
    total += gaussian_tail(real[0], grids[0].edge) * _summed(real[1], step_t)
    total += gaussian_tail(real[1], grids[1].edge) * _summed(real[0], step_s)
    return total.upper()


def _aliasing(candidates: list[Sheet], step: arb, other: arb) -> arb:
    bounds = (2 * _mass(s, other) / (2 * arb.pi() * s.half_width / step).expm1() for s in candidates)
    return min((bound.upper() for bound in bounds), key=logarithm)


def _sum(f: Expr, g: Expr, slopes: Slopes, grids: tuple[Grid, Grid]) -> arb:
    """h₁h₂ ΣΣ f(u)g(v)φ(s)φ(t), over half the rows when the parities of f and g make opposite rows equal."""
    same = f == g and slopes.first is slopes.second
    mirrored = parity(f) is not None and parity(f) == parity(g)
    weight_s, weight_t = weights(grids[0]), weights(grids[1])
    row = _mirror_row if same else _row
    values = _values(f), _values(g)
    total = arb(0)
    for i in range(0 if mirrored else -grids[0].count, grids[0].count + 1):
        part = row(values, slopes, grids[0].node(i), grids[1], weight_t)
        total += weight_s[abs(i)] * part * (2 if mirrored and i > 0 else 1)
    return total


Values = tuple[Callable[[arb], arb], Callable[[arb], arb]]


def _values(f: Expr) -> Callable[[arb], arb]:
    compute = ball_function(f, X)
    return lambda x: compute(acb(x)).real


def _row(values: Values, slopes: Slopes, s: arb, across: Grid, weight: list[arb]) -> arb:
    u, v = slopes.first[0] * s, slopes.second[0] * s
    total = arb(0)
    for j in range(-across.count, across.count + 1):
        t = across.node(j)
        total += weight[abs(j)] * values[0](u + slopes.first[1] * t) * values[1](v - slopes.second[1] * t)
    return total


def _mirror_row(values: Values, slopes: Slopes, s: arb, across: Grid, weight: list[arb]) -> arb:
    """The row for f = g and equal variances, where the integrand is even in t."""
    u, f = slopes.first[0] * s, values[0]
    total = weight[0] * f(u) ** 2
    for j in range(1, across.count + 1):
        t = slopes.first[1] * across.node(j)
        total += 2 * weight[j] * f(u + t) * f(u - t)
    return total
