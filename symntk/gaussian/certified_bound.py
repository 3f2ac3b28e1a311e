"""What is known of a function on a strip around the real line, and how sums, products and powers inherit it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flint import arb

from symntk.errors import UndecidedError
from symntk.gaussian.growth import Growth, larger, power, product, total

Parabola = tuple[arb, arb, arb]
"""p₀ + p₁|x| + p₂x²."""

ZERO = arb(0)


class NoRuleError(UndecidedError):
    """No rule bounds the function on this strip."""


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What holds for w = w(x + iy) at every point of the strip; None means that nothing is known."""

    growth: Growth
    """|w| ≤ growth(|x|)."""
    above: Parabola | None = None
    """Re w ≤ above(|x|)."""
    below: Parabola | None = None
    """−Re w ≤ below(|x|)."""
    height: arb | None = None
    """|Im w| ≤ height."""
    angle: arb | None = None
    """w = 0 or |arg w| ≤ angle < π."""
    turned: arb | None = None
    """w = 0 or |arg(−w)| ≤ turned < π."""
    modulus: arb = ZERO
    """|w| ≥ modulus."""
    value: arb | None = None
    """The value of a real constant."""

    @property
    def real(self) -> bool:
        """Whether w is known to be real."""
        return self.height is not None and self.height.is_zero()


def level(value: arb) -> Parabola:
    """The constant parabola."""
    return (value.upper(), ZERO, ZERO)


def supremum(parabola: Parabola | None) -> arb | None:
    """An upper value of the parabola over |x| ≥ 0, None when there is none."""
    if parabola is None:
        return None
    p0, p1, p2 = parabola
    if p2 < 0:
        return (p0 + larger(p1, ZERO) ** 2 / (-4 * p2)).upper()
    return p0 if p2 == 0 and p1 <= 0 else None


def ceiling(growth: Growth) -> Parabola | None:
    """A parabola above a growth of degree at most 2 without exponential part."""
    if growth.rate > 0 or growth.curvature > 0 or growth.degree > 2:
        return None
    if growth.bounded:
        return level(growth.scale)
    lean = (growth.scale * growth.slope).upper()
    if growth.degree <= 1:
        return (growth.scale, lean, ZERO)
    return (growth.scale, 2 * lean, (lean * growth.slope).upper())


def completed(bound: Bound) -> Bound:
    """The bound with everything that its fields imply about each other."""
    return _by_real_part(_by_sector(_by_growth(bound)))


def _by_growth(bound: Bound) -> Bound:
    top = ceiling(bound.growth)
    height = bound.height
    if bound.growth.bounded:
        height = bound.growth.scale if height is None else height.min(bound.growth.scale).upper()
    return replace(bound, above=bound.above or top, below=bound.below or top, height=height)


def _by_sector(bound: Bound) -> Bound:
    """A sector of at most a right angle on each side bounds the real part away from one sign."""
    above = _within_sector(bound.turned, bound.modulus, bound.above)
    below = _within_sector(bound.angle, bound.modulus, bound.below)
    return replace(bound, above=above, below=below)


def _within_sector(angle: arb | None, modulus: arb, known: Parabola | None) -> Parabola | None:
    if angle is None or not 2 * angle <= arb.pi().lower():
        return known
    found = -modulus if angle == 0 else (-(modulus * angle.cos())).upper()
    now = supremum(known)
    return known if now is not None and now <= found else level(found)


def _by_real_part(bound: Bound) -> Bound:
    """A real part of one sign bounds the modulus from below and the sector from above."""
    right, left = supremum(bound.below), supremum(bound.above)
    modulus = bound.modulus
    for side in (right, left):
        if side is not None and side < 0:
            modulus = modulus.max(-side).lower()
    return replace(
        bound,
        modulus=modulus,
        angle=_sector(right, bound.height, bound.angle),
        turned=_sector(left, bound.height, bound.turned),
    )


def _sector(negated: arb | None, height: arb | None, known: arb | None) -> arb | None:
    """|arg w| when Re w ≥ −negated ≥ 0 and |Im w| ≤ height."""
    if negated is None or not negated <= 0:
        return known
    found = (arb.pi() / 2).upper()
    if height is not None and height.is_zero():
        found = ZERO
    elif height is not None and negated < 0:
        found = (height / -negated).atan().upper()
    return found if known is None else found.min(known).upper()


def on_real_line(bound: Bound) -> Bound:
    """The bound of a function that is real because its argument is."""
    return completed(replace(bound, height=ZERO))


def constant(value: arb) -> Bound:
    """A real constant."""
    size = value.abs_upper()
    return completed(
        Bound(
            growth=Growth(scale=size),
            above=level(value),
            below=level(-value),
            height=ZERO,
            modulus=value.abs_lower(),
            value=value,
        )
    )


def variable(height: arb, left: arb | None, right: arb | None) -> Bound:
    """z itself, |Im z| ≤ height, left ≤ Re z ≤ right; |z| ≤ D(1 + |x|/D), D = max(height, 1)."""
    if left is not None and right is not None:
        growth = Growth(scale=(larger(abs(left), abs(right)) + height).upper())
    else:
        size = larger(height, arb(1))
        growth = Growth(scale=size, slope=(1 / size).upper(), degree=arb(1))
    line = (ZERO, arb(1), ZERO)
    above = line if right is None else level(right)
    below = line if left is None else level(-left)
    return completed(Bound(growth=growth, above=above, below=below, height=height))


def added(a: Bound, b: Bound) -> Bound:
    """w₁ + w₂. Two vectors at an angle ψ ≤ Θ < π have a sum of modulus at least |w₁|·sin Θ, or |w₁| for Θ ≤ π/2."""
    modulus = ZERO
    for first, second in ((a.angle, b.angle), (a.turned, b.turned)):
        spread = _below_pi(first, second)
        if spread is not None:
            shrink = arb(1) if 2 * spread <= arb.pi().lower() else spread.sin()
            modulus = modulus.max(a.modulus.max(b.modulus) * shrink).lower()
    return completed(
        Bound(
            growth=total(a.growth, b.growth),
            above=_sum(a.above, b.above),
            below=_sum(a.below, b.below),
            height=None if a.height is None or b.height is None else (a.height + b.height).upper(),
            angle=_wider(a.angle, b.angle),
            turned=_wider(a.turned, b.turned),
            modulus=modulus.max(ZERO),
        )
    )


def multiplied(a: Bound, b: Bound) -> Bound:
    """w₁·w₂: moduli multiply, arguments add, Re w₁w₂ = Re w₁ Re w₂ − Im w₁ Im w₂."""
    if a.value is not None:
        return _scaled(b, a.value)
    if b.value is not None:
        return _scaled(a, b.value)
    real = a.real and b.real
    return completed(
        Bound(
            growth=product(a.growth, b.growth),
            below=_product_of_positive(a, b),
            height=ZERO if real else None,
            angle=_narrower(_below_pi(a.angle, b.angle), _below_pi(a.turned, b.turned)),
            turned=_narrower(_below_pi(a.angle, b.turned), _below_pi(a.turned, b.angle)),
            modulus=(a.modulus * b.modulus).lower(),
        )
    )


def _scaled(a: Bound, value: arb) -> Bound:
    size = value.abs_upper()
    result = Bound(
        growth=product(a.growth, Growth(scale=size)),
        height=None if a.height is None else (a.height * size).upper(),
        modulus=(a.modulus * value.abs_lower()).lower(),
        value=None if a.value is None else a.value * value,
    )
    if value >= 0:
        above, below, angle, turned = a.above, a.below, a.angle, a.turned
    elif value <= 0:
        above, below, angle, turned = a.below, a.above, a.turned, a.angle
    else:
        return completed(result)
    ends = (_stretched(above, abs(value)), _stretched(below, abs(value)))
    return completed(replace(result, above=ends[0], below=ends[1], angle=angle, turned=turned))


def square(a: Bound) -> Bound:
    """w²: Re w² = (Re w)² − (Im w)² ≥ (inf Re w)² − height²."""
    if a.value is not None:
        return constant(a.value**2)
    below = None
    if a.height is not None:
        below = level(a.height**2 - _least_real(a) ** 2)
    double = None if a.angle is None else _below_pi(a.angle, a.angle)
    other = None if a.turned is None else _below_pi(a.turned, a.turned)
    return completed(
        Bound(
            growth=power(a.growth, arb(2)),
            above=_squared(a),
            below=below,
            height=ZERO if a.real else None,
            angle=_narrower(double, other),
            modulus=(a.modulus**2).lower(),
        )
    )


def reciprocal(a: Bound) -> Bound:
    """1/w, for w bounded away from zero."""
    if not a.modulus > 0:
        raise NoRuleError("a quotient whose denominator is not seen to be bounded away from zero")
    least = (1 / a.growth.scale).lower() if a.growth.bounded and a.growth.scale > 0 else ZERO
    return completed(
        Bound(
            growth=Growth(scale=(1 / a.modulus).upper()),
            height=ZERO if a.real else None,
            angle=a.angle,
            turned=a.turned,
            modulus=least,
            value=None if a.value is None else 1 / a.value,
        )
    )


def integer_power(a: Bound, n: int) -> Bound:
    """wⁿ by squaring."""
    if n < 0:
        return reciprocal(integer_power(a, -n))
    if n == 0:
        return constant(arb(1))
    if n == 1:
        return a
    return square(integer_power(a, n // 2)) if n % 2 == 0 else multiplied(a, integer_power(a, n - 1))


def real_power(a: Bound, p: arb) -> Bound:
    """wᵖ on the principal branch, for w off the cut (−∞, 0]; on the real line also w = 0 when p > 0."""
    rooted = a.real and bool(p > 0)
    if a.angle is None or not (a.modulus > 0 or rooted):
        raise NoRuleError("a root whose argument is not seen to avoid the negative half-line")
    angle = (abs(p) * a.angle).upper()
    if p > 0:
        growth, modulus = power(a.growth, p.upper()), (a.modulus**p).lower()
    elif p < 0:
        growth, modulus = Growth(scale=(a.modulus**p).upper()), ZERO
    else:
        raise NoRuleError("a power whose exponent has no known sign")
    return completed(
        Bound(
            growth=growth,
            height=ZERO if a.real else None,
            angle=angle if angle < arb.pi().lower() else None,
            modulus=modulus.max(ZERO),
        )
    )


def _least_real(a: Bound) -> arb:
    """A lower value of |Re w|."""
    for side in (supremum(a.below), supremum(a.above)):
        if side is not None and side < 0:
            return (-side).lower()
    return ZERO


def _squared(a: Bound) -> Parabola | None:
    """A parabola above (Re w)²."""
    if a.above is None or a.below is None:
        return None
    p0, p1, p2 = (larger(larger(p, q), ZERO) for p, q in zip(a.above, a.below, strict=True))
    return ((p0**2).upper(), (2 * p0 * p1).upper(), (p1**2).upper()) if p2 == 0 else None


def _product_of_positive(a: Bound, b: Bound) -> Parabola | None:
    """−Re w₁w₂ ≤ height₁·height₂ − inf Re w₁·inf Re w₂ when both real parts are non-negative."""
    lows = (supremum(a.below), supremum(b.below))
    if a.height is None or b.height is None or lows[0] is None or lows[1] is None:
        return None
    if not (lows[0] <= 0 and lows[1] <= 0):
        return None
    return level(a.height * b.height - lows[0] * lows[1])


def _sum(p: Parabola | None, q: Parabola | None) -> Parabola | None:
    if p is None or q is None:
        return None
    return ((p[0] + q[0]).upper(), (p[1] + q[1]).upper(), (p[2] + q[2]).upper())


def _stretched(p: Parabola | None, factor: arb) -> Parabola | None:
    if p is None:
        return None
    return ((p[0] * factor).upper(), (p[1] * factor).upper(), (p[2] * factor).upper())


def _below_pi(a: arb | None, b: arb | None) -> arb | None:
    """The sum of two angles when both are known and it is less than π."""
    if a is None or b is None:
        return None
    angle = (a + b).upper()
    return angle if angle < arb.pi().lower() else None


def _wider(a: arb | None, b: arb | None) -> arb | None:
    """The sector of a sum: the wider of two sectors that together leave a half-line free."""
    return larger(a, b) if a is not None and b is not None and _below_pi(a, b) is not None else None


def _narrower(a: arb | None, b: arb | None) -> arb | None:
    if a is None or b is None:
        return b if a is None else a
    return a.min(b).upper()
