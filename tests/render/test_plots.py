import sys
from pathlib import Path

import pytest
from flint import arb
from sympy import Rational, S

from symntk.activations.catalogue import activation
from symntk.architectures.fully_connected import FullyConnected
from symntk.cli import main
from symntk.depth.certified_depth import certified_depth
from symntk.depth.edge_rate import rate_on_edge
from symntk.errors import DomainError
from symntk.gaussian.quadrature import enclose_mean
from symntk.meanfield.edge_curve import CurvePoint, curve_point, edge_branches
from symntk.meanfield.edge_of_chaos import edge_of_chaos
from symntk.meanfield.phase import phase
from symntk.numbers.precision import working_precision
from symntk.render.plots import rate_plot as rates
from symntk.render.plots.canvas import written_figure
from symntk.render.plots.depth_plot import deficits, depth_curve, ratios
from symntk.render.plots.edge_plot import edge_plot
from symntk.render.plots.phase_diagram import phase_diagram
from symntk.render.plots.scales import decimal_log, geometric, power_label, set_power_ticks

TENTHS = Rational(3, 10)
HEADS = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


def residuals(name: str, point: CurvePoint) -> tuple[arb, arb]:
    """χ₁ − 1 and V(q) − q by quadrature of φ² and φ′², not by their formulas in q."""
    phi = activation(name).expression
    with working_precision(80):
        moments = [enclose_mean(form**2, point.q, bits=50) for form in (phi, phi.diff())]
        weight = point.sigma_w**2
        return weight * moments[1] - 1, point.sigma_b**2 + weight * moments[0] - point.q


@pytest.mark.parametrize("name", ["erf", "sin", "tanh", "gelu"])
def test_the_points_of_the_edge_curve_have_chi_one_and_a_fixed_variance(name):
    for variance in ("0.03", "0.7", "5"):
        point = curve_point(activation(name), arb(variance).mid())
        for value in residuals(name, point):
            assert 0 in value
            assert value.rad() < arb("1e-9")


def test_there_is_no_curve_point_where_the_bias_would_be_imaginary():
    assert curve_point(activation("softplus"), arb(1)) is None
    assert curve_point(activation("step"), arb(1)) is None


def test_the_curve_passes_through_the_point_that_is_solved_for():
    point = edge_of_chaos(activation("erf"), TENTHS).points[0]
    (branch,) = edge_branches(activation("erf"), 1.0)
    nearest = min(branch, key=lambda p: abs(float(p.sigma_b) - 0.3))
    assert abs(float(nearest.sigma_w) - float(point.sigma_w)) < 0.02
    assert abs(float(curve_point(activation("erf"), point.q.mid()).sigma_b) - 0.3) < 1e-12


def test_a_branch_is_dense_and_stays_in_its_window():
    (branch,) = edge_branches(activation("sin"), 1.0)
    biases = [float(point.sigma_b) for point in branch]
    assert biases == sorted(biases)
    assert biases[0] < 0.01 < 1.0 <= biases[-1] <= 1.05
    assert max(b - a for a, b in zip(biases, biases[1:], strict=False)) < 0.05


def test_a_curve_that_changes_stability_is_cut_there():
    kinds = [branch[0].stable for branch in edge_branches(activation("gelu"), 1.0)]
    assert [False, True] == kinds


def test_the_samples_of_a_phase_diagram_lie_on_the_right_side_of_its_curve():
    diagram = phase_diagram(phase(activation("erf"), Rational(13, 10), Rational(1, 5)))
    names = {sample.name for sample in diagram.samples}
    assert {"ordered", "chaotic"} == names
    for sample in diagram.samples:
        edge = min(diagram.branches[0], key=lambda p: abs(float(p.sigma_b) - float(sample.sigma_b)))
        if abs(float(sample.sigma_w) - float(edge.sigma_w)) > 0.05:
            assert ("chaotic" if float(sample.sigma_w) > float(edge.sigma_w) else "ordered") == sample.name


def test_the_window_of_a_phase_diagram_contains_the_asked_point():
    diagram = phase_diagram(phase(activation("relu"), Rational(1, 3), S(7)))
    assert (diagram.width > 1 / 3, diagram.height > 7, round(diagram.line**2, 12)) == (True, True, 2.0)
    assert {"ordered", "none"} == {sample.name for sample in diagram.samples}


def test_an_edge_plot_of_an_activation_without_edge_has_no_curve():
    plot = edge_plot(edge_of_chaos(activation("softplus"), 1))
    assert ((), None, ()) == (plot.branches, plot.line, plot.found.points)


def test_a_depth_curve_holds_the_certified_values_of_its_layers():
    phi = activation("relu")
    curve = depth_curve(lambda n: certified_depth(phi, n, TENTHS, bits=60), 10**12, TENTHS)
    layers = [value.layers for value in curve.values]
    assert layers[:3] + layers[-1:] == [1, 2, 3, 10**12]
    x, y = deficits(curve)[-1]
    assert (x, len(curve.values)) == (12.0, len(ratios(curve)))
    assert abs(y - (0.6474 - 24 + 1)) < 1
    assert abs(ratios(curve)[-1][1] - 0.25) < 1e-9


def test_a_deficit_of_zero_is_left_out_of_a_logarithmic_plot():
    curve = depth_curve(lambda n: certified_depth(activation("abs"), n, S(-1)), 4, S(-1))
    assert (1, 4) == (len(deficits(curve)), len(ratios(curve)))


@pytest.fixture(scope="module")
def relu_errors():
    rate = rate_on_edge(activation("relu"), FullyConnected(), 3, S.Zero)
    return rates.rate_plot(rate, 3, S.Zero)


def test_each_order_of_a_rate_makes_the_differences_smaller_and_steeper(relu_errors):
    last = [decimal_log(t.differences[-1]) for t in relu_errors.truncations]
    first = [decimal_log(t.differences[-8]) for t in relu_errors.truncations]
    decades = decimal_log(relu_errors.truncations[0].layers[-1]) - decimal_log(relu_errors.truncations[0].layers[-8])
    slopes = [(b - a) / decades for a, b in zip(first, last, strict=True)]
    assert [1, 2, 3] == [t.order for t in relu_errors.truncations]
    assert all(abs(slope + order) < 0.3 for order, slope in enumerate(slopes, start=1))


def test_the_constant_read_off_at_depth_is_the_certified_one(relu_errors):
    rate = rate_on_edge(activation("relu"), FullyConnected(), 3, S.Zero)
    known = rates.rate_plot(rate, 3, S.Zero, rho=S.Half)
    assert (True, False) == (known.known, relu_errors.known)
    assert abs(known.constant - relu_errors.constant) < arb("1e-25")


@pytest.mark.parametrize(("first", "last"), [(1, 10), (1, 10**5), (3, 10**400)])
def test_geometric_depths_keep_both_ends_and_increase(first, last):
    depths = geometric(first, last, 30)
    assert (first, last) == (depths[0], depths[-1])
    assert depths == sorted(set(depths))
    assert len(depths) <= 30


def test_labels_of_powers_are_short():
    assert ["$10^{0}$", "$10^{-301031}$", "$10^{-3.0e+99}$"] == [power_label(e) for e in (0.0, -301031.0, -3e99)]


@pytest.mark.parametrize(("low", "high"), [(-0.6, 0.1), (-3.0, 0.0), (-200.0, 0.0), (-30.4, -30.1)])
def test_no_two_marks_of_a_logarithmic_axis_have_the_same_label(low, high, tmp_path):
    with written_figure(tmp_path / "axis.png") as figure:
        axes = figure.add_subplot()
        axes.set_ylim(low, high)
        set_power_ticks(axes.yaxis)
        places = [place for place in axes.get_yticks() if low <= place <= high]
        labels = axes.yaxis.get_major_formatter().format_ticks(places)
    assert len(labels) >= 2
    assert len(set(labels)) == len(labels)


COMMANDS = {
    "phase": ["phase", "erf", "--sigma-w", "1.3", "--sigma-b", "1/5"],
    "eoc": ["eoc", "hard_tanh", "--sigma-b", "1/5"],
    "depth": ["depth", "relu", "--layers", "1e100", "--rho", "3/10"],
    "rate": ["rate", "relu", "--order", "2"],
}


@pytest.mark.slow
@pytest.mark.parametrize("suffix", sorted(HEADS))
@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_plot_is_written_in_every_format(command, suffix, tmp_path, capsys):
    path = tmp_path / f"plot{suffix}"
    assert 0 == main([*COMMANDS[command], "--plot", str(path)])
    assert path.read_bytes().startswith(HEADS[suffix])
    assert [path] == list(tmp_path.iterdir())
    without = capsys.readouterr().out
    assert 0 == main(COMMANDS[command])
    assert without == capsys.readouterr().out


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_suffix_that_names_no_format_is_refused_in_one_line(command, tmp_path, capsys):
    assert 2 == main([*COMMANDS[command], "--plot", str(tmp_path / "plot.gif")])
    captured = capsys.readouterr()
    assert ("", 1) == (captured.out, captured.err.count("\n"))
    assert "take png, svg or pdf" in captured.err
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_without_matplotlib_one_line_says_how_to_install_it(command, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert 2 == main([*COMMANDS[command], "--plot", str(tmp_path / "plot.png")])
    captured = capsys.readouterr()
    assert ("", 1) == (captured.out, captured.err.count("\n"))
    assert "symntk[plot]" in captured.err
    assert [] == list(tmp_path.iterdir())


def test_a_folder_that_does_not_exist_is_refused_in_one_line(tmp_path, capsys):
    assert 2 == main([*COMMANDS["depth"], "--plot", str(tmp_path / "nowhere" / "plot.png")])
    assert "does not exist" in capsys.readouterr().err


def draw_and_fail(path: Path) -> None:
    with written_figure(path) as figure:
        figure.add_subplot().plot([1, 2], [1, 2])
        raise DomainError("on purpose")


def test_a_failure_while_drawing_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "plot.png"
    path.write_bytes(b"old")
    with pytest.raises(DomainError, match="on purpose"):
        draw_and_fail(path)
    assert ([path], b"old") == (list(tmp_path.iterdir()), path.read_bytes())


def test_a_failure_while_writing_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "plot.png"
    path.write_bytes(b"old")

    def full(self, target, **_):
        Path(target).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", full)
    with pytest.raises(DomainError, match="No space left"), written_figure(path):
        pass
    assert ([path], b"old") == (list(tmp_path.iterdir()), path.read_bytes())


def test_the_same_plot_is_the_same_file(tmp_path):
    for name in ("a.svg", "b.svg"):
        with written_figure(tmp_path / name) as figure:
            figure.add_subplot().plot([1, 2], [1, 2])
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
