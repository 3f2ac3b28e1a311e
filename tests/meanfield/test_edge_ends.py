import math

import pytest
from flint import arb
from scipy import integrate
from sympy import Rational, S, lambdify

from symntk.activations.catalogue import activation
from symntk.activations.derivative import derivative
from symntk.meanfield.edge_ends import coarse_edge, far, lower_end, upper_end
from symntk.meanfield.lines import lines
from symntk.meanfield.moments import second_moment_of, slope_moment_of
from symntk.notation import X
from symntk.numbers.normal_distribution import NormalCDF
from symntk.numbers.precision import working_precision


def plain(expression):
    from sympy import erf, sqrt

    form = expression.replace(NormalCDF, lambda u: (1 + erf(u / sqrt(2))) / 2)
    return lambdify(X, form, ["scipy", "numpy"])


def expectation(function, q, cuts=()):
    """E f(√q u) by scipy, cut at 0 and at breakpoints."""
    ends = sorted({-12.0, -3.0, 0.0, 3.0, 12.0, *(float(c) / math.sqrt(q) for c in cuts)})

    def density(u):
        return function(math.sqrt(q) * u) * math.exp(-u * u / 2) / math.sqrt(2 * math.pi)

    return sum(integrate.quad(density, a, b, limit=200, epsabs=1e-13)[0] for a, b in zip(ends, ends[1:], strict=False))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tanh", "elu", "gelu", "silu", "shifted_relu", "relu6", "sin", "polynomial"])
def test_without_bias_the_equation_is_an_expectation_of_a_square(name):
    phi = activation(name)
    value, slope = plain(phi.expression), plain(derivative(phi).expression)
    for q in (0.3, 2.0, 11.0):
        left = q * expectation(lambda x: slope(x) ** 2, q, phi.breakpoints) - expectation(
            lambda x: value(x) ** 2, q, phi.breakpoints
        )
        right = q * expectation(lambda x: (slope(x) - value(x) / x) ** 2, q, phi.breakpoints)
        assert abs(left - right) < 1e-8 * max(1, q)
        assert right > 0


def scaled_edge(name, bias, q):
    """F·√(2π/q), by certified moments."""
    phi = activation(name)
    value = (q - bias) * slope_moment_of(phi).enclose(q, 100) - second_moment_of(phi).enclose(q, 100)
    return value * (2 * arb.pi() / q).sqrt()


@pytest.mark.parametrize("name", ["elu", "gelu", "softplus", "shifted_relu(-1)", "hard_tanh", "sigmoid"])
def test_the_far_form_contains_the_equation_between_and_beyond_its_ends(name):
    phi = activation(name)
    with working_precision(120):
        bias, step = arb("0.7"), arb("1e-6")
        for right in (arb(300), None):
            found = far(lines(phi), bias, slope_moment_of(phi), arb(90), right)
            for q in (arb(90), arb(151), arb(299)) + ((arb(4000),) if right is None else ()):
                assert found.value.overlaps(scaled_edge(name, bias, q))
                rise = (scaled_edge(name, bias, q + step) - scaled_edge(name, bias, q - step)) / (2 * step)
                assert found.rate.overlaps(rise * q * q.sqrt() + arb(0, "1e-3"))


@pytest.mark.parametrize(
    ("name", "sigma_b"), [("elu", 2), ("selu", 2), ("gelu", 1), ("erf", 1), ("exp", 1), ("hermite", 1)]
)
def test_beyond_the_upper_end_the_equation_keeps_its_sign(name, sigma_b):
    phi = activation(name)
    moment, slope = second_moment_of(phi), slope_moment_of(phi)
    end, proved = upper_end(phi, S(sigma_b), moment, slope)
    assert proved
    with working_precision(200):
        values = [
            (end * k - sigma_b**2) * slope.enclose(end * k, 150) - moment.enclose(end * k, 150) for k in (1, 3, 40)
        ]
        assert all(value > 0 for value in values)


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "shifted_relu(-1)"])
def test_below_the_lower_end_without_bias_the_equation_is_negative(name):
    phi = activation(name)
    moment, slope = second_moment_of(phi), slope_moment_of(phi)
    end, proved = lower_end(phi, S.Zero, moment, slope)
    assert (True, True) == (proved, end > arb("1e-3"))
    for q in (end, end / 7, end / 10**6):
        assert q.mid() * slope.enclose(q.mid(), 80) - moment.enclose(q.mid(), 80) < 0


def test_the_coarse_form_of_an_oscillating_activation_is_not_given():
    assert coarse_edge(activation("sin"), Rational(1, 5), slope_moment_of(activation("sin"))) is None
