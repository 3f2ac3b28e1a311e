"""All roots of a function in an interval, each certified to exist, to be alone and to leave none out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import acb, arb, fmpq
from sympy import Expr, Rational, Symbol

from symntk.errors import DomainError, UndecidedError
from symntk.numbers.decide import sign
from symntk.numbers.elementary import NAN, Mode, real_ball
from symntk.numbers.exact import as_exact_expression, exact_if_short
from symntk.numbers.precision import working_precision
from symntk.numbers.program import compiled

_ISOLATION_BITS = 64
_MOST_INTERVALS = 5_000
_MOST_HALVINGS = 60
_CAP_FACTOR, _CAP_START = 8, 4096
"""Refinement stops at factor·bits + start bits of working precision."""
_GUARD_BITS = 8
_SPLITS = (fmpq(1, 2), fmpq(15, 32), fmpq(35, 64), fmpq(13, 32))
"""Where an interval is split: off the centre if the function is not told from zero there."""

BallMap = Callable[[fmpq | arb], arb]


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """An interval with rational ends and the signs of the function at them."""

    left: fmpq
    right: fmpq
    sign_left: int
    sign_right: int
    halvings: int = 0


def isolate_roots(
    expr: Expr, symbol: Symbol, left: Rational | int | Fraction, right: Rational | int | Fraction, *, bits: int = 128
) -> list[arb]:
    """All roots of a real function on [left, right], as disjoint balls in increasing order.

    Intervals are halved until a ball excludes zero or the derivative has one sign; then a change of sign is one root,
    which the interval Newton method x ← m − f(m)/f′(x) refines to `bits` relative bits.
    Guarantee: each ball contains exactly one root and there is no other. The function must be real on the interval and
    its roots simple. Raises DomainError for an interval that is not rational or is empty, and UndecidedError where the
    roots cannot be told apart (a multiple root, a derivative that is infinite at a root, a sign at an end).

    >>> from symntk.notation import X
    >>> [root.overlaps(arb(2).sqrt()) for root in isolate_roots(X**2 - 2, X, 0, 2)]
    [True]
    """
    low, high = _rational(left), _rational(right)
    if low > high:
        raise DomainError(f"the roots of {expr} on [{left}, {right}] were asked for, but it is empty; order its ends")
    signs = [sign(expr, {symbol: as_exact_expression(end)}) for end in (left, right)]
    whole = _Piece(left=low, right=high, sign_left=signs[0], sign_right=signs[1])
    function, slope, curvature = (_ball_map(expr.diff(symbol, order), symbol) for order in range(3))
    with working_precision(_ISOLATION_BITS):
        pieces = _monotone_pieces(whole, (function, slope, curvature), expr)
    roots = [_refined(piece, function, slope, bits) for piece in pieces if piece.sign_left * piece.sign_right < 0]
    with working_precision(bits + _GUARD_BITS):
        roots += [arb(end) for end, value in {low: signs[0], high: signs[1]}.items() if value == 0]
    return sorted(roots, key=lambda root: root.mid())


def _rational(value: Rational | int | Fraction) -> fmpq:
    exact = as_exact_expression(value)
    if not isinstance(exact, Rational):
        raise DomainError(f"a rational end of an interval was asked for, but {value} was found; give a fraction")
    return fmpq(int(exact.p), int(exact.q))


def _ball_map(expr: Expr, symbol: Symbol) -> BallMap:
    """The function on balls, nan where it is undefined or not real."""
    program = compiled(expr, (symbol,))

    def ball(x: fmpq | arb) -> arb:
        try:
            value = program.run((x,), Mode.REAL)
        except DomainError:
            return NAN
        return real_ball(value) if not isinstance(value, acb) or value.imag.contains(0) else NAN

    return ball


def _monotone_pieces(whole: _Piece, maps: tuple[BallMap, BallMap, BallMap], expr: Expr) -> list[_Piece]:
    """Pieces on which the function is monotone; outside them it has no root."""
    function, slope, curvature = maps
    waiting, found = [whole], list[_Piece]()
    for _ in range(_MOST_INTERVALS):
        if not waiting:
            return found
        piece = waiting.pop()
        hull = arb(piece.left).union(arb(piece.right))
        slopes = slope(hull)
        if _sign(function(hull)) or _sign(_centred(function, slopes, hull)):
            continue
        if piece.left == piece.right or _sign(slopes) or _sign(_centred(slope, curvature(hull), hull)):
            found.append(piece)
            continue
        waiting.extend(_halves(piece, function, expr))
    raise UndecidedError(_undecided(expr, whole, f"{_MOST_INTERVALS} intervals were not enough"))


def _centred(function: BallMap, slopes: arb, hull: arb) -> arb:
    """The mean value form f(m) + f′(hull)(hull − m), narrower than f(hull) on short intervals."""
    centre = hull.mid()
    return function(exact_if_short(centre)) + slopes * (hull - centre)


def _halves(piece: _Piece, function: BallMap, expr: Expr) -> tuple[_Piece, _Piece]:
    """The piece split where the sign of the function is certain."""
    for fraction in _SPLITS if piece.halvings < _MOST_HALVINGS else ():
        point = piece.left + (piece.right - piece.left) * fraction
        between, deeper = _sign(function(point)), piece.halvings + 1
        if between:
            return (
                replace(piece, right=point, sign_right=between, halvings=deeper),
                replace(piece, left=point, sign_left=between, halvings=deeper),
            )
    raise UndecidedError(_undecided(expr, piece, "neither the function nor its derivative is told from zero there"))


def _undecided(expr: Expr, piece: _Piece, found: str) -> str:
    place = float(Fraction(int(piece.left.p), int(piece.left.q)))
    return (
        f"the roots of {expr} were asked for, but near {place:.6g} {found}; "
        "change the variable or divide out a multiple root"
    )


def _sign(ball: arb) -> int:
    """1 or −1 where the ball excludes zero, else 0."""
    return int(ball > 0) - int(ball < 0)


def _refined(piece: _Piece, function: BallMap, slope: BallMap, bits: int) -> arb:
    """The root of a monotone piece with a change of sign, by the interval Newton method with rising precision."""
    root, precision = arb(piece.left).union(arb(piece.right)), _ISOLATION_BITS
    while precision <= _CAP_FACTOR * bits + _CAP_START:
        if root.rel_accuracy_bits() >= bits or (root.contains(0) and root.abs_upper() < arb((1, -2 * bits))):
            return root
        with working_precision(precision):
            smaller = _newton(root, function, slope)
            if not smaller.rad() * 2 < root.rad():
                smaller = _cut(root, piece.sign_left, function)
            if not smaller.rad() < root.rad() * arb("0.75"):
                precision *= 2
            root = smaller
    raise UndecidedError(f"{bits} bits of a root near {root} were asked for, but Newton stalls; ask for fewer bits")


def _newton(root: arb, function: BallMap, slope: BallMap) -> arb:
    """The part of m − f(m)/f′(root) inside the root's ball."""
    centre = root.mid()
    step = centre - function(exact_if_short(centre)) / slope(root)
    return step.intersection(root) if step.is_finite() and step.overlaps(root) else root


def _cut(root: arb, sign_left: int, function: BallMap) -> arb:
    """The part of the root's ball in which the sign changes, cut near the centre where the sign is certain."""
    low, high = root.lower(), root.upper()
    for fraction in _SPLITS:
        point = (low + (high - low) * fraction).mid()
        between = _sign(function(exact_if_short(point)))
        if between:
            return point.union(high) if between == sign_left else low.union(point)
    return root
