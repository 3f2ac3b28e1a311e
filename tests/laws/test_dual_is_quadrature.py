"""Law: every dual, general dual and dual of φ′ equals an independent certified quadrature."""

from __future__ import annotations

import pytest
from flint import arb
from sympy import Expr, Integer, Rational

from symntk.activations.activation import Activation
from symntk.errors import DomainError
from symntk.gaussian.dual import derivative_dual, dual
from symntk.gaussian.presentation import presented
from symntk.gaussian.price import pair_expectation
from symntk.gaussian.quadrature import enclose_pair
from symntk.gaussian.terms import Mass, derivative_terms, elementary_terms, terms_expression
from symntk.notation import Q1, Q2, RHO
from symntk.numbers.ball import enclose

CORRELATIONS = (Integer(-1), Rational(-3, 5), Rational(1, 3), 1 - Rational(1, 2**20), Integer(1))
GENERAL = (
    (Integer(-1), 2, 1),
    (Rational(-2, 3), 1, 3),
    (Rational(1, 7), 2, 2),
    (Rational(999, 1000), 1, 2),
    (Integer(1), 3, 1),
)
BITS = 44


def _assert_same(derived: arb, measured: arb) -> None:
    assert derived.overlaps(measured)
    assert measured.rad() < abs(derived) * arb(2) ** -24 + arb(2) ** -30


@pytest.mark.parametrize("rho", CORRELATIONS, ids=str)
def test_dual_equals_quadrature(closed_member: Activation, rho: Expr) -> None:
    measured = enclose_pair(closed_member.expression, closed_member.expression, rho, bits=BITS)
    _assert_same(dual(closed_member).enclose(rho, bits=BITS), measured)


@pytest.mark.parametrize(("rho", "q1", "q2"), GENERAL, ids=str)
def test_general_dual_equals_quadrature(closed_member: Activation, rho: Expr, q1: int, q2: int) -> None:
    if closed_member.name in ("exp", "selu") and q1 * q2 > 3:
        q1, q2 = 1, 1
    measured = enclose_pair(
        closed_member.expression, closed_member.expression, rho, Integer(q1), Integer(q2), bits=BITS
    )
    _assert_same(dual(closed_member).enclose(rho, q1, q2, bits=BITS), measured)
    if abs(rho) != 1:
        written_out = dual(closed_member).general.subs({Q1: q1, Q2: q2, RHO: rho})
        _assert_same(enclose(written_out, bits=BITS), measured)


@pytest.mark.parametrize("rho", CORRELATIONS, ids=str)
def test_dual_of_the_derivative_equals_quadrature(closed_member: Activation, rho: Expr) -> None:
    slopes = derivative_terms(elementary_terms(closed_member))
    if any(isinstance(term.gate, Mass) for term in slopes):
        # Point masses: the derivative of the dual is the second route, and at ±1 the value is infinite.
        if abs(rho) == 1:
            with pytest.raises(DomainError, match="not integrable"):
                pair_expectation(slopes, slopes, rho)
            return
        derived = enclose(dual(closed_member).expression.diff(RHO).subs(RHO, rho), bits=BITS)
        assert derived.overlaps(enclose(derivative_dual(closed_member).subs(RHO, rho), bits=BITS))
        return
    slope = terms_expression(slopes)
    measured = enclose_pair(slope, slope, rho, bits=BITS)
    exact = (
        presented(pair_expectation(slopes, slopes, rho))
        if abs(rho) == 1
        else derivative_dual(closed_member).subs(RHO, rho)
    )
    _assert_same(enclose(exact, bits=BITS), measured)


def test_a_wrong_constant_is_caught(closed_member: Activation) -> None:
    rho = Rational(1, 3)
    wrong = dual(closed_member).enclose(rho, bits=BITS) * arb("1.000001")
    assert not wrong.overlaps(enclose_pair(closed_member.expression, closed_member.expression, rho, bits=BITS))
