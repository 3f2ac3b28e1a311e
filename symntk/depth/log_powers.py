"""Finite sums of powers of ℓ and log ℓ with exact coefficients and an honest remainder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sympy
from sympy import Expr, Rational, S

from symntk.depth.transseries import DEPTH
from symntk.errors import DomainError
from symntk.expansions.constants import vanishes

Key = tuple[Expr, int]
"""(r, j) for ℓ^r (log ℓ)^j; the larger pair is the larger function of ℓ."""
ONE: Key = (S.Zero, 0)


@dataclass(frozen=True, kw_only=True)
class LogPowers:
    """Σ c·ℓ^r (log ℓ)^j + O(ℓ^s (log ℓ)^i), every term larger than the remainder (s, i); None for no remainder."""

    terms: Mapping[Key, Expr]
    remainder: Key | None = None

    @property
    def top(self) -> Key | None:
        """The largest pair that occurs, the remainder's where there is no term."""
        return max(self.terms, default=self.remainder)

    @property
    def expression(self) -> Expr:
        """The sum of the listed terms."""
        log = sympy.log(DEPTH)
        return sympy.Add(*(c * DEPTH**r * log**j for (r, j), c in self.terms.items()))

    def coefficient(self, power: Rational | int, log_power: int = 0) -> Expr:
        """What multiplies ℓ^power (log ℓ)^log_power. Raises DomainError at or below the remainder."""
        key = (sympy.Rational(power), log_power)
        if self.remainder is not None and key <= self.remainder:
            raise DomainError(
                f"the coefficient of {shown(key)} was asked for, but the sum is known to {shown(self.remainder)}; "
                "give more terms"
            )
        return self.terms.get(key, S.Zero)

    def cut(self, key: Key | None) -> LogPowers:
        """Everything up to `key` moved into the remainder."""
        if key is None or (self.remainder is not None and self.remainder >= key):
            return self
        return LogPowers(terms={k: c for k, c in self.terms.items() if k > key}, remainder=key)

    def __add__(self, other: LogPowers) -> LogPowers:
        return _collected([*self.terms.items(), *other.terms.items()], larger(self.remainder, other.remainder))

    def __sub__(self, other: LogPowers) -> LogPowers:
        return self + other.scaled(-S.One)

    def scaled(self, factor: Expr) -> LogPowers:
        return LogPowers(terms={k: tidy(factor * c) for k, c in self.terms.items()}, remainder=self.remainder)

    def times(self, other: LogPowers, cut: Key | None = None) -> LogPowers:
        """The product, terms up to `cut` dropped."""
        rest = larger(product(self.remainder, other.top), product(other.remainder, self.top))
        limit = larger(rest, cut)
        pairs = (
            (added(k, m), c * d)
            for k, c in self.terms.items()
            for m, d in other.terms.items()
            if limit is None or added(k, m) > limit
        )
        return _collected(list(pairs), limit)

    def delayed(self, cut: Key) -> LogPowers:
        """The value at ℓ − 1: (ℓ−1)^r = ℓ^r Σ binom(r, n)(−1/ℓ)ⁿ and log(ℓ−1) = log ℓ − Σ 1/(n·ℓⁿ).

        >>> series = LogPowers(terms={(S(1), 1): S(1)})
        >>> series.delayed((S(-1), 0)).expression
        ell*log(ell) - log(ell) - 1
        """
        limit = cut if self.remainder is None else max(cut, self.remainder)
        found = [pair for key, c in self.terms.items() for pair in _delayed_term(key, c, limit)]
        return _collected(found, limit)

    def logarithm(self, cut: Key) -> LogPowers:
        """log of a sum that starts with 1."""
        small = self - LogPowers(terms={ONE: S.One})
        return _power_sum(small, cut, lambda n: Rational((-1) ** (n + 1), n))

    def exponential(self, cut: Key) -> LogPowers:
        """exp of a sum without terms from 1 upwards."""
        return LogPowers(terms={ONE: S.One}) + _power_sum(self, cut, lambda n: 1 / sympy.factorial(n))


def _delayed_term(key: Key, coefficient: Expr, limit: Key) -> list[tuple[Key, Expr]]:
    """c·(ℓ−1)^r log(ℓ−1)^j as pairs larger than `limit`."""
    r, j = key
    count = int(sympy.floor(r - limit[0])) + 1
    if count <= 0:
        return []
    shift = [S.Zero, *(-Rational(1, n) for n in range(1, count))]
    row = [sympy.binomial(r, n) * (-1) ** n for n in range(count)]
    found: list[tuple[Key, Expr]] = []
    for i in range(j + 1):  # (log ℓ + shift)^j
        for n, value in enumerate(row):
            to = (r - n, j - i)
            if value != 0 and to > limit:
                found.append((to, coefficient * sympy.binomial(j, i) * value))
        row = [sympy.Add(*(row[k] * shift[n - k] for k in range(n + 1))) for n in range(count)]
    return found


def _power_sum(small: LogPowers, cut: Key, weight: Callable[[int], Expr]) -> LogPowers:
    top = small.top
    if top is not None and top >= ONE:
        raise DomainError(f"the series of a sum that starts with {shown(top)} was asked for; its terms must tend to 0")
    total, power, n = small.cut(cut).scaled(weight(1)), small, 1
    while power.terms:
        n += 1
        power = power.times(small, cut)
        total = total + power.scaled(weight(n))
    return total.cut(cut)


def _collected(pairs: list[tuple[Key, Expr]], remainder: Key | None) -> LogPowers:
    sums: dict[Key, list[Expr]] = {}
    for key, value in pairs:
        if remainder is None or key > remainder:
            sums.setdefault(key, []).append(value)
    terms = {key: tidy(sympy.Add(*values)) for key, values in sums.items()}
    kept = {key: value for key, value in sorted(terms.items(), reverse=True) if value != 0}
    return LogPowers(terms=kept, remainder=remainder)


def tidy(value: Expr) -> Expr:
    """One quotient in lowest terms; 0 where the algebra of the letters shows it."""
    return value if value.is_Rational else sympy.cancel(value)


def decided_zero(value: Expr) -> bool:
    """Whether a coefficient is 0, from balls and proof for a number and from the assumptions on letters otherwise.

    Raises DomainError where the assumptions on the letters leave it open.

    >>> decided_zero(sympy.sqrt(8) - 2 * sympy.sqrt(2)), decided_zero(1 + sympy.Symbol("a", positive=True))
    (True, False)
    """
    short = tidy(value)
    if short.is_number:
        return vanishes(short)
    known = short.is_zero
    if known is None:
        raise DomainError(
            f"whether {short} vanishes was asked, but the letters may take either kind of value; "
            "give numbers or letters with assumptions"
        )
    return bool(known)


def shown(key: Key) -> str:
    """A pair as a function of ℓ, for messages."""
    return f"ℓ^({key[0]})·(log ℓ)^{key[1]}"


def added(first: Key, second: Key) -> Key:
    """The pair of a product of two terms."""
    return (first[0] + second[0], first[1] + second[1])


def larger(first: Key | None, second: Key | None) -> Key | None:
    """The larger pair; None is smaller than all."""
    return max(first, second) if first is not None and second is not None else first or second


def product(first: Key | None, second: Key | None) -> Key | None:
    """The pair of a product, None where one factor is None."""
    return added(first, second) if first is not None and second is not None else None
