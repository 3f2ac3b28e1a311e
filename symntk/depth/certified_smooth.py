"""Correlation maps of activations analytic around the real line: Hermite series of balls and Taylor series at c = 1."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, arb_poly
from sympy import Expr

from symntk.activations.activation import Activation
from symntk.depth.certified_germ import Germ
from symntk.depth.validated import DeficitMap, ball
from symntk.errors import UndecidedError
from symntk.gaussian.jets import jet_moments
from symntk.gaussian.quadrature import enclose_mean
from symntk.gaussian.series import hermite_series
from symntk.gaussian.strip import strips
from symntk.meanfield.taming import tamed
from symntk.notation import X
from symntk.numbers.exact import leaf
from symntk.numbers.precision import working_precision

_SHORTEST, _LONGEST = 128, 8_192
_SPREAD = arb(0.5)
_HALVINGS = 60
_SHORTENING = 0.75
_GUARD_BITS = 32


def is_analytic(activation: Activation) -> bool:
    """Whether φ is proved to be analytic in a strip around the real line.

    >>> from symntk.activations.catalogue import activation
    >>> is_analytic(activation("tanh")), is_analytic(activation("elu"))
    (True, False)
    """
    return not activation.breakpoints and bool(strips(tamed(activation.expression)))


def smooth_map(activation: Activation, q: arb, bits: int) -> DeficitMap:
    """g(γ) = Σ pₙ(1 − cⁿ), c = 1 − γ, pₙ = aₙ²/(q·E φ′²), aₙ = E φ(√q u)hₙ(u): the map on the edge of chaos.

    Σ aₙ² = E φ² and Σ n·aₙ² = q·E φ′² bound the tails, which are multiplied by |c|ᴺ; as many coefficients are computed
    as keep them below 2^−bits at the correlations that are asked for.
    Domain: φ analytic in a strip, 0 ≤ γ ≤ 2. Guarantee: certified. Raises UndecidedError for a series that is too long.

    >>> from symntk.activations.catalogue import activation
    >>> step = smooth_map(activation("erf"), arb("0.5"), 64)
    >>> step.deficit(arb("0.5")).str(8), step.slope(arb("0.5")).str(8)
    ('[0.46924464 +/- 2.15e-9]', '[0.89442719 +/- 1.01e-9]')
    """
    f = tamed(activation.expression)
    with working_precision(bits + _GUARD_BITS):
        energy = q * enclose_mean(f.diff(X) ** 2, q, bits=bits + _GUARD_BITS)
        total = enclose_mean(f**2, q, bits=bits + _GUARD_BITS) / energy
    sums = list[_PartialSum]()

    def fitting(c: arb) -> _PartialSum:
        for known in sums:
            if known.tail(c) < arb((1, -bits)):
                return known
        while not sums or sums[-1].count < _LONGEST:
            sums.append(_partial_sum(f, q, energy, (2 * sums[-1].count if sums else _SHORTEST, bits)))
            if sums[-1].tail(c) < arb((1, -bits)):
                return sums[-1]
        raise UndecidedError(
            f"the correlation map of {activation.name} to {bits} bits was asked for, but {_LONGEST} Hermite "
            "coefficients are not enough; ask for fewer digits"
        )

    def deficit(gamma: arb) -> arb:
        part = fitting(1 - gamma)
        return ball(total - part.values(1 - gamma), part.tail(1 - gamma))

    def slope(gamma: arb) -> arb:
        part = fitting(1 - gamma)
        return ball(part.slopes(1 - gamma), part.tail(1 - gamma))

    return DeficitMap(deficit=deficit, slope=slope)


@dataclass(frozen=True, kw_only=True)
class _PartialSum:
    """Σ pₙcⁿ over n < count and its derivative, with a bound of Σ n·pₙ over n ≥ count."""

    count: int
    values: arb_poly
    slopes: arb_poly
    rest: arb

    def tail(self, c: arb) -> arb:
        """A bound of what is left out of f and of f′."""
        return self.rest * c.abs_upper().min(arb(1)) ** (self.count - 1)


def _partial_sum(f: Expr, q: arb, energy: arb, size: tuple[int, int]) -> _PartialSum:
    """With E (√q φ′)² = `energy`, from size = (count, bits)."""
    count, bits = size
    series = hermite_series(f, leaf(q), count, bits + _GUARD_BITS)
    with working_precision(bits + _GUARD_BITS):
        squares = [a * a / energy for a in series.coefficients]
        rest = 1 - sum((n * p for n, p in enumerate(squares)), arb(0))
        values = arb_poly(squares)
        return _PartialSum(
            count=count,
            values=values,
            slopes=values.derivative(),
            rest=rest.abs_upper(),
        )


def smooth_germ(activation: Activation, q: arb, count: int, bits: int) -> Germ:
    """The germ of the correlation map of an analytic φ on its edge of chaos, in w = γ.

    f⁽ᵏ⁾(1) = q^{k−1}·E φ⁽ᵏ⁾(√q u)²/E φ′(√q u)² ≥ 0, and 0 ≤ f⁽ᴹ⁾(c) ≤ f⁽ᴹ⁾(1) on [0, 1], since f has non-negative
    Taylor coefficients at 0: the Taylor polynomial of degree M − 1 at 1 errs by at most Bγᴹ, B = f⁽ᴹ⁾(1)/M!, and its
    slope by MBγᴹ⁻¹. f need not be analytic at 1. Guarantee: certified. Raises UndecidedError without a strip.

    >>> from symntk.activations.catalogue import activation
    >>> germ = smooth_germ(activation("erf"), arb("0.5"), 12, 64)  # f″(1) = 1/3
    >>> [round(float(c), 6) for c in germ.series(2)[0]]
    [1.0, -0.166667]
    """
    f = tamed(activation.expression)
    taylor = _taylor(f, q, count, bits)
    with working_precision(bits):
        radius = _radius(taylor)
        last = taylor.pop()
        spread = sum((abs(b) * radius ** (k - 1) for k, b in enumerate(taylor) if k > 1), arb(0))
        slope = sum((k * abs(b) * radius ** (k - 1) for k, b in enumerate(taylor)), arb(0))

    def series(length: int) -> tuple[list[arb], list[arb]]:
        signed = [-b if k % 2 else b for k, b in enumerate(taylor)][1:] + [arb(0)] * length
        values = [-b for b in signed[:length]]
        return values, [(k + 1) * b for k, b in enumerate(values)]

    return Germ(
        power=1,
        scale=arb(1),
        order=1,
        radius=radius,
        spread=spread,
        slope=slope,
        series=series,
        error=last.abs_upper(),
        slope_error=((count - 1) * last).abs_upper(),
        error_order=count - 1,
    )


def _taylor(f: Expr, q: arb, count: int, bits: int) -> list[arb]:
    """f⁽ᵏ⁾(1)/k! for k < count, with f′(1) = 1; the entry 0 is 0."""
    moments = jet_moments(f, q, count, bits=bits)
    with working_precision(bits):
        values, factor = [arb(0), arb(1)], arb(1)
        for k in range(2, count):
            factor = factor * k * q
            values.append(factor * moments[k] / moments[1])
    return values


def _radius(taylor: list[arb]) -> arb:
    """The largest r up to 1 with Σ |bₖ|rᵏ⁻¹ ≤ ½ over k ≥ 2, nearly."""
    low, high = arb(0), arb(1)
    for _ in range(_HALVINGS):
        middle = ((low + high) / 2).mid()
        total = sum((abs(b) * middle ** (k - 1) for k, b in enumerate(taylor) if k > 1), arb(0))
        low, high = (middle, high) if total < _SPREAD else (low, middle)
    return low
