"""Appendix F of jacot2019: proposition 6 and theorem 4, freeze and chaos in the bulk."""

from __future__ import annotations

from sympy import Expr, Integer, Interval, Rational, S, Symbol, coth, sin, sqrt

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.architectures.deconvolutional import (
    checkerboard_kernel,
    checkerboard_ntk,
)
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
    LessThan,
    Verdict,
    sampled,
)
from symntk.gaussian.dual import dual
from symntk.gaussian.moments import standardized
from symntk.notation import RHO, X

BETA = Symbol("beta", nonnegative=True)
RATIO = Symbol("r", nonnegative=True)
DEGREE = Symbol("v", integer=True, nonnegative=True)
BELOW_ONE = {RATIO: Interval.open(0, 1)}
SINE = standardized(activation("sin"))
FAST_SINE = standardized(Activation(name="sin(sqrt(2)*x)", expression=sin(sqrt(2) * X)))


def sine_ratio(beta: Expr) -> Expr:
    """r of sin x standardised."""
    return (1 - beta**2) * coth(1)


WEIGHT_OF_SINE = Rational(9, 25)
"""1 − β² at β = 4/5."""


def iterated_kernel(start: Expr, count: int) -> Expr:
    """B∘R of sin x standardised, β = 4/5, iterated."""
    for _ in range(count):
        start = 1 - WEIGHT_OF_SINE + WEIGHT_OF_SINE * dual(SINE).expression.subs(RHO, start)
    return start


def derived_ntk(degree: int) -> Expr:
    """Θ at valuation v for sin x standardised, β = 4/5."""
    return checkerboard_ntk(SINE, 1 - WEIGHT_OF_SINE, degree)


def power_sum(first: int, last: int) -> Expr:
    """r^first + … + r^last."""
    return sum((RATIO**k for k in range(first, last + 1)), S.Zero)


CLAIMS = (
    Claim(
        id="jacot2019/proposition6/freeze",
        where="appendix F, proposition 6 (line 604) and its proof (lines 619 to 624)",
        printed=r"k = \min\{v_s(p'-p), \ell\}: \quad 1 \ge \Sigma^{(\ell, pp')}(x,y) \ge 1 - 2(1-\beta^2) r_{\sigma,\beta}^k",
        assumptions=("ℓ = 1, p = p′, so k = 1; y = −x; σ = sin x standardised, β = 4/5: r = (9/25)·coth 1 < 1",),
        statement=AtMost(
            1 - 2 * (1 - BETA**2) * sine_ratio(BETA), BETA**2 - (1 - BETA**2), on={BETA: (Rational(4, 5),)}
        ),
        checks=(CertifiedWitness({BETA: Rational(4, 5)}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        corrected=Claim(
            id="jacot2019/proposition6/freeze/corrected",
            where="appendix F, proposition 6 (line 604)",
            printed=r"k = \min\{v_s(p'-p), \ell - 1\}: \quad \Sigma^{(\ell, pp')}(x,y) \ge 1 - 2(1-\beta^2) r_{\sigma,\beta}^k",
            assumptions=(
                "σ = sin x standardised, β = 4/5; at worst v_s ≥ ℓ and y = −x: Σ⁽ˡ⁾ is B∘R iterated ℓ − 1 times from 2β² − 1",
            ),
            statement=ForAll(
                tuple(range(4)),
                lambda k: And(
                    tuple(
                        AtMost(1 - 2 * WEIGHT_OF_SINE * sine_ratio(Rational(4, 5)) ** k, iterated_kernel(start, k))
                        for start in (2 * Rational(16, 25) - 1, Rational(16, 25))
                    )
                ),
            ),
            checks=sampled(*INEQUALITY),
            expected=Verdict.SUPPORTED,
            note="From Σ⁽¹⁾ ≥ 1 − 2(1 − β²) each layer gains the factor r, by the tangent of R at 1; and c_v ≥ "
            "1 − (1 − β²)r^v. Theorem 4 takes v = min(v_s, L − 1), as here.",
        ),
        note="Σ⁽¹⁾ = β² − (1 − β²) = 0.28, while the bound is 0.66: the base of the induction proves it with r⁰, not with r.",
    ),
    Claim(
        id="jacot2019/proposition6/chaos-strict",
        where="appendix F, proof of proposition 6 (line 636)",
        printed=r"\text{If } k<\ell, \text{ then } \left|\Sigma^{(\ell,pp')}(x,y)\right| = "
        r"\left|(B_{\beta}\circ R_{\sigma})^{\circ k}(\beta^{2})\right| < \max\{\beta^{2},a\}",
        assumptions=("σ = sin √2x standardised, β = 0: r = 2·coth 2 > 1 and a = 0, as R is odd",),
        statement=LessThan(checkerboard_kernel(FAST_SINE, S.Zero, 1), S.Zero),
        checks=(CertifiedWitness(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/proposition6/chaos-strict/corrected",
            where="appendix F, proposition 6 (line 610) and its proof (line 636)",
            printed=r"\left|(B_{\beta}\circ R_{\sigma})^{\circ k}(\beta^{2})\right| \leq \max\{\beta^{2},a\}",
            assumptions=("k = 0, 1, 2; the same σ, β = 0",),
            statement=ForAll((0, 1, 2), lambda k: AtMost(checkerboard_kernel(FAST_SINE, S.Zero, k), S.Zero)),
            checks=sampled(*INEQUALITY),
            expected=Verdict.SUPPORTED,
            note="As the proposition itself has it.",
        ),
        note="Both sides are 0. At k = 0 they are both β² whenever β² ≥ a.",
    ),
    Claim(
        id="jacot2019/theorem4/sums",
        where="appendix F, proof of theorem 4 (lines 683 to 686)",
        printed=r"\sum_{m=k+1}^{v} r^{v-k-1}r^{m-1} = r^{v-1} \sum_{m=0}^{v-k-1} r^m",
        assumptions=("0 ≤ k < v ≤ 5",),
        statement=ForAll(
            tuple((v, k) for v in range(1, 6) for k in range(v)),
            lambda case: Equal(
                RATIO ** (case[0] - case[1] - 1) * power_sum(case[1], case[0] - 1),
                RATIO ** (case[0] - 1) * power_sum(0, case[0] - case[1] - 1),
                on=BELOW_ONE,
            ),
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="jacot2019/theorem4/lower-bound-step",
        where="appendix F, proof of theorem 4 (lines 685 to 687)",
        printed=r"- 2(1 - \beta^2)(v + 1)r^v - \psi 2(1 - \beta^2)^2 \sum_{k=0}^{v} r^{v-1} \sum_{m=0}^{v-k-1} r^m \geq "
        r"- 2(1 - \beta^2) \left[r + \frac{\psi(1 - \beta^2)}{1 - r}\right](v + 1)r^{v-1}",
        assumptions=("v = 1, …, 5; the difference over 2ψ(1 − β²)²r^{v−1} and times 1 − r",),
        statement=ForAll(
            tuple(range(1, 6)),
            lambda v: AtMost(
                sum((1 - RATIO ** (v - k) for k in range(v + 1)), S.Zero), Integer(v + 1), on={RATIO: Interval(0, 1)}
            ),
        ),
        checks=sampled(*INEQUALITY),
        expected=Verdict.SUPPORTED,
        note="(1 − r)·Σ_{m<v−k} r^m = 1 − r^{v−k} ≤ 1.",
    ),
    Claim(
        id="jacot2019/theorem4/upper-bound-sum",
        where="appendix F, proof of theorem 4 (line 689)",
        printed=r"\sum_{\ell=L-v}^L 1 \prod_{m=\ell+1}^L r = \frac{1 - r^{v+1}}{1 - r}",
        assumptions=("the sum starts at L − k with k = v; it gains r^{v+1} in the step from v to v + 1",),
        statement=And(
            (
                Equal(S.One, (1 - RATIO) / (1 - RATIO), on=BELOW_ONE),
                Equal(
                    (1 - RATIO ** (DEGREE + 1)) / (1 - RATIO) + RATIO ** (DEGREE + 1),
                    (1 - RATIO ** (DEGREE + 2)) / (1 - RATIO),
                    on={**BELOW_ONE, DEGREE: S.Naturals0},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="jacot2019/theorem4/upper-bound",
        where="section 4.2 and appendix F, theorem 4 (lines 177 and 667)",
        printed=r"\vartheta_{p,p'}^{(L)}(x,y) \le \frac{1 - r^{v+1}}{1 - r^L}, \quad v < L",
        assumptions=(
            "σ = sin x standardised, β = 4/5: r < 1; v = 0, …, 4, where ϑ does not depend on the inputs; both sides "
            "times Θ_pp = (1 − r^L)/(1 − r)",
        ),
        statement=ForAll(
            tuple(range(5)),
            lambda v: AtMost(derived_ntk(v), sum((sine_ratio(Rational(4, 5)) ** k for k in range(v + 1)), S.Zero)),
        ),
        checks=sampled(*INEQUALITY),
        expected=Verdict.SUPPORTED,
    ),
)
