"""Comparisons are certain or None; signs are certain or an error."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from flint import arb
from hypothesis import given, settings
from sympy import Expr, Rational

from symntk.errors import DomainError, UndecidedError
from symntk.notation import RHO, X
from symntk.numbers.decide import decide, sign
from symntk.numbers.normal_distribution import NormalCDF
from tests.numbers.formulas import formulas, rationals

SQRT = sympy.sqrt


@pytest.mark.parametrize(
    ("left", "relation", "right", "expected"),
    [
        (SQRT(2) + SQRT(3), "<", sympy.pi, False),
        (sympy.exp(-1000000), ">", 0, True),
        (sympy.sin(1) ** 2 + sympy.cos(1) ** 2, "<=", 1, True),
        (sympy.sin(1) ** 2 + sympy.cos(1) ** 2, "!=", 1, False),
        (SQRT(2 + SQRT(3)), "==", (SQRT(6) + SQRT(2)) / 2, True),
        (SQRT(2 + SQRT(3)), "==", (SQRT(6) + SQRT(2)) / 2 + Rational(1, 10**200), False),
        (sympy.cbrt(2 + SQRT(5)) + sympy.cbrt(SQRT(5) - 2), ">=", SQRT(5), True),
        (sympy.erf(1 / SQRT(2)), "==", 2 * NormalCDF(1) - 1, True),
        (sympy.I, "==", 0, False),
        (sympy.exp(sympy.I), "!=", 1, True),
        (1, "<", Fraction(3, 2), True),
        ((sympy.atan(Rational(1, 2)) + sympy.atan(Rational(1, 3)) - sympy.pi / 4) ** 2, ">=", 0, True),
        ((sympy.atan(Rational(1, 2)) + sympy.atan(Rational(1, 3)) - sympy.pi / 4) ** 2, "<", 0, False),
        (arb(1, "0.1"), "<", arb(2), True),
        (arb(1, 1), ">=", arb(1, 1), None),
        (RHO, "<", 2, None),
        (sympy.sin(X) ** 2, "==", 1 - sympy.cos(X) ** 2, True),
    ],
)
def test_a_comparison_is_decided(left: Expr, relation: str, right: Expr, expected: bool | None):
    assert expected is decide(left, relation, right)


def test_a_comparison_that_needs_more_bits_than_allowed_is_none():
    close = sympy.cos(1) * sympy.tan(1) + sympy.exp(-300)
    assert decide(close, ">", sympy.sin(1), max_bits=128) is None
    assert decide(close, ">", sympy.sin(1), max_bits=1024) is True


def test_symbols_take_their_values():
    assert decide(RHO**2, "<", RHO, {RHO: Rational(1, 2)}) is True
    assert decide(RHO**2, "==", 2, {RHO: SQRT(2)}) is True
    assert decide(RHO, ">", 0, {RHO: arb("0.5", "0.1")}) is True


@settings(max_examples=40, deadline=None)
@given(formulas(), rationals(-2, 2))
def test_exactly_one_of_less_equal_greater_holds_where_decided(expr: Expr, point: Rational):
    verdicts = [decide(expr, relation, Rational(1, 3), {X: point}, max_bits=512) for relation in ("<", "==", ">")]
    assert verdicts.count(True) <= 1
    assert None in verdicts or verdicts.count(True) == 1
    assert verdicts == [
        decide(Rational(1, 3), relation, expr, {X: point}, max_bits=512) for relation in (">", "==", "<")
    ]


def test_numbers_that_are_not_real_have_no_order():
    with pytest.raises(DomainError):
        decide(sympy.I, "<", 1)
    with pytest.raises(DomainError):
        sign(SQRT(X), {X: -1})


def test_an_unknown_relation_is_refused():
    with pytest.raises(DomainError):
        decide(1, "=<", 2)


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (sympy.pi - Rational(355, 113), -1),
        (sympy.exp(sympy.pi * SQRT(163)) - 262537412640768744, -1),
        (SQRT(2) * SQRT(3) - SQRT(6), 0),
        (sympy.cos(sympy.pi / 5) - (1 + SQRT(5)) / 4, 0),
        (NormalCDF(1) - sympy.erfc(-1 / SQRT(2)) / 2, 0),
        (7, 1),
    ],
)
def test_a_sign_is_certain(expr: Expr, expected: int):
    assert expected == sign(expr)


def test_a_sign_that_cannot_be_told_is_undecided():
    with pytest.raises(UndecidedError):
        sign(sympy.atan(Rational(1, 2)) + sympy.atan(Rational(1, 3)) - sympy.pi / 4, max_bits=256)
    with pytest.raises(UndecidedError):
        sign(X)
