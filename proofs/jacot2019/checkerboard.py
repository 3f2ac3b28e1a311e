"""Appendices F and H of jacot2019: parents and checkerboards in the bulk, remark 4 and proposition 3."""

from __future__ import annotations

from sympy import Expr, Integer, Interval, Rational, S, Symbol, ceiling

from symntk.activations.catalogue import activation
from symntk.architectures.deconvolutional import (
    ConvolutionalKernels,
    Inputs,
    Rates,
    checkerboard_kernel,
    checkerboard_ntk,
    valuation,
)
from symntk.architectures.half_line import HalfLine
from symntk.architectures.positions import deconvolution
from symntk.claims import (
    IDENTITY,
    And,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    Verdict,
    sampled,
)
from symntk.gaussian.moments import standardized

BETA = Symbol("beta", nonnegative=True)
UNIT = {BETA: Interval(0, 1)}
RELU, SINE = standardized(activation("relu")), standardized(activation("sin"))
BIAS = Rational(3, 5)
SHAPES = ((2, 1), (2, 2), (3, 1), (3, 2))
"""Strides s and numbers w of parents; the windows are {0, …, ws − 1}."""
GAPS = tuple(range(1, 9))
DEPTH, PLACE = 3, 18
NET = deconvolution((4,), (HalfLine(stride=2, window=4),), DEPTH)
WIDE = deconvolution((12,), (HalfLine(stride=2, window=4),), DEPTH)


def reached(stride: int, parents: int, position: int) -> list[int]:
    """The q with sq ∈ p + {0, …, ws − 1}, by trying them."""
    return [q for q in range(-99, 100) if position <= stride * q < position + parents * stride]


def printed_parents(stride: int, parents: int, position: int) -> list[int]:
    """⌊p/s⌋, ⌊p/s⌋ + 1, …, ⌊p/s⌋ + w."""
    return [position // stride + k for k in range(parents + 1)]


def pixels(first: object, second: object) -> Expr:
    """Orthogonal pixels of norm √n₀: x_pᵀx_p′/n₀."""
    return S.One if first == second else S.Zero


def tilted(first: object, second: object) -> Expr:
    """x_pᵀy_p′/n₀ for another pair of inputs."""
    return Rational(1, 3) if first == second else Rational(-1, 5)


def bulk(inputs: Inputs = pixels) -> ConvolutionalKernels:
    """The kernels of the standardised ReLU with β = 3/5 far from the border."""
    return ConvolutionalKernels(
        net=WIDE, activation=RELU, beta_squared=BIAS**2, inputs=inputs, first=pixels, second=pixels
    )


def contribution(layer: int, *, weights: bool) -> ConvolutionalKernels:
    """The part of the NTK that the weights or the biases of one layer make."""

    def chosen(k: int) -> Expr:
        return S.One if k == layer else S.Zero

    def none(_: int) -> Expr:
        return S.Zero

    rates = Rates(weights=chosen, biases=none) if weights else Rates(weights=none, biases=chosen)
    return ConvolutionalKernels(net=NET, activation=RELU, beta_squared=BIAS**2, inputs=pixels, rates=rates)


def silent(kernels: ConvolutionalKernels, period: int) -> tuple[Equal, ...]:
    """The contribution is 0 at the gaps that the period does not divide."""
    return tuple(Equal(kernels.ntk(DEPTH, (PLACE,), (PLACE + gap,)), S.Zero) for gap in GAPS if gap % period) or (
        Equal(S.Zero, S.Zero),
    )


LETTERS = tuple(Symbol(f"c_{k}", real=True) for k in range(5))
SLOPES = tuple(Symbol(f"d_{k}", real=True) for k in range(5))
LETTER_DOMAIN = {letter: Interval(-1, 1) for letter in (*LETTERS, *SLOPES)}


def unrolled(degree: int) -> Expr:
    """Θ at valuation v by the recursion Θ ↦ c_v + (1 − β²)·d_{v−1}·Θ."""
    total: Expr = LETTERS[0]
    for k in range(1, degree + 1):
        total = LETTERS[k] + (1 - BETA**2) * SLOPES[k - 1] * total
    return total


def summed(degree: int, *, printed: bool) -> Expr:
    """Σ_k c_k (1 − β²)^k Π_{m<k} d_m as printed, or with k ↦ v − k in the power and products over k ≤ m < v."""
    total = S.Zero
    for k in range(degree + 1):
        below = range(k) if printed else range(k, degree)
        term: Expr = LETTERS[k] * (1 - BETA**2) ** len(below)
        for m in below:
            term *= SLOPES[m]
        total += term
    return total


CLAIMS = (
    Claim(
        id="jacot2019/bulk/number-of-parents",
        where="appendix F (lines 574 to 576)",
        printed=r"\text{A position } p \text{ has therefore } w_1 \cdots w_d \text{ parents which are given by } P(p) = "
        r"\{ \lfloor p_0/s_0 \rfloor, \lfloor p_0/s_0 \rfloor + 1, \ldots, \lfloor p_0/s_0 \rfloor + w_0 \} \times \ldots",
        assumptions=("one axis; s = 2, 3 and w = 1, 2; positions 0, …, 5",),
        statement=ForAll(
            tuple((s, w, p) for s, w in SHAPES for p in range(6)),
            lambda case: Equal(Integer(len(printed_parents(*case))), Integer(case[1])),
        ),
        checks=(CertifiedWitness(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/bulk/number-of-parents/corrected",
            where="appendix F (line 576) with section 2.2 (lines 67 to 72)",
            printed=r"P(p) = \{ \lceil p_1/s_1 \rceil, \ldots, \lceil p_1/s_1 \rceil + w_1 - 1 \} \times \ldots",
            assumptions=("one axis; s = 2, 3 and w = 1, 2; positions 0, …, 5",),
            statement=ForAll(
                tuple((s, w, p) for s, w in SHAPES for p in range(6)),
                lambda case: And(
                    (
                        Equal(Integer(min(reached(*case))), ceiling(Rational(case[2], case[0]))),
                        Equal(Integer(max(reached(*case))), ceiling(Rational(case[2], case[0])) + case[1] - 1),
                        Equal(Integer(len(reached(*case))), Integer(case[1])),
                    )
                ),
            ),
            checks=sampled(*IDENTITY),
            expected=Verdict.SUPPORTED,
            note="The q with sq ∈ p + {0, …, ws − 1}, by trying all.",
        ),
        note="From ⌊p/s⌋ to ⌊p/s⌋ + w there are w + 1 positions.",
    ),
    Claim(
        id="jacot2019/bulk/first-parent",
        where="appendix F (line 576) with section 2.2 (lines 67 to 72)",
        printed=r"P(p) = \{ \lfloor p_0/s_0 \rfloor, \ldots \} \text{ for } \omega = \{0, \ldots, ws - 1\}",
        assumptions=("one axis, s = 2, w = 1, positions 0, …, 5; the parents are the q with sq ∈ p + ω",),
        statement=ForAll(
            tuple(range(6)), lambda p: Equal(Integer(min(reached(2, 1, p))), Integer(min(printed_parents(2, 1, p))))
        ),
        checks=(CertifiedWitness(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/bulk/first-parent/corrected",
            where="appendix F (line 576) with section 2.2 (lines 67 to 72)",
            printed=r"\lceil p_1/s_1 \rceil \text{ is the first parent}",
            statement=ForAll(
                tuple((s, w, p) for s, w in SHAPES for p in range(6)),
                lambda case: Equal(Integer(min(reached(*case))), ceiling(Rational(case[2], case[0]))),
            ),
            checks=sampled(*IDENTITY),
            expected=Verdict.SUPPORTED,
        ),
        note="p = 1 reads 1 and 2 of the up-sampled image, so that its only parent is 1, not ⌊1/2⌋ = 0.",
    ),
    Claim(
        id="jacot2019/bulk/shared-connections",
        where="appendix F (line 578) and appendix H (line 807)",
        printed=r"\text{Two connections } q \to p \text{ and } q' \to p' \text{ are shared if and only if } s \mid p - p' "
        r"\text{ and } q_i - q_i' = \frac{p_i - p_i'}{s_i}",
        assumptions=("stride 2, windows of 4; all connections of 10 positions",),
        statement=ForAll(
            tuple(range(8, 18)),
            lambda p: And(
                tuple(
                    Equal(
                        Integer(WIDE.layers[0].shared(((q,), (p,)), ((other,), (8,)))),
                        Integer((p - 8) % 2 == 0 and 2 * (q - other) == p - 8),
                    )
                    for (q,) in WIDE.layers[0].parents((p,))
                    for (other,) in WIDE.layers[0].parents((8,))
                )
            ),
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="Shared is: the same entry of the window connects them.",
    ),
    Claim(
        id="jacot2019/remark4/kernel",
        where="appendix F, remark 4 (lines 588 to 594) and section 4.2 (line 169)",
        printed=r"\text{if } v = v_s(p'-p) < \ell, \quad c_v := \Sigma_{pp'}^{(\ell)}(x, y) = "
        r"(B_\beta \circ R_\sigma)^{\circ v} (\beta^2) \text{ does not depend neither on } x \text{ nor on } y",
        assumptions=(
            "the standardised ReLU, β = 3/5, ℓ = 3, stride 2, windows of 4; two pairs of inputs on the spheres",
        ),
        statement=ForAll(
            (1, 2, 3, 4, 6, 12),
            lambda gap: And(
                tuple(
                    Equal(
                        bulk(inputs).sigma(DEPTH, (40,), (40 + gap,)),
                        checkerboard_kernel(RELU, BIAS**2, int(valuation((2,), (gap,)))),
                    )
                    for inputs in (pixels, tilted)
                )
            ),
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="jacot2019/remark4/ntk",
        where="appendix F, remark 4 (line 598)",
        printed=r"\Theta_{pp'}^{(L)}(x,y) = \sum_{k=0}^{v} c_k (1-\beta^2)^k \prod_{m=0}^{k-1} R_{\dot{\sigma}}(c_m)",
        assumptions=("v = 0, …, 4; d_k = R_σ̇(c_k); the left side is the recursion of line 586 from Θ = β² at v = 0",),
        statement=ForAll(
            tuple(range(5)),
            lambda degree: Equal(unrolled(degree), summed(degree, printed=True), on={**UNIT, **LETTER_DOMAIN}),
        ),
        checks=(
            CertifiedWitness(
                {BETA: 0, **dict.fromkeys(LETTERS, 0), LETTERS[1]: Rational(1, 3), **dict.fromkeys(SLOPES, S.Half)}
            ),
            HighPrecisionAtPoints(),
        ),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/remark4/ntk/corrected",
            where="appendix F, remark 4 (line 598)",
            printed=r"\Theta_{pp'}^{(L)}(x,y) = \sum_{k=0}^{v} c_k (1-\beta^2)^{v-k} \prod_{m=k}^{v-1} R_{\dot{\sigma}}(c_m)",
            statement=ForAll(
                tuple(range(5)),
                lambda degree: Equal(unrolled(degree), summed(degree, printed=False), on={**UNIT, **LETTER_DOMAIN}),
            ),
            checks=sampled(*IDENTITY),
            expected=Verdict.SUPPORTED,
            note="An identity in the letters for every v tried; each step of the recursion multiplies all terms by the "
            "newest slope.",
        ),
        note="For v = 1 the recursion gives c₁ + (1 − β²)R_σ̇(c₀)c₀, and the print c₀ + (1 − β²)R_σ̇(c₀)c₁. With the ReLU "
        "and β = 0, where c₀ = 0, c₁ = 1/π and R_σ̇(c₀) = 1/2, it is 1/π against 1/(2π).",
    ),
    Claim(
        id="jacot2019/remark4/ntk-of-a-net",
        where="appendix F, remark 4 (line 598)",
        printed=r"\Theta_{pp'}^{(L)}(x,y) = \sum_{k=0}^{v} c_k (1-\beta^2)^{v-k} \prod_{m=k}^{v-1} R_{\dot{\sigma}}(c_m)",
        assumptions=("as corrected; the standardised ReLU, β = 3/5, L = 3, stride 2, windows of 4",),
        statement=ForAll(
            (1, 2, 4, 6, 12),
            lambda gap: Equal(
                bulk().ntk(DEPTH, (40,), (40 + gap,)),
                checkerboard_ntk(RELU, BIAS**2, int(valuation((2,), (gap,)))),
            ),
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="The left side is the recursion over all pairs of parents.",
    ),
    Claim(
        id="jacot2019/proposition3/weights",
        where="section 6.1 (lines 242 to 246) and appendix H, proposition 3 (line 815)",
        printed=r"\Theta_{\infty, pp'}^{(L:W^{(\ell)})}(x, y) = 0 \text{ if } s^{L-\ell} \nmid p' - p",
        assumptions=("L = 3, ℓ = 0, 1, 2; stride 2, windows of 4; the standardised ReLU, β = 3/5; p′ − p = 1, …, 8",),
        statement=ForAll((0, 1, 2), lambda layer: And(silent(contribution(layer, weights=True), 2 ** (DEPTH - layer)))),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="jacot2019/proposition3/biases",
        where="section 6.1 (lines 242 to 246) and appendix H, proposition 3 (line 815)",
        printed=r"\Theta_{\infty, pp'}^{(L:b^{(\ell)})}(x, y) = 0 \text{ if } s^{L-\ell-1} \nmid p' - p",
        assumptions=("as for the weights; the biases of the last layer contribute β² to every pair",),
        statement=And(
            (
                *(
                    part
                    for layer in (0, 1, 2)
                    for part in silent(contribution(layer, weights=False), 2 ** (DEPTH - layer - 1))
                ),
                *(Equal(contribution(2, weights=False).ntk(DEPTH, (PLACE,), (PLACE + gap,)), BIAS**2) for gap in GAPS),
            )
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="jacot2019/proposition3/sum-of-contributions",
        where="section 6.1 (line 235)",
        printed=r"\Theta^{(L)} = \sum_{\ell} \Theta^{(L:W^{(\ell)})} + \Theta^{(L:b^{(\ell)})}",
        assumptions=("as for the weights; p′ − p = 1, 2, 4, 8",),
        statement=ForAll(
            (1, 2, 4, 8),
            lambda gap: Equal(
                ConvolutionalKernels(net=NET, activation=RELU, beta_squared=BIAS**2, inputs=pixels).ntk(
                    DEPTH, (PLACE,), (PLACE + gap,)
                ),
                sum(
                    (
                        contribution(layer, weights=kind).ntk(DEPTH, (PLACE,), (PLACE + gap,))
                        for layer in range(DEPTH)
                        for kind in (True, False)
                    ),
                    S.Zero,
                ),
            ),
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
    ),
)
