"""CSV files, and the one way that rows of every kind of table become text."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pipeline.charsets import clean, decode
from pipeline.documents.results import MAX_CHARACTERS, MAX_COLUMNS, MAX_ROWS, Text, Writer

MAX_BYTES = 4 * MAX_CHARACTERS
_DELIMITERS = (",", "\t", ";", "|")


def read(data: bytes) -> Text:
    """A line for each row, its cells apart by tabs."""
    text = decode(data[:MAX_BYTES])
    writer = Writer()
    put_rows(writer, enumerate(_rows(text), start=1))
    if len(data) > MAX_BYTES:
        writer.note("cut")
    return writer.text()


def _rows(text: str) -> Iterable[Sequence[str]]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text[:8192]))
    try:
        yield from rows
    except csv.Error:
        # a field over csv's limit, which takes an unclosed quote: what came so far is the table
        return


def _delimiter(sample: str) -> str:
    """The mark that stands equally often in most lines: in "1,5;2,5" it is not the comma."""
    lines = [line for line in sample.split("\n") if line.strip()]

    def agreeing(mark: str) -> tuple[int, int]:
        counts = Counter(count for line in lines if (count := line.count(mark)))
        return max(counts.values(), default=0), sample.count(mark)

    return max(_DELIMITERS, key=agreeing)


def put_rows(
    writer: Writer, rows: Iterable[tuple[int, Sequence[str]]], *, sheet: str = "", page: int = 0
) -> bool:
    """Write numbered rows as "cell<tab>cell" lines, without the empty ones; whether all went in.

    A line that does not fit is left out whole: half a number is a wrong number.
    """
    lines = 0
    for number, row in rows:
        line = row_line(row)
        if not line:
            continue
        lines += 1
        if lines > MAX_ROWS or writer.length + len(line) + 1 > MAX_CHARACTERS:
            writer.note("cut")
            return False
        if len(row) > MAX_COLUMNS and any(row[MAX_COLUMNS:]):
            writer.note("cut")
        writer.line(line, page=page, sheet=sheet, row=number)
    return True


def row_line(cells: Sequence[str]) -> str:
    """The first 50 cells on one line, apart by a tab each, so that tabs count columns; or ""."""
    return "\t".join(" ".join(clean(cell).split()) for cell in cells[:MAX_COLUMNS]).rstrip()


def put_cells(writer: Writer, cells: Mapping[tuple[int, int], str], *, sheet: str) -> None:
    """Write the cells of a table, known by (row, column) from 0; what is not there is empty."""
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), text in sorted(cells.items()):
        if column < MAX_COLUMNS:
            by_row.setdefault(row, {})[column] = text
        elif text:
            writer.note("cut")
    rows = ((row + 1, spread(each)) for row, each in by_row.items())
    put_rows(writer, rows, sheet=sheet)


def spread(cells: Mapping[int, str]) -> list[str]:
    """Cells known by their column as a list, with "" where none is."""
    return [cells.get(column, "") for column in range(max(cells, default=-1) + 1)]
