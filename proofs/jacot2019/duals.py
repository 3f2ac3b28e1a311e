"""Appendix B of jacot2019: the dual R of a standardised nonlinearity, its five properties and its power series."""

from __future__ import annotations

from sympy import Expr, Integer, Interval, Rational, S, Symbol, cos, diff, factorial, hermite_prob, sqrt

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    SERIES,
    And,
    AtMost,
    BallIdentityAtRandomPoints,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    LessThan,
    SeriesAt,
    Verdict,
    covariance,
    expectation,
    sampled,
)
from symntk.gaussian.dual import dual
from symntk.gaussian.hermite import hermite_coefficient
from symntk.gaussian.moments import normalized, standardized
from symntk.notation import RHO, X

WHOLE, POSITIVE_HALF = {RHO: Interval(-1, 1)}, {RHO: Interval.Ropen(0, 1)}
ORDERS = range(9)

RELU = standardized(activation("relu"))
NORMALISED_RELU = normalized(activation("relu"))
SINE = standardized(activation("sin"))
COSINE = standardized(Activation(name="cos(sqrt(2)*x)", expression=cos(sqrt(2) * X)))
CAST = (RELU, NORMALISED_RELU, SINE, COSINE)
SMOOTH = (SINE, COSINE)

WEIGHTS = tuple(Symbol(f"a_{n}", real=True) for n in range(4))
GENERIC = sum((a * hermite_prob(n, X) / sqrt(factorial(n)) for n, a in enumerate(WEIGHTS)), S.Zero)
GENERIC_WEIGHTS = {a: Interval(-2, 2) for a in WEIGHTS}

FOR_ALL = "Decided for the standardised ReLU, the normalised ReLU, sin x and cos √2x standardised, and for "
ORDER_BY_ORDER = FOR_ALL + f"ρⁿ with n ≤ {ORDERS[-1]}: R is a mean of the powers ρⁿ with weights aₙ² ≥ 0."
POLYNOMIALS = FOR_ALL + f"every polynomial of degree ≤ {len(WEIGHTS) - 1}, its Hermite coefficients aₙ being symbols."


def slope(sigma: Activation) -> Expr:
    """σ̇."""
    return diff(sigma.expression, X)


def slope_moment(sigma: Activation) -> Expr:
    """E σ̇², as E σ̇(u)σ̇(v) for u = v."""
    return covariance(slope(sigma), rho=1)


def closed(sigma: Activation) -> Expr:
    """R in closed form."""
    return dual(sigma).expression


SAMPLE_IDENTITY = sampled(*IDENTITY)
SAMPLE_INEQUALITY = sampled(*INEQUALITY)
SAMPLE_SERIES = sampled(*SERIES)

CLAIMS = (
    Claim(
        id="jacot2019/duals/range",
        where="appendix B (line 337)",
        printed=r"R_\sigma: [-1,1] \to [-1,1]",
        statement=ForAll(
            CAST, lambda s: And((AtMost(covariance(s), 1, on=WHOLE), AtMost(-1, covariance(s), on=WHOLE)))
        ),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note=FOR_ALL + "nothing else.",
    ),
    Claim(
        id="jacot2019/duals/property1",
        where="appendix B, property 1 (line 349)",
        printed=r"R_{\sigma}(1) = 1",
        statement=And(
            (
                Equal(covariance(GENERIC, rho=1), expectation(GENERIC**2), on=GENERIC_WEIGHTS),
                ForAll(CAST, lambda s: Equal(covariance(s, rho=1), 1)),
            )
        ),
        checks=SAMPLE_IDENTITY,
        expected=Verdict.SUPPORTED,
        note=POLYNOMIALS,
    ),
    Claim(
        id="jacot2019/duals/property2",
        where="appendix B, property 2 (line 350)",
        printed=r"\text{For any } \rho \in (-1,0),\ R_{\sigma}(\rho) > \rho",
        assumptions=("σ is a non-linearity in the literal sense: for σ(x) = ±x, R(ρ) = ρ",),
        statement=And(
            (
                ForAll(CAST, lambda s: LessThan(RHO, covariance(s), on={RHO: Interval.open(-1, 0)})),
                ForAll(
                    tuple(n for n in ORDERS if n != 1),
                    lambda n: LessThan(RHO, RHO**n, on={RHO: Interval.open(-1, 0)}),
                ),
            )
        ),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note=ORDER_BY_ORDER,
    ),
    Claim(
        id="jacot2019/duals/property3",
        where="appendix B, property 3 (line 351)",
        printed=r"R_{\sigma} \text{ is convex in } [0, 1)",
        statement=And(
            (
                ForAll((RELU, *SMOOTH), lambda s: AtMost(0, diff(closed(s), RHO, 2), on=POSITIVE_HALF)),
                ForAll(tuple(ORDERS), lambda n: AtMost(0, diff(RHO**n, RHO, 2), on=POSITIVE_HALF)),
            )
        ),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note=ORDER_BY_ORDER,
    ),
    Claim(
        id="jacot2019/duals/property4",
        where="appendix B, property 4 (line 352)",
        printed=r"R'_{\sigma}(1) = \mathbb{E}\left[\dot{\sigma}(x)^2\right]",
        statement=ForAll(
            CAST,
            lambda s: SeriesAt(covariance(s), 1 - slope_moment(s) * (1 - RHO), variable=RHO, order=Rational(3, 2)),
        ),
        checks=SAMPLE_SERIES,
        expected=Verdict.SUPPORTED,
        note=FOR_ALL + "nothing else; the derivative at 1 is one-sided.",
    ),
    Claim(
        id="jacot2019/duals/property5",
        where="appendix B, property 5 (line 353)",
        printed=r"R'_{\sigma} = R_{\dot{\sigma}}",
        statement=And(
            (
                Equal(diff(covariance(GENERIC), RHO), covariance(diff(GENERIC, X)), on={**WHOLE, **GENERIC_WEIGHTS}),
                ForAll(
                    CAST,
                    lambda s: Equal(diff(closed(s), RHO), covariance(slope(s)), on={RHO: Interval.open(-1, 1)}),
                ),
            )
        ),
        checks=SAMPLE_IDENTITY,
        expected=Verdict.SUPPORTED,
        note=POLYNOMIALS,
    ),
    Claim(
        id="jacot2019/duals/series-coefficients",
        where="appendix B, proof of lemma 2 (line 388)",
        printed=r"R_{\sigma}(\rho) = \sum_{i=0}^{\infty} b_{i} \rho^{i} \text{ for positive } b_{i}\text{s}",
        statement=ForAll(tuple(ORDERS), lambda n: LessThan(0, hermite_coefficient(RELU, n) ** 2)),
        checks=(BallIdentityAtRandomPoints(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/duals/series-coefficients/corrected",
            where="appendix B, proof of lemma 2 (line 388)",
            printed=r"R_{\sigma}(\rho) = \sum_{i=0}^{\infty} b_{i} \rho^{i} \text{ for non-negative } b_{i}\text{s}",
            statement=ForAll(
                tuple((s, n) for s in (RELU, *SMOOTH) for n in ORDERS),
                lambda case: AtMost(0, hermite_coefficient(*case) ** 2),
            ),
            checks=SAMPLE_INEQUALITY,
            expected=Verdict.SUPPORTED,
            note=f"For the standardised ReLU, sin x and cos √2x, orders up to {ORDERS[-1]}; bᵢ = aᵢ².",
        ),
        note="b₃ = 0 for the standardised ReLU. The lines that follow write ≥ 0, and so does the proof of theorem 2.",
    ),
    Claim(
        id="jacot2019/duals/series",
        where="appendix B, proof of lemma 2 (line 388)",
        printed=r"R_{\sigma}(\rho) = \sum_{i=0}^{\infty} b_{i} \rho^{i}",
        statement=ForAll(
            (RELU, *SMOOTH),
            lambda s: SeriesAt(
                covariance(s),
                sum((hermite_coefficient(s, n) ** 2 * RHO**n for n in ORDERS), S.Zero),
                variable=RHO,
                at=Integer(0),
                side="right",
                order=Integer(ORDERS[-1] + 1),
            ),
        ),
        checks=SAMPLE_SERIES,
        expected=Verdict.SUPPORTED,
        note=f"With bᵢ = aᵢ², the squared Hermite coefficients, for three activations and i ≤ {ORDERS[-1]}.",
    ),
    Claim(
        id="jacot2019/duals/derivative-range",
        where="appendix B, proof of lemma 2 (line 377)",
        printed=r"R_{\dot{\sigma}}(\rho) \in "
        r"\left[-\mathbb{E}[\dot{\sigma}(z)^2], \mathbb{E}[\dot{\sigma}(z)^2]\right]",
        statement=ForAll(
            CAST,
            lambda s: And(
                (
                    AtMost(covariance(slope(s)), slope_moment(s), on=WHOLE),
                    AtMost(-slope_moment(s), covariance(slope(s)), on=WHOLE),
                )
            ),
        ),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note=FOR_ALL + "nothing else.",
    ),
    Claim(
        id="jacot2019/duals/tangent-bound",
        where="appendix B, proof of lemma 2 (line 377)",
        printed=r"R_{\sigma}(\rho) \geq 1 - \mathbb{E}[\dot{\sigma}(v)^2](1-\rho)",
        statement=And(
            (
                ForAll(CAST, lambda s: AtMost(1 - slope_moment(s) * (1 - RHO), covariance(s), on=WHOLE)),
                ForAll(tuple(ORDERS), lambda n: AtMost(1 - n * (1 - RHO), RHO**n, on=WHOLE)),
            )
        ),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note=ORDER_BY_ORDER,
    ),
)
