"""Finds all real zeros of an analytic expression on an interval, exactly, so that Abs, Max, Piecewise can be split."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import sympy
from sympy import Expr, Poly, S, exp, log

from symntk.activations.equality import is_identically_zero
from symntk.activations.growth import UnboundedError, dominant_term
from symntk.activations.ordering import is_less, point_between, shown, sign_of
from symntk.activations.polynomial_zeros import MAX_DEGREE, polynomial_zeros
from symntk.errors import DomainError
from symntk.notation import X
from symntk.numbers.normal_distribution import NormalCDF

MAX_DERIVATIVES = 4
MAX_OPERATIONS, MAX_MONOTONE_OPERATIONS = 200, 40
"""The sizes above which no rule is tried, and above which monotonicity is not tried."""
POSITIVE = (exp, sympy.cosh, NormalCDF, sympy.erfc)
SIGN_OF_ARGUMENT = (sympy.tanh, sympy.sinh, sympy.atan, sympy.asinh, sympy.erf)


@cache
def zeros(expression: Expr, left: Expr, right: Expr) -> tuple[Expr, ...]:
    """All zeros of an analytic expression in (left, right), in increasing order; () if it vanishes identically.

    Guarantee: exact and complete. Raises DomainError when a zero has no closed form that the rules find.

    >>> zeros(X**3 - 2*X, -sympy.oo, sympy.oo)
    (-sqrt(2), 0, sqrt(2))
    """
    inside: list[Expr] = []
    for candidate in _candidates(expression, left, right, MAX_DERIVATIVES):
        if candidate not in inside and is_less(left, candidate) and is_less(candidate, right):
            inside.append(candidate)
    return tuple(increasing(inside))


def increasing(points: list[Expr]) -> list[Expr]:
    """The distinct points in increasing order, by exact comparisons.

    >>> increasing([sympy.pi, sympy.Integer(3), sympy.sqrt(2), sympy.Integer(3)])
    [sqrt(2), 3, pi]
    """
    ordered: list[Expr] = []
    for point in points:
        index = next((i for i, other in enumerate(ordered) if not is_less(other, point)), len(ordered))
        if index == len(ordered) or is_less(point, ordered[index]):
            ordered.insert(index, point)
    return ordered


def signs(expression: Expr, left: Expr, right: Expr) -> tuple[tuple[Expr, ...], tuple[int, ...]]:
    """The zeros of an analytic expression in (left, right) and its sign on each of the intervals between them.

    >>> signs(X**2 - 1, -sympy.oo, sympy.oo)
    ((-1, 1), (1, -1, 1))
    """
    points = zeros(expression, left, right)
    ends = (left, *points, right)
    samples = [expression.subs(X, point_between(a, b)) for a, b in pairwise(ends)]
    return points, tuple(sign_of(sample) for sample in samples)


def _refuse(expression: Expr, found: str) -> DomainError:
    return DomainError(
        f"the zeros of {shown(expression)} were needed to split it into pieces, but {found}; "
        "write the activation as a Piecewise with exact breakpoints"
    )


def _candidates(expression: Expr, left: Expr, right: Expr, depth: int) -> list[Expr]:
    if not expression.has(X):
        return []
    if expression.is_Mul:
        return [zero for factor in expression.args for zero in _candidates(factor, left, right, depth)]
    if expression.is_Pow:
        base, exponent = expression.args
        if exponent.is_positive and not exponent.has(X):
            return _candidates(base, left, right, depth)
        return []
    if isinstance(expression, POSITIVE):
        return []
    if isinstance(expression, SIGN_OF_ARGUMENT):
        return _candidates(expression.args[0], left, right, depth)
    if isinstance(expression, log):
        return _candidates(expression.args[0] - 1, left, right, depth)
    if expression.is_polynomial(X):
        return polynomial_zeros(Poly(expression, X))
    return _zeros_of_sum(expression, left, right, depth)


def _zeros_of_sum(expression: Expr, left: Expr, right: Expr, depth: int) -> list[Expr]:
    if all(t.is_positive for t in expression.args) or all(t.is_negative for t in expression.args):
        return []
    exponents = (abs(p.exp) for p in expression.atoms(sympy.Pow) if p.exp.is_Integer)
    if expression.count_ops() > MAX_OPERATIONS or max(exponents, default=0) > MAX_DEGREE:
        raise _refuse(expression, "it is too large")
    numerator = sympy.expand(sympy.fraction(sympy.together(_exponential_form(expression)))[0], power_base=False)
    if numerator.is_polynomial(X):
        return polynomial_zeros(Poly(numerator, X))
    if numerator == 0 or is_identically_zero(expression):
        return []
    factored = sympy.factor_terms(numerator)
    if factored.is_Mul:
        return _candidates(factored, left, right, depth)
    found = _exponential_zeros(numerator, left, right, depth)
    if found is None:
        found = _kernel_zeros(expression, left, right, depth)
    if found is None:
        found = _monotone_zeros(expression, left, right, depth)
    return found


def _exponential_form(expression: Expr) -> Expr:
    """The expression with hyperbolic functions and powers bᵘ of fixed base written by exponentials."""
    hyperbolic = expression.rewrite([sympy.sinh, sympy.cosh, sympy.tanh], exp)
    powers = {p: exp(p.exp * log(p.base)) for p in hyperbolic.atoms(sympy.Pow) if p.exp.has(X) and not p.base.has(X)}
    return hyperbolic.xreplace(powers)


def _exponential_zeros(numerator: Expr, left: Expr, right: Expr, depth: int) -> list[Expr] | None:
    """Zeros of a polynomial in one exponential y = e^u, through the positive roots of the polynomial."""
    arguments = [node.args[0] for node in numerator.atoms(exp) if node.has(X)]
    if not arguments:
        return None
    (_, unit), *_ = contents = [argument.as_content_primitive() for argument in arguments]
    if any(sympy.expand(primitive - unit) != 0 and sympy.expand(primitive + unit) != 0 for _, primitive in contents):
        return None
    ratios = [c if sympy.expand(primitive - unit) == 0 else -c for c, primitive in contents]
    denominator = sympy.ilcm(1, *(ratio.q for ratio in ratios))
    y = sympy.Dummy("y", positive=True)
    powers = {exp(a): y ** (denominator * r) for a, r in zip(arguments, ratios, strict=True)}
    polynomial = sympy.fraction(sympy.together(numerator.xreplace(powers)))[0]
    if polynomial.has(X) or not polynomial.is_polynomial(y):
        return None
    roots = polynomial_zeros(Poly(polynomial, y))
    levels = [denominator * log(root) for root in roots if sign_of(root) > 0]
    return [zero for level in levels for zero in _candidates(unit - level, left, right, depth)]


def _kernel_zeros(expression: Expr, left: Expr, right: Expr, depth: int) -> list[Expr] | None:
    """Zeros of a polynomial in one function value y = g(u), through the roots in the range of g."""
    kernels = {node for node in expression.atoms(sympy.Function, sympy.Pow) if node.has(X) and not _is_power(node)}
    outer = [k for k in kernels if not any(k != other and other.has(k) for other in kernels)]
    if len(outer) != 1:
        return None
    (kernel,) = outer
    y = sympy.Dummy("y", real=True)
    polynomial = expression.xreplace({kernel: y})
    if polynomial.has(X) or not polynomial.is_polynomial(y):
        return None
    levels = [level for root in polynomial_zeros(Poly(polynomial, y)) for level in _preimages(kernel, root, expression)]
    return [zero for level in levels for zero in _candidates(kernel.args[0] - level, left, right, depth)]


def _is_power(node: Expr) -> bool:
    return bool(node.is_Pow and node.exp.is_Integer)


RANGES: dict[type, tuple[Expr, Expr]] = {
    sympy.tanh: (S.NegativeOne, S.One),
    sympy.erf: (S.NegativeOne, S.One),
    sympy.erfc: (S.Zero, sympy.Integer(2)),
    NormalCDF: (S.Zero, S.One),
    sympy.atan: (-sympy.pi / 2, sympy.pi / 2),
    sympy.log: (S.NegativeInfinity, S.Infinity),
    sympy.asinh: (S.NegativeInfinity, S.Infinity),
}


def _preimages(kernel: Expr, value: Expr, expression: Expr) -> list[Expr]:
    """The arguments at which the kernel's function takes the value."""
    if kernel.is_Pow:
        return _roots_preimages(kernel, value, expression)
    function = type(kernel)
    if function in (sympy.sin, sympy.cos):
        if sign_of(value**2 - 1) > 0:
            return []
        raise _refuse(expression, "a trigonometric function may vanish infinitely often")
    if function not in RANGES:
        raise _refuse(expression, f"{function.__name__} has no inverse rule")
    low, high = RANGES[function]
    if not (is_less(low, value) and is_less(value, high)):
        return []
    if value == function(0):
        return [S.Zero]
    inverses = {sympy.tanh: sympy.atanh, sympy.atan: sympy.tan, sympy.log: exp, sympy.asinh: sympy.sinh}
    if function not in inverses:
        raise _refuse(expression, f"the inverse of {function.__name__} at {shown(value)} has no closed form")
    return [inverses[function](value)]


def _roots_preimages(power: Expr, value: Expr, expression: Expr) -> list[Expr]:
    """The u > 0 with uᵏ = value, for a power of fixed exponent k that is not an integer."""
    if power.exp.has(X):
        raise _refuse(expression, "a power with x in its exponent has no inverse rule")
    return [value ** (1 / power.exp)] if sign_of(value) > 0 else []


def _monotone_zeros(expression: Expr, left: Expr, right: Expr, depth: int) -> list[Expr]:
    """Zeros between the zeros of the derivative, where there is at most one; accepted only at an exact point."""
    if depth == 0 or expression.count_ops() > MAX_MONOTONE_OPERATIONS:
        raise _refuse(expression, "no rule finds all of them")
    slope = sympy.expand(expression.diff(X))
    turning = [t for t in _candidates(slope, left, right, depth - 1) if is_less(left, t) and is_less(t, right)]
    ends = [left, *increasing(turning), right]
    found = [t for t in ends[1:-1] if sign_of(expression.subs(X, t)) == 0]
    for a, b in pairwise(ends):
        found.extend(_single_zero(expression, a, b))
    return found


def _single_zero(expression: Expr, left: Expr, right: Expr) -> list[Expr]:
    """The zero of a strictly monotone expression in (left, right), if it is 0 or excluded by the signs at the ends."""
    start, end = (_sign_towards(expression, end, left, right) for end in (left, right))
    if start == end or 0 in (start, end):
        return []
    if is_less(left, S.Zero) and is_less(S.Zero, right) and sign_of(expression.subs(X, 0)) == 0:
        return [S.Zero]
    raise _refuse(expression, f"one between {left} and {right} has no closed form")


def _sign_towards(expression: Expr, end: Expr, left: Expr, right: Expr) -> int:
    """The sign of a strictly monotone expression just inside an end of (left, right)."""
    if not end.is_infinite:
        return sign_of(expression.subs(X, end))
    try:
        term, _ = dominant_term(expression, 1 if end is S.Infinity else -1)
    except UnboundedError as error:
        raise _refuse(expression, f"its sign towards {end} was not found") from error
    return signs(term, left, right)[1][-1 if end is S.Infinity else 0]
