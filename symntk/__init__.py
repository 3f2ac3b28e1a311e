"""Symbolic and certified derivations for Neural Tangent Kernels and the mean-field theory of deep networks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symntk.activations.activation import Activation as Activation
    from symntk.activations.catalogue import activation as activation
    from symntk.activations.parse import parse_activation as parse_activation
    from symntk.claims.ledger import collect as collect
    from symntk.claims.ledger import decide_ledger as decide_ledger
    from symntk.claims.ledger import shipped_ledger as shipped_ledger
    from symntk.expansions.endpoint import expand as expand
    from symntk.gaussian.dual import derivative_dual as derivative_dual
    from symntk.gaussian.dual import dual as dual
    from symntk.gaussian.hermite import hermite_coefficients as hermite_coefficients
    from symntk.gaussian.moments import normalized as normalized
    from symntk.gaussian.moments import standardized as standardized
    from symntk.numbers.ball import enclose as enclose
    from symntk.numbers.decide import decide as decide
    from symntk.render.latex import latex as latex
    from symntk.render.text import text as text

__version__ = "0.1.0"

_HOME = {
    # activations
    "Activation": "activations.activation", "activation": "activations.catalogue",
    "parse_activation": "activations.parse", "standardized": "gaussian.moments", "normalized": "gaussian.moments",
    # derivations
    "dual": "gaussian.dual", "derivative_dual": "gaussian.dual", "hermite_coefficients": "gaussian.hermite",
    "expand": "expansions.endpoint",
    # certainty
    "enclose": "numbers.ball", "decide": "numbers.decide",
    # evidence
    "collect": "claims.ledger", "shipped_ledger": "claims.ledger", "decide_ledger": "claims.ledger",
    # presentation
    "latex": "render.latex", "text": "render.text",
}  # fmt: skip
"""Public name → the module it lives in, which is imported when the name is first used."""


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"symntk has no {name!r}; its public names are {', '.join(_HOME)}")
    return getattr(import_module(f"symntk.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(["__version__", *_HOME])
