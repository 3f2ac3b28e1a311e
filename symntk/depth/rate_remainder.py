"""Proved bounds of what the truncated expansions of γ_ℓ and of the NTK leave out, at every depth from some depth on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import arb
from sympy import Expr, S

from symntk.activations.activation import Activation
from symntk.depth.certified_depth import certified_depth
from symntk.depth.certified_fatou import LaurentLog
from symntk.depth.certified_parabolic import Coordinates, coordinates
from symntk.depth.certified_place import lost_bits, place_of
from symntk.depth.certified_shape import plan, shape
from symntk.depth.initial_constant import InitialConstants, initial_constants
from symntk.depth.remainder import certain_drop
from symntk.errors import DomainError, UndecidedError
from symntk.numbers.precision import working_precision

_DEVIATIONS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
_STRETCHING, _ROUNDS = 1.05, 120
_STARTS = tuple(factor * 10**k for k in range(1, 10) for factor in (1, 3))
_ASIDE, _SPARE = arb("1.01"), 120
"""What remains of an orbit beside its formal limit is below one hundredth of it; that is checked."""
_CHECK_BITS = 64


@dataclass(frozen=True, kw_only=True)
class RemainderBound:
    """|value − truncated expansion| ≤ constant·ℓ^power·(log ℓ)^log_power for every ℓ ≥ start."""

    constant: arb
    power: Fraction
    log_power: Fraction
    start: int

    def at(self, layers: int) -> arb:
        """The bound at one depth. Raises DomainError below the first one."""
        if layers < self.start:
            raise DomainError(f"a remainder at layer {layers} was asked for; it holds from layer {self.start} on")
        return self.constant * _raised(arb(layers), self.power) * _raised(arb(layers).log(), self.log_power)


@dataclass(frozen=True, kw_only=True)
class RateRemainders:
    """The bounds for γ_ℓ and for K^ℓ/(ℓ·q) with the constants C and D of the orbit."""

    gamma: RemainderBound
    ntk: RemainderBound
    constants: InitialConstants


def rate_remainders(
    activation: Activation,
    rho: Expr,
    order: int,
    start: int | None = None,
    *,
    sigma_b: Expr = S.Zero,
    sigma_w: Expr | None = None,
    bits: int = 128,
) -> RateRemainders:
    """Bounds of the remainders of `correlation_rate` or `rate_on_edge` to `order` orders, for the orbit with c¹ = ρ.

    With z = (u/ℓ)^{1/p}, Φ = u·w^{−p} + …, and s = zᵖ·log ℓ the truncated Fatou equation for w = zY is Y = Ψ(z, s, Y).
    Ψ maps |Y − 1| ≤ η into its interior for |z| ≤ R, |s| ≤ S, so that Y is analytic there (Earle and Hamilton), and so
    are γ_ℓ/zᵏ and K^ℓ/ℓ; with the weights 1 of z and p of s Cauchy's bound gives their Taylor remainders. The error of
    Φ itself is summed along the orbit. Domain: −1 < ρ < 1, order ≥ 1, start ≥ 3; without a start the first of
    10, 30, 100, 300, … for which the proof succeeds. Guarantee: certified.
    Raises UndecidedError where `start` is too small for the proof.

    >>> from sympy import Rational
    >>> from symntk.activations.catalogue import activation
    >>> bound = rate_remainders(activation("relu"), Rational(3, 10), 2, 100).gamma
    >>> bound.power, bound.log_power
    (Fraction(-4, 1), Fraction(2, 1))
    """
    if order < 1 or (start is not None and start < 3):
        raise DomainError(f"remainders to {order} orders from layer {start} on were asked for; take 1 and 3 at least")
    constants = initial_constants(activation, rho, sigma_b=sigma_b, sigma_w=sigma_w, bits=bits)
    wanted, lost = plan(activation, bits), lost_bits(rho, activation)
    with working_precision(wanted.precision + lost):
        found = shape(wanted, place_of(wanted, sigma_w, sigma_b, lost).q, lost)
        at = coordinates(found.germ, found.last)
        if order + found.germ.order > min(r.least_order for r in at.residuals):
            raise DomainError(f"remainders to {order} orders were asked for; take fewer, or more bits")
    with working_precision(bits):
        disc = _first_polydisc(at, constants.correlation, start)
        layer = _deficit(activation, disc.start, rho, (sigma_w, sigma_b))
        if not found.germ.variable(layer) < disc.w:
            raise UndecidedError(
                f"remainders from layer {disc.start} on were asked for, but the orbit is not yet there"
            )
        return RateRemainders(
            gamma=_gamma_bound(disc, order), ntk=_ntk_bound(disc, constants.kernel, order), constants=constants
        )


def _deficit(activation: Activation, layers: int, rho: Expr, deviations: tuple[Expr | None, Expr]) -> arb:
    sigma_w, sigma_b = deviations
    return certified_depth(activation, layers, rho, sigma_w=sigma_w, sigma_b=sigma_b, bits=_CHECK_BITS).gamma


def _first_polydisc(at: Coordinates, constant: arb, start: int | None) -> _Polydisc:
    if start is not None:
        return _polydisc(at, constant, start)
    for earlier in _STARTS[:-1]:
        try:
            return _polydisc(at, constant, earlier)
        except UndecidedError:
            continue
    return _polydisc(at, constant, _STARTS[-1])


@dataclass(frozen=True, kw_only=True)
class _Polydisc:
    """Y is analytic with |Y − 1| < η on |z| ≤ T·z₀, |s| ≤ Tᵖ·s₀, where (z₀, s₀) belongs to the first depth ℓ₀."""

    at: Coordinates
    start: int
    z: arb
    stretch: arb
    deviation: arb
    w: arb
    """Above every w_ℓ, ℓ ≥ ℓ₀: the orbit falls from w_ℓ₀ on, and w_ℓ is within one hundredth of zY."""
    drop: arb

    @property
    def p(self) -> int:
        return self.at.germ.order

    @property
    def radius(self) -> arb:
        """R."""
        return self.stretch * self.z

    @property
    def side(self) -> arb:
        """S."""
        return self.radius**self.p * arb(self.start).log()

    def cauchy(self, order: int) -> arb:
        """T^−N/(1 − 1/T): what is left at ℓ₀ of a function bounded by 1 after N weights."""
        return self.stretch ** (-order) / (1 - 1 / self.stretch)

    def bound(self, value: arb, power: int, order: int) -> RemainderBound:
        """value·(ℓ₀/ℓ)^{(power + N)/p}·(log ℓ/log ℓ₀)^{N/p} as a bound, `value` the one at ℓ₀."""
        first, second = Fraction(power + order, self.p), Fraction(order, self.p)
        scale = _raised(arb(self.start), first) * _raised(arb(self.start).log(), -second)
        return RemainderBound(constant=(value * scale).upper(), power=-first, log_power=second, start=self.start)


def _polydisc(at: Coordinates, constant: arb, start: int) -> _Polydisc:
    """The largest T that is found with Ψ mapping a disc into itself."""
    p, best = at.germ.order, (arb(1), arb(0))
    z = _raised(at.fatou.terms[-p] / start, Fraction(1, p))
    for eta in map(arb, _DEVIATIONS):
        stretch = arb(1)
        for _ in range(_ROUNDS):
            if not _inward(at, constant, (z * stretch, arb(start).log(), eta)):
                break
            best = max(best, (stretch, eta), key=lambda pair: float(pair[0]))
            stretch = stretch * _STRETCHING
    w = (z * (1 + best[1]) * _ASIDE).upper()
    if not best[0] > 1 or not w < at.germ.reach:
        raise UndecidedError(f"remainders from layer {start} on were asked for, but it is too early; start deeper")
    found = _Polydisc(at=at, start=start, z=z, stretch=best[0], deviation=best[1], w=w, drop=certain_drop(at.germ, w))
    if not _offset(found) * _SPARE < found.w:
        raise UndecidedError(f"remainders from layer {start} on were asked for, but it is too early; start deeper")
    return found


def _inward(at: Coordinates, constant: arb, size: tuple[arb, arb, arb]) -> bool:
    """Whether Y ↦ (1 − H)^{−1/p} maps |Y − 1| ≤ η strictly into itself on |z| ≤ R, |s| ≤ Rᵖ·λ₀."""
    radius, logarithm, eta = size
    p, phi = at.germ.order, at.fatou
    height = (abs(constant) + abs(phi.logarithm) * (logarithm / p - (1 - eta).log())) * radius**p
    for j, u in phi.terms.items():
        if j not in (-p, 0):
            height += abs(u) * radius ** (j + p) * (1 + eta if j >= 0 else 1 - eta) ** j
    height = height / phi.terms[-p]
    return bool(height < 1) and bool(_raised(1 - height, Fraction(-1, p)) - 1 < eta)


def _offset(disc: _Polydisc) -> arb:
    """|w − zY| at ℓ₀: the summed residual of Φ over a lower bound of |Φ′| between them."""
    p, slope = disc.p, disc.at.fatou.derivative()
    others = LaurentLog(terms={j + p + 1: c for j, c in slope.terms.items() if j != -p - 1}, logarithm=arb(0)).majorant(
        disc.w
    )
    lead = abs(slope.terms[-p - 1]) - others
    if not lead > 0:
        raise UndecidedError(f"remainders from layer {disc.start} on were asked for, but Φ is not seen to be monotone")
    return disc.at.residuals[0].along_orbit(disc.w, disc.drop, p) * disc.w ** (p + 1) / lead


def _gamma_bound(disc: _Polydisc, order: int) -> RemainderBound:
    """γ = scale·wᵏ: Cauchy's remainder of scale·zᵏYᵏ, and the offset of w."""
    germ = disc.at.germ
    k = germ.power
    taylor = germ.scale * (disc.z * (1 + disc.deviation)) ** k * disc.cauchy(order)
    aside = germ.scale * k * disc.w ** (k - 1) * _offset(disc)
    return disc.bound(taylor + aside, k, order)


def _ntk_bound(disc: _Polydisc, constant: arb, order: int) -> RemainderBound:
    """K/ℓ = (zᵖ/u)(Θ(w) + D)/P(w): Cauchy's remainder on the polydisc, the offset of w, and the errors of Θ and P."""
    p, k, at = disc.p, disc.at.germ.power, disc.at
    unit = at.fatou.terms[-p]
    theta, inverse = _theta_height(disc, constant, disc.radius * (1 + disc.deviation)), _inverse_height(disc)
    value = theta * inverse / ((1 - disc.deviation) ** p * unit) * disc.cauchy(order)
    near = disc.w
    steep = _raised(disc.z, Fraction(1)) * (1 - disc.deviation) / _ASIDE
    slopes = _theta_height(disc, constant, near, derivative=True) * inverse
    slopes += _theta_height(disc, constant, near) * _height(at.slope.derivative(), -p - k - 1, near) * inverse**2
    aside = disc.z**p / unit * steep ** (-p - 1) * slopes * _offset(disc)
    _, slope, total = (r.along_orbit(near, disc.drop, p) for r in at.residuals)
    lost = 2 * slope * near ** (p + k) * inverse
    errors = total + lost * (disc.start * _height(at.slope, -p - k, near) * steep ** (-p - k))
    errors += lost * _height(at.slope, -p - k, near) * steep ** (-p - k) / (disc.drop * steep**p)
    behind = disc.z**p / unit * inverse * near ** (p + k) * errors
    return disc.bound(value + aside + behind, 0, order)


def _theta(disc: _Polydisc) -> LaurentLog:
    """Θ = V + c·P without its constant term."""
    terms = dict(disc.at.sum.terms)
    for j, u in disc.at.summand.terms.items():
        terms[j] = terms.get(j, arb(0)) + u
    terms.pop(0, None)
    return LaurentLog(terms=terms, logarithm=disc.at.sum.logarithm)


def _theta_height(disc: _Polydisc, constant: arb, reach: arb, *, derivative: bool = False) -> arb:
    """A bound of |w^{2p+k}(Θ + D)|, or of |w^{2p+k+1}Θ′|, for |w| ≤ reach with log w − log(p·a)/p = log Y − λ/p."""
    p, k, theta = disc.p, disc.at.germ.power, _theta(disc)
    lowest = -2 * p - k
    if derivative:
        return _height(theta.derivative(), lowest - 1, reach)
    plain = _height(LaurentLog(terms=theta.terms, logarithm=arb(0)), lowest, reach)
    spread = disc.side / p * reach ** (p + k) - (1 - disc.deviation).log() * reach ** (2 * p + k)
    stretched = (1 + disc.deviation) ** p
    return plain + abs(theta.logarithm) * spread * stretched + abs(constant) * reach ** (2 * p + k)


def _height(series: LaurentLog, lowest: int, reach: arb) -> arb:
    """Σ |uⱼ|·reach^(j − lowest): a bound of |w^−lowest·Σ uⱼwʲ| on |w| ≤ reach."""
    return sum((abs(u) * reach ** (j - lowest) for j, u in series.terms.items()), arb(0))


def _inverse_height(disc: _Polydisc) -> arb:
    """A bound of 1/|w^{p+k}P(w)| on |w| ≤ R(1 + η)."""
    first, reach = -disc.p - disc.at.germ.power, disc.radius * (1 + disc.deviation)
    slope = disc.at.slope
    others = LaurentLog(terms={j: c for j, c in slope.terms.items() if j != first}, logarithm=arb(0))
    lead = abs(slope.terms[first]) - _height(others, first, reach)
    if not lead > 0:
        raise UndecidedError(f"remainders from layer {disc.start} on were asked for, but it is too early; start deeper")
    return 1 / lead


def _raised(base: arb, power: Fraction) -> arb:
    return base**power.numerator if power.denominator == 1 else base ** (arb(power.numerator) / power.denominator)
