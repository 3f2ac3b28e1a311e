"""Exact real and complex constants as polynomials over ℚ in named irrational generators, for fast series."""

from __future__ import annotations

from functools import cached_property, lru_cache

import sympy
from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx
from sympy import Expr, I, Rational, S, pi, sqrt

from symntk.errors import UndecidedError
from symntk.numbers.ball import enclose
from symntk.numbers.identity import prove_zero

SLOTS = 40
"""Irrational constants that one expansion may contain."""

DECIDING_BITS = (24, 64, 512, 2048)
"""Accuracies at which a coefficient is tried to be told from 0."""


class ConstantRing:
    """Polynomials over ℚ in generators that stand for exact irrational constants.

    Square roots of integers, the imaginary unit and √π·(1/√π) are reduced; all other generators are treated as free,
    so an element that is not 0 here may still be 0: `is_zero` decides with balls and proof.
    """

    def __init__(self) -> None:
        names = [f"g{i}" for i in range(SLOTS)]
        self.context = fmpq_mpoly_ctx.get(names, Ordering.lex)
        self.generators = self.context.gens()
        self.slot_of: dict[Expr, int] = {}
        self.meanings: list[Expr] = []
        self.relations: list[tuple[tuple[int, ...], fmpq_mpoly]] = []
        self.known: dict[Expr, fmpq_mpoly] = {}

    @cached_property
    def zero(self) -> fmpq_mpoly:
        return self.context.constant(0)

    @cached_property
    def one(self) -> fmpq_mpoly:
        return self.context.constant(1)

    def rational(self, numerator: int, denominator: int = 1) -> fmpq_mpoly:
        return self.context.constant(fmpq(numerator, denominator))

    def element(self, value: Expr) -> fmpq_mpoly:
        """The ring element of an exact constant."""
        if value not in self.known:
            total = self.zero
            for summand in sympy.Add.make_args(sympy.expand(value)):
                product = self.one
                for factor in sympy.Mul.make_args(summand):
                    product = self.times(product, self._factor(factor))
                total += product
            self.known[value] = total
        return self.known[value]

    def _factor(self, factor: Expr) -> fmpq_mpoly:
        if factor.is_Rational:
            return self.rational(int(factor.p), int(factor.q))
        base, power = factor.as_base_exp()
        if base == pi and (2 * power).is_Integer:
            half = sqrt(pi) if power.is_positive else 1 / sqrt(pi)
            return self._generator(half) ** abs(int(2 * power))
        if base.is_Integer and base.is_positive and (2 * power).is_Integer:
            whole = sympy.floor(power)
            return self.rational(*_ratio(base**whole)) * self._generator(sqrt(base))
        if power.is_Integer and power.is_positive and not isinstance(factor, sympy.exp):
            return self._generator(base) ** int(power)
        return self._generator(factor)

    def _generator(self, meaning: Expr) -> fmpq_mpoly:
        if meaning not in self.slot_of:
            if len(self.meanings) == SLOTS:
                raise UndecidedError(
                    f"an expansion with more than {SLOTS} irrational constants was asked for; ask for fewer terms"
                )
            self.slot_of[meaning] = len(self.meanings)
            self.meanings.append(meaning)
            self._relate(meaning)
        return self.generators[self.slot_of[meaning]]

    def _relate(self, meaning: Expr) -> None:
        index = self.slot_of[meaning]
        generator = self.generators[index]
        square = meaning**2
        if square.is_Integer:
            self.relations.append(((index, index), generator**2 - self.rational(int(square))))
        inverse = self.slot_of.get(1 / meaning)
        if inverse is not None and meaning in (sqrt(pi), 1 / sqrt(pi)):
            self.relations.append(((index, inverse), generator * self.generators[inverse] - self.one))

    def times(self, first: fmpq_mpoly, second: fmpq_mpoly) -> fmpq_mpoly:
        return self.reduced(first * second)

    def reduced(self, value: fmpq_mpoly) -> fmpq_mpoly:
        """The value modulo the relations g² = integer and √π·(1/√π) = 1."""
        if not self.relations or value == 0:
            return value
        degrees = value.degrees()
        for (i, j), relation in self.relations:
            if (degrees[i] >= 2) if i == j else (degrees[i] and degrees[j]):
                value = value % relation
        return value

    def expression(self, value: fmpq_mpoly) -> Expr:
        """The element written out."""
        summands = []
        for exponents, coefficient in value.terms():
            powers = (self.meanings[i] ** int(e) for i, e in enumerate(exponents) if e)
            summands.append(sympy.Mul(Rational(int(coefficient.p), int(coefficient.q)), *powers))
        return sympy.Add(*summands)

    def is_zero(self, value: fmpq_mpoly) -> bool:
        """Decides value = 0. Raises UndecidedError when neither a ball excludes 0 nor a proof is found."""
        if value == 0:
            return True
        if value.is_constant():
            return False
        if len(value) == 1:
            (exponents,) = value.monoms()
            return any(vanishes(self.meanings[i]) for i, e in enumerate(exponents) if e)
        return vanishes(self.expression(value))

    def inverse(self, value: fmpq_mpoly) -> fmpq_mpoly:
        """1/value, as a new generator where no simpler form is known."""
        if value.is_constant():
            return self.one / value
        return self.element(1 / self.expression(value))

    def power(self, value: fmpq_mpoly, exponent: Rational) -> fmpq_mpoly:
        """value^exponent on the principal branch."""
        if exponent.is_Integer and exponent >= 0:
            return self.reduced(value ** int(exponent))
        if exponent == -1:
            return self.inverse(value)
        return self.element(sympy.powdenest(self.expression(value) ** exponent))


@lru_cache(maxsize=8192)
def vanishes(constant: Expr) -> bool:
    """Decides constant = 0 by proof and balls. Raises UndecidedError when neither settles it.

    >>> vanishes(2 * sympy.log(2) - sympy.log(4)), vanishes(sympy.sqrt(2) - 1)
    (True, False)
    """
    if constant.has(I):
        return all(vanishes(part) for part in sympy.expand(constant).as_real_imag())
    if constant == 0:
        return True
    if 0 not in enclose(constant, bits=DECIDING_BITS[0]):
        return False
    if prove_zero(constant):
        return True
    if any(0 not in enclose(constant, bits=bits) for bits in DECIDING_BITS[1:]):
        return False
    raise UndecidedError(
        f"whether a coefficient vanishes was asked, but {DECIDING_BITS[-1]} bits and algebra left it open: "
        f"{str(constant)[:80]}"
    )


def _ratio(value: Expr) -> tuple[int, int]:
    rational = S(value)
    return int(rational.p), int(rational.q)
