"""Theorem 2 of shrinkage2022, on residual networks, and its proof in appendix A.2."""

from __future__ import annotations

from sympy import Expr, Interval, Rational, S, Symbol, sqrt

from symntk.claims import IDENTITY, And, AtMost, CertifiedWitness, Claim, Equal, HighPrecisionAtPoints, Verdict
from symntk.notation import N

VARIANCE = Symbol("v", positive=True)
"""σ²."""
PLACE, DEFICIT = Symbol("t", nonnegative=True), Symbol("delta", positive=True)
"""1 − ρ̃_{l−1}."""
LEVEL, TOP, DROP = Symbol("c", real=True), Symbol("c_1", positive=True), Symbol("A", positive=True)
"""C[φ|·] at the point, C[φ|1] = ‖φ‖², and A = C[φ|1] − C[φ|ρ̃_{l−1}]."""
ERROR, NORM = Symbol("B", positive=True), Symbol("D", positive=True)
"""‖φ − φ̄‖² and ‖φ′‖²."""
EXCESS, SPARE = Symbol("e", nonnegative=True), Symbol("q", nonnegative=True)
MEAN, LINEAR, SUM, TAIL = (Symbol(name, nonnegative=True) for name in ("a_0", "a_1", "K", "Y"))
"""c₀ and c₁ of C[φ|ρ] = Σ cₖρᵏ; Σ_{k≥2} cₖ(kδ − yₖ) and Σ_{k≥2} cₖyₖ, yₖ = 1 − (1 − δ)ᵏ."""

UNIT, POSITIVE = Interval(0, 1), Interval.Lopen(0, 5)
BLOCK = {VARIANCE: POSITIVE, DEFICIT: Interval.Lopen(0, 1), DROP: POSITIVE}


def block(rho: Expr, covariance: Expr) -> Expr:
    """P_l of eq. A.10."""
    return (rho + VARIANCE * covariance) / (1 + VARIANCE * TOP)


SQUARE_EXCESS = (sqrt(5) - 1) / 2
"""e(g) for g(t) = t²."""
MIXTURE_ROOT = 2 * (1 + VARIANCE) / (2 + 3 * VARIANCE + sqrt(5 * VARIANCE**2 + 8 * VARIANCE + 4))
"""t with (1 − t + σ²(1 − t)²)/(1 + σ²) = t: the t of P̃ for φ = h₂ in the first block, where ρ̃_0 = 0 and A = 1."""
OPEN = {VARIANCE: Interval.open(0, 100)}


def room(power: Expr) -> Expr:
    """2kδ − (2 + δ)(1 − (1 − δ)ᵏ)."""
    return 2 * power * DEFICIT - (2 + DEFICIT) * (1 - (1 - DEFICIT) ** power)


DEFICITS = {DEFICIT: Interval.open(0, 1)}
COEFFICIENTS = dict.fromkeys((MEAN, LINEAR, SUM, TAIL), Interval(0, 3))

CLAIMS = (
    Claim(
        id="shrinkage2022/appA2/eqA10",
        where="eq. A.10 (line 425)",
        printed=r"\rho_l = P_l(\rho_{l-1}) = \frac{\rho_{l-1} + \sigma_{(l)}^2 \mathfrak{C}[\phi_l|\rho_{l-1}]}"
        r"{1 + \sigma_{(l)}^2 \|\phi_l\|_{\mathcal{N}}^2}",
        assumptions=("y·y′/n = ρ + σ²C[φ|ρ] as the display above has it, and ‖y‖²/n is its value at ρ = 1",),
        statement=And(
            (
                Equal(
                    (PLACE + VARIANCE * LEVEL) / (sqrt(1 + VARIANCE * TOP) * sqrt(1 + VARIANCE * TOP)),
                    block(PLACE, LEVEL),
                    on={VARIANCE: POSITIVE, PLACE: UNIT, LEVEL: UNIT, TOP: POSITIVE},
                ),
                Equal(block(S.One, TOP), S.One, on={VARIANCE: POSITIVE, TOP: POSITIVE}),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The cross terms of y vanish in the limit, as V has mean 0 and is independent of z.",
    ),
    Claim(
        id="shrinkage2022/appA2/cropped-block",
        where="appendix A.2, the display after eq. A.12 (line 439)",
        printed=r"\tilde{P}_{l}(t) = \frac{1 - \tilde{\rho}_{l-1}}{1 - \tilde{\rho}_{l-1} + \sigma_{(l)}^{2} A} t + "
        r"\frac{\sigma_{(l)}^{2} A}{1 - \tilde{\rho}_{l-1} + \sigma_{(l)}^{2} A} g(t)",
        statement=And(
            (
                Equal(
                    (block(1 - DEFICIT + DEFICIT * PLACE, LEVEL) - block(1 - DEFICIT, TOP - DROP))
                    / (1 - block(1 - DEFICIT, TOP - DROP)),
                    DEFICIT / (DEFICIT + VARIANCE * DROP) * PLACE
                    + VARIANCE * DROP / (DEFICIT + VARIANCE * DROP) * ((LEVEL - (TOP - DROP)) / DROP),
                    on={**BLOCK, PLACE: UNIT, LEVEL: UNIT, TOP: POSITIVE},
                ),
                Equal(
                    DEFICIT / (DEFICIT + VARIANCE * DROP) + VARIANCE * DROP / (DEFICIT + VARIANCE * DROP),
                    S.One,
                    on=BLOCK,
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="shrinkage2022/appA2/by-property8",
        where="appendix A.2 (line 448)",
        printed=r"\text{From property 8 we can deduce } e(\tilde{P}_l) \ge \frac{\sigma_{(l)}^2 A \cdot e(g)}"
        r"{1 - \tilde{\rho}_{l-1} + \sigma_{(l)}^2 A}",
        assumptions=("the first block, ρ̃_0 = 0, with φ = h₂: A = 1, g(t) = t², e(g) = (√5 − 1)/2",),
        statement=AtMost(VARIANCE / (1 + VARIANCE) * SQUARE_EXCESS, 1 / MIXTURE_ROOT - 2, on=OPEN),
        checks=(CertifiedWitness({VARIANCE: 1}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="Property 8 has 1 + p·e(g) below, p the weight of the identity. At σ² = 1 the left side is 0.309, e(P̃) is 0.281.",
        corrected=Claim(
            id="shrinkage2022/appA2/by-property8/corrected",
            where="appendix A.2 (line 448)",
            printed=r"e(\tilde{P}_l) \ge \frac{\sigma_{(l)}^2 A \cdot e(g)}{(1 - \tilde{\rho}_{l-1})(1 + e(g)) + "
            r"\sigma_{(l)}^2 A}",
            statement=And(
                (
                    Equal(
                        (VARIANCE * DROP / (DEFICIT + VARIANCE * DROP))
                        * EXCESS
                        / (1 + DEFICIT / (DEFICIT + VARIANCE * DROP) * EXCESS),
                        VARIANCE * DROP * EXCESS / (DEFICIT * (1 + EXCESS) + VARIANCE * DROP),
                        on={**BLOCK, EXCESS: Interval(0, 50)},
                    ),
                    Equal(
                        (1 - MIXTURE_ROOT + VARIANCE * (1 - MIXTURE_ROOT) ** 2) / (1 + VARIANCE), MIXTURE_ROOT, on=OPEN
                    ),
                )
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="Property 8 put in; the second part is the value of t that the witness uses.",
        ),
    ),
    Claim(
        id="shrinkage2022/appA2/block-excess",
        where="appendix A.2 (line 456)",
        printed=r"e(\tilde{P}_l) \geq \frac{\sigma_{(l)}^2 (1-\tilde{\rho}_{l-1})^2 \|\phi_l - "
        r"\overline{\phi}_l\|_{\mathcal{N}}^2}{2\left(1-\tilde{\rho}_{l-1} + \sigma_{(l)}^2 A\right)}",
        assumptions=("property 6 for P_l itself: 2e ≥ (1 − r)²/(P(1) − P(r))·Σ_{k≥2} of its coefficients",),
        statement=Equal(
            DEFICIT**2 / (1 - block(1 - DEFICIT, TOP - DROP)) * (VARIANCE * ERROR / (1 + VARIANCE * TOP)) / 2,
            VARIANCE * DEFICIT**2 * ERROR / (2 * (DEFICIT + VARIANCE * DROP)),
            on={**BLOCK, TOP: POSITIVE, ERROR: POSITIVE},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="True, although the step before it fails: P_l is a power series with coefficients ≥ 0 of its own, and ρ adds "
        "nothing to those from k = 2 on.",
    ),
    Claim(
        id="shrinkage2022/appA2/covariance-excess",
        where="appendix A.2 (line 452)",
        printed=r"\text{And property 7 states } e(g) \ge \frac{(1-\tilde{\rho}_{l-1})^2 \|\phi_l - "
        r"\overline{\phi}_l\|_{\mathcal{N}}^2}{2A}",
        assumptions=("A = ‖φ‖² − C[φ|ρ̃_{l−1}]",),
        statement=Equal(
            DEFICIT**2 * ERROR / (2 * (TOP - (TOP - DROP))),
            DEFICIT**2 * ERROR / (2 * DROP),
            on={DEFICIT: Interval.Lopen(0, 1), DROP: POSITIVE, TOP: POSITIVE, ERROR: POSITIVE},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="shrinkage2022/appA2/last-bound",
        where="appendix A.2 (lines 458 to 460)",
        printed=r"\text{Finally we use } A \leq (1 - \tilde{\rho}_{l-1}) \|\phi_l'\|_{\mathcal{N}}^2 \text{ to obtain } "
        r"e(\tilde{P}_l) \geq \frac{\sigma_{(l)}^2 (1-\tilde{\rho}_{l-1}) \|\phi_l - \phi_l\|_{\mathcal{N}}^2}"
        r"{2(1 + \sigma_{(l)}^2 \|\phi_l'\|_{\mathcal{N}}^2)}",
        assumptions=("‖φ_l − φ_l‖ is read ‖φ_l − φ̄_l‖; A = (1 − ρ̃_{l−1})‖φ′‖² − q with q ≥ 0",),
        statement=Equal(
            VARIANCE * DEFICIT**2 * ERROR / (2 * (DEFICIT + VARIANCE * (DEFICIT * NORM - SPARE)))
            - VARIANCE * DEFICIT * ERROR / (2 * (1 + VARIANCE * NORM)),
            VARIANCE**2
            * DEFICIT
            * ERROR
            * SPARE
            / (2 * (DEFICIT + VARIANCE * (DEFICIT * NORM - SPARE)) * (1 + VARIANCE * NORM)),
            on={
                VARIANCE: POSITIVE,
                DEFICIT: Interval(Rational(1, 2), 1),
                ERROR: POSITIVE,
                NORM: Interval(2, 5),
                SPARE: UNIT,
            },
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The gap is ≥ 0. The bound of A is the chord of C[φ|·], whose slope at 1 is ‖φ′‖².",
    ),
    Claim(
        id="shrinkage2022/theorem2/as-printed",
        where="theorem 2 (line 155)",
        printed=r"\left\|\frac{\partial z^{(L)}}{\partial z^{(0)}}\right\|_{op}^2 \geq \frac{(1-\rho_{\max})^2}{8} "
        r"\sum_{l=1}^L \frac{\sigma_{(l)}^2 \|\phi_l - \overline{\phi_l}\|_{\mathcal{N}}^2}"
        r"{1+\sigma_{(l)}^2 \|\phi_l\|_{\mathcal{N}}^2}",
        assumptions=(
            "with ‖φ_l‖ below, where the proof of the paper has ‖φ_l′‖",
            "P̃_l′(1) − 1 = σ²K/(δ + σ²(c₁δ + Y)), and Y, K, c₀, c₁, B as defined in this file",
        ),
        statement=And(
            (
                Equal(room(S(2)), DEFICIT**3, on=DEFICITS),
                Equal(
                    room(N + 3) - room(N + 2),
                    DEFICIT**2 * (3 - DEFICIT**2)
                    + (2 + DEFICIT) * DEFICIT * (1 - DEFICIT) ** 2 * (1 - (1 - DEFICIT) ** N),
                    on={**DEFICITS, N: S.Naturals0},
                ),
                Equal(
                    2 * SUM * (1 + VARIANCE * (MEAN + LINEAR + ERROR))
                    - DEFICIT * ERROR * (DEFICIT + VARIANCE * (LINEAR * DEFICIT + TAIL)),
                    (2 * SUM - DEFICIT**2 * ERROR)
                    + VARIANCE
                    * (2 * SUM * MEAN + LINEAR * (2 * SUM - DEFICIT**2 * ERROR) + ERROR * (2 * SUM - DEFICIT * TAIL)),
                    on={**COEFFICIENTS, VARIANCE: POSITIVE, DEFICIT: Interval.Lopen(0, 1), ERROR: POSITIVE},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="Holds too, by another way: P̃_l′(1) ≥ 1 + δσ²B/(2(1 + σ²‖φ‖²)), where K ≥ δ²B and 2K ≥ δY term by term "
        "(2(kδ − yₖ) − δyₖ is `room`, ≥ 0 from k = 2 on by the first two parts). The product over l is at least 1 + the "
        "sum, and the rest is theorem1/conclusion. With ‖φ_l′‖ it is what appendix A.2 proves.",
    ),
    Claim(
        id="shrinkage2022/theorem2/linear-blocks",
        where="after theorem 2 (line 161)",
        printed=r"\text{in the extreme case } \sigma_{(l)} = 0 \text{ the network is initialized as the identity}",
        statement=Equal(
            ((PLACE + VARIANCE * LEVEL) / (1 + VARIANCE * TOP)).subs(VARIANCE, 0),
            PLACE,
            on={PLACE: UNIT},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="Then V = 0 and z^{(l)} = z^{(l−1)}; the summand of theorem 2 is 0.",
    ),
)
