"""Proposition 1 of hayou2021 for tanh: the NTK on the ordered phase, and on the chaotic phase with a bias."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import numpy as np
from flint import arb, arb_poly
from sympy import Expr, Rational, S, sqrt, tanh

from symntk.claims import And, AsymptoticTo, Claim, Method, Route, Statement, Verdict, expectation
from symntk.claims.checks import Finding, doubted, supported, unknown
from symntk.depth.validated import DeficitMap, Pair, orbit
from symntk.gaussian.certified_smooth import smooth_coefficients
from symntk.notation import N, X
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

BITS, DEEPEST, DEGREE = 256, 129, 700
Q, ORDERED, CHAOTIC = S(2), Rational(1, 2), Rational(13, 10)
"""The stationary variance, and two values of χ = σ_w² E φ′(√q Z)² that fix σ_w; σ_b² = q − σ_w² E φ² > 0 for both."""
STARTS = (-S.One, Rational(1, 2))
"""The ends of c¹ ≤ 1 − ε for ε = 1/2."""


@lru_cache(maxsize=2)
def correlation_map(chi: Rational) -> DeficitMap:
    """g(γ) = γ·Σ_j ρ^j Σ_{n>j} bₙ for f(ρ) = b₀ + Σ bₙρⁿ, bₙ ≥ 0, Σ n·bₙ = χ; what follows the degree is a ball."""
    squares = [c**2 for c in smooth_coefficients(tanh(X), Q, DEGREE, BITS)]
    scale = enclose(chi / (Q * expectation((1 - tanh(sqrt(Q) * X) ** 2) ** 2)), bits=BITS)
    shares = [n * square * scale for n, square in enumerate(squares)]
    rest = arb(0).union(enclose(chi, bits=BITS) - sum(shares, arb(0)))
    sums, total = list[arb](), arb(0)
    for square in squares[:0:-1]:
        total += square * scale
        sums.append(total)
    level, steep = arb_poly(sums[::-1]), arb_poly(shares[1:])
    return DeficitMap(
        deficit=lambda gamma: gamma * (level(1 - gamma) + rest), slope=lambda gamma: steep(1 - gamma) + rest
    )


@lru_cache(maxsize=4)
def layers(chi: Rational, start: Rational) -> list[Pair]:
    """The correlations and kernels K^l/q of an orbit from c¹, layer by layer."""
    with working_precision(BITS):
        return list(islice(orbit(correlation_map(chi), 1 - enclose(start, bits=BITS)), DEEPEST))


@dataclass(frozen=True, kw_only=True)
class Kernel:
    """K^l(x, x′)/q, or its growth from layer l to layer l + 1."""

    chi: Rational
    start: Rational
    growth: bool = False

    def __call__(self, index: int, bits: int) -> arb:
        with working_precision(BITS):
            path = layers(self.chi, self.start)
            return path[index].kernel - path[index - 1].kernel if self.growth else path[index - 1].kernel

    def by_floats(self, depth: int) -> tuple[float, float]:
        """K^L/q by Gauss–Hermite quadrature in two variables, and c/(1 − f′(c)) at the last correlation c."""
        nodes, weights = np.polynomial.hermite_e.hermegauss(60)
        weights, root = weights / weights.sum(), float(Q) ** 0.5
        value, slope = np.tanh(root * nodes), 1 - np.tanh(root * nodes) ** 2
        scale = float(self.chi) / float(weights @ slope**2)
        bias = float(Q) - scale * float(weights @ value**2)
        rho, rate = float(self.start), 0.0
        kernel = rho
        for _ in range(depth - 1):
            other = root * (rho * nodes[:, None] + max(0.0, 1 - rho**2) ** 0.5 * nodes[None, :])
            inner = np.tanh(other) @ weights, (1 - np.tanh(other) ** 2) @ weights
            rate = scale * float(weights @ (slope * inner[1]))
            rho = (bias + scale * float(weights @ (value * inner[0]))) / float(Q)
            kernel = rate * kernel + rho
        return kernel, rho / (1 - rate)


def by_floats(statement: Statement) -> Finding:
    """Whether the kernel of 400 layers is the fixed point c/(1 − f′(c)), positive, and as printed."""
    if not isinstance(statement, AsymptoticTo) or not isinstance(statement.lhs, Kernel):
        return unknown("this route reads kernels of tanh")
    kernel, limit = statement.lhs.by_floats(400)
    expected = limit + float(statement.rhs) if statement.lhs.growth else float(statement.rhs)
    text = f"K^400/q = {kernel:.8f}, c/(1 − f′(c)) = {limit:.8f}"
    settled = kernel > 0 and abs(kernel - limit) < 1e-8 and abs(expected - limit) < 1e-8
    return supported(text) if settled else doubted(text)


def by_layers(statement: Statement) -> Finding:
    """Whether (lhs − rhs)/rate^L shrinks over the layers 32, 64, 128, as balls."""
    if not isinstance(statement, AsymptoticTo) or not isinstance(statement.lhs, Kernel) or statement.order is None:
        return unknown("this route reads kernels of tanh")
    gaps = []
    for place in (32, 64, 128):
        right, scale = (enclose(side.subs(N, place), bits=BITS) for side in (statement.rhs, statement.order))
        with working_precision(BITS):
            gaps.append(abs((statement.lhs(place, BITS) - right) / scale))
    text = "the remainders are " + ", ".join(gap.str(3) for gap in gaps)
    return supported(text) if gaps[2] < gaps[1] < gaps[0] and gaps[2] * 100 < 1 else doubted(text)


ROUTES = (
    Route("balls in the layers", Method.BALL, by_layers),
    Route("Gauss–Hermite quadrature", Method.QUADRATURE, by_floats),
)


def converging(chi: Rational, limit: Expr, rate: Rational, *, growth: bool) -> And:
    """The kernel (or its growth) at both ends of the starts is the limit up to O(rate^L)."""
    kernels = (Kernel(chi=chi, start=start, growth=growth) for start in STARTS)
    return And(tuple(AsymptoticTo(kernel, limit, variable=N, order=rate**N) for kernel in kernels))


CLAIMS = (
    Claim(
        id="hayou2021/proposition1/tanh-ordered",
        where="proposition 1 (lines 148, 1029), for tanh on the ordered phase",
        printed=r"\sup_{(x, x') \in B_\epsilon} |K^L(x, x') - \lambda| \leq e^{-\gamma L}",
        assumptions=("read with a constant before e^{−γL}; q = q¹ = 2, χ = 1/2, so that λ/q = 1/(1 − χ) = 2",),
        statement=converging(ORDERED, S(2), Rational(9, 10), growth=False),
        checks=ROUTES,
        expected=Verdict.SUPPORTED,
        note="γ = −log(9/10); the true rate is L χ^L.",
    ),
    Claim(
        id="hayou2021/proposition1/tanh-chaotic",
        where="proposition 1 (lines 148, 1029), for tanh on the chaotic phase with σ_b > 0",
        printed=r"\sup_{(x, x') \in B_\epsilon} |K^L(x, x') - \lambda| \leq e^{-\gamma L}, \quad \lambda > 0",
        assumptions=("read with a constant before e^{−γL}, as K^{L+1} − K^L = O(e^{−γL}); q = q¹ = 2, χ = 1.3",),
        statement=converging(CHAOTIC, S.Zero, Rational(19, 20), growth=True),
        checks=ROUTES,
        expected=Verdict.SUPPORTED,
        note="λ/q = c/(1 − f′(c)) at the stable fixed point c > 0.",
    ),
)
