"""The rate at the point of the edge of chaos that σ_b, and σ_w if given, name."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr

from symntk.activations.activation import Activation
from symntk.architectures.recursion import KernelRecursion
from symntk.depth.parabolic import Rate, correlation_rate, edge_rate
from symntk.errors import DomainError
from symntk.meanfield.edge_of_chaos import EdgeOfChaos, EdgePoint, edge_of_chaos
from symntk.meanfield.phase import phase
from symntk.numbers.decide import decide
from symntk.numbers.exact import leaf

GUARD_BITS = 128
"""How much more accurately than the coefficients the variance is known."""


@dataclass(frozen=True, kw_only=True, eq=False)
class EdgeRate:
    """A rate and its place on the edge of chaos."""

    rate: Rate
    point: EdgePoint
    every_variance: bool
    """The rate is the same at each variance, as for ReLU."""


def rate_on_edge(
    activation: Activation,
    architecture: KernelRecursion,
    order: int,
    sigma_b: Expr,
    sigma_w: Expr | None = None,
    *,
    bits: int = 128,
) -> EdgeRate:
    """The rate on the edge of chaos at σ_b, at its stable point of smallest variance unless σ_w names another.

    Domain: σ_b ≥ 0; σ_w, if given, lies on the edge. Guarantee: exact coefficients, in letters with certified values
    where the variance has no closed form. Raises DomainError where there is no edge of chaos with q > 0, or where
    (σ_w, σ_b) is not shown to be on it.

    >>> from sympy import S
    >>> from symntk.activations.catalogue import activation
    >>> from symntk.architectures.fully_connected import FullyConnected
    >>> rate_on_edge(activation("relu"), FullyConnected(), 1, S(0)).rate.ntk.expression
    1/4
    """
    edge = edge_of_chaos(activation, sigma_b, bits=bits + GUARD_BITS)
    point = edge_point(edge, sigma_w)
    if edge.every_variance:
        rate = correlation_rate(activation, order, architecture)
    else:
        q = leaf(point.q) if point.q_exact is None else point.q_exact
        rate = edge_rate(activation, q, order, architecture, bits=bits)
    return EdgeRate(rate=rate, point=point, every_variance=edge.every_variance)


def on_edge(activation: Activation, sigma_w: Expr, sigma_b: Expr) -> bool:
    """Whether (σ_w, σ_b) is on the edge of chaos of φ; homogeneous φ without bias have one correlation map for all σ_w.

    Guarantee: proved. Raises DomainError without a fixed variance, UndecidedError where χ₁ is not told from 1.

    >>> from sympy import S
    >>> from symntk.activations.catalogue import activation
    >>> on_edge(activation("tanh"), S(2), S(0))
    False
    """
    homogeneous = activation.homogeneity_degree == 1 and sigma_b == 0
    return homogeneous or phase(activation, sigma_w, sigma_b).name == "edge_of_chaos"


def edge_point(edge: EdgeOfChaos, sigma_w: Expr | None = None, subject: str = "the rate") -> EdgePoint:
    """The stable point of smallest variance, or the one that σ_w names.

    Raises DomainError where there is none with q > 0, or where (σ_w, σ_b) is not shown to be on the edge.
    """
    asked = f"{subject} of {edge.activation.name} on the edge of chaos at σ_b = {edge.sigma_b} was asked for, but"
    if not edge.points:
        raise DomainError(f"{asked} there is none: {edge.reason}; take another σ_b")
    points = [p for p in edge.points if p.q > 0]
    if not points:
        raise DomainError(f"{asked} it is only the limit q → 0; give --sigma-b")
    if sigma_w is None:
        return points[0]
    found = [p for p in points if _is_at(p, sigma_w)]
    if not found:
        values = ", ".join(p.sigma_w.str(8, radius=False) for p in points)
        raise DomainError(f"{asked} σ_w = {sigma_w} is not shown to be on it; leave it out, or take one of {values}")
    return found[0]


def _is_at(point: EdgePoint, sigma_w: Expr) -> bool:
    """Only a closed form can be met exactly by a given number."""
    return point.sigma_w_exact is not None and decide(sigma_w, "==", point.sigma_w_exact) is True
