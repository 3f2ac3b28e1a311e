"""The arcsine closed form of erf as a slow twin of everything that is certified about analytic activations."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import islice

import pytest
import sympy
from flint import acb, arb, arb_series
from mpmath import mp, mpf, workdps

from symntk.activations.catalogue import activation
from symntk.depth.certified_depth import certified_depth
from symntk.depth.certified_germ import Germ
from symntk.depth.certified_parabolic import Coordinates, coordinates, entrance, jumped
from symntk.depth.certified_smooth import smooth_germ, smooth_map
from symntk.depth.validated import DeficitMap, Pair, orbit
from symntk.gaussian.quadrature import enclose_pair
from symntk.meanfield.edge_of_chaos import edge_of_chaos
from symntk.numbers.power_series import coefficients, series_length
from symntk.numbers.precision import working_precision

ERF, BIAS, HALF = activation("erf"), sympy.Rational(1, 5), sympy.Rational(1, 2)
RHO, PRECISION = Fraction(3, 10), 1100


def arcsine(q: arb) -> DeficitMap:
    """g of f = E erf erf/(q·E erf′²) on the edge of chaos, E erf erf = (2/π)·asin κc and κ = 2q/(1 + 2q)."""
    kappa = 2 * q / (1 + 2 * q)
    root = (1 - kappa**2).sqrt()
    return DeficitMap(
        deficit=lambda gamma: root / kappa * (kappa.asin() - (kappa * (1 - gamma)).asin()),
        slope=lambda gamma: root / (1 - (kappa * (1 - gamma)) ** 2).sqrt(),
    )


def arcsine_series(q: arb, count: int) -> tuple[list[arb], list[arb]]:
    """The Taylor coefficients of g/γ and of g′ at γ = 0."""
    kappa = 2 * q / (1 + 2 * q)
    with series_length(count + 1):
        c = arb_series([1, -1])
        slope = (1 - kappa**2).sqrt() / (1 - (kappa * c) * (kappa * c)).sqrt()
        return coefficients(slope.integral(), count + 1)[1:], coefficients(slope, count)


@lru_cache
def germ(count: int, q: str = "0.5") -> Germ:
    with working_precision(PRECISION):
        return smooth_germ(ERF, arb(q), count, PRECISION)


def test_the_arcsine_map_is_the_map_of_erf():
    with working_precision(200):
        found = enclose_pair(ERF.expression, ERF.expression, sympy.Rational(3, 10), HALF, HALF, bits=150)
        whole = enclose_pair(ERF.expression, ERF.expression, 1, HALF, HALF, bits=150)
        energy = 4 / arb.pi() / arb(3).sqrt()  # E erf′² = (4/π)/√(1 + 4q)
        assert ((whole - found) / (energy / 2)).overlaps(arcsine(arb(1) / 2).deficit(arb(7) / 10))


@pytest.mark.parametrize("gamma", [2, 1.5, 1, 0.3, 0.01], ids=str)
@pytest.mark.parametrize("q", ["0.0625", "0.5", "8"])
def test_the_map_is_the_arcsine_map(q, gamma):
    with working_precision(250):
        found, truth = smooth_map(ERF, arb(q), 150), arcsine(arb(q))
        assert truth.deficit(arb(gamma)) in found.deficit(arb(gamma))
        assert truth.slope(arb(gamma)) in found.slope(arb(gamma))
        assert found.deficit(arb(gamma)).rad() < 2.0**-140
        assert found.slope(arb(gamma)).rad() < 2.0**-140


@pytest.mark.parametrize("q", ["0.0625", "0.5", "8"])
def test_the_germ_has_the_taylor_coefficients_of_the_arcsine_map(q):
    with working_precision(PRECISION):
        found, truth = germ(20, q).series(18), arcsine_series(arb(q), 18)
        for here, there in zip(found, truth, strict=True):
            for k, (a, b) in enumerate(zip(here, there, strict=True)):
                assert a.overlaps(b)
                assert a.rel_accuracy_bits() > 300 or (k, a) == (0, 1)


@pytest.mark.parametrize("w", ["0.25", "0.0625", "0.001", "1e-9"])
@pytest.mark.parametrize("count", [5, 12, 30])
def test_the_error_of_the_germ_is_the_next_term_and_no_less(count, w):
    found = germ(count)
    with working_precision(PRECISION):
        at, truth = arb(w), arcsine(arb(1) / 2)
        values, slopes = (_polynomial(part, at) for part in found.series(count))
        share = abs(truth.deficit(at) - at * values) / (found.error * at**found.error_order)
        slope_share = abs(truth.slope(at) - slopes) / (found.slope_error * at ** (found.error_order - 1))
    assert 0.05 < share < 1
    assert 0.05 < slope_share < 1
    if at < 0.01:
        assert share > 0.97
        assert slope_share > 0.97


def _polynomial(values: list[arb], w: arb | acb) -> arb | acb:
    total = w * 0
    for c in reversed(values):
        total = total * w + c
    return total


@pytest.mark.parametrize("q", ["0.0625", "0.5", "8"])
def test_the_bounds_of_the_germ_hold_on_its_circle(q):
    found = germ(20, q)
    values, slopes = found.series(20)
    for k in range(16):
        w = found.radius * acb(0, arb.pi() * k / 8).exp()
        assert abs(_polynomial(values, w) - 1) < found.spread * 1.0000001
        assert abs(_polynomial(slopes, w)) < found.slope * 1.0000001


def residuals(at: Coordinates, w: arb) -> tuple[arb, arb, arb]:
    """What Φ, P and V miss at the arcsine map itself."""
    step = arcsine(arb(1) / 2)
    image, slope = step.deficit(w), step.slope(w)
    return (
        at.fatou(image) - at.fatou(w) - 1,
        slope * at.slope(image) - at.slope(w),
        at.sum(image) - at.sum(w) - (1 - w) * at.slope(w),
    )


@pytest.mark.parametrize("w", ["0.125", "0.01", "1e-6"])
@pytest.mark.parametrize("last", [1, 3, 8, 15])
def test_the_residuals_at_the_true_map_stay_below_their_bounds(last, w):
    with working_precision(PRECISION):
        at = coordinates(germ(last + 3), last)
        for error, residual in zip(residuals(at, arb(w)), at.residuals, strict=True):
            assert abs(error) < residual.bound(arb(w))


@pytest.mark.parametrize("last", [3, 8])
def test_with_few_taylor_coefficients_the_residuals_are_those_of_the_shift(last):
    with working_precision(PRECISION):
        at = coordinates(germ(last + 1), last)
        for w in (arb("1e-3"), arb("1e-6"), arb("1e-9")):
            for error, residual in zip(residuals(at, w), at.residuals, strict=True):
                shift = residual.shift * w**residual.shift_order
                assert residual.bound(w) - shift < shift
                assert shift / 2000 < abs(error) < shift


def _jump(count: int, last: int, scale: float) -> Pair:
    """From layer 60 to layer 600, with the proved residuals multiplied by `scale`."""
    start = next(islice(orbit(arcsine(arb(1) / 2), arb(7) / 10), 59, None))
    at = coordinates(germ(count), last)
    shrunk = tuple(replace(r, height=r.height * scale, shift=r.shift * scale) for r in at.residuals)
    return jumped(entrance(replace(at, residuals=shrunk), start), 540, 600)


@pytest.mark.parametrize(("count", "last"), [(7, 4), (5, 4), (11, 8)])
def test_a_jump_contains_the_truth_and_one_with_bounds_that_are_too_small_does_not(count, last):
    with working_precision(PRECISION):
        truth = next(islice(orbit(arcsine(arb(1) / 2), arb(7) / 10), 599, None))
        found, wrong = _jump(count, last, 1.0), _jump(count, last, 1e-30)
        assert truth.gamma in found.gamma
        assert truth.kernel in found.kernel
        assert not truth.gamma.overlaps(wrong.gamma)
        assert not truth.kernel.overlaps(wrong.kernel)


@lru_cache
def edge_variance() -> arb:
    return edge_of_chaos(ERF, BIAS, bits=500).points[0].q


def test_the_edge_of_chaos_is_where_the_arcsine_layer_has_slope_one():
    with working_precision(500):
        q = edge_variance()
        kappa = 2 * q / (1 + 2 * q)
        factor = arb.pi() / 4 * (1 + 4 * q).sqrt()  # σ_w² = 1/E erf′²
        assert (q - arb(1) / 25).overlaps(factor * 2 / arb.pi() * kappa.asin())


@pytest.mark.parametrize("layers", [1, 2, 10, 300, pytest.param(100_000, marks=pytest.mark.slow)])
def test_the_depth_on_the_edge_of_chaos_agrees_with_the_arcsine_recursion(layers):
    found = certified_depth(ERF, layers, RHO, sigma_b=BIAS, bits=149)
    with working_precision(400):
        truth = next(islice(orbit(arcsine(edge_variance()), arb(7) / 10), layers - 1, None))
        assert truth.gamma.overlaps(found.gamma)
        assert (truth.kernel / layers).overlaps(found.ntk_ratio)
        assert truth.gamma.rel_accuracy_bits() > 300
    assert min(found.gamma.rel_accuracy_bits(), found.ntk_ratio.rel_accuracy_bits()) >= 133


@pytest.mark.parametrize("rho", [-1, Fraction(-9, 10), 0, 1 - Fraction(1, 10**30)], ids=str)
def test_every_start_on_the_edge_of_chaos_agrees_with_the_arcsine_recursion(rho):
    found = certified_depth(ERF, 40, rho, sigma_b=BIAS, bits=80)
    with working_precision(400):
        start = 1 - arb(Fraction(rho).numerator) / Fraction(rho).denominator
        truth = next(islice(orbit(arcsine(edge_variance()), start), 39, None))
        assert truth.gamma.overlaps(found.gamma)
        assert (truth.kernel / 40).overlaps(found.ntk_ratio)
    assert min(found.gamma.rel_accuracy_bits(), found.ntk_ratio.rel_accuracy_bits()) >= 75


@lru_cache
def fixed_variance(sigma_w: mpf, sigma_b: mpf) -> mpf:
    q = mpf(1)
    for _ in range(1000):
        q = sigma_b**2 + 2 * sigma_w**2 / mp.pi * mp.asin(2 * q / (1 + 2 * q))
    return q


def layer_by_layer(sigma_w: mpf, sigma_b: mpf, rho: mpf, layers: int) -> tuple[mpf, mpf]:
    """γ_L and the NTK ratio by the recursions in floating point, from a variance that is iterated to its limit."""
    weight, bias, q = 2 * sigma_w**2 / mp.pi, sigma_b**2, fixed_variance(sigma_w, sigma_b)
    kappa, c, kernel, whole = 2 * q / (1 + 2 * q), rho, rho, mpf(1)
    top = weight * kappa / q / mp.sqrt(1 - kappa**2)
    for _ in range(layers - 1):
        slope = weight * kappa / q / mp.sqrt(1 - (kappa * c) ** 2)
        c = (bias + weight * mp.asin(kappa * c)) / q
        kernel, whole = slope * kernel + c, top * whole + 1
    return 1 - c, kernel / whole


PHASES = [("1/2", "1/5", "3/10"), ("1/2", "1/5", "-1"), ("2", "1/5", "3/10"), ("2", "1/5", "-1"),
          ("2", "0", "3/10"), ("2", "0", "-3/10"), ("5/4", "3/10", "0")]  # fmt: skip


@pytest.mark.parametrize("layers", [2, 300])
@pytest.mark.parametrize(("sigma_w", "sigma_b", "rho"), PHASES)
def test_the_ordered_and_the_chaotic_phase_agree_with_the_recursions(sigma_w, sigma_b, rho, layers):
    weight, bias = sympy.Rational(sigma_w), sympy.Rational(sigma_b)
    found = certified_depth(ERF, layers, Fraction(rho), sigma_w=weight, sigma_b=bias, bits=100)
    with workdps(200):
        exact = [mpf(Fraction(x).numerator) / Fraction(x).denominator for x in (sigma_w, sigma_b, rho)]
        truth = layer_by_layer(*exact, layers)
        for value, ball in zip(truth, (found.gamma, found.ntk_ratio), strict=True):
            middle = mpf(ball.mid().str(60, radius=False))
            assert abs(middle - value) <= mpf("1e-28") * abs(value)
            assert ball.rel_accuracy_bits() >= 94


def test_the_correlation_vanishes_in_the_chaotic_phase_without_biases():
    first, second = (certified_depth(ERF, 10**100 + k, RHO, sigma_w=sympy.S(2), bits=149) for k in (0, 1))
    with working_precision(2000):
        q = arb(1)
        for _ in range(3000):
            q = (8 / arb.pi() * (2 * q / (1 + 2 * q)).asin()).mid()
        slope = 8 / arb.pi() * 2 / (1 + 2 * q)
        assert abs(first.gamma - 1) < 1e-60
        assert abs(second.ntk_ratio / first.ntk_ratio * (8 / arb.pi() * 2 / (1 + 4 * q).sqrt()) / slope - 1) < 1e-30


def test_the_ntk_ratio_of_erf_tends_to_a_third():
    found = certified_depth(ERF, 10**100, RHO, sigma_b=BIAS, bits=149)
    with working_precision(200):
        assert abs(found.ntk_ratio - arb(1) / 3) < 1e-40
