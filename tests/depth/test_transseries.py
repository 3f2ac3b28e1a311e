"""Transseries of orbits against orbits iterated step by step."""

from __future__ import annotations

import sympy
from mpmath import mp, mpf, workdps
from sympy import Rational

from symntk.depth.fatou import formal_fatou
from symntk.depth.transseries import DEPTH, INITIAL, Orbit, Transseries, TransTerm, orbit, separated, unit_logarithm
from symntk.expansions.constants import ConstantRing
from symntk.expansions.puiseux import Series
from tests.depth.iteration import number, value

RING = ConstantRing()


def series(*values: sympy.Expr | int, valuation: int = 1) -> Series:
    return Series(ring=RING, valuation=valuation, coefficients=tuple(RING.element(sympy.S(v)) for v in values))


def expanded(path: Orbit, power: int, order: int) -> Transseries:
    return path.expanded(path.substituted(series(1, *[0] * (order - 1), valuation=power)))


def test_the_orbit_of_a_translation_is_the_geometric_series_of_its_constant() -> None:
    path = orbit(formal_fatou(series(1, -1, 1, -1, 1, -1, 1)), 4)
    expected = 1 / DEPTH - INITIAL / DEPTH**2 + INITIAL**2 / DEPTH**3 - INITIAL**3 / DEPTH**4
    assert expected == expanded(path, 1, 4).expression


def test_the_iterated_sine_has_its_classical_expansion() -> None:
    # N. G. de Bruijn's example: w² = 3/ℓ − (9/5)·log ℓ/ℓ² − 3C/ℓ².
    sine = [(-1) ** (k // 2) / sympy.factorial(k) if k % 2 else 0 for k in range(1, 12)]
    square = expanded(orbit(formal_fatou(series(*sine)), 4), 2, 4)
    assert (3, Rational(-9, 5), -3 * INITIAL) == (
        square.coefficient(-1),
        square.coefficient(-2, 1),
        square.coefficient(-2),
    )


def test_a_cubic_map_follows_its_expansion_at_the_predicted_order() -> None:
    found = orbit(formal_fatou(series(1, 0, -1, Rational(1, 2), 0, 0, 0, 0, 0, 0, 0, 0)), 5)
    phi = found.fatou
    with workdps(40):
        walked = _cubic_orbit((1000, 8000, 20000))
        w = walked[20000]
        start = sum(number(RING, c) * w**k for k, c in phi.powers.items()) - 20000
        start += number(RING, phi.log_coefficient) * (mp.log(w) + mp.log(2) / 2)
        wrong = [abs(value(expanded(found, 1, 5), n, start, mpf(0)) - walked[n]) for n in (1000, 8000)]
    assert -3 == expanded(found, 1, 5).remainder
    assert 8.0 ** (-3) / 4 < wrong[1] / wrong[0] < 8.0 ** (-3) * 8


def _cubic_orbit(depths: tuple[int, ...]) -> dict[int, mpf]:
    found, w = {}, mpf(1) / 5
    for n in range(1, max(depths) + 1):
        if n in depths:
            found[n] = w
        w = w - w**3 + w**4 / 2
    return found


def test_the_logarithm_of_a_unit_series_is_mercators() -> None:
    values = [RING.one, RING.one, RING.zero, RING.zero]
    assert [0, 1, Rational(-1, 2), Rational(1, 3)] == [RING.expression(c) for c in unit_logarithm(RING, values)]


def test_a_coefficient_collects_its_constants() -> None:
    terms = [
        TransTerm(power=Rational(-1), log_power=0, constant_powers=(i, 0), coefficient=sympy.Integer(i + 2))
        for i in range(2)
    ]
    found = Transseries(terms=tuple(terms), remainder=Rational(-2))
    assert (3 * INITIAL + 2, 0) == (found.coefficient(-1), found.coefficient(-1, 1))


def test_an_element_without_letters_is_its_own_part() -> None:
    assert {(0, 0, 0): 7} == {k: RING.expression(c) for k, c in separated(RING, RING.rational(7)).items()}
