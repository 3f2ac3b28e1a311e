"""Certified correlation and NTK of a pair of inputs in a scaled residual network of any depth."""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import arb
from sympy import Expr, S

from symntk.activations.activation import Activation
from symntk.architectures.scaled_residual import ScaledResidual
from symntk.depth.certified_depth import DepthValue
from symntk.depth.certified_kink import kink_weight
from symntk.depth.kink_flow import kink_flow
from symntk.depth.scaled_orbit import Place, ScaledOrbit, blocks, walked
from symntk.errors import DomainError, NoClosedFormError
from symntk.numbers.ball import enclose
from symntk.numbers.decide import decide
from symntk.numbers.precision import working_precision

WALK = 20_000
"""Layers that are taken one by one."""
GUARD = 64


def scaled_depth(
    activation: Activation, network: ScaledResidual, layers: int, rho: Expr | int | Fraction, *, bits: int = 96
) -> DepthValue:
    """γ_L = 1 − c^L and K^L(x,x′)/K^L(x,x) of a scaled residual network from c¹ = ρ at equal norms.

    Layer by layer at first, then along the flow dγ/dτ = −(f(c) − c) with τ = Σ δ_ℓ, by proved bounds of what single
    layers add to it. Domain: φ = αx + β|x|, L ≥ 1, −1 ≤ ρ < 1, δ_ℓ = κ/(ℓ + η) ≤ 1, η ≥ 0. Guarantee: certified at
    any depth; up to 20 000 layers to about `bits`, beyond that with proved radii that κ²/20 000 sets, however many
    bits. Raises DomainError outside the domain, NoClosedFormError for another activation, UndecidedError where the
    angle is still large after 20 000 layers.

    >>> from symntk.activations.catalogue import activation
    >>> value = scaled_depth(activation("relu"), ScaledResidual(strength=S(1)), 10**100, Fraction(3, 10))
    >>> value.gamma.str(6), value.ntk_ratio.str(6)
    ('[0.000786369 +/- 4.10e-10]', '[0.257513 +/- 4.25e-7]')
    """
    if layers < 1:
        raise DomainError(f"a network of {layers} layers was asked for; take at least 1 layer")
    precision = bits + GUARD
    with working_precision(precision):
        orbit, gamma = _started(activation, network, rho, precision)
        place = walked(orbit, gamma, min(layers, WALK))
        for last in blocks(orbit, place, layers) if place.layer < layers else ():
            place = last
        ratio = place.kernel / (1 + orbit.weights(1, layers))
        return DepthValue(activation=activation, layers=layers, gamma=2 * (place.angle / 2).sin() ** 2, ntk_ratio=ratio)


def scaled_constant(
    activation: Activation, network: ScaledResidual, rho: Expr | int | Fraction, *, bits: int = 96
) -> arb:
    """C = lim (Φ(w_ℓ) − κ·log ℓ) of the same orbit, the letter C of the expansions.

    Domain and errors as for `scaled_depth`. Guarantee: certified, with a proved radius that κ²/20 000 sets.

    >>> from symntk.activations.catalogue import activation
    >>> scaled_constant(activation("relu"), ScaledResidual(strength=S(10)), Fraction(3, 10)).str(6)
    '[-15.1613 +/- 2.61e-5]'
    """
    precision = bits + GUARD
    with working_precision(precision):
        orbit, gamma = _started(activation, network, rho, precision)
        start = last = walked(orbit, gamma, WALK)
        for place in blocks(orbit, start, start.layer << precision):
            last = place
        return _constant(orbit, start, last)


def _constant(orbit: ScaledOrbit, start: Place, last: Place) -> arb:
    """Φ at the start, less κ·ψ(ℓ + 1 + η), and all excess; that of the last layers is below a·Σδ²."""
    time = orbit.flow.time.integral(start.angle) / orbit.side
    rest = orbit.side * last.angle * orbit.squares(last.layer, None)
    gone = orbit.strength * (arb(start.layer) + 1 + orbit.offset).digamma()
    return time - gone + last.excess + arb(0, rest.abs_upper())


def _started(
    activation: Activation, network: ScaledResidual, rho: Expr | int | Fraction, bits: int
) -> tuple[ScaledOrbit, arb]:
    weight = kink_weight(activation)
    if weight is None:
        raise NoClosedFormError(
            f"a scaled network with {activation.name} was asked for, but its flow is certified for αx + β|x| only "
            "(relu, leaky_relu(a), abs)"
        )
    start = rho if isinstance(rho, Expr) else sympy.Rational(rho.numerator, rho.denominator)
    if not (decide(start, ">=", -1) and decide(start, "<", 1)):
        raise DomainError(f"a pair of inputs at correlation {rho} was asked for; take a correlation in [-1, 1)")
    if not (decide(network.offset, ">=", 0) and decide(network.weight(S(2)), "<=", 1)):
        raise DomainError("a network was asked for whose layers weigh more than 1; take η ≥ 0 and κ ≤ 2 + η")
    orbit = ScaledOrbit(
        side=2 * enclose(weight, bits=bits) / arb.pi(),
        strength=enclose(network.strength, bits=bits),
        offset=enclose(network.offset, bits=bits),
        flow=kink_flow(bits),
    )
    return orbit, enclose(1 - start, bits=bits)
