"""The closed forms near the border are the general recursion on a finite patch, in exact arithmetic."""

from __future__ import annotations

import pytest
import sympy
from sympy import Expr, Rational, S

from symntk.activations.catalogue import activation
from symntk.architectures.border import BETA, LAYER, LAYERS, RATIO, BorderKernel, border_kernel
from symntk.architectures.border_derivation import border_derivation, proved_closed_form
from symntk.architectures.deconvolutional import ConvolutionalKernels
from symntk.architectures.half_line import HalfLine
from symntk.architectures.positions import deconvolution
from symntk.gaussian.moments import standardized

RELU = standardized(activation("relu"))
SHAPES = [
    *[(2, 2, 0), (2, 4, 0), (2, 4, 1), (2, 6, 0), (2, 6, 2), (3, 3, 0), (3, 6, 0), (3, 6, 2), (3, 9, 1), (4, 8, 1)],
    *[(2, 3, 0), (2, 3, 1), (2, 5, 2), (3, 4, 0), (3, 5, 3), (4, 6, 4)],
]
"""Stride, window, padding: windows that are multiples of the stride, and others."""


def recursion(axes: tuple[HalfLine, ...], size: int, depth: int, beta: Expr) -> ConvolutionalKernels:
    net = deconvolution((size,) * len(axes), axes, depth)
    return ConvolutionalKernels(
        net=net, activation=RELU, beta_squared=beta**2, inputs=lambda p, q: S.One if p == q else S.Zero
    )


def values(kernel: BorderKernel, depth: int, beta: Expr) -> tuple[Expr, Expr]:
    """The closed forms at one depth, the counted sums below the first depth for which they hold."""
    if depth < kernel.valid_from:
        return kernel.sigma_at(depth, beta**2), kernel.ntk_at(depth, beta**2)
    at = {RATIO: 1 - beta**2, BETA: beta, LAYER: depth, LAYERS: depth}
    return sympy.radsimp(kernel.sigma.subs(at)), sympy.radsimp(kernel.ntk.subs(at))


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_closed_forms_on_the_half_line_are_the_recursion(shape):
    stride, window, padding = shape
    axis = HalfLine(stride=stride, window=window, padding=padding)
    kernels = {p: border_kernel([axis], [p]) for p in range(7)}
    for beta in (Rational(1, 10), Rational(3, 5)):
        exact = recursion((axis,), 12, 4, beta)
        for depth in range(1, 5):
            for p, kernel in kernels.items():
                sigma, ntk = values(kernel, depth, beta)
                assert exact.sigma(depth, (p,), (p,)) == sigma
                assert exact.ntk(depth, (p,), (p,)) == ntk


@pytest.mark.slow
@pytest.mark.parametrize("shapes", [((2, 4, 0), (2, 4, 0)), ((2, 4, 1), (3, 6, 0)), ((3, 5, 1), (2, 2, 0))], ids=str)
def test_closed_forms_in_the_plane_are_the_recursion(shapes):
    axes = tuple(HalfLine(stride=s, window=w, padding=p) for s, w, p in shapes)
    beta = Rational(2, 5)
    exact = recursion(axes, 6, 3, beta)
    for place in ((0, 0), (1, 2), (4, 0), (3, 5)):
        kernel = border_kernel(axes, place)
        for depth in (1, 2, 3):
            assert values(kernel, depth, beta) == (exact.sigma(depth, place, place), exact.ntk(depth, place, place))


def test_closed_forms_in_space_are_the_recursion():
    axes, beta = (HalfLine(stride=2, window=4),) * 3, Rational(1, 2)
    exact = recursion(axes, 2, 2, beta)
    for place in ((0, 0, 0), (1, 0, 2), (2, 2, 3)):
        found = values(border_kernel(axes, place), 2, beta)
        assert found == (exact.sigma(2, place, place), exact.ntk(2, place, place))


def test_far_coordinates_are_the_bulk_of_the_recursion():
    axis, beta = HalfLine(stride=2, window=4), Rational(3, 5)
    exact = recursion((axis, axis), 12, 2, beta)
    for place, far in (((20, 20), (None, None)), ((0, 20), (0, None)), ((20, 2), (None, 2))):
        found = values(border_kernel((axis, axis), far), 2, beta)
        assert found == (exact.sigma(2, place, place), exact.ntk(2, place, place))


@pytest.mark.parametrize("shape", [(2, 3), (3, 5), (2, 5)], ids=str)
def test_the_mean_over_far_positions_is_the_bulk_value_for_uneven_windows_too(shape):
    stride, window = shape
    axis, beta, depth = HalfLine(stride=stride, window=window), Rational(3, 5), 2
    exact = recursion((axis,), 10, depth, beta)
    start = stride**depth * 4
    places = range(start, start + stride**depth)
    diagonal = [(exact.sigma(depth, (p,), (p,)), exact.ntk(depth, (p,), (p,))) for p in places]
    assert 1 < len(set(diagonal))
    means = tuple(sum(column) / stride**depth for column in zip(*diagonal, strict=True))
    assert means == values(border_kernel([axis], [None]), depth, beta)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_closed_forms_are_proved_for_every_depth(shape):
    stride, window, padding = shape
    kernel = border_kernel([HalfLine(stride=stride, window=window, padding=padding)], [2])
    assert proved_closed_form(kernel, LAYER, kernel.sigma, slope=False)
    assert proved_closed_form(kernel, LAYERS, kernel.ntk, slope=True)
    assert not proved_closed_form(kernel, LAYERS, kernel.ntk + RATIO**LAYERS, slope=True)
    assert not proved_closed_form(kernel, LAYER, kernel.sigma.subs(LAYER, LAYER + 1) + BETA**2, slope=False)


@pytest.mark.parametrize("place", [(0, 0), (0, None), (2, 1), (None, None)], ids=str)
def test_every_step_of_the_derivation_holds(place):
    axes = (HalfLine(stride=2, window=4), HalfLine(stride=3, window=6, padding=2))
    verdicts = [step.verdict for step in border_derivation(border_kernel(axes, place)).steps]
    assert {"DEFINITION", "PROVED", "SUPPORTED"} == set(verdicts)
    assert 3 == verdicts.count("PROVED")


def test_a_wrong_divisor_a_wrong_depth_and_a_wrong_weight_are_noticed():
    axis, beta, depth = HalfLine(stride=2, window=4), Rational(3, 5), 3
    exact = recursion((axis,), 12, depth, beta)
    sigma, ntk = exact.sigma(depth, (0,), (0,)), exact.ntk(depth, (0,), (0,))
    kernel = border_kernel([axis], [0])
    wide = border_kernel([HalfLine(stride=2, window=6)], [0])
    assert values(kernel, depth, beta) == (sigma, ntk)
    assert values(wide, depth, beta)[0] != sigma
    assert values(kernel, depth + 1, beta)[1] != ntk
    assert kernel.ntk.subs({RATIO: 1 - beta**2, BETA: beta, LAYERS: depth}) != sum(
        beta**2 * (1 - beta**2) ** n / 2**n for n in range(depth)
    )
