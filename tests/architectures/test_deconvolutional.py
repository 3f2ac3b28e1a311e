"""The kernels of convolutional networks between any two positions, against finite networks and other routes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import sympy
from numpy.typing import NDArray
from sympy import Expr, Rational, S, oo

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.architectures.deconvolutional import (
    ConvolutionalKernels,
    Rates,
    checkerboard_kernel,
    checkerboard_ntk,
    finite_layers,
    valuation,
)
from symntk.architectures.finite_network import FiniteNetwork
from symntk.architectures.half_line import HalfLine
from symntk.architectures.positions import Connection, PositionLayer, PositionNet, convolution, deconvolution
from symntk.depth.certified_depth import certified_depth
from symntk.errors import DomainError
from symntk.gaussian.moments import standardized
from symntk.notation import X
from symntk.numbers.ball import enclose

RELU, SINE = standardized(activation("relu")), standardized(activation("sin"))
SQUARE = Activation(name="square", expression=X**2 + X)
BETA_SQUARED = Rational(9, 25)
LINE = HalfLine(stride=2, window=4)
Array = NDArray[np.float64]


def same_everywhere(first, second) -> Expr:
    """x_pᵀx_p′/n₀ for orthogonal pixels."""
    return S.One if first == second else S.Zero


def kernels(net: PositionNet, phi: Activation = RELU, **more) -> ConvolutionalKernels:
    return ConvolutionalKernels(net=net, activation=phi, beta_squared=BETA_SQUARED, inputs=same_everywhere, **more)


def test_the_shared_pairs_of_two_positions_are_those_that_the_stride_divides():
    layer = deconvolution((6,), (LINE,), 1).layers[0]
    assert [((2,), (4,)), ((1,), (3,))] == sorted(layer.pairs((4,), (8,)), reverse=True)
    assert [] == list(layer.pairs((4,), (7,)))
    assert layer.shared(((1,), (4,)), ((3,), (8,)))
    assert not layer.shared(((1,), (4,)), ((2,), (4,)))


def test_sharing_is_transitive_and_never_joins_two_connections_of_one_position():
    layer = deconvolution((3, 2), (LINE, HalfLine(stride=3, window=3)), 1).layers[0]
    ends = [(q, p) for p in layer.connections for q in layer.parents(p)]
    shared = {(a, b) for a, b in itertools.product(ends, repeat=2) if layer.shared(a, b)}
    assert all((a, c) in shared for a, b in shared for b2, c in shared if b == b2)
    assert not any(a[1] == b[1] and a != b for a, b in shared)


def test_positions_that_share_their_weights_within_one_position_are_refused():
    with pytest.raises(DomainError, match="share their weights"):
        PositionLayer(connections={0: (Connection("a", 1), Connection("b", 1))}, window=S(2))


@pytest.mark.parametrize("build", [
    lambda: PositionLayer(connections={}, window=S.One),
    lambda: PositionNet(sources=frozenset(), layers=()),
    lambda: deconvolution((0,), (LINE,), 1),
    lambda: deconvolution((1,), (HalfLine(stride=2, window=4, padding=3),), 1),
])  # fmt: skip
def test_empty_sets_of_positions_are_refused_in_one_line(build):
    with pytest.raises(DomainError) as error:
        build()
    assert "\n" not in str(error.value)


def polynomial_network(net: PositionNet, width: int, channels: int) -> FiniteNetwork:
    layers = finite_layers(net, BETA_SQUARED)
    widths = (channels, *([width] * (len(layers) - 1)), 1)
    return FiniteNetwork(layers=layers, widths=widths, phi=lambda x: x * x + x, slope=lambda x: 2 * x + 1)


@pytest.mark.slow
@pytest.mark.parametrize("net", [
    deconvolution((2,), (LINE,), 2),
    deconvolution((2,), (HalfLine(stride=2, window=3, padding=1),), 2),
    convolution((3,), (3,), 2),
], ids=["stride 2, window 4", "stride 2, window 3, padding 1", "convolution"])  # fmt: skip
def test_the_recursion_is_the_exact_mean_of_a_small_finite_network_of_two_layers(net):
    """With one hidden layer the mean of the empirical NTK is its limit at every width: no statistical error."""
    from flint import fmpq

    sources = sorted(net.sources)
    pixels = {p: fmpq(i + 1, 2) for i, p in enumerate(sources)}
    found = polynomial_network(net, 1, 1).exact_kernels(np.array([[[pixels[p] for p in sources]]], dtype=object))
    limit = ConvolutionalKernels(
        net=net, activation=SQUARE, beta_squared=BETA_SQUARED,
        inputs=lambda p, q: Rational(int((pixels[p] * pixels[q]).p), int((pixels[p] * pixels[q]).q)),
    )  # fmt: skip
    outputs = sorted(net.positions(2))
    for (i, p), (j, q) in itertools.product(enumerate(outputs), repeat=2):
        for table, exact in ((found.product, limit.sigma(2, p, q)), (found.ntk, limit.ntk(2, p, q))):
            value = fmpq(0) + table[0, i, 0, j]
            assert Rational(int(value.p), int(value.q)) == sympy.expand(exact)


def relu_network(net: PositionNet, width: int, channels: int) -> FiniteNetwork:
    layers = finite_layers(net, BETA_SQUARED)
    root = np.sqrt(2.0)
    return FiniteNetwork(layers=layers, widths=(channels, *([width] * (len(layers) - 1)), 1),
                         phi=lambda x: root * np.maximum(x, 0), slope=lambda x: root * (x > 0))  # fmt: skip


def z_scores(net: PositionNet, chosen: list[tuple], replicates: int, seed: int) -> tuple[Array, Array]:
    """(empirical mean − limit)/standard error of the NTK at the chosen pairs, and the relative standard errors."""
    network, depth = relu_network(net, 256, 4), len(net.layers)
    sources, outputs = sorted(net.sources), sorted(net.positions(depth))
    inputs = np.zeros((1, 4, len(sources)))
    for i in range(len(sources)):
        inputs[0, i % 4, i] = 2.0
    rng = np.random.default_rng(seed)
    draws = []
    for _ in range(replicates):
        ntk = network.kernels(network.drawn(rng), inputs).ntk
        draws.append([float(ntk[0, outputs.index(p), 0, outputs.index(q)]) for p, q in chosen])
    limit = kernels(net)
    exact = np.array([float(limit.ntk(depth, p, q)) for p, q in chosen])
    table = np.array(draws)
    error = table.std(axis=0, ddof=1) / np.sqrt(replicates)
    return (table.mean(axis=0) - exact) / error, error / np.abs(exact)


@pytest.mark.slow
def test_a_network_of_width_256_agrees_with_the_recursion_at_the_border_in_the_bulk_and_between_positions():
    pairs = [((0,), (0,)), ((20,), (20,)), ((20,), (22,)), ((20,), (24,)), ((0,), (8,)), ((20,), (21,))]
    net = deconvolution((4,), (LINE,), 3).restricted({p for pair in pairs for p in pair})
    z, relative = z_scores(net, pairs, 300, seed=5)
    assert np.abs(z[:5]).max() < 4
    assert relative[:5].max() < 0.02
    assert kernels(net).ntk(3, (20,), (21,)) == BETA_SQUARED


def test_the_parent_based_kernel_is_one_at_every_position_and_its_ntk_geometric():
    for net in (deconvolution((2,), (LINE,), 3), deconvolution((2, 2), (LINE,) * 2, 2), convolution((4,), (3,), 3)):
        subject = kernels(net, parametrisation="parent")
        depth, ratio = len(net.layers), 1 - BETA_SQUARED
        for p in net.positions(depth):
            assert subject.sigma(depth, p, p) == 1
            assert sympy.expand(subject.ntk(depth, p, p) - sum(ratio**k for k in range(depth))) == 0


def test_the_classical_kernel_is_not_one_at_the_border():
    subject = kernels(deconvolution((2,), (LINE,), 3))
    assert subject.sigma(3, (0,), (0,)) < subject.sigma(3, (4,), (4,)) < 1


def test_valuations_are_minima_over_the_axes():
    for a, b in itertools.product(range(1, 40), repeat=2):
        expected = min(next(k for k in itertools.count() if a % 2 ** (k + 1)), next(k for k in itertools.count() if b % 3 ** (k + 1)))  # fmt: skip  # noqa: E501
        assert valuation((2, 3), (a, b)) == expected
    assert valuation((2, 3), (0, 9)) == 2
    assert valuation((2, 3), (0, 0)) == oo
    with pytest.raises(DomainError, match="at least 2"):
        valuation((1,), (3,))


@pytest.mark.parametrize("phi", [RELU, SINE], ids=["relu", "sin"])
def test_the_kernels_between_positions_are_the_checkerboard_values_of_their_valuation(phi):
    net = deconvolution((12,), (LINE,), 3)
    subject = kernels(net, phi)
    for gap, degree in ((1, 0), (2, 1), (4, 2), (12, 2)):
        pair = ((40,), (40 + gap,))
        assert valuation((2,), (gap,)) == degree
        for found, exact in ((subject.sigma(3, *pair), checkerboard_kernel(phi, BETA_SQUARED, degree)),
                             (subject.ntk(3, *pair), checkerboard_ntk(phi, BETA_SQUARED, degree))):  # fmt: skip
            assert (enclose(found, bits=100) - enclose(exact, bits=100)).contains(0)


@pytest.mark.slow
def test_a_checkerboard_of_degree_v_is_a_fully_connected_net_of_v_plus_one_layers_at_the_correlation_beta_squared():
    ratio = 1 - BETA_SQUARED
    for degree in (1, 4):
        found = certified_depth(activation("relu"), degree + 1, BETA_SQUARED,
                                sigma_w=sympy.sqrt(2 * ratio), sigma_b=Rational(3, 5), bits=40)  # fmt: skip
        kernel = enclose(checkerboard_kernel(RELU, BETA_SQUARED, degree), bits=100)
        largest = sum(ratio**k for k in range(degree + 1))
        ntk = enclose(checkerboard_ntk(RELU, BETA_SQUARED, degree) / largest, bits=100)
        assert (1 - found.gamma - kernel).contains(0)
        assert (found.ntk_ratio - ntk).contains(0)
        assert abs(float(kernel) - float(BETA_SQUARED)) > 0.1


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_weights_and_biases_of_a_layer_contribute_only_to_checkerboards_of_their_degree(layer):
    net, depth = deconvolution((4,), (LINE,), 3), 3
    weights = Rates(weights=lambda k: S.One if k == layer else S.Zero, biases=lambda _: S.Zero)
    biases = Rates(weights=lambda _: S.Zero, biases=lambda k: S.One if k == layer else S.Zero)
    for gap in range(1, 9):
        pair = ((18,), (18 + gap,))
        for rates, period in ((weights, 2 ** (depth - layer)), (biases, 2 ** (depth - layer - 1))):
            value = kernels(net, rates=rates).ntk(depth, *pair)
            if gap % period:
                assert value == 0
            elif rates is biases:
                assert value > 0


def test_the_ntk_is_the_sum_of_the_contributions_of_its_layers():
    net = deconvolution((4,), (LINE,), 3)
    total = S.Zero
    for layer in range(3):
        one = lambda k, layer=layer: S.One if k == layer else S.Zero  # noqa: E731
        total += kernels(net, rates=Rates(weights=one, biases=one)).ntk(3, (18,), (22,))
    whole = kernels(net).ntk(3, (18,), (22,))
    assert (enclose(total, bits=80) - enclose(whole, bits=80)).contains(0)


def test_learning_rates_that_fall_with_the_layer_give_a_geometric_ntk_on_the_diagonal():
    """η_ℓ = S^{−ℓ/2} for ℓ = 0, …, L − 1 in the bulk: Θ = Σ S^{−ℓ/2} r^{L−1−ℓ}."""
    net, root, ratio = deconvolution((12,), (LINE,), 3), sympy.sqrt(2), 1 - BETA_SQUARED
    rate = lambda k: root ** (-k)  # noqa: E731
    value = kernels(net, rates=Rates(weights=rate, biases=rate)).ntk(3, (48,), (48,))
    assert sympy.expand(value - sum(root ** (-k) * ratio ** (2 - k) for k in range(3))) == 0


def test_a_wrong_order_of_the_products_in_the_checkerboard_ntk_is_noticed():
    kernel = checkerboard_kernel(RELU, BETA_SQUARED, 1)
    slope = Rational(1, 2) + sympy.asin(BETA_SQUARED) / sympy.pi
    wrong = BETA_SQUARED + kernel * (1 - BETA_SQUARED) * slope
    right = kernel + BETA_SQUARED * (1 - BETA_SQUARED) * slope
    found = checkerboard_ntk(RELU, BETA_SQUARED, 1)
    assert abs(float(found - right)) < 1e-14
    assert abs(float(found - wrong)) > 0.01


def test_two_different_inputs_keep_their_own_variances():
    net = deconvolution((2,), (LINE,), 2)
    subject = ConvolutionalKernels(
        net=net, activation=RELU, beta_squared=S.Zero, inputs=lambda p, q: S.Half if p == q else S.Zero,
        first=same_everywhere, second=lambda p, q: S(4) if p == q else S.Zero,
    )  # fmt: skip
    value = subject.sigma(2, (2,), (2,))
    rho = Rational(1, 4)
    dual = (sympy.sqrt(1 - rho**2) + rho * (sympy.pi - sympy.acos(rho))) / sympy.pi
    # both parents 0 and 1 of position 2 have the one parent 0: variances 1/2 and 2, covariance 1/4
    assert abs(float(value) - float(dual)) < 1e-14
