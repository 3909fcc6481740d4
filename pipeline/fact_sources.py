"""The facts of a mail from its letter and files: from no more of them than a worker has time for.

Rules take half a second for 30,000 characters. A mail may hold hundreds of files, and a step that
outlives its lease is begun again by the next worker.
"""

import datetime as dt
import time
from collections.abc import Iterable, Sequence
from typing import Protocol

from freight import extraction
from freight.extraction.rules import MAX_CHARS
from freight.fields import Extraction, Source
from pipeline.documents.filetypes import NO_FACTS

MAX_CHARACTERS = 120_000
MAX_SOURCES = 40
SECONDS = 15.0


class Paper(Protocol):
    """A file with its text: an attachment's row, or an item of a mail without a database."""

    @property
    def path(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def inline(self) -> bool: ...
    @property
    def text(self) -> str: ...


def read_facts(
    letter: Sequence[Source],
    files: Iterable[Paper],
    *,
    today: dt.date,
    language: str,
    country: str = "",
    seconds: float = SECONDS,
) -> Extraction:
    """What `letter` and then `files` state; "facts-cut" in review where some were left out."""
    deadline = time.monotonic() + seconds
    sources, left_out = chosen(letter, files)
    found = extraction.extract(
        sources, today=today, language=language, country=country, deadline=deadline
    )
    return extraction.cut(found) if left_out else found


def chosen(letter: Sequence[Source], files: Iterable[Paper]) -> tuple[list[Source], bool]:
    """The texts that facts are read from, and whether others were left out.

    The files nearest to the mail come first, attached ones before the pictures of its letter; the
    same text counts once, and that of a kind in NO_FACTS not at all.
    """
    sources = list(letter)
    length = sum(map(_length, letter))
    texts = {source.text for source in letter}
    left_out = False
    for file in sorted(files, key=lambda each: (each.path.count("/"), each.inline)):
        source = Source(f"attachment:{file.path}", file.text)
        if not file.text or file.text in texts or file.kind in NO_FACTS:
            continue
        if len(sources) >= MAX_SOURCES or length + _length(source) > MAX_CHARACTERS:
            left_out = True
            continue
        texts.add(file.text)
        sources.append(source)
        length += _length(source)
    return sources, left_out


def _length(source: Source) -> int:
    return min(len(source.text), MAX_CHARS)
