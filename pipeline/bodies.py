"""The letter itself: its text, what of it is new, and its language."""

import re
from collections.abc import Sequence

from pipeline.charsets import codec_of, decode
from pipeline.documents.html import MAX_HTML, text_of
from pipeline.documents.results import Unreadable
from pipeline.mime import Part

MAX_TEXT = 512 * 1024
# a plain part this short may only say "your program cannot show HTML"
STUB = 100


def is_body(part: Part) -> bool:
    """Whether this part is text of the letter and not an attachment."""
    return (
        part.content_type in {"text/plain", "text/html"}
        and part.disposition != "attachment"
        and not part.filename
    )


def body_text(parts: Sequence[Part]) -> str:
    """The letter's full text: of each alternative the plain text, else the HTML as text."""
    texts: list[str] = []
    done: set[str] = set()
    bodies = [part for part in parts if is_body(part)]
    for part in bodies:
        if not part.alternative:
            texts.append(_text(part))
        elif part.alternative not in done:
            done.add(part.alternative)
            texts.append(_one_of([each for each in bodies if each.alternative == part.alternative]))
    return "\n\n".join(text for text in texts if text)[:MAX_TEXT]


def _one_of(parts: Sequence[Part]) -> str:
    plain = "\n\n".join(_text(each) for each in parts if each.content_type == "text/plain").strip()
    if len(plain) > STUB:
        return plain
    # HTML is never longer as text: where it can't win, it need not be read
    if plain and sum(len(each.payload) for each in parts) < 4 * len(plain.encode()) + STUB:
        return plain
    html = "\n\n".join(_text(each) for each in parts if each.content_type == "text/html").strip()
    return html if not plain or len(html) > 3 * len(plain) + STUB else plain


def _text(part: Part) -> str:
    if part.content_type == "text/html":
        return _html(part)
    text = decode(part.payload[: 4 * MAX_TEXT], part.charset)[:MAX_TEXT]
    return (_unflowed(text, delsp=part.flowed == "delsp") if part.flowed else text).strip("\n")


def _html(part: Part) -> str:
    # a label of UTF-16 on bytes that hold tags is wrong
    wide = (codec_of(part.charset) or "").startswith(
        ("utf-16", "utf-32")
    ) and b"\0" not in part.payload
    try:
        return text_of(decode(part.payload[:MAX_HTML], "" if wide else part.charset))
    except Unreadable:
        return ""


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


_EDGE = r"^[ \t>|*]{0,8}"
# a line that says that what follows was written before, by somebody else
_REPLY_MARK = re.compile(
    _EDGE + r"[-_=*~ ]{2,60}\s*(original (message|mail|e-?mail|appointment)|"
    r"reply message|"
    r"message d'origine|ursprüngliche nachricht|"
    r"원본 ?(메시지|메세지|메일)|이전 ?(메시지|메일)|받은 ?메일|"
    r"元の?(メッセージ|メール)|受信メール|ข้อความ(ต้นฉบับ|เดิม)|อีเมลต้นฉบับ)\s*[-_=*~ ]{0,60}$",
    re.IGNORECASE,
)
_FORWARD_MARK = re.compile(
    _EDGE
    + r"([-_=*~ ]{2,60}\s*(forwarded (message|mail|by)|전달된 ?(메시지|메세지|메일)|전달 ?메일|"
    r"転送(された)?(メッセージ|メール)|ข้อความที่ส่งต่อ).{0,80}|begin forwarded message:?|"
    r"전달된 메시지 시작:?|転送されたメッセージ:|เริ่มข้อความที่ส่งต่อ:?)\s*$",
    re.IGNORECASE,
)
_WROTE = re.compile(
    _EDGE + r"("
    r"on\b.{4,300}\bwrote\s*[:：]|"
    r".{0,300}\d.{0,200}(<[^<>\s]{3,254}>|\bat\b).{0,40}"
    r"\b(wrote|writes|schrieb|a écrit|escribió)\s*[:：]|"
    r"(?=.*[\d@]).{0,300}님이\s*(다음과 같이\s*)?(작성|썼|쓴|쓰|보낸|보내).{0,20}[:：]|"
    r"(?=.*\d{1,2}:\d{2}).{0,300}님이\s*(작성|썼습니다).{0,10}|"
    r".{0,200}\d{1,2}:\d{2}.{0,200}(작성|썼습니다|쓰셨습니다)\s*[:：]|"
    r".{0,200}\d{4}\s*[年/.-].{0,200}(が|は|さん|様).{0,40}"
    r"(書きました|書いた|送信しました|メッセージ|メール)\s*[:：]|"
    r"\d{4}\s*[年/.-]\s*\d{1,2}\s*[月/.-].{0,100}\d{1,2}:\d{2}.{0,200}"
    r"(<[^<>\s]{3,254}>|[＜].{3,254}[＞])\s*[:：]|"
    r"(เมื่อ|ในวันที่|วันที่)?.{0,300}(เขียนว่า|ได้เขียน(ว่า)?|เขียน)\s*[:：]"
    r")\s*$",
    re.IGNORECASE,
)
# the words that an attribution ends with: the long pattern above runs only where one stands
_WROTE_HINT = re.compile(
    r"wrote|writes|schrieb|écrit|escribió|님이|작성|썼습|쓰셨|書き|書い|送信|メッセージ|"
    r"メール|เขียน|[>＞]\s*[:：]\s*$",
    re.IGNORECASE,
)
_WROTE_START = re.compile(
    _EDGE + r"(on\b.{0,30}\d|\d{4}\s*[년年/.-]|เมื่อ|ในวันที่|วันที่ ?\d|.{0,40}\d{1,2}:\d{2})",
    re.IGNORECASE,
)
# the block of headers that Outlook and the webmails put above the old mail
_MAIL_FROM = re.compile(
    _EDGE + r"(from|von|de|보낸 ?사람|보낸 ?이|발신(자|인)?|差出人|送信者|"
    r"發件人|发件人|จาก|ผู้ส่ง)\s*\**\s*[:：]",
    re.IGNORECASE,
)
_ONLY_IN_MAIL = re.compile(
    _EDGE + r"(보낸 ?사람|보낸 ?이|발신(자|인)|差出人|送信者|發件人|发件人|ผู้ส่ง)"
)
_OTHER_HEADER = re.compile(
    _EDGE + r"(?:(?P<subject>subject|betreff|objet|제목|件名|主题|主旨|เรื่อง|หัวเรื่อง)|"
    r"(?P<date>sent|date|gesendet|보낸 ?(?:날짜|시간|일시)|날짜|발신일|"
    r"日時|送信日時|日付|发送时间|ส่ง(?:เมื่อ)?|วันที่)|"
    r"(?P<to>to|cc|an|받는 ?(?:사람|이)|수신(?:자|인)?|참조|"
    r"宛先|受信者|收件人|抄送|ถึง|สำเนา|เรียน))\s*\**\s*[:：]",
    re.IGNORECASE,
)
_HEADER_LINES = 8
# of a line, this much is looked at: the patterns take quadratic time on a hostile one
LINE = 400
_QUOTED = re.compile(r"^[ \t]{0,3}>")
_SIGNATURE = re.compile(r"^-- ?$")
SIGNATURE_LINES = 15


def new_text(text: str) -> str:
    """What the sender wrote this time: no quoted mail, no signature after "-- ".

    A forwarded mail is news to us and stays, without its header block. An old mail below an empty
    reply stays too (some programs forward so), but never the quotes within it.
    """
    lines = text.split("\n")
    kept: list[str] = []
    at = 0
    while at < len(lines):
        step = _quote_at(lines, at, empty=not any(line.strip() for line in kept))
        if step is None:
            kept.append(lines[at])
            at += 1
        else:
            at = step
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n").rstrip()


def _quote_at(lines: list[str], at: int, *, empty: bool) -> int | None:
    """The next line to look at if a quote or signature begins at `at`; None for new text."""
    line, end = lines[at][:LINE], len(lines)
    if not line.strip():
        return None
    if _QUOTED.match(line):
        return at + 1
    if _FORWARD_MARK.match(line):
        return _after_headers(lines, at + 1)
    if _REPLY_MARK.match(line):
        return _after_headers(lines, at + 1) if empty else end
    if _is_header_block(lines, at):
        return _after_headers(lines, at) if empty else end
    if wrote := _wrote_until(lines, at):
        return _after_quote(lines, wrote)
    if _SIGNATURE.match(line) and (line == "-- " or end - at <= SIGNATURE_LINES):
        return end
    return None


def _wrote_until(lines: list[str], at: int) -> int:
    """The line after an attribution that begins at `at` (folded over up to three), else 0."""
    if _is_attribution(lines[at]):
        return at + 1
    if not _WROTE_START.match(lines[at][:LINE]):
        return 0
    for more in (2, 3):
        joined = " ".join(line.strip() for line in lines[at : at + more])
        if all(line.strip() for line in lines[at : at + more]) and _is_attribution(joined):
            return at + more
    return 0


def _is_attribution(line: str) -> bool:
    line = line[:LINE]
    return bool(_WROTE_HINT.search(line) and _WROTE.match(line))


def _after_quote(lines: list[str], at: int) -> int:
    """Where the writing goes on below an attribution: after its "> " lines, else nowhere."""
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at if at < len(lines) and _QUOTED.match(lines[at]) else len(lines)


def _is_header_block(lines: list[str], at: int) -> bool:
    """Whether an old mail's headers begin here; "From: Busan / To: Hamburg" is no such block."""
    line = lines[at][:LINE]
    if not _MAIL_FROM.match(line):
        return False
    following = [each[:LINE] for each in lines[at + 1 : at + 1 + _HEADER_LINES]]
    kinds = {m.lastgroup for each in following if (m := _OTHER_HEADER.match(each))}
    if "@" in line or _ONLY_IN_MAIL.match(line):
        return bool(kinds)
    return "subject" in kinds and len(kinds) > 1


def _after_headers(lines: list[str], at: int) -> int:
    """The line after the header lines that may follow `at`."""
    end = min(len(lines), at + _HEADER_LINES + 4)
    seen = False
    while at < end:
        line = lines[at][:LINE]
        if _MAIL_FROM.match(line) or _OTHER_HEADER.match(line):
            seen = True
        elif line.strip() or seen:
            return at
        at += 1
    return at


_HANGUL = re.compile("[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]")
_KANA = re.compile("[\u3041-\u30ff\uff66-\uff9f]")
_HAN = re.compile("[\u4e00-\u9fff]")
_THAI = re.compile("[\u0e01-\u0e5b]")
_OTHER_LETTER = re.compile(r"[^\W\d_]")
LANGUAGE_CHARACTERS = 20_000


def language(text: str) -> str:
    """ "ko", "en", "ja" or "th" by script; "ko" for a text without letters.

    A Hangul or Japanese character carries about as much as five letters, and the trade's English
    (ETD, 40ft HC, Busan) and a company's English footer stand in mails of every language.
    """
    text = text[:LANGUAGE_CHARACTERS]
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
