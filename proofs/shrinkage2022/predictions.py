"""Section 4 of shrinkage2022: what Theorem 1 predicts for leaky ReLU and erf networks, eqs. 4.1–4.3."""

from __future__ import annotations

from sympy import (
    Derivative,
    Expr,
    FiniteSet,
    Integer,
    Interval,
    Max,
    Mul,
    Rational,
    S,
    Symbol,
    asin,
    atan,
    erf,
    exp,
    oo,
    pi,
    sqrt,
)

from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    AlgebraicIdentity,
    And,
    AtMost,
    BallIdentityAtRandomPoints,
    BallOnDomain,
    CertifiedWitness,
    Claim,
    DerivedQuantity,
    Equal,
    HighPrecisionAtPoints,
    LessThan,
    Prose,
    Verdict,
    covariance,
    derived,
    expectation,
)
from symntk.notation import RHO, X

A = Symbol("a", real=True)
DEPTH = Symbol("L", positive=True)
FIXED_POINT = Symbol("rho_fp", real=True)
BELOW_ONE = {A: Interval.open(-oo, 1)}
DEPTHS = {DEPTH: Interval(1, oo)}

IDENTITY_FUNCTION = Mul(1, X, evaluate=False)
"""x, kept from becoming sympy's IdentityFunction, whose assumptions cannot be asked."""

LEAKY = A * X + (1 - A) * Max(X, 0)
LEAKY_SLOPE = A + (1 - A) * activation("step").expression
ERF = erf(X)
ERF_SLOPE = 2 / sqrt(pi) * exp(-(X**2))

LEAKY_BOUND = sqrt(16 * pi / (pi - 2)) * (1 / sqrt(DEPTH)) * sqrt(1 + A**2) / (1 - A)
ERF_ROOT = sqrt((atan(2 / sqrt(Integer(5))) - Rational(2, 3)) * sqrt(Integer(5)))
ERF_BOUND = 4 / ERF_ROOT * (1 / sqrt(DEPTH))
ERF_JACOBIAN = ERF_ROOT / 4 * (1 - FIXED_POINT) * sqrt(DEPTH)
ERF_MAP = derived(covariance(ERF) / covariance(ERF, rho=1))


def ratio(function: Expr, slope: Expr) -> Expr:
    """‖φ − φ̄‖²/‖φ′‖², one summand of Theorem 1."""
    error = covariance(function, rho=1) - expectation(function) ** 2 - expectation(X * function) ** 2
    return error / covariance(slope, rho=1)


def in_arctangents(expression: Expr) -> Expr:
    """The expression in closed form with asin z = atan(z/√(1 − z²)), |z| < 1."""
    return derived(expression).replace(asin, lambda z: atan(z / sqrt(1 - z**2)))


def theorem1_square(summands: Expr) -> Expr:
    """The square of the largest 1 − ρ_max that Theorem 1 allows where the Jacobian has norm 1."""
    return 8 / summands


def theorem1_jacobian_square(summands: Expr, correlation: Expr) -> Expr:
    """The right side of Theorem 1."""
    return (1 - correlation) ** 2 / 8 * summands


ERF_SQUARE = theorem1_square(DEPTH * ratio(ERF, ERF_SLOPE))
ERF_JACOBIAN_SQUARE = theorem1_jacobian_square(DEPTH * ratio(ERF, ERF_SLOPE), FIXED_POINT)
FIXED_POINTS = {FIXED_POINT: Interval(0, 1)}

EQ41 = Claim(
    id="shrinkage2022/section4/eq41_constant",
    where="eq. 4.1 (line 169), with appendix B",
    printed=r"1-\rho_{\max} \le \sqrt{\frac{16\pi}{\pi-2}}\cdot\frac{1}{\sqrt L}\cdot\frac{\sqrt{1+a^2}}{1-a}",
    statement=Equal(theorem1_square(DEPTH * ratio(LEAKY, LEAKY_SLOPE)), LEAKY_BOUND**2, on=BELOW_ONE | DEPTHS),
    checks=(AlgebraicIdentity(), BallIdentityAtRandomPoints(count=3)),
    expected=Verdict.PROVED,
    assumptions=(
        "L summands of Theorem 1 with φ = LReLU",
        "the Jacobian norm is 1, as at criticality in the sense of remark 4",
    ),
    note="The squares of what Theorem 1 gives and of what is printed; both are positive for a < 1.",
)

SLOPE = Claim(
    id="shrinkage2022/section4/eq41_slope",
    where="after eq. 4.1 (line 172)",
    printed=(
        r"\text{adding layers with constant } a<1 \text{ and decreasing } a \text{ at constant depth "
        r"decrease } 1-\rho_{\max}"
    ),
    statement=LessThan(0, Derivative(LEAKY_BOUND.subs(DEPTH, 1), A), on=BELOW_ONE),
    checks=(CertifiedWitness({A: -2}), HighPrecisionAtPoints(count=8)),
    expected=Verdict.REFUTED,
    kind="error",
    corrected=Claim(
        id="shrinkage2022/section4/eq41_slope/corrected",
        where="after eq. 4.1 (line 172)",
        printed=r"-1 < a < 1",
        statement=LessThan(0, Derivative(LEAKY_BOUND.subs(DEPTH, 1), A), on={A: Interval.open(-1, 1)}),
        checks=(BallOnDomain(), HighPrecisionAtPoints()),
        expected=Verdict.CERTIFIED,
    ),
    note=(
        "LReLU_a and LReLU_{1/a} have the same correlation map, so the bound turns round at a = −1; "
        "for the customary 0 ≤ a < 1 the sentence is right."
    ),
)


LAYERS = Claim(
    id="shrinkage2022/section4/layer_count",
    where="eqs. 4.1-4.3 (lines 169-192), eq. 2.1 (line 74: at the first layer, φ_1(x) = x)",
    printed=(
        r"\sum_{l=1}^{L} \frac{\|\phi_l-\overline{\phi}_l\|^2}{\|\phi_l'\|^2} "
        r"\text{ enters eqs. 4.1-4.3 as } L \text{ equal terms}"
    ),
    statement=Equal(
        ratio(IDENTITY_FUNCTION, S.One) + (DEPTH - 1) * ratio(LEAKY, LEAKY_SLOPE),
        8 / LEAKY_BOUND**2,
        on=BELOW_ONE | {DEPTH: FiniteSet(2, 3, 10, 100)},
    ),
    checks=(CertifiedWitness({DEPTH: 2, A: 0}), HighPrecisionAtPoints()),
    expected=Verdict.REFUTED,
    kind="error",
    corrected=Claim(
        id="shrinkage2022/section4/layer_count/corrected",
        where="eqs. 4.1-4.3 (lines 169-192)",
        printed=r"\sqrt{L-1} \text{ in place of } \sqrt{L}",
        statement=Equal(
            ratio(IDENTITY_FUNCTION, S.One) + (DEPTH - 1) * ratio(LEAKY, LEAKY_SLOPE),
            8 / LEAKY_BOUND.subs(DEPTH, DEPTH - 1) ** 2,
            on=BELOW_ONE | {DEPTH: FiniteSet(2, 3, 10, 100)},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    note="The first layer is linear, so that its summand is 0: Theorem 1 predicts eqs. 4.1-4.3 with L − 1.",
)

EQ42 = Claim(
    id="shrinkage2022/section4/eq42_constant",
    where="eq. 4.2 (line 186), with appendix B",
    printed=(
        r"1-\rho_{\max} \le "
        r"\frac{4}{\sqrt{\left(\arctan\frac{2}{\sqrt5}-\frac23\right)\sqrt5}}\cdot\frac{1}{\sqrt L}"
    ),
    statement=Equal(ERF_SQUARE, ERF_BOUND**2, on=DEPTHS),
    checks=(
        DerivedQuantity(lambda: in_arctangents(ERF_SQUARE), "Theorem 1 with our constants"),
        BallIdentityAtRandomPoints(),
    ),
    expected=Verdict.PROVED,
    assumptions=(
        "L summands of Theorem 1 with φ = erf",
        "the Jacobian norm is 1, as at criticality in the sense of remark 4",
    ),
    note="Squares of two positive numbers.",
)

EQ43 = Claim(
    id="shrinkage2022/section4/eq43_constant",
    where="eq. 4.3 (line 192), with appendix B",
    printed=(
        r"\left\|\frac{\partial z^L}{\partial z^0}\right\|_{op} \ge "
        r"\frac{\sqrt{\left(\arctan\frac{2}{\sqrt5}-\frac23\right)\sqrt5}}{4}\cdot(1-\rho_{\mathrm{fp}})\cdot\sqrt L"
    ),
    statement=Equal(ERF_JACOBIAN_SQUARE, ERF_JACOBIAN**2, on=DEPTHS | FIXED_POINTS),
    checks=(
        DerivedQuantity(lambda: in_arctangents(ERF_JACOBIAN_SQUARE), "Theorem 1 with our constants"),
        BallIdentityAtRandomPoints(),
    ),
    expected=Verdict.PROVED,
    assumptions=("L summands of Theorem 1 with φ = erf", "ρ_max = ρ_fp"),
    note="Squares of two numbers ≥ 0.",
)

EVERY_PAIR = Claim(
    id="shrinkage2022/section4/every_pair",
    where="before eq. 4.3 (line 190)",
    printed=(
        r"\text{the correlation of preactivations on any pair of different inputs approaches } "
        r"\rho_{\mathrm{fp}}<1 \text{ (chaotic, erf)}"
    ),
    statement=And(
        (
            LessThan(1, derived(Derivative(ERF_MAP, RHO)).subs(RHO, 1)),
            LessThan(RHO, ERF_MAP, on={RHO: Interval.Ropen(-1, 0)}),
            LessThan(ERF_MAP, RHO, on={RHO: Interval.open(0, 1)}),
        )
    ),
    checks=(BallIdentityAtRandomPoints(), HighPrecisionAtPoints()),
    expected=Verdict.REFUTED,
    kind="error",
    corrected=Claim(
        id="shrinkage2022/section4/every_pair/corrected",
        where="before eq. 4.3 (line 190)",
        printed=r"\text{on any pair of inputs with } x_\alpha \ne \pm x_\beta",
        statement=And(
            (
                LessThan(1, derived(Derivative(ERF_MAP, RHO)).subs(RHO, 1)),
                LessThan(RHO, ERF_MAP, on={RHO: Interval.open(-1, 0)}),
                LessThan(ERF_MAP, RHO, on={RHO: Interval.open(0, 1)}),
            )
        ),
        checks=(BallOnDomain(), HighPrecisionAtPoints()),
        expected=Verdict.CERTIFIED,
    ),
    note=(
        "At σ_b = 0 erf is chaotic, ρ_fp = 0 and P is increasing and odd: ρ_l → 0 needs P(ρ) > ρ below 0 and "
        "P(ρ) < ρ above, but x_β = −x_α has ρ_l = −1 for all l."
    ),
)

INCREASING = Claim(
    id="shrinkage2022/section4/erf_increasing",
    where="footnote 8 (line 180)",
    printed=r"\mathrm{erf}: \text{smooth increasing function } \mathbb{R}\to[-1,1]",
    statement=And(
        (
            LessThan(0, Derivative(ERF, X), on={X: Interval(-oo, oo)}),
            AtMost(ERF, 1, on={X: Interval(-oo, oo)}),
            AtMost(-1, ERF, on={X: Interval(-oo, oo)}),
        )
    ),
    checks=(BallIdentityAtRandomPoints(), HighPrecisionAtPoints()),
    expected=Verdict.SUPPORTED,
    note="At points of the real line.",
)

EXPERIMENT = Claim(
    id="shrinkage2022/section4/erf_experiment",
    where="section 4.1 (line 178), figure 3c",
    printed=r"\text{With critical initialization, the operator norm of the network Jacobian does not grow with depth}",
    statement=Prose(
        "With critical initialization, the operator norm of the network Jacobian does not grow with depth.",
        "an observation on trained and untrained finite networks of unstated width, read off a figure",
    ),
    expected=Verdict.OUT_OF_SCOPE,
)

CLAIMS = (EQ41, SLOPE, LAYERS, EQ42, EQ43, EVERY_PAIR, INCREASING, EXPERIMENT)
