from __future__ import annotations

from sympy import Function, Rational

from symntk.derivation import Derivation, Equation, Step
from symntk.notation import RHO
from symntk.render.derivation import derivation_latex, derivation_records, derivation_text

STEPS = (
    Step(
        equation=Equation(lhs=Function("phi_hat")(RHO), rhs=RHO), reason="definition of φ̂ & more", source="Daniely2016"
    ),
    Step(equation=Equation(lhs=RHO, rhs=Rational(1, 2)), reason="a special case, 50 %", verdict="PROVED"),
)
DERIVATION = Derivation(title="Dual of identity", steps=STEPS)


def test_the_text_numbers_each_step_and_gives_reason_source_and_verdict():
    expected = [
        "Dual of identity",
        "  1. φ̂(ρ) = ρ",
        "     definition of φ̂ & more [Daniely2016] — DEFINITION",
        "  2. ρ = 1/2",
        "     a special case, 50 % — PROVED",
    ]
    assert expected == derivation_text(DERIVATION).splitlines()


def test_the_latex_is_an_align_block_with_one_row_per_formula_and_reason():
    block = derivation_latex(DERIVATION)
    assert block.startswith(r"\begin{align*}")
    assert 4 == block.count(r"\\" + "\n") + block.count(r"\\[4pt]") + 1
    assert r"\text{definition of $\hat{\varphi}$ \& more [Daniely2016]}" in block


def test_katex_accepts_the_align_block(katex):
    assert [None] == katex([derivation_latex(DERIVATION)])


def test_the_records_have_formula_reason_source_and_verdict():
    assert [
        {
            "formula": {"latex": r"\hat{\varphi}(\rho)=\rho", "text": "φ̂(ρ) = ρ"},
            "reason": "definition of φ̂ & more",
            "source": "Daniely2016",
            "verdict": "DEFINITION",
        },
        {
            "formula": {"latex": r"\rho=\frac{1}{2}", "text": "ρ = 1/2"},
            "reason": "a special case, 50 %",
            "source": "",
            "verdict": "PROVED",
        },
    ] == derivation_records(DERIVATION)
