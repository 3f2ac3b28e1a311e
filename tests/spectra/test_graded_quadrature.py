"""Certified integrals of zonal kernels whose eigenvalues are known in closed form, singular at ρ = ±1 too."""

from __future__ import annotations

import pytest
from flint import arb
from sympy import Rational

from symntk.errors import UndecidedError
from symntk.numbers.ball import enclose, working_precision
from symntk.spectra.decay import endpoint_eigenvalue
from symntk.spectra.eigenvalues import zonal_eigenvalues
from symntk.spectra.gegenbauer import monomial_eigenvalue
from symntk.spectra.graded_quadrature import cap_mass, gauss_rule
from symntk.spectra.zonal_kernel import ZonalKernel

BITS = 70


@pytest.mark.parametrize("dim", [2, 3, 6])
@pytest.mark.parametrize("power", [0, 1, 4, 9])
def test_eigenvalues_of_monomials_are_exact_within_their_radii(dim: int, power: int) -> None:
    kernel = ZonalKernel(value=lambda gamma: (1 - gamma) ** power, top=arb(1))
    with working_precision(2 * BITS):
        for k, value in enumerate(zonal_eigenvalues(kernel, dim, 9, BITS)):
            assert value.contains(arb(monomial_eigenvalue(dim, power, k)).mid())
            assert value.rad() < arb((1, -BITS + 8))


@pytest.mark.parametrize("dim", [2, 3, 5])
def test_eigenvalues_with_a_root_at_one_match_their_gamma_quotient(dim: int) -> None:
    # 1 − √(1 − ρ) has non-negative Taylor coefficients; (1 + ρ)-singular twin by k ↦ (−1)^k.
    kernel = ZonalKernel(value=lambda gamma: 1 - gamma.sqrt(), top=arb(1))
    values = zonal_eigenvalues(kernel, dim, 12, BITS)
    for k, value in enumerate(values):
        expected = int(k == 0) - endpoint_eigenvalue(dim, Rational(1, 2), k)
        assert enclose(expected, bits=2 * BITS).overlaps(value)
        assert value.rad() < arb((1, -BITS + 8))


def test_geometric_kernel_on_the_circle_has_its_known_fourier_series() -> None:
    # 1/(1 − aρ) = Σ aⁿρⁿ on the circle: r^k/√(1 − a²), r = (1 − √(1 − a²))/a.
    with working_precision(2 * BITS):
        a = arb("0.99")
        root = (1 - a * a).sqrt()
        kernel = ZonalKernel(value=lambda gamma: 1 / (1 - a * (1 - gamma)), top=1 / (1 - a))
        for k, value in enumerate(zonal_eigenvalues(kernel, 2, 15, BITS)):
            assert value.overlaps(((1 - root) / a) ** k / root)


def test_high_degrees_get_enough_nodes() -> None:
    kernel = ZonalKernel(value=lambda gamma: 1 - gamma.sqrt(), top=arb(1))
    value = zonal_eigenvalues(kernel, 3, 150, 40)[150]
    assert enclose(-endpoint_eigenvalue(3, Rational(1, 2), 150), bits=80).overlaps(value)
    assert value.rad() < arb((1, -34))


def test_a_kernel_without_finite_values_near_one_is_refused() -> None:
    undefined = ZonalKernel(value=lambda gamma: arb.nan(), top=arb(1))
    with pytest.raises(UndecidedError, match="seen to be finite"):
        zonal_eigenvalues(undefined, 2, 2, 40)


def test_gauss_rule_is_exact_below_twice_its_nodes() -> None:
    for power in range(10):
        total = sum((w * x**power for x, w in gauss_rule(5, 100)), arb(0))
        assert total.overlaps(arb(2) / (power + 1) if power % 2 == 0 else arb(0))


def test_cap_mass_contains_the_area_of_a_cap() -> None:
    with working_precision(100):
        assert cap_mass(3, arb("0.4")).contains((1 - arb("0.4").cos()).mid())
        assert cap_mass(2, arb("0.4")).overlaps(arb("0.4"))
