"""Every architecture: the limit kernels, exact and certified, against the finite network averaged over its weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import sympy
from flint import arb, fmpq
from sympy import Rational, S

from symntk.activations.catalogue import activation
from symntk.activations.parse import parse_activation
from symntk.architectures.convolutional import convolutional_layers
from symntk.architectures.finite_network import EmpiricalKernels, FiniteNetwork
from symntk.architectures.layer import Layer, fully_connected, residual_layers, scaled_residual_layers
from symntk.architectures.position_kernels import (
    PositionKernels,
    averaged,
    ball_pair,
    exact_pair,
    float_pair,
    position_kernels,
)
from symntk.architectures.residual import Residual
from symntk.architectures.scaled_residual import ScaledResidual
from symntk.depth.certified_residual import residual_depth
from symntk.depth.certified_scaled import scaled_depth
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

WEIGHT, BIAS = Rational(3, 2), Rational(1, 3)
QUADRATIC = parse_activation("x**2 + x/2")
INPUTS = 2


def phi(y: np.ndarray) -> np.ndarray:
    return y * y + y * fmpq(1, 2)


def slope(y: np.ndarray) -> np.ndarray:
    return y * 2 + fmpq(1, 2)


def halves(channels: int, positions: int) -> np.ndarray:
    """Two inputs of small numbers n/2, none parallel to another."""
    return np.random.default_rng(3).integers(-3, 4, size=(INPUTS, channels, positions))


def exact_inputs(channels: int, positions: int) -> tuple[np.ndarray, np.ndarray]:
    """The inputs as rationals and their products x·x′/n₀ as expressions."""
    numerators = halves(channels, positions)
    values = np.empty(numerators.shape, dtype=object)
    for index in np.ndindex(values.shape):
        values[index] = fmpq(int(numerators[index]), 2)
    gram = np.empty((INPUTS, positions, INPUTS, positions), dtype=object)
    for i, p, j, q in np.ndindex(gram.shape):
        gram[i, p, j, q] = Rational(int((numerators[i, :, p] * numerators[j, :, q]).sum()), 4 * channels)
    return values, gram


def expected(layers: Sequence[Layer], widths: Sequence[int]) -> EmpiricalKernels:
    values, _ = exact_inputs(widths[0], layers[0].entering)
    return FiniteNetwork(layers=layers, widths=widths, phi=phi, slope=slope).exact_kernels(values)


def limit(layers: Sequence[Layer], channels: int) -> PositionKernels:
    _, gram = exact_inputs(channels, layers[0].entering)
    return position_kernels(layers, gram, exact_pair(QUADRATIC))[-1]


def same(found: np.ndarray, wanted: np.ndarray) -> bool:
    return all(Rational(int(fmpq(a).p), int(fmpq(a).q)) == b for a, b in zip(found.flat, wanted.flat, strict=True))


def periodic(**options: object) -> tuple[Layer, ...]:
    return convolutional_layers((3,), (1,), 2, weight=WEIGHT, **options)  # type: ignore[arg-type]


SHALLOW: dict[str, tuple[Sequence[Layer], Sequence[int]]] = {
    "fc": (fully_connected(2, weight=WEIGHT, bias=BIAS), (2, 2, 1)),
    "resnet": (residual_layers(2, weight=WEIGHT, bias=BIAS), (2, 2, 2)),
    "scaled_resnet": (scaled_residual_layers(2, weight=WEIGHT), (2, 3, 3)),
    "convolution, periodic": (periodic(), (1, 2, 1)),
    "convolution, zero padding": (periodic(border="zero"), (1, 2, 1)),
    "convolution, valid": (convolutional_layers((5,), (1,), 2, weight=WEIGHT, border="valid"), (1, 2, 1)),
    "convolution, bias": (periodic(bias=BIAS, border="zero"), (1, 1, 1)),
    "convolution in 2-D": (convolutional_layers((2, 3), (0, 1), 2, weight=WEIGHT), (1, 1, 1)),
    "convolutional resnet": (periodic(skip=True), (1, 1, 1)),
    "convolutional resnet in 2-D": (
        convolutional_layers((2, 2), (0, 1), 2, weight=WEIGHT, border="zero", skip=True),
        (1, 1, 1),
    ),
}
DEEP: dict[str, Callable[[], Sequence[Layer]]] = {
    "fc": lambda: fully_connected(3, weight=WEIGHT, bias=BIAS),
    "resnet": lambda: residual_layers(3, weight=WEIGHT),
    "scaled_resnet": lambda: scaled_residual_layers(3, weight=WEIGHT),
}


@pytest.mark.parametrize("name", SHALLOW)
def test_with_one_hidden_layer_the_mean_kernels_are_the_limit_at_every_width(name: str) -> None:
    """The hidden pre-activations are Gaussian, so that nothing is lost: an identity between rational numbers."""
    layers, widths = SHALLOW[name]
    found, wanted = expected(layers, widths), limit(layers, widths[0])
    assert same(found.product, wanted.nngp)
    for mine, theirs in zip(found.weights + found.biases, wanted.weights + wanted.biases, strict=True):
        assert same(mine, theirs)


@pytest.mark.parametrize("name", SHALLOW)
def test_a_wrong_source_term_does_not_pass(name: str) -> None:
    layers, widths = SHALLOW[name]
    found, wanted = expected(layers, widths), limit(layers, widths[0])
    doubled = PositionKernels(
        nngp=wanted.nngp, weights=(*wanted.weights[:-1], 2 * wanted.weights[-1]), biases=wanted.biases
    )
    assert same(found.ntk, wanted.ntk)
    assert not same(found.ntk, doubled.ntk)
    assert not same(found.ntk[0, :, 1], doubled.ntk[0, :, 1])


@pytest.mark.parametrize("name", DEEP)
def test_with_two_hidden_layers_the_mean_is_the_limit_and_a_multiple_of_one_over_the_width(name: str) -> None:
    """E K_n = K + b/n exactly, from n = 1, 2; so 2·E K₂ − E K₁ is the limit, on and off the diagonal."""
    layers = DEEP[name]()
    last = (lambda n: 1) if name == "fc" else (lambda n: n)
    one, two = (expected(layers, (2, n, n, last(n))) for n in (1, 2))
    assert same(two.ntk * 2 + one.ntk * -1, limit(layers, 2).ntk)
    assert same(two.product * 2 + one.product * -1, limit(layers, 2).nngp)
    assert not same(two.ntk, limit(layers, 2).ntk)


@pytest.mark.slow
@pytest.mark.parametrize("name", DEEP)
def test_a_third_width_lies_on_the_same_line(name: str) -> None:
    layers = DEEP[name]()
    last = (lambda n: 1) if name == "fc" else (lambda n: n)
    three, one = (expected(layers, (2, n, n, last(n))) for n in (3, 1))
    assert same(three.ntk * fmpq(3, 2) + one.ntk * fmpq(-1, 2), limit(layers, 2).ntk)


@pytest.mark.parametrize("name", ["fc", "convolution, periodic", "convolutional resnet"])
def test_balls_contain_the_exact_kernels_and_doubles_are_near_them(name: str) -> None:
    layers, widths = SHALLOW[name]
    relu = activation("relu")
    _, gram = exact_inputs(widths[0], layers[0].entering)
    exact = position_kernels(layers, gram, exact_pair(relu))[-1].ntk
    balls = np.empty(gram.shape, dtype=object)
    for index in np.ndindex(gram.shape):
        balls[index] = enclose(gram[index]) if gram[index] != 0 else arb(0)
    with working_precision(160):
        certain = position_kernels(layers, balls, ball_pair(relu, bits=140))[-1].ntk
    rough = position_kernels(layers, gram.astype(float), float_pair(relu))[-1].ntk
    for value, ball, double in zip(exact.flat, certain.flat, rough.flat, strict=True):
        sharp = enclose(value) if value != 0 else arb(0)
        assert ball.overlaps(sharp)
        assert ball.rad() < 1e-30
        assert abs(double - float(sharp)) < 1e-9


def chain(layers: Sequence[Layer], rho: Rational) -> tuple[sympy.Expr, sympy.Expr]:
    """1 − c^L and K(x,x′)/K(x,x) of two inputs of equal norms, exact."""
    gram = np.array([[S.One, rho], [rho, S.One]], dtype=object).reshape(2, 1, 2, 1)
    found = position_kernels(layers, gram, exact_pair(activation("relu")))[-1]
    nngp, ntk = found.nngp[:, 0, :, 0], found.ntk[:, 0, :, 0]
    return 1 - nngp[0, 1] / nngp[0, 0], ntk[0, 1] / ntk[0, 0]


@pytest.mark.parametrize("depth", [2, 3])
def test_the_certified_depth_is_that_of_the_chain_of_residual_layers(depth: int) -> None:
    gamma, ratio = chain(residual_layers(depth, weight=S(3)), Rational(3, 10))
    found = residual_depth(activation("relu"), Residual(strength=Rational(3, 2)), depth, Fraction(3, 10), bits=80)
    assert found.gamma.overlaps(enclose(gamma))
    assert found.ntk_ratio.overlaps(enclose(ratio))
    gamma, ratio = chain(scaled_residual_layers(depth, weight=S(3)), Rational(3, 10))
    found = scaled_depth(activation("relu"), ScaledResidual(strength=Rational(3, 2)), depth, Fraction(3, 10), bits=80)
    assert found.gamma.overlaps(enclose(gamma))
    assert found.ntk_ratio.overlaps(enclose(ratio))


MONTE_CARLO = {
    "fc": (fully_connected(3, weight=S(2), bias=Rational(1, 10)), 1),
    "resnet": (residual_layers(4, weight=S(1)), 1),
    "scaled_resnet": (scaled_residual_layers(4, weight=S(2)), 1),
    "convolution": (convolutional_layers((5,), (1,), 3, weight=S(2)), 5),
    "convolutional resnet": (convolutional_layers((4,), (1,), 3, weight=S(1), border="zero", skip=True), 4),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MONTE_CARLO)
def test_wide_relu_networks_have_the_kernels_of_the_limit_within_their_statistical_error(name: str) -> None:
    """Width 192, 60 networks: z-scores below 4.5 off and on the diagonal, where the last layer's own term shows."""
    layers, positions = MONTE_CARLO[name]
    width, replicates, generator = 192, 60, np.random.default_rng(11)
    widths = (3, *[width] * len(layers))
    values = halves(3, positions) / 2.0
    gram = np.einsum("mip,niq->mpnq", values, values) / 3
    wanted = position_kernels(layers, gram, float_pair(activation("relu")))[-1]
    network = FiniteNetwork(
        layers=layers, widths=widths, phi=lambda y: np.maximum(y, 0), slope=lambda y: (y > 0).astype(float)
    )
    draws = [network.kernels(network.drawn(generator), values).ntk for _ in range(replicates)]
    means, errors = np.mean(draws, axis=0), np.std(draws, axis=0, ddof=1) / math.sqrt(replicates)
    scores = np.abs(means - wanted.ntk) / errors
    assert scores.max() < 4.5
    without = np.abs(means - (wanted.ntk - wanted.weights[-1])) / errors
    assert without[0, 0, 1, 0] > 6
    assert without[0, 0, 0, 0] > 6


def test_global_average_pooling_averages_over_all_pairs_of_positions() -> None:
    layers, widths = SHALLOW["convolution, periodic"]
    found, wanted = expected(layers, widths), limit(layers, widths[0])
    pooled = averaged(wanted.ntk)
    assert (INPUTS, INPUTS) == pooled.shape
    total = sum((wanted.ntk[0, p, 1, q] for p in range(3) for q in range(3)), S.Zero)
    assert total / 9 == pooled[0, 1]
    mean = found.ntk[0, :, 1].sum() * fmpq(1, 9)
    assert Rational(int(mean.p), int(mean.q)) == pooled[0, 1]


def test_terms_of_one_layer_add_up_to_the_kernel_and_fall_with_the_slopes() -> None:
    """Θ^{(L:W^ℓ)} = Σ_w^ℓ·Π_{m>ℓ} q̇^m for a fully connected net, and Σ over ℓ is K."""
    layers = fully_connected(4, weight=S(2), bias=Rational(1, 4))
    gram = np.array([[S.One, Rational(1, 3)], [Rational(1, 3), S.One]], dtype=object).reshape(2, 1, 2, 1)
    found = position_kernels(layers, gram, exact_pair(QUADRATIC))
    last = found[-1]
    for index in range(4):
        ratios = [
            (after.weights[index] / before.weights[index])[0, 0, 1, 0] for before, after in pairwise(found[index:])
        ]
        biases = [(after.biases[index] / before.biases[index])[0, 0, 1, 0] for before, after in pairwise(found[index:])]
        assert ratios == biases
        own = found[index].weights[index]
        assert sympy.Mul(own[0, 0, 1, 0], *ratios) == last.weights[index][0, 0, 1, 0]
    assert sum((w + b)[0, 0, 1, 0] for w, b in zip(last.weights, last.biases, strict=True)) == last.ntk[0, 0, 1, 0]
