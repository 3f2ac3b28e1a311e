"""Inert Gaussian expectations: evaluation, derivatives, factorisation."""

from __future__ import annotations

import pytest
import sympy
from flint import arb
from sympy import Lambda, Max, Rational, atan, erf, exp, pi, sign, sqrt, tanh
from sympy.core.function import ArgumentIndexError

from symntk.errors import DomainError
from symntk.gaussian.expectation import GaussianExpectation, GaussianPairExpectation, factored
from symntk.gaussian.quadrature import enclose_mean, enclose_pair
from symntk.notation import Q1, Q2, RHO, X
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

TANH, ATAN, RELU = Lambda(X, tanh(X)), Lambda(X, atan(X)), Lambda(X, Max(0, X))
PAIR = GaussianPairExpectation(TANH, ATAN, Q1, Q2, RHO)


def test_mean_evaluates_inside_formulas() -> None:
    formula = sqrt(GaussianExpectation(Lambda(X, tanh(X) ** 2))) + 1
    with working_precision(100):
        assert enclose(formula, bits=80).overlaps(enclose_mean(tanh(X) ** 2, bits=90).sqrt() + 1)


def test_pair_takes_its_parameters_from_values() -> None:
    values = {Q1: Rational(3, 2), Q2: 1, RHO: Rational(-1, 3)}
    assert enclose(PAIR, values, bits=70).overlaps(
        enclose_pair(tanh(X), atan(X), Rational(-1, 3), Rational(3, 2), bits=80)
    )


def test_pair_follows_a_ball_of_correlations() -> None:
    wide = enclose(PAIR, {Q1: 1, Q2: 1, RHO: arb("0.5", "1e-10")}, bits=60)
    assert wide.contains(enclose_pair(tanh(X), atan(X), Rational(1, 2), bits=80))
    assert wide.rad() < 1e-9


def difference_quotient(symbol: sympy.Symbol, values: dict[sympy.Symbol, sympy.Expr]) -> arb:
    step = Rational(1, 2**40)
    up, down = ({**values, symbol: values[symbol] + sign * step} for sign in (1, -1))
    with working_precision(200):
        return (enclose(PAIR, up, bits=150) - enclose(PAIR, down, bits=150)) * 2**39


@pytest.mark.parametrize("symbol", [RHO, Q1, Q2], ids=str)
def test_derivatives_agree_with_difference_quotients(symbol: sympy.Symbol) -> None:
    values = {Q1: Rational(3, 2), Q2: Rational(2), RHO: Rational(1, 3)}
    slope = enclose(PAIR.diff(symbol), values, bits=100)
    with working_precision(200):
        assert abs(slope - difference_quotient(symbol, values)) < arb(2) ** -70


def test_second_derivative_of_a_kinked_pair_is_refused_and_the_first_is_not() -> None:
    kinked = GaussianPairExpectation(RELU, RELU, 1, 1, RHO)
    assert enclose(kinked.diff(RHO), {RHO: 0}, bits=50).overlaps(arb(1) / 4)
    with pytest.raises(DomainError, match="continuous"):
        kinked.diff(RHO, 2)


def test_derivative_of_a_jump_is_refused_in_one_line() -> None:
    with pytest.raises(DomainError, match="not seen to be continuous") as refusal:
        GaussianPairExpectation(Lambda(X, sign(X)), TANH, 1, 1, RHO).diff(RHO)
    assert "\n" not in str(refusal.value)


def test_functions_are_no_variables_of_differentiation() -> None:
    with pytest.raises(ArgumentIndexError):
        PAIR.fdiff(1)
    with pytest.raises(ArgumentIndexError):
        GaussianExpectation(TANH).fdiff()


def test_expectation_of_zero_is_zero() -> None:
    zero = Lambda(X, sympy.S.Zero)
    assert 0 == GaussianExpectation(zero)
    assert 0 == GaussianPairExpectation(zero, TANH, 1, 1, RHO)


def test_pair_at_zero_stays_inert_and_factors_when_asked() -> None:
    growth, bump = Lambda(X, exp(X)), Lambda(X, exp(-(X**2)))
    pair = GaussianPairExpectation(growth, bump, 1, 4, 0)
    assert isinstance(pair, GaussianPairExpectation)
    assert enclose(factored(pair), bits=60).overlaps(enclose(exp(Rational(1, 2)) / 3, bits=60))
    assert enclose(pair, bits=60).overlaps(enclose(exp(Rational(1, 2)) / 3, bits=60))


def test_factors_elsewhere_are_refused() -> None:
    with pytest.raises(DomainError, match="factors at 0 only"):
        factored(PAIR)


def test_expectations_are_real_and_keep_their_identity() -> None:
    assert PAIR.is_extended_real
    assert GaussianExpectation(TANH).is_extended_real
    assert PAIR.free_symbols == {Q1, Q2, RHO}
    assert PAIR == PAIR.func(*PAIR.args)


def test_price_derivative_of_the_error_function_is_the_derivative_of_the_arcsine() -> None:
    pair = GaussianPairExpectation(Lambda(X, erf(X)), Lambda(X, erf(X)), 1, 1, RHO)
    exact = (2 / pi * sympy.asin(2 * RHO / 3)).diff(RHO)
    at = {RHO: Rational(1, 2)}
    assert enclose(pair.diff(RHO), at, bits=70).overlaps(enclose(exact, at, bits=80))
