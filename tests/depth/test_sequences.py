"""Solutions of linear recursions against the sequences themselves, iterated term by term in many digits."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import pytest
import sympy
from mpmath import mpf, workdps
from sympy import Expr, Rational, S, Symbol

from symntk.activations.catalogue import activation
from symntk.depth.approach import approach, linear_growth
from symntk.depth.log_powers import ONE, Key, LogPowers
from symntk.depth.majorant import geometric_majorant
from symntk.depth.parabolic import correlation_rate
from symntk.depth.sequences import LinearRecursion, Solution, linear_solution, product_growth
from symntk.depth.transseries import DEPTH, KERNEL_INITIAL
from symntk.errors import DomainError

NEAR, FAR = 600, 6000
DIGITS = 40
ORDERS, SPARE = 3, 4


def exact(terms: dict[tuple[str, int], str]) -> LogPowers:
    return LogPowers(terms={(Rational(r), j): Rational(c) for (r, j), c in terms.items()})


def recursion(
    factor: dict[tuple[str, int], str], source: dict[tuple[str, int], str], ratio: str = "1"
) -> LinearRecursion:
    return LinearRecursion(factor=exact(factor), source=exact(source), source_ratio=Rational(ratio))


CASES = {
    "a source of constant size": recursion({("0", 0): "1", ("-1", 0): "-3"}, {("0", 0): "2", ("-1", 0): "1"}),
    "a logarithm in the factor": recursion(
        {("0", 0): "1", ("-1", 0): "-3", ("-2", 1): "5/2"}, {("0", 0): "1", ("-2", 0): "-1"}
    ),
    "a fractional decay": recursion(
        {("0", 0): "1", ("-1", 0): "-1/2", ("-2", 1): "1"}, {("0", 0): "1", ("-1", 1): "1"}
    ),
    "a growing product": recursion({("0", 0): "1", ("-1", 0): "1/3"}, {("0", 0): "1", ("-3/2", 0): "1"}),
    "half-integer powers": recursion({("0", 0): "1", ("-1", 0): "-2", ("-3/2", 0): "1"}, {("0", 0): "1"}),
    "resonance at the first term": recursion({("0", 0): "1", ("-1", 0): "-1"}, {("-2", 0): "3", ("-3", 0): "1"}),
    "resonance at a later term": recursion({("0", 0): "1", ("-1", 0): "-1", ("-2", 1): "2"}, {("0", 0): "1"}),
    "resonance with a logarithm": recursion({("0", 0): "1", ("-1", 0): "1"}, {("0", 1): "1", ("0", 0): "1"}),
    "no decay at all": recursion({("0", 0): "1", ("-2", 0): "1"}, {("-1", 0): "1"}),
    "a geometric factor": recursion(
        {("0", 0): "1/2", ("-1", 0): "-1", ("-2", 1): "1"}, {("0", 0): "1", ("-1", 1): "1"}
    ),
    "a geometric source": recursion({("0", 0): "1/2", ("-1", 0): "-1"}, {("1", 0): "1", ("0", 1): "2"}, "9/10"),
    "a negative factor": recursion({("0", 0): "-1/3", ("-1", 0): "1"}, {("0", 0): "1", ("-1", 1): "1"}),
    "a root in the factor": recursion({("0", 0): "1", ("-1/2", 0): "-1"}, {("0", 0): "1", ("-1", 1): "1"}),
}
"""Recursions that are their own expansions."""


@dataclass(frozen=True, kw_only=True)
class Walk:
    """log ℓ, λ_ℓ, b_ℓ, a_ℓ in many digits, from layer 20 on so that no factor is negative."""

    values: dict[int, mpf]
    products: dict[int, mpf]


def compiled(series: Expr) -> Callable[..., mpf]:
    return sympy.lambdify((DEPTH, KERNEL_INITIAL), series, "mpmath")


@lru_cache
def walk(name: str) -> Walk:
    """a/μ^ℓ and Π λ/μ, so that a geometric source keeps its size."""
    case, values, products = CASES[name], {}, {}
    with workdps(DIGITS):
        factor, source = compiled(case.tilted.expression), compiled(case.source.expression)
        a = product = mpf(1)
        for layer in range(20, FAR + 1):
            step = factor(mpf(layer), 0)
            a, product = step * a + source(mpf(layer), 0), step * product
            if layer in (NEAR, FAR // 2, FAR):
                values[layer], products[layer] = a, product
    return Walk(values=values, products=products)


def started(name: str, solution: Solution) -> mpf:
    """D, read off at half the depth from an expansion with more terms."""
    if solution.regime != "algebraic":
        return mpf(0)
    layer = FAR // 2
    assert solution.product is not None
    rest = walk(name).values[layer] - compiled(solution.particular.expression)(mpf(layer), 0)
    return rest / compiled(solution.product.expression)(mpf(layer), 0)


def whole(solution: Solution) -> LogPowers:
    return solution.merged if solution.regime == "algebraic" else solution.particular


def followed(name: str, known: LogPowers, longer: LogPowers, start: mpf) -> bool:
    """The error of the known terms is what the longer expansion adds to them, ever more exactly."""
    added = {k: c for k, c in longer.terms.items() if k not in known.terms}
    first, rest = compiled(known.expression), compiled(LogPowers(terms=added).expression)
    misfits = []
    for layer in (NEAR, FAR):
        error = walk(name).values[layer] - first(mpf(layer), start)
        misfits.append(abs(error / rest(mpf(layer), start) - 1))
    return bool(misfits[0] < mpf("1e-6") and 10 * misfits[1] < misfits[0])


def solved(name: str, orders: int) -> Solution:
    return linear_solution(CASES[name], orders)


@pytest.mark.parametrize("name", CASES)
def test_a_sequence_follows_its_expansion_and_the_next_terms_are_its_error(name: str) -> None:
    longer = solved(name, ORDERS + SPARE)
    with workdps(DIGITS):
        assert followed(name, whole(solved(name, ORDERS)), whole(longer), started(name, longer))


@pytest.mark.parametrize("name", CASES)
def test_any_perturbed_coefficient_is_noticed(name: str) -> None:
    more = solved(name, ORDERS + SPARE)
    known, longer = whole(solved(name, ORDERS)), whole(more)
    assert len(known.terms) >= 2
    with workdps(DIGITS):
        start = started(name, more)
        for key, value in known.terms.items():
            wrong = replace(known, terms={**known.terms, key: value * Rational(1001, 1000)})
            assert not followed(name, wrong, longer, start)


def product_followed(name: str, value: Expr) -> bool:
    compare, found = compiled(value), walk(name).products
    constant = found[FAR // 2] / compare(mpf(FAR // 2), 0)
    return all(abs(compare(mpf(n), 0) * constant / found[n] - 1) < mpf("1e-15") for n in (NEAR, FAR))


@pytest.mark.parametrize("name", CASES)
def test_a_product_follows_its_expansion_and_no_other(name: str) -> None:
    found = product_growth(CASES[name].tilted, ORDERS + SPARE)
    with workdps(DIGITS):
        assert product_followed(name, found.expression)
        for part in ("exponent", "unit"):
            series = getattr(found, part)
            for key, value in series.terms.items():
                if ONE > key > (S(-3), 0) or key > ONE:
                    wrong = replace(series, terms={**series.terms, key: value * Rational(1001, 1000)})
                    assert not product_followed(name, replace(found, **{part: wrong}).expression)


LETTER = Symbol("alpha", positive=True)
Q = Symbol("q", positive=True)
KAPPA = Symbol("kappa", nonzero=True)


def factor(alpha: Expr, kappa: Expr = S.Zero, remainder: Key | None = None) -> LogPowers:
    return LogPowers(terms={ONE: S.One, (S(-1), 0): -alpha, (S(-2), 1): kappa}, remainder=remainder)


def test_linear_growth_has_its_limit_and_its_rate_for_letters() -> None:
    found = linear_growth(LETTER, KAPPA, Q)
    assert 0 == sympy.simplify(found.approach.limit - Q / (1 + LETTER))
    assert 0 == sympy.simplify(found.approach.coefficient - KAPPA * Q / (LETTER * (1 + LETTER)))
    assert found.logarithmic


@pytest.mark.parametrize(
    ("alpha", "kappa", "size"),
    [("3", "2", (-1, 1)), ("3", "0", (-1, 0)), ("0", "2", (-1, 2)), ("0", "0", (-1, 1)), ("-1/2", "2", ("-1/2", 0))],
)
def test_the_rate_changes_where_its_coefficient_vanishes(alpha: str, kappa: str, size: tuple[str, int]) -> None:
    found = linear_growth(Rational(alpha), Rational(kappa), S.One)
    assert (Rational(size[0]), size[1]) == (found.approach.power, found.approach.log_power)
    assert ((alpha, kappa) == ("3", "2")) == found.logarithmic


def mean_errors(alpha: float, kappa: float) -> list[float]:
    """ℓ·(a_ℓ/ℓ − 1/(1 + α)) at three depths, for λ = 1 − α/ℓ + κ·log ℓ/ℓ², b = 1."""
    a, found = 1.0, list[float]()
    for n in range(10, 36_001):
        a = (1 - alpha / n + kappa * math.log(n) / n**2) * a + 1
        if n in (4000, 12_000, 36_000):
            found.append(a - n / (1 + alpha))
    return found


@pytest.mark.parametrize(("alpha", "kappa"), [("3", "2"), ("2", "-1"), ("1", "1/2"), ("0", "1/4")])
def test_the_difference_has_the_stated_coefficient(alpha: str, kappa: str) -> None:
    found, errors = (
        linear_growth(Rational(alpha), Rational(kappa), S.One).approach,
        mean_errors(*map(rational, (alpha, kappa))),
    )

    def left(coefficient: float) -> float:
        """What is left of the growth in log ℓ between the depths once its largest term is taken away."""
        rest = [
            e - coefficient * math.log(n) ** found.log_power
            for e, n in zip(errors, (4000, 12_000, 36_000), strict=True)
        ]
        return rest[2] - rest[1] if found.log_power == 1 else rest[2] - 2 * rest[1] + rest[0]

    right = float(found.coefficient or 0)
    assert abs(left(right)) < 0.01 < abs(left(1.3 * right))


def rational(text: str) -> float:
    return float(Rational(text))


@pytest.mark.slow
def test_the_ntk_of_relu_solves_its_recursion_as_a_sequence() -> None:
    """λ = f′(c^{ℓ−1}), b = c^ℓ from the expansion of γ_ℓ alone give the expansion of K/ℓ."""
    rate, cut = correlation_rate(activation("relu"), 5), (S(-6), 0)
    terms = {(t.power, t.log_power): rate.gamma.coefficient(t.power, t.log_power) for t in rate.gamma.terms}
    gamma = LogPowers(terms=terms, remainder=(rate.gamma.remainder, 9))
    lead = terms[S(-2), 0]
    unit = LogPowers(
        terms={(r + 2, j): c / lead for (r, j), c in terms.items()}, remainder=(rate.gamma.remainder + 2, 9)
    )
    root_unit = unit.logarithm(cut).scaled(Rational(1, 2)).exponential(cut)
    root = LogPowers(terms={(S(-1), 0): sympy.sqrt(lead)}).times(root_unit, cut)
    angle, power = LogPowers(terms={}), root  # arccos(1 − γ) = √(2γ)·(1 + γ/12 + 3γ²/160 + …)
    for weight in (S.One, Rational(1, 12), Rational(3, 160), Rational(5, 896)):
        angle = angle + power.scaled(weight * sympy.sqrt(2) / sympy.pi)
        power = power.times(gamma, cut)
    step = LogPowers(terms={ONE: S.One}) - angle.delayed(cut)
    found = linear_solution(LinearRecursion(factor=step, source=LogPowers(terms={ONE: S.One}) - gamma), 6).merged
    compared = 0
    for power_log in {(t.power, t.log_power) for t in rate.ntk.terms if t.power > -4}:
        mine = found.coefficient(power_log[0] + 1, power_log[1])
        assert 0 == sympy.expand(mine - rate.ntk.coefficient(*power_log))
        compared += 1
    assert compared >= 8


def test_the_coarse_data_of_the_lemma_give_the_limit_and_its_remainder() -> None:
    source = LogPowers(terms={ONE: Q}, remainder=(S(-1), 0))
    found = linear_solution(LinearRecursion(factor=factor(LETTER, remainder=(Rational(-3, 2), 0)), source=source))
    assert {(S.One, 0): Q / (LETTER + 1)} == dict(found.particular.terms)
    assert (Rational(1, 2), 0) == found.particular.remainder


@pytest.mark.parametrize(
    ("alpha", "kappa", "size"), [("1/2", "1", (0, 0)), ("0", "0", (0, 1)), ("1", "-3", (0, 0)), ("-1/2", "2", (0, 0))]
)
def test_the_remainder_of_coarse_data_is_of_its_true_size(alpha: str, kappa: str, size: tuple[int, int]) -> None:
    """λ = 1 − α/ℓ + O(ℓ^{−2}), b = 1 + O(1/ℓ): the error of ℓ/(1 + α) over its bound tends to a number other than 0."""
    a, coarse = Rational(alpha), LogPowers(terms={ONE: S.One}, remainder=(S(-1), 0))
    found = linear_solution(LinearRecursion(factor=factor(a, remainder=(S(-2), 0)), source=coarse))
    assert size == found.particular.remainder
    true = LinearRecursion(
        factor=factor(a, S.Zero) + exact({("-2", 0): kappa}), source=exact({("0", 0): "1", ("-1", 0): "2"})
    )
    better = linear_solution(true, 3)
    assert 0 != better.particular.coefficient(*size)
    assert all(key <= size for key in better.particular.terms if key != (S.One, 0))


def test_a_majorant_is_reached_where_all_inequalities_are_equalities() -> None:
    for alpha, beta in (("1/2", sympy.log(3)), ("1/3", sympy.log(2)), ("1/2", sympy.log(2))):
        found = geometric_majorant(Rational(alpha), S(5), beta, Rational(2, 7))
        a = Rational(2, 7)
        for layer in range(9):
            assert 0 == sympy.simplify(found.bound.subs(DEPTH, layer) - a)
            a = Rational(alpha) * a + 5 * sympy.exp(-beta * layer)
        assert ((alpha, beta) == ("1/2", sympy.log(2))) == found.resonant
        assert max(Rational(alpha), sympy.exp(-beta)) == found.ratio


def test_without_a_constant_no_exponential_bounds_the_sequence_from_the_start() -> None:
    """a₀ = 0, k = 10: a₁ = 10, above every e^{−γ} with γ > 0."""
    assert 10 == geometric_majorant(S.Half, S(10), S.One, S.Zero).bound.subs(DEPTH, 1).simplify()


def test_a_root_in_the_factor_makes_a_stretched_exponential() -> None:
    found = product_growth(exact({("0", 0): "1", ("-1/2", 0): "-1"}), 1)
    assert -2 * sympy.sqrt(DEPTH) - sympy.log(DEPTH) / 2 == found.exponent.expression
    assert found.decay_power is None


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: linear_solution(LinearRecursion(factor=factor(LETTER), source=exact({("-2", 0): "1"}))), "vanishes"),
        (lambda: linear_growth(S(-1), S.One, S.One), "α > -1"),
        (lambda: geometric_majorant(S(2), S.One, S.One, S.One), "0 < α < 1"),
        (lambda: geometric_majorant(S.Half, S.One, S.One, -S.One), "a₀ ≥ 0"),
        (lambda: linear_growth(S(2), S.One, S.Zero), "q ≠ 0"),
        (lambda: linear_growth(S(2), Symbol("k"), S.One), "vanishes"),
        (lambda: recursion({("-1", 0): "1"}, {}), "tends to no real number"),
        (lambda: recursion({("0", 0): "-1"}, {("0", 0): "1"}), "minus that limit"),
        (lambda: product_growth(factor(S(2), remainder=(S(-1), 0))), "beyond 1/ℓ"),
        (lambda: linear_solution(recursion({("0", 0): "1", ("-1", 1): "-1"}, {("0", 0): "1"})), "without log ℓ"),
        (lambda: approach(linear_solution(recursion({("0", 0): "1/2"}, {("0", 0): "1"}))), "rate of approach"),
        (
            lambda: approach(linear_solution(LinearRecursion(factor=factor(S.One), source=exact({("-4", 0): "1"})))),
            "start",
        ),
        (lambda: factor(S(2), remainder=(S(-2), 0)).coefficient(-3), "known to"),
        (lambda: linear_solution(CASES["a root in the factor"]).merged, "one sum"),
    ],
)
def test_a_question_without_an_answer_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(DomainError, match=message):
        make()
