"""The works that formulas and claims are taken from, by citation key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from symntk.errors import DomainError

_ENTRY = re.compile(r"@(\w+)\{(\w+),\n(.*?)\n\}", re.DOTALL)
_FIELD = re.compile(r"(\w+)\s*=\s*\{(.*)\},?")


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One work: `venue` is the journal, proceedings, publisher or note, whichever the entry has."""

    key: str
    authors: tuple[str, ...]
    title: str
    venue: str
    year: int

    def __str__(self) -> str:
        shown = list(self.authors) if len(self.authors) < 4 else [self.authors[0], "others"]
        names = " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))
        return ". ".join(part for part in (f"{names} ({self.year})", self.title, self.venue) if part)


@cache
def library() -> dict[str, Reference]:
    """Every work of `literature.bib`, by key."""
    source = files("symntk").joinpath("literature.bib").read_text(encoding="utf-8")
    return {key: _reference(key, body) for _, key, body in _ENTRY.findall(source)}


def _reference(key: str, body: str) -> Reference:
    fields: dict[str, str] = {
        found[1]: found[2] for found in map(_FIELD.match, map(str.strip, body.split("\n"))) if found
    }
    venue = next((fields[name] for name in ("journal", "booktitle", "publisher", "note") if name in fields), "")
    return Reference(
        key=key,
        authors=tuple(fields["author"].split(" and ")),
        title=fields["title"],
        venue=venue,
        year=int(fields["year"]),
    )


def keys() -> tuple[str, ...]:
    """The citation keys, in alphabetical order.

    >>> "ChoSaul2009" in keys()
    True
    """
    return tuple(sorted(library(), key=str.lower))


def citation(key: str) -> str:
    """The work behind a citation key, as one line; DomainError for a key that `literature.bib` does not have.

    >>> citation("ChoSaul2009")  # doctest: +ELLIPSIS
    'Youngmin Cho and Lawrence K. Saul (2009). Kernel Methods for Deep Learning. Advances in Neural Information ...'
    """
    if key not in library():
        raise DomainError(f"the citation key {key!r} was asked for, but literature.bib has only {', '.join(keys())}")
    return str(library()[key])
