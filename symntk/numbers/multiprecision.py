"""Digits without promise: values of formulas in plain multiprecision arithmetic, independent of ball arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import mpmath
import sympy
from sympy import Expr, Symbol

from symntk.errors import DomainError
from symntk.numbers.exact import as_exact_expression

_GUARD_DIGITS = 10

Digits = Callable[[Expr, int], Any]
"""(closed node, digits) ↦ its value as an mpmath number, without promise."""
_nodes: dict[type, Digits] = {}


def register_digits(cls: type, handler: Digits) -> None:
    """Teach `evaluate` a node of a higher layer.

    >>> class Two(sympy.Function):
    ...     nargs = 0
    >>> register_digits(Two, lambda node, digits: mpmath.mpf(2))
    >>> print(evaluate(Two() + 1, digits=5))
    3.0
    """
    _nodes[cls] = handler


def evaluate(expr: Expr, values: Mapping[Symbol, Expr | int | Fraction] | None = None, *, digits: int = 50) -> Any:
    """The value of a real formula to about `digits` digits as an `mpmath.mpf`, without guarantee.

    Φ₂ is integrated by mpmath's own quadrature: a second opinion on the balls, not a fast path.
    Raises DomainError where a symbol has no value and where the value found is not a finite real number.

    >>> print(mpmath.nstr(evaluate(sympy.pi, digits=20), 20))
    3.1415926535897932385
    """
    if digits < 1:
        raise DomainError(f"{digits} digits of {expr} were asked for; ask for at least 1")
    closed = expr.subs({symbol: as_exact_expression(value) for symbol, value in (values or {}).items()})
    number = _with_nodes(closed, digits + _GUARD_DIGITS).evalf(digits + _GUARD_DIGITS)
    real, imaginary = number.as_real_imag()
    if not (_is_number(real) and _is_number(imaginary)):
        raise DomainError(f"digits of {expr} were asked for, but {real} has none; give every symbol a value")
    with mpmath.workdps(digits):
        if abs(_float(imaginary)) > abs(_float(real)) * mpmath.mpf(10) ** -digits:
            raise DomainError(f"a real value of {expr} was asked for, but {number} was found; change the point")
        return +_float(real)


def _with_nodes(closed: Expr, digits: int) -> Expr:
    """The registered nodes replaced by their decimals."""
    kinds = tuple(_nodes)
    if not kinds or not closed.has(*kinds):
        return closed
    return closed.replace(
        lambda node: isinstance(node, kinds), lambda node: sympy.Float(_nodes[type(node)](node, digits), digits)
    )


def _is_number(part: Expr) -> bool:
    return isinstance(part, sympy.Float | sympy.Rational)


def _float(part: Any) -> Any:
    if isinstance(part, sympy.Float):
        return mpmath.make_mpf(part._mpf_)
    return mpmath.mpf(int(part.p)) / int(part.q)
