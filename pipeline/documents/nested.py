"""The text of Hangul documents in the making: lines, and tables whose cells may hold tables."""

from dataclasses import dataclass, field

from pipeline.documents.results import MAX_CHARACTERS, MAX_COLUMNS, Writer
from pipeline.documents.tables import put_cells, spread

MAX_CELLS = 100_000
Address = tuple[int, int]  # row and column, from 0


@dataclass(slots=True)
class _Table:
    cells: dict[Address, str] = field(default_factory=dict)
    at: Address | None = None  # the open cell
    words: list[str] = field(default_factory=list)
    caption: str = ""  # what stands in the table and in no cell

    def close_cell(self) -> None:
        text, self.words = " ".join(self.words), []
        if self.at is None:
            self.caption = f"{self.caption} {text}".strip()
        elif len(self.cells) < MAX_CELLS:
            self.cells[self.at] = f"{self.cells.get(self.at, '')} {text}".strip()
        self.at = None

    def flat(self) -> str:
        """The table as one line, for the cell of another that it stands in."""
        rows: dict[int, dict[int, str]] = {}
        for (row, column), text in sorted(self.cells.items()):
            if column < MAX_COLUMNS:
                rows.setdefault(row, {})[column] = text
        shown = (" ".join(filter(None, spread(row))) for row in rows.values())
        return " ".join(filter(None, (self.caption, *shown)))


class Body:
    """Paragraphs as lines, table rows as lines with the places ("table 1", row)."""

    def __init__(self) -> None:
        self.writer = Writer()
        self._tables: list[_Table] = []
        self._count = 0
        self._length = 0  # of the words in open tables

    @property
    def full(self) -> bool:
        return self.writer.full or self._length >= MAX_CHARACTERS

    def paragraph(self, text: str) -> None:
        """Take a paragraph, into the open cell where there is one."""
        if not self._tables:
            self.writer.line(text.strip("\n"))
            return
        room = MAX_CHARACTERS - self._length
        if len(text) > room:
            self.writer.note("cut")
        self._tables[-1].words.append(text[:room])
        self._length += min(len(text), room)

    def open_table(self) -> None:
        self._tables.append(_Table())

    def open_cell(self, address: Address | None) -> None:
        """End the cell before and begin one; None is the caption, which is no cell."""
        self._tables[-1].close_cell()
        self._tables[-1].at = address

    def move_cell(self, address: Address) -> None:
        """Say where the open cell is."""
        if self._tables[-1].at is not None:
            self._tables[-1].at = address

    def end_table(self) -> None:
        table = self._tables.pop()
        table.close_cell()
        if self._tables:
            self._tables[-1].words.append(table.flat())
            return
        self._length = 0
        self._count += 1
        self.writer.line(table.caption)
        put_cells(self.writer, table.cells, sheet=f"table {self._count}")

    def close(self) -> None:
        """End what is still open."""
        was_full = self.full
        while self._tables:
            self.end_table()
        if was_full:
            self.writer.note("cut")
