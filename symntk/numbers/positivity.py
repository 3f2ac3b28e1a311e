"""Proves that a polynomial is non-negative from what is known of its generators."""

from __future__ import annotations

from dataclasses import dataclass, field

from flint import fmpq_mpoly

from symntk.numbers.algebra import Field

_DEGREE_RAISES = 4
"""How often the degree of the Bernstein form is raised before giving up."""


@dataclass(kw_only=True)
class Signs:
    """What is known of generators: real values, non-negative values, values in an interval."""

    real: set[int] = field(default_factory=lambda: set[int]())
    nonnegative: set[int] = field(default_factory=lambda: set[int]())
    intervals: dict[int, tuple[int, int]] = field(default_factory=lambda: dict[int, tuple[int, int]]())


def proved_nonnegative(polynomial: fmpq_mpoly, algebra: Field, signs: Signs) -> bool:
    """Whether the polynomial is proved non-negative wherever its generators keep to `signs`.

    A polynomial with positive coefficients in squares of real and in non-negative generators is; one in [a, b] is
    first written as (bs + at)/(s + t) with s, t ≥ 0 (the Bernstein form). Sound, incomplete.
    """
    for index, (low, high) in signs.intervals.items():
        if polynomial.degrees()[algebra.position(index)]:
            return _bernstein_nonnegative(polynomial, index, (low, high), algebra, signs)
    return _positive_terms(polynomial, algebra, signs)


def _positive_terms(polynomial: fmpq_mpoly, algebra: Field, signs: Signs) -> bool:
    if any(coefficient < 0 for coefficient in polynomial.coeffs()):
        return False
    for index in range(algebra.count):
        position = algebra.position(index)
        if index in signs.nonnegative or not polynomial.degrees()[position]:
            continue
        if index not in signs.real or any(monomial[position] % 2 for monomial in polynomial.monoms()):
            return False
    return True


def _bernstein_nonnegative(
    polynomial: fmpq_mpoly, index: int, interval: tuple[int, int], algebra: Field, signs: Signs
) -> bool:
    """Coefficients of the Bernstein form, each proved non-negative on its own; the degree is raised a few times."""
    coefficients = _scaled_bernstein(polynomial, index, interval, algebra)
    for _ in range(_DEGREE_RAISES):
        if all(proved_nonnegative(c, algebra, signs) for c in coefficients):
            return True
        coefficients = [
            (coefficients[j] if j < len(coefficients) else 0 * coefficients[0])
            + (coefficients[j - 1] if j else 0 * coefficients[0])
            for j in range(len(coefficients) + 1)
        ]
    return False


def _scaled_bernstein(
    polynomial: fmpq_mpoly, index: int, interval: tuple[int, int], algebra: Field
) -> list[fmpq_mpoly]:
    """Coefficients of sʲtⁿ⁻ʲ in (s + t)ⁿ·p((bs + at)/(s + t)), j = 0 … n."""
    position, (low, high) = algebra.position(index), interval
    degree = polynomial.degrees()[position]
    zero = 0 * polynomial
    powers = [_binomial_form(k, degree, low, high) for k in range(degree + 1)]
    result = [zero] * (degree + 1)
    for monomial, coefficient in zip(polynomial.monoms(), polynomial.coeffs(), strict=True):
        rest = list(monomial)
        rest[position] = 0
        term = polynomial.context().term(coefficient, rest)
        result = [r + factor * term for r, factor in zip(result, powers[monomial[position]], strict=True)]
    return result


def _binomial_form(k: int, n: int, low: int, high: int) -> list[int]:
    """Coefficients of (low + high·s)ᵏ(1 + s)ⁿ⁻ᵏ from degree 0 up."""
    form = [1]
    for first, second in [(low, high)] * k + [(1, 1)] * (n - k):
        form = [first * a + second * b for a, b in zip([*form, 0], [0, *form], strict=True)]
    return form
