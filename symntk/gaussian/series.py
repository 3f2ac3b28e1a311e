"""Hermite coefficients of analytic functions from one equidistant grid, and Mehler's series with a proved tail."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from flint import arb
from sympy import Expr

from symntk.errors import UndecidedError
from symntk.gaussian.certified_inputs import parity
from symntk.gaussian.certified_scalar import enclose_root
from symntk.gaussian.certified_trapezoid import Grid, Profile, error_on, multiplied, planned, profile, weights
from symntk.gaussian.growth import LOG_TWO, gaussian_integral, hermite_growth, logarithm
from symntk.numbers.precision import working_precision

_GUARD_BITS = 32
_SAMPLES = 12


@dataclass(frozen=True, kw_only=True)
class HermiteSeries:
    """The first coefficients aₙ = E f(√q u) hₙ(u) in orthonormal Hermite polynomials, and E f(√q u)²."""

    coefficients: tuple[arb, ...]
    second_moment: arb

    def remainder(self, count: int) -> arb:
        """An upper value of Σ aₙ² over n ≥ count, by Parseval's identity."""
        kept = sum((a * a for a in self.coefficients[:count]), arb(0))
        return (self.second_moment - kept).upper().max(arb(0))


@lru_cache(maxsize=128)
def hermite_series(f: Expr, variance: Expr, count: int, bits: int) -> HermiteSeries:
    """a₀, …, a_{count−1} and E f², each with an error of about 2^−bits.

    Guarantee: certified. Raises UndecidedError when no strip of analyticity is proved for f.
    Source: [TrefethenWeideman2014, Thm 5.1] for the sums, [Mehler1866] for the bound on hₙ.

    >>> from symntk.notation import X
    >>> import sympy
    >>> hermite_series(X**3, sympy.Integer(1), 4, 40).coefficients[1].overlaps(arb(3))
    True
    """
    root = enclose_root(variance, bits + _GUARD_BITS)
    subject = profile(f, root)
    if subject is None:
        raise UndecidedError(
            f"Hermite coefficients of {f} were asked for, but no strip of analyticity was proved; "
            "give it as a piecewise activation"
        )
    points = planned(subject, bits, count - 1)
    errors = error_on(points, subject, count - 1), error_on(points, multiplied(subject, subject))
    size = max(0, round(logarithm(gaussian_integral(subject.real)) / LOG_TWO))
    with working_precision(bits + _GUARD_BITS + 2 * size + _loss(points, count)):
        root = enclose_root(variance, bits + _GUARD_BITS + 2 * size + _loss(points, count))
        sampled = profile(f, root) or subject
        sums, square, spread = _sums(sampled, points, count, parity(f))
    with working_precision(bits + _GUARD_BITS + 2 * size):
        error = (errors[0] + spread).upper()
        balls = tuple(s * 1 + arb(0, error) if s != 0 else s for s in sums)
        return HermiteSeries(coefficients=balls, second_moment=square * 1 + arb(0, errors[1]))


def _loss(points: Grid, count: int) -> int:
    """Bits lost by the recurrence on balls: its radii obey r ← (x² + 2n + 1)r + n(n−1)r₋, weighted with e^{−x²/2}."""
    edge = float(points.edge)
    worst = max(_growth_of_radius(edge * j / _SAMPLES, count) for j in range(_SAMPLES + 1))
    return math.ceil(worst / LOG_TWO) + count.bit_length()


def _growth_of_radius(x: float, count: int) -> float:
    """The logarithm of the radius at node x after `count` steps, as a machine number: it only sets the precision."""
    previous, current, logarithm_so_far = 0.0, 1.0, -x * x / 2
    highest = logarithm_so_far
    for n in range(0, count, 2):
        scale = math.sqrt((n + 1) * (n + 2))
        back = n * (n - 1) / math.sqrt(max(n * (n - 1), 1)) / scale
        previous, current = current, (x * x + 2 * n + 1) / scale * current + back * previous
        if current > 1e100:
            previous, current, logarithm_so_far = previous / current, 1.0, logarithm_so_far + math.log(current)
        highest = max(highest, logarithm_so_far + math.log(current))
    return highest


def _sums(f: Profile, points: Grid, count: int, symmetry: str | None) -> tuple[list[arb], arb, arb]:
    """h Σ f hₙ φ for n < count at the midpoints of f, exactly 0 where the parity says so, and h Σ f² φ.

    The last value bounds what the radii of f add: they stay out of the recurrence, which would blow them up.
    """
    weight = weights(points)
    nodes = [points.node(k) for k in range(points.count + 1)]
    right = [f.value(x) for x in nodes]
    if symmetry is None:
        left = [f.value(-x) for x in nodes]
    else:
        left = right if symmetry == "even" else [-y for y in right]
    square = sum((w * (a * a + b * b) for w, a, b in zip(weight, right, left, strict=True)), arb(0))
    square -= weight[0] * right[0] * right[0]
    spread = _spread(weight, nodes, [a.rad() + b.rad() for a, b in zip(right, left, strict=True)], count - 1)
    right, left = [a.mid() for a in right], [b.mid() for b in left]
    sums = [arb(0)] * count
    if symmetry != "odd":
        even = [w * (a + b) for w, a, b in zip(weight, right, left, strict=True)]
        even[0] = weight[0] * right[0]
        _accumulate(sums, 0, even, nodes)
    if symmetry != "even":
        odd = [w * (a - b) * x for w, a, b, x in zip(weight, right, left, nodes, strict=True)]
        _accumulate(sums, 1, odd, nodes)
    return sums, square, spread


def _spread(weight: list[arb], nodes: list[arb], radii: list[arb], order: int) -> arb:
    """A bound of h Σ δ |hₙ| φ for n ≤ order."""
    envelope = hermite_growth(order, arb(0))
    bounds = (w * r * (envelope.curvature * x * x).exp() for w, r, x in zip(weight, radii, nodes, strict=True))
    return (envelope.scale * sum(bounds, arb(0))).upper()


def _accumulate(sums: list[arb], start: int, current: list[arb], nodes: list[arb]) -> None:
    """Adds up the nodes for n = start, start + 2, …, by Heₙ₊₂ = (x² − 2n − 1)Heₙ − n(n−1)Heₙ₋₂."""
    squares = [x * x for x in nodes]
    previous = [arb(0)] * len(current)
    factorial = arb(1)
    for n in range(start, len(sums), 2):
        sums[n] = sum(current, arb(0)) / factorial.sqrt()
        shift, back = 2 * n + 1, n * (n - 1)
        following = [(s - shift) * y - back * z for s, y, z in zip(squares, current, previous, strict=True)]
        previous, current = current, following
        factorial *= (n + 1) * (n + 2)


def mehler_tail(f: HermiteSeries, g: HermiteSeries, rho: arb) -> arb:
    """An upper value of |Σ aₙ bₙ ρⁿ| over n ≥ N: |ρ|^N·(Σ_{n≥N} aₙ² · Σ_{n≥N} bₙ²)^{1/2}, by Cauchy and Schwarz.

    Domain: |ρ| ≤ 1; the part of a ball ρ outside is disregarded.
    """
    count = min(len(f.coefficients), len(g.coefficients))
    energy = (f.remainder(count) * g.remainder(count)).sqrt()
    return (energy * rho.abs_upper().min(arb(1)) ** count).upper()


def mehler_sum(f: HermiteSeries, g: HermiteSeries, rho: arb) -> arb:
    """E f(u)g(v) = Σ aₙ bₙ ρⁿ, with the tail as radius, at the precision in force.

    Guarantee: certified. Source: [Mehler1866].

    >>> from symntk.notation import X
    >>> import sympy
    >>> cube = hermite_series(X**3, sympy.Integer(1), 8, 40)
    >>> mehler_sum(cube, cube, arb("0.5")).overlaps(arb("5.25"))
    True
    """
    total = arb(0)
    pairs = zip(f.coefficients, g.coefficients, strict=False)
    for a, b in reversed(list(pairs)):
        total = total * rho + a * b
    return total + arb(0, mehler_tail(f, g, rho))
