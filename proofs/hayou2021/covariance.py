"""How hayou2021 propagates covariances: layer indices, factors and arguments of the recursions, and the slopes they give."""

from sympy import Derivative, Expr, Heaviside, Interval, Max, Rational, Symbol, asin, oo, pi, sqrt

from symntk.claims import (
    IDENTITY,
    And,
    BallIdentityAtRandomPoints,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    Verdict,
    covariance,
)
from symntk.notation import Q1, Q2, RHO, X

RELU, STEP, SQUARE = Max(X, 0), Heaviside(X), X**2
UNIT = {RHO: Interval(-1, 1)}
VARIANCES = {Q1: Interval.open(0, oo), Q2: Interval.open(0, oo)}
B2, W2 = Symbol("b", nonnegative=True), Symbol("w", positive=True)
"""σ_b² and σ_w²."""
WEIGHTS = {B2: Interval(0, oo), W2: Interval.open(0, oo)}
EVERYWHERE = {**UNIT, **VARIANCES, **WEIGHTS}
SIDE = Symbol("lambda", nonnegative=True)
ABOVE, BELOW = Symbol("x", positive=True), Symbol("y", negative=True)
CORRELATED = Symbol("r", positive=True)

F = (RHO * asin(RHO) + sqrt(1 - RHO**2)) / pi + RHO / 2
SLOPE = asin(RHO) / pi + Rational(1, 2)
AT_ONES = {B2: 0, W2: 1, Q1: 1, Q2: 1, RHO: 1}
ON_EDGE = {B2: 0, W2: 2, Q1: 1, Q2: 1, RHO: 1}


def next_variance(q: Expr) -> Expr:
    """q^l(x) from q^{l−1}(x) = q, for ReLU."""
    return B2 + W2 * q / 2


def residual_variance(q: Expr) -> Expr:
    """q^l(x) of a ReLU ResNet from q^{l−1}(x) = q."""
    return q + B2 + W2 * q / 2


def covariances(function: Expr, closed_form: Expr, first: Expr, second: Expr) -> Equal:
    """σ_b² + σ_w² E φ(u)φ(v) at the variances of layer l − 1, against a closed form with the variances put in."""
    put_in = closed_form.subs({Q1: first, Q2: second}, simultaneous=True)
    return Equal(B2 + W2 * covariance(function, q1=Q1, q2=Q2), B2 + W2 * put_in, on=EVERYWHERE)


RELU_FORM = sqrt(Q1) * sqrt(Q2) * F / 2
FAMILY = ((RELU, RELU_FORM), (X, sqrt(Q1) * sqrt(Q2) * RHO), (SQUARE, Q1 * Q2 * (1 + 2 * RHO**2)))
SKIP = sqrt(Q1 * Q2) * RHO
RESNET = SKIP + B2 + W2 * covariance(RELU, q1=Q1, q2=Q2)
ROOTS = sqrt(residual_variance(Q1)) * sqrt(residual_variance(Q2))
EDGE_SLOPE = 2 * covariance(STEP)

HOMOGENEITY = Claim(
    id="hayou2021/appendix4.1.1/homogeneity",
    where="appendix, section 4.1.1",
    printed=r"\phi(\lambda x) = \lambda \phi(x) \text{ for } \lambda \geq 0",
    statement=And(
        (
            Equal(Max(SIDE * ABOVE, 0), SIDE * Max(ABOVE, 0), on={SIDE: Interval(0, oo), ABOVE: Interval.open(0, oo)}),
            Equal(Max(SIDE * BELOW, 0), SIDE * Max(BELOW, 0), on={SIDE: Interval(0, oo), BELOW: Interval.open(-oo, 0)}),
        )
    ),
    checks=IDENTITY,
    expected=Verdict.PROVED,
)

CONDITIONAL = Claim(
    id="hayou2021/appendix4.1.1/conditional-form",
    where="appendix, section 4.1.1, below eq. 12",
    printed=r"q^l(x, x') = \sigma_b^2 + \sigma_w^2 \mathbb{E} [ \phi ( \sqrt{q^l(x)} Z_1 ) "
    r"\phi ( \sqrt{q^l(x')} (c^{l-1} Z_1 + \sqrt{1 - (c^{l-1})^2} Z_2) ) ]",
    statement=covariances(RELU, RELU_FORM, next_variance(Q1), next_variance(Q2)),
    checks=(CertifiedWitness(AT_ONES), HighPrecisionAtPoints()),
    expected=Verdict.REFUTED,
    kind="misprint",
    note="The variances on the right belong to layer l − 1. Read for ReLU, where q^l(x) = σ_b² + σ_w² q^{l−1}(x)/2.",
    corrected=Claim(
        id="hayou2021/appendix4.1.1/conditional-form/corrected",
        where="appendix, section 4.1.1, below eq. 12",
        printed=r"q^l(x, x') = \sigma_b^2 + \sigma_w^2 \mathbb{E} [ \phi ( \sqrt{q^{l-1}(x)} Z_1 ) "
        r"\phi ( \sqrt{q^{l-1}(x')} (c^{l-1} Z_1 + \sqrt{1 - (c^{l-1})^2} Z_2) ) ]",
        statement=ForAll(FAMILY, lambda member: covariances(member[0], member[1], Q1, Q2)),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="For ReLU, the identity and the square.",
    ),
)

RELU_COVARIANCE = Claim(
    id="hayou2021/appendix4.1.1/relu-covariance",
    where="appendix, section 4.1.1, covariance propagation with ReLU",
    printed=r"q^l(x, x') = \sigma_b^2 + \frac{\sigma_w^2}{2} \sqrt{q^l(x)} \sqrt{q^l(x')} f(c^{l-1})",
    statement=covariances(RELU, RELU_FORM, next_variance(Q1), next_variance(Q2)),
    checks=(CertifiedWitness(AT_ONES), BallIdentityAtRandomPoints()),
    expected=Verdict.REFUTED,
    kind="misprint",
    note="The variances on the right belong to layer l − 1; the factor 1/2 and f are right.",
    corrected=Claim(
        id="hayou2021/appendix4.1.1/relu-covariance/corrected",
        where="appendix, section 4.1.1, covariance propagation with ReLU",
        printed=r"q^l(x, x') = \sigma_b^2 + \frac{\sigma_w^2}{2} \sqrt{q^{l-1}(x)} \sqrt{q^{l-1}(x')} f(c^{l-1})",
        statement=covariances(RELU, RELU_FORM, Q1, Q2),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
)

CNN_COVARIANCE = Claim(
    id="hayou2021/appendix4.1.1/cnn-relu-covariance",
    where="appendix, section 4.1.1, covariance propagation for CNN with ReLU",
    printed=r"q_{\alpha,\alpha'}^l(x,x') = \sigma_b^2 + \frac{\sigma_w^2}{2k+1} \sum_{\beta \in \ker} "
    r"\sqrt{q_{\alpha+\beta}^l(x)} \sqrt{q_{\alpha'+\beta}^l(x')} f(c_{\alpha+\beta,\alpha'+\beta}^{l-1}(x,x'))",
    assumptions=("every position of the channel has the same variances and correlation (assumption 1)",),
    statement=covariances(RELU, 2 * RELU_FORM, next_variance(Q1), next_variance(Q2)),
    checks=(CertifiedWitness(ON_EDGE), BallIdentityAtRandomPoints()),
    expected=Verdict.REFUTED,
    kind="error",
    note="The factor 1/2 of the FFNN formula is lost; at the witness q^l = q^{l−1}, so the layer index is not to blame.",
    corrected=Claim(
        id="hayou2021/appendix4.1.1/cnn-relu-covariance/corrected",
        where="appendix, section 4.1.1, covariance propagation for CNN with ReLU",
        printed=r"q_{\alpha,\alpha'}^l(x,x') = \sigma_b^2 + \frac{\sigma_w^2}{2(2k+1)} \sum_{\beta \in \ker} "
        r"\sqrt{q_{\alpha+\beta}^{l-1}(x)} \sqrt{q_{\alpha'+\beta}^{l-1}(x')} f(c_{\alpha+\beta,\alpha'+\beta}^{l-1}(x,x'))",
        statement=covariances(RELU, RELU_FORM, Q1, Q2),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
)

CNN_ARGUMENTS = Claim(
    id="hayou2021/appendix2.1/cnn-kernel-arguments",
    where="appendix, section 2.1, convolutional networks (also the averaged and the ResNet formula)",
    printed=r"\kappa_{\alpha, \alpha'}^l(x, x') = \sigma_b^2 + \frac{\sigma_w^2}{2k+1} \sum_{\beta \in \ker} F_\phi("
    r"\kappa_{\alpha+\beta, \alpha'+\beta}^{l-1}(x, x), \kappa_{\alpha+\beta, \alpha'+\beta}^{l-1}(x, x'), "
    r"\kappa_{\alpha+\beta, \alpha'+\beta}^{l-1}(x', x'))",
    assumptions=("x = x', unit variance at every position, correlation r between the positions α + β and α' + β",),
    statement=Equal(
        covariance(RELU, rho=CORRELATED),
        covariance(RELU, rho=1, q1=CORRELATED, q2=CORRELATED),
        on={CORRELATED: Interval.Lopen(0, 1)},
    ),
    checks=(CertifiedWitness({CORRELATED: Rational(1, 2)}), HighPrecisionAtPoints()),
    expected=Verdict.REFUTED,
    kind="error",
    note="A covariance between two positions stands where the variance of one position belongs.",
    corrected=Claim(
        id="hayou2021/appendix2.1/cnn-kernel-arguments/corrected",
        where="appendix, section 2.1, convolutional networks",
        printed=r"F_\phi(\kappa_{\alpha+\beta, \alpha+\beta}^{l-1}(x, x), \kappa_{\alpha+\beta, \alpha'+\beta}^{l-1}(x, x'), "
        r"\kappa_{\alpha'+\beta, \alpha'+\beta}^{l-1}(x', x'))",
        statement=Equal(
            covariance(RELU, rho=CORRELATED), F.subs(RHO, CORRELATED) / 2, on={CORRELATED: Interval.Lopen(0, 1)}
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
)

RESNET_COVARIANCE = Claim(
    id="hayou2021/appendix4.1.1/eq14",
    where="appendix, eq. 14",
    printed=r"q^l(x,x') = q^{l-1}(x,x') + \sigma_b^2 + \frac{\sigma_w^2}{2} \sqrt{q^l(x)} \sqrt{q^l(x')} f(c^{l-1})",
    statement=Equal(RESNET, SKIP + B2 + W2 / 2 * ROOTS * F, on=EVERYWHERE),
    checks=(CertifiedWitness(AT_ONES), BallIdentityAtRandomPoints()),
    expected=Verdict.REFUTED,
    kind="misprint",
    note="The variances on the right belong to layer l − 1, as in the proof of appendix lemma 9.",
    corrected=Claim(
        id="hayou2021/appendix4.1.1/eq14/corrected",
        where="appendix, eq. 14",
        printed=r"q^l(x,x') = q^{l-1}(x,x') + \sigma_b^2 + \frac{\sigma_w^2}{2} \sqrt{q^{l-1}(x)} \sqrt{q^{l-1}(x')} f(c^{l-1})",
        statement=Equal(RESNET, SKIP + B2 + W2 / 2 * sqrt(Q1) * sqrt(Q2) * F, on=EVERYWHERE),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
)

RESNET_CNN_COVARIANCE = Claim(
    id="hayou2021/appendix4.1.1/eq15",
    where="appendix, eq. 15",
    printed=r"q_{\alpha,\alpha'}^l(x,x') = q_{\alpha,\alpha'}^{l-1}(x,x') + \sigma_b^2 + \frac{\sigma_w^2}{2k+1} "
    r"\sum_{\beta \in \ker} \sqrt{q_{\alpha+\beta}^l(x)} \sqrt{q_{\alpha'+\beta}^l(x')} "
    r"f(c_{\alpha+\beta,\alpha'+\beta}^{l-1}(x,x'))",
    assumptions=("every position of the channel has the same variances and correlation (assumption 1)",),
    statement=Equal(RESNET, SKIP + B2 + W2 * ROOTS * F, on=EVERYWHERE),
    checks=(CertifiedWitness(AT_ONES), BallIdentityAtRandomPoints()),
    expected=Verdict.REFUTED,
    kind="error",
    note="The factor 1/2 is lost as in the CNN formula, and the variances belong to layer l − 1.",
    corrected=Claim(
        id="hayou2021/appendix4.1.1/eq15/corrected",
        where="appendix, eq. 15",
        printed=r"q_{\alpha,\alpha'}^l(x,x') = q_{\alpha,\alpha'}^{l-1}(x,x') + \sigma_b^2 + \frac{\sigma_w^2}{2(2k+1)} "
        r"\sum_{\beta \in \ker} \sqrt{q_{\alpha+\beta}^{l-1}(x)} \sqrt{q_{\alpha'+\beta}^{l-1}(x')} "
        r"f(c_{\alpha+\beta,\alpha'+\beta}^{l-1}(x,x'))",
        statement=Equal(RESNET, SKIP + B2 + W2 / 2 * sqrt(Q1) * sqrt(Q2) * F, on=EVERYWHERE),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
)

RESNET_VARIANCE = Claim(
    id="hayou2021/appendix-lemma9/variance",
    where="appendix lemma 9, proof",
    printed=r"q^l(x, x) = q^{l-1}(x, x) + \sigma_w^2/2 q^{l-1}(x, x) = (1 + \sigma_w^2/2)^{l-1} q^1(x, x)",
    statement=Equal(Q1 + B2 + W2 * covariance(RELU, rho=1, q1=Q1, q2=Q1), (1 + W2 / 2) * Q1, on={Q1: VARIANCES[Q1], **WEIGHTS}),
    checks=(CertifiedWitness({B2: 1, W2: 1, Q1: 1}), BallIdentityAtRandomPoints()),
    expected=Verdict.REFUTED,
    kind="error",
    note="σ_b = 0 is needed and nowhere assumed: the layers of eq. 10, and eq. 14, carry σ_b².",
    corrected=Claim(
        id="hayou2021/appendix-lemma9/variance/corrected",
        where="appendix lemma 9, proof",
        printed=r"q^l(x, x) = (1 + \sigma_w^2/2) q^{l-1}(x, x) \text{ for } \sigma_b = 0",
        statement=Equal(
            Q1 + W2 * covariance(RELU, rho=1, q1=Q1, q2=Q1), (1 + W2 / 2) * Q1, on={Q1: VARIANCES[Q1], W2: WEIGHTS[W2]}
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
)

RESNET_MAP = Claim(
    id="hayou2021/appendix-lemma9/correlation-map",
    where="appendix lemma 9, proof",
    printed=r"c^{l+1} = \frac{1}{1 + \alpha} c^l + \frac{\alpha}{1 + \alpha} f(c^l), \quad \alpha = \frac{\sigma_w^2}{2}",
    statement=Equal(RESNET / ROOTS, (RHO + W2 / 2 * F) / (1 + W2 / 2), on=EVERYWHERE),
    checks=(CertifiedWitness({B2: 1, W2: 1, Q1: 1, Q2: 1, RHO: 0}), BallIdentityAtRandomPoints()),
    expected=Verdict.REFUTED,
    kind="error",
    note="σ_b = 0 is needed and nowhere assumed.",
    corrected=Claim(
        id="hayou2021/appendix-lemma9/correlation-map/corrected",
        where="appendix lemma 9, proof",
        printed=r"c^{l+1} = \frac{1}{1 + \alpha} c^l + \frac{\alpha}{1 + \alpha} f(c^l) \text{ for } \sigma_b = 0",
        statement=Equal(
            (SKIP + W2 * covariance(RELU, q1=Q1, q2=Q2)) / ROOTS.subs(B2, 0),
            (RHO + W2 / 2 * F) / (1 + W2 / 2),
            on={**UNIT, **VARIANCES, W2: WEIGHTS[W2]},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
)

DOT_SLOPE = Claim(
    id="hayou2021/theorem1/derivative-kernel",
    where="theorem 1, proof, case 1",
    printed=r"\dot{q}^l(x, x) = f'(c^{l-1}(x, x'))",
    assumptions=("ReLU on the EOC: σ_b = 0, σ_w² = 2",),
    statement=Equal(EDGE_SLOPE.subs(RHO, 1), SLOPE, on=UNIT),
    checks=(CertifiedWitness({RHO: 0}), HighPrecisionAtPoints()),
    expected=Verdict.REFUTED,
    kind="misprint",
    note="The left side is meant at (x, x').",
    corrected=Claim(
        id="hayou2021/theorem1/derivative-kernel/corrected",
        where="theorem 1, proof, case 1",
        printed=r"\dot{q}^l(x, x') = f'(c^{l-1}(x, x'))",
        statement=Equal(EDGE_SLOPE, F.diff(RHO), on={RHO: Interval.open(-1, 1)}),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
)

DOT_DIAGONAL = Claim(
    id="hayou2021/theorem1/derivative-kernel-diagonal",
    where="theorem 1, proof, case 1, ReLU",
    printed=r"\dot{q}^l(x, x) = 1",
    statement=Equal(2 * covariance(STEP, rho=1, q1=Q1, q2=Q1), 1, on={Q1: VARIANCES[Q1]}),
    checks=IDENTITY,
    expected=Verdict.PROVED,
)

GRADIENT_FACTOR = Claim(
    id="hayou2021/appendix4.1.2/chi",
    where="appendix, section 4.1.2, gradient back-propagation for FFNN",
    printed=r"\chi(q^l(x)) = \sigma_w^2 \mathbb{E}[\phi(\sqrt{q^l(x)}Z)^2]",
    assumptions=("read for ReLU: the factor of the gradient recursion is σ_w² E φ′(√q Z)²",),
    statement=Equal(
        W2 * covariance(STEP, rho=1, q1=Q1, q2=Q1),
        W2 * covariance(RELU, rho=1, q1=Q1, q2=Q1),
        on={Q1: VARIANCES[Q1], W2: WEIGHTS[W2]},
    ),
    checks=(CertifiedWitness({Q1: 2, W2: 1}), HighPrecisionAtPoints()),
    expected=Verdict.REFUTED,
    kind="misprint",
    note="The prime is missing (possibly lost in extraction); the CNN formula just below has it.",
    corrected=Claim(
        id="hayou2021/appendix4.1.2/chi/corrected",
        where="appendix, section 4.1.2, gradient back-propagation for FFNN",
        printed=r"\chi(q^l(x)) = \sigma_w^2 \mathbb{E}[\phi'(\sqrt{q^l(x)}Z)^2]",
        statement=Equal(
            W2 * covariance(STEP, rho=1, q1=Q1, q2=Q1),
            W2 * Derivative(covariance(RELU, rho=1, q1=Q1, q2=Q1), Q1),
            on={Q1: VARIANCES[Q1], W2: WEIGHTS[W2]},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="For ReLU the factor is also the slope of the variance map, as E φ″φ = 0.",
    ),
)

DIAGONAL_KERNEL = Q1 * RHO
TRUE_NTK = 2 * covariance(RELU, q1=Q1, q2=Q1) + DIAGONAL_KERNEL * Derivative(2 * covariance(RELU, q1=Q1, q2=Q1), RHO) / Q1

TANGENT_KERNEL = Claim(
    id="hayou2021/lemma1/definitions",
    where="lemma 1, last line (the appendix prints it correctly)",
    printed=r"\dot{q}^l(x, x') = \sigma_b^2 + \sigma_w^2 \mathbb{E}[\phi(y_1^{l-1}(x)) \phi(y_1^{l-1}(x'))], \quad "
    r"q^l(x, x') = \sigma_w^2 \mathbb{E}[\phi'(\sqrt{q}(y_1^{l-1}(x))) \phi'(y_1^{l-1}(x')))]",
    assumptions=(
        "ReLU, σ_b = 0, σ_w² = 2, two layers: K² = q̇² K¹ + q² with K¹ = q¹ = q c",
        "the kernel K² is q² + K¹ ∂q²/∂q¹ by the chain rule over the two layers",
    ),
    statement=Equal(
        TRUE_NTK,
        2 * covariance(RELU, q1=Q1, q2=Q1) * DIAGONAL_KERNEL + 2 * covariance(STEP, q1=Q1, q2=Q1),
        on={RHO: Interval.open(-1, 1), Q1: VARIANCES[Q1]},
    ),
    checks=(CertifiedWitness({RHO: 0, Q1: 2}), HighPrecisionAtPoints()),
    expected=Verdict.REFUTED,
    kind="misprint",
    note="The dot has moved to the wrong letter, and √q is left over from another formula.",
    corrected=Claim(
        id="hayou2021/lemma1/definitions/corrected",
        where="appendix, lemma 1",
        printed=r"q^l(x, x') = \sigma_b^2 + \sigma_w^2 \mathbb{E}[\phi(y_1^{l-1}(x))\phi(y_1^{l-1}(x'))], \quad "
        r"\dot{q}^l(x, x') = \sigma_w^2 \mathbb{E}[\phi'(y_1^{l-1}(x))\phi'(y_1^{l-1}(x'))]",
        statement=Equal(
            TRUE_NTK,
            2 * covariance(STEP, q1=Q1, q2=Q1) * DIAGONAL_KERNEL + 2 * covariance(RELU, q1=Q1, q2=Q1),
            on={RHO: Interval.open(-1, 1), Q1: VARIANCES[Q1]},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
)

CLAIMS = (
    HOMOGENEITY,
    CONDITIONAL,
    RELU_COVARIANCE,
    CNN_COVARIANCE,
    CNN_ARGUMENTS,
    RESNET_COVARIANCE,
    RESNET_CNN_COVARIANCE,
    RESNET_VARIANCE,
    RESNET_MAP,
    DOT_SLOPE,
    DOT_DIAGONAL,
    GRADIENT_FACTOR,
    TANGENT_KERNEL,
)
