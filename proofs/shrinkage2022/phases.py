"""Observation 1 and the three regimes of shrinkage2022: fixed points of the correlation map and their attraction."""

from __future__ import annotations

from functools import partial

from mpmath import mp
from sympy import Derivative, Expr, Interval, Max, Mul, Rational, S, Tuple, erf, sqrt

from symntk.activations.activation import Activation
from symntk.claims import (
    INEQUALITY,
    And,
    AtMost,
    BallIdentityAtRandomPoints,
    BallLimit,
    BallOnDomain,
    Claim,
    Each,
    Equal,
    Exists,
    ForAll,
    HighPrecisionAtPoints,
    LessThan,
    Method,
    NotEqual,
    Route,
    SeriesAt,
    SeriesCheck,
    SignChange,
    Statement,
    Verdict,
    covariance,
    derived,
    sampled,
)
from symntk.claims.checks import Finding, doubted, supported, unknown
from symntk.expansions.endpoint import expand
from symntk.notation import RHO, X
from symntk.numbers.multiprecision import evaluate

IDENTITY_FUNCTION = Mul(1, X, evaluate=False)
"""x, kept from becoming sympy's IdentityFunction, whose assumptions cannot be asked."""

RELU = Max(X, 0)
LEAKY = X / 2 + RELU / 2
ERF = erf(X)
CUBE = X**3 - 3 * X
NONLINEAR = (RELU, LEAKY, ERF)
CRITICAL = (RELU, LEAKY)
HALF_OPEN = {RHO: Interval.Ropen(0, 1)}
INSIDE = {RHO: Interval.open(0, 1)}
CHAOTIC_BIAS = Rational(1, 20)
BRACKET = {RHO: Interval(Rational(1, 2), Rational(7, 10))}


def correlation_map(function: Expr, bias: Expr | int = 0) -> Expr:
    """Eq. 2.3 in closed form, with σ_w = 1 and σ_b² = bias: only the ratio of the two matters."""
    return derived((bias + covariance(function)) / (bias + covariance(function, rho=1)))


def slope(function: Expr, bias: Expr | int = 0) -> Expr:
    """P′(ρ)."""
    return derived(Derivative(correlation_map(function, bias), RHO))


def slope_at_one(function: Expr, bias: Expr | int = 0) -> Expr:
    """P′(1)."""
    return slope(function, bias).subs(RHO, 1)


def moves(function: Expr) -> Statement:
    """P has no fixed point in (0, 1), at σ_b = 0: what attraction of one fixed point requires there."""
    return NotEqual(correlation_map(function), RHO, on=INSIDE)


def increases(function: Expr) -> Statement:
    """ρ < P(ρ) below 1, at σ_b = 0: for an increasing P this is the same as ρ_l → 1 from every start."""
    return LessThan(RHO, correlation_map(function), on=HALF_OPEN)


def contracts(case: Tuple) -> Statement:
    """1 − P(ρ) ≤ P′(1)(1 − ρ), so that 1 − ρ_l ≤ P′(1)^l(1 − ρ_0), in an ordered initialisation."""
    function, bias = case
    rate = slope_at_one(function, bias)
    return And(
        (
            LessThan(rate, S.One),
            AtMost(1 - correlation_map(function, bias), rate * (1 - RHO), on={RHO: Interval(-1, 1)}),
        )
    )


def attracted(case: Tuple) -> Statement:
    """P′(p) < 1 and, as footnote 5 concludes, P brings ρ closer to p; then P(p) = p by continuity."""
    function, bias, point, near = case
    side = 1 if near.start == point else -1
    image = correlation_map(function, bias)
    return And(
        (
            LessThan(slope(function, bias).subs(RHO, point), S.One),
            LessThan(image - point, side * (RHO - point), on={RHO: near}),
            LessThan(point - image, side * (RHO - point), on={RHO: near}),
        )
    )


def iterated_map(function: Expr, bias: Expr | int, depth: int) -> Expr:
    """P∘…∘P, `depth` times."""
    image = found = correlation_map(function, bias)
    for _ in range(depth - 1):
        found = image.subs(RHO, found)
    return found


def linearised(function: Expr, bias: Expr | int, depth: int) -> Statement:
    """1 − ρ_l = P′(1)^l(1 − ρ_0) + o(1 − ρ_0), the error being of order (1 − ρ_0)^{3/2} at worst."""
    return SeriesAt(
        1 - iterated_map(function, bias, depth),
        slope_at_one(function, bias) ** depth * (1 - RHO),
        variable=RHO,
        order=Rational(3, 2),
    )


def deficit_terms(function: Expr, bias: Expr | int, depth: int):
    """Our expansion of 1 − ρ_l; for an odd activation a bias σ_b² is the constant σ_b added to the activation."""
    shifted = function + sqrt(bias)
    for term in expand(Activation(name=str(shifted), expression=shifted), terms=4, depth=depth).terms:
        yield term.exponent, (1 if term.exponent == 0 else 0) - term.coefficient


LINEARISED = ((RELU, S.Zero, 1), (RELU, S.Zero, 4), (ERF, S.Zero, 3), (ERF, Rational(1, 4), 2))


def root_in_bracket(statement: Statement) -> Finding:
    """Newton's method from the middle of the bracket."""
    relation = statement.relation
    gap, interval = relation.lhs - relation.rhs, relation.on[RHO]
    place = (interval.start + interval.end) / 2
    for _ in range(6):
        slope_here = gap.diff(RHO).subs(RHO, place)
        if slope_here == 0:
            return unknown("the slope vanishes on the way")
        place = Rational(mp.nstr(evaluate(place - gap.subs(RHO, place) / slope_here, digits=40), 40))
    if interval.contains(place) == S.true and abs(evaluate(gap.subs(RHO, place), digits=40)) < 1e-30:
        return supported(f"a root near {float(place):.6f}")
    return doubted(f"no root in {interval}")


CLAIMS = (
    Claim(
        id="shrinkage2022/section2/observation1_convex",
        where="observation 1 (line 91)",
        printed=r"P \text{ is non-decreasing and convex on } [0,1]",
        statement=ForAll(
            (Tuple(RELU, 0), Tuple(LEAKY, 1), Tuple(ERF, 0), Tuple(CUBE, 1)),
            lambda case: And(
                (
                    AtMost(0, slope(*case), on=HALF_OPEN),
                    AtMost(0, derived(Derivative(correlation_map(*case), (RHO, 2))), on=HALF_OPEN),
                )
            ),
        ),
        checks=INEQUALITY,
        expected=Verdict.SUPPORTED,
        note="For the four activations named; the Hermite form, eq. 2.4, gives it for all.",
    ),
    Claim(
        id="shrinkage2022/section2/observation1_fixed_point",
        where="observation 1 (line 91), footnote 5",
        printed=r"\text{This implies existence and uniqueness of an attracting (stable) fixed point of } P",
        statement=ForAll((IDENTITY_FUNCTION, *NONLINEAR), moves),
        checks=(BallIdentityAtRandomPoints(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        corrected=Claim(
            id="shrinkage2022/section2/observation1_fixed_point/corrected",
            where="observation 1 (line 91), footnote 5",
            printed=r"\text{unless } P(\rho) = \rho \text{, that is, unless } \phi(x) = cx \text{ and } \sigma_b = 0",
            statement=ForAll(NONLINEAR, moves),
            checks=(BallOnDomain(), HighPrecisionAtPoints()),
            expected=Verdict.SUPPORTED,
        ),
        note=(
            "φ(x) = x with σ_b = 0, which the paper itself uses at the first layer, has P(ρ) = ρ: "
            "every point is fixed, none attracts."
        ),
    ),
    Claim(
        id="shrinkage2022/section2/footnote5_sufficient",
        where="footnote 5 (line 99)",
        printed=r"\text{A sufficient condition for the latter is } P'(\rho_{\mathrm{fp}}) < 1",
        statement=ForAll(
            (
                Tuple(ERF - X / 2, 0, 0, Interval.Lopen(0, Rational(1, 10))),
                Tuple(CUBE, 0, 0, Interval.Lopen(0, Rational(1, 2))),
                Tuple(RELU, 1, 1, HALF_OPEN[RHO]),
                Tuple(ERF, 1, 1, HALF_OPEN[RHO]),
            ),
            attracted,
        ),
        checks=INEQUALITY,
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="shrinkage2022/section2/linearised",
        where="after observation 1 (line 101)",
        printed=r"\text{For } \rho_0\approx 1 \text{ we have } 1-\rho_l \approx P'(1)^l(1-\rho_0)",
        statement=And(tuple(linearised(*case) for case in LINEARISED)),
        checks=sampled(Each(tuple(SeriesCheck(partial(deficit_terms, *case)) for case in LINEARISED)), BallLimit()),
        expected=Verdict.SUPPORTED,
        note="At a fixed depth l and for a finite P′(1); not uniform in l.",
    ),
    Claim(
        id="shrinkage2022/section2/ordered",
        where="section 2.2, ordered initialization (line 103)",
        printed=(
            r"P'(1)<1: \rho_{\mathrm{fp}} = 1 \text{ is stable and } \rho_l\to 1 \text{ exponentially quickly with } l"
        ),
        statement=ForAll((Tuple(RELU, 1), Tuple(LEAKY, Rational(1, 10)), Tuple(ERF, Rational(1, 4))), contracts),
        checks=INEQUALITY,
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="shrinkage2022/section2/critical",
        where="section 2.2, critical initialization (line 104)",
        printed=(
            r"P'(1)=1: \rho_{\mathrm{fp}} = 1 \text{ is stable and } \rho_l\to 1 \text{ polynomially quickly with } l"
        ),
        statement=ForAll((IDENTITY_FUNCTION, *CRITICAL), increases),
        checks=(BallIdentityAtRandomPoints(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        corrected=Claim(
            id="shrinkage2022/section2/critical/corrected",
            where="section 2.2, critical initialization (line 104)",
            printed=r"P'(1)=1,\ \phi \text{ not linear}: \rho_{\mathrm{fp}} = 1 \text{ is stable and } \rho_l\to 1",
            statement=ForAll(CRITICAL, increases),
            checks=(BallOnDomain(), HighPrecisionAtPoints()),
            expected=Verdict.SUPPORTED,
        ),
        note="φ(x) = x with σ_b = 0 has P′(1) = 1 and ρ_l = ρ_0 for all l. The rates are claims of section 5.",
    ),
    Claim(
        id="shrinkage2022/section2/chaotic",
        where="section 2.2, chaotic initialization (line 105)",
        printed=r"P'(1)>1: \text{there exists another fixed point } \rho_{\mathrm{fp}}<1,\ P'(\rho_{\mathrm{fp}})<1",
        statement=And(
            (
                LessThan(S.One, slope_at_one(ERF, CHAOTIC_BIAS)),
                Exists(Equal(correlation_map(ERF, CHAOTIC_BIAS), RHO, on=BRACKET)),
                LessThan(slope(ERF, CHAOTIC_BIAS), S.One, on=BRACKET),
            )
        ),
        checks=sampled(
            Each((BallOnDomain(), SignChange(), BallOnDomain())),
            Each(
                (
                    HighPrecisionAtPoints(),
                    Route("Newton's method", Method.HIGH_PRECISION, root_in_bracket),
                    HighPrecisionAtPoints(),
                )
            ),
        ),
        expected=Verdict.SUPPORTED,
        note="For erf at σ_b² = σ_w²/20: a root of P(ρ) = ρ in [1/2, 7/10], and P′ < 1 on all of it.",
    ),
)
