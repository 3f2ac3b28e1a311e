"""The frozen half of the proof of theorem 2 of jacot2019, line by line, for every nonlinearity, depth and pair."""

from __future__ import annotations

from sympy import Expr, Interval, Rational, S, Symbol, cos, diff, sin, sqrt

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    And,
    AtMost,
    CertifiedWitness,
    Claim,
    Equal,
    HighPrecisionAtPoints,
    Verdict,
    covariance,
    derived,
    sampled,
)
from symntk.gaussian.moments import standardized
from symntk.notation import RHO, N, X

RATE, PSI = Symbol("r", positive=True), Symbol("psi", nonnegative=True)
BETA = Symbol("beta", nonnegative=True)
DEPTH, LAYER = Symbol("L", integer=True, positive=True), Symbol("l", integer=True, positive=True)
DEFICIT, SLOPE_DEFICIT = Symbol("epsilon", nonnegative=True), Symbol("delta", nonnegative=True)
PRODUCT, TOTAL = Symbol("p", real=True), Symbol("s", nonnegative=True)
SLOPE = Symbol("w", nonnegative=True)

FREEZE = {RATE: Interval.open(0, 1), BETA: Interval(0, 1), PSI: Interval(0, 3)}
RATES = {RATE: Interval.open(0, 1)}
COUNTS = {N: S.Naturals0}
LAYERS = {DEPTH: S.Naturals, LAYER: S.Naturals}
WHOLE = {RHO: Interval(-1, 1)}

SINE = standardized(activation("sin"))
COSINE = standardized(Activation(name="cos(sqrt(2)*x)", expression=cos(sqrt(2) * X)))
FAST_SINE = standardized(Activation(name="sin(sqrt(2)*x)", expression=sin(sqrt(2) * X)))
RELU = standardized(activation("relu"))
CAST = (RELU, SINE, FAST_SINE, COSINE)


def slopes(sigma: Activation) -> Expr:
    """R_σ̇ in closed form."""
    return derived(covariance(diff(sigma.expression, X)))


def tail(count: Expr) -> Expr:
    """(1 − rⁿ)/(1 − r) = 1 + r + … + rⁿ⁻¹."""
    return (1 - RATE**count) / (1 - RATE)


def excess(layers: Expr, product: Expr, total: Expr) -> Expr:
    """(1 − ε)·Π(r − ε̇) − (rⁿ − rⁿε − rⁿ⁻¹Σε̇): a summand of the display against its linearisation."""
    return product - (RATE**layers - RATE**layers * DEFICIT - RATE ** (layers - 1) * total)


def remainder(depth: Expr) -> Expr:
    """L/(1 − r) − Σ (1 − rᴸ⁻ˡ)/(1 − r), summed."""
    return tail(depth) / (1 - RATE)


def double(depth: Expr) -> Expr:
    """2(1 − β²)[L·rᴸ⁻¹ + ψ·rᴸ⁻²·L/(1 − r)]: the bracket of the fourth line with the bound of the fifth."""
    return 2 * (1 - BETA**2) * (depth * RATE ** (depth - 1) + PSI * RATE ** (depth - 2) * depth / (1 - RATE))


CONSTANT = 2 * (1 - BETA**2) * (RATE + PSI / (1 - RATE)) / RATE**2
"""A value of C that works."""

SINE_SLOPE = slopes(SINE)


CLAIMS = (
    Claim(
        id="jacot2019/theorem2/slope-deficit",
        where="appendix B, proof of theorem 2 (line 418)",
        printed=r"\text{Writing } [\ldots] \dot{\Sigma}^{(\ell)}(x,y) = 1 - \dot{\epsilon}^{(\ell)} [\ldots] "
        r"\text{ we have } \Theta = \sum (1-\epsilon^{(\ell)}) \prod r - \dot{\epsilon}^{(\ell)}",
        assumptions=("the second Σ of the line is read with the dot that ε̇ has", "σ = sin x standardised, β² = 16/25"),
        statement=Equal(
            Rational(9, 25) * SINE_SLOPE,
            Rational(9, 25) * SINE_SLOPE.subs(RHO, 1) - (1 - Rational(9, 25) * SINE_SLOPE),
            on=WHOLE,
        ),
        checks=(CertifiedWitness({RHO: 1}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/theorem2/slope-deficit/corrected",
            where="appendix B, proof of theorem 2 (line 418)",
            printed=r"\dot{\Sigma}^{(\ell)}(x,y) = r - \dot{\epsilon}^{(\ell)}, \quad \dot{\epsilon}^{(\ell)} \geq 0",
            statement=And(tuple(AtMost(slopes(s), slopes(s).subs(RHO, 1), on=WHOLE) for s in CAST)),
            checks=sampled(*INEQUALITY),
            expected=Verdict.SUPPORTED,
            note="As the proof of theorem 3 prints it; what has to hold is Σ̇ ≤ r. For ReLU, sin x, sin √2x, cos √2x.",
        ),
        note="With Σ̇ = 1 − ε̇ the factors of the product would be 1 − ε̇; at x = y they are r, and r − ε̇ = 2r − 1.",
    ),
    Claim(
        id="jacot2019/theorem2/linearisation-every-depth",
        where="appendix B, proof of theorem 2, second display, line 1 (line 424)",
        printed=r"\Theta_{\infty}^{(L)}(x,y) \geq \sum_{\ell=1}^{L} r^{L-\ell} - 2(1-\beta^2) r^{L-\ell} r^{\ell-1} "
        r"- \sum_{k=\ell+1}^{L} 2(1-\beta^2) \psi r^{L-\ell-1} r^{k-2}",
        statement=And(
            (
                Equal(excess(S.Zero, 1 - DEFICIT, S.Zero), S.Zero, on={**RATES, DEFICIT: Interval(0, 2)}),
                Equal(
                    excess(N + 1, (RATE - SLOPE_DEFICIT) * PRODUCT, TOTAL + SLOPE_DEFICIT),
                    RATE * excess(N, PRODUCT, TOTAL) + SLOPE_DEFICIT * (RATE**N - PRODUCT),
                    on={
                        **RATES,
                        **COUNTS,
                        DEFICIT: Interval(0, 2),
                        SLOPE_DEFICIT: Interval(0, 1),
                        TOTAL: Interval(0, 3),
                        PRODUCT: Interval(-1, 1),
                    },
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="p is (1 − ε)Π(r − ε̇) over n layers and s the sum of their ε̇: start n = 0 and step. The excess stays ≥ 0 "
        "because |p| ≤ rⁿ, which |Σ| ≤ 1 and |Σ̇| ≤ r give. Then ε⁽ˡ⁾ and ε̇⁽ᵏ⁾ are replaced by their bounds, "
        "with ψ = (1 − β²)E σ̈² as the correction of slope-bound has it.",
    ),
    Claim(
        id="jacot2019/theorem2/slope-deficit-bound",
        where="appendix B, proof of theorem 2 (line 422)",
        printed=r"\text{we obtain } [\ldots] \dot{\epsilon}^{(\ell)} \leq 2(1-\beta^2)\psi r^{\ell-2}",
        statement=And(
            (
                Equal(
                    PSI * (2 * (1 - BETA**2) * RATE ** (LAYER + 1 - 2)),
                    2 * (1 - BETA**2) * PSI * RATE ** (LAYER + 1 - 2),
                    on={**FREEZE, LAYER: S.Naturals},
                ),
                Equal(
                    RHO ** (N + 1) - 1 + (N + 1) * (1 - RHO),
                    RHO**N - 1 + N * (1 - RHO) + (1 - RHO) * (1 - RHO**N),
                    on={**WHOLE, **COUNTS},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="ε̇⁽ˡ⁾ ≤ ψε⁽ˡ⁻¹⁾ with ψ = (1 − β²)E σ̈², from lemma 2 at ℓ − 1; the second part gives 1 − ρⁿ ≤ n(1 − ρ) for "
        "every power, hence R_σ̇(1) − R_σ̇(ρ) ≤ E[σ̈²](1 − ρ) for every σ with E σ̈² < ∞.",
    ),
    Claim(
        id="jacot2019/theorem2/exponents",
        where="appendix B, proof of theorem 2, second display, lines 1 and 2 (line 424)",
        printed=r"\sum_{\ell=1}^{L} r^{L-\ell} - 2(1-\beta^2) r^{L-\ell} r^{\ell-1} "
        r"- \sum_{k=\ell+1}^{L} 2(1-\beta^2) \psi r^{L-\ell-1} r^{k-2} = \Theta_{\infty}^{(L)}(x,x) "
        r"- 2(1-\beta^2) \sum_{\ell=1}^{L} r^{L-1} + \psi \sum_{k=\ell+1}^{L} r^{L-\ell+k-3}",
        assumptions=("−2(1 − β²)Σ multiplies both terms, as the brackets of the next line say",),
        statement=And(
            (
                Equal(RATE ** (DEPTH - LAYER) * RATE ** (LAYER - 1), RATE ** (DEPTH - 1), on={**RATES, **LAYERS}),
                Equal(
                    RATE ** (DEPTH - LAYER - 1) * RATE ** (LAYER + N + 1 - 2),
                    RATE ** (DEPTH - LAYER + (LAYER + N + 1) - 3),
                    on={**RATES, **LAYERS, **COUNTS},
                ),
                Equal(tail(N + 1), RATE * tail(N) + 1, on={**RATES, **COUNTS}),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="Summand by summand, with k = ℓ + 1 + n; the last part sums rᴸ⁻ˡ to Θ(x, x).",
    ),
    Claim(
        id="jacot2019/theorem2/sum-over-layers",
        where="appendix B, proof of theorem 2, second display, line 5 (line 424)",
        printed=r"\geq \Theta_{\infty}^{(L)}(x,x) - 2(1-\beta^2) \left[r + \psi \frac{1}{1-r}\right] L r^{L-2}",
        statement=And(
            (
                Equal(
                    double(DEPTH),
                    2 * (1 - BETA**2) * (RATE + PSI / (1 - RATE)) * DEPTH * RATE ** (DEPTH - 2),
                    on={**FREEZE, DEPTH: S.Naturals},
                ),
                Equal(remainder(S.Zero), S.Zero, on=RATES),
                Equal(
                    (N + 1) / (1 - RATE) - tail(N) - remainder(N + 1),
                    N / (1 - RATE) - remainder(N),
                    on={**RATES, **COUNTS},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The sum of (1 − rᴸ⁻ˡ)/(1 − r) over ℓ is L/(1 − r) less (1 − rᴸ)/(1 − r)² ≥ 0, by induction on L: from L = n "
        "to n + 1 it gains (1 − rⁿ)/(1 − r).",
    ),
    Claim(
        id="jacot2019/theorem2/constant",
        where="appendix B, proof of theorem 2, second display, last line (line 424), and line 151",
        printed=r"\geq \Theta_{\infty}^{(L)}(x,x) - C L r^{L}; \quad 1 - C_1 L r_{\sigma,\beta}^L \le "
        r"\vartheta^{(L)}(x,y)",
        statement=And(
            (
                Equal(double(DEPTH), CONSTANT * DEPTH * RATE**DEPTH, on={**FREEZE, DEPTH: S.Naturals}),
                Equal(tail(DEPTH) - 1, RATE * tail(DEPTH - 1), on={**RATES, DEPTH: S.Naturals}),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="C = 2(1 − β²)(r + ψ/(1 − r))/r² depends on neither L, x nor y, and C₁ = C works since Θ(x, x) ≥ 1. It takes "
        "r > 0, that is σ not constant, and ψ < ∞.",
    ),
    Claim(
        id="jacot2019/theorem2/at-most-one",
        where="appendix B (lines 400 to 402) and theorem 2 (line 151)",
        printed=r"\text{This implies the following inequality: } \Theta_{\infty}^{(L)}(x,y)\leq "
        r"\Theta_{\infty}^{(L)}(x,x); \quad \vartheta_L(x,y) \le 1",
        statement=Equal(
            RATE * TOTAL - SLOPE * PRODUCT,
            ((RATE - SLOPE) * (TOTAL + PRODUCT) + (RATE + SLOPE) * (TOTAL - PRODUCT)) / 2,
            on={RATE: Interval.open(0, 3), TOTAL: Interval(0, 3), SLOPE: Interval(0, 3), PRODUCT: Interval(-3, 3)},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The step of the induction on L, for every depth: with |Σ̇| ≤ r (w is Σ̇) and |Θ(x, y)| ≤ Θ(x, x) (p and s) "
        "both products are ≥ 0, so Σ̇Θ(x, y) ≤ rΘ(x, x); replacing p by −p bounds it from below.",
    ),
)
