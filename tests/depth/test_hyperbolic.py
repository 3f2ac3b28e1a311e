"""The ordered phase of homogeneous activations: agreement with direct iteration, rate, and any depth."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import islice

import pytest
import sympy
from flint import arb
from sympy import S

from symntk.activations.catalogue import activation
from symntk.depth.certified_depth import certified_depth
from symntk.depth.certified_germ import Germ
from symntk.depth.certified_kink import kink_germ, kink_map
from symntk.depth.certified_place import contraction
from symntk.depth.hyperbolic import (
    Attractor,
    contracted,
    contracted_map,
    diagonal,
    koenigs_error,
    settled,
    steepness,
    vanished,
)
from symntk.depth.validated import DeficitMap, Pair, orbit
from symntk.errors import DomainError
from symntk.gaussian.dual import dual
from symntk.notation import RHO
from symntk.numbers.ball import enclose, working_precision

HALF = sympy.Rational(1, 2)


def test_the_contracted_map_is_the_correlation_map_with_biases():
    # σ_w = 1, σ_b² = q/2: f = (σ_b² + q·φ̂)/q
    f = HALF + dual(activation("relu")).expression
    with working_precision(128):
        expected = enclose(1 - f.subs(RHO, 1 - sympy.Rational(2, 5)))
        assert expected.overlaps(contracted_map(kink_map(arb(0.5)), arb(0.5)).deficit(arb(2) / 5))


@pytest.mark.parametrize("layers", [1, 30, 400, 2000])
def test_the_ordered_depth_agrees_with_direct_iteration(layers):
    found = certified_depth(activation("relu"), layers, Fraction(3, 10), sigma_w=S.One, sigma_b=S.One, bits=140)
    with working_precision(4000):
        step = contracted_map(kink_map(arb(0.5)), arb(0.5))
        truth = next(islice(orbit(step, arb(7) / 10), layers - 1, None))
        assert truth.gamma.overlaps(found.gamma)
        assert (truth.kernel / diagonal(arb(0.5), layers)).overlaps(found.ntk_ratio)
    assert min(found.gamma.rel_accuracy_bits(), found.ntk_ratio.rel_accuracy_bits()) >= 134


def test_a_jump_from_a_point_that_is_not_near_still_contains_the_truth():
    with working_precision(2000):
        factor, step = arb(0.5), contracted_map(kink_map(arb(0.5)), arb(0.5))
        layers = list(islice(orbit(step, arb(1) / 50), 60))
        found = contracted(kink_germ(arb(0.5)), factor, layers[0], 59, 60)
        assert layers[-1].gamma in found.gamma
        assert layers[-1].kernel in found.kernel
        assert found.gamma.rel_accuracy_bits() < 20


def test_the_deficit_falls_by_chi_per_layer_at_the_depth_of_a_googol():
    first, second = (
        certified_depth(activation("relu"), 10**100 + k, 0, sigma_w=S.One, sigma_b=S.One, bits=140) for k in (0, 1)
    )
    with working_precision(200):
        assert abs(second.gamma / first.gamma - HALF.p / arb(HALF.q)) < 1e-38
        assert abs(first.ntk_ratio - 1) < 1e-38


@pytest.mark.parametrize(
    ("sigma_w", "sigma_b"), [(S.Zero, S.One), (-S.One, S.Zero), (None, S.One), (S.One, -S.One), (sympy.sqrt(2), S.One)]
)
def test_deviations_without_a_fixed_variance_are_refused(sigma_w, sigma_b):
    with pytest.raises(DomainError):
        contraction(activation("relu"), sigma_w, sigma_b)


def cubic(slope: arb) -> DeficitMap:
    """f(c) = λc + (1 − λ)c³, the odd map with f(1) = 1 of slopes λ at 0 and 3 − 2λ at 1."""
    return DeficitMap(
        deficit=lambda gamma: gamma * slope + (1 - slope) * (1 - (1 - gamma) ** 3),
        slope=lambda gamma: slope + 3 * (1 - slope) * (1 - gamma) ** 2,
    )


def square(bias: arb) -> DeficitMap:
    """f(c) = b + (1 − b)c², with the fixed point c* = b/(1 − b) of slope 2b for b < ½."""
    return DeficitMap(
        deficit=lambda gamma: (1 - bias) * (1 - (1 - gamma) ** 2), slope=lambda gamma: 2 * (1 - bias) * (1 - gamma)
    )


def parabola(error: float = 0.0) -> Germ:
    """The germ of g₀ = γ − γ²/4 + δγ³, of which δγ³ is left to the error."""

    def series(count: int) -> tuple[list[arb], list[arb]]:
        zeros = [arb(0)] * count
        return [arb(1), -arb(1) / 4, *zeros][:count], [arb(1), -arb(1) / 2, *zeros][:count]

    return Germ(
        power=1, scale=arb(1), order=1, radius=arb(1), spread=arb(1) / 4, slope=arb(3) / 2, series=series,
        error=arb(error), slope_error=3 * arb(error), error_order=3,
    )  # fmt: skip


def perturbed(delta: arb) -> DeficitMap:
    return DeficitMap(
        deficit=lambda gamma: gamma - gamma**2 / 4 + delta * gamma**3,
        slope=lambda gamma: 1 - gamma / 2 + 3 * delta * gamma**2,
    )


@pytest.mark.parametrize("error", [0.0, 0.5, 3.0])
def test_the_steepness_bounds_map_and_slope_of_every_map_inside_the_error(error):
    germ = parabola(error)
    values, slopes = steepness(germ)
    for sign in (-1, 1):
        step = perturbed(arb(sign * error))
        for w in (germ.reach, germ.reach / 2, germ.reach / 50):
            assert abs(1 - step.deficit(w) / w) < values * w * 1.000001
            assert abs(1 - step.slope(w)) < slopes * w * 1.000001
    assert values < 2 * (arb(1) / 4 + error * germ.reach) + arb(1e-9)
    assert slopes < 5 * (arb(1) / 2 + 3 * error * germ.reach) + arb(1e-9)


@pytest.mark.parametrize("error", [0.0, 0.5])
@pytest.mark.parametrize("gamma", ["0.2", "0.01", "1e-6"])
def test_koenigs_limit_is_bounded_for_every_map_inside_the_error(error, gamma):
    germ, factor = parabola(error), arb(1) / 2
    with working_precision(3000):
        bound = koenigs_error(germ, factor, arb(gamma))
        layers = list(islice(orbit(contracted_map(perturbed(arb(-error)), factor), arb(gamma)), 200))
        lost = -(layers[-1].gamma / layers[0].gamma / factor**199).log()
        assert 0 < lost < bound < 12 * lost
        assert koenigs_error(germ, factor, arb(4)) == arb.pos_inf()


@pytest.mark.parametrize("error", [0.0, 0.5])
@pytest.mark.parametrize("gamma", ["0.1", "1e-5"])
def test_a_contracted_jump_contains_every_map_inside_the_error(error, gamma):
    germ, factor = parabola(error), arb(3) / 4
    with working_precision(3000):
        for delta in (0.0, -error):
            layers = list(islice(orbit(contracted_map(perturbed(arb(delta)), factor), arb(gamma)), 120))
            found = contracted(germ, factor, layers[0], 119, 120)
            assert layers[-1].gamma in found.gamma
            assert layers[-1].kernel in found.kernel
            assert found.kernel.rad() < 40 * arb(gamma)


def test_an_error_of_the_germ_that_is_left_out_is_caught():
    germ, factor = parabola(2.0), arb(3) / 4
    with working_precision(3000):
        layers = list(islice(orbit(contracted_map(perturbed(arb(-2)), factor), arb(1) / 5), 120))
        assert layers[-1].gamma in contracted(germ, factor, layers[0], 119, 120).gamma
        bare = replace(germ, error=arb(0), slope_error=arb(0), spread=arb("0.05"))
        assert not layers[-1].gamma.overlaps(contracted(bare, factor, layers[0], 119, 120).gamma)


@pytest.mark.parametrize("steps", [1, 2, 30, 400])
@pytest.mark.parametrize("start", ["0.3", "-0.6"])
def test_a_pair_that_settles_is_enclosed(start, steps):
    with working_precision(1200):
        bias = arb(3) / 10
        at, step = Attractor(gamma=1 - bias / (1 - bias), slope=2 * bias), square(bias)
        pairs = list(islice(orbit(step, 1 - arb(start)), 8 + steps))
        found = settled(step, at, pairs[7], steps, 8 + steps)
        assert found is not None
        assert pairs[-1].gamma in found.gamma
        assert pairs[-1].kernel in found.kernel
        assert abs(found.gamma.rad()) < 1e-2
        assert found.kernel.rad() < 0.1
        assert 8 + steps == found.layer


def test_a_pair_that_has_settled_stays_at_any_depth():
    with working_precision(1200):
        bias = arb(3) / 10
        at, step = Attractor(gamma=1 - bias / (1 - bias), slope=2 * bias), square(bias)
        pair = next(islice(orbit(step, arb(7) / 10), 500, None))
        found = settled(step, at, pair, 10**100, 10**100)
        assert found is not None
        # k → c*/(1 − f′(c*)) = (3/7)/(2/5)
        assert abs(found.kernel - arb(15) / 14) < 1e-100
        assert abs(found.gamma - arb(4) / 7) < 1e-100


def test_a_slope_that_is_too_small_is_caught_when_a_pair_settles():
    with working_precision(1200):
        bias = arb(3) / 10
        at, step = Attractor(gamma=1 - bias / (1 - bias), slope=2 * bias), square(bias)
        pairs = list(islice(orbit(step, arb(7) / 10), 38))
        wrong = settled(replace(step, slope=lambda gamma: step.slope(gamma) / 2), at, pairs[7], 30, 38)
        assert wrong is not None
        assert not pairs[-1].gamma.overlaps(wrong.gamma)
        assert not pairs[-1].kernel.overlaps(wrong.kernel)


def test_a_map_that_does_not_contract_does_not_settle():
    bias = arb(3) / 10
    at = Attractor(gamma=1 - bias / (1 - bias), slope=2 * bias)
    assert settled(square(bias), at, Pair(layer=1, gamma=arb("0.05"), kernel=arb(1)), 5, 6) is None


@pytest.mark.parametrize("steps", [1, 2, 30, 400])
@pytest.mark.parametrize("start", ["0.1", "-0.1", "0.001"])
def test_a_correlation_that_vanishes_is_enclosed(start, steps):
    with working_precision(1500):
        slope = arb(3) / 5
        step, top = cubic(slope), 3 - 2 * slope
        pairs = list(islice(orbit(step, 1 - arb(start)), 3 + steps))
        found, c = vanished(slope, top, pairs[2], steps, 3 + steps), 1 - pairs[2].gamma
        assert (1 - pairs[-1].gamma) in (1 - found.gamma)
        assert pairs[-1].kernel in found.kernel
        assert (1 - found.gamma).rad() < 4 * abs(1 - pairs[-1].gamma) * c**2
        assert found.kernel.rad() < 12 * abs(pairs[-1].kernel) * c**2


def test_a_weight_of_the_higher_terms_that_is_too_small_is_caught_when_a_correlation_vanishes():
    with working_precision(1500):
        slope = arb(3) / 5
        step, top = cubic(slope), 3 - 2 * slope
        pairs = list(islice(orbit(step, arb(9) / 10), 30))
        for wrong_top, kernel_right in ((top, True), (slope * arb("1.01"), False)):
            found = vanished(slope, wrong_top, pairs[0], 29, 30)
            assert kernel_right is (pairs[-1].kernel in found.kernel)
        wrong = vanished(slope * arb("0.999"), top, pairs[0], 29, 30)
        assert not (1 - wrong.gamma).overlaps(1 - pairs[-1].gamma)


def test_the_diagonal_is_the_geometric_sum():
    with working_precision(200):
        assert diagonal(arb(3) / 2, 5).overlaps(arb(211) / 16)
        assert diagonal(None, 7) == 7
