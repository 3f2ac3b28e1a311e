"""Where no edge of chaos lies: variances near 0 and variances beyond a bound, so that a search is complete.

With lines φ ≈ a|x| + b on both sides, A = Σa²/2, J₁ = ∫(φ′² − a²)e^{−x²/2q}dx and J₂ = ∫(φ² − (a|x| + b)²)e^{−x²/2q}dx,
F·√(2π/q) = J₁ − 2Σab − √(2π/q)(σ_b²A + Σb²/2) − (σ_b²J₁ + J₂)/q, and |J₁(q) − J₁(Q)| ≤ ∫|φ′² − a²|x²dx/(2Q) for q ≥ Q.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from flint import arb
from sympy import Expr

from symntk.activations.activation import Activation
from symntk.errors import DomainError, UndecidedError
from symntk.meanfield.behaviour import supremum_of_square
from symntk.meanfield.isolation import ISOLATION_BITS, Coarse, sign_of
from symntk.meanfield.lines import Line, lines
from symntk.meanfield.moments import GaussianMoment
from symntk.notation import Q1, X
from symntk.numbers.ball import enclose
from symntk.numbers.decide import decide
from symntk.numbers.precision import working_precision

SMALLEST = arb((1, -20))
"""Below this variance F is decided by its behaviour at 0, where σ_b = 0 and φ(0) ≠ 0."""
_LARGEST_BOUNDED, _LARGEST_UNBOUNDED, _DOUBLINGS = 2**14, 64, 40
_BITS = 2 * ISOLATION_BITS


def lower_end(activation: Activation, bias: Expr, moment: GaussianMoment, slope: GaussianMoment) -> tuple[arb, bool]:
    """A variance up to which there is certainly no root, and whether that is proved.

    F ≤ −E φ² < 0 up to σ_b²; where σ_b = 0, |φ′| ≤ L gives F ≤ qL² − (|φ(0)| − L√q)² < 0 below φ(0)²/(4L²).
    """
    with working_precision(_BITS):
        if bias != 0:
            return enclose(bias**2, bits=ISOLATION_BITS).lower(), True
        found = lines(activation)
        value = activation.expression.subs(X, 0)
        if found is not None and decide(value, "==", 0) is False:
            steepest = found[0].steepest.max(found[1].steepest)
            return (enclose(value**2, bits=_BITS) / (5 * steepest**2)).lower(), True
        small = arb(0).union(SMALLEST)
        moments = [f.enclose_small(SMALLEST, ISOLATION_BITS) for f in (moment, slope)]
        return SMALLEST, bool(small * moments[1] - moments[0] < 0)


def upper_end(activation: Activation, bias: Expr, moment: GaussianMoment, slope: GaussianMoment) -> tuple[arb, bool]:
    """A variance from which on F keeps a certain sign, and whether that is proved."""
    with working_precision(_BITS):
        square = enclose(bias**2, bits=_BITS)
        start = max(1.0, 2 * float(square.mid()))
        for proved in (
            _end_by_lines(activation, square, slope, start),
            _end_by_bound(activation, square, slope, start),
            _end_by_algebra(bias, moment, slope, start),
        ):
            if proved is not None:
                return proved, True
        return arb(max(_LARGEST_UNBOUNDED, 4 * start)), False


def _end_by_lines(activation: Activation, square: arb, slope: GaussianMoment, start: float) -> arb | None:
    found = lines(activation)
    right = arb(start)
    for _ in range(_DOUBLINGS if found is not None else 0):
        if found is not None and sign_of(far(found, square, slope, right).value):
            return right
        right = right * 2
    return None


@dataclass(frozen=True, kw_only=True)
class Far:
    """What F is made of for variances in [left, right], where right may be ∞, by the lines of φ."""

    inverse: arb
    """1/q."""
    root: arb
    """1/√q."""
    cross: arb
    constant: arb
    """√(2π)(σ_b²A + Σb²/2)."""
    first: arb
    """J₁."""
    first_rate: arb
    """q²·dJ₁/dq."""
    last: arb
    """σ_b²J₁ + J₂."""
    last_rate: arb
    """q²·d(σ_b²J₁ + J₂)/dq."""

    @property
    def value(self) -> arb:
        """F·√(2π/q)."""
        return self.first - self.cross - self.constant * self.root - self.last * self.inverse

    @property
    def rate(self) -> arb:
        """q^{3/2} times the slope of that."""
        inner = self.first_rate + self.last - self.last_rate * self.inverse
        return self.constant / 2 + inner * self.root


def far(found: tuple[Line, Line], square: arb, slope: GaussianMoment, left: arb, right: arb | None = None) -> Far:
    """Balls over [left, right]; J₁ is known at `left`, and |dJ₁/dq| ≤ ∫|φ′² − a²|x²dx/(2q²)."""
    pairs = [(enclose(line.a, bits=_BITS), enclose(line.b, bits=_BITS)) for line in found]
    steep = sum((a**2 for a, _ in pairs), arb(0)) / 2
    constant, root = sum((b**2 for _, b in pairs), arb(0)) / 2, (2 * arb.pi()).sqrt()
    smallest = arb(0) if right is None else 1 / right
    first_rate = _ball(sum((line.slope_weighted for line in found), arb(0)) / 2)
    at_left = root * left.sqrt() * (slope.enclose(left, _BITS) - steep)
    first = at_left + first_rate * (1 / left - smallest)
    return Far(
        inverse=smallest.union(1 / left),
        root=smallest.sqrt().union((1 / left).sqrt()),
        cross=sum((2 * a * b for a, b in pairs), arb(0)),
        constant=root * (square * steep + constant),
        first=first,
        first_rate=first_rate,
        last=square * first + _ball(sum((line.square for line in found), arb(0))),
        last_rate=square * first_rate + _ball(sum((line.weighted for line in found), arb(0)) / 2),
    )


def coarse_edge(activation: Activation, bias: Expr, slope: GaussianMoment) -> Coarse | None:
    """F·√(2π/q) and its slope up to a positive factor on wide balls; None where φ approaches no lines."""
    found = lines(activation)
    if found is None:
        return None

    def both(q: arb) -> tuple[arb, arb]:
        with working_precision(_BITS):
            at = far(found, enclose(bias**2, bits=_BITS), slope, q.lower(), q.upper())
            return at.value, at.rate

    return both


def _ball(radius: arb) -> arb:
    return arb(0, radius.abs_upper())


def _end_by_bound(activation: Activation, square: arb, slope: GaussianMoment, start: float) -> arb | None:
    """For bounded φ, F > 0 from some variance on: (q − σ_b²)E φ′² grows with q, as √q E φ′² does."""
    ceiling = supremum_of_square(activation)
    right = arb(start)
    while ceiling is not None and right < _LARGEST_BOUNDED * start:
        if bool((right - square) * slope.enclose(right, ISOLATION_BITS) > ceiling):
            return right
        right = right * 2
    return None


def _end_by_algebra(bias: Expr, moment: GaussianMoment, slope: GaussianMoment, start: float) -> arb | None:
    """Cauchy's bound 1 + max|cₖ/cₙ| of the roots of F, where that is a polynomial in q times exponentials."""
    if moment.formula is None or slope.formula is None:
        return None
    ends = [arb(start)]
    for factor in sympy.Mul.make_args(sympy.factor((Q1 - bias**2) * slope.formula - moment.formula)):
        base = factor.base if isinstance(factor, sympy.Pow) and factor.exp.is_positive else factor
        if isinstance(base, sympy.exp) or not base.has(Q1):
            continue
        if not base.is_polynomial(Q1):
            return None
        leading, *others = [enclose(c, bits=_BITS) for c in sympy.Poly(base, Q1).all_coeffs()]
        ends += [1 + abs(c / leading) for c in others]
    largest = ends[0]
    for end in ends[1:]:
        largest = largest.max(end)
    return largest.upper() if largest.is_finite() else None


def positive_without_bias(activation: Activation, moment: GaussianMoment, slope: GaussianMoment) -> bool:
    """Whether F > 0 at every q > 0 is proved where σ_b = 0 and φ(0) = 0 with finite slopes at 0.

    Integration by parts of φ²/x against (e^{−x²/2q})′ gives E φ² = q E(2φφ′/x − φ²/x²), so F = q E(φ′ − φ/x)² ≥ 0, and
    F is positive at every q or at none.
    """
    try:
        with working_precision(_BITS):
            one = arb(1)
            return bool(slope.enclose(one, ISOLATION_BITS) - moment.enclose(one, ISOLATION_BITS) > 0)
    except (DomainError, UndecidedError):
        return False
