"""Taylor coefficients of the dual of a smooth activation without closed form, as Gaussian expectations."""

from __future__ import annotations

import sympy
from sympy import Expr, S

from symntk.activations.activation import Activation
from symntk.errors import DomainError
from symntk.gaussian.binding import bound
from symntk.gaussian.expectation import GaussianExpectation
from symntk.gaussian.hermite import hermite_coefficient
from symntk.notation import X


def smooth_coefficients(activation: Activation, point: Expr, count: int) -> list[Expr]:
    """The first Taylor coefficients of φ̂ in γ at ρ = 1, in 1 + ρ at −1, in ρ at 0.

    φ̂⁽ᵏ⁾(1) = E φ⁽ᵏ⁾(u)², φ̂⁽ᵏ⁾(−1) = E φ⁽ᵏ⁾(u)φ⁽ᵏ⁾(−u), φ̂⁽ᵏ⁾(0)/k! = aₖ² [Price1958].
    Domain: φ smooth, all derivatives square-integrable. Guarantee: exact, as inert expectations.
    Raises DomainError for any other point.

    >>> from symntk.activations.catalogue import activation
    >>> smooth_coefficients(activation("tanh"), S.Zero, 3)[0]
    0
    """
    if point == 0:
        return [sympy.expand(hermite_coefficient(activation, n) ** 2) for n in range(count)]
    if sympy.Abs(point) != 1:
        raise DomainError(
            f"an expansion of {activation.name} at ρ = {point} was asked for; without closed form take -1, 0 or 1"
        )
    result: list[Expr] = []
    slope = activation.expression
    for k in range(count):
        mirrored = slope if point == 1 else slope.subs(X, -X)
        weight = (-point) ** k / sympy.factorial(k)
        result.append(weight * GaussianExpectation(bound(slope * mirrored)) if slope != 0 else S.Zero)
        slope = sympy.diff(slope, X)
    return result
