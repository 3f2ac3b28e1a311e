"""Collects claims from files and decides them all."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType

from symntk.claims.claim import Claim
from symntk.claims.decide import Blamed, ClaimError, Decision, decide_claim
from symntk.claims.verdict import Outcome, Verdict
from symntk.errors import DomainError, ParseError

Progress = Callable[[Decision], None]


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """The claims in order of their files, and the paths they were collected from (none for claims made in memory)."""

    claims: tuple[Claim, ...]
    paths: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for claim in _with_corrections(self.claims):
            if claim.id in seen:
                raise DomainError(f"claims with different ids were expected, but {claim.id!r} occurs twice; rename one")
            seen.add(claim.id)


def collect(paths: Iterable[Path | str]) -> Ledger:
    """The claims of .py files, and of all .py files below folders, each of which defines `CLAIMS`, a tuple of Claim.

    Claim files are Python programs, and collecting them runs them: collect only what you trust. Files whose name begins
    with an underscore are helpers and are not collected. Raises ParseError, naming the file, when a path cannot be
    read, a file breaks, or CLAIMS is missing or is no tuple of claims; DomainError for an id that occurs twice.
    """
    places = tuple(Path(path) for path in paths)
    sources = [source for place in places for source in _sources(place)]
    return Ledger(claims=tuple(claim for source in sources for claim in _claims_of(source)), paths=places)


def shipped_ledger() -> Ledger:
    """The ledger that ships with symntk: `symntk/_proofs` in a wheel, `proofs` beside the package in a checkout."""
    package = Path(str(files("symntk")))
    for folder in (package / "_proofs", package.parent / "proofs"):
        if folder.is_dir():
            return collect([folder])
    raise ParseError(
        "the shipped ledger was asked for, but this installation has none; install symntk anew or name a PATH"
    )


def selected(ledger: Ledger, pattern: str | None) -> tuple[Claim, ...]:
    """The claims whose id matches the glob (`*` matches slashes too), or all; DomainError when nothing matches."""
    if pattern is None:
        return ledger.claims
    found = tuple(
        claim for claim in ledger.claims if fnmatchcase(claim.id, pattern) or fnmatchcase(claim.paper, pattern)
    )
    if not found:
        raise DomainError(
            f"claims matching {pattern!r} were asked for, but none of the {len(ledger.claims)} ids does; try '*word*'"
        )
    return found


def decide_ledger(
    ledger: Ledger, only: str | None = None, jobs: int = 1, progress: Progress | None = None
) -> list[Decision]:
    """Decide the claims (those whose id matches the glob `only`), in their order, and report each as it is done.

    With jobs > 1, worker processes collect the same paths again and decide claims by id; a ledger without paths is
    decided in this process. Raises ClaimError when the code of a claim breaks, DomainError for jobs < 1.
    """
    if jobs < 1:
        raise DomainError(f"at least one job was expected, but {jobs} was given")
    claims = selected(ledger, only)
    decisions: list[Decision] = []
    for decision in _in_parallel(ledger, claims, jobs) if jobs > 1 and ledger.paths else map(decide_claim, claims):
        decisions.append(decision)
        if progress is not None:
            progress(decision)
    return decisions


def all_agree(decisions: Sequence[Decision]) -> bool:
    """Whether every verdict is the recorded one and none, in a correction or a claim, is UNDECIDED."""
    return all(d.agrees and d.verdict is not Verdict.UNDECIDED for d in decisions)


def _with_corrections(claims: Iterable[Claim]) -> Iterator[Claim]:
    for claim in claims:
        yield claim
        if claim.corrected is not None:
            yield from _with_corrections([claim.corrected])


def _sources(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    if place.is_dir():
        found = [p for p in sorted(place.rglob("*.py")) if not p.name.startswith("_") and "__pycache__" not in p.parts]
        if found:
            return found
        raise ParseError(
            f"claims were asked for from {place}, but the folder has no .py files; name a folder of claim files"
        )
    raise ParseError(f"claims were asked for from {place}, but there is no such file or folder; check the path")


def _claims_of(source: Path) -> tuple[Claim, ...]:
    module = _loaded(source)
    claims = getattr(module, "CLAIMS", None)
    if not isinstance(claims, tuple) or not all(isinstance(claim, Claim) for claim in claims):
        found = "none is defined" if claims is None else f"it is a {type(claims).__name__}"
        raise ParseError(f"a tuple CLAIMS of Claim objects was expected in {source}, but {found}; see proofs/README.md")
    return claims


def _loaded(source: Path) -> ModuleType:
    """Run the claim file as a module of its own, under a name that no other file can have."""
    name = f"symntk_claims_{hashlib.sha256(str(source.resolve()).encode()).hexdigest()[:16]}"
    spec = importlib.util.spec_from_file_location(name, source)
    if spec is None or spec.loader is None:
        raise ParseError(f"a Python file of claims was expected, but {source} is not one; give it the ending .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        with Blamed(f"the claim file {source}"):
            spec.loader.exec_module(module)
    except (ClaimError, DomainError) as failure:
        sys.modules.pop(name, None)
        raise ParseError(f"{failure} (in {source})") from failure
    return module


Plain = tuple[Verdict, str, tuple[Outcome, ...], float]
"""A decision without its claim: what travels between processes, since claims hold functions."""

_workers_claims: dict[str, Claim] = {}


def _in_parallel(ledger: Ledger, claims: Sequence[Claim], jobs: int) -> Iterator[Decision]:
    ids = [claim.id for claim in claims]
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_prepare, initargs=(ledger.paths,)) as pool:
        found = pool.map(_decide_by_id, ids)
        try:
            for claim, parts in zip(claims, found, strict=True):
                yield _attached(claim, parts)
        except BrokenProcessPool as broken:
            raise ClaimError(
                "claims were to be decided by worker processes, but one of them ended; run with one job to see where"
            ) from broken


def _prepare(paths: tuple[Path, ...]) -> None:
    _workers_claims.update({claim.id: claim for claim in collect(paths).claims})


def _decide_by_id(claim_id: str) -> list[Plain]:
    """The decision and those on its chain of corrections, from the claim outwards."""
    parts: list[Plain] = []
    decision: Decision | None = decide_claim(_workers_claims[claim_id])
    while decision is not None:
        parts.append((decision.verdict, decision.reason, decision.outcomes, decision.seconds))
        decision = decision.corrected
    return parts


def _attached(claim: Claim, parts: list[Plain]) -> Decision:
    verdict, reason, outcomes, seconds = parts[0]
    corrected = None if claim.corrected is None else _attached(claim.corrected, parts[1:])
    return Decision(
        claim=claim, verdict=verdict, reason=reason, outcomes=outcomes, corrected=corrected, seconds=seconds
    )
