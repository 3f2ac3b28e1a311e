"""What may be asked of the quadratures: functions of x, variances and correlations, checked and brought to one form."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol, runtime_checkable

import sympy
from sympy import Expr

from symntk.errors import DomainError
from symntk.gaussian.certified_scalar import Number, as_expression, enclose_number
from symntk.notation import X

_CHECKING_BITS = 64


@runtime_checkable
class HasExpression(Protocol):
    """An activation, as far as it matters here."""

    @property
    def expression(self) -> Expr:
        """The function as an expression in x."""
        ...


Integrand = Expr | sympy.Lambda | HasExpression


def function_of(f: Integrand) -> Expr:
    """The function as an expression in x alone; DomainError for anything else.

    >>> t = sympy.Symbol("t")
    >>> function_of(sympy.Lambda(t, t**2))
    x**2
    """
    if isinstance(f, sympy.Lambda):
        if len(f.variables) != 1:
            raise DomainError(f"a function of one variable was asked for, but {f} has {len(f.variables)}; use one")
        f = f.expr.xreplace({f.variables[0]: X})
    expression = f if isinstance(f, Expr) else f.expression
    strangers = expression.free_symbols - {X}
    if strangers:
        raise DomainError(f"a function of x was asked for, but {strangers.pop()} is in {expression}; give it a value")
    return expression


def variance_of(q: Number) -> Expr:
    """A variance as an expression; DomainError unless it is certainly positive."""
    value = as_expression(q)
    if not enclose_number(value, _CHECKING_BITS) > 0:
        raise DomainError(f"a Gaussian expectation at variance {q} was asked for; take a variance > 0")
    return value


def correlation_of(rho: Number) -> Expr:
    """A correlation as an expression; DomainError when it certainly lies outside [−1, 1]."""
    value = as_expression(rho)
    if any(enclose_number(side, _CHECKING_BITS) < 0 for side in (1 - value, 1 + value)):
        raise DomainError(f"a Gaussian expectation at correlation {rho} was asked for; take a correlation in [-1, 1]")
    return value


@lru_cache(maxsize=1024)
def parity(f: Expr) -> str | None:
    """ "even" or "odd" when expansion shows it; None when it does not.

    >>> parity(sympy.tanh(X) * X)
    'even'
    """
    mirrored = f.subs(X, -X)
    if mirrored == f or sympy.expand(mirrored - f) == 0:
        return "even"
    return "odd" if mirrored == -f or sympy.expand(mirrored + f) == 0 else None
