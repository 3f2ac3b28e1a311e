"""Sixteen terms of the thirtyfold iterate of the ReLU map: symntk against repeated substitution by sympy.series."""

from __future__ import annotations

import multiprocessing
import time

CAP_SECONDS = 60.0
DEPTH, TERMS = 30, 16


def ours() -> float:
    """Binary powering with coefficients in ℚ[√2, 1/π]."""
    from symntk.activations.catalogue import activation
    from symntk.expansions.endpoint import expand

    start = time.perf_counter()
    assert len(expand(activation("relu"), 1, TERMS, DEPTH).terms) == TERMS
    return time.perf_counter() - start


def naive(results: multiprocessing.Queue[int]) -> None:
    """Substitutes the truncated map into itself and expands, one layer at a time; reports each layer done."""
    import sympy

    w = sympy.Symbol("w", positive=True)
    order = TERMS + 2
    angle = sympy.series(sympy.acos(1 - w**2), w, 0, order + 2).removeO()
    root = sympy.series(sympy.sqrt(2 * w**2 - w**4), w, 0, order + 2).removeO()
    deficit = sympy.expand(1 - (root + (1 - w**2) * (sympy.pi - angle)) / sympy.pi)
    step = sympy.series(sympy.sqrt(sympy.expand(deficit / w**2)), w, 0, order).removeO() * w
    current = step
    for layer in range(2, DEPTH + 1):
        nested = sympy.expand(step.subs(w, current))
        current = sum(nested.coeff(w, k) * w**k for k in range(1, order))
        results.put(layer)


def main() -> None:
    """Prints our seconds, the rival's seconds or the layer it reached, and the ratio."""
    mine = ours()
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    process = context.Process(target=naive, args=(results,))
    start = time.perf_counter()
    process.start()
    process.join(CAP_SECONDS)
    theirs, ended = time.perf_counter() - start, not process.is_alive()
    if not ended:
        process.kill()
        process.join()
    reached = 1
    while not results.empty():
        reached = results.get()
    note = "" if ended else f" (stopped at the cap, {reached} of {DEPTH} layers done)"
    bound = "" if ended else "at least "
    print(
        f"relu, {TERMS} terms of the {DEPTH}-fold iterate: symntk {mine:.2f} s, sympy {theirs:.1f} s{note}, "
        f"ratio {bound}{theirs / mine:.0f}"
    )


if __name__ == "__main__":
    main()
