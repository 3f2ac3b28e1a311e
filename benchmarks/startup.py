"""Start-up and the ledger: `import symntk` against `import sympy`, and the seconds of `symntk verify`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 7


def seconds(*command: str) -> float:
    """Wall-clock seconds of one command."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def importing(module: str) -> float:
    """Median seconds that an import adds to a bare interpreter."""
    bare = statistics.median(seconds(sys.executable, "-c", "pass") for _ in range(RUNS))
    loaded = statistics.median(seconds(sys.executable, "-c", f"import {module}") for _ in range(RUNS))
    return loaded - bare


def main() -> None:
    """Prints the import times with their ratio, and the time of the shipped ledger with its share of the budget."""
    mine, rival = importing("symntk"), importing("sympy")
    print(f"import symntk {mine:.3f} s, import sympy {rival:.3f} s, ratio {rival / mine:.1f}")
    ledger = seconds(sys.executable, "-m", "symntk", "verify", "--json")
    print(f"symntk verify {ledger:.1f} s, {ledger / 60:.2f} of the budget of 60 s")


if __name__ == "__main__":
    main()
