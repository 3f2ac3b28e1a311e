"""Routes that watch the tail of a limit or an expansion: heuristics whose answers are evidence only."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field

from mpmath import mp
from sympy import E, Expr, Integer, Pow, Product, S, Sum, Symbol, binomial, factorial, gamma, oo

from symntk.claims.checks.check import BasicCheck, Finding, doubted, not_for, supported, unknown
from symntk.claims.derived import derived
from symntk.claims.domain import Point, sample
from symntk.claims.sequences import Digits, as_mpf, tail_of
from symntk.claims.statement import AsymptoticTo, ConvergesTo, Sequence, SeriesAt, Statement
from symntk.claims.verdict import Method
from symntk.numbers.ball import enclose
from symntk.numbers.multiprecision import evaluate

_SLOW = (Sum, Product, binomial, factorial, gamma)
"""Nodes that cannot be evaluated at huge indices."""

_SEQUENCE_BITS = 200
_TAIL_DIGITS = 60


@dataclass(frozen=True)
class Tail(BasicCheck):
    """Watches (lhs − rhs)/scale of SeriesAt, AsymptoticTo or ConvergesTo at geometrically growing indices.

    The remainder over the stated order must stay bounded; a ratio must tend to 1; a sequence to its limit.
    Closed forms are followed to 2^84, recursions, sums and products to 2^reach.
    """

    reach: int = field(default=13, kw_only=True)
    count: int = field(default=2, kw_only=True)

    @abstractmethod
    def number(self, expression: Expr, point: Point) -> Digits:
        """The value of an expression at exact values of its symbols."""

    def examine(self, statement: Statement) -> Finding:
        """Watch the tail at sample values of the other symbols."""
        if not isinstance(statement, SeriesAt | AsymptoticTo | ConvergesTo):
            return not_for(statement, "expansions and limits")
        question = _question(statement)
        others = sample(getattr(statement, "on", {}), self.count)
        with mp.workdps(_TAIL_DIGITS):
            tails = {tail_of(self._values(question, other)) for other in others}
        seen = f"the remainder is {' and '.join(sorted(tails))}"
        if "unclear" in tails:
            return unknown(seen)
        return supported(seen) if tails <= question.wanted else doubted(seen)

    def _values(self, question: _Question, others: Point) -> list[Digits]:
        left, variable = question.left, question.variable
        if isinstance(left, Expr):
            ratio = derived((left - question.right) / question.scale)
            places = self._indices() if _is_slow(ratio, variable) else question.far_places()
            return [self.number(ratio, {**others, variable: place}) for place in places]
        return [self._ratio(left, question, {**others, variable: place}) for place in self._indices()]

    def _ratio(self, sequence: Sequence, question: _Question, point: Point) -> Digits:
        term = as_mpf(sequence(int(point[question.variable]), _SEQUENCE_BITS))
        return (term - self.number(question.right, point)) / self.number(question.scale, point)

    def _indices(self) -> list[Expr]:
        return [Integer(2**k) for k in range(3, self.reach + 1)]


@dataclass(frozen=True)
class HighPrecisionLimit(Tail):
    """Watches the tail with multiprecision numbers."""

    digits: int = field(default=240, kw_only=True)

    @property
    def method(self) -> Method:
        """Digits without promise."""
        return Method.HIGH_PRECISION

    def number(self, expression: Expr, point: Point) -> Digits:
        """The value by multiprecision arithmetic."""
        return evaluate(expression, _used(expression, point), digits=self.digits)


@dataclass(frozen=True)
class BallLimit(Tail):
    """Watches the tail with balls: every value is certain, what the tail looks like is not."""

    bits: int = field(default=160, kw_only=True)

    @property
    def method(self) -> Method:
        """Balls at points."""
        return Method.BALL

    def number(self, expression: Expr, point: Point) -> Digits:
        """The midpoint of a ball."""
        return as_mpf(enclose(expression, _used(expression, point), bits=self.bits))


@dataclass(frozen=True, kw_only=True)
class _Question:
    """What the three kinds of statement have in common."""

    left: Expr | Sequence
    right: Expr
    scale: Expr
    variable: Symbol
    to: Expr
    side: str
    wanted: frozenset[str]

    def far_places(self) -> Iterable[Expr]:
        """Exact points that approach the limit point."""
        distances = [Integer(2) ** (6 * k) for k in range(2, 15)]
        if self.to is oo:
            return distances
        return [self.to + (-1 if self.side == "left" else 1) / d for d in distances]


def _question(statement: SeriesAt | AsymptoticTo | ConvergesTo) -> _Question:
    left, right, variable, to, side = _parts(statement)
    scale, wanted = S.One, {"vanishing"}
    if isinstance(statement, SeriesAt):
        scale, wanted = (
            ((to - variable) if side == "left" else (variable - to)) ** statement.order,
            {"vanishing", "bounded"},
        )
    elif isinstance(statement, AsymptoticTo):
        scale = right if statement.order is None else statement.order
        wanted = {"vanishing"} if statement.order is None else {"vanishing", "bounded"}
    return _Question(left=left, right=right, scale=scale, variable=variable, to=to, side=side, wanted=frozenset(wanted))


def _parts(statement: SeriesAt | AsymptoticTo | ConvergesTo) -> tuple[Expr | Sequence, Expr, Symbol, Expr, str]:
    if isinstance(statement, ConvergesTo):
        return statement.sequence, statement.limit, statement.index, oo, "left"
    to = statement.at if isinstance(statement, SeriesAt) else statement.to
    return statement.lhs, statement.rhs, statement.variable, to, statement.side


def _is_slow(ratio: Expr, variable: Symbol) -> bool:
    powers = (power for power in ratio.atoms(Pow) if power.base is not E)
    return ratio.has(*_SLOW) or any(variable in power.exp.free_symbols for power in powers)


def _used(expression: Expr, point: Point) -> dict[Symbol, Expr]:
    return {symbol: value for symbol, value in point.items() if symbol in expression.free_symbols}
