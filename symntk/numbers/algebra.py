"""Exact arithmetic in a field of fractions over named generators, some of which are roots of earlier ones.

An element is numerator/denominator with polynomials over ℚ. A root v carries its relation vᵠ = B, B a polynomial in
earlier generators; numerators are reduced by the relations, denominators free of roots, of leading coefficient 1, and
the two have no common factor. If the generators are independent otherwise, equal elements have equal forms; without
that, equal forms still mean equal elements.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

_LARGEST_POLYNOMIAL = 3000
"""Terms; a longer polynomial ends the attempt."""


class NotNormalisable(Exception):
    """No normal form is found: a denominator vanishes, or the formula is too large."""


class TooFewGenerators(Exception):
    """The field has to be built again with room for more generators."""


@dataclass(frozen=True, kw_only=True)
class Element:
    """The fraction numerator/denominator in normal form."""

    numerator: fmpq_mpoly
    denominator: fmpq_mpoly

    @property
    def key(self) -> Hashable:
        """Equal exactly for equal normal forms."""
        return (*_poly_key(self.numerator), *_poly_key(self.denominator))

    @property
    def is_zero(self) -> bool:
        return self.numerator.is_zero()

    @property
    def rational(self) -> fmpq | None:
        """The value of a constant; None for any other element."""
        if self.numerator.is_constant() and self.denominator.is_constant():
            return fmpq(0) if self.is_zero else self.numerator.leading_coefficient()
        return None

    @property
    def leads_negative(self) -> bool:
        """Whether the leading coefficient is negative: a sign convention for odd and even functions."""
        return not self.is_zero and self.numerator.leading_coefficient() < 0


def _poly_key(p: fmpq_mpoly) -> tuple[Hashable, Hashable]:
    return tuple(p.monoms()), tuple(p.coeffs())


@dataclass(frozen=True, kw_only=True)
class Relation:
    """The relation generator^degree = base."""

    index: int
    degree: int
    base: fmpq_mpoly


class Field:
    """A field of fractions whose generators are added as they are met; a later one is larger in the term order."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._context = fmpq_mpoly_ctx.get(("g", size), Ordering.lex)
        self._relations: list[Relation] = []
        self.count = 0
        self.zero = self.constant(fmpq(0))
        self.one = self.constant(fmpq(1))

    def constant(self, value: fmpq | int) -> Element:
        return Element(numerator=self._context.constant(value), denominator=self._context.constant(1))

    def new_generator(self) -> int:
        """The index of a new generator; TooFewGenerators if the field is full."""
        if self.count == self.size:
            raise TooFewGenerators
        self.count += 1
        return self.count - 1

    def new_root(self, degree: int, base: fmpq_mpoly) -> int:
        """The index of a new generator v with v^degree = base."""
        index = self.new_generator()
        self._relations.append(Relation(index=index, degree=degree, base=base))
        return index

    def polynomial(self, index: int) -> fmpq_mpoly:
        return self._context.gen(self.position(index))

    def position(self, index: int) -> int:
        """Place of a generator in an exponent tuple."""
        return self.size - 1 - index

    def generator(self, index: int) -> Element:
        return Element(numerator=self.polynomial(index), denominator=self._context.constant(1))

    def element(self, numerator: fmpq_mpoly, denominator: fmpq_mpoly) -> Element:
        """The normal form of a fraction; NotNormalisable if the denominator reduces to zero."""
        numerator, denominator = self._reduced(numerator), self._reduced(denominator)
        for relation in reversed(self._relations):
            if denominator.degrees()[self.position(relation.index)]:
                conjugate = self._conjugate(denominator, relation)
                numerator, denominator = self._reduced(numerator * conjugate), self._reduced(denominator * conjugate)
        if denominator.is_zero():
            raise NotNormalisable("division by zero")
        if len(numerator) > _LARGEST_POLYNOMIAL or len(denominator) > _LARGEST_POLYNOMIAL:
            raise NotNormalisable("too many terms")
        return _cancelled(numerator, denominator)

    def _reduced(self, polynomial: fmpq_mpoly) -> fmpq_mpoly:
        for relation in reversed(self._relations):
            if polynomial.degrees()[self.position(relation.index)] >= relation.degree:
                polynomial = polynomial % (self.polynomial(relation.index) ** relation.degree - relation.base)
        return polynomial

    def _conjugate(self, polynomial: fmpq_mpoly, relation: Relation) -> fmpq_mpoly:
        """A factor that makes the polynomial free of the root: A − Bv for A + Bv, a power of v for a multiple of vᵏ."""
        position, root = self.position(relation.index), self.polynomial(relation.index)
        free = polynomial.subs({position: 0})
        degree = polynomial.degrees()[position]
        if relation.degree == 2:
            return 2 * free - polynomial
        if all(monomial[position] == degree for monomial in polynomial.monoms()):
            return root ** (relation.degree - degree)
        raise NotNormalisable("a denominator with several powers of a higher root")

    def add(self, a: Element, b: Element) -> Element:
        if a.denominator == b.denominator:
            return self.element(a.numerator + b.numerator, a.denominator)
        common = a.denominator.gcd(b.denominator)
        left, right = b.denominator / common, a.denominator / common
        return self.element(a.numerator * left + b.numerator * right, a.denominator * left)

    def multiply(self, a: Element, b: Element) -> Element:
        return self.element(a.numerator * b.numerator, a.denominator * b.denominator)

    def scale(self, factor: fmpq | int, a: Element) -> Element:
        return self.multiply(self.constant(factor), a)

    def inverse(self, a: Element) -> Element:
        return self.element(a.denominator, a.numerator)

    def power(self, a: Element, n: int) -> Element:
        if n < 0:
            return self.inverse(self.power(a, -n))
        result = self.one
        while n:
            if n & 1:
                result = self.multiply(result, a)
            n >>= 1
            if n:
                a = self.multiply(a, a)
        return result


def _cancelled(numerator: fmpq_mpoly, denominator: fmpq_mpoly) -> Element:
    if not denominator.is_constant():
        common = numerator.gcd(denominator)
        if not common.is_constant():
            numerator, denominator = numerator / common, denominator / common
    unit = denominator.leading_coefficient()
    return Element(numerator=numerator / unit, denominator=denominator / unit)
