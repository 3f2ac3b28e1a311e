"""How the eigenvalues of a zonal kernel decay with the degree: exact exponents and constants from its endpoints."""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from sympy import Expr, Rational, S, gamma

from symntk.depth.certified_smooth import is_analytic
from symntk.errors import UndecidedError
from symntk.expansions.endpoint import written
from symntk.numbers.decide import decide
from symntk.spectra.endpoint_terms import EndpointTerm, endpoint_terms
from symntk.spectra.gegenbauer import checked_dimension, mass
from symntk.spectra.zonal_kernel import Network

DEGREE = sympy.Symbol("k", integer=True, positive=True)
_ORDERS = (4, 8, 16)


@dataclass(frozen=True, kw_only=True)
class PowerLaw:
    """μ_k ~ constant·k^{−exponent}."""

    exponent: Expr
    constant: Expr


@dataclass(frozen=True, kw_only=True)
class Decay:
    """The laws of μ_k for even and for odd k; None: faster than every power of k that was looked at, `beyond`."""

    even: PowerLaw | None
    odd: PowerLaw | None
    terms: tuple[EndpointTerm, ...]
    dim: int
    beyond: Expr
    """The exponent up to which there is no other law; ∞ for a kernel that is smooth at both ends."""


def endpoint_eigenvalue(dim: int, exponent: Rational, degree: Expr | int = DEGREE) -> Expr:
    """∫ (1 − t)^ν P_k(t)(1 − t²)^{(d−3)/2} dt/B(1/2, (d − 1)/2), for ν not an integer and every k.

    2^{ν+d−2}Γ((d − 1)/2)Γ(ν + (d − 1)/2)/(Γ(−ν)B(1/2, (d − 1)/2))·Γ(k − ν)/Γ(k + ν + d − 1), by k integrations by
    parts. Against (1 + t)^ν it is (−1)ᵏ times that. Guarantee: exact. Source: [DLMF].

    >>> endpoint_eigenvalue(3, Rational(1, 2), 0)  # the mean of √(1 − t)
    2*sqrt(2)/3
    """
    ratio = gamma(degree - exponent) / gamma(degree + exponent + dim - 1)
    return _factor(dim, exponent) * ratio


def _factor(dim: int, exponent: Rational) -> Expr:
    half = Rational(checked_dimension(dim) - 1, 2)
    return S(2) ** (exponent + dim - 2) * gamma(half) * gamma(exponent + half) / (gamma(-exponent) * mass(dim))


def decay(net: Network, dim: int) -> Decay:
    """The leading behaviour of the eigenvalues of a network's kernel as k → ∞.

    r(1 − ρ)^ν + l(1 + ρ)^ν contributes (r + (−1)ᵏl)·C_ν·k^{−(d−1+2ν)}: the lowest ν with a factor that is not 0 leads.
    A φ that is analytic around the real line has a kernel smooth at both ends: faster than every power.
    Domain: d ≥ 2. Guarantee: exact. Raises NoClosedFormError for kinks without closed form.

    >>> from symntk.activations.catalogue import activation
    >>> law = decay(Network(activation=activation("relu"), layers=2), 3)
    >>> law.even, law.odd
    (PowerLaw(exponent=3, constant=1/pi), None)
    """
    if is_analytic(net.activation):
        return Decay(even=None, odd=None, terms=(), dim=checked_dimension(dim), beyond=S.Infinity)
    terms: tuple[EndpointTerm, ...] = ()
    order = _ORDERS[0]
    for order in _ORDERS:
        terms = endpoint_terms(net, order)
        laws = [_leading(terms, dim, sign) for sign in (1, -1)]
        if any(law is not None for law in laws):
            return Decay(even=laws[0], odd=laws[1], terms=terms, dim=dim, beyond=Rational(order) + dim - 1)
    return Decay(even=None, odd=None, terms=terms, dim=dim, beyond=Rational(order) + dim - 1)


def _leading(terms: tuple[EndpointTerm, ...], dim: int, sign: int) -> PowerLaw | None:
    for term in terms:
        total = sympy.expand(term.right + sign * term.left)
        vanishing = decide(total, "==", 0)
        if vanishing is None:
            raise UndecidedError(
                f"whether {str(total)[:80]} vanishes was asked, but it was not decided; take other weights"
            )
        if not vanishing:
            constant = written(_factor(dim, term.exponent) * total)
            return PowerLaw(exponent=dim - 1 + 2 * term.exponent, constant=constant)
    return None


def asymptotic_eigenvalue(law: Decay, degree: int) -> Expr:
    """Σ (r + (−1)ᵏl)·∫ (1 − t)^ν P_k over all known terms: μ_k up to a smaller power of k."""
    parts = (
        (term.right + (-1) ** degree * term.left) * endpoint_eigenvalue(law.dim, term.exponent, degree)
        for term in law.terms
    )
    return sympy.Add(*parts)
