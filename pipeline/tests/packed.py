"""Containers that no library at hand writes as the tests need them: OLE, TNEF, RAR, odd ZIPs."""

import io
import struct
import tarfile
import zlib
from collections.abc import Iterable, Mapping
from typing import Literal

from pipeline.documents.libarchive import library

_NONE, _LAST, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ole_bytes(streams: Mapping[str, bytes], *, class_id: bytes = bytes(16)) -> bytes:
    """An OLE file of `streams` by path ("Macros/VBA/dir"); short ones lie in the mini stream."""
    folders = {path[:at] for path in streams for at, char in enumerate(path) if char == "/"}
    paths = sorted({*streams, *folders})
    sectors: list[bytes] = []
    chains: list[int] = []

    def store(data: bytes) -> int:
        if not data:
            return _LAST
        start = len(sectors)
        pieces = [data[at : at + 512].ljust(512, b"\0") for at in range(0, len(data), 512)]
        sectors.extend(pieces)
        chains.extend([*range(start + 1, start + len(pieces)), _LAST])
        return start

    mini, mini_chain, starts = b"", [], {}
    for path, data in streams.items():
        if len(data) >= 4096:
            starts[path] = store(data)
            continue
        starts[path] = len(mini) // 64
        count = -(-len(data) // 64)
        mini_chain += [*range(starts[path] + 1, starts[path] + count), _LAST] if count else []
        mini += data.ljust(count * 64, b"\0")

    def first_of(folder: str) -> list[int]:
        depth = folder.count("/") + 1 if folder else 0
        inside = [p for p in paths if p.startswith(f"{folder}/" if folder else "")]
        return [paths.index(p) + 1 for p in inside if p.count("/") == depth and p != folder]

    def line(name: str, kind: int, path: str, start: int, size: int, right: int) -> bytes:
        raw = name.encode("utf-16-le") + b"\0\0"
        child = (first_of(path) or [_NONE])[0] if kind != 2 else _NONE
        head = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1)
        links = struct.pack("<III", _NONE, right, child)
        class_ = class_id if kind == 5 else bytes(16)
        return head + links + class_ + bytes(20) + struct.pack("<IQ", start, size)

    lines = [line("Root Entry", 5, "", store(mini), len(mini), _NONE)]
    for path in paths:
        folder, _, name = path.rpartition("/")
        around = first_of(folder)
        place = around.index(paths.index(path) + 1)
        right = around[place + 1] if place + 1 < len(around) else _NONE
        kind, size = (2, len(streams[path])) if path in streams else (1, 0)
        lines.append(line(name, kind, path, starts.get(path, _LAST), size, right))
    directory = store(b"".join(lines).ljust(-(-len(lines) // 4) * 512, b"\0"))
    mini_fat = store(struct.pack(f"<{len(mini_chain)}I", *mini_chain))
    fats = -(-(len(sectors) + 1) // 127)
    fat_at = list(range(len(sectors), len(sectors) + fats))
    table = [*chains, *[_FAT] * fats]
    table += [_NONE] * (fats * 128 - len(table))
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        fats,
        directory,
        0,
        4096,
        mini_fat,
        1 if mini_chain else 0,
        _LAST,
        0,
        fat_at[0],
    )
    more = struct.pack("<108I", *(fat_at[1:] + [_NONE] * (109 - fats)))
    return head + more + b"".join(sectors) + struct.pack(f"<{len(table)}I", *table)


def tnef_attribute(level: int, number: int, data: bytes) -> bytes:
    checksum = struct.pack("<H", sum(data) & 0xFFFF)
    return struct.pack("<BII", level, number, len(data)) + data + checksum


def mapi_properties(values: Iterable[tuple[int, int, bytes]]) -> bytes:
    """MAPI properties of (type, id, value): of variable length, or numbers of four bytes."""
    out = []
    for kind, number, value in values:
        size = struct.pack("<II", 1, len(value)) if kind in {0x0D, 0x1E, 0x1F, 0x102} else b""
        padded = value.ljust(-(-len(value) // 4) * 4, b"\0")
        out.append(struct.pack("<HH", kind, number) + size + padded)
    return struct.pack("<I", len(out)) + b"".join(out)


def tnef_bytes(*attributes: bytes, code_page: int = 949) -> bytes:
    start = b"\x78\x9f\x3e\x22" + struct.pack("<H", 1)
    return (
        start + tnef_attribute(1, 0x69007, struct.pack("<II", code_page, 0)) + b"".join(attributes)
    )


def tnef_file(title: bytes, data: bytes, *properties: tuple[int, int, bytes]) -> bytes:
    """The attributes of one attachment."""
    parts = [
        tnef_attribute(2, 0x69002, bytes(14)),
        tnef_attribute(2, 0x18010, title + b"\0"),
        tnef_attribute(2, 0x6800F, data),
    ]
    if properties:
        parts.append(tnef_attribute(2, 0x69005, mapi_properties(properties)))
    return b"".join(parts)


def rar4_bytes(
    members: Mapping[bytes, bytes], *, flags: int = 0, main_flags: int = 0, mode: int = 0o100644
) -> bytes:
    """A RAR 4 archive of stored members."""

    def block(head: bytes, more: bytes = b"") -> bytes:
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head + more

    out = b"Rar!\x1a\x07\x00" + block(struct.pack("<BHH6x", 0x73, main_flags, 13))
    for name, data in members.items():
        head = struct.pack("<BHH", 0x74, 0x8000 | flags, 32 + len(name))
        head += struct.pack(
            "<IIBIIBBHI", len(data), len(data), 3, zlib.crc32(data), 0, 20, 0x30, len(name), mode
        )
        out += block(head + name, data)
    return out + block(struct.pack("<BHH", 0x7B, 0x4000, 7))


def _vint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def rar5_bytes(members: Mapping[str, bytes], *, size: int | None = None) -> bytes:
    """A RAR 5 archive of stored members, whose headers may say another `size`."""

    def block(body: bytes, more: bytes = b"") -> bytes:
        sized = _vint(len(body)) + body
        return struct.pack("<I", zlib.crc32(sized)) + sized + more

    out = b"Rar!\x1a\x07\x01\x00" + block(b"\x01\x00\x00")
    for name, data in members.items():
        raw = name.encode()
        body = b"\x02\x02" + _vint(len(data)) + b"\x04" + _vint(len(data) if size is None else size)
        body += _vint(0o100644) + struct.pack("<I", zlib.crc32(data)) + b"\x00\x01"
        out += block(body + _vint(len(raw)) + raw, data)
    return out + block(b"\x05\x00\x00")


def seven_zip_bytes(members: Mapping[str, bytes], *, format_name: str = "7zip") -> bytes:
    """An archive that libarchive writes; none where it is not installed, nor the tests run."""
    if library() is None:
        return b""
    import libarchive

    out = bytearray()

    def sink(piece: bytes) -> int:
        out.extend(piece)
        return len(piece)

    with libarchive.custom_writer(sink, format_name) as archive:
        for name, data in members.items():
            archive.add_file_from_memory(name, len(data), data)
    return bytes(out)


TarMode = Literal["w", "w:gz", "w:bz2", "w:xz"]


def tar_bytes(
    members: Mapping[str, bytes], *, mode: TarMode = "w", encoding: str = "utf-8"
) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(
        fileobj=buffer, mode=mode, encoding=encoding, format=tarfile.GNU_FORMAT
    ) as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def tar_of(*lines: tarfile.TarInfo) -> bytes:
    """A tar of headers alone: links, devices, folders."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for info in lines:
            tar.addfile(info)
    return buffer.getvalue()


def zip64_bytes(
    members: Mapping[str, bytes], *, lie: int = 0, local_lie: int = 0, end_lie: int = 0
) -> bytes:
    """A ZIP whose every size stands in ZIP64 fields; a `lie` is added to one of them."""
    body, lines = b"", b""
    for name, data in members.items():
        raw, size = name.encode(), len(data)
        common = struct.pack("<HHHHI", 0x800, 0, 0, 0, zlib.crc32(data)) + b"\xff" * 8
        local = struct.pack("<HHQQ", 1, 16, size + local_lie, size + local_lie)
        extra = struct.pack("<HHQQQ", 1, 24, size + lie, size + lie, len(body))
        lines += b"PK\x01\x02\x2d\x03\x2d\x00" + common + struct.pack("<HH", len(raw), len(extra))
        lines += struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, 0xFFFFFFFF) + raw + extra
        body += b"PK\x03\x04\x2d\x00" + common + struct.pack("<HH", len(raw), len(local))
        body += raw + local + data
    total, at = len(members) + end_lie, len(body) + len(lines)
    record = struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, total, total, len(lines), len(body))
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, at, 1)
    count = len(members) if end_lie else 0xFFFF
    end = struct.pack("<HHHHIIH", 0, 0, count, count, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return body + lines + b"PK\x06\x06" + record + locator + b"PK\x05\x06" + end


# "hello hello" as a.txt with a password: once the content alone, once the names as well
LOCKED_7Z = (
    "N3q8ryccAARFmI7BeQAAAAAAAAAUAAAAAAAAAIHWvcozjjdHZB9osyk3cFs8yr4eAQBkAQQGAAEJEAoByw9pVQAHCwEA"
    "AiQG8QcBElMPciRVEsZjD8XDbUhZg8t2biEhARgBAAwPCwAICgFApi0BAAAFARENAGEALgB0AHgAdAAAABQKAQDQ/pnp"
    "G3rdARUGAQAggICBAAAAFwYQAQlpAAcLAQABISEBGAxlAAA="
)
LOCKED_7Z_NAMES = (
    "N3q8ryccAAQw9NlWgAAAAAAAAAAoAAAAAAAAAOpjEuQuv0IZAycByY65UL8IYxuKoGoN1B1Kw3LFkpAkif1oN7hTteyR"
    "ktAnWJau7XpNP08DgLVVEN9mdlFVm4FxH3Pk/qhSON6ahwSAgzG3tD6c0MF2YwswAPcFSxs3yOFgeyn6Yk1Rz2AobF38"
    "h54hRioiRbnMc/WC8tff4IHH//3g2BcGEAEJcAAHCwEAASQG8QcBElMP50Xp6U2DmoKxK13OnuJWCwxlAAA="
)
