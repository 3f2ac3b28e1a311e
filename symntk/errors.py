"""The errors symntk raises: each says what was asked, what was found and what to do next, in one line."""

from __future__ import annotations


class SymntkError(Exception):
    """The root of every error that symntk raises on purpose."""


class DomainError(SymntkError, ValueError):
    """An input lies outside the domain on which the question has an answer."""


class UndecidedError(SymntkError):
    """The allowed precision was used up before the question could be decided."""


class NoClosedFormError(SymntkError):
    """No closed form is derivable by the algorithms of this library; certified values may still exist."""


class ParseError(SymntkError, ValueError):
    """User text is not a sentence of the language that was expected."""
