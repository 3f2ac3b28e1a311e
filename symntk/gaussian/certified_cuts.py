"""Where the breakpoints of f(u) and g(v) cross, as t moves in the rotated coordinates u = r₁(αs + βt), v = r₂(αs − βt)."""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from flint import arb
from sympy import Expr

from symntk.errors import UndecidedError
from symntk.gaussian.certified_scalar import enclose_number
