"""Members of the class S of hayou2020 that proposition 2 does not fit: the kink of ELU's φ′, and sin at one variance."""

from __future__ import annotations

from sympy import (
    Derivative,
    Expr,
    FiniteSet,
    Integer,
    Interval,
    Piecewise,
    Rational,
    S,
    Symbol,
    atanh,
    cos,
    diff,
    exp,
    oo,
    pi,
    sin,
    sqrt,
    symbols,
)

from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    And,
    BallIdentityAtRandomPoints,
    BallLimit,
    CertifiedWitness,
    Claim,
    DerivedQuantity,
    Equal,
    HighPrecisionAtPoints,
    NotEqual,
    SeriesAt,
    SeriesCheck,
    Verdict,
    covariance,
    derived,
    sampled,
)
from symntk.depth.parabolic import edge_rate
from symntk.notation import RHO, X

ELU_SLOPE = Piecewise((1, X > 0), (exp(X), True))
ELU_BEND = Piecewise((0, X > 0), (exp(X), True))
SECOND, THIRD = symbols("f_2 f_3", positive=True)
SPECIAL = Symbol("q", positive=True)


def share(slope: Expr, first: Expr) -> Expr:
    """σ_w² E gg on the edge of chaos at q = 1, for g with E φ′(u)² given."""
    return derived(covariance(slope) / covariance(first, rho=1))


def sine_log(q: Expr) -> Expr:
    """(3 − 2f‴(1)/f″(1)²)/9 for sin on the edge of chaos at the variance q."""
    first, second, third = (covariance(g, rho=1, q1=q, q2=q) for g in (cos(X), sin(X), cos(X)))
    return derived((3 - 2 * (q**2 * third / first) / (q * second / first) ** 2) / 9)


def log_factor() -> Expr:
    """The factor of log(L)/L in K^L/(Lq) for every smooth φ, in its letters."""
    found = edge_rate(activation("erf"), S.One, 2).ntk.coefficient(-1, 1)
    return found.subs({symbol: {"f_2": SECOND, "f_3": THIRD}[str(symbol)] for symbol in found.free_symbols})


THIRD_DERIVATIVE = sqrt(1 - RHO**2) * diff(share(ELU_BEND, ELU_SLOPE), RHO)
"""√(1 − x²)·f‴(x) for ELU at q = 1."""
KINK = -2 * sqrt(2) / (15 * pi) / derived(covariance(ELU_SLOPE, rho=1))
"""The coefficient of (1 − x)^{5/2} in f, which is there as φ″ jumps by 1."""
AT_ONE = -KINK * 15 * sqrt(2) / 8
FINITE_PART = next(p.value for p in edge_rate(activation("elu"), S.One, 3).parameters if str(p.symbol) == "f_3")
VANISHING = atanh(sqrt(Rational(2, 3)))
ON_EDGE = ("ELU, which the paper counts to S, on the EOC at q = 1",)

INSIDE = {RHO: Interval.open(-1, 1)}
TWICE = {"q1": 2, "q2": 2}

CLAIMS = (
    Claim(
        id="hayou2020/proposition2/second-derivative",
        where="proposition 2, proof, class S",
        printed=r"f''(x) = \sigma_w^2 q \mathbb{E}[\phi''(\sqrt{q} Z_1) \phi''(\sqrt{q} U_2(x))]",
        assumptions=("ELU at q = 1 and 2, both sides over σ_w²; f' is σ_w² E φ′φ′",),
        statement=And(
            (
                Equal(Derivative(derived(covariance(ELU_SLOPE)), RHO), covariance(ELU_BEND), on=INSIDE),
                Equal(
                    Derivative(derived(covariance(ELU_SLOPE, **TWICE)), RHO),
                    2 * covariance(ELU_BEND, **TWICE),
                    on=INSIDE,
                ),
            )
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="hayou2020/proposition2/third-derivative",
        where="proposition 2, proof, class S",
        printed=r"\text{there exists } g_3 \in C^\infty \text{ such that } "
        r"f^{(3)}(x) = \frac{1}{\sqrt{1 - x^2}} g_3(x)",
        assumptions=(*ON_EDGE, "g_3 up to x = 1, for which it is used: g_3(x) = g_3(1) + O(1 − x)"),
        statement=SeriesAt(THIRD_DERIVATIVE, AT_ONE, variable=RHO, order=Integer(1)),
        checks=(SeriesCheck(), BallLimit()),
        expected=Verdict.REFUTED,
        kind="error",
        note="g_3 is a power series in √(1 − x), so the expansion in t = √(1 − x) below survives.",
        corrected=Claim(
            id="hayou2020/proposition2/third-derivative/corrected",
            where="proposition 2, proof, class S",
            printed=r"\sqrt{1 - x^2} f^{(3)}(x) = g_0 + g_1 \sqrt{1 - x} + O(1 - x), \quad g_1 \neq 0",
            assumptions=ON_EDGE,
            statement=SeriesAt(
                THIRD_DERIVATIVE, AT_ONE + sqrt(2) * FINITE_PART * sqrt(1 - RHO), variable=RHO, order=Integer(1)
            ),
            checks=(SeriesCheck(), BallLimit()),
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/proposition2/smooth-lower-bound",
        where="proposition 2, second item",
        printed=r"\text{If } \phi \text{ is in } \mathcal{S} ... \text{ there exist } B, C, \lambda \in (0, 1) "
        r"\text{ such that } \frac{B \log(L)}{L} \leq |\frac{K^L(x,x')}{L} - q\lambda| \leq \frac{C \log(L)}{L}",
        assumptions=(
            "sin, which is in S, on the EOC at three variances q, where σ_b² = q − tanh q > 0; one pair",
            "read as: log(L)/L has a factor ≠ 0 in K^L/(Lq)",
        ),
        statement=NotEqual(sine_log(SPECIAL), S.Zero, on={SPECIAL: FiniteSet(1, VANISHING, 2)}),
        checks=(CertifiedWitness({SPECIAL: VANISHING}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="f‴(1)/f″(1)² = 1/tanh² q, which passes 3/2; there K^L/(Lq) = 1/3 + O(1/L).",
        corrected=Claim(
            id="hayou2020/proposition2/smooth-lower-bound/corrected",
            where="proposition 2, second item",
            printed=r"\frac{K^L(x,x')}{L} = q(\frac{1}{3} + \frac{\kappa}{6} \frac{\log(L)}{L} + O(L^{-1})), "
            r"\quad \frac{\kappa}{6} = \frac{1}{9} (3 - \frac{2 f^{(3)}(1)}{f''(1)^2}) "
            r"\text{ for smooth } \phi",
            assumptions=("f_2 = f''(1), f_3 = f‴(1); κ = 2(1 − ζ/α²), α = f_2/2, ζ = f_3/6",),
            statement=Equal(
                (1 - THIRD / 6 / (SECOND / 2) ** 2) / 3,
                (3 - 2 * THIRD / SECOND**2) / 9,
                on=dict.fromkeys((SECOND, THIRD), Interval.open(0, oo)),
            ),
            checks=(DerivedQuantity(log_factor, "exact expansion in the depth"), BallIdentityAtRandomPoints()),
            expected=Verdict.PROVED,
            note="So the bound holds from some L on if 2f_3 ≠ 3f_2².",
        ),
    ),
)
