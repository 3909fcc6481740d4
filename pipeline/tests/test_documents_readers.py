import datetime as dt
import io
import zlib
from collections.abc import Sequence

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents import READERS, read, sandbox
from pipeline.documents.results import MAX_CHARACTERS, Unreadable
from pipeline.tests.files import docx_bytes, pdf_bytes, xlsx_bytes, zip_bytes

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx_of(body: str, prolog: str = "") -> bytes:
    xml = f"{prolog}<w:document {W}><w:body>{body}</w:body></w:document>"
    return zip_bytes({"word/document.xml": xml.encode()})


def test_txt_finds_its_charset() -> None:
    assert read("txt", "부산에서 함부르크까지 견적을 부탁드립니다".encode("cp949")).text.startswith(
        "부산에서"
    )


def test_txt_is_cut() -> None:
    text = read("txt", b"x" * (MAX_CHARACTERS + 1))
    assert (len(text.text), text.notes) == (MAX_CHARACTERS, ("cut",))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ('품목,무게\n볼트,"18,500 kg"\n', "품목\t무게\n볼트\t18,500 kg"),
        ("a;b\n1,5;2,5\n", "a\tb\n1,5\t2,5"),
        ("a\tb\n\n\n,\tc\n", "a\tb\n,\tc"),
        ('a,"two\nlines",b\n', "a\ttwo lines\tb"),
    ],
)
def test_csv_rows(data: str, text: str) -> None:
    assert read("csv", data.encode()).text == text


def test_csv_has_bounds() -> None:
    rows = "\n".join(",".join("x" * 1 for _ in range(100)) for _ in range(3000))
    text = read("csv", rows.encode())
    assert len(text.text.split("\n")) == 2000
    assert text.text.split("\n")[0].count("\t") == 49
    assert text.notes == ("cut",)


def test_csv_with_an_unclosed_quote_keeps_what_came_before() -> None:
    assert read("csv", b'a,b\n"' + b"x" * 200_000).text.startswith("a\tb")


def test_html_reads_its_own_charset() -> None:
    html = '<meta charset="euc-kr"><table><tr><td>중량<td>18톤</table>'
    assert read("html", html.encode("cp949")).text.split() == ["중량", "18톤"]


def test_docx_keeps_paragraphs_and_rows() -> None:
    data = docx_bytes(["부산에서 함부르크", "20ft"], [["중량", "18,500 kg"], ["ETD", "12월 3일"]])
    assert read("docx", data).text == "부산에서 함부르크\n20ft\n중량\t18,500 kg\nETD\t12월 3일"


def test_docx_leaves_hidden_deleted_and_repeated_text_out() -> None:
    data = docx_of(
        "<w:p><w:r><w:t>seen</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
        "<w:del><w:r><w:delText>deleted</w:delText></w:r></w:del></w:p>"
        '<mc:Fallback xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        "<w:p><w:r><w:t>again</w:t></w:r></w:p></mc:Fallback>"
    )
    assert read("docx", data).text == "seen"


def test_docx_of_600_000_paragraphs_is_cut() -> None:
    text = read("docx", docx_of("<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 600_000))
    assert text.notes == ("cut",)
    assert len(text.text) <= MAX_CHARACTERS


@pytest.mark.parametrize(
    "data",
    [
        b"no zip",
        zip_bytes({"word/other.xml": b""}),
        zip_bytes({"word/document.xml": b"<w:document"}),
        docx_of("&x;", '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        docx_of("&b;", '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'),
    ],
)
def test_docx_that_is_none(data: bytes) -> None:
    with pytest.raises(Unreadable, match="damaged"):
        read("docx", data)


def test_xlsx_rows_under_their_sheet() -> None:
    rows: Sequence[Sequence[object]] = [
        ["ETD", dt.date(2026, 12, 3)],
        ["중량", 18500.0, None, "kg"],
        [],
        [None, dt.datetime(2026, 12, 3, 9, 30), 1.1, True],
    ]
    text = read("xlsx", xlsx_bytes({"화물": rows, "빈": []}))
    assert text.text == "[화물]\nETD\t2026-12-03\n중량\t18500\t\tkg\n\t2026-12-03 09:30\t1.1\tTRUE"


def test_xlsx_leaves_hidden_sheets_out_and_says_so() -> None:
    text = read("xlsx", xlsx_bytes({"a": [["seen"]], "b": [["hidden"]]}, hidden=["b"]))
    assert (text.text, text.notes) == ("[a]\nseen", ("hidden-sheets",))


def test_xlsx_has_bounds() -> None:
    text = read("xlsx", xlsx_bytes({"a": [["x"] * 40] * 2100}))
    assert text.notes == ("cut",)
    assert len(text.text.split("\n")) == 2001


@pytest.mark.parametrize(
    "data", [b"no zip", zip_bytes({"xl/workbook.xml": b"<x"}), b"PK\x05\x06" + bytes(18)]
)
def test_xlsx_that_is_none(data: bytes) -> None:
    with pytest.raises(Unreadable):
        sandbox.read_document("xlsx", data)


def test_xlsx_with_one_cell_far_out_is_read() -> None:
    """In 5 KB one cell at XFD1048576: another reader aborts its process on it."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"], book.active["XFD1048576"] = "near", "far"
    buffer = io.BytesIO()
    book.save(buffer)

    assert sandbox.read_document("xlsx", buffer.getvalue()).text == "[Sheet]\nnear"


@pytest.mark.parametrize("compress", [False, True])
def test_pdf_text_page_by_page(compress: bool) -> None:
    data = pdf_bytes([["Weight 18,500 kg", "20ft"], ["Hamburg"]], compress=compress)
    assert sandbox.read_document("pdf", data).text == "Weight 18,500 kg\n20ft\n\nHamburg"


def test_pdf_of_40_pages_is_cut() -> None:
    text = sandbox.read_document("pdf", pdf_bytes([[f"page {n}"] for n in range(40)]))
    assert text.notes == ("cut",)
    assert text.text.endswith("page 29")


@pytest.mark.parametrize(
    ("data", "reason"),
    [(pdf_bytes([[]]), "scan"), (b"%PDF-1.4\ngarbage", "damaged"), (b"%PDF-", "damaged")],
)
def test_pdf_without_text(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        sandbox.read_document("pdf", data)


def test_pdf_flate_bomb_ends_in_bounds() -> None:
    stream = zlib.compress(zlib.compress(bytes(400 * 1024 * 1024), 9), 9)
    data = pdf_bytes([["x"]]).replace(
        b"<< /Length", b"<< /Filter [/FlateDecode /FlateDecode] /Length", 1
    )
    start = data.index(b"stream\n") + 7
    bomb = data[:start] + stream + data[data.index(b"\nendstream") :]
    with pytest.raises((Unreadable, sandbox.SandboxKilled)):
        sandbox.read_document("pdf", bomb)
    assert sandbox.read_document("txt", b"next").text == "next"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("msg", "unsupported-kind"), ("alz", "unsupported-archive")],
)
def test_kinds_without_a_reader_say_so(kind: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read(kind, b"x")


@settings(max_examples=40)
@given(st.sampled_from(["txt", "csv", "html"]), st.binary(max_size=200))
def test_text_readers_are_total(kind: str, data: bytes) -> None:
    assert kind in READERS
    read(kind, data).text.encode()
