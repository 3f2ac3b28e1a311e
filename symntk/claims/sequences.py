"""Sequences given by a recursion, as certified balls of their terms."""

from __future__ import annotations

from collections.abc import Sequence as Numbers
from typing import Any

import flint
import mpmath
from mpmath import mp, mpf
from sympy import Expr, Symbol

from symntk.claims.domain import Number, exact
from symntk.claims.statement import Sequence
from symntk.errors import UndecidedError
from symntk.numbers.ball import ball_function, enclose
from symntk.numbers.precision import working_precision

Digits = Any
"""An mpmath number; mpmath has no annotations."""

_MOST_BITS = 1 << 15
"""Largest working precision of a recursion, which loses bits where it is chaotic."""


def iterated(step: Expr, symbol: Symbol, start: Number, *, first: int = 1) -> Sequence:
    """The sequence c_first = start, c_{ℓ+1} = step(c_ℓ), as balls.

    Guarantee: every ball contains its term. Raises UndecidedError when the recursion loses all digits.

    >>> from symntk.notation import X
    >>> iterated(X / 2, X, 1)(4, 64)
    0.125000000000000
    """
    function = ball_function(step, symbol)
    known: dict[int, list[flint.arb]] = {}

    def at_precision(index: int, precision: int) -> flint.arb:
        with working_precision(precision):
            terms = known.setdefault(precision, [enclose(exact(start), bits=precision)])
            while len(terms) <= index - first:
                terms.append(function(flint.acb(terms[-1])).real)
        return terms[index - first]

    def term(index: int, bits: int) -> flint.arb:
        precision = 2 * bits
        while precision <= _MOST_BITS:
            ball = at_precision(index, precision)
            if ball.is_finite() and ball.rad() <= flint.arb(2) ** (-bits):
                return ball
            precision *= 4
        raise UndecidedError(
            f"term {index} of a recursion was asked for to {bits} bits, but {_MOST_BITS} bits of working precision "
            "are not enough; ask for an earlier term"
        )

    return term


def tail_of(values: Numbers[Digits]) -> str:
    """What the tail of a sequence sampled at geometrically growing indices looks like: a heuristic, never a proof.

    "vanishing" when it tends to 0, "bounded" when it settles at another value, "growing" when it grows without
    settling, "unclear" otherwise.

    >>> [tail_of([mpf(f(k)) for k in range(4, 16)]) for f in (lambda k: 2.0**-k, lambda k: 3 + 2.0**-k, lambda k: k)]
    ['vanishing', 'bounded', 'growing']
    """
    if max(abs(v) for v in values[-3:]) <= mpf(10) ** (-mp.dps // 2):
        return "vanishing"
    steps = [abs(b - a) for a, b in zip(values, values[1:], strict=False)]
    if steps[-1] == 0 or max(steps[-3:]) <= abs(values[-1]) * mpf(10) ** (-mp.dps // 2):
        return "bounded"
    if steps[-1] >= mpf("0.85") * steps[len(steps) // 2] and abs(values[-1]) >= abs(values[len(values) // 2]):
        return "growing"
    return _settled(values, steps)


def _settled(values: Numbers[Digits], steps: Numbers[Digits]) -> str:
    """Aitken's extrapolation of the last three values decides between zero and another limit."""
    a, b, c = values[-3:]
    bend = (c - b) - (b - a)
    if bend == 0 or steps[-1] > mpf("0.8") * steps[-2]:
        return "unclear"
    limit = c - (c - b) ** 2 / bend
    if abs(limit) <= mpf("0.2") * abs(c):
        return "vanishing"
    return "bounded" if abs(limit - c) <= mpf("0.2") * abs(limit) else "unclear"


def as_mpf(ball: flint.arb) -> Digits:
    """The midpoint of a ball as a multiprecision number, without its radius."""
    mantissa, exponent = ball.mid().man_exp()
    return mpmath.ldexp(mpf(int(mantissa)), int(exponent))
