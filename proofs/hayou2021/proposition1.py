"""The NTK on the ordered and the chaotic phase: proposition 1 of hayou2021, and appendix lemma 6 behind it."""

from __future__ import annotations

from collections.abc import Mapping

from flint import arb
from sympy import Abs, Expr, Heaviside, Interval, Max, Rational, S, Symbol, asin, exp, oo, pi, sqrt, tanh

from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    AtMost,
    BallIdentityAtRandomPoints,
    BallLimit,
    CertifiedWitness,
    Claim,
    ConvergesTo,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    LessThan,
    Method,
    Route,
    Statement,
    Verdict,
    covariance,
    expectation,
)
from symntk.claims.checks import Check, Finding, doubted, supported, unknown
from symntk.depth.certified_depth import certified_depth
from symntk.notation import Q1, RHO, N, X
from symntk.numbers.identity import prove_zero
from symntk.numbers.precision import working_precision

RELU, STEP = Max(X, 0), Heaviside(X)
BIAS, WEIGHT = Symbol("sigma_b", nonnegative=True), Symbol("sigma_w", positive=True)
NORM, START = Symbol("r", nonnegative=True), Symbol("a_0", nonnegative=True)
ALPHA, BETA, GAIN, EXTRA, DECAY = (Symbol(n, positive=True) for n in ("alpha", "beta", "k", "delta", "u"))
LAYER = Symbol("l", integer=True, positive=True)
KERNEL, FACTOR, SOURCE, POWER, SUM, TERM = (Symbol(name, real=True) for name in ("K", "p", "s", "P", "S", "e"))
"""r is |x|²/d, u is e^{−β}; α + δ is a rate between max(α, e^{−β}) and 1; p and s are q̇^l and q^l."""
POSITIVE, UNIT = Interval.open(0, oo), Interval.open(0, 1)
BIASES, ORDERED = {BIAS: Interval(0, oo)}, {WEIGHT: Interval.open(0, sqrt(2))}
STARTS = {START: Interval(0, oo)}

F = (RHO * asin(RHO) + sqrt(1 - RHO**2)) / pi + RHO / 2
VARIANCE = BIAS**2 / (1 - WEIGHT**2 / 2)
LIMIT = VARIANCE / (1 - WEIGHT**2 / 2)
"""k/(1 − α) for ReLU on the ordered phase: k = σ_b²/(1 − σ_w²/2), α = σ_w²/2."""


CHI = expectation((1 - tanh(X) ** 2) ** 2) / expectation(tanh(X) ** 2)
"""χ of tanh at σ_b = 0 and q = 1, where σ_w² = 1/E φ(Z)²."""


def excluding(point: Mapping[Symbol, Expr | int]) -> tuple[Check, ...]:
    """Two routes against a relation: a ball at a point, and multiprecision digits."""
    return CertifiedWitness(point), HighPrecisionAtPoints(count=9)


def chaotic_kernel(depth: int) -> Expr:
    """K^L of ReLU for σ_b = 0, σ_w = 2, q¹ = 1, c¹ = 0: q̇^l = 2 f′(c^{l−1}), q^l(x, x) = 2^{l−1}."""
    rho, kernel = S.Zero, S.Zero
    for layer in range(2, depth + 1):
        after = F.subs(RHO, rho)
        kernel = 2 * (asin(rho) / pi + Rational(1, 2)) * kernel + 2 ** (layer - 1) * after
        rho = after
    return kernel


def ordered_kernel(index: int, bits: int) -> arb:
    """K^L(x, x′) of ReLU for σ_b = σ_w = 1, c¹ = 0 and norms with q¹ = q = 2, so that K^L(x, x) = 4(1 − 2^{−L})."""
    value = certified_depth(activation("relu"), index, S.Zero, sigma_w=S.One, sigma_b=S.One, bits=bits)
    with working_precision(2 * bits):
        return value.ntk_ratio * 4 * (1 - arb(2) ** -index)


def by_fixed_point(statement: Statement) -> Finding:
    """The limit of K^l = q̇^l K^{l−1} + q^l with q̇^l → 1/2 and q^l → 2 solves λ = λ/2 + 2."""
    if not isinstance(statement, ConvergesTo) or statement.sequence is not ordered_kernel:
        return unknown("this route reads the limit of the ReLU kernel at σ_b = σ_w = 1")
    gap = statement.limit / 2 + 2 - statement.limit
    return supported("it is the fixed point") if prove_zero(gap) else doubted("it is not the fixed point")


def convolution(layers: int) -> Expr:
    """Σ_{j<l} α^j u^{l−1−j}, u = e^{−β}."""
    return sum((ALPHA**j * DECAY ** (layers - 1 - j) for j in range(layers)), S.Zero)


def proved(name: str, where: str, printed: str, equation: Equal, note: str, *assumptions: str) -> Claim:
    """A step that is an identity in all its letters."""
    return Claim(
        id=f"hayou2021/{name}",
        where=where,
        printed=printed,
        assumptions=assumptions,
        statement=equation,
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note=note,
    )


def wrong(
    corrected: Claim, printed: str, statement: Statement, checks: tuple[Check, ...], note: str, *assumptions: str
) -> Claim:
    """The claim that a claim named …/corrected corrects, printed at the same place."""
    return Claim(
        id=corrected.id.removesuffix("/corrected"),
        where=corrected.where,
        printed=printed,
        assumptions=assumptions,
        statement=statement,
        checks=checks,
        expected=Verdict.REFUTED,
        kind="error",
        note=note,
        corrected=corrected,
    )


CLAIMS = (
    wrong(
        proved(
            "appendix-lemma6/statement/corrected",
            "appendix lemma 6 (line 1033)",
            r"a_l \leq C \theta^l, \quad \max(\alpha, e^{-\beta}) < \theta < 1, \quad C = a_0 + \frac{k}{\theta - \alpha}",
            Equal(
                (START + GAIN / EXTRA) * (ALPHA + EXTRA) - ALPHA * (START + GAIN / EXTRA) - GAIN,
                START * EXTRA,
                on={**STARTS, GAIN: POSITIVE, EXTRA: POSITIVE, ALPHA: UNIT},
            ),
            "The step of the induction over θ^l, θ = α + δ: the right side is ≥ 0, and e^{−βl} ≤ θ^l.",
        ),
        r"\text{there exists } \gamma > 0 \text{ such that } \forall l \geq 0, a_l \leq e^{-\gamma l}",
        AtMost(START, 1, on=STARTS),
        excluding({START: 2}),
        "A constant factor is missing; from a_0 ≤ 1 on it is missing too where k is large.",
        "read at l = 0, where the right side is 1 and a_0 may be any number ≥ 0",
    ),
    wrong(
        proved(
            "appendix-lemma6/unrolled/corrected",
            "appendix lemma 6, proof, first line of the display (line 1037)",
            r"a_l \leq a_0 \alpha^l + k \sum_{j=0}^{l-1} \alpha^j e^{-\beta(l-1-j)}",
            Equal(
                ALPHA * (START * POWER + GAIN * SUM) + GAIN * TERM,
                START * (ALPHA * POWER) + GAIN * (ALPHA * SUM + TERM),
                on={ALPHA: UNIT, **STARTS, GAIN: POSITIVE, POWER: S.Reals, SUM: S.Reals, TERM: S.Reals},
            ),
            "One step: P = α^l ↦ αP, S ↦ αS + e with e = e^{−βl}, from P = 1 and S = 0.",
        ),
        r"a_l \leq a_0 \alpha^l + k \sum_{j=0}^{l-1} \alpha^j e^{-\beta(l-j)}",
        AtMost(
            ALPHA * START + GAIN,
            ALPHA * START + GAIN * exp(-BETA),
            on={ALPHA: UNIT, **STARTS, GAIN: POSITIVE, BETA: POSITIVE},
        ),
        excluding({ALPHA: Rational(1, 2), START: 0, GAIN: 1, BETA: 1}),
        "The exponent is −β(l − 1 − j).",
        "read at l = 1 where the recursion holds with equality",
    ),
    wrong(
        Claim(
            id="hayou2021/appendix-lemma6/two-parts/corrected",
            where="appendix lemma 6, proof, second line of the display (line 1037)",
            printed=r"\sum_{j=0}^{l-1} \alpha^j e^{-\beta(l-1-j)} \leq \frac{l}{2} e^{-\beta l/2} "
            r"+ \frac{l}{2} \alpha^{l/2} \text{ for even } l",
            statement=ForAll(
                (1, 2, 3),
                lambda half: AtMost(
                    convolution(2 * half), half * (DECAY**half + ALPHA**half), on={ALPHA: UNIT, DECAY: UNIT}
                ),
            ),
            checks=(BallIdentityAtRandomPoints(), HighPrecisionAtPoints(count=9)),
            expected=Verdict.SUPPORTED,
            note="For l = 2, 4, 6: for even l the two parts have l/2 terms each.",
        ),
        r"a_0 \alpha^l + k \sum_{j=0}^{l-1} \alpha^j e^{-\beta(l-j)} \leq a_0 \alpha^l + k \frac{l}{2} e^{-\beta l/2} "
        r"+ k \frac{l}{2} \alpha^{l/2}",
        AtMost(DECAY, (sqrt(DECAY) + sqrt(ALPHA)) / 2, on={ALPHA: UNIT, DECAY: UNIT}),
        excluding({ALPHA: Rational(1, 100), DECAY: Rational(81, 100)}),
        "Half of one term is not enough.",
        "read at l = 1, u = e^{−β}",
    ),
    wrong(
        Claim(
            id="hayou2021/proposition1/positive-limit/corrected",
            where="proposition 1 (lines 146, 1027), for ReLU",
            printed=r"\lambda = \frac{\sigma_b^2}{(1 - \sigma_w^2/2)^2} \text{ for } \sigma_b > 0, \sigma_w < \sqrt{2}",
            assumptions=("σ_b = σ_w = 1: q = 2, λ = 4; c¹ = 0 and norms with q¹ = q",),
            statement=ConvergesTo(ordered_kernel, 4, index=N),
            checks=(BallLimit(reach=10), Route("fixed point of the recursion", Method.ALGEBRA, by_fixed_point)),
            expected=Verdict.SUPPORTED,
            note="λ = k/(1 − α) as in the proof.",
        ),
        r"\text{there exist } \lambda > 0 \text{ such that for all } \epsilon \in (0, 1), \text{ there exists } "
        r"\gamma > 0 \text{ such that } \sup_{(x, x') \in B_\epsilon} |K^L(x, x') - \lambda| \leq e^{-\gamma L}",
        LessThan(0, LIMIT, on={**BIASES, **ORDERED}),
        excluding({BIAS: 0, WEIGHT: 1}),
        "Without bias the ordered phase of fact 8 has K^L → 0; so has the chaotic phase of tanh, where c = 0.",
        "read for ReLU, where the proof's limit is k/(1 − α), k = σ_b²/(1 − σ_w²/2), α = σ_w²/2",
    ),
    wrong(
        proved(
            "proposition1/constant/corrected",
            "proposition 1 (lines 148, 1029), and its proof (line 1061)",
            r"K^l - \lambda = \alpha (K^{l-1} - \lambda) + K^{l-1} (\dot{q}^l - \alpha) + (q^l - k), \quad "
            r"\lambda = \frac{k}{1 - \alpha}",
            Equal(
                FACTOR * KERNEL + SOURCE - GAIN / (1 - ALPHA),
                ALPHA * (KERNEL - GAIN / (1 - ALPHA)) + KERNEL * (FACTOR - ALPHA) + (SOURCE - GAIN),
                on={FACTOR: S.Reals, KERNEL: S.Reals, SOURCE: S.Reals, GAIN: POSITIVE, ALPHA: UNIT},
            ),
            "So r_l ≤ α r_{l−1} + M e^{−ηl} + e^{−βl} for |K^{l−1}| ≤ M, and sup |K^L − λ| ≤ C e^{−γL} with a constant.",
        ),
        r"\sup_{(x, x') \in B_\epsilon} |K^L(x, x') - \lambda| \leq e^{-\gamma L}",
        AtMost(Abs(BIAS**2 - WEIGHT**2 * NORM - LIMIT), 1, on={**BIASES, **ORDERED, NORM: Interval(0, oo)}),
        excluding({BIAS: 3, WEIGHT: 1, NORM: 1}),
        "K¹ has no reason to be near λ; for ReLU the supremum is infinite at every L, unless norms are bounded.",
        "read at L = 1 for ReLU and x′ = −x, where K¹ = σ_b² − σ_w² r and the right side is below 1",
    ),
    wrong(
        proved(
            "proposition1/chaotic-relu/corrected",
            "proposition 1, main text (line 146)",
            r"\dot{q}^{l+1} K^l + q^{l+1} = \frac{\sigma_w^2}{2} (f'(c^l) K^l + q^l f(c^l)) \text{ for } \sigma_b = 0",
            Equal(
                WEIGHT**2 * (covariance(STEP, q1=Q1, q2=Q1) * KERNEL + covariance(RELU, q1=Q1, q2=Q1)),
                WEIGHT**2 / 2 * (F.diff(RHO) * KERNEL + Q1 * F),
                on={WEIGHT: POSITIVE, KERNEL: S.Reals, Q1: POSITIVE, RHO: Interval.open(-1, 1)},
            ),
            "So K^L is (σ_w²/2)^{L−1} times the kernel on the edge of chaos: it grows without bound. The appendix (fact "
            "10) sets the chaotic phase of ReLU aside; the main text does not.",
        ),
        r"\text{Let } (\sigma_b, \sigma_w) \text{ be either in the ordered or in the chaotic phase. } \ldots "
        r"\sup_{(x, x') \in B_\epsilon} |K^L(x, x') - \lambda| \leq e^{-\gamma L}",
        AtMost(chaotic_kernel(3) - chaotic_kernel(2), 2),
        (CertifiedWitness({}), HighPrecisionAtPoints()),
        "Two kernels within 1 of the same λ differ by 2 at most; these two do not.",
        "ReLU, σ_b = 0, σ_w = 2, q¹ = 1, c¹ = 0, L = 2 and 3",
    ),
    wrong(
        proved(
            "proposition1/covariance-limit/corrected",
            "proposition 1, proof, second display (line 1049), for ReLU",
            r"q^{l+1}(x, x') - k = \frac{\sigma_w^2}{2} (q^l - k) f(c^l) - \frac{\sigma_w^2}{2} k (1 - f(c^l)), \quad q^l = q^l(x, x)",
            Equal(
                BIAS**2 + WEIGHT**2 / 2 * Q1 * F - VARIANCE,
                WEIGHT**2 / 2 * ((Q1 - VARIANCE) * F - VARIANCE * (1 - F)),
                on={**BIASES, **ORDERED, Q1: POSITIVE, RHO: Interval(-1, 1)},
            ),
            "At equal norms: both parts vanish exponentially, uniformly where the norms are bounded.",
            "k = σ_b²/(1 − σ_w²/2) on the ordered phase",
        ),
        r"\text{for all } l \geq l_0 \quad \sup_{(x, x') \in B_\epsilon} |q^l(x, x') - k| \leq e^{-\beta l}",
        AtMost(2 * NORM / 2**LAYER - 2, 1, on={LAYER: S.Naturals, NORM: Interval(0, oo)}),
        excluding({LAYER: 10, NORM: 2**12}),
        "The covariance grows with the norms, and B_ε does not bound them: at each l there is a pair with r = 2^{l+2}.",
        "ReLU, σ_b = σ_w = 1, so k = 2, and r = q¹(x, x′): as f(c) ≥ c, q^l(x, x′) − k ≥ 2^{1−l} r − 2",
    ),
    wrong(
        proved(
            "proposition1/bounded-kernel/corrected",
            "proposition 1, proof, fourth display (line 1057)",
            r"|K^{l-1}| \leq \frac{Q}{1-p} \text{ gives } |K^l| \leq \frac{Q}{1-p} \text{ where } |\dot{q}^l| \leq p < 1, "
            r"|q^l| \leq Q",
            Equal(ALPHA * (GAIN / (1 - ALPHA)) + GAIN, GAIN / (1 - ALPHA), on={ALPHA: UNIT, GAIN: POSITIVE}),
            "With α for p and k for Q; on B_ε the factor tends to α < 1. The modulus is needed, as K^l may be negative.",
        ),
        r"\text{there exists } M > 0 \text{ such that for any } l \geq l_0 \text{ and } x, x' \in \mathbb{R}^d, "
        r"K^l(x, x') \leq M",
        LessThan(CHI, 1),
        (CertifiedWitness({}), HighPrecisionAtPoints(digits=20)),
        "In the chaotic phase the kernel of x with itself grows like χ^l; the bound holds on B_ε.",
        "tanh, σ_b = 0, q = 1, which is chaotic; x with q¹(x, x) = q",
        "K^l(x, x) = q(1 + χ + … + χ^{l−1}) is bounded only for χ = σ_w² E φ′(√q Z)² < 1",
    ),
)
