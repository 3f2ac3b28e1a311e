"""Laws of spectra over the catalogue: no eigenvalue is negative, traces, and Mehler's series as a second route."""

from __future__ import annotations

import pytest
from flint import arb, arb_poly
from sympy import Rational

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.errors import DomainError, NoClosedFormError
from symntk.gaussian.quadrature import enclose_hermite_coefficients
from symntk.numbers.ball import working_precision
from symntk.spectra.eigenvalues import network_spectrum
from symntk.spectra.gegenbauer import monomial_eigenvalue
from symntk.spectra.mercer import mercer_sum
from symntk.spectra.zonal_kernel import Network, network_kernel, network_maps

DIM, DEGREE, COUNT, BITS = 3, 6, 24, 40
WEIGHTS = {"sigma_w": Rational(9, 10), "sigma_b": Rational(1, 2)}


def spectrum_of(net: Network):
    """The spectrum, or None where symntk says in one line that there is none: no fixed variance, jumps, no map."""
    try:
        return network_spectrum(net, dim=DIM, degree=DEGREE, bits=BITS)
    except (DomainError, NoClosedFormError):
        return None


@pytest.mark.slow
def test_eigenvalues_are_not_negative_and_add_up_to_the_kernel(member: Activation) -> None:
    for kind in ("ntk", "nngp"):
        net = Network(activation=member, layers=3, kind=kind, **WEIGHTS)
        values = spectrum_of(net)
        if values is not None:
            assert not any(e.value < 0 for e in values)
            assert values[0].value > 0
            assert mercer_sum(network_kernel(net, BITS), values, DIM).consistent


@pytest.mark.slow
def test_two_layers_have_the_eigenvalues_of_their_hermite_series(member: Activation) -> None:
    net = Network(activation=member, layers=2, kind="nngp", **WEIGHTS)
    values = spectrum_of(net)
    if values is None:
        return
    maps = network_maps(net, BITS)
    with working_precision(100):
        q, s = maps.place.q, maps.start
        if member.homogeneity_degree == 1:
            q = arb(1) / 4 / (1 - s)
        squares = [arb(81) / 100 * a * a / q for a in enclose_hermite_coefficients(member, COUNT, q, bits=60)]
        inner = arb_poly([1 - s, s])
        series = arb_poly([arb(1) / 4 / q]) + arb_poly(squares)(inner)
        left = 1 - arb(1) / 4 / q - sum(squares, arb(0))
        for e in values:
            partial = sum(
                (c * arb(monomial_eigenvalue(DIM, n, e.degree)) for n, c in enumerate(series.coeffs())), arb(0)
            )
            difference = e.value - partial
            assert difference > -1e-9
            assert difference < left + 1e-9


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "abs", "erf", "hard_tanh"])
def test_usual_activations_do_have_a_spectrum(name: str) -> None:
    member = activation(name)
    assert spectrum_of(Network(activation=member, layers=2, **WEIGHTS)) is not None
