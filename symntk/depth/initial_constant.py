"""The constant C in which an orbit remembers where it started, as a certified number."""

from __future__ import annotations

from itertools import islice
from math import ceil

from flint import arb
from sympy import Expr

from symntk.activations.activation import Activation
from symntk.depth.certified_kink import kink_germ, kink_map, kink_weight
from symntk.depth.certified_parabolic import Entrance, coordinates, entrance
from symntk.depth.validated import ball, orbit
from symntk.errors import DomainError, NoClosedFormError, UndecidedError
from symntk.numbers.ball import enclose
from symntk.numbers.decide import decide
from symntk.numbers.precision import working_precision

NEAR = 0.02
"""Below this w the remainders of the truncated Fatou coordinate are small."""
TERMS_PER_BIT, SPARE_TERMS, GUARD = 0.2, 8, 64
LONGEST_WALK = 20_000


def initial_constant(activation: Activation, rho: Expr, *, bits: int = 128) -> arb:
    """C = lim (Φ(w_ℓ) + (b/p)·log(p·a) − ℓ) of the orbit with c¹ = ρ.

    Walks until the truncated Φ has small proved residuals along all that is left, and adds their sum as a radius.
    Domain: −1 < ρ < 1, φ = αx + β|x|. Guarantee: certified. Raises DomainError outside of it, NoClosedFormError for
    another activation, UndecidedError where the orbit nears 1 too slowly.

    >>> from sympy import Rational
    >>> from symntk.activations.catalogue import activation
    >>> from symntk.numbers.decimals import to_decimal
    >>> to_decimal(initial_constant(activation("relu"), Rational(3, 10), bits=64), 12)[0]
    '4.31061366473'
    """
    weight = kink_weight(activation)
    if weight is None:
        raise NoClosedFormError(
            f"the initial constant of {activation.name} was asked for, but it is certified for αx + β|x| only "
            "(relu, leaky_relu(a), abs); leave out --rho"
        )
    if not (decide(rho, ">", -1) and decide(rho, "<", 1)):
        raise DomainError(f"an orbit from correlation {rho} was asked for; take a correlation in (-1, 1)")
    last = ceil(TERMS_PER_BIT * bits) + SPARE_TERMS
    precision = 2 * bits + 12 * last + GUARD
    with working_precision(precision):
        slope, germ = enclose(weight, bits=precision), kink_germ(enclose(weight, bits=precision))
        at = coordinates(germ, last)
        for pair in islice(orbit(kink_map(slope), enclose(1 - rho, bits=precision)), LONGEST_WALK):
            if germ.variable(pair.gamma) < NEAR:
                start = entrance(at, pair)
                if start.errors[0] * (1 << bits) < 1:
                    return _constant(start, pair.layer)
    raise UndecidedError(
        f"the initial constant at correlation {rho} was asked for, but {LONGEST_WALK} layers do not bring it near 1"
    )


def _constant(start: Entrance, layer: int) -> arb:
    """Φ(w_m) − m, with log w replaced by log w + log(p·a)/p: that change is free of the unit of w."""
    phi, p = start.at.fatou, start.at.germ.order
    shift = -phi.logarithm / p * phi.terms[-p].log()
    return ball(phi(start.w) - phi.terms.get(0, arb(0)) + shift - layer, start.errors[0])
