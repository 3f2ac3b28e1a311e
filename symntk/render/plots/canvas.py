"""Makes figures of one style and puts a plot file in place only when it is complete."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sympy import Expr

from symntk.errors import DomainError, SymntkError
from symntk.render.latex import latex

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".pdf")
BLUE, ORANGE, GREEN, VERMILLION, PURPLE, SKY, GREY = (
    "#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#767676",
)  # fmt: skip
"""Colours that readers with any kind of colour vision tell apart [Okabe and Ito]."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
STYLE: Any = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "legend.fontsize": 9,
    "mathtext.fontset": "dejavusans",
    "savefig.dpi": 160,
    "svg.fonttype": "path",
    "svg.hashsalt": "symntk",
}


def checked_target(path: Path) -> Path:
    """The path, if a plot can be written there: its suffix is png, svg or pdf, its folder exists, matplotlib is there.

    Raises DomainError for a wrong path, SymntkError without matplotlib.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise DomainError(f"a plot in {path} was asked for, but its suffix names no known format; take png, svg or pdf")
    if not path.parent.is_dir() or path.is_dir():
        found = "that is a folder" if path.is_dir() else f"the folder {path.parent} does not exist"
        raise DomainError(f"a plot in {path} was asked for, but {found}; name a file in a folder that exists")
    try:
        import matplotlib  # pyright: ignore[reportUnusedImport]  # noqa: F401
    except ImportError:
        raise SymntkError(
            "a plot was asked for, but matplotlib is not installed; run pip install 'symntk[plot]'"
        ) from None
    return path


@contextmanager
def written_figure(path: Path, *, width: float = 6.4, height: float = 4.6) -> Generator[Figure]:
    """A figure to draw on; it is written to the path at the end, and only if nothing went wrong.

    Guarantee: the file is complete or as it was before. Raises DomainError where it cannot be written.
    """
    target = checked_target(path)
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure
        _write(figure, target)


def _write(figure: Figure, path: Path) -> None:
    unfinished = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    kind = path.suffix.lower().lstrip(".")
    dated = {"svg": "Date", "pdf": "CreationDate"}
    try:
        figure.savefig(unfinished, format=kind, metadata={dated[kind]: None} if kind in dated else None)
        unfinished.replace(path)
    except OSError as error:
        raise DomainError(
            f"a plot in {path} was asked for, but it cannot be written: {error.strerror}; name another file"
        ) from None
    finally:
        unfinished.unlink(missing_ok=True)


def maths(expression: Expr) -> str:
    """A formula for a label.

    >>> from sympy import Symbol
    >>> maths(Symbol("ell")).strip("$").endswith("ell")
    True
    """
    return f"${latex(expression)}$"
