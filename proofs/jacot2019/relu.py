"""Section 4.1, appendix B.1 and figure 1 of jacot2019: the standardised ReLU, its duals and characteristic value."""

from __future__ import annotations

from sympy import Heaviside, Interval, Max, Rational, Symbol, acos, oo, pi, sqrt

from symntk.claims import (
    DECIMAL,
    IDENTITY,
    INEQUALITY,
    And,
    Claim,
    Equal,
    LessThan,
    NumericallyEquals,
    Verdict,
    covariance,
    expectation,
)
from symntk.notation import Q1, RHO, X

RELU, SLOPE = sqrt(2) * Max(X, 0), sqrt(2) * Heaviside(X)
WHOLE = {RHO: Interval(-1, 1)}
VARIANCES = {Q1: Interval.open(0, oo)}
BETA = Symbol("beta", nonnegative=True)
CHARACTERISTIC = (1 - BETA**2) * expectation(SLOPE**2)

CLAIMS = (
    Claim(
        id="jacot2019/relu/standardised",
        where="section 4.1 (line 159) and appendix B.1 (line 435)",
        printed=r"\text{the standardized ReLU } \sigma(x) = \sqrt{2}\max(x, 0)",
        statement=Equal(expectation(RELU**2), 1),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="jacot2019/relu/dual",
        where="appendix B.1 (line 437)",
        printed=r"R_{\sigma}(\rho) = \frac{\sqrt{1 - \rho^2} + (\pi - \cos^{-1}(\rho)) \rho}{\pi}",
        statement=Equal(covariance(RELU), (sqrt(1 - RHO**2) + (pi - acos(RHO)) * RHO) / pi, on=WHOLE),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="jacot2019/relu/derivative-dual",
        where="appendix B.1 (line 441)",
        printed=r"R_{\dot{\sigma}}(\rho) = \frac{\pi - \cos^{-1}(\rho)}{\pi}",
        statement=Equal(covariance(SLOPE), (pi - acos(RHO)) / pi, on=WHOLE),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="jacot2019/relu/characteristic-value",
        where="section 4.1 (line 159) and appendix B.1 (line 443)",
        printed=r"\text{The characteristic value } r_{\sigma,\beta} \text{ is equal to } 1-\beta^2",
        statement=Equal(CHARACTERISTIC, 1 - BETA**2, on={BETA: Interval(0, 1)}),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="jacot2019/relu/freeze",
        where="section 4.1 (line 159) and appendix B.1 (line 443)",
        printed=r"\text{the ReLU non-linearity therefore lies in the ``freeze'' regime as soon as } \beta>0",
        statement=LessThan(CHARACTERISTIC, 1, on={BETA: Interval.Lopen(0, 1)}),
        checks=INEQUALITY,
        expected=Verdict.CERTIFIED,
    ),
    Claim(
        id="jacot2019/relu/variance",
        where="appendix G, proof of proposition 8 (lines 757 and 767)",
        printed=r"\mathbb{E}_{z \sim \mathcal{N}(0,\Sigma)}[\sigma(z)^2] = \Sigma, \quad "
        r"\mathbb{E}_{z \sim \mathcal{N}(0,\Sigma)}[\dot{\sigma}(z)^2] = 2\mathbb{E}[\mathbb{I}_{x \geq 0}] = 1",
        statement=And(
            (
                Equal(covariance(RELU, rho=1, q1=Q1, q2=Q1), Q1, on=VARIANCES),
                Equal(covariance(SLOPE, rho=1, q1=Q1, q2=Q1), 1, on=VARIANCES),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="jacot2019/figure1/freeze",
        where="figure 1, caption (line 141)",
        printed=r"\text{vanilla ReLU network with } \beta=0.5 \text{ (freeze } r=0.75)",
        statement=NumericallyEquals(CHARACTERISTIC.subs(BETA, Rational(1, 2)), "0.75"),
        checks=DECIMAL,
        expected=Verdict.CERTIFIED,
        note="Read with the standardised ReLU; without the factor √2 the ReLU is not standardised.",
    ),
    Claim(
        id="jacot2019/figure1/edge",
        where="figure 1, caption (line 141) and section 4.1 (line 161)",
        printed=r"\text{When } \beta=0.1 \text{ the characteristic value } r \text{ is equal to } 0.99",
        statement=NumericallyEquals(CHARACTERISTIC.subs(BETA, Rational(1, 10)), "0.99"),
        checks=DECIMAL,
        expected=Verdict.CERTIFIED,
    ),
)
