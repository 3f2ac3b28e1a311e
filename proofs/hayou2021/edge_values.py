"""The points of the edge of chaos that hayou2021 prints for its experiments (section 4.2), and its ordered phase."""

from __future__ import annotations

from sympy import Expr, Heaviside, Interval, Max, Rational, Symbol, oo, sqrt, tanh

from symntk.claims import (
    IDENTITY,
    And,
    AtMost,
    BallIdentityAtRandomPoints,
    CertifiedWitness,
    Claim,
    Equal,
    Implies,
    LessThan,
    Method,
    QuadratureAtPoints,
    Route,
    Statement,
    Verdict,
    covariance,
    expectation,
)
from symntk.claims.checks import Finding, doubted, supported, unknown
from symntk.claims.statement import Relation
from symntk.notation import Q1, X
from symntk.numbers.multiprecision import evaluate

RELU, STEP, TANH = Max(X, 0), Heaviside(X), tanh(X)
V = Symbol("q", positive=True)
ANY_VARIANCE = {V: Interval.open(0, oo)}
BIAS_SQUARED = Rational(1, 25)
"""σ_b = 0.2."""
HALF_UNIT = Rational(1, 2000)


def weight_squared(q: Expr) -> Expr:
    """σ_w² at the point of the edge with stationary variance q: 1/E φ′(√q Z)²."""
    return 1 / expectation((1 - tanh(sqrt(q) * X) ** 2) ** 2)


def bias_squared(q: Expr) -> Expr:
    """σ_b² at that point: q − σ_w² E φ(√q Z)²."""
    return q - weight_squared(q) * expectation(tanh(sqrt(q) * X) ** 2)


def rounds_to(weight: Rational) -> And:
    """σ_w rounds to the printed value where σ_b = 0.2: σ_b and σ_w both grow with q along the edge."""
    low, high = weight - HALF_UNIT, weight + HALF_UNIT
    return And(
        (
            Implies(
                AtMost(BIAS_SQUARED, bias_squared(V), on=ANY_VARIANCE),
                AtMost(low**2, weight_squared(V), on=ANY_VARIANCE),
            ),
            Implies(
                AtMost(bias_squared(V), BIAS_SQUARED, on=ANY_VARIANCE),
                AtMost(weight_squared(V), high**2, on=ANY_VARIANCE),
            ),
        )
    )


def crossed_between(weight: Rational, left: Rational, right: Rational) -> And:
    """The edge crosses σ_b = 0.2 at a q between two variances, whose σ_w both round to the value."""
    low, high = weight - HALF_UNIT, weight + HALF_UNIT
    return And(
        (
            LessThan(bias_squared(left), BIAS_SQUARED),
            LessThan(BIAS_SQUARED, bias_squared(right)),
            LessThan(low**2, weight_squared(left)),
            LessThan(weight_squared(right), high**2),
        )
    )


def by_digits(statement: Statement) -> Finding:
    """Decides inequalities by mpmath's quadrature: implications at q = 51/100, the others as they stand."""
    point = {V: Rational(51, 100)}
    parts = [statement]
    if isinstance(statement, Implies):
        parts = [statement.condition, statement.conclusion]
    if not all(isinstance(part, Relation) for part in parts):
        return unknown("this route reads inequalities")
    holds = [evaluate((part.lhs - part.rhs).subs(point), digits=20) < 0 for part in parts]
    if holds[:-1] == [False]:
        return unknown("the condition fails at q = 51/100")
    return supported("mpmath's digits agree") if holds[-1] else doubted("mpmath's digits contradict it at q = 51/100")


DIGITS = Route("mpmath quadrature", Method.HIGH_PRECISION, by_digits)

CLAIMS = (
    Claim(
        id="hayou2021/section4.2/relu-edge",
        where="section 4.2",
        printed=r"(\sigma_b, \sigma_w) = (0, \sqrt{2}) \text{ for ReLU}",
        assumptions=("on the EOC, χ = σ_w² E φ′(√q Z)² = 1 and q = σ_b² + σ_w² E φ(√q Z)²",),
        statement=And(
            (
                Equal(sqrt(2) ** 2 * covariance(STEP, rho=1, q1=Q1, q2=Q1), 1, on={Q1: Interval.open(0, oo)}),
                Equal(sqrt(2) ** 2 * covariance(RELU, rho=1, q1=Q1, q2=Q1), Q1, on={Q1: Interval.open(0, oo)}),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2021/section4.2/tanh-edge",
        where="section 4.2",
        printed=r"(\sigma_b, \sigma_w) = (0.2, 1.298) \text{ for Tanh}",
        assumptions=("on the EOC to the printed digits: σ_b = 0.2 and σ_w rounds to 1.298",),
        statement=rounds_to(Rational(1298, 1000)),
        checks=(CertifiedWitness({V: Rational(51, 100)}), DIGITS),
        expected=Verdict.REFUTED,
        kind="error",
        note="At q = 0.51 the edge still has σ_b < 0.2, but σ_w > 1.302 already; (0.2, 1.298) lies in the ordered phase.",
        corrected=Claim(
            id="hayou2021/section4.2/tanh-edge/corrected",
            where="section 4.2",
            printed=r"(\sigma_b, \sigma_w) = (0.2, 1.304) \text{ for Tanh}",
            statement=crossed_between(Rational(1304, 1000), Rational(512, 1000), Rational(5122, 10000)),
            checks=(BallIdentityAtRandomPoints(), DIGITS),
            expected=Verdict.CERTIFIED,
            note="σ_w = 1.30414584…; between the two variances σ_w grows, because E sech⁴(√q Z) falls with q.",
        ),
    ),
    Claim(
        id="hayou2021/section4.2/ordered-phase",
        where="section 4.2",
        printed=r"\text{For the Ordered phase, } (\sigma_b, \sigma_w) = (1, 0.1) \text{ for both ReLU and Tanh}",
        assumptions=(
            "σ_w² E φ′(√q Z)² at q = 1; for tanh the stationary q is in [1, 1.01] and the value falls with q",
        ),
        statement=And(
            (
                LessThan(expectation(STEP**2) / 100, 1),
                LessThan(expectation((1 - TANH**2) ** 2) / 100, 1),
                LessThan(1 + expectation(TANH**2) / 100, Rational(101, 100)),
            )
        ),
        checks=(QuadratureAtPoints(), DIGITS),
        expected=Verdict.CERTIFIED,
    ),
)
