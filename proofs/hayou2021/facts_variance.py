"""Variances of tanh networks in the facts of hayou2021: limits and rates over the layers (facts 1 and 15)."""

from __future__ import annotations

from sympy import Interval, Rational, S, Symbol, diff, expand, oo, sqrt, tanh

from symntk.claims import (
    CertifiedWitness,
    Claim,
    DerivedQuantity,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    LessThan,
    Method,
    QuadratureAtPoints,
    Route,
    Statement,
    Verdict,
    derived,
    expectation,
)
from symntk.claims.checks import Finding, certified, doubted, unknown
from symntk.notation import X
from symntk.numbers.ball import enclose

PHI = tanh(X)
BITS = 64
BIAS, WEIGHT = Symbol("sigma_b", nonnegative=True), Symbol("sigma_w", positive=True)
NORM, V = Symbol("r", nonnegative=True), Symbol("v", positive=True)
"""|x|²/d, and a variance."""


def by_cover(statement: Statement) -> Finding:
    """Certifies lhs < rhs on a bounded interval by balls over halves of it."""
    if not isinstance(statement, LessThan) or len(statement.on) != 1:
        return unknown("this route covers one interval")
    ((symbol, interval),) = statement.on.items()
    gap, pending = statement.rhs - statement.lhs, [(interval.start, interval.end)]
    for _ in range(200):
        if not pending:
            return certified("balls cover the interval")
        left, right = pending.pop()
        ball = enclose(gap, {symbol: enclose(left, bits=BITS).union(enclose(right, bits=BITS))}, bits=12)
        if ball > 0:
            continue
        if ball < 0:
            return doubted(f"the gap is {ball.str(6)} near {symbol} = {left}")
        middle = (left + right) / 2
        pending += [(left, middle), (middle, right)]
    return unknown("balls do not settle it")


COVER = (Route("balls over a subdivision", Method.BALL, by_cover), QuadratureAtPoints(bits=32))


def contracts(case: tuple[Rational, Rational]) -> LessThan:
    """V′(v) < 1 on [σ_b², σ_b² + σ_w²], into which V takes every variance."""
    bias, weight = (value**2 for value in case)
    curvature = expectation(expand(diff(PHI**2, X, 2)).subs(X, sqrt(V) * X))
    return LessThan(weight * curvature / 2, 1, on={V: Interval(bias, bias + weight)})


def lifts(case: tuple[Rational, Rational]) -> LessThan:
    """σ_b² < V(v) on the same interval."""
    bias, weight = (value**2 for value in case)
    image = bias + weight * expectation(PHI.subs(X, sqrt(V) * X) ** 2)
    return LessThan(bias, image, on={V: Interval(bias, bias + weight)})


CONTRACTING = tuple((S(b), S(w)) for b, w in ((1, Rational(1, 2)), (1, 1), (Rational(1, 2), 1), (1, 2)))
"""Pairs (σ_b, σ_w)."""
ACROSS = expectation(PHI) ** 2 / expectation(PHI**2)
"""q_{αα'}^{l+1} for σ_b = 0 and σ_w² = 1/E φ(Z)², which has q = 1, where q_{αα'}^l = 0."""

CLAIMS = (
    Claim(
        id="hayou2021/fact1/uniform-rate",
        where="fact 1",
        printed=r"\text{For any choice of } \sigma_b, \sigma_w \in \mathbb{R}^+ \text{, there exist } q, \lambda > 0 "
        r"\text{ such that for all } l \geq 1, \sup_{x \in \mathbb{R}^d} |q^l(x, x) - q| \leq e^{-\lambda l}",
        assumptions=("read at l = 1, where q¹ − q < 1 is asked for; q ≤ σ_b² + σ_w² as |φ| ≤ 1; r = |x|²/d",),
        statement=LessThan(
            BIAS**2 + WEIGHT**2 * NORM - (BIAS**2 + WEIGHT**2),
            1,
            on={BIAS: Interval(0, oo), WEIGHT: Interval.open(0, oo), NORM: Interval(0, oo)},
        ),
        checks=(CertifiedWitness({BIAS: 1, WEIGHT: 1, NORM: 10}), HighPrecisionAtPoints(count=9)),
        expected=Verdict.REFUTED,
        kind="error",
        note="q¹(x, x) = σ_b² + σ_w²|x|²/d is unbounded, and on a bounded set a constant is needed before e^{−λl}.",
        corrected=Claim(
            id="hayou2021/fact1/uniform-rate/corrected",
            where="fact 1",
            printed=r"\text{For } \sigma_b > 0 \text{, there are } q, \lambda, C > 0 \text{ such that } "
            r"|q^l(x, x) - q| \leq C e^{-\lambda l} \text{ for all } x, l \geq 2",
            statement=ForAll(CONTRACTING, contracts),
            checks=COVER,
            expected=Verdict.SUPPORTED,
            note="For (σ_b, σ_w) = (1, 1/2), (1, 1), (1/2, 1), (1, 2): V contracts [σ_b², σ_b² + σ_w²], where every q^l "
            "with l ≥ 2 lies. In general V is concave, as tanh² √y is, and V(0) = σ_b² > 0.",
        ),
    ),
    Claim(
        id="hayou2021/fact1/positive",
        where="fact 1",
        printed=r"\text{For any choice of } \sigma_b, \sigma_w \in \mathbb{R}^+ \text{, there exist } q, \lambda > 0 "
        r"\text{ such that for all } l \geq 1, \sup_{x \in \mathbb{R}^d} |q^l(x, x) - q| \leq e^{-\lambda l}",
        assumptions=("read at x = 0, where q¹ = σ_b²; for σ_b = 0 then q^l(0, 0) = 0 in every layer",),
        statement=LessThan(0, BIAS**2, on={BIAS: Interval(0, 1)}),
        checks=(CertifiedWitness({BIAS: 0}), HighPrecisionAtPoints(count=5)),
        expected=Verdict.REFUTED,
        kind="error",
        note="Without bias no q > 0 serves x = 0; for σ_w ≤ 1 it serves no x, as E tanh²(√q Z) < q.",
        corrected=Claim(
            id="hayou2021/fact1/positive/corrected",
            where="fact 1",
            printed=r"q \geq \sigma_b^2 > 0 \text{ for } \sigma_b > 0",
            statement=ForAll(CONTRACTING, lifts),
            checks=COVER,
            expected=Verdict.SUPPORTED,
            note="σ_b² < V(v) for the same four networks, at all v in [σ_b², σ_b² + σ_w²], where q lies.",
        ),
    ),
    Claim(
        id="hayou2021/fact15/all-positions",
        where="fact 15",
        printed=r"\text{For any choice of } \sigma_b, \sigma_w \in \mathbb{R}^+ \text{, there exist } q, \lambda > 0 "
        r"\text{ such that for all } l \geq 1, \sup_{\alpha, \alpha'} \sup_{x \in \mathbb{R}^d} "
        r"|q_{\alpha, \alpha'}^l(x, x) - q| \leq e^{-\lambda l}",
        assumptions=(
            "σ_b = 0, σ_w with q = 1, variance q at every position and correlation 0 between different positions",
        ),
        statement=Equal(ACROSS, 1),
        checks=(CertifiedWitness(), DerivedQuantity(lambda: derived(ACROSS))),
        expected=Verdict.REFUTED,
        kind="error",
        note="For α ≠ α' the covariances tend to q c, with the c < 1 of fact 4 on the chaotic phase; here they stay 0. "
        "The objections to fact 1 apply as well.",
        corrected=Claim(
            id="hayou2021/fact15/all-positions/corrected",
            where="fact 15",
            printed=r"\text{For } \sigma_b > 0: \quad \sup_{\alpha} |q_{\alpha, \alpha}^l(x, x) - q| \leq C e^{-\lambda l} "
            r"\text{ for all } x, l \geq 2",
            statement=ForAll(CONTRACTING, contracts),
            checks=COVER,
            expected=Verdict.SUPPORTED,
            note="q_{αα}^{l+1} is the mean of V(q_{α+β,α+β}^l) over the filter, and V contracts as in fact 1.",
        ),
    ),
)
