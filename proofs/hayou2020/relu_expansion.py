"""The ReLU correlation function in hayou2020: its variance, expansions at 1 and the recursion of the deficit."""

from __future__ import annotations

from sympy import Expr, Heaviside, Integer, Interval, Max, Rational, S, Symbol, asin, oo, pi, sqrt

from symntk.claims import (
    IDENTITY,
    SERIES,
    BallLimit,
    CertifiedWitness,
    Claim,
    DerivedQuantity,
    Equal,
    HighPrecisionLimit,
    SeriesAt,
    SeriesCheck,
    Verdict,
    covariance,
    derived,
)
from symntk.notation import GAMMA, Q1, RHO, X

RELU, STEP = Max(X, 0), Heaviside(X)
W2 = Symbol("w", positive=True)
"""σ_w²."""
VARIANCE = {Q1: Interval.open(0, oo)}
F = (RHO * asin(RHO) + sqrt(1 - RHO**2)) / pi + RHO / 2
SLOPE = asin(RHO) / pi + Rational(1, 2)
SIDE = 2 * sqrt(2) / (3 * pi)
THREE_HALVES, FIVE_HALVES = Rational(3, 2), Rational(5, 2)
STEP_OF_DEFICIT = 1 - F.subs(RHO, 1 - GAMMA)
INVERSE_ROOT = GAMMA ** Rational(-1, 2) + SIDE / 2
SLOPE_TERMS = 1 - sqrt(2) / pi * sqrt(1 - RHO)
DOT_ONE = Equal(W2 * covariance(STEP, rho=1, q1=Q1, q2=Q1), 1, on={W2: Interval.open(0, oo), **VARIANCE})


def at_zero(left: Expr, right: Expr, order: Expr) -> SeriesAt:
    """left = right + O(γ^order) as γ → 0."""
    return SeriesAt(left, right, variable=GAMMA, order=order, at=S.Zero, side="right")


CLAIMS = (
    Claim(
        id="hayou2020/appendixB/relu-variance",
        where="appendix B, list of results",
        printed=r"\Sigma^l(x, x) = \frac{\sigma_w^2}{d} \|x\|^2 \text{ for all } l \geq 1",
        assumptions=("ReLU on the EOC: σ_b = 0, σ_w² = 2, where Σ¹(x, x) = σ_w²|x|²/d",),
        statement=Equal(2 * covariance(RELU, rho=1, q1=Q1, q2=Q1), Q1, on=VARIANCE),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2020/appendixB/relu-expansion",
        where="appendix B, list of results",
        printed=r"f(x) = x + \frac{2\sqrt{2}}{3\pi} (1 - x)^{3/2} + O((1 - x)^{5/2})",
        statement=SeriesAt(
            2 * covariance(RELU), RHO + SIDE * (1 - RHO) ** THREE_HALVES, variable=RHO, order=FIVE_HALVES
        ),
        checks=SERIES,
        expected=Verdict.PROVED,
        note="The text shows the coefficient broken into its parts 2, √2 (lost), 3 and π.",
    ),
    Claim(
        id="hayou2020/proposition2/deficit-recursion",
        where="proposition 2, proof, ReLU-like case",
        printed=r"\gamma_{l+1} = \gamma_l - s\gamma_l^{3/2} + O(\gamma_l^{5/2}), \quad s = \frac{2\sqrt{2}}{3\pi}",
        statement=at_zero(STEP_OF_DEFICIT, GAMMA - SIDE * GAMMA**THREE_HALVES, FIVE_HALVES),
        checks=SERIES,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2020/proposition2/inverse-root-recursion",
        where="proposition 2, proof, ReLU-like case",
        printed=r"\gamma_{l+1}^{-1/2} = \gamma_l^{-1/2} + \frac{s}{2} + O(\gamma_l)",
        statement=at_zero(1 / sqrt(STEP_OF_DEFICIT), INVERSE_ROOT, Integer(1)),
        checks=(SeriesCheck(), HighPrecisionLimit()),
        expected=Verdict.REFUTED,
        kind="error",
        note="The second-order term 3s²/8 γ^{1/2} of (1 − u)^{−1/2} is forgotten; it makes the log l of hayou2021.",
        corrected=Claim(
            id="hayou2020/proposition2/inverse-root-recursion/corrected",
            where="proposition 2, proof, ReLU-like case",
            printed=r"\gamma_{l+1}^{-1/2} = \gamma_l^{-1/2} + \frac{s}{2} + \frac{3s^2}{8} \gamma_l^{1/2} + O(\gamma_l)",
            statement=at_zero(1 / sqrt(STEP_OF_DEFICIT), INVERSE_ROOT + 3 * SIDE**2 / 8 * sqrt(GAMMA), Integer(1)),
            checks=SERIES,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/proposition2/slope",
        where="proposition 2, proof, ReLU-like case",
        printed=r"f'(x) = \frac{1}{\pi} \arcsin(x) + \frac{1}{2}",
        statement=Equal(2 * covariance(STEP), SLOPE, on={RHO: Interval(-1, 1)}),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2020/proposition2/slope-expansion",
        where="proposition 2, proof, ReLU-like case",
        printed=r"f'(x) = 1 - \frac{\sqrt{2}}{\pi} (1 - x)^{1/2} + O((1 - x)^{5/2})",
        statement=SeriesAt(SLOPE, SLOPE_TERMS, variable=RHO, order=FIVE_HALVES),
        checks=(SeriesCheck(), BallLimit()),
        expected=Verdict.REFUTED,
        kind="error",
        note="The numerator √2 is illegible in the text, the O-term is not; with any coefficient the next power is 3/2.",
        corrected=Claim(
            id="hayou2020/proposition2/slope-expansion/corrected",
            where="proposition 2, proof, ReLU-like case",
            printed=r"f'(x) = 1 - \frac{\sqrt{2}}{\pi} (1 - x)^{1/2} + O((1 - x)^{3/2})",
            statement=SeriesAt(SLOPE, SLOPE_TERMS, variable=RHO, order=THREE_HALVES),
            checks=SERIES,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/proposition3/derivative-kernel",
        where="proposition 3, proof (supplement)",
        printed=r"\text{We already know that } \dot{\Sigma}^l(x, x) = 1",
        assumptions=("ReLU, any σ_w > 0, as proposition 3 says; the dot is lost in the text",),
        statement=DOT_ONE,
        checks=(CertifiedWitness({W2: 1, Q1: 1}), DerivedQuantity(lambda: derived(DOT_ONE.lhs))),
        expected=Verdict.REFUTED,
        kind="error",
        note="Only for σ_w = √2, but proposition 3 is for every σ_w.",
        corrected=Claim(
            id="hayou2020/proposition3/derivative-kernel/corrected",
            where="proposition 3, proof (supplement)",
            printed=r"\dot{\Sigma}^l(x, x) = \frac{\sigma_w^2}{2}",
            statement=Equal(DOT_ONE.lhs, W2 / 2, on=DOT_ONE.on),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/proposition3/variance",
        where="proposition 3, proof (supplement)",
        printed=r"\Sigma^l(x, x) = \Sigma^{l-1}(x, x) + \sigma_w^2/2 \Sigma^{l-1}(x, x)",
        assumptions=("ReLU, σ_b = 0",),
        statement=Equal(
            Q1 + W2 * covariance(RELU, rho=1, q1=Q1, q2=Q1),
            Q1 + W2 / 2 * Q1,
            on={W2: Interval.open(0, oo), **VARIANCE},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
)
