"""Moments of a Gaussian vector behind gates: E uᵏ vˡ Π 1{wᵢ > tᵢ}, by Gaussian integration by parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sympy
from sympy import Expr, Rational, S, pi, sqrt

from symntk.gaussian.combination import UNIT, Combination, added, canonical, probability, times_exponential
from symntk.notation import RHO
from symntk.numbers.decide import sign
from symntk.numbers.normal_distribution import BivariateNormalCDF, NormalCDF


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """The event w > level for w = u + N(0, noise), u the Gaussian variable of the given index."""

    index: int
    level: Expr
    noise: Expr = S.Zero


@dataclass(frozen=True, kw_only=True)
class GaussianPair:
    """A Gaussian vector (u, v) with means and covariances."""

    mean: tuple[Expr, Expr]
    covariance: tuple[Expr, Expr, Expr]
    """(Var u, Cov(u, v), Var v)."""

    def cov(self, i: int, j: int) -> Expr:
        return self.covariance[i + j]


def conditioned(pair: GaussianPair, on: Threshold) -> GaussianPair:
    """The law of (u, v) given w = level."""
    i = on.index
    total = canonical(pair.cov(i, i) + on.noise)
    gain = [canonical(pair.cov(i, j) / total) for j in (0, 1)]
    shift = on.level - pair.mean[i]
    mean = tuple(canonical(pair.mean[j] + gain[j] * shift) for j in (0, 1))
    entries = ((0, 0), (0, 1), (1, 1))
    covariance = tuple(canonical(pair.cov(j, k) - gain[j] * pair.cov(i, k)) for j, k in entries)
    return GaussianPair(mean=(mean[0], mean[1]), covariance=(covariance[0], covariance[1], covariance[2]))


def density_weighted(
    pair: GaussianPair, powers: tuple[int, int], at: Threshold, gates: tuple[Threshold, ...]
) -> Combination:
    """E uᵏ vˡ δ(w − level) Π 1{…}: the density of w at its level times the moment given w = level."""
    total = canonical(pair.cov(at.index, at.index) + at.noise)
    exponent = canonical(-((at.level - pair.mean[at.index]) ** 2) / (2 * total))
    inner = moment(conditioned(pair, at), powers, gates)
    return times_exponential(exponent, 1 / (sqrt(2 * pi) * root(total)), inner)


@lru_cache(maxsize=65536)
def moment(pair: GaussianPair, powers: tuple[int, int], gates: tuple[Threshold, ...] = ()) -> Combination:
    """E uᵏ vˡ Π 1{wᵢ > tᵢ} in closed form.

    E u F = E u·E F + Var u·E ∂ᵤF + Cov(u, v)·E ∂ᵥF with F = uᵏ⁻¹ vˡ Π 1{wᵢ > tᵢ};
    a gate differentiates to a point mass.
    Domain: covariance positive semi-definite; at most two gates. Guarantee: exact.
    Source: [Price1958]; the integration by parts is its first-order form.

    >>> half_line = Threshold(index=0, level=S.Zero)
    >>> moment(GaussianPair(mean=(S.Zero, S.Zero), covariance=(S.One, S.Zero, S.One)), (1, 0), (half_line,))
    {(0, 1): sqrt(2)/(2*sqrt(pi))}
    """
    if powers == (0, 0):
        return _probability_of(pair, gates)
    i = 0 if powers[0] else 1
    lowered = _lowered(powers, i)
    parts = [(pair.mean[i], moment(pair, lowered, gates))] if pair.mean[i] != 0 else []
    for j in (0, 1):
        if lowered[j] and pair.cov(i, j) != 0:
            parts.append((lowered[j] * pair.cov(i, j), moment(pair, _lowered(lowered, j), gates)))
    for gate in gates:
        slope = pair.cov(i, gate.index)
        if slope != 0:
            others = tuple(other for other in gates if other != gate)
            parts.append((slope, density_weighted(pair, lowered, gate, others)))
    return added(parts)


def _lowered(powers: tuple[int, int], index: int) -> tuple[int, int]:
    return (powers[0] - 1, powers[1]) if index == 0 else (powers[0], powers[1] - 1)


def _probability_of(pair: GaussianPair, gates: tuple[Threshold, ...]) -> Combination:
    if not gates:
        return {UNIT: S.One}
    heights = [_height(pair, gate) for gate in gates]
    if len(gates) == 1:
        return probability(sympy.expand(NormalCDF(heights[0])))
    first, second = gates
    totals = [canonical(pair.cov(gate.index, gate.index) + gate.noise) for gate in gates]
    if S.Zero in totals:
        return probability(sympy.expand(NormalCDF(heights[0]) * NormalCDF(heights[1])))
    correlation = canonical(pair.cov(first.index, second.index)) / (root(totals[0]) * root(totals[1]))
    return probability(sympy.expand(_bivariate(heights[0], heights[1], correlation)))


def _bivariate(h: Expr, k: Expr, r: Expr) -> Expr:
    if r == 1:
        return NormalCDF(h if _known_sign(k - h) >= 0 else k)
    if r == -1:
        return NormalCDF(h) + NormalCDF(k) - 1 if _known_sign(h + k) > 0 else S.Zero
    return BivariateNormalCDF(h, k, r)


def _known_sign(value: Expr) -> int:
    if value == 0:
        return 0
    if value.is_positive or value.is_negative:
        return 1 if value.is_positive else -1
    return sign(value)


def _height(pair: GaussianPair, gate: Threshold) -> Expr:
    """(mean − level)/√(variance + noise), the argument of Φ; a degenerate gate is ±∞, or 0 on its edge."""
    total = canonical(pair.cov(gate.index, gate.index) + gate.noise)
    distance = canonical(pair.mean[gate.index] - gate.level)
    if total == 0:
        return S.Zero if distance == 0 else _known_sign(distance) * S.Infinity
    return reduced_quotient(distance, total)


def reduced_quotient(numerator: Expr, variance: Expr) -> Expr:
    """numerator/√variance with the factors √(1 ∓ ρ) cancelled.

    >>> reduced_quotient(RHO - 1, 1 - RHO**2)
    -sqrt(1 - rho)/sqrt(rho + 1)
    """
    if numerator == 0:
        return S.Zero
    if numerator.has(RHO) and variance.has(RHO):
        for factor, sibling in ((1 - RHO, 1 + RHO), (1 + RHO, 1 - RHO)):
            quotient = canonical(numerator / factor)
            rest = canonical(variance / factor / sibling)
            if not sympy.denom(quotient).has(RHO) and not rest.has(RHO):
                return quotient * sqrt(factor) / (sqrt(sibling) * sqrt(rest))
    return numerator / root(variance)


@lru_cache(maxsize=16384)
def root(value: Expr) -> Expr:
    """√value for a positive rational function, as a quotient of roots of polynomials with the squares taken out."""
    numerator, denominator = sympy.fraction(canonical(value))
    return _polynomial_root(numerator) / _polynomial_root(denominator)


def _polynomial_root(value: Expr) -> Expr:
    if not value.free_symbols:
        return sqrt(value)
    content, factors = sympy.factor_list(value)
    outside, inside = sqrt(sympy.Abs(content)), sympy.sign(content)
    for factor, power in factors:
        if power % 2 and factor.is_positive:
            outside *= sqrt(factor)
        elif power % 2:
            inside *= factor
        outside *= factor ** (power // 2)
    return outside * sqrt(sympy.expand(inside))


def tilted(linear: tuple[Expr, Expr], quadratic: tuple[Expr, Expr], rho: Expr) -> tuple[GaussianPair, Expr, Expr]:
    """The Gaussian law proportional to e^{a₁u + a₂v + b₁u² + b₂v²} under unit variances and correlation ρ.

    Σ′ = (Σ⁻¹ − 2B)⁻¹, mean Σ′a, mass det(I − 2ΣB)^{−1/2} e^{½aᵀΣ′a}; returned as (law, exponent, determinant).

    >>> law, exponent, determinant = tilted((S.One, S.One), (S.Zero, S.Zero), RHO)
    >>> law.mean, exponent, determinant
    ((rho + 1, rho + 1), rho + 1, 1)
    """
    (a1, a2), (b1, b2) = linear, quadratic
    determinant = canonical((1 - 2 * b1) * (1 - 2 * b2) - 4 * b1 * b2 * rho**2)
    free = 1 - rho**2
    covariance = tuple(canonical(entry / determinant) for entry in (1 - 2 * b2 * free, rho, 1 - 2 * b1 * free))
    s11, s12, s22 = covariance
    mean = (canonical(s11 * a1 + s12 * a2), canonical(s12 * a1 + s22 * a2))
    exponent = canonical(Rational(1, 2) * (a1 * mean[0] + a2 * mean[1]))
    return GaussianPair(mean=mean, covariance=(s11, s12, s22)), exponent, determinant
