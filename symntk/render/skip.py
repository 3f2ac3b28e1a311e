"""The answers of `rate` and `depth` for networks with skip connections, by the name of the architecture."""

from __future__ import annotations

from sympy import Expr

from symntk.activations.activation import Activation
from symntk.render.answers import Answer
from symntk.render.residual import RESNET, residual_depth_answer, residual_net, residual_rate_answer
from symntk.render.scaled import scaled_depth_answer, scaled_net, scaled_rate_answer

Deviations = tuple[Expr | None, Expr]
"""σ_w, None for the one that keeps the variance of a dense layer, and σ_b."""


def skip_depth_answer(
    arch: str, phi: Activation, deviations: Deviations, layers: int, rho: Expr, *, digits: int
) -> Answer:
    """γ_L and the NTK ratio of `resnet` or `scaled_resnet`. Raises DomainError where there is no such network."""
    if arch == RESNET:
        return residual_depth_answer(residual_net(phi, *deviations), layers, rho, digits=digits)
    return scaled_depth_answer(scaled_net(phi, *deviations), layers, rho, digits=digits)


def skip_rate_answer(
    arch: str, phi: Activation, deviations: Deviations, order: int, *, digits: int, rho: Expr | None = None
) -> Answer:
    """The expansions of `resnet` or `scaled_resnet`. Raises DomainError where there is no such network."""
    if arch == RESNET:
        return residual_rate_answer(residual_net(phi, *deviations), order, digits=digits, rho=rho)
    return scaled_rate_answer(scaled_net(phi, *deviations), order, digits=digits, rho=rho)
