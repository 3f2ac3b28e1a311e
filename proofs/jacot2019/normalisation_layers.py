"""Lemma 1 and appendix C of jacot2019: what batch and layer normalisation do to a small network, exactly."""

from __future__ import annotations

from functools import partial
from typing import Any

from mpmath import mp, mpf
from sympy import Add, Expr, Integer, Interval, S, Symbol, diff, factor, sin, sqrt

from symntk.claims import (
    IDENTITY,
    And,
    BallLimit,
    CertifiedWitness,
    Claim,
    ConvergesTo,
    Equal,
    HighPrecisionLimit,
    Method,
    Route,
    Statement,
    Verdict,
    Witness,
    sampled,
)
from symntk.claims.checks import Finding, doubted, refuted, supported, unknown
from symntk.notation import N
from symntk.numbers.ball import enclose
from symntk.numbers.multiprecision import evaluate

BETA, MARGIN = Symbol("beta", nonnegative=True), Symbol("e", positive=True)
WEIGHT, BIAS, FIRST = Symbol("w", real=True), Symbol("b", real=True), Symbol("theta", positive=True)
"""The last layer's weight and bias, and the only weight of the first layer."""
INPUTS = (Integer(1), Integer(2), Integer(-1))
UNIT = {BETA: Interval(0, 1)}
NETWORK = {
    **UNIT,
    MARGIN: Interval.Lopen(0, 1),
    WEIGHT: Interval(-2, 2),
    FIRST: Interval(1, 2),
}
VALUES = tuple(Symbol(f"a_{i}", positive=True) for i in range(3))
SPREAD = {value: Interval(low, low + S.Half) for value, low in zip(VALUES, (1, 2, 4), strict=True)}


def centred(values: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """The values less their mean."""
    mean = Add(*values) / len(values)
    return tuple(value - mean for value in values)


def outputs() -> tuple[Expr, ...]:
    """f(x_i) = √(1 − β²)·w·α̂(x_i) + βb for the hidden neuron sin θx with post-nonlinearity batch normalisation."""
    raw = centred(tuple(sin(FIRST * x) for x in INPUTS))
    deviation = sqrt(Add(*(value**2 for value in raw)) / len(raw)) + MARGIN
    return tuple(sqrt(1 - BETA**2) * WEIGHT * value / deviation + BETA * BIAS for value in raw)


def kernel_sum() -> Expr:
    """Σ_i Θ(x_1, x_i) over the parameters θ, w, b."""
    values = outputs()
    total = Add(*values)
    return Add(*(diff(values[0], parameter) * diff(total, parameter) for parameter in (FIRST, WEIGHT, BIAS)))


def by_differences(statement: Statement) -> Finding:
    """The same network in 40 digits, its derivatives by numerical differentiation, at β = 1/2, w = 1, b = 0, θ = 3/2."""
    if not isinstance(statement, Equal):
        return unknown("this route reads Equal")

    def network(index: int, theta: Any, weight: Any, bias: Any) -> Any:
        raw = [mp.sin(theta * int(x)) for x in INPUTS]
        mean = sum(raw) / len(raw)
        deviation = mp.sqrt(sum((value - mean) ** 2 for value in raw) / len(raw)) + mpf(1) / 3
        return mp.sqrt(mpf(3) / 4) * weight * (raw[index] - mean) / deviation + bias / 2

    with mp.workdps(40):
        place = (mpf(3) / 2, mpf(1), mpf(0))
        total = mpf(0)
        for order in ((1, 0, 0), (0, 1, 0), (0, 0, 1)):
            slopes = [mp.diff(partial(network, index), place, order) for index in range(len(INPUTS))]
            total += slopes[0] * sum(slopes)
        printed = evaluate(statement.rhs, {BETA: S.Half}, digits=40)
        text = f"the sum is {mp.nstr(total, 8)}, printed {mp.nstr(printed, 8)}"
        return supported(text) if abs(total - printed) < mpf(10) ** -15 else doubted(text)


def layer_normalised(values: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """√n·(α − mean)/‖α − mean‖."""
    raw = centred(values)
    return tuple(sqrt(Integer(len(raw))) * value / sqrt(Add(*(v**2 for v in raw))) for value in raw)


def passes(statement: Statement) -> Finding:
    """The terms grow with n, and one lies beyond the limit."""
    if not isinstance(statement, ConvergesTo) or not isinstance(statement.sequence, Expr):
        return unknown("this route reads ConvergesTo of a closed form")
    terms = [enclose(statement.sequence.subs(N, n), bits=64) for n in (4, 16, 64, 256)]
    size = Symbol("n", positive=True)
    slope = factor(statement.sequence.subs(N, size).diff(size).together())
    gap = terms[-1] - enclose(statement.limit, bits=64)
    if slope.is_positive and gap > 0:
        return refuted("an increasing sequence that passes the limit", Witness(point=(("n", "256"),), gap=gap.str(12)))
    return unknown("the sequence is not seen to increase past the limit")


DIFFERENCES = Route("numerical differentiation", Method.SMALL_NETWORK, by_differences)

CLAIMS = (
    Claim(
        id="jacot2019/lemma1/sum",
        where="section 5.1, lemma 1 (line 201), and appendix D (line 486)",
        printed=r"\sum_{i=1}^N \Theta_{\theta}^{(L)}(\cdot, x_i) = \beta^2 \mathrm{Id}_{n_L}",
        assumptions=("N = 3 inputs 1, 2, −1; one hidden neuron sin θx, one output",),
        statement=Equal(kernel_sum(), BETA**2, on=NETWORK),
        checks=(CertifiedWitness({BETA: 1, MARGIN: 1, WEIGHT: 1, FIRST: 1}), DIFFERENCES),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/lemma1/sum/corrected",
            where="section 5.1, lemma 1 (line 201), and appendix D (line 486)",
            printed=r"\frac{1}{N} \sum_{i=1}^N \Theta_{\theta}^{(L)}(\cdot, x_i) = \beta^2 \mathrm{Id}_{n_L}",
            statement=Equal(kernel_sum(), len(INPUTS) * BETA**2, on=NETWORK),
            checks=(*sampled(*IDENTITY), DIFFERENCES),
            expected=Verdict.SUPPORTED,
            note="For that network, every β, ε, θ and w.",
        ),
        note="Its own proof, by claim 1, takes the mean over the data: (1/N)Σ∂f(x_i) = β for the last bias, so the sum "
        "is Nβ². The sentence also names a parameter θ_p that does not occur.",
    ),
    Claim(
        id="jacot2019/lemma1/claim1",
        where="appendix D, claim 1 (lines 490 to 496)",
        printed=r"\frac{1}{N}\sum_{i=1}^N \partial_{\theta_p} f_{\theta,k}(x_i) \text{ is equal to } \beta \text{ if } "
        r"\theta_p \text{ is } b_k^{(L-1)} \text{ [\ldots] and equal to 0 otherwise}",
        assumptions=("N = 3 inputs 1, 2, −1; one hidden neuron sin θx, one output",),
        statement=And(
            tuple(
                Equal(diff(Add(*outputs()) / len(INPUTS), parameter), value, on=NETWORK)
                for parameter, value in ((FIRST, S.Zero), (WEIGHT, S.Zero), (BIAS, BETA))
            )
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="jacot2019/appendix-c/unit-variance",
        where="appendix C (line 465)",
        printed=r"\frac{1-\beta^2}{n_\ell}\left\|\check{\alpha}^{(\ell)}(x)\right\|^2+\beta^2=1",
        assumptions=("n = 3 neurons, whose activations are not all equal",),
        statement=Equal(
            (1 - BETA**2) / 3 * Add(*(value**2 for value in layer_normalised(VALUES))) + BETA**2,
            S.One,
            on={**UNIT, **SPREAD},
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="jacot2019/appendix-c/variance",
        where="appendix C (lines 477 to 478)",
        printed=r"\frac{1}{\sqrt{n_{\ell}}} \left\| \alpha^{(\ell)}(x) - \frac{1}{n_{\ell}} \sum_{i} "
        r"\alpha_{i}^{(\ell)}(x) \right\|^{2} [\ldots] \rightarrow \mathbb{E}\left[(\sigma(x) - "
        r"\mathbb{E}[\sigma(x)])^{2}\right]",
        assumptions=("in the mean over independent activations of variance 1: E‖α − mean‖² = n − 1",),
        statement=ConvergesTo((N - 1) / sqrt(N), S.One, index=N),
        checks=(Route("increasing past the limit", Method.BALL, passes), HighPrecisionLimit()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/appendix-c/variance/corrected",
            where="appendix C (lines 477 to 478)",
            printed=r"\frac{1}{n_{\ell}} \left\| \alpha^{(\ell)}(x) - \frac{1}{n_{\ell}} \sum_{i} "
            r"\alpha_{i}^{(\ell)}(x) \right\|^{2} \rightarrow "
            r"\mathbb{E}\left[(\sigma(x) - \mathbb{E}[\sigma(x)])^{2}\right]",
            statement=ConvergesTo((N - 1) / N, S.One, index=N),
            checks=(BallLimit(), HighPrecisionLimit()),
            expected=Verdict.SUPPORTED,
            note="In the mean, to which the law of large numbers brings it.",
        ),
        note="With 1/√n the left side grows like √n.",
    ),
)
