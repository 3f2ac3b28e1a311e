"""The exponential family: activations built from e^x and e^{−x²/2}."""

from __future__ import annotations

import sympy
from sympy import Expr, Piecewise, Rational, S

from symntk.activations.family import Family, require
from symntk.notation import X

SELU_SCALE = Rational(10507009873554804934193349852946, 10**31)
SELU_ALPHA = Rational(16732632423543772848170429916717, 10**31)


def _elu(alpha: Expr) -> Expr:
    require(alpha.is_real, "elu needs a real alpha", alpha, "give an exact real number")
    return Piecewise((X, X > 0), (alpha * (sympy.exp(X) - 1), True), evaluate=False)


def _celu(alpha: Expr) -> Expr:
    require(alpha.is_positive, "celu needs alpha > 0", alpha, "give an exact positive number")
    return Piecewise((X, X > 0), (alpha * (sympy.exp(X / alpha) - 1), True), evaluate=False)


FAMILIES = (
    Family(
        name="exp",
        summary="The exponential eˣ.",
        source="Daniely2016",
        formula=lambda: sympy.exp(X),
    ),
    Family(
        name="gaussian",
        summary="The bell e^{−x²/2}.",
        source="Williams1997",
        formula=lambda: sympy.exp(-(X**2) / 2),
    ),
    Family(
        name="elu",
        summary="The exponential linear unit: x for x > 0, α(eˣ − 1) for x < 0.",
        source="Clevert2015",
        formula=_elu,
        parameters={"alpha": S.One},
    ),
    Family(
        name="selu",
        summary="The scaled exponential linear unit λ·elu(α), with the printed constants as exact decimals.",
        source="Klambauer2017",
        formula=lambda: SELU_SCALE * _elu(SELU_ALPHA),
    ),
    Family(
        name="celu",
        summary="The continuously differentiable ELU: x for x > 0, α(e^{x/α} − 1) for x < 0.",
        source="Barron2017",
        formula=_celu,
        parameters={"alpha": S.One},
    ),
)
