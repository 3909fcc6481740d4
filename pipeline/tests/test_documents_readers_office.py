"""Word, Excel and PowerPoint: the same contents out of every format, places, what is left out."""

import contextlib
import datetime as dt
import io
import struct
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents import cells, read, sandbox
from pipeline.documents.results import MAX_CHARACTERS, Place, Text, Unreadable
from pipeline.tests.files import docx_bytes, pdf_bytes, xlsx_bytes, zip_bytes
from pipeline.tests.office import ole_bytes, pptx_bytes, xls_bytes

# written by LibreOffice from texts of ours: files that no code of this project has made
FILES = Path(__file__).parent / "documents"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
LETTER = """견적 문의드립니다. 부산에서 함부르크까지
ご担当者様、見積をお願いします。
ขอใบเสนอราคา จากแหลมฉบัง
seen  end
품목\t수량\t중량
볼트\t\t18,500 kg
ナット second para\t2\tตัน
after the table — “quoted” é"""
RATES = """[화물]
\t품목\t중량\tETD\t율
\t볼트\t18500 kg\t2026-12-03\t5.5%
\t合計\t37000\t2026-12-03 09:30\t0.3
\tตู้คอนเทนเนอร์\t\t\t\t\tTRUE"""


def placed(text: Text) -> list[tuple[str, str, int, int]]:
    """(what stands there, sheet, row, page) of each place."""
    starts = [each.start for each in text.places] + [len(text.text)]
    return [
        (text.text[each.start : end].strip("\n"), each.sheet, each.row, each.page)
        for each, end in zip(text.places, starts[1:], strict=True)
    ]


def docx_of(body: str) -> bytes:
    xml = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    return zip_bytes({"word/document.xml": xml.encode()})


def xlsx_of(sheet: str, *, strings: str = "", styles: str = "") -> bytes:
    """A workbook of one sheet's XML."""
    kinds = ("worksheet", "sharedStrings", "styles")
    targets = ("worksheets/sheet1.xml", "sharedStrings.xml", "styles.xml")
    relations = "".join(
        f'<Relationship Id="r{n}" Type="x/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(zip(kinds, targets, strict=True))
    )
    parts = {
        "xl/workbook.xml": f'<workbook {S} {R}><sheets><sheet name="a" r:id="r0"/></sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships>{relations}</Relationships>",
        "xl/worksheets/sheet1.xml": f"<worksheet {S}>{sheet}</worksheet>",
        "xl/sharedStrings.xml": f"<sst {S}>{strings}</sst>",
        "xl/styles.xml": f"<styleSheet {S}>{styles}</styleSheet>",
    }
    return zip_bytes({name: xml.encode() for name, xml in parts.items()})


def rows_of(*rows: str) -> str:
    return f"<sheetData>{''.join(f'<row>{row}</row>' for row in rows)}</sheetData>"


@pytest.mark.parametrize("name", ["letter.doc", "letter.docx", "letter.rtf"])
def test_a_letter_of_another_program(name: str) -> None:
    text = read(name.rpartition(".")[2], (FILES / name).read_bytes())
    assert text.text == LETTER
    assert placed(text) == [
        ("품목\t수량\t중량", "table 1", 1, 0),
        ("볼트\t\t18,500 kg", "table 1", 2, 0),
        ("ナット second para\t2\tตัน", "table 1", 3, 0),
        ("after the table — “quoted” é", "", 0, 0),
    ]


@pytest.mark.parametrize("name", ["rates.xls", "rates.xlsx"])
def test_a_workbook_of_another_program(name: str) -> None:
    text = read(name.rpartition(".")[2], (FILES / name).read_bytes())
    assert text.text == RATES
    assert set(text.notes) == {"hidden-sheets", "hidden-rows", "hidden-columns"}
    assert [(sheet, row) for _, sheet, row, _ in placed(text)] == [
        ("화물", number) for number in (0, 2, 3, 4, 6)
    ]


def test_the_column_follows_from_the_tabs() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["C5"] = "here"
    buffer = io.BytesIO()
    book.save(buffer)
    text = read("xlsx", buffer.getvalue())
    place = text.places[-1]
    assert (place.row, text.text[place.start :]) == (5, "\t\there")


def test_csv_rows_have_their_numbers() -> None:
    assert placed(read("csv", b"a,b\n\n,c\n")) == [("a\tb", "", 1, 0), ("\tc", "", 3, 0)]


def test_pdf_pages_have_their_numbers() -> None:
    text = read("pdf", pdf_bytes([["one"], [], ["three"]]))
    assert placed(text) == [("one", "", 0, 1), ("three", "", 0, 3)]


def test_pptx_slides_in_order_with_their_tables() -> None:
    data = pptx_bytes([["견적"], ["ご担当者様"]], rows=[["중량", "18 t"], ["", "ตู้"]], notes="mine")
    text = read("pptx", data)
    assert placed(text) == [("견적", "", 0, 1), ("ご担当者様\n중량\t18 t\n\tตู้", "", 0, 2)]
    assert text.notes == ("speaker-notes",)


def test_pptx_leaves_hidden_slides_out_and_says_so() -> None:
    text = read("pptx", pptx_bytes([["seen"], ["hidden"]], hidden=True))
    assert (text.text, text.notes) == ("seen", ("hidden-slides",))


def test_pptx_of_40_slides_is_cut() -> None:
    text = read("pptx", pptx_bytes([[f"slide {n}"] for n in range(1, 41)]))
    assert (text.text.endswith("slide 30"), text.notes) == (True, ("cut",))


def test_docx_columns_follow_from_spans() -> None:
    cell = "<w:tc>{}<w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    wide = cell.format('<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>', "wide")
    late = '<w:tr><w:trPr><w:gridBefore w:val="2"/></w:trPr>' + cell.format("", "late") + "</w:tr>"
    row = f"<w:tr>{wide}{cell.format('', 'third')}</w:tr>"
    assert read("docx", docx_of(f"<w:tbl>{row}{late}</w:tbl>")).text == "wide\t\tthird\n\t\tlate"


def test_docx_tables_within_cells_stay_in_their_cell() -> None:
    cell = "<w:tc>{}<w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    inner = f"<w:tbl><w:tr>{cell.format('', 'b')}{cell.format('', 'c')}</w:tr></w:tbl>"
    row = f"<w:tr>{cell.format(inner, 'd')}{cell.format('', 'e')}</w:tr>"
    assert read("docx", docx_of(f"<w:tbl>{row}</w:tbl>")).text == "b c d\te"


@pytest.mark.parametrize(
    "body",
    [
        "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>x</w:t></w:r></w:p>",
        "<w:p><w:moveFrom><w:r><w:t>y</w:t></w:r></w:moveFrom><w:r><w:t>x</w:t></w:r></w:p>",
        "<w:p><w:r><w:ruby><w:rt><w:r><w:t>y</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>x</w:t></w:r>"
        "</w:rubyBase></w:ruby></w:r></w:p>",
        "<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p>",
        '<w:p><w:r><w:t>x</w:t><w:instrText>PAGE</w:instrText></w:r></w:p><a:t xmlns:a="a">y</a:t>',
    ],
)
def test_docx_reads_what_a_reader_sees(body: str) -> None:
    assert read("docx", docx_of(body)).text == "x"


def test_xlsx_leaves_phonetic_guides_out_and_joins_rich_text() -> None:
    strings = "<si><r><t>重</t></r><r><t>量</t></r><rPh sb='0' eb='1'><t>ジュウ</t></rPh></si>"
    inline = '<c t="inlineStr"><is><t>18</t><rPh><t>x</t></rPh></is></c>'
    sheet = rows_of('<c t="s"><v>0</v></c><c t="s"><v>7</v></c>' + inline)
    assert read("xlsx", xlsx_of(sheet, strings=strings)).text == "[a]\n重量\t\t18"


def test_xlsx_says_where_a_formula_has_no_value() -> None:
    text = read("xlsx", xlsx_of(rows_of("<c><f>A2*2</f></c><c><f>1+1</f><v>2</v></c>")))
    assert (text.text, text.notes) == ("[a]\n\t2", ("formulas-without-values",))


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ('#,##0 "kg"', 18500, "18500 kg"),
        ('#,##0"톤"_);(#,##0)', 18.5, "18.5톤"),
        ('"USD" #,##0.00', 1200.1, "USD 1200.1"),
        ("[$₩-412]#,##0", 1000, "₩1000"),
        ('_(* #,##0_);_(* "-"_)', 7, "7"),
        ("0.00%", 0.07, "7%"),
        ("General", 0.1 + 0.2, "0.3"),
        ("General", 1e20, "100000000000000000000"),
        ('yyyy"년" m"월" d"일"', 46359, "2026-12-03"),
        ("[$-409]d-mmm-yy;@", 46359, "2026-12-03"),
        ('ggge"年"m"月"d"日"', 46359, "2026-12-03"),
        ("m/d/yy h:mm", 46359.25, "2026-12-03 06:00"),
        ("h:mm AM/PM", 0.5, "12:00"),
        ("[h]:mm", 1.5, "36:00"),
        ("yyyy-mm-dd", -1, "-1"),
        ("yyyy-mm-dd", 9e9, "9000000000"),
    ],
)
def test_numbers_are_written_as_their_cells_show_them(code: str, value: float, shown: str) -> None:
    assert cells.shown(value, cells.style_of(200, code)) == shown


def test_dates_count_from_1904_where_the_book_says_so() -> None:
    style = cells.style_of(14)
    assert cells.shown(0, style, from_1904=True) == "1904-01-01"
    assert cells.shown(61, style) == "1900-03-01"


@settings(max_examples=200)
@given(st.text(max_size=30), st.floats())
def test_any_format_shows_any_number(code: str, value: float) -> None:
    cells.shown(value, cells.style_of(200, code))


@pytest.mark.parametrize("make", [xlsx_bytes, xls_bytes])
def test_workbooks_have_bounds(make: Callable[..., bytes]) -> None:
    text = read(
        "xlsx" if make is xlsx_bytes else "xls", make({"a": [["x", *[""] * 48, "y", "z"]] * 2100})
    )
    assert text.notes == ("cut",)
    assert [line.count("\t") for line in text.text.split("\n")] == [0, *[49] * 2000]


def test_xls_dates_and_empty_cells() -> None:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("화물")
    sheet.write(1, 2, dt.date(2026, 12, 3), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write(1, 4, 0.055, xlwt.easyxf(num_format_str="0.0%"))
    buffer = io.BytesIO()
    book.save(buffer)
    assert read("xls", buffer.getvalue()).text == "[화물]\n\t\t2026-12-03\t\t5.5%"


@pytest.mark.parametrize(
    "data",
    [
        xlsx_of("<sheetData>" + "<row/>" * 600_001 + "</sheetData>"),
        xlsx_of(rows_of("<c><v>1</v></c>"), strings=" " * 70_000_000),
        docx_of("<w:p/>" * 600_001),
    ],
)
def test_what_unpacks_to_too_much_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable, match="too-large"):
        read("docx" if b"word/" in data else "xlsx", data)


def test_too_many_shared_strings_are_cut() -> None:
    sheet = rows_of('<c t="s"><v>0</v></c><c t="s"><v>149999</v></c>')
    text = read("xlsx", xlsx_of(sheet, strings="<si><t>x</t></si>" * 150_000))
    assert (text.text, text.notes) == ("[a]\nx", ("cut",))


@pytest.mark.parametrize(
    "xml",
    [
        "<!DOCTYPE x [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><x>&x;</x>",
        "<x " + "a" * 3_000_000 + "='1'/>",
        "<x><!--" + "-" * 3_000_000,
        "<x>" * 100 + "</y>",
        "",
    ],
)
@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("docx", "word/document.xml"),
        ("xlsx", "xl/workbook.xml"),
        ("pptx", "ppt/presentation.xml"),
        ("hwpx", "Contents/section0.xml"),
    ],
)
def test_xml_that_is_none_or_a_trap(kind: str, part: str, xml: str) -> None:
    with pytest.raises(Unreadable, match="damaged"):
        read(kind, zip_bytes({part: xml.encode()}))


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx", "hwpx", "doc", "xls", "hwp", "rtf"])
@pytest.mark.parametrize("data", [b"x" * 600, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 2000])
def test_what_is_no_office_file_is_damaged(kind: str, data: bytes) -> None:
    with pytest.raises(Unreadable, match="damaged"):
        read(kind, data)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["letter.doc", "rates.xls", "letter.docx", "rates.xlsx", "letter.rtf"]),
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8)), min_size=1, max_size=6),
)
def test_damaged_files_are_read_or_refused(name: str, damages: list[tuple[float, bytes]]) -> None:
    data = bytearray((FILES / name).read_bytes())
    for where, what in damages:
        at = int(where * (len(data) - 1))
        data[at : at + len(what)] = what
    with contextlib.suppress(Unreadable):
        assert len(read(name.rpartition(".")[2], bytes(data)).text) <= MAX_CHARACTERS


@pytest.mark.parametrize("kind", ["xls", "doc"])
def test_ole_chains_of_small_streams_that_go_round_end(kind: str) -> None:
    """xlrd alone follows such a chain until the memory is full."""
    name = {"xls": "Workbook", "doc": "WordDocument"}[kind]
    data = bytearray(ole_bytes({name: b"x" * 200}))
    (mini_fat,) = struct.unpack_from("<I", data, 60)
    struct.pack_into("<4I", data, (mini_fat + 1) * 512, 1, 0, 0, 0)
    with pytest.raises(Unreadable, match="damaged"):
        sandbox.read_document(kind, bytes(data))


def doc_changed(at: int, value: bytes) -> bytes:
    """The letter with other bytes in its file information block."""
    data = bytearray((FILES / "letter.doc").read_bytes())
    start = data.index(b"\xec\xa5")
    data[start + at : start + at + len(value)] = value
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (doc_changed(10, struct.pack("<H", 0x0300)), "encrypted"),
        (doc_changed(2, struct.pack("<H", 104)), "old-format"),
        (doc_changed(0, b"zz"), "damaged"),
        (ole_bytes({"WordDocument": b"\xec\xa5\xc1\x00" + bytes(200)}), "damaged"),
        (ole_bytes({"Other": b"x"}), "damaged"),
    ],
)
def test_doc_that_cannot_be_read(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read("doc", data)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (r"\ansicpg949 \'ba\'ce\'bb\'ea\par x", "부산\nx"),
        (r"{\fonttbl{\f0\fcharset128 a;}{\f1 b;}}\f0 \'93\'8c\'8b\'9e\f1 \'e9", "東京é"),
        (r"\uc1\u48512?\u49328?{\uc2\u-10179  \u-8704xx}y", "부산😀y"),
        (r"a{\v hidden}b{\deleted gone}c{\*\unknown x}d{\header y}e", "abcde"),
        (r"{\field{\*\fldinst PAGE}{\fldrslt 7}}", "7"),
        (r"{\pict\bin5 }}}}}}a\\\{b\}\~c\_d\emdash", "a\\{b} c-d—"),
        (
            r"\trowd\intbl a\par b\cell\cell c\cell\row\trowd\cell d\cell\row\pard e",
            "a b\t\tc\n\td\ne",
        ),
    ],
)
def test_rtf_words(body: str, shown: str) -> None:
    assert read("rtf", b"{\\rtf1\\ansi " + body.encode() + b"}").text == shown


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b"{\\rtf1 " + b"\\par x" * 1_600_000, "cut"),
        (b"{\\rtf1 {\\pict " + b"\\a" * 1_600_000, "cut"),
        (b"{\\rtf1 " + b"x" * 3_000_000, "cut"),
        (b"{\\rtf1 a\\bin2000000000 b", ""),
    ],
)
def test_rtf_ends_in_bounds(data: bytes, note: str) -> None:
    text = sandbox.read_document("rtf", data)
    assert (len(text.text) <= MAX_CHARACTERS, "".join(text.notes)) == (True, note)


def test_rtf_groups_without_end_are_damaged() -> None:
    with pytest.raises(Unreadable, match="damaged"):
        read("rtf", b"{\\rtf1 " + b"{" * 1_000_000)


def test_places_end_where_there_are_too_many() -> None:
    row = "<w:tr><w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc></w:tr>"
    text = read("docx", docx_of(f"<w:tbl>{row * 1500}</w:tbl>" * 10))
    assert len(text.places) == 10_001
    assert text.places[-1] == Place(text.places[-1].start)


def test_docx_letters_keep_their_gaps() -> None:
    assert read("docx", docx_bytes(["a", "", "", "", "", "b"])).text == "a\n\n\nb"
