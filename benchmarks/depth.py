"""Certified depth: γ_L and the NTK ratio of a ReLU net of 10⁶ layers against iterating the recursion layer by layer."""

from __future__ import annotations

import time
from fractions import Fraction

import mpmath
from flint import arb

from symntk.activations.catalogue import activation
from symntk.depth.certified_depth import certified_depth
from symntk.numbers.precision import working_precision

LAYERS, START, BITS = 10**6, Fraction(3, 10), 140
SAMPLE = 20_000
"""Layers that mpmath iterates; its time is scaled up from them."""


def flint_seconds() -> float:
    """Iteration in python-flint on midpoints, without guarantee: the balls of a plain iteration soon hold nothing."""
    with working_precision(BITS + 60):
        rho, kernel, pi = arb(START.numerator) / START.denominator, arb(START.numerator) / START.denominator, arb.pi()
        start = time.perf_counter()
        for _ in range(LAYERS - 1):
            angle = rho.acos()
            slope = 1 - angle / pi
            rho = (((1 - rho * rho).sqrt() + rho * (pi - angle)) / pi).mid()
            kernel = (slope * kernel + rho).mid()
        assert kernel.is_finite()
        return time.perf_counter() - start


def mpmath_seconds() -> float:
    """The same in mpmath without any guarantee, timed on the first layers and scaled."""
    with mpmath.workprec(BITS + 60):
        rho = kernel = mpmath.mpf(START.numerator) / START.denominator
        start = time.perf_counter()
        for _ in range(SAMPLE):
            angle = mpmath.acos(rho)
            rho, kernel = (
                (mpmath.sqrt(1 - rho * rho) + rho * (mpmath.pi - angle)) / mpmath.pi,
                (1 - angle / mpmath.pi) * kernel + rho,
            )
        return (time.perf_counter() - start) * LAYERS / SAMPLE


def main() -> None:
    """Prints the seconds of the three and the ratios."""
    relu = activation("relu")
    certified_depth(relu, 100, START, bits=BITS)
    start = time.perf_counter()
    certified_depth(relu, LAYERS, START, bits=BITS)
    mine = time.perf_counter() - start
    flint, plain = flint_seconds(), mpmath_seconds()
    print(f"relu, {LAYERS} layers, {BITS} bits: symntk {mine:.3f} s")
    print(f"python-flint, iteration without guarantee: {flint:.1f} s, ratio {flint / mine:.0f}")
    print(f"mpmath, iteration without guarantee, scaled from {SAMPLE} layers: {plain:.0f} s, ratio {plain / mine:.0f}")


if __name__ == "__main__":
    main()
