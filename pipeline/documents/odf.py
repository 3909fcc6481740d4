"""OpenDocument texts (.odt) and spreadsheets (.ods), read as streams like those of Office."""

from pipeline.charsets import clean
from pipeline.documents.nested import Body
from pipeline.documents.results import (
    MAX_CHARACTERS,
    MAX_COLUMNS,
    MAX_ROWS,
    Text,
    Unreadable,
    Writer,
)
from pipeline.documents.tables import put_rows, spread
from pipeline.documents.xmlparts import Attributes, Enough, Package, value

MAX_SHEETS = 20
MAX_CELL = 10_000
MAX_STYLES = 20_000
_BREAKS = {"tab": "\t", "line-break": "\n"}
# not the letter's own words, deleted ones, or how a Japanese word is spoken
_UNREAD = frozenset(
    {"annotation", "note", "tracked-changes", "ruby-text", "shapes", "covered-table-cell"}
    | {"hidden-text", "hidden-paragraph", "script", "forms"}
)
_STRUCK, _HIDDEN = "struck-text", "hidden-text"


def read(data: bytes) -> Text:
    """Paragraphs as lines, or a line for each row under its sheet's name; dates as ISO.

    What is hidden or struck through is left out and noted. Table rows have the places ("table 1",
    row), those of spreadsheets (sheet, row).
    """
    package = Package(data)
    manifest = _Manifest()
    package.parse("META-INF/manifest.xml", manifest)
    if manifest.encrypted:
        raise Unreadable("encrypted")
    styles = _Styles()
    try:
        package.parse("styles.xml", styles)
    except Unreadable:
        styles = _Styles()
    content = _Content(styles)
    if not package.parse("content.xml", content):
        raise Unreadable("damaged")
    content.close()
    return package.finish(content.writer)


class _Manifest:
    """Reads META-INF/manifest.xml: whether parts are encrypted."""

    def __init__(self) -> None:
        self.encrypted = False

    def start(self, tag: str, attributes: Attributes) -> None:
        self.encrypted = self.encrypted or tag == "encryption-data"

    def end(self, tag: str) -> None:
        pass

    def characters(self, data: str) -> None:
        pass


class _Styles:
    """Reads styles, which stand in two parts: which of them hide or strike through their words.

    A style goes by its family and name ("text:T1"); its note says why its words are left out.
    """

    def __init__(self) -> None:
        self.notes: dict[str, str] = {}
        self._style = self._family = ""

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "style":
            self._family = value(attributes, "family")
            self._style = f"{self._family}:{value(attributes, 'name')}"
            parent = f"{self._family}:{value(attributes, 'parent-style-name')}"
            if parent in self.notes and len(self.notes) < MAX_STYLES:
                self.notes[self._style] = self.notes[parent]
        elif tag in {"text-properties", "table-properties", "section-properties"} and self._style:
            self._take(attributes)

    def _take(self, attributes: Attributes) -> None:
        lines = {value(attributes, f"text-line-through-{name}") for name in ("style", "type")} - {
            ""
        }
        if value(attributes, "display") in {"none", "false"}:
            note = _HIDDEN
        elif lines:
            note = "" if "none" in lines else _STRUCK
        else:
            return
        if len(self.notes) < MAX_STYLES:
            self.notes[self._style] = note

    def end(self, tag: str) -> None:
        if tag == "style":
            self._style = ""

    def characters(self, data: str) -> None:
        pass

    def reason(self, family: str, attributes: Attributes) -> str | None:
        """Why words of this style are left out, "" for no reason, None where it says nothing."""
        return self.notes.get(f"{family}:{value(attributes, 'style-name')}")


class _Content:
    """Turns the elements of content.xml into paragraphs and tables, or into sheets."""

    def __init__(self, styles: _Styles) -> None:
        self.body = Body()
        self._styles = styles
        self._words: list[str] = []
        self._reasons: list[str] = []  # of each open paragraph and span: why it is left out, or ""
        self._skipping = 0
        self._cells: list[list[int]] = []  # of each open table of a text: its row and next column
        self._sheet: _Sheet | None = None
        self._is_book = False
        self._sheets = 0

    @property
    def writer(self) -> Writer:
        return self.body.writer

    def start(self, tag: str, attributes: Attributes) -> None:
        if self._skipping or tag in _UNREAD:
            self._skipping += 1
            if tag == "covered-table-cell" and self._skipping == 1:
                self._move(attributes)
        elif tag in {"p", "h", "span"}:
            self._open_words(tag, attributes)
        elif tag in _BREAKS and self._reasons:
            self._add(_BREAKS[tag])
        elif tag == "s" and self._reasons:
            self._add(" " * _number(value(attributes, "c"), 100))
        elif tag == "spreadsheet":
            self._is_book = True
        elif tag == "section" and self._is_hidden(attributes):
            self.writer.note(_HIDDEN)
            self._skipping = 1
        elif tag == "style" or tag.endswith("-properties"):
            self._styles.start(tag, attributes)
        else:
            self._start_table_part(tag, attributes)

    def _is_hidden(self, attributes: Attributes) -> bool:
        return value(attributes, "display") == "none" or bool(
            self._styles.reason("section", attributes)
        )

    def _open_words(self, tag: str, attributes: Attributes) -> None:
        family = "text" if tag == "span" else "paragraph"
        own = self._styles.reason(family, attributes)
        around = self._reasons[-1] if self._reasons else ""
        if tag != "span":
            self._put_words()
        self._reasons.append(around if own is None else own)

    def _start_table_part(self, tag: str, attributes: Attributes) -> None:
        if tag == "table":
            self._open_table(attributes)
        elif self._sheet:
            self._sheet.start(tag, attributes, self._styles)
        elif tag == "table-row" and self._cells:
            self._cells[-1] = [self._cells[-1][0] + 1, 0]
        elif tag == "table-cell" and self._cells:
            row, column = self._cells[-1]
            self._move(attributes)
            self.body.open_cell((max(0, row), column))

    def _open_table(self, attributes: Attributes) -> None:
        if not self._is_book:
            self._put_words()
            self._cells.append([-1, 0])
            self.body.open_table()
        elif not self._sheet:
            self._sheets += 1
            if self._sheets > MAX_SHEETS:
                self.writer.note("cut")
                raise Enough
            self._sheet = _Sheet(
                value(attributes, "name"), self._styles.reason("table", attributes) == _HIDDEN
            )

    def _move(self, attributes: Attributes) -> None:
        """Count a cell that is there, or covered by one that reaches over it."""
        times = _number(value(attributes, "number-columns-repeated"), 16_384)
        if self._sheet:
            self._sheet.column += times
        elif self._cells:
            self._cells[-1][1] += times

    def end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif tag in {"p", "h", "span"} and self._reasons:
            self._reasons.pop()
            if tag != "span":
                self._put_words()
        elif tag == "style":
            self._styles.end(tag)
        elif tag == "table" and self._cells:
            self._cells.pop()
            self.body.end_table()
        elif self._sheet:
            self._end_sheet_part(self._sheet, tag)

    def _end_sheet_part(self, sheet: "_Sheet", tag: str) -> None:
        if tag == "table":
            self._sheet = None
            sheet.put(self.writer)
            if self.writer.full:
                self.writer.note("cut")
                raise Enough
        else:
            sheet.end(tag)

    def characters(self, data: str) -> None:
        if self._reasons and not self._skipping:
            self._add(data)

    def close(self) -> None:
        """End what is open where the part ended early."""
        self._put_words()
        self.body.close()
        if self._sheet:
            self._sheet.put(self.writer)

    def _add(self, piece: str) -> None:
        if reason := self._reasons[-1]:
            if piece.strip():
                self.writer.note(reason)
        else:
            self._words.append(piece)

    def _put_words(self) -> None:
        text, self._words = clean("".join(self._words)), []
        if not text:
            return
        if self._sheet:
            self._sheet.add(text)
            return
        self.body.paragraph(text)
        if self.body.full:
            raise Enough


class _Sheet:
    """A sheet in the making."""

    def __init__(self, title: str, hidden: bool) -> None:
        self.column = 0
        self._title = " ".join(clean(title[:100]).split())
        self._hidden = hidden
        self._rows: list[tuple[int, list[str]]] = []
        self._notes: dict[str, None] = {}
        self._hidden_columns: list[tuple[int, int]] = []
        self._columns = self._number = 0
        self._row: dict[int, str] = {}
        self._times = 1  # how often the row stands there
        self._row_hidden = False
        self._in_cell = False
        self._words: list[str] = []
        self._date = ""
        self._width = 1
        self._left_out = ""
        self._length = 0
        self._full = False

    def start(self, tag: str, attributes: Attributes, styles: _Styles) -> None:
        unseen = value(attributes, "visibility") in {"collapse", "filter"}
        if tag == "table-column":
            width = _number(value(attributes, "number-columns-repeated"), 16_384)
            if unseen and len(self._hidden_columns) < 1000:
                self._hidden_columns.append((self._columns, self._columns + width))
            self._columns += width
        elif tag == "table-row":
            self._times = _number(value(attributes, "number-rows-repeated"), 1 << 20)
            self._row, self.column, self._row_hidden = {}, 0, unseen
        elif tag == "table-cell":
            self._in_cell, self._words = True, []
            self._date = value(attributes, "date-value")
            self._left_out = styles.reason("table-cell", attributes) or ""
            self._width = _number(value(attributes, "number-columns-repeated"), 16_384)

    def add(self, text: str) -> None:
        if self._in_cell and len(self._words) < 1000:
            self._words.append(text[:MAX_CELL])

    def end(self, tag: str) -> None:
        if tag == "table-cell" and self._in_cell:
            self._end_cell()
        elif tag == "table-row":
            self._end_row()

    def _end_cell(self) -> None:
        shown = " ".join(self._words)[:MAX_CELL]
        # the cell shows its date in whatever order of day and month; here it is told
        text = self._date.removesuffix("T00:00:00") if self._date and shown else shown
        first, self._in_cell = self.column, False
        self.column += self._width
        if not text.strip():
            return
        if self._left_out:
            self._notes[self._left_out] = None
        elif any(start <= first < end for start, end in self._hidden_columns):
            self._notes["hidden-columns"] = None
        elif first >= MAX_COLUMNS:
            self._notes["cut"] = None
        else:
            for at in range(first, min(self.column, MAX_COLUMNS)):
                self._row[at] = text

    def _end_row(self) -> None:
        number = self._number + 1
        self._number += self._times
        if not self._row or self._full:
            return
        if self._row_hidden:
            self._notes["hidden-rows"] = None
            return
        row = spread(self._row)
        for at in range(min(self._times, MAX_ROWS + 1 - len(self._rows))):
            self._rows.append((number + at, row))
            self._length += sum(map(len, row))
            if self._length > MAX_CHARACTERS:
                break
        if len(self._rows) > MAX_ROWS or self._length > MAX_CHARACTERS:
            self._full = True
            self._notes["cut"] = None

    def put(self, writer: Writer) -> None:
        """Write the sheet, or why it is left out."""
        if self._hidden:
            if self._rows:
                writer.note("hidden-sheets")
            return
        for note in self._notes:
            writer.note(note)
        if self._rows:
            writer.line(f"[{self._title}]", sheet=self._title)
            put_rows(writer, self._rows, sheet=self._title)


def _number(text: str, most: int) -> int:
    """How often something stands there: 1 without a number."""
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 10 else 1
