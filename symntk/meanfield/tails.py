"""Shows that an expression is a polynomial plus an exponentially small rest on [x₀, ∞), with a bound of the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy
from flint import arb
from sympy import Expr, S

from symntk.notation import X
from symntk.numbers.ball import enclose
from symntk.numbers.decide import decide
from symntk.numbers.normal_distribution import NormalCDF

_BITS = 64


class NoTailError(Exception):
    """The rules find no such form of the expression."""


@dataclass(frozen=True, kw_only=True)
class Ray:
    """The half-line [start, ∞), start ≥ 1, and the rate λ at which a rest must decay there."""

    start: arb
    rate: arb


@dataclass(frozen=True, kw_only=True)
class Tail:
    """main + rest on a ray, main a polynomial in x, |rest| ≤ scale·x^degree·e^{−λ(x − x₀)}."""

    main: Expr
    scale: arb = arb(0)
    degree: int = 0


def tail(expression: Expr, ray: Ray) -> Tail:
    """The form of an expression in x on a ray, by rules for sums, products, powers, exp, log, tanh, erf and Φ.

    Guarantee: certified. Raises NoTailError where a rule is missing or λ is too large.

    >>> found = tail(sympy.tanh(X), Ray(start=arb(8), rate=arb(1)))
    >>> found.main, found.scale < arb("3e-7"), found.degree
    (1, True, 0)
    """
    if not expression.has(X) or expression == X:
        return Tail(main=expression)
    if isinstance(expression, sympy.Add):
        parts = [tail(part, ray) for part in expression.args]
        return Tail(
            main=sympy.expand(sum((p.main for p in parts), S.Zero)),
            scale=_upper(sum((p.scale for p in parts), arb(0))),
            degree=max(p.degree for p in parts),
        )
    if isinstance(expression, sympy.Mul):
        product = Tail(main=S.One)
        for factor in expression.args:
            product = times(product, tail(factor, ray))
        return product
    if isinstance(expression, sympy.Pow):
        return _power(expression, ray)
    rule = _RULES.get(type(expression))
    if rule is None:
        raise NoTailError(f"no rule for {type(expression).__name__}")
    return rule(expression.args[0], ray)


def times(first: Tail, second: Tail) -> Tail:
    """The product; x ≥ 1 and e^{−λ(x − x₀)} ≤ 1 there."""
    sizes, degrees = zip(*(_size(part.main) for part in (first, second)), strict=True)
    terms = [
        (sizes[0] * second.scale, degrees[0] + second.degree),
        (sizes[1] * first.scale, degrees[1] + first.degree),
        (first.scale * second.scale, first.degree + second.degree),
    ]
    present = [degree for scale, degree in terms if scale != 0]
    return Tail(
        main=sympy.expand(first.main * second.main),
        scale=_upper(sum((scale for scale, _ in terms), arb(0))),
        degree=max(present, default=0),
    )


def _size(main: Expr) -> tuple[arb, int]:
    """Σ|cₖ| and the degree: |main| ≤ Σ|cₖ|·x^degree for x ≥ 1."""
    coefficients = _coefficients(main)
    return sum((abs(enclose(c, bits=_BITS)).upper() for c in coefficients), arb(0)), max(len(coefficients) - 1, 0)


def _coefficients(main: Expr) -> list[Expr]:
    """c₀, c₁, …"""
    return [] if main == 0 else sympy.Poly(main, X).all_coeffs()[::-1]


def supremum(part: Tail, ray: Ray) -> arb:
    """An upper bound of |rest| on the ray: x^m e^{−λ(x − x₀)} is largest at x₀, or at m/λ where that is beyond."""
    peak = arb(part.degree) / ray.rate
    if peak > ray.start:
        return _upper(part.scale * peak**part.degree * (ray.rate * ray.start - part.degree).exp())
    return _upper(part.scale * ray.start.max(peak) ** part.degree)


def integral(part: Tail, ray: Ray, weight: int) -> arb:
    """An upper bound of ∫ |rest|·x^weight dx over the ray."""
    power, total, factor = part.degree + weight, arb(0), arb(1)
    for j in range(power + 1):
        total += factor * ray.start ** (power - j) / ray.rate ** (j + 1)
        factor *= power - j
    return _upper(part.scale * total)


def _upper(value: arb) -> arb:
    return value.upper()


def _power(expression: Expr, ray: Ray) -> Tail:
    base, exponent = expression.args
    if not exponent.is_Integer:
        raise NoTailError("a power with an exponent that is no integer")
    inner = tail(base, ray)
    if exponent < 0:
        inner = _inverse(inner, ray)
    result = Tail(main=S.One)
    for _ in range(abs(int(exponent))):
        result = times(result, inner)
    return result


def _inverse(inner: Tail, ray: Ray) -> Tail:
    """1/(c + r) = 1/c + r′ with |r′| ≤ |r|/(|c|(|c| − |r|))."""
    main, error = _constant(inner), supremum(inner, ray)
    size = abs(enclose(main, bits=_BITS))
    if not size > error:
        raise NoTailError("a quotient whose denominator is not away from 0")
    return Tail(main=1 / main, scale=_upper(inner.scale / (size * (size - error))), degree=inner.degree)


def _constant(inner: Tail) -> Expr:
    if inner.main.has(X):
        raise NoTailError("a constant limit was needed")
    return inner.main


def _decay(exponent: Expr, error: arb, ray: Ray) -> arb:
    """C with e^p ≤ C·e^{−λ(x − x₀)}, for a concave p of degree ≤ 2 with p′(x₀) ≤ −λ; `error` is added to p."""
    coefficients = _coefficients(exponent)
    if not 2 <= len(coefficients) <= 3 or (len(coefficients) == 3 and not _ball(coefficients[2]) < 0):
        raise NoTailError("an exponential that does not decay at the rate")
    if not _at(exponent.diff(X), ray) <= -ray.rate:
        raise NoTailError("an exponential that decays too slowly")
    return _upper((_at(exponent, ray) + error).exp())


def _ball(value: Expr) -> arb:
    return enclose(value, bits=_BITS)


def _at(polynomial: Expr, ray: Ray) -> arb:
    return sum((_ball(c) * ray.start**k for k, c in enumerate(_coefficients(polynomial))), arb(0))


def _exp(argument: Expr, ray: Ray) -> Tail:
    inner = tail(argument, ray)
    error = supremum(inner, ray)
    if not inner.main.has(X):
        return Tail(
            main=sympy.exp(inner.main),
            scale=_upper(_ball(sympy.exp(inner.main)) * inner.scale * error.exp()),
            degree=inner.degree,
        )
    return Tail(main=S.Zero, scale=_decay(inner.main, error, ray))


def _log(argument: Expr, ray: Ray) -> Tail:
    """log(c + r) = log c + r′ with |r′| ≤ 2|r|/c where |r| ≤ c/2, and log(1 + eᵘ) = u + log(1 + e^{−u})."""
    rest = argument - 1
    if isinstance(rest, sympy.exp) and _rising(rest.args[0], ray):
        parts = tail(rest.args[0], ray), _log(1 + sympy.exp(-rest.args[0]), ray)
        return Tail(
            main=sympy.expand(parts[0].main + parts[1].main),
            scale=_upper(parts[0].scale + parts[1].scale),
            degree=max(p.degree for p in parts),
        )
    inner = tail(argument, ray)
    main = _constant(inner)
    if not supremum(inner, ray) * 2 <= _ball(main):
        raise NoTailError("a logarithm whose argument is not near a positive constant")
    return Tail(main=sympy.log(main), scale=_upper(2 * inner.scale / _ball(main)), degree=inner.degree)


def _rising(argument: Expr, ray: Ray) -> bool:
    """Whether the argument tends to ∞, False where it tends to −∞ or to a constant."""
    coefficients = _coefficients(tail(argument, ray).main)
    return len(coefficients) > 1 and decide(coefficients[-1], ">", 0) is True


def _step_like(argument: Expr, ray: Ray, bound: Callable[[Expr, arb], arb]) -> Tail:
    """±(1 − r) for an odd function with limits ±1; bound(p, error) bounds r for an argument p + rest that rises."""
    inner = tail(argument, ray)
    if not inner.main.has(X):
        raise NoTailError("a sigmoid of an argument that does not grow")
    sign = S.One if decide(_coefficients(inner.main)[-1], ">", 0) else S.NegativeOne
    return Tail(main=sign, scale=bound(sympy.expand(sign * inner.main), supremum(inner, ray)))


def _tanh(argument: Expr, ray: Ray) -> Tail:
    """0 < 1 − tanh u < 2e^{−2u}."""
    return _step_like(argument, ray, lambda p, error: _upper(2 * _decay(-2 * p, 2 * error, ray)))


def _erf(argument: Expr, ray: Ray) -> Tail:
    """0 < 1 − erf u ≤ e^{−u²} for u ≥ 0, with a linear u."""

    def bound(p: Expr, error: arb) -> arb:
        if error != 0 or sympy.degree(p, X) != 1 or not _at(p, ray) >= 0:
            raise NoTailError("an error function of an argument that is not linear")
        return _decay(sympy.expand(-(p**2)), error, ray)

    return _step_like(argument, ray, bound)


def _normal(argument: Expr, ray: Ray) -> Tail:
    """Φ(u) = (1 + erf(u/√2))/2."""
    return times(Tail(main=S.Half), _plus_one(_erf(argument / sympy.sqrt(2), ray)))


def _plus_one(part: Tail) -> Tail:
    return Tail(main=part.main + 1, scale=part.scale, degree=part.degree)


_RULES: dict[type, Callable[[Expr, Ray], Tail]] = {
    sympy.exp: _exp,
    sympy.log: _log,
    sympy.tanh: _tanh,
    sympy.erf: _erf,
    sympy.erfc: lambda argument, ray: _plus_one(times(Tail(main=S.NegativeOne), _erf(argument, ray))),
    NormalCDF: _normal,
}
