"""Certified values of the bivariate normal distribution function Φ₂(h, k; r), by Plackett's integral in r."""

from __future__ import annotations

from collections.abc import Callable

from flint import acb, arb

from symntk.numbers.precision import current_precision, working_precision

Ball = arb | acb

_GUARD_BITS = 16
_FAR = 0.97
"""Beyond this |r| the integral in r starts at r = ±1 instead of r = 0; both starts are exact, this is about speed."""
_TOLERATED_LOSS = 40
"""Bits that may be lost to cancellation before the other start is taken; again about speed only."""


def enclose_normal(x: arb) -> arb:
    """Φ(x) = erfc(−x/√2)/2, with full relative accuracy in the lower tail.

    >>> enclose_normal(arb(0))
    0.500000000000000
    """
    return (-x / arb(2).sqrt()).erfc() / 2


def enclose_complex_normal(x: acb) -> acb:
    """Φ(x) = erfc(−x/√2)/2, continued to the complex plane as an entire function.

    >>> enclose_complex_normal(acb(0))
    0.500000000000000
    """
    return (-x / arb(2).sqrt()).erfc() / 2


def enclose_bivariate_normal(h: Ball, k: Ball, r: Ball, bits: int) -> Ball:
    """Φ₂(h, k; r) = P(U ≤ h, V ≤ k) for standard normals U, V of correlation r [Plackett1954].

    Φ₂ = Φ(h)Φ(k) + (1/2π) ∫₀^{asin r} e^{−(h² − 2hk sin θ + k²)/(2 cos² θ)} dθ.
    Real h, k (also ±∞) and −1 ≤ r ≤ 1; the part of a real ball r outside [−1, 1] is disregarded. Complex h, k, r: the
    analytic continuation from |r| < 1.
    Guarantee: the ball contains every value on the balls given; nan where none is found (r outside [−1, 1], complex r
    on the cuts). The accuracy is about `bits` relative bits for exact arguments, short of cancellation.

    >>> enclose_bivariate_normal(arb(0), arb(0), arb("0.5"), 53).overlaps(arb(1) / 3)
    True
    """
    with working_precision(bits + _GUARD_BITS):
        if isinstance(h, arb) and isinstance(k, arb) and isinstance(r, arb):
            return _real(h, k, r)
        return _complex(acb(h), acb(k), acb(r))


def _real(h: arb, k: arb, r: arb) -> arb:
    infinite = _infinite(h, k)
    if infinite is not None:
        return infinite
    low, high = _clipped(r)
    if low is None or high is None or not (h.is_finite() and k.is_finite()):
        return arb.nan()
    if not (h.is_exact() and k.is_exact() and r.is_exact()):
        thin = _thin(h, k, r)
        if thin is not None:
            return thin
        least = _at_point(h.lower(), k.lower(), low)
        return least.union(_at_point(h.upper(), k.upper(), high))
    return _at_point(h, k, r)


def _infinite(h: arb, k: arb) -> arb | None:
    for x, other in ((h, k), (k, h)):
        if x == arb.pos_inf():
            return enclose_normal(other) if other.is_finite() else arb(int(other > 0))
        if x == arb.neg_inf():
            return arb(0)
    return None


def _clipped(r: arb) -> tuple[arb | None, arb | None]:
    """The ends of the part of the ball r inside [−1, 1]."""
    low, high = r.lower(), r.upper()
    if not r.is_finite() or low > 1 or high < -1:
        return None, None
    return low.max(arb(-1)).lower(), high.min(arb(1)).upper()


def _thin(h: arb, k: arb, r: arb) -> arb | None:
    """Value at the midpoint, widened by the derivatives; None where that is coarse.

    Balls h, k that overlap are moved to one midpoint, so that h = k does not meet the essential singularity of h ≠ k.
    """
    middle, other = h.mid(), h.mid() if h.overlaps(k) else k.mid()
    root = (1 - r * r).sqrt()
    if not root > 0:
        return None
    slope_h = _density(h) * _at_most_one(enclose_normal((k - r * h) / root))
    slope_k = _density(k) * _at_most_one(enclose_normal((h - r * k) / root))
    slope_r = (-(h * h - 2 * h * k * r + k * k) / (2 * root**2)).exp() / (2 * arb.pi() * root)
    error = _reach(h, middle) * slope_h + _reach(k, other) * slope_k + _reach(r, r.mid()) * slope_r
    value = _at_point(middle, other, r.mid())
    if not (error.is_finite() and error.abs_upper() * 1024 < value.abs_lower()):
        return None
    return value + arb(0, error.abs_upper())


def _density(x: arb) -> arb:
    return (-x * x / 2).exp() / (2 * arb.pi()).sqrt()


def _at_most_one(probability: arb) -> arb:
    return probability.min(arb(1)) if probability.is_finite() else arb(1)


def _reach(x: arb, centre: arb) -> arb:
    return (x - centre).abs_upper()


def _at_point(h: arb, k: arb, r: arb) -> arb:
    """Φ₂ at exact real arguments, by the start of integration that loses least."""
    if r == 1:
        return enclose_normal(h.min(k))
    if r == -1:
        return _countermonotone(h, k)
    if r == 0:
        return enclose_normal(h) * enclose_normal(k)
    exponent = _tail_exponent(h, k, r)
    far = r > _FAR or r < -_FAR
    from_zero_loses = exponent - _tail_exponent(h, k, arb(0)) if r < 0 else arb(0)
    from_end_loses = exponent - _square(h.min(k).min(arb(0))) / 2 if r > 0 else arb(0)
    from_zero = not from_zero_loses > _TOLERATED_LOSS and (not far or from_end_loses > _TOLERATED_LOSS)
    lost = from_zero_loses if from_zero else from_end_loses
    with working_precision(current_precision() + _bits(lost) + _bits((1 + exponent).log())):
        return (_from_zero if from_zero else _from_end)(h, k, r, (-exponent).exp())


def _bits(nats: arb) -> int:
    """The bits in a loss of some nats; a huge one is not made up for."""
    return int(min(max(1.5 * float(nats), 0), 8 * _TOLERATED_LOSS))


def _square(x: arb) -> arb:
    return x * x


def _countermonotone(h: arb, k: arb) -> arb:
    """max(0, Φ(h) + Φ(k) − 1), the value at r = −1."""
    return enclose_normal(h.min(k)) - enclose_normal(-h.max(k)) if h + k > 0 else arb(0)


def _tail_exponent(h: arb, k: arb, r: arb) -> arb:
    """The large-deviation exponent: Φ₂ ≈ e^{−E}; a heuristic that only sets tolerances and the route."""
    if h >= 0 and k >= 0:
        return arb(0)
    if h < 0 and r * h <= k:
        return (h * h / 2).mid()
    if k < 0 and r * k <= h:
        return (k * k / 2).mid()
    return ((h * h - 2 * r * h * k + k * k) / (2 * (1 - r) * (1 + r))).mid()


def _integral(integrand: Callable[[acb, bool], acb], end: Ball, scale: arb) -> acb:
    tolerance = scale.abs_upper() * arb(2) ** -current_precision()
    return acb.integral(integrand, acb(0), acb(end), abs_tol=tolerance)


def _from_zero(h: arb, k: arb, r: arb, scale: arb) -> arb:
    product = enclose_normal(h) * enclose_normal(k)
    return product + _integral(_plackett(acb(h), acb(k)), r.asin(), scale).real / (2 * arb.pi())


def _plackett(h: acb, k: acb) -> Callable[[acb, bool], acb]:
    """e^{−(h² − 2hk sin θ + k²)/(2 cos² θ)} as a meromorphic function of θ, nan at its poles."""
    squares, product = h * h + k * k, 2 * h * k

    def integrand(theta: acb, _: bool) -> acb:
        sine, cosine = theta.sin_cos()
        return ((product * sine - squares) / (2 * cosine * cosine)).exp()

    return integrand


def _from_end(h: arb, k: arb, r: arb, scale: arb) -> arb:
    """From r = ±1 with r = ±cos φ: the exponent is −(h ∓ k)²/(2 sin² φ) ∓ hk/(1 + cos φ), free of cancellation."""
    angle = 2 * ((1 - r if r > 0 else 1 + r) / 2).sqrt().asin()
    if r > 0:
        lost = _integral(_end_integrand(_square(h - k) / 2, h * k), angle, scale).real
        return enclose_normal(h.min(k)) - lost / (2 * arb.pi())
    gained = _integral(_end_integrand(_square(h + k) / 2, -h * k), angle, scale).real
    return _countermonotone(h, k) + gained / (2 * arb.pi())


def _end_integrand(square: arb, product: arb) -> Callable[[acb, bool], acb]:
    """e^{−square/sin² φ − product/(1 + cos φ)}; around φ = 0 only the bound by its values on the real axis is given."""

    def integrand(phi: acb, analytic: bool) -> acb:
        sine, cosine = phi.sin_cos()
        smooth = -product / (1 + cosine)
        if square == 0:
            return smooth.exp()
        squared_sine = sine * sine
        if not squared_sine.contains(0):
            return (smooth - square / squared_sine).exp()
        if analytic:
            return acb(arb.nan())
        flat = (smooth.real - square / squared_sine.real.upper()).exp().upper()
        return acb(arb(0).union(flat))

    return integrand


def _complex(h: acb, k: acb, r: acb) -> acb:
    product = enclose_complex_normal(h) * enclose_complex_normal(k)
    if r == 0:
        return product
    centre = r.mid()
    scale = product.abs_upper().max(arb(2) ** -current_precision())
    value = product + _integral(_plackett(h, k), centre.asin(), scale) / (2 * arb.pi())
    if r.is_exact():
        return value
    gap = (1 - r) * (1 + r)
    slope = (-(h * h - 2 * h * k * r + k * k) / (2 * gap)).exp() / (2 * arb.pi() * gap.sqrt(analytic=True))
    error = slope.abs_upper() * (r - centre).abs_upper()
    disc = arb(0, error)
    return value + acb(disc, disc) if error.is_finite() else acb(arb.nan(), arb.nan())
