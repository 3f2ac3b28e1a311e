"""Three-valued conditions on balls, and the piecewise formulas that branch on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy
from flint import acb, fmpq
from sympy.core.relational import Relational

from symntk.errors import DomainError
from symntk.numbers.elementary import COMPLEX_NAN, NAN, Mode, Value, complex_ball, real_ball
from symntk.numbers.nodes import Compiler, Operation, Slots

Verdict = bool | None
Condition = Callable[[Slots], Verdict]


def piecewise(compiler: Compiler, expr: Any) -> Operation:
    """The first branch whose condition holds; the union of all that may be the first where balls cannot tell."""
    conditions = [_condition(compiler, condition) for _, condition in expr.args]
    branches = [compiler.subprogram(branch) for branch, _ in expr.args]
    count = len(compiler.symbols)

    def operation(slots: Slots, mode: Mode) -> Value:
        candidates: list[Value] = []
        for condition, branch in zip(conditions, branches, strict=True):
            verdict = condition(slots)
            if verdict is None and mode is Mode.ANALYTIC:
                return COMPLEX_NAN
            if verdict is True and not candidates:
                return branch.run(slots[:count], mode)
            if verdict is not False:
                candidates.append(_guarded(branch.run, slots[:count], mode))
            if verdict:
                return _hull(candidates)
        return NAN

    return operation


def _guarded(run: Callable[[Sequence[Value], Mode], Value], arguments: Sequence[Value], mode: Mode) -> Value:
    try:
        return run(arguments, mode)
    except DomainError:
        return NAN


def _hull(values: Sequence[Value]) -> Value:
    if any(isinstance(value, acb) for value in values):
        hull = complex_ball(values[0])
        for value in values[1:]:
            hull = hull.union(complex_ball(value))
        return hull
    real = real_ball(values[0])
    for value in values[1:]:
        real = real.union(real_ball(value))
    return real


def _condition(compiler: Compiler, condition: Any) -> Condition:
    if condition in (True, False):
        verdict = bool(condition)
        return lambda slots: verdict
    if isinstance(condition, Relational):
        return _comparison(compiler, condition)
    parts = [_condition(compiler, part) for part in condition.args]
    if isinstance(condition, sympy.Not):
        (part,) = parts
        return lambda slots: _negated(part(slots))
    if isinstance(condition, sympy.And):
        return lambda slots: _all([part(slots) for part in parts])
    if isinstance(condition, sympy.Or):
        return lambda slots: _negated(_all([_negated(part(slots)) for part in parts]))
    raise DomainError(f"a branch on {condition} was found, but only comparisons joined by and, or, not can be decided")


def _comparison(compiler: Compiler, relation: Any) -> Condition:
    left, right = compiler.slot(relation.lhs), compiler.slot(relation.rhs)
    compare = compare_by(relation.rel_op)
    return lambda slots: compare(slots[left], slots[right])


def compare_by(relation: str) -> Callable[[Value, Value], Verdict]:
    """The three-valued comparison named by "<", "<=", "==", "!=", ">" or ">=".

    >>> compare_by("<=")(fmpq(1), fmpq(1)), compare_by("<")(fmpq(1), acb.pi().real - 3)
    (True, False)
    """
    return _COMPARISONS[relation]


def _less(x: Value, y: Value) -> Verdict:
    if isinstance(x, fmpq) and isinstance(y, fmpq):
        return x < y
    a, b = real_ball(x), real_ball(y)
    return True if a < b else (False if a >= b else None)


def _equal(x: Value, y: Value) -> Verdict:
    if isinstance(x, fmpq) and isinstance(y, fmpq):
        return x == y
    a, b = real_ball(x), real_ball(y)
    return True if a == b else (None if a.overlaps(b) else False)


def _negated(verdict: Verdict) -> Verdict:
    return None if verdict is None else not verdict


def _all(verdicts: Sequence[Verdict]) -> Verdict:
    if False in verdicts:
        return False
    return None if None in verdicts else True


_COMPARISONS: dict[str, Callable[[Value, Value], Verdict]] = {
    "<": _less,
    ">": lambda x, y: _less(y, x),
    "<=": lambda x, y: _negated(_less(y, x)),
    ">=": lambda x, y: _negated(_less(x, y)),
    "==": _equal,
    "!=": lambda x, y: _negated(_equal(x, y)),
}
