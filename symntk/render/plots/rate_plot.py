"""The plot of the command `rate`: how far the truncated expansions of γ_ℓ are from its certified values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flint import arb
from sympy import Expr, S, Symbol

from symntk.depth.certified_depth import certified_depth
from symntk.depth.edge_rate import EdgeRate, rate_on_edge
from symntk.depth.initial_constant import initial_constants
from symntk.depth.parabolic import Rate
from symntk.depth.transseries import DEPTH, TransTerm
from symntk.errors import DomainError, NoClosedFormError
from symntk.numbers.precision import working_precision
from symntk.render.plots.canvas import (
    BLUE,
    GREEN,
    GREY,
    MARKERS,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    maths,
    written_figure,
)
from symntk.render.plots.scales import decimal_log, geometric, set_power_ticks
from symntk.render.text import text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FIRST, LAST, _DEPTHS = 4, 10**6, 18
_DEEPEST = 10**40
"""Where C is read off, if it is not known otherwise."""
_BITS, _BITS_PER_ORDER, _BITS_DEEPEST, _NEWTON_STEPS = 64, 24, 160, 12
_COLOURS = (BLUE, ORANGE, GREEN, VERMILLION, PURPLE, SKY, GREY)
_GAMMA = Symbol("gamma_ell")

GammaAt = Callable[[int, int], arb]
"""The certified γ_ℓ at a number of layers and a number of bits."""


@dataclass(frozen=True, kw_only=True)
class Truncation:
    """The expansion cut after `order` powers of ℓ: the relative differences to the certified values where certain."""

    order: int
    layers: tuple[int, ...]
    differences: tuple[arb, ...]


@dataclass(frozen=True, kw_only=True)
class RateErrors:
    """All truncations of one expansion, for one start; `known`: C is certified, not read off at a great depth."""

    rate: Rate
    rho: Expr
    constant: arb
    known: bool
    truncations: tuple[Truncation, ...]


@dataclass(frozen=True, kw_only=True)
class _Term:
    """A term with its coefficient as a ball."""

    term: TransTerm
    coefficient: arb


def rate_plot(
    found: EdgeRate, order: int, sigma_b: Expr, sigma_w: Expr | None = None, rho: Expr | None = None
) -> RateErrors:
    """The differences for the rate at one place of the edge of chaos, from c¹ = ρ, or from 1/2.

    Raises NoClosedFormError where no certified γ_ℓ is known.
    """
    activation, bits, start = found.rate.activation, bits_for_orders(order), S.Half if rho is None else rho
    known = None
    if rho is not None:
        known = initial_constants(activation, start, sigma_b=sigma_b, sigma_w=sigma_w, bits=bits).correlation

    def gamma_at(layers: int, accuracy: int) -> arb:
        return certified_depth(activation, layers, start, sigma_b=sigma_b, bits=accuracy).gamma

    accurate = rate_on_edge(activation, found.rate.architecture, order, sigma_b, sigma_w, bits=bits)
    try:
        return rate_errors(accurate.rate, start, gamma_at, known)
    except NoClosedFormError:
        raise NoClosedFormError(
            f"a plot of the rate of {activation.name} was asked for, but its values at large depth are not certified; "
            "leave out --plot"
        ) from None


def rate_errors(rate: Rate, rho: Expr, gamma_at: GammaAt, start: arb | None = None) -> RateErrors:
    """|γ_ℓ(k orders) − γ_ℓ|/γ_ℓ for k = 1, 2, … at depths from 4 to 10⁶; `start` is C where it is known.

    Guarantee: the certified γ_ℓ are balls; without `start`, C is read off at depth 10⁴⁰ by the expansion itself.
    """
    groups = _groups(rate)
    bits = bits_for_orders(len(groups))
    with working_precision(bits + _BITS):
        terms = [[_Term(term=t, coefficient=rate.ball(t.coefficient, bits)) for t in group] for group in groups]
        constant = _read_off(sum(terms, []), gamma_at(_DEEPEST, bits)) if start is None else start
        depths = geometric(FIRST, LAST, _DEPTHS)
        certified = {n: gamma_at(n, bits) for n in depths}
        truncations = [
            _truncation(k, sum(terms[:k], []), certified, constant) for k in range(1, len(terms) + 1) if terms[k - 1]
        ]
    return RateErrors(rate=rate, rho=rho, constant=constant, known=start is not None, truncations=tuple(truncations))


def bits_for_orders(order: int) -> int:
    """The accuracy that the coefficients and the values need, so that the differences of all orders are seen."""
    return _BITS + _BITS_PER_ORDER * order + _BITS_DEEPEST


def _groups(rate: Rate) -> list[list[TransTerm]]:
    """The terms order by order; an order without terms stays empty."""
    terms, p = rate.gamma.terms, rate.fatou.p
    lead = max(t.power for t in terms)
    orders = [int((lead - t.power) * p) for t in terms]
    return [[t for t, order in zip(terms, orders, strict=True) if order == k] for k in range(max(orders) + 1)]


def _truncation(order: int, terms: Sequence[_Term], certified: dict[int, arb], constant: arb) -> Truncation:
    found = {n: abs(_sum(terms, n, constant) / gamma - 1) for n, gamma in certified.items()}
    kept = {n: value for n, value in found.items() if value > 0}
    return Truncation(order=order, layers=tuple(kept), differences=tuple(kept.values()))


def _sum(terms: Sequence[_Term], layers: int, constant: arb) -> arb:
    depth = arb(layers)
    return sum(
        (t.coefficient * _monomial(t.term, depth) * constant ** t.term.constant_powers[0] for t in terms), arb(0)
    )


def _monomial(term: TransTerm, depth: arb) -> arb:
    power = arb(int(term.power.p)) / int(term.power.q)
    return depth**power * depth.log() ** term.log_power


def _read_off(terms: Sequence[_Term], gamma: arb) -> arb:
    """C from one deep value by Newton's method; the expansion is a polynomial in C."""
    if not any(t.term.constant_powers[0] for t in terms):
        return arb(0)
    constant, depth = arb(0), arb(_DEEPEST)
    for _ in range(_NEWTON_STEPS):
        powers = [(t, t.term.constant_powers[0]) for t in terms if t.term.constant_powers[0]]
        slope = sum(
            (t.coefficient * _monomial(t.term, depth) * k * constant ** (k - 1) for t, k in powers),
            arb(0),
        )
        constant = (constant - (_sum(terms, _DEEPEST, constant) - gamma) / slope).mid()
    if not constant.is_finite():
        raise DomainError("a plot of a rate was asked for, but its constant C was not found; give --rho")
    return constant


def write_rate_plot(errors: RateErrors, path: Path) -> None:
    """Draws the differences into a png, svg or pdf file."""
    with written_figure(path, width=7.0) as figure:
        draw_rate_errors(errors, figure.add_subplot())
        figure.legend(loc="outside right center", title=f"powers of {maths(DEPTH)} kept")


def draw_rate_errors(errors: RateErrors, axes: Axes) -> None:
    """One line for each order, in log-log."""
    for i, truncation in enumerate(errors.truncations):
        rows = [decimal_log(n) for n in truncation.layers], [decimal_log(d) for d in truncation.differences]
        colour, marker = _COLOURS[i % len(_COLOURS)], MARKERS[i % len(MARKERS)]
        axes.plot(*rows, color=colour, marker=marker, markersize=4, linewidth=1.4, label=str(truncation.order))
    axes.grid(alpha=0.25)
    axes.set_xlim(decimal_log(FIRST), decimal_log(LAST))
    set_power_ticks(axes.xaxis)
    set_power_ticks(axes.yaxis)
    axes.set_xlabel(f"layers {maths(DEPTH)}")
    axes.set_ylabel(f"relative difference, truncated to certified {maths(_GAMMA)}")
    axes.set_title(_title(errors))


def _title(errors: RateErrors) -> str:
    known = "certified" if errors.known else "read off at depth 10⁴⁰"
    correlation = Symbol("c")
    return (
        f"{errors.rate.activation.name}: expansion of {maths(_GAMMA)} = 1 − {maths(correlation**DEPTH)} in the depth\n"
        f"first correlation {text(errors.rho)}, C = {errors.constant.str(6, radius=False)} ({known})"
    )
