"""The words of a PDF page, told apart by whether a person sees them on it."""

import ctypes
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from pipeline.charsets import clean
from pipeline.documents import scans
from pipeline.documents.results import MAX_CHARACTERS

if TYPE_CHECKING:
    from pypdfium2 import PdfObject, PdfPage, PdfTextPage

SHOWN, BEHIND, HIDDEN, UNMAPPED = "shown", "behind", "hidden", "unmapped"
# what is looked at on a page; white letters on anything beyond count as white on white
MAX_OBJECTS = 20_000
MAX_SHAPES = 3000
MAX_LOOKS = 2_000_000
GRID = 20.0  # points: letters of one piece that stand so near have the same ground
WHITE, FAINT = 250, 10
_INVISIBLE = 3  # the text render mode
_MARGIN = 2.0
_LOST = "\ufffd"  # in place of a letter: without it "1?,500" would be another number


@dataclass(frozen=True, slots=True)
class Words:
    """`shown` is what a person reads. `layer` has in it what lies invisible on a picture as well,
    which is what a scanner took the picture for, or is "". `unmapped` is the share of letters that
    their fonts do not name, `hidden` whether words were left out that nobody sees.
    """

    shown: str = ""
    layer: str = ""
    unmapped: float = 0.0
    hidden: bool = False


def words(page: "PdfPage") -> Words:
    """The text that stands in the page as text."""
    import pypdfium2

    try:
        text = page.get_textpage()
    except pypdfium2.PdfiumError:
        return Words()
    try:
        return _told_apart(page, text)
    finally:
        text.close()


def _told_apart(page: "PdfPage", text: "PdfTextPage") -> Words:
    count = min(text.count_chars(), MAX_CHARACTERS)
    look = _Look(page, text)
    states = [look.state(at) for at in range(count)]
    pictured = BEHIND in states and scans.is_pictured(page)
    unmapped, letters = states.count(UNMAPPED), sum(state != HIDDEN for state in states)
    return Words(
        shown=_joined(text, states, {SHOWN}),
        layer=_joined(text, states, {SHOWN, BEHIND}) if pictured else "",
        unmapped=unmapped / max(1, letters),
        hidden=bool(_joined(text, states, {HIDDEN} if pictured else {HIDDEN, BEHIND})),
    )


def _joined(text: "PdfTextPage", states: list[str], wanted: set[str]) -> str:
    pieces, at = [], 0
    for state, run in groupby(states):
        size = sum(1 for _ in run)
        if state in wanted:
            pieces.append(text.get_text_range(at, size))
        elif state == UNMAPPED and SHOWN in wanted:
            pieces.append(_LOST * size)
        at += size
    return clean("".join(pieces)).strip()


Box = tuple[float, float, float, float]


@dataclass(slots=True)
class _Shapes:
    """What is drawn on a page beside its letters: where, and in which order."""

    dark: list[Box] = field(default_factory=list)
    order: dict[int, int] = field(default_factory=dict)  # of the words, by their addresses
    pictures: list[tuple[int, Box]] = field(default_factory=list)
    looks: int = MAX_LOOKS

    def is_dark(self, x: float, y: float) -> bool:
        self.looks -= len(self.dark)
        return self.looks > 0 and any(_holds(box, x, y) for box in self.dark)

    def covered(self, address: int, x: float, y: float) -> bool:
        """Whether a picture lies over what the object at `address` draws there."""
        at = self.order.get(address)
        if at is None or not self.pictures:
            return False
        self.looks -= len(self.pictures)
        return self.looks < 0 or any(
            number > at and _holds(box, x, y) for number, box in self.pictures
        )


class _Look:
    """Tells of each character whether it is seen."""

    def __init__(self, page: "PdfPage", text: "PdfTextPage") -> None:
        from pypdfium2 import raw

        self._raw: Any = raw
        self._text = text
        left, bottom, right, top = page.get_bbox()
        self._box = (left - _MARGIN, bottom - _MARGIN, right + _MARGIN, top + _MARGIN)
        self._shapes = _shapes(page)
        self._known: dict[int, str] = {}
        self._grounds: dict[tuple[int, int, int], str] = {}
        self._last = SHOWN
        self._corners = [ctypes.c_double() for _ in range(4)]

    def state(self, at: int) -> str:
        """The state of the character; blanks that stand in no object go with what is before."""
        drawn = self._raw.FPDFText_GetTextObject(self._text, at)
        address = ctypes.cast(drawn, ctypes.c_void_p).value
        if address is None:
            return self._last if self._last != UNMAPPED else SHOWN
        if address not in self._known:
            self._known[address] = self._of_object(drawn)
        self._last = self._of_character(at, address, self._known[address])
        return self._last

    def _of_object(self, drawn: Any) -> str:
        if self._raw.FPDFTextObj_GetTextRenderMode(drawn) == _INVISIBLE:
            return BEHIND
        colour = [ctypes.c_uint() for _ in range(4)]
        if not self._raw.FPDFPageObj_GetFillColor(drawn, *colour):
            return SHOWN
        *parts, alpha = (each.value for each in colour)
        # outlined letters have a colour of their own
        if self._raw.FPDFTextObj_GetTextRenderMode(drawn) in {1, 2, 5, 6}:
            return SHOWN
        return HIDDEN if alpha < FAINT else "white" if min(parts) >= WHITE else SHOWN

    def _of_character(self, at: int, address: int, state: str) -> str:
        left, right, bottom, top = self._corners
        if self._raw.FPDFText_GetCharBox(self._text, at, left, right, bottom, top):
            x, y = (left.value + right.value) / 2, (bottom.value + top.value) / 2
            if not _holds(self._box, x, y):
                return HIDDEN
            state = self._on_ground(address, state, x, y)
        elif state == "white":
            state = HIDDEN
        if state == SHOWN and self._raw.FPDFText_HasUnicodeMapError(self._text, at) == 1:
            return UNMAPPED
        return state

    def _on_ground(self, address: int, state: str, x: float, y: float) -> str:
        """What becomes of the state by what lies under the letter, and over it."""
        key = (address, int(x / GRID), int(y / GRID))
        if key not in self._grounds:
            if state == "white":
                state = SHOWN if self._shapes.is_dark(x, y) else HIDDEN
            if state == SHOWN and self._shapes.covered(address, x, y):
                state = BEHIND
            self._grounds[key] = state
        return self._grounds[key]


def _shapes(page: "PdfPage") -> _Shapes:
    """What stands on the page."""
    from pypdfium2 import raw

    found = _Shapes()
    for number, each in enumerate(islice(page.get_objects(max_depth=3), MAX_OBJECTS)):
        address = ctypes.cast(each.raw, ctypes.c_void_p).value
        if each.type == raw.FPDF_PAGEOBJ_TEXT:
            found.order[address or 0] = number
        elif len(found.dark) >= MAX_SHAPES:
            continue
        elif each.type == raw.FPDF_PAGEOBJ_IMAGE:
            found.dark.append(each.get_bounds())
            if not raw.FPDFPageObj_HasTransparency(each):
                found.pictures.append((number, each.get_bounds()))
        elif each.type == raw.FPDF_PAGEOBJ_SHADING or _is_filled(each):
            found.dark.append(each.get_bounds())
    return found


def _is_filled(shape: "PdfObject") -> bool:
    """Whether the path is filled with a colour that white letters are seen on."""
    from pypdfium2 import raw

    if shape.type != raw.FPDF_PAGEOBJ_PATH:
        return False
    mode, stroked = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(shape, mode, stroked)
    colour = [ctypes.c_uint() for _ in range(4)]
    if not mode.value or not raw.FPDFPageObj_GetFillColor(shape, *colour):
        return False
    *parts, alpha = (each.value for each in colour)
    return alpha >= FAINT and min(parts) < WHITE


def _holds(box: Box, x: float, y: float) -> bool:
    left, bottom, right, top = box
    return left <= x <= right and bottom <= y <= top
