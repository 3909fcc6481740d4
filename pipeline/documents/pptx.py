"""PowerPoint presentations (.pptx): the text of the slides in their order."""

from pipeline.charsets import clean
from pipeline.documents.results import (
    MAX_CHARACTERS,
    MAX_COLUMNS,
    MAX_PAGES,
    Text,
    Unreadable,
    Writer,
)
from pipeline.documents.tables import row_line
from pipeline.documents.xmlparts import Attributes, Enough, Package, is_on, relations

PRESENTATION = "ppt/presentation.xml"


def read(data: bytes) -> Text:
    """The text of the first 30 slides; a page is a slide. What is not shown is noted."""
    package = Package(data)
    slides = _Slides()
    if not package.parse(PRESENTATION, slides):
        raise Unreadable("damaged")
    parts = relations(package, PRESENTATION)
    writer = Writer()
    for number, key in enumerate(slides.keys, start=1):
        kind, name = parts.get(key, ("", ""))
        if number > MAX_PAGES or writer.full:
            writer.note("cut")
            break
        if kind == "slide":
            _put(writer, package, name, number)
    return package.finish(writer)


def _put(writer: Writer, package: Package, name: str, number: int) -> None:
    slide = _Slide(MAX_CHARACTERS - writer.length)
    package.parse(name, slide)
    if slide.hidden:
        writer.note("hidden-slides")
        return
    if any(kind == "notesSlide" for kind, _ in relations(package, name).values()):
        writer.note("speaker-notes")
    if slide.struck:
        writer.note("struck-text")
    if slide.cut:
        writer.note("cut")
    writer.line("\n".join(slide.lines), page=number, gap=2)


class _Slides:
    """Reads presentation.xml: the relations of the slides in their order."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "sldId" and len(self.keys) <= MAX_PAGES:
            self.keys += [text for name, text in attributes.items() if name.endswith(" id")][:1]

    def end(self, tag: str) -> None:
        pass

    def characters(self, data: str) -> None:
        pass


class _Slide:
    """Reads a slide's part into lines."""

    def __init__(self, room: int) -> None:
        self.lines: list[str] = []
        self.hidden = False
        self.cut = False
        self._room = room
        self._words: list[str] = []
        self._row: list[str] | None = None  # while in a table
        self._reading = False
        self.struck = False  # whether some text is
        self._strikes = False
        self._is_number = False  # the field that counts the slides

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "t":
            self._reading = not self._is_number
        elif tag in {"r", "fld"}:
            self._strikes = False
            self._is_number = attributes.get("type") == "slidenum"
        elif tag == "rPr":
            self._strikes = attributes.get("strike", "noStrike") != "noStrike"
        elif tag == "br":
            self._words.append("\n")
        elif tag == "tr":
            self._row = []
        elif tag == "sld":
            self.hidden = not is_on(attributes.get("show", "1"))

    def end(self, tag: str) -> None:
        if tag == "t":
            self._reading = False
        elif tag == "fld":
            self._is_number = False
        elif tag == "p":
            self._words.append(" ") if self._row is not None else self._put(self._take())
        elif tag == "tc" and self._row is not None:
            self._row = [*self._row, self._take()][: MAX_COLUMNS + 1]
        elif tag == "tr" and self._row is not None:
            self._put(row_line(self._row))
            self._row = None

    def characters(self, data: str) -> None:
        if self._reading and self._strikes:
            self.struck = True
        elif self._reading:
            self._words.append(data)
            self._room -= len(data)
            if self._room < 0:
                self._put(self._take())
                self.cut = True
                raise Enough

    def _take(self) -> str:
        text = clean("".join(self._words))
        self._words = []
        return "\n".join(line.strip(" ") for line in text.split("\n")).strip("\n")

    def _put(self, line: str) -> None:
        if line:
            self.lines.append(line)
