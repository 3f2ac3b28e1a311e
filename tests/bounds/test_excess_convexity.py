"""Excess convexity: exact values, the eight properties on certified curves, and refusals."""

from __future__ import annotations

import mpmath
import pytest
import sympy
from flint import arb
from sympy import Rational, S

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.bounds.excess_convexity import (
    composed,
    cropped,
    cropping_bound,
    distance_bound,
    excess_convexity,
    mixed_bound,
    network_excess,
    printed_cropping_bound,
    steepness_bound,
    superadditive,
    upper_curve,
)
from symntk.bounds.normalised_layer import critical, normalised, residual
from symntk.depth.validated import DeficitMap
from symntk.errors import DomainError, UndecidedError
from symntk.notation import X
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

LAYERS = [
    critical(activation("relu")), critical(activation("erf")), normalised(activation("erf"), S(1), S(0)),
    normalised(activation("gelu"), S(1), S(1)), residual(activation("sin"), S(2)),
]  # fmt: skip
DEFICITS = (arb(1), arb("0.5"), arb("0.03"))


def power(n: int) -> DeficitMap:
    """1 − tⁿ in τ = 1 − t."""
    return DeficitMap(deficit=lambda x: 1 - (1 - x) ** n, slope=lambda x: n * (1 - x) ** (n - 1))


def mixed(share: arb, curve: DeficitMap) -> DeficitMap:
    """(1 − q)·id + q·g."""
    return DeficitMap(
        deficit=lambda x: (1 - share) * x + share * curve.deficit(x),
        slope=lambda x: 1 - share + share * curve.slope(x),
    )


def curves() -> list[DeficitMap]:
    with working_precision(256):
        found = [cropped(layer.deficit_map(192), delta) for layer in LAYERS for delta in DEFICITS]
    return [*found, power(2), power(5)]


CURVES = curves()
EXCESS = [excess_convexity(curve) for curve in CURVES]


@pytest.mark.parametrize(("n", "exact"), [(1, S(0)), (2, (sympy.sqrt(5) - 1) / 2)])
def test_powers_of_low_degree_have_their_exact_excess(n: int, exact: sympy.Expr):
    assert excess_convexity(power(n), bits=100).overlaps(enclose(exact, bits=200))


@pytest.mark.parametrize("n", [3, 7, 40])
def test_the_excess_of_a_power_is_the_root_that_plain_digits_find(n: int):
    with mpmath.workdps(40):
        root = mpmath.findroot(lambda t: (1 - t) ** n - t, (0.001, 0.5), solver="anderson")
        plain = 1 / root - 2
    assert abs(float(excess_convexity(power(n))) - float(plain)) < 1e-12 * float(plain)


def test_excess_is_never_negative_and_zero_only_for_the_identity():
    assert excess_convexity(power(1)).contains(0)
    assert all(value > 0 for value in EXCESS)


@pytest.mark.parametrize("index", range(len(CURVES)))
def test_the_curve_stays_below_its_bound_close_to_the_diagonal_and_steep_at_the_end(index: int):
    curve, value = CURVES[index], EXCESS[index]
    with working_precision(192):
        for k in range(1, 16):
            t = arb(k) / 16
            height = 1 - curve.deficit(1 - t)
            assert height < upper_curve(value.upper(), t) + arb("1e-15")
            assert t - height < distance_bound(value.upper()) + arb("1e-15")
        assert curve.slope(arb("1e-30")) > steepness_bound(value) - arb("1e-12")


@pytest.mark.parametrize("first", range(0, len(CURVES), 3))
@pytest.mark.parametrize("second", range(1, len(CURVES), 4))
def test_excess_is_superadditive_under_composition(first: int, second: int):
    with working_precision(256):
        both = excess_convexity(composed([CURVES[first], CURVES[second]]), bits=60)
    assert both > superadditive(EXCESS[first], EXCESS[second])


def test_superadditivity_has_no_slack_left_for_a_factor_above_one():
    near = [mixed(arb(2) ** -k, power(2)) for k in (4, 8, 12)]
    quotients = [
        excess_convexity(composed([curve, curve]), bits=100) / (2 * excess_convexity(curve, bits=100)) for curve in near
    ]
    assert quotients[0] > quotients[1] > quotients[2] > 1
    assert quotients[2] < 1.001


@pytest.mark.parametrize("share", ["0.01", "0.3", "0.9"])
@pytest.mark.parametrize("index", [0, 4, 8, 15, 16])
def test_mixing_with_the_identity_keeps_what_property_eight_says(share: str, index: int):
    q = arb(share)
    assert excess_convexity(mixed(q, CURVES[index])) > mixed_bound(EXCESS[index], q)


def test_mixing_does_not_keep_the_share_times_the_excess():
    q = arb("0.5")
    assert excess_convexity(mixed(q, power(10))) < q * excess_convexity(power(10))


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("delta", [Rational(1), Rational(1, 2), Rational(1, 50)])
def test_cropping_leaves_at_least_the_sharper_and_the_printed_excess(layer, delta: sympy.Expr):
    with working_precision(192):
        wide = enclose(delta, bits=192)
        step = layer.deficit_map(128)
        powers = enclose(layer.slope * layer.ratio, bits=128)
        weight = wide**2 * powers / step.deficit(wide)
        found = excess_convexity(cropped(step, wide))
    assert printed_cropping_bound(weight) < cropping_bound(weight) < found


def test_the_sharper_cropping_bound_is_attained_by_a_square():
    with working_precision(192):
        assert cropping_bound(arb(1)).overlaps(excess_convexity(power(2), bits=100))


def test_the_excess_of_a_network_exceeds_the_sum_of_its_cropped_layers():
    layer, depth = LAYERS[1], 20
    with working_precision(256):
        step, delta, total = layer.deficit_map(192), arb(1), arb(0)
        for _ in range(depth):
            total += excess_convexity(cropped(step, delta))
            delta = step.deficit(delta)
    assert network_excess([layer] * depth) > total


def test_a_curve_known_too_coarsely_is_refused_in_one_line():
    vague = DeficitMap(deficit=lambda x: x * (2 - x) + arb(0, 0.3), slope=lambda x: 2 - 2 * x)
    with pytest.raises(UndecidedError, match="not known well enough") as caught:
        excess_convexity(vague)
    assert "\n" not in str(caught.value)


def test_a_network_without_layers_is_refused():
    with pytest.raises(DomainError, match="at least one"):
        network_excess([])


def test_a_quadratic_layer_has_the_exact_excess_of_its_map():
    layer = normalised(Activation(name="x**2 - 1", expression=X**2 - 1), S(1), S(0))
    assert network_excess([layer]).overlaps(enclose((sympy.sqrt(5) - 1) / 2))
