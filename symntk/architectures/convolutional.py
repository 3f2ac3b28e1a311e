"""Convolutional networks in any dimension: what a filter sees, and how covariances mix along the diagonals."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Literal

import numpy as np
import sympy
from sympy import Expr, Rational, S

from symntk.architectures.layer import Layer, Positions
from symntk.errors import DomainError

Border = Literal["periodic", "zero", "valid"]


def window(shape: Sequence[int], radius: Sequence[int], border: Border = "periodic") -> Positions:
    """g(β, p) = p + β for β in Π [−k_i, k_i], as an array (offsets, positions) of flat indices, −1 for padded zeros.

    "periodic" wraps around, "zero" pads, "valid" keeps the positions whose whole window lies inside; the grid may have
    any dimension. Domain: sides and radii of one length, k ≥ 0; 2k + 1 ≤ side for "periodic" and "valid".
    Raises DomainError outside of it.

    >>> window((4,), (1,)).tolist()
    [[3, 0, 1, 2], [0, 1, 2, 3], [1, 2, 3, 0]]
    >>> window((4,), (1,), "zero").tolist()[0], window((4,), (1,), "valid").tolist()
    ([-1, 0, 1, 2], [[0, 1], [1, 2], [2, 3]])
    """
    _require_window(shape, radius, border)
    kept = [range(k, n - k) if border == "valid" else range(n) for n, k in zip(shape, radius, strict=True)]
    rows = [
        [_index([p + b for p, b in zip(place, offset, strict=True)], shape, border) for place in product(*kept)]
        for offset in product(*(range(-k, k + 1) for k in radius))
    ]
    return np.array(rows, dtype=np.int64)


def _require_window(shape: Sequence[int], radius: Sequence[int], border: Border) -> None:
    asked = f"a window of radius {tuple(radius)} on a grid {tuple(shape)}"
    if len(shape) != len(radius) or not shape or min(shape) < 1 or min(radius) < 0:
        raise DomainError(f"{asked} was asked for; take one side n ≥ 1 and one radius k ≥ 0 for each dimension")
    if border != "zero" and any(2 * k + 1 > n for n, k in zip(shape, radius, strict=True)):
        raise DomainError(f"{asked} was asked for, but it is wider than the grid; take 2k + 1 ≤ n")


def _index(place: Sequence[int], shape: Sequence[int], border: Border) -> int:
    """The flat index of a place, −1 outside."""
    flat = 0
    for p, n in zip(place, shape, strict=True):
        if border != "periodic" and not 0 <= p < n:
            return -1
        flat = flat * n + p % n
    return flat


def convolutional_layers(
    shape: Sequence[int],
    radius: Sequence[int],
    depth: int,
    *,
    weight: Expr,
    bias: Expr = S.Zero,
    border: Border = "periodic",
    skip: bool = False,
) -> tuple[Layer, ...]:
    """The layers of y^ℓ_i(α) = [y^{ℓ−1}_i(α)] + b_i + Σ_{j,β} W_{β,ij} φ(y^{ℓ−1}_j(α + β)) [hayou2021].

    The first layer sees x itself. With `skip` every layer after it is a residual block, whose border keeps the
    positions. Domain: depth ≥ 1.
    Raises DomainError outside of it and where the grid is used up.

    >>> [layer.positions for layer in convolutional_layers((7,), (1,), 3, weight=S.One, border="valid")]
    [5, 3, 1]
    """
    if depth < 1:
        raise DomainError(f"a network of {depth} layers was asked for; take at least 1 layer")
    layers, sides = list[Layer](), list(shape)
    for index in range(depth):
        gather = window(sides, radius, border)
        layers.append(
            Layer(
                gather=gather,
                entering=int(np.prod(sides)),
                weight=weight,
                bias=bias,
                skip=skip and index > 0,
                activated=index > 0,
            )
        )
        if border == "valid":
            sides = [n - 2 * k for n, k in zip(sides, radius, strict=True)]
    return tuple(layers)


def diagonal_mixing(side: int, radius: int) -> sympy.Matrix:
    """U, the matrix by which a periodic 1-D layer averages a covariance along one diagonal α′ − α = const.

    (U v)_α = (2k+1)⁻¹·Σ_β v_{α+β}: circulant, and doubly stochastic. The covariance of M positions is M such vectors.
    Domain: 2k + 1 ≤ M. Raises DomainError outside of it.

    >>> diagonal_mixing(4, 1).row(0)
    Matrix([[1/3, 1/3, 0, 1/3]])
    """
    matrix = sympy.zeros(side, side)
    for row in window((side,), (radius,)):
        for position, seen in enumerate(row):
            matrix[position, int(seen)] += Rational(1, 2 * radius + 1)
    return matrix


def mixing_eigenvalue(side: int, radius: int, frequency: int) -> Expr:
    """λ_j = (1 + 2·Σ_{m=1}^k cos(2πjm/M))/(2k+1), the eigenvalue of U at e^{2πijα/M}; λ_0 = 1.

    On all M² pairs of positions each λ_j counts M times, once for each lag α′ − α; |λ_j| < 1 for j ≠ 0 if k ≥ 1.

    >>> [mixing_eigenvalue(4, 1, j) for j in range(4)]
    [1, 1/3, -1/3, 1/3]
    """
    total = 1 + 2 * sympy.Add(*(sympy.cos(2 * sympy.pi * frequency * m / side) for m in range(1, radius + 1)))
    return total / (2 * radius + 1)
