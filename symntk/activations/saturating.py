"""The saturating family: smooth activations without closed-form duals, built from tanh and the logistic function."""

from __future__ import annotations

import sympy
from sympy import Expr

from symntk.activations.family import Family
from symntk.notation import X


def logistic(u: Expr) -> Expr:
    """The logistic function 1/(1 + e^{−u}).

    >>> logistic(X)
    1/(1 + exp(-x))
    """
    return 1 / (1 + sympy.exp(-u))


FAMILIES = (
    Family(
        name="tanh",
        summary="The hyperbolic tangent.",
        source="LeCun1998",
        formula=lambda: sympy.tanh(X),
    ),
    Family(
        name="sigmoid",
        summary="The logistic function 1/(1 + e^{−x}).",
        source="LeCun1998",
        formula=lambda: logistic(X),
    ),
    Family(
        name="softplus",
        summary="The smooth rectifier log(1 + eˣ).",
        source="Dugas2000",
        formula=lambda: sympy.log(1 + sympy.exp(X)),
    ),
    Family(
        name="silu",
        summary="The sigmoid linear unit x/(1 + e^{−x}).",
        source="Hendrycks2016",
        formula=lambda: X * logistic(X),
    ),
    Family(
        name="arctan",
        summary="The arctangent.",
        source="LeCun1998",
        formula=lambda: sympy.atan(X),
    ),
)
