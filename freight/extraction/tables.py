"""Tables of a text as labelled lines: a header and its value become `label: value`."""

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
        if width == 2:
            yield from ((row[0], row[1]) for row in rows)
        elif width > 2 and len(rows) > 1 and _is_header(text, rows[0]):
            row = _telling_row(text, rows[1:])
            if row is not None:
                yield from zip(rows[0], row, strict=True)


def _telling_row(text: str, rows: Sequence[list[_Cell]]) -> list[_Cell] | None:
    totals = [row for row in rows if _TOTAL.match(text[row[0].start : row[0].end])]
    if len(rows) == 1:
        return rows[0]
    return totals[-1] if totals else None


def _is_header(text: str, row: Sequence[_Cell]) -> bool:
    worded = [cell for cell in row if _WORD.search(text, cell.start, cell.end)]
    return len(worded) >= len(row) - 1


def _rows(text: str, commas: bool) -> Iterator[list[_Cell]]:
    """Cells of each line; an empty list, which ends a table, for a line that is no row."""
    offset = 0
    for line in text.split("\n"):
        if not (_RULE.match(line) and line.strip()):
            yield _cells(line, offset, commas)
        offset += len(line) + 1


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
