"""Rates at the points of the edge of chaos that a bias names, and the command that prints them."""

from __future__ import annotations

import json

import pytest
import sympy
from flint import arb
from sympy import Rational, S, sqrt

from symntk.activations.catalogue import activation
from symntk.architectures.fully_connected import FullyConnected, architecture
from symntk.cli import main
from symntk.depth.edge_map import VARIANCE, ParametricRing, parametric_map
from symntk.depth.edge_rate import rate_on_edge
from symntk.depth.parabolic import correlation_rate, edge_rate
from symntk.depth.transseries import presented_coefficient
from symntk.errors import DomainError, UndecidedError
from symntk.gaussian.dual import dual
from symntk.numbers.exact import leaf

NET = FullyConnected()


def test_the_map_of_erf_has_closed_taylor_coefficients_in_the_variance() -> None:
    q = VARIANCE
    rate = edge_rate(activation("erf"), leaf(arb(1) / 3), 2)
    found = {str(p.symbol): p.formula for p in rate.parameters}
    assert 0 == sympy.cancel(found["f_2"] - 4 * q**2 / (4 * q + 1))


def test_the_letters_agree_with_the_numbers_where_every_variance_is_on_the_edge() -> None:
    letters, exact = edge_rate(activation("relu"), S(2), 2), correlation_rate(activation("relu"), 2)
    values = {p.symbol: p.value for p in letters.parameters}
    for one, other in zip(letters.ntk.terms, exact.ntk.terms, strict=True):
        assert 0 == presented_coefficient(one.coefficient.subs(values) - other.coefficient)


def test_the_leading_coefficient_of_a_smooth_activation_is_two_over_the_second_derivative() -> None:
    rate = rate_on_edge(activation("tanh"), NET, 2, Rational(1, 5)).rate
    (f2,) = [p.symbol for p in rate.parameters if str(p.symbol) == "f_2"]
    assert (2 / f2, Rational(1, 3)) == (rate.gamma.coefficient(-1), rate.ntk.coefficient(0))


def test_a_jump_in_the_second_derivative_gives_half_integer_powers_of_the_depth() -> None:
    rate = rate_on_edge(activation("elu"), NET, 2, Rational(1, 5)).rate
    assert (2, 2) == (rate.gamma_power, rate.fatou.p)
    assert Rational(-1, 2) == rate.ntk.terms[1].power


def test_relu_is_on_the_edge_at_every_variance() -> None:
    found = rate_on_edge(activation("relu"), NET, 1, S.Zero, sqrt(2))
    assert found.every_variance
    assert sqrt(2) == found.point.sigma_w_exact


@pytest.mark.parametrize(
    ("name", "bias", "weight", "word"),
    [
        ("tanh", S.Zero, None, "q → 0"),
        ("relu", Rational(1, 5), None, "there is none"),
        ("relu", S.Zero, S.One, "not shown"),
        ("step", S.Zero, None, "jumps"),
        ("relu", S.NegativeOne, None, "sigma_b"),
    ],
)
def test_a_point_off_the_edge_is_refused(name: str, bias: sympy.Expr, weight: sympy.Expr | None, word: str) -> None:
    with pytest.raises(DomainError, match=word):
        rate_on_edge(activation(name), NET, 2, bias, weight)


def test_a_letter_whose_ball_contains_zero_stays_undecided() -> None:
    series = parametric_map(activation("sin"), S.One, 7, 64)
    ring = series.ring
    assert isinstance(ring, ParametricRing)
    (f2, f3) = (ring.element(p.symbol) for p in list(ring.parameters.values())[:2])
    assert not ring.is_zero(f2)
    with pytest.raises(UndecidedError, match="more digits"):
        ring.is_zero(f2 - ring.element(ring.parameters[sympy.Symbol("f_2", real=True)].value) + ring.zero * f3)


def test_the_command_prints_coefficients_with_certified_values(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["rate", "relu", "--arch", "fc", "--order", "2", "--json"])
    record = json.loads(capsys.readouterr().out)
    first, limit = record["gamma"]["terms"][0], record["ntk"]["terms"][0]
    assert ("-2", 0, "9π²/2") == (first["power"], first["log_power"], first["coefficient"]["text"])
    assert ("0", "1/4") == (limit["power"], limit["coefficient"]["text"])
    assert ["C"] == list(record["initial_constant"])


def test_the_command_certifies_the_initial_constant(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["rate", "relu", "--order", "2", "--rho", "3/10", "--digits", "12", "--json"])
    assert "4.31061366473" == json.loads(capsys.readouterr().out)["initial_constant"]["C"]["value"]


def test_the_command_prints_latex(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["rate", "relu", "--order", "1", "--latex"])
    gamma, kernel = capsys.readouterr().out.splitlines()
    assert gamma.startswith(r"\gamma_{\ell}=\frac{9\pi^{2}}{2}\frac{1}{\ell^{2}}+O(")
    assert kernel.startswith(r"\frac{K_{\ell}}{\ell q}=\frac{1}{4}+O(")


def test_the_command_prints_the_letters_and_a_remark_on_a_slower_rate(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["rate", "elu", "--sigma-b", "1/5", "--order", "2"])
    out = capsys.readouterr().out
    assert "s_5 = the coefficient of γ^(5/2)" in out
    assert "slower than log ℓ/ℓ" in out


@pytest.mark.parametrize(
    "arguments",
    [["tanh"], ["relu", "--order", "0"], ["relu", "--arch", "nosuch"], ["identity"], ["relu", "--sigma-b", "-1"]],
)
def test_the_command_refuses_in_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == main(["rate", *arguments])
    assert 1 == len(capsys.readouterr().err.splitlines())


def test_an_unknown_architecture_is_named() -> None:
    with pytest.raises(DomainError, match="nosuch"):
        architecture("nosuch")


@pytest.mark.parametrize(("name", "order"), [("elu", Rational(7, 2)), ("erf", Rational(4))])
def test_the_letters_reproduce_the_map_near_one(name: str, order: sympy.Rational) -> None:
    subject, q, near, far = dual(activation(name)), Rational(1, 2), Rational(1, 4000), Rational(1, 1000)
    series = parametric_map(activation(name), q, int(2 * order), 128)
    ring = series.ring
    assert isinstance(ring, ParametricRing)
    drops = []
    for gamma in (near, far):
        total = sum(ring.expression(c) * sqrt(gamma) ** k for k, c in enumerate(series.coefficients))
        exact = subject.enclose(1 - gamma, q, q, bits=160) - subject.enclose(1, q, q, bits=160)
        drops.append(float((ring.ball(sympy.expand(total - 1)) / exact).mid()))
    # Both quotients are the same slope up to O(γ^(order − 1)).
    assert abs(drops[0] / drops[1] - 1) < 5 * float(far) ** float(order - 1)
