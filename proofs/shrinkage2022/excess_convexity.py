"""Appendix A.3 of shrinkage2022: the excess convexity and its properties 1 to 5, step by step."""

from __future__ import annotations

from sympy import Expr, Integer, Interval, Limit, Rational, S, Symbol, floor

from symntk.claims import (
    IDENTITY,
    And,
    CertifiedWitness,
    Claim,
    Equal,
    HighPrecisionAtPoints,
    Verdict,
)
from symntk.notation import N

T, T1, T2 = (Symbol(name, positive=True) for name in ("t", "t_1", "t_2"))
"""Solutions of g(1 − t) = t."""
PLACE, EXCESS = Symbol("x", nonnegative=True), Symbol("e", nonnegative=True)
HALF = Interval.open(0, Rational(1, 2))
POINT = {T: Interval.Lopen(0, Rational(1, 2))}
POINTS = {T1: HALF, T2: HALF}
UNIT = Interval(0, 1)
ROOM = {EXCESS: Interval(0, 50)}


def excess(t: Expr) -> Expr:
    """1/t − 2."""
    return 1 / t - 2


BOTH = T1 + T2 - 2 * T1 * T2
WEIGHT_1 = (1 - 2 * T1) * T2 * (1 - T2) / ((1 - T1 - T2) * BOTH)
WEIGHT_2 = T1 * (1 - T1) * (1 - 2 * T2) / ((1 - T1 - T2) * BOTH)
CORNER = 1 - 1 / (2 + EXCESS)
BY_CONVEXITY = "g lies below its chords and above their prolongations."

DEFINITION = (
    Claim(
        id="shrinkage2022/appA3/continuity",
        where="appendix A.3 (line 468)",
        printed=r"\text{non-decreasing convex functions } g: [0,1] \to [0,1] \text{ satisfying } g(0)=0, g(1)=1. "
        r"\text{ Note that these conditions imply continuity}",
        assumptions=("g(x) = ⌊x⌋ on [0, 1], which is 0 below 1: convex, non-decreasing, g(0) = 0, g(1) = 1",),
        statement=Equal(Limit(floor(PLACE), PLACE, 1, dir="-"), floor(Integer(1))),
        checks=(CertifiedWitness(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="A convex function may jump at the end of its interval; then no t in (0, 1) has g(1 − t) = t and e(g) is "
        "not defined. Inside the interval the remark is right.",
        corrected=Claim(
            id="shrinkage2022/appA3/continuity/corrected",
            where="appendix A.3 (line 468)",
            printed=r"g(x) = \sum_k c_k x^k,\ c_k \geq 0,\ \sum_k k c_k < \infty \text{ is continuous at } 1: "
            r"0 \leq 1 - g(x) \leq g'(1)(1-x)",
            statement=And(
                (
                    Equal(0 * (1 - PLACE) - (1 - PLACE**S.Zero), S.Zero, on={PLACE: Interval.Lopen(0, 1)}),
                    Equal(
                        (N + 1) * (1 - PLACE) - (1 - PLACE ** (N + 1)),
                        N * (1 - PLACE) - (1 - PLACE**N) + (1 - PLACE) * (1 - PLACE**N),
                        on={PLACE: Interval.Lopen(0, 1), N: S.Naturals0},
                    ),
                )
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="For every power 1 − xⁿ ≤ n(1 − x), by induction; g is a mean of powers. All maps of the paper are.",
        ),
    ),
    Claim(
        id="shrinkage2022/appA3/property1",
        where="appendix A.3, property 1 (line 474)",
        printed=r"\text{If } e(g) \ge C, \text{ then } g(t) \le \frac{1}{1+C}t \text{ if } t \le 1 - \frac{1}{2+C}, "
        r"\quad (1+C)t - C \text{ if } t \ge 1 - \frac{1}{2+C}",
        statement=And(
            (
                Equal(excess(1 / (2 + EXCESS)), EXCESS, on=ROOM),
                Equal(CORNER / (1 + EXCESS), 1 / (2 + EXCESS), on=ROOM),
                Equal((1 + EXCESS) * CORNER - EXCESS, 1 / (2 + EXCESS), on=ROOM),
                Equal((1 + EXCESS) - EXCESS, S.One, on=ROOM),
                Equal(
                    PLACE / (1 + EXCESS) - ((1 + EXCESS) * PLACE - EXCESS),
                    EXCESS * (2 + EXCESS) / (1 + EXCESS) * (CORNER - PLACE),
                    on={**ROOM, PLACE: UNIT},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="C is written e. The two lines join (0, 0) and (1, 1) to the point (1 + C, 1)/(2 + C), above or on the graph; "
        "the last part says which of them is the larger, so that the bound is their maximum. " + BY_CONVEXITY,
    ),
    Claim(
        id="shrinkage2022/appA3/property1-point",
        where="appendix A.3, proof of property 1 (line 476)",
        printed=r"\text{the point } \frac{1}{2+C} \binom{1+C}{1} \text{ lies above the graph of } g",
        statement=Equal(1 - 1 / (2 + EXCESS), (1 + EXCESS) / (2 + EXCESS), on=ROOM),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="It is (1 − s, s) with s = 1/(2 + C) ≥ t; g(1 − s) ≤ g(1 − t) = t ≤ s.",
    ),
    Claim(
        id="shrinkage2022/appA3/property2",
        where="appendix A.3, property 2 (lines 478 to 480)",
        printed=r"\text{By convexity } g(\tfrac12) \le \tfrac12 (g(0) + g(1)) = \tfrac12 [\ldots] "
        r"\text{ we must have } t \leq \tfrac12 \text{ and hence } \tfrac1t - 2 \ge 0",
        statement=And(
            (
                Equal((S.Zero + S.One) / 2, Rational(1, 2)),
                Equal(excess(T), (1 - 2 * T) / T, on=POINT),
                Equal(excess(T).subs(T, Rational(1, 2)), S.Zero),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="g(1 − x) − x decreases, is 0 at t and ≤ 0 at 1/2.",
    ),
    Claim(
        id="shrinkage2022/appA3/property3",
        where="appendix A.3, property 3 (line 482) and the end of its proof (line 496)",
        printed=r"\|g - \mathrm{id}\|_{\infty} \leq \frac{e(g)}{1+e(g)}, \quad "
        r"\frac{1-2t}{1-t} = \frac{e(g)}{1+e(g)}",
        statement=Equal((1 - 2 * T) / (1 - T), excess(T) / (1 + excess(T)), on=POINT),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="With the two bounds of property3-above and property3-below.",
    ),
    Claim(
        id="shrinkage2022/appA3/property3-above",
        where="appendix A.3, proof of property 3, for x ≥ 1 − t (lines 488 to 490)",
        printed=r"t = g(1-t) \le \frac{x-1+t}{x}g(0) + \frac{1-t}{x}g(x) \Rightarrow g(x) \ge \frac{t}{1-t} x; "
        r"\quad |x-g(x)| \le 1 - \frac{t}{1-t} = \frac{1-2t}{1-t}",
        statement=And(
            (
                Equal((PLACE - 1 + T) / PLACE + (1 - T) / PLACE, S.One, on={**POINT, PLACE: Interval.Lopen(0, 1)}),
                Equal((1 - T) / PLACE * PLACE, 1 - T, on={**POINT, PLACE: Interval.Lopen(0, 1)}),
                Equal((1 - T) / PLACE * (T / (1 - T) * PLACE), T, on={**POINT, PLACE: Interval.Lopen(0, 1)}),
                Equal(1 - T / (1 - T), (1 - 2 * T) / (1 - T), on=POINT),
                Equal(
                    (1 - T / (1 - T)) - (PLACE - T / (1 - T) * PLACE),
                    (1 - PLACE) * (1 - 2 * T) / (1 - T),
                    on={**POINT, PLACE: UNIT},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The weights sum to 1 and put 1 − t between 0 and x; the last part is ≥ 0.",
    ),
    Claim(
        id="shrinkage2022/appA3/property3-below",
        where="appendix A.3, proof of property 3, for x ≤ 1 − t (line 494)",
        printed=r"x \ge g(x) \ge \max\left\{0, \frac{2t-1+(1-t)x}{t}\right\} \text{ so again } "
        r"|x - g(x)| \le \frac{1-2t}{1-t}",
        statement=And(
            (
                Equal(1 - (1 - PLACE) * (1 - T) / T, (2 * T - 1 + (1 - T) * PLACE) / T, on={**POINT, PLACE: UNIT}),
                Equal(
                    PLACE - (2 * T - 1 + (1 - T) * PLACE) / T,
                    (1 - 2 * T) / T * (1 - PLACE),
                    on={**POINT, PLACE: UNIT},
                ),
                Equal(2 * T - 1 + (1 - T) * ((1 - 2 * T) / (1 - T)), S.Zero, on=POINT),
                Equal((1 - 2 * T) / T * (1 - (1 - 2 * T) / (1 - T)), (1 - 2 * T) / (1 - T), on=POINT),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The line through (1 − t, t) and (1, 1); x less the maximum grows up to x = (1 − 2t)/(1 − t), where the line "
        "meets 0, and falls beyond: its largest value is the last part.",
    ),
    Claim(
        id="shrinkage2022/appA3/property4",
        where="appendix A.3, property 4 (lines 499 to 505)",
        printed=r"g'(s) = \frac{g(1) - g(1-t)}{1-(1-t)} = \frac{1-t}{t} = 1 + e(g)",
        statement=And(
            (
                Equal((1 - T) / (1 - (1 - T)), (1 - T) / T, on=POINT),
                Equal((1 - T) / T, 1 + excess(T), on=POINT),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The mean value theorem gives s, and g′ does not decrease, so g′(1) ≥ 1 + e(g).",
    ),
)

COMPOSITION = (
    Claim(
        id="shrinkage2022/appA3/eqA13",
        where="eq. A.13 (line 521)",
        printed=r"g_2(t_1) \le \frac{t_1}{1-t_2} g_2(1-t_2) + \frac{1-t_1-t_2}{1-t_2} g_2(0) = \frac{t_1 t_2}{1-t_2}",
        statement=And(
            (
                Equal(T1 / (1 - T2) + (1 - T1 - T2) / (1 - T2), S.One, on=POINTS),
                Equal(T1 / (1 - T2) * (1 - T2) + (1 - T1 - T2) / (1 - T2) * 0, T1, on=POINTS),
                Equal(T1 / (1 - T2) * T2, T1 * T2 / (1 - T2), on=POINTS),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="Weights of sum 1 that put t₁ between 1 − t₂ and 0; both are ≥ 0 as t₁ + t₂ ≤ 1.",
    ),
    Claim(
        id="shrinkage2022/appA3/eqA14",
        where="eq. A.14 and the display above it (lines 526 to 528)",
        printed=r"g_1^{-1}(1-t_2) \ge \frac{t_2}{1-t_1} g_1^{-1}(t_1) + \frac{1-t_1-t_2}{1-t_1} g_1^{-1}(1) "
        r"= 1 - \frac{t_1t_2}{1-t_1}, \quad g_2 \circ g_1 \left(1 - \frac{t_1t_2}{1-t_1}\right) \le t_2",
        statement=And(
            (
                Equal(T2 / (1 - T1) + (1 - T1 - T2) / (1 - T1), S.One, on=POINTS),
                Equal(T2 / (1 - T1) * T1 + (1 - T1 - T2) / (1 - T1), 1 - T2, on=POINTS),
                Equal(
                    T2 / (1 - T1) * (1 - T1) + (1 - T1 - T2) / (1 - T1),
                    1 - T1 * T2 / (1 - T1),
                    on=POINTS,
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="Convexity of g₁ between 1 − t₁ and 1 says the same without an inverse, which g₁ has not where it is flat: "
        "g₁(1 − t₁t₂/(1 − t₁)) ≤ 1 − t₂, and g₂ increases with g₂(1 − t₂) = t₂.",
    ),
    Claim(
        id="shrinkage2022/appA3/eqA15",
        where="eq. A.15 (line 533)",
        printed=r"w_1 = \frac{(1-2t_1)t_2(1-t_2)}{(1-t_1-t_2)(t_1+t_2-2t_1t_2)}, \quad "
        r"w_2 = \frac{t_1(1-t_1)(1-2t_2)}{(1-t_1-t_2)(t_1+t_2-2t_1t_2)}",
        statement=And(
            (
                Equal(WEIGHT_1 + WEIGHT_2, S.One, on=POINTS),
                Equal(BOTH, T1 * (1 - T2) + T2 * (1 - T1), on=POINTS),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="Weights: they sum to 1, and every factor is ≥ 0 for t₁, t₂ < 1/2. Where one function is the identity, t = 1/2, "
        "the property needs no proof, and where both are, the weights are 0/0.",
    ),
    Claim(
        id="shrinkage2022/appA3/property5",
        where="appendix A.3, property 5 (lines 507 and 538 to 547)",
        printed=r"w_1 t_1 + w_2 \frac{t_1t_2}{1-t_1} = w_1 \frac{t_1t_2}{1-t_2} + w_2 t_2 = "
        r"\frac{t_1t_2}{t_1+t_2-2t_1t_2}, \quad "
        r"\left(\frac{t_1t_2}{t_1+t_2-2t_1t_2}\right)^{-1} - 2 = \frac1{t_1} + \frac1{t_2} - 4 = e(g_1)+e(g_2)",
        statement=And(
            (
                Equal(WEIGHT_1 * T1 + WEIGHT_2 * T1 * T2 / (1 - T1), T1 * T2 / BOTH, on=POINTS),
                Equal(WEIGHT_1 * T1 * T2 / (1 - T2) + WEIGHT_2 * T2, T1 * T2 / BOTH, on=POINTS),
                Equal(1 / (T1 * T2 / BOTH) - 2, 1 / T1 + 1 / T2 - 4, on=POINTS),
                Equal(1 / T1 + 1 / T2 - 4, excess(T1) + excess(T2), on=POINTS),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="With eqs. A.13 to A.15: g₂∘g₁ is at most τ at 1 − τ, so that its own t is at most τ.",
    ),
)

CLAIMS = DEFINITION + COMPOSITION
