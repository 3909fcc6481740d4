"""Hangul documents (.hwpx): a ZIP of XML sections, read as streams like those of .docx."""

import re

from pipeline.charsets import clean
from pipeline.documents.nested import Body
from pipeline.documents.results import Text, Unreadable
from pipeline.documents.xmlparts import Attributes, Enough, Package

_SECTION = re.compile(r"Contents/section(\d{1,4})\.xml")
_NUMBER = re.compile(r"[0-9]{1,5}")
MAX_SECTIONS = 256
_BREAKS = {"lineBreak": "\n", "tab": "\t", "nbSpace": " ", "fwSpace": " ", "hyphen": "-"}
# not the letter's own words, or not shown
_UNREAD = frozenset(
    {"header", "footer", "footNote", "endNote", "hiddenComment", "memo", "parameters"}
)


def read(data: bytes) -> Text:
    """The text of the document's sections; a table's rows have the places ("table 1", row)."""
    package = Package(data)
    found = sorted((int(m[1]), m[0]) for name in package.names() if (m := _SECTION.fullmatch(name)))
    if not found:
        raise Unreadable("damaged")
    manifest = _Manifest()
    package.parse("META-INF/manifest.xml", manifest)
    if manifest.encrypted:
        raise Unreadable("encrypted")
    section = _Section()
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


class _Section:
    """Turns the elements of sections into paragraphs and tables."""

    def __init__(self) -> None:
        self.body = Body()
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

    def _add(self, piece: str) -> None:
        if not self._deleted:
            self._words.append(piece)

    def _take(self) -> str:
        text, self._words = clean("".join(self._words)), []
        return text

    def _put_words(self) -> None:
        if self._words:
            self.body.paragraph(self._take())
            if self.body.full:
                raise Enough
