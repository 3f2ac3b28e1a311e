"""The half-line of positions of a deconvolutional layer: who is a parent of whom, and how chains meet its end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sympy import Rational

from symntk.errors import DomainError


@dataclass(frozen=True, kw_only=True)
class HalfLine:
    """The positions 0, 1, 2, … of every layer; q is a parent of p when the tap p + padding − stride·q is in the window.

    The taps are 0, …, window − 1. `padding` positions are cut off at the end, as by the padding of transposed
    convolutions in libraries; 0 is the net of [jacot2019], whose windows are {1 − window, …, 0}.
    Domain: window ≥ stride ≥ 1, 0 ≤ padding < window. Raises DomainError outside of it.

    >>> line = HalfLine(stride=2, window=4)
    >>> list(line.parents(0)), list(line.parents(5)), line.mean_parents
    ([0], [1, 2], 2)
    """

    stride: int
    window: int
    padding: int = 0

    def __post_init__(self) -> None:
        asked = f"a deconvolution of stride {self.stride} and window {self.window} was asked for"
        if self.stride < 1:
            raise DomainError(f"{asked}, but a stride is at least 1; take --stride 2 or more")
        if self.window < self.stride:
            raise DomainError(f"{asked}, but then some positions have no parents; take a window of at least the stride")
        if not 0 <= self.padding < self.window:
            raise DomainError(f"{asked}, but with the padding {self.padding}; take one from 0 to {self.window - 1}")

    @property
    def mean_parents(self) -> Rational:
        """window/stride: the mean number of parents far from the end, the divisor of the classical parametrisation."""
        return Rational(self.window, self.stride)

    @property
    def even(self) -> bool:
        """Whether all positions far from the end have equally many parents."""
        return self.window % self.stride == 0

    def lowest(self, position: int) -> int:
        """The least parent that the position would have without an end."""
        return -((self.window - 1 - position - self.padding) // self.stride)

    def parents(self, position: int) -> range:
        """The parents of a position p ≥ 0."""
        return range(max(self.lowest(position), 0), (position + self.padding) // self.stride + 1)

    def tap(self, parent: int, position: int) -> int:
        """The entry of the window that connects a parent to the position."""
        return position + self.padding - self.stride * parent

    def lacks(self, position: int) -> bool:
        """Whether the end takes a parent away from the position."""
        return self.lowest(position) < 0

    @cached_property
    def border(self) -> int:
        """How many positions lack a parent: 0, …, border − 1.

        >>> HalfLine(stride=2, window=4).border, HalfLine(stride=2, window=4, padding=1).border
        (2, 1)
        """
        return max(self.window - self.stride - self.padding, 0)

    @cached_property
    def trapped(self) -> int:
        """The largest K whose positions 0, …, K have no ancestor beyond K: ⌊padding/(stride − 1)⌋.

        Domain: stride ≥ 2. Raises DomainError for stride 1, where ancestors spread without bound.
        """
        if self.stride == 1:
            raise DomainError(
                "the ancestors of a position were asked for at stride 1, where they spread over ever more positions "
                "and have no finite transfer matrix; take a stride of at least 2"
            )
        return self.padding // (self.stride - 1)

    def ancestors(self, position: int) -> tuple[int, ...]:
        """The position and its ancestors of every level, in increasing order."""
        _ = self.trapped
        found, fresh = {position}, {position}
        while fresh:
            fresh = {q for p in fresh for q in self.parents(p)} - found
            found |= fresh
        return tuple(sorted(found))

    def chains(self, position: int, levels: int) -> list[int]:
        """How many chains of parents of length 0, …, levels − 1 start at the position.

        >>> HalfLine(stride=2, window=4).chains(2, 5)
        [1, 2, 2, 2, 2]
        """
        states = self.ancestors(position)
        counts, found = dict.fromkeys(states, 1), [1]
        for _ in range(levels - 1):
            counts = {p: sum(counts[q] for q in self.parents(p)) for p in states}
            found.append(counts[position])
        return found[:levels]
