"""OLE files (hwp, doc, xls, msg): chains that loop, records that lie, streams that explode."""

import itertools
import struct
import zlib
from collections.abc import Mapping

from pipeline.tests.hostile.cases import MIB, Bait, attached

SECTOR = 512
FREE, END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
NONE = 0xFFFFFFFF
LEAST = 4096  # shorter streams would lie in a stream of their own


class Compound:
    """A compound file in the making; `fat` and `entries` may be spoilt before it is written."""

    def __init__(self, streams: Mapping[str, bytes]) -> None:
        self.fat: list[int] = []
        self.body = bytearray()
        self.entries: list[bytearray] = [entry("Root Entry", 5, child=1 if streams else NONE)]
        folders = {path.partition("/")[0] for path in streams if "/" in path}
        for name in sorted(folders):
            self.entries.append(entry(name, 1))
        places = {name: n + 1 for n, name in enumerate(sorted(folders))}
        top = list(places.values())
        inside: dict[str, list[int]] = {name: [] for name in folders}
        for path, data in streams.items():
            folder, _, name = path.rpartition("/")
            (inside[folder] if folder else top).append(len(self.entries))
            self.entries.append(entry(name, 2, start=self.add(data), size=max(LEAST, len(data))))
        for chain in (top, *inside.values()):
            for one, other in itertools.pairwise(chain):
                struct.pack_into("<I", self.entries[one], 72, other)
        for name, chain in inside.items():
            struct.pack_into("<I", self.entries[places[name]], 76, chain[0])
        struct.pack_into("<I", self.entries[0], 76, top[0] if top else NONE)

    def add(self, data: bytes) -> int:
        """The first sector of `data`, laid out in one run."""
        start = len(self.body) // SECTOR
        data = data.ljust(LEAST, b"\0")
        self.body += data + bytes(-len(data) % SECTOR)
        count = len(self.body) // SECTOR - start
        self.fat += [*range(start + 1, start + count), END]
        return start

    def written(self) -> bytes:
        directory = b"".join(self.entries)
        directory += entry("", 0) * (-len(self.entries) % 4)
        first = len(self.fat)
        count = len(directory) // SECTOR
        fat = [*self.fat, *range(first + 1, first + count), END]
        needed = -(-(len(fat) + len(fat) // 100 + 2) // 128)
        at = len(fat)
        fat += [FAT_SECTOR] * needed
        fat += [FREE] * (needed * 128 - len(fat))
        table = struct.pack(f"<{len(fat)}I", *fat)
        return header(first, at, needed) + bytes(self.body) + directory + table


def header(directory: int, fat: int, fats: int, *, difat: int = END, difats: int = 0) -> bytes:
    start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    start += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    start += struct.pack("<IIIIIIIII", 0, fats, directory, 0, LEAST, END, 0, difat, difats)
    sectors = [*range(fat, fat + min(fats, 109)), *[FREE] * (109 - min(fats, 109))]
    return start + struct.pack("<109I", *sectors)


def entry(name: str, kind: int, *, start: int = END, size: int = 0, child: int = NONE) -> bytearray:
    raw = name.encode("utf-16-le")[:62]
    line = bytearray(128)
    line[: len(raw)] = raw
    struct.pack_into("<HBBIII", line, 64, len(raw) + 2 if name else 0, kind, 1, NONE, NONE, child)
    struct.pack_into("<IQ", line, 116, start, size)
    return line


def ole(streams: Mapping[str, bytes]) -> bytes:
    return Compound(streams).written()


HWP_HEAD = b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05000500, 1)


def packed(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def record(tag: int, data: bytes, *, level: int = 0, size: int | None = None) -> bytes:
    size = len(data) if size is None else size
    if size < 0xFFF:
        return struct.pack("<I", tag | level << 10 | size << 20) + data
    return struct.pack("<II", tag | level << 10 | 0xFFF << 20, size & 0xFFFFFFFF) + data


def hwp(section: bytes, **more: bytes) -> bytes:
    """An HWP 5 file of one section, its bytes packed already."""
    streams = {"FileHeader": HWP_HEAD, "DocInfo": packed(record(16, bytes(26)))}
    return ole(streams | {"BodyText/Section0": section} | more)


PARA_HEADER, PARA_TEXT, CTRL_HEADER, LIST_HEADER, TABLE = 66, 67, 71, 72, 77
LINE = record(PARA_HEADER, bytes(22)) + record(PARA_TEXT, "20ft\r".encode("utf-16-le"), level=1)


@attached("hwp-deflate-bomb", "a.hwp", "cut", "too-large", "ratio", "damaged", "unsupported-kind")
def hwp_bomb(bait: Bait) -> bytes:
    size = bait.of(4000, 70) * MIB
    start = struct.pack("<II", PARA_TEXT | 0xFFF << 20, size)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    pieces = [packer.compress(start), *[packer.compress(bytes(MIB)) for _ in range(size // MIB)]]
    return hwp(b"".join([*pieces, packer.flush()]))


@attached("hwp-of-endless-paragraphs", "a.hwp")
def hwp_paragraphs(bait: Bait) -> bytes:
    return hwp(packed(LINE * bait.of(1_500_000, 5000)))


@attached("hwp-of-empty-records", "a.hwp")
def hwp_empty_records(bait: Bait) -> bytes:
    """Four bytes a record and no text: no cap on characters ends it."""
    return hwp(packed(record(PARA_TEXT, b"") * bait.of(15_000_000, 20_000)))


@attached("hwp-whose-records-lie", "a.hwp")
def hwp_lies(bait: Bait) -> bytes:
    lies = [
        record(PARA_TEXT, b"", size=size) for size in (0xFFFFFFFF, 0x7FFFFFFF, 0xFFF, 1, 3, 2**31)
    ]
    return hwp(packed(LINE + b"".join(lies) + LINE + bait.chance.randbytes(2000)))


@attached("hwp-nested-levels", "a.hwp")
def hwp_levels(bait: Bait) -> bytes:
    """Controls in controls, up to the last level and over it."""
    nested = b"".join(
        record(CTRL_HEADER, b" lbt" + bytes(8), level=min(n, 1023))
        + record(LIST_HEADER, bytes(40), level=min(n + 1, 1023))
        for n in range(bait.of(100_000, 2000))
    )
    return hwp(packed(nested + LINE))


@attached("hwp-table-of-billions", "a.hwp")
def hwp_table(_: Bait) -> bytes:
    table = record(CTRL_HEADER, b" lbt" + bytes(40), level=1)
    table += record(TABLE, struct.pack("<IHHH", 0, 65535, 65535, 0) + bytes(20), level=2)
    cell = record(
        LIST_HEADER, struct.pack("<HIHHHHII", 1, 0, 0, 65535, 65535, 65535, 9, 9), level=2
    )
    return hwp(packed(LINE + table + cell * 500 + LINE))


@attached("hwp-text-of-open-controls", "a.hwp")
def hwp_controls(bait: Bait) -> bytes:
    """Control characters announce eight units, and the text ends after one."""
    text = b"".join(struct.pack("<H", each) for each in range(32)) * bait.of(5000, 200)
    return hwp(packed(record(PARA_TEXT, text) + record(PARA_TEXT, b"\x0b\0") + LINE))


@attached("hwp-encrypted", "a.hwp")
def hwp_encrypted(_: Bait) -> bytes:
    locked = HWP_HEAD[:-4] + struct.pack("<I", 3)
    return ole({"FileHeader": locked, "BodyText/Section0": bytes(5000)})


@attached("hwp-of-1000-sections", "a.hwp")
def hwp_sections(bait: Bait) -> bytes:
    """Each is within the limits by itself."""
    section = packed(LINE * 10)
    more = {f"BodyText/Section{n}": section for n in range(1, bait.of(1000, 50))}
    return hwp(section, **more)


@attached("hwp-in-the-old-form", "a.hwp")
def hwp_old(bait: Bait) -> bytes:
    return b"HWP Document File V3.00 \x1a\x01\x02\x03\x04\x05" + bait.chance.randbytes(4000)


def looped(streams: Mapping[str, bytes], at: int, to: int) -> bytes:
    made = Compound(streams)
    made.fat[at] = to
    return made.written()


@attached("ole-chain-that-loops", "a.hwp")
def fat_loop(_: Bait) -> bytes:
    section = packed(LINE) + bytes(20_000)
    streams = {"BodyText/Section0": section, "FileHeader": HWP_HEAD}
    return looped(streams, 5, 2)


@attached("ole-chain-into-itself", "a.xls")
def self_loop(_: Bait) -> bytes:
    return looped({"Workbook": bytes(20_000)}, 0, 0)


@attached("ole-chain-out-of-the-file", "a.doc")
def fat_outside(_: Bait) -> bytes:
    return looped({"WordDocument": bytes(20_000), "1Table": bytes(5000)}, 3, 0xFFFFFFF0)


@attached("ole-stream-of-4gb", "a.xls")
def huge_stream(_: Bait) -> bytes:
    made = Compound({"Workbook": bytes(5000)})
    struct.pack_into("<Q", made.entries[1], 120, 0xFFFFFFFF)
    return made.written()


@attached("ole-directory-that-loops", "a.hwp")
def directory_loop(_: Bait) -> bytes:
    made = Compound({"FileHeader": HWP_HEAD, "DocInfo": b"x", "BodyText/Section0": packed(LINE)})
    for line in made.entries[1:]:
        struct.pack_into("<III", line, 68, 1, 1, 1)
    return made.written()


@attached("ole-directory-of-200000", "a.hwp")
def huge_directory(bait: Bait) -> bytes:
    made = Compound({"FileHeader": HWP_HEAD, "BodyText/Section0": packed(LINE)})
    last = len(made.entries) - 1
    for n in range(bait.of(200_000, 3000)):
        made.entries.append(entry(f"Section{n}", 2))
        struct.pack_into("<I", made.entries[last], 72, len(made.entries) - 1)
        last = len(made.entries) - 1
    return made.written()


@attached("ole-header-alone", "a.xls")
def ole_header(_: Bait) -> bytes:
    return header(0xFFFFFFF0, 0, 0xFFFFFFFF, difat=0, difats=0xFFFFFFFF) + bytes(3 * SECTOR)


@attached("ole-table-of-tables-that-loops", "a.doc")
def difat_loop(bait: Bait) -> bytes:
    """The list of allocation tables goes on in a sector that names itself as the next."""
    good = ole({"WordDocument": bytes(bait.of(8 * MIB, 100_000))})
    place = (len(good) - SECTOR) // SECTOR
    loop = struct.pack("<127I", *[0] * 127) + struct.pack("<I", place)
    return good[:68] + struct.pack("<II", place, 0xFFFF) + good[76:] + loop


@attached("ole-with-tiny-sectors", "a.xls")
def tiny_sectors(_: Bait) -> bytes:
    good = bytearray(ole({"Workbook": bytes(5000)}))
    struct.pack_into("<HH", good, 30, 0, 0)
    return bytes(good)


@attached("ole-with-huge-sectors", "a.xls")
def huge_sectors(_: Bait) -> bytes:
    good = bytearray(ole({"Workbook": bytes(5000)}))
    struct.pack_into("<HH", good, 30, 0xFFFF, 0xFFFF)
    return bytes(good)


def doc(pieces: bytes, *, length: int = 4) -> bytes:
    """A Word 97 file whose piece table is `pieces`."""
    fib = bytearray(2000)
    struct.pack_into("<HH", fib, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", fib, 10, 0x0200)
    struct.pack_into("<H", fib, 32, 14)
    struct.pack_into("<H", fib, 62, 22)
    struct.pack_into("<i", fib, 76, length)
    struct.pack_into("<H", fib, 152, 93)
    struct.pack_into("<II", fib, 154 + 33 * 8, 0, len(pieces))
    text = "20ft".encode("utf-16-le")
    return ole({"WordDocument": bytes(fib) + text * 1000, "1Table": pieces})


def piece_table(ends: list[int], offset: int) -> bytes:
    table = struct.pack(f"<{len(ends)}I", *ends)
    table += struct.pack("<HIH", 0, offset, 0) * (len(ends) - 1)
    return b"\x02" + struct.pack("<I", len(table)) + table


@attached("doc-pieces-that-lie", "a.doc")
def doc_lies(_: Bait) -> bytes:
    return doc(piece_table([0, 0xFFFFFFFF, 5, 0x7FFFFFFF], 0xBFFFFFFF), length=0x7FFFFFFF)


@attached("doc-of-a-million-pieces", "a.doc")
def doc_pieces(bait: Bait) -> bytes:
    """Each piece is the same text once more."""
    count = bait.of(1_000_000, 5000)
    ends = [n * 500 for n in range(count)]
    return doc(piece_table(ends, 2000), length=count * 500)


@attached("doc-table-without-an-end", "a.doc")
def doc_table(bait: Bait) -> bytes:
    """Blocks before the table that claim to be of no length, again and again."""
    return doc(b"\x01\0\0" * bait.of(1_000_000, 5000) + b"\x02\xff\xff\xff\xff")


def biff(*records: tuple[int, bytes]) -> bytes:
    return b"".join(struct.pack("<HH", code, len(data)) + data for code, data in records)


BOF = (0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6))
SHEET_BOF = (0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6))


def bound(at: int) -> tuple[int, bytes]:
    return 0x85, struct.pack("<IHBB", at, 0, 1, 0) + b"s"


@attached("xls-sheets-that-loop", "a.xls")
def xls_loop(bait: Bait) -> bytes:
    """Every sheet is said to begin where the book does."""
    sheets = [bound(0)] * bait.of(20_000, 300)
    return ole({"Workbook": biff(BOF, *sheets, (0x0A, b""))})


@attached("xls-records-that-lie", "a.xls")
def xls_lies(bait: Bait) -> bytes:
    strings = (0xFC, struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF) + b"\xff\xff\x0d" + bytes(50))
    index = (0xFD, struct.pack("<HHHI", 65535, 255, 0, 0xFFFFFFF0))
    cut = struct.pack("<HH", 0x3C, 0xFFFF)
    book = biff(BOF, bound(200), strings, (0x0A, b"")).ljust(200, b"\0")
    return ole({"Workbook": book + biff(SHEET_BOF, index) + cut + bait.chance.randbytes(300)})


def xls_of(rows: bytes) -> bytes:
    book = biff(BOF, bound(0), (0x0A, b""))
    book = biff(BOF, bound(len(book)), (0x0A, b""))
    return ole({"Workbook": book + biff(SHEET_BOF) + rows + biff((0x0A, b""))})


@attached("xls-with-one-far-cell", "a.xls")
def xls_far(_: Bait) -> bytes:
    far = (0x203, struct.pack("<HHHd", 65535, 255, 0, 20.0))
    return xls_of(biff((0x203, struct.pack("<HHHd", 0, 0, 0, 20.0)), far))


@attached("xls-of-far-blanks", "a.xls")
def xls_blanks(bait: Bait) -> bytes:
    """A record of blanks for each row: 65,536 x 256 cells out of half a megabyte."""
    rows = range(bait.of(65_536, 300))
    row = struct.pack("<HH", 0, 0) + bytes(512) + struct.pack("<H", 255)
    return xls_of(biff(*[(0xBE, struct.pack("<H", n) + row[2:]) for n in rows]))


@attached("msg-of-loops", "a.msg")
def msg_loop(_: Bait) -> bytes:
    made = Compound({"__substg1.0_1000001F": "20ft".encode("utf-16-le"), "__properties": b"x"})
    struct.pack_into("<I", made.entries[1], 72, 1)
    return made.written()
