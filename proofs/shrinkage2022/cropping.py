"""Appendix A.3 of shrinkage2022, continued: cropping and mixing with the identity, properties 6 to 8."""

from __future__ import annotations

from sympy import Derivative, Expr, Integer, Interval, Rational, S, Symbol, log, sqrt

from symntk.claims import (
    IDENTITY,
    And,
    Claim,
    Equal,
    Verdict,
)
from symntk.notation import N

T, T1 = (Symbol(name, positive=True) for name in ("t", "t_1"))
"""Solutions of g(1 − t) = t."""
PLACE, EXCESS = Symbol("x", nonnegative=True), Symbol("e", nonnegative=True)
LEFT, RIGHT = Symbol("a", nonnegative=True), Symbol("b", positive=True)
WEIGHT, REST = Symbol("s", positive=True), Symbol("v", positive=True)
"""s and 1 − s."""
BASE, POWER = Symbol("z", positive=True), Symbol("k", positive=True)
LINEAR, VALUE = Symbol("p", nonnegative=True), Symbol("h", nonnegative=True)
HALF = Interval.open(0, Rational(1, 2))
POINT = {T: Interval.Lopen(0, Rational(1, 2))}
UNIT = Interval(0, 1)
ROOM = {EXCESS: Interval(0, 50)}
OPEN = Interval.open(0, 1)
MEANS = {WEIGHT: OPEN, REST: OPEN, BASE: OPEN, POWER: Interval(1, 30)}


def excess(t: Expr) -> Expr:
    """1/t − 2."""
    return 1 / t - 2


MIXED = WEIGHT * BASE + REST
LEVEL = T * LEFT + (1 - T) * RIGHT

CROPPING = (
    Claim(
        id="shrinkage2022/appA3/eqA16",
        where="eq. A.16 (line 555)",
        printed=r"t g(a) + (1-t) g(b) - g(ta + (1-t)b) = (g(b)-g(a))(1-2t) = (g(b)-g(a)) "
        r"\frac{e(\tilde g)}{2+e(\tilde g)}",
        statement=And(
            (
                Equal(LEFT + (RIGHT - LEFT) * (1 - T), LEVEL, on={**POINT, LEFT: UNIT, RIGHT: Interval.Lopen(0, 1)}),
                Equal(
                    T * LINEAR + (1 - T) * VALUE - (LINEAR + (VALUE - LINEAR) * T),
                    (VALUE - LINEAR) * (1 - 2 * T),
                    on={**POINT, LINEAR: UNIT, VALUE: UNIT},
                ),
                Equal(1 - 2 * (1 / (2 + EXCESS)), EXCESS / (2 + EXCESS), on=ROOM),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="p and h are g(a) and g(b), and g(ta + (1 − t)b) = g(a) + (g(b) − g(a))·g̃(1 − t) with g̃(1 − t) = t.",
    ),
    Claim(
        id="shrinkage2022/appA3/eqA17",
        where="eq. A.17 (line 560)",
        printed=r"\sum_k c_k [ta^k + (1-t)b^k - (ta+(1-t)b)^k] = \sum_{k \ge 2} c_k b^k "
        r"\left[ t\left(\frac ab\right)^k + (1-t) - \left(t \cdot \frac ab + 1-t\right)^k \right]",
        statement=And(
            (
                Equal(T + (1 - T) - LEVEL**0, S.Zero, on={**POINT, LEFT: UNIT, RIGHT: Interval.Lopen(0, 1)}),
                Equal(
                    T * LEFT + (1 - T) * RIGHT - LEVEL, S.Zero, on={**POINT, LEFT: UNIT, RIGHT: Interval.Lopen(0, 1)}
                ),
                Equal(
                    RIGHT * (T * (LEFT / RIGHT) + 1 - T), LEVEL, on={**POINT, LEFT: UNIT, RIGHT: Interval.Lopen(0, 1)}
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The terms of k = 0 and 1 vanish; the others are multiplied and divided by bᵏ.",
    ),
    Claim(
        id="shrinkage2022/appA3/property6-derivative",
        where="appendix A.3, proof of property 6 (lines 563 to 565)",
        printed=r"k \mapsto sx^k - (sx+1-s)^k [\ldots] \text{ Its derivative with respect to } k \text{ is } "
        r"-sx^k \log\frac1x + (sx+1-s)^k \log\frac1{sx+1-s}",
        assumptions=("x is written z and 1 − s is written v",),
        statement=Equal(
            Derivative(WEIGHT * BASE**POWER - MIXED**POWER, POWER),
            -WEIGHT * BASE**POWER * log(1 / BASE) + MIXED**POWER * log(1 / MIXED),
            on=MEANS,
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="shrinkage2022/appA3/property6-jensen",
        where="appendix A.3, proof of property 6 (lines 565 to 567)",
        printed=r"\ge -sx(sx+1-s)^{k-1} \log\frac1x + (sx+1-s)^k \log\frac1{sx+1-s} = (sx+1-s)^{k-1} "
        r"\Big[s \cdot x\log x + (1-s) \cdot 1\log 1 - (sx+1-s)\log(sx+1-s)\Big]",
        assumptions=("x is written z, 1 − s is written v and (sx + 1 − s)^{k−1} is written p",),
        statement=And(
            (
                Equal(
                    -WEIGHT * BASE * LINEAR * log(1 / BASE) + LINEAR * MIXED * log(1 / MIXED),
                    LINEAR * (WEIGHT * BASE * log(BASE) + REST * log(Integer(1)) - MIXED * log(MIXED)),
                    on={**MEANS, LINEAR: UNIT},
                ),
                Equal(MIXED.subs(REST, 1 - WEIGHT) - BASE, (1 - WEIGHT) * (1 - BASE), on={WEIGHT: OPEN, BASE: OPEN}),
                Equal(Derivative(BASE * log(BASE), (BASE, 2)), 1 / BASE, on={BASE: OPEN}),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The first step replaces x^{k−1} by (sx + 1 − s)^{k−1}, no smaller by the second part as k ≥ 1; the bracket is "
        "≥ 0 because x·log x is convex, by the third.",
    ),
    Claim(
        id="shrinkage2022/appA3/property6",
        where="appendix A.3, property 6 (lines 549 and 569 to 573)",
        printed=r"t\left(\frac ab\right)^2 + (1-t) - \left(t\cdot\frac ab+1-t\right)^2 = t(1-t)\left(1-\frac ab\right)^2; "
        r"\quad \frac{e(\tilde g)(2+e(\tilde g))}{1+e(\tilde g)} \ge \frac{(b-a)^2}{g(b)-g(a)} "
        r"\sum_{k=2}^\infty c_k b^{k-2}",
        statement=And(
            (
                Equal(
                    T * (LEFT / RIGHT) ** 2 + (1 - T) - (T * LEFT / RIGHT + 1 - T) ** 2,
                    T * (1 - T) * (1 - LEFT / RIGHT) ** 2,
                    on={**POINT, LEFT: UNIT, RIGHT: Interval.Lopen(0, 1)},
                ),
                Equal(
                    (1 - LEFT / RIGHT) ** 2 * RIGHT ** (N + 2),
                    (RIGHT - LEFT) ** 2 * RIGHT**N,
                    on={LEFT: UNIT, RIGHT: Interval.Lopen(0, 1), N: S.Naturals0},
                ),
                Equal(1 / (2 + EXCESS) * (1 - 1 / (2 + EXCESS)), (1 + EXCESS) / (2 + EXCESS) ** 2, on=ROOM),
                Equal(
                    EXCESS / (2 + EXCESS) / ((1 + EXCESS) / (2 + EXCESS) ** 2),
                    EXCESS * (2 + EXCESS) / (1 + EXCESS),
                    on=ROOM,
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="With eqs. A.16 and A.17 and the monotonicity in k.",
    ),
    Claim(
        id="shrinkage2022/appA3/property7",
        where="appendix A.3, property 7 (lines 583 to 593)",
        printed=r"2e(\tilde g) \ge \frac{e(\tilde g)(2+e(\tilde g))}{1+e(\tilde g)}; \quad "
        r"e(\tilde g) \ge \frac{(1-r)^2\|f-\bar f\|^2}{2(\|f\|^2 - \mathfrak{C}[f|r])} \ge "
        r"\frac{(1-r)\|f-\bar f\|^2}{2\|f'\|^2}",
        assumptions=("a = ‖f − f̄‖², h = ‖f′‖², ‖f‖² − C[f|r] = (1 − r)h − p with p ≥ 0 by the chord; x = 1 − r",),
        statement=And(
            (
                Equal(2 * EXCESS - EXCESS * (2 + EXCESS) / (1 + EXCESS), EXCESS**2 / (1 + EXCESS), on=ROOM),
                Equal(
                    PLACE**2 * LEFT / (2 * (PLACE * RIGHT - LINEAR)) - PLACE * LEFT / (2 * RIGHT),
                    PLACE * LEFT * LINEAR / (2 * RIGHT * (PLACE * RIGHT - LINEAR)),
                    on={
                        PLACE: Interval(Rational(1, 2), 1),
                        LEFT: UNIT,
                        RIGHT: Interval(2, 3),
                        LINEAR: Interval(0, Rational(1, 2)),
                    },
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="h is written b. The slope of the chord is taken at ρ = 1; the misprint ρ = 0 is a claim of its own.",
    ),
)

MIXTURE_ROOT = (1 + LINEAR * EXCESS) / (2 + EXCESS + LINEAR * EXCESS)
MIXTURES = {**ROOM, LINEAR: Interval.Ropen(0, 1)}

MIXTURE = (
    Claim(
        id="shrinkage2022/appA3/property8-order",
        where="appendix A.3, proof of property 8 (line 603)",
        printed=r"g(1-t) - t = \frac pq (2t-1) \le 0 = g(1-s) - s",
        statement=Equal(
            (T - LINEAR * (1 - T)) / (1 - LINEAR) - T,
            LINEAR / (1 - LINEAR) * (2 * T - 1),
            on={**POINT, LINEAR: Interval.Ropen(0, 1)},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="From p(1 − t) + q·g(1 − t) = t with q = 1 − p > 0; t ≤ 1/2.",
    ),
    Claim(
        id="shrinkage2022/appA3/property8-chord",
        where="appendix A.3, proof of property 8 (lines 605 to 609)",
        printed=r"g(1-t) \le \frac{1-t}{1-s}g(1-s) + \frac{t-s}{1-s}g(0) = \frac{s(1-t)}{1-s}; \quad "
        r"t - p + pt = qg(1-t); \quad \frac{s}{1-s} = \frac{1}{1+e(g)}",
        assumptions=("s is written t₁ and t is written t",),
        statement=And(
            (
                Equal((1 - T) / (1 - T1) + (T - T1) / (1 - T1), S.One, on={**POINT, T1: HALF}),
                Equal((1 - T) / (1 - T1) * (1 - T1), 1 - T, on={**POINT, T1: HALF}),
                Equal((1 - T) / (1 - T1) * T1, T1 * (1 - T) / (1 - T1), on={**POINT, T1: HALF}),
                Equal(T1 / (1 - T1), 1 / (1 + excess(T1)), on={T1: HALF}),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="shrinkage2022/appA3/property8",
        where="appendix A.3, property 8 (lines 599 and 611 to 615)",
        printed=r"t \leq \frac{1+pe(g)}{2+e(g)+pe(g)} \text{ which is equivalent to } "
        r"e(p \cdot \mathrm{id} + q \cdot g) = \frac1t - 2 \ge \frac{qe(g)}{1+pe(g)}",
        statement=And(
            (
                Equal(
                    MIXTURE_ROOT - LINEAR + LINEAR * MIXTURE_ROOT,
                    (1 - LINEAR) * (1 - MIXTURE_ROOT) / (1 + EXCESS),
                    on=MIXTURES,
                ),
                Equal(excess(MIXTURE_ROOT), (1 - LINEAR) * EXCESS / (1 + LINEAR * EXCESS), on=MIXTURES),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The printed bound of t solves t − p + pt = q(1 − t)/(1 + e) with equality, and t(1 + p) + qt/(1 + e) grows in t.",
    ),
)

SHARPER_ROOT = (PLACE - 2 + sqrt(PLACE**2 + 4)) / 2

SHARPER = (
    Claim(
        id="shrinkage2022/appA3/property7-sharper",
        where="appendix A.3, property 7 (line 587), what its proof gives away",
        printed=r"2e(\tilde g) \ge \frac{e(\tilde g)(2+e(\tilde g))}{1+e(\tilde g)} \ge B "
        r"\text{ gives } e \ge B/2; \text{ solved for } e: \ e \ge \tfrac12\left(B-2+\sqrt{B^2+4}\right)",
        statement=And(
            (
                Equal(SHARPER_ROOT * (2 + SHARPER_ROOT) / (1 + SHARPER_ROOT), PLACE, on={PLACE: Interval(0, 50)}),
                Equal(
                    SHARPER_ROOT - PLACE / 2,
                    PLACE**2 / (2 * (sqrt(PLACE**2 + 4) + 2)),
                    on={PLACE: Interval(0, 50)},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="B is written x, and e(2 + e)/(1 + e) grows in e; the gain is ≥ 0 and attained by quadratic g.",
    ),
)

CLAIMS = CROPPING + MIXTURE + SHARPER
