"""Moments, standardisation and normalisation."""

from __future__ import annotations

import pytest
from sympy import Integer, Rational, pi, sqrt

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation, default_members
from symntk.errors import DomainError
from symntk.gaussian.moments import mean, normalized, second_moment, standardized
from symntk.notation import X
from symntk.numbers.ball import enclose


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
