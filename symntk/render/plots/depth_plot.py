"""The plot of the command `depth`: certified 1 − c^ℓ and the NTK ratio of a pair of inputs from layer 1 to L."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sympy import Expr, S, Symbol

from symntk.depth.certified_depth import DepthValue
from symntk.depth.transseries import DEPTH
from symntk.render.depth import layers_text
from symntk.render.plots.canvas import BLUE, VERMILLION, maths, written_figure
from symntk.render.plots.phase_diagram import SIGMA_B, SIGMA_W
from symntk.render.plots.scales import decimal_log, geometric, set_power_ticks
from symntk.render.text import text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LAYERS, _EARLY = 36, 10**4
_GAMMA = Symbol("gamma_ell")
_LONG_ROW = 25
"""Points up to this number are marked one by one."""

AtDepth = Callable[[int], DepthValue]
"""The certified values after a number of layers."""


@dataclass(frozen=True, kw_only=True)
class DepthCurve:
    """Certified values at increasing numbers of layers, for inputs at the correlation c¹ = ρ; σ_w None: on the edge."""

    rho: Expr
    sigma_w: Expr | None
    sigma_b: Expr
    values: tuple[DepthValue, ...]


def depth_curve(
    at_depth: AtDepth, layers: int, rho: Expr, sigma_w: Expr | None = None, sigma_b: Expr = S.Zero
) -> DepthCurve:
    """The values at layers 1 to L: at all of them, or at some that are spread geometrically, more of them at first."""
    chosen = {*geometric(1, min(layers, _EARLY), _LAYERS), *geometric(1, layers, _LAYERS)}
    values = tuple(at_depth(n) for n in sorted(chosen))
    return DepthCurve(rho=rho, sigma_w=sigma_w, sigma_b=sigma_b, values=values)


def deficits(curve: DepthCurve) -> list[tuple[float, float]]:
    """(log₁₀ ℓ, log₁₀ γ_ℓ) where γ_ℓ is certainly positive."""
    return [(decimal_log(v.layers), decimal_log(v.gamma)) for v in curve.values if v.gamma > 0]


def ratios(curve: DepthCurve) -> list[tuple[float, float]]:
    """(log₁₀ ℓ, K^ℓ(x, x′)/K^ℓ(x, x))."""
    return [(decimal_log(v.layers), float(v.ntk_ratio.mid())) for v in curve.values]


def write_depth_plot(curve: DepthCurve, path: Path) -> None:
    """Draws both curves, one above the other, into a png, svg or pdf file."""
    with written_figure(path, height=5.6) as figure:
        upper, lower = figure.subplots(2, sharex=True, height_ratios=(3, 2))
        draw_depth_curve(curve, upper, lower)


def draw_depth_curve(curve: DepthCurve, upper: Axes, lower: Axes) -> None:
    """1 − c^ℓ above, the NTK ratio below, over the same layers."""
    last = curve.values[-1]
    for axes, pairs, colour in ((upper, deficits(curve), BLUE), (lower, ratios(curve), VERMILLION)):
        mark = "o" if len(pairs) <= _LONG_ROW else None
        axes.plot(*zip(*pairs, strict=True), color=colour, linewidth=1.8, marker=mark, markersize=4)
        axes.grid(alpha=0.25)
        axes.set_xlim(0, max(decimal_log(last.layers), 0.3))
        set_power_ticks(axes.xaxis)
    set_power_ticks(upper.yaxis)
    upper.set_ylabel(f"deficit of correlation {maths(_GAMMA)} = 1 − {maths(Symbol('c') ** DEPTH)}")
    lower.set_ylabel("NTK ratio K(x, x′)/K(x, x)")
    lower.set_xlabel(f"layers {maths(DEPTH)}")
    upper.set_title(_title(curve))


def _title(curve: DepthCurve) -> str:
    last, bias = curve.values[-1], f"{maths(SIGMA_B)} = {text(curve.sigma_b)}"
    weight = "edge of chaos" if curve.sigma_w is None else f"{maths(SIGMA_W)} = {text(curve.sigma_w)}"
    return (
        f"{last.activation.name}, {weight}, {bias}: certified depths\n"
        f"first correlation {text(curve.rho)}, layers 1 to {layers_text(last.layers)}"
    )
