"""ZIP archives under budgets: what comes out is bounded whatever the archive says of itself.

The directory is read by our own walk: `zipfile` of 3.11 reads overlapping bombs without complaint
and takes 1.5 s to open one of 70,000 entries. Names are for people, never for the file system.
"""

import stat
import struct
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.documents.names import (
    decode_legacy,
    is_surely_utf8,
    legacy_codec,
    refusal,
    shown,
    utf8,
)

MAX_MEMBER = 20 * 1024 * 1024
MAX_BYTES = 64 * 1024 * 1024
MAX_MEMBERS = 200
MAX_DEPTH = 3
MAX_RATIO = 200
FREE_BYTES = 1024 * 1024  # the ratio counts above this: a sheet of zeros is no bomb
MAX_SECONDS = 10.0

_END, _LOCATOR, _END64 = b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06"
_LINE, _LOCAL = b"PK\x01\x02", b"PK\x03\x04"
# "look into the ZIP64 field": in the end record, in an entry
_MANY, _LARGE = 0xFFFF, 0xFFFFFFFF


@dataclass(slots=True)
class Budget:
    """What all archives of one mail may still cost together; used up as members come out."""

    entries: int = MAX_MEMBERS
    bytes: int = MAX_BYTES
    seconds: float = MAX_SECONDS
    depth: int = MAX_DEPTH
    member_bytes: int = MAX_MEMBER


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """A member, or with the name "" the archive, that is not opened, and the code of why."""

    name: str
    reason: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a ZIP's directory."""

    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    mode: int
    extra: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class End:
    """What the end of a ZIP says: how many lines the directory has, and where it lies."""

    total: int
    start: int
    stop: int


class NoDirectory(ValueError):
    """These bytes have no readable ZIP directory; `reason` is the code of why."""

    def __init__(self, reason: str = "damaged") -> None:
        super().__init__(reason)
        self.reason = reason


def members(data: bytes, budget: Budget, _filename: str = "") -> Iterator[Member | Refused]:
    """The files in the ZIP `data`, each as its bytes or the reason why not; `budget` is used up."""
    deadline = time.monotonic() + budget.seconds
    try:
        end = end_of(data)
        if not data.startswith(b"PK"):
            raise NoDirectory("prefixed")
        entries = list(_limited(data, budget))
    except NoDirectory as exc:
        yield Refused("", exc.reason)
        return
    # nothing may lie where the directory does
    taken = [(end.start, len(data))]
    for entry, name in zip(entries, decode_names(entries), strict=True):
        if name.endswith(("/", "\\")):
            continue
        if stop := over_budget(budget, deadline):
            yield Refused("", stop)
            break
        budget.entries -= 1
        yield _member(data, entry, name, taken, budget, deadline)
    else:
        if end.total > len(entries):
            yield Refused("", "too-many-members")
    budget.seconds = max(0.0, deadline - time.monotonic())


def _limited(data: bytes, budget: Budget) -> Iterator[Entry]:
    """Directory lines up to the budget; folders count too, or 200,000 of them would come free."""
    for number, entry in enumerate(directory(data)):
        if number >= max(0, budget.entries) * 2:
            return
        yield entry


def over_budget(budget: Budget, deadline: float) -> str:
    """The reason why no further member may come out, or ""."""
    if budget.entries <= 0:
        return "too-many-members"
    if budget.bytes <= 0:
        return "too-large"
    return "archive-time" if time.monotonic() > deadline else ""


def _member(
    data: bytes,
    entry: Entry,
    name: str,
    taken: list[tuple[int, int]],
    budget: Budget,
    deadline: float,
) -> Member | Refused:
    label = shown(name)
    if reason := _refusal(entry, name, budget):
        return Refused(label, reason, entry.size)
    span = _span(data, entry)
    if isinstance(span, str):
        return Refused(label, span, entry.size)
    if any(start < span[1] and entry.offset < end for start, end in taken):
        return Refused(label, "overlapping", entry.size)
    taken.append((entry.offset, span[1]))
    content, reason = _inflated(data, entry, span, budget, deadline)
    return Refused(label, reason, entry.size) if reason else Member(label, content)


def _refusal(entry: Entry, name: str, budget: Budget) -> str:
    """Why this entry is not even looked at, by what the directory says of it."""
    file_type = stat.S_IFMT(entry.mode)
    rules = (
        (entry.flags & 0x2041 != 0 or entry.method == 99, "encrypted"),
        (stat.S_ISLNK(entry.mode), "symlink"),
        (file_type not in {0, stat.S_IFREG, stat.S_IFDIR}, "device"),
        (_LARGE in (entry.packed, entry.size, entry.offset), "zip64"),
        (entry.method not in {0, 8}, "method"),
        (entry.size > budget.member_bytes, "too-large"),
    )
    return refusal(name) or next((reason for applies, reason in rules if applies), "")


def _span(data: bytes, entry: Entry) -> tuple[int, int] | str:
    """Where the packed bytes lie, or the reason why the entry's own header makes it unreadable.

    What the directory and the header say must agree: other programs go by the one or the other.
    """
    header = data[entry.offset : entry.offset + 30]
    if len(header) < 30 or not header.startswith(_LOCAL):
        return "damaged"
    flags, method = struct.unpack_from("<HH", header, 6)
    packed, size, name_size, extra_size = struct.unpack_from("<IIHH", header, 18)
    names = entry.offset + 30
    start = names + name_size + extra_size
    same = data[names : names + name_size] == entry.raw_name and method == entry.method
    if not same or (flags ^ entry.flags) & 0x2041:
        return "damaged"
    extra = data[names + name_size : start]
    size, packed, _, lies = _zip64(extra, size, packed, 0)
    # bit 3: the writer did not know the sizes yet
    if not flags & 8 and (lies or (size, packed) != (entry.size, entry.packed)):
        return "zip64" if field_of(extra, 1) or field_of(entry.extra, 1) else "size-lie"
    return (start, start + entry.packed) if start + entry.packed <= len(data) else "damaged"


def _zip64(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int, bool]:
    """Size, packed size and offset with the ZIP64 field's in place of "look there"; whether it
    lies.
    """
    told = field_of(extra, 1)
    if told is None:
        return size, packed, offset, False
    large = [struct.unpack_from("<Q", told, at)[0] for at in range(0, len(told) - 7, 8)]
    if _LARGE not in (size, packed, offset):
        # some programs write it always; then it says the same, or one of the two is made up
        return size, packed, offset, len(large) >= 2 and large[:2] != [size, packed]
    wanted = [size, packed, offset]
    for place, value in enumerate(wanted):
        if value == _LARGE and large:
            wanted[place] = large.pop(0)
    return wanted[0], wanted[1], wanted[2], _LARGE in wanted


def _inflated(
    data: bytes, entry: Entry, span: tuple[int, int], budget: Budget, deadline: float
) -> tuple[bytes, str]:
    """The unpacked bytes and "", or nothing and the reason; counted as they are written."""
    out = bytearray()
    for chunk in unpacked(data, entry, span):
        out += chunk
        budget.bytes -= len(chunk)
        if len(out) > entry.size:
            return b"", "size-lie"
        if budget.bytes < 0:
            return b"", "too-large"
        if len(out) > FREE_BYTES and len(out) > MAX_RATIO * max(1, entry.packed):
            return b"", "ratio"
        if time.monotonic() > deadline:
            return b"", "archive-time"
    content = bytes(out)
    return (
        (content, "")
        if zlib.crc32(content) == entry.crc and len(out) == entry.size
        else (b"", "damaged")
    )


def unpacked(
    data: bytes, entry: Entry, span: tuple[int, int], step: int = 256 * 1024
) -> Iterator[bytes]:
    """The content of a stored or deflated entry in pieces of at most `step` bytes."""
    if entry.method == 0:
        for at in range(span[0], span[1], step):
            yield data[at : min(at + step, span[1])]
        return
    inflate = zlib.decompressobj(-15)
    packed = data[span[0] : span[1]]
    try:
        while packed and not inflate.eof:
            yield inflate.decompress(packed, step)
            packed = inflate.unconsumed_tail
        # what zlib still holds once the input is used up
        while not inflate.eof and (rest := inflate.decompress(b"", step)):
            yield rest
    except zlib.error:
        return


def end_of(data: bytes) -> End:
    """What the end of the directory announces; raises NoDirectory where it is not to be trusted."""
    at = data.rfind(_END, max(0, len(data) - 65_557))
    if not 0 <= at <= len(data) - 22:
        raise NoDirectory
    disk, _, here, total, size, offset = struct.unpack_from("<HHHHII", data, at + 4)
    if at >= 20 and data[at - 20 : at - 16] == _LOCATOR:
        return _end64(data, at - 20, (here, total, size, offset))
    if _LARGE in (size, offset):
        raise NoDirectory("zip64")
    if disk or here != total:
        raise NoDirectory("split")
    return _placed(data, total, size, offset, at)


def _end64(data: bytes, at: int, told: tuple[int, int, int, int]) -> End:
    """The ZIP64 end record before the locator at `at`, if it agrees with the old one's figures."""
    (record,) = struct.unpack_from("<Q", data, at + 8)
    if data[record : record + 4] != _END64 or not 0 <= record <= at - 56:
        raise NoDirectory("zip64")
    true = struct.unpack_from("<QQQQ", data, record + 24)
    unknown = (_MANY, _MANY, _LARGE, _LARGE)
    if any(old not in (new, blank) for old, new, blank in zip(told, true, unknown, strict=True)):
        raise NoDirectory("zip64")
    return _placed(data, true[1], true[2], true[3], record)


def _placed(data: bytes, total: int, size: int, offset: int, stop: int) -> End:
    """The directory of `total` lines that ends before `stop`, where it says that it lies."""
    if total == 0 or data[offset : offset + 4] == _LINE:
        return End(total, offset, stop)
    # bytes before the archive (a self-extractor's, another file's) shift every offset
    shifted = stop - size >= 0 and size >= 46 and data[stop - size :].startswith(_LINE)
    raise NoDirectory("prefixed" if shifted else "damaged")


def behind(data: bytes) -> bytes:
    """The ZIP at the end of `data`, without what stands in front of it; b"" where there is none."""
    at = data.rfind(_END, max(0, len(data) - 65_557))
    if not 0 <= at <= len(data) - 22:
        return b""
    size, offset = struct.unpack_from("<II", data, at + 12)
    start = at - size - offset
    return data[start:] if start >= 0 and data.startswith(_LINE, start + offset) else b""


def directory(data: bytes) -> Iterator[Entry]:
    """The lines of the ZIP's directory one by one; raises NoDirectory where it cannot be found."""
    end = end_of(data)
    at = end.start
    for _ in range(end.total):
        if at + 46 > end.stop or data[at : at + 4] != _LINE:
            raise NoDirectory
        flags, method, _, _, crc, packed, full = struct.unpack_from("<HHHHIII", data, at + 8)
        names, extras, comments, _, _, attributes, start = struct.unpack_from(
            "<HHHHHII", data, at + 28
        )
        name = data[at + 46 : at + 46 + names]
        extra = data[at + 46 + names : at + 46 + names + extras]
        full, packed, start, lies = _zip64(extra, full, packed, start)
        yield Entry(
            name,
            flags,
            method,
            crc,
            packed,
            _LARGE if lies else full,
            start,
            attributes >> 16,
            extra,
        )
        at += 46 + names + extras + comments


def find(data: bytes, name: str) -> tuple[Entry, tuple[int, int]] | None:
    """The entry called `name` and where its bytes lie, among the first 4,096; for office files."""
    try:
        for number, entry in enumerate(directory(data)):
            if number >= 4096:
                return None
            if entry.raw_name == name.encode() and entry.method in {0, 8} and not entry.flags & 1:
                span = _span(data, entry)
                return None if isinstance(span, str) else (entry, span)
    except NoDirectory:
        return None
    return None


def first(data: bytes, entry: Entry, span: tuple[int, int], limit: int) -> bytes:
    """The first `limit` bytes of an entry's content."""
    out = bytearray()
    for piece in unpacked(data, entry, span):
        out += piece
        if len(out) >= limit:
            break
    return bytes(out[:limit])


def weight(data: bytes) -> int:
    """The bytes that the ZIP's entries say they unpack to; `zipfile` never gives more than that."""
    try:
        return sum(entry.size for entry in directory(data))
    except NoDirectory:
        return 0


def names(data: bytes, limit: int = 4096) -> list[str]:
    """The first `limit` entries' names as they stand there; empty without a directory."""
    found: list[str] = []
    try:
        for entry in directory(data):
            if len(found) >= limit:
                break
            found.append(entry.raw_name.decode("utf-8", errors="replace").replace("\\", "/"))
    except NoDirectory:
        return found
    return found


def decode_names(entries: list[Entry]) -> list[str]:
    """The entries' names: utf-8 where it fits, else one legacy charset for the whole archive."""
    known = [_known_name(entry) for entry in entries]
    unknown = [e.raw_name for e, name in zip(entries, known, strict=True) if name is None]
    if all(utf8(raw) is not None for raw in unknown):
        codec = "utf-8"
    else:
        codec = legacy_codec(raw for raw in unknown if not raw.isascii())
    return [
        decode_legacy(entry.raw_name, codec) if name is None else name
        for entry, name in zip(entries, known, strict=True)
    ]


def _known_name(entry: Entry) -> str | None:
    """The entry's name where its own bytes leave no doubt; the utf-8 flag is not believed alone."""
    path = _unicode_path(entry)
    if path is not None and (text := utf8(path)) is not None:
        return text
    if entry.flags & 0x800 or is_surely_utf8(entry.raw_name):
        return utf8(entry.raw_name)
    return None


def _unicode_path(entry: Entry) -> bytes | None:
    """The name in Info-ZIP's Unicode Path extra field, if it belongs to this name."""
    told = field_of(entry.extra, 0x7075)
    if told is None or len(told) <= 5:
        return None
    (crc,) = struct.unpack_from("<I", told, 1)
    return told[5:] if crc == zlib.crc32(entry.raw_name) else None


def field_of(extra: bytes, kind: int) -> bytes | None:
    """The content of the first extra field of this kind."""
    at = 0
    while at + 4 <= len(extra):
        found, size = struct.unpack_from("<HH", extra, at)
        if found == kind and at + 4 + size <= len(extra):
            return extra[at + 4 : at + 4 + size]
        at += 4 + size
    return None
