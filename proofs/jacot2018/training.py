"""Appendices A.2 and A.3 of jacot2018: why the kernel stays constant in training, display by display."""

from __future__ import annotations

from sympy import Derivative, Expr, Integer, Interval, Max, Rational, S, Symbol, diff, exp, sqrt

from symntk.claims import (
    IDENTITY,
    And,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    Verdict,
    expectation,
    sampled,
)
from symntk.notation import N, X

TIME, LIPSCHITZ = Symbol("t", nonnegative=True), Symbol("c", positive=True)
NORM, BIAS = Symbol("k", nonnegative=True), Symbol("beta", nonnegative=True)
"""c²·‖Θ‖_op and β."""
OUTER, ACTIVITY, START = Symbol("w", nonnegative=True), Symbol("a", nonnegative=True), Symbol("A_0", positive=True)
SPARE, RATE, WIDTH = Symbol("s", nonnegative=True), Symbol("m", positive=True), Symbol("n", positive=True)
WEIGHTS = tuple(Symbol(name, real=True) for name in ("u_1", "u_2", "v_1", "v_2"))
DIRECTIONS = tuple(Symbol(f"d_{i}", real=True) for i in (1, 2))
INPUTS, ELSEWHERE = (Integer(1), Rational(-1, 2)), Rational(2, 3)
BOX = dict.fromkeys((*WEIGHTS, *DIRECTIONS), Interval(-2, 2))
POSITIVE = Interval(0, 5)


def network(sigma: Expr, x: Expr) -> Expr:
    """(1/√2)·Σ v_i σ(u_i x), without biases."""
    u1, u2, v1, v2 = WEIGHTS
    return (v1 * sigma.subs(X, u1 * x) + v2 * sigma.subs(X, u2 * x)) / sqrt(Integer(2))


def tangent(sigma: Expr, x: Expr, y: Expr) -> Expr:
    """Σ_θ ∂f(x)∂f(y)."""
    return sum((diff(network(sigma, x), w) * diff(network(sigma, y), w) for w in WEIGHTS), S.Zero)


def kernel_dynamics(sigma: Expr) -> Equal:
    """∂_t f(x) along ∂_t θ = ⟨∂_θ F, d_t⟩ over two data points, against the kernel applied to d_t."""
    pushes = [sum((diff(network(sigma, x), w) * d for x, d in zip(INPUTS, DIRECTIONS, strict=True)), S.Zero) / 2
              for w in WEIGHTS]  # fmt: skip
    moved = sum((diff(network(sigma, ELSEWHERE), w) * p for w, p in zip(WEIGHTS, pushes, strict=True)), S.Zero)
    applied = sum((tangent(sigma, ELSEWHERE, x) * d for x, d in zip(INPUTS, DIRECTIONS, strict=True)), S.Zero) / 2
    return Equal(moved, applied, on=BOX)


def split_tangent(sigma: Expr) -> Equal:
    """The NTK of one hidden layer against the contribution of the lower layer and (1/n)α·α of the last."""
    u, v = WEIGHTS[:2], WEIGHTS[2:]
    x, y = INPUTS
    slope = diff(sigma, X)
    lower = sum((x * y * slope.subs(X, a * x) * slope.subs(X, a * y) * b**2 for a, b in zip(u, v, strict=True)), S.Zero)
    upper = sum((sigma.subs(X, a * x) * sigma.subs(X, a * y) for a in u), S.Zero)
    return Equal(tangent(sigma, x, y), (lower + upper) / 2, on=dict.fromkeys(WEIGHTS, Interval(-2, 2)))


def weight_push(sigma: Expr) -> Equal:
    """∂_t v_1 = ⟨∂_{v_1} F, d⟩ against (1/√n)⟨α_1, d⟩."""
    pairs = tuple(zip(INPUTS, DIRECTIONS, strict=True))
    moved = sum((diff(network(sigma, x), WEIGHTS[2]) * d for x, d in pairs), S.Zero) / 2
    direct = sum((sigma.subs(X, WEIGHTS[0] * x) * d for x, d in pairs), S.Zero) / 2 / sqrt(Integer(2))
    return Equal(moved, direct, on=BOX)


def back_propagated(sigma: Expr) -> Equal:
    """d·∂f/∂α̃_1 of f = (1/√2)·Σ v_i σ(α̃_i) against (1/√2)σ̇(α̃_1)·v_1·d."""
    first, second, v1, v2 = WEIGHTS
    push = DIRECTIONS[0]
    output = (v1 * sigma.subs(X, first) + v2 * sigma.subs(X, second)) / sqrt(Integer(2))
    direct = diff(sigma, X).subs(X, first) * v1 / sqrt(Integer(2)) * push
    return Equal(diff(output, first) * push, direct, on=BOX)


SIGMAS = (X**2, X**3 - X)

CLAIMS = (
    Claim(
        id="jacot2018/theorem2/dynamics",
        where="theorem 2 (lines 149 and 161)",
        printed=r"\partial_t \theta_p(t) = \langle \partial_{\theta_p} F^{(L)}, d_t \rangle_{p^{in}}, \quad "
        r"\partial_t f_{\theta(t)} = \Phi_{\Theta}(\langle d_t, \cdot \rangle_{p^{in}})",
        statement=ForAll(SIGMAS, kernel_dynamics),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="Two hidden neurons, two data points, σ = x² and x³ − x, any direction d; with Θ at its value at the time.",
    ),
    Claim(
        id="jacot2018/theorem2/last-weights",
        where="proof of theorem 2 (line 212)",
        printed=r"\partial_t W^{(L)}_{ij}(t) = \frac{1}{\sqrt{n_L}} \langle \alpha^{(L)}_i(t), d_{t,j} \rangle_{p^{in}}",
        statement=ForAll(SIGMAS, weight_push),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="Two hidden neurons, two data points.",
    ),
    Claim(
        id="jacot2018/theorem2/split",
        where="proof of theorem 1 (line 133) and of theorem 2, the contribution of the lower layers",
        printed=r"\frac{1}{n_L} \sum_{i,i'} \Theta^{(L)}_{ii'}(x,x') \dot\sigma(\tilde\alpha_i(x)) "
        r"\dot\sigma(\tilde\alpha_{i'}(x')) W^{(L)}_{ik} W^{(L)}_{i'k'}",
        statement=ForAll(SIGMAS, split_tangent),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="Two hidden neurons with one input: Θ^{(1)} = xx′. The last layer adds (1/n)α(x)·α(x′).",
    ),
    Claim(
        id="jacot2018/theorem2/derivative-of-A",
        where="proof of theorem 2, the derivative of A(t)",
        printed=r"\partial_t A(t) \leq \frac{1}{\sqrt{n_L}} \left( c^2 \|\Theta^{(L)}_\infty\|_{op} \|W_i(t)\|_2 + "
        r"\|\alpha_i(t)\|_{p^{in}} \right) \|d_t\|_{p^{in}} \leq \frac{\max\{c^2\|\Theta^{(L)}_\infty\|_{op}, 1\}}"
        r"{\sqrt{n_L}} \|d_t\|_{p^{in}} A(t)",
        assumptions=("k = c²‖Θ‖; A ≥ w + a, A = w + a + s",),
        statement=And(
            (
                Equal(
                    (NORM + SPARE) * (OUTER + ACTIVITY) - (NORM * OUTER + ACTIVITY),
                    SPARE * OUTER + (NORM + SPARE - 1) * ACTIVITY,
                    on={NORM: POSITIVE, SPARE: POSITIVE, OUTER: POSITIVE, ACTIVITY: POSITIVE},
                ),
                Equal(
                    Max(NORM, 1) * (OUTER + ACTIVITY + SPARE) - Max(NORM, 1) * (OUTER + ACTIVITY),
                    Max(NORM, 1) * SPARE,
                    on={NORM: POSITIVE, SPARE: POSITIVE, OUTER: POSITIVE, ACTIVITY: POSITIVE},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="With max{k, 1} = k + s both terms of the first part are ≥ 0. ‖α‖ ≤ ‖α(0)‖ + c‖α̃ − α̃(0)‖ as σ is c-Lipschitz.",
    ),
    Claim(
        id="jacot2018/theorem2/gronwall",
        where="proof of theorem 2, Gronwall's lemma",
        printed=r"A(t) \leq A(0) \exp\left( \frac{\max\{c^2\|\Theta\|_{op},1\}}{\sqrt{n_L}} \int_0^t \|d_s\|_{p^{in}} ds "
        r"\right)",
        assumptions=("D(t) is the integral, m the factor before it, A′ = mD′A − s with s ≥ 0",),
        statement=And(
            (
                Equal(
                    Derivative(START * exp(RATE * TIME**2), TIME),
                    RATE * (2 * TIME) * START * exp(RATE * TIME**2),
                    on={START: Interval.Lopen(0, 5), RATE: Interval.Lopen(0, 5), TIME: Interval(0, 2)},
                ),
                Equal(
                    (RATE * OUTER * ACTIVITY - SPARE) * exp(-RATE * TIME) - RATE * OUTER * ACTIVITY * exp(-RATE * TIME),
                    -SPARE * exp(-RATE * TIME),
                    on={
                        RATE: Interval.Lopen(0, 5),
                        OUTER: POSITIVE,
                        ACTIVITY: POSITIVE,
                        SPARE: POSITIVE,
                        TIME: Interval(0, 2),
                    },
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The first part is the solution with equality for D = t²; the second that the derivative of A·e^{−mD} is −s·e^{−mD}, "
        "with D′ written w, A written a and D written t.",
    ),
    Claim(
        id="jacot2018/theorem2/kernel-variation",
        where="proof of theorem 2, the variation of the NTK by the last weights",
        printed=r"\text{The summands [\ldots] vary at rate of } n_L^{-3/2} \text{ which induces a variation of the NTK "
        r"of rate } \frac{1}{\sqrt{n_L}}",
        statement=And(
            (
                Equal(1 / WIDTH * (1 / sqrt(WIDTH)), WIDTH ** Rational(-3, 2), on={WIDTH: Interval(1, 1000)}),
                Equal(WIDTH * WIDTH ** Rational(-3, 2), 1 / sqrt(WIDTH), on={WIDTH: Interval(1, 1000)}),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="n_L summands (1/n_L)·α_iα_i′, whose factors vary at the rate n_L^{−1/2}.",
    ),
    Claim(
        id="jacot2018/lemma1/direction-step",
        where="proof of theorem 2 (line 173) and of lemma 1, step 1 (lines 356 to 361)",
        printed=r"d^{(\ell)}_t = \dot\sigma(\tilde\alpha^{(\ell)}(t)) \left( \frac{1}{\sqrt{n_\ell}} W^{(\ell)}(t) "
        r"\right)^T d^{(\ell+1)}_t",
        statement=ForAll(SIGMAS, back_propagated),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="The chain rule through a layer of two neurons: the derivative by the first pre-activation.",
    ),
    Claim(
        id="jacot2018/lemma1/direction-bound",
        where="proof of lemma 1 (A.3), step 2 (lines 384 to 393)",
        printed=r"\|d^{(\ell)}_t\| \leq c\, w^{(\ell)}(t) \|d^{(\ell+1)}_t\| [\ldots] \text{ These bounds lead to } "
        r"\|d^{(\ell)}_t\| \leq c^{L+1-\ell} \prod_{k=\ell}^{L} w^{(k)}(t) \|d_t\|",
        assumptions=("m = L + 1 − ℓ factors, whose product of the w is written a; w belongs to one layer more",),
        statement=And(
            (
                Equal(LIPSCHITZ**0 * S.One, S.One, on={LIPSCHITZ: Interval.Lopen(0, 5)}),
                Equal(
                    LIPSCHITZ * OUTER * (LIPSCHITZ**N * ACTIVITY),
                    LIPSCHITZ ** (N + 1) * (OUTER * ACTIVITY),
                    on={LIPSCHITZ: Interval.Lopen(0, 5), OUTER: POSITIVE, ACTIVITY: POSITIVE, N: S.Naturals0},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="Start m = 0, which is ℓ = L + 1, and step of the induction downwards; |σ̇| ≤ c and w is the norm of W/√n.",
    ),
    Claim(
        id="jacot2018/lemma1/kernel-bound",
        where="proof of lemma 1 (A.3), step 2, the bounds of ‖Θ‖",
        printed=r"\|\Theta^{(1)}\|_{op} \leq (a^{(0)})^2 + \beta^2, \quad \|\Theta^{(\ell+1)}\|_{op} \leq "
        r"c^2 (w^{(\ell)})^2 \|\Theta^{(\ell)}\|_{op} + (a^{(\ell)})^2 + \beta^2",
        assumptions=("one data point and width 1, where the norms are the numbers; |σ̇| = c − s",),
        statement=Equal(
            LIPSCHITZ**2 * OUTER**2 * NORM
            + ACTIVITY**2
            + BIAS**2
            - ((LIPSCHITZ - SPARE) ** 2 * OUTER**2 * NORM + ACTIVITY**2 + BIAS**2),
            SPARE * (2 * LIPSCHITZ - SPARE) * OUTER**2 * NORM,
            on={
                LIPSCHITZ: Interval(1, 5),
                SPARE: Interval(0, 1),
                OUTER: POSITIVE,
                NORM: POSITIVE,
                ACTIVITY: POSITIVE,
                BIAS: POSITIVE,
            },
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="jacot2018/lemma1/initial-weights",
        where="proof of lemma 1 (A.3), step 4",
        printed=r"\text{In this limit, we indeed have that } w^{(\ell)} \text{ and } a^{(\ell)} \text{ are convergent: we "
        r"have } w^{(\ell)} \to 0",
        assumptions=(
            "w = ‖W/√n_ℓ‖_op at the start and n_{ℓ+1} = 1, so that w² is the mean of n_ℓ squares of standard Gaussians",
            "as E w⁴ = 1 + 2/n stays bounded, w → 0 in probability would give E w² → 0",
        ),
        statement=Equal(expectation(X**2), S.Zero),
        checks=(CertifiedWitness(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="W·Wᵀ/n_ℓ tends to the identity of size n_{ℓ+1}, so that w → 1. The proof needs only that w stays bounded.",
        corrected=Claim(
            id="jacot2018/lemma1/initial-weights/corrected",
            where="proof of lemma 1 (A.3), step 4",
            printed=r"w^{(\ell)} \to 1",
            assumptions=("n_{ℓ+1} = 1",),
            statement=And(
                (
                    Equal(expectation(X**2), S.One),
                    Equal(expectation((X**2 - 1) ** 2), Integer(2)),
                    Equal(WIDTH * 2 / WIDTH**2, 2 / WIDTH, on={WIDTH: Interval(1, 1000)}),
                )
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="E w² = 1 and Var w² = n·2/n² = 2/n: w² → 1 in mean square.",
        ),
    ),
)
