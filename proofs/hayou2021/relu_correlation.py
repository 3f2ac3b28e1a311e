"""The ReLU correlation function on the edge of chaos, its expansion at 1, and its fixed points."""

from sympy import Heaviside, Interval, Max, Rational, Symbol, asin, oo, pi, sqrt

from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    SERIES,
    And,
    Claim,
    Equal,
    LessThan,
    SeriesAt,
    Verdict,
    covariance,
    sampled,
)
from symntk.notation import Q1, RHO, X

RELU, STEP = Max(X, 0), Heaviside(X)
UNIT = {RHO: Interval(-1, 1)}
VARIANCE = {Q1: Interval.open(0, oo)}
SIGMA_B, SIGMA_W = Symbol("sigma_b", real=True), Symbol("sigma_w", real=True)

F = (RHO * asin(RHO) + sqrt(1 - RHO**2)) / pi + RHO / 2
SLOPE = asin(RHO) / pi + Rational(1, 2)
S, B = 2 * sqrt(2) / (3 * pi), sqrt(2) / (30 * pi)

CLAIMS = (
    Claim(
        id="hayou2021/fact12/edge-of-chaos",
        where="fact 12, first sentence",
        printed=r"\text{The EOC of ReLU is the singleton } \{(\sigma_b, \sigma_w) = (0, \sqrt{2})\}",
        assumptions=("the EOC is σ_w² E φ′(√q Z)² = 1 at a variance q = σ_b² + σ_w² E φ(√q Z)²",),
        statement=And(
            (
                Equal(
                    SIGMA_W**2 * covariance(STEP, rho=1, q1=Q1, q2=Q1) - 1,
                    (SIGMA_W**2 - 2) / 2,
                    on={**VARIANCE, SIGMA_W: Interval(0, oo)},
                ),
                Equal(
                    SIGMA_B**2 + 2 * covariance(RELU, rho=1, q1=Q1, q2=Q1) - Q1,
                    SIGMA_B**2,
                    on={**VARIANCE, SIGMA_B: Interval(0, oo)},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2021/fact12/correlation-function",
        where="fact 12",
        printed=r"f(x) = \frac{1}{\pi} (x \arcsin x + \sqrt{1 - x^2}) + \frac{1}{2} x",
        statement=Equal(2 * covariance(RELU), F, on=UNIT),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2021/fact14/expansion",
        where="fact 14, eq. 16",
        printed=r"f(c) = c + s(1 - c)^{3/2} + b(1 - c)^{5/2} + \mathcal{O}((1 - c)^{7/2}), "
        r"\quad s = \frac{2\sqrt{2}}{3\pi}, \quad b = \frac{\sqrt{2}}{30\pi}",
        statement=SeriesAt(
            2 * covariance(RELU),
            RHO + S * (1 - RHO) ** Rational(3, 2) + B * (1 - RHO) ** Rational(5, 2),
            variable=RHO,
            order=Rational(7, 2),
        ),
        checks=SERIES,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2021/fact16/slope-at-one",
        where="fact 16, fourth item",
        printed=r"f(1) = 1, \quad f'(1) = 1 \text{ on the EOC}",
        statement=And((Equal(2 * covariance(RELU, rho=1), 1), Equal(2 * covariance(STEP, rho=1), 1))),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2021/fact16/unique-fixed-point",
        where="fact 16, fifth item",
        printed=r"\text{On the Ordered phase and the EOC, 1 is the unique fixed point of } f",
        statement=LessThan(RHO, F, on={RHO: Interval.Ropen(-1, 1)}),
        checks=sampled(*INEQUALITY),
        expected=Verdict.SUPPORTED,
        note="Decided on the EOC for ReLU: f(c) > c on [−1, 1).",
    ),
    Claim(
        id="hayou2021/fact17/derivative",
        where="fact 17, proof, and appendix lemma 1, proof",
        printed=r"f'(x) = \frac{1}{\pi} \arcsin(x) + \frac{1}{2}",
        statement=Equal(2 * covariance(STEP), SLOPE, on=UNIT),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2021/fact17/derivative-expansion",
        where="fact 17, proof, and appendix lemma 1, proof",
        printed=r"f'(x) = 1 - \frac{\sqrt{2}}{\pi}(1-x)^{1/2} + \mathcal{O}((1-x)^{3/2})",
        statement=SeriesAt(F.diff(RHO), 1 - sqrt(2) / pi * sqrt(1 - RHO), variable=RHO, order=Rational(3, 2)),
        checks=SERIES,
        expected=Verdict.PROVED,
    ),
)
