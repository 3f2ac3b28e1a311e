"""The edge of chaos: every (q, σ_w) at which q is a fixed variance and χ₁ = 1, for a given σ_b.

χ₁ = 1 gives σ_w² = 1/E φ′(√q u)², so q solves F(q) = (q − σ_b²) E φ′(√q u)² − E φ(√q u)² = 0. In Hermite coefficients
of φ(√q ·), F = Σ (n − 1) aₙ² − σ_b² E φ′², which decides several cases without any number.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from flint import arb
from sympy import Expr, S, sqrt

from symntk.activations.activation import Activation
from symntk.meanfield.behaviour import affine, reflects_into_a_ramp, slopes_at_zero
from symntk.meanfield.edge_ends import SMALLEST, coarse_edge, lower_end, positive_without_bias, upper_end
from symntk.meanfield.isolation import ISOLATION_BITS, Equation, isolate, sign_of
from symntk.meanfield.maps import checked_deviation
from symntk.meanfield.moments import GaussianMoment, second_moment_of, slope_moment_of
from symntk.meanfield.taming import tamed
from symntk.notation import Q1, X
from symntk.numbers.ball import enclose
from symntk.numbers.decide import decide, sign
from symntk.numbers.precision import working_precision

_STARTS = (-20, -12, -8, -5, -3, -1, 1, 3)
"""Exponents of the variances at which the search may start where F is flatter than every power at 0."""
_GUARD_BITS = 32


@dataclass(frozen=True, kw_only=True)
class EdgePoint:
    """One solution (q, σ_w); exact where a closed form is known. `stable`: |V′(q)| < 1 for the variance map V."""

    q: arb
    sigma_w: arb
    q_exact: Expr | None = None
    sigma_w_exact: Expr | None = None
    stable: bool | None = None


@dataclass(frozen=True, kw_only=True)
class EdgeOfChaos:
    """All solutions found for one σ_b, the stable ones of smallest variance first, and what is certain about the rest.

    `complete`: it is proved that there are no others. `every_variance`: each q > 0 is a solution with the same σ_w.
    """

    activation: Activation
    sigma_b: Expr
    exists: bool | None
    points: tuple[EdgePoint, ...] = ()
    complete: bool = True
    every_variance: bool = False
    reason: str


def edge_of_chaos(activation: Activation, sigma_b: Expr | int, *, bits: int = 128) -> EdgeOfChaos:
    """Every edge of chaos of φ at the bias deviation σ_b.

    Domain: σ_b ≥ 0. Guarantee: the balls are certified; `complete` and `exists` are proved, None where neither is.
    Raises DomainError outside the domain, UndecidedError where two solutions cannot be told apart.
    Source: [hayou2021].

    >>> from symntk.activations.catalogue import activation
    >>> edge_of_chaos(activation("relu"), 0).points[0].sigma_w_exact
    sqrt(2)
    """
    bias = checked_deviation("sigma_b", S(sigma_b))
    moment, slope = second_moment_of(activation), slope_moment_of(activation)
    if slope is None:
        return _none(activation, bias, "φ jumps, so E φ′² and χ₁ are infinite at every variance")
    if slope.integrand == 0:
        return _none(activation, bias, "φ is constant, so χ₁ = 0")
    if activation.homogeneity_degree is not None and moment.formula is not None and slope.formula is not None:
        return _homogeneous(activation, bias, (moment, slope), activation.homogeneity_degree, bits)
    if affine(activation):
        return _none(activation, bias, "φ = a·x + b with b ≠ 0: E φ² > q E φ′² at every q")
    if reflects_into_a_ramp(activation):
        return _none(
            activation,
            bias,
            "φ(x) = x + φ(−x), φ > 0 and 0 ≤ φ′ ≤ 1 give E φ² > q/2 ≥ q E φ′²: χ₁ = 1 has no fixed variance",
        )
    return _general(activation, bias, moment, slope, bits)


def _none(activation: Activation, bias: Expr, reason: str) -> EdgeOfChaos:
    return EdgeOfChaos(activation=activation, sigma_b=bias, exists=False, reason=reason)


def _exact_point(q: Expr, sigma_w: Expr, stable: bool | None, bits: int) -> EdgePoint:
    return EdgePoint(
        q=enclose(q, bits=bits),
        sigma_w=enclose(sigma_w, bits=bits),
        q_exact=q,
        sigma_w_exact=sigma_w,
        stable=stable,
    )


def _homogeneous(
    activation: Activation, bias: Expr, moments: tuple[GaussianMoment, GaussianMoment], degree: Expr, bits: int
) -> EdgeOfChaos:
    """φ(λx) = λᵏφ(x): E φ² = qᵏm, E φ′² = q^(k−1)s, so q(s − m) = σ_b² s."""
    m, s = (f.at(S.One) for f in moments)
    excess = sign(s - m)
    if excess == 0 and bias != 0:
        return _none(activation, bias, "q E φ′² = E φ² at every q, so χ₁ = 1 has no fixed variance unless σ_b = 0")
    if excess == 0:
        reason = "φ is positively homogeneous of degree 1: every variance is fixed, and χ₁ = 1 at each"
        point = _exact_point(S.One, sqrt(1 / s), None, bits)
        return EdgeOfChaos(
            activation=activation, sigma_b=bias, exists=True, points=(point,), every_variance=True, reason=reason
        )
    q = bias**2 * s / (s - m)
    if excess < 0 or bias == 0:
        return _none(activation, bias, f"φ is homogeneous of degree {degree}: q(s − m) = σ_b² s has no solution q > 0")
    point = _exact_point(q, sqrt(1 / (q ** (degree - 1) * s)), decide(degree * m, "<", s), bits)
    reason = f"φ is homogeneous of degree {degree}: q = σ_b² s/(s − m) is the only solution"
    return EdgeOfChaos(activation=activation, sigma_b=bias, exists=True, points=(point,), reason=reason)


def edge_equation(activation: Activation, bias: Expr, moment: GaussianMoment, slope: GaussianMoment) -> Equation:
    """F(q) = 0 as a function on balls; by one formula where there is one, in which much cancels."""
    name = f"the edge of chaos of {activation.name}"
    if moment.formula is not None and slope.formula is not None:
        whole = GaussianMoment(integrand=S.NaN, formula=(Q1 - bias**2) * slope.formula - moment.formula)
        coarse = coarse_edge(activation, bias, slope)
        return Equation(name=name, value=whole.enclose, slope=whole.slope.enclose, coarse=coarse)

    positive = _positive_part(activation)

    def square(bits: int) -> arb:
        return enclose(bias**2, bits=bits + _GUARD_BITS)

    def value(q: arb, bits: int) -> arb:
        if positive is not None:
            return q * positive.enclose(q, bits) - square(bits) * slope.enclose(q, bits)
        return (q - square(bits)) * slope.enclose(q, bits) - moment.enclose(q, bits)

    def rate(q: arb, bits: int) -> arb:
        if positive is not None:
            first = positive.enclose(q, bits) + q * positive.slope.enclose(q, bits)
            return first - square(bits) * slope.slope.enclose(q, bits)
        first = slope.enclose(q, bits) - moment.slope.enclose(q, bits)
        return first + (q - square(bits)) * slope.slope.enclose(q, bits)

    return Equation(name=name, value=value, slope=rate, coarse=coarse_edge(activation, bias, slope))


def _positive_part(activation: Activation) -> GaussianMoment | None:
    """E(φ′ − φ/x)², for F = q E(φ′ − φ/x)² − σ_b² E φ′² without cancellation; None where φ/x holds 1/x."""
    if activation.breakpoints:
        return None
    form = tamed(activation.expression)
    quotient = sympy.expand(form / X)
    if any(power.base == X and power.exp.is_negative for power in quotient.atoms(sympy.Pow)):
        return None
    return GaussianMoment(integrand=sympy.expand(form.diff(X) - quotient) ** 2)


def _general(
    activation: Activation, bias: Expr, moment: GaussianMoment, slope: GaussianMoment, bits: int
) -> EdgeOfChaos:
    vanishing = bias == 0 and slopes_at_zero(activation) is not None
    if vanishing and positive_without_bias(activation, moment, slope):
        return _in_the_limit(activation, _limit_point(activation, bits))
    equation = edge_equation(activation, bias, moment, slope)
    left, closed_below = lower_end(activation, bias, moment, slope)
    left = left if closed_below else _start(equation)
    right, closed_above = upper_end(activation, bias, moment, slope)
    roots = isolate(equation, left, right, bits + _GUARD_BITS)
    limit = _limit_point(activation, bits) if vanishing else None
    points = [_point(root, moment, slope, bits) for root in roots] + ([limit] if limit else [])
    ordered = tuple(sorted(points, key=lambda p: (p.stable is not True, float(p.q.mid()))))
    complete = closed_below and closed_above
    return EdgeOfChaos(
        activation=activation,
        sigma_b=bias,
        exists=True if points else (False if complete else None),
        points=ordered,
        complete=complete,
        reason=_reason(limit, complete, left, right, closed_below, bool(points)),
    )


def _in_the_limit(activation: Activation, limit: EdgePoint | None) -> EdgeOfChaos:
    """The answer at σ_b = 0 for φ(0) = 0, not homogeneous: F = q E(φ′ − φ/x)² > 0 at every q > 0."""
    reason = "φ(0) = 0 gives q E φ′² − E φ² = q E(φ′ − φ/x)² > 0 at every q > 0"
    if limit is None:
        return _none(activation, S.Zero, f"{reason}, and χ₁ → 0 as q → 0")
    return EdgeOfChaos(
        activation=activation,
        sigma_b=S.Zero,
        exists=True,
        points=(limit,),
        reason=f"{reason}; χ₁ = 1 only in the limit q → 0",
    )


def _reason(limit: EdgePoint | None, complete: bool, left: arb, right: arb, closed_below: bool, found: bool) -> str:
    parts = ["q = 0 is the limit q → 0, where χ₁ → 1"] if limit else []
    if complete:
        parts.append(f"it is proved that there is no {'other ' if found else ''}solution")
    else:
        low = "0" if closed_below else f"{float(left):.3g}"
        parts.append(f"all solutions with {low} < q <= {float(right):.6g}; larger q were not examined")
    return "; ".join(parts)


def _limit_point(activation: Activation, bits: int) -> EdgePoint | None:
    """(0, σ_w) with σ_w² = 2/(φ′(0⁻)² + φ′(0⁺)²), where φ(0) = 0 and a one-sided slope is not 0."""
    slopes = slopes_at_zero(activation)
    if slopes is None:
        return None
    total = sympy.expand(slopes[0] ** 2 + slopes[1] ** 2)
    return None if sign(total) == 0 else _exact_point(S.Zero, sqrt(2 / total), None, bits)


def _start(equation: Equation) -> arb:
    """The smallest of the starts at which the sign of F is certain."""
    with working_precision(2 * ISOLATION_BITS):
        starts = [arb((1, exponent)) for exponent in _STARTS]
        certain = [start for start in starts if sign_of(equation.value(start, ISOLATION_BITS))]
        return certain[0] if certain else SMALLEST


def _point(root: arb, moment: GaussianMoment, slope: GaussianMoment, bits: int) -> EdgePoint:
    """σ_w = 1/√(E φ′²) on the ball of q, by the mean value form."""
    accuracy = bits + _GUARD_BITS
    with working_precision(accuracy + _GUARD_BITS):
        centre = root.mid()
        square = slope.enclose(centre, accuracy) + slope.slope.enclose(root, ISOLATION_BITS) * (root - centre)
        steepness = abs(moment.slope.enclose(root, ISOLATION_BITS) / square)
        stable = True if steepness < 1 else False if steepness > 1 else None
        return EdgePoint(q=root, sigma_w=1 / square.sqrt(), stable=stable)
