"""Formal Fatou coordinates: the series that turns one step of a map tangent to the identity into adding 1."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from flint import fmpq, fmpq_mpoly

from symntk.errors import DomainError
from symntk.expansions.constants import ConstantRing
from symntk.expansions.puiseux import Series, convolved


@dataclass(frozen=True, kw_only=True, eq=False)
class LogSeries:
    """Σ cₖ wᵏ + b·log w without constant term, the powers from `start` up to O(w^precision)."""

    ring: ConstantRing
    start: int
    precision: int
    powers: dict[int, fmpq_mpoly]
    log_coefficient: fmpq_mpoly

    def scaled(self, factor: fmpq_mpoly) -> LogSeries:
        times = self.ring.times
        powers = {k: times(factor, c) for k, c in self.powers.items()}
        log = times(factor, self.log_coefficient)
        return LogSeries(ring=self.ring, start=self.start, precision=self.precision, powers=powers, log_coefficient=log)

    def derivative(self) -> Series:
        """d/dw, a Laurent series: the logarithm gives b/w."""
        values = [self.powers.get(k, self.ring.zero) * fmpq(k) for k in range(self.start, self.precision)]
        if self.start <= 0 < self.precision:
            values[-self.start] = self.log_coefficient
        return Series(ring=self.ring, valuation=self.start - 1, coefficients=tuple(values))


@dataclass(frozen=True, kw_only=True, eq=False)
class TangentMap:
    """W(w) = w − a·w^{p+1}·R(w) with R = 1 + r₁w + …, given by p, a and R."""

    ring: ConstantRing
    p: int
    a: fmpq_mpoly
    unit: tuple[fmpq_mpoly, ...]
    """The coefficients of R."""
    inverse: fmpq_mpoly
    """1/a."""

    @cached_property
    def unit_powers(self) -> list[list[fmpq_mpoly]]:
        """[R, R², …] as far as they matter: Rᵐ is wanted to w^{n − p(m − 1)} for n coefficients of R."""
        count = len(self.unit)
        result = [list(self.unit)]
        while self.p * len(result) < count:
            kept = count - self.p * len(result)
            result.append(convolved(self.ring, tuple(result[-1][:kept]), self.unit[:kept], kept))
        return result

    @cached_property
    def slope_powers(self) -> list[fmpq_mpoly]:
        """[1, a, a², …]."""
        values = [self.ring.one]
        for _ in self.unit_powers:
            values.append(self.ring.times(values[-1], self.a))
        return values

    def increment(self, k: int | None) -> list[fmpq_mpoly]:
        """Coefficients from w^p up of ((W/w)ᵏ − 1)/(−a), and of log(W/w)/(−a) for k = None.

        Dividing by a term by term keeps a and 1/a from meeting: Σₘ binom(k, m)(−a)^{m−1} w^{pm} Rᵐ.
        """
        total = [self.ring.zero] * len(self.unit)
        binomial = fmpq(1)
        for m, values in enumerate(self.unit_powers, 1):
            if k is None:
                weight = fmpq(1, m)
            else:
                binomial = binomial * fmpq(k - m + 1, m)
                weight = binomial if m % 2 else -binomial
            if weight != 0:
                factor = self.slope_powers[m - 1] * weight
                for i, value in enumerate(values):
                    if value != 0:
                        total[i + self.p * (m - 1)] += factor * value
        return [self.ring.reduced(c) for c in total]


def tangent_map(series: Series) -> TangentMap:
    """The normal form of W(w) = w − a·w^{p+1} + … + O(w^M).

    Guarantee: p is the first order at which the coefficient is proved not to vanish.
    Raises DomainError where W does not start with w or equals w to the known order.

    >>> from symntk.expansions.constants import ConstantRing
    >>> ring = ConstantRing()
    >>> values = tuple(ring.rational(n) for n in (1, 0, -2, 6))
    >>> t = tangent_map(Series(ring=ring, valuation=1, coefficients=values))
    >>> t.p, str(t.a), [str(r) for r in t.unit]
    (2, '2', ['1', '-3'])
    """
    ring = series.ring
    if any(series.coefficient(k) != 0 for k in range(min(series.valuation, 1), 1)):
        raise DomainError("a Fatou coordinate was asked for, but the map does not fix 0; shift its fixed point to 0")
    if series.precision < 2 or not ring.is_zero(series.coefficient(1) - ring.one):
        raise DomainError("a Fatou coordinate was asked for, but the slope at the fixed point is not 1")
    for power in range(2, series.precision):
        if not ring.is_zero(series.coefficient(power)):
            break
    else:
        raise DomainError(
            f"a Fatou coordinate was asked for, but the map is the identity to order {series.precision}; ask for more"
        )
    a = -series.coefficient(power)
    inverse = ring.inverse(a)
    rest = [-ring.times(inverse, series.coefficient(k)) for k in range(power + 1, series.precision)]
    return TangentMap(ring=ring, p=power - 1, a=a, unit=(ring.one, *rest), inverse=inverse)


def formal_sum(step: TangentMap, source: Series) -> LogSeries:
    """a·Θ for the solution of Θ(W(w)) − Θ(w) = source(w): a Laurent series plus β·log w, without constant term.

    Order by order: the term cₖwᵏ of a·Θ first meets the equation at w^{k+p}, with the factor k (β at w^p, with 1).
    Domain: source is a Laurent series. Guarantee: exact, to as many orders as W and the source determine.

    >>> from symntk.expansions.constants import ConstantRing
    >>> ring = ConstantRing()
    >>> W = Series(ring=ring, valuation=1, coefficients=tuple(ring.rational(n) for n in (1, -1, 1, -1, 1, -1)))
    >>> one = Series(ring=ring, valuation=0, coefficients=(ring.one, *[ring.zero] * 5))
    >>> {k: str(c) for k, c in formal_sum(tangent_map(W), one).powers.items() if c != 0}  # W = w/(1 + w), Φ = 1/w
    {-1: '1'}
    """
    ring, p = step.ring, step.p
    start = source.valuation - p
    count = min(len(step.unit), len(source.coefficients))
    residual = [-c for c in source.coefficients[:count]]
    powers: dict[int, fmpq_mpoly] = {}
    log = ring.zero
    for i in range(count):
        k = start + i
        value = ring.reduced(residual[i] if k == 0 else residual[i] / fmpq(k))
        if k == 0:
            log = value
        else:
            powers[k] = value
        if value != 0:
            for j, c in enumerate(step.increment(k if k else None)[: count - i]):
                if c != 0:
                    residual[i + j] -= value * c
    return LogSeries(ring=ring, start=start, precision=start + count, powers=powers, log_coefficient=log)


@dataclass(frozen=True, kw_only=True, eq=False)
class FatouSeries:
    """Φ = 1/(p·a·w^p) + … + b·log w + Σ_{k≥1} cₖ wᵏ with Φ(W(w)) = Φ(w) + 1, without constant term."""

    ring: ConstantRing
    p: int
    a: fmpq_mpoly
    powers: dict[int, fmpq_mpoly]
    """cₖ for k = −p, …, −1, 1, …, precision − 1."""
    log_coefficient: fmpq_mpoly
    precision: int
    step: TangentMap = field(repr=False)
    scaled: LogSeries = field(repr=False)
    """a·Φ, in which 1/a stands only where it must."""


def formal_fatou(series: Series) -> FatouSeries:
    """The formal Fatou coordinate of W(w) = w − a·w^{p+1} + … + O(w^M): Φ(W(w)) = Φ(w) + 1.

    Φ = 1/(p·a·w^p) + … + b·log w + Σ cₖwᵏ to O(w^{M − 2p − 1}); b is the iterative residue up to its sign.
    Domain: W tangent to the identity at 0. Guarantee: exact coefficients in the ring of the series.
    Raises DomainError where W is not tangent to the identity, or is the identity to the known order.

    >>> from symntk.expansions.constants import ConstantRing
    >>> ring = ConstantRing()
    >>> W = Series(ring=ring, valuation=1, coefficients=tuple(ring.rational(n) for n in (1, -1, 0, 0, 0)))
    >>> phi = formal_fatou(W)
    >>> phi.p, str(phi.log_coefficient), {k: str(c) for k, c in phi.powers.items()}
    (1, '1', {-1: '1', 1: '1/2', 2: '1/3'})
    """
    step = tangent_map(series)
    ring = series.ring
    one = Series(ring=ring, valuation=0, coefficients=(ring.one, *[ring.zero] * (len(step.unit) - 1)))
    scaled = formal_sum(step, one)
    solution = scaled.scaled(step.inverse)
    return FatouSeries(
        ring=ring,
        p=step.p,
        a=step.a,
        powers=solution.powers,
        log_coefficient=solution.log_coefficient,
        precision=solution.precision,
        step=step,
        scaled=scaled,
    )
