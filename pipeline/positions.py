"""Where a fact stands in the document that it was read from: page, slide, or sheet and cell."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from freight.fields import Evidence, Position
from pipeline.documents.results import Place

SLIDES = {"pptx", "ppt"}


@dataclass(frozen=True, slots=True)
class Document:
    """An attachment's kind and text, and where pieces of the text stand (see results.Place)."""

    kind: str
    text: str
    places: Sequence[Place]


def placed(
    evidence: Mapping[str, Evidence], documents: Mapping[str, Document]
) -> dict[str, Evidence]:
    """`evidence`, each item with its place where one of `documents`, by source, tells it."""
    return {
        name: replace(item, place=_of(item, documents[item.source]))
        if item.source in documents
        else item
        for name, item in evidence.items()
    }


def _of(item: Evidence, document: Document) -> Position | None:
    slides = document.kind in SLIDES
    return position(document.places, document.text, item.start, item.end, slides=slides)


def position(
    places: Sequence[Place], text: str, start: int, end: int = 0, *, slides: bool = False
) -> Position | None:
    """Where `text[start:end]` stands (its first character without `end`); None if nothing tells.

    The columns follow from the tabs between the row's beginning and the character.
    """
    first = _place_at(places, start)
    if first is None:
        return None
    cell = _cell(first, text, start)
    if first.row and not cell:
        return None  # a line behind the row: its own place is not known
    last = _place_at(places, end - 1) if end > start + 1 else None
    if cell and last and last.sheet == first.sheet:
        until = _cell(last, text, end - 1)
        cell = f"{cell}:{until}" if until and until != cell else cell
    page = first.page
    found = Position(0 if slides else page, page if slides else 0, first.sheet, cell)
    return found if found != Position() else None


def _place_at(places: Sequence[Place], at: int) -> Place | None:
    index = bisect_right(places, at, key=lambda place: place.start) - 1
    return places[index] if index >= 0 else None


def _cell(place: Place, text: str, at: int) -> str:
    before = text[place.start : at]
    if not place.row or "\n" in before.lstrip("\n"):
        return ""
    return f"{column(before.count(chr(9)))}{place.row}"


def column(index: int) -> str:
    """A spreadsheet's name of a column: 0 is A, 25 Z, 26 AA."""
    name = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = chr(ord("A") + letter) + name
    return name
