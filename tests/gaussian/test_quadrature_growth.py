"""Gaussian integrals, tails and peaks of growth bounds, and the bound on Hermite polynomials in a strip."""

from __future__ import annotations

import random

import mpmath
import pytest
from flint import acb, arb

from symntk.errors import UndecidedError
from symntk.gaussian.growth import (
    Growth,
    cutoff_for,
    dilated,
    gaussian_integral,
    gaussian_peak,
    gaussian_tail,
    hermite_growth,
    power,
    product,
    separated,
    total,
)
from symntk.numbers.precision import working_precision

GROWTHS = [
    Growth(scale=arb(3)),
    Growth(scale=arb(2), slope=arb("0.5"), degree=arb(3)),
    Growth(scale=arb(1), slope=arb(2), degree=arb("1.5"), rate=arb(2)),
    Growth(scale=arb(1), rate=arb(-1), curvature=arb("0.25")),
    Growth(scale=arb(5), slope=arb(1), degree=arb(12), rate=arb(1), curvature=arb(-1)),
]


def value(f: Growth, x: float) -> mpmath.mpf:
    scale, slope, degree, rate, curvature = (
        mpmath.mpf(float(field)) for field in (f.scale, f.slope, f.degree, f.rate, f.curvature)
    )
    size = abs(mpmath.mpf(x))
    return scale * (1 + slope * size) ** degree * mpmath.exp(rate * size + curvature * size**2)


def weighted(f: Growth, x: float) -> mpmath.mpf:
    return value(f, x) * mpmath.npdf(x)


@pytest.mark.parametrize("f", GROWTHS)
def test_gaussian_integral_is_a_sharp_upper_bound(f: Growth) -> None:
    exact = 2 * mpmath.quad(lambda x: weighted(f, x), [0, 1, 3, 8, 30])
    assert exact * (1 - 1e-12) <= float(gaussian_integral(f)) <= 1.7 * exact


@pytest.mark.parametrize("f", GROWTHS)
def test_gaussian_tail_is_an_upper_bound_where_it_is_finite(f: Growth) -> None:
    cutoff = cutoff_for(f, 20)
    exact = 2 * mpmath.quad(lambda x: weighted(f, x), [cutoff, cutoff + 1, cutoff + 4, cutoff + 40])
    assert exact * (1 - 1e-12) <= float(gaussian_tail(f, arb(cutoff))) <= 2 * exact


@pytest.mark.parametrize("f", GROWTHS)
def test_cutoff_leaves_about_the_bits_asked_for(f: Growth) -> None:
    assert gaussian_tail(f, arb(cutoff_for(f, 60))) < arb(2) ** -60


@pytest.mark.parametrize("f", GROWTHS)
def test_gaussian_peak_is_an_upper_bound(f: Growth) -> None:
    assert max(weighted(f, x / 20) for x in range(200)) <= float(gaussian_peak(f)) * (1 + 1e-12)


def test_a_tail_before_the_peak_is_infinite() -> None:
    assert gaussian_tail(Growth(scale=arb(1), rate=arb(10)), arb(2)) == arb.pos_inf()


def test_growth_as_fast_as_the_gaussian_is_refused() -> None:
    with pytest.raises(UndecidedError, match="no bound that grows more slowly"):
        gaussian_integral(Growth(scale=arb(1), curvature=arb("0.5")))


@pytest.mark.parametrize("x", [-3.0, 0.0, 0.7, 5.0])
def test_growths_combine_to_bounds_of_sum_product_power_and_dilation(x: float) -> None:
    f, g = GROWTHS[1], GROWTHS[2]
    assert value(f, x) + value(g, x) <= value(total(f, g), x) * (1 + 1e-12)
    assert value(f, x) * value(g, x) <= value(product(f, g), x) * (1 + 1e-12)
    assert value(f, x) ** 2 <= value(power(f, arb(2)), x) * (1 + 1e-12)
    assert value(f, 3 * x) <= value(dilated(f, arb(3)), x) * (1 + 1e-12)


@pytest.mark.parametrize("f", GROWTHS)
def test_separated_growths_bound_the_function_on_a_rotated_line(f: Growth) -> None:
    along, across = separated(f, arb("0.8"), arb("0.6"))
    draw = random.Random(3)
    for _ in range(50):
        s, t = draw.uniform(-6, 6), draw.uniform(-6, 6)
        assert value(f, 0.8 * s - 0.6 * t) <= value(along, s) * value(across, t) * (1 + 1e-12)


@pytest.mark.parametrize("order", [0, 1, 2, 7, 40, 200])
@pytest.mark.parametrize("height", [0.0, 0.3, 1.5])
def test_hermite_growth_bounds_all_polynomials_up_to_its_order_in_the_strip(order: int, height: float) -> None:
    bound, draw = hermite_growth(order, arb(height)), random.Random(order)
    for _ in range(20):
        n, x, y = draw.randint(0, order), draw.uniform(-20, 20), draw.choice((-height, height))
        with working_precision(500):
            h = (acb(x, y) / arb(2).sqrt()).hermite_h(n) / (arb(2) ** n * arb(n).fac()).sqrt()
            assert abs(h) <= bound.scale * (bound.curvature * arb(x) ** 2).exp() * (1 + arb(2) ** -40)
