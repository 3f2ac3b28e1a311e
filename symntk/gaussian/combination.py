"""Linear combinations of exponentials and normal probabilities, the normal form in which moments are added up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import sympy
from sympy import Expr, S

from symntk.numbers.normal_distribution import BivariateNormalCDF, NormalCDF

TRANSCENDENTAL = (NormalCDF, BivariateNormalCDF, sympy.asin)

Atom = tuple[Expr, Expr]
"""(exponent E, function F) of the atom e^E·F; F is a product of normal probabilities and arcsines, or 1."""

Combination = Mapping[Atom, Expr]
"""Σ coefficient·e^E·F."""

UNIT: Atom = (S.Zero, S.One)


@lru_cache(maxsize=65536)
def canonical(expression: Expr) -> Expr:
    """A rational function brought to lowest terms; other expressions are left as they are."""
    if expression.is_number or expression.is_Symbol:
        return expression
    return sympy.cancel(expression) if expression.is_rational_function() else sympy.together(expression)


@lru_cache(maxsize=16384)
def probability(value: Expr) -> Combination:
    """A sum of normal probabilities and arcsines with constant coefficients, as a combination."""
    result: dict[Atom, Expr] = {}
    for summand in sympy.Add.make_args(value):
        coefficient, functions = [], []
        for factor in sympy.Mul.make_args(summand):
            (functions if factor.has(*TRANSCENDENTAL) else coefficient).append(factor)
        atom = (S.Zero, sympy.Mul(*functions))
        result[atom] = sympy.Add(result.get(atom, S.Zero), sympy.Mul(*coefficient))
    return result


def added(parts: Iterable[tuple[Expr, Combination]]) -> Combination:
    """Σ factor·combination over the parts."""
    result: dict[Atom, list[Expr]] = {}
    for factor, combination in parts:
        if factor == 0:
            continue
        for atom, coefficient in combination.items():
            result.setdefault(atom, []).append(factor * coefficient)
    sums = {atom: sympy.Add(*summands) for atom, summands in result.items()}
    return {atom: value for atom, value in sums.items() if value != 0}


def times_exponential(exponent: Expr, factor: Expr, combination: Combination) -> Combination:
    """factor·e^exponent·combination."""
    if exponent == 0:
        return {atom: factor * value for atom, value in combination.items()}
    return {(canonical(e + exponent), f): factor * value for (e, f), value in combination.items()}


def expression(combination: Combination) -> Expr:
    """The combination written out as an expression."""
    return sympy.Add(*(c * sympy.exp(e) * f for (e, f), c in combination.items()))
