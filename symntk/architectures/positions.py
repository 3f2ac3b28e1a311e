"""Sets of positions with parents and shared weights: the description of every convolutional network."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from types import MappingProxyType

from sympy import Expr, Integer

from symntk.architectures.half_line import HalfLine
from symntk.errors import DomainError

Position = Hashable
Point = tuple[int, ...]


@dataclass(frozen=True)
class Connection:
    """One connection q → p: its parent q, and the name of its weights; χ = 1 where two connections name the same."""

    parent: Position
    weight: Hashable


@dataclass(frozen=True, kw_only=True)
class PositionLayer:
    """The positions of a layer, each with its connections to the layer before.

    `window` is the divisor |ω|/(s₁⋯s_d) of the classical parametrisation; the parent-based one divides by |P(p)|.
    Raises DomainError for no positions, and where two connections into one position share their weights.

    >>> layer = PositionLayer(connections={0: (Connection("q", 1), Connection("q'", 2))}, window=Integer(2))
    >>> layer.parents(0), layer.shared(("q", 0), ("q'", 0))
    (('q', "q'"), False)
    """

    connections: Mapping[Position, tuple[Connection, ...]]
    window: Expr

    def __post_init__(self) -> None:
        if not self.connections:
            raise DomainError("a layer of a convolutional network was asked for, but its set of positions is empty")
        if self.window.is_positive is not True:
            raise DomainError(f"a layer with the divisor {self.window} was asked for; take a positive one")
        for position, into in self.connections.items():
            if len({c.weight for c in into}) != len(into):
                raise DomainError(
                    f"two connections into position {position} share their weights; give each connection of a "
                    "position its own"
                )
        object.__setattr__(self, "connections", MappingProxyType(dict(self.connections)))

    def parents(self, position: Position) -> tuple[Position, ...]:
        """P(p)."""
        return tuple(c.parent for c in self.connections[position])

    def shared(self, first: tuple[Position, Position], second: tuple[Position, Position]) -> bool:
        """χ(q → p, q′ → p′), for the connections (q, p) and (q′, p′)."""
        left, right = ({c.parent: c.weight for c in self.connections[p]} for _, p in (first, second))
        return left[first[0]] == right[second[0]]

    def pairs(self, first: Position, second: Position) -> Iterator[tuple[Position, Position]]:
        """The (q, q′) ∈ P(p) × P(p′) with χ(q → p, q′ → p′) = 1."""
        other = self._by_weight[second]
        return ((c.parent, other[c.weight]) for c in self.connections[first] if c.weight in other)

    @cached_property
    def _by_weight(self) -> dict[Position, dict[Hashable, Position]]:
        return {p: {c.weight: c.parent for c in into} for p, into in self.connections.items()}


@dataclass(frozen=True, kw_only=True)
class PositionNet:
    """The positions of the inputs and the layers after them, each of whose parents lie in the layer before.

    Raises DomainError where the sources are empty or a parent does not exist.
    """

    sources: frozenset[Position]
    layers: tuple[PositionLayer, ...]

    def __post_init__(self) -> None:
        if not self.sources or not self.layers:
            raise DomainError("a convolutional network was asked for without positions or layers; give at least one")
        known: frozenset[Position] = self.sources
        for depth, layer in enumerate(self.layers, 1):
            lost = {c.parent for into in layer.connections.values() for c in into} - known
            if lost:
                raise DomainError(f"layer {depth} has a parent {min(lost, key=str)} that the layer before has not")
            known = frozenset(layer.connections)

    def restricted(self, outputs: Iterable[Position]) -> PositionNet:
        """The same network on some of its last positions and all their ancestors."""
        kept, layers = frozenset(outputs), list[PositionLayer]()
        for layer in reversed(self.layers):
            layers.insert(0, replace(layer, connections={p: layer.connections[p] for p in kept}))
            kept = frozenset(c.parent for p in kept for c in layer.connections[p])
        return PositionNet(sources=kept, layers=tuple(layers))

    def positions(self, depth: int) -> frozenset[Position]:
        """I_ℓ, ℓ = 0 for the inputs."""
        return frozenset(self.layers[depth - 1].connections) if depth else self.sources


def lattice_layer(
    outputs: Iterable[Point], parents: Callable[[Point], Iterable[tuple[Point, Point]]], window: Expr
) -> PositionLayer:
    """A layer on points of ℤ^d; `parents` gives the (parent, tap) of a point, and connections of equal tap share."""
    connections: dict[Position, tuple[Connection, ...]] = {
        p: tuple(Connection(q, tap) for q, tap in parents(p)) for p in outputs
    }
    return PositionLayer(connections=connections, window=window)


def deconvolution(sizes: Point, axes: tuple[HalfLine, ...], depth: int) -> PositionNet:
    """A DC-NN on the boxes that grow from {0, …, sizes − 1}: each layer stretches by the stride and slides the window.

    A layer of n positions is followed by one of stride·(n − 1) + window − 2·padding, by the rule of `HalfLine`.
    Guarantee: exact. Raises DomainError where a box is empty.

    >>> net = deconvolution((3,), (HalfLine(stride=2, window=4),), 2)
    >>> len(net.positions(1)), net.layers[0].parents((1,)), net.layers[0].parents((2,))
    (8, ((0,),), ((0,), (1,)))
    """
    if len(sizes) != len(axes) or not axes:
        raise DomainError(
            f"a deconvolution of {len(sizes)} sizes and {len(axes)} axes was asked for; give one for each"
        )
    divisor = Integer(1)
    for axis in axes:
        divisor *= axis.mean_parents
    layers: list[PositionLayer] = []
    sources, box = _box(sizes), sizes
    for _ in range(depth):
        held = _box(box)
        box = tuple(a.stride * (n - 1) + a.window - 2 * a.padding for a, n in zip(axes, box, strict=True))
        layers.append(lattice_layer(sorted(_box(box)), _deconvolved(axes, held), divisor))
    return PositionNet(sources=frozenset(sources), layers=tuple(layers))


def convolution(sizes: Point, windows: Point, depth: int, *, cyclic: bool = False) -> PositionNet:
    """A convolutional network on a box of fixed size with centred windows, zero-padded, or cyclic.

    >>> net = convolution((5,), (3,), 1)
    >>> net.layers[0].parents((0,)), net.layers[0].parents((2,))
    (((0,), (1,)), ((1,), (2,), (3,)))
    """
    if len(sizes) != len(windows) or any(w < 1 or (cyclic and w > n) for w, n in zip(windows, sizes, strict=False)):
        raise DomainError(f"a convolution of {sizes} positions with the windows {windows} was asked for; take windows "
                          "of at least 1 for each axis, in a cycle at most its length")  # fmt: skip
    held, divisor = _box(sizes), Integer(1)
    for w in windows:
        divisor *= w
    taps = sorted(product(*(range(-((w - 1) // 2), w // 2 + 1) for w in windows)))

    def parents(p: Point) -> Iterator[tuple[Point, Point]]:
        for tap in taps:
            q = tuple(a + k for a, k in zip(p, tap, strict=True))
            if cyclic:
                q = tuple(a % n for a, n in zip(q, sizes, strict=True))
            if q in held:
                yield q, tap

    layer = lattice_layer(sorted(held), parents, divisor)
    return PositionNet(sources=frozenset(held), layers=(layer,) * depth)


def _deconvolved(
    axes: tuple[HalfLine, ...], held: frozenset[Point]
) -> Callable[[Point], Iterator[tuple[Point, Point]]]:
    def parents(p: Point) -> Iterator[tuple[Point, Point]]:
        for q in product(*(a.parents(x) for a, x in zip(axes, p, strict=True))):
            if q in held:
                yield q, tuple(a.tap(y, x) for a, y, x in zip(axes, q, p, strict=True))

    return parents


def _box(sizes: Point) -> frozenset[Point]:
    if any(n < 1 for n in sizes):
        raise DomainError(f"positions in a box of the sizes {sizes} were asked for; every size is at least 1")
    return frozenset(product(*(range(n) for n in sizes)))
