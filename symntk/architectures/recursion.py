"""The protocol of an architecture: how one layer changes the correlation and the NTK of a pair of inputs."""

from __future__ import annotations

from typing import Protocol, TypeVar

from flint import arb
from sympy import Expr, S

from symntk.expansions.puiseux import Series, constant
from symntk.numbers.ball import enclose
from symntk.numbers.precision import current_precision

Value = TypeVar("Value", Expr, arb, Series)
"""Expressions, balls or series: a recursion only adds and multiplies."""


class KernelRecursion(Protocol):
    """One layer at equal norms: c ↦ correlation, K ↦ ntk_factor·K + ntk_source, K divided by the variance of its layer.

    The unit of K is what a layer adds to it on the diagonal, so that the source at c = 1 is 1.
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


def weighted(value: Value, weight: Expr) -> Value:
    """weight·value for an exact weight, in the arithmetic of the value and at the precision in force.

    >>> from sympy import Rational, Symbol
    >>> weighted(Symbol("c"), Rational(1, 2)), weighted(arb(3), Rational(1, 2))
    (c/2, 1.50000000000000)
    """
    if isinstance(value, Series):
        return value.scaled(value.ring.element(weight))
    if isinstance(value, arb):
        return value * enclose(weight, bits=current_precision())
    return value * weight


def one_like(value: Value) -> Value:
    """1 in the arithmetic of the value.

    >>> one_like(arb(3)), one_like(S(3))
    (1.00000000000000, 1)
    """
    if isinstance(value, Series):
        return constant(value.ring, value.ring.one, value.precision)
    if isinstance(value, arb):
        return arb(1)
    return S.One
