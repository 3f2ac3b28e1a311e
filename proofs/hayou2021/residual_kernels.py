"""Lemma 3 and the diagonal of theorem 2 of hayou2021: what the blocks of a residual network add to its NTK."""

from __future__ import annotations

from sympy import Expr, Interval, Limit, Rational, S, Symbol, oo, sqrt

from symntk.claims import (
    IDENTITY,
    And,
    CertifiedWitness,
    Claim,
    DerivedQuantity,
    Equal,
    HighPrecisionAtPoints,
    Verdict,
    covariance,
    derived,
)
from symntk.claims.checks import Check
from symntk.notation import Q1, X

RELU = (X + abs(X)) / 2
W2, FIRST, KERNEL, WEIGHT = (Symbol(name, positive=True) for name in ("w", "q_0", "K", "W_ii"))
"""σ_w², σ_w²‖x‖²/d, K^{l−1} and w_ii."""
NORM, OTHER, MAPPED = (Symbol(name, positive=True) for name in ("n_1", "n_2", "f"))
WIDTH, SIGMA, SLOPES = Symbol("n_l", positive=True), Symbol("sigma_w", positive=True), Symbol("s", positive=True)
DEPTH = Symbol("L", integer=True, positive=True)
POSITIVE = Interval.open(0, oo)
GROWTH = 1 + W2 / 2
"""1 + α."""
BLOCK = W2 * covariance(RELU, rho=1, q1=Q1, q2=Q1)


def diagonal(depth: Expr) -> Expr:
    """K^L(x, x) from K^{l} = (1 + α)K^{l−1} + α(1 + α)^{l−2}q_0, K¹ = q_0."""
    return FIRST * GROWTH ** (depth - 1) * (1 + (depth - 1) * (GROWTH - 1) / GROWTH)


SCALED = diagonal(DEPTH) / (DEPTH * GROWTH ** (DEPTH - 1))
"""K̄^L(x, x)."""
NETS = {W2: POSITIVE, FIRST: POSITIVE, DEPTH: S.Naturals}
STEP = Equal(KERNEL * GROWTH + BLOCK, KERNEL * GROWTH + GROWTH * Q1, on={W2: POSITIVE, Q1: POSITIVE, KERNEL: POSITIVE})
HAT = (GROWTH * KERNEL * GROWTH ** (DEPTH - 2) + (GROWTH - 1) * GROWTH ** (DEPTH - 2) * FIRST) / GROWTH ** (DEPTH - 1)
"""K̂^l(x, x) for K^{l−1} = K·(1 + α)^{l−2}, that is K̂^{l−1} = K."""
PRINTED_HAT = (GROWTH**2 * KERNEL + GROWTH**2 * FIRST) / (1 + W2 / 3) ** 2 - (GROWTH * KERNEL) / (1 + W2 / 2)
"""K̂³ − K̂² with the printed divisors and the printed recursion, K² = (1 + α)·K."""
CROSS = SIGMA / sqrt(WIDTH) * WEIGHT * SLOPES * KERNEL
ON_CROSS = dict.fromkeys((SIGMA, WIDTH, WEIGHT, SLOPES, KERNEL), POSITIVE)
SOURCE = (GROWTH - 1) * GROWTH ** (DEPTH - 1) * FIRST * NORM * OTHER * MAPPED / GROWTH**DEPTH
"""b_l: α·q^l(x, x′)-scale·f/(1 + α)^l, q_0·‖x‖‖x′‖ = σ_w²‖x‖‖x′‖/d."""
ON_SOURCE = NETS | dict.fromkeys((NORM, OTHER, MAPPED), POSITIVE)


def witnessed(point: dict[Symbol, Expr | int]) -> tuple[Check, ...]:
    """A ball witness and numbers at points."""
    return CertifiedWitness(point), HighPrecisionAtPoints()


CLAIMS = (
    Claim(
        id="hayou2021/appendix-lemma3-resnet/cross-term",
        where="appendix 6.2, proof of lemma 3 (line 1264)",
        printed=r"I' = \frac{\sigma_w^2}{n_l} w_{ii}^{l+1} (\phi'(y_i^l(x)) + \phi'(y_i^l(x'))) K_{res}^l(x, x')",
        assumptions=("K_ij = δ_ij K is put into I of line 1256; s stands for the sum of the two slopes",),
        statement=Equal(CROSS, SIGMA**2 / WIDTH * WEIGHT * SLOPES * KERNEL, on=ON_CROSS),
        checks=witnessed({SIGMA: 1, WIDTH: 4, WEIGHT: 1, SLOPES: 1, KERNEL: 1}),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The factor of I is σ_w/√n_l; it vanishes all the same.",
        corrected=Claim(
            id="hayou2021/appendix-lemma3-resnet/cross-term/corrected",
            where="appendix 6.2, proof of lemma 3 (line 1264)",
            printed=r"I' = \frac{\sigma_w}{\sqrt{n_l}} w_{ii}^{l+1} (\phi'(y_i^l(x)) + \phi'(y_i^l(x'))) K_{res}^l(x, x')",
            statement=Equal(CROSS, SIGMA * WIDTH ** Rational(-1, 2) * WEIGHT * SLOPES * KERNEL, on=ON_CROSS),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/theorem2/diagonal-recursion",
        where="theorem 2, proof, case 1 (lines 1388 to 1394), with q^l of eq. 18",
        printed=r"K_{res}^l(x, x) = K_{res}^{l-1}(x, x)(\frac{\sigma_w^2}{2} + 1) + q^l(x, x)",
        assumptions=("σ_b = 0, q^{l−1}(x, x) = q_1, q^l(x, x) = (1 + σ_w²/2)·q_1 by eq. 18",),
        statement=STEP,
        checks=(CertifiedWitness({W2: 1, Q1: 1, KERNEL: 1}), DerivedQuantity(lambda: derived(STEP.lhs))),
        expected=Verdict.REFUTED,
        kind="error",
        note="Lemma 3 adds σ_w²E φφ + σ_b², the covariance of the block; eq. 18 is the variance of the sum, skip included.",
        corrected=Claim(
            id="hayou2021/theorem2/diagonal-recursion/corrected",
            where="theorem 2, proof, case 1",
            printed=r"K_{res}^l(x, x) = K_{res}^{l-1}(x, x)(\frac{\sigma_w^2}{2} + 1) + q^l(x, x) - q^{l-1}(x, x)",
            statement=Equal(STEP.lhs, KERNEL * GROWTH + GROWTH * Q1 - Q1, on=STEP.on),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/theorem2/normalised-step",
        where="theorem 2, proof, case 1 (line 1396)",
        printed=r"\hat{K}_{res}^l = K_{res}^l / (1 + \frac{\sigma_w^2}{l})^{l-1} \text{ yields } "
        r"\hat{K}_{res}^l(x, x) = \hat{K}_{res}^{l-1}(x, x) + \frac{\sigma_w^2}{d} \|x\|^2",
        assumptions=("l = 3, with the printed recursion of the line before and K²(x, x) = (1 + σ_w²/2)·K",),
        statement=Equal(PRINTED_HAT, FIRST, on={W2: POSITIVE, KERNEL: POSITIVE, FIRST: POSITIVE}),
        checks=witnessed({W2: 1, KERNEL: 1, FIRST: 1}),
        expected=Verdict.REFUTED,
        kind="error",
        note="The divisor is (1 + σ_w²/2)^{l−1}; and with the right source each layer adds α/(1 + α) of σ_w²‖x‖²/d only.",
        corrected=Claim(
            id="hayou2021/theorem2/normalised-step/corrected",
            where="theorem 2, proof, case 1 (line 1396)",
            printed=r"\hat{K}_{res}^l = K_{res}^l / (1 + \alpha)^{l-1} \text{ yields } \hat{K}_{res}^l(x, x) = "
            r"\hat{K}_{res}^{l-1}(x, x) + \frac{\alpha}{1 + \alpha} \frac{\sigma_w^2}{d} \|x\|^2, \alpha = \sigma_w^2/2",
            statement=Equal(HAT, KERNEL + (GROWTH - 1) / GROWTH * FIRST, on=NETS | {KERNEL: POSITIVE}),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/theorem2/diagonal-limit",
        where="theorem 2 (lines 213 to 219, 1370 to 1378) and its proof (line 1400)",
        printed=r"\sup_{x \in E} |\bar{K}_{res}^L(x, x) - \frac{\sigma_w^2 \|x\|^2}{d}| = \Theta(L^{-1})",
        assumptions=("σ_b = 0, σ_w = 1, σ_w²‖x‖²/d = 1; the limit of K̄^L(x, x) is decided",),
        statement=Equal(Limit(SCALED.subs({W2: 1, FIRST: 1}), DEPTH, oo), S.One),
        checks=(CertifiedWitness(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="The limit is α/(1 + α) of it, 1/3 at the witness: the wrong source of the recursion is summed.",
        corrected=Claim(
            id="hayou2021/theorem2/diagonal-limit/corrected",
            where="theorem 2",
            printed=r"\bar{K}_{res}^L(x, x) - \frac{\alpha}{1 + \alpha} \frac{\sigma_w^2 \|x\|^2}{d} = "
            r"\frac{1}{(1 + \alpha) L} \frac{\sigma_w^2 \|x\|^2}{d}, \quad \alpha = \sigma_w^2/2",
            assumptions=("the recursion K^{L+1} = (1 + α)K^L + α(1 + α)^{L−1}q_0 and K¹ = q_0 = σ_w²‖x‖²/d",),
            statement=And(
                (
                    Equal(
                        diagonal(DEPTH + 1),
                        GROWTH * diagonal(DEPTH) + (GROWTH - 1) * GROWTH ** (DEPTH - 1) * FIRST,
                        on=NETS,
                    ),
                    Equal(SCALED - (GROWTH - 1) / GROWTH * FIRST, FIRST / (GROWTH * DEPTH), on=NETS),
                )
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/theorem2/source",
        where="theorem 2, proof, case 1 (line 1418)",
        printed=r"b_l = \frac{\sigma_w^2}{d} \sqrt{\|x\| \|x'\|} f(c^l(x, x'))",
        assumptions=("a_l = K^{l+1}/(1 + α)^l; the block adds α·√(q^l(x, x)·q^l(x′, x′))·f(c^l); q_0 = σ_w²/d",),
        statement=Equal(SOURCE, FIRST * sqrt(NORM * OTHER) * MAPPED, on=ON_SOURCE),
        checks=witnessed({W2: 1, FIRST: 1, NORM: 4, OTHER: 1, MAPPED: 1, DEPTH: 2}),
        expected=Verdict.REFUTED,
        kind="error",
        note="Two slips: the square root of the norms, and the factor α/(1 + α).",
        corrected=Claim(
            id="hayou2021/theorem2/source/corrected",
            where="theorem 2, proof, case 1 (line 1418)",
            printed=r"b_l = \frac{\alpha}{1 + \alpha} \frac{\sigma_w^2}{d} \|x\| \|x'\| f(c^l(x, x'))",
            statement=Equal(SOURCE, (GROWTH - 1) / GROWTH * FIRST * NORM * OTHER * MAPPED, on=ON_SOURCE),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
)
