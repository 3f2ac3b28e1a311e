"""Certified Gaussian expectations of functions and of pairs, and Hermite coefficients, independent of closed forms."""

from __future__ import annotations

from functools import lru_cache

from flint import arb
from sympy import Expr, S

from symntk.errors import DomainError, UndecidedError
from symntk.gaussian.certified_coefficients import piecewise_coefficients
from symntk.gaussian.certified_inputs import Integrand, correlation_of, function_of, parity, variance_of
from symntk.gaussian.certified_piecewise import confirm_integrable, piecewise_expectation
from symntk.gaussian.certified_scalar import Number, attainable_bits, refined
from symntk.gaussian.certified_smooth import smooth_coefficients, smooth_mean, smooth_pair
from symntk.gaussian.strip import strips
from symntk.numbers.precision import working_precision

__all__ = ["enclose_hermite_coefficients", "enclose_mean", "enclose_pair"]

_ROUNDS = 4


def enclose_mean(f: Integrand, q: Number = 1, *, bits: int = 128) -> arb:
    """A ball around E f(u), u ~ N(0, q), of relative accuracy 2^−bits.

    f: an expression in x, a Lambda of one variable or an activation, piecewise analytic. Where 0 cannot be excluded the
    radius is at most 2^(−2·bits); a ball q limits the accuracy. Domain: q > 0, f(√q u) integrable.
    Guarantee: certified; the trapezoidal rule with a proved strip of analyticity, or exact cuts at the breakpoints.
    Raises DomainError outside the domain, UndecidedError where no rule bounds f.
    Source: [TrefethenWeideman2014, Thm 5.1].

    >>> from sympy import tanh
    >>> from symntk.notation import X
    >>> enclose_mean(tanh(X) ** 2, bits=53).str(12)
    '[0.394294490398 +/- 1.59e-13]'
    """
    return _mean(function_of(f), variance_of(q), bits)


def enclose_pair(f: Integrand, g: Integrand, rho: Number, q1: Number = 1, q2: Number = 1, *, bits: int = 128) -> arb:
    """A ball around E f(u)g(v), (u, v) a centred Gaussian pair, of relative accuracy 2^−bits.

    Domain: −1 ≤ ρ ≤ 1, both ends and their neighbourhoods included, variances q₁, q₂ > 0. Where 0 cannot be excluded
    the radius is at most 2^(−2·bits); balls among the numbers limit the accuracy.
    Guarantee: certified, and independent of Price's theorem: Mehler's series with a proved tail, the trapezoidal rule
    in the plane, or adaptive quadrature between exact breakpoints. Raises DomainError outside the domain,
    UndecidedError where no rule bounds f and g.
    Source: [Mehler1866], [TrefethenWeideman2014, Thm 5.1], [Johansson2017].

    >>> from sympy import Max
    >>> from symntk.notation import X
    >>> relu = Max(0, X)
    >>> enclose_pair(relu, relu, 0, bits=53).overlaps(1 / (2 * arb.pi()))
    True
    """
    functions, first = (function_of(f), function_of(g)), variance_of(q1)
    variances = first, first if q2 is q1 else variance_of(q2)
    return _pair(functions, correlation_of(rho), variances, bits)


def enclose_hermite_coefficients(f: Integrand, count: int, q: Number = 1, *, bits: int = 128) -> list[arb]:
    """Balls around a₀, …, a_{count−1}, aₙ = E f(√q u) hₙ(u) with orthonormal hₙ, of relative accuracy 2^−bits.

    Of small coefficients the radius is at most 2^(−2·bits); those of the wrong parity are exactly 0.
    Domain: count ≥ 1, q > 0. Guarantee: certified. Raises as `enclose_mean`. Source: [TrefethenWeideman2014, Thm 5.1].

    >>> from sympy import tanh
    >>> from symntk.notation import X
    >>> [a.str(8) for a in enclose_hermite_coefficients(tanh(X), 2, bits=53)]
    ['0', '[0.60570551 +/- 3.99e-10]']
    """
    if count < 1:
        raise DomainError(f"{count} Hermite coefficients were asked for; take at least 1")
    return list(_coefficients(function_of(f), variance_of(q), count, bits))


@lru_cache(maxsize=4096)
def _mean(f: Expr, variance: Expr, bits: int) -> arb:
    compute, variances = smooth_mean if strips(f) else piecewise_expectation, (variance, S.One)
    if parity(f) == "odd":
        confirm_integrable(f, S.One, variances)
        return arb(0)
    return refined(lambda goal: compute(f, S.One, S.One, variances, goal), bits, (f, variance))


@lru_cache(maxsize=16384)
def _pair(functions: tuple[Expr, Expr], rho: Expr, variances: tuple[Expr, Expr], bits: int) -> arb:
    f, g = functions
    if {parity(f), parity(g)} == {"even", "odd"}:
        confirm_integrable(f, g, variances)
        return arb(0)
    if rho == 0:
        factors = (_mean(h, q, bits + 4) for h, q in zip(functions, variances, strict=True))
        with working_precision(2 * bits + 16):
            return next(factors) * next(factors)
    smooth = bool(strips(f)) and bool(strips(g))

    def attempt(goal: int) -> arb:
        if not smooth:
            return piecewise_expectation(f, g, rho, variances, goal)
        if abs(rho) == 1:
            return smooth_mean(f, g, rho, variances, goal)
        return smooth_pair(f, g, rho, variances, goal)

    return refined(attempt, bits, (f, g, rho, *variances))


@lru_cache(maxsize=512)
def _coefficients(f: Expr, variance: Expr, count: int, bits: int) -> tuple[arb, ...]:
    compute = smooth_coefficients if strips(f) else piecewise_coefficients
    goal, found = bits + 6, tuple[arb, ...]()
    for _ in range(_ROUNDS):
        found = tuple(compute(f, variance, count, goal))
        missing = [a for a in found if a.rel_accuracy_bits() < bits and a.rad() > arb((1, -2 * bits))]
        if not missing or attainable_bits(f, variance) is not None:
            return _with_parity(f, found)
        goal = min(max(goal + bits - a.rel_accuracy_bits() + 2 for a in missing), max(2 * bits, goal) + 4)
    raise UndecidedError(
        f"{count} Hermite coefficients of {f} to {bits} bits were asked for, but {goal} were not enough; ask for fewer"
    )


def _with_parity(f: Expr, found: tuple[arb, ...]) -> tuple[arb, ...]:
    """Coefficients of the wrong parity are exactly zero."""
    kept = {"even": 0, "odd": 1}.get(parity(f) or "")
    return found if kept is None else tuple(a if n % 2 == kept else arb(0) for n, a in enumerate(found))
