"""Hangul documents (.hwpx): a ZIP of XML sections, read as streams like those of .docx."""

import re
from collections.abc import Set

from pipeline.charsets import clean
from pipeline.documents.nested import Body
from pipeline.documents.results import Text, Unreadable
from pipeline.documents.xmlparts import Attributes, Enough, Package

_SECTION = re.compile(r"Contents/section(\d{1,4})\.xml")
_NUMBER = re.compile(r"[0-9]{1,5}")
MAX_SECTIONS = 256
_BREAKS = {"lineBreak": "\n", "tab": "\t", "nbSpace": " ", "fwSpace": " ", "hyphen": "-"}
# a program that strikes nothing through writes "3D" here as often as "NONE"
_LINES = frozenset(
    "SOLID DASH DOT DASH_DOT DASH_DOT_DOT LONG_DASH CIRCLE DOUBLE_SLIM SLIM_THICK THICK_SLIM "
    "SLIM_THICK_SLIM WAVE DOUBLEWAVE".split()
)
# not the letter's own words, or not shown
_UNREAD = frozenset(
    {"header", "footer", "footNote", "endNote", "hiddenComment", "memo", "parameters"}
)


def read(data: bytes) -> Text:
    """The sections' text without what is struck through; table rows have the places ("table 1",
    row).
    """
    package = Package(data)
    found = sorted((int(m[1]), m[0]) for name in package.names() if (m := _SECTION.fullmatch(name)))
    if not found:
        raise Unreadable("damaged")
    manifest = _Manifest()
    package.parse("META-INF/manifest.xml", manifest)
    if manifest.encrypted:
        raise Unreadable("encrypted")
    shapes = _Shapes()
    section = _Section(shapes.struck)
    try:
        package.parse("Contents/header.xml", shapes)
    except Unreadable:
        section.body.writer.note("damaged-part")
    for _, name in found[:MAX_SECTIONS]:
        package.parse(name, section)
        section.close()
        if section.body.full:
            break
    if len(found) > MAX_SECTIONS:
        section.body.writer.note("cut")
    return package.finish(section.body.writer)


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


class _Shapes:
    """Reads header.xml: the shapes of letters that are struck through."""

    def __init__(self) -> None:
        self.struck: set[str] = set()
        self._shape = ""

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "charPr":
            self._shape = attributes.get("id", "")
        elif tag == "strikeout" and attributes.get("shape", "").upper() in _LINES:
            self.struck.add(self._shape)

    def end(self, tag: str) -> None:
        pass

    def characters(self, data: str) -> None:
        pass


class _Section:
    """Turns the elements of sections into paragraphs and tables."""

    def __init__(self, struck: Set[str]) -> None:
        self.body = Body()
        self._struck = struck
        self._runs: list[bool] = []  # of each open run: whether it is struck through
        self._words: list[str] = []
        self._rows: list[list[int]] = []  # of each open table: the row and column that come next
        self._reading = False
        self._deleted = False
        self._skipping = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        if self._skipping or tag in _UNREAD:
            self._skipping += 1
        elif tag == "t":
            self._reading = True
        elif tag == "run":
            self._runs.append(attributes.get("charPrIDRef", "") in self._struck)
        elif tag in {"deleteBegin", "deleteEnd"}:
            self._deleted = tag == "deleteBegin"
        elif tag in _BREAKS and self._reading:
            self._add(_BREAKS[tag])
        elif tag in {"p", "tbl"}:
            # one that stands in another comes after the words before it
            self._put_words()
            if tag == "tbl":
                self._rows.append([-1, 0])
                self.body.open_table()
        elif self._rows:
            self._start_table_part(tag, attributes)

    def _start_table_part(self, tag: str, attributes: Attributes) -> None:
        if tag == "tr":
            self._rows[-1] = [self._rows[-1][0] + 1, 0]
        elif tag == "tc":
            row, column = self._rows[-1]
            self._rows[-1][1] += 1
            self.body.open_cell((max(0, row), column))
        elif tag == "cellAddr":
            # it stands behind the cell's text; without one, cells count from the left
            down, right = attributes.get("rowAddr", ""), attributes.get("colAddr", "")
            if _NUMBER.fullmatch(down) and _NUMBER.fullmatch(right):
                self.body.move_cell((int(down), int(right)))

    def end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif tag == "t":
            self._reading = False
        elif tag == "run" and self._runs:
            self._runs.pop()
        elif tag == "p":
            self._put_words()
        elif tag == "tbl" and self._rows:
            self._rows.pop()
            self.body.end_table()

    def characters(self, data: str) -> None:
        if self._reading and not self._skipping:
            self._add(data)

    def close(self) -> None:
        """End what the section has left open."""
        if self._words:
            self.body.paragraph(self._take())
        self.body.close()
        self._rows, self._reading, self._deleted, self._skipping = [], False, False, 0
        self._runs = []

    def _add(self, piece: str) -> None:
        if self._deleted:
            return
        if self._runs and self._runs[-1]:
            self.body.writer.note("struck-text")
        else:
            self._words.append(piece)

    def _take(self) -> str:
        text, self._words = clean("".join(self._words)), []
        return text

    def _put_words(self) -> None:
        if self._words:
            self.body.paragraph(self._take())
            if self.body.full:
                raise Enough
