"""Expansions of the correlation map f(ρ) = φ̂(ρ)/φ̂(1), and of its iterates, at ρ = 1, −1, 0 or any other point."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import sympy
from sympy import Expr, I, Rational, S

from symntk.activations.activation import Activation
from symntk.derivation import Derivation
from symntk.errors import DomainError, NoClosedFormError
from symntk.expansions.constants import ConstantRing, vanishes
from symntk.expansions.iterate import HALF, iterated
from symntk.expansions.local import expand_expression
from symntk.expansions.puiseux import Series
from symntk.expansions.smooth import smooth_coefficients
from symntk.gaussian.dual import dual
from symntk.notation import GAMMA, RHO
from symntk.numbers.ball import enclose

MAXIMAL_TERMS = 400
LONG_FORM = 400
"""Operations from which on a coefficient is not brought to lowest terms."""
NESTING_ALLOWANCE = 4
"""Operations that a quotient in lowest terms may be longer than one with nested fractions."""
SPARSE_ORDERS = 24
"""Orders beyond four times the wanted number of terms after which the search for further nonzero terms ends."""
W = sympy.Symbol("w", positive=True)
EPSILON = sympy.Symbol("epsilon", positive=True)


@dataclass(frozen=True, kw_only=True)
class ExpansionTerm:
    """coefficient·variable^exponent."""

    exponent: Rational
    coefficient: Expr


@dataclass(frozen=True, kw_only=True)
class Expansion:
    """The leading terms of f_L∘…∘f_1 at a point, in γ = 1 − ρ at ρ = 1 and in ρ − point elsewhere."""

    activations: tuple[Activation, ...]
    """The activations of the maps f_1, …, f_L, the innermost first."""
    at: Expr
    variable: Expr
    meaning: Expr
    """The variable written in ρ."""
    terms: tuple[ExpansionTerm, ...]
    order: Expr
    """The remainder is O(variable^order); ∞ where f is a polynomial and all its terms are listed."""

    @property
    def activation(self) -> Activation:
        """The activation of the innermost map."""
        return self.activations[0]

    @property
    def depth(self) -> int:
        """The number of maps composed."""
        return len(self.activations)

    def coefficient(self, exponent: Rational | int) -> Expr:
        """The coefficient of a power; 0 for a power that is absent below the last listed one."""
        found: dict[Expr, Expr] = {term.exponent: term.coefficient for term in self.terms}
        power = sympy.Rational(exponent)
        if power >= self.order:
            raise DomainError(
                f"the coefficient of order {power} was asked for, but terms end below {self.order}; ask for more"
            )
        absent: Expr = S.Zero
        return found.get(power, absent)

    @property
    def expression(self) -> Expr:
        """The sum of the listed terms."""
        return sympy.Add(*(t.coefficient * self.variable**t.exponent for t in self.terms))

    @property
    def derivation(self) -> Derivation:
        from symntk.expansions.evidence import derive

        return derive(self)


def expand(activation: Activation, at: Expr | int = 1, terms: int = 6, depth: int = 1) -> Expansion:
    """The first nonzero terms of the `depth`-fold iterate of f(ρ) = φ̂(ρ)/φ̂(1) at a point.

    At ρ = 1 in γ = 1 − ρ: half-integer powers for kinks and jumps, integer powers for smooth activations;
    elsewhere in ρ − at.
    Domain: −1 ≤ at ≤ 1, 1 ≤ terms ≤ 400, depth ≥ 1. Guarantee: exact coefficients.
    Raises DomainError outside the domain and NoClosedFormError for kinks without closed form.

    >>> from symntk.activations.catalogue import activation
    >>> [(t.exponent, t.coefficient) for t in expand(activation("relu"), terms=3).terms]
    [(0, 1), (1, -1), (3/2, 2*sqrt(2)/(3*pi))]
    """
    if depth < 1:
        raise DomainError(f"an iterate of depth {depth} was asked for; take a depth ≥ 1")
    return expand_composition((activation,) * depth, at, terms)


def expand_composition(activations: tuple[Activation, ...], at: Expr | int = 1, terms: int = 6) -> Expansion:
    """The first nonzero terms of f_L∘…∘f_1 at a point, f_ℓ the correlation map of the ℓ-th activation.

    Domain: −1 ≤ at ≤ 1, 1 ≤ terms ≤ 400, at least one activation. Guarantee: exact coefficients.
    Raises DomainError outside the domain and NoClosedFormError for kinks without closed form.

    >>> from symntk.activations.catalogue import activation
    >>> mixed = expand_composition((activation("relu"), activation("abs")), terms=3)
    >>> [(t.exponent, t.coefficient) for t in mixed.terms]
    [(0, 1), (1, -1), (3/2, 2*sqrt(2)/pi)]
    """
    point = sympy.Rational(at) if isinstance(at, int) else at
    if not activations:
        raise DomainError("the expansion of a composition of no maps was asked for; name at least one activation")
    if not bool(sympy.Abs(point) <= 1):
        raise DomainError(f"an expansion at ρ = {point} was asked for; take a point in [-1, 1]")
    if not 1 <= terms <= MAXIMAL_TERMS:
        raise DomainError(f"{terms} terms of an expansion were asked for; take a number from 1 to {MAXIMAL_TERMS}")
    return _expanded(activations, point, terms)


@lru_cache(maxsize=256)
def _expanded(activations: tuple[Activation, ...], point: Expr, terms: int) -> Expansion:
    step = 2 if sympy.Abs(point) == 1 else 1
    degree = _polynomial_degree(activations)
    closed = all(dual(phi).closed_form for phi in set(activations))
    order, limit = terms + 3 if closed else step * (terms + 1), step * (4 * terms + SPARSE_ORDERS)
    while True:
        ring = ConstantRing()
        series = _composed_series(activations, point, order, ring)
        found = [(k, c) for k, c in enumerate(series.coefficients, series.valuation) if not ring.is_zero(c)]
        complete = degree is not None and order > degree * step
        if len(found) > terms or complete or order >= limit:
            break
        order += order // 2
    reached = found[terms][0] if len(found) > terms else series.precision
    listed = tuple(
        ExpansionTerm(exponent=Rational(k, step), coefficient=written(ring.expression(c))) for k, c in found[:terms]
    )
    return Expansion(
        activations=activations,
        at=point,
        variable=GAMMA if point == 1 else EPSILON,
        meaning=1 - RHO if point == 1 else RHO - point,
        terms=listed,
        order=S.Infinity if complete and len(found) <= terms else Rational(reached, step),
    )


def written(value: Expr) -> Expr:
    """A coefficient as one quotient in lowest terms, with its common factors taken out.

    >>> written((1 - sympy.exp(-2)) / (sympy.exp(-2) - 1)), written(2 / (sympy.sqrt(3) / sympy.pi + 2))
    (-1, 2*pi/(sqrt(3) + 2*pi))
    """
    plain = sympy.factor_terms(value)
    if value.count_ops() > LONG_FORM:
        return plain
    cancelled = sympy.factor_terms(sympy.cancel(value))
    chosen = cancelled if cancelled.count_ops() <= plain.count_ops() + NESTING_ALLOWANCE else plain
    return sympy.Mul(*(_with_positive_base(factor) for factor in sympy.Mul.make_args(chosen)))


def _with_positive_base(factor: Expr) -> Expr:
    """1/(a − b) as −1/(b − a) where a < b, so that denominators are positive; a wrong sign would change no value."""
    base, power = factor.as_base_exp()
    if not (base.is_Add and power.is_Integer and power.is_negative) or base.has(I):
        return factor
    negative = enclose(base, bits=30) < 0
    return (-1) ** power * sympy.expand(-base) ** power if negative else factor


def _polynomial_degree(activations: tuple[Activation, ...]) -> int | None:
    """The degree of the composition in ρ, when every φ̂ is a polynomial."""
    degree = 1
    for phi in activations:
        form = dual(phi).expression
        if not dual(phi).closed_form or not form.is_polynomial(RHO):
            return None
        degree *= max(int(sympy.Poly(form, RHO).degree()), 0)
    return degree


def _composed_series(activations: tuple[Activation, ...], point: Expr, order: int, ring: ConstantRing) -> Series:
    """The composition to O(w^order): w² = γ or 1 + ρ at ±1, w = ρ − point inside."""
    series, center = map_series(activations[0], point, order, ring), point
    if point == 1 and len(set(activations)) == 1:
        return iterated(series, len(activations))
    for inner, outer in pairwise(activations):
        center = _map_value(inner, center)
        small = _distance(series, center)
        outside = map_series(outer, center, max(order, small.precision), ring)
        series = outside.composed(small).filled(order) if small.coefficients else outside
    return series


def _distance(series: Series, center: Expr) -> Series:
    """The variable of the next map: √|f ∓ 1| where its centre is ±1, f − centre inside."""
    rest = Series(ring=series.ring, valuation=0, coefficients=(series.ring.zero, *series.coefficients[1:])).normal()
    if abs(center) != 1 or not rest.coefficients:
        return rest
    return rest.scaled(series.ring.element(-center)).power(HALF)


def _map_value(activation: Activation, rho: Expr) -> Expr:
    """f(ρ) exactly; ±1 where it is proved to be that."""
    if rho == 1:
        return S.One
    value = sympy.expand(dual(activation).at(rho) / dual(activation).at(1))
    for end in (S.One, S.NegativeOne):
        if vanishes(value - end):
            return end
    return value


def map_series(activation: Activation, point: Expr, order: int, ring: ConstantRing) -> Series:
    """f(ρ) to O(w^order) with ρ = 1 − w², −1 + w² or point + w; the constant term at ρ = 1 is exactly 1."""
    subject = dual(activation)
    total = subject.at(1)
    scale = ring.inverse(ring.element(total))
    if subject.closed_form:
        inner = point + W if abs(point) != 1 else point - point * W**2
        series = expand_expression(subject.expression, RHO, inner, W, order, ring)
    else:
        series = _smooth_series(activation, point, order, ring)
    values = [ring.times(scale, series.coefficient(k)) for k in range(order)]
    if point == 1:
        values[0] = ring.one
    return Series(ring=ring, valuation=0, coefficients=tuple(values))


def _smooth_series(activation: Activation, point: Expr, order: int, ring: ConstantRing) -> Series:
    if activation.breakpoints:
        raise NoClosedFormError(
            f"an expansion of {activation.name} was asked for, but it has breakpoints and no closed form; "
            "use values instead"
        )
    step = 2 if sympy.Abs(point) == 1 else 1
    values = [ring.zero] * order
    for k, c in enumerate(smooth_coefficients(activation, point, (order + step - 1) // step)):
        values[k * step] = ring.element(c)
    return Series(ring=ring, valuation=0, coefficients=tuple(values))
