import pytest
import sympy
from flint import arb
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
    assert (S.Zero, sqrt(2)) in [(p.q_exact, p.sigma_w_exact) for p in found.points]
    assert not found.complete


@pytest.mark.parametrize("sigma_b", [S(-1), S.NaN, S.Infinity, sympy.I])
def test_a_deviation_that_is_no_number_of_at_least_zero_is_refused(sigma_b):
    with pytest.raises(DomainError, match="sigma_b"):
        edge_of_chaos(activation("tanh"), sigma_b)
