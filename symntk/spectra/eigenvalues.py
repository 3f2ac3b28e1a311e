"""Certified eigenvalues of zonal kernels on the sphere, by Funk and Hecke's formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flint import arb

from symntk.numbers.precision import working_precision
from symntk.spectra.gegenbauer import checked_degree, checked_dimension, cosine_coefficients, multiplicity
from symntk.spectra.graded_quadrature import cosine_integrals
from symntk.spectra.zonal_kernel import Network, ZonalKernel, network_kernel

_GUARD_BITS = 24
_ROUNDS = 3
_MOST_EXTRA = 4


@dataclass(frozen=True, kw_only=True)
class Eigenvalue:
    """The eigenvalue of the harmonics of one degree, with their number."""

    degree: int
    multiplicity: int
    value: arb


def zonal_eigenvalues(kernel: ZonalKernel, dim: int, degree: int, bits: int) -> list[arb]:
    """μ_0, …, μ_K of κ with an error of about 2^−bits·κ(1).

    μ_k = ∫ κ(⟨x, y⟩)P_k(⟨x, y⟩) dy over S^{d−1} with its uniform probability measure, so that
    κ(ρ) = Σ μ_k N(d, k) P_k(ρ) and ∫ κ(⟨x, y⟩)Y(y) dy = μ_k Y(x) for harmonics Y of degree k.
    Domain: d ≥ 2, 0 ≤ K ≤ 5000. Guarantee: certified. Source: [DLMF].

    >>> cube = ZonalKernel(value=lambda gamma: (1 - gamma) ** 3, top=arb(1), parity=-1)
    >>> [x.str(8) for x in zonal_eigenvalues(cube, 3, 3, 40)]  # 0, 1/5, 0, 2/35
    ['0', '[0.20000000 +/- 9e-13]', '0', '[0.057142857 +/- 1.44e-10]']
    """
    integrals = cosine_integrals(kernel, checked_dimension(dim), checked_degree(degree) + 1, bits)
    with working_precision(bits + _GUARD_BITS):
        return [
            sum((arb(a) * f for a, f in zip(cosine_coefficients(dim, k), integrals, strict=False) if a), arb(0))
            for k in range(degree + 1)
        ]


def refined_eigenvalues(make: Callable[[int], ZonalKernel], dim: int, degree: int, bits: int) -> list[arb]:
    """The same with a relative accuracy of 2^−bits, where a few rounds of higher precision reach it.

    `make` gives the kernel to a number of bits. Of an eigenvalue that vanishes the radius stays below 2^(−2·bits)·κ(1).
    """
    goal, found = bits + _GUARD_BITS, list[arb]()
    for _ in range(_ROUNDS):
        kernel = make(goal)
        found = zonal_eigenvalues(kernel, dim, degree, goal)
        missing = [x for x in found if x != 0 and x.rel_accuracy_bits() < bits]
        small = kernel.top * arb((1, -2 * bits))
        if all(x.contains(0) and x.abs_upper() < small for x in missing):
            break
        worst = max(bits - x.rel_accuracy_bits() if not x.contains(0) else bits for x in missing)
        goal = min(goal + worst + _GUARD_BITS, _MOST_EXTRA * goal)
    return found


def network_spectrum(net: Network, *, dim: int, degree: int, bits: int = 128) -> tuple[Eigenvalue, ...]:
    """The eigenvalues of degree 0 to K of the NNGP or NTK of a network, in units of its fixed variance q.

    κ(ρ) = Σ μ_k N(d, k) P_k(ρ) on the sphere of the inputs, uniform probability measure.
    Domain: d ≥ 2, 0 ≤ K ≤ 5000, 1 ≤ L ≤ 10 000. Guarantee: certified, of relative accuracy about 2^−bits.
    Raises DomainError outside the domain, NoClosedFormError for an activation whose maps are not certified.
    Source: [DLMF], [hayou2021]; the error bounds are proved here.

    >>> from symntk.activations.catalogue import activation
    >>> net = Network(activation=activation("relu"), layers=5)
    >>> [(e.multiplicity, e.value.str(8)) for e in network_spectrum(net, dim=3, degree=1, bits=40)]
    [(1, '[1.7511428 +/- 3.33e-8]'), (3, '[0.41600301 +/- 2.56e-10]')]
    """
    values = refined_eigenvalues(lambda goal: network_kernel(net, goal), dim, degree, bits)
    return tuple(Eigenvalue(degree=k, multiplicity=multiplicity(dim, k), value=value) for k, value in enumerate(values))
