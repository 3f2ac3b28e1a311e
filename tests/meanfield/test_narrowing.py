import mpmath
import pytest
from flint import arb
from sympy import Rational

from symntk.activations.catalogue import activation
from symntk.meanfield.moments import second_moment_of, slope_moment_of
from symntk.meanfield.narrowing import narrowed, scaled_tail
from symntk.notation import Q1
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision


@pytest.mark.parametrize("u", ["0", "0.25", "3", "40", "100000"])
def test_the_scaled_tail_is_that_of_the_normal_distribution(u):
    with mpmath.workdps(60), working_precision(160):
        x = mpmath.mpf(u)
        expected = mpmath.exp(x * x / 2) * mpmath.erfc(x / mpmath.sqrt(2)) / 2
        found = scaled_tail(arb(u).mid())
        assert found.rel_accuracy_bits() > 140
        assert abs(mpmath.mpf(found.str(45, radius=False)) / expected - 1) < 1e-40


def test_the_scaled_tail_of_a_ball_contains_the_values_in_it():
    wide = scaled_tail(arb(3).union(arb(5)))
    assert all(scaled_tail(arb(u)) in wide or scaled_tail(arb(u)).overlaps(wide) for u in (3, 4, 5))
    assert wide < scaled_tail(arb("2.9").mid())


@pytest.mark.parametrize("name", ["elu", "selu", "celu(2)", "gelu", "erf", "normal_cdf", "hard_tanh", "x*erf(x)"])
def test_a_narrowed_formula_has_the_value_of_the_formula(name):
    for moment in (second_moment_of(activation(name)), slope_moment_of(activation(name))):
        for formula in (moment.formula, moment.formula.diff(Q1)):
            rest, letters = narrowed(formula)
            for q in (Rational(1, 7), Rational(5, 2)):
                with working_precision(200):
                    values = {t: scaled_tail(enclose(u, {Q1: q}, bits=180)) for t, u in letters.items()}
                expected = enclose(formula, {Q1: q}, bits=100)
                actual = enclose(rest, {Q1: enclose(q, bits=180), **values}, bits=60)
                assert expected.overlaps(actual)
                assert actual.rel_accuracy_bits() > 50


@pytest.mark.parametrize("name", ["elu", "celu(2)", "selu"])
def test_the_slope_of_a_moment_is_known_on_wide_balls_and_at_large_variances(name):
    moment = second_moment_of(activation(name))
    with working_precision(80):
        wide = moment.slope.enclose(arb(30).union(arb(33)), 40)
        assert wide.rad() < arb("0.02")
        assert moment.slope.enclose(arb(31), 40) in wide or moment.slope.enclose(arb(31), 40).overlaps(wide)
        assert moment.enclose(arb(2) ** 40, 80).rel_accuracy_bits() > 60
