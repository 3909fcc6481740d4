"""HTML to the text a reader sees: table rows kept on a line, hidden elements left out."""

import re
from typing import Any

from pipeline.charsets import clean, codec_of, decode
from pipeline.documents.results import MAX_CHARACTERS, Text, Unreadable

MAX_HTML = 512 * 1024
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE
)
# white text on white and the like is left to the classifier: it needs a layout engine
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(hidden|collapse)|mso-hide\s*:\s*all|opacity\s*:\s*0(\.0+)?\s*(;|$|!)|"
    r"font-size\s*:\s*0(\.0+)?\s*(px|pt|em|rem|%)?\s*(;|$|!)|max-height\s*:\s*0(px|pt)?\s*(;|$|!)|"
    r"(?<![-\w])text-indent\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
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
_SPACES = re.compile(r"[ \t\xa0]+\n")
_MANY_BREAKS = re.compile(r"\n{3,}")


def read(data: bytes) -> Text:
    """The text of an HTML file in the charset that it names."""
    named = _META_CHARSET.search(data[:4096])
    declared = named[1].decode("ascii") if named else None
    # a page that could be searched for "<meta" is not in UTF-16, whatever it says
    if (codec_of(declared) or "").startswith(("utf-16", "utf-32")):
        declared = None
    notes = ("cut",) if len(data) > MAX_HTML else ()
    return Text(text_of(decode(data[:MAX_HTML], declared))[:MAX_CHARACTERS], notes)


def text_of(html: str) -> str:
    """The visible text of `html`; raises Unreadable("damaged") where no tree can be made of it."""
    from inscriptis import Inscriptis

    tree = _tree(html[:MAX_HTML])
    if tree is None:
        return ""
    _drop_hidden(tree)
    try:
        text = Inscriptis(tree).get_text()
    except RecursionError as exc:
        raise Unreadable("damaged") from exc
    return _MANY_BREAKS.sub("\n\n", _SPACES.sub("\n", clean(text) + "\n")).strip("\n")


def _tree(html: str) -> Any:
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    # bytes: lxml refuses text that carries an encoding declaration
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        return document_fromstring(html.encode("utf-8", errors="replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _drop_hidden(tree: Any) -> None:
    """Take out of `tree` what a reader does not see; the text that follows an element stays."""
    for element in [each for each in tree.iter() if _is_hidden(each)]:
        if element.getparent() is not None:
            element.drop_tree()
    for element in tree.iter():
        # of the styles only line breaks count; a margin of a billion em costs 11 s
        style = element.attrib.pop("style", "")
        if _KEEPS_LINES.search(style[:1000]):
            element.set("style", "white-space: pre")


def _is_hidden(element: Any) -> bool:
    if not isinstance(element.tag, str) or element.tag in _UNREAD:
        return True
    return "hidden" in element.attrib or bool(_HIDING.search(element.get("style", "")[:1000]))
