"""The chaotic half of the proof of theorem 2 of jacot2019, line by line."""

from __future__ import annotations

from sympy import Add, Expr, Integer, Interval, S, Symbol, cos, diff, sin, sqrt

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    And,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    LessThan,
    Verdict,
    covariance,
    derived,
    sampled,
)
from symntk.gaussian.dual import dual
from symntk.gaussian.moments import standardized
from symntk.notation import RHO, X

RATE = Symbol("r", positive=True)
BETA = Symbol("beta", nonnegative=True)
DEPTH = Symbol("L", integer=True, positive=True)
OUTER, SLOPE = Symbol("v", nonnegative=True), Symbol("w", nonnegative=True)

WHOLE = {RHO: Interval(-1, 1)}

SINE = standardized(activation("sin"))
COSINE = standardized(Activation(name="cos(sqrt(2)*x)", expression=cos(sqrt(2) * X)))
FAST_SINE = standardized(Activation(name="sin(sqrt(2)*x)", expression=sin(sqrt(2) * X)))
RELU = standardized(activation("relu"))
CAST = (RELU, SINE, FAST_SINE, COSINE)


def slopes(sigma: Activation) -> Expr:
    """R_σ̇ in closed form."""
    return derived(covariance(diff(sigma.expression, X)))


SINE_KERNEL = dual(SINE).expression
SINE_SLOPE = slopes(SINE)


def sine_kernel(depth: int) -> Expr:
    """Θ⁽ᴸ⁾ for sin x standardised and β = 0."""
    total, kernel = RHO, RHO
    for _ in range(depth - 1):
        slope = SINE_SLOPE.subs(RHO, kernel)
        kernel = SINE_KERNEL.subs(RHO, kernel)
        total = kernel + slope * total
    return total


CLAIMS = (
    Claim(
        id="jacot2019/theorem2/geometric-bound",
        where="appendix B, proof of theorem 2, display (line 428)",
        printed=r"\sum_{\ell=1}^{L} v \prod_{k=\ell+1}^{L} w = v \frac{1-w^{L}}{1-w}",
        assumptions=("w ≠ 1; at w = 1 the sum is Lv",),
        statement=And(
            tuple(
                statement
                for interval in (Interval.Ropen(0, 1), Interval.open(1, 3))
                for on in [{OUTER: Interval(0, 1), SLOPE: interval}]
                for statement in (
                    Equal(OUTER * (1 - SLOPE) / (1 - SLOPE), OUTER, on=on),
                    Equal(
                        SLOPE * OUTER * (1 - SLOPE**DEPTH) / (1 - SLOPE) + OUTER,
                        OUTER * (1 - SLOPE ** (DEPTH + 1)) / (1 - SLOPE),
                        on={**on, DEPTH: S.Naturals},
                    ),
                )
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The start L = 1 and the step, for every L.",
    ),
    Claim(
        id="jacot2019/theorem2/diagonal-printed-off-diagonal",
        where="appendix B, end of the proof of theorem 2 (line 430)",
        printed=r"\text{Since } \Theta_{\infty}^{(L)}(x,y)=\frac{1-r^L}{1-r}",
        assumptions=("σ = sin x standardised, β = 0, L = 2",),
        statement=Equal(sine_kernel(2), 1 + SINE_SLOPE.subs(RHO, 1), on=WHOLE),
        checks=(CertifiedWitness({RHO: 0}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/theorem2/diagonal-printed-off-diagonal/corrected",
            where="appendix B, end of the proof of theorem 2 (line 430)",
            printed=r"\text{Since } \Theta_{\infty}^{(L)}(x,x)=\frac{1-r^L}{1-r}",
            statement=ForAll(
                (1, 2, 3, 4),
                lambda depth: Equal(
                    sine_kernel(depth).subs(RHO, 1), Add(*(SINE_SLOPE.subs(RHO, 1) ** k for k in range(depth)))
                ),
            ),
            checks=sampled(*IDENTITY),
            expected=Verdict.SUPPORTED,
        ),
        note="At ρ = 0 the kernel of two layers is 0.",
    ),
    Claim(
        id="jacot2019/theorem2/below-one",
        where="appendix B, end of the proof of theorem 2 (line 431)",
        printed=r"\text{If } x \neq y \text{ then } v<1",
        assumptions=("v ≥ |β² + (1 − β²)ρ|, β = 0",),
        statement=LessThan(RHO**2, Integer(1), on={RHO: Interval.Ropen(-1, 1)}),
        checks=(CertifiedWitness({RHO: -1}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        corrected=Claim(
            id="jacot2019/theorem2/below-one/corrected",
            where="appendix B, end of the proof of theorem 2 (line 431)",
            printed=r"\text{If } x \neq y \text{, and } x \neq -y \text{ or } \beta > 0 \text{, then } v<1",
            statement=Equal(
                1 - (BETA**2 + (1 - BETA**2) * RHO) ** 2,
                (1 - BETA**2) * (1 - RHO) * (2 * BETA**2 + (1 - BETA**2) * (1 + RHO)),
                on={BETA: Interval.Ropen(0, 1), **WHOLE},
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="The right side is > 0 for ρ < 1 unless β = 0 and ρ = −1; the other member of v is a < 1.",
        ),
        note="x = −y and β = 0: v = |ρ| = 1, and w = r. This is where the theorem of the appendix fails.",
    ),
    Claim(
        id="jacot2019/theorem2/slope-increases",
        where="appendix B, end of the proof of theorem 2 (lines 426 and 431)",
        printed=r"\text{since } \sigma \text{ is non-linear, } w=(1-\beta^2)R_{\dot{\sigma}}(v)<(1-\beta^2)R_{\dot{\sigma}}(1)=r",
        statement=ForAll(CAST, lambda s: LessThan(slopes(s), slopes(s).subs(RHO, 1), on={RHO: Interval.Ropen(0, 1)})),
        checks=sampled(*INEQUALITY),
        expected=Verdict.SUPPORTED,
        note="For the standardised ReLU, sin x, sin √2x and cos √2x; v is written ρ.",
    ),
    Claim(
        id="jacot2019/theorem2/chaos-rate",
        where="appendix B, end of the proof of theorem 2 (line 431)",
        printed=r"\text{This implies that } |\vartheta_L(x,y)| \text{ converges to zero at an exponential rate}",
        statement=And(
            (
                Equal(
                    OUTER * (1 - SLOPE**DEPTH) / (1 - SLOPE) * (RATE - 1) / (RATE**DEPTH - 1) * (RATE**DEPTH - 1),
                    OUTER * (RATE - 1) / (SLOPE - 1) * SLOPE**DEPTH - OUTER * (RATE - 1) / (SLOPE - 1),
                    on={
                        OUTER: Interval(0, 1),
                        SLOPE: Interval.open(1, 2),
                        RATE: Interval.open(2, 3),
                        DEPTH: S.Naturals,
                    },
                ),
                Equal(
                    RATE**DEPTH - 1,
                    (RATE - 1) * RATE ** (DEPTH - 1) + (RATE ** (DEPTH - 1) - 1),
                    on={RATE: Interval.open(1, 3), DEPTH: S.Naturals},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="For 1 < w < r the first bound is below (r − 1)v/(w − 1)·wᴸ/(rᴸ − 1), and rᴸ − 1 ≥ (r − 1)rᴸ⁻¹: "
        "|ϑ| ≤ rv/(w − 1)·(w/r)ᴸ, so h = w/r. A smaller w bounds ϑ by less, so h = (1 + w′)/r with 0 < w′ < r − 1 serves there.",
    ),
)
