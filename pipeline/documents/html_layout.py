"""A tree of HTML as lines of text, the cells of its tables joined by tabs like any other table's.

Imported where it is needed: inscriptis takes a while to load.
"""

import re
from collections.abc import Iterator
from typing import Any

from inscriptis import Inscriptis
from inscriptis.model.canvas import Canvas
from inscriptis.model.config import ParserConfig
from inscriptis.model.html_document_state import HtmlDocumentState
from inscriptis.model.table import Table, TableRow
from inscriptis.model.tag import CustomHtmlTagHandlerMapping
from inscriptis.model.tag.table_tag import table_start_handler, td_start_handler

# lines times columns of all tables of a page together
MAX_AREA = 2_000_000
MAX_SPAN = 100


def text_of(tree: Any) -> str:
    """The text of `tree`; raises RecursionError and ValueError where inscriptis fails on it."""
    room = _Room()

    def start(state: HtmlDocumentState, attributes: dict[str, str]) -> None:
        table_start_handler(state, attributes)
        plain = state.current_table.pop()
        state.current_table.append(_Table(plain.left_margin_len, plain.cell_separator, room))

    handlers = CustomHtmlTagHandlerMapping({"table": start, "td": _cell, "th": _cell}, {})
    return Inscriptis(tree, ParserConfig(custom_html_tag_handler_mapping=handlers)).get_text()


def _cell(state: HtmlDocumentState, attributes: dict[str, str]) -> None:
    td_start_handler(state, attributes)
    wide, high = (_span(attributes.get(name, "")) for name in ("colspan", "rowspan"))
    if state.current_table and wide + high > 2:
        state.current_table[-1].span(state.tags[-1].canvas, wide, high)


def _span(value: str) -> int:
    return min(MAX_SPAN, max(1, int(value))) if re.fullmatch(r"[0-9]{1,9}", value.strip()) else 1


class _Room:
    """How much the tables of a page may still fill."""

    def __init__(self) -> None:
        self.left = MAX_AREA


class _Table(Table):
    """A table whose cells stand in their columns, a tab between them.

    Cells that span rows or columns leave empty ones behind. Without room for columns the cells
    follow one another.
    """

    def __init__(self, left_margin_len: int, cell_separator: str, room: _Room) -> None:
        super().__init__(left_margin_len, cell_separator)
        self.room = room
        self.spans: dict[int, tuple[int, int]] = {}

    def span(self, cell: Canvas, wide: int, high: int) -> None:
        """Give `cell` its columns and rows, as far as the page has room."""
        if wide * high <= self.room.left:
            self.room.left -= wide * high
            self.spans[id(cell)] = (wide, high)

    def get_text(self) -> str:
        for row in self.rows:
            for cell in row.columns:
                cell.normalize_blocks()
        placed = self._placed()
        used = sorted(
            {at for row in placed for at, cell in row if any(map(str.strip, cell.blocks))}
        )
        area = sum(map(_height, self.rows)) * len(used)
        if area > self.room.left:
            return "\n".join(map(_unfilled, self.rows)) + "\n"
        self.room.left -= area
        column = {at: number for number, at in enumerate(used)}
        lines = [line for row in placed for line in _lines(row, column)]
        return "\n".join(lines) + "\n" if lines else ""

    def _placed(self) -> list[list[tuple[int, Canvas]]]:
        """The cells of each row, with the number of the column that each begins in."""
        taken: dict[int, int] = {}  # column -> rows that a cell above it still fills
        found = []
        for row in self.rows:
            at, cells = 0, []
            below = {column: rows - 1 for column, rows in taken.items() if rows > 1}
            for cell in row.columns:
                while taken.get(at):
                    at += 1
                wide, high = self.spans.get(id(cell), (1, 1))
                cells.append((at, cell))
                if high > 1:
                    below.update(dict.fromkeys(range(at, at + wide), high - 1))
                at += wide
            found.append(cells)
            taken = below
        return found

    def get_annotations(self, idx: int, left_margin_len: int) -> list[Any]:
        """None: nobody asks for them."""
        return []


def _lines(row: list[tuple[int, Canvas]], column: dict[int, int]) -> Iterator[str]:
    cells = [(column[at], cell.blocks) for at, cell in row if at in column]
    for number in range(max((len(blocks) for _, blocks in cells), default=1)):
        line = [""] * len(column)
        for at, blocks in cells:
            line[at] = blocks[number].strip(" ") if number < len(blocks) else ""
        yield "\t".join(line).rstrip()


def _height(row: TableRow) -> int:
    return max((cell.height for cell in row.columns), default=0)


def _unfilled(row: TableRow) -> str:
    """The cells beside one another if they are a line each, else below one another."""
    between = "\t" if _height(row) == 1 else "\n"
    return between.join("\n".join(cell.blocks) for cell in row.columns)
