"""Mercer's sum at ρ = 1 with its certified tail."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flint import arb

from symntk.activations.catalogue import activation
from symntk.errors import UndecidedError
from symntk.spectra.eigenvalues import network_spectrum, zonal_eigenvalues
from symntk.spectra.gegenbauer import multiplicity
from symntk.spectra.mercer import mercer_sum, tail_bound
from symntk.spectra.zonal_kernel import Network, ZonalKernel, network_kernel


@pytest.mark.parametrize("dim", [2, 3, 5])
@pytest.mark.parametrize("kind", ["ntk", "nngp"])
def test_sum_and_tail_enclose_the_kernel_at_one(dim: int, kind: str) -> None:
    net = Network(activation=activation("relu"), layers=3, kind=kind)
    found = mercer_sum(network_kernel(net, 50), network_spectrum(net, dim=dim, degree=24, bits=30), dim)
    assert found.consistent
    assert found.partial < found.top < found.partial + found.tail
    assert found.tail < found.top / 4


def test_a_wrong_eigenvalue_is_noticed() -> None:
    net = Network(activation=activation("relu"), layers=3, kind="nngp")
    values = network_spectrum(net, dim=3, degree=24, bits=30)
    kernel = network_kernel(net, 50)
    for factor in (arb("0.9"), arb("1.01")):
        wrong = (replace(values[0], value=values[0].value * factor), *values[1:])
        assert not mercer_sum(kernel, wrong, 3).consistent


@pytest.mark.parametrize("dim", [2, 3, 7])
@pytest.mark.parametrize("last", [6, 20])
def test_tail_bound_holds_for_single_powers(dim: int, last: int) -> None:
    for power in (last + 1, last + 2, 3 * last):
        kernel = ZonalKernel(value=lambda gamma, n=power: (1 - gamma) ** n, top=arb(1))
        values = zonal_eigenvalues(kernel, dim, last, 60)
        rest = 1 - sum((multiplicity(dim, k) * v for k, v in enumerate(values)), arb(0))
        assert rest < tail_bound(kernel, dim, last)


def test_the_tail_falls_like_the_inverse_degree_for_the_relu_ntk() -> None:
    kernel = network_kernel(Network(activation=activation("relu"), layers=3), 50)
    quotient = tail_bound(kernel, 3, 400) / tail_bound(kernel, 3, 800)
    assert arb("1.8") < quotient < arb("2.2")


def test_a_kernel_without_finite_values_has_no_bound() -> None:
    kernel = ZonalKernel(value=lambda gamma: arb.nan(), top=arb(1))
    with pytest.raises(UndecidedError, match="no cap bounds it"):
        tail_bound(kernel, 3, 10)
