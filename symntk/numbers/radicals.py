"""Roots, logarithms and absolute values in normal form: provably non-negative factors are split off, no others.

√(fg) = √f·√g and log(fg) = log f + log g need f ≥ 0; no other splitting is made.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq, fmpq_mpoly, fmpz

from symntk.numbers.algebra import Element, NotNormalisable
from symntk.numbers.workspace import Workspace

_LARGEST_FACTORED = 10**40
"""Integers beyond this are not split into primes."""


@dataclass(frozen=True, kw_only=True)
class Factors:
    """An element as a product of powers of non-negative polynomials, and a rest of unknown sign."""

    nonnegative: tuple[tuple[fmpq_mpoly, int], ...]
    rest: Element


def factors(element: Element, space: Workspace) -> Factors:
    """Split an element; NotNormalisable for zero."""
    algebra, found, rest = space.algebra, list[tuple[fmpq_mpoly, int]](), space.algebra.one
    unit = fmpq(1)
    for polynomial, sign in ((element.numerator, 1), (element.denominator, -1)):
        content, parts = polynomial.factor()
        unit *= content**sign
        for part, exponent in parts:
            flipped = _nonnegative_sign(part, space)
            if flipped:
                found.append((flipped * part, sign * exponent))
                unit *= fmpq(flipped) ** exponent
                continue
            whole = algebra.element(part, algebra.one.numerator)
            squares, odd = divmod(exponent, 2) if space.is_real(whole) else (0, exponent)
            if squares:
                found.append((part * part, sign * squares))
            rest = algebra.multiply(rest, algebra.power(whole, sign * odd))
    found.extend((algebra.constant(p).numerator, e) for p, e in _primes(abs(unit)))
    if unit < 0:
        rest = algebra.scale(-1, rest)
    return Factors(nonnegative=tuple(found), rest=rest)


def _nonnegative_sign(polynomial: fmpq_mpoly, space: Workspace) -> int:
    """The sign that makes a polynomial provably non-negative; 0 if there is none."""
    for sign in (1, -1):
        if space.is_nonnegative(Element(numerator=sign * polynomial, denominator=space.algebra.one.numerator)):
            return sign
    return 0


def _primes(value: fmpq) -> list[tuple[int, int]]:
    result: list[tuple[int, int]] = []
    for part, sign in ((value.p, 1), (value.q, -1)):
        if part > _LARGEST_FACTORED:
            result.append((int(part), sign))
        elif part != 1:
            result.extend((int(p), sign * int(e)) for p, e in fmpz(part).factor())
    return result


def rational_power(element: Element, exponent: fmpq, space: Workspace) -> Element:
    """element^exponent on the principal branch; NotNormalisable for a power of zero that is not positive."""
    algebra = space.algebra
    if exponent.q == 1:
        return algebra.power(element, int(exponent.p))
    if element.is_zero:
        if exponent < 0:
            raise NotNormalisable("a negative power of zero")
        return element
    space.need_root_degree(exponent)
    split, degree = factors(element, space), space.sizes.root_degree
    result = _root_of_rest(split.rest, exponent, space)
    for polynomial, multiplicity in split.nonnegative:
        whole, part = divmod(int((exponent * multiplicity * degree).p), degree)
        base = algebra.element(polynomial, algebra.one.numerator)
        result = algebra.multiply(result, algebra.power(base, whole))
        if part:
            root = _root(polynomial, degree, space, nonnegative=True)
            result = algebra.multiply(result, algebra.power(root, part))
    return result


def _root_of_rest(rest: Element, exponent: fmpq, space: Workspace) -> Element:
    """The root of N/D as v/D with v^q = N·D^{q−1}; roots of −1 are powers of i where they can be."""
    algebra, degree = space.algebra, space.sizes.root_degree
    if rest.rational == 1:
        return algebra.one
    if rest.rational == -1 and exponent.q == 2:
        return algebra.power(space.imaginary_unit(), int(exponent.p))
    base = rest.numerator * rest.denominator ** (degree - 1)
    over = algebra.element(algebra.one.numerator, rest.denominator)
    root = algebra.multiply(_root(base, degree, space, nonnegative=False, name=rest), over)
    return algebra.power(root, int((exponent * degree).p))


def _root(
    base: fmpq_mpoly, degree: int, space: Workspace, *, nonnegative: bool, name: Element | None = None
) -> Element:
    label = ("root", (name or space.algebra.element(base, space.algebra.one.numerator)).key)
    index = space.named.get(label)
    if index is None:
        index = space.named[label] = space.algebra.new_root(degree, base)
        space.note_signs(index, real=False, nonnegative=nonnegative)
    return space.algebra.generator(index)


def logarithm(element: Element, space: Workspace) -> Element:
    """log of an element on the principal branch; NotNormalisable at zero."""
    if element.is_zero:
        raise NotNormalisable("the logarithm of zero")
    algebra, split = space.algebra, factors(element, space)
    total = _log_of_rest(split.rest, space)
    for polynomial, multiplicity in split.nonnegative:
        base = algebra.element(polynomial, algebra.one.numerator)
        total = algebra.add(total, algebra.scale(multiplicity, _log_atom(base, space, real=True)))
    return total


def _log_of_rest(rest: Element, space: Workspace) -> Element:
    if rest.rational == 1:
        return space.algebra.zero
    if rest.rational == -1:
        return space.algebra.multiply(space.imaginary_unit(), space.atom("pi", nonnegative=True))
    return _log_atom(rest, space, real=False)


def _log_atom(base: Element, space: Workspace, *, real: bool) -> Element:
    for direction, index in space.directions:
        if base == space.algebra.generator(index) and index in space.signs.nonnegative:
            return space.algebra.scale(fmpq(1, space.sizes.exponential_degree), direction)
    atom = space.atom(("log", base.key), real=real)
    space.logarithm_of[space.named["log", base.key]] = base
    return atom


def absolute_value(element: Element, space: Workspace) -> Element:
    """|element| = √(element²) for an element that is known to be real."""
    return rational_power(space.algebra.multiply(element, element), fmpq(1, 2), space)
