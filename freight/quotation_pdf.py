"""A quotation as a PDF: one A4 page with its own fonts, the same bytes for the same document."""

import datetime as dt
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from freight import fonts
from freight.letters import Line
from freight.quotation_document import PriceRow, QuotationDocument

if TYPE_CHECKING:
    from fpdf import FPDF

INK, SOFT, RULE, HONEY, BOX, RED = "#1d2530", "#5d6672", "#d9d5cc", "#e5a50a", "#fdf6e3", "#a3262a"
LEFT, RIGHT, WIDTH, BOTTOM = 20, 190, 170, 272  # mm on A4
MISSING = "〓"  # printers' mark for a letter that they do not have
CJK = "぀-ヿ㐀-鿿"
# where a line may end: behind spaces, and between the letters of scripts that have none
UNIT = re.compile(
    rf"[「『（【“(]*(?:[{CJK}]|[^\s{CJK}「『（【“]+)[ー々、。，．：）」』】”,.!?:;)]*\s*|\s+"
)
# a letter with the marks that stand above and below it
SARA_AM = re.compile("([\u0e48-\u0e4b]?)\u0e33")
CLUSTER = re.compile(r"[เ-ไ]?.[ัำิ-ฺ็-๎̀-ͯ]*", re.DOTALL)


def pdf(document: QuotationDocument) -> bytes:
    """The document's PDF, some 30 KB."""
    # loads fontTools: nobody else needs it
    from fpdf import FPDF

    page = FPDF(format="A4")
    page.set_margin(0)
    page.set_auto_page_break(auto=False)
    with tempfile.TemporaryDirectory(prefix="bb-pdf-") as folder:
        _add_fonts(page, set(_drawn(_writable(" ".join(_texts(document))))), Path(folder))
        _describe(page, document)
        page.add_page()
        _draw(page, document)
        return bytes(page.output())


def _texts(document: QuotationDocument) -> Iterator[str]:
    """Every text that may be drawn."""
    yield " :."
    values = (getattr(document, item.name) for item in fields(document))
    yield from (value for value in values if isinstance(value, str))
    yield from document.words.values()
    yield from document.notes
    rows: tuple[Line | PriceRow, ...] = (*document.heads, *document.facts, *document.prices)
    for row in rows:
        yield from (str(getattr(row, item.name)) for item in fields(row))
    yield from (getattr(document.company, item.name) for item in fields(document.company))


def _add_fonts(page: "FPDF", letters: set[str], folder: Path) -> None:
    """Fonts with nothing but `letters`, so that a font of 17,000 is not read to write forty."""
    for style in fonts.STYLES:
        families: dict[str, set[str]] = {"latin": set()}
        for letter in letters:
            if family := fonts.family_of(letter, style):
                families.setdefault(family, set()).add(letter)
        for family in sorted(families):
            path = folder / f"{family}{style}.ttf"
            path.write_bytes(fonts.subset(family, style, families[family] | {" "}))
            page.add_font(family, style, path)
    page.set_font("latin", size=10)
    page.set_fallback_fonts(sorted({key.rstrip("B") for key in page.fonts}), exact_match=False)
    page.set_text_shaping(use_shaping_engine=True)


def _describe(page: "FPDF", document: QuotationDocument) -> None:
    page.set_lang(document.language)
    page.set_title(f"{document.words['title']} {document.name}")
    page.set_author(document.company.name)
    page.set_creator("BusyBee")
    # of the quotation, not of this minute: the same quotation is the same file for ever
    page.set_creation_date(dt.datetime.combine(document.issued_on, dt.time(), dt.UTC))


def _draw(page: "FPDF", document: QuotationDocument) -> None:
    words = document.words
    below = _head(page, document)
    if document.stamp:
        below = _block(page, document.stamp, below, size=11, style="B", colour=RED) + 4
    below = _section(page, words["facts"], below)
    below = _rows(page, document.facts, below)
    below = _section(page, words["charges"], below + 7)
    below = _prices(page, document, below)
    if document.accept:
        below = _box(page, document.accept, below + 7)
    below = _section(page, words["notes"], below + 7)
    for note in document.notes:
        below = _block(page, note, below, size=9, colour=SOFT)
    _foot(page, document)


def _head(page: "FPDF", document: QuotationDocument) -> float:
    """Company and title, then to whom and the numbers; where the next thing may begin."""
    company, words = document.company, document.words
    page.set_fill_color(HONEY)
    page.rect(0, 0, 210, 2.5, style="F")
    _line(page, words["title"], RIGHT - 80, 17, 80, size=20, style="B", align="R")
    left = _block(page, company.name, 17, size=13, style="B", width=86)
    for name, value in _addresses(document):
        text = f"{name}: {value}" if name else value
        left = _block(page, text, left, size=8.5, colour=SOFT, width=86)
    below = max(left, 28) + 6
    _rule(page, below)
    _line(page, words["to"], LEFT, below + 5, 70, size=8.5, colour=SOFT)
    end = _block(page, document.customer, below + 10, size=12, style="B", width=82)
    right = below + 5
    for head in document.heads:
        _line(page, head.name, 112, right, 36, size=9, colour=SOFT)
        _line(page, head.value, 148, right, RIGHT - 148, size=9, align="R")
        right += 5.6
    return max(end, right) + 7


def _addresses(document: QuotationDocument) -> Iterator[tuple[str, str]]:
    company, words = document.company, document.words
    told = [
        ("", company.address),
        (words["phone"], company.phone),
        (words["email"], company.email),
        (words["registration"], company.registration),
    ]
    return ((name, value) for name, value in told if value)


def _section(page: "FPDF", title: str, top: float) -> float:
    _line(page, title, LEFT, top, WIDTH, size=10, style="B")
    _rule(page, top + 6.5, colour=INK)
    return top + 7.5


def _rows(page: "FPDF", rows: tuple[Line, ...], top: float) -> float:
    for row in rows:
        _line(page, row.name, LEFT, top + 1.2, 58, size=9.5, colour=SOFT)
        top = _block(page, row.value, top + 1.2, size=9.5, left=LEFT + 60, width=WIDTH - 60) + 1.2
        _rule(page, top)
    return top


def _prices(page: "FPDF", document: QuotationDocument, top: float) -> float:
    for row in document.prices:
        top = _price(page, row, top)
        _rule(page, top)
    _line(page, document.words["total"], LEFT, top + 3, 60, size=12, style="B")
    _line(page, document.total, RIGHT - 100, top + 2.4, 100, size=14, style="B", align="R")
    vat = f"({document.words['without_vat']})"
    _line(page, vat, RIGHT - 100, top + 9.6, 100, size=8.5, colour=SOFT, align="R")
    return top + 14


def _price(page: "FPDF", row: PriceRow, top: float) -> float:
    _line(page, row.amount, RIGHT - 50, top + 1.2, 50, size=9.5, align="R")
    _line(page, row.detail, LEFT + 60, top + 1.2, 58, size=9, colour=SOFT)
    return _block(page, row.name, top + 1.2, size=9.5, width=58) + 1.2


def _box(page: "FPDF", text: str, top: float) -> float:
    lines = _wrapped(page, text, WIDTH - 12, size=10.5, style="B")
    height = 5.8 * len(lines) + 6
    page.set_fill_color(BOX)
    page.rect(LEFT, top, WIDTH, height, style="F")
    page.set_fill_color(HONEY)
    page.rect(LEFT, top, 1.2, height, style="F")
    _block(page, text, top + 3, size=10.5, style="B", left=LEFT + 6, width=WIDTH - 12)
    return top + height


def _foot(page: "FPDF", document: QuotationDocument) -> None:
    _rule(page, BOTTOM + 4)
    _line(page, document.company.name, LEFT, BOTTOM + 6, 110, size=8, colour=SOFT)
    _line(page, document.name, RIGHT - 60, BOTTOM + 6, 60, size=8, colour=SOFT, align="R")


def _rule(page: "FPDF", top: float, *, colour: str = RULE) -> None:
    page.set_draw_color(colour)
    page.set_line_width(0.2)
    page.line(LEFT, top, RIGHT, top)


def _line(
    page: "FPDF",
    text: str,
    left: float,
    top: float,
    width: float,
    *,
    size: float,
    style: str = "",
    colour: str = INK,
    align: str = "L",
) -> None:
    """One line of text; what is too wide for `width` is set smaller."""
    spelled = _writable(text)
    text, style = _drawn(spelled), _style(spelled, style)
    page.set_font("latin", style, size)
    if (wide := page.get_string_width(text)) > width:
        page.set_font("latin", style, size * width / wide)
    page.set_text_color(colour)
    page.set_xy(left, top)
    page.c_margin = 0
    with _spelled(page, spelled):
        page.cell(width, size * 0.5, text, align=align)


@contextmanager
def _spelled(page: "FPDF", text: str) -> Iterator[None]:
    """Marks what is drawn as `text`: where marks are drawn apart from their letters, programs that
    copy or search would read both in the order in which they stand on the paper.
    """
    if not any(unicodedata.category(letter) == "Mn" or letter == "ำ" for letter in text):
        yield
        return
    # a space, or what stands next to it would be read as of the same word
    code = f"{text} ".encode("utf-16-be").hex()
    page._out(f"/Span <</ActualText <feff{code}>>> BDC")  # fpdf2 has no public way
    yield
    page._out("EMC")


def _block(
    page: "FPDF",
    text: str,
    top: float,
    *,
    size: float,
    style: str = "",
    colour: str = INK,
    left: float = LEFT,
    width: float = WIDTH,
) -> float:
    """Lines of text from `top` down; where they end."""
    for line in _wrapped(page, text, width, size=size, style=style):
        _line(page, line, left, top, width, size=size, style=style, colour=colour)
        top += size * 0.55
    return top


def _wrapped(page: "FPDF", text: str, width: float, *, size: float, style: str) -> list[str]:
    text = _writable(text)
    page.set_font("latin", _style(text, style), size)
    if _width(page, text) <= width:
        return [text]
    lines = [""]
    for unit in UNIT.findall(text):
        fits = _width(page, unit) <= width
        for piece in [unit] if fits else CLUSTER.findall(unit):
            if lines[-1] and _width(page, lines[-1] + piece) > width:
                lines.append("")
            lines[-1] += piece
    return [line.rstrip() for line in lines]


def _style(text: str, style: str) -> str:
    """`style`, unless a letter has no such form: a name is written in one weight."""
    return style if all(fonts.family_of(letter, style) for letter in text) else ""


def _width(page: "FPDF", text: str) -> float:
    return page.get_string_width(_drawn(text.rstrip()))


def _drawn(text: str) -> str:
    """`text` as its glyphs stand: fpdf2 loses the ring of a sara am that HarfBuzz takes apart."""
    return SARA_AM.sub("\u0e4d\\1\u0e32", text)


def _writable(text: str) -> str:
    return "".join(each if fonts.family_of(each) else MISSING for each in text)
