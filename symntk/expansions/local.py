"""Expands a closed-form expression of ρ around a point as a Puiseux series, by a walk over its tree."""

from __future__ import annotations

import sympy
from flint import fmpq, fmpq_mpoly
from sympy import Expr, Rational, S, acos, asin, atan, cos, cosh, erf, exp, log, sin, sinh, tanh

from symntk.errors import DomainError, NoClosedFormError
from symntk.expansions.constants import ConstantRing
from symntk.expansions.puiseux import Series, constant
from symntk.numbers.decide import sign
from symntk.numbers.normal_distribution import BivariateNormalCDF, NormalCDF

TRIGONOMETRIC = (sin, cos)
HYPERBOLIC = (sinh, cosh)
BY_DERIVATIVE = (asin, acos, atan, log, erf, tanh, NormalCDF, BivariateNormalCDF)
MAXIMAL_PADDING = 64


def expand_expression(
    expression: Expr, symbol: sympy.Symbol, inner: Expr, small: sympy.Symbol, order: int, ring: ConstantRing
) -> Series:
    """The series of expression(symbol = inner(w)) in w to O(w^order), w > 0 small; inner is a polynomial in w.

    Exponentially small summands such as e^{−1/w²} are dropped: they are below every power of w.
    Guarantee: exact coefficients. Raises DomainError for a logarithmic or an exponentially large term,
    UndecidedError where a leading coefficient could not be decided, NoClosedFormError for an unknown function.

    >>> from symntk.notation import RHO
    >>> w = sympy.Symbol("w", positive=True)
    >>> ring = ConstantRing()
    >>> series = expand_expression(acos(RHO), RHO, 1 - w**2, w, 4, ring)
    >>> [ring.expression(series.coefficient(k)) for k in range(4)]
    [0, sqrt(2), 0, sqrt(2)/12]
    """
    padding = 4
    while padding <= MAXIMAL_PADDING:
        walker = _Walker(ring=ring, symbol=symbol, order=order + padding)
        walker.memo[symbol] = walker.polynomial(inner, small)
        series = walker.series(expression)
        if series.precision >= order:
            return series.truncated(order)
        padding *= 2
    raise DomainError(
        f"{order} orders of an expansion were asked for, but cancellation left fewer; ask for fewer terms"
    )


class _Walker:
    """One pass over the tree at one working order; every subexpression is expanded once."""

    def __init__(self, *, ring: ConstantRing, symbol: sympy.Symbol, order: int) -> None:
        self.ring, self.symbol, self.order = ring, symbol, order
        self.memo: dict[Expr, Series] = {}

    def polynomial(self, value: Expr, small: sympy.Symbol) -> Series:
        coefficients = sympy.Poly(value, small).all_coeffs()[::-1]
        elements = [self.ring.element(c) for c in coefficients]
        padded = (elements + [self.ring.zero] * self.order)[: self.order]
        return Series(ring=self.ring, valuation=0, coefficients=tuple(padded))

    def number(self, value: Expr) -> Series:
        return constant(self.ring, self.ring.element(value), self.order)

    def series(self, expression: Expr) -> Series:
        if expression not in self.memo:
            self.memo[expression] = self._expand(expression)
        return self.memo[expression]

    def _expand(self, e: Expr) -> Series:
        if not any(e.has(symbol) for symbol in self.memo if symbol.is_Symbol):
            return self.number(e)
        if isinstance(e, sympy.Add):
            return self._sum(e)
        if isinstance(e, sympy.Mul):
            return self._product(e)
        if isinstance(e, exp):
            return self._exponential(self.series(e.args[0]))
        if isinstance(e, sympy.Pow) and e.args[1].is_Rational:
            return self._power(self.series(e.args[0]), e.args[1])
        if isinstance(e, sympy.Pow) and not e.args[0].free_symbols:
            return self._exponential(self.series(sympy.expand(e.args[1] * log(e.args[0]))))
        if isinstance(e, HYPERBOLIC):
            up, down = (self._exponential(self.series(sign_ * e.args[0])) for sign_ in (S.One, S.NegativeOne))
            return (up - down if isinstance(e, sinh) else up + down).scaled(self.ring.rational(1, 2))
        if isinstance(e, TRIGONOMETRIC):
            return self._trigonometric(type(e), self.series(e.args[0]))
        if isinstance(e, BY_DERIVATIVE):
            return self._by_derivative(e)
        raise NoClosedFormError(
            f"an expansion of {e.func.__name__} was asked for, which is not known here; use values instead"
        )

    def _sum(self, e: Expr) -> Series:
        total = self.series(e.args[0])
        for part in e.args[1:]:
            total = total + self.series(part)
        return total

    def _product(self, e: Expr) -> Series:
        factor, rest = e.as_independent(*(s for s in self.memo if s.is_Symbol), as_Add=False)
        total = None
        for part in sympy.Mul.make_args(rest):
            expanded = self.series(part)
            total = expanded if total is None else total * expanded
        assert total is not None
        return total if factor == 1 else total.scaled(self.ring.element(factor))

    def _power(self, base: Series, exponent: Rational) -> Series:
        if exponent.is_Integer and exponent > 0:
            result = base
            for _ in range(int(exponent) - 1):
                result = result * base
            return result
        return base.power(exponent)

    def _exponential(self, argument: Series) -> Series:
        argument = argument.normal()
        if argument.coefficients and argument.valuation < 0:
            if sign(self.ring.expression(argument.coefficients[0])) > 0:
                raise DomainError("an exponentially large term was met; the function has no expansion in powers here")
            return constant(self.ring, self.ring.zero, self.order)
        argument = argument.filled(argument.precision)
        start = argument.coefficient(0)
        rest = Series(ring=self.ring, valuation=0, coefficients=(self.ring.zero, *argument.coefficients[1:]))
        return rest.exponential().scaled(self._value(exp, start))

    def _trigonometric(self, function: type, argument: Series) -> Series:
        """sin and cos of start + rest, from sin′ = cos·rest′ and cos′ = −sin·rest′ with the values at the start."""
        argument = argument.normal()
        if argument.valuation < 0:
            raise DomainError("an oscillation without limit was met; the function has no expansion in powers here")
        ring, count = self.ring, argument.precision
        slope = [argument.coefficient(k) * fmpq(k) for k in range(count)]
        start = argument.coefficient(0)
        sines, cosines = [self._value(sin, start)], [self._value(cos, start)]
        for n in range(1, count):
            up, down = ring.zero, ring.zero
            for k in range(1, n + 1):
                up += slope[k] * cosines[n - k]
                down -= slope[k] * sines[n - k]
            sines.append(ring.reduced(up / fmpq(n)))
            cosines.append(ring.reduced(down / fmpq(n)))
        return Series(ring=ring, valuation=0, coefficients=tuple(sines if function is sin else cosines))

    def _value(self, function: type, *arguments: fmpq_mpoly) -> fmpq_mpoly:
        return self.ring.element(function(*(_tidy(self.ring.expression(a)) for a in arguments)))

    def _by_derivative(self, e: Expr) -> Series:
        """F(g(w)) = F(g(0)) + ∫ Σᵢ ∂ᵢF(g)·gᵢ′ dw."""
        arguments = [self.series(a) for a in e.args]
        limits = [self._limit(a) for a in arguments]
        dummies = [sympy.Dummy(f"a{i}", real=True) for i in range(len(arguments))]
        inner = _Walker(ring=self.ring, symbol=self.symbol, order=self.order)
        inner.memo.update(zip(dummies, arguments, strict=True))
        total = constant(self.ring, self.ring.zero, self.order)
        for i, argument in enumerate(arguments):
            slope = argument.derivative()
            if all(c == 0 for c in slope.coefficients) or limits[i] in (S.Infinity, S.NegativeInfinity):
                continue
            total = total + inner.series(e.func(*dummies).fdiff(i + 1)) * slope
        value = self.ring.element(_at_limits(e.func, limits))
        antiderivative = total.integral()
        return antiderivative + constant(self.ring, value, max(self.order, antiderivative.precision))

    def _limit(self, argument: Series) -> Expr:
        """The value at w = 0, ±∞ for a pole."""
        leading = argument.normal()
        if leading.coefficients and leading.valuation < 0:
            return sign(self.ring.expression(leading.coefficients[0])) * S.Infinity
        return _tidy(self.ring.expression(argument.coefficient(0))) if argument.precision > 0 else S.Zero


def _at_limits(function: type, limits: list[Expr]) -> Expr:
    """The function at the limits of its arguments; Φ₂ at correlation ±1 is a univariate probability."""
    if function is not BivariateNormalCDF:
        return function(*limits)
    h, k, r = limits
    if r == 1:
        return NormalCDF(_smaller(h, k))
    if r == -1:
        below = h + k
        return NormalCDF(h) + NormalCDF(k) - 1 if below != 0 and sign(below) > 0 else S.Zero
    return BivariateNormalCDF(h, k, r)


def _smaller(h: Expr, k: Expr) -> Expr:
    difference = sympy.expand(h - k)
    return h if difference == 0 or sign(difference) < 0 else k


def _tidy(value: Expr) -> Expr:
    return sympy.expand(value) if not value.is_Rational else value
