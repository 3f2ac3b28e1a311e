"""Proved remainders of truncated expansions: how they shrink, what they refuse, how tight they are."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from flint import arb
from sympy import Rational, S

from symntk.activations.catalogue import activation
from symntk.cli import main
from symntk.depth.certified_depth import certified_depth
from symntk.depth.rate_remainder import rate_remainders
from symntk.errors import DomainError, UndecidedError
from symntk.numbers.precision import working_precision

RELU, RHO = activation("relu"), Rational(3, 10)


def test_the_powers_are_those_of_the_first_omitted_order() -> None:
    found = rate_remainders(RELU, RHO, 2)
    assert (Fraction(-4), Fraction(2)) == (found.gamma.power, found.gamma.log_power)
    assert (Fraction(-2), Fraction(2)) == (found.ntk.power, found.ntk.log_power)
    half = rate_remainders(activation("elu"), RHO, 3, sigma_b=Rational(1, 5), bits=64)
    assert (Fraction(-5, 2), Fraction(3, 2)) == (half.gamma.power, half.gamma.log_power)


def test_the_leading_term_alone_errs_by_a_fair_part_of_its_bound() -> None:
    found = rate_remainders(RELU, RHO, 1)
    with working_precision(128):
        for layers in (100, 10**4, 10**8):
            gamma = certified_depth(RELU, layers, RHO).gamma
            error = abs(gamma - 9 * arb.pi() ** 2 / 2 / arb(layers) ** 2)
            assert error < found.gamma.at(layers) < 20 * error


def test_a_later_start_has_a_smaller_constant() -> None:
    early, late = (rate_remainders(RELU, RHO, 2, start).gamma.constant for start in (100, 10_000))
    assert late < early


def test_the_first_start_that_is_proved_is_taken() -> None:
    found = rate_remainders(RELU, RHO, 2)
    assert 100 == found.gamma.start
    with pytest.raises(UndecidedError, match="start deeper"):
        rate_remainders(RELU, RHO, 2, 30)


@pytest.mark.parametrize(("order", "start"), [(0, 100), (2, 2), (200, 100)])
def test_orders_and_starts_outside_the_domain_are_refused(order: int, start: int) -> None:
    with pytest.raises(DomainError):
        rate_remainders(RELU, RHO, order, start)


def test_a_depth_before_the_start_is_refused() -> None:
    with pytest.raises(DomainError, match="layer 100"):
        rate_remainders(RELU, S.Zero, 1, 100).gamma.at(99)


def test_the_command_prints_the_bounds(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["rate", "relu", "--order", "2", "--rho", "3/10", "--json"])
    record = json.loads(capsys.readouterr().out)
    bound = record["gamma"]["remainder_bound"]
    assert ("-4", "2", 100) == (bound["power"], bound["log_power"], bound["from"])
    assert rate_remainders(RELU, RHO, 2, bits=100).gamma.constant < arb(bound["constant"])
    assert 0 == main(["rate", "relu", "--order", "2", "--rho", "3/10"])
    assert 2 == capsys.readouterr().out.count("proved for ℓ ≥ 100")
