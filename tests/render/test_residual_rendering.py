"""`rate` and `depth` of residual networks: contract, agreement of the two commands, LaTeX and refusals in one line."""

from __future__ import annotations

import json
import re

import mpmath
import pytest

from symntk.cli import main

DECIMAL = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")
RATE, DEPTH = ("rate", "relu", "--arch", "resnet"), ("depth", "relu", "--arch", "resnet", "--rho", "3/10")


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


def test_rate_keeps_the_keys_of_the_contract(answer):
    found = answer(*RATE, "--order", "2")
    terms = found["gamma"]["terms"] + found["ntk"]["terms"]
    assert all(isinstance(t["power"], str) and isinstance(t["log_power"], int) for t in terms)
    assert all(DECIMAL.match(t["coefficient"][key]) for t in terms for key in ("value", "radius"))
    assert ("relu", "resnet", "1") == (found["activation"], found["architecture"], found["alpha"]["text"])
    assert "ℓ·2^(ℓ − 1)/2" == found["ntk"]["normalisation"]["text"]
    assert ["C"] == list(found["initial_constant"])
    assert ["18π²", "−54π²", "−36π²"] == [t["coefficient"]["text"] for t in found["gamma"]["terms"]]


@pytest.mark.parametrize(("weight", "leading"), [("1", "81π²/2"), ("2", "81π²/8"), ("sqrt(6)", "8π²")])
def test_the_leading_coefficient_is_that_of_every_weight(weight, leading, answer):
    """(9π²/2)(1 + 2/σ_w²)² for ReLU."""
    found = answer(*RATE, "--order", "1", "--sigma-w", weight)
    assert leading == found["gamma"]["terms"][0]["coefficient"]["text"]
    assert "1/4" == found["ntk"]["terms"][0]["coefficient"]["text"]


@pytest.mark.parametrize("weight", ["1", "sqrt(3)"])
def test_the_two_commands_agree(weight, answer):
    """Six orders with C and D at 20 000 layers, to a tenth of the last one; K(x,x)/(N q) = 1 + 1/(αℓ)."""
    rate = answer(*RATE, "--order", "6", "--rho", "3/10", "--sigma-w", weight, "--digits", "30")
    depth = answer(*DEPTH, "--layers", "20000", "--sigma-w", weight, "--digits", "30")
    with mpmath.workdps(40):
        layers = mpmath.mpf(20000)
        constants = {name: mpmath.mpf(known["value"]) for name, known in rate["initial_constant"].items()}
        values, last = [], []
        for key in ("gamma", "ntk"):
            total = lowest = mpmath.mpf(0)
            for term in rate[key]["terms"]:
                part = mpmath.mpf(term["coefficient"]["value"]) * layers ** int(term["power"])
                part *= mpmath.log(layers) ** term["log_power"]
                for name, power in term["constants"].items():
                    part *= constants[name] ** power
                total += part
                lowest += part if term["power"] == rate[key]["terms"][-1]["power"] else 0
            values.append(total)
            last.append(abs(lowest / total))
        diagonal = 1 + 1 / (mpmath.mpf(rate["alpha"]["value"]) * layers)
        assert {"C", "D"} == set(constants)
        assert abs(values[0] / mpmath.mpf(depth["gamma"]["value"]) - 1) < last[0] / 10
        assert abs(values[1] / diagonal / mpmath.mpf(depth["ntk_ratio"]["value"]) - 1) < last[1] / 10


def test_the_text_names_the_normalisation_and_the_diagonal(run):
    _, out, _ = run(*RATE, "--sigma-w", "1", "--rho", "3/10")
    lines = out.splitlines()
    assert "α = 1/2" in lines[0]
    assert "N_ℓ = ℓ·(3/2)^(ℓ − 1)/3, q = √(q¹(x,x)·q¹(x′,x′))" in lines
    assert "K^ℓ(x, x)/(N_ℓ·q) = 1 + 2/ℓ" in lines
    assert any(line.startswith("C: ") and " ± " in line for line in lines)
    _, out, _ = run(*DEPTH, "--layers", "1e100")
    assert "resnet, L = 1e100" in out
    assert "α = 1" in out


def test_katex_accepts_the_latex(run, katex):
    _, source, _ = run(*RATE, "--order", "5", "--sigma-w", "sqrt(3)", "--latex")
    _, values, _ = run(*DEPTH, "--layers", "1e30", "--latex")
    sources = source.splitlines() + values.splitlines()
    assert sources[0].startswith(r"\gamma_{\ell}=\frac{25\pi^{2}}{2}\frac{1}{\ell^{2}}")
    assert [None] * len(sources) == katex(sources)


BAD = [
    ((*RATE, "--sigma-b", "1/5"), "no bias"),
    ((*DEPTH, "--layers", "9", "--sigma-b", "1/5"), "no bias"),
    ((*RATE, "--plot", "plot.png"), "leave out --plot"),
    ((*RATE, "--sigma-w", "0"), "σ_w > 0"),
    ((*DEPTH, "--layers", "9", "--sigma-w", "-2"), "σ_w > 0"),
    ((*DEPTH, "--layers", "0"), "at least 1 layer"),
    ((*DEPTH, "--layers", "5", "--rho", "2"), "[-1, 1)"),
    ((*RATE, "--rho", "1"), "(-1, 1)"),
    ((*RATE, "--order", "0"), "from 1 to 30"),
    (("rate", "tanh", "--arch", "resnet"), "positively homogeneous"),
    (("rate", "identity", "--arch", "resnet"), "linear"),
]


@pytest.mark.parametrize(("arguments", "hint"), BAD, ids=[" ".join(a) for a, _ in BAD])
def test_what_has_no_answer_is_refused_in_one_line(arguments, hint, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(*arguments)
    assert (2, "", 1) == (status, out, len(err.splitlines()))
    assert hint in err
    assert "did not foresee" not in err
    assert [] == list(tmp_path.iterdir())
