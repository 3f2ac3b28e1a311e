"""How a_l/l settles for a_l = λ_l a_{l−1} + b_l, λ_l = 1 − α/l + …: lemmas 3 and 4 of hayou2020 and the sums behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flint import arb, fmpq
from sympy import Add, Expr, Interval, Mul, Poly, Rational, S, Symbol, expand, log, oo

from symntk.claims import (
    AsymptoticTo,
    AtMost,
    BallLimit,
    Claim,
    Exists,
    ForAll,
    Method,
    Route,
    Statement,
    Verdict,
    Witness,
)
from symntk.claims.checks import Finding, doubted, refuted, supported, unknown
from symntk.depth.log_powers import Key, LogPowers
from symntk.depth.sequences import LinearRecursion, linear_solution
from symntk.depth.transseries import DEPTH
from symntk.notation import N
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision

HALF = Rational(1, 2)
BOUND = Symbol("M", positive=True)


def powers(*terms: tuple[int | Expr, int, int | Expr]) -> Mapping[Key, Expr]:
    """Σ c·l^r (log l)^j from triples (r, j, c)."""
    return {(S(r), j): S(c) for r, j, c in terms if c != 0}


@dataclass(frozen=True, kw_only=True)
class Averaged:
    """a_l/l^divisor for a_l = λ_l a_{l−1} + b_l, λ and b given as finite sums of powers of l and log l."""

    factor: Mapping[Key, Expr]
    source: Mapping[Key, Expr]
    start: int = 0
    divisor: int = 1

    def __call__(self, index: int, bits: int) -> arb:
        with working_precision(2 * bits):
            total = arb(self.start)
            for layer in range(1, index + 1):
                total = value(self.factor, layer) * total + value(self.source, layer)
            return total / arb(index) ** self.divisor

    @property
    def expansion(self) -> Expr:
        """Its exact expansion, without the share of the start, which is smaller here."""
        recursion = LinearRecursion(factor=LogPowers(terms=self.factor), source=LogPowers(terms=self.source))
        return expand(linear_solution(recursion, 2).particular.expression / DEPTH**self.divisor)


def value(terms: Mapping[Key, Expr], layer: int) -> arb:
    """The sum at a layer, at the precision in force; coefficients and powers are rational."""
    ell, total = arb(layer), arb(0)
    for (r, j), c in terms.items():
        total += arb(fmpq(int(c.p), int(c.q))) * ell ** arb(fmpq(int(r.p), int(r.q))) * ell.log() ** j
    return total


def sizes(expression: Expr) -> dict[Key, Expr]:
    """The terms of a sum: (power of l, power of log l) → coefficient."""
    found: dict[Key, Expr] = {}
    for term in Add.make_args(expand(expression)):
        c, rest = term.as_independent(DEPTH, as_Add=False)
        exponents = rest.as_powers_dict()
        key = (S(exponents[DEPTH]), int(exponents[log(DEPTH)]))
        found[key] = found.get(key, S.Zero) + c
    return {key: c for key, c in found.items() if c != 0}


def by_solution(statement: Statement) -> Finding:
    """Compares the exact expansion of the solution with the printed one, down to the O-term or to the leading term."""
    if not isinstance(statement, AsymptoticTo) or not isinstance(statement.lhs, Averaged):
        return unknown("this route reads expansions of solutions")
    printed = statement.rhs.subs(N, DEPTH)
    gap = sizes(statement.lhs.expansion - printed)
    if statement.order is None:
        larger = max((key for key in gap if key >= max(sizes(printed))), default=None)
    else:
        (allowed,) = sizes(statement.order.subs(N, DEPTH))
        larger = max((key for key in gap if key > allowed), default=None)
    if larger is None:
        return supported("every term that is larger than the remainder agrees")
    place = (("power of l", str(larger[0])), ("power of log l", str(larger[1])))
    return refuted("a coefficient differs", Witness(point=place, gap=enclose(gap[larger], bits=64).str(8)))


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
    gaps = [enclose(relation.lhs - relation.rhs, {constant: S(10) ** (3 * n)}, bits=64) for n in range(3)]
    return doubted("no bound among three") if all(gap > 0 for gap in gaps) else supported("one of three bounds holds")


def falling(alpha: int) -> Expr:
    """n!/(n − α − 1)!."""
    return Mul(*(N - i for i in range(alpha + 1)))


def member(beta: Rational, numbers: tuple[int, int, int, int, int]) -> tuple[Averaged, Expr, Expr]:
    """A sequence with given α, rest of λ, q, rest of b and start; its limit and the order of the remainder."""
    alpha, z, q, y, start = numbers
    factor = powers((0, 0, 1), (-1, 0, -alpha), (-1 - beta, 0, z))
    sequence = Averaged(factor=factor, source=powers((0, 0, q), (-1, 0, y)), start=start)
    return sequence, Rational(q, 1 + alpha), N ** -min(S.One, beta)


def logarithmic(numbers: tuple[int, Expr, int, int, int, int]) -> tuple[Averaged, Expr, Expr]:
    """A sequence of lemma 4 with given α, κ, rest of λ, q, rest of b and start; its limit, and κq/(α(1+α))."""
    alpha, kappa, z, q, y, start = numbers
    factor = powers((0, 0, 1), (-1, 0, -alpha), (-2, 1, kappa), (-2, 0, z))
    sequence = Averaged(factor=factor, source=powers((0, 0, q), (-1, 0, y)), start=start)
    return sequence, Rational(q, 1 + alpha), kappa * q / (alpha * (1 + alpha))


def growing_sum(alpha: int, zeta: Expr, *, logs: int = 0, divisor: int = 0) -> Averaged:
    """Σ_{k ≤ l} k!/(k − α − 1)!·k^{−1−ζ} (log k)^logs, over l^divisor."""
    terms = Poly(expand(falling(alpha)), N).terms()
    source = powers(*((n[0] - 1 - zeta, logs, c) for n, c in terms))
    return Averaged(factor=powers((0, 0, 1)), source=source, divisor=divisor)


def weighted_sum(alpha: int, zeta: Expr) -> Averaged:
    """Σ_{k ≤ l} Π_{j=k+1}^l (1 − (1+α)/j) k^{−1−ζ}."""
    factor = powers((0, 0, 1), (-1, 0, -1 - alpha))
    return Averaged(factor=factor, source=powers((-1 - zeta, 0, 1)), divisor=0)


MEMBERS = tuple(
    member(beta, numbers)
    for beta in (HALF, Rational(2))
    for numbers in ((1, 1, 1, 0, 5), (2, -1, 1, 1, 0), (3, 2, 2, -1, 7))
)
FINE = tuple(map(logarithmic, ((3, 9 * HALF, 1, 1, 0, 1), (2, -S(6), 0, 2, -1, 3), (1, S.One, -1, 1, 2, 0))))
"""The first has α and κ of ReLU."""
ORDERS = (1, 2, 3)
"""Values of α."""
SUMMED = tuple((alpha, zeta) for alpha in ORDERS for zeta in (HALF, S.One))
SOLVED = (Route("exact expansion of the solution", Method.ALGEBRA, by_solution), BallLimit(reach=12))

CLAIMS = (
    Claim(
        id="hayou2020/lemma3/statement",
        where="lemma 3",
        printed=r"a_l = a_{l-1} \lambda_l + b_l, \ \lambda_l = 1 - \frac{\alpha}{l} + O(l^{-1-\beta}), \ "
        r"b_l = q + O(l^{-1}), \ \alpha \in \mathbb{N}^*, \ \beta, q \in \mathbb{R}^+. \text{ Then } "
        r"\frac{a_l}{l} = \frac{q}{1+\alpha} + O(l^{-\min(1, \beta)})",
        assumptions=("β > 0, for with β = 0 any 1 + c/l is such a factor", "six sequences, with β = 1/2 and β = 2"),
        statement=ForAll(MEMBERS, lambda m: AsymptoticTo(m[0], m[1], variable=N, order=m[2])),
        checks=SOLVED,
        expected=Verdict.SUPPORTED,
        note="The hypothesis α > β − 1 is not needed, as min(1, β) ≤ 1 ≤ α. lemma3/induction has the step for all α and β.",
    ),
    Claim(
        id="hayou2020/lemma3/sum-growth",
        where="lemma 3, proof, seventh display",
        printed=r"\sum_{k=1}^l \frac{k!}{(k-\alpha-1)!} \frac{1}{k^{1+\zeta}} \sim \sum_{k=1}^l k^{\alpha-\zeta} "
        r"\sim \int_1^l t^{\alpha-\zeta} dt \sim \frac{l^{\alpha-\zeta+1}}{\alpha-\zeta+1}",
        assumptions=("first against last; α = 1, 2, 3 and ζ = 1/2, 1",),
        statement=ForAll(
            SUMMED,
            lambda m: AsymptoticTo(growing_sum(*m), N ** (m[0] - m[1] + 1) / (m[0] - m[1] + 1), variable=N),
        ),
        checks=SOLVED,
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="hayou2020/lemma3/weighted-sum",
        where="lemma 3, proof, last display",
        printed=r"\sum_{k=1}^l \prod_{j=k+1}^l (1 - \frac{1+\alpha}{j}) \frac{1}{k^{1+\zeta}} "
        r"\sim \frac{1}{\alpha-\zeta+1} l^{-\zeta}",
        assumptions=("α = 1, 2, 3 and ζ = 1/2, 1",),
        statement=ForAll(SUMMED, lambda m: AsymptoticTo(weighted_sum(*m), N ** -m[1] / (m[0] - m[1] + 1), variable=N)),
        checks=SOLVED,
        expected=Verdict.SUPPORTED,
        note="Right for ζ < 1 too, where hayou2021 prints 1/α in the proof of its appendix lemma 7.",
    ),
    Claim(
        id="hayou2020/lemma4/statement",
        where="lemma 4",
        printed=r"\lambda_l = 1 - \frac{\alpha}{l} + \kappa \frac{\log(l)}{l^2} + O(l^{-1-\beta}), \ b_l = q + O(l^{-1}). "
        r"\text{ Then, there exists } A, B > 0 \text{ such that } A \frac{\log(l)}{l} \leq "
        r"|\frac{a_l}{l} - \frac{q}{1+\alpha}| \leq B \frac{\log(l)}{l}",
        assumptions=(
            "κ = 0, λ_l = 1 − 1/l, b_l = 2, a_0 = 1, so that a_l = l + 1 and the deviation is 1/l",
            "1/M for A; log(l)/M ≤ 1 at l = 3^{M+1}, M whole; the lemma says nothing of κ",
        ),
        statement=Exists(AtMost((BOUND + 1) * log(S(3)), BOUND, on={BOUND: Interval.open(0, oo)})),
        checks=(
            Route("no constant works", Method.ALGEBRA, for_no_constant),
            Route("balls at three constants", Method.BALL, at_constants),
        ),
        expected=Verdict.REFUTED,
        kind="error",
        note="κ ≠ 0 and q > 0 are needed, and l ≥ l₀, for log 1 = 0. With q = 0 there is no log l either.",
        corrected=Claim(
            id="hayou2020/lemma4/statement/corrected",
            where="lemma 4",
            printed=r"\frac{a_l}{l} - \frac{q}{1+\alpha} = \frac{\kappa q}{\alpha(1+\alpha)} \frac{\log(l)}{l} + O(l^{-1})",
            assumptions=("three sequences, with κ of both signs",),
            statement=ForAll(FINE, lambda m: AsymptoticTo(m[0], m[1] + m[2] * log(N) / N, variable=N, order=1 / N)),
            checks=SOLVED,
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2020/lemma4/sum-growth",
        where="lemma 4, proof, the sum of the lower bound",
        printed=r"\sum_{k=1}^l \frac{k!}{(k-\alpha-1)!} \frac{\kappa_1 \log(k) - M}{k^2} \sim "
        r"\sum_{k=1}^l \log(k) k^{\alpha-1} \sim \int_1^l \log(t) t^{\alpha-1} dt \sim C_1 l^\alpha \log(\alpha)",
        assumptions=("κ₁ = 1, M = 0; read as: the sum over l^α stays bounded; α = 1, 2, 3",),
        statement=ForAll(
            ORDERS,
            lambda a: AsymptoticTo(growing_sum(a, S.One, logs=1, divisor=a), S.Zero, variable=N, order=S.One),
        ),
        checks=SOLVED,
        expected=Verdict.REFUTED,
        kind="misprint",
        note="log(α) for log(l); log(1) is even 0. The next sum of the proof has log(l), but no power α of l in the text.",
        corrected=Claim(
            id="hayou2020/lemma4/sum-growth/corrected",
            where="lemma 4, proof, the sum of the lower bound",
            printed=r"= \kappa_1 l^\alpha (\frac{\log(l)}{\alpha} - \frac{1}{\alpha^2} - \frac{5}{2} \frac{\log(l)}{l} "
            r"+ O(l^{-1})) \sim \frac{\kappa_1}{\alpha} l^\alpha \log(l)",
            assumptions=("κ₁ = 1, M = 0; over l^α; α = 2, 3",),
            statement=ForAll(
                (2, 3),
                lambda a: AsymptoticTo(
                    growing_sum(a, S.One, logs=1, divisor=a),
                    log(N) / a - Rational(1, a**2) - Rational(5, 2) * log(N) / N,
                    variable=N,
                    order=1 / N,
                ),
            ),
            checks=SOLVED,
            expected=Verdict.SUPPORTED,
        ),
    ),
)
