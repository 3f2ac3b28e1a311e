"""Gaussian expectations as inert symbolic functions, for quantities that have no closed form."""

from __future__ import annotations

from typing import Any

import sympy
from flint import arb
from sympy import Expr, Function, Lambda, sqrt

from symntk.errors import DomainError
from symntk.numbers.ball import register

JUMPS = (sympy.Piecewise, sympy.Abs, sympy.sign, sympy.Heaviside, sympy.Max, sympy.Min)


class GaussianExpectation(Function):
    """E f(u) for u ~ N(0, 1), f a Lambda of one variable; inert, enclosed by certified quadrature.

    >>> from symntk.notation import X
    >>> GaussianExpectation(Lambda(X, sympy.tanh(X) ** 2)).is_real
    True
    """

    nargs = 1

    @classmethod
    def eval(cls, *args: Any) -> Expr | None:
        return None

    def _eval_is_extended_real(self) -> bool:
        return True

    def _eval_is_finite(self) -> bool:
        return True


class GaussianPairExpectation(Function):
    """E f(u)g(v) for centred Gaussians of variances q₁, q₂ and correlation ρ; arguments (f, g, q₁, q₂, ρ).

    For smooth f, g: ∂/∂ρ E f(u)g(v) = √(q₁q₂) E f′(u)g′(v) [Price1958].
    Raises DomainError when a derivative by another argument, or of a function with kinks, is asked for.

    >>> from symntk.notation import RHO, X
    >>> wave = Lambda(X, sympy.tanh(X))
    >>> sympy.diff(GaussianPairExpectation(wave, wave, 1, 1, RHO), RHO).args[0](0)
    1
    """

    nargs = 5

    @classmethod
    def eval(cls, *args: Any) -> Expr | None:
        return None

    def fdiff(self, argindex: int = 1) -> Expr:
        f, g, q1, q2, rho = self.args
        if argindex != 5 or f.has(*JUMPS) or g.has(*JUMPS):
            raise DomainError("a derivative of E f(u)g(v) was asked for; only in ρ, and for smooth f and g, is it known here")
        return sqrt(q1 * q2) * GaussianPairExpectation(_slope(f), _slope(g), q1, q2, rho)

    def _eval_is_extended_real(self) -> bool:
        return True

    def _eval_is_finite(self) -> bool:
        return True


def _slope(function: Lambda) -> Lambda:
    (variable,) = function.variables
    return Lambda(variable, sympy.diff(function.expr, variable))


def _enclosed_mean(node: Expr, bits: int) -> arb:
    from symntk.gaussian.quadrature import enclose_mean
    from symntk.notation import X

    return enclose_mean(node.args[0](X), bits=bits)


def _enclosed_pair(node: Expr, bits: int) -> arb:
    from symntk.gaussian.quadrature import enclose_pair
    from symntk.notation import X

    f, g, q1, q2, rho = node.args
    return enclose_pair(f(X), g(X), rho, q1, q2, bits=bits)


register(GaussianExpectation, _enclosed_mean)
register(GaussianPairExpectation, _enclosed_pair)
