"""Correlations inside convolutional ReLU networks in hayou2021: the three phases of appendix lemma 4."""

from __future__ import annotations

from itertools import pairwise

from flint import arb
from sympy import (
    Heaviside,
    Integer,
    Interval,
    Max,
    Rational,
    Symbol,
    asin,
    log,
    oo,
    pi,
    sqrt,
)

from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    AsymptoticTo,
    AtMost,
    BallOnDomain,
    CertifiedWitness,
    Claim,
    Equal,
    Exists,
    HighPrecisionAtPoints,
    LessThan,
    Method,
    Route,
    Statement,
    Verdict,
    Witness,
    covariance,
    derived,
    iterated,
)
from symntk.claims.checks import Finding, doubted, refuted, supported, unknown
from symntk.depth.certified_depth import certified_depth
from symntk.depth.parabolic import correlation_rate
from symntk.notation import Q1, RHO, N, X
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

RELU = Max(X, 0)
F = (RHO * asin(RHO) + sqrt(1 - RHO**2)) / pi + RHO / 2
B2, W2 = Symbol("b", nonnegative=True), Symbol("w", positive=True)
"""σ_b² and σ_w²."""
KAPPA = 9 * pi**2 / 2


def no_fixed_point(statement: Statement) -> Finding:
    """Refutes a solution of f(c) = c in an interval where lhs − rhs > 0 on all of it."""
    if not isinstance(statement, Exists) or not isinstance(statement.relation, Equal):
        return unknown("this route reads the existence of a solution")
    relation = statement.relation
    ((symbol, interval),) = relation.on.items()
    above = BallOnDomain().examine(LessThan(relation.rhs, relation.lhs, on=relation.on))
    if above.result is not True:
        return unknown("lhs > rhs is not certified on the interval")
    middle = (interval.start + interval.end) / 2
    witness = Witness(
        point=((str(symbol), f"every point of {interval}"),),
        gap=f"positive, {(relation.lhs - relation.rhs).subs(symbol, middle).n(6)} at {middle}",
    )
    return refuted("lhs > rhs on the whole interval", witness)


def by_iteration(statement: Statement) -> Finding:
    """Where the iteration c ↦ c + lhs − rhs goes from 1/10."""
    if not isinstance(statement, Exists) or not isinstance(statement.relation, Equal):
        return unknown("this route reads the existence of a solution")
    relation = statement.relation
    place = iterated(RHO + relation.lhs - relation.rhs, RHO, Rational(1, 10))(400, 64)
    return doubted("the iteration tends to 1") if place > 0.999 else supported(f"it settles at {place.str(6)}")


def edge_correlation(index: int, bits: int) -> arb:
    """c^l of ReLU on the edge of chaos, from c¹ = 3/10."""
    with working_precision(bits):
        return 1 - certified_depth(activation("relu"), index, Rational(3, 10), bits=bits).gamma


def by_expansion(statement: Statement) -> Finding:
    """The powers 1, l⁻² and log l/l³ of the exact expansion of c^l against the right side."""
    if not isinstance(statement, AsymptoticTo) or statement.order != N**-3:
        return unknown("this route reads AsymptoticTo with O(l⁻³)")
    gamma = correlation_rate(activation("relu"), 2).gamma
    ours = 1 - gamma.coefficient(-2) / N**2 - gamma.coefficient(-3, 1) * log(N) / N**3
    gap = (ours - statement.rhs).expand()
    if gap == 0:
        return supported("the expansion has these terms")
    return refuted("the expansion differs", Witness(point=(("terms", "1 to log(l)/l^3"),), gap=str(gap)))


def by_depths(statement: Statement) -> Finding:
    """l³(c^l − rhs) in balls at depths 10³, 10⁶, 10⁹, 10¹²: bounded, or growing by more than 1 each time."""
    if not isinstance(statement, AsymptoticTo) or statement.order != N**-3:
        return unknown("this route reads AsymptoticTo with O(l⁻³)")
    depths = [10**k for k in (3, 6, 9, 12)]
    with working_precision(320):
        gaps = [n**3 * (edge_correlation(n, 256) - enclose(statement.rhs, {N: Integer(n)}, bits=256)) for n in depths]
        steps = [abs(later - earlier) for earlier, later in pairwise(gaps)]
    if all(step > 1 for step in steps[1:]):
        return doubted(f"the remainder over l⁻³ grows to {gaps[-1].str(6)}")
    return supported("the remainder over l⁻³ settles") if all(step < 1 for step in steps[1:]) else unknown("unclear")


DEEP = (
    Route("certified depths", Method.BALL, by_depths),
    Route("exact expansion of the correlation", Method.ALGEBRA, by_expansion),
)
SLOPE_AT_ONE = derived(
    W2 * Q1 * covariance(Heaviside(X), rho=1, q1=Q1, q2=Q1) / (B2 + W2 * covariance(RELU, rho=1, q1=Q1, q2=Q1))
)
"""The slope at 1 of the map of ReLU at equal variances q₁."""
CHAOTIC_RELU = W2 * covariance(RELU, q1=Q1, q2=Q1) / (W2 * covariance(RELU, rho=1, q1=Q1, q2=Q1))
"""c^{l+1} for σ_b = 0 and two positions (or inputs) of variance q₁."""

CLAIMS = (
    Claim(
        id="hayou2021/appendix-lemma4/ordered",
        where="appendix lemma 4, first statement",
        printed=r"\text{If } (\sigma_b, \sigma_w) \text{ are on the Ordered phase, then there exists } \beta > 0 \text{ such "
        r"that } \sup_{(x, x') \in \mathbb{R}^d} \sup_{\alpha, \alpha'} |c_{\alpha, \alpha'}^l(x, x') - 1| = "
        r"\mathcal{O}(e^{-\beta l})",
        assumptions=("ReLU, equal variances: an exponential rate asks for a slope below 1 at c = 1; w = σ_w²",),
        statement=LessThan(
            SLOPE_AT_ONE, 1, on={B2: Interval(0, oo), W2: Interval.open(0, 2), Q1: Interval.open(0, oo)}
        ),
        checks=(CertifiedWitness({B2: 0, W2: 1, Q1: 1}), HighPrecisionAtPoints(count=9)),
        expected=Verdict.REFUTED,
        kind="error",
        note="Fact 8 puts σ_b = 0 in the ordered phase, where 1 − c^l is of the order l⁻²; see fact 9 for unbounded norms.",
        corrected=Claim(
            id="hayou2021/appendix-lemma4/ordered/corrected",
            where="appendix lemma 4, first statement",
            printed=r"\sigma_b > 0 \text{ and all variances } q: \quad 1 - \tilde{f}(c) = \tfrac{\sigma_w^2}{2} (1 - f(c)) "
            r"\leq \tfrac{\sigma_w^2}{2} (1 - c)",
            statement=AtMost(1 - F, 1 - RHO, on={RHO: Interval(-1, 1)}),
            checks=INEQUALITY,
            expected=Verdict.CERTIFIED,
            note="Over σ_w²/2. The mean over positions keeps it, so the largest deficit shrinks by σ_w²/2 per layer.",
        ),
    ),
    Claim(
        id="hayou2021/appendix-lemma4/edge",
        where="appendix lemma 4, third statement",
        printed=r"\sup_{(x, x') \in B_\epsilon} \sup_{\alpha, \alpha'} \left| c^l(x, x') - 1 + \frac{\kappa}{l^2} - "
        r"3\sqrt{\kappa} \frac{\log(l)}{l^3} \right| = \mathcal{O}(l^{-3}), \quad \kappa = \frac{9\pi^2}{2}",
        assumptions=("assumption 1, where the positions are equal and c^l is that of an FFNN; c¹ = 3/10",),
        statement=AsymptoticTo(
            edge_correlation, 1 - KAPPA / N**2 + 3 * sqrt(KAPPA) * log(N) / N**3, variable=N, order=N**-3
        ),
        checks=DEEP,
        expected=Verdict.REFUTED,
        kind="error",
        note="As in appendix lemma 1, the root of κ does not belong there.",
        corrected=Claim(
            id="hayou2021/appendix-lemma4/edge/corrected",
            where="appendix lemma 4, third statement",
            printed=r"c^l(x, x') = 1 - \frac{\kappa}{l^2} + 3\kappa \frac{\log(l)}{l^3} + \mathcal{O}(l^{-3})",
            statement=AsymptoticTo(
                edge_correlation, 1 - KAPPA / N**2 + 3 * KAPPA * log(N) / N**3, variable=N, order=N**-3
            ),
            checks=DEEP,
            expected=Verdict.SUPPORTED,
            note="From c¹ = 3/10.",
        ),
    ),
    Claim(
        id="hayou2021/appendix-lemma4/chaotic",
        where="appendix lemma 4, second statement",
        printed=r"\text{If } (\sigma_b, \sigma_w) \text{ are on the Chaotic phase, then there exists } \beta > 0 \text{ and } "
        r"c \in (0, 1) \text{ such that } \sup_{(x, x') \in B_\epsilon} \sup_{\alpha, \alpha'} "
        r"|c_{\alpha, \alpha'}^l(x, x') - c| = \mathcal{O}(e^{-\beta l})",
        assumptions=("ReLU, σ_b = 0, σ_w > √2 and equal positions, where c^{l+1} = f(c^l); c = f(c) is then needed",),
        statement=Exists(Equal(F, RHO, on={RHO: Interval.open(0, 1)})),
        checks=(
            Route("no fixed point", Method.BALL, no_fixed_point),
            Route("iteration of the map", Method.RECURSION, by_iteration),
        ),
        expected=Verdict.REFUTED,
        kind="error",
        note="The chaotic phase of ReLU has the map of the edge of chaos: c^l → 1, like 1/l².",
        corrected=Claim(
            id="hayou2021/appendix-lemma4/chaotic/corrected",
            where="appendix lemma 4, second statement",
            printed=r"c^{l+1} = f(c^l) \text{ for } \sigma_b = 0 \text{ and every } \sigma_w > 0 \text{, so } c^l \to 1",
            statement=Equal(
                CHAOTIC_RELU, F, on={RHO: Interval(-1, 1), W2: Interval.open(0, oo), Q1: Interval.open(0, oo)}
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
)
