"""Mercer's sum at ρ = 1 and a certified bound of what the degrees beyond the last add to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb

from symntk.errors import UndecidedError
from symntk.spectra.eigenvalues import Eigenvalue
from symntk.spectra.gegenbauer import checked_dimension
from symntk.spectra.graded_quadrature import cap_mass, deficit
from symntk.spectra.zonal_kernel import ZonalKernel

_FACTORS = tuple(arb(x) for x in ("1.25", "1.5", "1.75", "2", "2.5", "3", "4", "6"))


@dataclass(frozen=True, kw_only=True)
class MercerSum:
    """Σ_{k ≤ K} μ_k N(d, k), the bound of Σ_{k > K} μ_k N(d, k), and κ(1), which is the sum of both."""

    partial: arb
    tail: arb
    """Certainly at least the rest."""
    top: arb

    @property
    def consistent(self) -> bool:
        """Whether partial ≤ κ(1) ≤ partial + tail holds as far as the balls tell; False refutes the eigenvalues."""
        return not self.partial > self.top and not self.partial + self.tail < self.top


def mercer_sum(kernel: ZonalKernel, eigenvalues: Sequence[Eigenvalue], dim: int) -> MercerSum:
    """κ(1) = Σ μ_k N(d, k), with the degrees up to K summed and the others bounded.

    On the cap of angle θ: κ(1) − mean κ = Σ μ_k N(d, k)(1 − mean P_k) and |mean P_k| ≤ r for k > K, r =
    sin^{d−2}θ/((K + d − 1)∫₀^θ sin^{d−2}), by ∫₀^θ P_k sin^{d−2} = sin^{d−1}θ·P_k′/(k(k + d − 2)) and Bernstein's
    |sin θ·P_k′| ≤ k. So the tail is at most (κ(1) − κ(cos θ))/(1 − r); several θ are tried. Guarantee: certified.
    Raises UndecidedError where no θ < π/2 gives r < 1.

    >>> from symntk.activations.catalogue import activation
    >>> from symntk.spectra.eigenvalues import network_spectrum
    >>> from symntk.spectra.zonal_kernel import Network, network_kernel
    >>> net = Network(activation=activation("relu"), layers=3)
    >>> found = mercer_sum(network_kernel(net, 64), network_spectrum(net, dim=3, degree=30, bits=40), 3)
    >>> found.consistent, round(float(found.partial), 4), round(float(found.tail), 2)
    (True, 2.9692, 0.28)
    """
    last = max(e.degree for e in eigenvalues)
    partial = sum((e.multiplicity * e.value for e in eigenvalues), arb(0))
    return MercerSum(partial=partial, tail=tail_bound(kernel, dim, last), top=kernel.top)


def tail_bound(kernel: ZonalKernel, dim: int, last: int) -> arb:
    """An upper value of Σ_{k > K} μ_k N(d, k)."""
    best = arb.pos_inf()
    for factor in _FACTORS:
        theta = (factor * (checked_dimension(dim) - 1) / (last + dim - 1)).mid()
        if not theta < arb.pi() / 2:
            continue
        ratio = theta.sin() ** (dim - 2) / ((last + dim - 1) * cap_mass(dim, theta))
        if ratio < 1:
            best = best.min(((kernel.top - kernel.value(deficit(theta))) / (1 - ratio)).abs_upper())
    if not best.is_finite():
        raise UndecidedError(
            f"the rest of Mercer's sum beyond degree {last} on the sphere of R^{dim} was asked for, but no cap bounds "
            "it; take a larger degree"
        )
    return best
