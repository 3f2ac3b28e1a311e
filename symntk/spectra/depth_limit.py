"""Where the eigenvalues of a fully connected network go as its depth tends to infinity, in each of the three phases."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from symntk.activations.derivative import derivative
from symntk.errors import DomainError
from symntk.meanfield.phase import PhaseName
from symntk.numbers.precision import working_precision
from symntk.spectra.gegenbauer import checked_degree, checked_dimension
from symntk.spectra.zonal_kernel import Kind, Network, network_maps

_GUARD_BITS = 32


@dataclass(frozen=True, kw_only=True)
class DepthLimit:
    """lim μ_k/normalisation as L → ∞: a constant part that only k = 0 sees, and what both poles leave to every k."""

    phase: PhaseName
    kind: Kind
    dim: int
    per_layer: bool
    """Whether μ_k is divided by L, as on the edge of chaos."""
    constant: arb
    """The limit of the kernel at −1 < ρ < 1."""
    pole: arb
    """The part that stays at ρ = 1, ∞ where the eigenvalues grow without bound; 0 for most."""
    parity: int
    """That of the kernel: the other pole adds parity·(−1)ᵏ as much."""

    def eigenvalue(self, degree: int) -> arb:
        """The limit for the harmonics of degree k; +∞ where they grow without bound."""
        k = checked_degree(degree)
        sides = 1 + self.parity * (-1) ** k
        constant = self.constant if k == 0 and self.parity >= 0 else arb(0)
        return constant if sides == 0 else constant + sides * self.pole


def depth_limit(net: Network, dim: int, *, bits: int = 64) -> DepthLimit:
    """The limits of the eigenvalues of c^L, K^L/q or, on the edge of chaos, K^L/(Lq), whatever L `net` has.

    Ordered: K → 1/(1 − χ₁). Edge: K^L/L → r/(2r + 1), with 1 − f = γ − aγ^{1+r} + …: 1/4 with kinks, 1/3 without.
    Chaotic: K → c*/(1 − f′(c*)) inside, but K^L(1) ~ χ₁^{L−1}: K^L = Σ_m c^m·dc^L/dc^m, and dc^L/dρ tends to
    (1 − c*)δ_1 near 1, which leaves (1 − c*)/(2s)·χ₁/(χ₁ − 1) to every μ_k when d = 3, s = dc¹/dρ. For d ≥ 4 the cap
    1 − ρ ~ χ₁^{−L} is too small to count, for d = 2 it makes every μ_k grow like χ₁^{L/2}. Elsewhere bounded
    convergence leaves k = 0 alone. Domain: d ≥ 2, φ not linear. Guarantee: certified values of these limits.
    Raises DomainError for a linear φ, and on the edge for an odd φ without bias, whose c^ℓ tends to ±1.
    Source: derived here; [hayou2021, thm 3] overlooks the poles.

    >>> import sympy
    >>> from symntk.activations.catalogue import activation
    >>> net = Network(activation=activation("tanh"), layers=1, sigma_w=sympy.Integer(2), sigma_b=sympy.Rational(1, 2))
    >>> found = depth_limit(net, 3)
    >>> found.phase, [found.eigenvalue(k).str(6, radius=False) for k in range(2)]
    ('chaotic', ['4.87394', '1.24491'])
    """
    checked_dimension(dim)
    if net.activation.expression.diff().is_number:
        raise DomainError(f"the limit in depth for {net.activation.name} was asked for, but it is linear; take another")
    maps = network_maps(net, bits)
    with working_precision(bits + _GUARD_BITS):
        at, chi, zero = maps.place.attractor, maps.chi, arb(0)
        if chi is None:
            return _on_edge(net, dim)
        if at is None:
            whole = 1 / (1 - chi) if net.kind == "ntk" else arb(1)
            return _limit(net, dim, "ordered", whole, zero)
        c = 1 - at.gamma
        if net.kind == "nngp":
            return _limit(net, dim, "chaotic", c, zero)
        left = (1 - c) / (2 * maps.start) * chi / (chi - 1)
        pole = {2: arb.pos_inf(), 3: left}.get(dim, zero)
        return _limit(net, dim, "chaotic", c / (1 - at.slope), pole)


def _on_edge(net: Network, dim: int) -> DepthLimit:
    if net.parity < 0 and net.activation.parity == "odd":
        raise DomainError(
            f"the limit in depth of the odd {net.activation.name} without bias on the edge of chaos was asked for, but "
            "its correlations tend to both 1 and -1; take sigma_b > 0"
        )
    if net.kind == "nngp":
        return _limit(net, dim, "edge_of_chaos", arb(1), arb(0))
    kinked = bool(net.activation.breakpoints) and bool(derivative(net.activation, 2).masses)
    return _limit(net, dim, "edge_of_chaos", arb(1) / 4 if kinked else arb(1) / 3, arb(0))


def _limit(net: Network, dim: int, phase: PhaseName, constant: arb, pole: arb) -> DepthLimit:
    parity = 0 if net.sigma_b != 0 else {"odd": -1, "even": 1}.get(net.activation.parity or "", 0)
    return DepthLimit(
        phase=phase,
        kind=net.kind,
        dim=dim,
        per_layer=phase == "edge_of_chaos" and net.kind == "ntk",
        constant=constant,
        pole=pole,
        parity=parity,
    )
