"""What of a letter its sender wrote this time: quoted mails and signatures told from news.

For extraction only: an old mail's date must not become today's, a signature's city no origin. The
full text is kept beside it. The marks are those that mail programs write in four languages.
"""

import re
from dataclasses import dataclass

from pipeline.documents.armor import without_blocks
from pipeline.signature import has_figures, without_signature

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
    r".{0,200}\d{4}\s*[年/.-].{0,200}(が|は|の|さん|様).{0,40}"
    r"(書きました|書いた|送信しました|メッセージ|メール)\s*[:：]|"
    r"\d{4}\s*[年/.-]\s*\d{1,2}\s*[月/.-].{0,100}\d{1,2}:\d{2}.{0,200}"
    r"(<[^<>\s]{3,254}>|[＜].{3,254}[＞])\s*[:：]|"
    r"(?=.*[\d@]).{0,300}\s*이\s?\(가\)\s*(쓴 ?글|작성).{0,10}[:：]|"
    r"[^\s@]{1,64}@[\w.-]{3,190}[>＞]?\s*(さん|様)?(が|は|の).{0,40}(書きました|書いた)\s*[:：]|"
    r"(เมื่อ|ในวันที่|วันที่)?.{0,300}(เขียนว่า|ได้เขียน(ว่า)?|เขียน)\s*[:：]"
    r")\s*$",
    re.IGNORECASE,
)
# Zoho, and some webmails: "---- On <date> <whom> wrote ----"
_WROTE_IN_RULES = re.compile(
    _EDGE + r"-{2,20}\s*(?=.{0,300}\d)(?=.{0,300}(@|\d{1,2}:\d{2}))"
    r"(on\b.{4,300}\bwrote|.{4,300}님이\s*(작성|쓴|보낸|보내신).{0,20}|"
    r".{4,300}(書きました|さんのメール|のメッセージ)|.{4,300}เขียน(ว่า)?)\s*[:：]?\s*-{2,20}$",
    re.IGNORECASE,
)
# the words that an attribution ends with: the long pattern above runs only where one stands
_WROTE_HINT = re.compile(
    r"wrote|writes|schrieb|écrit|escribió|님이|작성|썼습|쓰셨|書き|書い|送信|メッセージ|"
    r"メール|쓴 ?글|เขียน|[>＞]\s*[:：]\s*$",
    re.IGNORECASE,
)
# and how such a line ends: most hostile ones don't
_WROTE_END = re.compile(r"[:：]$|--$|(작성|썼습니다).{0,10}$")
# of a text, so many lines are tried with the long pattern: a hostile one takes it 13 ms
MAX_TRIES = 200
# in whatever language
_INTRODUCES = re.compile(r"(\d{1,2}:\d{2}|\d{4}|@).{0,200}[:：]$")
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
# every mark has one of these; most lines have none
_MAY_MARK = re.compile(r"[\d:：>＞|*=_~-]")
_MAY_MARK_WORDS = ("orwarded", "전달", "転送", "ส่งต่อ", "님이")
_HEADER_LINES = 8
# of a line, this much is looked at: the patterns take quadratic time on a hostile one
LINE = 400
_QUOTED = re.compile(r"^[ \t]{0,3}>")
_SIGNATURE = re.compile(r"^[ \t]{0,4}-- ?$")
_RULE = re.compile(r"^\s*[-_=*─━]{3,}\s*$")
_MANY_BREAKS = re.compile(r"\n{3,}")
SIGNATURE_LINES = 15


# RFC 4880 and what looks like it: keys, signatures, cipher text and certificates


@dataclass(slots=True)
class _Letter:
    """The lines of a text, and how many may still be tried with the slowest pattern."""

    lines: list[str]
    tries: int = MAX_TRIES


def new_text(text: str, *, forwarded: bool = False) -> str:
    """What the sender wrote this time: no quoted mail, no signature.

    A forwarded mail is news to us and stays, without its header block; `forwarded` says that the
    subject calls this one so (Outlook marks replies and forwards alike). An old mail below an empty
    reply stays too (some programs forward so), but never the quotes within it.
    """
    letter = _Letter(without_blocks(text).text.split("\n"))
    lines = letter.lines
    kept: list[str] = []
    written = closed = False
    at = 0
    while at < len(lines):
        step = _quote_at(letter, at, keep=forwarded or not written)
        if step is None:
            kept.append(lines[at])
            written = written or bool(lines[at].strip())
            at += 1
            continue
        if not closed and not _QUOTED.match(lines[at]):
            kept, closed, forwarded = _closed(kept), True, False
        at = step
    return _MANY_BREAKS.sub("\n\n", "\n".join(without_signature(kept))).strip("\n").rstrip()


def has_forward_mark(text: str) -> bool:
    """Whether a line of `text` says that what follows it was forwarded."""
    return any(_FORWARD_MARK.match(line[:LINE]) for line in text.split("\n"))


def _closed(kept: list[str]) -> list[str]:
    """The lines above a quoted or forwarded mail, without the signature and rule that end them."""
    while kept and (not kept[-1].strip() or _RULE.match(kept[-1][:LINE])):
        kept.pop()
    return [*without_signature(kept), ""] if kept else kept


def _quote_at(letter: _Letter, at: int, *, keep: bool) -> int | None:
    """The next line to look at if a quote or signature begins at `at`; None for new text.

    `keep` says that a whole mail that follows is news: only its header block is passed over.
    """
    line = letter.lines[at][:LINE]
    if not _may_mark(line):
        return None
    if _SIGNATURE.match(line):
        return _after_signature(letter, at)
    return _after_mail(letter, at, keep=keep)


def _may_mark(line: str) -> bool:
    return bool(_MAY_MARK.search(line)) or any(word in line for word in _MAY_MARK_WORDS)


def _after_mail(letter: _Letter, at: int, *, keep: bool) -> int | None:
    lines = letter.lines
    line, end = lines[at][:LINE], len(lines)
    if _QUOTED.match(line):
        return at + 1
    if _FORWARD_MARK.match(line):
        return _after_headers(lines, at + 1)
    if _REPLY_MARK.match(line):
        return _after_headers(lines, at + 1) if keep else end
    if _is_header_block(lines, at):
        return _after_headers(lines, at) if keep else end
    if wrote := _wrote_until(letter, at):
        return _after_quote(lines, wrote)
    return None


def _after_signature(letter: _Letter, at: int) -> int | None:
    """Where the signature that "-- " opens at `at` ends: at the next mail or "-- ", or the end.

    None where it holds what may be facts: then "--" was meant as a rule.
    """
    lines, end = letter.lines, at + 1
    while end < len(lines) and not _SIGNATURE.match(lines[end]):
        if _may_mark(lines[end]) and _after_mail(letter, end, keep=False) is not None:
            break
        if has_figures(lines[end]):
            return None
        end += 1
    return None if end - at > SIGNATURE_LINES and lines[at][-3:] != "-- " else end


def _wrote_until(letter: _Letter, at: int) -> int:
    """The line after an attribution that begins at `at` (folded over up to three), else 0."""
    lines = letter.lines
    if _is_attribution(lines[at], letter) or _above_quote(lines, at):
        return at + 1
    if not _WROTE_START.match(lines[at][:LINE]):
        return 0
    for more in (2, 3):
        joined = " ".join(line.strip() for line in lines[at : at + more])
        all_written = all(line.strip() for line in lines[at : at + more])
        if all_written and _is_attribution(joined, letter):
            return at + more
    return 0


def _is_attribution(line: str, letter: _Letter) -> bool:
    line = line[:LINE].rstrip()
    if not (_WROTE_END.search(line[-20:]) and _WROTE_HINT.search(line)) or not letter.tries:
        return False
    letter.tries -= 1
    return bool((_WROTE_IN_RULES if line.endswith("--") else _WROTE).match(line))


def _above_quote(lines: list[str], at: int) -> bool:
    """Whether the line at `at`, with a date or address and a colon, introduces "> " lines."""
    line = lines[at][:LINE].rstrip()
    if not line.endswith((":", "：")) or not _INTRODUCES.search(line):
        return False
    following = next((line for line in lines[at + 1 : at + 4] if line.strip()), "")
    return bool(_QUOTED.match(following))


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
