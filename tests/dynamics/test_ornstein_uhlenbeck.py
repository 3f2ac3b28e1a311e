"""Mean and covariance of stochastic descent against differential equations, exact cases and simulated paths."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.integrate
import scipy.linalg
from flint import arb
from sympy import Rational, S, exp

from symntk.dynamics.kernel_flow import KernelTraining, trained_output, trained_outputs
from symntk.dynamics.ornstein_uhlenbeck import (
    OrnsteinUhlenbeck,
    covariance,
    mean,
    sgd_process,
    stationary_covariance,
)
from symntk.errors import DomainError, UndecidedError
from symntk.numbers.ball import enclose

PROCESS = OrnsteinUhlenbeck(
    drift=[[2, Rational(1, 2)], [Rational(-1, 3), 1]], target=[1, -1], noise=[[1, Rational(1, 4)], [Rational(1, 4), 2]],
    start=[0, Rational(1, 2)],
)  # fmt: skip


def digits(rows: object) -> np.ndarray:
    return np.array(rows, dtype=float)


def middles(rows: tuple[tuple[arb, ...], ...]) -> np.ndarray:
    return np.array([[float(x.mid()) for x in row] for row in rows])


@pytest.mark.parametrize("time", [0, Rational(1, 3), 2])
def test_the_covariance_solves_its_differential_equation(time):
    drift, noise = digits(PROCESS.drift), digits(PROCESS.noise)

    def derivative(_: float, flat: np.ndarray) -> np.ndarray:
        value = flat.reshape(2, 2)
        return (-drift @ value - value @ drift.T + noise).ravel()

    plain = scipy.integrate.solve_ivp(derivative, (0, float(time)), np.zeros(4), rtol=1e-11, atol=1e-13).y[:, -1]
    assert np.allclose(plain.reshape(2, 2), middles(covariance(PROCESS, time)), atol=1e-9)


@pytest.mark.parametrize("time", [Rational(1, 3), 5])
def test_the_mean_is_what_the_matrix_exponential_gives(time):
    gap = digits(PROCESS.start) - digits(PROCESS.target)
    plain = digits(PROCESS.target) + scipy.linalg.expm(-digits(PROCESS.drift) * float(time)) @ gap
    assert np.allclose(plain, [float(x.mid()) for x in mean(PROCESS, time)], atol=1e-13)


def test_one_coordinate_has_the_textbook_variance():
    process = OrnsteinUhlenbeck(drift=[[3]], target=[0], noise=[[5]], start=[1])
    exact = Rational(5, 6) * (1 - exp(-S(6) * 2))
    assert covariance(process, 2, bits=100)[0][0].overlaps(enclose(exact, bits=200))
    assert mean(process, 2, bits=100)[0].overlaps(enclose(exp(-S(6)), bits=200))


def test_without_drift_the_covariance_grows_with_the_time():
    process = OrnsteinUhlenbeck(drift=[[0]], target=[1], noise=[[2]], start=[4])
    assert covariance(process, 7)[0][0].contains(14)
    assert mean(process, 7)[0].contains(4)


def test_the_covariance_tends_to_the_stationary_one():
    late, still = covariance(PROCESS, 40), stationary_covariance(PROCESS)
    assert all(abs(a - b) < arb("1e-17") for row, other in zip(late, still, strict=True)
               for a, b in zip(row, other, strict=True))  # fmt: skip
    plain = scipy.linalg.solve_continuous_lyapunov(digits(PROCESS.drift), digits(PROCESS.noise))
    assert np.allclose(plain, middles(still), atol=1e-13)


def test_the_mean_of_sgd_is_the_gradient_flow():
    kernel, targets, start = [[2, 1], [1, 2]], [1, 0], [0, Rational(1, 2)]
    process = sgd_process(kernel, targets, start, [[1, 0], [0, 1]], Rational(1, 10), 8)
    flow = trained_outputs(KernelTraining(kernel=kernel, targets=targets, start=start), 3)
    assert all(a.overlaps(b) for a, b in zip(mean(process, 3), flow, strict=True))


def test_a_new_point_is_one_more_coordinate():
    kernel, row, targets, start = [[2, 1], [1, 2]], [1, Rational(1, 2)], [1, 0], [0, Rational(1, 2)]
    half = Rational(1, 2)
    drift = [[half * x for x in (*line, 0)] for line in (*kernel, row)]
    process = OrnsteinUhlenbeck(
        drift=drift, target=[*targets, 0], noise=[[int(i == j) for j in range(3)] for i in range(3)], start=[*start, 0]
    )
    training = KernelTraining(kernel=kernel, targets=targets, start=start)
    assert mean(process, 3)[2].overlaps(trained_output(training, row, 0, 3))
    assert covariance(process, 3)[2][2] > 3


def test_the_noise_falls_with_the_batch_and_grows_with_the_rate():
    def variance(rate: Rational, batch: int) -> arb:
        return stationary_covariance(sgd_process([[1]], [0], [0], [[1]], rate, batch))[0][0]

    assert variance(Rational(1, 10), 1).overlaps(enclose(Rational(1, 20)))
    assert (variance(Rational(1, 5), 1) / variance(Rational(1, 10), 4)).overlaps(arb(8))


def test_simulated_paths_have_the_mean_and_the_covariance():
    rng, paths, steps, time = np.random.default_rng(11), 40_000, 400, 1.0
    drift, target = digits(PROCESS.drift), digits(PROCESS.target)
    root = np.linalg.cholesky(digits(PROCESS.noise)) * np.sqrt(time / steps)
    f = np.tile(digits(PROCESS.start), (paths, 1))
    for _ in range(steps):
        f = f - (f - target) @ drift.T * (time / steps) + rng.standard_normal((paths, 2)) @ root.T
    expected, spread = np.array([float(x.mid()) for x in mean(PROCESS, 1)]), middles(covariance(PROCESS, 1))
    assert np.all(np.abs(f.mean(axis=0) - expected) < 5 * np.sqrt(np.diag(spread) / paths) + 2 * time / steps)
    assert np.all(np.abs(np.cov(f.T) - spread) < 5 * 2 * spread.max() / np.sqrt(paths) + 2 * time / steps)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: OrnsteinUhlenbeck(drift=[[1]], target=[1, 2], noise=[[1]], start=[1]), DomainError, "differ in size"),
        (lambda: mean(PROCESS, -1), DomainError, "at least 0"),
        (lambda: sgd_process([[1]], [1], [0], [[1]], S.One, 0), DomainError, "at least 1 example"),
        (
            lambda: stationary_covariance(OrnsteinUhlenbeck(drift=[[0]], target=[0], noise=[[1]], start=[0])),
            UndecidedError,
            "take a finite time",
        ),
        (
            lambda: covariance(OrnsteinUhlenbeck(drift=[[1, 0], [0, 1]], target=[0, 0], noise=[[1, 1], [0, 1]],
                                                 start=[0, 0]), 1),
            DomainError,
            "not symmetric",
        ),
    ],
)  # fmt: skip
def test_processes_without_an_answer_are_refused_in_one_line(call, error: type[Exception], message: str):
    with pytest.raises(error, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
