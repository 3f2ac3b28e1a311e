"""The terms of the NTK by layers, in both parametrisations, against derivatives of the network as a polynomial."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq
from sympy import Rational, S

from symntk.activations.parse import parse_activation
from symntk.architectures.finite_network import FiniteNetwork
from symntk.architectures.gaussian_polynomial import Weighted, exact_mean
from symntk.architectures.layer import fully_connected, residual_layers
from symntk.architectures.parametrisation import standard_kernels
from symntk.architectures.position_kernels import exact_pair, position_kernels
from symntk.errors import DomainError

WEIGHT, BIAS, WIDTHS = Rational(3, 2), Rational(1, 3), (2, 2, 1)


def network(layers, widths) -> FiniteNetwork:
    return FiniteNetwork(layers=layers, widths=widths, phi=lambda y: y * y, slope=lambda y: y * 2)


def inputs() -> np.ndarray:
    found = np.empty((2, 2, 1), dtype=object)
    for index, value in zip(np.ndindex(found.shape), (1, -2, 3, 1), strict=True):
        found[index] = fmpq(value, 2)
    return found


def gram() -> np.ndarray:
    values = [[S(1) / 2, S(-1)], [Rational(3, 2), S(1) / 2]]
    found = np.empty((2, 1, 2, 1), dtype=object)
    for i in range(2):
        for j in range(2):
            found[i, 0, j, 0] = sum((a * b for a, b in zip(values[i], values[j], strict=True)), S.Zero) / 2
    return found


def differentiated(net: FiniteNetwork) -> list[fmpq]:
    """E Σ ∂_p y(x) ∂_p y(x′) for each layer's W and b, by derivatives of the output polynomial: no backward pass."""
    parameters, variances = net.symbolic()
    x, y = (net.kernels(parameters, inputs()[[i]]).product for i in range(2))
    assert x.shape == y.shape == (1, 1, 1, 1)
    first, second = (net._states(parameters, inputs()[[i]])[-1][0, 0, 0] for i in range(2))
    sizes = []
    for index, layer in enumerate(net.layers):
        sizes += [net.widths[index] * net.widths[index + 1], net.widths[index + 1] if layer.bias != 0 else 0]
    found, start = [], 0
    for size in sizes:
        total = fmpq(0)
        for letter in range(start, start + size):
            product = Weighted(first.value.derivative(letter) * second.value.derivative(letter))
            total += exact_mean(product, variances)
        found.append(total)
        start += size
    return found


@pytest.mark.parametrize("kind", ["fc", "resnet"])
def test_the_standard_terms_are_means_of_products_of_derivatives(kind: str) -> None:
    layers = fully_connected(2, weight=WEIGHT, bias=BIAS) if kind == "fc" else residual_layers(2, weight=WEIGHT)
    widths = WIDTHS if kind == "fc" else (2, 2, 2)
    kernels = position_kernels(layers, gram(), exact_pair(parse_activation("x**2")))[-1]
    standard = standard_kernels(kernels, layers, widths[:-1])
    wanted = [t[0, 0, 1, 0] for pair in zip(standard.weights, standard.biases, strict=True) for t in pair]
    found = [Rational(int(t.p), int(t.q)) for t in differentiated(network(layers, widths))]
    assert wanted == found


def test_the_backward_pass_agrees_with_the_derivatives() -> None:
    layers = fully_connected(2, weight=WEIGHT, bias=BIAS)
    found = network(layers, WIDTHS).exact_kernels(inputs())
    factors = [WEIGHT / 2, BIAS, WEIGHT / 2, BIAS]
    terms = [t[0, 0, 1, 0] for pair in zip(found.weights, found.biases, strict=True) for t in pair]
    for mine, raw, factor in zip(terms, differentiated(network(layers, WIDTHS)), factors, strict=True):
        assert fmpq(mine) == raw * fmpq(int(factor.p), int(factor.q))


def test_the_weight_terms_grow_with_the_width_and_the_bias_terms_do_not() -> None:
    layers = fully_connected(3, weight=WEIGHT, bias=BIAS)
    kernels = position_kernels(layers, gram(), exact_pair(parse_activation("x**2")))[-1]
    narrow, wide = (standard_kernels(kernels, layers, [2, n, n]) for n in (10, 1000))
    ratios = [(b / a)[0, 0, 1, 0] for a, b in zip(narrow.weights, wide.weights, strict=True)]
    assert [1, 100, 100] == ratios
    assert all(a[0, 0, 1, 0] == b[0, 0, 1, 0] for a, b in zip(narrow.biases, wide.biases, strict=True))


def test_the_number_of_widths_is_checked() -> None:
    layers = fully_connected(1, weight=S.One)
    kernels = position_kernels(layers, gram(), exact_pair(parse_activation("x**2")))[-1]
    with pytest.raises(DomainError, match="2 widths"):
        standard_kernels(kernels, layers, [1, 2])
