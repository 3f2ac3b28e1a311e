"""Formulas as LaTeX that can be published; the only module that writes a backslash."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sympy
from sympy import Expr
from sympy.printing.latex import LatexPrinter

from symntk.derivation import Equation
from symntk.render.layout import Layout
from symntk.render.names import GREEK, read_name

FUNCTIONS = {
    "asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan", "log": r"\log", "sin": r"\sin", "cos": r"\cos",
    "tan": r"\tan", "sinh": r"\sinh", "cosh": r"\cosh", "tanh": r"\tanh", "asinh": r"\operatorname{arsinh}",
    "acosh": r"\operatorname{arcosh}", "atanh": r"\operatorname{artanh}", "erf": r"\operatorname{erf}",
    "erfc": r"\operatorname{erfc}", "erfi": r"\operatorname{erfi}", "sign": r"\operatorname{sgn}", "Max": r"\max",
    "Min": r"\min", "NormalCDF": r"\Phi", "BivariateNormalCDF": r"\Phi_2", "zeta": r"\zeta", "gamma": r"\Gamma",
}  # fmt: skip
"""Name of a function → the command that prints it."""

BARE = {"asin", "acos", "atan", "log", "sin", "cos"}
"""Functions that custom writes without parentheses before a single letter, as in arccos ρ."""

CONSTANTS: dict[Any, str] = {sympy.EulerGamma: r"\gamma_{\mathrm{E}}", sympy.GoldenRatio: r"\tfrac{1+\sqrt{5}}{2}"}
"""Constants whose usual letters have other meanings here: γ is the deficit and φ the activation."""

MATHEMATICAL = {
    **{letter: rf"\{name}" for name, letter in GREEK.items()}, "φ": r"\varphi", "√": r"\surd", "∂": r"\partial",
    "∫": r"\int", "∞": r"\infty", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "∼": r"\sim", "∈": r"\in",
    "→": r"\to", "±": r"\pm", "−": "-", "·": r"\cdot", "×": r"\times", "′": "'", "″": "''", "ℓ": r"\ell",
    "⁰": "^{0}", "¹": "^{1}", "²": "^{2}", "³": "^{3}", "⁴": "^{4}", "⁻": "^{-}", "ⁿ": "^{n}",
    "ᵏ": "^{k}", "₀": "_{0}", "₁": "_{1}", "₂": "_{2}", "₃": "_{3}", "ₙ": "_{n}", "ₖ": "_{k}",
}  # fmt: skip
"""Characters of prose that LaTeX takes only as mathematics."""

_CHARACTER = re.compile(f"[{''.join(MATHEMATICAL)}]\u0302?")
_MATHEMATICS = re.compile(f"(?:{_CHARACTER.pattern})+")
_TALL = re.compile(r"\\(frac|sqrt|sum|prod|int|binom|begin|left|hat)")
_TEXT = re.compile(r"(\\text\{[^{}]*\})")
_BLANK = re.compile(r"(\\[A-Za-z]+) +(?=[A-Za-z])| +")


def latex(expression: Expr | Equation) -> str:
    r"""An expression or an Equation as LaTeX, in the least ink that stays unambiguous.

    Guarantee: parses in LaTeX with amsmath and amssymb and in KaTeX's strict mode.

    >>> from sympy import acos, pi, sqrt
    >>> from symntk.notation import RHO
    >>> print(latex(2 * sqrt(2) / (3 * pi)))
    \frac{2\sqrt{2}}{3\pi}
    >>> print(latex((sqrt(1 - RHO**2) + RHO * (pi - acos(RHO))) / (2 * pi)))
    \frac{1}{2\pi}\left(\sqrt{1-\rho^{2}}+\rho(\pi-\arccos\rho)\right)
    """
    return tight(_LatexLayout().show(expression))


def latex_term(coefficient: Expr, power: Expr) -> str:
    r"""One term of an expansion: the coefficient with its sign, then the power of the variable, kept apart.

    >>> from sympy import Rational, pi, sqrt
    >>> from symntk.notation import GAMMA
    >>> print(latex_term(-2 * sqrt(2) / (3 * pi), GAMMA ** Rational(3, 2)))
    -\frac{2\sqrt{2}}{3\pi}\gamma^{3/2}
    """
    layout = _LatexLayout()
    if power == 1 or coefficient in (1, -1):
        return tight(layout.show(coefficient * power))
    written = layout.show(coefficient)
    return tight((layout.fence(written) if coefficient.is_Add else written) + " " + layout.show(power))


def latex_expansion(terms: list[tuple[Expr, Expr]], variable: Equation, *, order: Expr, depth: int = 1) -> str:
    r"""The expansion of the correlation map f, or of its iterate, from its (coefficient, power) terms.

    >>> from sympy import Integer
    >>> from symntk.notation import GAMMA, RHO
    >>> terms = [(Integer(1), Integer(1)), (Integer(-1), GAMMA)]
    >>> print(latex_expansion(terms, Equation(lhs=GAMMA, rhs=1 - RHO), order=Integer(2)))
    f(\rho)=1-\gamma+O(\gamma^{2}),\quad\gamma=1-\rho
    """
    name = "f" if depth == 1 else rf"f^{{\circ {depth}}}"
    result = rf"{name}(\rho)="
    for count, term in enumerate(terms):
        written = latex_term(*term)
        result += written if count == 0 or written.startswith("-") else f"+{written}"
    remainder = "" if order.is_infinite else f"+O({latex(variable.lhs**order)})"
    return f"{result}{remainder},\\quad{latex(variable)}"


def latex_case(equation: Equation, orders: str) -> str:
    r"""An equation and the orders n for which it holds.

    >>> from sympy import Integer, Symbol
    >>> print(latex_case(Equation(lhs=Symbol("a_n"), rhs=Integer(0)), "all odd n ≥ 3"))
    a_{n}=0\quad\text{for all odd }n\ge 3
    """
    words, start = orders.split("n ≥ ")
    return rf"{latex(equation)}\quad\text{{for {words}}}n\ge {start}"


def align_block(rows: list[tuple[str, str, str]]) -> str:
    r"""An align* block of numbered formulas (left side, right side, prose), the prose below its formula.

    >>> print(align_block([("a", "b", "by definition")]))
    \begin{align*}
    \text{(1)}\quad a&=b\\
    &\quad\text{by definition}
    \end{align*}
    """
    lines = [
        rf"\text{{({count})}}\quad {left}&={right}\\" + "\n" + rf"&\quad\text{{{latex_prose(prose)}}}"
        for count, (left, right, prose) in enumerate(rows, 1)
    ]
    return "\n".join([r"\begin{align*}", "\\\\[4pt]\n".join(lines), r"\end{align*}"])


def latex_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    r"""A tabular; cells between dollars are formulas already, the others are prose.

    >>> print(latex_table(["name", "formula"], [["leaky_relu", r"$\rho$"]]))
    \begin{tabular}{ll}
    name & formula \\
    \hline
    leaky\_relu & $\rho$ \\
    \end{tabular}
    """
    lines = [" & ".join(c if c.startswith("$") else latex_prose(c) for c in row) + r" \\" for row in (head, *rows)]
    lines.insert(1, r"\hline")
    return "\n".join([rf"\begin{{tabular}}{{{'l' * len(head)}}}", *lines, r"\end{tabular}"])


def latex_prose(prose: str) -> str:
    r"""Plain prose for the inside of \text: specials escaped, mathematical characters between dollars.

    >>> print(latex_prose("by parts, φ′ ≥ 0 & 100%"))
    by parts, $\varphi'$ $\ge$ 0 \& 100\%
    """
    escaped = re.sub(r"([&%#_{}$])", r"\\\1", prose.replace("\\", "/").replace("^", " to the power "))
    return _MATHEMATICS.sub(lambda run: f"${_mathematics(run[0])}$", escaped)


def _mathematics(characters: str) -> str:
    words = (
        MATHEMATICAL[c] if len(c) == 1 else rf"\hat{{{MATHEMATICAL[c[0]]}}}" for c in _CHARACTER.findall(characters)
    )
    return tight(" ".join(words)).replace("}^{", "").replace("}_{", "")


def latex_name(name: str) -> str:
    r"""A name like `phi_prime_hat` or `sigma_w`.

    >>> print(latex_name("phi_prime_hat"), latex_name("sigma_w"))
    \hat{\varphi'} \sigma_{w}
    """
    parts = read_name(name)
    result = _letter(parts.letter)
    for mark in parts.marks:
        result = f"{result}'" if mark == "prime" else rf"\{mark}{{{result}}}"
    subscript = ",".join(_letter(part) for part in parts.subscripts)
    return f"{result}_{{{subscript}}}" if subscript else result


def _letter(name: str) -> str:
    if name == "phi":
        return r"\varphi"
    if name in GREEK:
        return rf"\{name}"
    return name if len(name) == 1 or name.isdigit() else rf"\mathrm{{{name}}}"


def tight(source: str) -> str:
    r"""Drops every blank but those that end a command before a letter and those of prose in \text."""
    parts = _TEXT.split(source)
    return "".join(p if p.startswith(r"\text") else _BLANK.sub(lambda m: f"{m[1]} " if m[1] else "", p) for p in parts)


def fenced(body: str, left: str = "(", right: str = ")") -> str:
    r"""The body between delimiters that grow only where something tall needs them to."""
    return rf"\left{left}{body}\right{right}" if _TALL.search(body) else f"{left}{body}{right}"


class _LatexLayout(Layout, LatexPrinter):
    def _print(self, expr: Any, **options: Any) -> str:
        return CONSTANTS.get(expr) or super()._print(expr, **options)

    def name(self, name: str) -> str:
        return latex_name(name)

    def fence(self, body: str) -> str:
        return fenced(body)

    def _add_parens(self, s: str) -> str:
        return fenced(s)

    def bar(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def radical(self, radicand: Expr) -> str:
        return rf"\sqrt{{{self.show(radicand)}}}"

    def raised(self, base: str, exponent: Expr) -> str:
        return f"{base}^{{{self.slashed(exponent)}}}"

    def joined(self, left: str, right: str) -> str:
        return rf"{left}\cdot {right}" if right[0].isdigit() else f"{left} {right}"

    def applied(self, function: str, arguments: str) -> str:
        return FUNCTIONS.get(function, latex_name(function)) + fenced(arguments)

    def bare(self, function: str, argument: Expr) -> str | None:
        short = argument.is_Symbol or argument is sympy.pi or (argument.is_Integer and argument.is_nonnegative)
        return f"{FUNCTIONS[function]} {self._print(argument)}" if function in BARE and short else None

    def expectation(self, law: str, body: str) -> str:
        return r"\mathbb{E}" + (f"_{{{law}}}" if law else "") + fenced(body, "[", "]")

    def _print_Abs(self, expr: Expr, **_: Any) -> str:
        return fenced(self.show(expr.args[0]), "|", "|")

    def _print_Heaviside(self, expr: Expr, **_: Any) -> str:
        # \mathbb has no digits in amssymb, so that the indicator is a bold 1.
        return rf"\mathbf{{1}}_{{{self.condition(expr.args[0])}}}"

    def _print_DiracDelta(self, expr: Expr, **_: Any) -> str:
        argument, *order = expr.args
        count = int(order[0]) if order else 0
        mark = "'" * count if count < 3 else f"^{{({count})}}"
        return rf"\delta{mark}" + fenced(self.show(argument))

    def _print_hermite_prob(self, expr: Expr, **_: Any) -> str:
        order, point = expr.args
        return rf"\mathrm{{He}}_{{{self.slashed(order)}}}({self.show(point)})"

    def _print_factorial2(self, expr: Expr, **_: Any) -> str:
        argument = expr.args[0]
        written = self._print(argument)
        return (written if argument.is_Atom else fenced(written)) + "!!"

    def _print_Piecewise(self, expr: Any) -> str:
        rows = [
            f"{self.show(value)} & "
            + (r"\text{otherwise}" if when == sympy.true else r"\text{if } " + self._print(when))
            for value, when in expr.args
        ]
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"
