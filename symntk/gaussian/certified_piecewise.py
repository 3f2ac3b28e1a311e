"""Gaussian expectations of piecewise analytic functions, cut exactly at their breakpoints, without Price's theorem.

In u = √q₁(αs + βt), v = √q₂(αs − βt), α² = (1 + ρ)/2, β² = (1 − ρ)/2, ρ ≥ 0, the integrand is analytic between lines
that tilt little, so that the integral over t is a sum of a few smooth ones however close ρ comes to 1; ρ < 0 mirrors g.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flint import acb, arb
from sympy import Expr, S

from symntk.errors import UndecidedError
from symntk.gaussian import certified_cuts as cuts
from symntk.gaussian.certified_conditional import conditional_expectation, is_conditional
from symntk.gaussian.certified_cuts import Crossing, Interval
from symntk.gaussian.certified_inner import Effort, Line, Rotation, has_closed_line, integrated, line_integral
from symntk.gaussian.certified_scalar import enclose_number, enclose_root
from symntk.gaussian.certified_segments import Segment, breakpoints, growth_of, mirrored, segments
from symntk.gaussian.growth import (
    LOG_TWO,
    Growth,
    cutoff_for,
    gaussian_integral,
    gaussian_tail,
    logarithm,
    product,
    separated,
)
from symntk.gaussian.strip import ANALYSIS_BITS
from symntk.numbers.precision import working_precision

_GUARD_BITS = 32
Pieces = tuple[Segment, ...]
End = tuple[arb, arb]
"""(offset, slope) of the line s = offset + slope·t."""
Part = tuple[Line, End | None, End | None]


@dataclass(frozen=True, kw_only=True)
class Question:
    """E f(u)g(v) at correlation 0 ≤ ρ ≤ 1, with the exact numbers."""

    f: Pieces
    g: Pieces
    q1: Expr
    q2: Expr
    rho: Expr


@dataclass(frozen=True, kw_only=True)
class Frame:
    """How far the plane is integrated, and a bound of what lies outside."""

    edge_s: arb
    edge_t: arb
    error: arb
    size: int
    """log₂ of a bound of the expectation, at least 0."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The numbers of a question, enclosed at the precision in force."""

    rotation: Rotation
    f_ends: tuple[End, ...]
    g_ends: tuple[End, ...]
    crossings: tuple[Crossing, ...]
    clamp: arb | None
    """Half-length of the lines, None where their integrals have closed forms up to infinity."""
    lines: tuple[tuple[Line | None, ...], ...]


def piecewise_expectation(f: Expr, g: Expr, rho: Expr, variances: tuple[Expr, Expr], bits: int) -> arb:
    """E f(u)g(v) for −1 ≤ ρ ≤ 1, with an error of about 2^−bits.

    Guarantee: certified. Raises UndecidedError where no growth bound or no order of the breakpoints is proved.
    Source: [Johansson2017] for the error function in complex balls.

    >>> import sympy
    >>> from symntk.notation import X
    >>> relu = sympy.Max(0, X)
    >>> piecewise_expectation(relu, relu, S.Zero, (S.One, S.One), 53).overlaps(1 / (2 * arb.pi()))
    True
    """
    if abs(rho) != 1:
        for pair, order in (((f, g), variances), ((g, f), variances[::-1])):
            if is_conditional(*pair):
                return conditional_expectation(*pair, rho, (order[0], order[1]), bits)
    question = _posed(f, g, rho, variances)
    frame = _framed(question, bits)
    with working_precision(bits + _GUARD_BITS + frame.size):
        effort = Effort()
        scene = _set(question, frame, bits, effort)
        value = _on_line(scene) if question.rho == 1 else _over_plane(scene, question, frame, bits)
        effort.check()
        return value + arb(0, frame.error)


def confirm_integrable(f: Expr, g: Expr, variances: tuple[Expr, Expr]) -> None:
    """Raises UndecidedError unless f(u)g(v) is proved integrable at every correlation."""
    _framed(_posed(f, g, S.One, variances), ANALYSIS_BITS)


def _posed(f: Expr, g: Expr, rho: Expr, variances: tuple[Expr, Expr]) -> Question:
    pieces = segments(g)
    if enclose_number(rho, ANALYSIS_BITS).mid() < 0:
        pieces, rho = mirrored(pieces), -rho
    return Question(f=segments(f), g=pieces, q1=variances[0], q2=variances[1], rho=rho)


def _rotation(question: Question, bits: int) -> Rotation:
    alpha = (enclose_number(1 + question.rho, bits) / 2).sqrt()
    beta = arb(0) if question.rho == 1 else (enclose_number(1 - question.rho, bits) / 2).nonnegative_part().sqrt()
    first, second = enclose_root(question.q1, bits), enclose_root(question.q2, bits)
    return Rotation(first=first * alpha, first_tilt=first * beta, second=second * alpha, second_tilt=second * beta)


def _framed(question: Question, bits: int) -> Frame:
    with working_precision(ANALYSIS_BITS):
        r = _rotation(question, ANALYSIS_BITS)
        f, g = growth_of(question.f), growth_of(question.g)
        (f_s, f_t), (g_s, g_t) = separated(f, r.first, r.first_tilt), separated(g, r.second, r.second_tilt)
        along, across = product(f_s, g_s), product(f_t, g_t)
        masses = gaussian_integral(along), gaussian_integral(across)
        edges = [_edge(h, bits + 3 + logarithm(m) / LOG_TWO) for h, m in ((along, masses[1]), (across, masses[0]))]
        error = arb(0) if question.rho == 1 else gaussian_tail(across, edges[1]) * masses[0]
        if not _closed(question):
            error += gaussian_tail(along, edges[0]) * masses[1]
        size = max(0, round(logarithm(masses[0] * masses[1]) / LOG_TWO))
        return Frame(edge_s=edges[0], edge_t=edges[1], error=error.upper(), size=size)


def _edge(growth: Growth, bits: float) -> arb:
    """A cutoff, rounded up to an eighth so that it is exact."""
    return arb(int(cutoff_for(growth, max(bits, 1.0)) * 8) + 1) / 8


def _closed(question: Question) -> bool:
    pairs = ((p, q) for p in question.f for q in question.g)
    return all(p.expression == 0 or q.expression == 0 or has_closed_line(p, q) for p, q in pairs)


def _set(question: Question, frame: Frame, bits: int, effort: Effort) -> Scene:
    precision = bits + _GUARD_BITS + frame.size
    r = _rotation(question, precision)
    x, y = breakpoints(question.f), breakpoints(question.g)
    beta = r.first_tilt / enclose_root(question.q1, precision)
    tolerance = arb((1, -bits - 4))
    return Scene(
        rotation=r,
        f_ends=tuple((enclose_number(e, precision) / r.first, -r.first_tilt / r.first) for e in x),
        g_ends=tuple((enclose_number(e, precision) / r.second, r.second_tilt / r.second) for e in y),
        crossings=tuple(cuts.crossings(x, y, question.q1, question.q2, beta, precision)),
        clamp=None if _closed(question) else frame.edge_s,
        lines=tuple(tuple(line_integral(p, q, r, tolerance, effort) for q in question.g) for p in question.f),
    )


def _on_line(scene: Scene) -> arb:
    """ρ = 1: one line, on which the breakpoints have their exact order."""
    order = {(c.i, c.j): cuts.sign_of_gap(c.gap) <= 0 for c in scene.crossings}
    parts = _parts(scene, order, arb(0))
    return _summed(parts, acb(0), analytic=False).real


def _over_plane(scene: Scene, question: Question, frame: Frame, bits: int) -> arb:
    """The integral over t between the crossings, plus what the radius of each crossing point leaves open."""
    edge = frame.edge_t
    symmetric = question.f == question.g and question.q1 == question.q2
    start = arb(0) if symmetric else -edge
    inner = [c for c in _cut_points(scene) if c > start and c < edge]
    nodes = [start, *(c.mid() for c in inner), edge]
    cells = [_cell(scene, (a + b) / 2) for a, b in zip(nodes, nodes[1:], strict=False)]
    tolerance = arb((1, -bits - 2 - len(cells).bit_length()))
    total = arb(0)
    for cell, a, b in zip(cells, nodes, nodes[1:], strict=False):
        total += integrated(cell, a, b, tolerance)
    for left, right, point in zip(cells, cells[1:], inner, strict=False):
        if point.rad() > 0:
            total += ((left(acb(point), False) - right(acb(point), False)) * (point - point.mid())).real
    return 2 * total if symmetric else total


def _cut_points(scene: Scene) -> list[arb]:
    """Where the order of the breakpoints on the line changes, or one of them leaves the clamped line."""
    points = cuts.positions(scene.crossings)
    if scene.clamp is not None:
        for offset, slope in (*scene.f_ends, *scene.g_ends):
            points.extend((side - offset) / slope for side in (-scene.clamp, scene.clamp))
    return sorted(points, key=lambda ball: ball.mid())


def _cell(scene: Scene, middle: arb) -> Callable[[acb, bool], acb]:
    """The integrand over t around a line that misses all crossings."""
    parts = _parts(scene, cuts.order_at(middle, scene.crossings), middle)
    scale = 1 / (2 * arb.pi()).sqrt()

    def integrand(t: acb, analytic: bool) -> acb:
        return _summed(parts, t, analytic=analytic) * (-t * t / 2).exp() * scale

    return integrand


def _summed(parts: Sequence[Part], t: acb, *, analytic: bool) -> acb:
    total = acb(0)
    for line, left, right in parts:
        ends = [None if end is None else end[0] + end[1] * t for end in (left, right)]
        total += line(t, ends[0], ends[1], analytic)
    return total


def _parts(scene: Scene, order: dict[tuple[int, int], bool], t: arb) -> list[Part]:
    found: list[Part] = []
    for cell in cuts.intervals((len(scene.f_ends), len(scene.g_ends)), order):
        line = scene.lines[cell.first][cell.second]
        ends = _clamped(scene, cell, t)
        if line is not None and ends is not None:
            found.append((line, *ends))
    return found


def _clamped(scene: Scene, cell: Interval, t: arb) -> tuple[End | None, End | None] | None:
    """The ends of an interval, within the clamped line; None when the interval lies outside it."""
    ends = [None if e is None else (scene.f_ends, scene.g_ends)[e[0]][e[1]] for e in (cell.left, cell.right)]
    if scene.clamp is None:
        return ends[0], ends[1]
    walls: list[End] = [(-scene.clamp, arb(0)), (scene.clamp, arb(0))]
    left = ends[0] if ends[0] is not None and _compared(ends[0], t, walls[0]) > 0 else walls[0]
    right = ends[1] if ends[1] is not None and _compared(ends[1], t, walls[1]) < 0 else walls[1]
    if ends[1] is not None and _compared(ends[1], t, walls[0]) < 0:
        return None
    return None if ends[0] is not None and _compared(ends[0], t, walls[1]) > 0 else (left, right)


def _compared(end: End, t: arb, wall: End) -> int:
    distance = end[0] + end[1] * t - wall[0]
    if distance.contains(0):
        raise UndecidedError(
            "the place of a breakpoint on a truncated line was asked for, but it may lie on its end; ask for more bits"
        )
    return 1 if distance > 0 else -1
