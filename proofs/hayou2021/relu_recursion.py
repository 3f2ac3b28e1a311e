"""The recursion of the deficit γ = 1 − c of a ReLU network on the edge of chaos, and bounds on the slope of f."""

from __future__ import annotations

from sympy import Expr, Integer, Interval, Rational, S, Symbol, asin, cos, pi, sqrt

from symntk.claims import (
    INEQUALITY,
    SERIES,
    And,
    AtMost,
    BallLimit,
    Claim,
    HighPrecisionLimit,
    LessThan,
    SeriesAt,
    SeriesCheck,
    Verdict,
)
from symntk.notation import GAMMA, RHO

HALF, QUARTER = Rational(1, 2), Rational(1, 4)
F = (RHO * asin(RHO) + sqrt(1 - RHO**2)) / pi + RHO / 2
STEP = 1 - F.subs(RHO, 1 - GAMMA)
"""γ_{l+1} as a function of γ_l."""
SIDE = 2 * sqrt(2) / (3 * pi)
B = sqrt(2) / (30 * pi)
ANGLE = Symbol("theta", nonnegative=True)
ROOT = GAMMA**-HALF
PRINTED = ROOT + SIDE / 2 + 3 * SIDE**2 / 8 * sqrt(GAMMA)
RIGHT = (B / 2 + 5 * SIDE**3 / 16) * GAMMA


def at_zero(left: Expr, right: Expr, order: Expr) -> SeriesAt:
    """left = right + O(γ^order) as γ → 0."""
    return SeriesAt(left, right, variable=GAMMA, order=order, at=S.Zero, side="right")


CLAIMS = (
    Claim(
        id="hayou2021/appendix-lemma1/deficit-recursion",
        where="appendix lemma 1, proof",
        printed=r"\gamma_{l+1} = \gamma_l - s\gamma_l^{3/2} - b\gamma_l^{5/2} + \mathcal{O}(\gamma_l^{7/2})",
        statement=at_zero(STEP, GAMMA - SIDE * GAMMA ** Rational(3, 2) - B * GAMMA ** Rational(5, 2), Rational(7, 2)),
        checks=SERIES,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2021/appendix-lemma1/constants-positive",
        where="appendix lemma 1, proof",
        printed=r"s, b > 0",
        statement=And((LessThan(0, SIDE), LessThan(0, B))),
        checks=INEQUALITY,
        expected=Verdict.CERTIFIED,
    ),
    Claim(
        id="hayou2021/appendix-lemma1/inverse-root-recursion",
        where="appendix lemma 1, proof, second display",
        printed=r"\gamma_{l+1}^{-1/2} = \gamma_l^{-1/2} + \frac{s}{2} + \frac{3s^2}{8} \gamma_l^{1/2} "
        r"+ \frac{b}{2} \gamma_l + \mathcal{O}(\gamma_l^{3/2})",
        statement=at_zero(1 / sqrt(STEP), PRINTED + B / 2 * GAMMA, Rational(3, 2)),
        checks=(SeriesCheck(), BallLimit()),
        expected=Verdict.REFUTED,
        kind="error",
        note="The third-order term 5s³/16 of (1 − u)^{−1/2} is forgotten.",
        corrected=Claim(
            id="hayou2021/appendix-lemma1/inverse-root-recursion/corrected",
            where="appendix lemma 1, proof, second display",
            printed=r"\gamma_{l+1}^{-1/2} = \gamma_l^{-1/2} + \frac{s}{2} + \frac{3s^2}{8} \gamma_l^{1/2} "
            r"+ (\frac{b}{2} + \frac{5s^3}{16}) \gamma_l + \mathcal{O}(\gamma_l^{3/2})",
            statement=at_zero(1 / sqrt(STEP), PRINTED + RIGHT, Rational(3, 2)),
            checks=SERIES,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/appendix-lemma1/inverse-root-remainder",
        where="appendix lemma 1, proof, last display",
        printed=r"\gamma_{l+1}^{-1/2} = \gamma_l^{-1/2} + \frac{s}{2} + \frac{3s^2}{8}\gamma_l^{1/2} + O(\gamma_l^{3/2})",
        statement=at_zero(1 / sqrt(STEP), PRINTED, Rational(3, 2)),
        checks=(SeriesCheck(), HighPrecisionLimit()),
        expected=Verdict.REFUTED,
        kind="error",
        note="The next term is (b/2 + 5s³/16) γ, so the remainder is O(γ) and no smaller.",
        corrected=Claim(
            id="hayou2021/appendix-lemma1/inverse-root-remainder/corrected",
            where="appendix lemma 1, proof, last display",
            printed=r"\gamma_{l+1}^{-1/2} = \gamma_l^{-1/2} + \frac{s}{2} + \frac{3s^2}{8}\gamma_l^{1/2} + O(\gamma_l)",
            statement=at_zero(1 / sqrt(STEP), PRINTED, Integer(1)),
            checks=SERIES,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/appendix-lemma10/slope-nonnegative",
        where="appendix lemma 10, proof",
        printed=r"f' \geq 0, \text{ hence } f \text{ is non-decreasing}",
        statement=AtMost(0, F.diff(RHO), on={RHO: Interval(-1, 1)}),
        checks=INEQUALITY,
        expected=Verdict.CERTIFIED,
        note="Equality at −1 only.",
    ),
    Claim(
        id="hayou2021/fact17/slope-bound",
        where="fact 17, proof, last display",
        printed=r"|f'(c^l) - f'(1)| \leq \zeta |c^l - 1|^{1/2}",
        statement=AtMost((ANGLE / pi) ** 2, 1 - cos(ANGLE), on={ANGLE: Interval(0, pi)}),
        checks=INEQUALITY,
        expected=Verdict.CERTIFIED,
        note="With ζ = 1 on all of [−1, 1]: for c = cos θ, f′(1) − f′(c) = θ/π; both sides are squared.",
    ),
)
