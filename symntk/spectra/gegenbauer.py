"""Zonal harmonics of the sphere S^{d−1}: Gegenbauer polynomials with value 1 at 1, multiplicities and exact moments."""

from __future__ import annotations

from functools import lru_cache
from math import comb, factorial

from flint import arb, fmpq, fmpq_poly
from sympy import Expr, Rational, beta

from symntk.errors import DomainError

LARGEST_DEGREE = 5_000


def checked_dimension(dim: int) -> int:
    """The ambient dimension d ≥ 2 of the sphere S^{d−1}. Raises DomainError for less.

    >>> checked_dimension(3)
    3
    """
    if dim < 2:
        raise DomainError(f"a spectrum on the sphere of R^{dim} was asked for; take an ambient dimension of at least 2")
    return dim


def checked_degree(degree: int) -> int:
    """A degree from 0 to 5000. Raises DomainError for any other.

    >>> checked_degree(20)
    20
    """
    if not 0 <= degree <= LARGEST_DEGREE:
        raise DomainError(f"harmonics of degree {degree} were asked for; take a degree from 0 to {LARGEST_DEGREE}")
    return degree


def multiplicity(dim: int, degree: int) -> int:
    """N(d, k) = C(k + d − 1, d − 1) − C(k + d − 3, d − 1): the spherical harmonics of degree k on S^{d−1}.

    Domain: d ≥ 2, k ≥ 0. Guarantee: exact. Source: [DLMF].

    >>> [multiplicity(3, k) for k in range(4)], [multiplicity(2, k) for k in range(3)]
    ([1, 3, 5, 7], [1, 2, 2])
    """
    d, k = checked_dimension(dim), checked_degree(degree)
    return comb(k + d - 1, d - 1) - (comb(k + d - 3, d - 1) if k >= 2 else 0)


@lru_cache(maxsize=64)
def _polynomials(dim: int, count: int) -> tuple[fmpq_poly, ...]:
    t = fmpq_poly([0, 1])
    values = [fmpq_poly([1]), t]
    for k in range(1, count - 1):
        values.append(((2 * k + dim - 2) * t * values[k] - k * values[k - 1]) / fmpq(k + dim - 2))
    return tuple(values[:count])


def gegenbauer(dim: int, degree: int) -> fmpq_poly:
    """P_k(t) = C_k^λ(t)/C_k^λ(1), λ = (d − 2)/2; the Chebyshev polynomial T_k for d = 2, Legendre's for d = 3.

    Recurrence: (k + d − 2)P_{k+1} = (2k + d − 2)tP_k − kP_{k−1}. Domain: d ≥ 2, k ≥ 0. Guarantee: exact.
    Source: [DLMF].

    >>> gegenbauer(3, 2), gegenbauer(2, 3)
    (3/2*x^2 + (-1/2), 4*x^3 + (-3)*x)
    """
    checked_degree(degree)
    return _polynomials(checked_dimension(dim), degree + 1)[degree]


@lru_cache(maxsize=4096)
def cosine_coefficients(dim: int, degree: int) -> tuple[fmpq, ...]:
    """(a_0, …, a_k) with P_k(cos θ) = Σ a_j cos jθ; all aⱼ ≥ 0 and Σ aⱼ = 1.

    C_k^λ(cos θ) = Σ (λ)_m(λ)_{k−m}/(m!(k−m)!)·cos (k − 2m)θ. Guarantee: exact. Source: [DLMF].

    >>> cosine_coefficients(3, 2)
    (1/4, 0, 3/4)
    """
    k = checked_degree(degree)
    values = [fmpq(0)] * (k + 1)
    if checked_dimension(dim) == 2:
        values[k] = fmpq(1)
        return tuple(values)
    rising = [fmpq(1)]
    for m in range(k):
        rising.append(rising[-1] * (fmpq(dim - 2, 2) + m) / (m + 1))
    for m in range(k + 1):
        values[abs(k - 2 * m)] += rising[m] * rising[k - m]
    total = fmpq(comb(k + dim - 3, dim - 3))
    return tuple(a / total for a in values)


def mass(dim: int) -> Expr:
    """∫ (1 − t²)^{(d−3)/2} dt over [−1, 1] = B(1/2, (d − 1)/2) = ∫ sin^{d−2}θ dθ over [0, π], exactly.

    >>> mass(2), mass(3)
    (pi, 2)
    """
    return beta(Rational(1, 2), Rational(checked_dimension(dim) - 1, 2)).rewrite("gamma")


def mass_ball(dim: int) -> arb:
    """The same as a ball at the precision in force.

    >>> mass_ball(3)
    2.00000000000000
    """
    half = arb(checked_dimension(dim) - 1) / 2
    return arb(0.5).gamma() * half.gamma() / (half + 0.5).gamma() if dim != 3 else arb(2)


def monomial_moment(dim: int, power: int) -> fmpq:
    """E tⁿ for t = ⟨x, e⟩, x uniform on S^{d−1}: 0 for odd n, (1/2)_{n/2}/(d/2)_{n/2} for even n.

    >>> monomial_moment(3, 2), monomial_moment(2, 4), monomial_moment(5, 3)
    (1/3, 3/8, 0)
    """
    d = checked_dimension(dim)
    value = fmpq(1)
    for i in range(power // 2):
        value *= fmpq(2 * i + 1, d + 2 * i)
    return value if power % 2 == 0 else fmpq(0)


def monomial_eigenvalue(dim: int, power: int, degree: int) -> fmpq:
    """The eigenvalue of degree k of the kernel ρⁿ: ∫ tⁿP_k dτ ≥ 0, 0 unless n ≥ k and n − k is even.

    n!/((n − k)!·2ᵏ((d − 1)/2)_k)·E_{d+2k} t^{n−k}·((d − 1)/2)_k/(d/2)_k, by k integrations by parts.
    Guarantee: exact.

    >>> monomial_eigenvalue(3, 2, 2), monomial_eigenvalue(3, 4, 2), monomial_eigenvalue(3, 3, 2)
    (2/15, 4/35, 0)
    """
    d, k = checked_dimension(dim), checked_degree(degree)
    if power < k or (power - k) % 2:
        return fmpq(0)
    below = fmpq(1)
    for i in range(k):
        below *= d + 2 * i
    return fmpq(factorial(power), factorial(power - k)) / below * monomial_moment(d + 2 * k, power - k)


def norm(dim: int, degree: int) -> fmpq:
    """∫ P_k² dτ = 1/N(d, k), dτ the law of ⟨x, e⟩ for x uniform on S^{d−1}; times `mass` for dt(1 − t²)^{(d−3)/2}.

    >>> norm(3, 2), norm(2, 0)
    (1/5, 1)
    """
    return fmpq(1, multiplicity(dim, degree))
