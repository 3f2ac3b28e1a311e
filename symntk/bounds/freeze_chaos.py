"""How fast the normalised NTK ϑ_L(x, y) = Θ_L(x, y)/Θ_L(x, x) freezes to 1 or falls to 0, with explicit constants.

Everywhere σ is standardised, E σ² = 1, weights have variance 1 − β² and biases β², B(ρ) = β² + (1 − β²)ρ, R is the
dual of σ, r = (1 − β²)·E σ̇². Inputs lie on one sphere at correlation ρ: Σ⁽¹⁾ = B(ρ) and Σ⁽ˡ⁺¹⁾ = B(R(Σ⁽ˡ⁾)).
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from flint import arb
from sympy import Expr, Integer, S, sqrt

from symntk.activations.activation import Activation
from symntk.activations.derivative import derivative
from symntk.bounds.correlation_range import largest
from symntk.depth.certified_kink import kink_weight
from symntk.depth.certified_shape import plan, shape, without_jump
from symntk.errors import DomainError, UndecidedError
from symntk.gaussian.moments import second_moment, standardized
from symntk.meanfield.moments import slope_moment_of
from symntk.meanfield.parametrisation import characteristic_value, deviations_of
from symntk.meanfield.phase import phase
from symntk.numbers.ball import enclose
from symntk.numbers.decide import decide
from symntk.numbers.precision import working_precision

_GUARD_BITS = 64


@dataclass(frozen=True, kw_only=True)
class FreezeBound:
    """1 − C·L·r^L ≤ ϑ_L ≤ 1 for a smooth σ, 1 − C·r^{L/2} ≤ ϑ_L ≤ 1 for ax + b|x|: for every pair and every L ≥ 1."""

    activation: Activation
    characteristic: Expr
    """r."""
    constant: Expr
    """C."""
    smooth: bool
    loss: Expr
    """λ in r − Σ̇ ≤ λ·ε for a smooth σ and r − Σ̇ ≤ λ·√ε for a kink, ε the deficit of Σ one layer below."""
    start: Expr
    """2(1 − β²), the largest deficit of Σ⁽¹⁾."""

    def lower(self, layers: int, *, bits: int = 64) -> arb:
        """A ball of the printed form, 1 − C·L·r^L or 1 − C·r^{L/2}.

        >>> from symntk.activations.catalogue import activation
        >>> freeze_bound(activation("sin"), sympy.Rational(4, 5)).lower(15).str(10)
        '[0.9992660199 +/- 4.59e-11]'
        """
        r, depth = self.characteristic, _positive(layers)
        power = layers * r**depth if self.smooth else sqrt(r) ** depth
        return enclose(1 - self.constant * power, bits=bits)

    def sharper(self, layers: int, *, bits: int = 64) -> arb:
        """A ball of the bound before its sums are simplified, divided by Θ_L(x, x): never below `lower`.

        1 − (1 − r)/(1 − r^L)·Σ_{l=1}^L r^{L−l}·(ε_l + Σ_{k=l+1}^L ε̇_k/r), with ε_l = 2(1 − β²)r^{l−1} and the bounds
        ε̇_k of r − Σ̇⁽ᵏ⁾ that λ gives.

        >>> from symntk.activations.catalogue import activation
        >>> freeze_bound(activation("sin"), sympy.Rational(4, 5)).sharper(15).str(10)
        '[0.9996418751 +/- 2.33e-11]'
        """
        depth = _positive(layers)
        with working_precision(bits + _GUARD_BITS + layers.bit_length()):
            r, start, loss = (enclose(x, bits=bits + _GUARD_BITS) for x in (self.characteristic, self.start, self.loss))
            root = r if self.smooth else r.sqrt()
            lead = start if self.smooth else start.sqrt()
            tail = lead * loss * _double_sum(r, root, layers)
            total = start * layers * r ** (layers - 1) + tail
            return 1 - total * (1 - r) / (1 - r ** int(depth))


def _double_sum(r: arb, root: arb, layers: int) -> arb:
    """Σ_{l=1}^L r^{L−l−1}·Σ_{k=l+1}^L s^{k−2}, s = r or √r: the second sum is s^{l−1}(1 − s^{L−l})/(1 − s)."""
    total, power = arb(0), arb(1)
    for gap in range(layers):
        total += r**gap / r * root ** (layers - gap - 1) * (1 - power) / (1 - root)
        power *= root
    return total


def freeze_bound(activation: Activation, beta: Expr) -> FreezeBound:
    """The constants of the frozen phase r < 1.

    Smooth, E σ̈² < ∞: C = 2(1 − β²)·(r + ψ/(1 − r))/r² with ψ = (1 − β²)·E σ̈² (the square is missing in the paper).
    σ(x) = ax + b|x| up to scale, t = b²/(a² + b²): r = 1 − β², R_σ̇(1) − R_σ̇(ρ) ≤ √2·t·√(1 − ρ), and
    C = 2√r/(1 − √r) + 2t/(1 − √r)²; for ReLU, t = 1/2, the paper has √2/r in place of 2t.
    Domain: 0 ≤ β ≤ 1, 0 < r < 1. Guarantee: exact, for every L, x and y. Raises DomainError outside, or where σ has a
    kink and is not ax + b|x|. Source: [jacot2019, theorems 2 and 3]; the constants are derived here.

    >>> from symntk.activations.catalogue import activation
    >>> freeze_bound(activation("relu"), sympy.Rational(3, 5)).constant
    33
    """
    r, weight = characteristic_value(activation, beta), deviations_of(beta).sigma_w ** 2
    if r is S.Infinity or decide(r, "<", 1) is not True or decide(r, ">", 0) is not True:
        raise DomainError(
            f"a freeze bound of {activation.name} at beta = {beta} was asked for, but r = {r} is not in (0, 1); "
            "take another beta"
        )
    kink = kink_weight(activation)
    if kink is not None:
        root, loss = sqrt(r), sqrt(Integer(2)) * kink * r
        constant = sympy.radsimp(2 * root / (1 - root)) + sympy.radsimp(2 * kink / (1 - root) ** 2)
        return FreezeBound(
            activation=activation, characteristic=r, constant=constant, smooth=False, loss=loss, start=2 * weight
        )
    psi = weight * _second_slope_moment(activation)
    constant = 2 * weight * (r + psi / (1 - r)) / r**2
    return FreezeBound(
        activation=activation, characteristic=r, constant=constant, smooth=True, loss=psi, start=2 * weight
    )


def _second_slope_moment(activation: Activation) -> Expr:
    """E σ̈² of the standardised activation. Raises DomainError where σ̇ jumps."""
    slope = derivative(activation)
    second = derivative(activation, 2)
    moment = None
    if not slope.masses and not second.masses:
        moment = slope_moment_of(Activation(name=f"{activation.name}'", expression=slope.expression))
    if moment is None:
        raise DomainError(
            f"a freeze bound of {activation.name} was asked for, but E σ̈² is infinite; take an activation without "
            "kinks, or ax + b|x|"
        )
    return moment.at(S.One) / second_moment(activation)


@dataclass(frozen=True, kw_only=True)
class ChaosBound:
    """|ϑ_L| ≤ C·h^L for every L ≥ 1 and one pair of inputs, h < 1.

    v bounds |Σ⁽ˡ⁾| and w bounds |Σ̇⁽ˡ⁾|, all as balls.
    """

    activation: Activation
    characteristic: arb
    v: arb
    w: arb
    constant: arb
    rate: arb

    def upper(self, layers: int) -> arb:
        """C·h^L."""
        return self.constant * self.rate ** int(_positive(layers))

    def sharper(self, layers: int) -> arb:
        """v·(1 + w + … + w^{L−1})/(1 + r + … + r^{L−1}): what C·h^L is a bound of."""
        _positive(layers)
        top, bottom = arb(0), arb(0)
        for _ in range(layers):
            top, bottom = 1 + self.w * top, 1 + self.characteristic * bottom
        return self.v * top / bottom


def chaos_bound(activation: Activation, beta: Expr, rho: Expr, *, bits: int = 64) -> ChaosBound:
    """The constants of the chaotic phase r > 1 for a pair of correlation ρ.

    v = max(|B(ρ)|, a) with a the fixed point of B∘R in [0, 1), w = (1 − β²)·R_σ̇(v) < r. For w′ = max(w, (1 + r)/2),
    which exceeds 1, Σ wˡ ≤ w′^L/(w′ − 1), and 1 + r + … + r^{L−1} ≥ r^{L−1}: C = v·r/(w′ − 1) and h = w′/r.
    Domain: 0 ≤ β < 1, r > 1, −1 ≤ ρ < 1 and v < 1, which excludes ρ = −1 at β = 0. Guarantee: certified, for every L.
    Raises DomainError outside. Source: [jacot2019, theorem 2]; the constants are derived here.

    >>> from symntk.activations.catalogue import activation
    >>> found = chaos_bound(activation("sin"), S.Zero, sympy.Rational(1, 2))
    >>> found.rate.str(5), found.constant.str(5)
    ('[0.88080 +/- 2.93e-6]', '[4.1945 +/- 2.81e-5]')
    """
    r = characteristic_value(activation, beta)
    if r is S.Infinity or decide(r, ">", 1) is not True:
        raise DomainError(
            f"a chaos bound of {activation.name} at beta = {beta} was asked for, but r = {r} is not a number above 1; "
            "take another beta"
        )
    start = beta**2 + (1 - beta**2) * rho
    if decide(sympy.Abs(start), "<", 1) is not True or decide(sympy.Abs(rho), "<=", 1) is not True:
        raise DomainError(
            f"a chaos bound at correlation {rho} was asked for, but the first layer has the correlation {start}; "
            "take one inside (-1, 1)"
        )
    with working_precision(bits + _GUARD_BITS):
        slope = enclose(r, bits=bits + _GUARD_BITS)
        v = largest([enclose(sympy.Abs(start), bits=bits + _GUARD_BITS), _attractor(activation, beta, bits)])
        step = shape(without_jump(plan(standardized(activation), bits + _GUARD_BITS)), arb(1)).step
        w = slope * step.slope(1 - v)
        if not (v < 1 and w < slope):
            raise UndecidedError(
                f"a chaos bound at correlation {rho} was asked for, but {bits} bits do not tell w from r; ask for more"
            )
        taken = largest([w, (1 + slope) / 2])
        return ChaosBound(
            activation=activation, characteristic=slope, v=v, w=w, constant=v * slope / (taken - 1), rate=taken / slope
        )


def _attractor(activation: Activation, beta: Expr, bits: int) -> arb:
    """a, the fixed point of B∘R in [0, 1)."""
    deviations = deviations_of(beta)
    found = phase(standardized(activation), deviations.sigma_w, deviations.sigma_b, bits=bits + _GUARD_BITS)
    return found.correlation.c


def _positive(layers: int) -> Integer:
    if layers < 1:
        raise DomainError(f"a bound at {layers} layers was asked for; take at least 1 layer")
    return Integer(layers)
