"""One layer of a network with layer normalisation, as its correlation map and the numbers that bounds are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from flint import arb
from sympy import Expr, S

from symntk.activations.activation import Activation
from symntk.depth.certified_kink import kink_weight
from symntk.depth.certified_shape import plan, shape, without_jump
from symntk.depth.validated import DeficitMap
from symntk.errors import DomainError
from symntk.gaussian.hermite import hermite_coefficients
from symntk.gaussian.moments import second_moment
from symntk.meanfield.maps import checked_deviation
from symntk.meanfield.moments import slope_moment_of
from symntk.numbers.ball import enclose
from symntk.numbers.decide import decide


@lru_cache(maxsize=256)
def slope_norm(activation: Activation) -> Expr:
    """‖φ′‖² = E φ′(u)², u ~ N(0, 1).

    Guarantee: exact. Raises DomainError where it is infinite because φ jumps, and where φ is constant.

    >>> from symntk.activations.catalogue import activation
    >>> slope_norm(activation("relu"))
    1/2
    """
    moment = slope_moment_of(activation)
    norm = None if moment is None else moment.at(S.One)
    if norm is None or decide(norm, "==", 0) is True:
        found = "infinite, as φ jumps" if norm is None else "0"
        raise DomainError(
            f"a layer of {activation.name} was asked for, but E φ′² is {found}; take a φ that is "
            "continuous and not constant"
        )
    return norm


@lru_cache(maxsize=256)
def linearisation_error(activation: Activation) -> Expr:
    """‖φ − φ̄‖² = Σ_{k≥2} aₖ² = E φ² − a₀² − a₁², the squared error of φ̄(x) = a₀ + a₁x.

    Guarantee: exact, with inert expectations where there is no closed form. Source: [shrinkage2022].

    >>> from symntk.activations.catalogue import activation
    >>> linearisation_error(activation("relu"))
    1/4 - 1/(2*pi)
    """
    constant, linear = hermite_coefficients(activation, 2)
    return second_moment(activation) - constant**2 - linear**2


@dataclass(frozen=True, kw_only=True)
class NormalisedLayer:
    """P(ρ) = 1 − χ·g(1 − ρ), g(γ) = (1 − m)·γ + m·(C(1) − C(1 − γ))/‖φ′‖², C(ρ) = E φ(u)φ(v) at correlation ρ.

    P is a power series with non-negative coefficients and P(1) = 1, χ = P′(1), g′(0) = 1.
    The kinds of layers below make it: `normalised`, `critical`, `residual`, `embedding`.
    """

    activation: Activation | None
    slope: Expr
    """χ."""
    share: Expr
    """m: 1 without skip connection, 0 for a linear layer."""

    @cached_property
    def ratio(self) -> Expr:
        """R = m·‖φ − φ̄‖²/‖φ′‖²: the weight of the powers from 2 on in P, over χ; 0 ≤ R ≤ 1/2."""
        if self.activation is None:
            return S.Zero
        return self.share * linearisation_error(self.activation) / slope_norm(self.activation)

    @property
    def increasing(self) -> bool:
        """Whether P is known to increase on all of [−1, 1]: φ odd, or αx + β|x| with |β| ≤ |α|."""
        if self.activation is None or self.activation.parity == "odd":
            return True
        weight = kink_weight(self.activation)
        return weight is not None and decide(weight, "<=", S.Half) is True

    def deficit_map(self, bits: int) -> DeficitMap:
        """γ ↦ 1 − P(1 − γ) and its slope as ball functions, with values of about `bits` bits.

        Guarantee: certified. Raises NoClosedFormError where no certified map is known.

        >>> from symntk.activations.catalogue import activation
        >>> critical(activation("relu")).deficit_map(64).deficit(arb(1)).str(8)
        '[0.68169011 +/- 3.82e-9]'
        """
        chi = enclose(self.slope, bits=bits + 16)
        if self.activation is None:
            return DeficitMap(deficit=lambda gamma: chi * gamma, slope=lambda gamma: chi + 0 * gamma)
        share, step = enclose(self.share, bits=bits + 16), _shape(self.activation, bits)
        return DeficitMap(
            deficit=lambda gamma: chi * ((1 - share) * gamma + share * step.deficit(gamma)),
            slope=lambda gamma: chi * (1 - share + share * step.slope(gamma)),
        )


@lru_cache(maxsize=64)
def _shape(activation: Activation, bits: int) -> DeficitMap:
    return shape(without_jump(plan(activation, bits)), arb(1)).step


def normalised(activation: Activation, sigma_w: Expr, sigma_b: Expr) -> NormalisedLayer:
    """P(ρ) = (σ_b² + σ_w²·C(ρ))/(σ_b² + σ_w²·C(1)): a dense layer, normalised to the variance 1.

    Domain: σ_w > 0, σ_b ≥ 0, φ continuous, not constant. Guarantee: exact. Raises DomainError outside.
    Source: [shrinkage2022, eq. 2.3].

    >>> from symntk.activations.catalogue import activation
    >>> normalised(activation("relu"), S(1), S(1)).slope
    1/3
    """
    for name, value in (("sigma_w", sigma_w), ("sigma_b", sigma_b)):
        checked_deviation(name, value)
    if decide(sigma_w, "==", 0) is not False:
        raise DomainError(f"a layer with sigma_w = {sigma_w} was asked for, but it forgets its input; take sigma_w > 0")
    whole = sigma_b**2 + sigma_w**2 * second_moment(activation)
    return NormalisedLayer(activation=activation, slope=sigma_w**2 * slope_norm(activation) / whole, share=S.One)


def critical(activation: Activation) -> NormalisedLayer:
    """The dense layer with P′(1) = 1: σ_b² = σ_w²·(‖φ′‖² − ‖φ‖²).

    Domain: ‖φ‖ ≤ ‖φ′‖. Guarantee: exact. Raises DomainError outside: every bias then makes the layer ordered.

    >>> from symntk.activations.catalogue import activation
    >>> critical(activation("erf")).slope
    1
    """
    if decide(second_moment(activation), "<=", slope_norm(activation)) is not True:
        raise DomainError(
            f"a critical layer of {activation.name} was asked for, but E φ² exceeds E φ′²: no bias makes P′(1) = 1; "
            "take an activation of smaller mean"
        )
    return NormalisedLayer(activation=activation, slope=S.One, share=S.One)


def residual(activation: Activation, sigma: Expr) -> NormalisedLayer:
    """P(ρ) = (ρ + σ²·C(ρ))/(1 + σ²·C(1)): a block whose sum with its input is normalised.

    Then χ = (1 + σ²‖φ′‖²)/(1 + σ²‖φ‖²) and m = σ²‖φ′‖²/(1 + σ²‖φ′‖²).
    Domain: σ ≥ 0. Guarantee: exact. Raises DomainError outside. Source: [shrinkage2022, eq. A.10].

    >>> from symntk.activations.catalogue import activation
    >>> residual(activation("relu"), S(1)).share
    1/3
    """
    checked_deviation("sigma", sigma)
    grown = 1 + sigma**2 * slope_norm(activation)
    slope = grown / (1 + sigma**2 * second_moment(activation))
    return NormalisedLayer(activation=activation, slope=slope, share=(grown - 1) / grown)


def embedding() -> NormalisedLayer:
    """P(ρ) = ρ: the first layer of the networks of the paper, linear and without bias.

    >>> embedding().ratio
    0
    """
    return NormalisedLayer(activation=None, slope=S.One, share=S.Zero)
