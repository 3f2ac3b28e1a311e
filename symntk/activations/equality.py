"""Proves that two analytic expressions are the same function, so that pieces can be compared and merged."""

from __future__ import annotations

from functools import cache

import sympy
from sympy import CRootOf, Expr, Rational

from symntk.errors import DomainError
from symntk.notation import X
from symntk.numbers.ball import enclose_at
from symntk.numbers.identity import prove_zero

POINTS = (Rational(3, 7), Rational(-5, 11), Rational(17, 7), Rational(-19, 7))
"""Points at which a difference of functions is looked for, inside and outside of most pieces."""

MAX_OPERATIONS = 300
PRECISIONS = (64, 1024)
"""The working precisions, in bits, at which a ball is asked to exclude zero."""


@cache
def is_identically_zero(expression: Expr) -> bool:
    """Whether a normal form proves that the expression vanishes identically; False means "not proved".

    Guarantee: True is a proof. Balls at a few points refute most other expressions first, and none larger than
    300 operations is tried.

    >>> is_identically_zero(sympy.tanh(X) - 1 + 2 / (sympy.exp(2 * X) + 1))
    True
    """
    if expression == 0:
        return True
    if _is_refuted(expression):
        return False
    if expression.count_ops() > MAX_OPERATIONS:
        return False
    return prove_zero(_reduced(expression)) or _is_logarithm_of_one(expression)


def _is_logarithm_of_one(expression: Expr) -> bool:
    """Whether a real number vanishes because its exponential is 1, as for log(2 − √3) + log(2 + √3)."""
    return bool(expression.is_number and expression.is_real and sympy.expand(sympy.exp(expression)) == 1)


def _reduced(expression: Expr) -> Expr:
    """The expression with a single algebraic number, if there is one, reduced by its minimal polynomial."""
    roots = expression.atoms(CRootOf)
    if len(roots) != 1:
        return expression
    (root,) = roots
    t = sympy.Dummy("t")
    polynomial = expression.xreplace({root: t})
    return sympy.rem(polynomial, root.poly.as_expr(t), t) if polynomial.is_polynomial(t) else expression


def _is_refuted(expression: Expr) -> bool:
    """Whether a ball at one of a few points excludes zero; False where parameters prevent a ball."""
    if expression.free_symbols - {X}:
        return False
    return any(_excludes_zero(expression, point) for point in (POINTS if expression.has(X) else POINTS[:1]))


def _excludes_zero(expression: Expr, point: Rational) -> bool:
    for bits in PRECISIONS:
        try:
            ball = enclose_at(expression, {X: point}, precision=bits)
        except DomainError:
            return False
        if ball.is_finite() and not ball.contains(0):
            return True
    return False
