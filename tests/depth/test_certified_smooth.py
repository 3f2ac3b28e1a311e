"""Correlation maps of analytic activations: values, germs with a proved error, and bounds, against quadrature."""

from __future__ import annotations

from functools import lru_cache

import pytest
from flint import acb, arb
from sympy import Rational, S

from symntk.activations.catalogue import activation
from symntk.activations.derivative import derivative
from symntk.depth import certified_smooth
from symntk.depth.certified_germ import Germ
from symntk.depth.certified_pieces import closed_map
from symntk.depth.certified_smooth import is_analytic, smooth_germ, smooth_map
from symntk.depth.validated import DeficitMap
from symntk.errors import UndecidedError
from symntk.gaussian.quadrature import enclose_mean, enclose_pair
from symntk.meanfield.maps import MeanField
from symntk.meanfield.taming import tamed
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

NAMES = ["tanh", "silu", "arctan", "gelu", "erf", "sin", "x*erf(x)", "cos(x)+x/2"]
Q, COUNT = Rational(3, 4), 8
CORRELATIONS = [Rational(-7, 10), S.Zero, Rational(1, 2), Rational(9, 10)]


@lru_cache
def energy(name: str) -> arb:
    """q·E φ′²."""
    with working_precision(120):
        slope = tamed(derivative(activation(name)).expression)
        return arb(3) / 4 * enclose_mean(slope**2, Q, bits=110)


def true_deficit(name: str, rho: Rational, bits: int = 60) -> arb:
    """(E φ² − E φ(u)φ(v))/(q·E φ′²) by quadrature."""
    f = tamed(activation(name).expression)
    with working_precision(120):
        return (enclose_mean(f**2, Q, bits=bits) - enclose_pair(f, f, rho, Q, Q, bits=bits)) / energy(name)


def true_slope(name: str, rho: Rational, bits: int = 60) -> arb:
    slope = tamed(derivative(activation(name)).expression)
    with working_precision(120):
        return arb(3) / 4 * enclose_pair(slope, slope, rho, Q, Q, bits=bits) / energy(name)


@lru_cache
def step(name: str) -> DeficitMap:
    with working_precision(150):
        return smooth_map(activation(name), arb(3) / 4, 80)


@lru_cache
def germ(name: str, count: int = COUNT) -> Germ:
    with working_precision(200):
        return smooth_germ(activation(name), arb(3) / 4, count, 200)


def polynomial(values: list[arb], w: arb | acb) -> arb | acb:
    total = w * 0
    for c in reversed(values):
        total = total * w + c
    return total


@pytest.mark.parametrize("rho", CORRELATIONS, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_the_map_and_its_slope_are_those_of_quadrature(name, rho):
    with working_precision(150):
        gamma = enclose(1 - rho, bits=150)
        value, slope = step(name).deficit(gamma), step(name).slope(gamma)
    assert value.overlaps(true_deficit(name, rho))
    assert slope.overlaps(true_slope(name, rho))
    assert min(value.rel_accuracy_bits(), slope.rel_accuracy_bits()) > 70


@pytest.mark.parametrize("name", ["tanh", "silu", "arctan", "gelu"])
def test_the_map_is_the_mean_field_map_without_biases(name):
    field, phi = MeanField(activation=activation(name), sigma_w=S.One, sigma_b=S.Zero), activation(name)
    rho, q = Rational(2, 5), arb(3) / 4
    with working_precision(120):
        ratio = energy(name) / (arb(3) / 4)
        whole = enclose_mean(tamed(phi.expression) ** 2, Q, bits=60) / (arb(3) / 4)
        assert step(name).deficit(arb(3) / 5).overlaps((whole - field.correlation(rho, q, 60)) / ratio)
        assert step(name).slope(arb(3) / 5).overlaps(field.correlation_slope(rho, q, 60) / ratio)


@pytest.mark.parametrize("gamma", [arb(2), arb(3) / 2, arb(1) / 8, arb(1) / 128], ids=str)
def test_the_hermite_series_of_gelu_is_its_closed_form(gamma):
    with working_precision(300):
        q = arb(3) / 4
        closed, found = closed_map(activation("gelu"), q), smooth_map(activation("gelu"), q, 150)
        assert closed.deficit(gamma).overlaps(found.deficit(gamma)) or gamma == 2
        assert closed.slope(gamma).overlaps(found.slope(gamma)) or gamma == 2
        assert found.deficit(gamma).rel_accuracy_bits() > 130
        assert found.slope(gamma).rel_accuracy_bits() > 140


def test_at_opposite_inputs_the_map_of_an_odd_activation_is_twice_its_whole():
    with working_precision(150):
        f = activation("tanh").expression
        assert step("tanh").deficit(arb(2)).overlaps(2 * enclose_mean(f**2, Q, bits=80) / energy("tanh"))
        assert step("tanh").slope(arb(2)).overlaps(arb(1))


@pytest.mark.parametrize("name", ["tanh", "gelu"])
def test_more_bits_narrow_the_same_map(name):
    with working_precision(400):
        fine = smooth_map(activation(name), arb(3) / 4, 160)
        for gamma in (arb("1.4"), arb("0.6")):
            assert fine.deficit(gamma) in step(name).deficit(gamma)
            assert fine.slope(gamma) in step(name).slope(gamma)


def test_a_ball_of_deficits_is_followed():
    wide = step("tanh").deficit(arb("0.5", "1e-5"))
    for gamma in ("0.4999901", "0.5", "0.5000099"):
        assert step("tanh").deficit(arb(gamma)) in wide


def test_a_tail_that_is_too_small_is_caught():
    with working_precision(150):
        short = smooth_map(activation("arctan"), arb(3) / 4, 80)
        f, gamma = tamed(activation("arctan").expression), arb("0.05")
        part = certified_smooth._partial_sum(f, arb(3) / 4, energy("arctan"), (6, 80))
        missed = abs(enclose_mean(f**2, Q, bits=110) / energy("arctan") - part.values(1 - gamma) - short.deficit(gamma))
        missed_slope = abs(part.slopes(1 - gamma) - short.slope(gamma))
        assert part.tail(1 - gamma) / 200 < missed < part.tail(1 - gamma)
        assert part.tail(1 - gamma) / 2 < missed_slope < part.tail(1 - gamma)


def test_a_series_that_grows_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(certified_smooth, "_LONGEST", 128)
    with working_precision(150), pytest.raises(UndecidedError, match="Hermite coefficients are not enough"):
        smooth_map(activation("tanh"), arb(3) / 4, 80).deficit(arb("0.01"))


@pytest.mark.parametrize("rho", [Rational(39, 40), Rational(15, 16), Rational(7, 8)], ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_the_germ_errs_by_no_more_than_its_error_and_not_much_less(name, rho):
    found = germ(name)
    with working_precision(200):
        w = enclose(1 - rho, bits=200)
        values, slopes = found.series(COUNT)
        missed = abs(true_deficit(name, rho, 90) - w * polynomial(values, w))
        missed_slope = abs(true_slope(name, rho, 90) - polynomial(slopes, w))
        noise = arb(2) ** -84
        bound, slope_bound = found.error * w**found.error_order, found.slope_error * w ** (found.error_order - 1)
        assert missed < bound + noise
        assert missed_slope < slope_bound + noise
        assert missed > bound / 10 - noise
        assert missed_slope > slope_bound / 10 - noise


@pytest.mark.parametrize("name", ["tanh", "erf", "gelu"])
@pytest.mark.parametrize("changed", [1, 2, 3, 4])
def test_a_changed_taylor_coefficient_is_caught_by_quadrature(name, changed):
    found, rho = germ(name), Rational(31, 32)
    with working_precision(200):
        w = arb(1) / 32
        values, slopes = (
            [c * (1 + arb("0.05") * (k == changed)) for k, c in enumerate(part)] for part in found.series(COUNT)
        )
        allowed = found.error * w**found.error_order + arb(2) ** -84
        assert abs(true_deficit(name, rho, 90) - w * polynomial(values, w)) > allowed
        allowed = found.slope_error * w ** (found.error_order - 1) + arb(2) ** -84
        assert abs(true_slope(name, rho, 90) - polynomial(slopes, w)) > allowed


@pytest.mark.parametrize("count", [8, 30])
@pytest.mark.parametrize("name", NAMES)
def test_the_bounds_of_the_germ_hold_on_its_circle_and_are_not_far_from_it(name, count):
    found = germ(name, count)
    with working_precision(200):
        values, slopes = found.series(count + 2)
        points = [found.radius * acb(0, arb.pi() * k / 8).exp() for k in range(16)]
        spreads = [abs(polynomial(values, w) - 1) for w in points]
        tops = [abs(polynomial(slopes, w)) for w in points]
    assert 0.5 * found.spread < max(spreads, key=float) < found.spread * 1.0000001
    assert 0.5 * found.slope < max(tops, key=float) < found.slope * 1.0000001
    assert found.spread < 0.5000001


@pytest.mark.parametrize("name", NAMES)
def test_the_germ_starts_with_the_curvature_of_the_map(name):
    curve = tamed(derivative(activation(name), 2).expression)
    values, slopes = germ(name).series(4)
    with working_precision(120):  # f″(1)/2 = q·E φ″²/(2·E φ′²)
        half = (arb(3) / 4) ** 2 * enclose_mean(curve**2, Q, bits=90) / energy(name) / 2
        assert values[0].overlaps(arb(1))
        assert (-half).overlaps(values[1])
        assert (-2 * half).overlaps(slopes[1])
        assert slopes[0].overlaps(arb(1))


def test_the_slopes_are_the_derivative_of_the_values():
    values, slopes = germ("tanh", 30).series(40)
    assert all(((k + 1) * v).overlaps(s) for k, (v, s) in enumerate(zip(values, slopes, strict=True)))
    assert [0] * 12 == values[28:]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("tanh", True), ("gelu", True), ("silu", True), ("cos", True), ("elu", False), ("relu", False),
     ("max(0,x)*tanh(x)", False), ("hard_tanh", False)],
)  # fmt: skip
def test_analytic_activations_are_told_from_those_with_breakpoints(name, expected):
    assert expected is is_analytic(activation(name))
