"""Every catalogue family is what its name says."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy
from sympy import Rational, oo

from symntk.activations.activation import Activation
from symntk.activations.catalogue import CATALOGUE, activation, default_members
from symntk.errors import DomainError
from symntk.notation import X

HYPOTHESES = {
    "step": (None, 0, -1),
    "sign": ("odd", 0, -1),
    "relu": (None, 1, 0),
    "leaky_relu": (None, 1, 0),
    "abs": ("even", 1, 0),
    "rectified_monomial": (None, 2, 1),
    "shifted_relu": (None, None, 0),
    "hard_tanh": ("odd", None, 0),
    "relu6": (None, None, 0),
    "identity": ("odd", 1, oo),
    "monomial": ("even", 2, oo),
    "polynomial": (None, None, oo),
    "hermite": ("odd", None, oo),
    "erf": ("odd", None, oo),
    "normal_cdf": (None, None, oo),
    "gelu": (None, None, oo),
    "sin": ("odd", None, oo),
    "cos": ("even", None, oo),
    "exp": (None, None, oo),
    "gaussian": ("even", None, oo),
    "rbf": (None, None, oo),
    "elu": (None, None, 1),
    "selu": (None, None, 0),
    "celu": (None, None, 1),
    "tanh": ("odd", None, oo),
    "sigmoid": (None, None, oo),
    "softplus": (None, None, oo),
    "silu": (None, None, oo),
    "arctan": ("odd", None, oo),
}
"""Parity, homogeneity degree and smoothness of every required family."""

REQUIRED = tuple(HYPOTHESES)


def value(name: str, x: str) -> float:
    point = Rational(x)
    piece = next(p for p in activation(name).pieces if p.left < point < p.right)
    return float(piece.expression.subs(X, point).rewrite(sympy.erf))


def test_all_required_families_are_there() -> None:
    assert sorted(REQUIRED) == sorted(CATALOGUE)


def test_default_members_are_named_as_their_families() -> None:
    assert list(CATALOGUE) == [phi.name for phi in default_members()]
    assert all(isinstance(phi, Activation) for phi in default_members())


@pytest.mark.parametrize("name", REQUIRED)
def test_family_is_documented(name: str) -> None:
    family = CATALOGUE[name]
    assert name == family.name
    assert family.summary.endswith(("…", "."))
    assert family.source.isalnum()


@pytest.mark.parametrize(
    ("name", "at_minus_half", "at_three_quarters"),
    [
        ("step", 0, 1),
        ("sign", -1, 1),
        ("relu", 0, 0.75),
        ("leaky_relu", -0.005, 0.75),
        ("abs", 0.5, 0.75),
        ("rectified_monomial", 0, 0.5625),
        ("shifted_relu", 0, 0.25),
        ("hard_tanh", -0.5, 0.75),
        ("relu6", 0, 0.75),
        ("identity", -0.5, 0.75),
        ("monomial", 0.25, 0.5625),
        ("polynomial", -0.25, 1.3125),
        ("hermite", (-0.125 + 1.5) / math.sqrt(6), (0.421875 - 2.25) / math.sqrt(6)),
        ("erf", math.erf(-0.5), math.erf(0.75)),
        ("normal_cdf", (1 + math.erf(-0.5 / math.sqrt(2))) / 2, (1 + math.erf(0.75 / math.sqrt(2))) / 2),
        ("gelu", -0.25 * (1 + math.erf(-0.5 / math.sqrt(2))), 0.375 * (1 + math.erf(0.75 / math.sqrt(2)))),
        ("sin", math.sin(-0.5), math.sin(0.75)),
        ("cos", math.cos(0.5), math.cos(0.75)),
        ("exp", math.exp(-0.5), math.exp(0.75)),
        ("gaussian", math.exp(-0.125), math.exp(-0.28125)),
        ("rbf", math.sqrt(2) * math.sin(math.pi / 4 - 0.5), math.sqrt(2) * math.sin(math.pi / 4 + 0.75)),
        ("elu", math.exp(-0.5) - 1, 0.75),
        ("elu(2)", 2 * (math.exp(-0.5) - 1), 0.75),
        ("celu", math.exp(-0.5) - 1, 0.75),
        ("celu(2)", 2 * (math.exp(-0.25) - 1), 0.75),
        ("selu", 1.0507009873554805 * 1.6732632423543772 * math.expm1(-0.5), 1.0507009873554805 * 0.75),
        ("tanh", math.tanh(-0.5), math.tanh(0.75)),
        ("sigmoid", 1 / (1 + math.exp(0.5)), 1 / (1 + math.exp(-0.75))),
        ("softplus", math.log1p(math.exp(-0.5)), math.log1p(math.exp(0.75))),
        ("silu", -0.5 / (1 + math.exp(0.5)), 0.75 / (1 + math.exp(-0.75))),
        ("arctan", math.atan(-0.5), math.atan(0.75)),
    ],
)
def test_values_are_those_of_the_named_function(name: str, at_minus_half: float, at_three_quarters: float) -> None:
    found = (value(name, "-1/2"), value(name, "3/4"))
    assert pytest.approx((at_minus_half, at_three_quarters), rel=1e-14) == found


def test_relu6_saturates_at_six() -> None:
    assert (0, 6) == activation("relu6").breakpoints
    assert 6 == activation("relu6").pieces[-1].expression


@pytest.mark.parametrize("name", REQUIRED)
def test_hypotheses_of_the_catalogue(name: str) -> None:
    phi = activation(name)
    assert HYPOTHESES[name] == (phi.parity, phi.homogeneity_degree, phi.smoothness)


def test_elu_is_once_differentiable_only_at_alpha_one_but_celu_always() -> None:
    assert (1, 0, 1) == tuple(activation(name).smoothness for name in ("elu", "elu(2)", "celu(2)"))


def test_rbf_has_the_gaussian_kernel_as_dual() -> None:
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    phi = sympy.lambdify(X, activation("rbf").expression)
    for rho in (-1.0, -0.3, 0.0, 0.6, 1.0):
        other = rho * nodes[:, None] + math.sqrt(1 - rho**2) * nodes[None, :]
        dual = float(weights @ (phi(nodes)[:, None] * phi(other)) @ weights)
        assert pytest.approx(math.exp(rho - 1), rel=1e-12) == dual


@pytest.mark.parametrize("degree", [0, 1, 2, 3, 7, 12])
def test_hermite_polynomials_are_orthonormal(degree: int) -> None:
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    weights = weights / weights.sum()
    values = [sympy.lambdify(X, activation(f"hermite({n})").expression)(nodes) * np.ones(40) for n in (degree, 5)]
    assert pytest.approx(1, rel=1e-10) == float(weights @ values[0] ** 2)
    assert pytest.approx(0, abs=1e-10) == float(weights @ (values[0] * values[1]))


def test_hermite_of_degree_two_hundred_is_exact() -> None:
    leading = sympy.Poly(activation("hermite(200)").expression, X).LC()
    assert 1 / sympy.sqrt(sympy.factorial(200)) == leading


def test_selu_constants_are_the_printed_decimals() -> None:
    scale, alpha = Rational("1.0507009873554804934193349852946"), Rational("1.6732632423543772848170429916717")
    pieces = activation("selu").pieces
    assert scale * X == pieces[1].expression
    assert 0 == sympy.expand(scale * alpha * (sympy.exp(X) - 1) - pieces[0].expression)


@pytest.mark.parametrize(
    "text",
    ["celu(0)", "celu(-1)", "hermite(-1)", "hermite(201)", "hermite(1/2)", "rectified_monomial(-1)", "monomial(1/2)",
     "relu(2)", "leaky_relu(1,2)"],
)  # fmt: skip
def test_parameters_outside_their_domain_are_refused(text: str) -> None:
    with pytest.raises(DomainError) as caught:
        activation(text)
    assert "\n" not in str(caught.value)


def test_member_names_show_parameters_that_are_not_the_defaults() -> None:
    assert "leaky_relu(1/10)" == activation("leaky_relu(0.1)").name
    assert "leaky_relu" == activation("leaky_relu(1/100)").name
    assert activation("leaky_relu(1/100)") == activation("leaky_relu")
