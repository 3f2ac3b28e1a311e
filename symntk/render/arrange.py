"""The order and the fractions in which a formula is written, decided once for LaTeX and for plain text.

Every function here only regroups: the product or sum of what it returns equals its argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sympy
from sympy import Add, Expr, Function, Integer, Mul, Pow, Rational, S, Symbol

from symntk.notation import GAMMA, RHO

_LONGEST_DENOMINATOR = 8
"""Digits of a denominator up to which a decimal is written as a fraction."""

_MOST_OPERATIONS = 8
"""Operations in a sum up to which it may stand over a fraction bar."""


@dataclass(frozen=True, kw_only=True)
class Quotient:
    """A product ±(n₁n₂…)/(d₁d₂…)·(f₁f₂…): a fraction bar, and what is written to its right."""

    negative: bool
    numerator: tuple[Expr, ...]
    denominator: tuple[Expr, ...]
    beside: tuple[Expr, ...]


@lru_cache(maxsize=4096)
def quotient(product: Expr) -> Quotient:
    """Splits a product into sign, fraction and the factors written beside the fraction.

    A numeric fraction with a numerator of its own stands alone, as in (3/4)ρ², and so does a long sum, as in
    (1/(2π))(… + …); otherwise all factors share the bar, as in x²/2.

    >>> from symntk.notation import X
    >>> quotient(3 * X / 4)
    Quotient(negative=False, numerator=(3,), denominator=(4,), beside=(x,))
    """
    above, below = _above_and_below(product)
    negative = sum(1 for factor in above if factor.is_Rational and factor.is_negative) % 2 == 1
    above = [abs(factor) if factor.is_Rational else factor for factor in above]
    above, below = _balanced_roots(_merged_roots(above), _merged_roots(below))
    above = [factor for factor in above if factor != 1]
    if negative:
        above, negative = _absorbed_sign(above)
    inside, beside = _beside(above, below) if below else (above, [])
    return Quotient(
        negative=negative,
        numerator=tuple(factors(inside)),
        denominator=tuple(factors(below)),
        beside=tuple(factors(beside)),
    )


def _above_and_below(product: Expr) -> tuple[list[Expr], list[Expr]]:
    above: list[Expr] = []
    below: list[Expr] = []
    for factor in _flat(product):
        if isinstance(factor, Rational) and not is_long_decimal(factor):
            above.append(Integer(factor.p))
            below.extend([Integer(factor.q)] if factor.q != 1 else [])
        elif factor.is_Pow and factor.exp is S.NegativeOne and _is_negative_deficit(factor.base):
            above.append(S.NegativeOne)
            below.append(-factor.base)
        elif isinstance(factor, Pow) and factor.base is not S.Exp1 and factor.exp.could_extract_minus_sign():
            below.append(Pow(factor.base, -factor.exp, evaluate=factor.exp == -1))
        else:
            above.append(factor)
    return above, below


def _flat(product: Expr) -> list[Expr]:
    """The factors, those of products that sympy left standing inside the product included."""
    if not product.is_Mul:
        return [product]
    return [part for factor in product.args for part in _flat(factor)]


def _is_negative_deficit(base: Expr) -> bool:
    """True for ρ − 1 and ρ² − 1: a correlation is at most 1, so that 1 − ρ is the natural denominator."""
    constant, rest = base.as_coeff_Add()
    return bool(base.free_symbols == {RHO} and constant.is_negative and not rest.is_Add and not quotient(rest).negative)


def is_long_decimal(number: Expr) -> bool:
    """True for a terminating decimal that is unreadable as a fraction, like the constants of SELU."""
    if not isinstance(number, Rational) or number.q <= 10**_LONGEST_DENOMINATOR:
        return False
    rest = number.q
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def decimal_digits(number: Rational) -> str:
    """A terminating decimal in full.

    >>> decimal_digits(Rational(-1, 8))
    '-0.125'
    """
    places = 0
    while (number * 10**places).q != 1:
        places += 1
    digits = str(abs((number * 10**places).p)).rjust(places + 1, "0")
    return ("-" if number < 0 else "") + digits[: len(digits) - places] + "." + digits[len(digits) - places :]


def _absorbed_sign(above: list[Expr]) -> tuple[list[Expr], bool]:
    """−ρ(ρ² − 5) → ρ(5 − ρ²): a difference takes up the sign; otherwise the sign stays in front."""
    for index, factor in enumerate(above):
        if isinstance(factor, Add) and len(factor.args) == 2:
            signs = [quotient(term).negative for term in factor.args]
            if signs.count(True) == 1:
                flipped = Add(*(-term for term in factor.args))
                return [*above[:index], flipped, *above[index + 1 :]], False
    return above, True


def is_root(expression: Expr) -> bool:
    """True for a square root."""
    return isinstance(expression, Pow) and expression.exp == S.Half


def _merged_roots(given: list[Expr]) -> list[Expr]:
    """√a·√b → √(ab), numbers with numbers and symbols with symbols, all radicands but one known not to be negative."""
    result = [factor for factor in given if not is_root(factor)]
    for numeric in (True, False):
        radicands = [f.args[0] for f in given if is_root(f) and bool(f.is_number) == numeric]
        if sum(1 for radicand in radicands if not radicand.is_nonnegative) > 1 or len(radicands) < 2:
            result.extend(root(radicand) for radicand in radicands)
        else:
            result.append(root(Mul(*radicands)))
    return result


def root(radicand: Expr) -> Expr:
    """The square root as it is to be written, without sympy's own splitting into factors."""
    return Pow(radicand, S.Half, evaluate=False)


def _balanced_roots(above: list[Expr], below: list[Expr]) -> tuple[list[Expr], list[Expr]]:
    """√2/(2√π) → 1/√(2π), √2/√π → √(2/π) and √2·x/2 → x/√2: what sympy's normal form of radicals hides."""
    upper = next((f for f in above if is_root(f) and f.args[0].is_Integer), None)
    lower = next((f for f in below if is_root(f) and f.is_number), None)
    if upper is None or (lower is None and all(f.is_number for f in above)):
        return above, below
    radicand = upper.args[0]
    whole = next((f for f in below if f.is_Integer and f % radicand == 0), None)
    above = [f for f in above if f is not upper]
    below = [f for f in below if f is not whole and f is not lower]
    if whole is not None:
        rest = [whole / radicand] if whole != radicand else []
        return above, [*below, *rest, root(radicand * lower.args[0] if lower else radicand)]
    if lower is not None and not below:
        return [*above, root(radicand / lower.args[0])], below
    return [*above, upper], [*below, lower] if lower is not None else below


def _beside(above: list[Expr], below: list[Expr]) -> tuple[list[Expr], list[Expr]]:
    if not all(factor.is_number for factor in below):
        return above, []
    numeric = [factor for factor in above if factor.is_number and not _is_long(factor)]
    symbolic = [factor for factor in above if factor not in numeric]
    if numeric or any(_is_long(factor) for factor in symbolic):
        return numeric, symbolic
    return above, []


def _is_long(expression: Expr) -> bool:
    if isinstance(expression, Add):
        many = len(expression.args) > 2 or expression.count_ops() > _MOST_OPERATIONS
        return bool(many or any(is_root(p) or p.exp.is_negative for p in expression.atoms(Pow)))
    applied = isinstance(expression, Function) and not isinstance(expression, sympy.exp)
    return applied and not all(number.is_Integer for number in expression.atoms(Rational))


def factors(given: list[Expr]) -> list[Expr]:
    """Factors in the order in which they are written: numbers, symbols, polynomials, roots, functions, other sums."""
    return sorted(given, key=_factor_key)


def _factor_key(factor: Expr) -> tuple[int, str]:
    base = factor.args[0] if isinstance(factor, Pow) and factor.base is not S.Exp1 else factor
    if factor.is_Rational:
        return (0, "")
    if factor.is_number and not factor.has(Function, sympy.exp):
        return (2, "") if is_root(factor) else (1, str(factor))
    if isinstance(base, Symbol) and not is_root(factor):
        return (3, str(factor))
    if isinstance(base, Add):
        return (8 if base.has(Function, sympy.exp) else 5 if is_root(factor) else 4, str(factor))
    return (5 if is_root(factor) else 6 if isinstance(factor, sympy.exp) else 7, str(factor))


def summands(total: Expr) -> list[tuple[bool, Expr]]:
    """The terms of a sum, each with whether it is written with a minus, in the order in which they are written.

    Polynomial terms by falling degree (rising in γ, the variable of expansions), then roots, then functions;
    a positive term leads where there is one.

    >>> from symntk.notation import RHO
    >>> summands(1 - RHO**2)
    [(False, 1), (True, -rho**2)]
    """
    direction = 1 if total.has(GAMMA) or _is_one_plus_symbol(total) else -1
    terms = sorted(Add.make_args(total), key=lambda term: _term_key(term, direction))
    signed = [(quotient(term).negative, term) for term in terms]
    leading = next((index for index, (negative, _) in enumerate(signed) if not negative), 0)
    signed.insert(0, signed.pop(leading))
    return signed


def _is_one_plus_symbol(total: Expr) -> bool:
    """True for 1 + ρ; not for n + 1 with an index n."""
    constant, rest = total.as_coeff_Add()
    return bool(constant == 1 and rest.is_Symbol and not rest.is_integer)


def _term_key(term: Expr, direction: int) -> tuple[int, Expr, str]:
    """Polynomials by degree, then terms with roots, then terms with functions by the rising powers of these."""
    degree: Expr = S.Zero
    applied: Expr = S.Zero
    rooted = False
    for factor in _flat(term):
        base, power = factor.as_base_exp()
        if isinstance(base, Symbol) and power.is_Rational:
            degree += power
        elif is_root(factor) and not factor.is_number:
            rooted = True
        elif not factor.is_number:
            applied += power if power.is_Integer else 1
    if applied != 0:
        return (2, applied, str(term))
    return (1, S.Zero, str(term)) if rooted else (0, direction * degree, str(term))
