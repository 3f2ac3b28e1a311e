"""All roots, none twice, none invented."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
import sympy
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Rational

from symntk.errors import DomainError, UndecidedError
from symntk.notation import RHO, X
from symntk.numbers.roots import isolate_roots

RELU = (sympy.sqrt(1 - RHO**2) + RHO * (sympy.pi - sympy.acos(RHO))) / sympy.pi


@settings(max_examples=20, deadline=None)
@given(st.sets(st.fractions(-2, 2, max_denominator=12), min_size=1, max_size=5))
def test_the_roots_of_a_product_are_its_zeros(zeros: set[Fraction]):
    polynomial = sympy.prod(X - Rational(z.numerator, z.denominator) for z in zeros)
    found = isolate_roots(sympy.expand(polynomial), X, -2, 2, bits=60)
    inside = [Rational(z.numerator, z.denominator) for z in sorted(zeros)]
    assert len(inside) == len(found)
    assert all(root.overlaps(arb(int(z.p)) / int(z.q)) for root, z in zip(found, inside, strict=True))


@pytest.mark.parametrize(
    ("expr", "left", "right", "expected"),
    [
        (sympy.exp(-X) - X, 0, 1, ["0.56714329040978387299996866221035554975381578718651"]),
        (sympy.cos(X) - X, -3, 3, ["0.73908513321516064165531208767387340401341175890076"]),
        (X**2 - 2, 0, 2, ["1.41421356237309504880168872420969807856967187537694"]),
        (X**2 - 2, 2, 3, []),
        (sympy.exp(X), -5, 5, []),
        (X**3 - X, -1, 1, ["-1", "0", "1"]),
        (X - Rational(1, 3), Fraction(1, 3), Fraction(1, 3), ["0.3333333333333333333333333333333333333333333333"]),
        (X - 10**30, 0, 10**40, ["1e30"]),
    ],
)
def test_the_roots_are_the_known_ones(expr: Expr, left: int, right: int, expected: list[str]):
    found = isolate_roots(expr, X, left, right, bits=100)
    assert len(expected) == len(found)
    for root, value in zip(found, expected, strict=True):
        assert abs(float(root) - float(value)) <= 1e-15 * abs(float(value))


@pytest.mark.parametrize("bits", [20, 64, 300])
def test_a_root_has_the_accuracy_asked_for(bits: int):
    (root,) = isolate_roots(sympy.exp(-X) - X, X, 0, 1, bits=bits)
    assert root.rel_accuracy_bits() >= bits


def test_a_cluster_of_roots_is_resolved():
    polynomial = sympy.prod(X - Rational(p, 15) for p in (0, 12, 20, 21, 24))
    assert 5 == len(isolate_roots(sympy.expand(polynomial), X, -2, 2, bits=60))


def test_a_root_at_the_centre_of_its_interval_is_refined():
    zeros = [Rational(p, 12) for p in (-24, -17, -7, 0, 1)]
    found = isolate_roots(sympy.expand(sympy.prod(X - z for z in zeros)), X, -2, 2, bits=60)
    assert [float(z) for z in zeros] == pytest.approx([float(root) for root in found])


def test_roots_of_very_different_size_are_found():
    found = isolate_roots(X * sympy.exp(-(X**2)) - Rational(1, 1000), X, -10, 10)
    expected = [mpmath.sqrt(-mpmath.lambertw(mpmath.mpf("-2e-6"), k) / 2) for k in (0, -1)]
    assert len(expected) == len(found)
    assert all(abs(float(root) / float(mpmath.re(x)) - 1) < 1e-12 for root, x in zip(found, expected, strict=True))


def test_many_roots_are_all_found():
    assert 15 == len(isolate_roots(sympy.sin(1 / X), X, Rational(1, 50), 1, bits=40))


def test_a_function_with_a_singular_derivative_at_an_end_has_its_root_found():
    (root,) = isolate_roots(RELU - Rational(1, 2), RHO, -1, 1)
    assert abs(float(root) - 0.328674162908546) < 1e-12


@pytest.mark.parametrize(("expr", "left", "right"), [(X**2, -1, 1), (RELU - RHO, -1, 1), (sympy.sin(1 / X), 0, 1)])
def test_roots_that_cannot_be_told_apart_are_undecided(expr: Expr, left: int, right: int):
    symbol = next(iter(expr.free_symbols))
    with pytest.raises((UndecidedError, DomainError)):
        isolate_roots(expr, symbol, left, right)


def test_a_bad_interval_is_refused():
    with pytest.raises(DomainError):
        isolate_roots(X, X, 1, 0)
    with pytest.raises(DomainError):
        isolate_roots(X, X, 0, sympy.pi)
