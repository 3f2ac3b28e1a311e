"""Formulas as one line of Unicode text, for a terminal and for plain JSON."""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Expr
from sympy.printing.str import StrPrinter

from symntk.derivation import Equation
from symntk.render.layout import Layout, whole
from symntk.render.names import ACCENTS, GREEK, read_name

FUNCTIONS = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arsinh", "acosh": "arcosh", "atanh": "artanh",
    "Max": "max", "Min": "min", "sign": "sgn", "NormalCDF": "Φ", "BivariateNormalCDF": "Φ₂", "gamma": "Γ", "zeta": "ζ",
}  # fmt: skip
"""Name of a function → its name in print, where they differ."""

_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_RELATION = {"<=": "≤", ">=": "≥", "!=": "≠", "==": "="}


def text(expression: Expr | Equation) -> str:
    """An expression or an Equation as one line of Unicode text.

    >>> from sympy import Rational, acos, pi, sqrt
    >>> from symntk.notation import GAMMA, RHO
    >>> text((sqrt(1 - RHO**2) + RHO * (pi - acos(RHO))) / (2 * pi))
    '(√(1 − ρ²) + ρ·(π − arccos(ρ)))/(2π)'
    >>> text(2 * sqrt(2) * GAMMA ** Rational(3, 2) / (3 * pi))
    '2√2·γ^(3/2)/(3π)'
    """
    return _TextLayout().show(expression)


def text_name(name: str) -> str:
    """A name like `phi_prime_hat` or `q_1`.

    >>> text_name("phi_hat"), text_name("q_1"), text_name("sigma_w")
    ('φ̂', 'q₁', 'σ_w')
    """
    parts = read_name(name)
    result = GREEK.get(parts.letter, parts.letter)
    result += "".join(ACCENTS[mark] for mark in parts.marks if mark != "prime")
    result += "′" * parts.marks.count("prime")
    if all(part.isdigit() for part in parts.subscripts):
        return result + ",".join(parts.subscripts).translate(_SUBSCRIPT)
    return "_".join([result, *(GREEK.get(part, part) for part in parts.subscripts)])


class _TextLayout(Layout, StrPrinter):
    inline = True
    minus = " − "
    plus = " + "
    comma = ", "

    def name(self, name: str) -> str:
        return text_name(name)

    def fence(self, body: str) -> str:
        return f"({body})"

    def bar(self, above: str, below: str) -> str:
        return f"({above})/({below})"

    def radical(self, radicand: Expr) -> str:
        written = self.show(radicand)
        return (
            f"√{written}"
            if radicand.is_Atom and not radicand.is_negative and not radicand.is_Float
            else f"√({written})"
        )

    def raised(self, base: str, exponent: Expr) -> str:
        if whole(exponent):
            return base + str(exponent).translate(_SUPERSCRIPT)
        written = self.slashed(exponent)
        return f"{base}^{written}" if exponent.is_Symbol else f"{base}^({written})"

    def joined(self, left: str, right: str) -> str:
        return left + right if left.isdigit() and not right[0].isdigit() else f"{left}·{right}"

    def applied(self, function: str, arguments: str) -> str:
        return f"{FUNCTIONS.get(function) or text_name(function)}({arguments})"

    def bare(self, function: str, argument: Expr) -> str | None:
        return None

    def expectation(self, law: str, body: str) -> str:
        return f"E_{{{law}}}[{body}]" if law else f"E[{body}]"

    def _print_Pi(self, expr: Any) -> str:
        return "π"

    def _print_Exp1(self, expr: Any) -> str:
        return "e"

    def _print_EulerGamma(self, expr: Any) -> str:
        return "γ_E"

    def _print_GoldenRatio(self, expr: Any) -> str:
        return "((1 + √5)/2)"

    def _print_Infinity(self, expr: Any) -> str:
        return "∞"

    def _print_NegativeInfinity(self, expr: Any) -> str:
        return "−∞"

    def _print_ImaginaryUnit(self, expr: Any) -> str:
        return "i"

    def _print_Abs(self, expr: Expr) -> str:
        return f"|{self.show(expr.args[0])}|"

    def _print_Heaviside(self, expr: Expr) -> str:
        return f"1[{self.condition(expr.args[0]).replace('>', ' > ').replace('<', ' < ')}]"

    def _print_DiracDelta(self, expr: Expr) -> str:
        argument, *order = expr.args
        return f"δ{'′' * (int(order[0]) if order else 0)}({self.show(argument)})"

    def _print_factorial(self, expr: Expr) -> str:
        return self._operand(expr.args[0]) + "!"

    def _print_hermite_prob(self, expr: Expr) -> str:
        order, point = expr.args
        return f"He_{self._operand(order)}({self.show(point)})"

    def _print_factorial2(self, expr: Expr) -> str:
        return self._operand(expr.args[0]) + "!!"

    def _operand(self, argument: Expr) -> str:
        return (
            self._print(argument)
            if argument.is_Atom or isinstance(argument, sympy.Function)
            else self.fence(self._print(argument))
        )

    def _print_Relational(self, expr: Any) -> str:
        return f"{self.show(expr.lhs)} {_RELATION.get(expr.rel_op, expr.rel_op)} {self.show(expr.rhs)}"

    def _print_And(self, expr: Any) -> str:
        return " and ".join(sorted(map(self._print, expr.args)))

    def _print_Or(self, expr: Any) -> str:
        return " or ".join(sorted(map(self._print, expr.args)))

    def _print_Piecewise(self, expr: Any) -> str:
        rows = [
            f"{self.show(value)} " + ("otherwise" if when == sympy.true else f"if {self._print(when)}")
            for value, when in expr.args
        ]
        return "{" + "; ".join(rows) + "}"

    def _print_Derivative(self, expr: Any) -> str:
        marks = "".join(
            f"∂{self.raised(self._print(s), sympy.Integer(n)) if n > 1 else self._print(s)}"
            for s, n in expr.variable_count
        )
        order = sum(n for _, n in expr.variable_count)
        return f"{'∂' if order == 1 else self.raised('∂', sympy.Integer(order))}/{marks} {self._operand(expr.expr)}"

    def _print_Sum(self, expr: Any) -> str:
        limits = ", ".join(f"{self._print(k)}={self._print(a)}…{self._print(b)}" for k, a, b in expr.limits)
        return f"Σ_{{{limits}}} {self._operand(expr.function)}"
