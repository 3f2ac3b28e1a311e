"""The laws run over every member of the catalogue."""

from __future__ import annotations

import pytest

from symntk.activations.catalogue import default_members


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "member" in metafunc.fixturenames:
        members = default_members()
        metafunc.parametrize("member", members, ids=[m.name for m in members])
