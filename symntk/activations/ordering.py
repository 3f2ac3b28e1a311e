"""Orders exact constants: the sign of a number or of an expression in parameters, never a floating-point guess."""

from __future__ import annotations

import sympy
from sympy import Expr, Rational, S

from symntk.activations.equality import is_identically_zero
from symntk.errors import UndecidedError
from symntk.numbers.decide import sign as certified_sign


def sign_of(constant: Expr) -> int:
    """Sign −1, 0 or 1 of an exact constant, or of an expression in parameters with assumptions.

    Guarantee: numbers are decided by balls, zero by a normal form, parameters by sympy's assumptions.
    Raises UndecidedError when neither decides.

    >>> sign_of(sympy.sqrt(2) - sympy.Rational(141421356, 10**8))
    1
    """
    if constant in (S.Infinity, S.NegativeInfinity):
        return 1 if constant is S.Infinity else -1
    if constant.is_Rational:
        return int(sympy.sign(constant))
    if constant.free_symbols:
        return _sign_by_assumptions(constant)
    return 0 if is_identically_zero(constant) else certified_sign(constant)


def _sign_by_assumptions(constant: Expr) -> int:
    for form in (constant, sympy.factor_terms(constant), sympy.expand(constant)):
        if form.is_zero:
            return 0
        if form.is_positive:
            return 1
        if form.is_negative:
            return -1
    raise UndecidedError(
        f"the sign of {shown(constant)} was needed, but it depends on its parameters; give the parameters exact numbers"
    )


def is_less(left: Expr, right: Expr) -> bool:
    """Whether left < right for exact constants, ±∞ allowed; raises UndecidedError when that depends on a parameter.

    >>> is_less(-sympy.oo, sympy.Integer(0)), is_less(sympy.pi, sympy.Integer(3))
    (True, False)
    """
    if left == right or left is S.Infinity or right is S.NegativeInfinity:
        return False
    if left is S.NegativeInfinity or right is S.Infinity:
        return True
    return sign_of(right - left) > 0


def point_between(left: Expr, right: Expr) -> Expr:
    """A simple point of the open interval (left, right): a rational wherever the ends are numbers.

    >>> point_between(-sympy.oo, sympy.Integer(0)), point_between(sympy.Integer(0), sympy.pi)
    (-1, 2)
    """
    if left is S.NegativeInfinity and right is S.Infinity:
        return S.Zero
    if left is S.NegativeInfinity:
        return _rounded(right, 1, sympy.floor, -1)
    if right is S.Infinity:
        return _rounded(left, 1, sympy.ceiling, 1)
    middle = (left + right) / 2
    if middle.is_Rational or middle.free_symbols:
        return middle
    for bits in range(0, 256, 8):
        candidate = Rational(int(sympy.floor(middle.evalf(20 + bits) * 2**bits + Rational(1, 2))), 2**bits)
        if is_less(left, candidate) and is_less(candidate, right):
            return candidate
    return middle


def _rounded(end: Expr, step: int, rounding: type, direction: int) -> Expr:
    if end.is_Rational or end.free_symbols:
        return end + direction * step
    return rounding(end.evalf(20)) + direction * step


def shown(found: object) -> str:
    """The object as text of at most 60 characters, for error messages.

    >>> shown("x" * 100)[-5:]
    'xx...'
    """
    text = str(found)
    return text if len(text) <= 60 else text[:57] + "..."
