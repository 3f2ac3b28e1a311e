"""The integral along a line of the rotated plane between two breakpoints: in closed form, or by adaptive quadrature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flint import acb, acb_poly, arb

from symntk.errors import UndecidedError
from symntk.gaussian.certified_moments import truncated_moments
from symntk.gaussian.certified_segments import NumericTerm, Segment, exponential_terms, numeric
from symntk.notation import X
from symntk.numbers.ball import ball_function
from symntk.numbers.elementary import COMPLEX_NAN

Line = Callable[[acb, acb | None, acb | None, bool], acb]
"""(t, left, right, analytic) ↦ ∫ f(u)g(v) e^{−s²/2} ds/√(2π) for s between the ends."""

LARGEST_EFFORT = 1_000_000
"""Evaluations of one integrand beyond which a request is refused."""
OUTER_EVALUATIONS = 30_000
"""Evaluations of one outer integral; what is left over then becomes the radius."""
_TRIAL_EVALUATIONS = 80
"""Effort spent on a wide ball t before the outer quadrature is told to bisect it; about speed only."""


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """u = first·s + first_tilt·t and v = second·s − second_tilt·t."""

    first: arb
    first_tilt: arb
    second: arb
    second_tilt: arb


class Effort:
    """Counts the evaluations of an integrand; raised errors do not cross the integrator, so it is asked afterwards."""

    def __init__(self) -> None:
        self.spent = 0

    def exhausted(self) -> bool:
        """Counts one more; whether that is too many."""
        self.spent += 1
        return self.spent > LARGEST_EFFORT

    def check(self) -> None:
        """Raises UndecidedError when the effort was exhausted."""
        if self.spent > LARGEST_EFFORT:
            raise UndecidedError(
                f"a Gaussian expectation was asked for, but {LARGEST_EFFORT} evaluations of its integrand were not "
                "enough; ask for fewer bits"
            )


def integrated(integrand: Callable[[acb, bool], acb], left: arb, right: arb, tolerance: arb) -> arb:
    """The integral between exact real ends, by adaptive Gauss–Legendre quadrature in balls [Johansson2017]."""
    ends, limit = (acb(left), acb(right)), OUTER_EVALUATIONS
    return acb.integral(integrand, *ends, rel_tol=tolerance, abs_tol=tolerance, eval_limit=limit).real


def has_closed_line(f: Segment, g: Segment) -> bool:
    """Whether the product of the two pieces has its line integrals in closed form."""
    return exponential_terms(f.expression) is not None and exponential_terms(g.expression) is not None


def line_integral(f: Segment, g: Segment, rotation: Rotation, tolerance: arb, effort: Effort) -> Line | None:
    """The line integral of a pair of pieces; None when one of them vanishes."""
    if f.expression == 0 or g.expression == 0:
        return None
    terms_f, terms_g = exponential_terms(f.expression), exponential_terms(g.expression)
    if terms_f is None or terms_g is None:
        return _adaptive(f, g, rotation, tolerance, effort)
    return closed_line(numeric(terms_f), numeric(terms_g), rotation)


def closed_line(f: list[NumericTerm], g: list[NumericTerm], rotation: Rotation) -> Line:
    """The line integral of a product of exponential terms, entire in t and in the ends."""
    pairs = [(p, q) for p in f for q in g]

    def line(t: acb, left: acb | None, right: acb | None, analytic: bool) -> acb:
        total = acb(0)
        for p, q in pairs:
            u, v = rotation.first_tilt * t, -rotation.second_tilt * t
            polynomial = (_along(p, u, rotation.first) * _along(q, v, rotation.second)).coeffs()
            exponents = zip(_exponent(p, u, rotation.first), _exponent(q, v, rotation.second), strict=True)
            c0, c1, c2 = (a + b for a, b in exponents)
            moments = truncated_moments(len(polynomial), (c0, c1, c2), left, right)
            total += sum((c * m for c, m in zip(polynomial, moments, strict=True)), acb(0))
        return total

    return line


def _along(term: NumericTerm, offset: acb, slope: arb) -> acb_poly:
    """The polynomial of the term at w = offset + slope·s, in powers of s."""
    return acb_poly(term.coefficients)(acb_poly([offset, slope]))


def _exponent(term: NumericTerm, offset: acb, slope: arb) -> tuple[acb, acb, acb]:
    """linear·w + quadratic·w² in powers of s, w = offset + slope·s."""
    constant = (term.linear + term.quadratic * offset) * offset
    return constant, (term.linear + 2 * term.quadratic * offset) * slope, term.quadratic * slope * slope


def _adaptive(f: Segment, g: Segment, rotation: Rotation, tolerance: arb, effort: Effort) -> Line:
    first, second = ball_function(f.expression, X), ball_function(g.expression, X)
    density = 1 / (2 * arb.pi()).sqrt()

    def line(t: acb, left: acb | None, right: acb | None, analytic: bool) -> acb:
        if effort.exhausted():
            return COMPLEX_NAN
        start, width = acb(left or 0), acb(right or 0) - acb(left or 0)
        u, v = rotation.first_tilt * t, rotation.second_tilt * t

        def integrand(tau: acb, inner: bool) -> acb:
            if effort.exhausted():
                return COMPLEX_NAN
            s, strict = start + width * tau, inner or analytic
            values = first(rotation.first * s + u, analytic=strict) * second(rotation.second * s - v, analytic=strict)
            return values * (-s * s / 2).exp() * density * width

        goal = tolerance.max(t.real.rad() / 4)
        limit = _TRIAL_EVALUATIONS if goal > tolerance else None
        return acb.integral(integrand, acb(0), acb(1), rel_tol=goal, abs_tol=goal, eval_limit=limit)

    return line
