"""Section 5 of shrinkage2022: how fast 1 − ρ_L vanishes at criticality."""

from __future__ import annotations

from functools import partial

import flint
from sympy import Expr, Max, S, atan, erf, pi, sqrt

from symntk.activations.activation import Activation
from symntk.claims import (
    AsymptoticTo,
    Claim,
    HighPrecisionLimit,
    Method,
    Route,
    Statement,
    Verdict,
    covariance,
    derived,
)
from symntk.claims.checks import Finding, doubted, supported, unknown
from symntk.expansions.endpoint import expand
from symntk.notation import RHO, N, X
from symntk.numbers.ball import ball_function, enclose
from symntk.numbers.precision import working_precision

RELU = Max(X, 0)
ERF = erf(X)
ERF_CRITICAL_BIAS = 4 / (pi * sqrt(S(5))) - 2 / pi * atan(2 / sqrt(S(5)))
"""σ_b²/σ_w² at which P′(1) = 1 for erf."""


def correlation_map(function: Expr, bias: Expr = S.Zero) -> Expr:
    """Eq. 2.3 with σ_w = 1 and σ_b² = bias."""
    return derived((bias + covariance(function)) / (bias + covariance(function, rho=1)))


def deficits(step: Expr, start: Expr):
    """1 − ρ_L, L ≥ 1, as balls: an increasing map takes the two ends of an interval to the ends of its image."""
    function = ball_function(step, RHO)
    known: dict[int, list[tuple[flint.arb, flint.arb]]] = {}

    def term(index: int, bits: int) -> flint.arb:
        with working_precision(4 * bits):
            first = enclose(start, bits=4 * bits)
            ends = known.setdefault(bits, [(first.lower(), first.upper())])
            while len(ends) < index:
                low, high = (function(flint.acb(end)).real for end in ends[-1])
                ends.append((low.lower(), high.upper().min(1)))
            low, high = ends[index - 1]
            return 1 - low.union(high)

    return term


def rate_of_expansion(function: Expr, statement: Statement) -> Finding:
    """γ′ = γ − sγᵖ + … with s > 0 makes γ_L of the exact order L^{−1/(p−1)}."""
    if statement.rhs != 0:
        return doubted(f"1 − ρ_L vanishes in the limit and is not near {statement.rhs}")
    terms = expand(Activation(name=str(function), expression=function), terms=4).terms
    linear = next(t for t in terms if t.exponent == 1)
    bent = next(t for t in terms if t.exponent > 1)
    if not enclose(bent.coefficient, bits=64) > 0 or not (enclose(linear.coefficient, bits=64) + 1).contains(0):
        return unknown("the expansion is not that of a critical map")
    power = -1 / (bent.exponent - 1)
    found = f"1 − ρ_L is of the exact order L^({power})"
    return supported(found) if statement.order == N**power else doubted(found)


def rate(name: str, printed: str, function: Expr, bias: Expr, start: Expr, order: Expr) -> Claim:
    """The claim that 1 − ρ_L is of the given order."""
    shifted = function + sqrt(bias)
    return Claim(
        id=f"shrinkage2022/section5/rate_{name}",
        where="section 5.1 (line 218)",
        printed=printed,
        statement=AsymptoticTo(deficits(correlation_map(function, bias), start), S.Zero, variable=N, order=order),
        checks=(
            HighPrecisionLimit(digits=60, reach=11),
            Route("exponents of the expansion at ρ = 1", Method.ALGEBRA, partial(rate_of_expansion, shifted)),
        ),
        expected=Verdict.SUPPORTED,
        note=f"At σ_b²/σ_w² = {bias}, from ρ_1 = {start}.",
    )


CLAIMS = (
    rate("relu", r"\text{asymptotic } 1-\rho_L = O(L^{-2}) \text{ for ReLU}", RELU, S.Zero, S.Zero, N**-2),
    rate("erf", r"\text{asymptotic } 1-\rho_L = O(L^{-1}) \text{ for erf}", ERF, ERF_CRITICAL_BIAS, S.Zero, N**-1),
)
