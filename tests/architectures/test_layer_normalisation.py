"""Layer normalisation against finite networks that normalise, and the bias below which they are chaotic."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy
from sympy import Rational, S, pi, sqrt

from symntk.activations.catalogue import activation
from symntk.architectures.layer_norm_residual import LayerNormResidual, layer_norm_residual
from symntk.architectures.layer_normalisation import chaos_threshold, layer_normalised
from symntk.errors import DomainError
from symntk.gaussian.dual import derivative_dual, dual
from symntk.meanfield.parametrisation import characteristic_value
from symntk.meanfield.phase import phase
from symntk.notation import RHO

RELU = activation("relu")
Array = np.ndarray


@pytest.mark.parametrize("name", ["relu", "erf", "sin", "abs", "leaky_relu(1/10)"])
def test_the_threshold_is_where_the_characteristic_value_is_one(name: str) -> None:
    phi = layer_normalised(activation(name))
    beta = chaos_threshold(phi)
    assert 0 == sympy.simplify(characteristic_value(phi, S.Zero) * (1 - beta**2) - 1)
    assert 0 < float(beta) < 1


def test_the_phases_on_both_sides_of_the_threshold_are_the_certified_ones() -> None:
    phi = layer_normalised(RELU)
    assert 1 / sqrt(pi) == chaos_threshold(phi)
    for beta, name in ((Rational(56, 100), "chaotic"), (Rational(57, 100), "ordered")):
        assert name == phase(phi, sqrt(1 - beta**2), beta).name


def test_without_normalisation_relu_has_no_chaotic_bias() -> None:
    with pytest.raises(DomainError, match="none is"):
        chaos_threshold(RELU)
    with pytest.raises(DomainError, match="jumps"):
        chaos_threshold(activation("step"))


def dual_values(phi, c: float) -> tuple[float, float]:
    """φ̂ and φ̂′ at a correlation."""
    return tuple(float(e.subs(RHO, c).evalf()) for e in (dual(phi).expression, derivative_dual(phi)))  # type: ignore[return-value]


@pytest.mark.slow
def test_a_wide_net_with_layer_normalisation_has_the_kernels_of_the_normalised_activation() -> None:
    """y = Wx, z = V·LN(φ(y)): NNGP and NTK by differentiating the normalised layer as it stands, off the diagonal."""
    n, replicates, generator = 400, 60, np.random.default_rng(5)
    x = np.array([[1.0, 0.0], [0.6, 0.8]]) * math.sqrt(2)
    found = np.array([_one_layer_norm(n, x, generator) for _ in range(replicates)])
    means, errors = found.mean(axis=0), found.std(axis=0, ddof=1) / math.sqrt(replicates)
    value, slope = dual_values(layer_normalised(RELU), 0.6)
    plain, _ = dual_values(layer_normalised(RELU, centred=False), 0.6)
    limit = np.array([value, value + 0.6 * slope])
    bias = 12 / n
    assert np.all(np.abs(means - limit) < 4 * errors + bias)
    assert abs(means[0] - plain) > 20 * errors[0]


def _one_layer_norm(n: int, x: Array, generator: np.random.Generator) -> tuple[float, float]:
    w, v = generator.standard_normal((n, 2)), generator.standard_normal(n)
    y = x @ w.T / math.sqrt(2)
    h, back = np.empty_like(y), np.empty_like(y)
    for i, row in enumerate(y):
        a = np.maximum(row, 0)
        spread = a.std()
        h[i] = (a - a.mean()) / spread
        g = (v - v.mean() - h[i] * (h[i] @ v) / n) / spread
        back[i] = g * (row > 0) / math.sqrt(n)
    nngp = h[0] @ h[1] / n
    return nngp, nngp + (back[0] @ back[1]) * (x[0] @ x[1]) / 2


def block_kernel(n: int, sigma: float, layers: int, generator: np.random.Generator) -> tuple[float, float]:
    """c and K(x, x′) per output of the normalised residual net as printed, by exact vector–Jacobian products."""
    z = generator.standard_normal((2, n))
    z[1] = 0.5 * z[0] + math.sqrt(0.75) * z[1]
    z = math.sqrt(n) * z / np.linalg.norm(z, axis=1, keepdims=True)
    start = z[0] @ z[1] / n
    z[1] = z[1] + (0.5 - start) * z[0]
    z = math.sqrt(n) * z / np.linalg.norm(z, axis=1, keepdims=True)
    tape = []
    for _ in range(layers):
        u, v = generator.standard_normal((n, n)) / math.sqrt(n), sigma * generator.standard_normal((n, n))
        big = z @ u.T
        length = np.linalg.norm(big, axis=1, keepdims=True)
        unit = math.sqrt(n) * big / length
        h = np.tanh(unit)
        y = z + h @ v.T / math.sqrt(n)
        size = np.linalg.norm(y, axis=1, keepdims=True)
        tape.append((z, u, v, unit, length, h, size))
        z = math.sqrt(n) * y / size
    probes = generator.standard_normal((64, n))
    back, final, total = np.repeat(probes[:, None], 2, axis=1), z, 0.0
    for before, u, v, unit, length, h, size in reversed(tape):
        back = math.sqrt(n) / size * (back - final * np.einsum("pin,in->pi", back, final)[..., None] / n)
        total += np.einsum("pn,pn->", back[:, 0], back[:, 1]) * (h[0] @ h[1]) * sigma**2 / n / (64 * n)
        inner = (back @ v / math.sqrt(n)) * (1 - h**2)
        inner = math.sqrt(n) / length * (inner - unit * np.einsum("pin,in->pi", inner, unit)[..., None] / n)
        total += np.einsum("pn,pn->", inner[:, 0], inner[:, 1]) * (before[0] @ before[1]) / n / (64 * n)
        back, final = back + inner @ u, before
    return float(z[0] @ z[1] / n), float(total)


@pytest.mark.slow
def test_wide_normalised_residual_nets_follow_the_recursion() -> None:
    sigma, layers, replicates, generator = 1.5, 3, 40, np.random.default_rng(9)
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    weights = weights / weights.sum()

    def moments(c: float) -> tuple[float, float]:
        second = c * nodes[:, None] + math.sqrt(1 - c * c) * nodes
        joint = weights[:, None] * weights
        slopes = (1 - np.tanh(nodes[:, None]) ** 2) * (1 - np.tanh(second) ** 2)
        return float((joint * np.tanh(nodes[:, None]) * np.tanh(second)).sum()), float((joint * slopes).sum())

    norm = float(weights @ np.tanh(nodes) ** 2)
    share = sigma**2 * norm / (1 + sigma**2 * norm)
    c, kernel, without = 0.5, 0.0, 0.0
    for _ in range(layers):
        value, slope = moments(c)
        without = (1 - share) * without + share * (slope / norm * without + value / norm)
        kernel = (1 - share) * kernel + share * (slope / norm * (kernel + c) + value / norm)
        c = (1 - share) * c + share * value / norm
    found = np.array([block_kernel(300, sigma, layers, generator) for _ in range(replicates)])
    means, errors = found.mean(axis=0), found.std(axis=0, ddof=1) / math.sqrt(replicates)
    finite = 6 / 300
    assert np.all(np.abs(means - [c, kernel]) < 4 * errors + finite)
    assert abs(means[1] - without) > 5 * (4 * errors[1] + finite)


def test_the_recursion_of_the_class_is_the_one_that_was_checked() -> None:
    net, (k, c, f, slope) = LayerNormResidual(strength=Rational(1, 3)), sympy.symbols("k c f slope")
    share = Rational(1, 4)
    assert share == net.weight
    assert 0 == sympy.expand(net.correlation(c, f) - ((1 - share) * c + share * f))
    wanted = (1 - share) * k + share * (slope * (k + c) + f)
    assert 0 == sympy.expand(net.ntk(k, c, slope, f) - wanted)


def test_the_slope_at_one_of_relu_is_one_and_that_of_sin_is_above() -> None:
    assert 1 == layer_norm_residual(RELU, S(2))[1]
    network, slope = layer_norm_residual(activation("sin"), S.One)
    wanted = 1 + network.weight * (1 / sympy.tanh(1) - 1)
    assert 0 == sympy.simplify((slope - wanted).rewrite(sympy.exp))
    with pytest.raises(DomainError, match="σ > 0"):
        layer_norm_residual(RELU, S.Zero)
    with pytest.raises(DomainError, match="jumps"):
        layer_norm_residual(activation("step"), S.One)
    with pytest.raises(DomainError, match="σ > 0"):
        LayerNormResidual(strength=S.Zero)
