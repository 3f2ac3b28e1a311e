"""What proposition 2 of hayou2020 says of the NTK on the edge of chaos without expansions: diagonals, suprema, invertibility."""

from __future__ import annotations

from flint import acb, arb
from sympy import (
    Expr,
    Heaviside,
    Integer,
    Interval,
    Matrix,
    Max,
    Rational,
    S,
    Symbol,
    asin,
    diff,
    erf,
    exp,
    log,
    oo,
    pi,
    sqrt,
)

from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    And,
    AtMost,
    BallLimit,
    CertifiedWitness,
    Claim,
    ConvergesTo,
    DerivedQuantity,
    Equal,
    Exists,
    ForAll,
    HighPrecisionAtPoints,
    HighPrecisionLimit,
    LessThan,
    Method,
    NotEqual,
    Route,
    Statement,
    Verdict,
    Witness,
    covariance,
    derived,
    sampled,
)
from symntk.claims.checks import Finding, doubted, refuted, supported, unknown
from symntk.claims.statement import Sequence
from symntk.notation import Q1, Q2, RHO, N, X
from symntk.numbers.ball import ball_function, enclose
from symntk.numbers.precision import working_precision

A, B = Symbol("a", positive=True), Symbol("b", real=True)
"""The slopes λ and β of a ReLU-like activation."""
PHI, SLOPE = A * Max(X, 0) - B * Max(-X, 0), A * Heaviside(X) + B * Heaviside(-X)
WEIGHT = 2 / (A**2 + B**2)
"""σ_w² on the edge of chaos."""
FIRST = Symbol("K_0", nonnegative=True)
DEPTH = Symbol("L", integer=True, positive=True)
SIZE, SHARE, BOUND = (Symbol(name, positive=True) for name in ("s", "lambda", "M"))
POSITIVE, UNIT = Interval.open(0, oo), Interval.open(0, 1)
SLOPES = {A: POSITIVE, B: Interval(-oo, oo)}
NORMS = {Q1: POSITIVE, Q2: POSITIVE}
F = (RHO * asin(RHO) + sqrt(1 - RHO**2)) / pi + RHO / 2

BELL = 2 / sqrt(pi) * exp(-(X**2))
ERF_WEIGHT = derived(1 / covariance(BELL, rho=1))
"""σ_w² for erf on the edge of chaos at q = 1."""
ERF_BIAS = 1 - ERF_WEIGHT * derived(covariance(erf(X), rho=1))


def erf_variance(q: Expr) -> Expr:
    """Σ^{l+1}(x, x) from Σ^l(x, x) = q."""
    return ERF_BIAS + ERF_WEIGHT * covariance(erf(X), rho=1, q1=q, q2=q)


def erf_slope(q: Expr) -> Expr:
    """Σ̇^{l+1}(x, x)."""
    return ERF_WEIGHT * covariance(BELL, rho=1, q1=q, q2=q)


def second_increment(q: Expr) -> Expr:
    """K²(x, x) − K¹(x, x) for K¹ = Σ¹ = q."""
    return erf_slope(q) * q + erf_variance(q) - q


def diagonal_average(start: Expr) -> Sequence:
    """K^L(x, x)/L for erf from Σ¹(x, x) = start; the variance map increases, so ends of a ball go to ends."""
    variance, slope = (ball_function(derived(step(Q1)), Q1) for step in (erf_variance, erf_slope))

    def term(index: int, bits: int) -> arb:
        with working_precision(2 * bits):
            q = enclose(start, bits=2 * bits)
            kernel = q
            for _ in range(index - 1):
                low, high = (variance(acb(end)).real for end in (q.lower(), q.upper()))
                kernel, q = slope(acb(q)).real * kernel, low.union(high)
                kernel += q
            return kernel / index

    return term


def for_no_constant(statement: Statement) -> Finding:
    """Refutes "there is M > 0 with c·M ≤ M" by c > 1."""
    if not isinstance(statement, Exists) or not isinstance(statement.relation, AtMost):
        return unknown("this route reads the existence of a bound")
    relation = statement.relation
    gap = ((relation.lhs - relation.rhs) / BOUND).expand()
    ball = enclose(gap, bits=64) if gap.is_number else arb(0)
    if ball > 0:
        return refuted(
            "lhs exceeds rhs for every M", Witness(point=(("M", "every positive number"),), gap=ball.str(12))
        )
    return unknown("the sign depends on M")


def at_constants(statement: Statement) -> Finding:
    """Looks at M = 1, 10³, 10⁶ with digits."""
    if not isinstance(statement, Exists) or not isinstance(statement.relation, AtMost):
        return unknown("this route reads the existence of a bound")
    gap = statement.relation.lhs - statement.relation.rhs
    fails = [gap.subs(BOUND, Integer(10) ** (3 * n)).evalf(30) > 0 for n in range(3)]
    return doubted("no bound among three") if all(fails) else supported("one of three bounds holds")


def kernel_determinant(count: int) -> Equal:
    """det of (1 − λ)I + λ11ᵀ."""
    matrix = Matrix(count, count, lambda i, j: S.One if i == j else SHARE)
    return Equal(matrix.det(), (1 - SHARE) ** (count - 1) * (1 + (count - 1) * SHARE), on={SHARE: UNIT})


ERF_MAP = derived(covariance(erf(X)))  # times a factor, plus a constant
PARALLEL = derived(2 * covariance(Max(X, 0), rho=1, q1=Q1, q2=Q2))
"""K^L(x, x′)/L for parallel inputs and ReLU."""
WHERE = "proposition 2"

CLAIMS = (
    Claim(
        id="hayou2020/proposition2/relu-diagonal",
        where=f"{WHERE}, first item",
        printed=r"\frac{K^L(x,x)}{L} = \frac{\sigma_w^2 \|x\|^2}{d} + \frac{K^0(x,x)}{L}",
        assumptions=("φ = ax for x > 0, bx for x ≤ 0, σ_w² = 2/(a² + b²), q = σ_w²‖x‖²/d; K^L = Lq + K⁰",),
        statement=And(
            (
                Equal(WEIGHT * covariance(PHI, rho=1, q1=Q1, q2=Q1), Q1, on={**SLOPES, Q1: POSITIVE}),
                Equal(
                    WEIGHT * covariance(SLOPE, rho=1, q1=Q1, q2=Q1) * (DEPTH * Q1 + FIRST) + Q1,
                    (DEPTH + 1) * Q1 + FIRST,
                    on={**SLOPES, Q1: POSITIVE, FIRST: Interval(0, oo), DEPTH: S.Naturals},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2020/proposition2/relu-supremum",
        where=f"{WHERE}, first item",
        printed=r"\text{there exist } A, \lambda \in (0, 1) \text{ such that } \sup_{x \neq x' \in \mathbb{R}^d} "
        r"|\frac{K^L(x,x')}{L} - \lambda \frac{\sigma_w^2}{d} \|x\| \|x'\|| \leq \frac{A}{L}",
        assumptions=(
            "x' = 2x, s = σ_w²‖x‖‖x'‖/d, where K^L(x, x')/L = s in every layer",
            "λ = 1/4, as the limit for pairs that are not parallel asks; A/L < 1/L",
        ),
        statement=LessThan((1 - Rational(1, 4)) * SIZE, 1 / DEPTH, on={SIZE: POSITIVE, DEPTH: S.Naturals}),
        checks=(CertifiedWitness({SIZE: 1, DEPTH: 2}), HighPrecisionAtPoints(count=9)),
        expected=Verdict.REFUTED,
        kind="error",
        note="Parallel inputs, nearly parallel ones and long ones all spoil the supremum; relu-rate has one pair.",
        corrected=Claim(
            id="hayou2020/proposition2/relu-supremum/corrected",
            where=f"{WHERE}, first item",
            printed=r"K^L(x, x') = L \frac{\sigma_w^2}{d} \|x\| \|x'\| \text{ for } x' = tx, t > 0",
            assumptions=("φ as in relu-diagonal; q_1, q_2 are the variances of x and x'",),
            statement=And(
                (
                    Equal(WEIGHT * covariance(PHI, rho=1, q1=Q1, q2=Q2), sqrt(Q1) * sqrt(Q2), on={**SLOPES, **NORMS}),
                    Equal(WEIGHT * covariance(SLOPE, rho=1, q1=Q1, q2=Q2), S.One, on={**SLOPES, **NORMS}),
                )
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="So Σ̇ = 1 and Σ^l(x, x') = √(q_1q_2): the supremum must be kept to pairs with c¹(x, x') ≤ 1 − ε.",
        ),
    ),
    Claim(
        id="hayou2020/proposition2/uniform",
        where="proposition 2, proof, last sentences of both parts",
        printed=r"\text{Since } c^1_{x,x'} \text{ is bounded, this result is uniform in } x, x'. "
        r"\text{ Therefore, we can take the supremum over } x, x' \in \mathbb{R}^d",
        assumptions=(
            "the expansion c^l = 1 − 9π²/(2l²) + O(l^{−3}) of ReLU with one constant M for all c¹ < 1",
            "c¹ → 1 at a fixed l asks for 9π²/(2l²) ≤ M/l³; at l = M, times M³",
        ),
        statement=Exists(AtMost(9 * pi**2 / 2 * BOUND, BOUND, on={BOUND: POSITIVE})),
        checks=(
            Route("no constant works", Method.BALL, for_no_constant),
            Route("digits at three constants", Method.HIGH_PRECISION, at_constants),
        ),
        expected=Verdict.REFUTED,
        kind="error",
        note="l ≤ 2M/(9π²) would follow; M is raised to a whole number. The closer c¹ is to 1, the later the expansion sets in.",
        corrected=Claim(
            id="hayou2020/proposition2/uniform/corrected",
            where="proposition 2, proof, last sentences of both parts",
            printed=r"c^l(x, x') \text{ increases with } c^1(x, x'), "
            r"\text{ so the result is uniform for } c^1(x, x') \leq 1 - \epsilon",
            statement=AtMost(S.Zero, diff(F, RHO), on={RHO: Interval(-1, 1)}),
            checks=INEQUALITY,
            expected=Verdict.CERTIFIED,
        ),
    ),
    Claim(
        id="hayou2020/proposition2/invertible-limit",
        where="section 4, below proposition 2",
        printed=r"\text{Since } 0 < \lambda < 1, \text{ on the EOC there exists a matrix } J \text{ invertible such that } "
        r"K^L(\mathcal{X}, \mathcal{X}) = L \times J (1 + o(1)) \text{ as } L \to \infty",
        assumptions=("ReLU and two parallel inputs x ≠ x', where K^L = L(q_1, √(q_1q_2); √(q_1q_2), q_2): det J ≠ 0",),
        statement=NotEqual(Q1 * Q2, PARALLEL**2, on=NORMS),
        checks=(CertifiedWitness({Q1: 1, Q2: 4}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        corrected=Claim(
            id="hayou2020/proposition2/invertible-limit/corrected",
            where="section 4, below proposition 2",
            printed=r"\det J = q^N (1 - \lambda)^{N-1} (1 + (N - 1)\lambda) > 0 \text{ if } c^1(x_i, x_j) < 1 \text{ for } i \neq j",
            assumptions=("N = 2, 3, 4, 5 inputs of one variance; J over q",),
            statement=ForAll((2, 3, 4, 5), kernel_determinant),
            checks=IDENTITY,
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2020/proposition2/smooth-diagonal",
        where=f"{WHERE}, second item",
        printed=r"\text{If } \phi \text{ is in } \mathcal{S}, \text{ there exists } q > 0 \text{ such that } "
        r"\frac{K^L(x,x)}{L} = q + \frac{K^0(x,x)}{L}",
        assumptions=("erf, which is in S, on the EOC at q = 1: K²(x, x) − K¹(x, x) = q for every Σ¹(x, x) = q_1",),
        statement=Equal(second_increment(Q1), S.One, on={Q1: POSITIVE}),
        checks=(CertifiedWitness({Q1: 3}), DerivedQuantity(lambda: derived(second_increment(Q1)))),
        expected=Verdict.REFUTED,
        kind="error",
        note="Only for inputs whose first variance is q; for others both Σ^l(x, x) and Σ̇^l(x, x) move.",
        corrected=Claim(
            id="hayou2020/proposition2/smooth-diagonal/corrected",
            where=f"{WHERE}, second item",
            printed=r"K^L(x,x) = Lq \text{ where } \Sigma^1(x, x) = q",
            assumptions=("erf at q = 1, where Σ^{l+1}(x, x) = 1 and Σ̇^{l+1}(x, x) = 1",),
            statement=And(tuple(Equal(part(S.One), S.One) for part in (erf_variance, erf_slope))),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/proposition2/smooth-diagonal-limit",
        where=f"{WHERE}, second item",
        printed=r"\frac{K^L(x,x)}{L} \to q",
        assumptions=("erf at q = 1, Σ¹(x, x) = 1/4 and 3",),
        statement=ForAll(
            (Rational(1, 4), Integer(3)), lambda start: ConvergesTo(diagonal_average(start), S.One, index=N)
        ),
        checks=(BallLimit(reach=11), HighPrecisionLimit(reach=11)),
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="hayou2020/proposition2/smooth-supremum",
        where=f"{WHERE}, second item",
        printed=r"\sup_{x \neq x' \in \mathbb{R}^d} |\frac{K^L(x,x')}{L} - q\lambda| \leq \frac{C \log(L)}{L}, "
        r"\quad C, \lambda \in (0, 1)",
        assumptions=(
            "inputs of the stationary variance; x' → x at a fixed L, where K^L(x, x')/L → q, so that (1 − λ)q is left",
            "q = 1 and λ = 1/3, as the limit for one pair asks; C < 1",
        ),
        statement=LessThan(1 - Rational(1, 3), log(DEPTH) / DEPTH, on={DEPTH: S.Naturals}),
        checks=(CertifiedWitness({DEPTH: 10}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        corrected=Claim(
            id="hayou2020/proposition2/smooth-supremum/corrected",
            where=f"{WHERE}, second item",
            printed=r"\text{the supremum over } c^1(x, x') \leq 1 - \epsilon; "
            r"\ f \text{ and } f' \text{ increase on } [0, 1], \text{ so } K^L(x, x') \text{ increases with } c^1 \geq 0",
            assumptions=("erf on the EOC at q = 1: f′ and f″, times a factor",),
            statement=And(
                (
                    AtMost(S.Zero, diff(ERF_MAP, RHO), on={RHO: Interval(-1, 1)}),
                    AtMost(S.Zero, diff(ERF_MAP, RHO, 2), on={RHO: Interval(0, 1)}),
                )
            ),
            checks=sampled(*INEQUALITY),
            expected=Verdict.SUPPORTED,
        ),
    ),
)
