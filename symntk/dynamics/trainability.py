"""Whether and how fast a network with a fixed kernel trains: its eigenvalues, time scales and largest learning rate."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from symntk.dynamics.eigenvalues import eigenvalues
from symntk.dynamics.matrix import Rows
from symntk.errors import DomainError, UndecidedError
from symntk.numbers.precision import working_precision

_GUARD_BITS = 32


@dataclass(frozen=True, kw_only=True)
class Trainability:
    """The spectrum λ_1 ≤ … ≤ λ_N of K(X, X) and what it says of training with the quadratic loss (1/2N)·‖f(X) − Y‖².

    `trainable`: the error of every start and target tends to 0, which holds iff λ_1 > 0; None where it is undecided.
    """

    spectrum: tuple[arb, ...]

    @property
    def trainable(self) -> bool | None:
        """λ_1 > 0."""
        least = self.spectrum[0]
        return True if least > 0 else False if least <= 0 else None

    @property
    def condition_number(self) -> arb:
        """λ_N/λ_1; not finite where λ_1 is not proved to be positive."""
        return self.spectrum[-1] / self.spectrum[0] if self.spectrum[0] > 0 else arb.pos_inf()

    @property
    def largest_rate(self) -> arb:
        """2N/λ_N: descent with steps η converges for every target iff η is below it, where K is invertible."""
        return 2 * len(self.spectrum) / self.spectrum[-1]

    def time_scales(self, rate: arb) -> tuple[arb, ...]:
        """N/(η·λ_i): the times in which gradient flow shrinks the error along each eigenvector by e, longest first."""
        return tuple(len(self.spectrum) / (rate * value) if value > 0 else arb.pos_inf() for value in self.spectrum)

    def best_contraction(self) -> arb:
        """(κ − 1)/(κ + 1): the least factor per step of descent, at η = 2N/(λ_1 + λ_N), κ the condition number."""
        least, most = self.spectrum[0], self.spectrum[-1]
        return (most - least) / (most + least)

    def steps(self, error: arb, *, bits: int = 64) -> int:
        """Steps of descent at the best rate that certainly shrink every error by the factor `error` < 1.

        Raises DomainError for a factor outside (0, 1), UndecidedError where λ_1 > 0 is not proved.
        """
        if not (error > 0 and error < 1):
            raise DomainError(f"steps to an error of {error} were asked for; take a factor between 0 and 1")
        if self.trainable is not True:
            raise UndecidedError(
                "steps of training were asked for, but the smallest eigenvalue is not proved positive; "
                "ask for more bits"
            )
        with working_precision(bits + _GUARD_BITS):
            factor = self.best_contraction()
            return 1 if not factor > 0 else int((error.log() / factor.log()).upper().ceil().unique_fmpz() or 0)


def trainability(kernel: Rows, *, bits: int = 64) -> Trainability:
    """The trainability of a kernel matrix K(X, X), symmetric and positive semidefinite.

    Guarantee: certified. Raises DomainError for a matrix that is not symmetric or has a negative eigenvalue.

    >>> found = trainability([[2, 1], [1, 2]])
    >>> found.trainable, found.condition_number.str(5), found.largest_rate.str(5)
    (True, '[3.0000 +/- 3e-9]', '[1.3333 +/- 3.34e-5]')
    """
    spectrum = eigenvalues(kernel, bits=bits)
    if spectrum[0] < 0:
        raise DomainError(
            f"the trainability of a kernel was asked for, but it has the eigenvalue {spectrum[0].str(5)}; "
            "give a positive semidefinite matrix"
        )
    return Trainability(spectrum=spectrum)


def equicorrelated_condition(ratio: arb, count: int) -> arb:
    """(1 + (N − 1)·ϑ)/(1 − ϑ): the condition number of N inputs whose kernels are K(x, x)·ϑ for every pair, ϑ ≥ 0.

    With ϑ_L of a deep network: it tends to ∞ where ϑ → 1 (ordered phase), to 1 where ϑ → 0 (chaotic phase), and to
    (N + 3)/3 for ReLU and (N + 2)/2 for smooth φ on the edge of chaos, where ϑ → 1/4 and 1/3.
    Domain: N ≥ 2, 0 ≤ ϑ < 1. Guarantee: certified. Raises DomainError outside.

    >>> from symntk.activations.catalogue import activation
    >>> from symntk.depth.certified_depth import certified_depth
    >>> equicorrelated_condition(certified_depth(activation("relu"), 10**50, 0).ntk_ratio, 9).str(10)
    '[4.000000000 +/- 1e-14]'
    """
    if count < 2 or not (ratio >= 0 and ratio < 1):
        raise DomainError(
            f"the condition number of {count} inputs at the kernel ratio {ratio.str(5)} was asked for; take at least "
            "2 inputs and a ratio in [0, 1)"
        )
    return (1 + (count - 1) * ratio) / (1 - ratio)
