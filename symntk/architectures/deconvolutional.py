"""The kernels of convolutional networks between any two positions, and the checkerboards of deconvolutional ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import sympy
from sympy import Expr, S, oo, sqrt

from symntk.activations.activation import Activation
from symntk.architectures.layer import Layer
from symntk.architectures.positions import Point, Position, PositionLayer, PositionNet
from symntk.errors import DomainError
from symntk.gaussian.dual import derivative_dual, dual
from symntk.gaussian.moments import second_moment
from symntk.meanfield.moments import slope_moment_of
from symntk.notation import Q1, Q2, RHO

Parametrisation = Literal["classical", "parent"]
Pair = tuple[Position, Position]
Inputs = Callable[[Position, Position], Expr]
"""x_pᵀy_p′/n₀ for two positions of the inputs."""


@dataclass(frozen=True, kw_only=True)
class Rates:
    """The learning rates of the weights and of the biases of layer ℓ, over the common one; 1 by default."""

    weights: Callable[[int], Expr] = field(default=lambda _: S.One)
    biases: Callable[[int], Expr] = field(default=lambda _: S.One)


UNIFORM = Rates()


@dataclass(frozen=True, kw_only=True)
class ConvolutionalKernels:
    """Σ^{(ℓ)}_{pp′}(x, y) and Θ^{(ℓ)}_{pp′}(x, y) of a network of infinitely many channels, exactly.

    With N = window (classical) or N = √(|P(p)|·|P(p′)|) (parent-based), sums over the shared pairs q → p, q′ → p′,
    Σ^{(1)} = β² + (1 − β²)/N Σ x_qᵀy_q′/n₀, Σ^{(ℓ+1)} = β² + (1 − β²)/N Σ E φ(u)φ(v),
    Θ^{(1)} = Σ^{(1)}, Θ^{(ℓ+1)} = Σ^{(ℓ+1)} + (1 − β²)/N Σ Θ^{(ℓ)}_{qq′} E φ′(u)φ′(v), (u, v) ~ N(0, Σ^{(ℓ)}).
    `inputs` holds the pair x, y; `first` and `second` are the inner products of x and of y with themselves, by default
    those of `inputs`, that is x = y. Domain: φ without jumps, 0 ≤ β² ≤ 1. Guarantee: exact; inert expectations where
    there is no closed form.
    Raises DomainError for a position without parents under the parent-based parametrisation. Source: [jacot2019].
    """

    net: PositionNet
    activation: Activation
    beta_squared: Expr
    inputs: Inputs
    first: Inputs | None = None
    second: Inputs | None = None
    parametrisation: Parametrisation = "classical"
    rates: Rates = UNIFORM
    _known: dict[tuple[str, int, Pair], Expr] = field(default_factory=dict, repr=False, compare=False)

    def sigma(self, depth: int, first: Position, second: Position) -> Expr:
        """Σ^{(ℓ)}_{pp′}(x, y), ℓ ≥ 1."""
        return self._sigma("xy", depth, (first, second))

    def ntk(self, depth: int, first: Position, second: Position) -> Expr:
        """Θ^{(ℓ)}_{pp′}(x, y), ℓ ≥ 1."""
        return self._memo("ntk", depth, (first, second), self._ntk)

    def _memo(self, kind: str, depth: int, pair: Pair, compute: Callable[[int, Pair], Expr]) -> Expr:
        if (kind, depth, pair) not in self._known:
            self._known[kind, depth, pair] = compute(depth, pair)
        return self._known[kind, depth, pair]

    def _sigma(self, kind: str, depth: int, pair: Pair) -> Expr:
        return self._memo(kind, depth, pair, lambda d, p: self.beta_squared + self._inner(kind, d, p))

    def _inner(self, kind: str, depth: int, pair: Pair) -> Expr:
        """Σ − β²: the part of the weights of the layer."""
        layer = self._layer(depth)
        if depth == 1:
            given = {"xy": self.inputs, "xx": self.first or self.inputs, "yy": self.second or self.inputs}[kind]
            total = sum((given(*sources) for sources in layer.pairs(*pair)), S.Zero)
        else:
            total = sum((self._pair(kind, depth - 1, qq) for qq in layer.pairs(*pair)), S.Zero)
        return self._weight(layer, pair) * total

    def _ntk(self, depth: int, pair: Pair) -> Expr:
        own = self.rates.biases(depth - 1) * self.beta_squared
        own += self.rates.weights(depth - 1) * self._inner("xy", depth, pair)
        if depth == 1:
            return own
        layer = self._layer(depth)
        carried = sum((self.ntk(depth - 1, *qq) * self._slope(depth - 1, qq) for qq in layer.pairs(*pair)), S.Zero)
        return own + self._weight(layer, pair) * carried

    def _layer(self, depth: int) -> PositionLayer:
        if not 1 <= depth <= len(self.net.layers):
            raise DomainError(
                f"a kernel of layer {depth} was asked for; the network has the layers 1 to {len(self.net.layers)}"
            )
        return self.net.layers[depth - 1]

    def _weight(self, layer: PositionLayer, pair: Pair) -> Expr:
        if self.parametrisation == "classical":
            return (1 - self.beta_squared) / layer.window
        counts = [len(layer.parents(p)) for p in pair]
        if 0 in counts:
            raise DomainError(
                f"the parent-based kernel of the positions {pair} was asked for, but one has no parents; take others"
            )
        return (1 - self.beta_squared) / sqrt(sympy.Integer(counts[0] * counts[1]))

    def _pair(self, kind: str, depth: int, pair: Pair) -> Expr:
        """E φ(u)φ(v) at the kernel of the layer."""
        c, q1, q2 = self._moments(kind, depth, pair)
        if c == q1 == q2:
            return _closed(second_moment(self.activation, q1))
        return _closed(_general(self.activation, slope=False, c=c, q1=q1, q2=q2))

    def _slope(self, depth: int, pair: Pair) -> Expr:
        """E φ′(u)φ′(v) at the kernel of the layer."""
        c, q1, q2 = self._moments("xy", depth, pair)
        if c == q1 == q2:
            moment = slope_moment_of(self.activation)
            if moment is None:
                raise DomainError(
                    f"the NTK of {self.activation.name} was asked for, but it jumps; take a continuous one"
                )
            return _closed(moment.at(q1))
        return _closed(_general(self.activation, slope=True, c=c, q1=q1, q2=q2))

    def _moments(self, kind: str, depth: int, pair: Pair) -> tuple[Expr, Expr, Expr]:
        p, other = pair
        left, right = {"xy": ("xx", "yy"), "xx": ("xx", "xx"), "yy": ("yy", "yy")}[kind]
        if self.first is None and self.second is None:
            left = right = kind = "xy"
        return (
            self._sigma(kind, depth, pair),
            self._sigma(left, depth, (p, p)),
            self._sigma(right, depth, (other, other)),
        )


def _general(phi: Activation, *, slope: bool, c: Expr, q1: Expr, q2: Expr) -> Expr:
    form = derivative_dual(phi, general=True) if slope else dual(phi).general
    return form.subs({RHO: c / sqrt(q1 * q2), Q1: q1, Q2: q2}, simultaneous=True)


def _closed(value: Expr) -> Expr:
    return sympy.cancel(value) if value.is_rational_function() else value


def finite_layers(net: PositionNet, beta_squared: Expr) -> tuple[Layer, ...]:
    """The layers of the finite random network of a net, in the classical parametrisation.

    The weights of a layer are as many matrices as it names, each of variance (1 − β²)/(window·fan-in).
    Raises DomainError for β² = 1.

    >>> from symntk.architectures.half_line import HalfLine
    >>> from symntk.architectures.positions import deconvolution
    >>> layers = finite_layers(deconvolution((2,), (HalfLine(stride=2, window=4),), 1), S.Zero)
    >>> layers[0].gather.tolist(), layers[0].weight
    ([[0, -1, 1, -1, -1, -1], [-1, 0, -1, 1, -1, -1], [-1, -1, 0, -1, 1, -1], [-1, -1, -1, 0, -1, 1]], 2)
    """
    found: list[Layer] = []
    before = sorted(net.sources, key=_order)
    for layer in net.layers:
        places = {p: i for i, p in enumerate(before)}
        names = sorted({c.weight for into in layer.connections.values() for c in into}, key=_order)
        after = sorted(layer.connections, key=_order)
        gather = np.full((len(names), len(after)), -1, dtype=np.int64)
        for column, p in enumerate(after):
            for c in layer.connections[p]:
                gather[names.index(c.weight), column] = places[c.parent]
        weight = (1 - beta_squared) * len(names) / layer.window
        found.append(
            Layer(gather=gather, entering=len(before), weight=weight, bias=beta_squared, activated=bool(found))
        )
        before = after
    return tuple(found)


def _order(name: object) -> tuple[str, object]:
    return (type(name).__name__, name)


def valuation(stride: Point, difference: Point) -> Expr:
    """v_s(n): the largest k with s_iᵏ | n_i for every axis i; ∞ for n = 0.

    Domain: strides ≥ 2. Guarantee: exact. Raises DomainError outside of it. Source: [jacot2019].

    >>> valuation((2, 3), (4, 9)), valuation((2, 2), (0, 8)), valuation((2,), (0,))
    (2, 3, oo)
    """
    if len(stride) != len(difference) or not stride or any(s < 2 for s in stride):
        raise DomainError(
            f"a valuation for the stride {stride} was asked for; take strides of at least 2, one per axis"
        )
    if not any(difference):
        return oo
    found = 0
    while all(n % s ** (found + 1) == 0 for s, n in zip(stride, difference, strict=True)):
        found += 1
    return sympy.Integer(found)


def checkerboard_kernel(activation: Activation, beta_squared: Expr, degree: int) -> Expr:
    """c_v = (B∘R)^{∘v}(β²), B(ρ) = β² + (1 − β²)ρ, R the dual of φ: Σ_{pp′} at valuation v < ℓ, whatever the inputs.

    Domain: φ standardised, images without border. Guarantee: exact. Source: [jacot2019].

    >>> from symntk.activations.catalogue import activation
    >>> from symntk.gaussian.moments import standardized
    >>> checkerboard_kernel(standardized(activation("relu")), S.Zero, 1)
    1/pi
    """
    return _checkerboards(activation, beta_squared, degree)[0][-1]


def checkerboard_ntk(activation: Activation, beta_squared: Expr, degree: int) -> Expr:
    """Σ_{k≤v} c_k (1 − β²)^{v−k} Π_{k≤m<v} R′(c_m): Θ_{pp′} at valuation v < L, whatever the inputs and L.

    It is the NTK of a fully connected net of v + 1 layers on a pair of first correlation β².
    Domain: φ standardised and without jumps, images without border. Guarantee: exact.
    Source: [jacot2019], where the products run over m < k.

    >>> from symntk.activations.catalogue import activation
    >>> from symntk.gaussian.moments import standardized
    >>> checkerboard_ntk(standardized(activation("relu")), S.Zero, 1)
    1/pi
    """
    kernels, slopes = _checkerboards(activation, beta_squared, degree)
    total = kernels[0]
    for kernel, slope in zip(kernels[1:], slopes, strict=True):
        total = kernel + (1 - beta_squared) * slope * total
    return total


def _checkerboards(phi: Activation, beta_squared: Expr, degree: int) -> tuple[list[Expr], list[Expr]]:
    """c_0, …, c_v and R′(c_0), …, R′(c_{v−1})."""
    if degree < 0:
        raise DomainError(f"a checkerboard of degree {degree} was asked for; take a degree of at least 0")
    kernels, slopes = [beta_squared], list[Expr]()
    for _ in range(degree):
        slopes.append(derivative_dual(phi).subs(RHO, kernels[-1]))
        kernels.append(beta_squared + (1 - beta_squared) * dual(phi).expression.subs(RHO, kernels[-1]))
    return kernels, slopes
