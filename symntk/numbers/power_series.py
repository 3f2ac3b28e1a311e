"""Evaluates a formula of one variable on truncated power series of balls: all Taylor coefficients at once."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

import sympy
from flint import arb, arb_series, ctx
from sympy import Expr

from symntk.errors import DomainError
from symntk.notation import X
from symntk.numbers.ball import enclose
from symntk.numbers.normal_distribution import NormalCDF
from symntk.numbers.precision import current_precision

Rule = Callable[[arb_series], arb_series]


@contextmanager
def series_length(count: int) -> Generator[None]:
    """Compute power series to O(t^count) inside the block.

    >>> with series_length(3):
    ...     arb_series([0, 1]).exp().length()
    3
    """
    before = ctx.cap
    ctx.cap = count
    try:
        yield
    finally:
        ctx.cap = before


def coefficients(series: arb_series, count: int) -> list[arb]:
    """The first `count` coefficients, zeros included."""
    return [series[k] for k in range(count)]


def taylor_coefficients(f: Expr, point: arb, count: int) -> list[arb]:
    """f⁽ᵏ⁾(x₀)/k! for k < count at every point of a ball, at the precision in force.

    Domain: f built from x by sums, products, integer powers, roots and the elementary functions, tanh, erf, Φ.
    Guarantee: certified; not finite where f is not analytic. Raises DomainError for another function.

    >>> [round(float(c), 6) for c in taylor_coefficients(sympy.tanh(X), arb(0), 4)]
    [0.0, 1.0, 0.0, -0.333333]
    """
    with series_length(count):
        return coefficients(_visit(f, arb_series([point, 1]), {}), count)


def _visit(f: Expr, variable: arb_series, seen: dict[Expr, arb_series]) -> arb_series:
    known = seen.get(f)
    if known is None:
        known = seen[f] = _node(f, variable, seen)
    return known


def _node(f: Expr, variable: arb_series, seen: dict[Expr, arb_series]) -> arb_series:
    if f == X:
        return variable
    if not f.has(X):
        return arb_series([enclose(f, bits=current_precision())])
    if isinstance(f, sympy.Pow):
        return _power(f, variable, seen)
    parts = [_visit(argument, variable, seen) for argument in f.args]
    if isinstance(f, sympy.Add | sympy.Mul):
        total = parts[0]
        for part in parts[1:]:
            total = total + part if isinstance(f, sympy.Add) else total * part
        return total
    rule = _RULES.get(type(f))
    if rule is None:
        raise DomainError(f"Taylor coefficients of {f} were asked for, but no rule for {type(f).__name__} is known")
    return rule(parts[0])


def _power(f: Expr, variable: arb_series, seen: dict[Expr, arb_series]) -> arb_series:
    base, exponent = f.args
    if exponent.has(X):
        return _visit(sympy.exp(exponent * sympy.log(base), evaluate=False), variable, seen)
    inner = _visit(base, variable, seen)
    if exponent.is_Integer:
        return _integer_power(inner, int(exponent))
    return (inner.log() * enclose(exponent, bits=current_precision())).exp()


def _integer_power(base: arb_series, exponent: int) -> arb_series:
    if exponent < 0:
        return _inverse(_integer_power(base, -exponent))
    result = arb_series([1])
    while exponent:
        if exponent & 1:
            result = result * base
        base, exponent = base * base, exponent >> 1
    return result


def _inverse(x: arb_series) -> arb_series:
    return arb_series([arb.nan()]) if x[0].contains(0) else 1 / x


def _tanh(x: arb_series) -> arb_series:
    """(1 − e)/(1 + e) with e = exp(−2|x|), which is at most 1."""
    if x[0] < 0:
        return -_tanh(-x)
    small = (-2 * x).exp()
    return (1 - small) / (1 + small)


def _half_difference(x: arb_series, sign: int) -> arb_series:
    return (x.exp() + sign * (-x).exp()) / 2


_RULES: dict[type, Rule] = {
    sympy.exp: arb_series.exp,
    sympy.log: arb_series.log,
    sympy.sin: arb_series.sin,
    sympy.cos: arb_series.cos,
    sympy.tanh: _tanh,
    sympy.sinh: lambda x: _half_difference(x, -1),
    sympy.cosh: lambda x: _half_difference(x, 1),
    sympy.sech: lambda x: _inverse(_half_difference(x, 1)),
    sympy.atan: arb_series.atan,
    sympy.asinh: lambda x: (x + (1 + x * x).sqrt()).log(),
    sympy.erf: arb_series.erf,
    sympy.erfc: arb_series.erfc,
    NormalCDF: lambda x: (-x / arb(2).sqrt()).erfc() / 2,
}
