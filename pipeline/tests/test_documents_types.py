import gzip
import struct
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import READERS, archives, detect, libmagic, sandbox, unread_reason
from pipeline.documents.filetypes import MEDIA_TYPES
from pipeline.documents.reasons import REASONS
from pipeline.tests.files import docx_bytes, pdf_bytes, xlsx_bytes, zip_bytes
from pipeline.tests.packed import ole_bytes, rar5_bytes, tar_bytes, tnef_bytes

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


def office(main: str, **parts: bytes) -> bytes:
    return zip_bytes({"[Content_Types].xml": b"<x/>", main: b"<x/>"} | parts)


def hwp(script: str = "", *, packed: bool = True) -> bytes:
    raw = script.encode("utf-16-le")
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = packer.compress(raw) + packer.flush() if packed else raw
    header = b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x5000300, int(packed))
    streams = {"FileHeader": header, "BodyText/Section0": b"x", "DocInfo": b"x"}
    return ole_bytes(streams | {"Scripts/DefaultJScript": raw, "Scripts/JScriptVersion": b"x"})


IDLE = (
    "\x4a\0var Documents = XHwpDocuments;\r\nvar Document = Documents.Active_XHwpDocument;\r\n"
    "\x63\0function OnDocument_New()\r\n{\r\n\t//todo : \r\n}\r\n\r\n"
    "function OnDocument_Open()\r\n{\r\n\t//todo : \r\n}\r\n\r\n\0\0\uffff\uffff"
)
BUSY = IDLE.replace("//todo : ", "new ActiveXObject('x').Run('calc');")
PE = b"MZ\x90\0\x03" + bytes(55) + struct.pack("<I", 64) + b"PE\0\0" + bytes(200)
TYPES = b'<Override PartName="/word/x.bin" ContentType="application/vnd.ms-office.%s"/>'
BOOK = struct.pack("<HHHH", 0x809, 4, 0x600, 5)


def book(sheet_type: int) -> bytes:
    """The start of an xls workbook with one sheet of this type: 0 cells, 1 Excel 4 macros."""
    sheet = struct.pack("<HHIBBBB", 0x85, 9, 0, 0, sheet_type, 1, 0) + b"A"
    return BOOK + sheet + struct.pack("<HH", 0x0A, 0)


def old_tar() -> bytes:
    data = bytearray(tar_bytes({"a": b"x"}))
    data[257:265] = bytes(8)
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    return bytes(data)


OLD_TAR = old_tar()
SHOW = b"\x1f\0\xff\x03\x14\0\0\0" + b"\x02\0\0\x04\x0c\0\0\0\x05\0\0\0%b\0\0\0\x02\0\0\0"
INSTALLER = bytes.fromhex("84100c0000000000c000000000000046")
JAR = {"META-INF/MANIFEST.MF": b"Main-Class: x", "x.class": b"\xca\xfe\xba\xbe"}
LNK = b"L\0\0\0\x01\x14\x02\0" + bytes(68)
ISO = bytes(32769) + b"CD001" + bytes(100)

# what is sent, under which name, and why it stays closed
DANGEROUS = {
    "exe as pdf": (PE, "견적서.pdf", "program"),
    "exe as jpg": (PE, "photo.jpg", "program"),
    "exe without a name": (PE, "", "program"),
    "elf as xlsx": (b"\x7fELF\x02" + bytes(60), "list.xlsx", "program"),
    "mach-o as hwp": (b"\xcf\xfa\xed\xfe" + bytes(60), "list.hwp", "program"),
    "java class as txt": (b"\xca\xfe\xba\xbe\0\0\0\x34", "a.txt", "program"),
    "shortcut as pdf": (LNK, "견적서.pdf", "program"),
    "disk image as jpg": (ISO, "photo.jpg", "program"),
    "udf image as doc": (bytes(32769) + b"BEA01", "a.doc", "program"),
    "virtual disk as zip": (b"vhdxfile" + bytes(60), "a.zip", "program"),
    "jar as zip": (zip_bytes(JAR), "docs.zip", "program"),
    "jar as docx": (zip_bytes(JAR), "quote.docx", "program"),
    "apk as zip": (zip_bytes({"AndroidManifest.xml": b"", "classes.dex": b""}), "a.zip", "program"),
    "msix as zip": (zip_bytes({"AppxManifest.xml": b""}), "a.zip", "program"),
    "jar behind a picture": (b"\xff\xd8\xff\xe0" + zip_bytes(JAR), "a.jpg", "program"),
    "jar behind a pdf": (pdf_bytes([["x"]]) + zip_bytes(JAR), "a.pdf", "program"),
    "msi as doc": (ole_bytes({"x": b"y"}, class_id=INSTALLER), "a.doc", "program"),
    "cabinet as zip": (b"MSCF" + bytes(60), "a.zip", "program"),
    "compiled help as pdf": (b"ITSF" + bytes(60), "a.pdf", "program"),
    "onenote as pdf": (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d" + bytes(60), "a.pdf", "program"),
    "flash as pdf": (b"CWS\x0a" + bytes(60), "a.pdf", "program"),
    "shell script as txt": (b"#!/bin/sh\nrm -rf /\n", "a.txt", "program"),
    "batch as txt": (b"\r\n@ECHO OFF\r\ndel *.*\r\n", "a.txt", "program"),
    "vbs as txt": (b'Set x = CreateObject("WScript.Shell")\n', "a.txt", "program"),
    "powershell as csv.txt": (b"powershell -enc AAAA", "a.csv.txt", "program"),
    "php as txt": (b"<?php system('x');", "a.txt", "program"),
    "registry as txt": (b"Windows Registry Editor Version 5.00\r\n", "a.txt", "program"),
    "wsf as xml": (b"<?xml version='1.0'?>\n<job><script/></job>", "a.txt", "program"),
    "hta as html": (b"<html><HTA:APPLICATION id=x></html>", "a.html", "program"),
    "internet shortcut as txt": (b"[InternetShortcut]\r\nURL=file://x", "a.txt", "program"),
    "double extension": (b"x", "견적서.pdf.exe", "program"),
    "right-to-left override": (b"x", "견적\u202efdp.exe", "program"),
    "right-to-left override scr": (b"x", "photo\u202egpj.scr", "program"),
    "dots and spaces behind": (b"x", "견적서.exe. . ", "program"),
    "zero width in the extension": (b"x", "a.e\u200bxe", "program"),
    "alternate stream": (b"x", "a.exe::$DATA", "program"),
    "alternate stream shown as pdf": (b"x", "run.vbs:quote.pdf", "program"),
    "zero byte in the name": (b"x", "a.js\0.pdf", "program"),
    "many spaces before": (b"x", "quote.pdf" + " " * 120 + ".scr", "program"),
    "quoted extension": (b"x", 'quote.exe"', "program"),
    "settings file": (b"<x/>", "a.SettingContent-ms", "program"),
    "docm as docx": (
        office("word/document.xml", **{"word/vbaProject.bin": b"x"}),
        "a.docx",
        "macros",
    ),
    "docm as docx, project renamed": (
        zip_bytes({"[Content_Types].xml": TYPES % b"vbaProject", "word/document.xml": b""}),
        "a.docx",
        "macros",
    ),
    "xlsm as xlsx": (office("xl/workbook.xml", **{"xl/VBAPROJECT.BIN": b"x"}), "a.xlsx", "macros"),
    "excel 4 sheet in xlsx": (
        office("xl/workbook.xml", **{"xl/macrosheets/sheet1.xml": b"x"}),
        "a.xlsx",
        "macros",
    ),
    "pptm as pptx": (
        office("ppt/presentation.xml", **{"ppt/vbaProject.bin": b"x"}),
        "a.pptx",
        "macros",
    ),
    "docm as zip": (
        office("word/document.xml", **{"word/vbaProject.bin": b"x"}),
        "a.zip",
        "macros",
    ),
    "xlsb as xlsx": (office("xl/workbook.bin"), "a.xlsx", "macros"),
    "docm by name": (office("word/document.xml"), "a.docm", "macros"),
    "doc with macros": (
        ole_bytes({"WordDocument": b"x", "Macros/VBA/dir": b"y"}),
        "a.doc",
        "macros",
    ),
    "doc with macros as hwp": (
        ole_bytes({"WordDocument": b"x" * 5000, "Macros/VBA/dir": b"y"}),
        "a.hwp",
        "macros",
    ),
    "xls with macros": (
        ole_bytes({"Workbook": book(0), "_VBA_PROJECT_CUR/VBA/dir": b"y"}),
        "a.xls",
        "macros",
    ),
    "xls with an excel 4 sheet": (ole_bytes({"Workbook": book(1)}), "a.xls", "macros"),
    "xls with an excel 4 sheet, long": (
        ole_bytes({"Workbook": book(1) + bytes(9000)}),
        "a.xls",
        "macros",
    ),
    "ppt with macros": (ole_bytes({"PowerPoint Document": SHOW % b"\1"}), "a.ppt", "macros"),
    "doc with macros, damaged": (
        OLE + "WordDocument\0_VBA_PROJECT\0".encode("utf-16-le"),
        "a.doc",
        "macros",
    ),
    "hwp with a script": (hwp(BUSY), "a.hwp", "macros"),
    "hwp with a script, unpacked": (hwp(BUSY, packed=False), "a.hwp", "macros"),
    "web archive with macros as doc": (
        b"MIME-Version: 1.0\nContent-Type: multipart/related\n\nQWN0aXZlTWltZQAA",
        "a.doc",
        "macros",
    ),
    "word xml with macros": (
        b'<?xml version="1.0"?><w:wordDocument w:macrosPresent="yes">',
        "a.doc",
        "macros",
    ),
    "rtf with an object as doc": (
        b"{\\rtf1{\\object\\objemb{\\*\\objdata 0105}}}",
        "a.doc",
        "objects",
    ),
    "rtf that calls others": (
        b"{\\rtf1{\\field{\\*\\fldinst DDEAUTO c:\\\\x}}}",
        "a.rtf",
        "objects",
    ),
    "docx with a password": (ole_bytes({"EncryptedPackage": b"x" * 99}), "a.docx", "encrypted"),
}

# a name that does not fit and does no harm: read by what it is
HARMLESS = {
    "html as jpg": (b"<!DOCTYPE html><p>x", "a.jpg", "html"),
    "zip as xlsx": (zip_bytes({"a.txt": b"x"}), "a.xlsx", "zip"),
    "hwp as doc": (hwp(IDLE), "a.doc", "hwp"),
    "hwp with an empty script": (hwp(""), "a.hwp", "hwp"),
    "hwp with an empty script, unpacked": (hwp(IDLE, packed=False), "a.hwp", "hwp"),
    "xlsx as xls": (office("xl/workbook.xml"), "a.xls", "xlsx"),
    "xls as xlsx": (ole_bytes({"Workbook": book(0)}), "a.xlsx", "xls"),
    "doc that speaks of macros": (
        ole_bytes({"WordDocument": "_VBA_PROJECT Macros\0".encode("utf-16-le") * 200}),
        "a.doc",
        "doc",
    ),
    "xls that holds a letter": (
        ole_bytes({"Workbook": book(0), "MBD1/WordDocument": b"x"}),
        "a.xls",
        "xls",
    ),
    "doc that holds a table": (
        ole_bytes({"WordDocument": b"x", "ObjectPool/_1/Workbook": b"x"}),
        "a.xls",
        "doc",
    ),
    "ppt without macros": (ole_bytes({"PowerPoint Document": SHOW % b"\0"}), "a.ppt", "ppt"),
    "msg as doc": (ole_bytes({"__properties_version1.0": b"x"}), "a.doc", "msg"),
    "pdf as docx": (pdf_bytes([["x"]]), "a.docx", "pdf"),
    "pdf and zip": (pdf_bytes([["x"]]) + zip_bytes({"a.txt": b"x"}), "a.pdf", "pdf"),
    "text and zip": (b"hello" + zip_bytes({"a.txt": b"x"}), "a.txt", "zip"),
    "rar as zip": (rar5_bytes({"a": b"x"}), "a.zip", "rar"),
    "tar as zip": (tar_bytes({"a": b"x"}), "a.zip", "tar"),
    "old tar": (OLD_TAR, "a.bin", "tar"),
    "gz as csv": (gzip.compress(b"x"), "a.csv", "gz"),
    "tnef as pdf": (tnef_bytes(), "a.pdf", "tnef"),
    "letter that begins like bzip2": (b"BZh is our code for the lane", "a.txt", "txt"),
    "letter that begins like an arj": ("`안녕하세요".encode(), "a.txt", "txt"),
    "letter about powershell": (b"Our powershells - 20 pallets - go by sea", "a.txt", "txt"),
    "letter of settings": (b"Set of 20 pallets for CreateCo", "a.txt", "txt"),
    "rtf as doc": (b"{\\rtf1 hello}", "a.doc", "rtf"),
    "forwarded mail with a site's name": (b"Subject: x\n\nhi", "Fw: from ocean.com", "eml"),
    "picture of vectors as html": (b"<svg xmlns='x'><text>a</text></svg>", "a.xml", "svg"),
    "png as pdf": (b"\x89PNG\r\n\x1a\n" + bytes(20), "a.pdf", "png"),
    "empty as exe.pdf": (b"", "a.pdf", "empty"),
}


@pytest.mark.parametrize(("data", "name", "reason"), DANGEROUS.values(), ids=DANGEROUS)
def test_a_dangerous_disguise_is_seen_through(data: bytes, name: str, reason: str) -> None:
    assert detect(data, name).dangerous_reason == reason


@pytest.mark.parametrize(("data", "name", "kind"), HARMLESS.values(), ids=HARMLESS)
def test_a_harmless_mismatch_is_read_by_content(data: bytes, name: str, kind: str) -> None:
    found = detect(data, name, "message/rfc822" if kind == "eml" else "")
    assert (found.kind, found.dangerous_reason) == (kind, "")


@pytest.mark.needs("library:libmagic.so.1")
@pytest.mark.parametrize(
    ("data", "kind", "media_type"),
    [
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2" + bytes(40), "media", "video/mp4"),
        (b"\0\0\0\x20ftypheic" + bytes(40), "unknown", "image/heic"),
        (b"@echo  off & del x\r\n", "program", "application/x-executable"),
    ],
)
def test_libmagic_is_asked_about_what_the_table_does_not_know(
    data: bytes, kind: str, media_type: str
) -> None:
    found = detect(data, "a.bin")
    assert (found.kind, found.media_type) == (kind, media_type)


@pytest.mark.needs("library:libmagic.so.1")
def test_libmagic_is_asked_in_the_sandbox_too() -> None:
    film = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2" + bytes(40)
    (found,) = sandbox.expand("zip", zip_bytes({"a.bin": film}), archives.Budget())
    assert getattr(found, "kind", "") == "media"
    assert unread_reason("media") == "media"


def test_the_table_alone_sees_through_every_disguise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libmagic, "media_type", lambda _: "")
    seen = {
        what: detect(data, name).dangerous_reason for what, (data, name, _) in DANGEROUS.items()
    }
    assert seen == {what: reason for what, (_, _, reason) in DANGEROUS.items()}


@pytest.mark.parametrize(
    "data",
    [
        b"<" * 4_000_000,
        b"set " * 1_000_000,
        b"<?xml" * 800_000,
        b"{\\rtf1" + b"\\obj" * 1_000_000,
        ole_bytes({f"{n}": b"" for n in range(200)}) + bytes(4_000_000),
        b"w:binData" * 400_000,
        b"PK\x03\x04" + b"PK\x05\x06" * 500_000,
    ],
)
def test_the_look_is_short_whatever_the_bytes(data: bytes) -> None:
    started = time.process_time()
    detect(data, "a.txt")
    assert time.process_time() - started < 3


def test_every_reader_has_a_type_and_every_refusal_a_sentence() -> None:
    assert set(READERS) <= set(MEDIA_TYPES)
    assert {"program", "macros", "image", "killed-time", "killed-memory", "killed-crash"} <= set(
        REASONS
    )


def test_a_row_of_comments_is_no_trap() -> None:
    assert detect(b"<!---->" * 600 + b"x").kind == "txt"


@given(
    st.sampled_from(
        [b"", b"PK\x03\x04", OLE, ole_bytes({"a": b"x"})[:1024], b"%PDF-", b"MZ", b"BM", b"<"]
    ),
    st.binary(max_size=100),
    st.text(max_size=20),
)
def test_detect_is_total(head: bytes, data: bytes, name: str) -> None:
    assert detect(head + data, name).kind in MEDIA_TYPES
