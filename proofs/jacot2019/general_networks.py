"""Appendix E of jacot2019: the kernels of general convolutional networks, propositions 4 and 5, on exact small nets."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from flint import fmpq
from sympy import Expr, Rational, expand

from symntk.activations.activation import Activation
from symntk.architectures.deconvolutional import ConvolutionalKernels, finite_layers
from symntk.architectures.finite_network import EmpiricalKernels, FiniteNetwork
from symntk.architectures.half_line import HalfLine
from symntk.architectures.positions import Position, PositionNet, convolution, deconvolution
from symntk.claims import IDENTITY, And, Claim, Equal, ForAll, Verdict, sampled
from symntk.notation import X

BIAS_SQUARED = Rational(9, 25)
SQUARE = Activation(name="x**2 + x", expression=X**2 + X)
CYCLE = convolution((3,), (3,), 2, cyclic=True)
"""A cycle: every position has 3 parents, so that both parametrisations agree."""
BORDERED = deconvolution((2,), (HalfLine(stride=2, window=3, padding=1),), 2)
NETS: tuple[PositionNet, ...] = (CYCLE, BORDERED)


def pixel(position: Position) -> Rational:
    """The only channel of the input, n₀ = 1."""
    return Rational(int(str(position).strip("(),")) + 1, 2)


@cache
def empirical(index: int) -> EmpiricalKernels:
    """The mean of y y′ and of the NTK over all weights of the finite network with one hidden channel, exactly."""
    net = NETS[index]
    network = FiniteNetwork(
        layers=finite_layers(net, BIAS_SQUARED), widths=(1, 1, 1), phi=lambda x: x * x + x, slope=lambda x: 2 * x + 1
    )
    row = [fmpq(int(pixel(p).p), int(pixel(p).q)) for p in sorted(net.sources, key=str)]
    return network.exact_kernels(np.array([[row]], dtype=object))


def limit(index: int) -> ConvolutionalKernels:
    """The recursions of propositions 4 and 5."""
    return ConvolutionalKernels(
        net=NETS[index], activation=SQUARE, beta_squared=BIAS_SQUARED, inputs=lambda p, q: pixel(p) * pixel(q),
        parametrisation="parent" if index == 0 else "classical",
    )  # fmt: skip


def entry(table: Any, first: int, second: int) -> Expr:
    """One exact mean."""
    value = fmpq(0) + table[0, first, 0, second]
    return Rational(int(value.p), int(value.q))


def pairs(index: int) -> list[tuple[int, int, Position, Position]]:
    """All pairs of output positions and their places."""
    places = sorted(NETS[index].positions(2), key=str)
    return [(i, j, p, q) for i, p in enumerate(places) for j, q in enumerate(places) if i <= j]


CLAIMS = (
    Claim(
        id="jacot2019/proposition4/two-layers",
        where="appendix E, proposition 4 (lines 526 to 530)",
        printed=r"\Sigma_{pp'}^{(\ell+1)}(x,y) = \beta^2 + \frac{1-\beta^2}{\sqrt{|P(p)||P(p')|}} \sum_{q \in P(p)} "
        r"\sum_{q' \in P(p')} \chi(q \to p, q' \to p') \mathbb{L}_{\sigma,qq'}^{\Sigma^{(\ell)}}(x,y)",
        assumptions=(
            "ℓ = 1, σ(x) = x² + x, β = 3/5, x = y, n₀ = 1; a cycle of 3 positions, and with |ω|/s for √(|P(p)||P(p′)|) a "
            "deconvolution with borders; the mean of y_p y_p′ over all weights, which for one hidden layer does not depend on "
            "the width",
        ),
        statement=ForAll(
            (0, 1),
            lambda index: And(
                tuple(
                    Equal(entry(empirical(index).product, i, j), expand(limit(index).sigma(2, p, q)))
                    for i, j, p, q in pairs(index)
                )
            ),
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="In the first layer the root is read to end before n₀.",
    ),
    Claim(
        id="jacot2019/proposition5/two-layers",
        where="appendix E, proposition 5 (lines 548 to 552)",
        printed=r"\Theta_{\infty,p_{0}p_{1}}^{(L)} = \frac{1-\beta^{2}}{\sqrt{|P(p_{0})||P(p_{1})|}} \sum_{q_0, q_1} "
        r"\chi(q_{0} \to p_{0},q_{1} \to p_{1}) \Theta_{\infty,q_{0}q_{1}}^{(L-1)} "
        r"\mathbb{L}_{\dot{\sigma},q_{0}q_{1}}^{\Sigma^{(L-1)}} + \Sigma_{p_{0}p_{1}}^{(L)}",
        assumptions=("L = 2; as for proposition 4; the mean of the NTK over all weights",),
        statement=ForAll(
            (0, 1),
            lambda index: And(
                tuple(
                    Equal(entry(empirical(index).ntk, i, j), expand(limit(index).ntk(2, p, q)))
                    for i, j, p, q in pairs(index)
                )
            ),
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
    ),
)
