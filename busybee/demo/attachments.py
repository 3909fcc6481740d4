"""Files that the sample mails carry: made from rows and lines when a mail is written."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from busybee.demo.letters import Attached

Row = Sequence[Any]
OFFICE = "application/vnd.openxmlformats-officedocument."
CONTENT_TYPES = {
    "xlsx": OFFICE + "spreadsheetml.sheet",
    "docx": OFFICE + "wordprocessingml.document",
    "pdf": "application/pdf",
    "csv": "text/csv",
    "txt": "text/plain",
    "zip": "application/zip",
}


def attached(described: Mapping[str, Any], fill: Callable[[Any], Any]) -> Attached:
    """The file that one `[[attachments]]` table of a sample mail describes.

    Its kind is the name's ending: xlsx and csv are made of `rows`, docx of `lines` and `rows`,
    pdf and txt of `lines`, zip of `members`, which are described alike. `fill` puts dates in.
    """
    name = str(described["name"])
    kind = name.rpartition(".")[2]
    rows = [[fill(cell) for cell in row] for row in described.get("rows", ())]
    lines = [str(fill(line)) for line in described.get("lines", ())]
    members = [attached(member, fill) for member in described.get("members", ())]
    content = {
        "xlsx": lambda: workbook(rows),
        "docx": lambda: document(lines, rows),
        "pdf": lambda: page(lines),
        "csv": lambda: comma_separated(rows, described.get("charset", "utf-8-sig")),
        "txt": lambda: "\r\n".join(lines).encode(),
        "zip": lambda: archive(members),
    }[kind]()
    return Attached(name=name, content_type=CONTENT_TYPES[kind], content=content)


def workbook(rows: Sequence[Row]) -> bytes:
    """An Excel file with one sheet; dates become date cells."""
    from openpyxl import Workbook

    book = Workbook()
    del book[book.sheetnames[0]]
    sheet = book.create_sheet("Packing List", 0)
    for row in rows:
        sheet.append([cell.plain() if hasattr(cell, "plain") else cell for cell in row])
    sheet.column_dimensions["A"].width = 24
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def document(lines: Sequence[str], rows: Sequence[Row]) -> bytes:
    """A Word file: the first line as heading, the others as paragraphs, then a table."""
    from docx import Document

    paper = Document()
    paper.add_heading(lines[0], level=1)
    for line in lines[1:]:
        paper.add_paragraph(line)
    table = paper.add_table(rows=0, cols=2)
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = str(value)
    written = io.BytesIO()
    paper.save(written)
    return written.getvalue()


def comma_separated(rows: Sequence[Row], charset: str) -> bytes:
    """A CSV file as Excel exports it."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    return written.getvalue().encode(charset)


def archive(members: Sequence[Attached]) -> bytes:
    """A zip file of the members."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as zipped:
        for member in members:
            zipped.writestr(member.name, member.content)
    return written.getvalue()


def page(lines: Sequence[str]) -> bytes:
    """A PDF of one A4 page in Helvetica; ASCII only, since no font is embedded."""
    escaped = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
    shown = "\n".join(f"({line}) Tj T*" for line in escaped)
    stream = f"BT /F1 11 Tf 16 TL 56 780 Td\n{shown}\nET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    return _pdf_file(objects)


def _pdf_file(objects: Sequence[bytes]) -> bytes:
    """The objects with the cross-reference table that readers look them up in."""
    written, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return written + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, table, size, len(written))
    )
