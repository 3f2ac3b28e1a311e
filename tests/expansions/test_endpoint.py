"""Expansions of correlation maps and of their iterates."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy import Integer, Rational, S, pi, sqrt

from symntk.activations.catalogue import activation
from symntk.activations.parse import parse_activation
from symntk.errors import DomainError
from symntk.expansions.constants import ConstantRing
from symntk.expansions.endpoint import expand, expand_composition, map_series
from symntk.expansions.evidence import derive
from symntk.expansions.iterate import iterated
from symntk.expansions.puiseux import Series, constant
from symntk.gaussian.dual import dual
from symntk.notation import RHO
from symntk.numbers.ball import enclose


def powers(name: str, at: int = 1, terms: int = 6) -> list[str]:
    return [str(t.exponent) for t in expand(activation(name), at, terms).terms]


def test_relu_starts_with_the_constant_of_its_kink() -> None:
    terms = expand(activation("relu"), terms=4).terms
    assert [(t.exponent, t.coefficient) for t in terms[:3]] == [
        (0, 1),
        (1, -1),
        (Rational(3, 2), 2 * sqrt(2) / (3 * pi)),
    ]
    assert terms[3].coefficient == sqrt(2) / (30 * pi)


def test_a_jump_gives_a_square_root() -> None:
    assert powers("step")[:3] == ["0", "1/2", "3/2"]


def test_a_jump_in_the_second_derivative_gives_the_power_five_halves() -> None:
    assert powers("elu")[:4] == ["0", "1", "2", "5/2"]


def test_smooth_activations_have_integer_powers() -> None:
    assert powers("erf") == ["0", "1", "2", "3", "4", "5"]


def test_relu_vanishes_at_minus_one_to_the_order_three_halves() -> None:
    assert powers("relu", -1)[0] == "3/2"


def test_a_polynomial_map_ends() -> None:
    expansion = expand(activation("monomial(2)"), 0, 6)
    assert ([(t.exponent, t.coefficient) for t in expansion.terms], expansion.order) == (
        [(0, Rational(1, 3)), (2, Rational(2, 3))],
        S.Infinity,
    )


def test_below_every_power_nothing_is_listed() -> None:
    expansion = expand(activation("shifted_relu(1/2)"), -1, 3)
    assert expansion.terms == ()
    assert expansion.order > 10


def test_the_iterate_is_the_iterated_map() -> None:
    subject, small, depth = dual(activation("relu")), Rational(1, 2**40), 3
    value = 1 - small
    for _ in range(depth):
        value = 2 * subject.expression.subs(RHO, value)
    expansion = expand(activation("relu"), 1, 8, depth)
    remainder = enclose(value - expansion.expression.subs(expansion.variable, small), bits=400)
    assert abs(remainder) < enclose(small**expansion.order, bits=60) * 10**9


@pytest.mark.parametrize(("first", "second"), [(2, 3), (1, 4)])
def test_iterates_compose(first: int, second: int) -> None:
    ring = ConstantRing()
    step = map_series(activation("elu"), Integer(1), 8, ring)
    whole = iterated(step, first + second)
    composed = iterated(step, second).composed(_root_of_deficit(iterated(step, first))).filled(6)
    assert all(ring.is_zero(a - b) for a, b in zip(composed.coefficients[:6], whole.coefficients[:6], strict=True))


def _root_of_deficit(series: Series) -> Series:
    deficit = (constant(series.ring, series.ring.one, series.precision) - series).normal()
    return deficit.power(Rational(1, 2))


def test_the_slope_of_an_iterate_is_the_power_of_the_slope() -> None:
    slope = expand(activation("erf"), 1, 2).coefficient(1)
    assert enclose(expand(activation("erf"), 1, 2, 7).coefficient(1) + (-slope) ** 7, bits=80).contains(0)


def test_expansions_without_closed_form_are_expectations_of_derivatives() -> None:
    terms = expand(activation("tanh"), 1, 3).terms
    assert [t.exponent for t in terms] == [0, 1, 2]
    assert enclose(terms[1].coefficient, bits=40) < -1


def test_a_users_activation_expands() -> None:
    expansion = expand(parse_activation("Piecewise((x, x>0), (x**3*exp(x), True))"), 1, 3)
    assert [t.exponent for t in expansion.terms] == [0, 1, Rational(3, 2)]


@pytest.mark.parametrize(("at", "terms", "depth"), [(7, 3, 1), (1, 0, 1), (1, 10**6, 1), (1, 3, 0)])
def test_senseless_questions_are_refused(at: int, terms: int, depth: int) -> None:
    with pytest.raises(DomainError):
        expand(activation("relu"), at, terms, depth)


def test_every_step_of_an_expansion_is_settled() -> None:
    verdicts = {s.verdict for s in expand(activation("elu"), 1, 5).derivation.steps}
    assert verdicts <= {"DEFINITION", "PROVED", "CERTIFIED", "SUPPORTED"}


def test_a_wrong_coefficient_is_noticed_by_the_evidence() -> None:
    honest = expand(activation("relu"), 1, 4)
    wrong = replace(honest.terms[2], coefficient=honest.terms[2].coefficient * Rational(100, 101))
    steps = derive(replace(honest, terms=(*honest.terms[:2], wrong, honest.terms[3]))).steps
    assert "REFUTED" in {s.verdict for s in steps}


def test_a_composition_of_different_maps_is_the_composed_map() -> None:
    chain = (activation("relu"), activation("sin"), activation("step"))
    expansion = expand_composition(chain, 1, 4)
    small = Rational(1, 2**60)
    value = 1 - small
    for phi in chain:
        value = dual(phi).expression.subs(RHO, value) / dual(phi).at(1)
    remainder = enclose(value - expansion.expression.subs(expansion.variable, small), bits=600)
    assert abs(remainder) < 100 * enclose(small**expansion.order, bits=60)


@pytest.mark.parametrize("name", ["sin", "erf", "hard_tanh"])
def test_odd_maps_iterate_at_minus_one_as_at_one(name: str) -> None:
    left, right = expand(activation(name), -1, 4, 3), expand(activation(name), 1, 4, 3)
    assert [t.exponent for t in left.terms] == [t.exponent for t in right.terms]
    for a, b in zip(left.terms, right.terms, strict=True):
        assert enclose(a.coefficient + b.coefficient, bits=80).contains(0)


def test_an_even_map_leaves_minus_one_for_one() -> None:
    assert expand(activation("abs"), -1, 3, 2).terms == expand(activation("abs"), 1, 3, 2).terms
