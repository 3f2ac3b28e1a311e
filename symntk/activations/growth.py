"""Bounds how fast an expression grows at ±∞, so that square-integrability is decided by exact exponents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import sympy
from sympy import Expr, Poly, Rational, S, exp

from symntk.activations.ordering import shown, sign_of
from symntk.errors import DomainError
from symntk.notation import X
from symntk.numbers.normal_distribution import NormalCDF

BOUNDED: dict[type, Expr] = {
    sympy.sin: S.One,
    sympy.cos: S.One,
    sympy.tanh: S.One,
    sympy.erf: S.One,
    NormalCDF: S.One,
    sympy.erfc: sympy.Integer(2),
    sympy.atan: sympy.pi / 2,
}
SLOW = Rational(1, 1000)


@dataclass(frozen=True, kw_only=True)
class Growth:
    """An upper bound of |e(x)| as |x| → ∞ on one side.

    order = 0: |e| ≤ (factor + o(1))·|x|^degree; order > 0: |e| ≤ exp((rate + o(1))·|x|^order).
    """

    order: Expr = S.Zero
    rate: Expr = S.Zero
    degree: Expr = S.Zero
    factor: Expr = S.One

    def times(self, other: Growth) -> Growth:
        """A bound of the product of two expressions."""
        if self.order == other.order == 0:
            return Growth(degree=self.degree + other.degree, factor=self.factor * other.factor)
        if self.order == other.order:
            return Growth(order=self.order, rate=self.rate + other.rate)
        return self if sign_of(self.order - other.order) > 0 else other

    def power(self, exponent: Expr) -> Growth:
        """A bound of |e|^exponent for an exponent > 0."""
        return Growth(
            order=self.order,
            rate=self.rate * exponent,
            degree=self.degree * exponent,
            factor=self.factor**exponent,
        )

    def plus(self, other: Growth) -> Growth:
        """A bound of the sum of two expressions."""
        if self.order == other.order == 0 and self.degree == other.degree:
            return Growth(degree=self.degree, factor=self.factor + other.factor)
        return self if self.exceeds(other) else other

    def exceeds(self, other: Growth) -> bool:
        """Whether this bound is of at least the order of magnitude of the other."""
        mine, its = self._rank(), other._rank()
        return next((sign_of(a - b) > 0 for a, b in zip(mine, its, strict=True) if a != b), True)

    def _rank(self) -> tuple[Expr, Expr, Expr]:
        direction = sign_of(self.rate)
        return (direction * self.order, self.rate, self.degree)

    @property
    def vanishes(self) -> bool:
        """Whether the bound tends to 0."""
        return sign_of(self.rate) < 0 if self.order != 0 else sign_of(self.degree) < 0


class UnboundedError(DomainError):
    """The rules bound no such expression."""


def check_square_integrable(name: str, expression: Expr, side: int) -> None:
    """Raises DomainError unless the rules prove E φ(u)²1_{side·u > 0} < ∞ for u ~ N(0, 1) near ±∞.

    A bound exp(b·x²) is accepted exactly when b < 1/4.
    """
    bound = growth(expression, side)
    excess = bound.order - 2
    if sign_of(excess) < 0 or sign_of(bound.rate) < 0:
        return
    if excess == 0 and sign_of(Rational(1, 4) - bound.rate) > 0:
        return
    found = shown(exp(bound.rate * sympy.Abs(X) ** bound.order)) if bound.order.is_finite else "a double exponential"
    raise DomainError(
        f"a square-integrable activation under N(0, 1) was asked for, but {shown(name)} may grow like {found} "
        f"as x goes to {'+' if side > 0 else '-'}oo; it must stay below exp(b*x**2) with b < 1/4"
    )


@cache
def growth(expression: Expr, side: int) -> Growth:
    """An upper bound of |e(x)| as x → side·∞; raises UnboundedError when no rule applies.

    >>> growth(X**3 * exp(X**2 / 5 - X), 1).rate
    1/5
    """
    if not expression.has(X):
        return Growth(factor=sympy.Abs(expression))
    if expression.is_polynomial(X):
        return _polynomial(Poly(expression, X))
    if expression.is_Add:
        terms = [growth(term, side) for term in expression.args]
        return _sum(terms)
    if expression.is_Mul:
        return _product([growth(factor, side) for factor in expression.args])
    if isinstance(expression, exp):
        return _exponential(expression.args[0], side)
    if expression.is_Pow:
        return _power(expression.base, expression.exp, side)
    return _function(expression, side)


def _polynomial(poly: Poly) -> Growth:
    if poly.is_zero:
        return Growth(factor=S.Zero)
    return Growth(degree=S(poly.degree()), factor=sympy.Abs(poly.LC()))


def _sum(terms: list[Growth]) -> Growth:
    total = terms[0]
    for term in terms[1:]:
        total = total.plus(term)
    return total


def _product(factors: list[Growth]) -> Growth:
    total = factors[0]
    for factor in factors[1:]:
        total = total.times(factor)
    return total


def _power(base: Expr, exponent: Expr, side: int) -> Growth:
    if exponent.has(X):
        return _exponential(exponent * sympy.log(base), side)
    if exponent.is_positive:
        return growth(base, side).power(exponent)
    return reciprocal(base, side).power(-exponent)


def _function(expression: Expr, side: int) -> Growth:
    argument = expression.args[0]
    if type(expression) in BOUNDED:
        return Growth(factor=BOUNDED[type(expression)])
    if isinstance(expression, sympy.sinh | sympy.cosh):
        return _exponential_of(growth(argument, side))
    if isinstance(expression, sympy.asinh):
        return _logarithm(growth(argument, side))
    if isinstance(expression, sympy.log):
        return _logarithm(growth(argument, side)).plus(_logarithm(reciprocal(argument, side)))
    raise UnboundedError(f"the growth of {expression.func.__name__} was needed, but no rule bounds it; rewrite it")


def _logarithm(bound: Growth) -> Growth:
    """A bound of log⁺ of a bounded quantity; the logarithm of a power of x counts as o(|x|^{1/1000})."""
    if bound.order == 0:
        return Growth(degree=SLOW, factor=S.Zero)
    return Growth(degree=bound.order, factor=bound.rate if sign_of(bound.rate) > 0 else S.Zero)


def _exponential_of(bound: Growth) -> Growth:
    """A bound of e^{|u|} from a bound of |u|."""
    if bound.order == 0 and sign_of(bound.degree) <= 0:
        return Growth(factor=exp(bound.factor))
    if bound.order == 0:
        return Growth(order=bound.degree, rate=bound.factor)
    return Growth() if sign_of(bound.rate) < 0 else Growth(order=S.Infinity, rate=S.One)


def _exponential(exponent: Expr, side: int) -> Growth:
    """A bound of e^u: the polynomial part of u keeps its sign, the rest enters by an absolute bound or by being ≤ 0."""
    terms = sympy.Add.make_args(sympy.expand(exponent))
    polynomial = sum((t for t in terms if t.is_polynomial(X)), S.Zero)
    rest = [t for t in terms if not t.is_polynomial(X) and not t.is_nonpositive]
    remainder = _exponential_of(_sum([growth(t, side) for t in rest])) if rest else Growth()
    poly = Poly(polynomial, X)
    degree = poly.degree() if polynomial != 0 else 0
    if degree <= 0:
        return Growth(factor=exp(polynomial)).times(remainder)
    return Growth(order=S(degree), rate=poly.LC() * side**degree).times(remainder)


@cache
def reciprocal(expression: Expr, side: int) -> Growth:
    """An upper bound of 1/|e(x)| as x → side·∞; raises UnboundedError when no rule applies.

    >>> reciprocal(1 + exp(-X), -1).rate
    -1
    """
    if not expression.has(X):
        return Growth(factor=1 / sympy.Abs(expression))
    if expression.is_polynomial(X):
        poly = Poly(expression, X)
        return Growth(degree=-S(poly.degree()), factor=1 / sympy.Abs(poly.LC()))
    if expression.is_Mul:
        return _product([reciprocal(factor, side) for factor in expression.args])
    if isinstance(expression, exp):
        return _exponential(-expression.args[0], side)
    if expression.is_Pow and not expression.exp.has(X):
        return _power(expression.base, -expression.exp, side)
    if expression.is_Add:
        return _reciprocal_of_sum(expression, side)
    return _reciprocal_of_function(expression, side)


def _reciprocal_of_function(expression: Expr, side: int) -> Growth:
    argument = expression.args[0]
    if isinstance(expression, sympy.cosh):
        return Growth()
    if isinstance(expression, NormalCDF):
        return _exponential(argument**2 / 2, side)
    # These increase from 0, so that |g(P)| ≥ g(1) as soon as |P| ≥ 1.
    away_from_zero = isinstance(expression, sympy.tanh | sympy.erf | sympy.atan | sympy.sinh | sympy.asinh)
    if away_from_zero and argument.is_polynomial(X):
        return Growth(factor=1 / expression.func(1))
    raise UnboundedError(f"a lower bound of {expression.func.__name__} was needed, but no rule gives one; rewrite it")


def _reciprocal_of_sum(expression: Expr, side: int) -> Growth:
    terms = expression.args
    if all(t.is_positive for t in terms) or all(t.is_negative for t in terms):
        bounds = [reciprocal(term, side) for term in terms]
        smallest = bounds[0]
        for bound in bounds[1:]:
            smallest = bound if smallest.exceeds(bound) else smallest
        return smallest
    return dominant_term(expression, side)[1]


def dominant_term(expression: Expr, side: int) -> tuple[Expr, Growth]:
    """The term of a sum that outgrows all the others together, and a bound of 1/|sum|.

    Raises UnboundedError when no term is proved to do so.

    >>> dominant_term(X - sympy.tanh(X), 1)[0]
    x
    """
    for term in sympy.Add.make_args(expression):
        rest = expression - term
        if rest == 0:
            return term, reciprocal(term, side)
        inverse = _lower_bound(term, side)
        if inverse is None:
            continue
        ratio = growth(rest, side).times(inverse)
        if ratio.vanishes:
            return term, inverse
        if ratio.order == 0 and ratio.degree == 0 and sign_of(1 - ratio.factor) > 0:
            return term, inverse.times(Growth(factor=1 / (1 - ratio.factor)))
    raise UnboundedError(f"the leading term of {shown(expression)} at infinity was needed, but no rule finds it")


def _lower_bound(term: Expr, side: int) -> Growth | None:
    try:
        return reciprocal(term, side)
    except UnboundedError:
        return None
