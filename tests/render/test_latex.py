from __future__ import annotations

import pytest
import sympy
from sympy import (
    Abs,
    Derivative,
    DiracDelta,
    Function,
    Heaviside,
    Integer,
    Lambda,
    Max,
    Mul,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    acos,
    asin,
    atan,
    binomial,
    cos,
    erf,
    exp,
    factorial2,
    log,
    oo,
    pi,
    sign,
    sin,
    sinh,
    sqrt,
    tanh,
    zeta,
)

from symntk.derivation import Equation
from symntk.gaussian.expectation import GaussianExpectation, GaussianPairExpectation
from symntk.notation import GAMMA, Q1, Q2, RHO, N, X
from symntk.numbers.normal_distribution import BivariateNormalCDF, NormalCDF, bivariate_normal_density
from symntk.render.latex import align_block, latex, latex_name, latex_prose, latex_term

H, K, R = sympy.symbols("h k r", real=True)
TANH = Lambda(X, tanh(X))
RELU_DUAL = (sqrt(1 - RHO**2) + RHO * (pi - acos(RHO))) / (2 * pi)

GOLDEN = [
    (2 * sqrt(2) / (3 * pi), r"\frac{2\sqrt{2}}{3\pi}"),
    (RELU_DUAL, r"\frac{1}{2\pi}\left(\sqrt{1-\rho^{2}}+\rho(\pi-\arccos\rho)\right)"),
    (1 / sqrt(2 * pi), r"\frac{1}{\sqrt{2\pi}}"),
    (sqrt(2 / pi), r"\sqrt{\frac{2}{\pi}}"),
    (sqrt(15) / (20 * sqrt(pi)), r"\frac{\sqrt{15}}{20\sqrt{\pi}}"),
    (exp(1 / (RHO**2 - 1)), r"e^{-1/(1-\rho^{2})}"),
    (Mul(pi, 1 - exp(-1) / pi, Rational(1, 2)), r"\frac{\pi}{2}\left(1-\frac{e^{-1}}{\pi}\right)"),
    (Max(0, X) ** 2, r"\max(0,x)^{2}"),
    (4 - 3 * tanh(X) ** 6 + 2 * tanh(X) ** 4 - tanh(X) ** 2, r"4-\tanh(x)^{2}+2\tanh(x)^{4}-3\tanh(x)^{6}"),
    (sqrt(X) * sqrt(RHO), r"\sqrt{\rho}\sqrt{x}"),
    (X * cos(X), r"x\cos x"),
    (sqrt(2) / 2, r"\frac{\sqrt{2}}{2}"),
    (sqrt(2) * X / 2, r"\frac{x}{\sqrt{2}}"),
    (sqrt(2) * X / (4 * sqrt(pi)), r"\frac{x}{2\sqrt{2\pi}}"),
    (sqrt(Q1) * sqrt(Q2) * sqrt(1 - RHO**2) / pi, r"\frac{\sqrt{q_{1}q_{2}(1-\rho^{2})}}{\pi}"),
    (24 * RHO**4 + 72 * RHO**2 + 9, r"24\rho^{4}+72\rho^{2}+9"),
    (1 - RHO**2, r"1-\rho^{2}"),
    (1 - GAMMA + GAMMA ** Rational(3, 2) / 3, r"1-\gamma+\frac{\gamma^{3/2}}{3}"),
    (3 * X**2 / 4 + X / 2 - Rational(5, 7), r"\frac{3}{4}x^{2}+\frac{x}{2}-\frac{5}{7}"),
    (-(X**2) / 3, r"-\frac{x^{2}}{3}"),
    (Mul(-1, X + 1, evaluate=False), "-(1+x)"),
    (RHO * (1 - X), r"\rho(1-x)"),
    ((RHO + 1) / (RHO - 1), r"-\frac{1+\rho}{1-\rho}"),
    (-RHO * (RHO**2 - 5) / 3, r"\frac{\rho(5-\rho^{2})}{3}"),
    ((1 + RHO) * NormalCDF(RHO), r"(1+\rho)\Phi(\rho)"),
    (N + 1, "n+1"),
    ((pi - acos(RHO)) / (2 * pi), r"\frac{\pi-\arccos\rho}{2\pi}"),
    (Rational("1.0507009873554805") * X, "1.0507009873554805x"),
    (1 / sqrt(GAMMA), r"\frac{1}{\sqrt{\gamma}}"),
    (2 * 3**N, r"2\cdot3^{n}"),
    (Rational(1, 2) ** N, r"\left(\frac{1}{2}\right)^{n}"),
    ((-X) ** N, "(-x)^{n}"),
    (2 ** Rational(1, 3), "2^{1/3}"),
    (exp(-(X**2) / 2) / sqrt(2 * pi), r"\frac{e^{-x^{2}/2}}{\sqrt{2\pi}}"),
    (exp(Rational(1, 2)) - 1, "e^{1/2}-1"),
    (exp(-exp(-X)), "e^{-e^{-x}}"),
    (bivariate_normal_density(H, K, R), r"\frac{e^{(2hkr-h^{2}-k^{2})/(2-2r^{2})}}{2\pi\sqrt{1-r^{2}}}"),
    (NormalCDF(H) ** 2, r"\Phi(h)^{2}"),
    (BivariateNormalCDF(H, K, R), r"\Phi_2(h,k;r)"),
    (erf(X / sqrt(2)) / 2, r"\frac{1}{2}\operatorname{erf}\left(\frac{x}{\sqrt{2}}\right)"),
    (2 * asin(2 * RHO / 3) / pi, r"\frac{2}{\pi}\arcsin\left(\frac{2}{3}\rho\right)"),
    (1 - acos(RHO) / pi, r"1-\frac{\arccos\rho}{\pi}"),
    (X * cos(X) * acos(RHO), r"x\arccos(\rho)\cos(x)"),
    (atan(1 / X), r"\arctan\left(\frac{1}{x}\right)"),
    (X * log(2), r"x\log2"),
    (log(1 + exp(X)), r"\log(1+e^{x})"),
    (sin(X) ** 2, r"\sin(x)^{2}"),
    (sinh(RHO), r"\sinh(\rho)"),
    (factorial2(2 * N - 1), "(2n-1)!!"),
    (binomial(N, 2), r"{\binom{n}{2}}"),
    (Abs(X), "|x|"),
    (sign(X), r"\operatorname{sgn}(x)"),
    (Max(0, X), r"\max(0,x)"),
    (Heaviside(X - Rational(1, 2)), r"\mathbf{1}_{x>1/2}"),
    (Heaviside(-X), r"\mathbf{1}_{x<0}"),
    (DiracDelta(X - 1), r"\delta(x-1)"),
    (DiracDelta(X, 1), r"\delta'(x)"),
    (Piecewise((0, X <= 0), (X, True)), r"\begin{cases}0&\text{if }x\leq0\\x&\text{otherwise}\end{cases}"),
    (Derivative(Function("phi_hat")(RHO), RHO), r"\frac{d}{d\rho}\hat{\varphi}(\rho)"),
    (Function("phi_prime_hat")(RHO), r"\hat{\varphi'}(\rho)"),
    (Sum(1 / N, (N, 1, oo)), r"\sum_{n=1}^{\infty}\frac{1}{n}"),
    (GaussianExpectation(Lambda(X, tanh(X) ** 2)), r"\mathbb{E}[\tanh(u)^{2}]"),
    (GaussianPairExpectation(TANH, TANH, 1, 1, RHO), r"\mathbb{E}[\tanh(u)\tanh(v)]"),
    (GaussianPairExpectation(TANH, TANH, 1, 1, Rational(1, 2)), r"\mathbb{E}_{\rho=1/2}[\tanh(u)\tanh(v)]"),
    (GaussianPairExpectation(TANH, TANH, Q1, Q2, RHO), r"\mathbb{E}_{q_{1},q_{2};\rho}[\tanh(u)\tanh(v)]"),
    (Equation(lhs=Symbol("chi_1"), rhs=Integer(1)), r"\chi_{1}=1"),
    (Symbol("sigma_w") ** 2, r"\sigma_{w}^{2}"),
    (sympy.EulerGamma, r"\gamma_{\mathrm{E}}"),
    (zeta(3), r"\zeta(3)"),
    (Integer(-3), "-3"),
    (-oo, r"-\infty"),
]


@pytest.mark.parametrize(("expression", "expected"), GOLDEN, ids=[source for _, source in GOLDEN])
def test_latex_prints_the_form_a_reader_expects(expression, expected):
    assert expected == latex(expression)


def test_katex_accepts_every_golden_formula_in_strict_mode(katex):
    sources = [latex(expression) for expression, _ in GOLDEN]
    assert [None] * len(sources) == katex(sources)


def test_katex_refuses_what_is_not_latex(katex):
    assert all(message is not None for message in katex([r"\frac{1}", "é"]))


def test_a_term_of_an_expansion_keeps_its_coefficient_apart_from_the_power():
    assert r"-\frac{2\sqrt{2}}{3\pi}\gamma^{3/2}" == latex_term(-2 * sqrt(2) / (3 * pi), GAMMA ** Rational(3, 2))
    assert r"-\gamma" == latex_term(Integer(-1), GAMMA)
    assert r"\frac{1}{2}" == latex_term(Rational(1, 2), Integer(1))
    assert r"(1+\pi)\gamma" == latex_term(1 + pi, GAMMA).replace(r"(\pi+1)", r"(1+\pi)")


def test_names_carry_accents_primes_and_subscripts():
    assert [r"\hat{\varphi}", r"\hat{\varphi'}", "q_{1}", r"\chi_{1}", r"q_{\mathrm{star}}"] == [
        latex_name(name) for name in ("phi_hat", "phi_prime_hat", "q_1", "chi1", "q_star")
    ]


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("φ̂(ρ) = ρ⁻¹", r"$\hat{\varphi}$($\rho$) = $\rho^{-1}$"),
        ("a_b & 5% {x}", r"a\_b \& 5\% \{x\}"),
        ("φ′ ≥ 0", r"$\varphi'$ $\ge$ 0"),
    ],
)
def test_prose_is_escaped_for_text_mode(prose, expected):
    assert expected == latex_prose(prose)


def test_an_align_block_with_unicode_reasons_is_accepted_by_katex(katex):
    block = align_block(
        [(r"\hat{\varphi}(\rho)", r"\rho", "E φ(u)φ(v) ≤ 1, by parts & so on [Price1958, eq. 2]"), ("a", "b", "50 %")]
    )
    assert [None] == katex([block])
