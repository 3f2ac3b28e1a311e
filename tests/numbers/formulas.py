"""Random formulas in x for the properties of the numbers layer."""

from __future__ import annotations

import sympy
from hypothesis import strategies as st
from sympy import Expr, Rational

from symntk.notation import X
from symntk.numbers.normal_distribution import NormalCDF

_LEAVES = st.sampled_from([X, X, sympy.Integer(2), Rational(1, 3), Rational(-3, 2), sympy.pi, sympy.sqrt(2)])
_FUNCTIONS = st.sampled_from(
    [sympy.exp, sympy.sin, sympy.cos, sympy.tanh, sympy.atan, sympy.asinh, sympy.erf, NormalCDF, sympy.Abs]
)


def _grow(children: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return st.one_of(
        st.builds(lambda a, b: a + b, children, children),
        st.builds(lambda a, b: a * b, children, children),
        st.builds(lambda a, b: a - b / 3, children, children),
        st.builds(lambda f, a: f(a), _FUNCTIONS, children),
        st.builds(lambda a: sympy.sqrt(1 + a**2), children),
        st.builds(lambda a: 1 / (2 + sympy.cos(a)), children),
    )


def formulas(size: int = 6) -> st.SearchStrategy[Expr]:
    """Real formulas, defined on the whole line."""
    return st.recursive(_LEAVES, _grow, max_leaves=size)


def rationals(low: int, high: int) -> st.SearchStrategy[Rational]:
    """Rational numbers in an interval."""
    return st.fractions(low, high, max_denominator=997).map(lambda q: Rational(q.numerator, q.denominator))
