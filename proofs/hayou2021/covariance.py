"""How hayou2021 propagates covariances through fully connected layers: layer indices, factors and derivative kernels."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Derivative, Expr, Heaviside, Interval, Max, Rational, Symbol, asin, oo, pi, sqrt

from symntk.claims import (
    IDENTITY,
    And,
    CertifiedWitness,
    Claim,
    DerivedQuantity,
    Equal,
    ForAll,
    Verdict,
    covariance,
    derived,
)
from symntk.claims.checks import Check
from symntk.notation import Q1, Q2, RHO, X

RELU, STEP = Max(X, 0), Heaviside(X)
UNIT = {RHO: Interval(-1, 1)}
INSIDE = {RHO: Interval.open(-1, 1)}
VARIANCES = {Q1: Interval.open(0, oo), Q2: Interval.open(0, oo)}
B2, W2 = Symbol("b", nonnegative=True), Symbol("w", positive=True)
"""σ_b² and σ_w²."""
WEIGHTS = {B2: Interval(0, oo), W2: Interval.open(0, oo)}
SIDE = Symbol("lambda", nonnegative=True)
ABOVE, BELOW = Symbol("x", positive=True), Symbol("y", negative=True)

F = (RHO * asin(RHO) + sqrt(1 - RHO**2)) / pi + RHO / 2
SLOPE = asin(RHO) / pi + Rational(1, 2)
RELU_FORM = sqrt(Q1) * sqrt(Q2) * F / 2
FAMILY = (
    (RELU, RELU_FORM),
    (X**2, Q1 * Q2 * (1 + 2 * RHO**2)),
    (X**3, 3 * (Q1 * Q2) ** Rational(3, 2) * RHO * (3 + 2 * RHO**2)),
)


def refuting(statement: Equal, point: Mapping[Symbol, Expr | int]) -> tuple[Check, ...]:
    """Two routes against an identity: quadrature at a point, and the left side in closed form by Price's theorem."""
    return CertifiedWitness(point), DerivedQuantity(lambda: derived(statement.lhs))


def next_variance(q: Expr) -> Expr:
    """q^l(x) from q^{l−1}(x) = q, for ReLU."""
    return B2 + W2 * q / 2


def covariances(function: Expr, closed_form: Expr, first: Expr = Q1, second: Expr = Q2) -> Equal:
    """σ_b² + σ_w² E φ(u)φ(v) at the variances of layer l − 1, against a closed form with other variances put in."""
    put_in = closed_form.subs({Q1: first, Q2: second}, simultaneous=True)
    return Equal(B2 + W2 * covariance(function, q1=Q1, q2=Q2), B2 + W2 * put_in, on={**UNIT, **VARIANCES, **WEIGHTS})


LATE_INDEX = covariances(RELU, RELU_FORM, next_variance(Q1), next_variance(Q2))
AT_ONES = {B2: 0, W2: 1, Q1: 1, Q2: 1, RHO: 1}

EDGE_COVARIANCE = 2 * covariance(RELU, q1=Q1, q2=Q1)
EDGE_SLOPE = 2 * covariance(STEP, q1=Q1, q2=Q1)
SLOPE_ON_DIAGONAL = Equal(2 * covariance(STEP, rho=1), SLOPE, on=UNIT)
SECOND_MOMENTS = Equal(
    W2 * covariance(STEP, rho=1, q1=Q1, q2=Q1),
    W2 * covariance(RELU, rho=1, q1=Q1, q2=Q1),
    on={Q1: VARIANCES[Q1], W2: WEIGHTS[W2]},
)
FIRST_KERNEL = Q1 * RHO
"""K¹ = q¹ = q c for unit depth, at equal variances q."""
SECOND_KERNEL = EDGE_COVARIANCE + FIRST_KERNEL * Derivative(derived(EDGE_COVARIANCE), RHO) / Q1
"""K² = q² + K¹ ∂q²/∂q¹ by the chain rule over the two layers, with q¹ = q ρ."""
SWAPPED = Equal(SECOND_KERNEL, EDGE_COVARIANCE * FIRST_KERNEL + EDGE_SLOPE, on={**INSIDE, Q1: VARIANCES[Q1]})

CLAIMS = (
    Claim(
        id="hayou2021/appendix4.1.1/homogeneity",
        where="appendix, section 4.1.1",
        printed=r"\phi(\lambda x) = \lambda \phi(x) \text{ for } \lambda \geq 0",
        statement=And(
            (
                Equal(
                    Max(SIDE * ABOVE, 0), SIDE * Max(ABOVE, 0), on={SIDE: Interval(0, oo), ABOVE: Interval.open(0, oo)}
                ),
                Equal(
                    Max(SIDE * BELOW, 0), SIDE * Max(BELOW, 0), on={SIDE: Interval(0, oo), BELOW: Interval.open(-oo, 0)}
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="ReLU; for x > 0 and for x < 0.",
    ),
    Claim(
        id="hayou2021/appendix4.1.1/conditional-form",
        where="appendix, section 4.1.1, below eq. 12",
        printed=r"q^l(x, x') = \sigma_b^2 + \sigma_w^2 \mathbb{E} [ \phi ( \sqrt{q^l(x)} Z_1 ) "
        r"\phi ( \sqrt{q^l(x')} (c^{l-1} Z_1 + \sqrt{1 - (c^{l-1})^2} Z_2) ) ]",
        statement=LATE_INDEX,
        checks=refuting(LATE_INDEX, AT_ONES),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The variances on the right belong to layer l − 1. Read for ReLU, where q^l(x) = σ_b² + σ_w² q^{l−1}(x)/2.",
        corrected=Claim(
            id="hayou2021/appendix4.1.1/conditional-form/corrected",
            where="appendix, section 4.1.1, below eq. 12",
            printed=r"q^l(x, x') = \sigma_b^2 + \sigma_w^2 \mathbb{E} [ \phi ( \sqrt{q^{l-1}(x)} Z_1 ) "
            r"\phi ( \sqrt{q^{l-1}(x')} (c^{l-1} Z_1 + \sqrt{1 - (c^{l-1})^2} Z_2) ) ]",
            statement=ForAll(FAMILY, lambda member: covariances(*member)),
            checks=IDENTITY,
            expected=Verdict.SUPPORTED,
            note="For ReLU, the square and the cube.",
        ),
    ),
    Claim(
        id="hayou2021/appendix4.1.1/covariance",
        where="appendix, section 4.1.1, covariance propagation with ReLU",
        printed=r"q^l(x, x') = \sigma_b^2 + \frac{\sigma_w^2}{2} \sqrt{q^l(x)} \sqrt{q^l(x')} f(c^{l-1})",
        statement=LATE_INDEX,
        checks=refuting(LATE_INDEX, AT_ONES),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The variances on the right belong to layer l − 1; the factor 1/2 and f are right.",
        corrected=Claim(
            id="hayou2021/appendix4.1.1/covariance/corrected",
            where="appendix, section 4.1.1, covariance propagation with ReLU",
            printed=r"q^l(x, x') = \sigma_b^2 + \frac{\sigma_w^2}{2} \sqrt{q^{l-1}(x)} \sqrt{q^{l-1}(x')} f(c^{l-1})",
            statement=covariances(RELU, RELU_FORM),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/theorem1/derivative-kernel",
        where="theorem 1, proof, case 1",
        printed=r"\dot{q}^l(x, x) = f'(c^{l-1}(x, x'))",
        assumptions=("ReLU on the EOC: σ_b = 0, σ_w² = 2",),
        statement=SLOPE_ON_DIAGONAL,
        checks=refuting(SLOPE_ON_DIAGONAL, {RHO: 0}),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The left side is meant at (x, x').",
        corrected=Claim(
            id="hayou2021/theorem1/derivative-kernel/corrected",
            where="theorem 1, proof, case 1",
            printed=r"\dot{q}^l(x, x') = f'(c^{l-1}(x, x'))",
            statement=Equal(EDGE_SLOPE, F.diff(RHO), on={**INSIDE, Q1: VARIANCES[Q1]}),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/theorem1/derivative-kernel-diagonal",
        where="theorem 1, proof, case 1, ReLU",
        printed=r"\dot{q}^l(x, x) = 1",
        statement=Equal(2 * covariance(STEP, rho=1, q1=Q1, q2=Q1), 1, on={Q1: VARIANCES[Q1]}),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2021/appendix4.1.2/chi",
        where="appendix, section 4.1.2, gradient back-propagation for FFNN",
        printed=r"\chi(q^l(x)) = \sigma_w^2 \mathbb{E}[\phi(\sqrt{q^l(x)}Z)^2]",
        assumptions=("read for ReLU; the factor of the gradient recursion is σ_w² E φ′(√q Z)²",),
        statement=SECOND_MOMENTS,
        checks=refuting(SECOND_MOMENTS, {Q1: 2, W2: 1}),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The prime is missing (possibly lost in extraction); the CNN formula just below has it.",
        corrected=Claim(
            id="hayou2021/appendix4.1.2/chi/corrected",
            where="appendix, section 4.1.2, gradient back-propagation for FFNN",
            printed=r"\chi(q^l(x)) = \sigma_w^2 \mathbb{E}[\phi'(\sqrt{q^l(x)}Z)^2]",
            statement=Equal(
                W2 * covariance(STEP, rho=1, q1=Q1, q2=Q1),
                W2 * Derivative(derived(covariance(RELU, rho=1, q1=Q1, q2=Q1)), Q1),
                on={Q1: VARIANCES[Q1], W2: WEIGHTS[W2]},
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="For ReLU the factor is also the slope of the variance map, as E φ″φ = 0.",
        ),
    ),
    Claim(
        id="hayou2021/lemma1/definitions",
        where="lemma 1, last line (the appendix prints it correctly)",
        printed=r"\dot{q}^l(x, x') = \sigma_b^2 + \sigma_w^2 \mathbb{E}[\phi(y_1^{l-1}(x)) \phi(y_1^{l-1}(x'))], \quad "
        r"q^l(x, x') = \sigma_w^2 \mathbb{E}[\phi'(\sqrt{q}(y_1^{l-1}(x))) \phi'(y_1^{l-1}(x')))]",
        assumptions=("ReLU, σ_b = 0, σ_w² = 2, two layers, equal variances: K² = q̇² K¹ + q² with K¹ = q¹ = q c",),
        statement=SWAPPED,
        checks=refuting(SWAPPED, {RHO: 0, Q1: 2}),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The dot stands on the wrong letter, and √q is left over; K² itself is taken from the chain rule.",
        corrected=Claim(
            id="hayou2021/lemma1/definitions/corrected",
            where="appendix, lemma 1",
            printed=r"q^l(x, x') = \sigma_b^2 + \sigma_w^2 \mathbb{E}[\phi(y_1^{l-1}(x))\phi(y_1^{l-1}(x'))], \quad "
            r"\dot{q}^l(x, x') = \sigma_w^2 \mathbb{E}[\phi'(y_1^{l-1}(x))\phi'(y_1^{l-1}(x'))]",
            statement=Equal(
                SECOND_KERNEL, EDGE_SLOPE * FIRST_KERNEL + EDGE_COVARIANCE, on={**INSIDE, Q1: VARIANCES[Q1]}
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
)
