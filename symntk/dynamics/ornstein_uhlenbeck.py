"""Stochastic gradient descent with a fixed kernel as an Ornstein–Uhlenbeck process: its mean and covariance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import sympy
from flint import arb, arb_mat
from sympy import Expr

from symntk.dynamics.matrix import (
    GUARD_BITS,
    Entry,
    Rows,
    ball_matrix,
    blocks,
    column,
    entries,
    exponential_precision,
    identity,
    norm,
    part,
)
from symntk.errors import DomainError, UndecidedError
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision


@dataclass(frozen=True, kw_only=True)
class OrnsteinUhlenbeck:
    """df_t = −A·(f_t − M) dt + S dW_t with D = S·Sᵀ, from f_0 fixed; A need not be symmetric or invertible.

    `drift` is A, `target` is M, `noise` is D, `start` is f_0. A point outside the data is one more coordinate: with
    K(x, X)/N as its row of A (and a zero column) the process holds f_t(x) beside f_t(X).
    """

    drift: Rows
    target: Sequence[Entry]
    noise: Rows
    start: Sequence[Entry]

    def __post_init__(self) -> None:
        size = len(self.drift)
        square = all({len(row) for row in rows} == {size} and len(rows) == size for rows in (self.drift, self.noise))
        if not square or not size == len(self.target) == len(self.start):
            raise DomainError(
                "an Ornstein-Uhlenbeck process was asked for, but drift, noise, target and start differ in size; "
                "mend them"
            )

    @property
    def size(self) -> int:
        """The number of coordinates."""
        return len(self.drift)


def sgd_process(
    kernel: Rows, targets: Sequence[Entry], start: Sequence[Entry], gradient_noise: Rows, rate: Expr, batch: int
) -> OrnsteinUhlenbeck:
    """f_t(X) of wide networks under SGD: A = K/N, M = Y, D = (η/S)·∇f·Σ·∇fᵀ, time in units of the learning rate η.

    `gradient_noise` is ∇f(X)·Σ·∇f(X)ᵀ with Σ the covariance of the gradient of one example, S the batch size; the
    second-order drift of Itô's formula is left out, as the kernel is fixed.
    Raises DomainError for S < 1. Source: [hayou2020, appendix D].

    >>> process = sgd_process([[2]], [1], [0], [[3]], sympy.Rational(1, 10), 5)
    >>> process.drift, process.noise
    (((2,),), ((3/50,),))
    """
    if batch < 1:
        raise DomainError(f"SGD with batches of {batch} was asked for; take at least 1 example")
    scale = rate / sympy.Integer(batch)
    return OrnsteinUhlenbeck(
        drift=_scaled(kernel, sympy.Rational(1, len(kernel))),
        target=tuple(targets),
        noise=_scaled(gradient_noise, scale),
        start=tuple(start),
    )


def _scaled(rows: Rows, factor: Expr) -> Rows:
    def times(entry: Entry) -> Entry:
        if isinstance(entry, arb):
            return entry * enclose(factor, bits=256)
        exact = sympy.Rational(entry.numerator, entry.denominator) if isinstance(entry, Fraction) else sympy.S(entry)
        return exact * factor

    return tuple(tuple(times(entry) for entry in row) for row in rows)


def mean(process: OrnsteinUhlenbeck, time: Entry, *, bits: int = 64) -> tuple[arb, ...]:
    """E f_t = M + e^{−At}·(f_0 − M).

    Domain: t ≥ 0. Guarantee: certified. Raises DomainError for t < 0, UndecidedError where t‖A‖ is too large.
    Source: [hayou2020, eq. 20].

    >>> process = OrnsteinUhlenbeck(drift=[[1]], target=[1], noise=[[2]], start=[0])
    >>> mean(process, 1)[0].str(8)
    '[0.63212056 +/- 1.18e-9]'
    """
    precision = _precision(process, time, bits)
    with working_precision(precision):
        drift, target = ball_matrix(process.drift, precision), column(process.target, precision)
        decay = (drift * -_elapsed(time, precision)).exp()
        return entries(target + decay * (column(process.start, precision) - target))


def covariance(process: OrnsteinUhlenbeck, time: Entry, *, bits: int = 64) -> tuple[tuple[arb, ...], ...]:
    """Cov f_t = ∫_0^t e^{−As}·D·e^{−Aᵀs} ds, from one exponential: exp(t·[[A, D], [0, −Aᵀ]]) = [[·, G], [0, H]], HᵀG.

    Domain: t ≥ 0, D symmetric. Guarantee: certified, for singular A too. Raises as `mean`. Source: [hayou2020, eq. 20]
    for the integral.

    >>> process = OrnsteinUhlenbeck(drift=[[1]], target=[1], noise=[[2]], start=[0])
    >>> covariance(process, 1)[0][0].str(8)
    '[0.86466472 +/- 3.24e-9]'
    """
    precision = _precision(process, time, bits)
    with working_precision(precision):
        drift, noise = ball_matrix(process.drift, precision), ball_matrix(process.noise, precision)
        if not noise.overlaps(noise.transpose()):
            raise DomainError("a covariance was asked for, but the noise D is not symmetric; give D = S·Sᵀ")
        size = process.size
        whole = blocks([[drift, noise], [arb_mat(size, size), -drift.transpose()]]) * _elapsed(time, precision)
        moved = whole.exp()
        first, second = range(size), range(size, 2 * size)
        found = part(moved, second, second).transpose() * part(moved, first, second)
        return tuple(tuple(row) for row in found.tolist())


def stationary_covariance(process: OrnsteinUhlenbeck, *, bits: int = 64) -> tuple[tuple[arb, ...], ...]:
    """The solution Σ of A·Σ + Σ·Aᵀ = D, the covariance that f_t tends to.

    Domain: all eigenvalues of A have positive real part (they are not looked at: the equation is solved).
    Guarantee: certified. Raises UndecidedError where the equation is not proved to have one solution.

    >>> process = OrnsteinUhlenbeck(drift=[[1]], target=[1], noise=[[2]], start=[0])
    >>> stationary_covariance(process)
    ((1.00000000000000,),)
    """
    precision, size = bits + GUARD_BITS, process.size
    with working_precision(precision):
        drift, noise = ball_matrix(process.drift, precision), ball_matrix(process.noise, precision)
        system = arb_mat(
            [
                [drift[i, k] * int(j == m) + drift[j, m] * int(i == k) for k in range(size) for m in range(size)]
                for i in range(size)
                for j in range(size)
            ]
        )
        try:
            solved = system.solve(arb_mat([[noise[i, j]] for i in range(size) for j in range(size)]))
        except ZeroDivisionError:
            raise UndecidedError(
                "a stationary covariance was asked for, but the drift may have two eigenvalues of sum 0; "
                "take a finite time"
            ) from None
        return tuple(tuple(solved[i * size + j, 0] for j in range(size)) for i in range(size))


def _elapsed(time: Entry, bits: int) -> arb:
    found = time if isinstance(time, arb) else enclose(time, bits=bits)
    if found < 0:
        raise DomainError(f"a process at the time {time} was asked for; take a time of at least 0")
    return found


def _precision(process: OrnsteinUhlenbeck, time: Entry, bits: int) -> int:
    with working_precision(bits + GUARD_BITS):
        size = norm(ball_matrix(process.drift, bits) + arb(0) * identity(process.size)) * _elapsed(time, bits)
    return exponential_precision(2 * size, bits)
