"""How correlations and the NTK of deep ReLU networks behave on the edge of chaos: appendix lemma 1, theorem 1."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import sympy
from flint import arb, arb_mat
from sympy import Add, Expr, Rational, S, Symbol, expand, log, pi, sqrt

from symntk.activations.catalogue import activation
from symntk.claims import And, AsymptoticTo, Claim, ConvergesTo, Method, Route, Statement, Verdict, Witness
from symntk.claims.checks import Finding, certified, doubted, refuted, supported, unknown
from symntk.depth.certified_kink import kink_germ, kink_map
from symntk.depth.certified_parabolic import coordinates, entrance
from symntk.depth.log_powers import Key
from symntk.depth.parabolic import correlation_rate
from symntk.depth.transseries import DEPTH
from symntk.depth.validated import orbit
from symntk.notation import N
from symntk.numbers.ball import enclose
from symntk.numbers.identity import prove_zero
from symntk.numbers.precision import working_precision

BITS, DEEPEST = 256, 4096
STEP, LETTER = Symbol("h", positive=True), Symbol("log_l", real=True)
"""1/l and log l, while an expansion is put into another."""
SIDE, BEND, KAPPA = 2 * sqrt(2) / (3 * pi), sqrt(2) / pi, 9 * pi**2 / 2
LEAST, MOST = -S.One, Rational(1, 2)
"""The ends of the starts c¹ ≤ 1 − ε for ε = 1/2: by appendix lemma 5 the supremum is taken at one of them."""


@lru_cache(maxsize=4)
def layers(start: Rational) -> list[tuple[arb, arb, arb]]:
    """(1 − c^l, f′(c^l), K^l/q) for l = 1, 2, …, as balls."""
    with working_precision(BITS):
        step = kink_map(arb(0.5))
        path = islice(orbit(step, 1 - enclose(start, bits=BITS)), DEEPEST + 1)
        return [(pair.gamma, step.slope(pair.gamma), pair.kernel) for pair in path]


@dataclass(frozen=True, kw_only=True)
class AlongOrbit:
    """A quantity in the layers of an orbit from c¹, as balls by iteration."""

    quantity: str
    start: Rational

    def __call__(self, index: int, bits: int) -> arb:
        with working_precision(BITS):
            (gamma, slope, kernel), (after, _, later) = layers(self.start)[index - 1 : index + 1]
            values = {
                "c - 1": -gamma,
                "slope": slope,
                "inverse": gamma.rsqrt(),
                "increment": after.rsqrt() - gamma.rsqrt(),
                "kernel": kernel / index,
                "next kernel": later / index,
            }
            return values[self.quantity]


@lru_cache(maxsize=16)
def expansion(quantity: str) -> Expr:
    """The quantity as a sum in l and log l, C and D standing for the start, from the Fatou coordinate of f at 1.

    Slope and step enter by their expansions in √γ (fact 17 and appendix lemma 1).
    """
    rate = correlation_rate(activation("relu"), 3)
    gamma, kernel = (
        expand(series.expression.subs(log(DEPTH), LETTER).subs(DEPTH, 1 / STEP)) for series in (rate.gamma, rate.ntk)
    )
    root = STEP * sqrt(expand(gamma / STEP**2))
    value = {
        "c - 1": -gamma,
        "slope": 1 - BEND * root,
        "inverse": 1 / root,
        "increment": SIDE / 2 + 3 * SIDE**2 / 8 * root,
        "kernel": kernel,
        "next kernel": expand(kernel.subs(LETTER, LETTER + STEP).subs(STEP, STEP - STEP**2) * (1 + STEP)),
    }[quantity]
    known = {"c - 1": 5, "inverse": 2, "next kernel": 2}.get(quantity, 3)
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
    return {key: c for key, c in found.items() if not prove_zero(c)}


@dataclass(frozen=True, kw_only=True)
class Question:
    """What AsymptoticTo and ConvergesTo along an orbit have in common; `strict`: the remainder must vanish."""

    orbit: AlongOrbit
    right: Expr
    scale: Expr
    strict: bool

    @property
    def difference(self) -> tuple[Key, Expr] | None:
        """The largest term in which the printed expansion differs and which its remainder does not cover."""
        gap = sizes(expansion(self.orbit.quantity) - self.right.subs(N, DEPTH))
        allowed = max(sizes(self.scale.subs(N, DEPTH)))
        larger = [key for key in gap if key > allowed or (self.strict and key == allowed)]
        return (max(larger), gap[max(larger)]) if larger else None

    def remainder(self, layer: int) -> arb:
        """(lhs − rhs)/scale at a layer."""
        with working_precision(BITS):
            right, scale = (enclose(side.subs(N, layer), bits=BITS) for side in (self.right, self.scale))
            return (self.orbit(layer, BITS) - right) / scale


def question(statement: Statement) -> Question | None:
    """The question that the statement asks, None where it is not about an orbit."""
    if isinstance(statement, ConvergesTo) and isinstance(statement.sequence, AlongOrbit):
        return Question(orbit=statement.sequence, right=statement.limit, scale=S.One, strict=True)
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


def by_proved_remainder(statement: Statement) -> Finding:
    """Compares exact coefficients down to the remainder, and proves that: Φ(w_l) − l is bounded, Φ = 3π/w + (3/2)·log w.

    f is non-decreasing, so every orbit is in the disc of the Fatou coordinate when the one from c¹ = −1 is; the sums of
    the residuals of Φ and of the two kernel coordinates over all later layers are balls.
    """
    asked = question(statement)
    if asked is None:
        return unknown("this route reads expansions along an orbit")
    if asked.difference is not None:
        (power, logs), gap = asked.difference
        place = (("power of l", str(power)), ("power of log l", str(logs)))
        return refuted("a coefficient differs", Witness(point=place, gap=enclose(gap, bits=64).str(8)))
    with working_precision(BITS):
        germ = kink_germ(arb(0.5))
        at = coordinates(germ, 4)
        path = (
            pair
            for pair in islice(orbit(kink_map(arb(0.5)), arb(2)), 60)
            if germ.variable(pair.gamma) * 4 < germ.radius
        )
        errors = entrance(at, next(path)).errors
        agree = (at.fatou.terms[-1] - 3 * arb.pi()).contains(0) and (at.fatou.logarithm - arb(1.5)).contains(0)
    if not agree or not all(error < 4 for error in errors):
        return unknown("the remainder is not proved")
    return certified(f"the residuals of the Fatou coordinate sum to at most {errors[0].str(3)} from any start")


ROUTES = (
    Route("exact expansion with a proved remainder, every start", Method.BALL, by_proved_remainder),
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
        statement=statement,
        checks=ROUTES,
        expected=Verdict.CERTIFIED,
        note=note,
    )


def mistaken(corrected: Claim, where: str, printed: str, statement: Statement, note: str) -> Claim:
    """The claim that a claim named …/corrected corrects."""
    return Claim(
        id=corrected.id.removesuffix("/corrected"),
        where=where,
        printed=printed,
        statement=statement,
        checks=ROUTES,
        expected=Verdict.REFUTED,
        kind="error",
        note=note,
        corrected=corrected,
    )


DEFICIT = KAPPA / N**2 - 3 * KAPPA * log(N) / N**3
SLOPE = 1 - 3 / N + Rational(9, 2) * log(N) / N**2
AVERAGE = Rational(1, 4) + Rational(3, 8) * log(N) / N

CLAIMS = (
    mistaken(
        expanded(
            "appendix-lemma1/correlation/corrected",
            "appendix lemma 1 (lines 734, 758)",
            r"c^l(x, x') = 1 - \frac{\kappa}{l^2} + 3\kappa \frac{\log(l)}{l^3} + \mathcal{O}(l^{-3})",
            at_ends("c - 1", -DEFICIT, N**-3),
        ),
        "appendix lemma 1 (lines 734, 758; repeated in theorem 1, line 1202)",
        r"\sup_{(x, x') \in B_\epsilon} \left| c^l(x, x') - 1 + \frac{\kappa}{l^2} - 3\sqrt{\kappa} "
        r"\frac{\log(l)}{l^3} \right| = \mathcal{O}(l^{-3}), \quad \kappa = \frac{9\pi^2}{2}",
        at_ends("c - 1", -KAPPA / N**2 + 3 * sqrt(KAPPA) * log(N) / N**3, N**-3),
        "The factor of the logarithm is 3κ = 27π²/2, not 3√κ.",
    ),
    mistaken(
        expanded(
            "appendix-lemma1/slope/corrected",
            "appendix lemma 1 (line 738)",
            r"f'(c^l(x, x')) = 1 - \frac{3}{l} + \frac{9}{2} \frac{\log(l)}{l^2} + \mathcal{O}(l^{-2})",
            at_ends("slope", SLOPE, N**-2),
        ),
        "appendix lemma 1 (line 738; repeated in theorem 1, line 1206)",
        r"\sup_{(x, x') \in B_\epsilon} \left| f'(c^l(x, x')) - 1 + \frac{3}{l} - \frac{9}{2\sqrt{\kappa}} "
        r"\frac{\log(l)}{l^2} \right| = \mathcal{O}(l^{-2})",
        at_ends("slope", 1 - 3 / N + 9 / (2 * sqrt(KAPPA)) * log(N) / N**2, N**-2),
        "9/(2√κ) follows from the wrong 3√κ; the factor is 9/2.",
    ),
    mistaken(
        expanded(
            "appendix-lemma1/slope-in-proof/corrected",
            "appendix lemma 1, proof, last display (line 768)",
            r"f'(c^l(x, x')) = 1 - \frac{3}{l} + \frac{9}{2}\frac{\log(l)}{l^2} + O(l^{-2})",
            at_ends("slope", SLOPE, N**-2),
        ),
        "appendix lemma 1, proof, last display (line 768)",
        r"f'(c^l(x, x')) = 1 - \frac{3}{l} + \frac{9\sqrt{2}}{4}\frac{\log(l)}{l^2} + O(l^{-2})",
        at_ends("slope", 1 - 3 / N + 9 * sqrt(2) / 4 * log(N) / N**2, N**-2),
        "It is not the 9/(2√κ) = 3√2/(2π) of the statement either; the factor is 9/2.",
    ),
    expanded(
        "appendix-lemma1/uniform-limit",
        "appendix lemma 1, proof (line 740)",
        r"\lim_{l \to \infty} \sup_{x, x' \in \mathbb{R}^d} 1 - c^l(x, x') = 0",
        ConvergesTo(AlongOrbit(quantity="c - 1", start=LEAST), S.Zero, index=N),
        "Over all pairs: f is non-decreasing, so the largest 1 − c^l is that of c¹ = −1.",
    ),
    expanded(
        "appendix-lemma1/increment",
        "appendix lemma 1, proof, third display (line 750)",
        r"\gamma_{l+1}^{-1/2} - \gamma_l^{-1/2} \sim \frac{s}{2}",
        at_ends("increment", SIDE / 2, None),
    ),
    expanded(
        "appendix-lemma1/inverse-root",
        "appendix lemma 1, proof, fourth display (line 754)",
        r"\gamma_l^{-1/2} \sim \frac{s}{2} l",
        at_ends("inverse", SIDE / 2 * N, None),
    ),
    expanded(
        "theorem1/relu-next-kernel",
        "theorem 1, proof, ReLU, after appendix lemma 1 (line 1210)",
        r"\sup_{(x, x') \in B_\epsilon} \left| \frac{K^{l+1}(x, x')}{l} - \frac{1}{4} \frac{\sigma_w^2}{d} \|x\| \|x'\| "
        r"\right| = \Theta(\log(l)l^{-1})",
        at_ends("next kernel", AVERAGE, 1 / N),
        "In units of q = σ_w²‖x‖‖x′‖/d, with the factor 3/8 of log(l)/l derived here: it is not 0, so this is Θ for "
        "norms in a compact set that are not all 0.",
    ),
    expanded(
        "theorem1/relu-kernel",
        "theorem 1 (lines 166, 170), λ = 1/4 for ReLU; its proof (line 1214)",
        r"\sup_{(x, x') \in B_\epsilon} \left| \frac{K^l(x, x')}{l} - \frac{1}{4} \frac{\sigma_w^2}{d} \|x\| \|x'\| "
        r"\right| = \Theta(\log(l)l^{-1})",
        at_ends("kernel", AVERAGE, 1 / N),
        "In units of q = σ_w²‖x‖‖x′‖/d: K^l/(l q) = 1/4 + (3/8) log(l)/l + O(1/l).",
    ),
)
