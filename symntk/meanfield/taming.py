"""Rewrites logistic functions by tanh, whose balls stay narrow, before moments are enclosed on wide variances."""

from __future__ import annotations

import sympy
from sympy import Expr, S, tanh


def tamed(expression: Expr) -> Expr:
    """The same function with 1/(1 + eᵘ) = (1 − tanh(u/2))/2 and eᵘ/(1 + eᵘ) = (1 + tanh(u/2))/2 put in.

    Guarantee: exact.

    >>> from symntk.notation import X
    >>> tamed(1 / (1 + sympy.exp(-X)))
    tanh(x/2)/2 + 1/2
    """
    if not expression.args:
        return expression
    if isinstance(expression, sympy.Mul | sympy.Pow):
        return _product(expression)
    return expression.func(*map(tamed, expression.args))


def _product(expression: Expr) -> Expr:
    """A product with each factor (1 + eᵘ)^−n taken together with as many factors eᵘ as there are, at most n."""
    powers = _powers(expression)
    total: Expr = S.One
    for base in list(powers):
        u = _exponent(base)
        if u is None or not powers[base].is_integer or powers[base] > 0:
            continue
        count = -powers.pop(base)
        whole, multiple = _unit(u)
        carried = min(max(powers.get(whole, S.Zero), S.Zero) // multiple, count)
        if carried:
            powers[whole] -= carried * multiple
        half = tanh(u / 2) / 2
        total *= (S.Half + half) ** carried * (S.Half - half) ** (count - carried)
    for base, power in powers.items():
        kept = base if isinstance(base, sympy.exp) else base.func(*map(tamed, base.args)) if base.args else base
        total *= kept**power
    return total


def _powers(expression: Expr) -> dict[Expr, Expr]:
    """The factors of a product with their exponents; exp(3u) counts as exp(u)³."""
    found: dict[Expr, Expr] = {}
    for factor in sympy.Mul.make_args(expression):
        base, power = _unit(factor.args[0]) if isinstance(factor, sympy.exp) else factor.as_base_exp()
        found[base] = found[base] + power if base in found else power
    return found


def _unit(exponent: Expr) -> tuple[Expr, Expr]:
    """exp(u) and n with exp(n·u) = exp(exponent), n ≥ 1 as large as it is written."""
    multiple, unit = exponent.as_coeff_Mul()
    if multiple.is_integer and abs(multiple) > 1:
        return sympy.exp(sympy.sign(multiple) * unit), abs(multiple)
    return sympy.exp(exponent), S.One


def _exponent(base: Expr) -> Expr | None:
    """u where the base is 1 + eᵘ, else None."""
    rest = base - 1
    return rest.args[0] if isinstance(rest, sympy.exp) else None
