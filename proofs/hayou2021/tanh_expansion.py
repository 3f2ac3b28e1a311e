"""Expansion at 1 of the correlation function of tanh on the edge of chaos (fact 7, appendix lemmas 2 and 3)."""

from __future__ import annotations

import mpmath
from sympy import (
    Derivative,
    Expr,
    Integer,
    Interval,
    Rational,
    S,
    Symbol,
    diff,
    expand,
    factorial,
    sqrt,
    tanh,
)

from symntk.activations.activation import Activation
from symntk.claims import (
    IDENTITY,
    SERIES,
    And,
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
from symntk.claims.pointwise import written_out
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
    """|lhs − rhs| ≤ M γ^m for an error O(γ^m), M = lhs⁽ᵐ⁾(1)/m!, as the Mehler coefficients of f are non-negative."""
    if not isinstance(statement, SeriesAt):
        return unknown("this route reads expansions")
    order = int(statement.order)
    bound = enclose(at_one(order + (statement.lhs == SLOPE)) / factorial(order), bits=BITS)
    for deficit in DEFICITS:
        place = {statement.variable: statement.at + (deficit if statement.side == "right" else -deficit)}
        gap = enclose((statement.lhs - statement.rhs).subs(place), bits=BITS)
        if not abs(gap) <= bound * enclose(deficit**order, bits=BITS):
            return refuted("the remainder is too large", Witness(point=(("deficit", str(deficit)),), gap=gap.str(8)))
    return supported("the remainder keeps the bound of Taylor's formula at two deficits")


REMAINDER = Route("Taylor remainder by quadrature", Method.QUADRATURE, by_remainder)


def by_digits(statement: Statement) -> Finding:
    """Decides a relation, at ρ = 1, by mpmath's quadrature."""
    if not isinstance(statement, Relation):
        return unknown("this route reads relations")
    gap = settled(written_out(statement.lhs - statement.rhs).subs(RHO, 1))
    number = evaluate(gap, digits=20)
    holds = {"==": abs(number) < 1e-15, "<": number < 0, "<=": number <= 0, "!=": abs(number) > 1e-15}
    text = f"lhs − rhs is about {mpmath.nstr(number, 8)}"
    return supported(text) if holds[statement.symbol] else doubted(text)


DIGITS = Route("mpmath quadrature", Method.HIGH_PRECISION, by_digits)

TAYLOR = RHO + ALPHA * (1 - RHO) ** 2 - ZETA * (1 - RHO) ** 3
BIAS = Q - WEIGHT * PAIR_AT_ONE
"""σ_b² on the edge."""
ALPHA_FREE, ZETA_FREE = Symbol("alpha", positive=True), Symbol("zeta", positive=True)
ON_EDGE = ("(σ_b, σ_w) on the edge of chaos with stationary variance q = 1/2",)

CLAIMS = (
    Claim(
        id="hayou2021/fact7/slope-at-one",
        where="fact 7",
        printed=r"\text{Let } (\sigma_b, \sigma_w) \in \text{EOC. We have that } f'(1) = 1",
        assumptions=ON_EDGE,
        statement=Equal(SLOPE.subs(RHO, 1), 1),
        checks=(BallIdentityAtRandomPoints(), DIGITS),
        expected=Verdict.SUPPORTED,
        note="By Price's theorem f' = σ_w² E φ'φ', which is the condition of the edge at ρ = 1.",
    ),
    Claim(
        id="hayou2021/fact7/taylor",
        where="fact 7",
        printed=r"f(c) = c + \alpha(1-c)^2 - \zeta(1-c)^3 + \mathcal{O}((1-c)^4)",
        assumptions=ON_EDGE,
        statement=SeriesAt(CORRELATION, TAYLOR, variable=RHO, order=Integer(4)),
        checks=(SeriesCheck(map_terms), REMAINDER),
        expected=Verdict.PROVED,
        note="With α = f″(1)/2 and ζ = f‴(1)/6; the linear term c says f′(1) = 1.",
    ),
    Claim(
        id="hayou2021/fact7/signs",
        where="fact 7",
        printed=r"\alpha, \zeta > 0",
        assumptions=ON_EDGE,
        statement=And((LessThan(0, ALPHA), LessThan(0, ZETA))),
        checks=(QuadratureAtPoints(), DIGITS),
        expected=Verdict.CERTIFIED,
        note="For every q they are expectations of squares.",
    ),
    Claim(
        id="hayou2021/appendix-lemma2/kappa",
        where="appendix lemma 2",
        printed=r"\kappa = \frac{2}{f''(1)} > 0",
        assumptions=ON_EDGE,
        statement=LessThan(0, 2 / at_one(2)),
        checks=(QuadratureAtPoints(), DIGITS),
        expected=Verdict.CERTIFIED,
    ),
    Claim(
        id="hayou2021/appendix-lemma2/zeta",
        where="appendix lemma 2 (also appendix lemma 3 and theorem 1)",
        printed=r"\zeta = \frac{f^3(1)}{6}",
        assumptions=ON_EDGE,
        statement=Equal(ZETA, CORRELATION.subs(RHO, 1) ** 3 / 6),
        checks=(CertifiedWitness(), DIGITS),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="f³(1) = 1 as a power (or as an iterate); the third derivative is meant, as the next proof writes it.",
        corrected=Claim(
            id="hayou2021/appendix-lemma2/zeta/corrected",
            where="appendix lemma 2",
            printed=r"\zeta = \frac{f^{(3)}(1)}{6}",
            assumptions=ON_EDGE,
            statement=Equal(ZETA, Derivative(CORRELATION, (RHO, 3)).subs(RHO, 1) / 6),
            checks=(BallIdentityAtRandomPoints(), DIGITS),
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2021/appendix-lemma2/deficit-recursion",
        where="appendix lemma 2, proof",
        printed=r"\lambda_{l+1} = \lambda_l - \alpha\lambda_l^2 + \zeta\lambda_l^3 + O(\lambda_l^4)",
        assumptions=ON_EDGE,
        statement=SeriesAt(
            1 - CORRELATION.subs(RHO, 1 - GAMMA),
            GAMMA - ALPHA * GAMMA**2 + ZETA * GAMMA**3,
            variable=GAMMA,
            order=Integer(4),
            at=S.Zero,
            side="right",
        ),
        checks=(SeriesCheck(deficit_terms), REMAINDER),
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2021/appendix-lemma2/inverse-recursion",
        where="appendix lemma 2, proof",
        printed=r"\lambda_{l+1}^{-1} = \lambda_l^{-1}(1 - \alpha\lambda_l + \zeta\lambda_l^2 + O(\lambda_l^3))^{-1} "
        r"= \lambda_l^{-1} + \alpha + (\alpha^2 - \zeta)\lambda_l + O(\lambda_l^2)",
        statement=SeriesAt(
            1 / (GAMMA * (1 - ALPHA_FREE * GAMMA + ZETA_FREE * GAMMA**2)),
            1 / GAMMA + ALPHA_FREE + (ALPHA_FREE**2 - ZETA_FREE) * GAMMA,
            variable=GAMMA,
            order=Integer(2),
            at=S.Zero,
            side="right",
            on={ALPHA_FREE: Interval.open(0, 3), ZETA_FREE: Interval.open(0, 3)},
        ),
        checks=SERIES,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2021/appendix-lemma2/slope-expansion",
        where="appendix lemma 2, proof, second part",
        printed=r"f'(x) = 1 + (x - 1)f''(1) + O((x - 1)^2)",
        assumptions=ON_EDGE,
        statement=SeriesAt(SLOPE, 1 + (RHO - 1) * at_one(2), variable=RHO, order=Integer(2)),
        checks=(SeriesCheck(slope_terms), REMAINDER),
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2021/appendix-lemma3/alpha",
        where="appendix lemma 3, proof, third statement",
        printed=r"\alpha = \frac{f'(1)}{2}",
        assumptions=ON_EDGE,
        statement=SeriesAt(CORRELATION, RHO + SLOPE.subs(RHO, 1) / 2 * (1 - RHO) ** 2, variable=RHO, order=Integer(3)),
        checks=(SeriesCheck(map_terms), REMAINDER),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="α is the coefficient of fact 7; f′(1)/2 = 1/2 on the edge, the second derivative is meant.",
        corrected=Claim(
            id="hayou2021/appendix-lemma3/alpha/corrected",
            where="appendix lemma 3, proof, third statement",
            printed=r"\alpha = \frac{f''(1)}{2}",
            assumptions=ON_EDGE,
            statement=SeriesAt(CORRELATION, RHO + at_one(2) / 2 * (1 - RHO) ** 2, variable=RHO, order=Integer(3)),
            checks=(SeriesCheck(map_terms), REMAINDER),
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/appendix-lemma3/zeta-sign",
        where="appendix lemma 3, proof, third statement",
        printed=r"\zeta = \frac{f^{(3)}(1)}{6} \text{ and } \zeta < 0",
        assumptions=ON_EDGE,
        statement=LessThan(ZETA, 0),
        checks=(CertifiedWitness(), DIGITS),
        expected=Verdict.REFUTED,
        kind="error",
        note="It contradicts facts 6 and 7: ζ is an expectation of a square.",
        corrected=Claim(
            id="hayou2021/appendix-lemma3/zeta-sign/corrected",
            where="appendix lemma 3, proof, third statement",
            printed=r"\zeta > 0",
            assumptions=ON_EDGE,
            statement=LessThan(0, ZETA),
            checks=(QuadratureAtPoints(), DIGITS),
            expected=Verdict.CERTIFIED,
        ),
    ),
    Claim(
        id="hayou2021/appendix4.3/correlation-function",
        where="appendix, section 4.3",
        printed=r"f(c) = \frac{\sigma_w^2 \mathbb{E}[\phi(\sqrt{q}Z_1)\phi(\sqrt{q}(cZ_1 + \sqrt{1-c^2}Z_2))]}{q} + \sigma_b^2",
        assumptions=ON_EDGE,
        statement=Equal(CORRELATION, WEIGHT * PAIR / Q + BIAS, on={RHO: Interval(-1, 1)}),
        checks=(CertifiedWitness({RHO: 1}), DIGITS),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="σ_b² belongs into the numerator, as in fact 5; as printed f(1) is not 1.",
        corrected=Claim(
            id="hayou2021/appendix4.3/correlation-function/corrected",
            where="appendix, section 4.3, and fact 5",
            printed=r"f(c) = \frac{\sigma_b^2 + \sigma_w^2 "
            r"\mathbb{E}[\phi(\sqrt{q}Z_1)\phi(\sqrt{q}(cZ_1 + \sqrt{1-c^2}Z_2))]}{q}",
            assumptions=ON_EDGE,
            statement=Equal(CORRELATION, (BIAS + WEIGHT * PAIR) / Q, on={RHO: Interval(-1, 1)}),
            checks=(*IDENTITY, DIGITS),
            expected=Verdict.PROVED,
        ),
    ),
)
