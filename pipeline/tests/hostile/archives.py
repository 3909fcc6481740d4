"""Archives that lie, explode or repeat themselves."""

import bz2
import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib

from pipeline.tests.files import zip_bytes
from pipeline.tests.hostile.cases import MIB, Bait, attached


def zeros(size: int) -> bytes:
    """A raw deflate stream of `size` zero bytes, made without holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = bytes(MIB)
    parts = [packer.compress(piece) for _ in range(size // MIB)]
    return b"".join([*parts, packer.compress(bytes(size % MIB)), packer.flush()])


def zip_of(name: str, packed: bytes, size: int) -> bytes:
    """A ZIP of one deflated member whose packed bytes are given."""
    return raw_zip([(name.encode(), packed, size)])


def raw_zip(members: list[tuple[bytes, bytes, int]], **told: int) -> bytes:
    """A ZIP of (name, deflated bytes, size); `told` is what its directory says instead."""
    bodies, lines = [], []
    at = 0
    for name, packed, size in members:
        # of a bomb's content nobody comes to know the checksum
        crc = (
            zlib.crc32(zlib.decompress(packed, -15))
            if told.keys() <= {"mode"} and size < 9999
            else 0
        )
        say = {"flags": 0, "method": 8, "crc": crc, "packed": len(packed), "size": size}
        say |= {"offset": at, "mode": 0o100644} | told
        common = struct.pack("<HHHH", say["flags"], say["method"], 0, 0)
        common += struct.pack("<IIIHH", say["crc"], say["packed"], say["size"], len(name), 0)
        tail = struct.pack("<HHHII", 0, 0, 0, (say["mode"] << 16) & 0xFFFFFFFF, say["offset"])
        lines.append(b"PK\x01\x02" + struct.pack("<HH", 0x314, 20) + common + tail + name)
        bodies.append(b"PK\x03\x04" + struct.pack("<H", 20) + common + name + packed)
        at += len(bodies[-1])
    return b"".join(bodies) + _directory(lines, len(members), at)


def _directory(lines: list[bytes], entries: int, at: int) -> bytes:
    size = sum(map(len, lines))
    count = min(entries, 65535)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, size, at, 0)
    if entries > 65535:
        long = struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, entries, entries, size, at)
        end = b"PK\x06\x06" + long + b"PK\x06\x07" + struct.pack("<IQI", 0, at + size, 1) + end
    return b"".join(lines) + end


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


@attached("zip-flat-bomb", "a.zip", "ratio", "too-large")
def flat(bait: Bait) -> bytes:
    size = bait.of(4000, 8) * MIB
    return zip_of("a.txt", zeros(size), size % 2**32)


@attached("zip-flat-bomb-that-says-it-is-small", "a.zip", "size-lie")
def flat_lie(bait: Bait) -> bytes:
    return zip_of("a.txt", zeros(bait.of(4000, 8) * MIB), 10)


@attached("zip-of-many-bombs", "a.zip", "ratio", "too-large", "archive-time")
def many_bombs(bait: Bait) -> bytes:
    packed = zeros(19 * MIB)
    return raw_zip([(b"%d.txt" % n, packed, 19 * MIB) for n in range(bait.of(190, 10))])


@attached("zip-nested-bomb", "a.zip", "too-deep", "too-large", "ratio", "too-many-members")
def nested(bait: Bait) -> bytes:
    """Sixteen of the same at each of five levels, as in 42.zip."""
    data = zip_bytes({"0.txt": bytes(bait.of(19, 2) * MIB)})
    for _ in range(4):
        data = zip_bytes({f"{n:x}.zip": data for n in range(bait.of(16, 6))})
    return data


@attached("zip-1000-deep", "a.zip", "too-deep")
def deep(bait: Bait) -> bytes:
    data = b"bottom"
    for n in range(bait.of(1000, 50)):
        data = zip_bytes({"a.zip" if n else "a.txt": data}, method=zipfile.ZIP_STORED)
    return data


@attached("zip-overlapping-bomb", "a.zip", "overlapping", "ratio")
def overlapping(bait: Bait) -> bytes:
    """Every line of the directory names the one kernel, under its own name."""
    kernel = zeros(bait.of(19, 4) * MIB)
    size = bait.of(19, 4) * MIB
    return raw_zip([(b"a", kernel, size)] * bait.of(200, 20), offset=0)


@attached("zip-of-200000-entries", "a.zip", "too-many-members", "zip64", "damaged")
def many_entries(bait: Bait) -> bytes:
    empty = deflated(b"")
    return raw_zip([(b"%d" % n, empty, 0) for n in range(bait.of(200_000, 70_000))])


@attached("zip-of-60000-folders", "a.zip", "too-many-members")
def many_folders(bait: Bait) -> bytes:
    return raw_zip([(b"%d/" % n, b"", 0) for n in range(bait.of(60_000, 3000))], method=0)


@attached("zip-that-holds-itself", "r.zip", "too-deep")
def quine(bait: Bait) -> bytes:
    from pipeline.tests.hostile.quine import zip_quine

    return zip_quine()


@attached("zip64-lies", "a.zip", "zip64", "damaged", "size-lie")
def zip64_lies(_: Bait) -> bytes:
    return raw_zip([(b"a.txt", deflated(b"x"), 1)], size=0xFFFFFFFF, packed=0xFFFFFFFF)


@attached("zip-sizes-lie", "a.zip", "damaged", "too-large", "size-lie")
def size_lies(_: Bait) -> bytes:
    return raw_zip([(b"a.txt", deflated(b"hello"), 5)], packed=0x7FFFFFFF, size=0x7FFFFFFF)


@attached("zip-offsets-lie", "a.zip", "damaged")
def offset_lies(_: Bait) -> bytes:
    return raw_zip([(b"a.txt", deflated(b"hello"), 5)], offset=0xFFFFFFF0)


@attached("zip-directory-lies", "a.zip", "damaged")
def directory_lies(_: Bait) -> bytes:
    good = zip_bytes({"a.txt": b"x"})
    end = good.rfind(b"PK\x05\x06")
    return good[:end] + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 9, 9, 0xFFFF, 0xFFFFFFF, 0)


@attached("zip-with-forty-ends", "a.zip")
def many_ends(bait: Bait) -> bytes:
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0, 0, 0, 0, 0)
    return zip_bytes({"a.txt": b"x"}) + end * bait.of(2900, 40)


@attached("zip-with-symlinks", "a.zip", "symlink")
def symlinks(bait: Bait) -> bytes:
    target = bait.secret.encode()
    packed = deflated(target)
    return raw_zip([(b"a.txt", packed, len(target))], mode=stat.S_IFLNK | 0o777)


@attached("zip-encrypted", "a.zip", "encrypted")
def encrypted(_: Bait) -> bytes:
    return raw_zip([(b"a.txt", b"\0" * 40, 28)], flags=1)


@attached("zip-of-members-with-strange-methods", "a.zip", "method")
def methods(_: Bait) -> bytes:
    return raw_zip([(b"a.txt", b"\0" * 40, 28)], method=14)


@attached("zip-of-zips-beside-one-another", "a.zip", "too-many-members")
def broad(bait: Bait) -> bytes:
    inner = zip_bytes({f"{n}.txt": b"x" for n in range(50)})
    return zip_bytes({f"{n}.zip": inner for n in range(bait.of(190, 5))})


@attached("zip-of-mails", "a.zip")
def zip_of_mails(bait: Bait) -> bytes:
    """Each member is a mail of many parts: the parts multiply."""
    part = b'--b\r\nContent-Disposition: attachment; filename="a.txt"\r\n\r\nx\r\n'
    head = b'From: a@b.example\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    raw = head + part * bait.of(290, 20)
    return zip_bytes({f"{n}.eml": raw for n in range(bait.of(190, 5))})


def tar_of(members: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


@attached("tar-that-climbs-and-links", "a.tar", "traversal", "symlink", "unsupported-archive")
def climbing_tar(bait: Bait) -> bytes:
    link = tarfile.TarInfo("link.txt")
    link.type, link.linkname = tarfile.SYMTYPE, bait.secret
    hard = tarfile.TarInfo("hard.txt")
    hard.type, hard.linkname = tarfile.LNKTYPE, bait.secret
    device = tarfile.TarInfo("zero.txt")
    device.type, device.devmajor, device.devminor = tarfile.CHRTYPE, 1, 5
    plain = [tarfile.TarInfo(name) for name in ("../../busybee-hostile", "/tmp/busybee-hostile")]
    return tar_of([*((each, b"x") for each in plain), (link, b""), (hard, b""), (device, b"")])


@attached("tar-gz-bomb", "a.tar.gz", "ratio", "too-large", "unsupported-archive", "archive-time")
def tar_bomb(bait: Bait) -> bytes:
    size = bait.of(1000, 8) * MIB
    info = tarfile.TarInfo("a.txt")
    info.size = min(size, 8 * 1024 * MIB)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(info.tobuf())]
    parts += [packer.compress(bytes(MIB)) for _ in range(size // MIB)]
    return b"".join([*parts, packer.flush()])


@attached("tar-whose-member-is-said-to-be-huge", "a.tar")
def tar_lie(_: Bait) -> bytes:
    info = tarfile.TarInfo("a.txt")
    info.size = 8 * 1024**3 - 1
    return info.tobuf() + b"x" * 512


@attached("tar-of-200000-members", "a.tar.gz", "too-many-members", "unsupported-archive")
def many_in_tar(bait: Bait) -> bytes:
    headers = b"".join(tarfile.TarInfo(f"{n}.txt").tobuf() for n in range(bait.of(200_000, 2000)))
    return gzip.compress(headers + bytes(1024), 6)


@attached(
    "gz-bomb", "a.csv.gz", "ratio", "too-large", "unsupported-archive", "archive-time", "size-lie"
)
def gz_bomb(bait: Bait) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(bytes(MIB)) for _ in range(bait.of(4000, 8))]
    return b"".join([*parts, packer.flush()])


@attached("bz2-bomb", "a.txt.bz2", "ratio", "too-large", "unsupported-archive", "archive-time")
def bz2_bomb(bait: Bait) -> bytes:
    packer = bz2.BZ2Compressor()
    parts = [packer.compress(bytes(MIB)) for _ in range(bait.of(1000, 8))]
    return b"".join([*parts, packer.flush()])


@attached("xz-bomb", "a.txt.xz", "ratio", "too-large", "unsupported-archive", "archive-time")
def xz_bomb(bait: Bait) -> bytes:
    packer = lzma.LZMACompressor(preset=1)
    parts = [packer.compress(bytes(MIB)) for _ in range(bait.of(2000, 8))]
    return b"".join([*parts, packer.flush()])


@attached("xz-that-wants-4gb-of-dictionary", "a.txt.xz")
def xz_dictionary(_: Bait) -> bytes:
    """The dictionary's size stands in the block header, before any data."""
    block = bytes([2, 0, 0x21, 1, 40, 0, 0, 0])
    header = b"\xfd7zXZ\0\0\x04" + struct.pack("<I", zlib.crc32(b"\0\x04"))
    return header + block + struct.pack("<I", zlib.crc32(block)) + bytes(200)


def gz_in_gz(times: int) -> bytes:
    data = b"bottom"
    for _ in range(times):
        data = gzip.compress(data, mtime=0)
    return data


@attached("gz-in-gz", "a.gz")
def nested_gz(bait: Bait) -> bytes:
    return gz_in_gz(bait.of(900, 60))


@attached("seven-zip-lies", "a.7z")
def seven_zip(bait: Bait) -> bytes:
    header = struct.pack("<QQI", 0, 0x7FFFFFFFFFFFFFFF, 0)
    start = b"7z\xbc\xaf\x27\x1c\0\x04" + struct.pack("<I", zlib.crc32(header)) + header
    return start + bait.chance.randbytes(4000)


@attached("seven-zip-bomb", "a.7z", "ratio", "too-large", "unsupported-archive", "archive-time")
def seven_zip_bomb(bait: Bait) -> bytes:
    """An LZMA stream of zeros under a 7z header of the plainest kind."""
    size = bait.of(2000, 8) * MIB
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": MIB}]
    packer = lzma.LZMACompressor(lzma.FORMAT_RAW, filters=filters)
    parts = [packer.compress(bytes(MIB)) for _ in range(size // MIB)]
    packed = b"".join([*parts, packer.flush()])
    coder = b"\x23\x03\x01\x01\x05\x5d" + struct.pack("<I", MIB)
    name = b"\0" + "a.txt\0".encode("utf-16-le")
    streams = b"\x06" + _seven(0) + b"\x01\x09" + _seven(len(packed)) + b"\0"
    streams += b"\x07\x0b\x01\0\x01" + coder + b"\x0c" + _seven(size) + b"\0\x08\0"
    header = b"\x01\x04" + streams + b"\0\x05\x01\x11" + _seven(len(name)) + name + b"\0\0"
    start = struct.pack("<QQI", len(packed), len(header), zlib.crc32(header))
    return (
        b"7z\xbc\xaf\x27\x1c\0\x04" + struct.pack("<I", zlib.crc32(start)) + start + packed + header
    )


def _seven(number: int) -> bytes:
    """A number as 7z writes it, in the nine-byte form."""
    return b"\xff" + struct.pack("<Q", number)


@attached("rar-lies", "a.rar")
def rar_lies(bait: Bait) -> bytes:
    block = b"\x73\0\0\x0d\0" + bytes(6)
    head = b"Rar!\x1a\x07\0" + struct.pack("<H", zlib.crc32(block) & 0xFFFF) + block
    entry = b"\x74\0\x80" + struct.pack(
        "<HIIBIIBBHI", 37, 2**31 - 1, 2**31 - 1, 2, 0, 0, 29, 51, 5, 0
    )
    return (
        head
        + struct.pack("<H", zlib.crc32(entry) & 0xFFFF)
        + entry
        + b"a.txt"
        + bait.chance.randbytes(500)
    )


@attached("rar5-lies", "a.rar")
def rar5_lies(bait: Bait) -> bytes:
    return b"Rar!\x1a\x07\x01\0" + b"\xff" * 40 + bait.chance.randbytes(4000)


@attached("tnef-lies", "winmail.dat")
def tnef_lies(bait: Bait) -> bytes:
    """Attributes whose lengths go far beyond the end, and MAPI counts of four billion."""
    start = struct.pack("<IH", 0x223E9F78, 1)
    props = struct.pack("<I", 0xFFFFFFFF) + struct.pack("<HHII", 0x1E, 0x3001, 0xFFFFFFFF, 0)
    short = struct.pack("<BIIH", 2, 0x00069005, 0xFFFFFFFF, 0)
    whole = struct.pack("<BII", 2, 0x00069005, len(props)) + props + struct.pack("<H", 0)
    title = struct.pack("<BII", 2, 0x00018010, 0) + b"\0\0"
    return start + (whole + title) * bait.of(20_000, 500) + short


@attached("tnef-of-many-files", "winmail.dat")
def tnef_many(bait: Bait) -> bytes:
    def attribute(code: int, data: bytes) -> bytes:
        head = struct.pack("<BII", 2, code, len(data))
        return head + data + struct.pack("<H", sum(data) & 0xFFFF)

    one = attribute(0x00069002, bytes(14)) + attribute(0x00018010, b"../../etc/cron.d/x\0")
    one += attribute(0x0006800F, b"20ft")
    return struct.pack("<IH", 0x223E9F78, 1) + one * bait.of(50_000, 210)


@attached("tnef-in-tnef", "winmail.dat")
def tnef_nested(bait: Bait) -> bytes:
    def attribute(code: int, data: bytes) -> bytes:
        head = struct.pack("<BII", 2, code, len(data))
        return head + data + struct.pack("<H", sum(data) & 0xFFFF)

    data = b"bottom"
    for _ in range(bait.of(300, 40)):
        data = struct.pack("<IH", 0x223E9F78, 1) + attribute(0x00069002, bytes(14))
        data += attribute(0x00018010, b"winmail.dat\0") + attribute(0x0006800F, data)
    return data
