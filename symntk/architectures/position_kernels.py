"""The NNGP and the NTK of any chain of layers, on pairs of inputs and positions, layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from flint import arb
from numpy.typing import NDArray
from sympy import Expr

from symntk.activations.activation import Activation
from symntk.architectures.layer import Layer
from symntk.gaussian.dual import derivative_dual, dual
from symntk.notation import Q1, Q2, RHO
from symntk.numbers.ball import enclose
from symntk.numbers.precision import current_precision

Array = NDArray[Any]
"""Entries are exact expressions, balls or floats."""
Pair = Callable[[Any, Any, Any], tuple[Any, Any]]
"""(E φ(u)φ(v), E φ′(u)φ′(v)) from Var u, Var v and Cov(u, v)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PositionKernels:
    """Σ and the terms of the NTK after one layer, as arrays over (input, position, input′, position′)."""

    nngp: Array
    weights: tuple[Array, ...]
    """Θ^{(L:W^ℓ)}, ℓ = 1, …, L: what the weights of layer ℓ contribute to the NTK of layer L."""
    biases: tuple[Array, ...]
    """Θ^{(L:b^ℓ)}."""

    @property
    def ntk(self) -> Array:
        """K = Σ_ℓ Θ^{(L:W^ℓ)} + Θ^{(L:b^ℓ)}."""
        return sum(self.weights[1:] + self.biases, self.weights[0])


def position_kernels(layers: Sequence[Layer], gram: Array, pair: Pair) -> list[PositionKernels]:
    """The kernels after each layer, in the NTK parametrisation and in the limit of infinite widths.

    With the block A[E](p, p′) = σ_w²/|β|·Σ_β E(g(β,p), g(β,p′)): Σ′ = skip·Σ + σ_b² + A[E φφ]; a term Θ of an earlier
    layer becomes skip·Θ + A[E φ′φ′·Θ]; the layer's own terms are A[E φφ] and σ_b². `gram` holds the products x·x′/n₀ of
    the inputs. Domain: |gram| fits the first layer. Guarantee: that of `pair`. Source: [hayou2021], derived here from
    the definition of the network. Balls are added at the precision in force.

    >>> from symntk.activations.catalogue import activation
    >>> from symntk.architectures.layer import residual_layers
    >>> gram = np.array([[1, 0], [0, 1]], dtype=object).reshape(2, 1, 2, 1)
    >>> found = position_kernels(residual_layers(2, weight=sympy.S(2)), gram, exact_pair(activation("relu")))
    >>> found[-1].ntk[0, 0, 0, 0], found[-1].ntk[0, 0, 1, 0]
    (6, 2/pi)
    """
    found: list[PositionKernels] = []
    nngp, weights, biases = gram, list[Array](), list[Array]()
    for layer in layers:
        inner, slopes = _moments(nngp, pair) if layer.activated else (nngp, np.ones_like(nngp))
        own = _gathered(layer, inner)
        constant = np.full_like(own, _as_entry(layer.bias, inner))
        weights = [_carried(layer, term, slopes) for term in weights] + [own]
        biases = [_carried(layer, term, slopes) for term in biases] + [constant]
        nngp = own + constant + nngp if layer.skip else own + constant
        found.append(PositionKernels(nngp=nngp, weights=tuple(weights), biases=tuple(biases)))
    return found


def _moments(nngp: Array, pair: Pair) -> tuple[Array, Array]:
    """Both Gaussian moments at every entry of a covariance."""
    count = nngp.shape[0] * nngp.shape[1]
    flat = nngp.reshape(count, count)
    values, slopes = np.empty_like(flat), np.empty_like(flat)
    for i in range(count):
        for j in range(i + 1):
            values[i, j], slopes[i, j] = pair(flat[i, i], flat[j, j], flat[i, j])
            values[j, i], slopes[j, i] = values[i, j], slopes[i, j]
    return values.reshape(nngp.shape), slopes.reshape(nngp.shape)


def _carried(layer: Layer, term: Array, slopes: Array) -> Array:
    through = _gathered(layer, slopes * term)
    return through + term if layer.skip else through


def _gathered(layer: Layer, inner: Array) -> Array:
    """A[E]: σ_w²/|β| times the sum over the offsets, 0 where a position lies outside."""
    m, places = inner.shape[0], layer.positions
    total = np.zeros((m, places, m, places), dtype=inner.dtype)
    for row in layer.gather:
        inside = np.flatnonzero(row >= 0)
        part = inner[:, row[inside]][:, :, :, row[inside]]
        total[np.arange(m)[:, None, None, None], inside[:, None, None], np.arange(m)[:, None], inside] += part
    return total * _as_entry(layer.weight / layer.offsets, inner)


def _as_entry(value: Expr, like: Array) -> Any:
    """The number in the arithmetic of an array."""
    if like.dtype != object:
        return float(value)
    return enclose(value, bits=current_precision()) if isinstance(like.flat[0], arb) else value


def averaged(kernel: Array) -> Array:
    """Global average pooling: M⁻²·Σ_{p,p′} of a kernel on position pairs, an array over (input, input′)."""
    total = kernel.sum(axis=(1, 3))
    return total * _as_entry(sympy.Rational(1, kernel.shape[1] * kernel.shape[3]), kernel)


def exact_pair(activation: Activation) -> Pair:
    """The moments as exact expressions. Raises NoClosedFormError where the dual has none."""
    value, slope = dual(activation).general, derivative_dual(activation, general=True)

    def pair(q1: Expr, q2: Expr, covariance: Expr) -> tuple[Expr, Expr]:
        at = {Q1: q1, Q2: q2, RHO: covariance / (sympy.sqrt(q1) * sympy.sqrt(q2))}
        return sympy.expand(value.subs(at)), sympy.expand(slope.subs(at))

    return pair


def ball_pair(activation: Activation, *, bits: int = 128) -> Pair:
    """The moments as certified balls; a correlation ball is cut at ±1, where correlations end."""
    value, slope = dual(activation).general, derivative_dual(activation, general=True)

    def pair(q1: arb, q2: arb, covariance: arb) -> tuple[arb, arb]:
        rho = arb(1) if covariance is q1 and covariance is q2 else _cut(covariance / (q1 * q2).sqrt())
        at = {Q1: q1, Q2: q2, RHO: rho}
        return enclose(value, at, bits=bits), enclose(slope, at, bits=bits)

    return pair


def _cut(rho: arb) -> arb:
    return rho.intersection(arb(0, 1)) if rho.overlaps(arb(0, 1)) else rho


def float_pair(activation: Activation) -> Pair:
    """The moments in double precision."""
    expressions = (dual(activation).general, derivative_dual(activation, general=True))
    functions = [sympy.lambdify((Q1, Q2, RHO), expression, "numpy") for expression in expressions]

    def pair(q1: float, q2: float, covariance: float) -> tuple[float, float]:
        rho = float(np.clip(covariance / np.sqrt(q1 * q2), -1, 1))
        return float(functions[0](q1, q2, rho)), float(functions[1](q1, q2, rho))

    return pair
