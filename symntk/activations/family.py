"""Defines a family: a named activation with exact parameters, from which the members are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import sympy
from sympy import Expr

from symntk.activations.activation import Activation
from symntk.errors import DomainError


@dataclass(frozen=True, kw_only=True)
class Family:
    """A named activation with parameters: its defaults, its one-sentence summary, its source and its formula.

    `formula` maps the parameters to an expression in x, and raises DomainError outside its domain.
    A family with `variadic` takes any number of parameters from 1 up.
    """

    name: str
    summary: str
    source: str
    formula: Callable[..., Expr]
    parameters: dict[str, Expr] = field(default_factory=dict[str, Expr])
    variadic: bool = False

    def make(self, *values: Expr | int) -> Activation:
        """The member with the given parameters (the defaults fill the rest), named as it is written.

        >>> from symntk.activations.catalogue import CATALOGUE
        >>> CATALOGUE["leaky_relu"].make(sympy.Rational(1, 10)).name
        'leaky_relu(1/10)'
        """
        parameters = self.completed(values)
        return Activation(name=self.member_name(parameters), expression=self.formula(*parameters))

    def completed(self, values: tuple[Expr | int, ...]) -> tuple[Expr, ...]:
        """The given parameters followed by the remaining defaults; raises DomainError when there are too many."""
        exact = tuple(sympy.S(value) for value in values)
        defaults = tuple(self.parameters.values())
        if self.variadic:
            return exact or defaults
        if len(exact) > len(defaults):
            takes = f"({', '.join(self.parameters)})" if defaults else "none"
            raise DomainError(
                f"{self.name} was asked for with {len(exact)} parameters, but it takes {takes}; drop the others"
            )
        return exact + defaults[len(exact) :]

    def member_name(self, parameters: tuple[Expr, ...]) -> str:
        """The name alone at the defaults, otherwise the name with all its parameters."""
        if parameters == tuple(self.parameters.values()):
            return self.name
        return f"{self.name}({', '.join(str(p).replace(' ', '') for p in parameters)})"


def require(condition: bool | None, asked: str, found: object, remedy: str) -> None:
    """Raises DomainError with one line unless the condition holds."""
    if not condition:
        raise DomainError(f"{asked}, but {found} was found; {remedy}")


def require_real(name: str, parameter: str, value: Expr) -> None:
    """Raises DomainError unless the parameter is a real number, or a symbol declared real."""
    require(value.is_real, f"{name} needs a real {parameter}", value, "give an exact real number")


def require_integer(name: str, parameter: str, value: Expr, low: int, high: int) -> None:
    """Raises DomainError unless the parameter is an integer between low and high."""
    inside = value.is_Integer and low <= int(value) <= high
    require(inside, f"{name} needs an integer {parameter} between {low} and {high}", value, "give such an integer")
