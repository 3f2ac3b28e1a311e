"""Derivatives and expansions of the correlation function for the class S in hayou2020 (appendix B, proposition 2)."""

from __future__ import annotations

from itertools import pairwise

from sympy import (
    Derivative,
    Expr,
    Heaviside,
    Integer,
    Interval,
    Max,
    Piecewise,
    Rational,
    S,
    Symbol,
    diff,
    erf,
    exp,
    pi,
    sin,
    sqrt,
)

from symntk.activations.activation import Activation
from symntk.claims import (
    IDENTITY,
    SERIES,
    BallLimit,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    HighPrecisionLimit,
    LessThan,
    Method,
    Prose,
    Route,
    SeriesAt,
    SeriesCheck,
    Statement,
    Verdict,
    covariance,
    derived,
)
from symntk.claims.checks import Finding, doubted, supported, unknown
from symntk.expansions.endpoint import expand
from symntk.notation import GAMMA, RHO, X
from symntk.numbers.ball import enclose

T = Symbol("t", positive=True)
STEP = Heaviside(X)
SINE, ERF = sin(X), erf(X)
"""Two members of S whose duals have closed forms."""
ELU = Piecewise((X, X > 0), (exp(X) - 1, True))
ELU_SLOPE = Piecewise((1, X > 0), (exp(X), True))
ELU_BEND = Piecewise((0, X > 0), (exp(X), True))
SLOPE_OF = {
    Max(X, 0): STEP,
    X / 10 + Max(X, 0) * Rational(9, 10): Rational(1, 10) + STEP * Rational(9, 10),
    ELU: ELU_SLOPE,
}
SLOPE_OF |= {f: diff(f, X) for f in (SINE, ERF)}


def weight(slope: Expr) -> Expr:
    """σ_w² on the edge with stationary variance q = 1: 1/E φ′(Z)²."""
    return 1 / covariance(slope, rho=1)


def correlation(phi: Expr, slope: Expr) -> Expr:
    """f(ρ) on the edge with q = 1, where σ_b² = 1 − σ_w² E φ(Z)²."""
    return 1 - weight(slope) * (covariance(phi, rho=1) - covariance(phi))


def at_one(phi: Expr, order: int) -> Expr:
    """f⁽ʲ⁾(1) = σ_w² E φ⁽ʲ⁾(Z)² for a smooth φ, q = 1."""
    return derived(covariance(diff(phi, X, order), rho=1) * weight(diff(phi, X)))


def toward_one(left: Expr, right: Expr, order: Expr) -> SeriesAt:
    """left = right + O((1 − ρ)^order)."""
    return SeriesAt(left, right, variable=RHO, order=order)


def slope_is_one(phi: Expr) -> SeriesAt:
    """f(1) = f′(1) = 1."""
    return toward_one(correlation(phi, SLOPE_OF[phi]), RHO, Rational(3, 2))


HALF = Rational(1, 2)


def derivative(phi: Expr, order: int, variance: Expr) -> Equal:
    """∂ʲ/∂ρʲ of σ_w² E φ(√q u)φ(√q v)/q at q = 1/2, σ_w = 1; v = q is right, v = 1 is printed."""
    left = Derivative(derived(covariance(phi, q1=HALF, q2=HALF) / HALF), (RHO, order))
    right = HALF ** (order - 1) * covariance(diff(phi, X, order), q1=variance, q2=variance)
    return Equal(left, right, on={RHO: Interval(-1, 1)})


ORDERS = ((SINE, 1), (SINE, 2), (SINE, 3), (ERF, 1), (ERF, 2))
F_SINE = correlation(SINE, SLOPE_OF[SINE])
F_ELU = correlation(ELU, ELU_SLOPE)
ELU_WEIGHT = derived(weight(ELU_SLOPE))
ELU_SECOND = derived(weight(ELU_SLOPE) * covariance(ELU_BEND, rho=1))
"""f″(1) for ELU."""
ELU_SLOPE_MAP = weight(ELU_SLOPE) * covariance(ELU_SLOPE)
FIRST, SECOND, THIRD = (at_one(SINE, k) for k in (1, 2, 3))
BELOW_CUBIC = 1 + (RHO - 1) * FIRST + (RHO - 1) ** 2 / 2 * SECOND
UP_TO_SQUARE = RHO + (1 - RHO) ** 2 / 2 * ELU_SECOND
FOURTH, EIGHTH = Integer(4), Integer(8)


def in_t(cubic: Expr) -> SeriesAt:
    """The expansion of f(1 − t²) with a coefficient of t⁶."""
    right = 1 - T**2 * FIRST + T**4 / 2 * SECOND + cubic * T**6
    return SeriesAt(F_SINE.subs(RHO, 1 - T**2), right, variable=T, order=EIGHTH, at=S.Zero, side="right")


def in_t_terms() -> list[tuple[Expr, Expr]]:
    """The terms of f(1 − t²) in t, from symntk's expansion of the map of sin in γ = t²."""
    scale = derived(covariance(SINE, rho=1) * weight(diff(SINE, X)))
    terms = expand(Activation(name="sin", expression=SINE), terms=6).terms
    return [(S.Zero, S.One), *((2 * term.exponent, scale * term.coefficient) for term in terms if term.exponent > 0)]


def inverse(pair: tuple[Expr, Expr], square: Expr | int) -> SeriesAt:
    """(λ(1 − αλ − βλ²))^{−1} = λ^{−1} + α + (β + square·α²)λ + O(λ²)."""
    alpha, beta = pair
    right = 1 / GAMMA + alpha + (beta + square * alpha**2) * GAMMA
    left = 1 / (GAMMA * (1 - alpha * GAMMA - beta * GAMMA**2))
    return SeriesAt(left, right, variable=GAMMA, order=Integer(2), at=S.Zero, side="right")


def by_quadrature(statement: Statement) -> Finding:
    """Watches the remainder over its order at three deficits, with the expectations integrated."""
    if not isinstance(statement, SeriesAt):
        return unknown("this route reads expansions")
    places = [statement.at - deficit for deficit in DEFICITS]
    gaps = (enclose((statement.lhs - statement.rhs).subs(RHO, place), bits=64) for place in places)
    ratios = [abs(gap) / enclose(d**statement.order, bits=64) for gap, d in zip(gaps, DEFICITS, strict=True)]
    shown = ", ".join(ratio.str(4, radius=False) for ratio in ratios)
    growing = all(later > 2 * earlier for earlier, later in pairwise(ratios))
    return doubted(f"the remainder grows: {shown}") if growing else supported(f"the remainder stays: {shown}")


DEFICITS = tuple(Rational(1, 2**k) for k in (4, 8, 12))
QUADRATURE = Route("remainder by quadrature", Method.QUADRATURE, by_quadrature)
PAIRS = ((S.One, S.One), (HALF, Rational(1, 3)), (Rational(3), Rational(2, 5)))
SINE_ON_EDGE = ("read for φ = sin, which is in S, on the edge with stationary variance q = 1",)
ELU_ON_EDGE = ("ELU, which the paper counts to S, on the edge with stationary variance q = 1",)

CLAIMS = (
    Claim(
        id="hayou2020/appendixB/slope-at-one",
        where="appendix B, list of results",
        printed=r"\text{On the EOC, we have } f'(1) = 1",
        assumptions=("ReLU, leaky ReLU with slope 1/10, ELU, sin and erf, with stationary variance q = 1",),
        statement=ForAll(tuple(SLOPE_OF), slope_is_one),
        checks=(SeriesCheck(), QUADRATURE),
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="hayou2020/appendixB/derivatives",
        where="appendix B, list of results",
        printed=r"f^{(j)}(x) = \sigma_w^2 q^{j-1} \mathbb{E}[\phi^{(j)}(Z_1)\phi^{(j)}(Z(x))]",
        assumptions=("read for sin and erf at q = 1/2, σ_w = 1; σ_b only shifts f",),
        statement=ForAll(ORDERS, lambda member: derivative(*member, S.One)),
        checks=(CertifiedWitness({RHO: 0}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The arguments of φ⁽ʲ⁾ lack √q, which the formula for f two lines above has.",
        corrected=Claim(
            id="hayou2020/appendixB/derivatives/corrected",
            where="appendix B, list of results",
            printed=r"f^{(j)}(x) = \sigma_w^2 q^{j-1} \mathbb{E}[\phi^{(j)}(\sqrt{q} Z_1)\phi^{(j)}(\sqrt{q} Z(x))]",
            statement=ForAll(ORDERS, lambda member: derivative(*member, HALF)),
            checks=IDENTITY,
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2020/proposition2/taylor",
        where="proposition 2, proof, class S",
        printed=r"f(x) = 1 + (x - 1)f'(1) + \frac{(x - 1)^2}{2} f''(1) + \frac{(1-x)^3}{6} f^{(3)}(1) + O((x - 1)^4)",
        assumptions=SINE_ON_EDGE,
        statement=toward_one(F_SINE, BELOW_CUBIC + (1 - RHO) ** 3 / 6 * THIRD, FOURTH),
        checks=(SeriesCheck(), HighPrecisionLimit()),
        expected=Verdict.REFUTED,
        kind="error",
        note="The cubic term is (x − 1)³/6 f‴(1), and f‴(1) > 0; β below inherits the sign.",
        corrected=Claim(
            id="hayou2020/proposition2/taylor/corrected",
            where="proposition 2, proof, class S",
            printed=r"f(x) = 1 + (x - 1)f'(1) + \frac{(x - 1)^2}{2} f''(1) + \frac{(x-1)^3}{6} f^{(3)}(1) + O((x - 1)^4)",
            assumptions=("for φ three times differentiable; here sin",),
            statement=toward_one(F_SINE, BELOW_CUBIC + (RHO - 1) ** 3 / 6 * THIRD, FOURTH),
            checks=SERIES,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/proposition2/taylor-in-t",
        where="proposition 2, proof, class S",
        printed=r"f(1 - t^2) = 1 - t^2 f'(1) + \frac{t^4}{2} f''(1) + \frac{t^6}{6} f^{(3)}(1) + O(t^8)",
        assumptions=SINE_ON_EDGE,
        statement=in_t(THIRD / 6),
        checks=(SeriesCheck(in_t_terms), HighPrecisionLimit()),
        expected=Verdict.REFUTED,
        kind="error",
        note="The sign of t⁶: (−t²)³ = −t⁶.",
        corrected=Claim(
            id="hayou2020/proposition2/taylor-in-t/corrected",
            where="proposition 2, proof, class S",
            printed=r"f(1 - t^2) = 1 - t^2 f'(1) + \frac{t^4}{2} f''(1) - \frac{t^6}{6} f^{(3)}(1) + O(t^8)",
            assumptions=("for φ three times differentiable; here sin",),
            statement=in_t(-THIRD / 6),
            checks=(SeriesCheck(in_t_terms), BallLimit()),
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/proposition2/taylor-elu",
        where="proposition 2, proof, class S",
        printed=r"f(x) = 1 + (x - 1)f'(1) + \frac{(x - 1)^2}{2} f''(1) + \frac{(1-x)^3}{6} f^{(3)}(1) + O((x - 1)^4)",
        assumptions=(*ELU_ON_EDGE, "read to the order it needs at least: an error O((1 − x)³) after the square"),
        statement=toward_one(F_ELU, UP_TO_SQUARE, Integer(3)),
        checks=(SeriesCheck(), QUADRATURE),
        expected=Verdict.REFUTED,
        kind="error",
        note="φ″ jumps, so f‴ grows like (1 − x)^{−1/2}: there is no f‴(1), and the power 5/2 occurs.",
        corrected=Claim(
            id="hayou2020/proposition2/taylor-elu/corrected",
            where="proposition 2, proof, class S",
            printed=r"f(x) = 1 + (x - 1) + \frac{(x - 1)^2}{2} f''(1) "
            r"- \frac{2\sqrt{2} q \sigma_w^2}{15\pi} (1 - x)^{5/2} + O((1 - x)^3)",
            assumptions=ELU_ON_EDGE,
            statement=toward_one(
                F_ELU,
                UP_TO_SQUARE - 2 * sqrt(2) / (15 * pi) * ELU_WEIGHT * (1 - RHO) ** Rational(5, 2),
                Integer(3),
            ),
            checks=(SeriesCheck(), QUADRATURE),
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/proposition2/beta-positive",
        where="proposition 2, proof, class S",
        printed=r"\text{there exist } \alpha, \beta > 0 \text{ such that } "
        r"\lambda_{l+1} = \lambda_l - \alpha \lambda_l^2 - \beta \lambda_l^3 + O(\lambda_l^4)",
        assumptions=(*SINE_ON_EDGE, "an expansion is unique, so β = −f‴(1)/6"),
        statement=LessThan(0, -THIRD / 6),
        checks=(CertifiedWitness(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="f‴(1) = σ_w² q² E φ‴(√q Z)² ≥ 0 for every smooth φ.",
        corrected=Claim(
            id="hayou2020/proposition2/beta-positive/corrected",
            where="proposition 2, proof, class S",
            printed=r"\lambda_{l+1} = \lambda_l - \alpha \lambda_l^2 + \zeta \lambda_l^3 + O(\lambda_l^4), "
            r"\quad \zeta = f^{(3)}(1)/6",
            assumptions=("for φ three times differentiable; here sin",),
            statement=SeriesAt(
                1 - F_SINE.subs(RHO, 1 - GAMMA),
                GAMMA - SECOND / 2 * GAMMA**2 + THIRD / 6 * GAMMA**3,
                variable=GAMMA,
                order=FOURTH,
                at=S.Zero,
                side="right",
            ),
            checks=SERIES,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/proposition2/inverse-recursion",
        where="proposition 2, proof, class S",
        printed=r"\lambda_{l+1}^{-1} = \lambda_l^{-1} (1 - \alpha\lambda_l - \beta\lambda_l^2 + O(\lambda_l^3))^{-1} "
        r"= \lambda_l^{-1} + \alpha + \beta\lambda_l + O(\lambda_l^2)",
        statement=ForAll(PAIRS, lambda pair: inverse(pair, 0)),
        checks=(SeriesCheck(), HighPrecisionLimit()),
        expected=Verdict.REFUTED,
        kind="error",
        note="The square α² of the first-order term is forgotten.",
        corrected=Claim(
            id="hayou2020/proposition2/inverse-recursion/corrected",
            where="proposition 2, proof, class S",
            printed=r"\lambda_{l+1}^{-1} = \lambda_l^{-1} + \alpha + (\alpha^2 + \beta)\lambda_l + O(\lambda_l^2)",
            statement=ForAll(PAIRS, lambda pair: inverse(pair, 1)),
            checks=SERIES,
            expected=Verdict.SUPPORTED,
            note="For three pairs (α, β).",
        ),
    ),
    Claim(
        id="hayou2020/proposition2/slope-expansion-smooth",
        where="proposition 2, proof, class S",
        printed=r"f'(x) = 1 + (x - 1)f''(1) + O((x - 1)^2)",
        assumptions=ELU_ON_EDGE,
        statement=toward_one(ELU_SLOPE_MAP, 1 + (RHO - 1) * ELU_SECOND, Integer(2)),
        checks=(SeriesCheck(), QUADRATURE),
        expected=Verdict.REFUTED,
        kind="error",
        note="Right for tanh; where φ″ jumps, the power 3/2 occurs.",
        corrected=Claim(
            id="hayou2020/proposition2/slope-expansion-smooth/corrected",
            where="proposition 2, proof, class S",
            printed=r"f'(x) = 1 + (x - 1)f''(1) + O((1 - x)^{3/2})",
            assumptions=ELU_ON_EDGE,
            statement=toward_one(ELU_SLOPE_MAP, 1 + (RHO - 1) * ELU_SECOND, Rational(3, 2)),
            checks=(SeriesCheck(), QUADRATURE),
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/proposition2/higher-derivatives",
        where="proposition 2, proof, class S",
        printed=r"\text{for all } k \geq 3, f^{(k)}(x) = ... (1 - x^2)^{(k-2)/2} g_k(x) \text{ where } g_k \in C^\infty",
        statement=Prose(
            "f⁽ᵏ⁾ is a smooth function over a power of 1 − x².",
            "the text is broken: the fraction, the signs in G'(x) and the domain of g_k are not legible",
        ),
        expected=Verdict.OUT_OF_SCOPE,
        note="For ELU f⁗ grows like (1 − x²)^{−3/2}, so the printed power of 1 − x² cannot hold up to x = 1.",
    ),
)
