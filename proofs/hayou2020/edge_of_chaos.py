"""Which points hayou2020 puts on the edge of chaos, and which activations it says have none (section 5.2)."""

from __future__ import annotations

from sympy import Expr, Heaviside, Interval, Max, Piecewise, Rational, Symbol, exp, log, oo, sqrt, tanh

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

RELU, STEP = Max(X, 0), Heaviside(X)
TANH = (tanh(X) ** 2, (1 - tanh(X) ** 2) ** 2)
ELU = (Piecewise((X**2, X > 0), ((exp(X) - 1) ** 2, True)), Piecewise((1, X > 0), (exp(2 * X), True)))
"""φ² and φ′²."""
SIGMOID, SOFTPLUS = 1 / (1 + exp(-X)), log(1 + exp(X))
V = Symbol("q", positive=True)
ANY_VARIANCE = {V: Interval.open(0, oo)}
REAL = {X: Interval(-oo, oo)}
BIAS_SQUARED = Rational(1, 25)
"""σ_b = 0.2."""
HALF_UNIT = Rational(1, 2000)
ALONG = ("σ_b = 0.2 and σ_w rounds to the printed digits; σ_b and σ_w grow with q along the edge",)

Squares = tuple[Expr, Expr]


def mean(function: Expr, q: Expr) -> Expr:
    """E f(√q Z)."""
    return expectation(function.subs(X, sqrt(q) * X))


def weight_squared(squares: Squares, q: Expr) -> Expr:
    """σ_w² at the point of the edge with stationary variance q: 1/E φ′(√q Z)²."""
    return 1 / mean(squares[1], q)


def bias_squared(squares: Squares, q: Expr) -> Expr:
    """σ_b² at that point: q − σ_w² E φ(√q Z)²."""
    return q - weight_squared(squares, q) * mean(squares[0], q)


def rounds_to(squares: Squares, weight: Rational) -> And:
    """σ_w rounds to the value at the point of the edge where σ_b = 0.2."""
    low, high = (weight - HALF_UNIT) ** 2, (weight + HALF_UNIT) ** 2
    bias, square = bias_squared(squares, V), weight_squared(squares, V)
    return And(
        (
            Implies(AtMost(BIAS_SQUARED, bias, on=ANY_VARIANCE), AtMost(low, square, on=ANY_VARIANCE)),
            Implies(AtMost(bias, BIAS_SQUARED, on=ANY_VARIANCE), AtMost(square, high, on=ANY_VARIANCE)),
        )
    )


def crossed_between(squares: Squares, weight: Rational, left: Rational, right: Rational) -> And:
    """The edge crosses σ_b = 0.2 at a q between two variances, whose σ_w both round to the value."""
    return And(
        (
            LessThan(bias_squared(squares, left), BIAS_SQUARED),
            LessThan(BIAS_SQUARED, bias_squared(squares, right)),
            LessThan((weight - HALF_UNIT) ** 2, weight_squared(squares, left)),
            LessThan(weight_squared(squares, right), (weight + HALF_UNIT) ** 2),
        )
    )


def by_digits(q: Expr) -> Route:
    """Decides inequalities by mpmath's quadrature, those with a variance at the given one."""

    def look(statement: Statement) -> Finding:
        parts = [statement.condition, statement.conclusion] if isinstance(statement, Implies) else [statement]
        if not all(isinstance(part, Relation) for part in parts):
            return unknown("this route reads inequalities")
        holds = [
            evaluate((part.lhs - part.rhs).subs(V, q), digits=20) < 0 for part in parts if isinstance(part, Relation)
        ]
        if holds[:-1] == [False]:
            return unknown(f"the condition fails at q = {q}")
        return supported("mpmath's digits agree") if holds[-1] else doubted("mpmath's digits contradict it")

    return Route("mpmath quadrature", Method.HIGH_PRECISION, look)


def edge_claim(
    name: str, squares: Squares, printed: str, right: str, witness: Rational, between: tuple[Rational, Rational]
) -> Claim:
    """(0.2, printed) is no point of the edge, (0.2, right) is one to the digits shown."""
    return Claim(
        id=f"hayou2020/section5.2/{name.lower()}-edge",
        where="section 5.2",
        printed=rf"(\sigma_b, \sigma_w) = (0.2, {printed}) \text{{ for {name}}}",
        assumptions=ALONG,
        statement=rounds_to(squares, Rational(printed)),
        checks=(CertifiedWitness({V: witness}), by_digits(witness)),
        expected=Verdict.REFUTED,
        kind="error",
        note=f"At q = {witness} the edge still has σ_b < 0.2, but σ_w is too large already.",
        corrected=Claim(
            id=f"hayou2020/section5.2/{name.lower()}-edge/corrected",
            where="section 5.2",
            printed=rf"(\sigma_b, \sigma_w) = (0.2, {right}) \text{{ for {name}}}",
            assumptions=("E φ′(√q Z)² falls with q, so σ_w grows between the two variances",),
            statement=crossed_between(squares, Rational(right), *between),
            checks=(BallIdentityAtRandomPoints(), by_digits(witness)),
            expected=Verdict.CERTIFIED,
        ),
    )


SIGMOID_EDGE = (SIGMOID**2, (SIGMOID * (1 - SIGMOID)) ** 2)
NO_SIGMOID_EDGE = LessThan(V * mean(SIGMOID_EDGE[1], V), mean(SIGMOID_EDGE[0], V), on=ANY_VARIANCE)
HUNDRED = Rational(100)

CLAIMS = (
    Claim(
        id="hayou2020/section5.2/relu-edge",
        where="section 5.2",
        printed=r"(\sigma_b, \sigma_w) = (0, \sqrt{2}) \text{ for ReLU}",
        assumptions=("on the EOC, σ_w² E φ′(√q Z)² = 1 and q = σ_b² + σ_w² E φ(√q Z)²",),
        statement=And(
            (
                Equal(sqrt(2) ** 2 * covariance(STEP, rho=1, q1=Q1, q2=Q1), 1, on={Q1: Interval.open(0, oo)}),
                Equal(sqrt(2) ** 2 * covariance(RELU, rho=1, q1=Q1, q2=Q1), Q1, on={Q1: Interval.open(0, oo)}),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    edge_claim("Tanh", TANH, "1.302", "1.304", Rational(51, 100), (Rational(512, 1000), Rational(5122, 10000))),
    edge_claim("ELU", ELU, "1.227", "1.229", Rational(11, 10), (Rational(11065, 10000), Rational(11073, 10000))),
    Claim(
        id="hayou2020/section5.2/softplus-has-no-edge",
        where="section 5.2, below table 1",
        printed=r"\text{activation functions that do not have an EOC, such as Softplus}",
        assumptions=(
            "on the edge σ_b² = q − E φ(u)²/E φ′(u)² with u = √q Z, and both squares are averaged over u and −u",
        ),
        statement=And(
            (
                Equal(SOFTPLUS**2 + SOFTPLUS.subs(X, -X) ** 2, X**2 + 2 * SOFTPLUS * SOFTPLUS.subs(X, -X), on=REAL),
                Equal(
                    SOFTPLUS.diff(X) ** 2 + SOFTPLUS.diff(X).subs(X, -X) ** 2,
                    1 - 2 * SOFTPLUS.diff(X) * SOFTPLUS.diff(X).subs(X, -X),
                    on=REAL,
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="φ, φ′ > 0, so E φ(u)² > q/2 and E φ′(u)² < 1/2: σ_b² would be negative.",
    ),
    Claim(
        id="hayou2020/section5.2/sigmoid-has-no-edge",
        where="section 5.2, below table 1",
        printed=r"\text{activation functions that do not have an EOC, such as ... Sigmoid}",
        assumptions=(
            "on the edge σ_b² = q − E φ(√q Z)²/E φ′(√q Z)², so no edge means that this is negative for all q",
        ),
        statement=NO_SIGMOID_EDGE,
        checks=(CertifiedWitness({V: HUNDRED}), by_digits(HUNDRED)),
        expected=Verdict.REFUTED,
        kind="error",
        note="(σ_b, σ_w) = (5.501…, 12.302…) is on the edge, with q = 100; E φ(√q Z)²/q falls, so q is the only fixed point.",
        corrected=Claim(
            id="hayou2020/section5.2/sigmoid-has-no-edge/corrected",
            where="section 5.2, below table 1",
            printed=r"\sigma_b^2 = 100 - \mathbb{E}\phi(10 Z)^2 / \mathbb{E}\phi'(10 Z)^2 > 0 \text{ for Sigmoid}",
            statement=LessThan(mean(SIGMOID_EDGE[0], HUNDRED), HUNDRED * mean(SIGMOID_EDGE[1], HUNDRED)),
            checks=(QuadratureAtPoints(), by_digits(HUNDRED)),
            expected=Verdict.CERTIFIED,
        ),
    ),
)
