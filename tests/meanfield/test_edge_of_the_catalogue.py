"""Which activations have an edge of chaos at which σ_b, over the whole catalogue, each answer checked otherwise."""

import math

import pytest
from flint import arb
from scipy import integrate
from sympy import Rational, S, erf, lambdify, sqrt

from symntk.activations.activation import Activation
from symntk.activations.catalogue import CATALOGUE, activation
from symntk.activations.derivative import derivative
from symntk.gaussian.quadrature import enclose_mean
from symntk.meanfield.edge_of_chaos import EdgePoint, edge_of_chaos
from symntk.meanfield.taming import tamed
from symntk.notation import X
from symntk.numbers.normal_distribution import NormalCDF
from symntk.numbers.precision import working_precision

BIASES = (S.Zero, Rational(1, 5), S.One)
ALWAYS, NEVER = (True, True, True), (False, False, False)
EXISTS = (
    dict.fromkeys(("hard_tanh", "relu6", "polynomial", "hermite", "erf", "normal_cdf", "gelu", "sin", "cos"), ALWAYS)
    | dict.fromkeys(("rbf", "exp", "gaussian", "elu", "selu", "celu", "tanh", "sigmoid", "silu", "arctan"), ALWAYS)
    | dict.fromkeys(("step", "sign", "softplus"), NEVER)
    | dict.fromkeys(("relu", "leaky_relu", "abs", "identity"), (True, False, False))
    | dict.fromkeys(("rectified_monomial", "monomial", "shifted_relu"), (False, True, True))
)
REASONS = ("φ jumps", "is homogeneous of degree", "unless σ_b = 0", "0 ≤ φ′ ≤ 1", "χ₁ → 0 as q → 0")
CASES = [(name, bias) for name in CATALOGUE for bias in BIASES]


def test_the_table_speaks_of_the_whole_catalogue():
    assert set(CATALOGUE) == set(EXISTS)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "bias"), CASES, ids=[f"{name}-{bias}" for name, bias in CASES])
def test_existence_is_decided_and_every_point_satisfies_both_equations(name, bias):
    phi = activation(name)
    found = edge_of_chaos(phi, bias, bits=100)
    assert (EXISTS[name][BIASES.index(bias)], True) == (found.exists, found.complete)
    if not found.exists:
        assert any(reason in found.reason for reason in REASONS)
        assert signs(phi, bias) <= {found_sign(phi, bias)}
    for point in found.points:
        if point.q_exact == 0:
            assert_limit(phi, point)
        else:
            assert_point(phi, point, bias)


def assert_point(phi: Activation, point: EdgePoint, bias: Rational) -> None:
    """χ₁ = 1 and q = V(q), by quadrature of φ² and φ′² themselves."""
    with working_precision(160):
        value, slope = (tamed(form) ** 2 for form in (phi.expression, derivative(phi).expression))
        centre = point.q.mid()
        moments = [enclose_mean(form, centre, bits=90) for form in (value, slope)]
        weight = point.sigma_w**2
        assert abs(weight * moments[1] - 1) < arb("1e-18")
        assert abs(arb(int(bias.p)) ** 2 / int(bias.q) ** 2 + weight * moments[0] - centre) < arb("1e-18") * (
            1 + centre
        )


def assert_limit(phi: Activation, point: EdgePoint) -> None:
    """χ₁ tends to 1 as q → 0."""
    chi = [float(point.sigma_w) ** 2 * plain_moments(phi, q)[1] for q in (1e-4, 1e-6)]
    assert abs(chi[1] - 1) < 3e-3
    assert abs(chi[1] - 1) <= abs(chi[0] - 1) + 1e-9


def plain_moments(phi: Activation, q: float) -> tuple[float, float]:
    """E φ² and E φ′² by scipy."""
    found = []
    for form in (phi.expression, derivative(phi).expression):
        readable = form.replace(NormalCDF, lambda u: (1 + erf(u / sqrt(2))) / 2)
        function = lambdify(X, readable, ["scipy", "numpy"])
        cuts = sorted({-14.0, 0.0, 14.0, *(float(t) / math.sqrt(q) for t in phi.breakpoints)})
        cuts = [c for c in cuts if -14 <= c <= 14]
        total = 0.0
        for a, b in zip(cuts, cuts[1:], strict=False):
            part = integrate.quad(
                lambda u, f=function: f(math.sqrt(q) * u) ** 2 * math.exp(-u * u / 2), a, b, limit=300, epsabs=1e-14
            )
            total += part[0]
        found.append(total / math.sqrt(2 * math.pi))
    return found[0], found[1]


def edge_value(phi: Activation, bias: Rational, q: float) -> float:
    value, slope = plain_moments(phi, q)
    return (q - float(bias) ** 2) * slope - value


def found_sign(phi: Activation, bias: Rational) -> int:
    return int(math.copysign(1, edge_value(phi, bias, 1.5)))


def signs(phi: Activation, bias: Rational) -> set[int]:
    """The signs of F on a grid, where it is not 0; a jump has no F."""
    if derivative(phi).masses:
        return set()
    values = [(q, edge_value(phi, bias, q)) for q in (2.0**k for k in range(-6, 11, 2))]
    return {int(math.copysign(1, value)) for q, value in values if abs(value) > 1e-9 * (1 + q)}
