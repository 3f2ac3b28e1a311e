"""Derivatives at 1, and elsewhere, of the correlation function of tanh on the edge of chaos (facts 5 and 6)."""

from __future__ import annotations

from flint import arb
from sympy import Derivative, Expr, Integer, Interval, Rational, diff, ff, sqrt, tanh

from symntk.claims import (
    IDENTITY,
    And,
    BallIdentityAtRandomPoints,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    LessThan,
    Method,
    Route,
    Verdict,
    covariance,
    expectation,
)
from symntk.claims.checks import Finding, refuted, supported, unknown
from symntk.claims.statement import Statement
from symntk.claims.verdict import Witness
from symntk.gaussian.series import hermite_series
from symntk.notation import RHO, X
from symntk.numbers.ball import enclose

TANH = tanh(X)
UNIT = {RHO: Interval(-1, 1)}
VARIANCES = (Rational(1, 2), Integer(1))
"""Stationary variances q: on the edge, σ_w² = 1/E φ′(√q Z)² and σ_b² = q − σ_w² E φ(√q Z)² ≥ 0 follow from q."""
CASES = tuple((q, order) for q in VARIANCES for order in (1, 2, 3))
BITS = 64
TERMS = 60


def moment(q: Expr, order: int) -> Expr:
    """E φ⁽ʲ⁾(√q Z)²."""
    return expectation(diff(TANH, X, order).subs(X, sqrt(q) * X) ** 2)


def weight(q: Expr) -> Expr:
    """σ_w² on the edge."""
    return 1 / moment(q, 1)


def pair(q: Expr, rho: Expr | int = RHO) -> Expr:
    """E φ(√q Z₁)φ(√q(ρZ₁ + √(1 − ρ²)Z₂))."""
    return covariance(TANH, rho=rho, q1=q, q2=q)


def correlation(q: Expr, rho: Expr | int = RHO) -> Expr:
    """f(ρ) of fact 5, with σ_b² = q − σ_w² E φ(√q Z)²."""
    bias = q - weight(q) * pair(q, 1)
    return (bias + weight(q) * pair(q, rho)) / q


def slopes(q: Expr, order: int, variance: Expr | int) -> Expr:
    """σ_w² q^{j−1} E φ⁽ʲ⁾(√v Z₁)φ⁽ʲ⁾(√v(ρZ₁ + √(1 − ρ²)Z₂)); the paper prints v = 1, right is v = q."""
    return weight(q) * q ** (order - 1) * covariance(diff(TANH, X, order), q1=variance, q2=variance)


def mehler(q: Expr, order: int, rho: Expr) -> arb:
    """f⁽ʲ⁾(ρ) = (σ_w²/q) Σ n(n−1)…(n−j+1) aₙ² ρ^{n−j}, aₙ the Hermite coefficients of φ(√q ·), for |ρ| ≤ 1/2."""
    series = hermite_series(TANH, q, TERMS, BITS)
    place = enclose(rho, bits=BITS)
    powers = {n: int(ff(n, order)) * place ** (n - order) for n in range(order, TERMS)}
    total = sum((c * series.coefficients[n] ** 2 for n, c in powers.items()), arb(0))
    tail = series.remainder(TERMS) * TERMS**order * arb(2) ** (order - TERMS)
    return enclose(weight(q) / q, bits=BITS) * (total + arb(0, tail.upper()))


LEFT = {(q, order): Derivative(correlation(q), (RHO, order)) for q, order in CASES}
CASE = {left: case for case, left in LEFT.items()}


def by_mehler(statement: Statement) -> Finding:
    """Compares the right side of f⁽ʲ⁾(ρ) = … with Mehler's series at a few correlations."""
    if not isinstance(statement, Equal) or statement.lhs not in CASE:
        return unknown("this route reads derivatives of f only")
    for rho in (Rational(0), Rational(-1, 3), Rational(1, 2)):
        gap = mehler(*CASE[statement.lhs], rho) - enclose(statement.rhs.subs(RHO, rho), bits=BITS)
        if not gap.contains(0):
            return refuted("Mehler's series differs", Witness(point=(("rho", str(rho)),), gap=gap.str(8)))
    return supported("Mehler's series agrees at three correlations")


MEHLER = Route("Mehler series", Method.HERMITE_SERIES, by_mehler)


def derivative_claim(case: tuple[Expr, int], *, root: bool) -> Equal:
    """Fact 6 at a variance and an order, with √q in the arguments or, as printed, without."""
    q, order = case
    return Equal(LEFT[case], slopes(q, order, q if root else 1), on=UNIT)


def value_claim(case: tuple[Expr, int], *, root: bool) -> Equal:
    """f⁽ʲ⁾(1), with √q in the argument or, as printed, without."""
    q, order = case
    inner = moment(q, order) if root else moment(Integer(1), order)
    return Equal(LEFT[case].subs(RHO, 1), weight(q) * q ** (order - 1) * inner)


CLAIMS = (
    Claim(
        id="hayou2021/fact6/derivative",
        where="fact 6",
        printed=r"f^{(j)}(x) = \sigma_w^2 q^{j-1} \mathbb{E}[\phi^{(j)}(Z_1)\phi^{(j)}(xZ_1 + \sqrt{1-x^2}Z_2)], "
        r"\quad \forall x \in [-1, 1]",
        assumptions=("(σ_b, σ_w) on the edge with stationary variance 1/2 or 1, orders 1 to 3",),
        statement=ForAll(CASES, lambda case: derivative_claim(case, root=False)),
        checks=(CertifiedWitness({RHO: 0}), MEHLER),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The arguments of φ⁽ʲ⁾ lack √q, as fact 5 and the proof of appendix lemma 3 have it; true for q = 1 only.",
        corrected=Claim(
            id="hayou2021/fact6/derivative/corrected",
            where="fact 6",
            printed=r"f^{(j)}(x) = \sigma_w^2 q^{j-1} "
            r"\mathbb{E}[\phi^{(j)}(\sqrt{q} Z_1)\phi^{(j)}(\sqrt{q}(xZ_1 + \sqrt{1-x^2}Z_2))]",
            statement=ForAll(CASES, lambda case: derivative_claim(case, root=True)),
            checks=(*IDENTITY, MEHLER),
            expected=Verdict.PROVED,
        ),
    ),
)
