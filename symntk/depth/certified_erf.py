"""The correlation map of erf on its edge of chaos with biases, as a ball function and as a germ at γ = 0."""

from __future__ import annotations

import sympy
from flint import arb, arb_series
from sympy import Expr

from symntk.activations.activation import Activation
from symntk.depth.certified_germ import Germ, coefficients, series_length
from symntk.depth.validated import DeficitMap
from symntk.errors import DomainError
from symntk.meanfield.edge_of_chaos import edge_of_chaos
from symntk.notation import X

_WIDENING = 1.69
"""λ is at most the root of this on the disc of the germ."""
_LARGEST_RADIUS = 0.5


def is_erf(activation: Activation) -> bool:
    """Whether φ is erf.

    >>> from symntk.activations.catalogue import activation
    >>> is_erf(activation("erf")), is_erf(activation("tanh"))
    (True, False)
    """
    return activation.expression == sympy.erf(X)


def edge_shape(activation: Activation, sigma_b: Expr, *, bits: int) -> arb:
    """u = 2q/(1 + 2q) at the stable edge of chaos of erf.

    Raises DomainError where there is none.
    """
    points = edge_of_chaos(activation, sigma_b, bits=bits).points
    if not points or not points[0].q > 0:
        raise DomainError(
            f"the edge of chaos of {activation.name} at σ_b = {sigma_b} was asked for, but there is none with q > 0; "
            "take --sigma-b above 0"
        )
    return 2 * points[0].q / (1 + 2 * points[0].q)


def erf_map(u: arb) -> DeficitMap:
    """g(γ) = (√(1−u²)/u)·(asin u − asin(u(1−γ))), g′(γ) = √(1−u²)/√(1−u²(1−γ)²); χ₁ = 1 fixes the factor.

    Domain: 0 < u < 1, 0 ≤ γ ≤ 2. Guarantee: certified; evaluation loses about log₂(1/γ) bits. Source: [Williams1997].

    >>> erf_map(arb(0.5)).slope(arb(0)).str(5)
    '[1.0000 +/- 1e-9]'
    """
    root = (1 - u**2).sqrt()

    def deficit(gamma: arb) -> arb:
        return root / u * (u.asin() - (u * (1 - gamma)).asin())

    def slope(gamma: arb) -> arb:
        return root / (1 - (u * (1 - gamma)) ** 2).sqrt()

    return DeficitMap(deficit=deficit, slope=slope)


def erf_germ(u: arb) -> Germ:
    """The germ of `erf_map` in w = γ.

    f has Taylor coefficients ≥ 0, so on |γ| ≤ r: |λ| ≤ f′(1 + r) and |g/γ − 1| ≤ f′(1 + r) − 1, where
    f′(1 + r) = √(1−u²)/√(1−u²(1+r)²) and u(1 + r) < 1.

    >>> [float(c) for c in erf_germ(arb(0.5)).series(2)[0]]
    [1.0, -0.16666666666666666]
    """
    widest = ((1 - (1 - u**2) / _WIDENING) / u**2).sqrt() - 1
    radius = widest.min(arb(_LARGEST_RADIUS)).mid()
    bound = erf_map(u).slope(-radius)

    def series(count: int) -> tuple[list[arb], list[arb]]:
        with series_length(count + 1):
            correlation = arb_series([u, -u])
            root = (1 - u**2).sqrt()
            slope = root / (1 - correlation**2).sqrt()
            slopes = coefficients(slope, count)
        # λ(0) = 1 exactly; g is the integral of λ.
        slopes[0] = arb(1)
        return [c / (k + 1) for k, c in enumerate(slopes)], slopes

    return Germ(power=1, scale=arb(1), order=1, radius=radius, spread=bound - 1, slope=bound, series=series)
