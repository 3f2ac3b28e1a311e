"""Expansions of a network's kernel at ρ = 1 and ρ = −1 in powers of √(1 ∓ ρ), with exact coefficients."""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from flint import fmpq_mpoly
from sympy import Expr, Rational, S

from symntk.depth.certified_place import contraction
from symntk.depth.edge_rate import edge_point
from symntk.errors import DomainError, NoClosedFormError
from symntk.expansions.constants import ConstantRing
from symntk.expansions.endpoint import written
from symntk.expansions.iterate import HALF
from symntk.expansions.local import expand_expression
from symntk.expansions.puiseux import Series, constant
from symntk.gaussian.dual import derivative_dual, dual
from symntk.gaussian.moments import second_moment
from symntk.meanfield.edge_of_chaos import edge_of_chaos
from symntk.meanfield.phase import phase
from symntk.notation import Q1, Q2, RHO
from symntk.numbers.exact import leaf
from symntk.spectra.zonal_kernel import Network

_W = sympy.Symbol("w", positive=True)
_BITS = 256


@dataclass(frozen=True, kw_only=True)
class ExactMaps:
    """f(ρ), f′(ρ) and s, where c¹ = 1 − s + sρ, as formulas; numbers without closed form are leaves with balls."""

    value: Expr
    slope: Expr
    start: Expr


def exact_maps(net: Network) -> ExactMaps:
    """The correlation map of a network at its fixed variance.

    Guarantee: exact. Raises NoClosedFormError where φ̂ has no closed form, DomainError where no variance is fixed.

    >>> from symntk.activations.catalogue import activation
    >>> exact_maps(Network(activation=activation("relu"), layers=3)).slope
    (pi - acos(rho))/pi
    """
    phi = net.activation
    if not dual(phi).closed_form:
        raise NoClosedFormError(
            f"the endpoint expansion of a kernel of {phi.name} was asked for, but its dual has no closed form; take "
            "the certified eigenvalues"
        )
    if phi.homogeneity_degree == 1:
        whole, chi = second_moment(phi), contraction(phi, net.sigma_w, net.sigma_b)
        scale = S.One if chi is None else chi
        value, slope = (scale * form / whole for form in (dual(phi).expression, derivative_dual(phi)))
        return ExactMaps(value=1 - scale + value, slope=slope, start=scale)
    q, weight = _fixed(net)
    general, slopes = dual(phi).general, derivative_dual(phi, general=True)
    same = {Q2: q, Q1: q}
    return ExactMaps(
        value=(net.sigma_b**2 + weight**2 * general.subs(same)) / q,
        slope=weight**2 * slopes.subs(same),
        start=1 - net.sigma_b**2 / q,
    )


def _fixed(net: Network) -> tuple[Expr, Expr]:
    """(q, σ_w), exact or as leaves."""
    if net.sigma_w is None:
        point = edge_point(edge_of_chaos(net.activation, net.sigma_b, bits=_BITS), None, "the spectrum")
        return _number(point.q_exact, point.q), _number(point.sigma_w_exact, point.sigma_w)
    variance = phase(net.activation, net.sigma_w, net.sigma_b, bits=_BITS).variance
    if not variance.q > 0:
        raise DomainError(
            f"the spectrum of {net.activation.name} at σ_w = {net.sigma_w}, σ_b = {net.sigma_b} was asked for, but the "
            "variance shrinks to 0; take a larger σ_w or σ_b > 0"
        )
    return _number(variance.exact, variance.q), net.sigma_w


def _number(exact: Expr | None, ball: object) -> Expr:
    return leaf(ball) if exact is None else exact  # pyright: ignore[reportArgumentType]


@dataclass(frozen=True, kw_only=True)
class EndpointTerm:
    """right·(1 − ρ)^ν + left·(1 + ρ)^ν, ν half an odd number."""

    exponent: Rational
    right: Expr
    left: Expr


def endpoint_terms(net: Network, order: int = 4) -> tuple[EndpointTerm, ...]:
    """The half-integer powers of 1 ∓ ρ below (1 ∓ ρ)^{order/2} in the kernel of a network, the lowest first.

    The recursion c ↦ f(c), K ↦ f′(c)K + f(c) is run on series in w = √(1 ∓ ρ) with exact coefficients. Integer powers
    are left out: they are polynomials, and at the other end analytic. Guarantee: exact. Raises as `exact_maps`.

    >>> from symntk.activations.catalogue import activation
    >>> relu = Network(activation=activation("relu"), layers=2)
    >>> [(t.exponent, t.right, t.left) for t in endpoint_terms(relu)]
    [(1/2, -sqrt(2)/pi, -sqrt(2)/pi), (3/2, 19*sqrt(2)/(12*pi), 19*sqrt(2)/(12*pi))]
    """
    maps = exact_maps(net)
    right, left = (_half_powers(net, maps, point, order) for point in (S.One, S.NegativeOne))
    return tuple(
        EndpointTerm(exponent=Rational(n, 2), right=_at(right, n), left=_at(left, n))
        for n in sorted(set(right) | set(left))
    )


def _at(powers: dict[int, Expr], n: int) -> Expr:
    value = powers.get(n)
    return S.Zero if value is None else value


def _half_powers(net: Network, maps: ExactMaps, point: Expr, order: int) -> dict[int, Expr]:
    if point == -1 and net.sigma_b != 0:
        return {}  # c¹ stays inside (−1, 1), where all maps are analytic
    series = kernel_series(net, maps, point, order)
    ring = series.ring
    return {
        n: written(ring.expression(c))
        for n, c in enumerate(series.coefficients, series.valuation)
        if n % 2 and n < order and not ring.is_zero(c)
    }


def kernel_series(net: Network, maps: ExactMaps, point: Expr, order: int) -> Series:
    """κ(ρ) at ρ = ±1 to O(w^order), w² = 1 ∓ ρ; at −1 without bias only."""
    ring = ConstantRing()
    length = order + net.layers + 2  # the root in `_around` loses an order in each layer
    centre = point
    correlation = _linear(ring, centre, -point * maps.start, length)
    kernel = correlation
    for _ in range(net.layers - 1):
        around = _around(correlation, centre, length)
        after = _image(net, centre, maps)
        value = _composed(ring, maps.value, centre, around, length, after if abs(after) == 1 else None)
        slope = _composed(ring, maps.slope, centre, around, length, None)
        kernel = (slope * kernel).filled(length) + value
        correlation, centre = value, after
    chosen = kernel if net.kind == "ntk" else correlation
    assert chosen.precision >= order
    return chosen.truncated(order)


def _linear(ring: ConstantRing, centre: Expr, rate: Expr, length: int) -> Series:
    """centre + rate·w²."""
    values = [ring.zero] * length
    values[0], values[2] = ring.element(centre), ring.element(rate)
    return Series(ring=ring, valuation=0, coefficients=tuple(values))


def _image(net: Network, centre: Expr, maps: ExactMaps) -> Expr:
    """f(centre): exactly ±1 at 1, and at −1 where φ is even, or odd without bias."""
    if centre == 1:
        return S.One
    parity = net.activation.parity
    if centre == -1 and (parity == "even" or (parity == "odd" and net.sigma_b == 0)):
        return S.One if parity == "even" else S.NegativeOne
    return sympy.expand(maps.value.subs(RHO, centre))


def _around(correlation: Series, centre: Expr, length: int) -> Series:
    """The variable of the next map: √(1 ∓ c) where the centre is ±1, c − centre inside."""
    rest = Series(
        ring=correlation.ring, valuation=0, coefficients=(correlation.ring.zero, *correlation.coefficients[1:])
    )
    rest = rest.normal()
    if abs(centre) != 1 or not rest.coefficients:
        return rest
    return rest.scaled(rest.ring.element(-centre)).power(HALF)


def _composed(ring: ConstantRing, form: Expr, centre: Expr, around: Series, length: int, known: Expr | None) -> Series:
    """form(c) as a series in w, with its constant term where that is known exactly."""
    inner = centre - centre * _W**2 if abs(centre) == 1 else centre + _W
    outside = expand_expression(form, RHO, inner, _W, length, ring)
    values: list[fmpq_mpoly] = [outside.coefficient(k) for k in range(length)]
    if known is not None:
        values[0] = ring.element(known)
    series = Series(ring=ring, valuation=0, coefficients=tuple(values))
    if not around.coefficients:
        return constant(ring, values[0], length)
    return series.composed(around).filled(length)
