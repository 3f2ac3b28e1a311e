"""The correlation maps of αx + β|x| (ReLU, leaky ReLU, |x|) as ball functions and as germs at γ = 0."""

from __future__ import annotations

import sympy
from flint import arb, arb_series
from sympy import Expr

from symntk.activations.activation import Activation
from symntk.depth.certified_germ import Germ
from symntk.depth.validated import DeficitMap
from symntk.notation import X
from symntk.numbers.power_series import coefficients, series_length


def kink_weight(activation: Activation) -> Expr | None:
    """t = β²/(α² + β²) of an activation αx + β|x|; None where it is not of that form, or linear.

    >>> from symntk.activations.catalogue import activation
    >>> kink_weight(activation("relu")), kink_weight(activation("abs")), kink_weight(activation("tanh"))
    (1/2, 1, None)
    """
    if activation.homogeneity_degree != 1:
        return None
    right, left = activation.expression.subs(X, 1), -activation.expression.subs(X, -1)
    weight = sympy.radsimp((right - left) ** 2 / (2 * (right**2 + left**2)))
    return None if weight == 0 else weight


def kink_map(weight: arb) -> DeficitMap:
    """g(γ) = γ − s(sin θ − θ cos θ), g′(γ) = 1 − sθ, θ = acos(1 − γ) = 2·asin √(γ/2), s = 2t/π.

    Domain: 0 < t ≤ 1, 0 < γ ≤ 2. Guarantee: certified; evaluation loses about log₂(1/γ) bits. Source: [ChoSaul2009].

    >>> kink_map(arb(0.5)).deficit(arb(1)).str(10)
    '[0.6816901138 +/- 1.63e-11]'
    """

    def angle(gamma: arb) -> arb:
        return 2 * (gamma / 2).sqrt().asin()

    def deficit(gamma: arb) -> arb:
        theta = angle(gamma)
        return gamma - 2 * weight / arb.pi() * ((gamma * (2 - gamma)).sqrt() - theta * (1 - gamma))

    def slope(gamma: arb) -> arb:
        return 1 - 2 * weight / arb.pi() * angle(gamma)

    return DeficitMap(deficit=deficit, slope=slope)


def kink_germ(weight: arb) -> Germ:
    """The germ of f(c) = c + (2t/π)·(√(1−c²) − c·acos c), the map of αx + β|x| with t = β²/(α² + β²).

    In w = √(2γ) and θ = 2·asin(w/2) = acos c: F² = w² − 2s(sin θ − θ cos θ) and λ = 1 − sθ, s = 2t/π.
    On |w| ≤ r the Taylor majorants give |θ| ≤ Θ = 2·asin(r/2) and |sin θ − θ cos θ| ≤ Θ cosh Θ − sinh Θ; both sides
    vanish at w = 0 to order 3, so that the quotient by w² is bounded by its bound on |w| = r.
    Domain: 0 < t ≤ 1. Source: [ChoSaul2009].

    >>> germ = kink_germ(arb(0.5))
    >>> [round(float(c), 4) for c in germ.series(3)[0]]
    [1.0, -0.1061, -0.0056]
    """
    rate, radius = 2 * weight / arb.pi(), arb(1)
    angle = 2 * (radius / 2).asin()
    drop = 2 * rate * (angle * angle.cosh() - angle.sinh()) / radius**2

    def series(count: int) -> tuple[list[arb], list[arb]]:
        s = 2 * weight / arb.pi()
        with series_length(count + 2):
            theta = 2 * (arb_series([0, 1]) / 2).asin()
            sine, cosine = theta.sin_cos()
            bracket = coefficients(sine - theta * cosine, count + 2)
            # The orders 0, 1, 2 of the bracket are exactly zero.
            square = arb_series([arb(1)] + [-2 * s * c for c in bracket[3:]])
            return coefficients(square.sqrt(), count), coefficients(1 - s * theta, count)

    return Germ(
        power=2,
        scale=arb(0.5),
        order=1,
        radius=radius,
        spread=1 - (1 - drop).sqrt(),
        slope=1 + rate * angle,
        series=series,
    )
