"""What is thrown random bytes at: each target takes bytes and may end in nothing but an answer.

hypothesis drives them in the suite (test_fuzz), atheris by `make fuzz`.
"""

import datetime as dt
from collections.abc import Callable

from freight.extraction import dates
from pipeline import headers, letter, mime
from pipeline.documents import Unreadable, archives, detect, members, read
from pipeline.documents.results import MAX_CHARACTERS
from pipeline.tests.hostile import ole

TODAY = dt.date(2026, 11, 22)


def headers_of(data: bytes) -> None:
    """A header's value: its text, its parameters, its addresses."""
    wire = data.decode("latin-1")
    check_text(headers.text_of(wire))
    _, given = headers.parameters(wire)
    for value in given.values():
        check_text(value)
    for name, address in headers.addresses(wire):
        check_text(name)
        assert not set("\r\n ") & set(address)


def mail(data: bytes) -> None:
    """A whole mail: its tree, its letter, its files."""
    found = letter.open_letter(data)
    for text in (found.text, found.new_text, found.mail.subject):
        check_text(text)
    for file in found.files:
        check_text(file.filename)
        check_text(file.path)


def zip_of(data: bytes) -> None:
    """An archive: what comes out of it stays within its budget."""
    budget = archives.Budget(bytes=1024 * 1024, member_bytes=256 * 1024)
    total = 0
    for member in members("zip", data, budget):
        check_text(member.name)
        if isinstance(member, archives.Member):
            total += len(member.data)
            assert ".." not in member.name.split("/")
            assert not member.name.startswith("/")
    assert total <= 1024 * 1024
    detect(data, "a.zip")


def hwp_records(data: bytes) -> None:
    """The records of a section, in a compound file that is sound."""
    read_file("hwp", ole.hwp(ole.packed(data)))


def hwp_file(data: bytes) -> None:
    """A Hangul document, its compound file included."""
    read_file("hwp", data)


def hwp_stream(data: bytes) -> None:
    """The deflated bytes of a section."""
    read_file("hwp", ole.hwp(data))


def dates_in(data: bytes) -> None:
    """The dates that a letter names, and the Date header."""
    text = data.decode("utf-8", errors="ignore")
    for day_first in (None, True, False):
        for found in dates.find_dates(text, dates.Context(TODAY, day_first)):
            assert 0 <= found.start < found.end <= len(text)
    mime.parse(b"Date: " + data.replace(b"\n", b" ")[:300] + b"\n\n")


def tnef(data: bytes) -> None:
    """A winmail.dat."""
    for member in members("tnef", b"\x78\x9f\x3e\x22" + data, archives.Budget(bytes=1024 * 1024)):
        check_text(member.name)


def doc(data: bytes) -> None:
    """A Word 97 document: the piece table, in a compound file that is sound."""
    read_file("doc", ole.doc(data))


def xls(data: bytes) -> None:
    """An Excel 97 workbook: its records, in a compound file that is sound."""
    read_file("xls", ole.ole({"Workbook": data}))


def compound(data: bytes) -> None:
    """A compound file of whatever kind."""
    whole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + data
    read_file(detect(whole, "a.doc").kind, whole)


def xml_parts(data: bytes) -> None:
    """The main part of each office file, as it is unpacked."""
    from pipeline.tests.hostile import office

    read_file("docx", office.docx([data]))
    read_file("xlsx", office.xlsx({office.SHEET: [data]}))
    read_file("pptx", office.pptx({1: [data]}))
    read_file("hwpx", office.hwpx([data]))


def html(data: bytes) -> None:
    """A page."""
    read_file("html", data)


def read_file(kind: str, data: bytes) -> None:
    try:
        text = read(kind, data)
    except Unreadable:
        return
    check_text(text.text)
    assert len(text.text) <= MAX_CHARACTERS
    starts = [place.start for place in text.places]
    assert starts == sorted(starts)


def check_text(text: str) -> None:
    """What the database refuses or a reader cannot see must not come out."""
    assert "\0" not in text
    text.encode()


TARGETS: dict[str, Callable[[bytes], None]] = {
    "headers": headers_of,
    "mime": mail,
    "zip": zip_of,
    "hwp": hwp_records,
    "hwp-file": hwp_file,
    "hwp-stream": hwp_stream,
    "dates": dates_in,
    "tnef": tnef,
    "doc": doc,
    "xls": xls,
    "compound": compound,
    "xml": xml_parts,
    "html": html,
}
