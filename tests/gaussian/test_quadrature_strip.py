"""Strips of analyticity and growth bounds, against values inside the strip."""

from __future__ import annotations

import math
import random

import pytest
import sympy
from flint import acb, arb
from sympy import (
    Expr,
    Rational,
    acos,
    asin,
    asinh,
    atan,
    atanh,
    cos,
    cosh,
    erf,
    erfc,
    exp,
    log,
    sech,
    sin,
    sinh,
    sqrt,
    tanh,
)

from symntk.errors import UndecidedError
from symntk.gaussian.certified_rules import RULES
from symntk.gaussian.growth import Growth
from symntk.gaussian.strip import real_growth, strips
from symntk.notation import X
from symntk.numbers.ball import ball_function
from symntk.numbers.normal_distribution import NormalCDF
from symntk.numbers.precision import working_precision

SIGMOID = 1 / (1 + exp(-X))
SOFTPLUS = log(1 + exp(X))
SMOOTH = {
    tanh(X): math.pi / 2,
    tanh(2 * X - 1): math.pi / 4,
    SIGMOID: math.pi,
    SOFTPLUS: math.pi,
    X * SIGMOID: math.pi,
    atan(X): 1.0,
    asinh(X): 1.0,
    log(cosh(X)): math.pi / 2,
    sech(X): math.pi / 2,
    1 / (1 + X**2): 1.0,
    sqrt(1 + X**2): 1.0,
    1 / (2 - cos(X)): math.log(2 + math.sqrt(3)),
    (1 + X**2) ** Rational(-3, 4): 1.0,
    X * tanh(log(1 + exp(X))): math.pi,
    atan(tanh(X)): math.pi / 4,
    asin(tanh(X) / 3): math.pi / 2,
    atanh(tanh(X) / 3): math.pi / 2,
    exp(-(X**2)) + 2**X: math.inf,
    erf(X) + erfc(2 * X): math.inf,
    X**3 * NormalCDF(X): math.inf,
    sin(3 * X) * cosh(X / 4) - sinh(X / 3): math.inf,
    exp(X**2 / 8): math.inf,
    sympy.diff(tanh(X), X, 4): math.pi / 2,
    sympy.diff(SOFTPLUS, X, 3): math.pi,
    sympy.diff(atan(X), X, 3): 1.0,
}


def value_of(growth: Growth, x: arb) -> arb:
    size = abs(x)
    polynomial = (1 + growth.slope * size) ** growth.degree
    return growth.scale * polynomial * (growth.rate * size + growth.curvature * size**2).exp()


def assert_bounds(f: Expr, growth: Growth, height: float, seed: int) -> None:
    compute, draw = ball_function(f, X), random.Random(seed)
    for _ in range(40):
        x, y = draw.uniform(-8, 8) * draw.random(), height * draw.choice((-1, 1, draw.uniform(-1, 1)))
        with working_precision(200):
            assert abs(compute(acb(x, y), analytic=True)) <= value_of(growth, arb(x)) * (1 + arb(2) ** -50)


@pytest.mark.parametrize("f", SMOOTH, ids=str)
def test_growth_bounds_the_function_in_every_strip(f: Expr) -> None:
    found = strips(f)
    assert found
    for strip in (found[0], found[len(found) // 2], found[-1]):
        if strip.half_width < 8:
            assert_bounds(f, strip.growth, float(strip.half_width), seed=7)


@pytest.mark.parametrize("f", SMOOTH, ids=str)
def test_growth_bounds_the_function_on_the_real_line(f: Expr) -> None:
    assert_bounds(f, real_growth(f), 0.0, seed=8)


@pytest.mark.parametrize("f", SMOOTH, ids=str)
def test_widest_strip_stops_before_the_nearest_singularity(f: Expr) -> None:
    assert strips(f)[0].half_width < SMOOTH[f]


@pytest.mark.parametrize("f", [tanh(X), SIGMOID, SOFTPLUS, atan(X), log(cosh(X)), sqrt(1 + X**2)], ids=str)
def test_widest_strip_nearly_reaches_the_singularity_of_the_usual_activations(f: Expr) -> None:
    assert strips(f)[0].half_width > 0.998 * SMOOTH[f]


def test_strips_are_nested() -> None:
    widths = [float(strip.half_width) for strip in strips(tanh(X))]
    assert sorted(widths, reverse=True) == widths


@pytest.mark.parametrize(
    "f", [sympy.Abs(X), sympy.Max(0, X), sympy.sign(X), sympy.Heaviside(X), tanh(X**2), sin(X) / X, acos(X)], ids=str
)
def test_functions_without_a_proved_strip_have_none(f: Expr) -> None:
    assert strips(f) == ()


def test_every_rule_is_exercised_here() -> None:
    used = {type(node) for f in SMOOTH for node in sympy.preorder_traversal(f)}
    assert set(RULES) - used == set()


def test_real_growth_uses_the_end_of_a_half_line() -> None:
    assert real_growth(1 / X, left=arb(2)).scale <= arb("0.5000001")


@pytest.mark.parametrize("f", [1 / X, log(X), sympy.gamma(X)], ids=str)
def test_what_no_rule_bounds_is_refused_in_one_line(f: Expr) -> None:
    with pytest.raises(UndecidedError, match=r"^a bound of .* was asked for, but .*; write f") as refusal:
        real_growth(f)
    assert "\n" not in str(refusal.value)
