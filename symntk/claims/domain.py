"""Where a statement is claimed to hold: one set for every symbol, and exact sample points drawn from them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType

import sympy
from sympy import Expr, FiniteSet, Integer, Interval, Rational, Set, Symbol

from symntk.errors import DomainError
from symntk.notation import GAMMA, RHO

Domain = Mapping[Symbol, Set]
"""Symbol → the set it ranges over: sympy's Interval (open or closed ends), Range, Naturals0, Integers, FiniteSet."""

Point = Mapping[Symbol, Expr]
"""Symbol → an exact value."""

Number = Expr | int | Fraction

_ASSUMED: dict[str, Set] = {
    "positive": Interval.open(0, sympy.oo),
    "nonnegative": Interval(0, sympy.oo),
    "integer": sympy.S.Integers,
    "real": sympy.S.Reals,
}
_MEANINGS: dict[Symbol, Set] = {RHO: Interval(-1, 1), GAMMA: Interval(0, 2)}

_FAR = 6
_NEAR = Rational(1, 10**4)


def frozen_domain(on: Mapping[Symbol, Set | tuple[Number, ...]]) -> Domain:
    """The domain as an immutable mapping; a tuple of values is read as the finite set of them."""
    sets = {symbol: FiniteSet(*map(exact, s)) if isinstance(s, tuple) else s for symbol, s in on.items()}
    for symbol, values in sets.items():
        if not isinstance(values, Set) or values.is_empty:
            raise DomainError(
                f"a non-empty set for {symbol} was expected, but {values} was found; give an Interval or a tuple"
            )
        _check_assumptions(symbol, values)
    return MappingProxyType(sets)


def _check_assumptions(symbol: Symbol, values: Set) -> None:
    """Proofs use what a symbol is assumed to be, so its set must lie inside that."""
    limits = [known for assumed, known in _ASSUMED.items() if getattr(symbol, f"is_{assumed}")]
    limits += [_MEANINGS[symbol]] if symbol in _MEANINGS else []
    for limit in limits:
        if values.is_subset(limit) is not True:
            raise DomainError(
                f"the symbol {symbol} is assumed to lie in {limit}, but its set is {values}; use another symbol"
            )


def exact(value: Number) -> Expr:
    """The number as an exact expression.

    >>> exact(Fraction(1, 3)), exact(2)
    (1/3, 2)
    """
    if isinstance(value, Expr):
        return value
    if isinstance(value, int):
        return Integer(value)
    if isinstance(value, Fraction):
        return Rational(value.numerator, value.denominator)
    raise DomainError(
        f"an exact number or expression was expected, but {value!r} was found; write a Rational, not a float"
    )


def contains(domain: Domain, point: Point) -> bool:
    """Whether the exact point certainly lies in the domain, coordinate by coordinate."""
    return set(domain) == set(point) and all(domain[s].contains(v) == sympy.true for s, v in point.items())


def is_finite(domain: Domain) -> bool:
    """Whether the domain has finitely many points, so that looking at each of them is a proof."""
    return all(values.is_finite_set is True for values in domain.values())


def sample(domain: Domain, count: int, seed: int = 0) -> list[dict[Symbol, Expr]]:
    """Exact points of the domain: its closed ends, points close to its open ends, then seeded rational ones.

    Finite domains with at most `count` points are listed in full. The same arguments give the same points.

    >>> x = Symbol("x")
    >>> [point[x] for point in sample({x: Interval.Ropen(0, 1)}, 3)]
    [0, 9999/10000, 50/97]
    """
    if not domain:
        return [{}]
    generator = random.Random(seed)
    columns = [_values(values, count, generator) for values in domain.values()]
    full = _product_size(domain)
    if full is not None and full <= count:
        return list(_grid(domain))
    for column in columns[1:]:
        generator.shuffle(column)
    return [dict(zip(domain, row, strict=True)) for row in zip(*columns, strict=True)]


def _product_size(domain: Domain) -> int | None:
    if not is_finite(domain):
        return None
    size = 1
    for values in domain.values():
        size *= len(list(values))
    return size


def _grid(domain: Domain) -> Iterator[dict[Symbol, Expr]]:
    from itertools import product

    for row in product(*(list(values) for values in domain.values())):
        yield dict(zip(domain, row, strict=True))


def _values(values: Set, count: int, generator: random.Random) -> list[Expr]:
    if isinstance(values, Interval):
        first = [_end(values, values.start, values.left_open, +1), _end(values, values.end, values.right_open, -1)]
        found = [v for v in first if v is not None][:count]
        return found + [_inside(values, generator) for _ in range(count - len(found))]
    listed = _first_members(values, count)
    return listed if len(listed) == count else [listed[i % len(listed)] for i in range(count)]


def _first_members(values: Set, count: int) -> list[Expr]:
    if values in (sympy.S.Naturals, sympy.S.Naturals0, sympy.S.Integers) or values.is_finite_set:
        return [value for value, _ in zip(values, range(count), strict=False)]
    raise DomainError(f"sample points of an interval or of integers were expected, but {values} was found")


def _end(interval: Interval, end: Expr, is_open: bool, inward: int) -> Expr | None:
    if end.is_infinite:
        return None
    if not is_open:
        return end
    width = interval.measure
    return end + inward * _NEAR * (width if width.is_finite else 1)


def _inside(interval: Interval, generator: random.Random) -> Expr:
    numerator, denominator = generator.randint(1, 96), 97
    share = Rational(numerator, denominator)
    left, right = interval.start, interval.end
    if left.is_infinite and right.is_infinite:
        return _FAR * (2 * share - 1)
    if right.is_infinite:
        return left + _FAR * share
    if left.is_infinite:
        return right - _FAR * share
    return left + (right - left) * share
