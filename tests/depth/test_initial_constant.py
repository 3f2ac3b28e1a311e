"""The initial constant of an orbit."""

from __future__ import annotations

import pytest
from mpmath import mp, mpf, workdps
from sympy import Rational, S, pi

from symntk.activations.catalogue import activation
from symntk.depth.certified_depth import certified_depth
from symntk.depth.initial_constant import initial_constant
from symntk.depth.parabolic import correlation_rate
from symntk.errors import DomainError, NoClosedFormError
from tests.depth.iteration import DIGITS, constants, relu_map, value, walk


def test_one_layer_adds_one_to_the_constant() -> None:
    relu = activation("relu")
    first, second = initial_constant(relu, S.Zero, bits=100), initial_constant(relu, 1 / pi, bits=100)
    assert (second - first - 1).contains(0)
    assert (second - first - 1).rad() < 2**-95


def test_the_constant_is_the_one_read_off_far_down_the_orbit() -> None:
    with workdps(DIGITS):
        walked = walk(relu_map, mpf(3) / 10, 800)
        read, _ = constants(correlation_rate(activation("relu"), 9), *walked, 800)
        found = mpf(initial_constant(activation("relu"), Rational(3, 10), bits=100).mid().str(30, radius=False))
        assert abs(found - read) < mpf(10) ** -15


@pytest.mark.parametrize("name", ["relu", "leaky_relu(1/10)", "abs"])
@pytest.mark.parametrize("layers", [10**3, 10**4, 10**6, 10**12])
def test_the_truncated_series_meet_the_certified_values_at_their_order(name: str, layers: int) -> None:
    phi, rho = activation(name), Rational(3, 10)
    rate, exact = correlation_rate(phi, 3), certified_depth(phi, layers, rho, bits=300)
    balls = (initial_constant(phi, rho, bits=300), exact.gamma, exact.ntk_ratio)
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
        initial_constant(activation("relu"), rho)


def test_a_smooth_activation_is_refused() -> None:
    with pytest.raises(NoClosedFormError, match="--rho"):
        initial_constant(activation("tanh"), S.Zero)
