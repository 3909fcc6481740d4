"""Excel workbooks (.xlsx): a line for each row, cells apart by tabs, under the sheet's name."""

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pipeline.charsets import clean
from pipeline.documents import archives
from pipeline.documents.results import MAX_CHARACTERS, MAX_COLUMNS, MAX_ROWS, Text, Unreadable
from pipeline.documents.tables import joined

MAX_SHEETS = 20
MAX_UNPACKED = 100 * 1024 * 1024


def read(data: bytes) -> Text:
    """The values that the cells show last; dates as ISO. Hidden sheets are left out and noted."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    if archives.weight(data) > MAX_UNPACKED:
        raise Unreadable("too-large")
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError) as exc:
        raise Unreadable("damaged") from exc
    lines: list[str] = []
    notes: dict[str, None] = {}
    for number, sheet in enumerate(book.worksheets):
        if getattr(sheet, "sheet_state", "visible") != "visible":
            notes["hidden-sheets"] = None
            continue
        rows, cut = joined(_rows(sheet), MAX_CHARACTERS - sum(map(len, lines)))
        lines += [f"[{clean(sheet.title)}]", *rows] if rows else []
        if cut or number + 1 >= MAX_SHEETS:
            notes["cut"] = None
        if number + 1 >= MAX_SHEETS:
            break
    return Text("\n".join(lines), tuple(notes))


def _rows(sheet: Any) -> Iterator[list[str]]:
    """Rows as texts. The bounds hold against a sheet whose one cell is at XFD1048576."""
    # what the sheet says of its own size is often wrong, and openpyxl believes it
    sheet.reset_dimensions()
    for row in sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS, values_only=True):
        yield [_text(value) for value in row]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return (
            value.date().isoformat()
            if value.time() == dt.time()
            else value.isoformat(" ", "minutes")
        )
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else _plain(value)
    return clean(str(value)[:10_000])


def _plain(value: float) -> str:
    """A number as people write it: no exponent, none of the digits that binary fractions add."""
    try:
        return format(Decimal(repr(round(value, 6))).normalize(), "f")[:40]
    except ArithmeticError:
        return ""
