"""Gegenbauer polynomials with value 1 at 1, against mpmath and against their defining orthogonality."""

from __future__ import annotations

import mpmath
import pytest
from flint import arb, fmpq

from symntk.errors import DomainError
from symntk.numbers.ball import enclose
from symntk.spectra.gegenbauer import (
    LARGEST_DEGREE,
    cosine_coefficients,
    gegenbauer,
    mass,
    mass_ball,
    monomial_eigenvalue,
    monomial_moment,
    multiplicity,
    norm,
)

DIMS = (2, 3, 4, 5, 8)


@pytest.mark.parametrize("dim", DIMS)
def test_polynomials_are_orthogonal_with_squared_norm_one_over_the_multiplicity(dim: int) -> None:
    for k in range(7):
        for j in range(k + 1):
            product = gegenbauer(dim, k) * gegenbauer(dim, j)
            inner = sum((product[i] * monomial_moment(dim, i) for i in range(k + j + 1)), fmpq(0))
            assert (norm(dim, k) if j == k else 0) == inner


@pytest.mark.parametrize("dim", [3, 4, 7])
def test_polynomials_are_those_of_mpmath_over_their_value_at_one(dim: int) -> None:
    half = mpmath.mpf(dim - 2) / 2
    for k in range(9):
        expected = mpmath.gegenbauer(k, half, 0.3) / mpmath.gegenbauer(k, half, 1)
        assert abs(float(gegenbauer(dim, k)(fmpq(3, 10))) - expected) < 1e-12


@pytest.mark.parametrize("dim", DIMS)
def test_cosine_coefficients_are_nonnegative_and_give_the_polynomial(dim: int) -> None:
    for k in range(8):
        coefficients = cosine_coefficients(dim, k)
        assert min(coefficients) >= 0
        assert 1 == sum(coefficients, fmpq(0))
        value = sum((arb(a) * (j * arb(0.7)).cos() for j, a in enumerate(coefficients)), arb(0))
        series = gegenbauer(dim, k)
        point = arb(0.7).cos()
        horner = arb(0)
        for i in range(k, -1, -1):
            horner = horner * point + arb(series[i])
        assert abs(value - horner) < 1e-12


@pytest.mark.parametrize("dim", DIMS)
def test_eigenvalues_of_monomials_are_their_moments_with_the_polynomials(dim: int) -> None:
    for k in range(6):
        series = gegenbauer(dim, k)
        for n in range(10):
            expected = sum((series[i] * monomial_moment(dim, n + i) for i in range(k + 1)), fmpq(0))
            assert expected == monomial_eigenvalue(dim, n, k)


def test_multiplicities_are_odd_numbers_on_the_sphere_and_squares_one_dimension_up() -> None:
    assert [1, 3, 5, 7, 9] == [multiplicity(3, k) for k in range(5)]
    assert [1, 2, 2, 2] == [multiplicity(2, k) for k in range(4)]
    assert [(k + 1) ** 2 for k in range(6)] == [multiplicity(4, k) for k in range(6)]


@pytest.mark.parametrize("dim", DIMS)
def test_mass_is_the_integral_of_the_weight(dim: int) -> None:
    integral = mpmath.quad(lambda t: mpmath.sin(t) ** (dim - 2), [0, mpmath.pi])
    assert abs(float(mass_ball(dim)) - integral) < 1e-12
    assert enclose(mass(dim), bits=60).overlaps(mass_ball(dim))


def test_dimensions_below_two_and_degrees_out_of_range_are_refused() -> None:
    with pytest.raises(DomainError, match=r"R\^1 was asked"):
        multiplicity(1, 2)
    for degree in (-1, LARGEST_DEGREE + 1):
        with pytest.raises(DomainError, match="take a degree from 0"):
            multiplicity(3, degree)
