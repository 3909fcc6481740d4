"""Word documents of 1997 to 2003 (.doc): paragraphs as lines, table rows as lines of cells.

The text lies in pieces, each in UTF-16 or in one byte a character; what is a table row's end and
what is hidden stands in pages of 512 bytes beside it ([MS-DOC] 2.4.1, 2.9.175, 2.9.33).
"""

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.documents.flow import Flow
from pipeline.documents.results import MAX_CHARACTERS, Text, Unreadable
from pipeline.documents.streams import Compound

_WORD_97 = 0x00C1
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
# of the FIB's pairs of offset and length: character and paragraph pages, the pieces
_CHARACTERS, _PARAGRAPHS, _PIECES = 12, 13, 33
MAX_PIECES = 100_000
MAX_RUNS = 400_000
_STRUCK = (0x0837, 0x2A53)  # once and twice
_DELETED, _HIDDEN, _IN_TABLE, _ROW_END = 0x0800, 0x083C, 0x2416, 0x2417
_OPERAND = (1, 1, 2, 4, 2, 2, -1, 3)  # bytes by the top three bits of a property's code; -1: told
_CELL, _FIELD, _RESULT, _FIELD_END = "\x07", "\x13", "\x14", "\x15"
_SHOWN = {"\x0b": "\n", "\x0c": "\n", "\x1e": "-"}


def read(data: bytes) -> Text:
    """The main text, without footnotes, headers, hidden, deleted and struck text and field codes.

    A table's rows have the places ("table 1", row).
    """
    file = Compound(data)
    main = file.stream("WordDocument")
    if main is None or len(main) < 0x60:
        raise Unreadable("damaged")
    magic, version = struct.unpack_from("<HH", main)
    (flags,) = struct.unpack_from("<H", main, 10)
    if flags & _ENCRYPTED:
        raise Unreadable("encrypted")
    if magic != 0xA5EC or version < _WORD_97:
        # Word 6 and 95 lay their text out otherwise
        raise Unreadable("old-format" if magic in {0xA5DC, 0xA5EC, 0xA5DB} else "damaged")
    table = file.stream("1Table" if flags & _TABLE_1 else "0Table")
    if table is None:
        raise Unreadable("damaged")
    return _read(_Parts(main, table))


@dataclass(frozen=True, slots=True)
class _Parts:
    """The two streams that make a document."""

    main: bytes
    table: bytes

    def characters(self) -> int:
        """How long the main text is; footnotes and headers follow it."""
        (words,) = struct.unpack_from("<H", self.main, 32)
        at = 34 + 2 * words + 2 + 12
        return int(struct.unpack_from("<i", self.main, at)[0])

    def block(self, number: int) -> bytes:
        """What the FIB's pair `number` points to in the table stream."""
        (words,) = struct.unpack_from("<H", self.main, 32)
        longs_at = 34 + 2 * words
        (longs,) = struct.unpack_from("<H", self.main, longs_at)
        at = longs_at + 2 + 4 * longs + 2 + 8 * number
        start, size = struct.unpack_from("<II", self.main, at)
        return self.table[start : start + size]


def _read(parts: _Parts) -> Text:
    try:
        pieces = _pieces(parts.block(_PIECES))
        length = parts.characters()
        hidden = _runs(parts, _CHARACTERS, _hides)
        rows = _runs(parts, _PARAGRAPHS, _table_part)
    except (struct.error, IndexError) as exc:
        raise Unreadable("damaged") from exc
    if length < 0 or not pieces:
        raise Unreadable("damaged")
    body = _Body()
    for text, marks in _stretches(parts.main, pieces, length, hidden, rows):
        body.take(text, marks)
        if body.flow.full:
            break
    body.flow.close()
    return body.flow.writer.text()


@dataclass(frozen=True, slots=True)
class _Piece:
    """`length` characters at `start` of the main stream, of `width` bytes each."""

    start: int
    length: int
    width: int


def _pieces(raw: bytes) -> list[_Piece]:
    """The pieces of the text in order, out of the Clx."""
    at = 0
    while at < len(raw) and raw[at] == 1:
        at += 3 + struct.unpack_from("<H", raw, at + 1)[0]
    if at >= len(raw) or raw[at] != 2:
        raise Unreadable("damaged")
    (size,) = struct.unpack_from("<I", raw, at + 1)
    count = min((min(size, len(raw) - at - 5) - 4) // 12, MAX_PIECES)
    if count < 1:
        raise Unreadable("damaged")
    ends = struct.unpack_from(f"<{count + 1}I", raw, at + 5)
    found = []
    for number in range(count):
        (where,) = struct.unpack_from("<I", raw, at + 5 + 4 * (count + 1) + 8 * number + 2)
        narrow = bool(where & 0x40000000)
        start = (where & 0x3FFFFFFF) >> narrow
        length = max(0, ends[number + 1] - ends[number])
        found.append(_Piece(start, length, 1 if narrow else 2))
    return found


@dataclass(frozen=True, slots=True)
class _Runs:
    """What holds from each of `starts` on in the main stream, up to the next."""

    starts: list[int]
    marks: list[int]

    def at(self, offset: int) -> tuple[int, int]:
        """The mark at `offset` and where the next one starts."""
        found = bisect_right(self.starts, offset)
        following = self.starts[found] if found < len(self.starts) else 1 << 40
        return (self.marks[found - 1] if found else 0), following


def _runs(parts: _Parts, number: int, mark_of: "_MarkOf") -> _Runs:
    """The marks of all pages of a kind; a page that is not as it should be has none."""
    raw = parts.block(number)
    count = max(0, (len(raw) - 4) // 8)
    found: dict[int, int] = {}
    for at in range(4 * (count + 1), 4 * (count + 1) + 4 * count, 4):
        (page,) = struct.unpack_from("<I", raw, at)
        start = (page & 0x3FFFFF) * 512
        for first, end, mark in mark_of(parts.main[start : start + 512]):
            found[first] = mark
            found.setdefault(end, 0)
        if len(found) > MAX_RUNS:
            break
    starts = sorted(found)
    return _Runs(starts, [found[start] for start in starts])


_Mark = tuple[int, int, int]


class _MarkOf:
    """How a page of 512 bytes tells its runs' (start, end, mark)."""

    def __init__(self, step: int, wanted: dict[int, int]) -> None:
        self._step, self._wanted = step, wanted

    def __call__(self, page: bytes) -> Iterator[_Mark]:
        if len(page) < 512:
            return
        count = page[511]
        if count * (4 + self._step) + 4 > 511:
            return
        offsets = struct.unpack_from(f"<{count + 1}I", page)
        for number in range(count):
            at = 2 * page[4 * (count + 1) + self._step * number]
            yield offsets[number], offsets[number + 1], self._mark(self._properties(page, at))

    def _properties(self, page: bytes, at: int) -> bytes:
        if not at:
            return b""
        size = page[at]
        if self._step == 1:
            return page[at + 1 : at + 1 + size]
        # a paragraph's size counts in twos, and its style comes first
        if size:
            return page[at + 3 : at + 2 * size]
        return page[at + 4 : at + 2 + 2 * page[at + 1]] if at < 510 else b""

    def _mark(self, raw: bytes) -> int:
        mark, at = 0, 0
        while at + 2 < len(raw):
            (code,) = struct.unpack_from("<H", raw, at)
            if bit := self._wanted.get(code, 0):
                mark = mark | bit if raw[at + 2] & 1 else mark & ~bit
            size = _OPERAND[code >> 13]
            if code == 0xD608:  # a table's columns: two bytes of length, one too high
                size = 1 + int.from_bytes(raw[at + 2 : at + 4], "little")
            elif size < 0:
                size = 1 + raw[at + 2]
            at += 2 + size
        return mark


_hides = _MarkOf(1, {_DELETED: 1, _HIDDEN: 2, _STRUCK[0]: 4, _STRUCK[1]: 8})
_table_part = _MarkOf(13, {_IN_TABLE: 1, _ROW_END: 2})


def _stretches(
    main: bytes, pieces: list[_Piece], length: int, hidden: _Runs, rows: _Runs
) -> Iterator[tuple[str, int]]:
    """The text that is not hidden, in stretches of one mark: 1 in a table, 2 the end of a row, 4
    where words that are struck through were taken out.
    """
    for piece in pieces:
        at, end = piece.start, piece.start + min(piece.length, length) * piece.width
        length -= min(piece.length, length)
        end = min(end, len(main))
        while at < end:
            is_hidden, next_hidden = hidden.at(at)
            mark, next_row = rows.at(at)
            stop = min(end, next_hidden, next_row)
            # runs begin at characters; where one lies within a pair of bytes the file is odd
            stop = max(at + piece.width, stop - (stop - at) % piece.width)
            raw = main[at : min(stop, at + 2 * MAX_CHARACTERS)]
            if not is_hidden:
                yield _decoded(raw, piece.width), mark
            elif is_hidden & 12 and not is_hidden & 3:
                yield _only_marks(_decoded(raw, piece.width)), mark | 4
            at = stop


def _only_marks(text: str) -> str:
    """The ends of paragraphs, cells and fields: struck through like their words, they still end."""
    return "".join(mark for mark in text if mark in _ENDS)


def _decoded(raw: bytes, width: int) -> str:
    if width == 2:
        return raw[: len(raw) // 2 * 2].decode("utf-16-le", errors="replace")
    # five bytes are undefined in Python's cp1252; in Word they are nothing
    return raw.decode("cp1252", errors="ignore")


class _Body:
    """Turns stretches of text into lines and rows."""

    def __init__(self) -> None:
        self.flow = Flow()
        self._fields: list[bool] = []  # of each open field: whether its result has begun

    def take(self, text: str, mark: int) -> None:
        if mark & 4:
            self.flow.writer.note("struck-text")
        for piece in _split(text):
            if piece in {_FIELD, _RESULT, _FIELD_END}:
                self._field(piece)
            elif piece == _CELL:
                self.flow.end_row() if mark & 2 else self.flow.end_cell()
            elif piece == "\r":
                self.flow.add(" ") if mark & 1 else self.flow.end_line()
            elif all(self._fields):
                self.flow.add(_SHOWN.get(piece, piece))
            if self.flow.full:
                return

    def _field(self, mark: str) -> None:
        if mark == _FIELD:
            self._fields.append(False)
        elif self._fields and mark == _RESULT:
            self._fields[-1] = True
        elif self._fields:
            self._fields.pop()
        # nobody nests a hundred fields; a million of them make every character cost a million
        self._fields = self._fields[:100]


def _split(text: str) -> Iterator[str]:
    """`text` apart at the characters that mean something."""
    start = 0
    for at, character in enumerate(text):
        if character in _MARKS:
            if at > start:
                yield text[start:at]
            yield character
            start = at + 1
    if start < len(text):
        yield text[start:]


_ENDS = frozenset({_CELL, _FIELD, _RESULT, _FIELD_END, "\r"})
_MARKS = _ENDS | set(_SHOWN)
