"""Appendix lemma 9 and theorem 2 of hayou2021: how fast residual ReLU networks near their limits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flint import arb
from sympy import Add, Expr, Rational, S, log, pi, sqrt

from symntk.activations.catalogue import activation
from symntk.architectures.residual import Residual
from symntk.claims import (
    AsymptoticTo,
    Claim,
    ForAll,
    Method,
    Route,
    Statement,
    Verdict,
    Witness,
)
from symntk.claims.checks import Check, Finding, doubted, refuted, supported, unknown
from symntk.depth.certified_residual import residual_constants, residual_depth
from symntk.depth.parabolic import Rate, correlation_rate
from symntk.depth.transseries import INITIAL
from symntk.notation import N
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

RHO, LAYERS, BITS = Rational(0), (10**3, 10**6, 10**9), 96
"""Orthogonal inputs, and the depths at which balls are compared."""
WEIGHTS = (Rational(1), Rational(2), Rational(4))
"""σ_w²."""


def network(weight: Expr) -> Residual:
    """The network of σ_w²."""
    return Residual(strength=weight / 2)


@lru_cache(maxsize=8)
def rate(weight: Expr) -> Rate:
    """The exact expansions of 1 − c^l and of k^l/l, k^l in units of (α/(1 + α))·q^l."""
    return correlation_rate(activation("relu"), 3, network(weight))


@lru_cache(maxsize=64)
def layer(weight: Expr, index: int) -> tuple[arb, arb]:
    """1 − c^l and K^l/(l·(1 + α)^{l−1}·q_0), certified."""
    found = residual_depth(activation("relu"), network(weight), index, RHO, bits=2 * BITS)
    with working_precision(2 * BITS):
        share = enclose(network(weight).weight, bits=2 * BITS)
        return found.gamma, found.ntk_ratio * (1 + share * (index - 1)) / index


@dataclass(frozen=True, kw_only=True)
class Along:
    """ "c": c^l; "slope": f′(c^l); "carried": (1 + q̇^{l+1})/(1 + α); "average": K^l/(l·(1 + α)^{l−1}·q_0)."""

    weight: Expr
    quantity: str

    def __call__(self, index: int, bits: int) -> arb:
        gamma, average = layer(self.weight, index)
        with working_precision(2 * BITS):
            angle = 2 * (gamma / 2).sqrt().asin() / arb.pi()
            share = enclose(network(self.weight).weight, bits=2 * BITS)
            return {"c": 1 - gamma, "slope": 1 - angle, "carried": 1 - share * angle, "average": average}[self.quantity]

    def terms(self) -> dict[tuple[Expr, int], Expr]:
        """(power of l, power of log l) → coefficient, with the C of this pair as a letter."""
        found, share = rate(self.weight), network(self.weight).weight
        keys = ((-2, 0), (-3, 1), (-3, 0))
        leading, logs, plain = (found.gamma.coefficient(*key) for key in keys)
        if self.quantity == "c":
            return {(S.Zero, 0): S.One} | {(S(k), i): -found.gamma.coefficient(k, i) for k, i in keys}
        if self.quantity == "average":
            return {(S(k), i): share * found.ntk.coefficient(k, i) for k, i in ((0, 0), (-1, 1), (-1, 0))}
        root = sqrt(2 * leading) / pi * (share if self.quantity == "carried" else 1)
        halves = {(S(-2), 1): -root * logs / (2 * leading), (S(-2), 0): -root * plain / (2 * leading)}
        return {(S.Zero, 0): S.One, (S(-1), 0): -root} | halves


def printed_terms(expression: Expr) -> dict[tuple[Expr, int], Expr]:
    """The printed sum in the same form."""
    found: dict[tuple[Expr, int], Expr] = {}
    for term in Add.make_args(expression.expand()):
        c, rest = term.as_independent(N, as_Add=False)
        powers = rest.as_powers_dict()
        found[(S(powers[N]), int(powers[log(N)]))] = c
    return found


def by_expansion(statement: Statement) -> Finding:
    """Compares the exact expansion, with the certified C of the pair, to every term larger than the O-term."""
    if not isinstance(statement, AsymptoticTo) or not isinstance(statement.lhs, Along) or statement.order is None:
        return unknown("this route reads expansions along the layers")
    ours, printed = statement.lhs.terms(), printed_terms(statement.rhs)
    start = residual_constants(activation("relu"), network(statement.lhs.weight), RHO, bits=BITS).correlation
    (allowed,) = printed_terms(statement.order)
    for key in sorted({*ours, *printed}, reverse=True):
        mine, theirs = ours.get(key, Rational(0)), printed.get(key, Rational(0))
        gap = enclose(mine - theirs, {INITIAL: start}, bits=64)
        if key > allowed and not gap.contains(0):
            return refuted(
                "a coefficient differs", Witness(point=(("term", f"l^{key[0]} (log l)^{key[1]}"),), gap=gap.str(12))
            )
    return supported("every term that is larger than the remainder agrees")


def by_layers(statement: Statement) -> Finding:
    """Watches (lhs − rhs)/order at 10³, 10⁶, 10⁹ layers: its steps shrink unless it grows with the depth."""
    if not isinstance(statement, AsymptoticTo) or not isinstance(statement.lhs, Along) or statement.order is None:
        return unknown("this route reads expansions along the layers")
    sizes = []
    for n in LAYERS:
        with working_precision(2 * BITS):
            rest = statement.lhs(n, BITS) - enclose(statement.rhs.subs(N, n), bits=2 * BITS)
            sizes.append(rest / enclose(statement.order.subs(N, n), bits=2 * BITS))
    low, middle, high = sizes
    seen = f"it goes {low.str(4)}, {middle.str(4)}, {high.str(4)}"
    return doubted(seen) if abs(high - middle) > abs(middle - low) / 2 else supported(seen)


ROUTES: tuple[Check, ...] = (
    Route("exact expansion in the depth", Method.ALGEBRA, by_expansion),
    Route("certified layers", Method.BALL, by_layers),
)
KAPPA: dict[Expr, Expr] = {w: Rational(9, 2) * pi**2 * (1 + 2 / w) ** 2 for w in WEIGHTS}


def along(quantity: str, order: Expr, *terms: tuple[Expr, object]) -> ForAll:
    """quantity = Σ term + O(order) for σ_w² = 1, 2, 4; a term is (monomial, coefficient as a function of σ_w²)."""

    def body(w: Expr) -> Statement:
        total = Add(*(monomial * coefficient(w) for monomial, coefficient in terms))  # type: ignore[operator]
        return AsymptoticTo(Along(weight=w, quantity=quantity), total, variable=N, order=order)

    return ForAll(WEIGHTS, body)


def one(_: Expr) -> Expr:
    return S.One


def kappa(w: Expr) -> Expr:
    return -KAPPA[w]


def steep(w: Expr) -> Expr:
    return -3 * (1 + 2 / w)


PAIR = ("σ_b = 0; σ_w² = 1, 2, 4; orthogonal inputs of one norm",)


CLAIMS = (
    Claim(
        id="hayou2021/appendix-lemma9/expansion",
        where="appendix lemma 9, first display (line 1330), and theorem 2, proof (line 1404)",
        printed=r"\sup_{(x,x') \in B_\epsilon} |c^l(x, x') - 1 + \frac{\kappa_{\sigma_w}}{l^2} "
        r"- 3\sqrt{\kappa_{\sigma_w}} \frac{\log(l)}{l^3}| = \mathcal{O}(l^{-3}), "
        r"\quad \kappa_{\sigma_w} = \frac{9\pi^2}{2} (1 + \frac{2}{\sigma_w^2})^2",
        assumptions=PAIR,
        statement=along("c", N**-3, (S.One, one), (N**-2, kappa), (log(N) / N**3, lambda w: 3 * sqrt(KAPPA[w]))),
        checks=ROUTES,
        expected=Verdict.REFUTED,
        kind="error",
        note="κσ_w is read as κ with the index σ_w. The logarithm has the coefficient 3κ, not 3√κ, as on the edge of chaos.",
        corrected=Claim(
            id="hayou2021/appendix-lemma9/expansion/corrected",
            where="appendix lemma 9, first display",
            printed=r"c^l(x, x') = 1 - \frac{\kappa}{l^2} + 3\kappa \frac{\log(l)}{l^3} + \mathcal{O}(l^{-3})",
            assumptions=PAIR,
            statement=along("c", N**-3, (S.One, one), (N**-2, kappa), (log(N) / N**3, lambda w: 3 * KAPPA[w])),
            checks=ROUTES,
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2021/appendix-lemma9/slope-expansion",
        where="appendix lemma 9, second display (line 1334), and theorem 2, proof (line 1408)",
        printed=r"\sup_{(x,x') \in B_\epsilon} |f'(c^l(x, x')) - 1 + \frac{3(1 + \frac{2}{\sigma_w^2})}{l} "
        r"- \frac{3\sqrt{2} \log(l)}{2\pi l^2}| = \mathcal{O}(l^{-2})",
        assumptions=PAIR,
        statement=along(
            "slope", N**-2, (S.One, one), (1 / N, steep), (log(N) / N**2, lambda w: 3 * sqrt(2) / (2 * pi))
        ),
        checks=ROUTES,
        expected=Verdict.REFUTED,
        kind="error",
        note="It inherits 3√κ from the display before.",
        corrected=Claim(
            id="hayou2021/appendix-lemma9/slope-expansion/corrected",
            where="appendix lemma 9, second display",
            printed=r"f'(c^l) = 1 - \frac{3(1 + \frac{2}{\sigma_w^2})}{l} + \frac{9}{2} (1 + \frac{2}{\sigma_w^2}) "
            r"\frac{\log(l)}{l^2} + \mathcal{O}(l^{-2})",
            assumptions=PAIR,
            statement=along(
                "slope", N**-2, (S.One, one), (1 / N, steep), (log(N) / N**2, lambda w: -Rational(3, 2) * steep(w))
            ),
            checks=ROUTES,
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2021/theorem2/carried",
        where="theorem 2, proof, case 1 (lines 1412 and 1418)",
        printed=r"1 + \dot{q}^{l+1}(x, x') = (1 + \alpha)(1 - 3l^{-1} + \zeta \frac{\log(l)}{l^2} + \mathcal{O}(l^{-3}))",
        assumptions=(*PAIR, "ζ = 9/2, the only value that the logarithm allows"),
        statement=along(
            "carried",
            N**-3,
            (S.One, one),
            (1 / N, lambda w: S(-3)),
            (log(N) / N**2, lambda w: Rational(9, 2)),
        ),
        checks=ROUTES,
        expected=Verdict.REFUTED,
        kind="error",
        note="There is a term in l⁻² that depends on the inputs through the constant C of their orbit.",
        corrected=Claim(
            id="hayou2021/theorem2/carried/corrected",
            where="theorem 2, proof, case 1 (lines 1412 and 1418)",
            printed=r"1 + \dot{q}^{l+1}(x, x') = (1 + \alpha)(1 - 3l^{-1} + \frac{9}{2} \frac{\log(l)}{l^2} "
            r"+ \mathcal{O}(l^{-2}))",
            assumptions=PAIR,
            statement=along(
                "carried",
                N**-2,
                (S.One, one),
                (1 / N, lambda w: S(-3)),
                (log(N) / N**2, lambda w: Rational(9, 2)),
            ),
            checks=ROUTES,
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2021/theorem2/off-diagonal-rate",
        where="theorem 2, second display (lines 217, 1376)",
        printed=r"\text{there exists } \lambda \in (0, 1): \quad \sup_{x, x' \in B_\epsilon} |\bar{K}_{res}^L(x, x') "
        r"- \lambda \frac{\sigma_w^2 \|x\| \|x'\|}{d}| = \Theta(L^{-1} \log(L))",
        assumptions=(*PAIR, "λ = α/(4(1 + α)), and 3α/(8(1 + α)) for what Θ leaves open, α = σ_w²/2"),
        statement=along(
            "average",
            1 / N,
            (S.One, lambda w: network(w).weight / 4),
            (log(N) / N, lambda w: Rational(3, 8) * network(w).weight),
        ),
        checks=ROUTES,
        expected=Verdict.SUPPORTED,
        note="True off the diagonal, with a λ that depends on σ_w.",
    ),
)
