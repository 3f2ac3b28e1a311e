"""Certified spectra against exact ones, and what they say of training."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from sympy import Rational, S, sqrt

from symntk.activations.catalogue import activation
from symntk.depth.certified_depth import certified_depth
from symntk.dynamics.eigenvalues import eigenvalues
from symntk.dynamics.kernel_flow import KernelTraining, descended_outputs, trained_outputs
from symntk.dynamics.trainability import equicorrelated_condition, trainability
from symntk.errors import DomainError, UndecidedError
from symntk.numbers.ball import enclose

CHAIN = [[2, -1, 0, 0], [-1, 2, -1, 0], [0, -1, 2, -1], [0, 0, -1, 2]]


def test_the_eigenvalues_of_a_chain_are_the_exact_ones():
    exact = [(3 - sqrt(5)) / 2, (5 - sqrt(5)) / 2, (3 + sqrt(5)) / 2, (5 + sqrt(5)) / 2]
    found = eigenvalues(CHAIN, bits=100)
    assert all(ball.overlaps(enclose(value, bits=200)) for ball, value in zip(found, exact, strict=True))
    assert max(float(ball.rad()) for ball in found) < 1e-29


@pytest.mark.parametrize("size", [2, 5, 12])
def test_equal_eigenvalues_are_enclosed_with_their_multiplicity(size: int):
    found = eigenvalues([[1 + size * int(i == j) for j in range(size)] for i in range(size)])
    assert [size] * (size - 1) + [2 * size] == [round(float(ball.mid())) for ball in found]
    assert all(ball.contains(size) for ball in found[:-1])
    assert found[-1].contains(2 * size)


def test_a_random_gram_matrix_has_the_eigenvalues_that_numpy_finds():
    points = np.random.default_rng(3).standard_normal((8, 5))
    gram = points @ points.T
    found = eigenvalues([[Fraction(x) for x in row] for row in ((gram + gram.T) / 2).tolist()])
    assert np.allclose(np.linalg.eigvalsh(gram), [float(ball.mid()) for ball in found], atol=1e-12)


def test_a_wide_entry_makes_wide_eigenvalues_that_contain_all_of_them():
    found = eigenvalues([[arb(2, 0.1), 0], [0, arb(5)]])
    assert [True, True] == [found[0].contains(arb("1.95")), found[0].contains(arb("2.05"))]


def test_training_diverges_just_above_the_largest_rate_and_settles_below_it():
    found = trainability(CHAIN)
    rate = Rational(str(float(found.largest_rate.mid())))
    training = KernelTraining(kernel=CHAIN, targets=[1, 0, 0, 0], start=[0, 0, 0, 0])
    below, above = (replace(training, rate=rate * f) for f in (Rational(99, 100), Rational(101, 100)))
    assert abs(descended_outputs(below, 2000)[0] - 1) < arb("1e-8")
    assert abs(descended_outputs(above, 2000)[0]) > 1e8


def test_flow_shrinks_the_slowest_error_by_e_in_the_longest_time_scale():
    found = trainability([[3, 1], [1, 3]])
    longest = found.time_scales(arb(1))[0]
    training = KernelTraining(kernel=[[3, 1], [1, 3]], targets=[0, 0], start=[1, -1])
    assert trained_outputs(training, longest)[0].overlaps((-arb(1)).exp())


def test_the_promised_steps_suffice_and_half_of_them_do_not():
    found = trainability(CHAIN)
    steps = found.steps(arb("1e-6"))
    best = Rational(str(float((2 * arb(4) / (found.spectrum[0] + found.spectrum[-1])).mid())))
    worst = [1, (1 + sqrt(5)) / 2, (1 + sqrt(5)) / 2, 1]
    training = KernelTraining(kernel=CHAIN, targets=[0, 0, 0, 0], start=worst, rate=best)
    assert abs(descended_outputs(training, steps)[0]) <= arb("1.0001e-6")
    assert abs(descended_outputs(training, steps // 2)[0]) > arb("1e-4")


def test_a_singular_kernel_is_not_called_trainable():
    found = trainability([[1, 1], [1, 1]])
    assert found.trainable is None
    assert not found.condition_number.is_finite()
    with pytest.raises(UndecidedError, match="not proved positive"):
        found.steps(arb("0.1"))


@pytest.mark.parametrize("count", [2, 4])
@pytest.mark.parametrize("ratio", [Rational(0), Rational(1, 4), Rational(9, 10)])
def test_equicorrelated_inputs_have_the_condition_number_of_their_matrix(count: int, ratio: Rational):
    matrix = [[S.One if i == j else ratio for j in range(count)] for i in range(count)]
    assert equicorrelated_condition(enclose(ratio), count).overlaps(trainability(matrix).condition_number)


def test_deep_networks_train_in_the_chaotic_phase_and_freeze_in_the_ordered_one():
    tanh, relu = activation("tanh"), activation("relu")
    chaotic = certified_depth(tanh, 40, Rational(1, 2), sigma_w=S(3), bits=64).ntk_ratio
    ordered = certified_depth(relu, 40, Rational(1, 2), sigma_w=S.One, sigma_b=S.One, bits=64).ntk_ratio
    edge = certified_depth(relu, 10**30, Rational(1, 2), bits=64).ntk_ratio
    assert equicorrelated_condition(abs(chaotic), 10) < arb("1.001")
    assert equicorrelated_condition(ordered, 10) > 1e3
    assert abs(equicorrelated_condition(edge, 10) - arb(13) / 3) < arb("1e-9")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: eigenvalues([[1, 2], [3, 4]]), "not symmetric"),
        (lambda: trainability([[1, 2], [2, 1]]), "has the eigenvalue"),
        (lambda: equicorrelated_condition(arb(1), 3), "ratio in"),
        (lambda: equicorrelated_condition(arb(0), 1), "at least 2 inputs"),
        (lambda: trainability([[1]]).steps(arb(2)), "between 0 and 1"),
        (lambda: eigenvalues([[1, 2], [3]]), "full array"),
    ],
)
def test_matrices_that_are_no_kernels_are_refused_in_one_line(call, message: str):
    with pytest.raises(DomainError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
