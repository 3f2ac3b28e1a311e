"""Certain numbers: balls that provably contain the value of a formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import sympy
from flint import acb, arb, fmpq
from sympy import Expr, Symbol

from symntk.errors import DomainError, UndecidedError
from symntk.numbers.decimals import to_decimal
from symntk.numbers.elementary import COMPLEX_NAN, Mode, Value, complex_ball, real_ball
from symntk.numbers.exact import BallNumber, as_exact_expression, exact_if_short
from symntk.numbers.nodes import known_real
from symntk.numbers.precision import working_precision
from symntk.numbers.program import Program, compiled, register

__all__ = [
    "BallNumber",
    "Values",
    "as_exact_expression",
    "ball_function",
    "enclose",
    "enclose_at",
    "register",
    "to_decimal",
    "value_at",
    "working_precision",
]

Values = Mapping[Symbol, Expr | int | Fraction | arb]

_GUARD_BITS = 24
_CAP_FACTOR, _CAP_START = 32, 4096
"""The working precision stops at factor·bits + start."""
_PATIENCE = 3
"""Values without a ball before exact substitution is tried."""


def enclose(expr: Expr | int | Fraction, values: Values | None = None, *, bits: int = 128) -> arb:
    """A certified ball of a closed real formula, of relative accuracy at least `bits`.

    Symbols take exact values (expressions, integers, fractions) or balls from `values`. Exact values are enclosed anew
    as the precision rises; where zero cannot be excluded, the radius is at most 2^(−2·bits). With balls as values the
    result is as accurate as they allow. Complex intermediate values are allowed.
    Guarantee: the ball contains the value. Raises DomainError where the value is not a finite real number and
    UndecidedError when the precision cap is reached.

    >>> from symntk.notation import RHO
    >>> enclose(sympy.acos(RHO), {RHO: 1})
    0
    >>> to_decimal(enclose(sympy.sqrt(1 - RHO**2), {RHO: Fraction(1, 3)}, bits=64), 10)
    ('0.9428090416', '1.8e-11')
    """
    return _Question(expr, values or {}).answer(bits)


def enclose_at(expr: Expr | int | Fraction, values: Values | None = None, *, precision: int) -> arb:
    """A ball of the real part of a closed formula at one working precision, however wide; nan where none is found.

    Raises DomainError at an exact pole.

    >>> enclose_at(sympy.pi, precision=53)
    [3.14159265358979 +/- 3.34e-15]
    """
    return real_ball(value_at(expr, values, precision=precision))


def value_at(expr: Expr | int | Fraction, values: Values | None = None, *, precision: int) -> arb | acb:
    """A certified ball of a closed formula at one working precision, complex where it is not seen to be real.

    Raises DomainError at an exact pole.

    >>> value_at(sympy.sqrt(sympy.Integer(-1)), precision=53)
    1.00000000000000j
    """
    return _Question(expr, values or {}).value(precision)


def ball_function(expr: Expr, symbols: tuple[Symbol, ...] | list[Symbol] | Symbol) -> Callable[..., acb]:
    """The formula as a function of complex balls `f(*z, analytic=False)`, fit for `acb.integral`.

    Where all arguments are real it encloses the formula; elsewhere it is the analytic continuation (|x|, sign, max and
    pieces: from the real side that the real part lies on). With `analytic=True` it is nan unless analytic on the balls.
    It works at the precision in force (`working_precision`) and never raises for undefined values: those are nan.

    >>> from symntk.notation import X
    >>> ball_function(sympy.sqrt(X), X)(acb(-1, 0), analytic=True).is_finite()
    False
    """
    names = (symbols,) if isinstance(symbols, Symbol) else tuple(symbols)
    run = compiled(expr, names).run

    def function(*arguments: acb | arb, analytic: bool = False) -> acb:
        points = [complex_ball(z) for z in arguments]
        mode = Mode.ANALYTIC if analytic else Mode.COMPLEX
        if not analytic and all(z.imag == 0 for z in points):
            mode = Mode.REAL
        try:
            return complex_ball(run([z.real for z in points] if mode is Mode.REAL else points, mode))
        except DomainError:
            return COMPLEX_NAN

    return function


class _Question:
    """A compiled formula with the sources of its arguments: exact rationals, balls, or programs of exact constants."""

    def __init__(self, expr: Expr | int | Fraction, values: Values) -> None:
        self._expr = as_exact_expression(expr)
        self._values = values
        self._program = compiled(self._expr, tuple(values))
        self._sources = [_source(value) for value in values.values()]
        self._inexact = self._program.inexact or any(
            isinstance(source, arb) or (isinstance(source, Program) and source.inexact) for source in self._sources
        )

    def value(self, precision: int) -> arb | acb:
        """The value at one working precision."""
        with working_precision(precision):
            arguments = [s.run((), Mode.REAL) if isinstance(s, Program) else s for s in self._sources]
            for symbol, argument in zip(self._values, arguments, strict=True):
                if isinstance(argument, acb) and symbol.is_extended_real and not argument.imag.contains(0):
                    raise DomainError(
                        f"{symbol} stands for a real number, but {self._values[symbol]} was given; change it"
                    )
            value = self._program.run(arguments, Mode.REAL)
            return arb(value) if isinstance(value, fmpq) else value

    def answer(self, bits: int) -> arb:
        """Raise the precision until the goal is met or a ball among the values limits the accuracy."""
        precision, cap, previous, failures = bits + _GUARD_BITS, _CAP_FACTOR * bits + _CAP_START, None, 0
        while precision <= cap:
            ball = self._real(self.value(precision), bits)
            if ball is not None and (_accurate(ball, bits) or self._stalled(ball, previous)):
                return ball
            failures += ball is None
            if ball is None and failures == _PATIENCE:
                substituted = self._substituted()
                if substituted is not None:
                    return enclose(substituted, bits=bits)
            previous, precision = ball, _next_precision(ball, bits, precision)
        raise UndecidedError(
            f"{bits} certain bits of {self._expr} were asked for, but {cap} bits of working precision were not enough; "
            "ask for fewer bits or check that the formula is defined there"
        )

    def _real(self, value: Value, bits: int) -> arb | None:
        """The value as a real ball; None while it is not finite or not yet seen to be real."""
        if isinstance(value, acb) and value.is_finite():
            if not value.imag.contains(0):
                raise DomainError(f"a real value of {self._expr} was asked for, but it is {value}; change the point")
            goal = value.real.abs_upper().max(_power_of_two(-bits)) * _power_of_two(-bits)
            real = value.imag.abs_upper() <= goal or known_real(self._expr)
            value = value.real if real else arb.nan()
        return value if isinstance(value, arb) and value.is_finite() else None

    def _stalled(self, ball: arb, previous: arb | None) -> bool:
        return self._inexact and previous is not None and ball.rad() * 2 > previous.rad()

    def _substituted(self) -> Expr | None:
        """The formula with its values put in, so that sympy's exact rules apply; None if that changes nothing."""
        if self._inexact:
            raise UndecidedError(
                f"a certain value of {self._expr} was asked for, but the balls given leave its domain; narrow them"
            )
        exact = {symbol: as_exact_expression(value) for symbol, value in self._values.items()}
        substituted = self._expr.subs(exact)
        return None if substituted == self._expr else substituted


def _source(value: Expr | int | Fraction | arb) -> fmpq | arb | Program:
    if isinstance(value, arb):
        return exact_if_short(value)
    expr = as_exact_expression(value)
    return fmpq(int(expr.p), int(expr.q)) if isinstance(expr, sympy.Rational) else compiled(expr, ())


def _power_of_two(exponent: int) -> arb:
    return arb((1, exponent))


def _accurate(ball: arb, bits: int) -> bool:
    return ball.rel_accuracy_bits() >= bits or (ball.contains(0) and ball.abs_upper() <= _power_of_two(-2 * bits))


def _next_precision(ball: arb | None, bits: int, precision: int) -> int:
    """Double, unless the relative accuracy reached tells how much is missing."""
    if ball is None or ball.contains(0):
        return 2 * precision
    return precision + max(bits - ball.rel_accuracy_bits() + _GUARD_BITS, precision // 4)
