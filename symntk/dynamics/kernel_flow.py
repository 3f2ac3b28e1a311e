"""A network trained while its kernel stays fixed: gradient flow, steps of descent, and the limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, arb_mat

from symntk.dynamics.matrix import (
    GUARD_BITS,
    Entry,
    Rows,
    ball_matrix,
    column,
    entries,
    exponential_precision,
    flow,
    identity,
    norm,
    powers,
)
from symntk.errors import DomainError, UndecidedError
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision


@dataclass(frozen=True, kw_only=True)
class KernelTraining:
    """The quadratic loss (1/2N)·Σ (f(x_i) − y_i)² on N points: ∂_t f(x) = −(η/N)·K(x, X)·(f(X) − Y).

    `kernel` is K(X, X), N × N; `start` is f_0(X). Entries are exact numbers or balls. K may be singular.
    """

    kernel: Rows
    targets: Sequence[Entry]
    start: Sequence[Entry]
    rate: Entry = 1
    """η."""

    def __post_init__(self) -> None:
        size = len(self.kernel)
        if size == 0 or {len(row) for row in self.kernel} != {size} or not size == len(self.targets) == len(self.start):
            raise DomainError(
                "training on a kernel was asked for, but kernel, targets and start are not N×N, N and N; mend the sizes"
            )

    @property
    def size(self) -> int:
        """N."""
        return len(self.kernel)

    def scaled_kernel(self, bits: int) -> arb_mat:
        """η·K/N."""
        rate = self.rate if isinstance(self.rate, arb) else enclose(self.rate, bits=bits)
        return ball_matrix(self.kernel, bits) * (rate / self.size)

    def residual(self, bits: int) -> arb_mat:
        """Y − f_0(X)."""
        return column(self.targets, bits) - column(self.start, bits)


def trained_outputs(training: KernelTraining, time: Entry, *, bits: int = 64) -> tuple[arb, ...]:
    """f_t(X) = f_0(X) + (I − e^{−ηtK/N})·(Y − f_0(X)) under gradient flow.

    Domain: t ≥ 0. Guarantee: certified. Raises DomainError for t < 0, UndecidedError where ηt‖K‖/N is above about
    65 000. Source: [jacot2018], [hayou2021, eq. 2].

    >>> training = KernelTraining(kernel=[[2, 0], [0, 1]], targets=[1, 1], start=[0, 0])
    >>> [value.str(8) for value in trained_outputs(training, 2)]
    ['[0.86466472 +/- 3.24e-9]', '[0.63212056 +/- 1.18e-9]']
    """
    decay, _, precision = _solved(training, time, bits)
    with working_precision(precision):
        moved = (identity(training.size) - decay) * training.residual(precision)
        return entries(column(training.start, precision) + moved)


def trained_output(training: KernelTraining, row: Sequence[Entry], start: Entry, time: Entry, *, bits: int = 64) -> arb:
    """f_t(x) = f_0(x) + K(x, X)·K⁻¹(I − e^{−ηtK/N})·(Y − f_0(X)) at a new point, with `row` = K(x, X).

    K⁻¹(I − e^{−ηtK/N}) = (ηt/N)·φ₁(−ηtK/N) is entire in K: no inverse is taken, and K may be singular.
    Domain: t ≥ 0. Guarantee: certified. Raises as `trained_outputs`. Source: [hayou2021, eq. 3].

    >>> training = KernelTraining(kernel=[[1, 1], [1, 1]], targets=[1, 0], start=[0, 0])
    >>> trained_output(training, [1, 1], 0, 1).str(8)
    '[0.31606028 +/- 5.86e-10]'
    """
    _, integral, precision = _solved(training, time, bits)
    with working_precision(precision):
        rate = training.rate if isinstance(training.rate, arb) else enclose(training.rate, bits=precision)
        scale = rate * _time(time, precision) / training.size
        moved = _row(training, row, precision) * integral * training.residual(precision)
        return column([start], precision)[0, 0] + scale * moved[0, 0]


def descended_outputs(training: KernelTraining, steps: int, *, bits: int = 64) -> tuple[arb, ...]:
    """f_n(X) = f_0(X) + (I − (I − ηK/N)ⁿ)·(Y − f_0(X)) after n steps of gradient descent of length η.

    Domain: n ≥ 0. Guarantee: certified. Raises DomainError for n < 0.

    >>> import sympy
    >>> training = KernelTraining(kernel=[[1]], targets=[1], start=[0], rate=sympy.Rational(1, 2))
    >>> descended_outputs(training, 3)
    (0.875000000000000,)
    """
    power, _, precision = _descended(training, steps, bits)
    with working_precision(precision):
        moved = (identity(training.size) - power) * training.residual(precision)
        return entries(column(training.start, precision) + moved)


def descended_output(
    training: KernelTraining, row: Sequence[Entry], start: Entry, steps: int, *, bits: int = 64
) -> arb:
    """f_n(x) = f_0(x) + (η/N)·K(x, X)·Σ_{j<n} (I − ηK/N)ʲ·(Y − f_0(X)) at a new point, with `row` = K(x, X).

    Domain: n ≥ 0. Guarantee: certified, for singular K too. Raises DomainError for n < 0.
    """
    _, total, precision = _descended(training, steps, bits)
    with working_precision(precision):
        rate = training.rate if isinstance(training.rate, arb) else enclose(training.rate, bits=precision)
        moved = _row(training, row, precision) * total * training.residual(precision)
        return column([start], precision)[0, 0] + rate / training.size * moved[0, 0]


def interpolated_output(training: KernelTraining, row: Sequence[Entry], start: Entry, *, bits: int = 64) -> arb:
    """f_∞(x) = f_0(x) + K(x, X)·K⁻¹·(Y − f_0(X)), the limit of long training.

    Domain: K invertible. Guarantee: certified. Raises UndecidedError where K is not proved to be invertible.

    >>> training = KernelTraining(kernel=[[2, 1], [1, 2]], targets=[1, 0], start=[0, 0])
    >>> interpolated_output(training, [2, 1], 0).contains(1)
    True
    """
    precision = bits + GUARD_BITS
    with working_precision(precision):
        try:
            weights = ball_matrix(training.kernel, precision).solve(training.residual(precision))
        except ZeroDivisionError:
            raise UndecidedError(
                "the limit of training was asked for, but the kernel is not proved to be invertible; take a finite time"
            ) from None
        return column([start], precision)[0, 0] + (_row(training, row, precision) * weights)[0, 0]


def _row(training: KernelTraining, row: Sequence[Entry], bits: int) -> arb_mat:
    if len(row) != training.size:
        raise DomainError(
            f"the kernel between a new point and the data was asked for with {len(row)} entries; give {training.size}"
        )
    return ball_matrix([list(row)], bits)


def _time(time: Entry, bits: int) -> arb:
    found = time if isinstance(time, arb) else enclose(time, bits=bits)
    if found < 0:
        raise DomainError(f"training for the time {time} was asked for; take a time of at least 0")
    return found


def _solved(training: KernelTraining, time: Entry, bits: int) -> tuple[arb_mat, arb_mat, int]:
    """(e^A, φ₁(A)) for A = −ηtK/N, and the precision that they took."""
    with working_precision(bits + GUARD_BITS):
        size = norm(training.scaled_kernel(bits) * _time(time, bits))
    precision = exponential_precision(size, bits)
    with working_precision(precision):
        decay, integral = flow(training.scaled_kernel(precision) * -_time(time, precision))
        return decay, integral, precision


def _descended(training: KernelTraining, steps: int, bits: int) -> tuple[arb_mat, arb_mat, int]:
    precision = bits + GUARD_BITS + 4 * max(steps, 1).bit_length()
    with working_precision(precision):
        return *powers(identity(training.size) - training.scaled_kernel(precision), steps), precision
