"""PDF files: the text that stands in them, page by page, and by OCR that of scanned pages."""

import functools
from typing import TYPE_CHECKING

from pipeline.charsets import clean
from pipeline.documents import ocr, scans
from pipeline.documents.results import MAX_CHARACTERS, MAX_PAGES, Text, Unreadable, Writer

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage


def read(data: bytes) -> Text:
    """The first 30 pages as text, an empty line between them; noted "ocr" where some are scans.

    Raises Unreadable("encrypted"), ("damaged"), ("scan") where the pages are pictures and OCR is
    not installed, and ("scan-no-text") where nothing was found on them.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as exc:
        raise Unreadable("encrypted" if "password" in str(exc).lower() else "damaged") from exc
    writer, work = Writer(), ocr.Work()
    try:
        count = len(document)
        for number in range(min(count, MAX_PAGES)):
            writer.line(_page_text(document, number, work), page=number + 1, gap=2)
    finally:
        document.close()
    if not writer.pieces:
        raise Unreadable(work.left_out or ("scan-no-text" if count else "damaged"))
    for note in ("cut",) * (count > MAX_PAGES) + work.notes():
        writer.note(note)
    return writer.text()


def _page_text(document: "PdfDocument", number: int, work: ocr.Work) -> str:
    import pypdfium2

    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return ""
    try:
        words = _words(page)
        if not scans.is_scan(page, words):
            return words
        seen = work.read(functools.partial(scans.picture, page))
        return "\n".join(filter(None, (words, seen)))
    finally:
        page.close()


def _words(page: "PdfPage") -> str:
    """The text that stands in the page as text."""
    import pypdfium2

    try:
        words = page.get_textpage()
    except pypdfium2.PdfiumError:
        return ""
    try:
        return clean(words.get_text_range(0, min(words.count_chars(), MAX_CHARACTERS))).strip()
    finally:
        words.close()
