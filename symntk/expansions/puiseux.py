"""Truncated Laurent series in a small variable w > 0 with exact coefficients; w = √γ makes them Puiseux series."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from flint import fmpq, fmpq_mpoly
from sympy import Rational

from symntk.errors import DomainError
from symntk.expansions.constants import ConstantRing


@dataclass(frozen=True, kw_only=True, eq=False)
class Series:
    """w^valuation·(c₀ + c₁w + …) + O(w^precision), precision = valuation + number of coefficients."""

    ring: ConstantRing
    valuation: int
    coefficients: tuple[fmpq_mpoly, ...]

    @property
    def precision(self) -> int:
        return self.valuation + len(self.coefficients)

    def coefficient(self, power: int) -> fmpq_mpoly:
        """The coefficient of w^power; the power must lie below the precision."""
        if power >= self.precision:
            raise DomainError(
                f"the coefficient of order {power} was asked for, but the series is known to order {self.precision}"
            )
        return self.coefficients[power - self.valuation] if power >= self.valuation else self.ring.zero

    def truncated(self, precision: int) -> Series:
        keep = max(0, precision - self.valuation)
        return self if keep >= len(self.coefficients) else self._with(self.coefficients[:keep])

    def _with(self, coefficients: tuple[fmpq_mpoly, ...] | list[fmpq_mpoly], valuation: int | None = None) -> Series:
        start = self.valuation if valuation is None else valuation
        return Series(ring=self.ring, valuation=start, coefficients=tuple(coefficients))

    def normal(self) -> Series:
        """The same series with a leading coefficient that is certainly not 0 (or no coefficient at all)."""
        for index, value in enumerate(self.coefficients):
            if not self.ring.is_zero(value):
                return self._with(self.coefficients[index:], self.valuation + index)
        return self._with((), self.precision)

    def shifted(self, powers: int) -> Series:
        return self._with(self.coefficients, self.valuation + powers)

    def scaled(self, factor: fmpq_mpoly) -> Series:
        return self._with([self.ring.times(factor, c) for c in self.coefficients])

    def __add__(self, other: Series) -> Series:
        low = min(self.valuation, other.valuation)
        high = min(self.precision, other.precision)
        return self._with([self.coefficient(k) + other.coefficient(k) for k in range(low, high)], low)

    def __neg__(self) -> Series:
        return self._with([-c for c in self.coefficients])

    def __sub__(self, other: Series) -> Series:
        return self + (-other)

    def __mul__(self, other: Series) -> Series:
        length = min(len(self.coefficients), len(other.coefficients))
        product = convolved(self.ring, self.coefficients[:length], other.coefficients[:length], length)
        return self._with(product, self.valuation + other.valuation)

    def derivative(self) -> Series:
        """d/dw."""
        powers = range(self.valuation, self.precision)
        return self._with([c * fmpq(k) for k, c in zip(powers, self.coefficients, strict=True)], self.valuation - 1)

    def integral(self) -> Series:
        """∫ dw without constant. Raises DomainError for a term w⁻¹."""
        powers = range(self.valuation + 1, self.precision + 1)
        if 0 in powers and not self.ring.is_zero(self.coefficient(-1)):
            raise DomainError("a series with a logarithm was met; only powers can be expanded here")
        terms = [c / fmpq(k) if k else self.ring.zero for k, c in zip(powers, self.coefficients, strict=True)]
        return self._with(terms, self.valuation + 1)

    def power(self, exponent: Rational) -> Series:
        """The series to a rational power; its leading power times the exponent must be an integer."""
        base = self.normal()
        if not base.coefficients:
            raise DomainError("a power of a series that vanishes to the working order was met; ask for more terms")
        start = exponent * base.valuation
        if not start.is_Integer:
            raise DomainError(f"the power {start} of √γ was met; only integer powers of √γ can be expanded here")
        ring, lead = self.ring, base.coefficients[0]
        inverse = ring.inverse(lead)
        unit = [ring.times(inverse, c) for c in base.coefficients]
        unit[0] = ring.one
        values = unit_power(ring, unit, exponent)
        scale = ring.power(lead, exponent)
        return self._with([ring.times(scale, c) for c in values], int(start))

    def exponential(self) -> Series:
        """e^series for a series without constant term and without negative powers."""
        ring, count = self.ring, self.precision
        slope = [self.coefficient(k) * fmpq(k) for k in range(count)]
        values = [ring.one]
        for n in range(1, count):
            total = ring.zero
            for k in range(1, n + 1):
                if slope[k] != 0:
                    total += slope[k] * values[n - k]
            values.append(ring.reduced(total / fmpq(n)))
        return self._with(values[:count], 0)

    def composed(self, inner: Series) -> Series:
        """self(inner(w)) for self without negative powers and inner of positive valuation, by baby and giant steps."""
        count = min(self.precision * max(inner.valuation, 1), inner.precision)
        width = max(1, math.isqrt(self.precision))
        inner = inner.filled(count)
        powers = [constant(self.ring, self.ring.one, count)]
        while len(powers) <= width:
            powers.append((powers[-1] * inner).filled(count))
        result = constant(self.ring, self.ring.zero, count)
        for start in range((self.precision - 1) // width * width, -1, -width):
            result = (result * powers[width]).filled(count)
            for k in range(start, min(start + width, self.precision)):
                if self.coefficient(k) != 0:
                    result = result + powers[k - start].scaled(self.coefficient(k))
        return result.truncated(count)

    def reverted(self) -> Series:
        """The compositional inverse of a series that starts with the first power, by Lagrange's formula.

        [wⁿ] g = [wⁿ⁻¹] (w/f)ⁿ/n. Raises DomainError for any other leading power.
        """
        base = self.normal()
        if base.valuation != 1 or not base.coefficients:
            raise DomainError("the inverse of a series was asked for that does not start with the first power")
        quotient = base.shifted(-1).power(Rational(-1))
        power, values = quotient, []
        for n in range(1, base.precision):
            values.append(power.coefficient(n - 1) / fmpq(n))
            power = power * quotient
        return self._with(values, 1)

    def filled(self, precision: int) -> Series:
        """The series from power 0 up to the precision, for series of non-negative valuation."""
        return self._with([self.coefficient(k) for k in range(min(precision, self.precision))], 0)

    def terms(self, write: Callable[[fmpq_mpoly], object]) -> list[tuple[int, object]]:
        return [(k, write(self.coefficient(k))) for k in range(self.valuation, self.precision)]


def constant(ring: ConstantRing, value: fmpq_mpoly, precision: int) -> Series:
    """The constant series value + O(w^precision)."""
    return Series(ring=ring, valuation=0, coefficients=(value, *[ring.zero] * (precision - 1))[:precision])


def convolved(
    ring: ConstantRing, first: tuple[fmpq_mpoly, ...], second: tuple[fmpq_mpoly, ...], count: int
) -> list[fmpq_mpoly]:
    """The first coefficients of a product."""
    result: list[fmpq_mpoly] = []
    left = [(i, a) for i, a in enumerate(first) if a != 0]
    for n in range(count):
        total = ring.zero
        for i, a in left:
            if i > n:
                break
            b = second[n - i]
            if b != 0:
                total += a * b
        result.append(ring.reduced(total))
    return result


def unit_power(ring: ConstantRing, unit: list[fmpq_mpoly], exponent: Rational) -> list[fmpq_mpoly]:
    """(1 + c₁w + …)^exponent by n·pₙ = Σ (k(exponent + 1) − n)·cₖ·pₙ₋ₖ."""
    p, q = int(exponent.p), int(exponent.q)
    values = [ring.one]
    nonzero = [(k, c) for k, c in enumerate(unit) if k and c != 0]
    for n in range(1, len(unit)):
        total = ring.zero
        for k, c in nonzero:
            if k > n:
                break
            total += c * values[n - k] * fmpq(k * (p + q) - n * q, q)
        values.append(ring.reduced(total / fmpq(n)))
    return values
