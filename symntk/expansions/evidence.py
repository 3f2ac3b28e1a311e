"""The steps behind an expansion, each with its own check: Price's theorem, and balls for the remainder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy
from flint import arb
from sympy import Expr, Function, Integer, Rational, S

from symntk.derivation import Derivation, Equation, Step
from symntk.errors import DomainError, NoClosedFormError
from symntk.gaussian.dual import dual
from symntk.gaussian.presentation import presented
from symntk.gaussian.price import pair_expectation
from symntk.gaussian.terms import Mass, Term, derivative_terms
from symntk.notation import RHO
from symntk.numbers.ball import enclose
from symntk.numbers.identity import prove_zero

if TYPE_CHECKING:
    from symntk.expansions.endpoint import Expansion

MAP = Function("f")
PHI_HAT = Function("phi_hat")
SMALL = (Rational(1, 2**24), Rational(1, 2**32))
"""Values of the variable at which the remainder is measured."""
MEASURED_ORDER = 24
"""Remainders of higher order are measured against this power."""
RATIO_BOUND = 8
"""How far the two measured remainders, divided by the next power, may differ: both tend to the next coefficient."""


def derive(expansion: Expansion) -> Derivation:
    """The definition of f, the dual, the expansion, and the integer powers that Price's theorem gives directly.

    Guarantee: PROVED steps by exact algebra; the expansion step is SUPPORTED when certified remainders at two small
    values scale like the first omitted power, UNDECIDED when they could not be measured.
    """
    subject = dual(expansion.activation)
    total = subject.at(1)
    steps = [
        Step(
            equation=Equation(lhs=MAP(RHO), rhs=PHI_HAT(RHO) / PHI_HAT(S.One)),
            reason="definition of the correlation map",
            source="Daniely2016",
        ),
        Step(equation=Equation(lhs=PHI_HAT(S.One), rhs=total), reason="second moment of the activation"),
        Step(equation=Equation(lhs=PHI_HAT(RHO), rhs=subject.expression), reason="dual activation", source="Price1958"),
    ]
    argument = 1 - expansion.variable if expansion.at == 1 else expansion.at + expansion.variable
    name = MAP if expansion.depth == 1 else Function(f"f^{expansion.depth}")
    remainder = (
        sympy.Function("O")(expansion.variable**expansion.order) if expansion.order is not S.Infinity else S.Zero
    )
    steps.append(
        Step(
            equation=Equation(lhs=name(argument), rhs=sympy.Add(expansion.expression, remainder, evaluate=False)),
            reason="Puiseux arithmetic on the dual, exponentially small terms dropped",
            verdict=_remainder_verdict(expansion),
        )
    )
    if expansion.at == 1 and expansion.depth == 1:
        steps.extend(_price_steps(expansion))
    return Derivation(
        title=f"Expansion of the correlation map of {expansion.activation.name} at {expansion.at}", steps=tuple(steps)
    )


def _price_steps(expansion: Expansion) -> list[Step]:
    """The coefficient of γᵏ is (−1)ᵏ E φ⁽ᵏ⁾(u)²/(k! E φ²) while φ⁽ᵏ⁾ is a function."""
    subject = dual(expansion.activation)
    if subject.terms is None:
        return []
    steps: list[Step] = []
    level: tuple[Term, ...] = subject.terms[0]
    total = subject.at(1)
    for k in range(1, 4):
        level = derivative_terms(level)
        if any(isinstance(term.gate, Mass) for term in level) or k >= expansion.order:
            break
        moment = presented(pair_expectation(level, level, S.One))
        value = (-1) ** k * moment / (sympy.factorial(k) * total)
        listed = expansion.coefficient(k)
        steps.append(
            Step(
                equation=Equation(lhs=sympy.Function("a")(Integer(k)), rhs=value),
                reason=f"second route for the coefficient of order {k}: the moment of the derivative of φ of order {k}",
                source="Price1958",
                verdict="PROVED" if prove_zero(listed * total - value * total) else _ball_verdict(listed - value),
            )
        )
    return steps


def _ball_verdict(difference: Expr) -> str:
    return "SUPPORTED" if 0 in enclose(difference, bits=200) else "REFUTED"


def _remainder_verdict(expansion: Expansion) -> str:
    try:
        first, second = (_scaled_remainder(expansion, small) for small in SMALL)
    except (DomainError, NoClosedFormError):
        return "UNDECIDED"
    if expansion.order is S.Infinity:
        return "SUPPORTED" if 0 in first and 0 in second else "REFUTED"
    bounded = abs(first) < RATIO_BOUND * abs(second) + 1 and abs(second) < RATIO_BOUND * abs(first) + 1
    return "SUPPORTED" if bounded else "REFUTED"


def _scaled_remainder(expansion: Expansion, small: Rational) -> arb:
    """(f_L − listed terms)/variable^order at a small value of the variable."""
    subject = dual(expansion.activation)
    total = subject.at(1)
    rho: Expr = 1 - small if expansion.at == 1 else expansion.at + small
    value = subject.at(rho) / total
    for phi in expansion.activations[1:]:
        value = dual(phi).expression.subs(RHO, value) / dual(phi).at(1)
    remainder = value - expansion.expression.subs(expansion.variable, small)
    order = S.Zero if expansion.order is S.Infinity else sympy.Min(expansion.order, MEASURED_ORDER)
    bits = 64 + 32 * int(sympy.ceiling(order))
    return enclose(remainder, bits=bits) / enclose(small**order, bits=bits)
