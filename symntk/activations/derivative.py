"""Differentiates activations in the sense of distributions, because Price's theorem needs the masses at kinks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import sympy
from sympy import Expr

from symntk.activations.activation import Activation
from symntk.activations.ordering import sign_of
from symntk.activations.splitting import Piece, merged, piecewise_expression
from symntk.errors import DomainError
from symntk.notation import X


@dataclass(frozen=True, kw_only=True)
class PointMass:
    """The distribution weight·δ⁽ᵒʳᵈᵉʳ⁾ at a point: g ↦ weight·(−1)^order·g⁽ᵒʳᵈᵉʳ⁾(point)."""

    point: Expr
    weight: Expr
    order: int = 0


@dataclass(frozen=True, kw_only=True)
class DistributionalDerivative:
    """A derivative of an activation: a piecewise analytic regular part plus point masses, by point and order."""

    regular: tuple[Piece, ...]
    masses: tuple[PointMass, ...] = ()

    @property
    def expression(self) -> Expr:
        """The regular part as one expression in x; its values at the breakpoints carry no meaning."""
        return piecewise_expression(self.regular)


def derivative(phi: Activation, order: int = 1) -> DistributionalDerivative:
    """The distributional derivative of φ of the given order ≥ 0.

    φ⁽ⁿ⁾ = (eᵢ⁽ⁿ⁾ on piece i) + Σ_t Σ_{k<n} [φ⁽ᵏ⁾]_t · δ_t⁽ⁿ⁻¹⁻ᵏ⁾, where [·]_t is the jump at the breakpoint t.
    Guarantee: exact. Raises DomainError when order is negative, or when a derivative below the order is infinite
    at a breakpoint, so that the regular part may not be integrable there.

    >>> from symntk.activations.catalogue import activation
    >>> derivative(activation("relu"), 2).masses
    (PointMass(point=0, weight=1, order=0),)
    """
    if order < 0:
        raise DomainError(f"a derivative of {phi.name} of order {order} was asked for; ask for an order of at least 0")
    regular = tuple(_differentiated(piece, order) for piece in phi.pieces)
    masses = [mass for p, q in pairwise(phi.pieces) for mass in _masses(phi, p, q, order)]
    return DistributionalDerivative(regular=merged(regular), masses=tuple(masses))


def _differentiated(piece: Piece, order: int) -> Piece:
    expression = piece.expression.diff(X, order) if order else piece.expression
    return Piece(left=piece.left, right=piece.right, expression=expression)


def _masses(phi: Activation, before: Piece, after: Piece, order: int) -> list[PointMass]:
    """The masses at one breakpoint, by increasing order of δ."""
    point, masses = before.right, list[PointMass]()
    left, right = before.expression, after.expression
    for lower in range(order):
        jump = sympy.expand(right.subs(X, point) - left.subs(X, point))
        if jump.has(sympy.oo, sympy.zoo, sympy.nan):
            raise DomainError(
                f"the derivative of {phi.name} of order {order} was asked for, but the one of order {lower} "
                f"has no finite limit at x = {point}; ask for order {lower} at most"
            )
        if sign_of(jump) != 0:
            masses.insert(0, PointMass(point=point, weight=jump, order=order - 1 - lower))
        left, right = left.diff(X), right.diff(X)
    return masses
