"""How correlations and the NTK of deep tanh networks behave on the edge of chaos: appendix lemma 2, theorem 1."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import sympy
from flint import arb, arb_mat, arb_poly
from sympy import Add, Expr, Rational, S, Symbol, diff, expand, log, sqrt, tanh

from symntk.activations.catalogue import activation
from symntk.claims import And, AsymptoticTo, Claim, Method, Route, Statement, Verdict, Witness, expectation
from symntk.claims.checks import Finding, doubted, refuted, supported, unknown
from symntk.depth.log_powers import Key
from symntk.depth.parabolic import edge_rate
from symntk.depth.transseries import DEPTH
from symntk.depth.validated import DeficitMap, orbit
from symntk.gaussian.certified_smooth import smooth_coefficients
from symntk.notation import N, X
from symntk.numbers.ball import enclose
from symntk.numbers.identity import prove_zero
from symntk.numbers.precision import working_precision

HALF, BITS, DEEPEST, DEGREE = Rational(1, 2), 256, 4096, 300
STEP, LETTER = Symbol("h", positive=True), Symbol("log_l", real=True)
"""1/l and log l, while an expansion is put into another."""
F2, F3 = Symbol("f_2", real=True), Symbol("f_3", real=True)
"""f″(1) and f‴(1), as `edge_rate` writes them; with these letters an expansion holds at every q > 0."""
Q = HALF
"""The stationary variance at which the layers are run; σ_w² = 1/E φ′(√q Z)², and σ_b² > 0 follows."""


def moment(order: int) -> Expr:
    """q^j E φ⁽ʲ⁾(√q Z)² for tanh."""
    return expectation(expand(diff(tanh(sqrt(Q) * X), X, order) ** 2))


M1, M2, M3 = (moment(order) for order in (1, 2, 3))
ALPHA, ZETA = M2 / (2 * M1), M3 / (6 * M1)
"""f″(1)/2 and f‴(1)/6, by fact 6."""
LEAST, MOST = -S.One, HALF
"""The ends of the starts c¹ ≤ 1 − ε for ε = 1/2: by appendix lemma 5 the supremum is taken at one of them."""


@lru_cache(maxsize=1)
def tanh_map() -> DeficitMap:
    """g(γ) = γ·Σ_j ρ^j Σ_{n>j} bₙ for f(ρ) = b₀ + Σ bₙρⁿ, bₙ ≥ 0, Σ n·bₙ = 1; what follows the degree is a ball."""
    squares = [c**2 for c in smooth_coefficients(tanh(X), Q, DEGREE, BITS)]
    slope = enclose(M1, bits=BITS)
    shares = [n * square / slope for n, square in enumerate(squares)]
    rest = arb(0).union(1 - sum(shares, arb(0)))
    sums, total = list[arb](), arb(0)
    for square in squares[:0:-1]:
        total += square / slope
        sums.append(total)
    level, steep = arb_poly(sums[::-1]), arb_poly(shares[1:])
    return DeficitMap(
        deficit=lambda gamma: gamma * (level(1 - gamma) + rest), slope=lambda gamma: steep(1 - gamma) + rest
    )


@lru_cache(maxsize=4)
def layers(start: Rational) -> list[tuple[arb, arb, arb]]:
    """(1 − c^l, f′(c^l), K^l/q) for l = 1, 2, …, as balls."""
    with working_precision(BITS):
        step = tanh_map()
        path = islice(orbit(step, 1 - enclose(start, bits=BITS)), DEEPEST + 1)
        return [(pair.gamma, step.slope(pair.gamma), pair.kernel) for pair in path]


@dataclass(frozen=True, kw_only=True)
class AlongOrbit:
    """A quantity in the layers of an orbit from c¹: balls by iteration, and its exact expansion in l and log l."""

    quantity: str
    start: Rational

    def __call__(self, index: int, bits: int) -> arb:
        with working_precision(BITS):
            (gamma, slope, kernel), (after, _, _) = layers(self.start)[index - 1 : index + 1]
            values = {
                "c - 1": -gamma,
                "deficit": gamma,
                "slope": slope,
                "inverse": 1 / gamma,
                "increment": 1 / after - 1 / gamma - enclose(ALPHA, bits=BITS),
                "kernel": kernel / index,
            }
            return values[self.quantity]

    @property
    def expansion(self) -> Expr:
        """From the Fatou coordinate of f at 1, the letters C and D standing for the start."""
        return expansion(self.quantity)


@lru_cache(maxsize=16)
def expansion(quantity: str) -> Expr:
    """The quantity as a sum in l and log l, in the letters f₂, f₃, by Taylor's formula for f and f′ at 1."""
    rate = edge_rate(activation("tanh"), Q, 2)
    gamma, kernel = (
        expand(series.expression.subs(log(DEPTH), LETTER).subs(DEPTH, 1 / STEP)) for series in (rate.gamma, rate.ntk)
    )
    value = {
        "c - 1": -gamma,
        "deficit": gamma,
        "slope": 1 - F2 * gamma,
        "inverse": 1 / gamma,
        "increment": (F2**2 / 4 - F3 / 6) * gamma,
        "kernel": kernel,
    }[quantity]
    known = {"inverse": 1, "increment": 2, "kernel": 2}.get(quantity, 3)
    value = sympy.series(value, STEP, 0, known).removeO()
    return expand(expand(value).subs(STEP, 1 / DEPTH).subs(LETTER, log(DEPTH)))


def sizes(expression: Expr) -> dict[Key, Expr]:
    """The terms c·l^r (log l)^j of a sum: (r, j) → c."""
    found: dict[Key, Expr] = {}
    for term in Add.make_args(expand(expression)):
        c, rest = term.as_independent(DEPTH, as_Add=False)
        exponents = rest.as_powers_dict()
        key = (S(exponents[DEPTH]), int(exponents[log(DEPTH)]))
        found[key] = found.get(key, S.Zero) + c
    return {key: c for key, c in found.items() if not prove_zero(sympy.cancel(c))}


def in_letters(expression: Expr) -> Expr:
    """The expression with f″(1) and f‴(1) as letters."""
    return expression.xreplace({M2: F2 * M1, M3: F3 * M1})


@dataclass(frozen=True, kw_only=True)
class Question:
    """What an expansion along an orbit asks; `strict`: the remainder must vanish."""

    orbit: AlongOrbit
    right: Expr
    scale: Expr
    strict: bool

    @property
    def difference(self) -> tuple[Key, Expr] | None:
        """The largest term in which the printed expansion differs and which its remainder does not cover."""
        printed, scale = (expand(sympy.cancel(in_letters(side).subs(N, DEPTH))) for side in (self.right, self.scale))
        gap, allowed = sizes(self.orbit.expansion - printed), max(sizes(scale))
        larger = [key for key in gap if key > allowed or (self.strict and key == allowed)]
        return (max(larger), gap[max(larger)]) if larger else None

    def remainder(self, layer: int) -> arb:
        """(lhs − rhs)/scale at a layer."""
        right, scale = (enclose(side.subs(N, layer), bits=BITS) for side in (self.right, self.scale))
        with working_precision(BITS):
            return (self.orbit(layer, BITS) - right) / scale


def question(statement: Statement) -> Question | None:
    """The question that the statement asks, None where it is not about an orbit."""
    if isinstance(statement, AsymptoticTo) and isinstance(statement.lhs, AlongOrbit):
        scale, strict = statement.order or statement.rhs, statement.order is None
        return Question(orbit=statement.lhs, right=statement.rhs, scale=scale, strict=strict)
    return None


def by_layers(statement: Statement) -> Finding:
    """Fits (lhs − rhs)/scale at five layers and looks at the share that must not be there.

    For an O-term that is log l, beside 1 and log²(l)/l, log(l)/l, 1/l; where the remainder must vanish it is 1.
    """
    asked = question(statement)
    if asked is None:
        return unknown("this route reads expansions along an orbit")
    places = [DEEPEST >> k for k in range(5)]
    values = [asked.remainder(layer) for layer in places]
    small = [(1, 1), (0, 1), (2, 2), (1, 2)] if asked.strict else [(0, 0), (2, 1), (1, 1), (0, 1)]
    with working_precision(BITS):
        unwanted = [arb(1) if asked.strict else arb(n).log() for n in places]
        rows = [
            [u, *(arb(n).log() ** j / arb(n) ** i for j, i in small)] for u, n in zip(unwanted, places, strict=True)
        ]
        share = abs(arb_mat(rows).solve(arb_mat([[v] for v in values]))[0, 0])
    allowed = S.One if asked.strict else abs(asked.right.coeff(log(N)) / asked.scale) + 1
    detail = f"that share is {share.str(2, radius=False)} in the layers up to {DEEPEST}"
    within = share * (10**4 if asked.strict else 200) < enclose(allowed.subs(N, DEEPEST), bits=64)
    return supported(detail) if within else doubted(detail)


def by_expansion(statement: Statement) -> Finding:
    """Compares exact coefficients, in letters, with the printed ones down to the remainder."""
    asked = question(statement)
    if asked is None:
        return unknown("this route reads expansions along an orbit")
    if asked.difference is None:
        return supported("every term that is larger than the remainder agrees, for every start and every q")
    (power, logs), gap = asked.difference
    ball = enclose(gap.subs({F2: M2 / M1, F3: M3 / M1}), bits=64)
    return refuted(
        "a coefficient differs",
        Witness(point=(("power of l", str(power)), ("power of log l", str(logs))), gap=ball.str(8)),
    )


ROUTES = (
    Route("exact expansion in l and log l", Method.ALGEBRA, by_expansion),
    Route("balls in the layers", Method.RECURSION, by_layers),
)


def at_ends(quantity: str, right: Expr, order: Expr | None) -> And:
    """The expansion at both ends of the starts."""
    ends = (AlongOrbit(quantity=quantity, start=start) for start in (LEAST, MOST))
    return And(tuple(AsymptoticTo(end, right, variable=N, order=order) for end in ends))


def expanded(name: str, where: str, printed: str, statement: Statement, note: str = "") -> Claim:
    """A claim on an expansion along orbits that holds."""
    return Claim(
        id=f"hayou2021/{name}",
        where=where,
        printed=printed,
        assumptions=ON_EDGE,
        statement=statement,
        checks=ROUTES,
        expected=Verdict.SUPPORTED,
        note=note,
    )


ON_EDGE = ("f is the map of fact 5, at the stationary variance; layers at q = 1/2, algebra with letters for any q",)
K, GROWTH = 1 / ALPHA, 1 - ZETA / ALPHA**2
"""κ = 2/f″(1), and 1 − κ²ζ."""
SLOWEST = 3 - 2 * M3 * M1 / M2**2
"""3 − 2f₃/f₂²."""

CLAIMS = (
    Claim(
        id="hayou2021/appendix-lemma2/correlation",
        where="appendix lemma 2 (line 776; repeated in appendix lemma 3, line 842, and theorem 1, line 1218)",
        printed=r"\sup_{(x, x') \in B_\epsilon} \left| c^l(x, x') - 1 + \frac{\kappa}{l} - \kappa(1 - \kappa^2\zeta)"
        r"\frac{\log(l)}{l^3} \right| = O(l^{-3})",
        assumptions=ON_EDGE,
        statement=at_ends("c - 1", -K / N + K * GROWTH * log(N) / N**3, N**-3),
        checks=ROUTES,
        expected=Verdict.REFUTED,
        kind="error",
        note="The next term is log(l)/l², as the proof has it.",
        corrected=expanded(
            "appendix-lemma2/correlation/corrected",
            "appendix lemma 2 (line 776)",
            r"c^l(x, x') = 1 - \frac{\kappa}{l} + \kappa(1 - \kappa^2\zeta) \frac{\log(l)}{l^2} + O(l^{-2})",
            at_ends("c - 1", -K / N + K * GROWTH * log(N) / N**2, N**-2),
        ),
    ),
    expanded(
        "appendix-lemma2/slope",
        "appendix lemma 2 (line 780; its last display, line 810; theorem 1, line 1222)",
        r"\sup_{(x, x') \in B_\epsilon} \left| f'(c^l(x, x')) - 1 + \frac{2}{l} - 2(1 - \kappa^2\zeta)"
        r"\frac{\log(l)}{l^2} \right| = O(l^{-2})",
        at_ends("slope", 1 - 2 / N + 2 * GROWTH * log(N) / N**2, N**-2),
        "Right, although the correlation printed above it is not; α of the last display is 1/κ.",
    ),
    expanded(
        "appendix-lemma2/inverse",
        "appendix lemma 2, proof (line 790)",
        r"\lambda_l^{-1} \sim \alpha l",
        at_ends("inverse", ALPHA * N, None),
    ),
    expanded(
        "appendix-lemma2/increment",
        "appendix lemma 2, proof, third display (line 792)",
        r"\lambda_{l+1}^{-1} - \lambda_l^{-1} - \alpha = (\alpha^2 - \beta)\alpha^{-1}l^{-1} + o(l^{-1})",
        at_ends("increment", (ALPHA**2 - ZETA) / ALPHA / N, None),
        "β, which the paper does not define here, is read as ζ; α² − ζ is not 0.",
    ),
    expanded(
        "appendix-lemma2/inverse-log",
        "appendix lemma 2, proof, fourth and fifth display (lines 796, 800)",
        r"\lambda_l^{-1} = \alpha l + (\alpha - \beta\alpha^{-1})\log(l) + O(1)",
        at_ends("inverse", ALPHA * N + (ALPHA - ZETA / ALPHA) * log(N), S.One),
        "β is read as ζ. The fourth display has the weaker remainder o(log l).",
    ),
    expanded(
        "appendix-lemma2/deficit",
        "appendix lemma 2, proof, sixth display (line 804)",
        r"\lambda_l = \alpha^{-1}l^{-1} - \alpha^{-1}(1 - \alpha^{-2}\beta)\frac{\log(l)}{l^2} + O(l^{-2})",
        at_ends("deficit", 1 / ALPHA / N - GROWTH / ALPHA * log(N) / N**2, N**-2),
        "β is read as ζ.",
    ),
    expanded(
        "theorem1/tanh-kernel",
        "theorem 1 (lines 166, 171), λ = 1/3 for tanh; the end of its proof (line 1224)",
        r"\sup_{(x, x') \in B_\epsilon} |AK^L(x, x') - AK^\infty(x, x')| = \Theta(\log(L)L^{-1}), \quad "
        r"AK^\infty(x, x') = q(1 - (1 - \lambda) \mathbb{1}_{x \neq x'})",
        at_ends("kernel", Rational(1, 3) + SLOWEST / 9 * log(N) / N, 1 / N),
        "K^l/(l q) = 1/3 + (3 − 2f₃/f₂²)/9·log(l)/l + O(1/l), which is Θ where that factor is not 0.",
    ),
)
