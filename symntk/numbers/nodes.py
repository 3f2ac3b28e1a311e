"""How each kind of node of a formula becomes an operation on slots of exact rationals and balls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Protocol

import sympy
from flint import acb, arb, fmpq, fmpz
from sympy import Expr, Symbol

from symntk.errors import DomainError
from symntk.numbers import elementary
from symntk.numbers.bivariate_normal import enclose_bivariate_normal
from symntk.numbers.elementary import COMPLEX_NAN, NAN, Mode, Value, complex_ball, real_ball
from symntk.numbers.normal_distribution import BivariateNormalCDF
from symntk.numbers.precision import current_precision
from symntk.numbers.rules import RULES

Slots = list[Value]
Operation = Callable[[Slots, Mode], Value]

_LARGEST_EXACT_FACTORIAL = 5000


class Runnable(Protocol):
    """A compiled formula."""

    def run(self, arguments: Sequence[Value], mode: Mode) -> Value: ...


class Compiler(Protocol):
    """What a node needs from the compiler: slots for its parts, and programs of parts that run on their own."""

    symbols: tuple[Symbol, ...]

    def slot(self, expr: Expr) -> int: ...

    def subprogram(self, expr: Expr, *extra: Symbol) -> Runnable: ...


Builder = Callable[[Compiler, Any], Operation]


@lru_cache(maxsize=4096)
def known_real(expr: Expr) -> bool:
    """Whether sympy's assumptions prove the expression real."""
    return bool(expr.is_extended_real)


@lru_cache(maxsize=4096)
def known_nonnegative(expr: Expr) -> bool:
    """Whether sympy's assumptions prove the expression non-negative."""
    return bool(expr.is_extended_nonnegative)


def constant(expr: Expr) -> Value | None:
    """The value of a leaf that is the same at every precision; None for any other node."""
    if isinstance(expr, sympy.Rational):
        return fmpq(int(expr.p), int(expr.q))
    if expr is sympy.I:
        return acb(0, 1)
    if expr is sympy.oo:
        return arb.pos_inf()
    return arb.neg_inf() if expr is -sympy.oo else None


def function_of_one(compiler: Compiler, cls: type, argument: Expr) -> Operation:
    """The operation of a function with a rule; a ball of a real argument is read as real."""
    index, rule = compiler.slot(argument), RULES[cls]

    def operation(slots: Slots, mode: Mode) -> Value:
        return elementary.apply_rule(rule, _realised(slots[index], argument, mode), mode)

    return operation


def _realised(x: Value, expr: Expr, mode: Mode) -> Value:
    return x.real if mode is Mode.REAL and isinstance(x, acb) and known_real(expr) else x


def _sum(compiler: Compiler, expr: Expr) -> Operation:
    first, *rest = [compiler.slot(term) for term in expr.args]

    def operation(slots: Slots, mode: Mode) -> Value:
        total = slots[first]
        for index in rest:
            total = total + slots[index]
        return total

    return operation


def _product(compiler: Compiler, expr: Expr) -> Operation:
    numerators, denominators = _split(expr)
    above = [compiler.slot(factor) for factor in numerators]
    below = [compiler.slot(factor) for factor in denominators]
    start = fmpq(1)

    def operation(slots: Slots, mode: Mode) -> Value:
        total: Value = start if not above else slots[above[0]]
        for index in above[1:]:
            total = total * slots[index]
        for index in below:
            total = elementary.divide(total, slots[index])
        return elementary.rounded(total)

    return operation


def _split(expr: Expr) -> tuple[list[Expr], list[Expr]]:
    """Factors above and below the fraction bar, so that an inverse is divided by."""
    above: list[Expr] = []
    below: list[Expr] = []
    for factor in expr.args:
        inverse = isinstance(factor, sympy.Pow) and factor.exp.is_Rational and factor.exp.is_negative
        (below if inverse else above).append(1 / factor if inverse else factor)
    return above, below


def _power(compiler: Compiler, expr: Expr) -> Operation:
    base, exponent = expr.args
    if base is sympy.E:
        return function_of_one(compiler, sympy.exp, exponent)
    index = compiler.slot(base)
    if isinstance(exponent, sympy.Integer):
        n = int(exponent)
        return lambda slots, mode: elementary.integer_power(slots[index], n)
    power = compiler.slot(exponent)

    def operation(slots: Slots, mode: Mode) -> Value:
        x = _realised(slots[index], base, mode)
        return elementary.power(x, slots[power], mode, lambda: mode is Mode.REAL and known_nonnegative(base))

    return operation


def _absolute(compiler: Compiler, expr: Expr) -> Operation:
    argument = expr.args[0]
    index = compiler.slot(argument)
    return lambda slots, mode: elementary.modulus(slots[index], mode, lambda: known_real(argument))


def _sign(compiler: Compiler, expr: Expr) -> Operation:
    argument = expr.args[0]
    index = compiler.slot(argument)
    return lambda slots, mode: elementary.signum(
        _realised(slots[index], argument, mode), mode, lambda: known_real(argument)
    )


def _step(compiler: Compiler, expr: Expr) -> Operation:
    index, at_zero = (compiler.slot(argument) for argument in expr.args)
    return lambda slots, mode: elementary.unit_step(slots[index], slots[at_zero], mode)


def _maximum(compiler: Compiler, expr: Expr) -> Operation:
    first, *rest = [compiler.slot(argument) for argument in expr.args]

    def operation(slots: Slots, mode: Mode) -> Value:
        total = slots[first]
        for index in rest:
            total = elementary.larger(total, slots[index], mode)
        return total

    return operation


def _minimum(compiler: Compiler, expr: Expr) -> Operation:
    first, *rest = [compiler.slot(argument) for argument in expr.args]

    def operation(slots: Slots, mode: Mode) -> Value:
        total = slots[first]
        for index in rest:
            total = -elementary.larger(-total, -slots[index], mode)
        return total

    return operation


def _bivariate_normal(compiler: Compiler, expr: Expr) -> Operation:
    h, k, r = (compiler.slot(argument) for argument in expr.args)

    def operation(slots: Slots, mode: Mode) -> Value:
        x, y, z = (_ball(_realised(slots[i], part, mode)) for i, part in zip((h, k, r), expr.args, strict=True))
        return enclose_bivariate_normal(x, y, z, current_precision())

    return operation


def _ball(x: Value) -> arb | acb:
    return x if isinstance(x, acb) else real_ball(x)


def _factorial(compiler: Compiler, expr: Expr) -> Operation:
    index = compiler.slot(expr.args[0])

    def operation(slots: Slots, mode: Mode) -> Value:
        n = slots[index]
        if isinstance(n, fmpq) and n.q == 1 and 0 <= n <= _LARGEST_EXACT_FACTORIAL:
            return elementary.rounded(fmpq(fmpz(1).rising(int(n.p))))
        return _gamma_after(n)

    return operation


def _gamma_after(n: Value) -> Value:
    return elementary.apply_rule(RULES[sympy.gamma], n + fmpq(1), Mode.COMPLEX)


def _binomial(compiler: Compiler, expr: Expr) -> Operation:
    above, below = (compiler.slot(argument) for argument in expr.args)

    def operation(slots: Slots, mode: Mode) -> Value:
        n, k = slots[above], slots[below]
        if isinstance(k, fmpq) and k.q == 1 and k <= _LARGEST_EXACT_FACTORIAL:
            return _falling_quotient(n, int(k.p))
        return elementary.divide(_gamma_after(n), _gamma_after(k) * _gamma_after(n - k))

    return operation


def _falling_quotient(n: Value, k: int) -> Value:
    """n(n − 1)…(n − k + 1)/k!, and 0 for k < 0."""
    total: Value = fmpq(int(k >= 0))
    for i in range(k):
        total = elementary.rounded(total * (n - i) / (i + 1))
    return total


def _zeta(compiler: Compiler, expr: Expr) -> Operation:
    indices = [compiler.slot(argument) for argument in expr.args]

    def operation(slots: Slots, mode: Mode) -> Value:
        values = [complex_ball(slots[i]) for i in indices]
        return _realised_result(values[0].zeta(*values[1:]), [slots[i] for i in indices])

    return operation


def _polylogarithm(compiler: Compiler, expr: Expr) -> Operation:
    order, index = (compiler.slot(argument) for argument in expr.args)

    def operation(slots: Slots, mode: Mode) -> Value:
        s, z = complex_ball(slots[order]), complex_ball(slots[index])
        if mode is Mode.ANALYTIC and elementary.left_of_zero(1 - z):
            return COMPLEX_NAN
        return _realised_result(z.polylog(s), [slots[order], slots[index]])

    return operation


def _realised_result(value: acb, arguments: Sequence[Value]) -> Value:
    """A complex ball whose imaginary part is exactly zero at real arguments becomes a real ball."""
    real = value.imag == 0 and not any(isinstance(x, acb) for x in arguments)
    return value.real if real else value


def _finite_sum(compiler: Compiler, expr: Any) -> Operation:
    """Σ over an integer index between bounds that are exact integers."""
    *inner, (name, low, high) = expr.limits
    body = compiler.subprogram(sympy.Sum(expr.function, *inner) if inner else expr.function, name)
    first, last, count = compiler.slot(low), compiler.slot(high), len(compiler.symbols)

    def operation(slots: Slots, mode: Mode) -> Value:
        start, stop = _exact_integer(slots[first], expr), _exact_integer(slots[last], expr)
        total: Value = fmpq(0)
        for i in range(start, stop + 1):
            total = total + body.run([*slots[:count], fmpq(i)], mode)
        return total

    return operation


def _exact_integer(x: Value, expr: Expr) -> int:
    if isinstance(x, fmpq) and x.q == 1:
        return int(x.p)
    raise DomainError(f"the value of {expr} was asked for, but a bound of the sum is {x}; give finite integers")


def _unary_part(part: Callable[[acb], arb]) -> Builder:
    def build(compiler: Compiler, expr: Expr) -> Operation:
        index = compiler.slot(expr.args[0])
        return lambda slots, mode: NAN if mode is Mode.ANALYTIC else part(complex_ball(slots[index]))

    return build


def _conjugate(compiler: Compiler, expr: Expr) -> Operation:
    index = compiler.slot(expr.args[0])
    return lambda slots, mode: NAN if mode is Mode.ANALYTIC else complex_ball(slots[index]).conjugate()


def _identity(compiler: Compiler, expr: Expr) -> Operation:
    index = compiler.slot(expr.args[0])
    return lambda slots, mode: slots[index]


def _named(make: Callable[[], arb]) -> Builder:
    return lambda compiler, expr: lambda slots, mode: make()


def _golden_ratio() -> arb:
    return (1 + arb(5).sqrt()) / 2


BUILDERS: dict[type, Builder] = {
    sympy.Add: _sum,
    sympy.Mul: _product,
    sympy.Pow: _power,
    sympy.Abs: _absolute,
    sympy.sign: _sign,
    sympy.Heaviside: _step,
    sympy.Max: _maximum,
    sympy.Min: _minimum,
    BivariateNormalCDF: _bivariate_normal,
    sympy.factorial: _factorial,
    sympy.binomial: _binomial,
    sympy.zeta: _zeta,
    sympy.polylog: _polylogarithm,
    sympy.Sum: _finite_sum,
    sympy.re: _unary_part(lambda z: z.real),
    sympy.im: _unary_part(lambda z: z.imag),
    sympy.conjugate: _conjugate,
    sympy.UnevaluatedExpr: _identity,
    type(sympy.pi): _named(arb.pi),
    type(sympy.E): _named(arb.const_e),
    type(sympy.EulerGamma): _named(arb.const_euler),
    type(sympy.Catalan): _named(arb.const_catalan),
    type(sympy.GoldenRatio): _named(_golden_ratio),
}
