"""The edge of chaos as a curve with the variance q as its parameter, so that it can be followed without solving.

χ₁ = 1 gives σ_w² = 1/E φ′(√q u)², and q = V(q) then gives σ_b² = q − E φ(√q u)²/E φ′(√q u)², where that is ≥ 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from flint import arb

from symntk.activations.activation import Activation
from symntk.meanfield.moments import second_moment_of, slope_moment_of
from symntk.numbers.precision import working_precision

_BITS, _GUARD_BITS = 40, 24
_EXPONENTS = range(-28, 29)
"""The curve is looked for at the variances 2^(k/2) of these k."""
_ROUNDS = 6
_END_ROUNDS = 14


@dataclass(frozen=True, kw_only=True)
class CurvePoint:
    """A point of the edge of chaos: balls of σ_w and σ_b at the exact q; `stable`: |V′(q)| < 1 there."""

    q: arb
    sigma_w: arb
    sigma_b: arb
    stable: bool | None


Branch = tuple[CurvePoint, ...]


def curve_point(activation: Activation, q: arb, *, bits: int = _BITS) -> CurvePoint | None:
    """The point of the edge of chaos at the variance q > 0; None where σ_b² is not certainly positive.

    Guarantee: certified; χ₁ = 1 and V(q) = q hold at the point in the balls. Source: [hayou2021].

    >>> from symntk.activations.catalogue import activation
    >>> point = curve_point(activation("rectified_monomial"), arb(4))
    >>> round(float(point.sigma_w) ** 2, 9), round(float(point.sigma_b), 9), point.stable
    (0.125, 1.0, False)
    """
    moment, slope = second_moment_of(activation), slope_moment_of(activation)
    if slope is None:
        return None
    with working_precision(bits + _GUARD_BITS):
        steep = slope.enclose(q, bits)
        bias = q - moment.enclose(q, bits) / steep
        if not (bias > 0 and steep > 0):
            return None
        rate = abs(moment.slope.enclose(q, bits) / steep)
        stable = True if rate < 1 else False if rate > 1 else None
        return CurvePoint(q=q, sigma_w=1 / steep.sqrt(), sigma_b=bias.sqrt(), stable=stable)


def edge_branches(activation: Activation, largest_bias: float) -> tuple[Branch, ...]:
    """The parts of the edge of chaos with σ_b up to about `largest_bias`, each in increasing q, dense enough to draw.

    A branch ends where σ_b² turns negative, where the curve leaves the window and where stability changes.
    Guarantee: each point is certified; that no other branch exists is not.

    >>> from symntk.activations.catalogue import activation
    >>> [branch[0].stable for branch in edge_branches(activation("erf"), 1.0)]
    [True]
    >>> edge_branches(activation("relu"), 1.0)
    ()
    """
    with working_precision(_BITS + _GUARD_BITS):
        grid = [arb(2) ** (arb(k) / 2).mid() for k in _EXPONENTS]
        found = [(q.mid(), curve_point(activation, q.mid())) for q in grid]
        for _ in range(_ROUNDS):
            found = _refined(activation, found, largest_bias)
        for _ in range(_END_ROUNDS):
            found = _sharpened(activation, found, largest_bias)
    return tuple(branch for branch in _branches(found, largest_bias) if len(branch) > 1)


Sample = tuple[arb, CurvePoint | None]


def _refined(activation: Activation, samples: list[Sample], largest: float) -> list[Sample]:
    """A point more between neighbours that a drawing would join by a visible line."""
    result = samples[:1]
    for left, right in pairwise(samples):
        if left[1] and right[1] and _far(left[1], right[1], largest):
            result.append(_between(activation, left[0], right[0]))
        result.append(right)
    return result


def _far(left: CurvePoint, right: CurvePoint, largest: float) -> bool:
    first, second = float(left.sigma_b), float(right.sigma_b)
    if min(first, second) > largest:
        return False
    weights = float(left.sigma_w), float(right.sigma_w)
    return abs(first - second) > largest / 60 or abs(weights[0] / weights[1] - 1) > 1 / 60


def _sharpened(activation: Activation, samples: list[Sample], largest: float) -> list[Sample]:
    """A point more where the curve ends between neighbours, so that its end is met."""
    result = samples[:1]
    for left, right in pairwise(samples):
        if (left[1] is None) != (right[1] is None):
            point = left[1] or right[1]
            if point and float(point.sigma_b) > largest / 500 and float(point.sigma_b) <= largest:
                result.append(_between(activation, left[0], right[0]))
        result.append(right)
    return result


def _between(activation: Activation, left: arb, right: arb) -> Sample:
    middle = (left * right).sqrt().mid()
    return middle, curve_point(activation, middle)


def _branches(samples: list[Sample], largest: float) -> list[Branch]:
    branches, current = list[Branch](), list[CurvePoint]()
    for _, point in samples:
        inside = point is not None and float(point.sigma_b) <= 1.05 * largest
        if current and (point is None or not inside or point.stable != current[-1].stable):
            last = [point] if point is not None and inside else []
            branches.append((*current, *last))
            current = []
        if point is not None and inside:
            current.append(point)
    return [*branches, tuple(current)] if current else branches
