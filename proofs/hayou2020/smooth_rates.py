"""Proposition 2 of hayou2020 for the class S: how λ_l = 1 − c^l and the average NTK settle, for erf."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from flint import arb
from sympy import Expr, Integer, Rational, S, asin, diff, exp, log, pi, sqrt

from symntk.activations.catalogue import activation
from symntk.claims import AsymptoticTo, Claim, ForAll, Method, Route, Statement, Verdict, Witness, covariance, derived
from symntk.claims.checks import Finding, doubted, refuted, supported, unknown
from symntk.depth.certified_depth import certified_depth
from symntk.depth.log_powers import Key, LogPowers, shown
from symntk.depth.parabolic import Rate, edge_rate
from symntk.depth.transseries import DEPTH, Transseries
from symntk.notation import N, X
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

CUT: Key = (Integer(-5), 0)
MANY = 20
"""More powers of log l than a remainder can have here."""
FAR = tuple(10 ** (3 * k) for k in range(1, 5))
"""Depths at which erf is certified; one step is three powers of ten."""
BITS = 160
BIAS = sqrt(1 - sqrt(S(5)) / 2 * asin(Rational(2, 3)))
"""σ_b of erf on the edge of chaos at q = 1."""
BELL = 2 / sqrt(pi) * exp(-(X**2))


def at_one(slope: Expr, order: int) -> Expr:
    """f⁽ʲ⁾(1) = E φ⁽ʲ⁾(u)²/E φ′(u)² on the edge of chaos at q = 1."""
    high = diff(slope, X, order - 1)
    return derived(covariance(high, rho=1) / covariance(slope, rho=1))


ALPHA, ZETA = at_one(BELL, 2) / 2, at_one(BELL, 3) / 6
BETA = -ZETA
"""λ_{l+1} = λ_l − αλ_l² − βλ_l³ + O(λ_l⁴) for erf."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A quantity of a pair of inputs after l layers: as a ball, and as an expansion from those of γ_l and K^l/(lq)."""

    value: Callable[[arb, arb], arb]
    expansion: Callable[[LogPowers, LogPowers], LogPowers]
    difference: bool = False
    """The quantity minus that of the layer before."""
    order: int = 3
    """How many powers of l of γ_l are used."""


@dataclass(frozen=True, kw_only=True)
class Layers:
    """A reading along the layers of an erf net on the edge of chaos at q = 1, from the correlation c¹."""

    start: Expr
    reading: Reading

    def __call__(self, index: int, bits: int) -> arb:
        with working_precision(2 * bits):
            here = self.reading.value(*values(index, self.start))
            if self.reading.difference:
                return here - self.reading.value(*values(index - 1, self.start))
            return here

    @property
    def expansion(self) -> LogPowers:
        """Its exact expansion in l and log l; C is the constant of the start."""
        return expanded(self.reading)


@lru_cache(maxsize=256)
def values(layers: int, start: Expr) -> tuple[arb, arb]:
    """γ_l and K^l(x, x′)/(lq), certified."""
    found = certified_depth(activation("erf"), layers, start, sigma_b=BIAS, bits=BITS)
    return found.gamma, found.ntk_ratio


@lru_cache(maxsize=64)
def expanded(reading: Reading) -> LogPowers:
    """The expansion of a reading, which is the same from every start."""
    rate = edge_rate(activation("erf"), S.One, reading.order)
    found = reading.expansion(log_powers(rate, rate.gamma), log_powers(rate, rate.ntk))
    return found - found.delayed(CUT) if reading.difference else found


def log_powers(rate: Rate, series: Transseries) -> LogPowers:
    """The transseries as a sum of powers of l and log l, its letters replaced by their values."""
    letters = {p.symbol: derived(p.value) for p in rate.parameters}
    keys = {(Rational(term.power), term.log_power) for term in series.terms}
    terms = {(S(power), logs): series.coefficient(power, logs).subs(letters) for power, logs in keys}
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
    if not isinstance(statement, AsymptoticTo) or not isinstance(statement.lhs, Layers):
        return unknown("this route reads expansions along the layers")
    gap = statement.lhs.expansion - printed_powers(statement.rhs)
    last = max(printed_powers(statement.rhs).terms) if statement.order is None else None
    allowed = last if statement.order is None else max(printed_powers(statement.order).terms)
    if allowed is None or (gap.remainder is not None and gap.remainder >= allowed):
        return unknown("the expansion is not known that far")
    compared = {key: enclose(c, bits=64) for key, c in gap.terms.items() if key > allowed or key == last}
    wrong = {key: ball for key, ball in compared.items() if not ball.contains(0)}
    if not wrong:
        return supported(f"every term above {shown(allowed)} agrees")
    key = max(wrong)
    return refuted("a coefficient differs", Witness(point=(("term", shown(key)),), gap=wrong[key].str(12)))


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
        gaps = [
            (statement.lhs(depth, BITS) - enclose(statement.rhs.subs(N, depth), bits=BITS))
            / enclose(order.subs(N, depth), bits=BITS)
            for depth in FAR
        ]
        steps = [abs(after - before) for before, after in zip(gaps, gaps[1:], strict=False)]
    seen = f"at depth 10¹² the remainder over its order is {gaps[-1].str(6, radius=False)}"
    if statement.order is None:
        return supported(seen) if abs(gaps[-1]) < 1e-6 else doubted(seen)
    if steps[-1] < steps[0] / 100:
        return supported(seen)
    return doubted(f"{seen} and growing") if steps[-1] > steps[0] / 2 else unknown(seen)


ROUTES = (
    Route("exact expansion in the depth", Method.ALGEBRA, by_expansion),
    Route("certified depths", Method.BALL, at_far_depths),
)
DEFICIT = Reading(value=lambda gamma, _: gamma, expansion=lambda gamma, _: gamma)
INVERSE = Reading(value=lambda gamma, _: 1 / gamma, expansion=lambda gamma, _: powered(gamma, Integer(-1)))
INCREMENT = Reading(value=INVERSE.value, expansion=INVERSE.expansion, difference=True, order=4)
KERNEL = Reading(value=lambda _, ratio: ratio, expansion=lambda _, ntk: ntk)
SLOPE = Reading(
    value=lambda gamma, _: (1 - arb(4) / 9).sqrt() / (1 - (arb(2) / 3 * (1 - gamma)) ** 2).sqrt(),
    expansion=lambda gamma, _: (
        LogPowers(terms={(S.Zero, 0): S.One}, remainder=(Integer(-3), MANY))
        - gamma.scaled(2 * ALPHA)
        + gamma.times(gamma).scaled(3 * ZETA)
    ),
)
"""f′(c) = 1 − 2αγ + 3ζγ² + O(γ³)."""
STARTS = (Rational(-9, 10), Rational(1, 2))


def along(reading: Reading, printed: Expr, order: Expr | None) -> ForAll:
    """reading = printed + O(order) from two starts."""
    return ForAll(
        STARTS, lambda start: AsymptoticTo(Layers(start=start, reading=reading), printed, variable=N, order=order)
    )


def wrong(
    name: str, reading: Reading, texts: tuple[str, str], sides: tuple[Expr, Expr], order: Expr | None, note: str,
    kind: str = "error",
) -> Claim:  # fmt: skip
    """A printed expansion and what it should be."""
    return Claim(
        id=f"hayou2020/proposition2/{name}",
        where=PROOF,
        printed=texts[0],
        assumptions=ERF,
        statement=along(reading, sides[0], order),
        checks=ROUTES,
        expected=Verdict.REFUTED,
        kind=kind,
        note=note,
        corrected=Claim(
            id=f"hayou2020/proposition2/{name}/corrected",
            where=PROOF,
            printed=texts[1],
            assumptions=ERF,
            statement=along(reading, sides[1], order),
            checks=ROUTES,
            expected=Verdict.SUPPORTED,
        ),
    )


PROOF = "proposition 2, proof, class S"
ERF = ("erf, which is in S, on the EOC at q = 1: α = 2/5, ζ = f‴(1)/6 = 34/75, β = −ζ; c¹ = −9/10, 1/2",)
GAIN = ALPHA - ZETA / ALPHA
"""The factor of log l in λ_l⁻¹."""
KAPPA = 2 * (1 - ZETA / ALPHA**2)

CLAIMS = (
    wrong(
        "smooth-inverse-growth",
        INVERSE,
        (r"\lambda_l^{-1} \sim \beta l", r"\lambda_l^{-1} \sim \alpha l"),
        (BETA * N, ALPHA * N),
        None,
        "α and β are mixed up; the next line goes on with α. The exponents are broken in the text, the letter β is not.",
        "misprint",
    ),
    wrong(
        "smooth-inverse-increment",
        INCREMENT,
        (
            r"\lambda_{l+1}^{-1} - \lambda_l^{-1} - \alpha = \beta \alpha^{-1} l^{-1} + O(l^{-2})",
            r"\lambda_{l+1}^{-1} - \lambda_l^{-1} - \alpha = (\alpha - \zeta\alpha^{-1}) l^{-1} "
            r"- (\alpha - \zeta\alpha^{-1})^2 \alpha^{-1} \frac{\log(l)}{l^2} + O(l^{-2})",
        ),
        (ALPHA + BETA / ALPHA / N, ALPHA + GAIN / N - GAIN**2 / ALPHA * log(N) / N**2),
        N**-2,
        "From l − 1 to l. The square of the first-order term is forgotten before, and λ_l has a term log(l)/l².",
    ),
    wrong(
        "smooth-inverse",
        INVERSE,
        (
            r"\lambda_l^{-1} = \alpha l + \beta \alpha^{-1} \log(l) + O(1)",
            r"\lambda_l^{-1} = \alpha l + (\alpha - \zeta \alpha^{-1}) \log(l) + O(1)",
        ),
        (ALPHA * N + BETA / ALPHA * log(N), ALPHA * N + GAIN * log(N)),
        S.One,
        "hayou2021 has this correction.",
    ),
    wrong(
        "smooth-correlation",
        DEFICIT,
        (
            r"\lambda_l = \alpha^{-1} l^{-1} - \alpha^{-1} \beta \frac{\log(l)}{l^2} + O(l^{-2})",
            r"\lambda_l = \alpha^{-1} l^{-1} - \alpha^{-1} (1 - \alpha^{-2} \zeta) \frac{\log(l)}{l^2} + O(l^{-2})",
        ),
        (1 / ALPHA / N - BETA / ALPHA * log(N) / N**2, 1 / ALPHA / N - (1 - ZETA / ALPHA**2) / ALPHA * log(N) / N**2),
        N**-2,
        "By the line before it would be −α⁻³β.",
    ),
    Claim(
        id="hayou2020/proposition2/smooth-slope-along-the-layers",
        where=PROOF,
        printed=r"f'(c^l_{x,x'}) = 1 - \frac{2}{l} + \kappa \frac{\log(l)}{l^2} + O(l^{-2})",
        assumptions=(*ERF, "with κ = 2(1 − ζ/α²), which the paper does not name; here κ = −11/3"),
        statement=along(SLOPE, 1 - 2 / N + KAPPA * log(N) / N**2, N**-2),
        checks=ROUTES,
        expected=Verdict.SUPPORTED,
        note="κ may have either sign, and vanish; lemma 4 is used with κ ≠ 0.",
    ),
    Claim(
        id="hayou2020/proposition2/smooth-rate",
        where="proposition 2, second item, and the use of lemma 4 at the end of its proof",
        printed=r"\frac{B \log(L)}{L} \leq |\frac{K^L(x,x')}{L} - q\lambda| \leq \frac{C \log(L)}{L}, "
        r"\quad \lambda = \frac{1}{3}",
        assumptions=(*ERF, "one pair, from some L on: the factor of log(L)/L is κ/6 = −11/18"),
        statement=along(KERNEL, Rational(1, 3) + KAPPA / 6 * log(N) / N, 1 / N),
        checks=ROUTES,
        expected=Verdict.SUPPORTED,
        note="True for this φ and one pair; smooth-supremum, elu-rate and smooth-lower-bound have the exceptions.",
    ),
    Claim(
        id="hayou2020/proposition2/smooth-limit",
        where="proposition 2, second item",
        printed=r"K^\infty(x, x') = q(1 - (1 - \lambda) 1_{x \neq x'}), \ \lambda \in (0, 1)",
        assumptions=(*ERF, "the sign in the index is lost in the text; λ = 1/3"),
        statement=along(KERNEL, Rational(1, 3), None),
        checks=ROUTES,
        expected=Verdict.SUPPORTED,
    ),
)
