"""Law: expansions agree with the certified dual, and with Hermite coefficients at ρ = 0."""

from __future__ import annotations

import pytest
from flint import arb
from sympy import Integer, Rational, S

from symntk.activations.activation import Activation
from symntk.expansions.endpoint import expand
from symntk.gaussian.dual import dual
from symntk.gaussian.hermite import hermite_coefficients
from symntk.numbers.ball import enclose


@pytest.mark.parametrize("at", [1, -1, 0], ids=str)
def test_remainder_is_of_the_first_omitted_order(member: Activation, at: int) -> None:
    expansion = expand(member, at, 3)
    total = dual(member).at(1)
    scaled = []
    exponents = (22, 30) if dual(member).closed_form else (10, 14)
    for small in (Rational(1, 2 ** exponents[0]), Rational(1, 2 ** exponents[1])):
        rho = 1 - small if at == 1 else at + small
        remainder = dual(member).at(rho) / total - expansion.expression.subs(expansion.variable, small)
        order = min(expansion.order, Integer(8)) if expansion.order is not S.Infinity else Integer(4)
        bits = 40 + exponents[1] * int(order + 1)
        scaled.append(abs(enclose(remainder, bits=bits)) / enclose(small**order, bits=bits))
    assert scaled[1] < 4 * scaled[0] + arb(1) / 2**20


def test_at_one_it_starts_with_one(member: Activation) -> None:
    first = expand(member, 1, 2).terms[0]
    assert (first.exponent, first.coefficient) == (0, 1)


def test_at_zero_the_coefficients_are_squared_hermite_coefficients(member: Activation) -> None:
    expansion = expand(member, 0, 3)
    total = dual(member).at(1)
    for n, a in enumerate(hermite_coefficients(member, 4)):
        if n < expansion.order:
            assert enclose(expansion.coefficient(n) * total - a**2, bits=60).contains(0)
