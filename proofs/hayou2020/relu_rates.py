"""Proposition 2 of hayou2020 for ReLU-like activations: how γ_l = 1 − c^l and the average NTK settle on the edge of chaos."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from flint import arb
from sympy import Expr, Integer, Rational, S, log, pi, sqrt

from symntk.activations.catalogue import activation
from symntk.claims import AsymptoticTo, Claim, ForAll, Method, Route, Statement, Verdict, Witness
from symntk.claims.checks import Finding, doubted, refuted, supported, unknown
from symntk.depth.certified_depth import DepthValue, certified_depth
from symntk.depth.log_powers import Key, LogPowers, shown
from symntk.depth.parabolic import correlation_rate
from symntk.depth.transseries import DEPTH, Transseries
from symntk.notation import N
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

SIDE = 2 * sqrt(2) / (3 * pi)
"""s."""
CUT: Key = (Integer(-5), 0)
FAR = tuple(10 ** (3 * k) for k in range(1, 5))
"""Depths at which values are certified: 10³, 10⁶, 10⁹, 10¹²; one step is three powers of ten."""
BITS = 160
MANY = 20
"""More powers of log l than a remainder can have here."""

Expansion = Callable[[LogPowers, LogPowers], LogPowers]
Value = Callable[[DepthValue], arb]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A quantity of a pair of inputs after l layers: as a ball, and as an expansion from those of γ_l and K^l/(lq)."""

    value: Value
    expansion: Expansion
    difference: bool = False
    """The quantity minus that of the layer before."""
    order: int = 3
    """How many powers of l of γ_l are used."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A reading along the layers of a net on the edge of chaos, from the correlation c¹."""

    name: str
    start: Expr
    reading: Reading

    def __call__(self, index: int, bits: int) -> arb:
        with working_precision(2 * bits):
            here = self.reading.value(depth_value(self.name, index, self.start))
            if self.reading.difference:
                return here - self.reading.value(depth_value(self.name, index - 1, self.start))
            return here

    @property
    def expansion(self) -> LogPowers:
        """Its exact expansion in l and log l; C is the constant of the start."""
        return expanded(self.name, self.reading)


@lru_cache(maxsize=512)
def depth_value(name: str, layers: int, start: Expr) -> DepthValue:
    """Certified values at a depth."""
    return certified_depth(activation(name), layers, start, bits=BITS)


@lru_cache(maxsize=64)
def expanded(name: str, reading: Reading) -> LogPowers:
    """The expansion of a reading, which is the same from every start."""
    rate = correlation_rate(activation(name), reading.order)
    found = reading.expansion(log_powers(rate.gamma), log_powers(rate.ntk))
    return found - found.delayed(CUT) if reading.difference else found


def log_powers(series: Transseries) -> LogPowers:
    """The transseries as a sum of powers of l and log l."""
    keys = {(Rational(term.power), term.log_power) for term in series.terms}
    terms = {(S(power), logs): series.coefficient(power, logs) for power, logs in keys}
    return LogPowers(terms=terms, remainder=(S(series.remainder), MANY))


def powered(series: LogPowers, exponent: Expr) -> LogPowers:
    """The power of a sum that starts with c·l^r, without log l."""
    (r, _), leading = max(series.terms.items())
    unit = series.times(LogPowers(terms={(-r, 0): 1 / leading}))
    cut = unit.remainder or CUT
    grown = unit.logarithm(cut).scaled(exponent).exponential(cut)
    return grown.times(LogPowers(terms={(r * exponent, 0): leading**exponent}))


def by_expansion(statement: Statement) -> Finding:
    """Compares the exact expansion with the printed one, down to the O-term; without one, the first terms."""
    if not isinstance(statement, AsymptoticTo) or not isinstance(statement.lhs, Pair):
        return unknown("this route reads expansions along the layers")
    gap = statement.lhs.expansion - printed_powers(statement.rhs)
    last = max(printed_powers(statement.rhs).terms) if statement.order is None else None
    allowed = last if statement.order is None else max(printed_powers(statement.order).terms)
    if allowed is None or (gap.remainder is not None and gap.remainder >= allowed):
        return unknown("the expansion is not known that far")
    wrong = [key for key in gap.terms if key > allowed or key == last]
    if not wrong:
        return supported(f"every term above {shown(allowed)} agrees")
    ball = enclose(gap.terms[max(wrong)], bits=64)
    if ball.contains(0):
        return unknown("a coefficient could not be told from 0")
    return refuted("a coefficient differs", Witness(point=(("term", shown(max(wrong))),), gap=ball.str(12)))


def printed_powers(expression: Expr) -> LogPowers:
    """A printed sum of powers of l and log l."""
    terms: dict[Key, Expr] = {}
    for term in expression.subs(N, DEPTH).expand().as_ordered_terms():
        c, rest = term.as_independent(DEPTH, as_Add=False)
        powers = rest.as_powers_dict()
        key = (S(powers[DEPTH]), int(powers[log(DEPTH)]))
        terms[key] = terms.get(key, S.Zero) + c
    return LogPowers(terms={key: c for key, c in terms.items() if c != 0})


def at_far_depths(statement: Statement) -> Finding:
    """Watches (lhs − rhs)/order at certified depths: its steps shrink where it is bounded, and not where log l is in it."""
    if not isinstance(statement, AsymptoticTo) or isinstance(statement.lhs, Expr):
        return unknown("this route reads expansions along the layers")
    order = statement.rhs if statement.order is None else statement.order
    with working_precision(2 * BITS):
        values = [
            (statement.lhs(depth, BITS) - enclose(statement.rhs.subs(N, depth), bits=BITS))
            / enclose(order.subs(N, depth), bits=BITS)
            for depth in FAR
        ]
        steps = [abs(after - before) for before, after in zip(values, values[1:], strict=False)]
    seen = f"at depth 10¹² the remainder over its order is {values[-1].str(6, radius=False)}"
    if statement.order is None:
        return supported(seen) if abs(values[-1]) < 1e-6 else doubted(seen)
    if steps[-1] < steps[0] / 100:
        return supported(seen)
    return doubted(f"{seen} and growing") if steps[-1] > steps[0] / 2 else unknown(seen)


ROUTES = (
    Route("exact expansion in the depth", Method.ALGEBRA, by_expansion),
    Route("certified depths", Method.BALL, at_far_depths),
)
DEFICIT = Reading(value=lambda v: v.gamma, expansion=lambda gamma, _: gamma)
INVERSE_ROOT = Reading(value=lambda v: 1 / v.gamma.sqrt(), expansion=lambda gamma, _: powered(gamma, Rational(-1, 2)))
INCREMENT = Reading(value=INVERSE_ROOT.value, expansion=INVERSE_ROOT.expansion, difference=True, order=4)
SLOPE = Reading(
    value=lambda v: 1 - (1 - v.gamma).acos() / arb.pi(),
    expansion=lambda gamma, _: (
        LogPowers(terms={(S.Zero, 0): S.One}, remainder=(Integer(-3), 0))
        - powered(gamma, Rational(1, 2)).scaled(sqrt(2) / pi)
    ),
)
"""f′(c) = 1 − acos(c)/π = 1 − (√2/π)γ^{1/2} + O(γ^{3/2})."""
KERNEL = Reading(value=lambda v: v.ntk_ratio, expansion=lambda _, ntk: ntk)
STARTS = (S.Zero, Integer(-1), Rational(9, 10))
RELU_LIKE = ("relu", "leaky_relu(1/100)", "leaky_relu(1/10)", "abs")


def along(reading: Reading, printed: Expr, order: Expr | None, names: tuple[str, ...] = ("relu",)) -> ForAll:
    """reading = printed + O(order) from three starts."""
    members = tuple((name, start) for name in names for start in STARTS if (name, start) != ("abs", Integer(-1)))
    return ForAll(
        members,
        lambda member: AsymptoticTo(
            Pair(name=member[0], start=member[1], reading=reading), printed, variable=N, order=order
        ),
    )


def wrong(
    name: str, reading: Reading, texts: tuple[str, str], sides: tuple[Expr, Expr], orders: tuple[Expr, Expr], note: str,
    names: tuple[str, ...] = ("relu",), where: str = "proposition 2, proof, ReLU-like case",
) -> Claim:  # fmt: skip
    """A printed expansion and what it should be."""
    return Claim(
        id=f"hayou2020/proposition2/{name}",
        where=where,
        printed=texts[0],
        assumptions=("c¹ = −1, 0, 9/10",),
        statement=along(reading, sides[0], orders[0], names),
        checks=ROUTES,
        expected=Verdict.REFUTED,
        kind="error",
        note=note,
        corrected=Claim(
            id=f"hayou2020/proposition2/{name}/corrected",
            where=where,
            printed=texts[1],
            assumptions=("c¹ = −1, 0, 9/10",),
            statement=along(reading, sides[1], orders[1], names),
            checks=ROUTES,
            expected=Verdict.SUPPORTED,
        ),
    )


HALF_SIDE = SIDE / 2
LEADING = 9 * pi**2 / 2

CLAIMS = (
    Claim(
        id="hayou2020/proposition2/inverse-root-growth",
        where="proposition 2, proof, ReLU-like case",
        printed=r"\gamma_{l+1}^{-1/2} - \gamma_l^{-1/2} \sim \frac{s}{2} \text{ and by summing } "
        r"\gamma_l^{-1/2} \sim \frac{s}{2} l",
        assumptions=("the second, of which the first is the increment; c¹ = −1, 0, 9/10",),
        statement=along(INVERSE_ROOT, HALF_SIDE * N, None),
        checks=ROUTES,
        expected=Verdict.SUPPORTED,
    ),
    wrong(
        "inverse-root-increment",
        INCREMENT,
        (
            r"\gamma_{l+1}^{-1/2} - \gamma_l^{-1/2} = \frac{s}{2} + O(\gamma_l) = \frac{s}{2} + O(l^{-2})",
            r"\gamma_{l+1}^{-1/2} - \gamma_l^{-1/2} = \frac{s}{2} + \frac{3s}{4l} "
            r"- \frac{9s}{8} \frac{\log(l)}{l^2} + O(l^{-2})",
        ),
        (HALF_SIDE, HALF_SIDE + 3 * SIDE / 4 / N - 9 * SIDE / 8 * log(N) / N**2),
        (N**-2, N**-2),
        "From l − 1 to l. The term (3s²/8)γ^{1/2} is forgotten.",
    ),
    wrong(
        "inverse-root",
        INVERSE_ROOT,
        (
            r"\gamma_l^{-1/2} = \frac{s}{2} l + O(1)",
            r"\gamma_l^{-1/2} = \frac{s}{2} l + \frac{3s}{4} \log(l) + O(1)",
        ),
        (HALF_SIDE * N, HALF_SIDE * N + 3 * SIDE / 4 * log(N)),
        (S.One, S.One),
        "The sum of the forgotten 3s/(4l).",
    ),
    wrong(
        "correlation",
        DEFICIT,
        (
            r"c^l_{x,x'} = 1 - \frac{9\pi^2}{2l^2} + O(l^{-3})",
            r"c^l_{x,x'} = 1 - \frac{9\pi^2}{2l^2} + \frac{27\pi^2}{2} \frac{\log(l)}{l^3} + O(l^{-3})",
        ),
        (LEADING / N**2, LEADING / N**2 - 3 * LEADING * log(N) / N**3),
        (N**-3, N**-3),
        "The 2 of the denominator is lost in the text. hayou2021 has the term as 3√κ log(l)/l³ with κ = 9π²/2: not 3κ.",
    ),
    wrong(
        "slope-along-the-layers",
        SLOPE,
        (
            r"f'(c^l_{x,x'}) = 1 - \frac{3}{l} + O(l^{-2})",
            r"f'(c^l_{x,x'}) = 1 - \frac{3}{l} + \frac{9}{2} \frac{\log(l)}{l^2} + O(l^{-2})",
        ),
        (1 - 3 / N, 1 - 3 / N + Rational(9, 2) * log(N) / N**2),
        (N**-2, N**-2),
        "So lemma 4 is needed for ReLU as well, with α = 3 and κ = 9/2, not lemma 3.",
    ),
    Claim(
        id="hayou2020/proposition2/covariance-along-the-layers",
        where="proposition 2, proof, ReLU-like case",
        printed=r"q^l_{x,x'} = q + O(l^{-2}) \text{ where } q \text{ is the limiting variance of } y^l",
        assumptions=("inputs of equal norms, where q^l(x, x')/q = c^l = 1 − γ_l; else √(qq') for q",),
        statement=along(DEFICIT, S.Zero, N**-2, RELU_LIKE),
        checks=ROUTES,
        expected=Verdict.SUPPORTED,
    ),
    wrong(
        "relu-rate",
        KERNEL,
        (
            r"|\frac{K^L(x,x')}{L} - \lambda \frac{\sigma_w^2}{d} \|x\| \|x'\|| \leq \frac{A}{L}, \text{ in the proof } "
            r"\frac{K^l(x,x')}{l} = \frac{1}{4} \frac{\sigma_w^2}{d} \|x\| \|x'\| + O(l^{-1})",
            r"\frac{K^L(x,x')}{L} = \frac{\sigma_w^2}{d} \|x\| \|x'\| (\frac{1}{4} + \frac{3}{8} \frac{\log(L)}{L} "
            r"+ O(L^{-1})) \text{ for } c^1(x, x') < 1",
        ),
        (Rational(1, 4), Rational(1, 4) + Rational(3, 8) * log(N) / N),
        (1 / N, 1 / N),
        "In units of σ_w²‖x‖‖x'‖/d, for ReLU, leaky ReLU and |x|. The rate is log(L)/L as for smooth activations, "
        "so these gain no factor log(L); hayou2021 has Θ(log(L)/L) in its theorem 1.",
        RELU_LIKE,
        "proposition 2, first item, the last sentence of its proof, below it in section 4, and section 6",
    ),
    Claim(
        id="hayou2020/proposition2/relu-limit",
        where="proposition 2, first item",
        printed=r"K^\infty(x, x') = \frac{\sigma_w^2 \|x\| \|x'\|}{d} (1 - (1 - \lambda) 1_{x \neq x'}), "
        r"\ \lambda \in (0, 1)",
        assumptions=("the sign in the index is lost in the text; for c¹ < 1, with λ = 1/4",),
        statement=along(KERNEL, Rational(1, 4), None, RELU_LIKE),
        checks=ROUTES,
        expected=Verdict.SUPPORTED,
    ),
)
