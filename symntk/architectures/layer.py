"""One description of a layer from which its kernels and the finite network are both made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, S

from symntk.errors import DomainError

Positions = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """y′_i(p) = skip·y_i(p) + b_i + Σ_{β,j} W_{β,ij}·h_j(g(β, p)), h = φ(y) or y.

    W has the variance weight/(offsets·fan-in), b the variance bias. A dense layer has one position and one offset.
    Domain: weight > 0, bias ≥ 0; with `skip` as many positions leave as enter. Raises DomainError outside of it.

    >>> dense(weight=S(2)).offsets
    1
    """

    gather: Positions
    """g(β, p) as an array (offsets, positions); −1 where h is 0 there."""
    entering: int
    """How many positions enter."""
    weight: Expr
    """σ_w², with the factor of a scaled block."""
    bias: Expr = S.Zero
    """σ_b²."""
    skip: bool = False
    activated: bool = True

    def __post_init__(self) -> None:
        if self.weight.is_positive is not True or self.bias.is_nonnegative is not True:
            raise DomainError(
                f"a layer with σ_w² = {self.weight}, σ_b² = {self.bias} was asked for; take σ_w > 0, σ_b ≥ 0"
            )
        if self.gather.ndim != 2 or self.gather.size == 0:
            raise DomainError("a layer without positions was asked for; take at least one position and one offset")
        if self.skip and self.gather.shape[1] != self.entering:
            raise DomainError(
                f"a skip connection from {self.entering} to {self.gather.shape[1]} positions was asked for; take a "
                "border that keeps their number"
            )

    @property
    def offsets(self) -> int:
        """How many offsets the filter has."""
        return int(self.gather.shape[0])

    @property
    def positions(self) -> int:
        """How many positions leave."""
        return int(self.gather.shape[1])


def dense(*, weight: Expr, bias: Expr = S.Zero, skip: bool = False, activated: bool = True) -> Layer:
    """A dense layer: one position."""
    return Layer(
        gather=np.zeros((1, 1), dtype=np.int64), entering=1, weight=weight, bias=bias, skip=skip, activated=activated
    )


def fully_connected(depth: int, *, weight: Expr, bias: Expr = S.Zero) -> tuple[Layer, ...]:
    """The layers of y^ℓ = b + W φ(y^{ℓ−1}), y¹ = b + W x.

    Raises DomainError for a depth below 1.

    >>> [layer.activated for layer in fully_connected(3, weight=S.One)]
    [False, True, True]
    """
    return (
        dense(weight=weight, bias=bias, activated=False),
        *_blocks(depth, lambda _: dense(weight=weight, bias=bias)),
    )


def residual_layers(depth: int, *, weight: Expr, bias: Expr = S.Zero) -> tuple[Layer, ...]:
    """The layers of y^ℓ = y^{ℓ−1} + b + W φ(y^{ℓ−1}), ℓ ≥ 2 [hayou2021]. Raises DomainError for a depth below 1."""
    first = dense(weight=weight, bias=bias, activated=False)
    return (first, *_blocks(depth, lambda _: dense(weight=weight, bias=bias, skip=True)))


def scaled_residual_layers(depth: int, *, weight: Expr) -> tuple[Layer, ...]:
    """The layers of y^ℓ = y^{ℓ−1} + ℓ^{−1/2}·W φ(y^{ℓ−1}), ℓ ≥ 2 [hayou2021]. Raises DomainError for a depth below 1.

    >>> [layer.weight for layer in scaled_residual_layers(3, weight=S(6))]
    [6, 3, 2]
    """
    first = dense(weight=weight, activated=False)
    return (first, *_blocks(depth, lambda layer: dense(weight=weight / layer, skip=True)))


def _blocks(depth: int, block: Callable[[int], Layer]) -> tuple[Layer, ...]:
    if depth < 1:
        raise DomainError(f"a network of {depth} layers was asked for; take at least 1 layer")
    return tuple(block(layer) for layer in range(2, depth + 1))
