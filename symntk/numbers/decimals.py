"""Decimal strings that provably contain a ball."""

from __future__ import annotations

from flint import arb

from symntk.errors import DomainError
from symntk.numbers.precision import working_precision

_EXTRA_DIGITS = 5
_RADIUS_DIGITS = 2
_LONGEST_ZEROS = 6
_LARGEST_EXPONENT = 1 << 20
_GUARD_BITS = 64


def to_decimal(ball: arb, digits: int) -> tuple[str, str]:
    """A decimal value with `digits` significant digits and an upper bound of its distance to every point of the ball.

    Guarantee: |x − value| ≤ radius for every x in the ball, as exact decimal numbers; the radius has about two digits.
    Raises DomainError for digits < 1 and for a ball that is not finite.

    >>> to_decimal(arb(1) / 4, 5)
    ('0.25000', '0')
    """
    if digits < 1:
        raise DomainError(f"{digits} digits were asked for; ask for at least 1")
    if not ball.is_finite():
        raise DomainError(f"the decimals of {ball} were asked for, but only a finite ball has decimals")
    scaled, power = _scaled(ball, digits)
    mid, rad, exponent = (int(part) for part in scaled.mid_rad_10exp(digits + _EXTRA_DIGITS))
    exponent += power
    value, shift = _rounded(mid, digits)
    error = rad + abs(mid - value * 10**shift)
    bound, bound_shift = _rounded_up(error)
    return _decimal(value, exponent + shift, digits), _decimal(bound, exponent + bound_shift, 0)


def _scaled(ball: arb, digits: int) -> tuple[arb, int]:
    """The ball as ball·10^power of moderate size, where its own exponent is beyond FLINT's conversion."""
    size = ball.abs_upper()
    if size == 0 or abs(size.man_exp()[1]) < _LARGEST_EXPONENT:
        return ball, 0
    with working_precision(4 * digits + 2 * size.man_exp()[1].bit_length() + _GUARD_BITS):
        power = int((size.log() / arb(10).log()).mid().floor().fmpz())
        return ball / arb(10) ** power, power


def _rounded(n: int, digits: int) -> tuple[int, int]:
    """(m, s) with m·10ˢ nearest to n among the numbers of `digits` digits."""
    shift = max(len(str(abs(n))) - digits, 0)
    m = (abs(n) + 10**shift // 2) // 10**shift
    if len(str(m)) > digits:
        m, shift = m // 10, shift + 1
    return (m if n >= 0 else -m), shift


def _rounded_up(n: int) -> tuple[int, int]:
    """(m, s) with m·10ˢ ≥ n and m of two digits."""
    shift = max(len(str(n)) - _RADIUS_DIGITS, 0)
    m = -(-n // 10**shift)
    return (m // 10, shift + 1) if m == 10**_RADIUS_DIGITS else (m, shift)


def _decimal(m: int, exponent: int, digits: int) -> str:
    """m·10^exponent, padded with zeros to `digits` digits; scientific where plain digits would be mostly zeros."""
    if m == 0:
        return "0"
    text, sign = str(abs(m)), "-" if m < 0 else ""
    padding = max(digits - len(text), 0)
    text, exponent = text + "0" * padding, exponent - padding
    leading = len(text) + exponent
    if -_LONGEST_ZEROS < leading <= 0:
        return f"{sign}0.{'0' * -leading}{text}"
    if 0 < leading < len(text):
        return f"{sign}{text[:leading]}.{text[leading:]}"
    if leading == len(text):
        return sign + text
    fraction = f".{text[1:]}" if len(text) > 1 else ""
    return f"{sign}{text[0]}{fraction}e{leading - 1}"
