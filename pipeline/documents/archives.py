"""ZIP archives under budgets: what comes out is bounded whatever the archive says of itself.

The directory is read by our own walk: `zipfile` of 3.11 reads overlapping bombs without complaint
and takes 1.5 s to open one of 70,000 entries. Names are for people, never for the file system.
"""

import re
import stat
import struct
import time
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.charsets import clean

MAX_MEMBER = 20 * 1024 * 1024
MAX_BYTES = 64 * 1024 * 1024
MAX_MEMBERS = 200
MAX_DEPTH = 3
MAX_RATIO = 200
FREE_BYTES = 1024 * 1024  # the ratio counts above this: a sheet of zeros is no bomb
MAX_SECONDS = 10.0
MAX_NAME = 300


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


class NoDirectory(ValueError):
    """These bytes have no readable ZIP directory."""


def members(data: bytes, budget: Budget) -> Iterator[Member | Refused]:
    """The files in the ZIP `data`, each as its bytes or the reason why not; `budget` is used up."""
    deadline = time.monotonic() + budget.seconds
    try:
        entries = list(_limited(data, budget))
    except NoDirectory:
        yield Refused("", "damaged")
        return
    names = decode_names(entries)
    taken: list[tuple[int, int]] = []
    for entry, name in zip(entries, names, strict=True):
        if name.endswith("/"):
            continue
        if stop := _over_budget(budget, deadline):
            yield Refused("", stop)
            break
        budget.entries -= 1
        yield _member(data, entry, name, taken, budget, deadline)
    else:
        if count(data) > len(entries):
            yield Refused("", "too-many-members")
    budget.seconds = max(0.0, deadline - time.monotonic())


def _limited(data: bytes, budget: Budget) -> Iterator[Entry]:
    """Directory lines up to the budget; folders count too, or 200,000 of them would come free."""
    for number, entry in enumerate(directory(data)):
        if number >= max(0, budget.entries) * 2:
            return
        yield entry


def _over_budget(budget: Budget, deadline: float) -> str:
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
    shown = safe_name(name)
    if reason := _refusal(entry, name, budget):
        return Refused(shown, reason, entry.size)
    span = _span(data, entry)
    if span is None:
        return Refused(shown, "damaged", entry.size)
    if any(start < span[1] and span[0] < end for start, end in taken):
        return Refused(shown, "overlapping", entry.size)
    taken.append((entry.offset, span[1]))
    content, reason = _inflated(data, entry, span, budget, deadline)
    return Refused(shown, reason, entry.size) if reason else Member(shown, content)


def _refusal(entry: Entry, name: str, budget: Budget) -> str:
    """Why this entry is not even looked at, by what the directory says of it."""
    parts = name.replace("\\", "/").split("/")
    rules = (
        (entry.flags & 0x2041 != 0 or entry.method == 99, "encrypted"),
        (stat.S_ISLNK(entry.mode), "symlink"),
        (not name.strip() or "\0" in name, "bad-name"),
        (".." in parts or parts[0] == "" or re.match(r"[A-Za-z]:", name) is not None, "traversal"),
        (0xFFFFFFFF in (entry.packed, entry.size, entry.offset), "zip64"),
        (entry.method not in {0, 8}, "method"),
        (entry.size > budget.member_bytes, "too-large"),
    )
    return next((reason for applies, reason in rules if applies), "")


def _span(data: bytes, entry: Entry) -> tuple[int, int] | None:
    """Where the packed bytes lie, if the entry's own header agrees with the directory."""
    header = data[entry.offset : entry.offset + 30]
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        return None
    name_size, extra_size = struct.unpack_from("<HH", header, 26)
    start = entry.offset + 30 + name_size + extra_size
    if data[entry.offset + 30 : entry.offset + 30 + name_size] != entry.raw_name:
        return None
    return (start, start + entry.packed) if start + entry.packed <= len(data) else None


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


def count(data: bytes) -> int:
    """How many entries the end of the directory announces; 0 where there is no directory."""
    end = _end(data)
    return struct.unpack_from("<H", data, end + 10)[0] if end >= 0 else 0


def _end(data: bytes) -> int:
    """The offset of the end-of-directory record, or -1."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    return at if 0 <= at <= len(data) - 22 else -1


def directory(data: bytes) -> Iterator[Entry]:
    """The lines of the ZIP's directory one by one; raises NoDirectory where it cannot be found."""
    end = _end(data)
    if end < 0:
        raise NoDirectory
    total, size, offset = struct.unpack_from("<HII", data, end + 10)
    # bytes before the archive (a self-extractor's) shift every offset: those are not opened
    at = offset if data[offset : offset + 4] == b"PK\x01\x02" else end - size
    for _ in range(total):
        if at < 0 or at + 46 > len(data) or data[at : at + 4] != b"PK\x01\x02":
            raise NoDirectory
        flags, method, _, _, crc, packed, full = struct.unpack_from("<HHHHIII", data, at + 8)
        names, extras, comments, _, _, attributes, start = struct.unpack_from(
            "<HHHHHII", data, at + 28
        )
        name = data[at + 46 : at + 46 + names]
        extra = data[at + 46 + names : at + 46 + names + extras]
        yield Entry(name, flags, method, crc, packed, full, start, attributes >> 16, extra)
        at += 46 + names + extras + comments


def find(data: bytes, name: str) -> tuple[Entry, tuple[int, int]] | None:
    """The entry called `name` and where its bytes lie, among the first 4,096; for office files."""
    try:
        for number, entry in enumerate(directory(data)):
            if number >= 4096:
                return None
            if entry.raw_name == name.encode() and entry.method in {0, 8} and not entry.flags & 1:
                span = _span(data, entry)
                return (entry, span) if span else None
    except NoDirectory:
        return None
    return None


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
    legacy = [entry.raw_name for entry in entries if _utf8_name(entry) is None]
    codec = _legacy_codec(legacy) if legacy else ""
    return [
        text
        if (text := _utf8_name(entry)) is not None
        else entry.raw_name.decode(codec, errors="replace")
        for entry in entries
    ]


def _utf8_name(entry: Entry) -> str | None:
    for raw in (entry.raw_name, _unicode_path(entry)):
        try:
            if raw is not None:
                return raw.decode("utf-8")
        except UnicodeDecodeError:
            continue
    return None


def _unicode_path(entry: Entry) -> bytes | None:
    """The name in Info-ZIP's Unicode Path extra field, if it belongs to this name."""
    at, extra = 0, entry.extra
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == 0x7075 and size > 5 and at + 4 + size <= len(extra):
            (crc,) = struct.unpack_from("<I", extra, at + 5)
            return extra[at + 9 : at + 4 + size] if crc == zlib.crc32(entry.raw_name) else None
        at += 4 + size
    return None


# Which of the trade's charsets a name is in: the one that makes the most common letters of it.
# Hangul counts within KS X 1001 only; any pair of bytes is some rare syllable in cp949.
_LEGACY = (
    ("cp949", lambda char: "\uac00" <= char <= "\ud7a3" and _is_common_hangul(char)),
    ("cp932", lambda char: "\u3041" <= char <= "\u30ff" or "\u4e00" <= char <= "\u9fff"),
    ("cp874", lambda char: "\u0e01" <= char <= "\u0e5b"),
)


def _is_common_hangul(char: str) -> bool:
    return len(char.encode("euc_kr", errors="ignore")) == 2


def _legacy_codec(raw_names: list[bytes]) -> str:
    best, codec = 0.0, "cp437"
    sample = b"/".join(raw_names)[:8192]
    for name, is_common in _LEGACY:
        try:
            letters = [char for char in sample.decode(name) if not char.isascii()]
        except UnicodeDecodeError:
            continue
        share = sum(map(is_common, letters)) / max(1, len(letters))
        if share > best:
            best, codec = share, name
    return codec


def safe_name(name: str) -> str:
    """A member's name for people to read: no invisible characters, forward slashes, bounded."""
    text = unicodedata.normalize("NFC", clean(name[:2000]).replace("\n", " ").replace("\\", "/"))
    return text[-MAX_NAME:].strip()
