"""PDF files: the text that stands in them, page by page, and by OCR that of scanned pages."""

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.documents import ocr, pagewords, scans
from pipeline.documents.results import MAX_PAGES, Text, Unreadable, Writer

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

# of a page's letters; bullets in a font of symbols are fewer
UNMAPPED = 0.2


def read(data: bytes) -> Text:
    """The first 30 pages as text, an empty line between them; noted "ocr" where some are scans.

    What nobody sees on a page is left out. Raises Unreadable("encrypted"), ("damaged"), ("scan")
    where the pages are pictures and OCR is not installed, ("scan-no-text") where nothing was found
    on them, and ("unmapped-font") where their fonts do not tell the letters.
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
            if writer.full:
                writer.note("cut")
                break
            text = _page_text(document, number, work, writer.notes)
            writer.line(text, page=number + 1, gap=2)
    finally:
        document.close()
    if not writer.pieces:
        unmapped = "unmapped-font" if "unmapped-font" in writer.notes else ""
        raise Unreadable(unmapped or work.left_out or ("scan-no-text" if count else "damaged"))
    for note in ("cut",) * (count > MAX_PAGES) + work.notes():
        writer.note(note)
    return writer.text()


def _page_text(document: "PdfDocument", number: int, work: ocr.Work, notes: dict[str, None]) -> str:
    import pypdfium2

    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return ""
    try:
        return _seen_text(page, work, notes)
    finally:
        page.close()


def _seen_text(page: "PdfPage", work: ocr.Work, notes: dict[str, None]) -> str:
    """What a person reads on the page, by OCR where its own text does not say it."""
    found = pagewords.words(page)
    if found.hidden:
        notes["hidden-text"] = None
    if rubbish := found.unmapped >= UNMAPPED:
        found = replace(found, shown="", layer="")
    own = found.layer or found.shown
    if rubbish or scans.is_scan(page, own):
        seen = work.read(functools.partial(scans.picture, page))
        if seen:
            return "\n".join(filter(None, (found.shown, seen)))
    if found.unmapped:
        notes["unmapped-font"] = None
    if found.layer:
        # a scanner's own OCR takes 22,000 for 22.000 like any other
        notes["ocr"] = None
    return own
