"""Limits of spectra in depth in the three phases, against certified spectra of deep networks."""

from __future__ import annotations

import pytest
from flint import arb
from sympy import Rational, S

from symntk.activations.catalogue import activation
from symntk.errors import DomainError
from symntk.spectra.depth_limit import depth_limit
from symntk.spectra.eigenvalues import network_spectrum
from symntk.spectra.zonal_kernel import Network


def net(name: str, layers: int = 1, kind: str = "ntk", **weights: object) -> Network:
    return Network(activation=activation(name), layers=layers, kind=kind, **weights)


@pytest.mark.parametrize("dim", [2, 6])
def test_in_the_ordered_phase_only_the_constant_survives(dim: int) -> None:
    weights = {"sigma_w": S.One, "sigma_b": S.One}
    limit = depth_limit(net("relu", **weights), dim)
    assert "ordered" == limit.phase
    assert limit.eigenvalue(0).overlaps(arb(2))
    for e in network_spectrum(net("relu", 60, **weights), dim=dim, degree=3, bits=20):
        assert abs(e.value - limit.eigenvalue(e.degree)) < 1e-8


@pytest.mark.slow
@pytest.mark.parametrize("dim", [3, 6])
def test_on_the_edge_a_quarter_of_a_layer_survives_in_the_constant(dim: int) -> None:
    limit = depth_limit(net("relu"), dim)
    assert limit.per_layer
    assert [arb("0.25"), 0] == [limit.eigenvalue(k) for k in (0, 1)]
    errors = [
        [abs(e.value / layers - limit.eigenvalue(e.degree)) for e in network_spectrum(
            net("relu", layers), dim=dim, degree=2, bits=20)]
        for layers in (100, 400)
    ]  # fmt: skip
    assert all(late < early / 2 and late < 0.02 for early, late in zip(*errors, strict=True))


def test_covariances_keep_the_fixed_correlation_alone() -> None:
    weights = {"sigma_w": S(2)}
    limit = depth_limit(net("abs", kind="nngp"), 3)
    assert [1, 0] == [limit.eigenvalue(k) for k in (0, 2)]
    odd = depth_limit(net("erf", kind="nngp", **weights), 2)
    assert ("chaotic", 0, 0) == (odd.phase, odd.eigenvalue(0), odd.eigenvalue(1))


def chaotic(layers: int) -> Network:
    return net("sin", layers, sigma_w=S(2), sigma_b=Rational(1, 2))


@pytest.mark.slow
def test_in_the_chaotic_phase_every_eigenvalue_survives_in_dimension_three() -> None:
    limit = depth_limit(chaotic(1), 3)
    assert "chaotic" == limit.phase
    assert limit.eigenvalue(1) > 0
    assert limit.eigenvalue(1).overlaps(limit.eigenvalue(7))
    for e in network_spectrum(chaotic(24), dim=3, degree=3, bits=20):
        assert abs(e.value / limit.eigenvalue(e.degree) - 1) < 1e-2


@pytest.mark.slow
def test_odd_networks_without_bias_leave_both_poles_to_odd_degrees() -> None:
    weights = {"sigma_w": S(2)}
    limit = depth_limit(net("sin", **weights), 3)
    assert [0, 0] == [limit.eigenvalue(k) for k in (0, 2)]
    values = network_spectrum(net("sin", 24, **weights), dim=3, degree=3, bits=20)
    for k in (1, 3):
        assert abs(values[k].value / limit.eigenvalue(k) - 1) < 1e-2


@pytest.mark.slow
def test_on_the_circle_chaotic_eigenvalues_grow_and_from_dimension_four_on_they_fade() -> None:
    circle, four = (depth_limit(chaotic(1), dim) for dim in (2, 4))
    assert circle.eigenvalue(3) == arb.pos_inf()
    assert 0 == four.eigenvalue(3)
    assert four.eigenvalue(0) > 0
    for dim, grows in ((2, True), (4, False)):
        early, late = (network_spectrum(chaotic(n), dim=dim, degree=2, bits=20)[2].value for n in (16, 24))
        assert (late > 2 * early) if grows else (late < early / 2)


def test_linear_activations_and_odd_edges_have_no_such_limit() -> None:
    with pytest.raises(DomainError, match="it is linear"):
        depth_limit(net("identity"), 3)
