"""Days told by others: "10 days after sailing", "both a week later", "the day after that"."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import calendar
import datetime as dt
import re

from chat.reading.values import DATES, Found, Question
from freight.extraction.calendar_words import KOREAN_SPANS, alternatives
from freight.extraction.numerals import count_number

_N = r"(?P<n>\d{1,3}|an?|one|two|three|four|five|six|seven|ten|한|두|세|네|[一二三四五六七八九十]|หนึ่ง|(?<!ทั้ง)สอง|สาม)"
_SPAN = rf"(?:(?P<ko>{alternatives(KOREAN_SPANS)}|일 ?주일?)(?!일)|(?<![a-z\d.]){_N} ?(?P<unit>days?|weeks?|months?|주일?|일|개?월|달|日|週間|週|[かヶカヵ]月|วัน|สัปดาห์|อาทิตย์|เดือน)(?![a-z]))"
_SAILING = r"(?:sailing|departure|departing|etd|leaving|loading|shipping|shipment|that|it (?:leaves|sails|departs)|we ship|the (?:etd|departure|sailing))"
_AFTER_SAILING = (
    re.compile(rf"{_SPAN} (?:after|from|later than|past|post) (?:the )?{_SAILING}(?: date)?"),
    re.compile(rf"{_SAILING} ?(?:\+|plus) ?{_SPAN}"),
    re.compile(
        rf"(?:출발|출항|선적|출고|배 ?뜨|떠나|나가)(?:하고(?:나서)?|고|일|한 ?지|한)? ?(?:일?로부터|에서|기준|후|뒤|부터)?[ ,]{{0,2}}{_SPAN} ?(?:뒤|후|있다가|이후|지나)(?:에|로|쯤|정도)?"
    ),
    re.compile(
        rf"(?:출발|출항|선적|출고|배 ?뜨|떠나|나가)(?:일|한)? ?(?:일?로부터|후|뒤|하고(?:나서)?) ?(?:로|에)?[ ,]{{0,2}}{_SPAN}(?! ?전)"
    ),
    re.compile(
        rf"(?:出港|出航|出発|船積み?|出荷|積込)(?:日)?(?:の|から|後|してから)?[、 ]?{_SPAN}後?"
    ),
    re.compile(
        rf"หลัง(?:จาก)?(?:วัน)?(?:เรือ)?(?:ออก|เดินทาง)(?:เรือ|จากท่า)? ?(?:ไป)? ?{_SPAN}|{_SPAN} ?หลัง(?:จาก)?(?:วัน)?(?:เรือ)?(?:ออก|เดินทาง)(?:เรือ)?".replace(
            "(?P<ko>", "(?P<ko1>", 1
        )
        .replace("(?P<n>", "(?P<n1>", 1)
        .replace("(?P<unit>", "(?P<unit1>", 1)
    ),
)
_NEXT_DAY = re.compile(
    r"(?:the )?(?:day after that|next day|following day|day after(?= departure| sailing|[ .!]*$)|day later)(?: please| pls)?|그 ?다음 ?날|(?<![가-힣])다음 ?날|익일|(?:その)?翌日|その次の日|次の日|วันถัดไป|วันรุ่งขึ้น|วันต่อมา"
)
_SAME_DAY = re.compile(r"(?<![a-z])same (?:day|date)(?![a-z])|같은 ?날|당일|同じ?日|วันเดียวกัน")
_LATER = re.compile(
    r"(?<![a-z])(?:later|back|postpone|delay|push|after that|defer)(?![a-z])|미뤄|미루|늦춰|늦추|늦게|연기|뒤로|遅ら|遅く(?!とも)|延期|後ろ|後倒し|ずら|延ば|เลื่อน|ช้าลง|ออกไป"
)
_EARLIER = re.compile(
    r"(?<![a-z])(?:earlier|forward|sooner|advance|ahead)(?![a-z])|당겨|당기|앞당|빨리|일찍|이르게|早め|早く|前倒し|繰り上げ|เร็วขึ้น|เลื่อนเข้า|เร็วกว่า"
)
_BOTH = re.compile(
    r"(?<![a-z])(?:both|dates|all)(?![a-z])|둘 ?다|양쪽|모두|전부|날짜 ?다|両方|どちらも|二つとも|どっちも|ともに|ทั้งสอง|ทั้งคู่|ทั้ง 2"
)
_LEAVING = re.compile(
    r"departure|etd|sailing|(?<![a-z])(?:leave|ship)(?![a-z])|출발|출항|선적|出発|出港|船積|出荷|ออก(?!ไป)|ต้นทาง"
)
_COMING = re.compile(r"arrival|(?<![a-z])(?:eta|arrive)(?![a-z])|도착|입항|到着|入港|ถึง|ปลายทาง")
_ONLY_SPAN = re.compile(rf"{_SPAN} ?(?:뒤|후|이후|後|later|from then)")
_FROM_TODAY = re.compile(
    rf"(?:in (?:about )?|อีก ?|after ){_SPAN}|{_SPAN.replace('P<ko>', 'P<ko1>').replace('P<n>', 'P<n1>').replace('P<unit>', 'P<unit1>')} ?(?:뒤|후|後)"
)


def read(text: str, question: Question) -> tuple[Found, ...]:
    """The dates that folded `text` tells by the known ones; none where it tells no such date."""
    if len(text.strip()) > 200:
        return ()
    return _after_sailing(text, question) or _moved(text, question) or _beside(text, question)


def stretches(text: str) -> list[tuple[int, int]]:
    """Where `text` counts from the departure: no date that counts from today stands there."""
    if len(text) > 4_000:
        return []
    return [match.span() for pattern in _AFTER_SAILING for match in pattern.finditer(text)]


def _after_sailing(text: str, question: Question) -> tuple[Found, ...]:
    base = question.told.etd
    for pattern in _AFTER_SAILING:
        match = pattern.search(text)
        if match and base and not _LATER.search(text, match.end()):
            return _found("eta", _plus(base, match), match)
    return ()


def _moved(text: str, question: Question) -> tuple[Found, ...]:
    """Known dates moved by a stretch: "both a week later"."""
    match = re.search(_SPAN, text)
    earlier, later = _EARLIER.search(text), _LATER.search(text)
    if match is None or not (earlier or later):
        return ()
    if (later and later.group() in ("push", "delay")) or not earlier:
        earlier = None if not earlier or later else earlier
    told, names = question.told, _meant(text, question)
    items = [
        item
        for name in names
        if (base := getattr(told, name)) is not None
        for item in _found(name, _plus(base, match, -1 if earlier else 1), match)
    ]
    if not items and question.asked == "eta" and told.etd and not earlier:
        return _found("eta", _plus(told.etd, match), match)
    return tuple(items)


def _meant(text: str, question: Question) -> tuple[str, ...]:
    leaves, comes = _LEAVING.search(text), _COMING.search(text)
    if _BOTH.search(text) or (leaves and comes):
        return DATES
    if leaves or comes:
        return ("etd",) if leaves else ("eta",)
    return (question.asked,) if question.asked in DATES else ()


def _beside(text: str, question: Question) -> tuple[Found, ...]:
    """The arrival by the known departure: the day after that, or so many days later."""
    told, asked = question.told, question.asked
    if asked not in DATES:
        return ()
    base = told.etd if asked == "eta" else getattr(told, asked)
    if base is None:
        return ()
    for pattern, days in ((_NEXT_DAY, 1), (_SAME_DAY, 0)):
        match = pattern.search(text)
        if match:
            return _found(asked, base + dt.timedelta(days=days), match)
    match = _ONLY_SPAN.search(text) or _FROM_TODAY.search(text)
    if match and asked == "eta" and base > question.today:
        # counted from today it would arrive before it leaves
        today = _plus(question.today, match)
        if today is not None and today < base:
            return _found("eta", _plus(base, match), match)
    return ()


def _found(name: str, value: dt.date | None, match: re.Match[str]) -> tuple[Found, ...]:
    return (Found(name, value, *match.span()),) if value else ()


def _plus(base: dt.date, match: re.Match[str], sign: int = 1) -> dt.date | None:
    """`base` and the stretch that `match` names; None where it is no stretch of this life."""
    groups = match.groupdict()
    word = groups.get("ko") or groups.get("ko1")
    if word:
        return base + sign * dt.timedelta(days=KOREAN_SPANS.get(word.replace(" ", ""), 7))
    count = _count(groups.get("n") or groups.get("n1") or "")
    unit = groups.get("unit") or groups.get("unit1") or ""
    if not 0 < count <= 180:
        return None
    if unit.startswith(("month", "개월", "월", "달", "เดือน")) or unit.endswith("月"):
        months = base.year * 12 + base.month - 1 + sign * count
        year, month = months // 12, months % 12 + 1
        return dt.date(year, month, min(base.day, calendar.monthrange(year, month)[1]))
    week = unit.startswith(("week", "주", "週", "สัปดาห์", "อาทิตย์"))
    return base + sign * dt.timedelta(days=count * (7 if week else 1))


def _count(word: str) -> int:
    small = {"a": 1, "an": 1, "หนึ่ง": 1, "สอง": 2, "สาม": 3}
    return small.get(word) or count_number(word)
