"""How fast a solution of a linear recursion comes close to its leading term."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, S

from symntk.depth.log_powers import ONE, Key, LogPowers, decided_zero
from symntk.depth.sequences import LinearRecursion, Solution, linear_solution
from symntk.depth.transseries import KERNEL_INITIAL
from symntk.errors import DomainError

LOGARITHMIC: Key = (S.NegativeOne, 1)
"""log ℓ/ℓ."""


@dataclass(frozen=True, kw_only=True)
class Approach:
    """a_ℓ/(leading power) − limit: a term with its coefficient where the data fix one, otherwise a bound."""

    limit: Expr
    log_power: int
    power: Expr
    """The difference is of the size ℓ^power (log ℓ)^log_power."""
    coefficient: Expr | None
    """Its coefficient, D in it where the start of the sequence decides; None where only O(…) is known."""


@dataclass(frozen=True, kw_only=True)
class LinearGrowth:
    """a_ℓ/ℓ → q/(1 + α) for λ = 1 − α/ℓ + κ·log ℓ/ℓ² + O(ℓ^{−2}) and b = q + O(1/ℓ)."""

    alpha: Expr
    kappa: Expr
    q: Expr
    solution: Solution
    approach: Approach

    @property
    def logarithmic(self) -> bool:
        """Whether the difference is exactly of the size log ℓ/ℓ; it is not where κ·q = 0 or α ≤ 0."""
        found = self.approach
        return (found.power, found.log_power) == LOGARITHMIC and found.coefficient is not None


def approach(solution: Solution) -> Approach:
    """The first term of a_ℓ/ℓ^s − limit, ℓ^s the leading power of a_ℓ, from the source or from the start.

    Domain: the algebraic regime, a source whose first term outgrows the product. Guarantee: exact. Raises DomainError
    outside of it, and where letters leave open which of two terms is larger.

    >>> factor = LogPowers(terms={ONE: S.One, (S(-1), 0): S(-3)}, remainder=(S(-2), 0))
    >>> source = LogPowers(terms={ONE: S.One}, remainder=(S(-1), 0))
    >>> found = approach(linear_solution(LinearRecursion(factor=factor, source=source)))
    >>> found.limit, found.power, found.log_power, found.coefficient
    (1/4, -1, 0, None)
    """
    alpha = None if solution.product is None else solution.product.decay_power
    if solution.regime != "algebraic" or alpha is None or not solution.particular.terms:
        raise DomainError(
            "a rate of approach was asked for, but the recursion is not of the form 1 − α/ℓ with a source"
        )
    first = max(solution.particular.terms)
    if first[1] or not _exceeds(S(first[0]), -alpha):
        raise DomainError(
            f"a rate of approach was asked for, but the source does not outgrow the start ℓ^(-({alpha})); "
            "there is no limit that is free of the start"
        )
    limit, part = solution.particular.terms[first], _second(solution.particular, first)
    size, start = part[0], alpha + first[0]
    power, logs = S(size[0] - first[0]), size[1]
    if not decided_zero(power + start) and _exceeds(-start, power):
        return Approach(limit=limit, power=-start, log_power=0, coefficient=KERNEL_INITIAL)
    joined = part[1] if part[1] is None or logs or not decided_zero(power + start) else part[1] + KERNEL_INITIAL
    return Approach(limit=limit, power=power, log_power=logs, coefficient=joined)


def _second(series: LogPowers, first: Key) -> tuple[Key, Expr | None]:
    """The largest term after the first that does not vanish, or the remainder."""
    for key in sorted(series.terms, reverse=True):
        if key != first and not decided_zero(series.terms[key]):
            return key, series.terms[key]
    if series.remainder is None:
        raise DomainError("a rate of approach was asked for, but the solution is its leading term alone")
    return series.remainder, None


def _exceeds(first: Expr, second: Expr) -> bool:
    known = (first - second).is_positive
    if known is None:
        raise DomainError(f"whether {first} exceeds {second} was asked; give numbers or letters with assumptions")
    return bool(known)


def linear_growth(alpha: Expr, kappa: Expr, q: Expr) -> LinearGrowth:
    """a_ℓ/ℓ → q/(1 + α), and how fast, for λ = 1 − α/ℓ + κ·log ℓ/ℓ² + O(ℓ^{−2}), b = q + O(1/ℓ).

    a_ℓ/ℓ − q/(1 + α) = κ·q/(α·(1 + α))·log ℓ/ℓ + O(1/ℓ) for α > 0; for α = 0 it is (κ·q/2)·log²ℓ/ℓ + O(log ℓ/ℓ),
    for −1 < α < 0 D·ℓ^{−1−α}. Domain: α > −1, q ≠ 0. Guarantee: exact. Raises DomainError outside the domain and
    where letters leave open whether κ or α vanishes. Source: α > 0, κ·q ≠ 0 without the constant [hayou2021].

    >>> found = linear_growth(S(3), S(2), S(1))
    >>> found.approach.limit, found.approach.coefficient, found.logarithmic
    (1/4, 1/6, True)
    >>> linear_growth(S(3), S(0), S(1)).logarithmic
    False
    """
    if (alpha + 1).is_positive is not True or decided_zero(q):
        raise DomainError(f"linear growth was asked for with α = {alpha}, q = {q}; it needs α > -1 and q ≠ 0")
    decided_zero(kappa)
    factor = LogPowers(terms={ONE: S.One, (S(-1), 0): -alpha, (S(-2), 1): kappa}, remainder=(S(-2), 0))
    source = LogPowers(terms={ONE: q}, remainder=(S(-1), 0))
    solution = linear_solution(LinearRecursion(factor=factor, source=source))
    return LinearGrowth(alpha=alpha, kappa=kappa, q=q, solution=solution, approach=approach(solution))
