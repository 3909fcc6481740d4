import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import READERS, detect
from pipeline.documents.filetypes import MEDIA_TYPES
from pipeline.documents.reasons import REASONS
from pipeline.tests.files import docx_bytes, pdf_bytes, xlsx_bytes, zip_bytes

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
OFFICE = {"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}


@pytest.mark.parametrize(
    ("data", "name", "declared", "kind"),
    [
        (docx_bytes(["x"]), "a.zip", "", "docx"),
        (xlsx_bytes({"s": [["x"]]}), "a.docx", "", "xlsx"),
        (zip_bytes({"a.docx": b"x"}), "a.docx", "", "zip"),
        (
            zip_bytes({"mimetype": b"application/hwp+zip", "Contents/section0.xml": b""}),
            "",
            "",
            "hwpx",
        ),
        (zip_bytes({"[Content_Types].xml": b"", "ppt/presentation.xml": b""}), "", "", "pptx"),
        (pdf_bytes([["x"]]), "a.txt", "text/plain", "pdf"),
        (b"\n\n%PDF-1.7", "", "", "pdf"),
        (OLE + "WordDocument\0".encode("utf-16-le"), "a.xls", "", "doc"),
        (OLE + "Workbook\0".encode("utf-16-le"), "", "", "xls"),
        (OLE + "FileHeader\0".encode("utf-16-le"), "", "", "hwp"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "a.jpg", "", "png"),
        (b"\xff\xd8\xff\xe0", "", "", "jpg"),
        ("품목,무게\n볼트,18톤".encode("cp949"), "a.CSV", "", "csv"),
        ("품목 무게".encode("cp949"), "a", "", "txt"),
        ("품목".encode("utf-16"), "a.txt", "", "txt"),
        (b"<!DOCTYPE html><p>x", "a.txt", "", "html"),
        (b"From: a@b.example\n\nx", "a.eml", "", "eml"),
        (b"x", "", "message/rfc822", "eml"),
        (b"MZ is how this letter begins", "a.txt", "", "txt"),
        (b"7z\xbc\xaf\x27\x1c", "", "", "7z"),
        (b"Rar!\x1a\x07\x01", "", "", "rar"),
        (b"", "a.pdf", "", "empty"),
        (b"\x00\x01\x02\x03" * 50, "a.pdf", "", "unknown"),
    ],
)
def test_detect_goes_by_content(data: bytes, name: str, declared: str, kind: str) -> None:
    found = detect(data, name, declared)
    assert (found.kind, found.dangerous_reason) == (kind, "")
    assert found.media_type == MEDIA_TYPES[kind]


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"MZ\x90\0\x03" + bytes(60), "견적서.pdf", "program"),
        (b"\x7fELF\x02", "list.xlsx", "program"),
        (b"#!/bin/sh\n", "a.txt", "program"),
        (b"L\0\0\0\x01\x14\x02\0" + bytes(60), "a.pdf", "program"),
        (bytes(32769) + b"CD001", "photo.jpg", "program"),
        (b"x=1", "invoice.pdf.js", "program"),
        (b"x=1", "invoice.pdf.JS .", "program"),
        (zip_bytes({"META-INF/MANIFEST.MF": b""}), "a.zip", "program"),
        (zip_bytes(OFFICE | {"word/vbaProject.bin": b"x"}), "a.docx", "macros"),
        (zip_bytes(OFFICE), "a.docm", "macros"),
        (OLE + "WordDocument\0_VBA_PROJECT\0".encode("utf-16-le"), "a.doc", "macros"),
    ],
)
def test_programs_and_macros_are_dangerous(data: bytes, name: str, reason: str) -> None:
    assert detect(data, name).dangerous_reason == reason


def test_every_reader_has_a_type_and_every_refusal_a_sentence() -> None:
    assert set(READERS) <= set(MEDIA_TYPES)
    assert {"program", "macros", "image", "killed-time", "killed-memory", "killed-crash"} <= set(
        REASONS
    )


def test_a_row_of_comments_is_no_trap() -> None:
    assert detect(b"<!---->" * 600 + b"x").kind == "txt"


@given(
    st.sampled_from([b"", b"PK\x03\x04", OLE, b"%PDF-", b"MZ", b"BM", b"<"]),
    st.binary(max_size=100),
    st.text(max_size=20),
)
def test_detect_is_total(head: bytes, data: bytes, name: str) -> None:
    assert detect(head + data, name).kind in MEDIA_TYPES
