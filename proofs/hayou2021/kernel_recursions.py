"""How hayou2021 derives the NTK recursions of dense and convolutional layers (appendix 6.1, lemmas 1 and 2)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from sympy import Derivative, Expr, Interval, Rational, S, Symbol, diff, oo, sqrt, symbols, tanh

from symntk.claims import (
    IDENTITY,
    CertifiedWitness,
    Claim,
    DerivedQuantity,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    Statement,
    Verdict,
    derived,
    expectation,
    sampled,
)
from symntk.notation import X

WEIGHT, BIAS, THETA = Symbol("sigma_w", positive=True), Symbol("sigma_b", nonnegative=True), Symbol("theta", real=True)
"""θ is a parameter of the layers below."""
SCALES = {WEIGHT: Interval.open(0, oo), BIAS: Interval(0, oo)}
LINE = {THETA: Interval(-1, 1)}
SAMPLE = sampled(*IDENTITY)
ACTIVATIONS = (X**2, X**3, tanh(X))
FILTER, CHANNELS, POSITIONS = (-1, 0, 1), range(2), range(3)
SAME, OTHER = expectation(X**2), expectation(X) ** 2
"""E w² and E w w′ for independent standard weights."""
SLOPES, KERNELS, VALUES = symbols("s:3", real=True), symbols("K:3", real=True), symbols("e:3", real=True)
"""E φ′φ′, K^{l−1} and E φφ at the positions (α + β, α′ + β), β = −1, 0, 1."""
FIRST, SECOND = symbols("p:2", real=True), symbols("r:2", real=True)
"""φ(y_j) at x and at x′."""
TERMS = dict.fromkeys((*SLOPES, *KERNELS, *VALUES, *FIRST, *SECOND), S.Reals)
Below = Callable[[int, int], Expr]
"""(j, α) → y_{j,α}^{l−1} as a function of θ."""


def weight(output: int, source: int, shift: int) -> Expr:
    """A filter weight w_{i,j,β}; all twelve differ."""
    return Rational(1 + 7 * output + 3 * source + shift * shift + 2 * shift, 5)


def at_first(channel: int, position: int) -> Expr:
    """y_{j,α}(x)."""
    return Rational(1 + channel + 2 * (position % 3), 4) + THETA * Rational(2 - channel, 3 + position % 3)


def at_second(channel: int, position: int) -> Expr:
    """y_{j,α}(x′)."""
    return Rational(3 - channel - position % 3, 5) - THETA * Rational(1 + 2 * channel, 2 + position % 3)


def convolved(phi: Expr, below: Below, channel: int, position: int) -> Expr:
    """y_{i,α}^l of eq. 5 with two channels, three positions, the filter [−1 : 1] and σ_w = 1, σ_b = 0."""
    return sum(
        (weight(channel, j, b) * phi.subs(X, below(j, position + b)) for j, b in product(CHANNELS, FILTER)), S.Zero
    ) / sqrt(6)


def term(phi: Expr, below: Below, channel: int, position: int, moved: int) -> Expr:
    """φ′(y_{j,α}) times the derivative of y_{moved,α} in θ."""
    return diff(phi, X).subs(X, below(channel, position)) * diff(below(moved, position), THETA)


def derivative(phi: Expr, swapped: bool) -> Equal:
    """∂_θ y_{0,0}^l against the printed sum, with ∂_θ y_{i,α+β} (swapped) or ∂_θ y_{j,α+β}."""
    printed = sum(
        (weight(0, j, b) * term(phi, at_first, j, b, 0 if swapped else j) for j, b in product(CHANNELS, FILTER)), S.Zero
    )
    return Equal(Derivative(convolved(phi, at_first, 0, 0), THETA), printed / sqrt(6), on=LINE)


def squared(phi: Expr, same_shift: bool) -> Equal:
    """∂_θ y_{0,0}(x)·∂_θ y_{1,1}(x′) against the double sum, at the positions α′ + β (same_shift) or α′ + β′."""
    left = Derivative(convolved(phi, at_first, 0, 0), THETA) * Derivative(convolved(phi, at_second, 1, 1), THETA)
    printed = sum(
        (
            weight(0, j, b)
            * weight(1, k, c)
            * term(phi, at_first, j, b, j)
            * term(phi, at_second, k, 1 + (b if same_shift else c), k)
            for j, k, b, c in product(CHANNELS, CHANNELS, FILTER, FILTER)
        ),
        S.Zero,
    )
    return Equal(left, printed / 6, on=LINE)


def dense(phi: Expr) -> Equal:
    """∂_θ of σ_w/√2 Σ_j w_j φ(y_j) with two neurons."""
    row = (Rational(1, 2), Rational(-3))
    y = WEIGHT / sqrt(2) * sum((row[j] * phi.subs(X, at_first(j, 0)) for j in CHANNELS), S.Zero)
    printed = WEIGHT / sqrt(2) * sum((row[j] * term(phi, at_first, j, 0, j) for j in CHANNELS), S.Zero)
    return Equal(Derivative(y, THETA), printed, on={**LINE, WEIGHT: SCALES[WEIGHT]})


def last_layer() -> Equal:
    """Σ over w_1, w_2 and b of ∂y(x) ∂y(x′)."""
    parameters = symbols("w:2 b", real=True)
    outputs = [
        WEIGHT / sqrt(2) * (parameters[0] * values[0] + parameters[1] * values[1]) + BIAS * parameters[2]
        for values in (FIRST, SECOND)
    ]
    left = sum((Derivative(outputs[0], p) * Derivative(outputs[1], p) for p in parameters), S.Zero)
    printed = WEIGHT**2 / 2 * (FIRST[0] * SECOND[0] + FIRST[1] * SECOND[1]) + BIAS**2
    return Equal(
        left, printed, on={**SCALES, **{s: TERMS[s] for s in (*FIRST, *SECOND)}, **dict.fromkeys(parameters, S.Reals)}
    )


def input_kernel(primed: bool) -> Equal:
    """K¹ for n₀ = 1, k = 1, α = 0, α′ = 1, x = (1, 2, 4), x′ = (3, 5, −1), with x or x′ in the second place."""
    first, second = (1, 2, 4), (3, 5, -1)
    other = second if primed else first
    parameters = symbols("w:3 b", real=True)
    outputs = [
        WEIGHT / sqrt(3) * sum((w * values[(a + b) % 3] for w, b in zip(parameters, FILTER, strict=False)), S.Zero)
        + BIAS * parameters[3]
        for values, a in ((first, 0), (second, 1))
    ]
    left = sum((Derivative(outputs[0], p) * Derivative(outputs[1], p) for p in parameters), S.Zero)
    printed = WEIGHT**2 / 3 * sum(first[b % 3] * other[(1 + b) % 3] for b in FILTER) + BIAS**2
    return Equal(left, printed, on={**SCALES, **dict.fromkeys(parameters, S.Reals)})


DOUBLE = Equal(
    sum((SAME if b == c else OTHER) * SLOPES[b] * KERNELS[b] for b, c in product(POSITIONS, POSITIONS)) / 3,
    sum(SLOPES[b] * KERNELS[b] for b, _ in product(POSITIONS, POSITIONS)) / S(3),
    on={s: TERMS[s] for s in (*SLOPES, *KERNELS)},
)
ONES = dict.fromkeys((*SLOPES, *KERNELS), S.One)
FLAT = {WEIGHT: S.One, BIAS: S.Zero, **dict.fromkeys(symbols("w:3 b", real=True), S.Zero)}


def claim(name: str, line: str, printed: str, statement: Statement, note: str, expected: Verdict) -> Claim:
    """A claim that holds, of appendix 6.1."""
    return Claim(
        id=f"hayou2021/appendix6.1/{name}",
        where=f"appendix, section 6.1, proof of lemma {line}",
        printed=printed,
        statement=statement,
        checks=SAMPLE if expected is Verdict.SUPPORTED else IDENTITY,
        expected=expected,
        note=note,
    )


CLAIMS = (
    claim(
        "dense-derivative",
        "1 (line 955)",
        r"\partial_{\theta_{1:l}} y_i^{l+1}(x) = \frac{\sigma_w}{\sqrt{n_l}} \sum_{j=1}^{n_l} w_{ij}^{l+1} "
        r"\phi'(y_j^l(x)) \partial_{\theta_{1:l}} y_j^l(x)",
        ForAll(ACTIVATIONS, dense),
        "Two neurons; x², x³, tanh. The output index runs to n_{l+1}, printed n_l.",
        Verdict.SUPPORTED,
    ),
    claim(
        "dense-limit",
        "1 (lines 967, 971)",
        r"\frac{\sigma_w^2}{n_l} \sum_j^{n_l} (w_{ij}^{l+1})^2 \phi'(y_j^l(x)) \phi'(y_j^l(x')) K^l(x, x') "
        r"\rightarrow \dot{q}^{l+1}(x, x') K^l(x, x')",
        Equal(
            WEIGHT**2 * SAME * SLOPES[0] * KERNELS[0],
            WEIGHT**2 * SLOPES[0] * KERNELS[0],
            on={WEIGHT: SCALES[WEIGHT], SLOPES[0]: S.Reals, KERNELS[0]: S.Reals},
        ),
        "The law of large numbers takes the mean; w is independent of the layer below and E w² = 1.",
        Verdict.PROVED,
    ),
    claim(
        "dense-last-layer",
        "1 (line 975)",
        r"(\partial_{w^{l+1}} y_i^{l+1}(x))(\partial_{w^{l+1}} y_i^{l+1}(x'))^t + (\partial_{b^{l+1}} y_i^{l+1}(x))"
        r"(\partial_{b^{l+1}} y_i^{l+1}(x'))^t = \frac{\sigma_w^2}{n_l} \sum_j \phi(y_j^l(x))\phi(y_j^l(x')) + \sigma_b^2",
        last_layer(),
        "Two neurons.",
        Verdict.SUPPORTED,
    ),
    Claim(
        id="hayou2021/appendix6.1/cnn-first-kernel",
        where="appendix, section 6.1, proof of lemma 2 (line 997)",
        printed=r"K_{(i,\alpha),(i',\alpha')}^1(x, x') = \delta_{ii'} \left( \frac{\sigma_w^2}{n_0(2k+1)} \sum_j "
        r"\sum_{\beta} x_{j, \alpha+\beta} x_{j, \alpha'+\beta} + \sigma_b^2 \right)",
        statement=input_kernel(primed=False),
        checks=(CertifiedWitness(FLAT), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The second input is x′.",
        corrected=claim(
            "cnn-first-kernel/corrected",
            "2 (line 997)",
            r"\delta_{ii'} \left( \frac{\sigma_w^2}{n_0(2k+1)} [x, x']_{\alpha, \alpha'} + \sigma_b^2 \right)",
            input_kernel(primed=True),
            "One input channel, three positions, k = 1.",
            Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2021/appendix6.1/cnn-derivative",
        where="appendix, section 6.1, proof of lemma 2 (line 1001)",
        printed=r"\partial_{\theta_{1:l-1}} y_{i, \alpha}^l(x) = \frac{\sigma_w}{\sqrt{n_{l-1}(2k+1)}} \sum_j \sum_{\beta} "
        r"w_{i,j,\beta}^l \phi'(y_{j, \alpha+\beta}^{l-1}) \partial_{\theta_{1:l-1}} y_{i, \alpha+\beta}^{l-1}(x)",
        statement=derivative(X**2, swapped=True),
        checks=(CertifiedWitness({THETA: 0}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The last channel index is j. Two channels, three positions, k = 1, φ(x) = x².",
        corrected=claim(
            "cnn-derivative/corrected",
            "2 (line 1001)",
            r"\ldots \phi'(y_{j, \alpha+\beta}^{l-1}) \partial_{\theta_{1:l-1}} y_{j, \alpha+\beta}^{l-1}(x)",
            ForAll(ACTIVATIONS, lambda phi: derivative(phi, swapped=False)),
            "Two channels, three positions, k = 1; x², x³, tanh.",
            Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2021/appendix6.1/cnn-product",
        where="appendix, section 6.1, proof of lemma 2 (lines 1005, 1009)",
        printed=r"\frac{\sigma_w^2}{n_{l-1}(2k+1)} \sum_{j,j'} \sum_{\beta,\beta'} w_{i,j,\beta}^l w_{i',j',\beta'}^l "
        r"\phi'(y_{j,\alpha+\beta}^{l-1}) \phi'(y_{j',\alpha'+\beta}^{l-1}) \partial_{\theta_{1:l-1}} "
        r"y_{j,\alpha+\beta}^{l-1}(x) \partial_{\theta_{1:l-1}} y_{j',\alpha'+\beta}^{l-1}(x)^T",
        statement=squared(X**2, same_shift=True),
        checks=(CertifiedWitness({THETA: 0}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The second position is α′ + β′, and the second input, printed x, is x′. φ(x) = x².",
        corrected=claim(
            "cnn-product/corrected",
            "2 (lines 1005, 1009)",
            r"\ldots \phi'(y_{j',\alpha'+\beta'}^{l-1}) \ldots \partial_{\theta_{1:l-1}} y_{j',\alpha'+\beta'}^{l-1}(x')^T",
            ForAll((X**2, X**3), lambda phi: squared(phi, same_shift=False)),
            "Two channels, three positions, k = 1; x², x³.",
            Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2021/appendix6.1/cnn-limit",
        where="appendix, section 6.1, proof of lemma 2 (line 1015)",
        printed=r"\delta_{ii'} \left( \frac{1}{(2k+1)} \sum_{\beta,\beta'} q_{\alpha+\beta,\alpha'+\beta}^l "
        r"K_{(1,\alpha+\beta),(1,\alpha'+\beta)}^{l-1}(x, x') \right)",
        assumptions=("q^l is read as q̇^l; the sum over (β, β′) of what the weights leave in the mean, for k = 1",),
        statement=DOUBLE,
        checks=(CertifiedWitness(ONES), DerivedQuantity(lambda: derived(DOUBLE.lhs))),
        expected=Verdict.REFUTED,
        kind="error",
        note="E w_β w_β′ = 0 for β ≠ β′ leaves one sum; the double sum is 2k + 1 times too large.",
        corrected=claim(
            "cnn-limit/corrected",
            "2 (line 1015)",
            r"\delta_{ii'} \frac{1}{2k+1} \sum_{\beta} \dot{q}_{\alpha+\beta,\alpha'+\beta}^l "
            r"K_{(1,\alpha+\beta),(1,\alpha'+\beta)}^{l-1}(x, x')",
            Equal(DOUBLE.lhs, sum(SLOPES[b] * KERNELS[b] for b in POSITIONS) / S(3), on=DOUBLE.on),
            "For k = 1.",
            Verdict.SUPPORTED,
        ),
    ),
    claim(
        "cnn-average",
        "2, its end (line 1019), and lemma 2 (lines 132, 987)",
        r"K_{\alpha, \alpha'}^l = \frac{1}{2k+1} \sum_{\beta \in \ker_l} \Psi_{\alpha+\beta, \alpha'+\beta}^{l-1}, \quad "
        r"\Psi_{\alpha, \alpha'}^{l-1} = \dot{q}_{\alpha, \alpha'} K_{\alpha, \alpha'}^{l-1} + \hat{q}_{\alpha, \alpha'}",
        Equal(
            sum(WEIGHT**2 * (s * k + e) for s, k, e in zip(SLOPES, KERNELS, VALUES, strict=True)) / 3 + BIAS**2,
            sum(WEIGHT**2 * s * k + (BIAS**2 + WEIGHT**2 * e) for s, k, e in zip(SLOPES, KERNELS, VALUES, strict=True))
            / 3,
            on={**SCALES, **{s: TERMS[s] for s in (*SLOPES, *KERNELS, *VALUES)}},
        ),
        "For k = 1: what the lower layers, the weights and the bias give adds up to the mean of Ψ.",
        Verdict.SUPPORTED,
    ),
)
