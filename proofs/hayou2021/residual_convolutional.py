"""Covariances and correlation maps of convolutional and residual ReLU layers in hayou2021."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Interval, Max, Rational, Symbol, asin, oo, pi, sqrt

from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    BallLimit,
    CertifiedWitness,
    Claim,
    DerivedQuantity,
    Equal,
    SeriesAt,
    SeriesCheck,
    Verdict,
    covariance,
    derived,
)
from symntk.claims.checks import Check
from symntk.expansions.endpoint import expand
from symntk.notation import GAMMA, Q1, Q2, RHO, X

RELU = Max(X, 0)
UNIT = {RHO: Interval(-1, 1)}
VARIANCES = {Q1: Interval.open(0, oo), Q2: Interval.open(0, oo)}
B2, W2 = Symbol("b", nonnegative=True), Symbol("w", positive=True)
"""σ_b² and σ_w²."""
WEIGHTS = {B2: Interval(0, oo), W2: Interval.open(0, oo)}
EVERYWHERE = {**UNIT, **VARIANCES, **WEIGHTS}
CORRELATED = Symbol("r", positive=True)
CORRELATIONS = {CORRELATED: Interval.Lopen(0, 1)}

F = (RHO * asin(RHO) + sqrt(1 - RHO**2)) / pi + RHO / 2
S, B = 2 * sqrt(2) / (3 * pi), sqrt(2) / (30 * pi)
MEAN = sqrt(Q1) * sqrt(Q2)


def refuting(statement: Equal, point: Mapping[Symbol, Expr | int]) -> tuple[Check, ...]:
    """Two routes against an identity: quadrature at a point, and the left side in closed form by Price's theorem."""
    return CertifiedWitness(point), DerivedQuantity(lambda: derived(statement.lhs))


def plain(q: Expr) -> Expr:
    """q^l(x) of a layer without residual connection, from q^{l−1}(x) = q."""
    return B2 + W2 * q / 2


def residual(q: Expr) -> Expr:
    """q^l(x) of a residual layer, from q^{l−1}(x) = q."""
    return q + plain(q)


LAYER = B2 + W2 * covariance(RELU, q1=Q1, q2=Q2)
RESNET = MEAN * RHO + LAYER
PLAIN_MEAN, RESIDUAL_MEAN = sqrt(plain(Q1)) * sqrt(plain(Q2)), sqrt(residual(Q1)) * sqrt(residual(Q2))

CNN = Equal(LAYER, B2 + W2 * PLAIN_MEAN * F, on=EVERYWHERE)
ARGUMENTS = Equal(
    covariance(RELU, rho=CORRELATED), covariance(RELU, rho=1, q1=CORRELATED, q2=CORRELATED), on=CORRELATIONS
)
EQ14 = Equal(RESNET, MEAN * RHO + B2 + W2 / 2 * RESIDUAL_MEAN * F, on=EVERYWHERE)
EQ15 = Equal(RESNET, MEAN * RHO + B2 + W2 * RESIDUAL_MEAN * F, on=EVERYWHERE)
RESNET_RIGHT = Equal(RESNET, MEAN * RHO + B2 + W2 / 2 * MEAN * F, on=EVERYWHERE)
VARIANCE = Equal(
    Q1 + B2 + W2 * covariance(RELU, rho=1, q1=Q1, q2=Q1), (1 + W2 / 2) * Q1, on={Q1: VARIANCES[Q1], **WEIGHTS}
)
BLEND = (RHO + W2 / 2 * F) / (1 + W2 / 2)
MAP = Equal(RESNET / RESIDUAL_MEAN, BLEND, on=EVERYWHERE)
SHARE = Rational(1, 3)
"""α/(1 + α) for σ_w = 1: α = 1/2."""


def residual_deficit() -> list[tuple[Expr, Expr]]:
    """The terms of 1 − (c + αf(c))/(1 + α) in γ = 1 − c, from those of f, at σ_w = 1."""
    terms = {t.exponent: -SHARE * t.coefficient for t in expand(activation("relu"), terms=4).terms if t.exponent > 1}
    return [(Rational(1), Rational(1)), *terms.items()]


CLAIMS = (
    Claim(
        id="hayou2021/appendix4.1.1/cnn-covariance",
        where="appendix, section 4.1.1, covariance propagation for CNN with ReLU",
        printed=r"q_{\alpha,\alpha'}^l(x,x') = \sigma_b^2 + \frac{\sigma_w^2}{2k+1} \sum_{\beta \in \ker} "
        r"\sqrt{q_{\alpha+\beta}^l(x)} \sqrt{q_{\alpha'+\beta}^l(x')} f(c_{\alpha+\beta,\alpha'+\beta}^{l-1}(x,x'))",
        assumptions=("every position of the channel has the same variances and correlation (assumption 1)",),
        statement=CNN,
        checks=refuting(CNN, {B2: 0, W2: 2, Q1: 1, Q2: 1, RHO: 1}),
        expected=Verdict.REFUTED,
        kind="error",
        note="The factor 1/2 of the FFNN formula is lost; at the witness q^l = q^{l−1}, so the layer index is not to blame.",
        corrected=Claim(
            id="hayou2021/appendix4.1.1/cnn-covariance/corrected",
            where="appendix, section 4.1.1, covariance propagation for CNN with ReLU",
            printed=r"q_{\alpha,\alpha'}^l(x,x') = \sigma_b^2 + \frac{\sigma_w^2}{2(2k+1)} \sum_{\beta \in \ker} "
            r"\sqrt{q_{\alpha+\beta}^{l-1}(x)} \sqrt{q_{\alpha'+\beta}^{l-1}(x')} "
            r"f(c_{\alpha+\beta,\alpha'+\beta}^{l-1}(x,x'))",
            statement=Equal(LAYER, B2 + W2 / 2 * MEAN * F, on=EVERYWHERE),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/appendix2.1/cnn-kernel-arguments",
        where="appendix, section 2.1, convolutional networks (also the averaged and the ResNet formula)",
        printed=r"\kappa_{\alpha, \alpha'}^l(x, x') = \sigma_b^2 + \frac{\sigma_w^2}{2k+1} \sum_{\beta \in \ker} F_\phi("
        r"\kappa_{\alpha+\beta, \alpha'+\beta}^{l-1}(x, x), \kappa_{\alpha+\beta, \alpha'+\beta}^{l-1}(x, x'), "
        r"\kappa_{\alpha+\beta, \alpha'+\beta}^{l-1}(x', x'))",
        assumptions=(
            "ReLU, x = x', unit variance at every position, correlation r between positions α + β and α' + β",
        ),
        statement=ARGUMENTS,
        checks=refuting(ARGUMENTS, {CORRELATED: Rational(1, 2)}),
        expected=Verdict.REFUTED,
        kind="error",
        note="A covariance between two positions stands where the variance of one position belongs.",
        corrected=Claim(
            id="hayou2021/appendix2.1/cnn-kernel-arguments/corrected",
            where="appendix, section 2.1, convolutional networks",
            printed=r"F_\phi(\kappa_{\alpha+\beta, \alpha+\beta}^{l-1}(x, x), "
            r"\kappa_{\alpha+\beta, \alpha'+\beta}^{l-1}(x, x'), \kappa_{\alpha'+\beta, \alpha'+\beta}^{l-1}(x', x'))",
            statement=Equal(covariance(RELU, rho=CORRELATED), F.subs(RHO, CORRELATED) / 2, on=CORRELATIONS),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/appendix4.1.1/eq14",
        where="appendix, eq. 14",
        printed=r"q^l(x,x') = q^{l-1}(x,x') + \sigma_b^2 + \frac{\sigma_w^2}{2} \sqrt{q^l(x)} \sqrt{q^l(x')} f(c^{l-1})",
        statement=EQ14,
        checks=refuting(EQ14, {B2: 0, W2: 1, Q1: 1, Q2: 1, RHO: 1}),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The variances on the right belong to layer l − 1, as in the proof of appendix lemma 9.",
        corrected=Claim(
            id="hayou2021/appendix4.1.1/eq14/corrected",
            where="appendix, eq. 14",
            printed=r"q^l(x,x') = q^{l-1}(x,x') + \sigma_b^2 "
            r"+ \frac{\sigma_w^2}{2} \sqrt{q^{l-1}(x)} \sqrt{q^{l-1}(x')} f(c^{l-1})",
            statement=RESNET_RIGHT,
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/appendix4.1.1/eq15",
        where="appendix, eq. 15",
        printed=r"q_{\alpha,\alpha'}^l(x,x') = q_{\alpha,\alpha'}^{l-1}(x,x') + \sigma_b^2 + \frac{\sigma_w^2}{2k+1} "
        r"\sum_{\beta \in \ker} \sqrt{q_{\alpha+\beta}^l(x)} \sqrt{q_{\alpha'+\beta}^l(x')} "
        r"f(c_{\alpha+\beta,\alpha'+\beta}^{l-1}(x,x'))",
        assumptions=("every position of the channel has the same variances and correlation (assumption 1)",),
        statement=EQ15,
        checks=refuting(EQ15, {B2: 0, W2: 1, Q1: 1, Q2: 1, RHO: 1}),
        expected=Verdict.REFUTED,
        kind="error",
        note="The factor 1/2 is lost as in the CNN formula, and the variances belong to layer l − 1.",
        corrected=Claim(
            id="hayou2021/appendix4.1.1/eq15/corrected",
            where="appendix, eq. 15",
            printed=r"q_{\alpha,\alpha'}^l(x,x') = q_{\alpha,\alpha'}^{l-1}(x,x') + \sigma_b^2 "
            r"+ \frac{\sigma_w^2}{2(2k+1)} \sum_{\beta \in \ker} \sqrt{q_{\alpha+\beta}^{l-1}(x)} "
            r"\sqrt{q_{\alpha'+\beta}^{l-1}(x')} f(c_{\alpha+\beta,\alpha'+\beta}^{l-1}(x,x'))",
            statement=RESNET_RIGHT,
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/appendix-lemma9/variance",
        where="appendix lemma 9, proof",
        printed=r"q^l(x, x) = q^{l-1}(x, x) + \sigma_w^2/2 q^{l-1}(x, x) = (1 + \sigma_w^2/2)^{l-1} q^1(x, x)",
        statement=VARIANCE,
        checks=refuting(VARIANCE, {B2: 1, W2: 1, Q1: 1}),
        expected=Verdict.REFUTED,
        kind="error",
        note="σ_b = 0 is needed and nowhere assumed: the layers of eq. 10, and eq. 14, carry σ_b².",
        corrected=Claim(
            id="hayou2021/appendix-lemma9/variance/corrected",
            where="appendix lemma 9, proof",
            printed=r"q^l(x, x) = (1 + \sigma_w^2/2) q^{l-1}(x, x) \text{ for } \sigma_b = 0",
            statement=Equal(VARIANCE.lhs.subs(B2, 0), VARIANCE.rhs, on={Q1: VARIANCES[Q1], W2: WEIGHTS[W2]}),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/appendix-lemma9/correlation-map",
        where="appendix lemma 9, proof",
        printed=r"c^{l+1} = \frac{1}{1 + \alpha} c^l + \frac{\alpha}{1 + \alpha} f(c^l), \quad \alpha = \frac{\sigma_w^2}{2}",
        statement=MAP,
        checks=refuting(MAP, {B2: 1, W2: 1, Q1: 1, Q2: 1, RHO: 0}),
        expected=Verdict.REFUTED,
        kind="error",
        note="σ_b = 0 is needed and nowhere assumed.",
        corrected=Claim(
            id="hayou2021/appendix-lemma9/correlation-map/corrected",
            where="appendix lemma 9, proof",
            printed=r"c^{l+1} = \frac{1}{1 + \alpha} c^l + \frac{\alpha}{1 + \alpha} f(c^l) \text{ for } \sigma_b = 0",
            statement=Equal(MAP.lhs.subs(B2, 0), BLEND, on={**UNIT, **VARIANCES, W2: WEIGHTS[W2]}),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/appendix-lemma9/deficit-recursion",
        where="appendix lemma 9, proof",
        printed=r"\gamma_{l+1} = \gamma_l - \frac{\alpha s}{1 + \alpha} \gamma_l^{3/2} "
        r"- \frac{\alpha b}{1 + \alpha} \gamma_l^{5/2} + O(\gamma_l^{7/5})",
        assumptions=("σ_b = 0, σ_w = 1",),
        statement=SeriesAt(
            1 - BLEND.subs({W2: 1, RHO: 1 - GAMMA}),
            GAMMA - SHARE * S * GAMMA ** Rational(3, 2) - SHARE * B * GAMMA ** Rational(5, 2),
            variable=GAMMA,
            order=Rational(7, 5),
            at=Rational(0),
            side="right",
        ),
        checks=(SeriesCheck(residual_deficit), BallLimit()),
        expected=Verdict.PROVED,
        note="True as printed, but O(γ^{7/5}) swallows the two terms before it; it is a slip for O(γ^{7/2}), which also holds.",
    ),
)
