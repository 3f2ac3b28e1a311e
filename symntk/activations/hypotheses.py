"""Computes what theorems assume of an activation (parity, homogeneity, smoothness) from its pieces, exactly."""

from __future__ import annotations

from itertools import pairwise

import sympy
from sympy import Expr, Poly, Rational, S

from symntk.activations.equality import is_identically_zero
from symntk.activations.ordering import sign_of
from symntk.activations.splitting import Piece
from symntk.errors import DomainError, UndecidedError
from symntk.notation import X
from symntk.numbers.ball import enclose_at

MAX_SMOOTHNESS, MAX_OPERATIONS = 64, 200


def parity(pieces: tuple[Piece, ...]) -> str | None:
    """The parity "even" if φ(−x) = φ(x), "odd" if φ(−x) = −φ(x), as proved piece by piece; None when neither is proved.

    The zero function is "even".

    >>> from symntk.activations.splitting import split
    >>> parity(split(sympy.Abs(X))), parity(split(sympy.Max(0, X)))
    ('even', None)
    """
    mirrored = pieces[::-1]
    if any(not is_identically_zero(p.right + q.left) for p, q in zip(pieces[:-1], mirrored[:-1], strict=True)):
        return None
    for name, factor in (("even", 1), ("odd", -1)):
        if all(_equal_mirrored(p.expression, q.expression, factor) for p, q in zip(pieces, mirrored, strict=True)):
            return name
    return None


def _equal_mirrored(expression: Expr, other: Expr, factor: int) -> bool:
    return is_identically_zero(expression.subs(X, -X) - factor * other)


def homogeneity_degree(pieces: tuple[Piece, ...]) -> Expr | None:
    """The k with φ(λx) = λᵏφ(x) for every λ > 0, as proved on both half-lines; None when there is none or no proof.

    The zero function has degree 0.

    >>> from symntk.activations.splitting import split
    >>> homogeneity_degree(split(sympy.Max(0, X) ** 3))
    3
    """
    if any(piece.right != 0 for piece in pieces[:-1]):
        return None
    halves = [(pieces[0].expression, -1), (pieces[-1].expression, 1)]
    degrees = {_half_line_degree(e, s) for e, s in halves if e != 0}
    if len(degrees) > 1:
        return None
    return degrees.pop() if degrees else S.Zero


def _half_line_degree(expression: Expr, side: int) -> Expr | None:
    """The k with e(x) = e(side)·|x|ᵏ on the half-line of that side: the k of Euler's equation x·e′ = k·e."""
    slope = X * expression.diff(X)
    if slope.count_ops() > MAX_OPERATIONS:
        return None
    candidates = _candidate_degrees(expression, slope / expression, side)
    return next((k for k in candidates if is_identically_zero(slope - k * expression)), None)


def _candidate_degrees(expression: Expr, quotient: Expr, side: int) -> list[Expr]:
    """What k can be: an exponent written in the expression, or the multiple of 1/12 closest to x·e′/e at x = side."""
    written = sorted((p.exp for p in expression.atoms(sympy.Pow) if not p.exp.has(X)), key=sympy.default_sort_key)
    simple: list[Expr] = [S.Zero, S.One]
    if expression.free_symbols - {X}:
        return simple + written
    try:
        first, second = (enclose_at(quotient, {X: point}, precision=64) for point in (side, 2 * side))
    except DomainError:
        return []
    if not first.is_finite() or not second.is_finite() or not first.overlaps(second):
        return []
    return [Rational(round(12 * float(first.mid())), 12), *written]


def smoothness(pieces: tuple[Piece, ...]) -> Expr | None:
    """The largest k with φ ∈ Cᵏ(ℝ), from the one-sided derivatives at the breakpoints: −1 at a jump.

    It is oo without breakpoints, and None when a one-sided derivative could not be found by substitution
    or its jump could not be decided.

    >>> from symntk.activations.splitting import split
    >>> smoothness(split(sympy.Max(0, X) ** 3))
    2
    """
    try:
        orders = [_order_of_contact(p, q) for p, q in pairwise(pieces)]
    except UndecidedError:
        return None
    if any(order is None for order in orders):
        return None
    return min((S(order) for order in orders if order is not None), default=S.Infinity)


def _order_of_contact(before: Piece, after: Piece) -> int | None:
    """One less than the lowest order in which one-sided derivatives differ; None when that is not found."""
    point, difference = before.right, after.expression - before.expression
    if difference == 0:
        return None
    if difference.is_polynomial(X):
        return _multiplicity(Poly(difference, X), point) - 1
    # In the distance s > 0 from the breakpoint, sympy differentiates (−x)^{7/2} without leaving a removable 0/0.
    s = sympy.Dummy("s", positive=True)
    left, right = before.expression.subs(X, point - s), after.expression.subs(X, point + s)
    for order in range(MAX_SMOOTHNESS):
        if (left + right).count_ops() > MAX_OPERATIONS:
            return None
        values = [left.subs(s, 0), right.subs(s, 0)]
        if any(value.is_infinite for value in values):
            return order - 1
        if any(value is S.NaN for value in values):
            return None
        if sign_of(sympy.expand(values[1] - values[0])) != 0:
            return order - 1
        left, right = -left.diff(s), right.diff(s)
    return None


def _multiplicity(polynomial: Poly, point: Expr) -> int:
    """The multiplicity of a zero of a polynomial that is not 0; 0 where it does not vanish."""
    order = 0
    while sign_of(sympy.expand(polynomial.as_expr().subs(polynomial.gen, point))) == 0:
        polynomial, order = polynomial.diff(), order + 1
    return order
