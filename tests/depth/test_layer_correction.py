"""The corrections of single layers, against the layers themselves and as invariants of one step."""

from __future__ import annotations

import pytest
from mpmath import mp, mpf, workdps
from sympy import S

from symntk.activations.catalogue import activation
from symntk.depth.layer_correction import LayerCorrections, layer_corrections
from symntk.depth.scaled import scaled_rate
from symntk.errors import DomainError
from tests.depth.scaled_iteration import (
    CASES,
    DEPTHS,
    DIGITS,
    STRENGTH,
    built,
    constant_at,
    kernel_constant,
    laurent,
    numeric,
)


@pytest.mark.parametrize("name", CASES)
def test_the_time_of_the_flow_counts_the_layers_up_to_one_over_the_depth(name: str) -> None:
    with workdps(30):
        first, second, third = (constant_at(name, layer) for layer in DEPTHS)
        assert mpf(7) < (second - first) / (third - second) < mpf(13)


@pytest.mark.parametrize("name", CASES)
def test_the_correction_of_the_layers_removes_that_error(name: str) -> None:
    with workdps(30):
        plain = [constant_at(name, layer) for layer in DEPTHS]
        better = [constant_at(name, layer, 1) for layer in DEPTHS]
        assert abs(better[2] - better[1]) < abs(plain[2] - plain[1]) / 40
        assert abs(better[1] - better[0]) < abs(plain[1] - plain[0]) / 10


@pytest.mark.parametrize("name", CASES)
def test_the_kernel_follows_the_flow_up_to_one_over_the_depth_and_logarithms(name: str) -> None:
    with workdps(30):
        first, second, third = (kernel_constant(name, layer) for layer in DEPTHS)
        assert mpf(4) < (second - first) / (third - second) < mpf(13)


@pytest.mark.parametrize("name", CASES)
def test_the_correction_of_the_layers_lessens_the_error_of_the_kernel(name: str) -> None:
    """Its series starts with a negative power of w ~ 1/log ℓ and is asymptotic, so that it gains less."""
    with workdps(30):
        plain = [kernel_constant(name, layer) for layer in DEPTHS]
        better = [kernel_constant(name, layer, 1) for layer in DEPTHS]
        assert abs(better[2] - better[1]) < abs(plain[2] - plain[1]) / 5


CLOSE = {"relu": "1e-3", "erf": "1e-4", "mixed": "1e-3"}


def drift(name: str, corrections: LayerCorrections, count: int, m: mpf) -> tuple[mpf, mpf]:
    """How much one layer of weight κ/m changes the two invariants, close to γ = 0 where the series are exact."""
    rate, kappa, w, kernel = built(name, CASES[name][2]), mpf(STRENGTH), mpf(CLOSE[name]), mpf(2)
    fall, mapped = laurent(rate, rate.flow.fall, mpf(1)), laurent(rate, rate.flow.mapped, mpf(1))
    power = rate.flow.gamma_power
    slope = laurent(rate, rate.flow.fall.derivative(), mpf(1))(w) / (power * w ** (power - 1))
    after = (w**power - kappa / m * fall(w)) ** (mpf(1) / power)
    kernel_after = kernel + kappa / m * (mapped(w) - slope * kernel)

    def invariants(w: mpf, kernel: mpf, m: mpf) -> tuple[mpf, mpf]:
        time, factor, rest = numeric(name).phi(w) - kappa * mp.log(m), numeric(name).slope(w), numeric(name).theta(w)
        for n in range(count):
            x = m ** (-n - 1)
            time += x * laurent(rate, corrections.time[n], mpf(1))(w)
            factor += x * laurent(rate, corrections.time_slopes[n], mpf(1))(w)
            rest += x * laurent(rate, corrections.kernel[n], mpf(1))(w)
        return time, factor * kernel - rest

    before = invariants(w, kernel, m - 1)
    now = invariants(after, kernel_after, m)
    return now[0] - before[0], now[1] - before[1]


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_one_layer_keeps_the_invariants_to_the_stated_order(name: str) -> None:
    rate = built(name, CASES[name][2])
    found = layer_corrections(rate, S(STRENGTH), 3)
    with workdps(DIGITS):
        for count in range(4):
            for first, second in zip(*(drift(name, found, count, mpf(10) ** e) for e in (7, 8)), strict=True):
                assert abs(first / second / mpf(10) ** (count + 2) - 1) < mpf("0.01")


def test_no_corrections_are_refused() -> None:
    with pytest.raises(DomainError, match="at least 1"):
        layer_corrections(scaled_rate(activation("relu"), 2), S(1), 0)
