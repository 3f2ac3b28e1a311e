"""The proof of theorem 3 of jacot2019 for every depth, and how fast the ReLU network freezes."""

from __future__ import annotations

from itertools import product
from typing import Any

from flint import arb
from mpmath import mp, mpf
from sympy import Expr, Integer, Interval, Rational, S, Symbol, sqrt

from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    And,
    AsymptoticTo,
    BallLimit,
    Claim,
    Equal,
    ForAll,
    Method,
    Route,
    Statement,
    Verdict,
)
from symntk.claims.checks import Finding, doubted, supported, unknown
from symntk.claims.statement import Sequence
from symntk.depth.certified_depth import certified_depth
from symntk.notation import N
from symntk.numbers.multiprecision import evaluate
from symntk.numbers.precision import working_precision

ROOT = Symbol("s", positive=True)
"""√r."""
DEPTH, LAYER = Symbol("L", integer=True, positive=True), Symbol("l", integer=True, positive=True)
ROOTS = {ROOT: Interval.open(0, 1)}
LAYERS = {DEPTH: S.Naturals, LAYER: S.Naturals}
COUNTS = {N: S.Naturals0}
EXACT_R = "√r is written s, so r = s²."
SAMPLE_BETAS = (Rational(3, 5), Rational(4, 5))
Case = tuple[Expr, Expr]
"""β and ρ."""
RELU = activation("relu")


def tail(count: Expr, ratio: Expr = ROOT) -> Expr:
    """(1 − sⁿ)/(1 − s) = 1 + s + … + sⁿ⁻¹."""
    return (1 - ratio**count) / (1 - ratio)


def spread(depth: Expr) -> Expr:
    """s + … + sᴸ − L·sᴸ."""
    return ROOT * tail(depth) - depth * ROOT**depth


def defects(beta: Expr, rho: Expr) -> Sequence:
    """1 − ϑ⁽ᴸ⁾ of the ReLU network at ρ, as balls; σ_w² = 2(1 − β²) and σ_b = β in the other convention."""
    r = 1 - beta**2
    start = beta**2 + r * rho

    def term(index: int, bits: int) -> arb:
        value = certified_depth(RELU, index, start, sigma_w=sqrt(2 * r), sigma_b=beta, bits=bits + 2 * index)
        with working_precision(bits + 2 * index):
            return 1 - value.ntk_ratio

    return term


def quotient(beta: Expr, rho: Expr) -> Sequence:
    """(1 − ϑ⁽ᴸ⁺¹⁾)/(1 − ϑ⁽ᴸ⁾) as balls."""
    found = defects(beta, rho)

    def term(index: int, bits: int) -> arb:
        after, before = found(index + 1, bits), found(index, bits)
        with working_precision(bits + 2 * index):
            return after / before

    return term


def plain_defect(beta: Expr, rho: Expr, depth: int) -> Any:
    """1 − ϑ⁽ᴸ⁾ by iterating γ = 1 − Σ and Θ(x, x) − Θ(x, y) in the digits in force, with the angle acos Σ."""
    bias = evaluate(beta**2, digits=mp.dps)
    r = 1 - bias
    gamma = r * (1 - evaluate(rho, digits=mp.dps))
    missing, whole = gamma, mpf(1)
    for _ in range(depth - 1):
        angle = 2 * mp.asin(mp.sqrt(gamma / 2))
        missing = r * missing + r * angle / mp.pi * (whole - missing)
        gamma = r * (1 - (mp.sin(angle) + (mp.pi - angle) * mp.cos(angle)) / mp.pi)
        missing, whole = missing + gamma, 1 + r * whole
    return missing / whole


def by_plain_iteration(statement: Statement) -> Finding:
    """The plainly iterated quotients, at the r that the order L·r^{L/2} names, have the printed limit and rest."""
    if not isinstance(statement, AsymptoticTo) or isinstance(statement.lhs, Expr) or statement.order is None:
        return unknown("this route reads a sequence, its limit and the order of the rest")
    beta = sqrt(1 - statement.order.subs(DEPTH, 2) / 2)
    with mp.workdps(200):
        target = evaluate(statement.rhs, digits=200)
        shares: list[Any] = []
        for rho, depth in product((Integer(-1), Integer(0)), (50, 100, 200)):
            order = evaluate(statement.order.subs(DEPTH, depth), digits=200)
            now, later = (plain_defect(beta, rho, n) for n in (depth, depth + 1))
            shares.append(abs(later / now - target) / order)
        text = f"the rest is at most {mp.nstr(max(shares), 3)} times its order"
    return supported(text) if max(shares) < 10 else doubted(text)


SHARP: tuple[Case, ...] = tuple((beta, rho) for beta in SAMPLE_BETAS for rho in (Integer(-1), Integer(0)))

CLAIMS = (
    Claim(
        id="jacot2019/theorem3/slope-deficit-every-layer",
        where="appendix B.1, proof of theorem 3 (line 453)",
        printed=r"R_{\dot{\sigma}}(\rho) \geq 1 - \sqrt{1-\rho} \text{ which implies that } "
        r"\dot{\epsilon}^{(\ell)} = r - \dot{\Sigma}^{(\ell)}(x,y) \leq r\sqrt{2}r^{\frac{\ell-1}{2}}",
        statement=Equal(
            ROOT**2 * sqrt(2 * ROOT ** (2 * LAYER)),
            ROOT**2 * sqrt(Integer(2)) * ROOT ** ((LAYER + 1) - 1),
            on={**ROOTS, LAYER: S.Naturals},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="For every layer ℓ + 1 ≥ 2: r√(1 − Σ⁽ˡ⁾) with the kernel bound 1 − Σ⁽ˡ⁾ ≤ 2rˡ, both claims of this ledger. "
        f"{EXACT_R}",
    ),
    Claim(
        id="jacot2019/theorem3/line2-every-depth",
        where="appendix B.1, proof of theorem 3, display, line 2 (line 455)",
        printed=r"\Theta_{\infty}^{(L)}(x,y) \geq \sum_{\ell=1}^{L} r^{L-\ell} - 2r^{L-\ell} r^{\ell} "
        r"- \sqrt{2} \sum_{k=\ell+1}^{L} r^{L-\ell-1+\frac{k-1}{2}}",
        statement=Equal(
            ROOT ** (2 * (DEPTH - LAYER - 1)) * (ROOT**2 * sqrt(Integer(2)) * ROOT ** ((LAYER + 1 + N) - 1)),
            ROOT**2 * (sqrt(Integer(2)) * ROOT ** (2 * (DEPTH - LAYER - 1) + (LAYER + 1 + N) - 1)),
            on={**ROOTS, **LAYERS, **COUNTS},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="For every L, with k = ℓ + 1 + n: by the linearisation of the product, which theorem 2 proves for every depth, "
        "the summand of the inner sum is rᴸ⁻ˡ⁻¹ε̇⁽ᵏ⁾, at most r times the printed one: the lost factor r < 1 only weakens "
        f"the bound. {EXACT_R}",
    ),
    Claim(
        id="jacot2019/theorem3/line4-every-depth",
        where="appendix B.1, proof of theorem 3, display, line 4 (line 455)",
        printed=r"\geq \Theta_{\infty}^{(L)}(x,x) - 2Lr^{L} - \frac{\sqrt{2}}{1-\sqrt{r}} r^{L/2-1} "
        r"\sum_{\ell=0}^{L-1} r^{\ell/2}",
        statement=And(
            (
                Equal(
                    ROOT ** (2 * (LAYER + N) - LAYER - 2),
                    ROOT ** ((LAYER + N) - 2) * ROOT**N,
                    on={**ROOTS, LAYER: S.Naturals, **COUNTS},
                ),
                Equal(ROOT * tail(N) + 1, tail(N + 1), on={**ROOTS, **COUNTS}),
                Equal(1 / (1 - ROOT) - tail(N), ROOT**N / (1 - ROOT), on={**ROOTS, **COUNTS}),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="For every L, with n = L − ℓ: the outer power, the inner sum, and that this is below 1/(1 − √r). "
        + EXACT_R,
    ),
    Claim(
        id="jacot2019/theorem3/line6",
        where="appendix B.1, proof of theorem 3, display, line 6 (line 455)",
        printed=r"\geq \Theta_{\infty}^{(L)}(x,x) - 2Lr^{L} - \frac{\sqrt{2}}{(1-\sqrt{r})^{2}} r^{L/2-1}",
        statement=Equal(
            sqrt(Integer(2)) / (1 - ROOT) * ROOT ** (DEPTH - 2) * (1 / (1 - ROOT)),
            sqrt(Integer(2)) / (1 - ROOT) ** 2 * ROOT ** (DEPTH - 2),
            on={**ROOTS, DEPTH: S.Naturals},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note=f"Printed ≥, and equal. {EXACT_R}",
    ),
    Claim(
        id="jacot2019/theorem3/line8-every-depth",
        where="appendix B.1, proof of theorem 3, display, last line (line 455)",
        printed=r"\geq \Theta_{\infty}^{(L)}(x,x) - C_{0}(r,\beta) r^{L/2}",
        statement=And(
            (
                Equal(spread(S.One), S.Zero, on=ROOTS),
                Equal(
                    spread(DEPTH + 1), spread(DEPTH) + DEPTH * ROOT**DEPTH * (1 - ROOT), on={**ROOTS, DEPTH: S.Naturals}
                ),
                Equal(
                    ROOT / (1 - ROOT) - ROOT * tail(DEPTH),
                    ROOT ** (DEPTH + 1) / (1 - ROOT),
                    on={**ROOTS, DEPTH: S.Naturals},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="For every L: L·sᴸ ≤ s + … + sᴸ ≤ s/(1 − s) by induction, so C₀ = 2√r/(1 − √r) + √2/(r(1 − √r)²) works. Read "
        f"with the + that line 7 needs. {EXACT_R}",
    ),
    Claim(
        id="jacot2019/theorem3/division",
        where="appendix B.1, end of the proof of theorem 3 (line 457)",
        printed=r"\Theta_{\infty}^{(L)}(x,x) = \frac{1-r^L}{1-r} \text{ is bounded in } L. \text{ Dividing } [\ldots]",
        statement=And(
            (
                Equal(
                    1 / (1 - ROOT**2) - tail(DEPTH, ROOT**2),
                    ROOT ** (2 * DEPTH) / (1 - ROOT**2),
                    on={**ROOTS, DEPTH: S.Naturals},
                ),
                Equal(tail(DEPTH, ROOT**2) - 1, ROOT**2 * tail(DEPTH - 1, ROOT**2), on={**ROOTS, DEPTH: S.Naturals}),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="Below 1/(1 − r); what the division needs is the bound 1 from below, and C = C₀. " + EXACT_R,
    ),
    Claim(
        id="jacot2019/theorem3/different-behaviour",
        where="section 4.1, before theorem 3 (line 159)",
        printed=r"\text{The non-differentiability of } \sigma \text{ leads to a different behavior as } L \text{ grows}",
        assumptions=("different: the rate of 1 − ϑ is √r, not the r of theorem 2",),
        statement=ForAll(
            SHARP,
            lambda case: AsymptoticTo(
                quotient(*case), sqrt(1 - case[0] ** 2), variable=DEPTH, order=DEPTH * (1 - case[0] ** 2) ** (DEPTH / 2)
            ),
        ),
        checks=(BallLimit(reach=7), Route("plain iteration", Method.RECURSION, by_plain_iteration)),
        expected=Verdict.SUPPORTED,
        note="For β = 3/5, 4/5 and ρ = −1, 0: the quotient of successive values of 1 − ϑ⁽ᴸ⁾ tends to √r with an error of the "
        "order L·r^{L/2}. So r^{L/2} in theorem 3 cannot be improved, and the factor L of the appendix is not needed.",
    ),
)
