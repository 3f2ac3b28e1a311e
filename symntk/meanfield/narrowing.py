"""Rewrites formulas in a variance q, so that balls of them stay narrow when the ball of q is wide or q is large.

e^{a²q/2}(1 − Φ(a√q)) becomes one letter t, a scaled normal tail that falls, and acos r(q) becomes an arctangent.
"""

from __future__ import annotations

import sympy
from flint import acb, arb
from sympy import Expr, S, Symbol, sqrt

from symntk.notation import Q1
from symntk.numbers.normal_distribution import NormalCDF
from symntk.numbers.precision import current_precision, working_precision

_GUARD_BITS = 16


def scaled_tail(u: arb) -> arb:
    """A ball around e^{v²/2}(1 − Φ(v)) at all v of the ball u ≥ 0, where it falls.

    Guarantee: certified; the values at the ends enclose those between.

    >>> scaled_tail(arb(0)), scaled_tail(arb(10**9)).str(4)
    (0.500000000000000, '[3.989e-10 +/- 4.23e-14]')
    """
    if u.rad() == 0:
        return _at(u)
    return _at(u.lower()).union(_at(u.upper()))


def _at(u: arb) -> arb:
    """The value at an exact point: U(½, ½, u²/2)/(2√π), of which Kummer's U keeps its accuracy for large u."""
    with working_precision(current_precision() + _GUARD_BITS):
        if not u > 1:
            return (u * u / 2).exp() * (u / arb(2).sqrt()).erfc() / 2
        half = acb(arb(1) / 2)
        return acb(u * u / 2).hypgeom_u(half, half).real / (2 * arb.pi().sqrt())


def narrowed(formula: Expr) -> tuple[Expr, dict[Symbol, Expr]]:
    """The formula with arctangents for arc functions, letters for scaled tails, and one coefficient for each of them.

    acos r = 2·atan √((1 − r)/(1 + r)) and asin r = atan(r/√(1 − r²)) for −1 < r < 1, r a rational function of q.
    Guarantee: exact.

    >>> narrowed(sympy.acos(Q1 / (Q1 + 1)) * (Q1 + 1) - Q1 * sympy.acos(Q1 / (Q1 + 1)))[0]
    2*atan(1/sqrt(2*q_1 + 1))
    """
    arctangents = formula.replace(_is_rational_arc, _as_arctangent)
    rest, letters = split_tails(arctangents)
    return gathered(rest, frozenset(letters)), letters


def _is_rational_arc(node: Expr) -> bool:
    return isinstance(node, sympy.acos | sympy.asin) and node.has(Q1) and node.args[0].is_rational_function(Q1)


def _as_arctangent(node: Expr) -> Expr:
    r = node.args[0]
    if isinstance(node, sympy.asin):
        return sympy.atan(sympy.factor(r / sympy.sqrt(sympy.factor(1 - r**2))))
    return 2 * sympy.atan(sympy.sqrt(sympy.factor((1 - r) / (1 + r))))


def gathered(formula: Expr, letters: frozenset[Symbol] = frozenset()) -> Expr:
    """A sum with one factored rational coefficient for each product of transcendental parts and square roots.

    >>> gathered((Q1 + 1) * sympy.exp(Q1) - Q1 * sympy.exp(Q1) + 1 / Q1 - 1 / (Q1 + 1))
    exp(q_1) + 1/(q_1*(q_1 + 1))
    """
    groups: dict[Expr, list[Expr]] = {}
    for term in sympy.Add.make_args(sympy.expand(formula)):
        key = sympy.Mul(*(_kind(factor, letters) for factor in sympy.Mul.make_args(term)))
        groups.setdefault(key, []).append(term / key)
    return sympy.Add(*(sympy.factor(sympy.Add(*terms)) * key for key, terms in groups.items()))


def _kind(factor: Expr, letters: frozenset[Symbol]) -> Expr:
    """What a factor adds to the kind of its term: itself, the square root in it, or nothing."""
    if factor.atoms(sympy.Function) or factor.free_symbols & letters:
        return factor
    base, exponent = factor.as_base_exp()
    return sqrt(base) if exponent.is_Rational and not exponent.is_Integer and exponent.q == 2 else S.One


def split_tails(formula: Expr) -> tuple[Expr, dict[Symbol, Expr]]:
    """A formula in q with Φ(a√q) = 1 − e^{−a²q/2}·t put in for each a > 0, and what the letters t stand for: a√q.

    Guarantee: exact. Where an exponential that grows with q remains, the formula comes back as it was.

    >>> formula = (1 - NormalCDF(2 * sqrt(Q1))) * sympy.exp(2 * Q1) + 1
    >>> rest, letters = split_tails(formula)
    >>> [rest.subs(t, sympy.Symbol("t")) for t in letters], list(letters.values())
    ([t + 1], [2*sqrt(q_1)])
    """
    arguments = [node for node in formula.atoms(NormalCDF) if _rises(node.args[0])]
    if not arguments or not formula.has(sympy.exp):
        return formula, {}
    letters = {node: sympy.Dummy("t", positive=True) for node in arguments}
    tails = {node: 1 - sympy.exp(-(node.args[0] ** 2) / 2) * t for node, t in letters.items()}
    rest = sympy.expand(formula.xreplace(tails))
    if any(sympy.expand(node.args[0] / Q1).is_positive for node in rest.atoms(sympy.exp)):
        return formula, {}
    return rest, {t: node.args[0] for node, t in letters.items()}


def _rises(argument: Expr) -> bool:
    """Whether the argument is a√q with a > 0."""
    factor = sympy.expand(argument / sqrt(Q1))
    return not factor.has(Q1) and bool(factor.is_positive)
