"""Integer sequences of a linear recursion as sums of polynomials times powers, and their weighted partial sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import comb

import sympy
from sympy import Dummy, Expr, Integer, Poly, S, Symbol, cancel

_Z = Dummy("z")


@dataclass(frozen=True, kw_only=True)
class PowerTerm:
    """coefficient · n^power · baseⁿ."""

    coefficient: Expr
    power: int
    base: Expr


@dataclass(frozen=True, kw_only=True)
class ExponentialSum:
    """a_n = Σ coefficient·n^power·baseⁿ + correction_n, the corrections being finitely many.

    >>> fibonacci = exponential_sum([1, 1, 2, 3, 5, 8])
    >>> sympy.expand(fibonacci.at(10))
    89
    """

    terms: tuple[PowerTerm, ...]
    corrections: Mapping[int, Expr] = field(default_factory=dict)

    @property
    def settled(self) -> int:
        """The first index from which on there are no corrections."""
        return max(self.corrections, default=-1) + 1

    def at(self, index: int) -> Expr:
        """a_n."""
        smooth = sum((t.coefficient * Integer(index) ** t.power * t.base**index for t in self.terms), S.Zero)
        return smooth + self.corrections.get(index, S.Zero)

    def scaled(self, factor: Expr) -> ExponentialSum:
        """factorⁿ·a_n."""
        terms = (PowerTerm(coefficient=t.coefficient, power=t.power, base=t.base * factor) for t in self.terms)
        return ExponentialSum(terms=tuple(terms), corrections={n: c * factor**n for n, c in self.corrections.items()})

    def times(self, other: ExponentialSum) -> ExponentialSum:
        """The product a_n·b_n."""
        gathered: dict[tuple[Expr, int], Expr] = defaultdict(lambda: S.Zero)
        for left in self.terms:
            for right in other.terms:
                place = (sympy.expand(left.base * right.base), left.power + right.power)
                gathered[place] += sympy.expand(left.coefficient * right.coefficient)
        terms = tuple(PowerTerm(coefficient=c, power=m, base=b) for (b, m), c in gathered.items() if c != 0)
        smooth = ExponentialSum(terms=terms)
        early = range(max(self.settled, other.settled))
        gaps = {n: sympy.expand(self.at(n) * other.at(n) - smooth.at(n)) for n in early}
        return ExponentialSum(terms=terms, corrections={n: gap for n, gap in gaps.items() if gap != 0})


ONES = ExponentialSum(terms=(PowerTerm(coefficient=S.One, power=0, base=S.One),))
"""a_n = 1."""


def summed(polynomial: Sequence[Expr], base: Expr) -> tuple[Expr, ...]:
    """g with g(n + 1)·x − g(n) = h(n), so that Σ_{n<N} h(n)xⁿ = g(N)·x^N − g(0); coefficients from n⁰ up.

    Domain: x ≠ 1 gives the degree of h, x = 1 one more (and g(0) = 0). Guarantee: exact.

    >>> x = sympy.Symbol("x")
    >>> summed([S.One], x), summed([S.Zero, S.One], S.One)
    ((1/(x - 1),), (0, -1/2, 1/2))
    """
    degree = len(polynomial) - 1
    found: dict[int, Expr] = {}
    if base == 1:
        for k in range(degree + 1, 0, -1):
            rest = sum((comb(j, k - 1) * found[j] for j in found), S.Zero)
            found[k] = (polynomial[k - 1] - rest) / k
        found[0] = S.Zero
    else:
        for k in range(degree, -1, -1):
            rest = sum((comb(j, k) * found[j] for j in found), S.Zero)
            found[k] = cancel((polynomial[k] - base * rest) / (base - 1))
    return tuple(found[k] for k in range(len(found)))


def generating_function(values: Sequence[Expr], variable: Symbol) -> Expr:
    """Σ a_n zⁿ as a rational function, for a rational sequence whose recursion has at most half as many terms.

    >>> generating_function([S.One, S.One, S(2), S(3), S(5), S(8)], sympy.Symbol("z"))
    -1/(z**2 + z - 1)
    """
    connection, order = _recursion([Fraction(int(sympy.numer(v)), int(sympy.denom(v))) for v in values])
    below = sum((_rational(c) * variable**i for i, c in enumerate(connection)), S.Zero)
    product = sympy.Poly(below * sum((v * variable**n for n, v in enumerate(values)), S.Zero), variable)
    above = sum((product.coeff_monomial(variable**n) * variable**n for n in range(order)), S.Zero)
    return cancel(above / below)


def _rational(value: Fraction) -> Expr:
    return sympy.Rational(value.numerator, value.denominator)


def exponential_sum(values: Sequence[int]) -> ExponentialSum:
    """The exact form of a sequence of integers whose linear recursion has at most half as many terms as are given.

    Guarantee: exact for such sequences; bases of degree 3 and more are roots of their minimal polynomials (CRootOf).

    >>> exponential_sum([1, 2, 2, 2]).terms, exponential_sum([1, 2, 2, 2]).corrections
    ((PowerTerm(coefficient=2, power=0, base=1),), {0: -1})
    """
    connection, order = _recursion(values)
    characteristic = Poly([_rational(c) for c in connection], _Z, domain="QQ")
    late = order - characteristic.degree()
    factors = [(factor.monic(), count) for factor, count in characteristic.factor_list()[1]]
    terms = _fitted(values, factors, late)
    smooth = ExponentialSum(terms=terms)
    gaps = {n: sympy.expand(values[n] - smooth.at(n)) for n in range(late)}
    return ExponentialSum(terms=terms, corrections={n: gap for n, gap in gaps.items() if gap != 0})


def _recursion(values: Sequence[int] | Sequence[Fraction]) -> tuple[list[Fraction], int]:
    """The shortest linear recursion (Berlekamp–Massey): connection polynomial from z⁰ up, and its order."""
    current, last, order, gap, scale = [Fraction(1)], [Fraction(1)], 0, 1, Fraction(1)
    for index in range(len(values)):
        miss = sum((c * values[index - i] for i, c in enumerate(current)), Fraction(0))
        if miss == 0:
            gap += 1
            continue
        kept = list(current)
        current += [Fraction(0)] * (len(last) + gap - len(current))
        for i, c in enumerate(last):
            current[i + gap] -= miss / scale * c
        if 2 * order <= index:
            order, last, scale, gap = index + 1 - order, kept, miss, 1
        else:
            gap += 1
    while len(current) > 1 and current[-1] == 0:
        current.pop()
    return current, order


def _fitted(values: Sequence[int], factors: list[tuple[Poly, int]], late: int) -> tuple[PowerTerm, ...]:
    """The coefficients, as polynomials in each base, by the traces of the powers of the bases: a rational system."""
    unknowns = [(f, m, i) for f, count in factors for m in range(count) for i in range(f.degree())]
    size = len(unknowns)
    indices = range(late, late + size)
    traces = {f: _traces(f, late + size + f.degree()) for f, _ in factors}
    matrix = sympy.Matrix(size, size, lambda a, b: _entry(traces, unknowns[b], indices[a]))
    solution = matrix.LUsolve(sympy.Matrix([Integer(values[n]) for n in indices])) if size else []
    pieces: dict[tuple[Poly, int], dict[int, Expr]] = defaultdict(dict)
    for (f, m, i), x in zip(unknowns, solution, strict=True):
        pieces[f, m][i] = x
    return tuple(
        PowerTerm(coefficient=coefficient, power=m, base=root)
        for (f, m), part in pieces.items()
        for root in _roots(f)
        for coefficient in [sympy.expand(sum((x * root**i for i, x in part.items()), S.Zero))]
        if coefficient != 0
    )


def _entry(traces: Mapping[Poly, list[Expr]], unknown: tuple[Poly, int, int], index: int) -> Expr:
    factor, power, shift = unknown
    return Integer(index) ** power * traces[factor][index + shift]


def _traces(factor: Poly, count: int) -> list[Expr]:
    """Σ λᵏ over the roots of a monic polynomial, k = 0, …, count − 1 (Newton's identities)."""
    monic = list(factor.all_coeffs())
    degree = len(monic) - 1
    found: list[Expr] = [Integer(degree)]
    for k in range(1, count):
        value = -Integer(k) * monic[k] if k <= degree else S.Zero
        for i in range(1, min(k - 1, degree) + 1):
            value -= monic[i] * found[k - i]
        found.append(value)
    return found


def _roots(factor: Poly) -> list[Expr]:
    if factor.degree() <= 2:
        return sorted(sympy.roots(factor), key=lambda root: -abs(root))
    return [sympy.CRootOf(factor, i) for i in range(factor.degree())]
