"""What theorem 1 of hayou2021 says beside its expansions: the diagonal, the set of pairs, ReLU-like φ and CNN."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from flint import arb
from sympy import Abs, Expr, Heaviside, Interval, Max, Poly, Rational, S, Sum, Symbol, asin, expand, oo, pi, sqrt, tanh

from symntk.activations.activation import Activation
from symntk.activations.parse import parse_activation
from symntk.claims import (
    IDENTITY,
    AsymptoticTo,
    AtMost,
    BallIdentityAtRandomPoints,
    BallLimit,
    CertifiedWitness,
    Claim,
    ConvergesTo,
    Equal,
    Exists,
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
from symntk.claims.checks import Check, Finding, doubted, refuted, supported, unknown
from symntk.depth.certified_depth import certified_depth
from symntk.depth.parabolic import correlation_rate
from symntk.meanfield.moments import second_moment_of, slope_moment_of
from symntk.notation import Q1, Q2, RHO, N, X
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

RELU, STEP = Max(X, 0), Heaviside(X)
KERNEL, FACTOR, SOURCE = (Symbol(name, real=True) for name in ("K", "p", "s"))
BOUND, LAYER, PLACE = Symbol("M", positive=True), Symbol("l", integer=True, positive=True), Symbol("b", integer=True)
POSITIVE = Interval.open(0, oo)
VARIANCE, BOUNDS, LAYERS = {Q1: POSITIVE}, {BOUND: POSITIVE}, {LAYER: S.Naturals}
INSIDE, REALS = {RHO: Interval.open(-1, 1)}, {KERNEL: S.Reals}
F = (RHO * asin(RHO) + sqrt(1 - RHO**2)) / pi + RHO / 2
BITS = 128


def next_kernel(kernel: Expr, rho: Expr | int = RHO, q1: Expr = Q1, q2: Expr = Q1) -> Expr:
    """q̇ K + q for ReLU on the edge of chaos, from a layer with variances q₁, q₂ and correlation ρ."""
    slope, value = (2 * covariance(g, rho=rho, q1=q1, q2=q2) for g in (STEP, RELU))
    return slope * kernel + value


SECOND = derived(next_kernel(Q1, rho=1))
"""K²(x, x) from K¹(x, x) = q."""


@lru_cache(maxsize=1)
def tanh_diagonals() -> list[arb]:
    """K^l(x, x)/l for tanh on the edge with q = 1/2, from q¹(x, x) = 1, for l = 1, …, 128."""
    tanh_like = Activation(name="tanh", expression=tanh(X))
    square, slope = second_moment_of(tanh_like), slope_moment_of(tanh_like)
    assert slope is not None, "tanh does not jump"
    with working_precision(BITS + 64):
        half, q, kernel, found = arb(0.5), arb(1), arb(1), [arb(1)]
        weight = 1 / slope.enclose(half, BITS)
        bias = half - weight * square.enclose(half, BITS)
        for layer in range(2, 129):
            kernel, q = weight * slope.enclose(q, BITS) * kernel, bias + weight * square.enclose(q, BITS)
            kernel += q
            found.append(kernel / layer)
        return found


def tanh_diagonal(index: int, bits: int) -> arb:
    """K^l(x, x)/l."""
    return tanh_diagonals()[index - 1]


def float_diagonal(depth: int) -> float:
    """K^L(x, x)/L by Gauss–Hermite quadrature in floating point."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(120)
    weights = weights / weights.sum()

    def mean(power: int, q: float) -> float:
        value = np.tanh(np.sqrt(q) * nodes)
        return float(weights @ (value**2 if power else (1 - value**2) ** 2))

    scale, q, kernel = 1 / mean(0, 0.5), 1.0, 1.0
    bias = 0.5 - scale * mean(1, 0.5)
    for _ in range(depth - 1):
        kernel, q = scale * mean(0, q) * kernel, bias + scale * mean(1, q)
        kernel += q
    return kernel / depth


def by_floats(statement: Statement) -> Finding:
    """Whether (K^L/L − rhs)/order settles at a number other than 0 between L = 100 and L = 200."""
    if not isinstance(statement, AsymptoticTo) or statement.lhs is not tanh_diagonal or statement.order is None:
        return unknown("this route reads the kernel of tanh with itself")
    first, second = (
        float((float_diagonal(depth) - statement.rhs.subs(N, depth)) / statement.order.subs(N, depth))
        for depth in (100, 200)
    )
    settled = abs(second - first) < 1e-3 * abs(second)
    return supported(f"it settles at {second:.4f}") if settled else doubted("it does not settle")


@dataclass(frozen=True, kw_only=True)
class Deep:
    """K^L(x, x′)/K^L(x, x) of a ReLU-like net from c¹ = 1/2."""

    activation: Activation

    def __call__(self, index: int, bits: int) -> arb:
        return certified_depth(self.activation, index, Rational(1, 2), bits=bits).ntk_ratio


def by_rate(statement: Statement) -> Finding:
    """The constant term of the exact expansion of the kernel."""
    if not isinstance(statement, ConvergesTo) or not isinstance(statement.sequence, Deep):
        return unknown("this route reads kernels of ReLU-like nets")
    found = correlation_rate(statement.sequence.activation, 1).ntk.coefficient(0)
    return supported(f"it is {found}") if found == statement.limit else doubted(f"it is {found}")


def for_no_constant(statement: Statement) -> Finding:
    """Refutes "there is M > 0 with lhs ≤ rhs" where lhs − rhs is a polynomial in M with positive coefficients."""
    if not isinstance(statement, Exists) or not isinstance(statement.relation, AtMost):
        return unknown("this route reads the existence of a bound")
    relation, (constant,) = statement.relation, statement.relation.on
    gap = Poly(expand(relation.lhs - relation.rhs), constant)
    if all(enclose(c, bits=64) > 0 for c in gap.coeffs()):
        witness = Witness(point=((str(constant), "every positive number"),), gap=str(gap.as_expr()))
        return refuted("lhs exceeds rhs for every constant", witness)
    return unknown("some coefficient is not positive")


def at_constants(statement: Statement) -> Finding:
    """Looks at M = 1, 10³, 10⁶ with balls."""
    if not isinstance(statement, Exists) or not isinstance(statement.relation, AtMost):
        return unknown("this route reads the existence of a bound")
    relation, (constant,) = statement.relation, statement.relation.on
    gaps = [enclose(relation.lhs - relation.rhs, {constant: 10 ** (3 * n)}, bits=64) for n in range(3)]
    return doubted("no bound among three") if all(gap > 0 for gap in gaps) else supported("one of three bounds holds")


NO_BOUND = (
    Route("no constant works", Method.ALGEBRA, for_no_constant),
    Route("balls at three constants", Method.BALL, at_constants),
)


def excluding(point: Mapping[Symbol, Expr | int]) -> tuple[Check, ...]:
    """Two routes against a relation: a ball at a point, and multiprecision digits."""
    return CertifiedWitness(point), HighPrecisionAtPoints(count=9)


def linear_diagonal(name: str, where: str) -> Claim:
    """K^l(x, x) = l q for ReLU on the edge of chaos, by its step."""
    return Claim(
        id=f"hayou2021/theorem1/{name}/corrected",
        where=where,
        printed=r"K^l(x, x) = K^{l-1}(x, x) + \frac{\sigma_w^2}{d} \|x\|^2 = l \frac{\sigma_w^2}{d} \|x\|^2",
        statement=Equal(next_kernel(LAYER * Q1, rho=1), (LAYER + 1) * Q1, on={**LAYERS, **VARIANCE}),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The step from l to l + 1 with q = σ_w²‖x‖²/d. So AK^L(x, x) = AK^∞(x, x) for every L, which is O(L⁻¹).",
    )


HOMOGENEOUS = Equal(
    next_kernel(sqrt(Q1) * sqrt(Q2) * KERNEL, q1=Q1, q2=Q2),
    sqrt(Q1) * sqrt(Q2) * next_kernel(KERNEL, q1=S.One, q2=S.One),
    on={**INSIDE, **REALS, Q1: POSITIVE, Q2: POSITIVE},
)


def homogeneous(name: str, where: str) -> Claim:
    """K^L(x, x′) is ‖x‖‖x′‖ times a function of c¹, by its step."""
    return Claim(
        id=f"hayou2021/theorem1/{name}/corrected",
        where=where,
        printed=r"K^L(x, x') = \frac{\sigma_w^2}{d} \|x\| \|x'\| k^L(c^1(x, x')), \text{ and the compact set is } "
        r"\{c^1 \leq 1 - \epsilon\} \subset [-1, 1]",
        statement=HOMOGENEOUS,
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="So the rates are uniform over pairs of B_ε whose norms stay in a compact set, as those of the data do.",
    )


CLAIMS = (
    Claim(
        id="hayou2021/theorem1/main-diagonal",
        where="theorem 1, main text, first display (line 162); the appendix prints O(L⁻¹) instead (line 1179)",
        printed=r"\sup_{x \in E} |AK^L(x, x) - AK^\infty(x, x)| = \Theta(L^{-1})",
        assumptions=("ReLU at L = 2; Θ asks for a positive number, at least A/L",),
        statement=LessThan(0, Abs(SECOND / 2 - Q1), on=VARIANCE),
        checks=excluding({Q1: 1}),
        expected=Verdict.REFUTED,
        kind="error",
        note="For ReLU the difference is 0 at every L: the upper bound holds and the lower one does not.",
        corrected=linear_diagonal("main-diagonal", "theorem 1, appendix, first display (line 1179), for ReLU"),
    ),
    Claim(
        id="hayou2021/theorem1/tanh-diagonal",
        where="theorem 1, first display (lines 162, 1179), for tanh, and its proof (line 1198)",
        printed=r"\sup_{x \in E} |AK^L(x, x) - AK^\infty(x, x)| = \mathcal{O}(L^{-1}), "
        r"\text{ and this bound is optimal for Tanh}",
        assumptions=("q = 1/2 on the edge and one x with q¹(x, x) = 1",),
        statement=AsymptoticTo(tanh_diagonal, Rational(1, 2), variable=N, order=1 / N),
        checks=(BallLimit(reach=7), Route("Gauss–Hermite quadrature", Method.QUADRATURE, by_floats)),
        expected=Verdict.SUPPORTED,
        note="L (AK^L − q) tends to 0.23118, not to 0: optimal, and Θ if E has an x with q¹ ≠ q. Where q¹ = q for all "
        "of E the difference is 0.",
    ),
    Claim(
        id="hayou2021/theorem1/relu-diagonal",
        where="theorem 1, proof, ReLU, first display (line 1196)",
        printed=r"K^l(x, x) = K^{l-1}(x, x) + \frac{\sigma_w^2}{d} \|x\|^2 = l \frac{\sigma_w^2}{d} \|x\|^2 "
        r"= AK^\infty(x, x)",
        assumptions=("AK^∞(x, x) = σ_w²‖x‖²/d = q",),
        statement=Equal(LAYER * Q1, Q1, on={**LAYERS, **VARIANCE}),
        checks=excluding({LAYER: 2, Q1: 1}),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The last member is l AK^∞(x, x); the others are right.",
        corrected=linear_diagonal("relu-diagonal", "theorem 1, proof, ReLU, first display (line 1196)"),
    ),
    Claim(
        id="hayou2021/theorem1/recursion",
        where="theorem 1, proof, ReLU (line 1208)",
        printed=r"a_l = a_{l-1} \lambda_l + b_l \text{ with } a_l = K^{l+1}(x, x'), b_l = q^{l+1}(x, x'), "
        r"\lambda_l = f'(c^l(x, x'))",
        statement=Equal(next_kernel(KERNEL), F.diff(RHO) * KERNEL + Q1 * F, on={**INSIDE, **REALS, **VARIANCE}),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="At equal norms; q^{l+1}(x, x′) = q f(c^l) = q + O(l⁻²), as appendix lemma 8 asks.",
    ),
    Claim(
        id="hayou2021/theorem1/compact",
        where="theorem 1, proof, ReLU (line 1212)",
        printed=r"\text{Using the compactness of } B_\epsilon",
        assumptions=("x = (M + 1, 0, …, 0), x′ = −x: c¹(x, x′) = −1 ≤ 1 − ε for σ_b = 0, and ‖x‖ = M + 1",),
        statement=Exists(AtMost(BOUND + 1, BOUND, on=BOUNDS)),
        checks=NO_BOUND,
        expected=Verdict.REFUTED,
        kind="error",
        note="B_ε has pairs of any norm, so no M bounds it.",
        corrected=homogeneous("compact", "theorem 1, proof, ReLU (line 1212)"),
    ),
    Claim(
        id="hayou2021/theorem1/supremum",
        where="theorem 1, second display (lines 166, 1183), for ReLU",
        printed=r"\sup_{(x, x') \in B_\epsilon} |AK^L(x, x') - AK^\infty(x, x')| = \Theta(\log(L)L^{-1})",
        assumptions=("L = 2, c¹ = 0, so K² = q/π and AK^∞ = q/4; a pair of B_ε with q = σ_w²‖x‖‖x′‖/d = 12(M + 1)",),
        statement=Exists(AtMost(12 * (BOUND + 1) * (Rational(1, 4) - 1 / (2 * pi)), BOUND, on=BOUNDS)),
        checks=NO_BOUND,
        expected=Verdict.REFUTED,
        kind="error",
        note="Over all pairs of B_ε the supremum is infinite, at every L: the kernel grows with the norms.",
        corrected=homogeneous("supremum", "theorem 1, second display (lines 166, 1183), for ReLU"),
    ),
    Claim(
        id="hayou2021/theorem1/relu-like",
        where="theorem 1, appendix, first item (line 1187)",
        printed=r"\text{if } \phi \text{ is ReLU-like, then } AK^\infty(x, x') = \frac{\sigma_w^2 \|x\| \|x'\|}{d} "
        r"(1 - (1 - \lambda) \mathbb{1}_{x \neq x'}), \quad \lambda \in (0, 1)",
        assumptions=("λ = 1/4, at equal norms; two leaky ReLU and |x| (x ≠ x′ means not collinear, as the data are)",),
        statement=ForAll(
            tuple(parse_activation(name) for name in ("leaky_relu(1/10)", "leaky_relu(1/2)", "abs")),
            lambda phi: ConvergesTo(Deep(activation=phi), Rational(1, 4), index=N),
        ),
        checks=(BallLimit(reach=24), Route("exact expansion of the kernel", Method.ALGEBRA, by_rate)),
        expected=Verdict.SUPPORTED,
        note="λ does not depend on the kink.",
    ),
    Claim(
        id="hayou2021/theorem1/cnn",
        where="theorem 1, last line (line 173); proof, case 2 (line 1226)",
        printed=r"\text{Under Assumption 1, the NTK of a CNN is the same as that of a FFNN}",
        assumptions=("what does not depend on (α, α′) in one layer is averaged over 2k + 1 equal values in the next",),
        statement=ForAll(
            (0, 1, 2),
            lambda k: Equal(
                Sum(FACTOR * KERNEL + SOURCE, (PLACE, -k, k)) / (2 * k + 1),
                FACTOR * KERNEL + SOURCE,
                on={**REALS, FACTOR: S.Reals, SOURCE: S.Reals},
            ),
        ),
        checks=(BallIdentityAtRandomPoints(), HighPrecisionAtPoints()),
        expected=Verdict.SUPPORTED,
        note="For filters of size 1, 3, 5, with p = q̇ and s = q^: Ψ = pK + s.",
    ),
)
