"""Moments of a Gaussian on an interval with complex ends, by integration by parts from the error function."""

from __future__ import annotations

from flint import acb, arb

Exponent = tuple[acb, acb, acb]
"""c₀ + c₁s + c₂s²."""


def truncated_moments(count: int, exponent: Exponent, left: acb | None, right: acb | None) -> list[acb]:
    """∫ sʲ e^{c₀ + c₁s + c₂s²} e^{−s²/2} ds/√(2π) over (left, right) for j < count; None is an infinite end.

    κMⱼ = c₁Mⱼ₋₁ + (j−1)Mⱼ₋₂ − [sʲ⁻¹w(s)], κ = 1 − 2c₂ with positive real part, w the integrand for j = 0.
    Guarantee: enclosures at the precision in force, analytic in c₀, c₁ and the ends.

    >>> truncated_moments(3, (acb(0), acb(0), acb(0)), None, None)[2]
    1.00000000000000
    """
    _, c1, c2 = exponent
    kappa = 1 - 2 * c2
    moments = [_probability(exponent, kappa, left, right)]
    ends = [(sign, end, _density(exponent, end)) for sign, end in ((1, right), (-1, left)) if end is not None]
    for j in range(1, count):
        value = c1 * moments[-1]
        if j > 1:
            value += (j - 1) * moments[-2]
        for sign, end, weight in ends:
            value -= sign * weight * end ** (j - 1)
        moments.append(value / kappa)
    return moments


def _density(exponent: Exponent, s: acb) -> acb:
    c0, c1, c2 = exponent
    return (c0 + c1 * s + (2 * c2 - 1) * s * s / 2).exp() / (2 * arb.pi()).sqrt()


def _probability(exponent: Exponent, kappa: acb, left: acb | None, right: acb | None) -> acb:
    """The integral for j = 0: a normal probability after completing the square."""
    c0, c1, _ = exponent
    root = kappa.sqrt()
    head = (c0 + c1 * c1 / (2 * kappa)).exp() / root
    if left is None and right is None:
        return head
    ends = [None if end is None else (root * end - c1 / root) / arb(2).sqrt() for end in (left, right)]
    return head * _half_difference(ends[0], ends[1]) / 2


def _half_difference(a: acb | None, b: acb | None) -> acb:
    """erfc(a) − erfc(b), taken in the tail where both are small."""
    if a is None or b is None:
        return a.erfc() if a is not None else (-b).erfc() if b is not None else acb(2)
    if (a.real.mid() + b.real.mid()) > 0:
        return a.erfc() - b.erfc()
    return (-b).erfc() - (-a).erfc()
