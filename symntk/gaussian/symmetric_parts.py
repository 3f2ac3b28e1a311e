"""Even and odd parts of a smooth activation that are polynomials, as the odd part of softplus is x/2."""

from __future__ import annotations

from functools import lru_cache

import sympy
from sympy import Expr, S

from symntk.activations.activation import Activation
from symntk.errors import SymntkError
from symntk.notation import X
from symntk.numbers.identity import prove_zero

HIGHEST_DEGREE = 3


@lru_cache(maxsize=512)
def polynomial_part(activation: Activation, parity: int) -> Expr | None:
    """(φ(x) + (−1)^parity φ(−x))/2 where it is proved to be a polynomial of degree ≤ 3; None otherwise.

    A derivative that vanishes identically proves it; the coefficients are derivatives at 0.
    Domain: smooth activations. Guarantee: exact.

    >>> from symntk.activations.catalogue import activation
    >>> polynomial_part(activation("softplus"), 1), polynomial_part(activation("silu"), 0)
    (x/2, None)
    """
    if activation.breakpoints:
        return None
    mirrored = activation.expression.subs(X, -X)
    part = (activation.expression + (-1) ** parity * mirrored) / 2
    polynomial: Expr = S.Zero
    for degree in range(HIGHEST_DEGREE + 1):
        if _vanishes(part):
            return polynomial
        polynomial += sympy.expand(part.subs(X, 0)) * X**degree / sympy.factorial(degree)
        part = sympy.diff(part, X)
    return polynomial if _vanishes(part) else None


def _vanishes(expression: Expr) -> bool:
    try:
        return prove_zero(expression)
    except SymntkError:
        return False
