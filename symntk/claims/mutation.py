"""Deliberately false variants of a statement: a claim whose checks accept one of them has checks that cannot fail."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from sympy import Expr, Integer, Rational

from symntk.claims.statement import (
    And,
    AsymptoticTo,
    AtMost,
    ConvergesTo,
    Equal,
    Exists,
    ForAll,
    Implies,
    LessThan,
    Monotone,
    NotEqual,
    NumericallyEquals,
    Prose,
    Relation,
    SeriesAt,
    Statement,
)


def mutants(statement: Statement) -> list[Statement]:
    """False variants: another right side, the opposite inequality, another last digit – one for each part.

    They are false whenever the statement is true. Prose has none.

    >>> from sympy import Symbol, Interval
    >>> x = Symbol("x")
    >>> mutants(LessThan(x, x + 1, on={x: Interval(0, 1)}))[0].lhs
    x + 1
    """
    match statement:
        case Relation():
            return [_opposite(statement)]
        case NumericallyEquals():
            return [replace(statement, printed=str(Decimal(statement.printed) + 4 * statement.half_unit))]
        case SeriesAt() | AsymptoticTo():
            return [replace(statement, rhs=_moved(statement.rhs))]
        case ConvergesTo():
            return [replace(statement, limit=_moved(statement.limit))]
        case Monotone():
            return [replace(statement, increasing=not statement.increasing)]
        case ForAll():
            return [ForAll(statement.family, lambda member: mutants(statement.body(member))[0], statement.exhaustive)]
        case Exists():
            return [Exists(_impossible(statement.relation))]
        case And():
            return [
                And((*statement.parts[:i], false, *statement.parts[i + 1 :]))
                for i, part in enumerate(statement.parts)
                for false in mutants(part)
            ]
        case Implies():
            return [replace(statement, conclusion=_opposite(statement.conclusion))]
        case Prose():
            return []


def _opposite(relation: Relation) -> Relation:
    match relation:
        case AtMost():
            return LessThan(relation.rhs, relation.lhs, on=relation.on)
        case LessThan():
            return AtMost(relation.rhs, relation.lhs, on=relation.on)
        case NotEqual():
            return Equal(relation.lhs, relation.rhs, on=relation.on)
        case _:
            return replace(relation, rhs=_moved(relation.rhs))


def _moved(expression: Expr) -> Expr:
    """Another expression: a little larger in proportion, and different where it vanishes."""
    return expression * (1 + Rational(1, 997)) + Rational(1, 1009)


def _impossible(relation: Relation) -> Relation:
    return Equal((relation.lhs - relation.rhs) ** 2 + 1, Integer(0), on=relation.on)
