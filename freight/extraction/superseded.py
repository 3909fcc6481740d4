"""Dates that no longer hold: denied, moved to another day, or of an earlier shipment."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import re
from collections.abc import Sequence
from dataclasses import replace

from freight.extraction.calendar_words import ENGLISH_MONTH, THAI_MONTH
from freight.extraction.dates import DateMention
from freight.extraction.text import sentence, speaks_of_past
from freight.extraction.voyage_words import Word

_MOVE = r"(?:변경|변동|연기|미뤄|미루|조정|옮|바뀌|바꾸|바꿔|수정|정정|당겨|늦춰|chang|mov|postpon|shift|revis|amend|delay|push|roll|updat|brought forward|reschedul|変更|延期|後ろ倒し|前倒し|ずら|ずれ|繰り|เปลี่ยน|เลื่อน|ขยับ)"
_MOVED = re.compile(_MOVE)
_DENIED_AFTER = re.compile(
    rf"^ ?(?:\([^)\n]{{1,6}}\) ?)?(?:(?:이|가|은|는)? ?(?:아니|말고|아닌|대신)|에서 ?[^\n,.]{{1,16}}(?:로|으로) ?{_MOVE}|에서 ?(?:\d{{1,2}}월 ?)?\d{{1,2}}일(?:로|으로)|から[^\n、。]{{1,16}}(?:に|へ)(?:{_MOVE})|[ ….]*(?:ではな|じゃな)|でなく|ไม่ใช่|(?:の(?:船|便|出港))?(?:には?|では|は)? ?間に合わ|(?:ก็)?ไม่ทัน|(?: ?(?:배편|배|출항|선적|선편))?(?:은|는|이|가|엔|에는)? ?(?:못 ?맞추|못 ?맞춰|안 ?(?:되고|돼서|되어서|되니|됩니다|돼요|될)|불가(?:하|능하)|무리(?:라|이|입|고)|어렵(?:고|습|다고)|힘들(?:고|어서))|,? (?:is|was|looks|seems) (?:too (?:early|late|soon|tight)|not (?:possible|feasible)|impossible|no longer)|,? (?:won't|will not|doesn't|does not|can't|cannot) (?:work|do|be (?:met|made|done)|make)|[ ,;(]*(?:but |and )?(?:it is |it's |is )?now (?:is |on |for |it is )?(?:the )?(?:\d|[a-z]{{3}})|(?:을|를|は|を)? ?(?:취소|キャンセル|ยกเลิก))"
)
_DENIED_BEFORE = re.compile(
    r"(?:(?<![a-z])not|instead of|rather than|ไม่ใช่|แทน)(?: on)?(?: the)? ?$"
)
_NEGATED = re.compile(r"(?:(?<![a-z])not|n't|no longer) $")
_FROM = re.compile(rf"{_MOVE}[^\n.;]{{0,30}}?(?:from|จาก)(?: the| ?วันที่)? ?$")
_TO = re.compile(
    r"[ \t]*(?:to|into|until|till|-{0,2}>|에서|から|を|เป็น(?:วันที่)?|ไปเป็น)[ \t]*(?:the |on )?"
)
_OLD = re.compile(
    r"변경 ?전|기존|당초|원래|종전|최초|(?<![a-z])(?:before(?= ?:)|old|original(?:ly)?|initial(?:ly)?|previous(?:ly)?|formerly|first planned)(?![a-z])|変更前|旧(?!正月)|当初|元々|もともと|เดิม|ก่อนหน้า|ก่อนเปลี่ยน"
)
_NEW = re.compile(
    r"변경 ?후|신규|새로|이번|로 ?변경|(?<![a-z])(?:new|now|revised|updated|changed|instead|after)(?![a-z])|変更後|新(?!年)|今回|ใหม่|เปลี่ยนเป็น|เป็น"
)
# the former date stands between them, or a word for the new one
_NEWER = re.compile(
    rf"{_NEW.pattern}|\d{{1,2}}(?: ?[월月/.]| ?(?:{ENGLISH_MONTH}|{THAI_MONTH}))|(?:{ENGLISH_MONTH})\.? ?\d"
)
_PAST = re.compile(
    r"เมื่อ(?:เดือน|ปี|สัปดาห์|ครั้ง)?(?:ก่อน|ที่แล้ว)|เดือนก่อน|先日|以前|昨日|어제|했던|(?:하|보내|나가|싣)셨던|shipped (?:with|via|by) you|we (?:shipped|sent|booked|used|paid)|(?<![a-z])(?:you quoted|was (?:shipped|sent|loaded)|left on|sailed|arrived (?:on|at))(?![a-z])"
)


def without_past(text: str, mentions: Sequence[DateMention]) -> list[DateMention]:
    """`mentions`, where those of an earlier shipment have no value: their words name no other date."""
    ends = [0, *(mention.end for mention in mentions)]
    return [
        replace(mention, value=None, warning="date_past")
        if _is_past(text, mention, after)
        else mention
        for mention, after in zip(mentions, ends, strict=False)
    ]


def is_denied(text: str, mention: DateMention, word: Word | None) -> bool:
    """Whether the text says that it is not this date, or no longer; `word` is what would name it."""
    if (
        word
        and word.start < mention.start
        and _NEGATED.search(text, max(0, word.start - 8), word.start)
    ):
        return True
    before = text[max(0, mention.start - 60) : mention.start]
    after = text[mention.end : mention.end + 40]
    return bool(
        _DENIED_AFTER.match(after)
        or _DENIED_BEFORE.search(before[-20:])
        or (_FROM.search(before) and _TO.match(after))
        or _is_old(text, mention)
        or _is_arrow_of_change(text, mention)
    )


def replaces(text: str, before: DateMention, mention: DateMention) -> bool:
    """Whether `mention` is the day that the date `before` was moved to: 12/14 -> 12/21로 변경."""
    return (
        _TO.fullmatch(text, before.end, mention.start) is not None
        and _MOVED.search(_line(text, before)) is not None
    )


def _is_past(text: str, mention: DateMention, after: int) -> bool:
    """Whether the sentence before the date, from `after` on, speaks of an earlier shipment."""
    start, _ = sentence(text, mention.start, mention.end)
    start = max(start, after)
    if speaks_of_past(text, start, mention.start):
        return True
    past = _PAST.search(text, start, mention.start)
    return past is not None and _NEWER.search(text, past.end(), mention.start) is None


def _is_old(text: str, mention: DateMention) -> bool:
    """Whether the clause before the date calls it the former one."""
    clause = re.split(r"[\n;,.。、|]", text[max(0, mention.start - 40) : mention.start])[-1]
    old = list(_OLD.finditer(clause))
    return bool(old) and _NEWER.search(clause, old[-1].end()) is None


def _is_arrow_of_change(text: str, mention: DateMention) -> bool:
    arrow = re.match(
        r"[ \t]?-{0,2}>[ \t]?(?=\d|[a-z]{3} ?\d)", text[mention.end : mention.end + 12]
    )
    return arrow is not None and _MOVED.search(_line(text, mention)) is not None


def _line(text: str, mention: DateMention) -> str:
    start = text.rfind("\n", 0, mention.start) + 1
    end = text.find("\n", mention.end)
    return text[
        max(start, mention.start - 80) : min(end if end >= 0 else len(text), mention.end + 80)
    ]
