"""What the edge of chaos and the phases need to know of an activation: its slopes at 0, its bounds, its reflection."""

from __future__ import annotations

from functools import lru_cache

import sympy
from flint import arb
from sympy import Expr, S

from symntk.activations.activation import Activation
from symntk.activations.derivative import derivative
from symntk.errors import DomainError, UndecidedError
from symntk.gaussian.growth import Growth
from symntk.gaussian.strip import real_growth
from symntk.meanfield.taming import tamed
from symntk.notation import X
from symntk.numbers.ball import enclose
from symntk.numbers.decide import decide


@lru_cache(maxsize=256)
def slopes_at_zero(activation: Activation) -> tuple[Expr, Expr] | None:
    """φ′(0⁻) and φ′(0⁺) where φ is continuous at 0 with φ(0) = 0; None otherwise.

    >>> from symntk.activations.catalogue import activation
    >>> slopes_at_zero(activation("relu")), slopes_at_zero(activation("sigmoid"))
    ((0, 1), None)
    """
    right = next(p for p in activation.pieces if before(S.Zero, p.right))
    left = next(p for p in activation.pieces if not before(p.right, S.Zero))
    if any(decide(piece.expression.subs(X, 0), "==", 0) is not True for piece in (left, right)):
        return None
    slopes = [tamed(piece.expression.diff(X)).subs(X, 0) for piece in (left, right)]
    return (slopes[0], slopes[1]) if all(slope.is_finite for slope in slopes) else None


@lru_cache(maxsize=256)
def supremum_of_square(activation: Activation) -> arb | None:
    """An upper bound of φ², None where the rules find none."""
    bounds = half_line_bounds(activation)
    if bounds is None or not all(bound.bounded for bound in bounds):
        return None
    return max(bound.scale**2 for bound in bounds).upper()


@lru_cache(maxsize=256)
def half_line_bounds(activation: Activation) -> tuple[Growth, ...] | None:
    """Bounds of |φ| on x < 0 and on x > 0, None where the rules find none."""
    try:
        return tuple(_bound(activation, side) for side in (-1, 1))
    except (DomainError, UndecidedError):
        return None


@lru_cache(maxsize=256)
def lipschitz_bounds(activation: Activation) -> tuple[arb, tuple[arb, arb]] | None:
    """|φ(0)| and upper bounds of |φ′| on x < 0 and on x > 0, for φ without breakpoints; None where there are none."""
    if activation.breakpoints:
        return None
    slope = tamed(sympy.diff(activation.expression, X))
    try:
        sides = [real_growth(slope, None, arb(0)), real_growth(slope, arb(0), None)]
        start = enclose(sympy.Abs(activation.expression.subs(X, 0)), bits=64)
    except (DomainError, UndecidedError):
        return None
    return (start, (sides[0].scale, sides[1].scale)) if all(side.bounded for side in sides) else None


def _bound(activation: Activation, side: int) -> Growth:
    """The larger of the bounds of the pieces that meet one half-line."""
    found: list[Growth] = []
    for piece in activation.pieces:
        low, high = piece.left, piece.right
        if side < 0 and before(S.Zero, high):
            high = S.Zero
        if side > 0 and before(low, S.Zero):
            low = S.Zero
        if before(low, high):
            found.append(real_growth(tamed(piece.expression), _end(low), _end(high)))
    return Growth(
        scale=_most([g.scale for g in found]),
        slope=_most([g.slope for g in found]),
        degree=_most([g.degree for g in found]),
        rate=_most([g.rate for g in found]),
        curvature=_most([g.curvature for g in found]),
    )


def _most(values: list[arb]) -> arb:
    total = values[0]
    for value in values[1:]:
        total = total.max(value)
    return total.upper()


def before(left: Expr, right: Expr) -> bool:
    """Whether left < right for finite or infinite ends of pieces.

    >>> before(-S.Infinity, S.Zero), before(S.One, S.Zero)
    (True, False)
    """
    if left.is_infinite or right.is_infinite:
        return left != right and (left == -S.Infinity or right == S.Infinity)
    return decide(left, "<", right) is True


def _end(point: Expr) -> arb | None:
    return None if point.is_infinite else enclose(point, bits=64)


@lru_cache(maxsize=256)
def reflects_into_a_ramp(activation: Activation) -> bool:
    """Whether φ(x) = x + φ(−x), φ > 0 and 0 ≤ φ′ ≤ 1 are all proved, as for softplus.

    >>> from symntk.activations.catalogue import activation
    >>> reflects_into_a_ramp(activation("softplus")), reflects_into_a_ramp(activation("gelu"))
    (True, False)
    """
    if activation.breakpoints or not activation.expression.is_positive:
        return False
    slope = tamed(derivative(activation).expression)
    if sympy.expand(slope + slope.subs(X, -X)) != 1:
        return False
    unit = sympy.Dummy("t", real=True)
    within = slope.replace(lambda part: isinstance(part, sympy.tanh), lambda part: unit)
    if within.free_symbols != {unit} or not within.is_polynomial(unit) or sympy.degree(within, unit) != 1:
        return False
    return all(decide(0, "<=", within.subs(unit, end)) and decide(within.subs(unit, end), "<=", 1) for end in (-1, 1))


@lru_cache(maxsize=256)
def under_its_slopes(activation: Activation) -> bool:
    """Whether φ is piecewise linear with φ(0) = 0, not homogeneous, and on each side nowhere steeper than at 0.

    Then E φ(√q u)² < q·(φ′(0⁻)² + φ′(0⁺)²)/2 at every q > 0.

    >>> from symntk.activations.catalogue import activation
    >>> under_its_slopes(activation("hard_tanh")), under_its_slopes(activation("shifted_relu"))
    (True, False)
    """
    at_zero = slopes_at_zero(activation)
    if at_zero is None or activation.smoothness == -1 or activation.homogeneity_degree == 1:
        return False
    for piece in activation.pieces:
        slope = sympy.expand(piece.expression.diff(X))
        if slope.has(X):
            return False
        sides = [at_zero[0]] * before(piece.left, S.Zero) + [at_zero[1]] * before(S.Zero, piece.right)
        if not all(decide(sympy.Abs(slope), "<=", sympy.Abs(side)) is True for side in sides):
            return False
    return True


@lru_cache(maxsize=256)
def affine(activation: Activation) -> bool:
    """Whether φ(x) = a·x + b.

    >>> from symntk.activations.catalogue import activation
    >>> affine(activation("identity")), affine(activation("relu"))
    (True, False)
    """
    return not activation.breakpoints and sympy.expand(sympy.diff(activation.expression, X, 2)) == 0
