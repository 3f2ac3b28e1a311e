"""Rates on the edge of chaos against the recursions iterated layer by layer."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy
from mpmath import mp, mpf, workdps
from sympy import Rational, log, pi, sqrt

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.depth.parabolic import Rate, correlation_rate, deficit_map
from symntk.depth.transseries import DEPTH, INITIAL, Transseries
from symntk.errors import DomainError
from symntk.notation import X
from tests.depth.iteration import DIGITS, constants, relu_map, value, walk

ORDER = 6
NEAR, MIDDLE, FAR = 150, 1200, 1600
ONE_PERCENT = Rational(1, 100)


@pytest.fixture(scope="module")
def relu_rate() -> Rate:
    return correlation_rate(activation("relu"), ORDER)


@pytest.fixture(scope="module")
def relu_walk(relu_rate: Rate) -> dict[int, tuple[mpf, mpf]]:
    with workdps(DIGITS):
        return {layers: walk(relu_map, mpf(3) / 10, layers) for layers in (NEAR, MIDDLE, FAR)}


@pytest.fixture(scope="module")
def relu_constants(relu_walk: dict[int, tuple[mpf, mpf]]) -> tuple[mpf, mpf]:
    with workdps(DIGITS):
        return constants(correlation_rate(activation("relu"), 9), *relu_walk[FAR], FAR)


def test_relu_leading_terms_are_exact(relu_rate: Rate) -> None:
    leading = (9 * pi**2 / 2, -27 * pi**2 / 2, -9 * pi**2 * INITIAL)
    gamma = relu_rate.gamma
    assert leading == (gamma.coefficient(-2), gamma.coefficient(-3, 1), gamma.coefficient(-3))


def test_relu_kernel_tends_to_a_quarter_with_a_logarithmic_correction(relu_rate: Rate) -> None:
    ntk = relu_rate.ntk
    expected = (Rational(1, 4), Rational(3, 8), INITIAL / 4 - Rational(1, 8))
    assert expected == (ntk.coefficient(0), ntk.coefficient(-1, 1), ntk.coefficient(-1))


def error(series: Transseries, layers: int, exact: mpf, known: tuple[mpf, mpf]) -> mpf:
    return abs(value(series, layers, *known) - exact)


def shrinks_as_predicted(
    series: Transseries, walked: dict[int, mpf], known: tuple[mpf, mpf], near: int, far: int
) -> bool:
    """The remainder falls by its power of the ratio of the depths, up to the powers of log ℓ it carries."""
    fall = error(series, far, walked[far], known) / error(series, near, walked[near], known)
    predicted = (mpf(far) / near) ** float(series.remainder)
    logs = (mp.log(far) / mp.log(near)) ** ORDER
    return bool(predicted / 8 < fall < predicted * logs * 2)


def test_relu_remainders_shrink_at_their_order(
    relu_rate: Rate, relu_walk: dict[int, tuple[mpf, mpf]], relu_constants: tuple[mpf, mpf]
) -> None:
    with workdps(DIGITS):
        gammas = {n: pair[0] for n, pair in relu_walk.items()}
        ratios = {n: pair[1] / n for n, pair in relu_walk.items()}
        kept = (
            shrinks_as_predicted(relu_rate.gamma, gammas, relu_constants, NEAR, MIDDLE),
            shrinks_as_predicted(relu_rate.ntk, ratios, relu_constants, NEAR, MIDDLE),
        )
    assert (True, True) == kept


@pytest.mark.parametrize("index", range(9))
def test_a_perturbed_coefficient_of_gamma_is_noticed(
    index: int, relu_rate: Rate, relu_walk: dict[int, tuple[mpf, mpf]], relu_constants: tuple[mpf, mpf]
) -> None:
    with workdps(DIGITS):
        gammas = {n: pair[0] for n, pair in relu_walk.items()}
        wrong = perturbed(relu_rate.gamma, index)
        assert not shrinks_as_predicted(wrong, gammas, relu_constants, NEAR, MIDDLE)


@pytest.mark.parametrize("index", [0, 1, 2, 3, 4, 6, 9, 12])
def test_a_perturbed_coefficient_of_the_kernel_is_noticed(
    index: int, relu_rate: Rate, relu_walk: dict[int, tuple[mpf, mpf]], relu_constants: tuple[mpf, mpf]
) -> None:
    with workdps(DIGITS):
        ratios = {n: pair[1] / n for n, pair in relu_walk.items()}
        wrong = perturbed(relu_rate.ntk, index)
        assert not shrinks_as_predicted(wrong, ratios, relu_constants, NEAR, MIDDLE)


def test_a_perturbed_coefficient_of_the_second_constant_is_noticed(
    relu_rate: Rate, relu_walk: dict[int, tuple[mpf, mpf]], relu_constants: tuple[mpf, mpf]
) -> None:
    (index,) = [i for i, t in enumerate(relu_rate.ntk.terms) if t.constant_powers[1] and t.power == -4]
    with workdps(DIGITS):
        ratios = {n: pair[1] / n for n, pair in relu_walk.items()}
        wrong = perturbed(relu_rate.ntk, index, Rational(1, 4))
        assert not shrinks_as_predicted(wrong, ratios, relu_constants, NEAR, MIDDLE)


def perturbed(series: Transseries, index: int, size: Rational = ONE_PERCENT) -> Transseries:
    terms = list(series.terms)
    terms[index] = replace(terms[index], coefficient=terms[index].coefficient * (1 + size))
    return Transseries(terms=tuple(terms), remainder=series.remainder)


def test_the_scale_of_a_kink_only_rescales_the_leading_term() -> None:
    kink, full = (correlation_rate(activation(name), 2) for name in ("leaky_relu(1/10)", "abs"))
    slope = kink.fatou.ring.expression(kink.fatou.a)
    assert 1 / slope**2 == sympy.expand(kink.gamma.coefficient(-2))
    assert kink.ntk.coefficient(-1, 1) == full.ntk.coefficient(-1, 1)


def test_every_term_below_the_remainder_is_listed() -> None:
    rate = correlation_rate(activation("relu"), 3)
    assert (-5, -3) == (rate.gamma.remainder, rate.ntk.remainder)
    assert -4 == min(t.power for t in rate.gamma.terms)
    assert -2 == min(t.power for t in rate.ntk.terms)


def test_the_expansion_prints_as_one_expression() -> None:
    ell = DEPTH
    expected = 9 * pi**2 / (2 * ell**2) - 27 * pi**2 * log(ell) / (2 * ell**3) - 9 * pi**2 * INITIAL / ell**3
    assert expected == correlation_rate(activation("relu"), 2).gamma.expression


def test_the_deficit_map_of_relu_starts_with_the_kink() -> None:
    step = deficit_map(activation("relu"), 4)
    assert 2 == step.gamma_power
    assert -sqrt(2) / (3 * pi) == step.series.ring.expression(step.series.coefficient(2))


@pytest.mark.parametrize(
    ("name", "word"),
    [("tanh", "--sigma-b"), ("step", "jumps"), ("identity", "identity"), ("rectified_monomial(2)", "--sigma-b")],
)
def test_an_activation_off_the_edge_is_refused(name: str, word: str) -> None:
    with pytest.raises(DomainError, match=word):
        correlation_rate(activation(name), 3)


@pytest.mark.parametrize("order", [0, -1, 10_000])
def test_an_order_out_of_range_is_refused(order: int) -> None:
    with pytest.raises(DomainError, match="orders"):
        correlation_rate(Activation(name="relu", expression=sympy.Max(X, 0)), order)
