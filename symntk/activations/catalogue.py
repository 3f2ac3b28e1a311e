"""The catalogue: every named activation, by name."""

from __future__ import annotations

from functools import cache, lru_cache

from symntk.activations.activation import Activation
from symntk.activations.families import CATALOGUE
from symntk.activations.family import Family
from symntk.activations.parse import parse_activation

__all__ = ["CATALOGUE", "Family", "activation", "default_members"]


@lru_cache(maxsize=1024)
def activation(text: str) -> Activation:
    """The activation that the text names: a catalogue name, a name with parameters, or an expression in x.

    Raises ParseError or DomainError as `parse_activation` does.

    >>> activation("relu").homogeneity_degree, activation("rectified_monomial(3)").smoothness
    (1, 2)
    """
    return parse_activation(text)


@cache
def default_members() -> tuple[Activation, ...]:
    """Every family of the catalogue at its default parameters.

    >>> "relu" in [phi.name for phi in default_members()]
    True
    """
    return tuple(family.make() for family in CATALOGUE.values())
