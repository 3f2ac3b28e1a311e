"""Law: the Hermite series Σ aₙ²ρⁿ is the dual, within the tail that Parseval allows."""

from __future__ import annotations

import pytest
from flint import arb
from sympy import Rational

from symntk.activations.activation import Activation
from symntk.gaussian.dual import dual
from symntk.gaussian.hermite import enclosed_hermite_coefficients, hermite_coefficients
from symntk.gaussian.hermite_formula import hermite_formula
from symntk.gaussian.moments import mean, second_moment
from symntk.notation import N
from symntk.numbers.ball import enclose, working_precision

COUNT = 24


@pytest.mark.parametrize("rho", [Rational(-3, 5), Rational(1, 3), Rational(9, 10)], ids=str)
def test_series_with_its_tail_contains_the_dual(member: Activation, rho: Rational) -> None:
    with working_precision(100):
        squares = [a**2 for a in enclosed_hermite_coefficients(member, COUNT, bits=80)]
        point = arb(int(rho.p)) / int(rho.q)
        partial = sum((a * point**n for n, a in enumerate(squares)), arb(0))
        left = enclose(second_moment(member), bits=80) - sum(squares, arb(0))
        tail = abs(point) ** COUNT * (abs(left) + arb(2) ** -60)
        difference = abs(dual(member).enclose(rho, bits=60) - partial)
    assert left > -(arb(2) ** -60)
    assert difference <= tail + arb(2) ** -50


def test_first_coefficient_is_the_mean(member: Activation) -> None:
    assert enclose(hermite_coefficients(member, 1)[0] - mean(member), bits=60).contains(0)


def test_symbolic_order_agrees_with_numbered_orders(symbolic_member: Activation) -> None:
    numbered = hermite_coefficients(symbolic_member, 16)
    checked = 0
    for case in hermite_formula(symbolic_member):
        for n in range(case.start, 16):
            if case.parity is None or (n % 2 == 1) == (case.parity == "odd"):
                assert enclose(case.expression.subs(N, n).doit() - numbered[n], bits=60).contains(0)
                checked += 1
    assert checked >= 8
