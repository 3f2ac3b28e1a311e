"""Rates of ReLU networks in the facts of hayou2021 that its deep results rest on (facts 9, 13, 16, 17)."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Heaviside, Interval, Max, Rational, Symbol, asin, cancel, cos, oo, pi, sin, sqrt

from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    And,
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
from symntk.claims.checks import Check, Finding, doubted, refuted, supported, unknown
from symntk.notation import Q1, Q2, RHO, X

RELU, STEP = Max(X, 0), Heaviside(X)
UNIT = {RHO: Interval(-1, 1)}
VARIANCE = {Q1: Interval.open(0, oo)}
BIAS, WEIGHT = Symbol("sigma_b", nonnegative=True), Symbol("sigma_w", positive=True)
SOME_BIAS = Symbol("sigma_b", positive=True)
NORM = Symbol("r", nonnegative=True)
"""|x|²/d."""
CHI = Symbol("chi", positive=True)
"""σ_w²/2."""
ANGLE = Symbol("theta", nonnegative=True)
ORDERED = Interval.open(0, sqrt(2))
BELOW_ONE = {CHI: Interval.open(0, 1)}

F = (RHO * asin(RHO) + sqrt(1 - RHO**2)) / pi + RHO / 2
S = 2 * sqrt(2) / (3 * pi)
BIASED_MAP = 1 - CHI + CHI * F
"""The correlation map at the stationary variance q = σ_b²/(1 − χ), for σ_b > 0."""


def layer(rho: Expr | int, bias: Expr, chi: Expr, q: Expr) -> Expr:
    """q^{l+1}(x, x′) for two inputs of variance q and correlation ρ."""
    return bias**2 + 2 * chi * covariance(RELU, rho=rho, q1=q, q2=q)


def slope(rho: Expr | int, bias: Expr, chi: Expr, q: Expr) -> Expr:
    """The derivative of c^l ↦ c^{l+1} for two inputs of variance q."""
    return 2 * chi * q * covariance(STEP, rho=rho, q1=q, q2=q) / layer(1, bias, chi, q)


def excluding(point: Mapping[Symbol, Expr | int]) -> tuple[Check, ...]:
    """Two routes against an inequality: a ball at a point, and multiprecision digits."""
    return CertifiedWitness(point), HighPrecisionAtPoints(count=9)


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


OPPOSITE = (SOME_BIAS**2 - WEIGHT**2 * NORM) / (SOME_BIAS**2 + WEIGHT**2 * NORM)
"""c¹(x, −x)."""
LIMIT_SLOPE = derived(slope(1, BIAS, WEIGHT**2 / 2, Q1))
SAME_NORMS = SOME_BIAS**2 / (1 - CHI)

CLAIMS = (
    Claim(
        id="hayou2021/fact9/uniform-rate",
        where="fact 9",
        printed=r"\text{For any } (\sigma_b, \sigma_w) \text{ in the Ordered phase, there exist } \lambda \text{ such "
        r"that for all } l \geq 1, \sup_{(x, x') \in \mathbb{R}^d} |c^l(x, x') - 1| \leq e^{-\lambda l}",
        assumptions=("read at l = 1 with λ > 0, where the right side is below 1, and at x' = −x; r = |x|²/d",),
        statement=LessThan(
            1 - OPPOSITE, 1, on={SOME_BIAS: Interval.open(0, oo), WEIGHT: ORDERED, NORM: Interval(0, oo)}
        ),
        checks=excluding({SOME_BIAS: 1, WEIGHT: 1, NORM: 10}),
        expected=Verdict.REFUTED,
        kind="error",
        note="No constant helps: for |x| → ∞ the bias is lost in every fixed layer, so the supremum over all inputs is at "
        "least 1 − f^{l−1}(−1) with f of fact 12, which falls like 9π²/(2l²); σ_b = 0 has this rate for every norm.",
        corrected=Claim(
            id="hayou2021/fact9/uniform-rate/corrected",
            where="fact 9",
            printed=r"\sigma_b > 0, q^l(x) = q^l(x') = q: \quad "
            r"1 - c^{l+1}(x, x') \leq \frac{\sigma_w^2}{2} (1 - c^l(x, x'))",
            statement=AtMost(cancel((1 - BIASED_MAP) / CHI), 1 - RHO, on=UNIT),
            checks=INEQUALITY,
            expected=Verdict.CERTIFIED,
            note="Both sides over χ = σ_w²/2, which cancels. So |c^l − 1| ≤ 2χ^{l−1} for inputs of the variance q.",
        ),
    ),
    Claim(
        id="hayou2021/fact9/banach",
        where="fact 9, proof",
        printed=r"\text{The proof of this claim follows from standard Banach Fixed point theorem}",
        assumptions=("Banach's theorem asks for a slope below 1, at c = 1 too; inputs of equal variances q",),
        statement=LessThan(LIMIT_SLOPE, 1, on={BIAS: Interval(0, oo), WEIGHT: ORDERED, **VARIANCE}),
        checks=excluding({BIAS: 0, WEIGHT: 1, Q1: 1}),
        expected=Verdict.REFUTED,
        kind="error",
        note="Without bias the map has slope 1 at its fixed point and is no contraction.",
        corrected=Claim(
            id="hayou2021/fact9/banach/corrected",
            where="fact 9, proof",
            printed=r"q' = \sigma_b^2 + \chi q \text{ gives } q_1' q_2' = (\sigma_b^2 + \chi \sqrt{q_1 q_2})^2 + "
            r"\sigma_b^2 \chi (\sqrt{q_1} - \sqrt{q_2})^2, \quad \chi = \sigma_w^2/2, \text{ for inputs of any variances}",
            statement=Equal(
                (SOME_BIAS**2 + CHI * Q1) * (SOME_BIAS**2 + CHI * Q2),
                (SOME_BIAS**2 + CHI * sqrt(Q1 * Q2)) ** 2 + SOME_BIAS**2 * CHI * (sqrt(Q1) - sqrt(Q2)) ** 2,
                on={SOME_BIAS: Interval.open(0, oo), **BELOW_ONE, **VARIANCE, Q2: Interval.open(0, oo)},
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="With u = √(q₁q₂), 1 − c^{l+1} is at most χu/(σ_b² + χu)·(1 − c^l) plus a term that vanishes as fast as the "
            "variances' difference: a contraction for σ_b > 0 and bounded inputs.",
        ),
    ),
    Claim(
        id="hayou2021/fact13/rate",
        where="fact 13",
        printed=r"\sup_{(x, x') \in B_\epsilon} |1 - c^l(x, x')| = \mathcal{O}(l^{-2})",
        assumptions=("ReLU on the EOC, where c^{l+1} = f(c^l) for inputs of all norms",),
        statement=AtMost(
            sqrt(2) * S * sin(ANGLE / 2) ** 3, (sin(ANGLE) - ANGLE * cos(ANGLE)) / pi, on={ANGLE: Interval(0, pi)}
        ),
        checks=INEQUALITY,
        expected=Verdict.CERTIFIED,
        note="(s/2)(1 − c)^{3/2} ≤ f(c) − c at c = cos θ, with s = 2√2/(3π). So γ′ ≤ γ(1 − s√γ/2) and "
        "1/√γ′ ≥ 1/√γ + s/4: γ_l ≤ (1/√2 + (l − 1)s/4)^{−2} for every pair, c¹ = −1 too.",
    ),
    Claim(
        id="hayou2021/appendix4.1.3/sub-exponential-rate",
        where="appendix 4.1.3 and section 3.1, edge of chaos, for ReLU",
        printed=r"\text{On the EOC, } \ldots \text{ the correlation converges to 1 at a sub-exponential rate}",
        statement=AtMost(
            (sin(ANGLE) - ANGLE * cos(ANGLE)) / pi,
            Rational(2, 5) * 2 * sqrt(2) * sin(ANGLE / 2) ** 3,
            on={ANGLE: Interval(0, pi)},
        ),
        checks=INEQUALITY,
        expected=Verdict.CERTIFIED,
        note="f(c) − c ≤ (2/5)(1 − c)^{3/2} at c = cos θ. So γ′ ≥ γ(1 − 2√γ/5), 1/√γ′ − 1/√γ is bounded, and γ_l is at "
        "least a constant over l²; fact 13 is the other side.",
    ),
    Claim(
        id="hayou2021/fact16/fixed-point-one-relu",
        where="fact 16, first item, for ReLU",
        printed=r"f(1) = 1",
        statement=And(
            (
                Equal(
                    layer(1, SOME_BIAS, CHI, SAME_NORMS) / SAME_NORMS,
                    1,
                    on={SOME_BIAS: Interval.open(0, oo), **BELOW_ONE},
                ),
                Equal(layer(1, Rational(0), Rational(1), Q1) / Q1, 1, on=VARIANCE),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="On the ordered phase with σ_b > 0 and on the EOC.",
    ),
    Claim(
        id="hayou2021/fact16/unique-fixed-point-ordered-relu",
        where="fact 16, fifth item, for ReLU on the ordered phase",
        printed=r"\text{On the Ordered phase, 1 is the unique fixed point of } f",
        assumptions=("σ_b > 0; f̃ is the map at q = σ_b²/(1 − χ), f that of fact 12",),
        statement=Equal(
            layer(RHO, SOME_BIAS, CHI, SAME_NORMS) / SAME_NORMS - RHO,
            (1 - CHI) * (1 - RHO) + CHI * (F - RHO),
            on={SOME_BIAS: Interval.open(0, oo), **BELOW_ONE, **UNIT},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="f(c) ≥ c by fact 13, so f̃(c) − c ≥ (1 − χ)(1 − c) > 0 for c < 1. Without bias f̃ is f, where the EOC decides.",
    ),
    Claim(
        id="hayou2021/fact16/chaotic-fixed-points-relu",
        where="fact 16, last item, for ReLU",
        printed=r"\text{Let } f \text{ be either the correlation function of Tanh or ReLU. } \ldots \text{ On the Chaotic "
        r"phase, } f \text{ has two fixed points, 1 which is unstable, and } c < 1 \text{ which is a stable fixed point}",
        assumptions=("ReLU, σ_b = 0, σ_w > √2, where f is the map of fact 12",),
        statement=Exists(Equal(F, RHO, on={RHO: Interval.Ropen(-1, 1)})),
        checks=(
            Route("no fixed point", Method.BALL, no_fixed_point),
            Route("iteration of the map", Method.RECURSION, by_iteration),
        ),
        expected=Verdict.REFUTED,
        kind="error",
        note="f(c) > c below 1, so 1 is the only fixed point and attracts. The words before fact 11 set this phase aside.",
        corrected=Claim(
            id="hayou2021/fact16/chaotic-fixed-points-relu/corrected",
            where="fact 16, last item, for ReLU",
            printed=r"\sigma_b = 0: \quad c^{l+1} = \tfrac{1}{\pi} (c^l \arcsin c^l + \sqrt{1 - (c^l)^2}) + "
            r"\tfrac{1}{2} c^l \text{ for every } \sigma_w > 0",
            statement=Equal(
                layer(RHO, Rational(0), CHI, Q1) / layer(1, Rational(0), CHI, Q1),
                F,
                on={CHI: Interval.open(0, oo), **VARIANCE, **UNIT},
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/fact17/relu",
        where="fact 17, for ReLU on the ordered phase",
        printed=r"\text{there exists } \alpha \in (0, 1), \gamma > 0 \text{ such that } "
        r"\sup_{(x, x') \in B_\epsilon} |f'(c^l(x, x')) - \alpha| \leq e^{-\gamma l}",
        assumptions=("c^l → 1, so α is f'(1), for inputs of equal variances q",),
        statement=LessThan(LIMIT_SLOPE, 1, on={BIAS: Interval(0, oo), WEIGHT: ORDERED, **VARIANCE}),
        checks=excluding({BIAS: 0, WEIGHT: 1, Q1: 1}),
        expected=Verdict.REFUTED,
        kind="error",
        note="Fact 8 puts σ_b = 0 in the ordered phase; there f'(c^l) → 1, and at the rate 1/l only.",
        corrected=Claim(
            id="hayou2021/fact17/relu/corrected",
            where="fact 17, for ReLU on the ordered phase",
            printed=r"\sigma_b > 0, q^l(x) = q^l(x') = q: \quad |\tilde{f}'(c) - \tfrac{\sigma_w^2}{2}| \leq "
            r"\tfrac{\sigma_w^2}{2} \sqrt{(1 - c)/2}",
            statement=AtMost(ANGLE / pi, sin(ANGLE / 2), on={ANGLE: Interval(0, pi)}),
            checks=INEQUALITY,
            expected=Verdict.CERTIFIED,
            note="At c = cos θ, divided by χ = σ_w²/2. With the corrected fact 9, |f̃'(c^l) − χ| ≤ χ^{(l+1)/2} for all l.",
        ),
    ),
)
