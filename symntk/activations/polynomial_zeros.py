"""Finds the real zeros of a polynomial exactly: by radicals up to degree 2, as isolated algebraic numbers above."""

from __future__ import annotations

from typing import Any

import sympy
from flint import arb, fmpz_poly
from sympy import CRootOf, Expr, Poly, S

from symntk.activations.ordering import shown, sign_of
from symntk.errors import DomainError
from symntk.numbers.ball import register, working_precision

MAX_DEGREE = 40


def polynomial_zeros(poly: Poly) -> list[Expr]:
    """The distinct real zeros of a polynomial in one variable, in no particular order; [] for the zero polynomial.

    Guarantee: exact and complete. Raises DomainError above degree 40, or above degree 2 when the coefficients
    stay irrational after division by the leading one and no factor splits off.

    >>> from symntk.notation import X
    >>> sorted(polynomial_zeros(Poly(X**3 - 2 * X, X)), key=float)
    [-sqrt(2), 0, sqrt(2)]
    """
    if poly.is_zero:
        return []
    if poly.degree() > MAX_DEGREE:
        raise DomainError(
            f"the real zeros of a polynomial of degree at most {MAX_DEGREE} can be found, "
            f"but {shown(poly.as_expr())} has degree {poly.degree()}; lower it"
        )
    if poly.degree() <= 2:
        return _quadratic_zeros(poly)
    factors = [factor for factor, _ in _normalized(poly).factor_list()[1]]
    return [zero for factor in factors for zero in _factor_zeros(factor)]


def _normalized(poly: Poly) -> Poly:
    """The polynomial divided by its leading coefficient, over the rationals where that makes it rational."""
    leading = poly.LC()
    monic = [sympy.radsimp(sympy.expand(c / leading)) for c in poly.all_coeffs()]
    return Poly(monic, *poly.gens)


def _factor_zeros(factor: Poly) -> list[Expr]:
    if factor.degree() <= 2:
        return _quadratic_zeros(factor)
    if factor.get_domain() not in (sympy.ZZ, sympy.QQ):
        raise DomainError(
            f"the real zeros of {shown(factor.as_expr())} were needed, but above degree 2 only rational coefficients "
            "have a rule; write the activation as a Piecewise with exact breakpoints"
        )
    return list(factor.real_roots())


def _quadratic_zeros(poly: Poly) -> list[Expr]:
    c, b, a = (*poly.all_coeffs()[::-1], S.Zero, S.Zero)[:3]
    if sign_of(a) == 0:
        return [] if sign_of(b) == 0 else [-c / b]
    discriminant = sympy.expand(b**2 - 4 * a * c)
    if sign_of(discriminant) < 0:
        return []
    root = sympy.sqrt(discriminant)
    return [sympy.expand((-b - root) / (2 * a)), sympy.expand((-b + root) / (2 * a))]


def enclose_root(root: CRootOf, bits: int) -> arb:
    """A ball of a real root of an integer polynomial; sympy and flint both order the real roots increasingly.

    >>> x = sympy.Symbol("x")
    >>> enclose_root(CRootOf(x**3 - x - 1, 0), 53)
    [1.32471795724475 +/- ...]
    """
    coefficients = root.poly.clear_denoms(convert=True)[1].all_coeffs()
    with working_precision(bits):
        roots: list[Any] = fmpz_poly([int(c) for c in reversed(coefficients)]).complex_roots()
        return sorted(value.real for value, _ in roots if value.imag == 0)[root.index]


register(CRootOf, enclose_root)
