"""Brings a formula to a normal form in which equal formulas of a large class are equal.

Transcendental functions of normalised arguments are independent generators after these rewritings, each valid on the
whole domain: acos → π/2 − asin; erf, erfc → Φ; sin, cos, tan, sinh, cosh, tanh → exp; odd and reflected functions to a
canonical sign; exp(a)exp(b) → exp(a + b); powers and logarithms split along provably non-negative factors; Γ shifted by
integers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from math import lcm
from typing import Any

import sympy
from flint import fmpq
from sympy import Expr

from symntk.notation import GAMMA, RHO
from symntk.numbers.algebra import Element, NotNormalisable, TooFewGenerators
from symntk.numbers.exponentials import exponential
from symntk.numbers.nodes import known_nonnegative, known_real
from symntk.numbers.normal_distribution import BivariateNormalCDF, NormalCDF
from symntk.numbers.radicals import absolute_value, logarithm, rational_power
from symntk.numbers.workspace import Sizes, StartAgain, Workspace, new_workspace

STANDING_INTERVALS = {RHO: (-1, 1), GAMMA: (0, 2)}
"""A correlation lies in [−1, 1] and its deficit in [0, 2] wherever these symbols are written."""

_LARGEST_FIELD = 256
_MOST_ATTEMPTS = 8
_LARGEST_SHIFT = 64
"""Integer shifts of Γ beyond this are left alone."""


def is_zero_in_normal_form(expr: Expr) -> bool:
    """Whether the normal form of the formula is zero; False also where no normal form is found."""
    sizes = Sizes(root_degree=_root_degree(expr))
    for _ in range(_MOST_ATTEMPTS):
        try:
            return Normaliser(new_workspace(sizes)).element(expr).is_zero
        except StartAgain as request:
            sizes = request.sizes
        except TooFewGenerators:
            sizes = replace(sizes, generators=2 * sizes.generators)
            if sizes.generators > _LARGEST_FIELD:
                return False
        except NotNormalisable:
            return False
    return False


def _root_degree(expr: Expr) -> int:
    exponents = [power.exp for power in expr.atoms(sympy.Pow) if isinstance(power.exp, sympy.Rational)]
    return lcm(2, *(int(exponent.q) for exponent in exponents))


class Normaliser:
    """Normal forms of the subexpressions of one formula, in one workspace."""

    def __init__(self, space: Workspace) -> None:
        self.space = space
        self.algebra = space.algebra
        self._known: dict[Expr, Element] = {}
        self._depth = 0

    def element(self, expr: Expr) -> Element:
        """The normal form of a subexpression."""
        found = self._known.get(expr)
        if found is None:
            found = self._known[expr] = self._new(expr)
        return found

    def _new(self, expr: Any) -> Element:
        if isinstance(expr, sympy.Rational):
            return self.algebra.constant(fmpq(int(expr.p), int(expr.q)))
        rule = _RULES.get(type(expr))
        if rule is not None:
            return rule(self, expr)
        if isinstance(expr, sympy.Symbol):
            return self._symbol(expr)
        if isinstance(expr, sympy.NumberSymbol):
            return self.space.atom("pi" if expr is sympy.pi else expr, nonnegative=True)
        if expr in (sympy.nan, sympy.zoo, sympy.oo, -sympy.oo) or isinstance(expr, sympy.Float):
            raise NotNormalisable(str(expr))
        return self._opaque(expr)

    def _symbol(self, symbol: sympy.Symbol) -> Element:
        atom = self.space.atom(symbol, real=known_real(symbol), nonnegative=known_nonnegative(symbol))
        if symbol in STANDING_INTERVALS:
            self.space.signs.intervals[self.space.named[symbol]] = STANDING_INTERVALS[symbol]
        return atom

    def _opaque(self, expr: Expr) -> Element:
        """A function without rules: a generator named by its normalised arguments, or by itself."""
        signs = {"real": known_real(expr), "nonnegative": known_nonnegative(expr)}
        if not isinstance(expr, sympy.Function) or not all(_has_name(argument) for argument in expr.args):
            return self.space.atom(expr, **signs)
        if not expr.has(sympy.Lambda):
            return self.named(type(expr), *(self.element(argument) for argument in expr.args), **signs)
        return self.space.atom((type(expr), *(self._name(argument) for argument in expr.args)), **signs)

    def _name(self, argument: Any) -> Hashable:
        """The key of a normalised argument; a function x ↦ f(x) is named by f at a variable of its own."""
        if not isinstance(argument, sympy.Lambda):
            return self.element(argument).key
        (variable,) = argument.variables
        self._depth += 1
        bound = sympy.Symbol(f"bound_{self._depth}", real=True if known_real(variable) else None)
        body = self.element(argument.expr.xreplace({variable: bound}))
        self._depth -= 1
        return "function", bound, body.key

    def named(self, cls: Any, *arguments: Element, real: bool = False, nonnegative: bool = False) -> Element:
        """The generator cls(arguments) with the signs known of it; sympy's own value at rational arguments."""
        rationals = [argument.rational for argument in arguments]
        if all(value is not None for value in rationals):
            value = cls(*(sympy.Rational(int(q.p), int(q.q)) for q in rationals if q is not None))
            if not isinstance(value, cls):
                return self.element(value)
        name = (cls, *(argument.key for argument in arguments))
        return self.space.atom(name, real=real, nonnegative=nonnegative)

    def exponential(self, exponent: Element, *, real: bool) -> Element:
        return exponential(exponent, self.space, real=real)

    def square_root_of_two(self) -> Element:
        return rational_power(self.algebra.constant(2), fmpq(1, 2), self.space)

    def sum(self, *terms: Element) -> Element:
        total = self.algebra.zero
        for term in terms:
            total = self.algebra.add(total, term)
        return total


def _has_name(argument: Any) -> bool:
    if isinstance(argument, sympy.Lambda):
        return len(argument.variables) == 1
    return isinstance(argument, Expr)


Rule = Callable[[Normaliser, Any], Element]


def _sum(form: Normaliser, expr: Expr) -> Element:
    return form.sum(*(form.element(term) for term in expr.args))


def _product(form: Normaliser, expr: Expr) -> Element:
    total = form.algebra.one
    for factor in expr.args:
        total = form.algebra.multiply(total, form.element(factor))
    return total


def _power(form: Normaliser, expr: Expr) -> Element:
    base, exponent = expr.args
    if base is sympy.E:
        return form.exponential(form.element(exponent), real=known_real(exponent))
    if isinstance(exponent, sympy.Rational):
        return rational_power(form.element(base), fmpq(int(exponent.p), int(exponent.q)), form.space)
    product = form.algebra.multiply(form.element(exponent), logarithm(form.element(base), form.space))
    return form.exponential(product, real=known_nonnegative(base) and known_real(exponent))


def _exponential(form: Normaliser, expr: Expr) -> Element:
    return form.exponential(form.element(expr.args[0]), real=known_real(expr.args[0]))


def _euler_number(form: Normaliser, expr: Expr) -> Element:
    return form.exponential(form.algebra.one, real=True)


def _golden_ratio(form: Normaliser, expr: Expr) -> Element:
    return form.element((1 + sympy.sqrt(5)) / 2)


def _imaginary_unit(form: Normaliser, expr: Expr) -> Element:
    return form.space.imaginary_unit()


def _logarithm(form: Normaliser, expr: Expr) -> Element:
    return logarithm(form.element(expr.args[0]), form.space)


def _absolute_value(form: Normaliser, expr: Expr) -> Element:
    argument = expr.args[0]
    if not known_real(argument):
        return form.named(sympy.Abs, form.element(argument), nonnegative=True)
    return absolute_value(form.element(argument), form.space)


def _two_exponentials(form: Normaliser, argument: Expr, turn: Element) -> tuple[Element, Element]:
    exponent = form.algebra.multiply(turn, form.element(argument))
    up = form.exponential(exponent, real=turn == form.algebra.one and known_real(argument))
    return up, form.algebra.inverse(up)


def _hyperbolic(form: Normaliser, expr: Expr) -> Element:
    up, down = _two_exponentials(form, expr.args[0], form.algebra.one)
    return _even_and_odd(form, type(expr).__name__, up, down)


def _trigonometric(form: Normaliser, expr: Expr) -> Element:
    """cos z = cosh iz, sin z = sinh(iz)/i, tan z = tanh(iz)/i."""
    unit = form.space.imaginary_unit()
    up, down = _two_exponentials(form, expr.args[0], unit)
    name = type(expr).__name__
    value = _even_and_odd(form, name + "h", up, down)
    if name in ("cos", "sec"):
        return value
    turn = form.algebra.inverse(unit) if name in ("sin", "tan") else unit
    return form.algebra.multiply(value, turn)


def _even_and_odd(form: Normaliser, name: str, up: Element, down: Element) -> Element:
    algebra = form.algebra
    even = algebra.scale(fmpq(1, 2), algebra.add(up, down))
    odd = algebra.scale(fmpq(1, 2), algebra.add(up, algebra.scale(-1, down)))
    pair = {"sinh": (odd, None), "cosh": (even, None), "tanh": (odd, even), "coth": (even, odd), "sech": (None, even)}
    numerator, denominator = {**pair, "csch": (None, odd)}[name]
    top = algebra.one if numerator is None else numerator
    return top if denominator is None else algebra.multiply(top, algebra.inverse(denominator))


def _normal(form: Normaliser, expr: Expr) -> Element:
    return _normal_of(form, form.element(expr.args[0]), real=known_real(expr.args[0]))


def _normal_of(form: Normaliser, argument: Element, *, real: bool) -> Element:
    """Φ with Φ(0) = 1/2 and Φ(−a) = 1 − Φ(a)."""
    if argument.is_zero:
        return form.algebra.constant(fmpq(1, 2))
    if argument.leads_negative:
        reflected = _normal_of(form, form.algebra.scale(-1, argument), real=real)
        return form.sum(form.algebra.one, form.algebra.scale(-1, reflected))
    return form.space.atom((NormalCDF, argument.key), nonnegative=real)


def _error_function(form: Normaliser, expr: Expr) -> Element:
    """erf z = 2Φ(√2 z) − 1 and erfc z = 1 − erf z."""
    argument = form.algebra.multiply(form.square_root_of_two(), form.element(expr.args[0]))
    doubled = form.algebra.scale(2, _normal_of(form, argument, real=known_real(expr.args[0])))
    value = form.sum(doubled, form.algebra.constant(-1))
    return value if isinstance(expr, sympy.erf) else form.sum(form.algebra.one, form.algebra.scale(-1, value))


def _odd(form: Normaliser, expr: Expr) -> Element:
    return _odd_of(form, type(expr), form.element(expr.args[0]), real=known_real(expr))


def _odd_of(form: Normaliser, cls: type, argument: Element, *, real: bool) -> Element:
    """An odd function f with f(0) = 0 and f(−a) = −f(a)."""
    if argument.is_zero:
        return argument
    if argument.leads_negative:
        return form.algebra.scale(-1, form.named(cls, form.algebra.scale(-1, argument), real=real))
    return form.named(cls, argument, real=real)


def _arc_cosine(form: Normaliser, expr: Expr) -> Element:
    """acos z = π/2 − asin z."""
    arc_sine = _odd_of(form, sympy.asin, form.element(expr.args[0]), real=known_real(expr))
    half_turn = form.algebra.scale(fmpq(1, 2), form.element(sympy.pi))
    return form.sum(half_turn, form.algebra.scale(-1, arc_sine))


def _bivariate_normal(form: Normaliser, expr: Expr) -> Element:
    h, k, r = (form.element(argument) for argument in expr.args)
    return _bivariate_normal_of(form, h, k, r, real=all(known_real(argument) for argument in expr.args))


def _bivariate_normal_of(form: Normaliser, h: Element, k: Element, r: Element, *, real: bool) -> Element:
    """Φ₂ with Φ₂(−h, k; r) = Φ(k) − Φ₂(h, k; −r), symmetric, and its elementary values at r = 0 and h = k = 0."""
    algebra = form.algebra
    normal_k = _normal_of(form, k, real=real)
    if r.is_zero:
        return algebra.multiply(_normal_of(form, h, real=real), normal_k)
    if h.leads_negative:
        reflected = _bivariate_normal_of(form, algebra.scale(-1, h), k, algebra.scale(-1, r), real=real)
        return form.sum(normal_k, algebra.scale(-1, reflected))
    if k.leads_negative or str(h.key) > str(k.key):
        return _bivariate_normal_of(form, k, h, r, real=real)
    if h.is_zero and k.is_zero:
        turns = algebra.multiply(_odd_of(form, sympy.asin, r, real=real), algebra.inverse(form.element(sympy.pi)))
        return form.sum(algebra.constant(fmpq(1, 4)), algebra.scale(fmpq(1, 2), turns))
    return form.space.atom((BivariateNormalCDF, h.key, k.key, r.key), nonnegative=real)


def _gamma(form: Normaliser, expr: Expr) -> Element:
    return _gamma_of(form, form.element(expr.args[0]))


def _factorial(form: Normaliser, expr: Expr) -> Element:
    return _gamma_of(form, form.sum(form.element(expr.args[0]), form.algebra.one))


def _binomial(form: Normaliser, expr: Expr) -> Element:
    n, k = (form.element(argument) for argument in expr.args)
    rest = form.sum(n, form.algebra.scale(-1, k))
    below = form.algebra.multiply(*(_gamma_of(form, form.sum(m, form.algebra.one)) for m in (k, rest)))
    return form.algebra.multiply(_gamma_of(form, form.sum(n, form.algebra.one)), form.algebra.inverse(below))


def _gamma_of(form: Normaliser, argument: Element) -> Element:
    """Γ by Γ(z + 1) = zΓ(z) down to an argument whose constant term lies in [0, 1)."""
    algebra = form.algebra
    shift = 0
    if argument.denominator.is_constant() and argument.rational is None:
        shift = int(argument.numerator[(0,) * algebra.size].floor())
    if not 0 < abs(shift) <= _LARGEST_SHIFT:
        return form.named(sympy.gamma, argument)
    start = form.sum(argument, algebra.constant(-shift))
    value = form.named(sympy.gamma, start)
    low = start if shift > 0 else argument
    for i in range(abs(shift)):
        factor = form.sum(low, algebra.constant(i))
        value = algebra.multiply(value, factor if shift > 0 else algebra.inverse(factor))
    return value


def _extremum(form: Normaliser, expr: Expr) -> Element:
    """max(a, b) = (a + b + |a − b|)/2 and min(a, b) = (a + b − |a − b|)/2, one argument after the other."""
    first, *rest = expr.args
    if not rest:
        return form.element(first)
    other = rest[0] if len(rest) == 1 else type(expr)(*rest)
    a, b = form.element(first), form.element(other)
    distance = absolute_value(form.sum(a, form.algebra.scale(-1, b)), form.space)
    signed = distance if isinstance(expr, sympy.Max) else form.algebra.scale(-1, distance)
    return form.algebra.scale(fmpq(1, 2), form.sum(a, b, signed))


_RULES: dict[type, Rule] = {
    sympy.Add: _sum,
    sympy.Mul: _product,
    sympy.Pow: _power,
    sympy.exp: _exponential,
    type(sympy.E): _euler_number,
    type(sympy.I): _imaginary_unit,
    type(sympy.GoldenRatio): _golden_ratio,
    sympy.log: _logarithm,
    sympy.Abs: _absolute_value,
    sympy.Max: _extremum,
    sympy.Min: _extremum,
    sympy.acos: _arc_cosine,
    NormalCDF: _normal,
    sympy.erf: _error_function,
    sympy.erfc: _error_function,
    BivariateNormalCDF: _bivariate_normal,
    sympy.gamma: _gamma,
    sympy.factorial: _factorial,
    sympy.binomial: _binomial,
    **dict.fromkeys((sympy.asin, sympy.atan, sympy.asinh, sympy.atanh, sympy.erfi), _odd),
    **dict.fromkeys((sympy.sinh, sympy.cosh, sympy.tanh, sympy.coth, sympy.sech, sympy.csch), _hyperbolic),
    **dict.fromkeys((sympy.sin, sympy.cos, sympy.tan, sympy.cot, sympy.sec, sympy.csc), _trigonometric),
}
