"""Rewrites an expression near an end of its interval in the root of the distance, where roots and arcs are smooth."""

from __future__ import annotations

from functools import lru_cache

import sympy
from sympy import Expr, Symbol, acos, asin, pi

ROOT = Symbol("w", positive=True)
"""w = √|x − end|; positive, so that √(w²) is w."""


@lru_cache(maxsize=512)
def at_end(expression: Expr, symbol: Symbol, end: Expr, inward: int) -> Expr | None:
    """The expression at symbol = end + inward·w², with powers of w taken out of roots and arcs opened at ±1.

    Uses acos u = 2 asin √((1 − u)/2) where u = 1 at the end, acos u = π − acos(−u) where u = −1, asin u = π/2 − acos u.
    Guarantee: equal to the expression for w ≥ 0 wherever its arcs have arguments in [−1, 1].
    None if it has neither roots nor arcs.

    >>> from symntk.notation import RHO
    >>> at_end(acos(RHO), RHO, sympy.Integer(1), inward=-1)
    2*asin(sqrt(2)*w/2)
    """
    if not any(_is_singular(part) for part in sympy.preorder_traversal(expression)):
        return None
    return _opened(expression.subs(symbol, end + inward * ROOT**2))


def _is_singular(part: Expr) -> bool:
    return isinstance(part, asin | acos) or (isinstance(part, sympy.Pow) and not part.exp.is_Integer)


def _opened(expression: Expr) -> Expr:
    if not expression.has(ROOT) or not expression.args:
        return expression
    parts = [_opened(part) for part in expression.args]
    if isinstance(expression, asin):
        return pi / 2 - _opened_arc(parts[0])
    if isinstance(expression, acos):
        return _opened_arc(parts[0])
    if isinstance(expression, sympy.Pow) and parts[1].is_Rational and not parts[1].is_Integer:
        return _root(parts[0], parts[1])
    return expression.func(*parts)


def _opened_arc(argument: Expr) -> Expr:
    at_zero = sympy.expand(argument.subs(ROOT, 0))
    if at_zero == 1:
        return 2 * asin(_root((1 - argument) / 2, sympy.Rational(1, 2)))
    if at_zero == -1:
        return pi - 2 * asin(_root((1 + argument) / 2, sympy.Rational(1, 2)))
    return acos(argument)


def _root(base: Expr, exponent: Expr) -> Expr:
    """The power, with the powers of w in front of a polynomial base taken out."""
    if not base.is_polynomial(ROOT):
        return base**exponent
    polynomial = sympy.Poly(sympy.expand(base), ROOT)
    if polynomial.is_zero:
        return base**exponent
    lowest = min(powers[0] for powers in polynomial.monoms())
    rest = sympy.Poly({(p[0] - lowest,): c for p, c in polynomial.terms()}, ROOT).as_expr()
    return ROOT ** (lowest * exponent) * rest**exponent
