"""Exact eigenvalues of ReLU-like and polynomial kernels: a(ρ) + b(ρ)√(1 − ρ²)ᵐ + c(ρ)arccos ρ, polynomials a, b, c."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import sympy
from flint import fmpq
from sympy import Expr, Poly, Rational, S, acos, asin, pi

from symntk.errors import DomainError, NoClosedFormError
from symntk.gaussian.dual import derivative_dual, dual
from symntk.gaussian.moments import second_moment
from symntk.notation import RHO
from symntk.spectra.gegenbauer import checked_dimension, gegenbauer, mass, monomial_moment
from symntk.spectra.zonal_kernel import Network

_ANGLE, _ROOT, _INVERSE = sympy.symbols("angle root inverse")
Terms = dict[int, Expr]
"""Power of ρ → coefficient."""


@dataclass(frozen=True, kw_only=True)
class ArcCosineForm:
    """Σ_m b_m(ρ)·(1 − ρ²)^{m/2} + c(ρ)·arccos ρ, polynomials as powers with their coefficients."""

    roots: dict[int, Terms]
    """m → b_m; the polynomial part is b_0."""
    angle: Terms
    """c."""


def arc_cosine_form(form: Expr) -> ArcCosineForm:
    """The parts of a kernel in ρ. Raises NoClosedFormError where it is not of this form.

    >>> from sympy import sqrt
    >>> arc_cosine_form(RHO * acos(RHO) + sqrt(1 - RHO**2)).angle
    {1: 1}
    """
    flat = sympy.expand(form.replace(asin, lambda x: pi / 2 - acos(x)))
    marked = flat.subs(acos(RHO), _ANGLE).replace(_is_root, _marked)
    refusal = f"exact eigenvalues of {str(form)[:80]} were asked for, but it is no sum of polynomials times √(1 − ρ²)ᵐ "
    try:
        poly = Poly(sympy.expand(marked), _ANGLE, _ROOT, _INVERSE, RHO)
    except sympy.PolynomialError:
        raise NoClosedFormError(refusal + "and arccos ρ; take the certified eigenvalues") from None
    if any(c.has(RHO, _ANGLE, _ROOT, _INVERSE) for c in poly.coeffs()):
        raise NoClosedFormError(refusal + "and arccos ρ; take the certified eigenvalues")
    roots: dict[int, Terms] = {}
    angle: Terms = {}
    for (turns, up, down, power), c in poly.terms():
        if turns > 1 or (turns == 1 and up != down):
            raise NoClosedFormError(refusal + "and arccos ρ; take the certified eigenvalues")
        into = angle if turns else roots.setdefault(up - down, {})
        into[power] = c + (into.get(power, 0))
    return ArcCosineForm(roots=roots, angle=angle)


def _is_root(e: Expr) -> bool:
    return isinstance(e, sympy.Pow) and sympy.expand(e.base - 1 + RHO**2) == 0 and (2 * e.exp).is_Integer


def _marked(e: Expr) -> Expr:
    power = int(2 * e.exp)
    return _ROOT**power if power > 0 else _INVERSE ** (-power)


def exact_eigenvalue(form: ArcCosineForm, dim: int, degree: int) -> Expr:
    """μ_k = ∫ κ(t)P_k(t)(1 − t²)^{(d−3)/2} dt/B(1/2, (d − 1)/2), in closed form.

    Beta integrals for the powers of √(1 − t²); arccos = π/2 − arcsin, and arcsin goes by parts against the odd powers.
    Domain: d ≥ 2, d − 1 + m > 0 for every power m. Guarantee: exact. Raises DomainError outside.

    >>> from symntk.activations.catalogue import activation
    >>> relu = arc_cosine_form(dual(activation("relu")).expression)
    >>> [exact_eigenvalue(relu, 3, k) for k in range(5)], exact_eigenvalue(relu, 2, 2)
    ([3/16, 1/12, 3/256, 0, 1/3072], 2/(9*pi**2))
    """
    harmonic = gegenbauer(dim, degree)
    total = S.Zero
    for m, terms in form.roots.items():
        for power, c in _product(terms, harmonic.coeffs()).items():
            total += c * _root_moment(dim, power, m)
    for power, c in _product(form.angle, harmonic.coeffs()).items():
        total += c * _angle_moment(dim, power)
    return sympy.factor_terms(sympy.expand(total))


def _product(terms: Terms, harmonic: list[fmpq]) -> Terms:
    result: Terms = {}
    for power, c in terms.items():
        for i, a in enumerate(harmonic):
            if a != 0:
                result[power + i] = c * _rational(a) + (result.get(power + i, 0))
    return result


def _rational(value: fmpq) -> Rational:
    return Rational(int(value.p), int(value.q))


def _root_moment(dim: int, power: int, m: int) -> Expr:
    """E tⁿ(1 − t²)^{m/2} = E_{d+m} tⁿ·B(1/2, (d − 1 + m)/2)/B(1/2, (d − 1)/2), d + m that of the new weight."""
    if dim + m < 2:
        raise DomainError(
            f"an eigenvalue on the sphere of R^{dim} was asked for, but the kernel is not integrable there"
        )
    if power % 2:
        return S.Zero
    return _rational(monomial_moment(dim + m, power)) * mass(dim + m) / mass(checked_dimension(dim))


def _angle_moment(dim: int, power: int) -> Expr:
    """E tⁿ arccos t: π/2·E tⁿ for even n, −E tⁿ arcsin t for odd n."""
    if power % 2 == 0:
        return pi / 2 * _rational(monomial_moment(dim, power))
    half, total = (power - 1) // 2, S.Zero
    for i in range(half + 1):
        # ∫ (1 − t²)^{i + (d − 2)/2} dt is the mass in dimension d + 2i + 1.
        total += Rational((-1) ** i * comb(half, i), 2 * i + dim - 1) * mass(dim + 2 * i + 1)
    return -total / mass(dim)


def exact_form(net: Network) -> Expr | None:
    """κ(ρ)/q of a network in closed form: one layer, or two of a homogeneous activation of degree 1; else None.

    Domain: σ_b = 0. Guarantee: exact.

    >>> from symntk.activations.catalogue import activation
    >>> exact_form(Network(activation=activation("identity"), layers=2))
    2*rho
    """
    if net.sigma_b != 0 or net.layers > 2:
        return None
    if net.layers == 1:
        return RHO
    if net.activation.homogeneity_degree != 1 or not dual(net.activation).closed_form:
        return None
    whole = second_moment(net.activation)
    value = dual(net.activation).expression / whole
    slope = derivative_dual(net.activation) / whole
    return sympy.expand(value + RHO * slope) if net.kind == "ntk" else sympy.expand(value)


def exact_network_eigenvalues(net: Network, dim: int, degree: int) -> tuple[Expr, ...] | None:
    """μ_0, …, μ_K of a network in closed form, None where it has none here.

    >>> from symntk.activations.catalogue import activation
    >>> exact_network_eigenvalues(Network(activation=activation("relu"), layers=2), 3, 4)
    (1/2, 1/3, 5/64, 0, 1/192)
    """
    form = exact_form(net)
    if form is None:
        return None
    parts = arc_cosine_form(form)
    return tuple(exact_eigenvalue(parts, dim, k) for k in range(degree + 1))


def dual_eigenvalue(activation_dual: Expr, dim: int, degree: int) -> Expr:
    """The exact eigenvalue of a dual φ̂(ρ) at unit variances. Raises NoClosedFormError without one.

    >>> dual_eigenvalue(RHO**2, 3, 2)
    2/15
    """
    return exact_eigenvalue(arc_cosine_form(activation_dual), dim, degree)
