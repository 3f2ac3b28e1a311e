"""How a_l = λ_l·a_{l−1} + b_l grows when λ_l = 1 − α/l + …: appendix lemmas 7 and 8 of hayou2021."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy
from flint import arb, fmpq
from sympy import Add, Expr, Interval, Poly, Product, Rational, S, Symbol, expand, factorial, log, oo

from symntk.claims import (
    AsymptoticTo,
    AtMost,
    BallLimit,
    Claim,
    Exists,
    ForAll,
    HighPrecisionLimit,
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
LAYER = Symbol("k", integer=True, positive=True)
BOUND = Symbol("M", positive=True)
BOUNDS = {BOUND: Interval.open(0, oo)}


def powers(*terms: tuple[int | Rational, int, int | Rational]) -> Mapping[Key, Expr]:
    """Σ c·l^r (log l)^j from triples (r, j, c)."""
    return {(S(r), j): S(c) for r, j, c in terms if c != 0}


@dataclass(frozen=True, kw_only=True)
class Averaged:
    """a_l/l^divisor for a_l = λ_l·a_{l−1} + b_l from a layer on, λ and b finite sums of powers of l and log l."""

    factor: Mapping[Key, Expr]
    source: Mapping[Key, Expr]
    start: int = 0
    first: int = 1
    divisor: int = 1

    def __call__(self, index: int, bits: int) -> arb:
        with working_precision(2 * bits):
            total = arb(self.start)
            for layer in range(self.first, index + 1):
                total = value(self.factor, layer) * total + value(self.source, layer)
            return total / arb(index) ** self.divisor

    @property
    def expansion(self) -> Expr:
        """Its exact expansion; the letter D is what the start leaves."""
        recursion = LinearRecursion(factor=LogPowers(terms=self.factor), source=LogPowers(terms=self.source))
        return expand(linear_solution(recursion, 2).merged.expression / DEPTH**self.divisor)


def value(terms: Mapping[Key, Expr], layer: int) -> arb:
    """The sum at a layer, at the precision in force; its coefficients are rational."""
    ell, total = arb(layer), arb(0)
    for (r, j), c in terms.items():
        total += arb(fmpq(int(c.p), int(c.q))) * ell ** arb(fmpq(int(r.p), int(r.q))) * ell.log() ** j
    return total


def sizes(expression: Expr) -> dict[Key, Expr]:
    """The terms c·l^r (log l)^j of a sum: (r, j) → c."""
    found: dict[Key, Expr] = {}
    for term in Add.make_args(expand(expression)):
        c, rest = term.as_independent(DEPTH, as_Add=False)
        exponents = rest.as_powers_dict()
        key = (S(exponents[DEPTH]), int(exponents[log(DEPTH)]))
        found[key] = found.get(key, S.Zero) + c
    return {key: c for key, c in found.items() if c != 0}


def by_solution(statement: Statement) -> Finding:
    """Compares the exact expansion of the solution with the printed one: each term down to the O-term, or the first."""
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
    if gap[larger].free_symbols:
        return unknown("the start of the sequence enters a term that is larger than the remainder")
    place = (("power of l", str(larger[0])), ("power of log l", str(larger[1])))
    return refuted("a coefficient differs", Witness(point=place, gap=enclose(gap[larger], bits=64).str(8)))


def by_limit(statement: Statement) -> Finding:
    """The limit of lhs/rhs by exact algebra, products telescoped."""
    if not isinstance(statement, AsymptoticTo) or not isinstance(statement.lhs, Expr) or statement.order is not None:
        return unknown("this route reads equivalences of closed forms")
    closed = sympy.gammasimp(statement.lhs.doit().rewrite(sympy.gamma))
    found = sympy.limit(closed / statement.rhs, statement.variable, oo)
    if found == 1:
        return supported("lhs/rhs tends to 1")
    return refuted("lhs/rhs tends to another limit", Witness(point=(("limit", str(found)),), gap=str(found - 1)))


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
SOLVED = (Route("exact expansion of the solution", Method.ALGEBRA, by_solution), BallLimit(reach=12))
TELESCOPED = (Route("limit of the closed form", Method.ALGEBRA, by_limit), HighPrecisionLimit(reach=9, digits=60))

ROUGH = tuple(
    (
        Averaged(
            factor=powers((0, 0, 1), (-1, 0, -alpha), (-3 * HALF, 0, z)),
            source=powers((0, 0, q), (-3 * HALF, 0, y)),
            start=start,
        ),
        Rational(q, 1 + alpha),
    )
    for alpha, z, q, y, start in ((1, 1, 1, 0, 5), (2, -1, 1, 1, 0), (3, 2, 2, -1, 7))
)
"""Members of appendix lemma 7 with β = 1/2, and q/(1 + α)."""
FINE = tuple(
    (
        Averaged(
            factor=powers((0, 0, 1), (-1, 0, -alpha), (-2, 1, kappa), (-2, 0, z)),
            source=powers((0, 0, q), (-1, 0, y)),
            start=start,
        ),
        Rational(q, 1 + alpha),
        kappa / alpha,
    )
    for alpha, kappa, z, q, y, start in ((3, 9 * HALF, 1, 1, 0, 1), (2, -S(6), 0, 2, -1, 3), (1, S(1), -1, 1, 2, 0))
)
"""Members of appendix lemma 8, q/(1 + α), and the factor κ/α of the logarithm. The first has α, κ of ReLU."""


def weights(alpha: int) -> Mapping[Key, Expr]:
    """k!/(k − α − 1)!·k^{−1−β}, β = 1/2."""
    falling = Poly(expand(Product(N - LAYER, (LAYER, 0, alpha)).doit()), N)
    return powers(*((power[0] - 3 * HALF, 0, c) for power, c in falling.terms()))


GROWING_SUMS = tuple(
    (Averaged(factor=powers((0, 0, 1)), source=weights(alpha), divisor=0), alpha + HALF) for alpha in (1, 2, 3)
)
WEIGHTED_SUM = Averaged(factor=powers((0, 0, 1), (-1, 0, -2)), source=powers((-3 * HALF, 0, 1)), first=2, divisor=0)
"""Σ_{k=2}^l Π_{j=k+1}^l (1 − 2/j)·k^{−3/2}."""

CLAIMS = (
    Claim(
        id="hayou2021/appendix-lemma7/statement",
        where="appendix lemma 7 (line 1075)",
        printed=r"\sup_{(a_0, b_0, \lambda_0) \in A \times B \times \Lambda} \left| \frac{a_l}{l} - \frac{q}{1+\alpha} "
        r"\right| = \mathcal{O}(l^{-\beta})",
        assumptions=(
            "α = 1, λ_l = 1 − 1/l, b_l = q(b_0), so a_l = q(l + 1)/2 and the deviation at l = 1 is q/2",
            "B = [0, 1], q(b_0) = 1/b_0 and q(0) = 0; a bound M would have to hold at q = 2M + 1 too",
        ),
        statement=Exists(AtMost((2 * BOUND + 1) / 2, BOUND, on=BOUNDS)),
        checks=NO_BOUND,
        expected=Verdict.REFUTED,
        kind="error",
        note="Nothing keeps the limit q(b_0) bounded on the compact set B; the proof uses that it is.",
        corrected=Claim(
            id="hayou2021/appendix-lemma7/statement/corrected",
            where="appendix lemma 7 (line 1075)",
            printed=r"\frac{a_l}{l} - \frac{q}{1+\alpha} = \mathcal{O}(l^{-\beta}), \text{ uniformly if } q "
            r"\text{ is bounded on } B",
            statement=ForAll(ROUGH, lambda case: AsymptoticTo(case[0], case[1], variable=N, order=N**-HALF)),
            checks=SOLVED,
            expected=Verdict.SUPPORTED,
            note="For β = 1/2 and three recursions; appendix-lemma7/upper-bound has the constant M/α of the proof.",
        ),
    ),
    Claim(
        id="hayou2021/appendix-lemma7/product-growth",
        where="appendix lemma 7, proof, fourth display (line 1091; also appendix lemma 8, line 1147)",
        printed=r"\prod_{k=l_0}^l \left(1 - \frac{1+\alpha}{k}\right) = \Theta(l^{-1-\alpha}) "
        r"\text{ where the bound } \Theta \text{ does not depend on } l_0",
        assumptions=("α = 1 and l = l₀ = M + 3, where l² times the product is l² − 2l; M may be taken whole",),
        statement=Exists(AtMost((BOUND + 3) ** 2 - 2 * (BOUND + 3), BOUND, on=BOUNDS)),
        checks=NO_BOUND,
        expected=Verdict.REFUTED,
        kind="error",
        note="The constant is (l₀−1)!/(l₀−α−2)!; no harm is done, as l₀ depends on α only. At l₀ = 1 + α it is 0.",
        corrected=Claim(
            id="hayou2021/appendix-lemma7/product-growth/corrected",
            where="appendix lemma 7, proof, fourth display (line 1091)",
            printed=r"\prod_{k=l_0}^l \left(1 - \frac{1+\alpha}{k}\right) \sim \frac{(l_0-1)!}{(l_0-\alpha-2)!} "
            r"l^{-1-\alpha}, \quad l_0 \geq \alpha + 2",
            statement=ForAll(
                tuple((alpha, first) for alpha in (1, 2, 3) for first in (alpha + 2, 7)),
                lambda case: AsymptoticTo(
                    Product(1 - Rational(1 + case[0]) / LAYER, (LAYER, case[1], N)),
                    factorial(case[1] - 1) / factorial(case[1] - case[0] - 2) * N ** (-1 - case[0]),
                    variable=N,
                ),
            ),
            checks=TELESCOPED,
            expected=Verdict.SUPPORTED,
            note="For α ≤ 3.",
        ),
    ),
    Claim(
        id="hayou2021/appendix-lemma7/sum-growth",
        where="appendix lemma 7, proof, seventh display (line 1103)",
        printed=r"\sum_{k=l_0}^l \frac{k!}{(k-\alpha-1)!} \frac{1}{k^{1+\beta}} \sim \sum_{k=1}^l k^{\alpha-\beta} "
        r"\sim \int_1^l t^{\alpha-\beta} dt \sim \frac{1}{\alpha-\beta+1} l^{\alpha-\beta+1}",
        statement=ForAll(GROWING_SUMS, lambda case: AsymptoticTo(case[0], N ** case[1] / case[1], variable=N)),
        checks=SOLVED,
        expected=Verdict.SUPPORTED,
        note="First against last, for α ≤ 3, β = 1/2, l₀ = 1.",
    ),
    Claim(
        id="hayou2021/appendix-lemma7/weighted-sum",
        where="appendix lemma 7, proof, eighth display (line 1107)",
        printed=r"\sum_{k=l_0}^l \prod_{j=k+1}^l \left(1 - \frac{1+\alpha}{j}\right) \frac{1}{k^{1+\beta}} "
        r"\sim \frac{1}{\alpha} l^{-\beta}",
        assumptions=("α = 1, β = 1/2, l₀ = 2",),
        statement=AsymptoticTo(WEIGHTED_SUM, N**-HALF, variable=N),
        checks=SOLVED,
        expected=Verdict.REFUTED,
        kind="error",
        note="The display before gives 1/(α − β + 1), which is smaller than 1/α for β < 1; the bound M/α survives.",
        corrected=Claim(
            id="hayou2021/appendix-lemma7/weighted-sum/corrected",
            where="appendix lemma 7, proof, eighth display (line 1107)",
            printed=r"\sim \frac{1}{\alpha - \beta + 1} l^{-\beta}",
            statement=AsymptoticTo(WEIGHTED_SUM, N**-HALF / (1 - HALF + 1), variable=N),
            checks=SOLVED,
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2021/appendix-lemma8/statement",
        where="appendix lemma 8 (line 1127)",
        printed=r"\sup_{(a_0, b_0, \lambda_0) \in A \times B \times \Lambda} \left| \frac{a_l}{l} - \frac{q}{1+\alpha} "
        r"\right| = \Theta(\log(l) l^{-1})",
        assumptions=(
            "A = {0} and b_l = 0 = q, so a_l = 0; a lower constant 1/M > 0 would need M⁻¹ log(l)/l ≤ 0 at l = 3",
        ),
        statement=Exists(AtMost(BOUND * log(S(3)) / 3, 0, on=BOUNDS)),
        checks=NO_BOUND,
        expected=Verdict.REFUTED,
        kind="error",
        note="q > 0 is needed at some b_0, and q bounded as in appendix lemma 7.",
        corrected=Claim(
            id="hayou2021/appendix-lemma8/statement/corrected",
            where="appendix lemma 8 (line 1127)",
            printed=r"\frac{a_l}{l} - \frac{q}{1+\alpha} = \frac{\kappa q}{\alpha(1+\alpha)} \frac{\log l}{l} "
            r"+ \mathcal{O}(l^{-1}), \text{ which is } \Theta(\log(l) l^{-1}) \text{ for } q > 0",
            statement=ForAll(
                FINE,
                lambda case: AsymptoticTo(case[0], case[1] + case[1] * case[2] * log(N) / N, variable=N, order=1 / N),
            ),
            checks=SOLVED,
            expected=Verdict.SUPPORTED,
            note="For three recursions; the constant of the logarithm is derived here.",
        ),
    ),
)
