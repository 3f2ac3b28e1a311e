"""The protocol of an architecture: how one layer changes the correlation and the NTK of a pair of inputs."""

from __future__ import annotations

from typing import Protocol, TypeVar

from flint import arb
from sympy import Expr

from symntk.expansions.puiseux import Series

Value = TypeVar("Value", Expr, arb, Series)
"""Expressions, balls or series: a recursion only adds and multiplies."""


class KernelRecursion(Protocol):
    """One layer at equal norms, in units of the variance q: c ↦ correlation, K ↦ ntk_factor·K + ntk_source.

    `mapped` is f(c), `slope` is f′(c) of the correlation map f of the activation at the variance in use.
    """

    @property
    def name(self) -> str:
        """The name of the architecture on the command line."""
        ...

    def correlation(self, correlation: Value, mapped: Value) -> Value:
        """The correlation after the layer."""
        ...

    def ntk_factor(self, correlation: Value, slope: Value) -> Value:
        """The factor q̇ with which the layer carries the NTK on."""
        ...

    def ntk_source(self, correlation: Value, mapped: Value) -> Value:
        """What the weights of the layer itself add to the NTK."""
        ...
