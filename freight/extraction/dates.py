"""Dates that a text names, absolute or counted from the mail's date. What is vague is found too, without a value."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from freight.extraction.calendar_words import (
    ENGLISH_MONTH,
    ENGLISH_MONTHS,
    ENGLISH_WEEKDAY,
    HANGUL_NUMBER,
    KANJI_NUMBER,
    KOREAN_MONTH,
    KOREAN_SPANS,
    ORDINAL,
    SMALL_COUNT,
    THAI_MONTH,
    THAI_MONTHS,
    THAI_WEEKDAY,
    alternatives,
    korean_month,
    number,
    weekday_number,
)
from freight.extraction.day_order import day_first
from freight.extraction.vague_dates import RANGE, VAGUE

__all__ = ["Context", "DateMention", "day_first", "find_dates"]

# more than a mail's worth; a timetable's dates are no customer's wish
MAX_DATES = 150
# a day and month without a year: further back is of an earlier shipment, not of next year
_JUST_BEHIND, _BEHIND = dt.timedelta(days=31), dt.timedelta(days=100)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date named at `text[start:end]`; `value` is None where it is vague, a span of days or ambiguous."""

    start: int
    end: int
    value: dt.date | None
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What a date needs from around it: the mail's date, and whether 5/12 is day first (None: unknown)."""

    today: dt.date
    day_first: bool | None
    year_first: bool = False


Reader = Callable[[re.Match[str], Context], DateMention | None]


def find_dates(text: str, context: Context) -> list[DateMention]:
    """Dates named in prepared `text`, in reading order and without overlaps; plainer forms are read first."""
    taken: list[DateMention] = []
    for pattern, read in _FORMS:
        for match in pattern.finditer(text):
            if len(taken) >= MAX_DATES:
                break
            if any(match.start() < other.end and other.start < match.end() for other in taken):
                continue
            if read is _bare_weekday and _stands_beside(text, match, taken):
                continue
            mention = read(match, context)
            if mention is not None:
                taken.append(mention)
    taken.sort(key=lambda mention: mention.start)
    return list(_with_bare_days(text, taken, context))


_BARE_DAY_BEFORE = re.compile(r"(?<![\d.,])\d{1,2}(?:일|日|st|nd|rd|th)[ ,(の]{0,3}$")
_BARE_DAY_BEHIND = re.compile(r"[ ,]{0,2}(?:the )?\d{1,2}(?:st|nd|rd|th|일|日)(?![a-z\d간間])")
_BESIDE = re.compile(r"[\s,、.(/의の]{0,3}(?:the )?")


def _stands_beside(text: str, match: re.Match[str], taken: list[DateMention]) -> bool:
    """Whether a date is named next to the weekday `match`, which then only says it once more."""
    if _BARE_DAY_BEFORE.search(text[max(0, match.start() - 8) : match.start()]) or (
        _BARE_DAY_BEHIND.match(text[match.end() : match.end() + 14])
    ):
        return True
    return any(
        _BESIDE.fullmatch(text, other.end, match.start())
        if other.end <= match.start()
        else _BESIDE.fullmatch(text, match.end(), other.start)
        for other in taken
        if abs(other.start - match.end()) < 12 or abs(match.start() - other.end) < 12
    )


def _date(year: int, month: int, day: int) -> dt.date | None:
    if year >= 2400:
        year -= 543
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _short_year(digits: str, context: Context) -> int | None:
    """A year from two digits, Buddhist ones included; None where no year is meant."""
    year_number = int(digits)
    if len(digits) == 4:
        return year_number
    for year in (2000 + year_number, 2500 + year_number - 543):
        if -1 <= year - context.today.year <= 3:
            return year
    return None


def _coming(
    match: re.Match[str], month: int, day: int, context: Context, end: int = -1
) -> DateMention | None:
    """That day of this year, of the next where it lies well behind; open where it is a few weeks behind."""
    end = match.end() if end < 0 else end
    this = _date(context.today.year, month, day)
    if this is not None and this >= context.today - _JUST_BEHIND:
        before = _date(context.today.year - 1, month, day)
        # written in the first weeks of a year: 20/12 is of the year before
        if before is None or before < context.today - _JUST_BEHIND:
            return DateMention(match.start(), end, this)
        return DateMention(match.start(), end, before)
    for year in (context.today.year - 1, context.today.year):
        behind = _date(year, month, day)
        if behind is not None and context.today - _BEHIND <= behind < context.today - _JUST_BEHIND:
            return DateMention(match.start(), end, None, "date_past")
    following = _date(context.today.year + 1, month, day)
    return DateMention(match.start(), end, following) if following else None


def _mention(match: re.Match[str], value: dt.date | None) -> DateMention | None:
    return DateMention(match.start(), match.end(), value) if value else None


def _vague(match: re.Match[str], context: Context) -> DateMention:
    return DateMention(match.start(), match.end(), None, "date_vague")


def _ymd(match: re.Match[str], context: Context) -> DateMention | None:
    return _mention(match, _date(int(match["y"]), int(match["m"]), int(match["d"])))


def _year_month_name(match: re.Match[str], context: Context) -> DateMention | None:
    return _mention(match, _date(int(match["y"]), ENGLISH_MONTHS[match["mon"]], int(match["d"])))


def _reiwa(match: re.Match[str], context: Context) -> DateMention | None:
    year = 1 if match["y"] == "元" else number(match["y"])
    return _mention(match, _date(2018 + year, number(match["m"]), number(match["d"])))


def _numeric_with_year(match: re.Match[str], context: Context) -> DateMention | None:
    first, second, last = int(match["a"]), int(match["b"]), match["c"]
    year_first = context.year_first or _short_year(last, context) is None
    if len(last) == 2 and year_first and _short_year(match["a"], context) and int(last) <= 31:
        return _mention(match, _date(_short_year(match["a"], context) or 0, second, int(last)))
    year = _short_year(last, context)
    if year is None:
        return None
    # 10.12.2026 is the way of those who write the day first; 10/12/2569 is Thai
    certain = match["sep"] == "." or year >= 2400 or (len(last) == 2 and year != 2000 + int(last))
    return _day_month(
        match,
        first,
        second,
        lambda m, d: _mention(match, _date(year, m, d)),
        True if certain else context.day_first,
    )


def _numeric(match: re.Match[str], context: Context) -> DateMention | None:
    day_is_first = context.day_first
    if "sep" in match.groupdict() and match["sep"] == "." and match["dot"] and not day_is_first:
        day_is_first = not context.year_first
    return _day_month(
        match,
        int(match["a"]),
        int(match["b"]),
        lambda m, d: _coming(match, m, d, context),
        day_is_first,
    )


def _labelled(match: re.Match[str], context: Context) -> DateMention | None:
    mention = _numeric(match, context)
    if mention is None:
        return None
    return DateMention(match.start("a"), mention.end, mention.value, mention.warning)


def _dotted(match: re.Match[str], context: Context) -> DateMention | None:
    """Wed, 9.12.: the way of those who write the day first."""
    if context.year_first or context.day_first is False or int(match["a"]) > 31:
        return None
    mention = _coming(match, int(match["b"]), int(match["a"]), context)
    return mention and DateMention(match.start("a"), mention.end, mention.value, mention.warning)


def _day_month(
    match: re.Match[str],
    first: int,
    second: int,
    make: Callable[[int, int], DateMention | None],
    day_is_first: bool | None,
) -> DateMention | None:
    if first > 12 or second > 12 or first == second:
        return make(second, first) if first > 12 else make(first, second)
    if day_is_first is None:
        return DateMention(match.start(), match.end(), None, "date_ambiguous")
    return make(second, first) if day_is_first else make(first, second)


def _named_month(match: re.Match[str], context: Context) -> DateMention | None:
    return _day_of(match, ENGLISH_MONTHS[match["mon"]], number(match["d"]), context)


def _thai(match: re.Match[str], context: Context) -> DateMention | None:
    name = match["mon"]
    return _day_of(
        match, int(name) if name.isdigit() else THAI_MONTHS[name], int(match["d"]), context
    )


def _day_of(match: re.Match[str], month: int, day: int, context: Context) -> DateMention | None:
    """The day in the year that stands behind it; a number that is no year is none of the date."""
    groups = match.groupdict()
    digits = groups.get("y") or groups.get("y2") or groups.get("y3")
    year = _short_year(digits, context) if digits else None
    if year:
        return _mention(match, _date(year, month, day))
    plain = max(match.end("mon"), match.end("d")) if digits else match.end()
    return _coming(match, month, day, context, plain)


def _month_day(match: re.Match[str], context: Context) -> DateMention | None:
    groups = match.groupdict()
    month, day, year = int(match["m"]), int(match["d"]), groups.get("y") or ""
    if year in ("내년", "명년", "来年", "翌年", "明年"):
        return _mention(match, _date(context.today.year + 1, month, day))
    if year in ("올해", "금년", "今年", "本年", "올"):
        return _mention(match, _date(context.today.year, month, day))
    short = _short_year(groups["yy"], context) if groups.get("yy") else None
    return (
        _mention(match, _date(short, month, day)) if short else _coming(match, month, day, context)
    )


def _spelt(match: re.Match[str], context: Context) -> DateMention | None:
    groups = match.groupdict()
    month = korean_month(groups["hm"]) if groups.get("hm") else number(match["m"])
    return _coming(match, month, number(match["d"]), context)


def _relative_month(match: re.Match[str], context: Context) -> DateMention | None:
    words = match["rel"].replace(" ", "")
    step = (
        2
        if words in ("다다음달", "再来月")
        else 0
        if words in ("이번달", "금월", "당월", "이달", "今月", "this", "นี้")
        else 1
    )
    if match["d"] in ("말일", "末日"):
        year, month = _shifted_month(context.today, step)
        return _mention(match, _date(year, month, calendar.monthrange(year, month)[1]))
    return _mention(match, _date(*_shifted_month(context.today, step), int(match["d"])))


def _shifted_month(today: dt.date, step: int) -> tuple[int, int]:
    months = today.year * 12 + today.month - 1 + step
    return months // 12, months % 12 + 1


_WEEKS = {"next": 1, "다음주": 1, "차주": 1, "내주": 1, "담주": 1, "来週": 1, "翌週": 1, "หน้า": 1, "สัปดาห์หน้า": 1, "อาทิตย์หน้า": 1, "다다음주": 2, "再来週": 2, "weekafternext": 2, "afternext": 2,
          "nextweek": 1, "이번주": 0, "금주": 0, "今週": 0, "สัปดาห์นี้": 0, "อาทิตย์นี้": 0, "thisweek": 0}  # fmt: skip


def _weekday(match: re.Match[str], context: Context) -> DateMention | None:
    groups = match.groupdict()
    day = weekday_number(groups["wd"].rstrip("."))
    words = (groups.get("rel") or "").replace(" ", "")
    monday = context.today - dt.timedelta(days=context.today.weekday())
    if words in _WEEKS:
        return _mention(match, monday + dt.timedelta(days=7 * _WEEKS[words] + day))
    ahead = (day - context.today.weekday()) % 7 or 7
    return _mention(match, context.today + dt.timedelta(days=ahead + _more_days(groups)))


def _more_days(groups: dict[str, str | None]) -> int:
    """The days that `week` adds in Friday week, `two weeks` in two weeks on Friday."""
    if groups.get("tail"):
        return 14 if groups["tail"] == "fortnight" else 7
    lead = groups.get("lead")
    return 0 if not lead else 14 if lead == "fortnight" else 7 * number(lead)


def _bare_weekday(match: re.Match[str], context: Context) -> DateMention | None:
    return _weekday(match, context)


def _weekday_behind(match: re.Match[str], context: Context) -> DateMention | None:
    """The day of last week, or the last one of that name: no coming one."""
    groups, today = match.groupdict(), context.today
    day = weekday_number((groups["wd"] or groups["wd2"]).rstrip("."))
    if groups.get("week"):
        return _mention(match, today + dt.timedelta(days=day - today.weekday() - 7))
    return _mention(match, today - dt.timedelta(days=(today.weekday() - day - 1) % 7 + 1))


def _offset(match: re.Match[str], context: Context) -> DateMention | None:
    if _EVENT_BEFORE.search(match.string[max(0, match.start() - 16) : match.start()]):
        return DateMention(match.start(), match.end(), None, "date_relative_to_event")
    groups = match.groupdict()
    if groups.get("span"):
        return _mention(match, context.today + dt.timedelta(days=KOREAN_SPANS[groups["span"]]))
    count = 1 if groups["n"] in ("a", "an") else number(groups["n"])
    unit = groups["unit"].replace(" ", "")
    if unit.startswith(("month", "개월", "달", "ヶ月", "か月", "カ月", "ヵ月", "เดือน")):
        year, month = _shifted_month(context.today, count)
        day = min(context.today.day, calendar.monthrange(year, month)[1])
        return _mention(match, _date(year, month, day))
    if _DURATION_BEFORE.search(match.string[max(0, match.start() - 40) : match.start()]):
        return None
    days = (
        14
        if unit.startswith("fortnight")
        else 7
        if unit.startswith(("week", "주", "週", "สัปดาห์", "อาทิตย์"))
        else 1
    )
    return _mention(match, context.today + dt.timedelta(days=days * count)) if count < 400 else None


_EVENT_BEFORE = re.compile(
    r"(?:출발|선적|출항|도착|출고|발주|주문|승인|계약|통관|결제|입금|departure|sailing|loading|発送|出港|出荷|船積|入港|発注|契約|入金|ออกเรือ|ออกเดินทาง|สั่งซื้อ|ชำระเงิน) ?(?:일|일로부터|로부터|から|จาก|หลัง|แล้ว|の|より)?(?: ?후)?[,、]? ?$"
)
# "transit in 14 days": how long, not when
_DURATION_BEFORE = re.compile(r"transit|소요|걸리|所要|リードタイム|ใช้เวลา|how (?:long|fast)")

_NEAR = {"오늘": 0, "금일": 0, "내일모레": 2, "내일 모레": 2, "내일": 1, "명일": 1, "모레": 2, "글피": 3, "today": 0, "tomorrow": 1, "day after tomorrow": 2, "本日": 0,
         "今日": 0, "明日": 1, "明後日": 2, "あさって": 2, "あした": 1, "しあさって": 3, "วันนี้": 0, "พรุ่งนี้": 1, "มะรืนนี้": 2, "มะรืน": 2}  # fmt: skip


def _near(match: re.Match[str], context: Context) -> DateMention | None:
    return _mention(match, context.today + dt.timedelta(days=_NEAR[match.group()]))


_ORD = r"(?:st|nd|rd|th)?"
# "(수)까지": a bracket may close before a word, a bare weekday may not run into one
_DAY_AFTER = r"(?: ?\( ?[월화수목금토일月火水木金土日](?:요일|욜|曜日?)?\)| ?\(? ?[월화수목금토일月火水木金土](?:요일|욜|曜日?)?(?![가-힣)]))?"
_NO_UNIT = r"(?! ?(?:x|kg|t(?![a-z])|tons?|tonnes?|mt(?![a-z])|pallets?|plts?|ctns?|cartons?|cases?|pcs|units?|ft|feet|foot|'(?!\d\d(?!\d))|cbm|m3))"
# two digits after a month are its year where nothing follows that they could count
_SHORT_YEAR = r"(?: (?P<y3>\d\d)(?= ?(?:[,;)/\n|]|$|\.(?!\d)|et[ad])))?"
_LABEL = r"(?:et[ads]|출항|출발|선적|출고|상차|픽업|도착|입항|납기|출하|적재|준비 ?완료|出港|出航|到着|入港|船積|積込|出荷|着|発)(?: ?(?:일자?|예정일?|희망일?|요청일?|日|予定日?|希望日?))?[ \t]{0,30}[:=]?[ \t]{0,30}"
_EN_DAY = rf"(?P<wd>{ENGLISH_WEEKDAY})"
_KO_DAY = r"(?P<wd>[월화수목금토일])"
_NOT_OF_A_DATE = rf"(?!,? ?(?:the )?(?:{ENGLISH_MONTH}|\d))"

_FORMS: list[tuple[re.Pattern[str], Reader]] = [
    (re.compile(rf"(?:令和|레이와|(?<![a-z\d])r) ?(?P<y>\d{{1,2}}|元|{KANJI_NUMBER}) ?(?:年|년|\.|/|-) ?(?P<m>\d{{1,2}}|{KANJI_NUMBER}) ?(?:月|월|\.|/|-) ?(?P<d>\d{{1,2}}|{KANJI_NUMBER})(?!\d)(?:日|일)?" + _DAY_AFTER), _reiwa),
    (re.compile(rf"(?:the )?(?P<d>\d{{1,2}}){_ORD} (?:of )?(?:the )?(?P<rel>next|this) month"), _relative_month),
    (re.compile(rf"(?P<rel>next|this) month(?:,| on)? (?:the )?(?P<d>\d{{1,2}}){_ORD}(?![\d.,]){_NO_UNIT}"), _relative_month),
    (re.compile(r"วันที่ ?(?P<d>\d{1,2}) ?(?:ของ)?เดือน(?P<rel>หน้า|นี้)"), _relative_month),
    (re.compile(r"เดือน(?P<rel>หน้า|นี้) ?วันที่ ?(?P<d>\d{1,2})(?!\d)"), _relative_month),
    (re.compile(rf"(?<![a-z])(?P<lead>a|one|two|three|\d|fortnight) ?(?:weeks?)? (?:from|on|after) (?:this |next |coming )?{_EN_DAY}{_NOT_OF_A_DATE}"), _weekday),
    (re.compile(rf"(?<![a-z]){_EN_DAY} (?P<tail>week|fortnight)(?! of)(?![a-z])"), _weekday),
    (re.compile(rf"(?<![a-z]){_EN_DAY},? (?:of |in )?(?:the )?(?P<rel>week after next|after next)"), _weekday),
    (re.compile(rf"(?P<rel>week after next),? (?:on )?{_EN_DAY}"), _weekday),
    (re.compile(rf"(?<![a-z]){_EN_DAY},? (?:of |in )?(?:the )?(?P<rel>next week|this week)"), _weekday),
    (re.compile(rf"(?<![a-z])(?P<rel>next week|this week),? (?:on )?{_EN_DAY}"), _weekday),
    (re.compile(rf"(?<![a-z])(?P<week>last week'?s?|the week before|previous week),? (?:on )?{_EN_DAY}(?![a-z])"), _weekday_behind),
    (re.compile(rf"(?<![a-z]){_EN_DAY},? (?:of |in )?(?P<week>last week|the week before)(?![a-z])"), _weekday_behind),
    (re.compile(rf"(?<![a-z])(?:last|past|previous) {_EN_DAY}(?![a-z])(?! (?:of|in) )"), _weekday_behind),
    (re.compile(rf"(?P<week>지난 ?주|저번 ?주|전주(?= ))의? ?\(?{_KO_DAY}(?:요일|욜|(?![가-힣]))"), _weekday_behind),
    (re.compile(rf"(?:지난|저번) ?{_KO_DAY}(?:요일|욜)"), _weekday_behind),
    (re.compile(r"(?P<week>先週|前週)の? ?\(?(?P<wd>[月火水木金土日])(?:曜日?)?(?!曜)\)?"), _weekday_behind),
    (re.compile(r"(?:この前|前回|先日|この間)の? ?(?P<wd>[月火水木金土日])曜日?"), _weekday_behind),
    (re.compile(rf"(?:วัน)?(?P<wd>{THAI_WEEKDAY}) ?(?:ของ)?(?P<week>(?:สัปดาห์|อาทิตย์)(?:ที่แล้ว|ก่อน|ที่ผ่านมา))"), _weekday_behind),
    (re.compile(rf"(?P<week>(?:สัปดาห์|อาทิตย์)(?:ที่แล้ว|ก่อน|ที่ผ่านมา)) ?(?:ใน)?วัน(?P<wd>{THAI_WEEKDAY})"), _weekday_behind),
    (re.compile(rf"วัน(?P<wd>{THAI_WEEKDAY}) ?(?:ที่แล้ว|ก่อน(?!วัน|เที่ยง|\s*\d)|ที่ผ่านมา)|(?<!วัน)(?P<wd2>{THAI_WEEKDAY})(?<!อาทิตย์) ?(?:ที่แล้ว|ที่ผ่านมา)"), _weekday_behind),
    # "the last Friday of December", 12월 둘째 주 금요일, 第2金曜: nobody counts weeks alike
    (re.compile(rf"(?<![a-z])(?:first|second|third|fourth|last|1st|2nd|3rd|4th) (?:week'?s? )?{_EN_DAY} (?:of|in) (?:the )?[a-z]+"), _vague),
    (re.compile(rf"(?:\d{{1,2}}월 ?)?(?:첫|둘|셋|넷|첫째|둘째|셋째|넷째|마지막) ?주 ?{_KO_DAY}(?:요일|욜)"), _vague),
    (re.compile(r"(?:\d{1,2}月の?)?(?:第[1-4一二三四]|最終)の?[月火水木金土日]曜日?"), _vague),
    (re.compile(rf"(?:วัน)?(?:{THAI_WEEKDAY}) ?(?:แรก|สุดท้าย|ที่สอง)ของเดือน"), _vague),
    (RANGE, _vague),
    (VAGUE, _vague),
    (re.compile(r"(?<!\d)(?P<y>20\d\d|25\d\d) ?(?:[-./]|년|年) ?(?P<m>\d{1,2}) ?(?:[-./]|월|月) ?(?P<d>\d{1,2})(?!\d)(?: ?[일日])?\.?" + _DAY_AFTER), _ymd),
    (re.compile(r"(?<![\w.,/#-])(?P<y>20[23]\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?![\w/-]|[.,]\d)"), _ymd),
    (re.compile(rf"(?<!\d)(?P<y>20\d\d)[ -](?P<mon>{ENGLISH_MONTH})[ -](?P<d>\d{{1,2}})(?!\d)"), _year_month_name),
    (re.compile(r"(?<![\d./-])'?(?P<a>\d{1,2})(?P<sep>[-./]) ?(?P<b>\d{1,2})(?P=sep) ?(?P<c>20\d\d|25\d\d|\d\d)(?![\d/])" + _DAY_AFTER), _numeric_with_year),
    (re.compile(rf"(?<![\d.,])(?P<d>\d{{1,2}}){_ORD}[ \-/.]?(?:of )?[ \-]?(?P<mon>{ENGLISH_MONTH})(?![a-z])\.?(?:(?:[,./]? ?|-|')(?P<y>20\d\d|25\d\d)(?!\d)|(?:-|/|\.|'| ')(?P<y2>\d\d)(?!\d)|{_SHORT_YEAR})"), _named_month),
    (re.compile(rf"(?<![\w.,])(?P<d>\d{{1,2}})(?P<mon>{ENGLISH_MONTH})(?P<y2>\d\d)(?!\d)"), _named_month),
    (re.compile(rf"(?<![a-z])(?P<mon>{ENGLISH_MONTH})(?![a-z])\.?[ \-/]?(?:the )?(?P<d>\d{{1,2}})(?![\d:]|[.,]\d{{3}}(?!\d)){_NO_UNIT}{_ORD}(?:(?:,? |,|-|/)(?P<y>20\d\d)(?!\d)|,? '(?P<y2>\d\d)(?!\d)|{_SHORT_YEAR})"), _named_month),
    (re.compile(rf"(?<![a-z])(?:the )?(?P<d>{ORDINAL}) (?:day )?(?:of )?(?P<mon>{ENGLISH_MONTH})(?![a-z])(?:,? (?P<y>20\d\d))?"), _named_month),
    (re.compile(rf"(?<![a-z])(?P<mon>{ENGLISH_MONTH}) (?:the )?(?P<d>{ORDINAL})(?![a-z])(?:,? (?P<y>20\d\d))?"), _named_month),
    (re.compile(r"(?:(?P<y>내년|명년|올해|금년|올|来年|翌年|今年|本年|明年)の? ?|'?(?<!\d)(?P<yy>\d\d)[년年] ?)?(?<!\d)(?P<m>\d{1,2}) ?[월月] ?(?P<d>\d{1,2}) ?[일日]" + _DAY_AFTER), _month_day),
    (re.compile(r"(?:'?(?P<yy>\d\d)년 ?)?(?<!\d)(?P<m>\d{1,2})월 ?(?P<d>\d{1,2})(?![\d~%]| ?(?:주|차|대|개|건|톤|회|번|-|컨|박스|파렛|팔레|x|kg|t(?![a-z])|피트|ft|'|만|억|천|명|시)|[.,]\d)" + _DAY_AFTER), _month_day),
    (re.compile(rf"(?<![一二三四五六七八九十\d])(?P<m>{KANJI_NUMBER})月(?P<d>{KANJI_NUMBER})日" + _DAY_AFTER), _spelt),
    (re.compile(rf"(?<![가-힣])(?P<hm>{KOREAN_MONTH})월 ?(?P<d>{HANGUL_NUMBER})일" + _DAY_AFTER), _spelt),
    (re.compile(rf"(?<!\d)(?P<d>\d{{1,2}}) ?(?:เดือน ?)?(?P<mon>{THAI_MONTH})(?: ?(?:พ\.?ศ\.?|ค\.?ศ\.?|ปี)? ?'?(?P<y>20\d\d|25\d\d|\d\d)(?!\d|[.,/]\d| ?(?:ตัน|ฟุต|กก|กิโล|ตู้|พาเลท|ลัง|กล่อง|คิว|'|ft|kg|t(?![a-z])|x)))?"), _thai),
    (re.compile(r"วันที่ ?(?P<d>\d{1,2}) เดือน ?(?P<mon>1[0-2]|[1-9])(?!\d)(?: ?(?:พ\.?ศ\.?|ค\.?ศ\.?|ปี)? ?(?P<y>20\d\d|25\d\d))?"), _thai),
    (re.compile(r"(?P<rel>다다음 ?달|다음 ?달|담달|내달|익월|이번 ?달|금월|당월|이달|来月|今月|再来月|翌月)(?:의|の)? ?(?P<d>\d{1,2}|말일|末日) ?[일日]?"), _relative_month),
    (re.compile(rf"(?P<rel>다다음 ?주|다음 ?주|차주|내주|담주|이번 ?주|금주|오는|돌아오는) ?\(?{_KO_DAY}(?:요일|욜|(?![가-힣])|(?=에|까지|출|도착|부터|선적|배))"), _weekday),
    (re.compile(r"(?P<rel>再来週|来週|翌週|今週|次の|今度の)の? ?\(?(?P<wd>[月火水木金土日])(?:曜日?)?\)?"), _weekday),
    (re.compile(rf"(?<![a-z])(?P<rel>next|this coming|the coming|coming|this|upcoming) {_EN_DAY}{_NOT_OF_A_DATE}"), _weekday),
    (re.compile(rf"วัน(?P<wd>{THAI_WEEKDAY}) ?(?:ที่จะถึง(?:นี้)?|ที่)? ?(?P<rel>สัปดาห์หน้า|สัปดาห์นี้|อาทิตย์หน้า|อาทิตย์นี้|หน้า|นี้)(?! ?(?:ที่ ?)?\d)"), _weekday),
    (re.compile(rf"(?<!วัน)(?P<wd>{THAI_WEEKDAY})(?<!อาทิตย์) ?(?P<rel>สัปดาห์หน้า|สัปดาห์นี้|อาทิตย์หน้า|อาทิตย์นี้|หน้า|นี้)(?! ?(?:ที่ ?)?\d)"), _weekday),
    (re.compile(rf"(?P<rel>สัปดาห์หน้า|สัปดาห์นี้|อาทิตย์หน้า|อาทิตย์นี้) ?(?:ใน)?วัน(?P<wd>{THAI_WEEKDAY})(?! ?(?:ที่ ?)?\d)"), _weekday),
    (re.compile(rf"(?P<span>{alternatives(KOREAN_SPANS)}) ?(?:후|뒤)"), _offset),
    (re.compile(rf"(?<![\d.])(?P<n>{SMALL_COUNT}) ?(?P<unit>일|주일|주|개월|달) ?(?:후|뒤)"), _offset),
    (re.compile(rf"(?<![a-z])in (?:about )?(?P<n>{SMALL_COUNT}|an?) (?P<unit>days?|weeks?|months?|fortnight)(?:'s?)?(?: time)?(?![a-z])(?! (?:transit|after))"), _offset),
    (re.compile(rf"(?<![a-z\d])(?P<n>{SMALL_COUNT}|an?) (?P<unit>days?|weeks?|months?|fortnight) (?:from (?:now|today)|hence|ahead)"), _offset),
    (re.compile(r"(?P<n>\d{1,3}|[一二三四五六七八九])(?P<unit>日|週間|ヶ月|か月|カ月|ヵ月)後"), _offset),
    (re.compile(r"อีก ?(?P<n>\d{1,3}) ?(?P<unit>วัน|สัปดาห์|อาทิตย์|เดือน)"), _offset),
    (re.compile("|".join(rf"(?<![a-z]){re.escape(word)}(?![a-z])" for word in sorted(_NEAR, key=len, reverse=True))), _near),
    (re.compile(r"(?<![\d/.x])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?![\d/]| ?(?:ft|'|피트|inch|hc|hq|gp))(?: ?[일日](?!간|間))?" + _DAY_AFTER), _numeric),
    (re.compile(r"(?<![\d./-])(?P<a>1[0-2]|0?[1-9])\.(?P<b>3[01]|[12]\d|0[1-9])\.?(?= ?(?:출항|출발|선적|출고|도착|입항|반입|까지|일(?!간)))"), _numeric),
    (re.compile(r"(?<![\d./])(?P<a>1[0-2]|0?[1-9])\. ?(?P<b>3[01]|[12]\d|0?[1-9])\.? ?\([월화수목금토일月火水木金土]\)"), _numeric),
    (re.compile(rf"{_LABEL}(?P<a>\d{{1,2}})(?P<sep>[-.]) ?(?P<b>\d{{1,2}})(?P<dot>\.?)(?![\d~]| ?[-~] ?\d| ?(?:톤|t(?![a-z])|kg|cbm|m(?![a-z])|tons?|일간|days?))"), _labelled),
    (re.compile(r"(?<=[:] )(?P<a>1[0-2]|0?[1-9])\.(?P<b>3[01]|[12]\d|0[1-9])(?![\d.]| ?(?:톤|t|kg|cbm|m))"), _numeric),
    (re.compile(rf"(?<![a-z])(?:{ENGLISH_WEEKDAY}|mo|di|mi|do|fr|sa|so),? (?:the )?(?P<a>\d{{1,2}})\.(?P<b>1[0-2]|0?[1-9])\.?(?![\d]|[.,]\d)"), _dotted),
    (re.compile(r"(?<![a-z])(?:on|am|by|bis|until|till|before|latest|ab|vom|[:=])[ \t]{0,3}(?:the )?(?P<a>\d{1,2})\.(?P<b>1[0-2]|0?[1-9])\.(?![\d]| ?(?:kg|t(?![a-z])))"), _dotted),
    (re.compile(rf"(?<![a-z])(?P<rel>on|by|before) {_EN_DAY}{_NOT_OF_A_DATE}"), _bare_weekday),
    (re.compile(rf"(?<![a-z])(?<!every )(?<!each )(?P<wd>(?:mon|tues|wednes|thurs|fri|satur|sun)day)(?![a-z]){_NOT_OF_A_DATE}(?! (?:to|through|-|and) )"), _bare_weekday),
    (re.compile(r"(?<![가-힣\d])(?P<wd>[월화수목금토일])(?:요일|욜)(?!마다)"), _bare_weekday),
    (re.compile(r"(?<![毎隔\d])(?P<wd>[月火水木金土日])曜日?"), _bare_weekday),
    (re.compile(rf"(?<!ทุก)วัน(?P<wd>{THAI_WEEKDAY})(?:ที่จะถึง|ที่)?(?! ?(?:ที่ ?)?\d)"), _bare_weekday),
]  # fmt: skip

_BARE_DAY = re.compile(
    r"(?<![\d.,월/])(?P<d>\d{1,2})일(?! ?(?:후|뒤|이내|내|간|정도|소요|이후|동안|전|걸|안|치|분|짜리|이면|이 ?걸|씩|째|프리))"
    r"|(?<![\d.,月/])(?P<d2>\d{1,2})日(?!間|後|以内|程度|前|ほど|かか|目|くらい|ぐらい|本)"
    r"|(?<![a-z\d])(?:the |on |on the |by the )(?P<d3>\d{1,2})(?:st|nd|rd|th)(?![a-z])(?! (?:of|floor|week|container|quarter|party|time|one|shipment|lot|batch|order|unit|truck|leg|day))"
    r"|(?<![a-z])(?:et[ads]|leav(?:e|es|ing)|sail(?:s|ing)?|depart(?:s|ing)?|arriv(?:e|es|ing)|load(?:s|ing)?|ready|dep|arr)[ :.]{1,2}(?P<d5>\d{1,2})(?:st|nd|rd|th)(?![a-z])"
    r"|วันที่ ?(?P<d4>\d{1,2})(?![\d/.-])"
    rf"|(?:{THAI_WEEKDAY})ที่ ?(?P<d6>\d{{1,2}})(?![\d/.-])"
)
# what stands before a number of days
_DURATION = re.compile(
    r"(?:약|총|최대|최소|최장|기간|타임|transit|t/t|소요|리드타임|보관|영업|주말|프리|무료|約|最大|所要|期間|営業|フリー)[^\n\d]{0,6}$"
)


_WEEKDAY_BEHIND = re.compile(r"[ (の]{0,3}(?P<wd>[월화수목금토일月火水木金土日])(?:요일|욜|曜|\))")


def _with_bare_days(text: str, taken: list[DateMention], context: Context) -> Iterator[DateMention]:
    """`taken` with days that name no month: that day after the date named before it, else after today."""
    bare = [
        match
        for match in islice(_BARE_DAY.finditer(text), MAX_DATES)
        if not any(match.start() < other.end and other.start < match.end() for other in taken)
        and not _DURATION.search(text[max(0, match.start() - 14) : match.start()])
    ]
    events: list[tuple[int, DateMention | re.Match[str]]] = [
        (mention.start, mention) for mention in taken
    ]
    events += [(match.start(), match) for match in bare]
    known = context.today
    for _, event in sorted(events, key=lambda pair: pair[0]):
        if isinstance(event, DateMention):
            known = max(event.value, context.today) if event.value else known
            yield event
            continue
        day = int(next(group for group in event.groups() if group))
        value = _next_day_of_month(known, day)
        weekday = _WEEKDAY_BEHIND.match(text, event.end())
        if value and weekday and value.weekday() != weekday_number(weekday["wd"]):
            # "16日... 23日の月曜": the weekday tells which month
            soonest = _next_day_of_month(context.today, day)
            fits = soonest and soonest.weekday() == weekday_number(weekday["wd"])
            value = soonest if fits else value
        if value is not None:
            known = value
            yield DateMention(event.start(event.lastgroup or 0), event.end(), value)


def _next_day_of_month(known: dt.date, day: int) -> dt.date | None:
    step = 0 if day >= known.day else 1
    return _date(*_shifted_month(known, step), day)
