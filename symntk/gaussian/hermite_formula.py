"""Hermite coefficients for symbolic n: one closed form per parity, where the elementary terms have one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

import sympy
from sympy import Expr, I, S, exp, factorial, factorial2, pi, sqrt

from symntk.activations.activation import Activation
from symntk.errors import NoClosedFormError
from symntk.gaussian.terms import Gate, Mass, Term, elementary_terms, gaussian_term
from symntk.notation import N

ALTERNATING = sympy.Dummy("s")
"""Stands for (−1)^⌊n/2⌋ while terms are added."""


@dataclass(frozen=True, kw_only=True)
class HermiteCase:
    """aₙ = expression for every n ≥ start of the given parity ("even", "odd", or None for all n)."""

    parity: str | None
    start: int
    expression: Expr


@lru_cache(maxsize=256)
def hermite_formula(activation: Activation) -> tuple[HermiteCase, ...]:
    """aₙ for symbolic n, by parity.

    Step terms follow from the jumps, √n!·aₙ = Σ_t Σ_j [φ⁽ʲ⁾]_t He_{n−1−j}(t) e^{−t²/2}/√(2π),
    with He_{2m}(0) = (−1)ᵐ(2m−1)!!;
    exponentials from E e^{au}Heₙ = aⁿe^{a²/2}; Gaussians and normal distribution functions from a two-term recursion.
    Domain: n ≥ start of the case. Guarantee: exact. Raises NoClosedFormError where a term has no closed form in n
    (an exponential behind a step, a shifted Gaussian). Source: [ODonnell2014].

    >>> from symntk.activations.catalogue import activation
    >>> [case.expression for case in hermite_formula(activation("exp"))]
    [exp(1/2)/sqrt(factorial(n))]
    """
    terms = elementary_terms(activation)
    cases = tuple(_case(terms, parity) for parity in (0, 1))
    if cases[0].expression == cases[1].expression:
        return (HermiteCase(parity=None, start=max(c.start for c in cases), expression=cases[0].expression),)
    return cases


def _case(terms: tuple[Term, ...], parity: int) -> HermiteCase:
    parts, starts = [], [0]
    sequences: dict[tuple[Expr, int, int], list[Expr]] = defaultdict(list)
    for term in terms:
        starts.append(_start(term))
        for key, polynomial in _double_factorials(term, parity).items():
            sequences[key].append(polynomial)
        parts.extend(_direct(term, parity))
    for (ratio, offset, power), polynomials in sequences.items():
        sign = ratio ** ((N - offset) / 2) if ratio != 1 else S.One
        polynomial = sympy.factor(sympy.expand(sympy.Add(*polynomials)))
        parts.append(sign * factorial2(N - offset - power) * polynomial)
    total = sympy.factor_terms(sympy.expand(sympy.Add(*parts)) if any(p.has(I) for p in parts) else sympy.Add(*parts))
    total = total.subs(ALTERNATING, (-1) ** ((N - parity) / 2))
    return HermiteCase(parity=("even", "odd")[parity], start=max(starts), expression=total / sqrt(factorial(N)))


def _start(term: Term) -> int:
    """The first n from which the closed form of a term holds."""
    plain = term.linear == 0 and term.quadratic == 0
    return term.degree + 1 if plain else term.degree


def _direct(term: Term, parity: int) -> list[Expr]:
    """Terms that are sums of He at a threshold t ≠ 0, or of powers aⁿ."""
    gate, a, b = term.gate, term.linear, term.quadratic
    if isinstance(gate, Mass):
        raise NoClosedFormError("Hermite coefficients of a point mass were asked for; take a function")
    if gate is not None and (a != 0 or b != 0 or (gate.width != 0 and gate.threshold != 0)):
        raise _no_form(term)
    if gate is not None and gate.width == 0 and gate.threshold != 0:
        return _hermite_values(term, gate.threshold, parity)
    if gate is None and b == 0 and a != 0:
        shifts = [(c, k) for k, c in enumerate(term.coefficients) if c != 0]
        return [c * _power(a, N + j, parity, j) * p * exp(a**2 / 2) for c, k in shifts for j, p in _ladder(k).items()]
    if gate is None and b != 0 and a != 0:
        raise _no_form(term)
    return []


def _no_form(term: Term) -> NoClosedFormError:
    return NoClosedFormError(
        "a Hermite coefficient for symbolic n was asked for, but an exponential or a shifted distribution function "
        f"with gate {term.gate} has none; ask for numbered coefficients"
    )


def _hermite_values(term: Term, t: Expr, parity: int) -> list[Expr]:
    """Σ_j P⁽ʲ⁾(t) He_{n−1−j}(t)·density(t), with He at |t|."""
    density = exp(-(t**2) / 2) / sqrt(2 * pi)
    size = sympy.Abs(t)
    result = []
    for j, value in enumerate(_derivatives(term, t)):
        mirrored = (-1) ** (parity + 1 + j) if t.is_negative else 1
        result.append(mirrored * value * sympy.hermite_prob(N - 1 - j, size, evaluate=False) * density)
    return result


def _derivatives(term: Term, t: Expr) -> list[Expr]:
    """P(t), P′(t), P″(t), …"""
    y = sympy.Dummy()
    polynomial = sympy.Add(*(c * y**k for k, c in enumerate(term.coefficients)))
    return [sympy.expand(sympy.diff(polynomial, y, j).subs(y, t)) for j in range(term.degree + 1)]


def _power(a: Expr, exponent: Expr, parity: int, shift: int) -> Expr:
    """a^exponent for exponent = n + shift and n of known parity; powers of i become signs."""
    imaginary = sympy.expand(a / I)
    if not (a.has(I) and imaginary.is_real):
        return a**exponent
    odd = (parity + shift) % 2
    sign = -1 if odd and imaginary.is_negative else 1
    half_turns = (shift + parity - odd) // 2
    return sign * sympy.Abs(imaginary) ** exponent * ALTERNATING * (-1) ** half_turns * (I if odd else 1)


@lru_cache(maxsize=64)
def _ladder(power: int) -> dict[int, Expr]:
    """The polynomials p_j(n) with xᵏHeₙ = Σ_j p_j(n) He_{n+j}, from x Heₙ = Heₙ₊₁ + n Heₙ₋₁."""
    if power == 0:
        return {0: S.One}
    lower = _ladder(power - 1)
    result: dict[int, Expr] = defaultdict(lambda: S.Zero)
    for j, p in lower.items():
        result[j + 1] += p.subs(N, N + 1)
        result[j - 1] += N * p.subs(N, N - 1)
    return {j: sympy.expand(p) for j, p in result.items()}


def _double_factorials(term: Term, parity: int) -> dict[tuple[Expr, int, int], Expr]:
    """Terms whose k = 0 coefficients are A·λ^{(m−e)/2}·(m−1−e)!! for m ≡ e mod 2: steps and Φ at 0, and Gaussians.

    Keys are (λ, o, 1), values polynomials in n: the contribution is λ^{(n−o)/2}·(n−o−1)!!·polynomial.
    """
    family = _family(term)
    if family is None:
        return {}
    amplitude, ratio, offset = family
    top = max((k for k, c in enumerate(term.coefficients) if c != 0 and (parity - offset - k) % 2 == 0), default=None)
    if top is None:
        return {}
    total = S.Zero
    for k, c in enumerate(term.coefficients):
        if c == 0 or (parity - offset - k) % 2:
            continue
        for j, p in _ladder(k).items():
            steps = (j + top) // 2
            rising = sympy.Mul(*(N - top - offset - 1 + 2 * (i + 1) for i in range(steps)))
            total += c * p * ratio**steps * rising
    return {(ratio, top + offset, 1): amplitude * sympy.expand(total)}


def _family(term: Term) -> tuple[Expr, Expr, int] | None:
    """(A, λ, e) of a term without linear exponent and with threshold 0."""
    gate = term.gate
    if term.linear != 0 or isinstance(gate, Mass):
        return None
    if gate is None:
        b = term.quadratic
        return (1 / sqrt(1 - 2 * b), 2 * b / (1 - 2 * b), 0) if b != 0 else None
    if gate.threshold != 0 or term.quadratic != 0:
        return None
    if gate.width == 0:
        return 1 / sqrt(2 * pi), S.NegativeOne, 1
    bell = gaussian_term(Term(coefficients=(S.One,)), Gate(threshold=S.Zero, width=gate.width))
    b = bell.quadratic
    return bell.coefficients[0] / sqrt(1 - 2 * b), 2 * b / (1 - 2 * b), 1
