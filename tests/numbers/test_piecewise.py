"""Conditions on balls are three-valued, and pieces follow them."""

from __future__ import annotations

import pytest
import sympy
from flint import acb, arb, fmpq
from sympy import Piecewise, Rational

from symntk.errors import DomainError
from symntk.notation import X
from symntk.numbers.ball import ball_function, enclose, enclose_at
from symntk.numbers.piecewise import compare_by


@pytest.mark.parametrize(
    ("relation", "verdicts"),
    [
        ("<", (True, None, False)), ("<=", (True, None, True)), (">", (False, None, False)),
        (">=", (False, None, True)), ("==", (False, None, True)), ("!=", (True, None, False)),
    ],
)  # fmt: skip
def test_a_comparison_has_three_values(relation: str, verdicts: tuple[bool | None, ...]):
    pairs = [(fmpq(1), arb(2)), (arb(1, 1), arb(2, 1)), (fmpq(1), fmpq(1))]
    assert verdicts == tuple(compare_by(relation)(x, y) for x, y in pairs)


def test_a_ball_across_a_breakpoint_takes_both_branches():
    relu = Piecewise((0, X < 0), (X, True))
    ball = enclose_at(relu, {X: arb(0, 1)}, precision=60)
    assert ball.contains(0)
    assert ball.contains(1)
    jump = Piecewise((-1, X < 0), (1, True))
    assert enclose_at(jump, {X: arb(0, 1)}, precision=60).contains(arb(0))


def test_an_untaken_branch_may_be_undefined():
    assert enclose(Piecewise((sympy.log(X), X > 0), (5, True)), {X: -1}) == 5
    assert enclose(Piecewise((1 / X, sympy.Ne(X, 0)), (5, True)), {X: 0}) == 5


def test_negation_conjunction_and_disjunction_are_read():
    inside = Piecewise((1, sympy.Not((X > 0) & (X < 1), evaluate=False)), (2, True))
    assert enclose(inside, {X: Rational(1, 2)}) == 2
    assert enclose(inside, {X: 3}) == 1


def test_a_box_across_a_breakpoint_is_not_analytic():
    function = ball_function(Piecewise((X, X < 1), (X**2, True)), X)
    assert not function(acb(arb(1, "0.1"), arb(0, "0.1")), analytic=True).is_finite()
    assert function(acb(3, 1), analytic=True).overlaps(acb(3, 1) ** 2)


def test_a_gap_between_the_pieces_has_no_value():
    y = sympy.Symbol("y", real=True)
    assert not enclose_at(Piecewise((1, y > 0)), {y: -1}, precision=60).is_finite()


def test_conditions_that_are_not_comparisons_are_refused():
    with pytest.raises(DomainError):
        enclose(Piecewise((1, sympy.Symbol("p")), (2, True)))
