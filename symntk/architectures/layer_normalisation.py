"""Layer normalisation in the limit of infinite width: a normalised activation, and the bias that allows chaos."""

from __future__ import annotations

import sympy
from sympy import Expr, S

from symntk.activations.activation import Activation
from symntk.errors import DomainError
from symntk.gaussian.moments import normalized, standardized
from symntk.meanfield.parametrisation import characteristic_value
from symntk.numbers.decide import decide


def layer_normalised(activation: Activation, *, centred: bool = True) -> Activation:
    """The activation that acts like φ followed by layer normalisation, at unit variance of the pre-activations.

    h_i = (φ(y_i) − m)/s with m, s² the mean and variance over the n channels of one input; y_i ~ N(0, 1) independent
    gives m → E φ, s² → Var φ, and ∂m, ∂s are of order n^{−1/2}, so that NNGP and NTK are those of (φ − E φ)/√Var φ.
    Without `centred` only the length is normalised: φ/√(E φ²). Domain: φ not constant. Guarantee: exact.
    Raises DomainError outside of it. Source: [jacot2019].

    >>> from symntk.activations.catalogue import activation
    >>> layer_normalised(activation("relu")).name, layer_normalised(activation("relu"), centred=False).name
    ('normalized(relu)', 'standardized(relu)')
    """
    return normalized(activation) if centred else standardized(activation)


def chaos_threshold(activation: Activation) -> Expr:
    """β*, below which a fully connected net of this activation is chaotic: (1 − β²)·E φ′²/E φ² > 1 iff β < β*.

    β* = √(1 − E φ²/E φ′²). For a normalised φ that is not linear E φ′² > 1 (Poincaré), so that 0 < β* < 1.
    Domain: E φ′² > E φ², finite. Guarantee: exact. Raises DomainError where no β is chaotic, or where all below 1 are.

    >>> from symntk.activations.catalogue import activation
    >>> chaos_threshold(layer_normalised(activation("relu")))
    1/sqrt(pi)
    """
    value = characteristic_value(activation, S.Zero)
    asked = f"the largest bias with chaos for {activation.name} was asked for, but"
    if value == sympy.oo:
        raise DomainError(f"{asked} φ jumps: every β below 1 is chaotic")
    if decide(value, ">", S.One) is not True:
        raise DomainError(f"{asked} r = {value} at β = 0 is not above 1: none is; take a normalised activation")
    return sympy.sqrt(sympy.simplify(1 - 1 / value))
