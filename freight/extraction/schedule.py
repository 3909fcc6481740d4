"""Which of a text's dates is the departure and which the arrival."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from freight.extraction import superseded
from freight.extraction.dates import Context, DateMention, find_dates
from freight.extraction.day_order import day_first
from freight.extraction.dismissed import without_dismissed
from freight.extraction.found import Found, Reading, settle
from freight.extraction.labels import squeezed
from freight.extraction.lone_dates import is_leg, lone_departure, towards
from freight.extraction.text import RETURN_LEG, sentence
from freight.extraction.voyage_words import Word, find_words

_CLAUSE_END = re.compile(
    r"[\n;。|]|(?<!dep)(?<!arr)(?<!abt)(?<!approx)(?<!appr)(?<!est)(?<!ca)(?<!no)(?<!max)(?<!latest)(?<! ex)[.!?](?=\s|$)|(?<=[가-힣])\. "
)
_COMMA = re.compile(r"[,、]|(?<![\d가-힣])/(?!\d)| - |\t")
_LABEL_GAP = re.compile(
    r"[ \t]*(?:일자?|예정일?|희망일?|日|予定日?|希望日?|date|วันที่)?(?:は|が|は、|을|를|은|는|이|가)?[ \t]*[:=]?[ \t]*"
)
# "12월 5일에 넣어 주시고 도착은": the clause of the date is over
_VERB_BETWEEN = re.compile(r"[가-힣](?:시고|하고|으며|지만|으나)[ ,]")
_UNTIL_AFTER = re.compile(r" ?(?:까지|まで|迄|전|以前|이전)")
# two dates of one label: the customer chooses, or a table has two columns
_CHOICE = re.compile(
    r"[ \t]*(?:,|、|~|-|or|and|to|until|또는|혹은|이나|나|か|または|もしくは|หรือ|으로|및|와|과)[ \t]*(?:the |on |วันที่ ?)?|[ \t]{2,}|\t|[ \t]?\("
)
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


def read_schedule(text: str, *, today: dt.date, language: str, country: str = "") -> Schedule:
    """Departure and arrival that prepared `text` states, counted from `today` where they are relative.

    `country` (ISO 3166) is where its sender sits, empty where that is unknown: 5/12 is read by it.
    """
    text = squeezed(without_dismissed(text))
    order = day_first(text, language, country=country, today=today)
    context = Context(today, order, language in ("ko", "ja"))
    found = superseded.without_past(text, find_dates(text, context))
    if not found:
        return Schedule(Reading(), Reading())
    mentions: Sequence[DateMention] = _without_windows(text, found)
    words = [
        word
        for word in find_words(text)
        if not any(mention.start <= word.start < mention.end for mention in mentions)
    ]
    roles = _roles(text, mentions, words, postposed=language in ("ko", "ja"))
    if not any(role and role.role in "da" for role in roles):
        roles = _bare_pair(text, mentions, roles, today)
    mentions = _without_choices(text, mentions, roles)
    mentions, roles = _outbound(text, mentions, roles)
    departure = _settled(text, mentions, roles, "d", today)
    arrival = _settled(text, mentions, roles, "a", today + dt.timedelta(days=1))
    if departure == Reading():
        departure = Reading(lone_departure(text, mentions, roles, today, arrival.found))
    return _in_order(departure, arrival)


def _in_order(departure: Reading[dt.date], arrival: Reading[dt.date]) -> Schedule:
    """Both, without the one labelled less plainly where it arrives before it leaves."""
    leaves, comes = departure.found, arrival.found
    if leaves is None or comes is None or leaves.value <= comes.value:
        return Schedule(departure, arrival)
    disorder: Reading[dt.date] = Reading(warning="date_order")
    return Schedule(
        departure if leaves.rank > comes.rank else disorder,
        arrival if comes.rank > leaves.rank else disorder,
    )


def _bare_pair(
    text: str, mentions: Sequence[DateMention], roles: list[Word | None], today: dt.date
) -> list[Word | None]:
    """`roles`, where a line of two dates and nothing else answers when it leaves and when it arrives."""
    pairs = [
        number
        for number, (left, right) in enumerate(pairwise(mentions))
        if not (roles[number] or roles[number + 1])
        and (_is_answer(text, left, right, today) or is_leg(text, left, right))
    ]
    if len(pairs) != 1:
        return roles
    first = pairs[0]
    word = Word("d", 1, mentions[first].start, mentions[first].start)
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


def _without_choices(
    text: str, mentions: Sequence[DateMention], roles: Sequence[Word | None]
) -> Sequence[DateMention]:
    """`mentions`, where two dates that share one word (`ETD 5 or 12 Dec`, a table's two columns) are open."""
    read = list(mentions)
    for number, (left, right) in enumerate(pairwise(mentions)):
        mine = [role for role in roles[number : number + 2] if role]
        if len(mine) != 1 or mine[0].role == "o" or left.value == right.value:
            continue
        if _says_exactly(text, left, right):
            continue
        if _CHOICE.fullmatch(text, left.end, right.start) and not superseded.is_denied(
            text, left, None
        ):
            read[number] = replace(left, value=None, warning="date_ambiguous")
            read[number + 1] = replace(right, value=None, warning="date_ambiguous")
    return read


def _speaks_on(text: str, before: DateMention, mention: DateMention) -> bool:
    """Whether the word of the date `before` speaks of `mention` too, which takes its place."""
    return superseded.is_denied(text, before, None) or superseded.replaces(text, before, mention)


def _outbound(
    text: str, mentions: Sequence[DateMention], roles: list[Word | None]
) -> tuple[Sequence[DateMention], list[Word | None]]:
    """Both without the dates of a round trip's way back, where its way out has a departure."""
    back = RETURN_LEG.search(text)
    if back is None:
        return mentions, roles
    count = sum(mention.start < back.start() for mention in mentions)
    if not any(role and role.role == "d" for role in roles[:count]):
        return mentions, roles
    return mentions[:count], roles[:count]


def _roles(
    text: str, mentions: Sequence[DateMention], words: Sequence[Word], *, postposed: bool
) -> list[Word | None]:
    roles: list[Word | None] = []
    pair: Word | None = None
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
        if number and used and (left == [] and _says_exactly(text, mentions[number - 1], mention)):
            # "early December (4 Dec)": the second says the first more exactly
            roles[-1] = Word("o", 0, used.start, used.end)
            roles.append(replace(used, start=mention.start, end=mention.start))
            continue
        if number and not left and used and _speaks_on(text, mentions[number - 1], mention):
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


_IN_BRACKETS = re.compile(
    r"[^\n\d()]{0,24}\( ?(?:=|즉|i\.e\.,?|exactly|정확히는?|正確には|คือ)? ?(?:on |the |by |latest |늦어도 )?"
)
_EXACTLY = re.compile(
    r"[^\n]{0,40}?(?:정확히는?|정확하게는|구체적으로는?|(?<![a-z])(?:exactly|precisely|to be (?:exact|precise|specific)|namely|more exactly|specifically|i\.e\.)|正確には|具体的には|正確に言うと|แน่ๆ คือ|กล่าวคือ|พูดให้ชัด(?:คือ)?),? ?(?:on |the |by |is |it is |it's )*"
)


_AT_LATEST = re.compile(
    r"[^\n\d]{1,24}?(?:늦어도|at the latest|latest|no later than|遅くとも|ไม่เกิน|อย่างช้า)(?: ?วันที่)? ?"
)


def _says_exactly(text: str, before: DateMention, mention: DateMention) -> bool:
    """Whether `mention` says more exactly what the date `before` said: `end of the year (by 31 Dec)`."""
    if mention.value is None:
        return False
    if _EXACTLY.fullmatch(text, before.end, mention.start):
        return True
    if _BEFORE.match(text[before.end : before.end + 8]) and (
        before.value and mention.value < before.value
    ):
        return _AT_LATEST.fullmatch(text, before.end, mention.start) is not None
    vague = before.value is None and before.warning == "date_vague"
    return vague and _IN_BRACKETS.fullmatch(text, before.end, mention.start) is not None


def _opens(text: str, word: Word, mention: DateMention, previous_end: int) -> bool:
    """Whether `word` stands before the date, in its clause and after the date before."""
    if not (
        previous_end <= word.start and word.end <= mention.start and mention.start - word.end <= 70
    ):
        return False
    between = text[word.end : mention.start]
    clauses = _CLAUSE_END.finditer(text, word.end, mention.start)
    ends = [match for match in clauses if match.group() != "|"]
    # a label may stand on the line above its value, as cells of a table do
    return not ends or (len(ends) == 1 and re.fullmatch(_HEADER_GAP, between) is not None)


def _after(
    text: str, words: Sequence[Word], mention: DateMention, following: DateMention | None
) -> Word | None:
    end = following.start if following else len(text)
    # the full stop may belong to the date: "by 18 Jan. The vessel ..."
    begin = mention.end - 1 if text[mention.end - 1] == "." else mention.end
    clause = _CLAUSE_END.search(text, begin, min(end, mention.end + 60))
    end = min(end, clause.start() if clause else mention.end + 60)
    return next((word for word in words if mention.end <= word.start and word.end <= end), None)


def _choice(
    text: str,
    left: Word | None,
    right: Word | None,
    mention: DateMention,
    following: DateMention | None,
    postposed: bool,
    followed: bool,
) -> Word | None:
    if right and following and _is_label_of(text, right, mention, following):
        right = None
    if left is None and right and _VERB_BETWEEN.search(text, mention.end, right.start):
        right = None
    if left is None or right is None:
        near = right is None or right.start - mention.end <= (40 if postposed else 28)
        lone = left or (right if near else None)
        return towards(text, mention, lone) or lone
    labelled = re.search(r"[:=|\t]", text[left.end : mention.start])
    belongs_to_next = (
        following is not None
        and following.start - right.end <= 4
        and not _is_closed(text, right, following)
    )
    if labelled or (belongs_to_next and mention.start - left.end <= 8):
        return left
    comma = _COMMA.search(text, mention.end, right.start)
    if right.role == "o" and left.role != "o" and _is_labelled(text, left, mention):
        return left
    if postposed:
        return left if comma or _heads_next(text, left, right, following, followed) else right
    return (
        right
        if not comma and right.start - mention.end <= 2 and mention.start - left.end > 12
        else left
    )


def _is_labelled(text: str, left: Word, mention: DateMention) -> bool:
    """Whether `left` is the label of the date: `ETD 11月12日で見積`, not `出発、11月12日までに見積`."""
    until = _UNTIL_AFTER.match(text, mention.end)
    return (
        left.rank >= 2
        and not until
        and _LABEL_GAP.fullmatch(text, left.end, mention.start) is not None
    )


def _follows(
    text: str, mentions: Sequence[DateMention], number: int, words: Sequence[Word]
) -> bool:
    """Whether a word of its own stands after date `number`."""
    following = mentions[number + 1] if number + 1 < len(mentions) else None
    return _after(text, words, mentions[number], following) is not None


def _heads_next(
    text: str, left: Word, right: Word, following: DateMention | None, followed: bool
) -> bool:
    """Whether words stand before their dates here: `출발 부산 12/10 도착 상하이 12/14`."""
    return (
        following is not None
        and not followed
        and {left.role, right.role} == {"d", "a"}
        and not _is_closed(text, right, following)
    )


def _is_label_of(text: str, word: Word, mention: DateMention, following: DateMention) -> bool:
    """Whether `word` labels the date after it: `docs 8 Dec, ETD 10 Dec`, `반입일: 12/8, 출항일: 12/10`."""
    gap = text[word.end : following.start]
    parted = _COMMA.search(text, mention.end, word.start)
    return bool(_LABELS_NEXT.match(gap) or (parted and _LEADS_ON.fullmatch(gap)))


# from a label to its value in the line below; of two columns the second label lies between
_HEADER_GAP = r"(?:예정일|희망일|일자?|予定日|希望日|日| date)?[^\w\n]{0,6}(?:(?:eta|arrival(?: date)?|도착일?|[到入]?着日?|วันถึง)[^\w\n]{0,6})?\n[^\w]{0,6}"
_LEADS_ON = re.compile(
    r"[. ]*(?:(?:is|are|on|by|at|in|for|before|around|about|latest|(?:no|not) later than|the) ?)*"
)
_LABELS_NEXT = re.compile(
    r"^(?:일자?|예정일?|희망일?|日|予定日?|希望日?| date)?(?:[ \t]?[:=|\t]|은|는|は)[ \t]?$"
)


def _is_closed(text: str, right: Word, following: DateMention) -> bool:
    """Whether a comma or the like closes the clause of `right` before the next date begins."""
    return (
        re.search(r"[,、;/]|하고|하여|해서|하며|して|し、|，", text[right.end : following.start])
        is not None
    )


def _settled(
    text: str,
    mentions: Sequence[DateMention],
    roles: Sequence[Word | None],
    role: str,
    today: dt.date,
) -> Reading[dt.date]:
    mine = [
        (mention, word)
        for mention, word in zip(mentions, roles, strict=True)
        if word and word.role == role
    ]
    candidates = list(_stated(text, mine))
    ahead = _firmer(text, [one for one in candidates if one.value >= today])
    if candidates and not ahead:
        return Reading(warning="date_past")
    reading = settle(ahead, warning="date_ambiguous")
    vague = [
        (mention, word)
        for mention, word in mine
        if mention.value is None and mention.warning != "date_past"
    ]
    if reading.found is None and not reading.warning and vague:
        return Reading(warning=vague[0][0].warning)
    if reading.found and vague and max(word.rank for _, word in vague) > reading.found.rank:
        return Reading(warning=vague[0][0].warning)
    return reading


def _firmer(text: str, candidates: list[Found[dt.date]]) -> list[Found[dt.date]]:
    """The last day allowed, where an earlier one than the day it must come before: `before 24 Dec, at the latest 22 Dec`."""
    latest = [one for one in candidates if _LATEST.search(text[max(0, one.start - 16) : one.start])]
    others = [one for one in candidates if one not in latest]
    if len({one.value for one in latest}) != 1 or not others:
        return candidates
    before = all(
        one.value > latest[0].value and _BEFORE.match(text[one.end : one.end + 8]) for one in others
    )
    return latest if before else candidates


_LATEST = re.compile(
    r"(?:늦어도|at the latest|latest|no later than|not later than|遅くとも|ไม่เกิน|อย่างช้า)(?: ?วันที่)? ?(?:by |on |the )?$"
)
_BEFORE = re.compile(r" ?(?:\([^)\n]{1,6}\))? ?(?:전(?!후)|이전|前(?!後)|以前)")
# who travels to a fair is no cargo; what a credit allows is no sailing
_PEOPLE = re.compile(
    r"(?:직원|담당자|엔지니어|기술자|팀원|대표님?|사장님?|부장님?|바이어|손님|출장자|저희 ?팀|우리 ?팀|(?<![가-힣])제가|(?<![a-z])(?:staff|engineers?|technicians?|colleagues?|our team|my boss|i|we|people|crew)(?![a-z])|社員|担当者|スタッフ|技術者|私|弊社員|พนักงาน|ทีมงาน|วิศวกร|ผม|ดิฉัน|เจ้านาย)"
)
_CARGO = re.compile(
    r"화물|물건|제품|자재|짐|컨테이너|(?<![a-z])(?:cargo|goods|shipment|container|freight)(?![a-z])|貨物|荷物|商品|コンテナ|สินค้า|ของ|ตู้"
)
_FLIGHT = re.compile(
    r"비행기|항공편|탑승|(?<![a-z])(?:flight|fly(?:ing)?|flies|plane|airport)(?![a-z])|공항|飛行機|フライト|空港|เครื่องบิน|(?<![ก-๎])บิน|ไฟลท์|สนามบิน"
)
_CREDIT = re.compile(
    r"(?<![a-z])l/?c(?![a-z])|letter of credit|(?<![a-z])credit (?:states|says|allows|calls|requires|stipulates)|신용장|信用状|แอลซี|เลตเตอร์ออฟเครดิต"
)
_BY_CREDIT = re.compile(
    r"[ ,(]{0,3}(?:as )?(?:per|under|by|according to|in|on) (?:the |our |your )?(?:l/?c|letter of credit|credit)(?![a-z])|[ ,(까지로は]{0,4}(?:l/?c|신용장|信用状)[ ]?(?:상|기준|조건|에 ?명시|の条件|条件)"
)
_SHIPMENT = re.compile(r"ship|선적|船積|ส่งออก|ลงเรือ")


def _is_no_cargo(text: str, mention: DateMention, word: Word) -> bool:
    """Whether the sentence of the date is about people who fly, or about what a letter of credit allows."""
    first, last = sentence(text, mention.start, mention.end)
    people = _PEOPLE.search(text, first, mention.start)
    if people and _FLIGHT.search(text, first, last):
        return _CARGO.search(text, people.end(), mention.start) is None
    return (
        word.role == "d"
        and word.rank <= 3
        and _SHIPMENT.match(text, word.start) is not None
        and bool(
            _CREDIT.search(text, max(first, word.start - 40), mention.start)
            or _BY_CREDIT.match(text, mention.end)
        )
    )


def _stated(text: str, mine: Sequence[tuple[DateMention, Word]]) -> Iterator[Found[dt.date]]:
    for mention, word in mine:
        if mention.value is None or _is_no_cargo(text, mention, word):
            continue
        if not superseded.is_denied(text, mention, word):
            yield Found(mention.value, mention.start, mention.end, word.rank)
