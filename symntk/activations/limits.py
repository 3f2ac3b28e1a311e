"""Refuses expressions whose evaluation or expansion would not end: towers of powers, huge numbers, huge products."""

from __future__ import annotations

import math
from functools import lru_cache

import sympy
from flint import arb
from sympy import Expr

from symntk.activations.equality import is_identically_zero
from symntk.errors import ParseError
from symntk.notation import X
from symntk.numbers.ball import enclose_at

MAX_EXPONENT = 200
MAX_DIGITS = 300
MAX_TERMS = 2000
MAX_EXPONENTIALS = 3
_SCREEN = 64


def check_power(base: Expr, exponent: Expr) -> None:
    """Raises ParseError before a power is built that is too large to be built."""
    if exponent.has(X):
        return
    check_constant(exponent, MAX_EXPONENT, f"exponents of at most {MAX_EXPONENT} are allowed")
    digits = max((len(str(number.p)) + len(str(number.q)) for number in base.atoms(sympy.Rational)), default=1)
    if not base.has(X) and digits * abs(enclose_at(exponent, precision=_SCREEN)) > MAX_DIGITS:
        raise ParseError(
            f"numbers of at most {MAX_DIGITS} digits are allowed, but a power has more; use smaller numbers"
        )


def check_constants(expression: Expr) -> None:
    """Raises ParseError unless every part without x is provably a finite real number of moderate size.

    >>> check_constants(X * sympy.exp(300))
    """
    parts = {expression} | expression.atoms(sympy.Function, sympy.Pow, sympy.Mul)
    for part in parts:
        if not part.has(X):
            check_constant(part)


@lru_cache(maxsize=4096)
def check_constant(constant: Expr, bound: int = 0, asked: str = "") -> None:
    """Raises ParseError unless a number is provably finite, real and at most the bound, 10^300 by default."""
    limit = sympy.Integer(bound or 10**MAX_DIGITS)
    asked = asked or f"numbers of at most {MAX_DIGITS} digits are allowed"
    ball = None if constant.has(sympy.zoo, sympy.nan, sympy.oo, sympy.I) else enclose_at(constant, precision=_SCREEN)
    if ball is None or not ball.is_finite():
        raise ParseError("finite real numbers were expected, but a part without x has no real value; remove it")
    if not ball.abs_upper() <= int(limit):
        raise ParseError(f"{asked}, but a larger one was found; use a smaller one")
    if _is_tiny(constant, ball):
        raise ParseError(f"numbers of at most {MAX_DIGITS} digits are allowed, but one is too close to 0; remove it")


def _is_tiny(constant: Expr, ball: arb) -> bool:
    """Whether a number is not zero, but not told from zero by 300 digits either."""
    if not ball.contains(0):
        return bool(ball.abs_lower() * 10**MAX_DIGITS < 1)
    return not is_identically_zero(constant) and enclose_at(constant, precision=_SCREEN + 4 * MAX_DIGITS).contains(0)


def check_size(expression: Expr) -> None:
    """Raises ParseError when the degree, the terms after expansion or the nesting of exponentials are too many."""
    if _degree(expression) > MAX_EXPONENT:
        raise ParseError(f"powers of at most {MAX_EXPONENT} are allowed, but the degree in x is larger; lower it")
    if _terms(expression) > MAX_TERMS:
        raise ParseError(f"at most {MAX_TERMS} terms after expansion are allowed, but there are more; simplify")
    if _exponentials(expression) > MAX_EXPONENTIALS:
        raise ParseError(f"at most {MAX_EXPONENTIALS} nested exponentials are allowed, but there are more; simplify")


def _degree(expression: Expr) -> float:
    """An upper bound of the degree in x, functions counted as their arguments."""
    if expression == X:
        return 1
    parts = [_degree(part) for part in expression.args]
    if expression.is_Mul:
        return sum(parts)
    if expression.is_Pow and not expression.exp.has(X):
        return parts[0] * abs(float(expression.exp))
    return max(parts, default=0)


def _terms(expression: Expr) -> float:
    """An upper bound of the number of terms after expansion."""
    parts = [_terms(part) for part in expression.args]
    if expression.is_Add:
        return sum(parts)
    if expression.is_Mul:
        return math.prod(parts)
    if expression.is_Pow and expression.exp.is_Integer:
        return math.comb(int(min(parts[0], MAX_TERMS + 1)) + abs(int(expression.exp)) - 1, abs(int(expression.exp)))
    return max(parts, default=1)


def _exponentials(expression: Expr) -> int:
    """The nesting depth of exponential functions of x."""
    if not expression.has(X):
        return 0
    inner = max((_exponentials(part) for part in expression.args), default=0)
    return inner + isinstance(expression, sympy.exp | sympy.sinh | sympy.cosh | sympy.tanh)
