"""Zonal kernels κ(⟨x, x′⟩) of fully connected networks on the sphere, as ball functions of the deficit γ = 1 − ρ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from flint import arb
from sympy import Expr, S

from symntk.activations.activation import Activation
from symntk.depth.certified_place import Place, place_of
from symntk.depth.certified_shape import ShapePlan, plan, shape, without_jump
from symntk.depth.certified_smooth import is_analytic
from symntk.depth.hyperbolic import contracted_map, diagonal
from symntk.depth.validated import DeficitMap, Pair, orbit
from symntk.errors import DomainError
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

Kind = Literal["ntk", "nngp"]
MOST_LAYERS = 10_000
_GUARD_BITS = 64


@dataclass(frozen=True, kw_only=True)
class ZonalKernel:
    """κ(ρ) = Σ bₙρⁿ with all bₙ ≥ 0 and κ(1) < ∞: a positive definite kernel on the sphere of every dimension.

    So κ is analytic in the unit disc and bounded by κ(1) there, and it grows on [0, 1].
    """

    value: Callable[[arb], arb]
    """A ball of κ(1 − γ) for 0 ≤ γ ≤ 2, at the precision in force."""
    top: arb
    """κ(1)."""
    parity: int = 0
    """1 where κ is proved even, −1 where it is proved odd, 0 where it is neither."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """A fully connected network of L weight layers whose inputs have the norm that fixes the variance q.

    Without σ_w it lies on the edge of chaos at σ_b. Kernels are in units of q.
    """

    activation: Activation
    layers: int
    sigma_w: Expr | None = None
    sigma_b: Expr = S.Zero
    kind: Kind = "ntk"

    def __post_init__(self) -> None:
        if not 1 <= self.layers <= MOST_LAYERS:
            raise DomainError(
                f"the spectrum of a net of {self.layers} layers was asked for; take a number from 1 to {MOST_LAYERS}"
            )

    @property
    def parity(self) -> int:
        """Of the kernel in ρ: φ odd or a single layer make it odd, φ even makes it even from the second layer on."""
        if self.sigma_b != 0:
            return 0
        if self.layers == 1 or self.activation.parity == "odd":
            return -1
        return 1 if self.activation.parity == "even" else 0


@dataclass(frozen=True, kw_only=True)
class NetworkMaps:
    """The deficit map of a network at its fixed variance, the part s = 1 − σ_b²/q of ρ in c¹, and χ₁."""

    step: DeficitMap
    start: arb
    chi: arb | None
    place: Place


def network_maps(net: Network, bits: int) -> NetworkMaps:
    """g(γ) = 1 − f(1 − γ) and c¹ = σ_b²/q + sρ, for values of `bits` bits.

    Guarantee: certified. Raises DomainError where no positive variance is fixed, NoClosedFormError for an activation
    that is neither analytic around the real line nor made of exponential polynomials.

    >>> from symntk.activations.catalogue import activation
    >>> network_maps(Network(activation=activation("relu"), layers=3), 64).start
    1.00000000000000
    """
    wanted, extra = plan(net.activation, bits), net.layers.bit_length() + bits
    place = place_of(wanted, net.sigma_w, net.sigma_b, extra)
    wanted = without_jump(wanted)
    with working_precision(wanted.precision + extra):
        found = shape(wanted, place.q, 0 if is_analytic(net.activation) else bits)
        step = found.step if place.chi is None else contracted_map(found.step, place.chi)
        start = _start(net, place, wanted)
    return NetworkMaps(step=step, start=start, chi=place.chi, place=place)


def _start(net: Network, place: Place, wanted: ShapePlan) -> arb:
    """s = 1 − σ_b²/q; for a homogeneous φ the fixed variance is σ_b²/(1 − χ₁), so that s = χ₁."""
    if net.sigma_b == 0:
        return arb(1)
    if wanted.weight is not None:
        assert place.chi is not None
        return place.chi
    return 1 - enclose(net.sigma_b**2, bits=wanted.precision) / place.q


def network_kernel(net: Network, bits: int) -> ZonalKernel:
    """The NNGP c^L or the NTK K^L/q of a network, as a function of the correlation ρ of the inputs.

    c¹ = σ_b²/q + (1 − σ_b²/q)ρ, c^{ℓ+1} = f(c^ℓ), K¹/q = c¹, K^{ℓ+1}/q = f′(c^ℓ)K^ℓ/q + c^{ℓ+1}. Every map has
    non-negative Taylor coefficients at 0, and so has the result. Guarantee: certified. Raises as `network_maps`.

    >>> from symntk.activations.catalogue import activation
    >>> kernel = network_kernel(Network(activation=activation("relu"), layers=3), 64)
    >>> kernel.top, kernel.value(arb(1)).str(8)
    (3.00000000000000, '[0.68570864 +/- 3.72e-9]')
    """
    maps = network_maps(net, bits)

    def value(gamma: arb) -> arb:
        pair = last_pair(maps, net.layers, gamma)
        return pair.kernel if net.kind == "ntk" else 1 - pair.gamma

    with working_precision(bits + _GUARD_BITS):
        top = diagonal(maps.chi, net.layers) if net.kind == "ntk" else arb(1)
    return ZonalKernel(value=value, top=top, parity=net.parity)


def last_pair(maps: NetworkMaps, layers: int, gamma: arb) -> Pair:
    """The deficit and the NTK after L layers of inputs at correlation 1 − γ."""
    return next(islice(orbit(maps.step, maps.start * gamma), layers - 1, None))
