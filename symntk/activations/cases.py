"""Holds definitions by cases inert while expressions are built: sympy rewrites a Piecewise inside other functions."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Function, Piecewise
from sympy.core.relational import Relational

from symntk.notation import X


class Cases(Function):
    """The inert definition by cases Cases(e₁, c₁, e₂, c₂, …): the first expression whose condition holds.

    >>> Cases(X, X > 0, X**2, True)
    Cases(x, x > 0, x**2, True)
    """

    @classmethod
    def eval(cls, *args: Any) -> None:
        """No rule: the cases stay as they are written."""

    def _eval_is_extended_real(self) -> bool:
        return True


def pairs(expression: Expr) -> tuple[tuple[Expr, Expr], ...]:
    """The pairs (expression, condition) of a Piecewise or Cases.

    >>> pairs(Cases(X, X > 0, X**2, True))
    ((x, x > 0), (x**2, True))
    """
    if isinstance(expression, Cases):
        return tuple(zip(expression.args[::2], expression.args[1::2], strict=True))
    return tuple((branch, condition) for branch, condition in expression.args)


def composed(expression: Expr, argument: Expr) -> Expr:
    """The expression with x replaced by the argument; every Piecewise becomes inert Cases.

    >>> composed(Piecewise((X, X > 0), (0, True)), X - 1)
    Cases(x - 1, x - 1 > 0, 0, True)
    """
    if expression == X:
        return argument
    if not expression.has(X):
        return expression
    if isinstance(expression, Piecewise):
        return Cases(*(composed(part, argument) for pair in pairs(expression) for part in pair))
    parts = [composed(part, argument) for part in expression.args]
    if isinstance(expression, Relational):
        return expression.func(*parts, evaluate=False)
    return expression.func(*parts)
