"""The directory of an OLE file (doc, xls, ppt, hwp, msg, msi) and the start of a stream in it.

A walk of our own that follows each chain for a bounded number of steps: a search for names among
megabytes would find those that stand in a letter's text, or in a document within the document.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_ENTRIES = 8192
STORAGE, STREAM, ROOT = 1, 2, 5

_LAST = 0xFFFFFFFA  # this and above are no sectors
_HEADER_FAT = 109  # so many of the FAT's sectors are named in the header


class BadOle(ValueError):
    """The directory cannot be walked."""


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    kind: int
    class_id: bytes
    start: int
    size: int
    left: int
    right: int
    child: int


@dataclass(slots=True)
class Ole:
    """An OLE file; raises BadOle where its header or directory is nonsense."""

    data: bytes
    entries: list[Entry]
    shift: int
    fat: list[int]

    @property
    def root(self) -> Entry:
        return self.entries[0]

    def top(self) -> dict[str, Entry]:
        """The entries of the outermost folder by name: what the file itself is."""
        found: dict[str, Entry] = {}
        waiting, seen = [self.root.child], set()
        while waiting:
            number = waiting.pop()
            if number in seen or number >= len(self.entries):
                continue
            seen.add(number)
            entry = self.entries[number]
            found[entry.name] = entry
            waiting += [entry.left, entry.right]
        return found

    def start_of(self, entry: Entry, limit: int) -> bytes:
        """The first bytes of a stream, `limit` at most; what cannot be found is left out."""
        limit = min(limit, entry.size)
        (cutoff,) = struct.unpack_from("<I", self.data, 56)
        if entry.kind == ROOT or entry.size >= cutoff:
            return _joined(self.data, self._chain(entry.start), self.shift, 1, limit)
        holder = _joined(self.data, self._chain(self.root.start), self.shift, 1, 1 << 26)
        mini_fat = self._mini_fat()
        chain = _followed(entry.start, lambda number: _u32(mini_fat, number * 4), limit // 64 + 2)
        return _joined(holder, chain, 6, 0, limit)

    def _mini_fat(self) -> bytes:
        (start,) = struct.unpack_from("<I", self.data, 60)
        return _joined(self.data, self._chain(start), self.shift, 1, 1 << 22)

    def _chain(self, start: int) -> Iterator[int]:
        return _followed(start, self._next, (len(self.data) >> self.shift) + 1)

    def _next(self, number: int) -> int:
        return _next_sector(self.data, self.fat, self.shift, number)


def opened(data: bytes) -> Ole:
    """The OLE file in `data`; raises BadOle."""
    if not data.startswith(SIGNATURE) or len(data) < 512:
        raise BadOle
    (shift,) = struct.unpack_from("<H", data, 30)
    if shift not in {9, 12}:
        raise BadOle
    fat = _fat_sectors(data, shift)
    (start,) = struct.unpack_from("<I", data, 48)
    steps = (MAX_ENTRIES * 128 >> shift) + 1
    chain = _followed(start, lambda n: _next_sector(data, fat, shift, n), steps)
    directory = _joined(data, chain, shift, 1, MAX_ENTRIES * 128)
    entries = [_entry(directory, at) for at in range(0, len(directory) - 127, 128)]
    if not entries or entries[0].kind != ROOT:
        raise BadOle
    return Ole(data, entries, shift, fat)


def _fat_sectors(data: bytes, shift: int) -> list[int]:
    """Where the FAT's own sectors lie: the header names the first, a chain of sectors the rest."""
    found = list(struct.unpack_from(f"<{_HEADER_FAT}I", data, 76))
    (at,) = struct.unpack_from("<I", data, 68)
    per = (1 << shift) // 4 - 1
    for _ in range((len(data) >> shift) // per + 1):
        offset = (at + 1) << shift
        if at >= _LAST or offset + (1 << shift) > len(data):
            break
        *more, at = struct.unpack_from(f"<{per + 1}I", data, offset)
        found += more
    return found


def _next_sector(data: bytes, fat: list[int], shift: int, number: int) -> int:
    index, place = divmod(number, (1 << shift) // 4)
    if index >= len(fat) or fat[index] >= _LAST:
        return _LAST
    return _u32(data, ((fat[index] + 1) << shift) + place * 4)


def _u32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little") if at + 4 <= len(data) else _LAST


def _followed(start: int, after: Callable[[int], int], steps: int) -> Iterator[int]:
    """The sectors of a chain, `steps` at most: a ring ends too."""
    for _ in range(steps):
        if start >= _LAST:
            return
        yield start
        start = after(start)


def _joined(data: bytes, chain: Iterator[int], shift: int, skipped: int, limit: int) -> bytes:
    """The sectors of `chain`, `limit` bytes at most; `skipped` sectors lie before number 0."""
    out = bytearray()
    for number in chain:
        at = (number + skipped) << shift
        if at >= len(data):
            break
        out += data[at : at + (1 << shift)]
        if len(out) >= limit:
            break
    return bytes(out[:limit])


def _entry(directory: bytes, at: int) -> Entry:
    raw, length, kind = directory[at : at + 64], *struct.unpack_from("<HB", directory, at + 64)
    name = raw[: max(0, min(length, 64) - 2)].decode("utf-16-le", errors="replace")
    left, right, child = struct.unpack_from("<III", directory, at + 68)
    start, size = struct.unpack_from("<IQ", directory, at + 116)
    class_id = directory[at + 80 : at + 96]
    # older files have rubbish in the upper half of the size
    return Entry(name, kind, class_id, start, size & 0xFFFFFFFF, left, right, child)
