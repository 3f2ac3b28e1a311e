"""Correlation maps of activations with kinks: closed forms as ball functions, and germs at c = 1 in w = √(2γ)."""

from __future__ import annotations

from functools import lru_cache

from flint import arb, arb_series

from symntk.activations.activation import Activation
from symntk.activations.derivative import DistributionalDerivative, derivative
from symntk.depth.certified_germ import REACH, Germ
from symntk.depth.validated import DeficitMap
from symntk.errors import DomainError, NoClosedFormError, UndecidedError
from symntk.gaussian.dual import derivative_dual, dual
from symntk.gaussian.near_diagonal import NearDiagonal, near_diagonal
from symntk.gaussian.quadrature import enclose_pair
from symntk.gaussian.terms import derivative_terms, elementary_terms
from symntk.meanfield.moments import second_moment_of, slope_moment_of
from symntk.notation import Q1, Q2, RHO
from symntk.numbers.ball import ball_function
from symntk.numbers.power_series import coefficients, series_length
from symntk.numbers.precision import current_precision, working_precision

_RADII = tuple(arb(r) for r in ("1.6", "1.3", "1", "0.7", "0.5", "0.35", "0.2", "0.1", "0.05"))
"""Radii of the discs on which the slope is bounded."""
_INNER = arb("0.75")
_SHRINKING, _SMALLEST = arb("0.875"), arb("1e-6")
_DEVIATION = arb("0.5")


def closed_map(activation: Activation, q: arb) -> DeficitMap:
    """g(γ) = (φ̂(1) − φ̂(1 − γ))/(q·E φ′²) and its slope from the closed forms of φ̂ and φ̂′: the map on the edge of chaos.

    Domain: q > 0, 0 < γ ≤ 2. Guarantee: certified; evaluation loses about log₂(1/γ) bits.
    Raises NoClosedFormError where there is none, DomainError where φ jumps.

    >>> from symntk.activations.catalogue import activation
    >>> step = closed_map(activation("relu"), arb(1))
    >>> step.deficit(arb(1)).str(10)
    '[0.6816901138 +/- 1.63e-11]'
    """
    subject = dual(activation)
    if not subject.closed_form:
        raise NoClosedFormError(
            f"the depth of {activation.name} was asked for, but it is neither proved analytic around the real line nor "
            "has it a closed dual; use an activation with one of both"
        )
    values = ball_function(subject.general.subs(Q2, Q1), (RHO, Q1))
    slopes = ball_function(derivative_dual(activation, general=True).subs(Q2, Q1), (RHO, Q1))
    moment, energy = second_moment_of(activation), slope_moment_of(activation)

    if energy is None:
        raise DomainError(f"the depth of {activation.name} was asked for, but φ jumps: its NTK is infinite")
    moments = lru_cache(maxsize=4)(lambda bits: (moment.enclose(q, bits), energy.enclose(q, bits)))

    def deficit(gamma: arb) -> arb:
        whole, steepness = moments(current_precision())
        pair = _opposite(activation, q) if gamma == 2 else values(1 - gamma, q).real
        return (whole - pair) / (q * steepness)

    def slope(gamma: arb) -> arb:
        pair = _opposite(derivative(activation), q) if gamma == 2 else slopes(1 - gamma, q).real
        return pair / moments(current_precision())[1]

    return DeficitMap(deficit=deficit, slope=slope)


def kinked_germ(activation: Activation, q: arb, count: int, bits: int) -> Germ:
    """The germ of the correlation map of a piecewise exponential polynomial on its edge of chaos.

    λ(w) = E φ′φ′(ρ)/E φ′² with ρ = 1 − w²/2 is analytic up to a flat error, and F² = 2g = 2∫λ w dw. Cauchy's bound of λ
    on a larger disc bounds the tails of λ and of F². F = w − a·w^{p+1} + …, p = 1 with kinks and 2 without.
    Domain: q > 0, φ continuous. Guarantee: certified. Raises NoClosedFormError for other activations.

    >>> from symntk.activations.catalogue import activation
    >>> germ = kinked_germ(activation("relu"), arb(1), 8, 64)
    >>> [round(float(c), 4) for c in germ.series(3)[0]]
    [1.0, -0.1061, -0.0056]
    """
    with working_precision(bits):
        near = near_diagonal(derivative_terms(elementary_terms(activation)), q)
        order = 1 if derivative(activation, 2).masses else 2
        known = _slopes(near, count, order)
        radius, outer, top = _disc(near, known)
        radius = radius.min(near.flat_reach(count - 1) / REACH)
        deviation, slope = _deviation(known, radius, (outer, top)), _largest(known, radius, (outer, top))
        flat = near.flat_bound(count - 1, radius * REACH) / near.series(1)[0]

    def series(length: int) -> tuple[list[arb], list[arb]]:
        slopes = _slopes(near, length, order)
        with series_length(length):
            square = arb_series([2 * c / (k + 2) for k, c in enumerate(slopes)])
            values = coefficients(square.sqrt(), length)
        return [arb(0) if 0 < k < order else c for k, c in enumerate(values)], slopes

    return Germ(
        power=2,
        scale=arb(0.5),
        order=order,
        radius=radius,
        spread=1 - (1 - deviation).sqrt(),
        slope=slope,
        series=series,
        error=(2 * flat / (count + 1)).abs_upper(),
        slope_error=flat.abs_upper(),
        error_order=count,
    )


def _opposite(f: Activation | DistributionalDerivative, q: arb) -> arb:
    """E f(√q u)f(−√q u), where closed forms divide by √(1 − ρ²)."""
    return enclose_pair(f.expression, f.expression, -1, q, q, bits=current_precision())


def _slopes(near: NearDiagonal, count: int, order: int) -> list[arb]:
    """λ₀ = 1, λ₁, …; the orders below p are exactly zero."""
    values = near.series(count)
    return [arb(1), *(arb(0) if k < order else c / values[0] for k, c in enumerate(values[1:], 1))]


def _disc(near: NearDiagonal, known: list[arb]) -> tuple[arb, arb, arb]:
    """(r, R, S) with |λ| ≤ S on |w| ≤ R and |F²/w² − 1| ≤ ½ on |w| ≤ r, r the largest found."""
    start, best = near.series(1)[0], (arb(0), arb(0), arb(0))
    for outer in _RADII:
        top = near.bound(outer) / start
        radius = outer * _INNER
        while top.is_finite() and radius > _SMALLEST and not _deviation(known, radius, (outer, top)) < _DEVIATION:
            radius = (radius * _SHRINKING).mid()
        if top.is_finite() and radius > best[0]:
            best = radius, outer, top
    if not best[0] > _SMALLEST:
        raise UndecidedError("a disc on which a correlation map is tame was asked for, but none was found; change σ_b")
    return best


def _tail(known: list[arb], radius: arb, disc: tuple[arb, arb]) -> arb:
    quotient = radius / disc[0]
    return disc[1] * quotient ** len(known) / (1 - quotient)


def _deviation(known: list[arb], radius: arb, disc: tuple[arb, arb]) -> arb:
    """A bound of |F²/w² − 1| = |Σ 2λₖwᵏ/(k + 2)|, k ≥ 1, on |w| ≤ r."""
    terms = (2 * abs(c) / (k + 2) * radius**k for k, c in enumerate(known) if k)
    return sum(terms, arb(0)) + _tail(known, radius, disc)


def _largest(known: list[arb], radius: arb, disc: tuple[arb, arb]) -> arb:
    """A bound of |λ| on |w| ≤ r."""
    return sum((abs(c) * radius**k for k, c in enumerate(known)), arb(0)) + _tail(known, radius, disc)
