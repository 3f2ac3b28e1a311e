"""The equation V(q) = q at large variances, where φ is near its lines at ±∞, so that no fixed variance is missed there.

With lines a|x| + b on both sides and J = ∫(φ² − (a|x| + b)²)e^{−x²/2q}dx,
V − q = c₀q + c₁√q + c₂ + σ_w²J/√(2πq), c₀ = σ_w²Σa²/2 − 1, c₁ = σ_w²√(2/π)Σab, c₂ = σ_b² + σ_w²Σb²/2.
"""

from __future__ import annotations

import sympy
from flint import arb
from sympy import Expr, S, pi, sqrt

from symntk.meanfield.isolation import ISOLATION_BITS, Coarse, sign_of
from symntk.meanfield.lines import Line, lines, pieces_on_side
from symntk.meanfield.maps import MeanField
from symntk.notation import X
from symntk.numbers.ball import enclose, enclose_at
from symntk.numbers.decide import decide
from symntk.numbers.precision import working_precision

_DOUBLINGS = 40
_FAR = 32
_BITS = 2 * ISOLATION_BITS


def far_end(layer: MeanField, start: float) -> arb | None:
    """A variance from which on the first of c₀, c₁, c₂ that is not 0 decides the sign of V − q; None without lines."""
    found = lines(layer.activation)
    if found is None:
        return None
    with working_precision(_BITS):
        balls, rest = _coefficients(layer, found), _weight(layer) * _total(found)
        while balls and balls[0] == 0:
            balls = balls[1:]
        balls = [*balls, arb(0, rest.abs_upper())]
        right = arb(start)
        for _ in range(_DOUBLINGS if len(balls) > 1 else 0):
            inverse = arb(0).union(1 / right.sqrt())
            if sign_of(sum((ball * inverse**k for k, ball in enumerate(balls)), arb(0))):
                return right
            right = right * 2
    return None


def near_end(layer: MeanField, rate: Expr) -> arb | None:
    """A variance below which V(q) ≠ q for σ_b = 0 and φ(0) = 0 with kinks, where V′(0) = `rate`; None where not proved.

    φ² = s²x² + d·|x|³ on 0 < |x| ≤ δ with 6d among the values of ±(φ²)‴ there, and |φ| ≤ L|x|, so for v = δ/√q ≥ 32
    |V/q − rate − σ_w²√q·m·Σd| ≤ σ_w²·T(v) with 1/2 < m < 1 and T(v) = 2L²(v + 1)e^{−v²/2}.
    """
    found = lines(layer.activation)
    if found is None:
        return None
    with working_precision(_BITS):
        weight = enclose(layer.sigma_w**2, bits=_BITS)
        neutral = decide(rate, "==", 1) is True
        excess = arb(0) if neutral else enclose(rate - 1, bits=_BITS)
        tail = 2 * found[0].steepest.max(found[1].steepest) ** 2 * (_FAR + 1) * (-(arb(_FAR) ** 2) / 2).exp()
        for radius in (arb((1, -k)) for k in range(4, 24, 2)):
            thirds = _thirds(layer, radius)
            change = thirds * (radius / _FAR) * arb(0).union(arb(1)) + arb(0, tail.upper())
            if neutral and abs(thirds).lower() * radius / (2 * _FAR) > tail or sign_of(excess + weight * change):
                return ((radius / _FAR) ** 2).lower()
    return None


def _thirds(layer: MeanField, radius: arb) -> arb:
    """A ball of Σd over both sides; nan where a breakpoint other than 0 is within the radius."""
    total, y = arb(0), arb(0).union(radius)
    for side in (-1, 1):
        piece = pieces_on_side(layer.activation, side)[0]
        if not piece.right.is_infinite and not enclose(piece.right, bits=_BITS) > radius:
            return arb.nan()
        total += enclose_at(sympy.diff(piece.expression**2, X, 3) / 6, {X: y}, precision=_BITS)
    return total


def coarse_variance(layer: MeanField) -> Coarse | None:
    """V − q, and q² times the slope of (V − q)/q, on wide balls; None where φ approaches no lines.

    The second is −c₁√q/2 − c₂ − (3/2)σ_w²J/√(2πq) + σ_w²√q·J′/√(2π) with |J′| ≤ ∫|φ² − (a|x| + b)²|x²dx/(2q²).
    """
    found = lines(layer.activation)
    if found is None:
        return None
    with working_precision(_BITS):
        coefficients, weight = _coefficients(layer, found), _weight(layer)
        spread = (sum((line.weighted for line in found), arb(0)) / 2).upper()

    def both(q: arb) -> tuple[arb, arb]:
        with working_precision(_BITS):
            left, right = q.lower(), q.upper()
            root = left.sqrt().union(right.sqrt())
            integral = _integral(layer, found, left) + arb(0, (spread * (1 / left - 1 / right)).abs_upper())
            part = weight * integral / root
            value = coefficients[0] * q + coefficients[1] * root + coefficients[2] + part
            rate = coefficients[1] * root / 2 + coefficients[2] + 3 * part / 2
            return value, -rate + weight * arb(0, spread.abs_upper()) / root**3

    return both


def _coefficients(layer: MeanField, found: tuple[Line, Line]) -> list[arb]:
    """c₀, c₁, c₂ with exact zeros where they are proved to be 0."""
    weight = layer.sigma_w**2
    exact: list[Expr] = [
        weight * sum((line.a**2 for line in found), S.Zero) / 2 - 1,
        weight * sqrt(2 / pi) * sum((line.a * line.b for line in found), S.Zero),
        layer.sigma_b**2 + weight * sum((line.b**2 for line in found), S.Zero) / 2,
    ]
    return [arb(0) if decide(c, "==", 0) is True else enclose(c, bits=_BITS) for c in exact]


def _weight(layer: MeanField) -> arb:
    """σ_w²/√(2π)."""
    return enclose(layer.sigma_w**2, bits=_BITS) / (2 * arb.pi()).sqrt()


def _total(found: tuple[Line, Line]) -> arb:
    return sum((line.square for line in found), arb(0))


def _integral(layer: MeanField, found: tuple[Line, Line], q: arb) -> arb:
    """J at q, from the second moment."""
    a, b = ([enclose(c, bits=_BITS) for c in column] for column in zip(*((x.a, x.b) for x in found), strict=True))
    steep = sum((c**2 for c in a), arb(0)) / 2
    cross = sum((c * d for c, d in zip(a, b, strict=True)), arb(0))
    constant = sum((d**2 for d in b), arb(0)) / 2
    root = (2 * arb.pi() * q).sqrt()
    moment = layer.moment.enclose(q, _BITS)
    exact = root * (moment - steep * q - constant) - 2 * cross * q
    bound = arb(0, _total(found).abs_upper())
    return exact.intersection(bound) if exact.is_finite() and exact.overlaps(bound) else bound
