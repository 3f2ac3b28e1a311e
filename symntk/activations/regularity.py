"""Proves that a piece is real analytic: no pole, no logarithm of zero, no root of a negative number up to its ends."""

from __future__ import annotations

import sympy
from sympy import Expr, S

from symntk.activations.ordering import shown, sign_of
from symntk.activations.zeros import signs, zeros
from symntk.errors import DomainError, SymntkError
from symntk.notation import X
from symntk.numbers.ball import enclose
from symntk.numbers.normal_distribution import NormalCDF

ENTIRE = (
    sympy.exp,
    sympy.sin,
    sympy.cos,
    sympy.sinh,
    sympy.cosh,
    sympy.tanh,
    sympy.asinh,
    sympy.atan,
    sympy.erf,
    sympy.erfc,
    NormalCDF,
)
"""The functions that are real analytic on the whole real line."""


def check_regular(expression: Expr, left: Expr, right: Expr) -> None:
    """Raises DomainError unless the expression is proved real analytic on (left, right), bounded at finite ends.

    A root may vanish at an end. Guarantee: no error is a proof; an error is "not defined" or "not proved".

    >>> check_regular(sympy.sqrt(X), sympy.Integer(0), sympy.oo)
    """
    if not expression.has(X):
        _check_constant(expression)
        return
    for part in expression.args:
        check_regular(part, left, right)
    if expression.is_Pow:
        _check_power(expression, left, right)
    elif isinstance(expression, sympy.log):
        _require_sign(expression.args[0], expression, left, right)
    elif isinstance(expression, sympy.tan):
        _require_nonzero(sympy.cos(expression.args[0]), expression, left, right)
    elif expression != X and not isinstance(expression, (sympy.Add, sympy.Mul, *ENTIRE)):
        raise DomainError(
            f"an activation made of known functions was asked for, but {expression.func.__name__} was found; "
            "use exp, log, sqrt, sin, cos, sinh, cosh, tanh, erf, erfc, NormalCDF, atan, Abs, sign, Max, Min, Piecewise"
        )


def _check_constant(constant: Expr) -> None:
    if constant.free_symbols:
        finite = all(symbol.is_positive for symbol in constant.free_symbols)
    else:
        finite = constant.is_extended_real is not False and constant.is_finite is not False and _has_value(constant)
    if not finite:
        raise DomainError(f"a real activation was asked for, but the constant {shown(constant)} was found; remove it")


def _has_value(constant: Expr) -> bool:
    try:
        return enclose(constant, bits=32).is_finite()
    except SymntkError:
        return False


def _check_power(power: Expr, left: Expr, right: Expr) -> None:
    base, exponent = power.args
    if exponent.is_Integer:
        if exponent.is_negative:
            _require_nonzero(base, power, left, right)
        return
    if exponent.has(X) or not exponent.is_positive:
        _require_sign(base, power, left, right)
    else:
        _require_interior_sign(base, power, left, right)


def _require_interior_sign(base: Expr, whole: Expr, left: Expr, right: Expr) -> None:
    points, values = signs(base, left, right)
    if points or values[0] < 0:
        raise _undefined(whole, base, left, right, "is not positive")


def _require_sign(base: Expr, whole: Expr, left: Expr, right: Expr) -> None:
    _require_interior_sign(base, whole, left, right)
    _require_nonzero(base, whole, left, right)


def _require_nonzero(base: Expr, whole: Expr, left: Expr, right: Expr) -> None:
    ends = [end for end in (left, right) if not end.is_infinite and base.has(X)]
    constant_zero = not base.has(X) and sign_of(base) == 0
    if constant_zero or zeros(base, left, right) or any(sign_of(base.subs(X, end)) == 0 for end in ends):
        raise _undefined(whole, base, left, right, "vanishes")


def _undefined(whole: Expr, base: Expr, left: Expr, right: Expr, found: str) -> DomainError:
    whole_line = left is S.NegativeInfinity and right is S.Infinity
    where = "on the real line" if whole_line else f"between {left} and {right}"
    return DomainError(
        f"an activation defined on the whole real line was asked for, but in {shown(whole)} the part {shown(base)} "
        f"{found} somewhere {where}; cut it off with Piecewise, Abs or Max"
    )
