"""A derivation on paper, from its steps: a numbered list for a terminal, an align block for LaTeX, records for JSON."""

from __future__ import annotations

from symntk.derivation import Derivation, Step
from symntk.render.latex import align_block, latex
from symntk.render.text import text


def derivation_text(derivation: Derivation) -> str:
    """The steps as a numbered list: the formula, then its reason, source and verdict.

    >>> from sympy import Function
    >>> from symntk.derivation import Equation
    >>> from symntk.notation import RHO
    >>> step = Step(equation=Equation(lhs=Function("phi_hat")(RHO), rhs=RHO), reason="E uv = ρ", source="Daniely2016")
    >>> print(derivation_text(Derivation(title="Dual of identity", steps=(step,))))
    Dual of identity
      1. φ̂(ρ) = ρ
         E uv = ρ [Daniely2016] — DEFINITION
    """
    lines = [derivation.title]
    for count, step in enumerate(derivation.steps, 1):
        lines += [f"{count:3}. {text(step.equation)}", f"     {_reason(step)} — {step.verdict}"]
    return "\n".join(lines)


def derivation_latex(derivation: Derivation) -> str:
    """The steps as one align* block, each formula over its reason and source."""
    rows = [(latex(step.equation.lhs), latex(step.equation.rhs), _reason(step)) for step in derivation.steps]
    return align_block(rows)


def derivation_records(derivation: Derivation) -> list[dict[str, object]]:
    """The steps as the records of the command line's JSON."""
    return [
        {
            "formula": {"latex": latex(step.equation), "text": text(step.equation)},
            "reason": step.reason,
            "source": step.source,
            "verdict": step.verdict,
        }
        for step in derivation.steps
    ]


def _reason(step: Step) -> str:
    return f"{step.reason} [{step.source}]" if step.source else step.reason
