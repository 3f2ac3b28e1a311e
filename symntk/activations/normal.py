"""The normal family: activations built from the normal distribution function Φ and the error function."""

from __future__ import annotations

import sympy

from symntk.activations.family import Family
from symntk.notation import X
from symntk.numbers.normal_distribution import NormalCDF

FAMILIES = (
    Family(
        name="erf",
        summary="The error function erf x = 2Φ(√2 x) − 1.",
        source="Williams1997",
        formula=lambda: sympy.erf(X),
    ),
    Family(
        name="normal_cdf",
        summary="The normal distribution function Φ(x).",
        source="Williams1997",
        formula=lambda: NormalCDF(X),
    ),
    Family(
        name="gelu",
        summary="The Gaussian error linear unit x·Φ(x).",
        source="Hendrycks2016",
        formula=lambda: X * NormalCDF(X),
    ),
)
