"""Moments, standardisation and normalisation."""

from __future__ import annotations

import mpmath
import pytest
from flint import arb
from sympy import Integer, Rational, pi, sqrt

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation, default_members
from symntk.errors import DomainError
from symntk.gaussian.dual import dual
from symntk.gaussian.moments import mean, normalized, second_moment, standardized
from symntk.notation import RHO, X
from symntk.numbers.ball import enclose, working_precision
from symntk.numbers.multiprecision import evaluate


def test_second_moment_of_relu_scales_with_the_variance() -> None:
    assert second_moment(activation("relu"), Integer(9)) == Rational(9, 2)


def test_mean_of_abs_is_known() -> None:
    assert mean(activation("abs")) == sqrt(2) / sqrt(pi)


@pytest.mark.parametrize("member", [m for m in default_members() if m.name != "selu"], ids=lambda m: m.name)
def test_standardized_has_second_moment_one(member: Activation) -> None:
    assert enclose(second_moment(standardized(member)) - 1, bits=40).contains(0)


@pytest.mark.parametrize("name", ["relu", "elu", "gelu", "step", "softplus", "exp"])
def test_normalized_has_mean_zero_and_second_moment_one(name: str) -> None:
    phi = normalized(activation(name))
    assert enclose(mean(phi), bits=40).contains(0)
    assert enclose(second_moment(phi) - 1, bits=40).contains(0)


def test_a_constant_cannot_be_normalized() -> None:
    with pytest.raises(DomainError, match="take another activation"):
        normalized(Activation(name="two", expression=Integer(2) + 0 * X))


def test_plain_digits_of_an_expectation_agree_with_its_ball() -> None:
    node = second_moment(activation("tanh"), Integer(2))
    with working_precision(120):
        gap = arb(mpmath.nstr(evaluate(node, digits=25), 25)) - enclose(node, bits=100)
    assert abs(gap) < arb(2) ** -64


def test_plain_digits_of_a_pair_are_refused_where_no_single_integral_gives_them() -> None:
    with pytest.raises(DomainError, match="enclose it instead"):
        evaluate(dual(activation("tanh")).expression.subs(RHO, Rational(1, 2)), digits=10)
