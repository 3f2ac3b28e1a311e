"""Correlations of chaotic tanh networks in the facts of hayou2021: limits and rates (facts 4, 16, 17)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from flint import arb
from sympy import Expr, Integer, Rational, S, diff, tanh

from symntk.claims import (
    And,
    AsymptoticTo,
    BallLimit,
    CertifiedWitness,
    Claim,
    DerivedQuantity,
    Equal,
    HighPrecisionLimit,
    LessThan,
    Method,
    QuadratureAtPoints,
    Route,
    Statement,
    Verdict,
    covariance,
    derived,
    sampled,
)
from symntk.claims.checks import Finding, doubted, supported, unknown
from symntk.claims.domain import sample
from symntk.claims.pointwise import written_out
from symntk.claims.statement import Relation, Sequence
from symntk.gaussian.expectation import GaussianPairExpectation
from symntk.gaussian.series import hermite_series
from symntk.notation import RHO, N, X
from symntk.numbers.ball import enclose
from symntk.numbers.exact import BallNumber
from symntk.numbers.precision import working_precision

PHI = tanh(X)
SLOPE = diff(PHI, X)
TERMS, BITS = 140, 96


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


CHAOTIC = at_bias(Integer(1), Rational(1, 50))
UNBIASED = at_bias(Integer(1), Integer(0))
ORDERED = at_bias(Rational(3, 2), Integer(1))
LOW, HIGH = Rational(1, 5), Rational(1, 4)
"""They bracket the stable fixed point of the chaotic network."""
RATE = Rational(9211, 10000)
"""A little above f′(c) = 0.92109… of the chaotic network."""


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


Shown = Callable[[arb, arb], arb]
"""A quantity of a layer, from c^l and K^l(x, x′)."""


def orbit(start: Expr, shown: Shown) -> Sequence:
    """shown(c^l, K^l) of the chaotic network, q = 1: c¹ = K¹ = start, c ↦ f(c), K ↦ f′(c)K + f(c), as balls."""
    known: list[tuple[arb, arb]] = []

    def term(index: int, bits: int) -> arb:
        bias, weight = (enclose(value, bits=BITS) for value in (CHAOTIC.bias, CHAOTIC.weight))
        first = enclose(start, bits=BITS)
        known.extend([(first, first)] if not known else [])
        with working_precision(BITS):
            while len(known) < index:
                rho, kernel = known[-1]
                mapped = bias + weight * pair_value(PHI, CHAOTIC.q, rho)
                known.append((mapped, chaotic_slope(rho) * kernel + mapped))
            return shown(*known[index - 1])

    return term


def ends(shown: Shown) -> Sequence:
    """What is shown from c¹ = −1 against c¹ = 9/10, between which the correlations of all others run."""
    first, second = (orbit(start, shown) for start in (Integer(-1), Rational(9, 10)))

    def term(index: int, bits: int) -> arb:
        with working_precision(BITS):
            return first(index, bits) - second(index, bits)

    return term


def chaotic_slope(rho: arb) -> arb:
    """f′(ρ) of the chaotic network."""
    return enclose(CHAOTIC.weight, bits=BITS) * pair_value(SLOPE, CHAOTIC.q, rho)


OPPOSITE, ACROSS = UNBIASED.map(-1), UNBIASED.map(0)
EXCLUDED = "c = 0 and c = −1 are fixed for an odd φ without bias; orthogonal and opposite inputs stay there"


def fixed_gap(rho: arb, kernel: arb) -> arb:
    """K(1 − f′(c)) − q c, which vanishes at the fixed point of the recursion."""
    return kernel * (1 - chaotic_slope(rho)) - rho


CLAIMS = (
    Claim(
        id="hayou2021/fact4/one-limit",
        where="fact 4",
        printed=r"\text{On the chaotic phase, there exist } c < 1 \text{ such that for all } \epsilon \in (0, 1) "
        r"\text{, there exists } \gamma > 0 \text{ such that } \sup_{(x, x') \in B_\epsilon} |c^l(x, x') - c| "
        r"\leq e^{-\gamma l}",
        assumptions=("σ_b = 0, σ_w with q = 1, which is chaotic; " + EXCLUDED + ", so both must be c",),
        statement=Equal(OPPOSITE, ACROSS),
        checks=(CertifiedWitness(), DerivedQuantity(lambda: derived(OPPOSITE))),
        expected=Verdict.REFUTED,
        kind="error",
        note="With inputs that are only nearly opposite the supremum over B_ε is 1 in every layer all the same.",
        corrected=Claim(
            id="hayou2021/fact4/one-limit/corrected",
            where="fact 4",
            printed=r"\sigma_b > 0: \quad \sup_{(x, x') \in B_\epsilon} |c^l(x, x') - c| = \mathcal{O}(e^{-\gamma l})",
            statement=AsymptoticTo(ends(lambda c, kernel: c), S.Zero, variable=N, order=RATE**N),
            checks=(BallLimit(reach=7), HighPrecisionLimit(reach=7)),
            expected=Verdict.SUPPORTED,
            note="At σ_b² = 1/50, q = 1, where e^{−γ} = 0.9211 > f'(c) = 0.92109…: the distance of the orbits from c¹ = −1 and "
            "from c¹ = 9/10, between which all others run. No constant can be left out: |c¹ − c| > 1 occurs.",
        ),
    ),
    Claim(
        id="hayou2021/fact16/stable-fixed-point-tanh",
        where="fact 16, last item, for tanh with σ_b > 0",
        printed=r"1 \text{ which is unstable, and } c < 1 \text{ which is a stable fixed point}",
        assumptions=("σ_b² = 1/50, q = 1; f and f' increase on [0, 1]",),
        statement=And(
            (
                LessThan(1, CHAOTIC.slope(1)),
                LessThan(LOW, CHAOTIC.map(LOW)),
                LessThan(CHAOTIC.map(HIGH), HIGH),
                LessThan(CHAOTIC.slope(HIGH), 1),
            )
        ),
        checks=sampled(*PAIRS),
        expected=Verdict.SUPPORTED,
        note="c lies between 1/5 and 1/4, where f' < 1.",
    ),
    Claim(
        id="hayou2021/fact17/tanh-chaotic",
        where="fact 17, for tanh on the chaotic phase",
        printed=r"\text{there exists } \alpha \in (0, 1), \gamma > 0 \text{ such that } "
        r"\sup_{(x, x') \in B_\epsilon} |f'(c^l(x, x')) - \alpha| \leq e^{-\gamma l}",
        assumptions=("σ_b = 0, σ_w with q = 1, which is chaotic; " + EXCLUDED + ", so f' must agree",),
        statement=Equal(UNBIASED.slope(-1), UNBIASED.slope(0)),
        checks=(CertifiedWitness(), SERIES_ROUTE),
        expected=Verdict.REFUTED,
        kind="error",
        note="f'(−1) = f'(1) > 1 > f'(0).",
        corrected=Claim(
            id="hayou2021/fact17/tanh-chaotic/corrected",
            where="fact 17, for tanh on the chaotic phase",
            printed=r"\sigma_b > 0: \quad \sup_{(x, x') \in B_\epsilon} |f'(c^l(x, x')) - f'(c)| = "
            r"\mathcal{O}(e^{-\gamma l})",
            statement=AsymptoticTo(ends(lambda c, kernel: chaotic_slope(c)), S.Zero, variable=N, order=RATE**N),
            checks=(BallLimit(reach=7), HighPrecisionLimit(reach=7)),
            expected=Verdict.SUPPORTED,
            note="At σ_b² = 1/50, q = 1, from c¹ = −1 and from c¹ = 9/10.",
        ),
    ),
    Claim(
        id="hayou2021/fact17/alpha-tanh",
        where="fact 17, proof, for tanh on the chaotic phase",
        printed=r"\alpha = f'(c) \text{ where } c \text{ is the unique stable fixed point of } f, \quad \alpha \in (0, 1)",
        assumptions=("σ_b² = 1/50, q = 1; c is between 1/5 and 1/4, where f' increases",),
        statement=And((LessThan(0, CHAOTIC.slope(LOW)), LessThan(CHAOTIC.slope(HIGH), 1))),
        checks=sampled(*PAIRS),
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="hayou2021/section3.1/proposition1-tanh",
        where="proposition 1, for tanh on the chaotic phase",
        printed=r"\text{there exist } \lambda > 0 \text{ such that for all } \epsilon \in (0, 1), \text{ there exists } "
        r"\gamma > 0 \text{ such that } \sup_{(x, x') \in B_\epsilon} |K^L(x, x') - \lambda| \leq e^{-\gamma L}",
        assumptions=("σ_b = 0, σ_w with q = 1, which is chaotic; K³(x, x′) of orthogonal inputs, where K¹ = q¹ = 0",),
        statement=LessThan(0, (UNBIASED.slope(0) + 1) * ACROSS),
        checks=(CertifiedWitness(), SERIES_ROUTE),
        expected=Verdict.REFUTED,
        kind="error",
        note="K^L = 0 for these inputs at every L, so λ would be 0; and K^L(x, −x) = −K^L(x, x) → −∞.",
        corrected=Claim(
            id="hayou2021/section3.1/proposition1-tanh/corrected",
            where="proposition 1, for tanh on the chaotic phase",
            printed=r"\sigma_b > 0: \quad \sup_{(x, x') \in B_\epsilon} |K^L(x, x') - \lambda| = "
            r"\mathcal{O}(e^{-\gamma L}), \quad \lambda = \frac{q c}{1 - f'(c)}",
            statement=And(
                (
                    AsymptoticTo(ends(lambda c, kernel: kernel), S.Zero, variable=N, order=N * RATE**N),
                    AsymptoticTo(orbit(Rational(9, 10), fixed_gap), S.Zero, variable=N, order=N * RATE**N),
                )
            ),
            checks=(BallLimit(reach=8), HighPrecisionLimit(reach=8)),
            expected=Verdict.SUPPORTED,
            note="At σ_b² = 1/50, q = 1, where λ = 2.9789: from c¹ = −1 and from c¹ = 9/10, and K^L(1 − f'(c^L)) − c^L.",
        ),
    ),
    Claim(
        id="hayou2021/section3.1/constant-matrix",
        where="section 3.1, below proposition 1",
        printed=r"\text{As } L \text{ goes to infinity, we thus have } \hat{K}^L \text{ becomes close to a constant matrix, "
        r"i.e. } \hat{K}^L \text{ is asymptotically degenerate}",
        assumptions=("chaotic phase, σ_b² = 1/50, q = 1; a limit of K^L(x, x) = χK^{L−1}(x, x) + q is q/(1 − χ)",),
        statement=LessThan(0, CHAOTIC.q / (1 - CHAOTIC.slope(1))),
        checks=(CertifiedWitness(), SERIES_ROUTE),
        expected=Verdict.REFUTED,
        kind="error",
        note="χ > 1: the diagonal grows like χ^L while the other entries tend to λ, so K̂^L/K^L(x, x) tends to the identity. "
        "Proposition 1 speaks of B_ε, which leaves the diagonal out.",
        corrected=Claim(
            id="hayou2021/section3.1/constant-matrix/corrected",
            where="section 3.1, below proposition 1",
            printed=r"\text{on the ordered phase, } \sigma_b > 0: \quad K^L(x, x) \to \frac{q}{1 - \chi} > 0 \text{, the limit "
            r"} \lambda \text{ of the other entries}",
            statement=LessThan(0, ORDERED.q / (1 - ORDERED.slope(1))),
            checks=sampled(*PAIRS),
            expected=Verdict.SUPPORTED,
            note="σ_b = 1, q = 3/2; c = 1 in λ = q c/(1 − f'(c)) gives the same number.",
        ),
    ),
)
