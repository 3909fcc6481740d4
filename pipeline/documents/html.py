"""HTML to the text a reader sees: table rows kept on a line, hidden elements left out."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from pipeline.charsets import clean, codec_of, decode
from pipeline.documents.results import Text, Unreadable, Writer

MAX_HTML = 512 * 1024
MAX_INDENTS = 30
_INDENTING = ("div", "ul", "ol")
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE
)
# white text on a page of unknown colour is left to the classifier: it needs a layout engine
_HIDING = re.compile(
    r"display\s*:\s*none|mso-hide\s*:\s*all|opacity\s*:\s*0?(\.0+)?\s*(;|$|!)|"
    r"max-height\s*:\s*0(px|pt|em)?\s*(;|$|!)|transform\s*:[^;]{0,60}scale[xy3d]{0,2}\(\s*0\s*[,)]|"
    r"clip\s*:\s*rect\(\s*0(px)?[\s,]+0(px)?[\s,]+0(px)?[\s,]+0(px)?\s*\)|clip-path\s*:\s*inset\(\s*(100|50)%|"
    r"(?<![-\w])(text-indent|left|top|right|margin-left|margin-top)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_NO_SIZE = re.compile(
    r"(?<![-\w])(height|width|max-width)\s*:\s*0(\.0+)?(px|pt|em|rem|%)?\s*(;|$|!)", re.IGNORECASE
)
_CLIPPED = re.compile(r"overflow(-[xy])?\s*:\s*(hidden|clip)", re.IGNORECASE)
_NO_FONT = re.compile(
    r"font-size\s*:\s*0*(\.0+)?\s*(px|pt|em|rem|%)?\s*(;|$|!)|visibility\s*:\s*(hidden|collapse)",
    re.IGNORECASE,
)
_FONT = re.compile(
    r"font-size\s*:\s*[\d.]*[1-9a-z]|font\s*:|visibility\s*:\s*visible", re.IGNORECASE
)
_COLOUR = re.compile(r"(?:^|;)\s*color\s*:\s*([^;!]{1,40})", re.IGNORECASE)
_GROUND = re.compile(r"(?:^|;)\s*background(?:-color)?\s*:\s*([^;!]{1,40})", re.IGNORECASE)
MAX_SHEETS, MAX_SHEET = 10, 64 * 1024
_CSS_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_PLAIN_SELECTOR = re.compile(r"([a-z][a-z0-9]{0,15})?([.#])([\w-]{1,60})", re.IGNORECASE)
_KEEPS_LINES = re.compile(r"white-space\s*:\s*pre", re.IGNORECASE)
_UNREAD = frozenset(
    {
        "script",
        "style",
        "head",
        "title",
        "noscript",
        "template",
        "object",
        "embed",
        "iframe",
        "svg",
        "math",
        "select",
        "button",
        "textarea",
        "audio",
        "video",
        "canvas",
        "map",
    }
)
# looked for only where a run begins: in a long one that no line end follows it would be quadratic
_SPACES = re.compile(r"(?<![ \t\xa0])[ \t\xa0]+\n")
# libxml2 compares each attribute of an element with all before it: 40,000 cost it 20 s
_LONG_TAG = re.compile(r"<[^<>]{16384,}>")
_MANY_BREAKS = re.compile(r"\n{3,}")


def read(data: bytes) -> Text:
    """The text of an HTML file in the charset that it names."""
    writer = Writer()
    writer.add(text_of(decode(data[:MAX_HTML], named_charset(data))))
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

    What the markup says is an older mail bears "> " there, or stands below QUOTE_BELOW.
    """

    text: str
    marked: str


QUOTE_BELOW = "-----Original Message-----"
# noncharacters: no text of a mail holds them
_OPEN, _CLOSE, _BELOW = "\ufdd0", "\ufdd1", "\ufdd2"
_MARKS = re.compile(f"[{_OPEN}{_CLOSE}{_BELOW}]")
_FOREIGN_MARKS = re.compile(
    f"[{_OPEN}{_CLOSE}{_BELOW}]|&#(x0{{0,9}}fdd[012]|0{{0,9}}6497[678])(?![0-9a-f]);?",
    re.IGNORECASE,
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
    _drop_hidden(tree, _hiding_names(lower) if "<style" in lower else frozenset())
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
    plain = _tidy(_MARKS.sub("", text) if marked else text)
    return Page(plain, _tidy(_with_marks(text)) if marked else plain)


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


def _hiding_names(lower: str) -> frozenset[str]:
    """The ".class" and "#id" (or "tag.class") that a style sheet of the page hides everywhere.

    In lower case. Only plain rules: what stands in @media is for another screen than ours.
    """
    names: set[str] = set()
    for sheet in _sheets(lower):
        css = _without_at_rules(_CSS_COMMENT.sub(" ", sheet))
        for selectors, style in _RULE.findall(css)[:500]:
            if not _hides(style):
                continue
            for each in selectors.split(","):
                if match := _PLAIN_SELECTOR.fullmatch(each.strip()):
                    names.add(f"{(match[1] or '').lower()}{match[2]}{match[3]}")
    return frozenset(names)


def _sheets(lower: str) -> list[str]:
    """What stands between <style> and </style>; by str.find, as an open one costs an expression
    quadratic time.
    """
    found, at = list[str](), 0
    while len(found) < MAX_SHEETS and (start := lower.find("<style", at)) >= 0:
        start = lower.find(">", start) + 1
        end = lower.find("</style", start)
        if not start or end < 0:
            break
        found.append(lower[start : min(end, start + MAX_SHEET)])
        at = end
    return found


def _without_at_rules(css: str) -> str:
    """`css` without its @media, @supports and other blocks of blocks."""
    out, depth, start, skipping = [], 0, 0, False
    for match in re.finditer(r"[{}@]", css):
        at = match.start()
        if match[0] == "@" and depth == 0 and not skipping:
            out.append(css[start:at])
            skipping = True
        elif match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth = max(0, depth - 1)
            if depth == 0 and skipping:
                skipping, start = False, at + 1
    return "".join(out) + ("" if skipping else css[start:])


def _drop_hidden(tree: Any, names: frozenset[str]) -> None:
    """Take out of `tree` what a reader does not see; the text that follows an element stays."""
    muted = []
    for element in list(tree.iter()):
        style = element.get("style", "")[:1000] if isinstance(element.tag, str) else ""
        if _is_hidden(element, style) or (names and _is_named(element, names)):
            if element.getparent() is not None:
                element.drop_tree()
        elif style and _NO_FONT.search(style):
            muted.append(element)
    _mute(muted)


def _mute(elements: list[Any]) -> None:
    """Take the text without size out of `elements`, up to where an inner element has a size.

    Layout by tables sets font-size:0 around cells that have their own.
    """
    done = set()
    while elements:
        element = elements.pop()
        if element in done:
            continue
        done.add(element)
        element.text = None
        for child in element:
            child.tail = None
            if not (child.get("size") or _FONT.search(child.get("style", "")[:1000])):
                elements.append(child)


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


def _is_hidden(element: Any, style: str) -> bool:
    if not isinstance(element.tag, str) or element.tag in _UNREAD or "hidden" in element.attrib:
        return True
    if not style:
        return False
    return _hides(style) or _same_colours(element, style)


def _hides(style: str) -> bool:
    return bool(_HIDING.search(style) or (_NO_SIZE.search(style) and _CLIPPED.search(style)))


def _is_named(element: Any, names: frozenset[str]) -> bool:
    marks = [f".{each}" for each in element.get("class", "")[:500].lower().split()]
    if name := element.get("id"):
        marks.append(f"#{name.lower()}")
    return any(each in names or f"{element.tag}{each}" in names for each in marks)


def _same_colours(element: Any, style: str) -> bool:
    """Whether text and ground have one colour, and no inner element another."""
    colour, ground = _COLOUR.search(style), _GROUND.search(style)
    if not (colour and ground) or _plain_colour(colour[1]) != _plain_colour(ground[1]):
        return False
    return not any("olor" in each.get("style", "") or each.get("color") for each in element[:50])


def _plain_colour(value: str) -> str:
    value = "".join(value.lower().split())
    if re.fullmatch("#[0-9a-f]{3}", value):
        value = "#" + "".join(2 * each for each in value[1:])
    return _NAMED_COLOURS.get(value, value)


_NAMED_COLOURS = {
    "white": "#ffffff",
    "black": "#000000",
    "rgb(255,255,255)": "#ffffff",
    "rgb(0,0,0)": "#000000",
}

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
