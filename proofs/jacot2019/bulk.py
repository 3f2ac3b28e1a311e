"""Proposition 6 of jacot2019, a step of its proof, and the boundary/bulk ratio of appendix G."""

from __future__ import annotations

from sympy import Interval, S, Symbol, cos, diff

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.claims import (
    INEQUALITY,
    And,
    AtMost,
    CertifiedWitness,
    Claim,
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

BETA = Symbol("beta", nonnegative=True)
UNIT = {BETA: Interval(0, 1)}
WHOLE = {RHO: Interval(-1, 1)}
COSINE = standardized(Activation(name="cos(x)", expression=cos(X)))
FROZEN = (COSINE, standardized(activation("relu")), standardized(activation("sin")))
CHARACTERISTIC = derived(covariance(diff(COSINE.expression, X), rho=1))
"""r of cos x standardised with β = 0: tanh 1 < 1."""

HALF_R = (1 - BETA**2) / 2
"""r/2 of the standardised ReLU."""
KERNEL_RATIO = BETA**2 / (1 - HALF_R)
"""The limit of Σ₀₀ over the bulk value 1."""
NTK_RATIO = BETA**2 / (1 - HALF_R) ** 2 * (1 - 2 * HALF_R)
"""The limit of Θ₀₀ over the bulk value 1/(1 − r)."""

CLAIMS = (
    Claim(
        id="jacot2019/proposition6/monotone-step",
        where="appendix F, proof of proposition 6 (line 629), first line of the induction step",
        printed=r"\Sigma^{(\ell+1,pp')}(x,y) \ge \beta^2 + \delta_{s|p-p'} \frac{1-\beta^2}{|P(p)|} \sum_{q} "
        r"R_{\sigma} \left(1 - 2(1-\beta^2)r^{k-1}\right)",
        assumptions=(
            "σ = cos x standardised, β = 0, r = tanh 1 < 1",
            "v_s(p′ − p) = 1, so k = 1: 1 − 2(1 − β²)r⁰ = −1, and the kernel of the parents is β² = 0",
        ),
        statement=AtMost(dual(COSINE).at(-1), dual(COSINE).at(0)),
        checks=(CertifiedWitness(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        corrected=Claim(
            id="jacot2019/proposition6/monotone-step/corrected",
            where="appendix F, proof of proposition 6 (line 629), first and second line of the induction step",
            printed=r"R_{\sigma}(\Sigma) \geq 1 - \mathbb{E}[\dot\sigma^2](1 - \Sigma) \geq "
            r"1 - 2(1-\beta^2)R_{\dot{\sigma}}(1)r^{k-1}",
            statement=And(
                (
                    LessThan(CHARACTERISTIC, S.One),
                    *(
                        AtMost(1 - covariance(diff(s.expression, X), rho=1) * (1 - RHO), covariance(s), on=WHOLE)
                        for s in FROZEN
                    ),
                )
            ),
            checks=sampled(*INEQUALITY),
            expected=Verdict.SUPPORTED,
            note="The tangent at 1 lies below R on [−1, 1], as lemma 2 has it, and increases: it gives the second line "
            "without the first, and the proposition stands. For cos x, the ReLU and sin x standardised.",
        ),
        note="R(ρ) = cosh ρ/cosh 1 falls on [−1, 0]: R(0) = 0.648 lies below R(−1) = 1. It increases on [0, 1] only.",
    ),
    Claim(
        id="jacot2019/border/ratio-printed",
        where="appendix G, after proposition 8 (line 773)",
        printed=r"\text{in the limits as } \ell \text{ and } L \text{ go to infinity, the ratio boundary/bulk value is "
        r"bounded by } \max(1, c\beta^2)",
        assumptions=("c = 4; max(1, cβ²) ≥ 1, so that it is enough to compare with 1",),
        statement=And((AtMost(KERNEL_RATIO, S.One, on=UNIT), AtMost(NTK_RATIO, S.One, on=UNIT))),
        checks=INEQUALITY,
        expected=Verdict.CERTIFIED,
        note="True and empty: every ratio here is at most 1, whatever β. The sentence that follows, that the effect is "
        "stronger for smaller β, needs the minimum, which is the next claim.",
    ),
    Claim(
        id="jacot2019/border/ratio-meant",
        where="appendix G, after proposition 8 (line 773)",
        printed=r"\min(1, c\beta^2): \text{ the smaller } \beta \text{ is, the stronger the boundary effect will be}",
        assumptions=("c = 2; read with min for max",),
        statement=And(
            (
                AtMost(KERNEL_RATIO, 2 * BETA**2, on=UNIT),
                AtMost(NTK_RATIO, 2 * BETA**2, on=UNIT),
                AtMost(KERNEL_RATIO, S.One, on=UNIT),
                AtMost(NTK_RATIO, S.One, on=UNIT),
            )
        ),
        checks=INEQUALITY,
        expected=Verdict.CERTIFIED,
        note="The ratios are 2β²/(1 + β²) and 4β⁴/(1 + β²)².",
    ),
)
