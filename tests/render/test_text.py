from __future__ import annotations

import pytest
import sympy
from sympy import (
    Abs,
    Derivative,
    DiracDelta,
    Float,
    Function,
    Heaviside,
    Integer,
    Lambda,
    Mul,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    acos,
    erf,
    exp,
    factorial,
    factorial2,
    oo,
    pi,
    sqrt,
    tanh,
)

from symntk.derivation import Equation
from symntk.gaussian.expectation import GaussianExpectation, GaussianPairExpectation
from symntk.notation import GAMMA, Q1, Q2, RHO, N, X
from symntk.numbers.normal_distribution import BivariateNormalCDF, NormalCDF
from symntk.render.text import text, text_name

H, K, R = sympy.symbols("h k r", real=True)
TANH = Lambda(X, tanh(X))

GOLDEN = [
    (2 * sqrt(2) / (3 * pi), "2√2/(3π)"),
    ((sqrt(1 - RHO**2) + RHO * (pi - acos(RHO))) / (2 * pi), "(√(1 − ρ²) + ρ·(π − arccos(ρ)))/(2π)"),
    (GAMMA ** Rational(3, 2), "γ^(3/2)"),
    (1 / sqrt(2 * pi), "1/√(2π)"),
    (sqrt(2) * X / 2, "x/√2"),
    (24 * RHO**4 + 9, "24ρ⁴ + 9"),
    (X**12, "x¹²"),
    (-(X**2) / 3, "−x²/3"),
    (Mul(-1, X + 1, evaluate=False), "−(1 + x)"),
    (X / (2 * RHO), "x/(2ρ)"),
    (1 / (1 / X + 1), "1/(1 + 1/x)"),
    (exp(-(X**2) / 2), "e^(−x²/2)"),
    (exp(X), "e^x"),
    (BivariateNormalCDF(H, K, R), "Φ₂(h, k; r)"),
    (NormalCDF(H), "Φ(h)"),
    (erf(X / sqrt(2)) / 2, "erf(x/√2)/2"),
    (Abs(X), "|x|"),
    (Heaviside(X - Rational(1, 2)), "1[x > 1/2]"),
    (DiracDelta(X, 2), "δ′′(x)"),
    (factorial2(2 * N - 1), "(2n − 1)!!"),
    (factorial(N), "n!"),
    (Piecewise((0, X <= 0), (X, True)), "{0 if x ≤ 0; x otherwise}"),
    (Derivative(Function("phi_hat")(RHO), (RHO, 2)), "∂²/∂ρ² φ̂(ρ)"),
    (Sum(1 / N, (N, 1, oo)), "Σ_{n=1…∞} (1/n)"),
    (GaussianExpectation(Lambda(X, tanh(X) ** 2)), "E[tanh(u)²]"),
    (GaussianPairExpectation(TANH, TANH, 1, 1, RHO), "E[tanh(u)·tanh(v)]"),
    (GaussianPairExpectation(TANH, TANH, Q1, Q2, RHO), "E_{q₁,q₂;ρ}[tanh(u)·tanh(v)]"),
    (Equation(lhs=Symbol("chi_1"), rhs=Integer(1)), "χ₁ = 1"),
    (Integer(-3), "−3"),
    (-oo, "−∞"),
    (2 * sympy.I * X, "2i·x"),
    (Float("1.5"), "1.50000000000000"),
    (Lambda(X, X), "Lambda(x, x)"),
]


@pytest.mark.parametrize(("expression", "expected"), GOLDEN, ids=[line for _, line in GOLDEN])
def test_text_prints_the_form_a_reader_expects(expression, expected):
    assert expected == text(expression)


def test_text_is_one_line():
    assert set() == {line for expression, _ in GOLDEN if "\n" in (line := text(expression))}


def test_names_carry_accents_primes_and_subscripts():
    assert ["φ̂", "φ̂′", "q₁", "σ_w"] == [text_name(name) for name in ("phi_hat", "phi_prime_hat", "q_1", "sigma_w")]
