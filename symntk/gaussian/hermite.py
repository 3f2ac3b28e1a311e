"""Exact Hermite coefficients aₙ = E φ(u)hₙ(u), by Gaussian integration by parts."""

from __future__ import annotations

from functools import lru_cache

import sympy
from flint import arb
from sympy import Expr, Integer, S, factorial, pi, sqrt

from symntk.activations.activation import Activation
from symntk.errors import DomainError, NoClosedFormError
from symntk.gaussian.binding import bound
from symntk.gaussian.combination import Combination, added, times_exponential
from symntk.gaussian.expectation import GaussianExpectation
from symntk.gaussian.gated_moments import Threshold, moment, root, tilted
from symntk.gaussian.presentation import presented
from symntk.gaussian.quadrature import enclose_hermite_coefficients
from symntk.gaussian.symmetric_parts import polynomial_part
from symntk.gaussian.terms import Gate, Mass, Term, elementary_terms, gaussian_term
from symntk.notation import X
from symntk.numbers.ball import enclose

HIGHEST_ORDER = 20000


def hermite_coefficients(activation: Activation, count: int) -> tuple[Expr, ...]:
    """a₀, …, a_{count−1} of φ in the orthonormal probabilists' Hermite polynomials hₙ.

    E F·Heₙ = E F′·Heₙ₋₁; with x Heₙ₋₁ = Heₙ + (n−1)Heₙ₋₂ this is a recursion for every term c·xᵏ·e^{bx²+ax}·gate.
    Domain: 1 ≤ count ≤ 20000. Guarantee: exact; inert expectations (certified by `enclose`) without closed form.
    Raises DomainError for a count outside the domain. Source: [ODonnell2014].

    >>> from symntk.activations.catalogue import activation
    >>> hermite_coefficients(activation("relu"), 4)
    (sqrt(2)/(2*sqrt(pi)), 1/2, 1/(2*sqrt(pi)), 0)
    """
    if not 1 <= count <= HIGHEST_ORDER:
        raise DomainError(f"{count} Hermite coefficients were asked for; take a number from 1 to {HIGHEST_ORDER}")
    return _coefficients(activation, count)


def hermite_coefficient(activation: Activation, n: int) -> Expr:
    """The single coefficient aₙ.

    >>> from symntk.activations.catalogue import activation
    >>> hermite_coefficient(activation("sign"), 1)
    sqrt(2)/sqrt(pi)
    """
    if n < 0:
        raise DomainError(f"the Hermite coefficient of order {n} was asked for; take an order n ≥ 0")
    return hermite_coefficients(activation, n + 1)[n]


def enclosed_hermite_coefficients(activation: Activation, count: int, *, bits: int = 128) -> list[arb]:
    """Balls around a₀, …, a_{count−1}.

    Guarantee: certified, of relative accuracy 2^−bits for closed forms and absolute accuracy 2^−bits otherwise.

    >>> from symntk.activations.catalogue import activation
    >>> [a.str(5) for a in enclosed_hermite_coefficients(activation("relu"), 2, bits=53)]
    ['[0.39894 +/- 2.29e-6]', '0.50000']
    """
    exact = hermite_coefficients(activation, count)
    if not any(a.has(GaussianExpectation) for a in exact):
        return [enclose(a, bits=bits) for a in exact]
    balls = enclose_hermite_coefficients(activation.expression, count, bits=bits)
    inert = [a.has(GaussianExpectation) for a in exact]
    return [b if i else enclose(a, bits=bits) for a, b, i in zip(exact, balls, inert, strict=True)]


@lru_cache(maxsize=256)
def _coefficients(activation: Activation, count: int) -> tuple[Expr, ...]:
    try:
        terms = elementary_terms(activation)
    except NoClosedFormError:
        return tuple(_inert(activation, n) for n in range(count))
    series = [_term_series(term, count) for term in terms]
    totals = (added((S.One, one[n]) for one in series) for n in range(count))
    return tuple(_normalised(total, n) for n, total in enumerate(totals))


def _normalised(total: Combination, n: int) -> Expr:
    value = presented(total)
    return sympy.factor_terms(value / sqrt(factorial(n))) if value != 0 else S.Zero


def _inert(activation: Activation, n: int) -> Expr:
    """The coefficient as an inert expectation; exact where the part of φ of the parity of n is a polynomial."""
    part = polynomial_part(activation, n % 2)
    if part is not None:
        return _polynomial_coefficient(part, n)
    polynomial = sympy.hermite_prob_poly(n, X) / sqrt(factorial(n))
    return GaussianExpectation(bound(polynomial * activation.expression))


def _polynomial_coefficient(polynomial: Expr, n: int) -> Expr:
    """E p(u)hₙ(u) for a polynomial p."""
    coefficients = tuple(reversed(sympy.Poly(polynomial, X).all_coeffs()))
    if n >= len(coefficients):
        return S.Zero
    return _normalised(_term_series(Term(coefficients=coefficients), n + 1)[n], n)


def _term_series(term: Term, count: int) -> list[Combination]:
    """E term·Heₙ for n < count."""
    table = _monomial_table(term, count)
    return [added((c, table[n][k]) for k, c in enumerate(term.coefficients) if c != 0) for n in range(count)]


def _monomial_table(term: Term, count: int) -> list[list[Combination]]:
    """I[n][k] = E xᵏ e^{bx²+ax} gate·Heₙ, by (1−2b)Iₙᵏ = aIₙ₋₁ᵏ + 2b(n−1)Iₙ₋₂ᵏ + kIₙ₋₁ᵏ⁻¹ + boundary."""
    powers = range(term.degree + 1)
    a, b = term.linear, term.quadratic
    table: list[list[Combination]] = [[_start(term, k) for k in powers]]
    boundary = _boundary(term, count)
    for n in range(1, count):
        row: list[Combination] = []
        for k in powers:
            parts = [(a, table[n - 1][k]), (S.One, boundary[n - 1][k])]
            if n > 1:
                parts.append((2 * b * (n - 1), table[n - 2][k]))
            if k:
                parts.append((Integer(k), table[n - 1][k - 1]))
            scale = 1 / (1 - 2 * b)
            row.append({atom: sympy.expand(scale * c) for atom, c in added(parts).items()})
        table.append(row)
    return table


def _start(term: Term, power: int) -> Combination:
    """E xᵏ e^{bx²+ax} gate."""
    law, exponent, determinant = tilted((term.linear, S.Zero), (term.quadratic, S.Zero), S.Zero)
    gates = ()
    if isinstance(term.gate, Gate):
        gates = (Threshold(index=0, level=term.gate.threshold, noise=term.gate.width**2),)
    return times_exponential(exponent, 1 / root(determinant), moment(law, (power, 0), gates))


def _boundary(term: Term, count: int) -> list[list[Combination]]:
    """B[n][k] = E xᵏ e^{bx²+ax} gate′·Heₙ: the polynomial at a step's threshold, or the series of a Gaussian term."""
    powers = range(term.degree + 1)
    if term.gate is None:
        return [[{} for _ in powers] for _ in range(count)]
    if isinstance(term.gate, Mass):
        raise NoClosedFormError("Hermite coefficients of a point mass were asked for; take a function")
    if term.gate.width != 0:
        monomial = Term(coefficients=(S.Zero,) * term.degree + (S.One,), linear=term.linear, quadratic=term.quadratic)
        bell = gaussian_term(monomial, term.gate)
        factor = bell.coefficients[-1]
        table = _monomial_table(bell, count)
        return [[added([(factor, cell)]) for cell in row] for row in table]
    t = term.gate.threshold
    atom = (sympy.expand(term.quadratic * t**2 + term.linear * t - t**2 / 2), S.One)
    values = _hermite_values(t, count)
    scale = 1 / sqrt(2 * pi)
    return [[added([(scale * t**k * value, {atom: S.One})]) for k in powers] for value in values]


def _hermite_values(t: Expr, count: int) -> list[Expr]:
    """He₀(t), …, He_{count−1}(t)."""
    values: list[Expr] = [S.One, t]
    for n in range(2, count):
        values.append(sympy.expand(t * values[-1] - (n - 1) * values[-2]))
    return values[:count]
