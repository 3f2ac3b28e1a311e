"""The trigonometric family: sines, cosines and the random Fourier feature of the Gaussian kernel."""

from __future__ import annotations

import sympy

from symntk.activations.family import Family
from symntk.notation import X

FAMILIES = (
    Family(
        name="sin",
        summary="The sine of x.",
        source="Daniely2016",
        formula=lambda: sympy.sin(X),
    ),
    Family(
        name="cos",
        summary="The cosine of x.",
        source="Daniely2016",
        formula=lambda: sympy.cos(X),
    ),
    Family(
        name="rbf",
        summary="sin x + cos x = √2 sin(x + π/4), the unit-variance activation whose dual is e^{ρ−1}.",
        source="RahimiRecht2007",
        formula=lambda: sympy.sin(X) + sympy.cos(X),
    ),
)
