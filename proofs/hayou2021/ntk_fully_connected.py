"""The NTK recursion of fully connected networks in hayou2021 against random networks, and its rate (lemma 1, 4.1)."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from flint import arb
from sympy import (
    Heaviside,
    Integer,
    Interval,
    Max,
    Rational,
    S,
    Symbol,
    asin,
    log,
    oo,
    pi,
    sqrt,
    symbols,
)

from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    AsymptoticTo,
    Claim,
    Equal,
    ForAll,
    Method,
    Prose,
    Route,
    Statement,
    Verdict,
    Witness,
    covariance,
    sampled,
)
from symntk.claims.checks import Finding, doubted, refuted, supported, unknown
from symntk.depth.certified_depth import certified_depth
from symntk.depth.parabolic import correlation_rate
from symntk.notation import RHO, N, X
from symntk.numbers.ball import enclose

RELU, STEP = Max(X, 0), Heaviside(X)
W2 = Symbol("w", positive=True)
"""σ_w²."""
OUT, LEFT, RIGHT = symbols("w0:3", real=True), symbols("p0:3", real=True), symbols("r0:3", real=True)
"""w_{ij}, and φ′(y_j)∂y_j at x and at x′."""
ROW = {s: Interval(-2, 2) for s in (*OUT, *LEFT, *RIGHT)}

F = (RHO * asin(RHO) + sqrt(1 - RHO**2)) / pi + RHO / 2
F_SLOPE = asin(RHO) / pi + Rational(1, 2)
FIRST = Rational(1, 2)
SECOND = F.subs(RHO, FIRST)
"""c¹ and c² on the edge of chaos of ReLU."""
SAMPLES, NEURONS, SEED = 150, 300, 20210
START = Rational(3, 10)


def double_sum(size: int) -> Equal:
    """The product of two sums over neurons against the sum over pairs of neurons."""
    first, second = (sum((w * v for w, v in zip(OUT[:size], side, strict=False)), S.Zero) for side in (LEFT, RIGHT))
    pairs = sum((OUT[j] * OUT[k] * LEFT[j] * RIGHT[k] for j in range(size) for k in range(size)), S.Zero)
    on = {W2: Interval.open(0, oo), **{s: ROW[s] for side in (OUT, LEFT, RIGHT) for s in side[:size]}}
    return Equal((sqrt(W2 / size) * first) * (sqrt(W2 / size) * second), W2 / size * pairs, on=on)


def empirical_kernel(generator: np.random.Generator) -> float:
    """∇f(x)·∇f(x′) of one random ReLU network of three layers, σ_b = 0, σ_w² = 2, at correlation 1/2, q¹ = 1."""
    x = np.array([[1.0, 0.0], [0.5, np.sqrt(0.75)]]).T
    u, v, w = (generator.standard_normal(shape) for shape in ((NEURONS, 2), (NEURONS, NEURONS), NEURONS))
    scale = np.sqrt(2 / NEURONS)
    first = u @ x
    second = scale * (v @ np.maximum(first, 0))
    back = scale * w[:, None] * (second > 0)
    further = scale * (v.T @ back) * (first > 0)
    sources = (x, scale * np.maximum(first, 0), scale * np.maximum(second, 0))
    carried = (further, back, np.ones((1, 2)))
    return float(sum((s[:, 0] @ s[:, 1]) * (g[:, 0] @ g[:, 1]) for s, g in zip(sources, carried, strict=True)))


@lru_cache(maxsize=1)
def empirical_mean() -> tuple[float, float]:
    """The mean over random networks and its standard error."""
    generator = np.random.default_rng(SEED)
    values = np.array([empirical_kernel(generator) for _ in range(SAMPLES)])
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(SAMPLES))


def by_networks(statement: Statement) -> Finding:
    """Compares the right side with the mean of random networks, whose error includes the finite width."""
    if not isinstance(statement, Equal):
        return unknown("this route reads Equal")
    mean, error = empirical_mean()
    distance = abs(mean - float(enclose(statement.rhs, bits=40).mid()))
    text = f"{SAMPLES} networks of width {NEURONS} give {mean:.4f} ± {error:.4f}"
    return supported(text) if distance < 4 * error else doubted(text)


def relu_ratio(index: int, bits: int) -> arb:
    """K^L(x, x′)/K^L(x, x) = AK^L(x, x′)/q of ReLU on the edge of chaos, from c¹ = 3/10."""
    return certified_depth(activation("relu"), index, START, bits=bits).ntk_ratio


def by_expansion(statement: Statement) -> Finding:
    """The coefficients 1 and log L/L of the exact expansion of AK^L/q against the right side."""
    if not isinstance(statement, AsymptoticTo) or statement.order != 1 / N:
        return unknown("this route reads AsymptoticTo with O(1/L)")
    ntk = correlation_rate(activation("relu"), 2).ntk
    gap = ntk.coefficient(0) + ntk.coefficient(-1, 1) * log(N) / N - statement.rhs
    constant, logarithmic = gap.subs(log(N), 0).subs(N, oo), (gap * N).expand().coeff(log(N))
    if constant == 0 and logarithmic == 0:
        return supported("the expansion has these terms")
    return refuted("the expansion differs", Witness(point=(("term", "log(L)/L"),), gap=str(logarithmic)))


def by_depths(statement: Statement) -> Finding:
    """L·(AK^L/q − rhs) in balls at depths 10³, 10⁶, 10⁹, 10¹²: bounded, or growing by more than 1 each time."""
    if not isinstance(statement, AsymptoticTo) or statement.order != 1 / N:
        return unknown("this route reads AsymptoticTo with O(1/L)")
    depths = [10**k for k in (3, 6, 9, 12)]
    gaps = [L * (relu_ratio(L, 128) - enclose(statement.rhs, {N: Integer(L)}, bits=128)) for L in depths]
    steps = [abs(later - earlier) for earlier, later in pairwise(gaps)]
    if all(step > 1 for step in steps):
        return doubted(f"the remainder over 1/L grows to {gaps[-1].str(6)}")
    return supported("the remainder over 1/L settles") if all(step < 0.1 for step in steps) else unknown("unclear")


EXPANSION = Route("exact expansion of the NTK", Method.ALGEBRA, by_expansion)
RATES = (Route("certified depths", Method.BALL, by_depths), EXPANSION)
THIRD_KERNEL = 2 * covariance(RELU, rho=SECOND) + 2 * covariance(STEP, rho=SECOND) * (
    2 * covariance(RELU, rho=FIRST) + 2 * covariance(STEP, rho=FIRST) * FIRST
)
"""K³ by the recursion of lemma 1, in units of q."""

CLAIMS = (
    Claim(
        id="hayou2021/lemma1/recursion",
        where="lemma 1 (also appendix lemma 1 of section 6.1)",
        printed=r"K^L(x, x') = \dot{q}^L(x, x') K^{L-1}(x, x') + q^L(x, x')",
        assumptions=("q and q̇ as the appendix defines them; ReLU, σ_b = 0, σ_w² = 2, L = 3, c¹ = 1/2, q = 1",),
        statement=Equal(
            THIRD_KERNEL,
            F.subs(RHO, SECOND) + F_SLOPE.subs(RHO, SECOND) * (SECOND + F_SLOPE.subs(RHO, FIRST) * FIRST),
        ),
        checks=(*sampled(*IDENTITY), Route("random networks", Method.SMALL_NETWORK, by_networks)),
        expected=Verdict.SUPPORTED,
        note="The value is also the mean of ∇f(x)·∇f(x') over random networks of three layers.",
    ),
    Claim(
        id="hayou2021/lemma1/proof-double-sum",
        where="appendix 6.1, lemma 1, proof, second display",
        printed=r"(\partial_{\theta_{1:l}} y_i^{l+1}(x)) (\partial_{\theta_{1:l}} y_i^{l+1}(x'))^t = "
        r"\frac{\sigma_w^2}{n_l} \sum_{j,j'}^{n_l} w_{ij}^{l+1} w_{ij'}^{l+1} \phi'(y_j^l(x)) \phi'(y_{j'}^l(x')) "
        r"\partial_{\theta_{1:l}} y_j^l(x) (\partial_{\theta_{1:l}} y_{j'}^l(x'))^t",
        assumptions=("p_j = φ′(y_j(x))∂y_j(x), r_j the same at x′, one weight below",),
        statement=ForAll((1, 2, 3), double_sum),
        checks=IDENTITY,
        expected=Verdict.SUPPORTED,
        note="For n_l ≤ 3.",
    ),
    Claim(
        id="hayou2021/section4.1/log-factor",
        where="section 4.1",
        printed=r"\text{a convergence rate of approximately order } L^{-1} \text{ for ReLU and Tanh. Recall that for Tanh "
        r"the exact rate is } \mathcal{O}(\log(L)L^{-1}) \text{, the logarithmic factor is the reason why the gap is "
        r"increasing between ReLU and Tanh curves}",
        assumptions=("read as: ReLU has no such factor; AK^L(x, x′)/q from c¹ = 3/10 on the EOC",),
        statement=AsymptoticTo(relu_ratio, Rational(1, 4), variable=N, order=1 / N),
        checks=RATES,
        expected=Verdict.REFUTED,
        kind="error",
        note="Theorem 1 itself states the rate log(L)/L for both activations.",
        corrected=Claim(
            id="hayou2021/section4.1/log-factor/corrected",
            where="section 4.1",
            printed=r"\text{ReLU: } \frac{AK^L(x, x')}{q} = \frac{1}{4} + \frac{3}{8} \frac{\log(L)}{L} "
            r"+ \mathcal{O}(L^{-1})",
            statement=AsymptoticTo(relu_ratio, Rational(1, 4) + 3 * log(N) / (8 * N), variable=N, order=1 / N),
            checks=RATES,
            expected=Verdict.SUPPORTED,
            note="Against (3 − 2f₃/f₂²)/9 for tanh, which is −1.36 at q = 1/2: larger, but of the same order.",
        ),
    ),
    Claim(
        id="hayou2021/section4.2/table2",
        where="section 4.2, table 2",
        printed=r"\text{Test accuracy for varying architectures and depths on MNIST dataset}",
        statement=Prose(
            "Accuracies of trained networks on MNIST.", "an experiment on data that are not part of symntk"
        ),
        expected=Verdict.OUT_OF_SCOPE,
    ),
)
