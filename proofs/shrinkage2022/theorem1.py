"""Theorem 1 of shrinkage2022 and its proof: appendices A.1 and A.1.1, with remarks 2 and 4."""

from __future__ import annotations

from sympy import Expr, Interval, Rational, S, Symbol

from symntk.claims import IDENTITY, And, Claim, Equal, Verdict
from symntk.notation import RHO, N

START, AFTER = Symbol("rho_0", real=True), Symbol("rho_L", real=True)
LOW, HIGH, WIDEST = Symbol("r", nonnegative=True), Symbol("s", nonnegative=True), Symbol("m", nonnegative=True)
"""ρ̃_{l−1}, ρ̃_l and ρ̃_max, or ρ_max where the text has it."""
PLACE, SLOPE = Symbol("t", nonnegative=True), Symbol("chi", positive=True)
CONSTANT, LEVEL, TOP = Symbol("c_0", nonnegative=True), Symbol("c", nonnegative=True), Symbol("c_1", positive=True)
"""σ_b²/σ_w², C[φ|·] at the point, and C[φ|1]."""
BOTTOM = Symbol("c_r", nonnegative=True)
TOTAL, EXCESS, TAU = Symbol("S", nonnegative=True), Symbol("E", nonnegative=True), Symbol("tau", positive=True)
GAIN, ROOM, PRODUCT = Symbol("p", nonnegative=True), Symbol("q", nonnegative=True), Symbol("Q", positive=True)

BELOW, UNIT = Interval.Ropen(0, 1), Interval(0, 1)
PAIR = {LOW: BELOW, HIGH: BELOW}
SUMS = {TOTAL: Interval(0, 100)}
LEVELS = {
    CONSTANT: Interval(0, 2),
    BOTTOM: Interval(0, Rational(1, 2)),
    LEVEL: UNIT,
    TOP: Interval(1, 2),
}


def layer(covariance: Expr) -> Expr:
    """P as a function of C[φ|ρ], in units of σ_w²."""
    return (CONSTANT + covariance) / (CONSTANT + TOP)


def affine(low: Expr, t: Expr) -> Expr:
    """r + (1 − r)t."""
    return low + (1 - low) * t


LIMIT_EXCESS = (1 - WIDEST) / 4 * TOTAL
"""E of appendix A.1.1."""

PROPAGATION = (
    Claim(
        id="shrinkage2022/appA1/difference-quotient",
        where="appendix A.1, third display (line 290), and remark 4",
        printed=r"\frac{N_L^{-1} \| z^{(L)}(x_\alpha) - z^{(L)}(x_\beta) \|^2}{N_0^{-1} \| x_\alpha - x_\beta \|^2} "
        r"= \frac{2 - 2\rho_L}{2 - 2\rho_0} = \frac{1 - P_L \circ \dots \circ P_1(\rho_0)}{1 - \rho_0}",
        assumptions=("‖z‖² = N on both layers, so that ‖z − z′‖²/N = 1 + 1 − 2ρ",),
        statement=And(
            (
                Equal(S.One + S.One - 2 * AFTER, 2 - 2 * AFTER, on={AFTER: Interval(-1, 1)}),
                Equal(
                    (2 - 2 * AFTER) / (2 - 2 * START),
                    (1 - AFTER) / (1 - START),
                    on={AFTER: Interval(-1, 1), START: Interval.Ropen(-1, 1)},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="As ρ_0 → 1 it is the difference quotient of P_L∘…∘P_1 at 1, where that is 1.",
    ),
    Claim(
        id="shrinkage2022/appA1/reflection",
        where="appendix A.1 (line 304)",
        printed=r"P_l \circ \dots \circ P_1(-\rho) \ge 2P_l \circ \dots \circ P_1(0) - P_l \circ \dots \circ P_0(\rho) "
        r"\ge 2\tilde{\rho}_l - 1",
        assumptions=("P_0 at the end is read P_1", "for every power ρᵏ, of which the composition is a mean"),
        statement=And(
            (
                Equal(RHO**S.Zero + (-RHO) ** S.Zero, 2 * S.One, on={RHO: UNIT}),
                Equal(RHO**S.One + (-RHO) ** S.One, S.Zero, on={RHO: UNIT}),
                Equal(
                    RHO ** (N + 2) + (-RHO) ** (N + 2),
                    RHO**2 * (RHO**N + (-RHO) ** N),
                    on={RHO: Interval.Lopen(0, 1), N: S.Naturals0},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="By induction ρᵏ + (−ρ)ᵏ is 2 at k = 0 and ≥ 0 beyond, so at least twice the value 0ᵏ at 0. Compositions of power series with coefficients ≥ 0 are such "
        "series; the last step is P ≤ 1.",
    ),
    Claim(
        id="shrinkage2022/appA1/half",
        where="appendix A.1 (line 306)",
        printed=r"\text{Therefore } \rho_l \geq 2\tilde{\rho}_l - 1 \text{, and } 1 - \rho_{\max} \leq "
        r"2(1 - \tilde{\rho}_{\max})",
        statement=Equal(1 - (2 * LOW - 1), 2 * (1 - LOW), on={LOW: UNIT}),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="2x − 1 increases, so that the maximum over l passes through. It is attained by odd φ without bias.",
    ),
    Claim(
        id="shrinkage2022/appA1/eqA2",
        where="eq. A.2 and the definition of P̃ above it (lines 310 to 315)",
        printed=r"P_l(\tilde\rho_{l-1} + (1-\tilde\rho_{l-1})t) = \tilde\rho_l + (1-\tilde\rho_l)\tilde P_l(t), \quad "
        r"P_l \circ \dots \circ P_{k+1} \left(\tilde{\rho}_k + (1 - \tilde{\rho}_k) t \right) = \tilde{\rho}_l + "
        r"(1 - \tilde{\rho}_l) \cdot \tilde{P}_l \circ \dots \circ \tilde{P}_{k+1}(t)",
        assumptions=("x is the value of P_l",),
        statement=And(
            (
                Equal(affine(HIGH, (LEVEL - HIGH) / (1 - HIGH)), LEVEL, on={HIGH: BELOW, LEVEL: UNIT}),
                Equal((HIGH - HIGH) / (1 - HIGH), S.Zero, on={HIGH: BELOW}),
                Equal((1 - HIGH) / (1 - HIGH), S.One, on={HIGH: BELOW}),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="c stands for P_l(…). One layer; the affine maps between two layers cancel, so that the composition follows by "
        "induction. The last two parts are P̃(0) = 0 and P̃(1) = 1. It takes ρ̃_l < 1.",
    ),
    Claim(
        id="shrinkage2022/appA1/cropped-covariance",
        where="appendix A.1, after eq. A.3 (line 323)",
        printed=r"\tilde{P}_l(t) = \frac{\mathfrak{C}[\phi_l|\tilde{\rho}_{l-1} + (1-\tilde{\rho}_{l-1})t] - "
        r"\mathfrak{C}[\phi_l|\tilde{\rho}_{l-1}]}{\mathfrak{C}[\phi_l|1] - \mathfrak{C}[\phi_l|\tilde{\rho}_{l-1}]}",
        statement=Equal(
            (layer(LEVEL) - layer(BOTTOM)) / (1 - layer(BOTTOM)), (LEVEL - BOTTOM) / (TOP - BOTTOM), on=LEVELS
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="c, c_r, c_1 are the three covariances and c_0 = σ_b²/σ_w²: the bias drops out.",
    ),
    Claim(
        id="shrinkage2022/appA1/eqA3",
        where="eq. A.3 (line 319)",
        printed=r"\left(P_L \circ \dots \circ P_1\right)'(1) = (1 - \tilde{\rho}_L) \left(\tilde{P}_L \circ \dots "
        r"\circ \tilde{P}_1\right)'(1)",
        assumptions=(
            "χ = P_l′(1), so that P̃_l′(1) = χ(1 − ρ̃_{l−1})/(1 − ρ̃_l); Q is the product over the layers before",
        ),
        statement=And(
            (
                Equal((1 - S.Zero) * S.One, S.One),
                Equal(
                    (1 - HIGH) * (PRODUCT * SLOPE * (1 - LOW) / (1 - HIGH)),
                    SLOPE * ((1 - LOW) * PRODUCT),
                    on={**PAIR, PRODUCT: Interval.Lopen(0, 10), SLOPE: Interval.Lopen(0, 10)},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="Start, with ρ̃_0 = 0, and step of the induction on L; slopes multiply since 1 is fixed by every map.",
    ),
)

CONCLUSION = (
    Claim(
        id="shrinkage2022/theorem1/conclusion",
        where="theorem 1 (line 113) from eqs. A.1 to A.6 (lines 292 to 346)",
        printed=r"\left\|\frac{\partial z^{(L)}}{\partial z^{(0)}}\right\|_{op}^{2} \geq \frac{(1-\rho_{\max})^{2}}{8} "
        r"\sum_{l=1}^{L} \frac{\left\|\phi_{l}-\overline{\phi}_{l}\right\|_{\mathcal{N}}^{2}}{\|\phi_{l}'\|_{\mathcal{N}}^{2}}",
        assumptions=(
            "S is the sum, m = ρ_max; 1 − ρ̃_max = (1 − m)/2 + q and 1 − ρ̃_L = 1 − ρ̃_max + p with p, q ≥ 0",
            "the left side is (P_L∘…∘P_1)′(1), by eqs. A.3 to A.6 at least (1 − ρ̃_L)(1 + (1 − ρ̃_max)S/2)",
        ),
        statement=Equal(
            ((1 - WIDEST) / 2 + ROOM + GAIN) * (1 + ((1 - WIDEST) / 2 + ROOM) * TOTAL / 2)
            - (1 - WIDEST) ** 2 / 8 * TOTAL,
            (1 - WIDEST) / 2
            + ROOM
            + GAIN
            + TOTAL / 2 * ((1 - WIDEST) * ROOM + ROOM**2 + GAIN * ((1 - WIDEST) / 2 + ROOM)),
            on={**SUMS, WIDEST: UNIT, ROOM: UNIT, GAIN: UNIT},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The gap is a sum of terms ≥ 0, the first of them the 1 of eq. A.4 that the proof drops. Every other step is a "
        "claim of its own: properties 4, 5 and 7 and the displays of appendix A.1.",
    ),
    Claim(
        id="shrinkage2022/remark2/bound",
        where="remark 2 (lines 348 to 358)",
        printed=r"P_L \circ \cdots \circ P_1(t) = \tilde{\rho}_L + (1 - \tilde{\rho}_L)\tilde{P}_L \circ \cdots \circ "
        r"\tilde{P}_1(t) [\ldots] \text{ we can bound } P_L \circ \cdots \circ P_1 \text{ from above by a piecewise "
        r"linear function}",
        assumptions=("with C = e the bound of eqs. A.5 and A.6; t is x of property 1",),
        statement=And(
            (
                Equal(affine(S.Zero, PLACE), PLACE, on={PLACE: UNIT}),
                Equal(
                    affine(HIGH, PLACE / (1 + EXCESS)),
                    HIGH + (1 - HIGH) * PLACE / (1 + EXCESS),
                    on={HIGH: BELOW, PLACE: UNIT, EXCESS: Interval(0, 50)},
                ),
                Equal(
                    affine(HIGH, (1 + EXCESS) * PLACE - EXCESS),
                    1 - (1 - HIGH) * (1 + EXCESS) * (1 - PLACE),
                    on={HIGH: BELOW, PLACE: UNIT, EXCESS: Interval(0, 50)},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="ρ̃_0 = 0, so that the whole network is cropped on the right only. Affine in t on both pieces.",
    ),
    Claim(
        id="shrinkage2022/appA11/first-bound",
        where="appendix A.1.1, the display before eq. A.7 (line 368)",
        printed=r"\tilde{P}_L \circ \cdots \circ \tilde{P}_1(1-\tau) \le (1+E)(1-\tau) - E = 1 - (1+E)\tau, \quad "
        r"0 < \tau \le \frac{1}{2+E}",
        statement=And(
            (
                Equal(
                    (1 + EXCESS) * (1 - TAU) - EXCESS,
                    1 - (1 + EXCESS) * TAU,
                    on={EXCESS: Interval(0, 50), TAU: Interval.Lopen(0, 1)},
                ),
                Equal(1 - 1 / (2 + EXCESS), (1 + EXCESS) / (2 + EXCESS), on={EXCESS: Interval(0, 50)}),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="Property 1, whose second line begins at 1 − 1/(2 + E); that is the (1 + E)/(2 + E) of line 402.",
    ),
    Claim(
        id="shrinkage2022/appA11/eqA7",
        where="eq. A.7 (line 373)",
        printed=r"P_L \circ \dots \circ P_1(1-\tau) \le \tilde{\rho}_{\max} + (1-\tilde{\rho}_{\max})(1-(1+E)\tau) = "
        r"1 - (1-\tilde{\rho}_{\max})(1+E)\tau",
        assumptions=("s = ρ̃_L = ρ̃_max − p, p ≥ 0",),
        statement=And(
            (
                Equal(
                    affine(WIDEST, 1 - (1 + EXCESS) * TAU),
                    1 - (1 - WIDEST) * (1 + EXCESS) * TAU,
                    on={WIDEST: UNIT, EXCESS: Interval(0, 50), TAU: Interval.Lopen(0, 1)},
                ),
                Equal(
                    affine(WIDEST, 1 - (1 + EXCESS) * TAU) - affine(WIDEST - GAIN, 1 - (1 + EXCESS) * TAU),
                    GAIN * (1 + EXCESS) * TAU,
                    on={WIDEST: UNIT, GAIN: UNIT, EXCESS: Interval(0, 50), TAU: Interval.Lopen(0, 1)},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The second part is ≥ 0: the step from ρ̃_L to ρ̃_max only weakens the bound.",
    ),
    Claim(
        id="shrinkage2022/appA11/eqA8",
        where="eq. A.8 and the two displays before it (lines 382 to 390)",
        printed=r"\frac{1-P_L \circ \cdots \circ P_1(1-\tau)}{\tau} \ge (1-\tilde{\rho}_{\max})(1+E) "
        r"[\ldots] \ge (1 - \tilde{\rho}_{\max}) E",
        statement=And(
            (
                Equal(
                    (1 - (1 - (1 - WIDEST) * (1 + EXCESS) * TAU)) / TAU,
                    (1 - WIDEST) * (1 + EXCESS),
                    on={WIDEST: UNIT, EXCESS: Interval(0, 50), TAU: Interval.Lopen(0, 1)},
                ),
                Equal(
                    (1 - WIDEST) * (1 + EXCESS) - (1 - WIDEST) * EXCESS,
                    1 - WIDEST,
                    on={WIDEST: UNIT, EXCESS: Interval(0, 50)},
                ),
                Equal(1 - (1 - TAU), TAU, on={TAU: Interval.Lopen(0, 1)}),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="shrinkage2022/appA11/eqA9",
        where="eq. A.9 and the definition of E (lines 366 and 399)",
        printed=r"\geq \frac{1-\rho_{\max}}{2}E = \frac{(1-\rho_{\max})^2}{8}\sum_{l=1}^{L} "
        r"\frac{\|\phi_{l}-\overline{\phi}_{l}\|_{\mathcal{N}}^{2}}{\|\phi_{l}'\|_{\mathcal{N}}^{2}}",
        statement=And(
            (
                Equal((1 - WIDEST) / 2 * LIMIT_EXCESS, (1 - WIDEST) ** 2 / 8 * TOTAL, on={**SUMS, WIDEST: UNIT}),
                Equal(
                    ((1 - WIDEST) / 2 + ROOM) / 2 * TOTAL - LIMIT_EXCESS,
                    ROOM * TOTAL / 2,
                    on={**SUMS, WIDEST: UNIT, ROOM: UNIT},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The second part is why e ≥ E: 1 − ρ̃_max = (1 − ρ_max)/2 + q with q ≥ 0.",
    ),
)

CLAIMS = PROPAGATION + CONCLUSION
