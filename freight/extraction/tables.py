"""Tables of a text as labelled lines: a header and its value become `label: value`."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from freight.extraction.found import Found

_TOTAL = re.compile(r"^\W*(?:grand )?(?:total|sum|합계|총계|소계|合計|計|รวม)", re.IGNORECASE)
_CELL = {
    "|": re.compile(r"(?:^|\|)([^|]*)"),
    "\t": re.compile(r"(?:^|\t)([^\t]*)"),
    ",": re.compile(r'(?:^|,)\s*("[^"]*"|[^,]*)'),
}
# cells of a table that only blanks part; prose has two blanks as well, so its header must be one
_SPACED = re.compile(r"\S+(?: \S+)*")
_HEADER = re.compile(
    r"pol|pod|origin|destination|from|to|container|cntr|equip\w*|size|type|qty|g/?w|n/?w|(?:gross )?(?:weight|wt)|etd|eta|commodity|cargo|port of (?:loading|discharge)"
    r"|(?:출발|도착|선적|양하|목적)[지항일]?|출항일?|입항일?|구간|컨테이너|규격|장비|수량|(?:총)?중량|품목|품명|(?:積|揚)(?:げ|み)?[地港]|仕向[地港]|(?:出|到)[発着港]+[地港日]|[発着]港?日|船積日|コンテナ|(?:総)?重量|品名|本数|数量"
    r"|ต้นทาง|ปลายทาง|ตู้|น้ำหนัก(?:รวม)?|สินค้า|จำนวน|วันออก|วันถึง",
    re.IGNORECASE,
)
_RULE = re.compile(r"^[\s|+:=-]*$")
_WORD = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class _Cell:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Transposed:
    """Labelled lines, and for each value where it began in the text that it was taken from."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    origins: tuple[int, ...]

    def back(self, found: Found) -> Found | None:
        """`found` at the offsets of the table's own text; None where it lies outside the values."""
        cell = bisect_right(self.starts, found.end - 1) - 1
        if cell < 0 or found.end > self.ends[cell]:
            return None
        start = max(found.start, self.starts[cell])
        shift = self.origins[cell] - self.starts[cell]
        return Found(found.value, start + shift, found.end + shift, found.rank)


def transpose(text: str, *, commas: bool) -> Transposed | None:
    """The tables of `text` as labelled lines, None where it has none.

    `commas` says that they may part cells, as in .csv.
    """
    lines: list[str] = []
    starts, ends, origins = [], [], []
    length = 0
    for label, value in _pairs(text, commas):
        head = f"{text[label.start : label.end]}: "
        body = text[value.start : value.end]
        starts.append(length + len(head))
        ends.append(length + len(head) + len(body))
        origins.append(value.start)
        lines.append(head + body)
        length = ends[-1] + 1
    return (
        Transposed("\n".join(lines), tuple(starts), tuple(ends), tuple(origins)) if lines else None
    )


def _pairs(text: str, commas: bool) -> Iterator[tuple[_Cell, _Cell]]:
    """(label, value) of every table: two columns row by row, else the header over one row.

    Of several rows only the totals are taken: the others are parts of a packing list.
    """
    for width, group in groupby(_rows(text, commas), key=len):
        rows = list(group)
        if width == 2 and not _are_heads(text, rows):
            yield from ((row[0], row[1]) for row in rows)
        elif width >= 2:
            yield from _wide(text, rows)


def _wide(text: str, rows: Sequence[list[_Cell]]) -> Iterator[tuple[_Cell, _Cell]]:
    """The header over its telling row, and the rows that hold but a label and its value.

    A title may stand above the header.
    """
    head = next((at for at, row in enumerate(rows[:4]) if _is_header(text, row)), None)
    if head is None:
        return
    pairs = [filled for row in rows if (filled := _label_and_value(text, row))]
    parts = [row for row in rows[head + 1 :] if not _label_and_value(text, row)]
    row = _telling_row(text, parts) if parts else None
    if row is not None:
        yield from zip(rows[head], row, strict=True)
    yield from pairs


def _label_and_value(text: str, row: Sequence[_Cell]) -> tuple[_Cell, _Cell] | None:
    filled = [cell for cell in row if cell.end > cell.start]
    if len(filled) != 2 or _TOTAL.match(text, filled[0].start) or filled[0] is not row[0]:
        return None
    return (filled[0], filled[1]) if _WORD.search(text, filled[0].start, filled[0].end) else None


def _are_heads(text: str, rows: Sequence[list[_Cell]]) -> bool:
    """Whether two columns have their labels above them: `POL | POD` over `Busan | Hamburg`."""
    heads = [_HEADER.match(text[cell.start : cell.end]) is not None for cell in rows[0]]
    values = [_HEADER.match(text[cell.start : cell.end]) for row in rows[1:] for cell in row]
    return len(rows) == 2 and all(heads) and not any(values)


def _telling_row(text: str, rows: Sequence[list[_Cell]]) -> list[_Cell] | None:
    totals = [row for row in rows if any(_is_total(text, cell) for cell in row[:4])]
    if len(rows) == 1:
        return rows[0]
    return totals[-1] if totals else None


def _is_total(text: str, cell: _Cell) -> bool:
    return _TOTAL.match(text[cell.start : cell.end]) is not None


def _is_header(text: str, row: Sequence[_Cell]) -> bool:
    worded = [cell for cell in row if _WORD.search(text, cell.start, cell.end)]
    return len(worded) >= len(row) - 1


def _rows(text: str, commas: bool) -> Iterator[list[_Cell]]:
    """Cells of each line; an empty list, which ends a table, for a line that is no row."""
    offset = spaced = 0
    for line in text.split("\n"):
        if not (_RULE.match(line) and line.strip()):
            cells = _cells(line, offset, commas) or _spaced_cells(text, line, offset, spaced)
            spaced = len(cells)
            yield cells
        offset += len(line) + 1


def _spaced_cells(text: str, line: str, offset: int, above: int) -> list[_Cell]:
    """Cells parted by two blanks and more: of a header of three and more, and of rows like the one above."""
    if "  " not in line:
        return []
    cells = [
        _Cell(offset + match.start(), offset + match.end()) for match in _SPACED.finditer(line)
    ]
    heads = sum(bool(_HEADER.match(text[cell.start : cell.end])) for cell in cells)
    is_table = len(cells) > 2 and (len(cells) == above or heads >= 2)
    return cells if is_table else []


def _cells(line: str, offset: int, commas: bool) -> list[_Cell]:
    sign = next((sign for sign in ("|", "\t") if sign in line), ",")
    if sign == "," and not (commas and "," in line):
        return []
    first, last = len(line) - len(line.lstrip(" |")), len(line.rstrip(" |"))
    if sign != "|":
        first, last = 0, len(line)
    cells = []
    for match in _CELL[sign].finditer(line[first:last]):
        value = match.group(1).strip(' \t"')
        start = offset + first + match.start(1) + match.group(1).find(value)
        cells.append(_Cell(start, start + len(value)))
    return cells if len(cells) > 1 else []
