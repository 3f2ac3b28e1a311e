"""Compares exact numbers with certainty: True, False, or None where the allowed precision does not tell."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

from flint import acb, arb
from sympy import Expr

from symntk.errors import DomainError, UndecidedError
from symntk.numbers.ball import Values, as_exact_expression, value_at
from symntk.numbers.identity import prove_zero
from symntk.numbers.nodes import known_real
from symntk.numbers.separation import separation_bits

Number = Expr | int | Fraction | arb
Relation = Literal["<", "<=", "==", "!=", ">", ">="]
Signs = frozenset[int]

_FIRST_BITS = 64
_ALL: Signs = frozenset({-1, 0, 1})
_SIGNS_OF: dict[str, Signs] = {
    "<": frozenset({-1}),
    "<=": frozenset({-1, 0}),
    "==": frozenset({0}),
    "!=": frozenset({-1, 1}),
    ">": frozenset({1}),
    ">=": frozenset({0, 1}),
}


def decide(
    left: Number, relation: Relation, right: Number, values: Values | None = None, *, max_bits: int = 4096
) -> bool | None:
    """Whether left REL right holds, for exact real numbers or balls; symbols take their exact values from `values`.

    Balls that exclude the answer decide, and so does a proof that the difference is zero (normal form, or a separation
    bound for algebraic numbers). Symbols left without a value stand for all the numbers they allow: then only an
    identity can be decided. Numbers that are not real are unequal to real ones and cannot be ordered.
    Guarantee: True and False are certain; None after `max_bits` bits. Raises DomainError for an unknown relation and
    where a side is undefined or, for an order relation, not real.

    >>> import sympy
    >>> decide(sympy.sqrt(2) + sympy.sqrt(3), "<", sympy.pi)
    False
    >>> decide(sympy.sqrt(3 + 2 * sympy.sqrt(2)), "==", 1 + sympy.sqrt(2))
    True
    """
    if relation not in _SIGNS_OF:
        raise DomainError(f"a comparison by {relation!r} was asked for; use one of {', '.join(_SIGNS_OF)}")
    wanted = _SIGNS_OF[relation]
    ordered = relation not in ("==", "!=")
    for signs in _possible_signs(_difference(left, right), values or {}, max_bits, ordered=ordered):
        if signs <= wanted:
            return True
        if not signs & wanted:
            return False
    return None


def sign(expr: Number, values: Values | None = None, *, max_bits: int = 4096) -> int:
    """The sign −1, 0 or 1 of an exact real number.

    Guarantee: certain. Raises UndecidedError where `max_bits` bits do not tell, DomainError where it is not real.

    >>> import sympy
    >>> sign(sympy.pi - sympy.Rational(355, 113))
    -1
    """
    for signs in _possible_signs(_difference(expr, 0), values or {}, max_bits, ordered=True):
        if len(signs) == 1:
            return next(iter(signs))
    raise UndecidedError(f"the sign of {expr} was asked for, but {max_bits} bits do not tell; allow more bits")


def _difference(left: Number, right: Number) -> Expr:
    return as_exact_expression(left) - as_exact_expression(right)


def _possible_signs(expr: Expr, values: Values, max_bits: int, *, ordered: bool) -> Iterator[Signs]:
    """Ever smaller sets of signs the number can have: first a cheap ball, then proofs of zero, then longer balls."""
    if expr.free_symbols - values.keys():
        if prove_zero(expr):
            yield frozenset({0})
        return
    yield _signs_at(expr, values, _FIRST_BITS, ordered=ordered)
    if _proved_zero(expr, values, max_bits):
        yield frozenset({0})
    bits = 2 * _FIRST_BITS
    while bits <= max_bits:
        yield _signs_at(expr, values, bits, ordered=ordered)
        bits *= 2


def _signs_at(expr: Expr, values: Values, bits: int, *, ordered: bool) -> Signs:
    value = value_at(expr, values, precision=bits)
    if isinstance(value, arb):
        return _signs(value)
    if not value.imag.contains(0):
        if ordered:
            raise DomainError(f"the sign of {expr} was asked for, but it is {value}; only real numbers have one")
        return frozenset({-1, 1})
    if known_real(expr):
        return _signs(value.real)
    return _ALL if ordered or value.real.contains(0) else frozenset({-1, 1})


def _signs(ball: arb) -> Signs:
    if not ball.is_finite():
        return _ALL
    possible = ((-1, not ball >= 0), (0, ball.contains(0)), (1, not ball <= 0))
    return frozenset(sign for sign, can in possible if can)


def _proved_zero(expr: Expr, values: Values, max_bits: int) -> bool:
    """A proof by normal form, or a ball below the separation bound of an algebraic number."""
    if any(isinstance(value, arb) and not value.is_exact() for value in values.values()):
        return False
    closed = expr.subs({symbol: as_exact_expression(value) for symbol, value in values.items()})
    if prove_zero(closed):
        return True
    bits = separation_bits(closed)
    if bits is None or bits > max_bits:
        return False
    value = acb(value_at(closed, {}, precision=2 * bits + _FIRST_BITS))
    return bool(value.abs_upper() < arb((1, -bits)))
