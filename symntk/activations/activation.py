"""Defines an activation: an exact function of x whose hypotheses are computed from its pieces."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy
from sympy import Expr

from symntk.activations import hypotheses
from symntk.activations.admission import admitted, check_pieces
from symntk.activations.cases import composed
from symntk.activations.splitting import Piece, resolved, split
from symntk.notation import X

__all__ = ["Activation", "Piece", "added", "dilated", "scaled", "shifted"]


@dataclass(frozen=True, kw_only=True)
class Activation:
    """A real function φ of x, piecewise analytic with finitely many exact breakpoints, and E φ(u)² < ∞ for u ~ N(0, 1).

    Two activations are equal when their names and expressions are. Everything else is computed.
    Raises DomainError at construction when the expression is not such a function.

    >>> Activation(name="ramp", expression=sympy.Max(0, X)).breakpoints
    (0,)
    """

    name: str
    expression: Expr

    def __post_init__(self) -> None:
        object.__setattr__(self, "expression", admitted(self.name, self.expression))
        check_pieces(self.name, self.pieces)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The analytic pieces from −∞ to ∞, with exact breakpoints; adjacent equal pieces are merged."""
        return split(self.expression)

    @cached_property
    def breakpoints(self) -> tuple[Expr, ...]:
        """The points where one piece ends and a different one begins, in increasing order."""
        return tuple(piece.right for piece in self.pieces[:-1])

    @cached_property
    def parity(self) -> str | None:
        """The parity "even" or "odd" when proved from the pieces (0 is "even"); None when neither was proved."""
        return hypotheses.parity(self.pieces)

    @cached_property
    def homogeneity_degree(self) -> Expr | None:
        """The k with φ(λx) = λᵏφ(x) for all λ > 0, when proved from the pieces; None otherwise."""
        return hypotheses.homogeneity_degree(self.pieces)

    @cached_property
    def smoothness(self) -> Expr | None:
        """The largest k with φ ∈ Cᵏ: −1 for a jump, oo without breakpoints, None when undecided."""
        return hypotheses.smoothness(self.pieces)

    @property
    def square_integrable(self) -> bool:
        """Whether E φ(u)² < ∞ for u ~ N(0, 1): True, since construction refuses everything else."""
        return True

    def __add__(self, other: Activation) -> Activation:
        return added(self, other)

    def __mul__(self, factor: Expr | int) -> Activation:
        return scaled(self, factor)

    def __rmul__(self, factor: Expr | int) -> Activation:
        return scaled(self, factor)


def scaled(phi: Activation, factor: Expr | int) -> Activation:
    """The activation factor·φ(x).

    >>> scaled(Activation(name="id", expression=X), 3).expression
    3*x
    """
    factor = sympy.S(factor)
    return Activation(name=f"{factor}*{phi.name}", expression=factor * phi.expression)


def dilated(phi: Activation, factor: Expr | int) -> Activation:
    """The activation φ(factor·x).

    >>> dilated(Activation(name="wave", expression=sympy.sin(X)), 2).expression
    sin(2*x)
    """
    factor = sympy.S(factor)
    return Activation(name=f"{phi.name}({factor}*x)", expression=resolved(composed(phi.expression, factor * X)))


def shifted(phi: Activation, t: Expr | int) -> Activation:
    """The activation φ(x − t).

    >>> shifted(Activation(name="square", expression=X**2), 1).expression
    (x - 1)**2
    """
    t = sympy.S(t)
    return Activation(name=f"{phi.name}(x - {t})", expression=resolved(composed(phi.expression, X - t)))


def added(phi: Activation, psi: Activation) -> Activation:
    """The activation φ(x) + ψ(x).

    >>> added(Activation(name="id", expression=X), Activation(name="wave", expression=sympy.sin(X))).name
    'id + wave'
    """
    return Activation(name=f"{phi.name} + {psi.name}", expression=phi.expression + psi.expression)
