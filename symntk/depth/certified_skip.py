"""What a skip connection adds to the sums of the NTK in Fatou coordinates, with its proved remainder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flint import arb, arb_series

from symntk.depth.certified_fatou import LaurentLog
from symntk.depth.certified_germ import Germ
from symntk.depth.remainder import Residual, stretched
from symntk.numbers.power_series import coefficients, series_length


def carried(germ: Germ, slope: LaurentLog, kept: arb, last: int) -> Mapping[int, arb]:
    """c·(P − kept·P∘F) through the power last + p of w, P = `slope`, c = 1 − scale·wᵏ.

    (V + c·P)∘F − (V + c·P) = P∘F·(c∘F − kept·c) holds for every solution V of V∘F − V = c·(P − kept·P∘F).
    Guarantee: the balls contain the Taylor coefficients of the exact right side.
    """
    lowest = min(slope.terms)
    count = last + germ.order + 1 - lowest
    values = [slope.terms.get(lowest + i, arb(0)) - kept * a for i, a in enumerate(_composed(germ, slope, count))]
    k = germ.power
    return {lowest + i: value - (germ.scale * values[i - k] if i >= k else 0) for i, value in enumerate(values)}


def _composed(germ: Germ, slope: LaurentLog, count: int) -> list[arb]:
    """The coefficients of P(w·v(w)) from the lowest power of P on."""
    lowest, total = min(slope.terms), [arb(0)] * count
    with series_length(count):
        v = arb_series(germ.series(count)[0])
        running = v**lowest
        for i in range(count):
            u = slope.terms.get(lowest + i, arb(0))
            if u != 0:
                for n, value in enumerate(coefficients(running, count - i)):
                    total[i + n] += u * value
            running = running * v
    return total


def carried_residual(germ: Germ, plain: Residual, slope: LaurentLog, kept: arb) -> Residual:
    """The residual of V∘F − V = c·(P − kept·P∘F) from that of a right side c·P.

    Its bound on |w| = r has kept·(1 + scale·rᵏ)·|P∘F| more. Domain: a germ without error.
    """
    more = kept * (1 + abs(germ.scale) * germ.radius**germ.power) * stretched(germ, slope)
    return replace(plain, height=plain.height + more)
