"""Training in the NTK regime as hayou2021 sets it up: gradient flow and its linear solution (section 2, appendix 0.1)."""

from __future__ import annotations

from itertools import product

from sympy import Derivative, Expr, Integer, Interval, Rational, S, Symbol, diff, exp, log, oo, symbols

from symntk.claims import (
    IDENTITY,
    And,
    BallIdentityAtRandomPoints,
    BallLimit,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    HighPrecisionLimit,
    SeriesAt,
    Verdict,
    sampled,
)
from symntk.notation import X

TIME, COUNT, EIGENVALUE = Symbol("t", nonnegative=True), Symbol("n", positive=True), Symbol("k", positive=True)
START, TARGET, ROW, HERE = symbols("f0 z kappa f", real=True)
"""f₀(X), Z and K(x, X) in a direction of the eigenbasis of K̂, and f₀(x)."""
FLOW = {
    TIME: Interval(0, oo),
    COUNT: Interval.open(0, oo),
    EIGENVALUE: Interval.open(0, oo),
    START: Interval(-2, 2),
    TARGET: Interval(-2, 2),
}
DECAY = exp(-TIME / COUNT * EIGENVALUE)
SOLUTION = DECAY * START + (1 - DECAY) * TARGET
"""Eq. 2 in one direction of the eigenbasis."""
ELSEWHERE = HERE + ROW / EIGENVALUE * (1 - DECAY) * (TARGET - START)
"""Eq. 3, one direction."""
GAP = Symbol("delta", nonnegative=True)
SLOWEST = DECAY**2 * (START**2 + TARGET**2)
"""e^{−2tk/N} times the squared distance at t = 0."""
BY_EIGENVECTORS = "K̂ is symmetric: in its eigenbasis the equation splits into these, one for each eigenvalue k."

WEIGHTS = symbols("u v b c", real=True)
"""Input weight, output weight and the two biases of a network with one hidden neuron."""
LAYERS = ((WEIGHTS[0], WEIGHTS[2]), (WEIGHTS[1], WEIGHTS[3]))
BOX = {weight: Interval(-2, 2) for weight in WEIGHTS}
POINTS, LABELS = (Integer(1), Rational(-1, 2)), (Rational(1, 3), Integer(2))
ACTIVATIONS = (X**2, X**3)
PAIR = tuple(symbols("k11 k12 k22 h1 h2 r1 r2", real=True))
"""A symmetric 2×2 matrix K̂, K(x, X), and a vector."""
STEP, UPPER, LOWER = Symbol("eta", positive=True), *symbols("m n", integer=True, positive=True)
FIRST, SECOND = symbols("x z", real=True)


def output(phi: Expr, x: Expr) -> Expr:
    """The network at x."""
    u, v, b, c = WEIGHTS
    return v * phi.subs(X, u * x + b) + c


def kernel(phi: Expr, x: Expr, y: Expr, weights: tuple[Symbol, ...] = WEIGHTS) -> Expr:
    """∇f(x) · ∇f(y), the gradients taken with respect to some of the weights."""
    return sum((diff(output(phi, x), w) * diff(output(phi, y), w) for w in weights), S.Zero)


def layered(phi: Expr) -> Equal:
    """Eq. 1: all weights at once, against layer by layer."""
    x, y = POINTS
    return Equal(kernel(phi, x, y), sum((kernel(phi, x, y, layer) for layer in LAYERS), S.Zero), on=BOX)


def flow(phi: Expr) -> Equal:
    """df(x)/dt along dθ = −∇L dt, against −(1/N) Σ ∇f(x)∇f(x_i)ᵀ (f(x_i) − z_i)."""
    losses = [(output(phi, x) - z) ** 2 / 2 for x, z in zip(POINTS, LABELS, strict=True)]
    loss, there = sum(losses, S.Zero) / 2, Rational(3, 4)
    moved = sum((diff(output(phi, there), w) * -diff(loss, w) for w in WEIGHTS), S.Zero)
    forces = [(output(phi, x) - z) * kernel(phi, there, x) for x, z in zip(POINTS, LABELS, strict=True)]
    return Equal(moved, -sum(forces, S.Zero) / 2, on=BOX)


def combination() -> Equal:
    """K(x, X)K̂⁻¹v against Σ aᵢK(xᵢ, x) with a = K̂⁻¹v, for two points."""
    k11, k12, k22, h1, h2, r1, r2 = PAIR
    determinant = k11 * k22 - k12**2
    first, second = (k22 * r1 - k12 * r2) / determinant, (k11 * r2 - k12 * r1) / determinant
    rows = ((k22 * h1 - k12 * h2) / determinant, (k11 * h2 - k12 * h1) / determinant)
    on = {**{s: Interval(-1, 1) for s in (k12, h1, h2, r1, r2)}, k11: Interval(2, 3), k22: Interval(2, 3)}
    return Equal(rows[0] * r1 + rows[1] * r2, first * h1 + second * h2, on=on)


def euler(eigenvalue: Expr) -> SeriesAt:
    """log (1 − ηk)^{1/η} against −k: the logarithms of θ after the time 1, by N_s = 1/η steps and by the flow."""
    stepped = log(1 - STEP * eigenvalue) / STEP
    return SeriesAt(stepped, -eigenvalue, variable=STEP, order=Integer(1), at=S.Zero, side="right")


CLAIMS = (
    Claim(
        id="hayou2021/section2/eq1",
        where="eq. 1 (also appendix, eq. 4)",
        printed=r"K_{\theta_t}^L(x, x') = \nabla_\theta f(x, \theta_t) \nabla_\theta f(x', \theta_t)^T "
        r"= \sum_{l=1}^L \nabla_{\theta^l} f(x, \theta_t) \nabla_{\theta^l} f(x', \theta_t)^T",
        statement=ForAll(ACTIVATIONS, layered),
        checks=IDENTITY,
        expected=Verdict.SUPPORTED,
        note="One hidden neuron, x² and x³.",
    ),
    Claim(
        id="hayou2021/appendix0.1/eq3",
        where="appendix, eqs. 2, 3 and 5",
        printed=r"df_t(x) = -\frac{1}{N} \nabla_{\theta} f(x, \theta_t) \nabla_{\theta} f(\mathcal{X}, \theta_t)^T "
        r"\nabla_{z'} \ell(f_t(\mathcal{X}), \mathcal{Z}) dt",
        assumptions=("quadratic loss, N = 2",),
        statement=ForAll(ACTIVATIONS, flow),
        checks=IDENTITY,
        expected=Verdict.SUPPORTED,
        note="One hidden neuron, x² and x³.",
    ),
    Claim(
        id="hayou2021/section2/eq2",
        where="eq. 2 (also appendix, eqs. 7 and 8)",
        printed=r"f_t(\mathcal{X}) = e^{-\frac{t}{N} \hat{K}^L} f_0(\mathcal{X}) + (I - e^{-\frac{t}{N} \hat{K}^L}) "
        r"\mathcal{Z}, \quad df_t(\mathcal{X}) = -\frac{1}{N} \hat{K}^L (f_t(\mathcal{X}) - \mathcal{Z}) dt",
        statement=And(
            (
                Equal(Derivative(SOLUTION, TIME), -EIGENVALUE / COUNT * (SOLUTION - TARGET), on=FLOW),
                Equal(SOLUTION.subs(TIME, 0), START, on={s: v for s, v in FLOW.items() if s in (START, TARGET)}),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note=BY_EIGENVECTORS,
    ),
    Claim(
        id="hayou2021/section2/eq3",
        where="eq. 3 (also appendix, eq. 9)",
        printed=r"f_t(x) = f_0(x) + \gamma(x, \mathcal{X})(I - e^{-\frac{t}{N} \hat{K}^L})(\mathcal{Z} - "
        r"f_0(\mathcal{X})), \quad \gamma(x, \mathcal{X}) = K^L(x, \mathcal{X})(\hat{K}^L)^{-1}",
        assumptions=("df_t(x) = −(1/N) K(x, X)(f_t(X) − Z) dt",),
        statement=Equal(
            Derivative(ELSEWHERE, TIME),
            -ROW / COUNT * (SOLUTION - TARGET),
            on={**FLOW, ROW: Interval(-2, 2), HERE: Interval(-2, 2)},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note=BY_EIGENVECTORS + " At t = 0 both sides are f_0(x).",
    ),
    Claim(
        id="hayou2021/section2/smallest-eigenvalue",
        where="section 2, role of the NTK in NTK training",
        printed=r"\text{the convergence speed of } f_t \text{ to } f_\infty \text{ is given by the smallest eigenvalue of } "
        r"\hat{K}^L",
        assumptions=("two directions, of the smallest eigenvalue k and of k + δ; f₀ and z are their parts of f_0 − Z",),
        statement=Equal(
            SLOWEST - (DECAY**2 * START**2 + DECAY**2 * exp(-2 * TIME / COUNT * GAP) * TARGET**2),
            DECAY**2 * TARGET**2 * (1 - exp(-2 * TIME / COUNT * GAP)),
            on={**FLOW, GAP: Interval(0, oo)},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="e^{−2tk/N}|f_0 − Z|² − |f_t − Z|² ≥ 0, with equality for all t where only the smallest eigenvalue enters.",
    ),
    Claim(
        id="hayou2021/section2/residual-in-rkhs",
        where="section 2, generalization in the NTK regime",
        printed=r"\text{there exist coefficients } a_1, \ldots, a_N \in \mathbb{R} \text{ such that for all } x, "
        r"f_t(x) - f_0(x) = \sum_{i=1}^N a_i K^L(x_i, x)",
        assumptions=("N = 2, K̂ invertible; the r are the entries of (I − e^{−tK̂/N})(Z − f_0(X))",),
        statement=combination(),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="a = K̂⁻¹(I − e^{−tK̂/N})(Z − f_0(X)). The equation referred to as 9 is eq. 3 of the main text.",
    ),
    Claim(
        id="hayou2021/appendix0.1/gram-matrix",
        where="appendix 0.1, after eq. 6",
        printed=r"\hat{K}^L = K^L(\mathcal{X}, \mathcal{Z})",
        assumptions=("eq. 7 needs K(x, x); one layer, d = N = 1, σ_w = σ_b = 1: K(x, x') = 1 + x x'",),
        statement=Equal(1 + FIRST * SECOND, 1 + FIRST**2, on={FIRST: Interval(-2, 2), SECOND: Interval(-2, 2)}),
        checks=(CertifiedWitness({FIRST: 1, SECOND: 0}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="Z holds the labels; section 2 prints it correctly.",
        corrected=Claim(
            id="hayou2021/appendix0.1/gram-matrix/corrected",
            where="section 2, after eq. 2",
            printed=r"\hat{K}^L = K^L(\mathcal{X}, \mathcal{X})",
            statement=Equal(
                Derivative(WEIGHTS[0] * FIRST + WEIGHTS[2], WEIGHTS[0]) ** 2
                + Derivative(WEIGHTS[0] * FIRST + WEIGHTS[2], WEIGHTS[2]) ** 2,
                1 + FIRST**2,
                on={FIRST: Interval(-2, 2), WEIGHTS[0]: Interval(-2, 2), WEIGHTS[2]: Interval(-2, 2)},
            ),
            checks=sampled(*IDENTITY),
            expected=Verdict.SUPPORTED,
            note="f = u x + b, whose output moves by −∇f(x)·∇f(x) times the force.",
        ),
    ),
    Claim(
        id="hayou2021/appendix0.1/parameter-count",
        where="appendix 0.1",
        printed=r"\theta^l \text{ has dimension } n_l + 1",
        assumptions=("layer l has the weights w_{ij} and biases b_i of eq. 10; n = n_l, m = n_{l−1}",),
        statement=Equal(LOWER * UPPER + LOWER, LOWER + 1, on={UPPER: S.Naturals, LOWER: S.Naturals}),
        checks=(CertifiedWitness({UPPER: 2, LOWER: 3}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="There are n_l n_{l−1} weights and n_l biases.",
        corrected=Claim(
            id="hayou2021/appendix0.1/parameter-count/corrected",
            where="appendix 0.1",
            printed=r"\theta^l \text{ has dimension } n_l (n_{l-1} + 1)",
            statement=ForAll(
                tuple(product(range(1, 4), repeat=2)),
                lambda sizes: Equal(
                    Integer(len([*product(range(sizes[0]), range(sizes[1])), *range(sizes[0])])),
                    Integer(sizes[0] * (sizes[1] + 1)),
                ),
            ),
            checks=(BallIdentityAtRandomPoints(), HighPrecisionAtPoints()),
            expected=Verdict.SUPPORTED,
            note="Counted for n_l, n_{l−1} ≤ 3.",
        ),
    ),
    Claim(
        id="hayou2021/appendix0.1/euler-error",
        where="appendix 0.1, after eq. 2",
        printed=r"\text{this discretization scheme leads to an error of order } \mathcal{O}(\eta)",
        statement=ForAll((Rational(1, 2), Integer(1), Integer(3)), euler),
        checks=(BallLimit(), HighPrecisionLimit()),
        expected=Verdict.SUPPORTED,
        note="For the loss kθ²/2, k = 1/2, 1, 3, after the time 1, in logarithms.",
    ),
)
