"""Expansions in powers of 1/ℓ^{1/p} and log ℓ of an orbit that a Fatou coordinate straightens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import sympy
from flint import fmpq, fmpq_mpoly
from sympy import Expr, Rational, Symbol

from symntk.depth.fatou import FatouSeries, LogSeries
from symntk.expansions.constants import ConstantRing
from symntk.expansions.endpoint import LONG_FORM, written
from symntk.expansions.puiseux import Series, unit_power

DEPTH = Symbol("ell", positive=True)
"""Depth ℓ."""
LOG_DEPTH = Symbol("log_ell", real=True)
"""log ℓ, while it is only a letter."""
INITIAL = Symbol("C", real=True)
"""The constant in which the start of the orbit survives: Φ(w_ℓ) + (b/p)·log(p·a) = ℓ + C."""
KERNEL_INITIAL = Symbol("D", real=True)
"""The constant in which the first kernel survives."""
LETTERS = (LOG_DEPTH, INITIAL, KERNEL_INITIAL)


@dataclass(frozen=True, kw_only=True)
class TransTerm:
    """coefficient·ℓ^power·(log ℓ)^log_power·C^i·D^j, with a coefficient free of ℓ, C and D."""

    power: Rational
    log_power: int
    constant_powers: tuple[int, int]
    coefficient: Expr

    @property
    def monomial(self) -> Expr:
        first, second = self.constant_powers
        return DEPTH**self.power * sympy.log(DEPTH) ** self.log_power * INITIAL**first * KERNEL_INITIAL**second

    @property
    def expression(self) -> Expr:
        return self.coefficient * self.monomial


@dataclass(frozen=True, kw_only=True)
class Transseries:
    """The terms of an expansion in ℓ from the largest down; the remainder is O(ℓ^remainder·(log ℓ)^n) for some n."""

    terms: tuple[TransTerm, ...]
    remainder: Rational

    @property
    def expression(self) -> Expr:
        return sympy.Add(*(term.expression for term in self.terms))

    def coefficient(self, power: Rational | int, log_power: int = 0) -> Expr:
        """Everything that multiplies ℓ^power (log ℓ)^log_power, constants C and D included; 0 where nothing does."""
        return sympy.Add(
            *(
                t.coefficient * INITIAL ** t.constant_powers[0] * KERNEL_INITIAL ** t.constant_powers[1]
                for t in self.terms
                if t.power == power and t.log_power == log_power
            )
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Orbit:
    """w_ℓ = z·y(z) with z = (p·a·ℓ)^{−1/p} and y a unit series whose coefficients are polynomials in log ℓ and C."""

    fatou: FatouSeries
    unit: tuple[fmpq_mpoly, ...]

    @property
    def ring(self) -> ConstantRing:
        return self.fatou.ring

    @cached_property
    def logarithm(self) -> list[fmpq_mpoly]:
        """log y."""
        return unit_logarithm(self.ring, self.unit)

    def substituted(self, series: Series) -> Series:
        """F(w_ℓ) as a series in z, for a Laurent series F(w)."""
        count = min(len(self.unit), len(series.coefficients))
        total = [self.ring.zero] * count
        for i, c in enumerate(series.coefficients[:count]):
            if c != 0:
                powered = unit_power(self.ring, list(self.unit[: count - i]), Rational(series.valuation + i))
                for j, value in enumerate(powered):
                    total[i + j] += self.ring.times(c, value)
        return Series(
            ring=self.ring, valuation=series.valuation, coefficients=tuple(self.ring.reduced(c) for c in total)
        )

    def straightened_log(self) -> Series:
        """log w_ℓ + log(p·a)/p = log y − log ℓ/p: what a logarithm becomes once its constant is absorbed."""
        values = list(self.logarithm)
        values[0] -= self.ring.element(LOG_DEPTH) / fmpq(self.fatou.p)
        return Series(ring=self.ring, valuation=0, coefficients=tuple(values))

    def log_series(self, series: LogSeries) -> Series:
        """A Laurent series plus β·(log w + log(p·a)/p) along the orbit."""
        powers = [series.powers.get(k, self.ring.zero) for k in range(series.start, series.precision)]
        plain = self.substituted(Series(ring=self.ring, valuation=series.start, coefficients=tuple(powers)))
        return plain + self.straightened_log().scaled(series.log_coefficient)

    def expanded(self, series: Series) -> Transseries:
        """A series in z written in ℓ."""
        p, terms = self.fatou.p, []
        for k, value in zip(range(series.valuation, series.precision), series.coefficients, strict=True):
            for letters, coefficient in separated(self.ring, value).items():
                exact = self.ring.times(coefficient, self.root(k))
                if not self.ring.is_zero(exact):
                    terms.append(
                        TransTerm(
                            power=Rational(-k, p),
                            log_power=letters[0],
                            constant_powers=(letters[1], letters[2]),
                            coefficient=presented_coefficient(self.ring.expression(exact)),
                        )
                    )
        terms.sort(key=lambda t: (t.power, t.log_power, t.constant_powers), reverse=True)
        return Transseries(terms=tuple(terms), remainder=Rational(-series.precision, p))

    def root(self, k: int) -> fmpq_mpoly:
        """(p·a)^{−k/p}; whole powers of 1/a stay in the ring."""
        p = self.fatou.p
        whole, part = divmod(k, p)
        ring = self.ring
        if whole >= 0:
            value = ring.reduced((self.fatou.step.inverse / fmpq(p)) ** whole)
        else:
            value = ring.reduced((self.fatou.a * fmpq(p)) ** (-whole))
        return value if part == 0 else ring.times(value, ring.power(self.fatou.a * fmpq(p), Rational(-part, p)))


def orbit(fatou: FatouSeries, count: int) -> Orbit:
    """Inverts Φ(w_ℓ) + (b/p)·log(p·a) = ℓ + C to `count` orders of ℓ^{−1/p}.

    With w = z·y: y^{−p} = 1 + p·a·z^p·(C + (b/p)·log ℓ − b·log y − Σ_{k > −p} cₖ z^k y^k), solved by iteration,
    each round of which settles one more order.
    Domain: count ≤ precision of Φ + p. Guarantee: exact. The formal inverse is the true expansion of every orbit
    that tends to the fixed point from the side on which a·w^p > 0 [hayou2021].

    >>> from symntk.depth.fatou import formal_fatou
    >>> ring = ConstantRing()
    >>> W = Series(ring=ring, valuation=1, coefficients=tuple(ring.rational(n) for n in (1, -1, 0, 0, 0)))
    >>> found = orbit(formal_fatou(W), 2)
    >>> found.expanded(found.substituted(Series(ring=ring, valuation=1, coefficients=(ring.one, ring.zero)))).expression
    -C/ell**2 + 1/ell - log(ell)/ell**2
    """
    unit: tuple[fmpq_mpoly, ...] = (fatou.ring.one,)
    while len(unit) < count:
        unit = _improved(fatou, unit)
    return Orbit(fatou=fatou, unit=unit)


def _improved(fatou: FatouSeries, unit: tuple[fmpq_mpoly, ...]) -> tuple[fmpq_mpoly, ...]:
    """One more coefficient of y; a·cₖ is used, so that a and 1/a do not meet."""
    ring, p, count = fatou.ring, fatou.p, len(unit) + 1
    known = Orbit(fatou=fatou, unit=unit)
    inner = [ring.zero] * count
    inner[0] = ring.one
    if p < count:
        inner[p] += ring.times(ring.element(INITIAL), fatou.a) * fmpq(p)
        for i, value in enumerate(known.straightened_log().coefficients[: count - p]):
            inner[i + p] -= ring.times(fatou.scaled.log_coefficient, value) * fmpq(p)
    for k in range(1 - p, count - p):
        c = fatou.scaled.powers.get(k, ring.zero)
        if c != 0:
            powered = unit_power(ring, list(unit[: count - p - k]), Rational(k))
            for j, value in enumerate(powered):
                inner[j + p + k] -= ring.times(c, value) * fmpq(p)
    return tuple(unit_power(ring, [ring.reduced(c) for c in inner], Rational(-1, p)))


def unit_logarithm(ring: ConstantRing, unit: Sequence[fmpq_mpoly]) -> list[fmpq_mpoly]:
    """log(1 + c₁z + …) by n·lₙ = n·cₙ − Σ_{0<k<n} k·lₖ·cₙ₋ₖ."""
    values = [ring.zero]
    for n in range(1, len(unit)):
        total = unit[n] * fmpq(n)
        for k in range(1, n):
            total -= values[k] * unit[n - k] * fmpq(k)
        values.append(ring.reduced(total / fmpq(n)))
    return values


def presented_coefficient(value: Expr) -> Expr:
    """A coefficient as one quotient in lowest terms, with or without letters.

    >>> f = Symbol("f", positive=True)
    >>> presented_coefficient(2 / f - 1 / (2 * f))
    3/(2*f)
    """
    if value.is_number:
        return written(value)
    plain = sympy.factor_terms(value)
    if value.count_ops() > LONG_FORM:
        return plain
    cancelled = sympy.factor_terms(sympy.cancel(value))
    return cancelled if cancelled.count_ops() <= plain.count_ops() else plain


def separated(ring: ConstantRing, value: fmpq_mpoly) -> dict[tuple[int, int, int], fmpq_mpoly]:
    """The element as a polynomial in log ℓ, C and D: exponents of the three, and their coefficients.

    >>> ring = ConstantRing()
    >>> parts = separated(ring, ring.element(3 * LOG_DEPTH * INITIAL**2 + sympy.pi))
    >>> {letters: ring.expression(c) for letters, c in parts.items()}
    {(0, 0, 0): pi, (1, 2, 0): 3}
    """
    slots = [ring.slot_of.get(letter) for letter in LETTERS]
    parts: dict[tuple[int, int, int], dict[tuple[int, ...], fmpq]] = {}
    for exponents, coefficient in value.terms():
        powers = tuple(0 if slot is None else int(exponents[slot]) for slot in slots)
        rest = tuple(0 if i in slots else int(e) for i, e in enumerate(exponents))
        parts.setdefault((powers[0], powers[1], powers[2]), {})[rest] = coefficient
    return {powers: ring.context.from_dict(rest) for powers, rest in parts.items()}
