"""Certified depth of many activations in every phase, against layer by layer iteration of independent maps."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import islice

import pytest
import sympy
from flint import arb
from mpmath import mp, mpf, workdps
from sympy import S

from symntk.activations.catalogue import activation
from symntk.cli import main
from symntk.depth import certified_depth as module
from symntk.depth.certified_depth import DepthValue, certified_depth
from symntk.depth.certified_kink import kink_map
from symntk.depth.certified_parabolic import coordinates, entrance, jumped
from symntk.depth.certified_pieces import closed_map
from symntk.depth.certified_place import place_of
from symntk.depth.certified_shape import plan, shape
from symntk.depth.certified_smooth import smooth_map
from symntk.depth.hyperbolic import contracted_map, diagonal
from symntk.depth.validated import DeficitMap, Pair, orbit
from symntk.gaussian.quadrature import enclose_mean
from symntk.meanfield.edge_of_chaos import edge_of_chaos
from symntk.meanfield.phase import phase
from symntk.numbers.precision import working_precision

BIAS, RHO = sympy.Rational(1, 5), Fraction(3, 10)
HALF, TWO = sympy.Rational(1, 2), S(2)


@lru_cache
def variance(name: str, bits: int = 260) -> arb:
    """q on the edge of chaos at σ_b = 1/5, to more digits than are asked of the depth."""
    return edge_of_chaos(activation(name), BIAS, bits=bits).points[0].q


@pytest.fixture(scope="module", autouse=True)
def _edges():
    """The slowest variances, solved once."""
    return [variance(name) for name in ("gelu", "elu")] + [variance("tanh", 120)]


def independent_map(name: str, q: arb, bits: int = 200) -> DeficitMap:
    """The closed form where there is one, and a longer Hermite series otherwise."""
    return smooth_map(activation(name), q, bits) if name in ("tanh", "arctan") else closed_map(activation(name), q)


def walked(step: DeficitMap, rho: Fraction, layers: int) -> Pair:
    return next(islice(orbit(step, 1 - arb(rho.numerator) / rho.denominator), layers - 1, None))


def assert_agreement(found: DepthValue, truth: Pair, whole: arb, bits: int) -> None:
    """Balls that overlap and are narrow, the truth narrower than what was asked for."""
    ratio = truth.kernel / whole
    assert truth.gamma.overlaps(found.gamma)
    assert ratio.overlaps(found.ntk_ratio)
    assert min(truth.gamma.rel_accuracy_bits(), ratio.rel_accuracy_bits()) > bits
    assert min(found.gamma.rel_accuracy_bits(), found.ntk_ratio.rel_accuracy_bits()) >= bits


EDGE = [(name, layers) for name in ("gelu", "hard_tanh", "elu") for layers in (2, 10)] + [("gelu", 1), ("gelu", 300)]
SLOW = [("selu", 10)] + [(name, 300) for name in ("hard_tanh", "elu", "selu", "relu6")]


@pytest.mark.parametrize(
    ("name", "layers"), [*EDGE, *(pytest.param(*case, marks=pytest.mark.slow) for case in [("tanh", 300), *SLOW])]
)
def test_the_depth_on_the_edge_of_chaos_agrees_with_iteration(name, layers):
    found = certified_depth(activation(name), layers, RHO, sigma_b=BIAS, bits=149)
    with working_precision(500):
        truth = walked(independent_map(name, variance(name)), RHO, layers)
        assert_agreement(found, truth, arb(layers), 133)


@pytest.mark.parametrize("layers", [10, 60])
def test_the_depth_of_tanh_on_the_edge_of_chaos_agrees_with_iteration(layers):
    found = certified_depth(activation("tanh"), layers, RHO, sigma_b=BIAS, bits=32)
    with working_precision(200):
        assert_agreement(
            found, walked(independent_map("tanh", variance("tanh", 120), 70), RHO, layers), arb(layers), 28
        )


@pytest.mark.slow
@pytest.mark.parametrize(("name", "sigma_b"), [("tanh", BIAS), ("erf", BIAS), ("relu", S.Zero)])
def test_a_hundred_thousand_layers_agree_with_iteration_without_jumps(name, sigma_b):
    layers = 100_000
    found = certified_depth(activation(name), layers, RHO, sigma_b=sigma_b, bits=149)
    with working_precision(600):
        q = arb(1) if name == "relu" else variance(name, 600)
        step = kink_map(arb(1) / 2) if name == "relu" else shape(plan(activation(name), 220), q).step
        assert_agreement(found, walked(step, RHO, layers), arb(layers), 133)


@pytest.mark.parametrize("layers", [10**12, 10**100], ids=["1e12", "1e100"])
@pytest.mark.parametrize(
    "name", ["erf", "gelu", *(pytest.param(n, marks=pytest.mark.slow) for n in ("elu", "selu", "tanh", "hard_tanh"))]
)
def test_forty_digits_hold_at_a_depth_that_cannot_be_walked(name, layers):
    found = certified_depth(activation(name), layers, RHO, sigma_b=BIAS, bits=149)
    assert min(found.gamma.rel_accuracy_bits(), found.ntk_ratio.rel_accuracy_bits()) >= 133
    smooth = name not in ("selu", "hard_tanh")
    with working_precision(200):  # γ ~ 2/(f″(1)·L) and K/K ~ 1/3 without kinks, γ ~ L⁻² and 1/4 with them
        near = 10 / arb(layers).sqrt() + arb(1e-20)
        assert abs(found.ntk_ratio - arb(1) / (3 if smooth else 4)) < near
        if smooth:
            assert abs(found.gamma * layers * curvature(name) / 2 - 1) < near


@lru_cache
def curvature(name: str) -> arb:
    """f″(1) = q·E φ″²/E φ′²."""
    f, q = activation(name).expression, variance(name)
    x = next(iter(f.free_symbols))
    moments = [enclose_mean(f.diff(x, k).doit() ** 2 if name != "elu" else _elu_slopes(k), q, bits=80) for k in (1, 2)]
    return q * moments[1] / moments[0]


def _elu_slopes(order: int) -> sympy.Expr:
    x = next(iter(activation("elu").expression.free_symbols))
    return sympy.Piecewise((S.One if order == 1 else S.Zero, x > 0), (sympy.exp(2 * x), True))


def test_consecutive_depths_beyond_a_jump_are_one_step_apart():
    with working_precision(300):
        step = shape(plan(activation("gelu"), 149), variance("gelu")).step
        first, second = (certified_depth(activation("gelu"), 10**6 + k, RHO, sigma_b=BIAS, bits=149) for k in (0, 1))
        kernel = step.slope(first.gamma) * first.ntk_ratio * 10**6 + 1 - second.gamma
        assert step.deficit(first.gamma).overlaps(second.gamma)
        assert (kernel / (10**6 + 1)).overlaps(second.ntk_ratio)
        assert first.gamma - second.gamma > 1e-20


@lru_cache
def point(name: str, sigma_w: sympy.Expr, sigma_b: sympy.Expr) -> tuple[arb, arb]:
    """(q, χ₁) to many digits."""
    found = phase(activation(name), sigma_w, sigma_b, bits=350)
    assert found.chi1 is not None
    return found.variance.q, found.chi1


PHASES = [("elu", HALF, BIAS, RHO), ("elu", HALF, BIAS, Fraction(-9, 10)), ("gelu", S.One, BIAS, Fraction(-1)),
          ("hard_tanh", HALF, BIAS, RHO), ("hard_tanh", TWO, BIAS, Fraction(-1, 2)),
          ("hard_tanh", TWO, S.Zero, Fraction(-1, 2))]  # fmt: skip
TANH = [("tanh", HALF, BIAS, RHO), ("tanh", TWO, BIAS, RHO)]


@pytest.mark.parametrize("layers", [2, 10])
@pytest.mark.parametrize(("name", "sigma_w", "sigma_b", "rho"), PHASES)
def test_the_ordered_and_the_chaotic_phase_agree_with_iteration(name, sigma_w, sigma_b, rho, layers):
    found = certified_depth(activation(name), layers, rho, sigma_w=sigma_w, sigma_b=sigma_b, bits=64)
    with working_precision(300):
        q, chi = point(name, sigma_w, sigma_b)
        step = contracted_map(closed_map(activation(name), q), chi)
        assert_agreement(found, walked(step, rho, layers), diagonal(chi, layers), 58)


@pytest.mark.slow
@pytest.mark.parametrize("layers", [10, 300])
@pytest.mark.parametrize(("name", "sigma_w", "sigma_b", "rho"), [PHASES[0], PHASES[4], TANH[0], TANH[1]])
def test_three_hundred_layers_in_a_phase_agree_with_iteration(name, sigma_w, sigma_b, rho, layers):
    found = certified_depth(activation(name), layers, rho, sigma_w=sigma_w, sigma_b=sigma_b, bits=149)
    with working_precision(900):
        found_phase = phase(activation(name), sigma_w, sigma_b, bits=600)
        q, chi = found_phase.variance.q, found_phase.chi1
        step = contracted_map(shape(plan(activation(name), 330), q).step, chi)
        assert_agreement(found, walked(step, rho, layers), diagonal(chi, layers), 133)


@pytest.mark.slow
@pytest.mark.parametrize("rho", [RHO, -RHO], ids=str)
def test_tanh_without_biases_agrees_with_iteration_in_the_chaotic_phase(rho):
    found = certified_depth(activation("tanh"), 40, rho, sigma_w=TWO, bits=149)
    with working_precision(400):
        q, chi = point("tanh", TWO, S.Zero)
        step = contracted_map(smooth_map(activation("tanh"), q, 260), chi)
        assert_agreement(found, walked(step, rho, 40), diagonal(chi, 40), 133)


def relu_recursion(sigma_w: mpf, sigma_b: mpf, rho: mpf, layers: int) -> tuple[mpf, mpf]:
    """γ_L and the NTK ratio of ReLU, σ_w² < 2."""
    chi, c, kernel, whole = sigma_w**2 / 2, rho, rho, mpf(1)
    q = sigma_b**2 / (1 - chi)
    for _ in range(layers - 1):
        angle = mp.acos(c)
        slope = chi * (1 - angle / mp.pi)
        c = (sigma_b**2 + chi * q * (c * (1 - angle / mp.pi) + mp.sin(angle) / mp.pi)) / q
        kernel, whole = slope * kernel + c, chi * whole + 1
    return 1 - c, kernel / whole


@pytest.mark.parametrize("layers", [1, 2, 10, 300])
@pytest.mark.parametrize("rho", ["3/10", "-9/10", "-1", "0"])
def test_the_ordered_phase_of_relu_agrees_with_the_arc_cosine_recursion(rho, layers):
    found = certified_depth(activation("relu"), layers, Fraction(rho), sigma_w=S(5) / 4, sigma_b=BIAS, bits=149)
    with workdps(200):
        truth = relu_recursion(mpf(5) / 4, mpf(1) / 5, mpf(Fraction(rho).numerator) / Fraction(rho).denominator, layers)
        for value, ball in zip(truth, (found.gamma, found.ntk_ratio), strict=True):
            assert abs(mpf(ball.mid().str(70, radius=False)) - value) <= mpf("1e-41") * abs(value)
            assert ball.rel_accuracy_bits() >= 133


@pytest.mark.parametrize("layers", [1, 7, 10**100], ids=["1", "7", "1e100"])
@pytest.mark.parametrize("name", ["erf", "hard_tanh", "sin"])
def test_opposite_inputs_of_an_odd_activation_stay_opposite_without_biases(name, layers):
    found = certified_depth(activation(name), layers, -1, sigma_w=TWO, bits=64)
    assert (2, -1) == (found.gamma, found.ntk_ratio)


@pytest.mark.parametrize("name", ["hard_tanh", "erf", "sin"])
def test_opposite_inputs_of_an_odd_activation_meet_the_bias(name):
    found = certified_depth(activation(name), 2, -1, sigma_w=TWO, sigma_b=BIAS, bits=64)
    with working_precision(200):  # f(−1) = (σ_b² − (q − σ_b²))/q = −1 + 2σ_b²/q, f′(−1) = χ₁
        q, chi = point(name, TWO, BIAS)
        assert found.gamma.overlaps(2 - arb(2) / 25 / q)
        assert found.ntk_ratio.overlaps((-chi + arb(2) / 25 / q - 1) / (1 + chi))


@pytest.mark.parametrize("name", ["cos", "exp(-x**2)", "x**2/3", "abs"])
def test_opposite_inputs_of_an_even_activation_meet_after_one_layer(name):
    bias = {} if name == "abs" else {"sigma_b": BIAS}
    values = [certified_depth(activation(name), n, -1, **bias, bits=64) for n in (1, 2, 10**50)]
    assert [(2, -1), (0, 1), (0, 1)] == [(v.gamma, v.ntk_ratio) for v in values]


@pytest.mark.parametrize("name", ["cos", "exp(-x**2)"])
def test_an_even_activation_forgets_the_sign_of_the_correlation(name):
    first, second = (certified_depth(activation(name), 30, rho, sigma_b=BIAS, bits=64) for rho in (RHO, -RHO))
    assert first.gamma.overlaps(second.gamma)
    assert first.gamma.rel_accuracy_bits() > 58
    # f′(c)·c + f(c) is even as well.
    assert first.ntk_ratio.overlaps(second.ntk_ratio)


@pytest.mark.parametrize("name", ["erf", "hard_tanh", "sin"])
def test_uncorrelated_inputs_of_an_odd_activation_stay_so_without_biases(name):
    found = certified_depth(activation(name), 10**100, 0, sigma_w=TWO, bits=64)
    assert (1, 0) == (found.gamma, found.ntk_ratio)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("layers", [10**30], ids=str)
def test_a_tiny_correlation_keeps_the_digits_of_the_ntk(layers, sign):
    small, large = (
        certified_depth(activation("erf"), layers, sign * Fraction(1, 10**k), sigma_w=TWO, bits=64) for k in (300, 299)
    )
    with working_precision(200):
        assert small.ntk_ratio.rel_accuracy_bits() > 58
        assert abs(large.ntk_ratio / small.ntk_ratio - 10) < 1e-15


def test_a_linear_activation_keeps_the_digits_of_the_ntk_in_the_ordered_phase():
    found = certified_depth(activation("x"), 20, RHO, sigma_w=HALF, sigma_b=BIAS, bits=64)
    with working_precision(200):
        gamma, kernel = arb(7) / 10, arb(3) / 10
        for _ in range(19):
            gamma = gamma / 4
            kernel = kernel / 4 + 1 - gamma
        assert gamma.overlaps(found.gamma)
        assert (kernel / diagonal(arb(1) / 4, 20)).overlaps(found.ntk_ratio)
    assert found.ntk_ratio.rel_accuracy_bits() >= 58


@lru_cache
def _entered(name: str, last: int) -> tuple[DeficitMap, object, Pair]:
    with working_precision(250):
        found = replace(plan(activation(name), 60), terms=last)
        made = shape(found, variance(name))
        return made.step, coordinates(made.germ, last), walked(made.step, RHO, 150)


def test_a_jump_whose_residuals_are_too_small_is_caught():
    step, at, start = _entered("gelu", 4)
    with working_precision(250):
        truth = next(islice(orbit(step, start.gamma), 40, None))
        kernel = start.kernel
        for pair in islice(orbit(step, start.gamma), 40):
            kernel = step.slope(pair.gamma) * kernel + 1 - step.deficit(pair.gamma)
        for scale, right in ((1.0, True), (1e-30, False)):
            shrunk = tuple(replace(r, height=r.height * scale, shift=r.shift * scale) for r in at.residuals)
            found = jumped(entrance(replace(at, residuals=shrunk), start), 40, 190)
            assert right is found.gamma.overlaps(truth.gamma)
            assert right is found.kernel.overlaps(kernel)


def test_a_value_that_is_not_proved_is_refused(monkeypatch):
    monkeypatch.setattr(module, "diagonal", lambda chi, layers: arb.nan())
    with pytest.raises(module.UndecidedError, match="no finite value"):
        certified_depth(activation("relu"), 3, RHO)


REFUSED = [
    (["tanh", "--layers", "9", "--rho", "0"], "edge of chaos"),
    (["tanh", "--layers", "9", "--rho", "0", "--sigma-w", "1/2", "--sigma-b", "0"], "shrinks to 0"),
    (["step", "--layers", "9", "--rho", "0", "--sigma-b", "1/5"], "jumps"),
    (["max(0,x)*tanh(x)", "--layers", "9", "--rho", "0", "--sigma-w", "1", "--sigma-b", "1/5"], "closed dual"),
    (["tanh", "--layers", "9", "--rho", "0", "--sigma-w", "-1", "--sigma-b", "1/5"], "-1"),
    (["tanh", "--layers", "9", "--rho", "0", "--sigma-w", "2", "--sigma-b", "-1"], "-1"),
    (["tanh", "--layers", "0", "--rho", "0", "--sigma-b", "1/5"], "0 layers"),
    (["tanh", "--layers", "9", "--rho", "1", "--sigma-b", "1/5"], "correlation 1"),
    (["tanh", "--layers", "9", "--rho", "2", "--sigma-b", "1/5"], "correlation 2"),
    (["hard_tanh", "--layers", "9", "--rho", "-2", "--sigma-b", "1/5"], "correlation -2"),
    (["elu", "--layers", "9", "--rho", "0", "--sigma-w", "2", "--sigma-b", "1/5"], "no fixed variance"),
]


@pytest.mark.parametrize(("arguments", "hint"), REFUSED, ids=[" ".join(a) for a, _ in REFUSED])
def test_the_command_refuses_in_one_line(arguments, hint, capsys):
    assert 2 == main(["depth", *arguments])
    captured = capsys.readouterr()
    assert ("", 1) == (captured.out, len(captured.err.splitlines()))
    assert captured.err.startswith("symntk: ")
    assert hint in captured.err
    assert "did not foresee" not in captured.err


def test_the_command_prints_certified_numbers_of_the_chaotic_phase(capsys):
    assert 0 == main(["depth", "erf", "--layers", "300", "--rho", "3/10", "--sigma-w", "2", "--sigma-b", "1/5"])
    assert "0.9073446" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "sigma_b"), [("erf", S.Zero), ("gaussian", BIAS), ("abs", S.Zero)])
@pytest.mark.parametrize("layers", [1, 2, 7])
def test_a_negative_correlation_is_the_mirror_image_where_the_activation_has_a_parity(name, sigma_b, layers):
    found = certified_depth(activation(name), layers, Fraction(-3, 10), sigma_w=S.One, sigma_b=sigma_b, bits=64)
    phi = activation(name)
    with working_precision(120):
        wanted = plan(phi, 80)
        place = place_of(wanted, S.One, sigma_b, 0)
        step = contracted_map(shape(wanted, place.q).step, arb(1) if place.chi is None else place.chi)
        truth = next(islice(orbit(step, arb(13) / 10), layers - 1, None))
        assert truth.gamma.overlaps(found.gamma)
        assert (truth.kernel / diagonal(place.chi, layers)).overlaps(found.ntk_ratio)
        assert found.gamma.rel_accuracy_bits() > 60


@pytest.mark.parametrize("name", ["tanh", "hard_tanh"])
def test_correlations_next_to_plus_and_minus_one_keep_their_digits(name):
    for rho in (1 - Fraction(1, 10**30), Fraction(1, 10**30) - 1):
        found = certified_depth(activation(name), 20, rho, sigma_w=TWO, bits=64)
        assert min(found.gamma.rel_accuracy_bits(), found.ntk_ratio.rel_accuracy_bits()) > 58
