"""Laws of printing over the whole catalogue: KaTeX reads every formula, and the text says what the formula says."""

from __future__ import annotations

import re

import pytest
from mpmath import almosteq
from sympy import E, Rational, acos, asin, atan, cosh, erf, pi, sinh, sqrt
from sympy.parsing.sympy_parser import (
    convert_xor,
    implicit_multiplication,
    parse_expr,
    rationalize,
    standard_transformations,
)

from symntk.activations.catalogue import CATALOGUE
from symntk.expansions.endpoint import expand
from symntk.gaussian.dual import derivative_dual, dual
from symntk.gaussian.hermite import hermite_coefficients
from symntk.notation import Q1, Q2, RHO
from symntk.numbers.multiprecision import evaluate
from symntk.numbers.normal_distribution import BivariateNormalCDF, NormalCDF
from symntk.render.answers import expansion_answer, hermite_answer
from symntk.render.latex import latex
from symntk.render.text import text

MEMBERS = [family.make() for family in CATALOGUE.values()]
CLOSED = [member for member in MEMBERS if dual(member).closed_form]
POINT = {RHO: Rational(37, 100), Q1: Rational(13, 10), Q2: Rational(7, 10)}
LETTERS = {
    "ρ": RHO, "q1": Q1, "q2": Q2, "π": pi, "e": E, "sqrt": sqrt, "arccos": acos, "arcsin": asin, "arctan": atan,
    "erf": erf, "sinh": sinh, "cosh": cosh, "Φ": NormalCDF, "Phi2": BivariateNormalCDF,
}  # fmt: skip
READ = (*standard_transformations, convert_xor, rationalize, implicit_multiplication)


def formulas(member):
    return [dual(member).expression, derivative_dual(member), *hermite_coefficients(member, 6)]


def read(line: str):
    """The expression that a line of text says, by a reader that knows nothing of the printer."""
    plain = line.replace("−", "-").replace("·", "*").replace("Φ₂", "Phi2").replace(";", ",")
    plain = plain.replace("q₁", "q1").replace("q₂", "q2")
    plain = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: "^" + m[0].translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")), plain)
    plain = re.sub(r"√(\(|\d+|q1|q2|[πρ])", lambda m: "sqrt(" if m[1] == "(" else f"sqrt({m[1]})", plain)
    # In print a juxtaposed number belongs to its factor: 1/2π never occurs, 1/(2π) does.
    return parse_expr(plain, local_dict=LETTERS, transformations=READ)


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_katex_accepts_every_formula_of_the_catalogue(member, katex):
    sources = [latex(formula) for formula in formulas(member)]
    sources += hermite_answer(member, order=3, digits=5).latex.splitlines()
    sources += expansion_answer(expand(member, 1, 3), digits=5).latex.splitlines()
    assert [None] * len(sources) == katex(sources)


def value(formula):
    return evaluate(formula, {symbol: POINT[symbol] for symbol in formula.free_symbols}, digits=15)


def slow_with_bivariate_probabilities(member):
    marks = [pytest.mark.slow] if dual(member).expression.has(BivariateNormalCDF) else []
    return pytest.param(member, marks=marks, id=member.name)


@pytest.mark.parametrize("member", list(map(slow_with_bivariate_probabilities, CLOSED)))
def test_the_text_of_a_formula_read_back_has_the_value_of_the_formula(member):
    for formula in formulas(member):
        assert almosteq(value(formula), value(read(text(formula))), 1e-10)


@pytest.mark.slow
@pytest.mark.parametrize("member", CLOSED, ids=lambda member: member.name)
def test_the_text_of_a_general_dual_read_back_has_its_value(member):
    general = dual(member).general
    assert almosteq(value(general), value(read(text(general))), 1e-10)
