"""Appendix G of jacot2019: the positions at the border of a deconvolutional net, and proposition 8."""

from __future__ import annotations

from sympy import Expr, Integer, Interval, Rational, S, Symbol, cancel, ceiling

from symntk.activations.catalogue import activation
from symntk.architectures.border import border_kernel
from symntk.architectures.deconvolutional import ConvolutionalKernels, Parametrisation
from symntk.architectures.half_line import HalfLine
from symntk.architectures.positions import Point, PositionNet, deconvolution
from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    And,
    AtMost,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    LessThan,
    Verdict,
    sampled,
)
from symntk.gaussian.moments import standardized

BETA, RATIO = Symbol("beta", nonnegative=True), Symbol("r", positive=True)
SMALL = Symbol("t", nonnegative=True)
"""(r/2)^ℓ."""
LAYER, DEPTH = Symbol("l", integer=True, positive=True), Symbol("L", integer=True, positive=True)
NET_BETA = {BETA: Interval.Ropen(0, 1)}
UNIT = {BETA: Interval(0, 1)}
HALF_R = (1 - BETA**2) / 2
RELU = standardized(activation("relu"))
EXAMPLE = HalfLine(stride=2, window=4)
"""Stride 2, windows {−3, …, 0}."""
BIAS = Rational(3, 5)
MOST_POSITIONS, MOST_LAYERS = 24, 5


def printed_sigma(layer: Expr) -> Expr:
    """Σ₀₀ as proposition 8 prints it."""
    return (BETA**2 + HALF_R ** (layer + 1)) / (1 - HALF_R)


def printed_ntk(depth: Expr) -> Expr:
    """Θ₀₀ as proposition 8 prints it."""
    return BETA**2 * (1 - HALF_R**depth) / (1 - HALF_R) ** 2 + depth * HALF_R ** (depth + 1) / (1 - HALF_R)


def geometric(depth: Expr) -> Expr:
    """(1 − r^L)/(1 − r)."""
    return (1 - RATIO**depth) / (1 - RATIO)


def pixels(first: object, second: object) -> Expr:
    """Orthogonal pixels of norm √n₀: x_pᵀx_p′/n₀."""
    return S.One if first == second else S.Zero


def patch(net: PositionNet, parametrisation: Parametrisation = "classical") -> ConvolutionalKernels:
    """The kernels of the standardised ReLU with β = 3/5 on a net of finitely many positions."""
    return ConvolutionalKernels(
        net=net, activation=RELU, beta_squared=BIAS**2, inputs=pixels, parametrisation=parametrisation
    )


PATCH = patch(deconvolution((8,), (EXAMPLE,), MOST_LAYERS))


def printed_parents(position: int) -> set[int]:
    """{⌊p/2⌋ − 1, ⌊p/2⌋} ∩ ℕ."""
    return {q for q in (position // 2 - 1, position // 2) if q >= 0}


def least_position(tap_sign: int) -> int:
    """The least position of I₁ = ∪_q (2q ± π) for I₀ = ℕ and π = {−3, …, 0}."""
    return min(2 * q + tap_sign * k for q in range(MOST_POSITIONS) for k in range(-3, 1))


def most_parents(window: int) -> Expr:
    """The largest number of parents at stride 2."""
    line = HalfLine(stride=2, window=window)
    return Integer(max(len(line.parents(p)) for p in range(MOST_POSITIONS)))


def mean_parents(window: int) -> Expr:
    """The mean number of parents of two neighbours far from the border, at stride 2."""
    line = HalfLine(stride=2, window=window)
    return Rational(len(line.parents(20)) + len(line.parents(21)), 2)


def far(depth: int) -> Point:
    """A position of the patch whose ancestors of level L do not reach either end."""
    return (2**depth * 4,)


CLAIMS = (
    Claim(
        id="jacot2019/border/windows",
        where="appendix G (line 747) with section 2.2 (line 68)",
        printed=r"I_{\ell+1} = \bigcup_{p \in \tilde{I}_{\ell+1}} (p+\pi_\ell), \quad I_0 = I_1 = \ldots = \mathbb{N}, "
        r"\quad \pi_\ell = \omega_\ell = \{-3,-2,-1,0\}",
        assumptions=("up-sampling of stride 2: Ĩ₁ = 2ℕ",),
        statement=Equal(Integer(least_position(1)), Integer(0)),
        checks=(CertifiedWitness(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/border/windows/corrected",
            where="appendix G (line 747) with section 2.2 (line 68)",
            printed=r"I_{\ell+1} = \bigcup_{p \in \tilde{I}_{\ell+1}} (p-\pi_\ell)",
            statement=And(
                (
                    Equal(Integer(least_position(-1)), Integer(0)),
                    *(
                        Equal(
                            Integer(sum(2 * q <= p <= 2 * q + 3 for q in range(MOST_POSITIONS))),
                            Integer(len(EXAMPLE.parents(p))),
                        )
                        for p in range(MOST_POSITIONS)
                    ),
                )
            ),
            checks=sampled(*IDENTITY),
            expected=Verdict.SUPPORTED,
            note="y_q reads x on q + ω, so that p̃ is read by p̃ − ω; the parents of p are then those of the appendix.",
        ),
        note="With the sign as printed I₁ begins at −3, and is not ℕ.",
    ),
    Claim(
        id="jacot2019/border/parents",
        where="appendix G (line 747)",
        printed=r"P(p) = \{\lfloor p/2 \rfloor - 1, \lfloor p/2 \rfloor\} \cap \mathbb{N}",
        assumptions=("positions up to 23",),
        statement=ForAll(
            tuple(range(MOST_POSITIONS)),
            lambda p: And(
                (
                    Equal(Integer(min(q for q in range(99) if p - 3 <= 2 * q <= p)), Integer(min(printed_parents(p)))),
                    Equal(Integer(sum(p - 3 <= 2 * q <= p for q in range(99))), Integer(len(printed_parents(p)))),
                )
            ),
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="The q ≥ 0 with 2q ∈ p + {−3, …, 0}, by their least element and their number.",
    ),
    Claim(
        id="jacot2019/border/one-border-position",
        where="appendix G (line 747)",
        printed=r"\text{there is only one border at position } 0 \ldots \text{ any generic position in any hidden or last "
        r"layer has } 2 \text{ parents except for the border } p = 0 \text{ for which } P(0) = \{0\}",
        statement=ForAll(
            tuple(range(1, MOST_POSITIONS)), lambda p: Equal(Integer(len(printed_parents(p))), Integer(2))
        ),
        checks=(CertifiedWitness(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        corrected=Claim(
            id="jacot2019/border/one-border-position/corrected",
            where="appendix G (line 747)",
            printed=r"|P(p)| = 2 \text{ for } p \geq 2, \quad P(0) = P(1) = \{0\}",
            statement=ForAll(
                tuple(range(MOST_POSITIONS)),
                lambda p: Equal(Integer(len(printed_parents(p))), Integer(2 if p >= 2 else 1)),
            ),
            checks=sampled(*IDENTITY),
            expected=Verdict.SUPPORTED,
            note="The kernels at 1 are those at 0; every position p has 0 among its ancestors of level ⌈log₂(p + 1)⌉, so "
            "that no fixed position is free of the border in deep nets.",
        ),
        note="P(1) = {−1, 0} ∩ ℕ = {0}: position 1 has one parent too.",
    ),
    Claim(
        id="jacot2019/proposition8/sigma",
        where="appendix G, proposition 8 (line 751) and its proof (lines 757 to 766)",
        printed=r"\Sigma_{00}^{(\ell)}(x,x) = \frac{\beta^2 + (r/2)^{\ell+1}}{1 - r/2}",
        assumptions=("r = 1 − β²; Σ⁽¹⁾ = β² + r/2 and Σ⁽ˡ⁺¹⁾ = β² + (1 − β²)/2·Σ⁽ˡ⁾ determine Σ at every ℓ",),
        statement=And(
            (
                Equal(BETA**2 + HALF_R, printed_sigma(S.One), on=UNIT),
                Equal(
                    BETA**2 + HALF_R * printed_sigma(LAYER),
                    printed_sigma(LAYER + 1),
                    on={**NET_BETA, LAYER: S.Naturals},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="jacot2019/proposition8/sigma-steps",
        where="appendix G, proof of proposition 8 (lines 761 to 765)",
        printed=r"(r/2)^{\ell} + \sum_{k=0}^{\ell-1} \beta^2 (r/2)^k = (r/2)^{\ell} + \beta^2 \frac{1 - (r/2)^{\ell}}{1 - r/2} = "
        r"\frac{\beta^2}{1 - r/2} + \frac{(r/2)^{\ell} - (r/2)^{\ell+1} - \beta^2 (r/2)^{\ell}}{1 - r/2} = "
        r"\frac{\beta^2 + (r/2)^{\ell+1}}{1 - r/2}",
        assumptions=("t = (r/2)^ℓ, r = 1 − β²; the sum is telescoped: its next term is the difference of its values",),
        statement=And(
            (
                Equal(
                    BETA**2 * (1 - HALF_R**LAYER) / (1 - HALF_R) + BETA**2 * HALF_R**LAYER,
                    BETA**2 * (1 - HALF_R ** (LAYER + 1)) / (1 - HALF_R),
                    on={**NET_BETA, LAYER: S.Naturals},
                ),
                Equal(
                    SMALL + BETA**2 * (1 - SMALL) / (1 - HALF_R),
                    BETA**2 / (1 - HALF_R) + (SMALL - HALF_R * SMALL - BETA**2 * SMALL) / (1 - HALF_R),
                    on={**UNIT, SMALL: Interval(0, 1)},
                ),
                Equal(
                    BETA**2 / (1 - HALF_R) + (SMALL - HALF_R * SMALL - BETA**2 * SMALL) / (1 - HALF_R),
                    (BETA**2 + HALF_R * SMALL) / (1 - HALF_R),
                    on={**UNIT, SMALL: Interval(0, 1)},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="jacot2019/proposition8/ntk",
        where="appendix G, proposition 8 (line 751) and its proof (lines 768 to 771)",
        printed=r"\Theta_{\infty,00}^{(L)}(x,x) = \frac{\beta^2 (1 - (r/2)^L)}{(1 - r/2)^2} + L \frac{(r/2)^{L+1}}{1 - r/2}",
        assumptions=("r = 1 − β²; Θ⁽¹⁾ = Σ⁽¹⁾ and Θ⁽ᴸ⁺¹⁾ = Σ⁽ᴸ⁺¹⁾ + (r/2)·Θ⁽ᴸ⁾ determine Θ at every L",),
        statement=And(
            (
                Equal(printed_sigma(S.One), printed_ntk(S.One), on=UNIT),
                Equal(
                    printed_sigma(DEPTH + 1) + HALF_R * printed_ntk(DEPTH),
                    printed_ntk(DEPTH + 1),
                    on={**NET_BETA, DEPTH: S.Naturals},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="jacot2019/proposition8/ntk-steps",
        where="appendix G, proof of proposition 8 (lines 768 to 771)",
        printed=r"\sum_{\ell=1}^{L} \left(\frac{\beta^2}{1-r/2} + \frac{(r/2)^{\ell+1}}{1-r/2}\right) (r/2)^{L-\ell} = "
        r"\frac{\beta^2}{1-r/2} \sum_{\ell=1}^{L} (r/2)^{L-\ell} + L \frac{(r/2)^{L+1}}{1-r/2}",
        assumptions=("L = 1, …, 6",),
        statement=ForAll(
            tuple(range(1, 7)),
            lambda depth: And(
                (
                    Equal(
                        sum((printed_sigma(Integer(n)) * HALF_R ** (depth - n) for n in range(1, depth + 1)), S.Zero),
                        BETA**2 / (1 - HALF_R) * sum((HALF_R ** (depth - n) for n in range(1, depth + 1)), S.Zero)
                        + depth * HALF_R ** (depth + 1) / (1 - HALF_R),
                        on=UNIT,
                    ),
                    Equal(
                        sum((printed_sigma(Integer(n)) * HALF_R ** (depth - n) for n in range(1, depth + 1)), S.Zero),
                        printed_ntk(Integer(depth)),
                        on=UNIT,
                    ),
                )
            ),
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="jacot2019/proposition8/on-a-patch",
        where="appendix G, proposition 8 (line 751)",
        printed=r"\Sigma_{00}^{(\ell)}(x,x) = \frac{\beta^2 + (r/2)^{\ell+1}}{1 - r/2}, \quad "
        r"\Theta_{\infty,00}^{(L)}(x,x) = \frac{\beta^2 (1 - (r/2)^L)}{(1 - r/2)^2} + L \frac{(r/2)^{L+1}}{1 - r/2}",
        assumptions=("β = 3/5, ℓ = L = 1, …, 5; a patch of 8 positions with orthogonal pixels of norm √n₀",),
        statement=ForAll(
            tuple(range(1, MOST_LAYERS + 1)),
            lambda depth: And(
                (
                    Equal(PATCH.sigma(depth, (0,), (0,)), printed_sigma(Integer(depth)).subs(BETA, BIAS)),
                    Equal(PATCH.ntk(depth, (0,), (0,)), printed_ntk(Integer(depth)).subs(BETA, BIAS)),
                )
            ),
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="The left sides are the recursion of propositions 4 and 5 with the divisor 2, over all parents.",
    ),
    Claim(
        id="jacot2019/proposition8/sigma-below-bulk",
        where="appendix G, after proposition 8 (line 753)",
        printed=r"\Sigma_{00}^{(\ell)}(x,x) \text{ is smaller than the bulk-value } 1",
        assumptions=("β < 1; t = (r/2)^ℓ ∈ [0, 1/2]; the difference over 1 − β² > 0, which does not change its sign",),
        statement=LessThan(
            S.Zero,
            cancel((1 - (BETA**2 + HALF_R * SMALL) / (1 - HALF_R)) / (1 - BETA**2)),
            on={**UNIT, SMALL: Interval(0, S.Half)},
        ),
        checks=INEQUALITY,
        expected=Verdict.CERTIFIED,
        note="The difference is (1 − β²)(1 − t)/(1 + β²). At β = 1 there are no weights, and both are 1.",
    ),
    Claim(
        id="jacot2019/proposition8/ntk-below-bulk",
        where="appendix G, after proposition 8 (line 753)",
        printed=r"\Theta_{\infty,00}^{(L)}(x,x) \text{ is smaller than the bulk-value } \frac{1-r^L}{1-r}",
        assumptions=("β < 1; L = 1, …, 8; the difference over 1 − β² > 0, which does not change its sign",),
        statement=ForAll(
            tuple(range(1, 9)),
            lambda depth: LessThan(
                S.Zero,
                cancel((sum((1 - BETA**2) ** k for k in range(depth)) - printed_ntk(Integer(depth))) / (1 - BETA**2)),
                on=UNIT,
            ),
        ),
        checks=sampled(*INEQUALITY),
        expected=Verdict.SUPPORTED,
        note="For all L it follows from Σ₀₀ < 1 term by term: Θ₀₀ = Σ_ℓ Σ₀₀⁽ˡ⁾(r/2)^{L−ℓ} and the bulk value is Σ_ℓ r^{L−ℓ}.",
    ),
    Claim(
        id="jacot2019/proposition8/bulk",
        where="appendix G, after proposition 8 (line 753)",
        printed=r"\lim_{p\to\infty}\Sigma_{pp}^{(\ell)}(x,x)=1, \quad "
        r"\lim_{p\to\infty}\Theta_{\infty,pp}^{(L)}(x,x)=\frac{1-r^L}{1-r}",
        assumptions=(
            "β = 3/5, ℓ = L = 1, …, 3; p = 4·2^ℓ, from which on every chain of ℓ parents stays off the border",
        ),
        statement=ForAll(
            (1, 2, 3),
            lambda depth: And(
                (
                    Equal(PATCH.sigma(depth, far(depth), far(depth)), S.One),
                    Equal(PATCH.ntk(depth, far(depth), far(depth)), geometric(Integer(depth)).subs(RATIO, 1 - BIAS**2)),
                    Equal(
                        border_kernel([EXAMPLE], far(depth)).ntk_at(depth, BIAS**2),
                        geometric(Integer(depth)).subs(RATIO, 1 - BIAS**2),
                    ),
                )
            ),
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="At fixed ℓ the values are attained. At fixed p they are not as ℓ grows: then p is near the border.",
    ),
    Claim(
        id="jacot2019/border/maximal-number-of-parents",
        where="section 6 (line 225)",
        printed=r"|\omega|/s_1\cdots s_d \text{ which is the maximal number of parents}",
        assumptions=("one axis; stride 2, windows 2, 3, 4, as section 2.2 allows all windows; positions up to 23",),
        statement=ForAll(
            (2, 3, 4), lambda window: Equal(most_parents(window), HalfLine(stride=2, window=window).mean_parents)
        ),
        checks=(CertifiedWitness(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        corrected=Claim(
            id="jacot2019/border/maximal-number-of-parents/corrected",
            where="section 6 (line 225)",
            printed=r"|\omega|/s \text{ is the maximal number of parents if } s \text{ divides } |\omega|, \text{ and the mean "
            r"number of parents far from the border always}",
            assumptions=("one axis; stride 2, windows 2, …, 8",),
            statement=ForAll(
                tuple(range(2, 9)),
                lambda window: And(
                    (
                        Equal(most_parents(window), ceiling(Rational(window, 2))),
                        Equal(mean_parents(window), HalfLine(stride=2, window=window).mean_parents),
                    )
                ),
            ),
            checks=sampled(*IDENTITY),
            expected=Verdict.SUPPORTED,
        ),
        note="With stride 2 and a window of 3 positions have 1 or 2 parents, not 3/2; the bulk then is not constant.",
    ),
    Claim(
        id="jacot2019/border/fewer-parents-lower-variance",
        where="section 6 (line 223) and appendix G (line 745)",
        printed=r"\text{the positions on the border have less parents and hence a lower activation variance}",
        assumptions=("β = 3/5; stride 2 and 3, windows 4 and 6, paddings 0 to 2; 3 layers; positions 0, …, 7",),
        statement=ForAll(
            tuple((s, w, p) for s, w in ((2, 4), (3, 6)) for p in range(3)),
            lambda shape: And(
                tuple(
                    AtMost(
                        border_kernel([HalfLine(stride=shape[0], window=shape[1], padding=shape[2])], [place]).sigma_at(
                            3, BIAS**2
                        ),
                        S.One,
                    )
                    for place in range(8)
                )
            ),
        ),
        checks=sampled(*INEQUALITY),
        expected=Verdict.SUPPORTED,
        note="For windows that are multiples of the stride. Otherwise positions far from the border differ already: with "
        "stride 3, window 5 and padding 3 the position 0 has 2 parents at every level, more than the mean 5/3.",
    ),
)
