"""HTML to the text a reader sees: table rows kept on a line, hidden elements left out."""

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import Any

from pipeline.charsets import clean, codec_of, decode
from pipeline.documents import html_styles as styles
from pipeline.documents.results import Text, Unreadable, Writer

MAX_HTML = 512 * 1024
MAX_INDENTS = 30
# pixels: nobody reads smaller letters
SMALLEST = 2.0
_INDENTING = ("div", "ul", "ol")
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE
)
_KEEPS_LINES = re.compile(r"white-space\s*:\s*pre", re.IGNORECASE)
_UNREAD = frozenset(
    "script style head title noscript template object embed iframe svg math select button textarea "
    "audio video canvas map datalist noframes noembed rp progress meter".split()
)
_STRUCK = frozenset(("s", "strike", "del"))
_SPECIAL = _STRUCK | {"table", "dialog"}
_CELLS = frozenset(("table", "thead", "tbody", "tfoot", "tr", "td", "th"))
# looked for only where a run begins: in a long one that no line end follows it would be quadratic
_SPACES = re.compile(r"(?<![ \t\xa0])[ \t\xa0]+\n")
# libxml2 compares each attribute of an element with all before it: 40,000 cost it 20 s
_LONG_TAG = re.compile(r"<[^<>]{16384,}>")
_MANY_BREAKS = re.compile(r"\n{3,}")


def read(data: bytes) -> Text:
    """The text of an HTML file in the charset that it names."""
    writer = Writer()
    page = page_of(decode(data[:MAX_HTML], named_charset(data)))
    writer.add(page.text)
    if page.struck:
        writer.note("struck-text")
    if len(data) > MAX_HTML:
        writer.note("cut")
    return writer.text()


def named_charset(data: bytes) -> str | None:
    """The charset that the HTML names in itself."""
    named = _META_CHARSET.search(data[:4096])
    declared = named[1].decode("ascii") if named else None
    # a page that could be searched for "<meta" is not in UTF-16, whatever it says
    return None if (codec_of(declared) or "").startswith(("utf-16", "utf-32")) else declared


@dataclass(frozen=True, slots=True)
class Page:
    """The visible text of an HTML letter, and the same with the quoted parts marked.

    What the markup says is an older mail bears "> " there, or stands below QUOTE_BELOW. Without
    `quotes` what is struck through is left out of the text, else of `marked` and `standing`.
    """

    text: str
    marked: str
    standing: str | None = None  # None: the text
    struck: bool = False


QUOTE_BELOW = "-----Original Message-----"
# noncharacters: no text of a mail holds them
_OPEN, _CLOSE, _BELOW = "\ufdd0", "\ufdd1", "\ufdd2"
_OUT, _IN = "\ufdd3", "\ufdd4"
_MARKS = re.compile("[\ufdd0-\ufdd4]")
_LEFT_OUT = re.compile(f"{_OUT}[^{_IN}]*{_IN}?")
_FOREIGN_MARKS = re.compile(
    "[\ufdd0-\ufdd4]|&#(x0{0,9}fdd[0-4]|0{0,9}649(7[6-9]|80))(?![0-9a-f]);?", re.IGNORECASE
)
_DEPTH = {_OPEN: 1, _CLOSE: -1}


def text_of(html: str) -> str:
    """The visible text of `html`; raises Unreadable("damaged") where no tree can be made of it."""
    return page_of(html).text


def page_of(html: str, *, quotes: bool = False) -> Page:
    """The text of `html`, with `quotes` also marked; raises Unreadable("damaged")."""
    from pipeline.documents import html_layout

    html = _LONG_TAG.sub(" ", html[:MAX_HTML])
    lower = html.lower()
    if "&#" in html or _MARKS.search(html):
        html = _FOREIGN_MARKS.sub("", html)
    tree = _tree(html)
    if tree is None:
        return Page("", "")
    sheet = styles.sheet_of(html, lower) if "<style" in lower else styles.Sheet()
    sight = _Sight(sheet, mark=quotes, quirks="<!doctype" not in lower[:1000])
    sight.clear(tree)
    marked = quotes and any(each in lower for each in _MAY_QUOTE) and _mark_quotes(tree)
    if "style" in lower:
        _forget_styles(tree)
    if "<li" in lower:
        _forget_numbers(tree)
    if sum(map(lower.count, ("<div", "<ul", "<ol"))) > MAX_INDENTS:
        _flatten(tree)
    try:
        text = html_layout.text_of(tree)
    except (RecursionError, ValueError) as exc:
        raise Unreadable("damaged") from exc
    if not (marked or sight.struck):
        plain = _tidy(text)
        return Page(plain, plain)
    plain = _tidy(_MARKS.sub("", text))
    text = _LEFT_OUT.sub("", text)
    standing = _tidy(_MARKS.sub("", text)) if sight.struck else plain
    return Page(plain, _tidy(_with_marks(text)) if marked else standing, standing, sight.struck)


def _tidy(text: str) -> str:
    return _MANY_BREAKS.sub("\n\n", _SPACES.sub("\n", clean(text) + "\n")).strip("\n")


def _with_marks(text: str) -> str:
    """`text` with "> " before each line that begins between the marks of a quote."""
    out, depth = [], 0
    for line in text.split("\n"):
        marks = _MARKS.findall(line)
        if _BELOW in marks:
            out.append(QUOTE_BELOW)
        quoted = depth > 0 or (_OPEN in marks and not line.partition(_OPEN)[0].strip())
        plain = _MARKS.sub("", line)
        out.append(f"> {plain.strip()}" if quoted and plain.strip() else plain)
        depth = max(0, depth + sum(_DEPTH.get(each, 0) for each in marks))
    return "\n".join(out)


def _tree(html: str) -> Any:
    from lxml import etree
    from lxml.html import document_fromstring

    # bytes: lxml refuses text that carries an encoding declaration
    try:
        return document_fromstring(html.encode("utf-8", errors="replace"), parser=_parser())
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


@cache
def _parser() -> Any:
    from lxml.html import HTMLParser

    return HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)


@dataclass(frozen=True, slots=True)
class _Look:
    """How the text of an element looks, as far as its inner elements inherit it."""

    size: float = styles.PLAIN_SIZE
    drawn: bool = True
    colour: styles.Colour | None = None
    ground: styles.Colour | None = None
    unseen: bool = False  # in the colour of its ground
    struck: bool = False

    @property
    def shown(self) -> bool:
        return self.drawn and not self.unseen and self.size >= SMALLEST


@dataclass(slots=True)
class _Sight:
    """Takes out of a tree what a reader does not see; what is struck through, too, unless it is to
    be marked.
    """

    sheet: styles.Sheet
    mark: bool
    quirks: bool  # without a doctype, a table has size and colour of its own
    struck: bool = False

    def clear(self, tree: Any) -> None:
        looks: dict[Any, _Look] = {}
        for element in list(tree.iter()):
            parent = element.getparent()
            above = looks.get(parent) if parent is not None else _Look()
            if above is None:  # it went with an element above it
                continue
            element.tail = self._left(element.tail, above)
            look = self._look(element, above)
            if look is None and parent is not None:
                element.drop_tree()
                continue
            looks[element] = look or above
            element.text = self._left(element.text, look or above)

    def _left(self, text: str | None, look: _Look) -> str | None:
        if not text or look is _PLAIN or text.isspace():
            return text
        if not look.shown:
            return None
        if not look.struck:
            return text
        self.struck = True
        return _left_out(text) if self.mark else " "

    def _look(self, element: Any, above: _Look) -> _Look | None:
        """How the text of `element` looks; None where nothing of it is seen."""
        tag = element.tag
        if not isinstance(tag, str) or tag in _UNREAD:
            return None
        if not element.attrib and not self.sheet.rules and tag not in _SPECIAL:
            return above
        style = self.sheet.style_of(element)
        if "hidden" in element.attrib and "display" not in style:
            return None
        if tag == "dialog" and "open" not in element.attrib:
            return None
        if style and styles.hides(style, cell=tag in _CELLS):
            return None
        if tag == "table" and self.quirks and above is not _PLAIN:
            above = replace(above, size=styles.PLAIN_SIZE, colour=None, unseen=False)
        if (
            styles.LOOKS.isdisjoint(style)
            and tag not in _STRUCK
            and _PAINTED.isdisjoint(element.attrib)
        ):
            return above
        return _look_of(element, style, above)


_PLAIN = _Look()
_PAINTED = frozenset(("color", "bgcolor", "background", "size", "text", "href"))


def _look_of(element: Any, style: styles.Style, above: _Look) -> _Look:
    size = styles.size_of(style, above.size)
    if "font-size" not in style and element.tag == "font" and element.get("size"):
        size = styles.PLAIN_SIZE
    drawn = above.drawn
    if (seen := style.get("visibility")) and not seen.startswith("inherit"):
        drawn = not seen.startswith(("hidden", "collapse"))
    colour = None if styles.is_painted_otherwise(style) else _colour(element, style, above)
    ground = _ground(element, style, above)
    line = style.get("text-decoration-line", style.get("text-decoration"))
    crossed = element.tag in _STRUCK if line is None else "line-through" in line
    return _Look(
        size=size,
        drawn=drawn,
        colour=colour,
        ground=ground,
        unseen=styles.is_unseen(colour, ground),
        struck=above.struck or crossed,
    )


def _colour(element: Any, style: styles.Style, above: _Look) -> styles.Colour | None:
    value = style.get("-webkit-text-fill-color") or style.get("color")
    if value is None:
        value = element.get("color") or (element.tag == "body" and element.get("text")) or None
    if value is None:
        # a link has a colour of its own
        return None if element.tag == "a" and element.get("href") else above.colour
    return above.colour if value in {"inherit", "currentcolor"} else styles.colour_of(value)


def _ground(element: Any, style: styles.Style, above: _Look) -> styles.Colour | None:
    if element.get("background"):
        return None
    named = element.get("bgcolor")
    ground = styles.colour_of(named) if named else above.ground
    return styles.ground_of(style, ground)


def _left_out(text: str) -> str:
    """`text` between marks, its white space outside of them."""
    bare = text.strip()
    before, _, after = text.partition(bare)
    return f"{before}{_OUT}{bare}{_IN}{after}"


def _forget_numbers(tree: Any) -> None:
    """Of a list's own numbers only plain ones stay: inscriptis fails on any other."""
    for element in tree.iter("li"):
        if not re.fullmatch("[0-9]{1,6}", element.get("value", "1")):
            del element.attrib["value"]


def _flatten(tree: Any) -> None:
    """What indents its lines does so to some depth: 200 lists in one another put 800 spaces before
    each line of the last, 80 MB in all.
    """
    for element in list(tree.iter(*_INDENTING)):
        above = islice(element.iterancestors(*_INDENTING), MAX_INDENTS)
        if len(list(above)) == MAX_INDENTS:
            element.tag = "article"


def _forget_styles(tree: Any) -> None:
    """Of the styles only line breaks count; a margin of a billion em costs 11 s."""
    for element in tree.iter():
        if (style := element.attrib.pop("style", "")) and _KEEPS_LINES.search(style[:1000]):
            element.set("style", "white-space: pre")


# the wrappers that Gmail, Yahoo, Proton, Thunderbird put around what they quote
_QUOTE_CLASSES = frozenset("gmail_quote protonmail_quote yahoo_quoted tutanota_quote".split())
_INTRODUCTIONS = frozenset("gmail_attr moz-cite-prefix".split())
# below these Outlook puts the whole old mail
_BELOW_IDS = frozenset(
    "divRplyFwdMsg OLK_SRC_BODY_SECTION mail-editor-reference-message-container".split()
)
_OUTLOOK_RULE = re.compile(
    r"border:\s*none;\s*border-top:\s*solid\s+(#\w{3,6}|\w{3,20})\s+1\.0pt;\s*padding:\s*3\.0pt\s",
    re.IGNORECASE,
)
_MAY_QUOTE = (
    *("blockquote", "divrplyfwdmsg", "olk_src_body", "reference-message", "border-top"),
    *("gmail_attr", "moz-cite-prefix"),
)
_BAR = re.compile(r"border-left(-width)?\s*:\s*(?!0|none)", re.IGNORECASE)


def _mark_quotes(tree: Any) -> bool:
    """Set marks into `tree` where its markup says that an older mail stands; whether there are any.

    A quotation is a <blockquote> of a mail program. The <div> around it may hold answers as well.
    """
    found = False
    for element in list(tree.iter()):
        if mark := _quote_mark(element):
            found = True
            if mark is _OPEN:
                element.text = _OPEN + (element.text or "")
                element.tail = _CLOSE + (element.tail or "")
            else:
                element.text = _BELOW + (element.text or "")
    return found


def _quote_mark(element: Any) -> str:
    style, classes = element.get("style", "")[:1000], set(element.get("class", "")[:500].split())
    if element.tag == "blockquote":
        cited = element.get("type", "").lower() == "cite" or _BAR.search(style)
        return _OPEN if cited or not _QUOTE_CLASSES.isdisjoint(classes) else ""
    if element.get("id", "") in _BELOW_IDS:
        return _BELOW
    if element.tag != "div":
        return ""
    if not _INTRODUCTIONS.isdisjoint(classes):
        return _OPEN
    return _BELOW if _OUTLOOK_RULE.search(style) else ""
