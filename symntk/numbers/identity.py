"""Decides identities: proves them by a normal form, refutes them by a rational point where a ball excludes zero."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sympy
from flint import arb
from sympy import Expr, Rational, Symbol

from symntk.errors import DomainError
from symntk.numbers.ball import enclose_at
from symntk.numbers.exact import as_exact_expression
from symntk.numbers.normal_form import is_zero_in_normal_form

_MOST_BRANCHES = 64
_REFUTATION_BITS = (64, 256)
_REFUTATION_POINTS = 40


def prove_zero(expr: Expr) -> bool:
    """Whether the formula is proved identically zero.

    True: its normal form is 0, so it vanishes for all values that its symbols allow (a correlation ρ in [−1, 1], a
    deficit γ in [0, 2]) wherever it is defined. False: not proved.
    Guarantee: sound, deterministic, incomplete; no numerical evidence enters.

    >>> from symntk.notation import RHO
    >>> prove_zero(sympy.sin(RHO) ** 2 + sympy.cos(RHO) ** 2 - 1)
    True
    >>> prove_zero(sympy.sqrt(1 - RHO) * sympy.sqrt(1 + RHO) - sympy.sqrt(1 - RHO**2))
    True
    """
    if expr.has(sympy.Piecewise):
        return _branches_zero(expr)
    return is_zero_in_normal_form(expr)


def _branches_zero(expr: Expr) -> bool:
    """A formula with pieces is zero if it is zero for every choice of the branches that may meet."""
    folded: Any = sympy.piecewise_fold(expr, evaluate=False)
    if not isinstance(folded, sympy.Piecewise) or len(folded.args) > _MOST_BRANCHES:
        return False
    return all(not b.has(sympy.Piecewise) and is_zero_in_normal_form(b) for b, _ in folded.args)


def refute_zero(expr: Expr, domain: Mapping[Symbol, tuple[Any, Any]]) -> dict[Symbol, Rational] | None:
    """A rational point of a box at which a ball of the formula excludes zero; None if none was found.

    `domain` gives each free symbol its closed interval (low, high) of rational numbers. The points tried are fixed.
    Guarantee: at a point returned, the formula is certainly not zero. Raises DomainError for an interval that is not
    rational or is empty.

    >>> from symntk.notation import RHO
    >>> refute_zero(sympy.acos(RHO) - sympy.pi / 2 + RHO, {RHO: (-1, 1)})
    {rho: -1/2}
    """
    for point in _points(domain):
        if any(_excludes_zero(expr, point, bits) for bits in _REFUTATION_BITS):
            return point
    return None


def _excludes_zero(expr: Expr, point: Mapping[Symbol, Rational], bits: int) -> bool:
    try:
        ball = enclose_at(expr, point, precision=bits)
    except DomainError:
        return False
    return bool(ball.is_finite() and (ball > arb(0) or ball < arb(0)))


def _points(domain: Mapping[Symbol, tuple[Any, Any]]) -> Iterator[dict[Symbol, Rational]]:
    """Points of the Halton sequence in the box: exact, spread out, the same at every call."""
    box = {symbol: (_rational(low), _rational(high)) for symbol, (low, high) in domain.items()}
    if any(high < low for low, high in box.values()):
        raise DomainError(f"a point of {dict(domain)} was asked for, but an interval of it is empty; order its ends")
    bases = [sympy.prime(j + 1) for j in range(len(box))]
    for index in range(1, _REFUTATION_POINTS + 1):
        steps = (_digits_reversed(index, base) for base in bases)
        yield {symbol: _rational(a + (b - a) * t) for (symbol, (a, b)), t in zip(box.items(), steps, strict=True)}


def _rational(value: Any) -> Rational:
    exact = as_exact_expression(value)
    if isinstance(exact, Rational):
        return exact
    raise DomainError(f"a rational end of an interval was asked for, but {value!r} was found; give a fraction")


def _digits_reversed(index: int, base: int) -> Rational:
    """The digits of the index mirrored behind the point: the van der Corput sequence."""
    mirrored, scale = 0, 1
    while index:
        index, digit = divmod(index, base)
        mirrored, scale = base * mirrored + digit, base * scale
    return Rational(mirrored, scale)
