"""Ordered and chaotic initialisation in shrinkage2022: how fast ρ_l tends to its limit, and what perturbations do."""

from __future__ import annotations

from sympy import (
    Add,
    Derivative,
    Expr,
    Integer,
    Interval,
    Max,
    Rational,
    S,
    Symbol,
    Tuple,
    diff,
    erf,
    factorial,
    hermite_prob,
    sqrt,
)

from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    And,
    AsymptoticTo,
    BallIdentityAtRandomPoints,
    BallLimit,
    BallOnDomain,
    Claim,
    ConvergesTo,
    Each,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    HighPrecisionLimit,
    LessThan,
    Method,
    Prose,
    Route,
    Statement,
    Verdict,
    Witness,
    covariance,
    derived,
    iterated,
    sampled,
)
from symntk.claims.checks import Finding, refuted, unknown
from symntk.notation import RHO, N, X
from symntk.numbers.ball import enclose
from symntk.numbers.identity import prove_zero

RELU, ERF = Max(X, 0), erf(X)
WHOLE = {RHO: Interval(-1, 1)}
ORDERED = (Tuple(RELU, 1), Tuple(ERF, Rational(1, 4)))
POINT, QUOTIENT = Symbol("p", nonnegative=True), Symbol("h", real=True)
CHAOTIC: tuple[Expr, Expr] = (ERF, S.Zero)
POWERS = {N: S.Naturals0}
WEIGHTS = tuple(Symbol(f"a_{k}", real=True) for k in range(5))
GENERIC = Add(*(weight * hermite_prob(k, X) / sqrt(factorial(k)) for k, weight in enumerate(WEIGHTS)))
SIGMA_B, SIGMA_W = Symbol("sigma_b", positive=True), Symbol("sigma_w", positive=True)
SIGMAS = {SIGMA_B: Interval.Lopen(0, 3), SIGMA_W: Interval.Lopen(0, 3)}
SLOPE, START = Symbol("m", positive=True), Symbol("g", positive=True)


def correlation_map(function: Expr, bias: Expr | int = 0) -> Expr:
    """Eq. 2.3 in closed form, with σ_w = 1 and σ_b² = bias."""
    return derived((bias + covariance(function)) / (bias + covariance(function, rho=1)))


def general_map(function: Expr) -> Expr:
    """Eq. 2.3 as printed, with both variances."""
    return (SIGMA_B**2 + SIGMA_W**2 * covariance(function)) / (SIGMA_B**2 + SIGMA_W**2 * covariance(function, rho=1))


def slope(function: Expr, bias: Expr | int, at: Expr) -> Expr:
    """P′ at a correlation."""
    return derived(Derivative(correlation_map(function, bias), RHO)).subs(RHO, at)


def exponential(case: Tuple) -> And:
    """ρ_l = 1 + O(P′(1)^l) from three starts."""
    function, bias = case
    image, rate = correlation_map(function, bias), slope(function, bias, S.One)
    return And(
        tuple(
            AsymptoticTo(iterated(image, RHO, rho), S.One, variable=N, order=rate**N)
            for rho in (Integer(-1), Integer(0), Rational(1, 2))
        )
    )


def perturbation(case: Tuple, depth: int) -> Equal:
    """(P∘…∘P)′(1) = P′(1)^L, with P at σ_w = 1."""
    function, bias = case
    image = found = correlation_map(function, bias)
    total = derived(Derivative(image, RHO))
    for _ in range(depth - 1):
        total = total * derived(Derivative(image, RHO)).subs(RHO, found)
        found = image.subs(RHO, found)
    return Equal(total.subs(RHO, 1), slope(function, bias, S.One) ** depth)


def stuck(statement: Statement) -> Finding:
    """The start is a fixed point of P, and it is not the limit."""
    if not isinstance(statement, ConvergesTo) or isinstance(statement.sequence, Expr):
        return unknown("this route reads the limit of a sequence")
    gap = statement.sequence(5, 64) - enclose(statement.limit, bits=64)
    if prove_zero(correlation_map(ERF).subs(RHO, -1) + 1) and not gap.contains(0):
        return refuted("ρ_l = −1 for all l", Witness(point=(("l", "5"),), gap=gap.str(12)))
    return unknown("the start is not seen to be fixed")


TWO_ROUTES = (
    (BallOnDomain(), BallLimit(reach=9)),
    (HighPrecisionAtPoints(), HighPrecisionLimit(reach=9)),
)

CLAIMS = (
    Claim(
        id="shrinkage2022/section2/ordered_every_activation",
        where="section 2.2, ordered initialization (line 103), and remark 1 (line 141)",
        printed=r"P'(1)<1: \rho_l\to 1 \text{ exponentially quickly with } l; \quad 1 - \rho_l = O(e^{-\lambda l})",
        statement=And(
            (
                Equal(
                    (N + 1) * (1 - RHO) - (1 - RHO ** (N + 1)),
                    N * (1 - RHO) - (1 - RHO**N) + (1 - RHO) * (1 - RHO**N),
                    on={**WHOLE, **POWERS},
                ),
                Equal(
                    SLOPE * (SLOPE**N * START),
                    SLOPE ** (N + 1) * START,
                    on={SLOPE: Interval.open(0, 1), START: Interval.Lopen(0, 2), **POWERS},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="1 − ρⁿ ≤ n(1 − ρ) on [−1, 1] for every power, by induction, so by eq. 2.4 1 − P(ρ) ≤ P′(1)(1 − ρ) and "
        "1 − ρ_l ≤ P′(1)^l(1 − ρ_0): λ = −log P′(1), for every φ.",
    ),
    Claim(
        id="shrinkage2022/section3/ordered_rate",
        where="remark 1 (line 141)",
        printed=r"\text{at the ordered initialization, } [\ldots] \text{ representation shrinking proceeds "
        r"exponentially quickly, i.e. } 1 - \rho_l = O(e^{-\lambda l})",
        statement=ForAll(ORDERED, exponential),
        checks=(BallLimit(reach=6), HighPrecisionLimit(reach=6)),
        expected=Verdict.SUPPORTED,
        note="With e^{−λ} = P′(1), for ReLU at σ_b = σ_w and erf at σ_b = σ_w/2, from ρ_0 = −1, 0, 1/2.",
    ),
    Claim(
        id="shrinkage2022/section2/approaches",
        where="after observation 1 (line 101)",
        printed=r"\text{forward propagation affects the correlation by repeated application of } P \text{, and } \rho_l "
        r"\text{ approaches } \rho_{\mathrm{fp}} \text{ as } l \text{ grows}",
        assumptions=("φ = erf, σ_b = 0, where ρ_fp = 0; ρ_0 = −1",),
        statement=ConvergesTo(iterated(correlation_map(ERF), RHO, -1), S.Zero, index=N),
        checks=(Route("fixed at −1", Method.BALL, stuck), HighPrecisionLimit(reach=6)),
        expected=Verdict.REFUTED,
        kind="error",
        corrected=Claim(
            id="shrinkage2022/section2/approaches/corrected",
            where="after observation 1 (line 101)",
            printed=r"[\ldots] \text{ for } |\rho_0| < 1 \text{ and } P(\rho) \ne \rho",
            statement=Equal(
                (RHO - POINT) * (RHO * QUOTIENT + POINT**N),
                RHO ** (N + 1) - POINT ** (N + 1) + RHO * ((RHO - POINT) * QUOTIENT - RHO**N + POINT**N),
                on={**WHOLE, **POWERS, POINT: Interval(0, 1), QUOTIENT: Interval(-1, 1)},
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="The step of hₙ₊₁ = ρhₙ + pⁿ, h₀ = 0: by induction ρⁿ − pⁿ = (ρ − p)hₙ(ρ), |hₙ(ρ)| ≤ hₙ(|ρ|). At a fixed "
            "point p < 1 the mean H of the hₙ has H(1) = 1, so |P(ρ) − p| ≤ H(v)·|ρ − p| for |ρ| ≤ v = max(|ρ_0|, p), and "
            "H(v) < 1. At p = 1 the critical and ordered claims apply.",
        ),
        note="P is odd, so P(−1) = −1: opposite inputs stay opposite. Observation 1 speaks of a neighbourhood of ρ_fp only.",
    ),
    Claim(
        id="shrinkage2022/section2/chaotic_rate",
        where="section 2.2, chaotic initialization (line 105)",
        printed=r"\text{In that case } P'(\rho_{\mathrm{fp}}) < 1 \text{, so } \rho_l \to \rho_{\mathrm{fp}} "
        r"\text{ exponentially quickly with } l",
        statement=And(
            (
                LessThan(slope(*CHAOTIC, S.Zero), S.One),
                *(
                    AsymptoticTo(
                        iterated(correlation_map(*CHAOTIC), RHO, rho),
                        S.Zero,
                        variable=N,
                        order=slope(*CHAOTIC, S.Zero) ** N,
                    )
                    for rho in (Rational(-9, 10), Rational(9, 10))
                ),
            )
        ),
        checks=tuple(Each((first, *(second,) * 2)) for first, second in TWO_ROUTES),
        expected=Verdict.SUPPORTED,
        note="For erf with σ_b = 0, where ρ_fp = 0 and P′(0) = 2/(3 arcsin(2/3)) = 0.914, from ρ_0 = ±9/10.",
    ),
    Claim(
        id="shrinkage2022/section2/chaotic_repelling",
        where="section 2.2, chaotic initialization (line 105)",
        printed=r"P'(1)>1: \text{the fixed point } \rho = 1 \text{ of } P \text{ is repelling (unstable)}",
        statement=And(
            tuple(
                statement
                for bias in (S.Zero, Rational(1, 20))
                for statement in (
                    LessThan(S.One, slope(ERF, bias, S.One)),
                    LessThan(correlation_map(ERF, bias), RHO, on={RHO: Interval.Ropen(Rational(7, 10), 1)}),
                )
            )
        ),
        checks=sampled(*INEQUALITY),
        expected=Verdict.SUPPORTED,
        note="P(ρ) < ρ on [7/10, 1), for erf at σ_b²/σ_w² = 0 and 1/20.",
    ),
    Claim(
        id="shrinkage2022/section2/ratio_decides",
        where="section 2.2 (line 101)",
        printed=r"\text{Depending on the ratio } \frac{\sigma_b}{\sigma_w} "
        r"\text{ we have three regimes of initialization}",
        assumptions=("P depends on σ_b and σ_w through their ratio, and P′(1) falls as the ratio grows",),
        statement=ForAll(
            (RELU, ERF),
            lambda phi: Equal(
                derived(Derivative(general_map(phi), RHO)).subs(RHO, 1),
                derived(Derivative(covariance(phi), RHO)).subs(RHO, 1)
                / ((SIGMA_B / SIGMA_W) ** 2 + covariance(phi, rho=1)),
                on=SIGMAS,
            ),
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="For ReLU and erf. ReLU has two of the regimes only: P′(1) ≤ 1 at every ratio, with equality at σ_b = 0.",
    ),
    Claim(
        id="shrinkage2022/section2/perturbations",
        where="section 2.2, the three regimes (lines 103 to 105)",
        printed=r"\text{Preactivation perturbations decay [ordered]; [their] norm changes sub-exponentially quickly "
        r"[critical]; preactivation perturbations grow [chaotic]}",
        assumptions=("their square grows by (P∘…∘P)′(1) over L layers, eq. A.1",),
        statement=ForAll(
            (Tuple(RELU, 1), Tuple(RELU, 0), Tuple(ERF, 0)),
            lambda case: And(tuple(perturbation(case, depth) for depth in (2, 3))),
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="(P∘…∘P)′(1) = P′(1)^L: it falls, is 1, or grows exponentially. For one network of each regime, L = 2, 3.",
    ),
    Claim(
        id="shrinkage2022/section3/small_ratio",
        where="section 3, item 1 (line 121)",
        printed=r"\text{The Jacobian norm [\ldots] is large. [\ldots] This happens when } "
        r"\frac{\sigma_{b}}{\sigma_{w}} \text{ are predominantly small, resembling the chaotic phase}",
        assumptions=(
            "the norm is that of remark 4, whose square is P′(1)^L in equal layers: large takes P′(1) > 1; the ratio is 0",
        ),
        statement=ForAll((ERF, RELU), lambda phi: LessThan(S.One, slope(phi, S.Zero, S.One))),
        checks=(BallIdentityAtRandomPoints(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        corrected=Claim(
            id="shrinkage2022/section3/small_ratio/corrected",
            where="section 3, item 1 (line 121)",
            printed=r"\text{This happens when the ratios are small and } "
            r"\sum_{k \geq 2} (k - 1)\hat\phi_k^2 > \hat\phi_0^2",
            statement=Equal(
                covariance(diff(GENERIC, X), rho=1) - covariance(GENERIC, rho=1),
                Add(*((k - 1) * weight**2 for k, weight in enumerate(WEIGHTS))),
                on={weight: Interval(-2, 2) for weight in WEIGHTS},
            ),
            checks=sampled(*IDENTITY),
            expected=Verdict.SUPPORTED,
            note="P′(1) = ‖φ′‖²/‖φ‖² at ratio 0, and ‖φ′‖² − ‖φ‖² = Σ(k − 1)φ̂_k², for every polynomial of degree ≤ 4. "
            "For ReLU the two sides are equal, for erf φ̂_0 = 0.",
        ),
        note="ReLU and its leaky forms have P′(1) = 1 at σ_b = 0 and less at every other ratio: no choice of σ_b/σ_w makes "
        "them chaotic.",
    ),
    Claim(
        id="shrinkage2022/section5/logarithmic_block",
        where="section 5.1 (line 212)",
        printed=r"\text{If } L \text{ and } N_l \text{ grow simultaneously, then the first block of } \log L "
        r"\text{ layers is already problematic}",
        statement=Prose(
            "If L and N_l grow simultaneously, then the first block of log L layers is already problematic.",
            "no joint limit and no measure of what is problematic are stated; the mean-field maps hold at fixed depth",
        ),
        expected=Verdict.OUT_OF_SCOPE,
    ),
)
