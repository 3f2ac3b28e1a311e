"""Decay laws from endpoint expansions, against certified eigenvalues of high degree and exact eigenvalues."""

from __future__ import annotations

import pytest
from flint import arb
from sympy import Rational, S, gamma, pi, sqrt

from symntk.activations.catalogue import activation
from symntk.errors import NoClosedFormError
from symntk.numbers.ball import enclose
from symntk.spectra.closed_eigenvalues import exact_network_eigenvalues
from symntk.spectra.decay import asymptotic_eigenvalue, decay, endpoint_eigenvalue
from symntk.spectra.eigenvalues import network_spectrum
from symntk.spectra.endpoint_terms import endpoint_terms
from symntk.spectra.gegenbauer import monomial_moment
from symntk.spectra.zonal_kernel import Network


def relu(layers: int, kind: str = "ntk", **weights: object) -> Network:
    return Network(activation=activation("relu"), layers=layers, kind=kind, **weights)


@pytest.mark.parametrize("dim", [2, 3, 5])
@pytest.mark.parametrize(("kind", "power"), [("ntk", 0), ("nngp", 2)])
def test_relu_decays_like_the_dimension_and_two_powers_faster_for_the_nngp(dim: int, kind: str, power: int) -> None:
    for layers in (2, 3):
        assert dim + power == decay(relu(layers, kind), dim).even.exponent


def test_odd_eigenvalues_of_two_relu_layers_have_no_law_and_vanish() -> None:
    law = decay(relu(2), 3)
    assert law.odd is None
    exact = exact_network_eigenvalues(relu(2), 3, 11)
    assert exact is not None
    assert {S.Zero} == set(exact[3::2])


def test_two_relu_layers_on_the_sphere_have_constant_one_over_pi() -> None:
    assert (3, 1 / pi) == (decay(relu(2), 3).even.exponent, decay(relu(2), 3).even.constant)


@pytest.mark.parametrize("dim", [2, 3, 4])
@pytest.mark.parametrize("layers", [2, 3, 5])
def test_expanded_eigenvalues_approach_the_certified_ones(dim: int, layers: int) -> None:
    law, values = decay(relu(layers), dim), network_spectrum(relu(layers), dim=dim, degree=61, bits=30)
    for k in (60, 61):
        if layers > 2 or k == 60:
            quotient = values[k].value / enclose(asymptotic_eigenvalue(law, k), bits=60)
            assert abs(quotient - 1) < 1e-5


def test_leading_laws_are_met_up_to_the_square_of_the_degree() -> None:
    # Γ(k − ν)/Γ(k + ν + d − 1) = (k + (d − 2)/2)^{−(2ν + d − 1)}·(1 + O(k⁻²)).
    law, values = decay(relu(3), 3), network_spectrum(relu(3), dim=3, degree=201, bits=30)
    for k, power in ((200, law.even), (201, law.odd)):
        leading = enclose(power.constant, bits=60) * (arb(k) + 0.5) ** (-int(power.exponent))
        assert abs(values[k].value / leading - 1) < 1e-3


def test_a_bias_removes_the_parity_effect() -> None:
    law = decay(relu(3, sigma_w=S.One, sigma_b=S.One), 3)
    assert law.even == law.odd
    assert (sqrt(2) + 3) / (16 * pi) == law.even.constant


def test_even_activations_lose_the_odd_degrees() -> None:
    assert decay(Network(activation=activation("abs"), layers=4), 3).odd is None


@pytest.mark.slow
def test_rounder_kinks_decay_two_powers_faster() -> None:
    # φ″ of ELU (α = 1) jumps and φ′ does not; φ′ of hard tanh jumps.
    weights = {"sigma_w": S.One, "sigma_b": Rational(1, 2)}
    smooth = decay(Network(activation=activation("elu"), layers=2, **weights), 3)
    rough = decay(Network(activation=activation("hard_tanh"), layers=2, **weights), 3)
    assert (5, 3) == (smooth.even.exponent, rough.even.exponent)


def test_analytic_activations_decay_faster_than_every_power() -> None:
    law = decay(Network(activation=activation("tanh"), layers=3, sigma_w=S(2)), 3)
    assert (None, None, S.Infinity) == (law.even, law.odd, law.beyond)


def test_endpoint_terms_need_a_closed_form() -> None:
    with pytest.raises(NoClosedFormError, match="take the certified eigenvalues"):
        endpoint_terms(Network(activation=activation("tanh"), layers=2, sigma_w=S(2)))


@pytest.mark.parametrize("dim", [2, 3, 5])
def test_powers_of_one_minus_rho_have_their_beta_integral_as_mean(dim: int) -> None:
    # E(1 − t)² = 1 + E t², and Γ quotients continue it in ν.
    assert abs(enclose(endpoint_eigenvalue(dim, Rational(5, 2), 0), bits=60)) < 2**2.5
    half = Rational(dim - 1, 2)
    expected = 2 ** (Rational(3, 2) + dim - 2) * gamma(Rational(3, 2) + half) * gamma(half)
    expected /= gamma(Rational(3, 2) + 2 * half) * sqrt(pi) * gamma(half) / gamma(half + Rational(1, 2))
    difference = expected - endpoint_eigenvalue(dim, Rational(3, 2), 0)
    assert abs(enclose(difference, bits=60)) < 1e-15
    assert 1 + monomial_moment(dim, 2) > 1
