"""Section 5.2 and figure 1 of jacot2019: centring and standardising σ, and how far into chaos that leads."""

from __future__ import annotations

from sympy import Expr, Interval, Poly, Rational, S, Symbol, cos, diff, factorial, hermite_prob, sqrt

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.claims import (
    DECIMAL,
    IDENTITY,
    INEQUALITY,
    SERIES,
    BallIdentityAtRandomPoints,
    Claim,
    Equal,
    Exists,
    ForAll,
    HighPrecisionAtPoints,
    LessThan,
    Method,
    NumericallyEquals,
    Route,
    SeriesAt,
    SignChange,
    Statement,
    Verdict,
    covariance,
    derived,
    expectation,
    sampled,
)
from symntk.claims.checks import Finding, doubted, supported, unknown
from symntk.gaussian.moments import normalized
from symntk.notation import X
from symntk.numbers.decide import decide
from symntk.numbers.identity import prove_zero

BETA, MOMENT = Symbol("beta", nonnegative=True), Symbol("m", nonnegative=True)
WEIGHTS = tuple(Symbol(f"a_{n}", real=True) for n in range(5))
GENERIC = sum((a * hermite_prob(n, X) / sqrt(factorial(n)) for n, a in enumerate(WEIGHTS)), S.Zero)

IDENTITY_MAP = normalized(Activation(name="x", expression=X))
RELU = normalized(activation("relu"))
SINE = normalized(activation("sin"))
COSINE = normalized(Activation(name="cos(sqrt(2)*x)", expression=cos(sqrt(2) * X)))
ABSOLUTE = normalized(activation("abs"))
CENTRED = (RELU, SINE, COSINE, ABSOLUTE)
NAMED = "Decided for the normalised ReLU, |x| normalised, sin x and cos √2x normalised."


def slope_moment(sigma: Activation) -> Expr:
    """E σ̇², as E σ̇(u)σ̇(v) for u = v."""
    return covariance(diff(sigma.expression, X), rho=1)


def characteristic(sigma: Activation, beta: Expr = BETA) -> Expr:
    """r = (1 − β²) E σ̇²."""
    return (1 - beta**2) * slope_moment(sigma)


def exact_root(statement: Statement) -> Finding:
    """The solution of lhs = rhs where the equation is linear in the square of its symbol."""
    if not isinstance(statement, Exists) or not isinstance(statement.relation, Equal):
        return unknown("this route reads the existence of a solution")
    relation = statement.relation
    ((symbol, interval),) = relation.on.items()
    equation = Poly(derived(relation.lhs - relation.rhs), symbol)
    if equation.degree() != 2 or equation.coeff_monomial(symbol) != 0:
        return unknown("the equation is not linear in the square")
    root = sqrt(-equation.coeff_monomial(1) / equation.coeff_monomial(symbol**2))
    if not prove_zero(equation.as_expr().subs(symbol, root)):
        return unknown("the root does not reduce the equation to 0")
    inside = decide(interval.start, "<=", root) and decide(root, "<=", interval.end)
    return supported(f"{symbol} = {root}") if inside else doubted(f"{symbol} = {root} lies outside")


SAMPLE_IDENTITY = sampled(*IDENTITY)
SAMPLE_INEQUALITY = sampled(*INEQUALITY)

CLAIMS = (
    Claim(
        id="jacot2019/proposition1/poincare",
        where="section 5.2, proposition 1 (line 209)",
        printed=r"\text{If } \mathbb{E}[\sigma(x)] = 0 \text{ and } \mathbb{E}[\sigma^{2}(x)] = 1 \text{, we have } "
        r"\mathbb{E}[\dot{\sigma}^{2}(x)] > 1",
        statement=ForAll((IDENTITY_MAP, *CENTRED), lambda s: LessThan(1, derived(slope_moment(s)))),
        checks=(BallIdentityAtRandomPoints(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        corrected=Claim(
            id="jacot2019/proposition1/poincare/corrected",
            where="section 5.2, proposition 1 (line 209)",
            printed=r"\text{If } \mathbb{E}[\sigma(x)] = 0 \text{ and } \mathbb{E}[\sigma^{2}(x)] = 1 "
            r"\text{, we have } \mathbb{E}[\dot{\sigma}^{2}(x)] \geq 1 \text{, with equality iff } \sigma(x) = \pm x",
            statement=Equal(
                expectation(diff(GENERIC, X) ** 2) - (expectation(GENERIC**2) - expectation(GENERIC) ** 2),
                sum(((n - 1) * a**2 for n, a in enumerate(WEIGHTS) if n), S.Zero),
                on={a: Interval(-2, 2) for a in WEIGHTS},
            ),
            checks=SAMPLE_IDENTITY,
            expected=Verdict.SUPPORTED,
            note="For every polynomial of degree ≤ 4: E σ̇² − Var σ = Σ (n − 1) aₙ², and Var σ = 1.",
        ),
        note="σ(x) = x satisfies the two hypotheses, is Lipschitz, and has E σ̇² = 1. The proposition does not ask "
        "that σ be non-linear; without continuity (sign x) even E σ̇² = 0.",
    ),
    Claim(
        id="jacot2019/proposition1/small-bias",
        where="section 5.2, proposition 1 (line 211)",
        printed=r"\text{if } \beta < \sqrt{1 - \left(\mathbb{E}[\dot{\sigma}^2(x)]\right)^{-1}} "
        r"\text{ we have } r_{\sigma,\beta} > 1",
        statement=ForAll(
            CENTRED,
            lambda s: LessThan(
                1, characteristic(s), on={BETA: Interval.Ropen(0, sqrt(1 - 1 / derived(slope_moment(s))))}
            ),
        ),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note=NAMED,
    ),
    Claim(
        id="jacot2019/normalisation/large-bias",
        where="section 5.2 (line 207)",
        printed=r"\text{as } \beta \to 1 \text{ we have } r_{\sigma,\beta} \to 0",
        statement=SeriesAt((1 - BETA**2) * MOMENT, S.Zero, variable=BETA, order=S.One, on={MOMENT: Interval(0, 10)}),
        checks=SERIES,
        expected=Verdict.PROVED,
        note="With the rate r = O(1 − β), for every finite value of E σ̇².",
    ),
    Claim(
        id="jacot2019/normalisation/relu-chaos",
        where="section 4.1 (line 161) and section 5.2",
        printed=r"\text{a normalization technique to reach the chaotic regime with a ReLU Net}",
        statement=LessThan(1, characteristic(RELU), on={BETA: Interval(0, Rational(1, 2))}),
        checks=INEQUALITY,
        expected=Verdict.CERTIFIED,
        note="For β ≤ 1/2; r = (1 − β²)π/(π − 1) exceeds 1 exactly for β < 1/√π.",
    ),
    Claim(
        id="jacot2019/figure1/normalised-attainable",
        where="figure 1, caption (line 141)",
        printed=r"\text{with a normalized ReLU (chaos } r=1.2)",
        statement=Exists(Equal(characteristic(RELU), Rational(6, 5), on={BETA: Interval(0, 1)})),
        checks=(SignChange(), Route("exact root", Method.ALGEBRA, exact_root)),
        expected=Verdict.CERTIFIED,
        note="At β = 0.4266, which the caption does not print.",
    ),
    Claim(
        id="jacot2019/figure1/normalised",
        where="figure 1, caption (line 141), with section 2.1 (line 61)",
        printed=r"\text{in our numerical experiments, we set } \beta = 0.1; \quad "
        r"\text{with a normalized ReLU (chaos } r=1.2)",
        assumptions=("the caption's normalised ReLU has the β of section 2.1, since the caption gives it no other",),
        statement=NumericallyEquals(characteristic(RELU, Rational(1, 10)), "1.2"),
        checks=DECIMAL,
        expected=Verdict.REFUTED,
        kind="error",
        corrected=Claim(
            id="jacot2019/figure1/normalised/corrected",
            where="figure 1, caption (line 141)",
            printed=r"\text{with a normalized ReLU } (\beta = 0.1 \text{, chaos } r=1.45)",
            statement=NumericallyEquals(characteristic(RELU, Rational(1, 10)), "1.45"),
            checks=DECIMAL,
            expected=Verdict.CERTIFIED,
        ),
        note="β = 0.1 is read from section 2.1, the caption gives none; at its other value β = 0.5 it is 1.10. Rounded, 1.2 needs 0.385 < β < 0.465.",
    ),
)
