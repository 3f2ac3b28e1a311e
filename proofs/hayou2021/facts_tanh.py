"""Correlations of tanh networks in the facts of hayou2021, ordered and on the edge of chaos (facts 2, 3, 16, 17)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from flint import arb
from sympy import Derivative, Expr, Integer, Interval, Rational, S, Symbol, diff, oo, tanh

from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    AlgebraicIdentity,
    AsymptoticTo,
    AtMost,
    BallIdentityAtRandomPoints,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    HighPrecisionLimit,
    LessThan,
    Method,
    QuadratureAtPoints,
    Route,
    Statement,
    Verdict,
    covariance,
)
from symntk.claims.checks import Finding, doubted, supported, unknown
from symntk.claims.domain import sample
from symntk.claims.pointwise import written_out
from symntk.claims.statement import Relation, Sequence
from symntk.depth.parabolic import edge_rate
from symntk.gaussian.expectation import GaussianPairExpectation
from symntk.gaussian.series import hermite_series
from symntk.notation import Q1, RHO, N, X
from symntk.numbers.ball import enclose
from symntk.numbers.exact import BallNumber

PHI = tanh(X)
SLOPE, BEND = diff(PHI, X), diff(PHI, X, 2)
TERMS, BITS = 100, 64
UNIT = {RHO: Interval(-1, 1)}
BIAS, LAYER_WEIGHT = Symbol("sigma_b", nonnegative=True), Symbol("w", positive=True)
"""σ_b and σ_w²."""
SOME_BIAS, WEIGHT = Symbol("sigma_b", positive=True), Symbol("sigma_w", positive=True)
NORM = Symbol("r", nonnegative=True)
"""|x|²/d."""


def second_moment(function: Expr, q: Expr) -> Expr:
    """E f(√q Z)²."""
    return covariance(function, rho=1, q1=q, q2=q)


@dataclass(frozen=True, kw_only=True)
class Network:
    """A tanh network by its stationary variance q, σ_b² and σ_w²; q = σ_b² + σ_w² E φ(√q Z)²."""

    q: Expr
    bias: Expr
    weight: Expr

    def map(self, rho: Expr | int = RHO) -> Expr:
        """f of fact 5."""
        return (self.bias + self.weight * covariance(PHI, rho=rho, q1=self.q, q2=self.q)) / self.q

    def slope(self, rho: Expr | int = RHO) -> Expr:
        """f′."""
        return self.weight * covariance(SLOPE, rho=rho, q1=self.q, q2=self.q)


def at_bias(q: Expr, bias: Expr) -> Network:
    """The network with a given σ_b² whose stationary variance is q."""
    return Network(q=q, bias=bias, weight=(q - bias) / second_moment(PHI, q))


def on_edge(q: Expr) -> Network:
    """The network on the edge of chaos with stationary variance q."""
    weight = 1 / second_moment(SLOPE, q)
    return Network(q=q, bias=q - weight * second_moment(PHI, q), weight=weight)


EDGE = on_edge(Rational(1, 2))
ORDERED = at_bias(Rational(3, 2), Integer(1))


@lru_cache(maxsize=64)
def mehler(function: Expr, q: Expr) -> tuple[list[arb], arb]:
    """aₙ² of E f(u)f(v) = Σ aₙ²ρⁿ for n < TERMS, and a bound of the rest."""
    series = hermite_series(function, q, TERMS, BITS)
    return [a * a for a in series.coefficients], series.remainder(TERMS)


def pair_value(function: Expr, q: Expr, rho: arb) -> arb:
    """E f(u)f(v) at variances q and correlation ρ by Mehler's series."""
    squares, rest = mehler(function, q)
    square, sums = rho * rho, [arb(0), arb(0)]
    for parity in (0, 1):
        for coefficient in reversed(squares[parity::2]):
            sums[parity] = sums[parity] * square + coefficient
    return sums[0] + rho * sums[1] + arb(0, rest)


def by_series(statement: Statement) -> Finding:
    """Decides a relation at sample points with its pairs from Mehler's series; 10⁻⁹ counts as equality."""
    if not isinstance(statement, Relation):
        return unknown("this route reads relations")

    def value(node: Expr) -> Expr:
        f, _, q, _, rho = node.args
        return BallNumber(pair_value(f(X), q, enclose(rho, bits=BITS)))

    for point in sample(statement.on, 5, seed=3):
        gap = written_out(statement.lhs - statement.rhs).subs(point)
        ball = enclose(gap.replace(lambda e: isinstance(e, GaussianPairExpectation), value), bits=24)
        near = bool(abs(ball) < 1e-9)
        holds = {"==": near, "<=": near or bool(ball < 0), "<": not near and bool(ball < 0)}[statement.symbol]
        if not holds:
            return doubted(f"Mehler's series gives lhs − rhs = {ball.str(8)} at {point}")
    return supported("Mehler's series agrees at the sample points")


SERIES_ROUTE = Route("Mehler's series", Method.HERMITE_SERIES, by_series)
PAIRS = (QuadratureAtPoints(bits=32), SERIES_ROUTE)


def orbit(network: Network, start: Expr, shown: Callable[[arb], arb]) -> Sequence:
    """shown(c^l), c¹ = start, c^{l+1} = f(c^l), as balls by Mehler's series."""
    known: list[arb] = []

    def term(index: int, bits: int) -> arb:
        if not known:
            known.append(enclose(start, bits=BITS))
        bias, weight, q = (enclose(value, bits=BITS) for value in (network.bias, network.weight, network.q))
        while len(known) < index:
            known.append((bias + weight * pair_value(PHI, network.q, known[-1])) / q)
        return shown(known[index - 1])

    return term


def rate_on_edge(statement: Statement) -> Finding:
    """γ_l ~ 2/(f″(1) l) by the expansion of f at 1."""
    if not isinstance(statement, AsymptoticTo) or statement.rhs != 0:
        return doubted("1 − c^l vanishes in the limit")
    gamma = edge_rate(activation("tanh"), EDGE.q, 1).gamma
    leading = min(-term.power for term in gamma.terms)
    return supported(f"1 − c^l is of the order l^−{leading}") if statement.order == N**-leading else doubted("not so")


def below_tangent(function: Expr, slope: Expr) -> Statement:
    """E f(u)² − E f(u)f(v) ≤ q(1 − ρ) E f′(u)² at three variances."""
    return ForAll(
        (Rational(1, 2), Integer(1), Integer(2)),
        lambda q: AtMost(
            second_moment(function, q) - covariance(function, q1=q, q2=q),
            q * second_moment(slope, q) * (1 - RHO),
            on=UNIT,
        ),
    )


CLAIMS = (
    Claim(
        id="hayou2021/fact2/uniform-rate",
        where="fact 2",
        printed=r"\text{On the Ordered phase, there exists } \gamma > 0 \text{ such that } "
        r"\sup_{x, x' \in \mathbb{R}^d} |c^l(x, x') - 1| \leq e^{-\gamma l}",
        assumptions=("read at l = 1 and x' = −x, where the right side is below 1; σ_w < 1 is ordered; r = |x|²/d",),
        statement=LessThan(
            1 - (SOME_BIAS**2 - WEIGHT**2 * NORM) / (SOME_BIAS**2 + WEIGHT**2 * NORM),
            1,
            on={SOME_BIAS: Interval.open(0, oo), WEIGHT: Interval.open(0, 1), NORM: Interval(0, oo)},
        ),
        checks=(CertifiedWitness({SOME_BIAS: 1, WEIGHT: Rational(1, 2), NORM: 10}), HighPrecisionAtPoints(count=9)),
        expected=Verdict.REFUTED,
        kind="error",
        note="A constant is needed before e^{−γl}. Without bias (σ_w < 1, q = 0) no constant helps: orthogonal inputs keep "
        "c^l = 0.",
        corrected=Claim(
            id="hayou2021/fact2/uniform-rate/corrected",
            where="fact 2",
            printed=r"\sigma_b > 0, q^l(x) = q^l(x') = q: \quad 1 - c^{l+1}(x, x') \leq \chi (1 - c^l(x, x')), "
            r"\quad \chi = \sigma_w^2 \mathbb{E}[\phi'(\sqrt{q} Z)^2]",
            statement=below_tangent(PHI, SLOPE),
            checks=PAIRS,
            expected=Verdict.SUPPORTED,
            note="Times σ_w²/q, for q = 1/2, 1, 2. In general f = Σ bₙcⁿ with bₙ ≥ 0, Σ n bₙ = χ and 1 − cⁿ ≤ n(1 − c).",
        ),
    ),
    Claim(
        id="hayou2021/fact3/rate",
        where="fact 3",
        printed=r"\sup_{(x, x') \in B_\epsilon} |1 - c^l(x, x')| = \mathcal{O}(l^{-1})",
        assumptions=(
            "the edge of chaos at q = 1/2, inputs of this variance; f increases, so c¹ = −1 is the worst pair",
        ),
        statement=AsymptoticTo(orbit(EDGE, Integer(-1), lambda c: 1 - c), S.Zero, variable=N, order=1 / N),
        checks=(HighPrecisionLimit(reach=11), Route("expansion of f at 1", Method.ALGEBRA, rate_on_edge)),
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="hayou2021/fact16/slope-at-one-tanh",
        where="fact 16, items 2 to 4, for tanh",
        printed=r"\text{On the ordered phase } 0 < f'(1) < 1 \text{ (By definition), on the Chaotic phase } f'(1) > 1, "
        r"\text{ on the EOC, } f'(1) = 1",
        assumptions=("q > 0; the phases are defined by χ = σ_w² E φ′(√q Z)² against 1",),
        statement=Equal(
            Derivative(LAYER_WEIGHT * covariance(PHI, q1=Q1, q2=Q1) / Q1, RHO),
            LAYER_WEIGHT * covariance(SLOPE, q1=Q1, q2=Q1),
            on={**UNIT, Q1: Interval.open(0, 4), LAYER_WEIGHT: Interval.open(0, oo)},
        ),
        checks=(AlgebraicIdentity(), BallIdentityAtRandomPoints(bits=32)),
        expected=Verdict.PROVED,
        note="f' = σ_w² E φ'(u)φ'(v), so f'(1) = χ, which is positive.",
    ),
    Claim(
        id="hayou2021/fact16/fixed-point-one-tanh",
        where="fact 16, first item, for tanh",
        printed=r"f(1) = 1",
        statement=Equal(at_bias(Q1, BIAS**2).map(1), 1, on={Q1: Interval(1, 4), BIAS: Interval(0, 1)}),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="q = σ_b² + σ_w² E φ(√q Z)² is what makes it so.",
    ),
    Claim(
        id="hayou2021/fact16/unique-fixed-point-tanh",
        where="fact 16, fifth item, for tanh",
        printed=r"\text{On the Ordered phase and the EOC, 1 is the unique fixed point of } f",
        statement=ForAll((EDGE, ORDERED), lambda net: LessThan(RHO, net.map(), on={RHO: Interval.Ropen(-1, 1)})),
        checks=PAIRS,
        expected=Verdict.SUPPORTED,
        note="On the edge at q = 1/2 and in the ordered phase at σ_b = 1, q = 3/2. It needs q > 0, thus σ_b > 0: f is 0/0 "
        "at σ_b = 0, σ_w ≤ 1.",
    ),
    Claim(
        id="hayou2021/fact17/mean-value-tanh",
        where="fact 17, proof, for tanh on the ordered phase",
        printed=r"\sup_{(x, x') \in B_\epsilon} |f'(c^l(x, x')) - f'(1)| \leq "
        r"\zeta_l \sup_{(x, x') \in B_\epsilon} |c^l(x, x') - 1|, \quad \zeta_l \rightarrow |f''(1)|",
        statement=below_tangent(SLOPE, BEND),
        checks=PAIRS,
        expected=Verdict.SUPPORTED,
        note="f'(1) − f'(c) ≤ f''(1)(1 − c), over σ_w², for q = 1/2, 1, 2: f'' ≤ f''(1) on [−1, 1], and f'' is continuous.",
    ),
)
