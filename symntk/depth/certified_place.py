"""Where in the phase diagram a pair of inputs is followed: fixed variance, χ₁ and fixed correlation as balls."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import sympy
from flint import arb
from sympy import Expr, S

from symntk.activations.activation import Activation
from symntk.depth.certified_shape import ShapePlan, without_jump
from symntk.depth.certified_smooth import is_analytic
from symntk.depth.edge_rate import edge_point
from symntk.depth.hyperbolic import Attractor
from symntk.errors import DomainError
from symntk.gaussian.moments import second_moment
from symntk.meanfield.edge_of_chaos import edge_of_chaos
from symntk.meanfield.phase import phase
from symntk.numbers.ball import enclose
from symntk.numbers.decide import decide
from symntk.numbers.precision import working_precision

_GUARD_BITS = 64


@dataclass(frozen=True, kw_only=True)
class Place:
    """A fixed variance q with χ₁, None on the edge of chaos, and the attractor inside (−1, 1) of the chaotic phase."""

    q: arb
    chi: arb | None = None
    attractor: Attractor | None = None
    reflection: int = 0
    """1 where f(−1) = 1, −1 where f(−1) = −1, 0 where neither is seen."""


def place_of(wanted: ShapePlan, sigma_w: Expr | None, sigma_b: Expr, extra: int) -> Place:
    """The place of (σ_w, σ_b), on the edge of chaos at σ_b without σ_w, with `extra` bits beyond those of the plan.

    Guarantee: certified. Raises DomainError where no positive variance is fixed, UndecidedError where χ₁ is not told
    from 1.

    >>> from symntk.activations.catalogue import activation
    >>> from symntk.depth.certified_shape import plan
    >>> place_of(plan(activation("tanh"), 64), S(2), S.Zero, 0).attractor.gamma
    1.00000000000000
    """
    phi, bits = wanted.activation, wanted.precision + extra + _GUARD_BITS
    _require_deviations(sigma_w, sigma_b)
    reflection = 1 if phi.parity == "even" else -1 if phi.parity == "odd" and sigma_b == 0 else 0
    if wanted.weight is not None:
        factor = contraction(phi, sigma_w, sigma_b)
        chi = None if factor is None else enclose(factor, bits=bits)
        return Place(q=arb(1), chi=chi, reflection=reflection)
    if sigma_w is None:
        point = edge_point(edge_of_chaos(phi, sigma_b, bits=bits), None, "the depth")
        return Place(q=point.q, reflection=reflection)
    return _in_phase(phi, sigma_w, sigma_b, without_jump(wanted).precision + extra + _GUARD_BITS, reflection)


def _in_phase(phi: Activation, sigma_w: Expr, sigma_b: Expr, bits: int, reflection: int) -> Place:
    found = phase(phi, sigma_w, sigma_b, bits=bits)
    asked = f"the depth of {phi.name} at σ_w = {sigma_w}, σ_b = {sigma_b} was asked for, but"
    if not found.variance.q > 0:
        raise DomainError(f"{asked} the variance shrinks to 0; take a larger σ_w or σ_b > 0")
    if found.chi1 is None:
        raise DomainError(f"{asked} φ jumps, so that χ₁ and the NTK are infinite; take another activation")
    if found.name == "edge_of_chaos":
        return Place(q=found.variance.q, reflection=reflection)
    attractor = None
    if found.name == "chaotic":
        slope = found.correlation.slope
        assert slope is not None
        with working_precision(bits):
            gamma = arb(1) if found.correlation.exact == 0 else 1 - found.correlation.c
        attractor = Attractor(gamma=gamma, slope=slope)
    return Place(q=found.variance.q, chi=found.chi1, attractor=attractor, reflection=reflection)


def contraction(activation: Activation, sigma_w: Expr | None, sigma_b: Expr) -> Expr | None:
    """χ₁ = σ_w²·E φ′² of a homogeneous φ at σ_b > 0; None at σ_b = 0, where the correlation map has slope 1 at 1.

    Raises DomainError where no variance is fixed.

    >>> from symntk.activations.catalogue import activation
    >>> contraction(activation("relu"), S.One, S.One)
    1/2
    """
    _require_deviations(sigma_w, sigma_b)
    if sigma_b == 0:
        return None
    if sigma_w is None:
        raise DomainError(
            f"the edge of chaos of {activation.name} at σ_b = {sigma_b} was asked for, but it has one at σ_b = 0 "
            "only; take --sigma-b 0 or give --sigma-w"
        )
    factor = sympy.expand(sigma_w**2 * second_moment(activation))
    if not decide(factor, "<", S.One):
        raise DomainError(
            f"σ_w = {sigma_w}, σ_b = {sigma_b} were asked for, but χ₁ = {factor} is not below 1 and no variance is "
            "fixed; take a smaller σ_w"
        )
    return factor


def _require_deviations(sigma_w: Expr | None, sigma_b: Expr) -> None:
    if not bool(sigma_b >= 0) or (sigma_w is not None and not bool(sigma_w > 0)):
        raise DomainError(f"σ_w = {sigma_w}, σ_b = {sigma_b} were asked for; take σ_w > 0 and σ_b ≥ 0")


def lost_bits(start: Expr, activation: Activation) -> int:
    """Bits that evaluation loses at a correlation near ±1, where closed forms have roots; analytic φ lose none."""
    if is_analytic(activation):
        return 0
    distances = [1 - start] + [1 + start] * (start != -1)
    return 4 * max(0, *(-int(float(enclose(distance, bits=32).log())) for distance in distances))


def leading_zeros(start: Expr) -> int:
    """Bits that 1 − γ loses at a correlation near 0, none at 0.

    >>> leading_zeros(S.One / 1024), leading_zeros(S.Zero)
    (10, 0)
    """
    return 0 if start == 0 else max(0, ceil(-float(enclose(abs(start), bits=32).log() / arb(2).log())))
