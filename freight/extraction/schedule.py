"""Which of a text's dates is the departure and which the arrival."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from freight.extraction.dates import Context, DateMention, day_first, find_dates
from freight.extraction.found import Found, Reading, settle
from freight.extraction.text import RETURN_LEG

_DEPARTURE = {
    5: r"(?<![a-z])et[ds](?![a-z])",
    4: r"sail(?:s|ing|ed)?(?![a-z])|depart\w*|leav(?:e|es|ing)(?![a-z])|set(?:ting)? off|출발|출항|떠나|出港|出発|出帆|ออกเดินทาง|ออกเรือ|เรือออก|วันออก|วันเดินทาง|vessel date|on[- ]?board",
    3: r"load(?:ing|ed)?(?! ?port)(?![a-z])|ship(?:ment|ping|ped)? (?:date|on|by|out|around|before)|shipment(?![a-z])|shipping(?! cost| rate| line)|dispatch\w*|despatch\w*|stuffing|vanning|선적|적재|발송|船積み?|積込|積み込み|積み(?=で|予定|希望|、|。|\s)|発送"
    r"|โหลด|บรรจุตู้|ลงเรือ|วันส่งออก|วันส่ง|วันจัดส่ง",
    2: r"ready|crd(?![a-z])|vessel(?= (?:on|of) )|(?<![가-힣])배(?:편)?(?:는|로|를)?(?= ?\d)|pick(?:ed)?[- ]?up|pickup|collect(?:ion|ed)?(?![a-z])|available|ex-?factory|ex-?works date|출고|상차|픽업|준비|출하|집하|반출|완료|出荷|集荷|引取|準備|搬出|สินค้าพร้อม|พร้อม(?:ส่ง|โหลด)|รับสินค้า|รับของ|เข้ารับ",
    1: r"(?<![a-z])ship(?![a-z])|(?<![a-z])send(?:ing)?(?![a-z])|(?<![a-z])mov(?:e|ing)(?![a-z])|(?<![a-z])export(?:ing)?(?![a-z])|go(?:es|ing)? out|start(?:ing)?(?![a-z])|보내|부칠|부치|운송|수출|내보|送り|送る|輸送|輸出|เรือ(?=วัน)|発(?=、|,|\s|で|に|の|予定)|ส่ง(?!ใบ|ราคา|อีเมล|กลับ)|ขนส่ง|ออก",
}
_ARRIVAL = {
    5: r"(?<![a-z])eta(?![a-z])",
    4: r"arriv\w*|get(?:s|ting)? there|there by|도착|입항|到着|入港|必着|着(?=、|,|\s|で|に|の|希望|予定|$|。|まで)|ไปถึง|ถึงปลายทาง|วันถึง|มาถึง|ถึง(?!คุณ|ท่าน|ทีม)|กำหนดถึง",
    3: r"deliver\w*|reach(?:es)?(?![a-z])|in[- ]hand|납기|납품|배송|인도|배달|하차|納期|納品|配達|納入|ส่งมอบ|จัดส่งถึง",
    2: r"wants? (?:it|them)(?= by)|need(?:ed|s)? (?:it|them|this|the (?:cargo|goods|shipment))|needed|must be (?:in|at|there)|has to be (?:in|at|there)|have to be (?:in|at|there)|be (?:in|at|with) |required|on[- ]site|in store|received by|필요|받아|받을|받고|들어와|들어가|必要|届|ต้องการรับ|ต้องถึง|ได้รับ",
}
_OTHER = (
    r"(?<![a-z])l/?c(?![a-z])(?:[^,\n;]{0,24}?(?:shipment|expir\w*|선적 ?(?:기한|일)?|船積(?:期限)?))?|신용장(?: ?선적)?|信用状(?:船積)?|quot\w*|repl(?:y|ies)|respon\w*|get back|let (?:us|me) know|hear from|answer|feedback|valid\w*|deadline|cut(?:[- ]?off)?(?![a-z])|closing|payment|invoice|meeting|(?<![a-z])call(?![a-z])|dated|issued?|expir\w*"
    r"|your (?:mail|email|message)|email(?:ed)? (?:of|on|dated)|confirm(?:ation)? by|revert|free time|last (?:shipment|time|month)|previous|tender|decision|decide|tariff|rate (?:valid|effective)"
    r"|견적|회신|답변|회답|답장|연락|마감|클로징|유효|결제|입금|미팅|회의|방문|휴무|작성|발행|문의일|주문일|계약|공휴일|결정|반입|지난|이전 선적|전화|알려|말씀|보내 ?주|보내주|송부|제출"
    r"|見積|回答|締切|搬入|締め切り|返信|返事|有効|支払|請求|打ち合わせ|会議|カット|連絡|前回|ご提示|提出"
    r"|ใบเสนอราคา|เสนอราคา|ตอบกลับ|แจ้งกลับ|หมดอายุ|ชำระ|ประชุม|ครั้งก่อน|ครั้งที่แล้ว|ปิดรับ|ยืนยัน"
)
_KEYWORD = re.compile(
    "|".join(rf"(?P<d{rank}>{words})" for rank, words in _DEPARTURE.items())
    + "|"
    + "|".join(rf"(?P<a{rank}>{words})" for rank, words in _ARRIVAL.items())
    + rf"|(?P<o0>{_OTHER})"
)
_CLAUSE_END = re.compile(r"[\n;。|]|[.!?](?=\s|$)|(?<=[가-힣])\. ")
_COMMA = re.compile(r"[,、]|(?<![\d가-힣])/(?!\d)| - |\t")
_DENIED_AFTER = re.compile(
    r"^ ?(?:이|가|은|는)? ?(?:아니|말고|아닌|에서 ?(?:\d{1,2}월 ?)?\d{1,2}일로|ではなく|ไม่ใช่)"
)
_DENIED_BEFORE = re.compile(r"(?:(?<![a-z])not|instead of|rather than|ไม่ใช่)(?: on)? ?$")


_NEGATED = re.compile(r"(?:(?<![a-z])not|n't|no longer) $")
# what two bare dates may also be
_NO_VOYAGE = re.compile(
    r"closed?(?![a-z])|closure|holiday|vacation|meet|visit|available|휴무|휴일|휴가|연휴|회의|미팅|방문|면담|休|会議|訪問|打ち合わせ|หยุด|ประชุม"
)
_GREETING = re.compile(
    r"^[ \t]{0,8}(?:hi|hello|dear|good (?:morning|afternoon)|thanks|thank you|yes|sure|ok|안녕|네(?![가-힣])|예(?![가-힣])|수고|감사|お世話|ご連絡|ありがとう|はい|สวัสดี|ขอบคุณ|ได้)[^\n]{0,60}$"
)
_WINDOW_BEFORE = re.compile(
    r"(?:between|any ?time from|ระหว่าง(?:วันที่)?|ตั้งแต่(?:วันที่)?|ช่วง(?:วันที่)?)[ \t]*(?:the )?$"
)
_WINDOW = re.compile(r"[ \t]*(?:and|to|until|till|-|~|ถึง(?:วันที่)?|และ|에서|부터)[ \t]*(?:the )?")
_WINDOW_AFTER = re.compile(r"^ ?(?:사이|중에|の間|window)")
# "날짜는 12/10, 12/28 입니다": nothing else may stand in the line
_ANSWER_BEFORE = re.compile(
    r"[\s>*•·\-\d.)(]{0,6}(?:(?:요청|문의|말씀)하신 ?)?(?:(?:the )?dates?|schedule|날짜|일정|일자|스케줄|日程|日付|日時|スケジュール|วันที่|กำหนดการ)?(?:는|은|は| are| is)?[ \t]*[:=]?[ \t]*"
)
_ANSWER_BETWEEN = re.compile(r"[ \t]*(?:,|/|;|、|·|\.|&|and|및|와|과|이고|と|และ|-{0,2}>)?[ \t]*")
_ANSWER_AFTER = re.compile(
    r"[ \t]*(?:이?에?요|예요|입니다|이고요|임|です|になります|ครับ|ค่ะ|please|thanks|thank you)?[ \t.,!。]*"
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a text says about both dates."""

    departure: Reading[dt.date]
    arrival: Reading[dt.date]


@dataclass(frozen=True, slots=True)
class _Word:
    role: str
    rank: int
    start: int
    end: int


def read_schedule(text: str, *, today: dt.date, language: str) -> Schedule:
    """Departure and arrival that prepared `text` states, counted from `today` where they are relative."""
    context = Context(today, day_first(text, language), language in ("ko", "ja"))
    mentions: Sequence[DateMention] = _without_windows(text, find_dates(text, context))
    words = [
        _Word(str(match.lastgroup)[0], int(str(match.lastgroup)[1]), match.start(), match.end())
        for match in _KEYWORD.finditer(text)
        if not any(mention.start <= match.start() < mention.end for mention in mentions)
    ]
    roles = _roles(text, mentions, words, postposed=language in ("ko", "ja"))
    if not any(role and role.role in "da" for role in roles):
        roles = _bare_pair(text, mentions, roles, today)
    mentions, roles = _outbound(text, mentions, roles)
    return Schedule(
        _settled(text, mentions, roles, "d", today), _settled(text, mentions, roles, "a", today)
    )


def _bare_pair(
    text: str, mentions: Sequence[DateMention], roles: list[_Word | None], today: dt.date
) -> list[_Word | None]:
    """`roles`, where a line of two dates and nothing else answers when it leaves and when it arrives."""
    pairs = [
        number
        for number, (left, right) in enumerate(pairwise(mentions))
        if _is_answer(text, left, right, today) and not (roles[number] or roles[number + 1])
    ]
    if len(pairs) != 1:
        return roles
    first = pairs[0]
    word = _Word("d", 1, mentions[first].start, mentions[first].start)
    return [*roles[:first], word, replace(word, role="a"), *roles[first + 2 :]]


def _is_answer(text: str, left: DateMention, right: DateMention, today: dt.date) -> bool:
    if left.value is None or right.value is None or not today <= left.value < right.value:
        return False
    line_start = text.rfind("\n", 0, left.start) + 1
    line_end = text.find("\n", right.end)
    return bool(
        _ANSWER_BEFORE.fullmatch(text[line_start : left.start])
        and _ANSWER_BETWEEN.fullmatch(text[left.end : right.start])
        and _ANSWER_AFTER.fullmatch(text[right.end : line_end if line_end >= 0 else len(text)])
        and _may_answer(text[:line_start], text[line_start : left.start])
        and not _NO_VOYAGE.search(text)
    )


def _may_answer(above: str, head: str) -> bool:
    """Whether the line has its own label, or nothing but a greeting above it."""
    lines = [line for line in above.split("\n") if line.strip()]
    labelled = re.search(r"[^\W\d_]", head) is not None
    return not lines or labelled or _GREETING.match(lines[-1]) is not None


def _without_windows(text: str, mentions: list[DateMention]) -> list[DateMention]:
    """`mentions`, where both ends of a span of days (`between 10 Dec and 28 Dec`) are vague."""
    read = list(mentions)
    for number, (left, right) in enumerate(pairwise(mentions)):
        if not _WINDOW.fullmatch(text[left.end : right.start]):
            continue
        if _WINDOW_BEFORE.search(text[max(0, left.start - 20) : left.start]) or _WINDOW_AFTER.match(
            text[right.end : right.end + 8]
        ):
            read[number] = replace(left, value=None, warning="date_vague")
            read[number + 1] = replace(right, value=None, warning="date_vague")
    return read


def _outbound(
    text: str, mentions: Sequence[DateMention], roles: list[_Word | None]
) -> tuple[Sequence[DateMention], list[_Word | None]]:
    """Both without the dates of a round trip's way back, where its way out has a departure."""
    back = RETURN_LEG.search(text)
    if back is None:
        return mentions, roles
    count = sum(mention.start < back.start() for mention in mentions)
    if not any(role and role.role == "d" for role in roles[:count]):
        return mentions, roles
    return mentions[:count], roles[:count]


def _roles(
    text: str, mentions: Sequence[DateMention], words: Sequence[_Word], *, postposed: bool
) -> list[_Word | None]:
    roles: list[_Word | None] = []
    pair: _Word | None = None
    starts = [word.start for word in words]
    for number, mention in enumerate(mentions):
        near = words[
            bisect_left(starts, mention.start - 100) : bisect_left(starts, mention.end + 70)
        ]
        previous_end = mentions[number - 1].end if number else 0
        following = mentions[number + 1] if number + 1 < len(mentions) else None
        # a word that closed the clause of the date before opens none: "5 Dec departure, 20 Dec arrival"
        used = roles[-1] if roles else None
        left = [
            word for word in near if word is not used and _opens(text, word, mention, previous_end)
        ]
        right = _after(text, near, mention, following)
        if number and not left and used and _is_denied(text, mentions[number - 1]):
            # "not on the 4th but on the 11th": the word before the first speaks of the second
            left = [used]
        if pair is not None and not left and mention.start - previous_end < 24:
            roles.append(pair)
            pair = None
            continue
        pair = None
        if (
            len(left) > 1
            and (left[-2].role, left[-1].role) == ("d", "a")
            and left[-1].start - left[-2].end <= 5
            and following
        ):
            # ETD/ETA: 5 Dec / 20 Dec
            roles.append(left[-2])
            pair = left[-1]
            continue
        roles.append(
            _choice(
                text,
                left[-1] if left else None,
                right,
                mention,
                following,
                postposed,
                following is None or _follows(text, mentions, number + 1, near),
            )
        )
    return roles


def _opens(text: str, word: _Word, mention: DateMention, previous_end: int) -> bool:
    """Whether `word` stands before the date, in its clause and after the date before."""
    if not (
        previous_end <= word.start and word.end <= mention.start and mention.start - word.end <= 70
    ):
        return False
    between = text[word.end : mention.start]
    ends = [match for match in _CLAUSE_END.finditer(between) if match.group() != "|"]
    # a label may stand on the line above its value, as cells of a table do
    return not ends or (
        len(ends) == 1 and re.fullmatch(r"[^\w\n]{0,6}\n[^\w]{0,6}", between) is not None
    )


def _after(
    text: str, words: Sequence[_Word], mention: DateMention, following: DateMention | None
) -> _Word | None:
    end = following.start if following else len(text)
    # the full stop may belong to the date: "by 18 Jan. The vessel ..."
    begin = mention.end - 1 if text[mention.end - 1] == "." else mention.end
    clause = _CLAUSE_END.search(text, begin, min(end, mention.end + 60))
    end = min(end, clause.start() if clause else mention.end + 60)
    return next((word for word in words if mention.end <= word.start and word.end <= end), None)


def _choice(
    text: str,
    left: _Word | None,
    right: _Word | None,
    mention: DateMention,
    following: DateMention | None,
    postposed: bool,
    followed: bool,
) -> _Word | None:
    if right and following and _is_label_of(text, right, mention, following):
        right = None
    if left is None or right is None:
        near = right is None or right.start - mention.end <= (40 if postposed else 28)
        return left or (right if near else None)
    labelled = re.search(r"[:=|\t]", text[left.end : mention.start])
    belongs_to_next = (
        following is not None
        and following.start - right.end <= 4
        and not _is_closed(text, right, following)
    )
    if labelled or (belongs_to_next and mention.start - left.end <= 8):
        return left
    comma = _COMMA.search(text, mention.end, right.start)
    if postposed:
        return left if comma or _heads_next(text, left, right, following, followed) else right
    return (
        right
        if not comma and right.start - mention.end <= 2 and mention.start - left.end > 12
        else left
    )


def _follows(
    text: str, mentions: Sequence[DateMention], number: int, words: Sequence[_Word]
) -> bool:
    """Whether a word of its own stands after date `number`."""
    following = mentions[number + 1] if number + 1 < len(mentions) else None
    return _after(text, words, mentions[number], following) is not None


def _heads_next(
    text: str, left: _Word, right: _Word, following: DateMention | None, followed: bool
) -> bool:
    """Whether words stand before their dates here: `출발 부산 12/10 도착 상하이 12/14`."""
    return (
        following is not None
        and not followed
        and {left.role, right.role} == {"d", "a"}
        and not _is_closed(text, right, following)
    )


def _is_label_of(text: str, word: _Word, mention: DateMention, following: DateMention) -> bool:
    """Whether `word` labels the date after it: `docs 8 Dec, ETD 10 Dec`, `반입일: 12/8, 출항일: 12/10`."""
    gap = text[word.end : following.start]
    parted = _COMMA.search(text, mention.end, word.start)
    return bool(_LABELS_NEXT.match(gap) or (parted and gap.strip() in ("", ".", "on", "by", "is")))


_LABELS_NEXT = re.compile(
    r"^(?:일자?|예정일?|희망일?|日|予定日?|希望日?| date)?[ \t]?[:=|\t][ \t]?$"
)


def _is_closed(text: str, right: _Word, following: DateMention) -> bool:
    """Whether a comma or the like closes the clause of `right` before the next date begins."""
    return (
        re.search(r"[,、;/]|하고|하여|해서|하며|して|し、|，", text[right.end : following.start])
        is not None
    )


def _settled(
    text: str,
    mentions: Sequence[DateMention],
    roles: Sequence[_Word | None],
    role: str,
    today: dt.date,
) -> Reading[dt.date]:
    mine = [
        (mention, word)
        for mention, word in zip(mentions, roles, strict=True)
        if word and word.role == role
    ]
    candidates = list(_stated(text, mine))
    ahead = [candidate for candidate in candidates if candidate.value >= today]
    reading = settle(ahead or candidates, warning="date_ambiguous")
    vague = [(mention, word) for mention, word in mine if mention.value is None]
    if reading.found is None and not reading.warning and vague:
        return Reading(warning=vague[0][0].warning)
    if reading.found and vague and max(word.rank for _, word in vague) > reading.found.rank:
        return Reading(warning=vague[0][0].warning)
    return reading


def _stated(text: str, mine: Sequence[tuple[DateMention, _Word]]) -> Iterator[Found[dt.date]]:
    for mention, word in mine:
        negated = word.start < mention.start and _NEGATED.search(
            text[max(0, word.start - 8) : word.start]
        )
        if mention.value is not None and not negated and not _is_denied(text, mention):
            yield Found(mention.value, mention.start, mention.end, word.rank)


def _is_denied(text: str, mention: DateMention) -> bool:
    return bool(
        _DENIED_AFTER.match(text[mention.end : mention.end + 24])
        or _DENIED_BEFORE.search(text[max(0, mention.start - 16) : mention.start])
    )
