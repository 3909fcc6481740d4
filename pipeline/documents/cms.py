"""S/MIME (RFC 5652): what such a file is, and the letter that a signed one carries in itself.

Signatures are not proved here, only walked past. Lengths may be told or left open (BER).
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.documents.archives import Budget, Member, Refused

MAX_ELEMENTS = 100_000
MAX_DEPTH = 20
_SEQUENCE, _OID, _OCTETS, _PIECES, _EXPLICIT = 0x30, 0x06, 0x04, 0x24, 0xA0
_RSA = bytes.fromhex("2a864886f70d")
_SIGNED, _COMPRESSED = _RSA + b"\x01\x07\x02", _RSA + b"\x01\x09\x10\x01\x09"
# enveloped, signed and enveloped, encrypted, and authenticated at once
_ENCRYPTED = {_RSA + b"\x01\x07" + bytes([number]) for number in (3, 4, 6)} | {
    _RSA + b"\x01\x09\x10\x01\x17"
}


class _Broken(ValueError):
    """The bytes end before what they announce, or are nested as no file of this kind is."""


@dataclass(frozen=True, slots=True)
class _Element:
    """A value from `start` to `end`; where its length is left open, it ends before that."""

    tag: int
    start: int
    end: int
    is_open: bool


class _Walk:
    """Goes through the elements of a file, of which it looks at MAX_ELEMENTS."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = MAX_ELEMENTS

    def element(self, at: int, end: int) -> _Element:
        self._left -= 1
        if at + 2 > end or self._left < 0:
            raise _Broken
        tag, size = self._data[at], self._data[at + 1]
        start = at + 2
        if size == 0x80:
            return _Element(tag, start, end, is_open=True)
        if size > 0x80:
            count = size & 0x7F
            size = int.from_bytes(self._data[start : start + count], "big")
            start += count
        if start + size > end:
            raise _Broken
        return _Element(tag, start, start + size, is_open=False)

    def inside(self, outer: _Element, depth: int = 0) -> Iterator[_Element]:
        at = outer.start
        while at < outer.end and not (outer.is_open and self._data[at : at + 2] == b"\0\0"):
            found = self.element(at, outer.end)
            yield found
            at = self._behind(found, depth)

    def _behind(self, found: _Element, depth: int) -> int:
        if not found.is_open:
            return found.end
        if depth > MAX_DEPTH:
            raise _Broken
        at = found.start
        while self._data[at : at + 2] != b"\0\0":
            at = self._behind(self.element(at, found.end), depth + 1)
        return at + 2

    def first(self, outer: _Element, tag: int) -> _Element:
        """The first element of this kind within `outer`."""
        for found in self.inside(outer):
            if found.tag == tag:
                return found
        raise _Broken

    def value(self, of: _Element) -> bytes:
        return self._data[of.start : of.end]


def kind(data: bytes) -> str:
    """ "smime" (a file within a signature), "encrypted", "signature" (of another file), or ""."""
    # the name stands behind one length: files of other kinds are not walked through
    at = data.find(_RSA, 0, 16)
    if data[:1] != b"\x30" or at < 2 or data[at - 2] != _OID:
        return ""
    name = data[at : at + data[at - 1]]
    if name in _ENCRYPTED:
        return "encrypted"
    if name == _COMPRESSED:
        return "smime"
    return _kind_of_signed(data) if name == _SIGNED else ""


def _kind_of_signed(data: bytes) -> str:
    try:
        return "smime" if _opened(_Walk(data), data)[1] else "signature"
    except _Broken:
        return "signature"


def members(data: bytes, budget: Budget, filename: str = "") -> Iterator[Member | Refused]:
    """The file within a signature; of an S/MIME mail that is the mail itself."""
    started = time.monotonic()
    try:
        name, content = _opened(_Walk(data), data)
    except _Broken:
        yield Refused("", "damaged")
        return
    finally:
        budget.seconds = max(0.0, budget.seconds - (time.monotonic() - started))
    inner = inner_name(filename)
    if name == _COMPRESSED:
        yield Refused("", "method")
    elif budget.entries <= 0:
        yield Refused("", "too-many-members")
    elif len(content) > min(budget.member_bytes, budget.bytes):
        yield Refused(inner, "too-large", len(content))
    elif content:
        budget.entries -= 1
        budget.bytes -= len(content)
        yield Member(inner, content)


def inner_name(filename: str) -> str:
    """What the file within is called: list.xlsx of list.xlsx.p7m, and else it is a mail."""
    name, _, extension = filename.rpartition(".")
    return name if extension.lower() in {"p7m", "p7s"} and "." in name else "smime.eml"


def _opened(walk: _Walk, data: bytes) -> tuple[bytes, bytes]:
    """The name of the outermost content, and where that is a signature what is signed within."""
    outer = walk.element(0, len(data))
    if outer.tag != _SEQUENCE:
        raise _Broken
    name = walk.value(walk.first(outer, _OID))
    if name != _SIGNED:
        return name, b""
    signed = walk.first(walk.first(outer, _EXPLICIT), _SEQUENCE)
    encapsulated = walk.first(signed, _SEQUENCE)
    for each in walk.inside(encapsulated):
        if each.tag == _EXPLICIT:
            return name, _octets(walk, next(walk.inside(each), None))
    return name, b""


def _octets(walk: _Walk, held: _Element | None, depth: int = 0) -> bytes:
    if held is None or depth > MAX_DEPTH or held.tag not in {_OCTETS, _PIECES}:
        raise _Broken
    if held.tag == _OCTETS:
        return walk.value(held)
    return b"".join(_octets(walk, each, depth + 1) for each in walk.inside(held))
