"""Exponentials in normal form: products of integer powers of exponentials of directions independent over ℚ."""

from __future__ import annotations

from flint import fmpq, fmpq_mpoly

from symntk.numbers.algebra import Element
from symntk.numbers.radicals import rational_power
from symntk.numbers.workspace import Workspace


def exponential(exponent: Element, space: Workspace, *, real: bool) -> Element:
    """e^exponent; e^{c·log b} becomes b^c, e^{iπk/2} a power of i. `real` says that the exponent is known to be real.

    Guarantee: exact, since e^{Σ cⱼEⱼ} = Π (e^{Eⱼ/m})^{m·cⱼ} for integers m·cⱼ.
    """
    exponent, factor = _without_logarithms(exponent, space)
    if exponent.is_zero:
        return factor
    real = real and (factor == space.algebra.one or space.is_real(exponent))
    coordinates = _coordinates(exponent, [direction for direction, _ in space.directions], space)
    if coordinates is None:
        _new_direction(exponent, space, real=real)
        coordinates = [fmpq(0)] * (len(space.directions) - 1) + [fmpq(1)]
    for coordinate, (_, index) in zip(coordinates, space.directions, strict=True):
        space.need_exponential_degree(coordinate)
        power = int((coordinate * space.sizes.exponential_degree).p)
        factor = space.algebra.multiply(factor, space.algebra.power(space.algebra.generator(index), power))
    return factor


def _new_direction(exponent: Element, space: Workspace, *, real: bool) -> None:
    index = space.algebra.new_generator()
    space.note_signs(index, real=real, nonnegative=real)
    space.directions.append((exponent, index))


def _without_logarithms(exponent: Element, space: Workspace) -> tuple[Element, Element]:
    """The exponent without its rational multiples of logarithms and of iπ/2, and the exponential of those."""
    algebra, factor = space.algebra, space.algebra.one
    if not exponent.denominator.is_constant():
        return exponent, factor
    for index, base in list(space.logarithm_of.items()):
        coefficient = _coefficient(exponent.numerator, (index,), space)
        if coefficient:
            factor = algebra.multiply(factor, rational_power(base, coefficient, space))
            exponent = algebra.add(exponent, algebra.scale(-coefficient, algebra.generator(index)))
    if "i" in space.named and "pi" in space.named:
        turn = (space.named["i"], space.named["pi"])
        coefficient = _coefficient(exponent.numerator, turn, space)
        if coefficient and (2 * coefficient).q == 1:
            factor = algebra.multiply(factor, algebra.power(space.imaginary_unit(), int((2 * coefficient).p) % 4))
            product = algebra.multiply(algebra.generator(turn[0]), algebra.generator(turn[1]))
            exponent = algebra.add(exponent, algebra.scale(-coefficient, product))
    return exponent, factor


def _coefficient(polynomial: fmpq_mpoly, indices: tuple[int, ...], space: Workspace) -> fmpq:
    monomial = [0] * space.algebra.size
    for index in indices:
        monomial[space.algebra.position(index)] = 1
    return polynomial[tuple(monomial)]


def _coordinates(target: Element, basis: list[Element], space: Workspace) -> list[fmpq] | None:
    """Rational c with target = Σ cⱼ·basisⱼ; None if there are none. The basis is independent over ℚ."""
    common = space.algebra.one.numerator
    for element in (*basis, target):
        common = common * (element.denominator / common.gcd(element.denominator))
    rows = [_vector(e.numerator * (common / e.denominator)) for e in (*basis, target)]
    rest, pivots = rows[-1], list[tuple[tuple[int, ...], dict[tuple[int, ...], fmpq], list[fmpq]]]()
    for number, row in enumerate(rows[:-1]):
        weights = [fmpq(int(j == number)) for j in range(len(basis))]
        row, weights = _eliminated(row, weights, pivots)
        pivots.append((next(iter(row)), row, weights))
    rest, weights = _eliminated(rest, [fmpq(0)] * len(basis), pivots)
    return None if rest else [-w for w in weights]


Vector = dict[tuple[int, ...], fmpq]


def _vector(polynomial: fmpq_mpoly) -> Vector:
    return dict(zip(polynomial.monoms(), polynomial.coeffs(), strict=True))


def _eliminated(
    row: Vector, weights: list[fmpq], pivots: list[tuple[tuple[int, ...], Vector, list[fmpq]]]
) -> tuple[Vector, list[fmpq]]:
    """The row minus multiples of the pivot rows, so that it vanishes at their pivots, and its weights in the basis."""
    for place, pivot, pivot_weights in pivots:
        if place in row:
            factor = row[place] / pivot[place]
            row = {key: row.get(key, fmpq(0)) - factor * pivot.get(key, fmpq(0)) for key in row.keys() | pivot.keys()}
            row = {key: value for key, value in row.items() if value != 0}
            weights = [w - factor * p for w, p in zip(weights, pivot_weights, strict=True)]
    return row, weights
