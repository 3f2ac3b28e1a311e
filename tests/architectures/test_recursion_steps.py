"""The derivations of the recursions: every step holds, and a wrong one is seen."""

from __future__ import annotations

import pytest
import sympy

from symntk.architectures import recursion_steps as steps
from symntk.architectures.recursion_steps import recursion_steps
from symntk.errors import DomainError
from symntk.render.derivation import derivation_latex, derivation_text


@pytest.mark.parametrize("name", ["fc", "resnet", "scaled_resnet"])
def test_every_step_is_a_definition_or_proved(name: str, katex) -> None:
    found = recursion_steps(name)
    verdicts = [step.verdict for step in found.steps]
    assert {"DEFINITION", "PROVED"} == set(verdicts)
    assert "PROVED" == verdicts[-1]
    assert len(found.steps) <= derivation_text(found).count("\n")
    assert [None] == katex([derivation_latex(found)])


def test_a_wrong_source_is_refuted() -> None:
    right = recursion_steps("resnet").steps[-1].equation.rhs
    wrong = steps._proved(steps.SCALED_NEXT, right + steps.F, "twice the source", right)
    assert "REFUTED" == wrong.verdict


def test_the_last_step_is_the_recursion_of_the_class() -> None:
    net = steps.Residual(strength=steps.ALPHA)
    last = recursion_steps("resnet").steps[-1].equation.rhs.subs(steps.UNIT, net.weight)
    own = net.ntk_factor(steps.C, steps.SLOPE) * steps.SCALED + net.ntk_source(steps.C, steps.F)
    assert 0 == sympy.simplify(last - own)
    scaled = steps.ScaledResidual(strength=steps.KAPPA)
    weight = scaled.weight(steps.ELL)
    last = recursion_steps("scaled_resnet").steps[-1].equation.rhs.subs(steps.UNIT, weight)
    assert 0 == sympy.simplify(last - scaled.ntk(weight, steps.SCALED, steps.SLOPE, steps.F))


def test_another_name_is_refused() -> None:
    with pytest.raises(DomainError, match="resnet"):
        recursion_steps("nosuch")
