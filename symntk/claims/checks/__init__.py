"""The library of routes: small frozen objects that look at a statement and report what they found."""

from symntk.claims.checks.algebra import AlgebraicIdentity, DerivedQuantity
from symntk.claims.checks.check import Check, Finding, certified, doubted, proved, refuted, supported, unknown
from symntk.claims.checks.composite import Each, FiniteFamily, Route, Sampled, sampled
from symntk.claims.checks.domains import BallOnDomain, SignChange
from symntk.claims.checks.points import (
    BallIdentityAtRandomPoints,
    CertifiedWitness,
    DecimalRounding,
    HighPrecisionAtPoints,
    QuadratureAtPoints,
    Recomputed,
)
from symntk.claims.checks.quadrature import IndependentQuadrature
from symntk.claims.checks.series import SeriesCheck
from symntk.claims.checks.tails import BallLimit, HighPrecisionLimit

IDENTITY = (AlgebraicIdentity(), BallIdentityAtRandomPoints())
"""Two routes for an identity: algebra, and balls at points (by quadrature, where Gaussian expectations occur)."""

INEQUALITY = (BallOnDomain(), HighPrecisionAtPoints())
"""Two routes for an inequality on bounded intervals."""

DECIMAL = (DecimalRounding(), HighPrecisionAtPoints())
"""Two routes for a printed decimal."""

SERIES = (SeriesCheck(), BallLimit())
"""Two routes for an expansion: exact coefficients, and balls of the remainder over its order."""

LIMIT = (BallLimit(), HighPrecisionLimit())
"""Two routes for a limit or an asymptotic equivalence of closed forms or sequences."""

__all__ = [
    "DECIMAL",
    "IDENTITY",
    "INEQUALITY",
    "LIMIT",
    "SERIES",
    "AlgebraicIdentity",
    "BallIdentityAtRandomPoints",
    "BallLimit",
    "BallOnDomain",
    "CertifiedWitness",
    "Check",
    "DecimalRounding",
    "DerivedQuantity",
    "Each",
    "Sampled",
    "sampled",
    "Finding",
    "FiniteFamily",
    "HighPrecisionAtPoints",
    "HighPrecisionLimit",
    "IndependentQuadrature",
    "QuadratureAtPoints",
    "Recomputed",
    "Route",
    "SeriesCheck",
    "SignChange",
    "certified",
    "doubted",
    "proved",
    "refuted",
    "supported",
    "unknown",
]
