"""What goes into the reading of a chat message and what comes out."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from freight.fields import FACT_NAMES, Evidence, Extraction, Facts, Source

DATES = ("etd", "eta")
ENDS = ("origin", "destination")
CARGO = ("container", "containers")
METHOD = "rules"


class Reader(Protocol):
    """How facts are read from texts: `freight.extraction.extract`."""

    def __call__(self, sources: Sequence[Source], *, today: dt.date, language: str) -> Extraction:
        """The facts of `sources` with their evidence."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What the customer was asked last: the first open fact, and all that are open.

    told: what is known so far, for "a week later" and "not Busan, Incheon".
    """

    asked: str | None
    open: tuple[str, ...]
    language: str
    today: dt.date
    told: Facts = field(default_factory=Facts)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message told: facts with evidence, and what cannot be taken without asking.

    unknown: (fact or "", name as written) of places that we do not serve. doubtful: (fact,
    choices), where the fact is not in the extraction, but its evidence is: the UN/LOCODEs that a
    place's name may mean, one where it is misspelt or its end is not said; ("etd", "eta") for
    `day`, which may be either.
    """

    extraction: Extraction
    unknown: tuple[tuple[str, str], ...] = ()
    doubtful: tuple[tuple[str, tuple[str, ...]], ...] = ()
    day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A fact read at `text[start:end]` of the message."""

    name: str
    value: Any
    start: int
    end: int


def blank(text: str, start: int, end: int) -> str:
    """`text` with blanks from `start` to `end`, line ends kept: offsets stay true."""
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


def evidence(source: Source, found: Found) -> Evidence:
    return Evidence(
        source.text[found.start : found.end], source.name, found.start, found.end, METHOD
    )


def stated(read: Extraction, source: Source, *items: Found) -> Extraction:
    """`read` with `items` in the place of what it said of these facts."""
    values: Any = {item.name: item.value for item in items}
    seen = {item.name: evidence(source, item) for item in items}
    return replace(read, facts=replace(read.facts, **values), evidence={**read.evidence, **seen})


def without(read: Extraction, *names: str) -> Extraction:
    """`read` without the facts `names`."""
    dropped: Any = {name: None for name in names if name in (*FACT_NAMES, "containers")}
    left = {name: seen for name, seen in read.evidence.items() if name not in names}
    return replace(read, facts=replace(read.facts, **dropped), evidence=left)
