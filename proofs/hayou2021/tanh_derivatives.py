"""Derivatives of the correlation function of tanh on the edge of chaos, at 1 and elsewhere (facts 5, 6, 16, lemma 3)."""

from __future__ import annotations

import mpmath
from flint import arb
from sympy import Derivative, Expr, Interval, Rational, S, diff, ff, sqrt, tanh

from symntk.claims import (
    AlgebraicIdentity,
    BallIdentityAtRandomPoints,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    LessThan,
    Method,
    QuadratureAtPoints,
    Route,
    Statement,
    Verdict,
    Witness,
    covariance,
    expectation,
)
from symntk.claims.checks import Finding, doubted, refuted, supported, unknown
from symntk.claims.pointwise import written_out
from symntk.gaussian.series import hermite_series
from symntk.notation import RHO, X
from symntk.numbers.ball import enclose
from symntk.numbers.multiprecision import evaluate

Q = Rational(1, 2)
"""The stationary variance: on the edge, σ_w² = 1/E φ′(√q Z)² and σ_b² = q − σ_w² E φ(√q Z)² > 0 follow from it."""
ORDERS = (1, 2, 3)
BITS = 40
TERMS = 48
DIGITS = 25

SLOPES = [tanh(X), *(diff(tanh(X), X, order) for order in range(1, 6))]


def moment(order: int, variance: Expr = Q) -> Expr:
    """E φ⁽ʲ⁾(√v Z)²."""
    return expectation(SLOPES[order].subs(X, sqrt(variance) * X) ** 2)


WEIGHT = 1 / moment(1)
"""σ_w² on the edge."""


def pair(order: int, variance: Expr = Q, rho: Expr = RHO) -> Expr:
    """E φ⁽ʲ⁾(√v Z₁)φ⁽ʲ⁾(√v(ρZ₁ + √(1 − ρ²)Z₂))."""
    return covariance(SLOPES[order], rho=rho, q1=variance, q2=variance)


BIAS = Q - WEIGHT * pair(0, rho=S.One)
"""σ_b² on the edge, which makes q the stationary variance."""
CORRELATION = (BIAS + WEIGHT * pair(0)) / Q
LEFT = {Derivative(CORRELATION, (RHO, order)): order for order in ORDERS}


def mehler(order: int, rho: Expr) -> arb:
    """f⁽ʲ⁾(ρ) = (σ_w²/q) Σ n(n−1)…(n−j+1) aₙ² ρ^{n−j}, aₙ the Hermite coefficients of φ(√q ·), for |ρ| ≤ 1/2."""
    series = hermite_series(SLOPES[0], Q, TERMS, BITS)
    place = enclose(rho, bits=BITS)
    powers = {n: int(ff(n, order)) * place ** (n - order) for n in range(order, TERMS)}
    total = sum((c * series.coefficients[n] ** 2 for n, c in powers.items()), arb(0))
    tail = series.remainder(TERMS) * TERMS**order * arb(2) ** (order - TERMS)
    return enclose(WEIGHT / Q, bits=BITS) * (total + arb(0, tail.upper()))


def by_mehler(statement: Statement) -> Finding:
    """Compares the right side of f⁽ʲ⁾(ρ) = …, by quadrature, with Mehler's series at two correlations."""
    if not isinstance(statement, Equal) or statement.lhs not in LEFT:
        return unknown("this route reads derivatives of f only")
    for rho in (S.Zero, Rational(-1, 2)):
        gap = mehler(LEFT[statement.lhs], rho) - enclose(statement.rhs.subs(RHO, rho), bits=BITS)
        if not gap.contains(0):
            return refuted("Mehler's series differs", Witness(point=(("rho", str(rho)),), gap=gap.str(8)))
    return supported("quadrature agrees with Mehler's series at two correlations")


MEHLER = Route("quadrature against Mehler's series", Method.QUADRATURE, by_mehler)


def by_digits(statement: Statement) -> Finding:
    """Compares both sides of a relation without symbols by mpmath's quadrature."""
    if not isinstance(statement, Equal | LessThan):
        return unknown("this route reads equalities and inequalities")
    gap = written_out(statement.lhs - statement.rhs)
    number = evaluate(gap, digits=30)
    holds = abs(number) < 1e-18 if isinstance(statement, Equal) else number < 0
    text = f"lhs − rhs is about {mpmath.nstr(number, 8)}"
    return supported(text) if holds else doubted(text)


DIGITS_AGREE = Route("mpmath quadrature", Method.HIGH_PRECISION, by_digits)


def printed_derivative(order: int, variance: Expr) -> Equal:
    """Fact 6; v = q is right, v = 1 is printed."""
    left = Derivative(CORRELATION, (RHO, order))
    return Equal(left, WEIGHT * Q ** (order - 1) * pair(order, variance), on={RHO: Interval(-1, 1)})


def printed_value(order: int, variance: Expr) -> Equal:
    """f⁽ʲ⁾(1); v = q is right, v = 1 is printed."""
    left = WEIGHT / Q * Q**order * pair(order, rho=S.One)
    return Equal(left, WEIGHT * Q ** (order - 1) * moment(order, variance))


def positive(order: int) -> LessThan:
    """f⁽ʲ⁾(1) > 0 as fact 6 prints its value."""
    return LessThan(0, WEIGHT * Q ** (order - 1) * moment(order, S.One))


ON_EDGE = ("(σ_b, σ_w) on the edge of chaos with stationary variance q = 1/2",)

CLAIMS = (
    Claim(
        id="hayou2021/fact6/derivative",
        where="fact 6",
        printed=r"f^{(j)}(x) = \sigma_w^2 q^{j-1} \mathbb{E}[\phi^{(j)}(Z_1)\phi^{(j)}(xZ_1 + \sqrt{1-x^2}Z_2)], "
        r"\quad \forall x \in [-1, 1]",
        assumptions=ON_EDGE,
        statement=ForAll(ORDERS, lambda order: printed_derivative(order, S.One)),
        checks=(CertifiedWitness({RHO: 0}), MEHLER),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The arguments of φ⁽ʲ⁾ lack √q, which fact 5 and the proof of appendix lemma 3 have; true for q = 1 only.",
        corrected=Claim(
            id="hayou2021/fact6/derivative/corrected",
            where="fact 6",
            printed=r"f^{(j)}(x) = \sigma_w^2 q^{j-1} "
            r"\mathbb{E}[\phi^{(j)}(\sqrt{q} Z_1)\phi^{(j)}(\sqrt{q}(xZ_1 + \sqrt{1-x^2}Z_2))]",
            assumptions=ON_EDGE,
            statement=ForAll(ORDERS, lambda order: printed_derivative(order, Q)),
            checks=(AlgebraicIdentity(), MEHLER),
            expected=Verdict.SUPPORTED,
            note="For the orders 1 to 3.",
        ),
    ),
    Claim(
        id="hayou2021/fact6/derivative-at-one",
        where="fact 6, last line",
        printed=r"f^{(j)}(1) = \sigma_w^2 q^{j-1} \mathbb{E}[\phi^{(j)}(Z_1)^2]",
        assumptions=ON_EDGE,
        statement=ForAll(ORDERS, lambda order: printed_value(order, S.One)),
        checks=(CertifiedWitness(), DIGITS_AGREE),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="√q is missing again; on the edge f'(1) = 1, but the printed value is 0.78….",
        corrected=Claim(
            id="hayou2021/fact6/derivative-at-one/corrected",
            where="fact 6, last line",
            printed=r"f^{(j)}(1) = \sigma_w^2 q^{j-1} \mathbb{E}[\phi^{(j)}(\sqrt{q} Z_1)^2]",
            assumptions=ON_EDGE,
            statement=ForAll(ORDERS, lambda order: printed_value(order, Q)),
            checks=(BallIdentityAtRandomPoints(bits=BITS), DIGITS_AGREE),
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2021/fact6/positivity",
        where="fact 6, last line",
        printed=r"\sigma_w^2 q^{j-1} \mathbb{E}[\phi^{(j)}(Z_1)^2] > 0 \text{ for all } j \geq 1",
        assumptions=ON_EDGE,
        statement=ForAll((1, 2, 3, 4, 5), positive),
        checks=(QuadratureAtPoints(), DIGITS_AGREE),
        expected=Verdict.SUPPORTED,
        note="For j ≤ 5; in general φ⁽ʲ⁾ is a polynomial in tanh with leading coefficient ±j!, so it is not zero.",
    ),
    Claim(
        id="hayou2021/appendix-lemma3/derivatives-at-one",
        where="appendix lemma 3, proof, third statement",
        printed=r"f^{(k)}(1) = \sigma_w^2 q^{k-1} \mathbb{E}[\phi^{(k)}(\sqrt{q}Z)^2]",
        assumptions=ON_EDGE,
        statement=ForAll(ORDERS, lambda order: printed_value(order, Q)),
        checks=(BallIdentityAtRandomPoints(bits=BITS), DIGITS_AGREE),
        expected=Verdict.SUPPORTED,
        note="Fact 6 with the √q that is missing there.",
    ),
)
