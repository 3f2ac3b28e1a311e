"""A derivation: the ordered steps behind a formula, each with its reason, its source and its own verdict."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr


@dataclass(frozen=True, kw_only=True)
class Equation:
    """The inert statement lhs = rhs (sympy.Eq would evaluate it away)."""

    lhs: Expr
    rhs: Expr


@dataclass(frozen=True, kw_only=True)
class Step:
    """One formula of a derivation, why it holds, where the argument is found, and what its own check established.

    `verdict` is "DEFINITION", "PROVED" (exact algebra), "SUPPORTED" (balls of two independent routes overlap),
    "REFUTED" (they exclude each other) or "UNDECIDED".
    """

    equation: Equation
    reason: str
    source: str = ""
    verdict: str = "DEFINITION"


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """The ordered steps behind one result."""

    title: str
    steps: tuple[Step, ...] = ()
