"""Correlation maps of activations with kinks: closed forms, germs with flat errors, and bounds, against quadrature."""

from __future__ import annotations

from functools import lru_cache

import pytest
from flint import acb, arb
from sympy import Expr, Rational, S

from symntk.activations.catalogue import activation
from symntk.activations.derivative import derivative
from symntk.depth.certified_germ import Germ
from symntk.depth.certified_kink import kink_germ, kink_map
from symntk.depth.certified_pieces import closed_map, kinked_germ
from symntk.depth.validated import DeficitMap
from symntk.errors import DomainError, NoClosedFormError
from symntk.gaussian.near_diagonal import near_diagonal
from symntk.gaussian.quadrature import enclose_mean, enclose_pair
from symntk.gaussian.terms import derivative_terms, elementary_terms
from symntk.meanfield.maps import MeanField
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

NAMES = ["elu", "selu", "hard_tanh", "relu6", "x*min(1,max(0,x/6+1/2))", "max(-1/3,min(1/4,x))"]
Q, COUNT = Rational(3, 4), 24
CORRELATIONS = [Rational(-7, 10), S.Zero, Rational(1, 2), Rational(9, 10)]


def slope_of(name: str) -> Expr:
    return derivative(activation(name)).expression


@lru_cache
def energy(name: str) -> arb:
    """E φ′²."""
    return enclose_mean(slope_of(name) ** 2, Q, bits=100)


def true_deficit(name: str, rho: Rational, bits: int = 60) -> arb:
    """(E φ² − E φ(u)φ(v))/(q·E φ′²) by quadrature."""
    f = activation(name).expression
    with working_precision(120):
        whole = enclose_mean(f**2, Q, bits=bits + 20)
        return (whole - enclose_pair(f, f, rho, Q, Q, bits=bits)) / (arb(3) / 4 * energy(name))


def true_slope(name: str, rho: Rational, bits: int = 60) -> arb:
    with working_precision(120):
        return enclose_pair(slope_of(name), slope_of(name), rho, Q, Q, bits=bits) / energy(name)


@lru_cache
def step(name: str) -> DeficitMap:
    with working_precision(300):
        return closed_map(activation(name), arb(3) / 4)


@lru_cache
def germ(name: str, count: int = COUNT) -> Germ:
    with working_precision(200):
        return kinked_germ(activation(name), arb(3) / 4, count, 200)


def polynomial(values: list[arb], w: arb | acb) -> arb | acb:
    total = w * 0
    for c in reversed(values):
        total = total * w + c
    return total


@pytest.mark.parametrize(
    ("name", "rho"), [*((n, c) for n in NAMES for c in CORRELATIONS), ("hard_tanh", -S.One), ("relu6", -S.One)], ids=str
)
def test_the_map_and_its_slope_are_those_of_quadrature(name, rho):
    with working_precision(150):
        gamma = enclose(1 - rho, bits=150)
        value, slope = step(name).deficit(gamma), step(name).slope(gamma)
    assert value.overlaps(true_deficit(name, rho))
    assert slope.overlaps(true_slope(name, rho))
    assert value.rad() < 2.0**-100
    assert slope.rad() < 2.0**-100


@pytest.mark.parametrize("name", ["elu", "hard_tanh", "relu6"])
def test_the_map_is_the_mean_field_map_without_biases(name):
    field = MeanField(activation=activation(name), sigma_w=S.One, sigma_b=S.Zero)
    rho, q = Rational(2, 5), arb(3) / 4
    with working_precision(120):
        whole = enclose_mean(activation(name).expression ** 2, Q, bits=90) / q
        expected = (whole - field.correlation(rho, q, 90)) / energy(name)
        assert step(name).deficit(arb(3) / 5).overlaps(expected)
        assert step(name).slope(arb(3) / 5).overlaps(field.correlation_slope(rho, q, 90) / energy(name))


@pytest.mark.parametrize(("name", "weight"), [("relu", Rational(1, 2)), ("leaky_relu(1/10)", Rational(81, 202))])
def test_the_map_of_a_kink_is_the_arc_cosine_map(name, weight):
    with working_precision(150):
        closed, known = closed_map(activation(name), arb(3) / 4), kink_map(enclose(weight, bits=150))
        for gamma in (arb(2), arb(1), arb(1) / 16):
            assert closed.deficit(gamma).overlaps(known.deficit(gamma))
            assert closed.slope(gamma).overlaps(known.slope(gamma))


def test_the_germ_of_relu_is_that_of_the_arc_cosine_map():
    with working_precision(150):
        found, known = kinked_germ(activation("relu"), arb(3) / 4, 12, 150), kink_germ(arb(1) / 2)
        for here, there in zip(found.series(12), known.series(12), strict=True):
            assert all(a.overlaps(b) for a, b in zip(here, there, strict=True))
        assert (found.power, found.order) == (known.power, known.order)
        assert found.error == 0


@pytest.mark.parametrize("name", NAMES)
def test_opposite_inputs_are_neighbours_of_nearly_opposite_ones(name):
    with working_precision(300):
        near, at = 2 - arb(2) ** -60, arb(2)
        assert abs(step(name).deficit(at) - step(name).deficit(near)) < arb(2) ** -55
        assert abs(step(name).slope(at) - step(name).slope(near)) < arb(2) ** -25


def cauchy(found: Germ, w: arb, count: int) -> arb:
    return (w / found.radius) ** count / (1 - w / found.radius)


@pytest.mark.parametrize("part", [Rational(1, 4), Rational(1, 8), Rational(1, 40)], ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_the_germ_errs_by_its_tail_and_its_flat_error_at_most(name, part):
    found = germ(name)
    w = Rational(int(float(found.radius) * 10_000), 10_000) * part
    with working_precision(200):
        at = enclose(w, bits=200)
        values, slopes = found.series(COUNT)
        root = (2 * true_deficit(name, 1 - w**2 / 2, 110)).sqrt()
        missed = abs(root - at * polynomial(values, at))
        missed_slope = abs(true_slope(name, 1 - w**2 / 2, 90) - polynomial(slopes, at))
        tail, noise = cauchy(found, at, COUNT), arb(2) ** -80
        assert missed < found.spread * at * tail + found.error * at**found.error_order + noise
        assert missed_slope < found.slope * tail + found.slope_error * at ** (found.error_order - 1) + noise


@pytest.mark.parametrize("name", ["hard_tanh", "max(-1/3,min(1/4,x))"])
def test_without_its_flat_error_the_germ_of_two_kinks_is_caught(name):
    found = germ(name, 40)
    w = Rational(int(float(found.radius) * 1000), 4000)
    with working_precision(300):
        at = enclose(w, bits=300)
        values, slopes = found.series(160)
        root = (2 * true_deficit(name, 1 - w**2 / 2, 130)).sqrt()
        missed = abs(root - at * polynomial(values, at))
        missed_slope = abs(true_slope(name, 1 - w**2 / 2, 130) - polynomial(slopes, at))
        assert not missed < found.spread * at * cauchy(found, at, 160)
        assert not missed_slope < found.slope * cauchy(found, at, 160)
        assert missed < found.error * at**found.error_order
        assert missed_slope < found.slope_error * at ** (found.error_order - 1)


@pytest.mark.parametrize("changed", [1, 2, 3, 4])
@pytest.mark.parametrize("name", ["selu", "hard_tanh", "relu6"])
def test_a_changed_coefficient_is_caught_by_quadrature(name, changed):
    found, w = germ(name), Rational(1, 20)
    with working_precision(200):
        at = enclose(w, bits=200)
        values, slopes = (
            [c + arb("0.001") * (k == changed) for k, c in enumerate(part)] for part in found.series(COUNT)
        )
        allowed = found.spread * at * cauchy(found, at, COUNT) + found.error * at**found.error_order
        root = (2 * true_deficit(name, 1 - w**2 / 2, 110)).sqrt()
        assert abs(root - at * polynomial(values, at)) > allowed
        allowed = found.slope * cauchy(found, at, COUNT) + found.slope_error * at ** (found.error_order - 1)
        assert abs(true_slope(name, 1 - w**2 / 2, 90) - polynomial(slopes, at)) > allowed


def test_the_error_of_the_germ_is_that_of_the_flat_terms():
    with working_precision(200):
        near = near_diagonal(derivative_terms(elementary_terms(activation("hard_tanh"))), arb(3) / 4)
        found, whole = germ("hard_tanh"), near.series(1)[0]
        shares = list[arb]()
        for k in range(1, 61):
            w = found.reach * k / 60
            flat = sum((height * (-((gap / (2 * w)) ** 2)).exp() for height, gap in near.flat), arb(0)) / whole
            shares.append(flat / (found.slope_error * w ** (found.error_order - 1)))
        assert 0.98 < max(shares, key=float) < 1.0000001
        # F² = 2·∫ λ·w dw, and the sum of the two F is at least w
        assert found.error.overlaps(2 * found.slope_error / (found.error_order + 1))


@pytest.mark.parametrize("count", [3, COUNT])
@pytest.mark.parametrize("name", NAMES)
def test_the_bounds_of_the_germ_hold_on_its_circle_and_are_not_far_from_it(name, count):
    found = germ(name, count)
    with working_precision(200):
        slopes = found.series(120)[1]
        squares = [2 * c / (k + 2) for k, c in enumerate(slopes)]
        points = [found.radius * acb(0, arb.pi() * k / 8).exp() for k in range(16)]
        spreads = [abs(polynomial(squares, w).sqrt() - 1) for w in points]
        tops = [abs(polynomial(slopes, w)) for w in points]
    assert max(spreads, key=float) < found.spread * 1.0000001
    assert max(tops, key=float) < found.slope * 1.0000001
    assert count < COUNT or max(spreads, key=float) > 0.4 * found.spread
    assert count < COUNT or max(tops, key=float) > 0.6 * found.slope


@pytest.mark.parametrize(("name", "order"), [("elu", 2), ("selu", 1), ("hard_tanh", 1), ("elu(2)", 1)])
def test_a_kink_gives_order_one_and_a_smooth_joint_order_two(name, order):
    found = germ(name)
    values, slopes = found.series(5)
    assert order == found.order
    assert [1, *[0] * (order - 1)] == values[:order] == slopes[:order]
    assert -values[order] > 0.001


def test_the_rate_of_a_kink_is_that_of_its_height_and_density():
    # E 1[u > s]1[v > s] = E 1[u > s] − w·n(s)/√(2π) + …, n the normal density
    with working_precision(100):
        found, s = kinked_germ(activation("shifted_relu(1/2)"), arb(3) / 4, 8, 100), 1 / arb(3).sqrt()
        density = (-(s**2) / 2).exp() / (2 * arb.pi())
        whole = enclose_mean(slope_of("shifted_relu(1/2)") ** 2, Q, bits=90)
        assert (density / whole).overlaps(-found.series(2)[1][1])


@pytest.mark.parametrize("name", ["max(0,x)*tanh(x)", "max(0,x)*sin(x)*erf(x)"])
def test_activations_without_a_closed_dual_are_refused(name):
    with pytest.raises(NoClosedFormError, match="closed dual"):
        closed_map(activation(name), arb(1))


def test_waves_with_kinks_have_a_map_but_no_germ():
    phi = activation("max(0,x)*cos(x)")
    assert closed_map(phi, arb(1)).slope(arb(1)).is_finite()
    with pytest.raises(NoClosedFormError, match="polynomials times exponentials"):
        kinked_germ(phi, arb(1), 8, 64)


def test_jumps_are_refused():
    with pytest.raises(DomainError, match="jumps"):
        closed_map(activation("step"), arb(1))
