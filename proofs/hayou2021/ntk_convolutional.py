"""Convolutional networks in hayou2021: their first NTK, averages over positions, the count of assumption 1."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from sympy import Expr, Integer, Interval, Rational, S, Symbol, diff, oo, sqrt, symbols

from symntk.claims import (
    IDENTITY,
    BallIdentityAtRandomPoints,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    Verdict,
)

B2, W2 = Symbol("b", nonnegative=True), Symbol("w", positive=True)
"""σ_b² and σ_w²."""
WEIGHTS = {B2: Interval(0, oo), W2: Interval.open(0, oo)}
POSITIONS, FILTER, CHANNELS = range(3), (-1, 0, 1), range(2)
PAIRS = tuple(product(POSITIONS, POSITIONS))
FILTERS = {index: Symbol("w{}{}".format(*index), real=True) for index in product(CHANNELS, range(3))}
"""w_{1,j,β}, with β + 1 for β."""
BIAS = Symbol("beta", real=True)
INPUT = {index: Rational(1 + index[0] + 3 * index[1], 4) for index in product(CHANNELS, POSITIONS)}
OTHER_INPUT = {index: Rational(2 - 5 * index[0] + index[1] ** 2, 3) for index in product(CHANNELS, POSITIONS)}
"""x_{j,α} and x′_{j,α}."""


def convolution(values: Mapping[tuple[int, int], Expr], position: int) -> Expr:
    """σ_w/√(2·3) Σ_j Σ_β w_{jβ} v_{j,α+β}: two channels, circular positions, k = 1."""
    terms = (w * values[j, (position + b - 1) % 3] for (j, b), w in FILTERS.items())
    return sqrt(W2 / 6) * sum(terms, S.Zero)


def overlap(a: int, c: int) -> Expr:
    """[x, x′]_{α,α′}."""
    terms = (INPUT[j, (a + b) % 3] * OTHER_INPUT[j, (c + b) % 3] for j, b in product(CHANNELS, FILTER))
    return sum(terms, S.Zero)


def first_kernel(pair: tuple[int, int]) -> Equal:
    """∇y_α¹(x)·∇y_α′¹(x′), against σ_w²/(n_0(2k + 1)) [x, x′]_{α,α′} + σ_b²."""
    outputs = (convolution(INPUT, pair[0]) + sqrt(B2) * BIAS, convolution(OTHER_INPUT, pair[1]) + sqrt(B2) * BIAS)
    gradients = sum((diff(outputs[0], w) * diff(outputs[1], w) for w in (*FILTERS.values(), BIAS)), S.Zero)
    return Equal(gradients, W2 / 6 * overlap(*pair) + B2, on=WEIGHTS)


def averaged(size: int) -> Equal:
    """Σ_{α,α′} Σ_β T_{α+β,α′+β}/(2k + 1) against Σ_{α,α′} T_{α,α′}, circular positions, k = 1."""
    entries = {pair: Symbol("t{}{}".format(*pair), real=True) for pair in product(range(size), repeat=2)}
    shifted = (entries[(a + b) % size, (c + b) % size] for (a, c), b in product(entries, FILTER))
    on = {**WEIGHTS, **{t: Interval(-2, 2) for t in entries.values()}}
    left = sum((B2 for _ in entries), S.Zero) + W2 / 3 * sum(shifted, S.Zero)
    return Equal(left / size**2, B2 + W2 / size**2 * sum(entries.values(), S.Zero), on=on)


INPUTS, DEPTHS, PLACES = symbols("N d M", integer=True, positive=True)
"""Numbers of inputs, of channels n₀ and of positions."""
COUNTS = {INPUTS: S.Naturals, DEPTHS: S.Naturals, PLACES: S.Naturals}

CLAIMS = (
    Claim(
        id="hayou2021/lemma2/first-kernel",
        where="lemma 2",
        printed=r"K_{(i,\alpha),(i',\alpha')}^1(x, x') = \delta_{ii'} \left( \frac{\sigma_w^2}{n_0(2k+1)} "
        r"[x, x']_{\alpha, \alpha'} + \sigma_b^2 \right)",
        statement=ForAll(PAIRS, first_kernel),
        checks=IDENTITY,
        expected=Verdict.SUPPORTED,
        note="i = i', two input channels, three positions, k = 1; different output channels share no weight.",
    ),
    Claim(
        id="hayou2021/appendix2.1/average-kernel",
        where="appendix 2.1, convolutional networks",
        printed=r"\hat{\kappa}^l(x, x') = \sigma_b^2 + \sigma_w^2 \frac{1}{N^2} \sum_{\alpha, \alpha'} "
        r"F_\phi(\kappa_{\alpha, \alpha'}^{l-1}(x, x), \kappa_{\alpha, \alpha'}^{l-1}(x, x'), "
        r"\kappa_{\alpha, \alpha'}^{l-1}(x', x'))",
        assumptions=("t_{αα′} is the value of F_φ; its first and last arguments are misprinted as above it",),
        statement=ForAll((3, 4), averaged),
        checks=IDENTITY,
        expected=Verdict.SUPPORTED,
        note="For 3 and 4 positions and k = 1: the shifts by β only permute the pairs of positions.",
    ),
    Claim(
        id="hayou2021/appendix3/unknowns",
        where="appendix 3",
        printed=r"\text{This system has } N^2 M^2 \text{ equations and } N \times 2n_0 \times M \text{ variables}",
        assumptions=("the variables are the entries x_{j,α} of N inputs with d = n₀ channels and M positions",),
        statement=Equal(INPUTS * DEPTHS * PLACES, INPUTS * 2 * DEPTHS * PLACES, on=COUNTS),
        checks=(CertifiedWitness({INPUTS: 1, DEPTHS: 1, PLACES: 1}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="The factor 2 does not belong there; what follows needs only n₀ ≫ 1.",
        corrected=Claim(
            id="hayou2021/appendix3/unknowns/corrected",
            where="appendix 3",
            printed=r"N \times n_0 \times M \text{ variables}",
            statement=ForAll(
                tuple(product((1, 2), (1, 3), (3, 4))),
                lambda sizes: Equal(
                    Integer(len(list(product(*map(range, sizes))))), Integer(sizes[0] * sizes[1] * sizes[2])
                ),
            ),
            checks=(BallIdentityAtRandomPoints(), HighPrecisionAtPoints()),
            expected=Verdict.SUPPORTED,
            note="Counted for small N, n₀, M.",
        ),
    ),
)
