"""Proposition 3 of hayou2020: the NTK of residual ReLU networks, and the scales and rates that it is given."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flint import arb
from sympy import Add, Expr, Heaviside, Interval, Limit, Max, Rational, S, Symbol, log, oo, pi

from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    And,
    AsymptoticTo,
    CertifiedWitness,
    Claim,
    DerivedQuantity,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    LessThan,
    Method,
    Route,
    Statement,
    Verdict,
    Witness,
    covariance,
    derived,
)
from symntk.claims.checks import Finding, doubted, refuted, supported, unknown
from symntk.depth.parabolic import DeficitMap as Germ
from symntk.depth.parabolic import Rate, deficit_map, rate_of_map
from symntk.depth.validated import DeficitMap, mean_value_step
from symntk.expansions.puiseux import Series
from symntk.notation import Q1, N, X
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

RELU, STEP = Max(X, 0), Heaviside(X)
W2, FIRST, KERNEL = (Symbol(name, positive=True) for name in ("w", "q_0", "K"))
"""σ_w², σ_w²‖x‖²/d and K^{l−1}(x, x)."""
DEPTH = Symbol("L", integer=True, positive=True)
POSITIVE = Interval.open(0, oo)
NETS = {W2: POSITIVE, Q1: POSITIVE}
GROWTH = 1 + W2 / 2
"""a, the factor of the variance from layer to layer."""
BRANCH = W2 * covariance(RELU, rho=1, q1=Q1, q2=Q1)
SLOPE = W2 * covariance(STEP, rho=1, q1=Q1, q2=Q1)
LAYERS = (64, 512, 4096)
BITS = 96


@dataclass(frozen=True, kw_only=True)
class Residual:
    """c′ = (c + (a−1)f(c))/a and k′ = ((1 + (a−1)f′(c))k + (a−1)f(c))/a for k^l = K^l/(a^{l−1}q_0)."""

    growth: Rational
    name: str = "residual"

    def correlation(self, correlation: Series, mapped: Series) -> Series:
        """Of the whole layer."""
        return mapped

    def ntk_factor(self, correlation: Series, slope: Series) -> Series:
        """The slope of the whole layer."""
        return slope

    def ntk_source(self, correlation: Series, mapped: Series) -> Series:
        """c′ − c/a."""
        share = 1 / self.growth
        return mapped - correlation.scaled(correlation.ring.rational(share.p, share.q))


@lru_cache(maxsize=8)
def rate(growth: Rational) -> Rate:
    """The exact expansions of γ_l and k^l/l."""
    plain = deficit_map(activation("relu"), 8).series
    ring = plain.ring
    before = Series(ring=ring, valuation=2, coefficients=(ring.one, *[ring.zero] * (len(plain.coefficients) - 1)))
    share = (growth - 1) / growth
    mixed = before + (plain.power(Rational(2)) - before).scaled(ring.rational(share.p, share.q))
    step = Germ(gamma_power=2, series=mixed.power(Rational(1, 2)))
    return rate_of_map(activation("relu"), step, 2, Residual(growth=growth))


@lru_cache(maxsize=8)
def orbit(growth: Rational) -> dict[int, tuple[arb, arb]]:
    """γ_l and k^l/l at some layers, certified, from orthogonal inputs."""
    with working_precision(2 * BITS):
        a = enclose(growth, bits=2 * BITS)
        share = (a - 1) / a

        def deficit(gamma: arb) -> arb:
            angle = 2 * (gamma / 2).sqrt().asin()
            return gamma - share / arb.pi() * ((gamma * (2 - gamma)).sqrt() - angle * (1 - gamma))

        step = DeficitMap(deficit=deficit, slope=lambda gamma: 1 - share / arb.pi() * 2 * (gamma / 2).sqrt().asin())
        gamma, kernel, found = arb(1), arb(0), dict[int, tuple[arb, arb]]()
        for layer in range(1, LAYERS[-1] + 1):
            if layer in LAYERS:
                found[layer] = gamma, kernel / layer
            after, slope = mean_value_step(step, gamma)
            kernel, gamma = slope * kernel + (1 - after) - (1 - gamma) / a, after
        return found


@dataclass(frozen=True, kw_only=True)
class Pair:
    """k^l/l, or Σ̇^l = (a−1)f′(c^{l−1}), which is read at c^l, for orthogonal inputs."""

    growth: Rational
    kernel: bool

    def __call__(self, index: int, bits: int) -> arb:
        with working_precision(2 * bits):
            gamma, average = orbit(self.growth)[index]
            slope = 1 - (1 - gamma).acos() / arb.pi()
            return average if self.kernel else enclose(self.growth - 1, bits=2 * bits) * slope

    def terms(self) -> dict[tuple[Expr, int], Expr]:
        """Its expansion to the first logarithm: (power of l, power of log l) → coefficient."""
        found = rate(self.growth)
        if self.kernel:
            return {key: found.ntk.coefficient(*key) for key in ((0, 0), (-1, 1))}
        leading, logs = found.gamma.coefficient(-2), found.gamma.coefficient(-3, 1)
        root = leading ** Rational(1, 2) * 2 ** Rational(1, 2) / pi * (self.growth - 1)
        return {(0, 0): self.growth - 1, (-1, 0): -root, (-2, 1): -root * logs / (2 * leading)}


def printed_terms(expression: Expr) -> dict[tuple[Expr, int], Expr]:
    """The printed sum in the same form."""
    found: dict[tuple[Expr, int], Expr] = {}
    for term in Add.make_args(expression):
        c, rest = term.as_independent(N, as_Add=False)
        powers = rest.as_powers_dict()
        found[(S(powers[N]), int(powers[log(N)]))] = c
    return found


def by_expansion(statement: Statement) -> Finding:
    """Compares the exact expansion with the printed one, down to the first logarithm, which must exceed the O-term."""
    if not isinstance(statement, AsymptoticTo) or not isinstance(statement.lhs, Pair) or statement.order is None:
        return unknown("this route reads expansions along the layers")
    ours, printed = statement.lhs.terms(), printed_terms(statement.rhs)
    (allowed,) = printed_terms(statement.order)
    for key in sorted({*ours, *printed}, reverse=True):
        gap = enclose(ours.get(key, S.Zero) - printed.get(key, S.Zero), bits=64)
        if key > allowed and not gap.contains(0):
            return refuted(
                "a coefficient differs", Witness(point=(("term", f"l^{key[0]} (log l)^{key[1]}"),), gap=gap.str(12))
            )
    return supported("every term that is larger than the remainder agrees")


def by_layers(statement: Statement) -> Finding:
    """Watches (lhs − rhs)/order at 64, 512, 4096 layers: its steps shrink unless there is a logarithm in it."""
    if not isinstance(statement, AsymptoticTo) or isinstance(statement.lhs, Expr) or statement.order is None:
        return unknown("this route reads expansions along the layers")
    printed = ((statement.rhs.subs(N, n), statement.order.subs(N, n), n) for n in LAYERS)
    low, middle, high = (
        (statement.lhs(n, BITS) - enclose(rhs, bits=BITS)) / enclose(order, bits=BITS) for rhs, order, n in printed
    )
    seen = f"it goes {low.str(4)}, {middle.str(4)}, {high.str(4)}"
    return doubted(seen) if abs(high - middle) > abs(middle - low) / 2 else supported(seen)


ROUTES = (
    Route("exact expansion in the depth", Method.ALGEBRA, by_expansion),
    Route("certified layers", Method.BALL, by_layers),
)
GROWTHS = (Rational(3, 2), Rational(2), Rational(3))
"""a for σ_w² = 1, 2, 4."""


def along(kernel: bool, logs: Expr) -> ForAll:
    """k^l/l = ((a−1)/a)(1/4 + …) or Σ̇^l = a − 1 − 3a/l + …, with a factor of the logarithm."""

    def body(a: Rational) -> Statement:
        if kernel:
            printed, order = (a - 1) / a * (Rational(1, 4) + logs * log(N) / N).expand(), 1 / N
        else:
            printed, order = a - 1 - 3 * a / N + a * logs * log(N) / N**2, N**-2
        return AsymptoticTo(Pair(growth=a, kernel=kernel), printed.expand(), variable=N, order=order)

    return ForAll(GROWTHS, body)


PRINTED_STEP = Equal(
    KERNEL * (1 + SLOPE) + BRANCH,
    KERNEL * (SLOPE + 1) + GROWTH * Q1,
    on={**NETS, KERNEL: POSITIVE},
)


def diagonal(depth: Expr) -> Expr:
    """K^L(x, x)."""
    return FIRST * GROWTH ** (depth - 1) * (1 + (depth - 1) * (GROWTH - 1) / GROWTH)


PAIRS = ("σ_w² = 1, 2, 4; orthogonal inputs of one norm, k^L = K^L/((1 + σ_w²/2)^{L−1}σ_w²‖x‖²/d)",)

CLAIMS = (
    Claim(
        id="hayou2020/proposition3/recursion",
        where="proposition 3, proof, first display",
        printed=r"K^l_{res}(x, x') = K^{l-1}_{res}(x, x') (\dot{\Sigma}^l(x, x') + 1) + \Sigma^l(x, x')",
        assumptions=(
            "x = x', ReLU, Σ^{l−1}(x, x) = q_1; Σ^l = (1 + σ_w²/2)Σ^{l−1} as below in the proof",
            "the weights of layer l add σ_w² E φφ to the NTK",
        ),
        statement=PRINTED_STEP,
        checks=(CertifiedWitness({W2: 1, Q1: 1, KERNEL: 1}), DerivedQuantity(lambda: derived(PRINTED_STEP.lhs))),
        expected=Verdict.REFUTED,
        kind="error",
        note="The residual branch has no weights, but its variance is counted as if it had.",
        corrected=Claim(
            id="hayou2020/proposition3/recursion/corrected",
            where="proposition 3, proof, first display",
            printed=r"K^l_{res} = K^{l-1}_{res} (\dot{\Sigma}^l + 1) + \Sigma^l - \Sigma^{l-1}",
            statement=Equal(PRINTED_STEP.lhs, KERNEL * (SLOPE + 1) + GROWTH * Q1 - Q1, on=PRINTED_STEP.on),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/proposition3/diagonal",
        where="proposition 3 (section 4, with α_L = 1 for σ_w < √2)",
        printed=r"\frac{K^L_{res}(x, x)}{\alpha_L \times 2^L} = \frac{\sigma_w^2 \|x\|^2}{d} + O(\gamma_L), \quad "
        r"\text{if } \sigma_w < \sqrt{2}, \text{ then } \alpha_L = 1",
        assumptions=("σ_w = 1, σ_w²‖x‖²/d = 1; the fraction is broken, and read as: the limit is positive",),
        statement=LessThan(S.Zero, Limit(diagonal(DEPTH).subs({W2: 1, FIRST: 1}) / 2**DEPTH, DEPTH, oo)),
        checks=(CertifiedWitness(), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="It comes from Σ̇ = 1. The L × 2^L of the appendix is right for σ_w = √2 only, and a^L for σ_w > √2 lacks an L.",
        corrected=Claim(
            id="hayou2020/proposition3/diagonal/corrected",
            where="proposition 3",
            printed=r"K^L_{res}(x, x) = \frac{\sigma_w^2 \|x\|^2}{d} a^{L-1} (1 + (L-1) \frac{a-1}{a}), "
            r"\quad a = 1 + \frac{\sigma_w^2}{2}",
            assumptions=("the recursion K^{L+1} = aK^L + (a − 1)a^{L−1}q_0 and K¹ = q_0 = σ_w²‖x‖²/d",),
            statement=And(
                (
                    Equal(
                        diagonal(DEPTH + 1),
                        GROWTH * diagonal(DEPTH) + (GROWTH - 1) * GROWTH ** (DEPTH - 1) * FIRST,
                        on={W2: POSITIVE, FIRST: POSITIVE, DEPTH: S.Naturals},
                    ),
                    Equal(diagonal(S.One), FIRST, on={W2: POSITIVE, FIRST: POSITIVE}),
                )
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="So L a^L is the scale for every σ_w, as in theorem 2 of hayou2021.",
        ),
    ),
    Claim(
        id="hayou2020/proposition3/slope-along-the-layers",
        where="proposition 3, proof, below the variance",
        printed=r"\dot{\Sigma}^l(x, x') = 1 - \beta l^{-1} + O(l^{-2})",
        assumptions=("σ_w² = 1, 2, 4; for 1 is read σ_w²/2, for β 3(1 + σ_w²/2)",),
        statement=along(False, S.Zero),
        checks=ROUTES,
        expected=Verdict.REFUTED,
        kind="error",
        note="As for networks without residual connections, log(l)/l² is forgotten.",
        corrected=Claim(
            id="hayou2020/proposition3/slope-along-the-layers/corrected",
            where="proposition 3, proof, below the variance",
            printed=r"\dot{\Sigma}^l(x, x') = \frac{\sigma_w^2}{2} - \frac{3a}{l} + \frac{9a}{2} \frac{\log(l)}{l^2} "
            r"+ O(l^{-2}), \quad a = 1 + \frac{\sigma_w^2}{2}",
            assumptions=("σ_w² = 1, 2, 4",),
            statement=along(False, Rational(9, 2)),
            checks=ROUTES,
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2020/proposition3/rate",
        where="proposition 3 and below it, and the last sentences of its proof",
        printed=r"|\frac{K^L_{res}(x,x')}{\alpha_L \times 2^L} - \frac{\sigma_w^2 \|x\| \|x'\|}{d} \lambda| = O(L^{-1})",
        assumptions=PAIRS,
        statement=along(True, S.Zero),
        checks=ROUTES,
        expected=Verdict.REFUTED,
        kind="error",
        note="With the right scale. The supremum over x ≠ x' fails as in proposition 2.",
        corrected=Claim(
            id="hayou2020/proposition3/rate/corrected",
            where="proposition 3",
            printed=r"\frac{k^L}{L} = \frac{a-1}{a} (\frac{1}{4} + \frac{3}{8} \frac{\log(L)}{L}) + O(L^{-1})",
            assumptions=PAIRS,
            statement=along(True, Rational(3, 8)),
            checks=ROUTES,
            expected=Verdict.SUPPORTED,
        ),
    ),
)
