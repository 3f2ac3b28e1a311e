"""`symntk spectrum` as a user meets it."""

from __future__ import annotations

import json

import pytest

from symntk.cli import main


@pytest.fixture
def run(capsys):
    def _run(*arguments: str) -> tuple[int, str, str]:
        status = main(("spectrum", *arguments))
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return _run


def test_json_has_degree_multiplicity_and_value_of_each_eigenvalue(run) -> None:
    status, out, err = run("relu", "--dim", "3", "--layers", "5", "--degree", "4", "--json")
    assert (0, "") == (status, err)
    found = json.loads(out)
    assert [(k, 2 * k + 1) for k in range(5)] == [(e["degree"], e["multiplicity"]) for e in found["eigenvalues"]]
    assert found["eigenvalues"][0]["value"]["value"].startswith("1.751142833289211913")
    total = sum(e["multiplicity"] * float(e["value"]["value"]) for e in found["eigenvalues"])
    assert abs(total - float(found["mercer"]["partial_sum"]["value"])) < 1e-8
    assert total <= 5 <= total + float(found["mercer"]["tail_bound"]["value"])


def test_two_relu_layers_are_exact(run) -> None:
    _, out, _ = run("relu", "--dim", "3", "--layers", "2", "--degree", "3", "--json")
    assert ["1/2", "1/3", "5/64", "0"] == [e["exact"]["text"] for e in json.loads(out)["eigenvalues"]]
    _, source, _ = run("relu", "--dim", "2", "--layers", "2", "--degree", "2", "--latex")
    assert r"$2$ & $2$ & $\frac{14}{9\pi^{2}}$ \\" in source


def test_the_kernel_and_its_place_can_be_chosen(run) -> None:
    _, out, _ = run(
        "relu", "--dim", "3", "--layers", "2", "--degree", "1", "--nngp", "--sigma-w", "1", "--sigma-b", "1", "--json"
    )
    found = json.loads(out)
    assert "nngp" == found["kernel"]
    assert 1 == float(found["mercer"]["kernel_at_1"]["value"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("relu", "--dim", "1", "--layers", "2"), "ambient dimension of at least 2"),
        (("relu", "--dim", "3", "--layers", "0"), "take a number from 1"),
        (("relu", "--dim", "3", "--layers", "2", "--degree", "-1"), "take a degree from 0"),
        (("relu", "--dim", "3", "--layers", "2", "--sigma-w", "0"), "take σ_w > 0"),
        (("tanh", "--dim", "3", "--layers", "2"), "give --sigma-b"),
        (("sign", "--dim", "3", "--layers", "2", "--sigma-w", "1", "--sigma-b", "1"), "jumps"),
    ],
)
def test_bad_input_is_one_clear_line(run, arguments: tuple[str, ...], message: str) -> None:
    status, out, err = run(*arguments)
    assert (2, "") == (status, out)
    assert message in err
    assert 1 == err.count("\n")
