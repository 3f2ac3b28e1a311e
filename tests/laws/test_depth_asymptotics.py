"""Law: on every edge of chaos the orbit meets its truncated expansions within the proved remainders."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice

import pytest
from flint import arb
from sympy import Expr, Rational, S

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.architectures.fully_connected import FullyConnected
from symntk.depth.certified_depth import certified_depth
from symntk.depth.certified_place import place_of
from symntk.depth.certified_shape import plan, shape
from symntk.depth.edge_rate import EdgeRate, rate_on_edge
from symntk.depth.rate_remainder import RateRemainders, rate_remainders
from symntk.depth.transseries import Transseries
from symntk.depth.validated import Pair, orbit
from symntk.numbers.precision import working_precision

RHO, BIAS = Rational(3, 10), Rational(1, 5)
BITS = 200
HOMOGENEOUS = ["relu", "leaky_relu", "leaky_relu(-1/2)", "abs"]
QUICK = ["erf", "sin", "elu"]
SMOOTH = ["gelu", "tanh", "silu", "arctan", "cos", "gaussian", "normal_cdf", "rbf", "exp", "hermite(3)"]
SLOW = [*SMOOTH, "polynomial(0,1,1)", "selu", "hard_tanh", "relu6", "shifted_relu", "celu(2)"]
PLACES = [
    *[pytest.param(name, S.Zero, id=name) for name in HOMOGENEOUS],
    *[pytest.param(name, BIAS, id=name) for name in QUICK],
    *[pytest.param(name, BIAS, id=name, marks=pytest.mark.slow) for name in SLOW],
]
DEEP = [(name, bias) for name, bias in (("relu", S.Zero), ("erf", BIAS), ("tanh", BIAS), ("elu", BIAS), ("selu", BIAS))]


@lru_cache
def known(name: str, bias: Expr, order: int) -> tuple[EdgeRate, RateRemainders]:
    phi = activation(name)
    rate = rate_on_edge(phi, FullyConnected(), order, bias, bits=BITS)
    return rate, rate_remainders(phi, RHO, order, sigma_b=bias, bits=BITS)


def truncated(rate: EdgeRate, series: Transseries, layers: int, rest: RateRemainders) -> arb:
    """The expansion at one depth, with the certified C and D."""
    total, depth = arb(0), arb(layers)
    for term in series.terms:
        i, j = term.constant_powers
        scale = depth ** (arb(int(term.power.p)) / int(term.power.q)) * depth.log() ** term.log_power
        constants = rest.constants.correlation**i * rest.constants.kernel**j
        total += rate.rate.ball(term.coefficient, BITS) * scale * constants
    return total


def differences(name: str, bias: Expr, order: int, pair: Pair) -> tuple[arb, arb]:
    """What the expansions of γ_ℓ and of K^ℓ/(ℓq) leave out at one layer."""
    rate, rest = known(name, bias, order)
    gamma = pair.gamma - truncated(rate, rate.rate.gamma, pair.layer, rest)
    ntk = pair.kernel / pair.layer - truncated(rate, rate.rate.ntk, pair.layer, rest)
    return gamma, ntk


def assert_within(name: str, bias: Expr, order: int, pair: Pair) -> None:
    _, rest = known(name, bias, order)
    for difference, bound in zip(differences(name, bias, order, pair), (rest.gamma, rest.ntk), strict=True):
        assert abs(difference) < bound.at(pair.layer)


def walked(phi: Activation, bias: Expr, layers: list[int]) -> list[Pair]:
    """Direct validated iteration, without a jump."""
    wanted = plan(phi, 96)
    found = shape(wanted, place_of(wanted, None, bias, 0).q)
    with working_precision(wanted.bits + 96):
        path = orbit(found.step, arb(7) / 10)
        return [pair for pair in islice(path, max(layers)) if pair.layer in layers]


@lru_cache
def at_depth(name: str, bias: Expr, layers: int) -> Pair:
    value = certified_depth(activation(name), layers, RHO, sigma_b=bias, bits=BITS)
    return Pair(layer=layers, gamma=value.gamma, kernel=value.ntk_ratio * layers)


@pytest.mark.parametrize(("name", "bias"), PLACES)
def test_direct_iteration_lies_within_the_proved_remainders(name: str, bias: Expr) -> None:
    with working_precision(BITS):
        first = known(name, bias, 2)[1].gamma.start
        for pair in walked(activation(name), bias, [first, 10_000]):
            assert_within(name, bias, 2, pair)


@pytest.mark.parametrize(("name", "bias"), PLACES)
def test_the_difference_shrinks_at_the_order_of_the_first_omitted_terms(name: str, bias: Expr) -> None:
    with working_precision(BITS):
        rate, rest = known(name, bias, 2)
        longer, exact = known(name, bias, 3)
        for which in ("gamma", "ntk"):
            if len(getattr(rate.rate, which).terms) == len(getattr(longer.rate, which).terms):
                continue
            for layers in (10**8, 10**12):
                pair = at_depth(name, bias, layers)
                value = pair.gamma if which == "gamma" else pair.kernel / layers
                short = truncated(rate, getattr(rate.rate, which), layers, rest)
                long = truncated(longer, getattr(longer.rate, which), layers, exact)
                assert abs((value - short) / (long - short) - 1) < arb(layers) ** (arb(-1) / 4)


@pytest.mark.parametrize(("name", "bias"), [("relu", S.Zero), ("erf", BIAS), ("elu", BIAS)])
def test_a_changed_coefficient_leaves_the_proved_remainder(name: str, bias: Expr) -> None:
    with working_precision(BITS):
        rate, rest = known(name, bias, 2)
        pair = at_depth(name, bias, 10**40)
        for series, bound in ((rate.rate.gamma, rest.gamma), (rate.rate.ntk, rest.ntk)):
            value = pair.gamma if series is rate.rate.gamma else pair.kernel / pair.layer
            for term in series.terms:
                alone = truncated(rate, Transseries(terms=(term,), remainder=series.remainder), pair.layer, rest)
                wrong = truncated(rate, series, pair.layer, rest) + alone / 1000
                assert not abs(value - wrong) < bound.at(pair.layer)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "bias"), DEEP)
def test_a_million_layers_of_direct_iteration_stay_within_the_proved_remainders(name: str, bias: Expr) -> None:
    with working_precision(BITS):
        depths = sorted({known(name, bias, 3)[1].gamma.start, 10_000, 1_000_000})
        for pair in walked(activation(name), bias, depths):
            assert_within(name, bias, 3, pair)
            assert pair.gamma.overlaps(at_depth(name, bias, pair.layer).gamma)
