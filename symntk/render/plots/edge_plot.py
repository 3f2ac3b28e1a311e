"""The plot of the command `eoc`: the edge of chaos as a curve σ_w(σ_b), with the certified points at one σ_b."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from symntk.meanfield.edge_curve import Branch, edge_branches
from symntk.meanfield.edge_of_chaos import EdgeOfChaos
from symntk.render.plots.canvas import VERMILLION, maths, written_figure
from symntk.render.plots.phase_diagram import SIGMA_B, SIGMA_W, draw_branches, edge_line
from symntk.render.text import text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ANSWERS = {True: "", False: ": there is none", None: ": none found, not decided"}


@dataclass(frozen=True, kw_only=True)
class EdgePlot:
    """The branches of the curve for σ_b up to `largest_bias` and the solutions at the asked σ_b."""

    found: EdgeOfChaos
    largest_bias: float
    branches: tuple[Branch, ...]
    line: float | None
    """The σ_w at which χ₁ = 1 at every variance, which are fixed at σ_b = 0 only."""


def edge_plot(found: EdgeOfChaos) -> EdgePlot:
    """The curve around the asked σ_b; certified points."""
    largest = max(1.0, 1.5 * float(found.sigma_b))
    return EdgePlot(
        found=found,
        largest_bias=largest,
        branches=edge_branches(found.activation, largest),
        line=edge_line(found.activation),
    )


def write_edge_plot(plot: EdgePlot, path: Path) -> None:
    """Draws the curve into a png, svg or pdf file."""
    with written_figure(path) as figure:
        draw_edge_plot(plot, figure.add_subplot())
        figure.legend(loc="outside lower center", ncols=2)


def draw_edge_plot(plot: EdgePlot, axes: Axes) -> None:
    """The curve, the asked σ_b and the solutions there."""
    found, bias = plot.found, float(plot.found.sigma_b)
    draw_branches(plot.branches, axes, bias_first=True)
    axes.axvline(
        bias, color=VERMILLION, linewidth=1, linestyle=":", label=f"asked: {maths(SIGMA_B)} = {text(found.sigma_b)}"
    )
    if plot.line is not None:
        axes.plot([0], [plot.line], "s", color="black", clip_on=False, label=f"the whole edge: {maths(SIGMA_B)} = 0")
    if found.points:
        weights = [float(point.sigma_w) for point in found.points]
        axes.plot(
            [bias] * len(weights), weights, "o", color=VERMILLION, markersize=7, clip_on=False, zorder=6,
            label=f"certified {maths(SIGMA_W)} = " + ", ".join(f"{weight:.7g}" for weight in weights),
        )  # fmt: skip
    axes.set_xlim(0, plot.largest_bias)
    low, high = _range(plot)
    axes.set_ylim(low, high)
    axes.set_xlabel(f"bias deviation {maths(SIGMA_B)}")
    axes.set_ylabel(f"weight deviation {maths(SIGMA_W)}")
    axes.set_title(f"Edge of chaos of {found.activation.name}{_ANSWERS[found.exists]}")


def _range(plot: EdgePlot) -> tuple[float, float]:
    """The weights that are shown: all, unless the curve runs far off."""
    curve = [float(p.sigma_w) for branch in plot.branches for p in branch]
    points = [float(point.sigma_w) for point in plot.found.points] + ([] if plot.line is None else [plot.line])
    far = 4 * max([min(curve, default=1.0), *points])
    shown = [weight for weight in curve if weight <= far] + points or [0.0, 2.0]
    low, high = min(shown), max(shown)
    margin = max(0.06 * (high - low), 0.2 * high if low == high else 0.05 * high)
    return max(0.0, low - margin), high + margin
