"""A tree of HTML as lines of text, its tables in columns.

Imported where it is needed: inscriptis takes a while to load.
"""

from itertools import accumulate
from typing import Any

from inscriptis import Inscriptis
from inscriptis.model.config import ParserConfig
from inscriptis.model.html_document_state import HtmlDocumentState
from inscriptis.model.table import Table, TableRow
from inscriptis.model.tag import CustomHtmlTagHandlerMapping
from inscriptis.model.tag.table_tag import table_start_handler

# characters of all tables of a page together, with the spaces that fill their cells
MAX_AREA = 2_000_000


def text_of(tree: Any) -> str:
    """The text of `tree`; raises RecursionError and ValueError where inscriptis fails on it."""
    room = _Room()

    def start(state: HtmlDocumentState, attributes: dict[str, str]) -> None:
        table_start_handler(state, attributes)
        plain = state.current_table.pop()
        state.current_table.append(_Table(plain.left_margin_len, plain.cell_separator, room))

    handlers = CustomHtmlTagHandlerMapping({"table": start}, {})
    return Inscriptis(tree, ParserConfig(custom_html_tag_handler_mapping=handlers)).get_text()


class _Room:
    """How much the tables of a page may still fill."""

    def __init__(self) -> None:
        self.left = MAX_AREA


class _Table(Table):
    """A table that goes without columns where its page has no room for them.

    Each cell is filled up to the widest of its column and the highest of its row: one of 50 KB
    above 5,000 rows makes 250 MB of spaces.
    """

    def __init__(self, left_margin_len: int, cell_separator: str, room: _Room) -> None:
        super().__init__(left_margin_len, cell_separator)
        self.room = room

    def get_text(self) -> str:
        for row in self.rows:
            for cell in row.columns:
                cell.normalize_blocks()
        area = self._area()
        if area > self.room.left:
            return "\n".join(map(self._unfilled, self.rows)) + "\n"
        self.room.left -= area
        return str(super().get_text())

    def _area(self) -> int:
        widths: list[int] = []
        for row in self.rows:
            widths += [0] * (len(row.columns) - len(widths))
            for at, cell in enumerate(row.columns):
                widths[at] = max(widths[at], cell.width)
        up_to = [0, *accumulate(widths)]
        return sum(_height(row) * up_to[len(row.columns)] for row in self.rows)

    def _unfilled(self, row: TableRow) -> str:
        """The cells beside one another if they are a line each, else below one another."""
        between = self.cell_separator if _height(row) == 1 else "\n"
        return between.join("\n".join(cell.blocks) for cell in row.columns)

    def get_annotations(self, idx: int, left_margin_len: int) -> list[Any]:
        """None: nobody asks for them."""
        return []


def _height(row: TableRow) -> int:
    return max((cell.height for cell in row.columns), default=0)
