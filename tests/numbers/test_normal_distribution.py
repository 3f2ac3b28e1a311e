"""The symbolic rules of Φ and Φ₂ hold."""

from __future__ import annotations

import pytest
import sympy
from sympy import Expr, Rational, asin, oo, pi

from symntk.notation import RHO, X
from symntk.numbers.ball import enclose
from symntk.numbers.normal_distribution import BivariateNormalCDF, NormalCDF, normal_density

H, K = sympy.symbols("h k", real=True)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1 - NormalCDF(X), NormalCDF(-X)),
        (Rational(1, 2), NormalCDF(0)),
        (1, NormalCDF(oo)),
        (0, NormalCDF(-oo)),
        (normal_density(X), NormalCDF(X).diff(X)),
        (NormalCDF(K), BivariateNormalCDF(oo, K, RHO)),
        (0, BivariateNormalCDF(H, -oo, RHO)),
        (NormalCDF(H) * NormalCDF(K), BivariateNormalCDF(H, K, 0)),
        (Rational(1, 4) + asin(RHO) / (2 * pi), BivariateNormalCDF(0, 0, RHO)),
        (NormalCDF(H), BivariateNormalCDF(H, H, 1)),
        (BivariateNormalCDF(H, K, RHO), BivariateNormalCDF(K, H, RHO)),
        (NormalCDF(K) - BivariateNormalCDF(H, K, -RHO), BivariateNormalCDF(-H, K, RHO)),
    ],
)
def test_a_rule_holds(expected: Expr, actual: Expr):
    assert expected == actual


@pytest.mark.parametrize("symbol", [H, K, RHO])
def test_the_derivatives_agree_with_difference_quotients(symbol: sympy.Symbol):
    expr = BivariateNormalCDF(H, K, RHO)
    point = {H: Rational(1, 3), K: Rational(-1, 2), RHO: Rational(2, 5)}
    step = Rational(1, 10**20)
    low, high = ({**point, symbol: point[symbol] + sign * step} for sign in (-1, 1))
    quotient = (enclose(expr, high, bits=300) - enclose(expr, low, bits=300)) / enclose(2 * step, bits=300)
    assert abs(float(quotient - enclose(expr.diff(symbol), point))) < 1e-12


def test_sympy_knows_the_sign_of_probabilities():
    assert NormalCDF(X).is_positive
    assert BivariateNormalCDF(H, K, RHO).is_nonnegative
    assert NormalCDF(sympy.Symbol("z")).is_positive is None
