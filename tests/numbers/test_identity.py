"""Identities are proved by normal form, wrong ones never, and wrong ones have a witness."""

from __future__ import annotations

from time import perf_counter

import pytest
import sympy
from flint import arb
from hypothesis import given, settings
from sympy import (
    Abs,
    Expr,
    I,
    Integer,
    Max,
    Min,
    Piecewise,
    Rational,
    acos,
    asin,
    cosh,
    erf,
    exp,
    log,
    pi,
    sinh,
    sqrt,
    tanh,
)

from symntk.errors import DomainError
from symntk.notation import GAMMA, Q1, Q2, RHO, N, X
from symntk.numbers.ball import enclose_at
from symntk.numbers.identity import prove_zero, refute_zero
from symntk.numbers.normal_distribution import BivariateNormalCDF, NormalCDF, bivariate_normal_density
from tests.numbers.formulas import formulas, rationals

H, K = sympy.symbols("h k", real=True)
Z = sympy.Symbol("z")
T = sympy.Symbol("t", positive=True)
RELU = (sqrt(1 - RHO**2) + RHO * (pi - acos(RHO))) / (2 * pi)
STEP = (pi - acos(RHO)) / (2 * pi)
NORMAL = exp(-(H**2) / 2) / sqrt(2 * pi) * NormalCDF((K - RHO * H) / sqrt(1 - RHO**2))
ERF = 2 / pi * asin(2 * Q1 * Q2 * RHO / sqrt((1 + 2 * Q1**2) * (1 + 2 * Q2**2)))


class Mean(sympy.Function):
    """An inert function of a function."""

    nargs = 1
    is_commutative = True

    @classmethod
    def eval(cls, *args: Expr) -> None:
        return None

    def _eval_is_extended_real(self) -> bool:
        return True


TRUE = {
    "price for relu": RELU.diff(RHO) - STEP,
    "third derivative of relu": RELU.diff(RHO, 3) - RHO / (2 * pi * (1 - RHO**2) ** Rational(3, 2)),
    "price for erf": ERF.diff(RHO)
    - 4 * Q1 * Q2 / pi / sqrt((1 + 2 * Q1**2) * (1 + 2 * Q2**2) - 4 * Q1**2 * Q2**2 * RHO**2),
    "plackett in h": BivariateNormalCDF(H, K, RHO).diff(H) - NORMAL,
    "plackett in r": BivariateNormalCDF(H, K, RHO).diff(H, K) - bivariate_normal_density(H, K, RHO),
    "reflection": BivariateNormalCDF(H, K, RHO) + BivariateNormalCDF(-H, K, -RHO) - NormalCDF(K),
    "hidden reflection": BivariateNormalCDF((1 - X**2) / (X - 1), K, RHO)
    + BivariateNormalCDF(X + 1, K, -RHO)
    - NormalCDF(K),
    "other hidden reflection": BivariateNormalCDF(K, (X**2 - 1) / (1 - X), RHO)
    + BivariateNormalCDF(K, X + 1, -RHO)
    - NormalCDF(K),
    "deficit": sqrt(1 - (1 - GAMMA) ** 2) - sqrt(GAMMA) * sqrt(2 - GAMMA),
    "roots of both ends": sqrt(1 - RHO) * sqrt(1 + RHO) - sqrt(1 - RHO**2),
    "quotient of roots": sqrt((1 - RHO) / (1 + RHO)) - sqrt(1 - RHO**2) / (1 + RHO),
    "mixed roots": T ** Rational(1, 3) * T ** Rational(1, 6) - sqrt(T),
    "exponents add": exp(X) * exp(RHO * X) - exp(X * (1 + RHO)),
    "halved exponents": exp(X / 2) ** 2 + exp(X / 3) ** 3 - 2 * exp(X),
    "complete square": exp(-(H**2)) * exp(2 * H * K) * exp(-(K**2)) - exp(-((H - K) ** 2)),
    "sigmoid": 1 / (1 + exp(-X)) - (1 + tanh(X / 2)) / 2,
    "softplus": log(1 + exp(X)).diff(X) - 1 / (1 + exp(-X)),
    "log of a product": log(6 * T * exp(X)) - log(2) - log(3) - log(T) - X,
    "hyperbolic": cosh(X) ** 2 - sinh(X) ** 2 - 1,
    "double angle": sympy.sin(2 * X) - 2 * sympy.sin(X) * sympy.cos(X),
    "tangent": sympy.tan(X).diff(X) - 1 / sympy.cos(X) ** 2,
    "cotangent": sympy.cot(X) * sympy.sin(X) - sympy.cos(X),
    "euler": exp(I * X) - sympy.cos(X) - I * sympy.sin(X),
    "erf": erf(X) - 2 * NormalCDF(sqrt(2) * X) + 1,
    "erfc": sympy.erfc(X) - 2 * NormalCDF(-sqrt(2) * X),
    "odd functions": sympy.atan(RHO - X) + sympy.atan(X - RHO) + sympy.asinh(RHO - X) + sympy.asinh(X - RHO),
    "acos": asin(X - RHO) + acos(X - RHO) - pi / 2,
    "modulus": Abs(X * RHO) - Abs(X) * Abs(RHO),
    "maximum": Max(X, RHO) + Min(X, RHO) - X - RHO,
    "relu by pieces": Piecewise((X, X > 0), (0, True)) ** 2 - Piecewise((X**2, X > 0), (0, True)),
    "gamma": sympy.gamma(N / 2 + 2) - (N / 2 + 1) * (N / 2) * sympy.gamma(N / 2),
    "factorial": sympy.factorial(N + 1) - (N + 1) * sympy.factorial(N),
    "pascal": sympy.binomial(N + 1, 3) - sympy.binomial(N, 3) - sympy.binomial(N, 2),
    "symbolic powers": T ** (N + 1) / T - T**N,
    "function arguments": Mean(sympy.Lambda(X, (X - 1) ** 2)) - Mean(sympy.Lambda(H, H**2 - 2 * H + 1)),
    "golden ratio": sympy.GoldenRatio**2 - sympy.GoldenRatio - 1,
    "rational constants": 1 / (sqrt(2) + 1) - sqrt(2) + 1,
    "imaginary": (1 + I) ** 4 + 4,
    "normal form inside": NormalCDF((X**2 - 1) / (X - 1)) - NormalCDF(X + 1),
    "two radicals": 1 / (sqrt(2) + sqrt(3) + sqrt(T)) * (sqrt(2) + sqrt(3) + sqrt(T)) - 1,
}  # fmt: skip

FALSE = {
    "relu, slightly off": RELU.diff(RHO) - STEP * (1 + RHO / 10**12),
    "sign of a root": sqrt(X**2) - X,
    "negative product": sqrt(X * (X - 1)) - sqrt(X) * sqrt(X - 1),
    "log of a square": log(X**2) - 2 * log(X),
    "log of a complex product": log(Z * RHO) - log(Z) - log(RHO),
    "complex modulus": Abs(Z) - Z,
    "complex power": sqrt(Z**2) - Z,
    "exponent of a complex log": log(exp(Z)) - Z,
    "step squared": sympy.Heaviside(X) ** 2 - sympy.Heaviside(X),
    "one": Integer(1),
    "plackett, wrong sign": BivariateNormalCDF(H, K, RHO).diff(H) - NORMAL.subs(RHO, -RHO),
    "erf, wrong scale": erf(X) - 2 * NormalCDF(X) + 1,
    "powers of minus one": (-1) ** N - 1,
    "float": sympy.Float(0) * X + sympy.Float("1e-30"),
    "pieces": Piecewise((X, X > 0), (0, True)) - X,
    "other function": Mean(sympy.Lambda(X, X)) - Mean(sympy.Lambda(X, 2 * X)),
    "bound and free": Mean(sympy.Lambda(X, X * H)) - Mean(sympy.Lambda(H, H * X)),
    "nested functions": Mean(sympy.Lambda(X, Mean(sympy.Lambda(H, X))))
    - Mean(sympy.Lambda(X, Mean(sympy.Lambda(H, H)))),
    "branch of the arc sine": asin(sympy.sin(X)) - X,
}


@pytest.mark.parametrize("name", TRUE)
def test_an_identity_is_proved(name: str):
    assert prove_zero(TRUE[name])


@pytest.mark.parametrize("name", FALSE)
def test_a_wrong_identity_is_not_proved(name: str):
    assert not prove_zero(FALSE[name])


@settings(max_examples=40, deadline=None)
@given(formulas(), formulas(3), rationals(-2, 2))
def test_a_rearranged_formula_is_proved_equal_and_a_changed_one_is_not(a: Expr, b: Expr, shift: sympy.Rational):
    rearranged = (a + b) ** 2 - (a - b) ** 2 - 4 * a * b + (a * b).expand() - a * b
    assert prove_zero(rearranged)
    assert shift == 0 or not prove_zero(rearranged + shift * a * b - shift * (a * b).expand() + shift)


@settings(max_examples=60, deadline=None)
@given(formulas(5), formulas(5), rationals(-2, 2))
def test_what_is_proved_zero_has_no_ball_that_excludes_zero(a: Expr, b: Expr, point: sympy.Rational):
    difference = a - b
    if prove_zero(difference):
        ball = enclose_at(difference, {X: point}, precision=100)
        assert not ball.is_finite() or ball.contains(0)
    else:
        assert difference != 0


@pytest.mark.parametrize("name", ["relu, slightly off", "sign of a root", "erf, wrong scale", "plackett, wrong sign"])
def test_a_wrong_identity_is_refuted_at_a_rational_point(name: str):
    expr = FALSE[name]
    symbols = sorted(expr.free_symbols, key=str)
    point = refute_zero(expr, dict.fromkeys(symbols, (-1, Rational(3, 4))))
    assert point is not None
    assert all(isinstance(value, Rational) and -1 <= value <= Rational(3, 4) for value in point.values())
    ball = enclose_at(expr, point, precision=256)
    assert ball > arb(0) or ball < arb(0)


def test_an_identity_has_no_witness_against_it():
    assert refute_zero(TRUE["price for relu"], {RHO: (-1, 1)}) is None


def test_a_bad_box_is_refused():
    with pytest.raises(DomainError):
        refute_zero(X, {X: (1, 0)})
    with pytest.raises(DomainError):
        refute_zero(X, {X: (0, pi)})


def test_a_typical_identity_takes_milliseconds():
    start = perf_counter()
    for name in ("price for erf", "plackett in r", "price for relu"):
        prove_zero(TRUE[name])
    assert perf_counter() - start < 0.3
