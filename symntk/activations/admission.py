"""Admits what can be an activation: exact, in x alone, real on the whole line, square-integrable under N(0, 1)."""

from __future__ import annotations

import sympy
from sympy import Expr, S

from symntk.activations.growth import check_square_integrable
from symntk.activations.ordering import shown
from symntk.activations.regularity import check_regular
from symntk.activations.splitting import Piece
from symntk.errors import DomainError
from symntk.notation import X


def admitted(name: str, expression: Expr | int) -> Expr:
    """The expression when it is an exact function of x, with positive parameters at most; raises DomainError otherwise.

    >>> admitted("ramp", sympy.Max(0, X))
    Max(0, x)
    """
    exact = S(expression)
    if not isinstance(exact, Expr):
        raise DomainError(
            f"an expression in x was expected as {shown(name)}, but {type(expression).__name__} was found; give one"
        )
    if exact.has(sympy.Float):
        raise DomainError(
            f"an exact activation was asked for as {shown(name)}, but {shown(exact)} holds a floating-point number; "
            "write it as a fraction such as Rational(1, 10)"
        )
    strangers = sorted((s for s in exact.free_symbols if s != X and not s.is_positive), key=str)
    if strangers:
        raise DomainError(
            f"a function of x alone was asked for as {shown(name)}, but the symbol {strangers[0]} was found; "
            "use symntk.notation.X for x, and declare parameters positive"
        )
    return exact


def check_pieces(name: str, pieces: tuple[Piece, ...]) -> None:
    """Raises DomainError unless every piece is proved real analytic and E φ(u)² < ∞ for u ~ N(0, 1)."""
    for piece in pieces:
        check_regular(piece.expression, piece.left, piece.right)
    check_square_integrable(name, pieces[0].expression, -1)
    check_square_integrable(name, pieces[-1].expression, 1)
