"""7z, RAR and tar archives and single packed files, through the system's libarchive.

Through ctypes and not libarchive-c, which looks for the library with a compiler (see libraries) and
switches on filters that start programs. Only the formats and filters of the kind are switched on.
Members come out one after the other, in the archive's order, each read in pieces under the budget.
"""

import ctypes
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pipeline.documents import libraries
from pipeline.documents.archives import (
    FREE_BYTES,
    MAX_RATIO,
    Budget,
    Member,
    Refused,
    over_budget,
)
from pipeline.documents.names import decode_legacy, is_surely_utf8, legacy_codec, refusal, shown

PIECE = 256 * 1024
# libarchive's own name for what has none
NAMELESS = "data"
_OCTAL = re.compile(rb"[0-7]{1,7}")
_END, _WARN, _FAILED, _FATAL = 1, -20, -25, -30

_GZIP = b"\x1f\x8b"
# first bytes -> what is switched on; what the filters unpack may be a tar archive or any one file
_PACKED = {_GZIP: "filter_gzip", b"BZh": "filter_bzip2", b"\xfd7zXZ": "filter_xz"}
_FORMATS = {b"7z\xbc\xaf": ("format_7zip",), b"Rar!": ("format_rar", "format_rar5")}
_TAR, _ONE_FILE = ("format_tar",), ("format_raw", "format_empty")
# what libarchive's sentences tell
_SENTENCES = (
    (b"ncrypt", "encrypted"),
    (b"Crypto codec", "encrypted"),
    (b"assphrase", "encrypted"),
    (b"too many filters", "too-deep"),
    (b"multivolume", "split"),
    (b"multi-volume", "split"),
    (b"allocate", "too-large"),
    (b"memory", "too-large"),
    (b"nsupported", "method"),
    (b"not supported", "method"),
)
_POINTER, _TEXT = ctypes.c_void_p, ctypes.c_char_p
_PROTOTYPES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "archive_read_new": (_POINTER, ()),
    "archive_read_free": (ctypes.c_int, (_POINTER,)),
    "archive_read_open_memory": (ctypes.c_int, (_POINTER, _TEXT, ctypes.c_size_t)),
    "archive_read_next_header": (ctypes.c_int, (_POINTER, ctypes.POINTER(_POINTER))),
    "archive_read_data": (ctypes.c_ssize_t, (_POINTER, _POINTER, ctypes.c_size_t)),
    "archive_read_has_encrypted_entries": (ctypes.c_int, (_POINTER,)),
    "archive_error_string": (_TEXT, (_POINTER,)),
    "archive_entry_pathname": (_TEXT, (_POINTER,)),
    "archive_entry_pathname_utf8": (_TEXT, (_POINTER,)),
    "archive_entry_hardlink": (_TEXT, (_POINTER,)),
    "archive_entry_filetype": (ctypes.c_uint, (_POINTER,)),
    "archive_entry_is_encrypted": (ctypes.c_int, (_POINTER,)),
    "archive_entry_size": (ctypes.c_int64, (_POINTER,)),
}


@cache
def library() -> Any | None:
    """The system's libarchive with typed functions, or None where it is not installed."""
    found = libraries.load(libraries.LIBARCHIVE)
    if found is None:
        return None
    for name, (result, arguments) in _PROTOTYPES.items():
        function = getattr(found, name)
        function.restype, function.argtypes = result, arguments
    return found


class _Stop(Exception):
    """Nothing more comes out of this archive; `reason` is the code of why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class _Reader:
    """One archive while it is read: libarchive's handle, the bytes so far, the names so far."""

    library: Any
    handle: Any
    packed: int
    budget: Budget
    deadline: float
    alone: str = ""  # the name for what was packed alone, in no archive
    written: int = 0
    broken: str = ""  # libarchive cannot go on behind this member, and why
    raw_names: list[bytes] = field(default_factory=list)
    piece: Any = field(default_factory=lambda: ctypes.create_string_buffer(PIECE))

    def check(self, code: int) -> None:
        """Raise _Stop where libarchive says that it cannot go on."""
        if code <= _FAILED:
            raise _Stop(self.reason())

    def reason(self) -> str:
        said = self.library.archive_error_string(self.handle) or b""
        return next((code for words, code in _SENTENCES if words in said), "damaged")


def members(data: bytes, budget: Budget, filename: str = "") -> Iterator[Member | Refused]:
    """The files in `data`, each as its bytes or the reason why not; `budget` is used up.

    What was packed alone and has no name gets that of `filename` ("a.csv.bz2"). One refusal of the
    whole where libarchive is not installed.
    """
    found = library()
    if found is None:
        yield Refused("", "unsupported-archive")
        return
    deadline = time.monotonic() + budget.seconds
    try:
        switched = _switched_on(found, data, budget, deadline)
        with _opened(found, data, switched, budget, deadline) as reader:
            if set(_ONE_FILE) & set(switched):
                reader.alone = inner_name(filename)
            yield from _members(reader, data)
    except _Stop as exc:
        yield Refused("", exc.reason)
    finally:
        budget.seconds = max(0.0, deadline - time.monotonic())


def is_tar(head: bytes) -> bool:
    """Whether the first block is a tar header; older ones have no signature but a sum."""
    if head[257:262] == b"ustar":
        return True
    told = head[148:156].strip(b"\0 ")
    if len(head) < 512 or not _OCTAL.fullmatch(told) or not head[0]:
        return False
    return int(told, 8) == sum(head[:148]) + 256 + sum(head[156:512])


def _switched_on(found: Any, data: bytes, budget: Budget, deadline: float) -> tuple[str, ...]:
    """The formats and filters for these bytes.

    What a packed file holds is looked at first: to libarchive zeros are an empty tar archive.
    """
    packed = next((name for start, name in _PACKED.items() if data.startswith(start)), "")
    if not packed:
        return next((f for start, f in _FORMATS.items() if data.startswith(start)), _TAR)
    with _opened(found, data, (*_ONE_FILE, packed), budget, deadline) as reader:
        entry = _POINTER()
        reader.check(found.archive_read_next_header(reader.handle, ctypes.byref(entry)))
        count = found.archive_read_data(reader.handle, reader.piece, 512)
        head = reader.piece.raw[: max(0, count)]
    return (*(_TAR if is_tar(head) else _ONE_FILE), packed)


@contextmanager
def _opened(
    found: Any, data: bytes, switched: tuple[str, ...], budget: Budget, deadline: float
) -> Iterator[_Reader]:
    handle = found.archive_read_new()
    if not handle:
        raise MemoryError
    reader = _Reader(found, handle, len(data), budget, deadline)
    try:
        for name in switched:
            function = getattr(found, f"archive_read_support_{name}", None)
            if function:
                function.argtypes = (_POINTER,)
                function(handle)
        reader.check(found.archive_read_open_memory(handle, data, len(data)))
        yield reader
    finally:
        found.archive_read_free(handle)


def _members(reader: _Reader, data: bytes) -> Iterator[Member | Refused]:
    entry = _POINTER()
    # folders and links count too, or a million of them would come free
    for _ in range(max(0, reader.budget.entries) * 2):
        if stop := over_budget(reader.budget, reader.deadline):
            raise _Stop(stop)
        code = reader.library.archive_read_next_header(reader.handle, ctypes.byref(entry))
        if code == _END:
            return
        reader.check(code)
        if (found := _member(reader, entry, data)) is not None:
            yield found
        if reader.broken:
            raise _Stop(reader.broken)
    raise _Stop("too-many-members")


def _member(reader: _Reader, entry: Any, data: bytes) -> Member | Refused | None:
    """The file at `entry`; None for a folder."""
    lib = reader.library
    name = _name(reader, entry, data)
    file_type = lib.archive_entry_filetype(entry)
    if stat.S_ISDIR(file_type):
        return None
    reader.budget.entries -= 1
    size = max(0, lib.archive_entry_size(entry))
    reason = refusal(name) or _refusal(reader, entry, file_type, size)
    # what is refused is read all the same: to skip it libarchive would unpack it without a limit
    content, found = _content(reader, keep=not reason)
    reason = reason or found
    return Refused(shown(name), reason, size) if reason else Member(shown(name), content)


def _refusal(reader: _Reader, entry: Any, file_type: int, size: int) -> str:
    lib = reader.library
    rules = (
        (stat.S_ISLNK(file_type) or bool(lib.archive_entry_hardlink(entry)), "symlink"),
        (file_type not in {0, stat.S_IFREG, stat.S_IFLNK}, "device"),
        (lib.archive_entry_is_encrypted(entry) == 1, "encrypted"),
        (size > reader.budget.member_bytes, "too-large"),
    )
    return next((reason for applies, reason in rules if applies), "")


def _content(reader: _Reader, *, keep: bool) -> tuple[bytes, str]:
    """The member's bytes and "", or nothing and the reason; counted as they are written.

    Raises _Stop where the archive as a whole goes too far: its members are packed together, so
    there is no ratio of one alone.
    """
    out = bytearray()
    reason = ""
    while True:
        count = reader.library.archive_read_data(reader.handle, reader.piece, PIECE)
        if count < 0 and count != _WARN:
            reader.broken = reader.reason() if count == _FATAL else ""
            return b"", reader.reason()
        if count <= 0:
            return bytes(out), reason
        _count(reader, count, count if keep else 0)
        if keep and len(out) + count > reader.budget.member_bytes:
            keep, reason = False, "too-large"
            out.clear()
        if keep:
            out += reader.piece.raw[:count] if count < PIECE else reader.piece.raw


def _count(reader: _Reader, count: int, kept: int) -> None:
    reader.written += count
    reader.budget.bytes -= kept
    if reader.written > FREE_BYTES and reader.written > MAX_RATIO * reader.packed:
        raise _Stop("ratio")
    if reader.budget.bytes < 0:
        raise _Stop("too-large")
    if time.monotonic() > reader.deadline:
        raise _Stop("archive-time")


def _name(reader: _Reader, entry: Any, data: bytes) -> str:
    """The member's name; bytes without a charset (tar, old RAR) are read as ZIP's are."""
    lib = reader.library
    raw = lib.archive_entry_pathname(entry) or lib.archive_entry_pathname_utf8(entry) or b""
    if raw == NAMELESS.encode() and reader.alone and not (raw := _gzip_name(data)):
        return reader.alone
    if is_surely_utf8(raw):
        return raw.decode("utf-8")
    reader.raw_names.append(raw)
    return decode_legacy(raw, legacy_codec(reader.raw_names))


def inner_name(filename: str) -> str:
    """What the packed file `filename` is called once it is unpacked."""
    name, _, ending = filename.replace("\\", "/").rpartition("/")[2].strip().rpartition(".")
    return name if name and ending.lower() in {"gz", "bz2", "xz"} else NAMELESS


def _gzip_name(data: bytes) -> bytes:
    """The file name in a gzip header, or b""."""
    if not data.startswith(_GZIP) or len(data) < 10:
        return b""
    flags = data[3]
    at = 10 + (2 + int.from_bytes(data[10:12], "little") if flags & 4 else 0)
    end = data.find(b"\0", at, at + 1000)
    return data[at:end].rpartition(b"/")[2] if flags & 8 and end > at else b""
