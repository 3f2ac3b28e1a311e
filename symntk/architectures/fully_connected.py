"""The fully connected network."""

from __future__ import annotations

from dataclasses import dataclass

from symntk.architectures.recursion import Value
from symntk.errors import DomainError


@dataclass(frozen=True, kw_only=True)
class FullyConnected:
    """c^{ℓ+1} = f(c^ℓ) and K^{ℓ+1} = f′(c^ℓ)·K^ℓ + c^{ℓ+1}, with K^1 = c^1, in units of q [jacot2018], [hayou2021].

    >>> from sympy import symbols
    >>> net = FullyConnected()
    >>> k, c, f, slope = symbols("k c f slope")
    >>> net.ntk_factor(c, slope) * k + net.ntk_source(c, f)
    f + k*slope
    """

    name: str = "fc"

    def correlation(self, correlation: Value, mapped: Value) -> Value:
        """f(c)."""
        return mapped

    def ntk_factor(self, correlation: Value, slope: Value) -> Value:
        """f′(c)."""
        return slope

    def ntk_source(self, correlation: Value, mapped: Value) -> Value:
        """f(c): the covariance of the layer's inputs."""
        return mapped


ARCHITECTURES = {"fc": FullyConnected()}


def architecture(name: str) -> FullyConnected:
    """The architecture of a name. Raises DomainError for a name that is none.

    >>> architecture("fc").name
    'fc'
    """
    if name not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise DomainError(f"the architecture {name[:40]!r} was asked for, but there is none of that name; take {known}")
    return ARCHITECTURES[name]
