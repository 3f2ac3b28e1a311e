"""Appendix C of hayou2020: the path of lemma 5 with its weak form, and the assumption c¹ ≥ 0."""

from __future__ import annotations

from sympy import (
    Abs,
    Derivative,
    Expr,
    Heaviside,
    Interval,
    Rational,
    S,
    Symbol,
    asin,
    diff,
    exp,
    oo,
    pi,
    sin,
    sqrt,
)

from symntk.claims import (
    IDENTITY,
    And,
    AtMost,
    Claim,
    Equal,
    Exists,
    ForAll,
    Method,
    Route,
    Statement,
    Verdict,
    Witness,
    covariance,
    expectation,
    sampled,
)
from symntk.claims.checks import Finding, doubted, refuted, supported, unknown
from symntk.notation import RHO, X
from symntk.numbers.ball import enclose

POSITIVE, REALS = Interval.open(0, oo), Interval(-oo, oo)
T, PATH = Symbol("t", positive=True), Symbol("u", nonnegative=True)
X1, X2, Y1, Y2 = (Symbol(name, real=True) for name in ("x_1", "x_2", "y_1", "y_2"))
FIRST = tuple(Symbol(f"a_{name}", positive=True) for name in ("11", "12", "22"))
SECOND = tuple(Symbol(f"b_{name}", positive=True) for name in ("11", "12", "22"))
"""Covariances of X and of Y, two independent Gaussian vectors of dimension 2."""
A, B = Symbol("a", positive=True), Symbol("b", positive=True)
"""Variances of X and Y in dimension 1."""
SCALE, BIAS, WEIGHT, OVERLAP = (Symbol(name, positive=True) for name in ("s", "sigma_b", "sigma_w", "r"))
"""−r is x·x′/d before the inputs are multiplied by s."""
STEP = Heaviside(-X)
FUNCTIONS = (X1**2 * X2, X1 * X2**3, sin(X1) * X2, exp(X1 + X2))
MONOMIALS = ((2, 2), (3, 1), (4, 2), (1, 5))


def along_path(function: Expr) -> Equal:
    """d/dt g(tX + √(1−t²)Y) against Σ (X_i − t/√(1−t²) Y_i) ∂_i g."""
    root = sqrt(1 - T**2)
    moved = {X1: T * X1 + root * Y1, X2: T * X2 + root * Y2}
    right = sum(
        ((x - T / root * y) * diff(function, x).subs(moved, simultaneous=True) for x, y in ((X1, Y1), (X2, Y2))),
        S.Zero,
    )
    left = Derivative(function.subs(moved, simultaneous=True), T)
    return Equal(left, right, on={T: Interval.open(0, 1), **dict.fromkeys((X1, X2, Y1, Y2), REALS)})


def moment(powers: tuple[int, int], c: tuple[Expr, Expr, Expr]) -> Expr:
    """E x₁ᵐx₂ⁿ for a centred Gaussian vector, by removing one factor at a time."""
    m, n = powers
    if m < 0 or n < 0 or (m + n) % 2:
        return S.Zero
    if m == 0 and n == 0:
        return S.One
    if m == 0:
        return (n - 1) * c[2] * moment((0, n - 2), c)
    return (m - 1) * c[0] * moment((m - 2, n), c) + n * c[1] * moment((m - 1, n - 1), c)


def path_derivative(powers: tuple[int, int]) -> Equal:
    """G′(t) = t Σ (E X_iX_j − E Y_iY_j) E ∂_ij g for a monomial g."""
    m, n = powers
    c11, c12, c22 = (T**2 * a + (1 - T**2) * b for a, b in zip(FIRST, SECOND, strict=True))
    c = (c11, c12, c22)
    bends = (
        m * (m - 1) * moment((m - 2, n), c),
        2 * m * n * moment((m - 1, n - 1), c),
        n * (n - 1) * moment((m, n - 2), c),
    )
    right = T * sum(((a - b) * bend for a, b, bend in zip(FIRST, SECOND, bends, strict=True)), S.Zero)
    on = {T: Interval.open(0, 1), **dict.fromkeys((*FIRST, *SECOND), POSITIVE)}
    return Equal(Derivative(moment(powers, c), T), right, on=on)


def for_no_scale(statement: Statement) -> Finding:
    """Refutes "there is a scale with lhs ≤ rhs" where lhs − rhs is positive by the signs of its symbols."""
    if not isinstance(statement, Exists) or not isinstance(statement.relation, AtMost):
        return unknown("this route reads the existence of a bound")
    gap = statement.relation.lhs - statement.relation.rhs
    if gap.is_positive:
        return refuted("it fails for every s", Witness(point=(("s", "every positive number"),), gap=str(gap)))
    return unknown("the sign is not known")


def at_scales(statement: Statement) -> Finding:
    """Looks at s = 1, 10⁻³, 10⁻⁶ with balls."""
    if not isinstance(statement, Exists) or not isinstance(statement.relation, AtMost):
        return unknown("this route reads the existence of a bound")
    gap = statement.relation.lhs - statement.relation.rhs
    fails = [enclose(gap, {SCALE: Rational(1, 10 ** (3 * n))}, bits=64) > 0 for n in range(3)]
    return doubted("no scale among three") if all(fails) else supported("one of three scales works")


CLAIMS = (
    Claim(
        id="hayou2020/lemma5/path",
        where="lemma 5, proof, second display",
        printed=r"G'(t) = \sum_{i=1}^n \mathbb{E}[(X_i - \frac{t}{\sqrt{1-t^2}} Y_i) "
        r"\frac{\partial g}{\partial x_i}(tX + \sqrt{1-t^2} Y)]",
        assumptions=("n = 2, four functions g, before the mean is taken",),
        statement=ForAll(FUNCTIONS, along_path),
        checks=IDENTITY,
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="hayou2020/lemma5/path-derivative",
        where="lemma 5, proof, last display",
        printed=r"G'(t) = t \sum_{i,j=1}^n (\mathbb{E}[X_i X_j] - \mathbb{E}[Y_i Y_j]) "
        r"\mathbb{E}[\frac{\partial^2 g}{\partial x_i \partial x_j}(tX + \sqrt{1-t^2} Y)]",
        assumptions=("X and Y independent, n = 2, g a monomial x_1^m x_2^n of four kinds",),
        statement=ForAll(MONOMIALS, path_derivative),
        checks=IDENTITY,
        expected=Verdict.SUPPORTED,
        note="With u = 1 − t² the integral over t in [0, 1] is eq. 14.",
    ),
    Claim(
        id="hayou2020/lemma5/distributions",
        where="lemma 5, last sentence",
        printed=r"\text{The result of Lemma 5 is valid when the second derivatives of } g "
        r"\text{ exist only in the distribution sense (e.g. Dirac mass)}",
        assumptions=(
            "g = |x| with g″ = 2δ, where ∫ ((1−u)a + ub)^{−1/2} du = 2/(√a + √b)",
            "g = 1(x_1 ≤ 0)1(x_2 ≤ 0), unit variances, Y independent: ∫ ρ/√(1 − ρ²(1−u)²) du = asin ρ",
        ),
        statement=And(
            (
                Equal(
                    expectation(Abs(X)) * (sqrt(A) - sqrt(B)),
                    (A - B) / sqrt(2 * pi) * 2 / (sqrt(A) + sqrt(B)),
                    on={A: POSITIVE, B: POSITIVE},
                ),
                Equal(covariance(STEP) - covariance(STEP, rho=0), asin(RHO) / (2 * pi), on={RHO: Interval.open(-1, 1)}),
            )
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="hayou2020/appendixC/rescaling",
        where="appendix C, above lemma 6",
        printed=r"\text{Assume } c^1_{x_i,x_j} \geq 0 \text{ for all } i, j \text{ (... in general, we can re-scale the "
        r"input data to satisfy this assumption)}",
        assumptions=("σ_b = 0, as for ReLU on the EOC; x·x'/d = −r < 0, inputs sx, sx': σ_w²s²(−r) ≥ 0 for some s",),
        statement=Exists(AtMost(S.Zero, -2 * SCALE**2, on={SCALE: POSITIVE})),
        checks=(
            Route("signs of the symbols", Method.ALGEBRA, for_no_scale),
            Route("balls at three scales", Method.BALL, at_scales),
        ),
        expected=Verdict.REFUTED,
        kind="error",
        note="Here σ_w² = 2 and r = 1. Without bias c¹ does not depend on the scale.",
        corrected=Claim(
            id="hayou2020/appendixC/rescaling/corrected",
            where="appendix C, above lemma 6",
            printed=r"\text{for } \sigma_b > 0 \text{ and } s^2 = \frac{\sigma_b^2}{\sigma_w^2 r}, "
            r"\ \sigma_b^2 - \sigma_w^2 s^2 r = 0, \text{ and smaller } s \text{ give } c^1 > 0",
            statement=Equal(
                BIAS**2 - WEIGHT**2 * (BIAS**2 / (WEIGHT**2 * OVERLAP)) * OVERLAP,
                S.Zero,
                on=dict.fromkeys((BIAS, WEIGHT, OVERLAP), POSITIVE),
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
)
