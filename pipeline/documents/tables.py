"""CSV files, and the one way that rows of every kind of table become text."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.charsets import decode
from pipeline.documents.results import MAX_CHARACTERS, MAX_COLUMNS, MAX_ROWS, Text

MAX_BYTES = 4 * MAX_CHARACTERS
_DELIMITERS = (",", "\t", ";", "|")


def read(data: bytes) -> Text:
    """A line for each row, its cells apart by tabs."""
    text = decode(data[:MAX_BYTES])
    lines, cut = joined(_rows(text), MAX_CHARACTERS)
    return Text("\n".join(lines), ("cut",) if cut or len(data) > MAX_BYTES else ())


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


def joined(rows: Iterable[Sequence[str]], room: int) -> tuple[list[str], bool]:
    """The rows that are not empty as "cell<tab>cell" lines within all caps; whether any was cut."""
    lines: list[str] = []
    for number, row in enumerate(rows):
        if number >= MAX_ROWS:
            return lines, True
        cells = [" ".join(cell.split()) for cell in row[:MAX_COLUMNS]]
        line = "\t".join(cells).rstrip()
        if not line.strip():
            continue
        room -= len(line) + 1
        if room < 0:
            return lines, True
        lines.append(line)
    return lines, False
