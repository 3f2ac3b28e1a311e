"""Certified eigenvalues of a symmetric matrix, whatever their multiplicities."""

from __future__ import annotations

from flint import arb, arb_mat
from mpmath import mp

from symntk.dynamics.matrix import Rows, ball_matrix, identity, norm
from symntk.errors import DomainError, UndecidedError
from symntk.numbers.precision import working_precision

_GUARD_BITS = 64
_DIGITS_PER_BIT = 0.30103


def eigenvalues(matrix: Rows, *, bits: int = 64) -> tuple[arb, ...]:
    """The eigenvalues of a symmetric matrix in increasing order, each as often as its multiplicity.

    With columns V that are orthonormal to a precision, VᵀV = I + E and VᵀKV = D + F: Ostrowski's theorem gives
    λ_i(VᵀKV) = θ_i·λ_i(K), |θ_i − 1| ≤ ‖E‖, and Weyl's |λ_i(VᵀKV) − d_i| ≤ ‖F‖.
    Guarantee: certified; the balls of equal eigenvalues overlap. Raises DomainError for a matrix that is certainly not
    symmetric, UndecidedError where no approximate eigenvectors are found.

    >>> [value.str(5) for value in eigenvalues([[2, 1], [1, 2]])]
    ['[1.0000 +/- 3e-10]', '[3.0000 +/- 3e-9]']
    """
    with working_precision(bits + _GUARD_BITS):
        kernel = ball_matrix(matrix, bits + _GUARD_BITS)
        if kernel.nrows() != kernel.ncols() or not kernel.overlaps(kernel.transpose()):
            raise DomainError("eigenvalues were asked for, but the matrix is not symmetric; give a kernel matrix")
        basis = _approximate_basis(kernel, bits + _GUARD_BITS)
        lean = norm(basis.transpose() * basis - identity(kernel.nrows()))
        turned = basis.transpose() * kernel * basis
        return tuple(_widened(value, rest, lean) for value, rest in _discs(turned))


def _approximate_basis(kernel: arb_mat, bits: int) -> arb_mat:
    """Eigenvectors of the midpoints in plain digits."""
    size = kernel.nrows()
    with mp.workprec(bits):
        middles = [[mp.mpf(kernel[i, j].mid().str(int(bits * _DIGITS_PER_BIT), radius=False)) for j in range(size)]
                   for i in range(size)]  # fmt: skip
        for i in range(size):
            for j in range(i):
                middles[i][j] = middles[j][i]
        _, vectors = mp.eigsy(mp.matrix(middles))
        return arb_mat([[arb(mp.nstr(vectors[i, j], int(bits * _DIGITS_PER_BIT))) for j in range(size)]
                        for i in range(size)])  # fmt: skip


def _discs(turned: arb_mat) -> list[tuple[arb, arb]]:
    """The diagonal in increasing order, with ‖F‖ for all of them."""
    size = turned.nrows()
    off = arb_mat([[turned[i, j] if i != j else arb(0) for j in range(size)] for i in range(size)])
    spread = max((turned[i, i].rad() for i in range(size)), key=float) + norm(off)
    middles = sorted((turned[i, i].mid() for i in range(size)), key=float)
    return [(middle, spread) for middle in middles]


def _widened(value: arb, rest: arb, lean: arb) -> arb:
    if not lean < 1:
        raise UndecidedError("certified eigenvalues were asked for, but no basis was found; ask for more bits")
    return (value + arb(0, rest.abs_upper())) / (1 + arb(0, lean.abs_upper()))
