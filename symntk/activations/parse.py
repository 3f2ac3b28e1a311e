"""Turns user text into activations and numbers through a grammar of our own, which never executes them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from itertools import chain, pairwise

import sympy
from sympy import Expr, Rational, S
from sympy.polys.polyerrors import BasePolynomialError

from symntk.activations.activation import Activation
from symntk.activations.cases import Cases, composed
from symntk.activations.families import CATALOGUE
from symntk.activations.family import Family
from symntk.activations.grammar import MAX_DIGITS, NUMBER, Syntax, quoted, syntax_of
from symntk.activations.limits import MAX_EXPONENT, check_constants, check_power, check_size
from symntk.activations.ordering import sign_of
from symntk.activations.regularity import check_regular
from symntk.activations.splitting import resolved, split
from symntk.errors import DomainError, ParseError, SymntkError
from symntk.notation import X
from symntk.numbers.normal_distribution import NormalCDF

CONSTANTS: dict[str, Expr] = {"pi": S.Pi, "E": S.Exp1, "e": S.Exp1}

FUNCTIONS: dict[str, Callable[[Expr], Expr]] = {
    "log": sympy.log,
    "sqrt": sympy.sqrt,
    "Abs": sympy.Abs,
    "Heaviside": sympy.Heaviside,
    "tan": lambda u: sympy.sin(u) / sympy.cos(u),
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "erfc": sympy.erfc,
    "Phi": NormalCDF,
    "atan": sympy.atan,
}
"""The functions of one argument that are no catalogue families; every family is a function too."""

EXTREMA: dict[str, Callable[..., Expr]] = {"max": sympy.Max, "Max": sympy.Max, "min": sympy.Min, "Min": sympy.Min}

COMPARISONS: dict[type[ast.cmpop], Callable[..., Expr]] = {
    ast.Lt: sympy.StrictLessThan,
    ast.LtE: sympy.LessThan,
    ast.Gt: sympy.StrictGreaterThan,
    ast.GtE: sympy.GreaterThan,
}


def parse_activation(text: str) -> Activation:
    """The activation that the text names: a catalogue name, a name with parameters, or an expression in x.

    Numbers are exact: 0.1 is 1/10. What the algebra cancels, such as x/x, is read as what is left.
    Guarantee: the text is never executed. Raises ParseError when the text is outside the language or too large, and
    DomainError when the function is not an activation (undefined somewhere, or not square-integrable under N(0, 1)).

    >>> parse_activation("leaky_relu(0.1)").name
    'leaky_relu(1/10)'
    >>> parse_activation("x*erf(x)").parity
    'even'
    """
    syntax = syntax_of(text)
    try:
        return _activation(text, syntax)
    except SymntkError:
        raise
    except (TypeError, ValueError, ArithmeticError, NotImplementedError, RecursionError, BasePolynomialError) as error:
        found = f"the algebra gave up on {quoted(text)} ({type(error).__name__})"
        raise DomainError(f"an activation was asked for, but {found}; write it in a simpler form") from error


def parse_number(text: str) -> Expr:
    """The exact real number that the text writes: a fraction, a decimal, or a formula of π, e, roots and functions.

    >>> parse_number("-1e-3"), parse_number("2*pi/3"), parse_number("sqrt(2)")
    (-1/1000, 2*pi/3, sqrt(2))
    """
    syntax = syntax_of(text)
    if _mentions_x(syntax.tree):
        raise ParseError(f"a number was expected, but {quoted(text)} contains x; put a number in its place")
    number = _Reader(syntax).expression(syntax.tree)
    check_regular(number, S.NegativeInfinity, S.Infinity)
    return number


def _activation(text: str, syntax: Syntax) -> Activation:
    tree = syntax.tree
    name = tree.func if isinstance(tree, ast.Call) else tree
    if isinstance(name, ast.Name) and name.id in CATALOGUE and not _mentions_x(tree):
        return _member(CATALOGUE[name.id], tree, syntax)
    return Activation(name=" ".join(text.split()), expression=resolved(_Reader(syntax).expression(tree)))


def _mentions_x(tree: ast.AST) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "x" for node in ast.walk(tree))


def _member(family: Family, tree: ast.expr, syntax: Syntax) -> Activation:
    if not isinstance(tree, ast.Call):
        return family.make()
    return family.make(*_parameters(family, tree, tree.args, syntax))


def _parameters(family: Family, call: ast.Call, positional: list[ast.expr], syntax: Syntax) -> list[Expr]:
    """The parameters of a call, positional ones first; a keyword must name the next parameter."""
    reader = _Reader(syntax)
    values = [reader.expression(argument) for argument in positional]
    names = list(family.parameters)
    for keyword in call.keywords:
        expected = names[len(values)] if len(values) < len(names) else None
        if keyword.arg is None or keyword.arg != expected:
            raise ParseError(
                f"{family.name} takes the parameters ({', '.join(names)}) in this order, "
                f"but {quoted(keyword.arg or '**')} was found; write them without names"
            )
        values.append(reader.expression(keyword.value))
    return values


class _Reader:
    """Builds the exact expression of a checked syntax tree, refusing every step that would grow too large."""

    def __init__(self, syntax: Syntax) -> None:
        self._syntax = syntax

    def expression(self, node: ast.expr) -> Expr:
        """The expression of one node."""
        built = self._build(node)
        check_constants(built)
        check_size(built)
        return built

    def _build(self, node: ast.expr) -> Expr:
        if isinstance(node, ast.BinOp):
            return self._operation(node)
        if isinstance(node, ast.UnaryOp):
            operand = self.expression(node.operand)
            return -operand if isinstance(node.op, ast.USub) else operand
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Name):
            return self._named(node.id)
        if isinstance(node, ast.Constant):
            return self._number(node)
        raise self._unexpected(node, "a number, x or a function was expected")

    def _operation(self, node: ast.BinOp) -> Expr:
        """A chain of left-associative operations, without recursion along the chain."""
        chain = [node]
        while isinstance(chain[-1].left, ast.BinOp):
            chain.append(chain[-1].left)
        value = self.expression(chain[-1].left)
        for step in reversed(chain):
            value = self._combined(value, step.op, self.expression(step.right))
        return value

    def _combined(self, left: Expr, operator: ast.operator, right: Expr) -> Expr:
        if isinstance(operator, ast.Add):
            return left + right
        if isinstance(operator, ast.Sub):
            return left - right
        if isinstance(operator, ast.Mult):
            return left * right
        if isinstance(operator, ast.Div):
            if right.is_zero:
                raise ParseError(f"a quotient was expected, but {quoted(self._syntax.text)} divides by zero; remove it")
            return left / right
        check_power(left, right)
        if left.is_zero and not right.is_nonnegative:
            raise ParseError(f"a power was expected, but {quoted(self._syntax.text)} divides by zero; remove it")
        return left**right

    def _number(self, node: ast.Constant) -> Expr:
        text = self._syntax.segment(node)
        match = NUMBER.fullmatch(text)
        if match is None:
            raise self._unexpected(node, "a decimal number was expected")
        mantissa, exponent = match.group(1), int((match.group(2) or "e0")[1:])
        if len(mantissa.replace(".", "")) > MAX_DIGITS or abs(exponent) > MAX_EXPONENT:
            raise self._unexpected(
                node, f"at most {MAX_DIGITS} digits and an exponent up to {MAX_EXPONENT} were expected"
            )
        return Rational(mantissa) * sympy.Integer(10) ** exponent

    def _named(self, name: str) -> Expr:
        if name == "x":
            return X
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name in _function_names():
            raise ParseError(f"{name} is a function, but it was found without an argument; write {name}(x)")
        raise _unknown(name, ["x", *CONSTANTS, *_function_names()])

    def _call(self, node: ast.Call) -> Expr:
        if not isinstance(node.func, ast.Name):
            raise self._unexpected(node.func, "the name of a function was expected")
        name = node.func.id
        if name == "Piecewise":
            return self._piecewise(node)
        if name in CATALOGUE:
            return self._member(CATALOGUE[name], node)
        if name not in FUNCTIONS and name not in EXTREMA:
            raise _unknown(name, _function_names())
        arguments = [self.expression(argument) for argument in node.args]
        accepted = len(arguments) == 1 if name in FUNCTIONS else len(arguments) >= 1
        if not accepted or node.keywords:
            raise self._unexpected(node, f"{name} takes {'one argument' if name in FUNCTIONS else 'arguments'}")
        return FUNCTIONS[name](arguments[0]) if name in FUNCTIONS else EXTREMA[name](*arguments)

    def _member(self, family: Family, node: ast.Call) -> Expr:
        """A catalogue family as a function: its argument first, then its parameters."""
        if not node.args or (family.parameters and not _mentions_x(node.args[0])):
            usage = ", ".join(["x", *family.parameters])
            raise self._unexpected(node, f"inside an expression {family.name}({usage}) was expected")
        parameters = _parameters(family, node, node.args[1:], self._syntax)
        formula = family.formula(*family.completed(tuple(parameters)))
        argument = self.expression(node.args[0])
        value = composed(formula, argument)
        return value if argument.has(X) else split(value)[0].expression

    def _piecewise(self, node: ast.Call) -> Expr:
        if not node.args or node.keywords:
            raise self._unexpected(node, "pairs (expression, condition) were expected")
        branches = [branch for pair in node.args if (branch := self._branch(pair))[1] != S.false]
        if not branches:
            raise self._unexpected(node, "a condition that holds somewhere was expected")
        return branches[0][0] if branches[0][1] == S.true else Cases(*chain.from_iterable(branches))

    def _branch(self, node: ast.expr) -> tuple[Expr, Expr]:
        if not isinstance(node, ast.Tuple) or len(node.elts) != 2:
            raise self._unexpected(node, "a pair (expression, condition) was expected")
        return self.expression(node.elts[0]), self._condition(node.elts[1])

    def _condition(self, node: ast.expr) -> Expr:
        if isinstance(node, ast.Constant) and node.value is True:
            return S.true
        if not isinstance(node, ast.Compare):
            raise self._unexpected(node, "a comparison or True was expected")
        sides = [self.expression(side) for side in (node.left, *node.comparators)]
        pairs = zip(node.ops, pairwise(sides), strict=True)
        relations = [_relation(operator, a, b) for operator, (a, b) in pairs]
        if S.false in relations:
            return S.false
        relations = [relation for relation in relations if relation != S.true] or [S.true]
        return relations[0] if len(relations) == 1 else sympy.And(*relations, evaluate=False)

    def _unexpected(self, node: ast.expr, expected: str) -> ParseError:
        return ParseError(f"{expected}, but {quoted(self._syntax.segment(node))} was found; rewrite it")


def _relation(operator: ast.cmpop, left: Expr, right: Expr) -> Expr:
    """The comparison of two expressions, decided exactly when neither contains x."""
    difference = left - right
    if difference.has(X):
        return COMPARISONS[type(operator)](left, right, evaluate=False)
    return S(COMPARISONS[type(operator)](sign_of(difference), 0))


def _function_names() -> list[str]:
    return [*CATALOGUE, *FUNCTIONS, *EXTREMA, "Piecewise"]


def _unknown(name: str, known: Iterable[str]) -> ParseError:
    close = get_close_matches(name, list(known), n=3)
    guess = f"did you mean {', '.join(close)}? " if close else ""
    remedy = f"{guess}`symntk list` shows the catalogue, and expressions use x"
    return ParseError(f"a known name was expected, but {quoted(name)} was found; {remedy}")
