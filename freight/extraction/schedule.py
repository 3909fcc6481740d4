"""Which of a text's dates is the departure and which the arrival."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from freight.extraction.dates import Context, DateMention, day_first, find_dates
from freight.extraction.found import Found, Reading, settle

_DEPARTURE = {
    5: r"(?<![a-z])etd(?![a-z])",
    4: r"sail(?:s|ing|ed)?(?![a-z])|depart\w*|leav(?:e|es|ing)(?![a-z])|set(?:ting)? off|출발|출항|떠나|出港|出発|出帆|ออกเดินทาง|ออกเรือ|เรือออก|วันออก|วันเดินทาง|vessel date|on[- ]?board",
    3: r"load(?:ing|ed)?(?! ?port)(?![a-z])|ship(?:ment|ping|ped)? (?:date|on|by|out|around|before)|shipment(?![a-z])|shipping(?! cost| rate| line)|dispatch\w*|despatch\w*|stuffing|vanning|선적|적재|발송|船積|積込|積み込み|発送|船積み"
    r"|โหลด|บรรจุตู้|ลงเรือ|วันส่งออก|วันส่ง|วันจัดส่ง",
    2: r"ready|crd(?![a-z])|pick(?:ed)?[- ]?up|pickup|collect(?:ion|ed)?(?![a-z])|available|ex-?factory|ex-?works date|출고|상차|픽업|준비|출하|집하|반출|완료|出荷|集荷|引取|準備|搬出|สินค้าพร้อม|พร้อม(?:ส่ง|โหลด)|รับสินค้า|รับของ|เข้ารับ",
    1: r"(?<![a-z])ship(?![a-z])|(?<![a-z])send(?:ing)?(?![a-z])|(?<![a-z])mov(?:e|ing)(?![a-z])|(?<![a-z])export(?:ing)?(?![a-z])|go(?:es|ing)? out|start(?:ing)?(?![a-z])|보내|부칠|부치|운송|수출|내보|送り|送る|輸送|輸出|発(?=、|,|\s|で|に|の|予定)|ส่ง(?!ใบ|ราคา|อีเมล|กลับ)|ขนส่ง|ออก",
}
_ARRIVAL = {
    5: r"(?<![a-z])eta(?![a-z])",
    4: r"arriv\w*|get(?:s|ting)? there|there by|도착|입항|到着|入港|必着|着(?=、|,|\s|で|に|の|希望|予定|$|。|まで)|ไปถึง|ถึงปลายทาง|วันถึง|มาถึง|ถึง(?!คุณ|ท่าน|ทีม)|กำหนดถึง",
    3: r"deliver\w*|reach(?:es)?(?![a-z])|in[- ]hand|납기|납품|배송|인도|배달|하차|納期|納品|配達|納入|ส่งมอบ|จัดส่งถึง",
    2: r"need(?:ed|s)? (?:it|them|this|the (?:cargo|goods|shipment))|needed|must be (?:in|at|there)|has to be (?:in|at|there)|have to be (?:in|at|there)|be (?:in|at) |required|on[- ]site|in store|received by|필요|받아|받을|받고|들어와|들어가|必要|届|ต้องการรับ|ต้องถึง|ได้รับ",
}
_OTHER = (
    r"quot\w*|repl(?:y|ies)|respon\w*|get back|let (?:us|me) know|hear from|answer|feedback|valid\w*|deadline|cut[- ]?off|closing|payment|invoice|meeting|(?<![a-z])call(?![a-z])|dated|issued?|expir\w*"
    r"|your (?:mail|email|message)|email(?:ed)? (?:of|on|dated)|confirm(?:ation)? by|revert|free time|l/c|last (?:shipment|time|month)|previous|tender|decision|decide|tariff|rate (?:valid|effective)"
    r"|견적|회신|답변|회답|답장|연락|마감|클로징|유효|결제|입금|미팅|회의|방문|휴무|작성|발행|문의일|주문일|계약|공휴일|결정|지난|이전 선적|전화|알려|말씀|보내 ?주|보내주|송부|제출"
    r"|見積|回答|締切|締め切り|返信|返事|有効|支払|請求|打ち合わせ|会議|カット|連絡|前回|ご提示|提出"
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
    mentions = find_dates(text, context)
    words = [
        _Word(str(match.lastgroup)[0], int(str(match.lastgroup)[1]), match.start(), match.end())
        for match in _KEYWORD.finditer(text)
        if not any(mention.start <= match.start() < mention.end for mention in mentions)
    ]
    roles = _roles(text, mentions, words, postposed=language in ("ko", "ja"))
    return Schedule(
        _settled(text, mentions, roles, "d", today), _settled(text, mentions, roles, "a", today)
    )


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
            _choice(text, left[-1] if left else None, right, mention, following, postposed)
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
    clause = _CLAUSE_END.search(text, mention.end, min(end, mention.end + 60))
    end = min(end, clause.start() if clause else mention.end + 60)
    return next((word for word in words if mention.end <= word.start and word.end <= end), None)


def _choice(
    text: str,
    left: _Word | None,
    right: _Word | None,
    mention: DateMention,
    following: DateMention | None,
    postposed: bool,
) -> _Word | None:
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
        return left if comma else right
    return (
        right
        if not comma and right.start - mention.end <= 2 and mention.start - left.end > 12
        else left
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
        denied = _DENIED_AFTER.match(text[mention.end : mention.end + 24]) or _DENIED_BEFORE.search(
            text[max(0, mention.start - 16) : mention.start]
        )
        if mention.value is not None and not denied:
            yield Found(mention.value, mention.start, mention.end, word.rank)
