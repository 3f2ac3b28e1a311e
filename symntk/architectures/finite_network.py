"""The finite random network of a chain of layers, with its empirical NNGP and NTK: what the limits are checked with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from symntk.architectures.gaussian_polynomial import exact_means, gaussian_letters
from symntk.architectures.layer import Layer
from symntk.errors import DomainError

Array = NDArray[Any]
Function = Callable[[Array], Array]


@dataclass(frozen=True, kw_only=True, eq=False)
class Parameters:
    """W of every layer as (offsets, out, in) and b as (out,): draws or polynomials, with their own variances."""

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class EmpiricalKernels:
    """y y′ and the terms ∂y·∂y′ of one output channel, arrays over (input, position, input′, position′)."""

    product: Array
    weights: tuple[Array, ...]
    """Θ^{(L:W^ℓ)} in the NTK parametrisation, ℓ = 1, …, L."""
    biases: tuple[Array, ...]

    @property
    def ntk(self) -> Array:
        """The sum of all terms."""
        return sum(self.weights[1:] + self.biases, self.weights[0])


@dataclass(frozen=True, kw_only=True, eq=False)
class FiniteNetwork:
    """A chain of layers with so many channels: n₀ of the input, then one number for each layer.

    Domain: one width for each layer and one for the input; a skip connection keeps the width. Raises DomainError
    outside of it.
    """

    layers: Sequence[Layer]
    widths: Sequence[int]
    phi: Function
    slope: Function
    """φ and φ′ on arrays."""

    def __post_init__(self) -> None:
        if len(self.widths) != len(self.layers) + 1 or min(self.widths) < 1:
            raise DomainError(
                f"widths {list(self.widths)} were asked for {len(self.layers)} layers; give one more than layers"
            )
        for layer, before, after in zip(self.layers, self.widths[:-1], self.widths[1:], strict=True):
            if layer.skip and before != after:
                raise DomainError(f"a skip connection from width {before} to {after} was asked for; take equal widths")

    def variance(self, index: int) -> fmpq:
        """The variance of the weights of a layer: σ_w²/(offsets·fan-in)."""
        layer = self.layers[index]
        return _rational(layer.weight) / (layer.offsets * self.widths[index])

    def drawn(self, generator: np.random.Generator) -> Parameters:
        """Random weights."""
        weights, biases = list[Array](), list[Array]()
        for index, layer in enumerate(self.layers):
            shape = (layer.offsets, self.widths[index + 1], self.widths[index])
            scale = np.sqrt(float(layer.weight) / (layer.offsets * self.widths[index]))
            weights.append(generator.standard_normal(shape) * scale)
            biases.append(generator.standard_normal(self.widths[index + 1]) * np.sqrt(float(layer.bias)))
        return Parameters(weights=tuple(weights), biases=tuple(biases))

    def symbolic(self) -> tuple[Parameters, list[fmpq]]:
        """Letters for all weights, and their variances; biases are letters where they do not vanish."""
        shapes, variances = list[tuple[int, ...]](), list[fmpq]()
        for index, layer in enumerate(self.layers):
            shapes += [(layer.offsets, self.widths[index + 1], self.widths[index]), (self.widths[index + 1],)]
            variances += [self.variance(index)] * int(np.prod(shapes[-2]))
            variances += [_rational(layer.bias)] * (self.widths[index + 1] if layer.bias != 0 else 0)
        letters, arrays = iter(gaussian_letters(len(variances))), list[Array]()
        for index, shape in enumerate(shapes):
            array = np.zeros(shape, dtype=object)
            if index % 2 == 0 or self.layers[index // 2].bias != 0:
                for place in np.ndindex(shape):
                    array[place] = next(letters)
            arrays.append(array)
        return Parameters(weights=tuple(arrays[::2]), biases=tuple(arrays[1::2])), variances

    def kernels(self, parameters: Parameters, inputs: Array) -> EmpiricalKernels:
        """The kernels of output channel 0 by a forward and a backward pass; `inputs` is (input, channel, position).

        Works with floats and with polynomials. Guarantee: exact for polynomials.
        """
        states = self._states(parameters, inputs)
        last = states[-1][:, 0]
        back = np.zeros((*last.shape, *states[-1].shape[1:]), dtype=inputs.dtype)
        for position in range(last.shape[1]):
            back[:, position, 0, position] = 1
        weights, biases = list[Array](), list[Array]()
        for index in range(len(self.layers) - 1, -1, -1):
            weight, bias = self._terms(index, states[index], back)
            weights.insert(0, weight)
            biases.insert(0, bias)
            back = self._backward(index, parameters, states[index], back)
        product = last[:, :, None, None] * last[None, None]
        return EmpiricalKernels(product=product, weights=tuple(weights), biases=tuple(biases))

    def _states(self, parameters: Parameters, inputs: Array) -> list[Array]:
        states = [inputs]
        for index, layer in enumerate(self.layers):
            hidden = self._gathered(layer, states[-1])
            after = np.einsum("bij,mjbp->mip", parameters.weights[index], hidden)
            after = after + parameters.biases[index][None, :, None]
            states.append(after + states[-1] if layer.skip else after)
        return states

    def _gathered(self, layer: Layer, state: Array) -> Array:
        """h at the places where the filter looks, (input, channel, offset, position)."""
        hidden = self.phi(state) if layer.activated else state
        outside = np.zeros((*hidden.shape[:2], 1), dtype=hidden.dtype)
        return np.concatenate([hidden, outside], axis=2)[:, :, layer.gather]

    def _terms(self, index: int, state: Array, back: Array) -> tuple[Array, Array]:
        layer, hidden = self.layers[index], self._gathered(self.layers[index], state)
        inner = np.einsum("mjbq,njbs->mqns", hidden, hidden)
        slopes = np.einsum("mpiq,nris->mpqnrs", back, back)
        weight = np.einsum("mpqnrs,mqns->mpnr", slopes, inner) * _entry(self.variance(index), inner)
        bias = slopes.sum(axis=(2, 5)) * _entry(_rational(layer.bias), inner)
        return weight, bias

    def _backward(self, index: int, parameters: Parameters, state: Array, back: Array) -> Array:
        layer = self.layers[index]
        through = np.einsum("mpiq,bij->mpjbq", back, parameters.weights[index])
        shape = (*back.shape[:2], state.shape[1], state.shape[2] + 1)
        total = np.zeros(shape, dtype=back.dtype)
        for b, row in enumerate(layer.gather):
            for q, place in enumerate(row):
                total[..., place] += through[:, :, :, b, q]
        total = total[..., :-1]
        if layer.activated:
            total = total * self.slope(state)[:, None]
        return total + back if layer.skip else total

    def exact_kernels(self, inputs: Array) -> EmpiricalKernels:
        """The kernels averaged over all weights, for rational inputs and a polynomial φ. Guarantee: exact."""
        parameters, variances = self.symbolic()
        found = self.kernels(parameters, inputs)
        return EmpiricalKernels(
            product=exact_means(found.product, variances),
            weights=tuple(exact_means(term, variances) for term in found.weights),
            biases=tuple(exact_means(term, variances) for term in found.biases),
        )


def _rational(value: Any) -> fmpq:
    return fmpq(int(value.p), int(value.q))


def _entry(value: fmpq, like: Array) -> Any:
    return value if like.dtype == object else float(value.p) / float(value.q)
