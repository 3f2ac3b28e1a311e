"""Points of and near the edge of chaos of tanh in hayou2021: the pair of the experiments, the factor of theorem 1."""

from __future__ import annotations

from sympy import Expr, Interval, Rational, Symbol, diff, expand, oo, sqrt, tanh

from symntk.activations.catalogue import activation
from symntk.claims import (
    And,
    AtMost,
    CertifiedWitness,
    Claim,
    ForAll,
    Implies,
    LessThan,
    Method,
    QuadratureAtPoints,
    Route,
    Statement,
    Verdict,
    Witness,
    expectation,
)
from symntk.claims.checks import Finding, doubted, refuted, supported, unknown
from symntk.claims.statement import Relation
from symntk.meanfield.edge_of_chaos import edge_of_chaos
from symntk.meanfield.phase import phase
from symntk.notation import X
from symntk.numbers.multiprecision import evaluate

BIAS, WEIGHT = Rational(2, 10), Rational(1298, 1000)
V = Symbol("q", positive=True)
BELOW, INSIDE, ABOVE = Rational(1, 2), Rational(502, 1000), Rational(51, 100)
"""Variances below and above the stationary one, 0.50240…"""
ANY_VARIANCE = {V: Interval.open(0, oo)}


def next_variance(q: Expr) -> Expr:
    """σ_b² + σ_w² E φ(√q Z)², which exceeds q exactly below the stationary variance."""
    return BIAS**2 + WEIGHT**2 * expectation(tanh(sqrt(q) * X) ** 2)


def chi(q: Expr) -> Expr:
    """σ_w² E φ′(√q Z)², which falls with q."""
    return WEIGHT**2 * expectation((1 - tanh(sqrt(q) * X) ** 2) ** 2)


ON_EDGE = Implies(AtMost(V, next_variance(V), on=ANY_VARIANCE), AtMost(1, chi(V), on=ANY_VARIANCE))
"""χ = 1 at the stationary variance makes χ ≥ 1 below it."""
ORDERED = And((LessThan(BELOW, next_variance(BELOW)), LessThan(next_variance(ABOVE), ABOVE), LessThan(chi(BELOW), 1)))


def moment(order: int, q: Expr) -> Expr:
    """q^j E φ⁽ʲ⁾(√q Z)², so that f⁽ʲ⁾(1) = moment(j)/moment(1) on the edge."""
    return expectation(expand(diff(tanh(sqrt(q) * X), X, order) ** 2))


def by_phase(statement: Statement) -> Finding:
    """Isolates the stationary variance of the pair and encloses χ there."""
    found = phase(activation("tanh"), WEIGHT, BIAS, bits=64)
    if found.chi1 is None:
        return unknown("χ is infinite")
    text = f"{found.name}, χ = {found.chi1.str(10)} at q = {found.variance.q.str(10)}"
    if statement != ON_EDGE or found.name != "ordered":
        return unknown(text)
    edge = edge_of_chaos(activation("tanh"), BIAS, bits=64)
    point = (("sigma_b", str(BIAS)), ("sigma_w", str(WEIGHT)))
    only = f"; the edge at σ_b = 0.2 is at σ_w = {edge.points[0].sigma_w.str(10)} and nowhere else"
    return refuted(text + only * edge.complete, Witness(point=point, gap=(found.chi1 - 1).str(8)))


def by_digits(statement: Statement) -> Finding:
    """Decides inequalities by mpmath's quadrature, implications at q = 0.502."""
    parts = [statement.condition, statement.conclusion] if isinstance(statement, Implies) else [statement]
    if not all(isinstance(part, Relation) for part in parts):
        return unknown("this route reads inequalities")
    holds = [evaluate((part.lhs - part.rhs).subs(V, INSIDE), digits=20) < 0 for part in parts]
    if holds[:-1] == [False]:
        return unknown("the condition fails at q = 0.502")
    return supported("mpmath's digits agree") if holds[-1] else doubted("mpmath's digits contradict it")


DIGITS = Route("mpmath quadrature", Method.HIGH_PRECISION, by_digits)

CLAIMS = (
    Claim(
        id="hayou2021/section4.2/tanh-phase",
        where="section 4.2 (line 291)",
        printed=r"\text{For the EOC initialization, we use } \ldots (\sigma_b, \sigma_w) = (0.2, 1.298) \text{ for Tanh}",
        assumptions=("the pair as it stands: χ = σ_w² E φ′(√q Z)² = 1 at its stationary variance q",),
        statement=ON_EDGE,
        checks=(CertifiedWitness({V: INSIDE}), Route("certified phase", Method.QUADRATURE, by_phase), DIGITS),
        expected=Verdict.REFUTED,
        kind="error",
        note="χ = 0.99661, which falls short of 1 by far more than rounding σ_w to 0.001 explains: the kernel of this pair "
        "nears its limit exponentially, with a depth scale −1/log χ of 295 layers.",
        corrected=Claim(
            id="hayou2021/section4.2/tanh-phase/corrected",
            where="section 4.2 (line 291)",
            printed=r"(\sigma_b, \sigma_w) = (0.2, 1.298) \text{ is in the ordered phase of Tanh}",
            assumptions=("the stationary variance lies between 0.5 and 0.51; χ falls with q",),
            statement=ORDERED,
            checks=(QuadratureAtPoints(), DIGITS),
            expected=Verdict.CERTIFIED,
        ),
    ),
    Claim(
        id="hayou2021/theorem1/tanh-factor",
        where="theorem 1, proof, tanh (line 1224): appendix lemma 8 asks for κ ≠ 0",
        printed=r"2(1 - \kappa^2 \zeta) \neq 0",
        assumptions=("the paper uses it and does not say so; looked at for q = 1/10, 1/2, 2 on the edge",),
        statement=ForAll(
            tuple(Rational(p, r) for p, r in ((1, 10), (1, 2), (2, 1))),
            lambda q: LessThan(3 * moment(2, q) ** 2, 2 * moment(3, q) * moment(1, q)),
        ),
        checks=(QuadratureAtPoints(), DIGITS),
        expected=Verdict.SUPPORTED,
        note="It is negative there: κ²ζ = 2f‴(1)/(3f″(1)²) > 1, so K^l/(l q) nears 1/3 from below.",
    ),
)
