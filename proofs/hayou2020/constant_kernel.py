"""Proposition 1 of hayou2020 and its proof: the NTK of ordered and chaotic networks in the limit of infinite depth."""

from __future__ import annotations

from flint import acb, arb
from sympy import Abs, Expr, Heaviside, Interval, Range, Rational, S, Symbol, erf, exp, oo, pi, sqrt

from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    LIMIT,
    And,
    AtMost,
    BallLimit,
    CertifiedWitness,
    Claim,
    ConvergesTo,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    HighPrecisionLimit,
    LessThan,
    Method,
    Route,
    Statement,
    Verdict,
    Witness,
    covariance,
    derived,
)
from symntk.claims.checks import Finding, refuted, unknown
from symntk.claims.statement import Sequence
from symntk.depth.certified_depth import certified_depth
from symntk.notation import RHO, N, X
from symntk.numbers.ball import ball_function, enclose
from symntk.numbers.precision import working_precision

STEP, GAUSS = Heaviside(X), 2 / sqrt(pi) * exp(-(X**2))
"""φ′ for ReLU and erf."""
MAP = derived(covariance(erf(X)) / covariance(erf(X), rho=1))
"""f for erf with σ_b = 0 and the σ_w that makes q = 1 stationary: chaotic, with c = 0."""
CHI = derived(covariance(GAUSS, rho=1) / covariance(erf(X), rho=1))
"""f′(1) = Σ̇(x, x) there."""
BIAS, WEIGHT = Symbol("sigma_b", positive=True), Symbol("sigma_w", positive=True)
NORMS = (Symbol("r_1", nonnegative=True), Symbol("r_2", nonnegative=True))
"""|x|²/d and |x′|²/d."""
POSITIVE, UNIT = Interval.open(0, oo), Interval.open(0, 1)
DEPTH = Symbol("L", integer=True, positive=True)
SLOPE, BOUND = Symbol("chi", positive=True), Symbol("alpha", positive=True)
LEVEL, REST = Symbol("k", positive=True), Symbol("epsilon", positive=True)
"""The limit of Σˡ(x, x′), and e^{−γl}."""
KERNEL = Symbol("K", real=True)
ORDERED_NETS = ((Rational(1), Rational(1)), (Rational(1, 2), Rational(1)), (Rational(5, 4), Rational(1, 10)))
"""(σ_w, σ_b) of ReLU."""
STARTS = (S.Zero, Rational(-1), Rational(9, 10))


def on_diagonal(slope: Expr, index: Expr) -> Expr:
    """K^L(x, x)/q = 1 + χ + … + χ^{L−1}."""
    return (slope**index - 1) / (slope - 1)


def solves(slope_set: Interval) -> And:
    """1 + χ + … + χ^{L−1} in closed form, by the recursion K^{L+1} = χK^L + q, K¹ = q."""
    on = {SLOPE: slope_set, DEPTH: Range(1, 30)}
    nxt = on_diagonal(SLOPE, DEPTH + 1)
    return And(
        (
            Equal(nxt, SLOPE * on_diagonal(SLOPE, DEPTH) + 1, on=on),
            Equal(on_diagonal(SLOPE, S.One), S.One, on={SLOPE: slope_set}),
        )
    )


def chaotic_pairs(start: Expr) -> Sequence:
    """K^L(x, x′)/K^L(x, x) for the chaotic erf net from c¹ = ρ."""
    value, slope = ball_function(MAP, RHO), ball_function(MAP.diff(RHO), RHO)

    def term(index: int, bits: int) -> arb:
        precision = 4 * bits
        with working_precision(precision):
            c, chi = enclose(start, bits=precision), enclose(CHI, bits=precision)
            pair, diagonal = c, arb(1)
            for _ in range(index - 1):
                factor, c = slope(acb(c)).real, value(acb(c)).real
                pair, diagonal = factor * pair + c, chi * diagonal + 1
            return pair / diagonal

    return term


def ordered_pairs(net: tuple[Expr, Expr], start: Expr) -> Sequence:
    """K^L(x, x′)/K^L(x, x) for an ordered ReLU net with biases at its stationary variance."""

    def term(index: int, bits: int) -> arb:
        weight, bias = net
        return certified_depth(activation("relu"), index, start, sigma_w=weight, sigma_b=bias, bits=bits).ntk_ratio

    return term


def stays_below(statement: Statement) -> Finding:
    """K^{l+1}(x, x′)/K^{l+1}(x, x) is at most the larger of K^l(x, x′)/K^l(x, x) and c^{l+1} where 0 ≤ Σ̇ ≤ χ, 0 ≤ c.

    For (Σ̇K + c′)/(χK(x, x) + 1) is a mean of Σ̇K/(χK(x, x)) ≤ K/K(x, x) and of c′ = c^{l+1}, which is at most c^l as f
    is convex with f(0) = 0 and f(1) = 1. At L = 1 the ratio is c¹, so it never passes c¹.
    """
    if not isinstance(statement, ConvergesTo) or isinstance(statement.sequence, Expr):
        return unknown("this route reads the limit of a sequence")
    first, later = (statement.sequence(index, 64) for index in (1, 20))
    gap = first - enclose(statement.limit, bits=64)
    if not (gap < 0 and 0 < later < first):
        return unknown("the first ratio does not stay away from the limit")
    return refuted("the ratio never exceeds the first one", Witness(point=(("L", "1 and all later"),), gap=gap.str(12)))


RATIO_TO_ONE = ConvergesTo(chaotic_pairs(Rational(1, 2)), S.One, index=N)

CLAIMS = (
    Claim(
        id="hayou2020/proposition1/chaotic-diagonal",
        where="proposition 1 (section 4 and appendix B), chaotic phase",
        printed=r"\text{Let } (\sigma_b, \sigma_w) \text{ be either in the ordered or in the chaotic phase. Then, there exist }"
        r" \lambda, \gamma > 0 \text{ such that } \sup_{x, x'} |K^L(x, x') - \lambda| \leq e^{-\gamma L}",
        assumptions=(
            "erf, σ_b = 0, q = 1, χ = 1.2257…; x = x', and so K^{L+1}(x, x) − K^L(x, x) = χ^L",
            "two values within e^{−γL} < 1 of one λ differ by less than 2",
        ),
        statement=LessThan(CHI**DEPTH, S(2), on={DEPTH: Range(1, 30)}),
        checks=(CertifiedWitness({DEPTH: 10}), HighPrecisionAtPoints(count=29)),
        expected=Verdict.REFUTED,
        kind="error",
        note="In the chaotic phase K^L(x, x) grows like χ^L. hayou2021 keeps the statement for x ≠ x' apart from each other.",
        corrected=Claim(
            id="hayou2020/proposition1/chaotic-diagonal/corrected",
            where="proposition 1 (section 4 and appendix B), chaotic phase",
            printed=r"K^L(x, x) = q \frac{\chi^L - 1}{\chi - 1} \to \infty \text{ where } \Sigma^1(x, x) = q, \ \chi > 1",
            statement=solves(Interval.open(1, 10)),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/proposition1/chaotic-degenerate",
        where="section 4, below proposition 1",
        printed=r"K^L(\mathcal{X}, \mathcal{X}) \approx \lambda U \text{ where } U \text{ is the matrix with all elements "
        r"equal to one, i.e. } K^L \text{ is at best degenerate and asymptotically (in } L \text{) non invertible}",
        assumptions=("the same chaotic net, two inputs with c¹ = 1/2: the off-diagonal entry over the diagonal one",),
        statement=RATIO_TO_ONE,
        checks=(Route("the ratio stays below", Method.RECURSION, stays_below), BallLimit(reach=7)),
        expected=Verdict.REFUTED,
        kind="error",
        note="Divided by its diagonal, the NTK of a chaotic net tends to the identity matrix, which is invertible.",
        corrected=Claim(
            id="hayou2020/proposition1/chaotic-degenerate/corrected",
            where="section 4, below proposition 1",
            printed=r"K^L(x, x')/K^L(x, x) \to 0 \text{ for } x \neq x' \text{ in the chaotic phase}",
            assumptions=("the same net, c¹ = 1/2 and 9/10",),
            statement=ForAll(
                (Rational(1, 2), Rational(9, 10)), lambda start: ConvergesTo(chaotic_pairs(start), S.Zero, index=N)
            ),
            checks=(BallLimit(reach=10), HighPrecisionLimit(reach=10)),
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2020/proposition1/ordered-supremum",
        where="proposition 1 (section 4 and appendix B), ordered phase",
        printed=r"\sup_{x, x' \in \mathbb{R}^d} |K^L(x, x') - \lambda| \leq e^{-\gamma L}",
        assumptions=("read at L = 1, where K¹(x, x) = σ_b² + σ_w²|x|²/d: two values would differ by less than 2",),
        statement=LessThan(
            Abs(WEIGHT**2 * (NORMS[0] - NORMS[1])),
            S(2),
            on={WEIGHT: UNIT, **dict.fromkeys(NORMS, Interval(0, oo))},
        ),
        checks=(
            CertifiedWitness({WEIGHT: Rational(1, 2), NORMS[0]: 100, NORMS[1]: 0}),
            HighPrecisionAtPoints(count=15),
        ),
        expected=Verdict.REFUTED,
        kind="error",
        note="σ_w < 1 makes a ReLU net ordered. The supremum over all inputs is infinite for ReLU in every layer.",
        corrected=Claim(
            id="hayou2020/proposition1/ordered-supremum/corrected",
            where="proposition 1 (section 4 and appendix B), ordered phase",
            printed=r"K^L(x, x) = \lambda (1 - \chi^L), \ \lambda = \frac{q}{1 - \chi}, \text{ where } \Sigma^1(x, x) = q",
            statement=solves(UNIT),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/proposition1/ordered-limit",
        where="section 4, below proposition 1",
        printed=r"\text{as } L \text{ goes to infinity, } K^L \text{ converges to a constant kernel } "
        r"K^\infty(x, x') = \lambda \text{ for all } x, x' \in \mathbb{R}^d",
        assumptions=("ordered ReLU nets with biases, at the stationary variance; K^L(x, x')/K^L(x, x) → 1",),
        statement=ForAll(
            tuple((net, start) for net in ORDERED_NETS for start in STARTS),
            lambda member: ConvergesTo(ordered_pairs(*member), S.One, index=N),
        ),
        checks=tuple(type(route)(reach=12) for route in LIMIT),
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="hayou2020/proposition1/slope-bound",
        where="proposition 1, proof, third display",
        printed=r"\text{In the ordered/chaotic phase ... there exist } k, \gamma, l_0 > 0 \text{ and } \alpha \in (0, 1) "
        r"\text{ such that for all } l \geq l_0: \sup_{x, x'} |\Sigma^l(x, x') - k| \leq e^{-\gamma l} \text{ and } "
        r"\sup_{x, x' \in \mathbb{R}^d} \dot{\Sigma}^l(x, x') \leq \alpha",
        assumptions=("the second bound at x = x', in the chaotic erf net with q = 1",),
        statement=LessThan(CHI, S.One),
        checks=(CertifiedWitness(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="Chaotic means Σ̇(x, x) > 1, and Σ^l(x, x) → q while Σ^l(x, x') → qc: there is no such k either.",
        corrected=Claim(
            id="hayou2020/proposition1/slope-bound/corrected",
            where="proposition 1, proof, third display",
            printed=r"\text{In the ordered phase, at the stationary variance, } "
            r"\sup_{x, x'} \dot{\Sigma}^l(x, x') \leq \chi < 1",
            assumptions=("ReLU and erf at q = 1; both sides are divided by σ_w²",),
            statement=ForAll(
                (STEP, GAUSS),
                lambda slope: AtMost(
                    derived(covariance(slope)), derived(covariance(slope, rho=1)), on={RHO: Interval(-1, 1)}
                ),
            ),
            checks=INEQUALITY,
            expected=Verdict.SUPPORTED,
            note="By Cauchy's inequality for every φ.",
        ),
    ),
    Claim(
        id="hayou2020/proposition1/contraction",
        where="proposition 1, proof, last display",
        printed=r"K^l(x, x') \leq \alpha K^{l-1}(x, x') + k + e^{-\gamma l}. \text{ Letting } "
        r"r_l = K^l(x, x') - \frac{k}{1 - \alpha}, \text{ we have } r_l \leq \alpha r_{l-1}",
        assumptions=("with equality in the first bound; ε = e^{−γl}",),
        statement=AtMost(
            BOUND * KERNEL + LEVEL + REST - LEVEL / (1 - BOUND),
            BOUND * (KERNEL - LEVEL / (1 - BOUND)),
            on={BOUND: UNIT, KERNEL: Interval(0, 5), LEVEL: POSITIVE, REST: UNIT},
        ),
        checks=(
            CertifiedWitness({BOUND: Rational(1, 2), KERNEL: 1, LEVEL: 1, REST: Rational(1, 2)}),
            HighPrecisionAtPoints(),
        ),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The term e^{−γl} is lost, which the lemma that is used next is made for.",
        corrected=Claim(
            id="hayou2020/proposition1/contraction/corrected",
            where="proposition 1, proof, last display",
            printed=r"r_l \leq \alpha r_{l-1} + e^{-\gamma l}",
            statement=Equal(
                BOUND * KERNEL + LEVEL + REST - LEVEL / (1 - BOUND),
                BOUND * (KERNEL - LEVEL / (1 - BOUND)) + REST,
                on={BOUND: UNIT, KERNEL: Interval(0, 5), LEVEL: POSITIVE, REST: UNIT},
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/proposition1/limit-value",
        where="proposition 1, proof, last sentences",
        printed=r"r_l = K^l(x, x') - \frac{k}{1 - \alpha} ... \text{ We can now conclude using Lemma 2}",
        assumptions=("Σ^l = k and Σ̇^l = χ ≤ α in all layers, where K^l → k/(1 − χ); concluded is r_l → 0",),
        statement=Equal(LEVEL / (1 - SLOPE), LEVEL / (1 - BOUND), on={LEVEL: POSITIVE, SLOPE: UNIT, BOUND: UNIT}),
        checks=(
            CertifiedWitness({LEVEL: 1, SLOPE: Rational(1, 2), BOUND: Rational(3, 4)}),
            HighPrecisionAtPoints(),
        ),
        expected=Verdict.REFUTED,
        kind="error",
        note="α is only a bound of Σ̇^l from above, and the lemma is for sequences that are not negative.",
        corrected=Claim(
            id="hayou2020/proposition1/limit-value/corrected",
            where="proposition 1, proof, last sentences",
            printed=r"K^l(x, x') - \frac{k}{1 - \chi} = \chi (K^{l-1}(x, x') - \frac{k}{1 - \chi}), "
            r"\quad \chi = \lim \dot{\Sigma}^l(x, x')",
            assumptions=("Σ^l = k and Σ̇^l = χ in all layers",),
            statement=Equal(
                SLOPE * KERNEL + LEVEL - LEVEL / (1 - SLOPE),
                SLOPE * (KERNEL - LEVEL / (1 - SLOPE)),
                on={LEVEL: POSITIVE, SLOPE: UNIT, KERNEL: Interval(-5, 5)},
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
)
