"""Ancestors near the border, their closed forms, the kernels they give, and what the command answers."""

from __future__ import annotations

import json

import pytest
import sympy
from sympy import CRootOf, Rational, S, oo

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.architectures.border import BETA, LAYER, LAYERS, RATIO, border_kernel
from symntk.architectures.border_values import border_values
from symntk.architectures.deconvolutional import ConvolutionalKernels
from symntk.architectures.exponential_sum import exponential_sum, generating_function, summed
from symntk.architectures.half_line import HalfLine
from symntk.architectures.positions import deconvolution
from symntk.cli import main
from symntk.errors import DomainError
from symntk.gaussian.moments import standardized
from symntk.numbers.ball import enclose

EXAMPLE = HalfLine(stride=2, window=4)
SHAPES = [(s, w, p) for s in (2, 3, 4) for w in range(s, 9) for p in range(w)]


def test_parents_are_the_positions_that_the_window_reaches():
    for stride, window, padding in SHAPES:
        line = HalfLine(stride=stride, window=window, padding=padding)
        for p in range(30):
            reached = [q for q in range(60) if 0 <= p + padding - stride * q < window]
            assert reached == list(line.parents(p))
            assert line.lacks(p) == any(0 <= p + padding + stride * q < window for q in range(1, 60))
            assert line.lacks(p) == (p < line.border)


def test_the_paper_s_example_has_the_parents_that_it_prints():
    for p in range(50):
        assert [q for q in (p // 2 - 1, p // 2) if q >= 0] == list(EXAMPLE.parents(p))


def test_trapped_positions_keep_all_their_ancestors_and_others_do_not():
    for stride, window, padding in SHAPES:
        line = HalfLine(stride=stride, window=window, padding=padding)
        assert max(line.ancestors(line.trapped)) == line.trapped
        assert max(line.parents(line.trapped)) == line.trapped
        assert max(line.parents(line.trapped + 1)) <= line.trapped


@pytest.mark.slow
def test_the_closed_form_of_every_count_continues_the_counting():
    for stride, window, padding in SHAPES:
        line = HalfLine(stride=stride, window=window, padding=padding)
        for p in range(6):
            given = 2 * len(line.ancestors(p)) + 2
            counts = line.chains(p, given + 8)
            form = exponential_sum(counts[:given])
            for n, count in enumerate(counts):
                if any(t.base.has(CRootOf) for t in form.terms):
                    assert abs(complex(form.at(n).n(30)) - count) < 1e-12 * max(count, 1)
                else:
                    assert sympy.expand(form.at(n)) == count


def test_windows_that_are_multiples_of_the_stride_never_grow_and_others_may():
    for stride, window, padding in SHAPES:
        kernel = border_kernel([HalfLine(stride=stride, window=window, padding=padding)], [0])
        if window % stride == 0:
            assert kernel.growth.n(20) <= 1
    assert border_kernel([HalfLine(stride=3, window=5, padding=3)], [0]).growth == Rational(6, 5)


def test_sums_by_their_primitive_are_the_sums_term_by_term():
    polynomial, count = (S(2), S(-1), S(3)), 7
    for base in (Rational(1, 3), S.One, S(2)):
        primitive = summed(polynomial, base)
        value = sum(g * count**i for i, g in enumerate(primitive)) * base**count - primitive[0]
        assert value == sum((2 - n + 3 * n**2) * base**n for n in range(count))


@pytest.mark.slow
def test_the_generating_function_continues_its_sequence():
    z = sympy.Symbol("z")
    form = generating_function([S(c) for c in HalfLine(stride=2, window=8, padding=3).chains(3, 12)], z)
    counts = HalfLine(stride=2, window=8, padding=3).chains(3, 20)
    assert [sympy.series(form, z, 0, 20).removeO().coeff(z, n) for n in range(20)] == counts


def test_the_border_of_the_example_is_the_printed_one_in_its_own_shape():
    kernel = border_kernel([EXAMPLE], [0])
    half = RATIO / 2
    sigma = (BETA**2 + half ** (LAYER + 1)) / (1 - half)
    ntk = BETA**2 * (1 - half**LAYERS) / (1 - half) ** 2 + LAYERS * half ** (LAYERS + 1) / (1 - half)
    assert sympy.simplify(kernel.sigma - sigma) == 0
    assert sympy.simplify(kernel.ntk - ntk) == 0
    assert sympy.simplify(kernel.ntk - ntk.subs(LAYERS, LAYERS + 1)) != 0


def test_a_jordan_block_gives_powers_of_the_depth():
    """Padding 1: position 1 has the parents 0 and 1, so that (n + 1)/2ⁿ of its chains survive."""
    kernel = border_kernel([HalfLine(stride=2, window=4, padding=1)], [1])
    assert [Rational(n + 1, 2**n) for n in range(8)] == kernel.shares(8)
    assert kernel.ntk.has(LAYERS**2)


def test_a_position_beyond_the_border_meets_it_after_some_levels():
    kernel = border_kernel([EXAMPLE], [40])
    assert [1, 1, 1, 1, 1, Rational(21, 32)] == kernel.shares(6)
    assert kernel.valid_from == 5


def test_the_corner_is_the_product_of_its_axes():
    first, second = HalfLine(stride=2, window=4), HalfLine(stride=3, window=6, padding=1)
    corner = border_kernel([first, second], [1, 4]).shares(9)
    edges = zip(border_kernel([first], [1]).shares(9), border_kernel([second], [4]).shares(9), strict=True)
    assert [a * b for a, b in edges] == corner


@pytest.mark.slow
def test_the_limit_by_the_generating_function_is_the_limit_of_the_closed_form():
    for shape, place in (((2, 4, 0), 3), ((2, 8, 3), 2), ((3, 7, 2), 0)):
        stride, window, padding = shape
        kernel = border_kernel([HalfLine(stride=stride, window=window, padding=padding)], [place])
        beta = Rational(3, 5)
        at = {RATIO: 1 - beta**2, BETA: beta}
        for form, depth, limit in ((kernel.sigma, LAYER, kernel.sigma_limit), (kernel.ntk, LAYERS, kernel.ntk_limit)):
            assert abs(float(form.subs(at | {depth: 400})) - float(limit.subs(at))) < 1e-12


def test_the_ratio_of_the_ntk_falls_like_the_square_of_the_ratio_of_the_kernel_in_the_example():
    kernel = border_kernel([EXAMPLE], [0])
    assert sympy.expand(kernel.ntk_ratio_limit - kernel.sigma_ratio_limit**2) == 0
    assert kernel.ntk_ratio_limit.subs(BETA, Rational(1, 10)) == Rational(4, 10201)


def test_without_bias_the_border_dies_out_and_the_bulk_grows_like_the_depth():
    kernel, bulk = border_kernel([EXAMPLE], [0]), border_kernel([EXAMPLE], [None])
    assert kernel.sigma_for(S.Zero) == Rational(1, 2) ** LAYER
    assert bulk.ntk_for(S.Zero) == LAYERS
    assert kernel.ratio_limits_for(S.Zero) == (0, 0)
    steep = border_kernel([HalfLine(stride=3, window=5, padding=3)], [0])
    assert steep.ratio_limits_for(Rational(1, 10)) == (oo, oo)
    assert steep.ratio_limits_for(Rational(1, 2))[0].is_finite


def test_a_window_of_the_stride_has_no_border_effect():
    kernel = border_kernel([HalfLine(stride=3, window=3)], [0])
    assert kernel.sigma == 1
    assert sympy.simplify(kernel.ntk - (1 - RATIO**LAYERS) / (1 - RATIO)) == 0


@pytest.mark.parametrize("name", ["sin", "erf"])
def test_the_certified_values_are_the_exact_recursion_on_a_finite_patch(name):
    phi, beta, line = activation(name), Rational(3, 5), HalfLine(stride=2, window=4)
    net = deconvolution((8,), (line,), 3)
    exact = ConvolutionalKernels(
        net=net, activation=standardized(phi), beta_squared=beta**2,
        inputs=lambda p, q: S.One if p == q else S.Zero,
    )  # fmt: skip
    places = ((0,), (3,), (5,))
    for value in border_values(phi, (line,), places, 3, beta, bits=60):
        sigma, ntk = (enclose(form(3, value.place, value.place), bits=90) for form in (exact.sigma, exact.ntk))
        assert (sigma - value.sigma).contains(0)
        assert (ntk - value.ntk).contains(0)
        assert value.sigma.rel_accuracy_bits() >= 60
    far = border_values(phi, (line,), ((None,),), 3, beta, bits=60)[0]
    assert (far.sigma - 1).contains(0)


def test_the_certified_values_of_a_homogeneous_activation_are_the_closed_forms():
    axes = (HalfLine(stride=2, window=4), HalfLine(stride=3, window=6))
    beta, layers = Rational(1, 3), 7
    for name in ("relu", "abs", "leaky_relu(1/10)"):
        phi = activation(name) if "(" not in name else _leaky()
        for value in border_values(phi, axes, ((0, 0), (1, None), (3, 5)), layers, beta, bits=60):
            kernel = border_kernel(axes, value.place)
            at = {RATIO: 1 - beta**2, BETA: beta, LAYER: layers, LAYERS: layers}
            assert (enclose(kernel.sigma.subs(at), bits=90) - value.sigma).contains(0)
            assert (enclose(kernel.ntk.subs(at), bits=90) - value.ntk).contains(0)


def _leaky() -> Activation:
    from symntk.activations.parse import parse_activation

    return parse_activation("leaky_relu(1/10)")


@pytest.mark.parametrize("arguments", [
    ["--stride", "2", "--window", "4"],
    ["--stride", "2", "--window", "4", "--dim", "2"],
    ["--stride", "3", "--window", "6", "--near", "7"],
    ["--stride", "2", "--window", "3"],
    pytest.param(["--stride", "2", "--window", "8", "--padding", "5", "--near", "1"], marks=pytest.mark.slow),
    ["--stride", "2,3", "--window", "4,6", "--beta", "1/10"],
], ids=" ".join)  # fmt: skip
def test_the_command_answers_with_formulas_for_each_class(arguments, capsys, katex):
    assert 0 == main(["border", *arguments, "--json"])
    record = json.loads(capsys.readouterr().out)
    keys = ("sigma", "ntk", "bulk", "ratio_limit")
    assert record["classes"]
    assert all({"latex", "text"} == set(entry[key]) for entry in (record, *record["classes"]) for key in keys)
    assert 0 == main(["border", *arguments, "--latex"])
    assert {None} == set(katex(capsys.readouterr().out.splitlines()))


def test_the_command_prints_the_corner_first_and_then_the_edges(capsys):
    assert 0 == main(["border", "--stride", "2", "--window", "4", "--dim", "3", "--json"])
    positions = [entry["positions"] for entry in json.loads(capsys.readouterr().out)["classes"]]
    assert [[[0, 1]] * 3, [[0, 1], [0, 1], None], [[0, 1], None, None]] == positions


def test_the_command_certifies_values_for_any_activation(capsys):
    arguments = ["border", "--stride", "2", "--window", "4", "--activation", "tanh", "--beta", "1/10", "--layers", "4"]
    assert 0 == main([*arguments, "--json", "--digits", "12"])
    record = json.loads(capsys.readouterr().out)
    assert 0 < float(record["classes"][0]["ratio"]["value"]) < 1
    assert float(record["sigma_bulk"]["value"]) == 1


def test_the_command_prints_the_values_as_latex(capsys, katex):
    arguments = ["border", "--stride", "2", "--window", "4", "--activation", "erf", "--beta", "0", "--layers", "9"]
    assert 0 == main([*arguments, "--latex"])
    assert {None} == set(katex(capsys.readouterr().out.splitlines()))


def test_the_command_prints_the_steps_with_their_verdicts(capsys):
    assert 0 == main(["border", "--stride", "2", "--window", "4", "--steps", "--json"])
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert ["PROVED", "PROVED"] == [step["verdict"] for step in steps[-2:]]


@pytest.mark.parametrize(("arguments", "word"), [
    (["--stride", "3", "--window", "2"], "no parents"),
    (["--stride", "1", "--window", "3"], "stride 1"),
    (["--stride", "0", "--window", "3"], "stride 0"),
    (["--stride", "2", "--window", "4", "--padding", "4"], "padding 4"),
    (["--stride", "2", "--window", "4", "--beta", "1"], "beta = 1"),
    (["--stride", "2", "--window", "4", "--activation", "tanh"], "--layers"),
    (["--stride", "2", "--window", "4", "--layers", "3"], "--beta"),
    (["--stride", "2,x", "--window", "4"], "an integer"),
    (["--stride", "2,2", "--window", "4,4,4"], "axes"),
    (["--stride", "2", "--window", "3", "--layers", "3", "--beta", "0"], "multiple of the stride"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")  # fmt: skip
def test_bad_input_is_one_line_and_exit_2(arguments, word, capsys):
    assert 2 == main(["border", *arguments])
    shown = capsys.readouterr()
    assert shown.out == ""
    assert word in shown.err
    assert 1 == len(shown.err.splitlines())


def test_places_outside_the_half_line_are_refused():
    with pytest.raises(DomainError, match="at least 0"):
        border_kernel([EXAMPLE], [-1])
    with pytest.raises(DomainError, match="one coordinate"):
        border_kernel([EXAMPLE], [0, 0])
