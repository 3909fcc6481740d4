"""PDF files: the text that stands in them, page by page."""

from pipeline.charsets import clean
from pipeline.documents.results import MAX_CHARACTERS, MAX_PAGES, Text, Unreadable


def read(data: bytes) -> Text:
    """The text of the first 30 pages, an empty line between them.

    Raises Unreadable("encrypted"), ("damaged"), or ("scan") where the pages hold pictures only.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as exc:
        raise Unreadable("encrypted" if "password" in str(exc).lower() else "damaged") from exc
    try:
        count = len(document)
        pages = [_page_text(document, number) for number in range(min(count, MAX_PAGES))]
    finally:
        document.close()
    text = "\n\n".join(page for page in pages if page)
    if not text.strip():
        raise Unreadable("scan" if count else "damaged")
    cut = count > MAX_PAGES or len(text) > MAX_CHARACTERS
    return Text(text[:MAX_CHARACTERS], ("cut",) if cut else ())


def _page_text(document: object, number: int) -> str:
    import pypdfium2

    try:
        page = document[number]  # type: ignore[index]
        words = page.get_textpage()
    except pypdfium2.PdfiumError:
        return ""
    try:
        return clean(words.get_text_range(0, min(words.count_chars(), MAX_CHARACTERS))).strip()
    finally:
        words.close()
        page.close()
