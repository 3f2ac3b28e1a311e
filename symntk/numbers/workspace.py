"""The generators met while one formula is brought to normal form, and what is known of them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace

from flint import fmpq

from symntk.numbers.algebra import Element, Field
from symntk.numbers.positivity import Signs, proved_nonnegative


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How much room the normal form needs; found by starting again with more."""

    generators: int = 16
    root_degree: int = 2
    """Every root is a power of a root of this degree."""
    exponential_degree: int = 1
    """Every exponential is a product of powers of e^{direction/degree}."""


class StartAgain(Exception):
    """The normal form needs the larger sizes given here."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__(str(sizes))
        self.sizes = sizes


@dataclass(kw_only=True)
class Workspace:
    """A field with its named generators, the directions of its exponentials and the arguments of its logarithms."""

    sizes: Sizes
    algebra: Field
    signs: Signs = field(default_factory=Signs)
    named: dict[Hashable, int] = field(default_factory=lambda: dict[Hashable, int]())
    directions: list[tuple[Element, int]] = field(default_factory=lambda: list[tuple[Element, int]]())
    logarithm_of: dict[int, Element] = field(default_factory=lambda: dict[int, Element]())

    def atom(self, name: Hashable, *, real: bool = False, nonnegative: bool = False) -> Element:
        """The generator of that name, made when it is first met."""
        index = self.named.get(name)
        if index is None:
            index = self.named[name] = self.algebra.new_generator()
            self.note_signs(index, real=real, nonnegative=nonnegative)
        return self.algebra.generator(index)

    def note_signs(self, index: int, *, real: bool, nonnegative: bool) -> None:
        """Remember what is known of a generator."""
        if real or nonnegative:
            self.signs.real.add(index)
        if nonnegative:
            self.signs.nonnegative.add(index)

    def imaginary_unit(self) -> Element:
        """i, with i² = −1."""
        index = self.named.get("i")
        if index is None:
            index = self.named["i"] = self.algebra.new_root(2, self.algebra.constant(-1).numerator)
        return self.algebra.generator(index)

    def is_real(self, element: Element) -> bool:
        """Whether only real generators occur."""
        both = zip(element.numerator.degrees(), element.denominator.degrees(), strict=True)
        used = [self.algebra.size - 1 - position for position, degrees in enumerate(both) if any(degrees)]
        return all(index in self.signs.real for index in used)

    def is_nonnegative(self, element: Element) -> bool:
        """Whether a polynomial element is proved non-negative."""
        return proved_nonnegative(element.numerator, self.algebra, self.signs)

    def need_root_degree(self, exponent: fmpq) -> None:
        """Start again if the denominator of the exponent does not divide the degree of the roots."""
        needed = self.sizes.root_degree * int((exponent * self.sizes.root_degree).q)
        if needed != self.sizes.root_degree:
            raise StartAgain(replace(self.sizes, root_degree=needed))

    def need_exponential_degree(self, coordinate: fmpq) -> None:
        """Start again if the denominator of the coordinate does not divide the degree of the exponentials."""
        needed = self.sizes.exponential_degree * int((coordinate * self.sizes.exponential_degree).q)
        if needed != self.sizes.exponential_degree:
            raise StartAgain(replace(self.sizes, exponential_degree=needed))


def new_workspace(sizes: Sizes) -> Workspace:
    """An empty workspace of the given sizes."""
    return Workspace(sizes=sizes, algebra=Field(sizes.generators))
