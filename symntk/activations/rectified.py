"""The rectified family: activations with kinks or jumps, polynomial on every piece."""

from __future__ import annotations

import sympy
from sympy import Expr, Heaviside, Max, Min, Piecewise, Rational, S

from symntk.activations.family import Family, require_integer, require_real
from symntk.notation import X

MAX_POWER = 200


def _leaky_relu(a: Expr) -> Expr:
    require_real("leaky_relu", "a", a)
    return Piecewise((X, X > 0), (a * X, True), evaluate=False)


def _rectified_monomial(p: Expr) -> Expr:
    require_integer("rectified_monomial", "p", p, 0, MAX_POWER)
    return Heaviside(X) if p == 0 else Max(0, X) ** p


def _shifted_relu(t: Expr) -> Expr:
    require_real("shifted_relu", "t", t)
    return Max(0, X - t)


FAMILIES = (
    Family(
        name="step",
        summary="The unit step: 1 for x > 0, 0 for x < 0.",
        source="ChoSaul2009",
        formula=lambda: Heaviside(X),
    ),
    Family(
        name="sign",
        summary="The sign of x.",
        source="Williams1997",
        formula=lambda: sympy.sign(X),
    ),
    Family(
        name="relu",
        summary="The rectified linear unit max(0, x).",
        source="NairHinton2010",
        formula=lambda: Max(0, X),
    ),
    Family(
        name="leaky_relu",
        summary="x for x > 0, a·x for x < 0.",
        source="Maas2013",
        formula=_leaky_relu,
        parameters={"a": Rational(1, 100)},
    ),
    Family(
        name="abs",
        summary="The absolute value |x|.",
        source="ChoSaul2009",
        formula=lambda: sympy.Abs(X),
    ),
    Family(
        name="rectified_monomial",
        summary="The rectified monomial max(0, x)ᵖ, the step for p = 0.",
        source="ChoSaul2009",
        formula=_rectified_monomial,
        parameters={"p": sympy.Integer(2)},
    ),
    Family(
        name="shifted_relu",
        summary="The rectified linear unit with threshold t: max(0, x − t).",
        source="ChoSaul2009",
        formula=_shifted_relu,
        parameters={"t": Rational(1, 2)},
    ),
    Family(
        name="hard_tanh",
        summary="x clipped to [−1, 1].",
        source="Collobert2004",
        formula=lambda: Max(S.NegativeOne, Min(S.One, X)),
    ),
    Family(
        name="relu6",
        summary="x clipped to [0, 6].",
        source="Krizhevsky2010",
        formula=lambda: Min(sympy.Integer(6), Max(0, X)),
    ),
)
