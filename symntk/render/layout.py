"""Lays a formula out: what is written, in which order and between which parentheses; subclasses say how it looks."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import sympy
from sympy import Expr, Integer, Mul, Pow, S, Symbol
from sympy.printing.printer import Printer

from symntk.notation import RHO
from symntk.render.arrange import Quotient, decimal_digits, factors, is_long_decimal, is_root, quotient, summands

_U, _V = Symbol("u", real=True), Symbol("v", real=True)
_OPEN_ENDED = (sympy.Piecewise, sympy.Sum, sympy.Product, sympy.Integral, sympy.Limit, sympy.Derivative)

_CALLS = (sympy.Function, sympy.Max, sympy.Min)


class Layout(Printer):
    """The printer methods that LaTeX and plain text share; `inline` writes fractions with a slash."""

    inline = False
    minus = "-"
    plus = "+"
    comma = ","

    @abstractmethod
    def name(self, name: str) -> str:
        """The name of a symbol or function."""

    @abstractmethod
    def fence(self, body: str) -> str:
        """The body between parentheses."""

    @abstractmethod
    def bar(self, above: str, below: str) -> str:
        """A fraction with a horizontal bar."""

    @abstractmethod
    def radical(self, radicand: Expr) -> str:
        """A square root."""

    @abstractmethod
    def raised(self, base: str, exponent: Expr) -> str:
        """A power."""

    @abstractmethod
    def joined(self, left: str, right: str) -> str:
        """Two factors side by side."""

    @abstractmethod
    def applied(self, function: str, arguments: str) -> str:
        """A function with its arguments; `function` is the class name of the sympy function."""

    @abstractmethod
    def bare(self, function: str, argument: Expr) -> str | None:
        """The function without parentheses where custom allows that, else None."""

    @abstractmethod
    def expectation(self, law: str, body: str) -> str:
        """E with the law as its subscript (possibly empty) and the body in brackets."""

    def show(self, expression: Any) -> str:
        """A formula that nothing follows, so that a last function may go without parentheses."""
        if isinstance(expression, sympy.Function) and not self.inline and len(expression.args) == 1:
            written = self.bare(type(expression).__name__, expression.args[0])
            if written is not None:
                return written
        return self._print(expression)

    def _print_Equation(self, equation: Any) -> str:
        return f"{self.show(equation.lhs)} = {self.show(equation.rhs)}"

    def _print_Symbol(self, expr: Any, style: str = "") -> str:
        return self.name(expr.name)

    _print_Dummy = _print_Symbol

    # Sums

    def _print_Add(self, expr: Expr, order: Any = None) -> str:
        result = ""
        for negative, term in summands(expr):
            sign = self.minus if negative else self.plus
            result += (sign if result else sign.strip() if negative else "") + self._unsigned(term)
        return result

    def _unsigned(self, term: Expr) -> str:
        if isinstance(term, (Mul, sympy.Rational)) or is_reciprocal(term):
            return self._quotient(quotient(term))
        written = self.show(term)
        return self.fence(written) if isinstance(term, (sympy.Add, *_OPEN_ENDED)) else written

    # Products and fractions

    def _print_Mul(self, expr: Expr) -> str:
        parts = quotient(expr)
        return (self.minus.strip() if parts.negative else "") + self._quotient(parts)

    def _print_Rational(self, expr: Any) -> str:
        return decimal_digits(expr) if is_long_decimal(expr) else self._print_Mul(expr)

    _print_Half = _print_Mul

    def _print_Integer(self, expr: Any) -> str:
        return f"{self.minus.strip()}{-expr.p}" if expr.p < 0 else str(expr.p)

    _print_Zero = _print_One = _print_NegativeOne = _print_Integer

    def _quotient(self, parts: Quotient) -> str:
        if not parts.denominator:
            return self._product(parts.numerator)
        if self.inline:
            above = self._product(factors([*parts.numerator, *parts.beside]))
            below = self._product(parts.denominator)
            single = len(parts.denominator) == 1 and not is_reciprocal(parts.denominator[0])
            return f"{above}/{below if single else self.fence(below)}"
        fraction = self.bar(self._under_bar(parts.numerator), self._under_bar(parts.denominator))
        return self.joined(fraction, self._product(parts.beside)) if parts.beside else fraction

    def _under_bar(self, given: Sequence[Expr]) -> str:
        return self.show(given[0]) if len(given) == 1 else self._product(given)

    def _product(self, given: Sequence[Expr]) -> str:
        result = ""
        alone = sum(isinstance(factor, sympy.Function) for factor in given) < 2
        for index, factor in enumerate(given):
            written = self._factor(factor, last=alone and index == len(given) - 1)
            result = self.joined(result, written) if result else written
        return result or "1"

    def _factor(self, factor: Expr, *, last: bool) -> str:
        needs_fence = isinstance(factor, (sympy.Add, Mul, *_OPEN_ENDED)) or is_reciprocal(factor)
        written = self.show(factor) if last and not needs_fence else self._print(factor)
        return self.fence(written) if needs_fence else written

    # Powers

    def _print_Pow(self, expr: Expr, **_: Any) -> str:
        base, exponent = expr.args
        if is_reciprocal(expr):
            return self._print_Mul(expr)
        if is_root(expr):
            return self.radical(base)
        plain = base.is_Symbol or (base.is_Integer and base.is_nonnegative) or base.is_NumberSymbol
        written = self._print(base)
        return self.raised(written if plain or isinstance(base, _CALLS) else self.fence(written), exponent)

    def _print_ExpBase(self, expr: Expr, **_: Any) -> str:
        return self.raised(self._print(S.Exp1), expr.args[0])

    def slashed(self, exponent: Expr) -> str:
        """The expression with slashes for bars."""
        outer, self.inline = self.inline, True
        written = self._print(exponent)
        self.inline = outer
        return written

    # Functions

    def _print_Function(self, expr: Expr, **_: Any) -> str:
        arguments = self.comma.join(map(self.show, expr.args))
        return self.applied(type(expr).__name__, arguments)

    _print_Max = _print_Min = _print_log = _print_zeta = _print_gamma = _print_Function

    def _print_BivariateNormalCDF(self, expr: Expr) -> str:
        h, k, r = map(self.show, expr.args)
        return self.applied("BivariateNormalCDF", f"{h}{self.comma}{k};{self.comma[1:]}{r}")

    def _print_GaussianExpectation(self, expr: Expr) -> str:
        return self.expectation("", self.show(expr.args[0](_U)))

    def _print_GaussianPairExpectation(self, expr: Expr) -> str:
        f, g, q1, q2, rho = expr.args
        body = self.show(f(_U) * g(_V))
        if q1 == q2 == 1:
            law = "" if rho == RHO else f"{self._print(RHO)}={self.slashed(rho)}"
        else:
            law = f"{self.slashed(q1)},{self.slashed(q2)};{self.slashed(rho)}"
        return self.expectation(law, body)

    def condition(self, expression: Expr) -> str:
        """The inequality expression > 0, solved for a single letter where that is immediate.

        `Layout` writes x > 1/2 for the condition x − 1/2 > 0.
        """
        constant, rest = expression.as_coeff_Add()
        sense = ">"
        if rest.as_coeff_Mul()[0] == -1:
            constant, rest, sense = -constant, -rest, "<"
        return f"{self.slashed(rest)}{sense}{self.slashed(-constant)}"


def is_reciprocal(expression: Expr) -> bool:
    """True for 1/aᵇ, which is written as a fraction; e^{−x} is not.

    >>> is_reciprocal(1 / Symbol("a")), is_reciprocal(sympy.exp(-Symbol("a")))
    (True, False)
    """
    return isinstance(expression, Pow) and expression.base is not S.Exp1 and expression.exp.could_extract_minus_sign()


def whole(exponent: Expr) -> bool:
    """True for a non-negative integer exponent."""
    return isinstance(exponent, Integer) and exponent >= 0
