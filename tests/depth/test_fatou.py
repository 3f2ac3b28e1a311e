"""Formal Fatou coordinates satisfy their functional equation."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational, pi, sqrt

from symntk.activations.catalogue import activation
from symntk.depth.fatou import FatouSeries, formal_fatou, formal_sum, tangent_map
from symntk.depth.parabolic import deficit_map
from symntk.errors import DomainError
from symntk.expansions.constants import ConstantRing
from symntk.expansions.puiseux import Series

RING = ConstantRing()
w = sympy.Symbol("w", positive=True)
nonzero = st.builds(Rational, st.integers(1, 5), st.integers(1, 4))
rational = st.builds(Rational, st.integers(-5, 5), st.integers(1, 4))


def series(*values: sympy.Expr | int, valuation: int = 1) -> Series:
    return Series(ring=RING, valuation=valuation, coefficients=tuple(RING.element(sympy.S(v)) for v in values))


def written(phi: FatouSeries) -> sympy.Expr:
    total = sum(phi.ring.expression(c) * w**k for k, c in phi.powers.items())
    return total + phi.ring.expression(phi.log_coefficient) * sympy.log(w)


def defect(phi: FatouSeries, step: Series, shift: Rational = sympy.S.Zero) -> list[sympy.Expr]:
    """The coefficients of Φ(W) − Φ − 1 up to the order to which Φ is known, by sympy's own series."""
    ratio = sum(step.ring.expression(c) * w**k for k, c in enumerate(step.coefficients))
    order = phi.precision + phi.p
    terms = written(phi) + shift * w
    total = -1
    for k, c in sympy.Poly(sympy.expand((terms - terms.coeff(sympy.log(w)) * sympy.log(w)) * w**phi.p), w).terms():
        power = k[0] - phi.p
        total += c * (sympy.series(ratio**power, w, 0, order + phi.p).removeO() - 1) * w**power
    logarithm = sympy.series(sympy.log(ratio), w, 0, order + 1).removeO()
    total += terms.coeff(sympy.log(w)) * logarithm
    return [sympy.expand(total).coeff(w, k) for k in range(-phi.p, order)]


@settings(max_examples=8, deadline=None)
@given(nonzero, st.lists(rational, min_size=4, max_size=4))
def test_one_step_adds_one_when_the_second_power_is_present(a: Rational, rest: list[Rational]) -> None:
    step = series(1, -a, *rest)
    phi = formal_fatou(step)
    assert (1, 1 / a) == (phi.p, RING.expression(phi.powers[-1]))
    assert not any(defect(phi, step))


@settings(max_examples=5, deadline=None)
@given(nonzero, st.lists(rational, min_size=4, max_size=4))
def test_one_step_adds_one_when_the_third_power_is_the_first(a: Rational, rest: list[Rational]) -> None:
    step = series(1, 0, -a, *rest)
    phi = formal_fatou(step)
    assert (2, 1 / (2 * a)) == (phi.p, RING.expression(phi.powers[-2]))
    assert not any(defect(phi, step))


def test_a_perturbed_coefficient_breaks_the_equation() -> None:
    step = series(1, -2, 3, 1, Rational(1, 2))
    assert any(defect(formal_fatou(step), step, Rational(1, 1000)))


def test_the_translation_has_no_logarithm() -> None:
    phi = formal_fatou(series(1, -1, 1, -1, 1, -1))
    assert RING.zero == phi.log_coefficient
    assert {-1: 1, 1: 0, 2: 0, 3: 0} == {k: RING.expression(c) for k, c in phi.powers.items()} | {3: 0}


def test_the_coordinate_of_relu_starts_with_its_kink() -> None:
    step = deficit_map(activation("relu"), 8).series
    phi = formal_fatou(step)
    ring = phi.ring
    assert (3 * sqrt(2) * pi / 2, Rational(3, 2)) == (
        ring.expression(phi.powers[-1]),
        ring.expression(phi.log_coefficient),
    )


def test_the_derivative_of_a_log_series_has_the_residue_of_its_logarithm() -> None:
    phi = formal_fatou(series(1, -1, 0, 0, 0))
    assert [-1, 1, Rational(1, 2)] == [RING.expression(phi.scaled.derivative().coefficient(k)) for k in (-2, -1, 0)]


def test_a_sum_along_the_orbit_of_a_translation_is_faulhabers() -> None:
    step = series(1, -1, 1, -1, 1, -1, 1)
    found = formal_sum(tangent_map(step), series(1, 0, 0, 0, 0, valuation=-1))
    # Σ 1/w over w = 1/n is n(n − 1)/2 = w⁻²/2 − w⁻¹/2.
    assert {-2: Rational(1, 2), -1: Rational(-1, 2)} == {
        k: RING.expression(c) for k, c in found.powers.items() if c != 0
    }


@pytest.mark.parametrize(
    ("values", "valuation", "word"),
    [((1, 0, 0), 1, "identity"), ((2, 1, 0), 1, "slope"), ((1, 1, 0), 0, "fix 0"), ((1,), 2, "slope")],
)
def test_a_map_that_is_not_tangent_to_the_identity_is_refused(
    values: tuple[int, ...], valuation: int, word: str
) -> None:
    with pytest.raises(DomainError, match=word):
        formal_fatou(series(*values, valuation=valuation))
