"""The polynomial family: activations whose dual is a polynomial."""

from __future__ import annotations

import sympy
from sympy import Expr, S

from symntk.activations.family import Family, require_integer, require_real
from symntk.notation import X

MAX_DEGREE = 200


def _monomial(n: Expr) -> Expr:
    require_integer("monomial", "n", n, 0, MAX_DEGREE)
    return X**n


def _polynomial(*coefficients: Expr) -> Expr:
    for index, coefficient in enumerate(coefficients):
        require_real("polynomial", f"c{index}", coefficient)
    return sum((c * X**k for k, c in enumerate(coefficients)), S.Zero)


def _hermite(n: Expr) -> Expr:
    require_integer("hermite", "n", n, 0, MAX_DEGREE)
    return sympy.expand(orthonormal_hermite(int(n)))


def orthonormal_hermite(n: int) -> Expr:
    """The orthonormal probabilists' Hermite polynomial hₙ(x) = n!^{1/2} Σₖ (−1)ᵏ x^{n−2k}/(2ᵏ k! (n − 2k)!).

    >>> orthonormal_hermite(2)
    sqrt(2)*(x**2 - 1)/2
    """
    factorial = sympy.factorial
    terms = (
        (-1) ** k * factorial(n) / (2**k * factorial(k) * factorial(n - 2 * k)) * X ** (n - 2 * k)
        for k in range(n // 2 + 1)
    )
    return sum(terms, S.Zero) / sympy.sqrt(factorial(n))


FAMILIES = (
    Family(
        name="identity",
        summary="The identity x, the activation of a linear network.",
        source="Daniely2016",
        formula=lambda: X,
    ),
    Family(
        name="monomial",
        summary="The power xⁿ.",
        source="Daniely2016",
        formula=_monomial,
        parameters={"n": sympy.Integer(2)},
    ),
    Family(
        name="polynomial",
        summary="The polynomial c₀ + c₁x + c₂x² + …",
        source="Daniely2016",
        formula=_polynomial,
        parameters={"c0": S.Zero, "c1": S.One, "c2": S.One},
        variadic=True,
    ),
    Family(
        name="hermite",
        summary="The orthonormal probabilists' Hermite polynomial of degree n, whose dual is ρⁿ.",
        source="Daniely2016",
        formula=_hermite,
        parameters={"n": sympy.Integer(3)},
    ),
)
