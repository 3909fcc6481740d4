"""Hangul documents (.hwp, version 5): paragraphs as lines, table rows as lines of cells.

An OLE file whose sections are streams of records, deflated as a rule. They are read as they
inflate, so a bomb costs no more than what is taken of it.
"""

import re
import struct
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.charsets import clean
from pipeline.documents.nested import Body
from pipeline.documents.oledir import SIGNATURE as OLE
from pipeline.documents.results import MAX_CHARACTERS, Text, Unreadable
from pipeline.documents.streams import Compound

SIGNATURE = b"HWP Document File"
MAX_UNPACKED = 64 * 1024 * 1024
MAX_RECORDS = 300_000
MAX_RUNS = 10_000
_COMPRESSED, _PASSWORD, _DISTRIBUTION, _DRM, _CERTIFIED = 1, 2, 4, 16, 0x100 | 0x200
_CHAR_SHAPE = 21  # of DocInfo
_PARA_TEXT, _PARA_SHAPES, _CTRL_HEADER, _LIST_HEADER, _TABLE = 67, 68, 71, 72, 77
MAX_SHAPES = 65_536
_LINES = 13  # shapes of lines; what strikes nothing through has the number 15 as often as none
# headers, footers, foot- and endnotes, hidden remarks: not the letter's own words
_UNREAD = frozenset({b"head", b"foot", b"fn  ", b"en  ", b"tcmt"})
_SECTION = re.compile(r"BodyText/Section(\d{1,4})")
# codes below 32 stand alone or take eight units; these alone are text
_SINGLE = {0: "", 10: "\n", 13: "\n", 24: "-", 30: " ", 31: " "}
_STEP = 64 * 1024


def read(data: bytes) -> Text:
    """The sections' text without what is struck through; table rows have the places ("table 1",
    row).
    """
    if not data.startswith(OLE):
        # HWP 3 and older are files of another make
        raise Unreadable("old-format" if data.startswith(SIGNATURE) else "damaged")
    file = Compound(data)
    header = file.stream("FileHeader") or b""
    if not header.startswith(SIGNATURE) or len(header) < 40:
        raise Unreadable("damaged")
    (flags,) = struct.unpack_from("<I", header, 36)
    if flags & (_PASSWORD | _DRM | _CERTIFIED):
        raise Unreadable("encrypted")
    if flags & _DISTRIBUTION:
        raise Unreadable("distribution")
    return _read_sections(file, deflated=bool(flags & _COMPRESSED))


def _read_sections(file: Compound, *, deflated: bool) -> Text:
    found = sorted((int(m[1]), m[0]) for name in file.names() if (m := _SECTION.fullmatch(name)))
    if not found:
        raise Unreadable("damaged")
    budget = _Budget()
    letter = _Letter(_struck_shapes(file, budget, deflated=deflated))
    for _, name in found:
        for record in _records(_source(file, name, budget, deflated=deflated), budget):
            letter.take(record)
            if letter.body.full:
                break
        letter.close()
    writer = letter.body.writer
    if budget.used_up:
        writer.note("cut")
    if not writer.pieces and budget.broken:
        raise Unreadable("damaged")
    if budget.broken:
        writer.note("damaged-part")
    return writer.text()


def _source(file: Compound, name: str, budget: "_Budget", *, deflated: bool) -> "_Source":
    raw = file.stream(name) or b""
    return _Source(_inflated(raw) if deflated else iter([raw]), budget)


def _struck_shapes(file: Compound, budget: "_Budget", *, deflated: bool) -> frozenset[int]:
    """The numbers of the shapes of letters that strike them through."""
    found, count = set(), 0
    for record in _records(_source(file, "DocInfo", budget, deflated=deflated), budget):
        if record.tag != _CHAR_SHAPE:
            continue
        looks = int.from_bytes(record.data[46:50], "little")
        if looks >> 18 & 7 and looks >> 26 & 15 < _LINES:
            found.add(count)
        count += 1
        if count >= MAX_SHAPES:
            break
    return frozenset(found)


@dataclass(slots=True)
class _Budget:
    """What all sections together may cost, and what was found wrong on the way."""

    bytes: int = MAX_UNPACKED
    records: int = MAX_RECORDS
    used_up: bool = False
    broken: bool = False


@dataclass(frozen=True, slots=True)
class _Record:
    tag: int
    level: int
    data: bytes


def _inflated(raw: bytes) -> Iterator[bytes]:
    """The section in pieces; raises zlib.error where it is damaged."""
    inflate = zlib.decompressobj(-15)
    while raw and not inflate.eof:
        yield inflate.decompress(raw, _STEP)
        raw = inflate.unconsumed_tail
    while not inflate.eof and (rest := inflate.decompress(b"", _STEP)):
        yield rest


class _Source:
    """Bytes of a section, taken in order out of its pieces."""

    def __init__(self, pieces: Iterator[bytes], budget: _Budget) -> None:
        self._pieces, self._budget = pieces, budget
        self._buffer = b""

    def take(self, size: int, keep: int) -> bytes | None:
        """The next `size` bytes, of which only the first `keep` are returned; None at the end."""
        kept = bytearray()
        while size:
            if not self._buffer and not self._refill():
                return None
            piece, self._buffer = self._buffer[:size], self._buffer[size:]
            kept += piece[: max(0, keep - len(kept))]
            size -= len(piece)
        return bytes(kept)

    def at_end(self) -> bool:
        return not self._buffer and not self._refill()

    def _refill(self) -> bool:
        try:
            self._buffer = next(self._pieces, b"")
            # a piece may be empty while zlib gathers input
            while not self._buffer:
                self._buffer = next(self._pieces)
        except StopIteration:
            return False
        except zlib.error:
            self._budget.broken = True
            return False
        self._budget.bytes -= len(self._buffer)
        if self._budget.bytes < 0:
            self._budget.used_up, self._buffer = True, b""
        return bool(self._buffer)


def _records(source: _Source, budget: _Budget) -> Iterator[_Record]:
    """The records of a section; a length that goes beyond its end ends it."""
    while not source.at_end():
        budget.records -= 1
        if budget.records < 0:
            budget.used_up = True
            return
        head = source.take(4, 4)
        word = int.from_bytes(head or b"", "little")
        size = word >> 20
        if head and size == 0xFFF:
            head = source.take(4, 4)
            size = int.from_bytes(head or b"", "little")
        data = source.take(size, _KEEP.get(word & 0x3FF, 0)) if head else None
        if data is None:
            budget.broken = budget.broken or not budget.used_up
            return
        yield _Record(word & 0x3FF, word >> 10 & 0x3FF, data)


# how much of a record is looked at; of others only their tag and level
_KEEP = {
    _PARA_TEXT: 16 * MAX_CHARACTERS,
    _PARA_SHAPES: 8 * MAX_RUNS,
    _CHAR_SHAPE: 50,
    _CTRL_HEADER: 4,
    _LIST_HEADER: 16,
}


class _Letter:
    """Turns records into paragraphs and tables."""

    def __init__(self, struck: frozenset[int]) -> None:
        self.body = Body()
        self._struck = struck
        self._words: bytes | None = None  # of the paragraph whose letters' shapes may follow
        self._tables: list[int] = []  # the levels of open tables' controls
        self._laid_out = False  # whether the table's own record has come: lists before are captions
        self._unread: int | None = None  # the level of a control that is left out

    def take(self, record: _Record) -> None:
        if self._unread is not None and record.level > self._unread:
            return
        self._unread = None
        if self._words is not None:
            self._paragraph(record.data if record.tag == _PARA_SHAPES else b"")
        while self._tables and record.level <= self._tables[-1]:
            self._end_table()
        if record.tag == _CTRL_HEADER:
            self._control(record)
        elif record.tag == _TABLE:
            self._laid_out = True
        elif record.tag == _LIST_HEADER and self._tables:
            self._list(record)
        elif record.tag == _PARA_TEXT:
            self._words = record.data

    def close(self) -> None:
        """End what is open at the end of a section."""
        if self._words is not None:
            self._paragraph(b"")
        while self._tables:
            self._end_table()
        self.body.close()
        self._unread = None

    def _paragraph(self, shapes: bytes) -> None:
        words, self._words = self._words or b"", None
        runs = list(struct.iter_unpack("<II", shapes[: len(shapes) // 8 * 8]))
        struck = [
            (start, following)
            for (start, shape), following in zip(
                runs, [*(start for start, _ in runs[1:]), len(words) // 2], strict=False
            )
            if shape in self._struck
        ]
        left = _without(words, struck)
        if left != words:
            self.body.writer.note("struck-text")
        self.body.paragraph(_text(left))

    def _control(self, record: _Record) -> None:
        name = record.data[:4][::-1]
        if name in _UNREAD:
            self._unread = record.level
        elif name == b"tbl ":
            self._tables.append(record.level)
            self._laid_out = False
            self.body.open_table()

    def _list(self, record: _Record) -> None:
        # a list deeper than the table's own is a picture's or a text box's in one of its cells
        if self._laid_out and record.level == self._tables[-1] + 1 and len(record.data) >= 12:
            column, row = struct.unpack_from("<HH", record.data, 8)
            self.body.open_cell((row, column))

    def _end_table(self) -> None:
        self._tables.pop()
        self.body.end_table()
        self._laid_out = True  # of the table around it


def _without(data: bytes, struck: list[tuple[int, int]]) -> bytes:
    """The paragraph with zeros, which are no text, for the letters in the stretches of `struck`."""
    if not struck:
        return data
    units = array("H", data[: len(data) // 2 * 2])
    for start, end in struck:
        for at in range(start, min(end, len(units))):
            if units[at] >= 32:
                units[at] = 0
    return units.tobytes()


def _text(data: bytes) -> str:
    """The characters of a paragraph; what its controls put in stands in records of their own."""
    words: list[str] = []
    units = memoryview(data[: len(data) // 2 * 2]).cast("H")
    at, start = 0, 0
    while at < len(units):
        unit = units[at]
        if unit >= 32:
            at += 1
            continue
        words.append(data[2 * start : 2 * at].decode("utf-16-le", errors="replace"))
        words.append("\t" if unit == 9 else _SINGLE.get(unit, ""))
        at += 1 if unit in _SINGLE or 25 <= unit <= 29 else 8
        start = at
    words.append(data[2 * start : 2 * at].decode("utf-16-le", errors="replace"))
    return clean("".join(words))
