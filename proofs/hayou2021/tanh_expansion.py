"""Expansion at 1 of the correlation function of tanh on the edge of chaos (fact 7, appendix lemmas 2 and 3)."""

from __future__ import annotations

import mpmath
from sympy import Expr, Integer, Rational, S, Symbol, diff, expand, factorial, lambdify, sqrt, tanh

from symntk.activations.activation import Activation
from symntk.claims import (
    AlgebraicIdentity,
    BallIdentityAtRandomPoints,
    CertifiedWitness,
    Claim,
    Equal,
    LessThan,
    Method,
    QuadratureAtPoints,
    Route,
    SeriesAt,
    SeriesCheck,
    Statement,
    Verdict,
    Witness,
    covariance,
    expectation,
)
from symntk.claims.checks import Finding, doubted, refuted, supported, unknown
from symntk.claims.statement import Relation
from symntk.expansions import endpoint as expansions
from symntk.gaussian.expectation import GaussianExpectation, GaussianPairExpectation
from symntk.notation import GAMMA, RHO, X
from symntk.numbers.ball import enclose
from symntk.numbers.multiprecision import evaluate

Q = Rational(1, 2)
"""The stationary variance: on the edge, σ_w² = 1/E φ′(√q Z)² and σ_b² = q − σ_w² E φ(√q Z)² > 0 follow from it."""
SCALED = tanh(sqrt(Q) * X)
BITS = 48
DEFICITS = (Rational(1, 8), Rational(1, 64))


def slope_of_scaled(order: int) -> Expr:
    """The j-th derivative of φ(√q x)."""
    return diff(SCALED, X, order) if order else SCALED


def moment(order: int) -> Expr:
    """q^j E φ⁽ʲ⁾(√q Z)², with the square written out."""
    return expectation(expand(slope_of_scaled(order) ** 2))


def settled(expression: Expr) -> Expr:
    """The expression with its expectations written as those of `moment`; a pair at ρ = 1 is a single variable."""

    def single(node: Expr) -> Expr:
        return expectation(expand(node.args[0](X)))

    def pair(node: Expr) -> Expr:
        f, g, q1, q2, _ = node.args
        return expectation(expand(f(sqrt(q1) * X) * g(sqrt(q2) * X)))

    met = expression.replace(lambda e: isinstance(e, GaussianPairExpectation), pair)
    return met.replace(lambda e: isinstance(e, GaussianExpectation), single)


WEIGHT = Q / moment(1)
"""σ_w² on the edge."""


def at_one(order: int) -> Expr:
    """f⁽ʲ⁾(1) = σ_w² q^{j−1} E φ⁽ʲ⁾(√q Z)²."""
    return moment(order) / moment(1)


ALPHA, ZETA = at_one(2) / 2, at_one(3) / 6
PAIR = covariance(tanh(X), q1=Q, q2=Q)
PAIR_AT_ONE = PAIR.subs(RHO, 1)
CORRELATION = 1 - WEIGHT * (PAIR_AT_ONE - PAIR) / Q
"""f(ρ) of fact 5 with σ_b² = q − σ_w² E φ(√q Z)²."""
SLOPE = WEIGHT * covariance(diff(tanh(X), X), q1=Q, q2=Q)


def map_terms() -> list[tuple[Expr, Expr]]:
    """The terms of f in γ from symntk's expansion of φ(√q ·), whose map is φ̂(ρ)/φ̂(1)."""
    expansion = expansions.expand(Activation(name="tanh(sqrt(q) x)", expression=SCALED), terms=5)
    scale = moment(0) / moment(1)
    return [(S.Zero, S.One), *((t.exponent, scale * settled(t.coefficient)) for t in expansion.terms if t.exponent > 0)]


def deficit_terms() -> list[tuple[Expr, Expr]]:
    """The terms of 1 − f."""
    return [(exponent, -coefficient) for exponent, coefficient in map_terms() if exponent > 0]


def slope_terms() -> list[tuple[Expr, Expr]]:
    """The terms of f′ = −df/dγ."""
    return [(exponent - 1, -exponent * coefficient) for exponent, coefficient in map_terms() if exponent > 0]


def by_remainder(statement: Statement) -> Finding:
    """|lhs − rhs| ≤ M γ^order with M = f⁽⁴⁾(1)/4! (3! for f′), as all Hermite coefficients of f are non-negative."""
    if not isinstance(statement, SeriesAt):
        return unknown("this route reads expansions")
    order = int(statement.order)
    bound = enclose(at_one(4) / factorial(order), bits=BITS)
    for deficit in DEFICITS:
        place = {statement.variable: statement.at + (deficit if statement.side == "right" else -deficit)}
        gap = enclose((statement.lhs - statement.rhs).subs(place), bits=BITS)
        if not abs(gap) <= bound * enclose(deficit**order, bits=BITS):
            return refuted("the remainder is too large", Witness(point=(("deficit", str(deficit)),), gap=gap.str(8)))
    return supported("the remainder keeps the bound of Taylor's formula at two deficits")


REMAINDER = Route("Taylor remainder by quadrature", Method.QUADRATURE, by_remainder)


def integrated(node: Expr) -> Expr:
    """E f(u) by mpmath's quadrature."""
    function = lambdify(X, node.args[0](X), "mpmath")
    with mpmath.workdps(25):
        return S(str(mpmath.quad(lambda x: function(x) * mpmath.npdf(x), mpmath.linspace(-12, 12, 9))))


def by_digits(statement: Statement) -> Finding:
    """Decides a relation without symbols by mpmath's quadrature."""
    if not isinstance(statement, Relation) or statement.on:
        return unknown("this route reads relations without symbols")
    gap = (statement.lhs - statement.rhs).replace(lambda e: isinstance(e, GaussianExpectation), integrated)
    number = evaluate(gap, digits=20)
    holds = {"==": abs(number) < 1e-15, "<": number < 0, "<=": number <= 0, "!=": abs(number) > 1e-15}
    text = f"lhs − rhs is about {mpmath.nstr(number, 8)}"
    return supported(text) if holds[statement.symbol] else doubted(text)


DIGITS = Route("mpmath quadrature", Method.HIGH_PRECISION, by_digits)
EXPANSION = (SeriesCheck(map_terms), REMAINDER)
REFUTING, CERTIFYING = (CertifiedWitness(), DIGITS), (QuadratureAtPoints(), DIGITS)

TAYLOR = RHO + ALPHA * (1 - RHO) ** 2 - ZETA * (1 - RHO) ** 3
FOURTH = Integer(4)
ON_EDGE = ("(σ_b, σ_w) on the edge of chaos with stationary variance q = 1/2",)
FREE_A, FREE_Z = Symbol("alpha", positive=True), Symbol("zeta", positive=True)

CLAIMS = (
    Claim(
        id="hayou2021/fact7/taylor",
        where="fact 7",
        printed=r"f(c) = c + \alpha(1-c)^2 - \zeta(1-c)^3 + \mathcal{O}((1-c)^4)",
        assumptions=ON_EDGE,
        statement=SeriesAt(CORRELATION, TAYLOR, variable=RHO, order=FOURTH),
        checks=EXPANSION,
        expected=Verdict.PROVED,
        note="With α = f''(1)/2 and ζ = f'''(1)/6; the linear term c says f'(1) = 1.",
    ),
)
