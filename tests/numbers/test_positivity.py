"""What is proved non-negative is non-negative."""

from __future__ import annotations

import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from symntk.numbers.algebra import Element, Field, NotNormalisable
from symntk.numbers.positivity import Signs, proved_nonnegative


def _setting() -> tuple[Field, Signs]:
    """A correlation r in [−1, 1], a positive q, a real x, and a number z of which nothing is known."""
    algebra = Field(6)
    for _ in range(4):
        algebra.new_generator()
    return algebra, Signs(real={0, 1, 2}, nonnegative={1}, intervals={0: (-1, 1)})


def _polynomials():
    algebra, signs = _setting()
    r, q, x, z = (algebra.polynomial(i) for i in range(4))
    return algebra, signs, r, q, x, z


def test_polynomials_that_are_non_negative_for_visible_reasons_are_proved():
    algebra, signs, r, q, x, _ = _polynomials()
    for polynomial in (
        1 - r,
        1 - r**2,
        2 + q,
        x**2 + 1,
        3 - 2 * r,
        (1 + 2 * q) ** 2 - 4 * q**2 * r**2,
        5 - 4 * r + r**2,
    ):
        assert proved_nonnegative(polynomial, algebra, signs)


def test_polynomials_of_unknown_or_changing_sign_are_not_proved():
    algebra, signs, r, q, x, z = _polynomials()
    for polynomial in (r, 1 - 2 * r, q - 1, x, x * q, z**2, 1 + z, x**3, -1 - q):
        assert not proved_nonnegative(polynomial, algebra, signs)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-4, 4), min_size=1, max_size=4), st.fractions(-1, 1, max_denominator=50))
def test_a_proved_polynomial_in_a_correlation_is_non_negative_at_every_point(coefficients, point):
    algebra, signs = _setting()
    r = algebra.polynomial(0)
    polynomial = sum((c * r**j for j, c in enumerate(coefficients)), 0 * r)
    value = sum(c * point**j for j, c in enumerate(coefficients))
    assert not proved_nonnegative(polynomial, algebra, signs) or value >= 0


def test_fractions_are_reduced_and_free_of_roots_in_the_denominator():
    algebra = Field(4)
    x = algebra.generator(algebra.new_generator())
    root = algebra.generator(algebra.new_root(2, x.numerator + 1))
    one_plus = algebra.add(algebra.one, root)
    inverse = algebra.inverse(one_plus)
    assert algebra.one == algebra.multiply(inverse, one_plus)
    assert algebra.add(x, algebra.one) == algebra.power(root, 2)
    assert inverse == Element(numerator=root.numerator - 1, denominator=x.numerator)


def test_division_by_a_hidden_zero_has_no_normal_form():
    algebra = Field(4)
    two = algebra.generator(algebra.new_root(2, algebra.constant(2).numerator))
    four = algebra.power(two, 2)
    with pytest.raises(NotNormalisable):
        algebra.inverse(algebra.add(four, algebra.constant(fmpq(-2))))
