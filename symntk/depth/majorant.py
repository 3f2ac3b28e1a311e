"""Sequences that are bounded by a contraction and a geometric source."""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from sympy import Expr

from symntk.depth.log_powers import ONE, LogPowers, decided_zero
from symntk.depth.sequences import LinearRecursion, linear_solution
from symntk.depth.transseries import DEPTH
from symntk.errors import DomainError


@dataclass(frozen=True, kw_only=True)
class GeometricMajorant:
    """a_ℓ ≤ bound for a_{ℓ+1} ≤ α·a_ℓ + k·e^{−βℓ}, with equality where all inequalities are equalities."""

    bound: Expr
    """The bound as an expression in ℓ."""
    ratio: Expr
    """max(α, e^{−β})."""
    resonant: bool
    """α = e^{−β}: the bound is ℓ·αˡ, and no constant times αˡ."""


def geometric_majorant(alpha: Expr, k: Expr, beta: Expr, start: Expr) -> GeometricMajorant:
    """The best bound of a_ℓ from a₀ and a_{ℓ+1} ≤ α·a_ℓ + k·e^{−βℓ}: a₀·αˡ + k·(αˡ − e^{−βℓ})/(α − e^{−β}).

    It is k·ℓ·α^{ℓ−1} + a₀·αˡ where α = e^{−β}. So a_ℓ = O(e^{−γℓ}) for every γ < min(β, −log α); a_ℓ ≤ e^{−γℓ} without
    a constant, for all ℓ ≥ 0, would need a₀ ≤ 1 and α·a₀ + k < 1 besides.
    Domain: 0 < α < 1, k, β > 0, a₀ ≥ 0. Guarantee: exact. Raises DomainError outside.
    Source: with an unnamed γ and without a constant [hayou2021].

    >>> from sympy import Rational, S, log
    >>> geometric_majorant(Rational(1, 2), S(1), log(4), S(3)).bound
    -4/4**ell + 7/2**ell
    >>> geometric_majorant(Rational(1, 2), S(1), log(2), S(3)).bound
    (2*ell + 3)/2**ell
    """
    if not (alpha.is_positive and (1 - alpha).is_positive and k.is_positive and beta.is_positive):
        raise DomainError(
            f"a majorant was asked for with α = {alpha}, k = {k}, β = {beta}; it needs 0 < α < 1, k, β > 0"
        )
    if not start.is_nonnegative:
        raise DomainError(f"a majorant was asked for from a₀ = {start}; it needs a₀ ≥ 0")
    source = sympy.exp(-beta)
    recursion = LinearRecursion(
        factor=LogPowers(terms={ONE: alpha}), source=LogPowers(terms={ONE: k / source}), source_ratio=source
    )
    solution = linear_solution(recursion, 1)
    particular = sympy.Add(*(c * DEPTH ** key[0] for key, c in solution.particular.terms.items()))
    constant = start - particular.subs(DEPTH, 0)
    resonant = decided_zero(alpha - source)
    bound = source**DEPTH * particular + constant * alpha**DEPTH
    larger = source if not resonant and (source - alpha).is_positive else alpha
    return GeometricMajorant(bound=sympy.factor_terms(bound), ratio=larger, resonant=resonant)
