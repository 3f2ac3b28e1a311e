"""Gaussian second moments of all derivatives of an analytic function at once, with a proved error."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb
from sympy import Expr

from symntk.errors import UndecidedError
from symntk.gaussian.certified_inputs import parity
from symntk.gaussian.certified_trapezoid import Grid, aliasing, grid, mass, weights, widest_step
from symntk.gaussian.growth import LOG_TWO, Growth, cutoff_for, dilated, gaussian_tail, larger, logarithm, power
from symntk.gaussian.strip import ANALYSIS_BITS, Strip, strips
from symntk.numbers.power_series import taylor_coefficients
from symntk.numbers.precision import working_precision

_GUARD_BITS = 24
_PARTS = (0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.35, 0.2)
"""Parts of a half-width that are tried as radii of Cauchy's circles."""


@dataclass(frozen=True, kw_only=True)
class _Circle:
    """(f⁽ᵏ⁾(√q u)/k!)² ≤ radius^(−2k)·growth(|Re u|) in the strip."""

    radius: arb
    strip: Strip


def jet_moments(f: Expr, q: arb, count: int, *, bits: int = 128) -> list[arb]:
    """E (f⁽ᵏ⁾(√q u)/k!)² for k < count, u ~ N(0, 1), each with an error of about 2^−bits.

    |f⁽ᵏ⁾(z)/k!| ≤ r^{−k}·sup |f| over the disc of radius r around z bounds the integrands in a strip, where the
    trapezoidal rule converges geometrically. Domain: f analytic in a strip, q > 0, count ≥ 1.
    Guarantee: certified. Raises UndecidedError when no strip is proved. Source: [TrefethenWeideman2014, Thm 5.1].

    >>> import sympy
    >>> from symntk.notation import X
    >>> [round(float(m), 4) for m in jet_moments(sympy.sin(X), arb(1), 3)]  # (1 ∓ e⁻²)/2, and the first over 4
    [0.4323, 0.5677, 0.1081]
    """
    with working_precision(2 * bits + _GUARD_BITS):
        root = q.sqrt()
    circles = _circles(f, root)
    points = _planned(circles, count, bits)
    with working_precision(ANALYSIS_BITS):
        errors = [
            (c.radius**-2, aliasing(c.strip, points.step) + gaussian_tail(c.strip.growth, points.edge)) for c in circles
        ]
    with working_precision(bits + 2 * count + _GUARD_BITS):
        sums = _sums(f, points, root, count)
        return [s + arb(0, min((e * t**k for t, e in errors), key=logarithm).upper()) for k, s in enumerate(sums)]


def _circles(f: Expr, root: arb) -> list[_Circle]:
    found = strips(f)
    if not found:
        raise UndecidedError(f"derivatives of {f} were asked for, but no strip of analyticity was proved; take another")
    with working_precision(ANALYSIS_BITS):
        size, result = root.abs_upper(), list[_Circle]()
        for strip in found:
            for part in _PARTS:
                radius = (strip.half_width * arb(part)).lower()
                growth = dilated(power(_widened(strip.growth, radius), arb(2)), size)
                width = ((strip.half_width - radius) / size).lower()
                result.append(_Circle(radius=radius, strip=Strip(half_width=width, growth=growth)))
        kept = [c for c in result if c.strip.growth.curvature * 2 < 1]
    if not kept:
        raise UndecidedError(
            f"moments of derivatives of {f} were asked for, but none is proved finite; take a smaller variance"
        )
    return kept


def _widened(f: Growth, radius: arb) -> Growth:
    """A bound of f over discs: |Re ζ| differs from |x| by at most the radius."""
    curvature = larger(f.curvature, arb(0))
    lifted = f.scale * (1 + f.slope * radius) ** f.degree * (abs(f.rate) * radius + curvature * radius**2).exp()
    return Growth(
        scale=lifted.upper(),
        slope=f.slope,
        degree=f.degree,
        rate=(f.rate + 2 * curvature * radius).upper(),
        curvature=curvature,
    )


def _planned(circles: list[_Circle], count: int, bits: int) -> Grid:
    """A grid on which each of the moments has an error of about 2^−bits."""
    with working_precision(ANALYSIS_BITS):
        plans = list[tuple[float, float]]()
        for c in circles:
            steep = (c.radius ** (2 - 2 * count)).max(arb(1))
            height = mass(c.strip) * steep
            if height.is_finite():
                edge = cutoff_for(c.strip.growth, bits + logarithm(steep) / LOG_TWO)
                plans.append((widest_step([(c.strip.half_width, height)], bits), edge))
        return grid(*min(plans, key=lambda plan: plan[1] / plan[0]))


def _sums(f: Expr, points: Grid, root: arb, count: int) -> list[arb]:
    weight, sides = weights(points), (1,) if parity(f) else (1, -1)
    totals = [arb(0)] * count
    for k, w in enumerate(weight):
        for side in sides if k else (1,):
            jet = taylor_coefficients(f, side * root * points.node(k), count)
            times = w * (2 if k and len(sides) == 1 else 1)
            totals = [total + times * value * value for total, value in zip(totals, jet, strict=True)]
    return totals
