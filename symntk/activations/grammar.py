"""Reads user text into a small, size-checked syntax tree, so that nothing hostile reaches the algebra."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from symntk.errors import ParseError

MAX_CHARACTERS = 2000
MAX_DEPTH = 40
MAX_NODES = 400
MAX_DIGITS = 40
MAX_EXPONENT = 200
ALLOWED = re.compile(r"[A-Za-z0-9_ .+\-*/^(),<>=!]")
NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
NODES = (ast.BinOp, ast.UnaryOp, ast.Call, ast.keyword, ast.Name, ast.Constant, ast.Compare, ast.Tuple)
OPERATORS = (
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.Pow,
    ast.UAdd,
    ast.USub,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.Load,
)
CHAINED = (ast.Add, ast.Sub, ast.Mult, ast.Div)


class Syntax:
    """A checked syntax tree with the text its positions refer to."""

    def __init__(self, text: str, tree: ast.expr) -> None:
        self.text = text
        self.tree = tree

    def segment(self, node: ast.expr) -> str:
        """The text of a node."""
        return self.text[node.col_offset : node.end_col_offset]


def quoted(text: object) -> str:
    """At most 60 characters of the text, in quotes, unprintable and non-ASCII characters escaped.

    >>> quoted("x" * 100) == "'" + "x" * 57 + "...'"
    True
    """
    escaped = ascii(str(text)[:61])[1:-1]
    return f"'{escaped}'" if len(escaped) <= 60 else f"'{escaped[:57]}...'"


def syntax_of(text: str) -> Syntax:
    """The syntax tree of one expression; `^` is read as a power.

    Guarantee: at most 2000 characters, 400 nodes and depth 40 (sums and products of many terms count once).
    Raises ParseError otherwise, or when the text is not one expression.

    >>> type(syntax_of("x^2 + 1").tree).__name__
    'BinOp'
    """
    _check_text(text)
    python = text.replace("^", " ** ").strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(python, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ParseError(_syntax_message(text, error)) from None
    syntax = Syntax(python, tree)
    _check_tree(text, syntax)
    return syntax


def _check_text(text: str) -> None:
    if not isinstance(text, str):
        raise ParseError(f"an expression as text was expected, but {type(text).__name__} was found; give a string")
    if len(text) > MAX_CHARACTERS:
        raise ParseError(
            f"an expression of at most {MAX_CHARACTERS} characters was expected, but {len(text)} were found; shorten it"
        )
    stranger = next((c for c in text if not ALLOWED.match(c)), None)
    if stranger is not None:
        raise ParseError(
            f"an expression in x was expected, but the character U+{ord(stranger):04X} was found in {quoted(text)}; "
            "use letters, digits and + - * / ^ ( ) , < > = . only"
        )
    if not text.strip():
        raise ParseError("an expression in x was expected, but nothing was found; write for example relu or x*erf(x)")
    if _nesting(text) > MAX_DEPTH:
        raise ParseError(f"at most {MAX_DEPTH} nested parentheses are allowed, but {quoted(text)} has more; flatten it")


def _nesting(text: str) -> int:
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest


def _syntax_message(text: str, error: Exception) -> str:
    remedy = "write products with *, powers with ** or ^, and close every parenthesis"
    if not isinstance(error, SyntaxError):
        remedy = "shorten it"
    return f"one expression in x was expected, but {quoted(text)} is not one; {remedy}"


def _check_tree(text: str, syntax: Syntax) -> None:
    count = 0
    for node, depth in _walk(syntax.tree):
        count += isinstance(node, NODES)
        if count > MAX_NODES or depth > MAX_DEPTH:
            raise ParseError(
                f"an expression of at most {MAX_NODES} nodes and depth {MAX_DEPTH} was expected, "
                f"but {quoted(text)} is larger; simplify it"
            )
        if not isinstance(node, NODES + OPERATORS):
            raise ParseError(
                "an expression of numbers, x, + - * / ^ and functions was expected, "
                f"but {type(node).__name__} was found in {quoted(text)}; remove it"
            )
        if "^" in text and _is_bare_tower(syntax, node):
            raise ParseError(f"the tower of powers in {quoted(text)} can be read in two ways; add parentheses")


def _walk(tree: ast.expr) -> Iterator[tuple[ast.AST, int]]:
    """The nodes with their depth; the left operand of a chain a + b + c or a·b·c is not counted as deeper."""
    stack: list[tuple[ast.AST, int]] = [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        stack.extend((child, depth + (not _continues(node, child))) for child in ast.iter_child_nodes(node))


def _continues(node: ast.AST, child: ast.AST) -> bool:
    """Whether the child continues a left-associative chain of its parent, or is an operator and no operand."""
    if isinstance(child, OPERATORS):
        return True
    if not (isinstance(node, ast.BinOp) and isinstance(child, ast.BinOp) and child is node.left):
        return False
    return isinstance(node.op, CHAINED) and isinstance(child.op, CHAINED)


def _is_bare_tower(syntax: Syntax, node: ast.AST) -> bool:
    """Whether a power has an unparenthesised power as its exponent."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)):
        return False
    exponent = node.right
    while isinstance(exponent, ast.UnaryOp):
        exponent = exponent.operand
    if not (isinstance(exponent, ast.BinOp) and isinstance(exponent.op, ast.Pow)):
        return False
    return "(" not in syntax.text[node.left.end_col_offset : exponent.col_offset]
