"""Appendix lemma 10 of hayou2021 and its use: correlations in residual ReLU networks with blocks divided by √l."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flint import arb
from sympy import Expr, Interval, Limit, Rational, S, Symbol, log, oo, pi, sqrt

from symntk.activations.catalogue import activation
from symntk.architectures.scaled_residual import ScaledResidual
from symntk.claims import (
    IDENTITY,
    And,
    AsymptoticTo,
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
    sampled,
)
from symntk.claims.checks import Check, Finding, doubted, refuted, supported, unknown
from symntk.depth.certified_scaled import scaled_constant, scaled_depth
from symntk.depth.scaled import scaled_rate
from symntk.depth.transseries import INITIAL
from symntk.notation import N
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

LAYER, NABLA, ZETA = (Symbol(name, positive=True) for name in ("l", "nabla", "zeta"))
POSITIVE = Interval.open(0, oo)
SIDE = 2 * sqrt(2) / (3 * pi)
"""s of fact 14."""
BITS, DEPTHS = 40, (10**10, 10**100, 10**1000)
WEIGHTS = (Rational(1), Rational(2), Rational(4))
"""σ_w²; κ = σ_w²/2."""
ORTHOGONAL, OPPOSITE = Rational(0), Rational(-1)


@lru_cache(maxsize=64)
def layer(weight: Expr, rho: Expr, index: int) -> tuple[arb, arb]:
    """1 − c^l and K^l(x, x′)/K^l(x, x), certified."""
    found = scaled_depth(activation("relu"), ScaledResidual(strength=weight / 2), index, rho, bits=BITS)
    return found.gamma, found.ntk_ratio


@lru_cache(maxsize=16)
def constant(weight: Expr, rho: Expr) -> arb:
    """C, certified."""
    return scaled_constant(activation("relu"), ScaledResidual(strength=weight / 2), rho, bits=BITS)


@dataclass(frozen=True, kw_only=True)
class Along:
    """ "γ": 1 − c^l; "inverse root": (1 − c^l)^{−1/2}; "slope": f′(c^l); "ratio": K^l(x, x′)/K^l(x, x)."""

    weight: Expr
    quantity: str
    rho: Expr = ORTHOGONAL

    def __call__(self, index: int, bits: int) -> arb:
        deficit, ratio = layer(self.weight, self.rho, index)
        with working_precision(2 * BITS):
            angle = 2 * (deficit / 2).sqrt().asin() / arb.pi()
            return {"γ": deficit, "inverse root": deficit.rsqrt(), "slope": 1 - angle, "ratio": ratio}[self.quantity]

    def terms(self) -> dict[Expr, Expr]:
        """Power of log l → coefficient, the leading terms with C as a letter."""
        rate, kappa = scaled_rate(activation("relu"), 2), self.weight / 2
        first, second = (rate.gamma.coefficient(k) / kappa ** (-k) for k in (-2, -3))
        if self.quantity == "γ":
            return {S(-2): first, S(-3): second}
        if self.quantity == "inverse root":
            return {S(1): 1 / sqrt(first)}
        if self.quantity == "slope":
            root = sqrt(2 * first) / pi
            return {S(0): S.One, S(-1): -root, S(-2): -root * second / (2 * first)}
        return {S(0): rate.ntk.coefficient(0)}


def by_expansion(statement: Statement) -> Finding:
    """Compares the exact expansion in log l, with the certified C, to every term larger than the O-term."""
    if not isinstance(statement, AsymptoticTo) or not isinstance(statement.lhs, Along):
        return unknown("this route reads expansions along the layers")
    start = constant(statement.lhs.weight, statement.lhs.rho)
    ours = statement.lhs.terms()
    allowed = min(ours) if statement.order is None else power_of(statement.order)
    printed = {power_of(t): t / log(N) ** power_of(t) for t in statement.rhs.expand().as_ordered_terms()}
    for key in sorted({*ours, *printed}, reverse=True):
        gap = enclose(ours.get(key, S.Zero) - printed.get(key, S.Zero), {INITIAL: start}, bits=32)
        if (key > allowed or statement.order is None) and not gap.contains(0):
            return refuted("a coefficient differs", Witness(point=(("term", f"(log l)^{key}"),), gap=gap.str(6)))
    return supported("every term that is larger than the remainder agrees")


def power_of(term: Expr) -> Expr:
    """The power of log l in a term."""
    return S(term.as_powers_dict()[log(N)])


def by_layers(statement: Statement) -> Finding:
    """Watches (lhs − rhs)/order, or lhs/rhs − 1, at 10¹⁰, 10¹⁰⁰, 10¹⁰⁰⁰ layers: bounded, or falling tenfold."""
    if not isinstance(statement, AsymptoticTo) or not isinstance(statement.lhs, Along):
        return unknown("this route reads expansions along the layers")
    sizes = []
    for n in DEPTHS:
        with working_precision(2 * BITS):
            value, printed = statement.lhs(n, BITS), enclose(statement.rhs.subs(N, n), bits=2 * BITS)
            order = None if statement.order is None else enclose(statement.order.subs(N, n), bits=2 * BITS)
            sizes.append(value / printed - 1 if order is None else (value - printed) / order)
    low, middle, high = sizes
    seen = f"it goes {low.str(4)}, {middle.str(4)}, {high.str(4)}"
    if statement.order is None:
        return supported(seen) if abs(high) < abs(middle) / 5 else doubted(seen)
    return doubted(seen) if abs(high - middle) > abs(middle - low) / 2 else supported(seen)


ROUTES: tuple[Check, ...] = (
    Route("exact expansion in log l", Method.ALGEBRA, by_expansion),
    Route("certified layers", Method.BALL, by_layers),
)


def zeta(w: Expr) -> Expr:
    """16/(s²σ_w⁴)."""
    return 16 / (SIDE**2 * w**2)


def along(body: object) -> ForAll:
    """A statement for σ_w² = 1, 2, 4."""
    return ForAll(WEIGHTS, body)  # type: ignore[arg-type]


STEEP = S(20)
"""The σ_w² at which the sign of ∇ is decided: κ = 10."""


@dataclass(frozen=True, kw_only=True)
class SecondTerm:
    """∇_l = (ζ/log² l − (1 − c^l))·log³ l: "negative" and "positive" part, or its "gap" to that of opposite inputs."""

    weight: Expr
    part: str

    def __call__(self, index: int, bits: int) -> arb:
        own = self._at(index, ORTHOGONAL)
        if self.part == "gap":
            return abs(self._at(index, OPPOSITE) - own)
        return (-own).max(arb(0)) if self.part == "negative" else own.max(arb(0))

    def _at(self, index: int, rho: Expr) -> arb:
        with working_precision(2 * BITS):
            time = arb(index).log()
            return (enclose(zeta(self.weight), bits=2 * BITS) / time**2 - layer(self.weight, rho, index)[0]) * time**3

    def limit(self) -> arb:
        """The same of ∇ = 9π²C/κ³ with the certified C of the orbits."""
        first, second = (self._nabla(rho) for rho in (ORTHOGONAL, OPPOSITE))
        if self.part == "gap":
            return abs(second - first)
        return (-first).max(arb(0)) if self.part == "negative" else first.max(arb(0))

    def _nabla(self, rho: Expr) -> arb:
        exact = -scaled_rate(activation("relu"), 2).gamma.coefficient(-3) / (self.weight / 2) ** 3
        return enclose(exact, {INITIAL: constant(self.weight, rho)}, bits=32)


def by_constant(statement: Statement) -> Finding:
    """The limit from the exact coefficient and the certified constants."""
    if not isinstance(statement, ConvergesTo) or not isinstance(statement.sequence, SecondTerm):
        return unknown("this route reads the second term")
    gap = statement.sequence.limit() - enclose(statement.limit, bits=64)
    if not gap.contains(0):
        return refuted("the limit is another one", Witness(point=(), gap=gap.str(6)))
    return supported(f"the limit is {gap.str(6)}")


def by_deep_layers(statement: Statement) -> Finding:
    """Whether it is small, or falls to half, from 10¹⁰⁰ to 10¹⁰⁰⁰ layers."""
    if not isinstance(statement, ConvergesTo) or not isinstance(statement.sequence, SecondTerm):
        return unknown("this route reads the second term")
    first, second = (statement.sequence(n, BITS) for n in DEPTHS[1:])
    seen = f"it goes {first.str(5)}, {second.str(5)}"
    return supported(seen) if second == 0 or second < first / 2 else doubted(seen)


SECOND: tuple[Check, ...] = (
    Route("exact coefficient with the certified constant", Method.ALGEBRA, by_constant),
    Route("certified layers", Method.BALL, by_deep_layers),
)


def witnessed(point: dict[Symbol, Expr | int]) -> tuple[Check, ...]:
    """A ball witness and numbers at points."""
    return CertifiedWitness(point), HighPrecisionAtPoints()


SLOPE_TERM = NABLA / (pi * sqrt(2 * ZETA))
CLAIMS = (
    Claim(
        id="hayou2021/appendix-lemma10/inverse-root",
        where="appendix lemma 10, proof (line 1470)",
        printed=r"\gamma_l^{-1/2} \sim \frac{s\sigma_w^2}{4} \log(l)",
        assumptions=("σ_b = 0; σ_w² = 1, 2, 4; orthogonal inputs",),
        statement=along(
            lambda w: AsymptoticTo(Along(weight=w, quantity="inverse root"), SIDE * w / 4 * log(N), variable=N)
        ),
        checks=ROUTES,
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="hayou2021/appendix-lemma10/leading",
        where="appendix lemma 10, proof (line 1472), and proposition 2, proof (line 1506)",
        printed=r"1 - c^l \sim \frac{\zeta}{\log(l)^2}, \quad \zeta = \frac{16}{s^2 \sigma_w^4}",
        assumptions=("σ_b = 0; σ_w² = 1, 2, 4; orthogonal inputs; printed 16/s²σ_w⁴",),
        statement=along(
            lambda w: AsymptoticTo(Along(weight=w, quantity="γ"), zeta(w) / log(N) ** 2, variable=N, order=log(N) ** -3)
        ),
        checks=ROUTES,
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="hayou2021/proposition2/slope",
        where="proposition 2, proof (line 1510)",
        printed=r"f'(c^l(x, x')) = 1 - \frac{6}{\sigma_w^2} \log(l)^{-1} + \zeta' \log(l)^{-2} + \ldots",
        assumptions=("to the first order; σ_b = 0; σ_w² = 1, 2, 4; orthogonal inputs",),
        statement=along(
            lambda w: AsymptoticTo(
                Along(weight=w, quantity="slope"), 1 - 6 / (w * log(N)), variable=N, order=log(N) ** -2
            )
        ),
        checks=ROUTES,
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="hayou2021/proposition2/slope-second",
        where="proposition 2, proof (line 1512)",
        printed=r"\zeta' = \frac{\nabla}{\sqrt{2\pi\zeta}}",
        assumptions=("f′(1 − γ) = 1 − √(2γ)/π + …, γ = ζ/log² l − ∇/log³ l: ζ′ is the coefficient of 1/log² l",),
        statement=Equal(SLOPE_TERM, NABLA / sqrt(2 * pi * ZETA), on={NABLA: POSITIVE, ZETA: POSITIVE}),
        checks=witnessed({NABLA: 1, ZETA: 1}),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="π stands outside of the root.",
        corrected=Claim(
            id="hayou2021/proposition2/slope-second/corrected",
            where="proposition 2, proof (line 1512)",
            printed=r"\zeta' = \frac{\nabla}{\pi \sqrt{2\zeta}}",
            statement=Equal(
                Limit((sqrt(2 * ZETA) - sqrt(2 * (ZETA - NABLA * LAYER))) / (pi * LAYER), LAYER, 0),
                SLOPE_TERM,
                on={NABLA: POSITIVE, ZETA: POSITIVE},
            ),
            assumptions=("with 1/log l as the variable that tends to 0",),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2021/appendix-lemma10/positive",
        where="appendix lemma 10, statement (lines 1438, 1446) and proof (line 1478); proposition 2 (line 1506)",
        printed=r"\text{there exists } \zeta, \nabla > 0: \quad 1 - c^l = \frac{\zeta}{\log(l)^2} "
        r"- \frac{\nabla}{\log(l)^3} + o(\frac{1}{\log(l)^3})",
        assumptions=(
            "σ_w² = 20, σ_b = 0, orthogonal inputs; ∇ > 0 makes the negative part of (ζ/log² l − 1 + c^l)·log³ l vanish",
        ),
        statement=ConvergesTo(SecondTerm(weight=STEEP, part="negative"), S.Zero, index=N),
        checks=SECOND,
        expected=Verdict.REFUTED,
        kind="error",
        note="∇ is no constant of the network: it depends on the pair, through C, and for large σ_w it is negative.",
        corrected=Claim(
            id="hayou2021/appendix-lemma10/positive/corrected",
            where="appendix lemma 10",
            printed=r"1 - c^l = \frac{\zeta}{\log(l)^2} - \frac{\nabla(x, x')}{\log(l)^3} "
            r"+ o(\frac{1}{\log(l)^3}), \quad \nabla = 9\pi^2 C(x, x')/\kappa^3",
            assumptions=("σ_w² = 20, orthogonal inputs; that ∇ ≤ 0 is decided, C < 0",),
            statement=ConvergesTo(SecondTerm(weight=STEEP, part="positive"), S.Zero, index=N),
            checks=SECOND,
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2021/appendix-lemma10/uniform",
        where="appendix lemma 10, statement (line 1438)",
        printed=r"\sup_{(x, x') \in B_\epsilon} |1 - c^l(x, x') - \frac{\zeta}{\log(l)^2} + \frac{\nabla}{\log(l)^3}| "
        r"= o(\frac{1}{\log(l)^3})",
        assumptions=("σ_w² = 2: one ∇ for orthogonal and opposite inputs makes their difference vanish, times log³ l",),
        statement=ConvergesTo(SecondTerm(weight=S(2), part="gap"), S.Zero, index=N),
        checks=SECOND,
        expected=Verdict.REFUTED,
        kind="error",
        note="With one ∇ for all pairs the remainder is O(1/log³) only; both pairs lie in B_ε for every ε < 1.",
        corrected=Claim(
            id="hayou2021/appendix-lemma10/uniform/corrected",
            where="appendix lemma 10, statement (line 1438)",
            printed=r"\sup_{(x, x') \in B_\epsilon} |1 - c^l(x, x') - \frac{\zeta}{\log(l)^2}| "
            r"= \mathcal{O}(\frac{1}{\log(l)^3})",
            assumptions=("σ_w² = 2; orthogonal and opposite inputs",),
            statement=And(
                tuple(
                    AsymptoticTo(
                        Along(weight=S(2), quantity="γ", rho=rho),
                        zeta(S(2)) / log(N) ** 2,
                        variable=N,
                        order=log(N) ** -3,
                    )
                    for rho in (ORTHOGONAL, OPPOSITE)
                )
            ),
            checks=sampled(*ROUTES),
            expected=Verdict.SUPPORTED,
        ),
    ),
)
