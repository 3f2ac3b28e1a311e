"""The whole catalogue from cold caches: dual, general dual, dual of φ′, Hermite coefficients, expansion and LaTeX."""

from __future__ import annotations

import time
from collections.abc import Callable

from symntk.activations.activation import Activation
from symntk.activations.catalogue import default_members
from symntk.expansions.endpoint import expand
from symntk.gaussian.dual import derivative_dual, dual
from symntk.gaussian.hermite import hermite_coefficients
from symntk.render.latex import latex

BUDGET_SECONDS = 20.0
TASKS: dict[str, Callable[[Activation], object]] = {
    "dual": lambda phi: dual(phi).expression,
    "general dual": lambda phi: dual(phi).general,
    "dual of the derivative": derivative_dual,
    "10 Hermite coefficients": lambda phi: hermite_coefficients(phi, 10),
    "6 expansion terms": lambda phi: expand(phi, 1, 6),
    "LaTeX": lambda phi: [latex(dual(phi).expression), *(latex(t.coefficient) for t in expand(phi, 1, 6).terms)],
}


def main() -> None:
    """Prints the seconds of every task over the catalogue, the total and its ratio to the budget."""
    members = default_members()
    total = 0.0
    slowest = ("", 0.0)
    for label, task in TASKS.items():
        spent = 0.0
        for member in members:
            start = time.perf_counter()
            task(member)
            seconds = time.perf_counter() - start
            slowest = max(slowest, (f"{label} of {member.name}", seconds), key=lambda pair: pair[1])
            spent += seconds
        total += spent
        print(f"{label:24s} {spent:7.2f} s over {len(members)} activations")
    print(f"{'total':24s} {total:7.2f} s, {total / BUDGET_SECONDS:.2f} of the budget of {BUDGET_SECONDS:.0f} s")
    print(f"slowest single task: {slowest[0]}, {slowest[1]:.2f} s")


if __name__ == "__main__":
    main()
