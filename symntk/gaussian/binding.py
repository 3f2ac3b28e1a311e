"""Binds the variable of an activation's expression, so that an inert expectation has no free x."""

from __future__ import annotations

import itertools

import sympy
from sympy import Expr, Lambda, S, Symbol

from symntk.notation import X


def bound(expression: Expr | int) -> Lambda:
    """The function x ↦ expression with a bound variable u (u_1, … where u already occurs inside).

    >>> bound(sympy.tanh(X))
    Lambda(u, tanh(u))
    """
    exact = S(expression)
    taken = exact.atoms(Symbol)
    names = itertools.chain(["u"], (f"u_{i}" for i in itertools.count(1)))
    variable = next(v for v in (Symbol(name, real=True) for name in names) if v not in taken)
    body = exact.xreplace({X: variable})
    # sympy turns Lambda(u, u) into an object that is no number-valued expression; a product with one factor stays one.
    return Lambda(variable, sympy.Mul(1, variable, evaluate=False) if body == variable else body)
