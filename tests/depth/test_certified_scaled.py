"""Certified depth of scaled residual networks against direct iteration, quadrature and the expansions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import mpmath
import pytest
import sympy
from flint import acb, arb
from sympy import Rational, S

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.architectures.scaled_residual import ScaledResidual
from symntk.depth import certified_scaled
from symntk.depth.certified_scaled import scaled_constant, scaled_depth
from symntk.depth.kink_flow import PoleSeries, kink_flow
from symntk.depth.scaled import scaled_rate
from symntk.depth.scaled_orbit import ScaledOrbit, kernel_excess, walked
from symntk.depth.transseries import DEPTH, INITIAL
from symntk.errors import DomainError, NoClosedFormError, UndecidedError
from symntk.numbers.precision import working_precision

RHO = Fraction(3, 10)
CASES = [
    ("relu", ScaledResidual(strength=S(1)), RHO),
    ("relu", ScaledResidual(strength=S(10)), Fraction(-4, 5)),
    ("abs", ScaledResidual(strength=Rational(3, 2), shift=S(0)), Fraction(1, 2)),
    ("leaky_relu(-1/2)", ScaledResidual(strength=S(4)), Fraction(9, 10)),
]
SHORT, LAYERS = 400, 5000


def jump(name: str, net: ScaledResidual, rho: Fraction, monkeypatch: pytest.MonkeyPatch) -> tuple[arb, arb]:
    """With 400 layers taken one by one in place of 20 000."""
    monkeypatch.setattr(certified_scaled, "WALK", SHORT)
    found = scaled_depth(activation(name), net, LAYERS, rho)
    return found.gamma, found.ntk_ratio


def plain_walk(name: str, net: ScaledResidual, rho: Fraction) -> tuple[float, float]:
    """γ and the normalised kernel by the recursion in mpmath, with the correlation map of the activation itself."""
    relu_part = {"relu": 0.5, "abs": 1.0, "leaky_relu(-1/2)": 0.9}[name]
    with mpmath.workdps(30):
        kappa, eta, c = (mpmath.mpf(str(x)) for x in (float(net.strength), float(net.offset), float(rho)))
        kernel, whole = c, mpmath.mpf(1)
        for layer in range(2, LAYERS + 1):
            weight, angle = kappa / (layer + eta), mpmath.acos(c)
            mapped = c + 2 * relu_part / mpmath.pi * (mpmath.sin(angle) - angle * c)
            slope = 1 - 2 * relu_part / mpmath.pi * angle
            kernel, whole = kernel * (1 - weight + weight * slope) + weight * mapped, whole + weight
            c += weight * (mapped - c)
        return 1 - c, kernel / whole


@pytest.mark.parametrize(("name", "net", "rho"), CASES)
def test_a_jump_contains_the_direct_iteration(
    name: str, net: ScaledResidual, rho: Fraction, monkeypatch: pytest.MonkeyPatch
) -> None:
    gamma, ratio = jump(name, net, rho, monkeypatch)
    truth = plain_walk(name, net, rho)
    assert arb(str(truth[0])) in gamma
    assert arb(str(truth[1])) in ratio
    assert gamma.rel_accuracy_bits() > 9
    assert ratio.rel_accuracy_bits() > 7


@pytest.mark.parametrize(("name", "net", "rho"), CASES)
def test_a_jump_that_forgets_the_single_layers_misses_the_truth(
    name: str, net: ScaledResidual, rho: Fraction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ScaledOrbit, "squares", lambda self, first, last: arb(0))
    gamma, _ = jump(name, net, rho, monkeypatch)
    assert arb(str(plain_walk(name, net, rho)[0])) not in gamma


@pytest.mark.parametrize("part", ["source", "time"])
def test_a_kernel_with_half_of_its_source_misses_the_truth(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = ScaledOrbit.gathered

    def wrong(self: ScaledOrbit, angle: arb) -> arb:
        term = self.flow.source.integral(angle) / self.side if part == "source" else self.flow.time.integral(angle)
        return right(self, angle) - term / self.side

    monkeypatch.setattr(ScaledOrbit, "gathered", wrong)
    name, net, rho = CASES[0]
    _, ratio = jump(name, net, rho, monkeypatch)
    assert arb(str(plain_walk(name, net, rho)[1])) not in ratio


@pytest.mark.parametrize("kernel", [0, 10_000])
@pytest.mark.parametrize(("rho", "layer"), [(Fraction(1, 10), 20), (Fraction(99, 100), 20), (Fraction(-2, 5), 2)])
def test_the_kernel_of_one_layer_leaves_the_flow_within_its_bounds(kernel: int, rho: Fraction, layer: int) -> None:
    """A block of one layer, with the kernel of the source alone and with one that outweighs it."""
    with working_precision(128):
        orbit, gamma = started_orbit(rho)
        before = replace(walked(orbit, gamma, layer), kernel=arb(kernel))
        angle = walked(orbit, gamma, layer + 1).angle
        weight, fall = orbit.weight(layer + 1), orbit.fall(before.angle)
        after = before.kernel * (1 - weight * orbit.side * before.angle) + weight * (before.angle.cos() + fall)
        gathered = orbit.gathered(angle) - orbit.gathered(before.angle)
        excess = after / orbit.fall(angle) - before.kernel / fall - gathered
        assert excess in kernel_excess(orbit, before, angle)
        assert excess < 0


def started_orbit(rho: Fraction) -> tuple[ScaledOrbit, arb]:
    flow = kink_flow(128)
    return ScaledOrbit(side=1 / arb.pi(), strength=arb(3), offset=arb(3), flow=flow), 1 - arb(
        rho.numerator
    ) / rho.denominator


def test_all_layers_are_exact_while_they_are_taken_one_by_one() -> None:
    found = scaled_depth(activation("relu"), CASES[0][1], LAYERS, RHO)
    truth = plain_walk("relu", CASES[0][1], RHO)
    with working_precision(200):
        assert abs(found.gamma - arb(mpmath.nstr(truth[0], 28))) < 1e-24
        assert abs(found.ntk_ratio - arb(mpmath.nstr(truth[1], 28))) < 1e-24


def test_opposite_inputs_are_allowed() -> None:
    found = scaled_depth(activation("relu"), CASES[0][1], 2, -1)
    assert found.gamma.overlaps(2 - arb(1) / 3)


@pytest.mark.slow
def test_the_constant_lies_in_its_ball_and_the_expansion_meets_the_certified_value() -> None:
    """At 10^100 layers and κ = 10, T = 2302: twelve orders are worth more digits than the ball has."""
    net = ScaledResidual(strength=S(10))
    constant = scaled_constant(activation("relu"), net, RHO)
    assert arb("-15.16127473") in constant
    value = scaled_depth(activation("relu"), net, 10**100, RHO)
    rate = scaled_rate(activation("relu"), 12)
    time, middle = 1000 * sympy.log(10), sympy.Float(constant.mid().str(30, radius=False), 30)
    gamma = rate.gamma.expression.subs({DEPTH: time, INITIAL: middle})
    assert abs(value.gamma / arb(str(sympy.N(gamma, 25))) - 1) < 1e-8
    ntk = sum(t.expression for t in rate.ntk.terms if t.power > -4).subs({DEPTH: time, INITIAL: middle})
    whole = 1 + (time - 10 * sympy.digamma(12))  # Σ δ = κ(ψ(L + 1 + κ) − ψ(2 + κ))
    assert abs(value.ntk_ratio / arb(str(sympy.N(ntk * time / whole, 25))) - 1) < 1e-8


@pytest.mark.parametrize("part", ["time", "source"])
def test_the_flow_is_its_closed_form_integrated(part: str) -> None:
    def closed(u: acb) -> acb:
        bracket = u.sin() - u * u.cos()
        return u.sin() / bracket if part == "time" else u.sin() * u.cos() / bracket**2

    with working_precision(90):
        series: PoleSeries = getattr(kink_flow(90), part)
        for low, high in (("0.01", "0.4"), ("0.4", "2")):
            integral = acb.integral(lambda u, _: closed(u), arb(low), arb(high)).real
            difference = series.integral(arb(low)) - series.integral(arb(high))
            assert difference.overlaps(integral)
            assert difference.rel_accuracy_bits() > 60
            assert series.value(arb(high)).overlaps(closed(acb(arb(high))).real)


def test_the_bracket_has_its_three_roots_at_zero_and_no_other_in_the_disc() -> None:
    """The winding number of sin u − u·cos u over |u| = 4, from the integral of u·sin u over it."""
    with working_precision(64):
        corners = [acb(4, -4), acb(4, 4), acb(-4, 4), acb(-4, -4), acb(4, -4)]
        turns = acb(0)
        for first, last in zip(corners, corners[1:], strict=False):
            turns += acb.integral(lambda u, _: u * u.sin() / (u.sin() - u * u.cos()), first, last)
        count = turns / (2 * acb(0, 1) * arb.pi())
        assert abs(count - 3) < 0.1


@pytest.mark.parametrize("angle", ["0.0001", "0.3", "1.9"])
def test_the_angle_of_a_time_is_found_again(angle: str) -> None:
    with working_precision(100):
        flow, theta = kink_flow(100), arb(angle)
        found = flow.angle(flow.time.integral(theta))
        assert found.overlaps(theta)
        assert found.rel_accuracy_bits() > 80


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: scaled_depth(activation("relu"), CASES[0][1], 0, RHO), DomainError, "at least 1 layer"),
        (lambda: scaled_depth(activation("relu"), CASES[0][1], 5, 1), DomainError, r"\[-1, 1\)"),
        (lambda: scaled_depth(activation("erf"), CASES[0][1], 5, RHO), NoClosedFormError, "αx"),
        (lambda: scaled_depth(activation("relu"), heavy(), 5, RHO), DomainError, "weigh more"),
        (lambda: scaled_depth(activation("relu"), faint(), 10**9, Fraction(-9, 10)), UndecidedError, "still"),
    ],
)
def test_a_question_without_an_answer_is_refused(
    make: Callable[[], object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        make()


def heavy() -> ScaledResidual:
    return ScaledResidual(strength=S(3), shift=S(0))


def faint() -> ScaledResidual:
    return ScaledResidual(strength=Rational(1, 100))


def test_every_kink_keeps_its_weight_in_the_slow_twin() -> None:
    """β²/(α² + β²): ReLU 1/2, |x| 1, a leaky slope of −1/2 9/10."""
    phi: Activation = activation("leaky_relu(-1/2)")
    assert {sympy.Rational(9, 10)} == {certified_scaled.kink_weight(phi)}
