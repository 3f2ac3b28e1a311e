"""erf on its edge of chaos with biases: the map, its germ, and agreement with direct iteration at any depth."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice

import pytest
import sympy
from flint import acb, arb

from symntk.activations.catalogue import activation
from symntk.depth.certified_depth import certified_depth
from symntk.depth.certified_erf import edge_shape, erf_germ, erf_map
from symntk.depth.validated import orbit
from symntk.errors import DomainError
from symntk.meanfield.edge_of_chaos import edge_of_chaos
from symntk.numbers.ball import working_precision

ERF, BIAS = activation("erf"), sympy.Rational(1, 5)


def test_the_map_of_erf_is_the_arcsine_map_at_its_edge_of_chaos():
    with working_precision(200):
        point = edge_of_chaos(ERF, BIAS, bits=150).points[0]
        u = edge_shape(ERF, BIAS, bits=150)
        f = arb(1) / 25 + point.sigma_w**2 * 2 / arb.pi() * (u * arb(3) / 10).asin()
        assert (1 - f / point.q).overlaps(erf_map(u).deficit(arb(7) / 10))


@pytest.mark.parametrize("shape", [0.05, 0.5, 0.95])
def test_the_bounds_of_the_germ_hold_on_its_circle(shape):
    u = arb(shape)
    germ, root = erf_germ(u), (1 - u**2).sqrt()
    for k in range(16):
        w = germ.radius * acb(0, arb.pi() * k / 8).exp()
        v = root / u * (u.asin() - (u * (1 - w)).asin()) / w
        assert abs(v - 1) < germ.spread
        assert abs(root / (1 - (u * (1 - w)) ** 2).sqrt()) < germ.slope * 1.0001


@pytest.mark.parametrize("layers", [1, 10, 1000, 10_000])
def test_the_depth_of_erf_agrees_with_direct_iteration(layers):
    found = certified_depth(ERF, layers, Fraction(3, 10), sigma_b=BIAS, bits=149)
    with working_precision(400):
        step = erf_map(edge_shape(ERF, BIAS, bits=350))
        truth = next(islice(orbit(step, arb(7) / 10), layers - 1, None))
        assert truth.gamma.overlaps(found.gamma)
        assert (truth.kernel / layers).overlaps(found.ntk_ratio)
    assert min(found.gamma.rel_accuracy_bits(), found.ntk_ratio.rel_accuracy_bits()) >= 140


def test_the_ntk_ratio_of_erf_tends_to_a_third():
    found = certified_depth(ERF, 10**100, Fraction(3, 10), sigma_b=BIAS, bits=149)
    with working_precision(200):
        assert abs(found.ntk_ratio - arb(1) / 3) < 1e-40


@pytest.mark.parametrize(("sigma_w", "sigma_b"), [(None, sympy.S.Zero), (sympy.S.One, BIAS)])
def test_points_off_the_edge_of_chaos_are_refused(sigma_w, sigma_b):
    with pytest.raises(DomainError):
        certified_depth(ERF, 10, 0, sigma_w=sigma_w, sigma_b=sigma_b)
