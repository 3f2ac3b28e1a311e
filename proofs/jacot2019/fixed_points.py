"""Appendix B of jacot2019: fixed points of B∘R, the freeze and chaos regimes of the activation kernels, and lemma 2."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from flint import arb
from sympy import Expr, Integer, Interval, Rational, S, Symbol, cos, diff, factorial, hermite_prob, sin, sqrt

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    And,
    AtMost,
    BallLimit,
    CertifiedWitness,
    Claim,
    ConvergesTo,
    Equal,
    Exists,
    ForAll,
    HighPrecisionAtPoints,
    HighPrecisionLimit,
    LessThan,
    Method,
    Route,
    SignChange,
    Statement,
    Verdict,
    Witness,
    covariance,
    derived,
    expectation,
    iterated,
    sampled,
)
from symntk.claims.checks import Finding, doubted, refuted, supported, unknown
from symntk.claims.statement import Sequence
from symntk.gaussian.dual import dual
from symntk.gaussian.moments import normalized, standardized
from symntk.notation import RHO, N, X
from symntk.numbers.ball import enclose
from symntk.numbers.decide import decide
from symntk.numbers.identity import prove_zero
from symntk.numbers.roots import isolate_roots

BETA = Symbol("beta", nonnegative=True)
UNIT = {BETA: Interval(0, 1)}
WHOLE = {RHO: Interval(-1, 1)}
HALF = Rational(1, 2)

RELU = standardized(activation("relu"))
NORMALISED_RELU = normalized(activation("relu"))
SINE = standardized(activation("sin"))
COSINE = standardized(Activation(name="cos(sqrt(2)*x)", expression=cos(sqrt(2) * X)))
CAST = (RELU, NORMALISED_RELU, SINE, COSINE)
DECIDED = "Decided for the standardised ReLU, the normalised ReLU, sin x and cos √2x standardised"

WEIGHTS = tuple(Symbol(f"a_{n}", real=True) for n in range(4))
GENERIC = sum((a * hermite_prob(n, X) / sqrt(factorial(n)) for n, a in enumerate(WEIGHTS)), S.Zero)


@dataclass(frozen=True)
class Network:
    """A nonlinearity and β²."""

    sigma: Activation
    bias: Expr

    @property
    def characteristic(self) -> Expr:
        """r = (1 − β²) E σ̇²."""
        return (1 - self.bias) * derived(covariance(diff(self.sigma.expression, X), rho=1))

    @property
    def map(self) -> Expr:
        """B∘R."""
        return self.bias + (1 - self.bias) * dual(self.sigma).expression


def fixed_at_half(sigma: Activation) -> Network:
    """The network whose B∘R has the fixed point a = 1/2: β² = (a − R(a))/(1 − R(a))."""
    there = dual(sigma).at(HALF)
    return Network(sigma, (HALF - there) / (1 - there))


BIASES = (Integer(0), HALF)
NETWORKS = tuple(Network(sigma, bias) for sigma, bias in product(CAST, BIASES))
FROZEN = tuple(network for network in NETWORKS if decide(network.characteristic, "<", 1))
TENTHS = tuple(Network(sigma, Rational(1, 10)) for sigma in CAST)
CHAOTIC = tuple(network for network in TENTHS if decide(network.characteristic, ">", 1))
HALVES = tuple(fixed_at_half(sigma) for sigma in (NORMALISED_RELU, COSINE))
ODD = Network(standardized(Activation(name="sin(sqrt(2)*x)", expression=sin(sqrt(2) * X))), Integer(0))
EVEN = Network(COSINE, Integer(0))
BIASED = "β² = 0, 1/2"
AT_HALF = "Decided for the normalised ReLU and cos √2x standardised, with the β at which a = 1/2."


def distance_to_fixed_point(network: Network, rho: Expr) -> Sequence:
    """Σ⁽ˡ⁾ − a as balls, for inputs of correlation ρ; a is the fixed point of B∘R in [0, 1)."""
    kernels = iterated(network.map, RHO, network.bias + (1 - network.bias) * rho)
    if network in HALVES:
        roots = [arb(0.5)]
    elif network == ODD:
        roots = [arb(0)]
    else:
        roots = isolate_roots(network.map - RHO, RHO, 0, Rational(9, 10), bits=512)
    (fixed,) = roots
    return lambda index, bits: kernels(index, bits) - fixed


def stuck_at_one(statement: Statement) -> Finding:
    """B∘R(−1) = 1 and B∘R(1) = 1: the kernel at x = −y is 1 from ℓ = 2 on, at a positive distance from a."""
    if not isinstance(statement, ConvergesTo):
        return unknown("this route reads ConvergesTo")
    if not all(prove_zero(EVEN.map.subs(RHO, rho) - 1) for rho in (-1, 1)):
        return unknown("the kernel is not known to stay at 1")
    second, third = (statement.sequence(index, 64) - enclose(statement.limit, bits=64) for index in (2, 3))
    if second > 0 and (second - third).contains(0):
        return refuted("the kernel is 1 from the second layer on", Witness(point=(("l", "2"),), gap=second.str(12)))
    return unknown("the kernel moves")


def by_iteration(statement: Statement) -> Finding:
    """A solution of lhs = rhs reached by iterating ρ ↦ ρ + lhs − rhs from 1/2."""
    if not isinstance(statement, Exists) or not isinstance(statement.relation, Equal):
        return unknown("this route reads the existence of a solution")
    relation = statement.relation
    ((symbol, interval),) = relation.on.items()
    terms = iterated(symbol + relation.lhs - relation.rhs, symbol, HALF)
    place, earlier = terms(200, 64), terms(150, 64)
    if abs(place - earlier) < 1e-3 and enclose(interval.start, bits=64) <= place < enclose(interval.end, bits=64):
        return supported(f"the iteration settles at {place.str(8, radius=False)}")
    return doubted("the iteration does not settle in the interval")


def step_bounds(network: Network) -> Statement:
    """1 − r(1 − ρ) ≤ B∘R(ρ) ≤ 1 and B(ρ) ≥ 1 − 2(1 − β²): lemma 2 by induction on ℓ."""
    line = 1 - network.characteristic * (1 - RHO)
    start = 1 - 2 * (1 - network.bias)
    return And(
        (
            AtMost(start, network.bias + (1 - network.bias) * RHO, on=WHOLE),
            AtMost(line, network.map, on=WHOLE),
            AtMost(network.map, 1, on=WHOLE),
        )
    )


def chaos_bounds(network: Network) -> Statement:
    """|B∘R(ρ)| ≤ max{|ρ|, 1/2}, part by part."""
    outer, middle = {RHO: Interval(HALF, 1)}, {RHO: Interval(-HALF, HALF)}
    far, here = network.map.subs(RHO, -RHO), network.map
    return And(
        (
            *(AtMost(value, RHO, on=outer) for value in (here, -here, far, -far)),
            *(AtMost(value, HALF, on=middle) for value in (here, -here)),
        )
    )


SAMPLE_IDENTITY = sampled(*IDENTITY)
SAMPLE_INEQUALITY = sampled(*INEQUALITY)

CLAIMS = (
    Claim(
        id="jacot2019/fixed-points/one",
        where="appendix B (lines 355 to 357)",
        printed=r"1 \text{ is a trivial fixed point: } B_{\beta}\circ R_{\sigma}(1)=1; \quad \Sigma^{(\ell)}(x,x) = 1",
        statement=ForAll(CAST, lambda s: Equal(BETA**2 + (1 - BETA**2) * covariance(s, rho=1), 1, on=UNIT)),
        checks=SAMPLE_IDENTITY,
        expected=Verdict.SUPPORTED,
        note=DECIDED + ", and every β.",
    ),
    Claim(
        id="jacot2019/fixed-points/minus-one",
        where="appendix B (line 359)",
        printed=r"-1 \text{ is also a fixed point of } B_{\beta} \circ R_{\sigma} \text{ if and only if the "
        r"non-linearity } \sigma \text{ is antisymmetric and } \beta=0",
        statement=Equal(
            BETA**2 + (1 - BETA**2) * covariance(GENERIC, rho=-1) + BETA**2 + (1 - BETA**2) * expectation(GENERIC**2),
            2 * BETA**2 + 2 * (1 - BETA**2) * sum((a**2 for a in WEIGHTS[::2]), S.Zero),
            on={**UNIT, **{a: Interval(-2, 2) for a in WEIGHTS}},
        ),
        checks=SAMPLE_IDENTITY,
        expected=Verdict.SUPPORTED,
        note="For every polynomial of degree ≤ 3: standardised, the left side is B∘R(−1) + 1, and the right side "
        "vanishes iff β = 0 and all even Hermite coefficients do.",
    ),
    Claim(
        id="jacot2019/fixed-points/positive-at-zero",
        where="appendix B (line 359)",
        printed=r"\text{Since } B_{\beta} \circ R_{\sigma}(0)>0",
        statement=ForAll(CAST, lambda s: LessThan(0, BETA**2 + (1 - BETA**2) * dual(s).at(0), on=UNIT)),
        checks=(CertifiedWitness({BETA: 0}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        corrected=Claim(
            id="jacot2019/fixed-points/positive-at-zero/corrected",
            where="appendix B (line 359)",
            printed=r"\text{Since } B_{\beta} \circ R_{\sigma}(0)\geq 0 \text{, with equality iff } "
            r"\beta = 0 \text{ and } \mathbb{E}[\sigma(x)] = 0",
            statement=And(
                (
                    ForAll(
                        CAST,
                        lambda s: LessThan(0, BETA**2 + (1 - BETA**2) * dual(s).at(0), on={BETA: Interval.Lopen(0, 1)}),
                    ),
                    ForAll(CAST, lambda s: AtMost(0, dual(s).at(0))),
                    ForAll((RELU, COSINE), lambda s: LessThan(0, dual(s).at(0))),
                )
            ),
            checks=SAMPLE_INEQUALITY,
            expected=Verdict.SUPPORTED,
            note=DECIDED + ".",
        ),
        note="β = 0 with the normalised ReLU or with an odd σ: R(0) = (E σ)² = 0. Then a = 0, which the paper allows.",
    ),
    Claim(
        id="jacot2019/fixed-points/none-negative",
        where="appendix B (line 359)",
        printed=r"\text{any non trivial fixed point must lie in } [0,1)",
        statement=ForAll(NETWORKS, lambda net: LessThan(RHO, net.map, on={RHO: Interval.open(-1, 0)})),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note=f"{DECIDED}, {BIASED}.",
    ),
    Claim(
        id="jacot2019/fixed-points/existence",
        where="appendix B (line 359)",
        printed=r"\text{there exists a non trivial fixed point of } B_{\beta}\circ R_{\sigma} \text{ if } "
        r"(B_{\beta}\circ R_{\sigma})'(1)>1",
        statement=ForAll(CHAOTIC, lambda net: Exists(Equal(net.map, RHO, on={RHO: Interval(0, Rational(9, 10))}))),
        checks=(*sampled(SignChange()), Route("iteration of the map", Method.RECURSION, by_iteration)),
        expected=Verdict.SUPPORTED,
        note="For those of the four nonlinearities that have r > 1 at β² = 1/10; on [0, 9/10].",
    ),
    Claim(
        id="jacot2019/fixed-points/freeze",
        where="appendix B, item 1 (lines 359 and 361)",
        printed=r"\text{``Freeze'' when } r_{\sigma,\beta} < 1 \text{: } B_{\beta} \circ R_{\sigma} "
        r"\text{ has a unique fixed point equal to } 1",
        statement=ForAll(FROZEN, lambda net: LessThan(RHO, net.map, on={RHO: Interval.Ropen(-1, 1)})),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note=f"{DECIDED}, for those of {BIASED} with r < 1. At −1 too: an odd σ with β = 0 has r ≥ 1.",
    ),
    Claim(
        id="jacot2019/fixed-points/chaos-unique",
        where="appendix B, proof of theorem 2 (line 426)",
        printed=r"B_{\beta}\circ R_{\sigma} \text{ has a unique fixed point } a \text{ on } [0,1)",
        statement=ForAll(
            HALVES,
            lambda net: And(
                (
                    LessThan(1, net.characteristic),
                    LessThan(RHO, net.map, on={RHO: Interval.Ropen(0, HALF)}),
                    LessThan(net.map, RHO, on={RHO: Interval.open(HALF, 1)}),
                )
            ),
        ),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note=AT_HALF,
    ),
    Claim(
        id="jacot2019/fixed-points/between",
        where="appendix B, proof of lemma 2 (line 386)",
        printed=r"\text{for any } \rho \in [a,1),\ a \leq B_{\beta} \circ R_{\sigma}(\rho) \leq \rho \text{ and } "
        r"\text{for all } \rho \in [0,a],\ 0 \leq B_{\beta} \circ R_{\sigma}(\rho) \leq a",
        statement=ForAll(
            HALVES,
            lambda net: And(
                (
                    AtMost(HALF, net.map, on={RHO: Interval.Ropen(HALF, 1)}),
                    AtMost(net.map, RHO, on={RHO: Interval.Ropen(HALF, 1)}),
                    AtMost(0, net.map, on={RHO: Interval(0, HALF)}),
                    AtMost(net.map, HALF, on={RHO: Interval(0, HALF)}),
                )
            ),
        ),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note=AT_HALF,
    ),
    Claim(
        id="jacot2019/fixed-points/modulus",
        where="appendix B, proof of lemma 2 (lines 388 to 390)",
        printed=r"|B_{\beta} \circ R_{\sigma}(\rho)| \leq B_{\beta} \circ R_{\sigma}(|\rho|)",
        statement=ForAll(
            NETWORKS,
            lambda net: And(
                (
                    AtMost(net.map.subs(RHO, -RHO), net.map, on={RHO: Interval(0, 1)}),
                    AtMost(-net.map.subs(RHO, -RHO), net.map, on={RHO: Interval(0, 1)}),
                )
            ),
        ),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note=f"{DECIDED}, {BIASED}; −ρ is written for a negative argument.",
    ),
    Claim(
        id="jacot2019/fixed-points/chaos-limit",
        where="appendix B, item 2 (line 363)",
        printed=r"\text{``Chaos'' when } r_{\sigma,\beta} > 1 \text{: } [\ldots] \text{ the activation kernels "
        r"converge to a kernel equal to } 1 \text{ if } x = y \text{ and to } a \text{ if } x \ne y \text{ and, if the "
        r"nonlinearity is antisymmetric and } \beta = 0 \text{, it converges to } -1 \text{ if and only if } x = -y",
        assumptions=("σ = cos √2x standardised, β = 0, x = −y; r = 2 tanh 2 > 1",),
        statement=ConvergesTo(distance_to_fixed_point(EVEN, Integer(-1)), 0, index=N),
        checks=(Route("kernel stuck at one", Method.BALL, stuck_at_one), HighPrecisionLimit(reach=7)),
        expected=Verdict.REFUTED,
        kind="error",
        corrected=Claim(
            id="jacot2019/fixed-points/chaos-limit/corrected",
            where="appendix B, item 2 (line 363)",
            printed=r"[\ldots] \text{ to } a \text{ if } x \ne y \text{, except that for } \beta = 0,\ x = -y "
            r"\text{ it converges to } -1 \text{ if } \sigma \text{ is antisymmetric and to } 1 "
            r"\text{ if it is symmetric}",
            statement=ForAll(
                tuple(product((EVEN, ODD, HALVES[-1]), (Rational(-9, 10), Rational(9, 10)))),
                lambda case: ConvergesTo(distance_to_fixed_point(*case), 0, index=N),
            ),
            checks=(BallLimit(reach=9), HighPrecisionLimit(reach=9)),
            expected=Verdict.SUPPORTED,
            note="At ρ = ±9/10 for cos √2x and sin √2x with β = 0, and for cos √2x with the β at which a = 1/2.",
        ),
        note="An even σ with β = 0 has R(−1) = E σ(z)σ(−z) = 1, so Σ⁽ˡ⁾(x, −x) = 1 for ℓ ≥ 2, while a = 0.323….",
    ),
    Claim(
        id="jacot2019/lemma2/step",
        where="appendix B, proof of lemma 2, display (lines 379 to 382)",
        printed=r"B_{\beta} \circ R_{\sigma}(\rho) \ge 1 - r(1 - \rho)",
        statement=ForAll(NETWORKS, lambda net: AtMost(1 - net.characteristic * (1 - RHO), net.map, on=WHOLE)),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note=f"{DECIDED}, {BIASED}.",
    ),
    Claim(
        id="jacot2019/lemma2/freeze",
        where="appendix B, lemma 2 (line 371)",
        printed=r"1 \ge \Sigma^{(\ell)}(x,y) \ge 1 - 2r_{\sigma,\beta}^{\ell-1}(1-\beta^2)",
        statement=ForAll(FROZEN, step_bounds),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note=f"{DECIDED}, for those of {BIASED} with r < 1. The start and the step of the induction on ℓ are decided.",
    ),
    Claim(
        id="jacot2019/lemma2/chaos",
        where="appendix B, lemma 2 (line 375)",
        printed=r"\left| \Sigma^{(\ell)}(x,y) \right| \le \max \left\{ \left| \beta^2 + \frac{1-\beta^2}{n_0} x^T y "
        r"\right|, a \right\}",
        statement=ForAll(HALVES, chaos_bounds),
        checks=SAMPLE_INEQUALITY,
        expected=Verdict.SUPPORTED,
        note=AT_HALF + " The step |B∘R(ρ)| ≤ max{|ρ|, a} of the induction on ℓ is decided.",
    ),
)
