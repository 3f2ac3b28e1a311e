"""The expansions of scaled residual networks against their layers, one by one and, along the flow, at any depth."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
import sympy
from mpmath import mp, mpf, workdps
from sympy import Rational, S

from symntk.activations.catalogue import activation
from symntk.architectures.scaled_residual import ScaledResidual
from symntk.depth.edge_map import ParametricRing
from symntk.depth.parabolic import DeficitMap
from symntk.depth.scaled import flow_fatou, flow_of_correlation, scaled_edge_rate, scaled_rate, scaled_rate_of_map
from symntk.depth.transseries import DEPTH, INITIAL, Transseries
from symntk.errors import DomainError
from symntk.expansions.constants import ConstantRing
from symntk.expansions.endpoint import map_series
from symntk.expansions.puiseux import Series
from tests.depth.scaled_iteration import (
    CASES,
    DEPTHS,
    DIGITS,
    ORDER,
    SPARE,
    STRENGTH,
    built,
    compiled,
    constant_at,
    erf_rate,
    kernel_constant,
    number,
    numeric,
    relu_fall,
    relu_rate,
    walk,
)


def solved(name: str, time: mpf) -> mpf:
    """The w with Φ(w) = time."""
    rate = built(name, ORDER)
    guess = (rate.fatou.p * number(rate, rate.fatou.a) * time) ** (-mpf(1) / rate.fatou.p)
    return mp.findroot(lambda w: numeric(name).phi(w) - time, (guess, guess * mpf("1.01")))


START = (mpf(-15), mpf(40))
"""C and D; any two numbers do, for the jump is exact."""


def followed(name: str, kind: str, series: Transseries) -> bool:
    """At ℓ = 10^1000 and 10^10000 the error of the series is what the next orders add, ever more exactly."""
    longer = getattr(built(name, ORDER + SPARE), kind)
    rest = replace(longer, terms=tuple(t for t in longer.terms if t.power <= series.remainder))
    misfits = []
    for exponent in (1000, 10_000):
        time = STRENGTH * exponent * mp.log(10)
        w = solved(name, time + START[0])
        exact = w ** built(name, ORDER).flow.gamma_power
        if kind == "ntk":
            exact = (numeric(name).theta(w) + START[1]) / numeric(name).slope(w) / time
        error = exact - compiled(series)(time, *START)
        misfits.append(abs(error / compiled(rest)(time, *START) - 1))
    return bool(misfits[0] < mpf("1e-5") and 50 * misfits[1] < misfits[0])


@pytest.mark.parametrize("kind", ["gamma", "ntk"])
@pytest.mark.parametrize("name", CASES)
def test_the_expansion_follows_the_flow_to_depths_of_a_thousand_digits(name: str, kind: str) -> None:
    with workdps(DIGITS):
        assert followed(name, kind, getattr(built(name, ORDER), kind))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["gamma", "ntk"])
@pytest.mark.parametrize("name", CASES)
def test_any_perturbed_coefficient_of_an_expansion_is_noticed(name: str, kind: str) -> None:
    series = getattr(built(name, ORDER), kind)
    with workdps(DIGITS):
        for index, term in enumerate(series.terms):
            wrong = replace(term, coefficient=term.coefficient * Rational(1001, 1000))
            terms = (*series.terms[:index], wrong, *series.terms[index + 1 :])
            assert not followed(name, kind, replace(series, terms=terms))


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_million_layers_end_where_the_expansion_says(name: str) -> None:
    """C and D from fewer layers; at a million all that is left is of the size 1/ℓ, for the series is in T + C."""
    with workdps(30):
        gamma, kernel = walk(name, layers=10**6)[10**6]
        rate, time = built(name, ORDER + SPARE), STRENGTH * mp.log(10**6)
        known = constant_at(name, 10_000, 1), kernel_constant(name, DEPTHS[2])
        shifted = mpf(time) + known[0]
        for exact, series, scale in ((gamma, rate.gamma, 1), (kernel, rate.ntk, shifted)):
            leading = replace(series, terms=series.terms[:1])
            errors = [abs(compiled(part)(shifted, 0, known[1]) * scale / exact - 1) for part in (leading, series)]
            assert errors[1] < mpf(5) / 10**6 < errors[0] / 50


@pytest.mark.parametrize(("name", "limit"), [("relu", "1/4"), ("erf", "1/3"), ("mixed", "1/3")])
def test_the_normalised_kernel_has_the_limit_of_the_network_without_scaling(name: str, limit: str) -> None:
    assert Rational(limit) == built(name, ORDER).ntk.coefficient(0)


def test_the_first_correction_of_the_relu_kernel_is_a_quarter_of_the_constant() -> None:
    series = built("relu", ORDER).ntk
    assert INITIAL / 4 == series.coefficient(-1)
    assert 0 == series.coefficient(-1, 1)


def test_no_double_logarithm_enters_for_relu_and_one_does_for_erf() -> None:
    assert all(t.log_power == 0 for t in built("relu", ORDER).gamma.terms)
    assert 0 != built("erf", ORDER).gamma.coefficient(-2, 1)
    net = ScaledResidual(strength=S(3))
    shown = built("erf", ORDER).in_depth(built("erf", ORDER).gamma, net)
    assert shown.has(sympy.log(sympy.log(DEPTH)))
    value = shown.subs({INITIAL: 2, DEPTH: S(10) ** 50})
    plain = built("erf", ORDER).gamma.expression.subs({INITIAL: 2, DEPTH: 3 * sympy.log(S(10) ** 50)})
    assert abs(sympy.N(value - plain, 20)) < 1e-18


def test_the_second_term_depends_on_the_start_and_can_have_either_sign() -> None:
    """1 − c^ℓ = ζ/log² − ∇/log³ + …, ∇ = 8C/(s²κ³): C differs between inputs, and is below and above 0."""

    def constant(strength: float, gamma: float, layers: int) -> float:
        for layer in range(2, layers + 1):
            gamma -= strength / (layer + strength) * relu_fall(gamma)[0]
        return float(numeric("relu").phi(mpf(gamma) ** mpf("0.5"))) - strength * math.log(layers)

    near, far = (constant(1.0, gamma, 20_000) for gamma in (0.1, 0.9))
    assert near - far > 10
    assert constant(1.0, 0.1, 20_000) > 0 > constant(10.0, 0.9, 20_000)


def test_the_kernel_grows_like_a_power_times_a_logarithm() -> None:
    """On the diagonal K^ℓ/q¹ = P_ℓ·(1 + Σ δ), over the stated normalisation, tends to 1."""
    net, kernel, variance = ScaledResidual(strength=Rational(3, 2)), 1.0, 1.0
    for layer in range(2, 200_001):
        kernel = kernel * (1 + 1.5 / layer) + 1.5 / layer * variance
        variance *= 1 + 1.5 / layer
    scale = built("relu", ORDER).normalisation(net).subs(DEPTH, 200_000)
    expected = 1 + (1 - 1.5 * (sympy.digamma(3.5))) / (1.5 * math.log(200_000))
    assert abs(kernel / float(scale) - float(expected)) < 1e-4


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: scaled_rate(activation("relu"), 0), "from 1 to"),
        (lambda: scaled_rate(activation("x"), 2), "identity"),
        (lambda: scaled_rate(activation("erf"), 2), "edge of chaos"),
        (lambda: built("relu", ORDER).normalisation(ScaledResidual(strength=S(1), shift=S(0))), "keeps its variance"),
    ],
)
def test_a_question_without_an_answer_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(DomainError, match=message):
        make()


@pytest.mark.parametrize("kind", ["gamma", "ntk"])
def test_letters_stand_for_the_coefficients_of_the_map(kind: str) -> None:
    letters = scaled_edge_rate(activation("erf"), S.One, 3)
    ring = letters.fatou.ring
    assert isinstance(ring, ParametricRing)
    values = {p.symbol: p.value for p in ring.parameters.values()}
    pairs = zip(getattr(letters, kind).terms, getattr(erf_rate(3), kind).terms, strict=True)
    for found, expected in pairs:
        assert (found.power, found.log_power) == (expected.power, expected.log_power)
        assert 0 == sympy.nsimplify(sympy.radsimp(found.coefficient.subs(values) - expected.coefficient))


def test_the_flow_of_the_map_is_the_flow_of_its_root() -> None:
    phi, ring = activation("relu"), ConstantRing()
    first, second = relu_rate(4).fatou, flow_fatou(flow_of_correlation(map_series(phi, S.One, 11, ring)))
    for k in (-1, 1, 3):
        assert first.ring.expression(first.powers[k]) == ring.expression(second.powers[k])


def test_a_map_that_moves_away_is_refused() -> None:
    ring = ConstantRing()
    values = tuple(ring.rational(n) for n in (1, 1, 0, 0, 0, 0, 0))
    with pytest.raises(DomainError, match="do not tend to 1"):
        scaled_rate_of_map(DeficitMap(gamma_power=1, series=Series(ring=ring, valuation=1, coefficients=values)), 2)
