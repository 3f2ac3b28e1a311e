"""The map near γ = 0 from its germ: full relative accuracy, agreement with the map itself, and how plans are made."""

from __future__ import annotations

from functools import lru_cache

import pytest
from flint import arb

from symntk.activations.catalogue import activation
from symntk.depth.certified_kink import kink_map
from symntk.depth.certified_pieces import closed_map
from symntk.depth.certified_shape import Shape, plan, shape, without_jump
from symntk.depth.validated import DeficitMap
from symntk.numbers.precision import working_precision

BITS = 60


@lru_cache
def made(name: str) -> Shape:
    wanted = plan(activation(name), BITS)
    with working_precision(wanted.precision):
        return shape(wanted, arb(3) / 4)


def direct(name: str) -> DeficitMap:
    """The closed form, evaluated with many more bits than it loses."""
    return kink_map(arb(1) / 2) if name == "relu" else closed_map(activation(name), arb(3) / 4)


NEAR = [arb(1) / 8, arb(1) / 50, arb(10) ** -3, arb(10) ** -5, arb(10) ** -20, arb(10) ** -40]


@pytest.mark.parametrize("gamma", NEAR, ids=lambda g: f"{float(g):.0e}")
@pytest.mark.parametrize("name", ["relu", "gelu", "hard_tanh"])
def test_the_map_keeps_its_relative_digits_at_every_distance(name, gamma):
    found = made(name)
    with working_precision(700):
        at = gamma.mid()
        truth, slope = direct(name).deficit(at), direct(name).slope(at)
    with working_precision(found.precision):
        value, rate = found.step.deficit(at), found.step.slope(at)
    assert value.overlaps(truth)
    assert rate.overlaps(slope)
    assert min(truth.rel_accuracy_bits(), slope.rel_accuracy_bits()) > 200
    assert value.rel_accuracy_bits() > BITS + 20
    assert rate.rel_accuracy_bits() > BITS + 20


@pytest.mark.parametrize("name", ["gelu", "hard_tanh"])
def test_what_bends_the_map_is_seen_however_near(name):
    found, at = made(name), arb(10) ** -15
    with working_precision(found.precision):
        bend = 1 - found.step.deficit(at.mid()) / at.mid()
        expected = -germ_rate(found) * found.germ.variable(at.mid()) ** found.germ.order * found.germ.power
    assert abs(bend / expected - 1) < 1e-6


def germ_rate(found: Shape) -> arb:
    return found.germ.series(3)[0][found.germ.order]


def test_balls_of_deficits_are_followed_across_the_border_of_the_germ():
    found = made("gelu")
    with working_precision(found.precision):
        wide = found.step.deficit(arb("0.05", "0.04"))
        for gamma in ("0.0101", "0.03", "0.05", "0.0899"):
            assert found.step.deficit(arb(gamma)) in wide or found.step.deficit(arb(gamma)).overlaps(wide)
        assert wide.rad() < 0.1


@pytest.mark.parametrize("name", ["relu", "tanh", "elu"])
def test_more_bits_take_more_terms_and_precision(name):
    low, high = plan(activation(name), 64), plan(activation(name), 256)
    assert low.terms < high.terms
    assert low.bits + 6 * low.terms < low.precision < high.precision
    assert without_jump(high).precision < high.precision
    assert (without_jump(high).bits, without_jump(high).terms) == (high.bits, high.terms)
    assert (low.weight is None) is (name != "relu")
