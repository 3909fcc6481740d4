"""Word documents (.docx): paragraphs as lines, table rows as lines with their cells apart by tabs.

Read as a stream, not with python-docx: that builds the whole tree, and a 169 KB file of 600,000
paragraphs costs it 41 s. Here reading ends where the cap on characters is reached.
"""

from pipeline.charsets import clean
from pipeline.documents.results import (
    MAX_CHARACTERS,
    MAX_COLUMNS,
    MAX_ROWS,
    Text,
    Unreadable,
    Writer,
)
from pipeline.documents.tables import put_rows
from pipeline.documents.xmlparts import Attributes, Enough, Package, is_on, value

DOCUMENT = "word/document.xml"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# what was moved away stands again where it was moved to; rt is how a Japanese word is spoken
_UNREAD = frozenset({"moveFrom", "rt", "del"})


def read(data: bytes) -> Text:
    """The text of the document's body; without deleted or hidden text, headers and footnotes.

    A table's rows have the places ("table 1", row).
    """
    package = Package(data)
    body = _Body()
    if not package.parse(DOCUMENT, body, within=(_W, _STRICT)):
        raise Unreadable("damaged")
    body.close()
    return package.finish(body.writer)


class _Body:
    """Turns the elements of document.xml into lines."""

    def __init__(self) -> None:
        self.writer = Writer()
        self.words: list[str] = []  # of the paragraph, or in a table of the cell
        self.length = 0
        self.empty_lines = 0
        self.runs = 0
        self.tables = 0  # depth
        self.table_number = 0
        self.row_number = 0
        self.row: list[str] = []
        self.span = 1
        self.reading = False
        self.skipping = 0
        self.hidden = False

    def start(self, tag: str, attributes: Attributes) -> None:
        if self.skipping or tag in _UNREAD:
            self.skipping += 1
        elif tag == "t":
            self.reading = not self.hidden
        elif tag == "r":
            self.runs += 1
            self.hidden = False
        elif tag == "vanish":
            # of a run; a paragraph's mark may be hidden as well, which hides no text
            self.hidden = bool(self.runs) and is_on(value(attributes, "val"))
        elif tag in _BREAKS and self.runs:
            self._add("" if self.hidden else _BREAKS[tag])
        else:
            self._start_table_part(tag, attributes)

    def _start_table_part(self, tag: str, attributes: Attributes) -> None:
        if tag == "tbl":
            self.tables += 1
            if self.tables == 1:
                self._put_line()
                self.table_number, self.row_number = self.table_number + 1, 0
        elif self.tables == 1 and tag == "tr":
            self.row, self.words = [], []
        elif self.tables == 1 and tag == "gridBefore":
            self.row += [""] * _columns(value(attributes, "val"))
        elif self.tables == 1 and tag == "gridSpan":
            self.span = _columns(value(attributes, "val"))

    def end(self, tag: str) -> None:
        if self.skipping:
            self.skipping -= 1
        elif tag == "t":
            self.reading = False
        elif tag == "r":
            self.runs = max(0, self.runs - 1)
        elif tag == "p":
            self._add(" ") if self.tables else self._put_line()
        elif tag == "tbl":
            self.tables = max(0, self.tables - 1)
        elif tag == "tc" and self.tables == 1:
            self._put_cell()
        elif tag == "tr" and self.tables == 1:
            self._put_row()

    def characters(self, data: str) -> None:
        if self.reading and not self.skipping:
            self._add(data)

    def close(self) -> None:
        """Write what stands after the last end of a paragraph, if the document was cut."""
        self._put_line()

    def _add(self, piece: str) -> None:
        self.words.append(piece)
        self.length += len(piece)
        if self.writer.length + self.length > MAX_CHARACTERS:
            if not self.tables:
                self._put_line()
            self.writer.note("cut")
            raise Enough

    def _take(self) -> str:
        text = clean("".join(self.words))
        self.words, self.length = [], 0
        return text

    def _put_line(self) -> None:
        """Write the paragraph; empty ones between others are kept up to two."""
        text = self._take() if self.words else ""
        text = "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")
        if not text:
            self.empty_lines = min(2, self.empty_lines + 1)
            return
        self.writer.line(text, gap=1 + self.empty_lines)
        self.empty_lines = 0
        if self.writer.full:
            self.writer.note("cut")
            raise Enough

    def _put_cell(self) -> None:
        self.row += [self._take(), *[""] * (self.span - 1)][: MAX_COLUMNS + 1]
        self.span = 1

    def _put_row(self) -> None:
        self.row_number += 1
        self.empty_lines = 0
        if self.row_number > MAX_ROWS:
            self.writer.note("cut")
        elif not put_rows(self.writer, [(self.row_number, self.row)], sheet=self._table()):
            raise Enough
        self.row = []

    def _table(self) -> str:
        return f"table {self.table_number}"


def _columns(text: str) -> int:
    return min(int(text), MAX_COLUMNS) if text.isascii() and text.isdigit() and len(text) < 6 else 1
