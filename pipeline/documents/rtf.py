"""Rich text (.rtf): paragraphs as lines, table rows as lines with their cells apart by tabs."""

import re
from dataclasses import dataclass, replace

from pipeline.charsets import codec_of
from pipeline.documents.flow import Flow
from pipeline.documents.results import Text, Unreadable

MAX_TOKENS = 1_500_000
MAX_DEPTH = 1000
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|"
    rb"([^\\{}\r\n]+)"
)
# groups whose words are not the letter's
_UNREAD = frozenset(
    b"fonttbl colortbl stylesheet info pict object header headerl headerr headerf footer footerl "
    b"footerr footerf footnote annotation fldinst listtable listoverridetable revtbl rsidtbl "
    b"themedata colorschememapping datastore latentstyles generator xmlnstbl nonesttables "
    b"filetbl nesttableprops shpinst bkmkstart bkmkend".split()
)
_SHOWN = {
    b"tab": "\t",
    b"line": "\n",
    b"page": "\n",
    b"emdash": "—",
    b"endash": "–",
    b"bullet": "•",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
    b"emspace": " ",
    b"enspace": " ",
    b"nestcell": " ",
    b"nestrow": " ",
    b"~": " ",
    b"_": "-",
    b"\\": "\\",
    b"{": "{",
    b"}": "}",
    b"\n": "\n",
    b"\r": "\n",
}
# a font's charset -> the code page of its bytes; others have the document's
_CHARSETS = {
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gb18030",
    136: "big5hkscs",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}


def read(data: bytes) -> Text:
    """The text without hidden, deleted and struck words, headers, footnotes and field codes.

    A table's rows have the places ("table 1", row).
    """
    letter = _Letter()
    at, tokens = 0, 0
    while at < len(data) and not letter.flow.full and not letter.ended:
        found = _TOKEN.match(data, at)
        tokens += 1
        if found is None or tokens > MAX_TOKENS:
            letter.flow.full = True
            break
        at = found.end() + letter.take(found)
    if not letter.began:
        raise Unreadable("damaged")
    letter.close()
    return letter.flow.writer.text()


@dataclass(frozen=True, slots=True)
class _State:
    """What holds within a group."""

    unread: bool = False
    fonts: bool = False  # in the table of fonts
    hidden: bool = False
    struck: bool = False
    in_table: bool = False
    codec: str = ""
    fallback: int = 1  # so many characters stand for a \u before them


class _Letter:
    """Turns tokens into lines and rows."""

    def __init__(self) -> None:
        self.flow = Flow()
        self.began = False
        self.ended = False
        self._state = _State()
        self._groups: list[_State] = []
        self._codec = "cp1252"
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._bytes = bytearray()
        self._units: list[int] = []  # of UTF-16
        self._skip = 0
        self._starred = False

    def take(self, found: re.Match[bytes]) -> int:
        """Take a token; says how many raw bytes behind it are no text."""
        word, number, byte, mark, brace, text = found.groups()
        if brace:
            self._brace(brace)
        elif word:
            self._starred_or(word, int(number) if number else None)
            if word == b"bin" and number:
                return max(0, int(number))
        elif mark == b"*":
            self._starred = True
        elif mark:
            self._show(_SHOWN.get(mark, ""))
        elif byte:
            self._raw(bytes.fromhex(byte.decode()))
        elif text:
            self._raw(text)
        return 0

    def close(self) -> None:
        self._flush()
        self.flow.close()

    def _brace(self, brace: bytes) -> None:
        self._flush()
        self._skip, self._starred = 0, False
        if brace == b"{":
            if len(self._groups) >= MAX_DEPTH:
                raise Unreadable("damaged")
            self._groups.append(self._state)
        elif self._groups:
            state = self._groups.pop()
            # whether a paragraph is in a table is said once, in whatever group
            self._state = replace(state, in_table=self._state.in_table)
            self.ended = not self._groups

    def _starred_or(self, word: bytes, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if word == b"rtf":
            self.began = True
        elif word == b"fonttbl":
            self._state = replace(self._state, unread=True, fonts=True)
        elif word in _UNREAD or (starred and word != b"shptxt"):
            self._state = replace(self._state, unread=True)
        elif word == b"shptxt":
            self._state = replace(self._state, unread=False)
        else:
            self._word(word, number)

    def _word(self, word: bytes, number: int | None) -> None:
        on = number != 0
        if word == b"u" and number is not None:
            self._unit(number & 0xFFFF)
        elif word == b"uc":
            self._state = replace(self._state, fallback=min(number or 0, 20))
        elif word == b"ansicpg":
            self._codec = codec_of(f"windows-{number}") or codec_of(f"cp{number}") or "cp1252"
        elif word == b"f":
            self._use_font(number or 0)
        elif word == b"fcharset" and self._state.fonts and len(self._fonts) < 4096:
            self._fonts[self._font] = _CHARSETS.get(number or 0, "")
        elif word in {b"v", b"deleted"}:
            self._flush()
            self._state = replace(self._state, hidden=on)
        elif word in {b"strike", b"striked"}:
            self._flush()
            self._state = replace(self._state, struck=on)
        elif word == b"plain":
            self._flush()
            self._state = replace(self._state, hidden=False, struck=False, codec="")
        elif word in {b"intbl", b"pard"}:
            self._state = replace(self._state, in_table=word == b"intbl")
        elif not self._state.unread:
            self._mark(word)

    def _mark(self, word: bytes) -> None:
        if word in _SHOWN:
            self._show(_SHOWN[word])
        elif word in {b"par", b"sect", b"cell", b"row"}:
            self._flush()
            if word == b"cell":
                self.flow.end_cell()
            elif word == b"row":
                self.flow.end_row()
            elif self._state.in_table:
                self.flow.add(" ")
            else:
                self.flow.end_line()

    def _use_font(self, number: int) -> None:
        self._font = number
        if not self._state.fonts:
            self._flush()
            self._state = replace(self._state, codec=self._fonts.get(number, ""))

    def _unit(self, unit: int) -> None:
        self._flush_bytes()
        if self._is_read():
            self._units.append(unit)
        self._skip = self._state.fallback

    def _raw(self, text: bytes) -> None:
        skipped = min(self._skip, len(text))
        self._skip -= skipped
        if len(text) > skipped and self._is_read():
            self._flush_units()
            self._bytes += text[skipped:]

    def _show(self, text: str) -> None:
        if self._skip:
            self._skip -= 1
        elif self._is_read():
            self._flush()
            self.flow.add(text)

    def _is_read(self) -> bool:
        """Whether what comes is text for us; what is struck through is noted."""
        if self._state.unread or self._state.hidden:
            return False
        if self._state.struck:
            self.flow.writer.note("struck-text")
        return not self._state.struck

    def _flush(self) -> None:
        self._flush_units()
        self._flush_bytes()

    def _flush_units(self) -> None:
        if self._units:
            raw = b"".join(unit.to_bytes(2, "little") for unit in self._units)
            self._units = []
            self.flow.add(raw.decode("utf-16-le", errors="replace"))

    def _flush_bytes(self) -> None:
        if self._bytes:
            raw, self._bytes = bytes(self._bytes), bytearray()
            self.flow.add(raw.decode(self._state.codec or self._codec, errors="replace"))
