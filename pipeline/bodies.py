"""The letter itself: its text, what of it is new, and its language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

from pipeline.charsets import DETECT_BYTES, codec_of, decode
from pipeline.documents.html import MAX_HTML, Page, named_charset, page_of
from pipeline.documents.results import Unreadable
from pipeline.mime import Part
from pipeline.quoting import has_forward_mark, new_text

MAX_TEXT = 512 * 1024
# bytes of HTML, of all parts of a letter: a few are read whole, 290 of them cost 40 s
MAX_LETTER_HTML = 2 * MAX_HTML
# a plain part no longer than this may only say "your program cannot show HTML"
STUB = 600
_STUB = re.compile(
    r"\bhtml\b|\b(in|with) (your|a|the) (web ?)?browser|view (this|the) (e-?mail|message)|"
    r"브라우저|ブラウザ|เบราว์เซอร์",
    re.IGNORECASE,
)
# characters of each that a plain part and its HTML are compared by
MAX_COMPARED = 60_000


def is_body(part: Part) -> bool:
    """Whether this part is text of the letter and not an attachment."""
    return (
        part.content_type in {"text/plain", "text/html"}
        and part.disposition != "attachment"
        and not part.filename
    )


@dataclass(frozen=True, slots=True)
class Texts:
    """A letter's full text, and what of it its sender wrote this time."""

    full: str
    new: str
    cut: bool = False  # parts of it were too many to be read


_FORWARDED = re.compile(
    r"\W{0,3}(fwd?|fw|전달|전송|転送|ส่งต่อ|wg|tr|i)\W{0,2}[:：\]］】]", re.IGNORECASE
)


def texts(parts: Sequence[Part], subject: str = "") -> Texts:
    """The letter's texts: of each alternative the plain one, else the HTML as text.

    Quotes are told by the HTML's structure first, then by the marks in the text. In a forwarded
    mail (by its subject or its text) structure says nothing: what it quotes is the news.
    """
    page, cut = _page(parts)
    forwarded = bool(_FORWARDED.match(subject))
    standing = page.text if page.standing is None else page.standing
    if forwarded or page.marked is standing or has_forward_mark(page.text):
        return Texts(page.text, new_text(standing, forwarded=forwarded), cut)
    return Texts(page.text, new_text(page.marked) or new_text(standing), cut)


def _page(parts: Sequence[Part]) -> tuple[Page, bool]:
    """The letter's text, and whether parts of it were left unread."""
    reader = _Reader()
    pages: list[Page] = []
    done: set[str] = set()
    bodies = [part for part in parts if is_body(part)]
    for part in bodies:
        if not part.alternative:
            pages.append(reader.read(part))
        elif part.alternative not in done:
            done.add(part.alternative)
            same = [each for each in bodies if each.alternative == part.alternative]
            pages.append(_one_of(same, reader))
    return _joined(pages), reader.cut


def _joined(pages: Sequence[Page]) -> Page:
    pages = [page for page in pages if page.text]
    if len(pages) == 1 and len(pages[0].text) <= MAX_TEXT:
        return pages[0]
    text = "\n\n".join(page.text for page in pages)[:MAX_TEXT]
    if all(page.marked is page.text for page in pages):
        return Page(text, text)
    marked = "\n\n".join(page.marked for page in pages)[:MAX_TEXT]
    if all(page.standing is None for page in pages):
        return Page(text, marked)
    standing = (page.text if page.standing is None else page.standing for page in pages)
    return Page(text, marked, "\n\n".join(standing)[:MAX_TEXT])


def _one_of(parts: Sequence[Part], reader: "_Reader") -> Page:
    """The plain text of an alternative; its HTML where that says more."""
    plain = _joined([reader.read(each) for each in parts if each.content_type == "text/plain"])
    pages = [each for each in parts if each.content_type == "text/html"]
    words = _Words.of(plain.text)
    # most pages hold what the plain text holds: they need not be laid out to be compared
    if words.all and not any(_says_more(reader.glance(each), words, plain.text) for each in pages):
        return plain
    html = _joined([reader.read(each) for each in pages])
    if not words.all:
        return html if html.text.strip() else plain
    return html if _says_more(html.text, words, plain.text) else plain


@dataclass(frozen=True, slots=True)
class _Words:
    """The words and numbers of a text, links and addresses aside."""

    all: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "_Words":
        text = text[:MAX_COMPARED].lower()
        if "@" in text or "://" in text or "www." in text:
            text = _NO_LANGUAGE.sub(" ", text)
        found = frozenset(_WORD.findall(text))
        return cls(found, frozenset(filter(str.isdecimal, found)))


# a number apart from the unit or counter that stands at it
_WORD = re.compile(r"\d+|[^\W\d_]+")
_NOT_A_WORD = re.compile(r"[\W_]+")


def _says_more(html: str, plain: _Words, text: str) -> bool:
    """Whether `html` has a number, or a fifth of its words, that the plain `text` has not, and more
    of them than the plain text has of its own.
    """
    words = _Words.of(html)
    more = words.all - plain.all
    if not more:
        return False
    # plain text is folded, in Japanese within a word
    bare = _NOT_A_WORD.sub("", text[: 2 * MAX_COMPARED].lower())
    more = frozenset(each for each in more if each.isdecimal() or each not in bare)
    numbers = more & words.numbers
    if not numbers and 5 * len(more) <= len(words.all):
        return False
    if len(text) <= STUB and _STUB.search(text):
        return True
    less = plain.all - words.all
    if less:
        bare = _NOT_A_WORD.sub("", html[: 2 * MAX_COMPARED].lower())
        less = frozenset(each for each in less if each.isdecimal() or each not in bare)
    return _weight(more) >= _weight(less)


def _weight(words: frozenset[str]) -> int:
    return sum(5 if each.isdecimal() else 1 for each in words)


_TAG = re.compile(r"<[^<>]{0,4000}>")
_UNSEEN = (("<style", "</style"), ("<script", "</script"), ("<!--", "-->"))


def _between_tags(markup: str) -> str:
    """What stands between the tags of a page, style sheets and comments aside."""
    for opening, closing in _UNSEEN:
        lower, kept, at = markup.lower(), list[str](), 0
        if len(lower) != len(markup):  # as of a Turkish capital i
            markup = lower
        while (start := lower.find(opening, at)) >= 0:
            end = lower.find(closing, start)
            if end < 0:
                break
            kept.append(markup[at:start])
            at = end + len(closing) * (closing == "-->")
        markup = " ".join((*kept, markup[at:]))
    return unescape(_TAG.sub(" ", markup))


@dataclass(slots=True)
class _Reader:
    """Reads the parts of one letter until enough of it is there; `cut` says that some were not."""

    parts: int = 0
    characters: int = 0
    html: int = 0
    glanced: int = 0
    cut: bool = False

    def read(self, part: Part) -> Page:
        is_html = part.content_type == "text/html"
        if self.characters >= MAX_TEXT or (is_html and self.html >= MAX_LETTER_HTML):
            self.cut = True
            return Page("", "")
        self.parts += 1
        page = _html(part, self._guess()) if is_html else _plain(part, self._guess())
        self.html += min(len(part.payload), MAX_HTML) if is_html else 0
        self.characters += len(page.text)
        return page

    def glance(self, part: Part) -> str:
        """About the text of a page: all that stands between its tags, hidden or not."""
        if self.html >= MAX_LETTER_HTML or self.glanced >= MAX_LETTER_HTML:
            return ""
        self.glanced += min(len(part.payload), MAX_HTML)
        return _between_tags(_markup(part, self._guess()))

    def _guess(self) -> int:
        # the more parts there are, the less of each is shown to chardet: 290 of noise cost it 10 s
        return DETECT_BYTES // max(1, self.parts)


def _plain(part: Part, guess: int) -> Page:
    text = decode(part.payload[: 4 * MAX_TEXT], part.charset, guess=guess)[:MAX_TEXT]
    text = (_unflowed(text, delsp=part.flowed == "delsp") if part.flowed else text).strip("\n")
    return Page(text, text)


def _html(part: Part, guess: int) -> Page:
    try:
        return page_of(_markup(part, guess), quotes=True)
    except Unreadable:
        return Page("", "")


def _markup(part: Part, guess: int) -> str:
    payload, charset = part.payload[:MAX_HTML], part.charset
    codec = codec_of(charset) or ""
    # a label of UTF-16 on bytes that hold tags is wrong
    if codec.startswith(("utf-16", "utf-32")) and b"\0" not in part.payload:
        charset = codec = ""
    return decode(payload, charset if codec else named_charset(payload), guess=guess)


def _unflowed(text: str, *, delsp: bool) -> str:
    """`text` with the soft line breaks of format=flowed (RFC 3676) taken out."""
    out: list[str] = []
    soft = False
    for line in text.split("\n"):
        line = line.removeprefix(" ")
        if soft and not line.startswith(">") and line != "-- ":
            out[-1] += line
        else:
            out.append(line)
        soft = line.endswith(" ") and line != "-- " and not line.startswith(">")
        if soft and delsp:
            out[-1] = out[-1][:-1]
    return "\n".join(out)


_HANGUL = re.compile("[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]")
_KANA = re.compile("[\u3041-\u30ff\uff66-\uff9f]")
_HAN = re.compile("[\u4e00-\u9fff]")
_THAI = re.compile("[\u0e01-\u0e5b]")
_OTHER_LETTER = re.compile(r"[^\W\d_]")
# links and addresses are in no language
_NO_LANGUAGE = re.compile(r"https?://\S{1,2000}|www\.\S{1,2000}|\S{1,64}@[\w.-]{1,190}", re.ASCII)
LANGUAGE_CHARACTERS = 20_000


def language(text: str) -> str:
    """ "ko", "en", "ja" or "th" by script; "ko" for a text without letters.

    A Hangul or Japanese character carries about as much as five letters, and the trade's English
    (ETD, 40ft HC, Busan) and a company's English footer stand in mails of every language.
    """
    text = text[:LANGUAGE_CHARACTERS]
    if "@" in text or "://" in text or "www." in text:
        text = _NO_LANGUAGE.sub(" ", text)
    if text.isascii():
        return "en" if any(map(str.isalpha, text)) else "ko"
    hangul, kana, han, thai = (len(each.findall(text)) for each in (_HANGUL, _KANA, _HAN, _THAI))
    others = (
        len(_OTHER_LETTER.findall(text))
        - hangul
        - kana
        - han
        - len(re.findall("[ก-ฮะ-าำเ-ๆ]", text))
    )
    scores = {
        "ko": 5 * hangul,
        "ja": 5 * (kana + (han if kana or not hangul else 0)),
        "th": 3 * thai,
        "en": others,
    }
    return max(scores, key=lambda name: scores[name])
