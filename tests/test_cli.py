"""The command line as a user meets it: the contract of its JSON, its LaTeX, and one line for every error."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from symntk.cli import LONGEST_DIGITS, main

ROOT = Path(__file__).parents[1]
DECIMAL = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")


@pytest.fixture
def run(capsys):
    """Runs a command in this process: exit status, stdout, stderr."""

    def _run(*arguments: str) -> tuple[int, str, str]:
        status = main(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return _run


@pytest.fixture
def answer(run):
    """The JSON object that a command prints."""

    def _answer(*arguments: str) -> dict:
        status, out, err = run(*arguments, "--json")
        assert (0, "") == (status, err)
        return json.loads(out)

    return _answer


def is_formula(value: dict) -> bool:
    return all(isinstance(value[key], str) and value[key] for key in ("latex", "text"))


def is_number(value: dict) -> bool:
    return all(DECIMAL.match(value[key]) for key in ("value", "radius"))


def test_dual_of_relu_is_the_arc_cosine_formula(answer):
    found = answer("dual", "relu")
    assert "relu" == found["activation"]
    assert r"\frac{1}{2\pi}\left(\sqrt{1-\rho^{2}}+\rho(\pi-\arccos\rho)\right)" == found["dual"]["latex"]
    assert r"\frac{\pi-\arccos\rho}{2\pi}" == found["derivative_dual"]["latex"]


def test_dual_gives_its_steps_with_formula_reason_and_source(answer):
    steps = answer("dual", "relu", "--steps")["steps"]
    assert all(is_formula(step["formula"]) and step["reason"] for step in steps)
    assert "Price1958" in {step["source"] for step in steps}


def test_dual_certifies_its_value_at_a_correlation(answer):
    value = answer("dual", "relu", "--rho", "1/2", "--digits", "30")["value"]
    assert is_formula(value)
    # (√3/2 + π/3)/(2π) to 30 digits
    assert abs(Decimal(value["value"]) - Decimal("0.304498890522114679044498291245")) <= Decimal("1e-30")


def test_dual_takes_general_variances(answer):
    found = answer("dual", "relu", "--general", "--rho", "1", "--q1", "4", "--q2", "9")
    assert "q_{1}" in found["dual"]["latex"]
    assert "3" == found["value"]["text"]


def test_hermite_lists_the_coefficients_from_0_to_n(answer):
    coefficients = answer("hermite", "relu", "--order", "6")["coefficients"]
    assert list(range(7)) == [row["n"] for row in coefficients]
    assert all(is_formula(row["coefficient"]) and is_number(row["coefficient"]) for row in coefficients)
    assert r"\frac{1}{\sqrt{2\pi}}" == coefficients[0]["coefficient"]["latex"]


def test_expand_starts_with_the_linear_terms_and_the_three_halves_power(answer):
    found = answer("expand", "relu", "--at", "1", "--terms", "4")
    assert ("1", "gamma") == (found["at"], found["variable"])
    assert ["0", "1", "3/2", "5/2"] == [term["exponent"] for term in found["terms"]]
    assert r"\frac{2\sqrt{2}}{3\pi}" == found["terms"][2]["coefficient"]["latex"]
    assert all(is_number(term["coefficient"]) for term in found["terms"])


def test_expand_prints_latex_in_rising_powers(run):
    expected = r"f(\rho)=1-\gamma+\frac{2\sqrt{2}}{3\pi}\gamma^{3/2}+O(\gamma^{5/2}),\quad\gamma=1-\rho"
    assert (0, expected + "\n", "") == run("expand", "relu", "--terms", "3", "--latex")


def test_expand_takes_the_thirty_fold_iterate(answer):
    found = answer("expand", "relu", "--depth", "30", "--terms", "16")
    assert (16, 30) == (len(found["terms"]), found["depth"])


def test_list_names_every_family_of_the_catalogue(answer):
    from symntk.activations.catalogue import CATALOGUE

    found = answer("list")["activations"]
    assert list(CATALOGUE) == [row["name"] for row in found]
    assert all(is_formula(row["formula"]) for row in found)


def test_the_list_is_a_table_with_one_row_per_family(run):
    from symntk.activations.catalogue import CATALOGUE

    status, out, _ = run("list")
    assert (0, "activation") == (status, out.split()[0])
    assert set(CATALOGUE) <= {re.match(r"[a-z_0-9]*", line)[0] for line in out.splitlines()}


def test_list_prints_latex_formulas_that_katex_accepts(answer, katex):
    sources = [row["formula"]["latex"] for row in answer("list")["activations"]]
    assert [None] * len(sources) == katex(sources)


ACTS = ["relu", "leaky_relu(1/10)", "elu", "hard_tanh", "gelu", "shifted_relu(1/2)", "x*erf(x)", "tanh", "sin"]


@pytest.mark.parametrize("act", ACTS)
def test_every_line_of_a_dual_with_steps_is_accepted_by_katex(act, answer, katex):
    found = answer("dual", act, "--steps", "--general")
    formulas = [found[key] for key in ("formula", "dual", "derivative_dual")] + [s["formula"] for s in found["steps"]]
    sources = [formula["latex"] for formula in formulas]
    assert [None] * len(sources) == katex(sources)


BAD = [
    (("dual", "nosuch"), "nosuch"),
    (("dual", "exp(x**2)"), "exp(x**2)"),
    (("dual", "__import__('os')"), "__import__"),
    (("dual", "relu", "--digits", "0"), f"from 1 to {LONGEST_DIGITS}"),
    (("dual", "relu", "--digits", "100001"), "100001 digits"),
    (("dual", "relu", "--digits", "many"), "--digits"),
    (("dual", "relu", "--rho", "2"), "[-1, 1]"),
    (("dual", "relu", "--rho", "x"), "number"),
    (("dual", "relu", "--rho", "1/2", "--q1", "-1"), "variance"),
    (("dual", "relu", "--q1", "2"), "--rho"),
    (("dual", "x" + "+x" * 500_000), "characters"),
    (("dual", "(" * 5000 + "x" + ")" * 5000), ""),
    (("dual",), "ACT"),
    (("dual", "relu", "elu"), ""),
    (("dual", "-x"), "goes after --"),
    (("hermite", "relu", "--order", "-1"), "--order"),
    (("hermite", "relu", "--order", "1000000"), "1000001"),
    (("expand", "relu", "--at", "7"), "7"),
    (("expand", "relu", "--terms", "0"), "0 terms"),
    (("expand", "relu", "--depth", "0"), "depth 0"),
    (("verify", "no/such/place"), "no/such/place"),
    (("verify", "--only", "no-such-claim"), "no-such-claim"),
    (("verify", "--jobs", "0"), "--jobs"),
    (("nosuch",), "nosuch"),
    (("dual", "relu", "--nosuch"), "--nosuch"),
]


@pytest.mark.parametrize(("arguments", "hint"), BAD, ids=[" ".join(a)[:40] for a, _ in BAD])
def test_bad_input_is_one_clear_line_and_exit_2(arguments, hint, run):
    status, out, err = run(*arguments)
    assert (2, "", 1) == (status, out, len(err.splitlines()))
    assert err.startswith("symntk: ")
    assert hint in err
    assert "did not foresee" not in err


FALSE_CLAIM = """
from sympy import Interval, acos, asin, pi
from symntk.claims import IDENTITY, Claim, Equal, Verdict
from symntk.notation import RHO

CLAIMS = (
    Claim(
        id="jacot2019/appB1/deliberately-false", where="nowhere",
        printed=r"\\arccos \\rho = \\pi - \\arcsin \\rho",
        statement=Equal(acos(RHO), pi - asin(RHO), on={RHO: Interval(-1, 1)}), checks=IDENTITY, expected=Verdict.PROVED,
    ),
)
"""
TRUE_CLAIM = FALSE_CLAIM.replace("pi - asin", "pi / 2 - asin").replace("false", "true")


def test_a_false_claim_makes_verify_fail_and_is_named(run, tmp_path):
    place = tmp_path / "claims.py"
    place.write_text(FALSE_CLAIM, encoding="utf-8")
    status, out, _ = run("verify", str(place))
    assert 1 == status
    assert "jacot2019/appB1/deliberately-false" in out


def test_a_true_claim_is_decided_with_its_checks(answer, tmp_path):
    place = tmp_path / "claims.py"
    place.write_text(TRUE_CLAIM, encoding="utf-8")
    found = answer("verify", str(place))
    (claim,) = found["claims"]
    assert ("PROVED", "PROVED") == (claim["verdict"], claim["expected"])
    keys = {"id", "paper", "where", "verdict", "expected", "kind", "printed", "corrected", "checks", "seconds"}
    assert keys <= claim.keys()
    assert "summary" in found


def test_verify_prints_claims_as_a_latex_table(run, tmp_path):
    place = tmp_path / "claims.py"
    place.write_text(TRUE_CLAIM, encoding="utf-8")
    status, out, _ = run("verify", str(place), "--latex")
    assert (0, True) == (status, out.startswith(r"\begin{tabular}{llll}"))


def test_an_unreadable_claim_file_is_named(run, tmp_path):
    place = tmp_path / "broken.py"
    place.write_text("CLAIMS = (", encoding="utf-8")
    status, out, err = run("verify", str(place))
    assert (2, "", 1) == (status, out, len(err.splitlines()))
    assert "broken.py" in err


def test_an_unforeseen_error_is_one_line_that_names_the_way_to_its_traceback(run, monkeypatch):
    monkeypatch.setattr("symntk.cli._dumped", _broken)
    status, out, err = run("dual", "relu", "--json")
    assert (2, "", 1) == (status, out, len(err.splitlines()))
    assert "ZeroDivisionError" in err
    assert "SYMNTK_DEBUG=1" in err


def test_symntk_debug_lets_the_traceback_through(run, monkeypatch):
    monkeypatch.setattr("symntk.cli._dumped", _broken)
    monkeypatch.setenv("SYMNTK_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run("dual", "relu", "--json")


def _broken(record: dict) -> str:
    raise ZeroDivisionError(f"{len(record)} keys\nand a second line")


def test_an_interruption_is_exit_130(run, monkeypatch):
    def interrupted(record: dict) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("symntk.cli._dumped", interrupted)
    assert (130, "", "") == run("dual", "relu", "--json")


def test_without_arguments_the_help_is_printed(run):
    status, out, err = run()
    assert (0, "") == (status, err)
    assert {"dual", "hermite", "expand", "list", "verify"} <= set(re.findall(r"^  ([a-z]+) ", out, re.MULTILINE))


@pytest.mark.parametrize("digits", ["20", "100000"])
def test_a_reader_that_has_left_is_not_complained_about(digits):
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "symntk", "dual", "identity", "--rho", "1/3", "--digits", digits]
    run = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, cwd=ROOT)
    os.close(writing)
    assert (1, b"") == (run.returncode, run.stderr)


def test_python_dash_m_symntk_is_the_command_line():
    run = subprocess.run([sys.executable, "-m", "symntk", "dual", "identity"], capture_output=True, text=True, cwd=ROOT)
    assert (0, "φ̂(ρ) = ρ") == (run.returncode, run.stdout.splitlines()[1])


def test_numbers_of_more_digits_than_python_converts_by_default_are_printed(answer):
    value = answer("dual", "relu", "--rho", "1/2", "--digits", "5000")["value"]
    assert 5002 == len(value["value"])
