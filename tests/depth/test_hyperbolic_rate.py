"""Geometric rates off the edge of chaos: prefactors against certified values deep down, and refusals."""

from __future__ import annotations

import json

import pytest
from flint import arb
from sympy import Expr, Rational, S

from symntk.activations.catalogue import activation
from symntk.cli import main
from symntk.depth.certified_depth import certified_depth
from symntk.depth.hyperbolic_rate import HyperbolicRate, hyperbolic_rate
from symntk.errors import DomainError
from symntk.numbers.precision import working_precision

RHO, BIAS = Rational(3, 10), Rational(1, 5)
PLACES = [
    ("erf", S(2), S.Zero),
    ("erf", S(2), BIAS),
    ("erf", S.Half, BIAS),
    ("relu", S.One, S.One),
    ("elu", S.One, BIAS),
]


def kernel(found: HyperbolicRate, name: str, place: tuple[Expr, Expr], layers: int) -> tuple[arb, arb]:
    """c^ℓ − c* and k^ℓ − k* at one depth."""
    value = certified_depth(activation(name), layers, RHO, sigma_w=place[0], sigma_b=place[1], bits=400)
    whole = (1 - found.chi**layers) / (1 - found.chi)
    return 1 - value.gamma - found.correlation.limit, value.ntk_ratio * whole - found.kernel.limit


@pytest.mark.parametrize(("name", "sigma_w", "sigma_b"), PLACES)
def test_deep_layers_have_the_rate_and_the_prefactor(name: str, sigma_w: Expr, sigma_b: Expr) -> None:
    found = hyperbolic_rate(activation(name), RHO, sigma_w, sigma_b, bits=300)
    with working_precision(500):
        ratios = []
        for layers in (100, 200):
            c, k = kernel(found, name, (sigma_w, sigma_b), layers)
            assert abs(c / (found.correlation.prefactor * found.correlation.rate**layers) - 1) < 1e-6
            size = found.kernel.prefactor * found.kernel.rate**layers
            ratios.append(k / (size * layers) if found.kernel.power else k / size)
        # With the factor ℓ the next term is of relative order 1/ℓ.
        worst = [1e-6, 1e-6] if found.kernel.power == 0 else [0.2, 0.1]
        assert all(abs(ratio - 1) < bound for ratio, bound in zip(ratios, worst, strict=True))
        if found.kernel.power:
            assert abs((ratios[0] - 1) / (ratios[1] - 1) - 2) < 0.01


def test_a_kink_makes_the_ntk_slower_than_the_correlation() -> None:
    kinked = hyperbolic_rate(activation("relu"), RHO, S.One, S.One, bits=80)
    joined = hyperbolic_rate(activation("elu"), RHO, S.One, BIAS, bits=80)
    with working_precision(80):
        assert (kinked.kernel.rate**2).overlaps(kinked.chi)
    assert (kinked.kernel.power, joined.kernel.power) == (0, 1)


@pytest.mark.parametrize(
    ("name", "rho", "sigma_w", "sigma_b", "word"),
    [
        ("erf", S.One, S(2), BIAS, "correlation"),
        ("relu", RHO, S.One, S.Zero, "edge of chaos"),
        ("tanh", RHO, S.Half, S.Zero, "shrinks"),
        ("step", RHO, S.One, BIAS, "jumps"),
    ],
)
def test_points_without_a_geometric_rate_are_refused(
    name: str, rho: Expr, sigma_w: Expr, sigma_b: Expr, word: str
) -> None:
    with pytest.raises(DomainError, match=word):
        hyperbolic_rate(activation(name), rho, sigma_w, sigma_b)


def test_the_command_prints_limits_rates_and_prefactors(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["rate", "relu", "--sigma-w", "1", "--sigma-b", "1", "--rho", "3/10", "--json"])
    record = json.loads(capsys.readouterr().out)
    assert ("ordered", 0) == (record["phase"], record["ntk"]["depth_power"])
    assert record["ntk"]["rate"]["value"].startswith("0.7071067811865475244")
    assert record["correlation"]["prefactor"]["value"].startswith("-0.630779414259621")


def test_the_command_wants_the_first_correlation(capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == main(["rate", "tanh", "--sigma-w", "2"])
    captured = capsys.readouterr()
    assert ("", 1) == (captured.out, len(captured.err.splitlines()))
    assert "--rho" in captured.err
