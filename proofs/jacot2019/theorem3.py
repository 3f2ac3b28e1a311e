"""Appendix B.1 of jacot2019: the bounds on the kernels of the standardised ReLU, and theorem 3 with its proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flint import acb, arb
from sympy import Expr, Heaviside, Integer, Interval, Max, Rational, S, Symbol, acos, cos, pi, sin, sqrt

from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    And,
    AsymptoticTo,
    AtMost,
    BallIdentityAtRandomPoints,
    BallLimit,
    BallOnDomain,
    CertifiedWitness,
    Claim,
    Each,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    HighPrecisionLimit,
    Method,
    Route,
    Statement,
    Verdict,
    covariance,
    expectation,
    sampled,
)
from symntk.claims.checks import Finding, unknown
from symntk.notation import RHO, N, X
from symntk.numbers.ball import ball_function, enclose
from symntk.numbers.precision import working_precision

RELU, SLOPE = sqrt(2) * Max(X, 0), sqrt(2) * Heaviside(X)
WHOLE = {RHO: Interval(-1, 1)}
BETA, ROOT = Symbol("beta", nonnegative=True), Symbol("s", positive=True)
ANGLE = Symbol("theta", nonnegative=True)
DEPTH, LAYER = Symbol("L", integer=True, positive=True), Symbol("l", integer=True, positive=True)
POSITIVE_BETA = {BETA: Interval.Lopen(0, 1)}
SAMPLE_BETAS = (Rational(1, 10), Rational(1, 2))
SHALLOW = tuple((depth, beta) for depth in (1, 2) for beta in SAMPLE_BETAS)
ROOTS = {ROOT: Interval.open(0, 1)}
DEPTHS = tuple(range(1, 7))
LAYERS = {DEPTH: S.Naturals, LAYER: S.Naturals}

R = (sqrt(1 - RHO**2) + (pi - acos(RHO)) * RHO) / pi
R_DOT = (pi - acos(RHO)) / pi
CHARACTERISTIC = (1 - BETA**2) * expectation(SLOPE**2)
EXACT_R = "√r is written s, so r = s²."


def kernels(depth: int, beta: Expr) -> list[Expr]:
    """Σ⁽¹⁾, …, Σ⁽ᴸ⁾ as functions of ρ."""
    found = [beta**2 + (1 - beta**2) * RHO]
    for _ in range(depth - 1):
        found.append(beta**2 + (1 - beta**2) * R.subs(RHO, found[-1]))
    return found


def slope_kernels(depth: int, beta: Expr) -> list[Expr]:
    """Σ̇⁽²⁾, …, Σ̇⁽ᴸ⁾ as functions of ρ."""
    return [(1 - beta**2) * R_DOT.subs(RHO, kernel) for kernel in kernels(depth, beta)[:-1]]


def tangent_kernel(depth: int, beta: Expr) -> Expr:
    """Θ⁽ᴸ⁾ by theorem 1."""
    total = S.Zero
    for kernel, slope in zip(kernels(depth, beta), (S.Zero, *slope_kernels(depth, beta)), strict=True):
        total = kernel + slope * total
    return total


def diagonal(depth: Expr | int, r: Expr) -> Expr:
    """Θ⁽ᴸ⁾(x, x) = (1 − rᴸ)/(1 − r)."""
    return (1 - r**depth) / (1 - r)


def minus(depth: Expr | int, tail: Expr) -> Expr:
    """Θ⁽ᴸ⁾(x, x) − 2Lrᴸ − tail, with r = s²: what lines 3 to 6 of the display have in common."""
    return diagonal(depth, ROOT**2) - 2 * depth * ROOT ** (2 * depth) - tail


def line2(depth: int, s: Expr) -> Expr:
    """The second line of the display, with r = s²."""
    return sum(
        (
            s ** (2 * (depth - n))
            - 2 * s ** (2 * (depth - n)) * s ** (2 * n)
            - sqrt(2) * sum((s ** (2 * (depth - n - 1) + k - 1) for k in range(n + 1, depth + 1)), S.Zero)
            for n in range(1, depth + 1)
        ),
        S.Zero,
    )


def line3(depth: int) -> Expr:
    tails = (
        ROOT ** (2 * depth - n - 2) * sum((ROOT**k for k in range(depth - n)), S.Zero) for n in range(1, depth + 1)
    )
    return minus(depth, sqrt(2) * sum(tails, S.Zero))


def line4(depth: int) -> Expr:
    return minus(depth, sqrt(2) / (1 - ROOT) * ROOT ** (depth - 2) * sum((ROOT**n for n in range(depth)), S.Zero))


def line5(depth: int) -> Expr:
    return minus(depth, sqrt(2) / (1 - ROOT) * ROOT ** (depth - 2) / (1 - ROOT))


def line6(depth: Expr | int) -> Expr:
    return minus(depth, sqrt(2) / (1 - ROOT) ** 2 * ROOT ** (depth - 2))


def line7(depth: Expr | int, sign: int) -> Expr:
    bracket = 2 * depth * ROOT**depth + sign * sqrt(2) / (ROOT**2 * (1 - ROOT) ** 2)
    return diagonal(depth, ROOT**2) - bracket * ROOT**depth


def constant(s: Expr) -> Expr:
    """A value of C₀(r, β) that works: L·rᴸᐟ² ≤ √r + … + rᴸᐟ² ≤ √r/(1 − √r)."""
    return 2 * s / (1 - s) + sqrt(2) / (s**2 * (1 - s) ** 2)


def over_the_angle(statement: Statement) -> Finding:
    """The inequality with ρ = cos θ, where both sides are smooth, on 0 ≤ θ ≤ π."""

    def at_angle(side: Expr) -> Expr:
        turned = side.subs(RHO, cos(ANGLE)).subs(acos(cos(ANGLE)), ANGLE)
        return turned.subs(sqrt(1 - cos(ANGLE)), sqrt(2) * sin(ANGLE / 2))

    if statement.on != WHOLE:
        return unknown("this route covers −1 ≤ ρ ≤ 1")
    turned = replace(statement, lhs=at_angle(statement.lhs), rhs=at_angle(statement.rhs), on={ANGLE: Interval(0, pi)})
    return BallOnDomain().examine(turned)


def tangent_kernel_ratio(rho: Expr, beta: Expr) -> Callable[[int, int], arb]:
    """ϑ⁽ᴸ⁾ at ρ as balls, by the recursion Θ⁽ᴸ⁺¹⁾ = Σ⁽ᴸ⁺¹⁾ + Σ̇⁽ᴸ⁺¹⁾Θ⁽ᴸ⁾; |R′| ≤ 1 keeps the radii from growing."""
    value, slope = ball_function(R, (RHO,)), ball_function(R_DOT, (RHO,))

    def term(index: int, bits: int) -> arb:
        with working_precision(2 * bits + 256):
            bias = enclose(beta**2, bits=2 * bits + 256)
            kernel = bias + (1 - bias) * enclose(rho, bits=2 * bits + 256)
            total, largest = kernel, arb(1)
            for _ in range(index - 1):
                total, largest = (1 - bias) * slope(acb(kernel)).real * total, 1 + (1 - bias) * largest
                kernel = bias + (1 - bias) * (value(acb(kernel.mid())).real + arb(0, kernel.rad()))
                total += kernel
            return total / largest

    return term


def deep_theorem(order: Callable[[Expr], Expr]) -> tuple[Statement, ...]:
    """ϑ⁽ᴸ⁾ = 1 + O(order) as L grows, at three points."""
    return tuple(
        AsymptoticTo(tangent_kernel_ratio(rho, beta), 1, variable=DEPTH, order=order(1 - beta**2))
        for rho in (Integer(-1), Integer(0), Rational(1, 2))
        for beta in (Rational(1, 2), Rational(4, 5))
    )


SHALLOW_THEOREM = tuple(
    statement
    for depth, beta in SHALLOW
    for ratio in [tangent_kernel(depth, beta) / diagonal(depth, 1 - beta**2)]
    for lower in [1 - constant(sqrt(1 - beta**2)) * sqrt(1 - beta**2) ** depth]
    for statement in (AtMost(lower, ratio, on=WHOLE), AtMost(ratio, 1, on=WHOLE))
)
THEOREM_ROUTES = tuple(
    Each((*(inequality for _ in SHALLOW_THEOREM), *(limit for _ in range(6))))
    for inequality, limit in (
        (BallOnDomain(), BallLimit(reach=7)),
        (HighPrecisionAtPoints(), HighPrecisionLimit(reach=7)),
    )
)


SAMPLE_IDENTITY = sampled(*IDENTITY)
SAMPLE_INEQUALITY = sampled(*INEQUALITY)

CLAIMS = (
    Claim(
        id="jacot2019/relu/kernel-bound",
        where="appendix B.1 (line 445)",
        printed=r"1 \ge \Sigma^{(\ell)}(x, y) \ge 1 - 2r_{\sigma, \beta}^{\ell}",
        statement=And(
            (
                AtMost(1 - 2 * (1 - BETA**2), BETA**2 - (1 - BETA**2), on={BETA: Interval(0, 1)}),
                AtMost(RHO, covariance(RELU), on=WHOLE),
                AtMost(covariance(RELU), 1, on=WHOLE),
            )
        ),
        checks=INEQUALITY,
        expected=Verdict.CERTIFIED,
        note="For every β: the start Σ⁽¹⁾ ≥ B(−1), and the step B∘R(s) ≥ 1 − r(1 − s), whose sides differ by "
        "(1 − β²)(R(s) − s).",
    ),
    Claim(
        id="jacot2019/theorem3/one-minus-beta",
        where="appendix B.1, proof of theorem 3 (line 453)",
        printed=r"(1-\beta) r = 1",
        statement=Equal((1 - BETA) * CHARACTERISTIC, 1, on=POSITIVE_BETA),
        checks=(CertifiedWitness({BETA: Rational(1, 2)}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/theorem3/one-minus-beta/corrected",
            where="appendix B.1, proof of theorem 3 (line 453)",
            printed=r"1-\beta^2 = r",
            statement=Equal(1 - BETA**2, CHARACTERISTIC, on=POSITIVE_BETA),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
        note="The proof uses 2(1 − β²)rˡ⁻¹ = 2rˡ.",
    ),
    Claim(
        id="jacot2019/theorem3/square-root-bound",
        where="appendix B.1, proof of theorem 3 (line 453)",
        printed=r"R_{\dot{\sigma}}(\rho) \geq 1 - \sqrt{1-\rho}",
        statement=AtMost(1 - sqrt(1 - RHO), R_DOT, on=WHOLE),
        checks=(Route("balls over the angle", Method.BALL, over_the_angle), HighPrecisionAtPoints()),
        expected=Verdict.CERTIFIED,
    ),
    Claim(
        id="jacot2019/theorem3/slope-deficit",
        where="appendix B.1, proof of theorem 3 (line 453)",
        printed=r"\dot{\epsilon}^{(\ell)} = r - \dot{\Sigma}^{(\ell)}(x,y) \leq r\sqrt{2}r^{\frac{\ell-1}{2}}",
        statement=ForAll(
            tuple((2, beta) for beta in SAMPLE_BETAS),
            lambda case: AtMost(
                (1 - case[1] ** 2) - slope_kernels(*case)[-1],
                (1 - case[1] ** 2) * sqrt(2) * (1 - case[1] ** 2) ** Rational(case[0] - 1, 2),
                on=WHOLE,
            ),
        ),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note="For ℓ = 2 and β = 1/10, 1/2; it follows from the square-root bound and the kernel bound for all ℓ.",
    ),
    Claim(
        id="jacot2019/theorem3/line2",
        where="appendix B.1, proof of theorem 3, display, line 2 (line 455)",
        printed=r"\Theta_{\infty}^{(L)}(x,y) \geq \sum_{\ell=1}^{L} r^{L-\ell} - 2r^{L-\ell} r^{\ell} "
        r"- \sqrt{2} \sum_{k=\ell+1}^{L} r^{L-\ell-1+\frac{k-1}{2}}",
        statement=ForAll(
            SHALLOW,
            lambda case: AtMost(line2(case[0], sqrt(1 - case[1] ** 2)), tangent_kernel(*case), on=WHOLE),
        ),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note="For L ≤ 2 and β = 1/10, 1/2. A factor r is lost in the last sum, which only weakens the bound.",
    ),
    Claim(
        id="jacot2019/theorem3/line3",
        where="appendix B.1, proof of theorem 3, display, line 3 (line 455)",
        printed=r"= \Theta_{\infty}^{(L)}(x,x) - 2Lr^{L} - \sqrt{2} \sum_{\ell=1}^{L} r^{L-\frac{\ell}{2}-1} "
        r"\sum_{k=0}^{L-\ell-1} r^{\frac{k}{2}}",
        statement=And(
            (
                Equal(ROOT ** (2 * (DEPTH - LAYER)) * ROOT ** (2 * LAYER), ROOT ** (2 * DEPTH), on={**ROOTS, **LAYERS}),
                Equal(
                    ROOT ** (2 * (DEPTH - LAYER - 1) + (LAYER + 1 + N) - 1),
                    ROOT ** (2 * DEPTH - LAYER - 2) * ROOT**N,
                    on={**ROOTS, **LAYERS, N: S.Naturals0},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note=f"Summand by summand, with k ↦ ℓ + 1 + k in the inner sum. {EXACT_R}",
    ),
    Claim(
        id="jacot2019/theorem3/line4",
        where="appendix B.1, proof of theorem 3, display, line 4 (line 455)",
        printed=r"\geq \Theta_{\infty}^{(L)}(x,x) - 2Lr^{L} - \frac{\sqrt{2}}{1-\sqrt{r}} r^{L/2-1} "
        r"\sum_{\ell=0}^{L-1} r^{\ell/2}",
        statement=ForAll(DEPTHS, lambda depth: AtMost(line4(depth), line3(depth), on=ROOTS)),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note=f"For L ≤ {DEPTHS[-1]}. {EXACT_R}",
    ),
    Claim(
        id="jacot2019/theorem3/line5",
        where="appendix B.1, proof of theorem 3, display, line 5 (line 455)",
        printed=r"= \Theta_{\infty}^{(L)}(x,x) - 2Lr^{L} - \frac{\sqrt{2}}{1-\sqrt{r}} r^{L/2-1} \frac{1}{1-\sqrt{r}}",
        statement=ForAll(DEPTHS, lambda depth: Equal(line4(depth), line5(depth), on=ROOTS)),
        checks=(BallIdentityAtRandomPoints(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/theorem3/line5/corrected",
            where="appendix B.1, proof of theorem 3, display, line 5 (line 455)",
            printed=r"\geq \Theta_{\infty}^{(L)}(x,x) - 2Lr^{L} - \frac{\sqrt{2}}{1-\sqrt{r}} r^{L/2-1} "
            r"\frac{1}{1-\sqrt{r}}",
            statement=ForAll(DEPTHS, lambda depth: AtMost(line5(depth), line4(depth), on=ROOTS)),
            checks=SAMPLE_INEQUALITY,
            expected=Verdict.SUPPORTED,
            note=f"For L ≤ {DEPTHS[-1]}. {EXACT_R}",
        ),
        note="The finite geometric sum is (1 − rᴸᐟ²)/(1 − √r), not 1/(1 − √r).",
    ),
    Claim(
        id="jacot2019/theorem3/line7",
        where="appendix B.1, proof of theorem 3, display, line 7 (line 455)",
        printed=r"\geq \Theta_{\infty}^{(L)}(x,x) - \left[2Lr^{L/2} - \frac{\sqrt{2}}{r(1-\sqrt{r})^{2}}\right] "
        r"r^{L/2}",
        statement=AtMost(line7(DEPTH, -1), line6(DEPTH), on={**ROOTS, DEPTH: S.Naturals}),
        checks=(BallIdentityAtRandomPoints(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="misprint",
        corrected=Claim(
            id="jacot2019/theorem3/line7/corrected",
            where="appendix B.1, proof of theorem 3, display, line 7 (line 455)",
            printed=r"= \Theta_{\infty}^{(L)}(x,x) - \left[2Lr^{L/2} + \frac{\sqrt{2}}{r(1-\sqrt{r})^{2}}\right] "
            r"r^{L/2}",
            statement=Equal(line6(DEPTH), line7(DEPTH, 1), on={**ROOTS, DEPTH: S.Naturals}),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note=f"For every L. {EXACT_R}",
        ),
        note="The sign inside the bracket is wrong.",
    ),
    Claim(
        id="jacot2019/theorem3/line8",
        where="appendix B.1, proof of theorem 3, display, last line (line 455)",
        printed=r"\geq \Theta_{\infty}^{(L)}(x,x) - C_{0}(r,\beta) r^{L/2}",
        statement=ForAll(
            DEPTHS,
            lambda depth: AtMost(diagonal(depth, ROOT**2) - constant(ROOT) * ROOT**depth, line7(depth, 1), on=ROOTS),
        ),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note=f"For L ≤ {DEPTHS[-1]} with C₀ = 2√r/(1 − √r) + √2/(r(1 − √r)²), which does not depend on L. {EXACT_R}",
    ),
    Claim(
        id="jacot2019/theorem3/bounded-diagonal",
        where="appendix B.1, end of the proof of theorem 3 (line 457)",
        printed=r"\Theta_{\infty}^{(L)}(x,x) = \frac{1-r^L}{1-r} \text{ is bounded in } L",
        statement=ForAll(
            DEPTHS, lambda depth: AtMost((1 - ROOT ** (2 * depth)) / (1 - ROOT**2), 1 / (1 - ROOT**2), on=ROOTS)
        ),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note=f"For L ≤ {DEPTHS[-1]}, with the bound 1/(1 − r). {EXACT_R}",
    ),
    Claim(
        id="jacot2019/theorem3/main-text",
        where="section 4.1, theorem 3 (line 159)",
        printed=r"\text{there exists a constant } C \text{ such that } "
        r"1 - Cr_{\sigma,\beta}^{L/2} \leq \vartheta^{(L)}(x,y) \leq 1",
        statement=And((*SHALLOW_THEOREM, *deep_theorem(lambda r: r ** (DEPTH / 2)))),
        checks=THEOREM_ROUTES,
        expected=Verdict.SUPPORTED,
        note="For L ≤ 2 and all ρ with the constant of the proof (β = 1/10, 1/2); for growing L at ρ = −1, 0, 1/2 "
        "(β = 1/2, 4/5).",
    ),
    Claim(
        id="jacot2019/theorem3/appendix",
        where="appendix B.1, theorem 3 (line 449)",
        printed=r"\text{there exists a constant } C \text{ such that } "
        r"1 - CLr_{\sigma,\beta}^{L/2} \leq \vartheta^{(L)}(x,y) \leq 1",
        statement=And((*SHALLOW_THEOREM, *deep_theorem(lambda r: DEPTH * r ** (DEPTH / 2)))),
        checks=THEOREM_ROUTES,
        expected=Verdict.SUPPORTED,
        note="Weaker than the main text by a factor L, and than its own proof.",
    ),
)
