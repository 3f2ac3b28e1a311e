"""Direct validated iteration: closed values, containment, and radii that do not blow up."""

from __future__ import annotations

from itertools import islice

import sympy
from flint import arb

from symntk.activations.catalogue import activation
from symntk.depth.certified_kink import kink_map, kink_weight
from symntk.depth.validated import mean_value_step, orbit
from symntk.gaussian.dual import dual
from symntk.notation import RHO
from symntk.numbers.ball import enclose, working_precision


def test_the_deficit_map_of_relu_is_one_minus_its_normalised_dual():
    f = dual(activation("relu")).expression * 2
    with working_precision(128):
        for gamma in (sympy.Rational(1, 5), sympy.Rational(7, 4)):
            expected = enclose(1 - f.subs(RHO, 1 - gamma))
            assert expected.overlaps(kink_map(arb(0.5)).deficit(enclose(gamma)))


def test_the_slope_of_the_deficit_map_of_leaky_relu_is_the_derivative_of_its_dual():
    phi = activation("leaky_relu(1/3)")
    f = dual(phi).expression / dual(phi).at(1)
    with working_precision(128):
        expected = enclose(sympy.diff(f, RHO).subs(RHO, sympy.Rational(3, 10)))
        slope = kink_map(enclose(kink_weight(phi))).slope(arb(7) / 10)
    assert expected.overlaps(slope)


def test_one_step_multiplies_the_radius_by_the_slope():
    with working_precision(128):
        gamma = arb(0.5, 1e-9)
        after, slope = mean_value_step(kink_map(arb(0.5)), gamma)
        assert after.rad() <= 1.01 * float(slope.abs_upper()) * gamma.rad()


def test_the_radius_does_not_grow_over_a_thousand_layers():
    with working_precision(200):
        last = next(islice(orbit(kink_map(arb(0.5)), arb(0.7, 1e-40)), 999, None))
    assert 1000 == last.layer
    assert last.gamma.rad() < 1e-40


def test_the_ntk_of_the_second_layer_is_the_recursion_written_out():
    with working_precision(128):
        step = kink_map(arb(0.5))
        first, second = islice(orbit(step, arb(1) / 4), 2)
        expected = step.slope(arb(1) / 4) * arb(3) / 4 + 1 - step.deficit(arb(1) / 4)
    assert first.kernel.overlaps(arb(3) / 4)
    assert expected.overlaps(second.kernel)
