"""Excel workbooks of 1993 to 2003 (.xls): a line for each row, cells apart by tabs."""

import io
import struct
from collections.abc import Iterator
from typing import Any

from pipeline.charsets import clean
from pipeline.documents import cells
from pipeline.documents.results import MAX_COLUMNS, Text, Unreadable, Writer
from pipeline.documents.streams import Compound
from pipeline.documents.tables import put_rows, spread

MAX_SHEETS = 20
MAX_CELL = 10_000


class _Nowhere(io.TextIOBase):
    """Takes xlrd's warnings, of which a hostile file makes as many as it likes."""

    def write(self, text: str) -> int:
        return len(text)


def read(data: bytes) -> Text:
    """The values that the cells show last; dates as ISO. What is hidden or struck
    through is left out and noted.
    """
    book = _book(data)
    writer = Writer()
    for number in range(book.nsheets):
        if number >= MAX_SHEETS or writer.full:
            writer.note("cut")
            break
        # 1 and 2 are hidden, which a sheet need not be loaded for
        if book._sheet_visibility[number]:
            writer.note("hidden-sheets")
            continue
        _put(writer, book, number)
        book.unload_sheet(number)
    return writer.text()


def _book(data: bytes) -> Any:
    """The workbook with its formats, or without where they are damaged: then no cell is hidden."""
    import xlrd

    # xlrd follows the chains of an OLE file for ever where they go round: it gets the stream only
    file = Compound(data)
    names = {name.lower(): name for name in file.names()}
    found = names.get("workbook") or names.get("book")
    stream = file.stream(found) if found else None
    # every workbook starts with a BOF record; of other bytes xlrd would look what they are
    if not stream or stream[0] != 9:
        raise Unreadable("damaged")
    for with_formats in (True, False):
        try:
            return xlrd.open_workbook(
                file_contents=stream,
                formatting_info=with_formats,
                on_demand=True,
                ragged_rows=True,
                logfile=_Nowhere(),
            )
        except xlrd.XLRDError as exc:
            if "encrypted" in str(exc).lower():
                raise Unreadable("encrypted") from exc
        except (struct.error, *_DAMAGE):
            continue
    raise Unreadable("damaged")


# what xlrd lets through of a file that is not as it should be
_DAMAGE = (
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    OverflowError,
    TypeError,
    ValueError,
    ArithmeticError,
    EOFError,
    LookupError,
)


def _put(writer: Writer, book: Any, number: int) -> None:
    import xlrd

    try:
        sheet = book.sheet_by_index(number)
    except (xlrd.XLRDError, struct.error, *_DAMAGE):
        writer.note("damaged-part")
        return
    rows = _rows(writer, book, sheet)
    first = next(rows, None)
    if first is None:
        return
    title = " ".join(clean(sheet.name[:100]).split())
    writer.line(f"[{title}]", sheet=title)
    put_rows(writer, _with(first, rows), sheet=title)


def _with(
    first: tuple[int, list[str]], rows: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, list[str]]]:
    yield first
    yield from rows


def _rows(writer: Writer, book: Any, sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, numbered from 1, without what is hidden."""
    hidden = {column for column, info in sheet.colinfo_map.items() if info.hidden}
    for number in range(sheet.nrows):
        found = {}
        for column in range(sheet.row_len(number)):
            shown = _cell_text(book, sheet, number, column)
            text = _unstruck(book, sheet, number, column, shown) if shown else ""
            if text != shown:
                writer.note("struck-text")
            if not text:
                continue
            if column in hidden:
                writer.note("hidden-columns")
            elif column >= MAX_COLUMNS:
                writer.note("cut")
                break
            else:
                found[column] = text
        if not found:
            continue
        info = sheet.rowinfo_map.get(number)
        if info is not None and info.hidden:
            writer.note("hidden-rows")
            continue
        yield number + 1, spread(found)


def _cell_text(book: Any, sheet: Any, row: int, column: int) -> str:
    import xlrd

    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    if kind == xlrd.XL_CELL_TEXT:
        return str(value)[:MAX_CELL]
    if kind in {xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE}:
        style = _style(book, sheet, row, column, kind == xlrd.XL_CELL_DATE)
        return cells.shown(value, style, from_1904=bool(book.datemode))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if value else "FALSE"
    if kind == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(value, ""))
    return ""


def _unstruck(book: Any, sheet: Any, row: int, column: int, text: str) -> str:
    """`text` without what is struck through; pieces of a cell may have fonts of their own."""
    if not book.formatting_info:
        return text
    fonts = book.font_list
    try:
        font = book.xf_list[sheet.cell_xf_index(row, column)].font_index
        runs = [(0, font), *sheet.rich_text_runlist_map.get((row, column), ())]
        ends = [start for start, _ in runs[1:]] + [len(text)]
        pieces = zip(runs, ends, strict=True)
        return "".join(text[at:end] for (at, font), end in pieces if not fonts[font].struck_out)
    except (IndexError, TypeError):
        return text


def _style(book: Any, sheet: Any, row: int, column: int, is_date: bool) -> cells.Style:
    if book.formatting_info:
        try:
            key = book.xf_list[sheet.cell_xf_index(row, column)].format_key
            return cells.style_of(key, book.format_map[key].format_str)
        except (IndexError, KeyError):
            pass
    return cells.Style("datetime" if is_date else "number")
