"""Proposition 2 of hayou2020 for ELU, which it counts to the class S although φ″ jumps."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice

from flint import acb, arb
from sympy import (
    Add,
    Expr,
    Piecewise,
    Rational,
    S,
    exp,
    log,
    pi,
    sqrt,
)

from symntk.activations.catalogue import activation
from symntk.claims import (
    AsymptoticTo,
    Claim,
    Method,
    Route,
    Statement,
    Verdict,
    Witness,
    covariance,
    derived,
)
from symntk.claims.checks import Finding, doubted, refuted, supported, unknown
from symntk.depth.parabolic import Rate, edge_rate
from symntk.depth.transseries import Transseries
from symntk.depth.validated import DeficitMap, Pair, orbit
from symntk.notation import RHO, N, X
from symntk.numbers.ball import ball_function, enclose
from symntk.numbers.multiprecision import evaluate
from symntk.numbers.precision import working_precision

BITS = 48
ELU = Piecewise((X, X > 0), (exp(X) - 1, True))
ELU_SLOPE = Piecewise((1, X > 0), (exp(X), True))
ELU_BEND = Piecewise((0, X > 0), (exp(X), True))
FEW, LAYERS = 16, (2**10, 2**12, 2**14, 2**16)
"""Depths at which the orbit of ELU is certified, and compared with what is printed."""
NODES = 40


def share(slope: Expr, first: Expr) -> Expr:
    """σ_w² E gg on the edge of chaos at q = 1, for g with E φ′(u)² given."""
    return derived(covariance(slope) / covariance(first, rho=1))


F_SECOND = share(ELU_BEND, ELU_SLOPE).subs(RHO, 1)
"""f″(1)."""
KINK = -2 * sqrt(2) / (15 * pi) / derived(covariance(ELU_SLOPE, rho=1))
"""The coefficient of (1 − x)^{5/2} in f, which is there as φ″ jumps by 1."""
GAMMA_NEXT = -8 * sqrt(2) * KINK / F_SECOND ** Rational(5, 2)
KERNEL_NEXT = 2 * sqrt(2) / 5 * KINK / F_SECOND ** Rational(3, 2)


@dataclass(frozen=True, kw_only=True)
class Layers:
    """γ_l or K^l(x, x′)/(lq) along the layers of ELU on the edge of chaos at q = 1, from the correlation c¹."""

    start: Expr
    kernel: bool

    def __call__(self, index: int, bits: int) -> arb:
        with working_precision(2 * bits):
            pair = pairs(self.start)[index - 1]
            return pair.kernel / index if self.kernel else pair.gamma

    def expansion(self) -> Transseries:
        """Its exact expansion, with letters for the coefficients of f."""
        return rate().ntk if self.kernel else rate().gamma


@lru_cache(maxsize=1)
def rate() -> Rate:
    """The expansions of ELU at q = 1."""
    return edge_rate(activation("elu"), S.One, 3)


@lru_cache(maxsize=1)
def maps() -> DeficitMap:
    """γ ↦ 1 − f(1 − γ) and its slope as ball functions."""
    mapped, slope = (share(g, ELU_SLOPE) for g in (ELU, ELU_SLOPE))
    gap, steep = ball_function(mapped.subs(RHO, 1) - mapped, RHO), ball_function(slope, RHO)
    return DeficitMap(deficit=lambda gamma: gap(acb(1 - gamma)).real, slope=lambda gamma: steep(acb(1 - gamma)).real)


@lru_cache(maxsize=4)
def pairs(start: Expr) -> list[Pair]:
    """The first layers from a correlation, certified."""
    with working_precision(2 * BITS):
        return list(islice(orbit(maps(), 1 - enclose(start, bits=2 * BITS)), FEW))


def chebyshev(function: Callable[[arb], arb]) -> list[float]:
    """Coefficients of the interpolation of a function of w = √γ on [0, 1]."""
    angles = [math.pi * (k + 0.5) / NODES for k in range(NODES)]
    with working_precision(4 * BITS):
        values = [float(function(arb((1 + math.cos(angle)) / 2)).mid()) for angle in angles]
    rows = ([v * math.cos(j * angle) for v, angle in zip(values, angles, strict=True)] for j in range(NODES))
    return [(1 if j == 0 else 2) * math.fsum(row) / NODES for j, row in enumerate(rows)]


def clenshaw(coefficients: list[float], w: float) -> float:
    """The value of the interpolation."""
    x, later, latest = 4 * w - 2, 0.0, 0.0
    for c in reversed(coefficients[1:]):
        later, latest = c + x * later - latest, later
    return coefficients[0] + x / 2 * later - latest


@lru_cache(maxsize=1)
def far_layers() -> dict[int, tuple[float, float]]:
    """γ_l and K^l/(lq) from c¹ = 0 in double precision, by (γ − γ′)/γ² and (1 − f′)/γ interpolated in √γ."""
    step = maps()
    bend = chebyshev(lambda w: (w**2 - step.deficit(w**2)) / w**4)
    fall = chebyshev(lambda w: (1 - step.slope(w**2)) / w**2)
    gamma, kernel, found = 1.0, 0.0, dict[int, tuple[float, float]]()
    for layer in range(1, LAYERS[-1] + 1):
        if layer in (FEW, *LAYERS):
            found[layer] = gamma, kernel / layer
        w = math.sqrt(gamma)
        factor = 1 - gamma * clenshaw(fall, w)
        gamma -= gamma**2 * clenshaw(bend, w)
        kernel = factor * kernel + 1 - gamma
    return found


def printed_terms(expression: Expr) -> dict[tuple[Expr, int], Expr]:
    """(power of l, power of log l) → coefficient."""
    found: dict[tuple[Expr, int], Expr] = {}
    for term in Add.make_args(expression):
        c, rest = term.as_independent(N, as_Add=False)
        powers = rest.as_powers_dict()
        key = (S(powers[N]), int(powers[log(N)]))
        found[key] = found.get(key, S.Zero) + c
    return found


def by_expansion(statement: Statement) -> Finding:
    """Compares the exact expansion with the printed one, term by term down to the O-term."""
    if not isinstance(statement, AsymptoticTo) or not isinstance(statement.lhs, Layers) or statement.order is None:
        return unknown("this route reads expansions along the layers of ELU")
    series, printed = statement.lhs.expansion(), printed_terms(statement.rhs)
    (allowed,) = printed_terms(statement.order)
    keys = sorted({(S(t.power), t.log_power) for t in series.terms} | {key for key in printed if printed[key] != 0})
    for key in (key for key in reversed(keys) if key > allowed):
        ball = rate().ball(series.coefficient(Rational(key[0]), key[1]), 64) - enclose(
            printed.get(key, S.Zero), bits=64
        )
        if not ball.contains(0):
            place = (("power of l", str(key[0])), ("power of log l", str(key[1])))
            return refuted("a coefficient differs", Witness(point=place, gap=ball.str(12)))
    return supported("every term that is larger than the remainder agrees")


def by_layers(statement: Statement, limit: float) -> Finding:
    """Fits A·l + c√l + b·log l + d to (lhs − rhs)·l^p from 2¹⁰ to 2¹⁶ layers, where the order is log(l)/l^p.

    A and c, which differences leave over, must be small. The digits are those of the certified orbit at 16 layers.
    """
    if not isinstance(statement, AsymptoticTo) or not isinstance(statement.lhs, Layers) or statement.order is None:
        return unknown("this route reads expansions along the layers of ELU")
    layers, found = statement.lhs, far_layers()
    if layers.start != 0 or abs(found[FEW][layers.kernel] - float(layers(FEW, BITS).mid())) > 1e-11:
        return unknown("the digits are not those of the orbit")
    places = ((n, statement.rhs.subs(N, n), (statement.order / log(N)).subs(N, n)) for n in LAYERS)
    g = [(found[n][layers.kernel] - evaluate(rhs, digits=20)) / evaluate(scale, digits=20) for n, rhs, scale in places]
    near, far = g[2] - 2 * g[1] + g[0], g[3] - 2 * g[2] + g[1]
    linear, root = float((far - 2 * near) / (18 * LAYERS[0])), float((4 * near - far) / (2 * math.sqrt(LAYERS[0])))
    seen = f"about {linear:.3g}·l + {root:.3g}·√l of it is left"
    return doubted(seen) if abs(root) > limit or abs(linear) > limit / 1000 else supported(seen)


def routes(limit: float) -> tuple[Route, Route]:
    """The exact expansion, and digits along the layers."""
    return (
        Route("exact expansion in the depth", Method.ALGEBRA, by_expansion),
        Route("digits of deep layers", Method.HIGH_PRECISION, partial(by_layers, limit=limit)),
    )


def along(kernel: bool, printed: Expr, order: Expr) -> AsymptoticTo:
    """γ_l or the average NTK of ELU from orthogonal inputs."""
    return AsymptoticTo(Layers(start=S.Zero, kernel=kernel), printed, variable=N, order=order)


ON_EDGE = ("ELU, which the paper counts to S, on the EOC at q = 1", "c¹ = 0")

CLAIMS = (
    Claim(
        id="hayou2020/proposition2/elu-rate",
        where="proposition 2, second item; section 5.1 says it of ELU",
        printed=r"|\frac{K^L(x,x')}{L} - q\lambda| \leq \frac{C \log(L)}{L}; \ "
        r"\text{Recall that for ELU the exact rate is } O(\log(L) L^{-1})",
        assumptions=(*ON_EDGE, "λ = 1/3, one pair"),
        statement=along(True, Rational(1, 3), log(N) / N),
        checks=routes(0.2),
        expected=Verdict.REFUTED,
        kind="error",
        note="φ″ jumps, so (1 − c)^{5/2} is in f; it acts before the logarithm does. The proof expands as if φ were smooth.",
        corrected=Claim(
            id="hayou2020/proposition2/elu-rate/corrected",
            where="proposition 2, second item; section 5.1 says it of ELU",
            printed=r"\frac{K^L(x,x')}{L} = q(\frac{1}{3} - \frac{8 \sigma_w^2}{75\pi f''(1)^{3/2}} L^{-1/2} "
            r"+ O(\frac{\log L}{L})) \text{ for ELU at } q = 1",
            assumptions=ON_EDGE,
            statement=along(True, Rational(1, 3) + KERNEL_NEXT / sqrt(N), log(N) / N),
            checks=routes(0.2),
            expected=Verdict.SUPPORTED,
            note="The factor of L^{−1/2} is −0.4026….",
        ),
    ),
    Claim(
        id="hayou2020/proposition2/elu-correlation",
        where="proposition 2, proof, class S",
        printed=r"\lambda_l = \alpha^{-1} l^{-1} + O(\frac{\log(l)}{l^2})",
        assumptions=(*ON_EDGE, "α = f''(1)/2; of the printed expansion only the orders are read"),
        statement=along(False, 2 / F_SECOND / N, log(N) / N**2),
        checks=routes(20.0),
        expected=Verdict.REFUTED,
        kind="error",
        note="hayou2021 treats tanh only, where the two orders are right.",
        corrected=Claim(
            id="hayou2020/proposition2/elu-correlation/corrected",
            where="proposition 2, proof, class S",
            printed=r"\lambda_l = \frac{2}{f''(1)} l^{-1} + \frac{32 \sigma_w^2}{15\pi f''(1)^{5/2}} l^{-3/2} "
            r"+ O(\frac{\log(l)}{l^2}) \text{ for ELU at } q = 1",
            assumptions=ON_EDGE,
            statement=along(False, 2 / F_SECOND / N + GAMMA_NEXT * N ** -Rational(3, 2), log(N) / N**2),
            checks=routes(20.0),
            expected=Verdict.SUPPORTED,
        ),
    ),
)
