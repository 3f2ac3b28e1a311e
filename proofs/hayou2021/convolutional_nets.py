"""Lemma 4 of hayou2021, the NTK of residual networks with convolutional layers, and the steps of its proof."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from flint import fmpq
from sympy import Add, Expr, KroneckerDelta, Rational, S, Set, Symbol

from symntk.activations.parse import parse_activation
from symntk.architectures.convolutional import convolutional_layers
from symntk.architectures.finite_network import FiniteNetwork
from symntk.architectures.position_kernels import exact_pair, position_kernels
from symntk.claims import (
    IDENTITY,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    Verdict,
    sampled,
)

POSITIONS, WEIGHT = 3, Rational(3, 2)
LETTERS: tuple[Symbol, ...] = tuple(Symbol(f"m{i}", real=True) for i in range(9))
PRODUCTS = [LETTERS[3 * b : 3 * b + 3] for b in range(3)]
"""σ_w²·φ′_{α+β}φ′_{α′+β′}·K_{α+β, α′+β′}, before the weights are averaged."""
FREE: dict[Symbol, Set] = dict.fromkeys(LETTERS, S.Reals)
ONES: dict[Symbol, Expr] = {letter: Rational(1) for letter in LETTERS}


def averaged_pairs() -> Expr:
    """(2k+1)⁻¹·Σ_{β,β′} E[w_β w_β′]·m_{β,β′} with independent weights of variance 1."""
    return Add(*(KroneckerDelta(b, c) * PRODUCTS[b][c] for b in range(3) for c in range(3))) / 3


PRINTED_PAIRS = Add(*LETTERS) / 3
SINGLE = Add(*(PRODUCTS[b][b] for b in range(3))) / 3


@lru_cache(maxsize=4)
def inputs() -> tuple[np.ndarray, np.ndarray]:
    """Two inputs of one channel on three positions, and their products."""
    rows = ((1, -2, 1), (2, 1, -1))
    values, gram = np.empty((2, 1, POSITIONS), dtype=object), np.empty((2, POSITIONS, 2, POSITIONS), dtype=object)
    for i, row in enumerate(rows):
        for p, value in enumerate(row):
            values[i, 0, p] = fmpq(value)
    for i, p, j, q in np.ndindex(gram.shape):
        gram[i, p, j, q] = S(rows[i][p] * rows[j][q])
    return values, gram


@lru_cache(maxsize=4)
def recursion(copies: int) -> Expr:
    """K²_{0,1}(x, x′) by lemma 4 with `copies` times the term q̂ of Ψ, φ(x) = x² + x/2, σ_b = 0."""
    _, gram = inputs()
    layers = convolutional_layers((POSITIONS,), (1,), 2, weight=WEIGHT, skip=True)
    found = position_kernels(layers, gram, exact_pair(parse_activation("x**2 + x/2")))[-1]
    return (found.ntk + (copies - 1) * found.weights[-1])[0, 0, 1, 1]


@lru_cache(maxsize=2)
def mean() -> Expr:
    """The same as the exact mean of ∂y·∂y′ over all weights of a network of one channel."""
    values, _ = inputs()
    layers = convolutional_layers((POSITIONS,), (1,), 2, weight=WEIGHT, skip=True)
    network = FiniteNetwork(
        layers=layers,
        widths=(1, 1, 1),
        phi=lambda y: y * y + y * fmpq(1, 2),
        slope=lambda y: y * 2 + fmpq(1, 2),
    )
    value = network.exact_kernels(values).ntk[0, 0, 1, 1]
    return Rational(int(value.p), int(value.q))


CLAIMS = (
    Claim(
        id="hayou2021/lemma4/recursion",
        where="lemma 4 (lines 199 to 203) and appendix 6.2, lemma 4 (lines 1288 to 1292)",
        printed=r"K_{\alpha, \alpha'}^{res,l} = K_{\alpha, \alpha'}^{res,l-1} + \frac{1}{2k+1} \sum_{\beta} "
        r"\Psi_{\alpha+\beta, \alpha'+\beta}^{l-1}, \quad \Psi_{\alpha, \alpha'}^l = "
        r"\dot{q}_{\alpha, \alpha'}^l K_{\alpha, \alpha'}^{res,l} + \hat{q}_{\alpha, \alpha'}^l",
        assumptions=(
            "l = 2, three positions, k = 1, periodic, one channel, σ_w² = 3/2, σ_b = 0, φ(x) = x² + x/2, x ≠ x′, α ≠ α′",
            "the first hat of Ψ is read as a dot",
        ),
        statement=ForAll((1,), lambda copies: Equal(mean(), recursion(copies))),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="An identity of rational numbers: the hidden layer is Gaussian, so the mean NTK is the limit at every width.",
    ),
    Claim(
        id="hayou2021/lemma4/double-sum",
        where="appendix 6.2, proof of lemma 4 (lines 1314 to 1316)",
        printed=r"\frac{1}{(2k+1)} \sum_{\beta,\beta'} f'(c_{\alpha+\beta,\alpha'+\beta}^{l-1}(x, x')) "
        r"K_{(1,\alpha+\beta),(1,\alpha'+\beta)}^{l-1}(x, x')",
        assumptions=("k = 1; the sum over (β, β′) of the line before, with its weights of variance 1 averaged",),
        statement=Equal(averaged_pairs(), PRINTED_PAIRS, on=FREE),
        checks=(CertifiedWitness(ONES), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="E w_β w_β′ = 0 for β ≠ β′ leaves one sum, as in lemma 2.",
        corrected=Claim(
            id="hayou2021/lemma4/double-sum/corrected",
            where="appendix 6.2, proof of lemma 4 (lines 1314 to 1316)",
            printed=r"\frac{1}{2k+1} \sum_{\beta} f'(c_{\alpha+\beta,\alpha'+\beta}^{l-1}(x, x')) "
            r"K_{(1,\alpha+\beta),(1,\alpha'+\beta)}^{l-1}(x, x')",
            statement=Equal(averaged_pairs(), SINGLE, on=FREE),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
)
