"""The phase diagram of an activation in (σ_w, σ_b): the certified edge of chaos, phases at sample points, one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy
from sympy import Expr, Rational, Symbol

from symntk.activations.activation import Activation
from symntk.errors import DomainError, UndecidedError
from symntk.meanfield.edge_curve import Branch, CurvePoint, edge_branches
from symntk.meanfield.edge_of_chaos import edge_of_chaos
from symntk.meanfield.fixed_points import fixed_variances
from symntk.meanfield.maps import MeanField
from symntk.meanfield.phase import Phase, phase_name
from symntk.render.plots.canvas import BLUE, GREY, MARKERS, PURPLE, VERMILLION, maths, written_figure
from symntk.render.text import text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS, _ROWS, _BITS = 6, 4, 24
_LABEL = (0.13, 0.08)
"""Half the size of the name of a region, as fractions of the window."""
_NAMES = {
    "ordered": ("ordered", BLUE),
    "chaotic": ("chaotic", VERMILLION),
    "edge_of_chaos": ("edge of chaos", PURPLE),
    "none": ("no stable fixed variance", GREY),
    "unseen": ("no fixed variance found", GREY),
    "undecided": ("not decided", GREY),
}
_STYLES = {True: ("-", "stable q"), False: ("--", "unstable q"), None: (":", "neutral q")}
SIGMA_W, SIGMA_B = Symbol("sigma_w"), Symbol("sigma_b")


@dataclass(frozen=True, kw_only=True)
class SampledPhase:
    """The phase at one exact place; "none" where it is proved that no fixed variance is stable.

    "unseen" where none was found, "undecided" where balls do not tell.
    """

    sigma_w: Rational
    sigma_b: Rational
    name: str


@dataclass(frozen=True, kw_only=True)
class PhaseDiagram:
    """What the diagram shows, before anything is drawn; `line`: the σ_w at which χ₁ = 1 whatever the variance is."""

    found: Phase
    width: float
    height: float
    branches: tuple[Branch, ...]
    line: float | None
    samples: tuple[SampledPhase, ...]


def phase_diagram(found: Phase) -> PhaseDiagram:
    """The curve and the samples in a window around (σ_w, σ_b).

    Guarantee: the points of the curve and the phases of the samples are certified.
    """
    activation, weight, bias = found.layer.activation, float(found.layer.sigma_w), float(found.layer.sigma_b)
    height = _round_up(max(1.0, 1.4 * bias))
    branches = edge_branches(activation, height)
    line = edge_line(activation)
    width = _width(weight, branches, line, height)
    return PhaseDiagram(
        found=found,
        width=width,
        height=height,
        branches=branches,
        line=line,
        samples=_samples(activation, width, height),
    )


def edge_line(activation: Activation) -> float | None:
    """The σ_w at which χ₁ = 1 at every variance, for activations that are homogeneous of degree 1.

    >>> from symntk.activations.catalogue import activation
    >>> edge_line(activation("abs")), edge_line(activation("tanh"))
    (1.0, None)
    """
    if activation.homogeneity_degree != 1:
        return None
    edge = edge_of_chaos(activation, 0)
    return float(edge.points[0].sigma_w) if edge.every_variance else None


def _round_up(value: float) -> float:
    """The next number with two digits."""
    unit = 10.0 ** (int(numpy.floor(numpy.log10(value))) - 1)
    return float(numpy.ceil(value / unit - 1e-9) * unit)


def _width(weight: float, branches: tuple[Branch, ...], line: float | None, height: float) -> float:
    """Room for the asked point and for the curve, unless that runs far off."""
    weights = [float(p.sigma_w) for branch in branches for p in branch if float(p.sigma_b) <= height]
    weights += [] if line is None else [line]
    far = 4 * max(1.0, weight, min(weights, default=1.0))
    return _round_up(1.6 * max(weight, min(max(weights, default=1.0), far)))


def _samples(activation: Activation, width: float, height: float) -> tuple[SampledPhase, ...]:
    places = [
        (Rational(round(1000 * width * (i + 0.5) / _COLUMNS), 1000), Rational(round(1000 * height * b), 1000))
        for i in range(_COLUMNS)
        for b in [(j + 0.5) / _ROWS for j in range(_ROWS)]
    ]
    return tuple(SampledPhase(sigma_w=w, sigma_b=b, name=_name(activation, w, b)) for w, b in places)


def _name(activation: Activation, sigma_w: Expr, sigma_b: Expr) -> str:
    try:
        return phase_name(activation, sigma_w, sigma_b, bits=_BITS)
    except DomainError:
        layer = MeanField(activation=activation, sigma_w=sigma_w, sigma_b=sigma_b)
        return "none" if fixed_variances(layer, bits=_BITS).complete else "unseen"
    except UndecidedError:
        return "undecided"


def write_phase_diagram(diagram: PhaseDiagram, path: Path) -> None:
    """Draws the diagram into a png, svg or pdf file."""
    with written_figure(path) as figure:
        axes = figure.add_subplot()
        draw_phase_diagram(diagram, axes)
        figure.legend(loc="outside lower center", ncols=2)


def draw_phase_diagram(diagram: PhaseDiagram, axes: Axes) -> None:
    """The edge curve, the samples, the labels of the regions and the asked point."""
    _fill(diagram, axes)
    draw_branches(diagram.branches, axes, bias_first=False)
    if diagram.line is not None:
        axes.axvline(diagram.line, color="black", linewidth=1.2, linestyle="-.", label="χ₁ = 1 at every variance")
    _draw_samples(diagram, axes)
    layer = diagram.found.layer
    axes.plot(
        [float(layer.sigma_w)], [float(layer.sigma_b)], marker="*", markersize=12, color="#f0e442",
        markeredgecolor="black", linestyle="none", clip_on=False, zorder=6,
        label=f"asked point: {_NAMES[diagram.found.name][0]}",
    )  # fmt: skip
    axes.set_xlim(0, diagram.width)
    axes.set_ylim(0, diagram.height)
    axes.set_xlabel(f"weight deviation {maths(SIGMA_W)}")
    axes.set_ylabel(f"bias deviation {maths(SIGMA_B)}")
    axes.set_title(
        f"Phases of {layer.activation.name}; asked: {maths(SIGMA_W)} = {text(layer.sigma_w)}, "
        f"{maths(SIGMA_B)} = {text(layer.sigma_b)}"
    )


def draw_branches(branches: tuple[Branch, ...], axes: Axes, *, bias_first: bool) -> None:
    """The curve of the edge of chaos, one style for each kind of stability; `bias_first` puts σ_b on the x axis."""
    named = set[bool | None]()
    for branch in branches:
        kind = branch[len(branch) // 2].stable
        style, name = _STYLES[kind]
        rows = [[float(p.sigma_b), float(p.sigma_w)] for p in branch]
        pairs = numpy.array(rows if bias_first else [row[::-1] for row in rows])
        label = "" if kind in named else f"edge of chaos χ₁ = 1, {name}"
        named.add(kind)
        axes.plot(pairs[:, 0], pairs[:, 1], color="black", linewidth=1.8, linestyle=style, label=label, zorder=4)


def _draw_samples(diagram: PhaseDiagram, axes: Axes) -> None:
    names = sorted({s.name for s in diagram.samples})
    for marker, name in zip(MARKERS, names, strict=False):
        title, colour = _NAMES[name]
        places = numpy.array([(float(s.sigma_w), float(s.sigma_b)) for s in diagram.samples if s.name == name])
        axes.plot(
            places[:, 0], places[:, 1], marker, color=colour, markersize=4, alpha=0.9, zorder=3,
            label=f"{'sample' if name in ('unseen', 'undecided') else 'certified'}: {title}",
        )  # fmt: skip
        _label(diagram, axes, name, title, colour)


def _label(diagram: PhaseDiagram, axes: Axes, name: str, title: str, colour: str) -> None:
    """The name of a region, half a row above the sample where there is most room for it, if there is room at all."""
    own = [_place(diagram, s) + (0, 0.5 / _ROWS) for s in diagram.samples if s.name == name]
    between = [(a + b) / 2 for a in own for b in own if a[1] == b[1] and 0 < b[0] - a[0] < 1.5 / _COLUMNS]
    roomy = [place for place in own + between if 0.13 < place[0] < 0.87 and place[1] < 0.9]
    others = [_place(diagram, s) for s in diagram.samples if s.name != name]
    others += [_place(diagram, point) for branch in diagram.branches for point in branch]
    others += [_place(diagram, diagram.found.layer)]
    others += [numpy.array([diagram.line / diagram.width, k / 16]) for k in range(16) if diagram.line is not None]
    room = [min(max(abs(place - other) / _LABEL) for other in others) for place in roomy]
    if not room or max(room) < 1:
        return
    best = roomy[room.index(max(room))]
    axes.text(
        best[0] * diagram.width, best[1] * diagram.height, title.replace(" fixed", "\nfixed"), color=colour,
        ha="center", va="center", fontsize=12, fontweight="bold", zorder=5,
    )  # fmt: skip


def _place(diagram: PhaseDiagram, at: SampledPhase | CurvePoint | MeanField) -> numpy.ndarray:
    """A place as fractions of the window."""
    return numpy.array([float(at.sigma_w) / diagram.width, float(at.sigma_b) / diagram.height])


def _fill(diagram: PhaseDiagram, axes: Axes) -> None:
    """Colours both sides of the curve, where it is one graph over σ_b and all samples agree with it."""
    edge = _graph(diagram)
    if edge is None:
        return
    biases, weights = edge
    sides = [(s.name, float(s.sigma_w) < numpy.interp(float(s.sigma_b), biases, weights)) for s in diagram.samples]
    for left in (True, False):
        names = {name for name, is_left in sides if is_left is left or bool(is_left) == left}
        if len(names) == 1:
            colour = _NAMES[names.pop()][1]
            ends = (0.0, weights) if left else (weights, diagram.width)
            axes.fill_betweenx(biases, *ends, color=colour, alpha=0.13, linewidth=0)


def _graph(diagram: PhaseDiagram) -> tuple[numpy.ndarray, numpy.ndarray] | None:
    """The boundary as σ_w over increasing σ_b, None where it is no single graph over the window."""
    if diagram.line is not None:
        return numpy.array([0.0, diagram.height]), numpy.array([diagram.line, diagram.line])
    if len(diagram.branches) != 1 or diagram.branches[0][0].stable is not True:
        return None
    biases = numpy.array([float(p.sigma_b) for p in diagram.branches[0]])
    weights = numpy.array([float(p.sigma_w) for p in diagram.branches[0]])
    if not (numpy.diff(biases) > 0).all() or biases[0] > diagram.height / 50 or biases[-1] < diagram.height:
        return None
    return numpy.concatenate([[0.0], biases]), numpy.concatenate([weights[:1], weights])
