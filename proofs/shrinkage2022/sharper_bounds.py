"""Section 5.1 of shrinkage2022 suspects that theorem 1 can be improved: the sharper bounds, proved for every activation."""

from __future__ import annotations

from sympy import Expr, Interval, Rational, S, Symbol

from symntk.claims import IDENTITY, And, Claim, Equal, Verdict
from symntk.notation import N

DEFICIT, AFTER = Symbol("delta", positive=True), Symbol("epsilon", positive=True)
"""δ_{l−1} and δ_l, δ_l = 1 − ρ̃_l."""
SLOPE, RATIO, SPARE = Symbol("chi", positive=True), Symbol("R", nonnegative=True), Symbol("s", nonnegative=True)
"""χ_l = P_l′(1), R_l = ‖φ_l − φ̄_l‖²/‖φ_l′‖², and what an inequality gives away."""
JACOBIAN, PRODUCT, TOTAL = Symbol("J", positive=True), Symbol("Q", positive=True), Symbol("S", nonnegative=True)
HALF, WIDTH = Symbol("d", positive=True), Symbol("w", nonnegative=True)
"""d = (1 − ρ_max)/2."""
FIRST, SECOND = Symbol("a_1", positive=True), Symbol("a_2", positive=True)

DEFICITS = {DEFICIT: Interval.Lopen(0, 1)}
LAYER = {**DEFICITS, SLOPE: Interval.Lopen(0, 10), RATIO: Interval(0, Rational(1, 2))}


def coefficient(power: Expr) -> Expr:
    """bₖ = kδ − 1 + (1 − δ)ᵏ."""
    return power * DEFICIT - 1 + (1 - DEFICIT) ** power


QUADRATIC_RATIO = SECOND / (FIRST + 2 * SECOND)
"""R of a polynomial of degree 2 with squared Hermite coefficients a₁ and a₂."""

CLAIMS = (
    Claim(
        id="shrinkage2022/section5/layerwise-bound",
        where="section 5.1 (line 218), the suspicion made precise",
        printed=r"\text{the right-hand side of inequality 1 is additive and not multiplicative. This raises the suspicion "
        r"that our result can be improved}; \ \left\|\frac{\partial z^{(L)}}{\partial z^{(0)}}\right\|_{op}^2 \geq "
        r"(1-\tilde\rho_L) \prod_{l=1}^L \frac{1}{1 - (1-\tilde\rho_{l-1})R_l}, \ "
        r"R_l = \frac{\|\phi_l-\overline\phi_l\|^2}{\|\phi_l'\|^2}",
        assumptions=(
            "P_l = Σ cₖρᵏ, cₖ ≥ 0: χ = Σ kcₖ, δ_l = Σ cₖ(1 − (1 − δ)ᵏ), χR = Σ_{k≥2} cₖ, so that χδ − δ_l = Σ cₖbₖ",
            "χδ − δ_l = δ²χR + s with s ≥ 0; Q is the product over the layers before, J = (P_{l−1}∘…)′(1)",
        ),
        statement=And(
            (
                Equal(coefficient(S.Zero), S.Zero, on=DEFICITS),
                Equal(coefficient(S.One), S.Zero, on=DEFICITS),
                Equal(coefficient(S(2)), DEFICIT**2, on=DEFICITS),
                Equal(
                    coefficient(N + 1) - coefficient(N),
                    DEFICIT * (1 - (1 - DEFICIT) ** N),
                    on={DEFICIT: Interval.open(0, 1), N: S.Naturals},
                ),
                Equal(
                    SLOPE - (SLOPE * DEFICIT - DEFICIT**2 * SLOPE * RATIO - SPARE) / (DEFICIT * (1 - DEFICIT * RATIO)),
                    SPARE / (DEFICIT * (1 - DEFICIT * RATIO)),
                    on={**LAYER, SPARE: Interval(0, 1)},
                ),
                Equal(
                    DEFICIT * PRODUCT * (AFTER / (DEFICIT * (1 - DEFICIT * RATIO))),
                    AFTER * (PRODUCT / (1 - DEFICIT * RATIO)),
                    on={**LAYER, AFTER: Interval.Lopen(0, 1), PRODUCT: Interval.Lopen(0, 10)},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="bₖ ≥ b₂ = δ² from k = 2 on, so χδ − δ_l ≥ δ²χR; that is χ ≥ (δ_l/δ_{l−1})/(1 − δ_{l−1}R), and the product "
        "telescopes from δ_0 = 1. Σ_{k≥2} cₖ ≤ χ/2 keeps R ≤ 1/2. The suspicion is right: the bound is a product.",
    ),
    Claim(
        id="shrinkage2022/section5/uniform-bound",
        where="section 5.1 (line 218), with the data of theorem 1",
        printed=r"\left\|\frac{\partial z^{(L)}}{\partial z^{(0)}}\right\|_{op}^2 \geq d \prod_{l=1}^L \frac{1}{1 - d R_l}, "
        r"\ d = \frac{1-\rho_{\max}}{2}; \text{ theorem 1 has } \frac{d^2}{2} \sum_{l=1}^L R_l",
        assumptions=("δ_l = d + w, w ≥ 0; S the sum and Q ≥ 1 + dS the product so far",),
        statement=And(
            (
                Equal(
                    1 / (1 - (HALF + WIDTH) * RATIO) - 1 / (1 - HALF * RATIO),
                    WIDTH * RATIO / ((1 - (HALF + WIDTH) * RATIO) * (1 - HALF * RATIO)),
                    on={
                        HALF: Interval.Lopen(0, Rational(1, 2)),
                        WIDTH: Interval(0, Rational(1, 2)),
                        RATIO: Interval(0, Rational(1, 2)),
                    },
                ),
                Equal(
                    (1 + HALF * TOTAL + SPARE) / (1 - HALF * RATIO) - (1 + HALF * (TOTAL + RATIO)),
                    (SPARE + HALF**2 * RATIO * (TOTAL + RATIO)) / (1 - HALF * RATIO),
                    on={
                        HALF: Interval.Lopen(0, 1),
                        TOTAL: Interval(0, 50),
                        RATIO: Interval(0, Rational(1, 2)),
                        SPARE: Interval(0, 50),
                    },
                ),
                Equal(
                    HALF * (1 + HALF * TOTAL) - HALF**2 / 2 * TOTAL,
                    HALF + HALF**2 * TOTAL / 2,
                    on={HALF: Interval.Lopen(0, 1), TOTAL: Interval(0, 50)},
                ),
                Equal((2 * HALF) ** 2 / 8, HALF**2 / 2, on={HALF: Interval.Lopen(0, 1)}),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="Each factor grows with δ_{l−1} ≥ d; the product is at least 1 + dS by induction, and that alone is more than "
        "twice theorem 1. For fixed ρ_max it grows exponentially with L.",
    ),
    Claim(
        id="shrinkage2022/section5/bound-is-attained",
        where="section 5.1 (line 218), how sharp the sharper bound is",
        printed=r"\text{for } \phi_l \text{ polynomials of degree } 2 \text{ the product is the value: } "
        r"P_l'(1) = \frac{\delta_l/\delta_{l-1}}{1 - \delta_{l-1}R_l}",
        assumptions=("C[φ|ρ] − C[φ|0] = a₁ρ + a₂ρ², R = a₂/(a₁ + 2a₂); χ and δ_l in units of the normalisation",),
        statement=And(
            (
                Equal(
                    (FIRST + SECOND - FIRST * (1 - DEFICIT) - SECOND * (1 - DEFICIT) ** 2)
                    / DEFICIT
                    / (1 - DEFICIT * QUADRATIC_RATIO),
                    FIRST + 2 * SECOND,
                    on={**DEFICITS, FIRST: Interval.Lopen(0, 3), SECOND: Interval.Lopen(0, 3)},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="So no better bound of J exists in terms of the ρ̃_l and R_l alone.",
    ),
    Claim(
        id="shrinkage2022/section5/critical-shrinkage",
        where="section 5.1 (line 218), eqs. 4.1 and 4.2",
        printed=r"O(L^{-\frac{1}{2}}) \text{ rate of decay of } 1 - \rho_L \text{ in equations 4.1 and 4.2 is worse than "
        r"asymptotic [\ldots] } O(L^{-1}) \text{ for erf}; \ 1 - \tilde\rho_l \leq \frac{1}{1 + \sum_{k \leq l} R_k} "
        r"\text{ at criticality}",
        assumptions=("δ_l = χδ(1 − δR) − s with s ≥ 0; J is (P_{l−1}∘…∘P_1)′(1) and χJ that of one layer more",),
        statement=And(
            (
                Equal(
                    SLOPE * JACOBIAN / (SLOPE * DEFICIT * (1 - DEFICIT * RATIO))
                    - (JACOBIAN / DEFICIT + JACOBIAN * RATIO),
                    JACOBIAN * DEFICIT * RATIO**2 / (1 - DEFICIT * RATIO),
                    on={**LAYER, JACOBIAN: Interval.Lopen(0, 10)},
                ),
                Equal(
                    SLOPE * JACOBIAN / (AFTER - SPARE) - SLOPE * JACOBIAN / AFTER,
                    SLOPE * JACOBIAN * SPARE / (AFTER * (AFTER - SPARE)),
                    on={
                        SLOPE: Interval.Lopen(0, 10),
                        JACOBIAN: Interval.Lopen(0, 10),
                        AFTER: Interval(Rational(1, 2), 1),
                        SPARE: Interval(0, Rational(1, 4)),
                    },
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="J_l/δ_l ≥ J_{l−1}/δ_{l−1} + J_{l−1}R_l, from J_0/δ_0 = 1. With all J_l = 1 the right side is 1 + ΣR_k: the "
        "order 1/L of erf, and 1 − ρ_max ≤ 2/(1 + ΣR_l) in place of √(8/ΣR_l).",
    ),
)
