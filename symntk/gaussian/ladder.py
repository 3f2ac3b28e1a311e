"""The derivation of a dual as a ladder: down by Price's theorem to known integrals, up by proved antiderivatives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy
from sympy import Derivative, Expr, Function, Rational, S

from symntk.derivation import Derivation, Equation, Step
from symntk.errors import SymntkError
from symntk.gaussian.binding import bound
from symntk.gaussian.combination import expression
from symntk.gaussian.expectation import GaussianPairExpectation
from symntk.gaussian.presentation import presented
from symntk.gaussian.price import pair_expectation
from symntk.gaussian.quadrature import enclose_pair
from symntk.gaussian.terms import Gate, Mass, Term, derivative_terms, terms_expression
from symntk.notation import RHO, X
from symntk.numbers.ball import enclose
from symntk.numbers.decide import decide
from symntk.numbers.identity import prove_zero

if TYPE_CHECKING:
    from symntk.gaussian.dual import Dual

PHI = Function("phi")
PSI = Function("psi")
PHI_HAT = Function("phi_hat")
MAXIMAL_RUNGS = 8
SAMPLE_POINTS = (Rational(-7, 10), Rational(1, 3), Rational(9, 10))

Rung = tuple[tuple[Term, ...], tuple[Term, ...]]


def derive(subject: Dual) -> Derivation:
    """The steps that lead to the dual at unit variances, each with the verdict of its own check.

    Guarantee: a step marked PROVED was reduced to zero by exact algebra; SUPPORTED means that balls of the formula and
    of an independent certified quadrature overlap at sample points, to their radius.
    """
    title = f"Dual activation of {subject.activation.name}"
    if subject.terms is None:
        return Derivation(title=title, steps=(_definition(subject),))
    rungs = _rungs(subject.terms)
    steps = [_definition(subject)]
    for order in range(1, len(rungs)):
        steps.extend(_descent(rungs[order], order, same=subject.activation == subject.other))
    steps.append(_base(rungs[-1], len(rungs) - 1))
    steps.extend(_ascent(rungs[order], rungs[order + 1], order) for order in range(len(rungs) - 2, -1, -1))
    return Derivation(title=title, steps=tuple(steps))


def _rungs(terms: Rung) -> list[Rung]:
    """φ, φ′, φ″, … until no polynomial is left behind a gate that further differentiation would lower."""
    rungs = [terms]
    while len(rungs) < MAXIMAL_RUNGS and any(_reducible(t) for side in rungs[-1] for t in side):
        if any(isinstance(t.gate, Mass) for side in rungs[-1] for t in side):
            break
        rungs.append((derivative_terms(rungs[-1][0]), derivative_terms(rungs[-1][1])))
    return rungs


def _reducible(term: Term) -> bool:
    return isinstance(term.gate, Gate) and term.linear == 0 and term.quadratic == 0


def dual_symbol(order: int) -> Expr:
    """φ̂ differentiated `order` times in ρ, inert."""
    return PHI_HAT(RHO) if order == 0 else Derivative(PHI_HAT(RHO), (RHO, order))


def _definition(subject: Dual) -> Step:
    return Step(
        equation=Equation(lhs=dual_symbol(0), rhs=_inert(subject)),
        reason="definition of the dual activation, u and v standard normal with correlation ρ",
        source="Daniely2016",
    )


def _inert(subject: Dual) -> Expr:
    sides = (bound(phi.expression) for phi in (subject.activation, subject.other))
    return GaussianPairExpectation(*sides, S.One, S.One, RHO)


def _descent(rung: Rung, order: int, *, same: bool) -> list[Step]:
    functions = ((PHI, rung[0]),) if same else ((PHI, rung[0]), (PSI, rung[1]))
    return [
        Step(
            equation=Equation(lhs=Derivative(function(X), (X, order)), rhs=terms_expression(terms)),
            reason="distributional derivative; by Price's theorem its dual is the next derivative of the dual in ρ",
            source="Price1958",
        )
        for function, terms in functions
    ]


def _value(rung: Rung) -> Expr:
    return presented(pair_expectation(*rung))


def _base(rung: Rung, order: int) -> Step:
    terms = [t for side in rung for t in side]
    masses = all(isinstance(t.gate, Mass) for t in terms)
    gated = any(isinstance(t.gate, Gate) for t in terms)
    if masses:
        reason, source = "point masses: the joint density of (u, v) at the points", "Price1958"
    elif gated:
        reason = "completing the square turns each product of exponentials and steps into a normal probability"
        source = "Plackett1954"
    else:
        reason, source = "Gaussian integrals of polynomials and exponentials, by completing the square", "Price1958"
    return Step(
        equation=Equation(lhs=dual_symbol(order), rhs=_value(rung)),
        reason=reason,
        source=source,
        verdict="DEFINITION" if masses else _checked_by_quadrature(rung),
    )


def _checked_by_quadrature(rung: Rung) -> str:
    """SUPPORTED when balls of the formula and of an independent quadrature overlap at the sample points."""
    sides = [terms_expression(side) for side in rung]
    if any(side.has(sympy.DiracDelta) for side in sides):
        return _checked_by_price(rung)
    value = _value(rung)
    for rho in SAMPLE_POINTS:
        try:
            measured = enclose_pair(sides[0], sides[1], rho, bits=40)
            derived = enclose(value.subs(RHO, rho), bits=60)
        except SymntkError:
            return "UNDECIDED"
        if not measured.overlaps(derived):
            return "REFUTED"
    return "SUPPORTED"


def _checked_by_price(rung: Rung) -> str:
    """A rung with point masses and steps: its value where u and v are independent is the product of the means."""
    return "PROVED" if _factorises(rung) else "UNDECIDED"


def _factorises(rung: Rung) -> bool:
    unit: tuple[Term, ...] = (Term(coefficients=(S.One,)),)
    means = [expression(pair_expectation(side, unit, S.Zero)) for side in rung]
    difference = expression(pair_expectation(*rung, S.Zero)) - means[0] * means[1]
    at_zero = _value(rung).subs(RHO, 0) - means[0] * means[1]
    return prove_zero(sympy.expand(difference)) and prove_zero(sympy.expand(at_zero))


def _ascent(rung: Rung, below: Rung, order: int) -> Step:
    """The antiderivative of the rung below: its ρ-derivative and its value at ρ = 0 are checked."""
    value = _value(rung)
    difference = sympy.diff(value, RHO) - _value(below)
    proved = prove_zero(difference) and _factorises(rung)
    verdict = "PROVED" if proved else _certified_zero(difference)
    return Step(
        equation=Equation(lhs=dual_symbol(order), rhs=value),
        reason="antiderivative in ρ; at ρ = 0, where u and v are independent, it is the product of the means",
        source="Price1958",
        verdict=verdict,
    )


def _certified_zero(difference: Expr) -> str:
    for rho in SAMPLE_POINTS:
        if decide(difference.subs(RHO, rho), "==", S.Zero, max_bits=256) is False:
            return "REFUTED"
    return "UNDECIDED"
