"""The discretization error of gradient descent in hayou2020 (appendix A, the lemma 2 on full-batch gradient descent)."""

from __future__ import annotations

from sympy import Expr, Integer, Interval, Range, Rational, S, Symbol, exp, log, oo

from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    And,
    AtMost,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    Verdict,
    sampled,
)

STEP, LIPSCHITZ = Symbol("eta", positive=True), Symbol("C", positive=True)
SCALE = Symbol("s", nonnegative=True)
INDEX = Symbol("k", integer=True, positive=True)
PART = Symbol("r", nonnegative=True)
"""t/η − ⌊t/η⌋."""
START = Symbol("theta_0", real=True)
GRADIENTS = tuple(Symbol(f"g_{k}", real=True) for k in range(5))
"""∇L(θ̂_k)."""
SLOPE, NEAR, FAR = (Symbol(name, nonnegative=True) for name in ("G", "D", "E"))
"""‖∇L(θ̂_0)‖ and the distances of θ̂_{m−1} and θ̂_m from θ̂_0."""
POSITIVE, NONNEGATIVE, REALS = Interval.open(0, oo), Interval(0, oo), Interval(-oo, oo)
STEPS = {STEP: POSITIVE, PART: Interval.Ropen(0, 1), START: REALS}
CASES = (1, 2, 3)
"""Values of ⌊t/η⌋."""
SQUARE = Symbol("c", nonnegative=True)
"""C·T for the quadratic losses."""

EULER_ERROR = SCALE * (exp(Integer(-1)) - (1 - Rational(1, 2)) ** 2)
GROWTH = (1 + STEP * LIPSCHITZ) ** INDEX
RISEN = STEP * (GROWTH - 1) / (STEP * LIPSCHITZ)
"""((1 + ηC)ᵏ − 1)/C, times ‖∇L(θ̂_0)‖."""
RUN = {INDEX: Range(1, 20), STEP: POSITIVE, LIPSCHITZ: POSITIVE}


def rewritten(whole: int, lower: int) -> Equal:
    """θ̃_t against θ_0 − ∫₀ᵗ ∇L(θ̃_s)ds + η∫ ∇L(θ̂_⌊s⌋)ds, the last from `lower` to t/η = whole + r."""
    used = GRADIENTS[: whole + 1]
    left = START - STEP * sum(used[:whole], S.Zero)
    integral = STEP * (sum(used[:whole], S.Zero) + PART * used[whole])
    rest = STEP * (sum(used[lower:whole], S.Zero) + PART * used[whole])
    return Equal(left, START - integral + rest, on=STEPS | dict.fromkeys(used, REALS))


def quadratic(case: tuple[int, int]) -> AtMost:
    """|θ_T − θ̂_n| ≤ η‖∇L(θ_0)‖e^{CT}(e^{CT} − 1)/2 for L = ±Cθ²/2, T = 1, η = 1/n; the error is divided by |θ_0|."""
    count, sign = case
    error = exp(-sign * SQUARE) - (1 - sign * SQUARE / count) ** count
    return AtMost(error, SQUARE * exp(SQUARE) * (exp(SQUARE) - 1) / (2 * count), on={SQUARE: Interval(0, 1)})


def linear(count: Expr) -> Expr:
    """‖θ̂_k − θ̂_0‖ for L = θ."""
    return STEP * count


CLAIMS = (
    Claim(
        id="hayou2020/appendixA-lemma2/error",
        where="appendix A, lemma 2",
        printed=r"\text{Assume } \nabla_\theta \mathcal{L} \text{ is } C\text{-lipschitz, then there exists } C' > 0 "
        r"\text{ that depends only on } C \text{ and } T \text{ such that } "
        r"\sup_{k \in [0, T/\eta]} \|\theta_{t_k} - \hat{\theta}_k\| \leq \eta C'",
        assumptions=(
            "L = θ²/2, θ_0 = s ≥ 0, C = T = 1, η = 1/2, k = 2",
            "the error is proportional to s, so that one C' for all s asks it to be 0",
        ),
        statement=Equal(EULER_ERROR, S.Zero, on={SCALE: NONNEGATIVE}),
        checks=(CertifiedWitness({SCALE: 1}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="C' also depends on ‖∇L(θ_0)‖; so does the last constant of the proof, η(...) ≤ ηC.",
        corrected=Claim(
            id="hayou2020/appendixA-lemma2/error/corrected",
            where="appendix A, lemma 2",
            printed=r"\sup_{k \in [0, T/\eta]} \|\theta_{t_k} - \hat{\theta}_k\| "
            r"\leq \frac{\eta}{2} \|\nabla \mathcal{L}(\theta_0)\| e^{CT} (e^{CT} - 1)",
            assumptions=("L = Cθ²/2 and L = −Cθ²/2, T = 1, η = 1/k for k = 1, …, 5, 0 ≤ C ≤ 1",),
            statement=ForAll(tuple((n, s) for n in range(1, 6) for s in (1, -1)), quadratic),
            checks=INEQUALITY,
            expected=Verdict.SUPPORTED,
            note="In general ‖θ''‖ ≤ C‖∇L(θ_0)‖e^{CT}, and one step multiplies the error by at most 1 + ηC.",
        ),
    ),
    Claim(
        id="hayou2020/appendixA-lemma2/stepwise-system",
        where="appendix A, lemma 2, proof, first display",
        printed=r"\tilde{\theta}_t = \hat{\theta}_0 - \eta \sum_{k=0}^{\lfloor t/\eta \rfloor - 1} "
        r"\nabla_\theta \mathcal{L}(\hat{\theta}_k) = \theta_0 - \int_0^t \nabla_\theta \mathcal{L}(\tilde{\theta}_s) ds "
        r"+ \eta \int_{\lfloor t/\eta \rfloor - 1}^{t/\eta} "
        r"\nabla_\theta \mathcal{L}(\hat{\theta}_{\lfloor s \rfloor}) ds",
        assumptions=("t/η = m + r for m = 1, 2, 3 and 0 ≤ r < 1; the floor signs are broken in the text",),
        statement=ForAll(CASES, lambda m: rewritten(m, m - 1)),
        checks=(
            CertifiedWitness({STEP: 1, PART: 0, START: 0, GRADIENTS[0]: 1, GRADIENTS[1]: 1}),
            HighPrecisionAtPoints(),
        ),
        expected=Verdict.REFUTED,
        kind="error",
        note="The last integral begins at ⌊t/η⌋. The inequality drawn from it survives, since norms only add to it.",
        corrected=Claim(
            id="hayou2020/appendixA-lemma2/stepwise-system/corrected",
            where="appendix A, lemma 2, proof, first display",
            printed=r"\tilde{\theta}_t = \theta_0 - \int_0^t \nabla_\theta \mathcal{L}(\tilde{\theta}_s) ds "
            r"+ \eta \int_{\lfloor t/\eta \rfloor}^{t/\eta} "
            r"\nabla_\theta \mathcal{L}(\hat{\theta}_{\lfloor s \rfloor}) ds",
            assumptions=("t/η = m + r for m = 1, 2, 3",),
            statement=ForAll(CASES, lambda m: rewritten(m, m)),
            checks=IDENTITY,
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2020/appendixA-lemma2/one-step",
        where="appendix A, lemma 2, proof, third display, first line",
        printed=r"\|\hat{\theta}_k - \hat{\theta}_0\| \leq (1 + \eta C) \|\hat{\theta}_{k-1} - \hat{\theta}_0\|",
        assumptions=("L = θ, whose gradient is C-lipschitz for every C",),
        statement=AtMost(linear(INDEX), (1 + STEP * LIPSCHITZ) * linear(INDEX - 1), on=RUN),
        checks=(CertifiedWitness({INDEX: 2, STEP: 1, LIPSCHITZ: Rational(1, 2)}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="At k = 1 the right side is 0. The step of θ̂_{k−1} has η∇L(θ̂_0) in it, which is forgotten.",
        corrected=Claim(
            id="hayou2020/appendixA-lemma2/one-step/corrected",
            where="appendix A, lemma 2, proof, third display, first line",
            printed=r"\|\hat{\theta}_k - \hat{\theta}_0\| \leq (1 + \eta C) \|\hat{\theta}_{k-1} - \hat{\theta}_0\| "
            r"+ \eta \|\nabla \mathcal{L}(\hat{\theta}_0)\|, \text{ hence } "
            r"\leq \frac{(1 + \eta C)^k - 1}{C} \|\nabla \mathcal{L}(\hat{\theta}_0)\|",
            assumptions=("the second bound solves the recursion of the first with equality, from 0",),
            statement=And(
                (
                    Equal(RISEN, (1 + STEP * LIPSCHITZ) * RISEN.subs(INDEX, INDEX - 1) + STEP, on=RUN),
                    Equal(RISEN.subs(INDEX, 0), S.Zero, on={STEP: POSITIVE, LIPSCHITZ: POSITIVE}),
                )
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/appendixA-lemma2/distance-from-start",
        where="appendix A, lemma 2, proof, third display, last line",
        printed=r"\|\hat{\theta}_k - \hat{\theta}_0\| \leq e^{CT} \|\hat{\theta}_1 - \hat{\theta}_0\|, \quad k \leq T/\eta",
        assumptions=("L = θ, T = kη",),
        statement=AtMost(linear(INDEX), exp(LIPSCHITZ * INDEX * STEP) * linear(S.One), on=RUN),
        checks=(CertifiedWitness({INDEX: 2, STEP: 1, LIPSCHITZ: Rational(1, 10)}), HighPrecisionAtPoints(count=9)),
        expected=Verdict.REFUTED,
        kind="error",
        note="A bound with no 1/η is impossible: for small steps the left side stays and the right side vanishes.",
        corrected=Claim(
            id="hayou2020/appendixA-lemma2/distance-from-start/corrected",
            where="appendix A, lemma 2, proof, third display, last line",
            printed=r"\|\hat{\theta}_k - \hat{\theta}_0\| \leq \frac{e^{CT} - 1}{\eta C} "
            r"\|\hat{\theta}_1 - \hat{\theta}_0\|",
            assumptions=("L = θ, T = kη = c/C; both sides are multiplied by C",),
            statement=AtMost(SQUARE, exp(SQUARE) - 1, on={SQUARE: Interval(0, 10)}),
            checks=sampled(*INEQUALITY),
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2020/appendixA-lemma2/logarithm",
        where="appendix A, lemma 2, proof, below the third display",
        printed=r"\log(1 + \eta C) \leq \eta C",
        assumptions=("for ηC ≤ 100",),
        statement=AtMost(log(1 + SQUARE), SQUARE, on={SQUARE: Interval(0, 100)}),
        checks=INEQUALITY,
        expected=Verdict.CERTIFIED,
    ),
    Claim(
        id="hayou2020/appendixA-lemma2/gradient-terms",
        where="appendix A, lemma 2, proof, fourth display",
        printed=r"\eta (t/\eta - \lfloor t/\eta \rfloor) \|\nabla \mathcal{L}(\hat{\theta}_{\lfloor t/\eta \rfloor})\| "
        r"+ \eta \|\nabla \mathcal{L}(\hat{\theta}_{\lfloor t/\eta \rfloor - 1})\| "
        r"\leq \eta (2 \|\nabla \mathcal{L}(\hat{\theta}_0)\| "
        r"+ C \|\hat{\theta}_{\lfloor t/\eta \rfloor} - \hat{\theta}_0\| "
        r"+ C \|\hat{\theta}_{\lfloor t/\eta \rfloor - 1} - \hat{\theta}_0\|)",
        assumptions=("‖∇L(θ̂_m)‖ ≤ ‖∇L(θ̂_0)‖ + C‖θ̂_m − θ̂_0‖, put in on the left",),
        statement=Equal(
            2 * SLOPE + LIPSCHITZ * (FAR + NEAR) - (PART * (SLOPE + LIPSCHITZ * FAR) + SLOPE + LIPSCHITZ * NEAR),
            (1 - PART) * (SLOPE + LIPSCHITZ * FAR),
            on={
                **dict.fromkeys((SLOPE, NEAR, FAR), NONNEGATIVE),
                LIPSCHITZ: POSITIVE,
                PART: Interval.Ropen(0, 1),
            },
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="Right minus left is a product of factors that are not negative.",
    ),
)
