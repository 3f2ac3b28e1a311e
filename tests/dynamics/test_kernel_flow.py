"""Kernel gradient flow and descent against differential equations, direct steps and trained finite networks."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import scipy.integrate
import scipy.linalg
from flint import arb
from sympy import Rational, exp, sqrt

from symntk.dynamics.kernel_flow import (
    KernelTraining,
    descended_output,
    descended_outputs,
    interpolated_output,
    trained_output,
    trained_outputs,
)
from symntk.errors import DomainError, UndecidedError
from symntk.numbers.ball import enclose

KERNEL = [[2, Rational(1, 2), 0], [Rational(1, 2), 1, Rational(-1, 3)], [0, Rational(-1, 3), 3]]
TRAINING = KernelTraining(kernel=KERNEL, targets=[1, -1, 2], start=[Rational(1, 4), 0, Rational(1, 2)])
ROW, HERE = [1, Rational(2, 3), Rational(-1, 5)], Rational(1, 7)
SINGULAR = KernelTraining(kernel=[[1, 2], [2, 4]], targets=[1, 1], start=[0, 0], rate=Rational(1, 2))
SINGULAR_ROW = [Rational(1, 2), 1]


def digits(rows: object) -> np.ndarray:
    return np.array(rows, dtype=float)


def close(balls: tuple[arb, ...], plain: np.ndarray, error: float) -> bool:
    return all(abs(float(ball.mid()) - value) < error for ball, value in zip(balls, plain, strict=True))


@pytest.mark.parametrize("time", [0, Rational(1, 2), 3, 20])
@pytest.mark.parametrize(("training", "row"), [(TRAINING, ROW), (SINGULAR, SINGULAR_ROW)])
def test_the_flow_solves_its_differential_equation(training: KernelTraining, row: list, time):
    kernel, line = digits(training.kernel), digits(row)
    rate = float(training.rate) / training.size

    def derivative(_: float, f: np.ndarray) -> np.ndarray:
        gap = f[:-1] - digits(training.targets)
        return -rate * np.append(kernel @ gap, line @ gap)

    start = np.append(digits(training.start), float(HERE))
    plain = scipy.integrate.solve_ivp(derivative, (0, float(time)), start, rtol=1e-11, atol=1e-12).y[:, -1]
    found = (*trained_outputs(training, time), trained_output(training, row, HERE, time))
    assert close(found, plain, 1e-8)


@pytest.mark.parametrize("time", [Rational(1, 3), 4])
def test_the_flow_is_what_the_matrix_exponential_gives(time):
    decay = scipy.linalg.expm(-digits(KERNEL) * float(time) / 3)
    plain = digits(TRAINING.targets) + decay @ (digits(TRAINING.start) - digits(TRAINING.targets))
    assert close(trained_outputs(TRAINING, time), plain, 1e-13)


def test_a_diagonal_kernel_has_its_exact_exponentials():
    training = KernelTraining(kernel=[[2, 0], [0, 1]], targets=[1, 1], start=[0, 0])
    found = trained_outputs(training, 2, bits=200)
    exact = [enclose(1 - exp(-power), bits=300) for power in (2, 1)]
    assert all(ball.overlaps(value) and ball.rad() < 1e-60 for ball, value in zip(found, exact, strict=True))


def test_the_number_of_points_divides_the_rate():
    once = KernelTraining(kernel=[[1]], targets=[1], start=[0])
    twice = KernelTraining(kernel=[[1, 0], [0, 1]], targets=[1, 1], start=[0, 0])
    assert trained_outputs(once, 1)[0].overlaps(trained_outputs(twice, 2)[0])
    assert not trained_outputs(once, 1)[0].overlaps(trained_outputs(twice, 1)[0])


def test_a_new_point_at_a_data_point_moves_with_it():
    data = trained_outputs(TRAINING, 2)
    row = [Rational(1, 2), 1, Rational(-1, 3)]
    assert trained_output(TRAINING, row, 0, 2).overlaps(data[1])


def test_a_singular_kernel_trains_only_along_its_range():
    found = trained_outputs(SINGULAR, 100)
    # The kernel of K is spanned by (2, −1), where f stays 0; the part of Y along (1, 2) is (3/5, 6/5).
    assert [True, True] == [abs(found[0] - arb(3) / 5) < arb("1e-15"), abs(found[1] - arb(6) / 5) < arb("1e-15")]


def test_long_training_tends_to_the_interpolant():
    late = trained_output(TRAINING, ROW, HERE, 300)
    limit = interpolated_output(TRAINING, ROW, HERE)
    assert abs(late - limit) < arb("1e-17")
    solved = np.linalg.solve(digits(KERNEL), digits(TRAINING.targets) - digits(TRAINING.start))
    assert abs(float(limit.mid()) - float(HERE) - float(digits(ROW) @ solved)) < 1e-13


@pytest.mark.parametrize("steps", [0, 1, 2, 7, 200])
@pytest.mark.parametrize(("training", "row"), [(TRAINING, ROW), (SINGULAR, SINGULAR_ROW)])
def test_descent_is_what_its_steps_give(training: KernelTraining, row: list, steps: int):
    kernel, line, rate = digits(training.kernel), digits(row), float(training.rate) / training.size
    f, here = digits(training.start), float(HERE)
    for _ in range(steps):
        gap = f - digits(training.targets)
        f, here = f - rate * kernel @ gap, here - rate * line @ gap
    found = (*descended_outputs(training, steps), descended_output(training, row, HERE, steps))
    assert close(found, np.append(f, here), 1e-11)


def test_many_short_steps_of_descent_approach_the_flow_at_the_first_order():
    flow = trained_outputs(TRAINING, 3)[0]
    errors = [abs(descended_outputs(replace(TRAINING, rate=Rational(3, n)), n)[0] - flow) for n in (1000, 2000, 4000)]
    assert all(1.99 < float(a / b) < 2.01 for a, b in zip(errors, errors[1:], strict=False))


def test_descent_can_be_followed_over_a_googol_of_steps():
    found = descended_output(TRAINING, ROW, HERE, 10**100)
    assert found.overlaps(interpolated_output(TRAINING, ROW, HERE))


def test_balls_and_fractions_are_taken_as_entries():
    training = KernelTraining(kernel=[[arb(1)]], targets=[Fraction(1, 2)], start=[sqrt(2)])
    expected = arb("0.5") + (arb(2).sqrt() - arb("0.5")) * (-arb(1)).exp()
    assert trained_outputs(training, 1)[0].overlaps(expected)


def trained_network(width: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """A net of one hidden layer trained by steps of 1/100, and descent with its kernel at the start."""
    rng = np.random.default_rng(7)
    inputs, targets = np.array([[1.0, 0.5], [-0.3, 1.2], [0.7, -1.0]]), np.array([0.5, -0.5, 1.0])
    inner, outer = rng.standard_normal((width, 2)), rng.standard_normal(width)

    def outputs() -> tuple[np.ndarray, np.ndarray]:
        hidden = np.tanh(inputs @ inner.T)
        return hidden @ outer / np.sqrt(width), hidden

    f, hidden = outputs()
    slopes = (1 - hidden**2) * outer
    kernel = (hidden @ hidden.T + (slopes @ slopes.T) * (inputs @ inputs.T)) / width
    training = KernelTraining(
        kernel=[[Fraction(x) for x in row] for row in kernel.tolist()],
        targets=[Fraction(x) for x in targets.tolist()],
        start=[Fraction(x) for x in f.tolist()],
        rate=Rational(1, 100),
    )
    for _ in range(steps):
        f, hidden = outputs()
        gap = (f - targets) / len(targets)
        slopes = (1 - hidden**2) * outer
        outer_step = hidden.T @ gap / np.sqrt(width)
        inner = inner - 0.01 * ((slopes * gap[:, None]).T @ inputs) / np.sqrt(width)
        outer = outer - 0.01 * outer_step
    fixed = descended_outputs(training, steps)
    return outputs()[0], np.array([float(ball.mid()) for ball in fixed])


@pytest.mark.slow
def test_a_wide_network_follows_descent_with_its_first_kernel_the_better_the_wider():
    errors = [np.abs(np.subtract(*trained_network(width, 500))).max() for width in (100, 10_000)]
    assert errors[1] < 0.01
    assert errors[1] < errors[0] / 3


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: KernelTraining(kernel=[[1, 2]], targets=[1], start=[1]), DomainError, "mend the sizes"),
        (lambda: trained_outputs(TRAINING, -1), DomainError, "at least 0"),
        (lambda: trained_output(TRAINING, [1], 0, 1), DomainError, "give 3"),
        (lambda: trained_outputs(TRAINING, 10**9), UndecidedError, "take a shorter time"),
        (lambda: interpolated_output(SINGULAR, SINGULAR_ROW, 0), UndecidedError, "not proved to be invertible"),
        (lambda: descended_outputs(TRAINING, -1), DomainError, "from 0 on"),
    ],
)
def test_questions_without_an_answer_are_refused_in_one_line(call, error: type[Exception], message: str):
    with pytest.raises(error, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
