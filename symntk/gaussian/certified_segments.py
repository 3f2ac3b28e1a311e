"""The pieces of a function as the piecewise quadratures read them, as exponential polynomials where they are such."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import sympy
from flint import acb, arb
from sympy import Expr, S

from symntk.activations.splitting import split
from symntk.gaussian.growth import Growth, total
from symntk.gaussian.strip import real_growth
from symntk.notation import X
from symntk.numbers.ball import ball_function, enclose


@dataclass(frozen=True, kw_only=True)
class ExponentialTerm:
    """(c₀ + c₁x + …)·e^{linear·x + quadratic·x²}; the constants may be complex."""

    coefficients: tuple[Expr, ...]
    linear: Expr
    quadratic: Expr


@dataclass(frozen=True, kw_only=True)
class Segment:
    """An analytic expression on (left, right)."""

    left: Expr
    right: Expr
    expression: Expr


@dataclass(frozen=True, kw_only=True)
class NumericTerm:
    """An exponential term with its constants enclosed at the precision in force."""

    coefficients: list[acb]
    linear: acb
    quadratic: acb


@lru_cache(maxsize=1024)
def segments(f: Expr) -> tuple[Segment, ...]:
    """The pieces of f from −∞ to ∞.

    >>> segments(sympy.Max(0, X))[1]
    Segment(left=0, right=oo, expression=x)
    """
    return tuple(Segment(left=p.left, right=p.right, expression=p.expression) for p in split(f))


def mirrored(pieces: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """The pieces of x ↦ f(−x)."""
    return tuple(Segment(left=-p.right, right=-p.left, expression=p.expression.subs(X, -X)) for p in reversed(pieces))


def breakpoints(pieces: tuple[Segment, ...]) -> tuple[Expr, ...]:
    """The ends between the pieces, in increasing order."""
    return tuple(piece.right for piece in pieces[:-1])


def growth_of(pieces: Iterable[Segment]) -> Growth:
    """A bound of a piecewise function on the real line."""
    bound: Growth | None = None
    for piece in pieces:
        ends = (None if end.is_infinite else enclose(end, bits=64) for end in (piece.left, piece.right))
        left, right = ends
        part = real_growth(piece.expression, left and left.lower(), right and right.upper())
        bound = part if bound is None else total(bound, part)
    return bound or Growth(scale=arb(0))


@lru_cache(maxsize=1024)
def exponential_terms(expression: Expr) -> tuple[ExponentialTerm, ...] | None:
    """The expression as a sum of polynomials times e^{quadratic}, or None when it is not one.

    >>> exponential_terms(X * sympy.exp(X))
    (ExponentialTerm(coefficients=(0, 1), linear=1, quadratic=0),)
    """
    if expression == 0:
        return ()
    trigonometric = [sympy.sinh, sympy.cosh, sympy.sin, sympy.cos]
    rewritten = sympy.expand(expression.rewrite(trigonometric, sympy.exp))
    found: dict[tuple[Expr, Expr], dict[int, Expr]] = {}
    for summand in sympy.Add.make_args(rewritten):
        read = _read(summand)
        if read is None:
            return None
        power, exponent, factor = read
        powers = found.setdefault(exponent, {})
        powers[power] = factor + powers.get(power, 0)
    return tuple(_term(exponent, powers) for exponent, powers in sorted(found.items(), key=_position))


def _position(item: tuple[tuple[Expr, Expr], dict[int, Expr]]) -> tuple[object, ...]:
    return tuple(sympy.default_sort_key(part) for part in item[0])


def _term(exponent: tuple[Expr, Expr], powers: dict[int, Expr]) -> ExponentialTerm:
    coefficients = tuple(sympy.S(powers.get(k, 0)) for k in range(max(powers) + 1))
    return ExponentialTerm(coefficients=coefficients, linear=exponent[0], quadratic=exponent[1])


def _read(summand: Expr) -> tuple[int, tuple[Expr, Expr], Expr] | None:
    """(k, (linear, quadratic), c) of c·xᵏ·e^{linear·x + quadratic·x²}."""
    factor, dependent = summand.as_independent(X, as_Add=False)
    power, exponent = 0, S.Zero
    for part in sympy.Mul.make_args(dependent):
        base, degree = part.as_base_exp()
        if base == X and degree.is_Integer and degree > 0:
            power += int(degree)
        elif isinstance(part, sympy.exp):
            exponent += part.args[0]
        elif not base.has(X) and base.is_positive:
            exponent += degree * sympy.log(base)
        elif part != 1:
            return None
    if not exponent.is_polynomial(X):
        return None
    constants = sympy.Poly(exponent, X).all_coeffs()[::-1]
    if len(constants) > 3:
        return None
    constant, linear, quadratic = (*constants, S.Zero, S.Zero)[:3]
    return power, (linear, quadratic), factor * sympy.exp(constant)


def numeric(terms: tuple[ExponentialTerm, ...]) -> list[NumericTerm]:
    """The terms with their constants enclosed at the precision in force."""
    return [
        NumericTerm(
            coefficients=[_constant(c) for c in term.coefficients],
            linear=_constant(term.linear),
            quadratic=_constant(term.quadratic),
        )
        for term in terms
    ]


def _constant(value: Expr) -> acb:
    return ball_function(value, ())()
