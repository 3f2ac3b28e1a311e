"""The command line: reads arguments, calls the library and prints its answer; every error is one line and exit 2."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from typer.main import get_command

from symntk.errors import SymntkError

if TYPE_CHECKING:
    from symntk.claims.decide import Decision
    from symntk.claims.ledger import Ledger
    from symntk.depth.certified_depth import DepthValue
    from symntk.render.answers import Answer, Place

PROGRAM = "symntk"
LONGEST_DIGITS = 100_000

app = typer.Typer(
    name=PROGRAM,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Derives, certifies, prints and checks the formulas of Neural Tangent Kernel and mean-field theory.",
)


def _digits(value: int) -> int:
    if not 1 <= value <= LONGEST_DIGITS:
        raise typer.BadParameter(f"{value} digits were asked for; take a number from 1 to {LONGEST_DIGITS}")
    return value


Act = Annotated[str, typer.Argument(metavar="ACT", help="A catalogue name, a name(parameters), or an expression in x.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Latex = Annotated[bool, typer.Option("--latex", help="Print LaTeX.")]
Digits = Annotated[
    int, typer.Option("--digits", metavar="N", callback=_digits, help="Significant digits of certified numbers.")
]
Plot = Annotated[
    Path | None, typer.Option("--plot", metavar="FILE", help="Draw it too, as png, svg or pdf (needs matplotlib).")
]
Arch = Annotated[
    Literal["fc", "resnet", "scaled_resnet"],
    typer.Option("--arch", metavar="A", help="fc (fully connected), resnet or scaled_resnet (blocks of weight ∝ 1/ℓ)."),
]
Steps = Annotated[bool, typer.Option("--steps", help="Print the steps of the derivation too.")]


@app.command()
def dual(
    act: Act,
    general: Annotated[bool, typer.Option("--general", help="In the variances q1, q2 too.")] = False,
    rho: Annotated[
        str | None, typer.Option("--rho", metavar="R", help="Certify the value at this correlation.")
    ] = None,
    q1: Annotated[str, typer.Option("--q1", metavar="Q", help="First variance of that value.")] = "1",
    q2: Annotated[str, typer.Option("--q2", metavar="Q", help="Second variance of that value.")] = "1",
    steps: Steps = False,
    as_json: Json = False,
    as_latex: Latex = False,
    digits: Digits = 20,
) -> None:
    """The dual activation E φ(u)φ(v) and the dual of φ′."""
    from symntk.activations.parse import parse_activation
    from symntk.gaussian.dual import dual as dual_of
    from symntk.render.answers import dual_answer, dual_value_answer

    subject = dual_of(parse_activation(act))
    place = _place(rho, q1, q2)
    if place is None:
        answer = dual_answer(subject, general=general)
    else:
        answer = dual_value_answer(subject, place, general=general, digits=digits)
    _print(answer.with_steps(subject.derivation) if steps else answer, as_json=as_json, as_latex=as_latex)


def _place(rho: str | None, q1: str, q2: str) -> Place | None:
    from symntk.activations.parse import parse_number
    from symntk.render.answers import Place

    if rho is not None:
        return Place(rho=parse_number(rho), q1=parse_number(q1), q2=parse_number(q2))
    if (q1, q2) != ("1", "1"):
        raise typer.BadParameter("a value at variances was asked for, but no correlation was given; add --rho")
    return None


@app.command()
def hermite(
    act: Act,
    order: Annotated[int, typer.Option("--order", min=0, metavar="N", help="The highest order.")] = 10,
    as_json: Json = False,
    as_latex: Latex = False,
    digits: Digits = 20,
) -> None:
    """The Hermite coefficients a₀, …, a_N."""
    from symntk.activations.parse import parse_activation
    from symntk.render.answers import hermite_answer

    _print(hermite_answer(parse_activation(act), order=order, digits=digits), as_json=as_json, as_latex=as_latex)


@app.command()
def expand(
    act: Act,
    at: Annotated[
        str, typer.Option("--at", metavar="RHO", help="The correlation to expand at: 1, -1, 0 or between.")
    ] = "1",
    terms: Annotated[int, typer.Option("--terms", metavar="N", help="How many nonzero terms.")] = 6,
    depth: Annotated[int, typer.Option("--depth", metavar="L", help="Expand the L-fold iterate.")] = 1,
    steps: Steps = False,
    as_json: Json = False,
    as_latex: Latex = False,
    digits: Digits = 20,
) -> None:
    """The expansion of the correlation map, or of its iterate, in γ = 1 − ρ."""
    from symntk.activations.parse import parse_activation, parse_number
    from symntk.expansions.endpoint import expand as expansion_of
    from symntk.render.answers import expansion_answer

    expansion = expansion_of(parse_activation(act), parse_number(at), terms, depth)
    answer = expansion_answer(expansion, digits=digits)
    _print(answer.with_steps(expansion.derivation) if steps else answer, as_json=as_json, as_latex=as_latex)


@app.command()
def depth(
    act: Act,
    rho: Annotated[str, typer.Option("--rho", metavar="C1", help="The correlation c¹ of the first pre-activations.")],
    layers: Annotated[str, typer.Option("--layers", metavar="L", help="Weight layers: 1000, 1e100.")],
    arch: Arch = "fc",
    sigma_w: Annotated[str | None, typer.Option("--sigma-w", metavar="W", help="Weight deviation.")] = None,
    sigma_b: Annotated[str, typer.Option("--sigma-b", metavar="B", help="Bias deviation.")] = "0",
    eoc: Annotated[bool, typer.Option("--eoc", help="On the edge of chaos (the default).")] = False,
    plot: Plot = None,
    as_json: Json = False,
    as_latex: Latex = False,
    digits: Digits = 20,
) -> None:
    """The certified correlation and NTK after L layers, L = 1e100 too."""
    from symntk.activations.parse import parse_activation, parse_number
    from symntk.depth.certified_depth import certified_depth, parse_layers
    from symntk.render.depth import depth_answer
    from symntk.render.numeric import bits_for
    from symntk.render.skip import skip_depth_answer

    if eoc and sigma_w is not None:
        raise typer.BadParameter("both --eoc and --sigma-w were given; the edge of chaos sets σ_w, so drop one of them")
    _check_plot(plot, arch)
    phi, correlation, bias, bits = parse_activation(act), parse_number(rho), parse_number(sigma_b), bits_for(digits)
    weight = None if sigma_w is None else parse_number(sigma_w)
    if arch != "fc":
        answer = skip_depth_answer(arch, phi, (weight, bias), parse_layers(layers), correlation, digits=digits)
        _print(answer, as_json=as_json, as_latex=as_latex)
        return

    def at_depth(count: int) -> DepthValue:
        return certified_depth(phi, count, correlation, sigma_w=weight, sigma_b=bias, bits=bits)

    found = at_depth(parse_layers(layers))
    if plot is not None:
        from symntk.render.plots.depth_plot import depth_curve, write_depth_plot

        write_depth_plot(depth_curve(at_depth, found.layers, correlation, weight, bias), plot)
    _print(depth_answer(found, arch=arch, rho=correlation, digits=digits), as_json=as_json, as_latex=as_latex)


@app.command()
def rate(
    act: Act,
    arch: Arch = "fc",
    order: Annotated[int, typer.Option("--order", metavar="N", help="How many powers of the depth.")] = 3,
    sigma_w: Annotated[
        str | None, typer.Option("--sigma-w", metavar="W", help="With fc: the edge of chaos without it.")
    ] = None,
    sigma_b: Annotated[str, typer.Option("--sigma-b", metavar="B", help="The bias on the edge of chaos.")] = "0",
    eoc: Annotated[bool, typer.Option("--eoc", help="On the edge of chaos (the default).")] = True,
    rho: Annotated[
        str | None, typer.Option("--rho", metavar="C1", help="Certify C, D and the remainders for this c¹.")
    ] = None,
    plot: Plot = None,
    steps: Steps = False,
    as_json: Json = False,
    as_latex: Latex = False,
    digits: Digits = 20,
) -> None:
    """The expansions in the depth ℓ of 1 − c^ℓ and of the NTK on the edge of chaos; geometric rates off it."""
    from symntk.activations.parse import parse_activation, parse_number
    from symntk.architectures.recursion_steps import recursion_steps
    from symntk.render.dense_rate import dense_rate_answer
    from symntk.render.skip import skip_rate_answer

    _check_plot(plot, arch)
    phi, bias = parse_activation(act), parse_number(sigma_b)
    weight, start = (None if given is None else parse_number(given) for given in (sigma_w, rho))
    if arch == "fc":
        answer = dense_rate_answer(phi, (weight, bias), order, digits=digits, rho=start, plot=plot)
    else:
        answer = skip_rate_answer(arch, phi, (weight, bias), order, digits=digits, rho=start)
    _print(answer.with_steps(recursion_steps(arch)) if steps else answer, as_json=as_json, as_latex=as_latex)


@app.command()
def phase(
    act: Act,
    sigma_w: Annotated[str, typer.Option("--sigma-w", metavar="W", help="Standard deviation of the weights.")],
    sigma_b: Annotated[str, typer.Option("--sigma-b", metavar="B", help="Standard deviation of the biases.")] = "0",
    plot: Plot = None,
    as_json: Json = False,
    as_latex: Latex = False,
    digits: Digits = 20,
) -> None:
    """The phase at (σ_w, σ_b), with q*, χ₁, c* and the depth scales."""
    from symntk.activations.parse import parse_activation, parse_number
    from symntk.meanfield.phase import phase as phase_of
    from symntk.render.numeric import bits_for
    from symntk.render.phase import phase_answer

    _check_plot(plot)
    found = phase_of(parse_activation(act), parse_number(sigma_w), parse_number(sigma_b), bits=bits_for(digits))
    if plot is not None:
        from symntk.render.plots.phase_diagram import phase_diagram, write_phase_diagram

        write_phase_diagram(phase_diagram(found), plot)
    _print(phase_answer(found, digits=digits), as_json=as_json, as_latex=as_latex)


@app.command()
def eoc(
    act: Act,
    sigma_b: Annotated[str, typer.Option("--sigma-b", metavar="B", help="Standard deviation of the biases.")] = "0",
    plot: Plot = None,
    as_json: Json = False,
    as_latex: Latex = False,
    digits: Digits = 20,
) -> None:
    """The edge of chaos at σ_b: every certified (σ_w, q) with χ₁ = 1."""
    from symntk.activations.parse import parse_activation, parse_number
    from symntk.meanfield.edge_of_chaos import edge_of_chaos
    from symntk.render.numeric import bits_for
    from symntk.render.phase import edge_answer

    _check_plot(plot)
    found = edge_of_chaos(parse_activation(act), parse_number(sigma_b), bits=bits_for(digits))
    if plot is not None:
        from symntk.render.plots.edge_plot import edge_plot, write_edge_plot

        write_edge_plot(edge_plot(found), plot)
    _print(edge_answer(found, digits=digits), as_json=as_json, as_latex=as_latex)


def _check_plot(plot: Path | None, arch: str = "fc") -> None:
    """Refuses a plot that cannot be written before anything is computed."""
    if plot is not None:
        if arch != "fc":
            raise typer.BadParameter(f"a plot with --arch {arch} was asked for, but only fc is drawn; leave out --plot")
        from symntk.render.plots.canvas import checked_target

        checked_target(plot)


@app.command()
def spectrum(
    act: Act,
    dim: Annotated[int, typer.Option("--dim", metavar="D", help="The inputs lie on the unit sphere of R^D.")],
    layers: Annotated[int, typer.Option("--layers", metavar="L", help="Weight layers.")],
    degree: Annotated[int, typer.Option("--degree", metavar="K", help="The highest degree of harmonics.")] = 10,
    ntk: Annotated[bool, typer.Option("--ntk/--nngp", help="Of the NTK (the default) or of the NNGP.")] = True,
    sigma_w: Annotated[str | None, typer.Option("--sigma-w", metavar="W", help="Weight deviation.")] = None,
    sigma_b: Annotated[str, typer.Option("--sigma-b", metavar="B", help="Bias deviation.")] = "0",
    as_json: Json = False,
    as_latex: Latex = False,
    digits: Digits = 20,
) -> None:
    """The certified eigenvalues of the kernel on the sphere; on the edge of chaos without --sigma-w."""
    from symntk.activations.parse import parse_activation, parse_number
    from symntk.render.spectrum import spectrum_answer
    from symntk.spectra.zonal_kernel import Network

    weight, bias = None if sigma_w is None else parse_number(sigma_w), parse_number(sigma_b)
    kind = "ntk" if ntk else "nngp"
    net = Network(activation=parse_activation(act), layers=layers, sigma_w=weight, sigma_b=bias, kind=kind)
    _print(spectrum_answer(net, dim=dim, degree=degree, digits=digits), as_json=as_json, as_latex=as_latex)


@app.command("list")
def list_catalogue(as_json: Json = False, as_latex: Latex = False, digits: Digits = 20) -> None:
    """The catalogue of activations."""
    from symntk.activations.catalogue import CATALOGUE
    from symntk.render.table import catalogue_answer

    _print(catalogue_answer(list(CATALOGUE.values())), as_json=as_json, as_latex=as_latex)


@app.command()
def verify(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="Claim files or folders.")] = None,
    only: Annotated[
        str | None, typer.Option("--only", metavar="GLOB", help="Only the claims whose id matches.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, metavar="N", help="Worker processes.")] = min(
        os.cpu_count() or 1, 4
    ),
    as_json: Json = False,
    as_latex: Latex = False,
    digits: Digits = 20,
) -> None:
    """Decide claims; exit 0 only if every verdict is the recorded one and none is UNDECIDED."""
    from rich.console import Console

    from symntk.claims.ledger import all_agree, collect, shipped_ledger
    from symntk.render import verdicts

    decisions = _decided(collect(paths) if paths else shipped_ledger(), only, jobs)
    if as_json:
        _echo(_dumped(verdicts.as_json(decisions)))
    elif as_latex:
        _echo(_verdicts_latex(decisions))
    else:
        verdicts.print_decisions(decisions, Console())
    if not all_agree(decisions):
        raise typer.Exit(1)


def _decided(ledger: Ledger, only: str | None, jobs: int) -> list[Decision]:
    """The decisions, with a progress bar where somebody watches."""
    from rich.console import Console
    from rich.progress import Progress

    from symntk.claims.ledger import decide_ledger, selected

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("deciding claims", total=len(selected(ledger, only)))
        return decide_ledger(ledger, only=only, jobs=jobs, progress=lambda _: bar.advance(task))


def _verdicts_latex(decisions: list[Decision]) -> str:
    from symntk.render.latex import latex_table

    rows = [(d.claim.id, d.claim.where, str(d.verdict), f"${d.claim.printed}$") for d in decisions]
    return latex_table(("claim", "where", "verdict", "printed"), rows)


def _print(answer: Answer, *, as_json: bool, as_latex: bool) -> None:
    _echo(_dumped(answer.record) if as_json else answer.latex if as_latex else answer.text)


print_answer = _print
"""For commands in files of their own."""


def _dumped(record: dict[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2)


def _echo(line: str) -> None:
    sys.stdout.write(line + "\n")


class OneLine:
    """A block whose errors come out as one line on stderr; `code` is the exit status that they call for.

    SYMNTK_DEBUG=1 lets every exception through with its traceback.
    """

    code = 0

    def __enter__(self) -> OneLine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(error, BrokenPipeError):
            # The reader has gone: keep Python from complaining when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self.code = 1
            return True
        if not isinstance(error, Exception) or os.environ.get("SYMNTK_DEBUG"):
            return False
        self.code = 2
        print(f"{PROGRAM}: {' '.join(explained(error).split())}", file=sys.stderr)
        return True


def explained(error: BaseException) -> str:
    """What a user is told about an error."""
    if isinstance(error, typer.TyperException):
        message = error.format_message().rstrip(".")
        minus = ", and an ACT that begins with a minus goes after --" if message.startswith("No such option") else ""
        return f"{message}; {PROGRAM} --help shows the usage{minus}"
    if isinstance(error, SymntkError):
        return str(error)
    if isinstance(error, RecursionError):
        return "the formula is nested too deeply for this machine's stack; write it with fewer nested parentheses"
    kind = type(error).__name__
    return (
        f"an error that symntk did not foresee: {kind}: {error}; SYMNTK_DEBUG=1 shows the traceback, please report it"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    sys.set_int_max_str_digits(0)
    with OneLine() as boundary:
        status = get_command(app).main(args=given, prog_name=PROGRAM, standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    return boundary.code


from symntk import border_command as border_command  # noqa: E402  (its command joins the app above)
