"""How the names of symbols and functions are read: a letter, its accents, its primes and its subscripts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "ell": "ℓ", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ",
    "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip

ACCENTS = {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "dot": "\u0307"}

_SHAPE = re.compile(r"([A-Za-z]+?)(\d*)$")


@dataclass(frozen=True, kw_only=True)
class Name:
    """A name taken apart: `marks` are accents and "prime" in the order in which they are put on the letter."""

    letter: str
    marks: tuple[str, ...] = ()
    subscripts: tuple[str, ...] = ()


def read_name(name: str) -> Name:
    """Reads `phi_prime_hat`, `q_1`, `sigma_w` or `chi1`.

    >>> read_name("phi_prime_hat")
    Name(letter='phi', marks=('prime', 'hat'), subscripts=())
    >>> read_name("chi1")
    Name(letter='chi', marks=(), subscripts=('1',))
    """
    head, *parts = name.strip("_").split("_")
    shape = _SHAPE.match(head)
    letter, digits = shape.groups() if shape else (head, "")
    result = Name(letter=letter, subscripts=(digits,) if digits else ())
    for part in filter(None, parts):
        if part in ACCENTS or part == "prime":
            result = replace(result, marks=(*result.marks, part))
        else:
            result = replace(result, subscripts=(*result.subscripts, part))
    return result
