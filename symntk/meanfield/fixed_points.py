"""The fixed variances q* = V(q*) of a layer and the fixed correlations c* = f(c*), all of them and with certainty."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy
from flint import arb
from sympy import Expr, Rational, S

from symntk.activations.activation import Activation
from symntk.errors import DomainError, UndecidedError
from symntk.gaussian.growth import Growth
from symntk.gaussian.moments import mean
from symntk.meanfield.behaviour import half_line_bounds, lipschitz_bounds, slopes_at_zero, under_its_slopes
from symntk.meanfield.isolation import ISOLATION_BITS, isolate, sign_of
from symntk.meanfield.maps import GUARD_BITS, MeanField
from symntk.meanfield.variance_ends import coarse_variance, far_end, near_end
from symntk.numbers.ball import enclose
from symntk.numbers.decide import decide
from symntk.numbers.precision import working_precision

SMALLEST = arb((1, -20))
_LARGEST, _UNBOUNDED = 2**14, 64
_CLOSEST = 60
"""Correlations up to 1 − 2^−60 are tried as upper ends of a bracket."""


@dataclass(frozen=True, kw_only=True)
class FixedVariance:
    """One fixed point of the variance map; `stable`: |V′(q)| < 1, None where |V′| = 1 or it is not told apart."""

    q: arb
    exact: Expr | None = None
    stable: bool | None = None


@dataclass(frozen=True, kw_only=True)
class FixedVariances:
    """The fixed variances in increasing order; `complete`: it is proved that there are no others.

    Where it is not, they were looked for from `smallest` to `largest`; None stands for 0 and for ∞.
    """

    points: tuple[FixedVariance, ...]
    complete: bool
    largest: arb | None = None
    smallest: arb | None = None
    every_variance: bool = False

    @property
    def preferred(self) -> FixedVariance | None:
        """The smallest stable one, else the smallest neutral one."""
        for wanted in (True, None):
            found = [point for point in self.points if point.stable is wanted]
            if found:
                return found[0]
        return None


def fixed_variances(layer: MeanField, *, bits: int = 128) -> FixedVariances:
    """All q ≥ 0 with q = σ_b² + σ_w² E φ(√q u)².

    Guarantee: certified balls; none is left out up to `largest`, and none at all where `complete`.
    Raises UndecidedError where two fixed points cannot be told apart. Source: [hayou2021].

    >>> from symntk.activations.catalogue import activation
    >>> relu = MeanField(activation=activation("relu"), sigma_w=S.One, sigma_b=S.One)
    >>> fixed_variances(relu).points[0].exact
    2
    """
    degree = layer.activation.homogeneity_degree
    if layer.sigma_w == 0:
        return _single(layer.sigma_b**2, True, bits)
    if degree == 0 and layer.moment.formula is not None:
        return _single(layer.sigma_b**2 + layer.sigma_w**2 * layer.moment.at(S.One), True, bits)
    if degree == 1 and layer.moment.formula is not None:
        return _linear(layer, layer.sigma_w**2 * layer.moment.at(S.One), bits)
    return _isolated(layer, bits)


def _single(q: Expr, stable: bool | None, bits: int, every: bool = False) -> FixedVariances:
    point = FixedVariance(q=enclose(q, bits=bits), exact=q, stable=stable)
    return FixedVariances(points=(point,), complete=True, every_variance=every)


def _linear(layer: MeanField, rate: Expr, bits: int) -> FixedVariances:
    """V(q) = σ_b² + rate·q."""
    if decide(rate, "==", 1) is True:
        none = FixedVariances(points=(), complete=True)
        return _single(S.One, None, bits, every=True) if layer.sigma_b == 0 else none
    below = decide(rate, "<", 1)
    if below is None:
        raise UndecidedError(f"V′ = {rate} was not told from 1; give sigma_w as an exact number")
    if not below and layer.sigma_b != 0:
        return FixedVariances(points=(), complete=True)
    return _single(layer.sigma_b**2 / (1 - rate), below, bits)


def _isolated(layer: MeanField, bits: int) -> FixedVariances:
    rate = slope_at_zero(layer) if layer.sigma_b == 0 else None
    if rate is not None and decide(rate, "<=", 1) is True and under_its_slopes(layer.activation):
        return FixedVariances(points=tuple(_zero(layer)), complete=True)
    left, closed_below = _lower_end(layer)
    right, closed_above = _upper_end(layer)
    equation = replace(layer.fixed_variance, coarse=coarse_variance(layer))
    roots = isolate(equation, left, right, bits + GUARD_BITS)
    points = _zero(layer) + [FixedVariance(q=root, stable=_stability(layer, root)) for root in roots]
    complete = closed_below and closed_above
    return FixedVariances(
        points=tuple(points),
        complete=complete,
        largest=None if closed_above else right,
        smallest=None if closed_below else left,
    )


def _stability(layer: MeanField, root: arb) -> bool | None:
    steepness = abs(layer.fixed_variance.slope(root, ISOLATION_BITS) + 1)
    return True if steepness < 1 else False if steepness > 1 else None


def _zero(layer: MeanField) -> list[FixedVariance]:
    """q = 0, fixed where σ_b = 0 and φ(0) = 0, with V′(0⁺) = σ_w²(φ′(0⁻)² + φ′(0⁺)²)/2."""
    rate = slope_at_zero(layer)
    if rate is None or layer.sigma_b != 0:
        return []
    stable = None if decide(rate, "==", 1) is True else decide(rate, "<", 1)
    return [FixedVariance(q=arb(0), exact=S.Zero, stable=stable)]


def slope_at_zero(layer: MeanField) -> Expr | None:
    """The limit of χ₁ and of V′ as q → 0, where φ(0) = 0."""
    slopes = slopes_at_zero(layer.activation)
    if slopes is None:
        return None
    return sympy.expand(layer.sigma_w**2 * (slopes[0] ** 2 + slopes[1] ** 2) / 2)


def _lower_end(layer: MeanField) -> tuple[arb, bool]:
    """A variance up to which there is certainly no positive fixed one: V(q) > σ_b²."""
    with working_precision(2 * ISOLATION_BITS):
        weight = enclose(layer.sigma_w**2, bits=ISOLATION_BITS)
        if layer.sigma_b != 0:
            return enclose(layer.sigma_b**2, bits=ISOLATION_BITS).lower(), True
        rate = slope_at_zero(layer)
        if rate is None:
            values = layer.moment.enclose_small(SMALLEST, ISOLATION_BITS)
            return SMALLEST, bool(weight * values > SMALLEST)
        if layer.activation.breakpoints:
            end = near_end(layer, rate)
            return (SMALLEST, False) if end is None else (end, True)
        neutral = decide(rate, "==", 1) is True
        slope = layer.moment.slope.slope if neutral else layer.moment.slope
        values = weight * slope.enclose_small(SMALLEST, ISOLATION_BITS) - (0 if neutral else 1)
        return SMALLEST, sign_of(values) != 0


def _upper_end(layer: MeanField) -> tuple[arb, bool]:
    """A variance from which on V(q) − q keeps its sign, by a bound of φ that grows linearly or by the lines of φ."""
    with working_precision(2 * ISOLATION_BITS):
        bias, weight = (enclose(s**2, bits=2 * ISOLATION_BITS) for s in (layer.sigma_b, layer.sigma_w))
        start = max(1.0, 2 * float(bias.mid()))
        right = arb(start)
        while right < _LARGEST * start:
            if bool(bias + weight * _moment_bound(layer.activation, right) < right):
                return right, True
            right = right * 2
        far = far_end(layer, start)
        return (arb(max(_UNBOUNDED, 4 * start)), False) if far is None else (far, True)


def _moment_bound(activation: Activation, q: arb) -> arb:
    """An upper value of E φ(√q u)² whose quotient by q falls, from the growth of φ and from that of φ′."""
    growth, slopes = half_line_bounds(activation), lipschitz_bounds(activation)
    infinite = arb.pos_inf()
    halves = [infinite, infinite] if growth is None else [_half_moment(bound, q) for bound in growth]
    if slopes is not None:
        start, sides = slopes
        spread = (2 * q / arb.pi()).sqrt()
        steep = [(start**2 + 2 * start * side * spread + side**2 * q) / 2 for side in sides]
        halves = [half.min(other) for half, other in zip(halves, steep, strict=True)]
    return halves[0] + halves[1]


def _half_moment(bound: Growth, q: arb) -> arb:
    """½E scale²(1 + slope·√q|u|)², whose quotient by q falls; infinite for a faster growth."""
    if bound.degree > 1 or bound.rate > 0 or bound.curvature > 0:
        return arb.pos_inf()
    slope = bound.slope if bound.degree > 0 else arb(0)
    return bound.scale**2 * (1 + 2 * slope * (2 * q / arb.pi()).sqrt() + slope**2 * q) / 2


@dataclass(frozen=True, kw_only=True)
class FixedCorrelation:
    """A fixed point c of the correlation map with its slope f′(c), None where that is infinite."""

    c: arb
    exact: Expr | None = None
    slope: arb | None = None


def inner_correlation(layer: MeanField, q: arb, *, bits: int = 128) -> FixedCorrelation:
    """The only fixed correlation in [0, 1), which exists exactly where χ₁ > 1.

    f has nonnegative Maclaurin coefficients that sum to 1, so it is convex on [0, 1] and |f(−x)| < x below 0; the
    other fixed points are 1, and −1 where φ is odd and σ_b = 0. The caller knows χ₁ > 1.
    Guarantee: certified. Raises UndecidedError where it is not told from 1. Source: [hayou2021].
    """
    if layer.sigma_b == 0 and sympy.expand(mean(layer.activation)) == 0 and layer.activation.parity == "odd":
        return FixedCorrelation(c=arb(0), exact=S.Zero, slope=layer.correlation_slope(S.Zero, q, bits))
    with working_precision(max(bits, 2 * ISOLATION_BITS) + GUARD_BITS):
        low, high = _bracket(layer, q)
        root = _newton(layer, q, low, high, bits)
        slope = _monotone_slope(layer, q, root, bits)
    return FixedCorrelation(c=root, slope=slope)


def _bracket(layer: MeanField, q: arb) -> tuple[arb, arb]:
    """0 ≤ low < c* < high < 1 with f′(high) < 1, by halving the deficit and then the bracket."""
    first, last = _exponents(layer, q)
    low, high = 1 - arb((1, -first)), 1 - arb((1, -last))
    for _ in range(_CLOSEST):
        if layer.correlation_slope(_exact(high), q, ISOLATION_BITS) < 1:
            return low, high
        middle = ((low + high) / 2).mid()
        where = sign_of(_excess(layer, q, middle, 2 * ISOLATION_BITS))
        if not where:
            break
        low, high = (low, middle) if where < 0 else (middle, high)
    raise UndecidedError("a fixed correlation was asked for, but its bracket does not close; move sigma_w")


def _exponents(layer: MeanField, q: arb) -> tuple[int, int]:
    """k < l, next to each other where balls tell, with f(c) > c at c = 1 − 2^−k and f(c) < c at c = 1 − 2^−l."""

    def side(k: int) -> int:
        return sign_of(_excess(layer, q, 1 - arb((1, -k)), ISOLATION_BITS + k))

    first, last = 0, next((k for k in (1, 2, 4, 8, 16, 32, _CLOSEST - 1) if side(k) < 0), 0)
    if not last:
        raise UndecidedError("a fixed correlation below 1 was asked for, but it is not told from 1; move sigma_w")
    while last - first > 1:
        middle = (first + last) // 2
        where = side(middle)
        if not where:
            break
        first, last = (middle, last) if where > 0 else (first, middle)
    return first, last


def _excess(layer: MeanField, q: arb, c: arb, bits: int) -> arb:
    """f(c) − c."""
    return layer.correlation(_exact(c), q, bits) - c


def _newton(layer: MeanField, q: arb, low: arb, high: arb, bits: int) -> arb:
    """Interval Newton on [low, high], where f′ < 1 rises, so that its values at the ends enclose it."""
    root, goal = low.union(high), 2 * ISOLATION_BITS
    for _ in range(8 + 2 * bits.bit_length()):
        slope = _monotone_slope(layer, q, root, ISOLATION_BITS + GUARD_BITS)
        # The slopes are those on [0, 1): the centre must lie there too, though the ball may reach below 0.
        centre = root.mid().max(arb(0))
        step = centre - _excess(layer, q, centre, goal) / (slope - 1)
        if not step.is_finite() or not step.overlaps(root):
            break
        smaller = step.intersection(root)
        if smaller.rel_accuracy_bits() >= bits or not smaller.rad() * 2 < root.rad() and goal > bits:
            return smaller
        goal, root = min(2 * goal, bits + GUARD_BITS), smaller
    raise UndecidedError("a fixed correlation was asked for, but Newton's method stalls; ask for fewer digits")


def _monotone_slope(layer: MeanField, q: arb, root: arb, bits: int) -> arb:
    ends = [end.max(arb(0)) for end in (root.lower(), root.upper())]
    first, last = (layer.correlation_slope(_exact(end), q, bits) for end in ends)
    return first.union(last)


def _exact(value: arb) -> Rational:
    fraction = value.mid().fmpq()
    return sympy.Rational(int(fraction.p), int(fraction.q))


def require_fixed_variance(layer: MeanField, found: FixedVariances) -> FixedVariance:
    """The fixed variance that an infinitely deep network settles at; DomainError where none is known."""
    point = found.preferred
    if point is None:
        where = "" if found.largest is None else f" up to q = {float(found.largest):.4g}"
        kind = "only unstable fixed variances" if found.points else "no fixed variance"
        raise DomainError(
            f"the phase of {layer.activation.name} at sigma_w = {layer.sigma_w}, sigma_b = {layer.sigma_b} was asked "
            f"for, but there is {kind}{where}; take a smaller sigma_w"
        )
    return point
