"""The trapezoidal rule for analytic functions against the Gaussian density, with a proved error.

For F analytic in |Im z| < d with ∫|F(x + iy)|dx ≤ M there, |h Σ F(kh) − ∫F| ≤ 2M/(e^{2πd/h} − 1)
[TrefethenWeideman2014, Thm 5.1]; the terms left out of the sum are bounded by the growth of F on the real line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flint import acb, arb
from sympy import Expr

from symntk.errors import UndecidedError
from symntk.gaussian.growth import (
    LOG_TWO,
    Growth,
    cutoff_for,
    dilated,
    gaussian_integral,
    gaussian_tail,
    hermite_growth,
    logarithm,
    product,
)
from symntk.gaussian.strip import ANALYSIS_BITS, WIDEST, Strip, real_growth, strips
from symntk.notation import X
from symntk.numbers.ball import ball_function
from symntk.numbers.precision import working_precision

LARGEST_GRID = 200_000
"""Nodes beyond which a request is refused."""
LADDER = (32.0, 24.0, 16.0, 12.0, 8.0, 6.0, 4.0, 3.0, 2.0, 1.5, 1.0, 0.7, 0.5)
_STEP_BITS = 12
_GUARD_BITS = 24
_SHRINK = 1 - 2.0**-30
"""Keeps a rescaled half-width inside the strip it came from despite rounding."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """An analytic function of a standard normal variable: nested strips, its growth on the real line, its values."""

    strips: tuple[Strip, ...]
    real: Growth
    value: Callable[[arb], arb]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The nodes k·step for |k| ≤ count; the step is an exact dyadic number."""

    step: arb
    count: int

    @property
    def edge(self) -> arb:
        """The outermost node."""
        return self.step * self.count

    def node(self, k: int) -> arb:
        """k·step, exactly."""
        return self.step * k


def profile(f: Expr, root: arb) -> Profile | None:
    """x ↦ f(root·x), or None when no strip of analyticity was proved for f."""
    found = strips(f)
    if not found:
        return None
    compute = ball_function(f, X)

    def value(x: arb) -> arb:
        return compute(acb(root * x)).real

    with working_precision(ANALYSIS_BITS):
        size = root.abs_upper()
        return Profile(strips=_rescaled(found, size), real=dilated(real_growth(f), size), value=value)


def multiplied(f: Profile, g: Profile) -> Profile:
    """The pointwise product."""
    widths = sorted({float(s.half_width) for s in (*f.strips, *g.strips)}, reverse=True)
    pairs = ((arb(w), covering(f.strips, arb(w)), covering(g.strips, arb(w))) for w in widths)
    with working_precision(ANALYSIS_BITS):
        common = tuple(Strip(half_width=w, growth=product(a.growth, b.growth)) for w, a, b in pairs if a and b)
        return Profile(strips=common, real=product(f.real, g.real), value=lambda x: f.value(x) * g.value(x))


def covering(found: tuple[Strip, ...], width: arb) -> Strip | None:
    """The narrowest of the nested strips that is at least as wide as required."""
    wide = [s for s in found if s.half_width >= width.upper()]
    return wide[-1] if wide else None


def _rescaled(found: tuple[Strip, ...], size: arb) -> tuple[Strip, ...]:
    """The strips of f(size·x), with intermediate widths where its own are wider than a quadrature wants."""
    own = [float(s.half_width / size) * _SHRINK for s in found] if size > 0 else []
    widths = sorted({w for w in (*own, *LADDER) if w <= WIDEST}, reverse=True)
    pairs = ((arb(w), covering(found, arb(w) * size)) for w in widths)
    return tuple(Strip(half_width=w, growth=dilated(s.growth, size)) for w, s in pairs if s is not None)


def mass(strip: Strip, order: int = 0) -> arb:
    """An upper value of ∫ |f hₙ(x + iy)| |e^{−(x+iy)²/2}| dx/√(2π) for all |y| ≤ half-width, n ≤ order."""
    envelope = hermite_growth(order, strip.half_width)
    return (gaussian_integral(product(strip.growth, envelope)) * (strip.half_width**2 / 2).exp()).upper()


def aliasing(strip: Strip, step: arb, order: int = 0) -> arb:
    """The error bound 2M/(e^{2πd/h} − 1) of the infinite sum."""
    return (2 * mass(strip, order) / (2 * arb.pi() * strip.half_width / step).expm1()).upper()


def widest_step(candidates: Iterable[tuple[arb, arb]], bits: float) -> float:
    """The largest step for which some (half-width, mass) makes the aliasing error about 2^−bits."""
    goal = (bits + 2) * LOG_TWO
    return max(2 * math.pi * float(d) / max(logarithm(m) + goal, LOG_TWO) for d, m in candidates)


def grid(step: float, cutoff: float) -> Grid:
    """The grid of at most this step, rounded to a short dyadic number, that reaches the cutoff."""
    exponent = math.frexp(step)[1] - _STEP_BITS
    mantissa = math.floor(math.ldexp(step, -exponent))
    count = math.ceil(cutoff / math.ldexp(mantissa, exponent)) + 1
    if count > LARGEST_GRID:
        raise UndecidedError(
            f"a Gaussian integral was asked for that needs {count} nodes, more than {LARGEST_GRID}; "
            "ask for fewer bits or a smaller variance"
        )
    return Grid(step=arb((mantissa, exponent)), count=count)


def planned(f: Profile, bits: float, order: int = 0) -> Grid:
    """A grid on which the integrals of f·hₙ, n ≤ order, have an error of about 2^−bits."""
    with working_precision(ANALYSIS_BITS):
        step = widest_step(((s.half_width, mass(s, order)) for s in f.strips), bits)
        edge = cutoff_for(product(f.real, hermite_growth(order, arb(0))), bits)
    return grid(step, edge)


def error_on(points: Grid, f: Profile, order: int = 0) -> arb:
    """An upper value of |h Σ f hₙ(kh) φ(kh) − E f hₙ| for every n ≤ order.

    Guarantee: proved; the smallest bound over the strips, plus the bound of the terms left out.
    """
    with working_precision(ANALYSIS_BITS):
        errors = [aliasing(s, points.step, order) for s in f.strips]
        tail = gaussian_tail(product(f.real, hermite_growth(order, arb(0))), points.edge)
        return (min(errors, key=logarithm) + tail).upper()


def weights(points: Grid) -> list[arb]:
    """h·e^{−x²/2}/√(2π) at the nodes k ≥ 0, at the precision in force."""
    scale = points.step / (2 * arb.pi()).sqrt()
    return [scale * (-(points.node(k) ** 2) / 2).exp() for k in range(points.count + 1)]


def expectation(f: Profile, bits: int) -> arb:
    """E f(u), u ~ N(0, 1), with an error of about 2^−bits.

    Guarantee: certified. Raises UndecidedError when it needs too many nodes. Source: [TrefethenWeideman2014, Thm 5.1].

    >>> f = profile(X**2, arb(1))
    >>> expectation(f, 53).overlaps(arb(1))
    True
    """
    points = planned(f, bits)
    error = error_on(points, f)
    with working_precision(bits + _GUARD_BITS + max(0, round(logarithm(gaussian_integral(f.real)) / LOG_TWO))):
        weight = weights(points)
        total = weight[0] * f.value(arb(0))
        for k in range(1, points.count + 1):
            x = points.node(k)
            total += weight[k] * (f.value(x) + f.value(-x))
        return total + arb(0, error)
