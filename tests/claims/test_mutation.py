"""Deliberately false variants: each differs from its statement, and no claim of the ledger survives one."""

from __future__ import annotations

import pytest
from sympy import Integer, Interval, S, sin

from symntk.claims import (
    And,
    AsymptoticTo,
    AtMost,
    ConvergesTo,
    Equal,
    Exists,
    ForAll,
    Implies,
    LessThan,
    Monotone,
    NotEqual,
    NumericallyEquals,
    Prose,
    SeriesAt,
    combine,
    shipped_ledger,
)
from symntk.claims.mutation import mutants
from symntk.claims.verdict import POSITIVE
from symntk.notation import RHO, N

ON = {RHO: Interval(0, 1)}
EQUAL = Equal(RHO, RHO, on=ON)


@pytest.mark.parametrize(
    ("statement", "count"),
    [
        (EQUAL, 1),
        (AtMost(RHO, 1, on=ON), 1),
        (LessThan(RHO, 2, on=ON), 1),
        (NotEqual(RHO, 2, on=ON), 1),
        (NumericallyEquals(S.Pi, "3.14"), 1),
        (SeriesAt(sin(RHO), RHO, variable=RHO, at=0, order=Integer(3)), 1),
        (AsymptoticTo(N + 1, N, variable=N), 1),
        (ConvergesTo(1 / N, 0, index=N), 1),
        (Monotone(RHO, variable=RHO, on=ON), 1),
        (ForAll((1,), lambda n: EQUAL), 1),
        (Exists(EQUAL), 1),
        (And((EQUAL, EQUAL)), 2),
        (Implies(LessThan(0, RHO, on=ON), EQUAL), 1),
        (Prose("text", "reason"), 0),
    ],
)
def test_every_kind_of_statement_has_false_variants(statement, count: int) -> None:
    assert count == len([m for m in mutants(statement) if m != statement])


def _survivors(claim) -> list[str]:
    """The false variants of a claim that its checks accept, in words."""
    verdicts = [(false, combine([check.run(false) for check in claim.checks])) for false in mutants(claim.statement)]
    return [f"{claim.id} accepts {false}: {reason}" for false, (verdict, reason) in verdicts if verdict in POSITIVE]


@pytest.mark.slow
def test_the_checks_of_shipped_claims_accept_no_false_variant() -> None:
    claims = [claim for claim in shipped_ledger().claims if claim.expected in POSITIVE]
    claims += [claim.corrected for claim in shipped_ledger().claims if claim.corrected is not None]
    assert [text for claim in claims for text in _survivors(claim)] == []
