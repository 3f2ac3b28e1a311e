"""The constants C and D in which an orbit and its NTK remember where they started, as certified numbers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from flint import arb
from sympy import Expr, S

from symntk.activations.activation import Activation
from symntk.depth.certified_doorway import Doorway
from symntk.depth.certified_parabolic import Entrance
from symntk.depth.certified_place import lost_bits, place_of
from symntk.depth.certified_shape import Shape, plan, shape
from symntk.depth.validated import ball, orbit
from symntk.errors import DomainError, UndecidedError
from symntk.numbers.ball import enclose
from symntk.numbers.decide import decide
from symntk.numbers.precision import working_precision

LONGEST_WALK = 200_000


@dataclass(frozen=True, kw_only=True)
class InitialConstants:
    """C = lim (Φ(w_ℓ) + (b/p)·log(p·a) − ℓ) and D = lim (K^ℓ·Φ′(γ_ℓ)/q − Θ(w_ℓ)) of an orbit."""

    correlation: arb
    kernel: arb


def initial_constants(
    activation: Activation, rho: Expr, *, sigma_b: Expr = S.Zero, sigma_w: Expr | None = None, bits: int = 128
) -> InitialConstants:
    """C and D of the orbit with c¹ = ρ on the edge of chaos at σ_b.

    Walks until the truncated Φ, Φ′ and Θ have small proved residuals along all that is left, and adds their sums as
    radii. Domain: −1 < ρ < 1, φ analytic around the real line or piecewise exponential polynomial.
    Guarantee: certified. Raises DomainError outside of it, NoClosedFormError for another activation, UndecidedError
    where the orbit nears 1 too slowly.

    >>> from sympy import Rational
    >>> from symntk.activations.catalogue import activation
    >>> from symntk.numbers.decimals import to_decimal
    >>> found = initial_constants(activation("relu"), Rational(3, 10), bits=64)
    >>> to_decimal(found.correlation, 12)[0], to_decimal(found.kernel, 12)[0]
    ('4.31061366473', '3.46248933071')
    """
    if not (decide(rho, ">", -1) and decide(rho, "<", 1)):
        raise DomainError(f"an orbit from correlation {rho} was asked for; take a correlation in (-1, 1)")
    wanted, lost = plan(activation, bits), lost_bits(rho, activation)
    place = place_of(wanted, sigma_w, sigma_b, lost)
    if place.chi is not None:
        raise DomainError(
            f"the initial constants of {activation.name} at σ_w = {sigma_w}, σ_b = {sigma_b} were asked for, but that "
            "is not on the edge of chaos; leave σ_w out"
        )
    with working_precision(wanted.precision + lost):
        return constants_of(shape(wanted, place.q, lost), rho, bits)


def constants_of(found: Shape, rho: Expr, bits: int) -> InitialConstants:
    """C and D of the orbit of a shape at the precision in force, K in units of q.

    Raises UndecidedError where the orbit nears 1 too slowly.
    """
    doorway = Doorway(found, bits)
    for pair in islice(orbit(found.step, enclose(1 - rho, bits=found.precision), found.kept), LONGEST_WALK):
        door = doorway.entered(pair)
        if door is not None:
            return InitialConstants(correlation=_correlation_constant(door, pair.layer), kernel=_kernel_constant(door))
    raise UndecidedError(
        f"the initial constants at correlation {rho} were asked for, but {LONGEST_WALK} layers do not bring it near 1"
    )


def _correlation_constant(door: Entrance, layer: int) -> arb:
    """Φ(w_m) − m, with log w replaced by log w + log(p·a)/p: that change is free of the unit of w."""
    phi, p = door.at.fatou, door.at.germ.order
    shift = -phi.logarithm / p * phi.terms[-p].log()
    return ball(phi(door.w) - phi.terms.get(0, arb(0)) + shift - layer, door.errors[0])


def _kernel_constant(door: Entrance) -> arb:
    """P(w_m)·k_m − Θ(w_m), P = dΦ/dγ and Θ = V + c·P without its constant term, the logarithm as in C.

    What P loses from layer j on, at most η(wⱼ)·P(wⱼ), weighs cⱼ ≤ 1: the sum of that over the orbit telescopes.
    """
    at, w, p = door.at, door.w, door.at.germ.order
    first, slope_error, sum_error = at.slope(w) * door.kernel, door.errors[1], door.errors[2]
    theta = at.sum(w) + at.summand(w) - at.sum.terms.get(0, arb(0)) - at.summand.terms.get(0, arb(0))
    shift = -at.sum.logarithm / p * at.fatou.terms[-p].log()
    lost = 2 * slope_error * (abs(first) + at.slope.majorant(w.abs_upper()) / (door.drop * w**p))
    return ball(first - theta - shift, sum_error + lost)
