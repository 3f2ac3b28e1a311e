"""Certified kernels of a deconvolutional net near the border for any activation, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

from flint import arb
from sympy import Expr

from symntk.activations.activation import Activation
from symntk.architectures.border import Place, checked_beta
from symntk.architectures.half_line import HalfLine
from symntk.errors import DomainError, UndecidedError
from symntk.meanfield.moments import GaussianMoment, second_moment_of, slope_moment_of
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

_GUARD_BITS, _MOST_BITS = 32, 1 << 14


@dataclass(frozen=True, kw_only=True)
class BorderValue:
    """Balls around Σ^{(L)} and Θ^{(L)} on the diagonal at one position."""

    place: Place
    sigma: arb
    ntk: arb


def border_values(
    activation: Activation, axes: tuple[HalfLine, ...], places: tuple[Place, ...], layers: int, beta: Expr, *, bits: int
) -> tuple[BorderValue, ...]:
    """Σ^{(L)}_{pp}(x, x) and Θ^{(L)}_{pp}(x, x) at each place, φ standardised, inputs of norm √n₀ at every position.

    V^{(1)} = β² + (1 − β²)·A1, V^{(ℓ+1)} = β² + (1 − β²)·A m(V^{(ℓ)}), with (Av)(p) the sum of v over the parents of p
    over the mean number of parents, and m(q) = E φ(√q u)²/E φ(u)²; Θ^{(1)} = V^{(1)}, and
    Θ^{(ℓ+1)} = V^{(ℓ+1)} + (1 − β²)·A(Θ^{(ℓ)}·ṁ(V^{(ℓ)})), ṁ(q) = E φ′(√q u)²/E φ(u)².
    Domain: φ without jumps, 0 ≤ β < 1, L ≥ 1; where a coordinate is far, windows that are multiples of the stride.
    Guarantee: certified to a relative 2^−bits. Raises DomainError outside of it, UndecidedError where no bits suffice.
    Source: [jacot2019].

    >>> from symntk.activations.catalogue import activation
    >>> from sympy import S
    >>> line = HalfLine(stride=2, window=4)
    >>> border_values(activation("relu"), (line,), ((0,),), 3, S.Zero, bits=30)[0].sigma.str(5)
    '0.12500'
    """
    slope = slope_moment_of(activation)
    if slope is None:
        raise DomainError(f"the NTK of {activation.name} was asked for, but it jumps; take a continuous activation")
    if layers < 1:
        raise DomainError(f"the kernels after {layers} layers were asked for; take at least 1")
    if any(p is None and not a.even for place in places for a, p in zip(axes, place, strict=True)):
        raise DomainError(
            "values far from the border were asked for, but with a window that is no multiple of the stride they "
            "differ from position to position; take another window"
        )
    moments, square, precision = (second_moment_of(activation), slope), checked_beta(beta) ** 2, bits + _GUARD_BITS
    while precision <= _MOST_BITS:
        with working_precision(precision):
            found = _walked(axes, places, moments, layers, enclose(square, bits=precision), precision)
        if all(min(v.sigma.rel_accuracy_bits(), v.ntk.rel_accuracy_bits()) >= bits for v in found):
            return found
        precision *= 2
    raise UndecidedError(
        f"the kernels of {activation.name} after {layers} layers were asked for to {bits} bits, but {_MOST_BITS} bits "
        "do not fix them; take fewer layers or digits"
    )


def _walked(
    axes: tuple[HalfLine, ...],
    places: tuple[Place, ...],
    moments: tuple[GaussianMoment, GaussianMoment],
    layers: int,
    square: arb,
    bits: int,
) -> tuple[BorderValue, ...]:
    """The recursion over all ancestors of the places, in balls."""
    parents = family(axes, places)
    norm, weight = moments[0].enclose(arb(1), bits), 1 - square
    share = prod((enclose(a.mean_parents, bits=bits) for a in axes), start=arb(1))

    def spread(values: dict[Place, arb]) -> dict[Place, arb]:
        means = {p: sum((values[q] * count for q, count in above), arb(0)) / share for p, above in parents.items()}
        return {p: weight * mean for p, mean in means.items()}

    sigma = {p: square + v for p, v in spread({p: arb(1) for p in parents}).items()}
    ntk = dict(sigma)
    for _ in range(layers - 1):
        mapped = {p: moments[0].enclose(q, bits) / norm for p, q in sigma.items()}
        carried = {p: ntk[p] * moments[1].enclose(q, bits) / norm for p, q in sigma.items()}
        sigma = {p: square + v for p, v in spread(mapped).items()}
        ntk = {p: sigma[p] + v for p, v in spread(carried).items()}
    return tuple(BorderValue(place=p, sigma=sigma[p], ntk=ntk[p]) for p in places)


def family(axes: tuple[HalfLine, ...], places: tuple[Place, ...]) -> dict[Place, list[tuple[Place, int]]]:
    """The places and all their ancestors, each with its parents and how many of them are alike.

    >>> family((HalfLine(stride=2, window=4),), ((2,),))
    {(2,): [((0,), 1), ((1,), 1)], (1,): [((0,), 1)], (0,): [((0,), 1)]}
    """
    found: dict[Place, list[tuple[Place, int]]] = {}
    fresh = list(places)
    while fresh:
        place = fresh.pop()
        if place not in found:
            found[place] = list(_parents(axes, place))
            fresh += [q for q, _ in found[place]]
    return found


def _parents(axes: tuple[HalfLine, ...], place: Place) -> Iterator[tuple[Place, int]]:
    """The parents of a place; the parents of a far coordinate are far and alike."""
    columns: list[list[tuple[int | None, int]]] = [
        [(None, int(a.mean_parents))] if p is None else [(q, 1) for q in a.parents(p)]
        for a, p in zip(axes, place, strict=True)
    ]
    for row in product(*columns):
        yield tuple(q for q, _ in row), prod(count for _, count in row)
