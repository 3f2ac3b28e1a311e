"""Inert mathematical statements: what a paper prints, kept as printed and never evaluated away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Literal

import flint
from sympy import Expr, Set, Symbol, oo

from symntk.claims.domain import Domain, exact, frozen_domain
from symntk.errors import DomainError

Sequence = Callable[[int, int], flint.arb]
"""A sequence given by computation: (index, bits) → a ball of the term."""

Side = Literal["left", "right"]


@dataclass(frozen=True)
class Relation:
    """Two expressions and the relation printed between them, for every point of the domain `on`.

    Every free symbol needs a set in `on`; DomainError otherwise. Use its four kinds below.
    """

    lhs: Expr
    rhs: Expr
    on: Domain = field(default_factory=dict, kw_only=True)
    symbol: ClassVar[str] = ""

    def __post_init__(self) -> None:
        _freeze(self, expressions=("lhs", "rhs"))


@dataclass(frozen=True)
class Equal(Relation):
    """lhs = rhs at every point of the domain.

    >>> from sympy import Interval, acos, asin, pi
    >>> from symntk.notation import RHO
    >>> Equal(acos(RHO), pi / 2 - asin(RHO), on={RHO: Interval(-1, 1)}).rhs
    -asin(rho) + pi/2
    """

    symbol: ClassVar[str] = "=="


@dataclass(frozen=True)
class NotEqual(Relation):
    """lhs ≠ rhs at every point of the domain."""

    symbol: ClassVar[str] = "!="


@dataclass(frozen=True)
class AtMost(Relation):
    """lhs ≤ rhs at every point of the domain; swap the sides for ≥."""

    symbol: ClassVar[str] = "<="


@dataclass(frozen=True)
class LessThan(Relation):
    """lhs < rhs at every point of the domain; swap the sides for >."""

    symbol: ClassVar[str] = "<"


@dataclass(frozen=True)
class NumericallyEquals:
    """A closed expression and the decimal printed for it.

    True iff rounding the value to the printed digits gives `printed`; with a `tolerance` (for ≈), iff it is that close.

    >>> from sympy import sqrt, Integer
    >>> NumericallyEquals(sqrt(Integer(2)), "1.41").half_unit
    Decimal('0.005')
    """

    value: Expr
    printed: str
    tolerance: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        _freeze(self, expressions=("value",))
        for text in (self.printed, self.tolerance or "1"):
            _decimal(text)

    @property
    def half_unit(self) -> Decimal:
        """The largest admissible distance between the value and the printed decimal."""
        if self.tolerance is not None:
            return _decimal(self.tolerance)
        exponent = _decimal(self.printed).as_tuple().exponent
        return Decimal(5).scaleb(int(exponent) - 1)


@dataclass(frozen=True)
class SeriesAt:
    """lhs = rhs + O(|variable − at|^order) as the variable tends to `at` from one side.

    rhs is the printed truncation, a sum of powers of the deficit |variable − at| times powers of the variable.
    """

    lhs: Expr
    rhs: Expr
    variable: Symbol = field(kw_only=True)
    order: Expr = field(kw_only=True)
    at: Expr = field(default=exact(1), kw_only=True)
    side: Side = field(default="left", kw_only=True)
    on: Domain = field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        _freeze(self, expressions=("lhs", "rhs", "order", "at"), bound=(self.variable,))


@dataclass(frozen=True)
class AsymptoticTo:
    """lhs = rhs + O(order) as the variable tends to `to`; without `order`, lhs/rhs → 1 (lhs ~ rhs).

    lhs may be a Sequence when the variable is an index that tends to ∞.
    """

    lhs: Expr | Sequence
    rhs: Expr
    variable: Symbol = field(kw_only=True)
    order: Expr | None = field(default=None, kw_only=True)
    to: Expr = field(default=oo, kw_only=True)
    side: Side = field(default="left", kw_only=True)
    on: Domain = field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        _freeze(self, expressions=("lhs", "rhs", "order", "to"), bound=(self.variable,))


@dataclass(frozen=True)
class ConvergesTo:
    """The sequence tends to the limit as its index tends to ∞."""

    sequence: Expr | Sequence
    limit: Expr
    index: Symbol = field(kw_only=True)

    def __post_init__(self) -> None:
        _freeze(self, expressions=("sequence", "limit"), bound=(self.index,))


@dataclass(frozen=True)
class Monotone:
    """The expression is strictly increasing (or decreasing) in the variable on its interval in `on`."""

    expression: Expr
    variable: Symbol = field(kw_only=True)
    increasing: bool = field(default=True, kw_only=True)
    on: Domain = field(kw_only=True)

    def __post_init__(self) -> None:
        _freeze(self, expressions=("expression",))


@dataclass(frozen=True)
class ForAll:
    """The statement `body(member)` for every member of a finite family: depths, orders, activations.

    `exhaustive` says that the sentence speaks of these members and no others. Otherwise they are a sample of what it
    speaks of: agreement is evidence and no more, while one failing member still refutes it.
    """

    family: tuple[Any, ...]
    body: Callable[[Any], Statement]
    exhaustive: bool = False

    def __post_init__(self) -> None:
        if not self.family:
            raise DomainError(
                "a statement for all members of a family was made, but the family is empty; name its members"
            )


@dataclass(frozen=True)
class Exists:
    """There is a point of the domain at which the relation holds."""

    relation: Relation

    def __post_init__(self) -> None:
        if len(self.relation.on) != 1:
            raise DomainError(
                "an existence statement in one variable was expected; give its relation one symbol in `on`"
            )


@dataclass(frozen=True)
class And:
    """Every part holds."""

    parts: tuple[Statement, ...]

    def __post_init__(self) -> None:
        if not self.parts:
            raise DomainError("a conjunction of statements was made, but it has no parts; name them")


@dataclass(frozen=True)
class Implies:
    """At every point of the conclusion's domain where the condition holds, the conclusion holds."""

    condition: Relation
    conclusion: Relation

    def __post_init__(self) -> None:
        loose = self.condition.lhs.free_symbols | self.condition.rhs.free_symbols
        if not loose <= set(self.conclusion.on):
            raise DomainError("the condition of an implication has symbols that its conclusion's domain does not bind")


@dataclass(frozen=True)
class Prose:
    """A sentence that is no mathematical claim we can run, and why."""

    text: str
    reason: str


Statement = (
    Relation
    | NumericallyEquals
    | SeriesAt
    | AsymptoticTo
    | ConvergesTo
    | Monotone
    | ForAll
    | Exists
    | And
    | Implies
    | Prose
)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise DomainError(f"a decimal number as printed was expected, but {text!r} was found") from None


def _freeze(statement: Any, *, expressions: tuple[str, ...], bound: tuple[Symbol, ...] = ()) -> None:
    """Make the named fields exact expressions and the domain immutable, and refuse symbols without a set."""
    free: set[Any] = set()
    for name in expressions:
        value = getattr(statement, name)
        if value is None or (callable(value) and not isinstance(value, Expr)):
            continue
        object.__setattr__(statement, name, exact(value))
        free |= exact(value).free_symbols
    domain: Mapping[Symbol, Set] = getattr(statement, "on", {})
    if hasattr(statement, "on"):
        object.__setattr__(statement, "on", frozen_domain(domain))
    loose = free - set(domain) - set(bound)
    if loose:
        names = ", ".join(sorted(map(str, loose)))
        raise DomainError(
            f"a statement with every symbol in its domain was expected, but {names} has no set; add it to `on`"
        )
