"""Piecewise expectations: cuts, truncated moments, exponential terms, and the three routes against each other."""

from __future__ import annotations

import mpmath
import pytest
import sympy
from flint import acb, arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Heaviside, Max, Min, Piecewise, Rational, S, acos, asin, cos, exp, pi, sign, sin, sqrt, tanh

from symntk.errors import UndecidedError
from symntk.gaussian import certified_inner, certified_piecewise
from symntk.gaussian.certified_conditional import conditional_expectation
from symntk.gaussian.certified_cuts import gap, intervals, sign_of_gap
from symntk.gaussian.certified_moments import truncated_moments
from symntk.gaussian.certified_piecewise import piecewise_expectation
from symntk.gaussian.certified_segments import breakpoints, exponential_terms, growth_of, mirrored, segments
from symntk.gaussian.quadrature import enclose_mean, enclose_pair
from symntk.notation import X
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

RELU = Max(0, X)
HARD_TANH = Max(-1, Min(1, X))
ELU = Piecewise((X, X > 0), (exp(X) - 1, True))
BENT = Piecewise((tanh(X), X > 0), (X / 5, True))
WAVY = Piecewise((sin(3 * X), X > Rational(1, 2)), (X**2 * exp(X / 2), X > -1), (cos(X), True))
UNIT = (S.One, S.One)
CORRELATIONS = [S.NegativeOne, Rational(-9, 10), S.Zero, Rational(1, 3), 1 - Rational(1, 10**30), S.One]


@pytest.mark.parametrize("rho", CORRELATIONS, ids=str)
def test_pair_of_relus_is_the_arc_cosine_kernel(rho: Expr) -> None:
    exact = (sqrt(1 - rho**2) + rho * (pi - acos(rho))) / (2 * pi) * sqrt(6)
    measured = enclose_pair(RELU, RELU, rho, 2, 3, bits=80)
    assert measured.overlaps(enclose(exact, bits=100))
    assert measured.rad() < arb(2) ** -79


@pytest.mark.parametrize("rho", CORRELATIONS, ids=str)
def test_pair_of_steps_is_sheppards_arcsine(rho: Expr) -> None:
    exact = Rational(1, 4) + asin(rho) / (2 * pi)
    assert enclose_pair(Heaviside(X), Heaviside(X), rho, bits=80).overlaps(enclose(exact, bits=90))


@pytest.mark.parametrize("rho", CORRELATIONS, ids=str)
def test_pair_of_exponentials_goes_the_piecewise_way_too(rho: Expr) -> None:
    measured = piecewise_expectation(exp(X), exp(-X / 2), rho, (S.One, S(2)), 70)
    assert measured.overlaps(enclose(exp(Rational(3, 4) - rho / sqrt(2)), bits=90))


@pytest.mark.parametrize("rho", CORRELATIONS[1:5], ids=str)
@pytest.mark.parametrize(("f", "g"), [(HARD_TANH, HARD_TANH), (ELU, WAVY), (WAVY, RELU), (HARD_TANH, sign(X))], ids=str)
def test_rotated_and_conditional_routes_agree(f: Expr, g: Expr, rho: Expr) -> None:
    variances = (S(2), Rational(1, 3))
    rotated = piecewise_expectation(f, g, rho, variances, 50)
    conditional = conditional_expectation(f, g, rho, variances, 50)
    assert rotated.overlaps(conditional)
    assert max(rotated.rad(), conditional.rad()) < arb(2) ** -46


@pytest.mark.slow
@pytest.mark.parametrize("rho", CORRELATIONS, ids=str)
def test_adaptive_and_conditional_routes_agree(rho: Expr, monkeypatch: pytest.MonkeyPatch) -> None:
    conditional = piecewise_expectation(BENT, HARD_TANH, rho, UNIT, 50)
    monkeypatch.setattr(certified_piecewise, "is_conditional", lambda f, g: False)
    assert conditional.overlaps(piecewise_expectation(BENT, HARD_TANH, rho, UNIT, 30))


@pytest.mark.slow
@pytest.mark.parametrize("rho", CORRELATIONS, ids=str)
def test_adaptive_route_agrees_with_the_trapezoidal_rule(rho: Expr) -> None:
    half_split = Piecewise((tanh(X), X > Rational(1, 3)), (1 - 2 / (exp(2 * X) + 1), True))
    adaptive = enclose_pair(half_split, half_split, rho, bits=40)
    assert adaptive.overlaps(enclose_pair(tanh(X), tanh(X), rho, bits=60))


def test_pair_of_bent_functions_with_singular_pieces_on_the_line_is_found_at_perfect_correlation() -> None:
    softsign = X / (1 + sympy.Abs(X))
    with mpmath.workdps(25):
        reference = 2 * mpmath.quad(lambda u: (u / (1 + u)) ** 2 * mpmath.npdf(u), [0, 1, 3, 6, 12])
    assert abs(float(enclose_pair(softsign, softsign, -1, bits=60)) + float(reference)) < 1e-15


def test_opposite_half_lines_never_meet_at_correlation_one() -> None:
    assert enclose_pair(RELU, RELU, -1) == 0


def test_balls_around_the_correlation_are_followed() -> None:
    wide = enclose_pair(HARD_TANH, HARD_TANH, arb("0.5", "1e-8"), bits=53)
    assert wide.contains(enclose_pair(HARD_TANH, HARD_TANH, Rational(1, 2), bits=80))
    assert wide.rad() < 1e-6


def test_breakpoints_of_unknown_order_are_refused() -> None:
    with pytest.raises(UndecidedError, match="order of two breakpoints"):
        enclose_pair(HARD_TANH, HARD_TANH, Rational(1, 2), arb("2", "1e-8"), arb("2", "1e-8"))


def test_too_much_effort_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certified_inner, "LARGEST_EFFORT", 500)
    with pytest.raises(UndecidedError, match="500 evaluations"):
        piecewise_expectation(BENT, BENT, Rational(1, 2), UNIT, 40)


@pytest.mark.parametrize("ends", [(None, None), (None, -2.0), (0.5, None), (-1.0, 3.0), (4.0, 9.0)])
def test_truncated_moments_agree_with_mpmath(ends: tuple[float | None, float | None]) -> None:
    left, right = ends
    balls = [None if end is None else acb(end) for end in ends]
    with working_precision(120):
        moments = truncated_moments(6, (acb(arb("0.25")), acb(arb("-0.5")), acb(arb("0.125"))), *balls)
    low, high = -mpmath.inf if left is None else left, mpmath.inf if right is None else right
    for j, found in enumerate(moments):
        exact = mpmath.quad(lambda s, j=j: s**j * mpmath.exp(0.25 - s / 2 + s * s / 8) * mpmath.npdf(s), [low, high])
        assert abs(float(found.real) - float(exact)) < 1e-10


@pytest.mark.parametrize(
    "f", [WAVY, ELU, X**3 * exp(-(X**2) / 3 + X - 1), 2**X * sympy.sinh(X), sin(X) * cos(2 * X)], ids=str
)
def test_exponential_terms_rebuild_the_function(f: Expr) -> None:
    for piece in segments(f):
        terms = exponential_terms(piece.expression)
        assert terms is not None
        rebuilt = sum(
            sum(c * X**k for k, c in enumerate(t.coefficients)) * exp(t.linear * X + t.quadratic * X**2) for t in terms
        )
        at = Rational(3, 7)
        assert abs(sympy.N((rebuilt - piece.expression).subs(X, at), 30)) < 1e-25


@pytest.mark.parametrize("f", [tanh(X), exp(X**3), 1 / X, sqrt(X), X ** Rational(5, 2)], ids=str)
def test_other_functions_are_not_exponential_polynomials(f: Expr) -> None:
    assert exponential_terms(f) is None


def test_mirrored_pieces_are_those_of_the_mirrored_function() -> None:
    assert mirrored(segments(WAVY)) == segments(WAVY.subs(X, -X))


def test_growth_of_pieces_bounds_every_piece() -> None:
    bound = growth_of(segments(WAVY))
    assert bound.scale >= 1
    assert bound.rate <= arb("0.5")


def test_intervals_follow_the_order_of_the_breakpoints() -> None:
    before = intervals((1, 2), {(0, 0): True, (0, 1): True})
    between = intervals((1, 2), {(0, 0): False, (0, 1): True})
    assert [(0, 0), (1, 0), (1, 1), (1, 2)] == [(cell.first, cell.second) for cell in before]
    assert [(0, 0), (0, 1), (1, 1), (1, 2)] == [(cell.first, cell.second) for cell in between]


def test_gaps_of_equal_breakpoints_are_exactly_zero() -> None:
    assert 0 == sign_of_gap(gap(sqrt(2), S(1), S(2), S(1)))
    assert 1 == sign_of_gap(gap(S(1), S(1), S(1), S(2)))
    assert (-1, S.One) == breakpoints(segments(HARD_TANH))


NUMBER = st.fractions(-2, 2, max_denominator=6).map(lambda q: Rational(q.numerator, q.denominator))


@st.composite
def activations(draw: st.DrawFn) -> Expr:
    """Random functions with up to three pieces, polynomial times exponential."""
    points = sorted(set(draw(st.lists(NUMBER, min_size=0, max_size=2))))
    pieces = [
        sum((draw(NUMBER) * X**k for k in range(draw(st.integers(1, 3)))), S.Zero) * exp(draw(NUMBER) * X / 2)
        for _ in range(len(points) + 1)
    ]
    branches = [(piece, X < point) for piece, point in zip(pieces, points, strict=False)]
    return Piecewise(*branches, (pieces[-1], True))


@settings(max_examples=12, deadline=None)
@given(activations(), activations(), st.fractions("-39/40", "39/40", max_denominator=40))
def test_random_pairs_agree_on_both_routes(f: Expr, g: Expr, rho: Rational) -> None:
    point = Rational(rho.numerator, rho.denominator)
    rotated = piecewise_expectation(f, g, point, (S.One, S(2)), 40)
    conditional = conditional_expectation(f, g, point, (S.One, S(2)), 40)
    assert rotated.overlaps(conditional)
    assert rotated.rad() < arb(2) ** -30


@settings(max_examples=10, deadline=None)
@given(activations())
def test_random_means_agree_with_the_pair_at_correlation_one(f: Expr) -> None:
    assert enclose_mean(f * f, bits=50).overlaps(enclose_pair(f, f, 1, bits=50))
