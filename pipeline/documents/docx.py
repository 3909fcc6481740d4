"""Word documents (.docx): paragraphs as lines, table rows as lines with their cells apart by tabs.

Read as a stream, not with python-docx: that builds the whole tree, and a 169 KB file of 600,000
paragraphs costs it 41 s. Here reading ends where the cap on characters is reached.
"""

from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager

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
from pipeline.documents.xmlparts import Attributes, Enough, Package, is_on, relations, value

DOCUMENT = "word/document.xml"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_WITHIN = (_W, _STRICT)
STYLES = "word/styles.xml"
MAX_EDGES = 30
_STRIKES = frozenset({"strike", "dstrike"})
_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# what was moved away stands again where it was moved to; rt is how a Japanese word is spoken
# a change's own part holds how the letters looked before
_UNREAD = frozenset({"moveFrom", "rt", "del", "rPrChange", "pPrChange"})


def read(data: bytes) -> Text:
    """The text of the headers, the body and the footers; without what is deleted, struck through or
    hidden, and without footnotes.

    A table's rows have the places ("table 1", row), headers and footers "header" and "footer".
    """
    package = Package(data)
    if not package.has(DOCUMENT):
        raise Unreadable("damaged")
    writer, styles = Writer(), _Styles()
    parts: list[tuple[str, str]] = []
    with _mended(writer):
        package.parse(STYLES, styles, within=_WITHIN)
        parts = sorted(set(relations(package, DOCUMENT).values()))
    _put_edges(writer, package, parts, "header", styles.struck)
    body = _Body(writer, styles.struck)
    package.parse(DOCUMENT, body, within=_WITHIN)
    body.close()
    _put_edges(writer, package, parts, "footer", styles.struck)
    return package.finish(writer)


@contextmanager
def _mended(writer: Writer) -> Iterator[None]:
    """Reads a part that the document can do without: a damaged one is noted."""
    try:
        yield
    except Unreadable:
        writer.note("damaged-part")
    except Enough:
        writer.note("cut")


def _put_edges(
    writer: Writer,
    package: Package,
    parts: Sequence[tuple[str, str]],
    kind: str,
    struck: Set[str],
) -> None:
    """Write the headers or footers: forms state facts there. Each text once: sections repeat it."""
    names = [name for found, name in parts if found == kind]
    texts: dict[str, None] = {}
    for name in names[:MAX_EDGES]:
        edge = _Body(Writer(), struck)
        with _mended(writer):
            package.parse(name, edge, within=_WITHIN)
            edge.close()
        texts["".join(edge.writer.pieces)] = None
        for note in edge.writer.notes:
            writer.note(note)
    for text in texts:
        writer.line(text, sheet=kind)


class _Styles:
    """Reads styles.xml: the styles whose letters are struck through."""

    def __init__(self) -> None:
        self.struck: set[str] = set()
        self._style = ""

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "style":
            self._style = value(attributes, "styleId")
        elif tag == "basedOn" and value(attributes, "val") in self.struck:
            self.struck.add(self._style)
        elif tag in _STRIKES and self._style:
            on = is_on(value(attributes, "val"))
            self.struck.add(self._style) if on else self.struck.discard(self._style)

    def end(self, tag: str) -> None:
        if tag == "style":
            self._style = ""

    def characters(self, data: str) -> None:
        pass


class _Body:
    """Turns the elements of document.xml, a header or a footer into lines."""

    def __init__(self, writer: Writer, struck_styles: Set[str]) -> None:
        self.writer = writer
        self.struck_styles = struck_styles
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
        self.struck = False
        self.paragraph_struck = False

    def start(self, tag: str, attributes: Attributes) -> None:
        if self.skipping or tag in _UNREAD:
            self.skipping += 1
        elif tag == "t":
            self.reading = not self.hidden
        elif tag == "r":
            self.runs += 1
            self.hidden, self.struck = False, self.paragraph_struck
        elif tag == "p":
            self.paragraph_struck = False
        elif tag == "pStyle":
            self.paragraph_struck = value(attributes, "val") in self.struck_styles
        elif tag == "rStyle" and self.runs:
            self.struck = self.struck or value(attributes, "val") in self.struck_styles
        elif tag in _STRIKES and self.runs:
            # strike and dstrike stand beside each other, each with its own "off"
            self.struck = is_on(value(attributes, "val")) or (tag == "dstrike" and self.struck)
        elif tag == "vanish":
            # of a run; a paragraph's mark may be hidden as well, which hides no text
            self.hidden = bool(self.runs) and is_on(value(attributes, "val"))
        elif tag in _BREAKS and self.runs:
            self._add("" if self.hidden or self.struck else _BREAKS[tag])
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
        if not self.reading or self.skipping:
            return
        if self.struck:
            self.writer.note("struck-text")
        else:
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
