"""The scaled residual recursion against finite random networks and against its own products."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy
from numpy.typing import NDArray
from sympy import Rational, S

from symntk.activations.catalogue import activation
from symntk.architectures.scaled_residual import ScaledResidual, scaled_residual
from symntk.errors import DomainError

WIDTH, LAYERS, REPLICATES, SIGMA = 256, 10, 40, math.sqrt(2.0)
INPUTS = np.array([[1.0, 0.0], [0.6, 0.8]])
Array = NDArray[np.float64]


def network_kernel(rng: np.random.Generator) -> Array:
    """The average NTK of the output units of one network, by forward and backward passes; all weights are free."""
    scale = [SIGMA / math.sqrt(WIDTH * layer) for layer in range(1, LAYERS + 1)]
    weights = [rng.standard_normal((WIDTH, WIDTH)) for _ in range(LAYERS - 1)]
    states = [INPUTS @ rng.standard_normal((2, WIDTH)) * SIGMA / math.sqrt(2)]
    for layer, w in enumerate(weights, 2):
        states.append(states[-1] + scale[layer - 1] * np.maximum(states[-1], 0) @ w)
    probe = rng.choice([-1.0, 1.0], size=(2, 8, WIDTH))
    probe[1] = probe[0]
    total = np.zeros((2, 2))
    for layer in range(LAYERS, 1, -1):
        before = states[layer - 2]
        inner = np.maximum(before, 0) @ np.maximum(before, 0).T * scale[layer - 1] ** 2
        total += inner * np.einsum("apn,bpn->ab", probe, probe) / (8 * WIDTH)
        probe = probe + scale[layer - 1] * (probe @ weights[layer - 2].T) * (before > 0)[:, None, :]
    inner = INPUTS @ INPUTS.T * SIGMA**2 / 2
    return total + inner * np.einsum("apn,bpn->ab", probe, probe) / (8 * WIDTH)


def limit_kernel(block_source: bool) -> tuple[float, float]:
    """K^L(x,x) and K^L(x,x′) of the recursion, a block's own weights without their 1/ℓ if not `block_source`."""
    net = scaled_residual(activation("relu"), sympy.sqrt(2))
    c, off, diagonal = 0.6, 0.6, 1.0
    for layer in range(2, LAYERS + 1):
        weight = float(net.weight(S(layer)))
        angle = math.acos(c)
        mapped, slope = c + (math.sin(angle) - angle * c) / math.pi, 1 - angle / math.pi
        if block_source:
            off, diagonal = net.ntk(weight, off, slope, mapped), net.ntk(weight, diagonal, 1.0, 1.0)  # type: ignore[type-var]
        else:
            off, diagonal = off * (1 - weight + weight * slope) + mapped, diagonal + 1
        c = net.correlation(weight, c, mapped)  # type: ignore[type-var]
    scale = float(net.growth(S(LAYERS))) * SIGMA**2 / 2
    return diagonal * scale, off * scale


@pytest.mark.slow
def test_the_kernel_of_wide_networks_is_that_of_the_recursion() -> None:
    rng = np.random.default_rng(7)
    kernels = np.array([network_kernel(rng) for _ in range(REPLICATES)])
    means, errors = kernels.mean(axis=0), kernels.std(axis=0, ddof=1) / math.sqrt(REPLICATES)
    right, wrong = limit_kernel(block_source=True), limit_kernel(block_source=False)
    for index, place in enumerate(((0, 0), (0, 1))):
        slack = 4 * errors[place]
        assert abs(means[place] - right[index]) < slack < abs(means[place] - wrong[index]) / 4


def test_the_variance_grows_by_its_product() -> None:
    net = ScaledResidual(strength=Rational(3, 2))
    product = sympy.Mul(*(1 + net.strength / j for j in range(2, 8)))
    assert 0 == sympy.simplify(net.growth(S(7)) - product)
    assert all(1 - 1 / (1 + net.strength / j) == net.weight(S(j)) for j in range(2, 8))


def test_on_the_diagonal_the_kernel_adds_up_the_weights() -> None:
    net, kernel = ScaledResidual(strength=S(2)), S.One
    for layer in range(2, 6):
        kernel = net.ntk(net.weight(S(layer)), kernel, S.One, S.One)
    assert 1 + sum(net.weight(S(j)) for j in range(2, 6)) == kernel


def test_a_layer_moves_the_correlation_by_its_weight() -> None:
    net, c, f = ScaledResidual(strength=S(1), shift=S(0)), *sympy.symbols("c f")
    assert 0 == sympy.expand(net.correlation(net.weight(S(4)), c, f) - (3 * c + f) / 4)


def test_a_strength_that_is_not_positive_is_refused() -> None:
    with pytest.raises(DomainError, match="κ > 0"):
        ScaledResidual(strength=S(0))


def test_the_growth_of_a_constant_variance_is_refused() -> None:
    with pytest.raises(DomainError, match="keeps its variance"):
        ScaledResidual(strength=S(1), shift=S(0)).growth(S(3))


def test_the_strength_is_the_second_moment_of_the_block() -> None:
    assert Rational(9, 2) == scaled_residual(activation("relu"), S(3)).strength
    assert 9 == scaled_residual(activation("abs"), S(3)).strength


def test_an_activation_that_is_not_homogeneous_is_refused() -> None:
    with pytest.raises(DomainError, match="homogeneous"):
        scaled_residual(activation("erf"), S(1))
