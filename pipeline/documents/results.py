"""What reading a document comes to: its text, or why there is none."""

from dataclasses import dataclass, field

from pipeline.errors import PipelineError

MAX_CHARACTERS = 200_000
MAX_ROWS = 2000
MAX_COLUMNS = 50
MAX_PAGES = 30
# of places: 20 sheets of 2,000 rows with a letter each would weigh more than their text
MAX_PLACES = 10_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where the text from `start` on stands in the document: page or slide, sheet, row (from 1).

    0 and "" say that a document of this kind has no such thing. In a row the column follows from
    the tabs before a character: cells are apart by one tab each.
    """

    start: int
    page: int = 0
    sheet: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """Text of a document; `notes` are codes of what was left out ("cut", "hidden-sheets").

    `places` are in rising order of `start`; the text before the first has no place.
    """

    text: str
    notes: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


@dataclass(slots=True)
class Writer:
    """Text in the making: pieces in order, each with its place, up to MAX_CHARACTERS.

    Pieces come clean (charsets.clean): what is changed afterwards would move the places.
    """

    pieces: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    length: int = 0

    @property
    def full(self) -> bool:
        return self.length >= MAX_CHARACTERS

    def add(self, piece: str, *, page: int = 0, sheet: str = "", row: int = 0) -> None:
        """Append `piece`; what is over the cap is left out and noted."""
        room = MAX_CHARACTERS - self.length
        if len(piece) > room:
            piece = piece[:room]
            self.note("cut")
        if not piece:
            return
        self._place(page, sheet, row)
        self.pieces.append(piece)
        self.length += len(piece)

    def line(
        self, piece: str, *, page: int = 0, sheet: str = "", row: int = 0, gap: int = 1
    ) -> None:
        """Append `piece` on a line of its own, `gap` line breaks after what stands before it."""
        if piece and self.pieces and not self.full:
            breaks = "\n" * min(gap, MAX_CHARACTERS - self.length)
            self.pieces.append(breaks)
            self.length += len(breaks)
        self.add(piece, page=page, sheet=sheet, row=row)

    def note(self, code: str) -> None:
        """Remember that something was left out."""
        self.notes[code] = None

    def _place(self, page: int, sheet: str, row: int) -> None:
        if len(self.places) > MAX_PLACES:
            return
        last = self.places[-1] if self.places else Place(0)
        # from here on no place is known, which is not the same as the last one
        if len(self.places) == MAX_PLACES:
            page, sheet, row = 0, "", 0
        if (page, sheet, row) != (last.page, last.sheet, last.row):
            self.places.append(Place(self.length, page, sheet, row))

    def text(self) -> Text:
        return Text("".join(self.pieces), tuple(self.notes), tuple(self.places))


class Unreadable(PipelineError):
    """This document has no text for us; `reason_code` says why (documents.reasons explains it)."""

    def __init__(self, reason_code: str) -> None:
        super().__init__(reason_code)
        self.reason_code = reason_code
