"""The separation bound is below the size of every non-zero algebraic number it is asked about."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Rational

from symntk.numbers.ball import value_at
from symntk.numbers.separation import separation_bits

_LEAVES = st.integers(-9, 9).map(sympy.Integer) | st.fractions(-3, 3, max_denominator=9).map(
    lambda q: Rational(q.numerator, q.denominator)
)


def _grow(children: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return st.one_of(
        st.builds(lambda a, b: a + b, children, children),
        st.builds(lambda a, b: a * b, children, children),
        st.builds(lambda a: sympy.sqrt(a), children),
        st.builds(lambda a, b: a - b, children, children),
    )


@settings(max_examples=80, deadline=None)
@given(st.recursive(_LEAVES, _grow, max_leaves=5))
def test_a_non_zero_number_is_at_least_as_large_as_the_bound(expr: Expr):
    bits = separation_bits(expr)
    assert bits is not None
    if bits < 5000:
        size = abs(value_at(expr, precision=2 * bits + 64))
        assert size.contains(0) or size.abs_upper() >= sympy.Rational(2) ** -bits
        assert not size.contains(0) or sympy.Float(sympy.N(expr, 30)) == 0 or abs(sympy.N(expr, 30)) < 1e-20


def test_the_bound_holds_for_the_best_approximations_of_the_root_of_two():
    p, q = 1, 1
    for _ in range(20):
        p, q = p + 2 * q, p + q
        bits = separation_bits(sympy.sqrt(2) - Rational(p, q))
        size = float(abs(sympy.N(sympy.sqrt(2) - Rational(p, q), 30)))
        assert bits is not None
        assert 2.0**-bits <= size <= 8 * 2.0**-bits


@pytest.mark.parametrize("expr", [sympy.pi, sympy.exp(1), sympy.Symbol("x"), sympy.sqrt(sympy.pi), 2 ** sympy.sqrt(2)])
def test_what_is_not_built_from_radicals_has_no_bound(expr: Expr):
    assert separation_bits(expr) is None
