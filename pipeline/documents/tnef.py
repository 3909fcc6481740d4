"""Outlook's winmail.dat (TNEF): the message and its attachments as members.

Checksums are not looked at: mail programs of the trade write wrong ones, and nothing hangs on them.
"""

import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.charsets import decode
from pipeline.documents.archives import Budget, Member, Refused, over_budget
from pipeline.documents.names import decode_legacy, is_surely_utf8, legacy_codec, shown

SIGNATURE = b"\x78\x9f\x3e\x22"
MAX_PROPERTIES = 4096

_ATTACHMENT = 2  # the level of an attribute that belongs to an attachment
_BODY, _MESSAGE_PROPERTIES, _CODE_PAGE = 0x2800C, 0x69003, 0x69007
_NEW_ATTACHMENT, _TITLE, _DATA, _PROPERTIES = 0x69002, 0x18010, 0x6800F, 0x69005

_PLAIN, _HTML, _RTF, _INTERNET_CODE_PAGE = 0x1000, 0x1013, 0x1009, 0x3FDE
_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME, _OBJECT = 0x3707, 0x3704, 0x3001, 0x3701
_STRING8, _UNICODE, _BINARY, _EMBEDDED = 0x1E, 0x1F, 0x102, 0x0D
_VARIABLE = frozenset({_STRING8, _UNICODE, _BINARY, _EMBEDDED})
_SIZES = {1: 0, 2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}

# what every compressed RTF may refer back to, before its own first letter
_RTF_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)

Properties = dict[int, tuple[int, bytes]]  # id -> type, value


class _Broken(ValueError):
    """The bytes end before what they announce."""


@dataclass(slots=True)
class _Attachment:
    title: bytes = b""
    data: bytes = b""
    properties: Properties = field(default_factory=dict)


def members(data: bytes, budget: Budget, _filename: str = "") -> Iterator[Member | Refused]:
    """The message's text and its attachments, in their order; `budget` is used up."""
    deadline = time.monotonic() + budget.seconds
    attributes = _attributes(data)
    found: list[_Attachment] = []
    body, properties, code_page, broken = b"", {}, 0, False
    try:
        for level, number, value in attributes:
            if number == _CODE_PAGE:
                code_page = int.from_bytes(value[:4], "little")
            elif number == _BODY:
                body = value.rstrip(b"\0")
            elif number == _MESSAGE_PROPERTIES:
                properties = _properties(value)
            elif number == _NEW_ATTACHMENT and len(found) <= budget.entries:
                found.append(_Attachment())
            elif level == _ATTACHMENT and found:
                _add(found[-1], number, value)
    except _Broken:
        broken = True
    if broken:
        yield Refused("", "damaged")
    yield from _within(_all(body, properties, found, code_page), budget, deadline)
    budget.seconds = max(0.0, deadline - time.monotonic())


def _within(found: Iterator[Member], budget: Budget, deadline: float) -> Iterator[Member | Refused]:
    for member in found:
        if stop := over_budget(budget, deadline):
            yield Refused("", stop)
            return
        budget.entries -= 1
        size = len(member.data)
        if size > min(budget.member_bytes, budget.bytes):
            yield Refused(member.name, "too-large", size)
            continue
        budget.bytes -= size
        yield member


def _attributes(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Level, number and value of each; raises _Broken where the bytes end too early."""
    if not data.startswith(SIGNATURE):
        raise _Broken
    at = 6
    while at + 9 <= len(data):
        level, number, size = struct.unpack_from("<BII", data, at)
        if at + 9 + size > len(data) or level not in {1, 2}:
            raise _Broken
        yield level, number, data[at + 9 : at + 9 + size]
        at += 9 + size + 2
    if at < len(data):
        raise _Broken


def _add(attachment: _Attachment, number: int, value: bytes) -> None:
    if number == _TITLE:
        attachment.title = value.rstrip(b"\0")
    elif number == _DATA:
        attachment.data = value
    elif number == _PROPERTIES:
        attachment.properties = _properties(value)


def _properties(data: bytes) -> Properties:
    """The MAPI properties with values of their own length, first come; those of fixed length are
    left out but for numbers.
    """
    found: Properties = {}
    (count,) = _unpack("<I", data, 0)
    at = 4
    for _ in range(min(count, MAX_PROPERTIES)):
        kind, number = _unpack("<HH", data, at)
        at = _after_name(data, at + 4) if number >= 0x8000 else at + 4
        value, at = _value(data, at, kind)
        found.setdefault(number, (kind, value))
    return found


def _after_name(data: bytes, at: int) -> int:
    """Where a named property's value begins: behind a GUID and a number or a text."""
    (by_text, size) = _unpack("<II", data, at + 16)
    return at + 24 + (_padded(size) if by_text else 0)


def _value(data: bytes, at: int, kind: int) -> tuple[bytes, int]:
    """The (first) value of a property of type `kind` at `at`, and where the next one begins."""
    base, many = kind & 0x0FFF, kind & 0x1000
    count = 1
    if many or base in _VARIABLE:
        (count,) = _unpack("<I", data, at)
        at += 4
    if (base not in _VARIABLE and base not in _SIZES) or count > len(data):
        raise _Broken
    first = b""
    for number in range(count):
        size = _SIZES.get(base, 0)
        if base in _VARIABLE:
            (size,) = _unpack("<I", data, at)
            at += 4
        if at + size > len(data):
            raise _Broken
        first = data[at : at + size] if number == 0 else first
        at += _padded(size)
    return first, at


def _padded(size: int) -> int:
    return (size + 3) & ~3


def _unpack(layout: str, data: bytes, at: int) -> tuple[int, ...]:
    try:
        return struct.unpack_from(layout, data, at)
    except struct.error as exc:
        raise _Broken from exc


def _all(
    body: bytes, properties: Properties, found: list[_Attachment], code_page: int
) -> Iterator[Member]:
    yield from _message(body, properties, code_page)
    for number, attachment in enumerate(found, start=1):
        yield Member(_name(attachment, code_page, number), _data(attachment))


def _message(body: bytes, properties: Properties, code_page: int) -> Iterator[Member]:
    """The letter in the plainest form that it has: text, else HTML, else RTF."""
    plain = properties.get(_PLAIN)
    _, cpid = properties.get(_INTERNET_CODE_PAGE, (0, b""))
    charset = _charset(int.from_bytes(cpid[:4], "little") or code_page)
    if plain or body:
        text = _text(*plain, code_page) if plain else decode(body, _charset(code_page))
        if text.strip():
            yield Member("message.txt", text.encode("utf-8", errors="replace"))
            return
    kind, html = properties.get(_HTML, (0, b""))
    if html:
        text = html.decode("utf-16-le", "replace") if kind == _UNICODE else decode(html, charset)
        yield Member("message.html", text.rstrip("\0").encode("utf-8", errors="replace"))
        return
    _, packed = properties.get(_RTF, (0, b""))
    if rtf := unpacked_rtf(packed):
        yield Member("message.rtf", rtf)


def _name(attachment: _Attachment, code_page: int, number: int) -> str:
    for wanted in (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME):
        kind, value = attachment.properties.get(wanted, (0, b""))
        if kind in {_STRING8, _UNICODE} and (text := _text(kind, value, code_page)):
            return _shown(text)
    return _shown(_text(_STRING8, attachment.title, code_page) or f"attachment-{number}")


def _shown(text: str) -> str:
    """A name without folders: programs have put the sender's whole path in here."""
    return shown(text.replace("\\", "/").rstrip("/").rpartition("/")[2])


def _text(kind: int, value: bytes, code_page: int) -> str:
    if kind == _UNICODE:
        return value.decode("utf-16-le", errors="replace").rstrip("\0")
    raw = value.rstrip(b"\0")
    if is_surely_utf8(raw):
        return raw.decode("utf-8")
    try:
        return raw.decode(_charset(code_page))
    except UnicodeDecodeError:
        return decode_legacy(raw, legacy_codec([raw]))


def _charset(code_page: int) -> str:
    """The charset that Windows counts under this number; cp949 stands for a missing one."""
    known = {0: "cp949", 65001: "utf-8", 949: "cp949", 51949: "cp949", 932: "cp932", 874: "cp874"}
    if code_page in known:
        return known[code_page]
    latin = {437, 850, 852, 936, 950, 20127, 28591, 54936, *range(1250, 1259)}
    names = {936: "gb18030", 54936: "gb18030", 20127: "cp1252", 28591: "cp1252"}
    return names.get(code_page, f"cp{code_page}") if code_page in latin else "cp949"


def _data(attachment: _Attachment) -> bytes:
    """The attachment's bytes; of an embedded message the TNEF stream behind its interface's id."""
    _, value = attachment.properties.get(_OBJECT, (0, b""))
    if value[16:20] == SIGNATURE:
        return value[16:]
    return attachment.data or value


def unpacked_rtf(data: bytes, limit: int = 1024 * 1024) -> bytes:
    """The RTF in `data` (MS-OXRTFCP), as far as it can be read and up to `limit`."""
    if len(data) < 16:
        return b""
    size, kind = struct.unpack_from("<I4s", data, 4)
    if kind == b"MELA":
        return data[16 : 16 + min(size, limit)]
    return _inflated_rtf(data[16:], min(size, limit)) if kind == b"LZFu" else b""


def _inflated_rtf(packed: bytes, limit: int) -> bytes:
    ring = bytearray(_RTF_START.ljust(4096, b"\0"))
    write, at, out = len(_RTF_START), 0, bytearray()
    while at < len(packed) and len(out) < limit:
        flags = packed[at]
        at += 1
        for bit in range(8):
            token = packed[at : at + (2 if flags >> bit & 1 else 1)]
            at += len(token)
            if not token or (flags >> bit & 1 and len(token) < 2):
                return bytes(out[:limit])
            if len(token) == 1:
                run, start = 1, -1
            else:
                start, run = token[0] << 4 | token[1] >> 4, (token[1] & 15) + 2
                if start == write:
                    return bytes(out[:limit])
            for step in range(run):
                byte = token[0] if start < 0 else ring[(start + step) % 4096]
                ring[write] = byte
                write = (write + 1) % 4096
                out.append(byte)
    return bytes(out[:limit])
