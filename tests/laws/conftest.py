"""The laws run over every member of the catalogue, or over those with or without closed forms."""

from __future__ import annotations

import pytest

from symntk.activations.activation import Activation
from symntk.activations.catalogue import default_members
from symntk.errors import NoClosedFormError
from symntk.gaussian.dual import dual
from symntk.gaussian.hermite_formula import hermite_formula


def _has_symbolic_order(member: Activation) -> bool:
    try:
        return bool(hermite_formula(member))
    except NoClosedFormError:
        return False


CHOICES = {
    "member": lambda member: True,
    "closed_member": lambda member: dual(member).closed_form,
    "open_member": lambda member: not dual(member).closed_form,
    "symbolic_member": _has_symbolic_order,
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, chosen in CHOICES.items():
        if name in metafunc.fixturenames:
            members = [m for m in default_members() if chosen(m)]
            metafunc.parametrize(name, members, ids=[m.name for m in members])
