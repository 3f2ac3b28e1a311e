"""Certified correlation and NTK of a pair of inputs in a residual network of any depth."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from flint import arb, arb_series
from sympy import Expr

from symntk.activations.activation import Activation
from symntk.architectures.residual import Residual
from symntk.depth.certified_depth import DepthValue, checked_correlation, checked_layers, followed
from symntk.depth.certified_germ import Germ
from symntk.depth.certified_place import Place, lost_bits
from symntk.depth.certified_shape import Shape, ShapePlan, plan, shape
from symntk.depth.initial_constant import InitialConstants, constants_of
from symntk.depth.validated import DeficitMap
from symntk.errors import DomainError, NoClosedFormError
from symntk.numbers.ball import enclose
from symntk.numbers.decide import decide
from symntk.numbers.power_series import coefficients, series_length
from symntk.numbers.precision import working_precision

_GUARD_BITS = 64


def residual_depth(
    activation: Activation, network: Residual, layers: int, rho: Expr | int | Fraction, *, bits: int = 128
) -> DepthValue:
    """γ_L and K^L(x,x′)/K^L(x,x) of a residual network from the correlation c¹ = ρ at equal norms.

    c^{ℓ+1} = (1 − δ)c + δ·f(c), k^{ℓ+1} = (1 − δ + δ·f′(c))·k + δ·f(c), k¹ = c¹, and 1 + δ(L − 1) on the diagonal.
    Domain: φ = αx + β|x|, L ≥ 1, −1 ≤ ρ < 1. Guarantee: certified, relative accuracy about 2^−bits. Raises DomainError
    outside the domain, NoClosedFormError for another activation, UndecidedError where δ is so small that the orbit
    settles too slowly. Source: [hayou2021]; the remainders are proved here.

    >>> from sympy import S
    >>> from symntk.activations.catalogue import activation
    >>> value = residual_depth(activation("relu"), Residual(strength=S(1)), 10**100, Fraction(3, 10), bits=64)
    >>> value.gamma.str(10), value.ntk_ratio.str(10)
    ('[1.776528792e-198 +/- 1.97e-208]', '[0.2500000000 +/- 3e-15]')
    """
    start, layers = checked_correlation(rho), checked_layers(layers)
    lost = lost_bits(start, activation) + layers.bit_length()
    wanted = _planned(activation, network, bits)
    with working_precision(wanted.precision + lost):
        found = mixed_shape(shape(wanted, arb(1), lost), network)
        pair = followed(wanted, found, Place(q=arb(1)), layers, enclose(1 - start, bits=found.precision))
        whole = 1 + enclose(network.weight, bits=found.precision) * (layers - 1)
    with working_precision(bits + _GUARD_BITS):
        return DepthValue(activation=activation, layers=layers, gamma=+pair.gamma, ntk_ratio=pair.kernel / whole)


def residual_constants(activation: Activation, network: Residual, rho: Expr, *, bits: int = 128) -> InitialConstants:
    """C and D of the orbit with c¹ = ρ, as they stand in `correlation_rate` of this architecture.

    Domain: φ = αx + β|x|, −1 < ρ < 1. Guarantee: certified. Raises DomainError outside of it, NoClosedFormError for
    another activation, UndecidedError where the orbit nears 1 too slowly.

    >>> from sympy import Rational, S
    >>> from symntk.activations.catalogue import activation
    >>> residual_constants(activation("relu"), Residual(strength=S(1)), Rational(3, 10), bits=64).correlation.str(8)
    '[11.441274 +/- 1.96e-7]'
    """
    if not (decide(rho, ">", -1) and decide(rho, "<", 1)):
        raise DomainError(f"an orbit from correlation {rho} was asked for; take a correlation in (-1, 1)")
    wanted, lost = _planned(activation, network, bits), lost_bits(rho, activation)
    with working_precision(wanted.precision + lost):
        found = constants_of(mixed_shape(shape(wanted, arb(1), lost), network), rho, bits)
        weight = enclose(network.weight, bits=wanted.precision)
        return InitialConstants(correlation=found.correlation, kernel=found.kernel / weight)


def _planned(activation: Activation, network: Residual, bits: int) -> ShapePlan:
    wanted = plan(activation, bits)
    if wanted.weight is None:
        raise NoClosedFormError(
            f"a residual network with {activation.name} was asked for, but its map is certified for αx + β|x| only "
            "(relu, leaky_relu(a), abs)"
        )
    return wanted


def mixed_shape(found: Shape, network: Residual) -> Shape:
    """The shape of c ↦ (1 − δ)c + δ·f(c) from that of f, at the precision in force."""
    weight = enclose(network.weight, bits=found.precision)
    return replace(found, step=mixed_map(found.step, weight), germ=mixed_germ(found.germ, weight), kept=1 - weight)


def mixed_map(step: DeficitMap, weight: arb) -> DeficitMap:
    """γ ↦ γ + δ·(g(γ) − γ).

    >>> from symntk.depth.certified_kink import kink_map
    >>> mixed_map(kink_map(arb(0.5)), arb(0.5)).deficit(arb(1)).str(8)
    '[0.84084506 +/- 3.10e-9]'
    """
    return DeficitMap(
        deficit=lambda gamma: gamma + weight * (step.deficit(gamma) - gamma),
        slope=lambda gamma: 1 - weight + weight * step.slope(gamma),
    )


def mixed_germ(germ: Germ, weight: arb) -> Germ:
    """The germ of the mixed map: vᵏ becomes 1 − δ + δ·vᵏ, λ becomes 1 − δ + δ·λ.

    On the disc |vᵏ − 1| ≤ σ = (1 + spread)ᵏ − 1, and |(1 + z)^{1/k} − 1| ≤ 1 − (1 − |z|)^{1/k}.
    Domain: 0 < δ ≤ 1, a germ without error, δσ < 1. Guarantee: certified.

    >>> from symntk.depth.certified_kink import kink_germ
    >>> [round(float(c), 4) for c in mixed_germ(kink_germ(arb(0.5)), arb(0.5)).series(3)[0]]
    [1.0, -0.0531, -0.0014]
    """
    k = germ.power
    apart = weight * ((1 + germ.spread) ** k - 1)

    def series(count: int) -> tuple[list[arb], list[arb]]:
        values, slopes = germ.series(count)
        with series_length(count):
            power = arb_series(values) ** k * weight + (1 - weight)
            root = power.sqrt() if k == 2 else power
            return coefficients(root, count), [weight * c + (1 - weight if n == 0 else 0) for n, c in enumerate(slopes)]

    return replace(
        germ,
        spread=1 - (1 - apart).root(k),
        slope=1 - weight + weight * germ.slope,
        series=series,
    )
