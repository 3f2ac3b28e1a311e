"""Statements stay as printed, and refuse what has no meaning."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sympy
from sympy import Interval, Rational, Symbol

from symntk.claims import And, AtMost, Equal, Exists, ForAll, Implies, LessThan, NumericallyEquals
from symntk.claims.domain import contains, sample
from symntk.errors import DomainError
from symntk.notation import RHO, N


def test_an_obvious_equation_is_not_evaluated_away() -> None:
    statement = Equal(sympy.Integer(1), sympy.Integer(1))
    assert (statement.lhs, statement.rhs) == (1, 1)


def test_a_symbol_without_a_set_is_refused_by_name() -> None:
    with pytest.raises(DomainError, match="rho has no set"):
        Equal(RHO, RHO)


def test_a_float_is_refused() -> None:
    with pytest.raises(DomainError, match="not a float"):
        AtMost(RHO, 0.5, on={RHO: Interval(0, 1)})


def test_integers_are_taken_as_exact_numbers() -> None:
    assert sympy.Integer(2) == LessThan(1, 2).rhs


@pytest.mark.parametrize(
    ("printed", "tolerance", "expected"),
    [
        ("0.609", None, "0.0005"),
        ("12", None, "0.5"),
        ("1.2e-3", None, "0.00005"),
        ("0.75", "0.01", "0.01"),
        ("1.30", None, "0.005"),
    ],
)
def test_a_printed_decimal_allows_half_a_unit_of_its_last_digit(
    printed: str, tolerance: str | None, expected: str
) -> None:
    assert Decimal(expected) == NumericallyEquals(sympy.pi, printed, tolerance=tolerance).half_unit


def test_a_printed_decimal_that_is_no_number_is_refused() -> None:
    with pytest.raises(DomainError, match="decimal"):
        NumericallyEquals(sympy.pi, "about three")


@pytest.mark.parametrize(
    "make", [lambda: ForAll((), lambda n: Equal(n, n)), lambda: And(()), lambda: Exists(Equal(1, 1))]
)
def test_statements_about_nothing_are_refused(make) -> None:
    with pytest.raises(DomainError):
        make()


def test_a_condition_may_only_use_the_symbols_of_its_conclusion() -> None:
    with pytest.raises(DomainError, match="condition"):
        Implies(LessThan(RHO, 1, on={RHO: Interval(0, 1)}), Equal(N, N, on={N: sympy.S.Naturals0}))


def test_sample_points_begin_with_closed_ends_and_avoid_open_ones() -> None:
    points = [point[RHO] for point in sample({RHO: Interval.Lopen(-1, 1)}, 6)]
    assert sympy.Integer(1) in points
    assert sympy.Integer(-1) not in points
    assert all(-1 < point <= 1 and point.is_Rational for point in points)


def test_sample_points_are_the_same_each_time() -> None:
    domain = {RHO: Interval(-1, 1), Symbol("a"): Interval.Ropen(0, sympy.oo)}
    assert sample(domain, 8, seed=3) == sample(domain, 8, seed=3)


def test_a_small_finite_domain_is_listed_in_full() -> None:
    a, b = sympy.symbols("a b")
    points = sample({a: sympy.FiniteSet(0, 1), b: sympy.Range(1, 3)}, 4)
    assert {(0, 1), (0, 2), (1, 1), (1, 2)} == {(p[a], p[b]) for p in points}


def test_a_point_lies_in_a_domain_only_with_all_coordinates() -> None:
    domain = {RHO: Interval(-1, 1), N: sympy.S.Naturals0}
    assert contains(domain, {RHO: Rational(1, 2), N: sympy.Integer(3)})
    assert not contains(domain, {RHO: Rational(1, 2)})
    assert not contains(domain, {RHO: sympy.Integer(2), N: sympy.Integer(3)})


@pytest.mark.parametrize(
    ("symbol", "values"),
    [
        (RHO, Interval(-2, 1)),
        (Symbol("a", positive=True), Interval(0, 1)),
        (N, Interval(0, 1)),
        (Symbol("z", real=True), sympy.S.Complexes),
    ],
)
def test_a_set_larger_than_what_proofs_assume_of_the_symbol_is_refused(symbol, values) -> None:
    with pytest.raises(DomainError, match="use another symbol"):
        Equal(symbol, symbol, on={symbol: values})
