"""Linear recursions a_ℓ = λ_ℓ·a_{ℓ−1} + b_ℓ with expansions in ℓ and log ℓ: how their solutions grow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sympy
from sympy import Expr, Rational, S

from symntk.depth.log_powers import ONE, Key, LogPowers, decided_zero, product, shown, tidy
from symntk.depth.transseries import DEPTH, KERNEL_INITIAL
from symntk.errors import DomainError

Regime = Literal["geometric", "stretched", "algebraic"]
EXACT_ONE = LogPowers(terms={ONE: S.One})
SLOPE: Key = (S.NegativeOne, 0)
"""1/ℓ, the size of a difference: what is smaller in 1 − λ cannot change the power of a product by itself."""


@dataclass(frozen=True, kw_only=True)
class LinearRecursion:
    """a_ℓ = λ_ℓ·a_{ℓ−1} + μ^ℓ·b_ℓ; μ = `source_ratio`."""

    factor: LogPowers
    """λ."""
    source: LogPowers
    """b."""
    source_ratio: Expr = S.One

    def __post_init__(self) -> None:
        ratio = self.factor.terms.get(ONE, S.Zero)
        if self.factor.top != ONE or decided_zero(ratio) or ratio.is_real is False:
            raise DomainError("a linear recursion was asked for, but its factor tends to no real number other than 0")
        if decided_zero(self.source_ratio) or decided_zero(self.source_ratio + ratio):
            raise DomainError(
                f"a source with the ratio {self.source_ratio} was asked for beside a factor that tends to {ratio}; "
                "take a ratio other than 0 and other than minus that limit"
            )

    @property
    def ratio(self) -> Expr:
        """lim λ."""
        return self.factor.terms[ONE]

    @property
    def tilted(self) -> LogPowers:
        """λ/μ, the factor of a_ℓ/μ^ℓ."""
        return self.factor.scaled(1 / self.source_ratio)

    @property
    def decay(self) -> LogPowers:
        """1 − λ/μ, without terms that outweigh 1/ℓ and vanish. Raises DomainError where letters leave that open."""
        whole = EXACT_ONE - self.tilted
        kept = {key: c for key, c in whole.terms.items() if key <= SLOPE or not decided_zero(c)}
        return LogPowers(terms=kept, remainder=whole.remainder)


@dataclass(frozen=True, kw_only=True)
class Product:
    """Π λ_k from some layer to ℓ = constant·ratio^ℓ·exp(exponent)·unit, the constant left out."""

    ratio: Expr
    exponent: LogPowers
    """The terms of log Π that do not tend to 0, without ℓ·log ratio."""
    unit: LogPowers
    """1 + terms that tend to 0."""

    @property
    def decay_power(self) -> Expr | None:
        """α where the product is constant·ratio^ℓ·ℓ^{−α}·(1 + …); None where another power of log ℓ or ℓ enters."""
        if any(key != (0, 1) for key in self.exponent.terms):
            return None
        return -self.exponent.coefficient(0, 1)

    @property
    def expression(self) -> Expr:
        alpha = self.decay_power
        grown = sympy.exp(self.exponent.expression) if alpha is None else DEPTH ** (-alpha)
        return self.ratio**DEPTH * grown * self.unit.expression


@dataclass(frozen=True, kw_only=True)
class Solution:
    """a_ℓ = μ^ℓ·particular + D·product, the constant D being all that the start of the sequence decides."""

    recursion: LinearRecursion
    regime: Regime
    particular: LogPowers
    product: Product | None
    """None where λ is known too coarsely to tell its product up to a constant."""
    resonance: Key | None
    """The term of the source that is as large as a difference of the product, and so brings a power of log ℓ."""

    @property
    def expression(self) -> Expr:
        start = S.Zero if self.product is None else KERNEL_INITIAL * self.product.expression
        return self.recursion.source_ratio**DEPTH * self.particular.expression + start

    @property
    def merged(self) -> LogPowers:
        """Both parts in one sum, D a letter.

        Domain: the algebraic regime with a rational α. Raises DomainError elsewhere.
        """
        alpha = None if self.product is None else self.product.decay_power
        if self.regime != "algebraic" or self.product is None or not (alpha is not None and alpha.is_Rational):
            raise DomainError("one sum of powers was asked for, but the start of the sequence enters with none of them")
        power = LogPowers(terms={(-alpha, 0): KERNEL_INITIAL})
        return self.particular + power.times(self.product.unit)


def linear_solution(recursion: LinearRecursion, relative: Rational | int = 3) -> Solution:
    """All solutions of a_ℓ = λ_ℓ·a_{ℓ−1} + μ^ℓ·b_ℓ for large ℓ.

    With 1 − λ/μ = c·ℓ^{−r} + …: for r < 1 a_ℓ = μ^ℓ·b/(1 − λ/μ)·(1 + …); for 1 − λ/μ = α/ℓ + … a source term
    q·ℓ^{s−1} gives q·ℓ^s/(s + α), and q·ℓ^{−α}·log ℓ in resonance, s = −α. To this D·Π λ_k is added.
    Domain: λ tends to a real number ≠ 0; each part is known to `relative` powers of ℓ below its first term, or as far
    as the data allow. Guarantee: exact coefficients, true remainders. Raises DomainError outside the domain and where
    letters leave open whether there is a resonance. Source: leading terms of two cases [hayou2021], the rest derived.

    >>> a, q = sympy.symbols("alpha q", positive=True)
    >>> factor = LogPowers(terms={ONE: S.One, (S(-1), 0): -a}, remainder=(S(-2), 0))
    >>> source = LogPowers(terms={ONE: q}, remainder=(S(-1), 0))
    >>> linear_solution(LinearRecursion(factor=factor, source=source)).expression
    D/ell**alpha + ell*q/(alpha + 1)
    """
    depth = sympy.Rational(relative)
    particular, resonance = _particular(recursion, depth)
    return Solution(
        recursion=recursion,
        regime=_regime(recursion.decay),
        particular=particular,
        product=_product_if_known(recursion, depth),
        resonance=resonance,
    )


def product_growth(factor: LogPowers, relative: Rational | int = 3) -> Product:
    """Π λ_k = constant·λ_∞^ℓ·exp(S)·(1 + …) with S − S(ℓ−1) = log(λ/λ_∞), solved as a linear recursion of its own.

    λ = 1 − α/ℓ + … gives ℓ^{−α}; a term −c·ℓ^{−r}, r < 1, gives exp(−c·ℓ^{1−r}/(1−r)), −c·log ℓ/ℓ gives
    exp(−c·log²ℓ/2). Domain: λ_∞ ≠ 0 real, λ known beyond 1/ℓ. Guarantee: exact. Raises DomainError outside.

    >>> product_growth(LogPowers(terms={ONE: S.One, (S(-1), 0): S(-2)}), 2).expression  # Π (1 − 2/k)
    (1 + 1/ell)/ell**2
    """
    recursion = LinearRecursion(factor=factor, source=LogPowers(terms={}))
    depth = sympy.Rational(relative)
    if factor.remainder is not None and factor.remainder[0] >= -1:
        raise DomainError(
            f"a product was asked for, but its factor is known to {shown(factor.remainder)} only; give it beyond 1/ℓ"
        )
    logs = factor.scaled(1 / recursion.ratio).logarithm((-1 - depth, 0))
    total, _ = _summed(EXACT_ONE, EXACT_ONE - EXACT_ONE, logs, (-1 - depth, 0))
    growing = {key: c for key, c in total.terms.items() if key > ONE}
    small = LogPowers(terms={key: c for key, c in total.terms.items() if key < ONE}, remainder=total.remainder)
    return Product(ratio=recursion.ratio, exponent=LogPowers(terms=growing), unit=small.exponential((-depth, 0)))


def _product_if_known(recursion: LinearRecursion, depth: Rational) -> Product | None:
    rest = recursion.factor.remainder
    if rest is not None and rest[0] >= -1 and _regime(recursion.decay) != "algebraic":
        return None
    return product_growth(recursion.factor, depth)


def _regime(decay: LogPowers) -> Regime:
    """By the size of 1 − λ/μ against 1/ℓ."""
    top = decay.top
    if top is None or top < SLOPE:
        return "algebraic"
    if top not in decay.terms or top[1]:
        raise DomainError(
            f"a linear recursion was asked for whose 1 − λ is {shown(top)} to the known order; it must be known to "
            "1/ℓ and must start with a power of ℓ without log ℓ"
        )
    return "geometric" if top == ONE else "algebraic" if top[0] == -1 else "stretched"


def _particular(recursion: LinearRecursion, depth: Rational) -> tuple[LogPowers, Key | None]:
    source, decay = recursion.source, recursion.decay
    if not source.terms:
        return LogPowers(terms={}, remainder=source.remainder and _answer(source.remainder, decay)), None
    first = max(source.terms)
    limit, rest = (first[0] - depth, 0), product(decay.remainder, _answer(first, decay))
    return _summed(recursion.tilted, decay, source, limit if rest is None else max(limit, rest))


def _answer(key: Key, decay: LogPowers) -> Key:
    """The largest term of a with which a source of this size is met."""
    if _regime(decay) != "algebraic":
        top = max(decay.terms)
        return (key[0] - top[0], key[1])
    target = (key[0] + 1, key[1])
    return (target[0], target[1] + 1) if decided_zero(target[0] + _alpha(decay)) else target


def _alpha(decay: LogPowers) -> Expr:
    return decay.terms.get(SLOPE, S.Zero)


def _summed(factor: LogPowers, decay: LogPowers, source: LogPowers, limit: Key) -> tuple[LogPowers, Key | None]:
    """A particular solution: the largest term of the residual is met by one term of a, again and again."""
    limit = limit if source.remainder is None else max(limit, source.remainder)
    residual: dict[Key, Expr] = dict(source.cut(limit).terms)
    found: dict[Key, Expr] = {}
    resonance: Key | None = None
    zero: Expr = S.Zero
    while residual:
        key = max(residual)
        target = _answer(key, decay)
        value = tidy(residual.pop(key) / _first_factor(target, key, decay))
        resonance = key if target[1] > key[1] and resonance is None else resonance
        found[target] = tidy(found.get(target, zero) + value)
        term = LogPowers(terms={target: value})
        met = term.cut(limit) - term.delayed(limit).times(factor, limit)
        for k, c in met.terms.items():
            if k < key:
                residual[k] = tidy(residual.get(k, zero) - c)
        residual = {k: c for k, c in residual.items() if c != 0}
    return LogPowers(terms=found, remainder=_answer(limit, decay)), resonance


def _first_factor(target: Key, key: Key, decay: LogPowers) -> Expr:
    """What the largest term of a − λ·a(ℓ−1) is for a = ℓ^s (log ℓ)^j."""
    if _regime(decay) != "algebraic":
        return decay.terms[max(decay.terms)]
    return S(target[1]) if target[1] > key[1] else target[0] + _alpha(decay)
