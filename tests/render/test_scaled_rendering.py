"""`rate` and `depth` of scaled residual networks: contract, digits, LaTeX and one line for every refusal."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal

import mpmath
import pytest
from flint import arb

from symntk.activations.catalogue import activation
from symntk.architectures.fully_connected import ARCHITECTURES
from symntk.architectures.residual import Residual
from symntk.architectures.scaled_residual import ScaledResidual
from symntk.cli import main
from symntk.depth.certified_scaled import scaled_depth
from symntk.errors import DomainError
from symntk.render.numeric import bits_for, certain_digits, number
from symntk.render.scaled import SCALED, scaled_net

DECIMAL = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")
RATE, DEPTH = ("rate", "relu", "--arch", SCALED), ("depth", "relu", "--arch", SCALED, "--rho", "3/10")


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


def test_rate_keeps_the_keys_of_the_contract_and_names_its_variable(answer):
    found = answer(*RATE, "--order", "2")
    terms = found["gamma"]["terms"] + found["ntk"]["terms"]
    assert all(isinstance(t["power"], str) and isinstance(t["log_power"], int) for t in terms)
    assert all(is_formula(t["coefficient"]) and is_number(t["coefficient"]) for t in terms)
    assert is_formula(found["ntk"]["normalisation"])
    assert ("relu", SCALED) == (found["activation"], found["architecture"])
    assert ("T", "κ·log(ℓ)") == (found["variable"]["symbol"], found["variable"]["text"])
    assert ["C"] == list(found["initial_constant"])
    assert is_number(found["kappa"])
    assert ["9π²/2", "−9π²"] == [t["coefficient"]["text"] for t in found["gamma"]["terms"]]


def test_the_terms_of_the_rate_do_not_depend_on_sigma_w_but_the_normalisation_does(answer):
    one, two = answer(*RATE), answer(*RATE, "--sigma-w", "2")
    assert (one["gamma"], one["ntk"]["terms"]) == (two["gamma"], two["ntk"]["terms"])
    assert ("1", "2") == (one["kappa"]["text"], two["kappa"]["text"])
    texts = [found["ntk"]["normalisation"]["text"] for found in (one, two)]
    assert ["ℓ·log(ℓ)/2", "ℓ²·log(ℓ)/3"] == texts


@pytest.mark.parametrize("name", ["relu", "abs", "leaky_relu(1/10)"])
def test_without_sigma_w_the_block_keeps_the_variance_of_its_inputs(name):
    net = scaled_net(activation(name))
    assert 1 == net.network.strength
    assert net.network == scaled_net(activation(name), net.sigma_w).network


def summed(terms: list[dict], time: mpmath.mpf, constant: mpmath.mpf) -> mpmath.mpf:
    total = mpmath.mpf(0)
    for term in terms:
        assert "D" not in term["constants"]
        power = time ** int(term["power"]) * mpmath.log(time) ** term["log_power"]
        total += mpmath.mpf(term["coefficient"]["value"]) * power * constant ** term["constants"].get("C", 0)
    return total


def test_the_two_commands_agree_on_a_hundred_digits_of_layers(answer):
    """κ = 10: the series of `rate` with its C against the balls of `depth`, K(x,x) = 1 + Σ δ in units of q."""
    rate = answer(*RATE, "--order", "4", "--rho", "3/10", "--sigma-w", "sqrt(20)")
    depth = answer(*DEPTH, "--layers", "1e100", "--sigma-w", "sqrt(20)")
    with mpmath.workdps(40):
        time, constant = 1000 * mpmath.log(10), mpmath.mpf(rate["initial_constant"]["C"]["value"])
        gamma, ntk = (summed(rate[key]["terms"], time, constant) for key in ("gamma", "ntk"))
        whole = 1 + time - 10 * mpmath.digamma(12)
        assert abs(gamma / mpmath.mpf(depth["gamma"]["value"]) - 1) < 1e-6
        assert abs(ntk * time / whole / mpmath.mpf(depth["ntk_ratio"]["value"]) - 1) < 1e-6


def test_depth_prints_all_digits_while_the_layers_are_taken_one_by_one(answer):
    found = answer(*DEPTH, "--layers", "300", "--sigma-w", "2", "--digits", "40")
    with mpmath.workdps(50):
        c = kernel = mpmath.mpf(3) / 10
        whole = mpmath.mpf(1)
        for layer in range(2, 301):
            weight, angle = mpmath.mpf(2) / (layer + 2), mpmath.acos(c)
            mapped = (mpmath.sin(angle) + (mpmath.pi - angle) * c) / mpmath.pi
            kernel = (1 - weight * angle / mpmath.pi) * kernel + weight * mapped
            c, whole = c + weight * (mapped - c), whole + weight
        assert abs(mpmath.mpf(found["gamma"]["value"]) - (1 - c)) < 1e-39
        assert abs(mpmath.mpf(found["ntk_ratio"]["value"]) - kernel / whole) < 1e-39
    assert [] == found["remarks"]
    assert 40 == len(found["gamma"]["value"].removeprefix("0."))


def test_depth_prints_no_digit_that_is_not_certain_and_says_so(answer):
    found = answer(*DEPTH, "--layers", "1e100", "--digits", "60")
    (remark,) = found["remarks"]
    for key in ("gamma", "ntk_ratio"):
        value, radius = Decimal(found[key]["value"]), Decimal(found[key]["radius"])
        count = len(value.as_tuple().digits)
        assert 5 < count < 20
        assert f"to {count}" in remark
        assert radius <= Decimal((0, (1,), value.as_tuple().exponent))
    assert "of the 60 asked for" in remark


@pytest.mark.parametrize(("layers", "bits"), [("1e12", 512), ("30", bits_for(300))])
def test_bits_that_cannot_help_are_not_computed(layers, bits, answer, monkeypatch):
    taken = []

    def spy(*arguments, bits):
        taken.append(bits)
        return scaled_depth(*arguments, bits=bits)

    monkeypatch.setattr("symntk.render.scaled.scaled_depth", spy)
    found = answer(*DEPTH, "--layers", layers, "--digits", "300")
    assert [bits] == taken
    assert (layers == "1e12") == bool(found["remarks"])


def test_the_text_of_depth_ends_with_one_line_on_the_certain_digits(run):
    _, out, _ = run(*DEPTH, "--layers", "1e100", "--digits", "60")
    head, gamma, ratio, remark = out.splitlines()
    assert "κ = 1" in head
    assert all(" ± " in line for line in (gamma, ratio))
    assert remark.startswith("certain digits: γ_L to ")
    _, out, _ = run(*DEPTH, "--layers", "100", "--digits", "60")
    assert 3 == len(out.splitlines())


def test_a_certified_constant_is_printed_with_its_radius_and_its_certain_digits(answer, run):
    found = answer(*RATE, "--order", "1", "--rho", "3/10", "--digits", "30")["initial_constant"]["C"]
    assert Decimal(0) < Decimal(found["radius"]) <= Decimal((0, (1,), Decimal(found["value"]).as_tuple().exponent))
    _, out, _ = run(*RATE, "--order", "1", "--rho", "3/10", "--digits", "30")
    assert f"= {found['value']} ± {found['radius']}" in out
    assert "certain digits: C to" in out


def test_a_constant_without_certified_value_is_named(answer):
    found = answer(*RATE, "--order", "5", "--rho", "3/10")
    assert {"C", "D"} == set(found["initial_constant"])
    assert "value" not in found["initial_constant"]["D"]
    assert "D has no certified value in this architecture" in found["remarks"]


def test_the_text_says_plainly_in_which_variable_the_series_are(run):
    _, out, _ = run(*RATE, "--sigma-w", "2")
    head, *lines = out.splitlines()
    assert "in powers of T = κ·log(ℓ), κ = 2" in head
    assert any(line.startswith("γ_ℓ to O(T^(-5)") for line in lines)
    assert any(line.split()[:2] == ["1/T²", "9π²/2"] for line in lines)
    assert "N_ℓ = ℓ²·log(ℓ)/3, q = √(q¹(x,x)·q¹(x′,x′))" in lines


def test_the_latex_says_so_too_and_katex_accepts_it(run, katex):
    _, out, _ = run(*RATE, "--order", "6", "--sigma-w", "3/2")
    _, source, _ = run(*RATE, "--order", "6", "--sigma-w", "3/2", "--latex")
    _, values, _ = run(*DEPTH, "--layers", "1e30", "--latex")
    rows = source.splitlines()
    assert rows[0].startswith(r"\gamma_{\ell}=\frac{9\pi^{2}}{2}\frac{1}{T^{2}}-9\pi^{2}\frac{C}{T^{3}}")
    assert rows[1].startswith(r"\frac{K_{\ell}}{N_{\ell}q}=\frac{1}{4}+\frac{1}{4}\frac{C}{T}")
    assert [r"T=\kappa\log\ell", r"\kappa=\frac{9}{8}"] == rows[2:4]
    assert "Γ(25/8)" in out
    sources = rows + values.splitlines()
    assert [None] * len(sources) == katex(sources)


def test_every_formula_of_the_json_is_accepted_by_katex(answer, katex):
    found = answer(*RATE, "--order", "4", "--sigma-w", "1/3")
    formulas = [t["coefficient"] for t in found["gamma"]["terms"] + found["ntk"]["terms"]]
    formulas += [found["variable"], found["kappa"], found["sigma_w"], found["ntk"]["normalisation"]]
    sources = [formula["latex"] for formula in formulas]
    assert [None] * len(sources) == katex(sources)


BAD = [
    ((*RATE, "--sigma-b", "1/5"), "no bias"),
    ((*DEPTH, "--layers", "9", "--sigma-b", "1/5"), "no bias"),
    ((*RATE, "--plot", "plot.png"), "leave out --plot"),
    ((*DEPTH, "--layers", "9", "--plot", "plot.png"), "leave out --plot"),
    ((*RATE, "--sigma-w", "0"), "σ_w > 0"),
    ((*DEPTH, "--layers", "9", "--sigma-w", "-2"), "σ_w > 0"),
    ((*DEPTH, "--layers", "9", "--sigma-w", "2", "--eoc"), "--eoc"),
    ((*DEPTH, "--layers", "0"), "at least 1 layer"),
    ((*DEPTH, "--layers", "1e9", "--sigma-w", "1/10", "--rho", "-9/10"), "larger κ"),
    ((*RATE, "--rho", "1"), "[-1, 1)"),
    ((*RATE, "--order", "0"), "from 1 to 30"),
    (("rate", "tanh", "--arch", SCALED), "positively homogeneous"),
    (("rate", "identity", "--arch", SCALED), "linear"),
    (("depth", "identity", "--arch", SCALED, "--layers", "9", "--rho", "0"), "linear"),
    (("rate", "relu", "--arch", "nosuch"), "'fc', 'resnet', 'scaled_resnet'"),
    (("depth", "relu", "--arch", "nosuch", "--layers", "9", "--rho", "0"), "'fc', 'resnet', 'scaled_resnet'"),
]


@pytest.mark.parametrize(("arguments", "hint"), BAD, ids=[" ".join(a) for a, _ in BAD])
def test_what_has_no_answer_is_refused_in_one_line(arguments, hint, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(*arguments)
    assert (2, "", 1) == (status, out, len(err.splitlines()))
    assert hint in err
    assert "did not foresee" not in err
    assert [] == list(tmp_path.iterdir())


def test_a_sum_that_is_not_homogeneous_is_refused():
    with pytest.raises(DomainError, match="positively homogeneous"):
        scaled_net(activation("softplus"))


def test_the_command_line_names_every_architecture_of_the_library(run):
    names = [*ARCHITECTURES, Residual.name, ScaledResidual.name]
    _, _, err = run("rate", "relu", "--arch", "nosuch")
    assert all(f"'{name}'" in err for name in names)
    for name in names:
        assert 0 == run("rate", "relu", "--order", "1", "--arch", name)[0]


@pytest.mark.parametrize("middle", ["1.0000001", "3.14159265358979", "-9.9999999", "2.5e-40", "12345.678"])
@pytest.mark.parametrize("relative", ["3e-2", "4.9e-7", "1e-12"])
def test_a_printed_digit_is_never_off_by_more_than_one(middle, relative):
    ball = arb(middle) + arb(0, abs(arb(middle)) * arb(relative))
    shown = number(ball, 20)
    value, radius = Decimal(shown["value"]), Decimal(shown["radius"])
    digits = len(value.as_tuple().digits)
    assert max(1, certain_digits(ball, 20)) == digits
    assert radius <= Decimal((0, (1,), value.as_tuple().exponent))
    assert digits > -math.log10(float(relative)) - 2


def test_a_ball_around_zero_has_no_certain_digit():
    assert (0, 0, 20) == (certain_digits(arb(0, 1), 20), certain_digits(arb(1, 2), 20), certain_digits(arb(0), 20))
    assert number(arb(0, 1e-30), 20)["value"] == "0"
