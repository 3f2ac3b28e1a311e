"""Elementary functions on the three kinds of value a formula takes: exact rational, real ball, complex ball.

A value stays rational as long as it can, so that √(1 − ρ²) at a rational ρ is the root of an exact non-negative number
and branch points given exactly are met exactly. What is undefined or not provably defined comes out as nan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from flint import acb, arb, fmpq

from symntk.errors import DomainError

Value = fmpq | arb | acb

RATIONAL_BITS = 1 << 14
"""Rationals longer than this are rounded to balls; exactness is then no longer worth its cost."""

NAN = arb.nan()
COMPLEX_NAN = acb(NAN, NAN)


class Mode(IntEnum):
    """What the symbols stand for: real numbers, complex numbers, or boxes on which the formula must be analytic."""

    REAL = 0
    COMPLEX = 1
    ANALYTIC = 2


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A function as a map of real balls (nan outside its real domain) and as a map of complex balls."""

    real: Callable[[arb], arb]
    complex: Callable[[acb], acb]
    cut: Callable[[acb], bool] | None = None
    """True where a complex ball may meet a branch cut; None for meromorphic functions."""
    poles: tuple[int, ...] = ()
    """Exact points at which the function is infinite."""


def apply_rule(rule: Rule, x: Value, mode: Mode) -> Value:
    """The value of a function: real where the real rule is finite, complex otherwise."""
    if isinstance(x, fmpq):
        if x in rule.poles:
            raise DomainError(f"the value at {x} of a function infinite there was asked for; exclude this point")
        x = arb(x)
    if isinstance(x, arb):
        y = rule.real(x)
        return y if y.is_finite() else _demoted(rule.complex(acb(x)), y)
    if mode is Mode.ANALYTIC and rule.cut is not None and rule.cut(x):
        return COMPLEX_NAN
    return rule.complex(x)


def _demoted(z: acb, fallback: arb) -> Value:
    return z if z.is_finite() else fallback


def real_ball(x: Value) -> arb:
    """The real part as a ball."""
    if isinstance(x, arb):
        return x
    return arb(x) if isinstance(x, fmpq) else x.real


def complex_ball(x: Value) -> acb:
    """The value as a complex ball."""
    return x if isinstance(x, acb) else acb(real_ball(x))


def rounded(x: Value) -> Value:
    """The value, rounded to a ball if it is a rational that has grown too long."""
    if isinstance(x, fmpq) and x.height_bits() > RATIONAL_BITS:
        return arb(x)
    return x


def is_zero(x: Value) -> bool:
    """Whether the value is known to be exactly zero."""
    return x == 0


def divide(x: Value, y: Value) -> Value:
    """The quotient x/y; DomainError at an exact zero of y."""
    if is_zero(y):
        raise DomainError("a quotient was asked for, but its denominator is zero; exclude this point")
    return x / y


def square_root(x: Value, mode: Mode, nonnegative: Callable[[], bool]) -> Value:
    """√x on the principal branch; `nonnegative` says whether x ≥ 0 is proved, so that a ball may be clipped at 0."""
    if isinstance(x, fmpq):
        return _rational_root(x)
    if isinstance(x, acb):
        return x.sqrt(analytic=mode is Mode.ANALYTIC)
    y = x.sqrt()
    if y.is_finite():
        return y
    if nonnegative():
        return x.nonnegative_part().sqrt()
    return _demoted(acb(x).sqrt(), y)


def _rational_root(x: fmpq) -> Value:
    if x < 0:
        return acb(0, real_ball(_rational_root(-x)))
    if x.p.is_square() and x.q.is_square():
        return fmpq(x.p.isqrt(), x.q.isqrt())
    return arb(x).sqrt()


def integer_power(x: Value, n: int) -> Value:
    """xⁿ for an integer n; DomainError at 0 to a negative power."""
    if n < 0:
        return divide(fmpq(1), integer_power(x, -n))
    if isinstance(x, fmpq):
        return x**n if x.height_bits() * n <= RATIONAL_BITS else real_ball(integer_power(arb(x), n))
    if isinstance(x, acb):
        y = x**n
        return y if y.is_finite() else _repeated_product(x, n)
    if x.contains(0):
        return _power_around_zero(x, n)
    return x**n


def _power_around_zero(x: arb, n: int) -> arb:
    """The exact range of xⁿ on a real ball that contains zero, so an even power is not negative."""
    low, high = x.lower(), x.upper()
    if n % 2:
        return (-((-low) ** n)).union(high**n) if low < 0 else arb(0).union(high**n)
    return arb(0).union(x.abs_upper() ** n).nonnegative_part()


def _repeated_product(x: acb, n: int) -> acb:
    result = acb(1)
    while n:
        result, x, n = (result * x if n & 1 else result), x * x, n >> 1
    return result


def power(x: Value, e: Value, mode: Mode, nonnegative: Callable[[], bool]) -> Value:
    """xᵉ on the principal branch; 0 to a positive power is 0."""
    if isinstance(e, fmpq):
        if e.q == 1:
            return integer_power(x, int(e.p))
        if e.q == 2:
            return integer_power(square_root(x, mode, nonnegative), int(e.p))
    if is_zero(x):
        if isinstance(e, acb) or not e > 0:
            raise DomainError("a power of zero was asked for, but its exponent may not be positive; exclude this point")
        return fmpq(0)
    if isinstance(x, acb) or isinstance(e, acb):
        return complex_ball(x).pow(complex_ball(e), analytic=mode is Mode.ANALYTIC)
    return _real_power(real_ball(x), real_ball(e), nonnegative)


def _real_power(x: arb, e: arb, nonnegative: Callable[[], bool]) -> Value:
    if x > 0:
        return x**e
    if x < 0:
        return acb(x).pow(acb(e))
    if not e > 0:
        return NAN
    size = x.abs_upper() ** e
    if x.lower() >= 0 or nonnegative():
        return arb(0).union(size).nonnegative_part()
    disc = arb(0, size)
    return acb(disc, disc)


def modulus(x: Value, mode: Mode, real: Callable[[], bool]) -> Value:
    """|x|; for a complex ball of a formula known to be real, the continuation of |x| from the half-line it lies on."""
    if not isinstance(x, acb):
        return abs(x)
    if real():
        return x.real_abs(analytic=mode is Mode.ANALYTIC)
    return COMPLEX_NAN if mode is Mode.ANALYTIC else abs(x)


def signum(x: Value, mode: Mode, real: Callable[[], bool]) -> Value:
    """sign x, zero at zero; x/|x| for complex x."""
    if isinstance(x, fmpq):
        return fmpq((x > 0) - (x < 0))
    if isinstance(x, arb):
        return x.sgn()
    if real():
        return x.real_sgn(analytic=mode is Mode.ANALYTIC)
    return COMPLEX_NAN if mode is Mode.ANALYTIC else x.sgn()


def unit_step(x: Value, at_zero: Value, mode: Mode) -> Value:
    """1 for x > 0, 0 for x < 0, `at_zero` at an exact zero, the ball of all three in between."""
    if is_zero(x):
        return at_zero
    real = real_ball(x)
    if real > 0:
        return fmpq(1)
    if real < 0:
        return fmpq(0)
    return COMPLEX_NAN if mode is Mode.ANALYTIC else arb(0).union(arb(1)).union(real_ball(at_zero))


def larger(x: Value, y: Value, mode: Mode) -> Value:
    """max(x, y), continued analytically from the real side it lies on."""
    if isinstance(x, fmpq) and isinstance(y, fmpq):
        return max(x, y)
    if isinstance(x, acb) or isinstance(y, acb):
        return complex_ball(x).real_max(complex_ball(y), analytic=mode is Mode.ANALYTIC)
    return real_ball(x).max(real_ball(y))


def outside_unit_interval(z: acb) -> bool:
    """Whether z may meet the cuts (−∞, −1] ∪ [1, ∞) of asin, acos and atanh."""
    return z.imag.contains(0) and not (z.real < 1 and z.real > -1)


def outside_imaginary_interval(z: acb) -> bool:
    """Whether z may meet the cuts ±i[1, ∞) of atan and asinh."""
    return outside_unit_interval(acb(-z.imag, z.real))


def left_of_one(z: acb) -> bool:
    """Whether z may meet the cut (−∞, 1] of acosh."""
    return z.imag.contains(0) and not z.real > 1


def left_of_zero(z: acb) -> bool:
    """Whether z may meet the cut (−∞, 0] of the logarithm."""
    return z.imag.contains(0) and not z.real > 0
