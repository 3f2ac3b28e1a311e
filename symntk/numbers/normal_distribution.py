"""The univariate and bivariate normal distribution functions as symbolic functions with exact rules."""

from __future__ import annotations

from typing import Any

import mpmath
import sympy
from sympy import Expr, Function, Rational, S, exp, pi, sqrt


def normal_density(x: Expr) -> Expr:
    """Density of N(0, 1): e^{−x²/2}/√(2π).

    >>> normal_density(sympy.Integer(0))
    sqrt(2)/(2*sqrt(pi))
    """
    return exp(-(x**2) / 2) / sqrt(2 * pi)


class NormalCDF(Function):
    """Distribution function Φ(x) = ∫_{−∞}^x e^{−t²/2} dt/√(2π) of N(0, 1), an entire function of x.

    Canonical sign: Φ(−x) is rewritten as 1 − Φ(x).

    >>> NormalCDF(0), NormalCDF(-1)
    (1/2, 1 - NormalCDF(1))
    """

    nargs = 1

    @classmethod
    def eval(cls, *args: Any) -> Expr | None:
        (x,) = args
        if x.is_zero:
            return Rational(1, 2)
        if x is S.Infinity:
            return S.One
        if x is S.NegativeInfinity:
            return S.Zero
        if x.could_extract_minus_sign():
            return 1 - cls(-x)
        return None

    def fdiff(self, argindex: int = 1) -> Expr:
        return normal_density(self.args[0])

    def _eval_is_extended_real(self) -> bool | None:
        return self.args[0].is_extended_real

    def _eval_is_positive(self) -> bool | None:
        return True if self.args[0].is_extended_real else None

    def _eval_rewrite_as_erf(self, x: Expr, **_: Any) -> Expr:
        return (1 + sympy.erf(x / sqrt(2))) / 2

    def _eval_evalf(self, prec: int) -> Expr:
        return self.rewrite(sympy.erf)._eval_evalf(prec)


class BivariateNormalCDF(Function):
    """Φ₂(h, k; r) = P(U ≤ h, V ≤ k) for standard normal U, V of correlation r.

    ∂Φ₂/∂h = φ(h) Φ((k − r h)/√(1 − r²)) and ∂Φ₂/∂r = e^{−(h² − 2rhk + k²)/(2(1 − r²))}/(2π√(1 − r²)) [Plackett1954].
    Domain: −1 ≤ r ≤ 1 for real h, k; entire in h and k for |r| < 1. Canonical signs: Φ₂(−h, k; r) becomes
    Φ(k) − Φ₂(h, k; −r); the first two arguments are ordered.

    >>> from symntk.notation import RHO
    >>> BivariateNormalCDF(0, 0, RHO)
    asin(rho)/(2*pi) + 1/4
    """

    nargs = 3

    @classmethod
    def eval(cls, *args: Any) -> Expr | None:
        h, k, r = args
        if h is S.Infinity:
            return NormalCDF(k)
        if k is S.Infinity:
            return NormalCDF(h)
        if h is S.NegativeInfinity or k is S.NegativeInfinity:
            return S.Zero
        if r.is_zero:
            return NormalCDF(h) * NormalCDF(k)
        if h.is_zero and k.is_zero:
            return Rational(1, 4) + sympy.asin(r) / (2 * pi)
        if r == 1 and h == k:
            return NormalCDF(h)
        if h.could_extract_minus_sign():
            return NormalCDF(k) - cls(-h, k, -r)
        if k.could_extract_minus_sign():
            return NormalCDF(h) - cls(h, -k, -r)
        if sympy.default_sort_key(h) > sympy.default_sort_key(k):
            return cls(k, h, r)
        return None

    def fdiff(self, argindex: int = 1) -> Expr:
        h, k, r = self.args
        if argindex == 3:
            return bivariate_normal_density(h, k, r)
        if argindex == 2:
            h, k = k, h
        return normal_density(h) * NormalCDF((k - r * h) / sqrt(1 - r**2))

    def _eval_is_extended_real(self) -> bool | None:
        return all(a.is_extended_real for a in self.args) or None

    def _eval_is_nonnegative(self) -> bool | None:
        return self._eval_is_extended_real()

    def _eval_evalf(self, prec: int) -> Expr | None:
        arguments = [argument.evalf(_decimal_digits(prec)) for argument in self.args]
        if not all(argument.is_Float or argument.is_Rational for argument in arguments):
            return None
        with mpmath.workprec(prec + 10):
            value = _integrate(*(mpmath.mpf(argument._to_mpmath(prec + 10)) for argument in arguments))
        return sympy.Float(value, precision=prec)


def _decimal_digits(prec: int) -> int:
    return int(prec / 3.3) + 5


def _integrate(h: Any, k: Any, r: Any) -> Any:
    """∫_{−∞}^h φ(u) Φ((k − ru)/√(1 − r²)) du by plain quadrature; a heuristic number of panels, no promise."""
    if abs(r) == 1:
        return mpmath.ncdf(min(h, k)) if r > 0 else max(mpmath.mpf(0), mpmath.ncdf(h) - mpmath.ncdf(-k))
    root, far = mpmath.sqrt((1 - r) * (1 + r)), mpmath.sqrt(2 * mpmath.log(2) * mpmath.mp.prec) + 1
    low, high = -far - abs(h), min(h, far)
    centre, width = k / r, root / abs(r)
    steps = [centre + sign * width * 2**j for sign in (-1, 1) for j in range(6)]
    panels = mpmath.linspace(low, high, 9) + [point for point in [centre, *steps] if low < point < high]
    return mpmath.quad(lambda u: mpmath.npdf(u) * mpmath.ncdf((k - r * u) / root), sorted(panels))


def bivariate_normal_density(h: Expr, k: Expr, r: Expr) -> Expr:
    """Density at (h, k) of standard normals of correlation r: e^{−(h² − 2rhk + k²)/(2(1 − r²))}/(2π√(1 − r²)).

    >>> from symntk.notation import RHO
    >>> bivariate_normal_density(sympy.Integer(0), sympy.Integer(0), RHO)
    1/(2*pi*sqrt(1 - rho**2))
    """
    return exp(-(h**2 - 2 * r * h * k + k**2) / (2 * (1 - r**2))) / (2 * pi * sqrt(1 - r**2))
