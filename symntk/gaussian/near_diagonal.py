"""E f(u)f(v) of piecewise exponential polynomials near ρ = 1, as an analytic function of w = √(2(1 − ρ))."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from flint import acb, arb, arb_series

from symntk.errors import NoClosedFormError
from symntk.gaussian.terms import Gate, Term
from symntk.numbers.ball import enclose
from symntk.numbers.decide import decide
from symntk.numbers.power_series import coefficients, series_length
from symntk.numbers.precision import current_precision, working_precision

Value = Any
"""A power series in w (arb_series) or values on a circle (_Arcs): only sums, products and quotients are taken."""
_ARCS, _BOUND_BITS = 64, 64


@dataclass(frozen=True, kw_only=True)
class NearDiagonal:
    """E f(u)f(v) = A(w) + R(w) for real w > 0, A analytic at 0 and |R| ≤ Σ height·e^{−(gap/(2w))²}."""

    series: Callable[[int], list[arb]]
    """The first Taylor coefficients of A, at the precision in force."""
    bound: Callable[[arb], arb]
    """An upper value of |A| on |w| ≤ r, r < 2."""
    flat: tuple[tuple[arb, arb], ...]
    """The pairs (height, gap)."""

    def flat_bound(self, order: int, reach: arb) -> arb:
        """A constant B with |R(w)| ≤ B·w^order for 0 < w ≤ reach."""
        return sum((height * _steepest(gap, order, reach) for height, gap in self.flat), arb(0)).upper()

    def flat_reach(self, order: int) -> arb:
        """The w up to which w^order is no larger than the flat terms are, relative to their values there."""
        return min((_peak(gap, order) for _, gap in self.flat), key=float, default=arb.pos_inf())


def _peak(gap: arb, order: int) -> arb:
    """Where w^−n·e^{−(g/(2w))²} is largest."""
    return (gap / arb(2 * max(order, 1)).sqrt()).lower()


def _steepest(gap: arb, order: int, reach: arb) -> arb:
    """sup w^−n·e^{−(g/(2w))²} over (0, reach]."""
    at = reach if reach <= _peak(gap, order) else gap / arb(2 * max(order, 1)).sqrt()
    return at ** (-order) * (-((gap / (2 * at)) ** 2)).exp()


@dataclass(frozen=True, kw_only=True)
class _Part:
    """c·xᵏ·e^{ax}·1[x > gate] in the standard normal variable; no gate for None."""

    weight: arb
    power: int
    rate: arb
    gate: arb | None
    rank: int
    """The position of the gate among all gates; 0 for none."""


def near_diagonal(terms: tuple[Term, ...], q: arb) -> NearDiagonal:
    """E f(√q u)f(√q v) for f = Σ P(x)·e^{ax}·1[x > t] near ρ = 1.

    By Stein's lemma the powers are lowered to Gaussian probabilities, and Φ₂ at equal gates is a primitive of
    elementary functions of w. Of two different gates only the larger acts up to an error that is flat at w = 0
    (Cauchy and Schwarz). Domain: q > 0, real rates, sharp gates. Guarantee: certified.
    Raises NoClosedFormError for other terms.

    >>> from symntk.activations.catalogue import activation
    >>> from symntk.gaussian.terms import derivative_terms, elementary_terms
    >>> step = near_diagonal(derivative_terms(elementary_terms(activation("relu"))), arb(1))  # (π − θ)/(2π)
    >>> [round(float(c), 6) for c in step.series(2)], round(float(step.bound(arb("0.5"))), 2)
    ([0.5, -0.159155], 0.59)
    """
    _require_sharp(terms)

    def total(at: _Arithmetic) -> Value:
        parts, result = _parts(terms, q), at.constant(arb(0))
        for f in parts:
            for g in parts:
                result = result + at.constant(f.weight * g.weight) * _pair(f, g, at)
        return result

    def series(count: int) -> list[arb]:
        with series_length(count):
            return coefficients(total(_Series()), count)

    def bound(radius: arb) -> arb:
        with working_precision(_BOUND_BITS):
            return total(_Disc(radius)).largest

    return NearDiagonal(series=series, bound=bound, flat=tuple(_flat(_parts(terms, q))))


def _require_sharp(terms: tuple[Term, ...]) -> None:
    for term in terms:
        sharp = term.gate is None or (isinstance(term.gate, Gate) and term.gate.width == 0)
        if not sharp or term.quadratic != 0 or not term.linear.is_real:
            raise NoClosedFormError(
                "an expansion at correlation 1 was asked for, but it is certified for functions that are pieces of "
                f"polynomials times exponentials; {term} is none"
            )


def _parts(terms: tuple[Term, ...], q: arb) -> list[_Part]:
    bits, root = current_precision(), q.sqrt()
    gates = {t.gate.threshold for t in terms if isinstance(t.gate, Gate)}
    ordered = sorted(gates, key=lambda t: float(enclose(t, bits=64)))
    for lower, upper in zip(ordered, ordered[1:], strict=False):
        assert decide(lower, "<", upper)
    return [
        _Part(
            weight=enclose(c, bits=bits) * root**k,
            power=k,
            rate=enclose(term.linear, bits=bits) * root,
            gate=enclose(term.gate.threshold, bits=bits) / root if isinstance(term.gate, Gate) else None,
            rank=1 + ordered.index(term.gate.threshold) if isinstance(term.gate, Gate) else 0,
        )
        for term in terms
        for k, c in enumerate(term.coefficients)
        if c != 0
    ]


class _Arithmetic(Protocol):
    """Power series in w, or enclosures on a disc."""

    w: Value

    def constant(self, value: arb) -> Value: ...
    def root(self, value: Value) -> Value: ...
    def exp(self, value: Value) -> Value: ...
    def probability(self, value: Value) -> Value: ...
    def primitive(self, value: Value, start: arb) -> Value: ...


class _Series:
    def __init__(self) -> None:
        self.w = arb_series([0, 1])

    def constant(self, value: arb) -> arb_series:
        return arb_series([value])

    def root(self, value: arb_series) -> arb_series:
        return value.sqrt()

    def exp(self, value: arb_series) -> arb_series:
        return value.exp()

    def probability(self, value: arb_series) -> arb_series:
        return (-value / arb(2).sqrt()).erfc() / 2

    def primitive(self, value: arb_series, start: arb) -> arb_series:
        return value.integral() + start


class _Arcs:
    """Values on the arcs that cover a circle, one box each."""

    def __init__(self, boxes: list[acb]) -> None:
        self.boxes = boxes

    def _with(self, other: _Arcs | arb | int, operation: Callable[[acb, Any], acb]) -> _Arcs:
        if isinstance(other, _Arcs):
            return _Arcs([operation(x, y) for x, y in zip(self.boxes, other.boxes, strict=True)])
        return _Arcs([operation(x, other) for x in self.boxes])

    def mapped(self, function: Callable[[acb], acb]) -> _Arcs:
        return _Arcs([function(x) for x in self.boxes])

    def __add__(self, other: _Arcs | arb | int) -> _Arcs:
        return self._with(other, operator.add)

    def __sub__(self, other: _Arcs | arb | int) -> _Arcs:
        return self._with(other, operator.sub)

    def __mul__(self, other: _Arcs | arb | int) -> _Arcs:
        return self._with(other, operator.mul)

    def __truediv__(self, other: _Arcs | arb | int) -> _Arcs:
        return self._with(other, operator.truediv)

    def __radd__(self, other: arb | int) -> _Arcs:
        return self._with(other, lambda x, y: y + x)

    def __rsub__(self, other: arb | int) -> _Arcs:
        return self._with(other, lambda x, y: y - x)

    def __rmul__(self, other: arb | int) -> _Arcs:
        return self._with(other, lambda x, y: y * x)

    def __rtruediv__(self, other: arb | int) -> _Arcs:
        return self._with(other, lambda x, y: y / x)

    def __neg__(self) -> _Arcs:
        return self.mapped(operator.neg)

    @property
    def largest(self) -> arb:
        return max((x.abs_upper() for x in self.boxes), key=lambda x: float(x) if x.is_finite() else math.inf)


class _Disc:
    """Bounds on |w| ≤ r by the values on |w| = r (maximum principle); a primitive is within r·sup of its start."""

    def __init__(self, radius: arb) -> None:
        half = arb.pi() / _ARCS
        turns = (acb(0, half * (2 * k + 1) + arb(0, half.upper())) for k in range(_ARCS))
        self.radius, self.w = radius, _Arcs([radius * turn.exp() for turn in turns])

    def constant(self, value: arb) -> _Arcs:
        return _Arcs([acb(value)] * _ARCS)

    def root(self, value: _Arcs) -> _Arcs:
        return value.mapped(acb.sqrt)

    def exp(self, value: _Arcs) -> _Arcs:
        return value.mapped(acb.exp)

    def probability(self, value: _Arcs) -> _Arcs:
        return value.mapped(lambda x: (-x / arb(2).sqrt()).erfc() / 2)

    def primitive(self, value: _Arcs, start: arb) -> _Arcs:
        part = arb(0, (self.radius * value.largest).upper())
        return _Arcs([acb(start) + acb(part, part)] * _ARCS)


class _Angle:
    """ρ = 1 − w²/2 = cos θ with sin θ, tan(θ/2) and dθ/dw, all analytic for |w| < 2."""

    def __init__(self, at: _Arithmetic) -> None:
        square = at.w * at.w
        half_cosine = at.root(1 - square / 4)
        self.rho = 1 - square / 2
        self.sine = at.w * half_cosine
        self.tangent = at.w / (2 * half_cosine)
        self.rate = 1 / half_cosine


def _pair(f: _Part, g: _Part, at: _Arithmetic) -> Value:
    """E uⁱvʲe^{au+bv}·1[u > s]1[v > t] up to what is flat; the smaller of two gates is dropped."""
    if f.rank > g.rank:
        f, g = g, f
    gates = (g.gate if f.rank == g.rank else None, g.gate)
    return _Wedge(f.rate, g.rate, gates, at).moment(f.power, g.power)


class _Wedge:
    """The moments uⁱvʲ under e^{au+bv} beyond one gate of both, of v alone, or none."""

    def __init__(self, a: arb, b: arb, gates: tuple[arb | None, arb | None], at: _Arithmetic) -> None:
        self.a, self.b, self.gates, self.at, self.angle = a, b, gates, at, _Angle(at)
        self.known: dict[tuple[int, int], Value] = {}

    def moment(self, i: int, j: int) -> Value:
        """By Stein's lemma E uG = E ∂ᵤG + ρE ∂ᵥG on the power of u, then on that of v."""
        if (i, j) not in self.known:
            self.known[i, j] = self._lowered(i, j)
        return self.known[i, j]

    def _lowered(self, i: int, j: int) -> Value:
        if i == j == 0:
            return self._probability()
        zero, rho = self.at.constant(arb(0)), self.angle.rho
        if i:
            same, other, first, second, gate, across = i, j, self.a, self.b, self.gates[0], self.gates[1]
        else:
            same, other, first, second, gate, across = j, i, self.b, self.a, self.gates[1], self.gates[0]

        def value(m: int, n: int) -> Value:
            return self.moment(m, n) if i else self.moment(n, m)

        total = first * value(same - 1, other) + (same - 1) * value(same - 2, other) if same > 1 else zero
        if same == 1:
            total = first * value(0, other)
        inner = second * value(same - 1, other)
        if other:
            inner = inner + other * value(same - 1, other - 1)
        if gate is not None:
            total = total + gate ** (same - 1) * self._on_gate(gate, first, second, other, across is not None)
        if across is not None:
            edge = self._on_gate(across, second, first, same - 1, gate is not None)
            inner = inner + (across**other if other else 1) * edge
        return total + rho * inner

    def _on_gate(self, gate: arb, tilt: arb, rate: arb, power: int, gated: bool) -> Value:
        """e^{tilt·t}n(t)·E[yᵏe^{rate·y}·1[y > t] | the other at t], y ~ N(ρt, sin²θ); no indicator unless gated."""
        at, sine = self.at, self.angle.sine
        mean = self.angle.rho * gate + rate * sine * sine
        height = (tilt * gate - gate**2 / 2).exp() / (2 * arb.pi()).sqrt()
        lead = at.exp(self.angle.rho * (rate * gate) + sine * sine * (rate**2 / 2))
        inside = sine * rate - self.angle.tangent * gate
        moments = [at.probability(inside) if gated else at.constant(arb(1))]
        density = at.exp(-(inside * inside) / 2) * sine / (2 * arb.pi()).sqrt()
        for k in range(1, power + 1):
            following = mean * moments[-1]
            if k > 1:
                following = following + (k - 1) * sine * sine * moments[-2]
            if gated:
                following = following + (gate ** (k - 1) if k > 1 else 1) * density
            moments.append(following)
        return height * lead * moments[power]

    def _probability(self) -> Value:
        """E e^{au+bv}·1[…] = e^{(a² + 2abρ + b²)/2}·P, P a constant, Φ or Φ₂ after the shift of the means."""
        at, (a, b), (both, one) = self.at, (self.a, self.b), self.gates
        tilt = at.exp((a * a + b * b) / 2 + self.angle.rho * (a * b))
        if one is None:
            return tilt
        k = self.angle.rho * a + (b - one)
        if both is None:
            return tilt * at.probability(k)
        h = self.angle.rho * b + (a - one)
        across, along = self.angle.sine * b - self.angle.tangent * one, self.angle.sine * a - self.angle.tangent * one
        normal = (2 * arb.pi()).sqrt()
        falls = -at.w  # dρ/dw
        slope = at.exp(-(h * h) / 2) * at.probability(across) * b + at.exp(-(k * k) / 2) * at.probability(along) * a
        ridge = at.exp(-(h * h + across * across) / 2) * self.angle.rate / (2 * arb.pi())
        start = (-(a + b - one) / arb(2).sqrt()).erfc() / 2
        return tilt * at.primitive(slope * falls / normal - ridge, start)


def _flat(parts: list[_Part]) -> list[tuple[arb, arb]]:
    """The heights and gaps of the pairs with two different gates."""
    found = list[tuple[arb, arb]]()
    for f in parts:
        for g in parts:
            if f.gate is not None and g.gate is not None and f.rank < g.rank:
                size = (_fourth_moment(f) * _fourth_moment(g)).root(4) * abs(f.weight * g.weight)
                found.append(((2 * size / arb(2).sqrt()).upper(), (g.gate - f.gate).lower()))
    return found


def _fourth_moment(part: _Part) -> arb:
    """E (uᵏe^{au})⁴ = e^{8a²}·E (u + 4a)^{4k}."""
    shift, order = 4 * part.rate, 4 * part.power
    moments = [arb(1), shift]
    for n in range(2, order + 1):
        moments.append(shift * moments[-1] + (n - 1) * moments[-2])
    return (8 * part.rate**2).exp() * moments[order]
