"""Certified depth: agreement with direct iteration, the proofs of its remainders, and refusals."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from itertools import islice

import pytest
from flint import acb, arb
from sympy import Rational, S

from symntk.activations.catalogue import activation
from symntk.cli import main
from symntk.depth.certified_depth import certified_depth, parse_layers
from symntk.depth.certified_kink import kink_germ, kink_map, kink_weight
from symntk.depth.certified_parabolic import coordinates, entrance, jumped
from symntk.depth.fatou import formal_fatou
from symntk.depth.parabolic import deficit_map
from symntk.depth.validated import orbit
from symntk.errors import DomainError, NoClosedFormError, ParseError
from symntk.numbers.ball import enclose, working_precision

RHO = Fraction(3, 10)


def layer(name: str, count: int, gamma: arb):
    step = kink_map(enclose(kink_weight(activation(name)), bits=400))
    return next(islice(orbit(step, gamma), count - 1, None))


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "leaky_relu(-1/2)", "abs"])
@pytest.mark.parametrize("layers", [1, 10, 1000])
def test_the_certified_depth_agrees_with_direct_iteration_at_higher_precision(name, layers):
    found = certified_depth(activation(name), layers, RHO, bits=150)
    with working_precision(400):
        truth = layer(name, layers, arb(7) / 10)
        assert truth.gamma.overlaps(found.gamma)
        assert (truth.kernel / layers).overlaps(found.ntk_ratio)
    assert min(found.gamma.rel_accuracy_bits(), found.ntk_ratio.rel_accuracy_bits()) >= 145


def test_the_certified_depth_agrees_with_direct_iteration_over_ten_thousand_layers():
    found = certified_depth(activation("relu"), 10_000, RHO, bits=150)
    with working_precision(300):
        truth = layer("relu", 10_000, arb(7) / 10)
        assert truth.gamma in found.gamma
        assert (truth.kernel / 10_000) in found.ntk_ratio


@pytest.mark.parametrize("exponent", [1, 3, 6, 12, 100])
def test_forty_digits_hold_at_every_depth(exponent):
    found = certified_depth(activation("relu"), 10**exponent, RHO, bits=149)
    assert found.gamma.rel_accuracy_bits() > 133
    assert found.ntk_ratio.rel_accuracy_bits() > 133


def test_the_deficit_of_relu_is_nine_pi_squared_over_two_divided_by_the_square_of_the_depth():
    found = certified_depth(activation("relu"), 10**100, RHO, bits=300)
    with working_precision(300):
        assert abs(found.gamma * arb(10) ** 200 / (9 * arb.pi() ** 2 / 2) - 1) < 1e-89
        assert abs(found.ntk_ratio - arb(0.25)) < 1e-90


def test_the_ntk_ratio_tends_to_a_quarter_with_three_eighths_of_log_depth_over_depth():
    values = [certified_depth(activation("relu"), 10**k, RHO, bits=300).ntk_ratio for k in (40, 50)]
    with working_precision(300):
        first, second = ((v - arb(1) / 4) * arb(10) ** k for v, k in zip(values, (40, 50), strict=True))
        slope = (second - first) / (10 * arb(10).log())
        assert abs(slope - arb(3) / 8) < 1e-20


def test_the_certified_coordinate_has_the_exact_coefficients_of_the_formal_one():
    exact = formal_fatou(deficit_map(activation("relu"), 8).series)
    write = exact.ring.expression
    with working_precision(200):
        found = coordinates(kink_germ(arb(0.5)), 3).fatou
        # w = √(2γ) here and √γ there.
        assert enclose(write(exact.log_coefficient)).overlaps(found.logarithm)
        for power in (-1, 1, 2, 3):
            assert enclose(write(exact.powers[power]), bits=150).overlaps(found.terms[power] * arb(2).sqrt() ** power)


def _jump(last: int, scale: float):
    """From layer 40 to layer 400 with a few terms only, the proved errors multiplied by `scale`."""
    start = layer("relu", 40, arb(7) / 10)
    at = coordinates(kink_germ(arb(0.5)), last)
    shrunk = tuple(replace(r, height=r.height * scale) for r in at.residuals)
    return jumped(entrance(replace(at, residuals=shrunk), start), 360, 400)


def test_a_jump_with_few_terms_still_contains_the_truth():
    with working_precision(400):
        truth, found = layer("relu", 400, arb(7) / 10), _jump(4, 1)
        assert truth.gamma in found.gamma
        assert truth.kernel in found.kernel


def test_a_remainder_bound_that_is_too_small_is_caught():
    with working_precision(400):
        truth, found = layer("relu", 400, arb(7) / 10), _jump(4, 1e-30)
        assert not truth.gamma.overlaps(found.gamma)
        assert not truth.kernel.overlaps(found.kernel)


@pytest.mark.parametrize("last", [3, 8, 15])
def test_the_residuals_of_the_coordinates_stay_below_their_bounds(last):
    with working_precision(600):
        germ, step = kink_germ(arb(0.5)), kink_map(arb(0.5))
        at = coordinates(germ, last)
        for w in (arb(0.5), arb(0.125), arb(2) ** -10):
            gamma = germ.deficit(w)
            after, slope = step.deficit(gamma), step.slope(gamma)
            image = germ.variable(after)
            errors = (
                at.fatou(image) - at.fatou(w) - 1,
                slope * at.slope(image) - at.slope(w),
                at.sum(image) - at.sum(w) - (1 - gamma) * at.slope(w),
            )
            for error, residual in zip(errors, at.residuals, strict=True):
                assert abs(error) < residual.bound(w)


@pytest.mark.parametrize("last", [3, 8, 15])
def test_the_residuals_of_the_coordinates_vanish_to_the_order_that_is_claimed(last):
    small = arb(2) ** -200
    with working_precision(8000):
        germ, step = kink_germ(arb(0.5)), kink_map(arb(0.5))
        at = coordinates(germ, last)
        image = germ.variable(step.deficit(germ.deficit(small)))
        error = abs(at.fatou(image) - at.fatou(small) - 1)
        assert at.residuals[0].bound(small) * arb(2) ** -100 < error < at.residuals[0].bound(small)


@pytest.mark.parametrize("weight", [0.1, 0.5, 1])
def test_the_bounds_of_the_germ_hold_on_its_circle_and_are_not_far_from_it(weight):
    germ, rate = kink_germ(arb(weight)), 2 * arb(weight) / arb.pi()
    spreads, slopes = [], []
    for k in range(16):
        w = germ.radius * acb(0, arb.pi() * k / 8).exp()
        theta = 2 * (w / 2).asin()
        v = (1 - 2 * rate * (theta.sin() - theta * theta.cos()) / w**2).sqrt()
        spreads.append(abs(v - 1))
        slopes.append(abs(1 - rate * theta))
    assert 0.5 * germ.spread < max(spreads) < germ.spread
    assert 0.9 * germ.slope < max(slopes) < germ.slope * 1.0001


def test_opposite_inputs_of_an_even_activation_meet_after_one_layer():
    assert [2, 0, 0] == [certified_depth(activation("abs"), n, -1).gamma for n in (1, 2, 50)]
    assert [-1, 1, 1] == [certified_depth(activation("abs"), n, -1).ntk_ratio for n in (1, 2, 50)]


@pytest.mark.parametrize("name", ["relu", "abs"])
@pytest.mark.parametrize("rho", [1 - Fraction(1, 10**300), Fraction(1, 10**300) - 1, Fraction(0)])
def test_correlations_at_the_ends_of_the_domain_keep_their_digits(name, rho):
    found = certified_depth(activation(name), 50, rho, bits=64)
    assert min(found.gamma.rel_accuracy_bits(), found.ntk_ratio.rel_accuracy_bits()) >= 60


def test_opposite_inputs_of_relu_start_with_deficit_two():
    found = certified_depth(activation("relu"), 2, -1)
    assert found.gamma.overlaps(arb(1))


@pytest.mark.parametrize(("layers", "rho"), [(0, RHO), (-1, RHO), (5, 1), (5, 2), (5, Fraction(-11, 10))])
def test_points_outside_the_domain_are_refused(layers, rho):
    with pytest.raises(DomainError):
        certified_depth(activation("relu"), layers, rho)


def test_an_activation_without_a_certified_map_is_refused():
    with pytest.raises(NoClosedFormError, match="closed dual"):
        certified_depth(activation("max(0, x)*tanh(x)"), 10, RHO, sigma_w=S.One, sigma_b=Rational(1, 5))


@pytest.mark.parametrize(("text", "value"), [("7", 7), ("1e3", 1000), ("2.5e1", 25), ("1E+2", 100)])
def test_layers_are_read_as_whole_numbers(text, value):
    assert value == parse_layers(text)


@pytest.mark.parametrize("text", ["", "ten", "1e", "1e-3", "nan", "1e99999", "1" * 20_000])
def test_text_that_is_no_number_of_layers_is_refused(text):
    with pytest.raises(ParseError):
        parse_layers(text)


def test_the_command_prints_certified_numbers(capsys):
    assert 0 == main(["depth", "relu", "--layers", "1e100", "--rho", "3/10", "--digits", "40", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert "1e100" == found["layers"]
    assert found["gamma"]["value"].startswith("4.44132198049021137847552094994426801089")
    assert float(found["ntk_ratio"]["radius"]) < 1e-39


@pytest.mark.parametrize(
    "arguments",
    [("--layers", "0", "--rho", "3/10"), ("--layers", "9", "--rho", "1"), ("--layers", "9", "--rho", "2"),
     ("--layers", "9", "--rho", "0", "--arch", "nosuch"), ("--layers", "9", "--rho", "0", "--eoc", "--sigma-w", "1")],
)  # fmt: skip
def test_the_command_refuses_in_one_line(arguments, capsys):
    assert 2 == main(["depth", "relu", *arguments])
    captured = capsys.readouterr()
    assert ("", 1) == (captured.out, len(captured.err.splitlines()))
