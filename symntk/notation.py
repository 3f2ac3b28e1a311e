"""The symbols every formula of symntk is written in."""

from __future__ import annotations

import sympy

X = sympy.Symbol("x", real=True)
"""Argument of an activation."""

RHO = sympy.Symbol("rho", real=True)
"""Correlation of a pair of pre-activations, in [−1, 1]."""

GAMMA = sympy.Symbol("gamma", positive=True)
"""Deficit γ = 1 − ρ of a correlation, in [0, 2]."""

Q1 = sympy.Symbol("q_1", positive=True)
"""Variance of the first pre-activation."""

Q2 = sympy.Symbol("q_2", positive=True)
"""Variance of the second pre-activation."""

N = sympy.Symbol("n", integer=True, nonnegative=True)
"""Order of a Hermite coefficient."""
