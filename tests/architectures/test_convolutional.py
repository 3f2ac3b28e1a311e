"""Windows, borders and the circulant matrix that mixes the diagonals of a covariance."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from sympy import Rational, S

from symntk.architectures.convolutional import (
    Border,
    convolutional_layers,
    diagonal_mixing,
    mixing_eigenvalue,
    window,
)
from symntk.architectures.position_kernels import position_kernels
from symntk.errors import DomainError


@pytest.mark.parametrize("border", ["periodic", "zero", "valid"])
def test_a_window_in_two_dimensions_is_the_product_of_its_sides(border: Border) -> None:
    shape, radius = (4, 5), (1, 2)
    found = window(shape, radius, border)
    kept = [range(k, n - k) if border == "valid" else range(n) for n, k in zip(shape, radius, strict=True)]
    places = [(p, q) for p in kept[0] for q in kept[1]]
    offsets = [(b, c) for b in range(-1, 2) for c in range(-2, 3)]
    for row, (b, c) in zip(found, offsets, strict=True):
        for flat, (p, q) in zip(row, places, strict=True):
            inside = 0 <= p + b < 4 and 0 <= q + c < 5
            wanted = ((p + b) % 4) * 5 + (q + c) % 5 if inside or border == "periodic" else -1
            assert wanted == flat


def test_the_mixing_matrix_has_the_eigenvalues_of_its_fourier_modes() -> None:
    for side, radius in ((3, 1), (5, 1), (6, 2)):
        matrix = diagonal_mixing(side, radius)
        for j in range(side):
            value = mixing_eigenvalue(side, radius, j)
            mode = sympy.Matrix([sympy.exp(2 * sympy.pi * sympy.I * j * a / side) for a in range(side)])
            residue = (matrix * mode - value * mode).applyfunc(lambda e: sympy.simplify(sympy.expand_complex(e)))
            assert sympy.zeros(side, 1) == residue
        assert 1 == mixing_eigenvalue(side, radius, 0)


def test_the_mode_of_eigenvalue_one_is_simple_on_a_diagonal_but_has_one_copy_for_each_lag() -> None:
    """On all M² pairs U = (2k+1)·average has the eigenvalue 2k + 1 exactly M times."""
    side, radius = 4, 1
    seen = window((side,), (radius,))
    whole = np.zeros((side**2, side**2))
    for row in seen:
        for p in range(side):
            for q in range(side):
                whole[p * side + q, int(row[p]) * side + int(row[q])] += 1
    values = np.linalg.eigvalsh(whole)
    assert side == int(np.sum(np.abs(values - (2 * radius + 1)) < 1e-9))
    assert 1 == len(sympy.Matrix(diagonal_mixing(side, radius) - sympy.eye(side)).nullspace())


def test_a_layer_mixes_a_covariance_along_its_diagonals() -> None:
    """A[E] on the pairs (α, α + lag) is σ_w²·U applied to that vector, for each lag."""
    side, weight = 5, Rational(3, 2)
    gram = np.empty((1, side, 1, side), dtype=object)
    for p in range(side):
        for q in range(side):
            gram[0, p, 0, q] = Rational(1 + p * q + (p - q) ** 2)
    found = position_kernels(convolutional_layers((side,), (1,), 1, weight=weight), gram, lambda *_: (0, 0))[0].nngp
    for lag in range(side):
        before = sympy.Matrix([gram[0, p, 0, (p + lag) % side] for p in range(side)])
        after = sympy.Matrix([found[0, p, 0, (p + lag) % side] for p in range(side)])
        assert weight * diagonal_mixing(side, 1) * before == after


def test_zero_padding_loses_variance_at_the_border_only() -> None:
    gram = np.array([[S(int(p == q)) for q in range(5)] for p in range(5)], dtype=object).reshape(1, 5, 1, 5)
    layers = convolutional_layers((5,), (1,), 1, weight=S.One, border="zero")
    found = position_kernels(layers, gram, lambda *_: (0, 0))[0].nngp
    assert [Rational(2, 3), 1, 1, 1, Rational(2, 3)] == [found[0, p, 0, p] for p in range(5)]


BAD = [
    (((4,), (2,), "periodic"), "2k \\+ 1 ≤ n"),
    (((4,), (2,), "valid"), "2k \\+ 1 ≤ n"),
    (((), (), "zero"), "one radius"),
    (((4, 4), (1,), "zero"), "one radius"),
    (((4,), (-1,), "zero"), "k ≥ 0"),
]


@pytest.mark.parametrize(("arguments", "hint"), BAD)
def test_a_window_that_does_not_fit_is_refused(arguments: tuple, hint: str) -> None:
    with pytest.raises(DomainError, match=hint):
        window(*arguments)


def test_a_network_that_cannot_be_is_refused() -> None:
    with pytest.raises(DomainError, match="keeps their number|skip connection"):
        convolutional_layers((7,), (1,), 2, weight=S.One, border="valid", skip=True)
    with pytest.raises(DomainError, match="at least 1 layer"):
        convolutional_layers((7,), (1,), 0, weight=S.One)
    with pytest.raises(DomainError, match="σ_w > 0"):
        convolutional_layers((7,), (1,), 2, weight=S.Zero)
    with pytest.raises(DomainError, match="2k \\+ 1 ≤ n"):
        convolutional_layers((5,), (1,), 3, weight=S.One, border="valid")
