"""How variances and correlations settle in hayou2020: sections 2 and 4, and the list of results of appendix B."""

from __future__ import annotations

from sympy import Abs, Expr, Interval, Limit, Max, Rational, S, Symbol, asin, erf, oo, pi, sqrt

from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    And,
    AtMost,
    BallOnDomain,
    CertifiedWitness,
    Claim,
    DerivedQuantity,
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
    sampled,
)
from symntk.claims.checks import Finding, doubted, refuted, supported, unknown
from symntk.claims.pointwise import gap_at
from symntk.notation import Q1, Q2, RHO, X

RELU, ERF = Max(X, 0), erf(X)
WHOLE = {RHO: Interval(-1, 1)}
BELOW_ONE = {RHO: Interval.Ropen(-1, 1)}
BIAS, WEIGHT = Symbol("sigma_b", positive=True), Symbol("sigma_w", positive=True)
NORM = Symbol("r", nonnegative=True)
"""|x|²/d."""
NEARNESS = Symbol("epsilon", positive=True)
VARIANCES = {Q1: Interval.open(0, oo), Q2: Interval.open(0, oo)}
POSITIVE = Interval.open(0, oo)
ORDERED = {BIAS: POSITIVE, WEIGHT: Interval.open(0, sqrt(2))}
F = (RHO * asin(RHO) + sqrt(1 - RHO**2)) / pi + RHO / 2
"""The correlation map of ReLU without bias."""
CHAOTIC_ERF = derived(covariance(ERF) / covariance(ERF, rho=1))
"""That of erf with σ_b = 0 and the σ_w that makes q = 1 stationary; f′(1) = 1.2257… > 1."""
ERF_SLOPE = derived(covariance(ERF.diff(X), rho=1) / covariance(ERF, rho=1))
FIRST_VARIANCE = BIAS**2 + WEIGHT**2 * NORM
STATIONARY = BIAS**2 / (1 - WEIGHT**2 / 2)
OPPOSITE = (BIAS**2 - WEIGHT**2 * NORM) / FIRST_VARIANCE
"""c¹(x, −x)."""
NINE_TENTHS = Rational(9, 10)


def edge_variance(variance: Expr) -> Expr:
    """Σ^{l+1}(x, x) for ReLU on the EOC."""
    return 2 * covariance(RELU, rho=1, q1=variance, q2=variance)


def mapped(variance: Expr) -> Expr:
    """c^{l+1} for erf without bias and two inputs of one variance."""
    return covariance(ERF, q1=variance, q2=variance) / covariance(ERF, rho=1, q1=variance, q2=variance)


SAME_LIMIT = Equal(edge_variance(Q1), edge_variance(Q2), on=VARIANCES)
ANY_VARIANCE = Equal(mapped(Q1), CHAOTIC_ERF, on={**WHOLE, Q1: POSITIVE})


def no_fixed_point(statement: Statement) -> Finding:
    """Refutes f(ρ) = ρ for some ρ where f − ρ is certainly positive on the whole interval."""
    if not isinstance(statement, Exists) or not isinstance(statement.relation, Equal):
        return unknown("this route reads the existence of a solution")
    relation = statement.relation
    above = BallOnDomain().examine(LessThan(relation.rhs, relation.lhs, on=relation.on))
    if above.result is not True:
        return unknown("the two sides may meet")
    gap = gap_at(relation, {RHO: S.Zero}).str(12)
    return refuted(
        "the left side is larger on the whole interval", Witness(point=(("rho", "0, as all others"),), gap=gap)
    )


def no_sign_change(statement: Statement) -> Finding:
    """Looks for a change of sign of lhs − rhs with digits."""
    if not isinstance(statement, Exists):
        return unknown("this route reads the existence of a solution")
    relation = statement.relation
    larger = HighPrecisionAtPoints(count=30).examine(LessThan(relation.rhs, relation.lhs, on=relation.on))
    return doubted("no change of sign at 30 points") if larger.result is True else supported("the sign changes")


CLAIMS = (
    Claim(
        id="hayou2020/section4/variance-limit",
        where="section 4, below eq. 10, and appendix B, below eq. 12",
        printed=r"\text{In general, } q^l(x) \text{ converges to a point } q(\sigma_b, \sigma_w) > 0 "
        r"\text{ independent of } x \text{ as } l \to \infty",
        assumptions=("ReLU on the EOC, where the variance of a layer is that of the layer before; two inputs",),
        statement=SAME_LIMIT,
        checks=(CertifiedWitness({Q1: 1, Q2: 2}), DerivedQuantity(lambda: derived(SAME_LIMIT.lhs))),
        expected=Verdict.REFUTED,
        kind="error",
        note="The list of results below says so itself. For tanh with σ_b = 0 and σ_w ≤ 1 the limit is 0.",
        corrected=Claim(
            id="hayou2020/section4/variance-limit/corrected",
            where="section 4, below eq. 10, and appendix B, below eq. 12",
            printed=r"\text{For ReLU on the EOC } q^l(x) = q^1(x) \text{ for all } l, \text{ which depends on } x",
            statement=Equal(edge_variance(Q1), Q1, on={Q1: POSITIVE}),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/appendixB/variance-rate",
        where="appendix B, list of results, second item",
        printed=r"\text{There exist } q, \lambda > 0 \text{ such that, for all } [l \geq 1], "
        r"\sup_{x \in \mathbb{R}^d} |\Sigma^l(x, x) - q| \leq e^{-\lambda l}",
        assumptions=("ReLU, ordered phase with σ_b > 0, read at l = 1, where the right side is below 1; r = |x|²/d",),
        statement=LessThan(Abs(FIRST_VARIANCE - STATIONARY), S.One, on={**ORDERED, NORM: Interval(0, oo)}),
        checks=(CertifiedWitness({BIAS: 1, WEIGHT: 1, NORM: 10}), HighPrecisionAtPoints(count=9)),
        expected=Verdict.REFUTED,
        kind="error",
        note="Σ¹(x, x) is unbounded in x; on the EOC of ReLU there is no q at all. hayou2021 repeats it as fact 1.",
        corrected=Claim(
            id="hayou2020/appendixB/variance-rate/corrected",
            where="appendix B, list of results, second item",
            printed=r"\Sigma^{l+1}(x, x) - q = \frac{\sigma_w^2}{2} (\Sigma^l(x, x) - q) "
            r"\text{ for ReLU, } \sigma_b > 0, \sigma_w^2 < 2",
            statement=Equal(
                BIAS**2 + WEIGHT**2 * covariance(RELU, rho=1, q1=Q1, q2=Q1) - STATIONARY,
                WEIGHT**2 / 2 * (Q1 - STATIONARY),
                on={**ORDERED, Q1: POSITIVE},
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="So the distance is |Σ¹(x, x) − q|(σ_w²/2)^{l−1}, uniformly on bounded sets of inputs.",
        ),
    ),
    Claim(
        id="hayou2020/appendixB/ordered-rate",
        where="appendix B, list of results, third item",
        printed=r"\text{On the Ordered phase, there exists } \gamma > 0 \text{ such that } "
        r"\sup_{x, x' \in \mathbb{R}^d} |c^l(x, x') - 1| \leq e^{-\gamma l}",
        assumptions=("ReLU, σ_b > 0, x' = −x, read at l = 1, where the right side is below 1; r = |x|²/d",),
        statement=LessThan(1 - OPPOSITE, S.One, on={**ORDERED, NORM: Interval(0, oo)}),
        checks=(CertifiedWitness({BIAS: 1, WEIGHT: 1, NORM: 10}), HighPrecisionAtPoints(count=9)),
        expected=Verdict.REFUTED,
        kind="error",
        note="Later layers do not help: as |x| grows, 1 − c^l(x, −x) tends to that of the net without bias, 9π²/(2l²) + ….",
        corrected=Claim(
            id="hayou2020/appendixB/ordered-rate/corrected",
            where="appendix B, list of results, third item",
            printed=r"1 - c^{l+1}(x, x') \leq \chi (1 - c^l(x, x')), \quad \chi = f'(1) < 1, "
            r"\text{ if } \Sigma^1(x, x) = \Sigma^1(x', x') = q",
            assumptions=(
                "ReLU with σ_b > 0, where f = 1 − χ + χ·f_0, and erf with q = 1; both sides are divided by χ or σ_w²",
            ),
            statement=And(
                (
                    AtMost(1 - F, 1 - RHO, on=WHOLE),
                    AtMost(asin(Rational(2, 3)) - asin(2 * RHO / 3), 2 / sqrt(S(5)) * (1 - RHO), on=WHOLE),
                )
            ),
            checks=sampled(*INEQUALITY),
            expected=Verdict.SUPPORTED,
            note="So 1 − c^l ≤ 2χ^{l−1}.",
        ),
    ),
    Claim(
        id="hayou2020/appendixB/chaotic-rate",
        where="appendix B, list of results, fourth item",
        printed=r"\text{On the chaotic phase, there exist } \gamma > 0 \text{ and } c < 1 \text{ such that } "
        r"\sup_{x \neq x' \in \mathbb{R}^d} |c^l(x, x') - c| \leq e^{-\gamma l}",
        assumptions=(
            "erf, σ_b = 0, q = 1, which is chaotic with c = 0; inputs with c^1 = 1 − ε",
            "read at l = 2, 3, 4: the supremum is at least the limit ε → 0, the right side is below 1",
        ),
        statement=And(
            tuple(
                LessThan(Limit(image.subs(RHO, 1 - NEARNESS), NEARNESS, 0), S.One)
                for image in (
                    CHAOTIC_ERF,
                    CHAOTIC_ERF.subs(RHO, CHAOTIC_ERF),
                    CHAOTIC_ERF.subs(RHO, CHAOTIC_ERF.subs(RHO, CHAOTIC_ERF)),
                )
            )
        ),
        checks=(CertifiedWitness(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="f is continuous with f(1) = 1, so the supremum over x ≠ x' is at least 1 − c in every layer.",
        corrected=Claim(
            id="hayou2020/appendixB/chaotic-rate/corrected",
            where="appendix B, list of results, fourth item",
            printed=r"\text{for every } \epsilon \in (0, 1) \text{ there are } C, \gamma > 0 \text{ with } "
            r"|c^l(x, x') - c| \leq C e^{-\gamma l} \text{ where } c^1(x, x') \leq 1 - \epsilon",
            assumptions=("the same net, ε = 1/10, c¹ ≥ 0: c^{l+1} ≤ k c^l with k = f(9/10)/(9/10) < 1",),
            statement=And(
                (
                    AtMost(
                        NINE_TENTHS * CHAOTIC_ERF,
                        CHAOTIC_ERF.subs(RHO, NINE_TENTHS) * RHO,
                        on={RHO: Interval(0, NINE_TENTHS)},
                    ),
                    LessThan(CHAOTIC_ERF.subs(RHO, NINE_TENTHS), NINE_TENTHS),
                    LessThan(S.One, ERF_SLOPE),
                )
            ),
            checks=sampled(*INEQUALITY),
            expected=Verdict.SUPPORTED,
            note="hayou2021 has this restriction in its fact 4.",
        ),
    ),
    Claim(
        id="hayou2020/section2/chaotic-correlation",
        where="section 2, Edge of Chaos and Activation Function",
        printed=r"\text{on the Chaotic phase ... the correlation between the outputs of two different inputs "
        r"converges to a value } c \text{ such that } |c| < 1",
        assumptions=("ReLU, σ_b = 0, σ_w > √2, where σ_w² E φ′² = σ_w²/2 > 1; the limit is a fixed point of f",),
        statement=Exists(Equal(F, RHO, on=BELOW_ONE)),
        checks=(
            Route("no fixed point on the whole interval", Method.BALL, no_fixed_point),
            Route("digits", Method.HIGH_PRECISION, no_sign_change),
        ),
        expected=Verdict.REFUTED,
        kind="error",
        note="Without bias the map of ReLU does not depend on σ_w, and variances explode for σ_w > √2.",
        corrected=Claim(
            id="hayou2020/section2/chaotic-correlation/corrected",
            where="section 2, Edge of Chaos and Activation Function",
            printed=r"\text{for ReLU without bias } c^{l+1} > c^l \text{ for } c^l < 1, "
            r"\text{ so } c^l \to 1 \text{ for every } \sigma_w",
            statement=LessThan(RHO, F, on=BELOW_ONE),
            checks=INEQUALITY,
            expected=Verdict.CERTIFIED,
        ),
    ),
    Claim(
        id="hayou2020/appendixB/correlation-function",
        where="appendix B, below eq. 12, and list of results",
        printed=r"c^{l+1} = f(c^l), \quad f(x) = \frac{\sigma_b^2 "
        r"+ \sigma_w^2 \mathbb{E}[\phi(\sqrt{q} Z_1) \phi(\sqrt{q} Z(x))]}{q}",
        assumptions=("erf, σ_b = 0, σ_w with q = 1; two inputs of the same variance q_1",),
        statement=ANY_VARIANCE,
        checks=(CertifiedWitness({RHO: Rational(1, 2), Q1: 4}), DerivedQuantity(lambda: derived(ANY_VARIANCE.lhs))),
        expected=Verdict.REFUTED,
        kind="error",
        note="Only inputs at the stationary variance follow f, or all inputs in the limit l → ∞.",
        corrected=Claim(
            id="hayou2020/appendixB/correlation-function/corrected",
            where="appendix B, below eq. 12, and list of results",
            printed=r"c^{l+1} = f(c^l) \text{ if } \Sigma^l(x, x) = \Sigma^l(x', x') = q; "
            r"\text{ for ReLU on the EOC for all variances}",
            assumptions=("erf as above at q_1 = 1, and ReLU",),
            statement=And(
                (
                    Equal(mapped(S.One), CHAOTIC_ERF, on=WHOLE),
                    Equal(2 * covariance(RELU, q1=Q1, q2=Q2), sqrt(Q1) * sqrt(Q2) * F, on={**WHOLE, **VARIANCES}),
                )
            ),
            checks=sampled(*IDENTITY),
            expected=Verdict.SUPPORTED,
        ),
    ),
)
