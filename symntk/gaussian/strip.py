"""Proves that a formula is analytic in a strip around the real line and bounds it there, by one rule per function."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sympy
from flint import arb
from sympy import Expr

from symntk.errors import DomainError, UndecidedError
from symntk.gaussian import certified_bound as rules
from symntk.gaussian.certified_bound import Bound, NoRuleError
from symntk.gaussian.certified_rules import RULES
from symntk.gaussian.growth import Growth
from symntk.notation import X
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

ANALYSIS_BITS = 64
WIDEST = 64.0
"""Half-width that stands for infinity: no quadrature up to thousands of bits wants a wider strip."""
_NARROWEST = 1.0 / 64
_FRACTIONS = (0.99, 0.96, 0.92, 0.85, 0.75, 0.6, 0.45, 0.3, 0.2, 0.12, 0.07, 0.04, 0.02)


@dataclass(frozen=True, kw_only=True)
class Strip:
    """f is analytic in |Im z| ≤ half_width and |f(z)| ≤ growth(|Re z|) there."""

    half_width: arb
    growth: Growth


@lru_cache(maxsize=1024)
def strips(f: Expr) -> tuple[Strip, ...]:
    """Nested strips of analyticity from the widest safe one inward, each with its growth.

    Guarantee: proved by the rules; the widest strip may be narrower than the true one. Empty when the rules prove none.

    >>> bool(strips(sympy.tanh(X))[0].half_width > 1.5)
    True
    >>> strips(sympy.Abs(X))
    ()
    """
    widest = _widest(f)
    if widest is None:
        return ()
    found = ((width, _bound(f, width)) for width in (widest, *(widest * fraction for fraction in _FRACTIONS)))
    return tuple(Strip(half_width=arb(w), growth=b.growth) for w, b in found if b is not None)


def real_growth(f: Expr, left: arb | None = None, right: arb | None = None) -> Growth:
    """A bound of |f| on the real interval (left, right); None is ∓∞.

    Guarantee: proved by the rules. Raises UndecidedError where no rule bounds f.

    >>> real_growth(sympy.exp(X)).rate
    1.00000000000000
    """
    with working_precision(ANALYSIS_BITS):
        try:
            return _visit(f, arb(0), left, right, {}).growth
        except NoRuleError as obstacle:
            raise UndecidedError(
                f"a bound of {f} on the real line was asked for, but none is known for {obstacle}; "
                "write f with bounded, exponential or rational parts"
            ) from None


def _widest(f: Expr) -> float | None:
    """The widest half-width the rules accept, to a relative 1e-3."""
    if _bound(f, WIDEST) is not None:
        return WIDEST
    low, high = 0.0, WIDEST
    while high - low > 1e-3 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if _bound(f, middle) is not None else (low, middle)
        if high < _NARROWEST:
            return None
    return low


def _bound(f: Expr, half_width: float) -> Bound | None:
    with working_precision(ANALYSIS_BITS):
        try:
            return _visit(f, arb(half_width), None, None, {})
        except NoRuleError:
            return None


def _visit(expr: Expr, height: arb, left: arb | None, right: arb | None, seen: dict[Expr, Bound]) -> Bound:
    """The bound of a formula from the bounds of its parts."""
    known = seen.get(expr)
    if known is None:
        known = _node(expr, height, left, right, seen)
        seen[expr] = rules.on_real_line(known) if height == 0 else known
    return seen[expr]


def _node(expr: Expr, height: arb, left: arb | None, right: arb | None, seen: dict[Expr, Bound]) -> Bound:
    if expr == X:
        return rules.variable(height, left, right)
    if not expr.has(X):
        return rules.constant(_constant(expr))
    if isinstance(expr, sympy.Pow):
        return _power(expr, height, left, right, seen)
    parts = [_visit(argument, height, left, right, seen) for argument in expr.args]
    if isinstance(expr, sympy.Add | sympy.Mul):
        combine = rules.added if isinstance(expr, sympy.Add) else rules.multiplied
        total = parts[0]
        for part in parts[1:]:
            total = combine(total, part)
        return total
    rule = RULES.get(type(expr))
    if rule is None or len(parts) != 1:
        raise NoRuleError(str(expr))
    return rule(parts[0])


def _power(expr: Expr, height: arb, left: arb | None, right: arb | None, seen: dict[Expr, Bound]) -> Bound:
    base, exponent = expr.args
    if not base.has(X):
        return _visit(sympy.exp(exponent * sympy.log(base), evaluate=False), height, left, right, seen)
    bound = _visit(base, height, left, right, seen)
    if exponent.is_Integer:
        return rules.integer_power(bound, int(exponent))
    if exponent.is_number:
        return rules.real_power(bound, _constant(exponent))
    raise NoRuleError(str(expr))


@lru_cache(maxsize=4096)
def _constant(expr: Expr) -> arb:
    try:
        return enclose(expr, bits=ANALYSIS_BITS)
    except DomainError:
        raise NoRuleError(str(expr)) from None
