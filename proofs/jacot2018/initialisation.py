"""Appendix A.1 of jacot2018: the operator norm of kernels, proposition 1 and theorem 1 with their recursions."""

from __future__ import annotations

from sympy import Expr, Integer, Interval, Rational, S, Symbol, diff, sqrt

from symntk.claims import (
    IDENTITY,
    AlgebraicIdentity,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    QuadratureAtPoints,
    Verdict,
    covariance,
    sampled,
)
from symntk.dynamics.gaussian_interpolation import gaussian_mean
from symntk.notation import RHO, X

BETA = Symbol("beta", nonnegative=True)
EIGENVALUE, COUNT = Symbol("k", positive=True), Symbol("N", integer=True, positive=True)
FIRST, SECOND = (tuple(Symbol(f"{name}_{i}", real=True) for i in range(1, 4)) for name in ("x", "y"))
BIAS = Symbol("b", real=True)
REALS = Interval(-2, 2)
WIDTHS = (1, 2, 3)
POLYNOMIALS = (X**2, X**3, X**3 - 2 * X + 1)


def unit(size: int) -> tuple[tuple[Expr, ...], ...]:
    """The covariance of iid standard Gaussian parameters."""
    return tuple(tuple(S(int(i == j)) for j in range(size)) for i in range(size))


def weights(size: int) -> tuple[Symbol, ...]:
    """The weights of one output neuron."""
    return tuple(Symbol(f"w_{i}", real=True) for i in range(size))


def affine(values: tuple[Symbol, ...]) -> Expr:
    """(1/√n)·Σ w_i a_i + β·b."""
    terms = sum((w * a for w, a in zip(weights(len(values)), values, strict=True)), S.Zero)
    return terms / sqrt(Integer(len(values))) + BETA * BIAS


def product(size: int) -> Expr:
    """(1/n)·x·y."""
    return sum((a * b for a, b in zip(FIRST[:size], SECOND[:size], strict=True)), S.Zero) / size


def box(size: int) -> dict[Symbol, Interval]:
    return {BETA: Interval(0, 2), **dict.fromkeys((*FIRST[:size], *SECOND[:size]), REALS)}


def affine_covariance(size: int) -> Equal:
    """E f(x)f(y) of a random affine function against (1/n)x·y + β²."""
    first, second = affine(FIRST[:size]), affine(SECOND[:size])
    mean = gaussian_mean(first * second, (*weights(size), BIAS), unit(size + 1))
    return Equal(mean, product(size) + BETA**2, on=box(size))


def affine_tangent(size: int) -> Equal:
    """Σ_θ ∂_θ f(x)·∂_θ f(y) of an affine function."""
    parameters = (*weights(size), BIAS)
    pairs = ((diff(affine(FIRST[:size]), p), diff(affine(SECOND[:size]), p)) for p in parameters)
    return Equal(sum((a * b for a, b in pairs), S.Zero), product(size) + BETA**2, on=box(size))


def mean_tangent(case: tuple[Expr, int]) -> Equal:
    """E of the NTK of one hidden layer of width n, against Θ⁽¹⁾·Σ̇⁽²⁾ + Σ⁽²⁾ with Σ⁽¹⁾ = ρ off the diagonal, 1 on it."""
    sigma, width = case
    slope = diff(sigma, X)
    hidden = tuple((Symbol(f"u_{i}", real=True), Symbol(f"v_{i}", real=True)) for i in range(width))
    outer = weights(width)
    tangent: Expr = BETA**2
    for (u, v), w in zip(hidden, outer, strict=True):
        inner = RHO * slope.subs(X, u) * slope.subs(X, v) * w**2
        tangent += (inner + sigma.subs(X, u) * sigma.subs(X, v)) / width
    variables = (*(z for pair in hidden for z in pair), *outer)
    found = gaussian_mean(tangent, variables, paired(width))
    return Equal(
        found, RHO * covariance(slope) + covariance(sigma) + BETA**2, on={RHO: Interval(-1, 1), BETA: REALS_PLUS}
    )


REALS_PLUS = Interval(0, 2)


def paired(width: int) -> tuple[tuple[Expr, ...], ...]:
    """Covariance of (α̃_i(x), α̃_i(y)) of correlation ρ for each neuron, and of the outer weights."""
    size = 3 * width

    def entry(i: int, j: int) -> Expr:
        if i == j:
            return S.One
        return RHO if i < 2 * width and j < 2 * width and i // 2 == j // 2 else S.Zero

    return tuple(tuple(entry(i, j) for j in range(size)) for i in range(size))


def outer_mean(size: int) -> Equal:
    """E W_ik W_ik′ for k = 1 and k′ = 1, …: δ_kk′ summed against 1, 2, 3."""
    first, others = Symbol("W_1", real=True), tuple(Symbol(f"W_{k}", real=True) for k in range(1, size + 1))
    found = sum((k * gaussian_mean(first * w, others, unit(size)) for k, w in enumerate(others, 1)), S.Zero)
    return Equal(found, S.One)


CLAIMS = (
    Claim(
        id="jacot2018/appA/operator-norm",
        where="appendix A, before A.1 (lines 12 to 21)",
        printed=r"\|K\|_{op} = \max_{\|f\|_{p^{in}} \leq 1} \|f\|_K = \max_{\|f\|_{p^{in}} \leq 1} "
        r"\sqrt{\mathbb{E}_{x,x'}[f(x)^T K(x,x') f(x')]} [\ldots] \text{ is equal to the leading eigenvalue of the } "
        r"Nn_L \times Nn_L \text{ Gram matrix}",
        assumptions=(
            "the broken sign before E is read as a square root",
            "f = √N·e for a unit eigenvector e of the Gram matrix of eigenvalue k: ‖f‖ = 1 and E fKf = (1/N²)·N·k",
        ),
        statement=Equal(
            sqrt(COUNT * EIGENVALUE / COUNT**2), EIGENVALUE, on={EIGENVALUE: Interval.open(0, 10), COUNT: S.Naturals}
        ),
        checks=(CertifiedWitness({EIGENVALUE: 4, COUNT: 2}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="Not equal even without the factor 1/N of two averages over N points: the root is of degree 1/2 in K. The "
        "bounds of A.2 and A.3 use a norm of degree 1.",
        corrected=Claim(
            id="jacot2018/appA/operator-norm/corrected",
            where="appendix A, before A.1 (lines 12 to 21)",
            printed=r"\|K\|_{op} = \max_{\|f\|_{p^{in}} \leq 1} \mathbb{E}_{x,x'}[f(x)^T K(x,x') f(x')] = "
            r"\frac1N \lambda_{\max}",
            statement=Equal(
                COUNT * EIGENVALUE / COUNT**2,
                EIGENVALUE / COUNT,
                on={EIGENVALUE: Interval.open(0, 10), COUNT: S.Naturals},
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="In the eigenbasis of the Gram matrix the largest eigenvalue gives the maximum.",
        ),
    ),
    Claim(
        id="jacot2018/proposition1/first-layer",
        where="proposition 1 (line 31) and its proof for L = 1",
        printed=r"\Sigma^{(1)}(x, x') = \frac{1}{n_0} x^T x' + \beta^2, \quad f_\theta(x) = \frac{1}{\sqrt{n_0}} W^{(0)}x "
        r"+ \beta b^{(0)}",
        statement=ForAll(WIDTHS, affine_covariance),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="For n_0 = 1, 2, 3 and every x, x′: the mean over iid standard parameters, by Wick's formula.",
    ),
    Claim(
        id="jacot2018/proposition1/conditional-covariance",
        where="proof of proposition 1 (lines 55 to 61)",
        printed=r"\tilde\Sigma^{(L+1)}(x,x') = \frac{1}{n_L} \alpha^{(L)}(x;\theta)^T \alpha^{(L)}(x';\theta) + \beta^2",
        assumptions=("α is written x and y; n_L = 1, 2, 3",),
        statement=ForAll(WIDTHS, affine_covariance),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="Given the activations, the outputs are affine in iid Gaussian parameters.",
    ),
    Claim(
        id="jacot2018/proposition1/recursion",
        where="proposition 1 (line 32) and its proof (line 64)",
        printed=r"\Sigma^{(L+1)}(x, x') = \mathbb{E}_{f \sim \mathcal{N}(0,\Sigma^{(L)})}[\sigma(f(x))\sigma(f(x'))] "
        r"+ \beta^2",
        assumptions=("unit variances, ρ = Σ^{(L)}(x, x′); σ = x², x³, x³ − 2x + 1",),
        statement=ForAll(
            POLYNOMIALS,
            lambda s: Equal(
                gaussian_mean(
                    s.subs(X, FIRST[0]) * s.subs(X, SECOND[0]), (FIRST[0], SECOND[0]), ((S.One, RHO), (RHO, S.One))
                )
                + BETA**2,
                covariance(s) + BETA**2,
                on={RHO: Interval(-1, 1), BETA: REALS_PLUS},
            ),
        ),
        checks=sampled(AlgebraicIdentity(), QuadratureAtPoints(count=3)),
        expected=Verdict.SUPPORTED,
        note="What the law of large numbers converges to, by Wick's formula, against Price's theorem and quadrature.",
    ),
    Claim(
        id="jacot2018/theorem1/first-layer",
        where="theorem 1 (line 80) and its proof for L = 1 (lines 92 to 101)",
        printed=r"\Theta_{kk'}(x,x') = \frac{1}{n_0} \sum_{i,j} x_i x'_i \delta_{jk}\delta_{jk'} + \beta^2 \sum_j "
        r"\delta_{jk}\delta_{jk'} = \frac{1}{n_0}x^Tx'\delta_{kk'} + \beta^2\delta_{kk'} = \Sigma^{(1)}(x,x')\delta_{kk'}",
        statement=ForAll(WIDTHS, affine_tangent),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="For n_0 = 1, 2, 3 and one output, by differentiation; outputs share no parameter.",
    ),
    Claim(
        id="jacot2018/theorem1/recursion",
        where="theorem 1 (lines 81 to 84) and its proof (line 139)",
        printed=r"\Theta^{(L+1)}_\infty(x,x') = \Theta^{(L)}_\infty(x,x') \dot\Sigma^{(L+1)}(x,x') + \Sigma^{(L+1)}(x,x')",
        assumptions=(
            "the mean over the outer weights and over pre-activations of variance 1 and correlation ρ = Θ^{(1)}(x, x′)",
            "σ = x², x³, x³ − 2x + 1, widths 1 and 2",
        ),
        statement=ForAll(tuple((s, n) for s in POLYNOMIALS for n in (1, 2)), mean_tangent),
        checks=sampled(AlgebraicIdentity(), QuadratureAtPoints(count=3)),
        expected=Verdict.SUPPORTED,
        note="For one hidden layer the mean of the NTK is the limit at every width; the law of large numbers does the rest.",
    ),
    Claim(
        id="jacot2018/theorem1/outputs-decouple",
        where="proof of theorem 1 (lines 136 to 139)",
        printed=r"\frac{1}{n_L}\sum_i \Theta^{(L)}_\infty(x,x') \dot\sigma \dot\sigma W^{(L)}_{ik}W^{(L)}_{ik'} "
        r"\to \Theta^{(L)}_\infty(x,x') \dot\Sigma^{(L+1)}(x,x') \delta_{kk'}",
        statement=ForAll(WIDTHS, outer_mean),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="E W_ik W_ik′ = δ_kk′; W is independent of the pre-activations.",
    ),
    Claim(
        id="jacot2018/theorem2/top-bias",
        where="proof of theorem 2 (A.2), on the derivatives by the biases of the top layer",
        printed=r"\text{The derivatives with respect to the bias parameters of the top layer } "
        r"\partial_{b^{(L)}_j} f_{\theta,j'} \text{ are always equal to } \delta_{jj'}",
        statement=Equal(diff(affine(FIRST[:2]), BIAS), S.One, on={BETA: REALS_PLUS}),
        checks=(CertifiedWitness({BETA: Rational(1, 2)}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The biases enter as βb, as line 40 and the β² of the kernel have it. The proof needs only that it is constant.",
        corrected=Claim(
            id="jacot2018/theorem2/top-bias/corrected",
            where="proof of theorem 2 (A.2), on the derivatives by the biases of the top layer",
            printed=r"\partial_{b^{(L)}_j} f_{\theta,j'} = \beta \delta_{jj'}",
            statement=Equal(diff(affine(FIRST[:2]), BIAS), BETA, on={BETA: REALS_PLUS}),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
)
