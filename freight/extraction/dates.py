"""Dates that a text names, absolute or counted from the mail's date. What is vague is found too, without a value."""

# ruff: noqa: E501 - the alternatives of a pattern read best on one line

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from freight.extraction.numerals import COUNT, count_number

# more than a mail's worth; a timetable's dates are no customer's wish
MAX_DATES = 150


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


MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_TH_NAMES = [
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
]
_TH_SHORT = [
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
]
_TH_MONTHS = {
    name: number for names in (_TH_NAMES, _TH_SHORT) for number, name in enumerate(names, start=1)
}
_TH_MONTHS |= {
    name.removesuffix("."): number for name, number in _TH_MONTHS.items() if name.endswith(".")
}
_TH_MONTHS |= {
    "มกรา": 1,
    "กุมภา": 2,
    "มีนา": 3,
    "เมษา": 4,
    "พฤษภา": 5,
    "มิถุนา": 6,
    "กรกฎา": 7,
    "สิงหา": 8,
    "กันยา": 9,
    "ตุลา": 10,
    "พฤศจิกา": 11,
    "ธันวา": 12,
}
_TH_MONTH = "|".join(re.escape(name) for name in sorted(_TH_MONTHS, key=len, reverse=True))
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EN_DAY = r"(?P<wd>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)\.?(?![a-z])"
_TH_DAYS = {"จันทร์": 0, "อังคาร": 1, "พุธ": 2, "พฤหัสบดี": 3, "พฤหัส": 3, "ศุกร์": 4, "เสาร์": 5, "อาทิตย์": 6}
_ORD = r"(?:st|nd|rd|th)?"
_KO_DAY = r"(?P<wd>[월화수목금토일])"
_EVENT_BEFORE = re.compile(
    r"(?:출발|선적|출항|도착|출고|발주|주문|승인|계약|통관|departure|sailing|loading|発送|出港|出荷|船積|入港|ออกเรือ|ออกเดินทาง|สั่งซื้อ) ?(?:일|일로부터|로부터|から|จาก)?(?: ?후)?,? ?$"
)

_VAGUE = re.compile(
    rf"(?:early|mid(?:dle)?|late|end(?:ing)?|beginning|start|first half|second half|first week|second week|third week|last week|1st week|2nd week|3rd week|sometime|some time|any ?time)"
    rf"(?:[ -]+(?:to|or|-) ?(?:early|mid|late))?[ -]*(?:of |in |the |during )*(?:{_MONTH}|next month|this month|next week|this week|the month|month|the year|next year|week|q[1-4])(?! ?\d{{1,2}}(?![\d:]))(?:,? ?\d{{4}})?(?![a-z])"
    rf"|(?:week|wk|w/c) ?(?:of |commencing |beginning |starting |no\.? ?)+(?:the )?(?:{_MONTH}|\d{{1,2}}){_ORD}[ -]*(?:\d{{1,2}}|{_MONTH})?{_ORD}|(?<![a-z])(?:week|wk) ?\d{{1,2}}(?!\d)"
    rf"|(?<![a-z\d])(?:in|during|by|for|around|about) (?:{_MONTH})(?![a-z])(?! ?\d{{1,2}}(?!\d))(?:,? ?\d{{4}})?|next week(?! (?:on )?(?:mon|tue|wed|thu|fri|sat|sun))|(?<!the )next month(?! ?(?:on )?(?:the )?\d)|as soon as possible|(?<![a-z])asap(?![a-z])"
    r"|(?:(?:\d{2,4}년 ?)?\d{1,2} ?월|다다음 ?달|다음 ?달|이번 ?달|내달|이달|금월|익월|연|월|다음 ?주|이번 ?주|차주|금주)의? ?(?:초순|중순|하순|상순|말경|초|중|말)(?!일)(?![가-힣]{2}일)(?:경|쯤|에서|~|-)?(?: ?(?:초|중순|말))?"
    r"|\d{1,2} ?월 ?(?:첫|둘|셋|넷|마지막|\d)(?:째)? ?주(?:차)?|\d{1,2} ?월 ?(?:경|쯤|중에|안에|내)(?![가-힣]*\d)|(?:다다음|다음|이번|차|금) ?주(?! ?[월화수목금토일](?:요일|(?![가-힣])))(?:쯤|경)?|다음 ?달(?! ?\d)|조만간|최대한 ?빨리"
    r"|(?:\d{4}年)?\d{1,2}月(?:の)?(?:上旬|初旬|初め|中旬|下旬|末日?頃?|頃|中|第\d週)|(?:来月|今月|再来月|来週|今週|再来週)(?:の)?(?:上旬|初旬|初め|中旬|下旬|末|頃|中|前半|後半)|月末|年末|来週(?!の?[月火水木金土日])|来月(?!の?\d)|なるべく早"
    rf"|(?:ต้น|กลาง|ปลาย|สิ้น|ช่วง|ภายใน)(?:เดือน|สัปดาห์|ปี)(?: ?(?:{_TH_MONTH}))?(?:หน้า|นี้)?(?: ?\d{{4}})?|(?<!วัน)สัปดาห์หน้า|เดือนหน้า|เร็วที่สุด"
)
_RANGES = re.compile(
    rf"(?P<r1>(?:{_MONTH})\.? ?\d{{1,2}}{_ORD} ?(?:-|~|to|or|through) ?\d{{1,2}}{_ORD}(?![\d:]|[-/]\d| ?(?:x|kg|t(?![a-z])))(?:,? ?\d{{4}})?)"
    rf"|(?P<r2>(?<!\d)\d{{1,2}}{_ORD} ?(?:-|~|to|or|and|through) ?\d{{1,2}}{_ORD} (?:of )?(?:{_MONTH})(?![a-z])(?:,? ?\d{{4}})?)"
    r"|(?P<r3>(?:\d{4}년 ?)?\d{1,2}월 ?\d{1,2}일?(?: ?\([월화수목금토일]\))? ?(?:~|-|에서|또는|이나) ?(?:\d{1,2}월 ?)?\d{1,2}일(?! ?(?:도착|입항))(?: ?사이)?)"
    r"|(?P<r4>\d{1,2}月\d{1,2}日?(?:~|-|から|か)(?:\d{1,2}月)?\d{1,2}日(?:の間)?(?!(?:に)?(?:到着|着)))"
    r"|(?P<r5>(?<![\d/])\d{1,2}/\d{1,2} ?~ ?\d{1,2}(?:/\d{1,2})?(?![\d/]))"
    rf"|(?P<r6>(?<!\d)(?:[12]?\d|3[01]) ?(?:-|~|ถึง|หรือ) ?\d{{1,2}} ?(?:{_TH_MONTH})(?: ?\d{{4}})?)"
)


def day_first(text: str, language: str) -> bool | None:
    """Whether 5/12 is 5 December: by other dates of the text, by signs of the writer's country; None if unclear."""
    for match in re.finditer(
        r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}(?![\d/])|(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])",
        text,
    ):
        first, second = (int(group) for group in match.groups() if group)
        if 12 < first <= 31 and second <= 12 and not (first >= 24 and language in ("ko", "ja")):
            return True
        if first <= 12 < second <= 31:
            return False
    if language != "en":
        return language == "th"
    british = re.search(
        r"\.uk(?![a-z])|\+ ?44|\+ ?49|\+ ?61|\+ ?33|\+ ?31|\+ ?64|\+ ?65|\+ ?66|\+ ?91|(?<![a-z])(?:gmbh|plc|pty|b\.v\.|s\.a\.r?\.?l?\.?|united kingdom|england|scotland|britain|british"
        r"|enquir\w+|kind regards|cheers|whilst|colour|organis\w+|lorry|palletis\w+|tonnes?|favour\w*|fortnight|haulage|centre|programme|australia)(?![a-z])",
        text,
    )
    american = re.search(
        r"\+ ?1[ -(]\d|\(\d{3}\) ?\d{3}-\d{4}|(?<![a-z])(?:llc|inc\.|u\.s\.a?\.?|usa|united states|american|[a-z]+, (?:ca|tx|ny|nj|ga|il|wa|fl|oh|mi) ?\d{5}|zip code|short tons?)(?![a-z])",
        text,
    )
    if bool(british) == bool(american):
        return None
    return bool(british)


def find_dates(text: str, context: Context) -> list[DateMention]:
    """Dates named in prepared `text`, in reading order and without overlaps; plainer forms are read first."""
    taken: list[DateMention] = []
    for pattern, read in _FORMS:
        for match in pattern.finditer(text):
            if len(taken) >= MAX_DATES:
                break
            if any(match.start() < other.end and other.start < match.end() for other in taken):
                continue
            mention = read(match, context)
            if mention is not None:
                taken.append(mention)
    taken.sort(key=lambda mention: mention.start)
    return list(_with_bare_days(text, taken, context))


def _date(year: int, month: int, day: int) -> dt.date | None:
    if year >= 2400:
        year -= 543
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _short_year(digits: str, context: Context) -> int | None:
    """A year from two digits, Buddhist ones included; None where no year is meant."""
    number = int(digits)
    if len(digits) == 4:
        return number
    for year in (2000 + number, 2500 + number - 543):
        if -1 <= year - context.today.year <= 3:
            return year
    return None


def _coming(month: int, day: int, context: Context) -> dt.date | None:
    """That day of this year, of the next where it lies more than a month behind."""
    this = _date(context.today.year, month, day)
    if this is None or this < context.today - dt.timedelta(days=31):
        return _date(context.today.year + 1, month, day)
    return this


def _mention(match: re.Match[str], value: dt.date | None) -> DateMention | None:
    return DateMention(match.start(), match.end(), value) if value else None


def _vague(match: re.Match[str], context: Context) -> DateMention:
    return DateMention(match.start(), match.end(), None, "date_vague")


def _ymd(match: re.Match[str], context: Context) -> DateMention | None:
    return _mention(match, _date(int(match["y"]), int(match["m"]), int(match["d"])))


def _reiwa(match: re.Match[str], context: Context) -> DateMention | None:
    year = 1 if match["y"] == "元" else int(match["y"])
    return _mention(match, _date(2018 + year, int(match["m"]), int(match["d"])))


def _numeric_with_year(match: re.Match[str], context: Context) -> DateMention | None:
    first, second, last = int(match["a"]), int(match["b"]), match["c"]
    year_first = context.year_first or _short_year(last, context) is None
    if len(last) == 2 and year_first and _short_year(match["a"], context) and int(last) <= 31:
        return _mention(match, _date(_short_year(match["a"], context) or 0, second, int(last)))
    year = _short_year(last, context)
    if year is None:
        return None
    by_point = match["sep"] == "."
    return _day_month(
        match,
        first,
        second,
        lambda m, d: _date(year, m, d),
        True if by_point else context.day_first,
    )


def _numeric(match: re.Match[str], context: Context) -> DateMention | None:
    return _day_month(
        match,
        int(match["a"]),
        int(match["b"]),
        lambda m, d: _coming(m, d, context),
        context.day_first,
    )


def _day_month(
    match: re.Match[str],
    first: int,
    second: int,
    make: Callable[[int, int], dt.date | None],
    day_is_first: bool | None,
) -> DateMention | None:
    if first > 12 or second > 12 or first == second:
        return _mention(match, make(second, first) if first > 12 else make(first, second))
    if day_is_first is None:
        return DateMention(match.start(), match.end(), None, "date_ambiguous")
    return _mention(match, make(second, first) if day_is_first else make(first, second))


def _named_month(match: re.Match[str], context: Context) -> DateMention | None:
    month, day = MONTHS[match["mon"]], int(match["d"])
    year = _short_year(match["y"], context) if match["y"] else None
    if match["y"] and year is None:
        return None
    return _mention(match, _date(year, month, day) if year else _coming(month, day, context))


def _thai(match: re.Match[str], context: Context) -> DateMention | None:
    month, day = _TH_MONTHS[match["mon"]], int(match["d"])
    year = _short_year(match["y"], context) if match["y"] else None
    return _mention(match, _date(year, month, day) if year else _coming(month, day, context))


def _month_day(match: re.Match[str], context: Context) -> DateMention | None:
    month, day, year = int(match["m"]), int(match["d"]), match["y"] or ""
    if year in ("내년", "명년", "来年", "翌年"):
        return _mention(match, _date(context.today.year + 1, month, day))
    if year in ("올해", "금년", "今年", "本年"):
        return _mention(match, _date(context.today.year, month, day))
    return _mention(match, _coming(month, day, context))


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


def _weekday(match: re.Match[str], context: Context) -> DateMention | None:
    groups = match.groupdict()
    day = _weekday_number(groups["wd"])
    words = (groups["rel"] or "").replace(" ", "")
    monday = context.today - dt.timedelta(days=context.today.weekday())
    weeks = {"next": 1, "다음주": 1, "차주": 1, "내주": 1, "담주": 1, "来週": 1, "หน้า": 1, "สัปดาห์หน้า": 1, "다다음주": 2, "再来週": 2, "afternext": 2,
             "이번주": 0, "금주": 0, "今週": 0, "สัปดาห์นี้": 0}  # fmt: skip
    if words in weeks:
        return _mention(match, monday + dt.timedelta(days=7 * weeks[words] + day))
    ahead = (day - context.today.weekday()) % 7 or 7
    return _mention(match, context.today + dt.timedelta(days=ahead))


def _weekday_number(name: str) -> int:
    if name in _TH_DAYS:
        return _TH_DAYS[name]
    if len(name) == 1:
        return (
            "월화수목금토일".find(name) if name in "월화수목금토일" else "月火水木金土日".find(name)
        )
    return next(number for number, day in enumerate(_WEEKDAYS) if day.startswith(name[:3]))


_SPANS = {
    "하루": 1,
    "이틀": 2,
    "사흘": 3,
    "나흘": 4,
    "닷새": 5,
    "엿새": 6,
    "이레": 7,
    "일주일": 7,
    "열흘": 10,
    "보름": 15,
}


def _offset(match: re.Match[str], context: Context) -> DateMention | None:
    if _EVENT_BEFORE.search(match.string[max(0, match.start() - 16) : match.start()]):
        return DateMention(match.start(), match.end(), None, "date_relative_to_event")
    groups = match.groupdict()
    if groups.get("span"):
        return _mention(match, context.today + dt.timedelta(days=_SPANS[groups["span"]]))
    count = 1 if groups["n"] in ("a", "an") else count_number(groups["n"])
    unit = groups["unit"].replace(" ", "")
    if unit.startswith(("month", "개월", "달", "ヶ月", "か月", "カ月", "ヵ月", "เดือน")):
        year, month = _shifted_month(context.today, count)
        day = min(context.today.day, calendar.monthrange(year, month)[1])
        return _mention(match, _date(year, month, day))
    days = 7 if unit.startswith(("week", "주", "週", "สัปดาห์", "อาทิตย์")) else 1
    return _mention(match, context.today + dt.timedelta(days=days * count)) if count < 400 else None


_NEAR = {"오늘": 0, "금일": 0, "내일모레": 2, "내일": 1, "명일": 1, "모레": 2, "글피": 3, "today": 0, "tomorrow": 1, "day after tomorrow": 2, "本日": 0,
         "今日": 0, "明日": 1, "明後日": 2, "あさって": 2, "あした": 1, "วันนี้": 0, "พรุ่งนี้": 1, "มะรืนนี้": 2, "มะรืน": 2}  # fmt: skip


def _near(match: re.Match[str], context: Context) -> DateMention | None:
    return _mention(match, context.today + dt.timedelta(days=_NEAR[match.group()]))


_DAY_AFTER_KO = r"(?: ?\(? ?[월화수목금토일月火水木金土](?:요일|曜日?)?\)?(?![가-힣]))?"
_FORMS: list[tuple[re.Pattern[str], Callable[[re.Match[str], Context], DateMention | None]]] = [
    (re.compile(r"(?:令和|레이와|(?<![a-z\d])r) ?(?P<y>\d{1,2}|元) ?(?:年|년|\.|/) ?(?P<m>\d{1,2}) ?(?:月|월|\.|/) ?(?P<d>\d{1,2})(?:日|일)?"), _reiwa),
    (re.compile(rf"(?:the )?(?P<d>\d{{1,2}}){_ORD} (?:of )?(?:the )?(?P<rel>next|this) month"), _relative_month),
    (re.compile(rf"(?P<rel>next|this) month(?:,| on)? (?:the )?(?P<d>\d{{1,2}}){_ORD}(?![\d.,])"), _relative_month),
    (re.compile(r"วันที่ ?(?P<d>\d{1,2}) ?(?:ของ)?เดือน(?P<rel>หน้า|นี้)"), _relative_month),
    (re.compile(rf"{_EN_DAY},? (?:of )?(?:the )?(?P<rel>next|this) week"), _weekday),
    (re.compile(rf"(?P<rel>next|this) week,? (?:on )?{_EN_DAY}"), _weekday),
    (_RANGES, _vague),
    (_VAGUE, _vague),
    (re.compile(r"(?<!\d)(?P<y>20\d\d|25\d\d) ?(?:[-./]|년|年) ?(?P<m>\d{1,2}) ?(?:[-./]|월|月) ?(?P<d>\d{1,2})(?!\d)(?: ?[일日])?\.?" + _DAY_AFTER_KO), _ymd),
    (re.compile(r"(?<![\d./-])(?P<a>\d{1,2})(?P<sep>[-./]) ?(?P<b>\d{1,2})(?P=sep) ?(?P<c>20\d\d|25\d\d|\d\d)(?![\d/])"), _numeric_with_year),
    (re.compile(rf"(?<![\d.,])(?P<d>\d{{1,2}}){_ORD}[ \-]?(?:of )?[ \-]?(?P<mon>{_MONTH})(?![a-z])\.?(?:(?:,? |-|')(?P<y>20\d\d|25\d\d)|(?:-|')(?P<y2>\d\d)(?!\d))?"), lambda m, c: _named_any(m, c)),
    (re.compile(rf"(?<![a-z])(?P<mon>{_MONTH})(?![a-z])\.?[ \-]?(?:the )?(?P<d>\d{{1,2}})(?![\d:]|[.,]\d{{3}}| ?(?:x|kg|t(?![a-z])|tons?|pallets?)){_ORD}(?:,? (?P<y>20\d\d))?"), _named_month),
    (re.compile(r"(?:(?P<y>내년|명년|올해|금년|来年|翌年|今年|本年) ?)?(?<!\d)(?P<m>\d{1,2}) ?[월月] ?(?P<d>\d{1,2}) ?[일日]" + _DAY_AFTER_KO), _month_day),
    (re.compile(r"(?:'?(?P<yy>\d\d)년 ?)?(?P<m>\d{1,2})월 ?(?P<d>\d{1,2})(?!\d)(?P<y>)"), _month_day),
    (re.compile(rf"(?<!\d)(?P<d>\d{{1,2}}) ?(?P<mon>{_TH_MONTH})(?: ?(?:พ\.?ศ\.?|ค\.?ศ\.?)? ?(?P<y>20\d\d|25\d\d|6\d|2\d)(?!\d| ?(?:ตัน|ฟุต|กก|'|ft|kg)))?"), _thai),
    (re.compile(r"(?P<rel>다다음 ?달|다음 ?달|담달|내달|익월|이번 ?달|금월|당월|이달|来月|今月|再来月)(?:의|の)? ?(?P<d>\d{1,2}|말일|末日) ?[일日]?"), _relative_month),
    (re.compile(rf"(?P<rel>다다음 ?주|다음 ?주|차주|내주|담주|이번 ?주|금주|오는|돌아오는) ?{_KO_DAY}(?:요일|(?![가-힣])|(?=에|까지|출|도착|부터|선적))"), _weekday),
    (re.compile(r"(?P<rel>再来週|来週|今週|次の|今度の)の?(?P<wd>[月火水木金土日])(?:曜日?)?"), _weekday),
    (re.compile(rf"(?<![a-z])(?P<rel>next|this coming|coming|this|on|by|before|upcoming) {_EN_DAY}(?! ?(?:{_MONTH}|\d))"), _weekday),
    (re.compile(r"วัน(?P<wd>จันทร์|อังคาร|พุธ|พฤหัสบดี|พฤหัส|ศุกร์|เสาร์|อาทิตย์)(?:ที่จะถึง|ที่)?(?P<rel>สัปดาห์หน้า|สัปดาห์นี้|หน้า|นี้)?(?! ?(?:ที่ )?\d)"), _weekday),
    (re.compile(r"(?P<span>하루|이틀|사흘|나흘|닷새|엿새|이레|일주일|열흘|보름) ?(?:후|뒤)"), _offset),
    (re.compile(rf"(?<![\d.])(?P<n>{COUNT}) ?(?P<unit>일|주일|주|개월|달) ?(?:후|뒤)"), _offset),
    (re.compile(rf"(?<![a-z])in (?:about )?(?P<n>{COUNT}|an?) (?P<unit>days?|weeks?|months?)(?:' time)?(?![a-z])(?! (?:transit|after))"), _offset),
    (re.compile(rf"(?<![a-z\d])(?P<n>{COUNT}|an?) (?P<unit>days?|weeks?|months?) (?:from (?:now|today)|later|hence|ahead)"), _offset),
    (re.compile(r"(?P<n>\d{1,3}|[一二三四五六七八九])(?P<unit>日|週間|ヶ月|か月|カ月|ヵ月)後"), _offset),
    (re.compile(r"อีก ?(?P<n>\d{1,3}) ?(?P<unit>วัน|สัปดาห์|อาทิตย์|เดือน)"), _offset),
    (re.compile("|".join(rf"(?<![a-z]){re.escape(word)}(?![a-z])" for word in sorted(_NEAR, key=len, reverse=True))), _near),
    (re.compile(r"(?<![\d/.x])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?![\d/]| ?(?:ft|'|피트|inch|hc|hq|gp))(?: ?\([월화수목금토일月火水木金土]\))?"), _numeric),
    (re.compile(r"(?<![\d./-])(?P<a>1[0-2]|0?[1-9])\.(?P<b>3[01]|[12]\d|0[1-9])\.?(?= ?(?:출항|출발|선적|출고|도착|입항|반입|까지))"), _numeric),
    (re.compile(r"(?<![\d./])(?P<a>1[0-2]|0?[1-9])\. ?(?P<b>3[01]|[12]\d|0?[1-9])\.? ?\([월화수목금토일月火水木金土]\)"), _numeric),
    (re.compile(r"(?<=[:] )(?P<a>1[0-2]|0?[1-9])\.(?P<b>3[01]|[12]\d|0[1-9])(?![\d.]| ?(?:톤|t|kg|cbm|m))"), _numeric),
]  # fmt: skip

_BARE_DAY = re.compile(
    r"(?<![\d.,월/])(?P<d>\d{1,2})일(?! ?(?:후|뒤|이내|내|간|정도|소요|이후|동안|전|걸|안|치|분))"
    r"|(?<![\d.,月/])(?P<d2>\d{1,2})日(?!間|後|以内|程度|前|ほど|かか)"
    rf"|(?<![a-z\d])(?:the |on )(?P<d3>\d{{1,2}})(?:st|nd|rd|th)(?![a-z])(?! (?:of|{_MONTH}|floor|week|container))"
    r"|วันที่ ?(?P<d4>\d{1,2})(?![\d/.-])"
)


def _named_any(match: re.Match[str], context: Context) -> DateMention | None:
    month, day = MONTHS[match["mon"]], int(match["d"])
    digits = match["y"] or match["y2"]
    year = _short_year(digits, context) if digits else None
    return _mention(match, _date(year, month, day) if year else _coming(month, day, context))


def _with_bare_days(text: str, taken: list[DateMention], context: Context) -> Iterator[DateMention]:
    """`taken` with days that name no month: that day after the date named before it, else after today."""
    bare = [
        match
        for match in islice(_BARE_DAY.finditer(text), MAX_DATES)
        if not any(match.start() < other.end and other.start < match.end() for other in taken)
    ]
    events: list[tuple[int, DateMention | re.Match[str]]] = [
        (mention.start, mention) for mention in taken
    ]
    events += [(match.start(), match) for match in bare]
    known = context.today
    for _, event in sorted(events, key=lambda pair: pair[0]):
        if isinstance(event, DateMention):
            known = event.value or known
            yield event
            continue
        day = int(next(group for group in event.groups() if group))
        value = _next_day_of_month(known, day)
        if value is not None:
            yield DateMention(event.start(), event.end(), value)


def _next_day_of_month(known: dt.date, day: int) -> dt.date | None:
    step = 0 if day >= known.day else 1
    return _date(*_shifted_month(known, step), day)
