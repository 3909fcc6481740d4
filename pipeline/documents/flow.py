"""Text of Word's older formats in the making: words, with marks that end cells and rows."""

from pipeline.charsets import clean
from pipeline.documents.results import MAX_CHARACTERS, MAX_COLUMNS, MAX_ROWS, Writer
from pipeline.documents.tables import put_rows


class Flow:
    """Paragraphs as lines, table rows as lines with the places ("table 1", row)."""

    def __init__(self) -> None:
        self.writer = Writer()
        self.full = False
        self._words: list[str] = []
        self._length = 0
        self._row: list[str] = []
        self._number = 0  # of the row; 0 outside of tables
        self._tables = 0

    def add(self, piece: str) -> None:
        self._words.append(piece)
        self._length += len(piece)
        if self.writer.length + self._length > MAX_CHARACTERS:
            self.full = True

    def end_cell(self) -> None:
        self._row = [*self._row, self._take()][: MAX_COLUMNS + 1]
        if not self._number:
            self._number, self._tables = 1, self._tables + 1

    def end_row(self) -> None:
        if self._words:
            self.end_cell()
        if self._number > MAX_ROWS:
            self.writer.note("cut")
        elif self._row:
            sheet = f"table {self._tables}"
            if not put_rows(self.writer, [(self._number, self._row)], sheet=sheet):
                self.full = True
        self._row, self._number = [], self._number + 1

    def end_line(self) -> None:
        """End a paragraph that stands in no table."""
        if self._row:
            self.end_row()
        self._number = 0
        if not self._words:
            return
        lines = (line.rstrip() for line in self._take().split("\n"))
        self.writer.line("\n".join(lines).strip("\n"))
        self.full = self.full or self.writer.full

    def close(self) -> None:
        """Write what no mark has ended."""
        if self._row:
            self.end_row()
        self.end_line()
        if self.full:
            self.writer.note("cut")

    def _take(self) -> str:
        text = clean("".join(self._words))
        self._words, self._length = [], 0
        return text
