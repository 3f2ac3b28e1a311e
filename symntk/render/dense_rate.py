"""The answer of `rate` for fully connected networks, on the edge of chaos or off it."""

from __future__ import annotations

from pathlib import Path

from sympy import Expr

from symntk.activations.activation import Activation
from symntk.architectures.fully_connected import FullyConnected
from symntk.depth.edge_rate import on_edge, rate_on_edge
from symntk.depth.hyperbolic_rate import hyperbolic_rate
from symntk.depth.rate_remainder import rate_remainders
from symntk.errors import DomainError
from symntk.render.answers import Answer
from symntk.render.hyperbolic import hyperbolic_answer
from symntk.render.numeric import bits_for
from symntk.render.rates import rate_answer

_BITS_PER_ORDER = 8
"""More bits for a longer expansion, so that the Fatou coordinate outlasts it."""


def dense_rate_answer(
    phi: Activation,
    deviations: tuple[Expr | None, Expr],
    order: int,
    *,
    digits: int,
    rho: Expr | None = None,
    plot: Path | None = None,
) -> Answer:
    """The expansions with their constants, or the geometric rates; `plot` names a file to draw the former in.

    Raises DomainError off the edge of chaos without ρ, or with a plot.
    """
    weight, bias = deviations
    bits = bits_for(digits)
    if weight is not None and not on_edge(phi, weight, bias):
        if rho is None or plot is not None:
            raise DomainError(
                f"the rate of {phi.name} at σ_w = {weight}, σ_b = {bias} was asked for, off the edge of chaos; "
                "give --rho C1, and no --plot"
            )
        return hyperbolic_answer(hyperbolic_rate(phi, rho, weight, bias, bits=bits), rho=rho, digits=digits)
    found = rate_on_edge(phi, FullyConnected(), order, bias, weight, bits=bits)
    if plot is not None:
        from symntk.render.plots.rate_plot import rate_plot, write_rate_plot

        write_rate_plot(rate_plot(found, order, bias, weight, rho), plot)
    if rho is None:
        return rate_answer(found, digits=digits)
    fine = bits + _BITS_PER_ORDER * order
    known = rate_remainders(phi, rho, order, sigma_b=bias, sigma_w=weight, bits=fine)
    return rate_answer(found, digits=digits, start=known)
