"""The steps of the proofs of appendix lemmas 7 and 8 of hayou2021 that are identities or limits of closed forms."""

from __future__ import annotations

import sympy
from sympy import Derivative, Expr, Interval, Mul, Rational, S, Set, Symbol, factorial, log, oo

from symntk.claims import (
    IDENTITY,
    AsymptoticTo,
    AtMost,
    BallLimit,
    CertifiedWitness,
    Claim,
    ConvergesTo,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    Method,
    Route,
    Statement,
    Verdict,
    Witness,
)
from symntk.claims.checks import Finding, refuted, supported, unknown
from symntk.notation import N

HALF = Rational(1, 2)
ALPHA, LAYER = (Symbol(name, integer=True, positive=True) for name in ("alpha", "l"))
BETA, T, U, BOUND = (Symbol(name, positive=True) for name in ("beta", "t", "u", "M"))
Q = Symbol("q", nonnegative=True)
GROWTH, KAPPA, LOG, R, START, TERM = (Symbol(name, real=True) for name in ("G", "kappa", "L", "r", "x", "e"))
FACTOR, PRODUCT, SUM, Y, Z = (Symbol(name, real=True) for name in ("p", "P", "S", "y", "z"))
"""t is 1/l, L is log l; y and z stand for what an O-term multiplies."""
ALPHAS, BETAS, SMALL = {ALPHA: S.Naturals}, {BETA: Interval.open(0, 1)}, {T: Interval.open(0, 1)}
LIMITS, ABOVE_ONE, BOUNDS = {Q: Interval(0, oo)}, {U: Interval.open(1, oo)}, {BOUND: Interval.open(0, oo)}
ORDERS = (1, 2, 3)
"""Values of α on which a limit for all α is looked at."""
GROWN = factorial(LAYER - ALPHA - 1) / factorial(LAYER)
CENTRE = Q / (1 + ALPHA)


def reals(*symbols: Symbol) -> dict[Symbol, Set]:
    """Each symbol ranges over the real numbers."""
    return dict.fromkeys(symbols, S.Reals)


def shrunk(value: Expr) -> Expr:
    """x (1 − (1+α)/l)."""
    return value * (1 - (1 + ALPHA) * T)


def falling(alpha: int) -> Expr:
    """n!/(n − α − 1)!."""
    return Mul(*(N - i for i in range(alpha + 1)))


def by_limit(statement: Statement) -> Finding:
    """The limit by exact algebra."""
    if isinstance(statement, ConvergesTo):
        found, holds = sympy.limit(statement.sequence - statement.limit, statement.index, oo), False
    elif isinstance(statement, AsymptoticTo):
        scale, holds = statement.order or statement.rhs, statement.order is not None
        found = sympy.limit((statement.lhs - statement.rhs) / scale, statement.variable, oo)
    else:
        return unknown("this route reads limits")
    if found == 0 or (holds and found.is_finite):
        return supported(f"the remainder over its scale tends to {found}")
    return refuted("the remainder is too large", Witness(point=(("index", "oo"),), gap=f"scale times {found}"))


EXACT_LIMIT = (Route("limit by algebra", Method.ALGEBRA, by_limit), BallLimit())


def step(name: str, where: str, printed: str, statement: Statement, note: str, *assumptions: str) -> Claim:
    """An identity in all its letters, or a limit that is looked at for some."""
    exact = isinstance(statement, Equal)
    return Claim(
        id=f"hayou2021/appendix-{name}",
        where=f"appendix {where}",
        printed=printed,
        assumptions=assumptions,
        statement=statement,
        checks=IDENTITY if exact else EXACT_LIMIT,
        expected=Verdict.PROVED if exact else Verdict.SUPPORTED,
        note=note,
    )


def unrolled(name: str, where: str, printed: str, note: str) -> Claim:
    """How the solution of x_l = p x_{l−1} + e is carried on by one layer."""
    layer = Equal(
        FACTOR * (START * PRODUCT + SUM) + TERM,
        START * (FACTOR * PRODUCT) + (FACTOR * SUM + TERM),
        on=reals(FACTOR, START, PRODUCT, SUM, TERM),
    )
    return step(name, where, printed, layer, f"One layer: P ↦ pP, S ↦ pS + e. {note}")


CLAIMS = (
    step(
        "lemma7/linear-growth",
        "lemma 7, proof, first sentence (line 1077; also appendix lemma 8, line 1129)",
        r"|a_l| \leq G \times l + |a_0|",
        Equal(
            GROWTH * LAYER + START - (GROWTH * (LAYER - 1) + START + TERM),
            GROWTH - TERM,
            on={**reals(GROWTH, START, TERM), LAYER: S.Naturals},
        ),
        "The step of the induction, with x = |a_0| and b_l = e: the right side is G − b_l ≥ 0.",
        "λ_l ≤ 1 and b_l ≤ G, which bounded q gives from some layer on; earlier layers only raise G",
    ),
    step(
        "lemma7/ratio-recursion",
        "lemma 7, proof, first display (line 1079)",
        r"(1 - \frac{1}{l}) (1 - \frac{\alpha}{l} + \mathcal{O}(l^{-1-\beta})) "
        r"= 1 - \frac{1+\alpha}{l} + \mathcal{O}(l^{-1-\beta})",
        Equal(
            (1 - T) * (1 - ALPHA * T + Z * T ** (1 + BETA)),
            1 - (1 + ALPHA) * T + ALPHA * T**2 + Z * T ** (1 + BETA) * (1 - T),
            on={**SMALL, **ALPHAS, **BETAS, **reals(Z)},
        ),
        "With t = 1/l; both left-over terms are O(l^{−1−β}) as β < 1, and r_l is bounded.",
    ),
    step(
        "lemma7/centred-recursion",
        "lemma 7, proof, second display (line 1083)",
        r"x_{l-1} \left(1 - \frac{1+\alpha}{l}\right) - \frac{M}{l^{1+\beta}} \leq x_l "
        r"\leq x_{l-1} \left(1 - \frac{1+\alpha}{l}\right) + \frac{M}{l^{1+\beta}}",
        Equal(shrunk(R) + Q * T + Z - CENTRE, shrunk(R - CENTRE) + Z, on={**SMALL, **ALPHAS, **LIMITS, **reals(R, Z)}),
        "The two inequalities say that the left-over z is at most M l^{−1−β} in modulus.",
        "x_l = r_l − q/(1+α), r_l = r_{l−1}(1 − (1+α)/l) + q/l + z with |z| ≤ M l^{−1−β}",
    ),
    unrolled(
        "lemma7/unrolled",
        "lemma 7, proof, third display (line 1087)",
        r"x_l \leq x_{l_0-1} \prod_{k=l_0}^l \left(1 - \frac{1+\alpha}{k}\right) + M \sum_{k=l_0}^l "
        r"\prod_{j=k+1}^l \left(1 - \frac{1+\alpha}{j}\right) \frac{1}{k^{1+\beta}}",
        "Here p = 1 − (1+α)/l, e = M l^{−1−β}; p ≥ 0 asks for l₀ ≥ 1 + α.",
    ),
    step(
        "lemma7/product-formula",
        "lemma 7, proof, fifth display (line 1095; also appendix lemma 8, line 1151)",
        r"\prod_{j=k+1}^l \left(1 - \frac{1+\alpha}{j}\right) = \frac{(l-\alpha-1)!}{l!} \frac{k!}{(k-\alpha-1)!}",
        Equal(
            GROWN.subs(LAYER, LAYER + ALPHA + 1),
            GROWN.subs(LAYER, LAYER + ALPHA) * (1 - (1 + ALPHA) / (LAYER + ALPHA + 1)),
            on={LAYER: S.Naturals, **ALPHAS},
        ),
        "With l written l + α + 1, so that the factorials exist.",
        "k ≥ 1 + α; both sides are 1 at l = k, so one more factor is what has to agree",
    ),
    step(
        "lemma7/term-growth",
        "lemma 7, proof, sixth display (line 1099)",
        r"\frac{k!}{(k-\alpha-1)!} \frac{1}{k^{1+\beta}} \sim_{k \rightarrow \infty} k^{\alpha-\beta}",
        ForAll(ORDERS, lambda alpha: AsymptoticTo(falling(alpha) * N ** (-3 * HALF), N ** (alpha - HALF), variable=N)),
        "For α ≤ 3, β = 1/2.",
    ),
    step(
        "lemma7/upper-bound",
        "lemma 7, proof, last two displays (lines 1111, 1115)",
        r"x_l \leq \frac{M}{\alpha} l^{-\beta} + o(l^{-\beta}), \quad x_l \geq -\frac{M}{\alpha} l^{-\beta} "
        r"+ o(l^{-\beta})",
        Equal(1 - ALPHA * T - shrunk(S.One) / (1 - T), ALPHA * T**2 / (1 - T), on={**SMALL, **ALPHAS}),
        "The step of the induction |x_l| ≤ C l^{−β}, with t = 1/l: (1−t)^{−β} ≤ (1−t)^{−1}, and the gap is ≥ 0.",
        "|x_l| ≤ (1 − (1+α)/l)|x_{l−1}| + M l^{−1−β} and |x_{l−1}| ≤ C (l−1)^{−β} with C ≥ M/α",
    ),
    step(
        "lemma8/ratio-recursion",
        "lemma 8, proof, first display (line 1131)",
        r"(1 - \frac{1}{l}) (1 - \frac{\alpha}{l} + \kappa \frac{\log(l)}{l^2} + O(l^{-1-\beta})) "
        r"= 1 - \frac{1+\alpha}{l} + \kappa \frac{\log(l)}{l^2} + \mathcal{O}(l^{-2})",
        Equal(
            (1 - T) * (1 - ALPHA * T + KAPPA * LOG * T**2 + Z * T**2),
            1 - (1 + ALPHA) * T + KAPPA * LOG * T**2 + (ALPHA + Z) * T**2 - (KAPPA * LOG + Z) * T**3,
            on={**SMALL, **ALPHAS, **reals(KAPPA, LOG, Z)},
        ),
        "With L = log l; what is left over is O(l^{−2}). For β < 1 the second line would not follow.",
        "β, which this lemma does not have, is read as 1, as in the hypothesis O(l^{−2})",
    ),
    step(
        "lemma8/weaker-factor",
        "lemma 8, proof (line 1133)",
        r"\lambda_l = 1 - \alpha/l + \mathcal{O}(l^{-3/2})",
        AsymptoticTo(1 - 3 / N + log(N) / N**2, 1 - 3 / N, variable=N, order=N ** (-3 * HALF)),
        "α = 3, κ = 1; they do not enter the remainder otherwise than by a factor.",
    ),
    Claim(
        id="hayou2021/appendix-lemma8/use-of-lemma7",
        where="appendix lemma 8, proof (line 1133)",
        printed=r"\text{using appendix lemma 7 with } \beta = 1/2, \text{ we have } r_l \rightarrow \frac{q}{1+\alpha}",
        assumptions=("lemma 7 asks for b_l = q + o(l⁻¹); here b_l = q + O(l⁻¹), for instance q + 1/l",),
        statement=ConvergesTo(N * ((1 + 1 / N) - 1), 0, index=N),
        checks=EXACT_LIMIT,
        expected=Verdict.REFUTED,
        kind="error",
        note="l (b_l − q) does not tend to 0. The tanh case of theorem 1 is of this kind: b_l = q − O(l⁻¹).",
        corrected=step(
            "lemma8/use-of-lemma7/corrected",
            "lemma 8, proof (line 1133)",
            r"\text{appendix lemma 7 holds with } b_l = q(b_0) + \mathcal{O}(l^{-\beta}) \text{ as well}",
            Equal(
                shrunk(R) + (Q + Y * T**BETA) * T - CENTRE,
                shrunk(R - CENTRE) + Y * T ** (1 + BETA),
                on={**SMALL, **ALPHAS, **LIMITS, **BETAS, **reals(R, Y)},
            ),
            "Its second display needs the left-over of b_l/l to be O(l^{−1−β}) only.",
        ),
    ),
    Claim(
        id="hayou2021/appendix-lemma8/two-sided",
        where="appendix lemma 8, proof, second display (line 1135)",
        printed=r"\text{there exists } \kappa_1, \kappa_2, M, l_0 > 0: x_{l-1} \left(1 - \frac{1+\alpha}{l}\right) "
        r"+ \kappa_1 \frac{\log(l)}{l^2} - \frac{M}{l^2} \leq x_l \leq \ldots",
        assumptions=("q = 0, a_l = 0; by scaling κ₁ = 1; at l = 3^{M+1} it asks for (M + 1) log 3 − M ≤ 0",),
        statement=AtMost((BOUND + 1) * log(S(3)) - BOUND, 0, on=BOUNDS),
        checks=(CertifiedWitness({BOUND: 1}), HighPrecisionAtPoints(count=9)),
        expected=Verdict.REFUTED,
        kind="error",
        note="As log 3 > 1 it fails for every M > 0: r_l may tend to 0, and then no κ₁ > 0 exists.",
        corrected=step(
            "lemma8/two-sided/corrected",
            "lemma 8, proof, second display (line 1135)",
            r"x_l = x_{l-1} (1 - \frac{1+\alpha}{l}) + \kappa (\frac{q}{1+\alpha} + x_{l-1}) \frac{\log l}{l^2} "
            r"+ \mathcal{O}(l^{-2})",
            Equal(
                shrunk(R) + R * KAPPA * LOG * T**2 + Q * T - CENTRE,
                shrunk(R - CENTRE) + KAPPA * (CENTRE + (R - CENTRE)) * LOG * T**2,
                on={**SMALL, **ALPHAS, **LIMITS, **reals(R, KAPPA, LOG)},
            ),
            "As x_l tends to 0 uniformly, κ₁ = κ q/(2(1+α)) and κ₂ = 2κ q/(1+α) do at q bounded away from 0 and ∞.",
        ),
    ),
    Claim(
        id="hayou2021/appendix-lemma8/unrolled",
        where="appendix lemma 8, proof, third and fourth display (lines 1139, 1143)",
        printed=r"x_l \leq x_{l_0} \prod_{k=l_0}^l \left(1 - \frac{1+\alpha}{k}\right) + \sum_{k=l_0}^l "
        r"\prod_{j=k+1}^l \left(1 - \frac{1+\alpha}{j}\right) \frac{\kappa_2 \log(k) + M}{k^2}",
        assumptions=(
            "read at l = l₀ where x_{l₀} = p x + e, with x = x_{l₀−1}, p the factor and e the term of k = l₀",
        ),
        statement=AtMost(
            START * FACTOR + TERM,
            (START * FACTOR + TERM) * FACTOR + TERM,
            on={START: Interval(0, oo), FACTOR: Interval.open(0, 1), TERM: Interval(0, oo)},
        ),
        checks=(CertifiedWitness({START: 100, FACTOR: Rational(4, 5), TERM: 0}), HighPrecisionAtPoints(count=9)),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The product from l₀ on multiplies x_{l₀−1}, as in appendix lemma 7.",
        corrected=unrolled(
            "lemma8/unrolled/corrected",
            "lemma 8, proof, third and fourth display (lines 1139, 1143)",
            r"x_l \leq x_{l_0-1} \prod_{k=l_0}^l \left(1 - \frac{1+\alpha}{k}\right) + \ldots",
            "Before the layer l₀ the product is 1, the sum 0 and x = x_{l₀−1}.",
        ),
    ),
    Claim(
        id="hayou2021/appendix-lemma8/term-growth",
        where="appendix lemma 8, proof, seventh display (line 1155)",
        printed=r"\frac{k!}{(k-\alpha-1)!} \frac{\kappa_1 \log(k) - M}{k^2} \sim_{k \rightarrow \infty} "
        r"\log(k) k^{\alpha-1}",
        assumptions=("κ₁ = 2, M = 1",),
        statement=ForAll(
            ORDERS,
            lambda alpha: AsymptoticTo(falling(alpha) * (2 * log(N) - 1) / N**2, log(N) * N ** (alpha - 1), variable=N),
        ),
        checks=EXACT_LIMIT,
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The factor κ₁ is missing (also on the next line); the constant C₁ = κ₁/α takes it up.",
        corrected=step(
            "lemma8/term-growth/corrected",
            "lemma 8, proof, seventh display (line 1155)",
            r"\sim_{k \rightarrow \infty} \kappa_1 \log(k) k^{\alpha-1}",
            ForAll(
                ORDERS,
                lambda a: AsymptoticTo(
                    falling(a) * (2 * log(N) - 1) / N**2, 2 * log(N) * N ** (a - 1), variable=N, order=N ** (a - 1)
                ),
            ),
            "For α ≤ 3, κ₁ = 2, M = 1, with the remainder O(k^{α−1}).",
        ),
    ),
    step(
        "lemma8/integral",
        "lemma 8, proof, eighth display, last two lines (line 1159)",
        r"\int_1^l \log(t) t^{\alpha-1} dt \sim C_1 l^\alpha \log(l), \text{ where } C_1 > 0",
        Equal(
            Derivative(U**ALPHA * log(U) / ALPHA - U**ALPHA / ALPHA**2, U),
            log(U) * U ** (ALPHA - 1),
            on={**ABOVE_ONE, **ALPHAS},
        ),
        "So the integral is l^α log(l)/α − (l^α − 1)/α², which is ~ l^α log(l)/α.",
    ),
    step(
        "lemma8/factorial-growth",
        "lemma 8, proof (line 1165)",
        r"\frac{(l-\alpha-1)!}{l!} \sim l^{-1-\alpha}",
        ForAll(ORDERS, lambda alpha: AsymptoticTo(1 / falling(alpha), N ** (-1 - alpha), variable=N)),
        "For α ≤ 3.",
    ),
)
