"""Polynomials in independent Gaussian weights, with their exact means: the expected kernels of tiny networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Weighted:
    """A polynomial that an array of objects takes for a number."""

    value: fmpq_mpoly

    def __add__(self, other: Weighted | int | fmpq) -> Weighted:
        return Weighted(self.value + (other.value if isinstance(other, Weighted) else other))

    def __mul__(self, other: Weighted | int | fmpq) -> Weighted:
        return Weighted(self.value * (other.value if isinstance(other, Weighted) else other))

    __radd__, __rmul__ = __add__, __mul__


def gaussian_letters(count: int) -> list[Weighted]:
    """So many letters of one ring, each a standard Gaussian.

    >>> first, second = gaussian_letters(2)
    >>> exact_mean(first * first * second * second * 3 + first, [fmpq(1), fmpq(2)])
    6
    """
    context = fmpq_mpoly_ctx.get([f"w{i}" for i in range(max(count, 1))], Ordering.lex)
    return [Weighted(letter) for letter in context.gens()[:count]]


def exact_mean(polynomial: Weighted | int | fmpq, variances: Sequence[fmpq]) -> fmpq:
    """E P(w) for independent centred Gaussians: E wⁿ = (n − 1)!!·varⁿᐟ² for even n, 0 for odd n. Guarantee: exact."""
    if not isinstance(polynomial, Weighted):
        return fmpq(polynomial)
    total = fmpq(0)
    for powers, coefficient in polynomial.value.terms():
        if not any(n % 2 for n in powers):
            factors = (variances[i] ** (int(n) // 2) * prod(range(1, int(n), 2)) for i, n in enumerate(powers) if n)
            total += prod(factors, start=coefficient)
    return total


def exact_means(array: NDArray[np.object_], variances: Sequence[fmpq]) -> NDArray[np.object_]:
    """The mean of every entry."""
    found = np.empty(array.shape, dtype=object)
    for index in np.ndindex(array.shape):
        entry: Weighted | int = array[index]  # pyright: ignore[reportAssignmentType]
        found[index] = exact_mean(entry, variances)
    return found
