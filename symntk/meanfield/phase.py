"""The phase of a layer: ordered, edge of chaos or chaotic, as the slope χ₁ of its correlation map at 1 decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flint import arb
from sympy import Expr, S

from symntk.activations.activation import Activation
from symntk.errors import UndecidedError
from symntk.meanfield.fixed_points import (
    FixedCorrelation,
    FixedVariance,
    FixedVariances,
    fixed_variances,
    inner_correlation,
    require_fixed_variance,
    slope_at_zero,
)
from symntk.meanfield.isolation import ISOLATION_BITS, sign_of
from symntk.meanfield.maps import GUARD_BITS, MeanField
from symntk.numbers.ball import enclose
from symntk.numbers.decide import decide
from symntk.numbers.precision import working_precision

PhaseName = Literal["ordered", "edge_of_chaos", "chaotic"]
_NAMES: dict[int, PhaseName] = {-1: "ordered", 0: "edge_of_chaos", 1: "chaotic"}
_ATTEMPTS = (1, 4)


@dataclass(frozen=True, kw_only=True)
class Phase:
    """The phase at the fixed variance q that deep networks settle at.

    `chi1` is None where it is infinite; depth scales are ξ_c = −1/log f′(c*) and ξ_∇ = −1/log χ₁ (negative where
    gradients grow), None where infinite.
    """

    layer: MeanField
    name: PhaseName
    variance: FixedVariance
    variances: FixedVariances
    chi1: arb | None
    chi1_exact: Expr | None
    correlation: FixedCorrelation
    correlation_depth: arb | None
    gradient_depth: arb | None


def phase(activation: Activation, sigma_w: Expr, sigma_b: Expr, *, bits: int = 128) -> Phase:
    """The phase of φ at (σ_w, σ_b), with q*, χ₁, c* and the depth scales.

    Domain: σ_w, σ_b ≥ 0 with a fixed variance that is not unstable. Guarantee: the name is proved, by balls or, for
    χ₁ = 1, by exact algebra. Raises DomainError without a fixed variance and UndecidedError where χ₁ is not told
    from 1. Source: [hayou2021].

    >>> from sympy import sqrt
    >>> from symntk.activations.catalogue import activation
    >>> phase(activation("relu"), sqrt(2), S.Zero).name, phase(activation("tanh"), S(2), S.Zero).name
    ('edge_of_chaos', 'chaotic')
    """
    layer = MeanField(activation=activation, sigma_w=sigma_w, sigma_b=sigma_b)
    variances, variance, slope, side = _decided(layer, bits)
    return _assembled(layer, variances, variance, slope, side, bits)


def phase_name(activation: Activation, sigma_w: Expr, sigma_b: Expr, *, bits: int = 64) -> PhaseName:
    """The name of the phase alone, without the correlations that cost most.

    Domain, guarantee and errors as for `phase`. Source: [hayou2021].

    >>> from symntk.activations.catalogue import activation
    >>> phase_name(activation("tanh"), S(2), S.Zero)
    'chaotic'
    """
    return _NAMES[_decided(MeanField(activation=activation, sigma_w=sigma_w, sigma_b=sigma_b), bits)[-1]]


def _decided(layer: MeanField, bits: int) -> tuple[FixedVariances, FixedVariance, tuple[arb | None, Expr | None], int]:
    """The fixed variances, the one that is taken, χ₁ there and the certain sign of χ₁ − 1."""
    for factor in _ATTEMPTS:
        variances = fixed_variances(layer, bits=factor * bits + GUARD_BITS)
        variance = require_fixed_variance(layer, variances)
        exact = _exact_chi1(layer, variance)
        chi1 = _chi1(layer, variance, exact, factor * bits + GUARD_BITS)
        side = _side(exact, chi1)
        if side is not None:
            return variances, variance, (chi1, exact), side
    raise UndecidedError(
        f"the phase of {layer.activation.name} at sigma_w = {layer.sigma_w}, sigma_b = {layer.sigma_b} was asked for, "
        "but chi_1 is not told from 1; ask for more digits"
    )


def _exact_chi1(layer: MeanField, variance: FixedVariance) -> Expr | None:
    if layer.sigma_w == 0:
        return S.Zero
    if variance.exact is None or layer.slope is None:
        return None
    return slope_at_zero(layer) if variance.exact == 0 else layer.sigma_w**2 * layer.slope.at(variance.exact)


def _chi1(layer: MeanField, variance: FixedVariance, exact: Expr | None, bits: int) -> arb | None:
    """χ₁ = σ_w² E φ′(√q u)² by the mean value form; None where it is infinite."""
    if exact is not None:
        return enclose(exact, bits=bits)
    if layer.slope is None:
        return None
    with working_precision(bits + GUARD_BITS):
        centre = variance.q.mid()
        rate = layer.slope.slope.enclose(variance.q, ISOLATION_BITS)
        value = layer.slope.enclose(centre, bits) + rate * (variance.q - centre)
        return enclose(layer.sigma_w**2, bits=bits) * value


def _side(exact: Expr | None, chi1: arb | None) -> int | None:
    """The certain sign of χ₁ − 1."""
    if exact is not None and decide(exact, "==", 1) is True:
        return 0
    return 1 if chi1 is None else sign_of(chi1 - 1) or None


def _assembled(
    layer: MeanField,
    variances: FixedVariances,
    variance: FixedVariance,
    slope: tuple[arb | None, Expr | None],
    side: int,
    bits: int,
) -> Phase:
    chi1, exact = slope
    if side > 0:
        correlation = inner_correlation(layer, variance.q, bits=bits)
    else:
        correlation = FixedCorrelation(c=arb(1), exact=S.One, slope=chi1)
    return Phase(
        layer=layer,
        name=_NAMES[side],
        variance=variance,
        variances=variances,
        chi1=chi1,
        chi1_exact=exact,
        correlation=correlation,
        correlation_depth=None if side == 0 else _depth(correlation.slope, bits),
        gradient_depth=None if side == 0 else _depth(chi1, bits),
    )


def _depth(rate: arb | None, bits: int) -> arb:
    """−1/log rate; 0 for the rates 0 and ∞."""
    with working_precision(bits + GUARD_BITS):
        return arb(0) if rate is None or rate == 0 else -1 / rate.log()
