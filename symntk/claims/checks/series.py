"""A route for expansions: the coefficients derived exactly against the printed ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sympy import Add, Dummy, Expr, S, Symbol, expand

from symntk.claims.checks.check import BasicCheck, Finding, not_for, proved, refuted, unknown
from symntk.claims.derived import derived
from symntk.claims.statement import SeriesAt, Statement
from symntk.claims.verdict import Method, Witness
from symntk.errors import DomainError, UndecidedError
from symntk.expansions.constants import ConstantRing
from symntk.expansions.local import expand_expression
from symntk.numbers.ball import enclose
from symntk.numbers.identity import prove_zero

_SEQUENCE_BITS = 200

Terms = Iterable[tuple[Expr, Expr]]
"""(exponent, coefficient) of an expansion in the deficit, from the lowest power up."""


@dataclass(frozen=True)
class SeriesCheck(BasicCheck):
    """Expands lhs − rhs of SeriesAt exactly, in half-integer powers of the deficit, up to the order of O.

    Where lhs has no closed form, `expansion()` returns the terms of lhs derived in another way, to the order at least.
    True is a proof that all coefficients below the order agree; False shows the first that does not.
    """

    expansion: Callable[[], Terms] | None = None

    @property
    def method(self) -> Method:
        """Exact algebra."""
        return Method.ALGEBRA

    def examine(self, statement: Statement) -> Finding:
        """Compare the coefficients below the order."""
        if not isinstance(statement, SeriesAt):
            return not_for(statement, "SeriesAt")
        gaps = _expanded_gap(statement) if self.expansion is None else _gap_of_terms(statement, dict(self.expansion()))
        for exponent, gap in gaps:
            if not prove_zero(gap):
                return _differing(exponent, gap)
        return proved(f"all coefficients below the power {statement.order} agree")


def _expanded_gap(statement: SeriesAt) -> Terms:
    """The coefficients of lhs − rhs below the order; w² is the deficit."""
    root = Symbol("w", positive=True)
    inner = statement.at + (-1 if statement.side == "left" else 1) * root**2
    count: Expr = 2 * statement.order
    if not count.is_Integer:
        raise DomainError(f"an O-term of half-integer order was expected, but it is {statement.order}")
    ring = ConstantRing()
    gap = derived(statement.lhs - statement.rhs)
    series = expand_expression(gap, statement.variable, inner, root, int(count), ring)
    return [(S(k) / 2, ring.expression(series.coefficient(k))) for k in range(min(0, series.valuation), int(count))]


def _gap_of_terms(statement: SeriesAt, ours: dict[Expr, Expr]) -> Terms:
    if not ours or max(ours) < statement.order:
        raise UndecidedError(f"the derived expansion does not reach the order {statement.order}; derive more terms")
    printed = coefficients(statement)
    below = sorted(exponent for exponent in {*ours, *printed} if exponent < statement.order)
    return [(e, derived(_coefficient(ours, e) - _coefficient(printed, e))) for e in below]


def _coefficient(terms: dict[Expr, Expr], exponent: Expr) -> Expr:
    found: Expr | None = terms.get(exponent)
    return S.Zero if found is None else found


def _differing(exponent: Expr, gap: Expr) -> Finding:
    ball = enclose(gap, bits=64)
    if ball.contains(0):
        return unknown(f"the coefficients of the power {exponent} could not be told apart")
    witness = Witness(point=(("power", str(exponent)),), gap=ball.str(12))
    return refuted(f"the coefficient of the power {exponent} differs", witness)


def coefficients(statement: SeriesAt) -> dict[Expr, Expr]:
    """The printed truncation as powers of the deficit γ = |variable − at| and their coefficients.

    >>> from symntk.notation import RHO
    >>> coefficients(SeriesAt(RHO, RHO + 2 * (1 - RHO), variable=RHO, order=S(2)))
    {0: 1, 1: 1}
    """
    gamma = Dummy("gamma", positive=True)
    sign = -1 if statement.side == "left" else 1
    expanded = expand(statement.rhs.subs(statement.variable, statement.at + sign * gamma))
    found: dict[Expr, Expr] = {}
    for term in Add.make_args(expanded):
        coefficient, power = term.as_independent(gamma, as_Add=False)
        base, exponent = power.as_base_exp() if power != 1 else (gamma, S.Zero)
        if base != gamma or not exponent.is_number:
            raise DomainError(
                f"a sum of powers of the deficit was expected as the truncation, but the term {term} was found"
            )
        found[exponent] = found.get(exponent, S.Zero) + coefficient
    return {exponent: c for exponent, c in found.items() if c != 0}
