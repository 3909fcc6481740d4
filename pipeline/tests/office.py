"""Office files that the tests make on the fly: OLE files, .hwp, .hwpx, .pptx, .xls."""

import io
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence

from pipeline.tests.files import zip_bytes

Rows = Sequence[Sequence[str]]
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_MINI = 4096
HWP_SIGNATURE = b"HWP Document File".ljust(32, b"\0")


def ole_bytes(streams: Mapping[str, bytes]) -> bytes:
    """An OLE file with `streams`, folders in their paths apart by "/"."""
    fat: list[int] = []
    mini_fat: list[int] = []
    body = bytearray()

    def put(data: bytes) -> int:
        start = len(fat)
        count = max(1, -(-len(data) // 512))
        fat.extend([*range(start + 1, start + count), _END])
        body.extend(data.ljust(count * 512, b"\0"))
        return start

    holder = bytearray()

    def put_small(data: bytes) -> int:
        start, count = len(mini_fat), max(1, -(-len(data) // 64))
        mini_fat.extend([*range(start + 1, start + count), _END])
        holder.extend(data.ljust(count * 64, b"\0"))
        return start

    entries = _entries(streams)
    starts = {}
    for path, data in streams.items():
        starts[path] = put(data) if len(data) >= _MINI else put_small(data)
    root_start = put(bytes(holder)) if holder else _END
    mini_start = put(b"".join(struct.pack("<I", each) for each in mini_fat)) if mini_fat else _END
    directory = b""
    for path, kind, child, sibling in entries:
        start = root_start if kind == 5 else starts.get(path, 0)
        size = len(holder) if kind == 5 else len(streams.get(path, b""))
        directory += _entry(path.rpartition("/")[2], kind, child, sibling, start, size)
    directory_start = put(directory)
    # the FAT's own sectors are marked in it as well
    count = next(n for n in range(1, 110) if n * 128 >= len(fat) + n)
    fat_start = len(fat)
    fat += [_FAT] * count
    fat += [_FREE] * (count * 128 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, count, directory_start, 0, _MINI, mini_start, 1, _END, 0)
    places = [*range(fat_start, fat_start + count)] + [_FREE] * (109 - count)
    table = b"".join(struct.pack("<I", each) for each in fat)
    return header + struct.pack("<109I", *places) + bytes(body) + table


def _entries(streams: Mapping[str, bytes]) -> list[tuple[str, int, int, int]]:
    """(path, kind, first child, next sibling) of the directory, the root first."""
    folders = {path.rpartition("/")[0] for path in streams} - {""}
    paths = ["", *sorted(folders), *streams]
    found = []
    for path in paths:
        children = [n for n, each in enumerate(paths) if each and each.rpartition("/")[0] == path]
        family = [n for n, each in enumerate(paths) if each]
        after = [
            n
            for n in family
            if n > paths.index(path) and paths[n].rpartition("/")[0] == path.rpartition("/")[0]
        ]
        kind = 5 if not path else 1 if path in folders else 2
        child = children[0] if children and kind != 2 else _FREE
        found.append((path, kind, child, after[0] if after and path else _FREE))
    return found


def _entry(name: str, kind: int, child: int, sibling: int, start: int, size: int) -> bytes:
    raw = (name or "Root Entry").encode("utf-16-le")
    head = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw) + 2, kind, 1)
    links = struct.pack("<III", _FREE, sibling, child)
    return head + links + bytes(36) + struct.pack("<IQ", start, size)


def hwp_record(tag: int, level: int, data: bytes = b"") -> bytes:
    size = len(data) if len(data) < 0xFFF else 0xFFF
    more = struct.pack("<I", len(data)) if size == 0xFFF else b""
    return struct.pack("<I", tag | level << 10 | size << 20) + more + data


def hwp_paragraph(text: str, level: int = 0) -> bytes:
    return hwp_record(66, level, bytes(22)) + hwp_record(
        67, level + 1, (text + "\r").encode("utf-16-le")
    )


def hwp_control(name: bytes, level: int = 1) -> bytes:
    return hwp_record(71, level, name[::-1] + bytes(40))


def hwp_cell(row: int, column: int, text: str, level: int = 2) -> bytes:
    place = struct.pack("<HHI4H", 1, 0, 0, column, row, 1, 1).ljust(38, b"\0")
    return hwp_record(72, level, place) + hwp_paragraph(text, level)


def hwp_table(rows: Rows, level: int = 1) -> bytes:
    """A paragraph's control with a table in it; cells that are "" are merged into others."""
    cells = [
        hwp_cell(row, column, text, level + 1)
        for row, each in enumerate(rows)
        for column, text in enumerate(each)
        if text
    ]
    return hwp_control(b"tbl ", level) + hwp_record(77, level + 1, bytes(22)) + b"".join(cells)


def hwp_bytes(*records: bytes, flags: int = 1, folder: str = "BodyText") -> bytes:
    """A .hwp whose one section holds `records`; deflated with flag 1."""
    section = b"".join(records)
    if flags & 1:
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        section = deflate.compress(section) + deflate.flush()
    return hwp_of(section, flags, folder)


def hwp_of(section: bytes, flags: int = 1, folder: str = "BodyText") -> bytes:
    """A .hwp with the bytes of its section as they are."""
    header = (HWP_SIGNATURE + struct.pack("<II", 0x05000300, flags)).ljust(256, b"\0")
    streams = {"FileHeader": header, "\x05HwpSummaryInformation": b"x" * 80}
    return ole_bytes({**streams, f"{folder}/Section0": section})


def hwpx_bytes(*sections: str, manifest: str = "<m/>") -> bytes:
    """A .hwpx with the XML that stands in its sections."""
    space = "http://www.hancom.co.kr/hwpml/2011/paragraph"
    parts = {
        f"Contents/section{number}.xml": f'<hs:sec xmlns:hs="s" xmlns:hp="{space}">{xml}</hs:sec>'
        for number, xml in enumerate(sections)
    }
    members = {"mimetype": b"application/hwp+zip", "META-INF/manifest.xml": manifest.encode()}
    return zip_bytes(members | {name: xml.encode() for name, xml in parts.items()})


def hwpx_table(rows: Rows) -> str:
    cells = (
        "<hp:tr>" + "".join(_hwpx_cell(row, column, text) for column, text in enumerate(each))
        for row, each in enumerate(rows)
    )
    return f"<hp:p><hp:run><hp:tbl>{'</hp:tr>'.join(cells)}</hp:tr></hp:tbl></hp:run></hp:p>"


def _hwpx_cell(row: int, column: int, text: str) -> str:
    if not text:
        return ""
    words = f"<hp:p><hp:run><hp:t>{text}</hp:t></hp:run></hp:p>"
    place = f'<hp:cellAddr colAddr="{column}" rowAddr="{row}"/>'
    return f"<hp:tc><hp:subList>{words}</hp:subList>{place}</hp:tc>"


def pptx_bytes(
    slides: Iterable[Sequence[str]], *, rows: Rows = (), notes: str = "", hidden: bool = False
) -> bytes:
    """Slides of text boxes; the last one has the table, the notes, and may be hidden."""
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    slide = None
    for lines in slides:
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        for line in lines:
            slide.shapes.add_textbox(0, 0, Inches(3), Inches(1)).text_frame.text = line
    assert slide is not None
    if rows:
        shape = slide.shapes.add_table(len(rows), len(rows[0]), 0, 0, Inches(5), Inches(2))
        for number, cells in enumerate(rows):
            for column, text in enumerate(cells):
                shape.table.cell(number, column).text = text
    if notes:
        assert slide.notes_slide.notes_text_frame is not None
        slide.notes_slide.notes_text_frame.text = notes
    if hidden:
        slide._element.set("show", "0")
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


def xls_bytes(sheets: Mapping[str, Sequence[Sequence[object]]], *, hidden: str = "") -> bytes:
    import xlwt

    book = xlwt.Workbook()
    for title, rows in sheets.items():
        sheet = book.add_sheet(title)
        sheet.visibility = int(title == hidden)
        for number, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if cell is not None:
                    sheet.write(number, column, cell)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
