"""Dates that no word names: the one day in a line of transport, and the day by which it is to be there."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import datetime as dt
import re
from collections.abc import Sequence

from freight.extraction.dates import DateMention
from freight.extraction.found import Found
from freight.extraction.voyage_words import Word, find_words

_UNTIL_BEFORE = re.compile(
    r"(?<![a-z])(?:by|before|until|till|latest|(?:no|not) later than|ภายใน|ก่อน|ไม่เกิน|늦어도|遅くとも)(?: the| วันที่)? ?$"
)
_UNTIL_AFTER = re.compile(
    r"^ ?(?:\([^)\n]{1,6}\) ?)?(?:까지|まで|迄|전(?!후)|이전|안에|以前|以内|前に)"
)
# "to Hamburg by 20 Jan"
_TOWARDS = re.compile(
    r"(?<![a-z])(?P<prep>to|into|in|at) (?!me|us|you|my|our|your|the |quot|reply|confirm|place|order|time|touch|general|writing|advance)[a-z][a-z .'()-]{1,30},?(?: [a-z]{2,12})? (?:(?:latest )?by|before|no later than|not later than|latest)(?: the)? ?$"
    r"|ไป[^\n\d]{2,24}(?:ภายใน|ก่อน|ไม่เกิน)(?:วันที่)? ?$"
)
_TOWARDS_POSTPOSED = re.compile(r"[^\s\d](?:에|에는|까지|に|には|へは) ?(?:늦어도 ?|遅くとも)?$")
_LEG = re.compile(
    r"\)?[ \t]?(?:-{0,3}>|-|から|에서|to|~|\n[ \t]{0,4}to[ \t]?:)[ \t]?[^\W\d_][^\d\n,;]{1,24}"
)
_TRANSPORT = re.compile(
    r"\d ?x ?(?:20|40|45)(?!\d)|(?<!\d)(?:20|40|45) ?(?:ft|feet|foot|footer|'|\"|피트|フィート|ฟุต|hc|hq|gp|dc|dv|dry|rf|하이|ハイ|f(?![a-z]))|하이큐브|컨테이너|コンテナ|ตู้|container|(?<=\S)(?: ?-{0,2}> ?)(?=\S)|에서 ?\S{1,12} ?(?:까지|으로|로|행|가는)|から[^\s\d]{1,12}(?:まで|へ|向け|行き|\s|$)|발 ?\S{1,10}(?:행|향)|จาก[^\n]{2,24}(?:ไป|ถึง)|(?<![a-z])from [a-z ,]{3,24} to [a-z]"
)
_BARE_WEEKDAY = re.compile(r"(?:on )?[a-z]+day|[월화수목금토일]요일|[月火水木金土日]曜日?|วัน[^ ]+")
_QUOTING = re.compile(r"견적|見積|quot\w*|ราคา|offers?|price|pricing")
_NO_VOYAGE = re.compile(r"기준|現在|時点|as of|closed")


def towards(text: str, mention: DateMention, word: Word | None) -> Word | None:
    """An arrival for `to Hamburg by 20 Jan`, where no word (`word`) but a verb like `ship` says otherwise."""
    before = text[max(0, mention.start - 70) : mention.start]
    match = _TOWARDS.search(before)
    if match and (
        word is None
        or (word.role == "d" and word.rank == 1 and match["prep"] in ("to", "into", None))
    ):
        return Word("a", 1, mention.start - len(before) + match.start(), mention.start)
    if until := _until_place(text, mention, word):
        return until
    if (
        word is None
        and _UNTIL_AFTER.match(text[mention.end : mention.end + 12])
        and _TOWARDS_POSTPOSED.search(before)
    ):
        return Word("a", 1, mention.start - 1, mention.start)
    return None


def _until_place(text: str, mention: DateMention, word: Word | None) -> Word | None:
    """An arrival for `1월 7일까지 카라치` and `카라치에 1월 7일까지 넣어주세요`, where the text goes to that place."""
    until = _UNTIL_AFTER.match(text[mention.end : mention.end + 12])
    if until is None:
        return None
    if word is None:
        last = _PLACE_LAST.match(text, mention.end + until.end())
        place = last["place"] if last else ""
    elif _PUT.match(text, word.start):
        first = _PLACE_FIRST.search(text, max(0, mention.start - 30), mention.start)
        place = first["place"] if first else ""
    else:
        return None
    if place and _goes_to(text, place):
        return Word("a", 2, mention.end, mention.end + until.end())
    return None


_PLACE_LAST = re.compile(
    r"[ ]{1,3}(?P<place>[^\W\d]{2,12}?)(?:항|港|에|に|着)?[ \t.,!。]{0,3}(?:$|\n)"
)
_PLACE_FIRST = re.compile(
    r"(?<!\S)(?P<place>[^\W\d]{2,12}?)(?:항|港)?(?:에|에는|로|으로|に|には) ?(?:늦어도 ?|遅くとも)?$"
)
_PUT = re.compile(r"넣어|투입|入れ")


def _goes_to(text: str, place: str) -> bool:
    """Whether `place` stands as where the transport goes."""
    name = re.escape(place)
    return bool(
        re.search(
            rf"(?:>|-|~|/|(?<![a-z])to|에서|から|발) ?{name}|{name}(?:항|港)? ?(?:(?:으로|로)(?= )|(?:으로|로)(?:가|보내|운송|수출|나가|들어)|행(?![가-힣])|向け|行き|まで|へ)",
            text,
        )
    )


def is_leg(text: str, left: DateMention, right: DateMention) -> bool:
    """Whether the two stand at the ends of an arrow: 부산(12/11) > 롱비치(12/28)."""
    if left.value is None or right.value is None or left.value >= right.value:
        return False
    return bool(
        _LEG.fullmatch(text, left.end, right.start)
        and re.search(r"[^\W\d_][ ,]?\(?$", text[max(0, left.start - 4) : left.start])
    )


def lone_departure(
    text: str,
    mentions: Sequence[DateMention],
    roles: Sequence[Word | None],
    today: dt.date,
    arrival: Found[dt.date] | None,
) -> Found[dt.date] | None:
    """The only day in a text that nothing names, where it stands in a line of transport; else None."""
    free = [
        mention
        for mention, role in zip(mentions, roles, strict=True)
        if mention.warning != "date_past"
        and (role is None or (role.role == "o" and _QUOTING.match(text, role.start)))
    ]
    days = [mention for mention in free if _may_be_departure(text, mention, today)]
    if len(free) != 1 or len(days) != 1:
        return None
    day = days[0]
    if day.value is None or (arrival and arrival.value <= day.value):
        return None
    return Found(day.value, day.start, day.end)


def _may_be_departure(text: str, mention: DateMention, today: dt.date) -> bool:
    line_start = text.rfind("\n", 0, mention.start) + 1
    line_end = text.find("\n", mention.end)
    line = text[line_start : line_end if line_end >= 0 else len(text)][:400]
    return bool(
        mention.value is not None
        and mention.value > today
        and not _BARE_WEEKDAY.fullmatch(text, mention.start, mention.end)
        and not _UNTIL_BEFORE.search(text[max(0, mention.start - 24) : mention.start])
        and not _UNTIL_AFTER.match(text[mention.end : mention.end + 12])
        and _TRANSPORT.search(line)
        and not _NO_VOYAGE.search(line)
        and not any(
            word.role == "o" and not _QUOTING.match(line, word.start) for word in find_words(line)
        )
    )
