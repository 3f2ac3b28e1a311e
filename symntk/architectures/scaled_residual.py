"""The scaled residual network, whose blocks shrink like ℓ^{−1/2}: a recursion that differs from layer to layer."""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from sympy import Expr

from symntk.activations.activation import Activation
from symntk.architectures.recursion import Value
from symntk.errors import DomainError
from symntk.gaussian.dual import dual


@dataclass(frozen=True, kw_only=True)
class ScaledResidual:
    """y^ℓ = y^{ℓ−1} + ℓ^{−1/2}·F(y^{ℓ−1}), ℓ ≥ 2, F a dense layer without bias, φ positively homogeneous [hayou2021].

    With κ = σ_w²·E φ(Z)² the variance is q^ℓ = (1 + κ/ℓ)·q^{ℓ−1}, so that a layer mixes with the weight
    δ_ℓ = (κ/ℓ)/(1 + κ/ℓ) = κ/(ℓ + κ): c^ℓ = (1 − δ)·c^{ℓ−1} + δ·f(c^{ℓ−1}) and, for k^ℓ = K^ℓ/√(q^ℓ(x,x)·q^ℓ(x′,x′)),
    k^ℓ = (1 − δ + δ·f′(c^{ℓ−1}))·k^{ℓ−1} + δ·f(c^{ℓ−1}) with k¹ = c¹.
    The block's own weights see the inputs √q^{ℓ−1}·φ and the factor ℓ^{−1/2}, hence the δ before the last f.
    With shift = 0 the same holds for y^ℓ = √(1 − κ/ℓ)·y^{ℓ−1} + √(κ/ℓ)·F at E φ(Z)² = q: any φ, constant variance.

    >>> from sympy import S
    >>> net = ScaledResidual(strength=S(1))
    >>> net.weight(S(2)), net.growth(S(2))
    (1/3, 3/2)
    """

    strength: Expr
    """κ > 0."""
    shift: Expr | None = None
    """η in δ_ℓ = κ/(ℓ + η); κ itself for the network above."""
    name: str = "scaled_resnet"

    def __post_init__(self) -> None:
        if self.strength.is_positive is not True:
            raise DomainError(f"a scaled residual network of strength {self.strength} was asked for; take κ > 0")

    @property
    def offset(self) -> Expr:
        """η."""
        return self.strength if self.shift is None else self.shift

    def weight(self, layer: Expr) -> Expr:
        """δ_ℓ = κ/(ℓ + η), for ℓ ≥ 2."""
        return self.strength / (layer + self.offset)

    def growth(self, layer: Expr) -> Expr:
        """q^ℓ/q¹ = Π_{j=2}^ℓ (1 + κ/j) = Γ(ℓ + 1 + κ)/(Γ(ℓ + 1)·Γ(2 + κ)) of the network without shift.

        Raises DomainError for the network of constant variance, where it is 1.
        """
        if self.shift is not None:
            raise DomainError("the growth of the variance was asked for, but this network keeps its variance")
        k = self.strength
        return sympy.expand_func(sympy.gamma(layer + 1 + k) / (sympy.gamma(layer + 1) * sympy.gamma(2 + k)))

    def correlation(self, weight: Value, correlation: Value, mapped: Value) -> Value:
        """c + δ·(f(c) − c)."""
        return correlation + weight * (mapped - correlation)

    def ntk(self, weight: Value, kernel: Value, slope: Value, mapped: Value) -> Value:
        """k + δ·(f(c) − (1 − f′(c))·k), that is (1 − δ + δ·f′)·k + δ·f."""
        return kernel + weight * (mapped + slope * kernel - kernel)


def scaled_residual(activation: Activation, sigma_w: Expr) -> ScaledResidual:
    """The network without bias of an activation: κ = σ_w²·E φ(Z)².

    Domain: φ positively homogeneous of degree 1, σ_w > 0. Guarantee: exact. Raises DomainError outside of it: the
    variance then changes the correlation map from layer to layer.

    >>> from symntk.activations.catalogue import activation
    >>> scaled_residual(activation("relu"), sympy.S(2)).strength
    2
    """
    if activation.homogeneity_degree != 1:
        raise DomainError(
            f"a scaled residual network with {activation.name} was asked for, but its variance grows and φ is not "
            "positively homogeneous; take αx + β|x| (relu, leaky_relu(a), abs)"
        )
    return ScaledResidual(strength=sigma_w**2 * dual(activation).at(1))
