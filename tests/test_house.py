"""The promises of the repository about itself."""

from __future__ import annotations

import ast
import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import symntk
from symntk.cli import main
from symntk.literature import keys

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "symntk").rglob("*.py"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
KEY = re.compile(r"\[((?:[A-Z][A-Za-z]+|[a-z]+)(?:1[89]|20)\d{2}|DLMF)(?:[,;][^\]]*)?\]")
LATEX_COMMAND = re.compile(r"\\\\?(frac|sqrt|begin|left|right|mathbb|operatorname|text|alpha|rho|gamma|varphi)\b")


def test_every_citation_key_in_a_docstring_is_in_the_bibliography():
    cited = {(found[1], path.name) for path in SOURCES for found in KEY.finditer(path.read_text(encoding="utf-8"))}
    assert {"ChoSaul2009", "Price1958"} <= {key for key, _ in cited}
    assert set() == {(key, name) for key, name in cited if key not in keys()}


def test_every_source_argument_in_the_code_is_in_the_bibliography():
    cited: set[tuple[str, str]] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "source" and isinstance(node.value, ast.Constant):
                cited |= {(key, path.name) for key in re.findall(r"[A-Za-z]+\d{4}|DLMF", str(node.value.value))}
    assert cited
    assert set() == {(key, name) for key, name in cited if key not in keys()}


def test_only_the_latex_printer_writes_latex_commands():
    elsewhere = [path for path in SOURCES if path.name != "latex.py"]
    found = {(path.name, line) for path in elsewhere for line in _strings(path) if LATEX_COMMAND.search(line)}
    assert set() == found


def _strings(path: Path) -> list[str]:
    """The string constants of a module that are not docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in documents)
    return [node.value for node in constants if isinstance(node.value, str)]


def _imported_by(statement: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", f"{statement}\nimport sys\nprint(*sorted(sys.modules))"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return set(run.stdout.split())


def test_import_symntk_pulls_in_nothing_heavy():
    heavy = {"sympy", "flint", "numpy", "scipy", "numba", "matplotlib", "rich", "sklearn"}
    assert set() == heavy & _imported_by("import symntk")


def test_theory_pulls_in_neither_numba_nor_scipy_nor_matplotlib():
    assert set() == {"numba", "scipy", "matplotlib"} & _imported_by("import symntk.gaussian.dual, symntk.render.latex")


def test_import_symntk_takes_less_than_half_a_second():
    clock = "import time; begin = time.perf_counter(); import symntk; print(time.perf_counter() - begin)"
    seconds = [
        float(
            subprocess.run([sys.executable, "-c", clock], capture_output=True, text=True, check=True, cwd=ROOT).stdout
        )
        for _ in range(2)
    ]
    assert min(seconds) < 0.5


def test_the_readme_lists_the_public_names():
    section = README.split("## Public names", 1)[1].split("\n## ", 1)[0]
    assert set(dir(symntk)) - {"__version__"} == set(re.findall(r"`([A-Za-z_]+)`", section))


@pytest.mark.parametrize("name", sorted(set(dir(symntk)) - {"__version__"}))
def test_every_public_name_can_be_imported(name):
    assert callable(getattr(symntk, name))


def test_an_unknown_public_name_is_refused_with_the_known_ones():
    with pytest.raises(AttributeError, match="its public names are Activation"):
        _ = symntk.nosuch


def test_the_first_screen_of_the_readme_has_exactly_the_two_setup_commands():
    first_screen = "\n".join(README.splitlines()[:25])
    assert ["make verify", "make test"] == re.findall(r"^(make \S+)", first_screen, re.MULTILINE)


def test_no_file_passes_450_lines_and_no_function_40():
    long_files = {path.name for path in SOURCES if len(path.read_text(encoding="utf-8").splitlines()) > 450}
    functions = [
        (path.name, node.name, (node.end_lineno or 0) - node.lineno + 1)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    assert (set(), []) == (long_files, [found for found in functions if found[2] > 45])


def _console_examples() -> list[tuple[list[str], str]]:
    blocks = re.findall(r"```console\n\$ \.venv/bin/symntk (.*?)\n(.*?)```", README, re.DOTALL)
    return [(shlex.split(command), output) for command, output in blocks]


@pytest.mark.parametrize(("arguments", "expected"), _console_examples(), ids=lambda value: " ".join(value)[:30])
def test_the_console_examples_of_the_readme_print_what_it_says(arguments, expected, capsys):
    assert 0 == main(arguments)
    assert expected == capsys.readouterr().out


def test_the_python_examples_of_the_readme_run():
    block = doctest.DocTestParser().get_doctest(README, {}, "README.md", "README.md", 0)
    results = doctest.DocTestRunner().run(block)
    assert (0, True) == (results.failed, results.attempted >= 4)
