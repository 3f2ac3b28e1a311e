"""Integrals of a zonal kernel against cosines by Gauss's rule on panels that shrink towards ρ = ±1, proved errors.

With ρ = cos θ a kernel Σ bₙρⁿ, bₙ ≥ 0, is analytic and at most κ(1) where |cos θ| ≤ 1: sinh |Im θ| ≤ sin Re θ.
An ellipse of Bernstein around each panel lies in this lens, so that a rule of n nodes errs by 8Mr^{−2n}·r/(r − 1); the
panels at the ends are bounded by the monotony of κ. No smoothness at ρ = ±1 is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from flint import arb

from symntk.depth.validated import ball
from symntk.errors import UndecidedError
from symntk.numbers.precision import current_precision, working_precision
from symntk.spectra.gegenbauer import mass_ball
from symntk.spectra.zonal_kernel import ZonalKernel

_ANALYSIS_BITS = 64
_RATIO = 4
_ARCS = 48
_HALF_AXES = tuple(arb(x) for x in ("1.02", "1.06", "1.12", "1.2", "1.28", "1.36"))
_MOST_PANELS = 4_000
_MOST_NODES = 20_000


@dataclass(frozen=True, kw_only=True)
class Panel:
    """[centre − half, centre + half] with the number of Gauss nodes and a bound of the error of the rule."""

    centre: arb
    half: arb
    nodes: int
    error: arb


@dataclass(frozen=True, kw_only=True)
class _Ellipse:
    """Half-axes (A, B)·half with A + B = r, inside the lens, with log of a bound of sin^{d−2}θ·cos jθ on it."""

    parameter: arb
    logarithm: arb


def cosine_integrals(kernel: ZonalKernel, dim: int, count: int, bits: int) -> list[arb]:
    """F_j = ∫ κ(cos θ) sin^{d−2}θ cos jθ dθ/∫ sin^{d−2}θ dθ over [0, π] for j < count, to about 2^−bits·κ(1).

    Guarantee: certified. Raises UndecidedError where κ has no finite balls near ±1.

    >>> square = ZonalKernel(value=lambda gamma: (1 - gamma) ** 2, top=arb(1), parity=1)
    >>> [x.str(8) for x in cosine_integrals(square, 3, 3, 40)]
    ['[0.33333333 +/- 3.34e-9]', '0', '[0.066666667 +/- 3.35e-10]']
    """
    with working_precision(bits + _ANALYSIS_BITS):
        whole = mass_ball(dim)
        end = _last_angle(kernel, dim, count, arb((1, -bits)) * whole * kernel.top)
        totals = _end_panels(kernel, dim, range(count), end)
        for panel in _panels(dim, count, end, bits, whole):
            for j, part in enumerate(_panel_sums(kernel, dim, count, panel)):
                totals[j] += part
        kept = {1: 0, -1: 1}.get(kernel.parity)
        return [f / whole if kept is None or j % 2 == kept else arb(0) for j, f in enumerate(totals)]


def _last_angle(kernel: ZonalKernel, dim: int, count: int, small: arb) -> arb:
    """π/(2·4ⁱ), the first that leaves the integrals over the caps known to within `small`."""
    end = arb.pi() / 2
    hardest = (0, max(count - 2, 0), count - 1)
    for _ in range(_MOST_PANELS):
        end = end / _RATIO
        if all(part.rad() < small for part in _end_panels(kernel, dim, hardest, end)):
            return end
    raise UndecidedError(
        f"the eigenvalues up to degree {count - 1} of a kernel were asked for, but it is not seen to be finite near "
        "correlation 1; ask for fewer digits"
    )


def _change(kernel: ZonalKernel, angle: arb) -> arb:
    """A bound of the oscillation of κ on each of the caps [0, θ] and [π − θ, π]: both are below κ(1) − κ(cos θ)."""
    return (kernel.top - kernel.value(deficit(angle))).abs_upper()


def deficit(angle: arb) -> arb:
    """1 − cos θ = 2 sin²(θ/2)."""
    return 2 * (angle / 2).sin() ** 2


def cap_mass(dim: int, angle: arb) -> arb:
    """∫ sin^{d−2} over [0, θ], between (sin θ/θ)^{d−2} and 1 times θ^{d−1}/(d − 1), 0 < θ ≤ π/2."""
    most = angle ** (dim - 1) / (dim - 1)
    least = most * (angle.sin() / angle) ** (dim - 2)
    return most.union(least)


def _end_panels(kernel: ZonalKernel, dim: int, degrees: Iterable[int], end: arb) -> list[arb]:
    """The integrals over [0, end] and [π − end, π] for some j; the wider the higher j is."""
    weight, change = cap_mass(dim, end), _change(kernel, end)
    right = ball(kernel.top, change)
    left = ball(kernel.value(2 - deficit(end)), change)
    result: list[arb] = []
    for j in degrees:
        cosine = arb(1).union((j * end).cos()) if j * end < 3 else arb(0, 1)
        result.append(weight * cosine * (right + (-1) ** j * left))
    return result


def _panel_sums(kernel: ZonalKernel, dim: int, count: int, panel: Panel) -> list[arb]:
    """The integrals over a panel of [0, π/2] and over its mirror image."""
    even, odd = [arb(0)] * count, [arb(0)] * count
    for node, weight in gauss_rule(panel.nodes, current_precision()):
        theta = panel.centre + panel.half * node
        factor = panel.half * weight * theta.sin() ** (dim - 2)
        right = kernel.value(deficit(theta))
        left = kernel.parity * right if kernel.parity else kernel.value(2 - deficit(theta))
        up, down = factor * (right + left), factor * (right - left)
        for j in range(count):
            cosine = (j * theta).cos()
            if j % 2 == 0:
                even[j] += up * cosine
            else:
                odd[j] += down * cosine
    error = 2 * kernel.top * panel.error
    return [ball(odd[j] if j % 2 else even[j], error) for j in range(count)]


@lru_cache(maxsize=256)
def gauss_rule(count: int, precision: int) -> tuple[tuple[arb, arb], ...]:
    """The nodes and weights of Gauss's rule on [−1, 1], exact for polynomials of degree 2n − 1.

    >>> [(x.str(5), w.str(5)) for x, w in gauss_rule(1, 53)]
    [('0', '2.0000')]
    """
    with working_precision(precision):
        return tuple(arb.legendre_p_root(count, k, weight=True) for k in range(count))


def _panels(dim: int, count: int, end: arb, bits: int, whole: arb) -> list[Panel]:
    """Panels from `end` to π/2, each at most 4 times as far as it is wide, with errors of 2^−bits in all."""
    cuts = [end]
    while cuts[-1] * (_RATIO + 0.5) < arb.pi() / 2:
        cuts.append(cuts[-1] * _RATIO)
    cuts.append(arb.pi() / 2)
    allowed = arb((1, -bits)) * whole / len(cuts)
    with working_precision(_ANALYSIS_BITS):
        sizes = [_nodes(dim, count, (a + b) / 2, (b - a) / 2, allowed) for a, b in zip(cuts, cuts[1:], strict=False)]
    return [
        Panel(centre=(a + b) / 2, half=(b - a) / 2, nodes=n, error=error)
        for (n, error), a, b in zip(sizes, cuts, cuts[1:], strict=False)
    ]


def _nodes(dim: int, count: int, centre: arb, half: arb, allowed: arb) -> tuple[int, arb]:
    """The fewest nodes that some ellipse proves to suffice, and the bound of the error."""
    best: tuple[int, arb] | None = None
    for axis in _HALF_AXES:
        found = _ellipse(dim, count, centre, half, axis)
        if found is not None:
            r, size = found.parameter, found.logarithm + (8 * half).log()
            n = max(1, ceil(float(((size + (r / (r - 1)).log() - allowed.log()) / (2 * r.log())).upper())))
            if best is None or n < best[0]:
                best = n, (size - 2 * n * r.log()).exp() * r / (r - 1)
    if best is None or best[0] > _MOST_NODES:
        raise UndecidedError(f"harmonics up to degree {count - 1} were asked for, but no rule suffices; ask for fewer")
    return best[0], best[1].upper()


def _ellipse(dim: int, count: int, centre: arb, half: arb, axis: arb) -> _Ellipse | None:
    """The ellipse of half-axes (A, √(A² − 1))·half; None unless all its arcs lie in the lens."""
    other = (axis * axis - 1).sqrt()
    largest = arb(0)
    for k in range(_ARCS):
        turn = arb.pi() * (arb(k) / _ARCS).union(arb(k + 1) / _ARCS)
        x, y = centre + half * axis * turn.cos(), half * other * turn.sin()
        rise = y.sinh()
        if not x.sin() >= rise:
            return None
        largest = largest.max((x.sin() ** 2 + rise**2).upper())
    height = half * other * (count - 1)
    return _Ellipse(parameter=axis + other, logarithm=largest.log() * (dim - 2) / 2 + height)
