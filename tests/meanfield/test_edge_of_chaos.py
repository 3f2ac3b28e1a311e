import math

import pytest
import sympy
from flint import arb
from scipy import integrate, optimize
from sympy import Rational, S, sqrt

from symntk.activations.catalogue import activation
from symntk.errors import DomainError
from symntk.meanfield.edge_of_chaos import EdgePoint, edge_of_chaos
from symntk.meanfield.moments import second_moment_of, slope_moment_of
from symntk.numbers.precision import working_precision

FIFTH = Rational(1, 5)


def residual(name: str, point: EdgePoint, sigma_b: Rational) -> tuple[arb, arb]:
    """χ₁ − 1 and V(q) − q at the printed point, from the quadrature rather than from the solver's equation."""
    subject, slope = activation(name), slope_moment_of(activation(name))
    with working_precision(200):
        weight = point.sigma_w**2
        chi1 = weight * slope.enclose(point.q, 120)
        bias = arb(int(sigma_b.p)) ** 2 / arb(int(sigma_b.q)) ** 2
        return chi1 - 1, bias + weight * second_moment_of(subject).enclose(point.q, 120) - point.q


@pytest.mark.parametrize("name", ["tanh", "elu", "erf"])
def test_the_edge_satisfies_both_equations_to_forty_digits(name):
    point = edge_of_chaos(activation(name), FIFTH, bits=150).points[0]
    for value in residual(name, point, FIFTH):
        assert 0 in value
        assert value.rad() < arb("1e-35")
    assert point.sigma_w.rad() < arb("1e-39")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gelu", "silu"])
def test_the_edge_of_gelu_and_silu_satisfies_both_equations(name):
    point = edge_of_chaos(activation(name), FIFTH, bits=150).points[0]
    assert all(0 in value for value in residual(name, point, FIFTH))
    assert point.stable is False


@pytest.mark.parametrize(("name", "digits"), [("tanh", "1.304145840056511"), ("elu", "1.229251124137206")])
def test_the_edge_has_the_known_leading_digits(name, digits):
    point = edge_of_chaos(activation(name), FIFTH).points[0]
    assert abs(point.sigma_w - arb(digits)) < arb("1e-15")


def test_the_edge_of_relu_is_the_root_of_two_at_every_variance():
    found = edge_of_chaos(activation("relu"), 0)
    assert (True, True, sqrt(2)) == (found.exists, found.every_variance, found.points[0].sigma_w_exact)


@pytest.mark.parametrize(
    ("name", "sigma_b"), [("relu", 1), ("step", 0), ("step", 1), ("softplus", 0), ("softplus", 2), ("identity", 1)]
)
def test_where_no_edge_exists_that_is_proved(name, sigma_b):
    found = edge_of_chaos(activation(name), sigma_b)
    assert (False, True, ()) == (found.exists, found.complete, found.points)


def test_the_square_of_the_rectifier_has_an_unstable_edge_in_closed_form():
    point = edge_of_chaos(activation("rectified_monomial"), 1).points[0]
    assert (S(4), sqrt(2) / 4, False) == (point.q_exact, point.sigma_w_exact, point.stable)


def test_without_bias_the_edge_of_tanh_is_the_limit_of_vanishing_variance():
    found = edge_of_chaos(activation("tanh"), 0)
    assert [(S.Zero, S.One)] == [(p.q_exact, p.sigma_w_exact) for p in found.points]
    assert found.complete


@pytest.mark.slow
def test_sigmoid_without_bias_has_its_only_edge_at_large_variance():
    found = edge_of_chaos(activation("sigmoid"), 0)
    assert found.complete
    assert [46] == [round(float(point.q)) for point in found.points]


def test_an_activation_that_is_relu_near_zero_has_the_edge_of_relu_as_its_limit():
    found = edge_of_chaos(activation("relu6"), 0)
    assert [(S.Zero, sqrt(2))] == [(p.q_exact, p.sigma_w_exact) for p in found.points]
    assert found.complete


@pytest.mark.parametrize("sigma_b", [S(-1), S.NaN, S.Infinity, sympy.I])
def test_a_deviation_that_is_no_number_of_at_least_zero_is_refused(sigma_b):
    with pytest.raises(DomainError, match="sigma_b"):
        edge_of_chaos(activation("tanh"), sigma_b)


def plain(name):
    """q ↦ E φ², E φ′² of ELU-like activations by scipy: x·scale for x > 0 and scale·alpha(eˣ − 1) for x < 0."""
    scale, alpha = {"elu": (1.0, 1.0), "selu": (1.0507009873554805, 1.6732632423543772)}[name]

    def moments(q):
        def mean(f):
            density = lambda u: f(math.sqrt(q) * u) * math.exp(-u * u / 2) / math.sqrt(2 * math.pi)  # noqa: E731
            return sum(
                integrate.quad(density, a, b, limit=200, epsabs=1e-13)[0] for a, b in ((-14, -1), (-1, 0), (0, 14))
            )

        value = mean(lambda x: (scale * x if x > 0 else scale * alpha * math.expm1(x)) ** 2)
        return value, mean(lambda x: (scale if x > 0 else scale * alpha * math.exp(x)) ** 2)

    return moments


@pytest.mark.parametrize("name", ["elu", "selu"])
def test_the_edge_at_a_large_bias_is_found_and_is_the_only_one(name):
    found, moments = edge_of_chaos(activation(name), 2), plain(name)

    def edge(q):
        value, slope = moments(q)
        return (q - 4) * slope - value

    root = optimize.brentq(edge, 5, 1000, xtol=1e-9)
    (point,) = found.points
    assert (True, True) == (found.exists, found.complete)
    assert abs(float(point.q) / root - 1) < 1e-7
    assert abs(float(point.sigma_w) * math.sqrt(moments(root)[1]) - 1) < 1e-8
    assert all(edge(q) < 0 for q in (4.5, 10, root / 1.1))
    assert all(edge(q) > 0 for q in (root * 1.1, 2000.0, 2e4))


@pytest.mark.parametrize(
    "name", ["elu", "selu", "celu(2)", "relu6", "shifted_relu", "hermite", "polynomial", "x*tanh(x)"]
)
def test_without_bias_and_with_phi_of_zero_equal_to_zero_nothing_but_the_limit_is_left(name):
    found = edge_of_chaos(activation(name), 0)
    assert found.complete
    assert all(point.q_exact == 0 for point in found.points)
    assert ("limit" in found.reason) == bool(found.points)


@pytest.mark.parametrize(
    ("expression", "q"),
    [("abs(x)-1", math.pi / 8), ("x*min(1,max(0,x/6+1/2))", 0), ("max(-1,min(1,2*x))+x/2", 0), ("max(0,x)+tanh(x)", 0)],
)
def test_expressions_with_kinks_have_a_complete_answer_without_bias(expression, q):
    found = edge_of_chaos(activation(expression), 0)
    assert (True, True) == (found.exists, found.complete)
    assert [True] == [abs(float(point.q) - q) < 1e-12 for point in found.points]


@pytest.mark.slow
@pytest.mark.parametrize(
    "expression", ["x*tanh(x)", "max(0,x)+tanh(x)", "x*min(1,max(0,x/6+1/2))", "relu6", "abs(x)-1"]
)
def test_expressions_without_closed_form_satisfy_both_equations(expression):
    found = edge_of_chaos(activation(expression), FIFTH, bits=80)
    assert (True, True, 1) == (found.exists, found.complete, len(found.points))
    chi, variance = residual(expression, found.points[0], FIFTH)
    assert 0 in chi
    assert 0 in variance
    assert max(chi.rad(), variance.rad()) < arb("1e-15")


@pytest.mark.slow
def test_an_edge_at_large_variance_of_silu_is_the_only_one():
    found = edge_of_chaos(activation("silu"), 2)
    assert [556] == [round(float(point.q)) for point in found.points]
    assert found.complete


def test_a_bias_for_which_no_edge_exists_is_proved_for_a_shifted_ramp():
    assert [False, False] == [edge_of_chaos(activation("shifted_relu(-1)"), b).exists for b in (0, 2)]
