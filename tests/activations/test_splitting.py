"""The pieces of an expression agree with the expression, and meet at exact breakpoints."""

from __future__ import annotations

import math

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Abs, Heaviside, Max, Min, Piecewise, Rational, S, exp, log, pi, sqrt, tanh

from symntk.activations.cases import Cases, composed
from symntk.activations.splitting import piecewise_expression, resolved, split
from symntk.errors import DomainError
from symntk.notation import X


def breakpoints(expression: sympy.Expr) -> list[sympy.Expr]:
    return [piece.right for piece in split(expression)[:-1]]


def value(expression: sympy.Expr, x: sympy.Expr) -> sympy.Expr:
    piece = next(p for p in split(expression) if p.left < x < p.right)
    return piece.expression.subs(X, x)


@pytest.mark.parametrize(
    ("expression", "points"),
    [
        (Max(0, X), [0]),
        (Abs(X**3 - 2 * X), [-sqrt(2), 0, sqrt(2)]),
        (Max(-1, Min(1, X)), [-1, 1]),
        (Abs(Abs(X) - 1), [-1, 0, 1]),
        (Abs(X - pi) + sympy.sign(X + Rational(1, 2)), [Rational(-1, 2), pi]),
        (Abs(exp(X) - 2), [log(2)]),
        (Abs(sympy.sin(X) + 2), []),
        (Max(X, tanh(X)), [0]),
        (Max(0, X) - Max(0, -X), []),
        (Abs(X) ** 2, []),
    ],
)
def test_breakpoints_are_exact_and_only_where_pieces_differ(expression: sympy.Expr, points: list[sympy.Expr]) -> None:
    assert points == breakpoints(expression)


def test_breakpoint_of_a_quintic_is_its_real_root() -> None:
    assert [sympy.CRootOf(X**5 - X - 1, 0)] == breakpoints(Abs(X**5 - X - 1))


def test_pieces_cover_the_line_in_order() -> None:
    pieces = split(Max(X**2 - 1, Abs(X)))
    ends = [pieces[0].left, *(piece.right for piece in pieces)]
    assert (ends[0], ends[-1]) == (-sympy.oo, sympy.oo)
    assert all(p.right == q.left for p, q in zip(pieces, pieces[1:], strict=False))
    assert ends == sorted(ends)


def test_first_true_condition_wins_in_overlapping_branches() -> None:
    overlapping = Piecewise((1, X > 2), (2, X > 0), (3, X > 1), (4, True), evaluate=False)
    assert [4, 2, 1] == [piece.expression for piece in split(overlapping)]


def test_chained_and_combined_conditions_are_understood() -> None:
    inside = sympy.And(X > 0, X < 1, evaluate=False)
    assert [0, 1] == breakpoints(Piecewise((X + 1, inside), (0, True), evaluate=False))
    outside = sympy.Or(X < 0, X > 1)
    assert [0, 1] == breakpoints(Piecewise((X + 1, outside), (0, True), evaluate=False))


def test_condition_on_a_polynomial_is_split_at_its_zeros() -> None:
    assert [-1, 1] == breakpoints(Piecewise((X**2 - 1, X**2 > 1), (0, True), evaluate=False))


def test_constant_piecewise_is_decided() -> None:
    constant = Piecewise((1, sympy.StrictLessThan(3, 1, evaluate=False)), (2, True), evaluate=False)
    assert [2] == [piece.expression for piece in split(constant)]


def test_piecewise_with_a_gap_is_refused() -> None:
    with pytest.raises(DomainError, match="no value between -oo and 0"):
        split(Piecewise((X, X > 0), evaluate=False))


def test_infinitely_many_breakpoints_are_refused() -> None:
    with pytest.raises(DomainError, match="infinitely often"):
        split(Abs(sympy.sin(X)))


def test_breakpoint_without_closed_form_is_refused() -> None:
    with pytest.raises(DomainError, match="no closed form"):
        split(Abs(exp(X) - X - 2))


def test_too_many_pieces_are_refused() -> None:
    tent = X
    for _ in range(12):
        tent = 1 - 2 * Abs(tent)
    with pytest.raises(DomainError, match="at most 200 pieces"):
        split(tent)


def test_zero_of_a_radicand_separates_pieces_even_if_they_look_equal() -> None:
    assert [0] == breakpoints(sqrt(X**4 + X**2))


def test_root_of_a_negative_number_is_refused() -> None:
    with pytest.raises(DomainError, match="not real where x < 0"):
        split(sqrt(X))


def test_symbolic_threshold_is_a_breakpoint() -> None:
    t = sympy.Symbol("t", positive=True)
    assert [t] == breakpoints(Max(0, X - t))


def test_nested_cases_are_resolved_into_plain_pieces() -> None:
    nested = composed(exp(X), Cases(X, X > 0, S.Zero, S.true))
    assert piecewise_expression(split(Max(1, exp(X)))) == resolved(nested)


leaves = st.sampled_from([X, X - 1, X + Rational(1, 2), X**2 - 2, S.One, Rational(-1, 3), X * (X - 1) * (X + 2)])
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Abs, inner),
        st.builds(lambda a: Max(0, a), inner),
        st.builds(Heaviside, inner),
        st.builds(lambda a, b: Max(a, b), inner, inner),
        st.builds(lambda a, b: a - 2 * b, inner, inner),
    ),
    max_leaves=4,
)


@settings(max_examples=40, deadline=None)
@given(expressions, st.fractions(-4, 4, max_denominator=97).map(lambda q: Rational(q.numerator, q.denominator)))
def test_pieces_take_the_values_of_the_expression(expression: sympy.Expr, x: Rational) -> None:
    x += sqrt(3) / 1000  # never a breakpoint with rational data of this size, so that values there do not matter
    try:
        pieces = split(expression)
    except DomainError:
        return
    piece = next(p for p in pieces if p.left < x and x < p.right)
    assert math.isclose(float(expression.subs(X, x)), float(piece.expression.subs(X, x)), rel_tol=1e-9, abs_tol=1e-9)
