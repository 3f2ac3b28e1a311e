"""Matrices of balls from exact or certain entries, with exponentials and powers of proved accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import arb, arb_mat
from sympy import Expr

from symntk.errors import DomainError, UndecidedError
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

Entry = Expr | int | Fraction | arb
Rows = Sequence[Sequence[Entry]]

GUARD_BITS = 64
_BITS_PER_NORM = 3
"""The exponential of a matrix of norm x may lose about 2x/log 2 bits between its largest and its smallest entries."""
LONGEST = 200_000
"""Working bits after which an exponential is given up."""


def ball_matrix(rows: Rows, bits: int) -> arb_mat:
    """The matrix with each entry enclosed to `bits` bits.

    Raises DomainError for rows of different lengths and for no entries.

    >>> ball_matrix([[1, Fraction(1, 2)], [0, 3]], 53)
    [1.00000000000000, 0.500000000000000]
    [               0,  3.00000000000000]
    """
    if not rows or not rows[0] or len({len(row) for row in rows}) != 1:
        raise DomainError("a matrix was asked for, but its rows are empty or of different lengths; give a full array")
    return arb_mat([[x if isinstance(x, arb) else enclose(x, bits=bits) for x in row] for row in rows])


def column(entries: Sequence[Entry], bits: int) -> arb_mat:
    """The entries as a matrix of one column."""
    return ball_matrix([[entry] for entry in entries], bits)


def identity(size: int) -> arb_mat:
    """I."""
    return arb_mat([[int(i == j) for j in range(size)] for i in range(size)])


def blocks(grid: Sequence[Sequence[arb_mat]]) -> arb_mat:
    """One matrix from a grid of matrices.

    >>> blocks([[identity(1), identity(1)], [identity(1), identity(1)]]).nrows()
    2
    """
    rows: list[list[arb]] = []
    for line in grid:
        tables = [part.tolist() for part in line]
        rows += [[entry for table in tables for entry in table[i]] for i in range(line[0].nrows())]
    return arb_mat(rows)


def part(matrix: arb_mat, rows: range, columns: range) -> arb_mat:
    """The entries in some rows and columns."""
    return arb_mat([[matrix[i, j] for j in columns] for i in rows])


def norm(matrix: arb_mat) -> arb:
    """An upper bound of the largest absolute row sum, which bounds the spectral radius.

    >>> norm(arb_mat([[1, -2], [0, 1]]))
    3.00000000000000
    """
    return max((sum((abs(x) for x in row), arb(0)).abs_upper() for row in matrix.tolist()), key=float)


def exponential_precision(size: arb, bits: int) -> int:
    """The working precision for the exponential of a matrix of that norm; UndecidedError beyond `LONGEST` bits."""
    wanted = bits + GUARD_BITS + _BITS_PER_NORM * int(float(size) + 1)
    if wanted > LONGEST:
        raise UndecidedError(
            f"the exponential of a matrix of norm {size.str(3, radius=False)} was asked for, but it takes {wanted} "
            "bits; take a shorter time, or the limit"
        )
    return wanted


def flow(matrix: arb_mat) -> tuple[arb_mat, arb_mat]:
    """(e^A, φ₁(A)) with φ₁(z) = (e^z − 1)/z, entire, so that A may be singular: exp [[A, I], [0, 0]] holds both.

    Guarantee: certified at the precision in force.

    >>> flow(arb_mat([[0]]))[1]
    [1.00000000000000]
    """
    size = matrix.nrows()
    empty = arb_mat(size, size)
    whole = blocks([[matrix, identity(size)], [empty, empty]]).exp()
    first, second = range(size), range(size, 2 * size)
    return part(whole, first, first), part(whole, first, second)


def powers(matrix: arb_mat, count: int) -> tuple[arb_mat, arb_mat]:
    """(Bⁿ, I + B + … + Bⁿ⁻¹) by repeated squaring of [[B, I], [0, I]].

    Guarantee: certified at the precision in force. Raises DomainError for a negative count.

    >>> powers(arb_mat([[2]]), 5)[1]
    [31.0000000000000]
    """
    if count < 0:
        raise DomainError(f"{count} steps of a recursion were asked for; take a number from 0 on")
    size = matrix.nrows()
    whole = identity(2 * size)
    square = blocks([[matrix, identity(size)], [arb_mat(size, size), identity(size)]])
    while count:
        whole = whole * square if count % 2 else whole
        square, count = square * square, count // 2
    first, second = range(size), range(size, 2 * size)
    return part(whole, first, first), part(whole, first, second)


def entries(matrix: arb_mat) -> tuple[arb, ...]:
    """The entries row by row."""
    return tuple(entry for row in matrix.tolist() for entry in row)


def enclosed(values: Sequence[Entry], bits: int) -> tuple[arb, ...]:
    """Balls of the entries."""
    with working_precision(bits + GUARD_BITS):
        return entries(column(values, bits))
