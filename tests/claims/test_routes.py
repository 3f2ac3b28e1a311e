"""Every route accepts a true statement and rejects a deliberately wrong one: a check that cannot fail is a defect."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy
from flint import arb
from sympy import Interval, Max, Rational, S, Sum, acos, asin, cos, exp, log, pi, sin, sqrt

from symntk.claims import (
    AlgebraicIdentity,
    And,
    AsymptoticTo,
    AtMost,
    BallIdentityAtRandomPoints,
    BallLimit,
    BallOnDomain,
    CertifiedWitness,
    ConvergesTo,
    DecimalRounding,
    DerivedQuantity,
    Each,
    Equal,
    Exists,
    FiniteFamily,
    ForAll,
    HighPrecisionAtPoints,
    HighPrecisionLimit,
    Implies,
    IndependentQuadrature,
    LessThan,
    Method,
    Monotone,
    NotEqual,
    NumericallyEquals,
    Prose,
    Recomputed,
    Route,
    SeriesAt,
    SeriesCheck,
    SignChange,
    Strength,
    covariance,
    expectation,
    iterated,
    sampled,
)
from symntk.claims.checks import doubted, proved, supported
from symntk.notation import RHO, N, X
from symntk.numbers.ball import enclose

UNIT = {RHO: Interval(-1, 1)}
POSITIVE = {RHO: Interval(0, 1)}
RELU = Max(X, 0)
RELU_DUAL = (sqrt(1 - RHO**2) + (pi - acos(RHO)) * RHO) / (2 * pi)
ARC = Equal(acos(RHO), pi / 2 - asin(RHO), on=UNIT)
WRONG_ARC = Equal(acos(RHO), pi / 2 + asin(RHO), on=UNIT)
RELU_MAP = (RHO * asin(RHO) + sqrt(1 - RHO**2)) / pi + RHO / 2
SIXTH = SeriesAt(sin(RHO), RHO - RHO**3 / 6, variable=RHO, at=0, side="right", order=5)
M = sympy.Symbol("m", integer=True, positive=True)
ITERATES = iterated(X / (1 + X), X, 1)


def terms_of_sine() -> list[tuple[sympy.Expr, sympy.Expr]]:
    return [(S(1), S(1)), (S(3), -Rational(1, 6)), (S(5), Rational(1, 120))]


def reads_its_statement(statement):
    equal = sympy.expand(statement.lhs - statement.rhs) == 0
    return supported("equal") if equal else doubted("different")


ROUTES = [
    (AlgebraicIdentity(), ARC, WRONG_ARC),
    (AlgebraicIdentity(), Equal(covariance(RELU), RELU_DUAL, on=UNIT), Equal(covariance(RELU), 2 * RELU_DUAL, on=UNIT)),
    (AlgebraicIdentity(), Equal(expectation(RELU**2), Rational(1, 2)), Equal(expectation(RELU**2), 1)),
    (BallIdentityAtRandomPoints(), ARC, WRONG_ARC),
    (BallIdentityAtRandomPoints(), LessThan(RHO, 1 + RHO**2, on=UNIT), LessThan(RHO, RHO**2, on=UNIT)),
    (BallIdentityAtRandomPoints(), AtMost(RHO, 1, on=UNIT), AtMost(RHO, Rational(1, 2), on=UNIT)),
    (BallIdentityAtRandomPoints(), NotEqual(RHO, 2, on=UNIT), NotEqual(RHO**2, 1, on=UNIT)),
    (
        DerivedQuantity(lambda: RELU_DUAL),
        Equal(covariance(RELU), RELU_DUAL, on=UNIT),
        Equal(covariance(RELU), RHO, on=UNIT),
    ),
    (HighPrecisionAtPoints(), ARC, WRONG_ARC),
    (HighPrecisionAtPoints(), LessThan(RHO, 2, on=UNIT), LessThan(2, RHO, on=UNIT)),
    (HighPrecisionAtPoints(), NumericallyEquals(pi, "3.14"), NumericallyEquals(pi, "3.15")),
    (DecimalRounding(), NumericallyEquals(pi, "3.142"), NumericallyEquals(pi, "3.141")),
    (DecimalRounding(), NumericallyEquals(pi, "3", tolerance="0.15"), NumericallyEquals(pi, "3", tolerance="0.14")),
    (Recomputed("arc", Method.BALL, lambda p, bits: arb.acos(enclose(RHO, p, bits=bits))), ARC, WRONG_ARC),
    (
        IndependentQuadrature(RELU, rho=RHO, factor=2),
        Equal(RELU_MAP, 2 * RELU_DUAL, on=UNIT),
        Equal(RELU_MAP, RELU_DUAL, on=UNIT),
    ),
    (BallOnDomain(), LessThan(RHO, exp(RHO), on=UNIT), LessThan(exp(RHO), Rational(5, 2) * RHO, on=UNIT)),
    (BallOnDomain(), AtMost(sin(RHO), RHO, on=POSITIVE), AtMost(RHO, sin(RHO), on=POSITIVE)),
    (BallOnDomain(), NotEqual(cos(RHO), RHO - 2, on=UNIT), NotEqual(cos(RHO), RHO, on=UNIT)),
    (BallOnDomain(), Monotone(exp(RHO), variable=RHO, on=UNIT), Monotone(cos(RHO), variable=RHO, on=UNIT)),
    (SignChange(), Exists(Equal(cos(RHO), RHO, on=POSITIVE)), Exists(Equal(cos(RHO), 2, on=POSITIVE))),
    (SignChange(), Exists(LessThan(RHO, 0, on=UNIT)), Exists(LessThan(RHO, -2, on=UNIT))),
    (SeriesCheck(terms_of_sine), SIXTH, SeriesAt(sin(RHO), RHO, variable=RHO, at=0, side="right", order=5)),
    (SeriesCheck(), SIXTH, SeriesAt(sin(RHO), RHO, variable=RHO, at=0, side="right", order=5)),
    (
        SeriesCheck(),
        SeriesAt(
            RELU_MAP, RHO + 2 * sqrt(2) / (3 * pi) * (1 - RHO) ** Rational(3, 2), variable=RHO, order=Rational(5, 2)
        ),
        SeriesAt(RELU_MAP, RHO + 2 * sqrt(2) / (3 * pi) * (1 - RHO) ** Rational(3, 2), variable=RHO, order=3),
    ),
    (HighPrecisionLimit(), SIXTH, SeriesAt(sin(RHO), RHO, variable=RHO, at=0, side="right", order=5)),
    (
        HighPrecisionLimit(),
        SeriesAt(
            RELU_MAP, RHO + 2 * sqrt(2) / (3 * pi) * (1 - RHO) ** Rational(3, 2), variable=RHO, order=Rational(5, 2)
        ),
        SeriesAt(RELU_MAP, RHO + sqrt(2) / (3 * pi) * (1 - RHO) ** Rational(3, 2), variable=RHO, order=Rational(5, 2)),
    ),
    (
        HighPrecisionLimit(),
        AsymptoticTo(log(1 + N), log(N), variable=N),
        AsymptoticTo(log(1 + N), 2 * log(N), variable=N),
    ),
    (
        HighPrecisionLimit(),
        AsymptoticTo(ITERATES, 1 / N, variable=N, order=1 / N**2),
        AsymptoticTo(ITERATES, 1 / N + log(N) / N**2, variable=N, order=1 / N**2),
    ),
    (
        HighPrecisionLimit(),
        ConvergesTo((1 + 1 / N) ** N, S.Exp1, index=N),
        ConvergesTo((1 + 1 / N) ** N, S(3), index=N),
    ),
    (HighPrecisionLimit(), ConvergesTo(ITERATES, 0, index=N), ConvergesTo(ITERATES, Rational(1, 100), index=N)),
    (BallLimit(), SIXTH, SeriesAt(sin(RHO), RHO, variable=RHO, at=0, side="right", order=5)),
    (BallLimit(), ConvergesTo(ITERATES, 0, index=N), ConvergesTo(ITERATES, Rational(1, 100), index=N)),
    (
        BallLimit(),
        ConvergesTo(Sum(1 / M**2, (M, 1, N)), pi**2 / 6, index=N),
        ConvergesTo(Sum(1 / M**2, (M, 1, N)), Rational(5, 3), index=N),
    ),
    (
        FiniteFamily({N: range(5)}, AlgebraicIdentity()),
        Equal(2 * sympy.binomial(N + 2, 2), (N + 1) * (N + 2), on={N: S.Naturals0}),
        Equal(sympy.binomial(N + 2, 2), (N + 1) * (N + 2), on={N: S.Naturals0}),
    ),
    (
        Each((AlgebraicIdentity(), AlgebraicIdentity())),
        And((ARC, ARC)),
        And((ARC, WRONG_ARC)),
    ),
    (Route("own", Method.RECURSION, reads_its_statement), Equal(RHO + RHO, 2 * RHO, on=UNIT), WRONG_ARC),
]


@pytest.mark.parametrize(("route", "true", "false"), ROUTES, ids=[f"{i}-{r[0].name}" for i, r in enumerate(ROUTES)])
def test_a_route_accepts_the_true_statement_and_not_the_wrong_one(route, true, false) -> None:
    assert route.run(true).result is True
    assert route.run(false).result is not True


def test_a_wrong_identity_is_refuted_by_balls_with_its_point() -> None:
    found = BallIdentityAtRandomPoints().run(WRONG_ARC)
    assert (found.result, found.strength) == (False, Strength.CERTIFICATE)
    assert found.witness is not None
    assert found.witness.point[0][0] == "rho"


def test_a_proof_is_a_proof_and_points_are_evidence() -> None:
    strengths = [route.run(ARC).strength for route in (AlgebraicIdentity(), BallIdentityAtRandomPoints())]
    assert strengths == [Strength.PROOF, Strength.EVIDENCE]


def test_an_inequality_decided_at_every_point_of_a_finite_domain_is_certified() -> None:
    every = BallIdentityAtRandomPoints().run(LessThan(RHO, 3, on={RHO: (0, 1)}))
    some = BallIdentityAtRandomPoints(count=1).run(LessThan(RHO, 3, on={RHO: (0, 1)}))
    assert [every.strength, some.strength] == [Strength.CERTIFICATE, Strength.EVIDENCE]


def test_a_strict_inequality_fails_where_both_sides_are_provably_equal() -> None:
    found = CertifiedWitness({RHO: 1}).run(LessThan(acos(RHO) + RHO, 1, on=UNIT))
    assert found.result is False


def test_a_witness_is_certified_only_where_the_statement_fails() -> None:
    assert CertifiedWitness({RHO: Fraction(1, 2)}).run(WRONG_ARC).result is False
    assert CertifiedWitness({RHO: 0}).run(WRONG_ARC).result is None
    assert CertifiedWitness({RHO: Fraction(1, 2)}).run(ARC).result is None


def test_a_witness_outside_the_stated_domain_is_refused() -> None:
    found = CertifiedWitness({RHO: -1}).run(Equal(sympy.Abs(RHO), RHO, on=POSITIVE))
    assert found.result is None
    assert "not certainly in it" in found.detail


def test_a_witness_where_the_condition_fails_refutes_nothing() -> None:
    guarded = Implies(LessThan(0, RHO, on=UNIT), Equal(sympy.Abs(RHO), RHO, on=UNIT))
    assert CertifiedWitness({RHO: -1}).run(guarded).result is None
    assert BallIdentityAtRandomPoints().run(guarded).result is True


def test_a_false_series_coefficient_is_named_with_its_power() -> None:
    found = SeriesCheck(terms_of_sine).run(SeriesAt(sin(RHO), RHO, variable=RHO, at=0, side="right", order=5))
    assert found.witness is not None
    assert found.witness.point == (("power", "3"),)


def test_a_series_check_without_enough_terms_cannot_tell() -> None:
    short = SeriesCheck(lambda: terms_of_sine()[:2])
    assert short.run(SIXTH).result is None


def test_a_family_is_only_evidence_for_infinitely_many_members() -> None:
    route = FiniteFamily({N: range(5)}, AlgebraicIdentity())
    infinite = route.run(Equal(2 * sympy.binomial(N + 2, 2), (N + 1) * (N + 2), on={N: S.Naturals0}))
    finite = route.run(Equal(2 * sympy.binomial(N + 2, 2), (N + 1) * (N + 2), on={N: tuple(range(5))}))
    assert [infinite.strength, finite.strength] == [Strength.EVIDENCE, Strength.PROOF]


def test_a_family_statement_fails_with_its_first_false_member() -> None:
    powers = ForAll((1, 2, 3), lambda n: AtMost(RHO**n, RHO, on=POSITIVE))
    roots = ForAll((1, 2, 3), lambda n: AtMost(RHO, RHO**n, on=POSITIVE))
    assert BallOnDomain().run(powers).result is True
    assert BallIdentityAtRandomPoints().run(roots).detail.startswith("2:")


def test_a_refusal_becomes_an_outcome_with_its_message() -> None:
    found = BallIdentityAtRandomPoints().run(Equal(log(RHO - 2), 0, on=UNIT))
    assert found.result is None
    assert found.detail


def test_prose_cannot_be_run() -> None:
    assert BallIdentityAtRandomPoints().run(Prose("It trains.", "an experiment")).result is None


def test_a_route_of_ones_own_cannot_prove() -> None:
    found = Route("own", Method.ALGEBRA, lambda statement: proved("trust me")).run(ARC)
    assert (found.result, found.strength) == (True, Strength.EVIDENCE)


def test_an_unbounded_domain_is_not_covered() -> None:
    found = BallOnDomain().run(LessThan(0, exp(X), on={X: Interval(0, sympy.oo)}))
    assert found.result is None
    assert "bounded interval" in found.detail


def test_equality_on_the_whole_interval_is_at_most_but_not_less() -> None:
    assert BallOnDomain().run(AtMost(RHO, RHO, on=UNIT)).result is True
    assert BallOnDomain().run(LessThan(RHO, RHO, on=UNIT)).result is None
    assert BallOnDomain().run(Monotone(S(1), variable=RHO, on=UNIT)).result is None


def test_a_sample_is_evidence_and_an_exhausted_family_is_proof() -> None:
    statement = ForAll((1, 2), lambda n: Equal(n * X + X, (n + 1) * X, on={X: Interval(-1, 1)}))
    strengths = [AlgebraicIdentity().run(replace(statement, exhaustive=known)).strength for known in (False, True)]
    assert strengths == [Strength.EVIDENCE, Strength.PROOF]


def test_a_failing_member_refutes_a_sample() -> None:
    statement = ForAll((1, 2), lambda n: Equal(n * X, X, on={X: Interval(1, 2)}))
    (outcome,) = (check.run(statement) for check in sampled(BallIdentityAtRandomPoints()))
    assert (outcome.result, outcome.witness is not None) == (False, True)
