"""Sixteen terms of the thirtyfold iterate of the ReLU map: symntk against sympy's truncated ring series."""

from __future__ import annotations

import time

import sympy
from sympy.polys.ring_series import rs_mul, rs_nth_root, rs_subs
from sympy.polys.rings import ring

from symntk.activations.catalogue import activation
from symntk.expansions.constants import ConstantRing
from symntk.expansions.endpoint import expand, map_series
from symntk.expansions.iterate import iterated

DEPTH, TERMS = 30, 16
ORDER = TERMS + 2


def ours() -> float:
    """Seconds of the library's binary powering, with the map handed over for nothing."""
    ring = ConstantRing()
    step = map_series(activation("relu"), sympy.S.One, ORDER + 1, ring)
    start = time.perf_counter()
    assert sum(c != 0 for c in iterated(step, DEPTH).coefficients) >= TERMS
    return time.perf_counter() - start


def whole() -> float:
    """Seconds of the command's work, from the activation to the printed coefficients."""
    start = time.perf_counter()
    assert len(expand(activation("relu"), 1, TERMS, DEPTH).terms) == TERMS
    return time.perf_counter() - start


def rival() -> float:
    """Seconds of thirty truncated compositions in ℚ[1/π][t], γ = 2t², where all coefficients are free of √2.

    The map itself is handed over for nothing; only the iteration is timed.
    """
    series, t, p = ring("t, p", sympy.QQ)
    deficit = series(0)
    for term in expand(activation("relu"), 1, TERMS).terms[1:]:
        scaled = sympy.expand(-term.coefficient * sympy.sqrt(2) ** (2 * term.exponent) / 2)
        power = int(2 * term.exponent)
        constant, over_pi = scaled.subs(sympy.pi, sympy.oo), sympy.expand(scaled * sympy.pi)
        part = sympy.QQ(over_pi.p, over_pi.q) * p if over_pi.is_Rational else sympy.QQ(constant.p, constant.q)
        deficit += part * t**power
    start = time.perf_counter()
    step = t * rs_nth_root(deficit.quo_ground(1).exquo(t**2), 2, t, ORDER)
    current = step
    for _ in range(DEPTH - 1):
        current = rs_subs(step, {t: current}, t, ORDER)
    assert rs_mul(current, current, t, ORDER) != 0
    return time.perf_counter() - start


def main() -> None:
    """Prints our seconds, the rival's seconds and the ratio."""
    total, mine, theirs = whole(), ours(), rival()
    print(
        f"relu, {TERMS} terms of the {DEPTH}-fold iterate: symntk {mine:.3f} s, sympy ring_series {theirs:.3f} s, "
        f"ratio {theirs / mine:.1f}; from the activation to written coefficients {total:.2f} s"
    )


if __name__ == "__main__":
    main()
