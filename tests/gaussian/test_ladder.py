"""The steps of a dual and their checks."""

from __future__ import annotations

import pytest
from sympy import Rational

from symntk.activations.catalogue import activation
from symntk.gaussian import ladder
from symntk.gaussian.dual import dual
from symntk.notation import RHO


def test_relu_goes_down_to_a_point_mass_and_up_again() -> None:
    steps = dual(activation("relu")).derivation.steps
    assert [s.verdict for s in steps] == ["DEFINITION"] * 4 + ["PROVED"] * 2
    assert "joint density" in steps[3].reason
    assert steps[-1].equation.rhs == dual(activation("relu")).expression


@pytest.mark.parametrize(
    "name", ["elu", "gelu", "hard_tanh", "erf", "shifted_relu", "rectified_monomial(3)", "leaky_relu", "sin"]
)
def test_every_step_is_settled(name: str) -> None:
    verdicts = {s.verdict for s in dual(activation(name)).derivation.steps}
    assert verdicts <= {"DEFINITION", "PROVED", "SUPPORTED"}


def test_a_wrong_antiderivative_is_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = ladder._value
    subject = dual(activation("relu"))
    top = subject.terms
    monkeypatch.setattr(ladder, "_value", lambda rung: honest(rung) + (RHO * Rational(1, 10**6) if rung == top else 0))
    assert ladder.derive(subject).steps[-1].verdict == "REFUTED"


def test_without_closed_form_only_the_definition_is_listed() -> None:
    steps = dual(activation("tanh")).derivation.steps
    assert [s.verdict for s in steps] == ["DEFINITION"]
