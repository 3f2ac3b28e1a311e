"""Jacobian and shrinkage bounds: between the value and the printed bound, and equal where the proof says so."""

from __future__ import annotations

import mpmath
import pytest
import sympy
from flint import arb
from sympy import Rational, S, Symbol

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.bounds.correlation_range import walked
from symntk.bounds.jacobian import jacobian_bounds, uniform_bound
from symntk.bounds.normalised_layer import (
    NormalisedLayer,
    critical,
    embedding,
    linearisation_error,
    normalised,
    residual,
)
from symntk.bounds.shrinkage import shrinkage_bounds
from symntk.depth.certified_depth import certified_depth
from symntk.depth.validated import DeficitMap
from symntk.errors import DomainError
from symntk.notation import X
from symntk.numbers.ball import enclose

QUADRATIC = Activation(name="x + x**2", expression=X + X**2)
NETWORKS = {
    "critical relu": critical(activation("relu")),
    "critical leaky relu": critical(activation("leaky_relu(1/2)")),
    "critical erf": critical(activation("erf")),
    "chaotic erf": normalised(activation("erf"), S(1), S(0)),
    "ordered erf": normalised(activation("erf"), S(1), S(1)),
    "critical sin": critical(activation("sin")),
    "gelu": normalised(activation("gelu"), S(1), Rational(1, 2)),
    "residual relu": residual(activation("relu"), Rational(1, 2)),
    "residual erf": residual(activation("erf"), S(1)),
    "quadratic": normalised(QUADRATIC, S(1), S(1)),
}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("depth", [1, 10, 100])
def test_the_bounds_are_ordered_printed_uniform_layerwise_value(name: str, depth: int):
    found = jacobian_bounds([NETWORKS[name]] * depth)
    slightly = 1 + arb("1e-12")
    assert found.printed.lower() < found.uniform.upper()
    assert found.uniform.lower() < found.layerwise * slightly
    assert found.layerwise < found.value * slightly


@pytest.mark.parametrize("name", ["critical relu", "critical leaky relu", "critical erf"])
def test_at_a_hundred_layers_the_sharp_bounds_gain_a_factor_of_ten_and_more(name: str):
    found = jacobian_bounds([NETWORKS[name]] * 100)
    assert found.uniform > 10 * found.printed
    assert found.layerwise > 50 * found.printed
    assert found.slack(found.layerwise) < 100


def test_in_a_chaotic_network_the_sharp_bound_grows_exponentially_and_the_printed_one_linearly():
    ten, hundred = (jacobian_bounds([NETWORKS["chaotic erf"]] * depth) for depth in (10, 100))
    assert (hundred.printed / ten.printed).contains(10)
    assert hundred.uniform / ten.uniform > 500


@pytest.mark.parametrize("depth", [1, 3, 30])
def test_the_layerwise_bound_is_the_value_for_quadratic_activations(depth: int):
    quadratic = normalised(Activation(name="q", expression=X**2 + X / 2 + 1), S(1), Rational(1, 3))
    found = jacobian_bounds([quadratic] * depth)
    assert found.layerwise.overlaps(found.value)
    assert found.layerwise.rel_accuracy_bits() > 40


def test_the_layerwise_bound_is_not_the_value_for_a_cubic_activation():
    found = jacobian_bounds([normalised(Activation(name="c", expression=X**3 + X), S(1), S(0))] * 2)
    assert found.layerwise < found.value


def test_the_uniform_bound_is_attained_by_a_quadratic_network_that_stays_at_one_correlation():
    start, depth = Rational(1, 2), 8
    first = NormalisedLayer(activation=activation("identity"), slope=start, share=S.One)
    square = Activation(name="x**2 - 1 + 2x", expression=X**2 - 1 + 2 * X)
    ratio = linearisation_error(square) / (linearisation_error(square) * 2 + 4)
    still = NormalisedLayer(activation=square, slope=1 / (1 - start * ratio), share=S.One)
    found = jacobian_bounds([first, *[still] * depth])
    assert all(deficit.overlaps(arb("0.5")) for deficit in found.deficits)
    exact = uniform_bound(arb("0.5"), [arb(0), *[enclose(ratio)] * depth])
    assert exact.overlaps(found.value)
    assert exact.overlaps(found.layerwise)


def test_every_coefficient_of_the_proof_is_at_least_the_second_one():
    delta, k = Symbol("delta", positive=True), Symbol("k", integer=True, positive=True)

    def coefficient(n: sympy.Expr) -> sympy.Expr:
        return n * delta - 1 + (1 - delta) ** n

    assert sympy.expand(coefficient(S(2)) - delta**2) == 0
    step = coefficient(k + 1) - coefficient(k) - delta * (1 - (1 - delta) ** k)
    assert sympy.simplify(sympy.expand(sympy.powsimp(sympy.expand(step)))) == 0


def test_slopes_and_deficits_of_relu_are_those_of_the_arc_cosine_kernel():
    found = jacobian_bounds([NETWORKS["critical relu"]] * 3)
    with mpmath.workdps(40):
        rho = mpmath.mpf(0)
        for deficit in found.deficits:
            rho = (mpmath.sqrt(1 - rho**2) + rho * (mpmath.pi - mpmath.acos(rho))) / mpmath.pi
            assert abs(1 - rho - mpmath.mpf(deficit.mid().str(30, radius=False))) < mpmath.mpf("1e-17")


def test_deficits_agree_with_certified_depth():
    found = jacobian_bounds([NETWORKS["critical relu"]] * 100)
    assert certified_depth(activation("relu"), 101, 0).gamma.overlaps(found.deficits[-1])


def test_the_least_correlation_is_found_where_a_map_turns_round():
    square = Activation(name="x + x**2", expression=X + X**2)
    layer = normalised(square, S(1), S(0))
    # P = (ρ + 1 + 2ρ²)/4 is least at ρ = −1/4, where it is 7/32.
    (widest,) = walked([layer], 64).widest
    assert widest.contains(arb(25) / 32)
    assert widest.rad() < 0.01


class Vague:
    """A layer whose slopes are unknown, so that only 1 − m ≤ 2δ is left."""

    increasing = False

    def deficit_map(self, bits: int) -> DeficitMap:
        return DeficitMap(deficit=lambda x: x / 2 if x.is_exact() else arb.nan(), slope=lambda _: arb.nan())


def test_without_slopes_the_least_correlation_is_between_its_general_bounds():
    (widest,) = walked([Vague()], 64).widest
    assert [True, True] == [widest.contains(0.5), widest.contains(1)]


def test_the_opposite_pair_is_the_farthest_for_an_odd_activation():
    assert walked([NETWORKS["chaotic erf"]] * 4, 64).spread.overlaps(arb(2))


@pytest.mark.parametrize("name", NETWORKS)
def test_deficits_stay_below_the_sharp_shrinkage_bounds(name: str):
    found = shrinkage_bounds([NETWORKS[name]] * 60)
    pairs = zip(found.deficits, found.deficit_bounds, strict=True)
    assert all(deficit < bound * (1 + arb("1e-12")) for deficit, bound in pairs)
    assert found.spread.lower() < found.sharp * (1 + arb("1e-12"))


@pytest.mark.slow
def test_critical_shrinkage_is_of_the_order_of_the_depth_and_not_of_its_root():
    short, long = (shrinkage_bounds([NETWORKS["critical erf"]] * depth) for depth in (40, 160))
    assert 3 < short.sharp / long.sharp < 4
    assert (short.printed / long.printed).overlaps(arb(2))
    assert long.slack(long.sharp) < 12 < long.slack(long.printed)


def test_linear_layers_have_no_excess_and_change_no_bound():
    plain, led = (jacobian_bounds([*lead, NETWORKS["critical erf"]]) for lead in ([], [embedding()]))
    assert plain.layerwise.overlaps(led.layerwise)
    assert plain.uniform.overlaps(led.uniform)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: jacobian_bounds([]), "it has no layers"),
        (lambda: normalised(activation("relu"), S(0), S(1)), "take sigma_w > 0"),
        (lambda: normalised(activation("step"), S(1), S(0)), "as φ jumps"),
        (lambda: critical(Activation(name="x + 5", expression=X + 5)), "no bias makes"),
        (lambda: residual(activation("relu"), S(-1)), "at least 0"),
    ],
)
def test_networks_that_have_no_bounds_are_refused_in_one_line(call, message: str):
    with pytest.raises(DomainError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
