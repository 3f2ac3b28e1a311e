"""Pairs of pieces near correlation 1: series and flat errors against quadrature, bounds on discs, refusals."""

from __future__ import annotations

from functools import lru_cache

import pytest
import sympy
from flint import acb, arb
from sympy import Expr, Rational, S

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.activations.derivative import derivative
from symntk.errors import NoClosedFormError
from symntk.gaussian.near_diagonal import NearDiagonal, near_diagonal
from symntk.gaussian.quadrature import enclose_mean, enclose_pair
from symntk.gaussian.terms import Gate, Term, derivative_terms, elementary_terms
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

COUNT, OUTER = 60, arb(1)
PIECES = ["relu", "elu", "selu", "hard_tanh", "relu6", "shifted_relu"]
PIECES += ["max(0,x)*(x-2)*exp(x/2)", "x*min(1,max(0,x/6+1/2))"]
NEAR = [Rational(1, 10), Rational(2, 5)]


def slope(phi: Activation) -> Expr:
    return derivative(phi).expression


@lru_cache
def found(name: str, q: Rational, order: int) -> NearDiagonal:
    """E φφ or E φ′φ′ near ρ = 1."""
    with working_precision(160):
        terms = elementary_terms(activation(name))
        return near_diagonal(derivative_terms(terms) if order else terms, enclose(q, bits=160))


@lru_cache
def coefficients(name: str, q: Rational, order: int, count: int = COUNT) -> list[arb]:
    with working_precision(160):
        return found(name, q, order).series(count)


def polynomial(values: list[arb], w: arb | acb) -> arb | acb:
    total = w * 0
    for c in reversed(values):
        total = total * w + c
    return total


def flat_error(near: NearDiagonal, w: arb) -> arb:
    return sum((height * (-((gap / (2 * w)) ** 2)).exp() for height, gap in near.flat), arb(0))


def tail(near: NearDiagonal, w: arb, count: int = COUNT, outer: arb = OUTER) -> arb:
    """Cauchy's bound of the terms from `count` on."""
    return near.bound(outer) * (w / outer) ** count / (1 - w / outer)


def truth(name: str, q: Rational, order: int, w: Rational, bits: int) -> arb:
    f = slope(activation(name)) if order else activation(name).expression
    return enclose_pair(f, f, 1 - w**2 / 2, q, q, bits=bits)


@pytest.mark.parametrize("w", NEAR, ids=str)
@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("name", PIECES)
def test_the_series_differs_from_quadrature_by_its_tail_and_the_flat_error(name, order, w):
    q, near = Rational(3, 4), found(name, Rational(3, 4), order)
    with working_precision(160):
        at = enclose(w, bits=160)
        error = abs(polynomial(coefficients(name, q, order), at) - truth(name, q, order, w, 60))
        assert error < tail(near, at) + flat_error(near, at) + arb(2) ** -56


@pytest.mark.parametrize("name", ["relu", "elu", "shifted_relu", "x*min(1,max(0,x/6+1/2))"])
def test_at_small_w_the_series_has_every_digit(name):
    w = Rational(1, 50)
    with working_precision(160):
        at = enclose(w, bits=160)
        assert flat_error(found(name, Rational(1), 1), at) < 2.0**-100
        exact = truth(name, Rational(1), 1, w, 100)
        assert abs(polynomial(coefficients(name, Rational(1), 1), at) - exact) < 2.0**-95


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("name", PIECES)
def test_the_constant_term_is_the_mean_square(name, order):
    f = slope(activation(name)) if order else activation(name).expression
    first = coefficients(name, Rational(3, 4), order)[0]
    assert first.overlaps(enclose_mean(f**2, Rational(3, 4), bits=80))
    assert first.rel_accuracy_bits() > 100


@pytest.mark.parametrize("name", PIECES)
def test_a_changed_coefficient_is_caught_by_quadrature(name):
    near, w = found(name, Rational(3, 4), 1), Rational(1, 4)
    with working_precision(160):
        at, values = enclose(w, bits=160), list(coefficients(name, Rational(3, 4), 1))
        for k in (1, 2, 3):
            changed = [c * (1 + arb("1e-3") * (n == k)) for n, c in enumerate(values)]
            if abs(changed[k] - values[k]) * at**k < 1e-6:
                continue
            error = abs(polynomial(changed, at) - truth(name, Rational(3, 4), 1, w, 60))
            assert not error < tail(near, at) + flat_error(near, at)
    assert any(abs(c) > 0.01 for c in values[1:4])


@pytest.mark.parametrize(("order", "radius", "most"), [(0, "0.5", 7), (1, "0.5", 3.5), (1, "1", 18)])
@pytest.mark.parametrize("name", PIECES)
def test_the_bound_holds_on_the_circle_and_is_not_far_from_the_truth(name, order, radius, most):
    near, r = found(name, Rational(3, 4), order), arb(radius)
    values = coefficients(name, Rational(3, 4), order)
    with working_precision(160):
        points = [r * acb(0, arb.pi() * k / 12).exp() for k in range(24)]
        slack, height = tail(near, r, outer=arb("1.6")), near.bound(r)
        seen = max((abs(polynomial(values, w)) for w in points), key=float)
        assert slack < 1e-8
        assert seen - slack < height < most * seen


@pytest.mark.parametrize("name", PIECES)
def test_coefficients_obey_cauchys_estimate(name):
    near = found(name, Rational(3, 4), 1)
    for radius in ("0.2", "0.5", "1", "1.6"):
        height = near.bound(arb(radius))
        assert all(abs(c) * arb(radius) ** k < height for k, c in enumerate(coefficients(name, Rational(3, 4), 1)))


@pytest.mark.parametrize("w", [Rational(7, 10), Rational(1, 2), Rational(3, 10)], ids=str)
@pytest.mark.parametrize("name", ["hard_tanh", "max(-1/3, min(1/4, x))", "max(-1/2, min(1/2, x))"])
def test_the_flat_error_covers_what_the_series_misses_and_is_about_its_root(name, w):
    near, at = found(name, Rational(1), 1), enclose(w, bits=160)
    with working_precision(160):
        series = polynomial(coefficients(name, Rational(1), 1, 200), at)
        missed = abs(series - truth(name, Rational(1), 1, w, 80))
        assert tail(near, at, 200, arb("1.3")) < missed * 1e-6
        bound = flat_error(near, at)
        assert missed < bound
        assert missed > bound**2 / 40 * at**3


def test_the_flat_error_of_a_power_bounds_it_up_to_the_reach():
    near, orders = found("hard_tanh", Rational(1), 1), (1, 6, 30)
    for order in orders:
        for reach in (arb("0.1"), arb("0.3"), arb("1.5")):
            constant = near.flat_bound(order, reach)
            shares = [flat_error(near, reach * k / 40) / (constant * (reach * k / 40) ** order) for k in range(1, 41)]
            assert all(s < 1.0000001 for s in shares)
            assert max(shares, key=float) > 0.98


def test_the_flat_error_is_largest_against_a_power_at_the_flat_reach():
    near = found("hard_tanh", Rational(1), 1)
    at, order = near.flat_reach(12), 12
    shares = [flat_error(near, at * s) / (at * s) ** order for s in (arb("0.9"), arb(1), arb("1.1"))]
    assert shares[0] < shares[1]
    assert shares[2] < shares[1]


def test_the_height_of_the_flat_error_is_that_of_cauchy_and_schwarz():
    # |E f(u)g(v)·1[u < s]1[v > t]| ≤ (E f⁴·E g⁴)^¼·P(v − u > t − s)^½, twice, with P ≤ ½e^{−(t − s)²/(2w²)}
    first = Term(coefficients=(S.Zero, S(2)), linear=S.Half, gate=Gate(threshold=S.Zero, width=S.Zero))
    second = Term(coefficients=(S(3),), linear=-S.One / 3, gate=Gate(threshold=S.One, width=S.Zero))
    with working_precision(120):
        ((height, gap),) = near_diagonal((first, second), arb(4)).flat
        u = next(iter(activation("tanh").expression.free_symbols))
        fourths = [enclose_mean(f**4, 4, bits=80) for f in (2 * u * sympy.exp(u / 2), 3 * sympy.exp(-u / 3))]
        expected = (fourths[0] * fourths[1]).root(4) * arb(2).sqrt()
        assert abs(height / expected - 1) < 1e-20
        assert gap.overlaps(arb(1) / 2)


def test_one_gate_has_no_flat_error():
    near = found("elu", Rational(1), 1)
    assert () == near.flat
    assert near.flat_bound(10, arb(1)) == 0
    assert near.flat_reach(10) == arb.pos_inf()


def test_a_polynomial_has_a_polynomial_in_the_correlation():
    near = near_diagonal(elementary_terms(activation("x**3-x")), arb(1))  # E φφ = 6ρ³ + 4ρ, by Hermite polynomials
    for c, truth_ in zip(near.series(8), (10, 0, -11, 0, arb("4.5"), 0, arb("-0.75"), 0), strict=True):
        assert c.overlaps(arb(truth_))


def test_the_pair_of_steps_is_sheppards_angle():
    near, at = found("relu", Rational(5), 1), arb(3) / 8
    with working_precision(160):
        exact = arb(1) / 2 - (at / 2).asin() / arb.pi()
        assert abs(polynomial(near.series(100), at) - exact) < tail(near, at, 100)


def test_a_ball_of_variances_is_followed():
    terms = derivative_terms(elementary_terms(activation("hard_tanh")))
    wide = near_diagonal(terms, arb(1, "1e-6")).series(8)
    for q in ("0.9999995", "1", "1.0000005"):
        assert all(c in ball for c, ball in zip(near_diagonal(terms, arb(q)).series(8), wide, strict=True))
    assert max(ball.rad() for ball in wide) < 1e-3


SOFT = ["gelu", "sin", "x*erf(x)", "exp(-x**2)", "exp(x/2)*cos(x)"]


@pytest.mark.parametrize("name", SOFT)
def test_soft_gates_waves_and_gaussians_are_refused(name):
    terms = elementary_terms(activation(name))
    assert all(isinstance(term, Term) for term in terms)
    with pytest.raises(NoClosedFormError, match="pieces of polynomials times exponentials"):
        near_diagonal(terms, arb(1))


def test_a_function_without_terms_is_refused_before():
    with pytest.raises(NoClosedFormError):
        elementary_terms(Activation(name="t", expression=sympy.tanh(sympy.Symbol("x", real=True))))
