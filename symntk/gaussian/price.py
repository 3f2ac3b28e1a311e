"""Expectations E φ(u)ψ(v) of correlated Gaussians for sums of elementary terms, in closed form."""

from __future__ import annotations

from functools import lru_cache

import sympy
from sympy import Expr, S

from symntk.errors import DomainError
from symntk.gaussian.combination import UNIT, Combination, added, canonical, times_exponential
from symntk.gaussian.gated_moments import GaussianPair, Threshold, density_weighted, moment, root, tilted
from symntk.gaussian.terms import Gate, Mass, Term
from symntk.notation import RHO


def pair_expectation(
    first: tuple[Term, ...], second: tuple[Term, ...], rho: Expr = RHO, roots: tuple[Expr, Expr] = (S.One, S.One)
) -> Combination:
    """E φ(u)ψ(v) for φ = Σ first, ψ = Σ second, variances roots², correlation ρ.

    Exponentials are absorbed by completing the square, polynomials are lowered by Gaussian integration by parts until
    only Gaussian-exponential integrals, normal probabilities and point masses are left [Price1958].
    Domain: −1 ≤ ρ ≤ 1, roots > 0. Guarantee: exact. Raises DomainError where the expectation is infinite.

    >>> from symntk.activations.catalogue import activation
    >>> from symntk.gaussian.combination import expression
    >>> from symntk.gaussian.terms import elementary_terms
    >>> step = elementary_terms(activation("step"))
    >>> expression(pair_expectation(step, step))
    asin(rho)/(2*pi) + 1/4
    """
    left = tuple(term.scaled(roots[0]) for term in first)
    right = tuple(term.scaled(roots[1]) for term in second)
    return added((S.One, _term_pair(one, other, rho)) for one in left for other in right)


@lru_cache(maxsize=16384)
def _term_pair(first: Term, second: Term, rho: Expr) -> Combination:
    law, exponent, determinant = tilted((first.linear, second.linear), (first.quadratic, second.quadratic), rho)
    masses = tuple(_threshold(i, t.gate) for i, t in enumerate((first, second)) if isinstance(t.gate, Mass))
    gates = tuple(_threshold(i, t.gate) for i, t in enumerate((first, second)) if isinstance(t.gate, Gate))
    parts = (
        (c * d, _moment_at_masses(law, (k, m), masses, gates))
        for k, c in enumerate(first.coefficients)
        for m, d in enumerate(second.coefficients)
        if c != 0 and d != 0
    )
    return times_exponential(exponent, 1 / root(determinant), added(parts))


def _threshold(index: int, gate: Gate | Mass) -> Threshold:
    if isinstance(gate, Mass):
        return Threshold(index=index, level=gate.point)
    return Threshold(index=index, level=gate.threshold, noise=gate.width**2)


def _moment_at_masses(
    law: GaussianPair, powers: tuple[int, int], masses: tuple[Threshold, ...], gates: tuple[Threshold, ...]
) -> Combination:
    if not masses:
        return moment(law, powers, gates)
    if len(masses) == 1:
        return density_weighted(law, powers, masses[0], gates)
    if law.cov(0, 0) * law.cov(1, 1) - law.cov(0, 1) ** 2 == 0:
        raise DomainError(
            "a product of point masses was asked for at correlation ±1, where it is not integrable; take |ρ| < 1"
        )
    return _joint_density(law, masses)


def _joint_density(law: GaussianPair, masses: tuple[Threshold, ...]) -> Combination:
    """E δ(u − s)δ(v − t): the joint density of (u, v) at (s, t)."""
    s11, s12, s22 = law.covariance
    x, y = (mass.level - law.mean[i] for i, mass in enumerate(masses))
    determinant = canonical(s11 * s22 - s12**2)
    exponent = canonical(-(s22 * x**2 - 2 * s12 * x * y + s11 * y**2) / (2 * determinant))
    return times_exponential(exponent, 1 / (2 * sympy.pi * root(determinant)), {UNIT: S.One})
