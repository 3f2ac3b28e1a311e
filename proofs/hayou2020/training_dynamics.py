"""Training in function space in hayou2020: equations 3, 8 and 9, and lemma 1 on when the training error vanishes."""

from __future__ import annotations

from sympy import Derivative, Expr, FiniteSet, Integer, Interval, Limit, Range, S, Symbol, cos, diff, exp, oo, sin

from symntk.claims import (
    IDENTITY,
    And,
    CertifiedWitness,
    Claim,
    Equal,
    HighPrecisionAtPoints,
    LessThan,
    Method,
    NotEqual,
    Route,
    Statement,
    Verdict,
    sampled,
)
from symntk.claims.checks import Finding, refuted, supported, unknown
from symntk.claims.pointwise import witness_at
from symntk.numbers.ball import enclose
from symntk.numbers.identity import prove_zero

TIME, EIGENVALUE = Symbol("t", nonnegative=True), Symbol("d", positive=True)
START, TARGET, OUTSIDE, LOADING = (Symbol(name, real=True) for name in ("f_0", "y", "g_0", "k"))
"""Coordinates along one eigenvector of K̂: f₀(X), Y and K(x, X); g₀ = f₀(x)."""
COUNT = Symbol("N", integer=True, positive=True)
SIZE = Symbol("m", integer=True, positive=True)
"""oN."""
ANGLE = Symbol("theta", nonnegative=True)
REALS = Interval(-oo, oo)
COORDINATES = {TIME: Interval(0, oo), START: REALS, TARGET: REALS, COUNT: S.Naturals}
POSITIVE = {**COORDINATES, EIGENVALUE: Interval.open(0, oo)}
BESIDE = {OUTSIDE: REALS, LOADING: REALS}

ZERO_EIGENVALUE = OUTSIDE + LOADING * TIME / COUNT * (TARGET - START)
"""What the dynamics give at x along an eigenvector of eigenvalue 0, where f_t(X) stays at f₀(X)."""
RATE_THERE = -LOADING / COUNT * (START - TARGET)
RESTING = {**COORDINATES, **BESIDE}

WEIGHTS = (Symbol("a", real=True), Symbol("b", real=True))
INPUTS, LABELS = (Integer(1), Integer(2)), (Integer(0), Integer(3))
NEW_INPUT = Symbol("x", real=True)


def decayed(eigenvalue: Expr) -> Expr:
    """A coordinate of f_t(X) by eq. 8."""
    shrink = exp(-eigenvalue * TIME / COUNT)
    return shrink * START + (1 - shrink) * TARGET


def generalised(eigenvalue: Expr) -> Expr:
    """What an eigenvector adds to f_t(x) by eq. 9."""
    return OUTSIDE + LOADING / eigenvalue * (1 - exp(-eigenvalue * TIME / COUNT)) * (TARGET - START)


def network(value: Expr) -> Expr:
    """A net of two layers of width 1."""
    a, b = WEIGHTS
    return b * sin(a * value)


def gradient(function: Expr) -> list[Expr]:
    """∇_θ."""
    return [diff(function, w) for w in WEIGHTS]


def inner(left: list[Expr], right: list[Expr]) -> Expr:
    """The product of two gradients."""
    return sum((u * v for u, v in zip(left, right, strict=True)), S.Zero)


LOSS = sum(((network(x) - y) ** 2 / 2 for x, y in zip(INPUTS, LABELS, strict=True)), S.Zero) / len(INPUTS)
SLOPES = [network(x) - y for x, y in zip(INPUTS, LABELS, strict=True)]
MOVED = inner(gradient(network(NEW_INPUT)), [-g for g in gradient(LOSS)])
TANGENT = -sum(
    (inner(gradient(network(NEW_INPUT)), gradient(network(x))) * s for x, s in zip(INPUTS, SLOPES, strict=True)),
    S.Zero,
) / len(INPUTS)

ERROR = cos(ANGLE) ** 2 * exp(-TIME) + sin(ANGLE) ** 2
"""‖f_t(X) − Y‖² for N = 2, o = 1, K̂ = diag(1, 0) and f₀(X) − Y = (cos θ, sin θ)."""
FIRST_PART, KERNEL_PART = Symbol("u", real=True), Symbol("v", real=True)
TURNED = (
    cos(ANGLE) * FIRST_PART - sin(ANGLE) * KERNEL_PART,
    sin(ANGLE) * FIRST_PART + cos(ANGLE) * KERNEL_PART,
)


def by_substitution(statement: Statement) -> Finding:
    """Looks whether a function that is said to solve no dynamics does solve them, at every value of the symbols."""
    if not isinstance(statement, NotEqual):
        return unknown("this route reads ≠")
    if prove_zero((statement.lhs - statement.rhs).doit()):
        return refuted("the two sides are identical", witness_at({}, enclose(S.Zero, bits=64)))
    return supported("the two sides are not identical")


CLAIMS = (
    Claim(
        id="hayou2020/section3/function-dynamics",
        where="eq. 3 and the display above it",
        printed=r"df_t(x) = \nabla_\theta f(x, \theta_t) d\theta_t = -\frac{1}{N} \nabla_\theta f(x, \theta_t) "
        r"\nabla_\theta f(\mathcal{X}, \theta_t)^T \nabla_z \ell(f_t(\mathcal{X}), \mathcal{Y}) dt",
        assumptions=("a net b·sin(ax) with θ = (a, b), two data points and the quadratic loss",),
        statement=Equal(MOVED, TANGENT, on=dict.fromkeys((*WEIGHTS, NEW_INPUT), REALS)),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="hayou2020/section3/solution-on-data",
        where="eq. 8",
        printed=r"f_t(\mathcal{X}) = e^{-\frac{1}{N} \hat{K}^L t} f_0(\mathcal{X}) "
        r"+ (I - e^{-\frac{1}{N} \hat{K}^L t}) \mathcal{Y}",
        assumptions=("in a coordinate along an eigenvector of the symmetric K̂, of eigenvalue d",),
        statement=And(
            (
                Equal(
                    Derivative(decayed(EIGENVALUE), TIME),
                    -EIGENVALUE / COUNT * (decayed(EIGENVALUE) - TARGET),
                    on=POSITIVE,
                ),
                Equal(decayed(S.Zero), START, on=COORDINATES),
                Equal(decayed(EIGENVALUE).subs(TIME, 0), START, on=POSITIVE | {TIME: FiniteSet(0)}),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2020/section3/solution-elsewhere",
        where="eq. 9",
        printed=r"f_t(x) = f_0(x) + K^L(x, \mathcal{X}) K^L(\mathcal{X}, \mathcal{X})^{-1} "
        r"(I - e^{-\frac{1}{N} \hat{K}^L t}) (\mathcal{Y} - f_0(\mathcal{X}))",
        assumptions=("in a coordinate along an eigenvector of K̂, of eigenvalue d > 0",),
        statement=Equal(
            Derivative(generalised(EIGENVALUE), TIME),
            -LOADING / COUNT * (decayed(EIGENVALUE) - TARGET),
            on=POSITIVE | BESIDE,
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2020/section3/defined-only-if-invertible",
        where="below eq. 9",
        printed=r"\text{in order for } f_t(x) \text{ to be defined, } \hat{K}^L \text{ must be invertible}",
        assumptions=("read along an eigenvector of eigenvalue 0: the dynamics 6 have no solution g_t there",),
        statement=NotEqual(Derivative(ZERO_EIGENVALUE, TIME), RATE_THERE, on=RESTING),
        checks=(
            CertifiedWitness({TIME: 1, START: 0, TARGET: 1, COUNT: 1, OUTSIDE: 0, LOADING: 1}),
            Route("substitution", Method.ALGEBRA, by_substitution),
        ),
        expected=Verdict.REFUTED,
        kind="error",
        note="(1 − e^{−dt/N})/d tends to t/N as d → 0; only the way eq. 9 is written asks for an inverse. "
        "For an NTK, k = 0 along such an eigenvector.",
        corrected=Claim(
            id="hayou2020/section3/defined-only-if-invertible/corrected",
            where="below eq. 9",
            printed=r"f_t(x) \text{ is defined for every } \hat{K}^L; "
            r"\text{ an eigenvector of eigenvalue } 0 \text{ adds } K^L(x, \mathcal{X}) \frac{t}{N} (Y - f_0(X))",
            statement=And(
                (
                    Equal(Derivative(ZERO_EIGENVALUE, TIME), RATE_THERE, on=RESTING),
                    Equal(ZERO_EIGENVALUE.subs(TIME, 0), OUTSIDE, on=RESTING | {TIME: FiniteSet(0)}),
                )
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/lemma1/singular-kernel",
        where="lemma 1, both parts",
        printed=r"\text{Assume } f_0(\mathcal{X}) \neq \mathcal{Y}. ... \|f_t(\mathcal{X}) - \mathcal{Y}\| "
        r"\text{ converges to } 0 \text{ as } t \to \infty \text{ if and only if } \hat{K}^L \text{ is non-singular. "
        r"Moreover, if } \hat{K}^L \text{ is singular, there exists a constant } C > 0 \text{ such that for all } t > 0, "
        r"\|f_t(\mathcal{X}) - \mathcal{Y}\| \geq C",
        assumptions=("N = 2, o = 1, K̂ = diag(1, 0), f₀(X) − Y = (cos θ, sin θ) ≠ 0",),
        statement=LessThan(S.Zero, Limit(ERROR, TIME, oo), on={ANGLE: Interval(0, 1)}),
        checks=(CertifiedWitness({ANGLE: 0}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="The proof takes |(Z_0)_j| for C, which is 0 where f₀(X) − Y has no part in the kernel of K̂.",
        corrected=Claim(
            id="hayou2020/lemma1/singular-kernel/corrected",
            where="lemma 1, both parts",
            printed=r"\lim_{t \to \infty} \|f_t(\mathcal{X}) - \mathcal{Y}\| = \|P(f_0(\mathcal{X}) - \mathcal{Y})\| "
            r"\text{ with the projection } P \text{ onto the kernel of } \hat{K}^L",
            assumptions=("a part u in an eigenspace of eigenvalue d > 0 and a part v in the kernel",),
            statement=Equal(
                Limit(FIRST_PART**2 * exp(-2 * EIGENVALUE * TIME / COUNT) + KERNEL_PART**2, TIME, oo),
                KERNEL_PART**2,
                on={FIRST_PART: REALS, KERNEL_PART: REALS, EIGENVALUE: Interval.open(0, oo), COUNT: S.Naturals},
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="So it converges to 0 for every f₀(X) if and only if K̂ is non-singular.",
        ),
    ),
    Claim(
        id="hayou2020/lemma1/spectral-exponential",
        where="lemma 1, proof",
        printed=r"e^{-\frac{1}{N} \hat{K}^L t} = Q^T e^{-\frac{1}{N} D t} Q "
        r"= Q^T \mathrm{Diag}(e^{-d_i t})_{1 \leq i \leq oN} Q",
        assumptions=("one diagonal entry; the 1/N is there, as a lost sign, in the first two exponents only",),
        statement=Equal(
            exp(-EIGENVALUE * TIME / COUNT),
            exp(-EIGENVALUE * TIME),
            on={EIGENVALUE: Interval.open(0, oo), TIME: Interval(0, oo), COUNT: S.Naturals},
        ),
        checks=(CertifiedWitness({EIGENVALUE: 1, TIME: 1, COUNT: 2}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="hayou2020/lemma1/spectral-exponential/corrected",
            where="lemma 1, proof",
            printed=r"e^{-\frac{1}{N} \hat{K}^L t} = Q^T \mathrm{Diag}(e^{-d_i t/N})_{1 \leq i \leq oN} Q",
            assumptions=("the derivative in t, in one diagonal entry",),
            statement=Equal(
                Derivative(exp(-EIGENVALUE * TIME / COUNT), TIME),
                -EIGENVALUE / COUNT * exp(-EIGENVALUE * TIME / COUNT),
                on={EIGENVALUE: Interval.open(0, oo), TIME: Interval(0, oo), COUNT: S.Naturals},
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/lemma1/turned-error",
        where="lemma 1, proof",
        printed=r"\text{Let } Z_t = Q(f_t(\mathcal{X}) - \mathcal{Y})Q^T",
        assumptions=("a product asks for as many columns on the left, 1, as rows on the right, m = oN",),
        statement=Equal(S.One, SIZE, on={SIZE: Range(1, 5)}),
        checks=(CertifiedWitness({SIZE: 2}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="f_t(X) − Y is a vector, so Z_t = Q(f_t(X) − Y), which is also what the norm below needs.",
        corrected=Claim(
            id="hayou2020/lemma1/turned-error/corrected",
            where="lemma 1, proof",
            printed=r"Z_t = Q(f_t(\mathcal{X}) - \mathcal{Y}), \quad "
            r"\|f_t(\mathcal{X}) - \mathcal{Y}\| = \|Z_t\| \geq |(Z_t)_j| = |(Z_0)_j|",
            assumptions=("rotations of the plane, for the equation of norms",),
            statement=Equal(
                TURNED[0] ** 2 + TURNED[1] ** 2,
                FIRST_PART**2 + KERNEL_PART**2,
                on={ANGLE: Interval(0, 7), FIRST_PART: REALS, KERNEL_PART: REALS},
            ),
            checks=sampled(*IDENTITY),
            expected=Verdict.SUPPORTED,
        ),
    ),
)
