"""Digits without promise are still the right digits."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
import sympy

from symntk.errors import DomainError
from symntk.notation import RHO, X
from symntk.numbers.multiprecision import evaluate
from symntk.numbers.normal_distribution import BivariateNormalCDF, NormalCDF


def test_forty_digits_of_a_formula():
    assert "0.1666666666666666666666666666666666666667" == mpmath.nstr(
        evaluate(X / 2, {X: Fraction(1, 3)}, digits=40), 40
    )


def test_the_normal_distribution_functions_have_digits():
    assert abs(evaluate(NormalCDF(-10), digits=20) / mpmath.mpf("7.6198530241605260660e-24") - 1) < 1e-18
    third = evaluate(BivariateNormalCDF(sympy.Rational(1, 10**9), 0, RHO), {RHO: sympy.Rational(1, 2)}, digits=15)
    assert abs(third - mpmath.mpf(1) / 3) < 1e-9


def test_full_correlation_has_digits():
    assert evaluate(BivariateNormalCDF(1, 2, 1), digits=15) == evaluate(NormalCDF(1), digits=15)
    assert abs(evaluate(BivariateNormalCDF(1, -2, RHO), {RHO: -1}, digits=15)) < 1e-30


@pytest.mark.parametrize("expr", [X, sympy.log(sympy.Integer(-1)), sympy.zoo, sympy.I])
def test_what_has_no_real_value_is_refused(expr: sympy.Expr):
    with pytest.raises(DomainError):
        evaluate(expr)


def test_at_least_one_digit_is_asked_for():
    with pytest.raises(DomainError):
        evaluate(sympy.pi, digits=0)
