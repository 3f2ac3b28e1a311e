"""The bound of each function from the bound of its argument: where its singularities lie and how fast it grows."""

from __future__ import annotations

from collections.abc import Callable

import sympy
from flint import arb

from symntk.gaussian.certified_bound import (
    ZERO,
    Bound,
    NoRuleError,
    Parabola,
    completed,
    level,
    reciprocal,
    supremum,
)
from symntk.gaussian.growth import Growth, larger, total
from symntk.numbers.normal_distribution import NormalCDF

POLE_OF_TANH = arb.pi() / 2
"""Height of the poles of tanh nearest to the real line."""
BRANCH_OF_ATAN = arb(1)
"""Height of the branch points of arctan and arsinh."""


def _height_below(a: Bound, limit: arb) -> arb:
    """The height of the argument when it is certainly below the limit."""
    if a.height is None or not a.height < limit.lower():
        raise NoRuleError("an argument that is not seen to keep away from the singularities")
    return a.height


def _finite_height(a: Bound) -> arb:
    if a.height is None:
        raise NoRuleError("an argument of unbounded imaginary part")
    return a.height


def _wall(a: Bound) -> Parabola:
    """A parabola above |Re w|, with non-negative coefficients."""
    if a.above is None or a.below is None:
        raise NoRuleError("an exponential of something that grows faster than a parabola")
    p0, p1, p2 = (larger(larger(p, q), ZERO) for p, q in zip(a.above, a.below, strict=True))
    return p0, p1, p2


def exponential(a: Bound) -> Bound:
    """|e^w| = e^{Re w}, arg e^w = Im w."""
    if a.above is None:
        raise NoRuleError("an exponential of something that grows faster than a parabola")
    p0, p1, p2 = a.above
    top, bottom = supremum(a.above), supremum(a.below)
    height = ZERO if a.real else None
    if height is None and top is not None and a.height is not None:
        height = (top.exp() * a.height.min(arb.pi() / 2).sin()).upper()
    return completed(
        Bound(
            growth=Growth(scale=p0.exp().upper(), rate=p1, curvature=p2),
            height=height,
            angle=a.height if a.height is not None and a.height < arb.pi().lower() else None,
            modulus=ZERO if bottom is None else (-bottom).exp().lower(),
        )
    )


def logarithm(a: Bound) -> Bound:
    """log w = log|w| + i arg w, for w off the cut and bounded away from zero; log(1 + s|x|) ≤ s|x|."""
    if a.angle is None or not a.modulus > 0:
        raise NoRuleError("a logarithm whose argument is not seen to avoid the negative half-line")
    g, deepest = a.growth, a.modulus.log()
    top = larger(g.scale.log(), ZERO)
    climb = (larger(g.rate, ZERO) + g.degree * g.slope).upper()
    bend = larger(g.curvature, ZERO)
    base = (abs(deepest) + top + a.angle).upper()
    lifted = larger(base, arb(1) if climb > 0 or bend > 0 else base)
    degree = arb(2) if bend > 0 else arb(1)
    steepness = larger(climb, bend.sqrt()) if bend > 0 else climb
    growth = Growth(scale=lifted, slope=steepness, degree=degree) if climb > 0 or bend > 0 else Growth(scale=base)
    return completed(
        Bound(
            growth=growth,
            above=(top, climb, bend),
            below=level(-deepest),
            height=a.angle,
            modulus=deepest.lower().max(ZERO),
        )
    )


def hyperbolic_tangent(a: Bound) -> Bound:
    """|tanh w|² = (sinh²x + sin²y)/(sinh²x + cos²y) ≤ max(1, tan²y), |Im tanh w| ≤ tan y; Re tanh w has x's sign."""
    height = _height_below(a, POLE_OF_TANH)
    slope = height.tan().upper()
    size = larger(arb(1), slope)
    return completed(
        Bound(growth=Growth(scale=size), above=_signed(a.above, size), below=_signed(a.below, size), height=slope)
    )


def _signed(side: Parabola | None, size: arb) -> Parabola:
    """The bound of an odd increasing real part: 0 where the argument keeps to the other side."""
    top = supremum(side)
    return level(ZERO) if top is not None and top <= 0 else level(size)


def hyperbolic_cosine(a: Bound) -> Bound:
    """|cosh w| ≤ e^{|x|}; for |y| < π/2 also |arg cosh w| ≤ |y| and |cosh w| ≥ cos y."""
    p0, p1, p2 = _wall(a)
    growth = Growth(scale=p0.exp().upper(), rate=p1, curvature=p2)
    real = ZERO if a.real else None
    if a.height is None or not a.height < POLE_OF_TANH.lower():
        return completed(Bound(growth=growth))
    return completed(Bound(growth=growth, height=real, angle=a.height, modulus=a.height.cos().lower()))


def hyperbolic_sine(a: Bound) -> Bound:
    """|sinh w| ≤ e^{|x|}."""
    p0, p1, p2 = _wall(a)
    growth = Growth(scale=p0.exp().upper(), rate=p1, curvature=p2)
    return completed(Bound(growth=growth, height=ZERO if a.real else None))


def hyperbolic_secant(a: Bound) -> Bound:
    """1/cosh w."""
    return reciprocal(hyperbolic_cosine(a))


def wave(a: Bound) -> Bound:
    """sin w and cos w: modulus at most cosh y, imaginary part at most sinh y."""
    height = _finite_height(a)
    return completed(Bound(growth=Growth(scale=height.cosh().upper()), height=height.sinh().upper()))


def arc_tangent(a: Bound) -> Bound:
    """|Re arctan w| < π/2 and |Im arctan w| ≤ artanh y for |y| < 1; Re arctan w has the sign of x."""
    height = _height_below(a, BRANCH_OF_ATAN).atanh().upper()
    side = (arb.pi() / 2).upper()
    size = (side**2 + height**2).sqrt().upper()
    return completed(
        Bound(growth=Growth(scale=size), above=_signed(a.above, side), below=_signed(a.below, side), height=height)
    )


def area_sine(a: Bound) -> Bound:
    """|arsinh w − arsinh x| ≤ |y|/√(1 − y²) and |arsinh x| ≤ |x| for |y| < 1."""
    height = _height_below(a, BRANCH_OF_ATAN)
    excess = (height / (1 - height**2).sqrt()).upper()
    return completed(Bound(growth=total(a.growth, Growth(scale=excess)), height=excess))


def error_function(a: Bound) -> Bound:
    """|erf w − erf x| ≤ (2/√π) y e^{y²}."""
    excess = _excess(_finite_height(a))
    return completed(Bound(growth=Growth(scale=(1 + excess).upper()), height=excess))


def complementary_error_function(a: Bound) -> Bound:
    """erfc w = 1 − erf w, in [0, 2] on the real line."""
    excess = _excess(_finite_height(a))
    size = (2 + excess).upper()
    return completed(Bound(growth=Growth(scale=size), above=level(size), below=level(excess), height=excess))


def normal_probability(a: Bound) -> Bound:
    """Φ(w) = erfc(−w/√2)/2, in [0, 1] on the real line."""
    excess = (_excess((_finite_height(a) / arb(2).sqrt()).upper()) / 2).upper()
    size = (1 + excess).upper()
    return completed(Bound(growth=Growth(scale=size), above=level(size), below=level(excess), height=excess))


def _excess(height: arb) -> arb:
    return (2 / arb.pi().sqrt() * height * (height**2).exp()).upper()


def _inside_unit_disc(function: Callable[[arb], arb]) -> Callable[[Bound], Bound]:
    """A function whose Taylor coefficients at 0 are non-negative, on arguments of modulus below 1: |f(w)| ≤ f(|w|)."""

    def rule(a: Bound) -> Bound:
        if not (a.growth.bounded and a.growth.scale < 1):
            raise NoRuleError("an argument that is not seen to stay inside the unit disc")
        return completed(Bound(growth=Growth(scale=function(a.growth.scale).upper())))

    return rule


RULES: dict[type, Callable[[Bound], Bound]] = {
    sympy.exp: exponential,
    sympy.log: logarithm,
    sympy.sin: wave,
    sympy.cos: wave,
    sympy.tanh: hyperbolic_tangent,
    sympy.cosh: hyperbolic_cosine,
    sympy.sinh: hyperbolic_sine,
    sympy.sech: hyperbolic_secant,
    sympy.atan: arc_tangent,
    sympy.asinh: area_sine,
    sympy.asin: _inside_unit_disc(arb.asin),
    sympy.atanh: _inside_unit_disc(arb.atanh),
    sympy.erf: error_function,
    sympy.erfc: complementary_error_function,
    NormalCDF: normal_probability,
}
