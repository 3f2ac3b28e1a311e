"""Exact eigenvalues of arc-cosine kernels, against known series and certified quadrature."""

from __future__ import annotations

import pytest
from sympy import Rational, S, acos, asin, exp, pi, sqrt

from symntk.activations.catalogue import activation
from symntk.errors import DomainError, NoClosedFormError
from symntk.notation import RHO
from symntk.numbers.ball import enclose
from symntk.spectra.closed_eigenvalues import (
    arc_cosine_form,
    dual_eigenvalue,
    exact_eigenvalue,
    exact_network_eigenvalues,
)
from symntk.spectra.eigenvalues import network_spectrum
from symntk.spectra.zonal_kernel import Network


def test_angle_on_the_circle_has_its_fourier_series() -> None:
    # θ = π/2 − (4/π) Σ cos(kθ)/k² over odd k, and μ_k is half the coefficient of cos kθ.
    values = [exact_eigenvalue(arc_cosine_form(acos(RHO)), 2, k) for k in range(6)]
    assert [pi / 2, -2 / pi, 0, -2 / (9 * pi), 0, -2 / (25 * pi)] == values


def test_arcsine_and_arccosine_differ_by_a_right_angle() -> None:
    for k in range(4):
        assert 0 == dual_eigenvalue(asin(RHO) + acos(RHO), 5, k) - (pi / 2 if k == 0 else 0)


def test_inverse_roots_are_integrated_where_they_can_be() -> None:
    # ∫ (1 − t²)^{−1/2} dt/2 = π/2 in dimension 3; it diverges in dimension 2.
    assert pi / 2 == dual_eigenvalue(1 / sqrt(1 - RHO**2), 3, 0)
    with pytest.raises(DomainError, match="not integrable"):
        dual_eigenvalue((1 - RHO**2) ** Rational(-1, 2) * RHO**2, 2, 0) + dual_eigenvalue(
            (1 - RHO**2) ** Rational(-3, 2), 2, 0
        )


def test_polynomials_have_rational_eigenvalues() -> None:
    assert [Rational(4, 3), 0, Rational(2, 15)] == [dual_eigenvalue(RHO**2 + 1, 3, k) for k in range(3)]


@pytest.mark.parametrize("dim", [2, 3, 4, 9])
@pytest.mark.parametrize("kind", ["ntk", "nngp"])
@pytest.mark.parametrize("name", ["relu", "leaky_relu(1/10)", "abs"])
def test_exact_and_certified_eigenvalues_agree(name: str, kind: str, dim: int) -> None:
    net = Network(activation=activation(name), layers=2, kind=kind)
    exact = exact_network_eigenvalues(net, dim, 6)
    assert exact is not None
    for value, certified in zip(exact, network_spectrum(net, dim=dim, degree=6, bits=50), strict=True):
        assert enclose(value, bits=80).overlaps(certified.value)


def test_relu_keeps_only_even_degrees_beyond_one() -> None:
    values = exact_network_eigenvalues(Network(activation=activation("relu"), layers=2), 4, 9)
    assert values is not None
    assert [k == 1 or k % 2 == 0 for k in range(10)] == [value != 0 for value in values]


def test_what_is_not_of_the_form_is_refused_in_one_line() -> None:
    for form in (exp(RHO), acos(RHO) ** 2, acos(RHO) * sqrt(1 - RHO**2), sqrt(2 - RHO**2)):
        with pytest.raises(NoClosedFormError, match="take the certified eigenvalues"):
            arc_cosine_form(form)


def test_deeper_networks_and_biases_have_no_closed_form_here() -> None:
    assert exact_network_eigenvalues(Network(activation=activation("relu"), layers=3), 3, 2) is None
    biased = Network(activation=activation("relu"), layers=2, sigma_w=S.One, sigma_b=S.One)
    assert exact_network_eigenvalues(biased, 3, 2) is None
