"""Freeze and chaos bounds against certified kernels and against a plain recursion in digits."""

from __future__ import annotations

from dataclasses import replace

import mpmath
import pytest
import sympy
from flint import arb
from sympy import Rational, S, sqrt

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.bounds.freeze_chaos import ChaosBound, FreezeBound, chaos_bound, freeze_bound
from symntk.depth.certified_depth import certified_depth
from symntk.errors import DomainError
from symntk.gaussian.moments import standardized
from symntk.notation import X
from symntk.numbers.ball import enclose

FROZEN = [
    ("sin", Rational(4, 5)), ("erf", Rational(4, 5)), ("relu", Rational(3, 5)),
    ("leaky_relu(1/2)", Rational(1, 2)), ("abs", Rational(1, 2)),
]  # fmt: skip
PAIRS = (S(-1), Rational(-1, 2), S(0), Rational(1, 2))
STEEP = Activation(name="sin(3x)", expression=sympy.sin(3 * X))
STEEP_ERF = Activation(name="erf(3x)", expression=sympy.erf(3 * X))
CHAOTIC = [
    (STEEP, S(0)),
    (STEEP, Rational(1, 2)),
    pytest.param(STEEP_ERF, S(0), marks=pytest.mark.slow),
    pytest.param(STEEP_ERF, Rational(1, 3), marks=pytest.mark.slow),
]


def ratio(phi: Activation, layers: int, beta: sympy.Expr, rho: sympy.Expr) -> arb:
    """ϑ_L, certified."""
    start = beta**2 + (1 - beta**2) * rho
    found = certified_depth(standardized(phi), layers, start, sigma_w=sqrt(1 - beta**2), sigma_b=beta, bits=64)
    return found.ntk_ratio


def relu_ratio(layers: int, beta: float, rho: float) -> mpmath.mpf:
    """ϑ_L of ReLU by the arc-cosine formulas in plain digits."""
    with mpmath.workdps(60):
        weight = 1 - mpmath.mpf(beta) ** 2
        covariance = 1 - weight + weight * rho
        kernel, whole = covariance, mpmath.mpf(1)
        for _ in range(layers - 1):
            angle = mpmath.acos(covariance)
            covariance = 1 - weight + weight * (mpmath.sin(angle) + (mpmath.pi - angle) * covariance) / mpmath.pi
            kernel = covariance + weight * (1 - angle / mpmath.pi) * kernel
            whole = 1 + weight * whole
        return kernel / whole


@pytest.mark.parametrize(("name", "beta"), FROZEN)
@pytest.mark.parametrize("layers", [1, 2, 3, 10, 50])
def test_no_pair_is_below_the_freeze_bounds(name: str, beta: sympy.Expr, layers: int):
    found = freeze_bound(activation(name), beta)
    values = [ratio(activation(name), layers, beta, rho) for rho in PAIRS]
    assert all(found.lower(layers) < value for value in values)
    assert all(bool(value - found.sharper(layers) > -arb("1e-15")) for value in values)
    assert bool(found.lower(layers) < found.sharper(layers))


def test_the_sharper_freeze_bound_is_attained_at_one_layer_by_opposite_inputs():
    found = freeze_bound(activation("sin"), Rational(4, 5))
    assert found.sharper(1).overlaps(ratio(activation("sin"), 1, Rational(4, 5), S(-1)))


@pytest.mark.parametrize(("name", "beta"), FROZEN)
def test_the_freeze_bound_has_the_right_rate_and_loses_at_most_a_factor_of_ten_when_sharper(name, beta):
    found, value = freeze_bound(activation(name), beta), ratio(activation(name), 60, beta, S(-1))
    assert 1 < (1 - found.sharper(60)) / (1 - value) < 10


@pytest.mark.parametrize(("name", "beta"), FROZEN)
@pytest.mark.parametrize("layers", [1, 4, 30, 200])
def test_the_short_form_bounds_the_sums_of_the_sharper_one(name: str, beta: sympy.Expr, layers: int):
    found = freeze_bound(activation(name), beta)
    r = enclose(found.characteristic, bits=256)
    missing = (1 - found.sharper(layers, bits=256)) * (1 - r**layers) / (1 - r)
    short = 1 - found.lower(layers, bits=256)
    assert missing.lower() <= short.upper()


def test_a_plain_recursion_of_relu_lies_above_the_bound_at_every_depth():
    found = freeze_bound(activation("relu"), Rational(3, 5))
    for layers in (1, 2, 5, 20, 80):
        assert float(found.sharper(layers)) - 1e-14 < relu_ratio(layers, 0.6, -1.0) < 1


def test_the_relu_constant_is_below_the_printed_one():
    root = Rational(4, 5)
    printed = 2 * root / (1 - root) + sqrt(2) / (root**2 * (1 - root) ** 2)
    assert freeze_bound(activation("relu"), Rational(3, 5)).constant < printed


@pytest.mark.parametrize("layers", [10, 40])
def test_a_freeze_bound_with_a_smaller_loss_fails(layers: int):
    found = freeze_bound(activation("sin"), Rational(4, 5))
    wrong = replace(found, start=found.start / 2)
    assert wrong.sharper(layers) > ratio(activation("sin"), layers, Rational(4, 5), S(-1))


@pytest.mark.parametrize(("phi", "beta"), CHAOTIC)
@pytest.mark.parametrize("rho", [Rational(-3, 4), Rational(1, 3)])
def test_no_pair_is_above_the_chaos_bounds(phi: Activation, beta: sympy.Expr, rho: sympy.Expr):
    found = chaos_bound(phi, beta, rho)
    for layers in (1, 2, 5, 20):
        assert abs(ratio(phi, layers, beta, rho)) < found.sharper(layers) * arb("1.000001")
        assert found.sharper(layers) < found.upper(layers)


def test_the_chaos_bound_falls_below_every_level():
    found = chaos_bound(STEEP, S(0), Rational(1, 2))
    assert (found.rate < 1, found.upper(200) < arb("1e-40")) == (True, True)


@pytest.mark.slow
def test_the_chaos_bound_starts_from_the_correlation_of_the_pair_or_the_fixed_one():
    inner = chaos_bound(STEEP_ERF, Rational(1, 3), S(0))
    outer = chaos_bound(STEEP_ERF, Rational(1, 3), Rational(9, 10))
    assert inner.v < outer.v
    assert outer.v.overlaps(arb(1) / 9 + arb(8) / 9 * arb(9) / 10)
    fixed = standardized(STEEP_ERF)
    value = certified_depth(fixed, 200, Rational(1, 9), sigma_w=sqrt(Rational(8, 9)), sigma_b=Rational(1, 3), bits=64)
    assert inner.v.overlaps(1 - value.gamma)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: freeze_bound(activation("relu"), S(0)), r"r = 1 is not in \(0, 1\)"),
        (lambda: freeze_bound(activation("step"), Rational(1, 2)), r"r = oo is not in \(0, 1\)"),
        (lambda: freeze_bound(activation("elu(2)"), Rational(9, 10)), "E σ̈² is infinite"),
        (lambda: freeze_bound(activation("relu"), Rational(1, 2)).lower(0), "take at least 1 layer"),
        (lambda: chaos_bound(activation("relu"), S(0), S(0)), "not a number above 1"),
        (lambda: chaos_bound(STEEP, S(0), S(-1)), "take one inside"),
    ],
)
def test_bounds_outside_their_domain_are_refused_in_one_line(call, message: str):
    with pytest.raises(DomainError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_bounds_are_records_that_cannot_change():
    assert {FreezeBound.__dataclass_params__.frozen, ChaosBound.__dataclass_params__.frozen} == {True}
