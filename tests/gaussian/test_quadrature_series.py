"""Hermite coefficients: closed forms, Parseval, parity, variances, and smooth against piecewise."""

from __future__ import annotations

import pytest
import sympy
from flint import arb
from sympy import Expr, Max, Rational, S, cos, erf, exp, factorial, log, pi, sin, sqrt, tanh

from symntk.errors import DomainError, UndecidedError
from symntk.gaussian.certified_coefficients import piecewise_coefficients
from symntk.gaussian.quadrature import enclose_hermite_coefficients, enclose_mean, enclose_pair
from symntk.gaussian.series import hermite_series, mehler_sum, mehler_tail
from symntk.notation import X
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

SOFTPLUS = log(1 + exp(X))
BENT = sympy.Piecewise((tanh(X), X > 0), (X / 5, True))


@pytest.mark.parametrize("n", [0, 1, 5, 40, 120])
def test_coefficients_of_the_exponential_are_known(n: int) -> None:
    found = enclose_hermite_coefficients(exp(X / 3), n + 1, bits=60)[n]
    assert found.overlaps(enclose(exp(Rational(1, 18)) / 3**n / sqrt(factorial(n)), bits=80))


@pytest.mark.parametrize("n", [1, 3, 31, 101])
def test_coefficients_of_the_error_function_are_known(n: int) -> None:
    m = (n - 1) // 2
    square = 2 / pi * sympy.binomial(2 * m, m) / (4**m * n) * Rational(2, 3) ** n
    exact = (-1) ** m * sqrt(square)
    assert enclose_hermite_coefficients(erf(X), n + 1, bits=50)[n].overlaps(enclose(exact, bits=60))


@pytest.mark.parametrize("n", [0, 1, 2, 10, 60, 150])
def test_coefficients_of_relu_are_known(n: int) -> None:
    found = enclose_hermite_coefficients(Max(0, X), n + 1, bits=60)[n]
    exact = {0: 1 / sqrt(2 * pi), 1: Rational(1, 2)}.get(n)
    if exact is None:
        m = n // 2
        exact = (-1) ** (m + 1) * sympy.factorial2(2 * m - 3) / sqrt(2 * pi * factorial(n))
    assert found.overlaps(enclose(exact, bits=70))
    assert found.rel_accuracy_bits() >= 60


@pytest.mark.parametrize("f", [tanh(X), SOFTPLUS, sin(X) + cos(2 * X)], ids=str)
def test_every_coefficient_has_the_accuracy_asked_for(f: Expr) -> None:
    found = enclose_hermite_coefficients(f, 60, bits=50)
    assert all(a.rel_accuracy_bits() >= 50 or a.rad() <= arb(2) ** -100 for a in found)


def test_coefficients_of_the_wrong_parity_are_exactly_zero() -> None:
    found = enclose_hermite_coefficients(tanh(X), 8)
    assert [0, 0, 0, 0] == found[::2]
    assert all(a != 0 for a in found[1::2])


@pytest.mark.parametrize("f", [X**3 - X + 1, X * exp(X / 2), sin(X)], ids=str)
def test_grid_and_pieces_give_the_same_coefficients(f: Expr) -> None:
    smooth = enclose_hermite_coefficients(f, 12, 2, bits=50)
    pieces = piecewise_coefficients(f, S(2), 12, 50)
    assert all(a.overlaps(b) for a, b in zip(smooth, pieces, strict=True))


def test_coefficients_of_pieces_without_closed_form_are_means() -> None:
    found = enclose_hermite_coefficients(BENT, 4, bits=40)
    third = (X**3 - 3 * X) / sqrt(6)
    assert found[3].overlaps(enclose_mean(sympy.Piecewise((tanh(X) * third, X > 0), (X * third / 5, True)), bits=60))


@pytest.mark.parametrize("f", [tanh(X), SOFTPLUS], ids=str)
def test_squares_of_coefficients_add_up_to_the_second_moment(f: Expr) -> None:
    series = hermite_series(f, S.One, 512, 96)
    with working_precision(128):
        assert series.remainder(512) < arb(2) ** -90
    assert series.second_moment.overlaps(enclose_mean(f**2, bits=90))


def test_variance_dilates_the_function() -> None:
    assert enclose_hermite_coefficients(tanh(X), 6, 4, bits=50)[5].overlaps(
        enclose_hermite_coefficients(tanh(2 * X), 6, bits=50)[5]
    )


def test_a_series_cut_short_still_contains_the_value() -> None:
    short = hermite_series(tanh(X), S.One, 8, 64)
    with working_precision(96):
        rough = mehler_sum(short, short, arb("0.75"))
        assert rough.contains(enclose_pair(tanh(X), tanh(X), Rational(3, 4), bits=70))
        assert mehler_tail(short, short, arb("0.75")) < arb("0.002")


def test_remainder_of_a_polynomial_is_rounding_only() -> None:
    assert hermite_series(X**3, S.One, 5, 64).remainder(5) < arb(2) ** -40


def test_no_coefficient_is_refused() -> None:
    with pytest.raises(DomainError, match="take at least 1"):
        enclose_hermite_coefficients(X, 0)


def test_functions_without_a_strip_have_no_series() -> None:
    with pytest.raises(UndecidedError, match="no strip of analyticity"):
        hermite_series(Max(0, X), S.One, 4, 40)
