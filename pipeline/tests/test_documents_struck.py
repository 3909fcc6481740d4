"""What is struck through is left out of every kind of document, and noted."""

import io
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.documents import detect, read
from pipeline.documents.results import Text
from pipeline.tests.files import docx_bytes, zip_bytes
from pipeline.tests.office import (
    HWP_SIGNATURE,
    hwp_record,
    hwpx_bytes,
    ole_bytes,
    pptx_bytes,
)

DOCUMENTS = Path(__file__).parent / "documents"
LETTER = "Quote for  22,000 kg\nPOL\tBusan\nETD"


def of_file(name: str) -> Text:
    data = (DOCUMENTS / name).read_bytes()
    return read(detect(data).kind, data)


@pytest.mark.parametrize("name", ["struck.doc", "struck.docx", "struck.odt", "struck.rtf"])
def test_struck_words_of_another_program_are_left_out(name: str) -> None:
    text = of_file(name)
    assert (text.text, text.notes) == (LETTER, ("struck-text",))
    assert [(each.sheet, each.row) for each in text.places] == [("table 1", 1), ("table 1", 2)]


@pytest.mark.parametrize("name", ["struck.xls", "struck.ods"])
def test_struck_cells_of_another_program_are_left_out(name: str) -> None:
    text = of_file(name)
    weight = "22,000kg" if name.endswith("ods") else "22000kg"
    assert text.text == f"[견적]\n총중량\n총중량\t{weight}\nETD\t2026-11-09"
    assert set(text.notes) == {"struck-text", "hidden-rows", "hidden-sheets"}
    assert [(each.sheet, each.row) for each in text.places] == [("견적", n) for n in range(4)]


def rich_xlsx() -> bytes:
    import openpyxl
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["A2"], sheet["A3"] = "18,500kg", "22,000kg", None
    sheet["A1"].font = Font(strike=True)
    sheet["A3"] = CellRichText(TextBlock(InlineFont(strike=True), "11-02"), " 11-09")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_struck_piece_of_a_cell_is_left_out_of_xlsx() -> None:
    text = read("xlsx", rich_xlsx())
    assert (text.text, text.notes) == ("[Sheet]\n22,000kg\n 11-09".replace("\n ", "\n"), text.notes)
    assert text.notes == ("struck-text",)


def test_a_struck_piece_of_a_cell_is_left_out_of_xls() -> None:
    import xlwt

    book = xlwt.Workbook()
    gone = xlwt.Font()
    gone.struck_out = True
    book.add_sheet("s").write_rich_text(0, 0, [("11-02 ", gone), "11-09"])
    buffer = io.BytesIO()
    book.save(buffer)
    text = read("xls", buffer.getvalue())
    assert (text.text, text.notes) == ("[s]\n11-09", ("struck-text",))


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx_of(paragraphs: str, styles: str = "") -> bytes:
    parts = {"word/document.xml": f"<w:document {W}><w:body>{paragraphs}</w:body></w:document>"}
    if styles:
        parts["word/styles.xml"] = f"<w:styles {W}>{styles}</w:styles>"
    return zip_bytes({name: xml.encode() for name, xml in parts.items()})


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ("<w:strike/>", "new"),
        ("<w:dstrike/>", "new"),
        ('<w:strike w:val="0"/>', "oldnew"),
        ('<w:strike/><w:dstrike w:val="0"/>', "new"),
        ('<w:rStyle w:val="gone"/>', "new"),
        ('<w:rStyle w:val="heir"/>', "new"),
        ('<w:rStyle w:val="gone"/><w:strike w:val="0"/>', "oldnew"),
        ("<w:rPrChange><w:rPr><w:strike/></w:rPr></w:rPrChange>", "oldnew"),
    ],
)
def test_struck_runs_of_docx_are_left_out(properties: str, text: str) -> None:
    styles = (
        '<w:style w:styleId="gone"><w:rPr><w:strike/></w:rPr></w:style>'
        '<w:style w:styleId="heir"><w:basedOn w:val="gone"/></w:style>'
    )
    runs = f"<w:r><w:rPr>{properties}</w:rPr><w:t>old</w:t></w:r><w:r><w:t>new</w:t></w:r>"
    found = read("docx", docx_of(f"<w:p>{runs}</w:p>", styles))
    assert found.text == text
    assert ("struck-text" in found.notes) == (text == "new")


def test_broken_styles_of_docx_cost_no_text() -> None:
    found = read("docx", docx_of("<w:p><w:r><w:t>new</w:t></w:r></w:p>", "<w:style>"))
    assert (found.text, found.notes) == ("new", ("damaged-part",))


def test_headers_and_footers_of_docx_are_read_with_their_places() -> None:
    import docx

    document = docx.Document(io.BytesIO(docx_bytes(["도착항: 함부르크"])))
    section = document.sections[0]
    section.header.paragraphs[0].text = "출발항: 부산"
    section.footer.paragraphs[0].text = "Ref. 7"
    buffer = io.BytesIO()
    document.save(buffer)
    text = read("docx", buffer.getvalue())
    assert text.text == "출발항: 부산\n도착항: 함부르크\nRef. 7"
    assert [(text.text[p.start :][:3], p.sheet) for p in text.places] == [
        ("출발항", "header"),
        ("도착항", ""),
        ("Ref", "footer"),
    ]


@pytest.mark.parametrize(("strike", "text"), [("sngStrike", "new"), ("noStrike", "old\nnew")])
def test_struck_runs_of_pptx_are_left_out(strike: str, text: str) -> None:
    from pptx import Presentation

    deck = Presentation(io.BytesIO(pptx_bytes([["old", "new"]])))
    run = next(iter(deck.slides[0].shapes)).text_frame.paragraphs[0].runs[0]
    run._r.get_or_add_rPr().set("strike", strike)
    buffer = io.BytesIO()
    deck.save(buffer)
    found = read("pptx", buffer.getvalue())
    assert (found.text, "struck-text" in found.notes) == (text, text == "new")


def rtf(words: str) -> bytes:
    return b"{\\rtf1\\ansi " + words.encode() + b"}"


@pytest.mark.parametrize(
    "words",
    [
        "{\\strike old}new",
        "{\\striked1 \\u50500?}new",
        "\\strike old\\strike0 new",
        "\\strike old\\plain new",
    ],
)
def test_struck_words_of_rtf_are_left_out(words: str) -> None:
    found = read("rtf", rtf(words))
    assert (found.text, found.notes) == ("new", ("struck-text",))


def hwp_with_shapes(*looks: int) -> bytes:
    """A .hwp of the letters "oldnew", whose first three have the last of the shapes `looks`."""
    shapes = b"".join(hwp_record(21, 0, bytes(46) + struct.pack("<I", look)) for look in looks)
    text = hwp_record(66, 0, bytes(22)) + hwp_record(67, 1, "oldnew\r".encode("utf-16-le"))
    runs = hwp_record(68, 1, struct.pack("<4I", 0, len(looks) - 1, 3, 0))
    header = (HWP_SIGNATURE + struct.pack("<II", 0x05000300, 0)).ljust(256, b"\0")
    streams = {"FileHeader": header, "DocInfo": shapes, "BodyText/Section0": text + runs}
    return ole_bytes(streams)


@pytest.mark.parametrize(
    ("look", "text"),
    [(1 << 18, "new"), (1 << 18 | 2 << 26, "new"), (0, "oldnew"), (1 << 18 | 15 << 26, "oldnew")],
)
def test_struck_words_of_hwp_are_left_out(look: int, text: str) -> None:
    found = read("hwp", hwp_with_shapes(0, look))
    assert (found.text, "struck-text" in found.notes) == (text, text == "new")


@pytest.mark.parametrize(
    ("shape", "text"), [("SOLID", "new"), ("NONE", "oldnew"), ("3D", "oldnew")]
)
def test_struck_words_of_hwpx_are_left_out(shape: str, text: str) -> None:
    import zipfile

    run = '<hp:run charPrIDRef="{}"><hp:t>{}</hp:t></hp:run>'
    data = hwpx_bytes(f"<hp:p>{run.format(7, 'old')}{run.format(0, 'new')}</hp:p>")
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        shapes = f'<charPr id="0"/><charPr id="7"><strikeout shape="{shape}"/></charPr>'
        archive.writestr("Contents/header.xml", f"<head>{shapes}</head>")
    found = read("hwpx", buffer.getvalue())
    assert (found.text, "struck-text" in found.notes) == (text, text == "new")


ODF: Callable[[str], str] = (
    '<o:document-content xmlns:o="o" xmlns:text="t" xmlns:table="b" xmlns:style="s">{}'
    "</o:document-content>"
).format


def odf_of(body: str, kind: str = "text", manifest: str = "<m/>") -> bytes:
    return zip_bytes(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
            "content.xml": ODF(body).encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


@pytest.mark.parametrize("kind", ["text", "spreadsheet"])
def test_a_locked_opendocument_file_is_told(kind: str) -> None:
    from pipeline.documents.results import Unreadable

    data = odf_of("<o:text/>", kind, "<m><encryption-data/></m>")
    with pytest.raises(Unreadable, match="encrypted"):
        read(detect(data).kind, data)


def test_an_opendocument_file_with_scripts_stays_closed() -> None:
    names = {"mimetype": b"application/vnd.oasis.opendocument.text", "Basic/Standard/a.xml": b""}
    assert detect(zip_bytes(names)).dangerous_reason == "macros"


def test_a_sheet_of_repeated_rows_ends_at_the_caps() -> None:
    cell = '<table:table-cell table:number-columns-repeated="16384"><text:p>7 t</text:p>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-cell>'
    sheet = f'<table:table table:name="s">{row}</table:table-row></table:table>'
    text = read("ods", odf_of(f"<o:spreadsheet>{sheet}</o:spreadsheet>"))
    assert "cut" in text.notes
    assert len(text.text) <= 200_000
    assert text.text.startswith("[s]\n7 t\t7 t")


def test_tables_within_tables_of_odt_are_one_line() -> None:
    inner = "<table:table><table:table-row><table:table-cell><text:p>40ft</text:p>"
    inner += "</table:table-cell></table:table-row></table:table>"
    row = "<table:table-row><table:table-cell><text:p>size</text:p></table:table-cell>"
    row += f"<table:covered-table-cell/><table:table-cell>{inner}</table:table-cell>"
    body = f"<o:text><table:table>{row}</table:table-row></table:table></o:text>"
    assert read("odt", odf_of(body)).text == "size\t\t40ft"


def test_hidden_sections_and_remarks_of_odt_are_left_out() -> None:
    body = (
        '<o:text><text:section text:display="none"><text:p>a</text:p></text:section><text:p>b'
        "<o:annotation><text:p>c</text:p></o:annotation><text:s text:c='2'/>d</text:p></o:text>"
    )
    text = read("odt", odf_of(body))
    assert (text.text, text.notes) == ("b  d", ("hidden-text",))
