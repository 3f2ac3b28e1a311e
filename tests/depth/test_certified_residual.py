"""Certified residual depth against direct iteration, and the series of the rate against both."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from mpmath import mp, mpf
from sympy import Expr, Rational, S, Symbol

from symntk.activations.catalogue import activation
from symntk.architectures.residual import Residual
from symntk.depth.certified_residual import residual_constants, residual_depth
from symntk.depth.parabolic import Rate, correlation_rate
from symntk.depth.transseries import DEPTH, INITIAL, KERNEL_INITIAL
from symntk.errors import DomainError, NoClosedFormError, UndecidedError

RELU, ABS = activation("relu"), activation("abs")
WEIGHT = {"relu": mpf(1) / 2, "abs": mpf(1)}
"""β²/(α² + β²) of αx + β|x|."""


def iterated(name: str, strength: Rational, rho: Fraction, layers: int) -> tuple[mpf, mpf]:
    """1 − c^L and K^L(x,x′)/K^L(x,x) layer by layer, in γ and from the definition of the block."""
    with mpmath.workdps(50):
        alpha, gamma = mpf(strength.p) / strength.q, 1 - mpf(rho.numerator) / rho.denominator
        slope_rate, kernel, whole = 2 * WEIGHT[name] / mp.pi, 1 - gamma, mpf(1)
        for _ in range(layers - 1):
            angle = 2 * mp.asin(mp.sqrt(gamma / 2))
            mapped = gamma - slope_rate * (mp.sin(angle) - angle * (1 - gamma))
            kernel = (kernel * (1 + alpha * (1 - slope_rate * angle)) + alpha * (1 - mapped)) / (1 + alpha)
            whole += alpha / (1 + alpha)
            gamma = (gamma + alpha * mapped) / (1 + alpha)
        return gamma, kernel / whole


@pytest.mark.parametrize("strength", [Rational(1, 8), S(1), S(5)])
@pytest.mark.parametrize("name", ["relu", "abs"])
@pytest.mark.parametrize("layers", [1, 2, 40, 5000])
def test_certified_values_contain_the_iteration(name: str, strength: Rational, layers: int) -> None:
    found = residual_depth(activation(name), Residual(strength=strength), layers, Fraction(-1, 5), bits=90)
    gamma, ratio = iterated(name, strength, Fraction(-1, 5), layers)
    for ball, value in ((found.gamma, gamma), (found.ntk_ratio, ratio)):
        with mpmath.workdps(50):
            assert abs(mpf(ball.mid().str(45, radius=False)) / value - 1) < mpf(10) ** -24
        assert ball.rel_accuracy_bits() > 80


def test_a_jump_lands_where_the_walk_does() -> None:
    """More bits move the door to the jump deeper."""
    net = Residual(strength=S(1))
    jumped = residual_depth(RELU, net, 3000, Fraction(3, 10), bits=60)
    walked = residual_depth(RELU, net, 3000, Fraction(3, 10), bits=400)
    assert jumped.gamma.overlaps(walked.gamma)
    assert jumped.ntk_ratio.overlaps(walked.ntk_ratio)


def written(expression: Expr, layers: int, rate: Rate, strength: Rational) -> mpf:
    constants = residual_constants(rate.activation, Residual(strength=strength), Rational(3, 10), bits=96)
    values = {
        INITIAL: S(constants.correlation.mid().str(28, radius=False)),
        KERNEL_INITIAL: S(constants.kernel.mid().str(28, radius=False)),
        DEPTH: S(layers),
    }
    return mpf(str(expression.subs(values).evalf(30)))


@pytest.mark.slow
@pytest.mark.parametrize("strength", [Rational(1, 2), S(2)])
def test_the_series_reach_the_certified_values_with_their_order(strength: Rational) -> None:
    """Six orders, D among them: a tenfold depth divides the error by about 10⁶, up to logarithms."""
    net = Residual(strength=strength)
    rate = correlation_rate(RELU, 6, net)
    assert rate.ntk.expression.has(KERNEL_INITIAL)
    errors = []
    with mpmath.workdps(40):
        for layers in (3000, 30000):
            found = residual_depth(RELU, net, layers, Fraction(3, 10), bits=160)
            ratio = written(rate.ntk.expression, layers, rate, strength) * layers
            whole = (1 + mpf(net.weight.p) / net.weight.q * (layers - 1)) / (mpf(net.weight.p) / net.weight.q)
            gamma = written(rate.gamma.expression, layers, rate, strength)
            errors.append(
                (
                    abs(gamma / mpf(found.gamma.mid().str(40, radius=False)) - 1),
                    abs(ratio / whole / mpf(found.ntk_ratio.mid().str(40, radius=False)) - 1),
                )
            )
    (first, second), (third, fourth) = errors
    assert third < first / 10**5
    assert fourth < second / 10**5


def test_the_limit_off_the_diagonal_is_a_quarter_for_every_weight() -> None:
    for strength in (Rational(1, 8), S(1), S(7)):
        rate = correlation_rate(RELU, 2, Residual(strength=strength))
        assert Rational(1, 4) == rate.ntk.coefficient(0)
        share = strength / (1 + strength)
        assert 0 == rate.gamma.coefficient(-2) - correlation_rate(RELU, 2).gamma.coefficient(-2) / share**2


def test_the_constants_do_not_depend_on_where_the_orbit_is_read() -> None:
    net = Residual(strength=S(1))
    coarse, fine = (residual_constants(RELU, net, Rational(3, 10), bits=bits) for bits in (40, 120))
    assert coarse.correlation.overlaps(fine.correlation)
    assert coarse.kernel.overlaps(fine.kernel)


def test_what_has_no_certified_value_is_refused() -> None:
    net = Residual(strength=S(1))
    with pytest.raises(NoClosedFormError):
        residual_depth(activation("tanh"), net, 5, Fraction(1, 2))
    with pytest.raises(DomainError, match="at least 1 layer"):
        residual_depth(RELU, net, 0, Fraction(1, 2))
    with pytest.raises(DomainError, match="correlation"):
        residual_constants(RELU, net, S.One)


def test_symbols_of_the_rate_are_the_depth_and_its_two_constants() -> None:
    rate = correlation_rate(ABS, 5, Residual(strength=S(1)))
    assert {DEPTH, INITIAL, KERNEL_INITIAL} >= rate.ntk.expression.free_symbols
    assert Symbol("C", real=True) == INITIAL


@pytest.mark.slow
def test_a_tiny_weight_settles_too_slowly_and_says_so() -> None:
    with pytest.raises(UndecidedError, match="larger σ_w"):
        residual_depth(RELU, Residual(strength=Rational(1, 10**6)), 10**20, Fraction(0), bits=40)
