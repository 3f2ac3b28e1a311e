"""Why bounds along the orbits of a non-decreasing map are uniform in the start: appendix lemma 5 of hayou2021."""

from __future__ import annotations

from sympy import Expr, Interval, Rational, S, Symbol, asin, pi, sqrt

from symntk.claims import IDENTITY, INEQUALITY, And, AtMost, Claim, Equal, ForAll, Verdict

START, SHARE = Symbol("z", real=True), Symbol("t", real=True)
LEFT, RIGHT, AIM = (Symbol(name, real=True) for name in ("m", "M", "a"))
BETWEEN = (1 - SHARE) * LEFT + SHARE * RIGHT
ANYWHERE = {SHARE: Interval(0, 1), LEFT: S.Reals, RIGHT: S.Reals, AIM: S.Reals}
RELU = (START * asin(START) + sqrt(1 - START**2)) / pi + START / 2
MAPS = (
    (RELU, -S.One, Rational(1, 2)),
    (START - START**2, S.Zero, Rational(1, 2)),
    (START**3 / 2, -S.One, S.One),
)
"""g, min A and max A."""


def after(layers: int, step: Expr, start: Expr) -> Expr:
    """ζ_l from ζ_0."""
    for _ in range(layers):
        start = step.subs(START, start)
    return start


def ordered(step: Expr, left: Expr, right: Expr) -> And:
    """ζ_{m,l} ≤ ζ_l ≤ ζ_{M,l} for l = 1, 2 and every start."""
    on = {START: Interval(left, right)}
    return And(
        tuple(
            relation
            for layers in (1, 2)
            for value in [after(layers, step, START)]
            for relation in (
                AtMost(after(layers, step, left), value, on=on),
                AtMost(value, after(layers, step, right), on=on),
            )
        )
    )


CLAIMS = (
    Claim(
        id="hayou2021/appendix-lemma5/ordering",
        where="appendix lemma 5, proof, first sentences (line 921)",
        printed=r"\text{Since } g \text{ is non-decreasing, we have that for all } \zeta_0 \in A, "
        r"\zeta_{m,l} \leq \zeta_l \leq \zeta_{M,l}",
        assumptions=("g maps A into A, as the sequence asks",),
        statement=ForAll(MAPS, lambda case: ordered(*case)),
        checks=INEQUALITY,
        expected=Verdict.SUPPORTED,
        note="For l = 1, 2 and three maps on intervals, among them f of ReLU on [−1, 1/2].",
    ),
    Claim(
        id="hayou2021/appendix-lemma5/larger-end",
        where="appendix lemma 5 (line 919), by the last display of its proof (line 931)",
        printed=r"|\zeta_{0,l} - \alpha_l| \leq \max(|\zeta_{m,l} - \alpha_l|, |\zeta_{M,l} - \alpha_l|) "
        r"\leq \max(M_1, M_2) |\beta_l|",
        assumptions=("ζ_l, printed ζ_{0,l}, lies between ζ_{m,l} = m and ζ_{M,l} = M: ζ_l = (1 − t)m + tM, 0 ≤ t ≤ 1",),
        statement=Equal(
            (1 - SHARE) * (LEFT - AIM) ** 2 + SHARE * (RIGHT - AIM) ** 2 - (BETWEEN - AIM) ** 2,
            SHARE * (1 - SHARE) * (RIGHT - LEFT) ** 2,
            on=ANYWHERE,
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The right side is ≥ 0, so (ζ_l − α_l)² is at most a mean of the squares at the two ends, hence at most the "
        "larger; the bounds at the ends are the hypothesis. β_l = o(α_l) is not needed.",
    ),
)
