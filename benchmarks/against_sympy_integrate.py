"""Dual activations of ReLU and exp: symntk against naive double integrals by sympy.integrate, capped."""

from __future__ import annotations

import multiprocessing
import sys
import time

CAP_SECONDS = 120.0


def naive_relu() -> None:
    """E u⁺v⁺ as a double integral of the joint density over the quadrant."""
    import sympy

    u, v = sympy.symbols("u v", positive=True)
    r = sympy.Symbol("r", real=True)
    density = sympy.exp(-(u**2 - 2 * r * u * v + v**2) / (2 * (1 - r**2))) / (2 * sympy.pi * sympy.sqrt(1 - r**2))
    sympy.integrate(sympy.integrate(u * v * density, (u, 0, sympy.oo)), (v, 0, sympy.oo))


def naive_exp() -> None:
    """E e^u e^v as a double integral over the plane at r = 1/2, where sympy can decide the signs it needs."""
    import sympy

    u, v = sympy.symbols("u v", real=True)
    r = sympy.Rational(1, 2)
    density = sympy.exp(-(u**2 - 2 * r * u * v + v**2) / (2 * (1 - r**2))) / (2 * sympy.pi * sympy.sqrt(1 - r**2))
    inner = sympy.integrate(sympy.exp(u + v) * density, (u, -sympy.oo, sympy.oo))
    sympy.integrate(inner, (v, -sympy.oo, sympy.oo))


def ours(name: str) -> None:
    """The dual for every ρ at once, with its derivation's formula."""
    from symntk.activations.catalogue import activation
    from symntk.gaussian.dual import dual

    assert dual(activation(name)).closed_form
    assert dual(activation(name)).expression is not None


def capped(task: str, name: str) -> tuple[float, bool]:
    """Seconds of one task in a fresh process, imports included, and whether it ended before the cap."""
    process = multiprocessing.get_context("spawn").Process(target=TASKS[task], args=(name,) if task == "ours" else ())
    start = time.perf_counter()
    process.start()
    process.join(CAP_SECONDS)
    ended = not process.is_alive()
    if not ended:
        process.kill()
        process.join()
    if ended and process.exitcode != 0:
        sys.exit(f"{task} {name} failed")
    return time.perf_counter() - start, ended


TASKS = {"naive_relu": naive_relu, "naive_exp": naive_exp, "ours": ours}


def main() -> None:
    """Prints one line per activation: our seconds, the rival's seconds, the ratio."""
    for name, rival in (("relu", "naive_relu"), ("exp", "naive_exp")):
        mine, _ = capped("ours", name)
        theirs, ended = capped(rival, name)
        bound = "" if ended else "at least "
        note = "" if ended else f" (stopped at the cap of {CAP_SECONDS:.0f} s without a result)"
        print(f"{name}: symntk {mine:.2f} s, sympy.integrate {theirs:.2f} s{note}, ratio {bound}{theirs / mine:.0f}")


if __name__ == "__main__":
    main()
