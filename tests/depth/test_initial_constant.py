"""The initial constant of an orbit."""

from __future__ import annotations

import pytest
from mpmath import mp, mpf, workdps
from sympy import Rational, S, pi

from symntk.activations.catalogue import activation
from symntk.depth.certified_depth import certified_depth
from symntk.depth.initial_constant import initial_constants
from symntk.depth.parabolic import correlation_rate
from symntk.errors import DomainError
from tests.depth.iteration import DIGITS, constants, relu_map, value, walk


def test_one_layer_adds_one_to_the_constant() -> None:
    relu = activation("relu")
    first, second = (initial_constants(relu, c, bits=100).correlation for c in (S.Zero, 1 / pi))
    assert (second - first - 1).contains(0)
    assert (second - first - 1).rad() < 2**-95


def test_the_constant_is_the_one_read_off_far_down_the_orbit() -> None:
    with workdps(DIGITS):
        walked = walk(relu_map, mpf(3) / 10, 800)
        read = constants(correlation_rate(activation("relu"), 9), *walked, 800)
        found = initial_constants(activation("relu"), Rational(3, 10), bits=100)
        for ball, value_read, error in zip((found.correlation, found.kernel), read, (-15, -10), strict=True):
            assert abs(mpf(ball.mid().str(30, radius=False)) - value_read) < mpf(10) ** error


@pytest.mark.parametrize("name", ["relu", "leaky_relu(1/10)", "abs"])
@pytest.mark.parametrize("layers", [10**3, 10**4, 10**6, 10**12])
def test_the_truncated_series_meet_the_certified_values_at_their_order(name: str, layers: int) -> None:
    phi, rho = activation(name), Rational(3, 10)
    rate, exact = correlation_rate(phi, 3), certified_depth(phi, layers, rho, bits=300)
    balls = (initial_constants(phi, rho, bits=300).correlation, exact.gamma, exact.ntk_ratio)
    with workdps(80):
        constant, gamma, ratio = (mpf(ball.mid().str(80, radius=False)) for ball in balls)
        logs = mp.log(layers)
        errors = (
            abs(value(rate.gamma, layers, constant, mpf(0)) / gamma - 1),
            abs(value(rate.ntk, layers, constant, mpf(0)) / ratio - 1),
        )
        assert errors[0] < 2000 * (logs / layers) ** 3
        assert errors[1] < 200 * logs**2 / mpf(layers) ** 3


@pytest.mark.parametrize("rho", [S.One, S.NegativeOne, S(2)])
def test_a_correlation_without_an_orbit_is_refused(rho: Rational) -> None:
    with pytest.raises(DomainError, match="correlation"):
        initial_constants(activation("relu"), rho)


def test_a_place_off_the_edge_of_chaos_is_refused() -> None:
    with pytest.raises(DomainError, match="edge of chaos"):
        initial_constants(activation("tanh"), S.Zero, sigma_w=S(2), sigma_b=Rational(1, 5))
