"""User text becomes an exact activation, or one clear line; nothing else ever escapes."""

from __future__ import annotations

import time

import pytest
import sympy
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sympy import Max, Piecewise, Rational, exp, pi, sqrt

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.activations.parse import parse_activation, parse_number
from symntk.errors import DomainError, ParseError, SymntkError
from symntk.notation import X
from symntk.numbers.normal_distribution import NormalCDF


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("relu", Max(0, X)),
        (" relu ", Max(0, X)),
        ("relu()", Max(0, X)),
        ("relu(x-1)", Max(0, X - 1)),
        ("x*erf(x)", X * sympy.erf(X)),
        ("x^2", X**2),
        ("-x^2", -(X**2)),
        ("x**2**3", X**8),
        ("(x^2)^3", X**6),
        ("2*x/3 - 0.1", 2 * X / 3 - Rational(1, 10)),
        ("1e-2*x", X / 100),
        (".5*x", X / 2),
        ("e**x", exp(X)),
        ("exp(pi*x)", exp(pi * X)),
        ("Phi(x)", NormalCDF(X)),
        ("max(x, 0, -1)", Max(X, 0)),
        ("sqrt(1+x^2)", sqrt(1 + X**2)),
        ("hermite(x, 2)", sqrt(2) * (X**2 - 1) / 2),
        ("gaussian(2*x)", exp(-2 * X**2)),
        ("relu(1)*x", X),
        ("relu(-1)*x", sympy.Integer(0)),
    ],
)
def test_expressions_are_read(text: str, expression: sympy.Expr) -> None:
    assert 0 == sympy.expand(parse_activation(text).expression - expression)


def test_piecewise_is_read_as_it_is_written() -> None:
    found = parse_activation("Piecewise((x, x>0), (x**3*exp(x), True))")
    assert Piecewise((X, X > 0), (X**3 * exp(X), True)) == found.expression
    assert [X**3 * exp(X), X] == [piece.expression for piece in found.pieces]


def test_chained_comparison_is_an_interval() -> None:
    assert (0, 1) == parse_activation("Piecewise((x+1, 0 < x < 1), (0, True))").breakpoints


def test_constant_conditions_are_decided() -> None:
    assert 2 * X == parse_activation("Piecewise((x, 1 > 2), (2*x, True))").expression


def test_piecewise_inside_other_functions_is_split() -> None:
    nested = parse_activation("exp(Piecewise((x, x < 1), (1, True)))")
    assert [exp(X), sympy.E] == [piece.expression for piece in nested.pieces]


def test_families_with_parameters_are_functions_too() -> None:
    assert parse_activation("elu(x, 2)").pieces == activation("elu(2)").pieces


def test_parameters_may_be_named() -> None:
    assert activation("leaky_relu(1/10)") == parse_activation("leaky_relu(a=0.1)")


def test_sum_of_a_hundred_terms_is_read() -> None:
    assert 5050 * X == parse_activation("+".join(f"{n}*x" for n in range(1, 71)) + "+2565*x").expression


REFUSED = [
    "", "   ", "y", "rellu", "tahn(x)", "x x", "2x", "x +", "*x", "(x", "x)", "x=1", "x,", "()", "x;x", "x\n", "x\0",
    "x²", "\uff58", "\u0445", "x.y", "x.__class__", "__import__('os')", "lambda x: x", "lambda: 0", "[x]", "{x}",
    "x[0]", "f'{x}'", "'x'", "x if x else x", "x and x", "not x", "~x", "x@x", "x//2", "x%2", "x>>1", "x|1", "x<1",
    "x==1", "True", "None", "1j*x", "0x10", "1_000", "9**9**9**9", "x**(10**9)", "x**201", "x**(-201)", "x^2^3",
    "((x+1)**100)**100", "x**150*(x+1)**150", "1/0", "x/0", "0**(-1)", "1e999999999*x", "9" * 41,
    "0." + "9" * 41, "sqrt(-1)*x",
    "log(-2)*x", "exp(exp(exp(10)))*x", "relu*x", "relu(*x)", "relu(**x)", "f(x)(x)", "max()", "tan(x, 2)",
    "Piecewise(x)", "Piecewise()", "Piecewise((x, x))", "Piecewise((x, x==0))", "Piecewise((x, True), x)",
    "Piecewise((x, 1 > 2))", "leaky_relu(b=1)", "leaky_relu(1/10)*x", "(x+exp(x)+sin(x)+1)**200",
    "exp(exp(exp(exp(x))))", "-" * 1999 + "x", "x**" * 600 + "x", "(" * 900 + "x" + ")" * 900,
    "(" * 10**5 + "x" + ")" * 10**5, "x+" * 5 * 10**5 + "x", "sin(" * 41 + "x" + ")" * 41, "\ud800", "x\u200b", "𝐱",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED, ids=lambda t: ascii(t[:20]))
def test_text_outside_the_language_is_refused_in_one_short_line(text: str) -> None:
    started = time.perf_counter()
    with pytest.raises(ParseError) as caught:
        parse_activation(text)
    message = str(caught.value)
    assert "\n" not in message
    assert message.isascii() or "π" in message
    assert len(message) < 300
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("text", ["exp(x**2)", "sqrt(x)", "log(x)", "1/x", "tan(x)", "abs(sin(x))", "exp(1)", "x**e"])
def test_functions_that_are_no_activations_are_refused(text: str) -> None:
    with pytest.raises(DomainError) as caught:
        parse_activation(text)
    assert "\n" not in str(caught.value)


def test_message_echoes_at_most_sixty_characters() -> None:
    with pytest.raises(ParseError) as caught:
        parse_activation("z" * 1500)
    assert "z" * 57 in str(caught.value)
    assert "z" * 58 not in str(caught.value)


def test_other_types_are_refused() -> None:
    with pytest.raises(ParseError, match="int was found"):
        parse_activation(3)  # pyright: ignore


def test_unknown_name_suggests_close_ones() -> None:
    with pytest.raises(ParseError, match="did you mean relu"):
        parse_activation("rellu")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3/10", Rational(3, 10)),
        ("0.3", Rational(3, 10)),
        ("-1e-3", Rational(-1, 1000)),
        ("1e100", sympy.Integer(10) ** 100),
        ("sqrt(2)", sqrt(2)),
        ("2*pi/3", 2 * pi / 3),
        ("pi^2", pi**2),
        ("exp(-1)", exp(-1)),
        ("max(1, 2)", sympy.Integer(2)),
    ],
)
def test_numbers_are_exact(text: str, number: sympy.Expr) -> None:
    assert number == parse_number(text)


@pytest.mark.parametrize(
    "text", ["x", "relu", "1/0", "sqrt(-2)", "log(0)", "nan", "inf", "oo", "1,2", "", "10**10**10"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(SymntkError) as caught:
        parse_number(text)
    assert "\n" not in str(caught.value)


TOKENS = """
x x x 1 2 0.5 pi e ( ) ( ) + - * / ** ^ , exp( log( sqrt( abs( max( relu( elu( sin( tanh( erf( Piecewise((
x>0 True 1/2 -1 200 , . = < _ ' " : lambda import
"""
FUNCTIONS = "exp log sqrt abs sign sin cosh tanh erf relu elu gelu step"
tokens = st.sampled_from(TOKENS.split())
numerals = st.sampled_from(["x", "x", "1", "2", "1/2", "-1", "pi", "3"])
sentences = st.recursive(
    numerals,
    lambda inner: st.one_of(
        st.builds(
            "{}({})".format,
            st.sampled_from(FUNCTIONS.split()),
            inner,
        ),
        st.builds("({}{}{})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("({})**{}".format, inner, st.sampled_from(["2", "3", "(-1)", "(1/2)"])),
        st.builds("Piecewise(({}, {} < {}), ({}, True))".format, inner, inner, inner, inner),
    ),
    max_leaves=5,
)


def result_or_refusal(text: str) -> Activation | str:
    try:
        return parse_activation(text)
    except SymntkError as error:
        return str(error)


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(tokens, max_size=14).map(" ".join), st.binary(max_size=30).map(str)))
@example("x" * 2001)
@example("\x00")
def test_hostile_text_never_escapes(text: str) -> None:
    found = result_or_refusal(text)
    assert isinstance(found, Activation) or "\n" not in found


@settings(max_examples=60, deadline=None)
@given(sentences)
def test_sentences_become_activations_or_one_clear_line(text: str) -> None:
    found = result_or_refusal(text)
    assert "\n" not in found if isinstance(found, str) else found.parity in ("even", "odd", None)
