"""Presentation: formulas as LaTeX and as plain text, derivations, certified decimals and tables."""

from __future__ import annotations

from symntk.render.derivation import derivation_latex, derivation_text
from symntk.render.latex import latex
from symntk.render.text import text

__all__ = ["derivation_latex", "derivation_text", "latex", "text"]
