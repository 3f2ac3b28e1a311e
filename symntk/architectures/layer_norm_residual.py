"""The residual network whose blocks and sums are normalised: its variance is fixed, for every activation."""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from sympy import Expr, S

from symntk.activations.activation import Activation
from symntk.architectures.recursion import Value, weighted
from symntk.errors import DomainError
from symntk.gaussian.moments import second_moment
from symntk.meanfield.parametrisation import characteristic_value


@dataclass(frozen=True, kw_only=True)
class LayerNormResidual:
    """Y = U z, y = z + V φ(√m·Y/|Y|)/√m, z′ = √n·y/|y|, U_ij of variance 1/n, V_ij of variance σ² [shrinkage2022].

    With ‖φ‖² = E φ(Z)² and δ = σ²‖φ‖²/(1 + σ²‖φ‖²): c′ = (1 − δ)·c + δ·f(c), f = φ̂/‖φ‖². The gradients of both norms
    are of order n^{−1/2}; y passes on K, the weights V add σ²φ̂, and U adds c to what φ′ carries on:
    K′ = (1 − δ)·K + δ·(f′(c)·(K + c) + f(c)).

    >>> net = LayerNormResidual(strength=S(1))
    >>> net.correlation(S.Zero, S.One), net.ntk(S.Zero, S.Zero, S.One, S.One)
    (1/2, 1/2)
    """

    strength: Expr
    """σ²‖φ‖² > 0."""

    def __post_init__(self) -> None:
        if self.strength.is_positive is not True:
            raise DomainError(f"a normalised residual network of strength {self.strength} was asked for; take σ > 0")

    @property
    def weight(self) -> Expr:
        """δ."""
        return sympy.radsimp(self.strength / (1 + self.strength))

    def correlation(self, correlation: Value, mapped: Value) -> Value:
        """(1 − δ)·c + δ·f(c)."""
        return correlation + weighted(mapped - correlation, self.weight)

    def ntk(self, kernel: Value, correlation: Value, slope: Value, mapped: Value) -> Value:
        """(1 − δ)·K + δ·(f′(c)·(K + c) + f(c))."""
        return kernel + weighted(slope * (kernel + correlation) + mapped - kernel, self.weight)

    def slope_at_one(self, slope: Expr) -> Expr:
        """1 + δ·(f′(1) − 1), f′(1) = E φ′²/E φ²: above 1 correlations near 1 part, below 1 they meet geometrically."""
        return 1 + self.weight * (slope - 1)


def layer_norm_residual(activation: Activation, sigma: Expr) -> tuple[LayerNormResidual, Expr]:
    """The network of an activation and its slope at 1.

    Domain: φ not 0 and without jumps, σ > 0. Guarantee: exact. Raises DomainError outside of it.

    >>> from symntk.activations.catalogue import activation
    >>> layer_norm_residual(activation("relu"), S(1))
    (LayerNormResidual(strength=1/2), 1)
    """
    if sigma.is_positive is not True:
        raise DomainError(f"a normalised residual network with σ = {sigma} was asked for; take σ > 0")
    value = characteristic_value(activation, S.Zero)
    if value == sympy.oo:
        raise DomainError(f"a normalised residual network with {activation.name} was asked for, but φ jumps: E φ′² = ∞")
    network = LayerNormResidual(strength=sympy.expand(sigma**2 * second_moment(activation)))
    return network, sympy.simplify(network.slope_at_one(value))
