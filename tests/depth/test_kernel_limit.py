"""The NTK's series against its recursion iterated layer by layer, for smooth and for mixed maps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sympy
from mpmath import mp, mpf, workdps
from sympy import Rational, S

from symntk.activations.catalogue import activation
from symntk.architectures.fully_connected import FullyConnected
from symntk.depth.parabolic import DeficitMap, Rate, edge_rate, rate_of_map
from symntk.depth.transseries import INITIAL, Transseries
from symntk.expansions.constants import ConstantRing
from symntk.expansions.puiseux import Series
from tests.depth.iteration import DIGITS, constants, erf_map, relu_map, value, walk

A, KINK = Rational(1, 3), Rational(-1, 5)
"""γ ↦ γ − γ²/3 − γ^{5/2}/5: a jump in φ″, as ELU has."""
FAR = 2400


def mixed_map(c: mpf) -> tuple[mpf, mpf]:
    gamma = 1 - c
    after = gamma - gamma**2 / 3 - gamma ** mpf("2.5") / 5
    return 1 - after, 1 - 2 * gamma / 3 - gamma ** mpf("1.5") / 2


def mixed_rate(order: int) -> Rate:
    ring = ConstantRing()
    count = 2 * order + 10
    inner = [ring.zero] * count
    inner[0], inner[2], inner[3] = ring.one, ring.element(-A), ring.element(KINK)
    root = Series(ring=ring, valuation=2, coefficients=tuple(inner)).power(Rational(1, 2))
    return rate_of_map(activation("elu"), DeficitMap(gamma_power=2, series=root), order, FullyConnected())


def rational_erf_rate(order: int) -> Rate:
    """erf at q = 1 with the exact Taylor coefficients of its map put in."""
    kappa, ring, c = Rational(2, 3), ConstantRing(), sympy.Symbol("c")
    scale = sympy.sqrt(1 - kappa**2) / kappa
    slope = sympy.sqrt(1 - kappa**2) / sympy.sqrt(1 - kappa**2 * c**2)
    values, factorial = [], 1
    for j in range(1, order + 5):
        factorial *= j
        values.append(sympy.nsimplify((-1) ** (j + 1) * slope.subs(c, 1) / factorial))
        slope = sympy.diff(slope, c)
    assert scale > 0
    elements = tuple(ring.element(sympy.radsimp(v)) for v in values)
    step = DeficitMap(gamma_power=1, series=Series(ring=ring, valuation=1, coefficients=elements))
    return rate_of_map(activation("erf"), step, order, FullyConnected())


def every_order_gains(series: Transseries, exact: mpf, known: tuple[mpf, mpf]) -> bool:
    """Far down, each of the last two orders of the series makes its error at least three times smaller."""
    powers = sorted({t.power for t in series.terms})
    errors = []
    for dropped in range(3):
        kept = tuple(t for t in series.terms if t.power not in powers[:dropped])
        errors.append(abs(value(replace(series, terms=kept), FAR, *known) - exact))
    return bool(3 * errors[0] < errors[1] and 3 * errors[1] < errors[2])


Case = tuple[Rate, tuple[mpf, mpf], tuple[mpf, mpf]]


@pytest.fixture(scope="module", params=["smooth", "mixed"])
def case(request: pytest.FixtureRequest) -> Case:
    build, step, order = {
        "smooth": (rational_erf_rate, erf_map(mpf(1)), 5),
        "mixed": (mixed_rate, mixed_map, 7),
    }[request.param]
    return _case(build, step, order)


def _case(build: Callable[[int], Rate], step: Callable[[mpf], tuple[mpf, mpf]], order: int) -> Case:
    with workdps(DIGITS):
        walked = walk(step, mpf(3) / 10, FAR)
        known = constants(build(order + 6), *walked, FAR)
    return build(order), known, walked


def test_the_deficit_follows_its_series(case: Case) -> None:
    rate, known, walked = case
    with workdps(DIGITS):
        assert every_order_gains(rate.gamma, walked[0], known)


def test_the_kernel_follows_its_series(case: Case) -> None:
    rate, known, walked = case
    with workdps(DIGITS):
        assert every_order_gains(rate.ntk, walked[1] / FAR, known)


@pytest.mark.parametrize("index", range(5))
def test_a_perturbed_coefficient_of_the_kernel_is_noticed(case: Case, index: int) -> None:
    rate, known, walked = case
    terms = list(rate.ntk.terms)
    terms[index] = replace(terms[index], coefficient=terms[index].coefficient * Rational(101, 100))
    wrong = replace(rate.ntk, terms=tuple(terms))
    with workdps(DIGITS):
        assert not every_order_gains(wrong, walked[1] / FAR, known)


def test_a_smooth_kernel_tends_to_a_third() -> None:
    ntk = rational_erf_rate(3).ntk
    assert Rational(1, 3) == ntk.coefficient(0)
    assert INITIAL / 3 == sympy.expand(ntk.coefficient(-1)).coeff(INITIAL) * INITIAL


def test_a_jump_in_the_second_derivative_slows_the_kernel_to_a_square_root() -> None:
    ntk = mixed_rate(3).ntk
    assert (Rational(1, 3), Rational(-1, 2)) == (ntk.coefficient(0), ntk.terms[1].power)


def test_the_limit_of_the_smooth_case_is_that_of_the_letters() -> None:
    rate, exact = edge_rate(activation("erf"), S.One, 3), rational_erf_rate(3)
    letters = {p.symbol: p.value for p in rate.parameters}
    for found, expected in zip(rate.ntk.terms, exact.ntk.terms, strict=True):
        assert (found.power, found.log_power) == (expected.power, expected.log_power)
        assert 0 == sympy.nsimplify(sympy.radsimp(found.coefficient.subs(letters) - expected.coefficient))


def test_relu_is_the_twin_of_its_own_iteration() -> None:
    with workdps(DIGITS):
        assert abs(relu_map(mpf(1))[0] - 1) < mp.eps * 4
