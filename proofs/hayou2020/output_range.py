"""Lemmas 6 and 7 of hayou2020 with the corollary: the outputs on the edge of chaos against those of another net."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from flint import acb, arb
from sympy import Derivative, Expr, Heaviside, Interval, Rational, S, Symbol, asin, erf, exp, log, oo, pi, sqrt

from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    And,
    AsymptoticTo,
    AtMost,
    BallLimit,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    HighPrecisionLimit,
    LessThan,
    Verdict,
    covariance,
    derived,
    expectation,
    sampled,
)
from symntk.claims.statement import Sequence
from symntk.depth.certified_depth import certified_depth
from symntk.notation import Q1, RHO, N, X
from symntk.numbers.ball import ball_function
from symntk.numbers.precision import working_precision

POSITIVE = Interval.open(0, oo)
COUNT = Symbol("N", integer=True, positive=True)
GAP, SHARED = Symbol("delta", positive=True), Symbol("c", nonnegative=True)
"""c_ord − c_EOC = κL^{−β}, and c_EOC."""
SOFTPLUS = log(1 + exp(X))
BELOW, ABOVE = Heaviside(-X), Heaviside(X)
ERF_SLOPE = 2 / sqrt(pi) * exp(-(X**2))
ERF_WEIGHT = derived(1 / covariance(ERF_SLOPE, rho=1))
"""σ_w² of erf on the edge of chaos at q = 1."""


@lru_cache(maxsize=2)
def ordered_deficit(weight: Expr) -> Callable[[acb], acb]:
    """γ ↦ 1 − f(1 − γ) for erf at q = 1 with a given σ_w²."""
    return ball_function(weight * derived(covariance(erf(X), rho=1) - covariance(erf(X), rho=1 - RHO)), RHO)


def covariance_gap(power: int) -> Sequence:
    """L^power·(c_ord − c_EOC) after L layers, from c¹ = 0: for erf at q = 1 (power 1) and for ReLU (power 2)."""

    def term(index: int, bits: int) -> arb:
        with working_precision(2 * bits):
            if power == 2:
                edge = certified_depth(activation("relu"), index, S.Zero, bits=bits).gamma
                other = certified_depth(
                    activation("relu"), index, S.Zero, sigma_w=S.One, sigma_b=S.One, bits=bits
                ).gamma
                return arb(index) ** power * (edge - other)
            edge, other = (ordered_deficit(ERF_WEIGHT / share) for share in (1, 2))
            gammas = [acb(1), acb(1)]
            for _ in range(index - 1):
                gammas = [edge(gammas[0]), other(gammas[1])]
            return arb(index) * (gammas[0].real - gammas[1].real)

    return term


def squares(relation_gap: Expr) -> AtMost:
    """E g(y_EOC) ≤ E g(y_ord) − gap for g = (y_1 + … + y_N)²/2, with variance 1 and one correlation."""
    means = [COUNT / 2 * (1 + (COUNT - 1) * c) for c in (SHARED, SHARED + GAP)]
    return AtMost(means[0], means[1] - relation_gap, on={COUNT: S.Naturals, SHARED: Interval(0, 1), GAP: POSITIVE})


EQUAL_GAP = squares(COUNT * (COUNT - 1) / 2 * GAP)
ONE_INPUT = ("N = 1, where both outputs are Gaussian with the variance q",)


def slope_in_correlation(h: Expr) -> Equal:
    """How E h(y_1)h(y_2) grows with the correlation."""
    return Equal(Derivative(derived(covariance(h)), RHO), covariance(h.diff(X)), on=INSIDE)


BOTH_BELOW = covariance(BELOW)
"""P(y_1 ≤ 0, y_2 ≤ 0) for two outputs of correlation ρ."""
INSIDE = {RHO: Interval.open(-1, 1)}

CLAIMS = (
    Claim(
        id="hayou2020/lemma6/edge-point",
        where="lemma 6, proof",
        printed=r"\text{it is easy to see that there exists } \sigma_0 > 0 \text{ such that } "
        r"\sigma_0^2 + \frac{\mathbb{E}[\phi(\sqrt{q}Z)^2]}{\mathbb{E}[\phi'(\sqrt{q}Z)^2]} = q",
        assumptions=("softplus, which is not ReLU-like, in an ordered net with q = 1: it asks for E φ² < q E φ′²",),
        statement=LessThan(expectation(SOFTPLUS**2), expectation(SOFTPLUS.diff(X) ** 2)),
        checks=(CertifiedWitness(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="Softplus has no EOC, as the paper says below table 1; the lemma claims a point of it for every φ.",
        corrected=Claim(
            id="hayou2020/lemma6/edge-point/corrected",
            where="lemma 6, proof",
            printed=r"\text{for odd } \phi, \ \mathbb{E}[\phi(\sqrt{q}Z)^2] \leq q \mathbb{E}[\phi'(\sqrt{q}Z)^2]",
            assumptions=("erf, 1/10 ≤ q ≤ 10",),
            statement=LessThan(
                covariance(erf(X), rho=1, q1=Q1, q2=Q1),
                Q1 * covariance(ERF_SLOPE, rho=1, q1=Q1, q2=Q1),
                on={Q1: Interval(Rational(1, 10), 10)},
            ),
            checks=sampled(*INEQUALITY),
            expected=Verdict.SUPPORTED,
            note="Poincaré's inequality bounds the variance of φ(√q Z), which is all of E φ² when the mean is 0.",
        ),
    ),
    Claim(
        id="hayou2020/lemma6/covariance-gap",
        where="lemma 6, proof, display of the covariances",
        printed=r"\mathbb{E}[y^L_{EOC}(x_i) y^L_{EOC}(x_j)] \leq \mathbb{E}[y^L_{ord}(x_i) y^L_{ord}(x_j)] "
        r"- \kappa L^{-\beta} \text{ where } \beta = 1 \text{ for } \mathcal{S} "
        r"\text{ and } \beta = 2 \text{ for ReLU-like activation functions}",
        assumptions=(
            "orthogonal inputs of variance q in both nets; L^β(c_ord − c_EOC) tends to 5/2 or 9π²/2 > 0",
            "erf at q = 1 against half its σ_w², and ReLU against (σ_b, σ_w) = (1, 1)",
        ),
        statement=And(
            (
                AsymptoticTo(
                    covariance_gap(1), Rational(5, 2) + Rational(55, 12) * log(N) / N, variable=N, order=1 / N
                ),
                AsymptoticTo(covariance_gap(2), 9 * pi**2 / 2 * (1 - 3 * log(N) / N), variable=N, order=1 / N),
            )
        ),
        checks=(BallLimit(), HighPrecisionLimit()),
        expected=Verdict.SUPPORTED,
        note="From some L on. κ depends on the inputs: it vanishes as x_i → x_j.",
    ),
    Claim(
        id="hayou2020/lemma6/statement",
        where="lemma 6",
        printed=r"\text{for any } g \in D^2 \text{ such that for all } i, j \in [1, N], "
        r"\frac{\partial^2 g}{\partial x_i \partial x_j} \geq 0, \text{ there exist } \beta > 0, \zeta_N > 0 "
        r"\text{ such that } \mathbb{E}[g(y^L_{EOC}(X))] \leq \mathbb{E}[g(y^L_{ord}(X))] - \frac{\zeta_N}{L^\beta}",
        assumptions=(*ONE_INPUT, "g = x², which makes both sides q"),
        statement=LessThan(Q1 * expectation(X**2), Q1 * expectation(X**2), on={Q1: POSITIVE}),
        checks=(CertifiedWitness({Q1: 1}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="g = 0 and linear g fail for all N, and chaotic nets, which the lemma admits, turn the inequality round.",
        corrected=Claim(
            id="hayou2020/lemma6/statement/corrected",
            where="lemma 6",
            printed=r"\text{for } (\sigma_b, \sigma_w) \text{ in the ordered phase, } N \geq 2, c^1 < 1 \text{ and a mean of "
            r"} \frac{\partial^2 g}{\partial x_i \partial x_j}, i \neq j, \text{ that stays positive; from some } L \text{ on}",
            assumptions=("N = 2, variance 1, g = h(y_1)h(y_2) for four functions h: ∂E g/∂c = E ∂²g/∂y_1∂y_2",),
            statement=ForAll((X, X**3, exp(X / 2), erf(X)), slope_in_correlation),
            checks=IDENTITY,
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2020/lemma6/pair-count",
        where="lemma 6, proof, last display",
        printed=r"\mathbb{E}[g(y^L_{EOC})] \leq \mathbb{E}[g(y^L_{ord})] - \frac{1}{2} \kappa N^2 \lambda_N L^{-\beta}",
        assumptions=(
            "printed with y(x_i)y(x_j) for g(y)",
            "g = (y_1 + … + y_N)²/2, where λ_N = 1; variance 1, all covariances c, δ = κL^{−β}",
        ),
        statement=squares(COUNT**2 / 2 * GAP),
        checks=(CertifiedWitness({COUNT: 2, SHARED: 0, GAP: 1}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="The variances agree, so that the N terms with i = j add nothing.",
        corrected=Claim(
            id="hayou2020/lemma6/pair-count/corrected",
            where="lemma 6, proof, last display",
            printed=r"\mathbb{E}[g(y^L_{EOC})] \leq \mathbb{E}[g(y^L_{ord})] "
            r"- \frac{1}{2} \kappa N(N-1) \lambda_N L^{-\beta}",
            assumptions=("the same g, for which both sides are equal",),
            statement=Equal(EQUAL_GAP.lhs, EQUAL_GAP.rhs, on=EQUAL_GAP.on),
            checks=sampled(*IDENTITY),
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2020/lemma7/statement",
        where="lemma 7",
        printed=r"\text{Let } t_1, \ldots, t_N \in \mathbb{R}. \text{ Then there exist } \beta > 0, \zeta_N > 0 "
        r"\text{ such that } P(y^L_{EOC}(x_1) \leq t_1, \ldots) \leq P(y^L_{ord}(x_1) \leq t_1, \ldots) "
        r"- \frac{\zeta_N}{L^\beta}",
        assumptions=(*ONE_INPUT, "t_1 = 0"),
        statement=LessThan(expectation(BELOW), expectation(BELOW)),
        checks=(CertifiedWitness(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="N ≥ 2, different inputs, the ordered phase and large L are needed. For i = j, ∂²g is no positive measure.",
        corrected=Claim(
            id="hayou2020/lemma7/statement/corrected",
            where="lemma 7",
            printed=r"\text{for } N = 2, t_1 = t_2 = 0: P(y_1 \leq 0, y_2 \leq 0) = \frac{1}{4} + "
            r"\frac{1}{2\pi} \arcsin c, \text{ which increases with the correlation}",
            statement=Equal(BOTH_BELOW, Rational(1, 4) + asin(RHO) / (2 * pi), on=INSIDE),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/corollary1/ranges",
        where="corollary 1",
        printed=r"P(\max_i y^L_{EOC}(x_i) \geq t) \geq P(\max_i y^L_{ord}(x_i) \geq t) + \frac{\zeta_N}{L^\beta}, \quad "
        r"P(\min_i y^L_{EOC}(x_i) \leq t) \geq P(\max_i y^L_{ord}(x_i) \leq t) + \frac{\zeta_N}{L^\beta}",
        assumptions=(*ONE_INPUT, "t = 0"),
        statement=And(
            (LessThan(expectation(ABOVE), expectation(ABOVE)), LessThan(expectation(BELOW), expectation(BELOW)))
        ),
        checks=(CertifiedWitness(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="As for lemma 7. The second max stands for min; with max the inequality is only weaker.",
        corrected=Claim(
            id="hayou2020/corollary1/ranges/corrected",
            where="corollary 1",
            printed=r"\text{for } N = 2, t = 0: P(\max_i y_i \geq 0) = P(\min_i y_i \leq 0) = \frac{3}{4} "
            r"- \frac{1}{2\pi} \arcsin c, \text{ which falls with the correlation}",
            statement=And(
                (
                    Equal(1 - BOTH_BELOW, Rational(3, 4) - asin(RHO) / (2 * pi), on=INSIDE),
                    Equal(1 - covariance(ABOVE), Rational(3, 4) - asin(RHO) / (2 * pi), on=INSIDE),
                )
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
)
