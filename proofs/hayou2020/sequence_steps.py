"""The steps of the proofs of lemmas 3 and 4 of hayou2020: recursions, products and terms."""

from __future__ import annotations

import sympy
from sympy import Expr, Interval, Mul, Product, Rational, S, Symbol, factorial, log, oo

from symntk.claims import (
    IDENTITY,
    AsymptoticTo,
    AtMost,
    BallLimit,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    HighPrecisionLimit,
    Method,
    Route,
    Statement,
    Verdict,
    Witness,
)
from symntk.claims.checks import Finding, refuted, supported, unknown
from symntk.notation import N

HALF = Rational(1, 2)
ALPHA, LAYER = Symbol("alpha", integer=True, positive=True), Symbol("k", integer=True, positive=True)
T, BETA, BOUND, LEAST = (Symbol(name, positive=True) for name in ("t", "beta", "M", "kappa_1"))
"""t = 1/l."""
Q, REST, LOG, KAPPA = Symbol("q", nonnegative=True), *(Symbol(name, real=True) for name in ("z", "L", "kappa"))
"""L = log l."""
R, ABOVE = Symbol("r", real=True), Symbol("m", integer=True, nonnegative=True)
SECOND = Symbol("x_1", nonnegative=True)
SMALL = {T: Interval.open(0, 1), ALPHA: S.Naturals}
ORDERS = (1, 2, 3)
"""Values of α."""
SUMMED = tuple((alpha, zeta) for alpha in ORDERS for zeta in (HALF, S.One))
CENTRE = Q / (1 + ALPHA)
PULL = 1 - (1 + ALPHA) * T


def falling(alpha: int) -> Expr:
    """n!/(n − α − 1)!."""
    return Mul(*(N - i for i in range(alpha + 1)))


def product_from(alpha: int, first: int) -> Product:
    """Π_{k=first}^n (1 − (1+α)/k)."""
    return Product(1 - Rational(1 + alpha) / LAYER, (LAYER, first, N))


def telescoped(case: tuple[int, int, int]) -> Equal:
    """The product over j = k+1, …, l as a quotient of factorials."""
    alpha, k, last = case
    quotient = factorial(last - alpha - 1) * factorial(k) / factorial(last) / factorial(k - alpha - 1)
    return Equal(product_from(alpha, k + 1).subs(N, last).doit(), quotient)


def by_limit(statement: Statement) -> Finding:
    """The limit by exact algebra; a product with a factor 0 is 0 from there on."""
    if not isinstance(statement, AsymptoticTo) or not isinstance(statement.lhs, Expr):
        return unknown("this route reads asymptotics of closed forms")
    left = statement.lhs
    if isinstance(left, Product) and left.subs(N, 9).doit() == 0:
        return refuted("the product is 0", Witness(point=(("l", "9 and all larger"),), gap="lhs/rhs − 1 = -1"))
    closed = sympy.gammasimp(left.doit().rewrite(sympy.gamma)) if left.has(Product) else left
    scale = statement.rhs if statement.order is None else statement.order
    found = sympy.limit((closed - statement.rhs) / scale, statement.variable, oo)
    if found == 0 or (statement.order is not None and found.is_finite):
        return supported(f"the remainder over its scale tends to {found}")
    return refuted("the remainder is too large", Witness(point=(("l", "oo"),), gap=f"scale times {found}"))


CLOSED = (Route("limit of the closed form", Method.ALGEBRA, by_limit), HighPrecisionLimit(reach=9, digits=60))
FAR = (Route("limit of the closed form", Method.ALGEBRA, by_limit), BallLimit())

CLAIMS = (
    Claim(
        id="hayou2020/lemma3/ratio-recursion",
        where="lemma 3, proof, first display",
        printed=r"r_l = r_{l-1} (1 - \frac{1}{l})(1 - \frac{\alpha}{l} + O(l^{-1-\beta})) + \frac{q}{l} + O(l^{-2}) "
        r"= r_{l-1}(1 - \frac{1+\alpha}{l}) + \frac{q}{l} + O(l^{-1-\zeta}), \quad \zeta = \min(1, \beta)",
        assumptions=("t = 1/l; what multiplies r_{l−1}, with z t^{1+β} for the O-term",),
        statement=Equal(
            (1 - T) * (1 - ALPHA * T + REST * T ** (1 + BETA)),
            1 - (1 + ALPHA) * T + ALPHA * T**2 + (1 - T) * REST * T ** (1 + BETA),
            on={**SMALL, BETA: Interval.open(0, 3), REST: S.Reals},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The left-over terms are O(t²) and O(t^{1+β}), and r_l is bounded.",
    ),
    Claim(
        id="hayou2020/lemma3/centred-recursion",
        where="lemma 3, proof, second display",
        printed=r"x_l = |r_l - \frac{q}{1+\alpha}|, \quad x_l \leq x_{l-1} (1 - \frac{1+\alpha}{l}) + \frac{M}{l^{1+\zeta}}",
        assumptions=(
            "z is the left-over of r_l; for l ≥ 1 + α, below which the factor is negative and M may be raised",
        ),
        statement=Equal(
            (1 - (1 + ALPHA) * T) * R + Q * T + REST - CENTRE,
            (1 - (1 + ALPHA) * T) * (R - CENTRE) + REST,
            on={**SMALL, Q: Interval(0, oo), R: S.Reals, REST: S.Reals},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2020/lemma3/unrolled",
        where="lemma 3, proof, third display",
        printed=r"x_l \leq x_0 \prod_{k=1}^l (1 - \frac{1+\alpha}{k}) "
        r"+ M \sum_{k=1}^l \prod_{j=k+1}^l (1 - \frac{1+\alpha}{j}) \frac{1}{k^{1+\zeta}}",
        assumptions=("l = 2, M = 1, ζ = 1, x_0 = 0, 0 ≤ x_1 ≤ 1, and equality in the recursion at l = 2",),
        statement=AtMost(
            SECOND * (1 - (1 + ALPHA) / 2) + Rational(1, 4),
            1 - (1 + ALPHA) / 2 + Rational(1, 4),
            on={SECOND: Interval(0, 1), ALPHA: sympy.Range(1, 6)},
        ),
        checks=(CertifiedWitness({SECOND: 0, ALPHA: 3}), HighPrecisionAtPoints(count=9)),
        expected=Verdict.REFUTED,
        kind="error",
        note="For k < 1 + α the factors are negative, and inequalities turn round; sums and products must begin at 1 + α.",
        corrected=Claim(
            id="hayou2020/lemma3/unrolled/corrected",
            where="lemma 3, proof, third display",
            printed=r"\text{the same from } k = l_0 + 1, \ l_0 \geq 1 + \alpha, \text{ on, where } "
            r"1 - \frac{1+\alpha}{k} = \frac{k-1-\alpha}{k} \geq 0",
            assumptions=("k = 1 + α + m",),
            statement=Equal(
                1 - (1 + ALPHA) / (1 + ALPHA + ABOVE),
                ABOVE / (1 + ALPHA + ABOVE),
                on={ALPHA: S.Naturals, ABOVE: S.Naturals0},
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/lemma3/product-growth",
        where="lemma 3, proof, fourth display; also lemma 4, proof",
        printed=r"\text{By taking the logarithm ... } \prod_{k=1}^l (1 - \frac{1+\alpha}{k}) \sim l^{-1-\alpha}",
        assumptions=("α = 1, 2, 3",),
        statement=ForAll(ORDERS, lambda alpha: AsymptoticTo(product_from(alpha, 1), N ** (-1 - alpha), variable=N)),
        checks=CLOSED,
        expected=Verdict.REFUTED,
        kind="error",
        note="The factor of k = 1 + α is 0, so the product is 0 and has no logarithm.",
        corrected=Claim(
            id="hayou2020/lemma3/product-growth/corrected",
            where="lemma 3, proof, fourth display; also lemma 4, proof",
            printed=r"\prod_{k=2+\alpha}^l (1 - \frac{1+\alpha}{k}) \sim (1+\alpha)! \, l^{-1-\alpha}",
            assumptions=("α = 1, 2, 3",),
            statement=ForAll(
                ORDERS,
                lambda alpha: AsymptoticTo(
                    product_from(alpha, alpha + 2), factorial(alpha + 1) * N ** (-1 - alpha), variable=N
                ),
            ),
            checks=CLOSED,
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2020/lemma3/product",
        where="lemma 3, proof, fifth display; also lemma 4, proof",
        printed=r"\prod_{j=k+1}^l (1 - \frac{1+\alpha}{j}) = \frac{(l-\alpha-1)!}{l!} \frac{k!}{(k-\alpha-1)!}",
        assumptions=("1 + α ≤ k ≤ l, where the factorials are defined; α = 1, 2, 3",),
        statement=ForAll(
            tuple((a, k, last) for a in ORDERS for k in (a + 1, a + 4) for last in (k, k + 1, k + 5)), telescoped
        ),
        checks=IDENTITY,
        expected=Verdict.SUPPORTED,
        note="One more layer multiplies both sides by (l − α)/(l + 1); at l = k both are 1.",
    ),
    Claim(
        id="hayou2020/lemma3/term-growth",
        where="lemma 3, proof, sixth display",
        printed=r"\frac{k!}{(k-\alpha-1)!} \frac{1}{k^{1+\zeta}} \sim_{k \to \infty} k^{\alpha-\zeta}",
        assumptions=("α = 1, 2, 3 and ζ = 1/2, 1",),
        statement=ForAll(
            SUMMED, lambda m: AsymptoticTo(falling(m[0]) / N ** (1 + m[1]), N ** (m[0] - m[1]), variable=N)
        ),
        checks=CLOSED,
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="hayou2020/lemma3/induction",
        where="lemma 3, proof, conclusion",
        printed=r"\text{We can now conclude ... } x_l = O(l^{-\zeta})",
        assumptions=(
            "x_{l−1} ≤ (M/α)(l−1)^{−ζ} gives x_l ≤ (M/α) l^{−ζ}; divided by (M/α) l^{−ζ}, with t = 1/l ≤ 1/(1+α)",
            "(1−t)^{−ζ} ≤ (1−t)^{−1}; times 1 − t, right minus left",
        ),
        statement=Equal(
            (1 - T) - (1 - (1 + ALPHA) * T) - ALPHA * T * (1 - T),
            ALPHA * T**2,
            on=SMALL,
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="For every α ≥ 1 and 0 < ζ ≤ 1, without any product.",
    ),
    Claim(
        id="hayou2020/lemma4/ratio-recursion",
        where="lemma 4, proof, first display",
        printed=r"r_l = r_{l-1} (1 - \frac{1}{l})(1 - \frac{\alpha}{l} + \kappa \frac{\log(l)}{l^2} + O(l^{-1-\beta})) "
        r"+ \frac{q}{l} + O(l^{-2}) = r_{l-1} (1 - \frac{1+\alpha}{l}) + r_{l-1} \kappa \frac{\log(l)}{l^2} "
        r"+ \frac{q}{l} + O(l^{-2})",
        assumptions=("t = 1/l, L = log l; β = 1, which is the weakest that β ≥ 1 allows; what multiplies r_{l−1}",),
        statement=Equal(
            (1 - T) * (1 - ALPHA * T + KAPPA * LOG * T**2 + REST * T**2),
            PULL + KAPPA * LOG * T**2 + (ALPHA + REST) * T**2 - (KAPPA * LOG + REST) * T**3,
            on={**SMALL, **dict.fromkeys((KAPPA, LOG, REST), S.Reals)},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="What is left over is O(l^{−2}), as log(l)/l³ is.",
    ),
    Claim(
        id="hayou2020/lemma4/use-of-lemma3",
        where="lemma 4, proof, below the first display",
        printed=r"\text{It is clear that } \lambda_l = 1 - \alpha/l + O(l^{-3/2}). \text{ Therefore, using Lemma 3 with } "
        r"\beta = 1/2, \text{ we have } r_l \to \frac{q}{1+\alpha}",
        assumptions=("α = 1, 2, 3 and κ = 2",),
        statement=ForAll(
            ORDERS,
            lambda a: AsymptoticTo(1 - a / N + 2 * log(N) / N**2, 1 - a / N, variable=N, order=N ** (-3 * HALF)),
        ),
        checks=FAR,
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="hayou2020/lemma4/two-sided",
        where="lemma 4, proof, second display",
        printed=r"\text{there exists } \kappa_1, \kappa_2, M, l_0 > 0 \text{ such that for all } l \geq l_0: "
        r"x_{l-1} (1 - \frac{1+\alpha}{l}) + \kappa_1 \frac{\log(l)}{l^2} - \frac{M}{l^2} \leq x_l \leq \ldots",
        assumptions=("κ = −1, q = 1 + α, r_{l−1} = 1: it asks for (κ₁ + 1) log l ≤ M, here at l = 3^M",),
        statement=AtMost(
            (LEAST + 1) * BOUND * log(S(3)), BOUND, on=dict.fromkeys((LEAST, BOUND), Interval.open(0, oo))
        ),
        checks=(CertifiedWitness({LEAST: 1, BOUND: 1}), HighPrecisionAtPoints(count=9)),
        expected=Verdict.REFUTED,
        kind="error",
        note="It fails for all κ₁, M > 0 where κ < 0 (which tanh has) or q = 0; κ is not restricted.",
        corrected=Claim(
            id="hayou2020/lemma4/two-sided/corrected",
            where="lemma 4, proof, second display",
            printed=r"x_l = x_{l-1} (1 - \frac{1+\alpha}{l}) + \kappa (\frac{q}{1+\alpha} + x_{l-1}) \frac{\log(l)}{l^2} "
            r"+ O(l^{-2}), \quad x_l = r_l - \frac{q}{1+\alpha} \to 0",
            assumptions=("t = 1/l, L = log l; z is the left-over of r_l",),
            statement=Equal(
                PULL * R + KAPPA * R * LOG * T**2 + Q * T + REST - CENTRE,
                PULL * (R - CENTRE) + KAPPA * (CENTRE + (R - CENTRE)) * LOG * T**2 + REST,
                on={**SMALL, Q: Interval(0, oo), **dict.fromkeys((KAPPA, LOG, REST, R), S.Reals)},
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="So the two bounds hold for κ q > 0, with −x_l in place of x_l for κ < 0 < q.",
        ),
    ),
    Claim(
        id="hayou2020/lemma4/term-growth",
        where="lemma 4, proof, below the product",
        printed=r"\frac{k!}{(k-\alpha-1)!} \frac{\kappa_1 \log(k) - M}{k^2} \sim_{k \to \infty} \log(k) k^{\alpha-1}",
        assumptions=("κ₁ = 3, M = 1; α = 1, 2, 3",),
        statement=ForAll(
            ORDERS, lambda a: AsymptoticTo(falling(a) * (3 * log(N) - 1) / N**2, log(N) * N ** (a - 1), variable=N)
        ),
        checks=FAR,
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The factor κ₁ is lost, here and in the next sum; the constant C₁ takes it up.",
        corrected=Claim(
            id="hayou2020/lemma4/term-growth/corrected",
            where="lemma 4, proof, below the product",
            printed=r"\sim_{k \to \infty} \kappa_1 \log(k) k^{\alpha-1}",
            assumptions=("κ₁ = 3, M = 1, with the remainder O(k^{α−1}); α = 1, 2, 3",),
            statement=ForAll(
                ORDERS,
                lambda a: AsymptoticTo(
                    falling(a) * (3 * log(N) - 1) / N**2, 3 * log(N) * N ** (a - 1), variable=N, order=N ** (a - 1)
                ),
            ),
            checks=FAR,
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2020/lemma4/factorial-growth",
        where="lemma 4, proof, last line",
        printed=r"\frac{(l-\alpha-1)!}{l!} \sim l^{-1-\alpha}",
        assumptions=("α = 1, 2, 3",),
        statement=ForAll(ORDERS, lambda a: AsymptoticTo(1 / falling(a), N ** (-1 - a), variable=N)),
        checks=FAR,
        expected=Verdict.SUPPORTED,
    ),
)
