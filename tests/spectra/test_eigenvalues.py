"""Spectra of networks against mpmath quadrature of an independently iterated kernel."""

from __future__ import annotations

from collections.abc import Callable

import mpmath
import pytest
from sympy import Rational, S

from symntk.activations.catalogue import activation
from symntk.errors import DomainError
from symntk.spectra.eigenvalues import network_spectrum
from symntk.spectra.zonal_kernel import MOST_LAYERS, Network


def relu_map(c: mpmath.mpf) -> mpmath.mpf:
    return (mpmath.sqrt(1 - c * c) + c * (mpmath.pi - mpmath.acos(c))) / mpmath.pi


def relu_slope(c: mpmath.mpf) -> mpmath.mpf:
    return 1 - mpmath.acos(c) / mpmath.pi


def relu_kernel(layers: int, ntk: bool, chi: float = 1) -> Callable[[mpmath.mpf], mpmath.mpf]:
    """K^L/q or c^L with biases: f = 1 − χ + χ·f₀ and c¹ = 1 − χ + χρ."""

    def kernel(rho: mpmath.mpf) -> mpmath.mpf:
        c = rho if chi == 1 else 1 - chi + chi * rho
        k = c
        for _ in range(layers - 1):
            slope, c = chi * relu_slope(c), (0 if chi == 1 else 1 - chi) + chi * relu_map(c)
            k = slope * k + c
        return k if ntk else c

    return kernel


def reference(kernel: Callable[[mpmath.mpf], mpmath.mpf], dim: int, k: int) -> mpmath.mpf:
    def harmonic(t: mpmath.mpf) -> mpmath.mpf:
        if dim == 2:
            return mpmath.cos(k * t)
        half = mpmath.mpf(dim - 2) / 2
        return mpmath.gegenbauer(k, half, mpmath.cos(t)) / mpmath.gegenbauer(k, half, 1)

    def density(t: mpmath.mpf) -> mpmath.mpf:
        return mpmath.sin(t) ** (dim - 2)

    cuts = [0, mpmath.pi / 4, mpmath.pi / 2, 3 * mpmath.pi / 4, mpmath.pi]
    whole = mpmath.quad(density, cuts)
    return mpmath.quad(lambda t: kernel(mpmath.cos(t)) * harmonic(t) * density(t), cuts) / whole


@pytest.mark.parametrize("dim", [2, 3, 5])
@pytest.mark.parametrize(("layers", "kind"), [(3, "ntk"), (4, "nngp")])
def test_relu_without_bias_agrees_with_plain_quadrature(dim: int, layers: int, kind: str) -> None:
    net = Network(activation=activation("relu"), layers=layers, kind=kind)
    kernel = relu_kernel(layers, kind == "ntk")
    for e in network_spectrum(net, dim=dim, degree=3, bits=40):
        assert abs(float(e.value) - reference(kernel, dim, e.degree)) < 1e-9


@pytest.mark.parametrize("dim", [2, 3])
def test_relu_with_bias_starts_from_the_affine_first_layer(dim: int) -> None:
    net = Network(activation=activation("relu"), layers=3, sigma_w=S.One, sigma_b=S(2))
    for e in network_spectrum(net, dim=dim, degree=3, bits=40):
        assert abs(float(e.value) - reference(relu_kernel(3, True, 0.5), dim, e.degree)) < 1e-9


def test_odd_activations_without_bias_have_no_even_eigenvalues() -> None:
    values = network_spectrum(Network(activation=activation("erf"), layers=3, sigma_w=S(2)), dim=3, degree=4, bits=30)
    assert all(e.value == 0 for e in values if e.degree % 2 == 0)
    assert all(e.value > 0 for e in values if e.degree % 2)


def test_even_activations_have_no_odd_eigenvalues_from_the_second_layer_on() -> None:
    net = Network(activation=activation("abs"), layers=3)
    values = network_spectrum(net, dim=3, degree=5, bits=30)
    assert [e.value == 0 for e in values] == [k % 2 == 1 for k in range(6)]
    first = network_spectrum(Network(activation=activation("abs"), layers=1), dim=3, degree=2, bits=30)
    assert [0, 1, 0] == [round(3 * float(e.value), 12) for e in first]


def test_eigenvalues_are_relatively_accurate_where_they_are_tiny() -> None:
    found = network_spectrum(Network(activation=activation("relu"), layers=3), dim=60, degree=6, bits=50)
    assert all(e.value.rel_accuracy_bits() >= 50 for e in found)
    assert found[6].value < 1e-9


def test_in_high_dimension_the_energy_of_a_degree_is_its_taylor_coefficient() -> None:
    # N(d, k)·μ_k → [ρ^k] κ as d → ∞; for relu c² = 1/π + ρ/2 + ρ²/(2π) + ….
    net = Network(activation=activation("relu"), layers=2, kind="nngp")
    energies = [e.multiplicity * float(e.value) for e in network_spectrum(net, dim=3000, degree=2, bits=40)]
    for expected, actual in zip([0.3183098862, 0.5, 0.1591549431], energies, strict=True):
        assert abs(expected - actual) < 2e-3 * expected


@pytest.mark.parametrize("layers", [0, MOST_LAYERS + 1])
def test_a_number_of_layers_out_of_range_is_refused(layers: int) -> None:
    with pytest.raises(DomainError, match="take a number from 1"):
        Network(activation=activation("relu"), layers=layers)


def test_weights_that_vanish_are_refused() -> None:
    net = Network(activation=activation("relu"), layers=2, sigma_w=S.Zero, sigma_b=Rational(1, 2))
    with pytest.raises(DomainError, match="take σ_w > 0"):
        network_spectrum(net, dim=3, degree=2, bits=30)
