"""How fast a function can grow, and what that bounds under the Gaussian density: integrals, tails and peaks."""

from __future__ import annotations

import math
from dataclasses import dataclass

from flint import arb

from symntk.errors import UndecidedError

LOG_TWO = math.log(2)
_NEGLIGIBLE = 1e9


@dataclass(frozen=True, kw_only=True)
class Growth:
    """The bound |f| ≤ scale·(1 + slope·|x|)^degree·e^{rate·|x| + curvature·x²}.

    scale, slope, degree ≥ 0; rate and curvature may have either sign. All fields are exact upper values.
    """

    scale: arb
    slope: arb = arb(0)
    degree: arb = arb(0)
    rate: arb = arb(0)
    curvature: arb = arb(0)

    @property
    def bounded(self) -> bool:
        """Whether the bound is at most `scale` everywhere."""
        return self.degree == 0 and self.rate <= 0 and self.curvature <= 0


def larger(a: arb, b: arb) -> arb:
    """An upper value of max(a, b)."""
    return a.max(b).upper()


def product(f: Growth, g: Growth) -> Growth:
    """A bound of the product of two bounded functions.

    >>> product(Growth(scale=arb(2)), Growth(scale=arb(3))).scale
    6.00000000000000
    """
    return Growth(
        scale=(f.scale * g.scale).upper(),
        slope=larger(f.slope, g.slope),
        degree=(f.degree + g.degree).upper(),
        rate=(f.rate + g.rate).upper(),
        curvature=(f.curvature + g.curvature).upper(),
    )


def total(f: Growth, g: Growth) -> Growth:
    """A bound of the sum, and of the larger, of two bounded functions."""
    return Growth(
        scale=(f.scale + g.scale).upper(),
        slope=larger(f.slope, g.slope),
        degree=larger(f.degree, g.degree),
        rate=larger(f.rate, g.rate),
        curvature=larger(f.curvature, g.curvature),
    )


def power(f: Growth, exponent: arb) -> Growth:
    """A bound of |f|^exponent, exponent ≥ 0."""
    if exponent == 0:
        return Growth(scale=arb(1))
    return Growth(
        scale=(f.scale**exponent).upper() if f.scale > 0 else arb(0),
        slope=f.slope,
        degree=(f.degree * exponent).upper(),
        rate=(f.rate * exponent).upper(),
        curvature=(f.curvature * exponent).upper(),
    )


def dilated(f: Growth, factor: arb) -> Growth:
    """A bound of f(factor·x), factor ≥ 0."""
    return Growth(
        scale=f.scale,
        slope=(f.slope * factor).upper(),
        degree=f.degree,
        rate=(f.rate * factor).upper(),
        curvature=(f.curvature * factor**2).upper(),
    )


def separated(f: Growth, first: arb, second: arb) -> tuple[Growth, Growth]:
    """Bounds F, G with |f(first·s + second·t)| ≤ F(|s|)·G(|t|), from (as + bt)² ≤ (a² + b²)(s² + t²)."""
    rate, curvature = larger(f.rate, arb(0)), larger(f.curvature, arb(0))
    spread = (curvature * (first**2 + second**2)).upper()

    def along(factor: arb, scale: arb) -> Growth:
        slope, climb = (f.slope * factor).upper(), (rate * factor).upper()
        return Growth(scale=scale, slope=slope, degree=f.degree, rate=climb, curvature=spread)

    return along(first, f.scale), along(second, arb(1))


def hermite_growth(order: int, height: arb) -> Growth:
    """A bound of the orthonormal Hermite polynomials h₀, …, h_order in the strip |Im z| ≤ height.

    |hₙ(x + iy)|² ≤ r^{−n}(1 − r²)^{−1/2} e^{x²r/(1+r) + y²r/(1−r)} for every 0 < r < 1: each term of Mehler's kernel at
    (z, z̄) is at most the whole sum. Source: [Mehler1866].

    >>> hermite_growth(0, arb(0)).scale
    1.00000000000000
    """
    if order == 0:
        return Growth(scale=arb(1))
    best = order / (1 + order + math.sqrt(order) * float(height))
    r = arb(best)
    scale = r ** (-arb(order) / 2) * (1 - r * r) ** (-arb(1) / 4) * (height**2 * r / (2 * (1 - r))).exp()
    return Growth(scale=scale.upper(), curvature=(r / (2 * (1 + r))).upper())


def gaussian_integral(f: Growth) -> arb:
    """An upper value of ∫ f(x) e^{−x²/2} dx/√(2π).

    (1 + sx)^k lies below its exponential tangent at the peak. Raises UndecidedError where the bound diverges.

    >>> bool(gaussian_integral(Growth(scale=arb(1))) < 1.0001)
    True
    """
    beta, touch = _stiffness(f), arb(_peak(f))
    head, rate = _tangent(f, touch)
    erfc = (-rate / (2 * beta).sqrt()).erfc()
    return (head * (rate**2 / (2 * beta)).exp() * erfc / beta.sqrt()).upper()


def gaussian_peak(f: Growth) -> arb:
    """An upper value of sup f(x) e^{−x²/2}/√(2π)."""
    beta, touch = _stiffness(f), arb(_peak(f))
    head, rate = _tangent(f, touch)
    rate = larger(rate, arb(0))
    return (head * (rate**2 / (2 * beta)).exp() / (2 * arb.pi()).sqrt()).upper()


def gaussian_tail(f: Growth, cutoff: arb) -> arb:
    """An upper value of ∫_{|x| > cutoff} f(x) e^{−x²/2} dx/√(2π), and of the equidistant sums beyond the cutoff.

    f·e^{−x²/2} falls at least like e^{−m(x − cutoff)} there, −m the slope of its logarithm at the cutoff.
    Infinite when the cutoff lies before the peak.
    """
    if f.scale == 0:
        return arb(0)
    beta = _stiffness(f)
    fall = beta * cutoff - f.rate - f.degree * f.slope / (1 + f.slope * cutoff)
    if not fall > 0:
        return arb.pos_inf()
    height = f.scale * (1 + f.slope * cutoff) ** f.degree * (f.rate * cutoff - beta * cutoff**2 / 2).exp()
    return (2 * height / fall / (2 * arb.pi()).sqrt()).upper()


def cutoff_for(f: Growth, bits: float) -> float:
    """A point beyond which the Gaussian tail is about 2^−bits; a proposal, which `gaussian_tail` then bounds."""
    if f.scale == 0:
        return 0.0
    beta, rate, slope, degree = float(_stiffness(f)), float(f.rate), float(f.slope), float(f.degree)
    goal = logarithm(f.scale) + bits * LOG_TWO
    point = max(_peak(f), 1.0)
    for _ in range(40):
        height = max(goal + degree * math.log1p(slope * point) + rate * point, 1.0)
        point = max(math.sqrt(2 * height / beta), _peak(f) + 1.0)
    return point


def logarithm(value: arb) -> float:
    """The natural logarithm as a machine number, for choosing steps."""
    if not value.is_finite():
        return math.inf
    return float(value.mid().log()) if value > 0 else -_NEGLIGIBLE


def _stiffness(f: Growth) -> arb:
    beta = (1 - 2 * f.curvature).lower()
    if not beta > 0:
        raise UndecidedError(
            "a Gaussian integral was asked for, but no bound that grows more slowly than e^(x^2/2) was found; "
            "take smaller variances"
        )
    return beta


def _peak(f: Growth) -> float:
    """Where (1 + sx)^k e^{cx − βx²/2} is largest, x ≥ 0; need not be exact."""
    beta, rate, slope, degree = float(_stiffness(f)), float(f.rate), float(f.slope), float(f.degree)
    if slope == 0 or degree == 0:
        return max(rate / beta, 0.0)
    half = (beta - rate * slope) / 2
    root = math.sqrt(half * half + beta * slope * max(rate + degree * slope, 0.0))
    return max((root - half) / (beta * slope), 0.0)


def _tangent(f: Growth, touch: arb) -> tuple[arb, arb]:
    """(head, rate) with scale·(1 + sx)^k·e^{cx} ≤ head·e^{rate·x} for x ≥ 0, equal at the touching point."""
    lean = f.degree * f.slope / (1 + f.slope * touch)
    head = f.scale * (1 + f.slope * touch) ** f.degree * (-lean * touch).exp()
    return head, f.rate + lean
