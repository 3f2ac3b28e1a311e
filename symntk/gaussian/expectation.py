"""Gaussian expectations as inert expressions: they differentiate by Price's theorem and evaluate to certified balls."""

from __future__ import annotations

from typing import Any

import mpmath
from flint import arb
from sympy import Expr, Function, Lambda, S, lambdify, sqrt
from sympy.core.function import ArgumentIndexError

from symntk.activations.hypotheses import smoothness
from symntk.activations.splitting import split
from symntk.errors import DomainError
from symntk.gaussian.quadrature import enclose_mean, enclose_pair
from symntk.notation import X
from symntk.numbers.ball import register
from symntk.numbers.multiprecision import register_digits


class GaussianExpectation(Function):
    """E f(u), u ~ N(0, 1), for a Lambda f of one variable, unevaluated.

    `enclose` evaluates it to a certified ball. Domain: f piecewise analytic, integrable against the Gaussian density.

    >>> from symntk.numbers.ball import enclose
    >>> enclose(GaussianExpectation(Lambda(X, X**4)), bits=40).overlaps(arb(3))
    True
    """

    nargs = 1

    @classmethod
    def eval(cls, *args: Any) -> Expr | None:
        return S.Zero if args[0].expr == 0 else None

    def fdiff(self, argindex: int = 1) -> Expr:
        raise ArgumentIndexError(self, argindex)

    def _eval_is_extended_real(self) -> bool:
        return True

    def _eval_is_finite(self) -> bool:
        return True


class GaussianPairExpectation(Function):
    """E f(u)g(v) for centred Gaussians u, v of variances q₁, q₂ and correlation ρ, unevaluated: (f, g, q₁, q₂, ρ).

    ∂/∂ρ = √(q₁q₂) E f′g′ [Price1958], ∂/∂q₁ = E u f′(u)g(v)/(2q₁). `enclose` evaluates it to a certified ball.
    Domain: q₁, q₂ > 0, −1 ≤ ρ ≤ 1; for derivatives f and g continuous, DomainError otherwise.

    >>> from sympy import tanh
    >>> from symntk.notation import RHO
    >>> GaussianPairExpectation(Lambda(X, tanh(X)), Lambda(X, X**2), 1, 1, RHO).diff(RHO)
    GaussianPairExpectation(Lambda(x, 1 - tanh(x)**2), Lambda(x, 2*x), 1, 1, rho)
    """

    nargs = 5

    @classmethod
    def eval(cls, *args: Any) -> Expr | None:
        return S.Zero if args[0].expr == 0 or args[1].expr == 0 else None

    def fdiff(self, argindex: int = 1) -> Expr:
        f, g, q1, q2, rho = self.args
        if argindex == 5:
            return sqrt(q1 * q2) * self.func(_derivative(f), _derivative(g), q1, q2, rho)
        if argindex == 3:
            return self.func(_euler_derivative(f), g, q1, q2, rho) / (2 * q1)
        if argindex == 4:
            return self.func(f, _euler_derivative(g), q1, q2, rho) / (2 * q2)
        raise ArgumentIndexError(self, argindex)

    def _eval_is_extended_real(self) -> bool:
        return True

    def _eval_is_finite(self) -> bool:
        return True


def factored(expectation: GaussianPairExpectation) -> Expr:
    """The pair expectation at ρ = 0 as a product of two means of standard normal variables.

    Guarantee: exact. Raises DomainError at any other correlation.

    >>> from sympy import exp
    >>> growth = Lambda(X, exp(X))
    >>> factored(GaussianPairExpectation(growth, growth, 1, 4, 0))
    GaussianExpectation(Lambda(x, exp(x)))*GaussianExpectation(Lambda(x, exp(2*x)))
    """
    f, g, q1, q2, rho = expectation.args
    if rho != 0:
        raise DomainError(f"two factors of an expectation at correlation {rho} were asked for; it factors at 0 only")
    return GaussianExpectation(_dilated(f, sqrt(q1))) * GaussianExpectation(_dilated(g, sqrt(q2)))


def _dilated(f: Lambda, factor: Expr) -> Lambda:
    (x,) = f.variables
    return Lambda(x, f.expr.xreplace({x: factor * x}))


def _derivative(f: Lambda) -> Lambda:
    """f′ of a continuous piecewise analytic f, off its breakpoints."""
    (x,) = f.variables
    _require_continuous(f.expr.xreplace({x: X}))
    return Lambda(x, f.expr.diff(x))


def _euler_derivative(f: Lambda) -> Lambda:
    """x f′(x)."""
    slope = _derivative(f)
    (x,) = slope.variables
    return Lambda(x, x * slope.expr)


def _require_continuous(expression: Expr) -> None:
    order = smoothness(split(expression))
    if order is None or order < 0:
        raise DomainError(
            f"the derivative of a Gaussian expectation of {expression} was asked for, but the function is not seen "
            "to be continuous; use the dual of its distributional derivative"
        )


def _enclose_mean(node: Any, bits: int) -> arb:
    return enclose_mean(node.args[0], bits=bits)


def _enclose_pair(node: Any, bits: int) -> arb:
    f, g, q1, q2, rho = node.args
    return enclose_pair(f, g, rho, q1, q2, bits=bits)


def _plain_mean(node: Any, digits: int) -> Any:
    """E f(u) by mpmath's quadrature: a second opinion on the balls."""
    return _plain_integral(node.args[0](X), digits)


def _plain_pair(node: Any, digits: int) -> Any:
    """E f(u)g(v) by mpmath's quadrature, where u and v are proportional."""
    f, g, q1, q2, rho = node.args
    if abs(rho) != 1:
        raise DomainError(f"plain digits of a Gaussian pair at correlation {rho} were asked for; enclose it instead")
    return _plain_integral(f(sqrt(q1) * X) * g(rho * sqrt(q2) * X), digits)


def _plain_integral(integrand: Expr, digits: int) -> Any:
    function = lambdify(X, integrand, "mpmath")
    with mpmath.workdps(digits):
        edge = mpmath.sqrt(2 * digits * mpmath.log(10)) + 4
        return mpmath.quad(lambda x: function(x) * mpmath.npdf(x), mpmath.linspace(-edge, edge, 13))


register_digits(GaussianExpectation, _plain_mean)
register_digits(GaussianPairExpectation, _plain_pair)
register(GaussianExpectation, _enclose_mean)
register(GaussianPairExpectation, _enclose_pair)
