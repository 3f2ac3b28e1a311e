"""Writes a combination of exponentials and normal probabilities in the form a reader expects."""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from functools import lru_cache

import sympy
from sympy import Expr, I, S, acos, asin, cos, cosh, exp, pi, sin, sinh, sqrt

from symntk.gaussian.combination import UNIT, Atom, Combination
from symntk.notation import RHO
from symntk.numbers.normal_distribution import BivariateNormalCDF, NormalCDF

UNMIXED = (NormalCDF, BivariateNormalCDF, exp)
"""Functions that are not written over a common denominator π."""


def presented(combination: Combination) -> Expr:
    """The combination as one expression: coefficients factored, exponentials paired, arcsines in the shorter form.

    Guarantee: exactly equal to the combination.

    >>> from symntk.notation import RHO
    >>> presented({(S.Zero, asin(RHO)): RHO / (2 * pi), UNIT: RHO / 4 + sympy.sqrt(1 - RHO**2) / (2 * pi)})
    (1/(2*pi))*(rho*(pi - acos(rho)) + sqrt(1 - rho**2))
    """
    groups, summands = _paired_exponentials({atom: factored(c) for atom, c in combination.items()})
    arcsines = [atom for atom in groups if atom[0] == 0 and isinstance(atom[1], asin)]
    if len(arcsines) == 1:
        summands.append(_with_arcsine(groups.pop(arcsines[0]), arcsines[0][1], groups.pop(UNIT, S.Zero)))
    else:
        summands.append(groups.pop(UNIT, S.Zero))
    by_exponent: dict[Expr, list[Expr]] = defaultdict(list)
    for (exponent, function), coefficient in groups.items():
        by_exponent[exponent].append(coefficient * function)
    summands.extend(exp(_shorter(e)) * sympy.factor_terms(sympy.Add(*parts)) for e, parts in by_exponent.items())
    return _with_content(sympy.Add(*summands))


def _with_content(total: Expr) -> Expr:
    """A common rational factor, and 1/π where most summands have it, taken out of a sum."""
    summands = sympy.Add.make_args(total)
    if len(summands) < 2:
        return total
    content = functools.reduce(sympy.gcd, (summand.as_coeff_Mul()[0] for summand in summands))
    over_pi = [summand for summand in summands if sympy.fraction(summand)[1].has(pi)]
    common = len(over_pi) == len(summands) or (2 * len(over_pi) > len(summands) and not total.has(*UNMIXED))
    factor = content / pi if common and not total.has(sqrt(pi), 1 / sqrt(pi)) else content
    if factor == 1:
        return total
    return sympy.Mul(factor, sympy.Add(*(summand / factor for summand in summands)), evaluate=False)


@lru_cache(maxsize=16384)
def factored(coefficient: Expr) -> Expr:
    """A coefficient with its rational factors of every radical factored."""
    if coefficient.is_number:
        return sympy.expand(coefficient)
    groups: dict[Expr, list[Expr]] = defaultdict(list)
    for summand in sympy.Add.make_args(_distributed(coefficient)):
        rational, radical = [], []
        for factor in sympy.Mul.make_args(summand):
            base, power = factor.as_base_exp()
            if _is_rational(factor):
                rational.append(factor)
            elif power.is_Rational and _is_rational(base):
                whole = sympy.Integer(int(power))
                rational.append(base**whole)
                radical.append(base ** (power - whole))
            else:
                radical.append(factor)
        groups[sympy.Mul(*radical)].append(sympy.Mul(*rational))
    sums = ((radical, sympy.Add(*parts)) for radical, parts in groups.items())
    return sympy.Add(*(_tidied(value, radical) for radical, value in sums))


def _distributed(coefficient: Expr) -> Expr:
    """Products distributed over sums; denominators and radicals stay whole."""
    whole: dict[Expr, Expr] = {}

    def keep(base: Expr, power: Expr) -> Expr:
        if power.is_Integer and power.is_positive or not base.is_Add:
            return base**power
        return whole.setdefault(base**power, sympy.Dummy())

    protected = coefficient.replace(sympy.Pow, keep)
    return sympy.expand(protected).xreplace({dummy: value for value, dummy in whole.items()})


def _tidied(rational: Expr, radical: Expr) -> Expr:
    """The factored rational function times the radical, with powers of the radicand gathered in the radical."""
    value = sympy.factor(rational) if rational.free_symbols else rational
    for factor in sympy.Mul.make_args(radical):
        base, power = factor.as_base_exp()
        if power == -HALF and base.is_Add and rational.free_symbols:
            numerator, denominator = sympy.fraction(value)
            quotient, remainder = (
                sympy.div(denominator, base, *sorted(base.free_symbols, key=str))
                if denominator.has(*base.free_symbols)
                else (S.Zero, S.One)
            )
            if remainder == 0:
                return sympy.factor(numerator / quotient) * radical / base
    return value * radical


HALF = sympy.Rational(1, 2)


def _is_rational(factor: Expr) -> bool:
    return factor.is_number or factor.is_rational_function()


def _paired_exponentials(groups: dict[Atom, Expr]) -> tuple[dict[Atom, Expr], list[Expr]]:
    """Splits off the plain exponentials and writes them with cos, sin, cosh and sinh where they pair up."""
    merged: dict[Atom, list[Expr]] = defaultdict(list)
    for (exponent, function), coefficient in groups.items():
        merged[sympy.expand(exponent), function].append(coefficient)
    sums: dict[Atom, Expr] = {atom: sympy.Add(*parts) for atom, parts in merged.items()}
    plain = {e: c for (e, f), c in sums.items() if f == 1 and e != 0}
    rest = {(e, f): c for (e, f), c in sums.items() if f != 1 or e == 0}
    unpaired, found = _hyperbolic(_trigonometric(plain))
    return rest | {(e, S.One): c for e, c in unpaired.items()}, found


def _trigonometric(plain: dict[Expr, Expr]) -> dict[Expr, Expr]:
    """c·e^{α + iβ} summed over conjugate pairs as e^α(Re c·cos β − Im c·sin β); needs a real total."""
    result: dict[Expr, list[Expr]] = defaultdict(list)
    for exponent, coefficient in plain.items():
        phase = exponent.coeff(I)
        if phase == 0 or not phase.is_real:
            result[exponent].append(coefficient)
            continue
        real, imaginary = sympy.expand(coefficient).as_real_imag()
        result[sympy.expand(exponent - I * phase)].append(real * cos(phase) - imaginary * sin(phase))
    return {exponent: factored(sympy.Add(*parts)) for exponent, parts in result.items()}


def _hyperbolic(plain: dict[Expr, Expr]) -> tuple[dict[Expr, Expr], list[Expr]]:
    """Opposite exponentials a·e^{c + d} ± a·e^{c − d} as 2a·e^c·cosh d or 2a·e^c·sinh d, where only d contains ρ."""
    rest, found = dict(plain), []
    for first, second in itertools.combinations(plain, 2):
        center, half = sympy.expand((first + second) / 2), sympy.expand((first - second) / 2)
        if not {first, second} <= rest.keys() or center.has(RHO) or not half.has(RHO):
            continue
        sense = -1 if half.could_extract_minus_sign() else 1
        for sign, function in ((1, cosh), (-1, sinh)):
            if sympy.expand(plain[first] - sign * plain[second]) == 0:
                amplitude = 2 * (sense if sign == -1 else 1) * plain[first]
                found.append(amplitude * exp(_shorter(center)) * function(_shorter(sense * half)))
                del rest[first], rest[second]
                break
    return rest, found


def _shorter(exponent: Expr) -> Expr:
    return min((sympy.factor(exponent), exponent), key=lambda form: form.count_ops())


def _with_arcsine(slope: Expr, arcsine: Expr, constant: Expr) -> Expr:
    """slope·asin(g) + constant, with asin or acos, whichever is shorter."""
    angle = acos(arcsine.args[0])
    candidates = (
        (slope * arcsine, constant),
        (slope * (pi - angle), factored(constant - slope * pi / 2)),
        (-slope * angle, factored(constant + slope * pi / 2)),
    )
    written = [sympy.Add(*candidate) for candidate in candidates]
    return min(written, key=lambda form: (sympy.factor_terms(form).count_ops(), sympy.default_sort_key(form)))
