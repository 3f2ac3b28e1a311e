"""The residual network of dense blocks, whose variance grows like aᴸ while its correlation follows one fixed map."""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from sympy import Expr, S

from symntk.activations.activation import Activation
from symntk.architectures.recursion import Value, one_like, weighted
from symntk.errors import DomainError
from symntk.gaussian.moments import second_moment


@dataclass(frozen=True, kw_only=True)
class Residual:
    """y^ℓ = y^{ℓ−1} + F(y^{ℓ−1}), ℓ ≥ 2, F a dense layer without bias, φ positively homogeneous [hayou2021].

    With α = σ_w²·E φ(Z)² the variance is q^ℓ = (1 + α)·q^{ℓ−1}, so that a block mixes with the weight δ = α/(1 + α):
    c^ℓ = (1 − δ)·c^{ℓ−1} + δ·f(c^{ℓ−1}). The block adds σ_w²·E φφ = α·q^{ℓ−1}·f(c^{ℓ−1}) to the NTK by its own weights
    and carries on 1 + σ_w²·E φ′φ′ = 1 + α·f′(c^{ℓ−1}) of it: in units of δ·√(q^ℓ(x,x)·q^ℓ(x′,x′)),
    k^ℓ = (1 − δ + δ·f′(c^{ℓ−1}))·k^{ℓ−1} + f(c^{ℓ−1}), k¹ = c¹/δ.

    >>> from sympy import symbols
    >>> net = Residual(strength=S(2))
    >>> c, f, k, slope = symbols("c f k slope")
    >>> net.correlation(c, f), net.ntk_factor(c, slope) * k + net.ntk_source(c, f)
    (c/3 + 2*f/3, f + k*(2*slope/3 + 1/3))
    """

    strength: Expr
    """α > 0."""
    name: str = "resnet"

    def __post_init__(self) -> None:
        if self.strength.is_positive is not True:
            raise DomainError(f"a residual network of strength {self.strength} was asked for; take α > 0")

    @property
    def weight(self) -> Expr:
        """δ = α/(1 + α)."""
        return sympy.radsimp(self.strength / (1 + self.strength))

    def growth(self, layer: Expr) -> Expr:
        """q^ℓ/q¹ = (1 + α)^{ℓ−1}."""
        return (1 + self.strength) ** (layer - 1)

    def normalisation(self, layer: Expr) -> Expr:
        """δ·ℓ·(1 + α)^{ℓ−1}: K^ℓ(x,x′) over this times √(q¹(x,x)·q¹(x′,x′)) has the limit of k^ℓ/ℓ."""
        return self.weight * layer * self.growth(layer)

    def correlation(self, correlation: Value, mapped: Value) -> Value:
        """(1 − δ)·c + δ·f(c)."""
        return correlation + weighted(mapped - correlation, self.weight)

    def ntk_factor(self, correlation: Value, slope: Value) -> Value:
        """1 − δ + δ·f′(c)."""
        one = one_like(slope)
        return one + weighted(slope - one, self.weight)

    def ntk_source(self, correlation: Value, mapped: Value) -> Value:
        """f(c): α·q^{ℓ−1}·f(c) in units of δ·q^ℓ."""
        return mapped


def residual(activation: Activation, sigma_w: Expr | None = None) -> Residual:
    """The network of an activation, α = σ_w²·E φ(Z)²; without σ_w the one with α = 1.

    Domain: φ positively homogeneous of degree 1, σ_w > 0. Guarantee: exact. Raises DomainError outside of it: the
    variance then changes the correlation map from layer to layer.

    >>> from symntk.activations.catalogue import activation
    >>> net = residual(activation("relu"), S(2))
    >>> net.strength, net.weight, net.normalisation(S(3))
    (2, 2/3, 18)
    """
    if activation.homogeneity_degree != 1:
        raise DomainError(
            f"a residual network with {activation.name} was asked for, but its variance grows and φ is not "
            "positively homogeneous; take αx + β|x| (relu, leaky_relu(a), abs)"
        )
    if sigma_w is not None and sigma_w.is_positive is not True:
        raise DomainError(f"a residual network with {activation.name} and σ_w = {sigma_w} was asked for; take σ_w > 0")
    return Residual(strength=S.One if sigma_w is None else sympy.expand(sigma_w**2 * second_moment(activation)))
