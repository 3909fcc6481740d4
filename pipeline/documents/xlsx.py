"""Excel workbooks (.xlsx): a line for each row, cells apart by tabs, under the sheet's name.

Read as a stream: a sheet whose one cell is at XFD1048576, or one of a million rows, costs no more
than its bytes.
"""

from dataclasses import dataclass, field

from pipeline.charsets import clean
from pipeline.documents import cells
from pipeline.documents.results import MAX_COLUMNS, MAX_ROWS, Text, Unreadable, Writer
from pipeline.documents.tables import put_rows, row_line, spread
from pipeline.documents.xmlparts import Attributes, Enough, Package, is_on, relations

MAX_SHEETS = 20
MAX_CELL = 10_000
# shared strings: those of a sheet's first 2,000 rows come first as a rule
MAX_STRINGS = 100_000
MAX_STRING_CHARACTERS = 16 * 1024 * 1024


def read(data: bytes) -> Text:
    """The values that the cells show last; dates as ISO. What is hidden or struck
    through is left out and noted.
    """
    package = Package(data)
    book = _Book()
    part = _workbook_part(package)
    if not part or not package.parse(part, book):
        raise Unreadable("damaged")
    parts = relations(package, part)
    by_kind = {kind: name for kind, name in parts.values()}
    strings, styles = _Strings(), _Styles()
    package.parse(by_kind.get("sharedStrings", ""), strings)
    package.parse(by_kind.get("styles", ""), styles)
    writer = Writer()
    if strings.cut or len(book.sheets) > MAX_SHEETS:
        writer.note("cut")
    for title, state, key in book.sheets[:MAX_SHEETS]:
        kind, name = parts.get(key, ("", ""))
        if kind != "worksheet":
            continue
        if state != "visible":
            writer.note("hidden-sheets")
            continue
        sheet = _Sheet(strings, styles, book.from_1904)
        package.parse(name, sheet)
        _put(writer, title, sheet)
        if writer.full:
            writer.note("cut")
            break
    return package.finish(writer)


def _workbook_part(package: Package) -> str:
    """The name of the workbook's part, which the package's root tells."""
    return next(
        (name for kind, name in relations(package, "").values() if kind == "officeDocument"),
        "xl/workbook.xml",
    )


def _put(writer: Writer, title: str, sheet: "_Sheet") -> None:
    for code in sheet.notes:
        writer.note(code)
    if sheet.rows:
        shown = " ".join(clean(title[:100]).split())
        writer.line(f"[{shown}]", sheet=shown)
        put_rows(writer, sheet.rows, sheet=shown)


class _Book:
    """Reads workbook.xml: (title, state, relation) of each sheet."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, str]] = []
        self.from_1904 = False

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "sheet" and len(self.sheets) <= MAX_SHEETS:
            key = next((text for name, text in attributes.items() if name.endswith(" id")), "")
            state = attributes.get("state", "visible")
            self.sheets.append((attributes.get("name", ""), state, key))
        elif tag == "workbookPr":
            self.from_1904 = is_on(attributes.get("date1904", "0"))

    def end(self, tag: str) -> None:
        pass

    def characters(self, data: str) -> None:
        pass


class _Strikes:
    """Whether the piece of a cell's text that is being read is struck through."""

    def __init__(self) -> None:
        self.on = False

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag in {"si", "is", "r"}:
            self.on = False
        elif tag == "strike":
            self.on = is_on(attributes.get("val", "1"))


class _Strings:
    """Reads sharedStrings.xml; phonetic guides, which say how Japanese is spoken, are left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.cut = False
        self._words: list[str] = []
        self._length = 0
        self._total = 0
        self._reading = False
        self._phonetic = False
        self._strikes = _Strikes()
        self.struck: set[int] = set()  # the strings of which a part is struck through

    def start(self, tag: str, attributes: Attributes) -> None:
        self._strikes.start(tag, attributes)
        if tag == "si":
            self._words, self._length = [], 0
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "t":
            self._reading = not self._phonetic

    def end(self, tag: str) -> None:
        if tag == "t":
            self._reading = False
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "si":
            self.found.append("".join(self._words)[:MAX_CELL])
            self._total += min(self._length, MAX_CELL)
            if len(self.found) >= MAX_STRINGS or self._total > MAX_STRING_CHARACTERS:
                self.cut = True
                raise Enough

    def characters(self, data: str) -> None:
        if self._reading and self._strikes.on:
            self.struck.add(len(self.found))
        elif self._reading and self._length < MAX_CELL:
            self._words.append(data)
            self._length += len(data)


class _Styles:
    """Reads styles.xml: the way that each cell format shows numbers."""

    def __init__(self) -> None:
        self._codes: dict[int, str] = {}
        self._formats: list[int] = []
        self._in_cells = False
        self._fonts: list[bool] = []  # whether each strikes its letters through
        self._in_fonts = False
        self._struck: set[int] = set()

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "fonts":
            self._in_fonts = True
        elif tag == "font" and self._in_fonts and len(self._fonts) < 65_536:
            self._fonts.append(False)
        elif tag == "strike" and self._in_fonts and self._fonts:
            self._fonts[-1] = is_on(attributes.get("val", "1"))
        elif tag == "numFmt":
            self._codes[_integer(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            self._in_cells = True
        elif tag == "xf" and self._in_cells and len(self._formats) < 65_536:
            font = _integer(attributes.get("fontId"))
            if font < len(self._fonts) and self._fonts[font]:
                self._struck.add(len(self._formats))
            self._formats.append(_integer(attributes.get("numFmtId")))

    def end(self, tag: str) -> None:
        if tag == "cellXfs":
            self._in_cells = False
        elif tag == "fonts":
            self._in_fonts = False

    def characters(self, data: str) -> None:
        pass

    def is_struck(self, index: int) -> bool:
        return index in self._struck

    def style(self, index: int) -> cells.Style:
        number = self._formats[index] if 0 <= index < len(self._formats) else 0
        return cells.style_of(number, self._codes.get(number, ""))


@dataclass(slots=True)
class _Cell:
    column: int
    kind: str
    style: int
    has_formula: bool = False
    words: list[str] = field(default_factory=list)


class _Sheet:
    """Reads a sheet's part into numbered rows of texts."""

    def __init__(self, strings: _Strings, styles: _Styles, from_1904: bool) -> None:
        self.rows: list[tuple[int, list[str]]] = []
        self.notes: dict[str, None] = {}
        self._strings, self._styles, self._from_1904 = strings, styles, from_1904
        self._hidden: list[tuple[int, int]] = []
        self._number = 0
        self._cells: dict[int, str] = {}
        self._column = -1
        self._skips_row = False
        self._cell: _Cell | None = None
        self._reading = False
        self._phonetic = False
        self._strikes = _Strikes()

    def start(self, tag: str, attributes: Attributes) -> None:
        self._strikes.start(tag, attributes)
        if tag == "c":
            self._start_cell(attributes)
        elif tag in {"v", "t"}:
            self._reading = self._cell is not None and not self._phonetic
        elif tag == "f" and self._cell:
            self._cell.has_formula = True
        elif tag == "row":
            self._number = _integer(attributes.get("r")) or self._number + 1
            self._cells, self._column = {}, -1
            self._skips_row = is_on(attributes.get("hidden", "0"))
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "col" and is_on(attributes.get("hidden", "0")) and len(self._hidden) < 1000:
            first, last = _integer(attributes.get("min")), _integer(attributes.get("max"))
            self._hidden.append((first - 1, last - 1))

    def end(self, tag: str) -> None:
        if tag in {"v", "t"}:
            self._reading = False
        elif tag == "c" and self._cell:
            self._end_cell(self._cell)
            self._cell = None
        elif tag == "row":
            self._end_row()
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "sheetData":
            raise Enough

    def characters(self, data: str) -> None:
        if self._reading and self._cell and self._strikes.on:
            self.notes["struck-text"] = None
        elif self._reading and self._cell and len(self._cell.words) < 1000:
            self._cell.words.append(data[:MAX_CELL])

    def _start_cell(self, attributes: Attributes) -> None:
        self._column = _column(attributes.get("r", ""), self._column + 1)
        self._strikes.on = False
        style = _integer(attributes.get("s"))
        self._cell = _Cell(self._column, attributes.get("t", "n"), style)

    def _end_cell(self, cell: _Cell) -> None:
        text = self._text(cell)
        if text and self._styles.is_struck(cell.style):
            self.notes["struck-text"] = None
            return
        if not text:
            if cell.has_formula and not cell.words:
                self.notes["formulas-without-values"] = None
            return
        if cell.column >= MAX_COLUMNS:
            self.notes["cut"] = None
        elif any(first <= cell.column <= last for first, last in self._hidden):
            self.notes["hidden-columns"] = None
        else:
            self._cells[cell.column] = text

    def _end_row(self) -> None:
        if not self._cells:
            return
        if self._skips_row:
            self.notes["hidden-rows"] = None
            return
        row = spread(self._cells)
        if not row_line(row):
            return
        self.rows.append((self._number, row))
        if len(self.rows) > MAX_ROWS:
            raise Enough

    def _text(self, cell: _Cell) -> str:
        raw = "".join(cell.words)[:MAX_CELL]
        if cell.kind == "s":
            index = _integer(raw, -1)
            if index in self._strings.struck:
                self.notes["struck-text"] = None
            return self._strings.found[index] if 0 <= index < len(self._strings.found) else ""
        if cell.kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(raw.strip(), "")
        if cell.kind == "n":
            return self._number_text(raw, cell.style)
        return raw.removesuffix("T00:00:00") if cell.kind == "d" else raw

    def _number_text(self, raw: str, style: int) -> str:
        try:
            value = float(raw)
        except ValueError:
            return raw
        return cells.shown(value, self._styles.style(style), from_1904=self._from_1904)


def _integer(text: str | None, other: int = 0) -> int:
    """A whole number of at most nine digits, or `other`."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else other


def _column(reference: str, following: int) -> int:
    """The column of a cell's reference like C5, from 0; without one it follows the cell before."""
    letters = reference[:4].rstrip("0123456789").upper()
    column = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            return following
        column = column * 26 + ord(letter) - 64
    return column - 1 if letters else following
