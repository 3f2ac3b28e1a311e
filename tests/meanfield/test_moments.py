import pytest
import sympy
from flint import arb
from sympy import Rational

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.gaussian.quadrature import enclose_mean
from symntk.meanfield.behaviour import half_line_bounds, reflects_into_a_ramp, supremum_of_square
from symntk.meanfield.isolation import Equation, isolate
from symntk.meanfield.moments import GaussianMoment, second_moment_of, slope_moment_of
from symntk.meanfield.taming import tamed
from symntk.notation import X
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision


@pytest.mark.parametrize("name", ["relu", "erf", "gelu", "elu", "sin", "hard_tanh"])
def test_the_formula_of_a_moment_is_its_quadrature(name):
    for moment in (second_moment_of(activation(name)), slope_moment_of(activation(name))):
        expected = enclose_mean(moment.integrand, Rational(7, 3), bits=60)
        assert expected.overlaps(enclose(moment.at(Rational(7, 3)), bits=60))


@pytest.mark.parametrize("name", ["tanh", "silu", "softplus", "hard_tanh", "elu"])
def test_the_slope_of_a_moment_agrees_with_a_difference_quotient(name):
    full = second_moment_of(activation(name))
    moment, step = GaussianMoment(integrand=full.integrand), arb((1, -20))
    with working_precision(120):
        quotient = (moment.enclose(1 + step, 80) - moment.enclose(1 - step, 80)) / (2 * step)
        assert abs(quotient - moment.slope.enclose(arb(1), 80)) < step


def test_a_jump_contributes_to_the_slope_of_a_moment():
    step = GaussianMoment(integrand=sympy.Heaviside(X - 1))
    expected = sympy.exp(-Rational(1, 2)) / (2 * sympy.sqrt(2 * sympy.pi))
    assert enclose(expected).overlaps(step.slope.enclose(arb(1), 64))


@pytest.mark.parametrize("name", ["sigmoid", "silu", "softplus", "log(1+exp(2*x))", "exp(3*x)/(1+exp(3*x))**2"])
def test_taming_keeps_the_function_and_its_derivative(name):
    formula = activation(name).expression
    for expression in (formula, formula.diff(X)):
        for point in (Rational(-3, 2), Rational(1, 3), sympy.Integer(5)):
            expected, actual = (enclose(e, {X: point}, bits=90) for e in (expression, tamed(expression)))
            assert expected.overlaps(actual)


def test_bounded_activations_are_told_from_unbounded_ones():
    bounded = {n for n in ("tanh", "sigmoid", "elu", "relu", "gelu", "sin") if supremum_of_square(activation(n))}
    assert {"tanh", "sigmoid", "sin"} == bounded


def test_a_half_line_bound_is_the_larger_of_its_pieces():
    ramp = Activation(name="ramp", expression=sympy.Max(-5, sympy.Min(3, X)))
    left, right = half_line_bounds(ramp)
    assert left.scale >= 5
    assert right.scale >= 1


def test_only_softplus_reflects_into_a_ramp():
    assert [True, False, False] == [reflects_into_a_ramp(activation(n)) for n in ("softplus", "silu", "relu")]


def test_all_roots_of_a_cubic_are_isolated():
    cubic = Equation(
        name="cubic", value=lambda q, _: (q - 1) * (q - 2) * (q - 5), slope=lambda q, _: 3 * q * q - 16 * q + 17
    )
    roots = isolate(cubic, arb("0.1"), arb(17), 100)
    assert [1, 2, 5] == [round(float(root)) for root in roots]
    assert all(root.rel_accuracy_bits() >= 100 for root in roots)
