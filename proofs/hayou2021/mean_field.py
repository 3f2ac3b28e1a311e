"""Covariances and their correlation dynamics before any depth limit in hayou2021 (section 3.1, appendix 4.1.1, 4.1.3)."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import (
    Derivative,
    Expr,
    Heaviside,
    Interval,
    Max,
    Rational,
    S,
    Symbol,
    asin,
    diff,
    factorial,
    hermite_prob,
    oo,
    pi,
    sqrt,
    symbols,
)

from symntk.claims import (
    IDENTITY,
    And,
    AtMost,
    BallIdentityAtRandomPoints,
    CertifiedWitness,
    Claim,
    DerivedQuantity,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    Verdict,
    covariance,
    derived,
    expectation,
    sampled,
)
from symntk.claims.checks import Check
from symntk.notation import Q1, Q2, RHO, N, X

RELU, STEP = Max(X, 0), Heaviside(X)
UNIT, INSIDE = {RHO: Interval(-1, 1)}, {RHO: Interval.open(-1, 1)}
B2, W2 = Symbol("b", nonnegative=True), Symbol("w", positive=True)
"""σ_b² and σ_w²."""
WEIGHTS = {B2: Interval(0, oo), W2: Interval.open(0, oo)}
VARIANCE = {Q1: Interval.open(0, oo)}
VARIANCES = {**VARIANCE, Q2: Interval.open(0, oo)}
D, K, WIDTH = symbols("d k n", integer=True, positive=True)
SIZES = {D: S.Naturals, K: S.Naturals, WIDTH: S.Naturals}
A, C, EXPECTED = symbols("a c e", real=True)
ENTRIES = {A: Interval(-3, 3), C: Interval(-3, 3)}
CHI = Symbol("chi", positive=True)
"""σ_w²/2 of a ReLU network."""
SAME, OTHER = expectation(X**2), expectation(X) ** 2
"""E w_j² and E w_j w_k for independent standard weights."""
BY_SUMMANDS = "Summand by summand: those with the same weight twice, and those with two weights, which vanish."

F = (RHO * asin(RHO) + sqrt(1 - RHO**2)) / pi + RHO / 2
STATIONARY = B2 / (1 - CHI)


def refuting(statement: Equal, point: Mapping[Symbol, Expr | int]) -> tuple[Check, ...]:
    """Two routes against an identity: quadrature at a point, and the left side in closed form by Price's theorem."""
    return CertifiedWitness(point), DerivedQuantity(lambda: derived(statement.lhs))


def summands(scale: Expr, sizes: tuple[Symbol, ...]) -> And:
    """(σ_w²·scale) E w_j w_k a c for j = k and for j ≠ k, and σ_b² E b²."""
    on = {**ENTRIES, **WEIGHTS, **{size: SIZES[size] for size in sizes}}
    return And(
        (
            Equal(W2 * scale * SAME * A * C, W2 * scale * A * C, on={s: v for s, v in on.items() if s != B2}),
            Equal(W2 * scale * OTHER * A * C, 0, on={s: v for s, v in on.items() if s != B2}),
            Equal(B2 * SAME, B2, on={B2: WEIGHTS[B2]}),
        )
    )


def layer(scale: Expr, count: Expr, sizes: tuple[Symbol, ...]) -> And:
    """The summands, and `count` of them with the same expectation e."""
    on = {EXPECTED: Interval(-3, 3), W2: WEIGHTS[W2], **{size: SIZES[size] for size in sizes}}
    total = W2 * EXPECTED / (2 * K + 1) if K in sizes else W2 * EXPECTED
    return And((*summands(scale, sizes).parts, Equal(count * (W2 * scale) * EXPECTED, total, on=on)))


def averaged(reach: int) -> Equal:
    """Σ_β (σ_b² + σ_w² e_β)/(2k + 1) over the filter [−k : k]."""
    values = symbols(f"e0:{2 * reach + 1}", real=True)
    on = {**WEIGHTS, **{e: Interval(-2, 2) for e in values}}
    size = 2 * reach + 1
    return Equal(B2 + W2 * sum(values, S.Zero) / size, sum((B2 + W2 * e for e in values), S.Zero) / size, on=on)


def next_correlation(q: Expr) -> Expr:
    """c^{l+1} of a ReLU network from two inputs of variance q and correlation ρ."""
    return (B2 + 2 * CHI * covariance(RELU, q1=q, q2=q)) / (B2 + CHI * q)


UNPRIMED = Equal(
    W2 * covariance(STEP, q1=Q1, q2=Q1),
    W2 * covariance(RELU, q1=Q1, q2=Q1),
    on={**UNIT, **VARIANCE, W2: WEIGHTS[W2]},
)
COEFFICIENTS = symbols("a0:4", real=True)
GENERIC = sum((a * hermite_prob(n, X) / sqrt(factorial(n)) for n, a in enumerate(COEFFICIENTS)), S.Zero)
GENERIC_SLOPE = diff(GENERIC, X)
MOVED = Equal(
    next_correlation(Q1),
    1 - CHI + CHI * F,
    on={**UNIT, **VARIANCE, B2: Interval.open(0, oo), CHI: Interval.open(0, 1)},
)
EDGE_VARIANCE = 2 * covariance(RELU, rho=1, q1=Q1, q2=Q1)
NORM_FREE = Equal(EDGE_VARIANCE, Q2, on=VARIANCES)

CLAIMS = (
    Claim(
        id="hayou2021/section3.1/integer-interval",
        where="section 3.1, convolutional network (also appendix 0.2)",
        printed=r"\text{denoting by } [m : n] \text{ the set of integers } \{m, m+1, \ldots, n\} \text{ for } n \leq m",
        assumptions=("as used in ker_l = [−k : k]: m = −k, n = k",),
        statement=AtMost(K, -K, on={K: S.Naturals}),
        checks=(CertifiedWitness({K: 1}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="m and n are exchanged.",
        corrected=Claim(
            id="hayou2021/section3.1/integer-interval/corrected",
            where="section 3.1, convolutional network (also appendix 0.2)",
            printed=r"\{m, m+1, \ldots, n\} \text{ for } m \leq n",
            statement=AtMost(-K, K, on={K: S.Naturals}),
            checks=(BallIdentityAtRandomPoints(), HighPrecisionAtPoints()),
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2021/section3.1/first-covariance",
        where="section 3.1, first layer of an FFNN",
        printed=r"q^1(x, x') = \sigma_b^2 + \frac{\sigma_w^2}{d} x \cdot x'",
        assumptions=("w, b standard Gaussian; a = x_j, c = x'_k",),
        statement=summands(1 / D, (D,)),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note=BY_SUMMANDS,
    ),
    Claim(
        id="hayou2021/section3.1/first-covariance-cnn",
        where="section 3.1, first layer of a CNN",
        printed=r"q_{\alpha, \alpha'}^1(x, x') = \sigma_b^2 + \frac{\sigma_w^2}{n_0(2k+1)} [x, x']_{\alpha, \alpha'}",
        assumptions=("w, b standard Gaussian, v_1 = n_0 (2k + 1); a and c are entries of x and x'",),
        statement=summands(1 / (WIDTH * (2 * K + 1)), (WIDTH, K)),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note=BY_SUMMANDS,
    ),
    Claim(
        id="hayou2021/appendix4.1.1/eq12",
        where="appendix, eq. 12 (also appendix 2.1)",
        printed=r"q^l(x, x') = \sigma_b^2 + \sigma_w^2 \mathbb{E}[\phi(y_i^{l-1}(x))\phi(y_i^{l-1}(x'))]",
        assumptions=("the weights of layer l are independent of layer l − 1; a = φ(y_j(x)), c = φ(y_k(x'))",),
        statement=layer(1 / WIDTH, WIDTH, (WIDTH,)),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note=BY_SUMMANDS + " At every width n of layer l − 1; the law of y is Gaussian in the limit only.",
    ),
    Claim(
        id="hayou2021/appendix4.1.1/cnn-recursion",
        where="appendix, section 4.1.1, CNN, first display (also appendix 2.1 and 4.3)",
        printed=r"q_{\alpha,\alpha'}^l(x,x') = \mathbb{E}[y_{i,\alpha}^l(x)y_{i,\alpha'}^l(x')] = \sigma_b^2 + "
        r"\frac{\sigma_w^2}{2k+1} \sum_{\beta \in \ker} "
        r"\mathbb{E}[\phi(y_{1,\alpha+\beta}^{l-1}(x))\phi(y_{1,\alpha'+\beta}^{l-1}(x'))]",
        assumptions=("v_l = n_{l−1} (2k + 1); the channels are equal in law",),
        statement=layer(1 / (WIDTH * (2 * K + 1)), WIDTH, (WIDTH, K)),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note=BY_SUMMANDS,
    ),
    Claim(
        id="hayou2021/appendix4.1.1/eq13",
        where="appendix, eq. 13",
        printed=r"q_{\alpha,\alpha'}^l(x,x') = \frac{1}{2k+1} \sum_{\beta \in \ker} "
        r"\hat{q}_{\alpha+\beta,\alpha'+\beta}^l(x,x')",
        assumptions=("q̂ = σ_b² + σ_w² E φφ, as in appendix 4.3",),
        statement=ForAll((0, 1, 2, 3), averaged),
        checks=IDENTITY,
        expected=Verdict.SUPPORTED,
        note="For k ≤ 3 and any values of the expectations.",
    ),
    Claim(
        id="hayou2021/appendix4.1/cnn-derivative-kernel",
        where="appendix, section 4.1, CNN notation",
        printed=r"\dot{q}_{\alpha, \alpha'}^l(x, x') = "
        r"\sigma_w^2 \mathbb{E}[\phi(y_{1, \alpha}^{l-1}(x))\phi(y_{1, \alpha'}^{l-1}(x'))]",
        assumptions=("the factor q̇ of lemma 2 is σ_w² E φ′φ′; read for ReLU at equal variances",),
        statement=UNPRIMED,
        checks=refuting(UNPRIMED, {RHO: 0, Q1: 1, W2: 1}),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The primes are missing (possibly lost in extraction); the FFNN line above has them.",
        corrected=Claim(
            id="hayou2021/appendix4.1/cnn-derivative-kernel/corrected",
            where="appendix, section 4.1, CNN notation",
            printed=r"\dot{q}_{\alpha, \alpha'}^l(x, x') = "
            r"\sigma_w^2 \mathbb{E}[\phi'(y_{1, \alpha}^{l-1}(x))\phi'(y_{1, \alpha'}^{l-1}(x'))]",
            statement=Equal(
                W2 * Derivative(derived(covariance(RELU, q1=Q1, q2=Q1)), RHO) / Q1,
                W2 * covariance(STEP, q1=Q1, q2=Q1),
                on={**INSIDE, **VARIANCE, W2: WEIGHTS[W2]},
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="The derivative of the next covariance with respect to the covariance q₁ρ.",
        ),
    ),
    Claim(
        id="hayou2021/section3.1/variance-limit",
        where="section 3.1 and appendix 4.1.3, edge of chaos",
        printed=r"q^l(x) \text{ converges to a point } q(\sigma_b, \sigma_w) > 0 \text{ independent of } x "
        r"\text{ as } l \rightarrow \infty",
        assumptions=(
            "read for ReLU on its EOC, where the sentence is used; q₁ and q₂ are the variances of two inputs",
        ),
        statement=NORM_FREE,
        checks=refuting(NORM_FREE, {Q1: 1, Q2: 2}),
        expected=Verdict.REFUTED,
        kind="error",
        note="q^l(x) keeps the value q¹(x), as fact 11 says; “under weak regularity conditions” has to exclude this.",
        corrected=Claim(
            id="hayou2021/section3.1/variance-limit/corrected",
            where="section 3.1 and appendix 4.1.3, edge of chaos",
            printed=r"\text{ReLU, } \sigma_b > 0, \sigma_w < \sqrt{2}: \quad "
            r"q^l(x) = q + (\sigma_w^2/2)^{l-1} (q^1(x) - q), \quad q = \frac{\sigma_b^2}{1 - \sigma_w^2/2}",
            statement=Equal(
                B2 + CHI * (STATIONARY + CHI**N * (Q1 - STATIONARY)),
                STATIONARY + CHI ** (N + 1) * (Q1 - STATIONARY),
                on={**VARIANCE, B2: Interval.open(0, oo), CHI: Interval.open(0, 1), N: S.Naturals0},
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="The step from layer n + 1 to n + 2 of the induction.",
        ),
    ),
    Claim(
        id="hayou2021/section3.1/ordered-phase",
        where="section 3.1 and appendix 4.1.3, edge of chaos",
        printed=r"\text{if } \sigma_w^2 \mathbb{E}[\phi'(\sqrt{q(\sigma_b, \sigma_w)} Z)^2] < 1 "
        r"\text{ then } c^l(x, x') \text{ converges to 1 exponentially quickly}",
        assumptions=("q > 0 and inputs of this variance; φ(√q ·) = Σ aₙhₙ with n ≤ 3",),
        statement=Equal(
            (1 - RHO) * covariance(GENERIC_SLOPE, rho=1) - (covariance(GENERIC, rho=1) - covariance(GENERIC)),
            (1 - RHO) ** 2 * (COEFFICIENTS[2] ** 2 + COEFFICIENTS[3] ** 2 * (2 + RHO)),
            on={**UNIT, **{a: Interval(-2, 2) for a in COEFFICIENTS}},
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="χ(1 − c) − (1 − f(c)) times q/σ_w²: it is not negative, so 1 − c^{l+1} ≤ χ(1 − c^l). For every polynomial of "
        "degree ≤ 3; in general each n adds aₙ²(n(1 − c) − 1 + cⁿ) ≥ 0.",
    ),
    Claim(
        id="hayou2021/appendix4.1.3/correlation-dynamics",
        where="appendix 4.1.3",
        printed=r"\text{the dynamics of } c^l \text{ is controlled by a function } f \text{ i.e. } c^{l+1} = f(c^l)",
        assumptions=("ReLU on the ordered phase, σ_b > 0, χ = σ_w²/2; two inputs of variance q₁ in layer l",),
        statement=MOVED,
        checks=refuting(MOVED, {RHO: 0, Q1: 1, B2: 1, CHI: Rational(1, 2)}),
        expected=Verdict.REFUTED,
        kind="error",
        note="Only inputs of the stationary variance obey it; for others it holds up to terms that vanish with the depth.",
        corrected=Claim(
            id="hayou2021/appendix4.1.3/correlation-dynamics/corrected",
            where="appendix 4.1.3",
            printed=r"c^{l+1} = f(c^l) \text{ if } q^l(x) = q^l(x') = q",
            statement=Equal(
                next_correlation(STATIONARY),
                MOVED.rhs,
                on={**UNIT, B2: Interval.open(0, oo), CHI: Interval.open(0, 1)},
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
)
