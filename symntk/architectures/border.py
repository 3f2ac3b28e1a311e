"""The kernels of a deconvolutional net near the border of its images, in closed form at every depth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, reduce

import sympy
from sympy import Dummy, Expr, Integer, S, Symbol, cancel, factor

from symntk.architectures.exponential_sum import ONES, ExponentialSum, exponential_sum, generating_function, summed
from symntk.architectures.half_line import HalfLine
from symntk.errors import DomainError
from symntk.numbers.decide import decide

BETA = Symbol("beta", nonnegative=True)
"""β: the biases have the variance β², the weights 1 − β²."""
RATIO = Symbol("r", positive=True)
"""The characteristic value r = (1 − β²)·E φ′(u)² of a standardised φ; 1 − β² for a positively homogeneous one."""
LAYER = Symbol("ell", integer=True, positive=True)
LAYERS = Symbol("L", integer=True, positive=True)

Place = tuple[int | None, ...]
"""A position on a product of half-lines; None is far from the end."""

_Square = Dummy("b")


@dataclass(frozen=True, kw_only=True)
class BorderKernel:
    """Σ and Θ at one position, on the diagonal x = x′, p = p′, in the classical parametrisation.

    a_n is the number of chains of n parents that start at the position, over its mean far from the border. For
    E φ(√q u)² = q·E φ(u)² = q, that is φ = αx + β|x| standardised, and inputs of norm √n₀ at every position,
    Σ^{(ℓ)} = β² Σ_{n<ℓ} rⁿa_n + r^ℓ a_ℓ and Θ^{(L)} = β² Σ_{n<L} (n + 1)rⁿa_n + L·r^L a_L with r = 1 − β².
    Guarantee: exact. Source: [jacot2019], whose example is stride 2, window 4.

    >>> BorderKernel(axes=(HalfLine(stride=2, window=4),), place=(0,)).sigma_limit
    2*beta**2/(2 - r)
    """

    axes: tuple[HalfLine, ...]
    place: Place

    def __post_init__(self) -> None:
        if not self.axes or len(self.axes) != len(self.place):
            raise DomainError(
                f"the kernel at {self.place} was asked for with {len(self.axes)} axes; give one coordinate for each"
            )
        if any(p is not None and p < 0 for p in self.place):
            raise DomainError(f"the kernel at {self.place} was asked for; take coordinates of at least 0, or None")

    @cached_property
    def survival(self) -> ExponentialSum:
        """a_n, a product over the axes."""
        return reduce(ExponentialSum.times, (_survival(a, p) for a, p in zip(self.axes, self.place, strict=True)))

    @property
    def valid_from(self) -> int:
        """The least ℓ, L ≥ 1 for which the closed forms hold; below it `sigma_at` and `ntk_at` give the values."""
        return max(self.survival.settled, 1)

    @cached_property
    def sigma(self) -> Expr:
        """Σ^{(ℓ)} for ℓ ≥ valid_from, in ℓ, r = 1 − β² and β."""
        return _closed_form(_groups(self.survival, (S.One,)), RATIO, LAYER)

    @cached_property
    def ntk(self) -> Expr:
        """Θ^{(L)} for L ≥ valid_from, in L, r = 1 − β² and β."""
        return _closed_form(_groups(self.survival, (S.One, S.One)), RATIO, LAYERS)

    def sigma_for(self, beta: Expr) -> Expr:
        """Σ^{(ℓ)} for ℓ ≥ valid_from at a number β, 0 ≤ β < 1; β = 0 too, where the formula in r breaks down at 1."""
        return self._for(beta, (S.One,), LAYER)

    def ntk_for(self, beta: Expr) -> Expr:
        """Θ^{(L)} for L ≥ valid_from at a number β, 0 ≤ β < 1.

        >>> BorderKernel(axes=(HalfLine(stride=2, window=4),), place=(None,)).ntk_for(S.Zero)
        L
        """
        return self._for(beta, (S.One, S.One), LAYERS)

    def _for(self, beta: Expr, weight: tuple[Expr, ...], depth: Symbol) -> Expr:
        ratio = 1 - checked_beta(beta) ** 2
        return _closed_form(_groups(self.survival, weight, ratio), ratio, depth)

    def sigma_at(self, layers: int, beta_squared: Expr) -> Expr:
        """Σ^{(ℓ)} at one depth ℓ ≥ 1 as the sum over n, without the closed form."""
        return self._sum_at(layers, beta_squared, (1, 0))

    def ntk_at(self, layers: int, beta_squared: Expr) -> Expr:
        """Θ^{(L)} at one depth L ≥ 1 as the sum over n, without the closed form."""
        return self._sum_at(layers, beta_squared, (1, 1))

    def _sum_at(self, layers: int, beta_squared: Expr, weight: tuple[int, int]) -> Expr:
        if layers < 1:
            raise DomainError(f"a kernel after {layers} layers was asked for; take at least 1")
        ratio, shares = 1 - beta_squared, self.shares(layers + 1)
        total = sum(((weight[0] + weight[1] * n) * ratio**n * shares[n] for n in range(layers)), S.Zero)
        last = weight[0] if not weight[1] else layers
        return beta_squared * total + last * ratio**layers * shares[layers]

    def shares(self, count: int) -> list[Expr]:
        """a_0, …, a_{count−1}, by counting.

        >>> BorderKernel(axes=(HalfLine(stride=2, window=4),) * 2, place=(0, 2)).shares(3)
        [1, 1/2, 1/8]
        """
        found = [S.One] * count
        for axis, place in zip(self.axes, self.place, strict=True):
            if place is not None:
                counts = axis.chains(place, count)
                found = [a * c / axis.mean_parents**n for n, (a, c) in enumerate(zip(found, counts, strict=True))]
        return found

    @cached_property
    def growth(self) -> Expr:
        """The largest modulus of the bases of a_n: the limits below hold for growth·r < 1."""
        bases = [sympy.Abs(term.base) for term in self.survival.terms]
        return max(bases, key=lambda base: base.n(30), default=S.Zero)

    @cached_property
    def generating(self) -> Expr:
        """Σ a_n rⁿ, a rational function of r."""
        order = 1
        for axis, place in zip(self.axes, self.place, strict=True):
            order *= 1 if place is None else len(axis.ancestors(place))
        return generating_function(self.shares(2 * order + 2), RATIO)

    @cached_property
    def sigma_limit(self) -> Expr:
        """lim Σ^{(ℓ)} as ℓ → ∞, for growth·r < 1."""
        return BETA**2 * _tidy(self.generating)

    @cached_property
    def ntk_limit(self) -> Expr:
        """lim Θ^{(L)} as L → ∞, for growth·r < 1."""
        return BETA**2 * _tidy(sympy.diff(RATIO * self.generating, RATIO))

    @cached_property
    def sigma_ratio_limit(self) -> Expr:
        """The limit of Σ over its value 1 far from the border, in β, for growth·r < 1."""
        return _in_beta(self.sigma_limit)

    @cached_property
    def ntk_ratio_limit(self) -> Expr:
        """The limit of Θ over its value far from the border, in β, for growth·r < 1.

        >>> BorderKernel(axes=(HalfLine(stride=2, window=4),), place=(0,)).ntk_ratio_limit
        4*beta**4/(beta**2 + 1)**2
        """
        return _in_beta((1 - RATIO) * self.ntk_limit)

    def ratio_limits_for(self, beta: Expr) -> tuple[Expr, Expr]:
        """The limits of Σ and of Θ over their values far from the border, at a number 0 ≤ β < 1.

        ∞ where growth·r ≥ 1 with β > 0, or where a_n tends to ∞ with β = 0.

        >>> BorderKernel(axes=(HalfLine(stride=2, window=4),), place=(0,)).ratio_limits_for(S.Zero)
        (0, 0)
        """
        ratio = 1 - checked_beta(beta) ** 2
        if beta == 0:
            limit = self._share_limit()
            return limit, limit
        if decide(self.growth * ratio, "<", 1) is not True:
            return sympy.oo, sympy.oo
        constants = (_groups(self.survival, weight, ratio).constant for weight in ((S.One,), (S.One, S.One)))
        sigma, ntk = constants
        return sigma, sympy.expand((1 - ratio) * ntk)

    def _share_limit(self) -> Expr:
        """lim a_n."""
        lasting = [t for t in self.survival.terms if decide(sympy.Abs(t.base), "<", 1) is not True]
        if any(t.power or t.base != 1 for t in lasting):
            return sympy.oo
        return sum((t.coefficient for t in lasting), S.Zero)


def border_kernel(axes: Iterable[HalfLine], place: Iterable[int | None]) -> BorderKernel:
    """The kernels at one position; None for a coordinate far from the end.

    >>> border_kernel([HalfLine(stride=3, window=6)], [None]).ntk
    (1 - r**L)/(1 - r)
    """
    return BorderKernel(axes=tuple(axes), place=tuple(place))


def _survival(axis: HalfLine, place: int | None) -> ExponentialSum:
    if place is None:
        return ONES
    counts = axis.chains(place, 2 * len(axis.ancestors(place)) + 2)
    return exponential_sum(counts).scaled(1 / axis.mean_parents)


@dataclass(frozen=True, kw_only=True)
class _Groups:
    """constant + Σ coefficient·L^power·(base·r)^L."""

    constant: Expr
    moving: dict[tuple[Expr, int], Expr]


def _groups(shares: ExponentialSum, weight: tuple[Expr, ...], ratio: Expr = RATIO) -> _Groups:
    """β² Σ_{n<L} w(n)rⁿa_n + (L or 1)·r^L a_L, taken apart; w has the coefficients `weight`."""
    constant = S.Zero
    for n, c in shares.corrections.items():
        constant += _Square * sum((w * Integer(n) ** i for i, w in enumerate(weight)), S.Zero) * c * ratio**n
    moving: dict[tuple[Expr, int], Expr] = defaultdict(lambda: S.Zero)
    for term in shares.terms:
        primitive = _primitive((*(S.Zero for _ in range(term.power)), *weight), term.base, ratio)
        constant -= _Square * term.coefficient * primitive[0]
        for i, g in enumerate(primitive):
            moving[term.base, i] += _Square * term.coefficient * g
        moving[term.base, term.power + len(weight) - 1] += term.coefficient
    fixed = None if ratio == RATIO else 1 - ratio
    kept = {place: value for place, c in moving.items() if (value := _settled(c, fixed)) != 0}
    return _Groups(constant=_settled(constant, fixed), moving=kept)


def _primitive(polynomial: tuple[Expr, ...], base: Expr, ratio: Expr) -> tuple[Expr, ...]:
    """g of `summed` for the base times r; a letter stands for an irrational base meanwhile."""
    if base.is_Rational or (ratio != RATIO and sympy.expand(base * ratio - 1) == 0):
        return summed(polynomial, sympy.expand(base * ratio))
    letter = Dummy("lambda")
    return tuple(g.subs(letter, base) for g in summed(polynomial, letter * ratio))


def _settled(coefficient: Expr, square_value: Expr | None = None) -> Expr:
    """A coefficient c₀ + c₁β² with β² left as it is where c₀ = 0, and r = 1 − β² used otherwise."""
    if square_value is not None:
        return _tidy(coefficient.subs(_Square, square_value))
    plain, square = coefficient.subs(_Square, 0), coefficient.diff(_Square)
    whole = plain + (1 - RATIO) * square
    if coefficient.has(sympy.CRootOf):
        return whole if plain != 0 else BETA**2 * square
    if cancel(plain) != 0 or sympy.denom(cancel(square)).subs(RATIO, 1) == 0:
        return _tidy(whole)
    return BETA**2 * _tidy(square)


def _tidy(expression: Expr) -> Expr:
    """A rational function with its numerator and denominator factored, the factors of the denominator positive at 0.

    >>> _tidy(2 / (RATIO - 2) ** 3)
    -2/(2 - r)**3
    """
    if expression.has(sympy.CRootOf):
        return expression
    above, below = sympy.fraction(factor(cancel(sympy.together(expression))))
    for part, count in [(b.as_base_exp()) for b in sympy.Mul.make_args(below)]:
        if part.subs(dict.fromkeys(part.free_symbols, 0)).is_negative:
            below = below / part**count * sympy.expand(-part) ** count
            above = above * (-1) ** count
    return above / below


def _closed_form(found: _Groups, ratio: Expr, depth: Symbol) -> Expr:
    total, constant = S.Zero, found.constant
    for (base, power), coefficient in found.moving.items():
        if power == 0 and coefficient == -constant:
            total, constant = total + constant * (1 - (base * ratio) ** depth), S.Zero
        else:
            total += coefficient * depth**power * (base * ratio) ** depth
    return total + constant


def checked_beta(beta: Expr) -> Expr:
    """A number 0 ≤ β < 1. Raises DomainError for anything else: at β = 1 the weights have the variance 0."""
    if not beta.is_number or decide(beta, ">=", 0) is not True or decide(beta, "<", 1) is not True:
        raise DomainError(f"the border at beta = {beta} was asked for; take 0 ≤ beta < 1: the weights need 1 − β² > 0")
    return beta


def _in_beta(expression: Expr) -> Expr:
    return _tidy(expression.subs(RATIO, 1 - BETA**2))
