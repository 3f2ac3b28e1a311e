"""Compiles a formula once into a straight-line program over exact rationals and balls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import sympy
from flint import acb, arb, fmpq
from sympy import Expr, Symbol

from symntk.errors import DomainError
from symntk.numbers.elementary import COMPLEX_NAN, NAN, Mode, Value, real_ball
from symntk.numbers.exact import BallNumber, leaf
from symntk.numbers.nodes import BUILDERS, Operation, Slots, constant, function_of_one
from symntk.numbers.piecewise import piecewise
from symntk.numbers.precision import current_precision
from symntk.numbers.rules import RULES

ClosedHandler = Callable[[Any, int], arb | acb]

_closed_handlers: dict[type, ClosedHandler] = {}


class Program:
    """A compiled formula: slots for arguments, constants and intermediate values, and the operations in order."""

    def __init__(
        self, template: Slots, operations: Sequence[tuple[int, Operation]], result: int, *, inexact: bool
    ) -> None:
        self._template = template
        self._operations = tuple(operations)
        self._result = result
        self.inexact = inexact
        """Whether the formula contains a number of which only a ball is known."""

    def run(self, arguments: Sequence[Value], mode: Mode) -> Value:
        """The value at the arguments, at the precision in force; DomainError at an exact pole."""
        slots = [*arguments, *self._template]
        for index, operation in self._operations:
            slots[index] = operation(slots, mode)
        return slots[self._result]


@lru_cache(maxsize=4096)
def compiled(expr: Expr, symbols: tuple[Symbol, ...]) -> Program:
    """The program of a formula in the given symbols.

    Raises DomainError for a node that no rule covers and for a symbol that has no value.
    """
    return _Compiler(symbols).subprogram(expr)


def register(cls: type, handler: ClosedHandler) -> None:
    """Teach balls a new node: `handler(node, bits)` returns a ball of a closed node of class `cls`.

    A node that contains symbols reaches the handler with their values put in; a value that is itself a ball is put in
    as a `BallNumber`, which `enclose` accepts like any number.
    """
    _closed_handlers[cls] = handler
    compiled.cache_clear()


class _Compiler:
    """Assigns one slot to each distinct subexpression."""

    def __init__(self, symbols: tuple[Symbol, ...]) -> None:
        self.symbols = symbols
        self._slot_of: dict[Any, int] = {symbol: index for index, symbol in enumerate(symbols)}
        self._template: Slots = []
        self._operations: list[tuple[int, Operation]] = []
        self._inexact = False

    def slot(self, expr: Expr) -> int:
        known = self._slot_of.get(expr)
        if known is not None:
            return known
        value = constant(expr)
        operation = None if value is not None else self._operation(expr)
        index = len(self.symbols) + len(self._template)
        self._template.append(NAN if value is None else value)
        if operation is not None:
            self._operations.append((index, operation))
        self._slot_of[expr] = index
        return index

    def subprogram(self, expr: Expr, *extra: Symbol) -> Program:
        inner = _Compiler((*self.symbols, *extra))
        result = inner.slot(expr)
        self._inexact = self._inexact or inner._inexact
        return Program(inner._template, inner._operations, result, inexact=inner._inexact)

    def _operation(self, expr: Expr) -> Operation:
        for cls in type(expr).__mro__:
            if cls in _closed_handlers:
                return self._closed_node(expr, _closed_handlers[cls])
            if cls in RULES:
                return function_of_one(self, cls, expr.args[0])
            if cls in BUILDERS:
                return BUILDERS[cls](self, expr)
        if isinstance(expr, sympy.Piecewise):
            return piecewise(self, expr)
        if isinstance(expr, BallNumber):
            return self._ball(expr.ball)
        raise DomainError(_unsupported(expr))

    def _ball(self, ball: arb) -> Operation:
        self._inexact = True
        return lambda slots, mode: ball

    def _closed_node(self, expr: Expr, handler: ClosedHandler) -> Operation:
        self._inexact = self._inexact or expr.has(BallNumber)
        names = [(symbol, self._slot_of[symbol]) for symbol in self.symbols if symbol in expr.free_symbols]

        def operation(slots: Slots, mode: Mode) -> Value:
            if any(isinstance(slots[index], acb) for _, index in names):
                return COMPLEX_NAN
            node = expr.xreplace({symbol: leaf(_real_value(slots[index])) for symbol, index in names})
            return handler(node, current_precision())

        return operation


def _unsupported(expr: Expr) -> str:
    if isinstance(expr, Symbol):
        return f"a value was asked for, but the symbol {expr} has none; give it in `values`"
    if isinstance(expr, sympy.Float):
        return f"a certified value was asked for, but {expr} is a rounded number; write it as an exact fraction"
    if expr in (sympy.nan, sympy.zoo):
        return f"a certified value was asked for, but the formula is undefined ({expr}); exclude this point"
    return f"a certified value of {type(expr).__name__} was asked for, but no rule for it is known; register one"


def _real_value(x: Value) -> fmpq | arb:
    return x if isinstance(x, fmpq) else real_ball(x)
