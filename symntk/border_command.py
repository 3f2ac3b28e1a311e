"""The command `symntk border`, which asks for the kernels of a deconvolutional net near the border of its images."""

from __future__ import annotations

from typing import Annotated

import typer

from symntk.cli import Digits, Json, Latex, Steps, app, print_answer

Numbers = Annotated[
    str, typer.Option("--stride", metavar="S", help="The stride of every axis, at least 2; 2,3 for two axes.")
]


def _numbers(written: str, name: str) -> list[int]:
    try:
        return [int(part) for part in written.split(",")]
    except ValueError:
        raise typer.BadParameter(
            f"{name} {written[:40]!r} was given; take an integer, or one for each axis as in 2,3"
        ) from None


@app.command()
def border(
    stride: Numbers,
    window: Annotated[str, typer.Option("--window", metavar="W", help="Windows of at least the strides.")],
    padding: Annotated[str, typer.Option("--padding", metavar="P", help="How many positions are cut off.")] = "0",
    dim: Annotated[int | None, typer.Option("--dim", min=1, max=16, metavar="D", help="How many axes.")] = None,
    activation: Annotated[
        str, typer.Option("--activation", metavar="ACT", help="αx + β|x|, standardised here; any with --layers.")
    ] = "relu",
    beta: Annotated[
        str | None, typer.Option("--beta", metavar="B", help="A number 0 ≤ β < 1; a letter without.")
    ] = None,
    near: Annotated[
        int | None, typer.Option("--near", min=1, max=1000, metavar="N", help="Coordinates below N.")
    ] = None,
    layers: Annotated[
        int | None, typer.Option("--layers", metavar="L", help="Certified values after L layers.")
    ] = None,
    steps: Steps = False,
    as_json: Json = False,
    as_latex: Latex = False,
    digits: Digits = 20,
) -> None:
    """The kernels of a deconvolutional net near the border of its images."""
    from symntk.activations.parse import parse_activation, parse_number
    from symntk.render.border import axes_of, border_answer, border_value_answer, corner_derivation

    axes = axes_of(_numbers(stride, "--stride"), _numbers(window, "--window"), _numbers(padding, "--padding"), dim)
    phi, bias = parse_activation(activation), None if beta is None else parse_number(beta)
    if layers is None:
        answer = border_answer(axes, phi, bias, near, digits=digits)
        answer = answer.with_steps(corner_derivation(axes, near)) if steps else answer
    elif bias is None:
        raise typer.BadParameter("values after --layers were asked for, but no number β was given; add --beta")
    else:
        answer = border_value_answer(axes, phi, bias, layers, near, digits=digits)
    print_answer(answer, as_json=as_json, as_latex=as_latex)
